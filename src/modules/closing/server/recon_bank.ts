// The bank's side of a reconciliation: what a channel pays out for its days against the receipts of the bank. Pairs are made by amount, and by a
// person where that was wrong: a pair is taken off with a reason, its journal reversed, and that receipt is left to people from then on.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { postMany, reverseJournal } from '../../ledger/server/index.ts'
import { channelSenders, holdChannelLines, sentBy, settleChannelLines, unsettleChannelLine, type Senders } from '../../payment/server/index.ts'
import { closing } from '../contract.ts'
import { wholeCompany } from './access.ts'

/** A receipt of the bank is looked for until so many days after the day it is for. */
const BANK_DAYS = 7
/** A person may pair over so many days, and is offered so many payouts. */
const BY_HAND_DAYS = 62
const OFFERED_MAX = 50

/** What the channel pays out for its days: payouts of the fund bill where it lists them, else the day's net of refunds and fees. */
const payouts = (c: number, channel_id: string) => sql`(
  select 'p:' || l.channel_bill_id || ':' || l.line_no as key, l.bill_on as on_day, abs(l.amount_fen) as fen from payment.channel_bill b join payment.channel_bill_line l on l.company_id = ${c} and l.channel_bill_id = b.channel_bill_id and l.kind = 'payout'
    where b.company_id = ${c} and b.channel_id = ${channel_id} and b.kind = 'fund'
  union all
  select 'n:' || ${channel_id}::text || ':' || d.business_day, d.business_day, d.their_fen - d.fee_fen from closing.recon_day d
    where d.company_id = ${c} and d.channel_id = ${channel_id} and d.their_fen - d.fee_fen > 0
    and not exists (select from payment.channel_bill_line l where l.company_id = ${c} and l.channel_id = ${channel_id} and l.kind = 'payout'))`

/** Receipts of the bank: lines typed in here, and those of imported statements whose sender is the channel. */
const receipts = (c: number, channel_id: string, held: readonly string[], by: Senders) => sql`(
  select 'b:' || y.bank_line_id as key, y.received_on, y.amount_fen, y.reference from closing.bank_line y where y.company_id = ${c}
  union all
  select 'l:' || l.line_id, l.booked_on, l.amount_fen, coalesce(l.reference, l.memo, '') from payment.bank_line l join payment.channel n on n.company_id = ${c} and n.channel_id = ${channel_id} where l.company_id = ${c} and l.line_id = any(${[...held]}::uuid[]) and ${sentBy(by, 'l', 'n')})`

interface Paid {
  their_key: string
  their_fen: number
  their_day: string
  our_day: string
}
/** One receipt for one payout of the same amount to the fen, the earliest first; what stays alone for longer than a week is an item. What a person took off a payout once is not paired again here. */
export async function pairBank(scope: Scope, channel_id: string): Promise<void> {
  const c = scope.company_id
  const by = await channelSenders(scope)
  const held = await holdChannelLines(scope, by)
  const made = await sql<Paid>`insert into closing.recon_pair (company_id, their_key, our_key, leg, channel_id, our_day, their_day, our_fen, their_fen, reference, paired_at)
    select ${c}::bigint, b.key, o.key, 'bank', ${channel_id}::uuid, o.on_day, b.received_on, o.fen, b.amount_fen, b.reference, ${scope.now}::timestamptz
    from (select x.*, row_number() over (partition by x.fen order by x.on_day, x.key) as n from ${payouts(c, channel_id)} x where not exists (select from closing.recon_pair p where p.company_id = ${c} and p.our_key = x.key and p.leg = 'bank')) o
    join (select y.*, row_number() over (partition by y.amount_fen order by y.received_on, y.key) as n from ${receipts(c, channel_id, held, by)} y where not exists (select from closing.recon_pair p where p.company_id = ${c} and p.their_key = y.key) and not exists (select from closing.recon_unpair u where u.company_id = ${c} and u.their_key = y.key)) b
      on b.amount_fen = o.fen and b.n = o.n and b.received_on >= o.on_day and b.received_on <= o.on_day + ${BANK_DAYS}::int
    on conflict do nothing returning their_key, their_fen, their_day, our_day`.execute(scope.db)
  await bookPayouts(scope, made.rows)
  await sql`insert into closing.recon_item (company_id, item_id, item_key, leg, kind, channel_id, business_day, our_key, our_fen, reference, state, opened_at)
    select ${c}::bigint, gen_random_uuid(), 'ours:' || o.key, 'bank', 'only_ours', ${channel_id}::uuid, o.on_day, o.key, o.fen, '渠道应付未到银行', 'open', ${scope.now}::timestamptz from ${payouts(c, channel_id)} o
    where o.on_day + ${BANK_DAYS}::int < ${scope.today}::date and (exists (select from closing.bank_line where company_id = ${c}) or exists (select from payment.bank_line where company_id = ${c}))
      and not exists (select from closing.recon_pair p where p.company_id = ${c} and p.our_key = o.key and p.leg = 'bank') on conflict do nothing`.execute(scope.db)
  await sql`insert into closing.recon_item (company_id, item_id, item_key, leg, kind, business_day, their_key, their_fen, reference, state, opened_at)
    select ${c}::bigint, gen_random_uuid(), 'theirs:' || b.key, 'bank', 'only_theirs', b.received_on, b.key, b.amount_fen, b.reference, 'open', ${scope.now}::timestamptz from ${receipts(c, channel_id, held, by)} b
    where b.received_on + ${BANK_DAYS}::int < ${scope.today}::date and not exists (select from closing.recon_pair p where p.company_id = ${c} and p.their_key = b.key) on conflict do nothing`.execute(scope.db)
}

