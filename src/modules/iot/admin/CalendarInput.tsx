// Days and hours of something that is done by the clock: of a scene's schedule and of a rule.
import { Select } from 'antd'
import type { Control } from '../../../ui/fields.tsx'
import { optionsOf } from '../../../ui/list.ts'
import { DayInput } from '../../../ui/dates.tsx'
import type { ScheduleTrigger } from '../contract.ts'
import { words } from '../words.ts'

/** As people type it: full-width colons, an hour of one digit. */
const timeOf = (x: string): string => x.trim().replace('\uff1a', ':').replace(/^(\d):/, '0$1:')
export const TimesInput = ({ value, onChange, id }: Control) => <Select id={id ?? 'times'} aria-label="时刻" mode="tags" open={false} suffixIcon={null} style={{ minWidth: 200 }} tokenSeparators={[' ', ',', '\uff0c', '、']} placeholder="如 18:30,可填多个" value={(value as string[] | undefined) ?? []} onChange={(v: string[]) => onChange?.([...new Set(v.map(timeOf))])} />
const WEEK = [1, 2, 3, 4, 5, 6, 0].map((d) => ({ value: d, label: `周${'日一二三四五六'[d]!}` }))
export const WeekInput = ({ value, onChange, id }: Control) => <Select id={id ?? 'weekdays'} aria-label="星期" mode="multiple" style={{ minWidth: 160 }} options={WEEK} value={(value as number[] | undefined) ?? []} onChange={(v) => onChange?.(v)} />
type Calendar = Pick<ScheduleTrigger, 'times' | 'days' | 'weekdays' | 'from_on' | 'to_on'>
/** All of it in a line, for a part of a form. */
export function CalendarInput({ value, onChange }: { value: Calendar; onChange: (change: Partial<Calendar>) => void }) {
  return (
    <div className="hy-line">
      <label>时刻 <TimesInput value={value.times} onChange={(times) => onChange({ times: times as string[] })} /></label>
      <Select aria-label="哪些天" style={{ width: 150 }} options={optionsOf(words.states?.['days'])} value={value.days} onChange={(days) => onChange({ days, weekdays: [] })} />
      {value.days === 'week' ? <WeekInput value={value.weekdays} onChange={(weekdays) => onChange({ weekdays: weekdays as number[] })} /> : null}
      <span className="iot-from">自 <DayInput aria-label="自哪天" value={value.from_on} onChange={(d) => (d ? onChange({ from_on: d }) : undefined)} /></span>
      <span className="iot-from">至 <DayInput aria-label="至哪天,不填为长期" value={value.to_on} onChange={(to_on) => onChange({ to_on })} /></span>
    </div>
  )
}
