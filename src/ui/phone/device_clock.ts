// What a phone knows of time without network: its clock, the monotonic clock of this start, how many records it has numbered, and when it last heard
// the server. So that what was done in a basement counts by its hour, and a clock that was set back shows. The server judges; this only tells.
import { nowIso, nowMs } from '../../kernel/clock.ts'
import { newRequestId } from '../request_id.ts'
import { keep, kept } from './phone_store.ts'

/** Another one each time the app starts: monotonic times of two starts do not compare. */
const BOOT = newRequestId()
const BEAT_MS = 30_000
/** Phones are put right by their network by a few seconds; more than this backwards is a hand. */
const BACK_MS = 120_000
interface Sync {
  server_at: string
  device_at: string
  boot: string
  mono_ms: number
}
interface Known {
  seq: number
  last_ms: number
  went_back: boolean
  sync: Sync | null
}
export interface Stamp {
  device_at: string
  device: { boot: string; mono_ms: number; seq: number; went_back: boolean; sync: Sync | null }
}
const keyOf = (owner: string): string => `${owner} clock`
const mono = (): number => Math.round(performance.now())
// One change after the other: a beat between reading and writing must not undo a number.
let turn: Promise<unknown> = Promise.resolve()
function change<T>(owner: string, run: (k: Known) => { next: Known; out: T }): Promise<T> {
  const mine = turn.then(async () => {
    const before = (await kept<Known>(keyOf(owner)))?.value ?? { seq: 0, last_ms: 0, went_back: false, sync: null }
    const now = nowMs()
    const { next, out } = run({ ...before, went_back: before.went_back || now < before.last_ms - BACK_MS, last_ms: Math.max(now, before.last_ms - BACK_MS) })
    await keep(keyOf(owner), next)
    return out
  })
  turn = mine.catch(() => undefined)
  return mine
}
/** An answer of the server with its clock has come. */
export const heardServer = (owner: string, server_at: string): Promise<void> => change(owner, (k) => ({ next: { ...k, went_back: false, last_ms: nowMs(), sync: { server_at, device_at: nowIso(), boot: BOOT, mono_ms: mono() } }, out: undefined }))
/** For one record: its time, and a number of its own. */
export const stamp = (owner: string): Promise<Stamp> => change(owner, (k) => ({ next: { ...k, seq: k.seq + 1 }, out: { device_at: nowIso(), device: { boot: BOOT, mono_ms: mono(), seq: k.seq + 1, went_back: k.went_back, sync: k.sync } } }))
/** Looks at the clock while a page is open, so that setting it back between two records is noticed. */
export function watchClock(owner: string): () => void {
  const beat = (): void => void change(owner, (k) => ({ next: k, out: undefined })).catch(() => undefined)
  beat()
  const timer = setInterval(beat, BEAT_MS)
  return () => clearInterval(timer)
}
