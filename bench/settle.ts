// Settlements a second: signed notices over HTTP into the server's own process, each verified, kept as evidence, settled, allocated, posted,
// receipted and committed before it is answered. Notices are signed beforehand, so that the gateway's RSA is not measured.
import { fork, type ChildProcess } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeApp } from '../src/apps/modules.ts'
import type { App } from '../src/kernel/app.ts'
import { asOwner } from '../src/kernel/db.ts'
import { sealText } from '../src/kernel/seal.ts'
import { asSystem } from '../src/kernel/worker.ts'
import { SERVER_FLAGS } from '../src/kernel/server_flags.ts'
import { createCompany } from '../src/modules/identity/server/index.ts'
import { refOf } from '../src/modules/payment/server/index.ts'
import { takeNotice } from '../src/modules/payment/server/notify.ts'
import { ensureKeys, merchantConfig } from '../src/world/outside/wechat_sim/keys.ts'
import { openVault, seal, signedHeaders, type Vault } from '../src/world/outside/wechat_sim/seal.ts'
import type { Figure } from '../tools/bench.ts'
import { cpuOf } from './cpu.ts'
import { again, recorded, replay } from './settle_bare.ts'

const PORT = 18_311
const CALLERS = 16
const WARM = 1000
const REPLAYS = 1000
const REPLAY_CALLERS = 100
const AMOUNT = 11_820
/** A thousand replays of one notice, a hundred at once, shall be answered within this. */
const REPLAY_BAR_S = 10

export async function run({ url, size }: { url: string; size: number }): Promise<Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-bench-'))
  let child: ChildProcess | undefined
  try {
    const { keys } = ensureKeys(dir, new Date())
    const made = await arrange(url, dir, 2 * (size + WARM) + 20, JSON.stringify({ ...merchantConfig(keys, 'http://127.0.0.1:9'), way: 'h5', notify_base: null }))
    const { company_id, channel_id } = made
    child = await server(url, dir)
    const vault = openVault(keys)
    const path = `/pay/notify/${refOf(company_id, channel_id)}`
    // The first thousand warm the caches of statements and plans of all connections and the compiled code, and are not counted.
    const notices = Array.from({ length: size + WARM }, (_, n) => letter(vault, n))
    await post(path, notices.slice(0, WARM), CALLERS)
    // As the automatic analysis does within a minute: plans that were made while the tables of payments were empty (a foreign key looked for by an index of names,
    // 2.9 instead of 1.1 ms of CPU a settlement) are made anew.
    await asOwner(url, (c) => c.query('analyze'))
    const pids = await backends(url)
    const cpu = () => [cpuOf(child!.pid!), pids.reduce((ms, pid) => ms + cpuOf(pid), 0)] as const
    const before = cpu()
    const measured = await post(path, notices.slice(WARM), CALLERS)
    const [node_ms, pg_ms] = cpu().map((ms, i) => ((ms - before[i]!) / size).toFixed(2))
    const once = await post(path, Array.from({ length: REPLAYS }, () => notices.at(-1)!), REPLAY_CALLERS)
    await check(url, company_id, size + WARM)
    const bare = await bareRate(url, dir, made, vault, size)
    const rate = size / measured.seconds
    return [
      { bench: 'settle.callback', size, value: Math.round(rate), unit: '1/s', limit: Math.round(bare.rate), ratio: round(rate / bare.rate), note: `p99 ${Math.round(measured.p99_ms)} ms at ${CALLERS} callers, Node ${node_ms} + PostgreSQL ${pg_ms} ms of CPU each; limit = the ${bare.statements} statements of one settlement, recorded and sent by ${CALLERS} bare connections, a transaction a message` },
      { bench: 'settle.replay', size: REPLAYS, value: round(once.seconds), unit: 's', limit: REPLAY_BAR_S, ratio: round(once.seconds / REPLAY_BAR_S), note: `one notice so often, ${REPLAY_CALLERS} at once, one settlement` },
    ]
  } finally {
    child?.kill('SIGKILL')
    rmSync(dir, { recursive: true, force: true })
  }
}

