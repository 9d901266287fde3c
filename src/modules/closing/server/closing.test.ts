import { beforeAll, describe, expect, it } from 'vitest'
import { sql } from 'kysely'
import { setClock } from '../../../kernel/clock.ts'
import { Refusal } from '../../../kernel/refuse.ts'
import { expectRefused, someId, testApp, type TestApp } from '../../../../tests/harness.ts'
import { seedMoney, type Seed } from '../../../../tests/seed_money.ts'
import { analytics } from '../../analytics/contract.ts'
import { ledger } from '../../ledger/contract.ts'
import { closeBook, post, sweepLedger } from '../../ledger/server/index.ts'
import { payment } from '../../payment/contract.ts'
import { closing } from '../contract.ts'
import { closingSweep } from './index.ts'

let t: TestApp
let s: Seed
const moveTo = async (iso: string) => {
  setClock(iso)
  await t.app.d.pool.query(`update identity.session set seen_at = $1, expires_at = $1::timestamptz + interval '1 day'`, [iso])
}
const broken = () => t.inside(async (x) => [...(await sweepLedger(x)), ...(await closingSweep(x))].filter((c) => !c.ok).map((c) => c.code))
const pay = async (fen: number, method: 'cash' | 'transfer' = 'cash') => t.as('cashier')(payment.takePayment, { house_id: s.houses[0]!.house_id, prepay_fen: fen, tenders: [{ method, amount_fen: fen }] })
const posted = (fen: number, on: string, book: 'company' | 'public_income' = 'company') => t.inside((x) => post(x, { book, booked_on: on, kind: 'test', source_type: 'test', source_id: someId(), lines: [{ account_code: '1002', amount_fen: fen }, { account_code: book === 'company' ? '6051' : '600102', amount_fen: -fen, community_id: s.community_id }] }))

beforeAll(async () => {
  setClock('2026-03-10T02:00:00Z')
  t = await testApp()
  s = await t.inside((x) => seedMoney(x))
})

describe('a day', () => {
  it('is closed when it is over, once, with figures that agree with the ledger and stay', async () => {
    const p = await pay(5000)
    await pay(300, 'transfer')
    const day = { community_id: s.community_id, business_day: '2026-03-10' }
    await expectRefused(t.as('finance')(closing.closeDay, day), 'closing.day_not_over')
    await moveTo('2026-03-11T02:00:00Z')
    await expectRefused(t.as('cashier')(closing.closeDay, day), 'kernel.forbidden')
    const before = await t.as('finance')(closing.day, day)
    expect(before.figures).toMatchObject({ payment_count: 2, received_fen: 5300, net_fen: 5300, cash_fen: 5000, booked_fen: 5300 })
    expect(before.can.close).toBe(true)
    await t.as('finance')(closing.closeDay, { ...day, note: '无异常' })
    await expectRefused(t.as('finance')(closing.closeDay, day), 'closing.day_closed')
    const { reversal_id } = await t.as('cashier')(payment.askReversal, { payment_id: p.payment_id, reason: '收错了户' })
    await t.as('finance')(payment.decideReversal, { reversal_id, decision: 'approve' })
    expect((await t.as('finance')(closing.day, day)).figures).toEqual(before.figures)
    expect((await t.as('finance')(closing.day, { ...day, business_day: '2026-03-11' })).figures).toMatchObject({ payment_count: 0, reversal_count: 1, reversed_fen: 5000, net_fen: -5000, booked_fen: -5000 })
    expect(await broken()).toEqual([])
    const list = await t.as('finance')(closing.days, { from_on: '2026-03-01', to_on: '2026-03-31' })
    expect(list.rows.map((r) => [r.business_day, r.closed_at !== null])).toEqual([['2026-03-11', false], ['2026-03-10', true]])
    expect(list.open_count).toBe(1)
    expect((await t.as('other_admin')(closing.days, { from_on: '2026-03-01', to_on: '2026-03-31' })).rows).toEqual([])
    const pdf = (await t.as('finance')(closing.dayPdf, day)) as unknown as { body: Buffer }
    expect(pdf.body.subarray(0, 4).toString()).toBe('%PDF')
  })
  it('is not closed while the ledger says otherwise', async () => {
    await t.inside((x) => sql`insert into ledger.journal (company_id, journal_id, book, booked_on, kind, source_type, source_id, posted_at) values (${x.company_id}, '01900000-0000-7000-8000-00000000aaaa', 'company', '2026-03-11', 'payment', 'payment', 'planted', ${x.now})`.execute(x.db))
    await t.inside((x) => sql`insert into ledger.posting (company_id, booked_on, journal_id, line_no, book, account_code, amount_fen, community_id) values (${x.company_id}, '2026-03-11', '01900000-0000-7000-8000-00000000aaaa', 1, 'company', '1001', 7, ${s.community_id}), (${x.company_id}, '2026-03-11', '01900000-0000-7000-8000-00000000aaaa', 2, 'company', '6051', -7, ${s.community_id})`.execute(x.db))
    await moveTo('2026-03-12T02:00:00Z')
    await expectRefused(t.as('finance')(closing.closeDay, { community_id: s.community_id, business_day: '2026-03-11' }), 'closing.day_blocked')
    expect(await t.as('finance')(closing.closeDays, { community_id: s.community_id, to_day: '2026-03-11' })).toEqual({ closed_count: 0, left_count: 1 })
    await t.inside((x) => sql`insert into ledger.journal (company_id, journal_id, book, booked_on, kind, source_type, source_id, reverses, posted_at) values (${x.company_id}, '01900000-0000-7000-8000-00000000aaab', 'company', '2026-03-11', 'payment_reversal', 'payment', 'planted', '01900000-0000-7000-8000-00000000aaaa', ${x.now})`.execute(x.db))
    await t.inside((x) => sql`insert into ledger.posting (company_id, booked_on, journal_id, line_no, book, account_code, amount_fen, community_id) values (${x.company_id}, '2026-03-11', '01900000-0000-7000-8000-00000000aaab', 1, 'company', '1001', -7, ${s.community_id}), (${x.company_id}, '2026-03-11', '01900000-0000-7000-8000-00000000aaab', 2, 'company', '6051', 7, ${s.community_id})`.execute(x.db))
  })
})

