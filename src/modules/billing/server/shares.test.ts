// Sharing a public utility from the meter to the bill: rule, draft, second person, sum to the fen, what every payer reads, again, void, redo.
import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { meters } from '../../meters/contract.ts'
import { payment } from '../../payment/contract.ts'
import { property } from '../../property/contract.ts'
import { billing } from '../contract.ts'

let t: TestApp
let w: TinyWorld
let stairs: string
let group_id: string
let fee_item_id: string
const rule = { method: 'area' as const, area_kind: 'built' as const, floors: [], vacant_percent: '100', unsold_percent: '100', source: 'price' as const, unit_price: '0.55', basis: '物业服务合同第 12 条' }
const OWNED = ['1-1-101', '1-1-102', '1-1-201', '1-2-302']
const members = (coefficient = '1') => OWNED.map((l) => ({ house_id: w.houses[l]!, coefficient, from_on: '2026-01-01' }))
const one = async (o: Partial<{ split_id: string }> = {}) => (o.split_id ? t.as('finance')(meters.shareSplit, { split_id: o.split_id }) : t.as('finance')(meters.shareSplit, { split_id: (await t.as('finance')(meters.shareSplits, { period: '2026-06', group_id })).rows[0]!.split_id }))
const billsOf = async (state: 'live' | 'void' = 'live') => (await t.as('finance')(billing.bills, { fee_item_id, state, page_size: 100 })).rows

beforeAll(async () => {
  setClock('2026-07-10T02:00:00Z')
  t = await testApp()
  w = await tinyWorld(t)
  const admin = t.as('admin')
  stairs = (await admin(meters.saveMeter, { kind: 'electricity', no: 'S1', name: '1栋楼梯照明', building_id: w.buildings['1']!, multiplier: '1', start_reading: '0', installed_on: '2026-01-01' })).meter_id
  group_id = (await admin(meters.saveShareGroup, { community_id: w.community_id, name: '1栋楼梯照明', kind: 'electricity', place: 'list', house_kinds: ['dwelling'] })).group_id
  fee_item_id = (await t.as('finance')(billing.saveFeeItem, { community_id: w.community_id, code: 'GT', name: '公摊电费', shape: 'share', area_kind: null, meter_kind: null, unit_name: '元', house_kinds: ['dwelling'], applies: 'all', fee_class: 'use', cycle: 'month', season_from: null, season_to: null, proration: 'real_days', bill_unsold: true, due_days: 20 })).fee_item_id
})

describe('a group', () => {
  it('says what its rule lacks, and who may write', async () => {
    await expectRefused(t.as('reader')(meters.saveShareGroup, { community_id: w.community_id, name: '甲', kind: 'water', place: 'community', house_kinds: ['dwelling'] }), 'kernel.forbidden')
    await expectRefused(t.as('manager')(meters.saveShareGroup, { community_id: w.community_id, name: '1栋楼梯照明', kind: 'water', place: 'community', house_kinds: ['dwelling'] }), 'meters.share_name_taken')
    await expectRefused(t.as('manager')(meters.saveShareGroup, { community_id: w.community_id, name: '乙', kind: 'water', place: 'unit', building_id: w.buildings['1']!, house_kinds: ['dwelling'] }), 'meters.share_place_missing')
    await expectRefused(t.as('manager')(meters.draftSplit, { group_id, period: '2026-06' }), 'meters.share_no_rule')
    await expectRefused(t.as('manager')(meters.publishShareRule, { group_id, from_on: '2026-01-01', ...rule, sources: [] }), 'meters.share_rule_incomplete')
    await expectRefused(t.as('other_admin')(meters.shareGroup, { group_id }), 'kernel.not_found')
    await t.as('manager')(meters.publishShareRule, { group_id, from_on: '2026-01-01', ...rule, sources: [{ point_id: stairs, take: 'usage' }] })
    await expectRefused(t.as('manager')(meters.publishShareRule, { group_id, from_on: '2026-01-01', ...rule, sources: [{ point_id: stairs, take: 'usage' }] }), 'meters.share_rule_taken')
    await expectRefused(t.as('manager')(meters.draftSplit, { group_id, period: '2026-06' }), 'meters.share_source_unread')
    await t.as('reader')(meters.recordReading, { meter_id: stairs, period: '2026-06', reading: '181', read_on: '2026-06-30' })
    const none = await expectRefused(t.as('manager')(meters.draftSplit, { group_id, period: '2026-06' }), 'meters.share_no_house')
    expect(none.message).toContain('1栋楼梯照明')
  })
})

