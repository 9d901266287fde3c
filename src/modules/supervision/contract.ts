// Government supervision (政府监管, GOV-01, GOV-03): an authority's districts, its register of communities and companies, survey, rates against dated targets;
// what a property company reports of its communities, seen by exactly those two.
import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Can, Day, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { Area, CODES, CreditCode, ClassScheme, DISTRICT_KINDS, District, HAND_ANSWERS, HAND_CODES, PlaceClass, PlaceFilter, PlaceRow, Rate, ReportRow, Reported, Surveyed, TENURE_KINDS, Target, Tenure } from './shapes.ts'

export * from './shapes.ts'
const READ = 'supervision.register.read'
const EXPORT = 'supervision.register.export'
const WRITE = 'supervision.register.write'
const SETUP = 'supervision.setup.write'
const SURVEY = 'supervision.survey.write'
const SEE = 'supervision.report.read'
const SEND = 'supervision.report.send'
const OfPlace = Repeatable.extend({ place_id: Id })

export const PlaceFull = PlaceRow.extend({ note: z.string().nullable(), retire_reason: z.string().nullable(), tenures: z.array(Tenure), surveyed: z.array(Surveyed), reports: z.array(ReportRow), history: z.array(z.object({ code: z.enum(CODES), answer: z.enum(HAND_ANSWERS), said: z.string(), made_by_name: z.string(), made_at: Instant })), can: Can('edit', 'hold') })
export type PlaceFull = z.output<typeof PlaceFull>
export const FirmRow = z.object({ firm_id: Id, name: z.string().meta({ zh: '企业名称' }), credit_code: z.string().nullable().meta({ zh: '统一社会信用代码' }), address: z.string().nullable().meta({ zh: '地址' }), phone: z.string().nullable().meta({ zh: '单位电话' }), note: z.string().nullable().meta({ zh: '备注' }), retired: z.boolean().meta({ zh: '已注销' }), reporting: z.boolean().meta({ zh: '企业报送' }), place_count: z.int().meta({ zh: '在管小区' }), area_sum_m2: z.string().meta({ zh: '在管面积' }), household_sum_count: z.int().meta({ zh: '在管户数' }) })
export type FirmRow = z.output<typeof FirmRow>
export const FirmFilter = z.object({ q: Text(40).optional(), retired: z.boolean().optional() })
export type FirmFilter = z.output<typeof FirmFilter>
export const Incoming = z.object({ company_id: z.int(), community_id: Id, link_id: Id, company_name: z.string().meta({ zh: '物业公司' }), community_name: z.string().meta({ zh: '小区' }), district_id: Id, district_name: z.string().meta({ zh: '报送辖区' }), joined_at: Instant.meta({ zh: '加入时间' }), report_count: z.int().meta({ zh: '报送次数' }), last: ReportRow.nullable(), place_id: Id.nullable(), place_name: z.string().nullable().meta({ zh: '对应小区' }), suggestions: z.array(z.object({ place_id: Id, name: z.string(), district_path: z.string() })), ended: z.string().nullable(), can: Can('adopt', 'refuse') })
export type Incoming = z.output<typeof Incoming>
export const SurveyRow = z.object({ survey_id: Id, title: z.string().meta({ zh: '名称' }), from_on: Day.meta({ zh: '起' }), to_on: Day.meta({ zh: '止' }), note: z.string().nullable().meta({ zh: '要求' }), made_by_name: z.string().meta({ zh: '发起人' }), place_count: z.int().meta({ zh: '应排查' }), done_count: z.int().meta({ zh: '已排查' }), classes: z.array(z.object({ name: z.string(), count: z.int() })), closed: z.string().nullable(), state: z.enum(['coming', 'running', 'late', 'closed']).meta({ zh: '状态' }), can: Can('enter', 'close') })
export type SurveyRow = z.output<typeof SurveyRow>
const SurveyPlace = z.object({ place_id: Id, name: z.string().meta({ zh: '小区' }), district_path: z.string().meta({ zh: '辖区' }), household_count: z.int().nullable().meta({ zh: '户数' }), class: z.string().nullable().meta({ zh: '分类' }), found: z.string().nullable().meta({ zh: '情况' }), on_day: Day.nullable().meta({ zh: '排查日' }), made_by_name: z.string().nullable().meta({ zh: '登记人' }) })
export type SurveyPlace = z.output<typeof SurveyPlace>
export const SurveyFilter = z.object({ survey_id: Id, state: z.enum(['done', 'open']).optional(), class: Text(20).optional(), district_id: Id.optional(), q: Text(40).optional() })
export type SurveyFilter = z.output<typeof SurveyFilter>
const Count = z.object({ key: z.string(), place_count: z.int(), household_count: z.int(), area_m2: z.string() })
const Overview = z.object({ authority: z.string(), district_id: Id.nullable(), place_count: z.int(), household_count: z.int(), area_m2: z.string(), firm_count: z.int(), reporting_count: z.int(), over_count: z.int(), rates: z.array(Rate), by_managed: z.array(Count), by_class: z.array(Count), by_kind: z.array(Count), by_district: z.array(z.object({ district_id: Id, name: z.string(), place_count: z.int(), household_count: z.int(), area_m2: z.string(), none_count: z.int(), rates: z.array(Rate) })) })
export type Overview = z.output<typeof Overview>
export const LinkRow = z.object({ link_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), authority_name: z.string().meta({ zh: '主管部门' }), district_name: z.string().meta({ zh: '辖区' }), made_by_name: z.string().meta({ zh: '办理人' }), made_at: Instant.meta({ zh: '加入时间' }), report_count: z.int().meta({ zh: '报送次数' }), last_on: Day.nullable().meta({ zh: '最近报送' }), last_by: z.string().nullable().meta({ zh: '报送人' }), ended: z.string().nullable(), can: Can('send', 'leave') })
export type LinkRow = z.output<typeof LinkRow>

