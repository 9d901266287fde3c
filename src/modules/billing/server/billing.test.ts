import { beforeAll, describe, expect, it } from 'vitest'
import { sql } from 'kysely'
import { expectRefused, someId, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { asOwner } from '../../../kernel/db.ts'
import { identity } from '../../identity/contract.ts'
import { ledger } from '../../ledger/contract.ts'
import { meters } from '../../meters/contract.ts'
import { people } from '../../people/contract.ts'
import { billing } from '../contract.ts'
import { applyPayment, lockOpen, openBillsOf } from './index.ts'

let t: TestApp
let w: TinyWorld
let items: Record<'fee' | 'heat' | 'waste' | 'bay' | 'water', string>
const meterOf: Record<string, string> = {}

async function item(name: string, o: Partial<Parameters<Caller>[1] & Record<string, unknown>>, price: string): Promise<string> {
  const { fee_item_id } = await t.as('finance')(billing.saveFeeItem, {
    community_id: w.community_id, code: name, name, shape: 'area', area_kind: 'built', meter_kind: null, unit_name: '元/㎡·月', house_kinds: ['dwelling'], applies: 'all', fee_class: 'property', cycle: 'month',
    season_from: null, season_to: null, proration: 'real_days', bill_unsold: true, due_days: 30, ...o,
  } as never)
  await t.as('finance')(billing.publishPrice, { fee_item_id, house_kind: null, unit_price: price, from_on: '2025-01-01', basis: '前期物业服务合同' })
  return fee_item_id
}
/** Cashier drafts, finance publishes. */
async function charge(period: string, ids: string[], house?: string) {
  const run = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period, fee_item_ids: ids, ...(house ? { house_id: w.houses[house]! } : {}) })
  const done = await t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash })
  return { ...run, ...done }
}
const billsOf = async (house: string, fee_item_id?: string, state: 'live' | 'void' = 'live') =>
  (await t.as('finance')(billing.bills, { house_id: w.houses[house]!, state, page_size: 200, ...(fee_item_id ? { fee_item_id } : {}) })).rows
const digest = async () => (await t.app.d.pool.connect().then(async (c) => {
  try {
    await c.query(`begin; set local app.company_id = '${t.company_id}'`)
    const r = await c.query(`select md5(string_agg(b::text, '|' order by bill_id)) as d, count(*)::int as n from billing.bill b where company_id = $1`, [t.company_id])
    await c.query('rollback')
    return r.rows[0] as { d: string; n: number }
  } finally {
    c.release()
  }
}))
const clean = async () => {
  const s = await t.as('finance')(billing.sweep, {})
  expect(s.checks.filter((c) => !c.ok)).toEqual([])
}

const BAY = { shape: 'quantity' as const, area_kind: null, meter_kind: null, unit_name: '元/个·月', house_kinds: ['bay' as const], applies: 'all' as const, fee_class: 'property' as const, cycle: 'month' as const, season_from: null, season_to: null, proration: 'real_days' as const, bill_unsold: true, due_days: 30 }

beforeAll(async () => {
  setClock('2026-06-14T02:00:00Z')
  t = await testApp()
  w = await tinyWorld(t)
  items = {
    fee: await item('物业费', { code: 'FEE' }, '1.2'),
    heat: await item('取暖费', { code: 'HEAT', area_kind: 'heated', house_kinds: ['dwelling', 'shop'], cycle: 'season', season_from: '11-15', season_to: '03-15', unit_name: '元/㎡·季' }, '22'),
    waste: await item('垃圾清运费', { code: 'WASTE', shape: 'fixed', area_kind: null, fee_class: 'use', unit_name: '元/户·月', proration: 'whole_month' }, '10'),
    bay: await item('车位服务费', { code: 'BAY', shape: 'quantity', area_kind: null, house_kinds: ['bay'], unit_name: '元/个·月' }, '60'),
    water: await item('水费', { code: 'WATER', shape: 'meter', area_kind: null, meter_kind: 'water', fee_class: 'use', unit_name: '元/m³' }, '3.45'),
  }
  for (const label of ['1-1-101', '1-1-102', '1-1-201']) {
    const { meter_id } = await t.as('reader')(meters.saveMeter, { house_id: w.houses[label]!, kind: 'water', no: `W-${label}`, multiplier: '1', start_reading: '100', installed_on: '2025-01-01' })
    meterOf[label] = meter_id
  }
})

