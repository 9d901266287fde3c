// Every kind and source of a journal has a Chinese word: the list of vouchers and the accountant's export show nothing else.
import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { words } from '../../src/modules/ledger/words.ts'

const found = (text: string): [kind: string, source: string][] => [...text.matchAll(/kind: '([a-z_]+)', source_type: '([a-z_]+)'/g)].map((m) => [m[1]!, m[2]!])
const missing = (pairs: readonly [string, string][]): string[] => [...new Set(pairs.flatMap(([kind, source]) => [...(words.states!['kind']![kind] ? [] : [`kind ${kind}`]), ...(words.states!['source_type']![source] ? [] : [`source ${source}`])]))].sort()

test('kinds and sources of journals that the modules write are worded', () => {
  const pairs = globSync('src/modules/*/server/**/*.ts').filter((f) => !f.endsWith('.test.ts')).flatMap((f) => found(readFileSync(f, 'utf8')))
  expect(pairs.length).toBeGreaterThan(25)
  expect(missing(pairs)).toEqual([])
})
test('a planted one is found', () => {
  expect(missing(found(`post(scope, { kind: 'planted', source_type: 'nowhere' })`))).toEqual(['kind planted', 'source nowhere'])
})
