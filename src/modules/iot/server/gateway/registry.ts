// The devices of all companies in memory: who may speak, what its points are, what it said last. Loaded anew when somebody changes something.
import { sql } from 'kysely'
import type { App } from '../../../../kernel/app.ts'
import { nowMs } from '../../../../kernel/clock.ts'
import { inTransaction } from '../../../../kernel/db.ts'
import type { Model, PointSpec } from '../../contract.ts'
import type { Latest } from '../../shown.ts'
import type { Before } from '../rules/plausible.ts'

export interface Known {
  company_id: number
  device_id: string
  community_id: string
  building_id: string | null
  product_id: string
  no: string
  name: string
  place: string
  gateway_id: string | null
  /** Behind which broker of others; null: at our own door. */
  broker_id: string | null
  bus_id: string | null
  address: string | null
  equipment_id: string | null
  link: string
  secret_hash: string | null
  life: 'active' | 'maintenance'
  settled_ms: number
  model: Model
  points: Map<string, PointSpec>
  moving: Moving
}
/** What changes as it speaks; kept when the rest is loaded anew. */
export interface Moving {
  conn: 'unknown' | 'online' | 'offline'
  conn_ms: number
  /** Its last will has said goodbye, and nobody has been told yet that it stays away. */
  left: boolean
  heard_ms: number | null
  /** When this gateway came to know of it: one that was registered a minute ago has its whole time to speak for the first time. */
  known_ms: number
  /** When something of it last got through (line.ts); until when what carries no time is in doubt; its last message could not be stored. */
  through_ms: number | null
  doubt_until_ms: number
  failing: boolean
  /** When it was heard after a silence: what is behind it has had its chance to speak only since then. */
  back_ms: number
  faulty: boolean
  latest: Latest
  good: Map<string, Before>
  /** When each point was last heard, by our clock: what is read back must be newer than what was sent. */
  seen: Map<string, number>
  refused: { at_ms: number; why: string } | null
  /** Not yet written to iot.device_state. */
  dirty: boolean
  /** Quarters marked for the roll-up, with the minute of the mark. */
  marked: Map<number, number>
}
type Row = Omit<Known, 'points' | 'moving' | 'company_id'> & { conn: Moving['conn'] | null; conn_ms: number | null; heard_ms: number | null; faulty: boolean | null; latest: Latest | null }

export class Registry {
  readonly devices = new Map<string, Known>()
  readonly byNo = new Map<string, Known>()
  private byFrame = new Map<string, Known[]>()
  readonly companies = new Set<number>()
  private readonly app: App
  private readonly started_ms = nowMs()
  constructor(app: App) {
    this.app = app
  }
  async loadAll(): Promise<void> {
    const { rows } = await this.app.d.pool.query<{ company_id: number }>('select company_id from identity.company where disabled_at is null order by 1')
    for (const c of this.companies) if (!rows.some((r) => r.company_id === c)) this.forget(c)
    for (const { company_id } of rows) await this.load(company_id)
  }
  private forget(company_id: number): void {
    this.companies.delete(company_id)
    for (const d of this.devices.values()) if (d.company_id === company_id) this.devices.delete(d.device_id)
  }
  async load(company_id: number): Promise<void> {
    const rows = await inTransaction(this.app.d, { company_id, readOnly: true }, async (tx) =>
      (await sql<Row>`select d.device_id, d.community_id, d.building_id, d.product_id, d.no, d.name, d.place, d.gateway_id, d.broker_id, d.bus_id, d.address, d.equipment_id, p.link, d.secret_hash, d.life, coalesce(extract(epoch from d.settled_at) * 1000, 0)::bigint as settled_ms, p.model,
          s.conn, (extract(epoch from s.conn_at) * 1000)::bigint as conn_ms, (extract(epoch from s.heard_at) * 1000)::bigint as heard_ms, s.faulty, s.latest
        from iot.device d join iot.product p on p.company_id = ${company_id} and p.product_id = d.product_id left join iot.device_state s on s.company_id = ${company_id} and s.device_id = d.device_id
        where d.company_id = ${company_id} and d.life <> 'retired'`.execute(tx.db)).rows,
    )
    this.companies.add(company_id)
    const seen = new Set<string>()
    for (const r of rows) {
      seen.add(r.device_id)
      const before = this.devices.get(r.device_id)
      const { conn: _c, conn_ms: _m, heard_ms: _h, faulty: _f, latest: _l, ...rest } = r
      const known: Known = { ...rest, company_id, points: new Map(r.model.points.map((p) => [p.key, p])), moving: before?.moving ?? this.movingOf(r) }
      // After a confirmed change of the device its counters begin anew.
      if (before && before.settled_ms !== known.settled_ms) known.moving.good.clear()
      this.devices.set(r.device_id, known)
    }
    for (const d of this.devices.values()) if (d.company_id === company_id && !seen.has(d.device_id)) this.devices.delete(d.device_id)
    this.byFrame = Map.groupBy([...this.devices.values()].filter((d) => d.address !== null && (d.link === 'gb26875' || d.link === 'fire_printer' || d.link === 'hj212')), (d) => `${d.link} ${d.address!.toUpperCase()}`)
    this.byNo.clear()
    for (const d of this.devices.values()) this.byNo.set(`${d.company_id} ${d.no}`, d)
  }
  /** At a start: what was heard within the device's own limit is online; of the rest nobody knows yet. */
  private movingOf(r: Row): Moving {
    const fresh = r.heard_ms !== null && this.started_ms - r.heard_ms < r.model.offline_after_s * 1000
    const good = new Map<string, Before>()
    for (const [k, [v, at_ms, q]] of Object.entries(r.latest ?? {})) if (q === 'good' && at_ms > r.settled_ms) good.set(k, { v, at_ms })
    const conn = fresh ? 'online' : r.conn === 'offline' ? 'offline' : 'unknown'
    return { conn, conn_ms: conn === r.conn && r.conn_ms ? r.conn_ms : this.started_ms, left: false, heard_ms: r.heard_ms, known_ms: nowMs(), through_ms: r.heard_ms, doubt_until_ms: 0, failing: false, back_ms: 0, faulty: r.faulty ?? false, latest: r.latest ?? {}, good, seen: new Map(), refused: null, dirty: conn !== r.conn, marked: new Map() }
  }
  /** Of devices that are known by the address in their frames. One that two companies claim is nobody's. */
  byAddress(link: string, address: string): Known | undefined {
    const of = this.byFrame.get(`${link} ${address.toUpperCase()}`) ?? []
    return of.length === 1 ? of[0] : undefined
  }
  /** The device that an item is about: the sender itself, or a child of it. */
  childOf(sender: Known, name: string | null): Known | undefined {
    if (name === null || name === sender.device_id || name === sender.no) return sender
    const child = this.devices.get(name) ?? this.byNo.get(`${sender.company_id} ${name}`)
    return child && child.company_id === sender.company_id && child.gateway_id === sender.device_id ? child : undefined
  }
}