/** A company, its channel, and for each house one bill and one order waiting for its money. */
async function arrange(url: string, dir: string, n: number, config: string): Promise<{ company_id: number; channel_id: string }> {
  const app = makeApp({ url, data_dir: dir, mode: 'test', name: 'bench', max: 2 })
  const channel_id = randomUUID()
  try {
    const { company_id } = await asSystem(app, 0, 'bench', (s) => createCompany(s, { name: '基准物业', short_name: '基准', admin_name: '基准', login: 'bench', password: 'Yuan-Ping-77-Heng' }, app.permissionWords.keys()))
    await asOwner(url, async (c) => {
      await c.query('begin')
      await c.query(`insert into property.community (company_id, community_id, name, created_at) values (${company_id}, md5('c')::uuid, '基准小区', now())`)
      await c.query(`insert into property.building (company_id, building_id, community_id, no, name) values (${company_id}, md5('b')::uuid, md5('c')::uuid, '1', '1栋')`)
      await c.query(`insert into property.house (company_id, house_id, community_id, building_id, kind, room_no, label, built_area_m2, sort_no, created_at) select ${company_id}, md5('h' || n)::uuid, md5('c')::uuid, md5('b')::uuid, 'dwelling', n::text, '1-' || lpad(n::text, 7, '0'), 98.5, n, now() from generate_series(0, ${n}) n`)
      await c.query(`insert into people.person (company_id, person_id, name, created_at) select ${company_id}, md5('p' || n)::uuid, '业主' || lpad(n::text, 7, '0'), now() from generate_series(0, ${n}) n`)
      await c.query(`insert into billing.fee_item (company_id, fee_item_id, community_id, code, name, shape, area_kind, house_kinds, created_at) values (${company_id}, md5('f')::uuid, md5('c')::uuid, 'WY', '物业费', 'area', 'built', '{dwelling}', now())`)
      await c.query(`insert into billing.bill (company_id, period_on, bill_id, community_id, building_id, house_id, fee_item_id, payer_id, run_id, from_on, to_on, price_id, shape, quantity, unit_price, amount_fen, issued_on, due_on)
        select ${company_id}, m, md5('bill' || n)::uuid, md5('c')::uuid, md5('b')::uuid, md5('h' || n)::uuid, md5('f')::uuid, md5('p' || n)::uuid, md5('r')::uuid, m, (m + interval '1 month')::date, md5('x')::uuid, 'area', 98.5, 1.2, ${AMOUNT}, m, m + 30 from (select date_trunc('month', now())::date as m) x, generate_series(0, ${n}) n`)
      await c.query(`insert into payment.channel (company_id, channel_id, kind, name, simulated, config_sealed, mch_id, enabled_at, created_at) values (${company_id}, '${channel_id}', 'wechat', '模拟', true, '${sealText(config)}', '1999000001', now(), now())`)
      await c.query(`insert into payment.intent (company_id, intent_id, out_trade_no, channel_id, community_id, house_id, account_id, payer_name, amount_fen, state, created_at, expires_at, next_check_at)
        select ${company_id}, md5('i' || n)::uuid, md5('i' || n), '${channel_id}', md5('c')::uuid, md5('h' || n)::uuid, md5('a' || n)::uuid, '业主' || lpad(n::text, 7, '0'), ${AMOUNT}, 'pending', now(), now() + interval '1 hour', now() + interval '1 hour' from generate_series(0, ${n}) n`)
      await c.query(`insert into payment.intent_bill (company_id, intent_id, bill_id, period_on, amount_fen) select ${company_id}, md5('i' || n)::uuid, md5('bill' || n)::uuid, date_trunc('month', now())::date, ${AMOUNT} from generate_series(0, ${n}) n`)
      await c.query('commit')
      await c.query('vacuum analyze')
    })
    return { company_id, channel_id }
  } finally {
    await app.d.end()
  }
}

async function server(url: string, dir: string): Promise<ChildProcess> {
  const env = { ...process.env, HEYUAN_DATABASE_URL: url, HEYUAN_DATA: dir, HEYUAN_MODE: 'test', HEYUAN_PORT: String(PORT), HEYUAN_LOG: 'quiet', NODE_ENV: 'production' }
  const child = fork(join(fileURLToPath(new URL('..', import.meta.url)), 'src/apps/server.ts'), { execArgv: [...SERVER_FLAGS], env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  await new Promise<void>((ready, failed) => {
    child.once('message', () => ready())
    child.once('exit', (code) => failed(new Error(`server ended with ${code}`)))
  })
  return child
}

interface Letter {
  headers: Record<string, string>
  body: Buffer
}
function letter(vault: Vault, n: number): Letter {
  const { keys } = vault
  const no = hashOf(n)
  const now = new Date()
  const plain = {
    appid: keys.app_id, mchid: keys.mch_id, out_trade_no: no, trade_state: 'SUCCESS', trade_state_desc: '支付成功', attach: '', transaction_id: txnOf(n), trade_type: 'MWEB', bank_type: 'OTHERS',
    success_time: now.toISOString().replace(/\.\d+Z$/, '+00:00'), payer: { openid: 'oBench' }, amount: { total: AMOUNT, payer_total: AMOUNT, currency: 'CNY', payer_currency: 'CNY' },
  }
  const body = Buffer.from(JSON.stringify({ id: `EV-${no}`, create_time: plain.success_time, resource_type: 'encrypt-resource', event_type: 'TRANSACTION.SUCCESS', summary: '支付成功', resource: { original_type: 'transaction', ...seal(keys.api_v3_key, 'transaction', JSON.stringify(plain)) } }))
  return { headers: { 'content-type': 'application/json', ...signedHeaders(vault.by_public_key, body, now) }, body }
}

async function post(path: string, letters: readonly Letter[], callers: number): Promise<{ seconds: number; p99_ms: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers })
  const times: number[] = []
  let next = 0
  const one = (l: Letter) =>
    new Promise<void>((done, failed) => {
      const from = performance.now()
      const out = request({ host: '127.0.0.1', port: PORT, path, method: 'POST', agent, headers: { ...l.headers, 'content-length': l.body.length } }, (answer) => {
        answer.resume()
        answer.on('end', () => {
          times.push(performance.now() - from)
          if (answer.statusCode === 204) done()
          else failed(new Error(`notice answered ${answer.statusCode}`))
        })
      })
      out.on('error', failed)
      out.end(l.body)
    })
  const began = performance.now()
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (let l = letters[next++]; l; l = letters[next++]) await one(l)
    }),
  )
  const seconds = (performance.now() - began) / 1000
  agent.destroy()
  return { seconds, p99_ms: times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0 }
}

