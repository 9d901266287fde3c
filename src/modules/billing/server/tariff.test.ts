import { beforeAll, describe, expect, it } from 'vitest'
import { sql } from 'kysely'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { meters } from '../../meters/contract.ts'
import { tariff } from '../../tariff/contract.ts'
import { billing } from '../contract.ts'

let t: TestApp
let w: TinyWorld
let water: string
let composite: string
let heat: string
const items: Record<string, string> = {}
const meterOf: Record<string, string> = {}

async function newTariff(name: string, meter_kind: 'water' | 'electricity' | null, spec: Record<string, unknown>, from_on = '2025-01-01'): Promise<string> {
  const { tariff_id } = await t.as('finance')(tariff.saveTariff, { community_id: w.community_id, name, meter_kind, version_change: 'by_days', note: null })
  await version(tariff_id, spec, from_on)
  return tariff_id
}
async function version(tariff_id: string, spec: Record<string, unknown>, from_on: string) {
  const { hash } = await t.as('finance')(tariff.saveDraft, { tariff_id, from_on, basis: '价格文件', spec })
  return t.as('manager')(tariff.publishDraft, { tariff_id, hash })
}
async function item(code: string, tariff_id: string, component: string, o: Record<string, unknown> = {}): Promise<void> {
  const { fee_item_id } = await t.as('finance')(billing.saveFeeItem, {
    community_id: w.community_id, code, name: code, shape: 'tariff', area_kind: null, meter_kind: null, tariff_id, component, unit_name: '元/月', house_kinds: ['dwelling'], applies: 'all', fee_class: 'property', cycle: 'month',
    season_from: null, season_to: null, proration: 'real_days', bill_unsold: true, due_days: 30, ...o,
  } as Parameters<Caller>[1] as never)
  items[code] = fee_item_id
}
async function charge(period: string, codes: string[]) {
  const run = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period, fee_item_ids: codes.map((c) => items[c]!) })
  return { run, done: await t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash }) }
}
const billsOf = async (house: string, code: string) => (await t.as('finance')(billing.bills, { house_id: w.houses[house]!, fee_item_id: items[code]!, page_size: 200 })).rows
const clean = async () => expect((await t.as('finance')(billing.sweep, {})).checks.filter((c) => !c.ok)).toEqual([])

beforeAll(async () => {
  setClock('2026-06-14T02:00:00Z')
  t = await testApp()
  w = await tinyWorld(t)
  water = await newTariff('自来水', 'water', {
    components: [
      { code: 'water', name: '水费', shape: 'metered', cycle: 'year', tiers: [{ to: '30', price: '2.07' }, { to: '50', price: '4.07' }, { price: '6.07' }] },
      { code: 'sewage', name: '污水处理费', shape: 'metered', price: '1.36', quantity_percent: '90' },
    ],
  })
  composite = await newTariff('物业费分项', null, { components: [{ code: 'base', name: '基础服务费', shape: 'charge', by: 'area', price: '1.95' }, { code: 'lift', name: '电梯费', shape: 'charge', by: 'area', price: '0.55', when: { floor_no: { above: '1' } } }] })
  heat = await newTariff('供热', null, { shape: 'charge', by: 'heated_area_m2', per: 'season', season: { from: '11-15', to: '03-15' }, price: '22', height: { over: '3', percent: '3' }, stop: { percent: '30' } })
  await item('SF', water, 'water')
  await item('WS', water, 'sewage')
  await item('JC', composite, 'base')
  await item('DT', composite, 'lift', { account_code: '6051' })
  await item('GR', heat, 'fee', { cycle: 'season', season_from: '11-15', season_to: '03-15' })
  for (const label of ['1-1-101', '1-1-102', '1-1-201']) meterOf[label] = (await t.as('reader')(meters.saveMeter, { house_id: w.houses[label]!, kind: 'water', no: `W-${label}`, multiplier: '1', start_reading: '100', installed_on: '2025-01-01' })).meter_id
  const second = await t.as('reader')(meters.saveMeter, { house_id: w.houses['1-1-102']!, kind: 'water', no: 'W2-1-1-102', multiplier: '1', start_reading: '0', installed_on: '2025-01-01' })
  const read = (period: string, rows: [string, string][]) => t.as('reader')(meters.saveReadings, { period, read_on: `${period}-12`, rows: rows.map(([meter_id, reading]) => ({ meter_id, reading })) })
  await read('2026-05', [[meterOf['1-1-101']!, '120'], [meterOf['1-1-102']!, '125.5'], [second.meter_id, '8']])
  await read('2026-06', [[meterOf['1-1-101']!, '152.4'], [meterOf['1-1-102']!, '131'], [second.meter_id, '20'], [meterOf['1-1-201']!, '103']])
})

