// A database, a server and a worker that may be killed at any moment and are started again: real processes over a cluster of the test's own.
import { fork, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { makeApp } from '../../src/apps/modules.ts'
import { asOwner } from '../../src/kernel/db.ts'
import { migrate } from '../../src/kernel/migrate.ts'
import { startEmbedded, type EmbeddedDatabase } from '../../src/kernel/pg/embedded.ts'
import { sealText } from '../../src/kernel/seal.ts'
import { asSystem } from '../../src/kernel/worker.ts'
import { createCompany } from '../../src/modules/identity/server/index.ts'
import { openSession } from '../../src/modules/identity/server/sessions.ts'
import { refOf } from '../../src/modules/payment/server/index.ts'
import { ensureKeys, merchantConfig } from '../../src/world/outside/wechat_sim/keys.ts'
import { openVault, type Vault } from '../../src/world/outside/wechat_sim/seal.ts'
import { freePort } from '../free_port.ts'

export const AMOUNT = 11_820
/** Enough for a charge run of three lines each to go to the worker (more than 20,000 lines). */
export const HOUSES = 7_000
/** It is written in chunks of whole buildings. */
const BUILDINGS = 20
/** The first so many houses have an open bill and an order waiting for its money. */
export const PAYERS = 240
const PASSWORD = 'Yuan-Ping-77-Heng'

export interface Place {
  dir: string
  url: string
  company_id: number
  vault: Vault
  notify_path: string
  token: string
  /** The second person of a charge run. */
  other_token: string
  port: number
  start(name: 'server' | 'worker'): Promise<ChildProcess>
  database(): EmbeddedDatabase
  /** Starts the database again over what the kill has left. */
  databaseAgain(): Promise<void>
  ask<R extends pg.QueryResultRow>(text: string): Promise<R>
  end(): Promise<void>
}

/** SIGKILL, and nothing of it is left. */
export async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((done) => child.once('exit', done))
  child.kill('SIGKILL')
  await gone
}

