// Kinds with their limits, causes with their days, and the rules: data of the company, in force from a day on.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { care, type Cause, type Kind } from '../contract.ts'
import { wholeCompany } from './access.ts'
import { policyNow, writeShipped } from './config.ts'
import { departmentFor } from './people.ts'
import { shippedCauses, shippedKinds } from './rules/defaults.ts'

const ROWS_MAX = 500
const VERSIONS_MAX = 50
const UNIT_MINUTES = { minute: 1, hour: 60, day: 1440 } as const

async function kindsOf(scope: Scope): Promise<Kind[]> {
  const c = scope.company_id
  const { rows } = await sql<Kind>`select k.kind_id, k.nature, k.name, k.pauses, k.sort_no, k.retired_at is not null as retired,
      (select to_jsonb(x) from (select r.accept_n, r.accept_unit, r.answer_n, r.answer_unit, r.clock, r.department_id, r.visit, r.from_on from care.kind_rule r where r.company_id = ${c} and r.kind_id = k.kind_id and r.from_on <= ${scope.today}::date order by r.from_on desc, r.created_at desc limit 1) x) as rule,
      (select min(r.from_on) from care.kind_rule r where r.company_id = ${c} and r.kind_id = k.kind_id and r.from_on > ${scope.today}::date) as next_from_on
    from care.kind k where k.company_id = ${c} order by k.sort_no, k.name, k.kind_id limit ${ROWS_MAX}`.execute(scope.db)
  return rows.length ? rows : shippedKinds(c).map(({ rule, ...k }) => ({ ...k, retired: false, next_from_on: null, rule: { ...rule, department_id: null, from_on: '2000-01-01' } }))
}
async function causesOf(scope: Scope): Promise<Cause[]> {
  const { rows } = await sql<Cause>`select cause_id, name, from_on, to_on, sort_no from care.cause where company_id = ${scope.company_id} order by sort_no, name, cause_id limit ${ROWS_MAX}`.execute(scope.db)
  return rows.length ? rows : shippedCauses(scope.company_id)
}

export const setupAnswers = [
  answer(care.kinds, async (scope) => {
    const [rows, policy] = await Promise.all([kindsOf(scope), policyNow(scope)])
    return { rows: scope.who.kind === 'resident' ? rows.filter((k) => !k.retired && k.rule) : rows, unnamed_open: policy.unnamed_open }
  }),
  answer(care.saveKind, async (scope, o) => {
    wholeCompany(scope)
    await writeShipped(scope)
    const all = await kindsOf(scope)
    if (o.kind_id && !all.some((k) => k.kind_id === o.kind_id)) throw scope.notFound()
    if (all.some((k) => k.kind_id !== o.kind_id && k.name === o.name)) throw scope.refuse('care.name_taken', { name: o.name })
    const kind_id = o.kind_id ?? uuidv7()
    const values = { nature: o.nature, name: o.name, pauses: o.pauses, sort_no: o.sort_no, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
    await scope.db.insertInto('care.kind').values({ company_id: scope.company_id, kind_id, ...values }).onConflict((x) => x.columns(['company_id', 'kind_id']).doUpdateSet(values)).execute()
    scope.note('care_kind', kind_id, { name: o.name, pauses: o.pauses, retired: o.retired })
    return { kind_id }
  }),
  answer(care.publishKindRule, async (scope, o) => {
    wholeCompany(scope)
    await writeShipped(scope)
    const k = (await kindsOf(scope)).find((x) => x.kind_id === o.kind_id)
    if (!k) throw scope.notFound()
    if (o.from_on < scope.today) throw scope.refuse('care.from_past', { today: scope.today })
    if (o.answer_n * UNIT_MINUTES[o.answer_unit] < o.accept_n * UNIT_MINUTES[o.accept_unit]) throw scope.refuse('care.limits_crossed')
    if (o.department_id) await departmentFor(scope, o.department_id)
    const rule_id = uuidv7()
    await scope.db
      .insertInto('care.kind_rule')
      .values({ company_id: scope.company_id, rule_id, kind_id: o.kind_id, from_on: o.from_on, accept_n: o.accept_n, accept_unit: o.accept_unit, answer_n: o.answer_n, answer_unit: o.answer_unit, clock: o.clock, department_id: o.department_id, visit: o.visit, created_by: scope.who.account_id, created_at: scope.now })
      .execute()
    scope.note('care_kind', o.kind_id, { name: k.name, from_on: o.from_on, accept: `${o.accept_n} ${o.accept_unit}`, answer: `${o.answer_n} ${o.answer_unit}`, clock: o.clock })
    return { rule_id }
  }),
  answer(care.causes, async (scope) => ({ rows: await causesOf(scope) })),
  answer(care.saveCause, async (scope, o) => {
    wholeCompany(scope)
    await writeShipped(scope)
    const all = await causesOf(scope)
    if (o.cause_id && !all.some((x) => x.cause_id === o.cause_id)) throw scope.notFound()
    if (all.some((x) => x.cause_id !== o.cause_id && x.name === o.name)) throw scope.refuse('care.name_taken', { name: o.name })
    if (o.to_on && o.to_on <= o.from_on) throw scope.refuse('care.days_reversed')
    const cause_id = o.cause_id ?? uuidv7()
    const values = { name: o.name, from_on: o.from_on, to_on: o.to_on, sort_no: o.sort_no, changed_by: scope.who.account_id, changed_at: scope.now }
    await scope.db.insertInto('care.cause').values({ company_id: scope.company_id, cause_id, ...values }).onConflict((x) => x.columns(['company_id', 'cause_id']).doUpdateSet(values)).execute()
    scope.note('care_cause', cause_id, { name: o.name, from_on: o.from_on, to_on: o.to_on })
    return { cause_id }
  }),
  answer(care.policy, async (scope) => {
    const versions = await scope.db.selectFrom('care.policy').select(['from_on', 'warn_hours', 'visit_days', 'visit_tries', 'reopen_days', 'satisfied_from', 'goal_percent', 'unnamed_open', 'created_by', 'created_at']).where('company_id', '=', scope.company_id).orderBy('from_on', 'desc').orderBy('created_at', 'desc').limit(VERSIONS_MAX).execute()
    const names = await memberNames(scope, versions.map((v) => v.created_by))
    return { now: await policyNow(scope), versions: versions.map(({ created_by, ...v }) => ({ ...v, created_by_name: (created_by && names.get(created_by)) || null })) }
  }),
  answer(care.savePolicy, async (scope, { request_id: _r, dry_run: _d, ...o }) => {
    wholeCompany(scope)
    if (o.from_on < scope.today) throw scope.refuse('care.from_past', { today: scope.today })
    const policy_id = uuidv7()
    await scope.db.insertInto('care.policy').values({ company_id: scope.company_id, policy_id, ...o, created_by: scope.who.account_id, created_at: scope.now }).execute()
    scope.note('care_policy', policy_id, { from_on: o.from_on, unnamed_open: o.unnamed_open })
    return { from_on: o.from_on }
  }),
]
