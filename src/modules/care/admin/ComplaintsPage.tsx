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
import { care, type ComplaintRow } from '../contract.ts'
import { TONE, dueText, hour, said } from '../shown.ts'
import { words } from '../words.ts'
import { NewComplaintDrawer } from './NewComplaintDrawer.tsx'

const COLUMNS: readonly Column<ComplaintRow>[] = [
  { key: 'no', title: '受理编号', width: 130, always: true },
  { key: 'state', title: '状态', width: 80, show: (r) => <StateTag value={r.state} words={words.states?.['state']} tones={TONE} /> },
  { key: 'nature', title: '性质', width: 60, show: (r) => said('nature', r.nature) },
  { key: 'kind', title: '类别', width: 115 },
  { key: 'place', title: '位置', width: 110 },
  { key: 'words', title: '内容', width: 190 },
  { key: 'reporter_name', title: '反映人', width: 75, show: (r) => (r.unnamed ? '匿名' : (r.reporter_name ?? '—')) },
  { key: 'source', title: '来源', width: 85, show: (r) => said('source', r.source) },
  { key: 'assignee_name', title: '处理人', width: 95, show: (r) => r.assignee_name ?? r.department_name ?? '—' },
  { key: 'due_at', title: '时限', width: 115, show: (r) => { const text = dueText(r, nowIso()); return text ? <span className={r.late ? 'hy-red hy-strong' : ''}>{text}</span> : '—' } },
  { key: 'outside_due_at', title: '来文期限', width: 110, hidden: true, show: (r) => (r.outside_due_at ? <span className={r.outside_due_at < nowIso() ? 'hy-red hy-strong' : ''}>{hour(r.outside_due_at)}</span> : '—') },
  { key: 'created_at', title: '登记时间', width: 135 },
  { key: 'satisfaction', title: '满意', width: 55, show: (r) => (r.satisfaction ? `${r.satisfaction} 分` : '—') },
  { key: 'community_name', title: '小区', width: 100, hidden: true },
  { key: 'round_no', title: '重开', width: 60, hidden: true, show: (r) => (r.round_no > 1 ? `${r.round_no - 1} 次` : '—') },
]
const POLL_MS = 30_000

export default function ComplaintsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search] = useSearchState()
  const kinds = useRead(care.kinds, {}, { stale_ms: 300_000 })
  const people = useRead(care.handlers, place_id ? { community_id: place_id } : {}, { stale_ms: 60_000 })
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'text', name: 'q', label: '关键词', placeholder: '编号、房号、电话、内容、来文号' },
    { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['state']) },
    { kind: 'select', name: 'nature', label: '性质', options: optionsOf(words.states?.['nature']) },
    { kind: 'check', name: 'late', label: '只看超时' },
    { kind: 'select', name: 'kind_id', label: '类别', more: true, options: (kinds.data?.rows ?? []).map((k) => ({ value: k.kind_id, label: k.name })), loading: kinds.loading },
    { kind: 'select', name: 'source', label: '来源', more: true, options: optionsOf(words.states?.['source']) },
    { kind: 'select', name: 'assignee_id', label: '处理人', more: true, options: (people.data?.rows ?? []).map((x) => ({ value: x.account_id, label: x.name })), loading: people.loading },
    { kind: 'select', name: 'fact', label: '统计口径', more: true, options: optionsOf(words.states?.['fact']) },
    { kind: 'days', names: ['from_on', 'to_on'], label: '登记日', more: true },
  ], [kinds.data, kinds.loading, people.data, people.loading])
  // Written into the address by figures and other pages.
  const carried = Object.fromEntries(['community_id', 'house_id', 'building_id', 'cause_id', 'department_id'].flatMap((k) => (search[k] ? [[k, search[k]]] : [])))
  const list = useList(care.complaints, { filters, fixed: { ...(place_id ? { community_id: place_id } : {}), ...carried } })
  const [adding, setAdding] = useState(false)
  return (
    <>
      <ListPage
        {...list} title="投诉建议" name="care.complaints" columns={COLUMNS} row_key="complaint_id" href={(r) => `/care/complaints/${r.complaint_id}`} empty={{ text: '没有符合条件的投诉建议' }}
        excel={may('care.complaint.export') ? care.complaintsExcel : undefined}
        note={<Counts counts={list.data?.counts} />}
        actions={may('care.complaint.create') ? <Button type="primary" onClick={() => setAdding(true)}>登记</Button> : null}
      />
      <Fresh />
      {adding ? <NewComplaintDrawer close={() => setAdding(false)} /> : null}
    </>
  )
}
/** Asks for the first page again while the list is open. */
function Fresh() {
  const { place_id } = usePlace()
  useRead(care.complaints, { page: 1, page_size: 20, ...(place_id ? { community_id: place_id } : {}) }, { refresh_ms: POLL_MS })
  return null
}

function Counts({ counts }: { counts: Partial<Record<string, number>> | undefined }) {
  const [search, setSearch] = useSearchState()
  const none = { state: undefined, late: undefined, fact: undefined }
  const one = (key: string, label: string, on: boolean, change: Record<string, string | undefined>, red = false) => {
    const n = counts?.[key] ?? 0
    return <Button key={key} size="small" type={on ? 'primary' : 'default'} aria-pressed={on} danger={red && n > 0} onClick={() => setSearch({ page: undefined, ...none, ...change })}>{label}{counts ? ` ${n}` : ''}</Button>
  }
  const all = !search['state'] && !search['late'] && !search['fact']
  return (
    <div className="hy-line" role="group" aria-label="按状态">
      <Button size="small" type={all ? 'primary' : 'default'} aria-pressed={all} onClick={() => setSearch({ page: undefined, ...none })}>全部</Button>
      {(['new', 'assigned', 'handling', 'answered'] as const).map((s) => one(s, said('state', s), search['state'] === s, { state: s }))}
      {one('visit_waiting', '待回访', search['fact'] === 'visit_waiting', { fact: 'visit_waiting' })}
      {one('late', '超时', search['late'] === '1', { late: '1' }, true)}
    </div>
  )
}
