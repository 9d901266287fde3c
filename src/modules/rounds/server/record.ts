// A check at one stop (到点检查), sent at once or hours later from a phone that had no network. Counted once: the id comes from the phone, and a
// stop of a task has one record a round. What looks wrong is written down with its reason and goes to a second person.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { dayOf } from '../../../kernel/clock.ts'
import type { Out } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { openText } from '../../../kernel/seal.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { openFound } from '../../orders/server/index.ts'
import { rounds, type Flag } from '../contract.ts'
import { judgeAnswers, limitsText } from '../judge.ts'
import { actorsOf, taskToChange, type Task } from './access.ts'
import { factsOf, refusal } from './act.ts'
import { policyNow } from './config.ts'
import { photosToAttach, type PhotoIn } from './photos.ts'
import { clockFlags, codeOf, doneAt, proofFlags, reasonsOf, wayFlags, type Before } from './rules/fakes.ts'
import { judge } from './rules/machine.ts'
import { judgePosition, type Fix } from './rules/position.ts'
import { verify } from './rules/rotating.ts'
import { stopsOf, type StopRow } from './stops.ts'
import { subjectFor } from './subjects.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const MINUTE = 60_000
type In = Out<(typeof rounds.saveRecord)['takes']>
interface Others {
  stop_no: number
  record_id: string
  by_name: string
  done_at: string
}
const hour = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hour12: false })
const hourText = (at: string): string => hour.format(new Date(at)).replace('/', '-')

/** Refused is only what cannot be: no such stop, done already, outside all time, answers or photos that the checklist asks for are missing. */
function checked(scope: Scope, o: In, t: Task, stop: StopRow, photos: readonly PhotoIn[]) {
  if (o.outcome === 'skipped') {
    if (!o.note || o.note.length < 2) throw scope.refuse('rounds.reason_needed')
    return { bad: [], got: 0, max: 0 }
  }
  const j = judgeAnswers(stop.items, o.answers, photos.map((p) => p.part))
  const missing = j.missing[0]
  if (missing) throw scope.refuse('rounds.answer_missing', { text: missing.text, why: missing.answer === 'number' ? `请填数字,${limitsText(missing)}` : '请选择' })
  if (j.unseen[0]) throw scope.refuse('rounds.photo_missing', { text: j.unseen[0].text })
  if (t.photo && photos.length === 0) throw scope.refuse('rounds.photo_missing', { text: stop.name })
  if (j.bad.length && !o.finding) throw scope.refuse('rounds.finding_needed')
  if (o.finding?.way === 'order' && !o.finding.category_id) throw scope.refuse('rounds.category_needed')
  return j
}

async function others(scope: Scope, t: Task): Promise<Others[]> {
  const { rows } = await sql<Others>`select stop_no, record_id, by_name, done_at from rounds.record where company_id = ${scope.company_id} and on_day = ${t.on_day}::date and task_id = ${t.task_id} and round_no = ${t.round_no} order by stop_no`.execute(scope.db)
  return rows
}
/** The record before, by the number that the phone gave it: of the last days, for a phone numbers on for ever. */
async function lastOf(scope: Scope, seq: number, received_at: string): Promise<Before | null> {
  const { rows } = await sql<Before>`select r.device_at, r.done_at, r.device->>'boot' as boot, (r.device->>'mono_ms')::bigint as mono_ms, (r.device->>'seq')::int as seq from rounds.record r
    where r.company_id = ${scope.company_id} and r.account_id = ${scope.who.account_id}::uuid and r.received_at > ${new Date(Date.parse(received_at) - 7 * DAY_MS).toISOString()} and r.on_day >= ${dayOf(Date.parse(received_at) - 38 * DAY_MS)}::date and (r.device->>'seq')::int < ${seq} order by (r.device->>'seq')::int desc limit 1`.execute(scope.db)
  const r = rows[0]
  return r ? { ...r, mono_ms: Number(r.mono_ms) } : null
}

/** Where the same person stood at his check before this one. */
async function fixBefore(scope: Scope, seq: number, received_at: string): Promise<(Fix & { done_at: string }) | null> {
  const { rows } = await sql<Fix & { done_at: string }>`select p.lat::text as lat, p.lon::text as lon, p.accuracy_m, r.done_at from rounds.record r join rounds.position p on p.company_id = ${scope.company_id} and p.on_day = r.on_day and p.record_id = r.record_id and p.state = 'given'
    where r.company_id = ${scope.company_id} and r.account_id = ${scope.who.account_id}::uuid and r.received_at > ${new Date(Date.parse(received_at) - 2 * DAY_MS).toISOString()} and r.on_day >= ${dayOf(Date.parse(received_at) - 33 * DAY_MS)}::date and (r.device->>'seq')::int < ${seq} order by (r.device->>'seq')::int desc limit 1`.execute(scope.db)
  return rows[0] ?? null
}

