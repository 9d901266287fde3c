// 业主大会表决: what runs, what is posted, what is decided.
import { useRead } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Facts, RowLink, Tag } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { votes, type MyVote, type PollState } from '../contract.ts'
import { said } from '../shown.ts'

const KIND = { announced: 'warn', open: 'busy', closed: 'warn', published: 'good' } as const
export function StateMark({ state }: { state: PollState }) {
  return state === 'draft' || state === 'cancelled' ? <Tag>{said('poll', state)}</Tag> : <Tag kind={KIND[state]}>{said('poll', state)}</Tag>
}
export function VotesPage() {
  const reading = useRead(votes.myVotes, {}, { stale_ms: 0 })
  return (
    <Page title="业主大会表决" back="/">
      <Committees />
      <Loaded reading={reading}>{({ rows }) => (rows.length === 0 ? <StateBlock icon="ok" title="还没有表决" text="业主大会公示议题后会显示在这里" /> : <ul className="ph-list" aria-label="表决">{rows.map((v) => <li key={v.poll_id}><RowLink to={`/votes/${v.poll_id}`} title={<span className="ph-strong">{v.title}</span>} under={<>{v.community_name} · {when(v)}{v.state === 'open' && v.rights > 0 ? <><br /><span className={v.voted < v.rights ? 'ph-red' : ''}>{v.voted < v.rights ? '您还没有投票' : '您已投票'}</span></> : null}</>} side={<StateMark state={v.state} />} /></li>)}</ul>)}</Loaded>
    </Page>
  )
}
/** Who speaks for the owners now. */
function Committees() {
  const reading = useRead(votes.myCommittee, {}, { stale_ms: 300_000 })
  return (
    <>
      {(reading.data?.rows ?? []).map((k) => (
        <section key={`${k.community_name} ${k.kind}`} className="ph-card ph-section" aria-label="业委会">
          <h2>{k.community_name} 第 {k.term_no} 届{said('committee', k.kind)}</h2>
          <Facts rows={[...k.members.filter((m) => m.post !== 'reserve').map((m) => [said('member_post', m.post), m.name] as const), ['任期至', k.to_on]]} />
        </section>
      ))}
    </>
  )
}
const when = (v: MyVote): string => (v.state === 'announced' ? `${instant(v.opens_at)} 开始` : v.state === 'open' ? `${instant(v.closes_at)} 截止` : `截止 ${instant(v.closes_at)}`)
