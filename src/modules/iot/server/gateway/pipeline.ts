// The one road of everything measured: judged, gathered, written in batches, and only then acknowledged. `take` is answered when its rows are
// committed; when they cannot be, it throws, the connection is closed without an acknowledgement, and the device sends again (H5).
import type { App } from '../../../../kernel/app.ts'
import { dayOf, nowMs } from '../../../../kernel/clock.ts'
import { crashpoint } from '../../../../kernel/crashpoint.ts'
import { inTransaction } from '../../../../kernel/db.ts'
import { uuidv7 } from '../../../../kernel/ids.ts'
import { log } from '../../../../kernel/log.ts'
import { judge } from '../rules/plausible.ts'
import { INSERT_DUE, alarmOf } from './due.ts'
import { arrived, inDoubt, through } from './line.ts'
import { replayAfterMs, type EventItem, type TelemetryItem } from './message.ts'
import type { Known, Registry } from './registry.ts'
import { INSERT_RULE_DUE, noteKey, type Edge, type Foreseen } from './rule_due.ts'

export interface Stored {
  device: Known
  at_ms: number
  live: boolean
  /** It carries no time and may be old: told, and nothing is moved by it. */
  doubt: boolean
  /** Good values only: nothing acts on what is doubted. `was`: the good one before it. */
  values: [point: string, v: number, was: number | null][]
  events: { key: string; kind: string; payload: Record<string, unknown> }[]
  /** What was noted of it for rules. */
  due?: { received_at: string; ids: Map<string, string> }
}
interface Sample {
  device_id: string
  point: string
  at: string
  v: string
  q: string
  why: string | null
  src: string
}
interface Waiting {
  /** Whose message it is. */
  sender: Known
  samples: Sample[]
  events: { device_id: string; key: string; at: string; kind: string; payload: string; src: string }[]
  marks: { device_id: string; from_at: string }[]
  stored: Stored[]
  done: () => void
  failed: (e: Error) => void
}
interface Lane {
  waiting: Waiting[]
  rows: number
  running: boolean
  timer: NodeJS.Timeout | undefined
}
const BATCH_ROWS = 4000
const GATHER_MS = 15
/** Above this nothing more is taken: the devices keep it until the database has caught up. */
const QUEUE_ROWS = 60_000
const QUARTER_MS = 900_000
const MARK_AGAIN_MS = 60_000
const MARKS_KEPT = 200
const KNOWN_MS = 2 * 86_400_000

const INSERT = `insert into iot.sample (company_id, device_id, point, at, v, q, why, src, received_at)
  select $1::bigint, x.device_id, x.point, x.at, x.v, x.q, x.why, x.src, $2::timestamptz from unnest($3::uuid[], $4::text[], $5::timestamptz[], $6::numeric[], $7::text[], $8::text[], $9::text[]) as x(device_id, point, at, v, q, why, src) on conflict do nothing`
const INSERT_EVENTS = `insert into iot.event (company_id, device_id, key, at, kind, payload, src, received_at)
  select $1::bigint, x.device_id, x.key, x.at, x.kind, x.payload, x.src, $2::timestamptz from unnest($3::uuid[], $4::text[], $5::timestamptz[], $6::text[], $7::jsonb[], $8::text[]) as x(device_id, key, at, kind, payload, src) on conflict do nothing returning device_id, key`
const MARK = `insert into iot.dirty (company_id, device_id, from_at, marked_at) select $1::bigint, x.device_id, x.from_at, $2::timestamptz from (select distinct * from unnest($3::uuid[], $4::timestamptz[]) as y(device_id, from_at)) x
  on conflict (company_id, device_id, from_at) do update set marked_at = excluded.marked_at`

const col = <T, K extends keyof T>(list: readonly T[], k: K): T[K][] => list.map((x) => x[k])