describe('a fee item', () => {
  it('gets the initials of its name for a code, a number where they are taken, and keeps it', async () => {
    const save = (name: string, more: object = {}) => t.as('finance')(billing.saveFeeItem, { community_id: w.community_id, ...BAY, name, ...more } as never)
    const codeOf = async (id: string) => (await t.as('finance')(billing.feeItems, { community_id: w.community_id })).rows.find((r) => r.fee_item_id === id)?.code
    const a = await save('地下车位费')
    const b = await save('地下车位费')
    expect([await codeOf(a.fee_item_id), await codeOf(b.fee_item_id)]).toEqual(['DXCWF', 'DXCWF2'])
    await save('改名的车位费', { fee_item_id: a.fee_item_id })
    expect(await codeOf(a.fee_item_id)).toBe('DXCWF')
    const taken = await expectRefused(save('另一项', { code: 'DXCWF' }), 'billing.code_taken')
    expect(taken.problem.issues).toEqual([{ path: 'code', message: '「改名的车位费」已用这个代码' }])
    for (const x of [a, b]) await t.as('finance')(billing.setFeeItemDisabled, { fee_item_id: x.fee_item_id, disabled: true })
  })
})

describe('a charge run', () => {
  it('goes from draft to bills by a second person, and says how each amount came about', async () => {
    await t.as('reader')(meters.saveReadings, { period: '2026-05', read_on: '2026-05-30', rows: [{ meter_id: meterOf['1-1-101']!, reading: '120' }] })
    await t.as('reader')(meters.saveReadings, { period: '2026-06', read_on: '2026-06-04', rows: [{ meter_id: meterOf['1-1-101']!, reading: '152' }] })
    const all = [items.fee, items.waste, items.bay, items.water]
    const run = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period: '2026-06', fee_item_ids: all })
    expect(run.preview.items.map((i) => [i.name, i.line_count])).toEqual(expect.arrayContaining([['水费', 1], ['车位服务费', 1]]))
    expect(run.preview.outliers).toEqual(expect.arrayContaining([{ kind: 'no_reading', count: 2 }]))
    const missing = await t.as('cashier')(billing.runOutliers, { run_id: run.run_id, kind: 'no_reading' })
    expect(missing.rows.map((r) => r.house_label)).toEqual(['1-1-102', '1-1-201'])

    await expectRefused(t.as('cashier')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash }), 'kernel.forbidden')
    const lines = await t.as('finance')(billing.runLines, { run_id: run.run_id, page_size: 200 })
    expect(lines.total).toBe(run.preview.line_count)
    expect(lines.amount_fen).toBe(run.preview.amount_fen)
    const of = (house: string, name: string) => lines.rows.find((r) => r.house_label === house && r.fee_item_name === name)
    expect(of('1-1-101', '物业费')?.explanation).toBe('98.50 m² × 1.2 元 × 1 月 = 118.20 元')
    expect(of('1-1-101', '水费')?.explanation).toBe('(上次 120 → 本次 152) 32 m³ × 3.45 元 = 110.40 元')
    expect(of('P1-001', '车位服务费')?.explanation).toBe('1 个 × 60 元 × 1 月 = 60.00 元')
    expect(of('1-1-101', '垃圾清运费')?.explanation).toBe('1 户 × 10 元 × 1 月 = 10.00 元')
    // The tenant pays what is used, the owner what is owned.
    expect(of('1-1-101', '水费')?.payer_name).toBe('李四')
    expect(of('1-1-101', '物业费')?.payer_name).toBe('张三')
    expect(of('1-2-302', '物业费')?.payer_name).toBe('安居置业')

    const done = await t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash })
    expect(done).toMatchObject({ state: 'published', published_count: run.preview.line_count, amount_fen: run.preview.amount_fen })
    const [bill] = await billsOf('1-1-101', items.fee)
    expect(bill).toMatchObject({ amount_fen: 11820, open_fen: 11820, state: 'open', period: '2026-06', due_on: '2026-07-14', explanation: '98.50 m² × 1.2 元 × 1 月 = 118.20 元', can: { void: true } })
    const detail = await t.as('finance')(billing.bill, { bill_id: bill!.bill_id })
    expect(detail.postings.map((p) => [p.account_code, p.kind])).toEqual([['1122', 'charge']])
    expect(detail.price?.basis).toBe('前期物业服务合同')
    const after = await t.as('finance')(billing.runLines, { run_id: run.run_id, page_size: 200 })
    expect([after.total, after.amount_fen]).toEqual([lines.total, lines.amount_fen])
    await clean()
  })

  it('changes nothing when the period is run again', async () => {
    const before = await digest()
    const again = await charge('2026-06', [items.fee, items.waste, items.bay, items.water])
    expect(again).toMatchObject({ published_count: 0, amount_fen: 0 })
    expect(again.preview.existing_count).toBeGreaterThan(5)
    expect(await digest()).toEqual(before)
    await clean()
  })

  it('is offered for the month after the last one billed as a whole', async () => {
    const next = () => t.as('cashier')(billing.nextPeriod, { community_id: w.community_id })
    expect(await next()).toEqual({ period: '2026-07' })
    // A draft and a single house bill no month.
    const draft = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period: '2026-07', fee_item_ids: [items.fee] })
    const one = await charge('2026-09', [items.fee], '1-2-302')
    expect(await next()).toEqual({ period: '2026-07' })
    await t.as('cashier')(billing.cancelRun, { run_id: draft.run_id })
    await t.as('finance')(billing.voidBill, { bill_id: (await billsOf('1-2-302', items.fee)).find((b) => b.period === '2026-09')!.bill_id, reason: '试验' })
    expect(one.published_count).toBe(1)
    await expectRefused(t.as('cashier')(billing.nextPeriod, { community_id: someId() }), 'kernel.not_found')
  })

  it('is not published by its maker', async () => {
    const run = await t.as('finance')(billing.createRun, { community_id: w.community_id, period: '2026-07', fee_item_ids: [items.fee] })
    const r = await expectRefused(t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash }), 'billing.same_person')
    expect(r.message).toContain('换一位')
    expect((await t.as('finance')(billing.run, { run_id: run.run_id })).can.publish).toBe('billing.same_person')
    expect((await t.as('finance2')(billing.run, { run_id: run.run_id })).can.publish).toBe(true)
    await t.as('finance')(billing.cancelRun, { run_id: run.run_id })
    await expectRefused(t.as('finance2')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash }), 'billing.run_not_draft')
  })

  it('leaves out what is excluded, with a reason, and takes it in again', async () => {
    const run = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period: '2026-07', fee_item_ids: [items.fee] })
    const less = await t.as('cashier')(billing.excludeLines, { run_id: run.run_id, house_ids: [w.houses['1-1-201']!], reason: '面积复核中' })
    expect(less.preview.line_count).toBe(run.preview.line_count - 1)
    expect(less.input_hash).not.toBe(run.input_hash)
    expect((await t.as('finance')(billing.runExclusions, { run_id: run.run_id })).rows).toMatchObject([{ house_label: '1-1-201', reason: '面积复核中' }])
    // Whoever saw the preview of before publishes nothing by it.
    const stale = await expectRefused(t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash }), 'billing.preview_stale')
    expect(stale.message).toContain('重新试算')
    const back = await t.as('cashier')(billing.includeLines, { run_id: run.run_id, house_ids: [w.houses['1-1-201']!] })
    expect(back.input_hash).toBe(run.input_hash)
    await t.as('cashier')(billing.excludeLines, { run_id: run.run_id, house_ids: [w.houses['1-1-201']!], reason: '面积复核中' })
    const now = await t.as('finance')(billing.run, { run_id: run.run_id })
    await t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: now.input_hash! })
    expect((await billsOf('1-1-201', items.fee)).map((b) => b.period)).toEqual(['2026-06'])
    // The one house afterwards, alone.
    const one = await charge('2026-07', [items.fee], '1-1-201')
    expect(one.published_count).toBe(1)
    expect((await billsOf('1-1-201', items.fee)).map((b) => b.period)).toEqual(['2026-07', '2026-06'])
    await clean()
  })

  it('is refused when the register changed after the preview', async () => {
    const run = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period: '2026-08', fee_item_ids: [items.fee] })
    await t.inside((s) => sql`update property.house set built_area_m2 = built_area_m2 + 1 where company_id = ${s.company_id} and house_id = ${w.houses['1-1-201']!}`.execute(s.db))
    const before = await digest()
    await expectRefused(t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash }), 'billing.preview_stale')
    expect(await digest()).toEqual(before)
    const fresh = await t.as('cashier')(billing.previewRun, { run_id: run.run_id })
    expect((await t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: fresh.input_hash })).published_count).toBe(fresh.preview.line_count)
    await clean()
  })

  it('published twice at once bills once', async () => {
    const make = () => t.as('cashier')(billing.createRun, { community_id: w.community_id, period: '2026-09', fee_item_ids: [items.fee, items.bay] })
    const [a, b] = [await make(), await make()]
    const done = await Promise.all([t.as('finance')(billing.publishRun, { run_id: a.run_id, input_hash: a.input_hash }), t.as('finance2')(billing.publishRun, { run_id: b.run_id, input_hash: b.input_hash })])
    expect(done.map((d) => d.published_count).sort((x, y) => x - y)).toEqual([0, a.preview.line_count])
    expect((await billsOf('1-1-101', items.fee)).filter((x) => x.period === '2026-09')).toHaveLength(1)
    await clean()
  })

  it('splits a month exactly when the house changes hands in it', async () => {
    await t.as('admin')(people.transferHouse, { house_id: w.houses['2-1-101']!, on_day: '2026-06-13', owners: [{ person: { person_id: w.persons['孙七']! }, share_num: 1, share_den: 1 }], reason: '买卖' } as never)
    await charge('2026-10', [items.fee])
    const [voidable] = await billsOf('2-1-101', items.fee).then((x) => x.filter((b) => b.period === '2026-06'))
    await t.as('finance')(billing.voidBill, { bill_id: voidable!.bill_id, reason: '过户,按天重出' })
    const again = await charge('2026-06', [items.fee], '2-1-101')
    expect(again.published_count).toBe(2)
    const parts = (await billsOf('2-1-101', items.fee)).filter((b) => b.period === '2026-06').sort((a, b) => (a.from_on < b.from_on ? -1 : 1))
    expect(parts.map((p) => [p.payer_name, p.from_on, p.to_on, p.amount_fen])).toEqual([['周八', '2026-06-01', '2026-06-13', 5760], ['孙七', '2026-06-13', '2026-07-01', 8640]])
    expect(parts[0]!.explanation).toBe('120.00 m² × 1.2 元 × 12/30 月 = 57.60 元')
    expect(parts.reduce((n, p) => n + p.amount_fen, 0)).toBe(voidable!.amount_fen)
    await clean()
  })

  it('bills heating once a season, shops too, garages not', async () => {
    const june = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period: '2026-06', fee_item_ids: [items.heat] })
    expect(june.preview.items).toMatchObject([{ line_count: 0, not_due: true }])
    await charge('2026-11', [items.heat])
    const [home] = await billsOf('1-1-101', items.heat)
    expect(home).toMatchObject({ from_on: '2026-11-15', to_on: '2027-03-16', amount_fen: 216700, explanation: '98.50 m² × 22 元 × 1 季 = 2,167.00 元' })
    expect(await billsOf('S-01', items.heat)).toHaveLength(1)
    expect(await billsOf('G-01')).toHaveLength(0)
    await clean()
  })
})

