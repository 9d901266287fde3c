import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../kernel/pg/place.ts'

// No database anywhere: the address leads nowhere.
const decode = (...args: string[]) => spawnSync(process.execPath, [join(projectRoot, 'src/apps/cli.ts'), 'decode', ...args], { env: { ...process.env, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }, encoding: 'utf8', timeout: 120_000 })

test('prints one object; a wrong frame is an answer, a wrong call is not', () => {
  const good = decode('--protocol', 'dlt645-2007', '--hex', '68 61 01 00 00 00 00 68 91 08 33 33 34 33 59 33 33 33 8A 16')
  expect(good.status).toBe(0)
  expect(JSON.parse(good.stdout)).toEqual({ ok: true, reason: null, address: '000000000161', control: '91', items: [{ id: '00010000', name: '(当前)正向有功总电能', value: 0.26, unit: 'kWh' }] })
  const bad = decode('--protocol', 'modbus', '--hex', '11 03 00 6B 00 03 76 88')
  expect([bad.status, JSON.parse(bad.stdout)]).toMatchObject([0, { ok: false, reason: expect.stringContaining('CRC'), items: [] }])
  const wrong = decode('--protocol', 'dlt698', '--hex', '68')
  expect([wrong.status, wrong.stdout]).toEqual([2, ''])
  expect(wrong.stderr).toContain('dlt645-2007')
})
