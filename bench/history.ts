// "A day of one device's points on screen in 200 ms at 100 million points." 100 million are 1,000 devices that speak each minute for 70 days: 70 partitions of 1.44
// million rows. Only the partition of the day is read, so as many full days are loaded as `--size` has rows for, the other days of the 70 are there without rows, and the plan
// is looked at. The whole road is measured: server in its own process, session, rights, JSON. The bound is the bar of the requirement.
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asOwner } from '../src/kernel/db.ts'
import { SERVER_FLAGS } from '../src/kernel/server_flags.ts'
import type { Figure } from '../tools/bench.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const DEVICES = 1000
const A_DAY = DEVICES * 1440
const DAYS = 70
const BAR_MS = 200
const ASKED = 100
const id = (kind: number, n: number): string => `00000000-0000-4000-8${String(kind).padStart(3, '0')}-${String(n).padStart(12, '0')}`
const POINT = { key: 'temp', name: '温度', kind: 'gauge', unit: '℃', places: 1, low: -1000, high: 100_000, max_per_h: null, labels: [], where: null }

async function load(url: string, rows: number): Promise<{ days: string[]; loaded: number; plan: string }> {
  return asOwner(url, async (c) => {
    const company_id = (await c.query<{ company_id: number }>('select company_id from identity.company')).rows[0]!.company_id
    await c.query(`insert into property.community (company_id, community_id, name, kind, address, district, start_rule, created_at) values ($1, $2, '基准小区', 'estate', '', '', 'delivery_day', now())`, [company_id, id(1, 1)])
    await c.query(`insert into iot.product (company_id, product_id, code, name, category, link, version_no, model, changed_at) values ($1, $2, 'bench', '基准', 'other', 'mqtt', 1, $3, now())`, [company_id, id(2, 1), JSON.stringify({ points: [POINT], commands: [], events: [], period_s: 60, offline_after_s: 600 })])
    await c.query(`insert into iot.device (company_id, device_id, community_id, place, product_id, no, name, life, life_at, changed_at, created_at) select $1, ('00000000-0000-4000-8003-' || lpad(n::text, 12, '0'))::uuid, $2, '', $3, 'B' || n, 'B' || n, 'active', now(), now(), now() from generate_series(0, $4) n`, [company_id, id(1, 1), id(2, 1), DEVICES - 1])
    const days = (await c.query<{ d: string }>(`select ((now() at time zone 'Asia/Shanghai')::date - n)::text as d from generate_series(0, $1) n order by n`, [DAYS])).rows.map((r) => r.d)
    await c.query(`select kernel.ensure_part('iot.sample', d::date, 'day') from unnest($1::text[]) d`, [days])
    const full = days.slice(1, 1 + Math.max(1, Math.floor(rows / A_DAY)))
    // As they come: minute by minute, all devices in each.
    for (const d of full)
      await c.query(`insert into iot.sample (company_id, device_id, point, at, v, q, src, received_at) select $1, ('00000000-0000-4000-8003-' || lpad(n::text, 12, '0'))::uuid, 'temp', ($2 || ' 00:00+08')::timestamptz + make_interval(mins => m, secs => n * 0.06), 20 + (n + m) % 50 / 10.0, 'good', 'live', now() from generate_series(0, 1439) m, generate_series(0, $3) n`, [company_id, d, DEVICES - 1])
    await c.query('vacuum analyze iot.sample')
    const plan = (await c.query<{ 'QUERY PLAN': string }>(`explain select * from iot.sample s where s.company_id = ${company_id} and s.device_id = '${id(3, 7)}' and s.point = 'temp' and s.at >= '${full[0]!}T00:00:00+08:00' and s.at < '${full[0]!}T24:00:00+08:00'`)).rows.map((r) => r['QUERY PLAN']).join('\n')
    return { days: full, loaded: full.length * A_DAY, plan }
  })
}
export async function run({ url, size }: { url: string; size: number }): Promise<Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-bench-'))
  const port = 18_309
  const child = fork(join(root, 'src/apps/server.ts'), { execArgv: [...SERVER_FLAGS], env: { ...process.env, HEYUAN_DATABASE_URL: url, HEYUAN_DATA: dir, HEYUAN_MODE: 'empty', HEYUAN_PORT: String(port), HEYUAN_LOG: 'quiet', NODE_ENV: 'production' }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  try {
    await new Promise((ready) => child.once('message', ready))
    const post = (call: string, body: object, token?: string) => fetch(`http://127.0.0.1:${port}/api/${call}`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-face': 'api', ...(token ? { authorization: `Bearer ${token}` } : {}) }, body: JSON.stringify(body) })
    const { session } = (await (await post('identity/begin', { company_name: '基准物业', short_name: '基准', admin_name: '基准', login: 'bench', password: 'Yuan-Ping-77-Heng' })).json()) as { session: { token: string } }
    const { days, loaded, plan } = await load(url, size)
    const read = [...plan.matchAll(/sample_\d{8}/g)].map((m) => m[0])
    if (new Set(read.map((r) => r.slice(0, 15))).size !== 1) throw new Error(`more than the partition of the day is read:\n${plan}`)
    const took: number[] = []
    for (let n = 0; n < ASKED; n++) {
      const day = days[n % days.length]!
      const begun = performance.now()
      const r = await post('iot/history', { device_id: id(3, (n * 37) % DEVICES), points: ['temp'], from_on: day, to_on: day }, session.token)
      const body = (await r.json()) as { step: string; lines: { at: string[] }[] }
      took.push(performance.now() - begun)
      if (body.step !== 'raw' || body.lines[0]!.at.length !== 360) throw new Error(`expected 360 values: ${JSON.stringify(body).slice(0, 200)}`)
    }
    took.sort((a, b) => a - b)
    const p = (q: number): number => Math.round(took[Math.floor(took.length * q)]! * 10) / 10
    return [{ bench: 'history.day_ms', size: loaded, value: p(0.95), unit: 'ms', limit: BAR_MS, ratio: Math.round((p(0.95) / BAR_MS) * 1000) / 1000, note: `p95 of ${ASKED} days of a device of ${DEVICES}, each another device, p50 ${p(0.5)} ms, first ${Math.round(took.at(-1)!)} ms at most; ${days.length} full days of ${A_DAY} rows among ${DAYS + 1} partitions: the plan reads ${read[0]!.slice(0, 15)} alone, so at 100 million rows (70 full days) the same rows and pages are read` }]
  } finally {
    child.kill('SIGKILL')
    rmSync(dir, { recursive: true, force: true })
  }
}