describe('prices', () => {
  it('take effect on their day and leave issued bills alone', async () => {
    const before = await billsOf('1-1-101', items.bay).then(() => billsOf('P1-001', items.bay))
    const trial = await t.as('finance')(billing.pricePreview, { fee_item_id: items.bay, house_kind: null, unit_price: '80' })
    expect(trial).toMatchObject({ before_fen: 6000, after_fen: 8000, total: 1, rows: [{ house_label: 'P1-001', explanation: '1 个 × 80 元 × 1 月 = 80.00 元' }] })
    const p = await t.as('finance')(billing.publishPrice, { fee_item_id: items.bay, house_kind: null, unit_price: '80', from_on: '2026-12-11', basis: '业主大会决议' })
    expect(p).toMatchObject({ closed_count: 1, to_on: null })
    expect((await t.as('finance')(billing.prices, { fee_item_id: items.bay })).rows.map((r) => [r.unit_price, r.from_on, r.to_on, r.state])).toEqual([['80.000000', '2026-12-11', null, 'future'], ['60.000000', '2025-01-01', '2026-12-11', 'now']])
    expect(await billsOf('P1-001', items.bay)).toEqual(before)
    await charge('2026-12', [items.bay])
    await charge('2027-01', [items.bay])
    const bills = await billsOf('P1-001', items.bay)
    expect(bills.filter((b) => b.period === '2027-01').map((b) => b.amount_fen)).toEqual([8000])
    expect(bills.filter((b) => b.period === '2026-12').map((b) => [b.from_on, b.amount_fen]).sort()).toEqual([['2026-12-01', 1935], ['2026-12-11', 5419]])
    await clean()
  })
})

