// orders.create: repair orders a second through the whole API (session, rights, category, limits, number without gap, audit), against the same
// count of bare transactions of four rows. orders.list: a page of 100 as a dispatcher, against a bare HTTP server that sends the same bytes.
import autocannon from 'autocannon'
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { Figure } from '../tools/bench.ts'
import { asOwner } from '../src/kernel/db.ts'
import { SERVER_FLAGS } from '../src/kernel/server_flags.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
export const PORT = 18_341
const SECONDS = 4
const ROUNDS = 3
const BYTES_MAX = 60 * 1024

export async function run({ url, size }: { url: string; size: number }): Promise<Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-bench-'))
  const children: ChildProcess[] = []
  try {
    const token = await start(url, dir, children)
    const kinds = (await post(token, 'categories', {})) as { rows: { category_id: string; name: string }[] }
    const input = { source: 'desk', community_id: uuid('c'), house_id: uuid('h1'), category_id: kinds.rows.find((k) => k.name === '水龙头、洁具')!.category_id, words: '厨房水龙头关不紧,一直滴水,请尽快来修', reporter_name: '张三', reporter_phone: '13800000000' }
    await post(token, 'createOrder', input) // writes the shipped categories
    const create: number[] = []
    const bare: number[] = []
    const p99: number[] = []
    await load(token, 'createOrder', input, 16) // warms statements and plans
    for (let n = 0; n < ROUNDS; n++) {
      const r = await load(token, 'createOrder', input, 16)
      create.push(r.rate)
      p99.push(r.p99)
      bare.push(await bareRate(url, 2000))
    }
    await load(token, 'createOrder', input, 64)
    await check(url)
    await grow(url, size)
    const asked = { page: 1, page_size: 100 }
    const bytes = await text(token, 'orders', asked)
    if (bytes.length > BYTES_MAX) throw new Error(`a page of 100 is ${bytes.length} bytes, at most ${BYTES_MAX}`)
    const same = await bareServer(bytes, dir, children)
    const list: number[] = []
    const limit: number[] = []
    const list_p99: number[] = []
    for (let n = 0; n < ROUNDS; n++) {
      const r = await load(token, 'orders', asked, 16)
      list.push(r.rate)
      list_p99.push(r.p99)
      limit.push((await shoot(same, '{}', {}, 16)).rate)
    }
    const m = { create: median(create), bare: median(bare), list: median(list), limit: median(limit) }
    return [
      { bench: 'orders.create', size: 16, value: Math.round(m.create), unit: '1/s', limit: Math.round(m.bare), ratio: round(m.create / m.bare), note: `p99 ${median(p99)} ms at 16 callers, no error at 64; limit = bare transactions of 4 rows; bar 300/s, p99 < 100 ms` },
      { bench: 'orders.list', size, value: Math.round(m.list), unit: 'req/s', limit: Math.round(m.limit), ratio: round(m.list / m.limit), note: `p99 ${median(list_p99)} ms at 16 callers, ${Math.round(bytes.length / 1024)} KB a page, 2 statements; limit = a bare server with the same bytes; bar 500/s` },
    ]
  } finally {
    for (const c of children) c.kill('SIGKILL')
    rmSync(dir, { recursive: true, force: true })
  }
}

export const uuid = (key: string): string => ({ c: '00000000-0000-4000-8000-00000000000c', b: '00000000-0000-4000-8000-00000000000b', h1: '00000000-0000-4000-8000-0000000000a1' })[key]!

