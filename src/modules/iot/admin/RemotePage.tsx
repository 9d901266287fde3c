// 远传抄表: what was taken for the month, what was not and why; when it is taken.
import { Button } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { Go, useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { words as meterWords } from '../../meters/words.ts'
import { meters } from '../../meters/contract.ts'
import { iot, type RemoteRow } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { placeOf } from './shared.tsx'

const STATES = ['done', 'suspect', 'failed', 'waiting', 'by_hand'] as const
const KINDS = meterWords.states?.['meter_kind']
const COLUMNS: readonly Column<RemoteRow>[] = [
  { key: 'device_name', title: '设备', width: 180, always: true }, { key: 'meter_no', title: '表号', width: 130, show: (r) => <Go to={`/meters/meters/${r.meter_id}`}>{r.meter_no}</Go> }, { key: 'state', title: '结果', width: 120, show: (r) => <StateTag value={r.state} words={words.states?.['remote']} tones={{ done: 'good', suspect: 'warn', failed: 'bad', waiting: 'plain', by_hand: 'good' }} /> },
  { key: 'reading', title: '读数', width: 110 }, { key: 'taken_at', title: '读数时间', width: 150, show: (r) => instant(r.taken_at) }, { key: 'why', title: '说明', width: 280 }, { key: 'tried_at', title: '取数时间', width: 150, show: (r) => instant(r.tried_at) }, { key: 'kind', title: '表种', width: 70, show: (r) => KINDS?.[r.kind] ?? r.kind }, { key: 'community_name', title: '小区', width: 110, hidden: true },
]
export default function RemotePage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const period = search['period'] ?? today().slice(0, 7)
  const filters: readonly Filter[] = [{ kind: 'text', name: 'q', label: '关键词', placeholder: '设备、表号' }, { kind: 'month', name: 'period', label: '账期', instead: today().slice(0, 7) }, { kind: 'select', name: 'kind', label: '表种', options: optionsOf(KINDS) }, { kind: 'select', name: 'state', label: '结果', options: optionsOf(words.states?.['remote']) }]
  const list = useList(iot.remoteReads, { filters, fixed: { period, ...(place_id ? { community_id: place_id } : {}) } })
  const [taking, setTaking] = useState(false)
  const [planning, setPlanning] = useState(false)
  const { data } = list
  return (
    <>
      <ListPage
        {...list} title="远传抄表" name="iot.remote" columns={COLUMNS} row_key="device_id" href={(r) => `/iot/devices/${r.device_id}`} excel={iot.remoteReadsExcel}
        note={data ? <div className="hy-line" role="group" aria-label="按结果">{STATES.map((s) => <Button key={s} size="small" type={search['state'] === s ? 'primary' : 'default'} aria-pressed={search['state'] === s} onClick={() => setSearch({ page: undefined, state: search['state'] === s ? undefined : s })}>{said('remote', s)} {data.counts[s]}</Button>)}</div> : null}
        actions={<><Button onClick={() => setPlanning(true)}>取数计划</Button>{may('iot.reading.take') ? <Button type="primary" onClick={() => setTaking(true)}>立即取数</Button> : null}</>}
        empty={{ text: '没有对应表计的远传设备', next: <Go to="/iot/buses">到「总线与设备」导入</Go> }}
      />
      {taking ? <TakeModal period={period} close={() => setTaking(false)} /> : null}
      {planning ? <PlansDrawer close={() => setPlanning(false)} /> : null}
    </>
  )
}
function TakeModal({ period, close }: { period: string; close: () => void }) {
  const { place_id, places } = usePlace()
  const take = useWrite(iot.readRemote, { in_form: true, done: (a) => (a.done_count + a.suspect_count + a.failed_count === 0 ? '没有要取的表:本账期的读数都已抄过' : `取到 ${a.done_count} 块,存疑 ${a.suspect_count} 块,未取到 ${a.failed_count} 块`), invalidates: [iot.remoteReads, meters.readings, meters.suspects] })
  return <FormModal open onClose={close} title="立即取数" submit="取数" call={iot.readRemote} loading={take.running} submitError={take.error} words={{ kind: KINDS }} fields={[{ name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })) }, { name: 'kind', kind: 'select' }, { name: 'period', kind: 'month' }]} initial={{ ...placeOf(place_id ?? places[0]?.id), kind: 'water', period }} onSubmit={async (i) => { if (await take.run(i)) close() }}><p className="hy-muted">只取本账期还没有读数的表;已抄的不改。取到的读数与手工抄表同样核查,可疑的到「存疑读数」放行。</p></FormModal>
}
function PlansDrawer({ close }: { close: () => void }) {
  const { place_id, places } = usePlace()
  const plans = useRead(iot.readPlans, place_id ? { community_id: place_id } : {})
  const writes = useMay()('iot.bus.write')
  const save = useWrite(iot.saveReadPlan, { in_form: true, done: '已保存' })
  return (
    <FormDrawer open onClose={close} width={640} columns={2} title="取数计划" submit="保存计划" call={iot.saveReadPlan} loading={save.running} submitError={save.error} words={{ kind: KINDS }} fields={writes ? [{ name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })) }, { name: 'kind', kind: 'select' }, 'day_no', 'hour_no', 'from_on', 'stopped'] : []} initial={{ ...placeOf(place_id ?? places[0]?.id), kind: 'water', day_no: 25, hour_no: 2, from_on: today(), stopped: false }} onSubmit={async (i) => { await save.run(i) }}>
      <RowsTable label="取数计划" rows={plans.data?.rows ?? []} row_key="plan_id" empty="还没有计划:设定后每月到点自动取数,取不到的三天内每小时再试" columns={[{ key: 'community_name', title: '小区', width: 110 }, { key: 'kind', title: '表种', width: 70, show: (r) => KINDS?.[r.kind] ?? r.kind }, { key: 'day_no', title: '取数时间', width: 130, show: (r) => (r.stopped ? '停止' : `每月 ${r.day_no} 日 ${r.hour_no} 点`) }, { key: 'from_on', title: '生效日', width: 110 }, { key: 'in_force', title: '', width: 80, show: (r) => (r.in_force ? '现行' : '') }]} />
    </FormDrawer>
  )
}
