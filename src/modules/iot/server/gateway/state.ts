// The present state of devices, written each second for those that changed; and who has fallen silent.
import { sql } from 'kysely'
import type { App } from '../../../../kernel/app.ts'
import { nowMs } from '../../../../kernel/clock.ts'
import { inTransaction } from '../../../../kernel/db.ts'
import { serialPorts } from '../bus/serial_ports.ts'
import type { Doors } from '../doors.ts'
import type { Known, Registry } from './registry.ts'

const AT_ONCE = 2000
const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

/** Writes what changed. A device that is loaded anew keeps its `moving`, so nothing is lost between. */
export async function writeStates(app: App, registry: Registry): Promise<void> {
  const now = nowMs()
  for (const company_id of registry.companies) {
    const list = [...registry.devices.values()].filter((d) => d.company_id === company_id && d.moving.dirty).slice(0, AT_ONCE)
    if (list.length === 0) continue
    const rows = list.map(({ device_id, moving: m }) => {
      m.dirty = false
      return { device_id, conn: m.conn, conn_at: iso(m.conn_ms), heard_at: iso(m.heard_ms), faulty: m.faulty, latest: m.latest, refused_at: iso(m.refused?.at_ms ?? null), refused_why: m.refused?.why ?? null }
    })
    try {
      await inTransaction(app.d, { company_id }, (tx) =>
        sql`insert into iot.device_state (company_id, device_id, conn, conn_at, heard_at, faulty, latest, refused_at, refused_why, changed_at)
          select ${company_id}::bigint, x.device_id, x.conn, x.conn_at, x.heard_at, x.faulty, x.latest, x.refused_at, x.refused_why, ${iso(now)}::timestamptz from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(device_id uuid, conn text, conn_at timestamptz, heard_at timestamptz, faulty boolean, latest jsonb, refused_at timestamptz, refused_why text)
          on conflict (company_id, device_id) do update set conn = excluded.conn, conn_at = excluded.conn_at, heard_at = excluded.heard_at, faulty = excluded.faulty, latest = excluded.latest, refused_at = coalesce(excluded.refused_at, device_state.refused_at), refused_why = coalesce(excluded.refused_why, device_state.refused_why), changed_at = excluded.changed_at`.execute(tx.db),
      )
    } catch (error) {
      for (const d of list) d.moving.dirty = true
      throw error
    }
  }
}
export async function beat(app: App, registry: Registry, started_ms: number, figures: Record<string, number>, doors: Doors): Promise<void> {
  const ports = JSON.stringify(await serialPorts().catch(() => []))
  for (const company_id of registry.companies)
    await inTransaction(app.d, { company_id }, (tx) => sql`insert into iot.gateway (company_id, started_at, beat_at, figures, serial_ports, doors) values (${company_id}, ${iso(started_ms)}, ${iso(nowMs())}, ${JSON.stringify(figures)}::jsonb, ${ports}::jsonb, ${JSON.stringify(doors)}::jsonb) on conflict (company_id) do update set started_at = excluded.started_at, beat_at = excluded.beat_at, figures = excluded.figures, serial_ports = excluded.serial_ports, doors = excluded.doors`.execute(tx.db))
}

/** Silent longer than the product allows, counted from when the gateway began to listen or was told of it. What is behind a gateway that is away itself, or has not been heard for as long, is unknown; and it has
 * its whole time again when that gateway is back. */
export function fallenSilent(registry: Registry, started_ms: number, now = nowMs()): Known[] {
  const gone: Known[] = []
  // Those above first: whether they are there decides what is known of those behind them.
  for (const d of [...registry.devices.values()].toSorted((a, b) => Number(a.gateway_id !== null) - Number(b.gateway_id !== null))) {
    const m = d.moving
    const limit = d.model.offline_after_s * 1000
    const above = d.gateway_id ? registry.devices.get(d.gateway_id)?.moving : undefined
    const since = Math.max(m.heard_ms ?? 0, m.known_ms, started_ms, above?.back_ms ?? 0)
    const no_road = above !== undefined && (above.conn !== 'online' || now - Math.max(above.heard_ms ?? 0, above.known_ms, started_ms) > limit)
    if (now - since <= limit) continue
    const conn = no_road ? 'unknown' : 'offline'
    const told = m.conn === conn
    if (told && !(conn === 'offline' && m.left)) continue
    m.left = false
    if (!told) Object.assign(m, { conn, conn_ms: now, dirty: true })
    if (conn === 'offline') gone.push(d)
  }
  return gone
}
