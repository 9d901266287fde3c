import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTariff, quoteCases, quoteValues, lateFee, LateFeeSpec, type Tariff } from './index.ts'

const tariffOf = (raw: unknown): Tariff => {
  const { tariff, faults } = parseTariff(raw)
  if (faults) throw new Error(faults.map((f) => `${f.field}: ${f.reason}`).join('; '))
  return tariff
}
const amountOf = (t: Tariff, v: Record<string, unknown>): number => {
  const q = quoteValues(t, v)
  expect(q.lines.reduce((n, l) => n + l.amount_fen, 0)).toBe(q.amount_fen)
  return q.amount_fen
}
/** Price in thousandths, limits and usage in tenths: all integers, so that the naive sum below needs no fractions. */
const tenths = (n: number) => `${Math.floor(n / 10)}.${n % 10}`
const prices = fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 4 }).map((p) => p.sort((a, b) => a - b))
const tiersOf = (p: number[], widths: number[]) => {
  let to = 0
  return p.map((price, i) => ({ price: `${Math.floor(price / 1000)}.${String(price % 1000).padStart(3, '0')}`, ...(i < p.length - 1 ? { to: tenths((to += widths[i]!)) } : {}) }))
}
/** The second implementation: tenth by tenth of a unit, each at the price of the tier it falls in. In 1/10,000 yuan. */
function naive(p: number[], widths: number[], before: number, usage: number): number {
  let sum = 0
  for (let i = before + 1; i <= before + usage; i++) {
    let tier = 0
    let to = widths[0]!
    while (tier < p.length - 1 && i > to) to += widths[++tier]!
    sum += p[tier]!
  }
  return sum
}
const toFen = (n: number) => Math.floor(n / 100 + 0.5)
const widths = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 4, maxLength: 4 })

