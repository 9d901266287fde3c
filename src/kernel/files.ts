// Files: content-addressed under the data folder, type sniffed from bytes, bounded, reached only through the row that owns them.
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { App } from './app.ts'
import { inTransaction } from './db.ts'
import { uuidv7 } from './ids.ts'
import { nowIso } from './clock.ts'
import { Refusal } from './refuse.ts'
import type { Who } from './scope.ts'

/** What may be uploaded for what: the most bytes, and how long an unused file lives. */
const PURPOSES: Record<string, { max_bytes: number; days: number; unnamed?: boolean }> = {
  import: { max_bytes: 30 * 1024 * 1024, days: 90 },
  // Pictures of what was found on the spot: as long as a claim from it can be brought (民法典 188: 3 years).
  photo: { max_bytes: 8 * 1024 * 1024, days: 3 * 366 },
  // With a call that promises to name nobody: who sent it up is kept nowhere.
  unnamed_photo: { max_bytes: 8 * 1024 * 1024, days: 3 * 366, unnamed: true },
  // What somebody says instead of writing, and shows instead of describing: bounded by size, for the length is only what the phone says.
  voice: { max_bytes: 2 * 1024 * 1024, days: 3 * 366 },
  video: { max_bytes: 30 * 1024 * 1024, days: 3 * 366 },
  /** Pages made here for printing many at once; drawn again when they are gone. */
  notices: { max_bytes: 200 * 1024 * 1024, days: 400 },
  /** Logos and seals on papers: as long as one may be printed again (会计档案管理办法: 会计凭证 30 years). */
  picture: { max_bytes: 1_000_000, days: 31 * 366 },
  /** Site plans: drawn anew as PNG or JPEG before they are sent, kept as long as the building stands. */
  plan: { max_bytes: 8 * 1024 * 1024, days: 31 * 366 },
  /** Contracts and what was signed: a covenant is in force as long as the community stands. */
  contract: { max_bytes: 20 * 1024 * 1024, days: 31 * 366 },
  /** Papers that prove something: of an approval, a vacancy, a delivery. Claims for fees run out after three years (民法典 188), courts take longer. */
  proof: { max_bytes: 20 * 1024 * 1024, days: 3650 },
}

const tooLarge = (max_bytes: number): Refusal => new Refusal('kernel.too_large', { max: `${max_bytes / 1024 / 1024} MB` })

/** By the length that was announced. */
export function checkSize(purpose: string, size_bytes: number): void {
  const rule = PURPOSES[purpose]
  if (rule && size_bytes > rule.max_bytes) throw tooLarge(rule.max_bytes)
}

export const isUnnamed = (purpose: string): boolean => PURPOSES[purpose]?.unnamed === true

export const pathOf = (data_dir: string, sha256: string): string => join(data_dir, 'files', sha256.slice(0, 2), sha256)

/** Streams an upload to disk, never into memory; a body over the limit is cut off and leaves nothing behind. */
export async function saveUpload(app: App, asked: { who: Who; company_id: number }, up: { purpose: string; name: string; body: Readable }): Promise<{ file_id: string; name: string; size_bytes: number }> {
  const rule = PURPOSES[up.purpose]
  if (!rule) throw new Refusal('kernel.not_found')
  if (typeof up.body?.pipe !== 'function') throw new Refusal('kernel.invalid', { detail: '没有收到文件内容' })
  const folder = join(app.data_dir, 'files', 'incoming')
  await mkdir(folder, { recursive: true })
  const temp = join(folder, randomUUID())
  const hash = createHash('sha256')
  let size_bytes = 0
  const meter = new Transform({
    transform(chunk: Buffer, _enc, done) {
      size_bytes += chunk.length
      if (size_bytes > rule.max_bytes) return done(tooLarge(rule.max_bytes))
      hash.update(chunk)
      done(null, chunk)
    },
  })
  try {
    await pipeline(up.body, meter, createWriteStream(temp, { mode: 0o600 }))
    if (size_bytes === 0) throw new Refusal('kernel.invalid', { detail: '文件是空的' })
    const sha256 = hash.digest('hex')
    const to = pathOf(app.data_dir, sha256)
    await mkdir(join(to, '..'), { recursive: true })
    await rename(temp, to)
    return await record(app, asked, { purpose: up.purpose, name: up.name.slice(0, 200), sha256, size_bytes, days: rule.days, unnamed: rule.unnamed === true, type: await sniff(to) })
  } finally {
    await rm(temp, { force: true })
  }
}

async function record(app: App, asked: { who: Who; company_id: number }, f: { purpose: string; name: string; sha256: string; size_bytes: number; days: number; unnamed: boolean; type: string }): Promise<{ file_id: string; name: string; size_bytes: number }> {
  const file_id = uuidv7()
  const created_at = nowIso()
  await inTransaction(app.d, { company_id: asked.company_id }, ({ db }) =>
    db
      .insertInto('kernel.file')
      .values({ company_id: asked.company_id, file_id, sha256: f.sha256, name: f.name, type: f.type, size_bytes: f.size_bytes, purpose: f.purpose, created_by: f.unnamed ? null : asked.who.account_id, created_at, expires_at: new Date(Date.parse(created_at) + f.days * 86_400_000).toISOString() })
      .execute(),
  )
  return { file_id, name: f.name, size_bytes: f.size_bytes }
}

/** The type by the first bytes; the name is only what the person called it. */
async function sniff(path: string): Promise<string> {
  const h = await open(path)
  try {
    const b = Buffer.alloc(12)
    await h.read(b, 0, 12, 0)
    const hex = b.toString('hex')
    if (hex.startsWith('504b0304')) return 'application/zip'
    if (hex.startsWith('d0cf11e0')) return 'application/x-ole-storage'
    if (hex.startsWith('89504e47')) return 'image/png'
    if (hex.startsWith('ffd8ff')) return 'image/jpeg'
    if (hex.startsWith('25504446')) return 'application/pdf'
    return soundOrPicture(b) ?? 'text/plain'
  } finally {
    await h.close()
  }
}

/** Containers of sound and moving pictures (EBML; ISO/IEC 14496-12; RFC 3533). Whether one holds a picture only its inside says: whoever asked for sound gets sound. */
function soundOrPicture(b: Buffer): string | undefined {
  if (b.readUInt32BE(0) === 0x1a45dfa3) return 'video/webm'
  if (b.toString('latin1', 0, 4) === 'OggS') return 'audio/ogg'
  if (b.toString('latin1', 0, 4) === 'RIFF' && b.toString('latin1', 8, 12) === 'WAVE') return 'audio/wav'
  if (b.toString('latin1', 4, 8) !== 'ftyp') return undefined
  const brand = b.toString('latin1', 8, 12)
  return brand === 'qt  ' ? 'video/quicktime' : /^(heic|heix|mif1|msf1|avif)$/.test(brand) ? 'image/heic' : 'video/mp4'
}

export const openFile = (data_dir: string, sha256: string): Readable => createReadStream(pathOf(data_dir, sha256))
export const hasFile = (data_dir: string, sha256: string): Promise<boolean> => stat(pathOf(data_dir, sha256)).then(() => true, () => false)
