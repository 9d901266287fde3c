// Paid service (有偿服务): price list, quotes, consent, the bill that follows. Part of the contract, apart for length.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, Decimal, FenShape, Id, Instant, Needed, Paging, Positive, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

export const ServiceKind = z.enum(['labour', 'material']).meta({ zh: '类别' })
export const QuoteState = z.enum(['offered', 'consented', 'billed', 'refused', 'replaced', 'withdrawn', 'voided']).meta({ zh: '状态' })
export type QuoteState = z.output<typeof QuoteState>
export const QUOTE_LINES_MAX = 40
const Price = Decimal.refine((v) => !v.startsWith('-'), '不能小于 0').meta({ zh: '单价' })
const Unit = Needed(10).meta({ zh: '单位' })
const Name = Needed(40).meta({ zh: '名称' })

export const ServiceItem = z.object({
  item_id: Id,
  kind: ServiceKind,
  name: z.string().meta({ zh: '名称' }),
  unit: z.string().meta({ zh: '单位' }),
  note: z.string().nullable().meta({ zh: '说明' }),
  sort_no: z.int().meta({ zh: '排序' }),
  retired: z.boolean().meta({ zh: '停用' }),
  /** In force today, of the community asked for before the company's. */
  price: z.object({ price_id: Id, unit_price: z.string().meta({ zh: '单价' }), from_on: Day, own: z.boolean() }).nullable(),
  /** The next version, when one is announced. */
  next: z.object({ unit_price: z.string(), from_on: Day }).nullable(),
})
export type ServiceItem = z.output<typeof ServiceItem>

export const QuoteLine = z.object({
  line_no: z.int(),
  item_id: Id.nullable(),
  kind: ServiceKind,
  name: z.string().meta({ zh: '名称' }),
  unit: z.string().meta({ zh: '单位' }),
  quantity: z.string().meta({ zh: '数量' }),
  unit_price: z.string().meta({ zh: '单价' }),
  amount_fen: FenShape.meta({ zh: '金额' }),
})
export type QuoteLine = z.output<typeof QuoteLine>
export const Quote = z.object({
  quote_id: Id,
  no: z.string().meta({ zh: '报价单号' }),
  round_no: z.int(),
  state: QuoteState,
  amount_fen: FenShape.meta({ zh: '金额' }),
  note: z.string().nullable().meta({ zh: '说明' }),
  content_hash: z.string(),
  payer_name: z.string().meta({ zh: '付费人' }),
  made_by_name: z.string().meta({ zh: '报价人' }),
  made_at: Instant.meta({ zh: '报价时间' }),
  signer_name: z.string().nullable().meta({ zh: '签字人' }),
  signed_on: z.enum(['own_phone', 'staff_phone']).nullable(),
  signed_at: Instant.nullable().meta({ zh: '签字时间' }),
  /** When it came in, if it was made or signed without network. */
  made_received_at: Instant.nullable(),
  signed_received_at: Instant.nullable(),
  end_reason: z.string().nullable(),
  bill_id: Id.nullable(),
  billed_at: Instant.nullable().meta({ zh: '出账时间' }),
  /** Asked for and not decided yet. */
  void_asked: z.boolean(),
  lines: z.array(QuoteLine),
  can: Can('sign', 'withdraw', 'void'),
})
export type Quote = z.output<typeof Quote>

export const QuoteRow = z.object({
  quote_id: Id,
  no: z.string().meta({ zh: '报价单号' }),
  order_id: Id,
  order_no: z.string().meta({ zh: '工单号' }),
  community_name: z.string().meta({ zh: '小区' }),
  place: z.string().meta({ zh: '位置' }),
  category: z.string().meta({ zh: '分类' }),
  state: QuoteState,
  labour_fen: FenShape.meta({ zh: '人工' }),
  material_fen: FenShape.meta({ zh: '材料' }),
  amount_fen: FenShape.meta({ zh: '合计' }),
  paid_fen: FenShape.meta({ zh: '已收' }),
  payer_name: z.string().meta({ zh: '付费人' }),
  made_by_name: z.string().meta({ zh: '报价人' }),
  made_at: Instant.meta({ zh: '报价时间' }),
  signed_at: Instant.nullable().meta({ zh: '签字时间' }),
  billed_at: Instant.nullable().meta({ zh: '出账时间' }),
})
export type QuoteRow = z.output<typeof QuoteRow>
export const QuoteFilter = z.object({ state: QuoteState.optional(), community_id: Id.optional(), from_on: Day.optional(), to_on: Day.optional(), q: Text(40).optional() })
export type QuoteFilter = z.output<typeof QuoteFilter>

/** From the list (its price of the day is taken by the server; a price that is given is what the customer was shown, and must be that one) or ad hoc. */
const LineIn = z.object({ item_id: Id.optional(), kind: ServiceKind.optional(), name: Name.optional(), unit: Unit.optional(), quantity: Positive.meta({ zh: '数量' }), unit_price: Price.optional() })
export type LineIn = z.output<typeof LineIn>
const One = Repeatable.extend({ quote_id: Id })
const Hash = z.string().max(64)
const Signer = Needed(30).meta({ zh: '签字人' })
const Signature = z.array(Id).length(1, '请业户签字').meta({ zh: '签名' })
/** When it was really done, for what comes later because there was no network. */
const DoneAt = z.iso.datetime({ offset: true }).optional().meta({ zh: '实际办理时间' })
const Moved = z.object({ quote_id: Id, state: QuoteState })
const NOT = ['orders.quote_state'] as const
const SIGN = [...NOT, 'orders.quote_changed', 'orders.no_signature'] as const

