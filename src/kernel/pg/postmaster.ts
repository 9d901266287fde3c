// What a data folder says about its server, and getting rid of what a kill -9 left behind.
import { readFileSync, readdirSync, readlinkSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isZombie, pidExists } from './lock.ts'
import { StartupProblem } from './problem.ts'

export interface PidFile {
  pid: number
  socket_dir: string
  port: number
  ready: boolean
}

/** postmaster.pid, line by line: pid, data, start, port, socket folder, address, shared memory, state. */
export function readPidFile(data_dir: string): PidFile | undefined {
  try {
    const lines = readFileSync(join(data_dir, 'postmaster.pid'), 'utf8').split('\n')
    const pid = Number.parseInt(lines[0] ?? '', 10)
    if (!Number.isInteger(pid) || pid <= 1) return undefined
    return { pid, port: Number.parseInt(lines[3] ?? '', 10) || 5432, socket_dir: lines[4] ?? '', ready: lines[7]?.trim() === 'ready' }
  } catch {
    return undefined
  }
}

function isPostgresOf(pid: number, data_dir: string): boolean {
  try {
    // Every process of a server works in its data folder.
    return readlinkSync(`/proc/${pid}/cwd`) === data_dir && readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('postgres')
  } catch {
    return false
  }
}

export function serverProcesses(data_dir: string): number[] {
  const real = realpathSync(data_dir)
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isPostgresOf(pid, real) && !isZombie(pid))
}

export async function waitUntil(check: () => boolean, limit_ms: number, step_ms = 25): Promise<boolean> {
  for (let waited = 0; waited <= limit_ms; waited += step_ms) {
    if (check()) return true
    await sleep(step_ms)
  }
  return check()
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // gone already
  }
}

/** Fast shutdown with a bound, then immediate shutdown (recovery at next start; nothing committed is lost), then kill. */
export async function stopPostmaster(pid: number, limit_ms: number): Promise<'fast' | 'immediate' | 'killed'> {
  const gone = (): boolean => !pidExists(pid) || isZombie(pid)
  signal(pid, 'SIGINT')
  if (await waitUntil(gone, limit_ms)) return 'fast'
  signal(pid, 'SIGQUIT')
  if (await waitUntil(gone, 3_000)) return 'immediate'
  signal(pid, 'SIGKILL')
  await waitUntil(gone, 2_000)
  return 'killed'
}

/** Called with the lock of this cluster held, so whatever runs here has lost its supervisor. */
export async function clearRemains(data_dir: string, log: (line: string) => void): Promise<void> {
  const found = readPidFile(data_dir)
  if (found === undefined) return
  const real = realpathSync(data_dir)
  if (pidExists(found.pid) && !isZombie(found.pid)) {
    if (isPostgresOf(found.pid, real)) {
      log(`上次的数据库进程(${found.pid})失去了主程序,正在让它正常停止 …`)
      await stopPostmaster(found.pid, 15_000)
    } else {
      // The number now belongs to a stranger, and the server would refuse to start. Our own number, being its parent's, counts
      // as stale; the rest of the file stays, because its shared memory line protects against surviving backends.
      const path = join(data_dir, 'postmaster.pid')
      writeFileSync(path, readFileSync(path, 'utf8').replace(/^\d+/, String(process.pid)))
    }
  }
  // Backends of a killed postmaster notice and leave by themselves, a long query a little later.
  if (await waitUntil(() => serverProcesses(data_dir).length === 0, 5_000)) return
  for (const pid of serverProcesses(data_dir)) signal(pid, 'SIGQUIT')
  if (await waitUntil(() => serverProcesses(data_dir).length === 0, 3_000)) return
  for (const pid of serverProcesses(data_dir)) signal(pid, 'SIGKILL')
  if (await waitUntil(() => serverProcesses(data_dir).length === 0, 3_000)) return
  throw new StartupProblem(
    `上次的数据库还有进程没有退出:${serverProcesses(data_dir).join('、')}`,
    '请结束这些进程后再启动;若结束不了,重新启动机器。',
  )
}
