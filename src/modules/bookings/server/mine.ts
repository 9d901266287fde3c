// Booking on the resident's phone. What is owed elsewhere is nobody's business here: nothing in this file looks at arrears.
import { sql, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays, dayOf } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { houseOfResident, housesOfResident, type OwnHouse } from '../../people/server/index.ts'
import { bookings, type MyBooking, type PlaceRow, type Price, type Rule } from '../contract.ts'
import { hoursText, priceText, said } from '../shown.ts'
import { bookingHeld, placeHeld, placeToRead, type Place } from './access.ts'
import { priceOf, pricesOf, ruleOf, rulesOf, termsOf } from './config.ts'
import { offer, slotsOn } from './free.ts'
import { endBooking, isLate, makeBooking, staysLate } from './make.ts'
import { BILLED, REFUND } from './rows.ts'
import { ruleById } from './desk.ts'
import { freeUntil } from './rules/slots.ts'
import { tellDeciders } from './tell.ts'

const MINE_MAX = 30
const PLACES_MAX = 50
interface Home {
  house_id: string
  community_id: string
  building_id: string
  label: string
  name: string
  role: OwnHouse['role']
  person_id: string
}
async function homeOf(scope: Scope, house_id: string): Promise<Home> {
  const own = await houseOfResident(scope, house_id)
  const { rows } = await sql<Omit<Home, 'role' | 'person_id'>>`select h.house_id, h.community_id, h.building_id, h.label, p.name from property.house h join people.person p on p.company_id = ${scope.company_id} and p.person_id = ${own.person_id} where h.company_id = ${scope.company_id} and h.house_id = ${house_id}`.execute(scope.db)
  return { ...rows[0]!, role: own.role, person_id: own.person_id }
}
/** Places of the community that the house stands in. */
const ofCommunity = (home: Home) => sql<SqlBool>`r.community_id = ${home.community_id}`
type Shown = Pick<PlaceRow, 'resource_id' | 'name' | 'kind' | 'place' | 'unit_word' | 'unit_count' | 'note' | 'photo_id'>
const SHOWN = sql.raw('r.resource_id, r.name, r.kind, r.place, r.unit_word, r.unit_count, r.note, r.photo_id')
const placeRow = (r: Shown, rule: Omit<Rule, 'state'>, price: Pick<Price, 'slot_fen' | 'bands'> | null, home: Home): PlaceRow => ({ ...r, terms: termsOf(rule), price_text: priceText(price), hours_text: hoursText(rule.hours), can: { book: rule.who.includes(home.role) ? true : 'bookings.not_you' } })

