// All buses of an installation at work: polled by their period, asked when a person asks, their figures written back each five seconds.
import { sql } from 'kysely'
import type { App } from '../../../../kernel/app.ts'
import { nowMs, steadyMs } from '../../../../kernel/clock.ts'
import { inTransaction } from '../../../../kernel/db.ts'
import { log } from '../../../../kernel/log.ts'
import type { BusProtocol, BusSettings, Serial, TaskResult } from '../../contract.ts'
import { BacnetBus } from '../bus/bacnet.ts'
import type { Asked, BusQueue, Found, Outcome } from '../bus/queue.ts'
import type { Progress, Scanned } from '../bus/scan.ts'
import { Bus } from '../bus/scheduler.ts'
import type { Pipeline } from './pipeline.ts'
import type { Known, Registry } from './registry.ts'

type AnyBus = BusQueue<Asked>
interface BusIs {
  protocol: BusProtocol
  host: string | null
  port: number | null
  serial: Serial | null
  settings: BusSettings
}
function busFor(x: BusIs): AnyBus {
  const to = { host: x.host ?? '', port: x.port ?? 0 }
  return (x.protocol === 'bacnet_ip' ? new BacnetBus(to, x.settings) : new Bus(x.protocol, x.serial ? { serial: x.serial } : to, x.settings)) as unknown as AnyBus
}
interface Running {
  company_id: number
  bus_id: string
  bus: AnyBus
  settings: BusSettings
  key: string
  /** Devices by id: when each is due, and whether it is being asked. */
  due: Map<string, number>
  busy: Set<string>
  /** Those that tell of all their points by themselves. */
  tells: Set<string>
}
interface TaskAsk {
  what?: 'read' | 'scan' | 'objects'
  addresses: string[]
  where_text: string
  from_no?: number
  to_no?: number
}
const PROGRESS_MS = 1000
const resultOf = (found: readonly Found[]): TaskResult => found.map((f) => ({ address: f.address, ok: true, value: f.value, why: null, rtt_ms: null, name: f.name, where: f.where, unit: f.unit }))
const TASKS_AT_ONCE = 20
/** Who tells of changes by itself is asked as a check, and so that its silence is noticed in time. */
const SLOWER = 5
const periodOf = (r: Running, d: Known): number => (r.tells.has(d.device_id) ? Math.max(r.settings.period_s, Math.min(r.settings.period_s * SLOWER, d.model.offline_after_s / 2)) : r.settings.period_s)
const iso = (ms: number): string => new Date(ms).toISOString()

