// On the first page: a vote that runs and waits for this owner is one tap away.
import { useRead } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Link } from '../../../ui/phone/router.tsx'
import { votes } from '../contract.ts'

const SHOWN = 2
export function OpenVotes() {
  const reading = useRead(votes.myVotes, {}, { stale_ms: 300_000 })
  const waiting = (reading.data?.rows ?? []).filter((v) => v.state === 'open' && !v.over && v.voted < v.rights)
  return <>{waiting.slice(0, SHOWN).map((v) => <Link key={v.poll_id} className="rs-live" to={`/votes/${v.poll_id}`}>「{v.title}」正在表决,您还没有投票,{instant(v.closes_at)} 截止</Link>)}</>
}
