// Proofs of single payments: what a payment says of itself, in its tenders, allocations, order, receipt, invoice, refunds and journals.
import { sql, type RawBuilder } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { check } from '../../ledger/server/index.ts'
import { MONEY_ACCOUNT } from './rules/till.ts'

const unless = (proved: boolean, more: RawBuilder<unknown>): RawBuilder<unknown> => (proved ? sql`` : more)
type Check = Awaited<ReturnType<typeof check>>

/** `proved`: the allocations came to nothing in one reading (`allocationsProved`). */
export async function sweepPapers(scope: Scope, proved: boolean): Promise<Check[]> {
  const c = scope.company_id
  return [
    await check(scope, 'P4', '收款等于收款方式之和,冲抵等于冲抵明细,渠道到账等于其收款', sql`
      select s.settlement_id::text as what from payment.settlement s left join payment.payment p on p.company_id = ${c} and p.payment_id = s.payment_id where s.company_id = ${c} and s.captured_fen is distinct from p.total_fen
      ${unless(proved, sql`union all select p.payment_id::text from payment.payment p
      left join (select payment_id, sum(amount_fen) as fen from payment.tender where company_id = ${c} group by 1) t on t.payment_id = p.payment_id
      left join (select payment_id, sum(amount_fen) as fen from payment.allocation where company_id = ${c} group by 1) a on a.payment_id = p.payment_id
      where p.company_id = ${c} and (p.total_fen <> coalesce(t.fen, 0) or p.applied_fen <> coalesce(a.fen, 0))`)}`),
    await check(scope, 'P6', '有到账的订单是成功的,成功的订单有到账', sql`
      select i.out_trade_no as what from payment.intent i left join (select intent_id, sum(captured_fen) as fen from payment.settlement where company_id = ${c} group by 1) s on s.intent_id = i.intent_id
      where i.company_id = ${c} and ((i.state = 'succeeded') <> (s.fen is not null) or s.fen % i.amount_fen <> 0)`),
    await check(scope, 'P14', '线上收款只冲抵其订单所列账单,不超过所列金额;冲抵的账单都是本户的,项目与账单相同', sql`
      select a.payment_id::text || ' ' || a.bill_id as what from payment.settlement s join payment.allocation a on a.company_id = ${c} and a.payment_id = s.payment_id
      left join payment.intent_bill b on b.company_id = ${c} and b.intent_id = s.intent_id and b.bill_id = a.bill_id where s.company_id = ${c} and (b.bill_id is null or a.amount_fen > b.amount_fen)
      ${unless(proved, sql`union all select a.payment_id::text || ' ' || a.bill_id from payment.allocation a join payment.payment p on p.company_id = ${c} and p.payment_id = a.payment_id
      left join billing.bill b on b.company_id = ${c} and b.period_on = a.period_on and b.bill_id = a.bill_id where a.company_id = ${c} and (b.house_id is distinct from p.house_id or b.fee_item_id is distinct from a.fee_item_id)`)}`),
    await check(scope, 'W4B', '专项预存只用于它的收费项目', sql`
      select e.payment_id::text as what from (select payment_id, fee_item_id, -sum(amount_fen) as fen from payment.wallet_entry where company_id = ${c} and cause = 'use' and fee_item_id is not null group by 1, 2) e
      left join (select a.payment_id, b.fee_item_id, sum(a.amount_fen) as fen from payment.allocation a join billing.bill b on b.company_id = ${c} and b.period_on = a.period_on and b.bill_id = a.bill_id where a.company_id = ${c} and a.payment_id in (select payment_id from payment.wallet_entry where company_id = ${c} and cause = 'use' and fee_item_id is not null) group by 1, 2) a
        on a.payment_id = e.payment_id and a.fee_item_id = e.fee_item_id where e.fen > coalesce(a.fen, 0)`),
    await check(scope, 'P12R', '收据金额等于收款,冲销的收款其收据已作废', sql`
      select p.receipt_no as what from payment.payment p left join payment.receipt r on r.company_id = ${c} and r.payment_id = p.payment_id
      where p.company_id = ${c} and (r.total_fen is distinct from p.total_fen or r.receipt_no <> p.receipt_no or (r.voided_at is null) <> (p.reversed_at is null))`),
    await check(scope, 'P13', '发票等于其收款与明细之和,不超过收款所缴账单,红票等于蓝票', sql`
      select i.request_no as what from payment.invoice i left join (select invoice_id, sum(amount_fen) as fen from payment.invoice_payment where company_id = ${c} group by 1) p on p.invoice_id = i.invoice_id
      left join (select invoice_id, sum(amount_fen) as fen, sum(tax_fen) as tax from payment.invoice_line where company_id = ${c} group by 1) l on l.invoice_id = i.invoice_id
      left join payment.invoice o on o.company_id = ${c} and o.invoice_id = i.red_of
      where i.company_id = ${c} and (i.amount_fen <> coalesce(l.fen, 0) or i.tax_fen <> coalesce(l.tax, 0) or (i.kind = 'blue' and i.amount_fen <> coalesce(p.fen, 0)) or (i.kind = 'red' and i.amount_fen <> o.amount_fen))
      union all select p.receipt_no from payment.invoice_payment x join payment.payment p on p.company_id = ${c} and p.payment_id = x.payment_id where x.company_id = ${c} and x.live and x.amount_fen > p.applied_fen`),
    await check(scope, 'L8R', '总账应退款等于已批准未付出的退款', sql`
      select coalesce(f.refund_id, p.subject_id)::text as what from (select refund_id, amount_fen from payment.refund where company_id = ${c} and source <> 'deposit' and state in ('approved','paying','failed')) f
      full join (select subject_id, -sum(amount_fen) as sum from ledger.posting where company_id = ${c} and account_code = '2241' and subject_type = 'refund' group by 1 having sum(amount_fen) <> 0) p on p.subject_id = f.refund_id
      where coalesce(f.amount_fen, 0) <> coalesce(p.sum, 0)`),
    await check(scope, 'C6', '每天入账的现金、银行、渠道款等于当天收款方式之和', sql`
      select coalesce(t.taken_on, b.booked_on)::text || ' ' || coalesce(t.account_code, b.account_code) || ' ' || coalesce(t.fen, 0) || ' ≠ ' || coalesce(b.fen, 0) as what
      from (select p.taken_on, a.account_code, sum(t.amount_fen) as fen from payment.payment p join payment.tender t on t.company_id = ${c} and t.payment_id = p.payment_id
        join jsonb_each_text(${JSON.stringify(MONEY_ACCOUNT)}::jsonb) as a(method, account_code) on a.method = t.method where p.company_id = ${c} and t.method <> 'wallet' group by 1, 2) t
      full join (select j.booked_on, p.account_code, sum(p.amount_fen) as fen from ledger.journal j join ledger.posting p on p.company_id = ${c} and p.journal_id = j.journal_id and p.booked_on = j.booked_on and p.account_code in ('1001','1002','1012')
        where j.company_id = ${c} and j.source_type = 'payment' and j.kind = 'payment' group by 1, 2) b on b.booked_on = t.taken_on and b.account_code = t.account_code
      where coalesce(t.fen, 0) <> coalesce(b.fen, 0)`),
  ]
}
