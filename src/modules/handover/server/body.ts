// What stands on a sheet: bills of whoever leaves, cut at the day; what was paid ahead; money held; meters; and what is still under way.
import { sql } from 'kysely'
import { daysBetween } from '../../../kernel/clock.ts'
import { divideLargestRemainder, fen } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { billRows, lateFeesDue } from '../../billing/server/index.ts'
import { boundOf, paidOn } from '../../payment/server/index.ts'
import type { SheetBill, SheetBody } from '../contract.ts'

const BILLS_MAX = 500
export interface On {
  house_id: string
  community_id: string
  on_day: string
  leaver_ids: readonly string[]
}
interface Facts {
  bill_id: string
  shape: string
  of_bill_id: string | null
  whole: boolean
}

interface Owed {
  from_on: string
  to_on: string
  paid_fen: number
  open_fen: number
}
/**
 * What is owed for the days before the day, and for those from it on. What the leaver has paid of the bill pays his own days first: the rest of
 * them is leaver_fen, and what he paid beyond them ahead_fen.
 */
export function cutAt(b: Owed, day: string, undivided: boolean): { place: SheetBill['place']; leaver_fen: number; taker_fen: number; ahead_fen: number } {
  const { paid_fen, open_fen } = b
  if (b.to_on <= day || undivided) return { place: 'before', leaver_fen: open_fen, taker_fen: 0, ahead_fen: 0 }
  if (b.from_on >= day) return { place: 'after', leaver_fen: 0, taker_fen: open_fen, ahead_fen: paid_fen }
  const [own] = divideLargestRemainder(fen(paid_fen + open_fen), [String(daysBetween(b.from_on, day)), String(daysBetween(day, b.to_on))])
  const leaver_fen = Math.max(0, own! - paid_fen)
  return { place: 'spans', leaver_fen, taker_fen: open_fen - leaver_fen, ahead_fen: Math.max(0, paid_fen - own!) }
}

/** A reading is owed by who used it, a late fee by who was late, a whole month by who was liable on the 1st: none is cut by days. */
async function factsOf(scope: Scope, bills: readonly { bill_id: string; period_on: string }[]): Promise<Map<string, Facts>> {
  if (bills.length === 0) return new Map()
  const { rows } = await sql<Facts>`select b.bill_id, b.shape, b.of_bill_id, (b.shape = 'late_fee' or (b.reading_id is not null and i.shape <> 'share') or i.proration = 'whole_month') as whole from billing.bill b join billing.fee_item i on i.company_id = b.company_id and i.fee_item_id = b.fee_item_id
    where b.company_id = ${scope.company_id} and b.period_on = any(${[...new Set(bills.map((b) => b.period_on))]}::date[]) and b.bill_id = any(${bills.map((b) => b.bill_id)}::uuid[])`.execute(scope.db)
  return new Map(rows.map((r) => [r.bill_id, r]))
}

async function billsOf(scope: Scope, o: On): Promise<SheetBill[]> {
  const rows = await billRows(scope, sql`b.company_id = ${scope.company_id} and b.house_id = ${o.house_id} and b.payer_id = any(${[...o.leaver_ids]}::uuid[]) and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen`, { limit: BILLS_MAX, order: 'oldest' })
  const facts = await factsOf(scope, rows)
  const here = new Set(rows.map((r) => r.bill_id))
  return rows.map((r) => {
    const f = facts.get(r.bill_id)!
    const { place, leaver_fen, taker_fen } = cutAt(r, o.on_day, f.whole)
    const { bill_id, period_on, period, fee_item_name, payer_id, payer_name, from_on, to_on, due_on, overdue_days, amount_fen, paid_fen, open_fen, explanation } = r
    return { bill_id, period_on, period, fee_item_name, payer_id, payer_name, from_on, to_on, due_on, overdue_days, amount_fen, paid_fen, open_fen, explanation, place, leaver_fen, taker_fen, follows: f.shape === 'late_fee' && f.of_bill_id && here.has(f.of_bill_id) ? f.of_bill_id : null }
  })
}

async function aheadOf(scope: Scope, o: On): Promise<SheetBody['ahead']> {
  const rows = await billRows(scope, sql`b.company_id = ${scope.company_id} and b.house_id = ${o.house_id} and b.payer_id = any(${[...o.leaver_ids]}::uuid[]) and b.voided_at is null and b.paid_fen > 0 and b.to_on > ${o.on_day}::date`, { limit: BILLS_MAX, order: 'oldest' })
  const facts = await factsOf(scope, rows)
  return rows
    .map((r) => ({ bill_id: r.bill_id, period: r.period, fee_item_name: r.fee_item_name, from_on: r.from_on, to_on: r.to_on, paid_fen: r.paid_fen, ahead_fen: cutAt(r, o.on_day, facts.get(r.bill_id)!.whole).ahead_fen }))
    .filter((r) => r.ahead_fen > 0)
}

