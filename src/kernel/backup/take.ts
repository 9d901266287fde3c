// Takes one backup while the product runs, keeps what its age allows, and lets nothing half-made look whole.
import { createHash } from 'node:crypto'
import { createWriteStream, constants as fs, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { copyFile, cp, mkdir, open, readdir, rename, rm, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants as zlib, createZstdCompress } from 'node:zlib'
import pg from 'pg'
import { nowIso, nowMs } from '../clock.ts'
import { acquireLock } from '../pg/lock.ts'
import { StartupProblem } from '../pg/problem.ts'
import { takeBase } from './base_backup.ts'
import { checkBackup } from './check.ts'
import { NAME, backupsDir, goesAlong, keptFiles, listBackups, nameOf, noteOf, segmentOf, walFile, type BackupNote } from './layout.ts'

export interface TakeOptions {
  /** The owner's connection. */
  url: string
  data_dir: string
  /** Of the embedded server: where its log goes; without it there is no restoring to a point in time. */
  archive_dir?: string | undefined
  keep_days: number
  heyuan_version: string
  log?: (line: string) => void
}
/** The newest stay however old they are: a machine that was off for a month still has something to go back to. */
const ALWAYS_KEPT = 2
const DAY_MS = 86_400_000

/** Throws StartupProblem for what a person can mend. */
export async function takeBackup(o: TakeOptions): Promise<BackupNote> {
  const backups = backupsDir(o.data_dir)
  await mkdir(backups, { recursive: true, mode: 0o700 })
  const taken = await acquireLock(join(backups, 'backup.lock'), { purpose: 'backup' })
  if ('holder' in taken) throw new StartupProblem(`另一个备份正在进行(进程号 ${taken.holder.pid})。`, '等它完成后再试。')
  try {
    await sweepParts(backups)
    const name = nameOf(nowIso())
    const part = join(backups, `${name}.part`)
    try {
      await mkdir(part, { mode: 0o700 })
      await writeAll(o, backups, part, name)
      await syncPath(part)
      await rename(part, join(backups, name))
      await syncPath(backups)
    } catch (error) {
      await rm(part, { recursive: true, force: true })
      throw explain(error)
    }
    await prune(backups, o)
    return noteOf(join(backups, name))
  } finally {
    taken.lock.release()
  }
}

async function writeAll(o: TakeOptions, backups: string, part: string, name: string): Promise<void> {
  const began_at = nowIso()
  const { database_bytes, pg_major } = await beginArchive(o)
  const { bavail, bsize } = await statfs(backups)
  if (bavail * bsize < database_bytes / 2 + 64 * 1024 * 1024) throw new StartupProblem(`备份所在的磁盘只剩 ${mb(bavail * bsize)},数据库有 ${mb(database_bytes)}:${backups}`, '清理磁盘,或用环境变量 HEYUAN_BACKUPS 指定另一块磁盘上的文件夹。')
  o.log?.(`正在备份数据库(${mb(database_bytes)})…`)
  const hash = createHash('sha256')
  let size_bytes = 0
  const count = new Transform({ transform: (chunk: Buffer, _enc, done) => (hash.update(chunk), (size_bytes += chunk.length), done(null, chunk)) })
  const tar = createZstdCompress({ params: { [zlib.ZSTD_c_compressionLevel]: 3, [zlib.ZSTD_c_checksumFlag]: 1 } })
  const written = pipeline(tar, count, createWriteStream(join(part, 'base.tar.zst'), { mode: 0o600, flush: true }))
  written.catch(() => {}) // its reason is thrown by one of the two below
  const base = await takeBase(o.url, `heyuan ${name}`, tar)
  const consistent_at = nowIso()
  await written
  writeFileSync(join(part, 'manifest.json'), base.manifest, { mode: 0o600 })
  const kept = await keep(o.data_dir, backups)
  writeFileSync(join(part, 'kept.list'), kept.map((k) => `${k}\n`).join(''), { mode: 0o600 })
  await mkdir(join(part, 'data'), { mode: 0o700 })
  for (const n of readdirSync(o.data_dir).filter(goesAlong)) await cp(join(o.data_dir, n), join(part, 'data', n), { recursive: true, preserveTimestamps: true, filter: (src) => !src.endsWith('.sock') })
  const note: BackupNote = {
    format: 1, name, began_at, ended_at: nowIso(), consistent_at, start_lsn: base.start_lsn, end_lsn: base.end_lsn, start_wal: walFile(base.timeline, base.start_lsn), timeline: base.timeline, pg_major, heyuan_version: o.heyuan_version,
    base: { sha256: hash.digest('hex'), size_bytes }, manifest_sha256: createHash('sha256').update(base.manifest).digest('hex'), kept_count: kept.length, database_bytes,
  }
  writeFileSync(join(part, 'backup.json'), `${JSON.stringify(note, null, 1)}\n`, { mode: 0o600, flush: true })
  o.log?.('正在读回核对…')
  // Kept files are many and were read when they were kept; `backup --check` reads them again.
  await checkBackup(part, backups, true)
}

/** From now on each full segment of the log is kept, and one is closed each minute: what is lost with the machine is a minute at most. */
async function beginArchive(o: TakeOptions): Promise<{ database_bytes: number; pg_major: string }> {
  if (o.archive_dir) writeFileSync(join(o.archive_dir, 'on'), '')
  const client = new pg.Client({ connectionString: o.url, application_name: 'heyuan-backup' })
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query<{ size: string; v: number; timeout: string }>(`select sum(pg_database_size(oid))::bigint::text as size, current_setting('server_version_num')::int / 10000 as v, current_setting('archive_timeout') as timeout from pg_database`)
    const r = rows[0]!
    if (o.archive_dir && r.timeout === '0') {
      await client.query(`alter system set archive_timeout = '60s'`)
      await client.query('select pg_reload_conf()')
    }
    return { database_bytes: Number(r.size), pg_major: String(r.v) }
  } finally {
    await client.end()
  }
}

