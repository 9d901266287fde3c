// A meter's life beyond plain readings: estimates and what settles them, corrections after the bill, running over, registers, doors that
// stay shut, main meters, rules of checking.
import { Readable } from 'node:stream'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { saveUpload } from '../../../kernel/files.ts'
import { billing } from '../../billing/contract.ts'
import { meters } from '../contract.ts'

let t: TestApp
let w: TinyWorld
beforeAll(async () => {
  setClock('2026-08-30T02:00:00Z')
  t = await testApp()
  w = await tinyWorld(t)
})
const meterOf = async (label: string, o: Partial<{ kind: 'water' | 'electricity'; no: string; start_reading: string | null; whole_digits: number; multiplier: string; registers: { register: 'peak' | 'valley' | 'reverse'; start_reading: string }[] }> = {}) =>
  (await t.as('reader')(meters.saveMeter, { house_id: w.houses[label]!, kind: 'water', no: `N${label}`, multiplier: '1', start_reading: '100', installed_on: '2026-01-01', ...o })).meter_id
const read = (meter_id: string, period: string, reading: string, o: object = {}) => t.as('reader')(meters.recordReading, { meter_id, period, reading, read_on: `${period}-28`, ...o })
const rowOf = async (meter_id: string, period: string) => (await t.as('admin')(meters.readings, { period, page_size: 200 })).rows.find((r) => r.meter_id === meter_id)!

describe('a meter whose start is not known', () => {
  it('counts nothing at its first reading', async () => {
    const m = await meterOf('1-1-201', { start_reading: null })
    expect((await rowOf(m, '2026-04')).previous).toBeNull()
    expect(await read(m, '2026-04', '5678.1234')).toMatchObject({ previous: '5678.1234', usage: '0', state: 'good' })
    expect(await read(m, '2026-05', '5680')).toMatchObject({ usage: '1.8766' })
  })
})

describe('estimates', () => {
  it('are made by rule, billed, and settled by the next true reading, even below them', async () => {
    const m = await meterOf('1-1-101')
    const other = await meterOf('1-2-101')
    await read(m, '2026-03', '110')
    await read(m, '2026-04', '130')
    const ask = { period: '2026-05', read_on: '2026-05-28', meter_ids: [m, other], reason: '连续两次无人在家' }
    await expectRefused(t.as('reader')(meters.estimateReadings, { ...ask, rule: 'mean' as const }), 'meters.estimate_incomplete')
    expect(await t.as('reader')(meters.estimateReadings, { ...ask, rule: 'last_year' as const })).toMatchObject({ estimated_count: 0, left_out: [{ no: 'N1-1-101', why: '去年同月没有读数' }, { no: 'N1-2-101', why: '去年同月没有读数' }] })
    await t.as('reader')(meters.recordUnread, { meter_id: m, period: '2026-05', reason: 'no_one', note: '敲门无人' })
    expect((await rowOf(m, '2026-05')).unread).toMatchObject({ reason: 'no_one', note: '敲门无人' })
    expect((await t.as('reader')(meters.readings, { period: '2026-05', state: 'unread' })).rows.map((r) => r.meter_no)).toEqual(['N1-1-101'])
    expect(await t.as('reader')(meters.estimateReadings, { ...ask, rule: 'mean' as const, mean_of: 3 })).toMatchObject({ estimated_count: 1, left_out: [{ no: 'N1-2-101', why: '没有历史用量' }] })
    expect(await rowOf(m, '2026-05')).toMatchObject({ reading: '145', usage: '15', source: 'estimate', note: '估抄:近 2 期平均 15;连续两次无人在家' })
    // The dial stands at 138: below the estimate, above what was last read. Seven too many are carried.
    expect((await rowOf(m, '2026-06')).estimated_since).toBe('130')
    await expectRefused(read(m, '2026-06', '129'), 'meters.reading_back')
    expect(await read(m, '2026-06', '138')).toMatchObject({ usage: '0' })
    expect(await read(m, '2026-07', '150')).toMatchObject({ usage: '5' })
    const file = await t.as('reader')(meters.meter, { meter_id: m })
    // 100 → 150 is 50, and 50 were counted.
    expect(file.months.map((x) => x.usage)).toEqual(['10', '20', '15', '0', '5'])
    expect(file.carried).toBe('0')
    expect((await t.as('reader')(meters.meterHistory, { meter_id: m })).rows.map((r) => [r.period, r.usage, r.carried_in, r.carried_out])).toEqual([['2026-07', '5', '7', '0'], ['2026-06', '0', '0', '7'], ['2026-05', '15', '0', '0'], ['2026-04', '20', '0', '0'], ['2026-03', '10', '0', '0']])
  })
})