async function heldOf(scope: Scope, o: On) {
  const c = scope.company_id
  const wallet = await scope.db.selectFrom('payment.wallet').select('balance_fen').where('company_id', '=', c).where('house_id', '=', o.house_id).executeTakeFirst()
  const { rows: deposits } = await sql<SheetBody['deposits'][number]>`select d.deposit_id, d.deposit_no, k.name as kind_name, d.payer_name, d.held_fen, d.pending_fen from payment.deposit d join payment.deposit_kind k on k.company_id = ${c} and k.kind_id = d.kind_id
    where d.company_id = ${c} and d.house_id = ${o.house_id} and d.held_fen > 0 order by d.taken_at, d.deposit_id limit 50`.execute(scope.db)
  const { rows: meters } = await sql<SheetBody['meters'][number]>`select m.meter_id, m.no, m.kind, trim_scale(r.reading)::text as last_reading, r.read_on as last_on, coalesce(r.read_on >= date_trunc('month', ${o.on_day}::date) and r.state <> 'suspect', false) as read from meters.meter m
    left join lateral (select reading, read_on, state from meters.reading r where r.company_id = ${c} and r.meter_id = m.meter_id order by r.period_on desc limit 1) r on true
    where m.company_id = ${c} and m.house_id = ${o.house_id} and (m.removed_on is null or m.removed_on > ${o.on_day}::date) order by m.kind, m.no limit 50`.execute(scope.db)
  return { wallet_fen: wallet?.balance_fen ?? 0, bound: await boundOf(scope, o.house_id), deposits, meters }
}

/** Plans, cases, requests and orders that name bills of the house: they would be disturbed, or disturb. */
async function warningsOf(scope: Scope, o: On): Promise<string[]> {
  const c = scope.company_id
  const { rows } = await sql<{ what: string }>`
    select '有履行中的分期协议 ' || p.no || ',其中的账单不能转给接手方,请先结束协议' as what from billing.plan p where p.company_id = ${c} and p.house_id = ${o.house_id} and p.state = 'active' and p.payer_id = any(${[...o.leaver_ids]}::uuid[])
    union all select '有未结的法务催收案(' || k.opened_on || ' 立案),其中的账单不能转给接手方' from billing.legal_case k where k.company_id = ${c} and k.house_id = ${o.house_id} and k.state = 'open' and k.payer_id = any(${[...o.leaver_ids]}::uuid[])
    union all select '有 ' || count(*) || ' 笔线上支付正在进行,请等它完成或关闭' from payment.intent i where i.company_id = ${c} and i.house_id = ${o.house_id} and i.state in ('created','pending','unknown') having count(*) > 0
    union all select '有退款 ' || string_agg(f.refund_no, '、') || ' 还没有办完' from payment.refund f where f.company_id = ${c} and f.house_id = ${o.house_id} and f.state in ('asked','approved','paying','failed') having count(*) > 0`.execute(scope.db)
  return rows.map((r) => r.what)
}

const sum = <T>(list: readonly T[], of: (x: T) => number) => list.reduce((n, x) => n + of(x), 0)
export async function bodyOf(scope: Scope, o: On): Promise<SheetBody> {
  const bills = await billsOf(scope, o)
  const ahead = await aheadOf(scope, o)
  const held = await heldOf(scope, o)
  const late_fen = await lateFeesDue(scope, paidOn, o, o.leaver_ids)
  const unread = held.meters.filter((m) => !m.read)
  const warnings = [
    ...(unread.length ? [`${unread.length} 块表在结算日所在月还没有读数(${unread.map((m) => m.no).join('、')}),请先抄表,再点「补出账单」`] : []),
    ...(await warningsOf(scope, o)),
    ...(late_fen > 0 ? ['有新产生的违约金没有计收,点「补出账单」计收到今天'] : []),
  ]
  return { bills, ahead, late_fen, ...held, warnings, open_fen: sum(bills, (b) => b.open_fen), leaver_fen: sum(bills, (b) => b.leaver_fen), taker_fen: sum(bills, (b) => b.taker_fen), ahead_fen: sum(ahead, (a) => a.ahead_fen) }
}
