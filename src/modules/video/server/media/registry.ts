// What the service knows of cameras, loaded at the start, when somebody changes one, and each minute; and one live stream a camera and address.
import { sql } from 'kysely'
import type { App } from '../../../../kernel/app.ts'
import { dayOf, nowMs } from '../../../../kernel/clock.ts'
import { inTransaction } from '../../../../kernel/db.ts'
import { open, playbackUrl, urlOf, type Address } from '../address.ts'
import { Live, LIVE, type Connect, type LiveLimits } from './live.ts'
import type { Platform } from './gb/platform.ts'
import { CameraFault, rtspSource } from './rtsp.ts'
import { streamUris } from './onvif.ts'

export interface Known {
  company_id: number
  camera_id: string
  community_id: string
  name: string
  address_sealed: string
  has_ptz: boolean
  mode: 'none' | 'event' | 'always'
  stream: 'main' | 'sub'
  gb_device_id: string | null
}
interface Running {
  live: Live
  url: string
  sealed: string
}
const keyOf = (company_id: number, camera_id: string): string => `${company_id}:${camera_id}`
export class Registry {
  companies: number[] = []
  readonly cameras = new Map<string, Known>()
  private readonly running = new Map<string, Running>()
  /** Addresses that an ONVIF camera told, as long as its own address stays the same. */
  private readonly told = new Map<string, { sealed: string; main: string; sub: string }>()
  private readonly app: App
  private readonly limits: LiveLimits
  readonly platform: Platform
  constructor(app: App, platform: Platform, limits: LiveLimits = LIVE) {
    this.app = app
    this.platform = platform
    this.limits = limits
  }
  async loadAll(): Promise<void> {
    const { rows } = await this.app.d.pool.query<{ company_id: number }>('select company_id from identity.company order by 1')
    this.companies = rows.map((r) => r.company_id)
    for (const c of this.companies) {
      await this.platform.load(c)
      await this.load(c)
    }
  }
  async load(company_id: number): Promise<void> {
    const today = dayOf(nowMs())
    const { rows } = await inTransaction(this.app.d, { company_id }, (tx) => sql<Omit<Known, 'company_id'>>`select k.camera_id, k.community_id, k.name, k.address_sealed, k.has_ptz, coalesce(r.mode, 'none') as mode, coalesce(r.stream, 'sub') as stream, h.gb_device_id from video.camera k left join video.gb_channel h on h.company_id = ${company_id} and h.gb_channel_id = k.gb_channel_id
      left join lateral (select r.mode, r.stream from video.recording r where r.company_id = ${company_id} and r.camera_id = k.camera_id and r.from_on <= ${today}::date order by r.from_on desc, r.created_at desc limit 1) r on true where k.company_id = ${company_id} and k.retired_at is null`.execute(tx.db))
    const seen = new Set<string>()
    for (const r of rows) {
      const key = keyOf(company_id, r.camera_id)
      seen.add(key)
      this.cameras.set(key, { ...r, company_id })
    }
    for (const [key, k] of this.cameras) if (k.company_id === company_id && !seen.has(key)) this.cameras.delete(key)
    // A camera that moved or went is let go; who looks asks again and gets the new one.
    for (const [key, r] of this.running) {
      if (!key.startsWith(`${company_id}:`)) continue
      const k = this.cameras.get(key.split(':').slice(0, 2).join(':'))
      if (k && (k.address_sealed === r.sealed || sameAddress(k.address_sealed, r.sealed))) continue
      r.live.stop()
      this.running.delete(key)
    }
  }
  of(company_id: number, camera_id: string): Known | undefined {
    return this.cameras.get(keyOf(company_id, camera_id))
  }
  /** Where the camera is connected to now, whatever the stream. */
  livesOf(company_id: number, camera_id: string): Live[] {
    return [...this.running].filter(([key]) => key.startsWith(`${keyOf(company_id, camera_id)}:`)).map(([, r]) => r.live)
  }
  live(k: Known, stream: 'main' | 'sub'): Live {
    const a = open(k.address_sealed)
    // An ONVIF camera tells its addresses when it is asked; until then the two streams have names of their own.
    // A channel of a GB device is one stream, whatever is asked for.
    const url = a.source === 'gb' ? `gb ${a.gb!.channel}` : a.source === 'rtsp' ? urlOf(a, stream)! : `onvif ${stream}`
    const key = `${keyOf(k.company_id, k.camera_id)}:${url}`
    const before = this.running.get(key)
    if (before) return before.live
    const live = new Live(this.sourceOf(k, a, stream), this.limits)
    this.running.set(key, { live, url, sealed: k.address_sealed })
    return live
  }
  /** How its pictures come. */
  sourceOf(k: Pick<Known, 'company_id' | 'camera_id' | 'address_sealed'>, a: Address, stream: 'main' | 'sub'): Connect {
    const { gb } = a
    return a.source === 'gb' ? (on) => this.platform.stream({ company_id: k.company_id, gb_device_id: gb!.gb_device_id, channel: gb!.channel }, on) : rtspSource(() => this.addressOf(k, a, stream))
  }
  /** What a recorder has of a time, at the speed of the clock on the wall; null where there is none. */
  recorded(k: Known, from_ms: number, to_ms: number): Live | null {
    const a = open(k.address_sealed)
    const url = playbackUrl(a, from_ms, to_ms)
    const { gb } = a
    if (url === null && !gb) return null
    const source: Connect = gb ? (on) => this.platform.stream({ company_id: k.company_id, gb_device_id: gb.gb_device_id, channel: gb.channel }, on, { from_ms, to_ms }) : rtspSource(async () => ({ url: url!, user: a.user, password: a.password }))
    return new Live(source, { linger_ms: 0, again_ms: [5_000, 30_000], recorded: true })
  }
  async addressOf(k: Pick<Known, 'company_id' | 'camera_id' | 'address_sealed'>, a: Address, stream: 'main' | 'sub'): Promise<{ url: string; user: string; password: string }> {
    if (a.source === 'rtsp') return { url: urlOf(a, stream)!, user: a.user, password: a.password }
    const key = keyOf(k.company_id, k.camera_id)
    let told = this.told.get(key)
    if (!told || told.sealed !== k.address_sealed) {
      const { main, sub } = await streamUris({ url: a.onvif_url!, user: a.user, password: a.password })
      if (!main) throw new CameraFault('no_video')
      told = { sealed: k.address_sealed, main, sub: sub ?? main }
      this.told.set(key, told)
    }
    return { url: stream === 'main' ? told.main : told.sub, user: a.user, password: a.password }
  }
  /** An address that led nowhere is asked for again. */
  forgetTold(company_id: number, camera_id: string): void {
    this.told.delete(keyOf(company_id, camera_id))
  }
  stop(): void {
    for (const r of this.running.values()) r.live.stop()
    this.running.clear()
  }
}
/** Sealing the same twice gives two texts. */
function sameAddress(a: string, b: string): boolean {
  return JSON.stringify(open(a)) === JSON.stringify(open(b))
}