async function writeFinding(scope: Scope, o: In, t: Task, stop: StopRow, photos: readonly PhotoIn[], fix_days: number, points: number): Promise<{ order_no: string | null }> {
  const f = o.finding
  if (!f) return { order_no: null }
  const place = [stop.name, stop.place].filter(Boolean).join(' ')
  const made = f.way === 'order' ? await openFound(scope, { community_id: t.community_id, building_id: t.building_id, place, category_id: f.category_id!, words: f.words, photo_ids: photos.map((p) => p.file_id), equipment_id: stop.equipment_id }) : null
  const finding_id = uuidv7()
  const closed = f.way === 'fixed'
  // Of public order: whose it is and by when is said by its subject, not by the walk.
  const subject = f.subject_id ? await subjectFor(scope, f.subject_id) : null
  const due_at = subject ? new Date(Date.parse(scope.now) + subject.rule.fix_hours * HOUR_MS).toISOString() : f.way === 'deadline' ? new Date(Date.parse(scope.now) + fix_days * DAY_MS).toISOString() : null
  await sql`insert into rounds.finding (company_id, finding_id, on_day, task_id, record_id, community_id, building_id, kind_id, subject_id, department, place, words, way, order_id, state, due_at, points, found_by, found_at, mended_by, mended_at, closed_by, closed_at)
    values (${scope.company_id}, ${finding_id}, ${t.on_day}::date, ${t.task_id}, ${o.record_id}, ${t.community_id}, ${t.building_id}::uuid, ${t.kind_id}, ${f.subject_id ?? null}::uuid, ${subject?.rule.department ?? stop.department ?? t.department}, ${place}, ${f.words}, ${f.way}, ${made?.order_id ?? null}::uuid, ${closed ? 'closed' : 'open'},
      ${due_at}::timestamptz, ${points}, ${scope.who.account_id}::uuid, ${scope.now}, ${closed ? scope.who.account_id : null}::uuid, ${closed ? scope.now : null}::timestamptz, ${closed ? scope.who.account_id : null}::uuid, ${closed ? scope.now : null}::timestamptz)`.execute(scope.db)
  scope.note('finding', finding_id, { place, way: f.way, ...(subject ? { subject: subject.name } : {}), ...(made ? { order: made.no } : {}) })
  return { order_no: made?.no ?? null }
}

/** Whose label it was. */
async function placeOfCode(scope: Scope, text: string | null): Promise<string | null> {
  const { rows } = await sql<{ name: string }>`select name from rounds.point where company_id = ${scope.company_id} and code = ${codeOf(text ?? '').code}`.execute(scope.db)
  return rows[0]?.name ?? null
}