describe('a reading that is wrong after its bill', () => {
  it('leaves the bill as it is and settles the difference on the next one', async () => {
    const m = await meterOf('1-1-102')
    const item = { community_id: w.community_id, code: 'SF', name: '水费', shape: 'meter' as const, area_kind: null, meter_kind: 'water' as const, unit_name: '元/m³', house_kinds: ['dwelling' as const], applies: 'all' as const, fee_class: 'use' as const, cycle: 'month' as const, season_from: null, season_to: null, proration: 'real_days' as const, bill_unsold: false, due_days: 30 }
    const { fee_item_id } = await t.as('finance')(billing.saveFeeItem, item)
    await t.as('finance')(billing.publishPrice, { fee_item_id, house_kind: null, unit_price: '4', from_on: '2026-01-01', basis: '县发改局文件' })
    const bill = async (period: string) => {
      const draft = await t.as('finance')(billing.createRun, { community_id: w.community_id, period, fee_item_ids: [fee_item_id], house_id: w.houses['1-1-102']! })
      await t.as('finance2')(billing.publishRun, { run_id: draft.run_id, input_hash: draft.input_hash })
      return (await t.as('finance')(billing.bills, { house_id: w.houses['1-1-102']!, fee_item_id, period_from: period, period_to: period })).rows
    }
    await read(m, '2026-05', '130')
    const reading_id = (await rowOf(m, '2026-05')).reading_id!
    await expectRefused(t.as('manager')(meters.settleReading, { reading_id, reading: '112', reason: '看错一位' }), 'meters.not_billed')
    expect(await bill('2026-05')).toMatchObject([{ amount_fen: 12000, explanation: '(上次 100 → 本次 130) 30 m³ × 4 元 = 120.00 元' }])
    await expectRefused(t.as('reader')(meters.correctReading, { reading_id, reading: '112', reason: '看错一位' }), 'meters.reading_billed')
    await expectRefused(t.as('reader')(meters.settleReading, { reading_id, reading: '112', reason: '看错一位' }), 'kernel.forbidden')
    expect(await t.as('manager')(meters.settleReading, { reading_id, reading: '112', reason: '现场复核,看错一位' })).toMatchObject({ carried_out: '18' })
    expect((await t.as('finance')(billing.bills, { house_id: w.houses['1-1-102']!, fee_item_id })).rows[0]).toMatchObject({ amount_fen: 12000, explanation: '(上次 100 → 本次 130) 30 m³ × 4 元 = 120.00 元' })
    await read(m, '2026-06', '140')
    expect(await bill('2026-06')).toMatchObject([{ amount_fen: 4000, explanation: '(上次 112 → 本次 140,扣上期多计 18) 10 m³ × 4 元 = 40.00 元' }])
    expect((await t.as('reader')(meters.readingChanges, { reading_id })).rows).toMatchObject([{ kind: 'settle', before_reading: '130', after_reading: '112', before_usage: '30', after_usage: '30', carried: '18' }])
    // The change of the device takes what is still carried along: 6 too few here.
    const june = (await rowOf(m, '2026-06')).reading_id!
    await t.as('manager')(meters.settleReading, { reading_id: june, reading: '146', reason: '复核' })
    const { meter_id: after } = await t.as('reader')(meters.replaceMeter, { meter_id: m, on_day: '2026-07-10', last_reading: '146', new_no: 'NEW', new_start_reading: '3' })
    await read(after, '2026-07', '5')
    expect(await rowOf(after, '2026-07')).toMatchObject({ usage: '8', carried_in: '-6' })
    expect((await t.as('reader')(meters.meter, { meter_id: after })).months.map((x) => x.usage)).toEqual(['30', '10', '8'])
  })
})