describe('publishing in the background', () => {
  /** As publishRun leaves it for more than 20,000 lines. */
  const handOver = (run_id: string) =>
    t.inside(async (s) => {
      await sql`update billing.run set state = 'publishing', published_by = ${someId()}::uuid where company_id = ${s.company_id} and run_id = ${run_id}`.execute(s.db)
      await sql`insert into kernel.job (company_id, name, payload, run_at, created_at) values (${s.company_id}, 'billing.publish', ${JSON.stringify({ run_id })}::jsonb, ${s.now}, ${s.now})`.execute(s.db)
    })

  it('bills the same, once, however often the job is run', async () => {
    const run = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period: '2027-03', fee_item_ids: [items.bay, items.fee] })
    await handOver(run.run_id)
    expect((await t.as('finance')(billing.run, { run_id: run.run_id })).progress).toMatchObject({ done: 0, error: null })
    await handOver(run.run_id)
    await t.drain()
    expect(await t.as('finance')(billing.run, { run_id: run.run_id })).toMatchObject({ state: 'published', line_count: run.preview.line_count, amount_fen: run.preview.amount_fen })
    const before = await digest()
    await t.inside((s) => sql`insert into kernel.job (company_id, name, payload, run_at, created_at) values (${s.company_id}, 'billing.publish', ${JSON.stringify({ run_id: run.run_id })}::jsonb, ${s.now}, ${s.now})`.execute(s.db))
    await t.drain()
    expect(await digest()).toEqual(before)
    await clean()
  })

  it('gives the draft back with the reason when the register changed meanwhile', async () => {
    const run = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period: '2027-04', fee_item_ids: [items.fee] })
    await t.inside((s) => sql`update property.house set built_area_m2 = built_area_m2 + 1 where company_id = ${s.company_id} and house_id = ${w.houses['1-1-202']!}`.execute(s.db))
    await t.inside((s) => sql`insert into people.payer (company_id, payer_id, house_id, fee_class, person_id, role, from_on) values (${s.company_id}, ${someId()}, ${w.houses['1-1-202']!}, 'property', ${w.persons['安居置业']!}, 'developer', '2027-04-01')`.execute(s.db))
    await handOver(run.run_id)
    await t.drain()
    const back = await t.as('finance')(billing.run, { run_id: run.run_id })
    expect(back).toMatchObject({ state: 'draft', published_at: null, can: { publish: true } })
    expect(back.failure).toContain('重新试算')
    expect((await t.as('cashier')(billing.previewRun, { run_id: run.run_id })).preview.line_count).toBe(run.preview.line_count + 1)
    await t.as('cashier')(billing.cancelRun, { run_id: run.run_id })
    await clean()
  })

  it('can be cancelled when the job was given up', async () => {
    const run = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period: '2027-04', fee_item_ids: [items.fee] })
    await handOver(run.run_id)
    await expectRefused(t.as('cashier')(billing.cancelRun, { run_id: run.run_id }), 'billing.run_not_draft')
    await t.app.d.pool.query(`update kernel.job set state = 'failed', error = 'disk full' where payload->>'run_id' = $1`, [run.run_id])
    expect(await t.as('cashier')(billing.run, { run_id: run.run_id })).toMatchObject({ state: 'publishing', progress: { error: 'disk full' }, can: { cancel: true } })
    await t.as('cashier')(billing.cancelRun, { run_id: run.run_id })
  })
})

