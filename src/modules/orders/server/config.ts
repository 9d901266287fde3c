// What holds for orders today: the category with its limits, the hours of work, the days off. One statement for a new order.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { POLICY, shippedCategories } from './rules/defaults.ts'
import type { Hours, Rule } from './rules/limits.ts'

export interface PolicyRow {
  from_on: string
  work_from: string
  work_to: string
  warn_minutes: number
  reopen_days: number
  hall: boolean
  auto_assign: boolean
  visit_percent: number
  visit_below: number
  /** After the agreed hour this is still in time. */
  grace_minutes: number
  /** What was done without network counts from when it was done, if it comes within this. */
  offline_hours: number
  /** Residents may choose SMS for the progress of an order. */
  progress_sms: boolean
}
/** Whether an ordinary order is asked about later: by its id, so that nobody picks. */
export const drawnForVisit = (order_id: string, percent: number): boolean => Number(BigInt(`0x${createHash('sha256').update(order_id).digest('hex').slice(0, 12)}`) % 100n) < percent
export const policyOf = (row: PolicyRow | null | undefined): PolicyRow => row ?? { from_on: '2000-01-01', ...POLICY }
/** The newest version that began on or before the day. */
export const POLICY_NOW = (scope: Scope) => sql`(select to_jsonb(x) from (select p.from_on, p.work_from, p.work_to, p.warn_minutes, p.reopen_days, p.hall, p.auto_assign, p.visit_percent, p.visit_below, p.grace_minutes, p.offline_hours, p.progress_sms from orders.policy p where p.company_id = ${scope.company_id} and p.from_on <= ${scope.today}::date order by p.from_on desc, p.created_at desc limit 1) x)`
export async function policyNow(scope: Scope): Promise<PolicyRow> {
  const { rows } = await sql<{ policy: PolicyRow | null }>`select ${POLICY_NOW(scope)} as policy`.execute(scope.db)
  return policyOf(rows[0]?.policy)
}

export interface OrderConfig {
  category: { category_id: string; name: string; place: 'house' | 'public'; skill: string | null }
  rule: Rule
  hours: Hours
  policy: PolicyRow
}
interface Raw {
  category_id: string
  name: string
  place: 'house' | 'public'
  retired: boolean
  rule: { urgent: boolean; respond_n: number; respond_unit: Rule['respond']['unit']; finish_n: number; finish_unit: Rule['finish']['unit']; clock: Rule['clock']; skill: string | null } | null
  policy: PolicyRow | null
  days: { day_on: string; works: boolean }[] | null
}
/**
 * Holidays are those that late fees know (billing.day_off): a company publishes its year once.
 * `begun`: for an order that is there already, whose category may be retired by now.
 */
export async function configFor(scope: Scope, category_id: string, o: { begun?: boolean } = {}): Promise<OrderConfig> {
  const c = scope.company_id
  const ask = () => sql<Raw>`select g.category_id, g.name, g.place, g.retired_at is not null as retired,
      (select to_jsonb(x) from (select r.urgent, r.respond_n, r.respond_unit, r.finish_n, r.finish_unit, r.clock, r.skill from orders.category_rule r where r.company_id = ${c} and r.category_id = g.category_id and r.from_on <= ${scope.today}::date order by r.from_on desc, r.created_at desc limit 1) x) as rule,
      ${POLICY_NOW(scope)} as policy,
      (select jsonb_agg(jsonb_build_object('day_on', d.day_on, 'works', d.works)) from billing.day_off d where d.company_id = ${c} and d.day_on >= ${scope.today}::date) as days
    from orders.category g where g.company_id = ${c} and g.category_id = ${category_id}`.execute(scope.db)
  let row = (await ask()).rows[0]
  if (!row) {
    // Two first orders at once: whoever comes second has waited for the other's list and finds it now.
    await writeShipped(scope)
    row = (await ask()).rows[0]
  }
  const r = row?.rule
  if (!row || (row.retired && !o.begun) || !r) throw scope.refuse('orders.category_unknown')
  const policy = policyOf(row.policy)
  return {
    category: { category_id: row.category_id, name: row.name, place: row.place, skill: r.skill },
    rule: { urgent: r.urgent, respond: { n: r.respond_n, unit: r.respond_unit }, finish: { n: r.finish_n, unit: r.finish_unit }, clock: r.clock },
    hours: { work_from: policy.work_from, work_to: policy.work_to, special: new Map((row.days ?? []).map((d) => [d.day_on, d.works])) },
    policy,
  }
}

/** The list that a company begins with, written at its first order or first change. True when it was written now. */
export async function writeShipped(scope: Scope): Promise<boolean> {
  const c = scope.company_id
  const list = shippedCategories(c)
  const made = await sql`insert into orders.category (company_id, category_id, parent_id, name, place, sort_no, changed_by, changed_at)
    select ${c}, x.category_id, x.parent_id, x.name, x.place, x.sort_no, null, ${scope.now} from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as x(category_id uuid, parent_id uuid, name text, place text, sort_no int)
    where not exists (select from orders.category g where g.company_id = ${c}) on conflict (company_id, category_id) do nothing returning 1`.execute(scope.db)
  if (made.rows.length === 0) return false
  const rules = list.flatMap((g) => (g.rule ? [{ rule_id: g.category_id, category_id: g.category_id, urgent: g.rule.urgent, respond_n: g.rule.respond.n, respond_unit: g.rule.respond.unit, finish_n: g.rule.finish.n, finish_unit: g.rule.finish.unit, clock: g.rule.clock, skill: g.rule.skill }] : []))
  await sql`insert into orders.category_rule (company_id, rule_id, category_id, from_on, urgent, respond_n, respond_unit, finish_n, finish_unit, clock, skill, created_by, created_at)
    select ${c}, x.rule_id, x.category_id, '2000-01-01', x.urgent, x.respond_n, x.respond_unit, x.finish_n, x.finish_unit, x.clock, x.skill, null, ${scope.now} from jsonb_to_recordset(${JSON.stringify(rules)}::jsonb) as x(rule_id uuid, category_id uuid, urgent boolean, respond_n int, respond_unit text, finish_n int, finish_unit text, clock text, skill text)
    on conflict (company_id, rule_id) do nothing`.execute(scope.db)
  return true
}

/** Hours of work and special days from a day on: for modules above that count in the same working time. */
export async function workingHours(scope: Scope, from_on: string): Promise<Hours> {
  const { rows } = await sql<{ policy: PolicyRow | null; days: Raw['days'] }>`select ${POLICY_NOW(scope)} as policy, (select jsonb_agg(jsonb_build_object('day_on', d.day_on, 'works', d.works)) from billing.day_off d where d.company_id = ${scope.company_id} and d.day_on >= ${from_on}::date) as days`.execute(scope.db)
  const p = policyOf(rows[0]?.policy)
  return { work_from: p.work_from, work_to: p.work_to, special: new Map((rows[0]?.days ?? []).map((d) => [d.day_on, d.works])) }
}
