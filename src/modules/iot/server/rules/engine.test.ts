import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RuleBody } from '../../contract.ts'
import { FIRES_PER_HOUR, fresh, inHours, step } from './engine.ts'

const body = (trigger: RuleBody['trigger'], more: Partial<RuleBody> = {}): RuleBody => ({ trigger, hours: null, cool_down_s: 0, level: 'major', order_category_id: null, command: null, back_command: null, scene_id: null, notify: null, webhook: false, ...more })
const hot = body({ kind: 'threshold', point: 'temp', op: 'above', limit: 35, back: 32, for_s: 120 })
const run = (rule: RuleBody, list: [s: number, v: number][]): string[] => {
  const m = fresh()
  return list.flatMap(([s, v]) => { const d = step(rule, m, { kind: 'value', point: 'temp', v, at_ms: s * 1000 }).does; return d ? [`${d}@${s}`] : [] })
}
test('fires only after the time beyond the limit, and is over only behind the hysteresis', () => {
  expect(run(hot, [[0, 36], [60, 36], [120, 36], [180, 36], [240, 34], [300, 33], [360, 36], [420, 31]])).toEqual(['fire@120', 'clear@420'])
})
test('a dip within the time begins it anew', () => expect(run(hot, [[0, 36], [60, 34], [120, 36], [180, 36], [240, 36]])).toEqual(['fire@240']))
test('fire and clear alternate, whatever comes', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 25, max: 40 })), { maxLength: 80 }), (list) => {
    let s = 0
    const said = run({ ...hot, cool_down_s: 0 }, list.map(([d, v]) => [(s += d), v])).map((x) => x.split('@')[0])
    return said.every((x, i) => i === 0 || x !== said[i - 1] || x === 'clear')
  }))
})
test('a loop is left alone', () => {
  const m = fresh()
  const rule = body({ kind: 'event', event: 'x' })
  const fires = Array.from({ length: 50 }, (_, i) => step(rule, m, { kind: 'event', event: 'x', at_ms: i * 1000 }).does).filter(Boolean)
  expect(fires.length).toBe(FIRES_PER_HOUR)
})
test('cool-down holds', () => {
  const m = fresh()
  const rule = body({ kind: 'event', event: 'x' }, { cool_down_s: 600 })
  expect([0, 300, 599, 600].map((s) => step(rule, m, { kind: 'event', event: 'x', at_ms: s * 1000 }).does)).toEqual(['fire', null, null, 'fire'])
})
test('what the cool-down held back fires when it is over, if it is still so', () => {
  const rule = { ...hot, trigger: { kind: 'threshold', point: 'temp', op: 'above', limit: 35, back: 32, for_s: 0 } as const, cool_down_s: 600 }
  expect(run(rule, [[0, 36], [10, 31], [20, 36], [300, 36], [599, 36], [601, 36], [700, 31]])).toEqual(['fire@0', 'clear@10', 'fire@601', 'clear@700'])
  // Not so any more: nothing, and nothing to take back.
  expect(run(rule, [[0, 36], [10, 31], [20, 36], [30, 31], [700, 31]])).toEqual(['fire@0', 'clear@10'])
  const opened = body({ kind: 'change', point: 'temp', to: 1 }, { cool_down_s: 600 })
  expect(run(opened, [[0, 0], [1, 1], [2, 0], [3, 1], [300, 1], [602, 1], [603, 1]])).toEqual(['fire@1', 'clear@2', 'fire@602'])
})
test('an event is over when the device says so, at the latest so long after it was told last', () => {
  const rule = body({ kind: 'event', event: 'x', over_s: 60 })
  const say = (m: ReturnType<typeof fresh>, s: number, active = true) => step(rule, m, { kind: 'event', event: 'x', at_ms: s * 1000, active }).does
  const tick = (m: ReturnType<typeof fresh>, s: number) => step(rule, m, { kind: 'tick', at_ms: s * 1000 }).does
  const m = fresh()
  expect([say(m, 0), tick(m, 59), say(m, 50), tick(m, 100), tick(m, 110), tick(m, 111)]).toEqual(['fire', null, null, null, 'clear', null])
  expect([say(m, 200), say(m, 210, false), tick(m, 300)]).toEqual(['fire', 'clear', null])
  // What ends before it was heard to begin does nothing; without a time only the device ends it.
  expect([say(fresh(), 0, false)]).toEqual([null])
  const open = body({ kind: 'event', event: 'x' }, { cool_down_s: 600 })
  const o = fresh()
  const put = (s: number, active = true) => step(open, o, { kind: 'event', event: 'x', at_ms: s * 1000, active }).does
  expect([put(0), put(10), step(open, o, { kind: 'tick', at_ms: 9e9 }).does, put(20, false)]).toEqual(['fire', null, null, 'clear'])
})
test('silence fires once and ends with a word', () => {
  const m = fresh()
  const rule = body({ kind: 'no_data', for_s: 600 })
  expect(step(rule, m, { kind: 'silence', silent_s: 300, at_ms: 0 }).does).toBeNull()
  expect(step(rule, m, { kind: 'silence', silent_s: 601, at_ms: 0 }).does).toBe('fire')
  expect(step(rule, m, { kind: 'silence', silent_s: 900, at_ms: 0 }).does).toBeNull()
  expect(step(rule, m, { kind: 'value', point: 'temp', v: 1, at_ms: 0 }).does).toBe('clear')
})
test('a change is a change: not the first value', () => {
  const rule = body({ kind: 'change', point: 'temp', to: 1 })
  expect(run(rule, [[0, 1], [1, 0], [2, 1], [3, 1], [4, 0]])).toEqual(['clear@1', 'fire@2', 'clear@4'])
})
test('hours over midnight, in the zone of the community', () => {
  const at = (h: number) => Date.UTC(2026, 10, 26, h - 8)
  expect([22, 23, 3, 6, 12].map((h) => inHours({ from_h: 23, to_h: 6 }, at(h)))).toEqual([false, true, true, false, false])
})
