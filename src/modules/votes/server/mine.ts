// What an owner sees: votes about his houses, his own rights by the roll, his own ballot with its receipt, results and list.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays, dayOf } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { votes, type MyRight, type MyVote } from '../contract.ts'
import { myPersons, pollWhere, residentSees, type Poll } from './access.ts'
import { buildingNames, motionsOf } from './polls.ts'
import { storedResults } from './tally.ts'

const POLLS_MAX = 50
type RightRow = Omit<MyRight, 'can'> & { person_id: string; spokesman_id: string | null }
async function rightsOf(scope: Scope, v: Poll): Promise<MyRight[]> {
  const c = scope.company_id
  const { rows } = await sql<RightRow>`select distinct on (n.voter_no) n.voter_id, n.voter_no, n.name, n.area_m2::text as area_m2, vp.person_id, s.person_id as spokesman_id,
      (select y.name from votes.voter_person y where y.company_id = ${c} and y.poll_id = n.poll_id and y.voter_id = n.voter_id and y.person_id = s.person_id) as spokesman, (select count(*) > 1 from votes.voter_person y where y.company_id = ${c} and y.poll_id = n.poll_id and y.voter_id = n.voter_id) as shared,
      (select array_agg(vh.label order by vh.sort_no, vh.label) from votes.voter_house vh where vh.company_id = ${c} and vh.poll_id = n.poll_id and vh.voter_id = n.voter_id) as houses, b.ballot_id, b.way as voted_way, b.cast_at as voted_at, b.receipt_code, b.salt as secret_salt,
      coalesce((select jsonb_agg(jsonb_build_object('motion_no', m.motion_no, 'choice', x.choice) order by m.motion_no) from votes.ballot_choice x join votes.motion m on m.company_id = ${c} and m.motion_id = x.motion_id where x.company_id = ${c} and x.ballot_id = b.ballot_id), '[]'::jsonb) as choices
    from votes.voter n join votes.voter_person vp on vp.company_id = ${c} and vp.poll_id = n.poll_id and vp.voter_id = n.voter_id left join votes.spokesman s on s.company_id = ${c} and s.poll_id = n.poll_id and s.voter_id = n.voter_id
    left join lateral (select b.* from votes.ballot b where b.company_id = ${c} and b.poll_id = n.poll_id and b.voter_id = n.voter_id order by b.round_no desc limit 1) b on true
    where n.company_id = ${c} and n.poll_id = ${v.poll_id} and n.kind = 'owner' and vp.person_id in ${myPersons(scope)} order by n.voter_no, vp.person_id = s.person_id desc nulls last, vp.person_id limit 50`.execute(scope.db)
  const runs = v.state === 'open' && scope.now >= v.opens_at && scope.now < v.closes_at
  return rows.map(({ person_id, spokesman_id, ...r }) => ({ ...r, can: { vote: !runs ? 'votes.not_open' : spokesman_id && spokesman_id !== person_id ? 'votes.spokesman_only' : r.voted_way && !v.replace_allowed ? 'votes.already_voted' : true } }))
}

export const mineAnswers = [
  answer(votes.myVotes, async (scope) => {
    const c = scope.company_id
    const seen = await residentSees(scope)
    const { rows } = await sql<MyVote>`select v.poll_id, v.title, c.name as community_name, v.state, v.opens_at, v.closes_at, v.closes_at <= ${scope.now}::timestamptz as over, r.rights, r.voted from votes.poll v join property.community c on c.company_id = ${c} and c.community_id = v.community_id
      left join lateral (select count(distinct n.voter_id)::int as rights, (count(distinct n.voter_id) filter (where exists (select from votes.ballot b where b.company_id = ${c} and b.poll_id = n.poll_id and b.voter_id = n.voter_id)))::int as voted from votes.voter n join votes.voter_person vp on vp.company_id = ${c} and vp.poll_id = n.poll_id and vp.voter_id = n.voter_id where n.company_id = ${c} and n.poll_id = v.poll_id and n.kind = 'owner' and vp.person_id in ${myPersons(scope)}) r on true
      where v.company_id = ${c} and ${seen} order by v.state = 'open' desc, v.opens_at desc, v.poll_id limit ${POLLS_MAX}`.execute(scope.db)
    return { rows }
  }),
  answer(votes.myVote, async (scope, { poll_id }) => {
    const v = await pollWhere(scope, poll_id, await residentSees(scope))
    const c = scope.company_id
    const { rows } = await sql<{ community_name: string; listed_count: number }>`select c.name as community_name, (select count(*)::int from votes.listed l where l.company_id = ${c} and l.poll_id = ${poll_id}) as listed_count from property.community c where c.company_id = ${c} and c.community_id = ${v.community_id}`.execute(scope.db)
    const names = await buildingNames(scope, v.building_ids)
    return {
      poll_id, title: v.title, intro: v.intro, ...rows[0]!, scope: names.length ? names.join('、') : '全小区', organiser_name: v.organiser_name, state: v.state, opens_at: v.opens_at, closes_at: v.closes_at, replace_allowed: v.replace_allowed, sealed: v.sealed, motions: await motionsOf(scope, v), rights: await rightsOf(scope, v),
      results: v.state === 'published' ? await storedResults(scope, poll_id) : [], list_hash: v.list_hash, posted_until: v.published_at && v.rule ? addDays(dayOf(v.published_at), v.rule.posting_days) : null, cancel_reason: v.cancel_reason,
    }
  }),
]
