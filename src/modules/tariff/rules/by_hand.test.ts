// Cases of each of the 34 shapes worked out by hand from the reference (domain-facts 3.6), none of them from the engine: edges of tiers, of days,
// of the clock, and what must be refused. The amounts are fen; the working stands beside those that are not plain.
import { describe, expect, test } from 'vitest'
import { parseTariff, quoteCases } from './index.ts'

type Said = number | string
/** Fen, or `field` (and a part of the reason after a blank) of what is refused, in the tariff or in the case. */
function said(raw: unknown, v: object): Said {
  const { tariff, faults } = parseTariff(raw)
  if (faults) return `${faults[0]!.field} ${faults[0]!.reason}`
  const r = quoteCases(tariff, [v])[0]!
  if ('error' in r) return `${r.error.field} ${r.error.reason}`
  expect(r.quote.lines.reduce((n, l) => n + l.amount_fen, 0)).toBe(r.amount_fen)
  return r.amount_fen
}
function check(raw: unknown, rows: readonly [object, Said][]): void {
  for (const [v, wanted] of rows) {
    const got = said(raw, v)
    const line = `${JSON.stringify(raw).slice(0, 160)} ${JSON.stringify(v)}`
    if (typeof wanted === 'string') expect(`${line}: ${got}`).toContain(`${line}: ${wanted}`)
    else expect(`${line}: ${got}`).toBe(`${line}: ${wanted}`)
  }
}

describe('property fee and monthly charges', () => {
  test('1 area', () => {
    const t = { shape: 'charge', price: '1.20' }
    check(t, [
      [{ area: '98.53' }, 11824], // 118.236
      [{ area: '98.53', months: 3 }, 35471], // 354.708
      [{ area: '98.53', from_on: '2026-02-10', to_on: '2026-03-01' }, 8023], // 118.236 × 19/28
      [{ area: '98.53', from_on: '2024-02-10', to_on: '2024-03-01' }, 8154], // leap year: × 20/29
      [{ area: '0' }, 0],
    ])
    check({ ...t, by: 'inner_area_m2' }, [[{ inner_area_m2: '80.05' }, 9606], [{ area: '80' }, 'inner_area_m2']])
    check({ ...t, proration: 'thirty_days' }, [[{ area: '100', from_on: '2026-01-31', to_on: '2026-02-01' }, 0], [{ area: '100', from_on: '2026-01-16', last_on: '2026-01-30' }, 6000], [{ area: '100', from_on: '2026-02-01', to_on: '2026-02-16' }, 6000]])
  })
  test('2 grade × building', () => {
    const t = { shape: 'charge', matrix: { rows: 'grade', columns: 'building', prices: { 一级: { 有电梯: '2.5', 无电梯: '1.5' }, 二级: { 有电梯: '2.0' } } } }
    check(t, [[{ area: '100', grade: '一级', building: '无电梯' }, 15000], [{ area: '88.8', grade: '二级', building: '有电梯' }, 17760], [{ area: '100', grade: '二级', building: '无电梯' }, 'building'], [{ area: '100', grade: '一级' }, 'building']])
  })
  test('3 composite', () => {
    const t = { components: [{ code: 'base', name: '基础', shape: 'charge', price: '0.905' }, { code: 'lift', name: '电梯', shape: 'charge', price: '0.355', when: { floor_no: { min: 2 } } }, { code: 'mgr', name: '服务费', shape: 'percent', of: ['base', 'lift'], percent: '10' }] }
    // Each component rounds once: 90.50, 35.50, 12.60
    check(t, [[{ area: '100', floor_no: 5 }, 13860], [{ area: '100', floor_no: 1 }, 9955], [{ area: '33.33', floor_no: 2 }, 3016 + 1183 + 420]])
  })
  test('4 guide price', () => {
    const t = { shape: 'charge', guide: { price: '2.00', up_percent: '15', down_percent: '20', ceiling: '2.25' } }
    check(t, [[{ area: '10', chosen_price: '2.25' }, 2250], [{ area: '10', chosen_price: '1.6' }, 1600], [{ area: '10', chosen_price: '2.2501' }, 'chosen_price'], [{ area: '10', chosen_price: '1.59' }, 'chosen_price'], [{ area: '10' }, 'chosen_price']])
  })
  test('5 multipliers by status', () => {
    const t = { shape: 'charge', price: '2', factors: [{ name: '空置', when: { status: 'vacant' }, percent: '70' }, { name: '低保', when: { low_income: true }, percent: '50' }] }
    check(t, [[{ area: '100', status: 'vacant' }, 14000], [{ area: '100', status: 'vacant', low_income: true }, 7000], [{ area: '100', low_income: true, status: 'lived' }, 10000]])
    check({ ...t, combine: 'lowest' }, [[{ area: '100', status: 'vacant', low_income: true }, 10000]])
    // A month of two states, in days: 10/30 vacant, 20/30 lived in.
    check(t, [[{ area: '100', segments: [{ from_on: '2026-06-01', to_on: '2026-06-11', status: 'vacant' }, { from_on: '2026-06-11', to_on: '2026-07-01', status: 'lived' }] }, 18000]])
  })
  test('6 fixed, first and further', () => {
    const t = { shape: 'charge', by: 'card', per: 'once', tiers: [{ to: '2', price: '0' }, { to: '4', price: '20' }, { price: '30' }] }
    check(t, [[{ count: 2 }, 0], [{ count: 3 }, 2000], [{ count: 5 }, 7000], [{ item_no: 3 }, 2000], [{ item_no: 5 }, 3000], [{ item_no: 0 }, 'item_no']])
    check({ ...t, tiers: [{ to: '4', price: '0' }, { to: '2', price: '20' }, { price: '30' }] }, [[{ count: 2 }, 'tiers']])
    check({ shape: 'charge', by: 'people', price: '5' }, [[{ people: 3, months: 2 }, 3000], [{}, 'people']])
  })
  test('7 bay: lines to different income owners', () => {
    const t = { components: [{ code: 'rent', name: '车位租金', shape: 'charge', by: 'bay', price: '300', income_owner: 'owners', when: { bay: 'common' } }, { code: 'service', name: '车位服务费', shape: 'charge', by: 'bay', price: '60', when: { bay: ['own', 'common'] } }] }
    check(t, [[{ bay: 'common', count: 1 }, 36000], [{ bay: 'own', count: 2 }, 12000], [{ bay: 'visitor', count: 1 }, 0]])
  })
  test('8 prepay campaigns', () => {
    const offers = [{ months: 12, pay_months: '11' }, { months: 6, percent: '98' }]
    const t = { shape: 'charge', price: '1', prepay: { offers } }
    check(t, [
      [{ area: '100', prepay_months: 12 }, 110000], [{ area: '100', prepay_months: 6 }, 58800], [{ area: '100', prepay_months: 5 }, 50000],
      [{ area: '100', prepay_months: 12, used_months: 5 }, -60000], // 1100 − 5 × 100
      [{ area: '100', prepay_months: 12, used_months: 13 }, 'used_months'], [{ area: '100', prepay_months: 0 }, 'prepay_months'],
    ])
    check({ ...t, prepay: { offers, refund: 'pro_rata' } }, [[{ area: '100', prepay_months: 12, used_months: 6 }, -55000]])
    check({ ...t, prepay: { offers, refund: 'none' } }, [[{ area: '100', prepay_months: 12, used_months: 1 }, 0]])
    check({ ...t, prepay: { offers: [{ months: 12, pay_months: '11' }], repeat: true } }, [[{ area: '100', prepay_months: 24 }, 220000]])
  })
})

