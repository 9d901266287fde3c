// Devices that go one after the other of one cause — the power, a switch, an uplink — are one alarm of their community, however far apart their own limits let them be noticed: those that
// were noticed alone a moment before go into it. It is over when few of those in it are left, and those few are told one by one. Pure but for what it remembers; who was away before is not in it.
import type { Known } from './registry.ts'

/** More devices of one community gone within this than `TOGETHER` are one thing. */
export const WINDOW_MS = 600_000
export const TOGETHER = 5
/** So few of them left: it is no longer one thing. */
const LEFT = 2
/** Whose names are said, and who is remembered through a restart. */
const NAMES = 30
const KEPT = 5000
interface Many {
  ids: Set<string>
  grown_ms: number
}
const keyOf = (d: Pick<Known, 'company_id' | 'community_id'>): string => `${d.company_id} ${d.community_id}`
export interface Gathered {
  /** To be told one by one. */
  alone: Known[]
  /** All that are in the one alarm; `folded`: those of them that were told alone. */
  many: Known[]
  folded: Known[]
}
export class Storms {
  private readonly recent = new Map<string, { d: Known; at_ms: number }[]>()
  private readonly open = new Map<string, Many>()

  /** After a start: what the open alarm says. */
  restore(company_id: number, community_id: string, device_ids: readonly string[], at_ms: number): void {
    this.open.set(keyOf({ company_id, community_id }), { ids: new Set(device_ids), grown_ms: at_ms })
  }
  /** Somebody has closed it. */
  forget(company_id: number, community_id: string): void {
    this.open.delete(keyOf({ company_id, community_id }))
  }
  /** Those of one community that have just gone. */
  gone(list: readonly Known[], now: number, find: (device_id: string) => Known | undefined): Gathered {
    const key = keyOf(list[0]!)
    const before = (this.recent.get(key) ?? []).filter((x) => now - x.at_ms < WINDOW_MS && x.d.moving.conn === 'offline' && !list.some((d) => d.device_id === x.d.device_id))
    const all = [...before, ...list.map((d) => ({ d, at_ms: now }))]
    this.recent.set(key, all)
    const is = this.open.get(key)
    if (is && now - is.grown_ms < WINDOW_MS) {
      for (const d of list) is.ids.add(d.device_id)
      is.grown_ms = now
      return { alone: [], many: [...is.ids].flatMap((id) => find(id) ?? []), folded: [] }
    }
    if (all.length <= TOGETHER) return { alone: [...list], many: [], folded: [] }
    const ids = new Set([...(is?.ids ?? []), ...all.map((x) => x.d.device_id)])
    this.open.set(key, { ids, grown_ms: now })
    return { alone: [], many: [...ids].flatMap((id) => find(id) ?? []), folded: before.map((x) => x.d) }
  }
  /** Somebody of the community is there: null while it goes on, else who is still away. */
  back(d: Known, find: (device_id: string) => Known | undefined): Known[] | null {
    const is = this.open.get(keyOf(d))
    if (!is) return null
    is.ids.delete(d.device_id)
    const away = [...is.ids].flatMap((id) => find(id) ?? []).filter((x) => x.life === 'active' && x.moving.conn !== 'online')
    if (away.length > LEFT) return null
    this.open.delete(keyOf(d))
    this.recent.delete(keyOf(d))
    return away
  }
}
export const manyFacts = (many: readonly Known[]): { title: string; facts: Record<string, unknown> } => ({
  title: `${many.length} 台设备同时离线`,
  facts: { devices: `${many.slice(0, NAMES).map((d) => d.name).join('、')}${many.length > NAMES ? ` 等 ${many.length} 台` : ''}`, device_ids: many.slice(0, KEPT).map((d) => d.device_id) },
})