export class Buses {
  private readonly app: App
  private readonly registry: Registry
  private readonly pipeline: Pipeline
  private readonly running = new Map<string, Running>()
  private readonly later = new Set<Promise<unknown>>()
  constructor(app: App, registry: Registry, pipeline: Pipeline) {
    this.app = app
    this.registry = registry
    this.pipeline = pipeline
  }
  busOf(bus_id: string): AnyBus | undefined {
    return this.running.get(bus_id)?.bus
  }
  async load(company_id: number): Promise<void> {
    const rows = await inTransaction(this.app.d, { company_id, readOnly: true }, async (tx) =>
      (await sql<BusIs & { bus_id: string }>`select bus_id, protocol, host, port, serial, settings from iot.bus where company_id = ${company_id} and stopped_at is null`.execute(tx.db)).rows)
    for (const r of this.running.values()) if (r.company_id === company_id && !rows.some((x) => x.bus_id === r.bus_id && JSON.stringify(x) === r.key)) this.end(r)
    for (const x of rows) {
      if (this.running.has(x.bus_id)) continue
      const r: Running = { company_id, bus_id: x.bus_id, bus: busFor(x), settings: x.settings, key: JSON.stringify(x), due: new Map(), busy: new Set(), tells: new Set() }
      r.bus.onChange = (address, where, v) => this.changed(r, address, where, v)
      this.running.set(x.bus_id, r)
    }
  }
  async loadAll(): Promise<void> {
    for (const c of this.registry.companies) await this.load(c)
  }
  private end(r: Running): void {
    r.bus.stop()
    this.running.delete(r.bus_id)
  }
  private devicesOn(r: Running): Known[] {
    return [...this.registry.devices.values()].filter((d) => d.bus_id === r.bus_id && d.address !== null && d.life === 'active')
  }
  /** Asks what is due. Resolves when all that it began is answered; callers by clock do not wait for it. */
  poll(now = nowMs()): Promise<unknown> {
    const begun: Promise<unknown>[] = []
    for (const r of this.running.values()) {
      r.bus.revive()
      const devices = this.devicesOn(r)
      devices.forEach((d, i) => {
        // The first round is spread, so that a restart does not ask for everything in one second.
        if (!r.due.has(d.device_id)) r.due.set(d.device_id, now + Math.min(i * 200, r.settings.period_s * 500))
        if (r.busy.has(d.device_id) || r.due.get(d.device_id)! > now) return
        r.due.set(d.device_id, now + periodOf(r, d) * 1000)
        r.busy.add(d.device_id)
        begun.push(this.readDevice(r, d).catch((error: unknown) => log('warn', 'poll', { device: d.no, cause: String(error) })).finally(() => r.busy.delete(d.device_id)))
      })
    }
    return Promise.all(begun)
  }
  private async readDevice(r: Running, d: Known): Promise<void> {
    const values: [string, number][] = []
    const points = d.model.points.filter((p) => p.where !== null)
    const many = await r.bus.readMany(d.address!, points.map((p) => p.where!))
    for (const [i, p] of points.entries()) {
      const o = many?.[i] ?? (await r.bus.read(d.address!, p.where!, 'poll'))
      if (o.ok && o.v !== null) values.push([p.key, o.v])
      // A slave that is silent is not asked for its other points as well.
      if (!o.ok && o.kind !== 'refused' && o.kind !== 'bad') break
    }
    if (values.length === 0) return void r.tells.delete(d.device_id)
    if (r.settings.cov) {
      if (await r.bus.follow(d.address!, points.map((p) => p.where!))) r.tells.add(d.device_id)
      else r.tells.delete(d.device_id)
    }
    const now = nowMs()
    await this.pipeline.telemetry(d, [{ device: null, at_ms: now, own_time: true, replay: false, values }], now)
  }
  private changed(r: Running, address: string, where: string, v: number): void {
    const now = nowMs()
    for (const d of this.devicesOn(r)) {
      const values = d.address === address ? d.model.points.filter((p) => p.where?.trim().toLowerCase() === where).map((p): [string, number] => [p.key, v]) : []
      if (values.length === 0) continue
      const p: Promise<void> = this.pipeline.telemetry(d, [{ device: null, at_ms: now, own_time: true, replay: false, values }], now).catch((error: unknown) => log('warn', 'change', { device: d.no, cause: String(error) })).finally(() => this.later.delete(p))
      this.later.add(p)
    }
  }
  /** Asks a device's point at once: for commands that are confirmed by reading back. */
  async readPoint(d: Known, key: string): Promise<Outcome> {
    const p = d.points.get(key)
    const bus = d.bus_id ? this.busOf(d.bus_id) : undefined
    if (!p?.where || !bus || !d.address) return { ok: false, why: '点位不在总线上', kind: 'line' }
    const o = await bus.read(d.address, p.where, 'asked')
    if (o.ok && o.v !== null) {
      const now = nowMs()
      await this.pipeline.telemetry(d, [{ device: null, at_ms: now, own_time: true, replay: false, values: [[key, o.v]] }], now)
    }
    return o
  }
  /** What a gateway before this one had begun for people and will not end. */
  async forget(): Promise<void> {
    for (const company_id of this.registry.companies) await inTransaction(this.app.d, { company_id }, (tx) => sql`update iot.bus_task set state = 'failed', ended_at = ${iso(nowMs())}::timestamptz where company_id = ${company_id} and state = 'running'`.execute(tx.db))
  }
  /** What people asked for: each is taken once, and its answers written back. */
  async tasks(company_id: number): Promise<void> {
    const rows = await inTransaction(this.app.d, { company_id }, async (tx) =>
      (await sql<{ task_id: string; bus_id: string; ask: TaskAsk }>`update iot.bus_task set state = 'running' where company_id = ${company_id} and task_id in (select task_id from iot.bus_task where company_id = ${company_id} and state = 'waiting' order by made_at limit ${TASKS_AT_ONCE} for update skip locked) returning task_id, bus_id, ask`.execute(tx.db)).rows)
    for (const t of rows) {
      const p: Promise<void> = this.runTask(company_id, t).catch((error: unknown) => log('warn', 'bus task', { cause: String(error) })).finally(() => this.later.delete(p))
      this.later.add(p)
    }
  }
  private async runTask(company_id: number, t: { task_id: string; bus_id: string; ask: TaskAsk }): Promise<void> {
    const bus = this.busOf(t.bus_id)
    const scan = bus && t.ask.what === 'scan' ? await this.scanned(company_id, t, bus) : null
    const result = scan ? resultOf(scan.found) : bus && t.ask.what !== 'scan' ? await this.resultOf(bus, t.ask) : null
    await inTransaction(this.app.d, { company_id }, (tx) => sql`update iot.bus_task set state = ${result ? 'done' : 'failed'}, result = ${result ? JSON.stringify(result) : null}::jsonb, note = ${scan?.note ?? null}, ended_at = ${iso(nowMs())}::timestamptz where company_id = ${company_id} and task_id = ${t.task_id}`.execute(tx.db))
  }
  /** How far it is is written each second; what comes back says whether somebody wants it to stop. */
  private async scanned(company_id: number, t: { task_id: string; ask: TaskAsk }, bus: AnyBus): Promise<Scanned | null> {
    let [stop, at, writing] = [false, Number.NEGATIVE_INFINITY, Promise.resolve()]
    const write = async (p: Progress): Promise<void> => {
      const { rows } = await inTransaction(this.app.d, { company_id }, (tx) => sql<{ stop: boolean }>`update iot.bus_task set asked_count = ${p.asked}, planned_count = ${p.planned}, result = ${JSON.stringify(resultOf(p.found))}::jsonb where company_id = ${company_id} and task_id = ${t.task_id} and state = 'running' returning stop_at is not null as stop`.execute(tx.db))
      stop ||= rows[0]?.stop ?? true
    }
    const told = (p: Progress): boolean => {
      const over = p.asked === p.planned
      if (over || steadyMs() - at >= PROGRESS_MS) {
        at = steadyMs()
        writing = writing.then(() => write({ ...p, found: [...p.found] })).catch((error: unknown) => log('warn', 'scan', { cause: String(error) }))
      }
      return !stop
    }
    const scan = await bus.scan({ where: t.ask.where_text, from: t.ask.from_no ?? 1, to: t.ask.to_no ?? 247, told })
    await writing
    return scan
  }
  private async resultOf(bus: AnyBus, ask: TaskAsk): Promise<TaskResult | null> {
    if (ask.what === 'objects') {
      const address = ask.addresses[0]!
      const found = await bus.objects(address)
      if (!Array.isArray(found)) return [{ address, ok: false, value: null, why: found.why, rtt_ms: null }]
      return resultOf(found.map((f) => ({ ...f, address })))
    }
    return Promise.all(ask.addresses.map(async (address) => {
      const o = await bus.read(address, ask.where_text, 'asked')
      return o.ok ? { address, ok: true, value: o.v, why: null, rtt_ms: o.rtt_ms } : { address, ok: false, value: null, why: o.why, rtt_ms: null }
    }))
  }
  async writeStates(): Promise<void> {
    for (const r of this.running.values()) {
      const { bus } = r
      await inTransaction(this.app.d, { company_id: r.company_id }, (tx) =>
        sql`insert into iot.bus_state (company_id, bus_id, line, line_why, waiting_count, figures, frames, changed_at) values (${r.company_id}, ${r.bus_id}, ${bus.line}, ${bus.line_why}, ${bus.waiting_count}, ${JSON.stringify(Object.fromEntries(bus.slaves))}::jsonb, ${JSON.stringify(bus.frames)}::jsonb, ${iso(nowMs())})
          on conflict (company_id, bus_id) do update set line = excluded.line, line_why = excluded.line_why, waiting_count = excluded.waiting_count, figures = excluded.figures, frames = excluded.frames, changed_at = excluded.changed_at`.execute(tx.db))
    }
  }
  async stop(): Promise<void> {
    for (const r of [...this.running.values()]) this.end(r)
    await Promise.allSettled(this.later)
  }
}