/** The money is in the bank and no longer at the channel; an imported line leaves the list of what is to be claimed. Paired again, a receipt is booked anew. */
async function bookPayouts(scope: Scope, made: readonly Paid[]): Promise<void> {
  if (made.length === 0) return
  await settleChannelLines(scope, made.filter((m) => m.their_key.startsWith('l:')).map((m) => ({ line_id: m.their_key.slice(2), note: `${m.our_day} 渠道结算` })))
  const undone = await sql<{ their_key: string; n: number }>`select their_key, count(*)::int as n from closing.recon_unpair where company_id = ${scope.company_id} and their_key = any(${made.map((m) => m.their_key)}::text[]) group by 1`.execute(scope.db)
  const times = new Map(undone.rows.map((r) => [r.their_key, r.n]))
  await postMany(scope, { book: 'company', booked_on: scope.today }, made.map((m) => ({
    kind: 'channel_payout', source_type: 'recon_pair', source_id: sourceOf(m.their_key, times.get(m.their_key) ?? 0), note: `${m.our_day} 渠道结算到账 ${m.their_day}`, lines: [{ account_code: '1002', amount_fen: m.their_fen }, { account_code: '1012', amount_fen: -m.their_fen }],
  })))
}
const sourceOf = (their_key: string, undone: number): string => (undone === 0 ? their_key : `${their_key}:${undone}`)

/** One reconciliation of a company at a time, by hand too. */
export const alone = (scope: Scope) => sql`select pg_advisory_xact_lock(727073, ${scope.company_id}::int)`.execute(scope.db)

const unpair = answer(closing.unpairBank, async (scope, { their_key, reason }) => {
  wholeCompany(scope)
  const c = scope.company_id
  await alone(scope)
  const { rows } = await sql<{ our_key: string; channel_id: string; our_day: string; their_day: string; their_fen: number; paired_at: string; paired_by: string | null }>`delete from closing.recon_pair where company_id = ${c} and their_key = ${their_key} and leg = 'bank' returning our_key, channel_id, our_day, their_day, their_fen, paired_at, paired_by`.execute(scope.db)
  const p = rows[0]
  if (!p) throw scope.refuse('closing.not_paired')
  const booked = await sql<{ journal_id: string; source_id: string }>`select j.journal_id, j.source_id from ledger.journal j where j.company_id = ${c} and j.source_type = 'recon_pair' and (j.source_id = ${their_key} or j.source_id like ${`${their_key}:%`}) and j.kind = 'channel_payout'
    and not exists (select from ledger.journal r where r.company_id = ${c} and r.reverses = j.journal_id)`.execute(scope.db)
  // At most one stands: each undoing reverses it.
  for (const j of booked.rows) await reverseJournal(scope, j.journal_id, { booked_on: scope.today, kind: 'channel_payout_undo', source_type: 'recon_pair', source_id: j.source_id, note: `撤销配对:${reason}`.slice(0, 200) })
  if (their_key.startsWith('l:')) await unsettleChannelLine(scope, their_key.slice(2), `撤销与 ${p.our_day} 渠道结算的配对:${reason}`)
  await sql`insert into closing.recon_unpair (company_id, unpair_id, their_key, our_key, channel_id, our_day, their_day, amount_fen, paired_at, paired_by, reason, undone_by, undone_at)
    values (${c}, ${uuidv7()}, ${their_key}, ${p.our_key}, ${p.channel_id}, ${p.our_day}, ${p.their_day}, ${p.their_fen}, ${p.paired_at}::timestamptz, ${p.paired_by}::uuid, ${reason}, ${scope.who.account_id}, ${scope.now})`.execute(scope.db)
  // Differences that this pair had closed are open again.
  await sql`update closing.recon_item set state = 'open', closed_at = null, closed_by = null, close_how = null, close_note = null where company_id = ${c} and leg = 'bank' and close_how = 'paired' and (their_key = ${their_key} or our_key = ${p.our_key})`.execute(scope.db)
  scope.note('recon_pair', their_key, { our_day: p.our_day, amount_fen: p.their_fen, reason })
  return { their_key }
})