/** Copies what is not there yet; gives the names of all. */
export async function keep(data_dir: string, backups: string): Promise<string[]> {
  const all = keptFiles(data_dir)
  const out: string[] = []
  for (const rel of all) {
    const to = join(backups, 'kept', rel)
    if (!existsSync(to)) {
      await mkdir(dirname(to), { recursive: true, mode: 0o700 })
      try {
        await copyFile(join(data_dir, rel), `${to}.part`, fs.COPYFILE_FICLONE)
      } catch (error) {
        // Deleted by its clock since the list was made.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue
        throw error
      }
      await rename(`${to}.part`, to)
    }
    out.push(rel)
  }
  return out
}

/** Older than allowed, kept files that no backup names (what a clock deleted must not live on here), log before the oldest backup. */
async function prune(backups: string, o: TakeOptions): Promise<void> {
  const all = listBackups(backups)
  const oldest = nowMs() - o.keep_days * DAY_MS
  for (const b of all.slice(ALWAYS_KEPT)) if (Date.parse(b.ended_at) < oldest) await rm(b.dir, { recursive: true, force: true })
  const left = listBackups(backups)
  const named = new Set(left.flatMap((b) => readFileSync(join(b.dir, 'kept.list'), 'utf8').split('\n')))
  for (const rel of keptFiles(join(backups, 'kept'))) if (!named.has(rel)) await rm(join(backups, 'kept', rel), { force: true })
  const first = left.map((b) => segmentOf(b.start_wal)).toSorted()[0]
  if (!o.archive_dir || first === undefined) return
  for (const f of await readdir(o.archive_dir)) if (/^[0-9A-F]{24}\b/.test(f) && segmentOf(f) < first) await rm(join(o.archive_dir, f), { force: true })
}

/** Of takers that were killed: nobody else is at work, the lock is ours. */
async function sweepParts(backups: string): Promise<void> {
  for (const n of readdirSync(backups)) if (n.endsWith('.part') && NAME.test(n.slice(0, -5))) await rm(join(backups, n), { recursive: true, force: true })
}
async function syncPath(path: string): Promise<void> {
  const dir = await open(path, 'r')
  await dir.sync().finally(() => dir.close())
}
export const mb = (bytes: number): string => (bytes < 1024 ** 3 ? `${Math.ceil(bytes / 1024 ** 2)} MB` : `${(bytes / 1024 ** 3).toFixed(1)} GB`)

function explain(error: unknown): unknown {
  const code = (error as { code?: string }).code
  if (code === 'ENOSPC' || code === 'EDQUOT') return new StartupProblem('备份所在的磁盘已满,这次备份没有留下。', '清理磁盘,或用环境变量 HEYUAN_BACKUPS 指定另一块磁盘上的文件夹。', error)
  if (code === '42501') return new StartupProblem('数据库用户没有复制权限(REPLICATION),不能备份。', '请数据库管理员授权:alter role 用户 replication;或用 pgBackRest 备份自己的 PostgreSQL。', error)
  return error
}
