// One quote of a stay of thirty days: day and night windows, caps of window, day and stay, free minutes, with its explanation.
import { parseTariff, quoteValues } from '../src/modules/tariff/rules/index.ts'
import type { Figure } from '../tools/bench.ts'

const SPEC = {
  shape: 'parking', free: { minutes: 15, rule: 'lost' }, first_per: 'window',
  windows: [
    { name: '白天', from: '07:00', to: '21:00', steps: [{ to_minutes: 60, unit_minutes: 15, unit_price: '2.50' }, { unit_minutes: 15, unit_price: '3.75' }], cap: '60.00' },
    { name: '夜间', from: '21:00', to: '07:00', unit_minutes: 120, unit_price: '1.00' },
  ],
  caps: [{ per: '24h', by_day: ['70.00', '60.00', '50.00'] }, { per: 'stay', amount: '1500.00' }],
}

export function run({ size }: { size: number }): Promise<Figure[]> {
  const { tariff } = parseTariff(SPEC)
  const stay = (i: number) => ({ entered_at: `2026-03-01T08:${String(i % 60).padStart(2, '0')}`, left_at: `2026-03-31T08:${String(i % 60).padStart(2, '0')}` })
  for (let i = 0; i < 200; i++) quoteValues(tariff!, stay(i))
  const times: number[] = []
  for (let i = 0; i < size; i++) {
    const t0 = process.hrtime.bigint()
    quoteValues(tariff!, stay(i))
    times.push(Number(process.hrtime.bigint() - t0) / 1e6)
  }
  times.sort((a, b) => a - b)
  const p50 = Math.round(times[Math.floor(size / 2)]! * 1000) / 1000
  return Promise.resolve([{ bench: 'tariff.parking_quote', size, value: p50, unit: 'ms', limit: 1, ratio: p50, note: `median of ${size}; p99 ${times[Math.floor(size * 0.99)]!.toFixed(3)} ms; ${quoteValues(tariff!, stay(0)).lines.length} lines of explanation` }])
}
