// A published vote on using the maintenance fund goes down to the fund as its vote: the figures as they were counted, once a motion (funds stands below and knows nothing of votes).
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { dayOf } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { recordVoteOf, useToVote } from '../../funds/server/index.ts'
import { votes } from '../contract.ts'
import { pollsSeenBy } from './access.ts'
import { centi, ofCenti } from './rules/tally.ts'

const ROWS_MAX = 50
interface Row {
  motion_id: string
  poll_id: string
  title: string
  motion_title: string
  closed_at: string
  passed: boolean
  sentence: string
  used_by: string | null
}
/** Of the same owners as the use concerns: all, or those of the same buildings. A use of a unit or of single houses has no vote here. */
const published = (scope: Scope, u: { community_id: string; scope_kind: string; scope_ids: string[] }) => sql`votes.result r join votes.motion m on m.company_id = ${scope.company_id} and m.motion_id = r.motion_id and m.matter = 'fund_use' join votes.poll v on v.company_id = ${scope.company_id} and v.poll_id = r.poll_id and v.state = 'published' and v.community_id = ${u.community_id} and ${u.scope_kind === 'community' ? sql`cardinality(v.building_ids) = 0` : u.scope_kind === 'building' ? sql`(v.building_ids @> ${u.scope_ids}::uuid[] and v.building_ids <@ ${u.scope_ids}::uuid[])` : sql`false`}
  left join votes.fund_vote f on f.company_id = ${scope.company_id} and f.motion_id = r.motion_id where r.company_id = ${scope.company_id} and ${pollsSeenBy(scope, 'votes.poll.read')}`

export const fundAnswers = [
  answer(votes.fundMotions, async (scope, { use_id }) => {
    const u = await useToVote(scope, use_id)
    if (!u.waits) return { rows: [] }
    const { rows } = await sql<Row>`select r.motion_id, r.poll_id, v.title, m.title as motion_title, v.closed_at, r.passed, r.sentence from ${published(scope, u)} and f.motion_id is null order by v.published_at desc, m.motion_no limit ${ROWS_MAX}`.execute(scope.db)
    return { rows: rows.map(({ closed_at, ...r }) => ({ ...r, voted_on: dayOf(closed_at) })) }
  }),
  answer(votes.recordInFund, async (scope, { use_id, motion_id }) => {
    const c = scope.company_id
    const u = await useToVote(scope, use_id)
    const { rows } = await sql<{ poll_id: string; title: string; motion_title: string; motion_no: number; closed_at: string; passed: boolean; eligible_count: number; eligible_m2: string; agree_count: number; agree_m2: string; oppose_count: number; oppose_m2: string; abstain_count: number; abstain_m2: string }>`select r.poll_id, v.title, m.title as motion_title, m.motion_no, v.closed_at, r.passed, r.eligible_count, r.eligible_m2::text as eligible_m2, r.agree_count, r.agree_m2::text as agree_m2, r.oppose_count, r.oppose_m2::text as oppose_m2, r.abstain_count, r.abstain_m2::text as abstain_m2 from ${published(scope, u)} and r.motion_id = ${motion_id}`.execute(scope.db)
    const r = rows[0]
    if (!r) throw scope.notFound()
    const made = await scope.db.insertInto('votes.fund_vote').values({ company_id: c, motion_id, poll_id: r.poll_id, use_id, created_by: scope.who.account_id, created_by_name: scope.who.name, created_at: scope.now }).onConflict((x) => x.columns(['company_id', 'motion_id']).doNothing()).returning('motion_id').executeTakeFirst()
    if (!made) throw scope.refuse('votes.motion_used')
    const done = await recordVoteOf(scope, {
      use_id, on_day: dayOf(r.closed_at), note: `「${r.title}」第 ${r.motion_no} 项「${r.motion_title}」,结果已公布`, attachments: [],
      base_count: r.eligible_count, base_m2: r.eligible_m2, joined_count: r.agree_count + r.oppose_count + r.abstain_count, joined_m2: ofCenti(centi(r.agree_m2) + centi(r.oppose_m2) + centi(r.abstain_m2)), yes_count: r.agree_count, yes_m2: r.agree_m2, objected_count: r.oppose_count, objected_m2: r.oppose_m2,
    })
    // The fund's own rule of that day and the vote's must not say different things about one vote.
    if (done.passed !== r.passed) throw scope.refuse('votes.fund_differs', { rule: done.rule })
    return { use_id, passed: done.passed }
  }),
]
