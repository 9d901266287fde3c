// The board of a month: the sum of each indicator, the month before, each community, what was aimed at. One statement for the figures; a company of thousands of communities answers with
// the first hundred, the sums are of all.
import { sql } from 'kysely'
import { addDays, addMonths } from '../../../../kernel/clock.ts'
import type { Scope } from '../../../../kernel/scope.ts'
import { communitiesSeenBy } from '../../../property/server/index.ts'
import { staffPolicy } from '../../../staff/server/index.ts'
import { PLACES_MAX, specOf, type Cockpit, type CockpitAsked, type CockpitRow, type Indicator, type Value } from '../../contract_cockpit.ts'
import { mine, SOURCES, type Asking, type Span } from './list.ts'
import { standingOf, targetsOf } from './targets.ts'

export const spanOf = (month: string): Span => ({ month, from_on: `${month}-01`, to_on: addDays(`${addMonths(month, 1)}-01`, -1) })
/** Rounded down: 100 % is written only when nothing is left. */
export function valueOf(code: Indicator, part: number, whole: number): Value {
  if (specOf(code).unit !== 'rate') return { part, whole: null, value: part }
  return { part, whole, value: whole > 0 ? Number((BigInt(part) * 10_000n) / BigInt(whole)) : null }
}
interface Figure {
  code: Indicator
  month: string
  community_id: string | null
  part: number
  whole: number
}
/** Sums of the months, and each of `places` beside them. */
async function figuresOf(a: Asking, codes: readonly Indicator[], months: readonly Span[], places: readonly string[]): Promise<Figure[]> {
  const parts = months.flatMap((m, i) => codes.filter((k) => i === 0 || !specOf(k).now).map((k) => {
    const by_place = i === 0 && places.length > 0
    return sql`select ${k}::text as code, ${m.month}::text as month, ${by_place ? sql`x.community_id` : sql`null::uuid`} as community_id, coalesce(sum(x.part), 0)::bigint as part, coalesce(sum(x.whole), 0)::bigint as whole from (${SOURCES[k].of(a, m)}) x
      ${by_place ? sql`group by grouping sets ((x.community_id), ()) having grouping(x.community_id) = 1 or x.community_id = any(${places}::uuid[])` : sql``}`
  }))
  if (parts.length === 0) return []
  return (await sql<Figure>`${sql.join(parts, sql` union all `)}`.execute(a.scope.db)).rows
}
async function asking(scope: Scope, community_id: string | undefined): Promise<Asking> {
  if (community_id) {
    const { rows } = await sql`select 1 from property.community c where c.company_id = ${scope.company_id} and c.community_id = ${community_id} and ${communitiesSeenBy(scope)}`.execute(scope.db)
    if (rows.length === 0) throw scope.notFound()
  }
  return { scope, community_id, policy: await staffPolicy(scope) }
}
export async function cockpitOf(scope: Scope, o: CockpitAsked): Promise<Cockpit> {
  const a = await asking(scope, o.community_id)
  const codes = mine(scope)
  const running = o.month === scope.today.slice(0, 7)
  // What is of this moment has no place in another month.
  const shown = running ? codes : codes.filter((k) => !specOf(k).now)
  const places = o.community_id ? { rows: [], more: 0 } : await placesOf(scope)
  const months = [spanOf(o.month), spanOf(addMonths(o.month, -1))]
  const [figures, targets] = [await figuresOf(a, shown, months, places.rows.map((p) => p.community_id)), await targetsOf(scope, o.month)]
  const found = new Map(figures.map((f) => [`${f.code} ${f.month} ${f.community_id ?? ''}`, f]))
  const at = (code: Indicator, month: string, community_id = ''): Value => {
    const f = found.get(`${code} ${month} ${community_id}`)
    return valueOf(code, f?.part ?? 0, f?.whole ?? 0)
  }
  const rows = shown.map((code): CockpitRow => {
    const v = at(code, o.month)
    const t = targets(code, o.community_id ?? null)
    const s = SOURCES[code]
    return { code, ...v, before: specOf(code).now ? null : at(code, months[1]!.month).value, goal: t.goal, warn: t.warn, standing: standingOf(code, v.value, t, running), open_part: s.part && v.part > 0 ? s.part(months[0]!) : null, open_whole: s.whole && v.whole ? s.whole(months[0]!) : null, needs: s.needs }
  })
  return {
    month: o.month, running, rows, more: places.more,
    places: places.rows.map((p) => ({ ...p, cells: shown.map((code) => {
      const v = at(code, o.month, p.community_id)
      return { code, ...v, standing: standingOf(code, v.value, targets(code, p.community_id), running) }
    }) })),
  }
}
async function placesOf(scope: Scope): Promise<{ rows: { community_id: string; name: string }[]; more: number }> {
  const { rows } = await sql<{ community_id: string; name: string; total: number }>`select c.community_id, c.name, (count(*) over ())::int as total from property.community c where c.company_id = ${scope.company_id} and ${communitiesSeenBy(scope)} order by c.name, c.community_id limit ${PLACES_MAX}`.execute(scope.db)
  return { rows: rows.map(({ community_id, name }) => ({ community_id, name })), more: Math.max(0, (rows[0]?.total ?? 0) - rows.length) }
}
const TREND_MONTHS = 12
export async function trendOf(scope: Scope, o: { code: Indicator; month: string; community_id?: string | undefined }): Promise<{ months: (Value & { month: string })[] }> {
  const a = await asking(scope, o.community_id)
  if (!mine(scope).includes(o.code)) throw scope.notFound()
  const now = specOf(o.code).now
  const months = now ? [spanOf(scope.today.slice(0, 7))] : Array.from({ length: TREND_MONTHS }, (_, i) => spanOf(addMonths(o.month, i - TREND_MONTHS + 1)))
  const by = new Map((await figuresOf(a, [o.code], months, [])).map((f) => [f.month, f]))
  return { months: months.map((m) => ({ month: m.month, ...valueOf(o.code, by.get(m.month)?.part ?? 0, by.get(m.month)?.whole ?? 0) })) }
}
