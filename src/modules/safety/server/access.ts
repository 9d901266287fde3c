// Who may see which incidents. Staff within the reach of the right to read, handle or manage; whoever reported it; whom it was given to; who owes a
// measure of it. Residents see none: an incident names other people. Signs: within the reach of the right to read them.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import type { IncidentFull, Level, State } from '../contract.ts'
import type { Actor } from '../machine.ts'

export interface Incident {
  incident_id: string
  no: string
  kind_id: string
  kind: string
  level: Level
  community_id: string
  building_id: string | null
  place: string
  occurred_at: string
  found_at: string
  words: string
  dead_count: number
  badly_count: number
  hurt_count: number
  loss_fen: number | null
  source: IncidentFull['source']
  created_by: string
  created_at: string
  state: State
  assignee_id: string | null
  report_due_at: string | null
  reported_at: string | null
  close_due_at: string
  cause: string | null
  duty: string | null
  submitted_by: string | null
  reviewed_by: string | null
  closed_at: string | null
  step_no: number
}
const COLUMNS = sql.raw('o.incident_id, o.no, o.kind_id, o.level, o.community_id, o.building_id, o.place, o.occurred_at, o.found_at, o.words, o.dead_count, o.badly_count, o.hurt_count, o.loss_fen, o.source, o.created_by, o.created_at, o.state, o.assignee_id, o.report_due_at, o.reported_at, o.close_due_at, o.cause, o.duty, o.submitted_by, o.reviewed_by, o.closed_at, o.step_no')

/** Within the reach of a right: of the building, or of the community as a whole. Speaks of `o`. */
export const seenBy = (scope: Scope, permission?: string): RawBuilder<SqlBool> => housesSeenBy(scope, { alias: 'o', ...(permission ? { permission } : {}) })
export const partOf = (scope: Scope): RawBuilder<SqlBool> =>
  sql<SqlBool>`(o.created_by = ${scope.who.account_id}::uuid or o.assignee_id = ${scope.who.account_id}::uuid or exists (select from safety.measure ms where ms.company_id = ${scope.company_id} and ms.incident_id = o.incident_id and ms.account_id = ${scope.who.account_id}::uuid and ms.removed_at is null))`
const visible = (scope: Scope): RawBuilder<SqlBool> =>
  scope.who.kind === 'system' ? sql<SqlBool>`true`
    : scope.who.kind === 'resident' ? sql<SqlBool>`false`
      : sql<SqlBool>`(${seenBy(scope, 'safety.incident.read')} or ${seenBy(scope, 'safety.incident.manage')} or ${seenBy(scope, 'safety.incident.handle')} or ${partOf(scope)})`

async function one(scope: Scope, incident_id: string, lock: boolean): Promise<Incident> {
  const { rows } = await sql<Incident>`select ${COLUMNS}, k.name as kind from safety.incident o join safety.kind k on k.company_id = ${scope.company_id} and k.kind_id = o.kind_id
    where o.company_id = ${scope.company_id} and o.incident_id = ${incident_id} and ${visible(scope)} ${lock ? sql`for update of o` : sql``}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
export const incidentToRead = (scope: Scope, incident_id: string): Promise<Incident> => one(scope, incident_id, false)
/** Locked to the end of the transaction. */
export const incidentToChange = (scope: Scope, incident_id: string): Promise<Incident> => one(scope, incident_id, true)

export function reaches(scope: Scope, permission: string, o: { community_id: string; building_id: string | null }): boolean {
  const r = scope.reach(permission)
  return r.all || r.community_ids.includes(o.community_id) || (o.building_id !== null && r.building_ids.includes(o.building_id))
}
/** What whoever calls is to this incident. */
export function actorsOf(scope: Scope, o: Incident): Actor[] {
  const out: Actor[] = []
  if (scope.who.kind !== 'staff') return out
  if (reaches(scope, 'safety.incident.manage', o)) out.push('manager')
  if (reaches(scope, 'safety.incident.handle', o)) out.push('handler')
  if (o.assignee_id === scope.who.account_id) out.push('assignee')
  if (o.created_by === scope.who.account_id) out.push('reporter')
  return out
}
/** Victims and witnesses are named to whoever works on it or holds the right, not to everybody who may count incidents. */
export const seesParties = (scope: Scope, o: Incident): boolean => reaches(scope, 'safety.party.read', o) || actorsOf(scope, o).some((a) => a === 'manager' || a === 'assignee')
/** What one company decides holds in all its communities. */
export function wholeCompany(scope: Scope): void {
  if (!scope.reach().all) throw scope.notFound()
}
