// Shapes of sharing public utilities (公摊); part of the contract, apart for length.
import { z } from 'zod'
import { Can, Day, Decimal, FenShape, Id, Instant, Month, Needed, Text } from '../../kernel/shapes.ts'
import { HouseKind } from '../property/contract.ts'
import { MeterKind } from './shapes.ts'

export const ShareKind = z.enum(['water', 'electricity', 'gas', 'heat', 'other']).meta({ zh: '种类' })
export const SharePlace = z.enum(['community', 'building', 'unit', 'list']).meta({ zh: '分摊范围' })
/** area; household: one each; usage: of the house's own meters; weight: as set for each house. */
export const ShareMethod = z.enum(['area', 'household', 'usage', 'weight']).meta({ zh: '分摊方法' })
/** usage: counts; less: is taken off; loss: main meter less its parts, that is public use and loss. */
export const ShareTake = z.enum(['usage', 'less', 'loss']).meta({ zh: '取法' })
const Coefficient = z.string().regex(/^\d{1,8}(\.\d{1,4})?$/, '应为数字,小数不超过 4 位').meta({ zh: '系数' })
const Percent = z.string().regex(/^(100(\.0{1,2})?|\d{1,2}(\.\d{1,2})?)$/, '应为 0 到 100')
export const FloorBand = z.object({ from_floor: z.int().min(-20).max(300).meta({ zh: '起始层' }), to_floor: z.int().min(-20).max(300).meta({ zh: '止层' }), coefficient: Coefficient })
export const ShareSource = z.object({ point_id: Id.meta({ zh: '表计' }), take: ShareTake })

export const ShareGroupFields = {
  community_id: Id.meta({ zh: '小区' }),
  name: Needed(40).meta({ zh: '名称' }),
  kind: ShareKind,
  place: SharePlace,
  building_id: Id.nullable().optional().meta({ zh: '楼栋' }),
  unit_id: Id.nullable().optional().meta({ zh: '单元' }),
  house_kinds: z.array(HouseKind).min(1, '至少选一类房产').max(6).meta({ zh: '适用房产类别' }),
}
export const ShareRuleFields = {
  group_id: Id,
  from_on: Day.meta({ zh: '生效日' }),
  method: ShareMethod,
  area_kind: z.enum(['built', 'inner', 'heated']).nullable().optional().meta({ zh: '面积口径' }),
  usage_kind: MeterKind.nullable().optional().meta({ zh: '按哪种表的用量' }),
  floors: z.array(FloorBand).max(100).meta({ zh: '楼层系数' }),
  vacant_percent: Percent.meta({ zh: '空置户承担 %' }),
  unsold_percent: Percent.meta({ zh: '未售户承担 %' }),
  /** price: quantity of the sources × unit price; invoice: the supplier's amount, typed with each split. */
  source: z.enum(['price', 'invoice']).meta({ zh: '金额来源' }),
  unit_price: Decimal.refine((v) => !v.startsWith('-'), '不能为负').nullable().optional().meta({ zh: '单价(元)' }),
  sources: z.array(ShareSource).max(50).meta({ zh: '公摊用量来自' }),
  basis: Needed(100).meta({ zh: '依据' }),
}
export const ShareRuleRow = z.object({
  rule_id: Id, from_on: Day, method: ShareMethod, area_kind: z.enum(['built', 'inner', 'heated']).nullable(), usage_kind: MeterKind.nullable(), floors: z.array(FloorBand), vacant_percent: z.string(), unsold_percent: z.string(),
  source: z.enum(['price', 'invoice']), unit_price: z.string().nullable(), basis: z.string(), created_by_name: z.string().nullable(), created_at: Instant,
  sources: z.array(z.object({ point_id: Id, take: ShareTake, name: z.string() })),
})
export type ShareRuleRow = z.output<typeof ShareRuleRow>
export const ShareGroupRow = z.object({
  group_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), name: z.string().meta({ zh: '名称' }), kind: ShareKind, place: SharePlace, building_id: Id.nullable(), unit_id: Id.nullable(), place_name: z.string().meta({ zh: '范围' }),
  house_kinds: z.array(HouseKind), disabled: z.boolean(), member_count: z.int().meta({ zh: '单独设定的户' }),
  rule: ShareRuleRow.pick({ rule_id: true, method: true, source: true, unit_price: true, from_on: true }).nullable(),
  last: z.object({ split_id: Id, period: Month, total_fen: FenShape, state: z.enum(['draft', 'published']) }).nullable(),
  can: Can('write', 'split'),
})
export type ShareGroupRow = z.output<typeof ShareGroupRow>
export const ShareMemberRow = z.object({ house_id: Id, house_label: z.string().meta({ zh: '房号' }), building_name: z.string(), floor_no: z.int(), coefficient: z.string().meta({ zh: '系数' }), from_on: Day, to_on: Day.nullable(), note: z.string().nullable() })
export const ShareMemberIn = z.object({ house_id: Id, coefficient: Coefficient, from_on: Day, to_on: Day.nullable().optional(), note: Text(60).nullable().optional() })

