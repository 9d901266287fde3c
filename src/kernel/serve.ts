// The road that every call takes: parse → who → may → begin → tenant → request id → run → audit, events, jobs → commit → answer.
// A refused or faulty write leaves an audit row of its own. A deadlock or serialization failure is tried again, three times in all.
import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Answer, App } from './app.ts'
import { sentence, type Problem } from './contract.ts'
import { dayOf, nowIso } from './clock.ts'
import { crashpoint } from './crashpoint.ts'
import { actAs, inTransaction, type Tx } from './db.ts'
import { uuidv7 } from './ids.ts'
import { log } from './log.ts'
import { Refusal, assert } from './refuse.ts'
import { Scope, mayDo, type Who } from './scope.ts'
import { openText, sealText } from './seal.ts'

export interface Asked {
  who: Who
  company_id: number
  input: unknown
}

class RolledBack extends Error {
  readonly answer: unknown
  constructor(answer: unknown) {
    super('dry run')
    this.answer = answer
  }
}

/** Runs one call; gives its answer or throws Refusal (expected) or any other error (a fault). */
export async function serve(app: App, a: Answer, asked: Asked): Promise<unknown> {
  const { call } = a
  try {
    if (!mayDo(asked.who, call.may)) {
      if (asked.who.kind === 'anonymous') throw new Refusal('kernel.not_signed_in')
      throw new Refusal('kernel.forbidden', { permission: app.permissionWords.get(call.may) ?? call.may })
    }
    const input = parse(call.takes as unknown as z.ZodType, asked.input)
    return await retried(() => once(app, a, asked, input))
  } catch (error) {
    await auditFailure(app, a, asked, error)
    throw error
  }
}

async function once(app: App, a: Answer, asked: Asked, input: unknown): Promise<unknown> {
  const { call } = a
  const flags = (input ?? {}) as { request_id?: string; dry_run?: boolean }
  const request_id = call.kind === 'write' ? (flags.request_id ?? null) : null
  const dry_run = call.kind === 'write' && flags.dry_run === true
  try {
    const done = await inTransaction(app.d, { company_id: asked.company_id, readOnly: call.kind !== 'write', by_key: a.by_key === true, plan_once: a.plan_once === true }, async (tx) => {
      const now = nowIso()
      const scope = new Scope({ who: asked.who, company_id: asked.company_id, now, today: dayOf(now), tx, request_id, may: call.may, dry_run })
      if (call.unnamed) scope.hide()
      if (request_id && !dry_run) {
        const before = await firstTime(tx, scope, call.name, input)
        if (before !== undefined) return before
      }
      const answer = await a.run(scope, input as never)
      if (call.kind !== 'write') return call.kind === 'download' ? answer : checked(call.gives as unknown as z.ZodType, answer, call.name)
      const given = checked(call.gives as unknown as z.ZodType, answer, call.name)
      if (dry_run) throw new RolledBack(given)
      await seenElsewhere(scope, { call: call.name, outcome: 'done', refusal: null, input })
      tx.last(writeTrail(app, scope, call.name, 'done', null, input, request_id ? { answer: kept(given) } : {}))
      return given
    })
    crashpoint('call.committed', call.name)
    return done
  } catch (error) {
    if (error instanceof RolledBack) return error.answer
    throw error
  }
}

const FIRST = `insert into kernel.request (company_id, request_id, account_id, call, input_hash, at) values ($1, $2, $3, $4, $5, $6) on conflict (company_id, request_id) do nothing returning request_id`
/** The unique key decides: whoever inserts the request runs it; everybody else gets its answer. */
async function firstTime(tx: Tx, scope: Scope, call: string, input: unknown): Promise<unknown> {
  const input_hash = createHash('sha256').update(JSON.stringify(input)).digest('base64url')
  const mine = await tx.client.query({ name: 'first_time', text: FIRST, values: [scope.company_id, scope.request_id, scope.actor.account_id, call, input_hash, scope.now] })
  if (mine.rows.length > 0) return undefined
  const row = await tx.db.selectFrom('kernel.request').select(['call', 'account_id', 'input_hash', 'answer']).where('company_id', '=', scope.company_id).where('request_id', '=', scope.request_id!).executeTakeFirstOrThrow()
  if (row.call !== call || row.input_hash !== input_hash || row.account_id !== scope.actor.account_id) throw new Refusal('kernel.request_reused')
  return answerKept(row.answer)
}

/** An answer that holds a secret (a first password) is kept sealed: a dump of the database must not open an account. */
const kept = (answer: unknown): string => {
  const text = JSON.stringify(answer ?? null)
  return /"\w*(password|token|secret)\w*":/i.test(text) ? JSON.stringify({ sealed: sealText(text) }) : text
}
/** What a call answered, from its stored form (kernel.request). */
export const answerKept = (stored: unknown): unknown => {
  const sealed = (stored as { sealed?: string } | null)?.sealed
  return typeof sealed === 'string' ? JSON.parse(openText(sealed)) : stored
}