export class Pipeline {
  private readonly app: App
  private readonly registry: Registry
  private readonly lanes = new Map<number, Lane>()
  /** Days whose partition is known to be there. */
  private readonly days = new Set<string>()
  readonly figures = { messages: 0, points: 0, events: 0, refused: 0, batches: 0 }
  /** Told after the commit, in order of a company's batches. */
  onStored: ((list: Stored[]) => void) | undefined
  onHeardAgain: ((d: Known) => void) | undefined
  /** What of it rules must not miss. */
  edges: ((s: Stored, foreseen: Foreseen) => Edge[]) | undefined
  constructor(app: App, registry: Registry) {
    this.app = app
    this.registry = registry
  }

  /** `again`: it was sent before, or lay somewhere. */
  telemetry(sender: Known, items: readonly TelemetryItem[], received_ms: number, again = false): Promise<void> {
    const [w, doubt] = [this.waiting(sender), this.doubted(sender, received_ms, again)]
    for (const i of items) {
      const d = this.registry.childOf(sender, i.device)
      if (!d) this.refuse(sender, `没有下级设备 ${i.device}`)
      else this.lookAt(d, i, received_ms, w, doubt && !i.own_time && !i.replay)
    }
    this.heard(sender, received_ms)
    return this.put(sender.company_id, w)
  }
  events(sender: Known, items: readonly EventItem[], received_ms: number, again = false): Promise<void> {
    const [w, in_doubt] = [this.waiting(sender), this.doubted(sender, received_ms, again)]
    for (const i of items) {
      const d = this.registry.childOf(sender, i.device)
      if (!d) {
        this.refuse(sender, `没有下级设备 ${i.device}`)
        continue
      }
      const doubt = in_doubt && !i.own_time && !i.replay
      w.events.push({ device_id: d.device_id, key: i.key, at: new Date(i.at_ms).toISOString(), kind: i.kind, payload: JSON.stringify(i.payload), src: i.replay ? 'replay' : doubt ? 'undated' : 'live' })
      w.stored.push({ device: d, at_ms: i.at_ms, live: !i.replay, doubt, values: [], events: [{ key: i.key, kind: i.kind, payload: i.payload }] })
      this.heard(d, received_ms)
    }
    this.heard(sender, received_ms)
    return this.put(sender.company_id, w)
  }
  refuse(d: Known, why: string): void {
    this.figures.refused++
    d.moving.refused = { at_ms: nowMs(), why: why.slice(0, 100) }
    d.moving.dirty = true
  }
  heard(d: Known, at_ms: number): void {
    const m = d.moving
    if (m.conn !== 'online' || at_ms - (m.heard_ms ?? 0) > replayAfterMs(d)) m.back_ms = at_ms
    m.heard_ms = Math.max(m.heard_ms ?? 0, at_ms)
    m.dirty = true
    m.left = false
    if (m.conn !== 'online') {
      const was = m.conn
      m.conn = 'online'
      m.conn_ms = at_ms
      if (was === 'offline') this.onHeardAgain?.(d)
    }
  }

