// The command that opens an authority, without a terminal.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testApp, type TestApp } from '../../tests/harness.ts'
import { identity } from '../modules/identity/contract.ts'
import { RefusedError, isUsageError, type Out } from './command.ts'
import { run } from './authority.ts'

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
async function authority(...args: string[]): Promise<Record<string, unknown>> {
  let said: unknown
  const sink: Out = { is_json: true, may_ask: false, line: () => undefined, json: (value) => void (said = value) }
  await run(args, sink)
  return said as Record<string, unknown>
}
test('opens an authority once, with an administrator who sees supervision only', { timeout: 120_000 }, async () => {
  const made = (await authority('add', 'zhujian', '--name', '眉县住房和城乡建设局')) as { login: string; first_password: string }
  const { session } = (await t.as('nobody')(identity.signIn, { login: made.login, password: made.first_password })) as { session: { token: string } }
  const me = await t.withToken(session.token)(identity.me, {})
  expect(me).toMatchObject({ company_kind: 'authority', must_change: true })
  expect(me.permissions).not.toContain('*')
  expect(me.permissions.filter((p) => !/^(supervision|identity|system\.import)\./.test(p))).toEqual([])
  await expect(authority('add', 'zhujian2', '--name', '眉县住房和城乡建设局')).rejects.toThrow(RefusedError)
  await expect(authority('add', 'zhujian', '--name', '另一个局')).rejects.toThrow(RefusedError)
  for (const bad of [['add'], ['add', 'x'], ['add', 'zhujian3'], ['list']]) expect(isUsageError(await authority(...bad).catch((e: unknown) => e))).toBe(true)
})
