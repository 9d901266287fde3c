// An emergency that is real (启动预案): its checklist is the plan's in the version of that minute; persons are told and answer; it ends, and is reviewed.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { notify } from '../../messages/server/index.ts'
import { emergency, type Content, type IncidentAction, type IncidentFull, type IncidentRow, type IncidentState } from '../contract.ts'
import { keepPhotos, ownPhotos, reaches, refusal, seen, worksAt } from './access.ts'
import { fullDrills } from './drills.ts'
import { kindIdOf } from './config.ts'
import { planOf } from './plans.ts'
import { INCIDENT, canOf, judge, type INCIDENT_ACTORS } from './rules/machines.ts'
import { tasksOf, writeTasks } from './tasks.ts'

const TASKS_MAX = 500
const DAY_MS = 86_400_000
const PLANS_MAX = 200
type Actor = (typeof INCIDENT_ACTORS)[number]
interface Key { incident_id: string; community_id: string; state: IncidentState; name: string; plan_id: string; version_no: number; started_at: string; content: Content }
async function toChange(scope: Scope, incident_id: string): Promise<Key> {
  const c = scope.company_id
  const { rows } = await sql<Key>`select i.incident_id, i.community_id, i.state, p.name, i.plan_id, i.version_no, i.started_at, v.content from emergency.incident i join emergency.plan p on p.company_id = ${c} and p.plan_id = i.plan_id join emergency.version v on v.company_id = ${c} and v.plan_id = i.plan_id and v.version_no = i.version_no
    where i.company_id = ${c} and i.incident_id = ${incident_id} and (${seen(scope, 'i')} or exists (select from emergency.informed x where x.company_id = ${c} and x.incident_id = i.incident_id and x.account_id = ${scope.who.account_id}::uuid)) for update of i`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
async function actorsOf(scope: Scope, community_id: string): Promise<Actor[]> {
  return [...((await worksAt(scope, community_id)) ? ['worker' as const] : []), ...(reaches(scope, 'emergency.drill.write', community_id) ? ['organiser' as const] : [])]
}
async function judged(scope: Scope, i: Key, action: IncidentAction): Promise<IncidentState> {
  const v = judge(INCIDENT, i.state, action, await actorsOf(scope, i.community_id))
  if (!v.ok) throw refusal(scope, v.code, { name: i.name, of: 'incident', state: i.state, action, actions: 'incident_action' })
  return v.to
}
/** What a phone without network did counts when it was done, within a day and not in the future. */
const clamp = (at: string, from: string, now: string): string => {
  const iso = new Date(at).toISOString()
  return iso > now ? now : iso < from ? from : iso
}
const ROW = (scope: Scope) => {
  const c = scope.company_id
  return sql`select i.incident_id, i.community_id, k.name as community_name, p.name as plan_name, g.name as kind_name, i.place, i.words, i.state, i.started_by_name, i.started_at, i.ended_at, floor(extract(epoch from i.ended_at - i.started_at) / 60)::int as minutes, jsonb_array_length(v.content->'steps') as step_count,
      (select count(*)::int from emergency.incident_step s where s.company_id = ${c} and s.incident_id = i.incident_id) as done_count, (select count(*)::int from emergency.informed x where x.company_id = ${c} and x.incident_id = i.incident_id) as told_count, (select count(*)::int from emergency.informed x where x.company_id = ${c} and x.incident_id = i.incident_id and x.seen_at is not null) as seen_count,
      (select count(*)::int from emergency.task t where t.company_id = ${c} and t.subject_id = i.incident_id and t.state <> 'checked') as open_count
    from emergency.incident i join emergency.plan p on p.company_id = ${c} and p.plan_id = i.plan_id join emergency.kind g on g.company_id = ${c} and g.kind_id = p.kind_id join property.community k on k.company_id = ${c} and k.community_id = i.community_id join emergency.version v on v.company_id = ${c} and v.plan_id = i.plan_id and v.version_no = i.version_no`
}
async function rowsOf(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset = 0): Promise<IncidentRow[]> {
  return (await sql<IncidentRow>`${ROW(scope)} where i.company_id = ${scope.company_id} and ${where} order by i.state <> 'running', i.started_at desc, i.incident_id limit ${limit} offset ${offset}`.execute(scope.db)).rows
}
const AT = (column: string) => sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
type More = Pick<IncidentFull, 'incident_id' | 'plan_id' | 'version_no' | 'content' | 'steps' | 'told' | 'end_note' | 'ended_by_name' | 'review' | 'reviewed_by_name' | 'closed_at' | 'photos'> & { works: boolean }
export async function fullIncidents(scope: Scope, where: RawBuilder<SqlBool>, limit: number): Promise<IncidentFull[]> {
  const c = scope.company_id
  const rows = await rowsOf(scope, where, limit)
  if (rows.length === 0) return []
  const ids = rows.map((r) => r.incident_id)
  const [{ rows: more }, tasks] = await Promise.all([
    sql<More>`select i.incident_id, i.plan_id, i.version_no, v.content, i.end_note, i.ended_by_name, i.review, i.reviewed_by_name, i.closed_at, ${seen(scope, 'i', 'emergency.incident.work')} as works,
        coalesce((select jsonb_agg(jsonb_build_object('step_id', s.step_id, 'done_at', ${AT('s.done_at')}, 'by_name', s.by_name, 'note', s.note) order by s.done_at) from emergency.incident_step s where s.company_id = ${c} and s.incident_id = i.incident_id), '[]') as steps,
        coalesce((select jsonb_agg(jsonb_build_object('account_id', x.account_id, 'name', x.name, 'role', x.role, 'told_at', ${AT('x.told_at')}, 'seen_at', ${AT('x.seen_at')}) order by x.name) from emergency.informed x where x.company_id = ${c} and x.incident_id = i.incident_id), '[]') as told, array(select x.file_id from emergency.photo x where x.company_id = ${c} and x.subject_id = i.incident_id order by x.taken_at, x.file_id) as photos
      from emergency.incident i join emergency.version v on v.company_id = ${c} and v.plan_id = i.plan_id and v.version_no = i.version_no where i.company_id = ${c} and i.incident_id = any(${ids}::uuid[])`.execute(scope.db),
    tasksOf(scope, sql<SqlBool>`t.subject_id = any(${ids}::uuid[])`, TASKS_MAX),
  ])
  const by = new Map(more.map((m) => [m.incident_id, m]))
  return rows.map((r) => {
    const { works, ...m } = by.get(r.incident_id)!
    const actors: Actor[] = [...(works ? ['worker' as const] : []), ...(reaches(scope, 'emergency.drill.write', r.community_id) ? ['organiser' as const] : [])]
    const limit_of = new Map(m.content.steps.map((s) => [s.step_id, s.within_minutes]))
    const steps = m.steps.map((s) => ({ ...s, late: (limit_of.get(s.step_id) ?? null) !== null && Date.parse(s.done_at) > Date.parse(r.started_at) + limit_of.get(s.step_id)! * 60_000 }))
    return { ...r, ...m, steps, tasks: tasks.filter((t) => t.subject_id === r.incident_id), can: canOf(INCIDENT, r.state, actors) }
  })
}

const LIVE_MS = 10 * 60_000
export const incidentAnswers = [
  answer(emergency.incidents, async (scope, f) => {
    const where = sql<SqlBool>`${sql.join([seen(scope, 'i'), ...(f.community_id ? [sql`i.community_id = ${f.community_id}`] : []), ...(f.state ? [sql`i.state = ${f.state}`] : []), ...(f.from_on ? [sql`i.started_at >= (${f.from_on}::date)::timestamp at time zone 'Asia/Shanghai'`] : []), ...(f.to_on ? [sql`i.started_at < (${f.to_on}::date + 1)::timestamp at time zone 'Asia/Shanghai'`] : [])], sql` and `)}`
    const [rows, n] = await Promise.all([rowsOf(scope, where, f.page_size, (f.page - 1) * f.page_size), sql<{ n: number }>`select count(*)::int as n from emergency.incident i where i.company_id = ${scope.company_id} and ${where}`.execute(scope.db)])
    return { rows, total: n.rows[0]!.n }
  }),
  answer(emergency.incident, async (scope, o) => {
    const [i] = await fullIncidents(scope, sql<SqlBool>`i.incident_id = ${o.incident_id} and ${seen(scope, 'i')}`, 1)
    if (!i) throw scope.notFound()
    return i
  }),
  answer(emergency.startIncident, async (scope, o) => {
    const c = scope.company_id
    // The plan's row decides when two start it at the same place at once.
    const p = await planOf(scope, o.plan_id, true)
    if (p.live_no === null || p.retired) throw scope.refuse('emergency.not_published', { name: p.name })
    const same = (await sql<{ started_by_name: string; started_at: string }>`select started_by_name, started_at from emergency.incident where company_id = ${c} and plan_id = ${o.plan_id} and state = 'running' and place = ${o.place} limit 1`.execute(scope.db)).rows[0]
    if (same) throw scope.refuse('emergency.running', { name: p.name, place: o.place, who: same.started_by_name, at: minuteText(same.started_at) })
    const { content } = (await sql<{ content: Content }>`select content from emergency.version where company_id = ${c} and plan_id = ${o.plan_id} and version_no = ${p.live_no}`.execute(scope.db)).rows[0]!
    const started_at = o.started_at ? clamp(o.started_at, new Date(Date.parse(scope.now) - DAY_MS).toISOString(), scope.now) : scope.now
    const incident_id = uuidv7()
    const people = content.people.filter((x, i, all) => x.account_id !== null && all.findIndex((y) => y.account_id === x.account_id) === i)
    await scope.db.insertInto('emergency.incident').values({ company_id: c, incident_id, community_id: p.community_id, plan_id: o.plan_id, version_no: p.live_no, place: o.place, words: o.words, state: 'running', started_by: scope.who.account_id!, started_by_name: scope.who.name, started_at }).execute()
    const { rows: told } = await sql<{ account_id: string; role: string }>`insert into emergency.informed (company_id, incident_id, account_id, name, role, told_at) select ${c}, ${incident_id}, x.account_id, m.name, x.role, ${scope.now} from jsonb_to_recordset(${JSON.stringify(people)}::jsonb) as x(account_id uuid, role text) join identity.member m on m.company_id = ${c} and m.account_id = x.account_id and m.disabled_at is null returning account_id, role`.execute(scope.db)
    await notify(scope, told.map((x) => ({ to: { account_id: x.account_id }, template: 'emergency_started', params: { name: p.name, place: o.place, words: o.words, role: x.role, who: scope.who.name }, link: `/emergency/incidents/${incident_id}`, urgent: true, dedupe_key: `emergency ${incident_id} ${x.account_id}` })))
    scope.note('incident', incident_id, { name: p.name, place: o.place, told: told.length })
    // What was noted on a phone without network and comes later is history: whoever acts on a fire must not act on it.
    scope.emit('emergency.started', incident_id, { community_id: p.community_id, name: p.name, place: o.place, fire: p.kind_id === kindIdOf(c, 'fire'), live: Date.parse(scope.now) - Date.parse(started_at) < LIVE_MS })
    return { incident_id, state: 'running' as const, told_count: told.length }
  }),
  answer(emergency.markStep, async (scope, o) => {
    const c = scope.company_id
    const i = await toChange(scope, o.incident_id)
    await judged(scope, i, 'mark')
    const step = i.content.steps.find((s) => s.step_id === o.step_id)
    if (!step) throw scope.refuse('emergency.no_step')
    const before = (await sql<{ by_name: string; done_at: string }>`select by_name, done_at from emergency.incident_step where company_id = ${c} and incident_id = ${o.incident_id} and step_id = ${o.step_id}`.execute(scope.db)).rows[0]
    if (before) throw scope.refuse('emergency.step_done', { text: step.text, who: before.by_name, at: minuteText(before.done_at) })
    await scope.db.insertInto('emergency.incident_step').values({ company_id: c, incident_id: o.incident_id, step_id: o.step_id, done_by: scope.who.account_id!, by_name: scope.who.name, done_at: clamp(o.done_at, i.started_at, scope.now), received_at: scope.now, note: o.note || null }).execute()
    scope.note('incident', o.incident_id, { name: i.name, step: step.text })
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from emergency.incident_step where company_id = ${c} and incident_id = ${o.incident_id}`.execute(scope.db)
    return { incident_id: o.incident_id, done_count: rows[0]!.n }
  }),
  answer(emergency.seeIncident, async (scope, o) => {
    const i = await toChange(scope, o.incident_id)
    const { rows } = await sql<{ n: number }>`with x as (update emergency.informed set seen_at = coalesce(seen_at, ${scope.now}::timestamptz) where company_id = ${scope.company_id} and incident_id = ${o.incident_id} and account_id = ${scope.who.account_id}::uuid returning 1) select count(*)::int as n from x`.execute(scope.db)
    if (rows[0]!.n === 0) throw scope.refuse('emergency.not_told')
    scope.note('incident', o.incident_id, { name: i.name, seen_by: scope.who.name })
    return { incident_id: o.incident_id }
  }),
  answer(emergency.endIncident, async (scope, o) => {
    const i = await toChange(scope, o.incident_id)
    const state = await judged(scope, i, 'end')
    const photos = await ownPhotos(scope, o.photo_ids)
    await sql`update emergency.incident set state = ${state}, ended_at = ${scope.now}, ended_by_name = ${scope.who.name}, end_note = ${o.note} where company_id = ${scope.company_id} and incident_id = ${o.incident_id}`.execute(scope.db)
    await keepPhotos(scope, o.incident_id, photos)
    scope.note('incident', o.incident_id, { name: i.name, ended: o.note })
    return { incident_id: o.incident_id, state }
  }),
  answer(emergency.closeIncident, async (scope, o) => {
    const i = await toChange(scope, o.incident_id)
    const state = await judged(scope, i, 'close')
    await sql`update emergency.incident set state = ${state}, review = ${o.review}, reviewed_by_name = ${scope.who.name}, closed_at = ${scope.now} where company_id = ${scope.company_id} and incident_id = ${o.incident_id}`.execute(scope.db)
    await writeTasks(scope, o.incident_id, i.community_id, `${i.name}处置`, o.tasks)
    scope.note('incident', o.incident_id, { name: i.name, reviewed: true, tasks: o.tasks.length })
    return { incident_id: o.incident_id, state }
  }),
  answer(emergency.myPlans, async (scope) => {
    const c = scope.company_id
    const me = scope.who.account_id
    const [{ rows }, running, drills, tasks] = await Promise.all([
      sql<{ plan_id: string; version_no: number; name: string; kind_name: string; community_id: string; community_name: string; published_at: string; content: Content }>`select p.plan_id, v.version_no, p.name, g.name as kind_name, p.community_id, k.name as community_name, v.decided_at as published_at, v.content from emergency.plan p join emergency.version v on v.company_id = ${c} and v.plan_id = p.plan_id and v.state = 'published' join emergency.kind g on g.company_id = ${c} and g.kind_id = p.kind_id join property.community k on k.company_id = ${c} and k.community_id = p.community_id
        where p.company_id = ${c} and p.retired_at is null and ${seen(scope, 'p')} order by k.name, g.sort_no, p.name limit ${PLANS_MAX}`.execute(scope.db),
      fullIncidents(scope, sql<SqlBool>`i.state = 'running' and ${seen(scope, 'i')}`, 20),
      fullDrills(scope, sql<SqlBool>`d.state = 'held' and exists (select from emergency.drill_person x where x.company_id = ${c} and x.drill_id = d.drill_id and x.account_id = ${me}::uuid and x.signed_at is null)`, 20),
      tasksOf(scope, sql<SqlBool>`t.owner_id = ${me}::uuid and t.state <> 'checked'`, 50),
    ])
    return { now: scope.now, rows, running, drills, tasks }
  }),
]
