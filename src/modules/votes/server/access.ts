// Who sees which votes. Staff: communities within reach; to organise one, the community as a whole. Residents: votes about houses of theirs, and the rights they have by the
// frozen roll, whoever owns the house today.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { housesOfResident } from '../../people/server/index.ts'
import type { PollState, Rule } from '../contract.ts'

export interface Poll {
  poll_id: string
  community_id: string
  title: string
  kind: 'regular' | 'extra'
  organiser: string
  organiser_name: string
  intro: string
  building_ids: string[]
  opens_at: string
  closes_at: string
  sealed: boolean
  replace_allowed: boolean
  state: PollState
  rule: Rule | null
  announced_on: string | null
  closed_at: string | null
  published_at: string | null
  eligible_count: number | null
  eligible_m2: string | null
  roll_hash: string | null
  list_hash: string | null
  cancel_reason: string | null
}
const COLUMNS = sql.raw('v.poll_id, v.community_id, v.title, v.kind, v.organiser, v.organiser_name, v.intro, v.building_ids, v.opens_at, v.closes_at, v.sealed, v.replace_allowed, v.state, v.rule, v.announced_on, v.closed_at, v.published_at, v.eligible_count, v.eligible_m2, v.roll_hash, v.list_hash, v.cancel_reason')
export const pollsSeenBy = (scope: Scope, permission?: string): RawBuilder<SqlBool> => communitiesSeenBy(scope, { alias: 'v', ...(permission ? { permission } : {}) })

/** `share`: no other transaction may close it until this one is over (race 14); `change`: nobody may write a ballot. */
type Lock = 'share' | 'change'
const lockOf = (lock?: Lock) => (lock === 'share' ? sql`for share of v` : lock === 'change' ? sql`for update of v` : sql``)
export async function pollWhere(scope: Scope, poll_id: string, rule: RawBuilder<SqlBool>, lock?: Lock): Promise<Poll> {
  const { rows } = await sql<Poll>`select ${COLUMNS} from votes.poll v where v.company_id = ${scope.company_id} and v.poll_id = ${poll_id} and ${rule} ${lockOf(lock)}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
export const pollToRead = (scope: Scope, poll_id: string, lock?: Lock): Promise<Poll> => pollWhere(scope, poll_id, pollsSeenBy(scope), lock)
/** Organised for the community as a whole, and locked. */
export async function pollToChange(scope: Scope, poll_id: string): Promise<Poll> {
  const v = await pollToRead(scope, poll_id, 'change')
  await communityToChange(scope, v.community_id)
  return v
}
export function mayOrganise(scope: Scope, community_id: string, permission = 'votes.poll.write'): boolean {
  const r = scope.reach(permission)
  return r.all || r.community_ids.includes(community_id)
}

/** Persons of the account: by the first phone only, for the second is often somebody else's. What was merged since the roll was frozen is found too. */
export const myPersons = (scope: Scope): RawBuilder<unknown> => sql`(select q.person_id from people.person q where q.company_id = ${scope.company_id} and q.phone = ${scope.who.phone ?? ''} and q.kind <> 'developer'
  union select m.person_id from people.person m join people.person q on q.company_id = ${scope.company_id} and q.person_id = m.merged_into where m.company_id = ${scope.company_id} and q.phone = ${scope.who.phone ?? ''} and q.kind <> 'developer')`
/** Announced and later ones of the buildings where the resident has a house today, or on whose roll the resident stands. */
export async function residentSees(scope: Scope): Promise<RawBuilder<SqlBool>> {
  if (scope.who.kind !== 'resident' || !scope.who.phone) return sql<SqlBool>`false`
  const houses = (await housesOfResident(scope)).map((h) => h.house_id)
  return sql<SqlBool>`(v.announced_at is not null and (exists (select from property.house h where h.company_id = ${scope.company_id} and h.house_id = any(${houses}::uuid[]) and h.community_id = v.community_id and (cardinality(v.building_ids) = 0 or h.building_id = any(v.building_ids)))
    or exists (select from votes.voter_person vp where vp.company_id = ${scope.company_id} and vp.poll_id = v.poll_id and vp.person_id in ${myPersons(scope)})))`
}