describe('tiers', () => {
  it('agree with a sum over every tenth of a unit', () => {
    fc.assert(
      fc.property(prices, widths, fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 5000 }), (p, w, before, usage) => {
        const t = tariffOf({ shape: 'metered', cycle: 'year', tiers: tiersOf(p, w) })
        expect(amountOf(t, { usage: tenths(usage), usage_to_date: tenths(before) })).toBe(toFen(naive(p, w, before, usage)))
      }),
      { numRuns: 300 },
    )
  })
  it('usage cut into the months of a year comes to the whole, and grows with usage', () => {
    fc.assert(
      fc.property(prices, widths, fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 12 }), (p, w, months) => {
        const t = tariffOf({ shape: 'metered', cycle: 'year', year_start: 7, tiers: tiersOf(p, w) })
        const month = (i: number) => `${i < 6 ? 2026 : 2027}-${String(((i + 6) % 12) + 1).padStart(2, '0')}`
        const history: Record<string, string> = { '2026-06': '999' }
        let sum = 0
        for (const [i, u] of months.entries()) {
          sum += amountOf(t, { period: month(i), usage: tenths(u), usage_by_month: { ...history } })
          history[month(i)] = tenths(u)
        }
        const all = months.reduce((n, u) => n + u, 0)
        const whole = amountOf(t, { usage: tenths(all) })
        expect(Math.abs(sum - whole)).toBeLessThanOrEqual(Math.ceil(months.length / 2))
        expect(amountOf(t, { usage: tenths(all + 1) })).toBeGreaterThanOrEqual(whole)
      }),
      { numRuns: 200 },
    )
  })
  it('clock classes at one price are the tiers without classes, in any order', () => {
    fc.assert(
      fc.property(prices, widths, fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 0, max: 4000 }), (p, w, peak, valley, before) => {
        const tiers = tiersOf(p, w)
        const plain = tariffOf({ shape: 'metered', cycle: 'year', tiers })
        const clocked = tariffOf({ shape: 'metered', cycle: 'year', classes: [{ class: 'peak', name: '峰' }, { class: 'valley', name: '谷' }], tiers: tiers.map(({ price, ...t }) => ({ ...t, prices: { peak: price, valley: price } })) })
        const given = { usage_to_date: tenths(before) }
        const one = amountOf(clocked, { ...given, usage: { peak: tenths(peak), valley: tenths(valley) } })
        expect(one).toBe(amountOf(plain, { ...given, usage: tenths(peak + valley) }))
        expect(amountOf(clocked, { ...given, usage: { valley: tenths(valley), peak: tenths(peak) } })).toBe(one)
      }),
      { numRuns: 200 },
    )
  })
  it('the crossing month by rule, and a bill over the border of the tier year', () => {
    const tiers = [{ to: '100', price: '1' }, { price: '2' }]
    const by = (extra: object) => tariffOf({ shape: 'metered', cycle: 'year', tiers, ...extra })
    const v = { usage: '40', usage_to_date: '80' }
    expect([amountOf(by({}), v), amountOf(by({ crossing: 'lower' }), v), amountOf(by({ crossing: 'higher' }), v)]).toEqual([6000, 4000, 8000])
    const over = { from_on: '2025-12-12', to_on: '2026-01-11', usage: '30', usage_to_date: '100' }
    expect([amountOf(by({}), over), amountOf(by({ border: 'to_start' }), over), amountOf(by({ border: 'to_end' }), over)]).toEqual([5000, 6000, 3000])
  })
  it('own limits for each clock class, steps of people, free quantity', () => {
    const own = tariffOf({ shape: 'metered', cycle: 'month', class_split: 'own_limits', classes: [{ class: 'p', name: '峰' }, { class: 'v', name: '谷' }], tiers: [{ to: { p: '50', v: '30' }, prices: { p: '1', v: '0.5' } }, { prices: { p: '2', v: '1' } }] })
    expect(amountOf(own, { usage: { p: '60', v: '40' } })).toBe(5000 + 2000 + 1500 + 1000)
    const steps = tariffOf({ shape: 'metered', cycle: 'month', tiers: [{ to: '10', price: '1' }, { price: '2' }], people: { steps: [{ people: 5, adds: '5' }, { people: 7, adds: '10' }] }, free_quantity: { quantity: '2', when: { low_income: true } } })
    expect([4, 5, 6, 7].map((people) => amountOf(steps, { usage: '20', people }))).toEqual([3000, 2500, 2500, 2000])
    expect(amountOf(steps, { usage: '20', people: 7, low_income: true })).toBe(1800)
  })
})

describe('changes of version', () => {
  const versions = [{ from_on: '2025-01-01', shape: 'metered', price: '2' }, { from_on: '2026-06-11', shape: 'metered', price: '3' }]
  const bill = { from_on: '2026-06-01', to_on: '2026-07-01', usage: '30' }
  it('by days, by reading, from the bill after, at the end', () => {
    const by = (version_change: string) => tariffOf({ versions, version_change })
    expect(amountOf(by('by_days'), bill)).toBe(2000 + 6000)
    expect(amountOf(by('next_bill'), bill)).toBe(6000)
    expect(amountOf(by('at_end'), bill)).toBe(9000)
    expect(amountOf(by('by_reading'), { from_on: '2026-06-01', to_on: '2026-07-01', previous: '100', reading: '130', readings_on: [{ on: '2026-06-11', reading: '105' }] })).toBe(1000 + 7500)
    expect(quoteCases(by('by_reading'), [bill])[0]).toMatchObject({ error: { field: 'readings_on' } })
    expect(quoteCases(by('by_days'), [{ ...bill, from_on: '2024-06-01' }])[0]).toMatchObject({ error: { field: 'from_on' } })
  })
  it('what was used before the change counts towards the limits after it', () => {
    const tiers = (a: string, b: string) => [{ to: '100', price: a }, { price: b }]
    const t = tariffOf({ versions: [{ from_on: '2025-01-01', shape: 'metered', cycle: 'year', tiers: tiers('1', '2') }, { from_on: '2026-06-11', shape: 'metered', cycle: 'year', tiers: tiers('10', '20') }] })
    expect(amountOf(t, { ...bill, usage_to_date: '85' })).toBe(1000 + 5 * 1000 + 15 * 2000)
  })
})

