import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { MoneyText } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { count, money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage, type Batch } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { useStewards } from '../../property/admin/shared.tsx'
import { property } from '../../property/contract.ts'
import { billing, type BillRow as BillRowShape } from '../contract.ts'
import type { z } from 'zod'
import { words } from '../words.ts'
import { MergeDrawer, SplitDrawer } from './Rework.tsx'
import { WaiverDrawer } from './shared.tsx'
import { BillTag } from './shown.tsx'

type BillRow = z.output<typeof BillRowShape>
const COLUMNS: readonly Column<BillRow>[] = [
  { key: 'house_label', title: '房号', width: 120, always: true },
  { key: 'community_name', title: '小区', width: 110, hidden: true },
  { key: 'period', title: '账期', width: 85 },
  { key: 'fee_item_name', title: '收费项目', width: 110 },
  { key: 'explanation', title: '计算过程', width: 290 },
  { key: 'payer_name', title: '缴费人', width: 100 },
  { key: 'amount_fen', title: '应收', width: 100 },
  { key: 'paid_fen', title: '已收', width: 100 },
  { key: 'reduced_fen', title: '减免', width: 90, hidden: true },
  { key: 'moved_fen', title: '拆并转出', width: 100, hidden: true },
  { key: 'open_fen', title: '未收', width: 100, show: (r) => <MoneyText fen={r.open_fen} owed /> },
  { key: 'due_on', title: '到期日', width: 105 },
  { key: 'overdue_days', title: '逾期天数', width: 85, align: 'right', show: (r) => (r.overdue_days > 0 ? <span className="hy-red">{r.overdue_days}</span> : '—') },
  { key: 'state', title: '状态', width: 85, show: (r) => <BillTag state={r.state} /> },
]
/** Written into the address by figures that open their lines; shown as one chip to take away. */
const CARRIED = ['house_id', 'payer_id', 'run_id', 'age'] as const

const MERGE_MAX = 60
/** The server says the rest: due days, readings, late fees. */
const mergeable = (rows: readonly BillRow[]): true | string => {
  const [a] = rows
  if (rows.length < 2 || rows.length > MERGE_MAX) return `请选 2 至 ${MERGE_MAX} 笔账单`
  if (rows.some((r) => r.open_fen <= 0)) return '所选账单中有已缴清或作废的'
  return rows.every((r) => r.house_id === a!.house_id && r.payer_id === a!.payer_id && r.fee_item_id === a!.fee_item_id) ? true : '只能合并同一房产、同一缴费人、同一收费项目的账单'
}

export default function BillsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const items = useRead(billing.feeItems, place_id ? { community_id: place_id, with_disabled: true } : { with_disabled: true }, { enabled: may('billing.item.read'), stale_ms: 60_000 })
  const tree = useRead(property.tree, place_id ? { community_id: place_id } : {}, { enabled: may('property.house.read'), stale_ms: 60_000 })
  const stewards = useStewards(place_id)
  const filters = useMemo(
    (): readonly Filter[] => [
      { kind: 'text', name: 'q', label: '关键词', placeholder: '房号、缴费人' },
      { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['bill']) },
      { kind: 'month', name: 'period_from', label: '账期起' },
      { kind: 'month', name: 'period_to', label: '账期止' },
      { kind: 'select', name: 'fee_item_id', label: '收费项目', more: true, options: (items.data?.rows ?? []).map((i) => ({ value: i.fee_item_id, label: place_id ? i.name : `${i.community_name} ${i.name}` })), loading: items.loading },
      { kind: 'select', name: 'building_id', label: '楼栋', more: true, options: (tree.data?.communities ?? []).flatMap((c) => c.buildings.map((b) => ({ value: b.building_id, label: place_id ? b.name : `${c.name} ${b.name}` }))), loading: tree.loading },
      { kind: 'select', name: 'steward_id', label: '管家', more: true, options: stewards.options, loading: stewards.loading },
    ],
    [stewards.options, stewards.loading, items.data, items.loading, tree.data, tree.loading, place_id],
  )
  const carried = Object.fromEntries(CARRIED.flatMap((k) => (search[k] ? [[k, search[k]]] : [])))
  const community_id = search['community_id'] ?? place_id
  const list = useList(billing.bills, { filters, fixed: { with_totals: true, ...(community_id ? { community_id } : {}), ...carried } })
  const [waiving, setWaiving] = useState<readonly BillRow[]>()
  const [merging, setMerging] = useState<readonly BillRow[]>()
  const [splitting, setSplitting] = useState<BillRow>()
  const batch: Batch<BillRow>[] = [
    ...(may('billing.waiver.ask') ? [{ label: '申请减免或核销', can: (rows: readonly BillRow[]) => (rows.every((r) => r.open_fen > 0) ? true : '所选账单中有已缴清或作废的'), run: (rows: readonly BillRow[]) => setWaiving(rows) }] : []),
    ...(may('billing.bill.rework')
      ? [
          { label: '拆分', can: (rows: readonly BillRow[]) => (rows.length !== 1 ? '请只选一笔账单' : rows[0]!.open_fen > 0 ? true : '所选账单已缴清或作废'), run: (rows: readonly BillRow[]) => setSplitting(rows[0]) },
          { label: '合并', can: mergeable, run: (rows: readonly BillRow[]) => setMerging(rows) },
        ]
      : []),
  ]
  return (
    <>
    <ListPage
      {...list} title="账单" name="billing.bills" columns={COLUMNS} row_key="bill_id" href={(r) => `/billing/bills/${r.bill_id}`}
      {...(batch.length ? { batch } : {})}
      excel={may('billing.bill.export') ? billing.billsExcel : undefined}
      totals={(d) => (d.totals ? { house_label: `合计 ${count(d.totals.count)} 笔`, amount_fen: money(d.totals.amount_fen), paid_fen: money(d.totals.paid_fen), reduced_fen: money(d.totals.reduced_fen), moved_fen: money(d.totals.moved_fen), open_fen: <MoneyText fen={d.totals.open_fen} owed /> } : {})}
      note={
        Object.keys(carried).length || search['community_id'] ? (
          <div className="hy-line">
            <span className="hy-muted">正在查看{search['house_id'] ? '一户' : search['run_id'] ? '一个出账批次' : search['age'] ? `账龄「${words.states?.['age']?.[search['age']] ?? ''}」` : '一组'}的账单</span>
            <Button size="small" type="link" onClick={() => setSearch({ ...Object.fromEntries(CARRIED.map((k) => [k, undefined])), community_id: undefined, page: undefined })}>查看全部</Button>
          </div>
        ) : null
      }
      empty={{ text: '没有符合条件的账单' }}
    />
    {splitting ? <SplitDrawer bill={splitting} close={() => setSplitting(undefined)} /> : null}
    {merging ? <MergeDrawer bills={merging} close={() => setMerging(undefined)} /> : null}
    {waiving ? <WaiverDrawer title={`申请减免 ${waiving.length} 条账单`} of={{ bills: waiving.map(({ bill_id, period_on }) => ({ bill_id, period_on })) }} close={() => setWaiving(undefined)} /> : null}
    </>
  )
}
