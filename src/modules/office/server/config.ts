// Classes of rules, and by when they are to be read: the company's, by date.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { office, type Policy, type PolicyVersion, type RuleClass } from '../contract.ts'
import { wholeCompany } from './access.ts'

const CLASSES_MAX = 60
const VERSIONS_MAX = 100
/** What property companies keep: an offer to begin with, theirs from then on. */
const USUAL = ['行政人事制度', '财务收费制度', '客户服务规程', '工程维修规程', '设备操作规程', '秩序维护规程', '保洁绿化规程', '安全与应急制度', '岗位职责'] as const
/** In force where nobody said anything. Readings are kept three years after a version ended: a claim that somebody was not instructed runs as long (民法典 188; 安全生产法 28 wants records of instruction). */
const POLICY: PolicyVersion = { from_on: '2000-01-01', read_days: 7, remind_days: 3, keep_days: 1095, basis: '随产品的初始规则', made_by_name: '系统', made_at: '2000-01-01T00:00:00.000Z', state: 'now' }

export function withState<T extends { from_on: string }>(rows: readonly T[], today: string): (T & { state: 'now' | 'future' | 'past' })[] {
  const now = rows.find((r) => r.from_on <= today)
  return rows.map((r) => ({ ...r, state: r === now ? 'now' : r.from_on > today ? 'future' : 'past' }))
}
export async function policyNow(scope: Scope): Promise<Policy> {
  const { rows } = await sql<Policy>`select from_on, read_days, remind_days, keep_days, basis from office.rule_policy where company_id = ${scope.company_id} and from_on <= ${scope.today}::date order by from_on desc, made_at desc, policy_id desc limit 1`.execute(scope.db)
  return rows[0] ?? POLICY
}
export const fromToday = (scope: Scope, from_on: string): void => {
  if (from_on < scope.today) throw scope.refuse('office.from_past', { today: scope.today })
}
export const configAnswers = [
  answer(office.classes, async (scope, { with_retired }) => {
    if (scope.who.kind !== 'staff') throw scope.notFound()
    const { rows } = await sql<RuleClass>`select class_id, name, sort_no, retired_at is not null as retired from office.rule_class where company_id = ${scope.company_id} and (${with_retired ?? false} or retired_at is null) order by sort_no, name limit ${CLASSES_MAX}`.execute(scope.db)
    return { rows }
  }),
  answer(office.saveClass, async (scope, o) => {
    wholeCompany(scope)
    const c = scope.company_id
    const { rows: all } = await sql<{ class_id: string; name: string; retired_at: string | null }>`select class_id, name, retired_at from office.rule_class where company_id = ${c} order by class_id for update`.execute(scope.db)
    const before = all.find((k) => k.class_id === o.class_id)
    if (o.class_id && !before) throw scope.notFound()
    if (!before && all.length >= CLASSES_MAX) throw scope.refuse('office.too_many', { max: CLASSES_MAX })
    const class_id = o.class_id ?? uuidv7()
    const { rows } = await sql`insert into office.rule_class (company_id, class_id, name, sort_no, retired_at, changed_by_name, changed_at) select ${c}, ${class_id}, ${o.name}, ${o.sort_no}, ${o.retired ? (before?.retired_at ?? scope.now) : null}::timestamptz, ${scope.who.name}, ${scope.now}
      where not exists (select from office.rule_class k where k.company_id = ${c} and k.name = ${o.name} and k.class_id <> ${class_id})
      on conflict (company_id, class_id) do update set name = excluded.name, sort_no = excluded.sort_no, retired_at = excluded.retired_at, changed_by_name = excluded.changed_by_name, changed_at = excluded.changed_at returning class_id`.execute(scope.db)
    if (rows.length === 0) throw scope.refuse('office.class_taken', { name: o.name })
    scope.note('rule_class', class_id, { name: o.name, before: before?.name ?? null, retired: o.retired })
    return { class_id }
  }),
  answer(office.addUsualClasses, async (scope) => {
    wholeCompany(scope)
    const list = USUAL.map((name, i) => ({ class_id: uuidv7(), name, sort_no: (i + 1) * 10 }))
    const { rows } = await sql<{ name: string }>`insert into office.rule_class (company_id, class_id, name, sort_no, changed_by_name, changed_at) select ${scope.company_id}, x.class_id, x.name, x.sort_no, ${scope.who.name}, ${scope.now} from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as x(class_id uuid, name text, sort_no int) on conflict (company_id, name) do nothing returning name`.execute(scope.db)
    if (rows.length > 0) scope.note('rule_class', 'usual', { names: rows.map((r) => r.name) })
    return { count: rows.length }
  }),
  answer(office.policy, async (scope) => {
    const { rows } = await sql<Omit<PolicyVersion, 'state'>>`select from_on, read_days, remind_days, keep_days, basis, made_by_name, made_at from office.rule_policy where company_id = ${scope.company_id} order by from_on desc, made_at desc, policy_id desc limit ${VERSIONS_MAX}`.execute(scope.db)
    const all = withState([...rows, POLICY], scope.today)
    return { now: all.find((r) => r.state === 'now') ?? POLICY, rows: all }
  }),
  answer(office.savePolicy, async (scope, o) => {
    wholeCompany(scope)
    fromToday(scope, o.from_on)
    const { request_id: _r, dry_run: _d, ...p } = o
    await scope.db.insertInto('office.rule_policy').values({ company_id: scope.company_id, policy_id: uuidv7(), ...p, made_by: scope.who.account_id, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('rule_policy', o.from_on, { ...p })
    return { from_on: o.from_on }
  }),
]
