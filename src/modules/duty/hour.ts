// How one hour of a log stands. The phone, the desk, paper and Excel ask this alone.
import type { Hour } from './shapes.ts'

export interface HourFacts {
  state: string
  due_at: string
  round_no: number
  /** When it was written, as corrected by the server's clock; null: not written. */
  done_at: string | null
}
/** Written after its hour, or when it was ordered to be written again: caught up (补记), and marked as such for ever. */
export function hourOf(t: HourFacts, now: string): Hour {
  if (t.done_at !== null && t.state !== 'doing') return t.done_at > t.due_at || t.round_no > 1 ? 'caught_up' : 'in_time'
  if (t.state === 'waived' || t.state === 'cancelled') return 'let_off'
  if (t.state === 'missed' || t.state === 'rejected') return 'missed'
  return t.due_at < now ? 'owing' : 'now'
}
