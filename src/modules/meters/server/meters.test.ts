import { beforeAll, describe, expect, it } from 'vitest'
import { expectRefused, rid, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { meters } from '../contract.ts'
import { checkReadings, recordReadings } from './index.ts'
import { judge, type Facts } from './rules/judge.ts'

describe('the verdict on a reading', () => {
  const f: Facts = { previous: '100', reading: '110', rolled: false, whole_digits: 5, ran: '10', high_above: '36', possible: null, estimated_since: null, parts_ran: null, parts_count: 0, period_on: '2026-06-01', read_on: '2026-06-28', today: '2026-06-30', last_on: '2026-05-28', removed_on: null, later_on: null, existing: null }
  const good = { ok: true, state: 'good', doubts: [] }
  const suspect = (...doubts: string[]) => ({ ok: true, state: 'suspect', doubts })
  const no = (code: string) => ({ ok: false, code })
  it.each([
    ['good', {}, good],
    ['just three times the mean', { ran: '36' }, good],
    ['above it', { ran: '36.0001' }, suspect('high')],
    ['no history', { ran: '999', high_above: null }, good],
    ['more than can run', { ran: '11', possible: '10.9' }, suspect('over_possible')],
    ['going back', { reading: '99.9999' }, no('meters.reading_back')],
    ['below an estimate, above what was read', { reading: '99', estimated_since: '95', ran: '-1' }, good],
    ['below what was read', { reading: '94', estimated_since: '95', ran: '-6' }, no('meters.reading_back')],
    ['run over', { reading: '5', rolled: true }, suspect('rolled')],
    ['run over without going back', { rolled: true }, no('meters.no_rollover')],
    ['run over on a dial of unknown size', { reading: '5', rolled: true, whole_digits: null }, no('meters.no_rollover')],
    ['more digits than the dial has', { reading: '100000' }, no('meters.over_dial')],
    ['parts that make the total', { parts_ran: '12.9', parts_count: 2 }, good],
    ['parts that do not', { parts_ran: '13.1', parts_count: 2 }, suspect('parts_differ')],
    ['read already', { existing: '105' }, no('meters.already_read')],
    ['a later month is read', { later_on: '2026-07-01' }, no('meters.later_reading')],
    ['tomorrow', { read_on: '2026-07-01' }, no('meters.read_on_out')],
    ['before the last', { read_on: '2026-05-27' }, no('meters.read_on_out')],
    ['removed before the month', { removed_on: '2026-06-01' }, no('meters.removed')],
    ['removed in the month', { removed_on: '2026-06-15' }, good],
  ] as [string, Partial<Facts>, unknown][])('%s', (_, o, verdict) => expect(judge({ ...f, ...o })).toEqual(verdict))
})

describe('a round', () => {
  let t: TestApp
  let w: TinyWorld
  let meter_id: string
  let second: string
  beforeAll(async () => {
    setClock('2026-06-30T02:00:00Z')
    t = await testApp()
    w = await tinyWorld(t)
    meter_id = (await t.as('reader')(meters.saveMeter, { house_id: w.houses['1-1-101']!, kind: 'water', no: 'W1', multiplier: '1', start_reading: '100', installed_on: '2026-01-01' })).meter_id
    second = (await t.as('reader')(meters.saveMeter, { house_id: w.houses['2-1-101']!, kind: 'electricity', no: 'E1', multiplier: '30', start_reading: '0', installed_on: '2026-01-01' })).meter_id
  })

  it('goes by phone, once per request, in walking order', async () => {
    const reader = t.withToken(t.tokens.get('reader'), 'staff')
    const list = await reader(meters.roundList, { period: '2026-04' })
    expect(list.rows.map((r) => [r.house_label, r.meter_no, r.previous, r.can.record])).toEqual([['1-1-101', 'W1', '100', true], ['2-1-101', 'E1', '0', true]])
    expect(list.progress).toEqual({ meter_count: 2, read_count: 0, suspect_count: 0, unread_count: 0, estimate_count: 0 })
    const ask = { request_id: rid(), meter_id, period: '2026-04', reading: '110', read_on: '2026-04-28' }
    const first = await reader(meters.recordReading, ask)
    expect(first).toMatchObject({ previous: '100', usage: '10', state: 'good', mean_usage: null })
    expect(await reader(meters.recordReading, ask)).toEqual(first)
    const r = await expectRefused(reader(meters.recordReading, { ...ask, request_id: rid(), reading: '111' }), 'meters.already_read')
    expect(r.message).toBe('1-1-101 表「W1」2026-04 已抄为 110,如有误请用「更正」')
    expect((await reader(meters.readings, { period: '2026-04', state: 'done' })).rows[0]).toMatchObject({ source: 'phone', usage: '10', can: { record: 'meters.already_read', correct: true } })
    expect((await reader(meters.readings, { period: '2026-04', state: 'missing' })).rows.map((x) => x.meter_no)).toEqual(['E1'])
  })

  it('multiplies, refuses going back, and holds what is suspect until confirmed', async () => {
    const as = t.as('reader')
    expect(await as(meters.recordReading, { meter_id: second, period: '2026-05', reading: '2.5', read_on: '2026-05-28' })).toMatchObject({ usage: '75' })
    await expectRefused(as(meters.recordReading, { meter_id, period: '2026-05', reading: '109', read_on: '2026-05-28' }), 'meters.reading_back')
    const high = await as(meters.recordReading, { meter_id, period: '2026-05', reading: '141', read_on: '2026-05-28' })
    expect(high).toMatchObject({ usage: '31', mean_usage: '10', state: 'suspect' })
    expect((await as(meters.rounds, { period: '2026-05', kind: 'water' })).rows).toMatchObject([{ building_name: '1栋', meter_count: 1, read_count: 1, suspect_count: 1 }])
    // The reader may not release it at all, and whoever may, not his own.
    await expectRefused(as(meters.confirmReading, { reading_id: high.reading_id, note: '到户核实,浇花' }), 'kernel.forbidden')
    await t.as('manager')(meters.confirmReading, { reading_id: high.reading_id, note: '到户核实,浇花' })
    await expectRefused(t.as('manager')(meters.confirmReading, { reading_id: high.reading_id, note: '再来' }), 'meters.not_suspect')
    await as(meters.correctReading, { reading_id: high.reading_id, reading: '121', reason: '看错一位' })
    expect((await as(meters.meterHistory, { meter_id })).rows.map((r) => [r.period, r.usage, r.state])).toEqual([['2026-05', '11', 'corrected'], ['2026-04', '10', 'good']])
  })

  it('is entered at the desk all or none', async () => {
    const rows = [{ meter_id, reading: '130' }, { meter_id: second, reading: '1' }]
    await expectRefused(t.as('reader')(meters.saveReadings, { period: '2026-06', read_on: '2026-06-28', rows }), 'meters.reading_back')
    expect((await t.as('reader')(meters.readings, { period: '2026-06' })).progress.read_count).toBe(0)
    await expectRefused(t.as('reader')(meters.saveReadings, { period: '2026-06', read_on: '2026-06-28', rows: [{ meter_id, reading: '130' }, { meter_id, reading: '131' }] }), 'meters.already_read')
    const problems = await t.inside((s) => checkReadings(s, [{ meter_id, period_on: '2026-06-01', read_on: '2026-06-28', reading: '130' }, { meter_id: second, period_on: '2026-03-01', read_on: '2026-03-28', reading: '3' }]))
    expect(problems.map((p) => [p.index, p.code])).toEqual([[1, 'meters.later_reading']])
    expect(await t.as('reader')(meters.saveReadings, { period: '2026-06', read_on: '2026-06-28', rows: [{ meter_id, reading: '130' }, { meter_id: second, reading: '5' }] })).toEqual({ saved_count: 2, suspect_count: 0 })
  })

  it('survives a change of the device', async () => {
    const as = t.as('reader')
    await expectRefused(as(meters.replaceMeter, { meter_id, on_day: '2026-06-29', last_reading: '120', new_no: 'W2', new_start_reading: '0' }), 'meters.reading_back')
    await expectRefused(as(meters.replaceMeter, { meter_id, on_day: '2026-06-01', last_reading: '135', new_no: 'W2', new_start_reading: '0' }), 'meters.before_last')
    const done = await as(meters.replaceMeter, { meter_id, on_day: '2026-06-29', last_reading: '135', new_no: 'W2', new_start_reading: '7' })
    // June is read, so the five left go to July; the new meter's July comes besides.
    const july = (await as(meters.readings, { period: '2026-07', house_id: w.houses['1-1-101']! })).rows
    expect(july.map((r) => [r.meter_no, r.previous, r.usage])).toEqual([['W1', '130', '5'], ['W2', '7', null]])
    await expectRefused(as(meters.replaceMeter, { meter_id, on_day: '2026-06-30', last_reading: '140', new_no: 'W3', new_start_reading: '0' }), 'meters.removed')
    await expectRefused(as(meters.saveMeter, { house_id: w.houses['1-1-102']!, kind: 'water', no: 'W2', multiplier: '1', start_reading: '0', installed_on: '2026-06-30' }), 'meters.no_taken')
    await expectRefused(as(meters.saveMeter, { meter_id: second, house_id: w.houses['2-1-101']!, kind: 'electricity', no: 'E1', multiplier: '1', start_reading: '0', installed_on: '2026-01-01' }), 'meters.has_readings')
    expect((await as(meters.meters, { removed: false })).rows.map((m) => m.no)).toEqual(['W2', 'E1'])
    expect(done.meter_id).toBe((await as(meters.meters, { q: 'W2' })).rows[0]!.meter_id)
  })

  it('stays within the company, the buildings of the grant and the rights', async () => {
    await expectRefused(t.as('other_admin')(meters.meterHistory, { meter_id }), 'kernel.not_found')
    await expectRefused(t.as('visitor')(meters.recordReading, { meter_id: second, period: '2026-07', reading: '9' }), 'kernel.forbidden')
    const reader = await t.hire('reader', { scope_kind: 'building', scope_ids: [w.buildings['2']!] })
    expect((await reader(meters.readings, { period: '2026-06' })).rows.map((r) => r.meter_no)).toEqual(['E1'])
    await expectRefused(reader(meters.recordReading, { meter_id, period: '2026-07', reading: '9' }), 'kernel.not_found')
    await expect(t.inside((s) => recordReadings(s, [{ meter_id: second, period_on: '2026-07-01', read_on: '2026-06-30', reading: '6' }]), t.other_company_id)).rejects.toMatchObject({ code: 'kernel.not_found' })
    const file = (await t.as('reader')(meters.readingsExcel, { period: '2026-06' })) as unknown as { name: string; body: Buffer }
    expect(file.name).toBe('抄表_2026-06.xlsx')
  })
})
