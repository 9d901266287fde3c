// Crowded points: what stands apart stays apart, what lies on each other becomes one, nothing is lost or twice, and a change of state moves nothing.
import { expect, test } from 'vitest'
import { badOf, spotsOf } from './cluster.ts'
import type { Pin } from './contract.ts'

const pin = (id: number, x: number, y: number, o: Partial<Pin> = {}): Pin => ({ pin_id: `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`, kind: 'door', shown: 'door', subject_id: null, mark: null, no: null, name: `门${id}`, place: '', building_name: null, state: 'online', tone: 'good', detail: null, alarm: null, x_permille: x, y_permille: y, ...o })
const SIZE = { width: 1000, height: 500 }
const ids = (list: readonly Pin[]) => list.map((p) => p.pin_id).toSorted()

test('near ones are one, far ones stand alone; a larger size parts them', () => {
  const pins = [pin(1, 100, 100), pin(2, 110, 110), pin(3, 500, 100)]
  expect(spotsOf(pins, SIZE, 30).map((s) => s.pins.length).toSorted()).toEqual([1, 2])
  expect(spotsOf(pins, { width: 4000, height: 4000 }, 30)).toHaveLength(3)
})
test('the worst state is that of the number, and the worst stands first in it', () => {
  const [s] = spotsOf([pin(1, 100, 100), pin(2, 101, 100, { tone: 'bad' }), pin(3, 102, 100, { tone: 'warn' })], SIZE, 30)
  expect(s).toMatchObject({ tone: 'bad', x: 100 })
  expect(s!.pins[0]!.tone).toBe('bad')
  expect(badOf(s!)).toBe(2)
})
test('the chosen one and words are never hidden in a number', () => {
  const pins = [pin(1, 100, 100), pin(2, 101, 100), pin(3, 102, 100), pin(4, 100, 101, { shown: 'building', kind: 'building' }), pin(5, 100, 102, { shown: 'mark', kind: 'mark', mark: 'text' })]
  const spots = spotsOf(pins, SIZE, 30, pins[1]!.pin_id)
  expect(spots.filter((s) => s.pins.length === 1).map((s) => s.pins[0]!.pin_id).toSorted()).toEqual(ids([pins[1]!, pins[3]!, pins[4]!]))
})
test('at random: each point in exactly one number, and no two numbers with the same place; a state changes no group', () => {
  let seed = 42
  const next = (n: number): number => { seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648; return seed % n }
  for (let round = 0; round < 50; round++) {
    const pins = Array.from({ length: 200 }, (_, i) => pin(i + 1, next(1001), next(1001)))
    const spots = spotsOf(pins, SIZE, 10 + next(60))
    expect(ids(spots.flatMap((s) => s.pins))).toEqual(ids(pins))
    // No two stand on each other.
    const gap = 40
    const apart = spotsOf(pins, SIZE, gap)
    for (const [i, a] of apart.entries()) for (const b of apart.slice(i + 1)) expect(Math.abs(a.x - b.x) * (SIZE.width / 1000) >= gap - 1e-9 || Math.abs(a.y - b.y) * (SIZE.height / 1000) >= gap - 1e-9).toBe(true)
    const changed = pins.map((p) => (next(3) === 0 ? { ...p, tone: 'bad' as const } : p))
    expect(spotsOf(changed, SIZE, 40).map((s) => s.key)).toEqual(spotsOf(pins, SIZE, 40).map((s) => s.key))
  }
})
