// A process that works alone in an installation (gateway, video service): it holds a lock of the database as long as it lives, and hears on the same connection what people
// change. Another one waits until it is gone. When the connection is lost somebody else may have begun: whoever held it ends.
import pg from 'pg'
import { log } from './log.ts'

const AGAIN_MS = 2000
export interface Alone {
  /** `heyuan-<name>` is its lock and how it is called in the database. */
  name: string
  channel: string
  onNotice: (payload: string) => void
  /** The process ends where nothing else is said. */
  onLost: (() => void) | undefined
}
export async function workAlone(url: string, o: Alone): Promise<{ end(): Promise<void> }> {
  const lock = `heyuan-${o.name}`
  const c = new pg.Client({ connectionString: url, application_name: lock })
  let mine = false
  c.on('error', () => (mine ? (o.onLost ?? (() => process.exit(1)))() : undefined))
  c.on('notification', (n) => o.onNotice(n.payload ?? ''))
  await c.connect()
  while (!(await c.query<{ ok: boolean }>('select pg_try_advisory_lock(hashtext($1)) as ok', [lock])).rows[0]!.ok) {
    log('info', `another ${o.name} runs; waiting`)
    await new Promise((r) => setTimeout(r, AGAIN_MS))
  }
  mine = true
  await c.query(`listen ${pg.escapeIdentifier(o.channel)}`)
  return { end: () => c.end().catch(() => {}) }
}