describe('rounding and proration', () => {
  const by = (extra: object) => tariffOf({ shape: 'charge', by: 'area', price: '1.115', ...extra })
  it.each([
    [{}, { built_area_m2: '10.1', months: 3 }, 3378],
    [{ rounding: { place: 'month' } }, { built_area_m2: '10.1', months: 3 }, 3378],
    [{ rounding: { place: 'month', mode: 'down' } }, { built_area_m2: '10.1', months: 3 }, 3378],
    [{ rounding: { to: '1' } }, { built_area_m2: '10.1', months: 3 }, 3400],
    [{ rounding: { to: '0.5', mode: 'down' } }, { built_area_m2: '10.1', months: 3 }, 3350],
    [{ rounding: { place: 'price', mode: 'half_up' }, factors: [{ name: '折', percent: '50' }] }, { built_area_m2: '10.1' }, 566],
    [{ proration: 'thirty_days' }, { built_area_m2: '100', from_on: '2026-02-15', to_on: '2026-03-01' }, 5947],
    [{ proration: 'half_month' }, { built_area_m2: '100', from_on: '2026-02-16', to_on: '2026-03-01' }, 5575],
    [{ proration: 'half_month' }, { built_area_m2: '100', from_on: '2026-02-10', to_on: '2026-03-01' }, 11150],
    [{ proration: 'whole_month' }, { built_area_m2: '100', from_on: '2026-02-10', to_on: '2026-04-01' }, 11150],
    [{ proration: 'started_month' }, { built_area_m2: '100', from_on: '2026-02-10', to_on: '2026-04-01' }, 22300],
  ])('%o %o', (extra, values, fen) => expect(amountOf(by(extra), values)).toBe(fen))
})

describe('late fees', () => {
  const spec = LateFeeSpec.parse({ shape: 'late_fee', daily_percent: '0.05', grace_days: 10, cap_percent: '30' })
  const at = (as_of: string, payments: { on: string; amount_fen: number }[] = []) => lateFee(spec, { principal_fen: 123_456, due_on: '2026-01-31', as_of, payments }).amount_fen
  it('grow by days, never over the cap, and an early payment gives exactly less', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 123_456 }), fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }), (paid, a, b) => {
        const day = (n: number) => new Date(Date.UTC(2026, 0, 31 + n)).toISOString().slice(0, 10)
        expect(at(day(Math.max(a, b)))).toBeGreaterThanOrEqual(at(day(Math.min(a, b))))
        expect(at(day(a + 700))).toBeLessThanOrEqual(37_036)
        const accrues = Math.max(0, a - 10)
        const before = Math.max(0, Math.min(a, b) - 10)
        const whole = 123_456 * before + (123_456 - paid) * (accrues - before)
        const cap = 37_036
        expect(at(day(a), [{ on: day(b), amount_fen: paid }])).toBe(Math.min(cap, Math.floor((whole * 5) / 10_000 + 0.5)))
      }),
      { numRuns: 300 },
    )
  })
  it('by LPR, and with the days of grace after all', () => {
    const lpr = LateFeeSpec.parse({ shape: 'late_fee', lpr_times: '1.5', grace_days: 5, grace_counts: true })
    expect(lateFee(lpr, { principal_fen: 1_000_000, due_on: '2026-03-31', as_of: '2026-04-10', lpr_percent: '3.65' }).amount_fen).toBe(1500)
    expect(lateFee(lpr, { principal_fen: 1_000_000, due_on: '2026-03-31', as_of: '2026-04-05', lpr_percent: '3.65' }).amount_fen).toBe(0)
    const capped = LateFeeSpec.parse({ shape: 'late_fee', daily_percent: '0.3', cap_lpr_times: '4', lpr_percent: '3.65' })
    expect(lateFee(capped, { principal_fen: 1_000_000, due_on: '2026-03-31', as_of: '2026-04-10' }).amount_fen).toBe(4000)
  })
})

