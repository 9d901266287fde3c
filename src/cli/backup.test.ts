// `heyuan backup` and `heyuan restore` on a real installation: its schema, a company, a drill that verifies its books.
import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeApp } from '../apps/modules.ts'
import { runSchedule } from '../kernel/worker.ts'
import { migrate } from '../kernel/migrate.ts'
import { startEmbedded, type EmbeddedDatabase } from '../kernel/pg/embedded.ts'
import { serve } from '../kernel/serve.ts'
import { asSystem, startWorker } from '../kernel/worker.ts'
import { createCompany } from '../modules/identity/server/index.ts'
import { system } from '../modules/system/contract.ts'
import { commandLine } from './acting.ts'

const run = promisify(execFile)
let data_dir: string
let db: EmbeddedDatabase
beforeAll(async () => {
  data_dir = mkdtempSync(join(tmpdir(), 'heyuan-backup-'))
  chmodSync(data_dir, 0o755)
  db = await startEmbedded({ dir: join(data_dir, 'pg'), archive: true })
  await migrate(db.url)
}, 240_000)
afterAll(async () => {
  await db?.stop()
  rmSync(data_dir, { recursive: true, force: true })
})

async function heyuan(...args: string[]): Promise<{ code: number; out: Record<string, unknown> }> {
  const env: NodeJS.ProcessEnv = { ...process.env, HEYUAN_DATA: data_dir }
  delete env['DATABASE_URL']
  delete env['HEYUAN_DATABASE_URL']
  try {
    const { stdout } = await run(process.execPath, ['src/apps/cli.ts', ...args, '--json'], { env, maxBuffer: 1 << 24 })
    return { code: 0, out: JSON.parse(stdout) as Record<string, unknown> }
  } catch (error) {
    const e = error as { code: number; stdout: string }
    return { code: e.code, out: JSON.parse(e.stdout) as Record<string, unknown> }
  }
}

it('a company sees that nothing can be brought back yet, asks for a backup, and is told why not twice; the daily one is due by the hour', async () => {
  const app = makeApp({ url: db.url, data_dir, mode: 'empty', name: 'backup-test', max: 4 })
  try {
    const { company_id } = await asSystem(app, 0, 'test', (s) => createCompany(s, { name: '演练物业', short_name: '演练', admin_name: '管理员', login: 'yanlian', password: 'Yuan-Ping-77-Heng' }, app.permissionWords.keys()))
    const ask = async (call: (typeof system)['backups' | 'takeBackup'], input: object = {}) => serve(app, app.answers.get(call.name)!, { who: commandLine, company_id, input }) as Promise<Record<string, unknown>>
    expect(await ask(system.backups)).toMatchObject({ ours: true, rows: [], earliest_at: null, can: { take: true } })
    await ask(system.takeBackup)
    await expect(ask(system.takeBackup)).rejects.toMatchObject({ code: 'system.backup_running' })
    const worker = startWorker(app, { listen: false })
    await worker.drain()
    await worker.stop()
    expect(await ask(system.backups)).toMatchObject({ rows: [{ kept_count: 0 }], failure: null, can: { take: 'system.backup_recent' } })
    await expect(ask(system.takeBackup)).rejects.toMatchObject({ code: 'system.backup_recent' })
    // Today has one; where it is the day before's, the schedule makes one.
    const daily = app.modules.flatMap((m) => m.schedules ?? []).find((s) => s.name === 'system.backup_daily')!
    const at = process.env['HEYUAN_BACKUP_AT']
    process.env['HEYUAN_BACKUP_AT'] = '00:00'
    try {
      await runSchedule(app, daily)
      const [one] = (await ask(system.backups))['rows'] as { name: string }[]
      expect((await ask(system.backups))['rows']).toHaveLength(1)
      const note = join(data_dir, 'backups', one!.name, 'backup.json')
      writeFileSync(note, readFileSync(note, 'utf8').replace(/"ended_at": "[^"]+"/, '"ended_at": "2026-01-01T00:00:00.000Z"'))
      await runSchedule(app, daily)
      expect((await ask(system.backups))['rows']).toHaveLength(2)
    } finally {
      if (at === undefined) delete process.env['HEYUAN_BACKUP_AT']
      else process.env['HEYUAN_BACKUP_AT'] = at
    }
  } finally {
    await app.d.end()
  }
}, 240_000)

it('lists, checks, drills: the restored books are verified and nothing stays', async () => {
  const taken = await heyuan('backup')
  expect(taken).toMatchObject({ code: 0, out: { ok: true, pg_major: '18' } })
  expect((await heyuan('backup', '--list')).out['backups']).toHaveLength(2) // the one of January is over
  expect(await heyuan('backup', '--check', 'latest')).toMatchObject({ code: 0, out: { ok: true, name: taken.out['name'] } })
  const drill = await heyuan('restore', '--drill')
  expect(drill).toMatchObject({ code: 0, out: { ok: true, backup: taken.out['name'], into: null, companies: [{ name: '演练物业', ok: true }] } })
  expect((drill.out['companies'] as { checks: unknown[] }[])[0]!.checks.length).toBeGreaterThan(20)
}, 240_000)

it('refuses in words: no such backup, too early a moment, a moment that is none, a folder in use', async () => {
  expect(await heyuan('backup', '--check', 'nothing')).toMatchObject({ code: 1, out: { error: 'refused' } })
  expect((await heyuan('restore', '--drill', '--to-time', '2020-01-01 00:00')).out['message']).toMatch(/最早的一份备份完成于 20\d\d-/)
  expect(await heyuan('restore', '--drill', '--to-time', '2026-02-30 00:00')).toMatchObject({ code: 2 })
  expect(await heyuan('restore', '--into', data_dir)).toMatchObject({ code: 1, out: { message: expect.stringContaining('不是空的') as string } })
  expect(await heyuan('restore')).toMatchObject({ code: 2 })
}, 120_000)

it('brings back into a new folder, which is a whole installation', async () => {
  const into = `${data_dir}-again`
  try {
    expect(await heyuan('restore', '--into', into)).toMatchObject({ code: 0, out: { ok: true, into } })
    expect(existsSync(join(into, 'pg', 'restoring'))).toBe(false)
    const again = await startEmbedded({ dir: join(into, 'pg'), archive: true })
    await again.stop()
  } finally {
    rmSync(into, { recursive: true, force: true })
  }
}, 120_000)
