// H13: a version that moves by itself may want another Node than ours. Every package is pinned, and runs on the Node that we bring along.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { installedEngines, pinFindings, runsOn } from '../../tools/lint/pins.ts'

const manifest = JSON.parse(readFileSync(join(process.cwd(), 'package.json'), 'utf8')) as Record<string, Record<string, string>>
test('H13: every package is pinned and runs on our Node', () => {
  expect(pinFindings(manifest, installedEngines(process.cwd()))).toEqual([])
})
test.each([
  ['a version that may move', { ...manifest, dependencies: { ...manifest['dependencies'], mqtt: '^5.16.0' } }, /mqtt: \^5.16.0 is no exact version/],
  ['one by its tag', { ...manifest, devDependencies: { vitest: 'latest' } }, /vitest: latest/],
  ['a package that wants a newer Node', { ...manifest, dependencies: { werift: '0.25.2' } }, /werift: wants Node >=99/],
  ['no Node of our own', { ...manifest, optionalDependencies: {} }, /no Node of our own/],
])('%s is found', (_what, m, wanted) => {
  expect(pinFindings(m, (name) => (name === 'werift' ? '>=99' : undefined)).join('\n')).toMatch(wanted)
})
test('ranges of engines are read as they are written', () => {
  const node = '24.21.0'
  for (const range of ['>=20', '>= 20', '>=20.19', '^20.19.0 || >=22.12.0', '>=20 <25', '24.x', '24', '*', '^24.1.0', '~24.21.0']) expect([range, runsOn(range, node)]).toEqual([range, true])
  for (const range of ['>=25', '^22.13.0', '>=20 <24', '22.x', '~24.20.0', '>24.21.0', '^26 || ^22']) expect([range, runsOn(range, node)]).toEqual([range, false])
  expect(runsOn('lts/*', node) === true).toBe(false)
})
