// The database: pools, types of values, one Kysely on one connection per transaction.
import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, type DatabaseConnection, type Driver, type QueryResult } from 'kysely'
import pg from 'pg'
import type { DB } from './db_types.ts'
import { Refusal, assert } from './refuse.ts'

// bigint: our ids of companies and our fen; both stay below 2^53, and a value above is a fault, not a rounding.
pg.types.setTypeParser(20, (v) => {
  const n = Number(v)
  assert(Number.isSafeInteger(n), `bigint ${v} is not a safe integer`)
  return n
})
pg.types.setTypeParser(1082, (v) => v) // date stays YYYY-MM-DD: the default shifts it by the zone
pg.types.setTypeParser(1114, (v) => v)
pg.types.setTypeParser(1184, (v) => new Date(v).toISOString())
pg.types.setTypeParser(1182 as never, (v) => (v === '{}' ? [] : v.slice(1, -1).split(',')))

export type Db = Kysely<DB>
export type { DB }

export interface Database {
  /** Requests: role heyuan_app, row-level security applies. */
  pool: pg.Pool
  /** Two connections for short transactions that must outlive the refusal of the call around them (counting a wrong try). From `pool`, a nested transaction would wait for itself. */
  side: pg.Pool
  url: string
  end(): Promise<void>
}

/**
 * Connections for requests. Each busy one is a process of the database beside ours: with many more of them than cores, the one process that
 * answers everybody waits for its turn (a list at 20 callers on 2 cores: p99 161 ms with 16, 109 with 6). What finds none free waits in order.
 */
const POOL = Math.min(16, Math.max(6, 2 * availableParallelism() + 2))

/**
 * `url` is the owner's; requests run as heyuan_app, which owns nothing. `flush_later`: a commit is answered before it is on the disk, half a second
 * at most; a power cut then takes the last ones, in order and whole. Only for what knows by its own rows where to go on, as the loader of the sample.
 */
export function openDatabase(url: string, o: { max?: number; application_name?: string; flush_later?: boolean } = {}): Database {
  const make = (max: number) => {
    const pool = new pg.Pool({
      connectionString: url,
      max,
      application_name: o.application_name ?? 'heyuan',
      options: `-c role=heyuan_app -c timezone=Asia/Shanghai -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000${o.flush_later ? ' -c synchronous_commit=off' : ''}`,
      idleTimeoutMillis: 30_000,
      connectionTimeoutMillis: 10_000,
      // Statements given at once travel at once: BEGIN with the first, COMMIT with the last, and what does not wait for each other's rows.
      pipeline: true,
    })
    pool.on('error', () => {}) // a lost idle connection is replaced at the next use
    pool.on('connect', (c) => {
      c.on('error', () => {}) // and one lost in use fails its query, not the process
      gather(c)
    })
    return pool
  }
  const pool = make(o.max ?? POOL)
  const side = make(2)
  return { pool, side, url, end: async () => void (await Promise.all([pool.end(), side.end()])) }
}

/**
 * What is asked in one turn leaves in one write. Each write wakes the server's process, and a wake costs both sides more than most
 * statements do (a list made eight of them: a third of its time, measured). The COMMIT of a read, which nobody waits for, leaves with what
 * the connection is asked next, or alone after two milliseconds.
 */
function gather(client: pg.PoolClient): void {
  const { stream } = client.connection
  const query = client.query.bind(client) as (...args: unknown[]) => unknown
  let held = false
  let late: NodeJS.Timeout | undefined
  const send = (...args: unknown[]) => {
    if (!held) {
      held = true
      stream.cork()
      process.nextTick(() => {
        held = false
        stream.uncork()
      })
    }
    return query(...args)
  }
  const commit = () => {
    clearTimeout(late)
    late = undefined
    ;(send('commit') as Promise<unknown>).catch(() => {}) // a transaction that changed nothing has nothing to lose
  }
  client.query = ((...args: unknown[]) => {
    if (late) commit()
    return send(...args)
  }) as typeof client.query
  commitsLate.set(client, () => void (late = setTimeout(commit, LATE_MS)))
}
const LATE_MS = 2
const commitsLate = new WeakMap<pg.PoolClient, () => void>()

/** Owner connection for migrations and maintenance only. */
export async function asOwner<T>(url: string, run: (c: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'heyuan-owner', options: '-c timezone=Asia/Shanghai' })
  client.on('error', () => {}) // a server that goes away fails the query under way; without a listener it would end the process
  await client.connect()
  try {
    return await run(client)
  } finally {
    await client.end()
  }
}

export interface Tx {
  db: Db
  client: pg.PoolClient
  /** The last statements of the transaction, given to the connection at once and without waiting: COMMIT follows in the same message. */
  last(statement: Promise<unknown>): void
}

export interface TxOptions {
  company_id: number
  /** Nothing is written, and all its statements see the one moment of the first. */
  readOnly?: boolean
  side?: boolean
  /** All statements were given when `run` ends, and are waited for by the caller: COMMIT goes with them. */
  whole?: boolean
  /**
   * Every statement of the transaction finds its rows by key: it is planned once a connection and by index, whatever the tables held at that
   * moment. Planning over all month partitions costs several times what running does, and a plan made while a month was empty reads it whole.
   */
  by_key?: boolean
  /** No plan of the transaction depends on its values: each statement is planned once a connection. Over all month partitions planning takes longer than a page does. */
  plan_once?: boolean
}
const BY_KEY = '; set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off'
const PLAN_ONCE = '; set local plan_cache_mode = force_generic_plan'

/**
 * One transaction as company `company_id` (0: the platform itself). BEGIN and the tenant travel in one message, together with the
 * first statement. `SET LOCAL`, never set_config: Citus sends only the former to its workers (database.md 6c).
 */
