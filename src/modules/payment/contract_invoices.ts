// Electronic invoices (数电票). Part of the contract of this module.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Month, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

export const InvoiceState = z.enum(['asked', 'issuing', 'issued', 'failed', 'cancelled', 'red']).meta({ zh: '状态' })
export const InvoiceKind = z.enum(['blue', 'red']).meta({ zh: '种类' })
export const TitleKind = z.enum(['person', 'company']).meta({ zh: '抬头类型' })
/** 0 to 99.99 %, as a decimal share. */
const Rate = z.string().regex(/^0(\.\d{1,4})?$/, '税率写成小数,如 0.06').meta({ zh: '税率' })
const Title = {
  title_kind: TitleKind.default('person'),
  title: Needed(100).meta({ zh: '抬头' }),
  tax_no: z.string().trim().regex(/^[0-9A-HJ-NPQRTUWXY]{15,20}$/, '纳税人识别号应为 15 到 20 位数字或大写字母').optional().meta({ zh: '税号' }),
  email: z.email('邮箱格式不正确').max(100).optional().meta({ zh: '邮箱' }),
  phone: z.string().regex(/^1\d{10}$/, '手机号应为 11 位').optional().meta({ zh: '手机号' }),
}

export const InvoiceRow = z.object({
  invoice_id: Id,
  kind: InvoiceKind,
  state: InvoiceState,
  invoice_no: z.string().nullable().meta({ zh: '发票号码' }),
  community_name: z.string().meta({ zh: '小区' }),
  house_id: Id,
  house_label: z.string().meta({ zh: '房号' }),
  title_kind: TitleKind,
  title: z.string().meta({ zh: '抬头' }),
  amount_fen: FenShape.meta({ zh: '价税合计' }),
  tax_fen: FenShape.meta({ zh: '税额' }),
  asked_at: Instant.meta({ zh: '申请时间' }),
  issued_at: Instant.nullable().meta({ zh: '开具时间' }),
  delivered_at: Instant.nullable().meta({ zh: '交付时间' }),
  reason: z.string().nullable().meta({ zh: '红冲原因' }),
  failure: z.string().nullable().meta({ zh: '失败原因' }),
  red_of: Id.nullable(),
  red_of_no: z.string().nullable().meta({ zh: '原发票号码' }),
  receipts: z.array(z.object({ payment_id: Id, receipt_no: z.string(), amount_fen: FenShape })).meta({ zh: '收据' }),
  has_pdf: z.boolean(),
  can: Can('red', 'retry', 'cancel'),
})
export type InvoiceRow = z.output<typeof InvoiceRow>
const Filter = z.object({ state: InvoiceState.optional(), kind: InvoiceKind.optional(), community_id: Id.optional(), house_id: Id.optional(), from_on: Day.optional(), to_on: Day.optional(), q: Text(40).optional().meta({ zh: '发票号、抬头、房号' }) })

export const TaxItemRow = z.object({ fee_item_id: Id, fee_item_name: z.string().meta({ zh: '收费项目' }), community_name: z.string().nullable().meta({ zh: '小区' }), goods_code: z.string().nullable().meta({ zh: '税收分类编码' }), goods_name: z.string().nullable().meta({ zh: '开票名称' }), tax_rate: z.string().nullable().meta({ zh: '税率' }), from_on: Day.nullable().meta({ zh: '生效日' }) })
export type TaxItemRow = z.output<typeof TaxItemRow>

export const IssuerConfig = z.object({
  base_url: z.url().max(200).meta({ zh: '接口地址' }),
  app_key: Needed(64).meta({ zh: '应用标识' }),
  secret: Needed(200).meta({ zh: '密钥' }),
})
export type IssuerConfig = z.output<typeof IssuerConfig>
const IssuerRow = z.object({ issuer_id: Id, name: z.string().meta({ zh: '名称' }), seller_name: z.string().meta({ zh: '销售方' }), seller_tax_no: z.string().meta({ zh: '销售方税号' }), simulated: z.boolean().meta({ zh: '模拟' }), enabled_at: Instant.nullable().meta({ zh: '启用时间' }) })

