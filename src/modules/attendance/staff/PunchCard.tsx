import { RowLink, Tag } from '../../../ui/phone/bits.tsx'
import { useMine } from './punches.ts'

/** On the home page of whoever belongs to a team. */
export function PunchCard() {
  const { reading, waiting } = useMine()
  const v = reading.data?.value
  if (!v?.team) return null
  const day = v.running ?? v.today
  const done = day?.in_at ? (day.out_at ? '已下班' : '已上班') : undefined
  return <div className="ph-list"><RowLink icon="history" title={<span className="ph-line">打卡{done ? <Tag kind="good">{done}</Tag> : null}{waiting.length ? <Tag kind="warn">待上传 {waiting.length}</Tag> : null}{v.to_confirm.length ? <Tag kind="busy">考勤待确认</Tag> : null}</span>} under={day?.shift_text ?? (day?.tags.includes('rest') || day?.tags.includes('holiday') ? '今天休息' : '今天没有排班')} to="/attendance" /></div>
}
