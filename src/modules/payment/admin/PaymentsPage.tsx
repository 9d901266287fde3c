import { useMemo } from 'react'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { payment, type PaymentRow } from '../contract.ts'
import { words } from '../words.ts'

const method = words.states?.['method'] ?? {}
const STATE = words.states?.['payment_state']
const stateOf = (r: PaymentRow): 'live' | 'reversed' | 'reversal_asked' => (r.reversed_at ? 'reversed' : r.reversal_asked ? 'reversal_asked' : 'live')
export const tendersText = (r: Pick<PaymentRow, 'tenders'>): string => r.tenders.map((t) => `${method[t.method] ?? t.method} ${money(t.amount_fen)}`).join('、')

const COLUMNS: readonly Column<PaymentRow>[] = [
  { key: 'receipt_no', title: '收据号', width: 145, always: true },
  { key: 'taken_at', title: '收款时间', width: 145 },
  { key: 'house_label', title: '房号', width: 110 },
  { key: 'community_name', title: '小区', width: 110, hidden: true },
  { key: 'payer_name', title: '缴款人', width: 100 },
  { key: 'total_fen', title: '实收', width: 105 },
  { key: 'applied_fen', title: '冲抵账单', width: 105 },
  { key: 'prepaid_fen', title: '转入预存', width: 100, show: (r) => (r.prepaid_fen ? <MoneyText fen={r.prepaid_fen} /> : '—') },
  { key: 'wallet_used_fen', title: '预存抵扣', width: 100, show: (r) => (r.wallet_used_fen ? <MoneyText fen={r.wallet_used_fen} /> : '—') },
  { key: 'tenders', title: '收款方式', width: 190, show: tendersText },
  { key: 'source', title: '来源', width: 75, show: (r) => words.states?.['source']?.[r.source] },
  { key: 'taken_by_name', title: '收费员', width: 95 },
  { key: 'remark', title: '备注', width: 140, hidden: true },
  { key: 'state', title: '状态', width: 95, show: (r) => <StateTag value={stateOf(r)} words={STATE} tones={{ live: 'good', reversed: 'bad', reversal_asked: 'warn' }} /> },
]

export default function PaymentsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search] = useSearchState()
  const people = useRead(payment.collectors, {}, { stale_ms: 60_000 })
  const filters = useMemo(
    (): readonly Filter[] => [
      { kind: 'text', name: 'q', label: '关键词', placeholder: '收据号、房号、缴款人' },
      { kind: 'days', names: ['from_on', 'to_on'], label: '收款日' },
      { kind: 'select', name: 'taken_by', label: '收费员', options: (people.data?.rows ?? []).map((r) => ({ value: r.account_id, label: r.name })), loading: people.loading },
      { kind: 'select', name: 'method', label: '方式', options: optionsOf(words.states?.['method']) },
      { kind: 'select', name: 'source', label: '来源', more: true, options: optionsOf(words.states?.['source']) },
      { kind: 'select', name: 'state', label: '状态', more: true, options: optionsOf(STATE) },
    ],
    [people.data, people.loading],
  )
  const carried = Object.fromEntries((['house_id', 'merge_id', 'deduct_run_id', 'fee_item_id', 'building_id', 'reversed_from_on', 'reversed_to_on'] as const).flatMap((k) => (search[k] ? [[k, search[k]]] : [])))
  const list = useList(payment.payments, { filters, fixed: { ...(place_id ? { community_id: place_id } : {}), ...carried } })
  return (
    <ListPage
      {...list} title="收款记录" name="payment.payments" columns={COLUMNS} row_key="payment_id" href={(r) => `/payment/payments/${r.payment_id}`}
      excel={may('payment.payment.export') ? payment.paymentsExcel : undefined}
      totals={(d) => ({ total_fen: money(d.total_fen_sum), applied_fen: money(d.applied_fen_sum), prepaid_fen: money(d.prepaid_fen_sum), wallet_used_fen: money(d.wallet_used_fen_sum), tenders: d.reversed_fen_sum ? `其中已冲销 ${money(d.reversed_fen_sum)}` : '' })}
      empty={{ text: '没有符合条件的收款' }}
    />
  )
}
