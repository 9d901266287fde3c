import { expect, test } from 'vitest'
import fc from 'fast-check'
import { addDays, daysBetween } from '../../../../kernel/clock.ts'
import { lateFee, lateText, lastFreeDay, type LateInput, type LateRule } from './late.ts'

const rule = (o: Partial<LateRule> = {}): LateRule => ({ rule_id: 'r', daily_rate: '0.0005', grace_days: 0, counts_from: 'grace', cap_bp: null, lpr_rate: null, lpr_multiple: null, shift: false, from_on: '2025-01-01', to_on: null, ...o })
const weekdays = (day: string) => ![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())
const input = (o: Partial<LateInput> = {}): LateInput => ({ principal_fen: 11_820, due_on: '2026-03-31', as_of: '2026-05-15', movements: [], rules: [rule()], pauses: [], works: weekdays, ...o })

test('worked by hand', () => {
  // 118.20 × 0.0005 × 45 days (1 April to 15 May) = 2.65950
  const f = lateFee(input())
  expect([f.fee_fen, f.start_on, f.segments.length]).toEqual([266, '2026-04-01', 1])
  expect(lateText(f)).toBe('2026-04-01 至 2026-05-15 本金 118.20 元 × 45 天 × 日 0.05% = 2.66 元')
  // 100.00 paid on 15 April: 15 days on 118.20, 30 days on 18.20 → 0.8865 + 0.273 = 1.1595
  expect(lateFee(input({ movements: [{ on: '2026-04-15', amount_fen: 10_000 }] })).fee_fen).toBe(116)
  // Paid before the due day: only the rest bears a fee. 18.20 × 0.0005 × 45 = 0.4095
  expect(lateFee(input({ movements: [{ on: '2026-03-01', amount_fen: 10_000 }] })).fee_fen).toBe(41)
  expect(lateFee(input({ as_of: '2026-03-31' })).fee_fen).toBe(0)
})
test('grace, from the due day or from its end; shifted off a weekend', () => {
  const grace = rule({ grace_days: 15 })
  expect(lateFee(input({ rules: [grace], as_of: '2026-04-15' })).fee_fen).toBe(0)
  expect(lateFee(input({ rules: [grace], as_of: '2026-04-16' })).segments[0]).toMatchObject({ from_on: '2026-04-16', days: 1 })
  expect(lateFee(input({ rules: [{ ...grace, counts_from: 'due' }], as_of: '2026-04-16' })).segments[0]).toMatchObject({ from_on: '2026-04-01', days: 16 })
  // 2026-05-31 is a Sunday, 1 June a working Monday.
  expect(lastFreeDay('2026-05-31', { grace_days: 0, shift: true }, weekdays)).toBe('2026-06-01')
  expect(lastFreeDay('2026-05-31', { grace_days: 0, shift: false }, weekdays)).toBe('2026-05-31')
})
test('caps, LPR, price versions of the rate, pauses', () => {
  // 30 % of the principal
  expect(lateFee(input({ rules: [rule({ daily_rate: '0.003', cap_bp: 3000 })], as_of: '2027-03-31' }))).toMatchObject({ fee_fen: 3546, capped: true })
  // LPR 3.65 % × 1 = 0.0001 a day: 118.20 × 0.0001 × 45 = 0.5319
  expect(lateFee(input({ rules: [rule({ lpr_rate: '0.0365', lpr_multiple: '1' })] })).fee_fen).toBe(53)
  // From 1 May at half the rate: 30 × 0.0005 + 15 × 0.00025
  expect(lateFee(input({ rules: [rule({ to_on: '2026-05-01' }), rule({ from_on: '2026-05-01', daily_rate: '0.00025' })] })).fee_fen).toBe(222)
  expect(lateFee(input({ pauses: [{ from_on: '2026-04-11', to_on: '2026-05-11' }] })).segments.map((s) => s.days)).toEqual([10, 5])
  expect(lateFee(input({ rules: [] })).fee_fen).toBe(0)
})

const day = (n: number) => addDays('2026-01-01', n)
const anyInput = fc.record({
  principal_fen: fc.integer({ min: 1, max: 5_000_000 }),
  due: fc.integer({ min: 0, max: 60 }),
  as_of: fc.integer({ min: 0, max: 500 }),
  grace_days: fc.integer({ min: 0, max: 40 }),
  counts_from: fc.constantFrom('grace' as const, 'due' as const),
  rate: fc.integer({ min: 1, max: 3000 }),
  pays: fc.array(fc.record({ on: fc.integer({ min: 0, max: 400 }), part: fc.integer({ min: 1, max: 40 }) }), { maxLength: 6 }),
  cap_bp: fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: null }),
})
type Any = (typeof anyInput)['generate'] extends (...a: never[]) => { value: infer V } ? V : never
function inputOf(x: Any): LateInput {
  let left = x.principal_fen
  const movements = x.pays.map((p) => {
    const amount_fen = Math.min(left, Math.floor((x.principal_fen * p.part) / 100))
    left -= amount_fen
    return { on: day(p.on), amount_fen }
  })
  return input({ principal_fen: x.principal_fen, due_on: day(x.due), as_of: day(x.as_of), movements, rules: [rule({ daily_rate: (x.rate / 1_000_000).toFixed(6), grace_days: x.grace_days, counts_from: x.counts_from, cap_bp: x.cap_bp })] })
}
/** A second way: one day at a time, in whole millionths. */
function dayByDay(o: LateInput): number {
  const r = o.rules[0]!
  const free = addDays(o.due_on, r.grace_days)
  if (o.as_of <= free) return 0
  let sum = 0n
  for (let d = addDays(r.counts_from === 'due' ? o.due_on : free, 1); d <= o.as_of; d = addDays(d, 1)) {
    const base = o.principal_fen - o.movements.filter((m) => m.on < d).reduce((n, m) => n + m.amount_fen, 0)
    sum += BigInt(Math.max(0, base)) * BigInt(Math.round(Number(r.daily_rate) * 1e6))
  }
  const cap = r.cap_bp === null ? null : BigInt(o.principal_fen) * BigInt(r.cap_bp) * 100n
  const exact = cap !== null && sum > cap ? cap : sum
  return Number((2n * exact + 1_000_000n) / 2_000_000n)
}
test('equals counting one day after the other', () => {
  fc.assert(fc.property(anyInput, (x) => { expect(lateFee(inputOf(x as Any)).fee_fen).toBe(dayByDay(inputOf(x as Any))) }), { numRuns: 300 })
})
test('never falls as days pass, never bears a fee before its start, and the days add up', () => {
  fc.assert(
    fc.property(anyInput, (x) => {
      const o = inputOf(x as Any)
      const now = lateFee(o)
      const next = lateFee({ ...o, as_of: addDays(o.as_of, 1) })
      expect(next.fee_fen).toBeGreaterThanOrEqual(now.fee_fen)
      for (const s of now.segments) expect(s.days).toBe(daysBetween(s.from_on, s.to_on))
      if (now.start_on === null) expect(now.fee_fen).toBe(0)
    }),
    { numRuns: 200 },
  )
})
