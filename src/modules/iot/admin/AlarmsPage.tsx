// 报警中心: what is open first.
import { Button } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { mayWith, usePlace, useSession } from '../../../ui/session.ts'
import { iot, type AlarmRow } from '../contract.ts'
import { ALARM_TONE, LEVEL_TONE, said } from '../shown.ts'
import { words } from '../words.ts'
import { measure } from './shared.tsx'

const STATES = ['active', 'acked', 'shelved', 'cleared', 'disposed'] as const
const REFRESH_MS = 5000
const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'q', label: '关键词', placeholder: '报警、设备' }, { kind: 'select', name: 'level', label: '级别', options: optionsOf(words.states?.['level']) }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['alarm']) }, { kind: 'check', name: 'open', label: '只看未处置' }, { kind: 'days', names: ['from_on', 'to_on'], label: '发生日期' }]
const COLUMNS: readonly Column<AlarmRow>[] = [
  { key: 'title', title: '报警', width: 260, always: true }, { key: 'level', title: '级别', width: 80, show: (r) => <StateTag value={r.level} words={words.states?.['level']} tones={LEVEL_TONE} /> }, { key: 'state', title: '状态', width: 120, show: (r) => <StateTag value={r.state} words={words.states?.['alarm']} tones={ALARM_TONE} /> }, { key: 'place', title: '位置', width: 150 },
  { key: 'raised_at', title: '发生时间', width: 150, show: (r) => instant(r.raised_at, { seconds: true }) }, { key: 'times_count', title: '次数', width: 70 }, { key: 'last_at', title: '最近一次', width: 150, show: (r) => instant(r.last_at) }, { key: 'cleared_at', title: '恢复时间', width: 150, show: (r) => instant(r.cleared_at) }, { key: 'acked_by_name', title: '确认人', width: 90 }, { key: 'disposal', title: '处置情况', width: 200 }, { key: 'community_name', title: '小区', width: 100, hidden: true },
]
export default function AlarmsPage() {
  const { place_id } = usePlace()
  const list = useList(iot.alarms, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {}, refresh_ms: REFRESH_MS })
  const whole = mayWith(useSession().company_permissions, 'iot.rule.write')
  const [limits, setLimits] = useState(false)
  const [water, setWater] = useState(false)
  const { data, search, setSearch } = list
  return (
    <>
      <ListPage
        {...list} title="报警中心" name="iot.alarms" columns={COLUMNS} row_key="alarm_id" href={(r) => `/iot/alarms/${r.alarm_id}`} excel={iot.alarmsExcel} empty={{ text: '没有符合条件的报警' }}
        note={data ? <div className="hy-line" role="group" aria-label="按状态">{STATES.map((s) => <Button key={s} size="small" type={search['state'] === s ? 'primary' : 'default'} aria-pressed={search['state'] === s} onClick={() => setSearch({ page: undefined, state: search['state'] === s ? undefined : s })}>{said('alarm', s)} {data.counts[s]}</Button>)}</div> : null}
        actions={whole ? <><Button onClick={() => setWater(true)}>用水异常标准</Button><Button onClick={() => setLimits(true)}>报警时限</Button></> : null}
      />
      {water ? <WaterModal close={() => setWater(false)} /> : null}
      {limits ? <PolicyModal close={() => setLimits(false)} /> : null}
    </>
  )
}
function WaterModal({ close }: { close: () => void }) {
  const watch = useRead(iot.waterWatch, {})
  const save = useWrite(iot.saveWaterWatch, { in_form: true, done: '已保存' })
  if (!watch.data) return null
  const { from_on: _, ...now } = watch.data
  return <FormDrawer open onClose={close} width={640} columns={2} title="用水异常标准" call={iot.saveWaterWatch} fields={['from_on', 'nights_count', 'night_from_h', 'night_to_h', measure('night_m3_h'), 'night_share_percent', 'continuous_h', 'standing_days', measure('sudden_m3_h'), 'sudden_factor', 'again_days', 'tells_house']} initial={{ ...now, from_on: today() }} loading={save.running} submitError={save.error} onSubmit={async (i) => { if (await save.run(i)) close() }}><p className="hy-muted">每 15 分钟检查一次联网水表。户表看夜间有没有流量、是否一直不停、一小时用水是否突增、是否停走;总表和公用表本来一直有流量,看夜间流量占平均的比例。只在夜间几个小时都有读数时才下结论。</p></FormDrawer>
}
function PolicyModal({ close }: { close: () => void }) {
  const policy = useRead(iot.alarmPolicy, {})
  const save = useWrite(iot.saveAlarmPolicy, { in_form: true, done: '已保存' })
  if (!policy.data) return null
  const { from_on: _, ...now } = policy.data
  return <FormModal open onClose={close} title="报警时限" call={iot.saveAlarmPolicy} fields={['from_on', 'critical_min', 'major_min', 'storm_count']} initial={{ ...now, from_on: today() }} loading={save.running} submitError={save.error} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
