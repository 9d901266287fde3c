// Material on orders: spare parts from stock, ad hoc purchases, what it cost, and who pays for a public place. Part of the contract, apart for length.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Decimal, FenShape, Id, Instant, Needed, Paging, Positive, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

const item = { name: Needed(40).meta({ zh: '名称' }), spec: Text(40).meta({ zh: '规格' }), unit: Needed(10).meta({ zh: '单位' }), reorder_level: Decimal.refine((v) => !v.startsWith('-'), '不能小于 0').meta({ zh: '补货线' }), retired: z.boolean().meta({ zh: '停用' }) }
export const StockItem = z.object({
  item_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), ...item, name: z.string().meta({ zh: '名称' }), spec: z.string().meta({ zh: '规格' }), unit: z.string().meta({ zh: '单位' }), reorder_level: z.string().meta({ zh: '补货线' }),
  on_hand: z.string().meta({ zh: '结存' }), value_fen: FenShape.meta({ zh: '结存金额' }), average: z.string().nullable().meta({ zh: '平均单价' }), low: z.boolean().meta({ zh: '要补货' }), last_at: Instant.nullable().meta({ zh: '最近变动' }),
  /** A count that waits for a second person. */
  counting: z.boolean(),
})
export type StockItem = z.output<typeof StockItem>
export const StockMove = z.object({
  move_no: z.int(), kind: z.enum(['in', 'out', 'back', 'count', 'give', 'get']).meta({ zh: '类别' }), quantity: z.string().meta({ zh: '数量' }), cost_fen: FenShape.meta({ zh: '金额' }), order_id: Id.nullable(), order_no: z.string().nullable().meta({ zh: '工单' }), paper: z.string().nullable().meta({ zh: '单据' }), note: z.string().nullable().meta({ zh: '说明' }), by_name: z.string().meta({ zh: '经办人' }), at: Instant.meta({ zh: '时间' }),
  /** After it. */
  on_hand: z.string().meta({ zh: '结存' }), value_fen: FenShape.meta({ zh: '结存金额' }),
})
export type StockMove = z.output<typeof StockMove>
export const StockFilter = z.object({ community_id: Id.optional(), low: z.boolean().optional(), q: Text(40).optional(), with_retired: z.boolean().optional() })
export type StockFilter = z.output<typeof StockFilter>

/** One line of cost on an order: from stock (signed, back is negative) or ad hoc. */
export const CostLine = z.object({
  kind: z.enum(['stock', 'adhoc']), id: z.string(), item_id: Id.nullable(), move_no: z.int().nullable(), name: z.string().meta({ zh: '名称' }), unit: z.string(), quantity: z.string().meta({ zh: '数量' }), back_quantity: z.string(), cost_fen: FenShape.meta({ zh: '金额' }), paper: z.string().nullable(), by_name: z.string().meta({ zh: '经办人' }), at: Instant, received_at: Instant.nullable(), undone: z.string().nullable(),
})
export type CostLine = z.output<typeof CostLine>
export const ChargeLink = z.object({ kind: z.enum(['spending', 'fund']), target_id: Id, title: z.string(), amount_fen: FenShape, state: z.string(), state_zh: z.string() })
export type ChargeLink = z.output<typeof ChargeLink>

