// The worker: claims jobs with a lease, runs them as the company that asked, retries with growing pauses, runs schedules.
// A worker that dies leaves its lease to run out; the fence keeps a late one from writing an end it no longer owns.
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { App, JobKind, Schedule, Work } from './app.ts'
import { dayOf, nowIso, nowMs } from './clock.ts'
import { crashpoint } from './crashpoint.ts'
import { inTransaction, type TxOptions } from './db.ts'
import { log } from './log.ts'
import { Refusal } from './refuse.ts'
import { Scope, system } from './scope.ts'
import { writeTrail } from './serve.ts'

const LEASE_S = 30
const AT_ONCE = 4
const IDLE_MS = 1000

interface Claimed {
  job_id: number
  company_id: number
  name: string
  payload: Record<string, unknown>
  account_id: string | null
  attempts: number
  attempts_max: number
  fence: number
}

// One job of a lane at a time, oldest first; a running job whose lease ran out is taken again.
const CLAIM = `
update kernel.job j set state = 'running', leased_by = $1, lease_until = $2::timestamptz + interval '${LEASE_S} seconds', fence = fence + 1, attempts = attempts + 1
where job_id in (
  select job_id from kernel.job w
  where (state = 'waiting' and run_at <= $2::timestamptz or state = 'running' and lease_until < $2::timestamptz)
    and (lane is null or not exists (select from kernel.job e where e.lane = w.lane and e.job_id < w.job_id and e.state in ('waiting','running')))
  order by run_at, job_id limit $3 for update skip locked)
returning job_id, company_id, name, payload, account_id, attempts, attempts_max, fence`

export interface Worker {
  stop(): Promise<void>
  /** Runs everything due until nothing is left; for tests and the sample loader. */
  drain(): Promise<number>
}

export function startWorker(app: App, o: { schedules?: boolean; listen?: boolean } = {}): Worker {
  const me = randomUUID()
  const kinds = kindsOf(app)
  const running = new Set<Promise<void>>()
  let stopping = false
  let wake: () => void = () => {}
  const sleep = (ms: number) => new Promise<void>((r) => {
    const t = setTimeout(r, ms)
    wake = () => (clearTimeout(t), r())
  })
  const claim = async (n: number): Promise<Claimed[]> => (await app.d.pool.query<Claimed>({ name: 'claim', text: CLAIM, values: [me, nowIso(), n] })).rows

  const round = async (): Promise<number> => {
    const jobs = await claim(AT_ONCE - running.size)
    for (const j of jobs) {
      const p: Promise<void> = runJob(app, kinds, j, me).finally(() => {
        running.delete(p)
        wake()
      })
      running.add(p)
    }
    return jobs.length
  }
  const loop = (async () => {
    if (o.listen === false) return
    while (!stopping) {
      let n = 0
      try {
        if (running.size < AT_ONCE) n = await round()
      } catch (error) {
        if (!stopping) log('warn', 'claiming jobs failed', { cause: String(error) })
        await sleep(2000)
      }
      if (n === 0 && !stopping) await sleep(IDLE_MS)
    }
  })()
  const listener = o.listen === false ? null : listen(app.d.url, () => wake())
  const timers = o.schedules === false || o.listen === false ? [] : startSchedules(app)
  return {
    async stop() {
      stopping = true
      for (const t of timers) clearInterval(t)
      wake()
      await loop
      await Promise.race([Promise.allSettled(running), new Promise((r) => setTimeout(r, 8000))])
      await (await listener)?.end().catch(() => {})
    },
    async drain() {
      let count = 0
      for (;;) {
        const jobs = await claim(AT_ONCE)
        if (jobs.length === 0) return count
        count += jobs.length
        await Promise.all(jobs.map((j) => runJob(app, kinds, j, me)))
      }
    },
  }
}

async function listen(url: string, wake: () => void): Promise<pg.Client | null> {
  try {
    const c = new pg.Client({ connectionString: url, application_name: 'heyuan-listen' })
    c.on('error', () => {})
    c.on('notification', wake)
    await c.connect()
    await c.query('listen heyuan_job')
    return c
  } catch {
    return null // polling each second does the same, later
  }
}

function kindsOf(app: App): Map<string, JobKind> {
  const kinds = new Map<string, JobKind>()
  for (const m of app.modules) {
    for (const j of m.jobs ?? []) kinds.set(j.name, j)
    for (const l of m.listeners ?? [])
      kinds.set(`listen:${l.name}`, { name: `listen:${l.name}`, run: (w) => w.tx((scope) => l.run(scope, { ...(w.payload['payload'] as Record<string, unknown>), event_id: w.payload['event_id'] })) })
  }
  return kinds
}

async function runJob(app: App, kinds: Map<string, JobKind>, j: Claimed, me: string): Promise<void> {
  const beat = setInterval(() => {
    app.d.pool.query(`update kernel.job set lease_until = $3::timestamptz + interval '${LEASE_S} seconds' where job_id = $1 and fence = $2 and state = 'running'`, [j.job_id, j.fence, nowIso()]).catch(() => {})
  }, (LEASE_S * 1000) / 3)
  try {
    const kind = kinds.get(j.name)
    if (!kind) throw new Error(`no job named ${j.name}`)
    const result = await kind.run(workOf(app, j))
    crashpoint('job.ran', j.name)
    await app.d.pool.query(`update kernel.job set state = case when cancel_asked then 'cancelled' else 'done' end, ended_at = $3, result = $4, error = null, lease_until = null where job_id = $1 and fence = $2`, [j.job_id, j.fence, nowIso(), result ? JSON.stringify(result) : null])
  } catch (error) {
    await failed(app, j, error)
  } finally {
    clearInterval(beat)
  }
  void me
}

