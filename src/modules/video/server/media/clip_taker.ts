// Takes clips and pictures out of what there is: what is still in memory, the own recording, else the recorder by the wall. A clip whose end has not come yet keeps its camera connected.
// A picture (still.ts) waits for nothing.
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { sql } from 'kysely'
import type { App } from '../../../../kernel/app.ts'
import { nowIso, nowMs } from '../../../../kernel/clock.ts'
import { inTransaction } from '../../../../kernel/db.ts'
import { log } from '../../../../kernel/log.ts'
import { asSystem } from '../../../../kernel/worker.ts'
import { TICKS, wholeFile, type Sample } from '../codecs/mp4.ts'
import { clipPath } from '../paths.ts'
import type { Looker, Taken } from './live.ts'
import { recorderLive } from './playback.ts'
import type { Known, Registry } from './registry.ts'
import { recordedSamples } from './segments.ts'
import { nearest, nextPicture, STILL_LATE_MS, STILL_NEAR_MS } from './still.ts'

const SETTLE_MS = 3_000
const AT_ONCE = 4
/** Pictures do not stand behind clips that are played out of a recorder. */
const STILLS_AT_ONCE = 8
/** Half the wanted time is a clip; less is said to be missing. */
const ENOUGH = 0.5
/** A recorder that does not answer is asked again, later each time, for this long after the clip was asked for. */
const TRY_MS = 60 * 60_000
const AGAIN_MS = 60_000
const SIZE_MAX = 400 * 1024 * 1024
interface Waiting {
  clip_id: string
  camera_id: string
  kind: 'clip' | 'still'
  from_at: string
  to_at: string
  created_at: string
}
class Keeper implements Looker {
  onHead(): void {}
  onPiece(): void {}
  onFault(): void {}
}
export class ClipTaker {
  private readonly keeping = new Map<string, { stop: () => void; until_ms: number }>()
  private readonly busy = new Map<string, 'clip' | 'still'>()
  private readonly again = new Map<string, { at_ms: number; tries: number }>()
  private readonly app: App
  private readonly registry: Registry
  constructor(app: App, registry: Registry) {
    this.app = app
    this.registry = registry
  }
  /** One round: cameras of clips to come are kept connected, clips whose time has passed are taken. */
  async round(): Promise<void> {
    for (const company_id of this.registry.companies) {
      const { rows } = await inTransaction(this.app.d, { company_id }, (tx) => sql<Waiting>`select clip_id, camera_id, kind, from_at, to_at, created_at from video.clip where company_id = ${company_id} and state = 'waiting' order by to_at limit 200`.execute(tx.db))
      for (const w of rows) {
        const k = this.registry.of(company_id, w.camera_id)
        const due = w.kind === 'still' || nowMs() >= Date.parse(w.to_at) + SETTLE_MS
        if (k && !due) this.keep(w, k)
        if (!due || this.busy.has(w.clip_id) || this.full(w.kind) || nowMs() < (this.again.get(w.clip_id)?.at_ms ?? 0)) continue
        this.busy.set(w.clip_id, w.kind)
        void (w.kind === 'still' ? this.takeStill(company_id, w, k) : this.take(company_id, w, k)).catch((error: unknown) => log('error', 'clip', { clip_id: w.clip_id, cause: String(error), stack: error instanceof Error ? error.stack : undefined })).finally(() => this.busy.delete(w.clip_id))
      }
    }
    for (const [id, x] of this.keeping) if (nowMs() > x.until_ms + SETTLE_MS * 2) {
      x.stop()
      this.keeping.delete(id)
    }
  }
  private full(kind: Waiting['kind']): boolean {
    return [...this.busy.values()].filter((x) => x === kind).length >= (kind === 'still' ? STILLS_AT_ONCE : AT_ONCE)
  }
  private async takeStill(company_id: number, w: Waiting, k: Known | undefined): Promise<void> {
    const at = Date.parse(w.from_at)
    if (!k) return this.done(company_id, w.clip_id, { state: 'failed', fault: 'closed' })
    const before = nearest(await this.own(k, at - STILL_NEAR_MS, at + STILL_NEAR_MS), at)
    const got = before ?? (nowMs() - at < STILL_LATE_MS ? await nextPicture(this.registry.live(k, k.stream)) : await this.recorded(k, at))
    if (typeof got === 'string') return this.done(company_id, w.clip_id, { state: 'failed', fault: got })
    const file = wholeFile(got.head, [{ ...got.sample, ticks: TICKS }])
    await this.write(company_id, w, file)
    await this.done(company_id, w.clip_id, { state: 'kept', fault: null, size_bytes: file.length, from_at: new Date(Math.round(got.at_ms)).toISOString() })
  }
  private async recorded(k: Known, at: number): Promise<Taken | 'no_footage'> {
    const more = await fromRecorder(this.registry, k, at, at + STILL_NEAR_MS)
    return (more === 'not now' ? undefined : nearest(more, at)) ?? 'no_footage'
  }
  private async write(company_id: number, w: Waiting, file: Buffer): Promise<void> {
    const path = clipPath(this.app.data_dir, company_id, w.clip_id, w.kind)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(`${path}.part`, file, { mode: 0o600 })
    await rename(`${path}.part`, path)
  }
  private keep(w: Waiting, k: Known): void {
    if (this.keeping.has(w.clip_id)) return
    const live = this.registry.live(k, k.stream)
    const keeper = new Keeper()
    live.add(keeper)
    this.keeping.set(w.clip_id, { stop: () => live.remove(keeper), until_ms: Date.parse(w.to_at) })
  }
  /** Whether something is still being taken, for an orderly stop and for tests. */
  get busy_count(): number {
    return this.busy.size
  }
  private async take(company_id: number, w: Waiting, k: Known | undefined): Promise<void> {
    const [from, to] = [Date.parse(w.from_at), Date.parse(w.to_at)]
    let taken = k ? await this.own(k, from, to) : []
    // The recorder may have what we have not, at the price of the time it lasts.
    if (k && spanOf(taken) < (to - from) * ENOUGH) {
      const more = await fromRecorder(this.registry, k, from, to)
      if (more === 'not now' && nowMs() < Math.max(to, Date.parse(w.created_at)) + TRY_MS) return this.later(w.clip_id)
      if (more !== 'not now' && spanOf(more) > spanOf(taken)) taken = more
    }
    this.again.delete(w.clip_id)
    this.keeping.get(w.clip_id)?.stop()
    this.keeping.delete(w.clip_id)
    const first = taken.findIndex((t) => t.sample.key)
    const usable = first < 0 ? [] : taken.slice(first).filter((t) => t.head.sps.equals(taken[first]!.head.sps))
    if (usable.length === 0) return this.done(company_id, w.clip_id, { state: 'failed', fault: k ? 'no_footage' : 'closed' })
    const samples = retime(usable)
    const file = wholeFile(usable[0]!.head, samples)
    await this.write(company_id, w, file)
    const seconds = Math.round(samples.reduce((n, s) => n + s.ticks, 0) / TICKS)
    await this.done(company_id, w.clip_id, { state: 'kept', fault: null, size_bytes: file.length, seconds, from_at: new Date(Math.round(usable[0]!.at_ms)).toISOString() })
  }
  private later(clip_id: string): void {
    const tries = (this.again.get(clip_id)?.tries ?? 0) + 1
    this.again.set(clip_id, { tries, at_ms: nowMs() + AGAIN_MS * Math.min(tries, 10) })
  }
  private async own(k: Known, from: number, to: number): Promise<Taken[]> {
    const ring = this.registry.livesOf(k.company_id, k.camera_id).map((l) => l.recent(from - 10_000, to)).toSorted((a, b) => spanOf(b) - spanOf(a))[0] ?? []
    const begins = ring[0]?.at_ms ?? Infinity
    const disk = begins > from ? (await recordedSamples(this.app, k.company_id, k.camera_id, from, Math.min(to, begins))).filter((t) => t.at_ms < begins - 1) : []
    return fromKeyBefore([...disk, ...ring], from)
  }
  private async done(company_id: number, clip_id: string, o: { state: 'kept' | 'failed'; fault: string | null; size_bytes?: number; seconds?: number; from_at?: string }): Promise<void> {
    await asSystem(this.app, company_id, 'video.clip_made', async (scope) => {
      const r = await sql`update video.clip set state = ${o.state}, fault = ${o.fault}, size_bytes = ${o.size_bytes ?? null}, seconds = ${o.seconds ?? null}, from_at = coalesce(${o.from_at ?? null}::timestamptz, from_at), done_at = ${nowIso()} where company_id = ${company_id} and clip_id = ${clip_id} and state = 'waiting'`.execute(scope.db)
      if (Number(r.numAffectedRows ?? 0n) > 0) scope.note('video_clip', clip_id, { state: o.state, seconds: o.seconds ?? 0, ...(o.fault ? { fault: o.fault } : {}) })
    })
  }
  stop(): void {
    for (const x of this.keeping.values()) x.stop()
    this.keeping.clear()
  }
}
const spanOf = (list: readonly Taken[]): number => (list.length < 2 ? 0 : list.at(-1)!.at_ms - list[0]!.at_ms)
/** A picture can only be shown from a key picture on: the last one before the moment begins the clip. */
function fromKeyBefore(list: readonly Taken[], from: number): Taken[] {
  let start = 0
  for (const [i, t] of list.entries()) {
    if (t.at_ms > from) break
    if (t.sample.key) start = i
  }
  return list.slice(start)
}
/** Pictures from several files and connections on one line of time; a hole is not stretched into a standing picture of minutes. */
function retime(list: readonly Taken[]): Sample[] {
  let size = 0
  const out: Sample[] = []
  for (const [i, t] of list.entries()) {
    size += t.sample.data.length
    if (size > SIZE_MAX) break
    const next = list[i + 1]
    const ticks = next && next.at_ms > t.at_ms ? Math.min(((next.at_ms - t.at_ms) / 1000) * TICKS, 5 * TICKS) : t.sample.ticks
    out.push({ ...t.sample, ticks: Math.max(1, Math.round(ticks)) })
  }
  return out
}
const RECORDER_SLACK_MS = 15_000
/** 'not now': it did not answer, which is not the same as having nothing. */
async function fromRecorder(registry: Registry, k: Known, from: number, to: number): Promise<Taken[] | 'not now'> {
  const live = recorderLive(registry, k, from, to)
  if (!live) return []
  const out: Taken[] = []
  let start: number | undefined
  let size = 0
  let failed = false
  await new Promise<void>((done) => {
    const late = setTimeout(() => done(), to - from + RECORDER_SLACK_MS)
    const end = (): void => { clearTimeout(late); done() }
    live.add({
      onHead() {},
      onPiece() {},
      onOver: end,
      onFault(f) {
        // The end of what a recorder has is a connection closed.
        failed = f !== 'no_such_path' && f !== 'no_video'
        end()
      },
      onSample(sample, _at, head) {
        start ??= sample.time
        const at_ms = from + ((sample.time - start) / TICKS) * 1000
        size += sample.data.length
        if (at_ms > to || size > SIZE_MAX) return end()
        out.push({ sample, at_ms, head })
      },
    })
  })
  live.stop()
  return out.length === 0 && failed ? 'not now' : out
}
