import { useMemo } from 'react'
import { useRead } from '../../../ui/api.ts'
import { MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { payment } from '../contract.ts'
import type { ShiftRow } from '../contract_shift.ts'
import { words } from '../words.ts'

const COLUMNS: readonly Column<ShiftRow>[] = [
  { key: 'shift_no', title: '班次号', width: 150, always: true },
  { key: 'cashier_name', title: '收费员', width: 100 },
  { key: 'community_name', title: '小区', width: 110 },
  { key: 'opened_at', title: '开班时间', width: 150 },
  { key: 'closed_at', title: '交班时间', width: 150 },
  { key: 'float_fen', title: '备用金', width: 100, hidden: true },
  { key: 'cash_fen', title: '现金净收', width: 110 },
  { key: 'other_fen', title: '其他方式', width: 110 },
  { key: 'expected_fen', title: '应有现金', width: 110 },
  { key: 'counted_fen', title: '实点现金', width: 110 },
  { key: 'difference_fen', title: '长短款', width: 100, show: (r) => (r.difference_fen === null ? '—' : <MoneyText fen={r.difference_fen} sign owed={r.difference_fen !== 0} />) },
  { key: 'difference_reason', title: '差额原因', width: 160, hidden: true },
  { key: 'handed_fen', title: '交款', width: 110 },
  { key: 'kept_fen', title: '留存', width: 100, hidden: true },
  { key: 'state', title: '状态', width: 110, show: (r) => <StateTag value={r.state} words={words.states?.['shift']} tones={{ open: 'busy', counted: 'warn', recount: 'warn', closed: 'good' }} /> },
]

export default function ShiftsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const people = useRead(payment.collectors, {}, { stale_ms: 60_000 })
  const filters = useMemo(
    (): readonly Filter[] => [
      { kind: 'days', names: ['from_on', 'to_on'], label: '开班日' },
      { kind: 'select', name: 'cashier_id', label: '收费员', options: (people.data?.rows ?? []).map((r) => ({ value: r.account_id, label: r.name })), loading: people.loading },
      { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['shift']) },
      { kind: 'check', name: 'different', label: '只看有差额' },
    ],
    [people.data, people.loading],
  )
  const list = useList(payment.shifts, { filters, fixed: place_id ? { community_id: place_id } : {} })
  return (
    <ListPage
      {...list} title="班次" name="payment.shifts" columns={COLUMNS} row_key="shift_id" href={(r) => `/payment/shifts/${r.shift_id}`} excel={may('payment.shift.export') ? payment.shiftsExcel : undefined}
      totals={(d) => ({ difference_fen: money(d.difference_fen_sum), handed_fen: money(d.handed_fen_sum) })} empty={{ text: '没有班次' }}
    />
  )
}
