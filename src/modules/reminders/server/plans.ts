// Plans (催缴方案): drafted, tried, put in force. A plan in force is never changed: another begins, and the one before ends that day.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { reminders, type PlanRow, type Step } from '../contract.ts'
import { mayPlanFor, plansSeenBy } from './access.ts'
import { previewOf } from './planner.ts'

const PLANS_MAX = 500
interface Stored extends Omit<PlanRow, 'can' | 'steps'> {
  steps: Step[]
}

async function stored(scope: Scope, o: { plan_id?: string; community_id?: string | undefined; with_ended?: boolean | undefined }): Promise<Stored[]> {
  const c = scope.company_id
  const { rows } = await sql<Stored>`select p.plan_id, p.community_id, cm.name as community_name, p.name, p.from_on, p.to_on, p.min_open_fen, p.fee_item_ids, p.state, p.created_by_name, p.created_at, p.activated_by_name, p.activated_at,
      (select coalesce(jsonb_agg(jsonb_build_object('name', s.name, 'anchor', s.anchor, 'offset_days', s.offset_days, 'channels', to_jsonb(s.channels), 'tone', s.tone) order by s.step_no), '[]') from reminders.step s where s.company_id = ${c} and s.plan_id = p.plan_id) as steps
    from reminders.plan p left join property.community cm on cm.company_id = ${c} and cm.community_id = p.community_id
    where p.company_id = ${c} and ${plansSeenBy(scope)} ${o.plan_id ? sql`and p.plan_id = ${o.plan_id}` : sql``} ${o.community_id ? sql`and (p.community_id = ${o.community_id} or p.community_id is null)` : sql``}
      ${o.with_ended || o.plan_id ? sql`` : sql`and p.state <> 'ended'`}
    order by p.state = 'ended', p.community_id nulls first, p.from_on desc limit ${PLANS_MAX}`.execute(scope.db)
  return rows
}

function withCan(scope: Scope, p: Stored): PlanRow {
  const reach = scope.reach('reminders.plan.write')
  const writes = reach.all || (p.community_id !== null && reach.community_ids.includes(p.community_id)) ? true : 'kernel.forbidden'
  return {
    ...p,
    can: {
      change: writes === true && p.state !== 'draft' ? 'reminders.plan_not_draft' : writes,
      activate: writes === true && p.state !== 'draft' ? 'reminders.plan_not_draft' : writes,
      end: writes === true && p.state !== 'active' ? 'reminders.plan_not_active' : writes,
    },
  }
}

async function planToChange(scope: Scope, plan_id: string): Promise<Stored> {
  await sql`select 1 from reminders.plan where company_id = ${scope.company_id} and plan_id = ${plan_id} for update`.execute(scope.db)
  const [plan] = await stored(scope, { plan_id })
  if (!plan) throw scope.notFound()
  await mayPlanFor(scope, plan.community_id)
  return plan
}

/** Two steps on one day of one anchor would both be "the latest": which one is sent would be chance. */
function refuseSameDay(scope: Scope, steps: readonly Step[]): void {
  steps.forEach((s, i) => {
    const j = steps.findIndex((x) => x.anchor === s.anchor && x.offset_days === s.offset_days)
    if (j < i) throw scope.refuse('reminders.steps_same', { a: j + 1, b: i + 1, day: `${s.anchor === 'issued' ? '出账日' : '到期日'}第 ${s.offset_days} 天` })
  })
}

const savePlan = answer(reminders.savePlan, async (scope, { plan_id, steps, ...o }) => {
  await mayPlanFor(scope, o.community_id)
  refuseSameDay(scope, steps)
  const c = scope.company_id
  const id = plan_id ?? uuidv7()
  const values = { community_id: o.community_id, name: o.name, from_on: o.from_on, min_open_fen: o.min_open_fen, fee_item_ids: o.fee_item_ids }
  if (plan_id) {
    if ((await planToChange(scope, plan_id)).state !== 'draft') throw scope.refuse('reminders.plan_not_draft')
    await scope.db.updateTable('reminders.plan').set(values).where('company_id', '=', c).where('plan_id', '=', id).execute()
    await scope.db.deleteFrom('reminders.step').where('company_id', '=', c).where('plan_id', '=', id).execute()
  } else await scope.db.insertInto('reminders.plan').values({ ...values, company_id: c, plan_id: id, state: 'draft', created_by: scope.who.account_id!, created_by_name: scope.who.name, created_at: scope.now }).execute()
  await scope.db.insertInto('reminders.step').values(steps.map((s, i) => ({ company_id: c, plan_id: id, step_no: i + 1, ...s }))).execute()
  scope.note('reminder_plan', id, { ...values, steps })
  return { plan_id: id }
})

const activatePlan = answer(reminders.activatePlan, async (scope, { plan_id }) => {
  const plan = await planToChange(scope, plan_id)
  if (plan.state !== 'draft') throw scope.refuse('reminders.plan_not_draft')
  if (plan.from_on < scope.today) throw scope.refuse('reminders.plan_past', { from_on: plan.from_on })
  const c = scope.company_id
  const same = sql`company_id = ${c} and state = 'active' and community_id is not distinct from ${plan.community_id}::uuid`
  // One that was to begin on the same day or later never comes into force.
  await sql`update reminders.plan set state = 'ended', to_on = from_on where ${same} and from_on >= ${plan.from_on}::date`.execute(scope.db)
  const ended = await sql`update reminders.plan set to_on = ${plan.from_on}::date where ${same} and from_on < ${plan.from_on}::date and (to_on is null or to_on > ${plan.from_on}::date)`.execute(scope.db)
  await scope.db.updateTable('reminders.plan').set({ state: 'active', activated_by: scope.who.account_id, activated_by_name: scope.who.name, activated_at: scope.now }).where('company_id', '=', c).where('plan_id', '=', plan_id).execute()
  scope.note('reminder_plan', plan_id, { activated: true })
  return { plan_id, ended_count: Number(ended.numAffectedRows ?? 0n) }
})

export const planAnswers = [
  answer(reminders.plans, async (scope, o) => ({ rows: (await stored(scope, o)).map((p) => withCan(scope, p)) })),
  savePlan,
  answer(reminders.previewPlan, async (scope, { plan_id }) => {
    if ((await stored(scope, { plan_id })).length === 0) throw scope.notFound()
    return await previewOf(scope, plan_id)
  }),
  activatePlan,
  answer(reminders.endPlan, async (scope, { plan_id }) => {
    const plan = await planToChange(scope, plan_id)
    if (plan.state !== 'active') throw scope.refuse('reminders.plan_not_active')
    await sql`update reminders.plan set state = 'ended', to_on = greatest(from_on, ${scope.today}::date) where company_id = ${scope.company_id} and plan_id = ${plan_id}`.execute(scope.db)
    scope.note('reminder_plan', plan_id, { ended: true })
    return { plan_id }
  }),
]