describe('dials', () => {
  it('run over, multiply, and wait for a second person', async () => {
    const m = await meterOf('2-1-101', { kind: 'electricity', start_reading: '99990', whole_digits: 5, multiplier: '30' })
    const r = await expectRefused(read(m, '2026-06', '12'), 'meters.reading_back')
    expect(r.message).toContain('请勾选「过零」')
    await expectRefused(read(m, '2026-06', '100001'), 'meters.over_dial')
    const done = await read(m, '2026-06', '12', { rolled: true })
    expect(done).toMatchObject({ usage: '660', state: 'suspect', doubts: ['rolled'] })
    expect((await t.as('reader')(meters.suspects, {})).rows.map((x) => [x.meter_no, x.can.confirm])).toEqual([['N2-1-101', 'kernel.forbidden']])
    await t.as('manager')(meters.confirmReading, { reading_id: done.reading_id, note: '现场核实过零' })
    expect(await read(m, '2026-07', '14')).toMatchObject({ usage: '60', state: 'good' })
  })

  it('with registers want all of them, and say when the parts are not the whole', async () => {
    const m = await meterOf('1-2-201', { kind: 'electricity', start_reading: '0', registers: [{ register: 'peak', start_reading: '0' }, { register: 'valley', start_reading: '0' }, { register: 'reverse', start_reading: '5' }] })
    const r = await expectRefused(read(m, '2026-06', '100', { parts: [{ register: 'peak', reading: '60' }] }), 'meters.parts_missing')
    expect(r.message).toContain('反向、谷')
    const parts = (peak: string, valley: string) => ({ parts: [{ register: 'peak', reading: peak }, { register: 'valley', reading: valley }, { register: 'reverse', reading: '7' }] })
    expect(await read(m, '2026-06', '100', parts('60', '39.5'))).toMatchObject({ usage: '100', state: 'good' })
    await expectRefused(read(m, '2026-07', '200', parts('50', '139')), 'meters.part_back')
    expect(await read(m, '2026-07', '200', parts('160', '90'))).toMatchObject({ state: 'suspect', doubts: ['parts_differ'] })
    expect((await rowOf(m, '2026-07')).parts).toEqual([{ register: 'peak', previous: '60', reading: '160', usage: '100' }, { register: 'reverse', previous: '7', reading: '7', usage: '0' }, { register: 'valley', previous: '39.5', reading: '90', usage: '50.5' }])
  })
})

describe('photos', () => {
  it('are seen by staff in reach and by the resident of the time, and must be pictures', async () => {
    const m = (await t.as('reader')(meters.meters, { q: 'NEW' })).rows[0]!
    const who = (await t.app.whoIs(t.tokens.get('reader')!, { ip: null, agent: null, face: 'staff' }))!
    const up = async (bytes: Buffer) => (await saveUpload(t.app, who, { purpose: 'photo', name: 'dial.jpg', body: Readable.from([bytes]) })).file_id
    const wrong = await up(Buffer.from('not a picture'))
    await expectRefused(read(m.meter_id, '2026-08', '9', { photo_file_id: wrong }), 'meters.no_photo')
    await read(m.meter_id, '2026-08', '9', { photo_file_id: await up(Buffer.from('ffd8ffe000104a464946', 'hex')) })
    expect((await rowOf(m.meter_id, '2026-08')).has_photo).toBe(true)
    expect(((await t.as('reader')(meters.readingPhoto, { meter_id: m.meter_id, period: '2026-08' })) as unknown as { type: string }).type).toBe('image/jpeg')
    const owner = await t.resident(PHONES.王五)
    const mine = await owner(meters.myUsage, { house_id: w.houses['1-1-102']! })
    expect(mine.meters[0]).toMatchObject({ kind: 'water', no: 'NEW', months: [{ period: '2026-05', usage: '30' }, { period: '2026-06', usage: '10' }, { period: '2026-07', usage: '8' }, { period: '2026-08', usage: '4' }] })
    expect(((await owner(meters.myReadingPhoto, { house_id: w.houses['1-1-102']!, meter_id: m.meter_id, period: '2026-08' })) as unknown as { type: string }).type).toBe('image/jpeg')
    const neighbour = await t.resident(PHONES.孙七)
    await expectRefused(neighbour(meters.myUsage, { house_id: w.houses['1-1-102']! }), 'kernel.not_found')
    await expectRefused(neighbour(meters.myReadingPhoto, { house_id: w.houses['1-1-201']!, meter_id: m.meter_id, period: '2026-08' }), 'kernel.not_found')
  })
})