describe('water, electricity, gas', () => {
  const tiers = [{ to: '180', price: '2.07' }, { to: '260', price: '4.07' }, { price: '6.07' }]
  test('9 tiers of a year that begins in any month, bounds included', () => {
    check({ shape: 'metered', cycle: 'year', tiers }, [[{ usage: '180' }, 37260], [{ usage: '180.01' }, 37264], [{ usage: '1', usage_to_date: '180' }, 407], [{ usage: '1', usage_to_date: '260' }, 607], [{ usage: '0', usage_to_date: '500' }, 0], [{ usage: '300' }, 37260 + 32560 + 24280]])
    const july = { shape: 'metered', cycle: 'year', year_start: 7, tiers }
    // June belongs to the year that began in July before.
    check(july, [[{ period: '2026-06', usage: '10', usage_by_month: { '2025-07': '100', '2026-05': '75' } }, 5 * 207 + 5 * 407], [{ period: '2026-07', usage: '10', usage_by_month: { '2025-07': '100', '2026-05': '300' } }, 2070], [{ period: '2026-08', usage: '10', usage_by_month: { '2026-06': '300', '2026-07': '175' } }, 5 * 207 + 5 * 407]])
    check({ shape: 'metered', cycle: 'year', year_start: 11, tiers }, [[{ period: '2026-10', usage: '10', usage_by_month: { '2025-11': '180' } }, 4070], [{ period: '2026-11', usage: '10', usage_by_month: { '2025-11': '180', '2026-10': '50' } }, 2070]])
    // Every two months: the limits are of the cycle.
    check({ shape: 'metered', cycle: 'two_months', tiers: [{ to: '30', price: '2' }, { price: '3' }] }, [[{ usage: '40' }, 9000], [{ period: '2026-02', usage: '20', usage_by_month: { '2026-01': '20' } }, 2 * 1000 + 10 * 300]])
    // Two months read at once under monthly limits.
    check({ shape: 'metered', cycle: 'month', tiers: [{ to: '15', price: '2' }, { price: '3' }] }, [[{ usage: '40', months: 2 }, 9000], [{ usage: '40', months: 1 }, 10500]])
  })
  test('readings: rollover, multiplier, and what cannot be', () => {
    const t = { shape: 'metered', price: '2' }
    check(t, [
      [{ previous: '9990', reading: '15', digits: 4 }, 5000], [{ previous: '100', reading: '110.5', multiplier: '30' }, 63000], [{ previous: '100', reading: '90' }, 'reading'],
      [{ previous: '99990', reading: '5', digits: 4 }, 'previous'], [{ previous: '5', reading: '99990', digits: 4 }, 'reading'], [{ usage: '-1' }, 'usage'], [{}, 'usage'],
    ])
  })
  test('10 base and surcharge, and 16 ratios', () => {
    check({ shape: 'metered', cycle: 'month', base_price: '0.5283', tiers: [{ to: '210', add: '0' }, { to: '400', add: '0.05' }, { add: '0.3' }] }, [[{ usage: '210' }, 11094], [{ usage: '410' }, Math.round((210 * 0.5283 + 190 * 0.5783 + 10 * 0.8283) * 100)]])
    const ratios = { shape: 'metered', cycle: 'month', first_price: '2.07', tiers: [{ to: '10', ratio: '1' }, { to: '20', ratio: '1.5' }, { ratio: '3' }] }
    check(ratios, [[{ usage: '10' }, 2070], [{ usage: '15' }, 2070 + 1553], [{ usage: '21' }, 5796]]) // 20.70 + 15.525; 20.70 + 31.05 + 6.21
    // The document prints rounded prices: 2.07 × 1.5 = 3.105 → 3.11.
    check({ ...ratios, rounding: { place: 'price' } }, [[{ usage: '20' }, 2070 + 3110], [{ usage: '20.5' }, 2070 + 3110 + 311]])
    check({ ...ratios, rounding: { place: 'price', mode: 'down', price_to: '0.1' } }, [[{ usage: '20' }, 2000 + 3100]])
  })
  test('11 seasons', () => {
    const t = { shape: 'metered', cycle: 'month', tiers: [{ to: '200', price: '0.5' }, { price: '0.8' }], seasons: [{ name: '夏季', months: [5, 6, 7, 8, 9, 10], tiers: [{ to: '260', price: '0.5' }, { price: '0.8' }] }] }
    check(t, [[{ period: '2026-05', usage: '260' }, 13000], [{ period: '2026-11', usage: '260' }, 14800], [{ usage: '260' }, 'period'], [{ period: '2026-10', usage: '261' }, 13080]])
    // A bill over the border of the seasons, 15 April to 15 May: 16 of 30 days are April's, so is that part of its limit (106.67 and 121.33).
    check(t, [[{ from_on: '2026-04-15', to_on: '2026-05-15', usage: '300' }, 17160], [{ from_on: '2026-04-15', to_on: '2026-05-15', usage: '200' }, 10000]])
    check({ ...t, border: 'to_end' }, [[{ from_on: '2026-04-15', to_on: '2026-05-15', usage: '300' }, 16200]])
    // Months that no season names have no price.
    check({ shape: 'metered', cycle: 'month', seasons: [{ name: '夏季', months: [6, 7, 8], price: '0.6' }] }, [[{ period: '2026-05', usage: '100' }, 'seasons']])
    check({ shape: 'metered', cycle: 'month', seasons: [{ name: '夏', months: [5, 6, 7, 8, 9, 10], price: '0.6' }, { name: '冬', months: [11, 12, 1, 2, 3, 4], price: '0.5' }] }, [[{ period: '2026-05', usage: '100' }, 6000], [{ period: '2026-04', usage: '100' }, 5000]])
  })
  test('12 time of use on top of tiers', () => {
    const classes = [{ class: 'peak', name: '峰', add: '0.03' }, { class: 'valley', name: '谷', add: '-0.2' }]
    const t = { shape: 'metered', cycle: 'month', tiers: [{ to: '100', price: '0.5' }, { price: '0.6' }], classes }
    check(t, [
      [{ usage: { peak: '50', valley: '50' } }, 2650 + 1500],
      // 150 in all, a third beyond: 40+20 peak… each class has the same share of each tier.
      [{ usage: { peak: '90', valley: '60' } }, Math.round((60 * 0.53 + 40 * 0.3 + 30 * 0.63 + 20 * 0.4) * 100)],
      [{ usage: { flat: '9' } }, 'usage'],
      [{ usage: { peak: '10', valley: '0' }, usage_to_date: { peak: '100', valley: '0' } }, 630],
    ])
    const own = { shape: 'metered', cycle: 'month', class_split: 'own_limits', classes: [{ class: 'peak', name: '峰' }, { class: 'valley', name: '谷' }], tiers: [{ to: { peak: '50', valley: '30' }, prices: { peak: '0.6', valley: '0.3' } }, { prices: { peak: '0.7', valley: '0.4' } }] }
    check(own, [[{ usage: { peak: '60', valley: '30' } }, 3000 + 700 + 900], [{ usage: { peak: '60', valley: '30' }, usage_to_date: { peak: '50', valley: '0' } }, 4200 + 900], [{ usage: { peak: '60', valley: '30' }, usage_to_date: '80' }, 'usage_to_date']])
    // Prices by class without tiers: one number says nothing about the class.
    const flat = { shape: 'metered', classes: [{ class: 'peak', name: '峰', price: '0.55' }, { class: 'valley', name: '谷', price: '0.3' }] }
    check(flat, [[{ usage: { peak: '10', valley: '10' } }, 850], [{ usage: '20' }, 'usage']])
  })
  test('13 tiers suspended in the heating season', () => {
    const t = { shape: 'metered', unit: '度', cycle: 'year', tiers: [{ to: '2400', price: '0.5' }, { price: '0.6' }], suspended: { months: [11, 12, 1, 2, 3], price: '0.45', limits: 'prorate' } }
    // 2400 × 7/12 = 1400
    check(t, [[{ period: '2026-04', usage: '1400', usage_by_month: { '2026-01': '5000' } }, 70000], [{ period: '2026-05', usage: '100', usage_by_month: { '2026-03': '900', '2026-04': '1350' } }, 2500 + 3000], [{ period: '2026-12', usage: '1000', usage_by_month: { '2026-10': '1400' } }, 45000]])
    check({ ...t, suspended: { ...t.suspended, limits: 'full' } }, [[{ period: '2026-04', usage: '1500' }, 75000]])
  })
  test('14 limits by people, add-ons, part years', () => {
    const t = { shape: 'metered', cycle: 'year', tiers, people: { over: 4, each_adds: ['60', '80'], max_people: 7 } }
    check(t, [[{ usage: '240', people: 5 }, 240 * 207], [{ usage: '241', people: 5 }, 240 * 207 + 407], [{ usage: '360', people: 9 }, 360 * 207], [{ usage: '181', people: 4 }, 37260 + 407]])
    check({ shape: 'metered', cycle: 'month', tiers: [{ to_per_person: '4', price: '2' }, { price: '3' }] }, [[{ usage: '13', people: 3 }, 2400 + 300], [{ usage: '13' }, 'people']])
    check({ shape: 'metered', cycle: 'year', tiers, part_year: 'by_month' }, [[{ period: '2026-08', usage: '100', moved_in_on: '2026-07-10' }, 90 * 207 + 10 * 407], [{ period: '2026-08', usage: '100', moved_in_on: '2025-03-01' }, 20700]])
    check({ shape: 'metered', cycle: 'year', tiers, part_year: 'half_year' }, [[{ period: '2026-08', usage: '100', moved_in_on: '2026-07-01' }, 90 * 207 + 10 * 407], [{ period: '2026-08', usage: '100', moved_in_on: '2026-06-30' }, 20700]])
    check({ shape: 'metered', cycle: 'year', tiers, additions: [{ name: '壁挂炉', when: { boiler: true }, adds: ['1000', '1500'] }] }, [[{ usage: '1180', boiler: true }, 1180 * 207], [{ usage: '1180', boiler: false }, 37260 + 32560 + 920 * 607]])
  })
  test('15 several components, sewage by percentage', () => {
    const t = { components: [{ code: 'water', name: '水费', shape: 'metered', cycle: 'month', tiers: [{ to: '15', price: '1.5' }, { price: '2.5' }] }, { code: 'sewage', name: '污水处理费', shape: 'metered', price: '0.95', quantity_percent: '80', free_when: { well: true } }] }
    check(t, [[{ usage: '20' }, 2250 + 1250 + 1520], [{ usage: '20', well: true }, 3500], [{ usage: '7.5' }, 1125 + 570]])
    // Sewage with limits of its own, on its own quantity, counted to date on the same percentage.
    check({ shape: 'metered', cycle: 'year', quantity_percent: '80', tiers: [{ to: '100', price: '1' }, { price: '2' }] }, [[{ usage: '25', usage_to_date: '112.5' }, 1000 + 2000]])
  })
  test('17 groups', () => {
    const t = { shape: 'metered', cycle: 'month', tiers: [{ to: '15', price: '2' }, { price: '3' }], groups: [{ name: '合表', when: { group: 'shared' }, price: '2.2' }, { name: '低保', when: { group: 'low' }, percent: '50', free_quantity: '5' }] }
    check(t, [[{ usage: '20', group: 'shared' }, 4400], [{ usage: '20', group: 'normal' }, 4500]])
    // Half the price, and five units at no price: they would have cost half the price too.
    check(t, [[{ usage: '20', group: 'low' }, 2250 - 500], [{ usage: '3', group: 'low' }, 0]])
    const quota = { shape: 'metered', price: '4', over_quota: [{ to_percent: '20', times: '1.5' }, { times: '3' }] }
    check(quota, [[{ usage: '100', quota: '100' }, 40000], [{ usage: '120', quota: '100' }, 52000], [{ usage: '121', quota: '100' }, 53200], [{ usage: '10' }, 'quota']])
  })
  test('a version with the same prices inside the bill changes nothing', () => {
    const over = (body: object, v: object, change = 'by_days') => {
      const split = { version_change: change, versions: [{ from_on: '2025-01-01', ...body }, { from_on: '2026-02-01', ...body }, { from_on: '2026-02-11', ...body }] }
      const [one, many] = [said(body, v), said(split, v)]
      expect(`${JSON.stringify(body)} ${JSON.stringify(v)}: ${many}`).toBe(`${JSON.stringify(body)} ${JSON.stringify(v)}: ${one}`)
    }
    const monthly = { shape: 'metered', cycle: 'month', tiers: [{ to: '100', price: '1' }, { price: '2' }] }
    over(monthly, { from_on: '2026-01-01', to_on: '2026-03-01', usage: '200' })
    over(monthly, { from_on: '2026-02-01', to_on: '2026-03-01', usage: '150' })
    over({ ...monthly, cycle: 'year' }, { from_on: '2026-01-01', to_on: '2026-03-01', usage: '120', usage_to_date: '30' })
    over({ ...monthly, fixed: [{ name: '表费', price: '8', per: 'bill' }, { name: '维护', price: '5' }] }, { from_on: '2026-02-01', to_on: '2026-03-01', usage: '150' })
    over({ shape: 'metered', price: '1', minimum: { amount: '100', per: 'bill' } }, { from_on: '2026-02-01', to_on: '2026-03-01', usage: '50' })
    over({ shape: 'metered', price: '1', minimum: { amount: '100' } }, { from_on: '2026-02-01', to_on: '2026-03-01', usage: '150' })
    over({ shape: 'metered', price: '1', minimum: { usage: '20' } }, { from_on: '2026-02-01', to_on: '2026-03-01', usage: '5' })
    over({ shape: 'metered', price: '1', minimum: { usage: '20', per: 'bill' } }, { from_on: '2026-02-01', to_on: '2026-03-01', usage: '5' })
    over({ shape: 'metered', price: '1', free_quantity: { quantity: '14' } }, { from_on: '2026-02-01', to_on: '2026-03-01', usage: '20' })
    over({ shape: 'charge', price: '1.5' }, { area: '100', from_on: '2026-01-15', to_on: '2026-03-10' })
    for (const proration of ['thirty_days', 'whole_month', 'started_month', 'half_month']) over({ shape: 'charge', price: '1.5', proration }, { area: '100', from_on: '2026-01-15', to_on: '2026-03-10' })
    over({ shape: 'charge', by: 'card', per: 'once', price: '20' }, { count: 2, from_on: '2026-02-01', to_on: '2026-03-01' })
    over({ shape: 'charge', price: '1', prepay: { offers: [{ months: 12, pay_months: '11' }] } }, { area: '100', prepay_months: 12, from_on: '2026-01-01', to_on: '2027-01-01' })
    over({ shape: 'formula', inputs: [{ name: 'area', zh: '面积', unit: 'm2' }], expression: { op: 'mul', args: [{ input: 'area' }, { number: '0.5', unit: '元/m2' }] } }, { area: '100', period: '2026-02' })
    over({ shape: 'metered', cycle: 'month', classes: [{ class: 'p', name: '峰', add: '0.1' }, { class: 'v', name: '谷', add: '-0.1' }], tiers: [{ to: '100', price: '1' }, { price: '2' }] }, { from_on: '2026-02-01', to_on: '2026-03-01', usage: { p: '60', v: '90' } })
    over(monthly, { from_on: '2026-02-01', to_on: '2026-03-01', previous: '10', reading: '160', readings_on: [{ on: '2026-02-11', reading: '50' }] }, 'by_reading')
    over(monthly, { from_on: '2026-02-01', to_on: '2026-03-01', previous: '9900', reading: '50', digits: 4, readings_on: [{ on: '2026-02-11', reading: '20' }] }, 'by_reading')
    over({ components: [{ code: 'a', name: '甲', shape: 'charge', price: '1' }, { code: 'b', name: '乙', shape: 'percent', of: 'a', percent: '7' }] }, { area: '123', from_on: '2026-02-01', to_on: '2026-03-01' })
  })
  test('18 a price change inside the cycle', () => {
    const by = (body: object, next: object, version_change: string) => ({ version_change, versions: [{ from_on: '2025-01-01', ...body }, { from_on: '2026-06-11', ...next }] })
    const price = (p: string) => ({ shape: 'metered', cycle: 'month', tiers: [{ to: '100', price: p }, { price: '9' }] })
    const june = { from_on: '2026-06-01', to_on: '2026-07-01' }
    check(by(price('1'), price('2'), 'by_days'), [[{ ...june, usage: '90' }, 3000 + 12000], [{ ...june, usage: '120' }, 4000 + 12000 + 18000]])
    const readings = { ...june, previous: '0', reading: '90' }
    check(by(price('1'), price('2'), 'by_reading'), [
      [{ ...readings, readings_on: [{ on: '2026-06-11', reading: '80' }] }, 8000 + 2000], [{ ...readings, readings_on: [{ on: '2026-06-11', reading: '95' }] }, 'readings_on'], [{ ...readings, previous: '10', readings_on: [{ on: '2026-06-11', reading: '5' }] }, 'readings_on'],
      [{ ...readings, readings_on: [{ on: '2026-06-11', usage: '80' }] }, 8000 + 2000], [readings, 'readings_on'],
    ])
    // By classes, a reading of the day for each.
    const clocked = (a: string, b: string) => ({ shape: 'metered', classes: [{ class: 'p', name: '峰', price: a }, { class: 'v', name: '谷', price: b }] })
    check(by(clocked('1', '0.5'), clocked('2', '1'), 'by_reading'), [[{ ...june, usage: { p: '30', v: '60' }, readings_on: [{ on: '2026-06-11', usage: { p: '10', v: '20' } }] }, 1000 + 1000 + 4000 + 4000], [{ ...june, usage: { p: '30', v: '60' }, readings_on: [{ on: '2026-06-11', usage: '30' }] }, 'readings_on']])
    // A formula and a percentage of another item, by days.
    const formula = (n: string) => ({ shape: 'formula', inputs: [{ name: 'area', zh: '面积', unit: 'm2' }], expression: { op: 'mul', args: [{ input: 'area' }, { number: n, unit: '元/m2' }] } })
    check(by(formula('0.3'), formula('0.6'), 'by_days'), [[{ area: '100', period: '2026-06' }, 1000 + 4000]])
    const levy = (n: string) => ({ components: [{ code: 'a', name: '甲', shape: 'charge', price: '3' }, { code: 'b', name: '乙', shape: 'percent', of: 'a', percent: n }] })
    check(by(levy('10'), levy('20'), 'by_days'), [[{ area: '100', ...june }, 30000 + 1000 + 4000]])
    // A late fee whose rate changes while it runs: 10 days at the old rate, 20 at the new.
    check(by({ shape: 'late_fee', daily_percent: '0.05' }, { shape: 'late_fee', daily_percent: '0.1' }, 'by_days'), [[{ principal: '1000', due_on: '2026-05-31', as_of: '2026-06-30' }, 500 + 2000], [{ principal: '1000', due_on: '2026-06-20', as_of: '2026-06-30' }, 1000], [{ principal: '1000', due_on: '2026-05-31', as_of: '2026-06-10' }, 500]])
  })
  test('19 minimum, rent of the meter, fixed fee, loss', () => {
    check({ shape: 'metered', price: '2', minimum: { amount: '20' }, fixed: [{ name: '表费', price: '3' }] }, [[{ usage: '5' }, 2300], [{ usage: '10' }, 2300], [{ usage: '0', months: 2 }, 4600], [{ usage: '11' }, 2500]])
    check({ shape: 'metered', price: '0.5', loss_percent: '8', minimum: { usage: '10' } }, [[{ usage: '100' }, 5400], [{ usage: '5' }, 500]])
    // A minimum usage counts once, though the bill goes over a border of seasons; so does the free quantity of a month.
    const seasons = { shape: 'metered', cycle: 'month', price: '1', seasons: [{ name: '夏', months: [6], price: '1' }] }
    check({ ...seasons, minimum: { usage: '20', per: 'bill' } }, [[{ from_on: '2026-05-15', to_on: '2026-06-15', usage: '5' }, 2000]])
    check({ ...seasons, free_quantity: { quantity: '10' } }, [[{ from_on: '2026-05-15', to_on: '2026-06-15', usage: '31' }, 2100]])
  })
})

