// What the system does by itself stands in the audit under a Chinese name: jobs, the clock's rounds, and acts of the outside world.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { testApp } from './harness.ts'

const LITERAL = /asSystem\([\w.()]+, [\w.()]+, '([\w.]+)'/g

test('every act of the system has a name', async () => {
  const { app } = await testApp()
  const timed = app.modules.flatMap((m) => [...(m.jobs ?? []), ...(m.schedules ?? [])].map((x) => `job.${x.name}`))
  const written = readdirSync('src/modules', { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts') && !f.endsWith('.test.ts')).flatMap((f) => [...readFileSync(`src/modules/${f}`, 'utf8').matchAll(LITERAL)].map((m) => m[1]!))
  expect(timed.length).toBeGreaterThan(10)
  expect(written.length).toBeGreaterThan(10)
  expect([...new Set([...timed, ...written])].filter((name) => !app.answers.has(name) && !app.doings.has(name))).toEqual([])
})
