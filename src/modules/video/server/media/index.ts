// The video service: one process of an installation. It alone speaks to cameras, one connection each, and hands their pictures on as they are: nothing is transcoded.
import { workAlone } from '../../../../kernel/alone.ts'
import type { App } from '../../../../kernel/app.ts'
import { nowIso, steadyMs } from '../../../../kernel/clock.ts'
import { log } from '../../../../kernel/log.ts'
import { open } from '../address.ts'
import { beat, closeOrphans, liveNow, writeStates, type CameraNow } from './book.ts'
import { ClipTaker } from './clip_taker.ts'
import { openDoor, type Door } from './door.ts'
import type { PlatformOptions } from './gb/limits.ts'
import { Platform } from './gb/platform.ts'
import { LIVE, type Live, type LiveLimits, type Looker } from './live.ts'
import { checkHealth, runProbes } from './prober.ts'
import { Registry, type Known } from './registry.ts'
import { CameraFault } from './rtsp.ts'
import { adoptOrphans, Recorder } from './segments.ts'
import { warm } from './webrtc.ts'

const STATE_MS = 2000
const CLIP_MS = 1000
const GB_MS = 1000
const BEAT_MS = 10_000
const RELOAD_MS = 60_000
/** Each camera is asked so often when nobody looks at it; spread over the time. */
const HEALTH_MS = 300_000
/** What did not answer is asked sooner; a wrong password is not, for cameras lock accounts. */
const SICK_MS = 45_000
const GB_HEALTH_MS = 10_000
const HEALTH_STEP_MS = 1000
const WARM_MS = 8_000

export interface Media {
  door: Door
  registry: Registry
  platform: Platform
  clips: ClipTaker
  /** One round of what is done by clock, for tests. */
  tick(): Promise<void>
  reload(): Promise<void>
  stop(): Promise<void>
}
/** Keeps a camera connected whose pictures are wanted before anybody looks. */
const watcher = (): Looker => ({ onHead() {}, onPiece() {}, onFault() {} })

class Kept {
  private readonly recorders = new Map<string, Recorder>()
  private readonly watchers = new Map<string, { live: Live; looker: Looker; stream: string }>()
  private readonly app: App
  private readonly registry: Registry
  constructor(app: App, registry: Registry) {
    this.app = app
    this.registry = registry
  }
  recorder(key: string): Recorder | undefined {
    return this.recorders.get(key)
  }
  /** As the cameras' ways of recording say now. */
  async match(): Promise<void> {
    for (const [key, r] of this.recorders) {
      const k = this.registry.cameras.get(key)
      if (k?.mode === 'always' && this.registry.live(k, k.stream) === r.live) continue
      this.recorders.delete(key)
      await r.stop()
    }
    for (const [key, w] of this.watchers) {
      const k = this.registry.cameras.get(key)
      if (k?.mode === 'event' && this.registry.live(k, k.stream) === w.live) continue
      this.watchers.delete(key)
      w.live.remove(w.looker)
    }
    for (const [key, k] of this.registry.cameras) {
      if (k.mode === 'always' && !this.recorders.has(key)) this.recorders.set(key, new Recorder(this.app, k, this.registry.live(k, k.stream)))
      if (k.mode !== 'event' || this.watchers.has(key)) continue
      const [live, looker] = [this.registry.live(k, k.stream), watcher()]
      live.add(looker)
      this.watchers.set(key, { live, looker, stream: k.stream })
    }
  }
  async stop(): Promise<void> {
    for (const r of this.recorders.values()) await r.stop()
    for (const w of this.watchers.values()) w.live.remove(w.looker)
  }
}
class Health {
  private at = 0
  private readonly checked = new Map<string, number>()
  private readonly registry: Registry
  readonly found = new Map<string, Pick<CameraNow, 'online' | 'checked_at' | 'seen_at' | 'fault'>>()
  constructor(registry: Registry) {
    this.registry = registry
  }
  /** The next camera whose turn it is and that nobody looks at. */
  async step(): Promise<void> {
    const list = [...this.registry.cameras.values()]
    for (let i = 0; i < list.length; i++) {
      const k = list[this.at++ % list.length]!
      const key = `${k.company_id}:${k.camera_id}`
      const last = this.found.get(key)?.fault
      if (steadyMs() - (this.checked.get(key) ?? -HEALTH_MS) < (k.gb_device_id ? GB_HEALTH_MS : last && last !== 'wrong_password' ? SICK_MS : HEALTH_MS) || this.registry.livesOf(k.company_id, k.camera_id).some((l) => l.state !== 'idle')) continue
      this.checked.set(key, steadyMs())
      return this.check(k, key)
    }
  }
  private async check(k: Known, key: string): Promise<void> {
    let fault: string | null
    try {
      // Of a GB device it is known without a question.
      fault = k.gb_device_id ? this.registry.platform.healthOf({ company_id: k.company_id, gb_device_id: k.gb_device_id }) : await checkHealth(await this.registry.addressOf(k, open(k.address_sealed), 'sub'))
    } catch (error) {
      fault = error instanceof CameraFault ? error.fault : 'unreachable'
    }
    if (fault) this.registry.forgetTold(k.company_id, k.camera_id)
    this.found.set(key, { online: fault === null || fault === 'h265' || fault === 'other_codec' || fault === 'busy', checked_at: nowIso(), seen_at: fault === null ? nowIso() : null, fault })
  }
}

