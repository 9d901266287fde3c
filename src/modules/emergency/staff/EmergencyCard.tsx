import { RowLink, Tag } from '../../../ui/phone/bits.tsx'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'
import { useEmergency } from './kept.ts'

/** On the home page: what runs now before everything else. */
export function EmergencyCard() {
  return mayDo(usePhoneMe(), 'emergency.plan.read') ? <Card /> : null
}
function Card() {
  const { reading } = useEmergency(60_000)
  const v = reading.data?.value
  if (!v) return null
  const waiting = v.drills.length + v.tasks.filter((t) => t.state === 'open').length
  return (
    <div className="ph-list">
      {v.running.map((i) => <RowLink key={i.incident_id} icon="warn" title={<span className="ph-line ph-red ph-strong">应急:{i.plan_name}<Tag kind="bad">处置中</Tag></span>} under={i.place} to={`/emergency/incidents/${i.incident_id}`} />)}
      {v.rows.length || waiting ? <RowLink icon="warn" title="应急预案" side={waiting ? <Tag kind="warn">待办 {waiting}</Tag> : undefined} to="/emergency" /> : null}
    </div>
  )
}