describe('what a house is charged by', () => {
  it('is its items, less those assigned away, with the amount explained', async () => {
    const fees = await t.as('service')(billing.houseFees, { house_id: w.houses['1-1-101']! })
    expect(fees.rows.map((r) => [r.name, r.payer_name, r.explanation])).toEqual(
      expect.arrayContaining([['物业费', '张三', '98.50 m² × 1.2 元 × 1 月 = 118.20 元'], ['垃圾清运费', '李四', '1 户 × 10 元 × 1 月 = 10.00 元'], ['水费', '李四', null]]),
    )
    await t.as('finance')(billing.assignHouses, { fee_item_id: items.waste, house_ids: [w.houses['1-1-101']!], quantity: '0', from_on: '2027-05-01', note: '自行清运' })
    await t.as('finance')(billing.assignHouses, { fee_item_id: items.bay, house_ids: [w.houses['P1-001']!], quantity: '2', from_on: '2027-05-16' })
    const run = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period: '2027-05', fee_item_ids: [items.waste, items.bay] })
    const lines = (await t.as('cashier')(billing.runLines, { run_id: run.run_id, page_size: 200 })).rows
    expect(lines.filter((l) => l.house_label === '1-1-101')).toEqual([])
    expect(lines.filter((l) => l.house_label === 'P1-001').map((l) => l.explanation)).toEqual(['1 个 × 80 元 × 15/31 月 = 38.71 元', '2 个 × 80 元 × 16/31 月 = 82.58 元'])
    const [a] = (await t.as('finance')(billing.assignments, { fee_item_id: items.bay })).rows
    await expectRefused(t.as('finance')(billing.endAssignment, { assignment_id: a!.assignment_id, to_on: '2027-05-16' }), 'billing.dates_reversed')
    await expectRefused(t.as('finance')(billing.assignHouses, { fee_item_id: items.bay, house_ids: [w.houses['P1-001']!], quantity: '1', from_on: '2027-05-10' }), 'billing.assignment_overlap')
    await expectRefused(t.as('finance')(billing.assignHouses, { fee_item_id: items.bay, house_ids: [w.houses['1-1-101']!], quantity: '1', from_on: '2027-05-10' }), 'billing.house_not_fitting')
    await t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash })
    await expectRefused(t.as('finance')(billing.removeAssignment, { assignment_id: a!.assignment_id }), 'billing.assignment_billed')
    await clean()
  })

  it('keeps its rule once it is billed', async () => {
    const { community_name: _c, disabled: _d, prices: _p, next_price: _n, can, ...fields } = await t.as('finance')(billing.feeItem, { fee_item_id: items.fee })
    expect(can).toEqual({ write: true, calculate: 'billing.item_billed' })
    await expectRefused(t.as('finance')(billing.saveFeeItem, { ...fields, proration: 'thirty_days' }), 'billing.item_billed')
    await t.as('finance')(billing.saveFeeItem, { ...fields, name: '物业服务费' })
    await expectRefused(t.as('finance')(billing.saveFeeItem, { ...fields, fee_item_id: undefined, name: '又一项' } as never), 'billing.code_taken')
    await expectRefused(t.as('finance')(billing.saveFeeItem, { ...fields, fee_item_id: undefined, code: 'NEW', area_kind: null } as never), 'billing.item_incomplete')
    await t.as('finance')(billing.setFeeItemDisabled, { fee_item_id: items.heat, disabled: true })
    await expectRefused(t.as('cashier')(billing.createRun, { community_id: w.community_id, period: '2026-11', fee_item_ids: [items.heat] }), 'billing.item_disabled')
    await t.as('finance')(billing.saveFeeItem, { ...fields, name: '物业费' })
  })
})

