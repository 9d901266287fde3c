// 数据备份: of the whole installation, for one database holds all companies. A company sees that there are backups and may ask for one; bringing one back is done
// at the machine (`heyuan restore`), for it would take back every company's day.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { answer, type App, type JobKind, type Schedule } from '../../../kernel/app.ts'
import { keepDays, takeHere } from '../../../kernel/backup/here.ts'
import { backupsDir, listBackups, nameOf } from '../../../kernel/backup/layout.ts'
import { dayOf, nowIso, nowMs } from '../../../kernel/clock.ts'
import { log } from '../../../kernel/log.ts'
import { archiveHere } from '../../../kernel/pg/embedded.ts'
import { readHolder } from '../../../kernel/pg/lock.ts'
import { StartupProblem } from '../../../kernel/pg/problem.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { system, type Backups } from '../contract.ts'

const SHOWN = 60
/** Asked for again within the hour it would cost the machine and help nobody. */
const PAUSE_MS = 3_600_000
const AT = '02:30'

const failureFile = (app: App): string => join(backupsDir(app.data_dir), 'last_failure.json')
function lastFailure(app: App): { at: string; message: string } | null {
  try {
    return JSON.parse(readFileSync(failureFile(app), 'utf8')) as { at: string; message: string }
  } catch {
    return null
  }
}
/** Of an outside database its own keeper makes the backups. */
const isOurs = (app: App): boolean => archiveHere(app.d.url, join(app.data_dir, 'pg')) !== undefined
const isRunning = (app: App): boolean => readHolder(join(backupsDir(app.data_dir), 'backup.lock')) !== undefined

/** HEYUAN_BACKUP_AT: when the day's backup is due (Beijing time), or 'off'. */
function dueAt(): string | null {
  const said = process.env['HEYUAN_BACKUP_AT']
  return said === 'off' ? null : said && /^([01]\d|2[0-3]):[0-5]\d$/.test(said) ? said : AT
}
function mayTake(app: App): true | string {
  if (!isOurs(app)) return 'system.backup_outside'
  if (isRunning(app)) return 'system.backup_running'
  const newest = listBackups(backupsDir(app.data_dir))[0]
  return newest && nowMs() - Date.parse(newest.ended_at) < PAUSE_MS ? 'system.backup_recent' : true
}
/** Told by the server to whoever asks (pg_stat_archiver is readable by all). */
async function archiver(scope: Scope): Promise<{ kept_at: Date | null; failed_at: Date | null }> {
  const { rows } = await sql<{ kept_at: Date | null; failed_at: Date | null }>`select last_archived_time as kept_at, case when last_failed_time > coalesce(last_archived_time, '-infinity') then last_failed_time end as failed_at from pg_stat_archiver`.execute(scope.db)
  return rows[0] ?? { kept_at: null, failed_at: null }
}

export const backupAnswers = (app: () => App) => [
  answer(system.backups, async (scope): Promise<Backups> => {
    const ours = isOurs(app())
    const all = ours ? listBackups(backupsDir(app().data_dir)) : []
    const { kept_at, failed_at } = await archiver(scope)
    const on = all.length > 0
    return {
      ours, other_disk: Boolean(process.env['HEYUAN_BACKUPS']), at: app().mode === 'sample' ? null : dueAt(), keep_days: keepDays(), running: ours && isRunning(app()), failure: ours ? lastFailure(app()) : null,
      earliest_at: all.at(-1)?.consistent_at ?? null, log_at: on && kept_at ? new Date(kept_at).toISOString() : null, log_failed_at: on && failed_at ? new Date(failed_at).toISOString() : null,
      rows: all.slice(0, SHOWN).map((b) => ({ name: b.name, ended_at: b.ended_at, seconds: Math.round((Date.parse(b.ended_at) - Date.parse(b.began_at)) / 1000), size_bytes: b.base.size_bytes, database_bytes: b.database_bytes, kept_count: b.kept_count, heyuan_version: b.heyuan_version })),
      can: { take: mayTake(app()) },
    }
  }),
  answer(system.takeBackup, async (scope) => {
    const may = mayTake(app())
    if (may !== true) throw scope.refuse(may)
    const busy = await sql`select 1 from kernel.job where name = 'system.backup' and state in ('waiting', 'running') limit 1`.execute(scope.db)
    if (busy.rows.length) throw scope.refuse('system.backup_running')
    scope.later({ name: 'system.backup', payload: {}, lane: 'backup', attempts_max: 1 })
    scope.note('backup', nameOf(scope.now), {})
    return {}
  }),
]

async function takeNow(app: App): Promise<void> {
  try {
    await takeHere({ url: app.d.url, data_dir: app.data_dir })
    rmSync(failureFile(app), { force: true })
  } catch (error) {
    const message = error instanceof StartupProblem ? `${error.message}${error.way_out}` : '备份程序故障,详情见后台任务的日志。'
    if (existsSync(backupsDir(app.data_dir))) writeFileSync(failureFile(app), JSON.stringify({ at: nowIso(), message }))
    log('error', 'backup failed', { cause: String(error) })
    throw error
  }
}
export const backupJob = (app: () => App): JobKind => ({ name: 'system.backup', run: async () => takeNow(app()) })

/** Once a day from its hour on, also on a machine that sleeps at night. A failed one is tried again after an hour. */
export const backupSchedule = (app: () => App): Schedule => ({
  name: 'system.backup_daily',
  every_s: 600,
  of: 'platform',
  run: async () => {
    const at = dueAt()
    const now = nowIso()
    if (at === null || app().mode === 'sample' || !isOurs(app()) || isRunning(app())) return
    if (new Date(Date.parse(now) + 8 * 3_600_000).toISOString().slice(11, 16) < at) return
    const newest = listBackups(backupsDir(app().data_dir))[0]
    if (newest && dayOf(newest.ended_at) === dayOf(now)) return
    const failed = lastFailure(app())
    if (failed && nowMs() - Date.parse(failed.at) < PAUSE_MS) return
    await takeNow(app())
  },
})
