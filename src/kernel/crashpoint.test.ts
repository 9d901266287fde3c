import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { armed } from './crashpoint.ts'

const AT = { HEYUAN_CRASH_AT: 'settle.inserted' }
test('is read in a test and nowhere else', () => {
  expect(armed({ ...AT, HEYUAN_MODE: 'test' })).toEqual({ name: 'settle.inserted', of: undefined, count: 1 })
  expect(armed({ HEYUAN_CRASH_AT: 'call.committed payment.payRefund:12', HEYUAN_MODE: 'test' })).toEqual({ name: 'call.committed', of: 'payment.payRefund', count: 12 })
  for (const mode of ['sample', 'empty', undefined, 'Test', '']) expect(armed({ ...AT, HEYUAN_MODE: mode })).toBeNull()
  expect(armed({ ...AT, HEYUAN_MODE: 'test', NODE_ENV: 'production' })).toBeNull()
  for (const at of ['', ' ', 'a b c', 'x:', '../x', undefined]) expect(armed({ HEYUAN_CRASH_AT: at, HEYUAN_MODE: 'test' })).toBeNull()
})

test('kills the process that passes it, and no other', () => {
  const passing = (mode: string, at: string) => spawnSync(process.execPath, ['-e', `import('./src/kernel/crashpoint.ts').then((m) => { m.crashpoint('a', 'one'); m.crashpoint('a', 'two'); m.crashpoint('a', 'two'); console.log('alive') })`], { env: { ...process.env, HEYUAN_MODE: mode, HEYUAN_CRASH_AT: at }, encoding: 'utf8' })
  for (const at of ['a', 'a two', 'a two:2', 'a:3']) expect(passing('test', at)).toMatchObject({ signal: 'SIGKILL', stdout: '' })
  for (const [mode, at] of [['test', 'a three'], ['test', 'a:4'], ['test', 'b'], ['empty', 'a'], ['sample', 'a']] as const) expect(passing(mode, at)).toMatchObject({ signal: null, stdout: 'alive\n' })
})
