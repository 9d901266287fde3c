// Plans (巡查计划): drawn up, tried out, put to work, stopped. A change of a running plan takes the place of the tasks that nobody has begun.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { rounds, type PlanRow, type Rule } from '../contract.ts'
import { ruleText } from '../shown.ts'
import { calendarOf, kindsOf, writeShipped } from './config.ts'
import { planByDevice } from './upkeep_due.ts'
import { dropAhead, keyOfRule, planTasks } from './planning.ts'
import { slotsOf } from './rules/calendar.ts'

const SHOWN = 60
/** A trial looks a year ahead: what comes once a year must show. */
const TRIAL_DAYS = 366

export interface PlanToChange {
  plan_id: string
  community_id: string
  name: string
  state: 'draft' | 'active' | 'stopped'
  rule_key: string
  route_id: string | null
  crew_id: string | null
  kind_id: string
  from_on: string
  to_on: string | null
  grace_minutes: number
}
export async function planToChange(scope: Scope, plan_id: string): Promise<PlanToChange> {
  const { rows } = await sql<PlanToChange>`select p.plan_id, p.community_id, p.name, p.state, p.rule_key, p.route_id, p.crew_id, p.kind_id, p.from_on, p.to_on, p.grace_minutes from rounds.plan p where p.company_id = ${scope.company_id} and p.plan_id = ${plan_id} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  await communityToChange(scope, rows[0].community_id)
  return rows[0]
}

export interface PlanIn {
  plan_id?: string | undefined
  community_id: string
  kind_id: string
  name: string
  route_id: string | null
  checklist_id: string | null
  crew_id: string | null
  work_plan_id?: string | null | undefined
  rule: Rule
  from_on: string
  to_on: string | null
  grace_minutes: number
  photo: boolean
  source?: string | null
  notice_days?: number
  parts?: string | null
  hours_done?: string | null
  /** Written by upkeep, whose points are devices. */
  upkeep?: boolean
}
async function checkParts(scope: Scope, o: PlanIn): Promise<void> {
  const c = scope.company_id
  const kind = (await kindsOf(scope)).some((k) => k.kind_id === o.kind_id && !k.retired)
  const { rows } = await sql<{ route: boolean; list: boolean; crew: boolean; work: boolean; named: string | null }>`select
      (${o.route_id}::uuid is null or exists (select from rounds.route where company_id = ${c} and route_id = ${o.route_id}::uuid and community_id = ${o.community_id} and retired_at is null)) as route,
      (${o.checklist_id}::uuid is null or exists (select from rounds.checklist where company_id = ${c} and checklist_id = ${o.checklist_id}::uuid and retired_at is null)) as list,
      (${o.crew_id}::uuid is null or exists (select from rounds.crew where company_id = ${c} and crew_id = ${o.crew_id}::uuid and community_id = ${o.community_id} and retired_at is null)) as crew,
      (${o.work_plan_id ?? null}::uuid is null or exists (select from rounds.work_plan where company_id = ${c} and work_plan_id = ${o.work_plan_id ?? null}::uuid and community_id = ${o.community_id})) as work,
      (select name from rounds.plan where company_id = ${c} and community_id = ${o.community_id} and name = ${o.name} and work_plan_id is not distinct from ${o.work_plan_id ?? null}::uuid and state <> 'stopped' and plan_id is distinct from ${o.plan_id ?? null}::uuid limit 1) as named`.execute(scope.db)
  const r = rows[0]!
  if (!kind || !r.route || !r.list || !r.crew || !r.work) throw scope.refuse('rounds.elsewhere')
  if (r.named) throw scope.refuse('rounds.name_taken', { name: o.name })
  if (o.to_on && o.to_on < o.from_on) throw scope.refuse('rounds.days_reversed')
}
/** A new plan is a draft. */
export async function writePlan(scope: Scope, o: PlanIn): Promise<string> {
  await checkParts(scope, o)
  if (!o.upkeep && (o.rule.kind === 'hours' || o.rule.kind === 'expiry')) throw scope.refuse('rounds.device_needed')
  const plan_id = o.plan_id ?? uuidv7()
  const c = scope.company_id
  const values = { kind_id: o.kind_id, name: o.name, route_id: o.route_id, checklist_id: o.route_id ? null : o.checklist_id, crew_id: o.crew_id, work_plan_id: o.work_plan_id ?? null, rule: JSON.stringify(o.rule), rule_key: keyOfRule(o.rule), from_on: o.from_on, to_on: o.to_on, grace_minutes: o.grace_minutes, photo: o.photo, notice_days: o.notice_days ?? 0, parts: o.parts ?? null, hours_done: o.hours_done ?? null, changed_by: scope.who.account_id, changed_at: scope.now }
  await scope.db.insertInto('rounds.plan').values({ company_id: c, plan_id, community_id: o.community_id, state: 'draft', planned_on: null, source: o.source ?? null, ...values }).onConflict((x) => x.columns(['company_id', 'plan_id']).doUpdateSet(values)).execute()
  return plan_id
}

export const canOf = (no: string | null, state: string): PlanRow['can'] => ({ change: no ?? true, activate: no ?? (state === 'draft' ? true : 'rounds.plan_used'), stop: no ?? (state === 'active' ? true : 'rounds.plan_over'), remove: no ?? (state === 'draft' ? true : 'rounds.plan_used') })

export const planAnswers = [
  answer(rounds.plans, async (scope, f) => {
    const c = scope.company_id
    const where = sql.join([sql`p.company_id = ${c}`, communitiesSeenBy(scope, { alias: 'p' }), ...(f.plan_ids ? [sql`p.plan_id = any(${f.plan_ids}::uuid[])`] : []), ...(f.community_id ? [sql`p.community_id = ${f.community_id}`] : []), ...(f.kind_id ? [sql`p.kind_id = ${f.kind_id}`] : []), ...(f.state ? [sql`p.state = ${f.state}`] : []), f.work_plan_id ? sql`p.work_plan_id = ${f.work_plan_id}` : sql`p.work_plan_id is null`, ...(f.q ? [sql`p.name like ${`%${f.q}%`}`] : [])], sql` and `)
    const r = scope.reach('rounds.plan.write')
    const { rows } = await sql<Omit<PlanRow, 'rule_zh' | 'can'>>`with page as materialized (select p.* from rounds.plan p where ${where} order by p.state = 'stopped', p.community_id, p.kind_id, p.name, p.plan_id limit ${f.page_size} offset ${(f.page - 1) * f.page_size})
      select p.plan_id, p.community_id, k.name as community_name, p.kind_id, g.name as kind_name, g.department, p.name, p.route_id, r.name as route_name, coalesce((select count(*)::int from rounds.route_stop s where s.company_id = ${c} and s.route_id = r.route_id and s.version_no = r.version_no), 0) as point_count,
        p.checklist_id, l.name as checklist_name, p.crew_id, w.name as crew_name, p.work_plan_id, p.rule, p.from_on, p.to_on, p.grace_minutes, p.photo, p.state, p.planned_on, p.source
      from page p join property.community k on k.company_id = ${c} and k.community_id = p.community_id join rounds.kind g on g.company_id = ${c} and g.kind_id = p.kind_id left join rounds.route r on r.company_id = ${c} and r.route_id = p.route_id
        left join rounds.checklist l on l.company_id = ${c} and l.checklist_id = p.checklist_id left join rounds.crew w on w.company_id = ${c} and w.crew_id = p.crew_id order by p.state = 'stopped', g.sort_no, p.community_id, p.name, p.plan_id`.execute(scope.db)
    const total = (await sql<{ n: number }>`select count(*)::int as n from rounds.plan p where ${where}`.execute(scope.db)).rows[0]!.n
    return {
      rows: rows.map((p) => {
        const no: string | null = r.all || r.community_ids.includes(p.community_id) ? null : 'kernel.forbidden'
        const over = p.state === 'stopped' ? 'rounds.plan_over' : null
        return { ...p, rule_zh: ruleText(p.rule), can: canOf(no ?? over, p.state) }
      }),
      total,
    }
  }),
  answer(rounds.previewRule, async (scope, o) => {
    const from = o.from_on < scope.today ? scope.today : o.from_on
    const last = addDays(from, TRIAL_DAYS)
    const slots = slotsOf(o.rule, from, o.to_on && o.to_on < last ? o.to_on : last, await calendarOf(scope))
    return { rule_zh: ruleText(o.rule), count: slots.length, rows: slots.slice(0, SHOWN) }
  }),
  answer(rounds.savePlan, async (scope, o) => {
    await communityToChange(scope, o.community_id)
    await writeShipped(scope)
    const before = o.plan_id ? await planToChange(scope, o.plan_id) : null
    if (before && before.community_id !== o.community_id) throw scope.notFound()
    if (before?.state === 'stopped') throw scope.refuse('rounds.plan_over', { name: before.name })
    const plan_id = await writePlan(scope, o)
    scope.note('plan', plan_id, { name: o.name, rule: ruleText(o.rule), from_on: o.from_on, to_on: o.to_on })
    if (before?.state !== 'active') return { plan_id, task_count: 0 }
    await dropAhead(scope, plan_id)
    await sql`update rounds.plan set planned_on = null where company_id = ${scope.company_id} and plan_id = ${plan_id}`.execute(scope.db)
    return { plan_id, task_count: await planTasks(scope, { plan_ids: [plan_id] }) }
  }),
  answer(rounds.activatePlans, async (scope, { plan_ids }) => {
    const c = scope.company_id
    const { rows } = await sql<{ plan_id: string; community_id: string; name: string; state: string }>`select plan_id, community_id, name, state from rounds.plan p where p.company_id = ${c} and p.plan_id = any(${[...plan_ids]}::uuid[]) and ${communitiesSeenBy(scope, { alias: 'p' })} order by plan_id for update`.execute(scope.db)
    if (rows.length !== new Set(plan_ids).size) throw scope.notFound()
    const over = rows.find((p) => p.state === 'stopped')
    if (over) throw scope.refuse('rounds.plan_over', { name: over.name })
    await sql`update rounds.plan set state = 'active', changed_by = ${scope.who.account_id}::uuid, changed_at = ${scope.now} where company_id = ${c} and plan_id = any(${rows.map((p) => p.plan_id)}::uuid[]) and state = 'draft'`.execute(scope.db)
    const ids = rows.map((p) => p.plan_id)
    const task_count = (await planTasks(scope, { plan_ids: ids })) + (await planByDevice(scope, ids))
    for (const p of rows) scope.note('plan', p.plan_id, { name: p.name, state: 'active' })
    return { task_count }
  }),
  answer(rounds.assignCrew, async (scope, { plan_ids, crew_id }) => {
    const c = scope.company_id
    const { rows } = await sql<{ plan_id: string; community_id: string; name: string }>`select plan_id, community_id, name from rounds.plan p where p.company_id = ${c} and p.plan_id = any(${[...plan_ids]}::uuid[]) and p.state <> 'stopped' and ${communitiesSeenBy(scope, { alias: 'p' })} order by plan_id for update`.execute(scope.db)
    if (rows.length !== new Set(plan_ids).size) throw scope.notFound()
    const crew = (await sql<{ community_id: string; name: string }>`select community_id, name from rounds.crew where company_id = ${c} and crew_id = ${crew_id} and retired_at is null`.execute(scope.db)).rows[0]
    if (!crew || rows.some((p) => p.community_id !== crew.community_id)) throw scope.refuse('rounds.elsewhere')
    await sql`update rounds.plan set crew_id = ${crew_id}, changed_by = ${scope.who.account_id}::uuid, changed_at = ${scope.now} where company_id = ${c} and plan_id = any(${rows.map((p) => p.plan_id)}::uuid[])`.execute(scope.db)
    // What nobody has begun goes to the crew too.
    const { n } = (await sql<{ n: number }>`with moved as (update rounds.task set crew_id = ${crew_id} where company_id = ${c} and plan_id = any(${rows.map((p) => p.plan_id)}::uuid[]) and state = 'waiting' and on_day >= ${scope.today}::date - 1 returning 1) select count(*)::int as n from moved`.execute(scope.db)).rows[0]!
    for (const p of rows) scope.note('plan', p.plan_id, { name: p.name, crew: crew.name })
    return { plan_count: rows.length, task_count: n }
  }),
  answer(rounds.stopPlan, async (scope, { plan_id, reason }) => {
    const p = await planToChange(scope, plan_id)
    if (p.state !== 'active') throw scope.refuse('rounds.plan_over', { name: p.name })
    const task_count = await dropAhead(scope, plan_id)
    await sql`update rounds.plan set state = 'stopped', changed_by = ${scope.who.account_id}::uuid, changed_at = ${scope.now} where company_id = ${scope.company_id} and plan_id = ${plan_id}`.execute(scope.db)
    scope.note('plan', plan_id, { name: p.name, state: 'stopped', reason })
    return { task_count }
  }),
  answer(rounds.removePlan, async (scope, { plan_id }) => {
    const p = await planToChange(scope, plan_id)
    if (p.state !== 'draft') throw scope.refuse('rounds.plan_used', { name: p.name })
    await sql`delete from rounds.plan where company_id = ${scope.company_id} and plan_id = ${plan_id}`.execute(scope.db)
    scope.note('plan', plan_id, { name: p.name, removed: true })
    return { plan_id }
  }),
]
