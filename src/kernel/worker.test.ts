// Schedules share the connections with each other: all of a minute fall due in one turn, and every one of them gets its turn.
import { expect, test } from 'vitest'
import { makeApp } from '../apps/modules.ts'
import { testApp } from '../../tests/harness.ts'
import { startWorker } from './worker.ts'

const SCHEDULES = 8
test('more schedules than connections all run, none waiting for what another holds', async () => {
  const t = await testApp()
  const app = makeApp({ url: t.url, data_dir: t.data_dir, mode: 'test', name: 'few', max: 4 })
  const ran = new Set<string>()
  const schedules = Array.from({ length: SCHEDULES }, (_, n) => ({ name: `test.turn_${n}`, every_s: 0.2, of: 'company' as const, run: async (w: { tx: (run: (s: { client: { query: (q: string) => Promise<unknown> } }) => Promise<void>) => Promise<void> }) => { await w.tx(async (s) => void (await s.client.query('select pg_sleep(0.05)'))); ran.add(`test.turn_${n}`) } }))
  const worker = startWorker({ ...app, modules: [{ name: 'test', contract: {}, words: { refusals: {}, permissions: {} }, answers: [], schedules: schedules as never }] })
  try {
    // Ten seconds is what a connection is waited for: who waits for another is not through before.
    await expect.poll(() => ran.size, { timeout: 8_000, interval: 100 }).toBe(SCHEDULES)
  } finally {
    await worker.stop()
    await app.d.end()
  }
}, 60_000)
