// Group commit: what arrives while a transaction runs goes together into the next one. Alone it goes at once; in a burst, statements, locks
// and commits are shared by up to `max`. A batch that takes long (it waits for a lock) holds up others for `patience_ms` only: then one goes beside it. A batch that fails is tried one by one, so that one bad item spoils nobody else's.
import { Refusal } from '../../../kernel/refuse.ts'

interface Waiting<I, O> {
  item: I
  done: (o: O) => void
  failed: (e: unknown) => void
}
interface Lane<I, O> {
  waiting: Waiting<I, O>[]
  running: number
  impatient?: NodeJS.Timeout
}

export function batcher<K extends string | number, I, O>(run: (key: K, items: readonly I[]) => Promise<readonly O[]>, o: { max: number; at_once: number; waiting_max: number; patience_ms: number }): (key: K, item: I) => Promise<O> {
  const lanes = new Map<K, Lane<I, O>>()

  async function runOne(key: K, batch: readonly Waiting<I, O>[]): Promise<void> {
    try {
      const answers = await run(key, batch.map((w) => w.item))
      batch.forEach((w, i) => w.done(answers[i]!))
    } catch (error) {
      if (batch.length === 1) batch[0]!.failed(error)
      else for (const w of batch) await runOne(key, [w])
    }
  }
  function start(key: K, lane: Lane<I, O>): void {
    clearTimeout(lane.impatient)
    delete lane.impatient
    lane.running++
    void runOne(key, lane.waiting.splice(0, o.max)).finally(() => {
      lane.running--
      if (lane.running === 0 && lane.waiting.length === 0) lanes.delete(key)
      else next(key, lane)
    })
    next(key, lane)
  }
  /** One batch at a time shares most; what is full goes beside it, and what has waited long. */
  function next(key: K, lane: Lane<I, O>): void {
    if (lane.waiting.length === 0 || lane.running >= o.at_once) return
    if (lane.running === 0 || lane.waiting.length >= o.max) return start(key, lane)
    lane.impatient ??= setTimeout(() => {
      delete lane.impatient
      if (lane.waiting.length > 0 && lane.running < o.at_once) start(key, lane)
    }, o.patience_ms)
  }
  return (key, item) =>
    new Promise<O>((done, failed) => {
      let lane = lanes.get(key)
      if (!lane) lanes.set(key, (lane = { waiting: [], running: 0 }))
      if (lane.waiting.length >= o.waiting_max) return failed(new Refusal('kernel.busy'))
      lane.waiting.push({ item, done, failed })
      // What the same turn of the event loop brings goes together.
      if (lane.running < o.at_once) setImmediate(() => next(key, lane))
    })
}
