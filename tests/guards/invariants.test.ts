// The map of the invariants says the truth: each has a means or waits for what is not there yet, and each means exists. Planted faults show
// that the guard can fail.
import { existsSync, readFileSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { schemaRules } from '../../tools/lint/schema.ts'
import { tidyRules } from '../../tools/lint/tidy.ts'
import { withDatabase } from '../global.ts'
import { CHAPTERS, INVARIANTS, RACES, type Invariant, type Means } from '../proofs/invariants.ts'
import { PLANTED } from '../proofs/planted.ts'

interface Base {
  constraints: Set<string>
  /** What the application may change, `table` to columns. */
  rights: Map<string, string[]>
}
let base: Base
let c: pg.Client
beforeAll(async () => {
  c = new pg.Client({ connectionString: withDatabase(inject('serverUrl'), inject('template')) })
  await c.connect()
  const named = await c.query<{ t: string; n: string }>(`select conrelid::regclass::text as t, conname as n from pg_constraint where conrelid <> 0
    union select indrelid::regclass::text, relname from pg_index join pg_class on oid = indexrelid where indisunique`)
  const rights = await c.query<{ t: string; columns: string[] }>(`select r.oid::regclass::text as t, array_agg(a.attname::text order by a.attname) filter (where has_column_privilege('heyuan_app', r.oid, a.attname, 'update') or has_table_privilege('heyuan_app', r.oid, 'delete, truncate')) as columns
    from pg_class r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped where r.relkind in ('r', 'p') and not r.relispartition group by r.oid`)
  base = { constraints: new Set(named.rows.map((r) => `${r.t} ${r.n}`)), rights: new Map(rights.rows.map((r) => [r.t, r.columns ?? []])) }
})
afterAll(() => c.end())

const sources = new Map<string, string>()
const textOf = (file: string): string => sources.get(file) ?? (sources.set(file, existsSync(file) ? readFileSync(file, 'utf8') : ''), sources.get(file)!)
const names = (text: string, name: string): boolean => ["'", '"', '`'].some((q) => text.includes(`(${q}${name}${q}`))

function missing(m: Means): string | null {
  if ('constraint' in m) return base.constraints.has(`${m.of} ${m.constraint}`) ? null : `no constraint ${m.constraint} of ${m.of}`
  if ('appended' in m) return base.rights.get(m.appended)?.length === 0 ? null : `${m.appended} may be changed`
  if ('rights' in m) return JSON.stringify(base.rights.get(m.rights)) === JSON.stringify(m.columns) ? null : `${m.rights}: ${base.rights.get(m.rights)?.join(', ')} may be changed`
  if ('sweep' in m) return m.sweep in PLANTED ? null : `no proof ${m.sweep}`
  if ('rule' in m) return [...schemaRules, ...tidyRules].includes(m.rule) ? null : `no rule ${m.rule}`
  return names(textOf(m.test), m.name) ? null : `no test "${m.name}" in ${m.test}`
}
function findings(list: readonly Invariant[], chapters: Readonly<Record<string, number>> = CHAPTERS): string[] {
  const counted = Object.groupBy(list, (i) => i.id.replace(/\d+/, ''))
  return [
    ...Object.entries(chapters).filter(([chapter, n]) => (counted[chapter] ?? []).map((i) => i.id).join() !== Array.from({ length: n }, (_, i) => `${chapter}${i + 1}`).join()).map(([chapter]) => `chapter ${chapter} is not whole`),
    ...list.flatMap((i) => {
      const there = i.waits && [...base.rights.keys()].find((table) => i.waits!.tables.test(table))
      if (i.held.length === 0 && (!i.waits || there)) return [`${i.id} is held by nothing${there ? `, and ${there} is there` : ''}`]
      return i.held.flatMap((m) => missing(m) ?? []).map((why) => `${i.id}: ${why}`)
    }),
  ]
}

test('all 67 are held or wait for what is not there, and every means exists', () => {
  expect(INVARIANTS).toHaveLength(67)
  expect(findings(INVARIANTS)).toEqual([])
})
test('all fourteen races are run, and that of one request', () => {
  expect(findings(RACES, { R: 15 })).toEqual([])
})
test('every proof of the sweep holds an invariant', () => {
  const used = new Set(INVARIANTS.flatMap((i) => i.held.flatMap((m) => ('sweep' in m ? [m.sweep] : []))))
  expect(Object.keys(PLANTED).filter((key) => !used.has(key))).toEqual([])
})

describe('planted faults', () => {
  const first = INVARIANTS[0]!
  const withMeans = (m: Means): Invariant[] => [{ ...first, held: [m] }, ...INVARIANTS.slice(1)]
  const planted: [string, Invariant[], string][] = [
    ['an invariant left out', INVARIANTS.slice(1), 'chapter L is not whole'],
    ['one that nothing holds', [{ ...first, held: [] }, ...INVARIANTS.slice(1)], 'L1 is held by nothing'],
    ['one that waits for what is there', [{ ...first, held: [], waits: { tables: /posting/, brought_by: 'FEE-10' } }, ...INVARIANTS.slice(1)], 'L1 is held by nothing, and ledger.posting is there'],
    ['a constraint that is not', withMeans({ constraint: 'nowhere', of: 'ledger.posting' }), 'no constraint'],
    ['rows that may be changed', withMeans({ appended: 'ledger.period' }), 'may be changed'],
    ['columns that may be changed', withMeans({ rights: 'billing.bill', columns: ['paid_fen'] }), 'may be changed'],
    ['a proof that is not', withMeans({ sweep: 'ledger:L99' }), 'no proof'],
    ['a rule that is not', withMeans({ rule: 'no rule at all' }), 'no rule'],
    ['a test that is not', withMeans({ test: 'tests/matrix.test.ts', name: 'is not there' }), 'no test'],
    ['a file that is not', withMeans({ test: 'tests/nowhere.test.ts', name: 'is not there' }), 'no test'],
  ]
  test.each(planted)('%s', (_, list, said) => {
    expect(findings(list).join('\n')).toContain(said)
  })
})
