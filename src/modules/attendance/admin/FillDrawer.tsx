// Filling a roster by a cycle: presets of the trade, or one's own; and copying the weeks before.
import { Button, Select } from 'antd'
import { useState } from 'react'
import { addDays, today } from '../../../kernel/clock.ts'
import { useWrite } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { attendance, type Roster } from '../contract.ts'

const OFF = 'off'
type Start = { employee_id: string; offset: number }
interface Preset { value: string; label: string; shifts: number; weekly: boolean; cycle: (s: readonly string[]) => (string | null)[]; step: number }
const PRESETS: readonly Preset[] = [
  { value: 'four_three', label: '四班三运转(早早中中夜夜休休)', shifts: 3, weekly: false, step: 2, cycle: (s) => [s[0]!, s[0]!, s[1]!, s[1]!, s[2]!, s[2]!, null, null] },
  { value: 'three_two', label: '三班两倒(白夜休)', shifts: 2, weekly: false, step: 1, cycle: (s) => [s[0]!, s[1]!, null] },
  { value: 'five_two', label: '双休(周一至周五)', shifts: 1, weekly: true, step: 0, cycle: (s) => [...Array.from({ length: 5 }, () => s[0]!), null, null] },
  { value: 'six_one', label: '单休(周一至周六)', shifts: 1, weekly: true, step: 0, cycle: (s) => [...Array.from({ length: 6 }, () => s[0]!), null] },
  { value: 'big_small', label: '大小周(五天、六天轮换)', shifts: 1, weekly: true, step: 0, cycle: (s) => [...Array.from({ length: 5 }, () => s[0]!), null, null, ...Array.from({ length: 6 }, () => s[0]!), null] },
]
/** Shifts that relieve each other round the clock, the morning one first: what a cycle of several shifts is made of. Where the company has none, its first ones. */
function relayOf(shifts: Roster['shifts'], n: number): readonly string[] {
  if (n > 1)
    for (const first of shifts.toSorted((a, b) => Number(a.from_time < MORNING) - Number(b.from_time < MORNING) || a.from_time.localeCompare(b.from_time))) {
      const chain = [first]
      while (chain.length < n) {
        const next = shifts.find((s) => !chain.includes(s) && s.from_time === chain.at(-1)!.to_time)
        if (!next) break
        chain.push(next)
      }
      if (chain.length === n && chain.at(-1)!.to_time === first.from_time) return chain.map((s) => s.shift_id)
    }
  return shifts.map((s) => s.shift_id)
}
const MORNING = '05:00'
/** Monday is 0. */
const monday = (day: string): number => (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7
export function FillDrawer({ r, close }: { r: Roster; close: () => void }) {
  const fill = useWrite(attendance.fillRoster, { in_form: true, done: (a) => `已排 ${a.cell_count} 格` })
  const live = r.shifts.filter((s) => !s.retired)
  const from = r.days[0]!.on_day > today() ? r.days[0]!.on_day : today()
  const last = r.days.at(-1)!.on_day
  const to = last < from ? addDays(from, 30) : last
  return (
    <FormDrawer
      open onClose={close} width={640} title={`${r.name}:按规律排班`} submit="排班" call={attendance.fillRoster} loading={fill.running} submitError={fill.error} fixed={{ team_id: r.team_id }}
      fields={['from_on', 'to_on', { name: 'cycle', wide: true, control: (c) => <CycleInput {...c} shifts={live} /> }, { name: 'starts', wide: true, control: (c) => <StartsInput {...c} r={r} from={from} /> }, { name: 'holidays', help: '节假日和放假日排休息,调休上班日排班;轮班岗位一般不选' }]}
      initial={{ from_on: from, to_on: to, cycle: live[0] ? [live[0].shift_id] : [], starts: r.people.map((p) => ({ employee_id: p.employee_id, offset: 0 })), holidays: false }}
      blocked={live.length === 0 ? '请先设定班次' : undefined}
      onSubmit={async (i) => { if (await fill.run(i)) close() }}
    />
  )
}
function CycleInput({ value, onChange, shifts }: Control & { shifts: Roster['shifts'] }) {
  const cycle = (value as (string | null)[] | undefined) ?? []
  const options = [...shifts.map((s) => ({ value: s.shift_id, label: s.name })), { value: OFF, label: '休' }]
  return (
    <div className="hy-stack">
      <Select aria-label="常用规律" placeholder="选常用规律" style={{ minWidth: 280 }} options={PRESETS.map((p) => ({ value: p.value, label: p.label, disabled: shifts.length < p.shifts }))} onChange={(v: string) => { const p = PRESETS.find((x) => x.value === v)!; onChange?.(p.cycle(relayOf(shifts, p.shifts))) }} />
      <div className="hy-line"><span>循环 {cycle.length} 天:</span>{cycle.map((s, i) => <Select key={i} size="small" aria-label={`第 ${i + 1} 天`} style={{ width: 84 }} value={s ?? OFF} options={options} onChange={(v: string) => onChange?.(cycle.map((x, n) => (n === i ? (v === OFF ? null : v) : x)))} />)}<Button size="small" disabled={cycle.length >= 31} onClick={() => onChange?.([...cycle, null])}>加一天</Button><Button size="small" disabled={cycle.length <= 1} onClick={() => onChange?.(cycle.slice(0, -1))}>减一天</Button></div>
    </div>
  )
}
function StartsInput({ value, onChange, r, from }: Control & { r: Roster; from: string }) {
  const starts = (value as Start[] | undefined) ?? []
  const [step, setStep] = useState<number>(0)
  const all = (of: (i: number) => number): void => onChange?.(r.people.map((p, i) => ({ employee_id: p.employee_id, offset: of(i) })))
  return (
    <div className="hy-stack">
      <div className="hy-line"><Button size="small" onClick={() => all(() => monday(from))}>按星期对齐(周一为第 1 天)</Button><Select size="small" aria-label="错开几天" style={{ width: 140 }} value={step} options={[0, 1, 2, 3].map((n) => ({ value: n, label: n === 0 ? '不错开' : `每人错开 ${n} 天` }))} onChange={(n: number) => { setStep(n); all((i) => (i * n) % 31) }} /></div>
      {r.people.map((p) => {
        const s = starts.find((x) => x.employee_id === p.employee_id)
        return <div key={p.employee_id} className="hy-line"><span style={{ width: 90 }}>{p.name}</span><Select size="small" aria-label={`${p.name} 从第几天起`} style={{ width: 150 }} allowClear placeholder="不排" value={s?.offset ?? null} options={Array.from({ length: 31 }, (_, n) => ({ value: n, label: `首日为第 ${n + 1} 天` }))} onChange={(n: number | undefined) => onChange?.([...starts.filter((x) => x.employee_id !== p.employee_id), ...(n === undefined ? [] : [{ employee_id: p.employee_id, offset: n }])])} /></div>
      })}
    </div>
  )
}
const BACK = [{ value: 7, label: '前一周' }, { value: 14, label: '前两周' }, { value: 28, label: '前四周' }]
export function CopyDrawer({ r, close }: { r: Roster; close: () => void }) {
  const copy = useWrite(attendance.copyRoster, { in_form: true, done: (a) => `已排 ${a.cell_count} 格` })
  const from = r.days[0]!.on_day > today() ? r.days[0]!.on_day : today()
  const last = r.days.at(-1)!.on_day
  return <FormDrawer open onClose={close} title={`${r.name}:复制排班`} submit="复制" call={attendance.copyRoster} loading={copy.running} submitError={copy.error} fixed={{ team_id: r.team_id }} fields={['from_on', 'to_on', { name: 'back_days', control: (c) => <Select {...(c.id ? { id: c.id } : {})} value={c.value as number} options={BACK} onChange={(v: number) => c.onChange?.(v)} />, help: '从起始日往前的这段,循环填到止日' }]} initial={{ from_on: from, to_on: last < from ? addDays(from, 6) : last, back_days: 7 }} onSubmit={async (i) => { if (await copy.run(i)) close() }} />
}