export async function place(): Promise<Place> {
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-crash-'))
  process.env['HEYUAN_KEY'] ??= Buffer.alloc(32, 7).toString('base64')
  // What a killed process has written is in the page cache; fsync is for the loss of the machine.
  const settings = { fsync: 'off', full_page_writes: 'off' }
  let db = await startEmbedded({ dir: join(dir, 'pg'), settings })
  await migrate(db.url)
  const { keys } = ensureKeys(dir, new Date())
  const port = await freePort()
  const children = new Set<ChildProcess>()
  const channel_id = randomUUID()
  const { company_id, token, other_token } = await arrange(db.url, dir, channel_id, JSON.stringify({ ...merchantConfig(keys, 'http://127.0.0.1:9'), way: 'h5', notify_base: null }))
  const env = { ...process.env, HEYUAN_DATABASE_URL: db.url, HEYUAN_DATA: dir, HEYUAN_MODE: 'test', HEYUAN_PORT: String(port), HEYUAN_LOG: 'quiet' }
  const start = async (name: 'server' | 'worker'): Promise<ChildProcess> => {
    const child = fork(join(process.cwd(), `src/apps/${name}.ts`), { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    children.add(child)
    child.once('exit', () => children.delete(child))
    await new Promise<void>((ready, failed) => {
      child.once('message', () => ready())
      child.once('exit', (code) => failed(new Error(`${name} ended with ${code}`)))
    })
    return child
  }
  return {
    dir, url: db.url, company_id, vault: openVault(keys), notify_path: `/pay/notify/${refOf(company_id, channel_id)}`, token, other_token, port, start,
    database: () => db,
    async databaseAgain() {
      const { socketDir } = db
      await db.stop()
      db = await startEmbedded({ dir: join(dir, 'pg'), settings, socketDir })
    },
    ask: <R extends pg.QueryResultRow>(text: string) => asOwner(db.url, async (c) => (await c.query<R>(text)).rows[0]!),
    async end() {
      for (const c of children) await kill(c)
      await db.stop(2_000)
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Waits for something, at most so long. */
export async function until(what: string, check: () => Promise<boolean> | boolean, limit_ms = 120_000, step_ms = 3): Promise<void> {
  const end = performance.now() + limit_ms
  while (!(await check())) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`)
    await sleep(step_ms)
  }
}

async function arrange(url: string, dir: string, channel_id: string, config: string): Promise<{ company_id: number; token: string; other_token: string }> {
  const app = makeApp({ url, data_dir: dir, mode: 'test', name: 'crash', max: 2 })
  try {
    const { company_id: c } = await asSystem(app, 0, 'test', (s) => createCompany(s, { name: '断电物业', short_name: '断电', admin_name: '甲', login: 'chief', password: PASSWORD }, app.permissionWords.keys()))
    await asOwner(url, async (o) => {
      const q = (text: string) => o.query(text)
      // As idOf() makes them: md5 with the marks of a version 4.
      await q(`create function public.u(text) returns uuid language sql immutable as $$ select overlay(overlay(md5($1) placing '4' from 13) placing '8' from 17)::uuid $$`)
      await q('begin')
      await q(`set local app.company_id = '${c}'`)
      // A second administrator, with the same password: whoever drafts a run does not publish it.
      await q(`insert into identity.account select (jsonb_populate_record(a, '{"account_id":"${randomUUID()}","login":"second","name":"乙"}')).* from identity.account a where login = 'chief'`)
      for (const table of ['seat', 'member', 'access_grant'])
        await q(`insert into identity.${table} select (jsonb_populate_record(t, jsonb_build_object('account_id', (select account_id from identity.account where login = 'second')) || ${table === 'access_grant' ? `jsonb_build_object('grant_id', '${randomUUID()}')` : `'{}'`})).* from identity.${table} t where company_id = ${c}`)
      await q(`insert into property.community (company_id, community_id, name, created_at) values (${c}, u('c'), '断电小区', now())`)
      await q(`insert into property.building (company_id, building_id, community_id, no, name) select ${c}, u('b' || n), u('c'), n::text, n || '栋' from generate_series(0, ${BUILDINGS - 1}) n`)
      await q(`insert into property.house (company_id, house_id, community_id, building_id, kind, room_no, label, built_area_m2, sort_no, created_at) select ${c}, u('h' || n), u('c'), u('b' || n % ${BUILDINGS}), 'dwelling', n::text, '1-' || n, 98.5, n, now() from generate_series(0, ${HOUSES - 1}) n`)
      await q(`insert into people.person (company_id, person_id, name, created_at) select ${c}, u('p' || n), '业主' || n, now() from generate_series(0, ${HOUSES - 1}) n`)
      await q(`insert into people.payer (company_id, payer_id, house_id, fee_class, person_id, role, from_on) select ${c}, u('y' || n), u('h' || n), 'property', u('p' || n), 'owner', '2020-01-01' from generate_series(0, ${HOUSES - 1}) n`)
      await q(`insert into billing.fee_item (company_id, fee_item_id, community_id, code, name, shape, area_kind, house_kinds, created_at) select ${c}, u('f' || n), u('c'), 'F' || n, '项目' || n, 'area', 'built', '{dwelling}', now() from generate_series(1, 3) n`)
      await q(`insert into billing.price (company_id, price_id, fee_item_id, unit_price, from_on, created_at) select ${c}, u('x' || n), u('f' || n), 1.2, '2020-01-01', now() from generate_series(1, 3) n`)
      await q(`insert into billing.bill (company_id, period_on, bill_id, community_id, building_id, house_id, fee_item_id, payer_id, run_id, from_on, to_on, price_id, shape, quantity, unit_price, amount_fen, issued_on, due_on)
        select ${c}, m, u('bill' || n), u('c'), u('b' || n % ${BUILDINGS}), u('h' || n), u('f1'), u('p' || n), u('r'), m, (m + interval '1 month')::date, u('x1'), 'area', 98.5, 1.2, ${AMOUNT}, m, m + 30 from (select date '2025-03-01' as m) x, generate_series(0, ${PAYERS - 1}) n`)
      await q(`insert into payment.channel (company_id, channel_id, kind, name, simulated, config_sealed, mch_id, enabled_at, created_at) values (${c}, '${channel_id}', 'wechat', '模拟', true, '${sealText(config)}', '1999000001', now(), now())`)
      await q(`insert into payment.intent (company_id, intent_id, out_trade_no, channel_id, community_id, house_id, account_id, payer_name, amount_fen, state, created_at, expires_at, next_check_at)
        select ${c}, u('i' || n), md5('i' || n), '${channel_id}', u('c'), u('h' || n), u('a' || n), '业主' || n, ${AMOUNT}, 'pending', now(), now() + interval '1 hour', now() + interval '1 hour' from generate_series(0, ${PAYERS - 1}) n where n % 2 = 0`)
      await q(`insert into payment.intent_bill (company_id, intent_id, bill_id, period_on, amount_fen) select ${c}, u('i' || n), u('bill' || n), '2025-03-01', ${AMOUNT} from generate_series(0, ${PAYERS - 1}) n where n % 2 = 0`)
      await q('commit')
      await q('analyze property.house, people.person, people.payer')
    })
    const session = (login: string) =>
      asSystem(app, 0, 'test', async (s) => {
        const account = await s.db.selectFrom('identity.account').select('account_id').where('login', '=', login).executeTakeFirstOrThrow()
        return (await openSession(s, account.account_id, c, 'staff')).token
      })
    return { company_id: c, token: await session('chief'), other_token: await session('second') }
  } finally {
    await app.d.end()
  }
}