describe('a bill', () => {
  it('is void only while nothing is paid, and can be issued again', async () => {
    const [bill] = (await billsOf('1-1-102', items.fee)).filter((b) => b.period === '2026-06')
    await t.inside((s) => applyPayment(s, [{ bill_id: bill!.bill_id, period_on: bill!.period_on, amount_fen: 1000 }], 1))
    const r = await expectRefused(t.as('finance')(billing.voidBill, { bill_id: bill!.bill_id, reason: '试一试' }), 'billing.already_paid')
    expect(r.message).toContain('10.00')
    await t.inside((s) => applyPayment(s, [{ bill_id: bill!.bill_id, period_on: bill!.period_on, amount_fen: 1000 }], -1))
    await expect(t.inside((s) => applyPayment(s, [{ bill_id: bill!.bill_id, period_on: bill!.period_on, amount_fen: 1 }], -1))).rejects.toMatchObject({ code: 'billing.bill_changed' })
    await expect(t.inside((s) => applyPayment(s, [{ bill_id: bill!.bill_id, period_on: bill!.period_on, amount_fen: 99_999_999 }], 1))).rejects.toMatchObject({ code: 'billing.bill_changed' })
    await t.as('finance')(billing.voidBill, { bill_id: bill!.bill_id, reason: '面积有误' })
    await expectRefused(t.as('finance')(billing.voidBill, { bill_id: bill!.bill_id, reason: '面积有误' }), 'billing.already_void')
    expect((await billsOf('1-1-102', items.fee, 'void')).map((b) => [b.bill_id, b.state, b.open_fen])).toEqual([[bill!.bill_id, 'void', 0]])
    await clean()
    expect((await charge('2026-06', [items.fee])).published_count).toBe(1)
    const [fresh] = (await billsOf('1-1-102', items.fee)).filter((b) => b.period === '2026-06')
    expect(fresh!.bill_id).not.toBe(bill!.bill_id)
    expect((await t.as('finance')(billing.bill, { bill_id: fresh!.bill_id })).siblings).toMatchObject([{ bill_id: bill!.bill_id, voided: true }])
    await clean()
  })

  it('of a meter frees its reading when void', async () => {
    const reading = (await t.as('reader')(meters.readings, { period: '2026-06', house_id: w.houses['1-1-101']! })).rows[0]!
    expect(reading.can.correct).toBe('meters.reading_billed')
    await expectRefused(t.as('reader')(meters.correctReading, { reading_id: reading.reading_id!, reading: '142', reason: '看错一位' }), 'meters.reading_billed')
    const [bill] = await billsOf('1-1-101', items.water)
    await t.as('finance')(billing.voidBill, { bill_id: bill!.bill_id, reason: '读数有误' })
    await t.as('reader')(meters.correctReading, { reading_id: reading.reading_id!, reading: '142', reason: '看错一位' })
    setClock('2026-06-14T02:01:00Z') // the correction and the charge run are not one instant
    expect((await charge('2026-06', [items.water])).published_count).toBe(1)
    expect((await billsOf('1-1-101', items.water))[0]).toMatchObject({ amount_fen: 7590, explanation: '(上次 120 → 本次 142) 22 m³ × 3.45 元 = 75.90 元' })
    expect((await t.as('reader')(meters.readings, { period: '2026-06', house_id: w.houses['1-1-101']! })).rows[0]!.can.correct).toBe('meters.reading_billed')
    await clean()
  })

  it('is locked and opened for payment in id order', async () => {
    const open = await t.inside((s) => openBillsOf(s, w.houses['1-1-101']!))
    expect(open.map((b) => b.period_on)).toEqual([...open.map((b) => b.period_on)].sort())
    const locked = await t.inside((s) => lockOpen(s, [...open].reverse()))
    expect(locked.map((b) => b.bill_id)).toEqual(open.map((b) => b.bill_id).sort())
    expect(locked[0]).toMatchObject({ house_id: w.houses['1-1-101'], community_id: w.community_id })
    const desk = await t.as('cashier')(billing.houseBills, { house_id: w.houses['1-1-101']! })
    expect(desk.open_fen).toBe(open.reduce((n, b) => n + b.open_fen, 0))
    expect(desk.rows).toHaveLength(open.length)
  })
})