describe('typed expressions', () => {
  const formula = { shape: 'formula', inputs: [{ name: 'area', zh: '面积', unit: 'm2' }, { name: 'floor', zh: '楼层', unit: '层' }], expression: { op: 'mul', args: [{ input: 'area' }, { op: 'if', test: { op: 'gt', args: [{ input: 'floor' }, { number: '6', unit: '层' }] }, then: { number: '0.8', unit: '元/m2' }, else: { number: '0.5', unit: '元/m²' } }] } }
  it('are computed, said in Chinese, and refused when units disagree', () => {
    expect(amountOf(tariffOf(formula), { area: '100', floor: '7' })).toBe(8000)
    expect(quoteValues(tariffOf(formula), { area: '100', floor: '6' }).lines[0]!.text).toBe('面积 100 m2 × 若 楼层 6 层 > 6 层 则 0.8 元/m2 否则 0.5 元/m² = 50.00 元')
    expect(parseTariff({ ...formula, expression: { op: 'add', args: [{ input: 'area' }, { input: 'floor' }] } }).faults![0]!.reason).toContain('单位不同')
    expect(parseTariff({ ...formula, expression: { input: 'area' } }).faults![0]!.reason).toContain('应为元')
    expect(parseTariff({ ...formula, expression: { input: 'nothing' } }).faults![0]!.reason).toContain('nothing')
  })
})

describe('faults say field and reason in Chinese', () => {
  it.each([
    [{ shape: 'metered', tiers: [{ to: '10', price: '1' }, { to: '5', price: '2' }, { price: '3' }] }, 'tiers', '应大于上一档'],
    [{ shape: 'metered', tiers: [{ to: '10', price: '1' }] }, 'tiers', '最后一档'],
    [{ shape: 'charge', price: '2,50' }, 'price', '应为数字'],
    [{ shape: 'charge' }, 'price', '缺少单价'],
    [{ shape: 'charge', price: '3', guide: { price: '2', up_percent: '15' } }, 'price', '不在政府指导价'],
    [{ shape: 'charge', price: '1', prise: '2' }, 'prise', '不认识的字段'],
    [{ shape: 'tier' }, 'shape', '可用'],
    [{ shape: 'parking', unit_price: '2' }, 'unit_minutes', '计费单位'],
    [{ shape: 'parking', windows: [{ name: '白天', from: '08:00', to: '20:00', unit_minutes: 60, unit_price: '2' }] }, 'windows', '没有价格'],
    [{ components: [{ code: 'a', shape: 'charge', price: '1' }, { code: 'a', shape: 'charge', price: '1' }] }, 'components[1].code', '重复'],
    [{ shape: 'charge', price: '1', payers: [{ payer: 'A', percent: '60' }, { payer: 'B', percent: '30' }] }, 'payers', '100'],
  ])('%o', (raw, field, reason) => {
    const found = parseTariff(raw).faults!.find((f) => f.field === field || f.field.endsWith(field))
    expect(found?.reason ?? JSON.stringify(parseTariff(raw).faults)).toContain(reason)
  })
  it('of a case', () => {
    const t = tariffOf({ shape: 'charge', by: 'area', price: '2' })
    const bad = (v: object) => (quoteCases(t, [v])[0] as { error: { field: string } }).error.field
    expect([bad({}), bad({ area: '-3' }), bad({ area: '十' }), bad({ area: '3', colour: 'red' }), bad({ area: 3, period: '2026-13' }), bad({ area: 3, from_on: '2026-02-30' })]).toEqual(['built_area_m2', 'built_area_m2', 'built_area_m2', 'colour', 'period', 'from_on'])
    expect(quoteCases(t, [{ id: 'a', area: 98.5 }])[0]).toMatchObject({ id: 'a', amount_fen: 19700 })
  })
})
