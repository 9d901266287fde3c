import { expect, test } from 'vitest'
import fc from 'fast-check'
import { lateFeeOver, LateFeeSpec } from '../../../tariff/rules/late_fee.ts'
import { EXACT_FEN } from '../../../tariff/rules/shared.ts'
import { addDays, daysBetween } from '../../../../kernel/clock.ts'
import { chargedThrough, lateFee, lateText, lastFreeDay, type LateInput, type LateRule } from './late.ts'

const rule = (o: Partial<LateRule> = {}): LateRule => ({ rule_id: 'r', daily_rate: '0.0005', grace_days: 0, counts_from: 'grace', cap_bp: null, lpr_rate: null, lpr_multiple: null, shift: false, paid_day: 'counts', from_on: '2025-01-01', to_on: null, ...o })
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
test('the day of payment counts, or is free, as the rule says; a new rule from its day on', () => {
  const paid = (paid_day: 'counts' | 'free', o: Partial<LateRule> = {}) => lateFee(input({ rules: [rule({ paid_day, ...o })], movements: [{ on: '2026-04-03', amount_fen: 11_820 }] }))
  // Paid in whole on the third day: 1 to 3 April, or 1 and 2 April.
  expect(paid('counts').segments).toEqual([{ from_on: '2026-04-01', to_on: '2026-04-04', days: 3, base_fen: 11_820, daily_rate: '0.0005' }])
  expect(paid('free').segments).toEqual([{ from_on: '2026-04-01', to_on: '2026-04-03', days: 2, base_fen: 11_820, daily_rate: '0.0005' }])
  // 82.20 of 118.20 paid on 15 April: 14 days on 118.20, 31 on 36.00 → 0.8274 + 0.558
  expect(lateFee(input({ rules: [rule({ paid_day: 'free' })], movements: [{ on: '2026-04-15', amount_fen: 8220 }] })).fee_fen).toBe(139)
  // Counted until March, free from 1 April on: the day of the payment goes by the rule of that day.
  expect(lateFee(input({ due_on: '2026-03-30', rules: [rule(), rule({ from_on: '2026-04-01', paid_day: 'free' })], movements: [{ on: '2026-04-01', amount_fen: 11_820 }] })).segments).toMatchObject([{ from_on: '2026-03-31', to_on: '2026-04-01' }])
  // Two of one day: the later saved.
  expect(lateFee(input({ rules: [rule(), rule({ daily_rate: '0.001' })] })).fee_fen).toBe(532)
  expect([chargedThrough([rule()], '2026-04-03'), chargedThrough([rule({ paid_day: 'free' })], '2026-04-03'), chargedThrough([], '2026-04-03')]).toEqual(['2026-04-03', '2026-04-02', '2026-04-03'])
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
  // 118.25 × 10 % = 11.825: not a fen above it
  expect(lateFee(input({ principal_fen: 11_825, rules: [rule({ daily_rate: '0.003', cap_bp: 1000 })], as_of: '2027-03-31' }))).toMatchObject({ fee_fen: 1182, capped: true })
})

