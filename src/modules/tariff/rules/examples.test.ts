// Every example of docs/tariffs is run: the amounts in them were worked out by hand, not by the engine.
import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseTariff, quoteCases } from './index.ts'

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
