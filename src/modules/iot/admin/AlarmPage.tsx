// One alarm: what it stood on, who took it, what was done.
import { useState } from 'react'
import { Go, useParam } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { Chart } from '../../../ui/Chart.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { DetailPage, Facts } from '../../../ui/pages.tsx'
import { Parts } from '../../../ui/parts.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { iot, type Curve } from '../contract.ts'
import { ALARM_TONE, LEVEL_TONE, said } from '../shown.ts'
import { words } from '../words.ts'
import { Acts } from './shared.tsx'

function AlarmCurve({ curve: c }: { curve: Curve }) {
  const at = (i: number): number => Date.parse(c.from_at) + i * c.step_s * 1000
  const [from, to] = [Date.parse(c.mark_from_at), Date.parse(c.mark_to_at)]
  const marked = (i: number): boolean => at(i) >= from - c.step_s * 500 && at(i) < to
  return <Chart label={`每小时用水(${c.unit})`} height={220} x={c.v.map((_, i) => instant(new Date(at(i)).toISOString()).slice(5))} write={(v) => (Number.isNaN(v) ? '—' : `${v} ${c.unit}`)} series={[{ name: '每小时用水', kind: 'bar', values: c.v.map((v, i) => (marked(i) ? Number.NaN : (v ?? Number.NaN))), colour: '#8fb3dd' }, { name: '异常的时段', kind: 'bar', values: c.v.map((v, i) => (marked(i) ? (v ?? Number.NaN) : Number.NaN)), colour: '#c0392b' }]} />
}
export default function AlarmPage() {
  const alarm_id = useParam('alarm_id')
  const alarm = useRead(iot.alarm, { alarm_id }, { refresh_ms: 5000, keep: true })
  const [doing, setDoing] = useState<'ack' | 'shelve' | 'dispose'>()
  const ack = useWrite(iot.ackAlarm, { in_form: true, done: '已确认' })
  const shelve = useWrite(iot.shelveAlarm, { in_form: true, done: '已搁置' })
  const dispose = useWrite(iot.disposeAlarm, { in_form: true, done: '已处置' })
  const may = useMay()
  const a = alarm.data
  const close = () => setDoing(undefined)
  return (
    <>
      <DetailPage
        title={a?.title ?? '报警'} loading={alarm.loading} error={alarm.error} retry={alarm.retry} back="/iot/alarms" tags={a ? <><StateTag value={a.level} words={words.states?.['level']} tones={LEVEL_TONE} /><StateTag value={a.state} words={words.states?.['alarm']} tones={ALARM_TONE} /></> : null}
        actions={a && a.state !== 'disposed' ? <><CanButton can={a.can.shelve} words={words} onClick={() => setDoing('shelve')}>搁置</CanButton><CanButton can={a.can.ack} words={words} onClick={() => setDoing('ack')}>确认</CanButton><CanButton can={a.can.dispose} words={words} type="primary" onClick={() => setDoing('dispose')}>处置</CanButton></> : null}
        facts={a ? [['小区', a.community_name], ['位置', a.place], ['设备', a.device_id ? <Go key="d" to={`/iot/devices/${a.device_id}`}>{a.device_name}</Go> : null], ['发生时间', instant(a.raised_at, { seconds: true })], ...((a.device_id || a.camera_id) && may('video.playback.watch') ? [['录像', <Go key="v" to={`/video/playback?${a.camera_id ? `camera_id=${a.camera_id}` : `device_id=${a.device_id}`}&at=${a.raised_at}`}>看当时的录像</Go>] as const] : []), ...((a.device_id || a.camera_id) && may('siteplan.plan.read') ? [['平面图', <Go key="s" to={`/siteplan?at=${a.camera_id ? `camera.${a.camera_id}` : `device.${a.device_id}`}`}>在平面图上看</Go>] as const] : []), ['次数', a.times_count], ['最近一次', instant(a.last_at, { seconds: true })], ['恢复时间', instant(a.cleared_at)], ['确认', a.acked_by_name ? `${a.acked_by_name} ${instant(a.acked_at)}` : null], ['搁置至', instant(a.shelved_until)], ['升级时间', instant(a.escalated_at)], ['工单', a.order_id ? <Go key="o" to={`/orders/list/${a.order_id}`}>查看工单</Go> : null], ['处置情况', a.disposal]] : []}
      >
        {a ? (
          <div className="hy-stack">
            {a.facts.length || a.rule_name ? <Facts facts={[['触发规则', a.rule_name], ...a.facts.map((f) => [f.name, f.text] as const)]} /> : null}
            {a.curve ? <AlarmCurve curve={a.curve} /> : null}
            <Parts at="iot.alarm" id={alarm_id} />
            {a.fires.length ? <RowsTable label="联动" rows={a.fires} row_key="fire_id" empty="" columns={[{ key: 'at', title: '触发时间', width: 160, show: (r) => instant(r.at, { seconds: true }) }, { key: 'acts', title: '联动动作和结果', width: 610, show: (r) => <Acts acts={r.acts} /> }]} /> : null}
            <RowsTable label="处理记录" rows={a.steps} row_key="step_no" empty="还没有记录" columns={[{ key: 'at', title: '时间', width: 160, show: (r) => instant(r.at, { seconds: true }) }, { key: 'action', title: '动作', width: 100, show: (r) => said('alarm_step', r.action) }, { key: 'by_name', title: '办理人', width: 110 }, { key: 'note', title: '说明', width: 400 }]} />
          </div>
        ) : null}
      </DetailPage>
      {doing === 'ack' ? <FormModal open onClose={close} title="确认报警" submit="确认" call={iot.ackAlarm} fields={['note']} fixed={{ alarm_id }} loading={ack.running} submitError={ack.error} onSubmit={async (i) => { if (await ack.run(i)) close() }} /> : null}
      {doing === 'shelve' ? <FormModal open onClose={close} title="搁置报警" submit="搁置" call={iot.shelveAlarm} fields={['hours', 'reason']} fixed={{ alarm_id }} initial={{ hours: 4 }} loading={shelve.running} submitError={shelve.error} onSubmit={async (i) => { if (await shelve.run(i)) close() }} /> : null}
      {doing === 'dispose' ? <FormModal open onClose={close} title="处置报警" submit="处置" call={iot.disposeAlarm} fields={[{ name: 'disposal', kind: 'area' }]} fixed={{ alarm_id }} loading={dispose.running} submitError={dispose.error} onSubmit={async (i) => { if (await dispose.run(i)) close() }} /> : null}
    </>
  )
}
