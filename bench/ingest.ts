// Messages of three points over MQTT, acknowledged when stored, with an alarm rule on the product, against batched inserts of the same rows into the same
// table over one connection, in the same database. The gateway is its own process; the generator writes frames of its own (MQTT 3.1.1) over 50 sockets, 20 unacknowledged each.
// 20,000 messages by default (a few seconds). `--minutes 5` holds the bar instead: 3,333 messages a second, and how long the slowest acknowledgements took.
import { fork, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { asOwner } from '../src/kernel/db.ts'
import { freePort } from '../tests/free_port.ts'
import type { Figure } from '../tools/bench.ts'

const CLIENTS = 50
/** Messages a second that are to be held: three times the published figure of the leading open platform on four cores. */
const BAR_S = 3333
/** Sent a little faster than the bar, so that the bar is what the receiver holds and not what the sender made of it. */
const PACE_S = 3400
const PACE_MS = 20
const WINDOW = 20
const SECRET = 'a-secret-of-the-bench'
const id = (kind: number, n: number): string => `00000000-0000-4000-8${String(kind).padStart(3, '0')}-${String(n).padStart(12, '0')}`
const seconds = (): number => performance.now() / 1000
const POINTS = ['temp', 'hum', 'co2']

async function load(url: string): Promise<number> {
  const point = (key: string) => ({ key, name: key, kind: 'gauge', unit: '', places: 1, low: -1000, high: 100_000, max_per_h: null, labels: [], where: null })
  const model = JSON.stringify({ points: POINTS.map(point), commands: [], events: [], period_s: 60, offline_after_s: 600 })
  const body = JSON.stringify({ trigger: { kind: 'threshold', point: 'temp', op: 'above', limit: 5000, back: 4000, for_s: 60 }, hours: null, cool_down_s: 600, level: 'major', order_category_id: null, command: null })
  const hash = createHash('sha256').update(SECRET).digest('hex')
  return asOwner(url, async (c) => {
    const company_id = (await c.query<{ company_id: number }>(`insert into identity.company (name, short_name, created_at) values ('基准物业', '基准', now()) returning company_id`)).rows[0]!.company_id
    await c.query(`insert into property.community (company_id, community_id, name, kind, address, district, start_rule, created_at) values ($1, $2, '基准小区', 'estate', '', '', 'delivery_day', now())`, [company_id, id(1, 1)])
    await c.query(`insert into iot.product (company_id, product_id, code, name, category, link, version_no, model, changed_at) values ($1, $2, 'bench', '基准', 'other', 'mqtt', 1, $3, now())`, [company_id, id(2, 1), model])
    await c.query(`insert into iot.device (company_id, device_id, community_id, place, product_id, no, name, secret_hash, life, life_at, changed_at, created_at) select $1, ('00000000-0000-4000-8003-' || lpad(n::text, 12, '0'))::uuid, $2, '', $3, 'B' || n, 'B' || n, $4, 'active', now(), now(), now() from generate_series(0, $5) n`, [company_id, id(1, 1), id(2, 1), hash, CLIENTS - 1])
    await c.query(`insert into iot.rule (company_id, rule_id, name, product_id, body, version_no, changed_at) values ($1, $2, '基准', $3, $4, 1, now())`, [company_id, id(4, 1), id(2, 1), body])
    // The bound is measured by inserts that do not pass the gateway, for some hours ahead.
    await c.query(`select kernel.ensure_part('iot.sample', (now() at time zone 'Asia/Shanghai')::date + n, 'day') from generate_series(-1, 2) n`)
    return company_id
  })
}
const text = (s: string): Buffer => Buffer.concat([Buffer.from([s.length >> 8, s.length & 255]), Buffer.from(s)])
function framed(type: number, body: Buffer): Buffer {
  const head = [type]
  for (let n = body.length, more = true; more; ) {
    const b = n % 128
    n = Math.floor(n / 128)
    more = n > 0
    head.push(more ? b | 128 : b)
  }
  return Buffer.concat([Buffer.from(head), body])
}
interface Sending {
  port: number
  device_id: string
  count: number
  base_ms: number
  /** At most so many a second; without it as fast as they are acknowledged. */
  per_s?: number
  /** Milliseconds from sending to acknowledgement. */
  waits?: number[]
}
/** Sends `count` messages, `WINDOW` at a time; resolves when all are acknowledged. */
export function sender({ port, device_id, count, base_ms, per_s, waits }: Sending): Promise<void> {
  return new Promise((done, failed) => {
    const s: Socket = connect(port, '127.0.0.1')
    let sent = 0
    let acked = 0
    let begun = 0
    const at: number[] = []
    const allowed = (): number => (per_s === undefined ? count : Math.min(count, Math.ceil((seconds() - begun) * per_s)))
    const pace = per_s === undefined ? undefined : setInterval(() => (begun > 0 ? more() : undefined), PACE_MS)
    const topic = text(`v1/${device_id}/telemetry`)
    const more = (): void => {
      const out: Buffer[] = []
      for (const most = allowed(); sent < most && sent - acked < WINDOW; sent++) out.push(framed(0x32, Buffer.concat([topic, Buffer.from([(sent % 60_000) + 1 >> 8, ((sent % 60_000) + 1) & 255]), Buffer.from(JSON.stringify({ ts: base_ms + sent, temp: 20 + (sent % 50) / 10, hum: 40 + (sent % 30), co2: 400 + (sent % 100) }))])))
      if (!out.length) return
      if (waits) for (let n = 0; n < out.length; n++) at.push(seconds())
      s.write(Buffer.concat(out))
    }
    let left = Buffer.alloc(0)
    s.on('data', (chunk) => {
      left = Buffer.concat([left, chunk])
      while (left.length >= 4) {
        if (left[0] === 0x40) {
          // Acknowledgements of one connection come in its order, but for a few that changed places within a batch.
          if (waits) waits.push((seconds() - at[acked]!) * 1000)
          acked++
        } else begun = seconds()
        left = left.subarray(4)
      }
      if (acked === count) {
        clearInterval(pace)
        s.end()
        done()
      } else more()
    })
    s.on('error', failed)
    s.on('close', () => (acked < count ? failed(new Error(`closed after ${acked} of ${count}`)) : undefined))
    s.on('connect', () => s.write(framed(0x10, Buffer.concat([text('MQTT'), Buffer.from([4, 0xc2, 0, 60]), text(device_id), text(device_id), text(SECRET)]))))
  })
}
/** User and system time of a process, in seconds (Linux: fields 14 and 15 of stat, in hundredths). */
function cpuOf(pid: number): number {
  const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(f[11]) + Number(f[12])) / 100
}
async function raw(url: string, company_id: number, rows: number, base_ms: number): Promise<number> {
  const c = new pg.Client({ connectionString: url })
  await c.connect()
  const begun = seconds()
  for (let at = 0; at < rows; at += 3999) {
    const n = Math.min(3999, rows - at)
    const of = <T>(f: (i: number) => T): T[] => Array.from({ length: n }, (_, k) => f(at + k))
    await c.query({ name: 'raw', text: `insert into iot.sample (company_id, device_id, point, at, v, q, why, src, received_at) select $1::bigint, x.d, x.p, x.a, x.v, 'good', null, 'live', now() from unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::numeric[]) as x(d, p, a, v)`, values: [company_id, of((i) => id(9, Math.floor(i / 3) % CLIENTS)), of((i) => POINTS[i % 3]!), of((i) => new Date(base_ms + Math.floor(i / 3 / CLIENTS)).toISOString()), of((i) => String(20 + (i % 50) / 10))] })
  }
  const s = seconds() - begun
  await c.end()
  return s
}

