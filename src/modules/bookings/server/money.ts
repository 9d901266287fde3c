// Money of bookings: the fee is a bill of the house like any other, and what is given back goes by billing's and payment's own means. Nothing here says
// whether something is paid: the bills do. A part that stays when the place is given back too late is a bill of its own, so that the other can be void.
import { sql } from 'kysely'
import { dayOf } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import { inNameOf, type Scope } from '../../../kernel/scope.ts'
import { billOneOff, voidOneOff } from '../../billing/server/index.ts'
import { refundBills } from '../../payment/server/index.ts'
import { payersAt } from '../../people/server/index.ts'
import type { FeeLine } from '../contract.ts'
import type { Booking, Place } from './access.ts'
import { spanText } from './rules/slots.ts'

/** An item of its own for each purse; 600103 is 场地租赁收入 of the owners' common income, 6051 其他业务收入 of the company. */
const itemOf = (p: Place) => ({ code: `CD_${p.belongs_to === 'public_income' ? 'GG' : 'GS'}`, name: '场地使用费', account_code: p.account_code, belongs_to: p.belongs_to })

/** Bills for the fee, whoever uses the house pays; one bill, or two where only a part is given back late. */
export async function billFee(outer: Scope, p: Place, b: Pick<Booking, 'booking_id' | 'no' | 'house_id' | 'person_id' | 'from_at' | 'to_at' | 'amount_fen' | 'kept_fen'>, lines: readonly FeeLine[]): Promise<void> {
  if (b.amount_fen === 0) return
  const scope = inNameOf(outer, p.keeper_id)
  const c = scope.company_id
  const { rows } = await sql<{ house_id: string; community_id: string; building_id: string; label: string }>`select house_id, community_id, building_id, label from property.house where company_id = ${c} and house_id = ${b.house_id}`.execute(scope.db)
  const house = rows[0]!
  const payers = await payersAt(scope, [b.house_id], scope.today)
  const payer = payers.find((x) => x.person_id === b.person_id) ?? payers.find((x) => x.fee_class === 'use') ?? payers[0]
  if (!payer) throw scope.refuse('bookings.no_payer', { house: house.label })
  const day = dayOf(b.from_at)
  const whole = `${p.name} ${day} ${spanText(b, day)}(${b.no}):${lines.map((l) => l.text).join(';')}`
  const parts = [{ part: 'kept' as const, amount_fen: b.kept_fen, note: b.kept_fen === b.amount_fen ? whole : `${whole};其中逾时取消不退 ${yuanGrouped(fen(b.kept_fen))} 元` }, { part: 'fee' as const, amount_fen: b.amount_fen - b.kept_fen, note: b.kept_fen === 0 ? whole : `${whole};其中取消可退 ${yuanGrouped(fen(b.amount_fen - b.kept_fen))} 元` }].filter((x) => x.amount_fen > 0)
  for (const x of parts) {
    const made = await billOneOff(scope, { house, payer_id: payer.person_id, source_id: uuidv7(), item: itemOf(p), amount_fen: x.amount_fen, note: x.note.slice(0, 500) })
    await scope.db.insertInto('bookings.booking_bill').values({ company_id: c, booking_id: b.booking_id, part: x.part, bill_id: made.bill_id, period_on: made.period_on, amount_fen: x.amount_fen, made_at: scope.now }).execute()
  }
}

