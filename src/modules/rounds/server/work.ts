// 工作计划 of a year, a month or a week: its items are plans of their own, so that tasks, evidence and completion are those of every round.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays, addMonths } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { rounds, type WorkPlan } from '../contract.ts'
import { writeShipped } from './config.ts'
import { planTasks } from './planning.ts'

const ROWS_MAX = 300
type Level = WorkPlan['level']
/** The first and the last day of the period that a day lies in. A week begins on Monday. */
export function periodOf(level: Level, on: string): { from_on: string; to_on: string } {
  if (level === 'year') return { from_on: `${on.slice(0, 4)}-01-01`, to_on: `${on.slice(0, 4)}-12-31` }
  if (level === 'month') return { from_on: `${on.slice(0, 7)}-01`, to_on: addDays(`${addMonths(on.slice(0, 7), 1)}-01`, -1) }
  const from_on = addDays(on, 1 - (new Date(`${on}T00:00:00Z`).getUTCDay() || 7))
  return { from_on, to_on: addDays(from_on, 6) }
}
const LEVELS: readonly Level[] = ['year', 'month', 'week']

async function rowsOf(scope: Scope, o: { community_id?: string | undefined; work_plan_id?: string; year?: number | undefined }): Promise<WorkPlan[]> {
  const c = scope.company_id
  // A plan's completion is that of its own items and of the plans under it.
  const { rows } = await sql<Omit<WorkPlan, 'to_on' | 'done_bp' | 'can'>>`with recursive tree as (
      select w.work_plan_id as root, w.work_plan_id from rounds.work_plan w where w.company_id = ${c}
      union all select t.root, w.work_plan_id from tree t join rounds.work_plan w on w.company_id = ${c} and w.parent_id = t.work_plan_id),
    done as (select t.root, count(distinct p.plan_id)::int as item_count, count(x.task_id)::int as task_count, count(x.task_id) filter (where x.state in ('done','review','missed','rejected') or x.due_at < ${scope.now}::timestamptz)::int as due_count, count(x.task_id) filter (where x.state in ('done','review'))::int as done_count
      from tree t join rounds.plan p on p.company_id = ${c} and p.work_plan_id = t.work_plan_id left join rounds.task x on x.company_id = ${c} and x.plan_id = p.plan_id and x.state not in ('cancelled','waived') group by 1)
    select w.work_plan_id, w.community_id, k.name as community_name, w.level, w.period_on, w.department, w.title, w.parent_id, w.state, coalesce(d.item_count, 0) as item_count, coalesce(d.task_count, 0) as task_count, coalesce(d.due_count, 0) as due_count, coalesce(d.done_count, 0) as done_count
    from rounds.work_plan w join property.community k on k.company_id = ${c} and k.community_id = w.community_id left join done d on d.root = w.work_plan_id
    where w.company_id = ${c} and ${communitiesSeenBy(scope, { alias: 'w' })} ${o.community_id ? sql`and w.community_id = ${o.community_id}` : sql``} ${o.work_plan_id ? sql`and w.work_plan_id = ${o.work_plan_id}` : sql``} ${o.year ? sql`and w.period_on between ${`${o.year}-01-01`}::date - 6 and ${`${o.year}-12-31`}::date` : sql``}
    order by k.name, w.department, w.period_on, w.level = 'week', w.level = 'month', w.title limit ${ROWS_MAX}`.execute(scope.db)
  const r = scope.reach('rounds.plan.write')
  return rows.map((w) => {
    const no: string | null = r.all || r.community_ids.includes(w.community_id) ? null : 'kernel.forbidden'
    return { ...w, to_on: periodOf(w.level, w.period_on).to_on, done_bp: w.due_count > 0 ? Number((BigInt(Math.min(w.done_count, w.due_count)) * 10_000n) / BigInt(w.due_count)) : null, can: { change: no ?? true, publish: no ?? (w.item_count > 0 ? true : 'rounds.work_empty'), remove: no ?? (w.state === 'draft' && w.item_count === 0 ? true : 'rounds.work_used') } }
  })
}
async function toChange(scope: Scope, work_plan_id: string): Promise<WorkPlan> {
  const row = (await rowsOf(scope, { work_plan_id }))[0]
  if (!row) throw scope.notFound()
  await communityToChange(scope, row.community_id)
  return row
}

