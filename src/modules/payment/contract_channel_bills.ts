// The channels' own daily bills (渠道账单): listed, opened, fetched again. Part of the contract of this module.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Paging, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

export const ChannelBillKind = z.enum(['trade', 'fund']).meta({ zh: '种类' })
export const ChannelBillState = z.enum(['waiting', 'fetched', 'none', 'failed']).meta({ zh: '状态' })
export const ChannelLineKind = z.enum(['pay', 'refund', 'fee', 'payout', 'other']).meta({ zh: '类别' })

export const ChannelBillRow = z.object({
  channel_bill_id: Id,
  channel_id: Id,
  channel_name: z.string().meta({ zh: '渠道' }),
  kind: ChannelBillKind,
  bill_on: Day.meta({ zh: '账单日' }),
  state: ChannelBillState,
  line_count: z.int().meta({ zh: '行数' }),
  in_count: z.int().meta({ zh: '收入笔数' }),
  in_fen: FenShape.meta({ zh: '收入金额' }),
  out_count: z.int().meta({ zh: '退款或支出笔数' }),
  out_fen: FenShape.meta({ zh: '退款或支出金额' }),
  fee_fen: FenShape.meta({ zh: '手续费' }),
  tries: z.int().meta({ zh: '已取次数' }),
  next_try_at: Instant.nullable().meta({ zh: '下次取账单' }),
  failure: z.string().nullable().meta({ zh: '说明' }),
  fetched_at: Instant.nullable().meta({ zh: '取到时间' }),
  can: Can('fetch'),
})
export type ChannelBillRow = z.output<typeof ChannelBillRow>

export const ChannelBillLine = z.object({
  line_no: z.int().meta({ zh: '行' }),
  kind: ChannelLineKind,
  at: Instant.meta({ zh: '渠道时间' }),
  provider_txn: z.string().nullable().meta({ zh: '渠道流水号' }),
  out_trade_no: z.string().nullable().meta({ zh: '商户订单号' }),
  out_refund_no: z.string().nullable().meta({ zh: '商户退款号' }),
  amount_fen: FenShape.meta({ zh: '金额' }),
  fee_fen: FenShape.meta({ zh: '手续费' }),
  balance_fen: FenShape.nullable().meta({ zh: '账户余额' }),
  business: z.string().meta({ zh: '渠道说明' }),
  /** Our payment of the same transaction; null: we have none. */
  payment_id: Id.nullable(),
  receipt_no: z.string().nullable().meta({ zh: '我方收据' }),
})
export type ChannelBillLine = z.output<typeof ChannelBillLine>

const BillFilter = z.object({ channel_id: Id.optional(), kind: ChannelBillKind.optional(), state: ChannelBillState.optional(), from_on: Day.optional(), to_on: Day.optional() })
const LineFilter = z.object({ channel_bill_id: Id, line_kind: ChannelLineKind.optional(), ours: z.enum(['with', 'without']).optional().meta({ zh: '我方收款' }), q: Text(64).optional().meta({ zh: '单号' }) })

export const channelBillCalls = {
  channelBills: read({ zh: '渠道账单', may: 'payment.channel.read', takes: Paging.extend(BillFilter.shape), gives: pageOf(ChannelBillRow).extend({ in_fen_sum: FenShape, out_fen_sum: FenShape, fee_fen_sum: FenShape }) }),
  channelBill: read({ zh: '渠道账单详情', may: 'payment.channel.read', takes: z.object({ channel_bill_id: Id }), gives: ChannelBillRow }),
  channelBillLines: read({ zh: '渠道账单明细', may: 'payment.channel.read', takes: Paging.extend(LineFilter.shape), gives: pageOf(ChannelBillLine).extend({ amount_fen_sum: FenShape, fee_fen_sum: FenShape }) }),
  channelBillExcel: download({ zh: '导出渠道账单', may: 'payment.channel.export', takes: LineFilter }),
  /** Asks the channel now, in the background. A bill that is here is never fetched again. */
  fetchChannelBill: write({ zh: '立即取账单', may: 'payment.channel.write', takes: Repeatable.extend({ channel_bill_id: Id }), gives: z.object({ state: ChannelBillState }), refuses: ['payment.bill_fetched'] }),
}