export interface BillNow {
  booking_id: string
  bill_id: string
  period_on: string
  part: 'fee' | 'kept'
  amount_fen: number
  paid_fen: number
  open_fen: number
  voided: boolean
  refund_id: string | null
  given_back: boolean
  /** Somebody is paying it by phone right now. */
  going: boolean
}
export async function billsNow(scope: Scope, booking_ids: readonly string[]): Promise<BillNow[]> {
  const c = scope.company_id
  const { rows } = await sql<BillNow>`select k.booking_id, k.bill_id, k.period_on, k.part, k.amount_fen::int as amount_fen, b.paid_fen::int as paid_fen, case when b.voided_at is null then (b.amount_fen - b.paid_fen - b.reduced_fen)::int else 0 end as open_fen, b.voided_at is not null as voided, k.refund_id, k.given_back,
      exists (select from payment.intent_bill x join payment.intent i on i.company_id = ${c} and i.intent_id = x.intent_id where x.company_id = ${c} and x.bill_id = k.bill_id and i.state in ('created', 'pending', 'unknown')) as going
    from bookings.booking_bill k join billing.bill b on b.company_id = ${c} and b.period_on = k.period_on and b.bill_id = k.bill_id where k.company_id = ${c} and k.booking_id = any(${[...booking_ids]}::uuid[]) order by k.booking_id, k.part, k.bill_id`.execute(scope.db)
  return rows
}
export type GivenBack = { voided_fen: number; refund_fen: number; kept_fen: number; refund_state: 'asked' | 'by_hand' | null }
/** Takes the bills back: unpaid ones are void, paid ones asked back. `late`: what stays with the place stays. */
export async function giveBack(outer: Scope, p: Place, b: Pick<Booking, 'booking_id' | 'no'>, o: { late: boolean; reason: string }): Promise<GivenBack> {
  const scope = inNameOf(outer, p.keeper_id)
  const c = scope.company_id
  const live = (await billsNow(scope, [b.booking_id])).filter((x) => !x.voided)
  const back = live.filter((x) => !(o.late && x.part === 'kept'))
  if (live.some((x) => x.going)) throw scope.refuse('bookings.being_paid', { no: b.no })
  const partly = back.find((x) => x.paid_fen > 0 && x.open_fen > 0)
  if (partly) throw scope.refuse('bookings.partly_paid', { no: b.no, paid: yuanGrouped(fen(partly.paid_fen)), open: yuanGrouped(fen(partly.open_fen)) })
  const [unpaid, paid] = [back.filter((x) => x.paid_fen === 0), back.filter((x) => x.paid_fen > 0)]
  for (const x of unpaid) await voidOneOff(scope, x.bill_id, o.reason)
  if (back.length > 0) await sql`update bookings.booking_bill set given_back = true where company_id = ${c} and bill_id = any(${back.map((x) => x.bill_id)}::uuid[])`.execute(scope.db)
  const sum = (list: readonly BillNow[]): number => list.reduce((n, x) => n + x.amount_fen, 0)
  const done = { voided_fen: sum(unpaid), refund_fen: paid.reduce((n, x) => n + x.paid_fen, 0), kept_fen: sum(live) - sum(back) }
  if (paid.length === 0) return { ...done, refund_state: null }
  const asked = await refundBills(scope, { bills: paid.map((x) => ({ bill_id: x.bill_id, period_on: x.period_on })), reason: o.reason })
  for (const r of asked ?? []) await sql`update bookings.booking_bill set refund_id = ${r.refund_id} where company_id = ${c} and bill_id = any(${r.bill_ids}::uuid[])`.execute(scope.db)
  return { ...done, refund_state: asked ? 'asked' : 'by_hand' }
}
/** 账单作废 20 元,已申请退款 10 元 */
export function backText(g: GivenBack): string {
  const y = (n: number): string => `${yuanGrouped(fen(n))} 元`
  const parts = [g.voided_fen ? `账单作废 ${y(g.voided_fen)}` : '', g.refund_fen ? (g.refund_state === 'asked' ? `已申请退款 ${y(g.refund_fen)}` : `已付 ${y(g.refund_fen)} 请到收款处办理退还`) : '', g.kept_fen ? `逾时取消费 ${y(g.kept_fen)}` : ''].filter(Boolean)
  return parts.join(',')
}

interface Ended {
  booking_id: string
  no: string
  keeper_id: string
}
/** After money went back a bill owes again: nobody owes for a place that was given back. Gives the bookings of which nothing is paid any more. */
async function voidGivenBack(outer: Scope, ended: readonly Ended[]): Promise<string[]> {
  if (ended.length === 0) return []
  const bills = (await billsNow(outer, ended.map((b) => b.booking_id))).filter((x) => x.given_back && !x.voided)
  const clear: string[] = []
  for (const b of ended) {
    const mine = bills.filter((x) => x.booking_id === b.booking_id)
    for (const x of mine) if (x.paid_fen === 0 && !x.going) await voidOneOff(inNameOf(outer, b.keeper_id), x.bill_id, `预约 ${b.no} 已取消,款已退还`)
    if (mine.every((x) => x.paid_fen === 0)) clear.push(b.booking_id)
  }
  return clear
}
const ENDED = (scope: Scope) => sql`select b.booking_id, b.no, r.keeper_id from bookings.booking b join bookings.resource r on r.company_id = b.company_id and r.resource_id = b.resource_id where b.company_id = ${scope.company_id} and b.refund_state in ('asked', 'by_hand')`
const AT_ONCE = 100
/** A refund was agreed to: its bills are open again, and void. */
export async function refundAgreed(scope: Scope, refund_id: string): Promise<void> {
  const { rows } = await sql<Ended>`${ENDED(scope)} and exists (select from bookings.booking_bill k where k.company_id = b.company_id and k.booking_id = b.booking_id and k.refund_id = ${refund_id}) limit ${AT_ONCE}`.execute(scope.db)
  await voidGivenBack(scope, rows)
}
export async function refundDone(scope: Scope, refund_id: string): Promise<void> {
  await sql`update bookings.booking b set refund_state = 'done' where b.company_id = ${scope.company_id} and b.refund_state = 'asked' and exists (select from bookings.booking_bill k where k.company_id = b.company_id and k.booking_id = b.booking_id and k.refund_id = ${refund_id})
    and not exists (select from bookings.booking_bill k join payment.refund f on f.company_id = k.company_id and f.refund_id = k.refund_id where k.company_id = b.company_id and k.booking_id = b.booking_id and f.state <> 'done')`.execute(scope.db)
}
/** The desk took the receipt back: what was paid from prepayment is there again, and the bill of the cancelled booking is void. */
export async function paymentReversed(scope: Scope, house_id: string): Promise<void> {
  const { rows } = await sql<Ended>`${ENDED(scope)} and b.house_id = ${house_id} limit ${AT_ONCE}`.execute(scope.db)
  const clear = await voidGivenBack(scope, rows)
  if (clear.length > 0) await sql`update bookings.booking set refund_state = 'done' where company_id = ${scope.company_id} and booking_id = any(${clear}::uuid[]) and refund_state = 'by_hand'`.execute(scope.db)
}
