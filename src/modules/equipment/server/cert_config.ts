// Kinds of inspections and certificates a company begins with (EQ-04, EQ-05), and what is in force. Cycles are those of the law named beside them, or
// customary where the law leaves them to the province (domain-facts 4); a company publishes its own from a day on.
import { sql } from 'kysely'
import { uuidOf } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { CertKind, CertPolicy, CertRule, WaterItem } from '../contract.ts'
import { categoryIdOf } from './config.ts'

type Unit = 'day' | 'month'
type Kind = readonly [code: string, name: string, subject: CertKind['subject'], categories: readonly string[], period: readonly [number, Unit], law: string, evidence: string, more?: { stops?: boolean; ladder?: readonly number[] }]
const LIFTS = ['KTT', 'HTT', 'FTT'] as const
const SHIPPED: readonly Kind[] = [
  ['lift_inspect', '电梯定期检验', 'device', LIFTS, [12, 'month'], '特种设备安全法 40;TSG T7001-2023(使用 15 年以上每年检验)', '检验报告、使用标志', { stops: true }],
  ['lift_upkeep', '电梯半月维保', 'device', LIFTS, [15, 'day'], '特种设备安全监察条例 31;TSG T5002-2017', '维保记录单', { ladder: [3] }],
  ['fire_test', '建筑消防设施年度检测', 'community', ['XFS'], [12, 'month'], '消防法 16:每年至少一次全面检测', '检测报告'],
  ['lightning', '防雷装置检测', 'device', ['FLZ'], [12, 'month'], '防雷减灾管理办法 19:每年一次', '检测报告'],
  ['power_test', '电力设备预防性试验', 'device', ['BYQ', 'GYG'], [24, 'month'], 'DL/T 596-2021', '试验报告'],
  ['tools_test', '绝缘工具试验', 'community', [], [6, 'month'], 'GB 26860-2011', '试验报告'],
  ['boiler_out', '锅炉外部检验', 'device', ['GLU'], [12, 'month'], 'TSG 11-2020', '检验报告', { stops: true }],
  ['boiler_in', '锅炉内部检验', 'device', ['GLU'], [24, 'month'], 'TSG 11-2020', '检验报告', { stops: true }],
  ['safety_valve', '安全阀校验', 'device', ['AQF'], [12, 'month'], 'TSG ZF001-2006', '校验报告', { stops: true }],
  ['vessel', '压力容器定期检验', 'device', ['WYG'], [36, 'month'], 'TSG 21-2016:投用后 3 年内首检', '检验报告', { stops: true }],
  ['tank_clean', '水箱清洗消毒', 'device', ['SHX'], [6, 'month'], 'GB 17051-1997;各地二次供水办法(每半年至少一次,有的省每季)', '清洗消毒记录、业主见证、水质检测报告', { ladder: [30, 7] }],
  ['water_test', '二次供水水质检测', 'community', ['SHX'], [3, 'month'], 'GB 5749-2022;各地二次供水办法(每季,有的省每月)', '检测报告', { ladder: [30, 7] }],
  ['water_permit', '二次供水卫生许可', 'community', ['SHX'], [48, 'month'], '生活饮用水卫生监督管理办法', '卫生许可证'],
  ['extinguisher', '灭火器检修', 'device', ['MHQ'], [24, 'month'], 'GB 50444-2008;XF 95-2015', '维修合格证'],
  ['person_lift', '电梯安全管理员证', 'person', [], [48, 'month'], 'TSG 08-2017;市场监管总局 74 号令', '作业人员证'],
  ['person_low', '低压电工作业证', 'person', [], [36, 'month'], '特种作业人员安全技术培训考核管理规定:3 年复审', '操作证'],
  ['person_high', '高压电工作业证', 'person', [], [36, 'month'], '特种作业人员安全技术培训考核管理规定:3 年复审', '操作证'],
  ['person_boiler', '锅炉作业人员证', 'person', [], [48, 'month'], 'TSG 08-2017', '作业人员证'],
  // The certificate itself does not run out; provinces that want further training publish their own period.
  ['person_fire', '消防设施操作员证', 'person', [], [600, 'month'], '消防法 21;高层民用建筑消防安全管理规定(应急管理部令 5 号)26', '职业资格证书'],
  ['person_health', '供管水人员健康证', 'person', [], [12, 'month'], '生活饮用水卫生监督管理办法:每年体检', '健康证'],
]
const POLICY: CertPolicy = { from_on: '2000-01-01', ladder: [90, 60, 30, 7], daily: true }
const KINDS_MAX = 200
export const certKindIdOf = (company_id: number, code: string): string => uuidOf('equipment.cert_kind', company_id, code)

