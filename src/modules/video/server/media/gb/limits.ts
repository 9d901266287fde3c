// How long the platform waits, and for how many at once (H14: starts at the same time must not stall what is said).
export interface GbLimits {
  /** A question's answer, a call's, the first packet after it, silence in the middle. */
  answer_ms: number
  call_ms: number
  first_ms: number
  silent_ms: number
  /** Between two pieces of a list, and for all of them. */
  piece_ms: number
  list_ms: number
  starts_max: number
  starts_device_max: number
  /** Who waits for his start longer is told so; more do not wait. */
  queue_ms: number
  queue_max: number
}
export const GB: GbLimits = { answer_ms: 6_000, call_ms: 8_000, first_ms: 8_000, silent_ms: 10_000, piece_ms: 4_000, list_ms: 30_000, starts_max: 8, starts_device_max: 4, queue_ms: 10_000, queue_max: 64 }
export interface GbAddress {
  company_id: number
  gb_device_id: string
  channel: string
}
export interface PlatformOptions {
  bind: string
  /** 0: any free one (tests). */
  port: number
  media_ports: readonly [number, number]
  limits?: GbLimits
}
