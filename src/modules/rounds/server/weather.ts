// Weather (天气): noted by people. Snow makes the tasks of snow at once; so many days without rain or snow make watering due (S20: 持续干旱一周必须浇水一遍).
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { dayOf } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { communityToChange } from '../../property/server/index.ts'
import { rounds, type Rule } from '../contract.ts'
import { insertTasks } from './planning.ts'
import { windowSlot } from './rules/calendar.ts'

const ROWS_MAX = 400
const LOOK_BACK = 366
/** Wet days end a drought. */
const WET = sql`('rain','snow','ice','flood')`

const dryDays = (scope: Scope, community_id: string) => sql<{ n: number }>`select ${scope.today}::date - coalesce(max(day_on), ${scope.today}::date - ${LOOK_BACK}::int) as n from rounds.weather where company_id = ${scope.company_id} and community_id = ${community_id} and weather in ${WET} and day_on > ${scope.today}::date - ${LOOK_BACK}::int`

/** Drought tasks of today: where the last wet day, and the last such task, are long enough ago. A community that never notes weather gets none. */
export async function planDry(scope: Scope): Promise<number> {
  const c = scope.company_id
  const { rows } = await sql<{ plan_id: string; rule: Extract<Rule, { kind: 'dry' }> }>`select p.plan_id, p.rule from rounds.plan p where p.company_id = ${c} and p.state = 'active' and p.rule->>'kind' = 'dry' and p.from_on <= ${scope.today}::date and (p.to_on is null or p.to_on >= ${scope.today}::date)
      and exists (select from rounds.weather w where w.company_id = ${c} and w.community_id = p.community_id and w.day_on > ${scope.today}::date - ${LOOK_BACK}::int)
      and not exists (select from rounds.weather w where w.company_id = ${c} and w.community_id = p.community_id and w.weather in ${WET} and w.day_on > ${scope.today}::date - (p.rule->>'dry_days')::int)
      and not exists (select from rounds.task t where t.company_id = ${c} and t.plan_id = p.plan_id and t.on_day > ${scope.today}::date - (p.rule->>'dry_days')::int)
    order by p.plan_id limit 1000`.execute(scope.db)
  const season = (r: Extract<Rule, { kind: 'dry' }>) => {
    const md = scope.today.slice(5)
    return !r.season || (r.season.from <= r.season.to ? md >= r.season.from && md <= r.season.to : md >= r.season.from || md <= r.season.to)
  }
  const due = rows.filter((p) => season(p.rule))
  return insertTasks(scope, due.map((p) => ({ rule_key: p.plan_id, ...windowSlot(scope.today, p.rule.windows[0]!) })), sql`p.company_id = ${c} and p.plan_id::text = s.rule_key`)
}

/** The tasks that such weather brings, within the time that each plan gives. */
async function planWeather(scope: Scope, community_id: string, weather: string): Promise<number> {
  const c = scope.company_id
  const { rows } = await sql<{ plan_id: string; minutes: number }>`select p.plan_id, (p.rule->>'within_minutes')::int as minutes from rounds.plan p where p.company_id = ${c} and p.community_id = ${community_id} and p.state = 'active' and p.rule->>'kind' = 'weather' and p.rule->'on' ? ${weather} and p.from_on <= ${scope.today}::date and (p.to_on is null or p.to_on >= ${scope.today}::date)
      and not exists (select from rounds.task t where t.company_id = ${c} and t.plan_id = p.plan_id and t.on_day = ${scope.today}::date and t.state in ('waiting','doing')) order by p.plan_id limit 200`.execute(scope.db)
  const starts = Date.parse(scope.now)
  return insertTasks(scope, rows.map((p) => ({ rule_key: p.plan_id, on_day: dayOf(starts), starts_at: scope.now, due_at: new Date(starts + p.minutes * 60_000).toISOString() })), sql`p.company_id = ${c} and p.plan_id::text = s.rule_key`)
}

export const weatherAnswers = [
  answer(rounds.weather, async (scope, o) => {
    await communityToChange(scope, o.community_id)
    const { rows } = await sql<{ day_on: string; weather: 'dry'; note: string | null; noted_by: string | null }>`select day_on, weather, note, noted_by from rounds.weather where company_id = ${scope.company_id} and community_id = ${o.community_id} and day_on between ${o.from_on}::date and ${o.to_on}::date order by day_on desc, weather limit ${ROWS_MAX}`.execute(scope.db)
    const names = await memberNames(scope, rows.map((r) => r.noted_by))
    const dry = (await dryDays(scope, o.community_id).execute(scope.db)).rows[0]!.n
    return { rows: rows.map(({ noted_by, ...r }) => ({ ...r, noted_by_name: (noted_by && names.get(noted_by)) || null })), dry_days: dry }
  }),
  answer(rounds.noteWeather, async (scope, o) => {
    await communityToChange(scope, o.community_id)
    if (o.day_on > scope.today) throw scope.refuse('rounds.day_future')
    await sql`insert into rounds.weather (company_id, community_id, day_on, weather, note, noted_by, noted_at) values (${scope.company_id}, ${o.community_id}, ${o.day_on}, ${o.weather}, ${o.note}, ${scope.who.account_id}::uuid, ${scope.now})
      on conflict (company_id, community_id, day_on, weather) do update set note = excluded.note, noted_by = excluded.noted_by, noted_at = excluded.noted_at`.execute(scope.db)
    scope.note('weather', o.community_id, { day_on: o.day_on, weather: o.weather })
    return { task_count: o.day_on === scope.today ? await planWeather(scope, o.community_id, o.weather) : 0 }
  }),
]
