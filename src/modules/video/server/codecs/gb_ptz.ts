// The eight bytes that turn a camera (GB/T 28181-2016 A.3): A5, version and check, address, what, how fast, and the sum of them all.
import type { Move } from '../media/ptz.ts'

const HEAD = 0xa5
const VERSION = 0
const ADDRESS = 1
const BIT = { right: 0x01, left: 0x02, down: 0x04, up: 0x08, zoom_in: 0x10, zoom_out: 0x20 } as const
const hex = (n: number): string => n.toString(16).toUpperCase().padStart(2, '0')
const speed = (v: number, most: number): number => (v === 0 ? 0 : Math.max(1, Math.round(Math.abs(v) * most)))
/** null stops everything. */
export function writePtz(m: Move | null): string {
  // Upper half: version, lower half: the sum of the three halves before it.
  const second = (VERSION << 4) | (((HEAD >> 4) + (HEAD & 15) + VERSION) % 16)
  let what = 0
  if (m) what |= (m.pan > 0 ? BIT.right : m.pan < 0 ? BIT.left : 0) | (m.tilt > 0 ? BIT.up : m.tilt < 0 ? BIT.down : 0) | (m.zoom > 0 ? BIT.zoom_in : m.zoom < 0 ? BIT.zoom_out : 0)
  const bytes = [HEAD, second, ADDRESS, what, speed(m?.pan ?? 0, 255), speed(m?.tilt ?? 0, 255), speed(m?.zoom ?? 0, 15) << 4]
  return [...bytes, bytes.reduce((n, b) => n + b, 0) % 256].map(hex).join('')
}