const Quantity = Positive.refine((v) => (v.split('.')[1] ?? '').length <= 3, '小数不超过 3 位').meta({ zh: '数量' })
const DoneAt = z.iso.datetime({ offset: true }).optional().meta({ zh: '实际办理时间' })
const STOCK = 'orders.stock.write'
const OUT = ['orders.stock_short', 'orders.order_over'] as const
export const materialCalls = {
  stock: read({ zh: '备件库存', may: 'orders.order.read', takes: Paging.extend(StockFilter.shape), gives: pageOf(StockItem).extend({ value_fen_sum: FenShape }) }),
  stockExcel: download({ zh: '导出备件库存', may: 'orders.order.export', takes: StockFilter, refuses: ['orders.too_many_rows'] }),
  stockMoves: read({ zh: '备件流水', may: 'orders.order.read', takes: Paging.extend({ item_id: Id }), gives: pageOf(StockMove) }),
  saveStockItem: write({ zh: '保存备件', may: STOCK, takes: Repeatable.extend({ item_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), ...item }), gives: z.object({ item_id: Id }), refuses: ['orders.name_taken', 'orders.stock_left'] }),
  stockIn: write({ zh: '备件入库', may: STOCK, takes: Repeatable.extend({ item_id: Id, quantity: Quantity, cost_fen: FenShape.min(0).meta({ zh: '金额合计' }), paper: Needed(60).meta({ zh: '采购单或发票号' }), note: Text(100).optional().meta({ zh: '说明' }) }), gives: z.object({ on_hand: z.string(), value_fen: FenShape }) }),
  /** To the store of another community, at the moving average; a part that is not there yet is begun. */
  transferStock: write({ zh: '调拨备件', may: STOCK, takes: Repeatable.extend({ item_id: Id, to_community_id: Id.meta({ zh: '调入小区' }), quantity: Quantity, note: Text(100).optional().meta({ zh: '说明' }) }), gives: z.object({ on_hand: z.string(), other_item_id: Id, cost_fen: FenShape }), refuses: ['orders.stock_short', 'orders.stock_same', 'orders.unit_differs'] }),
  /** What was counted; a difference is booked when another person has agreed. */
  countStock: write({ zh: '盘点备件', may: STOCK, takes: Repeatable.extend({ item_id: Id, counted: Decimal.refine((v) => !v.startsWith('-'), '不能小于 0').meta({ zh: '实盘数量' }), reason: Reason }), gives: z.object({ difference: z.string(), approval_id: Id.nullable() }), refuses: ['orders.stock_counting', 'system.approval_nobody'] }),

  /** For all staff: the order decides who sees it. */
  orderCosts: read({ zh: '工单的材料与费用', may: 'signed_in', takes: z.object({ order_id: Id }), gives: z.object({ lines: z.array(CostLine), cost_fen: FenShape, links: z.array(ChargeLink), can: Can('use', 'link') }) }),
  /** What is there to take for this order. */
  orderStock: read({ zh: '可领用的备件', may: 'signed_in', takes: z.object({ order_id: Id, q: Text(40).optional() }), gives: z.object({ rows: z.array(z.object({ item_id: Id, name: z.string(), spec: z.string(), unit: z.string(), on_hand: z.string() })) }) }),
  useStock: write({ zh: '工单领用备件', may: 'signed_in', takes: Repeatable.extend({ order_id: Id, item_id: Id, quantity: Quantity, done_at: DoneAt }), gives: z.object({ cost_fen: FenShape }), refuses: OUT }),
  returnStock: write({ zh: '退回备件', may: 'signed_in', takes: Repeatable.extend({ order_id: Id, item_id: Id, move_no: z.int().min(1), quantity: Quantity }), gives: z.object({ cost_fen: FenShape }), refuses: ['orders.back_over'] }),
  addMaterial: write({ zh: '登记零星材料', may: 'signed_in', takes: Repeatable.extend({ order_id: Id, name: Needed(40).meta({ zh: '名称' }), unit: Needed(10).meta({ zh: '单位' }), quantity: Quantity, cost_fen: FenShape.min(1).meta({ zh: '金额' }), paper: Text(60).optional().meta({ zh: '发票或小票号' }), done_at: DoneAt }), gives: z.object({ material_id: Id }), refuses: ['orders.order_over'] }),
  undoMaterial: write({ zh: '撤销零星材料', may: 'signed_in', takes: Repeatable.extend({ material_id: Id, reason: Reason }), gives: z.object({ material_id: Id }), refuses: ['orders.material_undone'] }),
  linkTargets: read({ zh: '可列支的支出与维修资金', may: 'orders.order.dispatch', takes: z.object({ order_id: Id }), gives: z.object({ rows: z.array(ChargeLink) }) }),
  linkCharge: write({ zh: '关联工单费用的列支', may: 'orders.order.dispatch', takes: Repeatable.extend({ order_id: Id, kind: z.enum(['spending', 'fund']).meta({ zh: '列支自' }), target_id: Id.meta({ zh: '支出申请或维修资金项目' }), on: z.boolean() }), gives: z.object({ order_id: Id }), refuses: ['orders.link_house'] }),
} as const