const day = (n: number) => addDays('2026-01-01', n)
const anyInputShape = {
  principal_fen: fc.integer({ min: 1, max: 5_000_000 }),
  due: fc.integer({ min: 0, max: 60 }),
  as_of: fc.integer({ min: 0, max: 500 }),
  grace_days: fc.integer({ min: 0, max: 40 }),
  counts_from: fc.constantFrom('grace' as const, 'due' as const),
  rate: fc.integer({ min: 1, max: 3000 }),
  pays: fc.array(fc.record({ on: fc.integer({ min: 0, max: 400 }), part: fc.integer({ min: 1, max: 40 }) }), { maxLength: 6 }),
  cap_bp: fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: null }),
  paid_day: fc.constantFrom('counts' as const, 'free' as const),
}
const anyInput = fc.record(anyInputShape)
type Any = (typeof anyInput)['generate'] extends (...a: never[]) => { value: infer V } ? V : never
function inputOf(x: Any): LateInput {
  let left = x.principal_fen
  const movements = x.pays.map((p) => {
    const amount_fen = Math.min(left, Math.floor((x.principal_fen * p.part) / 100))
    left -= amount_fen
    return { on: day(p.on), amount_fen }
  })
  return input({ principal_fen: x.principal_fen, due_on: day(x.due), as_of: day(x.as_of), movements, rules: [rule({ daily_rate: (x.rate / 1_000_000).toFixed(6), grace_days: x.grace_days, counts_from: x.counts_from, cap_bp: x.cap_bp, paid_day: x.paid_day })] })
}
/** A second way: one day at a time, in whole millionths. */
function dayByDay(o: LateInput): number {
  const r = o.rules[0]!
  const free = addDays(o.due_on, r.grace_days)
  if (o.as_of <= free) return 0
  let sum = 0n
  for (let d = addDays(r.counts_from === 'due' ? o.due_on : free, 1); d <= o.as_of; d = addDays(d, 1)) {
    const base = o.principal_fen - o.movements.filter((m) => m.on < d || (r.paid_day === 'free' && m.on === d)).reduce((n, m) => n + m.amount_fen, 0)
    sum += BigInt(Math.max(0, base)) * BigInt(Math.round(Number(r.daily_rate) * 1e6))
  }
  const cap = r.cap_bp === null ? null : (BigInt(o.principal_fen) * BigInt(r.cap_bp)) / 10_000n
  const rounded = (2n * sum + 1_000_000n) / 2_000_000n
  return Number(cap !== null && rounded > cap ? cap : rounded)
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

// The tariffs' engine and this one are two hands at one rule: what a tariff quotes is what a bill bears.
const percentOf = (n: number, places: number) => (n / 10 ** places).toFixed(places)
const twoRules = fc.record({ ...anyInputShape, second: fc.option(fc.record({ from: fc.integer({ min: 0, max: 300 }), rate: fc.integer({ min: 1, max: 3000 }), cap_bp: fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: null }), paid_day: fc.constantFrom('counts' as const, 'free' as const) }), { nil: null }), lpr: fc.option(fc.integer({ min: 100, max: 9999 }), { nil: null }), shift: fc.boolean() })
test('gives what the engine of the tariffs gives, whatever the day of payment, the cap, the LPR, the change of a rule', () => {
  fc.assert(
    fc.property(twoRules, (x) => {
      // A day off moves the due day there, the last free day here: one thing without grace.
      const shift = x.shift && x.grace_days === 0
      const counts_from = shift ? 'grace' : x.counts_from
      const lpr = x.lpr === null ? {} : { lpr_rate: percentOf(x.lpr, 5), lpr_multiple: '1.5' }
      const first = { ...inputOf(x as Any).rules[0]!, ...lpr, counts_from, shift }
      const second = x.second && { ...first, daily_rate: percentOf(x.second.rate, 6), cap_bp: x.second.cap_bp, paid_day: x.second.paid_day, from_on: day(x.second.from) }
      const o = { ...inputOf(x as Any), rules: second ? [first, second] : [first] }
      const specOf = (r: LateRule) => LateFeeSpec.parse({ shape: 'late_fee', daily_percent: percentOf(Math.round(Number(r.daily_rate) * 1e6), 4), grace_days: r.grace_days, grace_counts: r.counts_from === 'due', paid_day: r.paid_day, holiday_shift: r.shift ? 'next_workday' : 'none', ...(r.cap_bp === null ? {} : { cap_percent: percentOf(r.cap_bp, 2) }), ...(x.lpr === null ? {} : { cap_lpr_times: '1.5', lpr_percent: percentOf(x.lpr, 3) }) })
      const inForce = second && second.from_on <= o.due_on ? [second] : o.rules
      const quoted = lateFeeOver(inForce.map((r, i) => ({ spec: specOf(r), from_on: i === 0 ? null : r.from_on })), { principal_fen: o.principal_fen, due_on: o.due_on, as_of: o.as_of, payments: o.movements }, EXACT_FEN)
      expect(lateFee(o).fee_fen).toBe(quoted.amount_fen)
    }),
    { numRuns: 600 },
  )
})
