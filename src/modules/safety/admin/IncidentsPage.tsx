import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { nowIso } from '../../../kernel/clock.ts'
import { useGo, useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { MoneyText, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { safety, type IncidentRow } from '../contract.ts'
import { LEVEL_TONE, TONE, leftText, said } from '../shown.ts'
import { words } from '../words.ts'
import { NewIncidentDrawer } from './NewIncidentDrawer.tsx'

const COLUMNS: readonly Column<IncidentRow>[] = [
  { key: 'no', title: '事件编号', width: 130, always: true },
  { key: 'state', title: '状态', width: 85, show: (r) => <StateTag value={r.state} words={words.states?.['state']} tones={TONE} /> },
  { key: 'kind', title: '种类', width: 130 },
  { key: 'level', title: '等级', width: 80, show: (r) => <StateTag value={r.level} words={words.states?.['level']} tones={LEVEL_TONE} /> },
  { key: 'place', title: '地点', width: 150 },
  { key: 'words', title: '经过', width: 220 },
  { key: 'occurred_at', title: '发生时间', width: 135, show: (r) => instant(r.occurred_at).slice(0, 16) },
  { key: 'report', title: '上报', width: 125, show: (r) => (r.reported_at ? <span className={r.report_due_at && r.reported_at > r.report_due_at ? 'hy-red' : ''}>{instant(r.reported_at).slice(5, 16)}</span> : r.report_due_at && r.state !== 'void' ? <span className={r.report_due_at < nowIso() ? 'hy-red hy-strong' : ''}>{leftText(r.report_due_at, nowIso())}</span> : '—') },
  { key: 'assignee_name', title: '处理人', width: 85, show: (r) => r.assignee_name ?? '—' },
  { key: 'hurt', title: '伤亡', width: 60, align: 'right', show: (r) => (r.hurt ? <span className="hy-red">{r.hurt}</span> : '—') },
  { key: 'loss_fen', title: '损失', width: 110, align: 'right', hidden: true, show: (r) => (r.loss_fen === null ? '—' : <MoneyText fen={r.loss_fen} />) },
  { key: 'open_measures', title: '未完措施', width: 80, align: 'right', show: (r) => (r.open_measures ? r.open_measures : '—') },
  { key: 'close_due_at', title: '结案期限', width: 135, hidden: true, show: (r) => <span className={r.late && r.close_due_at < nowIso() ? 'hy-red hy-strong' : ''}>{instant(r.close_due_at).slice(0, 10)}</span> },
  { key: 'reported_by_name', title: '报告人', width: 85, hidden: true },
  { key: 'community_name', title: '小区', width: 100, hidden: true },
]

export default function IncidentsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const go = useGo()
  const [search] = useSearchState()
  const kinds = useRead(safety.kinds, {}, { stale_ms: 300_000 })
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'text', name: 'q', label: '关键词', placeholder: '编号、地点、经过' },
    { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['state']) },
    { kind: 'select', name: 'kind_id', label: '种类', options: (kinds.data?.rows ?? []).map((k) => ({ value: k.kind_id, label: k.name })), loading: kinds.loading },
    { kind: 'select', name: 'level', label: '等级', more: true, options: optionsOf(words.states?.['level']) },
    { kind: 'select', name: 'fact', label: '统计口径', more: true, options: optionsOf(words.states?.['fact']) },
    { kind: 'days', names: ['from_on', 'to_on'], label: '发生日', more: true },
  ], [kinds.data, kinds.loading])
  // Written into the address by figures and other pages.
  const carried = Object.fromEntries(['community_id', 'building_id'].flatMap((k) => (search[k] ? [[k, search[k]]] : [])))
  const list = useList(safety.incidents, { filters, fixed: { ...(place_id ? { community_id: place_id } : {}), ...carried } })
  const [adding, setAdding] = useState(false)
  return (
    <>
      <ListPage
        {...list} title="安全事件" name="safety.incidents" columns={COLUMNS} row_key="incident_id" href={(r) => `/safety/incidents/${r.incident_id}`} empty={{ text: '没有符合条件的安全事件' }}
        excel={may('safety.incident.export') ? safety.incidentsExcel : undefined} note={<Counts counts={list.data?.counts} />}
        actions={may('safety.incident.create') ? <Button type="primary" onClick={() => setAdding(true)}>报告安全事件</Button> : null}
      />
      {adding ? <NewIncidentDrawer close={() => setAdding(false)} done={(id) => go(`/safety/incidents/${id}`)} /> : null}
    </>
  )
}
function Counts({ counts }: { counts: Partial<Record<string, number>> | undefined }) {
  const [search, setSearch] = useSearchState()
  const none = { state: undefined, fact: undefined }
  const one = (key: string, label: string, on: boolean, change: Record<string, string | undefined>, red = false) => {
    const n = counts?.[key] ?? 0
    return <Button key={key} size="small" type={on ? 'primary' : 'default'} aria-pressed={on} danger={red && n > 0} onClick={() => setSearch({ page: undefined, ...none, ...change })}>{label}{counts ? ` ${n}` : ''}</Button>
  }
  return (
    <div className="hy-line" role="group" aria-label="按状态">
      <Button size="small" type={!search['state'] && !search['fact'] ? 'primary' : 'default'} aria-pressed={!search['state'] && !search['fact']} onClick={() => setSearch({ page: undefined, ...none })}>全部</Button>
      {(['reported', 'handling', 'review'] as const).map((s) => one(s, said('state', s), search['state'] === s, { state: s }))}
      {one('report_late', '上报超时', search['fact'] === 'report_late', { fact: 'report_late' }, true)}
      {one('measure_late', '措施逾期', search['fact'] === 'measure_late', { fact: 'measure_late' }, true)}
    </div>
  )
}
