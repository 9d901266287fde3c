// Continuous recording on disk: a file a minute, each a head and a fragment a group of pictures, so that a file cut off by a crash is good up to there.
import { mkdir, open, readFile, readdir, rm, stat, statfs, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { App } from '../../../../kernel/app.ts'
import { inTransaction } from '../../../../kernel/db.ts'
import { uuidv7 } from '../../../../kernel/ids.ts'
import { log } from '../../../../kernel/log.ts'
import { fragment, initSegment, readFragment, TICKS, type Head, type Sample } from '../codecs/mp4.ts'
import { segmentFolder, segmentPath } from '../paths.ts'
import type { Fault } from './rtsp.ts'
import type { Live, Looker, Taken } from './live.ts'
import type { Known } from './registry.ts'

const SEGMENT_MS = 60_000
/** Below this the disk is left to the rest of the product: nothing is deleted early, for the law wants it kept. */
const FREE_MIN = 2 * 1024 ** 3
const QUEUE_MAX = 64 * 1024 * 1024
const CHECK_MS = 30_000

interface Open {
  segment_id: string
  file: FileHandle
  from_ms: number
  to_ms: number
  size: number
  head: Head
  no: number
}
export class Recorder implements Looker {
  fault: 'disk_full' | null = null
  private group: { sample: Sample; at_ms: number }[] = []
  private group_size = 0
  private current: Open | undefined
  private chain: Promise<unknown> = Promise.resolve()
  private queued = 0
  private checked_ms = 0
  private readonly app: App
  readonly camera: Known
  readonly live: Live
  constructor(app: App, camera: Known, live: Live) {
    this.app = app
    this.camera = camera
    this.live = live
    live.add(this)
  }
  onHead(): void {}
  onPiece(): void {}
  onFault(_f: Fault): void {
    this.flush(true)
  }
  onSample(sample: Sample, at_ms: number, head: Head): void {
    if (sample.key) this.flush(false, head)
    if (this.group.length === 0 && !sample.key) return
    this.group.push({ sample, at_ms })
    this.group_size += sample.data.length
    if (this.group_size > QUEUE_MAX) this.group = []
  }
  private head: Head | undefined
  /** The group that is whole goes to the disk, one after the other. */
  private flush(end: boolean, next?: Head): void {
    const group = this.group
    const head = this.head
    this.group = []
    this.group_size = 0
    if (next) this.head = next
    const size = group.reduce((n, g) => n + g.sample.data.length, 0)
    if (group.length === 0 && !end) return
    if (this.queued > QUEUE_MAX) return
    this.queued += size
    this.chain = this.chain.then(() => this.write(group, head, end)).catch((error: unknown) => log('error', 'recording', { camera: this.camera.name, cause: String(error) })).finally(() => (this.queued -= size))
  }
  private async write(group: readonly { sample: Sample; at_ms: number }[], head: Head | undefined, end: boolean): Promise<void> {
    const first = group[0]
    if (first && head) {
      if (this.current && (first.at_ms - this.current.from_ms >= SEGMENT_MS || first.at_ms < this.current.from_ms || first.at_ms - this.current.to_ms > 5000 || !this.current.head.sps.equals(head.sps) || !this.current.head.pps.equals(head.pps))) await this.close()
      if (await this.mayWrite(first.at_ms)) {
        this.current ??= await this.begin(first.at_ms, head)
        const c = this.current
        // Time within the file begins at its first picture.
        const start = ((first.at_ms - c.from_ms) / 1000) * TICKS
        const samples = group.map((g) => ({ ...g.sample, time: start + g.sample.time - first.sample.time }))
        const bytes = fragment(++c.no, samples)
        await c.file.write(bytes)
        c.size += bytes.length
        const last = group.at(-1)!
        c.to_ms = Math.max(c.to_ms, first.at_ms + ((last.sample.time + last.sample.ticks - first.sample.time) / TICKS) * 1000)
      }
    }
    if (end) await this.close()
  }
  private async mayWrite(at_ms: number): Promise<boolean> {
    if (Math.abs(at_ms - this.checked_ms) > CHECK_MS) {
      this.checked_ms = at_ms
      await mkdir(segmentFolder(this.app.data_dir, this.camera.company_id, this.camera.camera_id), { recursive: true })
      const d = await statfs(this.app.data_dir)
      this.fault = d.bavail * d.bsize < FREE_MIN ? 'disk_full' : null
    }
    return this.fault === null
  }
  private async begin(from_ms: number, head: Head): Promise<Open> {
    const segment_id = uuidv7()
    const file = await open(segmentPath(this.app.data_dir, this.camera.company_id, this.camera.camera_id, segment_id), 'w', 0o600)
    const init = initSegment(head)
    await file.write(init)
    return { segment_id, file, from_ms, to_ms: from_ms, size: init.length, head, no: 0 }
  }
  private async close(): Promise<void> {
    const c = this.current
    this.current = undefined
    if (!c) return
    await c.file.close()
    await putSegment(this.app, this.camera, c.segment_id, c.from_ms, c.to_ms, c.size)
  }
  async stop(): Promise<void> {
    this.live.remove(this)
    this.flush(true)
    await this.chain
  }
}
async function putSegment(app: App, k: Pick<Known, 'company_id' | 'camera_id'>, segment_id: string, from_ms: number, to_ms: number, size: number): Promise<void> {
  await inTransaction(app.d, { company_id: k.company_id }, (tx) => sql`insert into video.segment (company_id, segment_id, camera_id, from_at, to_at, size_bytes) values (${k.company_id}, ${segment_id}, ${k.camera_id}, ${new Date(from_ms).toISOString()}, ${new Date(to_ms).toISOString()}, ${size}) on conflict do nothing`.execute(tx.db))
}
/** Files that a killed service left without a row: taken in with what they hold. The number of a file holds its time of birth. */
export async function adoptOrphans(app: App, k: Known): Promise<number> {
  const folder = segmentFolder(app.data_dir, k.company_id, k.camera_id)
  const ids = (await readdir(folder).catch(() => [] as string[])).filter((f) => /^[0-9a-f-]{36}\.mp4$/.test(f)).map((f) => f.slice(0, -4))
  if (ids.length === 0) return 0
  const { rows } = await inTransaction(app.d, { company_id: k.company_id }, (tx) => sql<{ id: string }>`select x as id from unnest(${ids}::uuid[]) as x where not exists (select from video.segment g where g.company_id = ${k.company_id} and g.segment_id = x)`.execute(tx.db))
  for (const { id } of rows) {
    const path = join(folder, `${id}.mp4`)
    const ms = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)
    const samples = samplesIn(await readFile(path)).samples
    const last = samples.at(-1)
    if (!last) await rm(path, { force: true })
    else await putSegment(app, k, id, ms, ms + ((last.time + last.ticks) / TICKS) * 1000, (await stat(path)).size)
  }
  return rows.length
}
/** The head and the groups of a segment file; what is cut off at its end is left out. */
export function readSegment(b: Buffer): { init: Buffer; groups: Buffer[] } {
  let at = 0
  let init_end = 0
  const groups: Buffer[] = []
  while (at + 8 <= b.length) {
    const type = b.toString('latin1', at + 4, at + 8)
    if (type === 'moof') {
      const f = readFragment(b.subarray(at))
      if (!f) break
      groups.push(b.subarray(at, at + f.length))
      at += f.length
      continue
    }
    const n = b.readUInt32BE(at)
    if (n < 8) break
    at += n
    if (groups.length === 0) init_end = at
  }
  return { init: b.subarray(0, init_end), groups }
}
export function headIn(init: Buffer): Head | null {
  const at = init.indexOf('avcC')
  if (at < 0) return null
  const sps_size = init.readUInt16BE(at + 10)
  const sps = init.subarray(at + 12, at + 12 + sps_size)
  const pps_at = at + 12 + sps_size + 1
  return { sps, pps: init.subarray(pps_at + 2, pps_at + 2 + init.readUInt16BE(pps_at)) }
}
function samplesIn(b: Buffer): { head: Head | null; samples: Sample[] } {
  const { init, groups } = readSegment(b)
  return { head: headIn(init), samples: groups.flatMap((g) => readFragment(g)!.samples) }
}
export interface SegmentRow {
  segment_id: string
  from_at: string
  to_at: string
}
export async function segmentsOf(app: App, company_id: number, camera_id: string, from_ms: number, to_ms: number, limit: number): Promise<SegmentRow[]> {
  const { rows } = await inTransaction(app.d, { company_id }, (tx) => sql<SegmentRow>`select segment_id, from_at, to_at from video.segment where company_id = ${company_id} and camera_id = ${camera_id} and to_at > ${new Date(from_ms).toISOString()}::timestamptz and from_at < ${new Date(to_ms).toISOString()}::timestamptz order by from_at limit ${limit}`.execute(tx.db))
  return rows
}
/** Recorded pictures of a stretch of time, from its own files. */
export async function recordedSamples(app: App, company_id: number, camera_id: string, from_ms: number, to_ms: number): Promise<Taken[]> {
  const out: Taken[] = []
  for (const s of await segmentsOf(app, company_id, camera_id, from_ms, to_ms, 30)) {
    const bytes = await readFile(segmentPath(app.data_dir, company_id, camera_id, s.segment_id)).catch(() => null)
    const { head, samples } = bytes ? samplesIn(bytes) : { head: null, samples: [] }
    const base = Date.parse(s.from_at)
    if (head) for (const sample of samples) {
      const at_ms = base + (sample.time / TICKS) * 1000
      if (at_ms >= from_ms - 10_000 && at_ms <= to_ms) out.push({ sample, at_ms, head })
    }
  }
  return out
}