describe('heating', () => {
  const season = { from: '11-15', to: '03-15' }
  const t = { shape: 'charge', by: 'heated_area_m2', per: 'season', season, price: '24' }
  test('20 by season, by days, by coefficient', () => {
    check(t, [
      [{ heated_area_m2: '100' }, 240000], [{ heated_area_m2: '100', from_on: '2025-11-15', to_on: '2026-03-16' }, 240000],
      [{ heated_area_m2: '100', from_on: '2026-01-15', to_on: '2026-09-01' }, 119008], // 60 of 121 days
      [{ heated_area_m2: '100', from_on: '2026-04-01', to_on: '2026-11-01' }, 0],
      // A calendar year: 74 days of one season and 47 of the next.
      [{ heated_area_m2: '100', from_on: '2026-01-01', to_on: '2027-01-01' }, 240000],
      [{ heated_area_m2: '100', on: '2026-01-01', days: 60 }, 119008],
    ])
    check({ ...t, per: 'day', price: '0.2' }, [[{ heated_area_m2: '100', from_on: '2025-11-01', to_on: '2026-04-01' }, 242000], [{ heated_area_m2: '100', days: 10 }, 20000], [{ heated_area_m2: '100', on: '2026-01-01' }, 242000]])
    check({ ...t, factors: [{ name: '朝向系数', input: 'facing' }] }, [[{ heated_area_m2: '100', facing: '0.95' }, 228000], [{ heated_area_m2: '100' }, 240000]])
    check({ ...t, season: { ...season, days: 120 } }, [[{ heated_area_m2: '100', days: 30 }, 60000]])
  })
  test('21 height', () => {
    const high = (h: object) => ({ ...t, height: { over: '3.0', step: '0.1', percent: '3', ...h } })
    check(high({}), [[{ heated_area_m2: '100', height_m: '3.01' }, 247200], [{ heated_area_m2: '100', height_m: '3.3' }, 261600], [{ heated_area_m2: '100', height_m: '2.8' }, 240000]])
    check(high({ partial: 'down' }), [[{ heated_area_m2: '100', height_m: '3.29' }, 254400]])
    check(high({ method: 'linear' }), [[{ heated_area_m2: '100', height_m: '3.25' }, 258000]])
    check(high({ method: 'ratio' }), [[{ heated_area_m2: '100', height_m: '4.5' }, 360000]])
    check(high({ max_percent: '50' }), [[{ heated_area_m2: '100', height_m: '6' }, 360000]])
  })
  test('22 two parts', () => {
    const two = { components: [{ code: 'base', name: '基本热费', shape: 'charge', by: 'heated_area_m2', per: 'season', price: '24', quantity_percent: '30' }, { code: 'heat', name: '计量热费', shape: 'metered', unit: 'kWh', price: '0.133' }] }
    check(two, [[{ heated_area_m2: '88.88', usage: '5000.5' }, 63994 + 66507], [{ heated_area_m2: '88.88', usage: '0' }, 63994], [{ heated_area_m2: '88.88' }, 'usage']])
  })
  test('23 stop percentage with a deadline, money back by days', () => {
    const stop = { ...t, stop: { percent: '30', when: { status: 'stopped' }, deadline: '10-31' }, refunds: [{ name: '晚供', input: 'late_days' }, { name: '低温', input: 'cold_days', percent: '50', over_days: 2 }] }
    check(stop, [
      [{ heated_area_m2: '100', status: 'stopped', stop_applied_on: '2025-10-31', on: '2026-01-10' }, 72000], [{ heated_area_m2: '100', status: 'stopped', stop_applied_on: '2025-11-01', on: '2026-01-10' }, 240000], [{ heated_area_m2: '100', status: 'stopped' }, 'stop_applied_on'],
      [{ heated_area_m2: '121', on: '2026-01-10', late_days: 3 }, 290400 - 7200], [{ heated_area_m2: '121', on: '2026-01-10', cold_days: 2 }, 290400], [{ heated_area_m2: '121', on: '2026-01-10', cold_days: 4 }, 290400 - 4800], [{ heated_area_m2: '121', on: '2026-01-10', late_days: 122 }, 'late_days'],
    ])
    // Half a year stopped, half served, and a change of price within the season: money goes back once.
    const split = { versions: [{ from_on: '2020-01-01', ...stop }, { from_on: '2026-01-01', ...stop }] }
    check(split, [[{ heated_area_m2: '121', from_on: '2025-11-15', to_on: '2026-03-16', late_days: 3 }, 290400 - 7200]])
  })
  test('24 who pays', () => {
    const shares = (payers: object[], v: object) => {
      const { tariff, faults } = parseTariff({ shape: 'charge', by: 'house', price: '1000', payers })
      if (faults) return faults[0]!.reason
      const r = quoteCases(tariff, [v])[0]!
      return 'error' in r ? r.error.reason : r.quote.components[0]!.payers!.map((p) => p.amount_fen)
    }
    // The percentage is of the whole fee, as the rules of employers say it; the subsidy is a sum.
    expect(shares([{ payer: '单位', percent: '70' }, { payer: '补贴', amount: '200' }, { payer: '个人', rest: true }], {})).toEqual([70000, 20000, 10000])
    expect(shares([{ payer: '单位', percent: '90' }, { payer: '补贴', amount: '200' }, { payer: '个人', rest: true }], {})).toEqual([80000, 20000, 0])
    expect(shares([{ payer: '单位', percent: '33.333' }, { payer: '个人', percent: '66.667' }], {})).toEqual([33333, 66667])
    expect(shares([{ payer: '单位', percent: '70' }, { payer: '个人', percent: '40' }], {})).toContain('100')
    expect(shares([{ payer: '单位', rest: true }, { payer: '个人', rest: true }], {})).toContain('rest')
  })
})

