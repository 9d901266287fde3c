// Categories with their limits, and the rules of orders: data of the company, in force from a day on.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { orders, type Category } from '../contract.ts'
import { policyNow, writeShipped } from './config.ts'
import { SKILLS, shippedCategories } from './rules/defaults.ts'

const ROWS_MAX = 500
const VERSIONS_MAX = 50
const UNIT_MINUTES = { minute: 1, hour: 60, day: 1440 } as const

async function categoriesOf(scope: Scope): Promise<Category[]> {
  const c = scope.company_id
  const { rows } = await sql<Category>`select g.category_id, g.parent_id, g.name, g.place, g.sort_no, g.retired_at is not null as retired,
      (select to_jsonb(x) from (select r.urgent, r.respond_n, r.respond_unit, r.finish_n, r.finish_unit, r.clock, r.skill, r.from_on from orders.category_rule r where r.company_id = ${c} and r.category_id = g.category_id and r.from_on <= ${scope.today}::date order by r.from_on desc, r.created_at desc limit 1) x) as rule,
      (select min(r.from_on) from orders.category_rule r where r.company_id = ${c} and r.category_id = g.category_id and r.from_on > ${scope.today}::date) as next_from_on
    from orders.category g where g.company_id = ${c} order by g.sort_no, g.name, g.category_id limit ${ROWS_MAX}`.execute(scope.db)
  if (rows.length) return rows
  return shippedCategories(c).map(({ rule, ...g }) => ({ ...g, retired: false, next_from_on: null, rule: rule && { urgent: rule.urgent, respond_n: rule.respond.n, respond_unit: rule.respond.unit, finish_n: rule.finish.n, finish_unit: rule.finish.unit, clock: rule.clock, skill: rule.skill, from_on: '2000-01-01' } }))
}
/** What one company decides holds in all its communities. */
function wholeCompany(scope: Scope): void {
  if (!scope.reach().all) throw scope.notFound()
}

export const setupAnswers = [
  answer(orders.categories, async (scope) => {
    const rows = await categoriesOf(scope)
    return { rows: scope.who.kind === 'resident' ? rows.filter((r) => !r.retired) : rows, skills: [...new Set([...SKILLS, ...rows.flatMap((r) => (r.rule?.skill ? [r.rule.skill] : []))])] }
  }),
  answer(orders.saveCategory, async (scope, o) => {
    wholeCompany(scope)
    await writeShipped(scope)
    const c = scope.company_id
    const all = await categoriesOf(scope)
    const before = all.find((g) => g.category_id === o.category_id)
    if (o.category_id && !before) throw scope.notFound()
    const parent = all.find((g) => g.category_id === o.parent_id)
    if (o.parent_id && (!parent || parent.parent_id !== null || parent.category_id === o.category_id)) throw scope.refuse('orders.two_levels')
    // A group with kinds under it stays a group, and a kind with limits stays a kind.
    if (before && (before.parent_id === null) !== (o.parent_id === null)) throw scope.refuse('orders.two_levels')
    if (all.some((g) => g.category_id !== o.category_id && g.parent_id === o.parent_id && g.name === o.name)) throw scope.refuse('orders.name_taken', { name: o.name })
    const category_id = o.category_id ?? uuidv7()
    const values = { parent_id: o.parent_id, name: o.name, place: parent?.place ?? o.place, sort_no: o.sort_no, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
    await scope.db.insertInto('orders.category').values({ company_id: c, category_id, ...values }).onConflict((x) => x.columns(['company_id', 'category_id']).doUpdateSet(values)).execute()
    scope.note('category', category_id, { name: o.name, retired: o.retired })
    return { category_id }
  }),
  answer(orders.publishRule, async (scope, o) => {
    wholeCompany(scope)
    await writeShipped(scope)
    const g = (await categoriesOf(scope)).find((x) => x.category_id === o.category_id)
    if (!g) throw scope.notFound()
    if (g.parent_id === null) throw scope.refuse('orders.two_levels')
    if (o.from_on < scope.today) throw scope.refuse('orders.from_past', { today: scope.today })
    if (o.finish_n * UNIT_MINUTES[o.finish_unit] < o.respond_n * UNIT_MINUTES[o.respond_unit]) throw scope.refuse('orders.limits_crossed')
    const rule_id = uuidv7()
    await scope.db
      .insertInto('orders.category_rule')
      .values({ company_id: scope.company_id, rule_id, category_id: o.category_id, from_on: o.from_on, urgent: o.urgent, respond_n: o.respond_n, respond_unit: o.respond_unit, finish_n: o.finish_n, finish_unit: o.finish_unit, clock: o.clock, skill: o.skill || null, created_by: scope.who.account_id, created_at: scope.now })
      .execute()
    scope.note('category', o.category_id, { name: g.name, from_on: o.from_on, urgent: o.urgent, respond: `${o.respond_n} ${o.respond_unit}`, finish: `${o.finish_n} ${o.finish_unit}`, clock: o.clock })
    return { rule_id }
  }),
  answer(orders.policy, async (scope) => {
    const versions = await scope.db.selectFrom('orders.policy').select(['from_on', 'work_from', 'work_to', 'warn_minutes', 'reopen_days', 'hall', 'auto_assign', 'visit_percent', 'visit_below', 'grace_minutes', 'offline_hours', 'progress_sms', 'created_by', 'created_at']).where('company_id', '=', scope.company_id).orderBy('from_on', 'desc').orderBy('created_at', 'desc').limit(VERSIONS_MAX).execute()
    const names = await memberNames(scope, versions.map((v) => v.created_by))
    return { now: await policyNow(scope), versions: versions.map(({ created_by, ...v }) => ({ ...v, created_by_name: (created_by && names.get(created_by)) || null })) }
  }),
  answer(orders.savePolicy, async (scope, o) => {
    wholeCompany(scope)
    if (o.from_on < scope.today) throw scope.refuse('orders.from_past', { today: scope.today })
    if (o.work_to <= o.work_from) throw scope.refuse('orders.hours_reversed')
    const policy_id = uuidv7()
    await scope.db.insertInto('orders.policy').values({ company_id: scope.company_id, policy_id, from_on: o.from_on, work_from: o.work_from, work_to: o.work_to, warn_minutes: o.warn_minutes, reopen_days: o.reopen_days, hall: o.hall, auto_assign: o.auto_assign, visit_percent: o.visit_percent, visit_below: o.visit_below, grace_minutes: o.grace_minutes, offline_hours: o.offline_hours, progress_sms: o.progress_sms, created_by: scope.who.account_id, created_at: scope.now }).execute()
    scope.note('policy', policy_id, { from_on: o.from_on, hall: o.hall, reopen_days: o.reopen_days })
    return { from_on: o.from_on }
  }),
]