describe('main meters', () => {
  it('have a name instead of a house, parts below them, and no circles', async () => {
    const as = t.as('admin')
    const base = { kind: 'water' as const, multiplier: '1', start_reading: '0', installed_on: '2026-01-01' }
    await expectRefused(as(meters.saveMeter, { ...base, no: 'M0' }), 'meters.place_missing')
    const main = (await as(meters.saveMeter, { ...base, no: 'M1', name: '小区总表', community_id: w.community_id })).meter_id
    const sub = (await as(meters.saveMeter, { ...base, no: 'M2', name: '1栋总表', building_id: w.buildings['1']!, parent_point_id: main })).meter_id
    await expectRefused(as(meters.saveMeter, { ...base, meter_id: main, no: 'M1', name: '小区总表', community_id: w.community_id, parent_point_id: sub }), 'meters.tree_circle')
    await expectRefused(as(meters.saveMeter, { ...base, kind: 'gas', no: 'M3', name: '气表', community_id: w.community_id, parent_point_id: main }), 'meters.parent_other')
    expect((await as(meters.meters, { use: 'main' })).rows.map((m) => [m.house_label, m.child_count])).toEqual([['小区总表', 1]])
    expect((await as(meters.meters, { parent_point_id: main })).rows.map((m) => [m.house_label, m.parent_name])).toEqual([['1栋总表', '小区总表']])
    const reader = await t.hire('reader', { scope_kind: 'building', scope_ids: [w.buildings['1']!] })
    expect((await reader(meters.meters, { use: 'shared' })).rows.map((m) => m.no)).toEqual(['M2'])
    await expectRefused(reader(meters.recordReading, { meter_id: main, period: '2026-07', reading: '9' }), 'kernel.not_found')
    // Closing a community's water bills does not close its main meters.
    expect(await reader(meters.recordReading, { meter_id: sub, period: '2026-05', reading: '9', read_on: '2026-05-30' })).toMatchObject({ usage: '9' })
    expect((await rowOf(sub, '2026-05')).can.correct).toBe(true)
    const pdf = (await reader(meters.readingSheet, { period: '2026-07' })) as unknown as { body: Buffer }
    expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-')
  })
})

describe('rules of checking', () => {
  it('are dated, by community before company', async () => {
    const rule = { kind: 'water' as const, high_factor: '2', mean_of: 3, high_over: '10', zero_periods: 2, loss_limit_bp: 800, leak_factor: '1.5', doubled_factor: '2' }
    await expectRefused(t.as('reader')(meters.saveCheckRule, { ...rule, community_id: null, from_on: '2026-01-01' }), 'kernel.forbidden')
    await t.as('manager')(meters.saveCheckRule, { ...rule, community_id: w.community_id, from_on: '2026-06-15', max_per_day: '2' })
    await expectRefused(t.as('manager')(meters.saveCheckRule, { ...rule, community_id: w.community_id, from_on: '2026-06-01' }), 'meters.rule_past')
    const m = await meterOf('1-2-102')
    await read(m, '2026-05', '104')
    expect(await read(m, '2026-06', '113')).toMatchObject({ usage: '9', state: 'good' }) // above twice the mean, below what is let pass
    expect(await read(m, '2026-07', '180')).toMatchObject({ doubts: ['high', 'over_possible'] })
  })
  it('hint at what is worth a look', async () => {
    const rows = (await t.as('reader')(meters.hints, { period: '2026-07', page_size: 100 })).rows
    expect(rows.map((r) => [r.hint, r.meter_no])).toContainEqual(['vacant_use', 'N2-1-101'])
    // Usually 4, then twice 9 in a row: a leak for a factor of 1.5, none for 3. The rule of the day of reading decides.
    const m = await meterOf('1-2-102', { no: 'N-leak' })
    for (const [period, reading] of [['2026-05', '104'], ['2026-06', '113'], ['2026-07', '122']] as const) await read(m, period, reading)
    const leaks = async () => (await t.as('reader')(meters.hints, { period: '2026-07', hint: 'leak', page_size: 100 })).rows.map((r) => r.meter_no)
    expect(await leaks()).toContain('N-leak')
    await t.as('manager')(meters.saveCheckRule, { kind: 'water', high_factor: '2', mean_of: 3, high_over: '10', zero_periods: 2, loss_limit_bp: 800, leak_factor: '3', doubled_factor: '2', community_id: w.community_id, from_on: '2026-07-01' })
    expect(await leaks()).not.toContain('N-leak')
  })
})