describe('temporary parking', () => {
  const stay = (from: string, to: string, more: object = {}) => ({ entered_at: from.includes('T') ? from : `2026-03-02T${from}`, left_at: to.includes('T') ? to : `2026-03-02T${to}`, ...more })
  const hourly = { shape: 'parking', unit_minutes: 60, unit_price: '5' }
  test('25 free minutes, counted or not', () => {
    const by = (rule: string, more: object = {}) => ({ ...hourly, free: { minutes: 30, rule }, ...more })
    check(by('lost'), [[stay('08:00', '08:30'), 0], [stay('08:00:00', '08:30:59'), 0], [stay('08:00', '08:31'), 500], [stay('08:00', '09:00'), 500], [stay('08:00', '09:01'), 1000]])
    check(by('lost', { seconds: 'exact' }), [[stay('2026-03-02T08:00:00', '2026-03-02T08:30:01'), 500]])
    check(by('deducted'), [[stay('08:00', '09:30'), 500], [stay('08:00', '09:31'), 1000], [stay('08:00', '08:31'), 500]])
    check(by('in_first', { first: { minutes: 60, price: '8' } }), [[stay('08:00', '08:30'), 0], [stay('08:00', '08:31'), 800], [stay('08:00', '09:01'), 1300]])
    check(hourly, [[stay('08:00', '08:00'), 0], [stay('08:00', '07:59'), 'left_at'], [{ entered_at: '2026-03-02T08:00' }, 'left_at'], [{ entered_at: '2026-02-30T08:00', left_at: '2026-03-02T08:00' }, 'entered_at'], [{ entered_at: '8点', left_at: '2026-03-02T08:00' }, 'entered_at']])
  })
  test('26 units and first block, 27 bands, 32 rounding and minimum', () => {
    check({ ...hourly, unit_minutes: 15, unit_price: '1.5' }, [[stay('08:00', '08:46'), 600], [stay('08:00', '08:45'), 450]])
    check({ ...hourly, unit_rounding: 'down' }, [[stay('08:00', '08:59'), 0], [stay('08:00', '10:59'), 1000]])
    check({ ...hourly, first: { minutes: 120, price: '6' }, unit_minutes: 30, unit_price: '2' }, [[stay('08:00', '09:00'), 600], [stay('08:00', '10:00'), 600], [stay('08:00', '10:01'), 800], [stay('08:00', '11:01'), 1200]])
    const bands = { shape: 'parking', bands: [{ to_minutes: 15, price: '0' }, { to_hours: 2, price: '5' }, { to_hours: 6, price: '10' }, { price: '20' }] }
    check(bands, [[stay('08:00', '08:15'), 0], [stay('08:00', '08:16'), 500], [stay('08:00', '10:00'), 500], [stay('08:00', '14:01'), 2000]])
    check({ ...bands, bands_restart: '24h' }, [[stay('2026-03-02T08:00', '2026-03-03T10:00'), 2500]])
    check({ ...hourly, unit_minutes: 15, unit_price: '0.7', minimum: '2', rounding: { to: '0.5', mode: 'up' } }, [[stay('08:00', '08:20'), 200], [stay('08:00', '09:00'), 300], [stay('08:00', '08:00'), 0]])
    check({ ...hourly, lost_ticket: '30' }, [[stay('08:00', '09:00', { lost_ticket: true }), 3000]])
    check(hourly, [[stay('08:00', '09:00', { lost_ticket: true }), 'lost_ticket']])
  })
  test('28 windows over midnight, split at the clock', () => {
    const w = { shape: 'parking', windows: [{ name: '白天', from: '07:00', to: '22:00', unit_minutes: 60, unit_price: '4', cap: '30' }, { name: '夜间', from: '22:00', to: '07:00', unit_minutes: 60, unit_price: '1', cap: '5' }] }
    check(w, [
      [stay('21:30', '22:30'), 400 + 100], [stay('21:00', '22:00'), 400], [stay('2026-03-02T22:00', '2026-03-03T07:00'), 500], [stay('2026-03-02T23:30', '2026-03-03T00:30'), 100],
      [stay('2026-03-02T06:59', '2026-03-03T07:01'), 100 + 3000 + 500 + 400],
    ])
    check({ ...w, border: 'unit_start' }, [[stay('21:30', '22:30'), 400], [stay('21:30', '22:31'), 500]])
    // A weekend without a price is not free by silence.
    check({ shape: 'parking', windows: [{ name: '工作日', days: ['workday'], from: '00:00', to: '24:00', unit_minutes: 60, unit_price: '1' }] }, [[stay('08:00', '09:00'), 'windows 休息日']])
    check({ shape: 'parking', windows: [{ name: '平日', days: [1, 2, 3, 4, 5], from: '20:00', to: '08:00', per_time: '5' }, { name: '周末', days: [6, 7], from: '20:00', to: '08:00', per_time: '8' }, { name: '白天', from: '08:00', to: '20:00', unit_minutes: 60, unit_price: '2' }] }, [
      [stay('2026-03-06T21:00', '2026-03-07T07:00'), 500], // Friday night, into Saturday
      [stay('2026-03-07T21:00', '2026-03-08T09:00'), 800 + 200],
    ])
  })
  test('29 caps', () => {
    check({ ...hourly, caps: [{ per: '24h', amount: '30' }] }, [[stay('2026-03-02T20:00', '2026-03-03T20:00'), 3000], [stay('2026-03-02T20:00', '2026-03-03T20:01'), 3500]])
    check({ ...hourly, caps: [{ per: 'calendar_day', amount: '30' }] }, [[stay('2026-03-02T20:00', '2026-03-03T20:00'), 2000 + 3000], [stay('2026-03-02T22:00', '2026-03-03T02:00'), 2000]])
    check({ ...hourly, caps: [{ per: '24h', amount: '30' }, { per: 'stay', amount: '70' }] }, [[stay('2026-03-02T08:00', '2026-03-06T08:00'), 7000]])
    check({ ...hourly, caps: [{ per: '24h', by_day: ['50', '40', '30'] }] }, [[stay('2026-03-02T08:00', '2026-03-05T09:00'), 5000 + 4000 + 3000 + 500]])
    check({ ...hourly, caps: [{ per: 'rolling_24h', amount: '20' }] }, [[stay('18:00', '20:00', { earlier: [{ entered_at: '2026-03-02T08:00', left_at: '2026-03-02T11:00', paid: '15' }] }), 500], [stay('2026-03-03T08:00', '2026-03-03T10:00', { earlier: [{ entered_at: '2026-03-02T08:00', left_at: '2026-03-02T12:00' }] }), 1000]])
  })
  test('30 classes and coupons, 31 passes, 33 grace', () => {
    check({ ...hourly, classes: [{ name: '大车', vehicle: 'large', times: '2' }, { name: '摩托', vehicle: 'motor', unit_minutes: 60, unit_price: '1' }, { name: '消防', vehicle: 'fire', exempt: true }], caps: [{ per: '24h', amount: '30' }] }, [[stay('08:00', '10:00', { vehicle: 'large' }), 2000], [stay('08:00', '20:00', { vehicle: 'large' }), 6000], [stay('08:00', '10:00', { vehicle: 'motor' }), 200], [stay('08:00', '20:00', { vehicle: 'fire' }), 0], [stay('08:00', '10:00'), 1000]])
    const coupon = (c: object) => ({ coupons: [c] })
    check(hourly, [[stay('08:00', '11:00', coupon({ kind: 'minutes', minutes: 90 })), 1000], [stay('08:00', '11:00', coupon({ kind: 'amount', amount: '20' })), 0], [stay('08:00', '11:00', coupon({ kind: 'percent', percent: '80' })), 1200], [stay('08:00', '11:00', coupon({ kind: 'free_until', until: '2026-03-02T10:01' })), 500], [stay('08:00', '11:00', coupon({ kind: 'free' })), 0], [stay('08:00', '11:00', coupon({ kind: 'gift' })), 'coupons']])
    const pass = { ...hourly, passes: [{ pass: 'night', name: '夜间卡', hours: [{ from: '18:00', to: '08:00' }] }, { pass: 'weekday', name: '工作日卡', hours: [{ from: '00:00', to: '24:00', days: ['workday'] }] }] }
    check(pass, [[stay('2026-03-02T17:00', '2026-03-03T09:00', { pass: 'night' }), 1000], [stay('2026-03-07T09:00', '2026-03-07T11:00', { pass: 'weekday' }), 1000], [stay('2026-03-06T23:00', '2026-03-07T01:00', { pass: 'weekday' }), 500], [stay('08:00', '09:00', { pass: 'gold' }), 'pass'], [stay('18:00', '19:30', { pass: 'night', overflow: true }), 1000]])
    const grace = { ...hourly, exit_grace_minutes: 15 }
    check(grace, [[stay('08:00', '10:15', { paid_at: '2026-03-02T10:00', paid: '10' }), 0], [stay('08:00', '10:16', { paid_at: '2026-03-02T10:00', paid: '10' }), 500]])
    check({ ...grace, after_grace: 'new_stay' }, [[stay('08:00', '11:01', { paid_at: '2026-03-02T10:00', paid: '10' }), 1000], [stay('08:00', '10:00', { paid_at: '2026-03-02T11:00' }), 'paid_at']])
  })
})

