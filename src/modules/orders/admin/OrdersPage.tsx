import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { nowIso } from '../../../kernel/clock.ts'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { orders, type Category, type OrderRow } from '../contract.ts'
import { TONE, dueText } from '../shown.ts'
import { words } from '../words.ts'
import { NewOrderDrawer } from './NewOrderDrawer.tsx'

const COLUMNS: readonly Column<OrderRow>[] = [
  { key: 'no', title: '工单号', width: 130, always: true },
  { key: 'state', title: '状态', width: 80, show: (r) => <StateTag value={r.state} words={words.states?.['state']} tones={TONE} /> },
  { key: 'urgent', title: '级别', width: 60, show: (r) => (r.urgent ? <StateTag value="urgent" words={{ urgent: '急修' }} tones={{ urgent: 'bad' }} /> : '一般') },
  { key: 'place', title: '位置', width: 140 },
  { key: 'category', title: '分类', width: 125 },
  { key: 'words', title: '内容', width: 170 },
  { key: 'reporter_name', title: '报修人', width: 75 },
  { key: 'assignee_name', title: '处理人', width: 75 },
  { key: 'due_at', title: '时限', width: 115, show: (r) => { const text = dueText(r, nowIso()); return text ? <span className={r.late ? 'hy-red hy-strong' : ''}>{text}</span> : '—' } },
  { key: 'created_at', title: '报修时间', width: 135 },
  { key: 'rating', title: '评分', width: 55, show: (r) => (r.rating ? `${r.rating} 分` : '—') },
  { key: 'community_name', title: '小区', width: 100, hidden: true },
  { key: 'source', title: '来源', width: 75, hidden: true, show: (r) => words.states?.['source']?.[r.source] },
  { key: 'round_no', title: '返修', width: 60, hidden: true, show: (r) => (r.round_no > 1 ? `${r.round_no - 1} 次` : '—') },
]
export const categoryOptions = (rows: readonly Category[]) =>
  rows.filter((g) => g.parent_id === null).flatMap((g) => [{ value: g.category_id, label: `${g.name}(全部)` }, ...rows.filter((k) => k.parent_id === g.category_id).map((k) => ({ value: k.category_id, label: `${g.name} / ${k.name}` }))])
const TABS = ['waiting', 'assigned', 'accepted', 'working', 'suspended', 'finished'] as const
const POLL_MS = 30_000

export default function OrdersPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search] = useSearchState()
  const kinds = useRead(orders.categories, {}, { stale_ms: 300_000 })
  const workers = useRead(orders.workers, place_id ? { community_id: place_id } : {}, { stale_ms: 60_000 })
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'text', name: 'q', label: '关键词', placeholder: '工单号、房号、电话、内容' },
    { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['state']) },
    { kind: 'check', name: 'late', label: '只看超时' },
    { kind: 'check', name: 'urgent', label: '只看急修' },
    { kind: 'select', name: 'category_id', label: '分类', more: true, options: categoryOptions(kinds.data?.rows ?? []), loading: kinds.loading },
    { kind: 'select', name: 'assignee_id', label: '处理人', more: true, options: (workers.data?.rows ?? []).map((x) => ({ value: x.account_id, label: x.name })), loading: workers.loading },
    { kind: 'select', name: 'fact', label: '统计口径', more: true, options: optionsOf(words.states?.['fact']) },
    { kind: 'days', names: ['from_on', 'to_on'], label: '报修日', more: true },
  ], [kinds.data, kinds.loading, workers.data, workers.loading])
  // Written into the address by figures and other pages.
  const carried = { ...(search['community_id'] ? { community_id: search['community_id'] } : {}), ...(search['house_id'] ? { house_id: search['house_id'] } : {}), ...(search['building_id'] ? { building_id: search['building_id'] } : {}), ...(search['equipment_id'] ? { equipment_id: search['equipment_id'] } : {}), ...(search['equipment_category_id'] ? { equipment_category_id: search['equipment_category_id'] } : {}), ...(search['with_equipment'] ? { with_equipment: true } : {}) }
  const list = useList(orders.orders, { filters, fixed: { ...(place_id ? { community_id: place_id } : {}), ...carried } })
  const [adding, setAdding] = useState(false)
  return (
    <>
      <ListPage
        {...list} title="报修工单" name="orders.orders" columns={COLUMNS} row_key="order_id" href={(r) => `/orders/list/${r.order_id}`} empty={{ text: '没有符合条件的工单' }}
        excel={may('orders.order.export') ? orders.ordersExcel : undefined}
        note={<Counts counts={list.data?.counts} />}
        actions={may('orders.order.create') ? <Button type="primary" onClick={() => setAdding(true)}>登记报修</Button> : null}
      />
      <Fresh />
      {adding ? <NewOrderDrawer close={() => setAdding(false)} /> : null}
    </>
  )
}
/** Asks for the first page again while the list is open: a dispatcher looks at it all day. */
function Fresh() {
  const { place_id } = usePlace()
  useRead(orders.orders, { page: 1, page_size: 20, ...(place_id ? { community_id: place_id } : {}) }, { refresh_ms: POLL_MS })
  return null
}

function Counts({ counts }: { counts: Partial<Record<string, number>> | undefined }) {
  const [search, setSearch] = useSearchState()
  const all = !search['state'] && !search['late']
  const one = (key: string, label: string, on: boolean, change: Record<string, string | undefined>, red = false) => {
    const n = counts?.[key] ?? 0
    return <Button key={key} size="small" type={on ? 'primary' : 'default'} aria-pressed={on} danger={red && n > 0} onClick={() => setSearch({ page: undefined, ...change })}>{label}{counts ? ` ${n}` : ''}</Button>
  }
  return (
    <div className="hy-line" role="group" aria-label="按状态">
      <Button size="small" type={all ? 'primary' : 'default'} aria-pressed={all} onClick={() => setSearch({ page: undefined, state: undefined, late: undefined })}>全部</Button>
      {TABS.map((s) => one(s, words.states!['state']![s]!, search['state'] === s, { state: s, late: undefined }))}
      {one('late', '超时', search['late'] === '1', { state: undefined, late: '1' }, true)}
    </div>
  )
}
