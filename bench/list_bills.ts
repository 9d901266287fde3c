// A list of 100 bills through the whole API (session, rights, isolation, JSON) against a bare HTTP server that sends the same
// bytes, both in processes of their own, 20 callers, interleaved rounds. And the same list over ten times the rows.
import autocannon from 'autocannon'
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Figure } from '../tools/bench.ts'
import { asOwner } from '../src/kernel/db.ts'
import { migrate } from '../src/kernel/migrate.ts'
import { SERVER_FLAGS } from '../src/kernel/server_flags.ts'
import { onServer, withDatabase } from '../tests/global.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const ROUNDS = 3
const SECONDS = 4
const CALLERS = 20

export async function run({ url, size }: { url: string; size: number }): Promise<Figure[]> {
  const big = `${new URL(url).pathname.slice(1)}_10x`
  await onServer(url, `create database ${big}`)
  const bigUrl = withDatabase(url, big)
  await migrate(bigUrl)
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-bench-'))
  const children: ChildProcess[] = []
  try {
    const small = await serverOver(url, size, 18_301, dir, children)
    const tenfold = await serverOver(bigUrl, size * 10, 18_302, dir, children)
    const bytes = await (await fetch(small.target, small.request)).text()
    if ((JSON.parse(bytes) as { rows: unknown[] }).rows.length !== 100) throw new Error(`expected 100 rows: ${bytes.slice(0, 300)}`)
    const bare = await bareServer(bytes, 18_303, dir, children)
    const rates = { small: [] as number[], tenfold: [] as number[], bare: [] as number[] }
    const p99: number[] = []
    for (let n = 0; n < ROUNDS; n++) {
      const s = await load(small)
      rates.small.push(s.rate)
      p99.push(s.p99)
      rates.tenfold.push((await load(tenfold)).rate)
      rates.bare.push((await load(bare)).rate)
    }
    const m = { small: median(rates.small), tenfold: median(rates.tenfold), bare: median(rates.bare) }
    return [
      { bench: 'list.bills', size, value: Math.round(m.small), unit: 'req/s', limit: Math.round(m.bare), ratio: round(m.small / m.bare), note: `p99 ${median(p99)} ms at ${CALLERS} callers` },
      // Time per request over ten times the rows; the bar is 1.5 times.
      { bench: 'list.bills_10x', size: size * 10, value: Math.round(m.tenfold), unit: 'req/s', limit: Math.round(m.small / 1.5), ratio: round(m.small / m.tenfold), note: 'ratio = time at 10 × the rows ÷ time; bar 1.5' },
    ]
  } finally {
    for (const c of children) c.kill('SIGKILL')
    await onServer(url, `drop database if exists ${big} with (force)`)
    rmSync(dir, { recursive: true, force: true })
  }
}

interface Target {
  target: string
  request: { method: 'POST'; headers: Record<string, string>; body: string }
}