export async function start(url: string, dir: string, children: ChildProcess[]): Promise<string> {
  const env = { ...process.env, HEYUAN_DATABASE_URL: url, HEYUAN_DATA: dir, HEYUAN_MODE: 'empty', HEYUAN_PORT: String(PORT), HEYUAN_LOG: 'quiet', NODE_ENV: 'production' }
  const child = fork(join(root, 'src/apps/server.ts'), { execArgv: [...SERVER_FLAGS], env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  children.push(child)
  await new Promise((ready) => child.once('message', ready))
  const begin = await fetch(`http://127.0.0.1:${PORT}/api/identity/begin`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-face': 'api' }, body: JSON.stringify({ company_name: '基准物业', short_name: '基准', admin_name: '基准', login: 'bench', password: 'Yuan-Ping-77-Heng' }) })
  const { session } = (await begin.json()) as { session: { token: string } }
  await asOwner(url, async (c) => {
    await c.query(`insert into property.community (company_id, community_id, name, created_at) values (1, '${uuid('c')}', '基准小区', now())`)
    await c.query(`insert into property.building (company_id, building_id, community_id, no, name) values (1, '${uuid('b')}', '${uuid('c')}', '1', '1栋')`)
    await c.query(`insert into property.house (company_id, house_id, community_id, building_id, kind, room_no, label, built_area_m2, sort_no, created_at) values (1, '${uuid('h1')}', '${uuid('c')}', '${uuid('b')}', 'dwelling', '101', '1-1-101', 98.5, 1, now())`)
  })
  return session.token
}

export const headers = (token: string) => ({ 'content-type': 'application/json', 'x-face': 'api', authorization: `Bearer ${token}` })
async function text(token: string, call: string, input: unknown): Promise<string> {
  const r = await fetch(`http://127.0.0.1:${PORT}/api/orders/${call}`, { method: 'POST', headers: headers(token), body: JSON.stringify(input) })
  const answer = await r.text()
  if (!r.ok) throw new Error(`${call}: ${answer.slice(0, 300)}`)
  return answer
}
export const post = async (token: string, call: string, input: unknown): Promise<unknown> => JSON.parse(await text(token, call, input))
const load = (token: string, call: string, input: unknown, callers: number) => shoot(`http://127.0.0.1:${PORT}/api/orders/${call}`, JSON.stringify(input), headers(token), callers)
async function shoot(url: string, body: string, h: Record<string, string>, callers: number): Promise<{ rate: number; p99: number }> {
  const r = await autocannon({ url, method: 'POST', headers: h, body, connections: callers, duration: SECONDS })
  if (r.non2xx || r.errors) throw new Error(`${url}: ${r.non2xx} refused, ${r.errors} errors`)
  return { rate: r.requests.average, p99: r.latency.p99 }
}

/** Every order has its first step, and numbers run from one without a gap. */
async function check(url: string): Promise<void> {
  await asOwner(url, async (c) => {
    const r = await c.query<{ n: number; steps: number; last: number; numbers: number }>(`select (select count(*)::int from orders.work_order) as n, (select count(*)::int from orders.step) as steps, (select max(last_no) from orders.series) as last, (select count(distinct no)::int from orders.work_order) as numbers`)
    const { n, steps, last, numbers } = r.rows[0]!
    if (n !== steps || n !== last || n !== numbers) throw new Error(`numbers: ${JSON.stringify(r.rows[0])}`)
  })
}
/** As many orders as a company has after a time: most are over. */
async function grow(url: string, size: number): Promise<void> {
  await asOwner(url, async (c) => {
    await c.query(`update orders.work_order set state = 'closed', ended_at = now()`)
    await c.query(`insert into orders.work_order (company_id, order_id, no, community_id, building_id, house_id, place, category_id, urgent, words, source, reporter_name, created_by, created_at, state, respond_due_at, finish_due_at, ended_at)
      select company_id, md5('g' || n)::uuid, 'GX-' || n, community_id, building_id, house_id, place, category_id, false, words, source, reporter_name, created_by, now() - make_interval(mins => n), case when n % 100 < 3 then 'waiting' else 'closed' end, respond_due_at, finish_due_at, case when n % 100 < 3 then null else now() end
      from (select * from orders.work_order limit 1) o, generate_series(1, ${size}) n`)
    await c.query(`update orders.series set last_no = last_no + $1`, [size])
    await c.query('vacuum analyze orders.work_order')
  })
}
async function bareRate(url: string, count: number): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: 16 })
  try {
    await pool.query('create table if not exists public.bare (company_id bigint, a uuid, c text, e timestamptz, f jsonb)')
    let left = count
    const began = performance.now()
    await Promise.all(Array.from({ length: 16 }, async () => {
      while (left-- > 0) await pool.query({ name: 'bare', text: `insert into public.bare select 1, $1::uuid, repeat('x', 80), now(), '{"no":"WX2026-000001","action":"report","place":"1-1-101"}' from generate_series(1, 4) n`, values: [randomUUID()] })
    }))
    return (count * 1000) / (performance.now() - began)
  } finally {
    await pool.end()
  }
}
async function bareServer(bytes: string, dir: string, children: ChildProcess[]): Promise<string> {
  writeFileSync(join(dir, 'bytes.json'), bytes)
  writeFileSync(join(dir, 'bare.mjs'), `import { createServer } from 'node:http'; import { readFileSync } from 'node:fs'
const body = readFileSync(new URL('bytes.json', import.meta.url))
createServer((req, res) => { req.resume(); req.on('end', () => { res.setHeader('content-type', 'application/json'); res.end(body) }) }).listen(${PORT + 1}, '127.0.0.1', () => process.stdout.write('ready'))`)
  const child = spawn(process.execPath, [join(dir, 'bare.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  await new Promise((ready) => child.stdout.once('data', ready))
  return `http://127.0.0.1:${PORT + 1}/`
}
const median = (list: number[]): number => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]!
const round = (n: number): number => Math.round(n * 1000) / 1000