export const saveRecord = answer(rounds.saveRecord, async (scope, o) => {
  const c = scope.company_id
  const policy = await policyNow(scope)
  const t = await taskToChange(scope, o)
  const done_at = doneAt({ ...o, received_at: scope.now })
  const [stops, before, last, photos] = await Promise.all([stopsOf(scope, t), others(scope, t), lastOf(scope, o.device.seq, scope.now), photosToAttach(scope, o.photos)])
  const stop = stops.find((s) => s.stop_no === o.stop_no)
  if (!stop) throw scope.refuse('rounds.no_stop', { stop_no: o.stop_no })
  const same = before.find((r) => r.stop_no === o.stop_no)
  if (same) throw scope.refuse('rounds.stop_done', { place: stop.name, name: same.by_name, at: hourText(same.done_at) })
  if (Date.parse(done_at) < Date.parse(t.starts_at) - policy.early_minutes * MINUTE) throw scope.refuse('rounds.too_early', { at: hourText(t.starts_at), minutes: policy.early_minutes })
  if (Date.parse(scope.now) > Date.parse(t.miss_at) + policy.accept_days * DAY_MS) throw scope.refuse('rounds.too_old', { days: policy.accept_days })
  // What is late enough to be missed stays missed; to be walked all the same it takes an order to do so (redo).
  if (done_at > t.miss_at) throw scope.refuse('rounds.window_over', { name: t.name, at: hourText(t.miss_at) })
  const j = checked(scope, o, t, stop, photos)

  const stop_before = before.filter((r) => r.stop_no < o.stop_no).at(-1)
  const look = { device_at: o.device_at, device: o.device, received_at: scope.now, skew_minutes: policy.skew_minutes, last, stop_before: stop_before?.stop_no === o.stop_no - 1 ? stop_before : null, travel_seconds: stop.travel_seconds, ordered: false, later_walked: before.some((r) => r.stop_no > o.stop_no) }
  const ordered = t.route_id !== null && (await sql<{ ordered: boolean }>`select ordered from rounds.route where company_id = ${c} and route_id = ${t.route_id}`.execute(scope.db)).rows[0]?.ordered === true
  let shown_at: string | null = null
  const proof = o.outcome === 'skipped' ? { ok: false, flags: [] as Flag[] } : proofFlags(stop, o, (digits) => {
    const v = verify(openText(stop.secret), digits, Date.parse(done_at), policy.rotate_seconds)
    if (!v.ok) shown_at = v.shown_at
    return v.ok ? 'ok' : v.shown_at ? 'stale' : 'wrong'
  })
  const position = policy.positions ? (o.position ?? null) : null
  const where = judgePosition({ position, point: stop.lat !== null && stop.lon !== null ? { lat: stop.lat, lon: stop.lon } : null, done_at, last: position?.state === 'given' ? await fixBefore(scope, o.device.seq, scope.now) : null, far_m: policy.far_m, speed_kmh: policy.speed_kmh })
  const flags: Flag[] = [...clockFlags(look), ...(o.outcome === 'skipped' ? [] : wayFlags({ ...look, ordered }, done_at)), ...proof.flags, ...(photos.some((p) => p.again) ? ['photo_again' as const] : []), ...(o.outcome === 'skipped' ? [] : where.flags)]

  const reasons = reasonsOf(flags, look, done_at, { shown_at, same_photo: photos.find((p) => p.again)?.before ?? null, code_of: flags.includes('wrong_code') ? await placeOfCode(scope, o.code) : null, position: where.reasons }, hourText)

  const abnormal = o.outcome === 'done' && (j.bad.length > 0 || o.finding !== null)
  const outcome = o.outcome === 'skipped' ? 'skipped' : abnormal ? 'abnormal' : 'ok'
  const complete = before.length + 1 >= stops.length
  const all_flags = [...new Set([...t.flags, ...flags])]
  const skips = t.skip_count + (outcome === 'skipped' ? 1 : 0)
  // Late by the hour at which it was walked, not at which it arrived.
  const v = judge({ ...factsOf(scope, t), complete, doubtful: all_flags.length > 0 || skips > 0, over: t.miss_at < scope.now }, 'record', actorsOf(scope, t))
  if (!v.ok) throw refusal(scope, t, 'record', v.code)
  const latest = before.reduce((m, r) => (r.done_at > m ? r.done_at : m), done_at)
  await sql`with noted as (insert into rounds.record (company_id, on_day, record_id, task_id, round_no, stop_no, point_id, version_id, account_id, by_name, device_at, done_at, received_at, device, proof, proof_ok, outcome, answers, note, flags, reasons, score_got, score_max)
      values (${c}, ${t.on_day}::date, ${o.record_id}, ${t.task_id}, ${t.round_no}, ${o.stop_no}, ${stop.point_id}::uuid, ${stop.version_id}::uuid, ${scope.who.account_id}::uuid, ${scope.who.name}, ${o.device_at}, ${done_at}, ${scope.now}, ${JSON.stringify(o.device)}::jsonb, ${o.proof}, ${proof.ok}, ${outcome}, ${JSON.stringify(o.answers)}::jsonb, ${o.note}, ${flags}::text[], ${reasons}::text[], ${j.got}, ${j.max})),
    pictures as (insert into rounds.photo (company_id, record_id, file_id, on_day, task_id, part, sha256, taken_by, taken_at) select ${c}, ${o.record_id}, x.file_id, ${t.on_day}::date, ${t.task_id}, x.part, x.sha256, ${scope.who.account_id}::uuid, ${scope.now} from jsonb_to_recordset(${JSON.stringify(photos)}::jsonb) as x(file_id uuid, part text, sha256 text))
    update rounds.task set state = ${v.to}, route_version = coalesce(route_version, (select version_no from rounds.route where company_id = ${c} and route_id = ${t.route_id}::uuid)), started_at = least(coalesce(started_at, ${done_at}::timestamptz), ${done_at}::timestamptz), done_by = ${scope.who.account_id}::uuid,
      ended_at = case when ${complete}::boolean then ${latest}::timestamptz end, in_time = case when ${complete}::boolean then ${latest}::timestamptz <= due_at end, point_count = ${stops.length}, checked_count = ${before.length + 1}, abnormal_count = abnormal_count + ${outcome === 'abnormal' ? 1 : 0}::int, skip_count = ${skips}, flags = ${all_flags}::text[], score_got = score_got + ${j.got}::int, score_max = score_max + ${j.max}::int
    where company_id = ${c} and on_day = ${t.on_day}::date and task_id = ${t.task_id}`.execute(scope.db)
  if (position) await sql`insert into rounds.position (company_id, record_id, on_day, task_id, state, lat, lon, accuracy_m, distance_m, taken_at) values (${c}, ${o.record_id}, ${t.on_day}::date, ${t.task_id}, ${position.state}, ${position.state === 'given' ? position.lat : null}::numeric, ${position.state === 'given' ? position.lon : null}::numeric, ${position.state === 'given' ? position.accuracy_m : null}::int, ${where.distance_m}::int, ${done_at})`.execute(scope.db)
  const { order_no } = abnormal ? await writeFinding(scope, o, t, stop, photos, policy.fix_days, j.max - j.got) : { order_no: null }
  scope.note('task', t.task_id, { name: t.name, on_day: t.on_day, stop: stop.name, outcome, ...(flags.length ? { flags } : {}) })
  return { record_id: o.record_id, state: v.to, checked_count: before.length + 1, flags, order_no }
})
