// A backup of the installation that this process belongs to.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { archiveHere } from '../pg/embedded.ts'
import { projectRoot } from '../pg/place.ts'
import type { BackupNote } from './layout.ts'
import { takeBackup } from './take.ts'

const DAYS = 14
/** HEYUAN_BACKUP_KEEP_DAYS; nonsense counts as unsaid. */
export function keepDays(env: NodeJS.ProcessEnv = process.env): number {
  const n = Number(env['HEYUAN_BACKUP_KEEP_DAYS'])
  return Number.isInteger(n) && n >= 1 && n <= 3650 ? n : DAYS
}
export const heyuanVersion = (): string => (JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string }).version

export const takeHere = (o: { url: string; data_dir: string; log?: (line: string) => void }): Promise<BackupNote> => takeBackup({ ...o, archive_dir: archiveHere(o.url, join(o.data_dir, 'pg')), keep_days: keepDays(), heyuan_version: heyuanVersion() })