describe('walls', () => {
  it('hide everything from another company and from a grant over one building', async () => {
    const [bill] = await billsOf('1-1-101', items.fee)
    const other = t.as('other_admin')
    await expectRefused(other(billing.bill, { bill_id: bill!.bill_id }), 'kernel.not_found')
    await expectRefused(other(billing.voidBill, { bill_id: bill!.bill_id, reason: '试一试' }), 'kernel.not_found')
    await expectRefused(other(billing.houseBills, { house_id: w.houses['1-1-101']! }), 'kernel.not_found')
    await expectRefused(other(billing.feeItem, { fee_item_id: items.fee }), 'kernel.not_found')
    await expectRefused(other(billing.createRun, { community_id: w.community_id, period: '2027-02', fee_item_ids: [items.fee] }), 'kernel.not_found')
    expect((await other(billing.bills, {})).total).toBe(0)

    const steward = await t.hire('manager', { scope_kind: 'building', scope_ids: [w.buildings['1']!] })
    const run = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period: '2027-02', fee_item_ids: [items.fee] })
    await expectRefused(steward(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash }), 'kernel.not_found')
    await expectRefused(steward(billing.createRun, { community_id: w.community_id, period: '2027-02', fee_item_ids: [items.fee] }), 'kernel.not_found')
    const seen = await steward(billing.bills, { page_size: 200 })
    expect(new Set(seen.rows.map((r) => r.building_name))).toEqual(new Set(['1栋']))
    expect(seen.totals?.count).toBe(seen.total)
    const [shop] = await billsOf('S-01')
    await expectRefused(steward(billing.bill, { bill_id: shop!.bill_id }), 'kernel.not_found')
    const plain = await t.hire('steward', { scope_kind: 'building', scope_ids: [w.buildings['1']!] })
    await expectRefused(plain(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash }), 'kernel.forbidden')
    await expectRefused(t.as('visitor')(billing.voidBill, { bill_id: bill!.bill_id, reason: '试一试' }), 'kernel.forbidden')
    await t.as('cashier')(billing.cancelRun, { run_id: run.run_id })
  })

  it('show a resident the bills of his houses: the tenant his own, the owner the house', async () => {
    const tenant = await t.resident(PHONES.李四)
    const mine = await tenant(billing.myBills, { page_size: 200 })
    expect(new Set(mine.rows.map((r) => r.payer_name))).toEqual(new Set(['李四']))
    const owner = await t.resident(PHONES.张三)
    const his = await owner(billing.myBills, { page_size: 200, house_id: w.houses['1-1-101']! })
    expect(new Set(his.rows.map((r) => r.payer_name))).toEqual(new Set(['张三', '李四']))
    expect(his.totals?.open_fen).toBe(his.rows.reduce((n, r) => n + r.open_fen, 0))
    // The buyer of 2-1-101 does not see what the seller owes for the days before.
    const buyer = await t.resident(PHONES.孙七)
    const bought = await buyer(billing.myBills, { page_size: 200, house_id: w.houses['2-1-101']! })
    expect(bought.rows.filter((r) => r.to_on <= '2026-06-13')).toEqual([])
    expect(bought.rows.filter((r) => r.period === '2026-06' && r.fee_item_name === '物业费').map((r) => r.payer_name)).toEqual(['孙七'])
    await expectRefused(tenant(billing.myBill, { bill_id: (await billsOf('1-1-102', items.fee))[0]!.bill_id }), 'kernel.not_found')
    await expectRefused(tenant(billing.myBills, { house_id: w.houses['1-1-102']! }), 'kernel.not_found')
  })
})

