// An installed product from `npm start` to the first page, and idle memory of server and worker together (proportional set size).
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Figure } from '../tools/bench.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const PORT = 18_000 + (process.pid % 1000)

/** Starts once to make the data folder, stops, starts again: the second start is the one that users see each day. */
export async function run(): Promise<Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-start-'))
  try {
    await once(dir, false)
    const { first_page_s, idle_mb } = await once(dir, true)
    return [
      { bench: 'start.first_page_s', size: 1, value: first_page_s, unit: 's', limit: 5, ratio: Math.round((first_page_s / 5) * 1000) / 1000 },
      { bench: 'start.idle_mb', size: 1, value: idle_mb, unit: 'MB', limit: 300, ratio: Math.round((idle_mb / 300) * 1000) / 1000 },
    ]
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

async function once(dir: string, idle: boolean): Promise<{ first_page_s: number; idle_mb: number }> {
  const t = performance.now()
  const p = spawn(process.execPath, [join(root, 'bin/launch.mjs'), 'start', '--empty', '--data', dir, '--port', String(PORT)], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, HEYUAN_LOG: 'info' } })
  let log = ''
  p.stdout.on('data', (c: Buffer) => (log += c.toString()))
  p.stderr.on('data', (c: Buffer) => (log += c.toString()))
  const ended = new Promise<void>((r) => p.on('close', () => r()))
  try {
    await firstPage(() => log)
    const first_page_s = Math.round(performance.now() - t) / 1000
    if (idle) await new Promise((r) => setTimeout(r, 15_000))
    return { first_page_s, idle_mb: idle ? idleMb(p.pid!) : 0 }
  } finally {
    p.kill('SIGTERM')
    await ended
  }
}

async function firstPage(log: () => string): Promise<void> {
  for (let n = 0; n < 600; n++) {
    try {
      const page = await fetch(`http://127.0.0.1:${PORT}/admin/`)
      if (page.ok && (await page.text()).includes('<script')) return
    } catch {
      // not yet
    }
    await new Promise((r) => setTimeout(r, 100))
  }
  throw new Error(`no first page within a minute:\n${log().slice(-3000)}`)
}

/** PSS shares pages that several processes map, so that Node's binary is not counted twice. */
function idleMb(pid: number): number {
  const of = (id: number): number => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
  const children = (id: number): number[] => readFileSync(`/proc/${id}/task/${id}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number)
  const all = (id: number): number[] => children(id).flatMap((c) => [c, ...all(c)])
  const ours = all(pid).filter((id) => /src\/apps\/(server|worker)\.ts/.test(readFileSync(`/proc/${id}/cmdline`, 'utf8')))
  if (ours.length !== 2) throw new Error(`expected server and worker, found ${ours.length} processes`)
  return Math.round(ours.reduce((n, id) => n + of(id), 0) / 1024)
}
