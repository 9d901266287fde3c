// Three-way reconciliation of a channel's day. Own settlements and refunds are paired with the lines of the channel's bill by the channel's
// numbers; what the channel owes us for the day is paired with the bank's receipts by amount. Everything else becomes an item. Running again
// adds nothing twice and closes what has found its other half: unique keys decide.
import { sql, type RawBuilder } from 'kysely'
import { dayStart } from '../../../kernel/days.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { post } from '../../ledger/server/index.ts'
import { alone, closePaired, pairBank } from './recon_bank.ts'

const day = (at: ReturnType<typeof sql>) => sql`((${at}) at time zone 'Asia/Shanghai')::date`

/** Own takings of a channel, one a transaction of the provider: an order for several houses is one there and several rows here. Narrowed by `cond` on s. */
const taken = (c: number, channel_id: string, cond: RawBuilder<unknown>) => sql`(select 's:' || min(s.settlement_id::text) as key, 'pay' as kind, s.provider_txn as ref, sum(s.captured_fen)::bigint as fen, ${day(sql`min(s.paid_at)`)} as on_day, min(s.payment_id::text)::uuid as payment_id
  from payment.settlement s where s.company_id = ${c} and s.channel_id = ${channel_id} and ${cond} group by s.provider_txn)`
/** Own refunds through it, narrowed by `cond` on f. */
const refunded = (c: number, channel_id: string, cond: RawBuilder<unknown>) => sql`(select 'r:' || f.refund_id as key, 'refund' as kind, f.out_refund_no as ref, -f.amount_fen as fen, f.paid_on as on_day, f.payment_id
  from payment.refund f join payment.settlement s on s.company_id = ${c} and s.settlement_id = f.settlement_id and s.channel_id = ${channel_id} where f.company_id = ${c} and f.state = 'done' and ${cond})`
/** By the channel's number: each is a look into a unique index, so that a day costs its own lines and not the channel's whole history. */
const oursByRef = (c: number, channel_id: string, ref: RawBuilder<unknown>) => sql`(select * from ${taken(c, channel_id, sql`s.provider_txn = ${ref}`)} x union all select * from ${refunded(c, channel_id, sql`f.out_refund_no = ${ref}`)} y)`
const oursOn = (c: number, channel_id: string, on: string) =>
  sql`(select * from ${taken(c, channel_id, sql`s.paid_at >= ${dayStart(on)} and s.paid_at < ${dayStart(on, 1)}`)} x union all select * from ${refunded(c, channel_id, sql`f.paid_on = ${on}::date`)} y)`
const theirs = (c: number, channel_id: string, on: string) => sql`(
  select 'c:' || l.channel_bill_id || ':' || l.line_no as key, l.kind, case l.kind when 'refund' then l.out_refund_no else l.provider_txn end as ref, l.amount_fen as fen, l.fee_fen, l.bill_on as on_day
  from payment.channel_bill b join payment.channel_bill_line l on l.company_id = ${c} and l.channel_bill_id = b.channel_bill_id
  where b.company_id = ${c} and b.channel_id = ${channel_id} and b.kind = 'trade' and b.bill_on = ${on}::date and l.kind in ('pay','refund'))`

async function pairChannel(scope: Scope, channel_id: string, on: string): Promise<void> {
  const c = scope.company_id
  await sql`insert into closing.recon_pair (company_id, their_key, our_key, leg, channel_id, our_day, their_day, our_fen, their_fen, reference, paired_at)
    select ${c}::bigint, t.key, o.key, 'channel', ${channel_id}::uuid, o.on_day, t.on_day, o.fen, t.fen, coalesce(t.ref, ''), ${scope.now}::timestamptz
    from ${theirs(c, channel_id, on)} t cross join lateral ${oursByRef(c, channel_id, sql`t.ref`)} o where o.kind = t.kind order by t.key on conflict do nothing`.execute(scope.db)
  // Paired, but not alike: the amount is open, the day is said and closed at once.
  await sql`insert into closing.recon_item (company_id, item_id, item_key, leg, kind, channel_id, business_day, our_key, their_key, payment_id, our_fen, their_fen, reference, state, opened_at, closed_at, close_how, close_note)
    select ${c}::bigint, gen_random_uuid(), 'pair:' || p.their_key, 'channel', case when p.our_fen <> p.their_fen then 'amount' else 'time' end, p.channel_id, p.their_day, p.our_key, p.their_key, o.payment_id, p.our_fen, p.their_fen, p.reference,
      case when p.our_fen <> p.their_fen then 'open' else 'closed' end, ${scope.now}::timestamptz, case when p.our_fen = p.their_fen then ${scope.now}::timestamptz end, case when p.our_fen = p.their_fen then 'paired' end,
      case when p.our_fen = p.their_fen then '我方 ' || p.our_day || ',渠道 ' || p.their_day || ',跨日已配对' end
    from closing.recon_pair p left join lateral (select * from ${oursByRef(c, channel_id, sql`p.reference`)} z where z.key = p.our_key) o on true where p.company_id = ${c} and p.leg = 'channel' and p.channel_id = ${channel_id} and p.their_day = ${on}::date and (p.our_fen <> p.their_fen or p.our_day <> p.their_day)
    on conflict do nothing`.execute(scope.db)
  await sql`insert into closing.recon_item (company_id, item_id, item_key, leg, kind, channel_id, business_day, their_key, their_fen, reference, state, opened_at)
    select ${c}::bigint, gen_random_uuid(), 'theirs:' || t.key, 'channel', 'only_theirs', ${channel_id}::uuid, t.on_day, t.key, t.fen, coalesce(t.ref, ''), 'open', ${scope.now}::timestamptz from ${theirs(c, channel_id, on)} t
    where not exists (select from closing.recon_pair p where p.company_id = ${c} and p.their_key = t.key) on conflict do nothing`.execute(scope.db)
  await sql`insert into closing.recon_item (company_id, item_id, item_key, leg, kind, channel_id, business_day, our_key, payment_id, our_fen, reference, state, opened_at)
    select ${c}::bigint, gen_random_uuid(), 'ours:' || o.key, 'channel', 'only_ours', ${channel_id}::uuid, o.on_day, o.key, o.payment_id, o.fen, coalesce(o.ref, ''), 'open', ${scope.now}::timestamptz from ${oursOn(c, channel_id, on)} o
    where not exists (select from closing.recon_pair p where p.company_id = ${c} and p.our_key = o.key and p.leg = 'channel') on conflict do nothing`.execute(scope.db)
}