const AUDIT = `insert into kernel.audit (company_id, at, account_id, actor_name, face, call, outcome, refusal, subject_type, subject_id, detail, request_id, ip) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`
const EVENTS = `insert into kernel.event (company_id, event_id, name, subject, payload, at) select $1, e.event_id, e.name, e.subject, e.payload, $2 from jsonb_to_recordset($14::jsonb) as e(event_id uuid, name text, subject text, payload jsonb)`
const JOBS = `insert into kernel.job (company_id, name, payload, account_id, lane, run_at, attempts_max, total_count, created_at)
  select $1, j.name, j.payload, $3, j.lane, coalesce(j.run_at, $2), coalesce(j.attempts_max, 5), j.total_count, $2 from rows from (jsonb_to_recordset($15::jsonb) as (name text, payload jsonb, lane text, run_at timestamptz, attempts_max int, total_count bigint)) with ordinality as j(name, payload, lane, run_at, attempts_max, total_count, ord) order by j.ord returning job_id`
const ANSWER = `update kernel.request set answer = $16::jsonb where company_id = $1 and request_id = $12`
// One statement whatever there is to write: it stands between the number series of a receipt and the commit that frees it.
const TRAIL = `with audited as (${AUDIT}), told as (${EVENTS}), asked as (${JOBS}), answered as (${ANSWER}) select pg_notify('heyuan_job', '') from asked limit 1`

/** Audit row, events with their listeners' jobs, jobs, and the answer that a repeated request gets, in the transaction of the change. */
export async function writeTrail(app: App, scope: Scope, call: string, outcome: 'done' | 'refused' | 'fault', refusal: string | null, input: unknown, o: { answer?: string; params?: Record<string, unknown> } = {}): Promise<void> {
  const { company_id } = scope
  const jobs = [...scope.jobs]
  for (const e of scope.events) {
    e.event_id = uuidv7()
    for (const l of app.listenersOf.get(e.name) ?? []) jobs.push({ name: `listen:${l.name}`, payload: { event_id: e.event_id, name: e.name, subject: e.subject, payload: e.payload }, lane: `${company_id}:${l.name}:${e.subject}` })
  }
  const values = [...auditValues(scope, company_id, { call, outcome, refusal, input, params: o.params }), JSON.stringify(scope.events), JSON.stringify(jobs), o.answer ?? null]
  await scope.client.query({ name: 'trail', text: TRAIL, values })
}

interface Audited {
  call: string
  outcome: 'done' | 'refused' | 'fault'
  refusal: string | null
  input: unknown
  params?: Record<string, unknown> | undefined
}
function auditValues({ who, actor, unnamed, now, notes, request_id }: Scope, company_id: number, a: Audited): unknown[] {
  const first = notes[0]
  const detail = JSON.stringify({ ...(unnamed ? {} : { input: scrub(a.input) }), ...(notes.length ? { notes: notes.slice(0, 50) } : {}), ...(a.params && Object.keys(a.params).length ? { params: scrub(a.params) } : {}) })
  return [company_id, now, actor.account_id, actor.name, who.face, a.call, a.outcome, a.refusal, first?.subject_type ?? null, first?.subject_id ?? null, detail, request_id, unnamed ? null : who.ip]
}

/** The same row for the companies that the call was found to concern; before the trail, which travels with COMMIT. */
async function seenElsewhere(scope: Scope, a: Audited): Promise<void> {
  for (const other of new Set(scope.seen_by.filter((c) => c !== scope.company_id))) {
    await actAs(scope.client, other)
    await scope.client.query({ name: 'audit', text: AUDIT, values: auditValues(scope, other, a) })
  }
  if (scope.seen_by.length > 0) await actAs(scope.client, scope.company_id)
}

async function auditFailure(app: App, a: Answer, asked: Asked, error: unknown): Promise<void> {
  // Reads that are refused are logged too when the person was not allowed: a try at somebody else's door is worth a line.
  if (a.call.kind !== 'write' && !(error instanceof Refusal && error.code === 'kernel.forbidden')) return
  await auditRefusal(app, asked, a.call.name, error, a.call.unnamed)
}

/** A refusal in a transaction of its own. `doing` is a call, or one of the doings worded by a module (an upload, a forged notice). */
export async function auditRefusal(app: App, asked: Asked, doing: string, error: unknown, unnamed = false): Promise<void> {
  const refused = error instanceof Refusal
  try {
    await inTransaction(app.d, { company_id: asked.company_id }, async (tx) => {
      const now = nowIso()
      const scope = new Scope({ who: asked.who, company_id: asked.company_id, now, today: dayOf(now), tx, request_id: null, may: '', dry_run: false })
      if (unnamed) scope.hide()
      if (refused) scope.seenBy(...error.seen_by)
      const said = { outcome: refused ? ('refused' as const) : ('fault' as const), refusal: refused ? error.code : 'kernel.fault', params: refused ? error.params : {} }
      await seenElsewhere(scope, { call: doing, input: asked.input, ...said })
      await writeTrail(app, scope, doing, said.outcome, said.refusal, asked.input, { params: said.params })
    })
  } catch (e) {
    log('error', 'audit of a refusal could not be written', { cause: String(e) })
  }
}

