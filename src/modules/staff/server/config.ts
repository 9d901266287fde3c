// Rules of the company by date, and the certificate kinds it begins with. Codes that equipment has too name the same certificate: what stands in a staff file counts in the rosters of duty rooms.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidOf, uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { staff, type CertKind, type Policy, type PolicyVersion } from '../contract.ts'
import { wholeCompany } from './access.ts'

const VERSIONS_MAX = 100
export const KINDS_MAX = 200
const SHIPPED: readonly (readonly [code: string, name: string, law: string])[] = [
  ['person_fire', '消防设施操作员证', '消防法 21;高层民用建筑消防安全管理规定(应急管理部令 5 号)26'],
  ['person_low', '低压电工作业证', '特种作业人员安全技术培训考核管理规定:3 年复审'],
  ['person_high', '高压电工作业证', '特种作业人员安全技术培训考核管理规定:3 年复审'],
  ['person_lift', '电梯安全管理员证', 'TSG 08-2017;市场监管总局 74 号令'],
  ['person_boiler', '锅炉作业人员证', 'TSG 08-2017'],
  ['person_health', '供管水人员健康证', '生活饮用水卫生监督管理办法:每年体检'],
  ['person_guard', '保安员证', '保安服务管理条例 16'],
  ['person_manager', '物业项目经理证', '公司任职条件'],
  ['person_weld', '焊接与热切割作业证', '特种作业人员安全技术培训考核管理规定:3 年复审'],
  ['person_height', '高处作业证', '特种作业人员安全技术培训考核管理规定:3 年复审'],
  ['person_cooling', '制冷与空调作业证', '特种作业人员安全技术培训考核管理规定:3 年复审'],
  ['person_aid', '救护员证', '红十字会应急救护培训:3 年复训'],
]
/** In force where nobody said anything. Two years: 劳动合同法 50 for what is kept of those who left. */
const POLICY: PolicyVersion = { from_on: '2000-01-01', no_prefix: 'YG', cert_ladder: [90, 30, 7], contract_ladder: [60, 30, 7], probation_ladder: [15, 3], sign_days: 30, bar_percent: 100, keep_days: 730, handover_items: ['工作服、工牌', '对讲机、手电', '钥匙、门禁卡', '工具、仪器', '在办工单和待办', '文件、资料和账号', '借款和备用金'], basis: '随产品的初始规则', made_by_name: '系统', made_at: '2000-01-01T00:00:00.000Z', state: 'now' }

export function withState<T extends { from_on: string }>(rows: readonly T[], today: string): (T & { state: 'now' | 'future' | 'past' })[] {
  const now = rows.find((r) => r.from_on <= today)
  return rows.map((r) => ({ ...r, state: r === now ? 'now' : r.from_on > today ? 'future' : 'past' }))
}
const policies = async (scope: Scope): Promise<PolicyVersion[]> => {
  const { rows } = await sql<Omit<PolicyVersion, 'state'>>`select from_on, no_prefix, cert_ladder, contract_ladder, probation_ladder, sign_days, bar_percent, keep_days, handover_items, basis, made_by_name, made_at from staff.policy where company_id = ${scope.company_id} order by from_on desc, made_at desc, policy_id desc limit ${VERSIONS_MAX}`.execute(scope.db)
  return withState([...rows, POLICY], scope.today)
}
export async function policyNow(scope: Scope): Promise<Policy> {
  const { rows } = await sql<Policy>`select from_on, no_prefix, cert_ladder, contract_ladder, probation_ladder, sign_days, bar_percent, keep_days, handover_items, basis from staff.policy where company_id = ${scope.company_id} and from_on <= ${scope.today}::date order by from_on desc, made_at desc, policy_id desc limit 1`.execute(scope.db)
  return rows[0] ?? POLICY
}
export async function kindsOf(scope: Scope, with_retired = false): Promise<CertKind[]> {
  const { rows } = await sql<CertKind>`select kind_id, code, name, law, sort_no, retired_at is not null as retired from staff.cert_kind where company_id = ${scope.company_id} order by sort_no, name limit ${KINDS_MAX}`.execute(scope.db)
  const later = SHIPPED.map(([code, name, law], i) => ({ kind_id: kindIdOf(scope.company_id, code), code, name, law, sort_no: (i + 1) * 10, retired: false })).filter((k) => !rows.some((r) => r.code === k.code || r.name === k.name))
  return [...rows.filter((r) => with_retired || !r.retired), ...later].toSorted((a, b) => a.sort_no - b.sort_no)
}
export const kindIdOf = (company_id: number, code: string): string => uuidOf('staff.cert_kind', company_id, code)
/** Written at the first use; ids are the same before and after. */
export async function writeKinds(scope: Scope): Promise<void> {
  const list = SHIPPED.map(([code, name, law], i) => ({ kind_id: kindIdOf(scope.company_id, code), code, name, law, sort_no: (i + 1) * 10 }))
  await sql`insert into staff.cert_kind (company_id, kind_id, code, name, law, sort_no, changed_at) select ${scope.company_id}, x.kind_id, x.code, x.name, x.law, x.sort_no, ${scope.now} from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as x(kind_id uuid, code text, name text, law text, sort_no int) on conflict do nothing`.execute(scope.db)
}
export const fromToday = (scope: Scope, from_on: string): void => {
  if (from_on < scope.today) throw scope.refuse('staff.from_past', { today: scope.today })
}
const ladder = (days: readonly number[]): number[] => [...new Set(days)].toSorted((a, b) => b - a)

