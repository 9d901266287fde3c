// 有偿服务: every quote with what became of it; the money opens its bill.
import { useMemo } from 'react'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { orders, type QuoteRow } from '../contract.ts'
import { words } from '../words.ts'

export const QUOTE_TONES = { offered: 'warn', consented: 'busy', billed: 'good', refused: 'bad', voided: 'bad' } as const
const COLUMNS: readonly Column<QuoteRow>[] = [
  { key: 'no', title: '报价单号', width: 140, always: true },
  { key: 'state', title: '状态', width: 95, show: (r) => <StateTag value={r.state} words={words.states?.['quote']} tones={QUOTE_TONES} /> },
  { key: 'order_no', title: '工单号', width: 135 },
  { key: 'place', title: '位置', width: 140 },
  { key: 'category', title: '分类', width: 120 },
  { key: 'labour_fen', title: '人工', width: 90 },
  { key: 'material_fen', title: '材料', width: 90 },
  { key: 'amount_fen', title: '合计', width: 100 },
  { key: 'paid_fen', title: '已收', width: 100 },
  { key: 'payer_name', title: '付费人', width: 80 },
  { key: 'made_by_name', title: '报价人', width: 80 },
  { key: 'made_at', title: '报价时间', width: 140 },
  { key: 'signed_at', title: '签字时间', width: 140, hidden: true },
  { key: 'billed_at', title: '出账时间', width: 140, hidden: true },
  { key: 'community_name', title: '小区', width: 110, hidden: true },
]
export default function QuotesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'text', name: 'q', label: '关键词', placeholder: '报价单号、工单号、位置、签字人' },
    { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['quote']) },
    { kind: 'days', names: ['from_on', 'to_on'], label: '报价日' },
  ], [])
  const list = useList(orders.quotes, { filters, fixed: place_id ? { community_id: place_id } : {} })
  return (
    <ListPage
      {...list} title="有偿服务" name="orders.quotes" columns={COLUMNS} row_key="quote_id" href={(r) => `/orders/list/${r.order_id}`} empty={{ text: '没有符合条件的报价' }} excel={may('orders.order.export') ? orders.quotesExcel : undefined}
      totals={(d) => ({ labour_fen: money(d.labour_fen_sum), material_fen: money(d.material_fen_sum), amount_fen: money(d.amount_fen_sum), paid_fen: money(d.paid_fen_sum) })}
    />
  )
}
