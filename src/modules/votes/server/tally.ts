// The count: of each motion heads and area by choice, from the counted ballots and the frozen roll; stored at the close, under the lock that no ballot passes.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { votes, type Result, type Side } from '../contract.ts'
import { pollToRead, type Poll } from './access.ts'
import { matterRule } from './rule.ts'
import { ruleText } from '../rule_text.ts'
import { judge, quorumOf } from './rules/tally.ts'
import { housesSeenBy } from '../../property/server/index.ts'

export const side = (count: number | null, m2: string | null): Side => ({ count: count ?? 0, m2: m2 ?? '0.00' })
interface Counted {
  motion_id: string
  motion_no: number
  matter: Result['matter']
  title: string
  agree_count: number
  agree_m2: string
  oppose_count: number
  oppose_m2: string
  abstain_count: number
  abstain_m2: string
}
async function count(scope: Scope, poll_id: string): Promise<Counted[]> {
  const c = scope.company_id
  const of = (choice: string) => sql`(count(*) filter (where b.choice = ${choice}))::int as ${sql.ref(`${choice}_count`)}, coalesce(sum(n.area_m2) filter (where b.choice = ${choice}), 0)::numeric(16,2)::text as ${sql.ref(`${choice}_m2`)}`
  const { rows } = await sql<Counted>`select m.motion_id, m.motion_no, m.matter, m.title, ${of('agree')}, ${of('oppose')}, ${of('abstain')} from votes.motion m
    left join votes.counted k on k.company_id = ${c} and k.poll_id = m.poll_id and k.motion_id = m.motion_id left join votes.ballot_choice b on b.company_id = ${c} and b.ballot_id = k.ballot_id and b.motion_id = k.motion_id left join votes.voter n on n.company_id = ${c} and n.poll_id = k.poll_id and n.voter_id = k.voter_id
    where m.company_id = ${c} and m.poll_id = ${poll_id} group by m.motion_id, m.motion_no, m.matter, m.title order by m.motion_no`.execute(scope.db)
  return rows
}
export async function tally(scope: Scope, v: Poll): Promise<Result[]> {
  return (await count(scope, v.poll_id)).map((r) => {
    const c = { eligible: side(v.eligible_count, v.eligible_m2), agree: side(r.agree_count, r.agree_m2), oppose: side(r.oppose_count, r.oppose_m2), abstain: side(r.abstain_count, r.abstain_m2) }
    return { motion_id: r.motion_id, motion_no: r.motion_no, matter: r.matter, title: r.title, ...c, ...judge(matterRule(v.rule!, r.matter), c) }
  })
}
export async function storeResults(scope: Scope, v: Poll): Promise<void> {
  const rows = (await tally(scope, v)).map((r) => ({ company_id: scope.company_id, motion_id: r.motion_id, poll_id: v.poll_id, eligible_count: r.eligible.count, eligible_m2: r.eligible.m2, agree_count: r.agree.count, agree_m2: r.agree.m2, oppose_count: r.oppose.count, oppose_m2: r.oppose.m2, abstain_count: r.abstain.count, abstain_m2: r.abstain.m2, quorum_met: r.quorum_met, passed: r.passed, sentence: r.sentence, made_at: scope.now }))
  await scope.db.insertInto('votes.result').values(rows).execute()
}
/** As it stood at the close. */
export async function storedResults(scope: Scope, poll_id: string): Promise<Result[]> {
  const { rows } = await sql<Counted & { eligible_count: number; eligible_m2: string; quorum_met: boolean; passed: boolean; sentence: string }>`select r.motion_id, m.motion_no, m.matter, m.title, r.eligible_count, r.eligible_m2, r.agree_count, r.agree_m2, r.oppose_count, r.oppose_m2, r.abstain_count, r.abstain_m2, r.quorum_met, r.passed, r.sentence from votes.result r join votes.motion m on m.company_id = ${scope.company_id} and m.motion_id = r.motion_id
    where r.company_id = ${scope.company_id} and r.poll_id = ${poll_id} order by m.motion_no`.execute(scope.db)
  return rows.map((r) => ({ motion_id: r.motion_id, motion_no: r.motion_no, matter: r.matter, title: r.title, eligible: side(r.eligible_count, r.eligible_m2), agree: side(r.agree_count, r.agree_m2), oppose: side(r.oppose_count, r.oppose_m2), abstain: side(r.abstain_count, r.abstain_m2), quorum_met: r.quorum_met, passed: r.passed, sentence: r.sentence }))
}

export const tallyAnswers = [
  answer(votes.results, async (scope, { poll_id }) => {
    const v = await pollToRead(scope, poll_id)
    if (v.state === 'closed' || v.state === 'published') return { hidden: false, live: false, rows: await storedResults(scope, poll_id) }
    if (v.state !== 'open' || v.sealed) return { hidden: true, live: false, rows: [] }
    return { hidden: false, live: true, rows: await tally(scope, v) }
  }),
  /** Who has come, never how: shown while the vote runs, sealed or not. */
  answer(votes.turnout, async (scope, { poll_id }) => {
    const v = await pollToRead(scope, poll_id)
    const c = scope.company_id
    const last = sql`(select distinct on (b.voter_id) b.voter_id, b.way from votes.ballot b where b.company_id = ${c} and b.poll_id = ${poll_id} order by b.voter_id, b.round_no desc)`
    const { rows: [t] } = await sql<{ count: number; m2: string; app: number; paper: number; proxy: number }>`select count(*)::int as count, coalesce(sum(n.area_m2), 0)::numeric(16,2)::text as m2, (count(*) filter (where b.way = 'app'))::int as app, (count(*) filter (where b.way = 'paper'))::int as paper, (count(*) filter (where b.way = 'proxy'))::int as proxy from ${last} b join votes.voter n on n.company_id = ${c} and n.poll_id = ${poll_id} and n.voter_id = b.voter_id`.execute(scope.db)
    const { rows: buildings } = await sql<{ building_id: string; name: string; eligible_count: number; voted_count: number }>`select vh.building_id, min(vh.building_name) as name, count(distinct vh.voter_id)::int as eligible_count, count(distinct b.voter_id)::int as voted_count from votes.voter_house vh left join votes.ballot b on b.company_id = ${c} and b.poll_id = vh.poll_id and b.voter_id = vh.voter_id
      where vh.company_id = ${c} and vh.poll_id = ${poll_id} and ${housesSeenBy(scope, { alias: 'vh' })} group by vh.building_id order by min(vh.sort_no), 2 limit 500`.execute(scope.db)
    const [eligible, voted] = [side(v.eligible_count, v.eligible_m2), side(t!.count, t!.m2)]
    const rules = v.rule && v.eligible_count ? [...new Map((await count(scope, poll_id)).map((m) => matterRule(v.rule!, m.matter)).filter((r) => r.method === 'majority').map((r) => [`${r.quorum_num}/${r.quorum_den}`, r])).values()] : []
    return { eligible, voted, ways: { app: t!.app, paper: t!.paper, proxy: t!.proxy }, quorum: rules.map((r) => ({ text: ruleText(r).split(',')[0]!, met: quorumOf(r, eligible, voted) })), buildings }
  }),
]
