// Who has fallen silent and who is there again, as alarms: one by one, or as one where many go together (storm.ts), and what lies behind a gateway with the gateway.
import type { AlarmIn } from '../raise.ts'
import { foldAlarms, raiseAlarm } from '../raise.ts'
import { nowMs } from '../../../../kernel/clock.ts'
import type { Deed } from './actor.ts'
import type { Marks } from './marks.ts'
import type { Known, Registry } from './registry.ts'
import { manyFacts, Storms, TOGETHER } from './storm.ts'

export const sourceOf = (d: Known): string => `device:${d.device_id}`
/** What reports fires: while it is away none would be heard, so it is told to people, by itself, however many others are away. */
const isFire = (d: Known): boolean => d.link === 'gb26875' || d.link === 'fire_printer'
/** How the actor writes alarms. */
interface Road {
  raised: Marks
  raise: (d: Known, kind: string, title: string, level: AlarmIn['level'], facts: Record<string, unknown>) => void
  clear: (d: Known, source: string, kind: string) => void
  do: (company_id: number, what: string, deed: Deed, lost: () => void, mark: string) => void
}
const manyMark = (d: Pick<Known, 'company_id' | 'community_id'>): string => `${d.company_id} community:${d.community_id} offline_many`

export class Absence {
  private readonly registry: Registry
  private readonly road: Road
  private readonly storms = new Storms()
  constructor(registry: Registry, road: Road) {
    this.registry = registry
    this.road = road
  }
  restore(company_id: number, community_id: string, device_ids: readonly string[], at_ms: number): void {
    this.storms.restore(company_id, community_id, device_ids, at_ms)
  }
  private readonly find = (id: string): Known | undefined => this.registry.devices.get(id)
  /** Each round: who has just gone, and who is there although an alarm says otherwise. */
  gone(list: readonly Known[], now: number, started_ms: number): void {
    for (const d of list.filter(isFire)) this.offline(d, now, started_ms)
    for (const of of Map.groupBy(list.filter((d) => !isFire(d)), (d) => `${d.company_id} ${d.community_id}`).values()) this.together(of, now, started_ms)
    this.backAgain(started_ms)
  }
  private together(list: readonly Known[], now: number, started_ms: number): void {
    const { company_id, community_id } = list[0]!
    const mark = manyMark(list[0]!)
    // Somebody has closed it meanwhile: those that go now are another one.
    if (!this.road.raised.has(mark)) this.storms.forget(company_id, community_id)
    const { alone, many, folded } = this.storms.gone(list, now, this.find)
    for (const d of alone) this.offline(d, now, started_ms)
    if (many.length === 0) return
    const { title, facts } = manyFacts(many)
    for (const d of folded) this.road.raised.delete(`${company_id} ${sourceOf(d)} offline`)
    this.road.raised.add(mark)
    this.road.do(company_id, 'alarm', async (scope) => {
      await raiseAlarm(scope, { community_id, building_id: null, device_id: null, source: `community:${community_id}`, kind: 'offline_many', title, level: 'major', rule_id: null, place: '', facts, grows: true })
      if (folded.length > 0) await foldAlarms(scope, folded.map(sourceOf), 'offline', title)
    }, () => {
      // Not told: the next round asks of them again.
      this.road.raised.delete(mark)
      for (const d of many) if (d.moving.conn === 'offline') d.moving.left = true
    }, mark)
  }
  /** A gateway that is away takes those behind it along: nobody knows of them. */
  private offline(d: Known, now: number, since_ms: number): void {
    const behind = [...this.registry.devices.values()].filter((x) => x.gateway_id === d.device_id && x.life === 'active').length
    this.road.raise(d, 'offline', behind > 0 ? `${d.name}离线,其下 ${behind} 台设备状态未知` : `${d.name}离线`, isFire(d) || behind > TOGETHER ? 'major' : 'minor', { silent_s: Math.round((now - (d.moving.heard_ms ?? since_ms)) / 1000) })
  }
  /** Who is there is not away, also where its return was told to nobody: it came while no gateway ran, or while the alarm was on its way. */
  private backAgain(started_ms: number): void {
    const looked = new Set<string>()
    for (const d of this.registry.devices.values()) {
      if (d.moving.conn !== 'online' || (d.moving.heard_ms ?? 0) < started_ms) continue
      const many = manyMark(d)
      const once = this.road.raised.has(many) && !looked.has(many)
      if (once) looked.add(many)
      if (once || this.road.raised.has(`${d.company_id} ${sourceOf(d)} offline`)) this.back(d)
    }
  }
  back(d: Known): void {
    this.road.clear(d, sourceOf(d), 'offline')
    const away = this.storms.back(d, this.find)
    if (away === null) return
    this.road.clear(d, `community:${d.community_id}`, 'offline_many')
    for (const x of away) if (x.moving.conn === 'offline' && !this.road.raised.has(`${x.company_id} ${sourceOf(x)} offline`)) this.offline(x, nowMs(), nowMs())
  }
}