/** The channel's two bills must agree about the fees of the day. */
async function compareFees(scope: Scope, channel_id: string, on: string): Promise<void> {
  const c = scope.company_id
  await sql`insert into closing.recon_item (company_id, item_id, item_key, leg, kind, channel_id, business_day, our_fen, their_fen, reference, state, opened_at)
    select ${c}::bigint, gen_random_uuid(), 'fee:' || ${channel_id}::text || ':' || ${on}::text, 'channel', 'fee', ${channel_id}::uuid, ${on}::date, t.fen, f.fen, '交易账单与资金账单的手续费', 'open', ${scope.now}::timestamptz
    from (select coalesce(sum(x.fee_fen), 0)::bigint as fen from ${theirs(c, channel_id, on)} x) t
    cross join (select coalesce(-sum(l.amount_fen) filter (where l.kind = 'fee'), 0)::bigint as fen, count(*) filter (where l.kind = 'fee') as n from payment.channel_bill b join payment.channel_bill_line l on l.company_id = ${c} and l.channel_bill_id = b.channel_bill_id
      where b.company_id = ${c} and b.channel_id = ${channel_id} and b.kind = 'fund' and b.bill_on = ${on}::date) f
    where f.n > 0 and f.fen <> t.fen on conflict do nothing`.execute(scope.db)
}

/** What the channel kept of the day. Its bill is fetched once and never again, so the fee is booked once. */
async function bookFee(scope: Scope, channel_id: string, on: string): Promise<void> {
  const d = await scope.db.selectFrom('closing.recon_day').select('fee_fen').where('company_id', '=', scope.company_id).where('channel_id', '=', channel_id).where('business_day', '=', on).executeTakeFirstOrThrow()
  if (d.fee_fen === 0) return
  await post(scope, { book: 'company', booked_on: scope.today, kind: 'channel_fee', source_type: 'recon_day', source_id: `${channel_id}:${on}`, note: `${on} 渠道手续费`, lines: [{ account_code: '6603', amount_fen: d.fee_fen }, { account_code: '1012', amount_fen: -d.fee_fen }] })
}

/** Reconciles a channel's day whose bill is there. May be run again at any time. */
export async function reconcile(scope: Scope, channel_id: string, on: string): Promise<void> {
  const c = scope.company_id
  await alone(scope)
  await pairChannel(scope, channel_id, on)
  await compareFees(scope, channel_id, on)
  await sql`insert into closing.recon_day (company_id, channel_id, business_day, our_count, our_fen, their_count, their_fen, fee_fen, paired_count, paired_fen, run_at)
    select ${c}::bigint, ${channel_id}::uuid, ${on}::date, o.n, o.fen, t.n, t.fen, t.fee, p.n, p.fen, ${scope.now}::timestamptz
    from (select count(*)::int as n, coalesce(sum(x.fen), 0)::bigint as fen from ${oursOn(c, channel_id, on)} x) o
    cross join (select count(*)::int as n, coalesce(sum(x.fen), 0)::bigint as fen, coalesce(sum(x.fee_fen), 0)::bigint as fee from ${theirs(c, channel_id, on)} x) t
    cross join (select count(*)::int as n, coalesce(sum(x.their_fen), 0)::bigint as fen from closing.recon_pair x where x.company_id = ${c} and x.leg = 'channel' and x.channel_id = ${channel_id} and x.their_day = ${on}::date) p
    on conflict (company_id, channel_id, business_day) do update set our_count = excluded.our_count, our_fen = excluded.our_fen, their_count = excluded.their_count, their_fen = excluded.their_fen, fee_fen = excluded.fee_fen,
      paired_count = excluded.paired_count, paired_fen = excluded.paired_fen, run_count = recon_day.run_count + 1, run_at = excluded.run_at`.execute(scope.db)
  await bookFee(scope, channel_id, on)
  await pairBank(scope, channel_id)
  await closePaired(scope)
}

const DUE_MAX = 60
/** Days whose bill came, or came again, since they were reconciled; the oldest first. */
export async function dueDays(scope: Scope): Promise<{ channel_id: string; bill_on: string }[]> {
  const { rows } = await sql<{ channel_id: string; bill_on: string }>`select b.channel_id, b.bill_on from payment.channel_bill b left join closing.recon_day d on d.company_id = b.company_id and d.channel_id = b.channel_id and d.business_day = b.bill_on
    where b.company_id = ${scope.company_id} and b.kind = 'trade' and b.state in ('fetched','none') and (d.run_at is null or d.run_at < b.fetched_at) order by b.bill_on limit ${DUE_MAX}`.execute(scope.db)
  return rows
}
