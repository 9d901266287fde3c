// The restore drill: marks A, B, C; a backup between, a moment between, a damaged byte, a hole in the log, a killed server. Real servers on real folders.
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { until } from '../../../tests/until.ts'
import { startEmbedded, type EmbeddedDatabase } from '../pg/embedded.ts'
import { checkBackup } from './check.ts'
import { listBackups, segmentOf, walFile, type BackupNote } from './layout.ts'
import { restoreBackup } from './restore.ts'
import { takeBackup } from './take.ts'

let root: string
let data_dir: string
let backups: string
let db: EmbeddedDatabase
const SHA = '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae'
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'heyuan-drill-'))
  data_dir = join(root, 'data')
  backups = join(data_dir, 'backups')
  mkdirSync(join(data_dir, 'files', '2c'), { recursive: true })
  writeFileSync(join(data_dir, 'files', '2c', SHA), 'foo')
  writeFileSync(join(data_dir, 'secret.key'), 'key of the day', { mode: 0o600 })
  db = await startEmbedded({ dir: join(data_dir, 'pg'), archive: true })
  await sql(db.url, 'create table mark (name text primary key)')
}, 120_000)
afterAll(async () => {
  await db?.stop()
  rmSync(root, { recursive: true, force: true })
})

async function sql<R extends pg.QueryResultRow>(url: string, text: string): Promise<R[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<R>(text)).rows
  } finally {
    await client.end()
  }
}
const mark = (name: string) => sql(db.url, `insert into mark values ('${name}')`)
const marks = async (url: string) => (await sql<{ name: string }>(url, 'select name from mark order by 1')).map((r) => r.name)
const take = (more: { keep_days?: number } = {}): Promise<BackupNote> => takeBackup({ url: db.url, data_dir, archive_dir: db.archiveDir, keep_days: 14, heyuan_version: 'test', ...more })
/** The segment that is being written is closed and kept. */
async function archived(): Promise<void> {
  await sql(db.url, 'create table if not exists filler (x int); insert into filler values (1)') // an empty segment is not closed
  const [r] = await sql<{ f: string }>(db.url, 'select pg_walfile_name(pg_switch_wal()) as f')
  await until(async () => existsSync(join(db.archiveDir!, `${r!.f}.gz`)))
}
let n = 0
const restore = (o: { from?: string; to_time?: string; archive_dir?: string | undefined } = {}) =>
  restoreBackup({ from: listBackups(backups)[0]!.dir, backups, archive_dir: db.archiveDir, into: join(root, `again${n++}`), ...o }, marks)

it('before a first backup no log is kept', async () => {
  await sql(db.url, 'select pg_switch_wal()')
  await until(async () => (await sql<{ n: string }>(db.url, 'select archived_count as n from pg_stat_archiver'))[0]!.n !== '0')
  expect(readdirSync(db.archiveDir!)).toEqual([])
})

it('comes back to the end of the log, to a moment, to the backup itself; with keys and uploads', async () => {
  await mark('A')
  const note = await take()
  expect(note).toMatchObject({ pg_major: '18', kept_count: 1 })
  await mark('B')
  const [at] = await sql<{ ms: string }>(db.url, 'select round(extract(epoch from clock_timestamp()) * 1000)::text as ms')
  await mark('C')
  await archived()
  const last = await restore()
  expect(last.looked).toEqual(['A', 'B', 'C'])
  expect(readFileSync(join(root, 'again0', 'secret.key'), 'utf8')).toBe('key of the day')
  expect(statSync(join(root, 'again0', 'secret.key')).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(root, 'again0', 'files', '2c', SHA), 'utf8')).toBe('foo')
  expect((await restore({ to_time: new Date(Number(at!.ms)).toISOString() })).looked).toEqual(['A', 'B'])
  expect((await restore({ archive_dir: undefined })).looked).toEqual(['A'])
  // What was restored starts like any other, and writes.
  const again = await startEmbedded({ dir: join(root, 'again0', 'pg'), archive: true })
  await sql(again.url, `insert into mark values ('D')`)
  expect(await marks(again.url)).toEqual(['A', 'B', 'C', 'D'])
  await again.stop()
}, 240_000)

it('a moment that the log does not reach, or before the backup, is named; nothing is left', async () => {
  await expect(restore({ to_time: '2099-01-01T00:00:00Z' })).rejects.toThrow(/保存的日志没有到 2099-01-01T00:00:00Z,最后一笔在 20/)
  await expect(restore({ to_time: '2020-01-01T00:00:00Z' })).rejects.toThrow(/不能恢复到更早的 2020/)
  expect(readdirSync(root).filter((x) => x === `again${n - 1}` || x === `again${n - 2}`)).toEqual([])
}, 120_000)

it('writes into no folder that holds something', async () => {
  mkdirSync(join(root, 'mine'))
  writeFileSync(join(root, 'mine', 'a'), '')
  await expect(restoreBackup({ from: listBackups(backups)[0]!.dir, backups, into: join(root, 'mine') }, marks)).rejects.toThrow(/不是空的/)
  expect(readdirSync(join(root, 'mine'))).toEqual(['a'])
})