test('34 late fee', () => {
  const t = { shape: 'late_fee', daily_percent: '0.05' }
  const due = { principal: '1234.56', due_on: '2026-02-28' }
  check(t, [
    [{ ...due, as_of: '2026-02-28' }, 0], [{ ...due, as_of: '2026-03-01' }, 62], [{ ...due, as_of: '2026-03-30' }, 1852], // .61728 a day; 30 days 18.5184
    [{ ...due, as_of: '2026-03-30', payments: [{ on: '2026-03-11', amount: '234.56' }] }, 679 + 950], // 11 days with that of the payment 6.79008, 19 days of 1000: 9.50
    [{ ...due, as_of: '2026-03-30', payments: [{ on: '2026-02-27', amount: '1234.56' }] }, 0], [{ ...due, as_of: '2026-03-30', payments: [{ on: '2026-03-01', amount: '2000' }] }, 62], [{ principal: '1', as_of: '2026-03-01' }, 'due_on'], [{ principal: '-1', due_on: '2026-02-28', as_of: '2026-03-01' }, 'principal'],
  ])
  // From the day after the due day to the day of payment, that day counted; or not, where the rule says so.
  const tenth = { principal: '1000', due_on: '2026-02-28', as_of: '2026-03-30', payments: [{ on: '2026-03-10', amount: '1000' }] }
  check(t, [[tenth, 500]])
  check({ ...t, paid_day: 'counts' }, [[tenth, 500]])
  check({ ...t, paid_day: 'free' }, [[tenth, 450], [{ ...due, as_of: '2026-03-30', payments: [{ on: '2026-03-11', amount: '234.56' }] }, 617 + 1000], [{ ...due, as_of: '2026-03-30', payments: [{ on: '2026-03-01', amount: '2000' }] }, 0]])
  check({ ...t, grace_days: 10 }, [[{ ...due, as_of: '2026-03-10' }, 0], [{ ...due, as_of: '2026-03-11' }, 62]])
  check({ ...t, grace_days: 10, grace_counts: true }, [[{ ...due, as_of: '2026-03-10' }, 0], [{ ...due, as_of: '2026-03-11' }, 679]])
  check({ ...t, cap_percent: '10' }, [[{ ...due, as_of: '2030-01-01' }, 12345]]) // the cap is not rounded up
  check({ shape: 'late_fee', lpr_times: '1.5', lpr_percent: '3.5', year_days: 360 }, [[{ ...due, as_of: '2026-03-30' }, 540]]) // 1234.56 × 3.5% × 1.5 ÷ 360 × 30 = 5.4012
  check({ ...t, holiday_shift: 'next_workday', holidays: ['2026-03-02'] }, [[{ ...due, as_of: '2026-03-03' }, 0], [{ ...due, as_of: '2026-03-04' }, 62]]) // Saturday 28 Feb, Sunday, a holiday
})