describe('tariffs', () => {
  it('are drafted by one and published by another, and never changed after', async () => {
    const { hash } = await t.as('finance')(tariff.saveDraft, { tariff_id: heat, from_on: '2027-01-01', basis: '调价', spec: { shape: 'charge', by: 'heated_area_m2', per: 'season', price: '24' } })
    await expectRefused(t.as('finance')(tariff.publishDraft, { tariff_id: heat, hash }), 'tariff.same_person')
    await expectRefused(t.as('manager')(tariff.publishDraft, { tariff_id: heat, hash: 'other' }), 'tariff.draft_changed')
    await expectRefused(t.as('cashier')(tariff.saveDraft, { tariff_id: heat, from_on: '2027-01-01', basis: '调价', spec: {} }), 'kernel.forbidden')
    await expectRefused(t.as('finance')(tariff.saveDraft, { tariff_id: heat, from_on: '2025-01-01', basis: '调价', spec: { shape: 'charge', price: '24' } }), 'tariff.day_taken')
    await expectRefused(t.as('finance')(tariff.saveDraft, { tariff_id: heat, from_on: '2027-01-01', basis: '调价', spec: { shape: 'charge' } }), 'tariff.spec_faulty')
    await t.as('finance')(tariff.dropDraft, { tariff_id: heat })
    const seen = await t.as('manager')(tariff.tariff, { tariff_id: heat })
    expect([seen.versions.length, seen.draft, seen.can.publish]).toEqual([1, null, 'tariff.no_draft'])
  })
  it('show houses as cases, and compare two versions over all of them', async () => {
    const { rows } = await t.as('finance')(tariff.houseCases, { tariff_id: water, period: '2026-06', q: '1-1-101' })
    expect(rows[0]!.values).toMatchObject({ usage: '32.4000', usage_to_date: '20.0000', house_kind: 'dwelling', period: '2026-06' })
    const v = (await t.as('finance')(tariff.tariff, { tariff_id: water })).versions[0]!.version_id
    const { hash } = await t.as('finance')(tariff.saveDraft, { tariff_id: water, from_on: '2026-12-01', basis: '调价', spec: { shape: 'metered', cycle: 'year', price: '3' } })
    expect(hash.length).toBeGreaterThan(20)
    const c = await t.as('finance')(tariff.compare, { tariff_id: water, a: v, b: 'draft', period: '2026-06' })
    expect(c.fault_count).toBe(0)
    expect(c.rows.find((r) => r.house_label === '1-1-101')).toMatchObject({ a_fen: 2070 + 8140 + 1457 + 3966, b_fen: 9720 })
    await t.as('finance')(tariff.dropDraft, { tariff_id: water })
  })
})

