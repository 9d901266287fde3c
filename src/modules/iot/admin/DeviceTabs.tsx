// The tabs of a device that show what was: curves, raw values of a day, events.
import { Segmented, Select } from 'antd'
import { useState } from 'react'
import { addDays, daysBetween, today } from '../../../kernel/clock.ts'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { CanButton, ExcelButton, StateTag } from '../../../ui/bits.tsx'
import { Chart } from '../../../ui/Chart.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { DayInput } from '../../../ui/dates.tsx'
import { instant } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { EmptyBlock, ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { iot, type Device, type SampleRow } from '../contract.ts'
import { said, valueText } from '../shown.ts'
import { words } from '../words.ts'
import { RecordDrawer } from './RecordDrawer.tsx'

const SPANS = [{ value: '0', label: '今天' }, { value: '1', label: '两天' }, { value: '6', label: '7 天' }, { value: '29', label: '30 天' }, { value: '364', label: '一年' }]
export function HistoryTab({ d }: { d: Device }) {
  const [search, setSearch] = useSearchState()
  const to_on = search['to_on'] ?? today()
  const from_on = search['from_on'] ?? addDays(to_on, 0)
  const chosen = (search['points'] ?? d.model.points[0]!.key).split(',').filter((k) => d.model.points.some((p) => p.key === k)).slice(0, 4)
  const history = useRead(iot.history, { device_id: d.device_id, points: chosen.length ? chosen : [d.model.points[0]!.key], from_on, to_on }, { keep: true, refresh_ms: 60_000 })
  const span = String(daysBetween(from_on, to_on))
  const drawn = history.data?.lines.filter((l) => l.at.length > 0) ?? []
  const long = daysBetween(from_on, to_on) > 1
  const write = (at: string): string => { const text = instant(at); return history.data?.step === 'day' ? text.slice(0, 10) : long ? text.slice(5) : text.slice(11, 16) }
  return (
    <div className="hy-stack">
      <div className="hy-line">
        <Segmented options={SPANS} value={SPANS.some((s) => s.value === span) ? span : ''} onChange={(v) => setSearch({ from_on: addDays(to_on, -Number(v)), to_on })} aria-label="时间跨度" />
        <span className="iot-day"><DayInput value={from_on} onChange={(v) => setSearch({ from_on: (v as string | null) ?? undefined })} aria-label="起" /></span><span>至</span><span className="iot-day"><DayInput value={to_on} onChange={(v) => setSearch({ to_on: (v as string | null) ?? undefined, from_on })} aria-label="止" /></span>
        <Select mode="multiple" maxCount={4} style={{ minWidth: 220 }} aria-label="点位" value={chosen} options={d.model.points.map((p) => ({ value: p.key, label: p.name }))} onChange={(v: string[]) => setSearch({ points: v.join(',') || undefined })} />
        {history.data ? <span className="hy-muted">{said('step', history.data.step)}{history.data.step === 'raw' ? '(曲线按段平均)' : ''}</span> : null}
      </div>
      {history.error ? <ErrorBlock error={history.error} retry={history.retry} /> : !history.data ? <LoadingBlock /> : drawn.length === 0 ? <EmptyBlock text="这段时间没有数据" /> : drawn.map((l) => {
        const p = d.model.points.find((x) => x.key === l.point)!
        const spread = l.kind === 'gauge' && l.v.some((v, i) => l.low[i] !== v || l.high[i] !== v)
        return <Chart key={l.point} label={`${l.name}${l.unit ? `(${l.unit})` : ''}`} height={240} fit={l.kind === 'counter'} x={l.at.map(write)} write={(v) => valueText(p, v)} axis={(v) => valueText({ ...p, unit: '', places: Math.min(p.places, 2) }, v)}
          series={[...(spread ? [{ name: '最高', kind: 'line' as const, values: l.high, colour: '#e0a36b' }, { name: '最低', kind: 'line' as const, values: l.low, colour: '#8fb3dd' }] : []), { name: spread ? `${l.name} 平均` : l.name, kind: 'line', values: l.v, colour: '#0958b3' }]} />
      })}
    </div>
  )
}

const COLUMNS: readonly Column<SampleRow>[] = [
  { key: 'at', title: '时间', width: 160, always: true, show: (r) => instant(r.at, { seconds: true }) }, { key: 'name', title: '点位', width: 140 }, { key: 'text', title: '值', width: 130 },
  { key: 'q', title: '质量', width: 90, show: (r) => <StateTag value={r.q} words={words.states?.['quality']} tones={{ good: 'plain', uncertain: 'warn', bad: 'bad', substituted: 'plain' }} /> }, { key: 'why', title: '说明', width: 140 }, { key: 'src', title: '来源', width: 80, show: (r) => said('src', r.src) }, { key: 'received_at', title: '收到', width: 160, show: (r) => instant(r.received_at, { seconds: true }) },
]
export function SamplesTab({ d }: { d: Device }) {
  const filters: readonly Filter[] = [{ kind: 'day', name: 'on_day', label: '日期', instead: today() }, { kind: 'select', name: 'point', label: '点位', options: d.model.points.map((p) => ({ value: p.key, label: p.name })) }]
  const [search] = useSearchState()
  const on_day = search['on_day'] ?? today()
  const list = useList(iot.samples, { filters, fixed: { device_id: d.device_id, on_day }, page_size: 50 })
  const [recording, setRecording] = useState(false)
  return (
    <>
      <ListPage {...list} inside title="原始数据" name="iot.samples" columns={COLUMNS} row_key="received_at" actions={<><CanButton can={d.can.write} words={words} onClick={() => setRecording(true)}>补录</CanButton><ExcelButton call={iot.samplesExcel} input={{ device_id: d.device_id, on_day, ...(search['point'] ? { point: search['point'] } : {}) }} /></>} empty={{ text: '这一天没有数据' }} />
      {recording ? <RecordDrawer d={d} close={() => setRecording(false)} /> : null}
    </>
  )
}
export function EventsTab({ d }: { d: Device }) {
  const list = useList(iot.events, { fixed: { device_id: d.device_id } })
  return (
    <ListPage
      {...list} inside title="事件" name="iot.events" row_key="key" empty={{ text: '还没有事件' }}
      columns={[{ key: 'at', title: '时间', width: 160, always: true, show: (r) => instant(r.at, { seconds: true }) }, { key: 'name', title: '事件', width: 140 }, { key: 'level', title: '级别', width: 90, show: (r) => (r.level ? <StateTag value={r.level} words={words.states?.['level']} tones={{ notice: 'plain', minor: 'plain', major: 'warn', critical: 'bad' }} /> : '—') }, { key: 'detail', title: '内容', width: 320 }, { key: 'src', title: '来源', width: 80, show: (r) => said('src', r.src) }]}
    />
  )
}
