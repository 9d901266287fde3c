// What is aimed at: dated, by month, for the company or one community; a change is a new row. A community without a row of its own has the company's.
import { sql } from 'kysely'
import { answer } from '../../../../kernel/app.ts'
import { uuidv7 } from '../../../../kernel/ids.ts'
import type { Scope } from '../../../../kernel/scope.ts'
import { memberNames } from '../../../identity/server/index.ts'
import { communitiesSeenBy, communityToChange } from '../../../property/server/index.ts'
import { analytics } from '../../contract.ts'
import { specOf, type Indicator, type Standing, type Target } from '../../contract_cockpit.ts'

interface Aim {
  goal: number | null
  warn: number | null
}
const NONE: Aim = { goal: null, warn: null }
/** In force in a month: the community's own row, or the company's. */
export async function targetsOf(scope: Scope, month: string): Promise<(code: Indicator, community_id: string | null) => Aim> {
  const { rows } = await sql<Aim & { code: string; community_id: string | null }>`select distinct on (t.code, t.community_id) t.code, t.community_id, t.goal, t.warn from analytics.target t
    where t.company_id = ${scope.company_id} and t.from_on <= ${`${month}-01`}::date order by t.code, t.community_id, t.from_on desc, t.made_at desc, t.target_id desc`.execute(scope.db)
  const by = new Map(rows.map((r) => [`${r.code} ${r.community_id ?? ''}`, r]))
  return (code, community_id) => (community_id ? by.get(`${code} ${community_id}`) : undefined) ?? by.get(`${code} `) ?? NONE
}
/** Pure. What grows within its month (money, counts that should be low) is judged below its goal only when the month is over; a count above its line is above it at once. */
export function standingOf(code: Indicator, value: number | null, t: Aim, running: boolean): Standing {
  if (value === null || (t.goal === null && t.warn === null)) return 'none'
  const { unit, better, now } = specOf(code)
  const growing = running && unit !== 'rate' && !now
  const worse = (line: number): boolean => (better === 'up' ? value < line : value > line)
  if (growing && better === 'up') return t.goal !== null && value >= t.goal ? 'good' : 'none'
  if (t.warn !== null && worse(t.warn)) return 'warned'
  if (t.goal === null) return 'none'
  return worse(t.goal) ? 'short' : growing ? 'none' : 'good'
}
const ROWS_MAX = 500
const RATE_MAX = 10_000
async function rowsOf(scope: Scope, code: Indicator | undefined): Promise<Target[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<Target, 'made_by_name'> & { made_by: string }>`with page as materialized (select t.*, row_number() over (partition by t.code, t.community_id, t.from_on > ${scope.today}::date order by t.from_on desc, t.made_at desc, t.target_id desc) as nth
      from analytics.target t where t.company_id = ${c} ${code ? sql`and t.code = ${code}` : sql``} and (t.community_id is null or ${communitiesSeenBy(scope, { alias: 't' })}))
    select p.target_id, p.code, p.community_id, k.name as community_name, to_char(p.from_on, 'YYYY-MM') as from_month, p.goal, p.warn, p.reason, p.made_by, p.made_at,
      case when p.from_on > ${scope.today}::date then 'coming' when p.nth = 1 then 'in_force' else 'over' end as state
    from page p left join property.community k on k.company_id = ${c} and k.community_id = p.community_id order by p.made_at desc, p.target_id desc limit ${ROWS_MAX}`.execute(scope.db)
  const names = await memberNames(scope, rows.map((r) => r.made_by))
  return rows.map(({ made_by, ...r }) => ({ ...r, made_by_name: names.get(made_by) ?? '' }))
}
export const targetAnswers = [
  answer(analytics.targets, async (scope, o) => ({ rows: await rowsOf(scope, o.code) })),
  answer(analytics.saveTarget, async (scope, o) => {
    if (o.community_id !== null) await communityToChange(scope, o.community_id)
    else if (!scope.reach().all) throw scope.refuse('analytics.target_company')
    const month = scope.today.slice(0, 7)
    if (o.from_month < month) throw scope.refuse('analytics.target_past', { month })
    const { unit, better } = specOf(o.code)
    if (unit === 'rate' && Math.max(o.goal ?? 0, o.warn ?? 0) > RATE_MAX) throw scope.refuse('analytics.target_rate')
    if (o.goal !== null && o.warn !== null && (better === 'up' ? o.warn > o.goal : o.warn < o.goal)) throw scope.refuse('analytics.target_order', { where: better === 'up' ? '不高于' : '不低于' })
    const now = (await targetsOf(scope, o.from_month))(o.code, o.community_id)
    const own = await sql`select 1 from analytics.target t where t.company_id = ${scope.company_id} and t.code = ${o.code} and t.community_id is not distinct from ${o.community_id}::uuid and t.from_on <= ${`${o.from_month}-01`}::date limit 1`.execute(scope.db)
    if (own.rows.length > 0 && now.goal === o.goal && now.warn === o.warn) throw scope.refuse('analytics.target_same')
    const target_id = uuidv7()
    await scope.db.insertInto('analytics.target').values({ company_id: scope.company_id, target_id, code: o.code, community_id: o.community_id, from_on: `${o.from_month}-01`, goal: o.goal, warn: o.warn, reason: o.reason, made_by: scope.who.account_id!, made_at: scope.now }).execute()
    scope.note('indicator_target', target_id, { code: o.code, from_month: o.from_month, goal: o.goal, warn: o.warn, reason: o.reason })
    return { target_id }
  }),
]