export async function inTransaction<T>(d: Database, o: TxOptions, run: (tx: Tx) => Promise<T>): Promise<T> {
  assert(Number.isSafeInteger(o.company_id) && o.company_id >= 0, 'company_id')
  const client = await connect(o.side ? d.side : d.pool)
  let broken: Error | undefined
  let ended = false
  const last: Promise<unknown>[] = []
  try {
    // What is read together is of one moment: a total and its lines, a run and its items (ADR 0571).
    const begun = client.query(`begin${o.readOnly ? ' isolation level repeatable read read only' : ''}; set local app.company_id = '${o.company_id}'${o.by_key ? BY_KEY : o.plan_once ? PLAN_ONCE : ''}`)
    // When it fails, so does every statement behind it; its own reason is thrown below.
    begun.catch(() => {})
    const answer = await run({ db: kyselyOn(client), client, last: (statement) => (statement.catch(() => {}), void last.push(statement)) })
    if (o.readOnly) {
      if (!o.whole) await begun
      ended = true
      return answer
    }
    const [done] = await Promise.all([client.query('commit'), begun, ...last])
    // COMMIT of a transaction that a statement has spoilt answers ROLLBACK and no error.
    assert(done.command === 'COMMIT', 'the transaction was not committed')
    return answer
  } catch (error) {
    try {
      await client.query('rollback')
    } catch (e) {
      broken = e as Error
    }
    throw error
  } finally {
    if (ended) commitsLate.get(client)!()
    client.release(broken)
  }
}

export interface Named {
  name: string
  text: string
  values: unknown[]
}
/** Statements as a company, none waiting for another's rows: BEGIN, all of them and COMMIT in one message. */
export async function readMany(d: Database, company_id: number, statements: readonly Named[]): Promise<pg.QueryResultRow[][]> {
  const asked = await inTransaction(d, { company_id, readOnly: true, whole: true }, async ({ client }) => {
    const rows = Promise.all(statements.map((q) => client.query(q)))
    rows.catch(() => {}) // told below
    return { rows }
  })
  return (await asked.rows).map((r) => r.rows as pg.QueryResultRow[])
}
export async function readOnce<R extends pg.QueryResultRow>(d: Database, company_id: number, q: Named): Promise<R[]> {
  return (await readMany(d, company_id, [q]))[0] as R[]
}
/** One statement that changes something, with BEGIN and COMMIT in its message; its rows are given when it is committed. */
export async function writeOnce<R extends pg.QueryResultRow>(d: Database, company_id: number, q: Named): Promise<R[]> {
  const asked = await inTransaction(d, { company_id }, async ({ client, last }) => {
    const rows = client.query<R>(q)
    last(rows)
    return { rows }
  })
  return (await asked.rows).rows
}

/** Moves an open platform transaction to a company: only for making a company, where none was there to begin as. */
export async function actAs(client: pg.PoolClient, company_id: number): Promise<void> {
  assert(Number.isSafeInteger(company_id) && company_id >= 0, 'company_id')
  await client.query(`set local app.company_id = '${company_id}'`)
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    // All connections stayed busy for ten seconds: say so, rather than a fault.
    if (String((error as Error).message).includes('timeout exceeded')) throw new Refusal('kernel.busy')
    throw error
  }
}

const compiler = new PostgresQueryCompiler()
const adapter = new PostgresAdapter()

export function kyselyOn(client: pg.PoolClient | pg.Client): Db {
  const connection = new NamedStatements(client)
  const driver: Driver = {
    init: async () => {},
    acquireConnection: async () => connection,
    beginTransaction: async () => {
      throw new Error('transactions are opened by inTransaction only')
    },
    commitTransaction: async () => {},
    rollbackTransaction: async () => {},
    releaseConnection: async () => {},
    destroy: async () => {},
  }
  return new Kysely<DB>({
    dialect: { createAdapter: () => adapter, createDriver: () => driver, createQueryCompiler: () => compiler, createIntrospector: (db) => new PostgresIntrospector(db) },
  })
}

// Named statements are parsed once per connection: 1.7 × the rate of unnamed ones (database.md 2). The name is the
// hash of the text; at most NAMES_MAX texts are named so that a text made of many variants cannot fill the server.
const names = new Map<string, string>()
const NAMES_MAX = 2000
function nameOf(text: string): string | undefined {
  let name = names.get(text)
  if (name === undefined && names.size < NAMES_MAX) {
    name = createHash('sha1').update(text).digest('base64url')
    names.set(text, name)
  }
  return name
}

/** Given to the connection in this very turn, in the order of the calls: Kysely's own way takes some turns, and what was asked meanwhile would go first. */
export function give(client: pg.PoolClient, q: { sql: string; parameters: readonly unknown[] }): Promise<pg.QueryResult> {
  const name = nameOf(q.sql)
  return client.query({ text: q.sql, values: q.parameters as unknown[], ...(name ? { name } : {}) })
}

class NamedStatements implements DatabaseConnection {
  private readonly client: pg.PoolClient | pg.Client
  constructor(client: pg.PoolClient | pg.Client) {
    this.client = client
  }
  async executeQuery<R>(q: { sql: string; parameters: readonly unknown[] }): Promise<QueryResult<R>> {
    const name = nameOf(q.sql)
    const result = await this.client.query({ text: q.sql, values: q.parameters as unknown[], ...(name ? { name } : {}) })
    const changed = result.command === 'INSERT' || result.command === 'UPDATE' || result.command === 'DELETE' || result.command === 'MERGE'
    return { rows: result.rows as R[], ...(changed ? { numAffectedRows: BigInt(result.rowCount ?? 0) } : {}) }
  }
  // eslint-disable-next-line require-yield
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('stream with a cursor of your own')
  }
}
