// Places where one clocks in, and the calendar of days off. What is entered for a day replaces what was announced; both stay.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { daysBetween } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { attendance, type CalendarDay, type PlaceRow } from '../contract.ts'
import { placeToUse, placesSeen, wholeCompany } from './access.ts'
import { SHIPPED_YEARS } from './calendar_shipped.ts'
import { daysFrom, weekdayOf } from './rules/roster.ts'

const PLACES_MAX = 200
const SPAN_MAX = 31
const shippedOf = (year: string): CalendarDay[] => {
  const y = SHIPPED_YEARS[year]
  if (!y) return []
  const row = (on_day: string, kind: CalendarDay['kind'], name: string): CalendarDay => ({ on_day, kind, name, basis: y.basis, made_by_name: '国务院办公厅' })
  return [...y.holiday.map(([d, n]) => row(`${year}-${d}`, 'holiday', n)), ...y.rest.flatMap(([a, b, n]) => daysFrom(`${year}-${a}`, `${year}-${b}`).map((d) => row(d, 'rest', n))), ...y.work.map(([d, n]) => row(`${year}-${d}`, 'work', n))]
}
export async function calendarOf(scope: Scope, from_on: string, to_on: string): Promise<Map<string, CalendarDay>> {
  const { rows } = await sql<CalendarDay>`select distinct on (on_day) on_day, kind, name, basis, made_by_name from attendance.calendar_day where company_id = ${scope.company_id} and on_day between ${from_on}::date and ${to_on}::date order by on_day, made_at desc, entry_id desc`.execute(scope.db)
  const years = [...new Set([from_on.slice(0, 4), to_on.slice(0, 4)])]
  return new Map([...years.flatMap(shippedOf), ...rows].filter((d) => d.on_day >= from_on && d.on_day <= to_on).map((d) => [d.on_day, d]))
}
export type DayKind = 'holiday' | 'rest' | 'work' | 'weekend' | 'plain'
export function kindOn(calendar: ReadonlyMap<string, CalendarDay>, day: string): { kind: DayKind; name: string | null } {
  const d = calendar.get(day)
  if (d && d.kind !== 'plain') return { kind: d.kind, name: d.name }
  return { kind: [0, 6].includes(weekdayOf(day)) ? 'weekend' : 'plain', name: null }
}
/** Days of work of a span by the calendar: the standard of comprehensive hours. */
export const workDays = (calendar: ReadonlyMap<string, CalendarDay>, days: readonly string[]): number => days.filter((d) => ['work', 'plain'].includes(kindOn(calendar, d).kind)).length

export const placeAnswers = [
  answer(attendance.places, async (scope, { with_retired }) => {
    const { rows } = await sql<PlaceRow>`select p.place_id, p.name, p.community_id, coalesce(m.name, '公司本部') as community_name, trim_scale(p.lat)::text as lat, trim_scale(p.lon)::text as lon, p.radius_m, p.retired_at is not null as retired, p.changed_by_name, p.changed_at from attendance.place p left join property.community m on m.company_id = ${scope.company_id} and m.community_id = p.community_id where p.company_id = ${scope.company_id} and ${placesSeen(scope, 'p')} and ${with_retired ? sql`true` : sql`p.retired_at is null`} order by p.name limit ${PLACES_MAX}`.execute(scope.db)
    return { rows }
  }),
  answer(attendance.savePlace, async (scope, o) => {
    wholeCompany(scope)
    await placeToUse(scope, o.community_id)
    const c = scope.company_id
    const { rows } = await sql<{ place_id: string; name: string }>`select place_id, name from attendance.place where company_id = ${c} order by place_id for update`.execute(scope.db)
    const before = rows.find((r) => r.place_id === o.place_id)
    if (o.place_id && !before) throw scope.notFound()
    if (rows.some((r) => r.name === o.name && r.place_id !== o.place_id)) throw scope.refuse('attendance.name_taken', { name: o.name })
    if (!before && rows.length >= PLACES_MAX) throw scope.refuse('attendance.too_many', { max: PLACES_MAX })
    const place_id = o.place_id ?? uuidv7()
    const set = { name: o.name, community_id: o.community_id, lat: o.lat, lon: o.lon, radius_m: o.radius_m, retired_at: o.retired ? scope.now : null, changed_by_name: scope.who.name, changed_at: scope.now }
    if (before) await scope.db.updateTable('attendance.place').set(set).where('company_id', '=', c).where('place_id', '=', place_id).execute()
    else {
      const made = await scope.db.insertInto('attendance.place').values({ company_id: c, place_id, ...set }).onConflict((x) => x.doNothing()).returning('place_id').executeTakeFirst()
      if (!made) throw scope.refuse('attendance.name_taken', { name: o.name })
    }
    scope.note('attendance_place', place_id, { name: o.name, lat: o.lat, lon: o.lon, radius_m: o.radius_m, retired: o.retired })
    return { place_id }
  }),
  answer(attendance.calendar, async (scope, { year }) => {
    const days = await calendarOf(scope, `${year}-01-01`, `${year}-12-31`)
    return { year, known: days.size > 0, rows: [...days.values()].toSorted((a, b) => a.on_day.localeCompare(b.on_day)) }
  }),
  answer(attendance.saveCalendar, async (scope, o) => {
    wholeCompany(scope)
    const n = daysBetween(o.from_on, o.to_on)
    if (n < 0 || n >= SPAN_MAX) throw scope.refuse('attendance.span', { max: SPAN_MAX })
    const days = daysFrom(o.from_on, o.to_on)
    const { rows: closed } = await sql<{ month: string; place: string }>`select m.month, coalesce(y.name, '公司本部') as place from attendance.month m left join property.community y on y.company_id = ${scope.company_id} and y.community_id = m.community_id where m.company_id = ${scope.company_id} and m.month = any(${[...new Set(days.map((d) => d.slice(0, 7)))]}::text[]) and m.state = 'closed' order by m.month limit 1`.execute(scope.db)
    if (closed[0]) throw scope.refuse('attendance.month_closed', { ...closed[0] })
    await sql`insert into attendance.calendar_day (company_id, entry_id, on_day, kind, name, basis, made_by, made_by_name, made_at) select ${scope.company_id}, x.entry_id, x.on_day, ${o.kind}, ${o.name}, ${o.basis}, ${scope.who.account_id}::uuid, ${scope.who.name}, ${scope.now} from jsonb_to_recordset(${JSON.stringify(days.map((on_day) => ({ entry_id: uuidv7(), on_day })))}::jsonb) as x(entry_id uuid, on_day date)`.execute(scope.db)
    scope.note('calendar', o.from_on, { to_on: o.to_on, kind: o.kind, name: o.name })
    return { day_count: days.length }
  }),
]