describe('figures', () => {
  it('open their lines, and the Excel says what the screen says', async () => {
    // Nothing is old yet: make some bills due long ago.
    for (const [label, due] of [['1-1-101', '2026-06-14'], ['1-1-102', '2026-05-14'], ['1-1-201', '2026-05-15'], ['2-1-101', '2026-01-01'], ['S-01', '2025-08-01'], ['P1-001', '2024-01-01']] as const) await asOwner(t.url, (o) => o.query('update billing.bill set due_on = $1 where house_id = $2 and voided_at is null', [due, w.houses[label]!]))
    const a = await t.as('finance')(billing.arrears, { by: 'fee_item' })
    for (const r of a.rows) {
      const opened = await t.as('finance')(billing.bills, { ...r.filter, page_size: 1 })
      expect(opened.totals).toMatchObject({ open_fen: r.total_fen, count: r.bill_count })
      for (const age of ['not_due', 'd30', 'd90', 'd180', 'd365', 'over'] as const) expect((await t.as('finance')(billing.bills, { ...r.filter, age, page_size: 1 })).totals?.open_fen).toBe(r[`${age}_fen`])
    }
    for (const age of ['not_due', 'd30', 'd90', 'd180', 'd365', 'over'] as const) expect(a.totals[`${age}_fen`]).toBeGreaterThan(0)
    expect(a.totals.total_fen).toBe(a.rows.reduce((n, r) => n + r.total_fen, 0))
    const rate = await t.as('finance')(billing.collection, { period_from: '2026-06', period_to: '2027-01', by: 'period' })
    // Of one community the bills are found by its runs: the same figures as among all.
    const months = { period_from: '2026-06', period_to: '2027-01' }
    const groups = (await t.as('finance')(billing.collection, { ...months, by: 'community' })).rows
    // The households behind the rate: the same number, the same sums, and those that owe nothing apart.
    const whole = (await t.as('finance')(billing.collection, { ...months, by: 'period' })).totals
    const houses = (cleared?: 'yes' | 'no') => t.as('finance')(billing.rateHouses, { ...months, page_size: 200, ...(cleared ? { cleared } : {}) })
    expect(await houses()).toMatchObject({ total: whole.house_count, receivable_fen_sum: whole.receivable_fen, received_fen_sum: whole.received_fen, open_fen_sum: whole.open_fen })
    expect([(await houses('yes')).total, (await houses('no')).total]).toEqual([whole.paid_house_count, whole.house_count - whole.paid_house_count])
    expect((await houses('no')).rows.every((r) => r.open_fen > 0)).toBe(true)
    expect(((await t.as('finance')(billing.rateHousesExcel, months)) as unknown as { body: Buffer }).body.subarray(0, 2).toString()).toBe('PK')
    expect(groups.length).toBeGreaterThan(0)
    for (const { key: _, name: __, filter, ...sums } of groups) expect((await t.as('finance')(billing.collection, { ...months, by: 'building', community_id: filter.community_id! })).totals).toMatchObject(sums)
    for (const r of rate.rows) expect((await t.as('finance')(billing.bills, { ...r.filter, page_size: 1 })).totals).toMatchObject({ amount_fen: r.receivable_fen, paid_fen: r.received_fen })
    const owing = new Set((await t.as('finance')(billing.bills, { state: 'unpaid', period_from: '2026-06', period_to: '2027-01', page_size: 200 })).rows.map((b) => b.house_id))
    expect(rate.totals.house_count - rate.totals.paid_house_count).toBe(owing.size)
    expect(rate.totals.house_rate_bp).toBe(Math.floor((rate.totals.paid_house_count * 10_000) / rate.totals.house_count))
    const debtors = await t.as('finance')(billing.debtors, { page_size: 200 })
    expect(debtors.open_fen).toBe(a.totals.total_fen)
    expect(debtors.rows.reduce((n, r) => n + r.open_fen, 0)).toBe(debtors.open_fen)
    for (const file of [await t.as('finance')(billing.billsExcel, {}), await t.as('finance')(billing.arrearsExcel, { by: 'building' }), await t.as('finance')(billing.collectionExcel, { period_from: '2026-06', period_to: '2026-07' })] as unknown as { name: string; body: Buffer }[]) {
      expect(file.name).toMatch(/\.xlsx$/)
      expect(file.body.length).toBeGreaterThan(1000)
    }
    const trial = await t.as('finance')(ledger.trialBalance, { from_on: '2026-01-01', to_on: '2027-01-01' })
    expect(trial.balanced).toBe(true)
    expect(trial.rows.find((r) => r.code === '1122')?.closing_fen).toBe(a.totals.total_fen)
  })

  it('leave a trace of every change', async () => {
    const log = await t.as('admin')(identity.audit, { call: 'billing.publishRun', page_size: 50 })
    expect(log.rows.some((r) => r.outcome === 'refused')).toBe(true)
    expect(log.rows.some((r) => r.outcome === 'done')).toBe(true)
  })
})
