import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { acquireLock, readHolder } from './lock.ts'

const dir = mkdtempSync(join(tmpdir(), 'heyuan-lock-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

test('one holder at a time, who can say where it is', async () => {
  const path = join(dir, 'a.lock')
  const first = await acquireLock(path, { port: 1 })
  if (!('lock' in first)) throw new Error('not free')
  first.lock.tell({ port: 8081 })
  expect(await acquireLock(path)).toMatchObject({ holder: { pid: process.pid, note: { port: 8081 } } })
  first.lock.release()
  expect(existsSync(path)).toBe(false)
})

test('a dead holder, a reused pid, an earlier boot and a half-written file are stale', async () => {
  const path = join(dir, 'b.lock')
  const boot_id = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  const stale = [
    JSON.stringify({ pid: 2 ** 22 - 7, started_ticks: '1', boot_id, note: {} }),
    JSON.stringify({ pid: process.pid, started_ticks: '1', boot_id, note: {} }),
    JSON.stringify({ pid: process.pid, started_ticks: '', boot_id: 'another', note: {} }),
    '{"pid":',
  ]
  for (const text of stale) {
    writeFileSync(path, text)
    utimesSync(path, new Date(0), new Date(0))
    expect(readHolder(path)).toBeUndefined()
    const taken = await acquireLock(path)
    expect(taken).toHaveProperty('lock')
    if ('lock' in taken) taken.lock.release()
  }
})

test('of many processes that find one stale lock exactly one gets it', { timeout: 120_000 }, async () => {
  const path = join(dir, 'c.lock')
  writeFileSync(path, JSON.stringify({ pid: 2 ** 22 - 7, started_ticks: '1', boot_id: '', note: {} }))
  const code = `import(${JSON.stringify(new URL('./lock.ts', import.meta.url).href)}).then(async (m) => {
    const r = await m.acquireLock(${JSON.stringify(path)}); console.log('lock' in r ? 'WON' : 'LOST'); setTimeout(() => {}, 3000) })`
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => new Promise<string>((done) => {
      const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
      child.stdout.once('data', (chunk: Buffer) => done(chunk.toString().trim()))
    })),
  )
  expect(answers.filter((one) => one === 'WON')).toHaveLength(1)
})
