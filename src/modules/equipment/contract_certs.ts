// Statutory inspections, certificates, water tests: kinds with dated rules, what is valid, what runs out, its evidence.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Day, Decimal, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

export const Subject = z.enum(['device', 'person', 'community']).meta({ zh: '对象' })
export const LIGHTS = ['missing', 'expired', 'near', 'soon', 'good'] as const
export const Light = z.enum(LIGHTS).meta({ zh: '状态' })
export type Light = z.output<typeof Light>
export const Ladder = z.array(z.int().min(1).max(365)).min(1, '至少一级').max(10, '最多 10 级').meta({ zh: '提前提醒天数' })
export const FILES_MAX = 10
const RuleShape = { period_n: z.int().min(1).max(600).meta({ zh: '周期' }), period_unit: z.enum(['day', 'month']).meta({ zh: '周期单位' }), law: Text(200).nullable().meta({ zh: '法规与标准' }), evidence: Text(200).nullable().meta({ zh: '要留的凭证' }), stops: z.boolean().meta({ zh: '过期须停用' }), ladder: Ladder.nullable() }
export const CertRule = z.object({ ...RuleShape, from_on: Day.meta({ zh: '生效日' }) })
export type CertRule = z.output<typeof CertRule>
export const CertKind = z.object({ kind_id: Id, code: z.string(), name: z.string().meta({ zh: '种类' }), subject: Subject, category_ids: z.array(Id).meta({ zh: '适用设备' }), sort_no: z.int().meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }), rule: CertRule, next: CertRule.nullable() })
export type CertKind = z.output<typeof CertKind>
export const CertPolicy = z.object({ from_on: Day.meta({ zh: '生效日' }), ladder: Ladder, daily: z.boolean().meta({ zh: '过期后每天升级提醒' }) })
export type CertPolicy = z.output<typeof CertPolicy>

export const CertRow = z.object({
  key: z.string(), cert_id: Id.nullable(), kind_id: Id, kind_name: z.string().meta({ zh: '种类' }), subject: Subject, community_id: Id, community_name: z.string().meta({ zh: '小区' }), equipment_id: Id.nullable(), account_id: Id.nullable(), about: z.string().meta({ zh: '设备、人员或小区' }), no: z.string().nullable().meta({ zh: '编号' }), issuer: z.string().nullable().meta({ zh: '单位' }),
  result: z.enum(['pass', 'conditional', 'fail']).nullable().meta({ zh: '结论' }), valid_from_on: Day.nullable().meta({ zh: '检验日' }), valid_to_on: Day.nullable().meta({ zh: '有效期至' }), days_left: z.int().nullable().meta({ zh: '剩余天数' }), light: Light, stops: z.boolean().meta({ zh: '过期须停用' }), file_count: z.int().meta({ zh: '附件' }),
})
export type CertRow = z.output<typeof CertRow>
export const CertFull = z.object({
  cert_id: Id, no: z.string().nullable().meta({ zh: '编号' }), issuer: z.string().meta({ zh: '单位' }), result: z.enum(['pass', 'conditional', 'fail']), valid_from_on: Day.meta({ zh: '检验日' }), valid_to_on: Day.meta({ zh: '有效期至' }), note: z.string().nullable().meta({ zh: '说明' }), made_by_name: z.string().meta({ zh: '登记人' }), made_at: Instant.meta({ zh: '登记时间' }), ended: z.string().nullable().meta({ zh: '注销' }),
  files: z.array(z.object({ file_id: Id, name: z.string() })), told: z.array(z.object({ step: z.string(), days_left: z.int(), told_count: z.int(), told_at: Instant })),
})
export type CertFull = z.output<typeof CertFull>
export const CertFilter = z.object({ community_id: Id.optional(), kind_id: Id.optional(), subject: Subject.optional(), light: Light.optional(), equipment_id: Id.optional(), q: Text(40).optional() })
export type CertFilter = z.output<typeof CertFilter>

