// Where backups lie and what one is: a folder named by its instant, made aside and renamed when it is whole.
//   <backups>/2026-11-27T183000Z/   base.tar.zst  manifest.json  kept.list  data/…  backup.json
//   <backups>/kept/…                files that never change (uploads, clips), each once for all backups
//   <archive>/                      the log since the first backup, a gzip a segment (cluster.ts writes them)
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { heyuanDir } from '../pg/place.ts'

export interface BackupNote {
  format: 1
  name: string
  began_at: string
  ended_at: string
  /** The earliest moment that it can be brought to. */
  consistent_at: string
  start_lsn: string
  end_lsn: string
  /** First file of the log that it needs: '000000010000000000000002'. */
  start_wal: string
  timeline: number
  pg_major: string
  heyuan_version: string
  base: { sha256: string; size_bytes: number }
  manifest_sha256: string
  kept_count: number
  /** Of the database, unpacked. */
  database_bytes: number
}
export const NAME = /^\d{4}-\d\d-\d\dT\d{6}Z$/
/** '2026-11-27T18:30:00.123Z' as a folder's name. */
export const nameOf = (iso: string): string => `${iso.slice(0, 19).replaceAll(':', '')}Z`

/** The folder of backups; `HEYUAN_BACKUPS` names another disk, which is where they belong. */
export const backupsDir = (data_dir = heyuanDir()): string => (process.env['HEYUAN_BACKUPS'] ? resolve(process.env['HEYUAN_BACKUPS']) : join(data_dir, 'backups'))

export function noteOf(dir: string): BackupNote {
  const note = JSON.parse(readFileSync(join(dir, 'backup.json'), 'utf8')) as BackupNote
  if (note.format !== 1) throw new Error(`backup.json of format ${String(note.format)}`)
  return note
}
/** Whole ones, newest first; a folder that cannot be read is left out, and stays. */
export function listBackups(backups: string): (BackupNote & { dir: string })[] {
  if (!existsSync(backups)) return []
  const names = readdirSync(backups).filter((n) => NAME.test(n)).toSorted().toReversed().slice(0, 400)
  return names.flatMap((n) => {
    try {
      return [{ ...noteOf(join(backups, n)), dir: join(backups, n) }]
    } catch {
      return []
    }
  })
}

const SEGMENT = 16n * 1024n * 1024n
/** The file of the log that holds a place in it (manual, 9.28.1: pg_walfile_name), segments of 16 MB. */
export function walFile(timeline: number, lsn: string): string {
  const [high, low] = lsn.split('/')
  const at = (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`)
  const n = at / SEGMENT
  const hex = (v: bigint): string => v.toString(16).toUpperCase().padStart(8, '0')
  return `${hex(BigInt(timeline))}${hex(n / 256n)}${hex(n % 256n)}`
}
/** Names compare without the timeline, as pg_archivecleanup does. */
export const segmentOf = (file: string): string => file.slice(8, 24)

/** Trees whose files never change under their name, relative to the data folder. */
export function keptFiles(data_dir: string): string[] {
  const out: string[] = []
  const list = (rel: string): string[] => (existsSync(join(data_dir, rel)) ? readdirSync(join(data_dir, rel), { withFileTypes: true }).map((e) => (e.isFile() ? `f ${e.name}` : `d ${e.name}`)) : [])
  const files = (rel: string): void => {
    for (const e of list(rel)) if (e.startsWith('f ')) out.push(`${rel}/${e.slice(2)}`)
  }
  for (const e of list('files')) if (e.startsWith('d ') && e !== 'd incoming') files(`files/${e.slice(2)}`)
  for (const e of list('video')) if (e.startsWith('d ')) files(`video/${e.slice(2)}/clips`)
  return out
}
/** What else of the data folder goes along: keys, sealed heads, what the simulators remember. Not the cluster, not recordings, which have their own clock, not locks. */
export const goesAlong = (name: string): boolean => !['pg', 'backups', 'files', 'video', 'cache', 'log', 'dist'].includes(name) && !name.endsWith('.lock') && !name.endsWith('.part')