const APPLY = ['payment.no_issuer', 'payment.no_tax_item', 'payment.invoiced_already', 'payment.nothing_to_invoice', 'payment.tax_no_needed', 'payment.invoice_one_house'] as const
const MyPayable = z.object({ payment_id: Id, receipt_no: z.string(), taken_on: Day, house_id: Id, house_label: z.string(), amount_fen: FenShape })
const Applied = z.object({ invoice_id: Id, amount_fen: FenShape, tax_fen: FenShape })

export const invoiceCalls = {
  invoices: read({ zh: '电子发票', may: 'payment.invoice.read', takes: Paging.extend(Filter.shape), gives: pageOf(InvoiceRow).extend({ amount_fen_sum: FenShape, tax_fen_sum: FenShape }) }),
  invoicesExcel: download({ zh: '导出电子发票', may: 'payment.invoice.export', takes: Filter, refuses: ['payment.list_too_long'] }),
  applyInvoice: write({ zh: '代业主申请开票', may: 'payment.invoice.write', takes: Repeatable.extend({ payment_ids: z.array(Id).min(1, '请选择收款').max(50).meta({ zh: '收款' }), ...Title }), gives: Applied, refuses: APPLY }),
  redInvoice: write({ zh: '红冲发票', may: 'payment.invoice.write', takes: Repeatable.extend({ invoice_id: Id, reason: Reason }), gives: z.object({ invoice_id: Id }), refuses: ['payment.invoice_state'] }),
  retryInvoice: write({ zh: '重试开票', may: 'payment.invoice.write', takes: Repeatable.extend({ invoice_id: Id }), gives: z.object({ state: InvoiceState }), refuses: ['payment.invoice_state'] }),
  cancelInvoice: write({ zh: '取消开票申请', may: 'payment.invoice.write', takes: Repeatable.extend({ invoice_id: Id }), gives: z.object({ state: InvoiceState }), refuses: ['payment.invoice_state'] }),
  invoicePdf: download({ zh: '发票 PDF', may: 'payment.invoice.read', takes: z.object({ invoice_id: Id }) }),

  taxItems: read({ zh: '开票税目', may: 'payment.invoice.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(TaxItemRow) }) }),
  saveTaxItem: write({ zh: '保存开票税目', may: 'payment.invoice.set', takes: Repeatable.extend({ fee_item_id: Id, goods_code: z.string().regex(/^\d{19}$/, '应为 19 位数字').meta({ zh: '税收分类编码' }), goods_name: Needed(60).meta({ zh: '开票名称' }), tax_rate: Rate, from_on: Day.meta({ zh: '生效日' }) }), gives: z.object({ tax_item_id: Id }) }),
  issuers: read({ zh: '开票通道', may: 'payment.invoice.read', takes: z.object({}), gives: z.object({ rows: z.array(IssuerRow), simulation_allowed: z.boolean() }) }),
  saveIssuer: write({ zh: '保存开票通道', may: 'payment.invoice.set', takes: Repeatable.extend({ name: Needed(30).meta({ zh: '名称' }), seller_name: Needed(100).meta({ zh: '销售方' }), seller_tax_no: z.string().regex(/^[0-9A-Z]{15,20}$/, '应为 15 到 20 位').meta({ zh: '销售方税号' }), simulated: z.boolean().default(false).meta({ zh: '模拟' }), config: IssuerConfig }), gives: z.object({ issuer_id: Id }), refuses: ['payment.simulation_not_allowed', 'payment.issuer_bad'] }),

  /** Own payments of these months that no invoice is on yet. */
  myInvoiceable: read({ zh: '可开票的缴费', may: 'resident', takes: z.object({ from_month: Month.optional(), to_month: Month.optional() }), gives: z.object({ rows: z.array(MyPayable), open: z.boolean() }) }),
  myApplyInvoice: write({ zh: '申请开票', may: 'resident', takes: Repeatable.extend({ payment_ids: z.array(Id).min(1, '请选择缴费记录').max(50).meta({ zh: '缴费记录' }), ...Title }), gives: Applied, refuses: APPLY }),
  myInvoices: read({ zh: '我的发票', may: 'resident', takes: Paging, gives: pageOf(InvoiceRow.omit({ can: true })) }),
  myInvoicePdf: download({ zh: '我的发票 PDF', may: 'resident', takes: z.object({ invoice_id: Id }) }),
}