export const serviceCalls = {
  /** For staff to quote from, for residents to see beforehand (价目公示). */
  serviceItems: read({ zh: '有偿服务价目', may: 'signed_in', takes: z.object({ community_id: Id.optional(), with_retired: z.boolean().optional() }), gives: z.object({ rows: z.array(ServiceItem) }) }),
  saveServiceItem: write({
    zh: '保存有偿服务项目', may: 'orders.setup.write',
    takes: Repeatable.extend({ item_id: Id.optional(), kind: ServiceKind, name: Name, unit: Unit, note: Text(100).nullable().meta({ zh: '说明' }), sort_no: z.int().min(0).max(9999).meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }) }),
    gives: z.object({ item_id: Id }), refuses: ['orders.name_taken'],
  }),
  /** From a day on; quotes made before keep their price. */
  publishServicePrice: write({ zh: '设定有偿服务单价', may: 'orders.setup.write', takes: Repeatable.extend({ item_id: Id, community_id: Id.nullable().meta({ zh: '小区' }), from_on: Day.meta({ zh: '生效日' }), unit_price: Price }), gives: z.object({ price_id: Id }), refuses: ['orders.from_past'] }),

  /** For all staff: the order decides who sees them. */
  orderQuotes: read({
    zh: '工单的报价', may: 'signed_in', takes: z.object({ order_id: Id }),
    gives: z.object({ rows: z.array(Quote), can: Can('quote'), payers: z.array(z.object({ person_id: Id, name: z.string(), role: z.string() })) }),
  }),
  saveQuote: write({
    zh: '报价', may: 'signed_in',
    takes: Repeatable.extend({ order_id: Id, lines: z.array(LineIn).min(1, '请至少填一项').max(QUOTE_LINES_MAX).meta({ zh: '明细' }), note: Text(200).optional().meta({ zh: '说明' }), payer_id: Id.optional().meta({ zh: '付费人' }), signer_name: Signer.optional(), photo_ids: Signature.optional(), done_at: DoneAt }),
    gives: Moved, refuses: ['orders.quote_house', 'orders.quote_payer', 'orders.quote_over', 'orders.quote_billed', 'orders.quote_line', 'orders.quote_price', 'orders.quote_nothing', 'orders.no_signature'],
  }),
  /** On the phone of the staff, by the customer's own hand. `content_hash`: what was shown is what is signed. */
  signQuote: write({ zh: '业户签字同意', may: 'signed_in', takes: One.extend({ content_hash: Hash, signer_name: Signer, photo_ids: Signature, done_at: DoneAt }), gives: Moved, refuses: SIGN }),
  refuseQuote: write({ zh: '业户不同意报价', may: 'signed_in', takes: One.extend({ reason: Reason, done_at: DoneAt }), gives: Moved, refuses: NOT }),
  withdrawQuote: write({ zh: '撤回报价', may: 'signed_in', takes: One.extend({ reason: Reason }), gives: Moved, refuses: NOT }),
  /** Once billed: another person decides, and the bill is void by a journal. */
  askQuoteVoid: write({ zh: '申请作废有偿服务', may: 'orders.quote.void', takes: One.extend({ reason: Reason }), gives: z.object({ approval_id: Id }), refuses: [...NOT, 'orders.quote_void_asked', 'billing.already_paid', 'system.approval_nobody'] }),
  quoteSignature: download({ zh: '签名图片', may: 'signed_in', takes: z.object({ quote_id: Id }) }),
  quotePaper: download({ zh: '打印有偿服务单', may: 'signed_in', takes: z.object({ quote_id: Id, form: z.enum(['three_copy', 'a4']).default('three_copy') }), refuses: NOT }),
  quotes: read({ zh: '有偿服务列表', may: 'orders.order.read', takes: Paging.extend(QuoteFilter.shape), gives: pageOf(QuoteRow).extend({ labour_fen_sum: FenShape, material_fen_sum: FenShape, amount_fen_sum: FenShape, paid_fen_sum: FenShape }) }),
  quotesExcel: download({ zh: '导出有偿服务', may: 'orders.order.export', takes: QuoteFilter, refuses: ['orders.too_many_rows'] }),

  myQuotes: read({ zh: '我的报价', may: 'resident', takes: z.object({ order_id: Id }), gives: z.object({ rows: z.array(Quote.omit({ can: true, void_asked: true }).extend({ can: Can('sign') })) }) }),
  signMyQuote: write({ zh: '同意报价', may: 'resident', takes: One.extend({ content_hash: Hash, photo_ids: Signature }), gives: Moved, refuses: SIGN }),
  refuseMyQuote: write({ zh: '不同意报价', may: 'resident', takes: One.extend({ reason: Reason }), gives: Moved, refuses: NOT }),
} as const
