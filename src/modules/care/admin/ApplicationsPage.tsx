import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { care, type ApplicationRow } from '../contract.ts'
import { APPLICATION_TONE, hour } from '../shown.ts'
import { words } from '../words.ts'
import { NewApplicationDrawer } from './NewApplicationDrawer.tsx'

const COLUMNS: readonly Column<ApplicationRow>[] = [
  { key: 'no', title: '申请号', width: 130, always: true }, { key: 'state', title: '状态', width: 85, show: (r) => <StateTag value={r.state} words={words.states?.['application']} tones={APPLICATION_TONE} /> }, { key: 'service', title: '事项', width: 110 }, { key: 'label', title: '房号', width: 100 }, { key: 'applicant_name', title: '申请人', width: 85 },
  { key: 'step_name', title: '当前步骤', width: 110 }, { key: 'department_name', title: '审批部门', width: 95 }, { key: 'due_at', title: '时限', width: 105, show: (r) => (r.due_at ? <span className={r.late ? 'hy-red hy-strong' : ''}>{hour(r.due_at)}</span> : '—') },
  { key: 'created_at', title: '申请时间', width: 135 }, { key: 'ended_at', title: '结束时间', width: 135 }, { key: 'source', title: '来源', width: 75, hidden: true, show: (r) => (r.source === 'app' ? '业主端' : '前台代办') }, { key: 'community_name', title: '小区', width: 100, hidden: true },
]
export default function ApplicationsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const services = useRead(care.services, {}, { stale_ms: 300_000 })
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'text', name: 'q', label: '关键词', placeholder: '申请号、房号、申请人、电话' }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['application']) }, { kind: 'select', name: 'service_id', label: '事项', options: (services.data?.rows ?? []).map((s) => ({ value: s.service_id, label: s.name })), loading: services.loading },
    { kind: 'check', name: 'mine', label: '待我审批' }, { kind: 'check', name: 'late', label: '只看超时', more: true }, { kind: 'days', names: ['from_on', 'to_on'], label: '申请日', more: true },
  ], [services.data, services.loading])
  const carried = search['house_id'] ? { house_id: search['house_id'] } : {}
  const list = useList(care.applications, { filters, fixed: { ...(place_id ? { community_id: place_id } : {}), ...carried } })
  const [adding, setAdding] = useState(false)
  const none = { page: undefined, state: undefined, mine: undefined, late: undefined }
  const counts = list.data?.counts
  const tab = (key: string, label: string, on: boolean, change: Record<string, string>, red = false) => <Button key={key} size="small" type={on ? 'primary' : 'default'} aria-pressed={on} danger={red && (counts?.[key as 'late'] ?? 0) > 0} onClick={() => setSearch({ ...none, ...change })}>{label}{counts ? ` ${counts[key as 'late'] ?? 0}` : ''}</Button>
  return (
    <>
      <ListPage
        {...list} title="服务申请" name="care.applications" columns={COLUMNS} row_key="application_id" href={(r) => `/care/applications/${r.application_id}`} empty={{ text: '没有符合条件的服务申请' }} excel={may('care.application.export') ? care.applicationsExcel : undefined}
        note={<div className="hy-line" role="group" aria-label="按状态"><Button size="small" type={!search['state'] && !search['mine'] && !search['late'] ? 'primary' : 'default'} onClick={() => setSearch(none)}>全部</Button>{tab('mine', '待我审批', search['mine'] === '1', { mine: '1' })}{tab('deciding', '审批中', search['state'] === 'deciding', { state: 'deciding' })}{tab('approved', '已批准', search['state'] === 'approved', { state: 'approved' })}{tab('late', '超时', search['late'] === '1', { late: '1' }, true)}</div>}
        actions={may('care.application.create') ? <Button type="primary" onClick={() => setAdding(true)}>代办申请</Button> : null}
      />
      {adding ? <NewApplicationDrawer close={() => setAdding(false)} /> : null}
    </>
  )
}
