// BASE_BACKUP of PostgreSQL's replication protocol (manual, 54.4): the whole cluster as one tar with the log that it needs, while the product runs.
// The npm package of the embedded server brings no pg_basebackup, and Debian 12's refuses a server of version 18.
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import pg from 'pg'

export interface Base {
  /** Where replay begins, as '0/2000028'. */
  start_lsn: string
  end_lsn: string
  timeline: number
  /** Names every file of the tar with its SHA-256. */
  manifest: Buffer
}
interface Wire {
  query(text: string): void
  stream: { pause(): void; resume(): void; destroy(e?: Error): void }
}

/** What `pg` asks of a query of one's own; COPY data with pushback is not in its public types. */
class BaseQuery {
  readonly sets: string[][][] = []
  readonly done: Promise<void>
  private readonly manifest: Buffer[] = []
  private part: 'tar' | 'manifest' | null = null
  private archives = 0
  private paused = false
  private fault: Error | undefined
  private settle!: { ok: () => void; fail: (e: Error) => void }
  private readonly label: string
  private readonly tar: Writable
  constructor(label: string, tar: Writable) {
    this.label = label
    this.tar = tar
    this.done = new Promise<void>((ok, fail) => (this.settle = { ok, fail }))
    this.done.catch(() => {}) // told to whoever awaits it
  }
  submit(wire: Wire): void {
    wire.query(`BASE_BACKUP (LABEL '${this.label}', CHECKPOINT 'fast', WAL true, MANIFEST 'yes', MANIFEST_CHECKSUMS 'SHA256')`)
  }
  handleRowDescription(): void {
    this.sets.push([])
  }
  handleDataRow(m: { fields: (string | null)[] }): void {
    this.sets.at(-1)?.push(m.fields.map((f) => f ?? ''))
  }
  handleCopyData(m: { chunk: Buffer }, wire: Wire): void {
    const kind = String.fromCharCode(m.chunk[0]!)
    const body = m.chunk.subarray(1)
    if (kind === 'n') {
      this.part = 'tar'
      if (++this.archives > 1) this.fault = new Error('a cluster with tablespaces is not backed up here')
    } else if (kind === 'm') this.part = 'manifest'
    else if (kind === 'd' && this.part === 'manifest') this.manifest.push(Buffer.from(body))
    else if (kind === 'd' && this.fault === undefined && !this.tar.write(Buffer.from(body)) && !this.paused) {
      // What came in the same packet is still handed over: 64 KB at most.
      this.paused = true
      wire.stream.pause()
      this.tar.once('drain', () => {
        this.paused = false
        wire.stream.resume()
      })
    }
    // 'p' tells of progress only when asked.
  }
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
  handleError(error: Error): void {
    this.settle.fail(error)
  }
  handleReadyForQuery(): void {
    if (this.fault) this.settle.fail(this.fault)
    else this.settle.ok()
  }
  base(): Base {
    const [start_lsn, timeline] = this.sets[0]?.[0] ?? []
    const [end_lsn] = this.sets.at(-1)?.[0] ?? []
    if (!start_lsn || !end_lsn || this.manifest.length === 0) throw new Error('the server ended the backup without its end')
    return { start_lsn, end_lsn, timeline: Number(timeline), manifest: Buffer.concat(this.manifest) }
  }
}

/** Writes the tar into `tar` and ends it. Throws when the server refuses (a role without REPLICATION) or the writing fails; then `tar` is destroyed. */
export async function takeBase(url: string, label: string, tar: Writable): Promise<Base> {
  const client = new pg.Client({ connectionString: url, application_name: 'heyuan-backup', replication: 'true' } as pg.ClientConfig)
  let lost: (e: Error) => void = () => {}
  const gone = new Promise<never>((_, fail) => (lost = fail))
  gone.catch(() => {})
  client.on('error', (e) => lost(e))
  tar.on('error', (e) => lost(e))
  try {
    await client.connect()
    const query = new BaseQuery(label.replaceAll("'", ''), tar)
    client.query(query as unknown as pg.Submittable)
    await Promise.race([query.done, gone])
    const ended = once(tar, 'finish')
    tar.end()
    await Promise.race([ended, gone])
    return query.base()
  } catch (error) {
    tar.destroy()
    throw error
  } finally {
    await Promise.race([client.end(), new Promise((r) => setTimeout(r, 2_000).unref())]).catch(() => {})
  }
}