  private doubted(sender: Known, now: number, again: boolean): boolean {
    arrived(sender.moving, replayAfterMs(sender), now)
    return inDoubt(sender.moving, now, again)
  }
  private waiting(sender: Known): Waiting {
    return { sender, samples: [], events: [], marks: [], stored: [], done: () => {}, failed: () => {} }
  }
  private lookAt(d: Known, i: TelemetryItem, received_ms: number, w: Waiting, doubt: boolean): void {
    const m = d.moving
    const at = new Date(i.at_ms).toISOString()
    const values: Stored['values'] = []
    for (const [key, v] of i.values) {
      const p = d.points.get(key)
      if (!p) {
        this.refuse(d, `产品没有点位 ${key}`)
        continue
      }
      const j = judge(p, m.good.get(key) ?? null, v, i.at_ms)
      w.samples.push({ device_id: d.device_id, point: key, at, v: String(v), q: j.q, why: j.why, src: i.replay || doubt ? 'replay' : 'live' })
      if (j.q === 'good') {
        values.push([key, v, m.good.get(key)?.v ?? null])
        if (i.at_ms >= (m.good.get(key)?.at_ms ?? 0)) m.good.set(key, { v, at_ms: i.at_ms })
      }
      if (!i.replay && !doubt) m.seen.set(key, received_ms)
      const l = m.latest[key]
      if (!l || i.at_ms >= l[1]) m.latest[key] = [v, i.at_ms, j.q]
    }
    m.faulty = d.model.points.some((p) => p.labels.some((x) => x.fault && x.value === m.latest[p.key]?.[0]))
    this.mark(d, i.at_ms, received_ms, w)
    w.stored.push({ device: d, at_ms: i.at_ms, live: !i.replay, doubt, values, events: [] })
    this.heard(d, received_ms)
  }
  private mark(d: Known, at_ms: number, now: number, w: Waiting): void {
    const quarter = at_ms - (at_ms % QUARTER_MS)
    const last = d.moving.marked.get(quarter)
    if (last !== undefined && now - last < MARK_AGAIN_MS) return
    if (d.moving.marked.size > MARKS_KEPT) d.moving.marked.clear()
    d.moving.marked.set(quarter, now)
    w.marks.push({ device_id: d.device_id, from_at: new Date(quarter).toISOString() })
  }

