// Looking back: own segments one after the other as the browser wants them, or the recorder's stream from that moment. The media time of what is sent is the wall clock
// less the moment asked for, so that the page always knows what time it shows.
import { readFile } from 'node:fs/promises'
import type { App } from '../../../../kernel/app.ts'
import { nowMs } from '../../../../kernel/clock.ts'
import { codecName, readSps } from '../codecs/h264.ts'
import { initSegment, moveTo, readFragment, TICKS, timeOf } from '../codecs/mp4.ts'
import { segmentPath } from '../paths.ts'
import type { Live } from './live.ts'
import type { Known, Registry } from './registry.ts'
import { headIn, readSegment, segmentsOf } from './segments.ts'
import type { Viewer } from './viewer.ts'

/** A browser that asked for nothing is given so much. */
const FIRST_S = 12
const HOUR_MS = 3_600_000
export class OwnPlayback {
  private want_s = FIRST_S
  private wake: (() => void) | undefined
  private over = false
  private readonly app: App
  private readonly k: Known
  private readonly viewer: Viewer
  private readonly from_ms: number
  constructor(app: App, k: Known, viewer: Viewer, from_ms: number) {
    this.app = app
    this.k = k
    this.viewer = viewer
    this.from_ms = from_ms
  }
  need(until_s: number): void {
    if (until_s > this.want_s) this.want_s = until_s
    this.wake?.()
  }
  stop(): void {
    this.over = true
    this.wake?.()
  }
  async run(): Promise<void> {
    let at_ms = this.from_ms
    let codec = ''
    let done = new Set<string>()
    while (!this.over) {
      const list = (await segmentsOf(this.app, this.k.company_id, this.k.camera_id, at_ms, at_ms + 24 * HOUR_MS, 20)).filter((s) => !done.has(s.segment_id))
      if (list.length === 0) return this.viewer.say({ t: 'end' })
      for (const s of list) {
        if (this.over) return
        const bytes = await readFile(segmentPath(this.app.data_dir, this.k.company_id, this.k.camera_id, s.segment_id)).catch(() => null)
        if (bytes) codec = await this.give(bytes, Date.parse(s.from_at), codec)
        at_ms = Math.max(at_ms, Date.parse(s.to_at))
      }
      done = new Set(list.map((s) => s.segment_id))
    }
  }
  private async give(bytes: Buffer, base_ms: number, before: string): Promise<string> {
    const { init, groups } = readSegment(bytes)
    const head = headIn(init)
    const sps = head && readSps(head.sps)
    if (!sps) return before
    const now = init.toString('latin1')
    if (now !== before) this.viewer.onHead(initSegment(head, true), { codec: codecName(sps), width: sps.width, height: sps.height })
    for (const g of groups) {
      const ticks = ((base_ms - this.from_ms) / 1000) * TICKS + timeOf(g)
      const last = readFragment(g)!.samples.at(-1)!
      // The group that holds the moment asked for is sent, what ended before it is not. Before the moment there is no time: it begins at nought.
      if (ticks + last.time + last.ticks - timeOf(g) <= 0) continue
      while (!this.over && ticks / TICKS > this.want_s) await new Promise<void>((r) => (this.wake = r))
      if (this.over) break
      this.viewer.onPiece(moveTo(g, Math.max(0, ticks)), true)
    }
    return now
  }
}
/** The recorder's stream: it sets the pace. */
export const recorderLive = (registry: Registry, k: Known, from_ms: number, to_ms = Math.min(nowMs(), from_ms + HOUR_MS)): Live | null => registry.recorded(k, from_ms, to_ms)