const SECRET = /password|secret|token|code$|id_number|_key|phone/i
/** What of the input the audit keeps: no secrets, no personal numbers, nothing long. */
export function scrub(v: unknown, depth = 0): unknown {
  if (typeof v === 'string') return v.length > 200 ? `${v.slice(0, 200)}…` : v
  if (v === null || typeof v !== 'object') return v
  if (depth > 4) return '…'
  if (Array.isArray(v)) return v.length > 20 ? [...v.slice(0, 20).map((x) => scrub(x, depth + 1)), `…共 ${v.length} 项`] : v.map((x) => scrub(x, depth + 1))
  return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, SECRET.test(k) && x ? '***' : scrub(x, depth + 1)]))
}

function parse(shape: z.ZodType, input: unknown): unknown {
  const r = shape.safeParse(input ?? {})
  if (r.success) return r.data
  const issues = r.error.issues.slice(0, 20).map((i) => ({ path: i.path.join('.'), label: labelOf(shape, i.path), message: given(input, i.path) === undefined ? '必填' : i.message }))
  throw new Refusal('kernel.invalid', { detail: issues.map((i) => `${i.label ?? i.path} ${i.message}`.trim()).join(';'), issues })
}

const given = (input: unknown, path: readonly PropertyKey[]): unknown => path.reduce<unknown>((at, k) => (at as Record<PropertyKey, unknown> | null | undefined)?.[k], input)

/** The Chinese label of a field from its `.meta({ zh })`. */
function labelOf(shape: unknown, path: readonly PropertyKey[]): string | undefined {
  let at = shape as { meta?: () => { zh?: string } | undefined; unwrap?: () => unknown; shape?: Record<string, unknown>; element?: unknown } | undefined
  let label: string | undefined
  const enter = () => {
    while (at) {
      const zh = at.meta?.()?.zh
      if (zh) label = zh
      if (typeof at.unwrap !== 'function' || at.element) break
      at = at.unwrap() as typeof at
    }
  }
  for (const key of path) {
    enter()
    label = undefined
    at = (typeof key === 'number' ? at?.element : at?.shape?.[String(key)]) as typeof at
  }
  enter()
  return label
}

function checked(shape: z.ZodType, answer: unknown, name: string): unknown {
  if (process.env['NODE_ENV'] === 'production' || !(shape instanceof z.ZodType)) return answer
  const r = shape.safeParse(answer)
  assert(r.success, `answer of ${name} is not what its contract gives: ${r.success ? '' : r.error.issues.slice(0, 3).map((i) => `${i.path.join('.')} ${i.message}`).join('; ')}`)
  return r.data
}

const TRIES = 3
async function retried<T>(run: () => Promise<T>): Promise<T> {
  for (let n = 1; ; n++) {
    try {
      return await run()
    } catch (error) {
      const code = (error as { code?: string }).code
      if ((code === '40P01' || code === '40001') && n < TRIES) continue
      if (code === '40P01' || code === '40001' || code === '55P03') throw new Refusal('kernel.conflict')
      throw error
    }
  }
}

/** The problem a caller is told of; faults are logged once, with the id that the person sees. */
export function problemOf(app: App, error: unknown, about: Record<string, unknown>): { status: number; problem: Problem } {
  if (error instanceof Refusal) {
    const { issues, ...params } = error.params as { issues?: Problem['issues'] }
    const problem: Problem = { error: error.code, message: sentence(app.words.get(error.code) ?? error.code, error.params), ...(Object.keys(params).length ? { params } : {}), ...(issues ? { issues } : {}) }
    return { status: statusOf(error.code), problem }
  }
  const fault_id = randomBytes(3).toString('hex').toUpperCase()
  log('error', 'fault', { fault_id, ...about, error: String(error), stack: error instanceof Error ? error.stack : undefined })
  return { status: 500, problem: { error: 'kernel.fault', message: sentence(app.words.get('kernel.fault')!, { fault_id }), fault_id } }
}

const statuses: Record<string, number> = { 'kernel.not_found': 404, 'kernel.invalid': 422, 'kernel.not_signed_in': 401, 'kernel.forbidden': 403, 'kernel.busy': 503, 'kernel.too_large': 413, 'kernel.too_often': 429, 'kernel.wrong_origin': 403 }
export const statusOf = (code: string): number => statuses[code] ?? 409