describe('a charge run by tariffs', () => {
  it('prices yearly tiers in SQL as the engine does, counts all meters of a house, and sewage by percentage', async () => {
    const { run, done } = await charge('2026-06', ['SF', 'WS'])
    expect(run.preview.items.map((i) => [i.name, i.line_count])).toEqual([['SF', 4], ['WS', 4]])
    expect(done.state).toBe('published')
    const [a] = await billsOf('1-1-101', 'SF')
    expect(a!.amount_fen).toBe(2070 + 8140 + 1457)
    expect(a!.explanation).toContain('第2档 20 m³ × 4.07 元/m³ = 81.40 元')
    expect((await billsOf('1-1-101', 'WS'))[0]).toMatchObject({ amount_fen: 3966, explanation: '29.16 m³ × 1.36 元/m³ = 39.6576 元,计 39.66 元' })
    // 25.5 + 8 before; 5.5 and 12 now, in the order of the readings: 33.5 to 51 in all.
    const both = await billsOf('1-1-102', 'SF')
    expect(both.reduce((n, b) => n + b.amount_fen, 0)).toBe(Math.round(16.5 * 407 + 607))
    await clean()
  })
  it('neither bills a suspect reading nor counts it into the tiers', async () => {
    const { meter_id } = await t.as('reader')(meters.saveMeter, { house_id: w.houses['2-1-101']!, kind: 'water', no: 'W-2-1-101', multiplier: '1', start_reading: '0', installed_on: '2025-01-01' })
    for (const [period, reading] of [['2026-05', '25'], ['2026-06', '35']] as const) await t.as('reader')(meters.saveReadings, { period, read_on: `${period}-13`, rows: [{ meter_id, reading }] })
    const state = (to: string, on: string) => t.inside(async (s) => { await sql`update meters.reading set state = ${to} where company_id = ${s.company_id} and meter_id = ${meter_id} and period_on = ${on}`.execute(s.db) })
    await state('suspect', '2026-06-01')
    expect((await charge('2026-06', ['SF'])).run.preview.items.map((i) => i.line_count)).toEqual([0])
    await state('good', '2026-06-01')
    await state('suspect', '2026-05-01')
    expect((await charge('2026-06', ['SF', 'WS'])).run.preview.items.map((i) => i.line_count)).toEqual([1, 1])
    // 10 of the first tier; with the 25 of May half of them would be of the second.
    expect((await billsOf('2-1-101', 'SF')).map((b) => b.amount_fen)).toEqual([2070])
  })
  it('posts components of a composite fee by themselves, only where they apply, and a run again adds nothing', async () => {
    const { run } = await charge('2026-06', ['JC', 'DT'])
    const of = new Map(run.preview.items.map((i) => [i.name, i]))
    expect(of.get('JC')!.line_count).toBeGreaterThan(of.get('DT')!.line_count)
    const [bill] = await billsOf('1-1-201', 'DT')
    expect(bill!.explanation).toMatch(/ m² × 0.55 元 × 1 月 = /)
    expect(await billsOf('1-1-101', 'DT')).toEqual([])
    const again = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period: '2026-06', fee_item_ids: ['SF', 'WS', 'JC', 'DT'].map((c) => items[c]!) })
    expect([again.preview.line_count, again.preview.existing_count]).toEqual([0, 10 + of.get('JC')!.line_count + of.get('DT')!.line_count])
    await t.as('cashier')(billing.cancelRun, { run_id: again.run_id })
    await clean()
  })
  it('takes height and stopping from the attributes of a house, and says which houses it cannot compute', async () => {
    await t.as('finance')(tariff.setAttributes, { house_ids: [w.houses['1-1-101']!], name: 'height_m', value: '3.15', from_on: '2025-01-01' })
    await t.as('finance')(tariff.setAttributes, { house_ids: [w.houses['1-1-102']!], name: 'status', value: 'stopped', from_on: '2025-01-01' })
    await t.inside(async (s) => {
      await sql`update property.house set heated_area_m2 = 100 where company_id = ${s.company_id} and house_id = any(${[w.houses['1-1-101']!, w.houses['1-1-102']!]}::uuid[])`.execute(s.db)
      await sql`update property.house set heated_area_m2 = null where company_id = ${s.company_id} and house_id = ${w.houses['1-1-201']!}`.execute(s.db)
    })
    const run = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period: '2025-11', fee_item_ids: [items['GR']!] })
    const bad = await t.as('cashier')(billing.runOutliers, { run_id: run.run_id, kind: 'no_input' })
    expect(bad.rows.find((r) => r.house_label === '1-1-201')?.note).toContain('供热面积')
    await t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash })
    const sumOf = async (house: string) => (await billsOf(house, 'GR')).reduce((n, b) => n + b.amount_fen, 0)
    expect([await sumOf('1-1-101'), await sumOf('1-1-102')]).toEqual([220_000 * 1.06, 66_000])
    await clean()
  })
  it('a version that begins within the month cuts it by days', async () => {
    await version(composite, { components: [{ code: 'base', name: '基础服务费', shape: 'charge', by: 'area', price: '3.95' }] }, '2026-07-16')
    await charge('2026-07', ['JC', 'DT'])
    const [bill] = (await billsOf('1-1-201', 'JC')).filter((b) => b.period === '2026-07')
    expect(bill!.explanation.match(/元 × \d+\/31 月/g)).toHaveLength(2)
    await clean()
  })
})

