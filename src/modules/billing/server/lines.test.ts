// The SQL of the charge run against the reference in rules/pricing.ts, on random houses, payers, prices and assignments.
import fc from 'fast-check'
import { sql } from 'kysely'
import { beforeAll, expect, it } from 'vitest'
import { testApp, type TestApp } from '../../../../tests/harness.ts'
import { addDays, daysBetween } from '../../../kernel/clock.ts'
import { uuidOf, uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { lineCtes } from './lines.ts'
import { planOf } from './plan.ts'
import { windowOf } from './rules/cycle.ts'
import { linesOf, type Stretch } from './rules/pricing.ts'
import { segmentsOf, type PriceVersion } from './rules/tariff.ts'

let t: TestApp
const community_id = uuidv7()
const building_id = uuidv7()
const persons = [uuidv7(), uuidv7(), uuidv7()]

beforeAll(async () => {
  t = await testApp()
  await t.inside(async (s) => {
    const c = s.company_id
    await sql`insert into property.community (company_id, community_id, name, created_at) values (${c}, ${community_id}, '试算园', ${s.now})`.execute(s.db)
    await sql`insert into property.building (company_id, building_id, community_id, no, name) values (${c}, ${building_id}, ${community_id}, '1', '1栋')`.execute(s.db)
    for (const [i, id] of persons.entries()) await sql`insert into people.person (company_id, person_id, name, created_at) values (${c}, ${id}, ${`人${i}`}, ${s.now})`.execute(s.db)
  })
})

interface Case {
  cycle: 'month' | 'quarter' | 'half_year' | 'year' | 'season'
  proration: 'real_days' | 'thirty_days' | 'whole_month'
  shape: 'area' | 'fixed' | 'quantity'
  applies: 'all' | 'assigned'
  area: string
  prices: { at: number; price: string }[]
  payers: { at: number; who: number }[]
  assignments: { from: number; days: number | null; quantity: string }[]
}
const decimal = (max: number, scale: number) => fc.integer({ min: 1, max }).map((n) => `${Math.floor(n / 10 ** scale)}.${String(n % 10 ** scale).padStart(scale, '0')}`)
const day = fc.integer({ min: -40, max: 400 })
const aCase: fc.Arbitrary<Case> = fc.record({
  cycle: fc.constantFrom('month' as const, 'month' as const, 'quarter' as const, 'half_year' as const, 'year' as const, 'season' as const),
  proration: fc.constantFrom('real_days' as const, 'real_days' as const, 'thirty_days' as const, 'whole_month' as const),
  shape: fc.constantFrom('area' as const, 'fixed' as const, 'quantity' as const),
  applies: fc.constantFrom('all' as const, 'assigned' as const),
  area: decimal(99_999, 2),
  prices: fc.array(fc.record({ at: day, price: decimal(9_999_999, 6) }), { minLength: 1, maxLength: 3 }),
  payers: fc.array(fc.record({ at: fc.oneof(day, fc.integer({ min: 0, max: 31 })), who: fc.integer({ min: 0, max: 2 }) }), { minLength: 1, maxLength: 4 }),
  assignments: fc.array(fc.record({ from: day, days: fc.option(fc.integer({ min: 1, max: 90 })), quantity: fc.constantFrom('0', '1', '2', '1.25') }), { maxLength: 3 }),
})

const START = '2027-01-01'
/** Disjoint intervals from begin days: each ends where the next begins. */
function chained<T extends { at: number }>(list: T[]): (T & { from_on: string; to_on: string | null })[] {
  const sorted = [...new Map(list.map((x) => [x.at, x])).values()].sort((a, b) => a.at - b.at)
  return sorted.map((x, i) => ({ ...x, from_on: addDays(START, x.at), to_on: sorted[i + 1] ? addDays(START, sorted[i + 1]!.at) : null }))
}

it('agrees with the reference, line by line and fen by fen', { timeout: 240_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(aCase, fc.integer(), async (k, salt) => {
      const id = (what: string) => uuidOf(what, salt, JSON.stringify(k))
      const [house_id, fee_item_id] = [id('house'), id('item')]
      const payers = chained(k.payers)
      const prices: PriceVersion[] = chained(k.prices).map((p, i) => ({ price_id: id(`price${i}`), house_kind: null, unit_price: p.price, from_on: p.from_on, to_on: p.to_on }))
      const assignments: { quantity: string; from_on: string; to_on: string | null }[] = []
      for (const a of [...k.assignments].sort((x, y) => x.from - y.from)) {
        const before = assignments.at(-1)
        const from_on = addDays(START, a.from)
        if (before && (before.to_on === null || before.to_on > from_on)) continue
        assignments.push({ quantity: a.quantity, from_on, to_on: a.days === null ? null : addDays(from_on, a.days) })
      }
      const season = k.cycle === 'season' ? { season_from: '01-10', season_to: '03-20' } : { season_from: null, season_to: null }
      const w = windowOf({ cycle: k.cycle, ...season }, '2027-01')!

      const expected = linesOf(stretchesOf({ k, payers, prices, assignments, w }), w, k.cycle, k.proration)
      const found = await rolledBack(t, async (s) => {
        const c = s.company_id
        await sql`insert into property.house (company_id, house_id, community_id, building_id, kind, room_no, label, built_area_m2, created_at) values (${c}, ${house_id}, ${community_id}, ${building_id}, 'dwelling', '1', ${house_id}, ${k.area}, ${s.now})`.execute(s.db)
        await sql`insert into billing.fee_item (company_id, fee_item_id, community_id, code, name, shape, area_kind, house_kinds, applies, cycle, season_from, season_to, proration, created_at)
          values (${c}, ${fee_item_id}, ${community_id}, 'X', '试', ${k.shape}, ${k.shape === 'area' ? 'built' : null}, '{dwelling}', ${k.applies}, ${k.cycle}, ${season.season_from}, ${season.season_to}, ${k.proration}, ${s.now})`.execute(s.db)
        for (const p of prices) await sql`insert into billing.price (company_id, price_id, fee_item_id, unit_price, from_on, to_on, created_at) values (${c}, ${p.price_id}, ${fee_item_id}, ${p.unit_price}, ${p.from_on}, ${p.to_on}, ${s.now})`.execute(s.db)
        for (const [i, p] of payers.entries()) await sql`insert into people.payer (company_id, payer_id, house_id, fee_class, person_id, role, from_on, to_on) values (${c}, ${id(`payer${i}`)}, ${house_id}, 'property', ${persons[p.who]!}, 'owner', ${p.from_on}, ${p.to_on})`.execute(s.db)
        for (const [i, a] of assignments.entries()) await sql`insert into billing.assignment (company_id, assignment_id, fee_item_id, house_id, quantity, from_on, to_on) values (${c}, ${id(`asg${i}`)}, ${fee_item_id}, ${house_id}, ${a.quantity}, ${a.from_on}, ${a.to_on})`.execute(s.db)
        const plan = await planOf(s, { run_id: id('run'), community_id, period_on: START, fee_item_ids: [fee_item_id], house_id: null })
        return (await sql<Record<string, unknown>>`with ${lineCtes(s, plan)} select from_on, to_on, payer_id, price_id, trim_scale(quantity)::text as quantity, trim_scale(unit_price)::text as unit_price, months::float8 as months, days, days_of, amount_fen from line order by from_on`.execute(s.db)).rows
      })
      const shown = expected.map((l) => ({ ...l, quantity: trimmed(l.quantity), unit_price: trimmed(l.unit_price) })).sort((a, b) => (a.from_on < b.from_on ? -1 : 1))
      expect(found).toEqual(shown.map(({ from_on, to_on, payer_id, price_id, quantity, unit_price, months, days, days_of, amount_fen }) => ({ from_on, to_on, payer_id, price_id, quantity, unit_price, months, days, days_of, amount_fen })))
      // Lines of a house and item never overlap.
      for (let i = 1; i < found.length; i++) expect(daysBetween(String(found[i - 1]!['to_on']), String(found[i]!['from_on']))).toBeGreaterThanOrEqual(0)
    }),
    { numRuns: 150, interruptAfterTimeLimit: 150_000 },
  )
})