interface Receipt {
  key: string
  received_on: string
  amount_fen: number
  reference: string
}
/** A receipt that no payout has, within reach of a pairing by hand: typed in, or a line that nobody has decided. Locked. */
async function freeReceipt(scope: Scope, their_key: string): Promise<Receipt> {
  const c = scope.company_id
  const id = their_key.slice(2)
  const { rows } = their_key.startsWith('b:')
    ? await sql<Receipt>`select 'b:' || bank_line_id as key, received_on, amount_fen, reference from closing.bank_line where company_id = ${c} and bank_line_id = ${id} and amount_fen > 0`.execute(scope.db)
    : await sql<Receipt>`select 'l:' || line_id as key, booked_on as received_on, amount_fen, coalesce(reference, memo, '') as reference from payment.bank_line where company_id = ${c} and line_id = ${id} and state in ('new','suspense') and amount_fen > 0`.execute(scope.db)
  const pair = await sql`select from closing.recon_pair where company_id = ${c} and their_key = ${their_key}`.execute(scope.db)
  if (!rows[0] || pair.rows.length > 0) throw scope.refuse('closing.paired_already')
  return rows[0]
}
interface Payout {
  our_key: string
  channel_id: string
  channel_name: string
  our_day: string
  amount_fen: number
}
/** Payouts of the same amount that no receipt has. */
async function payoutsLike(scope: Scope, r: Receipt): Promise<Payout[]> {
  const c = scope.company_id
  const channels = await scope.db.selectFrom('payment.channel').select(['channel_id', 'name']).where('company_id', '=', c).execute()
  if (channels.length === 0) return []
  const all = sql.join(channels.map((n) => sql`select ${n.channel_id}::uuid as channel_id, ${n.name}::text as channel_name, o.* from ${payouts(c, n.channel_id)} o`), sql` union all `)
  const { rows } = await sql<Payout>`select x.key as our_key, x.channel_id, x.channel_name, x.on_day as our_day, x.fen as amount_fen from (${all}) x where x.fen = ${r.amount_fen} and x.on_day <= ${r.received_on}::date and x.on_day >= ${r.received_on}::date - ${BY_HAND_DAYS}::int
    and not exists (select from closing.recon_pair p where p.company_id = ${c} and p.our_key = x.key and p.leg = 'bank') order by x.on_day desc, x.key limit ${OFFERED_MAX}`.execute(scope.db)
  return rows
}

const candidates = answer(closing.payoutsFor, async (scope, { their_key }) => {
  wholeCompany(scope)
  return { rows: await payoutsLike(scope, await freeReceipt(scope, their_key)) }
})
const pair = answer(closing.pairBank, async (scope, { their_key, our_key }) => {
  wholeCompany(scope)
  const c = scope.company_id
  await alone(scope)
  if (their_key.startsWith('l:')) await sql`select from payment.bank_line where company_id = ${c} and line_id = ${their_key.slice(2)} for update`.execute(scope.db)
  const r = await freeReceipt(scope, their_key)
  const p = (await payoutsLike(scope, r)).find((x) => x.our_key === our_key)
  if (!p) throw scope.refuse('closing.payout_gone', { amount: yuanGrouped(fen(r.amount_fen)) })
  await sql`insert into closing.recon_pair (company_id, their_key, our_key, leg, channel_id, our_day, their_day, our_fen, their_fen, reference, paired_at, paired_by)
    values (${c}, ${their_key}, ${our_key}, 'bank', ${p.channel_id}, ${p.our_day}, ${r.received_on}, ${p.amount_fen}, ${r.amount_fen}, ${r.reference}, ${scope.now}, ${scope.who.account_id})`.execute(scope.db)
  await bookPayouts(scope, [{ their_key, their_fen: r.amount_fen, their_day: r.received_on, our_day: p.our_day }])
  await closePaired(scope)
  scope.note('recon_pair', their_key, { our_day: p.our_day, amount_fen: r.amount_fen, by_hand: true })
  return { their_key }
})

/** Items whose missing half has come are closed; the pair says with what. */
export async function closePaired(scope: Scope): Promise<void> {
  const c = scope.company_id
  await sql`update closing.recon_item i set state = 'closed', closed_at = ${scope.now}::timestamptz, close_how = 'paired', close_note = '已与对方 ' || p.their_day || '、我方 ' || p.our_day || ' 配对'
    from closing.recon_pair p where i.company_id = ${c} and i.state = 'open' and i.kind in ('only_ours','only_theirs') and p.company_id = ${c} and p.leg = i.leg and (p.their_key = i.their_key or p.our_key = i.our_key)`.execute(scope.db)
}

export const bankPairAnswers = [unpair, candidates, pair]
