// Activities on the resident's phone: what is for him, his place and his code, and what he has given as a volunteer.
import { sql, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { community, type MyActivity } from '../contract.ts'
import { said } from '../shown.ts'
import { mineOf, type Mine } from './access.ts'
import { ACTIVITY_STATE, PHOTOS } from './activities.ts'
import { activityHeld, signupHeld } from './activity_access.ts'
import { join, leave } from './signing.ts'

const SHOWN_MAX = 50
const forMe = (m: Mine) => sql<SqlBool>`exists (select from ${m.from} where h.community_id = a.community_id and o.role = any(a.roles))`
const persons = (m: Mine): string[] => [...new Set(m.own.map((h) => h.person_id))]
type Raw = Omit<MyActivity, 'can' | 'free_count' | 'mine'> & { taken_count: number; signup_id: string | null; my_state: 'in' | 'waiting' | 'cancelled'; people_count: number; code: string; came: boolean; before_me: number; minutes: number | null; confirmed: boolean }
const COLUMNS = (scope: Scope) => sql`a.activity_id, a.kind, a.title, c.name as community_name, a.place, a.from_at, a.to_at, a.sign_until_at, ${ACTIVITY_STATE(scope)} as state, a.capacity, a.party_max, a.report is not null as has_report, a.taken_count,
  s.signup_id, s.state as my_state, s.people_count, s.code, s.came_at is not null as came, s.minutes, s.confirmed_at is not null as confirmed, coalesce((select sum(x.people_count) from community.signup x where x.company_id = ${scope.company_id} and x.activity_id = a.activity_id and x.state = 'waiting' and x.no < s.no), 0)::int as before_me`
const JOINS = (scope: Scope, m: Mine) => sql`join property.community c on c.company_id = ${scope.company_id} and c.community_id = a.community_id left join lateral (select x.* from community.signup x where x.company_id = ${scope.company_id} and x.activity_id = a.activity_id and x.person_id = any(${persons(m)}::uuid[]) order by x.state = 'cancelled', x.no desc limit 1) s on true`
function shown(scope: Scope, r: Raw): MyActivity {
  const { taken_count, signup_id, my_state, people_count, code, came, before_me, minutes, confirmed, ...a } = r
  const mine = signup_id ? { signup_id, state: my_state, people_count, code, came, before_me, minutes, confirmed } : null
  const live = mine !== null && mine.state !== 'cancelled'
  return {
    ...a, free_count: a.capacity === null ? null : a.capacity - taken_count, mine,
    can: { sign: a.state !== 'open' ? 'community.activity_state' : live ? 'community.signed_already' : a.sign_until_at <= scope.now ? 'community.sign_closed' : true, cancel: !live || mine.came ? 'community.signup_state' : a.from_at <= scope.now ? 'community.started' : true },
  }
}
const list = answer(community.myActivities, async (scope, { past }) => {
  const c = scope.company_id
  const m = await mineOf(scope)
  if (m.own.length === 0) return { rows: [], volunteer_minutes: 0 }
  const when = past ? sql`(a.to_at <= ${scope.now}::timestamptz or a.state = 'cancelled')` : sql`a.state = 'open' and a.to_at > ${scope.now}::timestamptz`
  const order = past ? sql`a.from_at desc` : sql`a.from_at`
  const { rows } = await sql<Raw>`with page as materialized (select a.* from community.activity a where a.company_id = ${c} and a.state <> 'draft' and ${when} and ${forMe(m)} order by ${order} limit ${SHOWN_MAX}) select ${COLUMNS(scope)} from page a ${JOINS(scope, m)} order by ${order}, a.activity_id`.execute(scope.db)
  const { rows: given } = await sql<{ minutes: number }>`select coalesce(sum(minutes), 0)::int as minutes from community.signup where company_id = ${c} and person_id = any(${persons(m)}::uuid[]) and confirmed_at is not null`.execute(scope.db)
  return { rows: rows.map((r) => shown(scope, r)), volunteer_minutes: given[0]!.minutes }
})
const one = answer(community.myActivity, async (scope, { activity_id }) => {
  const c = scope.company_id
  const m = await mineOf(scope)
  const { rows } = await sql<Raw & { body: string; ended_reason: string | null; report: string | null; photo_ids: string[] }>`select ${COLUMNS(scope)}, a.body, a.ended_reason, a.report, ${PHOTOS(c)} as photo_ids from community.activity a ${JOINS(scope, m)} where a.company_id = ${c} and a.activity_id = ${activity_id} and a.state <> 'draft' and ${forMe(m)}`.execute(scope.db)
  const r = rows[0]
  if (!r) throw scope.notFound()
  const { rows: houses } = await sql<{ house_id: string; label: string }>`select h.house_id, h.label from ${m.from} join community.activity a on a.company_id = ${c} and a.activity_id = ${activity_id} where h.community_id = a.community_id and o.role = any(a.roles) order by h.kind <> 'dwelling', h.sort_no, h.label`.execute(scope.db)
  const { body, ended_reason, report, photo_ids, ...row } = r
  return { ...shown(scope, row), body, ended_reason, report, photo_ids, houses }
})
const signUp = answer(community.signUp, async (scope, o) => {
  const c = scope.company_id
  const m = await mineOf(scope, o.house_id)
  const own = m.own[0]
  if (!own) throw scope.notFound()
  const a = await activityHeld(scope, o.activity_id, sql<SqlBool>`a.state <> 'draft' and ${forMe(m)}`)
  const { rows } = await sql<{ name: string }>`select name from people.person where company_id = ${c} and person_id = ${own.person_id}`.execute(scope.db)
  return join(scope, a, { house_id: own.house_id, person_id: own.person_id, contact_name: rows[0]!.name, contact_phone: scope.who.phone, people_count: o.people_count, source: 'app' })
})
const cancelMine = answer(community.cancelMySignup, async (scope, { signup_id }) => {
  const m = await mineOf(scope)
  const { a, s } = await signupHeld(scope, signup_id, sql<SqlBool>`s.person_id = any(${persons(m)}::uuid[])`)
  if (a.from_at <= scope.now) throw scope.refuse('community.started', { title: a.title, from: minuteText(a.from_at) })
  if (a.state !== 'open') throw scope.refuse('community.signup_state', { name: s.contact_name, state: said('activity', a.state) })
  await leave(scope, a, s, '业户自行取消')
  return { signup_id, state: 'cancelled' as const }
})
export const myActivityAnswers = [list, one, signUp, cancelMine]
