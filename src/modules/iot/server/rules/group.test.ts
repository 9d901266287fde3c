// AND, OR and NOT over several devices within a window; each input in any place gives what the definition gives.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { GroupTrigger, RuleBody } from '../../contract.ts'
import { freshGroup, recall, stepGroup } from './group.ts'

const smoke = '00000000-0000-4000-8000-000000000001'
const door = '00000000-0000-4000-8000-000000000002'
const above = (limit: number) => ({ kind: 'threshold' as const, point: 'v', op: 'above' as const, limit, back: limit, for_s: 0 })
const group = (more: Partial<GroupTrigger>): GroupTrigger => ({ kind: 'group', all: true, within_s: 60, terms: [{ not: false, device_id: smoke, on: { kind: 'event', event: 'smoke' } }, { not: false, device_id: door, on: above(10) }], ...more })
const body = (trigger: GroupTrigger, more: Partial<RuleBody> = {}): RuleBody => ({ trigger, hours: null, cool_down_s: 0, level: 'major', order_category_id: null, command: null, back_command: null, scene_id: null, notify: null, webhook: false, ...more })
const value = (v: number, at_s: number) => ({ kind: 'value' as const, point: 'v', v, at_ms: at_s * 1000 })
const event = (at_s: number) => ({ kind: 'event' as const, event: 'smoke', at_ms: at_s * 1000 })

it('both within the window, in either order', () => {
  const t = group({})
  const m = freshGroup(t)
  expect(stepGroup(body(t), t, m, smoke, event(0)).does).toBeNull()
  const v = stepGroup(body(t), t, m, door, value(12, 50))
  expect([v.does, v.met.map((x) => x.term)]).toEqual(['fire', [0, 1]])
  const other = freshGroup(t)
  stepGroup(body(t), t, other, door, value(12, 0))
  expect(stepGroup(body(t), t, other, smoke, event(500)).does).toBe('fire')
})
it('too far apart is not together, and the window closes without anybody speaking', () => {
  const t = group({})
  const m = freshGroup(t)
  stepGroup(body(t), t, m, smoke, event(0))
  expect(stepGroup(body(t), t, m, door, value(12, 61)).does).toBeNull()
  expect(stepGroup(body(t), t, m, smoke, event(62)).does).toBe('fire')
  expect(stepGroup(body(t), t, m, null, { kind: 'tick', at_ms: 122_000 }).does).toBeNull()
  expect(stepGroup(body(t), t, m, null, { kind: 'tick', at_ms: 122_001 }).does).toBe('clear')
})
it('NOT: the pump does not run though the level is high', () => {
  const t = group({ within_s: 0, terms: [{ not: false, device_id: smoke, on: above(2) }, { not: true, device_id: door, on: { kind: 'change', point: 'v', to: 1 } }] })
  const m = freshGroup(t)
  stepGroup(body(t), t, m, door, value(0, 0))
  stepGroup(body(t), t, m, door, value(1, 1))
  expect(stepGroup(body(t), t, m, smoke, value(3, 2)).does).toBeNull()
  expect(stepGroup(body(t), t, m, door, value(0, 3)).does).toBeNull()
  expect(stepGroup(body(t), t, m, null, { kind: 'tick', at_ms: 3001 }).does).toBe('fire')
})
it('after a start it knows what the devices said last: what held goes on holding, what is over is over', () => {
  const t = group({ within_s: 0, terms: [{ not: false, device_id: smoke, on: { ...above(10), back: 5, for_s: 300 } }, { not: false, device_id: door, on: { kind: 'change', point: 'v', to: 1 } }] })
  const after = (level: number, state: number) => {
    const m = freshGroup(t)
    m.firing = true
    recall(t, m, (id) => ({ v: id === smoke ? level : state, at_ms: 1000 }))
    return stepGroup(body(t), t, m, null, { kind: 'tick', at_ms: 60_000 }).does
  }
  expect([after(12, 1), after(7, 1), after(4, 1), after(12, 0)]).toEqual([null, null, 'clear', 'clear'])
})
it('an event that ends does not count as one that comes', () => {
  const t = group({ all: false, within_s: 60 })
  expect(stepGroup(body(t), t, freshGroup(t), smoke, { ...event(0), active: false }).does).toBeNull()
})
it('one of them is enough where OR joins them', () => {
  const t = group({ all: false })
  expect(stepGroup(body(t), t, freshGroup(t), smoke, event(0)).does).toBe('fire')
})
it('holds for every sequence: fires exactly when the whole becomes true', () => {
  fc.assert(fc.property(fc.boolean(), fc.boolean(), fc.array(fc.tuple(fc.constantFrom(smoke, door), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 90 })), { maxLength: 40 }), (all, not, steps) => {
    const t = group({ all, within_s: 0, terms: [{ not: false, device_id: smoke, on: above(10) }, { not, device_id: door, on: above(10) }] })
    const m = freshGroup(t)
    const b = body(t)
    let at = 1_000_000
    let was = false
    let n = 0
    const now = new Map([[smoke, 0], [door, 0]])
    for (const [device, v, gap] of steps) {
      at += gap * 1000
      now.set(device, v)
      const does = stepGroup(b, t, m, device, { kind: 'value', point: 'v', v, at_ms: at }).does
      // With no window the end of a term still counts at its own instant; a tick later it does not.
      const after = stepGroup(b, t, m, null, { kind: 'tick', at_ms: at + 1 }).does
      const parts = [now.get(smoke)! > 10, now.get(door)! > 10 !== not]
      const is = all ? parts.every(Boolean) : parts.some(Boolean)
      if (is !== was && is && n < 6) expect([does, after]).toContain('fire')
      if (is === was) expect(m.firing).toBe(is)
      if ([does, after].includes('fire')) n++
      was = is
    }
  }))
})
