import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { sql } from 'kysely'
import { expectRefused, someId, testApp, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import type { Work } from '../../../kernel/app.ts'
import { asSystem } from '../../../kernel/worker.ts'
import { meters } from '../../meters/contract.ts'
import { property } from '../../property/contract.ts'
import { system } from '../../system/contract.ts'
import { billing } from '../contract.ts'
import { CHUNK_LINES, divided, storeChunks, type BuildingDigest } from './chunks.ts'
import { previewOf } from './preview.ts'
import { publishJob } from './publish_chunks.ts'

let t: TestApp
let w: TinyWorld
let items: string[]
let meter: string

beforeAll(async () => {
  setClock('2026-06-14T02:00:00Z')
  t = await testApp()
  w = await tinyWorld(t)
  const item = async (name: string, o: object, price: string) => {
    const { fee_item_id } = await t.as('finance')(billing.saveFeeItem, { community_id: w.community_id, name, shape: 'area', area_kind: 'built', meter_kind: null, unit_name: '元/㎡·月', house_kinds: ['dwelling', 'shop', 'garage'], applies: 'all', fee_class: 'property', cycle: 'month', season_from: null, season_to: null, proration: 'real_days', bill_unsold: true, due_days: 30, ...o } as never)
    await t.as('finance')(billing.publishPrice, { fee_item_id, house_kind: null, unit_price: price, from_on: '2025-01-01', basis: '前期物业服务合同' })
    return fee_item_id
  }
  items = [
    await item('物业费', {}, '1.2'),
    await item('车位服务费', { shape: 'quantity', area_kind: null, house_kinds: ['bay'], unit_name: '元/个·月' }, '60'),
    await item('水费', { shape: 'meter', area_kind: null, meter_kind: 'water', house_kinds: ['dwelling'], fee_class: 'use', unit_name: '元/m³' }, '3.45'),
  ]
  meter = (await t.as('reader')(meters.saveMeter, { house_id: w.houses['1-1-101']!, kind: 'water', no: 'W-1', multiplier: '1', start_reading: '100', installed_on: '2025-01-01' })).meter_id
  await t.as('reader')(meters.saveReadings, { period: '2026-06', read_on: '2026-06-12', rows: [{ meter_id: meter, reading: '117' }] })
  const { rule_id } = await t.as('finance')(billing.saveDiscountRule, { community_id: w.community_id, name: '空置房折扣', fee_item_ids: [items[0]!], pay_bp: 7000, from_on: '2026-01-01', basis: '物业服务合同第 12 条' })
  const { approval_id } = await t.as('service')(billing.askHouseDiscount, { house_id: w.houses['2-1-101']!, rule_id, from_on: '2026-06-01', proof: '现场查验,水电表无走数' })
  await t.as('finance')(system.decideApproval, { approval_id, decision: 'agree', step_no: 1 })
})

const draft = (period: string) => t.as('cashier')(billing.createRun, { community_id: w.community_id, period, fee_item_ids: items })
/** As the preview of a run of many lines leaves it, with chunks of so few; published in the background. */
async function chunked(period: string, lines = 1) {
  const run = await draft(period)
  await t.inside(async (s) => {
    const { buildings } = await previewOf(s, { run_id: run.run_id, community_id: w.community_id, period_on: `${period}-01`, fee_item_ids: items, house_id: null })
    await storeChunks(s, run.run_id, buildings, lines)
    await sql`update billing.run set state = 'publishing', published_by = ${someId()}::uuid where company_id = ${s.company_id} and run_id = ${run.run_id}`.execute(s.db)
  })
  return run
}
const handOver = (run_id: string) => t.inside((s) => sql`insert into kernel.job (company_id, name, payload, run_at, created_at) values (${s.company_id}, 'billing.publish', ${JSON.stringify({ run_id })}::jsonb, ${s.now}, ${s.now})`.execute(s.db))
/** The worker as far as so many chunks, then no more: what a kill -9 between two chunks leaves. */
async function asFarAs(run_id: string, chunks: number): Promise<void> {
  let asked = 0
  const work: Work = { company_id: t.company_id, job_id: 0, account_id: null, payload: { run_id }, tx: (run) => asSystem(t.app, t.company_id, 'job.billing.publish', run), progress: async () => {}, stopped: async () => asked++ >= chunks }
  await publishJob.run(work)
}
const lines = (run_id: string) => t.inside(async (s) => (await sql<{ line: string }>`select concat_ws(' ', house_id, fee_item_id, payer_id, from_on, to_on, reading_id, amount_fen, reduced_fen, issued_on, due_on) as line from billing.bill where company_id = ${s.company_id} and run_id = ${run_id} and voided_at is null order by 1`.execute(s.db)).rows.map((r) => r.line))
const chunks = (run_id: string) => t.inside(async (s) => (await sql<{ chunk_no: number; done: boolean; n: number | null }>`select chunk_no, done_at is not null as done, published_count as n from billing.run_chunk where company_id = ${s.company_id} and run_id = ${run_id} order by 1`.execute(s.db)).rows)
const one = (run_id: string) => t.as('finance')(billing.run, { run_id })
const clean = async () => expect((await t.as('finance')(billing.sweep, {})).checks.filter((c) => !c.ok)).toEqual([])

describe('a large run', () => {
  it('is divided into whole buildings, none twice, none too many to a chunk', () => {
    const digest = fc.record({ building_id: fc.uuid(), n: fc.integer({ min: 1, max: 9_000 }), fen: fc.nat(), x: fc.constant('1'), off: fc.constant(0) })
    fc.assert(fc.property(fc.uniqueArray(digest, { selector: (d) => d.building_id, maxLength: 60 }), (all: BuildingDigest[]) => {
      const cut = divided(all)
      expect(cut.flat().map((d) => d.building_id)).toEqual(all.map((d) => d.building_id).sort())
      for (const c of cut) expect(c.length === 1 || c.reduce((n, d) => n + d.n, 0) <= CHUNK_LINES).toBe(true)
      // Two neighbours would not fit into one.
      for (const [i, c] of cut.entries()) if (i > 0) expect(cut[i - 1]!.reduce((n, d) => n + d.n, 0) + c[0]!.n).toBeGreaterThan(CHUNK_LINES)
    }))
  })

  it('stopped between chunks goes on where it was, and comes to the same bills as one in a piece', async () => {
    const run = await chunked('2026-06')
    expect((await chunks(run.run_id)).length).toBe(5)
    await asFarAs(run.run_id, 2)
    const half = await lines(run.run_id)
    expect((await chunks(run.run_id)).map((c) => c.done)).toEqual([true, true, false, false, false])
    expect(half.length).toBe((await chunks(run.run_id)).reduce((n, c) => n + (c.n ?? 0), 0))
    expect(half.length).toBeGreaterThan(0)
    // Half of it is in the books and proved, but it is no published run, and no payer sees it.
    await clean()
    expect(await one(run.run_id)).toMatchObject({ state: 'publishing', published_at: null })
    const seen = async () => (await Promise.all([PHONES.张三, PHONES.孙七, PHONES.周八].map(async (phone) => (await (await t.resident(phone))(billing.myBills, { state: 'open' })).total))).reduce((n, k) => n + k, 0)
    expect(await seen()).toBe(0)
    await expectRefused(t.as('cashier')(billing.cancelRun, { run_id: run.run_id }), 'billing.run_not_draft')
    await handOver(run.run_id)
    await handOver(run.run_id)
    await t.drain()
    const all = await lines(run.run_id)
    expect(all).toEqual(expect.arrayContaining(half))
    expect(await one(run.run_id)).toMatchObject({ state: 'published', line_count: run.preview.line_count, amount_fen: run.preview.amount_fen, left_out: [] })
    expect(all.length).toBe(run.preview.line_count)
    expect(await seen()).toBeGreaterThan(0)
    await clean()
    // Finished, nothing of it is done again.
    expect((await draft('2026-06')).preview.line_count).toBe(0)
    await handOver(run.run_id)
    await t.drain()
    expect(await lines(run.run_id)).toEqual(all)
  })

  it('in chunks or in one piece: the same amounts of every house and item', async () => {
    const strip = (list: string[]) => list.map((l) => l.split(' ').filter((_, i) => ![3, 4].includes(i)).join(' ')).sort()
    const a = await chunked('2026-08', 3)
    await handOver(a.run_id)
    await t.drain()
    const b = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period: '2026-10', fee_item_ids: items })
    await t.as('finance')(billing.publishRun, { run_id: b.run_id, input_hash: b.input_hash })
    expect(strip(await lines(a.run_id))).toEqual(strip(await lines(b.run_id)))
    await clean()
  })

  it('whose register changed before anything was written goes back to a draft; after that, the building is left out and billed by a new draft', async () => {
    const change = (house: string) => t.inside((s) => sql`update property.house set built_area_m2 = built_area_m2 + 1 where company_id = ${s.company_id} and house_id = ${w.houses[house]!}`.execute(s.db))
    const order = async (run_id: string) => t.inside(async (s) => (await sql<{ b: string }>`select digests->0->>'building_id' as b from billing.run_chunk where company_id = ${s.company_id} and run_id = ${run_id} order by chunk_no`.execute(s.db)).rows.map((r) => r.b))
    const houseOf = (building: string) => ({ [w.buildings['1']!]: '1-1-101', [w.buildings['2']!]: '2-1-101', [w.buildings['G']!]: 'G-01', [w.buildings['S']!]: 'S-01' })[building]
    const first = await chunked('2026-11')
    const of = (await order(first.run_id)).map((b) => houseOf(b))
    if (of[0]) {
      await change(of[0])
      await handOver(first.run_id)
      await t.drain()
      expect(await one(first.run_id)).toMatchObject({ state: 'draft' })
      expect((await one(first.run_id)).failure).toContain('重新试算')
      expect(await lines(first.run_id)).toEqual([])
      await t.as('cashier')(billing.previewRun, { run_id: first.run_id })
      await t.as('cashier')(billing.cancelRun, { run_id: first.run_id })
    }
    const run = await chunked('2026-11')
    const last = of.findLastIndex((h) => h !== undefined)
    await asFarAs(run.run_id, last)
    await change(of[last]!)
    await handOver(run.run_id)
    await t.drain()
    const done = await one(run.run_id)
    expect(done.state).toBe('published')
    expect(done.left_out.length).toBe(1)
    expect(done.line_count).toBeLessThan(run.preview.line_count)
    await clean()
    const rest = await draft('2026-11')
    expect(rest.preview.line_count).toBe(run.preview.line_count - done.line_count)
    await t.as('finance')(billing.publishRun, { run_id: rest.run_id, input_hash: rest.input_hash })
    await clean()
  })

  it('whose houses have changed amounts with each other, sums unchanged, is another draft', async () => {
    const run = await chunked('2027-04')
    const small = await draft('2027-05')
    const swap = () => t.inside((s) => sql`update property.house h set built_area_m2 = o.built_area_m2 from property.house o where h.company_id = ${s.company_id} and o.company_id = h.company_id
      and ((h.house_id = ${w.houses['1-1-101']!} and o.house_id = ${w.houses['1-1-102']!}) or (h.house_id = ${w.houses['1-1-102']!} and o.house_id = ${w.houses['1-1-101']!}))`.execute(s.db))
    await swap()
    await handOver(run.run_id)
    await t.drain()
    expect(await one(run.run_id)).toMatchObject({ state: 'draft', failure: expect.stringContaining('重新试算') })
    expect(await lines(run.run_id)).toEqual([])
    await expectRefused(t.as('finance')(billing.publishRun, { run_id: small.run_id, input_hash: small.input_hash }), 'billing.preview_stale')
    expect((await t.as('cashier')(billing.previewRun, { run_id: small.run_id })).preview.amount_fen).toBe(small.preview.amount_fen)
    await swap()
  })

  it('given up by the worker is published to its end by a second person, and what another run has billed meanwhile is not billed twice', async () => {
    const run = await chunked('2026-12')
    await asFarAs(run.run_id, 3)
    await handOver(run.run_id)
    await t.app.d.pool.query(`update kernel.job set state = 'failed', error = 'disk full' where payload->>'run_id' = $1`, [run.run_id])
    expect(await t.as('finance')(billing.run, { run_id: run.run_id })).toMatchObject({ state: 'publishing', progress: { error: 'disk full' }, can: { publish: true, change: 'billing.run_not_draft' } })
    await expectRefused(t.as('cashier')(billing.previewRun, { run_id: run.run_id }), 'billing.run_not_draft')
    // A house of a chunk that is done has nothing left to bill; one of a chunk to come is billed by its own run, and its building is left out.
    const to_come = (await t.inside(async (s) => (await sql<{ house_id: string }>`select h.house_id from billing.run_chunk k cross join jsonb_array_elements(k.digests) d join property.house h on h.company_id = ${s.company_id} and h.building_id = (d->>'building_id')::uuid join people.payer p on p.company_id = ${s.company_id} and p.house_id = h.house_id
      where k.company_id = ${s.company_id} and k.run_id = ${run.run_id} and k.done_at is null order by h.house_id limit 1`.execute(s.db)).rows))[0]!.house_id
    const single = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period: '2026-12', fee_item_ids: items, house_id: to_come })
    expect(single.preview.line_count).toBeGreaterThan(0)
    await t.as('finance')(billing.publishRun, { run_id: single.run_id, input_hash: single.input_hash })
    expect(await t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash })).toMatchObject({ state: 'publishing' })
    await t.drain()
    expect(await one(run.run_id)).toMatchObject({ state: 'published', left_out: [expect.any(String)] })
    expect((await draft('2026-12')).preview.line_count + (await lines(run.run_id)).length + (await lines(single.run_id)).length).toBe(run.preview.line_count)
    await clean()
  })

  it('names a building that gained its first line after the preview, for the next draft to bill', async () => {
    const run = await chunked('2027-02')
    const building = await t.as('admin')(property.saveBuilding, { community_id: w.community_id, zone_id: null, no: '9', name: '9栋', kind: 'commercial', floors_above: 1, floors_below: 0, has_lift: false })
    const { house_id } = await t.as('admin')(property.saveHouse, { building_id: building.building_id, unit_no: null, kind: 'shop', room_no: '101', floor_no: 1, built_area_m2: '50', inner_area_m2: null, heated_area_m2: null, state: 'vacant', delivered_on: '2025-01-01', usage: null, note: null })
    // Payers are worked out from owners when a house is saved; this one gets his by hand.
    await t.drain()
    await t.inside((s) => sql`insert into people.payer (company_id, payer_id, house_id, fee_class, person_id, role, from_on) select ${s.company_id}, gen_random_uuid(), ${house_id}, 'property', person_id, 'owner', '2025-01-01' from people.person where company_id = ${s.company_id} limit 1`.execute(s.db))
    await handOver(run.run_id)
    await t.drain()
    expect(await one(run.run_id)).toMatchObject({ state: 'published', line_count: run.preview.line_count, left_out: ['9栋'] })
    await clean()
    const rest = await draft('2027-02')
    expect(rest.preview.line_count).toBe(1)
    await t.as('admin')(billing.cancelRun, { run_id: rest.run_id })
    // Billed or not, it is part of the next run as any other.
    const next = await chunked('2027-03')
    await handOver(next.run_id)
    await t.drain()
    expect(await one(next.run_id)).toMatchObject({ state: 'published', left_out: [] })
  })
})
