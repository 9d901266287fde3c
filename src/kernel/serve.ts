// The road that every call takes: parse → who → may → begin → tenant → request id → run → audit, events, jobs → commit → answer.
// A refused or faulty write leaves an audit row of its own. A deadlock or serialization failure is tried again, three times in all.
import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { sql } from 'kysely'
import type { Answer, App } from './app.ts'
import { sentence, type Problem } from './contract.ts'
import { dayOf, nowIso } from './clock.ts'
import { inTransaction, type Tx } from './db.ts'
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
    return await inTransaction(app.d, { company_id: asked.company_id, readOnly: call.kind !== 'write' }, async (tx) => {
      const now = nowIso()
      const scope = new Scope({ who: asked.who, company_id: asked.company_id, now, today: dayOf(now), tx, request_id, may: call.may, dry_run })
      if (request_id && !dry_run) {
        const before = await firstTime(tx, scope, call.name, input)
        if (before !== undefined) return before
      }
      const answer = await a.run(scope, input as never)
      if (call.kind !== 'write') return call.kind === 'download' ? answer : checked(call.gives as unknown as z.ZodType, answer, call.name)
      const given = checked(call.gives as unknown as z.ZodType, answer, call.name)
      if (dry_run) throw new RolledBack(given)
      await writeTrail(app, scope, call.name, 'done', null, input)
      if (request_id) await tx.db.updateTable('kernel.request').set({ answer: JSON.stringify(kept(given)) }).where('company_id', '=', scope.company_id).where('request_id', '=', request_id).execute()
      return given
    })
  } catch (error) {
    if (error instanceof RolledBack) return error.answer
    throw error
  }
}

/** The unique key decides: whoever inserts the request runs it; everybody else gets its answer. */
async function firstTime(tx: Tx, scope: Scope, call: string, input: unknown): Promise<unknown> {
  const input_hash = createHash('sha256').update(JSON.stringify(input)).digest('base64url')
  const mine = await tx.db
    .insertInto('kernel.request')
    .values({ company_id: scope.company_id, request_id: scope.request_id!, account_id: scope.who.account_id, call, input_hash, answer: null, at: scope.now })
    .onConflict((c) => c.columns(['company_id', 'request_id']).doNothing())
    .returning('request_id')
    .executeTakeFirst()
  if (mine) return undefined
  const row = await tx.db.selectFrom('kernel.request').select(['call', 'account_id', 'input_hash', 'answer']).where('company_id', '=', scope.company_id).where('request_id', '=', scope.request_id!).executeTakeFirstOrThrow()
  if (row.call !== call || row.input_hash !== input_hash || row.account_id !== scope.who.account_id) throw new Refusal('kernel.request_reused')
  return given(row.answer)
}

/** An answer that holds a secret (a first password) is kept sealed: a dump of the database must not open an account. */
const kept = (answer: unknown): unknown => {
  const text = JSON.stringify(answer ?? null)
  return /"\w*(password|token|secret)\w*":/i.test(text) ? { sealed: sealText(text) } : JSON.parse(text)
}
const given = (stored: unknown): unknown => {
  const sealed = (stored as { sealed?: string } | null)?.sealed
  return typeof sealed === 'string' ? JSON.parse(openText(sealed)) : stored
}

/** Audit row, events with their listeners' jobs, and jobs, in the transaction of the change. */
export async function writeTrail(app: App, scope: Scope, call: string, outcome: 'done' | 'refused' | 'fault', refusal: string | null, input: unknown): Promise<void> {
  const { db, company_id, now, who } = scope
  const first = scope.notes[0]
  await db
    .insertInto('kernel.audit')
    .values({
      company_id, at: now, account_id: who.account_id, actor_name: who.name, face: who.face, call, outcome, refusal,
      subject_type: first?.subject_type ?? null, subject_id: first?.subject_id ?? null,
      detail: JSON.stringify({ input: scrub(input), ...(scope.notes.length ? { notes: scope.notes.slice(0, 50) } : {}) }),
      request_id: scope.request_id, ip: who.ip,
    })
    .execute()
  const jobs = [...scope.jobs]
  for (const e of scope.events) {
    e.event_id = uuidv7()
    for (const l of app.listenersOf.get(e.name) ?? []) jobs.push({ name: `listen:${l.name}`, payload: { event_id: e.event_id, name: e.name, subject: e.subject, payload: e.payload }, lane: `${company_id}:${l.name}:${e.subject}` })
  }
  if (scope.events.length)
    await db.insertInto('kernel.event').values(scope.events.map((e) => ({ company_id, event_id: e.event_id, name: e.name, subject: e.subject, payload: JSON.stringify(e.payload), at: now }))).execute()
  if (jobs.length) {
    await db
      .insertInto('kernel.job')
      .values(jobs.map((j) => ({ company_id, name: j.name, payload: JSON.stringify(j.payload), account_id: who.account_id, lane: j.lane ?? null, run_at: j.run_at ?? now, attempts_max: j.attempts_max ?? 5, total_count: j.total_count ?? null, created_at: now })))
      .execute()
    await sql`select pg_notify('heyuan_job', '')`.execute(db)
  }
}

async function auditFailure(app: App, a: Answer, asked: Asked, error: unknown): Promise<void> {
  const refused = error instanceof Refusal
  // Reads that are refused are logged too when the person was not allowed: a try at somebody else's door is worth a line.
  if (a.call.kind !== 'write' && !(refused && error.code === 'kernel.forbidden')) return
  try {
    await inTransaction(app.d, { company_id: asked.company_id }, async (tx) => {
      const now = nowIso()
      const scope = new Scope({ who: asked.who, company_id: asked.company_id, now, today: dayOf(now), tx, request_id: null, may: a.call.may, dry_run: false })
      await writeTrail(app, scope, a.call.name, refused ? 'refused' : 'fault', refused ? error.code : 'kernel.fault', asked.input)
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
  const issues = r.error.issues.slice(0, 20).map((i) => ({ path: i.path.join('.'), label: labelOf(shape, i.path), message: i.message }))
  throw new Refusal('kernel.invalid', { detail: issues.map((i) => `${i.label ?? i.path} ${i.message}`.trim()).join(';'), issues })
}

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

const statuses: Record<string, number> = { 'kernel.not_found': 404, 'kernel.invalid': 422, 'kernel.not_signed_in': 401, 'kernel.forbidden': 403, 'kernel.busy': 503, 'kernel.too_large': 413, 'kernel.wrong_origin': 403 }
export const statusOf = (code: string): number => statuses[code] ?? 409