describe('a split', () => {
  let split_id: string
  it('sums to the fen, and tells total, rule and weight', async () => {
    expect(await t.as('manager')(meters.setShareMembers, { group_id, rows: members() })).toEqual({ count: 4 })
    const made = await t.as('manager')(meters.draftSplit, { group_id, period: '2026-06' })
    split_id = made.split_id
    // 181 × 0.55 = 99.55, over 98.5 + 76.2 + 98.5 + 76.2 m².
    expect(made).toMatchObject({ total_fen: 9955, house_count: 4 })
    const parts = (await t.as('finance')(meters.shareParts, { split_id })).rows
    expect(parts.map((p) => [p.house_label, p.payer_name])).toEqual([['1-1-101', '李四'], ['1-1-102', '王五'], ['1-1-201', '孙七'], ['1-2-302', '安居置业']])
    // 28.06… and 21.71…: the fen left over go by remainder, and among equal ones by the id of the house.
    expect(parts.map((p) => p.amount_fen).sort()).toEqual([2171, 2171, 2806, 2807])
    expect(parts.reduce((n, p) => n + p.amount_fen, 0)).toBe(9955)
    expect((await one({ split_id })).rule_text).toBe('1栋楼梯照明 181 度 × 0.55 元 = 99.55 元,按建筑面积分摊,4 户合计 349.4')
    const pdf = (await t.as('finance')(meters.sharePosting, { split_id })) as unknown as { body: Buffer }
    expect(pdf.body.subarray(0, 5).toString()).toBe('%PDF-')
  })

  it('is published by a second person, from what he saw, into bills that explain themselves', async () => {
    const s = await one({ split_id })
    expect(s.can.publish).toBe(true)
    const ask = { split_id, fee_item_id, parts_hash: s.parts_hash }
    await expectRefused(t.as('manager')(billing.publishShare, ask), 'billing.same_person')
    await expectRefused(t.as('reader')(billing.publishShare, ask), 'kernel.forbidden')
    await expectRefused(t.as('finance')(billing.publishShare, { ...ask, parts_hash: 'x' }), 'billing.preview_stale')
    // An area that was put right after the draft makes it stale.
    const h = (await t.as('admin')(property.houses, { community_id: w.community_id, q: '1-1-102' })).rows[0]!
    await t.inside(async (sc) => void (await sql`update property.house set built_area_m2 = 77 where company_id = ${sc.company_id} and house_id = ${h.house_id}`.execute(sc.db)))
    await expectRefused(t.as('finance')(billing.publishShare, ask), 'billing.preview_stale')
    await t.inside(async (sc) => void (await sql`update property.house set built_area_m2 = 76.20 where company_id = ${sc.company_id} and house_id = ${h.house_id}`.execute(sc.db)))
    const dry = await t.as('finance')(billing.publishShare, { ...ask, dry_run: true })
    expect([dry.published_count, (await billsOf()).length]).toEqual([4, 0])
    expect(await t.as('finance')(billing.publishShare, ask)).toMatchObject({ published_count: 4, amount_fen: 9955 })
    const bills = await billsOf()
    expect(bills.reduce((n, b) => n + b.amount_fen, 0)).toBe(9955)
    const li = bills.find((b) => b.payer_name === '李四')!
    expect(li.explanation).toBe(`1栋楼梯照明 181 度 × 0.55 元 = 99.55 元,按建筑面积分摊,4 户合计 349.4;本户 98.5 m²,应摊 ${li.amount_fen / 100} 元`)
    const resident = await t.resident(PHONES.李四)
    expect((await resident(billing.myBills, { house_id: w.houses['1-1-101']! })).rows[0]!.explanation).toBe(li.explanation)
    const detail = await t.as('finance')(billing.bill, { bill_id: li.bill_id })
    expect(detail.postings.map((p) => [p.account_code, p.amount_fen])).toEqual([['1122', li.amount_fen]])
    // The reading behind it is closed now.
    const reading = (await t.as('reader')(meters.readings, { period: '2026-06', q: 'S1' })).rows[0]!
    expect(reading.can.correct).toBe('meters.reading_billed')
    expect((await t.as('finance')(billing.sweep, {})).checks.filter((c) => !c.ok)).toEqual([])
  })

  it('changes nothing when published again, and issues what was voided since', async () => {
    const s = await one({ split_id })
    const again = () => t.as('finance')(billing.publishShare, { split_id, fee_item_id, parts_hash: s.parts_hash })
    expect(await again()).toMatchObject({ published_count: 0, run_id: null })
    const lost = (await billsOf()).find((b) => b.house_label === '1-1-201')!
    await t.as('finance')(billing.voidBill, { bill_id: lost.bill_id, reason: '户名有误' })
    expect((await t.as('finance')(billing.shareBilling, { split_id })).missing).toContain('元的账单已作废')
    expect(await again()).toMatchObject({ published_count: 1, amount_fen: lost.amount_fen })
    expect((await billsOf()).reduce((n, b) => n + b.amount_fen, 0)).toBe(9955)
    await expectRefused(t.as('manager')(meters.draftSplit, { group_id, period: '2026-06' }), 'meters.split_published')
    // A charge run of the month leaves shared items alone.
    const run = await t.as('finance')(billing.createRun, { community_id: w.community_id, period: '2026-06', fee_item_ids: [fee_item_id] })
    expect(run.preview).toMatchObject({ line_count: 0, outliers: [] })
  })

  it('two publishers at once make one set of bills', async () => {
    await t.as('manager')(meters.publishShareRule, { group_id, from_on: '2026-02-01', ...rule, source: 'invoice', unit_price: null, sources: [] })
    const { split_id: second } = await t.as('manager')(meters.draftSplit, { group_id, period: '2026-05', total_fen: 10_000, invoice_no: 'INV-5' })
    const s = await one({ split_id: second })
    const ask = { split_id: second, fee_item_id, parts_hash: s.parts_hash }
    const done = await Promise.all([t.as('finance')(billing.publishShare, ask), t.as('finance2')(billing.publishShare, ask)])
    expect(done.map((d) => d.published_count).sort()).toEqual([0, 4])
    expect((await t.as('finance')(billing.bills, { fee_item_id, period_from: '2026-05', period_to: '2026-05' })).totals).toMatchObject({ count: 4, amount_fen: 10_000 })
    expect((await one({ split_id: second })).rule_text).toBe('1栋楼梯照明 100.00 元(供应商账单),按建筑面积分摊,4 户合计 349.4')
  })

  it('is void as a whole only while nobody has paid, and may then be done anew', async () => {
    const paid = (await billsOf()).find((b) => b.house_label === '1-1-102' && b.period === '2026-06')!
    await t.as('cashier')(payment.takePayment, { house_id: w.houses['1-1-102']!, lines: [{ bill_id: paid.bill_id, period_on: paid.period_on, amount_fen: paid.amount_fen }], tenders: [{ method: 'cash', amount_fen: paid.amount_fen }] })
    await expectRefused(t.as('finance')(billing.voidShare, { split_id, reason: '读数有误' }), 'billing.share_paid')
    const may = (await t.as('finance')(meters.shareSplits, { period: '2026-05', group_id })).rows[0]!
    expect(await t.as('finance')(billing.voidShare, { split_id: may.split_id, reason: '账单重复' })).toMatchObject({ voided_count: 4 })
    await expectRefused(t.as('finance')(billing.voidShare, { split_id: may.split_id, reason: '账单重复' }), 'billing.share_not_published')
    const anew = await t.as('manager')(meters.draftSplit, { group_id, period: '2026-05', total_fen: 8_000 })
    const s = await one({ split_id: anew.split_id })
    expect(await t.as('finance')(billing.publishShare, { split_id: anew.split_id, fee_item_id, parts_hash: s.parts_hash })).toMatchObject({ published_count: 4, amount_fen: 8_000 })
    expect((await t.as('finance')(billing.bills, { fee_item_id, period_from: '2026-05', period_to: '2026-05' })).totals).toMatchObject({ count: 4, amount_fen: 8_000 })
  })
})