describe('electricity by clock classes', () => {
  const classes = [{ class: 'peak', name: '峰', add: '0.03' }, { class: 'valley', name: '谷', add: '-0.2' }]
  const parts = (peak: string, valley: string) => ({ parts: [{ register: 'peak' as const, reading: peak }, { register: 'valley' as const, reading: valley }] })
  let timed: string
  let ratio: string
  const read = (period: string, meter_id: string, reading: string, o: object = {}) => t.as('reader')(meters.saveReadings, { period, read_on: `${period}-12`, rows: [{ meter_id, reading, ...o }] })
  beforeAll(async () => {
    ratio = await newTariff('峰谷电价', 'electricity', { shape: 'metered', unit: '度', cycle: 'year', tiers: [{ to: '200', price: '0.5' }, { price: '0.6' }], classes })
    const own = await newTariff('峰谷分限额', 'electricity', { shape: 'metered', unit: '度', cycle: 'year', class_split: 'own_limits', classes: [{ class: 'peak', name: '峰' }, { class: 'valley', name: '谷' }], tiers: [{ to: { peak: '100', valley: '80' }, prices: { peak: '0.6', valley: '0.3' } }, { prices: { peak: '0.7', valley: '0.4' } }] })
    await item('DF', ratio, 'usage')
    await item('DX', own, 'usage')
    timed = (await t.as('reader')(meters.saveMeter, { house_id: w.houses['1-1-101']!, kind: 'electricity', no: 'E-1', multiplier: '1', start_reading: '0', installed_on: '2025-01-01', registers: [{ register: 'peak', start_reading: '0' }, { register: 'valley', start_reading: '0' }] })).meter_id
    await read('2026-05', timed, '150', parts('90', '60'))
    await read('2026-06', timed, '250', parts('130', '119.7'))
  })
  it('price each class by its own, one limit over the sum, and the whole of the meter', async () => {
    const { rows } = await t.as('finance')(tariff.houseCases, { tariff_id: ratio, period: '2026-06', q: '1-1-101' })
    expect(rows[0]!.values).toMatchObject({ usage: { peak: '40.1203', valley: '59.8797' }, usage_to_date: expect.stringMatching(/^150/) })
    await charge('2026-06', ['DF', 'DX'])
    // 100 of which 50 lie within the limit: the registers show 40 and 59.7, the missing 0.3 goes by shares. Each class has the same share of both tiers.
    const [bill] = await billsOf('1-1-101', 'DF')
    expect(bill!.amount_fen).toBe(Math.round((20.06015 * 0.53 + 29.93985 * 0.3 + 20.06015 * 0.63 + 29.93985 * 0.4) * 100))
    expect(bill!.explanation).toContain('第2档 谷')
    // Peak 90 before, limit 100; valley 60 before, limit 80.
    const [own] = await billsOf('1-1-101', 'DX')
    expect(own!.amount_fen).toBe(Math.round((10 * 0.6 + 30.1203 * 0.7 + 20 * 0.3 + 39.8797 * 0.4) * 100))
    await clean()
  })
  it('does not price an estimate of the whole as if there were no classes', async () => {
    await t.inside((s) => sql`delete from meters.reading_part where company_id = ${s.company_id} and reading_id = (select reading_id from meters.reading where company_id = ${s.company_id} and meter_id = ${timed} and period_on = '2026-05-01')`.execute(s.db))
    const run = await t.as('cashier')(billing.createRun, { community_id: w.community_id, period: '2026-05', fee_item_ids: [items['DF']!] })
    const bad = await t.as('cashier')(billing.runOutliers, { run_id: run.run_id, kind: 'no_input' })
    expect(bad.rows.map((r) => [r.house_label, r.note])).toEqual([['1-1-101', expect.stringContaining('补抄分时读数')]])
    await t.as('cashier')(billing.cancelRun, { run_id: run.run_id })
  })
  it('knows the classes that a meter has registers for', async () => {
    const r = await expectRefused(newTariff('代码不对', 'electricity', { shape: 'metered', price: '1', classes: [{ class: 'p', name: '峰', price: '1' }, { class: 'valley', name: '谷', price: '0.5' }] }), 'tariff.spec_faulty')
    expect(r.message).toContain('时段代码 p')
  })
})
