// One scene: what it does, when it is done by itself, what came of it.
import { Button, Tag } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { day, instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { iot, type SceneOne, type ScheduleRow } from '../contract.ts'
import { said } from '../shown.ts'
import { words } from '../words.ts'
import { TimesInput, WeekInput } from './CalendarInput.tsx'
import { RunDrawer, RunModal } from './SceneRun.tsx'
import { SceneDrawer } from './SceneDrawer.tsx'
import { runBad, runText } from './ScenesPage.tsx'

const REFRESH_MS = 5000
export default function ScenePage() {
  const scene_id = useParam('scene_id')
  const scene = useRead(iot.scene, { scene_id }, { refresh_ms: REFRESH_MS, keep: true })
  const stop = useWrite(iot.stopScene, { done: '已变更' })
  const [doing, setDoing] = useState<'edit' | 'run'>()
  const [run_id, setRun] = useState<string>()
  const s = scene.data
  return (
    <>
      <DetailPage
        title={s?.name ?? '场景'} loading={scene.loading} error={scene.error} retry={scene.retry} back="/iot/scenes" tags={s?.stopped ? <Tag>停用</Tag> : null}
        actions={s ? <><CanButton can={s.can.write} words={words} loading={stop.running} onClick={() => void stop.run({ scene_id, stopped: !s.stopped })}>{s.stopped ? '启用' : '停用'}</CanButton><CanButton can={s.can.write} words={words} onClick={() => setDoing('edit')}>修改</CanButton><CanButton can={s.can.run} words={words} type="primary" onClick={() => setDoing('run')}>执行</CanButton></> : null}
        facts={s ? [['小区', s.community_name], ['台数', s.device_count], ['版本', `第 ${s.version_no} 版`], ['最近执行', s.last_run ? `${instant(s.last_run.at)} ${runText(s.last_run)}` : null]] : []}
        tabs={s ? [{ key: 'steps', label: '内容', children: () => <RowsTable label="内容" rows={s.steps} row_key="step_no" empty="没有内容" columns={[{ key: 'step_no', title: '步', width: 60 }, { key: 'product_name', title: '产品', width: 180 }, { key: 'command_name', title: '命令', width: 120 }, { key: 'arg_text', title: '参数', width: 100 }, { key: 'devices_text', title: '设备', width: 480 }]} /> }, { key: 'schedules', label: '定时', badge: s.schedule_count, children: () => <SchedulesTab s={s} /> }, { key: 'runs', label: '执行记录', children: () => <RunsTab scene_id={scene_id} open={setRun} /> }] : []}
      />
      {doing === 'edit' && s ? <SceneDrawer scene={s} close={() => setDoing(undefined)} /> : null}
      {doing === 'run' && s ? <RunModal scene={s} close={() => setDoing(undefined)} ran={setRun} /> : null}
      {run_id ? <RunDrawer run_id={run_id} close={() => setRun(undefined)} /> : null}
    </>
  )
}
function RunsTab({ scene_id, open }: { scene_id: string; open: (run_id: string) => void }) {
  const runs = useRead(iot.sceneRuns, { scene_id, page_size: 100 }, { refresh_ms: REFRESH_MS, keep: true })
  if (runs.error) return <ErrorBlock error={runs.error} retry={runs.retry} />
  if (!runs.data) return <LoadingBlock />
  return <RowsTable label="执行记录" rows={runs.data.rows} row_key="run_id" empty="还没有执行过" columns={[{ key: 'at', title: '时间', width: 155, show: (r) => <Button type="link" className="hy-link" onClick={() => open(r.run_id)}>{instant(r.at, { seconds: true })}</Button> }, { key: 'source', title: '来源', width: 80, show: (r) => said('run_source', r.source) }, { key: 'total_count', title: '台数', width: 70 }, { key: 'confirmed_count', title: '结果', width: 300, show: (r) => <span className={runBad(r) ? 'hy-red' : ''}>{runText(r)}</span> }, { key: 'asked_by_name', title: '执行人', width: 100 }, { key: 'reason', title: '原因', width: 260 }]} />
}
function SchedulesTab({ s }: { s: SceneOne }) {
  const stop = useWrite(iot.stopSchedule, { done: '已变更' })
  const [editing, setEditing] = useState<ScheduleRow | 'new'>()
  const writes = s.can.write === true
  return (
    <div className="hy-stack">
      {writes ? <div className="hy-line"><Button type="primary" onClick={() => setEditing('new')}>新增定时</Button><span className="hy-muted">工作日按「费项与节假日」的日历;到点后至多晚 30 秒执行;到点超过 10 分钟系统没有运行,就算错过,不补。</span></div> : null}
      <RowsTable label="定时" rows={s.schedules} row_key="schedule_id" empty="没有定时" columns={[{ key: 'times', title: '时刻', width: 180, show: (r) => r.times.join('、') }, { key: 'days_text', title: '哪些天', width: 160 }, { key: 'from_on', title: '起止', width: 200, show: (r) => `${day(r.from_on)} 至 ${r.to_on ? day(r.to_on) : '长期'}` }, { key: 'next_at', title: '下次', width: 150, show: (r) => (r.stopped ? <Tag>停用</Tag> : instant(r.next_at)) }, { key: 'last_at', title: '上次', width: 150, show: (r) => instant(r.last_at) }, { key: 'missed_count', title: '近 7 天错过', width: 100, show: (r) => <span className={r.missed_count > 0 ? 'hy-red' : ''}>{r.missed_count}</span> }, ...(writes ? [{ key: 'act', title: '操作', width: 130, show: (r: ScheduleRow) => <span className="hy-line"><Button size="small" onClick={() => setEditing(r)}>修改</Button><Button size="small" onClick={() => void stop.run({ schedule_id: r.schedule_id, stopped: !r.stopped }, r.schedule_id)}>{r.stopped ? '启用' : '停用'}</Button></span> }] : [])]} />
      {editing ? <ScheduleDrawer scene_id={s.scene_id} row={editing === 'new' ? undefined : editing} close={() => setEditing(undefined)} /> : null}
    </div>
  )
}
function ScheduleDrawer({ scene_id, row, close }: { scene_id: string; row: ScheduleRow | undefined; close: () => void }) {
  const save = useWrite(iot.saveSchedule, { in_form: true, done: '已保存' })
  return (
    <FormDrawer
      open onClose={close} title={row ? '修改定时' : '新增定时'} call={iot.saveSchedule} loading={save.running} submitError={save.error} fixed={{ scene_id, ...(row ? { schedule_id: row.schedule_id } : {}) }} words={{ days: words.states!['days'] }}
      fields={[{ name: 'times', wide: true, control: (c) => <TimesInput {...c} /> }, { name: 'days', kind: 'select' }, { name: 'weekdays', wide: true, when: (v) => v['days'] === 'week', control: (c) => <WeekInput {...c} /> }, 'from_on', 'to_on']}
      initial={row ? { times: row.times, days: row.days, weekdays: row.weekdays, from_on: row.from_on, to_on: row.to_on } : { times: [], days: 'all', weekdays: [], from_on: today(), to_on: null }} onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
