// The statements that one settlement sends, recorded from the product itself, and sent again by a bare client with the keys of other orders:
// what this database does of the same work when nothing of ours stands before it.
import pg from 'pg'
import { inspect } from 'node:util'
import { uuidOf } from '../src/kernel/ids.ts'

export interface Sent {
  text: string
  name?: string
  values?: unknown[]
}

/** Runs `work` and gives what connections opened in it were asked since `mark`, in order. Not for concurrent work. */
export async function recorded(work: (mark: () => void) => Promise<unknown>): Promise<Sent[]> {
  const sent: Sent[] = []
  const query = pg.Client.prototype.query
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [q, values] = args as [string | Sent, unknown[] | undefined]
    sent.push(typeof q === 'string' ? { text: q, ...(values ? { values } : {}) } : { text: q.text, ...(q.name ? { name: q.name } : {}), ...(q.values ? { values: [...q.values] } : {}) })
    return (query as (...a: unknown[]) => unknown).apply(this, args)
  } as typeof query
  try {
    await work(() => void (sent.length = 0))
  } finally {
    pg.Client.prototype.query = query
  }
  return sent
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** A maker of the same statements for order n: the keys of order `of` become those of n, the ids drawn on the way become fresh ones. */
export function again(sent: readonly Sent[], of: number, keysOf: (n: number) => string[], constant: ReadonlySet<string>): (n: number) => Sent[] {
  const from = keysOf(of)
  const known = new Set([...from, ...constant])
  return (n) => {
    const to = keysOf(n)
    const text = (v: string) => from.reduce((s, key, i) => s.replaceAll(key, `⟦${i}⟧`), v).replaceAll(UUID, (id) => (known.has(id) ? id : uuidOf(id, n))).replaceAll(/⟦(\d+)⟧/g, (_, i: string) => to[Number(i)]!)
    const value = (v: unknown): unknown => (typeof v === 'string' ? text(v) : Array.isArray(v) ? v.map(value) : v)
    return sent.map((s) => ({ ...s, ...(s.values ? { values: s.values.map(value) } : {}) }))
  }
}

/** Orders first..first + count - 1 by `callers` connections of their own, each transaction in one message. Gives orders a second. */
export async function replay(url: string, make: (n: number) => Sent[], o: { first: number; count: number; callers: number; warm: number }): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: o.callers, options: '-c role=heyuan_app -c timezone=Asia/Shanghai', pipeline: true })
  try {
    let next = o.first
    const many = async (end: number) => {
      await Promise.all(Array.from({ length: o.callers }, async () => {
        const c = await pool.connect()
        try {
          for (let n = next++; n < end; n = next++) {
            let waiting: Promise<{ rowCount: number | null }>[] = []
            for (const s of make(n)) {
              waiting.push(c.query(s as pg.QueryConfig))
              if (s.text !== 'commit') continue
              await Promise.all(waiting)
              waiting = []
            }
            await Promise.all(waiting)
          }
        } finally {
          c.release()
        }
      }))
      next = end
    }
    await many(o.first + o.warm)
    const began = performance.now()
    await many(o.first + o.warm + o.count)
    return (o.count * 1000) / (performance.now() - began)
  } catch (error) {
    throw new Error(`the recorded statements cannot be sent again: ${inspect(error)}`, { cause: error })
  } finally {
    await pool.end()
  }
}