it('a half-filled folder is not started', async () => {
  mkdirSync(join(root, 'half', 'pg'), { recursive: true })
  writeFileSync(join(root, 'half', 'pg', 'restoring'), '')
  await expect(startEmbedded({ dir: join(root, 'half', 'pg') })).rejects.toThrow(/恢复没有做完/)
})

it('a damaged byte, a missing file, a cut tar are found and named', async () => {
  const { dir } = listBackups(backups)[0]!
  await checkBackup(dir, backups)
  const kept = join(backups, 'kept', 'files', '2c', SHA)
  appendFileSync(kept, 'x')
  await expect(checkBackup(dir, backups)).rejects.toThrow(`kept/files/2c/${SHA}`)
  writeFileSync(kept, 'foo')
  const path = join(dir, 'base.tar.zst')
  const whole = readFileSync(path)
  const bad = Buffer.from(whole)
  bad[Math.floor(bad.length / 2)]! ^= 0x40
  writeFileSync(path, bad)
  await expect(checkBackup(dir, backups)).rejects.toThrow(/已损坏/)
  await expect(restore()).rejects.toThrow(/已损坏/)
  writeFileSync(path, whole.subarray(0, whole.length - 5_000))
  await expect(checkBackup(dir, backups)).rejects.toThrow(/已损坏/)
  // Damaged before it was packed: only the server's manifest knows.
  const tar = zstdDecompressSync(whole)
  tar[tar.indexOf('PG_VERSION') + 512]! ^= 1
  writeFileSync(path, zstdCompressSync(tar))
  await expect(checkBackup(dir, backups)).rejects.toThrow(/数据库文件 \S*PG_VERSION 的内容与清单不符/)
  writeFileSync(path, whole)
  const list = join(dir, 'manifest.json')
  const text = readFileSync(list, 'utf8')
  writeFileSync(list, text.replace('PG_VERSION', 'PG_VERSIOM'))
  await expect(checkBackup(dir, backups)).rejects.toThrow(/manifest/)
  const more = text.replace('"Files": [', '"Files": [{ "Path": "base/1/999999", "Size": 1, "Checksum": "00" },')
  const note = join(dir, 'backup.json')
  const said = readFileSync(note, 'utf8')
  writeFileSync(list, more)
  writeFileSync(note, said.replace(/"manifest_sha256": "\w+"/, `"manifest_sha256": "${createHash('sha256').update(more).digest('hex')}"`))
  await expect(checkBackup(dir, backups)).rejects.toThrow('缺少 1 个数据库文件,如 base/1/999999')
  writeFileSync(note, said)
  writeFileSync(list, text)
  await checkBackup(dir, backups)
}, 120_000)

it('is made aside: what a killed taker leaves is no backup, and goes with the next', async () => {
  mkdirSync(join(backups, '2020-01-01T000000Z.part'))
  mkdirSync(join(backups, '2020-01-02T000000Z'))
  expect(listBackups(backups)).toHaveLength(1)
  const both = await Promise.allSettled([take(), take()])
  expect(both.map((b) => b.status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(String((both.find((b) => b.status === 'rejected') as PromiseRejectedResult).reason)).toMatch(/另一个备份正在进行/)
  expect(existsSync(join(backups, '2020-01-01T000000Z.part'))).toBe(false)
  rmSync(join(backups, '2020-01-02T000000Z'), { recursive: true })
}, 120_000)

it('keeps what its age allows, two at least; files that a clock deleted go with the last backup that names them, and the log before the oldest', async () => {
  await archived()
  rmSync(join(data_dir, 'files', '2c', SHA))
  const first = listBackups(backups).at(-1)!
  await take({ keep_days: 14 })
  expect(existsSync(join(backups, 'kept', 'files', '2c', SHA))).toBe(true)
  await new Promise((r) => setTimeout(r, 1_100)) // a backup is named by its second
  await take({ keep_days: 0 })
  const left = listBackups(backups)
  expect(left).toHaveLength(2)
  expect(left.map((b) => b.name)).not.toContain(first.name)
  expect(existsSync(join(backups, 'kept', 'files', '2c', SHA))).toBe(false)
  const oldest = segmentOf(left.at(-1)!.start_wal)
  expect(readdirSync(db.archiveDir!).filter((f) => /^[0-9A-F]{24}/.test(f) && segmentOf(f) < oldest)).toEqual([])
  // The oldest one needs the rest of the very segment that it began in.
  await mark('E')
  await archived()
  expect((await restore({ from: left.at(-1)!.dir })).looked).toEqual(['A', 'B', 'C', 'E'])
}, 240_000)

it('names the file of the log that holds a place in it', () => {
  expect(walFile(1, '0/2000028')).toBe('000000010000000000000002')
  expect(walFile(3, '1A/FF000000')).toBe('000000030000001A000000FF')
})
