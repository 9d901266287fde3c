// A rule by the clock: when, and what must be so then.
import { Button, Checkbox, InputNumber, Select } from 'antd'
import { useRead } from '../../../ui/api.ts'
import { today } from '../../../kernel/clock.ts'
import { iot, type AtTerm, type Model, type ScheduleTrigger } from '../contract.ts'
import { CalendarInput } from './CalendarInput.tsx'
import { DeviceSelect } from './DeviceSelect.tsx'

export const clockBegun = (): ScheduleTrigger => ({ kind: 'schedule', times: [], days: 'all', weekdays: [], from_on: today(), to_on: null, all: true, terms: [] })
const OPS = [{ value: 'above', label: '高于' }, { value: 'below', label: '低于' }, { value: 'equal', label: '等于' }]
const begunOn = (model: Model): AtTerm['on'] => ({ kind: 'is', point: model.points[0]!.key, op: 'equal', value: model.points[0]!.labels[0]?.value ?? 0 })
const OWN = 'own'
export function ClockInput({ t, model, community_id, onChange }: { t: ScheduleTrigger; model: Model; community_id: string | null; onChange: (t: ScheduleTrigger) => void }) {
  const term = (i: number, change: Partial<AtTerm>): void => onChange({ ...t, terms: t.terms.map((x, n) => (n === i ? { ...x, ...change } : x)) })
  return (
    <div className="hy-stack">
      <CalendarInput value={t} onChange={(change) => onChange({ ...t, ...change })} />
      <div className="hy-muted">系统每 30 秒看一次,到时刻后至多晚 30 秒,逐台判断,条件成立的才动作;一条规则一次最多管 300 台;系统停运超过 10 分钟的时刻只记为错过,不补做。</div>
      {t.terms.length > 1 ? <div><Select aria-label="怎样组合" style={{ width: 160 }} options={[{ value: 'all', label: '全部成立(并且)' }, { value: 'any', label: '任一成立(或者)' }]} value={t.all ? 'all' : 'any'} onChange={(v) => onChange({ ...t, all: v === 'all' })} /></div> : null}
      {t.terms.map((x, i) => (
        <div key={i} className="hy-line" role="group" aria-label={`第 ${i + 1} 个条件`}>
          <Checkbox checked={x.not} onChange={(e) => term(i, { not: e.target.checked })}>不是</Checkbox>
          <DeviceSelect width={190} clear={false} community_id={community_id} first={[{ value: OWN, label: '本规则的设备' }]} value={x.device_id ?? OWN} onChange={(v: string) => term(i, { device_id: v === OWN ? null : v, on: { kind: 'is', point: '', op: 'equal', value: 0 } })} />
          {x.device_id === null ? <AtInput on={x.on} model={model} onChange={(on) => term(i, { on })} /> : <OtherInput device_id={x.device_id} on={x.on} onChange={(on) => term(i, { on })} />}
          <Button size="small" aria-label={`删除第 ${i + 1} 个条件`} onClick={() => onChange({ ...t, terms: t.terms.filter((_, n) => n !== i) })}>删除</Button>
        </div>
      ))}
      {t.terms.length < 8 ? <div><Button size="small" onClick={() => onChange({ ...t, terms: [...t.terms, { not: false, device_id: null, on: begunOn(model) }] })}>{t.terms.length === 0 ? '加条件(不加则到时就做)' : '再加一个条件'}</Button></div> : null}
    </div>
  )
}
function OtherInput({ device_id, on, onChange }: { device_id: string; on: AtTerm['on']; onChange: (on: AtTerm['on']) => void }) {
  const model = useRead(iot.device, { device_id }, { stale_ms: 60_000 }).data?.model
  return model ? <AtInput on={on} model={model} onChange={onChange} /> : null
}
function AtInput({ on, model, onChange }: { on: AtTerm['on']; model: Model; onChange: (on: AtTerm['on']) => void }) {
  const point = on.kind === 'is' ? model.points.find((p) => p.key === on.point) : undefined
  return (
    <>
      <Select aria-label="种类" style={{ width: 110 }} options={[{ value: 'is', label: '当前值' }, { value: 'no_data', label: '没有上报' }]} value={on.kind} onChange={(k) => onChange(k === 'is' ? begunOn(model) : { kind: 'no_data', for_s: 3600 })} />
      {on.kind === 'no_data' ? <label>超过 <InputNumber aria-label="没有上报秒数" min={60} max={604_800} value={on.for_s} onChange={(v) => onChange({ ...on, for_s: v ?? 3600 })} /> 秒</label> : (
        <>
          <Select aria-label="点位" style={{ width: 150 }} placeholder="点位" options={model.points.map((p) => ({ value: p.key, label: `${p.name}${p.unit ? `(${p.unit})` : ''}` }))} value={on.point || null} onChange={(key) => { const p = model.points.find((x) => x.key === key)!; onChange({ kind: 'is', point: key, op: p.labels.length > 0 ? 'equal' : on.op, value: p.labels[0]?.value ?? 0 }) }} />
          {point && point.labels.length > 0 ? null : <Select aria-label="比较" style={{ width: 80 }} options={OPS} value={on.op} onChange={(op) => onChange({ ...on, op })} />}
          {point && point.labels.length > 0 ? <Select aria-label="为" style={{ width: 110 }} options={point.labels.map((l) => ({ value: l.value, label: l.name }))} value={on.value} onChange={(value) => onChange({ ...on, value })} /> : <InputNumber aria-label="值" style={{ width: 100 }} value={on.value} onChange={(v) => onChange({ ...on, value: v ?? 0 })} />}
        </>
      )}
    </>
  )
}