describe('a month', () => {
  const march = { book: 'company' as const, month: '2026-03' }
  it('says what is open, closes when nothing blocks, and accepts nothing afterwards', async () => {
    await expectRefused(t.as('finance')(closing.closePeriod, march), 'closing.blocked')
    await moveTo('2026-04-01T02:00:00Z')
    const open = await t.as('finance')(closing.period, march)
    expect(open.checks.map((c) => [c.code, c.level])).toContainEqual(['days', 'block'])
    expect(open.can.close).toBe('closing.blocked')
    await t.as('finance')(closing.closeDays, { community_id: s.community_id, to_day: '2026-03-31' })
    const { entry_id } = await t.as('finance')(ledger.draftEntry, { book: 'company', booked_on: '2026-03-31', note: '补记', lines: [{ account_code: '6602', debit_fen: 100 }, { account_code: '1002', credit_fen: 100 }] })
    await expectRefused(t.as('finance')(closing.closePeriod, march), 'closing.blocked')
    await t.as('finance2')(ledger.decideEntry, { entry_id, decision: 'approve' })
    const range = { from_on: '2026-03-01', to_on: '2026-04-01' }
    const before = await t.as('finance')(ledger.trialBalance, range)
    await t.as('finance')(closing.closePeriod, march)
    expect(await t.as('finance')(ledger.trialBalance, range)).toEqual({ ...before, closed: true })
    expect((await t.as('finance')(ledger.trialBalance, { from_on: '2026-04-01', to_on: '2026-05-01' })).rows.map((r) => [r.code, r.opening_fen])).toEqual(before.rows.filter((r) => r.closing_fen !== 0).map((r) => [r.code, r.closing_fen]))
    await expect(posted(1, '2026-03-31')).rejects.toThrow(/period_closed/)
    // A month that nobody used lies before the closed one: its beginning would change what was kept.
    await expect(posted(1, '2025-12-31')).rejects.toThrow(/period_closed/)
    await expectRefused(t.as('finance')(ledger.draftEntry, { book: 'company', booked_on: '2026-03-31', note: '迟到', lines: [{ account_code: '6602', debit_fen: 100 }, { account_code: '1002', credit_fen: 100 }] }), 'ledger.period_closed')
    await expectRefused(t.as('finance')(closing.closePeriod, march), 'ledger.period_closed_already')
    expect((await posted(10, '2026-04-01')).posted).toBe(true)
    expect(await broken()).toEqual([])
  })
  it('opens again by two people, the last one first', async () => {
    await moveTo('2026-05-02T02:00:00Z')
    await posted(20, '2026-05-02')
    await t.as('finance')(closing.closePeriod, { book: 'company', month: '2026-04' })
    const first = (await t.as('finance')(closing.period, march)).closing!
    await expectRefused(t.as('finance')(closing.askReopening, { closing_id: first.closing_id, reason: '补记费用' }), 'ledger.period_later_closed')
    // Said beforehand: only from the last closed month back.
    expect((await t.as('finance')(closing.period, march)).can.reopen).toBe('closing.not_last')
    const last = (await t.as('finance')(closing.period, { book: 'company', month: '2026-04' })).closing!
    const { reopening_id } = await t.as('finance')(closing.askReopening, { closing_id: last.closing_id, reason: '补记费用' })
    await expectRefused(t.as('finance2')(closing.askReopening, { closing_id: last.closing_id, reason: '补记费用' }), 'ledger.reopening_pending')
    await expectRefused(t.as('finance')(closing.decideReopening, { reopening_id, decision: 'approve' }), 'ledger.same_person')
    await expectRefused(t.as('manager')(closing.decideReopening, { reopening_id, decision: 'approve' }), 'kernel.forbidden')
    expect((await t.as('finance2')(analytics.workbench, {})).todos.find((x) => x.code === 'reopening_asked')).toMatchObject({ count: 1, path: '/closing/periods' })
    expect((await t.as('finance')(analytics.workbench, {})).todos.find((x) => x.code === 'reopening_asked')).toMatchObject({ count: 0 })
    await t.as('finance2')(closing.decideReopening, { reopening_id, decision: 'approve', note: '同意更正' })
    expect((await t.as('finance')(closing.period, { book: 'company', month: '2026-04' })).reopenings).toMatchObject([{ state: 'approved', decide_note: '同意更正' }])
    expect((await posted(5, '2026-04-30')).posted).toBe(true)
    const again = await t.as('finance')(closing.closePeriod, { book: 'company', month: '2026-04' })
    expect(again.balance_hash).not.toBe(last.balance_hash)
    expect((await t.as('finance')(ledger.closings, { book: 'company' })).rows.map((r) => [r.month, r.live])).toEqual([['2026-04', true], ['2026-04', false], ['2026-03', true]])
    expect(await broken()).toEqual([])
  })
  it('loses no journal that races with its closing', async () => {
    await moveTo('2026-06-02T02:00:00Z')
    const fates = { in: 0, out: 0 }
    const writers = Array.from({ length: 6 }, async () => {
      for (let n = 0; n < 12; n++) await posted(1, '2026-05-15').then(() => fates.in++, (e: unknown) => { if (!(e instanceof Refusal) || e.code !== 'ledger.period_closed') throw e; fates.out++ })
    })
    const closer = (async () => {
      await new Promise((r) => setTimeout(r, 150))
      return t.as('finance')(closing.closePeriod, { book: 'company', month: '2026-05' })
    })()
    await Promise.all([...writers, closer])
    expect(fates.in + fates.out).toBe(72)
    const kept = await t.inside((x) => sql<{ fen: number }>`select coalesce(sum(b.credit_fen), 0)::bigint as fen from ledger.closing k join ledger.closing_balance b on b.company_id = k.company_id and b.closing_id = k.closing_id where k.company_id = ${x.company_id} and k.period_on = '2026-05-01' and b.account_code = '6051'`.execute(x.db))
    expect(kept.rows[0]!.fen).toBe(20 + fates.in)
    expect(await broken()).toEqual([])
  })
  it('of December carries the result forward, and takes it back when it is opened again', async () => {
    await posted(900, '2026-12-10', 'public_income')
    await moveTo('2027-01-02T02:00:00Z')
    const { closing_id } = await t.inside((x) => closeBook(x, { book: 'public_income', month: '2026-12' }))
    const january = () => t.as('finance')(ledger.trialBalance, { book: 'public_income', from_on: '2027-01-01', to_on: '2027-02-01' })
    expect((await january()).rows.map((r) => [r.code, r.opening_fen])).toEqual([['1002', 900], ['4104', -900]])
    expect(await broken()).toEqual([])
    const { reopening_id } = await t.as('finance')(closing.askReopening, { closing_id, reason: '漏记收入' })
    await t.as('finance2')(closing.decideReopening, { reopening_id, decision: 'approve' })
    expect((await january()).rows.map((r) => [r.code, r.opening_fen])).toEqual([['1002', 900], ['600102', -900]])
    await posted(100, '2026-12-31', 'public_income')
    await t.inside((x) => closeBook(x, { book: 'public_income', month: '2026-12' }))
    expect((await january()).rows.map((r) => [r.code, r.opening_fen])).toEqual([['1002', 1000], ['4104', -1000]])
    expect(await broken()).toEqual([])
  })
  it('finds what was put into a closed month or day past the one door', async () => {
    await t.inside((x) => sql`with j as (insert into ledger.journal (company_id, journal_id, book, booked_on, kind, source_type, source_id, posted_at) values (${x.company_id}, gen_random_uuid(), 'company', '2026-05-20', 'x', 'x', 'x', ${x.now}) returning journal_id)
      insert into ledger.posting (company_id, booked_on, journal_id, line_no, book, account_code, amount_fen) select ${x.company_id}, '2026-05-20', journal_id, n, 'company', c, f from j, (values (1, '1002', 3), (2, '6051', -3)) as v(n, c, f)`.execute(x.db))
    expect((await broken()).sort()).toEqual(['C3', 'L9'])
    await t.inside((x) => sql`insert into payment.tender (company_id, payment_id, line_no, method, amount_fen) select company_id, payment_id, 9, 'cash', 4 from payment.payment where company_id = ${x.company_id} and reversed_at is null limit 1`.execute(x.db))
    expect((await broken()).sort()).toEqual(['C3', 'D1', 'L9'])
  })
})