async function failed(app: App, j: Claimed, error: unknown): Promise<void> {
  const refused = error instanceof Refusal
  const last = refused || j.attempts >= j.attempts_max
  const pause_s = Math.min(600, 2 ** j.attempts)
  log(last && !refused ? 'error' : 'warn', 'job failed', { job: j.name, job_id: j.job_id, attempts: j.attempts, error: String(error), stack: error instanceof Error ? error.stack : undefined })
  const run_at = new Date(nowMs() + pause_s * 1000).toISOString()
  await app.d.pool
    .query(`update kernel.job set state = $3, run_at = $4, error = $5, ended_at = $6, lease_until = null where job_id = $1 and fence = $2`, [j.job_id, j.fence, last ? 'failed' : 'waiting', run_at, String(error).slice(0, 2000), last ? nowIso() : null])
    .catch((e: unknown) => log('warn', 'job end not recorded', { job_id: j.job_id, cause: String(e) }))
}

function workOf(app: App, j: Claimed): Work {
  return {
    company_id: j.company_id,
    job_id: j.job_id,
    account_id: j.account_id,
    payload: j.payload,
    tx: (run) => asSystem(app, j.company_id, `job.${j.name}`, run, j.account_id),
    progress: async (done, total) => {
      await app.d.pool.query(`update kernel.job set done_count = $3, total_count = coalesce($4, total_count) where job_id = $1 and fence = $2`, [j.job_id, j.fence, done, total ?? null])
    },
    stopped: async () => {
      const r = await app.d.pool.query<{ cancel_asked: boolean; fence: number }>(`select cancel_asked, fence from kernel.job where job_id = $1`, [j.job_id])
      return r.rows[0]?.cancel_asked === true || r.rows[0]?.fence !== j.fence
    },
  }
}

/** One transaction as the system, for a company; audit, events and jobs are written when it noted or emitted something. */
export async function asSystem<T>(app: App, company_id: number, call: string, run: (scope: Scope) => Promise<T>, account_id: string | null = null, o: Pick<TxOptions, 'by_key'> = {}): Promise<T> {
  const done = await inTransaction(app.d, { company_id, ...o }, async (tx) => {
    const now = nowIso()
    const scope = new Scope({ who: { ...system, account_id }, company_id, now, today: dayOf(now), tx, request_id: null, may: 'system', dry_run: false })
    const answer = await run(scope)
    if (scope.notes.length || scope.events.length || scope.jobs.length) tx.last(writeTrail(app, scope, call, 'done', null, {}))
    return answer
  })
  crashpoint('work.committed', call)
  return done
}

/**
 * A schedule at work holds one connection for its lock and asks for another: as many of them as there are connections, and each waits for what the others hold. Those of a
 * minute all fall due in one turn (measured: a pool of six, and most of them failed after ten seconds, every minute). So half of the connections, the others wait their turn.
 */
function atMost(n: number): (run: () => Promise<void>) => Promise<void> {
  let free = n
  const waiting: (() => void)[] = []
  return async (run) => {
    if (free > 0) free--
    else await new Promise<void>((go) => waiting.push(go))
    try {
      await run()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}
function startSchedules(app: App): NodeJS.Timeout[] {
  const all = app.modules.flatMap((m) => m.schedules ?? [])
  const inTurn = atMost(Math.max(1, Math.floor((app.d.pool.options.max ?? 2) / 2)))
  return all.map((s) => {
    let busy = false
    return setInterval(async () => {
      if (busy) return
      busy = true
      try {
        await inTurn(() => runSchedule(app, s))
      } catch (error) {
        log('warn', 'schedule failed', { schedule: s.name, error: String(error) })
      } finally {
        busy = false
      }
    }, s.every_s * 1000)
  })
}

/** Any number of workers may run; a transaction-level advisory lock lets one of them run a schedule at a time. */
export async function runSchedule(app: App, s: Schedule): Promise<void> {
  const companies = s.of === 'platform' ? [0] : (await app.d.pool.query<{ company_id: number }>('select company_id from identity.company where disabled_at is null order by 1')).rows.map((r) => r.company_id)
  for (const company_id of companies) {
    const lock = await app.d.pool.connect()
    try {
      await lock.query('begin')
      const got = await lock.query<{ ok: boolean }>('select pg_try_advisory_xact_lock(hashtext($1), $2) as ok', [s.name, company_id])
      if (got.rows[0]?.ok) await s.run(workOf(app, { job_id: 0, company_id, name: s.name, payload: {}, account_id: null, attempts: 0, attempts_max: 1, fence: 0 }))
      await lock.query('commit')
    } catch (error) {
      await lock.query('rollback').catch(() => {})
      throw error
    } finally {
      lock.release()
    }
  }
}
