// 访客: announced and registered, in and out, who is inside too long; the rules of how long they are kept.
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { access, type VisitRow } from '../contract.ts'
import { words } from '../words.ts'
import { HostInput } from './HostInput.tsx'

const FILTERS: readonly Filter[] = [
  { kind: 'text', name: 'q', label: '关键词', placeholder: '访客、受访人、房号、车牌' }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['visit']) }, { kind: 'select', name: 'source', label: '来源', options: optionsOf(words.states!['source']) }, { kind: 'days', names: ['from_on', 'to_on'], label: '到访日' }, { kind: 'check', name: 'overstayed', label: '只看超时未离' },
]
/** The day once, where it is one. */
const span = (r: VisitRow): string => {
  const [from, to] = [instant(r.from_at).slice(5, 16), instant(r.to_at).slice(5, 16)]
  return `${from} 至 ${from.slice(0, 5) === to.slice(0, 5) ? to.slice(6) : to}`
}
const stateOf = (r: VisitRow): string => (r.overstayed ? 'overstayed' : r.late ? 'late' : r.barred_reason !== null && r.state === 'waiting' ? 'barred' : r.state)
const STATES = { ...words.states!['visit'], late: '过期未到', overstayed: '超时未离', barred: '黑名单' }
const TONES = { waiting: 'busy', arrived: 'good', late: 'warn', overstayed: 'bad', barred: 'bad' } as const

export default function VisitsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const checks = may('access.visit.check')
  const arrive = useWrite(access.arriveVisit, { done: '已放入' })
  const leave = useWrite(access.leaveVisit, { done: '已登记离开' })
  const [open, setOpen] = useState<'new' | 'policy'>()
  const columns = useMemo((): readonly Column<VisitRow>[] => [
    { key: 'visitor_name', title: '访客', width: 90, always: true }, { key: 'state', title: '状态', width: 95, show: (r) => <StateTag value={stateOf(r)} words={STATES} tones={TONES} /> }, { key: 'house_label', title: '受访', width: 140, show: (r) => `${r.house_label} ${r.host_name}` }, { key: 'people_count', title: '人数', width: 55 }, { key: 'plate', title: '车牌', width: 100 }, { key: 'visitor_phone_masked', title: '电话', width: 115, hidden: true }, { key: 'id_masked', title: '证件', width: 170, hidden: true }, { key: 'purpose', title: '事由', width: 90 },
    { key: 'from_at', title: '时间', width: 205, show: (r) => span(r) }, { key: 'arrived_at', title: '到访', width: 150, show: (r) => (r.arrived_at ? `${instant(r.arrived_at).slice(5, 16)} ${r.arrived_by ?? ''}` : '') }, { key: 'left_at', title: '离开', width: 150, show: (r) => (r.left_at ? `${instant(r.left_at).slice(5, 16)} ${r.left_by ?? ''}` : '') }, { key: 'source', title: '来源', width: 85, hidden: true, show: (r) => words.states!['source']![r.source] }, { key: 'community_name', title: '小区', width: 110, hidden: true },
    ...(checks ? [{ key: 'act', title: '操作', width: 80, show: (r: VisitRow) => <span className="hy-line">{r.state === 'waiting' ? <CanButton size="small" can={r.can.arrive} words={words} loading={arrive.running} onClick={() => void arrive.run({ visit_id: r.visit_id }, r.visit_id)}>放入</CanButton> : null}{r.state === 'arrived' ? <CanButton size="small" can={r.can.leave} words={words} loading={leave.running} onClick={() => void leave.run({ visit_id: r.visit_id }, r.visit_id)}>离开</CanButton> : null}</span> }] : []),
  ], [checks, arrive, leave])
  const list = useList(access.visits, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  return (
    <>
      <ListPage {...list} title="访客" name="access.visits" columns={columns} row_key="visit_id" excel={may('access.visit.export') ? access.visitsExcel : undefined} note={<Counts counts={list.data} />} empty={{ text: '还没有访客' }} actions={<>{may('access.policy.write') ? <Button onClick={() => setOpen('policy')}>访客规则</Button> : null}{may('access.visit.write') ? <Button type="primary" onClick={() => setOpen('new')}>登记访客</Button> : null}</>} />
      {open === 'new' ? <NewVisit close={() => setOpen(undefined)} /> : null}
      {open === 'policy' ? <PolicyModal close={() => setOpen(undefined)} /> : null}
    </>
  )
}
function Counts({ counts }: { counts: { overstayed_count: number; waiting_count: number; inside_count: number } | undefined }) {
  const [search, setSearch] = useSearchState()
  const none = { state: undefined, overstayed: undefined, page: undefined }
  const over = search['overstayed'] === '1'
  return (
    <div className="hy-line" role="group" aria-label="按状态">
      <Button size="small" type={!search['state'] && !over ? 'primary' : 'default'} onClick={() => setSearch(none)}>全部</Button>
      <Button size="small" type={search['state'] === 'arrived' ? 'primary' : 'default'} onClick={() => setSearch({ ...none, state: 'arrived' })}>在访 {counts?.inside_count ?? ''}</Button>
      <Button size="small" type={search['state'] === 'waiting' ? 'primary' : 'default'} onClick={() => setSearch({ ...none, state: 'waiting' })}>待到访 {counts?.waiting_count ?? ''}</Button>
      <Button size="small" danger={(counts?.overstayed_count ?? 0) > 0} type={over ? 'primary' : 'default'} onClick={() => setSearch({ ...none, overstayed: '1' })}>超时未离 {counts?.overstayed_count ?? ''}</Button>
    </div>
  )
}
function NewVisit({ close }: { close: () => void }) {
  const save = useWrite(access.registerVisit, { in_form: true, done: '已登记并放入' })
  return (
    <FormDrawer open onClose={close} columns={2} title="登记访客" submit="登记并放入" call={access.registerVisit} loading={save.running} submitError={save.error}
      fields={[{ name: 'house_id', control: (c) => <HostInput {...c} /> }, 'host_name', 'visitor_name', 'visitor_phone', { name: 'id_number', help: '核对证件后填写;只保存头三位和末四位' }, 'people_count', { name: 'plate', help: '填写后车到入口自动放行' }, 'purpose', 'hours']}
      initial={{ host_name: '', visitor_name: '', visitor_phone: null, id_number: null, plate: null, people_count: 1, purpose: '探访', hours: 4 }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
  )
}
function PolicyModal({ close }: { close: () => void }) {
  const policy = useRead(access.policy, {})
  const save = useWrite(access.savePolicy, { in_form: true, done: '已设定' })
  if (!policy.data) return null
  return <FormModal open onClose={close} title="访客规则" call={access.savePolicy} loading={save.running} submitError={save.error} note={policy.data.next_from_on ? <p className="hy-muted">{policy.data.next_from_on} 起另有新规则</p> : undefined} fields={['from_on', { name: 'keep_days', help: '过后自动删除,删除数量记入操作日志' }, 'max_hours', 'max_open', 'early_minutes']} initial={{ ...policy.data.now, from_on: today() }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