describe('rules', () => {
  it('leave the ground floor out, spare empty houses, weigh single houses, and need payers', async () => {
    const lift = (await t.as('manager')(meters.saveShareGroup, { community_id: w.community_id, name: '1栋1单元电梯', kind: 'electricity', place: 'building', building_id: w.buildings['1']!, house_kinds: ['dwelling'] })).group_id
    await t.as('manager')(meters.publishShareRule, { group_id: lift, from_on: '2026-01-01', ...rule, method: 'household', area_kind: null, source: 'invoice', unit_price: null, sources: [], vacant_percent: '50', unsold_percent: '0', floors: [{ from_floor: -1, to_floor: 1, coefficient: '0' }, { from_floor: 3, to_floor: 3, coefficient: '1.5' }] })
    await expectRefused(t.as('manager')(meters.draftSplit, { group_id: lift, period: '2026-06' }), 'meters.share_no_total')
    const { split_id } = await t.as('manager')(meters.draftSplit, { group_id: lift, period: '2026-06', total_fen: 60_000 })
    const parts = new Map((await t.as('finance')(meters.shareParts, { split_id, page_size: 50 })).rows.map((p) => [p.house_label, p]))
    expect(parts.size).toBe(12)
    expect([parts.get('1-1-101')!.weight, parts.get('1-1-201')!.weight, parts.get('1-1-301')!.weight, parts.get('1-2-302')!.weight]).toEqual(['0', '1', '0.75', '0'])
    const s = await one({ split_id })
    const r = await expectRefused(t.as('finance')(billing.publishShare, { split_id, fee_item_id, parts_hash: s.parts_hash }), 'billing.share_no_payer')
    expect(r.message).toContain('没有缴费人,如 1-1-202')
    expect((await t.as('finance')(meters.shareParts, { split_id, only: 'no_payer' })).total).toBe(Number(/有 (\d+) 户/.exec(r.message)![1]))
    const batch = await t.as('manager')(meters.draftSplits, { community_id: w.community_id, period: '2026-06' })
    expect(batch).toEqual({ drafted_count: 1, left_out: [] })
  })

  it('can share what is lost between a main meter and its parts', async () => {
    const admin = t.as('admin')
    const base = { kind: 'water' as const, multiplier: '1', start_reading: '0', installed_on: '2026-01-01' }
    const main = (await admin(meters.saveMeter, { ...base, no: 'ZB', name: '小区总表', community_id: w.community_id })).meter_id
    const a = (await admin(meters.saveMeter, { ...base, no: 'A', house_id: w.houses['1-1-101']!, parent_point_id: main })).meter_id
    const b = (await admin(meters.saveMeter, { ...base, no: 'B', house_id: w.houses['1-1-102']!, parent_point_id: main })).meter_id
    const loss = (await admin(meters.saveShareGroup, { community_id: w.community_id, name: '自来水损耗', kind: 'water', place: 'community', house_kinds: ['dwelling'] })).group_id
    await admin(meters.publishShareRule, { group_id: loss, from_on: '2026-01-01', ...rule, method: 'usage', usage_kind: 'water', area_kind: null, unit_price: '4', sources: [{ point_id: main, take: 'loss' }] })
    await t.as('reader')(meters.recordReading, { meter_id: main, period: '2026-06', reading: '100', read_on: '2026-06-30' })
    await t.as('reader')(meters.recordReading, { meter_id: a, period: '2026-06', reading: '60', read_on: '2026-06-30' })
    const short = await expectRefused(admin(meters.draftSplit, { group_id: loss, period: '2026-06' }), 'meters.share_source_unread')
    expect(short.message).toContain('分表(1 块,如 1-1-102)')
    expect((await t.as('reader')(meters.balance, { period: '2026-06' })).rows).toMatchObject([{ name: '小区总表', verdict: 'incomplete', missing_count: 1 }])
    await t.as('reader')(meters.recordReading, { meter_id: b, period: '2026-06', reading: '30', read_on: '2026-06-30' })
    const { split_id, total_fen } = await admin(meters.draftSplit, { group_id: loss, period: '2026-06' })
    expect(total_fen).toBe(4000)
    const rows = (await t.as('finance')(meters.shareParts, { split_id, page_size: 50 })).rows.filter((p) => p.amount_fen > 0)
    expect(rows.map((p) => [p.house_label, p.amount_fen])).toEqual([['1-1-101', 2667], ['1-1-102', 1333]])
    const balance = await t.as('reader')(meters.balance, { period: '2026-06' })
    expect(balance).toMatchObject({ alarm_count: 0, rows: [{ main_usage: '100', sub_usage: '90', loss: '10', loss_bp: 1000, limit_bp: 1000, sub_count: 2, verdict: 'good' }] })
    await t.as('manager')(meters.saveCheckRule, { community_id: w.community_id, kind: 'water', from_on: '2026-06-01', high_factor: '3', mean_of: 6, high_over: '0', zero_periods: 3, loss_limit_bp: 999, leak_factor: '1.5', doubled_factor: '2' })
    expect((await t.as('reader')(meters.balance, { period: '2026-06', only: 'alarm' })).rows).toMatchObject([{ verdict: 'over' }])
    const of = await t.as('reader')(meters.balanceOf, { point_id: main, period: '2026-06' })
    expect(of.rows.map((r) => [r.name, r.usage, r.share_bp])).toEqual([['1-1-101', '60', 6000], ['1-1-102', '30', 3000]])
    expect(of.months).toEqual([{ period: '2026-06', main_usage: '100', sub_usage: '90', loss: '10', loss_bp: 1000 }])
  })
})
