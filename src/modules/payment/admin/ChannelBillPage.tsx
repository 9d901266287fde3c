import { Go, useParam } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { instant, money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { DetailPage } from '../../../ui/pages.tsx'
import { useMay } from '../../../ui/session.ts'
import { payment } from '../contract.ts'
import type { ChannelBillLine } from '../contract_channel_bills.ts'
import { words } from '../words.ts'
import { FetchButton } from './channel_bill_parts.tsx'

const w = (state: string, key: string) => words.states?.[state]?.[key] ?? key
const FILTERS: readonly Filter[] = [
  { kind: 'text', name: 'q', label: '单号', placeholder: '渠道流水号、商户订单号、退款号(完整)' },
  { kind: 'select', name: 'line_kind', label: '类别', options: optionsOf(words.states?.['channel_line']) },
  { kind: 'select', name: 'ours', label: '我方收款', options: [{ value: 'with', label: '有' }, { value: 'without', label: '没有' }] },
]
const COLUMNS: readonly Column<ChannelBillLine>[] = [
  { key: 'line_no', title: '行', width: 60, align: 'right', always: true },
  { key: 'kind', title: '类别', width: 80, show: (r) => w('channel_line', r.kind) },
  { key: 'at', title: '渠道时间', width: 150, show: (r) => instant(r.at) },
  { key: 'out_trade_no', title: '商户订单号', width: 280 },
  { key: 'provider_txn', title: '渠道流水号', width: 250 },
  { key: 'out_refund_no', title: '商户退款号', width: 200, hidden: true },
  { key: 'amount_fen', title: '金额', width: 110 },
  { key: 'fee_fen', title: '手续费', width: 90 },
  { key: 'balance_fen', title: '账户余额', width: 110, hidden: true },
  { key: 'business', title: '渠道说明', width: 150 },
  { key: 'receipt_no', title: '我方收据', width: 150, show: (r) => (r.payment_id ? <Go to={`/payment/payments/${r.payment_id}`}>{r.receipt_no}</Go> : '—') },
]

export default function ChannelBillPage() {
  const channel_bill_id = useParam('channel_bill_id')
  const bill = useRead(payment.channelBill, { channel_bill_id })
  const d = bill.data
  return (
    <DetailPage
      title={d ? `${d.channel_name} ${d.bill_on} ${w('channel_bill_kind', d.kind)}` : '渠道账单'} loading={bill.loading} error={bill.error} retry={bill.retry} back="/payment/channel-bills"
      tags={d ? <StateTag value={d.state} words={words.states?.['channel_bill']} tones={{ fetched: 'good', waiting: 'busy', none: 'plain', failed: 'bad' }} /> : null}
      actions={d && d.state !== 'fetched' ? <FetchButton bill={d} /> : null}
      facts={d ? [
        ['收入', <span key="in"><MoneyText fen={d.in_fen} /> 元 · {d.in_count} 笔</span>], ['退款或支出', <span key="out"><MoneyText fen={d.out_fen} /> 元 · {d.out_count} 笔</span>], ['手续费', <span key="fee"><MoneyText fen={d.fee_fen} /> 元</span>],
        ['取到时间', d.fetched_at ? instant(d.fetched_at) : '—'], ['说明', d.failure ?? '—'],
      ] : []}
      tabs={[{ key: 'lines', label: '明细', children: () => <Lines channel_bill_id={channel_bill_id} /> }]}
    />
  )
}

function Lines({ channel_bill_id }: { channel_bill_id: string }) {
  const may = useMay()
  const list = useList(payment.channelBillLines, { filters: FILTERS, fixed: { channel_bill_id } })
  return (
    <ListPage
      {...list} inside title="明细" name="payment.channel_bill_lines" columns={COLUMNS} row_key="line_no" excel={may('payment.channel.export') ? payment.channelBillExcel : undefined}
      totals={(t) => ({ amount_fen: money(t.amount_fen_sum), fee_fen: money(t.fee_fen_sum) })} empty={{ text: '没有明细' }}
    />
  )
}
