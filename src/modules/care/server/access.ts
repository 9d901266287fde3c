// Who may see which complaints. Staff: within the reach of the right to read or manage; those given to them or to their department; and, with the
// right to handle there, those that wait. Residents: those brought under the phone they signed in with. Unnamed ones: whoever has the code.
import { createHash } from 'node:crypto'
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import type { State } from '../contract.ts'
import type { Actor } from '../machine.ts'

export interface Complaint {
  complaint_id: string
  no: string
  kind_id: string
  kind: string
  nature: 'complaint' | 'suggestion' | 'praise'
  pauses: boolean
  source: string
  unnamed: boolean
  community_id: string
  building_id: string | null
  house_id: string | null
  place: string | null
  words: string
  reporter_name: string | null
  reporter_phone: string | null
  person_id: string | null
  created_at: string
  state: State
  department_id: string | null
  assignee_id: string | null
  accept_due_at: string
  answer_due_at: string
  visit_due_at: string | null
  accepted_at: string | null
  answered_at: string | null
  answered_by: string | null
  answer: string | null
  cause_id: string | null
  visit_wanted: boolean
  visited_at: string | null
  visit_tries: number
  satisfaction: number | null
  rated_at: string | null
  closed_at: string | null
  merged_into_id: string | null
  round_no: number
  step_no: number
  /** Whoever asks belongs to the department it was given to. */
  member: boolean
}
const COLUMNS = sql.raw('o.complaint_id, o.no, o.kind_id, o.source, o.unnamed, o.community_id, o.building_id, o.house_id, o.place, o.words, o.reporter_name, o.reporter_phone, o.person_id, o.created_at, o.state, o.department_id, o.assignee_id, o.accept_due_at, o.answer_due_at, o.visit_due_at, o.accepted_at, o.answered_at, o.answered_by, o.answer, o.cause_id, o.visit_wanted, o.visited_at, o.visit_tries, o.satisfaction, o.rated_at, o.closed_at, o.merged_into_id, o.round_no, o.step_no')

/** Within the reach of a right: of houses and buildings, or of the community as a whole. Speaks of `o`. */
export const complaintsSeenBy = (scope: Scope, permission?: string): RawBuilder<SqlBool> => housesSeenBy(scope, { alias: 'o', ...(permission ? { permission } : {}) })
export const isMember = (scope: Scope): RawBuilder<SqlBool> => sql<SqlBool>`exists (select from care.department dp where dp.company_id = ${scope.company_id} and dp.department_id = o.department_id and ${scope.who.account_id}::uuid = any(dp.account_ids))`
const seen = (scope: Scope): RawBuilder<SqlBool> =>
  scope.who.kind === 'system' ? sql<SqlBool>`true`
    : sql<SqlBool>`(${complaintsSeenBy(scope, 'care.complaint.read')} or ${complaintsSeenBy(scope, 'care.complaint.manage')} or o.assignee_id = ${scope.who.account_id}::uuid or ${isMember(scope)} or (o.state = 'new' and ${complaintsSeenBy(scope, 'care.complaint.handle')}))`
export const ownComplaints = (scope: Scope): RawBuilder<SqlBool> => (scope.who.kind === 'resident' && scope.who.phone ? sql<SqlBool>`(o.reporter_phone = ${scope.who.phone} and not o.unnamed)` : sql<SqlBool>`false`)
const visible = (scope: Scope): RawBuilder<SqlBool> => (scope.who.kind === 'resident' ? ownComplaints(scope) : seen(scope))

async function one(scope: Scope, which: RawBuilder<SqlBool>, lock: boolean): Promise<Complaint | undefined> {
  const { rows } = await sql<Complaint>`select ${COLUMNS}, k.name as kind, k.nature, k.pauses, ${isMember(scope)} as member from care.complaint o join care.kind k on k.company_id = ${scope.company_id} and k.kind_id = o.kind_id
    where o.company_id = ${scope.company_id} and ${which} ${lock ? sql`for update of o` : sql``}`.execute(scope.db)
  return rows[0]
}
const byId = (complaint_id: string, rule: RawBuilder<SqlBool>): RawBuilder<SqlBool> => sql<SqlBool>`o.complaint_id = ${complaint_id} and ${rule}`
export async function complaintToRead(scope: Scope, complaint_id: string): Promise<Complaint> {
  const o = await one(scope, byId(complaint_id, visible(scope)), false)
  if (!o) throw scope.notFound()
  return o
}
/**
 * Locked to the end of the transaction. `raced`: one of the hall that somebody else accepted a moment ago is found once more, so that whoever
 * came second is told who has it.
 */
export async function complaintToChange(scope: Scope, complaint_id: string, o: { raced?: boolean } = {}): Promise<Complaint> {
  const found = (await one(scope, byId(complaint_id, visible(scope)), true)) ?? (o.raced ? await one(scope, byId(complaint_id, sql<SqlBool>`(o.state = 'handling' and ${complaintsSeenBy(scope, 'care.complaint.handle')})`), false) : undefined)
  if (!found) throw scope.notFound()
  return found
}

/** Only what cannot be turned back is kept of the code. */
export const followHash = (query_token: string): string => createHash('sha256').update(`care.follow ${query_token}`).digest('base64url')
export async function byToken(scope: Scope, query_token: string, lock: boolean): Promise<Complaint> {
  const o = await one(scope, sql<SqlBool>`o.follow_hash = ${followHash(query_token)}`, lock)
  if (!o) throw scope.notFound()
  return o
}

export function reaches(scope: Scope, permission: string, o: { community_id: string; building_id: string | null }): boolean {
  const r = scope.reach(permission)
  return r.all || r.community_ids.includes(o.community_id) || (o.building_id !== null && r.building_ids.includes(o.building_id))
}
/** What whoever calls is to this complaint. */
export function actorsOf(scope: Scope, o: Complaint): Actor[] {
  if (scope.who.kind === 'system') return ['system']
  if (scope.who.kind === 'resident') return ['reporter']
  const out: Actor[] = []
  if (reaches(scope, 'care.complaint.manage', o)) out.push('manager')
  if (reaches(scope, 'care.complaint.handle', o)) out.push('handler')
  if (o.member) out.push('member')
  if (isMine(scope, o)) out.push('assignee')
  if (reaches(scope, 'care.visit.write', o)) out.push('visitor')
  return out
}
export const isMine = (scope: Scope, o: Complaint): boolean => o.assignee_id !== null && o.assignee_id === scope.who.account_id
export const mayReveal = (scope: Scope, o: Complaint): boolean => (isMine(scope, o) && scope.who.grants.some((g) => g.permissions.includes('care.reporter.reveal') || g.permissions.includes('*'))) || reaches(scope, 'care.reporter.reveal', o)
/** What one company decides holds in all its communities. */
export function wholeCompany(scope: Scope): void {
  if (!scope.reach().all) throw scope.notFound()
}
