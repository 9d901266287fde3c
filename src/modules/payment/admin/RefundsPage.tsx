import { useSearchState } from '../../../ui/address.tsx'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { payment, type RefundRow } from '../contract.ts'
import { words } from '../words.ts'

export const REFUND_TONES = { asked: 'warn', approved: 'busy', paying: 'busy', done: 'good', failed: 'bad', refused: 'plain', cancelled: 'plain' } as const
const FILTERS: readonly Filter[] = [
  { kind: 'text', name: 'q', label: '关键词', placeholder: '退款单号、房号' },
  { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['refund']) },
  { kind: 'days', names: ['from_on', 'to_on'], label: '申请日' },
  { kind: 'select', name: 'method', label: '方式', options: optionsOf(words.states?.['refund_method']) },
  { kind: 'days', names: ['paid_from_on', 'paid_to_on'], label: '付出日', more: true },
  { kind: 'check', name: 'of_receipts', label: '不含押金', more: true },
  { kind: 'select', name: 'source', label: '来源', more: true, options: optionsOf(words.states?.['refund_source']) },
]
const COLUMNS: readonly Column<RefundRow>[] = [
  { key: 'refund_no', title: '退款单号', width: 150, always: true },
  { key: 'house_label', title: '房号', width: 110 },
  { key: 'community_name', title: '小区', width: 110, hidden: true },
  { key: 'source', title: '来源', width: 80, show: (r) => words.states?.['refund_source']?.[r.source] },
  { key: 'receipt_no', title: '原收据号', width: 150, show: (r) => r.receipt_no ?? r.deposit_no ?? '—' },
  { key: 'amount_fen', title: '退款金额', width: 110 },
  { key: 'method', title: '方式', width: 110, show: (r) => words.states?.['refund_method']?.[r.method] },
  { key: 'payee_name', title: '收款人', width: 100 },
  { key: 'reason', title: '退款原因', width: 180 },
  { key: 'asked_by_name', title: '申请人', width: 90 },
  { key: 'asked_at', title: '申请时间', width: 150 },
  { key: 'decided_by_name', title: '审批人', width: 90 },
  { key: 'paid_at', title: '付出时间', width: 150 },
  { key: 'reference', title: '付款凭证号', width: 150, hidden: true },
  { key: 'state', title: '状态', width: 110, show: (r) => <StateTag value={r.state} words={words.states?.['refund']} tones={REFUND_TONES} /> },
]

export default function RefundsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search] = useSearchState()
  const carried = Object.fromEntries((['payment_id', 'house_id', 'paid_by'] as const).flatMap((k) => (search[k] ? [[k, search[k]]] : [])))
  const list = useList(payment.refunds, { filters: FILTERS, fixed: { ...(place_id ? { community_id: place_id } : {}), ...carried } })
  return (
    <ListPage
      {...list} title="退款" name="payment.refunds" columns={COLUMNS} row_key="refund_id" href={(r) => `/payment/refunds/${r.refund_id}`} excel={may('payment.refund.export') ? payment.refundsExcel : undefined}
      totals={(d) => ({ amount_fen: money(d.amount_fen_sum), method: `已付 ${money(d.done_fen_sum)}` })} empty={{ text: '没有退款' }}
    />
  )
}
