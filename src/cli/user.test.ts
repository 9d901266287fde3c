// The command against a database with two companies, without a terminal.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../tests/harness.ts'
import { projectRoot } from '../kernel/pg/place.ts'
import { identity } from '../modules/identity/contract.ts'
import { EXIT, RefusedError, isUsageError, usageText, type Out } from './command.ts'
import { run } from './user.ts'

let t: TestApp
const before = { DATABASE_URL: process.env['DATABASE_URL'], HEYUAN_DATA: process.env['HEYUAN_DATA'] }
beforeAll(async () => {
  t = await testApp()
  Object.assign(process.env, { DATABASE_URL: t.url, HEYUAN_DATA: t.data_dir })
})
afterAll(() => {
  for (const [k, v] of Object.entries(before)) if (v === undefined) delete process.env[k]
    else process.env[k] = v
})

test('as it is typed: --json answers on stdout alone', { timeout: 120_000 }, () => {
  const ran = spawnSync(process.execPath, [join(projectRoot, 'src/apps/cli.ts'), 'user', 'list', '--json', '--company', String(t.company_id)], { env: process.env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  expect(ran.status, ran.stderr).toBe(0)
  expect((JSON.parse(ran.stdout) as { members: unknown[] }).members.length).toBeGreaterThan(0)
})

/** In this process: a new one takes seconds to load the product. The first test of all types it for real. */
async function user(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const is_json = args.includes('--json')
  let out = ''
  const sink: Out = { is_json, may_ask: false, line: (text = '') => void (is_json || (out += `${text}\n`)), json: (value) => void (is_json && (out += JSON.stringify(value))) }
  try {
    return { code: await run([...args.filter((a) => a !== '--json'), '--company', String(t.company_id)], sink), out, err: '' }
  } catch (error) {
    const code = isUsageError(error) ? EXIT.usage : error instanceof RefusedError ? EXIT.refused : EXIT.fault
    return { code, out, err: code === EXIT.usage ? usageText(error) : (error as Error).message }
  }
}
const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>
const signIn = (login: string, password: string) => t.as('nobody')(identity.signIn, { login, password })

test('add gives a password that works once, grant adds a role, the audit says it was the command line', { timeout: 120_000 }, async () => {
  const added = await user('add', 'wang.fang', '--name', '王芳', '--phone', '13900001111', '--json')
  expect(added.code).toBe(0)
  const { first_password } = json(added.out) as { first_password: string }
  expect(await signIn('wang.fang', first_password)).toMatchObject({ session: expect.anything() })
  expect(await user('add', 'wang.fang', '--name', '王芳')).toMatchObject({ code: 1, err: expect.stringContaining('已有人使用') })

  expect((await user('grant', 'wang.fang', '--role', '收费员', '--json')).out).toContain('"changed":true')
  expect((await user('grant', 'wang.fang', '--role', 'cashier', '--json')).out).toContain('"changed":false')
  expect(await user('grant', 'wang.fang', '--role', '国王')).toMatchObject({ code: 1, err: expect.stringContaining('可用:') })
  expect(await user('grant', 'wang.fang', '--role', '收费员', '--community', '没有的小区')).toMatchObject({ code: 1, err: expect.stringContaining('没有名为') })
  const listed = json((await user('list', '--json')).out) as { members: { login: string; state: string; roles: { name: string }[] }[] }
  expect(listed.members.find((m) => m.login === 'wang.fang')).toMatchObject({ state: 'active', roles: [{ name: '收费员' }] })

  const { rows } = await t.as('admin')(identity.audit, { call: 'identity.addMember', actor: '命令行' })
  expect(rows.map((r) => r.outcome).sort()).toEqual(['done', 'refused'])
  expect(JSON.stringify(rows)).not.toContain(first_password)
})

test('unlock opens without touching the password; reset makes a new one', { timeout: 120_000 }, async () => {
  const { first_password } = json((await user('add', 'locked.cli', '--name', '锁', '--json')).out) as { first_password: string }
  for (let n = 0; n < 5; n++) await expectRefused(signIn('locked.cli', 'x'.repeat(12)), 'identity.wrong_password')
  await expectRefused(signIn('locked.cli', first_password), 'identity.locked')
  expect((await user('list')).out).toMatch(/locked\.cli.*已锁定/)
  expect(json((await user('unlock', 'locked.cli', '--json')).out)).toMatchObject({ was_locked: true })
  await signIn('locked.cli', first_password)
  const reset = json((await user('reset', 'locked.cli', '--yes', '--json')).out) as { first_password: string }
  await expectRefused(signIn('locked.cli', first_password), 'identity.wrong_password')
  await signIn('locked.cli', reset.first_password)
})

test('disable puts out at once and asks for --yes without a terminal; the last administrator stays', { timeout: 120_000 }, async () => {
  const { first_password } = json((await user('add', 'gone.cli', '--name', '走', '--json')).out) as { first_password: string }
  expect(await user('disable', 'gone.cli')).toMatchObject({ code: 2, err: expect.stringContaining('--yes') })
  await signIn('gone.cli', first_password)
  expect((await user('disable', 'gone.cli', '--yes')).code).toBe(0)
  await expectRefused(signIn('gone.cli', first_password), 'identity.member_disabled')
  expect((await user('enable', 'gone.cli')).code).toBe(0)
  await signIn('gone.cli', first_password)

  const me = await t.as('admin')(identity.members, { page_size: 200 })
  const admin = me.rows.find((m) => m.grants.some((g) => g.role_name === '系统管理员'))!
  expect(await user('disable', admin.login!, '--yes')).toMatchObject({ code: 1, err: expect.stringContaining('至少要有一名') })
})

test('wrong usage is code 2 and says what is wrong; people of another company do not exist', { timeout: 120_000 }, async () => {
  expect(await user()).toMatchObject({ code: 2, err: expect.stringContaining('请写动作') })
  expect(await user('add', 'some.one')).toMatchObject({ code: 2, err: expect.stringContaining('--name') })
  expect(await user('list', '--name', '张')).toMatchObject({ code: 2, err: expect.stringContaining('没有选项 --name') })
  const other = await t.as('other_admin')(identity.members, {})
  expect(await user('reset', other.rows[0]!.login!, '--yes')).toMatchObject({ code: 1, err: expect.stringContaining('没有登录名为') })
})
