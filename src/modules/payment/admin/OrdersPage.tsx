import { Go } from '../../../ui/address.tsx'
import type { Out } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { payment } from '../contract.ts'
import { words } from '../words.ts'

type Order = Out<typeof payment.orders.gives>['rows'][number]
const FILTERS: readonly Filter[] = [
  { kind: 'text', name: 'q', label: '关键词', placeholder: '商户订单号、房号' },
  { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['intent']) },
  { kind: 'days', names: ['from_on', 'to_on'], label: '发起日' },
]
const COLUMNS: readonly Column<Order>[] = [
  { key: 'out_trade_no', title: '商户订单号', width: 275, always: true },
  { key: 'channel_name', title: '渠道', width: 120 },
  { key: 'source', title: '来源', width: 80, show: (r) => words.states?.['source']?.[r.source] ?? r.source },
  { key: 'way', title: '方式', width: 80, show: (r) => words.states?.['way']?.[r.way] ?? r.way },
  { key: 'house_label', title: '房号', width: 110, show: (r) => <Go to={`/property/houses/${r.house_id}`}>{r.house_label}</Go> },
  { key: 'amount_fen', title: '金额', width: 110 },
  { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['intent']} tones={{ succeeded: 'good', pending: 'busy', created: 'busy', unknown: 'warn', failed: 'bad' }} /> },
  { key: 'receipt_no', title: '收据号', width: 150, show: (r) => (r.payment_id ? <Go to={`/payment/payments/${r.payment_id}`}>{r.receipt_no}</Go> : '—') },
  { key: 'failure', title: '说明', width: 200 },
  { key: 'created_at', title: '发起时间', width: 150 },
  { key: 'expires_at', title: '过期时间', width: 150, hidden: true },
  { key: 'checked_at', title: '最近查单', width: 150 },
  { key: 'checks', title: '查单次数', width: 85, align: 'right' },
]

export default function OrdersPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const list = useList(payment.orders, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  return <ListPage {...list} title="线上订单" name="payment.orders" columns={COLUMNS} row_key="intent_id" excel={may('payment.payment.export') ? payment.ordersExcel : undefined} totals={(d) => ({ amount_fen: <span title="已支付的合计">{money(d.paid_fen_sum)}</span>, state: '已支付' })} empty={{ text: '没有线上订单' }} />
}
