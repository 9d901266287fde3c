// Kinds of leave with their rules by date. What a company begins with is the law named beside it; it publishes its own from a day on.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidOf, uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { staff, type LeaveKind } from '../contract.ts'
import { wholeCompany } from './access.ts'
import { fromToday } from './config.ts'

const KINDS_MAX = 50
const BEGIN = '2000-01-01'
type Shipped = readonly [code: string, name: string, o: { paid: boolean; proof?: boolean; tiers?: readonly (readonly [years: number, half_days: number])[]; from_rest?: boolean; law: string }]
const SHIPPED: readonly Shipped[] = [
  // Years of work elsewhere count too (条例 3): they are granted one by one.
  ['annual', '年休假', { paid: true, tiers: [[1, 10], [10, 20], [20, 30]], law: '职工带薪年休假条例 3:满 1 年 5 天、满 10 年 10 天、满 20 年 15 天' }],
  ['in_lieu', '调休', { paid: true, from_rest: true, law: '劳动法 44:休息日加班可安排补休' }],
  ['personal', '事假', { paid: false, law: '公司规定' }],
  ['sick', '病假', { paid: true, proof: true, law: '企业职工患病或非因工负伤医疗期规定;工资按当地规定' }],
  ['marriage', '婚假', { paid: true, proof: true, tiers: [[0, 6]], law: '劳动法 51;天数按省人口与计划生育条例' }],
  ['maternity', '产假', { paid: true, proof: true, tiers: [[0, 196]], law: '女职工劳动保护特别规定 7:98 天;各省另有奖励假' }],
  ['paternity', '陪产假', { paid: true, proof: true, tiers: [[0, 30]], law: '省人口与计划生育条例' }],
  ['funeral', '丧假', { paid: true, tiers: [[0, 6]], law: '劳动法 51;国家劳动总局:1 至 3 天' }],
  ['injury', '工伤假', { paid: true, proof: true, law: '工伤保险条例 33' }],
]
export const leaveKindIdOf = (company_id: number, code: string): string => uuidOf('staff.leave_kind', company_id, code)
const shipped = (company_id: number): LeaveKind[] => SHIPPED.map(([code, name, o], i) => ({ kind_id: leaveKindIdOf(company_id, code), code, name, sort_no: (i + 1) * 10, retired: false, next_on: null, rule: { from_on: BEGIN, paid: o.paid, proof: o.proof ?? false, tiers: (o.tiers ?? []).map(([years, half_days]) => ({ years, half_days })), from_rest: o.from_rest ?? false, basis: o.law } }))
export async function leaveKindsOf(scope: Scope, with_retired: boolean, day: string): Promise<LeaveKind[]> {
  const c = scope.company_id
  const rule = sql`(select to_jsonb(x) from (select r.from_on, r.paid, r.proof, r.tiers, r.from_rest, r.basis from staff.leave_rule r where r.company_id = ${c} and r.kind_id = k.kind_id order by r.from_on <= ${day}::date desc, abs(r.from_on - ${day}::date), r.made_at desc limit 1) x)`
  const { rows } = await sql<LeaveKind>`select k.kind_id, k.code, k.name, k.sort_no, k.retired_at is not null as retired, ${rule} as rule, (select min(r.from_on) from staff.leave_rule r where r.company_id = ${c} and r.kind_id = k.kind_id and r.from_on > ${scope.today}::date) as next_on from staff.leave_kind k where k.company_id = ${c} order by k.sort_no, k.name limit ${KINDS_MAX}`.execute(scope.db)
  const later = shipped(c).filter((k) => !rows.some((r) => r.code === k.code || r.name === k.name))
  return [...rows.filter((r) => with_retired || !r.retired), ...later].toSorted((a, b) => a.sort_no - b.sort_no)
}
/** Written at the first use; ids are the same before and after. */
export async function writeLeaveKinds(scope: Scope): Promise<void> {
  const c = scope.company_id
  const list = shipped(c).map((k) => ({ ...k, ...k.rule, rule_id: uuidOf('staff.leave_rule', c, k.code) }))
  await sql`with list as materialized (select * from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as x(kind_id uuid, code text, name text, sort_no int, rule_id uuid, paid boolean, proof boolean, tiers jsonb, from_rest boolean, basis text) where not exists (select from staff.leave_kind k where k.company_id = ${c} and (k.code = x.code or k.name = x.name))),
      kinds as (insert into staff.leave_kind (company_id, kind_id, code, name, sort_no, changed_at) select ${c}, kind_id, code, name, sort_no, ${scope.now} from list on conflict do nothing)
    insert into staff.leave_rule (company_id, rule_id, kind_id, from_on, paid, proof, tiers, from_rest, basis, made_by_name, made_at) select ${c}, rule_id, kind_id, ${BEGIN}::date, paid, proof, tiers, from_rest, basis, '系统', ${scope.now} from list on conflict do nothing`.execute(scope.db)
}
export const leaveConfigAnswers = [
  answer(staff.leaveKinds, async (scope, { with_retired }) => ({ rows: await leaveKindsOf(scope, with_retired ?? false, scope.today) })),
  answer(staff.saveLeaveKind, async (scope, o) => {
    wholeCompany(scope)
    fromToday(scope, o.from_on)
    const c = scope.company_id
    if (new Set(o.tiers.map((t) => t.years)).size !== o.tiers.length) throw scope.refuse('staff.tiers')
    await writeLeaveKinds(scope)
    const { rows } = await sql<{ kind_id: string; name: string }>`select kind_id, name from staff.leave_kind where company_id = ${c} order by kind_id for update`.execute(scope.db)
    const before = rows.find((r) => r.kind_id === o.kind_id)
    if (o.kind_id && !before) throw scope.notFound()
    if (rows.some((r) => r.name === o.name && r.kind_id !== o.kind_id)) throw scope.refuse('staff.name_taken', { name: o.name })
    if (!before && rows.length >= KINDS_MAX) throw scope.refuse('staff.too_many', { max: KINDS_MAX })
    const kind_id = o.kind_id ?? uuidv7()
    const set = { name: o.name, sort_no: o.sort_no, retired_at: o.retired ? scope.now : null, changed_by_name: scope.who.name, changed_at: scope.now }
    if (before) await scope.db.updateTable('staff.leave_kind').set(set).where('company_id', '=', c).where('kind_id', '=', kind_id).execute()
    else {
      const made = await scope.db.insertInto('staff.leave_kind').values({ company_id: c, kind_id, code: `own_${kind_id.slice(-12)}`, ...set }).onConflict((x) => x.doNothing()).returning('kind_id').executeTakeFirst()
      if (!made) throw scope.refuse('staff.name_taken', { name: o.name })
    }
    await scope.db.insertInto('staff.leave_rule').values({ company_id: c, rule_id: uuidv7(), kind_id, from_on: o.from_on, paid: o.paid, proof: o.proof, tiers: JSON.stringify(o.tiers), from_rest: o.from_rest, basis: o.basis, made_by: scope.who.account_id, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('leave_kind', kind_id, { name: o.name, from_on: o.from_on, tiers: o.tiers, paid: o.paid, retired: o.retired })
    return { kind_id }
  }),
]
