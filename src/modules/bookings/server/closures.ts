// A place closed for a time, with the reason that residents read. What is booked in it is not left standing: it is cancelled with its money, or the closing is refused.
import { sql, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { bookings, type ClosureRow } from '../contract.ts'
import { BOOKING, placeToChange, placesSeenBy, type Booking } from './access.ts'
import { closuresOn } from './free.ts'
import { endBooking } from './make.ts'

/** More than this in one closing is done in parts: each has its bills and its message. */
const CANCEL_MAX = 100
const NOS_SHOWN = 5
const stateOf = (now: string) => sql<ClosureRow['state']>`case when k.lifted_at is not null then 'lifted' when k.to_at <= ${now}::timestamptz then 'past' when k.from_at > ${now}::timestamptz then 'future' else 'now' end`

const closures = answer(bookings.closures, async (scope, f) => {
  const c = scope.company_id
  const state = stateOf(scope.now)
  const where = sql<SqlBool>`k.company_id = ${c} and ${placesSeenBy(scope)} and ${f.community_id ? sql`r.community_id = ${f.community_id}` : sql`true`} and ${f.resource_id ? sql`r.resource_id = ${f.resource_id}` : sql`true`} and ${f.state ? sql`${state} = ${f.state}` : sql`true`}`
  const from = sql`from bookings.closure k join bookings.resource r on r.company_id = ${c} and r.resource_id = k.resource_id`
  const { rows } = await sql<Omit<ClosureRow, 'can'>>`select k.closure_id, k.resource_id, r.name as resource_name, m.name as community_name, k.from_at, k.to_at, k.reason, k.made_by, k.made_at, ${state} as state, k.lifted_by, k.lifted_reason ${from} join property.community m on m.company_id = ${c} and m.community_id = r.community_id where ${where} order by k.from_at desc, k.closure_id limit ${f.page_size} offset ${(f.page - 1) * f.page_size}`.execute(scope.db)
  const { rows: n } = await sql<{ total: number }>`select count(*)::int as total ${from} where ${where}`.execute(scope.db)
  return { rows: rows.map((r) => ({ ...r, can: { lift: r.state === 'now' || r.state === 'future' ? (true as const) : 'bookings.closure_over' } })), total: n[0]!.total }
})
const closePlace = answer(bookings.closePlace, async (scope, o) => {
  const c = scope.company_id
  const p = await placeToChange(scope, o.resource_id)
  const s = { from_at: new Date(Date.parse(o.from_at)).toISOString(), to_at: new Date(Date.parse(o.to_at)).toISOString() }
  if (s.from_at >= s.to_at || s.to_at <= scope.now) throw scope.refuse('bookings.closure_times')
  const shut = (await closuresOn(scope, [p.resource_id], s))[0]
  if (shut) throw scope.refuse('bookings.closed_already', { from: minuteText(shut.from_at), to: minuteText(shut.to_at), reason: shut.reason })
  const { rows } = await sql<Booking>`select ${BOOKING} from bookings.booking b where b.company_id = ${c} and b.resource_id = ${p.resource_id} and b.state in ('asked', 'held', 'confirmed') and b.from_at < ${s.to_at}::timestamptz and b.to_at > greatest(${s.from_at}::timestamptz, ${scope.now}::timestamptz) order by b.from_at, b.booking_id limit ${CANCEL_MAX + 1} for update`.execute(scope.db)
  if (rows.length > 0 && (!o.cancel || rows.length > CANCEL_MAX)) throw scope.refuse('bookings.closure_booked', { count: rows.length > CANCEL_MAX ? `超过 ${CANCEL_MAX}` : rows.length, nos: rows.slice(0, NOS_SHOWN).map((b) => b.no).join('、') })
  const closure_id = uuidv7()
  await scope.db.insertInto('bookings.closure').values({ company_id: c, closure_id, resource_id: p.resource_id, ...s, reason: o.reason, made_by: scope.who.name, made_at: scope.now }).execute()
  for (const b of rows) await endBooking(scope, p, b, { state: 'cancelled', late: false, reason: o.reason, what: '场地停用,预约已取消' })
  scope.note('closure', closure_id, { place: p.name, ...s, reason: o.reason, cancelled_count: rows.length })
  return { closure_id, cancelled_count: rows.length }
})
const openPlace = answer(bookings.openPlace, async (scope, o) => {
  const c = scope.company_id
  const { rows } = await sql<{ resource_id: string }>`select k.resource_id from bookings.closure k where k.company_id = ${c} and k.closure_id = ${o.closure_id}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  const p = await placeToChange(scope, rows[0].resource_id)
  const done = await sql`update bookings.closure set lifted_at = ${scope.now}, lifted_by = ${scope.who.name}, lifted_reason = ${o.reason} where company_id = ${c} and closure_id = ${o.closure_id} and lifted_at is null and to_at > ${scope.now}::timestamptz`.execute(scope.db)
  if (Number(done.numAffectedRows) !== 1) throw scope.refuse('bookings.closure_over')
  scope.note('closure', o.closure_id, { place: p.name, lifted: o.reason })
  return { closure_id: o.closure_id }
})
export const closureAnswers = [closures, closePlace, openPlace]
