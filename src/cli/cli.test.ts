import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { projectRoot } from '../kernel/pg/place.ts'
import { commands } from './registry.ts'

const data = mkdtempSync(join(tmpdir(), 'heyuan-cli-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))

function cli(...args: string[]): { code: number | null; out: string; err: string } {
  const env = { ...process.env, HEYUAN_DATA: data, DATABASE_URL: '', HEYUAN_DATABASE_URL: '' }
  const ran = spawnSync(process.execPath, [join(projectRoot, 'src/apps/cli.ts'), ...args], { env, encoding: 'utf8', timeout: 30_000, stdio: ['ignore', 'pipe', 'pipe'] })
  return { code: ran.status, out: ran.stdout, err: ran.stderr }
}

test('every command says its name, what it does and how', async () => {
  for (const [name, load] of Object.entries(commands)) {
    const command = await load()
    expect(command.name).toBe(name)
    expect(command.summary_zh).toMatch(/[\u4e00-\u9fff]/)
    expect(command.usage.startsWith(name)).toBe(true)
  }
})

test('exit codes: 0 done, 2 wrong usage; --json answers on stdout alone', { timeout: 90_000 }, () => {
  expect(cli().code).toBe(0)
  expect(cli('help', 'doctor').out).toContain('npm run heyuan -- doctor')
  expect(cli('migrate', '--help')).toMatchObject({ code: 0, err: '' })
  expect(cli('constructor')).toMatchObject({ code: 2, out: '' })
  expect(cli('migrate', '--nix')).toMatchObject({ code: 2, err: expect.stringContaining('不认识的选项 --nix') })
  expect(JSON.parse(cli('migrate', '--nix', '--json').out)).toMatchObject({ error: 'usage' })
})

test('doctor before the first start looks and makes nothing', { timeout: 90_000 }, () => {
  const { code, out } = cli('doctor', '--json')
  const answer = JSON.parse(out)
  expect(code).toBe(0)
  expect(answer.findings.every((one: { level: string; way_out?: string }) => one.level === 'ok' || one.way_out !== undefined)).toBe(true)
  expect(out).toContain('还没有数据库')
})

test('a reader that leaves early does not break the command', { timeout: 90_000 }, () => {
  const ran = spawnSync('bash', ['-c', `set -o pipefail; "$0" "$1" help | true`, process.execPath, join(projectRoot, 'src/apps/cli.ts')], { encoding: 'utf8', timeout: 120_000 })
  expect(ran).toMatchObject({ status: 0, stderr: '' })
})