async function serverOver(url: string, houses: number, port: number, dir: string, children: ChildProcess[]): Promise<Target> {
  const env = { ...process.env, HEYUAN_DATABASE_URL: url, HEYUAN_DATA: dir, HEYUAN_MODE: 'empty', HEYUAN_PORT: String(port), HEYUAN_LOG: 'quiet', NODE_ENV: 'production' }
  const child = fork(join(root, 'src/apps/server.ts'), { execArgv: [...SERVER_FLAGS], env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  children.push(child)
  await new Promise((ready) => child.once('message', ready))
  const begin = await fetch(`http://127.0.0.1:${port}/api/identity/begin`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-face': 'api' },
    body: JSON.stringify({ company_name: '基准物业', short_name: '基准', admin_name: '基准', login: 'bench', password: 'Yuan-Ping-77-Heng' }),
  })
  const { session } = (await begin.json()) as { session: { token: string } }
  await arrange(url, houses)
  const request = { method: 'POST' as const, headers: { 'content-type': 'application/json', 'x-face': 'api', authorization: `Bearer ${session.token}` }, body: JSON.stringify({ page: 1, page_size: 100, with_totals: false }) }
  return { target: `http://127.0.0.1:${port}/api/billing/bills`, request }
}

/** Three bills a house in the current month, by set-based SQL, with ids as a published run gives them: the run's, then the row's, by house and item. */
async function arrange(url: string, houses: number): Promise<void> {
  await asOwner(url, async (c) => {
    await c.query('begin')
    await c.query(`insert into property.community (company_id, community_id, name, created_at) values (1, md5('c')::uuid, '基准小区', now())`)
    await c.query(`insert into property.building (company_id, building_id, community_id, no, name) select 1, md5('b' || n)::uuid, md5('c')::uuid, n::text, n || '栋' from generate_series(1, ${Math.ceil(houses / 100)}) n`)
    await c.query(`insert into property.house (company_id, house_id, community_id, building_id, kind, room_no, label, built_area_m2, sort_no, created_at)
      select 1, md5('h' || n)::uuid, md5('c')::uuid, md5('b' || ((n - 1) / 100 + 1))::uuid, 'dwelling', n::text, ((n - 1) / 100 + 1) || '-' || n, 98.5, n, now() from generate_series(1, ${houses}) n`)
    await c.query(`insert into people.person (company_id, person_id, name, created_at) select 1, md5('p' || n)::uuid, '业主' || n, now() from generate_series(1, ${houses}) n`)
    await c.query(`insert into billing.fee_item (company_id, fee_item_id, community_id, code, name, shape, area_kind, house_kinds, created_at) select 1, md5('f' || n)::uuid, md5('c')::uuid, 'F' || n, '项目' || n, 'area', 'built', '{dwelling}', now() from generate_series(1, 3) n`)
    await c.query(`insert into billing.run (company_id, run_id, community_id, period_on, fee_item_ids, state, line_count, created_by, created_at) values (1, md5('r')::uuid, md5('c')::uuid, date_trunc('month', now())::date, '{}', 'published', ${houses * 3}, md5('a')::uuid, now())`)
    await c.query(`insert into billing.bill (company_id, period_on, bill_id, community_id, building_id, house_id, fee_item_id, payer_id, run_id, from_on, to_on, price_id, shape, quantity, unit_price, amount_fen, paid_fen, issued_on, due_on)
      select 1, m, (left(md5('r')::uuid::text, 28) || lpad(to_hex(row_number() over (order by md5('h' || n), f)), 8, '0'))::uuid, md5('c')::uuid, md5('b' || ((n - 1) / 100 + 1))::uuid, md5('h' || n)::uuid, md5('f' || f)::uuid, md5('p' || n)::uuid, md5('r')::uuid, m, (m + interval '1 month')::date, md5('x')::uuid, 'area', 98.5, 1.2, 11820, case when n % 3 = 0 then 11820 else 0 end, m, m + 30
      from (select date_trunc('month', now())::date as m) x, generate_series(1, ${houses}) n, generate_series(1, 3) f`)
    await c.query('commit')
    await c.query('vacuum analyze')
  })
}

async function bareServer(bytes: string, port: number, dir: string, children: ChildProcess[]): Promise<Target> {
  const file = join(dir, 'bare.mjs')
  writeFileSync(join(dir, 'bytes.json'), bytes)
  writeFileSync(file, `import { createServer } from 'node:http'; import { readFileSync } from 'node:fs'
const body = readFileSync(new URL('bytes.json', import.meta.url))
createServer((req, res) => { req.resume(); req.on('end', () => { res.setHeader('content-type', 'application/json'); res.end(body) }) }).listen(${port}, '127.0.0.1', () => process.stdout.write('ready'))`)
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  await new Promise((ready) => child.stdout.once('data', ready))
  return { target: `http://127.0.0.1:${port}/`, request: { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' } }
}

async function load(t: Target): Promise<{ rate: number; p99: number }> {
  const r = await autocannon({ url: t.target, ...t.request, connections: CALLERS, duration: SECONDS })
  if (r.non2xx || r.errors) throw new Error(`${t.target}: ${r.non2xx} refused, ${r.errors} errors`)
  return { rate: r.requests.average, p99: r.latency.p99 }
}
const median = (list: number[]): number => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]!
const round = (n: number): number => Math.round(n * 1000) / 1000
