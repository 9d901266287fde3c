// One device as the platform knows it now, and the questions that come back in pieces.
import { nowMs } from '../../../../../kernel/clock.ts'
import { child, count, type Node } from '../../../../../kernel/small_xml.ts'
import type { KnownDevice } from './book.ts'
import { readPeer, type Peer } from './transport.ts'

const KEEPS_MISSED = 3
const SLACK_MS = 5_000
export class Device {
  known: KnownDevice
  server_code: string
  peer: Peer | null
  online: boolean
  registered_ms: number | null = null
  expires_ms: number
  heard_ms: number
  /** Something changed that is to be written down. */
  dirty = false
  written_ms = 0
  subscribed_until_ms = 0
  subscribing = false
  sn = Math.floor(Math.random() * 10_000)
  constructor(known: KnownDevice, server_code: string) {
    this.known = known
    this.server_code = server_code
    // After a restart it goes on as it was: the device does not know that we were away. A connection is gone with its process.
    const peer = readPeer(known.peer)
    this.peer = peer?.kind === 'udp' ? peer : null
    this.expires_ms = known.expires_at ? Date.parse(known.expires_at) : 0
    this.heard_ms = known.heard_at ? Date.parse(known.heard_at) : 0
    this.online = known.online === true && this.peer !== null && this.isFresh()
    if (this.online !== (known.online ?? false)) this.dirty = true
  }
  get key(): string {
    return `${this.known.company_id}:${this.known.gb_device_id}`
  }
  isFresh(now = nowMs()): boolean {
    return now < this.expires_ms && now - this.heard_ms < this.known.keep_s * 1000 * KEEPS_MISSED + SLACK_MS
  }
  heard(): void {
    this.heard_ms = nowMs()
    if (this.heard_ms - this.written_ms > 30_000) this.dirty = true
  }
}
const ITEMS_MAX = 5_000
/** Answers to one question, by its number, until all are there or nothing more comes. */
export class Lists {
  private readonly open = new Map<string, { take: (n: Node) => void }>()
  private readonly keyOf = (d: Device, cmd: string, sn: string): string => `${d.key} ${cmd} ${sn}`
  /** What is heard before it is known how much there is counts too. */
  wait<T>(d: Device, cmd: string, sn: string, o: { list: string; read: (item: Node) => T | null; id: (t: T) => string; piece_ms: number; list_ms: number }): { done: Promise<{ items: T[]; told: number | null; seen: number; root: Node | null }>; stop: () => void } {
    const key = this.keyOf(d, cmd, sn)
    const items = new Map<string, T>()
    let told: number | null = null
    let seen = 0
    let root: Node | null = null
    let stop = (): void => {}
    const done = new Promise<{ items: T[]; told: number | null; seen: number; root: Node | null }>((resolve) => {
      let idle: NodeJS.Timeout
      const over = (): void => {
        clearTimeout(idle)
        clearTimeout(late)
        this.open.delete(key)
        resolve({ items: [...items.values()], told, seen, root })
      }
      const late = setTimeout(over, o.list_ms)
      idle = setTimeout(over, o.piece_ms * 2)
      stop = over
      this.open.set(key, {
        take: (n) => {
          root ??= n
          told = count(n, 'SumNum') ?? told
          for (const item of child(n, o.list)?.children ?? []) {
            if (seen++ >= ITEMS_MAX) break
            const t = o.read(item)
            if (t !== null) items.set(o.id(t), t)
          }
          clearTimeout(idle)
          if (told === null || seen >= told || seen >= ITEMS_MAX) return over()
          idle = setTimeout(over, o.piece_ms)
        },
      })
    })
    return { done, stop: () => stop() }
  }
  take(d: Device, cmd: string, sn: string, n: Node): boolean {
    const w = this.open.get(this.keyOf(d, cmd, sn))
    w?.take(n)
    return w !== undefined
  }
}
