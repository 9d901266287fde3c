// Every example of docs/tariffs is run: the amounts in them were worked out by hand, not by the engine.
import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { QuoteFault, attributesOfTariff, parseTariff, quoteCases, quoteRemembered, quoteValues, readCase } from './index.ts'

const root = new URL('../../../../docs/tariffs/', import.meta.url)
const files = globSync('*.json', { cwd: root }).sort()
const read = (file: string) => JSON.parse(readFileSync(new URL(file, root), 'utf8')) as { shape: number; title: string; tariff: unknown; cases: unknown[] }

it('there is one for each of the 34 shapes', () => {
  expect(files.map((f) => read(f).shape)).toEqual(Array.from({ length: 34 }, (_, i) => i + 1))
})
it.each(files)('%s', (file) => {
  const { tariff, faults } = parseTariff(read(file).tariff)
  expect(faults).toBeNull()
  const results = quoteCases(tariff!, read(file).cases)
  for (const r of results) {
    if ('error' in r) throw new Error(`${r.id} ${r.error.field} ${r.error.reason}`)
    expect([r.id, r.amount_fen]).toEqual([r.id, r.expect_fen])
    expect(r.quote.lines.reduce((n, l) => n + l.amount_fen, 0)).toBe(r.amount_fen)
    expect(r.quote.components.reduce((n, c) => n + c.amount_fen, 0)).toBe(r.amount_fen)
    for (const c of r.quote.components) if (c.payers) expect(c.payers.reduce((n, p) => n + p.amount_fen, 0)).toBe(c.amount_fen)
    expect(r.quote.lines.every((l) => /[\u4e00-\u9fff]/.test(l.text))).toBe(true)
  }
})

it.each(files)('%s: what is remembered is what would be computed', (file) => {
  const { tariff } = parseTariff(read(file).tariff)
  const attributes = new Set(attributesOfTariff(tariff!))
  const values = read(file).cases.map((raw, n) => readCase(raw, n, attributes).values)
  // Every case, and every case with one value of another's: names come and go in every combination, some of them faulty.
  const mixed = values.flatMap((v) => [v, ...values.flatMap((w) => Object.keys(w).map((k) => ({ ...v, [k]: w[k] }))), ...Object.keys(v).map((k) => Object.fromEntries(Object.entries(v).filter(([x]) => x !== k)))])
  const remembered = quoteRemembered(tariff!)
  const said = (run: () => unknown): unknown => {
    try {
      return run()
    } catch (error) {
      if (error instanceof QuoteFault || error instanceof RangeError) return `${error.name} ${error.message}`
      throw error
    }
  }
  for (const v of [...mixed, ...mixed.toReversed()]) expect(said(() => remembered(v))).toEqual(said(() => quoteValues(tariff!, v)))
})
it('what a tariff does not ask for is not looked at, and what it may ask for later is', () => {
  const { tariff } = parseTariff({ components: [{ code: 'w', name: '水费', shape: 'metered', tiers: [{ to: '10', price: '1' }, { price: '2' }], people: { over: 4, each_adds: ['5'] } }] })
  const remembered = quoteRemembered(tariff!)
  const v = { usage: '20', usage_to_date: '0', period: '2026-06' }
  const first = remembered(v)
  expect(remembered({ ...v, built_area_m2: '98.5', floor_no: 3 })).toBe(first)
  expect(remembered({ ...v, people: 6 })).toEqual(quoteValues(tariff!, { ...v, people: 6 }))
  expect(remembered({ ...v, people: 6 })).not.toEqual(first)
})
