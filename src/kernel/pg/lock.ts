// A lock file that names its holder. A pid alone is not enough: after a reboot or a long time it belongs to somebody else,
// so the start time of the process and the boot of the machine are kept beside it.
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { errorCode, explainFileError } from './problem.ts'

export interface LockHolder {
  pid: number
  started_ticks: string
  boot_id: string
  /** What the holder wants others to know: address, purpose. */
  note: Record<string, string | number>
}

export interface Lock {
  path: string
  tell(note: Record<string, string | number>): void
  release(): void
}

export type LockResult = { lock: Lock } | { holder: LockHolder }

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Field 22 of /proc/pid/stat; the name in field 2 may hold blanks and brackets, so count from its end. */
export function startTicks(pid: number): string {
  const stat = readText(`/proc/${pid}/stat`)
  return stat === undefined ? '' : (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '')
}

export function isZombie(pid: number): boolean {
  const stat = readText(`/proc/${pid}/stat`)
  return stat !== undefined && stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
}

export function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

const bootId = (): string => (readText('/proc/sys/kernel/random/boot_id') ?? '').trim()

function isHolderAlive(holder: LockHolder): boolean {
  if (holder.boot_id !== '' && holder.boot_id !== bootId()) return false
  if (!pidExists(holder.pid) || isZombie(holder.pid)) return false
  const ticks = startTicks(holder.pid)
  return ticks === '' || holder.started_ticks === '' || ticks === holder.started_ticks
}

function parseHolder(text: string | undefined): LockHolder | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '')
    if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number') return undefined
    return { started_ticks: '', boot_id: '', note: {}, ...value, pid: value.pid }
  } catch {
    return undefined
  }
}

/** The living holder of the lock, or undefined when it is free or stale. */
export function readHolder(path: string): LockHolder | undefined {
  const holder = parseHolder(readText(path))
  return holder !== undefined && isHolderAlive(holder) ? holder : undefined
}

function createExclusive(path: string, body: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o644)
    writeSync(file, body)
    closeSync(file)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw explainFileError(error, path)
  }
}

function ageMs(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs
  } catch {
    return 0
  }
}

// Two processes may find the same stale lock; only the one that makes the takeover file may replace it, and it looks again first.
function takeOver(path: string, body: string): boolean {
  const guard = `${path}.takeover`
  if (!createExclusive(guard, String(process.pid))) {
    if (ageMs(guard) > 10_000) rmSync(guard, { force: true })
    return false
  }
  try {
    if (readHolder(path) !== undefined) return false
    const next = `${path}.${process.pid}`
    rmSync(next, { force: true })
    createExclusive(next, body)
    renameSync(next, path)
    return true
  } finally {
    rmSync(guard, { force: true })
  }
}

function makeLock(path: string, own: LockHolder): Lock {
  return {
    path,
    tell(note) {
      own.note = { ...own.note, ...note }
      const next = `${path}.${process.pid}`
      rmSync(next, { force: true })
      createExclusive(next, JSON.stringify(own))
      renameSync(next, path)
    },
    release() {
      const present = parseHolder(readText(path))
      if (present?.pid === own.pid && present.started_ticks === own.started_ticks) rmSync(path, { force: true })
    },
  }
}

export async function acquireLock(path: string, note: LockHolder['note'] = {}): Promise<LockResult> {
  const own: LockHolder = { pid: process.pid, started_ticks: startTicks(process.pid), boot_id: bootId(), note }
  const body = JSON.stringify(own)
  for (let attempt = 0; attempt < 200; attempt++) {
    if (createExclusive(path, body)) return { lock: makeLock(path, own) }
    const text = readText(path)
    const holder = parseHolder(text)
    if (holder !== undefined && isHolderAlive(holder)) return { holder }
    // An unreadable lock is either being written this moment or was cut off by a full disk.
    const beingWritten = holder === undefined && text !== undefined && ageMs(path) < 2_000
    if (!beingWritten && text !== undefined && takeOver(path, body)) return { lock: makeLock(path, own) }
    await sleep(50)
  }
  throw new Error(`lock ${path} could neither be taken nor read`)
}
