import { RowLink, Tag } from '../../../ui/phone/bits.tsx'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'
import { useDuty } from './watch.ts'

/** On the home page of whoever is on duty about now. */
export function DutyCard() {
  return mayDo(usePhoneMe(), 'duty.watch.work') ? <Card /> : null
}
function Card() {
  const { reading } = useDuty(120_000)
  const value = reading.data?.value
  const on = value?.shifts[0]
  if (!value || (!on && value.to_take.length === 0)) return null
  const owing = value.shifts.reduce((n, s) => n + s.logs.filter((l) => l.hour === 'owing').length, 0)
  return <div className="ph-list"><RowLink icon="todo" title={<span className="ph-line">值班{value.to_take.length ? <Tag kind="busy">待接班</Tag> : null}{owing ? <Tag kind="bad">欠记 {owing}</Tag> : null}</span>} under={on ? `${on.room_name} ${on.shift_name}` : undefined} to="/duty" /></div>
}
