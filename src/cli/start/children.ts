// Child processes of the supervisor: started, watched, restarted with back-off, stopped within a bound.
import { spawn, type ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { lineReader, readable, sayAs } from './lines.ts'

export interface ChildSpec {
  name: string
  /** Arguments of node: a script, or flags and a script. */
  args: string[]
  env: Record<string, string>
}

export interface Service {
  name: string
  stop(graceMs: number): Promise<void>
  /** Stops the present process; the watcher starts it again with the new environment. */
  restart(env: Record<string, string>): void
  pid(): number | undefined
}

const CRASH_WINDOW_MS = 300_000
const CRASH_LIMIT = 8
const BACKOFF_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000]

interface Ended {
  code: number
  how: string
}

function run(spec: ChildSpec, onLine: (line: string) => void): { child: ChildProcess; ended: Promise<Ended> } {
  // Detached: Ctrl-C reaches only us and we stop the children in order. The channel tells them when we are killed outright.
  const child = spawn(process.execPath, spec.args, {
    env: { ...process.env, ...spec.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  })
  for (const stream of [child.stdout, child.stderr]) {
    const reader = lineReader((line) => onLine(readable(line)))
    stream?.on('data', (chunk: Buffer) => reader.push(chunk))
    stream?.on('end', () => reader.end())
  }
  const ended = new Promise<Ended>((done) => {
    child.once('error', (error) => done({ code: 1, how: error.message }))
    child.once('exit', (code, signal) => done({ code: code ?? 1, how: code === null ? `被信号 ${signal} 终止` : `退出码 ${code}` }))
  })
  return { child, ended }
}

async function stopChild(child: ChildProcess, ended: Promise<Ended>, graceMs: number, say: (line: string) => void): Promise<void> {
  child.kill('SIGTERM')
  const timer = new AbortController()
  const late = sleep(graceMs, 'late' as const, { signal: timer.signal }).catch(() => 'late' as const)
  if ((await Promise.race([ended, late])) === 'late') {
    say(`${graceMs / 1000} 秒内没有停下,强制结束。`)
    child.kill('SIGKILL')
    await ended
  }
  timer.abort()
}

/** Runs once; resolves with its exit code. `signal` stops it. */
export async function runOnce(spec: ChildSpec, signal: AbortSignal): Promise<number> {
  if (signal.aborted) return 1
  const say = sayAs(spec.name)
  const { child, ended } = run(spec, say)
  const onAbort = (): void => void stopChild(child, ended, 3_000, say)
  signal.addEventListener('abort', onAbort, { once: true })
  const { code } = await ended
  signal.removeEventListener('abort', onAbort)
  return code
}

/** Keeps one process running. `onGivenUp` is called when it crashed too often to be worth another start. */
export function keepRunning(spec: ChildSpec, onGivenUp: (name: string) => void): Service {
  const say = sayAs(spec.name)
  const stopped = new AbortController()
  let env = spec.env
  let wanted = false // the present end was asked for
  let current: ReturnType<typeof run> | undefined
  const loop = async (): Promise<void> => {
    const crashes: number[] = []
    while (!stopped.signal.aborted) {
      wanted = false
      current = run({ ...spec, env }, say)
      const { how } = await current.ended
      current = undefined
      if (stopped.signal.aborted) return
      if (wanted) continue
      const now = performance.now()
      crashes.push(now)
      while ((crashes[0] ?? now) < now - CRASH_WINDOW_MS) crashes.shift()
      if (crashes.length >= CRASH_LIMIT) {
        say(`5 分钟内第 ${crashes.length} 次意外退出(${how}),不再重启。请看上面的错误信息。`)
        onGivenUp(spec.name)
        return
      }
      const wait = BACKOFF_MS[Math.min(crashes.length - 1, BACKOFF_MS.length - 1)] ?? 30_000
      say(`意外退出(${how}),${wait / 1000} 秒后自动重启 …`)
      await sleep(wait, undefined, { signal: stopped.signal }).catch(() => undefined)
    }
  }
  const running = loop()
  return {
    name: spec.name,
    pid: () => current?.child.pid,
    restart(next) {
      env = next
      wanted = true
      current?.child.kill('SIGTERM')
    },
    async stop(graceMs) {
      stopped.abort()
      if (current !== undefined) await stopChild(current.child, current.ended, graceMs, say)
      await running
    },
  }
}
