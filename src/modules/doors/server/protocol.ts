// The messages of a controller as docs/doors.md says them: bytes to meaning, read without trust.
import { z } from 'zod'

const PORTS_MAX = 16
const KEYS_MAX = 60_000
const Event = z.object({
  seq: z.int().min(1).max(Number.MAX_SAFE_INTEGER), at: z.int().min(0).max(10_000_000_000), port: z.int().min(1).max(PORTS_MAX), what: z.enum(['open', 'refused', 'forced', 'held', 'closed', 'tamper', 'mended']),
  by: z.enum(['card', 'qr', 'password', 'button', 'remote', 'fire', 'face']).nullish(), value: z.string().max(64).nullish(), command_id: z.uuid().nullish(), why: z.string().max(20).nullish(),
})
export type DoorEvent = z.output<typeof Event>
export const Message = z.object({
  series: z.string().regex(/^[\w-]{1,16}$/), clock: z.int().min(0).max(10_000_000_000), wait_s: z.int().min(0).max(25).default(0),
  doors: z.array(z.object({ port: z.int().min(1).max(PORTS_MAX), state: z.enum(['closed', 'open']), lock: z.enum(['locked', 'unlocked']) })).max(PORTS_MAX).default([]),
  live: z.array(Event).max(20).default([]), backlog: z.array(Event).max(100).default([]),
  list: z.object({ count: z.int().min(0), digest: z.string().regex(/^[0-9a-f]{64}$/) }).nullish(), keys: z.array(z.tuple([z.string().max(64), z.int()])).max(KEYS_MAX).nullish(),
  done_batch: z.int().nullish(), results: z.array(z.object({ command_id: z.uuid(), ok: z.boolean(), why: z.string().max(100).nullish() })).max(50).default([]),
})
export type Message = z.output<typeof Message>
export interface ListOp {
  op: 'put' | 'del'
  key: string
  version: number
  body?: unknown
}
export interface DoorAnswer {
  time: number
  taken: number[]
  qr_step_s: number
  list?: { batch: number; ops: ListOp[] }
  read?: true
  commands: { command_id: string; what: string; port: number; expires_at: number }[]
}
export function readMessage(body: string): Message | null {
  try {
    const r = Message.safeParse(JSON.parse(body))
    return r.success ? r.data : null
  } catch {
    return null
  }
}
