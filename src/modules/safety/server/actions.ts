// The calls that move an incident: each names its action; the table of machine.ts decides.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { safety } from '../contract.ts'
import { words } from '../words.ts'
import { incidentToChange, incidentToRead, reaches, seesParties, type Incident } from './access.ts'
import { move, prepare } from './act.ts'
import { tell, tellManagers } from './tell.ts'

const PARTIES_MAX = 100
const DAY_MS = 86_400_000
const HANDLERS_MAX = 300
interface Person {
  account_id: string
  name: string
  post: string | null
}
/** Who may handle there; of `ids` only, when they are given. */
async function handlersAt(scope: Scope, o: { community_id: string; building_id: string | null }, ids?: readonly string[]): Promise<Person[]> {
  const c = scope.company_id
  const { rows } = await sql<Person>`select distinct m.account_id, m.name, m.post from identity.access_grant g join identity.role r on r.company_id = ${c} and r.role_id = g.role_id and ('safety.incident.handle' = any(r.permissions) or '*' = any(r.permissions))
    join identity.member m on m.company_id = ${c} and m.account_id = g.account_id and m.disabled_at is null
    where g.company_id = ${c} and (g.scope_kind = 'company' or (g.scope_kind = 'community' and ${o.community_id}::uuid = any(g.scope_ids)) or (g.scope_kind = 'building' and ${o.building_id}::uuid = any(g.scope_ids))) and (${ids === undefined} or m.account_id = any(${[...(ids ?? [])]}::uuid[]))
    order by m.name, m.account_id limit ${HANDLERS_MAX}`.execute(scope.db)
  return rows
}
async function handlerAt(scope: Scope, o: Incident, account_id: string): Promise<Person> {
  const found = (await handlersAt(scope, o, [account_id]))[0]
  if (!found) throw scope.refuse('safety.no_handler')
  return found
}
const notedBy = (scope: Scope, o: Incident): string[] => [o.assignee_id, o.created_by].filter((x): x is string => x !== null && x !== scope.who.account_id)

