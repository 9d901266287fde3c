// Points on paper: none on another while there is room, each within the picture, who stands alone does not move.
import { expect, test } from 'vitest'
import { HALF_MM, spread, type Frame, type Spot } from './spread.ts'

const FRAME: Frame = { left: 10, top: 10, right: 200, bottom: 150 }
/** A sign with a number at its right. */
const box = (_i: number, s: Spot): Frame => ({ left: s.x - HALF_MM, top: s.y - HALF_MM, right: s.x + HALF_MM + 4, bottom: s.y + HALF_MM })
const overlaps = (list: readonly Spot[]): number => {
  const b = list.map((s, i) => box(i, s))
  return b.reduce((n, x, i) => n + b.slice(i + 1).filter((y) => x.left < y.right && y.left < x.right && x.top < y.bottom && y.top < x.bottom).length, 0)
}
const within = (s: Spot): boolean => { const b = box(0, s); return b.left >= FRAME.left && b.right <= FRAME.right && b.top >= FRAME.top && b.bottom <= FRAME.bottom }

test('who stands alone stays; those on one another step aside and lie near', () => {
  const alone = { x: 100, y: 100 }
  const crowd = Array.from({ length: 12 }, (_, i) => ({ x: 50 + (i % 3) * 0.5, y: 50 + Math.floor(i / 3) * 0.5 }))
  const out = spread([...crowd, alone], box, FRAME)
  expect(out.at(-1)).toEqual(alone)
  expect(overlaps(out)).toBe(0)
  expect(out.every(within)).toBe(true)
  for (const [i, s] of out.slice(0, -1).entries()) expect(Math.hypot(s.x - crowd[i]!.x, s.y - crowd[i]!.y)).toBeLessThan(25)
  expect(spread([...crowd, alone], box, FRAME)).toEqual(out)
})
test('in a corner they go inwards', () => {
  const out = spread(Array.from({ length: 8 }, () => ({ x: 195, y: 148 })), box, FRAME)
  expect(overlaps(out)).toBe(0)
  expect(out.every(within)).toBe(true)
})
test('more than the paper has room for come to an end; a third of the paper covered, and none lies on another', () => {
  let seed = 7
  const next = (): number => { seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648; return seed / 2_147_483_648 }
  const many = Array.from({ length: 1000 }, () => ({ x: 15 + next() * 175, y: 15 + next() * 130 }))
  expect(spread(many, box, FRAME)).toHaveLength(1000)
  expect(overlaps(spread(many.slice(0, 300), box, FRAME))).toBe(0)
})
