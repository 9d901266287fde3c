// The owners' committee: its terms and who serves; when a re-election has to begin, whoever organises votes there hears of it once.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { notify } from '../../messages/server/index.ts'
import { housesOfResident } from '../../people/server/index.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { staffAt } from '../../identity/server/index.ts'
import { votes, type Committee } from '../contract.ts'
import { said } from '../shown.ts'
import { pollToRead } from './access.ts'

const ROWS_MAX = 200
/** 物业管理条例 and 建房〔2009〕274号: a term of five years at most. */
const TERM_YEARS_MAX = 5
const RENEW = sql.raw(`(k.to_on - make_interval(months => k.remind_months))::date`)
async function committeeToChange(scope: Scope, committee_id: string) {
  const { rows } = await sql<{ committee_id: string; community_id: string; kind: string; term_no: number; from_on: string; to_on: string; seats_count: number }>`select committee_id, community_id, kind, term_no, from_on, to_on, seats_count from votes.committee where company_id = ${scope.company_id} and committee_id = ${committee_id} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  await communityToChange(scope, rows[0].community_id)
  return rows[0]
}
const nameOf = (k: { kind: string; term_no: number }): string => `第 ${k.term_no} 届${said('committee', k.kind)}`

export const committeeAnswers = [
  answer(votes.committees, async (scope, f) => {
    const c = scope.company_id
    const { rows } = await sql<Committee>`select k.committee_id, k.community_id, c.name as community_name, k.kind, k.term_no, k.from_on, k.to_on, k.seats_count, k.filed_no, k.filed_on, k.remind_months, k.poll_id, (select v.title from votes.poll v where v.company_id = ${c} and v.poll_id = k.poll_id) as poll_title, k.note,
        case when k.from_on > ${scope.today}::date then 'coming' when k.to_on < ${scope.today}::date then 'over' else 'serving' end as state, ${RENEW} as renew_on, (k.from_on <= ${scope.today}::date and k.to_on >= ${scope.today}::date and ${RENEW} <= ${scope.today}::date) as due,
        coalesce((select jsonb_agg(jsonb_build_object('member_id', m.member_id, 'name', m.name, 'post', m.post, 'houses', m.houses, 'from_on', m.from_on, 'to_on', m.to_on, 'end_reason', m.end_reason) order by m.to_on is not null, array_position(array['head','deputy','member','reserve'], m.post), m.name) from votes.committee_member m where m.company_id = ${c} and m.committee_id = k.committee_id), '[]'::jsonb) as members
      from votes.committee k join property.community c on c.company_id = ${c} and c.community_id = k.community_id where k.company_id = ${c} and ${communitiesSeenBy(scope, { alias: 'k' })} and ${f.community_id ? sql`k.community_id = ${f.community_id}` : sql`true`} order by k.to_on desc, k.committee_id limit ${ROWS_MAX}`.execute(scope.db)
    return { rows }
  }),
  answer(votes.saveCommittee, async (scope, { request_id: _r, dry_run: _d, committee_id: given, ...o }) => {
    const c = scope.company_id
    await communityToChange(scope, o.community_id)
    if (given && (await committeeToChange(scope, given)).community_id !== o.community_id) throw scope.notFound()
    if (o.to_on <= o.from_on) throw scope.refuse('votes.term_order')
    if (o.to_on >= `${Number(o.from_on.slice(0, 4)) + TERM_YEARS_MAX}${o.from_on.slice(4)}`) throw scope.refuse('votes.term_long', { years: TERM_YEARS_MAX })
    if (o.seats_count % 2 === 0) throw scope.refuse('votes.seats_even')
    if ((o.filed_no === null || o.filed_no === '') !== (o.filed_on === null)) throw scope.refuse('votes.filed_half')
    if (o.poll_id && (await pollToRead(scope, o.poll_id)).community_id !== o.community_id) throw scope.notFound()
    const committee_id = given ?? uuidv7()
    const { rows: same } = await sql`select from votes.committee where company_id = ${c} and community_id = ${o.community_id} and kind = ${o.kind} and committee_id <> ${committee_id} and (term_no = ${o.term_no} or daterange(from_on, to_on, '[]') && daterange(${o.from_on}::date, ${o.to_on}::date, '[]'))`.execute(scope.db)
    if (same.length > 0) throw scope.refuse('votes.term_twice')
    const values = { ...o, filed_no: o.filed_no || null, note: o.note || null }
    const done = given
      ? await scope.db.updateTable('votes.committee').set({ ...values, reminded_at: null }).where('company_id', '=', c).where('committee_id', '=', committee_id).returning('committee_id').executeTakeFirst()
      : await scope.db.insertInto('votes.committee').values({ company_id: c, committee_id, ...values, created_by: scope.who.account_id, created_by_name: scope.who.name, created_at: scope.now }).onConflict((x) => x.columns(['company_id', 'community_id', 'kind', 'term_no']).doNothing()).returning('committee_id').executeTakeFirst()
    if (!done) throw scope.refuse('votes.term_twice')
    scope.note('committee', committee_id, { name: nameOf(o), from_on: o.from_on, to_on: o.to_on })
    return { committee_id }
  }),
  answer(votes.addCommitteeMember, async (scope, { request_id: _r, dry_run: _d, ...o }) => {
    const k = await committeeToChange(scope, o.committee_id)
    if (o.from_on < k.from_on || o.from_on > k.to_on) throw scope.refuse('votes.outside_term', { from_on: k.from_on, to_on: k.to_on })
    const { rows } = await sql<{ n: number; heads: number }>`select (count(*) filter (where post <> 'reserve'))::int as n, (count(*) filter (where post = 'head'))::int as heads from votes.committee_member where company_id = ${scope.company_id} and committee_id = ${o.committee_id} and to_on is null`.execute(scope.db)
    if (o.post !== 'reserve' && rows[0]!.n >= k.seats_count) throw scope.refuse('votes.seats_full', { seats: k.seats_count })
    if (o.post === 'head' && rows[0]!.heads > 0) throw scope.refuse('votes.head_twice')
    const member_id = uuidv7()
    await scope.db.insertInto('votes.committee_member').values({ company_id: scope.company_id, member_id, ...o, houses: o.houses || null, created_by: scope.who.account_id, created_by_name: scope.who.name, created_at: scope.now }).execute()
    scope.note('committee', o.committee_id, { name: nameOf(k), member: o.name, post: o.post, from_on: o.from_on })
    return { member_id }
  }),
  answer(votes.endCommitteeMember, async (scope, o) => {
    const { rows } = await sql<{ committee_id: string; name: string; from_on: string; to_on: string | null }>`select committee_id, name, from_on, to_on from votes.committee_member where company_id = ${scope.company_id} and member_id = ${o.member_id} for update`.execute(scope.db)
    const m = rows[0]
    if (!m) throw scope.notFound()
    const k = await committeeToChange(scope, m.committee_id)
    if (m.to_on) throw scope.refuse('votes.member_over', { day: m.to_on })
    if (o.to_on < m.from_on || o.to_on > k.to_on) throw scope.refuse('votes.outside_term', { from_on: m.from_on, to_on: k.to_on })
    await scope.db.updateTable('votes.committee_member').set({ to_on: o.to_on, end_reason: o.reason }).where('company_id', '=', scope.company_id).where('member_id', '=', o.member_id).execute()
    scope.note('committee', m.committee_id, { name: nameOf(k), member: m.name, to_on: o.to_on, reason: o.reason })
    return { member_id: o.member_id }
  }),
  answer(votes.myCommittee, async (scope) => {
    const c = scope.company_id
    const houses = (await housesOfResident(scope)).map((h) => h.house_id)
    const { rows } = await sql<{ community_name: string; kind: 'committee'; term_no: number; to_on: string; members: { name: string; post: 'head' }[] }>`select c.name as community_name, k.kind, k.term_no, k.to_on, coalesce((select jsonb_agg(jsonb_build_object('name', m.name, 'post', m.post) order by array_position(array['head','deputy','member','reserve'], m.post), m.name) from votes.committee_member m where m.company_id = ${c} and m.committee_id = k.committee_id and m.from_on <= ${scope.today}::date and (m.to_on is null or m.to_on >= ${scope.today}::date)), '[]'::jsonb) as members
      from votes.committee k join property.community c on c.company_id = ${c} and c.community_id = k.community_id where k.company_id = ${c} and k.from_on <= ${scope.today}::date and k.to_on >= ${scope.today}::date and k.community_id in (select h.community_id from property.house h where h.company_id = ${c} and h.house_id = any(${houses}::uuid[])) order by c.name, k.kind limit 20`.execute(scope.db)
    return { rows }
  }),
]
/** Once a term, to whoever organises votes there. */
export async function remindRenewal(scope: Scope): Promise<void> {
  const { rows } = await sql<{ committee_id: string; community_id: string; community: string; kind: string; term_no: number; to_on: string }>`update votes.committee k set reminded_at = ${scope.now} from property.community c where k.company_id = ${scope.company_id} and c.company_id = ${scope.company_id} and c.community_id = k.community_id and k.reminded_at is null and k.from_on <= ${scope.today}::date and k.to_on >= ${scope.today}::date and ${RENEW} <= ${scope.today}::date
    returning k.committee_id, k.community_id, c.name as community, k.kind, k.term_no, k.to_on`.execute(scope.db)
  for (const k of rows) {
    const staff = await staffAt(scope, 'votes.poll.write', { community_id: k.community_id, building_id: null })
    await notify(scope, staff.map((account_id) => ({ to: { account_id }, template: 'committee_due', params: { community: k.community, name: nameOf(k), until: k.to_on }, link: '/votes/committee', dedupe_key: `committee ${k.committee_id} ${k.to_on} ${account_id}` })))
    scope.note('committee', k.committee_id, { name: nameOf(k), reminded: staff.length })
  }
}
