// What the database tells (LISTEN), on a connection of its own that comes back by itself.
import pg from 'pg'

const AGAIN_MS = 1_000
export interface Hearing {
  /** How it is called in the database. */
  name: string
  channel: string
  onNotice: (payload: string) => void
  /** Each time it hears: what was told while nobody heard is to be looked for. */
  onReady?: () => void
}
/** Resolves after the first attempt, heard or not. */
export async function hear(url: string, o: Hearing): Promise<{ stop(): Promise<void> }> {
  let stopped = false
  let client: pg.Client | null = null
  const begin = async (): Promise<void> => {
    if (stopped) return
    const c = new pg.Client({ connectionString: url, application_name: o.name })
    c.on('error', () => {})
    c.on('end', () => { if (!stopped) setTimeout(() => void begin(), AGAIN_MS).unref() })
    c.on('notification', (n) => o.onNotice(n.payload ?? ''))
    try {
      await c.connect()
      await c.query(`listen ${pg.escapeIdentifier(o.channel)}`)
      client = c
      o.onReady?.()
    } catch {
      // Its end tries again.
    }
  }
  await begin()
  return {
    async stop() {
      stopped = true
      await client?.end().catch(() => {})
    },
  }
}
