// Bookings as rows of screens and sheets, with what may be done with each.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { addDays } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { masked } from '../../people/server/index.ts'
import type { BookingFilter, BookingRow } from '../contract.ts'
import { bookingsSeenBy } from './access.ts'

const EARLY_MS = 30 * 60_000
/** What the bills of bookings owe and have been paid, one row a booking; `b` is the booking. */
export const BILLED = (c: number) => sql`lateral (select coalesce(sum(x.amount_fen - x.paid_fen - x.reduced_fen), 0)::int as open_fen, coalesce(sum(x.paid_fen), 0)::int as paid_fen from bookings.booking_bill k join billing.bill x on x.company_id = ${c} and x.period_on = k.period_on and x.bill_id = k.bill_id and x.voided_at is null where k.company_id = ${c} and k.booking_id = b.booking_id)`
/** Asked for, and somebody said no: the money is where it was. */
export const REFUND = (c: number) => sql`case when b.refund_state = 'asked' and exists (select from bookings.booking_bill k join payment.refund f on f.company_id = ${c} and f.refund_id = k.refund_id where k.company_id = ${c} and k.booking_id = b.booking_id and f.state in ('refused', 'cancelled')) then 'refused' else b.refund_state end`

export function bookingWhere(scope: Scope, f: BookingFilter): RawBuilder<SqlBool> {
  const p: RawBuilder<unknown>[] = [sql`b.company_id = ${scope.company_id}`, bookingsSeenBy(scope)]
  if (f.community_id) p.push(sql`b.community_id = ${f.community_id}`)
  if (f.resource_id) p.push(sql`b.resource_id = ${f.resource_id}`)
  if (f.house_id) p.push(sql`b.house_id = ${f.house_id}`)
  if (f.state) p.push(sql`b.state = ${f.state}`)
  if (f.source) p.push(sql`b.source = ${f.source}`)
  if (f.refund) p.push(sql`b.refund_state is not null and b.refund_state <> 'done'`)
  if (f.from_on) p.push(sql`b.from_at >= ${`${f.from_on}T00:00:00+08:00`}::timestamptz`)
  if (f.to_on) p.push(sql`b.from_at < ${`${addDays(f.to_on, 1)}T00:00:00+08:00`}::timestamptz`)
  if (f.q) p.push(sql`(b.no = upper(${f.q}) or b.code = ${f.q} or position(${f.q} in b.contact_name) > 0 or exists (select from property.house h where h.company_id = ${scope.company_id} and h.house_id = b.house_id and h.label = ${f.q}))`)
  return sql<SqlBool>`${sql.join(p, sql` and `)}`
}
type Raw = Omit<BookingRow, 'can' | 'over' | 'contact_phone_masked'> & { contact_phone: string | null }
export const NEWEST = sql`b.from_at desc, b.booking_id`
export async function bookingRows(scope: Scope, cond: RawBuilder<SqlBool>, o: { limit: number; offset?: number; order?: RawBuilder<unknown> }): Promise<BookingRow[]> {
  const c = scope.company_id
  const order = o.order ?? NEWEST
  const { rows } = await sql<Raw>`with page as materialized (select b.* from bookings.booking b where ${cond} order by ${order} limit ${o.limit} offset ${o.offset ?? 0})
    select b.booking_id, b.no, m.name as community_name, b.resource_id, r.name as resource_name, r.unit_word, r.unit_count as place_units, b.house_id, h.label as house_label, b.contact_name, b.contact_phone, b.source, b.from_at, b.to_at, b.slot_count, b.unit_count, b.state, b.amount_fen::int as amount_fen, k.open_fen, k.paid_fen, ${REFUND(c)} as refund_state, b.hold_until, b.ended_by, b.ended_reason, b.created_by, b.created_at,
      array(select u.unit_no from bookings.booking_unit u where u.company_id = ${c} and u.booking_id = b.booking_id order by 1) as unit_nos
    from page b join property.community m on m.company_id = ${c} and m.community_id = b.community_id join bookings.resource r on r.company_id = ${c} and r.resource_id = b.resource_id join property.house h on h.company_id = ${c} and h.house_id = b.house_id left join ${BILLED(c)} k on true order by ${order}`.execute(scope.db)
  return rows.map(({ contact_phone, ...r }) => ({ ...r, contact_phone_masked: masked(contact_phone), over: r.to_at <= scope.now, can: canOf(scope, r) }))
}
/** Half an hour before its time somebody may already come in. */
export function canOf(scope: Scope, b: Pick<Raw, 'state' | 'from_at' | 'to_at'>): BookingRow['can'] {
  const open = b.state === 'asked' || b.state === 'held' || b.state === 'confirmed'
  const wrong = 'bookings.wrong_state'
  const [now, from, to] = [Date.parse(scope.now), Date.parse(b.from_at), Date.parse(b.to_at)]
  return {
    cancel: open ? true : wrong, move: open ? true : wrong, decide: b.state === 'asked' ? true : wrong,
    check_in: b.state !== 'confirmed' ? wrong : now >= to ? 'bookings.over' : now < from - EARLY_MS ? 'bookings.too_early' : true,
    no_show: b.state !== 'confirmed' ? wrong : now < from ? 'bookings.too_early' : true,
  }
}