export const SplitState = z.enum(['draft', 'published', 'void']).meta({ zh: '状态' })
export const ShareSplitRow = z.object({
  split_id: Id, group_id: Id, group_name: z.string().meta({ zh: '公摊组' }), community_id: Id, community_name: z.string(), kind: ShareKind, period: Month.meta({ zh: '账期' }), state: SplitState, method: ShareMethod,
  quantity: z.string().nullable().meta({ zh: '公摊用量' }), unit_price: z.string().nullable().meta({ zh: '单价' }), total_fen: FenShape.meta({ zh: '总额' }), invoice_no: z.string().nullable().meta({ zh: '供应商账单号' }), weight_sum: z.string(), house_count: z.int().meta({ zh: '户数' }),
  parts_hash: z.string(), created_by_name: z.string().nullable().meta({ zh: '制单人' }), created_at: Instant.meta({ zh: '制单时间' }), published_by_name: z.string().nullable().meta({ zh: '发布人' }), published_at: Instant.nullable().meta({ zh: '发布时间' }), void_reason: z.string().nullable(),
  /** publish: by another than the maker; redo and discard: while a draft. */
  can: Can('publish', 'redo', 'discard', 'void'),
})
export type ShareSplitRow = z.output<typeof ShareSplitRow>
export const SharePartRow = z.object({
  house_id: Id, house_label: z.string().meta({ zh: '房号' }), building_name: z.string().meta({ zh: '楼栋' }), floor_no: z.int(), house_state: z.string(), payer_name: z.string().nullable().meta({ zh: '缴费人' }), base: z.string(), floor_coefficient: z.string(), coefficient: z.string(), percent: z.string(), weight: z.string().meta({ zh: '权重' }), amount_fen: FenShape.meta({ zh: '应摊' }),
})
export type SharePartRow = z.output<typeof SharePartRow>
export const DraftSplit = { period: Month.meta({ zh: '账期' }), total_fen: FenShape.min(1).max(100_000_000_00).optional().meta({ zh: '账单金额' }), invoice_no: Text(40).optional().meta({ zh: '供应商账单号' }) }
export const UsageLine = z.object({ point_id: Id, name: z.string(), take: ShareTake, usage: z.string().nullable(), less: z.string().nullable(), counted: z.string().nullable() })

export const BalanceRow = z.object({
  point_id: Id, meter_id: Id, no: z.string().meta({ zh: '表号' }), name: z.string().meta({ zh: '总表' }), kind: MeterKind, community_id: Id, community_name: z.string(), parent_name: z.string().nullable(),
  main_usage: z.string().nullable().meta({ zh: '总表用量' }), sub_usage: z.string().meta({ zh: '分表合计' }), loss: z.string().nullable().meta({ zh: '差额' }),
  /** Loss over the main usage in ten-thousandths. */
  loss_bp: z.int().nullable().meta({ zh: '损耗率' }), limit_bp: z.int().meta({ zh: '上限' }), sub_count: z.int().meta({ zh: '分表数' }), missing_count: z.int().meta({ zh: '缺读数' }), estimate_count: z.int().meta({ zh: '估抄' }),
  /** over: above the limit; negative: parts exceed the main; incomplete: readings are missing, so nothing can be said. */
  verdict: z.enum(['good', 'over', 'negative', 'incomplete']).meta({ zh: '结论' }),
})
export type BalanceRow = z.output<typeof BalanceRow>
export const BalancePart = z.object({ point_id: Id, meter_id: Id, no: z.string(), house_id: Id.nullable(), name: z.string().meta({ zh: '位置' }), building_name: z.string().nullable(), usage: z.string().nullable().meta({ zh: '用量' }), share_bp: z.int().nullable().meta({ zh: '占总表' }), estimated: z.boolean(), state: z.enum(['good', 'suspect', 'corrected', 'missing']), child_count: z.int() })
