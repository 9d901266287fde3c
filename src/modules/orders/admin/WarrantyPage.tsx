// 保修通知: every claim against a builder with its deadlines and what came of it.
import { useMemo } from 'react'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { orders, type Claim } from '../contract.ts'
import { words } from '../words.ts'

export const CLAIM_TONES = { sent: 'warn', promised: 'busy', repaired: 'good', refused: 'bad', own: 'warn', deducting: 'warn', deducted: 'good' } as const
const COLUMNS: readonly Column<Claim>[] = [
  { key: 'no', title: '通知书号', width: 140, always: true },
  { key: 'state', title: '状态', width: 110, show: (r) => <span className="hy-line"><StateTag value={r.state} words={words.states?.['claim']} tones={CLAIM_TONES} />{r.late ? <StateTag value="l" words={{ l: '逾期' }} tones={{ l: 'bad' }} /> : null}</span> },
  { key: 'builder_name', title: '建设单位', width: 140 },
  { key: 'place', title: '位置', width: 110 },
  { key: 'part', title: '部位', width: 140 },
  { key: 'covered_until_on', title: '保修至', width: 105 },
  { key: 'answer_by_on', title: '答复期限', width: 105 },
  { key: 'repair_by_on', title: '修复期限', width: 105 },
  { key: 'cost_fen', title: '自行维修', width: 95 },
  { key: 'deduct_fen', title: '扣保修金', width: 95 },
  { key: 'order_no', title: '工单号', width: 135, hidden: true },
  { key: 'defect', title: '问题', width: 180, hidden: true },
  { key: 'sent_at', title: '通知时间', width: 140, hidden: true },
]
export default function WarrantyPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'text', name: 'q', label: '关键词', placeholder: '通知书号、工单号、位置、建设单位' },
    { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['claim']) },
    { kind: 'check', name: 'late', label: '只看逾期' },
    { kind: 'days', names: ['from_on', 'to_on'], label: '通知日', more: true },
  ], [])
  const list = useList(orders.claims, { filters, fixed: place_id ? { community_id: place_id } : {} })
  return (
    <ListPage
      {...list} title="建设单位保修" name="orders.claims" columns={COLUMNS} row_key="claim_id" href={(r) => `/orders/list/${r.order_id}`} empty={{ text: '没有保修通知;在工单详情里「通知建设单位保修」' }} excel={may('orders.order.export') ? orders.claimsExcel : undefined}
      totals={(d) => ({ cost_fen: money(d.cost_fen_sum), deduct_fen: money(d.deduct_fen_sum) })}
    />
  )
}