export const certCalls = {
  certKinds: read({ zh: '检验与证件种类', may: 'equipment.device.read', takes: z.object({}), gives: z.object({ rows: z.array(CertKind), policy: CertPolicy }) }),
  saveCertKind: write({ zh: '保存检验种类', may: 'equipment.setup.write', takes: Repeatable.extend({ kind_id: Id.optional(), name: Needed(40).meta({ zh: '名称' }), subject: Subject, category_ids: z.array(Id).max(50).meta({ zh: '适用设备' }), sort_no: z.int().min(0).max(9999).meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }) }), gives: z.object({ kind_id: Id }), refuses: ['equipment.name_taken', 'equipment.subject_fixed'] }),
  /** From a day on; what was registered before keeps its dates. */
  publishCertRule: write({ zh: '设定检验规则', may: 'equipment.setup.write', takes: Repeatable.extend({ kind_id: Id, from_on: Day.meta({ zh: '生效日' }), ...RuleShape }), gives: z.object({ rule_id: Id }), refuses: ['equipment.from_past'] }),
  saveCertPolicy: write({ zh: '设定到期提醒', may: 'equipment.setup.write', takes: Repeatable.extend(CertPolicy.shape), gives: z.object({ from_on: Day }), refuses: ['equipment.from_past'] }),
  certBoard: read({ zh: '检验与证件看板', may: 'equipment.device.read', takes: Paging.extend(CertFilter.shape), gives: pageOf(CertRow).extend({ counts: z.record(Light, z.int()) }) }),
  certBoardExcel: download({ zh: '导出检验与证件', may: 'equipment.device.export', takes: CertFilter, refuses: ['equipment.too_many_rows'] }),
  /** Everything that was ever registered for one subject, newest first. */
  certHistory: read({ zh: '检验与证件历史', may: 'equipment.device.read', takes: z.object({ kind_id: Id, community_id: Id, equipment_id: Id.nullable(), account_id: Id.nullable(), holder: Text(30).nullable() }), gives: z.object({ rows: z.array(CertFull) }) }),
  saveCert: write({
    zh: '登记检验与证件', may: 'equipment.cert.write',
    takes: Repeatable.extend({ kind_id: Id.meta({ zh: '种类' }), community_id: Id.meta({ zh: '小区' }), equipment_id: Id.nullable().meta({ zh: '设备' }), account_id: Id.nullable().meta({ zh: '持证员工' }), holder: Text(30).nullable().meta({ zh: '持证人' }), no: Text(60).nullable().meta({ zh: '证书或报告编号' }), issuer: Needed(60).meta({ zh: '检验、发证或作业单位' }), result: z.enum(['pass', 'conditional', 'fail']).meta({ zh: '结论' }), valid_from_on: Day.meta({ zh: '检验日或有效期起' }), valid_to_on: Day.optional().meta({ zh: '有效期至' }), note: Text(300).nullable().meta({ zh: '说明' }), file_ids: z.array(Id).max(FILES_MAX, `最多 ${FILES_MAX} 个附件`).meta({ zh: '附件' }) }),
    gives: z.object({ cert_id: Id, valid_to_on: Day }),
    refuses: ['equipment.cert_kind_gone', 'equipment.cert_subject', 'equipment.evidence_needed', 'equipment.no_file', 'equipment.days_crossed', 'equipment.day_future', 'equipment.elsewhere', 'equipment.keeper_gone'],
  }),
  endCert: write({ zh: '注销检验与证件', may: 'equipment.cert.write', takes: Repeatable.extend({ cert_id: Id, reason: Reason }), gives: z.object({ cert_id: Id }), refuses: ['equipment.cert_ended'] }),
  certFile: download({ zh: '查看证件附件', may: 'equipment.device.read', takes: z.object({ cert_id: Id, file_id: Id }) }),
}

