// What holds for complaints today: the kind with its limits, the rules, the hours of work that repair orders count in too.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { dueAt, workingHours, type Hours, type Limit } from '../../orders/server/index.ts'
import type { Policy } from '../contract.ts'
import { POLICY, shippedCauses, shippedDepartments, shippedKinds } from './rules/defaults.ts'

export async function policyNow(scope: Scope): Promise<Policy> {
  const { rows } = await sql<Policy>`select p.from_on, p.warn_hours, p.visit_days, p.visit_tries, p.reopen_days, p.satisfied_from, p.goal_percent, p.unnamed_open from care.policy p
    where p.company_id = ${scope.company_id} and p.from_on <= ${scope.today}::date order by p.from_on desc, p.created_at desc limit 1`.execute(scope.db)
  return rows[0] ?? POLICY
}

export interface KindConfig {
  kind_id: string
  name: string
  nature: 'complaint' | 'suggestion' | 'praise'
  pauses: boolean
  accept: Limit
  answer: Limit
  clock: 'calendar' | 'working'
  visit: boolean
  department_id: string | null
  hours: Hours
}
interface Raw {
  name: string
  nature: KindConfig['nature']
  pauses: boolean
  retired: boolean
  rule: { accept_n: number; accept_unit: Limit['unit']; answer_n: number; answer_unit: Limit['unit']; clock: 'calendar' | 'working'; visit: boolean; department_id: string | null } | null
}
/** `begun`: for a complaint that is there already, whose kind may be retired by now. */
export async function kindFor(scope: Scope, kind_id: string, o: { begun?: boolean } = {}): Promise<KindConfig> {
  const c = scope.company_id
  const ask = () => sql<Raw>`select k.name, k.nature, k.pauses, k.retired_at is not null as retired,
      (select to_jsonb(x) from (select r.accept_n, r.accept_unit, r.answer_n, r.answer_unit, r.clock, r.visit, r.department_id from care.kind_rule r where r.company_id = ${c} and r.kind_id = k.kind_id and r.from_on <= ${scope.today}::date order by r.from_on desc, r.created_at desc limit 1) x) as rule
    from care.kind k where k.company_id = ${c} and k.kind_id = ${kind_id}`.execute(scope.db)
  let row = (await ask()).rows[0]
  if (!row && (await writeShipped(scope))) row = (await ask()).rows[0]
  const r = row?.rule
  if (!row || !r || (row.retired && !o.begun)) throw scope.refuse('care.kind_unknown')
  return { kind_id, name: row.name, nature: row.nature, pauses: row.pauses, accept: { n: r.accept_n, unit: r.accept_unit }, answer: { n: r.answer_n, unit: r.answer_unit }, clock: r.clock, visit: r.visit, department_id: r.department_id, hours: await workingHours(scope, scope.today) }
}
export const limitsFrom = (now: string, k: KindConfig) => ({ accept_due_at: dueAt(now, k.accept, k.clock, k.hours), answer_due_at: dueAt(now, k.answer, k.clock, k.hours) })

/** The lists that a company begins with, written at its first complaint or first change. True when they were written now. */
export async function writeShipped(scope: Scope): Promise<boolean> {
  const c = scope.company_id
  const kinds = shippedKinds(c)
  const made = await sql`insert into care.kind (company_id, kind_id, nature, name, pauses, sort_no, changed_by, changed_at)
    select ${c}, x.kind_id, x.nature, x.name, x.pauses, x.sort_no, null, ${scope.now} from jsonb_to_recordset(${JSON.stringify(kinds)}::jsonb) as x(kind_id uuid, nature text, name text, pauses boolean, sort_no int)
    where not exists (select from care.kind k where k.company_id = ${c}) on conflict (company_id, kind_id) do nothing returning 1`.execute(scope.db)
  if (made.rows.length === 0) return false
  const rules = kinds.map((k) => ({ rule_id: k.kind_id, kind_id: k.kind_id, ...k.rule }))
  await sql`insert into care.kind_rule (company_id, rule_id, kind_id, from_on, accept_n, accept_unit, answer_n, answer_unit, clock, visit, created_by, created_at)
    select ${c}, x.rule_id, x.kind_id, '2000-01-01', x.accept_n, x.accept_unit, x.answer_n, x.answer_unit, x.clock, x.visit, null, ${scope.now} from jsonb_to_recordset(${JSON.stringify(rules)}::jsonb) as x(rule_id uuid, kind_id uuid, accept_n int, accept_unit text, answer_n int, answer_unit text, clock text, visit boolean)
    on conflict (company_id, rule_id) do nothing`.execute(scope.db)
  await sql`insert into care.cause (company_id, cause_id, name, from_on, to_on, sort_no, changed_by, changed_at)
    select ${c}, x.cause_id, x.name, x.from_on, null, x.sort_no, null, ${scope.now} from jsonb_to_recordset(${JSON.stringify(shippedCauses(c))}::jsonb) as x(cause_id uuid, name text, from_on date, sort_no int) on conflict (company_id, cause_id) do nothing`.execute(scope.db)
  await sql`insert into care.department (company_id, department_id, name, sort_no, changed_by, changed_at)
    select ${c}, x.department_id, x.name, x.sort_no, null, ${scope.now} from jsonb_to_recordset(${JSON.stringify(shippedDepartments(c))}::jsonb) as x(department_id uuid, name text, sort_no int) on conflict (company_id, department_id) do nothing`.execute(scope.db)
  return true
}
