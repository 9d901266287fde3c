// Load on every road by which the gateway hears and speaks — its own MQTT door, an operator's pushes, a broker of somebody else, a Modbus line, BACnet — while the gateway,
// the database and that broker are killed (-9). What it finds: acknowledged messages that are not stored, and commands whose state is not what their device did.
import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import mqtt, { type MqttClient } from 'mqtt'
import pg from 'pg'
import { makeApp } from '../../src/apps/modules.ts'
import type { App } from '../../src/kernel/app.ts'
import { asOwner } from '../../src/kernel/db.ts'
import { migrate } from '../../src/kernel/migrate.ts'
import { startEmbedded, type EmbeddedDatabase } from '../../src/kernel/pg/embedded.ts'
import { asSystem } from '../../src/kernel/worker.ts'
import { createCompany } from '../../src/modules/identity/server/index.ts'
import { BUS_DEFAULTS, iot, type Model } from '../../src/modules/iot/contract.ts'
import { property } from '../../src/modules/property/contract.ts'
import { personOf, Road, type Person } from '../../src/world/caller.ts'
import { startBacnetSim } from '../../src/world/outside/device_sim/bacnet.ts'
import { startBusSim } from '../../src/world/outside/device_sim/bus.ts'
import { ctwingReport, waterFrame } from '../../src/world/outside/operator_push.ts'
import { freePort } from '../free_port.ts'

export type Victim = 'gateway' | 'database' | 'broker'
export interface Roads {
  /** Starts everything that sends; it goes on until `end`. */
  begin(): void
  counts(): Record<'mqtt' | 'operator' | 'broker', number> & { commands: number }
  kill(victim: Victim): Promise<void>
  /** Resident megabytes of the gateway. */
  memory(): number
  /** Stops sending, waits until nothing is under way, and looks. */
  settle(): Promise<Found>
  end(): Promise<void>
}
export interface Found {
  acked: number
  lost: string[]
  /** Rows beyond what was sent: one message stored twice. */
  doubled: number
  commands: Record<string, number>
  untrue: string[]
  kills: Record<Victim, number>
}
const DEVICES = 4
const PASSWORD = 'Yuan-Ping-77-Heng'
const RESEND_MS = 1500
const HELD_MS = 400
const sum = (m: ReadonlyMap<number, number>): number => [...m.values()].reduce((a, b) => a + b, 0)
const gone = (c: ChildProcess): Promise<unknown> => (c.exitCode !== null || c.signalCode !== null ? Promise.resolve() : new Promise((done) => c.once('exit', done)))
/** A device that keeps a number it is given, so that each command is known by its number. */
const settable = (where: string, write: string): Model => ({
  points: [{ key: 'level', name: '设定', kind: 'gauge', unit: '', places: 0, low: 0, high: 1_000_000, max_per_h: null, labels: [], where }], events: [], period_s: 5, offline_after_s: 600,
  commands: [{ key: 'set_level', name: '设定', safety: 'comfort', arg: { name: '值', unit: '', low: 1, high: 60_000, places: 0 }, ttl_s: 5, idempotent: true, confirm: { point: 'level', equals: null, within_s: 5 }, where: write, value: null }],
})
interface Field {
  app: App
  road: Road
  chief: Person
  company_id: number
  fans: { device_id: string; secret: string }[]
  meters: { device_id: string; imei: string }[]
  behind: string[]
  push_path: string
  settables: { device_id: string; did: Map<number, number> }[]
}

