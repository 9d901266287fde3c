// The desk: books for a household, moves, cancels, decides, says who did not come; whoever stands at the door lets in by code or room.
import { sql, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays, dayOf, minuteText } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { houseToRead } from '../../property/server/index.ts'
import { bookings } from '../contract.ts'
import { bookingHeld, bookingsSeenBy, placeHeld, placeToRead, type Booking } from './access.ts'
import { priceOf, ruleOf, termsOf } from './config.ts'
import { offer, slotsOn } from './free.ts'
import { addStep, agree, endBooking, isLate, makeBooking, move, setState, wrongState } from './make.ts'
import { freeUntil } from './rules/slots.ts'
import { bookingRows, canOf } from './rows.ts'
import type { FeeLine, Rule } from '../contract.ts'

const FOUND_MAX = 20
/** The rule it was booked by: a later one does not change what was agreed. */
export async function ruleById(scope: Scope, rule_id: string): Promise<Pick<Rule, 'cancel_hours' | 'pay_within_min'>> {
  const { rows } = await sql<Pick<Rule, 'cancel_hours' | 'pay_within_min'>>`select cancel_hours, pay_within_min from bookings.rule where company_id = ${scope.company_id} and rule_id = ${rule_id}`.execute(scope.db)
  return rows[0]!
}
const day = answer(bookings.day, async (scope, o) => {
  const p = await placeToRead(scope, o.resource_id)
  const rule = await ruleOf(scope, p.resource_id, o.day)
  const [found] = await slotsOn(scope, [{ resource_id: p.resource_id, unit_count: p.unit_count, rule, price: await priceOf(scope, p.resource_id, o.day) }], o.day, { by: 'desk', but: o.but ?? null })
  return { slots: found!.slots, terms: rule ? termsOf(rule) : null }
})
const quote = answer(bookings.quote, async (scope, o) => {
  const x = await offer(scope, await placeToRead(scope, o.resource_id), o, { by: 'desk' })
  return { lines: x.lines, amount_fen: x.amount_fen, free_until: x.free_until, late_fen: x.kept_fen, pay_by_min: x.rule.pay_within_min, approval: false }
})
const bookFor = answer(bookings.bookFor, async (scope, o) => {
  const house = await houseToRead(scope, o.house_id)
  const p = await placeHeld(scope, o.resource_id)
  if (p.community_id !== house.community_id) throw scope.refuse('bookings.elsewhere', { house: house.label, place: p.name })
  return makeBooking(scope, p, o, { house, person_id: null, contact_name: o.contact_name, contact_phone: o.contact_phone, note: o.note || null, source: 'desk' })
})
const moveBooking = answer(bookings.moveBooking, async (scope, o) => {
  const { b, p } = await bookingHeld(scope, o.booking_id)
  const done = await move(scope, p, b, { resource_id: p.resource_id, from_at: o.from_at, slot_count: o.slot_count, unit_count: o.unit_count }, o.reason)
  return { booking_id: b.booking_id, ...done }
})
const cancelBooking = answer(bookings.cancelBooking, async (scope, o) => {
  const { b, p } = await bookingHeld(scope, o.booking_id)
  const late = !o.free && b.state === 'confirmed' && isLate(scope, freeUntil(b.from_at, (await ruleById(scope, b.rule_id)).cancel_hours))
  await endBooking(scope, p, b, { state: 'cancelled', late, reason: o.reason, what: '已由物业取消' })
  return { booking_id: b.booking_id, state: 'cancelled' as const }
})
const decideBooking = answer(bookings.decideBooking, async (scope, o) => {
  const { b, p } = await bookingHeld(scope, o.booking_id)
  if (b.state !== 'asked') throw wrongState(scope, b)
  if (!o.agree) {
    if (!o.reason) throw scope.refuse('bookings.reason_needed')
    await endBooking(scope, p, b, { state: 'refused', late: false, reason: o.reason, what: '未通过' })
    return { booking_id: b.booking_id, state: 'refused' as const }
  }
  if (b.to_at <= scope.now) throw scope.refuse('bookings.past', { from: minuteText(b.from_at) })
  const { rows } = await sql<{ lines: FeeLine[] }>`select lines from bookings.booking where company_id = ${scope.company_id} and booking_id = ${b.booking_id}`.execute(scope.db)
  return { booking_id: b.booking_id, state: await agree(scope, p, b, { lines: rows[0]!.lines, rule: (await ruleById(scope, b.rule_id)) as Rule }) }
})
const refusal = (scope: Scope, b: Booking, why: string) => (why === 'bookings.wrong_state' ? wrongState(scope, b) : scope.refuse(why, { no: b.no, from: minuteText(b.from_at), to: minuteText(b.to_at) }))
const noShow = answer(bookings.noShow, async (scope, o) => {
  const { b } = await bookingHeld(scope, o.booking_id)
  const can = canOf(scope, b).no_show
  if (can !== true) throw refusal(scope, b, can)
  await setState(scope, b.booking_id, { state: 'no_show', ended_at: scope.now, ended_by: scope.who.name, ended_reason: o.reason || null })
  await addStep(scope, b.booking_id, 'no_show', o.reason || '没有到场')
  scope.note('booking', b.booking_id, { no: b.no, no_show: true })
  return { booking_id: b.booking_id, state: 'no_show' as const }
})
const checkIn = answer(bookings.checkIn, async (scope, o) => {
  const { b } = await bookingHeld(scope, o.booking_id)
  const can = canOf(scope, b).check_in
  if (can !== true) throw refusal(scope, b, can)
  await setState(scope, b.booking_id, { state: 'used', used_at: scope.now, used_by: scope.who.name })
  await addStep(scope, b.booking_id, 'used', '')
  scope.note('booking', b.booking_id, { no: b.no, used: true })
  return { booking_id: b.booking_id, state: 'used' as const }
})
/** Without words: what is on today; with them: a code, a number or a room, today and tomorrow. */
const findBooking = answer(bookings.findBooking, async (scope, { q }) => {
  const text = q?.normalize('NFKC').trim() ?? ''
  const whole = (d: string): string => `${d}T00:00:00+08:00`
  const today = dayOf(scope.now)
  const when = sql`b.to_at > ${whole(today)}::timestamptz and b.from_at < ${whole(addDays(today, text ? 2 : 1))}::timestamptz`
  const what = text ? sql`(b.code = ${text} or b.no = upper(${text}) or exists (select from property.house h where h.company_id = ${scope.company_id} and h.house_id = b.house_id and h.label = ${text}))` : sql`true`
  return { rows: await bookingRows(scope, sql<SqlBool>`b.company_id = ${scope.company_id} and ${bookingsSeenBy(scope)} and ${when} and ${what} and b.state in ('held', 'confirmed', 'used')`, { limit: FOUND_MAX, order: sql`b.from_at, b.booking_id` }) }
})
export const deskAnswers = [day, quote, bookFor, moveBooking, cancelBooking, decideBooking, noShow, checkIn, findBooking]
