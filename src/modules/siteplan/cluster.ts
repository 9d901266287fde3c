// Points that would lie on each other at this size stand as one with their number; it opens into its points. Pure: the same for the desk and the phone.
import type { Pin } from './contract.ts'

export interface Spot {
  key: string
  pins: readonly Pin[]
  /** Of its first point, per mille: numbers then stand as far apart as points do. */
  x: number
  y: number
  tone: Pin['tone']
}
const WORST: Record<Pin['tone'], number> = { bad: 0, warn: 1, good: 2, plain: 3 }
const MOST = 1000
/** Words on the plan keep their place: a building, a text. */
export const isWords = (p: Pick<Pin, 'shown' | 'mark'>): boolean => p.shown === 'building' || p.mark === 'text'
/** `alone`: the chosen one is never hidden in a number. By place alone, so that a change of state moves nothing. */
export function spotsOf(pins: readonly Pin[], size: { width: number; height: number }, gap_px: number, alone?: string): Spot[] {
  const [dx, dy] = [(gap_px / Math.max(1, size.width)) * MOST, (gap_px / Math.max(1, size.height)) * MOST]
  const groups: Pin[][] = []
  const sorted = pins.toSorted((a, b) => a.y_permille - b.y_permille || a.x_permille - b.x_permille || (a.pin_id < b.pin_id ? -1 : 1))
  for (const p of sorted) {
    const near = p.pin_id === alone || isWords(p) ? undefined : groups.find((g) => g[0]!.pin_id !== alone && !isWords(g[0]!) && Math.abs(g[0]!.x_permille - p.x_permille) < dx && Math.abs(g[0]!.y_permille - p.y_permille) < dy)
    if (near) near.push(p)
    else groups.push([p])
  }
  return groups.map((g) => {
    const worst = g.reduce((a, b) => (WORST[b.tone] < WORST[a.tone] ? b : a))
    return { key: g[0]!.pin_id, pins: g.toSorted((a, b) => WORST[a.tone] - WORST[b.tone]), x: g[0]!.x_permille, y: g[0]!.y_permille, tone: worst.tone }
  })
}
/** '2 个异常' — how many of a number want somebody. */
export const badOf = (s: Spot): number => s.pins.filter((p) => p.tone === 'bad' || p.tone === 'warn').length
/** Beyond this a label would run out at the right: it stands at the left of its point. */
export const RIGHT_EDGE = 800
