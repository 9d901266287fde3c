// Brings a backup back into a new data folder, to the end of the kept log or to a moment of it. Nothing that exists is touched.
import { createWriteStream, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { cp, mkdir, rm } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { recoverySettings } from '../pg/cluster.ts'
import { RESTORING, startEmbedded, type EmbeddedDatabase } from '../pg/embedded.ts'
import { chownTree, choosePlace } from '../pg/place.ts'
import { StartupProblem, errorText } from '../pg/problem.ts'
import { readBase } from './check.ts'
import { noteOf, type BackupNote } from './layout.ts'

export interface RestoreOptions {
  /** The backup's own folder. */
  from: string
  backups: string
  /** The kept log; without it the backup's own end is reached. */
  archive_dir?: string | undefined
  /** An instant ('2026-11-27T07:00:00.000Z'). */
  to_time?: string | undefined
  /** A new data folder. */
  into: string
  log?: (line: string) => void
}
export interface Restored {
  note: BackupNote
  /** The last commit that is in it, if the log holds any after the backup. */
  reached_at: string | null
  kept_count: number
}
// Replay went at tens of MB a second; a week of log of a busy installation is an hour.
const REPLAY_LIMIT_MS = 6 * 3_600_000

/** The product can be started on `into` afterwards. `look` sees the restored database before it is stopped. Throws StartupProblem for what a person can mend; then `into` is as it was. */
export async function restoreBackup<T>(o: RestoreOptions, look: (url: string) => Promise<T>): Promise<Restored & { looked: T }> {
  const into = resolve(o.into)
  if (existsSync(into) && readdirSync(into).length > 0) throw new StartupProblem(`文件夹不是空的:${into}`, '恢复只写入新的文件夹,不覆盖现有数据;请换一个名字。')
  const { consistent_at } = noteOf(o.from)
  // The server would stop at the end of the backup and say nothing.
  if (o.to_time && o.to_time < consistent_at) throw new StartupProblem(`这份备份完成于 ${consistent_at},不能恢复到更早的 ${o.to_time}。`, '用 --from 选更早的一份备份(npm run heyuan -- backup --list)。')
  const cluster = join(into, 'pg')
  await mkdir(cluster, { recursive: true })
  writeFileSync(join(cluster, RESTORING), '')
  const place = choosePlace(cluster, (line) => o.log?.(line))
  try {
    o.log?.('正在取出数据库文件并核对…')
    const note = await unpack(o.from, place.data_dir)
    if (place.account) chownTree(place.data_dir, place.account)
    const kept = await bringKept(o, into)
    o.log?.(o.archive_dir ? `正在重放日志${o.to_time ? `到 ${o.to_time}` : '到末尾'}…` : '正在启动…')
    const { reached_at, looked } = await replay(o, cluster, place.log_file, look)
    await rm(join(cluster, RESTORING))
    return { note, reached_at, kept_count: kept, looked }
  } catch (error) {
    await rm(place.dir, { recursive: true, force: true })
    await rm(into, { recursive: true, force: true })
    throw error
  }
}

async function unpack(from: string, data_dir: string): Promise<BackupNote> {
  await mkdir(data_dir, { recursive: true, mode: 0o700 })
  const note = await readBase(from, async (header, body) => {
    const to = join(data_dir, header.name)
    if (!`${to}${sep}`.startsWith(data_dir + sep)) throw new StartupProblem(`备份里有不该有的路径:${header.name}`, '这份备份不是和院做的,请勿使用。')
    if (header.type === 'directory') return void (await mkdir(to, { recursive: true, mode: 0o700 }))
    if (header.type !== 'file') throw new StartupProblem(`备份里有链接:${header.name}`, '带表空间的数据库请用 pgBackRest 恢复。')
    await mkdir(dirname(to), { recursive: true, mode: 0o700 })
    await pipeline(body, createWriteStream(to, { mode: 0o600 }))
  })
  // What ALTER SYSTEM had set was for the old place; the product writes its own settings at each start.
  writeFileSync(join(data_dir, 'postgresql.auto.conf'), '', { mode: 0o600 })
  writeFileSync(join(data_dir, 'recovery.signal'), '', { mode: 0o600 })
  return note
}

/** Keys and heads of that day; uploads and clips that the backup names, and later ones that are kept already. */
async function bringKept(o: RestoreOptions, into: string): Promise<number> {
  await cp(join(o.from, 'data'), into, { recursive: true, preserveTimestamps: true })
  const kept = readFileSync(join(o.from, 'kept.list'), 'utf8').split('\n').filter(Boolean).length
  for (const tree of ['files', 'video']) if (existsSync(join(o.backups, 'kept', tree))) await cp(join(o.backups, 'kept', tree), join(into, tree), { recursive: true, preserveTimestamps: true, filter: (src) => !src.endsWith('.part') })
  return kept
}

async function replay<T>(o: RestoreOptions, cluster: string, log_file: string, look: (url: string) => Promise<T>): Promise<{ reached_at: string | null; looked: T }> {
  let db: EmbeddedDatabase | undefined
  const settings = o.archive_dir ? recoverySettings(o.archive_dir, o.to_time && new Date(o.to_time).toISOString().replace('T', ' ').replace('Z', '+00')) : { restore_command: 'false' }
  try {
    db = await startEmbedded({ dir: cluster, restoring: true, settings, log: (line) => o.log?.(line) })
    const reached_at = await untilOpen(db)
    return { reached_at, looked: await look(db.url) }
  } catch (error) {
    throw explain(error, log_file, o.to_time)
  } finally {
    await db?.stop(60_000)
  }
}

async function untilOpen(db: EmbeddedDatabase): Promise<string | null> {
  const client = new pg.Client({ connectionString: db.adminUrl, application_name: 'heyuan-restore' })
  client.on('error', () => {})
  await client.connect()
  try {
    let reached: string | null = null
    for (let waited = 0; waited < REPLAY_LIMIT_MS; waited += 200) {
      const { rows } = await client.query<{ open: boolean; at_ms: string | null }>('select not pg_is_in_recovery() as open, round(extract(epoch from pg_last_xact_replay_timestamp()) * 1000)::text as at_ms')
      reached = rows[0]!.at_ms === null ? reached : new Date(Number(rows[0]!.at_ms)).toISOString()
      if (rows[0]!.open) return reached
      await Promise.race([sleep(200), db.exited.then((how) => Promise.reject(new Error(how)))])
    }
    throw new StartupProblem('重放日志超过六小时,已停止。', '用更新的一份备份恢复,要重放的日志会少得多。')
  } finally {
    await Promise.race([client.end(), sleep(1_000)]).catch(() => {})
  }
}

function explain(error: unknown, log_file: string, to_time: string | undefined): unknown {
  const text = `${errorText(error)}\n${existsSync(log_file) ? readFileSync(log_file, 'utf8').slice(-8_000) : ''}`
  if (to_time && /recovery ended before configured recovery target was reached/.test(text)) {
    const last = [...text.matchAll(/last completed transaction was at log time ([\d\- :.]+)/g)].at(-1)?.[1]
    return new StartupProblem(`保存的日志没有到 ${to_time}${last ? `,最后一笔在 ${last.trim()}` : ''}。`, '选一个更早的时刻,或不写 --to-time 恢复到日志末尾。', error)
  }
  return error
}
