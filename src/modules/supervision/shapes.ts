// Shapes that the contract of supervision uses in several places.
import { z } from 'zod'
import { Can, Day, Id, Instant, Needed, Text } from '../../kernel/shapes.ts'

export const CODES = ['tender', 'preliminary', 'covenant', 'manager', 'managed', 'committee'] as const
/** What an authority enters by hand; who manages a community says the tenure. */
export const HAND_CODES = ['tender', 'preliminary', 'covenant', 'manager', 'committee'] as const
export const ANSWERS = ['yes', 'no', 'na', 'unknown'] as const
export const HAND_ANSWERS = ['yes', 'no', 'na'] as const
export const DISTRICT_KINDS = ['county', 'street', 'neighbourhood'] as const
export const TENURE_KINDS = ['company', 'office', 'self'] as const
export const MANAGED_BY = ['company', 'office', 'self', 'none'] as const
/** Begun with; an authority writes its own. */
export const PLACE_KINDS = ['商品房', '保障性住房', '房改房', '老旧小区', '单位家属院', '安置房', '其他'] as const
export const DISTRICTS_MAX = 500
export type Code = (typeof CODES)[number]
export type Answer = (typeof ANSWERS)[number]

export const Area = z.string().trim().regex(/^\d{1,9}(\.\d{1,2})?$/, '应为平方米数,小数不超过 2 位')
export const CreditCode = z.string().trim().toUpperCase().regex(/^[0-9A-HJ-NPQRTUWXY]{18}$/, '应为 18 位统一社会信用代码').nullable().default(null).meta({ zh: '统一社会信用代码' })
export const District = z.object({ district_id: Id, parent_id: Id.nullable(), kind: z.enum(DISTRICT_KINDS), name: z.string(), path: z.string(), sort_no: z.int(), retired: z.boolean(), place_count: z.int() })
export type District = z.output<typeof District>

export const Fact = z.object({ code: z.enum(CODES), answer: z.enum(ANSWERS), numerator_count: z.int(), denominator_count: z.int(), said: z.string().nullable(), source: z.enum(['report', 'hand', 'tenure', 'none']), at: Instant.nullable(), by_name: z.string().nullable() })
export type Fact = z.output<typeof Fact>
export const PlaceRow = z.object({
  place_id: Id, name: z.string().meta({ zh: '小区' }), district_id: Id, district_path: z.string().meta({ zh: '辖区' }), kind: z.string().meta({ zh: '类型' }), address: z.string().nullable().meta({ zh: '地址' }), built_area_m2: z.string().nullable().meta({ zh: '建筑面积' }), household_count: z.int().nullable().meta({ zh: '户数' }), building_count: z.int().nullable().meta({ zh: '楼栋' }), built_year: z.int().nullable().meta({ zh: '建成年份' }), fit: z.boolean().meta({ zh: '具备物业管理条件' }),
  managed_by: z.enum(MANAGED_BY).meta({ zh: '管理方式' }), manager: z.string().nullable().meta({ zh: '管理单位' }), firm_id: Id.nullable(), until_on: Day.nullable().meta({ zh: '接管期限' }), class: z.string().nullable().meta({ zh: '排查分类' }), reported_on: Day.nullable().meta({ zh: '最近报送' }), reporting: z.boolean().meta({ zh: '企业报送' }), retired: z.boolean(),
  facts: z.array(Fact),
})
export type PlaceRow = z.output<typeof PlaceRow>
export const PlaceFilter = z.object({ q: Text(40).optional(), district_id: Id.optional(), kind: Text(12).optional(), managed_by: z.enum(MANAGED_BY).optional(), class: Text(20).optional(), code: z.enum(CODES).optional(), answer: z.enum(ANSWERS).optional(), firm_id: Id.optional(), fit: z.boolean().optional(), reporting: z.boolean().optional(), over: z.boolean().optional(), retired: z.boolean().optional(), place_ids: z.array(Id).max(50).optional() })
export type PlaceFilter = z.output<typeof PlaceFilter>
export const Tenure = z.object({ tenure_id: Id, kind: z.enum(TENURE_KINDS), holder: z.string(), firm_id: Id.nullable(), from_on: Day, to_on: Day.nullable(), until_on: Day.nullable(), over: z.boolean(), basis: z.string(), end_reason: z.string().nullable(), made_by_name: z.string(), made_at: Instant, can: Can('end') })
export type Tenure = z.output<typeof Tenure>
export const Surveyed = z.object({ surveyed_id: Id, survey_title: z.string(), class: z.string(), found: z.string(), on_day: Day, made_by_name: z.string(), made_at: Instant })
export const ReportFact = z.object({ code: z.enum(CODES), answer: z.enum(ANSWERS), numerator_count: z.int(), denominator_count: z.int(), said: z.string() })
export type ReportFact = z.output<typeof ReportFact>
/** What leaves a company: of the community as a whole, no person in it. */
export const Reported = z.object({ company_name: z.string().meta({ zh: '公司' }), credit_code: z.string().nullable().meta({ zh: '统一社会信用代码' }), company_phone: z.string().nullable().meta({ zh: '服务电话' }), community_name: z.string().meta({ zh: '小区' }), address: z.string().nullable().meta({ zh: '地址' }), built_area_m2: z.string().nullable().meta({ zh: '建筑面积' }), household_count: z.int().meta({ zh: '住宅户数' }), building_count: z.int().meta({ zh: '楼栋' }), facts: z.array(ReportFact) })
export type Reported = z.output<typeof Reported>
export const ReportRow = Reported.extend({ report_id: Id, report_no: z.int(), sent_on: Day.meta({ zh: '报送日' }), sent_at: Instant, sent_by_name: z.string().meta({ zh: '报送人' }) })
export type ReportRow = z.output<typeof ReportRow>

export const Rate = z.object({ code: z.enum(CODES), numerator_count: z.int(), denominator_count: z.int(), rate_bp: z.int().nullable(), target_bp: z.int(), met: z.boolean().nullable(), unknown_count: z.int(), no_count: z.int() })
export type Rate = z.output<typeof Rate>
export const Target = z.object({ code: z.enum(CODES), from_on: Day, target_bp: z.int(), counted: z.array(z.enum(TENURE_KINDS)), basis: z.string(), next_from_on: Day.nullable() })
export type Target = z.output<typeof Target>
export const PlaceClass = z.object({ name: Needed(10).meta({ zh: '分类' }), means: Needed(80).meta({ zh: '含义' }) })
export const ClassScheme = z.object({ from_on: Day, classes: z.array(PlaceClass), basis: z.string(), next_from_on: Day.nullable() })
export type ClassScheme = z.output<typeof ClassScheme>