/** Nothing lost, nothing doubled, books at zero, numbers without a gap: a fast wrong answer is no figure. */
async function check(url: string, company_id: number, count: number): Promise<void> {
  await asOwner(url, async (c) => {
    const r = await c.query<{ settlements: number; paid: number; receipts: number; highest: number; total: number }>(`select (select count(*)::int from payment.settlement where company_id = ${company_id}) as settlements,
      (select count(*)::int from billing.bill where company_id = ${company_id} and paid_fen = amount_fen) as paid, (select count(*)::int from payment.receipt where company_id = ${company_id}) as receipts,
      (select max(no)::int from payment.receipt where company_id = ${company_id}) as highest, (select sum(amount_fen)::bigint from ledger.posting where company_id = ${company_id}) as total`)
    const got = r.rows[0]!
    if (got.settlements !== count || got.paid !== count || got.receipts !== count || got.highest !== count || Number(got.total) !== 0) throw new Error(`expected ${count}: ${JSON.stringify(got)}`)
  })
}

/** The same statements from a bare client: those of one settlement in this process, alone, then sent with the keys of the orders behind. */
async function bareRate(url: string, dir: string, made: { company_id: number; channel_id: string }, vault: Vault, size: number): Promise<{ rate: number; statements: number }> {
  const app: App = makeApp({ url, data_dir: dir, mode: 'test', name: 'bench', max: 2 })
  const first = size + WARM
  const ref = refOf(made.company_id, made.channel_id)
  const one = (n: number) => {
    const l = letter(vault, n)
    return takeNotice(app, ref, Object.fromEntries(Object.entries(l.headers).map(([k, v]) => [k.toLowerCase(), v])), l.body)
  }
  try {
    // The first finds out what is ready; the second asks what every further one asks.
    const sent = await recorded(async (mark) => {
      await one(first)
      mark()
      const answer = await one(first + 1)
      if (answer.status !== 204) throw new Error(`notice answered ${answer.status}`)
    })
    const constant = new Set([made.channel_id, ...['c', 'b', 'f', 'x', 'r'].map((k) => uuidText(md5(k)))])
    const rate = await replay(url, again(sent, first + 1, keysOf, constant), { first: first + 2, count: size, callers: CALLERS, warm: WARM })
    await check(url, made.company_id, first + 2 + size + WARM)
    return { rate, statements: sent.length }
  } finally {
    await app.d.end()
  }
}
const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
const uuidText = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
/** What of an order stands in its statements, each under its own text; the longer first. */
const keysOf = (n: number): string[] => [...['bill', 'h', 'p', 'a', 'i'].map((k) => uuidText(md5(`${k}${n}`))), hashOf(n), txnOf(n), `业主${String(n).padStart(7, '0')}`, `1-${String(n).padStart(7, '0')}`]

const backends = (url: string): Promise<number[]> => asOwner(url, async (c) => (await c.query<{ pid: number }>(`select pid from pg_stat_activity where application_name = 'heyuan-server'`)).rows.map((r) => r.pid))

const txnOf = (n: number): string => `42000${String(n).padStart(23, '0')}`
/** As PostgreSQL's md5() made the order numbers. */
const hashOf = (n: number): string => createHash('md5').update(`i${n}`).digest('hex')
const round = (n: number): number => Math.round(n * 1000) / 1000