async function arrange(app: App, ports: { broker: number; bus: number; bacnet: number }, did: [Map<number, number>, Map<number, number>]): Promise<Field> {
  const { company_id } = await asSystem(app, 0, 'test', (s) => createCompany(s, { name: '断电物业', short_name: '断电', admin_name: '甲', login: 'chief', password: PASSWORD }, app.permissionWords.keys()))
  const chief = await personOf(app, company_id, 'chief')
  const road = await Road.open(app, 'roads', company_id)
  const { community_id } = await road.call(chief, ['community'], property.saveCommunity, { name: '断电小区', kind: 'estate', address: '', district: '', land_mu: '1', built_area_m2: '1', green_area_m2: '0', service_phone: '', start_rule: 'delivery_day' } as never)
  await road.call(chief, ['ready'], iot.loadProducts, {})
  const product = new Map((await road.ask(chief, iot.products, {})).rows.map((p) => [p.code, p.product_id]))
  const base = { community_id, building_id: null, place: '机房', address: null, bus_id: null, gateway_id: null, equipment_id: null, meter_id: null, note: null }
  const fans: Field['fans'] = []
  for (let n = 0; n < DEVICES; n++) {
    const secret = `a-secret-of-the-fan-${n}`
    fans.push({ device_id: (await road.call(chief, ['fan', n], iot.saveDevice, { ...base, product_id: product.get('co_garage')!, no: `F-${n}`, name: `F-${n}`, secret })).device_id, secret })
  }
  const { told } = await road.call(chief, ['operator'], iot.saveOperator, { name: '电信', kind: 'ctwing' })
  const meters: Field['meters'] = []
  for (let n = 0; n < DEVICES; n++) meters.push({ imei: `86000000000000${n}`, device_id: (await road.call(chief, ['meter', n], iot.saveDevice, { ...base, product_id: product.get('nb_water_188')!, no: `M-${n}`, name: `M-${n}`, address: `86000000000000${n}` })).device_id })
  const { broker_id } = await road.call(chief, ['broker'], iot.saveBroker, { name: '外部', host: '127.0.0.1', port: ports.broker, tls: false, username: 'heyuan', password: 'right', prefix: '' })
  const behind: string[] = []
  for (let n = 0; n < DEVICES; n++) behind.push((await road.call(chief, ['behind', n], iot.saveDevice, { ...base, product_id: product.get('co_garage')!, no: `B-${n}`, name: `B-${n}`, broker_id })).device_id)
  const settables: Field['settables'] = []
  for (const [i, x] of [{ code: 'drive', link: 'modbus', protocol: 'modbus_tcp', model: settable('hr:0:u16', 'hr:0'), address: '1', port: ports.bus }, { code: 'handler', link: 'bacnet', protocol: 'bacnet_ip', model: settable('av:1', 'av:1@8'), address: '7', port: ports.bacnet }].entries() as IterableIterator<[number, { code: string; link: 'modbus' | 'bacnet'; protocol: 'modbus_tcp' | 'bacnet_ip'; model: Model; address: string; port: number }]>) {
    const { product_id } = await road.call(chief, ['product', x.code], iot.saveProduct, { code: x.code, name: x.code, category: 'hvac', link: x.link, model: x.model })
    const { bus_id } = await road.call(chief, ['bus', x.code], iot.saveBus, { community_id, name: x.code, protocol: x.protocol, host: '127.0.0.1', port: x.port, ...BUS_DEFAULTS, timeout_ms: 1000, period_s: 5 })
    settables.push({ did: did[i]!, device_id: (await road.call(chief, ['settable', x.code], iot.saveDevice, { ...base, product_id, no: x.code, name: x.code, address: x.address, bus_id })).device_id })
  }
  return { app, road, chief, company_id, fans, meters, behind, push_path: new URL(told!.url).pathname, settables }
}