describe('rounding and bad input', () => {
  test('modes and places', () => {
    const t = (rounding: object) => ({ shape: 'charge', price: '1', rounding })
    const v = (area: string) => ({ area })
    check(t({ mode: 'half_even' }), [[v('1.005'), 100], [v('1.015'), 102], [v('1.0150001'), 102]])
    check(t({ mode: 'half_up' }), [[v('1.005'), 101], [v('1.00499'), 100]])
    check(t({ mode: 'up' }), [[v('1.0001'), 101], [v('1'), 100]])
    check(t({ mode: 'down', to: '0.1' }), [[v('1.09'), 100], [v('1.1'), 110]])
    check(t({ to: '0.5' }), [[v('1.25'), 150], [v('1.24'), 100]])
    const both = (place: string) => ({ rounding: { place, to: '1' }, components: [{ code: 'a', name: '甲', shape: 'charge', price: '1' }, { code: 'b', name: '乙', shape: 'charge', price: '1' }] })
    check(both('line'), [[v('1.4'), 200]])
    check(both('total'), [[v('1.4'), 300]])
    // A percentage is part of the total that is rounded once: 14.4 + 3 % is 14.83.
    check({ rounding: { place: 'total', to: '1' }, components: [{ code: 'a', name: '甲', shape: 'charge', price: '1' }, { code: 'b', name: '乙', shape: 'percent', of: 'a', percent: '3' }] }, [[v('14.4'), 1500]])
    check({ shape: 'metered', cycle: 'month', rounding: { place: 'step' }, tiers: [{ to: '1.5', price: '0.33' }, { price: '0.77' }] }, [[{ usage: '3.3' }, 50 + 139]]) // .495 and 1.386
  })
  test('a case: what is wrong with it, and the others go on', () => {
    const { tariff } = parseTariff({ shape: 'charge', price: '2' })
    const r = quoteCases(tariff!, [{ id: 'a', area: 1 }, { id: 'a', area: 2 }, { id: 'big', area: '999999999999999' }, { id: 'sci', area: 1e21 }, { id: 'long', area: '1.12345678901' }, null, [], { id: 'e', area: 1, expect_fen: 'x' }, { id: 'proto', area: 1, __proto__x: 1 }, { id: 'ok', 面积: '3' }])
    expect(r.map((x) => ('error' in x ? x.error.field : x.amount_fen))).toEqual([200, 'id', '(金额)', 'built_area_m2', 'built_area_m2', '(整个案例)', '(整个案例)', 'expect_fen', '__proto__x', 600])
    for (const x of r) if ('error' in x) expect(x.error.reason).toMatch(/[\u4e00-\u9fff]/)
  })
})
