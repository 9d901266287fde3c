// Rows of activities: staff by community, drafts for who writes there; sign-ups are rows of houses. Residents: activities of the communities of their houses that are for them.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { communitiesSeenBy, communityToChange, housesSeenBy } from '../../property/server/index.ts'
import { said } from '../shown.ts'

export const activitiesSeenBy = (scope: Scope, alias = 'a'): RawBuilder<SqlBool> =>
  sql<SqlBool>`(${communitiesSeenBy(scope, { alias, permission: 'community.activity.read' })} and (${sql.ref(`${alias}.state`)} <> 'draft' or ${communitiesSeenBy(scope, { alias, permission: 'community.activity.write' })}))`
/** Sign-ups of houses within reach of the call's permission; `alias` has community_id and building_id. */
export const signupsSeenBy = (scope: Scope, alias = 'h'): RawBuilder<SqlBool> => housesSeenBy(scope, { alias })

export interface Activity {
  activity_id: string
  community_id: string
  kind: 'activity' | 'volunteer'
  title: string
  place: string
  from_at: string
  to_at: string
  sign_until_at: string
  capacity: number | null
  party_max: number
  roles: ('owner' | 'tenant' | 'household')[]
  state: 'draft' | 'open' | 'cancelled'
  taken_count: number
}
export const ACTIVITY = sql.raw('a.activity_id, a.community_id, a.kind, a.title, a.place, a.from_at, a.to_at, a.sign_until_at, a.capacity, a.party_max, a.roles, a.state, a.taken_count')
const everything = sql<SqlBool>`true`
/** Whoever signs up, cancels, or changes an activity stands in one line: what is free is what was read. The check `activity_full` is the second lock. */
export async function activityHeld(scope: Scope, activity_id: string, where: RawBuilder<SqlBool> = everything): Promise<Activity> {
  const { rows } = await sql<Activity>`select ${ACTIVITY} from community.activity a where a.company_id = ${scope.company_id} and a.activity_id = ${activity_id} and ${where} for update of a`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** The activity as a whole: its community is within reach. */
export async function activityToChange(scope: Scope, activity_id: string): Promise<Activity> {
  const a = await activityHeld(scope, activity_id, activitiesSeenBy(scope))
  await communityToChange(scope, a.community_id, 'community.activity.write')
  return a
}
export function inState(scope: Scope, a: Activity, ok: boolean): void {
  const state = a.state === 'open' && a.to_at <= scope.now ? 'over' : a.state
  if (!ok) throw scope.refuse('community.activity_state', { title: a.title, state: said('activity', state) })
}

export interface Signup {
  signup_id: string
  activity_id: string
  no: number
  house_id: string
  person_id: string | null
  contact_name: string
  contact_phone: string | null
  people_count: number
  state: 'in' | 'waiting' | 'cancelled'
  came_at: string | null
  minutes: number | null
  minutes_by: string | null
  confirmed_at: string | null
}
/** Its activity first, then the sign-up: the order in which everybody locks. */
export async function signupHeld(scope: Scope, signup_id: string, where: RawBuilder<SqlBool> = signupsSeenBy(scope)): Promise<{ a: Activity; s: Signup }> {
  const c = scope.company_id
  const found = await sql<{ activity_id: string }>`select s.activity_id from community.signup s join property.house h on h.company_id = ${c} and h.house_id = s.house_id where s.company_id = ${c} and s.signup_id = ${signup_id} and ${where}`.execute(scope.db)
  if (!found.rows[0]) throw scope.notFound()
  const a = await activityHeld(scope, found.rows[0].activity_id)
  const { rows } = await sql<Signup>`select s.signup_id, s.activity_id, s.no, s.house_id, s.person_id, s.contact_name, s.contact_phone, s.people_count, s.state, s.came_at, s.minutes, s.minutes_by, s.confirmed_at from community.signup s where s.company_id = ${c} and s.signup_id = ${signup_id} for update`.execute(scope.db)
  return { a, s: rows[0]! }
}