export const WaterItem = z.object({ name: Needed(20).meta({ zh: '项目' }), low: Decimal.nullable().meta({ zh: '下限' }), high: Decimal.nullable().meta({ zh: '上限' }), unit: Text(16).nullable().meta({ zh: '单位' }), /** '不得检出', '无': what is written instead of a number. */ words: Text(20).nullable().meta({ zh: '应为' }) })
export type WaterItem = z.output<typeof WaterItem>
export const WaterResult = WaterItem.extend({ value: z.string(), ok: z.boolean() })
export type WaterResult = z.output<typeof WaterResult>
export const WaterTest = z.object({
  test_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), equipment_id: Id.nullable(), device_name: z.string().nullable().meta({ zh: '水箱' }), sampled_on: Day.meta({ zh: '采样日' }), place: z.string().meta({ zh: '采样点' }), lab: z.string().meta({ zh: '检测单位' }), report_no: z.string().nullable().meta({ zh: '报告编号' }), results: z.array(WaterResult).meta({ zh: '结果' }), passed: z.boolean().meta({ zh: '结论' }), has_file: z.boolean().meta({ zh: '报告' }), note: z.string().nullable().meta({ zh: '说明' }), made_by_name: z.string().meta({ zh: '登记人' }), published_at: Instant.nullable().meta({ zh: '公示时间' }), withdrawn: z.string().nullable().meta({ zh: '撤下原因' }),
})
export type WaterTest = z.output<typeof WaterTest>
export const MyWater = WaterTest.pick({ test_id: true, community_id: true, community_name: true, sampled_on: true, place: true, lab: true, report_no: true, results: true, passed: true, published_at: true }).extend({ cleaned_on: Day.nullable().meta({ zh: '水箱清洗消毒' }), cleaned_by: z.string().nullable().meta({ zh: '清洗单位' }) })
export type MyWater = z.output<typeof MyWater>
export const WaterFilter = z.object({ community_id: Id.optional(), equipment_id: Id.optional(), failed: z.boolean().optional(), from_on: Day.optional(), to_on: Day.optional() })
export type WaterFilter = z.output<typeof WaterFilter>
export const waterCalls = {
  waterLimits: read({ zh: '水质限值', may: 'equipment.device.read', takes: z.object({}), gives: z.object({ from_on: Day, basis: z.string().meta({ zh: '依据' }), items: z.array(WaterItem) }) }),
  saveWaterLimits: write({ zh: '设定水质限值', may: 'equipment.setup.write', takes: Repeatable.extend({ from_on: Day.meta({ zh: '生效日' }), basis: Needed(100).meta({ zh: '依据' }), items: z.array(WaterItem).min(1, '至少一项').max(40, '最多 40 项').meta({ zh: '项目与限值' }) }), gives: z.object({ from_on: Day }), refuses: ['equipment.from_past', 'equipment.limits_crossed'] }),
  waterTests: read({ zh: '水质检测列表', may: 'equipment.device.read', takes: Paging.extend(WaterFilter.shape), gives: pageOf(WaterTest) }),
  waterTestsExcel: download({ zh: '导出水质检测', may: 'equipment.device.export', takes: WaterFilter, refuses: ['equipment.too_many_rows'] }),
  saveWaterTest: write({ zh: '登记水质检测', may: 'equipment.cert.write', takes: Repeatable.extend({ community_id: Id.meta({ zh: '小区' }), equipment_id: Id.nullable().meta({ zh: '水箱' }), sampled_on: Day.meta({ zh: '采样日' }), place: Needed(60).meta({ zh: '采样点' }), lab: Needed(60).meta({ zh: '检测单位' }), report_no: Text(60).nullable().meta({ zh: '报告编号' }), values: z.array(z.object({ name: Needed(20), value: Text(20) })).max(40).meta({ zh: '检测结果' }), file_id: Id.nullable().meta({ zh: '报告' }), note: Text(300).nullable().meta({ zh: '说明' }) }), gives: z.object({ test_id: Id, passed: z.boolean() }), refuses: ['equipment.day_future', 'equipment.elsewhere', 'equipment.no_file', 'equipment.value_wrong', 'equipment.no_values'] }),
  publishWaterTest: write({ zh: '公示水质检测', may: 'equipment.cert.write', takes: Repeatable.extend({ test_id: Id }), gives: z.object({ test_id: Id }), refuses: ['equipment.water_published'] }),
  withdrawWaterTest: write({ zh: '撤下水质公示', may: 'equipment.cert.write', takes: Repeatable.extend({ test_id: Id, reason: Reason }), gives: z.object({ test_id: Id }), refuses: ['equipment.water_not_published'] }),
  waterReport: download({ zh: '查看水质报告', may: 'equipment.device.read', takes: z.object({ test_id: Id }) }),
  /** The newest test that was posted for each community in which one has a house. */
  myWater: read({ zh: '我的小区水质', may: 'resident', takes: z.object({}), gives: z.object({ rows: z.array(MyWater) }) }),
}
