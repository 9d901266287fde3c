import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTariff, quoteValues, type Tariff } from './index.ts'

const tariffOf = (raw: object): Tariff => {
  const { tariff, faults } = parseTariff({ shape: 'parking', ...raw })
  if (faults) throw new Error(faults.map((f) => `${f.field}: ${f.reason}`).join('; '))
  return tariff
}
const at = (minutes: number) => new Date(Date.UTC(2026, 2, 1) + minutes * 60_000).toISOString().slice(0, 16)
const fee = (t: Tariff, from: number, to: number, more: object = {}): number => {
  const q = quoteValues(t, { entered_at: at(from), left_at: at(to), ...more })
  expect(q.lines.reduce((n, l) => n + l.amount_fen, 0)).toBe(q.amount_fen)
  return q.amount_fen
}
const H = 60

/** The second implementation: minute by minute, in fen. Day 08–20 by units with a cap, night by units, each calendar day or 24 hours capped. */
interface Simple {
  day_unit: number
  day_fen: number
  day_cap: number
  night_unit: number
  night_fen: number
  daily: number
  per: 'calendar_day' | '24h'
  free: number
}
function naive(s: Simple, from: number, to: number): number {
  if (to - from <= s.free) return 0
  const segments = new Map<string, { minutes: number; day: boolean; block: number; window: string }>()
  for (let m = from; m < to; m++) {
    const clock = m % 1440
    const day = clock >= 8 * H && clock < 20 * H
    const on = Math.floor((day ? m : m - 8 * H) / 1440)
    const block = s.per === '24h' ? Math.floor((m - from) / 1440) : Math.floor(m / 1440)
    const window = `${day ? 'd' : 'n'}${on}`
    const seen = segments.get(`${window} ${block}`) ?? { minutes: 0, day, block, window }
    seen.minutes += 1
    segments.set(`${window} ${block}`, seen)
  }
  const inWindow = new Map<string, number>()
  const inBlock = new Map<number, number>()
  for (const x of segments.values()) {
    let amount = Math.ceil(x.minutes / (x.day ? s.day_unit : s.night_unit)) * (x.day ? s.day_fen : s.night_fen)
    const room = Math.min(x.day ? s.day_cap - (inWindow.get(x.window) ?? 0) : Infinity, s.daily - (inBlock.get(x.block) ?? 0))
    amount = Math.min(amount, Math.max(0, room))
    inWindow.set(x.window, (inWindow.get(x.window) ?? 0) + amount)
    inBlock.set(x.block, (inBlock.get(x.block) ?? 0) + amount)
  }
  return [...inBlock.values()].reduce((n, x) => n + x, 0)
}
const yuan = (fen: number) => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`

describe('stays', () => {
  it('agree with a count of every minute, in windows, with caps, over days', () => {
    const simple: fc.Arbitrary<Simple> = fc.record({ day_unit: fc.constantFrom(15, 30, 60), day_fen: fc.integer({ min: 1, max: 900 }), day_cap: fc.integer({ min: 100, max: 5000 }), night_unit: fc.constantFrom(60, 120), night_fen: fc.integer({ min: 1, max: 500 }), daily: fc.integer({ min: 100, max: 8000 }), per: fc.constantFrom('calendar_day', '24h'), free: fc.constantFrom(0, 15, 30) })
    fc.assert(
      fc.property(simple, fc.integer({ min: 0, max: 1440 }), fc.integer({ min: 0, max: 7 * 1440 }), (s, from, length) => {
        const t = tariffOf({ free: { minutes: s.free }, windows: [{ name: '白天', from: '08:00', to: '20:00', unit_minutes: s.day_unit, unit_price: yuan(s.day_fen), cap: yuan(s.day_cap) }, { name: '夜间', from: '20:00', to: '08:00', unit_minutes: s.night_unit, unit_price: yuan(s.night_fen) }], caps: [{ per: s.per, amount: yuan(s.daily) }] })
        expect(fee(t, from, from + length)).toBe(naive(s, from, from + length))
      }),
      { numRuns: 300 },
    )
  })
  it('never cost less for staying longer, with first block, steps and a 24-hour cap', () => {
    const t = tariffOf({ free: { minutes: 15, rule: 'deducted' }, first: { minutes: 60, price: '10' }, unit_minutes: 30, unit_price: '3', caps: [{ per: '24h', amount: '60' }] })
    fc.assert(fc.property(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 600 }), (a, more) => void expect(fee(t, 0, a + more)).toBeGreaterThanOrEqual(fee(t, 0, a))), { numRuns: 200 })
  })
  it('free minutes three ways; upper bounds are included', () => {
    const by = (rule: string) => tariffOf({ free: { minutes: 30, rule }, first: { minutes: 60, price: '5' }, unit_minutes: 60, unit_price: '2' })
    expect(['lost', 'deducted', 'in_first'].map((r) => [30, 31, 60, 61, 91].map((m) => fee(by(r), 0, m)))).toEqual([[0, 500, 500, 700, 700], [0, 500, 500, 500, 700], [0, 500, 500, 700, 700]])
  })
  it('the first block covers its time over a border, once a stay, a window or a day', () => {
    const windows = [{ name: '白天', from: '08:00', to: '20:00', first: { minutes: 60, price: '5' }, unit_minutes: 60, unit_price: '2' }, { name: '夜间', from: '20:00', to: '08:00', first: { minutes: 60, price: '3' }, unit_minutes: 60, unit_price: '1' }]
    const by = (first_per: string) => tariffOf({ windows, first_per })
    expect(fee(by('stay'), 19.5 * H, 20.5 * H)).toBe(500)
    expect(fee(by('stay'), 19.5 * H, 21.5 * H)).toBe(600)
    expect(fee(by('window'), 19.5 * H, 21.5 * H)).toBe(500 + 400)
  })
  it('units at the price of the window they begin in', () => {
    const windows = [{ name: '白天', from: '08:00', to: '20:00', unit_minutes: 60, unit_price: '4' }, { name: '夜间', from: '20:00', to: '08:00', unit_minutes: 60, unit_price: '1' }]
    expect([fee(tariffOf({ windows }), 19.5 * H, 20.5 * H), fee(tariffOf({ windows, border: 'unit_start' }), 19.5 * H, 20.5 * H)]).toEqual([500, 400])
  })
  it('rounding of units, part units that do not count', () => {
    const by = (extra: object) => tariffOf({ unit_minutes: 60, unit_price: '4', ...extra })
    expect([70, 75, 76, 119, 120].map((m) => fee(by({ unit_rounding: 'down' }), 0, m))).toEqual([400, 400, 400, 400, 800])
    expect([70, 75, 76].map((m) => fee(by({ ignore_minutes: 15 }), 0, m))).toEqual([400, 400, 800])
    expect([fee(tariffOf({ steps: [{ to_minutes: 60, unit_minutes: 15, unit_price: '2.5' }, { unit_minutes: 15, unit_price: '3.75' }] }), 0, 80)]).toEqual([1000 + 750])
  })
  it('several entries inside one rolling 24 hours, and a cap by the length of the stay', () => {
    const t = tariffOf({ unit_minutes: 60, unit_price: '5', caps: [{ per: 'rolling_24h', amount: '30' }] })
    const earlier = [{ entered_at: at(8 * H), left_at: at(12 * H), paid: '20.00' }]
    expect(fee(t, 20 * H, 25 * H, { earlier })).toBe(1000)
    expect(fee(t, 20 * H, 25 * H, { earlier: [{ entered_at: at(8 * H), left_at: at(12 * H) }] })).toBe(1000)
    expect(fee(t, 33 * H, 37 * H, { earlier })).toBe(2000)
    expect(fee(t, 30 * H, 35 * H, { earlier })).toBe(1000 + 1500)
    const long = tariffOf({ unit_minutes: 60, unit_price: '5', caps: [{ per: '24h', by_stay: [{ to_days: 2, amount: '30' }, { amount: '20' }] }] })
    expect([fee(long, 0, 48 * H), fee(long, 0, 72 * H)]).toEqual([6000, 6000])
  })
  it('days off, pass, coupons, lost ticket, exit grace with a new stay', () => {
    const t = tariffOf({ holidays: ['2026-03-02'], windows: [{ name: '工作日', days: ['workday'], from: '00:00', to: '24:00', unit_minutes: 60, unit_price: '1' }, { name: '休息日', days: ['restday'], from: '00:00', to: '24:00', unit_minutes: 60, unit_price: '3' }] })
    expect([fee(t, 0, 120), fee(t, 1440, 1440 + 120), fee(t, 2880, 2880 + 120), fee(t, 2880 - 60, 2880 + 60)]).toEqual([600, 600, 200, 400])
    const s = tariffOf({ unit_minutes: 60, unit_price: '4', free: { minutes: 15 }, lost_ticket: { amount: '30', plus_time: true }, exit_grace_minutes: 10, after_grace: 'new_stay', discounts: [{ name: '会员', when: { member: true }, percent: '80' }], rounding: { to: '0.5', mode: 'up', place: 'line' } })
    expect(fee(s, 0, 60, { lost_ticket: true })).toBe(3400)
    expect(fee(s, 0, 75, { paid_at: at(60), paid: '4' })).toBe(400)
    expect(fee(s, 0, 60, { member: true })).toBe(350)
    expect(fee(s, 0, 180, { member: true, coupons: [{ kind: 'percent', percent: '50' }, { kind: 'amount', amount: '1' }, { kind: 'minutes', minutes: 60 }] })).toBe(250)
  })
})