export const configAnswers = [
  answer(staff.policy, async (scope) => {
    const rows = await policies(scope)
    return { now: rows.find((r) => r.state === 'now') ?? POLICY, rows }
  }),
  answer(staff.savePolicy, async (scope, o) => {
    wholeCompany(scope)
    fromToday(scope, o.from_on)
    const { request_id: _r, dry_run: _d, ...p } = o
    const before = await policyNow(scope)
    await scope.db.insertInto('staff.policy').values({ company_id: scope.company_id, policy_id: uuidv7(), ...p, cert_ladder: ladder(p.cert_ladder), contract_ladder: ladder(p.contract_ladder), probation_ladder: ladder(p.probation_ladder), made_by: scope.who.account_id, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('policy', o.from_on, { before, after: p })
    return { from_on: o.from_on }
  }),
  answer(staff.certKinds, async (scope, { with_retired }) => ({ rows: await kindsOf(scope, with_retired) })),
  answer(staff.saveCertKind, async (scope, o) => {
    wholeCompany(scope)
    await writeKinds(scope)
    const c = scope.company_id
    const { rows } = await sql<{ kind_id: string; name: string }>`select kind_id, name from staff.cert_kind where company_id = ${c} order by kind_id for update`.execute(scope.db)
    const before = rows.find((r) => r.kind_id === o.kind_id)
    if (o.kind_id && !before) throw scope.notFound()
    if (rows.some((r) => r.name === o.name && r.kind_id !== o.kind_id)) throw scope.refuse('staff.name_taken', { name: o.name })
    if (!before && rows.length >= KINDS_MAX) throw scope.refuse('staff.too_many', { max: KINDS_MAX })
    const kind_id = o.kind_id ?? uuidv7()
    const set = { name: o.name, law: o.law, sort_no: o.sort_no, retired_at: o.retired ? scope.now : null, changed_by_name: scope.who.name, changed_at: scope.now }
    if (before) await scope.db.updateTable('staff.cert_kind').set(set).where('company_id', '=', c).where('kind_id', '=', kind_id).execute()
    else {
      const made = await scope.db.insertInto('staff.cert_kind').values({ company_id: c, kind_id, code: `own_${kind_id.slice(-12)}`, ...set }).onConflict((x) => x.doNothing()).returning('kind_id').executeTakeFirst()
      if (!made) throw scope.refuse('staff.name_taken', { name: o.name })
    }
    scope.note('cert_kind', kind_id, { ...(before ? { before: before.name } : {}), name: o.name, retired: o.retired })
    return { kind_id }
  }),
]
