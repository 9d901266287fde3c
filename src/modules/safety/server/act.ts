// One action on one incident: judge by the table, move, note the step, tell who must hear.
import { sql, type RawBuilder } from 'kysely'
import { hasFile, openFile } from '../../../kernel/files.ts'
import { answerFile, type App } from '../../../kernel/app.ts'
import { dayOf } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { safety, type Action, type State } from '../contract.ts'
import { judge, type Facts } from '../machine.ts'
import { words } from '../words.ts'
import { actorsOf, incidentToChange, incidentToRead, type Incident } from './access.ts'
import { ruleAt } from './config.ts'

/** Steps of one incident at most. */
export const STEPS_MAX = 300
export const factsOf = (scope: Scope, o: Incident): Facts => ({ state: o.state, own: o.submitted_by !== null && o.submitted_by === scope.who.account_id, report_missing: o.report_due_at !== null && o.reported_at === null, reported_out: o.reported_at !== null })

export interface Prepared {
  o: Incident
  to: State
}
/** Finds, locks and judges; refuses with the state in words. */
export async function prepare(scope: Scope, incident_id: string, action: Action): Promise<Prepared> {
  const o = await incidentToChange(scope, incident_id)
  const v = judge(factsOf(scope, o), action, actorsOf(scope, o))
  if (v.ok) {
    // Closing must never be barred by a full record.
    if (v.to === o.state && o.step_no >= STEPS_MAX) throw scope.refuse('safety.steps_full', { no: o.no, max: STEPS_MAX })
    return { o, to: v.to }
  }
  if (v.code === 'kernel.forbidden') throw scope.notFound()
  const rule = v.code === 'safety.report_first' ? await ruleAt(scope, o.kind_id, dayOf(o.found_at)) : undefined
  throw scope.refuse(v.code, { no: o.no, state: words.states!['state']![o.state]!, action: words.states!['action']![action]!, ...(rule ? { report_to: rule.report_to, basis: rule.basis } : {}) })
}
export interface Doing {
  note?: string | undefined
  to_name?: string
  photo_ids?: readonly string[] | undefined
  detail?: Record<string, unknown>
  set?: Record<string, RawBuilder<unknown>>
}
export async function move(scope: Scope, { o, to }: Prepared, action: string, d: Doing = {}): Promise<{ incident_id: string; state: State }> {
  const c = scope.company_id
  const photos = await photosToAttach(scope, d.photo_ids)
  const set = Object.entries(d.set ?? {}).map(([k, v]) => sql`${sql.ref(k)} = ${v}`)
  const n = o.step_no + 1
  await sql`with moved as (update safety.incident set ${sql.join([sql`state = ${to}`, sql`step_no = ${n}`, ...set])} where company_id = ${c} and incident_id = ${o.incident_id} and step_no = ${o.step_no}),
    seen as (insert into safety.photo (company_id, incident_id, file_id, step_no) select ${c}, ${o.incident_id}, x, ${n} from unnest(${photos}::uuid[]) x on conflict do nothing)
    insert into safety.step (company_id, incident_id, step_no, action, from_state, to_state, by_account, by_name, to_name, note, detail, at)
    values (${c}, ${o.incident_id}, ${n}, ${action}, ${o.state}, ${to}, ${scope.who.account_id}::uuid, ${scope.who.name}, ${d.to_name ?? null}, ${d.note || null}, ${JSON.stringify(d.detail ?? {})}::jsonb, ${scope.now})`.execute(scope.db)
  scope.note('incident', o.incident_id, { no: o.no, action, from: o.state, to })
  return { incident_id: o.incident_id, state: to }
}

export async function photosToAttach(scope: Scope, file_ids: readonly string[] | undefined): Promise<string[]> {
  const ids = [...new Set(file_ids ?? [])]
  if (ids.length === 0) return []
  const { rows } = await sql<{ file_id: string }>`select f.file_id from kernel.file f where f.company_id = ${scope.company_id} and f.file_id = any(${ids}::uuid[]) and f.type in ('image/jpeg','image/png') and f.purpose = 'photo' and f.created_by = ${scope.who.account_id}::uuid`.execute(scope.db)
  if (rows.length !== ids.length) throw scope.refuse('safety.no_photo')
  return ids
}
export async function fileToShow(scope: Scope, app: App, file_id: string, name: string) {
  const { rows } = await sql<{ sha256: string; type: string }>`select f.sha256, f.type from kernel.file f where f.company_id = ${scope.company_id} and f.file_id = ${file_id}`.execute(scope.db)
  const file = rows[0]
  if (!file || !(await hasFile(app.data_dir, file.sha256))) throw scope.notFound()
  return { name: `${name}.${file.type === 'image/png' ? 'png' : 'jpg'}`, type: file.type, body: openFile(app.data_dir, file.sha256), inline: true }
}
export const photoAnswer = (app: () => App) =>
  answerFile(safety.photo, async (scope, { incident_id, file_id }) => {
    const o = await incidentToRead(scope, incident_id)
    const { rows } = await sql`select 1 from safety.photo where company_id = ${scope.company_id} and incident_id = ${incident_id} and file_id = ${file_id}`.execute(scope.db)
    if (rows.length === 0) throw scope.notFound()
    return fileToShow(scope, app(), file_id, `安全事件_${o.no}`)
  })