const storedOf = (url: string, company_id: number): Promise<number> => asOwner(url, async (c) => (await c.query<{ n: number }>(`select count(*)::int as n from iot.sample where company_id = $1 and device_id::text like '00000000-0000-4000-8003-%'`, [company_id])).rows[0]!.n)
function allThere(stored: number, messages: number): void {
  if (stored !== messages * 3) throw new Error(`${stored} points stored of ${messages * 3} acknowledged`)
}
interface Bench {
  url: string
  company_id: number
  port: number
  pid: number
}
async function burst({ url, company_id, port, pid }: Bench, size: number): Promise<Figure> {
  const per = Math.floor(size / CLIENTS)
  const messages = per * CLIENTS
  const base = Date.now() - 30_000
  const before = await raw(url, company_id, messages * 3, base)
  const cpu0 = cpuOf(pid)
  const begun = seconds()
  await Promise.all(Array.from({ length: CLIENTS }, (_, n) => sender({ port, device_id: id(3, n), count: per, base_ms: base })))
  const took = seconds() - begun
  const cpu = cpuOf(pid) - cpu0
  const after = await raw(url, company_id, messages * 3, base + 10_000_000)
  allThere(await storedOf(url, company_id), messages)
  const limit = (messages * 3) / ((before + after) / 2)
  const value = (messages * 3) / took
  const note = `${messages} messages of 3 points in ${took.toFixed(2)} s = ${Math.round(messages / took)} messages a second, all acknowledged when stored, none lost, none doubled; raw ${before.toFixed(2)} and ${after.toFixed(2)} s; CPU of the gateway ${((cpu / messages) * 1e6).toFixed(0)} µs a message`
  return { bench: 'ingest.points_s', size: messages, value: Math.round(value), unit: 'points/s', limit: Math.round(limit), ratio: Math.round((value / limit) * 1000) / 1000, note }
}
async function sustained({ url, company_id, port, pid }: Bench, minutes: number): Promise<Figure> {
  const per = Math.ceil((PACE_S * 60 * minutes) / CLIENTS)
  const messages = per * CLIENTS
  const waits: number[] = []
  const cpu0 = cpuOf(pid)
  const begun = seconds()
  await Promise.all(Array.from({ length: CLIENTS }, (_, n) => sender({ port, device_id: id(3, n), count: per, base_ms: Date.now() - 30_000, per_s: PACE_S / CLIENTS, waits })))
  const took = seconds() - begun
  const cpu = cpuOf(pid) - cpu0
  allThere(await storedOf(url, company_id), messages)
  waits.sort((a, b) => a - b)
  const note = `${messages} messages of 3 points over ${took.toFixed(0)} s, all acknowledged when stored, none lost, none doubled; acknowledged after ${waits[Math.floor(waits.length / 2)]!.toFixed(0)} ms (median), ${waits[Math.floor(waits.length * 0.99)]!.toFixed(0)} ms (p99); gateway ${((cpu / took) * 100).toFixed(0)} % of one core`
  return { bench: 'ingest.sustained', size: messages, value: Math.round(messages / took), unit: 'messages/s', limit: BAR_S, ratio: Math.round((messages / took / BAR_S) * 1000) / 1000, note }
}

