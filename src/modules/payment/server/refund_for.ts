// For modules above that take back bills of their own: asks for what was paid on them, payment by payment, the way it came. Deciding and paying out
// are the refund's own steps. Gives nothing where money cannot go back that way (paid from prepayment, a reversal already asked for): that is done at the desk.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { MoneyMethod, RefundMethod } from '../contract.ts'
import type { BillKey } from './bills.ts'
import { leftOf, writeRefund } from './refunds.ts'

const PAYMENTS_MAX = 20
export async function refundBills(scope: Scope, o: { bills: readonly BillKey[]; reason: string }): Promise<{ refund_id: string; bill_ids: string[] }[] | null> {
  const c = scope.company_id
  const ids = o.bills.map((b) => b.bill_id)
  const found = await sql<{ payment_id: string }>`select distinct a.payment_id from payment.allocation a join payment.payment p on p.company_id = ${c} and p.payment_id = a.payment_id and p.reversed_at is null where a.company_id = ${c} and a.bill_id = any(${ids}::uuid[]) order by 1 limit ${PAYMENTS_MAX + 1}`.execute(scope.db)
  if (found.rows.length === 0 || found.rows.length > PAYMENTS_MAX) return null
  const ready = []
  for (const { payment_id } of found.rows) {
    const p = await scope.db.selectFrom('payment.payment').selectAll().where('company_id', '=', c).where('payment_id', '=', payment_id).forUpdate().executeTakeFirstOrThrow()
    const asked = await scope.db.selectFrom('payment.reversal').select('reversal_id').where('company_id', '=', c).where('payment_id', '=', payment_id).where('state', '=', 'asked').executeTakeFirst()
    const left = await leftOf(scope, p)
    const lines = left.lines.filter((l) => ids.includes(l.bill_id) && l.amount_fen > l.refunded_fen).map((l) => ({ bill_id: l.bill_id, period_on: l.period_on, amount_fen: l.amount_fen - l.refunded_fen }))
    const amount_fen = lines.reduce((n, l) => n + l.amount_fen, 0)
    if (p.reversed_at || asked || amount_fen === 0 || amount_fen > left.left_fen) return null
    const tender = await sql<{ method: MoneyMethod }>`select method from payment.tender where company_id = ${c} and payment_id = ${payment_id} and method <> 'wallet' order by amount_fen desc, line_no limit 1`.execute(scope.db)
    const method: RefundMethod = left.settlement_id ? 'original' : tender.rows[0]?.method === 'cash' || tender.rows[0]?.method === 'card' ? tender.rows[0].method : 'other'
    ready.push({ p, lines, amount_fen, settlement_id: left.settlement_id, method })
  }
  const out: { refund_id: string; bill_ids: string[] }[] = []
  for (const r of ready) {
    const house = await sql<{ house_id: string; community_id: string; building_id: string; label: string }>`select house_id, community_id, building_id, label from property.house where company_id = ${c} and house_id = ${r.p.house_id}`.execute(scope.db)
    const made = await writeRefund(scope, { house: house.rows[0]!, source: 'payment', payment_id: r.p.payment_id, deposit_id: null, fee_item_id: null, settlement_id: r.settlement_id, wallet_fen: 0, amount_fen: r.amount_fen, what: `收据 ${r.p.receipt_no}` }, { method: r.method, payee_name: r.p.payer_name, reason: o.reason }, r.lines)
    out.push({ refund_id: made.refund_id, bill_ids: r.lines.map((l) => l.bill_id) })
  }
  return out
}
