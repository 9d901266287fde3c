// Filling many cells at once: by a cycle that groups walk one behind the other, or the same persons over a span of days.
import { Button, Checkbox, Select } from 'antd'
import { useMemo, useState } from 'react'
import { addDays, today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { DaysInput } from '../../../ui/dates.tsx'
import { Drawer } from 'antd'
import { duty, type Pattern, type Roster } from '../contract.ts'

const OFF = 'off'
const WEEKDAYS = ['周日', '周一', '周二', '周三', '周四', '周五', '周六']
export function PatternDrawer({ r, close }: { r: Roster; close: () => void }) {
  const apply = useWrite(duty.applyPattern, { in_form: true, done: (a) => `已排 ${a.entry_count} 人次${a.hole_count ? `,空班 ${a.hole_count} 个` : ''}` })
  const room = useRead(duty.rooms, {}, { stale_ms: 30_000 }).data?.rows.find((x) => x.room_id === r.room_id)
  const from = r.days[0]! > today() ? r.days[0]! : today()
  const fresh = useMemo((): Pattern => {
    // Each shift two days, then two days off; as many groups as it takes to fill each day.
    const cycle = [...r.shifts.flatMap((s) => [s.shift_id, s.shift_id]), null, null].slice(0, 31)
    return { cycle, anchor_on: from, groups: [{ account_ids: [], offset: 0 }] }
  }, [r.shifts, from])
  return (
    <FormDrawer
      open onClose={close} width={680} title={`${r.name}:按规律排班`} call={duty.applyPattern} loading={apply.running} submitError={apply.error} submit="排班" fixed={{ room_id: r.room_id }}
      fields={['from_on', 'to_on', { name: 'pattern', label: '规律', wide: true, control: (c) => <PatternInput {...c} r={r} /> }]}
      initial={{ from_on: from, to_on: r.days.at(-1)! < from ? addDays(from, 30) : r.days.at(-1)!, pattern: room?.pattern ?? fresh }}
      onSubmit={async (i) => { if (await apply.run(i)) close() }}
    />
  )
}
function PatternInput({ value, onChange, r }: Control & { r: Roster }) {
  const p = value as Pattern
  const set = (change: Partial<Pattern>): void => onChange?.({ ...p, ...change })
  const options = [...r.shifts.map((s) => ({ value: s.shift_id, label: s.name })), { value: OFF, label: '休' }]
  return (
    <div className="du-rows">
      <div className="hy-line"><span>一个周期 {p.cycle.length} 天:</span>{p.cycle.map((s, i) => <Select key={i} size="small" aria-label={`第 ${i + 1} 天`} style={{ width: 78 }} value={s ?? OFF} options={options} onChange={(v: string) => set({ cycle: p.cycle.map((x, n) => (n === i ? (v === OFF ? null : v) : x)) })} />)}<Button size="small" disabled={p.cycle.length >= 31} onClick={() => set({ cycle: [...p.cycle, null] })}>加一天</Button><Button size="small" disabled={p.cycle.length <= 1} onClick={() => set({ cycle: p.cycle.slice(0, -1) })}>减一天</Button></div>
      {p.groups.map((g, i) => (
        <div key={i} className="hy-line"><span>{i + 1} 组</span><Select mode="multiple" aria-label={`${i + 1} 组的人`} style={{ minWidth: 260, flex: 1 }} maxCount={10} value={g.account_ids} options={r.people.map((x) => ({ value: x.account_id, label: x.name }))} showSearch={{ optionFilterProp: 'label' }} onChange={(account_ids: string[]) => set({ groups: p.groups.map((x, n) => (n === i ? { ...x, account_ids } : x)) })} /><span>{p.anchor_on.slice(5)} 从第</span><Select aria-label={`${i + 1} 组从第几天`} style={{ width: 76 }} value={g.offset} options={p.cycle.map((s, n) => ({ value: n, label: `${n + 1} 天` }))} onChange={(offset: number) => set({ groups: p.groups.map((x, n) => (n === i ? { ...x, offset } : x)) })} /><Button size="small" disabled={p.groups.length <= 1} onClick={() => set({ groups: p.groups.filter((_, n) => n !== i) })}>删</Button></div>
      ))}
      <div><Button size="small" disabled={p.groups.length >= 12} onClick={() => set({ groups: [...p.groups, { account_ids: [], offset: (p.groups.length * 2) % p.cycle.length }] })}>加一组</Button></div>
      <p className="hy-muted">如四组两天一换:每组从不同的一天走同一个周期,每天各班都有人。这段日子原来的排班会被换掉;已经下班的不动。</p>
    </div>
  )
}

export function BatchDrawer({ r, close }: { r: Roster; close: () => void }) {
  const set = useWrite(duty.setRoster, { done: (a) => `已排 ${a.entry_count} 人次${a.hole_count ? `,空班 ${a.hole_count} 个` : ''}` })
  const from = r.days[0]! > today() ? r.days[0]! : today()
  const [span, setSpan] = useState<[string | undefined, string | undefined]>([from, r.days.at(-1)])
  const [shifts, setShifts] = useState<string[]>([])
  const [people, setPeople] = useState<string[]>([])
  const [weekdays, setWeekdays] = useState([0, 1, 2, 3, 4, 5, 6])
  const [adds, setAdds] = useState(false)
  const days = r.days.filter((d) => span[0] && span[1] && d >= span[0] && d <= span[1] && weekdays.includes(new Date(`${d}T00:00:00Z`).getUTCDay()))
  const cells = days.flatMap((on_day) => shifts.map((shift_id) => ({ on_day, shift_id, account_ids: [...new Set([...(adds ? r.entries.filter((e) => e.on_day === on_day && e.shift_id === shift_id).map((e) => e.account_id) : []), ...people])] })))
  return (
    <Drawer open onClose={close} size={520} title={`${r.name}:批量排班`} footer={<Button type="primary" disabled={cells.length === 0} loading={set.running} onClick={() => void set.run({ room_id: r.room_id, cells }).then((a) => (a ? close() : undefined))}>排 {cells.length} 格</Button>}>
      <div className="hy-stack">
        <label className="hy-stack"><span>日期(本月内)</span><DaysInput label="日期" value={span} onChange={setSpan} /></label>
        <Checkbox.Group aria-label="星期" value={weekdays} onChange={(v) => setWeekdays(v as number[])} options={WEEKDAYS.map((label, value) => ({ value, label }))} />
        <label className="hy-stack"><span>班次</span><Select mode="multiple" aria-label="班次" value={shifts} onChange={setShifts} options={r.shifts.map((s) => ({ value: s.shift_id, label: s.name }))} /></label>
        <label className="hy-stack"><span>值班人(不选为清空)</span><Select mode="multiple" aria-label="值班人" maxCount={10} value={people} onChange={setPeople} showSearch={{ optionFilterProp: 'label' }} options={r.people.map((p) => ({ value: p.account_id, label: p.name }))} /></label>
        <Checkbox checked={adds} onChange={(e) => setAdds(e.target.checked)}>保留已排的人,只添加</Checkbox>
      </div>
    </Drawer>
  )
}