/** The gateway as a process of its own on this database, with devices of a company that may speak to it. */
export async function gateway(url: string, dir: string): Promise<{ company_id: number; port: number; child: ChildProcess; device_ids: string[] }> {
  const company_id = await load(url)
  const port = await freePort()
  const child = fork(join(process.cwd(), 'src/apps/gateway.ts'), { env: { ...process.env, HEYUAN_DATABASE_URL: url, HEYUAN_DATA: dir, HEYUAN_MODE: 'test', HEYUAN_LOG: 'quiet', HEYUAN_MQTT_PORT: String(port), HEYUAN_IOT_HTTP_PORT: String(await freePort()) }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  await new Promise<void>((ready, failed) => child.once('message', () => ready()).once('exit', () => failed(new Error('gateway ended'))))
  return { company_id, port, child, device_ids: Array.from({ length: CLIENTS }, (_, n) => id(3, n)) }
}
export async function run({ url, size, minutes }: { url: string; size: number; minutes?: number }): Promise<Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-bench-'))
  const { company_id, port, child } = await gateway(url, dir)
  try {
    const at = { url, company_id, port, pid: child.pid! }
    return [minutes ? await sustained(at, minutes) : await burst(at, size)]
  } finally {
    child.kill('SIGTERM')
    rmSync(dir, { recursive: true, force: true })
  }
}
