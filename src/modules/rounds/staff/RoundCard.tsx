import { RowLink, Tag } from '../../../ui/phone/bits.tsx'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'
import { useShift } from './shift.ts'

/** On the home page of whoever walks: how many rounds may be walked now. */
export function RoundCard() {
  return mayDo(usePhoneMe(), 'rounds.task.work') ? <Card /> : null
}
function Card() {
  const { shift } = useShift({ refresh_ms: 120_000 })
  if (!shift) return null
  const late = shift.tasks.filter((t) => t.when === 'late').length
  const now = shift.tasks.filter((t) => t.when === 'now').length
  return <div className="ph-list"><RowLink icon="shield" title={<span className="ph-line">我的巡查{late > 0 ? <Tag kind="bad">迟到 {late}</Tag> : null}</span>} side={<span className="st-count ph-num">{now + late}</span>} to="/rounds" /></div>
}
