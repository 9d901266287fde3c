// What must be true of all the money after the deaths, written from the document (money-and-reliability 3) over the bare tables and the books of the
// gateways; none of it asks the product.
import { sql } from 'kysely'
import type { Field } from './field.ts'

/** Each figure counts what must not be; gives those that are not zero. */
export async function whole(f: Field): Promise<Record<string, number>> {
  const { rows } = await f.t.inside((s) => {
    const c = s.company_id
    const n = (query: ReturnType<typeof sql>) => sql`(select count(*)::int from (${query}) x)`
    return sql<{ found: Record<string, number> }>`select jsonb_build_object(
      'L1 journals that do not sum to zero', ${n(sql`select 1 from ledger.posting where company_id = ${c} group by journal_id having sum(amount_fen) <> 0 or count(*) < 2`)},
      'L1 journals without lines', ${n(sql`select 1 from ledger.journal j where j.company_id = ${c} and not exists (select from ledger.posting p where p.company_id = ${c} and p.journal_id = j.journal_id)`)},
      'L5 sources booked twice', ${n(sql`select 1 from ledger.journal where company_id = ${c} group by source_type, source_id, kind, book having count(*) > 1`)},
      'L6 journals reversed twice', ${n(sql`select 1 from ledger.journal where company_id = ${c} and reverses is not null group by reverses having count(*) > 1`)},
      'B1 bills that owe less than nothing', ${n(sql`select 1 from billing.bill where company_id = ${c} and (paid_fen < 0 or reduced_fen < 0 or paid_fen + reduced_fen > amount_fen)`)},
      'B2 bills twice', ${n(sql`select 1 from billing.bill where company_id = ${c} and voided_at is null and of_bill_id is null group by house_id, fee_item_id, period_on, from_on having count(*) > 1`)},
      'B6 runs that are not their bills', ${n(sql`select 1 from billing.run r where r.company_id = ${c} and r.state = 'published' and r.amount_fen <> coalesce((select sum(b.amount_fen) from billing.bill b where b.company_id = ${c} and b.run_id = r.run_id), 0)`)},
      'B6 runs torn', ${n(sql`select 1 from billing.run r where r.company_id = ${c} and r.state <> 'published' and exists (select from billing.bill b where b.company_id = ${c} and b.run_id = r.run_id)`)},
      'B6 chunks that are not their bills', ${n(sql`select 1 from billing.run r where r.company_id = ${c} and exists (select from billing.run_chunk k where k.company_id = ${c} and k.run_id = r.run_id)
        and (select (sum(k.published_count), sum(k.published_fen)) from billing.run_chunk k where k.company_id = ${c} and k.run_id = r.run_id) is distinct from (select (count(*), sum(b.amount_fen)) from billing.bill b where b.company_id = ${c} and b.run_id = r.run_id)`)},
      'P1 money of a channel twice', ${n(sql`select 1 from payment.settlement where company_id = ${c} group by channel_id, provider_txn, part_no having count(*) > 1`)},
      'P4 payments that are not their parts', ${n(sql`select 1 from payment.payment p where p.company_id = ${c} and (p.total_fen <> p.applied_fen + p.prepaid_fen or p.total_fen <> (select sum(t.amount_fen) from payment.tender t where t.company_id = ${c} and t.payment_id = p.payment_id) or p.applied_fen <> coalesce((select sum(a.amount_fen) from payment.allocation a where a.company_id = ${c} and a.payment_id = p.payment_id), 0))`)},
      'P5 bills paid by nobody', ${n(sql`select 1 from billing.bill b where b.company_id = ${c} and b.paid_fen <> coalesce((select sum(a.amount_fen) from payment.allocation a join payment.payment p on p.company_id = ${c} and p.payment_id = a.payment_id and p.reversed_at is null where a.company_id = ${c} and a.bill_id = b.bill_id), 0) - coalesce((select sum(l.amount_fen) from payment.refund_line l join payment.refund r on r.company_id = ${c} and r.refund_id = l.refund_id and r.decided_at is not null and r.state <> 'refused' where l.company_id = ${c} and l.bill_id = b.bill_id), 0)`)},
      'P8 refunds above their payment', ${n(sql`select 1 from payment.payment where company_id = ${c} and refunded_fen + refunding_fen > total_fen`)},
      'P9 numbers of refunds twice', ${n(sql`select 1 from payment.refund where company_id = ${c} and out_refund_no is not null group by out_refund_no having count(*) > 1`)},
      'P12 gaps in receipts', ${n(sql`select 1 from payment.receipt where company_id = ${c} group by series having max(no) <> count(*) or count(distinct no) <> count(*)`)},
      'P12 payments without a receipt', ${n(sql`select 1 from payment.payment p where p.company_id = ${c} and not exists (select from payment.receipt r where r.company_id = ${c} and r.payment_id = p.payment_id)`)},
      'W1 purses that are not their movements', ${n(sql`select 1 from payment.wallet w where w.company_id = ${c} and (w.balance_fen < 0 or w.balance_fen <> coalesce((select sum(e.amount_fen) from payment.wallet_entry e where e.company_id = ${c} and e.house_id = w.house_id and e.fee_item_id is null), 0))`)},
      'V7 jobs that failed or still wait', ${n(sql`select 1 from kernel.job where company_id = ${c} and (state = 'failed' or state = 'running' or state = 'waiting' and run_at <= now())`)},
      'V8 writes without a line in the audit', ${n(sql`select 1 from kernel.request r where r.company_id = ${c} and not exists (select from kernel.audit a where a.company_id = ${c} and a.request_id = r.request_id and a.outcome = 'done')`)},
      'requests without their answer', ${n(sql`select 1 from kernel.request where company_id = ${c} and answer is null`)}
    ) as found`.execute(s.db)
  })
  return Object.fromEntries(Object.entries(rows[0]!.found).filter(([, n]) => n !== 0))
}