const STRETCH_MS = 600_000
const stretch = (at: string | null): number | null => (at === null ? null : Math.floor(Date.parse(at) / STRETCH_MS))
/** How each camera is, written when it changes. */
class States {
  private readonly viewers = new Map<string, number>()
  private readonly written = new Map<string, string>()
  private readonly app: App
  private readonly registry: Registry
  private readonly kept: Kept
  private readonly health: Health
  constructor(app: App, registry: Registry, kept: Kept, health: Health) {
    this.app = app
    this.registry = registry
    this.kept = kept
    this.health = health
  }
  looking(key: string, by: number): void {
    this.viewers.set(key, (this.viewers.get(key) ?? 0) + by)
  }
  async write(): Promise<void> {
    for (const company_id of this.registry.companies) {
      const rows = [...this.registry.cameras].filter(([, k]) => k.company_id === company_id).flatMap(([key, k]) => this.changed(key, k) ?? [])
      await writeStates(this.app, company_id, rows)
    }
  }
  private changed(key: string, k: Known): CameraNow | null {
    const lives = this.registry.livesOf(k.company_id, k.camera_id)
    const live = lives.find((l) => l.state === 'playing') ?? lives.find((l) => l.state === 'waiting')
    const r = this.kept.recorder(key)
    const now: CameraNow = { camera_id: k.camera_id, ...(live ? liveNow(live) : { online: null, checked_at: null, seen_at: null, fault: null, codec: null, width: null, height: null, fps: null, ...this.health.found.get(key) }), recording: r !== undefined && r.fault === null && r.live.state === 'playing', viewer_count: this.viewers.get(key) ?? 0 }
    if (r?.fault) now.fault = r.fault
    // Times move with each picture: they are written when something else changes, and every ten minutes.
    const print = JSON.stringify({ ...now, checked_at: stretch(now.checked_at), seen_at: stretch(now.seen_at), fps: now.fps === null ? null : Math.round(now.fps) })
    if (this.written.get(key) === print) return null
    this.written.set(key, print)
    return now.online === null && live === undefined && !this.health.found.has(key) && lives.length === 0 ? null : now
  }
}

/** Where GB devices speak to, in tests: any port of this machine. */
const GB_HERE: PlatformOptions = { bind: '127.0.0.1', port: 0, media_ports: [40_000, 49_998] }
export async function startMedia(app: App, o: { port: number; host?: string; clock?: boolean; limits?: LiveLimits; gb?: PlatformOptions; hls_idle_ms?: number; onLost?: () => void }): Promise<Media> {
  const started_at = nowIso()
  const platform = new Platform(app, o.gb ?? GB_HERE)
  const registry = new Registry(app, platform, o.limits ?? LIVE)
  const clips = new ClipTaker(app, registry)
  const kept = new Kept(app, registry)
  const health = new Health(registry)
  const later = new Set<Promise<unknown>>()
  const run = (what: string, p: Promise<unknown>): void => {
    const one: Promise<unknown> = p.catch((error: unknown) => log('warn', 'media', { doing: what, cause: String(error) })).finally(() => later.delete(one))
    later.add(one)
  }
  const states = new States(app, registry, kept, health)
  const reload = async (): Promise<void> => {
    await registry.loadAll()
    await kept.match()
  }
  const onNotice = (payload: string): void => {
    const [company, what] = payload.split(':')
    const id = Number(company)
    if (what === 'cameras') run('cameras', registry.load(id).then(() => kept.match()))
    else if (what === 'gb') run('gb', platform.load(id).then(() => registry.load(id)).then(() => beat(app, registry, started_at)))
    else if (what === 'gb_task') run('gb task', platform.runTasks(id))
    else if (what === 'probe') run('probe', runProbes(app, registry, id))
    else if (what === 'clip') run('clip', clips.round())
  }
  const holding = await workAlone(app.d.url, { name: 'media', channel: 'heyuan_video', onNotice, onLost: o.onLost })
  await registry.loadAll()
  await closeOrphans(app, registry)
  await platform.hangUpOrphans(registry.companies)
  for (const k of registry.cameras.values()) await adoptOrphans(app, k)
  const door = await openDoor({ app, registry, onCount: (c, camera, by) => states.looking(`${c}:${camera}`, by), hls_idle_ms: o.hls_idle_ms }, { port: o.port, host: o.host ?? '127.0.0.1' })
  await kept.match()
  await beat(app, registry, started_at)
  for (const c of registry.companies) {
    run('probe', runProbes(app, registry, c))
    run('gb task', platform.runTasks(c))
  }
  const every = (ms: number, what: string, f: () => Promise<unknown>): NodeJS.Timeout => {
    let busy = false
    return setInterval(() => {
      if (busy) return
      busy = true
      run(what, f().finally(() => (busy = false)))
    }, ms)
  }
  // Where there is a camera, somebody will look.
  const warming = setTimeout(() => { if (registry.cameras.size > 0) run('webrtc', warm()) }, o.clock === false ? 0 : WARM_MS)
  const timers = o.clock === false ? [] : [every(STATE_MS, 'state', () => states.write()), every(GB_MS, 'gb', () => platform.sweep()), every(CLIP_MS, 'clips', () => clips.round()), every(BEAT_MS, 'beat', () => beat(app, registry, started_at)), every(RELOAD_MS, 'reload', reload), every(HEALTH_STEP_MS, 'health', () => health.step())]
  return {
    door, registry, platform, clips, reload,
    async tick() {
      await health.step()
      await clips.round()
      await platform.sweep()
      await states.write()
    },
    async stop() {
      clearTimeout(warming)
      for (const t of timers) clearInterval(t)
      await door.close()
      clips.stop()
      await kept.stop()
      registry.stop()
      await platform.stop()
      await Promise.allSettled(later)
      await holding.end()
    },
  }
}
