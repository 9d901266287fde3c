// What a simulated camera sees: a flat scene of its own colour, its number, the day and the running clock, and a block that walks; moved by its head (PTZ).
import { planes, type Planes } from './encoder.ts'

/** 5×7 dots, one row a number. */
const FONT: Record<string, readonly number[]> = {
  '0': [14, 17, 19, 21, 25, 17, 14], '1': [4, 12, 4, 4, 4, 4, 14], '2': [14, 17, 1, 2, 4, 8, 31], '3': [31, 2, 4, 2, 1, 17, 14], '4': [2, 6, 10, 18, 31, 2, 2], '5': [31, 16, 30, 1, 1, 17, 14], '6': [6, 8, 16, 30, 17, 17, 14],
  '7': [31, 1, 2, 4, 8, 8, 8], '8': [14, 17, 17, 14, 17, 17, 14], '9': [14, 17, 17, 15, 1, 2, 12], ':': [0, 4, 4, 0, 4, 4, 0], '-': [0, 0, 0, 31, 0, 0, 0], C: [14, 17, 16, 16, 16, 17, 14], A: [14, 17, 17, 31, 17, 17, 17], M: [17, 27, 21, 21, 17, 17, 17],
}
/** One character fills one macroblock, so that a changing digit costs one. */
function write(p: Planes, text: string, mx: number, my: number): void {
  for (const [i, ch] of [...text].entries()) {
    const glyph = FONT[ch]
    if (!glyph) continue
    for (let r = 0; r < 14; r++) for (let c = 0; c < 10; c++) if ((glyph[r >> 1]! >> (4 - (c >> 1))) & 1) p.y[(my * 16 + r + 1) * p.width + (mx + i) * 16 + c + 3] = 235
  }
}
function fill(p: Planes, x: number, y: number, w: number, h: number, [l, u, v]: readonly [number, number, number]): void {
  for (let r = Math.max(0, y); r < Math.min(p.height, y + h); r++) {
    p.y.fill(l, r * p.width + Math.max(0, x), r * p.width + Math.min(p.width, x + w))
    if (r % 2) continue
    for (const [plane, value] of [[p.u, u], [p.v, v]] as const) plane.fill(value, (r / 2) * (p.width / 2) + Math.max(0, x) / 2, (r / 2) * (p.width / 2) + Math.min(p.width, x + w) / 2)
  }
}
const SCENES: readonly (readonly [number, number, number])[] = [[70, 120, 120], [80, 140, 110], [60, 128, 140], [90, 110, 128], [75, 150, 120], [65, 118, 136]]
const ROAD: readonly [number, number, number] = [45, 128, 128]
const CAR: readonly [number, number, number] = [160, 90, 190]

export interface Scene {
  no: number
  width: number
  height: number
  pan: number
  tilt: number
}
const STEP_MS = 500
const KEPT = 64
const drawn = new Map<string, Planes>()
/** `at_ms` in the time that the camera shows: Asia/Shanghai. Twice a second something moves; in between it is the same picture. */
export function draw(s: Scene, at_ms: number): Planes {
  const key = `${s.no} ${s.width} ${s.height} ${s.pan} ${s.tilt} ${Math.floor(at_ms / STEP_MS)}`
  const before = drawn.get(key)
  if (before) return before
  const p = paint(s, at_ms)
  drawn.set(key, p)
  for (const old of drawn.keys()) {
    if (drawn.size <= KEPT) break
    drawn.delete(old)
  }
  return p
}
function paint(s: Scene, at_ms: number): Planes {
  const p = planes(s.width, s.height)
  const scene = SCENES[s.no % SCENES.length]!
  fill(p, 0, 0, s.width, s.height, scene)
  const road = Math.floor((s.height * 0.6 + s.tilt) / 16) * 16
  fill(p, 0, road, s.width, 48, ROAD)
  const step = Math.floor(at_ms / STEP_MS)
  const x = ((((step * 16 + s.pan) % s.width) + s.width) % s.width) & ~15
  fill(p, x, road + 16, 32, 16, CAR)
  const local = new Date(at_ms + 8 * 3_600_000).toISOString()
  write(p, `CAM-${String(s.no).padStart(2, '0')}`, 1, 2)
  write(p, local.slice(0, 10), 1, 4)
  write(p, local.slice(11, 19), 1, 5)
  return p
}