export const supervision = contract('supervision', {
  overview: read({ zh: '监管总览', may: READ, takes: z.object({ district_id: Id.optional() }), gives: Overview }),
  overviewPdf: download({ zh: '打印监管统计表', may: READ, takes: z.object({ district_id: Id.optional() }) }),
  districts: read({ zh: '辖区', may: READ, takes: z.object({}), gives: z.object({ rows: z.array(District) }) }),
  saveDistrict: write({ zh: '保存辖区', may: SETUP, takes: Repeatable.extend({ district_id: Id.optional(), parent_id: Id.nullable().default(null).meta({ zh: '上级' }), kind: z.enum(DISTRICT_KINDS).meta({ zh: '级别' }), name: Needed(30).meta({ zh: '名称' }), sort_no: z.int().min(0).max(9999).default(0).meta({ zh: '排序' }), retired: z.boolean().default(false).meta({ zh: '停用' }) }), gives: z.object({ district_id: Id }), refuses: ['supervision.district_taken', 'supervision.district_level', 'supervision.district_used', 'supervision.too_many_districts'] }),
  /** The code is shown once; what is kept is its digest. */
  makeInvite: write({ zh: '生成报送邀请码', may: SETUP, takes: Repeatable.extend({ district_id: Id.meta({ zh: '辖区' }), days: z.int().min(1, '1 至 90 天').max(90, '1 至 90 天').default(14).meta({ zh: '几天内有效' }) }), gives: z.object({ invite_token: z.string(), until_on: Day }) }),
  invites: read({ zh: '报送邀请码', may: READ, takes: z.object({}), gives: z.object({ rows: z.array(z.object({ invite_id: Id, code_tail: z.string(), district_name: z.string(), until_on: Day, made_by_name: z.string(), made_at: Instant, live: z.boolean(), used_count: z.int() })) }) }),
  targets: read({ zh: '指标目标', may: READ, takes: z.object({}), gives: z.object({ rows: z.array(Target) }) }),
  publishTarget: write({ zh: '发布指标目标', may: SETUP, takes: Repeatable.extend({ code: z.enum(CODES).meta({ zh: '指标' }), from_on: Day.meta({ zh: '生效日' }), target_bp: z.int().min(0).max(10_000).meta({ zh: '目标' }), counted: z.array(z.enum(TENURE_KINDS)).max(3).default([]).meta({ zh: '计入的管理方式' }), basis: Needed(200).meta({ zh: '依据' }) }), gives: z.object({ target_id: Id }), refuses: ['supervision.from_past', 'supervision.counted_none'] }),
  classes: read({ zh: '排查分类', may: READ, takes: z.object({}), gives: ClassScheme }),
  publishClasses: write({ zh: '发布排查分类', may: SETUP, takes: Repeatable.extend({ from_on: Day.meta({ zh: '生效日' }), classes: z.array(PlaceClass).min(2, '至少两类').max(10, '最多 10 类').meta({ zh: '分类' }), basis: Needed(200).meta({ zh: '依据' }) }), gives: z.object({ scheme_id: Id }), refuses: ['supervision.from_past', 'supervision.class_twice'] }),

  places: read({ zh: '小区登记', may: READ, takes: Paging.extend(PlaceFilter.shape), gives: pageOf(PlaceRow).extend({ built_area_sum_m2: z.string(), household_sum_count: z.int(), kinds: z.array(z.string()), classes: z.array(z.string()) }) }),
  placesExcel: download({ zh: '导出小区登记', may: EXPORT, takes: PlaceFilter, refuses: ['supervision.too_many_rows'] }),
  place: read({ zh: '小区监管档案', may: READ, takes: z.object({ place_id: Id }), gives: PlaceFull }),
  savePlace: write({ zh: '登记小区', may: WRITE, takes: Repeatable.extend({ place_id: Id.optional(), district_id: Id.meta({ zh: '辖区' }), name: Needed(60).meta({ zh: '小区名称' }), kind: Needed(12).meta({ zh: '类型' }), address: Text(100).nullable().default(null).meta({ zh: '地址' }), built_area_m2: Area.nullable().default(null).meta({ zh: '建筑面积' }), household_count: z.int().min(0).max(200_000).nullable().default(null).meta({ zh: '户数' }), building_count: z.int().min(0).max(2000).nullable().default(null).meta({ zh: '楼栋' }), built_year: z.int().min(1900).max(2200).nullable().default(null).meta({ zh: '建成年份' }), fit: z.boolean().default(true).meta({ zh: '具备物业管理条件' }), note: Text(300).nullable().default(null).meta({ zh: '备注' }) }), gives: z.object({ place_id: Id }), refuses: ['supervision.place_taken', 'supervision.district_over'] }),
  retirePlace: write({ zh: '撤销小区登记', may: WRITE, takes: OfPlace.extend({ reason: Reason }), gives: z.object({ place_id: Id }), refuses: ['supervision.place_retired', 'supervision.place_held'] }),
  setFact: write({ zh: '登记小区指标', may: WRITE, takes: OfPlace.extend({ code: z.enum(HAND_CODES).meta({ zh: '指标' }), answer: z.enum(HAND_ANSWERS).meta({ zh: '情况' }), said: Needed(200).meta({ zh: '依据' }) }), gives: z.object({ fact_id: Id }), refuses: ['supervision.place_retired'] }),
  startTenure: write({ zh: '登记管理单位或街道接管', may: WRITE, takes: OfPlace.extend({ kind: z.enum(TENURE_KINDS).meta({ zh: '管理方式' }), firm_id: Id.nullable().default(null).meta({ zh: '物业企业' }), holder: Text(60).nullable().default(null).meta({ zh: '接管单位或自管组织' }), from_on: Day.meta({ zh: '起' }), until_on: Day.nullable().default(null).meta({ zh: '接管期限(含当天)' }), basis: Needed(200).meta({ zh: '依据' }) }), gives: z.object({ tenure_id: Id }), refuses: ['supervision.place_retired', 'supervision.tenure_overlaps', 'supervision.firm_needed', 'supervision.holder_needed', 'supervision.until_needed', 'supervision.days_crossed', 'supervision.day_future', 'supervision.firm_retired'] }),
  endTenure: write({ zh: '结束管理或接管', may: WRITE, takes: Repeatable.extend({ tenure_id: Id, to_on: Day.meta({ zh: '最后一天' }), reason: Reason }), gives: z.object({ tenure_id: Id }), refuses: ['supervision.tenure_over', 'supervision.days_crossed', 'supervision.day_future'] }),

  firms: read({ zh: '物业企业', may: READ, takes: Paging.extend(FirmFilter.shape), gives: pageOf(FirmRow) }),
  firmsExcel: download({ zh: '导出物业企业', may: EXPORT, takes: FirmFilter, refuses: ['supervision.too_many_rows'] }),
  saveFirm: write({ zh: '登记物业企业', may: WRITE, takes: Repeatable.extend({ firm_id: Id.optional(), name: Needed(80).meta({ zh: '企业名称' }), credit_code: CreditCode, address: Text(100).nullable().default(null).meta({ zh: '地址' }), phone: z.string().trim().regex(/^[0-9+()-]{5,20}$/, '5 到 20 位数字').nullable().default(null).meta({ zh: '单位电话' }), note: Text(300).nullable().default(null).meta({ zh: '备注' }), retired: z.boolean().default(false).meta({ zh: '已注销' }) }), gives: z.object({ firm_id: Id }), refuses: ['supervision.firm_taken', 'supervision.code_taken', 'supervision.code_wrong', 'supervision.firm_holds'] }),

  incoming: read({ zh: '企业报送', may: READ, takes: Paging.extend({ state: z.enum(['waiting', 'adopted', 'ended']).optional(), q: Text(40).optional() }), gives: pageOf(Incoming) }),
  /** Ties what a company reports to a place of the register: to one that is there, or to a new one made from the report. */
  adopt: write({ zh: '对应企业报送', may: WRITE, takes: Repeatable.extend({ link_id: Id, place_id: Id.nullable().default(null).meta({ zh: '对应的小区' }) }), gives: z.object({ place_id: Id, firm_id: Id }), refuses: ['supervision.not_reported', 'supervision.adopted', 'supervision.place_has_reporter', 'supervision.place_taken', 'supervision.place_retired', 'supervision.link_over'] }),
  refuseLink: write({ zh: '退回企业报送', may: WRITE, takes: Repeatable.extend({ link_id: Id, reason: Reason }), gives: z.object({ link_id: Id }), refuses: ['supervision.link_over'] }),

  surveys: read({ zh: '小区排查', may: READ, takes: z.object({}), gives: z.object({ rows: z.array(SurveyRow) }) }),
  survey: read({ zh: '排查明细', may: READ, takes: Paging.extend(SurveyFilter.shape), gives: pageOf(SurveyPlace).extend({ survey: SurveyRow }) }),
  surveyExcel: download({ zh: '导出排查明细', may: EXPORT, takes: SurveyFilter, refuses: ['supervision.too_many_rows'] }),
  startSurvey: write({ zh: '发起排查', may: SURVEY, takes: Repeatable.extend({ title: Needed(60).meta({ zh: '名称' }), from_on: Day.meta({ zh: '起' }), to_on: Day.meta({ zh: '止(含当天)' }), note: Text(300).nullable().default(null).meta({ zh: '要求' }) }), gives: z.object({ survey_id: Id }), refuses: ['supervision.survey_taken', 'supervision.days_crossed'] }),
  enterSurvey: write({ zh: '登记排查结果', may: SURVEY, takes: Repeatable.extend({ survey_id: Id, place_id: Id, class: Needed(10).meta({ zh: '分类' }), found: Needed(300).meta({ zh: '情况' }), on_day: Day.meta({ zh: '排查日' }) }), gives: z.object({ surveyed_id: Id }), refuses: ['supervision.survey_closed', 'supervision.class_unknown', 'supervision.day_future', 'supervision.days_crossed', 'supervision.place_retired'] }),
  closeSurvey: write({ zh: '结束排查', may: SURVEY, takes: Repeatable.extend({ survey_id: Id }), gives: z.object({ survey_id: Id, open_count: z.int() }), refuses: ['supervision.survey_closed'] }),

  links: read({ zh: '监管报送', may: SEE, takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(LinkRow) }) }),
  whoInvites: read({ zh: '查看邀请码的主管部门', may: SEND, takes: z.object({ code: Needed(20).meta({ zh: '邀请码' }) }), gives: z.object({ authority_name: z.string(), district_name: z.string(), until_on: Day }), refuses: ['supervision.code_unknown', 'supervision.code_over'] }),
  join: write({ zh: '加入监管报送', may: SEND, takes: Repeatable.extend({ code: Needed(20).meta({ zh: '邀请码' }), community_id: Id.meta({ zh: '小区' }) }), gives: z.object({ link_id: Id }), refuses: ['supervision.code_unknown', 'supervision.code_over', 'supervision.linked'] }),
  /** Exactly what would be sent now. */
  preview: read({ zh: '预览报送内容', may: SEE, takes: z.object({ community_id: Id }), gives: z.object({ report: Reported, missing: z.array(z.enum(CODES)) }) }),
  declare: write({ zh: '填写报送指标', may: SEND, takes: Repeatable.extend({ community_id: Id, code: z.enum(['tender']).default('tender'), answer: z.enum(HAND_ANSWERS).meta({ zh: '招投标' }), said: Needed(200).meta({ zh: '依据' }) }), gives: z.object({ declared_id: Id }) }),
  send: write({ zh: '报送', may: SEND, takes: Repeatable.extend({ link_id: Id }), gives: z.object({ report_id: Id, report_no: z.int() }), refuses: ['supervision.link_over', 'supervision.same_again'] }),
  sent: read({ zh: '报送记录', may: SEE, takes: Paging.extend({ link_id: Id }), gives: pageOf(ReportRow) }),
  leave: write({ zh: '停止报送', may: SEND, takes: Repeatable.extend({ link_id: Id, reason: Reason }), gives: z.object({ link_id: Id }), refuses: ['supervision.link_over'] }),
})
export const events = {}