export async function certPolicy(scope: Scope): Promise<CertPolicy> {
  const { rows } = await sql<CertPolicy>`select from_on, ladder, daily from equipment.cert_policy where company_id = ${scope.company_id} and from_on <= ${scope.today}::date order by from_on desc, created_at desc limit 1`.execute(scope.db)
  return rows[0] ?? POLICY
}
function shipped(company_id: number): CertKind[] {
  return SHIPPED.map(([code, name, subject, categories, [period_n, period_unit], law, evidence, more], i) => ({
    kind_id: certKindIdOf(company_id, code), code, name, subject, category_ids: categories.map((k) => categoryIdOf(company_id, k)), sort_no: (i + 1) * 10, retired: false, next: null,
    rule: { from_on: '2000-01-01', period_n, period_unit, law, evidence, stops: more?.stops ?? false, ladder: more?.ladder ? [...more.ladder] : null },
  }))
}
const RULE = (scope: Scope, which: 'now' | 'next') => sql`(select to_jsonb(x) from (select r.from_on, r.period_n, r.period_unit, r.law, r.evidence, r.stops, r.ladder from equipment.cert_rule r where r.company_id = ${scope.company_id} and r.kind_id = k.kind_id and ${which === 'now' ? sql`r.from_on <= ${scope.today}::date order by r.from_on desc, r.created_at desc` : sql`r.from_on > ${scope.today}::date order by r.from_on, r.created_at desc`} limit 1) x)`
export async function certKinds(scope: Scope): Promise<CertKind[]> {
  const { rows } = await sql<Omit<CertKind, 'rule'> & { rule: CertRule | null }>`select k.kind_id, k.code, k.name, k.subject, k.category_ids, k.sort_no, k.retired_at is not null as retired, ${RULE(scope, 'now')} as rule, ${RULE(scope, 'next')} as next from equipment.cert_kind k where k.company_id = ${scope.company_id} order by k.sort_no, k.name limit ${KINDS_MAX}`.execute(scope.db)
  // What came with a later version of the product is there too, until it is written with the next certificate.
  const later = shipped(scope.company_id).filter((k) => !rows.some((r) => r.code === k.code || r.name === k.name))
  // A kind that begins with a rule to come goes by that until then.
  return [...rows.flatMap((r) => (r.rule ?? r.next ? [{ ...r, rule: (r.rule ?? r.next)! }] : [])), ...later]
}
/** Written at the first change or certificate; ids are the same before and after. */
export async function writeCertKinds(scope: Scope): Promise<void> {
  const c = scope.company_id
  const list = shipped(c).map((k) => ({ ...k, ...k.rule, rule_id: uuidOf('equipment.cert_rule', c, k.code) }))
  await sql`with list as materialized (select * from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as x(kind_id uuid, code text, name text, subject text, category_ids uuid[], sort_no int, rule_id uuid, period_n int, period_unit text, law text, evidence text, stops boolean, ladder int[]) where not exists (select from equipment.cert_kind k where k.company_id = ${c} and (k.code = x.code or k.name = x.name))),
      kinds as (insert into equipment.cert_kind (company_id, kind_id, code, name, subject, category_ids, sort_no, changed_by, changed_at) select ${c}, kind_id, code, name, subject, category_ids, sort_no, null, ${scope.now} from list on conflict do nothing)
    insert into equipment.cert_rule (company_id, rule_id, kind_id, from_on, period_n, period_unit, law, evidence, stops, ladder, created_by, created_at) select ${c}, rule_id, kind_id, '2000-01-01', period_n, period_unit, law, evidence, stops, ladder, null, ${scope.now} from list on conflict do nothing`.execute(scope.db)
}

/** GB 5749-2022 《生活饮用水卫生标准》, the usual items of secondary supply; free chlorine at the end of the pipe. */
export const WATER_LIMITS: { from_on: string; basis: string; items: WaterItem[] } = {
  from_on: '2000-01-01', basis: 'GB 5749-2022 生活饮用水卫生标准',
  items: ([['色度', null, '15', '度', null], ['浑浊度', null, '1', 'NTU', null], ['臭和味', null, null, null, '无'], ['肉眼可见物', null, null, null, '无'], ['pH', '6.5', '8.5', null, null], ['耗氧量', null, '3', 'mg/L', null], ['氨', null, '0.5', 'mg/L', null], ['游离余氯', '0.05', '2', 'mg/L', null], ['菌落总数', null, '100', 'CFU/mL', null], ['总大肠菌群', null, null, null, '不得检出']] as const).map(([name, low, high, unit, words]) => ({ name, low, high, unit, words })),
}