/** `rate`: messages a second over the gateway's own door; the other roads carry a fifth of it each. */
export async function openRoads(o: { rate: number; log?: (line: string) => void }): Promise<Roads> {
  process.env['HEYUAN_KEY'] ??= Buffer.alloc(32, 7).toString('base64')
  const log = o.log ?? (() => {})
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-roads-'))
  // What a killed process has written is in the page cache; fsync is for the loss of the machine.
  const settings = { fsync: 'off', full_page_writes: 'off' }
  let db: EmbeddedDatabase = await startEmbedded({ dir: join(dir, 'pg'), settings })
  await migrate(db.url)
  const app = makeApp({ url: db.url, data_dir: dir, mode: 'test', name: 'roads', max: 6 })
  const did: [Map<number, number>, Map<number, number>] = [new Map(), new Map()]
  const levels = [0, 0]
  const bus = await startBusSim({ protocol: 'modbus_tcp', meters: [{ protocol: 'modbus_tcp', address: '1', value: () => levels[0]!, set: (_r, v) => { levels[0] = v; did[0].set(v, (did[0].get(v) ?? 0) + 1) } }] })
  const bacnet = await startBacnetSim({ instance: 7, name: '机组', objects: [{ type: 2, instance: 1, name: '设定', value: 0 }] })
  const ports = { broker: await freePort(), bus: bus.port, bacnet: bacnet.port, mqtt: await freePort(), http: await freePort() }
  const f = await arrange(app, ports, did)
  const kills: Found['kills'] = { gateway: 0, database: 0, broker: 0 }
  let over = false
  let sending = false
  const jobs: Promise<unknown>[] = []
  const children = new Set<ChildProcess>()

  // As `npm start` does it: whoever ends is started again.
  let gateway: ChildProcess | undefined
  const env = { ...process.env, HEYUAN_DATABASE_URL: db.url, HEYUAN_DATA: dir, HEYUAN_MODE: 'test', HEYUAN_LOG: 'quiet', HEYUAN_MQTT_PORT: String(ports.mqtt), HEYUAN_IOT_HTTP_PORT: String(ports.http), HEYUAN_STATION_PORT: '0', HEYUAN_FIRE_PORT: '0', HEYUAN_FIRE_PRINTER_PORT: '0' }
  const born = async (): Promise<void> => {
    const child = fork(join(process.cwd(), 'src/apps/gateway.ts'), { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    children.add(child)
    const ready = await Promise.race([new Promise<boolean>((done) => child.once('message', () => done(true))), gone(child).then(() => false)])
    if (ready) gateway = child
    void gone(child).then(async () => {
      children.delete(child)
      if (gateway === child) gateway = undefined
      await sleep(200)
      if (!over) jobs.push(born())
    })
  }
  await born()
  let broker: ChildProcess
  const outside = new Map<string, { topic: string; body: string; at: number }>()
  const acked = { mqtt: new Set<string>(), operator: new Set<string>(), broker: new Set<string>() }
  const openBroker = async (): Promise<void> => {
    broker = fork(join(process.cwd(), 'tests/crash/broker.ts'), { env: { ...process.env, BROKER_PORT: String(ports.broker) }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    children.add(broker)
    await new Promise<void>((done) => broker.on('message', (m: { ready?: boolean; acked?: string }) => {
      if (m.ready) done()
      if (!m.acked) return
      outside.delete(m.acked)
      acked.broker.add(m.acked)
    }))
  }
  await openBroker()

  const clients: MqttClient[] = []
  const heard = new Map<string, number>()
  const client = (port: number, clientId: string, username: string, password: string): MqttClient => {
    const c = mqtt.connect({ host: '127.0.0.1', port, clientId, username, password, reconnectPeriod: 200, connectTimeout: 20_000, queueQoSZero: false })
    c.on('error', () => {})
    clients.push(c)
    return c
  }
  const loop = (run: () => Promise<unknown>, gap_ms: number): void => void jobs.push((async () => {
    while (sending) {
      await run()
      await sleep(gap_ms)
    }
  })())
  /** Each at a millisecond of its own. */
  let tick = Date.now() - 600_000
  const stamp = (): number => ++tick
  const post = async (m: Field['meters'][number]): Promise<void> => {
    const at = stamp()
    const body = ctwingReport({ imei: m.imei, device_id: 'x', at_ms: at, app: waterFrame(12_345) })
    for (;;) {
      const ok = await fetch(`http://127.0.0.1:${ports.http}${f.push_path}`, { method: 'POST', body, signal: AbortSignal.timeout(10_000) }).then((r) => r.status === 200, () => false)
      if (ok) return void acked.operator.add(`${m.device_id} ${at}`)
      await sleep(100)
    }
  }
  const publish = (c: MqttClient, device_id: string): Promise<void> => new Promise((done) => {
    const at = stamp()
    const send = (): void => void c.publish(`v1/${device_id}/telemetry`, JSON.stringify({ ts: at, co: 20 + (at % 10) }), { qos: 1 }, (error) => {
      if (error) return void setTimeout(send, 50)
      acked.mqtt.add(`${device_id} ${at}`)
      done()
    })
    send()
  })
  const given: string[] = []
  const command = async (n: number): Promise<void> => {
    const s = n % 4 === 0 ? f.settables[0]! : n % 4 === 2 ? f.settables[1]! : undefined
    const a = await f.road.call(f.chief, ['command', n], iot.sendCommand, s ? { device_id: s.device_id, command: 'set_level', arg: n + 1 } : { device_id: f.fans[n % DEVICES]!.device_id, command: n % 8 < 4 ? 'fan_on' : 'fan_off' }).catch(() => undefined)
    if (a) given.push(a.command_id)
  }
  const begin = (): void => {
    sending = true
    for (const d of f.fans) {
      const topic = `v1/${d.device_id}`
      const c = client(ports.mqtt, d.device_id, d.device_id, d.secret)
      // A fan as its maker built it: does what has not expired, says so, and measures what it does.
      c.on('connect', () => c.subscribe(`${topic}/cmd/#`, () => {}))
      c.on('message', (at, body) => {
        const x = JSON.parse(body.toString()) as { id: string; command: string; expires_at: number }
        heard.set(x.id, (heard.get(x.id) ?? 0) + 1)
        c.publish(`${at}/reply`, JSON.stringify({ ok: true }), { qos: 1 }, () => {})
        c.publish(`${topic}/telemetry`, JSON.stringify({ fan: x.command === 'fan_on' ? 1 : 0 }), { qos: 1 }, () => {})
      })
      loop(() => publish(c, d.device_id), (1000 * DEVICES) / o.rate)
    }
    for (const m of f.meters) loop(() => post(m), (5000 * DEVICES) / o.rate)
    const dev = client(ports.broker, 'sensors', 'dev', 'x')
    const tell = (x: { topic: string; body: string; at: number }): void => {
      x.at = Date.now()
      if (dev.connected) dev.publish(x.topic, x.body, { qos: 1 }, () => {})
    }
    for (const id of f.behind) loop(async () => {
      const at = stamp()
      const x = { topic: `v1/${id}/telemetry`, body: JSON.stringify({ ts: at, co: 20 + (at % 10) }), at: 0 }
      outside.set(`${id} ${at}`, x)
      tell(x)
    }, (5000 * DEVICES) / o.rate)
    // A broker that is killed forgets: what the gateway did not acknowledge is said again by whoever measured it.
    const again = setInterval(() => { for (const x of outside.values()) if (Date.now() - x.at > RESEND_MS) tell(x) }, RESEND_MS)
    jobs.push((async () => {
      while (sending || outside.size > 0) await sleep(50)
      clearInterval(again)
    })())
    let n = 0
    loop(() => command(n++), 150)
  }
  /** Holds the table of values, so that messages are on their way and none is stored: whoever acknowledges too early is found out by the kill. */
  const underWay = async (): Promise<() => Promise<void>> => {
    const c = new pg.Client({ connectionString: db.url })
    c.on('error', () => {})
    await c.connect()
    await c.query('begin; lock table iot.sample in share row exclusive mode')
    await sleep(HELD_MS)
    return () => c.end().catch(() => {})
  }
  const kill = async (victim: Victim): Promise<void> => {
    kills[victim]++
    log(`kill -9 ${victim}`)
    const release = await underWay()
    try {
      await killed(victim)
    } finally {
      await release()
    }
  }
  const killed = async (victim: Victim): Promise<void> => {
    if (victim === 'gateway') {
      while (!gateway) await sleep(20)
      const g = gateway
      g.kill('SIGKILL')
      await gone(g)
    } else if (victim === 'broker') {
      broker.kill('SIGKILL')
      await gone(broker)
      children.delete(broker)
      await openBroker()
    } else {
      process.kill(db.pid, 'SIGKILL')
      await db.exited
      const { socketDir } = db
      await db.stop()
      db = await startEmbedded({ dir: join(dir, 'pg'), settings, socketDir })
    }
  }
  const ask = <R extends object>(text: string): Promise<R[]> => asOwner(db.url, async (c) => (await c.query(text)).rows as R[])
  const settle = async (): Promise<Found> => {
    sending = false
    for (let n = 0; n < jobs.length; n++) await jobs[n]
    for (const x of bacnet.device.written) did[1].set(x.value, (did[1].get(x.value) ?? 0) + 1)
    type Row = { command_id: string; device_id: string; state: string; arg: string | null }
    const commands = () => ask<Row>(`select command_id, device_id, state, arg::int::text as arg from iot.command`)
    let rows = await commands()
    for (const limit = Date.now() + 60_000; rows.some((r) => ['queued', 'sent', 'accepted'].includes(r.state)) && Date.now() < limit; rows = await commands()) await sleep(200)
    const done = (r: Row): number => { const s = f.settables.find((x) => x.device_id === r.device_id); return s ? (s.did.get(Number(r.arg)) ?? 0) : (heard.get(r.command_id) ?? 0) }
    const untrue = rows.filter((r) => done(r) > 1 || !['confirmed', 'unknown', 'failed', 'expired'].includes(r.state) || (r.state === 'confirmed' && done(r) === 0) || ((r.state === 'failed' || r.state === 'expired') && done(r) > 0)).map((r) => `${r.state}, done ${done(r)} times`)
    if (sum(did[0]) + sum(did[1]) === 0) untrue.push('no command reached a bus: nothing is proved')
    const known = new Set(rows.map((r) => r.command_id))
    untrue.push(...given.filter((id) => !known.has(id)).map((id) => `${id} was answered and is not there`))
    const ours = [...f.fans.map((d) => d.device_id), ...f.meters.map((d) => d.device_id), ...f.behind]
    const samples = await ask<{ device_id: string; ms: string; n: string }>(`select device_id, (extract(epoch from at) * 1000)::bigint as ms, count(*) as n from iot.sample where point in ('co', 'volume') and device_id in (${ours.map((x) => `'${x}'`).join(',')}) group by 1, 2`)
    const there = new Set(samples.map((s) => `${s.device_id} ${s.ms}`))
    const all = [...acked.mqtt, ...acked.operator, ...acked.broker]
    return { acked: all.length, lost: all.filter((x) => !there.has(x)), doubled: samples.filter((s) => Number(s.n) > 1).length + Math.max(0, there.size - new Set(all).size), commands: Object.fromEntries([...Map.groupBy(rows, (r) => r.state)].map(([k, v]) => [k, v.length])), untrue, kills }
  }
  return {
    begin, kill, settle,
    counts: () => ({ mqtt: acked.mqtt.size, operator: acked.operator.size, broker: acked.broker.size, commands: given.length }),
    memory: () => { try { return gateway?.pid ? Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${gateway.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024) : 0 } catch { return 0 } },
    async end() {
      over = true
      sending = false
      await Promise.all(clients.map((c) => c.endAsync(true).catch(() => {})))
      outside.clear()
      for (const c of children) c.kill('SIGKILL')
      await Promise.all([...children].map(gone))
      await Promise.all([bus.stop(), bacnet.stop()])
      await app.d.end().catch(() => {})
      await db.stop(2000)
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
