// 户数明细: the households that the collection rate counts, paid up or not; each opens its bills.
import { useMemo } from 'react'
import { useSearchState, Go } from '../../../ui/address.tsx'
import { MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { money } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { addMonths } from '../../../kernel/clock.ts'
import { billing } from '../contract.ts'
import type { RateHouse } from '../rate_contract.ts'
import { billsAt, thisMonth } from './shown.tsx'

const filtersOf = (period_from: string, period_to: string): readonly Filter[] => [
  { kind: 'select', name: 'cleared', label: '是否缴清', options: [{ value: 'yes', label: '缴清' }, { value: 'no', label: '未缴清' }] },
  { kind: 'month', name: 'period_from', label: '账期起', instead: period_from },
  { kind: 'month', name: 'period_to', label: '账期止', instead: period_to },
]

export default function RateHousesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search] = useSearchState()
  const period_to = search['period_to'] ?? thisMonth()
  const period_from = search['period_from'] ?? addMonths(period_to, -11)
  const narrow = Object.fromEntries((['community_id', 'building_id', 'fee_item_id'] as const).flatMap((k) => (search[k] ? [[k, search[k]]] : [])))
  const fixed = { period_from, period_to, ...(place_id ? { community_id: place_id } : {}), ...narrow }
  const filters = useMemo(() => filtersOf(period_from, period_to), [period_from, period_to])
  const list = useList(billing.rateHouses, { filters, fixed })
  const columns: readonly Column<RateHouse>[] = [
    { key: 'house_label', title: '房号', width: 120, always: true },
    { key: 'community_name', title: '小区', width: 120 },
    { key: 'building_name', title: '楼栋', width: 90 },
    { key: 'owner_names', title: '业主', width: 150 },
    { key: 'bill_count', title: '账单数', width: 80, show: (r) => <Go to={billsAt({ ...fixed, house_id: r.house_id, state: 'live' })}>{r.bill_count}</Go> },
    { key: 'receivable_fen', title: '应收', width: 110, show: (r) => <Go to={billsAt({ ...fixed, house_id: r.house_id, state: 'live' })}><MoneyText fen={r.receivable_fen} /></Go> },
    { key: 'received_fen', title: '已收', width: 110 },
    { key: 'reduced_fen', title: '减免', width: 90 },
    { key: 'open_fen', title: '未收', width: 110, show: (r) => (r.open_fen > 0 ? <Go to={billsAt({ ...fixed, house_id: r.house_id, state: 'unpaid' })}><MoneyText fen={r.open_fen} owed /></Go> : '—') },
    { key: 'cleared', title: '状态', width: 80, show: (r) => <StateTag value={r.open_fen <= 0 ? 'yes' : 'no'} words={{ yes: '缴清', no: '未缴清' }} tones={{ yes: 'good', no: 'bad' }} /> },
  ]
  return (
    <ListPage
      {...list} title="收缴率户数明细" name="billing.rate_houses" columns={columns} row_key="house_id" href={(r) => `/property/houses/${r.house_id}`} empty={{ text: '这段账期没有账单' }} excel={may('billing.stats.export') ? billing.rateHousesExcel : undefined}
      actions={<Go to={`/billing/collection?period_from=${period_from}&period_to=${period_to}`}>收缴率</Go>}
      totals={(d) => ({ receivable_fen: money(d.receivable_fen_sum), received_fen: money(d.received_fen_sum), reduced_fen: money(d.reduced_fen_sum), open_fen: money(d.open_fen_sum) })}
    />
  )
}
