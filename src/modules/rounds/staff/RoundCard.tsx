import { addDays, today } from '../../../kernel/clock.ts'
import { useRead } from '../../../ui/api.ts'
import { RowLink, Tag } from '../../../ui/phone/bits.tsx'
import { mayDo, usePhoneMe } from '../../../ui/phone/me.ts'
import { rounds } from '../contract.ts'
import { useShift } from './shift.ts'

/** On the home page of whoever walks: how many rounds may be walked now; of whoever reviews: how much waits for him. */
export function RoundCard() {
  const me = usePhoneMe()
  return <>{mayDo(me, 'rounds.task.work') ? <Card /> : null}<ToReview /></>
}
function Card() {
  const { shift } = useShift({ refresh_ms: 120_000 })
  if (!shift) return null
  const late = shift.tasks.filter((t) => t.when === 'late').length
  const now = shift.tasks.filter((t) => t.when === 'now').length
  return <div className="ph-list"><RowLink icon="shield" title={<span className="ph-line">我的巡查{late > 0 ? <Tag kind="bad">迟到 {late}</Tag> : null}</span>} side={<span className="st-count ph-num">{now + late}</span>} to="/rounds" /></div>
}
/** Rounds and mended findings that wait for a second person. */
export function ToReview() {
  const me = usePhoneMe()
  const may = mayDo(me, 'rounds.task.review') && mayDo(me, 'rounds.task.read')
  const tasks = useRead(rounds.tasks, { from_on: addDays(today(), -30), to_on: today(), state: 'review', page_size: 1 }, { enabled: may, stale_ms: 60_000 })
  const found = useRead(rounds.findings, { state: 'mended', page_size: 1 }, { enabled: may, stale_ms: 60_000 })
  const n = (tasks.data?.total ?? 0) + (found.data?.total ?? 0)
  return may && n > 0 ? <div className="ph-list"><RowLink icon="ok" title="待审核、复查" side={<span className="st-count ph-num">{n}</span>} to="/rounds/review" /></div> : null
}
/** For whoever walks the grounds: stalls, posted bills, blocked ways. */
export const OrderCard = () => (mayDo(usePhoneMe(), 'rounds.finding.report') ? <div className="ph-list"><RowLink icon="camera" title="报秩序问题" under="摊贩、小广告、乱停放,没有网络也能报" to="/rounds/report" /></div> : null)
