// A JSON file of secrets that is made once, whoever comes first, and read by its owner only.
import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

function read<T>(path: string): T | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** The link decides between two processes that start at once: both end up with the same keys. */
export function madeOnce<T>(path: string, make: () => T): { keys: T; made: boolean } {
  const found = read<T>(path)
  if (found) return { keys: found, made: false }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const fresh = make()
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  writeFileSync(draft, JSON.stringify(fresh, null, 2), { mode: 0o600, flag: 'wx' })
  try {
    linkSync(draft, path)
    return { keys: fresh, made: true }
  } catch (error) {
    const other = read<T>(path)
    if (other) return { keys: other, made: false }
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}