const handling = [
  answer(safety.handlers, async (scope, { community_id }) => ({ rows: reaches(scope, 'safety.incident.read', { community_id, building_id: null }) ? await handlersAt(scope, { community_id, building_id: null }) : [] })),
  answer(safety.takeIncident, async (scope, i) => {
    const p = await prepare(scope, i.incident_id, 'take')
    const made = await move(scope, p, 'take', { set: { assignee_id: sql`${scope.who.account_id}::uuid` } })
    await tell(scope, p.o, [p.o.created_by], '已受理', scope.who.name)
    return made
  }),
  answer(safety.assignIncident, async (scope, i) => {
    const p = await prepare(scope, i.incident_id, 'assign')
    const to = await handlerAt(scope, p.o, i.account_id)
    const made = await move(scope, p, 'assign', { to_name: to.name, note: i.note, set: { assignee_id: sql`${to.account_id}::uuid` } })
    await tell(scope, p.o, [to.account_id], '派给您处理', p.o.words)
    return made
  }),
  answer(safety.noteIncident, async (scope, i) => move(scope, await prepare(scope, i.incident_id, 'note'), 'note', { note: i.note, photo_ids: i.photo_ids })),
  answer(safety.changeIncident, async (scope, i) => {
    const p = await prepare(scope, i.incident_id, 'change')
    const before = { level: p.o.level, dead_count: p.o.dead_count, badly_count: p.o.badly_count, hurt_count: p.o.hurt_count, loss_fen: p.o.loss_fen }
    const said = `${words.states!['level']![i.level]},死亡 ${i.dead_count}、重伤 ${i.badly_count}、轻伤 ${i.hurt_count} 人。${i.reason}`
    const made = await move(scope, p, 'change', { note: said, detail: { before }, set: { level: sql`${i.level}`, dead_count: sql`${i.dead_count}`, badly_count: sql`${i.badly_count}`, hurt_count: sql`${i.hurt_count}`, loss_fen: sql`${i.loss_fen}::bigint` } })
    if (before.level !== i.level) await tellManagers(scope, p.o, `等级改为${words.states!['level']![i.level]}`, i.reason)
    return made
  }),
  answer(safety.reportOut, async (scope, i) => {
    const p = await prepare(scope, i.incident_id, 'report_out')
    const [at, arrived_at] = [new Date(i.reported_at).toISOString(), i.arrived_at ? new Date(i.arrived_at).toISOString() : null]
    // A call is often typed in while the fire is still burning: a minute of a fast watch is no lie.
    if (at < p.o.occurred_at || Date.parse(at) > Date.parse(scope.now) + 60_000 || (arrived_at !== null && (arrived_at < at || Date.parse(arrived_at) > Date.parse(scope.now) + 60_000))) throw scope.refuse('safety.report_when')
    await sql`insert into safety.report (company_id, report_id, incident_id, authority, receiver, way, outside_no, words, reported_at, arrived_at, created_by, created_at)
      values (${scope.company_id}, ${uuidv7()}, ${p.o.incident_id}, ${i.authority}, ${i.receiver}, ${i.way}, ${i.outside_no || null}, ${i.words || null}, ${at}, ${arrived_at}, ${scope.who.account_id}, ${scope.now})`.execute(scope.db)
    const made = await move(scope, p, 'report_out', { to_name: `${words.states!['authority']![i.authority]} ${i.receiver}`, note: i.words, set: { reported_at: sql`least(coalesce(reported_at, ${at}::timestamptz), ${at}::timestamptz)` } })
    await tell(scope, p.o, notedBy(scope, p.o), `已上报${words.states!['authority']![i.authority]}`, i.receiver)
    return made
  }),
]
const people = [
  answer(safety.saveParty, async (scope, i) => {
    const o = await incidentToChange(scope, i.incident_id)
    if (!seesParties(scope, o) && o.created_by !== scope.who.account_id) throw scope.notFound()
    if (o.state === 'closed' || o.state === 'void') throw scope.refuse('safety.wrong_state', { no: o.no, state: words.states!['state']![o.state]!, action: '登记涉及人员' })
    const c = scope.company_id
    const { rows } = await sql<{ party_id: string; phone: string | null }>`select party_id, phone from safety.party where company_id = ${c} and incident_id = ${o.incident_id} and removed_at is null limit ${PARTIES_MAX + 1}`.execute(scope.db)
    const before = rows.find((r) => r.party_id === i.party_id)
    if (i.party_id ? !before : rows.length >= PARTIES_MAX) throw i.party_id ? scope.notFound() : scope.refuse('safety.parties_full', { max: PARTIES_MAX })
    const party_id = i.party_id ?? uuidv7()
    // Who changes the name alone does not see the number and must not lose it.
    const values = { role: i.role, name: i.name, phone: i.phone === undefined ? (before?.phone ?? null) : i.phone, words: i.words || null, removed_at: i.removed ? scope.now : null }
    await scope.db.insertInto('safety.party').values({ company_id: c, party_id, incident_id: o.incident_id, created_by: scope.who.account_id!, created_at: scope.now, ...values }).onConflict((x) => x.columns(['company_id', 'party_id']).doUpdateSet(values)).execute()
    scope.note('incident', o.incident_id, { no: o.no, party: i.role, removed: i.removed })
    return { party_id }
  }),
  answer(safety.revealParty, async (scope, i) => {
    const o = await incidentToRead(scope, i.incident_id)
    if (!reaches(scope, 'safety.party.reveal', o) || !seesParties(scope, o)) throw scope.notFound()
    const { rows } = await sql<{ phone: string | null }>`select phone from safety.party where company_id = ${scope.company_id} and incident_id = ${o.incident_id} and party_id = ${i.party_id}`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    scope.note('incident', o.incident_id, { no: o.no, revealed: 'phone' })
    return { phone: rows[0].phone }
  }),
]
const ending = [
  answer(safety.submitIncident, async (scope, i) => {
    const p = await prepare(scope, i.incident_id, 'submit')
    const past = i.measures.find((m) => m.due_on < scope.today)
    if (past) throw scope.refuse('safety.due_past', { words: past.words, today: scope.today })
    const wanted = [...new Set(i.measures.map((m) => m.account_id))]
    if ((await handlersAt(scope, p.o, wanted)).length !== wanted.length) throw scope.refuse('safety.no_handler')
    const rows = i.measures.map((m) => ({ measure_id: uuidv7(), ...m }))
    await sql`insert into safety.measure (company_id, measure_id, incident_id, words, account_id, due_on) select ${scope.company_id}, x.measure_id, ${p.o.incident_id}, x.words, x.account_id, x.due_on from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(measure_id uuid, words text, account_id uuid, due_on date)`.execute(scope.db)
    const made = await move(scope, p, 'submit', { note: i.cause, set: { cause: sql`${i.cause}`, duty: sql`${i.duty || null}`, submitted_by: sql`${scope.who.account_id}::uuid`, submitted_at: sql`${scope.now}::timestamptz` } })
    await tellManagers(scope, p.o, '待审核', i.cause)
    return made
  }),
  answer(safety.approveIncident, async (scope, i) => {
    const p = await prepare(scope, i.incident_id, 'approve')
    const made = await move(scope, p, 'approve', { note: i.note, set: { reviewed_by: sql`${scope.who.account_id}::uuid`, closed_at: sql`${scope.now}::timestamptz` } })
    const { rows } = await sql<{ account_id: string; words: string; due_on: string }>`select account_id, words, due_on from safety.measure where company_id = ${scope.company_id} and incident_id = ${p.o.incident_id} and done_at is null and removed_at is null limit 50`.execute(scope.db)
    for (const account_id of new Set(rows.map((r) => r.account_id))) await tell(scope, p.o, [account_id], '的整改措施由您落实', rows.filter((r) => r.account_id === account_id).map((r) => `${r.words}(${r.due_on} 前)`).join(';'))
    return made
  }),
  answer(safety.returnIncident, async (scope, i) => {
    const p = await prepare(scope, i.incident_id, 'return')
    // It is submitted anew with measures of its own; what was done already stays.
    await sql`update safety.measure set removed_at = ${scope.now} where company_id = ${scope.company_id} and incident_id = ${p.o.incident_id} and done_at is null and removed_at is null`.execute(scope.db)
    const made = await move(scope, p, 'return', { note: i.reason, set: { submitted_by: sql`null`, submitted_at: sql`null` } })
    await tell(scope, p.o, [p.o.assignee_id, p.o.submitted_by].filter((x): x is string => x !== null), '被退回', i.reason)
    return made
  }),
  answer(safety.voidIncident, async (scope, i) => {
    const p = await prepare(scope, i.incident_id, 'void')
    const made = await move(scope, p, 'void', { note: i.reason, set: { closed_at: sql`${scope.now}::timestamptz` } })
    await tell(scope, p.o, notedBy(scope, p.o), '作为误报作废', i.reason)
    return made
  }),
  answer(safety.reopenIncident, async (scope, i) => {
    const p = await prepare(scope, i.incident_id, 'reopen')
    const made = await move(scope, p, 'reopen', { note: i.reason, set: { submitted_by: sql`null`, submitted_at: sql`null`, reviewed_by: sql`null`, closed_at: sql`null`, close_due_at: sql`greatest(close_due_at, ${new Date(Date.parse(scope.now) + 7 * DAY_MS).toISOString()}::timestamptz)` } })
    await tell(scope, p.o, notedBy(scope, p.o), '重新处理', i.reason)
    return made
  }),
  answer(safety.doneMeasure, async (scope, i) => {
    const o = await incidentToChange(scope, i.incident_id)
    const { rows } = await sql<{ account_id: string; words: string; done_at: string | null }>`select account_id, words, done_at from safety.measure where company_id = ${scope.company_id} and incident_id = ${o.incident_id} and measure_id = ${i.measure_id} and removed_at is null`.execute(scope.db)
    const m = rows[0]
    if (!m || (m.account_id !== scope.who.account_id && !reaches(scope, 'safety.incident.manage', o))) throw scope.notFound()
    if (m.done_at) throw scope.refuse('safety.measure_done')
    await sql`update safety.measure set done_at = ${scope.now}, done_by = ${scope.who.account_id}, done_words = ${i.done_words} where company_id = ${scope.company_id} and measure_id = ${i.measure_id}`.execute(scope.db)
    await move(scope, { o, to: o.state }, 'done_measure', { note: `${m.words}:${i.done_words}` })
    return { measure_id: i.measure_id }
  }),
]
export const actionAnswers = [...handling, ...people, ...ending]
