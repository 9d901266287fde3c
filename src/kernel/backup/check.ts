// Proves a backup by reading all of it: every file of the cluster against the manifest that the server wrote, every kept file by its name.
// What pg_verifybackup does (manual), which the npm package does not bring.
import { createHash, type Hash } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createZstdDecompress } from 'node:zlib'
import { extract, type Header } from 'tar-stream'
import { StartupProblem } from '../pg/problem.ts'
import { noteOf, type BackupNote } from './layout.ts'

interface Manifest {
  Files: { Path: string; Size: number; Checksum: string }[]
}
const damaged = (dir: string, what: string, cause?: unknown): StartupProblem => new StartupProblem(`备份 ${basename(dir)} 已损坏:${what}`, '改用更早的一份备份(npm run heyuan -- backup --list);检查存放备份的磁盘。', cause)

/** Goes through the tar; `each` may write the file away, and reads it to its end. Throws StartupProblem naming what is damaged. */
export async function readBase(dir: string, each: (header: Header, body: AsyncIterable<Buffer>) => Promise<void>): Promise<BackupNote> {
  const note = noteOf(dir)
  const text = readFileSync(join(dir, 'manifest.json'))
  if (createHash('sha256').update(text).digest('hex') !== note.manifest_sha256) throw damaged(dir, 'manifest.json')
  const wanted = new Map((JSON.parse(text.toString()) as Manifest).Files.map((f) => [f.Path, f]))
  const tar = extract()
  const read = pipeline(createReadStream(join(dir, 'base.tar.zst')), createZstdDecompress(), tar)
  // A body that is cut off in the middle ends in no event of its own.
  const broken = new Promise<never>((_, fail) => void read.catch(fail))
  broken.catch(() => {})
  try {
    for await (const entry of tar as AsyncIterable<AsyncIterable<Buffer> & { header: Header; resume(): void }>) {
      const { header } = entry
      const hash = createHash('sha256')
      await Promise.race([each(header, hashed(entry, hash)), broken])
      entry.resume() // a folder has nothing to read
      const want = header.type === 'file' ? wanted.get(header.name) : undefined
      wanted.delete(header.name)
      if (want && hash.digest('hex') !== want.Checksum) throw damaged(dir, `数据库文件 ${header.name} 的内容与清单不符`)
    }
    await read
  } catch (error) {
    throw error instanceof StartupProblem || (error as { code?: string }).code === 'ENOSPC' ? error : damaged(dir, 'base.tar.zst 读不完', error)
  }
  if (wanted.size > 0) throw damaged(dir, `缺少 ${wanted.size} 个数据库文件,如 ${[...wanted.keys()][0]}`)
  return note
}

async function* hashed(body: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of body) {
    hash.update(chunk)
    yield chunk
  }
}

/** Reads everything and keeps nothing: the cluster, and unless `base_only` every kept file. */
export async function checkBackup(dir: string, backups: string, base_only = false): Promise<{ note: BackupNote; kept_count: number }> {
  const note = await readBase(dir, async (_header, body) => {
    for await (const _ of body);
  })
  if (base_only) return { note, kept_count: 0 }
  const kept = readFileSync(join(dir, 'kept.list'), 'utf8').split('\n').filter(Boolean)
  for (const rel of kept) {
    const path = join(backups, 'kept', rel)
    const name = basename(rel)
    // Uploads are named by their own SHA-256; clips only have to be there.
    const found = /^[0-9a-f]{64}$/.test(name) ? (await sha256(path)) === name : await stat(path).then(() => true, () => false)
    if (!found) throw damaged(dir, `文件 kept/${rel} 缺失或内容不符`)
  }
  return { note, kept_count: kept.length }
}
async function sha256(path: string): Promise<string | null> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(path), hash)
    return hash.digest('hex')
  } catch {
    return null
  }
}