const trimmed = (v: string): string => (v.includes('.') ? v.replace(/\.?0+$/, '') : v)

/** The stretches that the joins of the SQL make: payer × price × assignment, day by day, merged. */
function stretchesOf(o: { k: Case; payers: { who: number; from_on: string; to_on: string | null }[]; prices: PriceVersion[]; assignments: { quantity: string; from_on: string; to_on: string | null }[]; w: { from_on: string; to_on: string } }): Stretch[] {
  const { segments } = segmentsOf(o.prices, 'dwelling', o.w.from_on, o.w.to_on)
  const on = <T extends { from_on: string; to_on: string | null }>(list: readonly T[], d: string) => list.find((x) => x.from_on <= d && (x.to_on === null || x.to_on > d))
  const out: (Stretch & { key: string })[] = []
  for (let d = o.w.from_on; d < o.w.to_on; d = addDays(d, 1)) {
    const payer = on(o.payers, d)
    const price = on(segments, d)
    const asg = on(o.assignments, d)
    if (!payer || !price || (o.k.applies === 'assigned' && !asg) || asg?.quantity === '0') continue
    // A stretch without an assignment lies between two, or before or after them: that is a stretch of its own.
    const gap = asg ? asg.from_on : `gap${o.assignments.filter((a) => a.from_on <= d).length}`
    const key = `${payer.from_on} ${price.from_on} ${gap}`
    const last = out.at(-1)
    if (last && last.key === key && last.to_on === d) last.to_on = addDays(d, 1)
    else out.push({ key, from_on: d, to_on: addDays(d, 1), payer_id: persons[payer.who]!, price_id: price.price_id, unit_price: price.unit_price, quantity: o.k.shape === 'area' ? o.k.area : o.k.shape === 'quantity' ? (asg?.quantity ?? '1') : '1' })
  }
  return out.map(({ key: _, ...s }) => s)
}

class Undo extends Error {}
async function rolledBack<T>(app: TestApp, run: (s: Scope) => Promise<T>): Promise<T> {
  let answer: T | undefined
  await app
    .inside(async (s) => {
      answer = await run(s)
      throw new Undo()
    })
    .catch((e: unknown) => {
      if (!(e instanceof Undo)) throw e
    })
  return answer!
}