  private put(company_id: number, w: Waiting): Promise<void> {
    let lane = this.lanes.get(company_id)
    if (!lane) this.lanes.set(company_id, (lane = { waiting: [], rows: 0, running: false, timer: undefined }))
    this.figures.messages++
    if (lane.rows > QUEUE_ROWS) {
      w.sender.moving.failing = true
      return Promise.reject(new Error('the database is behind'))
    }
    const promise = new Promise<void>((done, failed) => {
      w.done = done
      w.failed = failed
    })
    lane.waiting.push(w)
    lane.rows += w.samples.length + w.events.length
    if (!lane.running && lane.rows >= BATCH_ROWS) void this.flush(company_id, lane)
    else if (!lane.running && lane.timer === undefined) lane.timer = setTimeout(() => void this.flush(company_id, lane), GATHER_MS)
    return promise
  }
  private async flush(company_id: number, lane: Lane): Promise<void> {
    clearTimeout(lane.timer)
    lane.timer = undefined
    lane.running = true
    while (lane.waiting.length > 0) {
      const batch: Waiting[] = []
      for (let n = 0; n < BATCH_ROWS && lane.waiting.length > batch.length; ) {
        const w = lane.waiting[batch.length]!
        batch.push(w)
        n += w.samples.length + w.events.length
      }
      lane.waiting.splice(0, batch.length)
      lane.rows -= batch.reduce((n, w) => n + w.samples.length + w.events.length, 0)
      try {
        const fresh = await this.write(company_id, batch)
        if (batch.some((w) => w.stored.some((s) => s.due))) crashpoint('iot.stored')
        const now = nowMs()
        for (const w of batch) {
          through(w.sender.moving, now, true)
          w.done()
        }
        this.onStored?.(batch.flatMap((w) => w.stored.filter((s) => s.events.length === 0 || s.events.every((e) => fresh.has(`${s.device.device_id} ${e.key}`)))))
      } catch (error) {
        log('warn', 'a batch of samples was not stored', { cause: String(error), messages: batch.length })
        // Not marked after all: the next message of the quarter marks it.
        for (const w of batch) for (const s of w.stored) s.device.moving.marked.clear()
        for (const w of batch) {
          w.sender.moving.failing = true
          w.failed(error as Error)
        }
      }
    }
    lane.running = false
  }
  /** One transaction. Gives the events that were not there before. */
  private async write(company_id: number, batch: readonly Waiting[]): Promise<Set<string>> {
    const samples = batch.flatMap((w) => w.samples)
    const events = batch.flatMap((w) => w.events)
    const marks = batch.flatMap((w) => w.marks)
    const now = new Date(nowMs()).toISOString()
    const fresh = new Set<string>()
    // What is older than two days may have been dropped by the clock of retention, and is asked for each time.
    const recent = (day: string): boolean => nowMs() - Date.parse(`${day}T00:00:00+08:00`) < KNOWN_MS
    const made = [...new Set(samples.map((s) => dayOf(s.at)))].filter((day) => !this.days.has(day) || !recent(day))
    await inTransaction(this.app.d, { company_id }, async ({ client }) => {
      for (const day of made) await client.query({ name: 'iot_day', text: `select kernel.ensure_part('iot.sample', $1::date, 'day')`, values: [day] })
      const asked: Promise<unknown>[] = []
      if (samples.length) asked.push(client.query({ name: 'iot_samples', text: INSERT, values: [company_id, now, col(samples, 'device_id'), col(samples, 'point'), col(samples, 'at'), col(samples, 'v'), col(samples, 'q'), col(samples, 'why'), col(samples, 'src')] }))
      if (events.length) asked.push(client.query<{ device_id: string; key: string }>({ name: 'iot_events', text: INSERT_EVENTS, values: [company_id, now, col(events, 'device_id'), col(events, 'key'), col(events, 'at'), col(events, 'kind'), col(events, 'payload'), col(events, 'src')] }).then((r) => r.rows.forEach((e) => fresh.add(`${e.device_id} ${e.key}`))))
      if (marks.length) asked.push(client.query({ name: 'iot_marks', text: MARK, values: [company_id, now, col(marks, 'device_id'), col(marks, 'from_at')] }))
      await Promise.all(asked)
      const live = batch.flatMap((w) => w.stored).filter((s) => s.live)
      const is_new = (s: Stored): boolean => s.events.every((e) => fresh.has(`${s.device.device_id} ${e.key}`))
      const due = live.flatMap((s) => s.events.filter((e) => fresh.has(`${s.device.device_id} ${e.key}`) && alarmOf(s.device, e.kind)).map((e) => ({ device_id: s.device.device_id, key: e.key })))
      // Once, though two of a batch have one key.
      const once = [...new Map(due.map((x) => [`${x.device_id} ${x.key}`, x])).values()]
      if (once.length) await client.query({ name: 'iot_due', text: INSERT_DUE, values: [company_id, now, col(once, 'device_id'), col(once, 'key')] })
      const foreseen: Foreseen = new Map()
      const noted = live.filter(is_new).flatMap((s) => this.noted(s, now, foreseen))
      if (noted.length) await client.query({ name: 'iot_rule_due', text: INSERT_RULE_DUE, values: [company_id, now, col(noted, 'due_id'), col(noted, 'rule_id'), col(noted, 'device_id'), noted.map((x) => JSON.stringify(x.input))] })
    })
    for (const day of this.days) if (!recent(day)) this.days.delete(day)
    for (const day of made) if (recent(day)) this.days.add(day)
    this.figures.batches++
    this.figures.points += samples.length
    this.figures.events += events.length
    return fresh
  }
  private noted(s: Stored, received_at: string, foreseen: Foreseen): { due_id: string; rule_id: string; device_id: string; input: Edge['input'] }[] {
    const edges = s.device.life === 'active' ? (this.edges?.(s, foreseen) ?? []) : []
    if (edges.length === 0) return []
    const list = edges.map(({ rule_id, name, input }) => ({ key: noteKey(rule_id, name), due_id: uuidv7(), rule_id, device_id: s.device.device_id, input }))
    // Two terms of one rule may wait for the same: it is noted once.
    const once = [...new Map(list.map((x) => [x.key, x])).values()]
    s.due = { received_at, ids: new Map(once.map((x) => [x.key, x.due_id])) }
    return once
  }
  /** Everything taken so far is written, or refused. */
  async settle(): Promise<void> {
    while ([...this.lanes.values()].some((l) => l.waiting.length > 0 || l.running || l.timer !== undefined)) await new Promise((r) => setTimeout(r, GATHER_MS))
  }
}