export const workAnswers = [
  answer(rounds.workPlans, async (scope, o) => ({ rows: await rowsOf(scope, o) })),
  answer(rounds.workPlan, async (scope, { work_plan_id }) => {
    const row = (await rowsOf(scope, { work_plan_id }))[0]
    if (!row) throw scope.notFound()
    return row
  }),
  answer(rounds.saveWorkPlan, async (scope, o) => {
    await communityToChange(scope, o.community_id)
    await writeShipped(scope)
    const before = o.work_plan_id ? await toChange(scope, o.work_plan_id) : null
    if (before && before.community_id !== o.community_id) throw scope.notFound()
    const { from_on } = periodOf(o.level, o.period_on)
    if (o.parent_id) {
      const parent = (await rowsOf(scope, { work_plan_id: o.parent_id }))[0]
      const within = parent && parent.community_id === o.community_id && LEVELS.indexOf(parent.level) < LEVELS.indexOf(o.level) && from_on <= parent.to_on && periodOf(o.level, o.period_on).to_on >= parent.period_on
      if (!within) throw scope.refuse('rounds.work_parent')
    }
    const work_plan_id = o.work_plan_id ?? uuidv7()
    const values = { level: before?.level ?? o.level, period_on: before?.period_on ?? from_on, department: o.department, title: o.title, parent_id: o.parent_id, changed_by: scope.who.account_id, changed_at: scope.now }
    await scope.db.insertInto('rounds.work_plan').values({ company_id: scope.company_id, work_plan_id, community_id: o.community_id, state: 'draft', ...values }).onConflict((x) => x.columns(['company_id', 'work_plan_id']).doUpdateSet(values)).execute()
    scope.note('work_plan', work_plan_id, { title: o.title, level: values.level, period_on: values.period_on })
    return { work_plan_id }
  }),
  answer(rounds.publishWorkPlan, async (scope, { work_plan_id }) => {
    const w = await toChange(scope, work_plan_id)
    if (w.item_count === 0) throw scope.refuse('rounds.work_empty', { title: w.title })
    const c = scope.company_id
    const { rows } = await sql<{ plan_id: string }>`update rounds.plan set state = 'active', changed_by = ${scope.who.account_id}::uuid, changed_at = ${scope.now} where company_id = ${c} and work_plan_id = ${work_plan_id} and state = 'draft' returning plan_id`.execute(scope.db)
    await sql`update rounds.work_plan set state = 'published', changed_by = ${scope.who.account_id}::uuid, changed_at = ${scope.now} where company_id = ${c} and work_plan_id = ${work_plan_id}`.execute(scope.db)
    const task_count = rows.length ? await planTasks(scope, { plan_ids: rows.map((p) => p.plan_id) }) : 0
    scope.note('work_plan', work_plan_id, { title: w.title, state: 'published', items: rows.length })
    return { item_count: rows.length, task_count }
  }),
  answer(rounds.removeWorkPlan, async (scope, { work_plan_id }) => {
    const w = await toChange(scope, work_plan_id)
    if (w.state !== 'draft' || w.item_count > 0) throw scope.refuse('rounds.work_used', { title: w.title })
    const under = await sql`select 1 from rounds.work_plan where company_id = ${scope.company_id} and parent_id = ${work_plan_id} limit 1`.execute(scope.db)
    if (under.rows.length) throw scope.refuse('rounds.work_used', { title: w.title })
    await sql`delete from rounds.work_plan where company_id = ${scope.company_id} and work_plan_id = ${work_plan_id}`.execute(scope.db)
    scope.note('work_plan', work_plan_id, { title: w.title, removed: true })
    return { work_plan_id }
  }),
]