const places = answer(bookings.places, async (scope, { house_id }) => {
  const home = await homeOf(scope, house_id)
  const { rows } = await sql<Shown>`select ${SHOWN} from bookings.resource r where r.company_id = ${scope.company_id} and ${ofCommunity(home)} and r.retired_at is null order by r.sort_no, r.name limit ${PLACES_MAX}`.execute(scope.db)
  const ids = rows.map((r) => r.resource_id)
  const [rules, prices] = [await rulesOf(scope, ids), await pricesOf(scope, ids)]
  return { rows: rows.flatMap((r) => { const rule = rules.get(r.resource_id)?.find((x) => x.state === 'now'); return rule ? [placeRow(r, rule, prices.get(r.resource_id)?.find((x) => x.state === 'now') ?? null, home)] : [] }) }
})
const placeDay = answer(bookings.placeDay, async (scope, o) => {
  const home = await homeOf(scope, o.house_id)
  const { rows } = await sql<Shown>`select ${SHOWN} from bookings.resource r where r.company_id = ${scope.company_id} and r.resource_id = ${o.resource_id} and ${ofCommunity(home)} and r.retired_at is null`.execute(scope.db)
  const now = rows[0] ? await ruleOf(scope, o.resource_id, scope.today) : null
  if (!rows[0] || !now) throw scope.notFound()
  const last_on = addDays(scope.today, now.ahead_days)
  const day = o.day && o.day >= scope.today && o.day <= last_on ? o.day : scope.today
  const [rule, price] = [await ruleOf(scope, o.resource_id, day), await priceOf(scope, o.resource_id, day)]
  const [found] = await slotsOn(scope, [{ resource_id: o.resource_id, unit_count: rows[0].unit_count, rule, price }], day, { by: 'resident', last_on: () => addDays(scope.today, rule?.ahead_days ?? 0) })
  return { place: placeRow(rows[0], rule ?? now, price, home), day, first_on: scope.today, last_on, slots: found!.slots }
})
const myQuote = answer(bookings.myQuote, async (scope, o) => {
  const home = await homeOf(scope, o.house_id)
  const x = await offer(scope, await placeToRead(scope, o.resource_id, ofCommunity(home)), o, { by: 'resident' })
  return { lines: x.lines, amount_fen: x.amount_fen, free_until: x.free_until, late_fen: x.kept_fen, pay_by_min: x.rule.pay_within_min, approval: x.rule.approval }
})
async function refuseNotYou(scope: Scope, p: Place, home: Home, from_at: string): Promise<void> {
  const rule = await ruleOf(scope, p.resource_id, dayOf(from_at))
  if (rule && !rule.who.includes(home.role)) throw scope.refuse('bookings.not_you', { place: p.name, who: rule.who.map((w) => said('who', w)).join('、') })
}
const book = answer(bookings.book, async (scope, o) => {
  const home = await homeOf(scope, o.house_id)
  const p = await placeHeld(scope, o.resource_id, ofCommunity(home))
  await refuseNotYou(scope, p, home, o.from_at)
  const done = await makeBooking(scope, p, o, { house: home, person_id: home.person_id, contact_name: home.name, contact_phone: scope.who.phone, note: o.note || null, source: 'app' })
  if (done.state === 'asked') await tellDeciders(scope, { ...done, from_at: o.from_at, house_id: home.house_id, contact_phone: null, house_label: home.label }, p, home)
  return done
})
/** Of the houses of today, and booked by this person or, at the desk, for the household. */
const mine = (own: readonly OwnHouse[]) => sql<SqlBool>`exists (select from unnest(${own.map((h) => h.house_id)}::uuid[], ${own.map((h) => h.person_id)}::uuid[]) as o(house_id, person_id) where o.house_id = b.house_id and (b.person_id is null or b.person_id = o.person_id))`
type Raw = Omit<MyBooking, 'over' | 'free_until' | 'can' | 'late_fen' | 'late'> & { kept_fen: number; cancel_hours: number; contact_phone: string | null }
const myBookings = answer(bookings.myBookings, async (scope) => {
  const c = scope.company_id
  const own = await housesOfResident(scope)
  const { rows } = await sql<Raw>`with page as materialized (select b.* from bookings.booking b where b.company_id = ${c} and b.house_id = any(${own.map((h) => h.house_id)}::uuid[]) and ${mine(own)} and (b.person_id is not null or b.contact_phone = ${scope.who.phone}) order by b.from_at desc, b.booking_id limit ${MINE_MAX})
    select b.booking_id, b.house_id, b.no, r.name as resource_name, r.place, h.label as house_label, r.unit_word, b.from_at, b.to_at, b.state, b.code, b.amount_fen::int as amount_fen, coalesce(k.open_fen, 0) as open_fen, b.lines, b.hold_until, b.ended_reason, b.ended_by, ${REFUND(c)} as refund_state, b.kept_fen::int as kept_fen, x.cancel_hours, b.contact_phone,
      case when r.unit_count > 1 then array(select u.unit_no from bookings.booking_unit u where u.company_id = ${c} and u.booking_id = b.booking_id order by 1) else '{}'::int[] end as unit_nos,
      array(select k.bill_id from bookings.booking_bill k join billing.bill z on z.company_id = ${c} and z.period_on = k.period_on and z.bill_id = k.bill_id where k.company_id = ${c} and k.booking_id = b.booking_id and z.voided_at is null and z.amount_fen > z.paid_fen + z.reduced_fen order by 1) as bill_ids
    from page b join bookings.resource r on r.company_id = ${c} and r.resource_id = b.resource_id join property.house h on h.company_id = ${c} and h.house_id = b.house_id join bookings.rule x on x.company_id = ${c} and x.rule_id = b.rule_id left join ${BILLED(c)} k on true order by b.from_at desc, b.booking_id`.execute(scope.db)
  return {
    rows: rows.map(({ kept_fen, cancel_hours, contact_phone: _p, ...b }) => {
      const open = b.state === 'asked' || b.state === 'held' || b.state === 'confirmed'
      const free_until = freeUntil(b.from_at, cancel_hours)
      return { ...b, code: open ? b.code : null, over: b.to_at <= scope.now, free_until, late_fen: kept_fen, late: staysLate(scope, { state: b.state, kept_fen, free_until }), can: { cancel: !open ? 'bookings.wrong_state' : b.from_at <= scope.now ? 'bookings.started' : (true as const) } }
    }),
  }
})
const cancelMine = answer(bookings.cancelMine, async (scope, { booking_id }) => {
  const own = await housesOfResident(scope)
  const { b, p } = await bookingHeld(scope, booking_id, sql<SqlBool>`${mine(own)} and (b.person_id is not null or b.contact_phone = ${scope.who.phone})`)
  if (b.from_at <= scope.now) throw scope.refuse('bookings.started', { no: b.no })
  const late = b.state === 'confirmed' && isLate(scope, freeUntil(b.from_at, (await ruleById(scope, b.rule_id)).cancel_hours))
  await endBooking(scope, p, b, { state: 'cancelled', late, reason: '业户自行取消', what: '已取消' })
  return { booking_id, state: 'cancelled' as const }
})
export const mineAnswers = [places, placeDay, myQuote, book, myBookings, cancelMine]