/** P10: what the gateways captured and gave back is what we have, order by order. */
export async function told(f: Field): Promise<string[]> {
  const ours = await f.t.inside(async (s) => ({
    in: new Map((await sql<{ no: string; fen: number }>`select i.out_trade_no as no, sum(t.captured_fen)::bigint as fen from payment.settlement t join payment.intent i on i.company_id = ${s.company_id} and i.intent_id = t.intent_id where t.company_id = ${s.company_id} group by 1`.execute(s.db)).rows.map((r) => [r.no, r.fen])),
    out: new Map((await sql<{ no: string; fen: number }>`select out_refund_no as no, amount_fen as fen from payment.refund where company_id = ${s.company_id} and method = 'original' and state = 'done'`.execute(s.db)).rows.map((r) => [r.no, r.fen])),
  }))
  const wx = f.wechat.control.state()
  const theirs = new Map([...wx.orders.filter((o) => o.transaction_id).map((o) => [o.out_trade_no, o.total] as const), ...f.alipay.control.state().trades.filter((o) => o.trade_no && o.paid_at).map((o) => [o.out_trade_no, o.fen] as const)])
  const back = new Map(wx.refunds.filter((r) => r.status === 'SUCCESS').map((r) => [r.out_refund_no, r.refund]))
  const differ = (what: string, a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): string[] => [...new Set([...a.keys(), ...b.keys()])].filter((no) => a.get(no) !== b.get(no)).map((no) => `${what} ${no}: ${a.get(no)} there, ${b.get(no)} here`)
  return [...differ('taken', theirs, ours.in), ...differ('given back', back, ours.out), ...(theirs.size === 0 || back.size === 0 ? ['nothing went through the gateways'] : [])]
}

/** C3: what was kept when a month was closed is what the postings say now. */
export async function closed(f: Field): Promise<string[]> {
  const { rows } = await f.t.inside((s) => sql<{ wrong: string }>`select k.period_on || ' ' || b.account_code as wrong from ledger.closing k join ledger.closing_balance b on b.company_id = ${s.company_id} and b.closing_id = k.closing_id
    where k.company_id = ${s.company_id} and b.closing_fen <> coalesce((select sum(p.amount_fen) from ledger.posting p where p.company_id = ${s.company_id} and p.book = k.book and p.account_code = b.account_code and coalesce(p.community_id::text, '-') = b.community_key and p.booked_on < (k.period_on + interval '1 month')), 0)`.execute(s.db))
  return rows.map((r) => r.wrong)
}
