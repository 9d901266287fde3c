// Pan and pinch: the picture never leaves the window, and what was under the fingers stays there.
import { expect, test } from 'vitest'
import { SCALE_MAX, centred, fitted, kept, zoomed, type View } from './view.ts'

const PICTURE = { width: 3000, height: 2000 }
const WIN = { width: 390, height: 600 }
test('whole at first: as wide as the window, in the middle of its height', () => {
  expect(fitted(PICTURE, WIN)).toEqual({ width: 390, height: 260 })
  expect(kept({ scale: 1, x: 50, y: 50 }, PICTURE, WIN)).toEqual({ scale: 1, x: 0, y: 170 })
})
test('what lies under the middle of two fingers stays under it, as long as no edge holds it', () => {
  const from: View = centred({ x: 500, y: 500 }, 4, PICTURE, WIN)
  const at = { x: 200, y: 310 }
  const under = (v: View) => [(at.x - v.x) / v.scale, (at.y - v.y) / v.scale]
  const to = zoomed(from, 1.2, at, PICTURE, WIN)
  expect(to.scale).toBeCloseTo(4.8)
  for (const i of [0, 1] as const) expect(under(to)[i]).toBeCloseTo(under(from)[i]!, 6)
})
test('at the largest and at the smallest the fingers move nothing any more', () => {
  const at = { x: 200, y: 310 }
  const under = (v: View) => [(at.x - v.x) / v.scale, (at.y - v.y) / v.scale]
  // Only as far as the limit: what is under the fingers stays, though they spread further.
  const near: View = centred({ x: 500, y: 500 }, 7, PICTURE, WIN)
  const most = zoomed(near, 4, at, PICTURE, WIN)
  expect(most.scale).toBe(SCALE_MAX)
  for (const i of [0, 1] as const) expect(under(most)[i]).toBeCloseTo(under(near)[i]!, 6)
  expect(zoomed(most, 1.5, at, PICTURE, WIN)).toEqual(most)
  const whole = kept({ scale: 1, x: 0, y: 0 }, PICTURE, WIN)
  expect(zoomed(whole, 0.5, at, PICTURE, WIN)).toEqual(whole)
})
test('at random it never shows beside the picture and never grows without end', () => {
  let seed = 7
  const next = (): number => { seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648; return seed / 2_147_483_648 }
  let v: View = { scale: 1, x: 0, y: 0 }
  for (let i = 0; i < 2000; i++) {
    v = next() < 0.5 ? zoomed(v, 0.5 + next() * 1.5, { x: next() * WIN.width, y: next() * WIN.height }, PICTURE, WIN) : kept({ ...v, x: v.x + (next() - 0.5) * 900, y: v.y + (next() - 0.5) * 900 }, PICTURE, WIN)
    const fit = fitted(PICTURE, WIN)
    expect(v.scale).toBeGreaterThanOrEqual(1)
    expect(v.scale).toBeLessThanOrEqual(SCALE_MAX)
    for (const [at, size, room] of [[v.x, fit.width * v.scale, WIN.width], [v.y, fit.height * v.scale, WIN.height]] as const) {
      if (size >= room) { expect(at).toBeLessThanOrEqual(1e-6); expect(at + size).toBeGreaterThanOrEqual(room - 1e-6) }
      else expect(at).toBeCloseTo((room - size) / 2)
    }
  }
})
