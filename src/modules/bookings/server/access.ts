// The one place where who asks becomes which rows of bookings. A place belongs to a community; a booking to a house.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { communitiesSeenBy, communityToChange, housesSeenBy } from '../../property/server/index.ts'

/** Places of communities within reach; `alias` has community_id. */
export const placesSeenBy = (scope: Scope, alias = 'r', permission?: string): RawBuilder<SqlBool> => communitiesSeenBy(scope, { alias, ...(permission ? { permission } : {}) })
/** Bookings of houses within reach; `alias` has community_id and building_id. */
export const bookingsSeenBy = (scope: Scope, alias = 'b'): RawBuilder<SqlBool> => housesSeenBy(scope, { alias })

export interface Place {
  resource_id: string
  community_id: string
  name: string
  place: string
  unit_word: string
  unit_count: number
  belongs_to: 'public_income' | 'company'
  account_code: string
  keeper_id: string
  retired_at: string | null
}
const PLACE = sql.raw('r.resource_id, r.community_id, r.name, r.place, r.unit_word, r.unit_count, r.belongs_to, r.account_code, r.keeper_id, r.retired_at')
export async function placeToRead(scope: Scope, resource_id: string, where: RawBuilder<SqlBool> = placesSeenBy(scope)): Promise<Place> {
  const { rows } = await sql<Place>`select ${PLACE} from bookings.resource r where r.company_id = ${scope.company_id} and r.resource_id = ${resource_id} and ${where}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** Whoever books, moves, closes or changes a place stands in one line: then what is free is what was read. The constraint of booking_unit is the second lock. */
export async function placeHeld(scope: Scope, resource_id: string, where: RawBuilder<SqlBool> = placesSeenBy(scope)): Promise<Place> {
  const { rows } = await sql<Place>`select ${PLACE} from bookings.resource r where r.company_id = ${scope.company_id} and r.resource_id = ${resource_id} and ${where} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** The place as a whole is within reach: its rules, prices and closures are everybody's. */
export async function placeToChange(scope: Scope, resource_id: string): Promise<Place> {
  const p = await placeHeld(scope, resource_id)
  await communityToChange(scope, p.community_id)
  return p
}

export interface Booking {
  booking_id: string
  no: string
  resource_id: string
  community_id: string
  building_id: string
  house_id: string
  person_id: string | null
  contact_name: string
  contact_phone: string | null
  source: 'app' | 'desk'
  from_at: string
  to_at: string
  slot_count: number
  unit_count: number
  state: 'asked' | 'held' | 'confirmed' | 'used' | 'no_show' | 'cancelled' | 'refused' | 'expired'
  rule_id: string
  amount_fen: number
  kept_fen: number
  hold_until: string | null
}
export const BOOKING = sql.raw('b.booking_id, b.no, b.resource_id, b.community_id, b.building_id, b.house_id, b.person_id, b.contact_name, b.contact_phone, b.source, b.from_at, b.to_at, b.slot_count, b.unit_count, b.state, b.rule_id, b.amount_fen::int as amount_fen, b.kept_fen::int as kept_fen, b.hold_until')
/** Its place first, then the booking: the order in which everybody locks. */
export async function bookingHeld(scope: Scope, booking_id: string, where: RawBuilder<SqlBool> = bookingsSeenBy(scope)): Promise<{ b: Booking; p: Place }> {
  const c = scope.company_id
  const found = await sql<{ resource_id: string }>`select b.resource_id from bookings.booking b where b.company_id = ${c} and b.booking_id = ${booking_id} and ${where}`.execute(scope.db)
  if (!found.rows[0]) throw scope.notFound()
  const p = await placeHeld(scope, found.rows[0].resource_id, sql<SqlBool>`true`)
  const { rows } = await sql<Booking>`select ${BOOKING} from bookings.booking b where b.company_id = ${c} and b.booking_id = ${booking_id} for update`.execute(scope.db)
  return { b: rows[0]!, p }
}
