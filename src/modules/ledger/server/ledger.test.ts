import { beforeAll, expect, it } from 'vitest'
import { sql } from 'kysely'
import { expectRefused, someId, testApp, type TestApp } from '../../../../tests/harness.ts'
import { readSheets } from '../../../kernel/sheet/index.ts'
import { ledger } from '../contract.ts'
import { post, postSet, reverseJournal, sweepLedger, type JournalHead } from './index.ts'

let t: TestApp
const house = someId()
const head = (source_id: string, o: Partial<JournalHead> = {}): JournalHead => ({ book: 'company', booked_on: '2026-06-05', kind: 'payment', source_type: 'payment', source_id, ...o })
const lines = (fen: number) => [{ account_code: '1001', amount_fen: fen }, { account_code: '1122', amount_fen: -fen, subject_type: 'house', subject_id: house }]
const broken = () => t.inside(async (s) => (await sweepLedger(s)).filter((c) => !c.ok).map((c) => c.code))

beforeAll(async () => {
  t = await testApp()
})

it('writes a journal once per source, with the accounts it needs', async () => {
  const first = await t.inside((s) => post(s, { ...head('p1'), lines: lines(5000) }))
  expect(first.posted).toBe(true)
  expect(await t.inside((s) => post(s, { ...head('p1'), lines: lines(5000) }))).toEqual({ posted: false, journal_id: first.journal_id })
  const j = await t.as('finance')(ledger.journal, { journal_id: first.journal_id })
  expect(j.rows.map((r) => [r.account_code, r.account_name, r.debit_fen, r.credit_fen])).toEqual([['1001', '库存现金', 5000, 0], ['1122', '应收账款', 0, 5000]])
  const both = await Promise.all([1, 2, 3].map(() => t.inside((s) => post(s, { ...head('race'), lines: lines(100) }))))
  expect(both.filter((x) => x.posted)).toHaveLength(1)
  expect(new Set(both.map((x) => x.journal_id)).size).toBe(1)
})

it('refuses what is not a journal', async () => {
  for (const bad of [[], lines(1).slice(0, 1), [...lines(1), { account_code: '1002', amount_fen: 1 }], [{ account_code: '1001', amount_fen: 0 }, { account_code: '1002', amount_fen: 0 }], [{ account_code: '1001', amount_fen: 0.5 }, { account_code: '1002', amount_fen: -0.5 }], [{ account_code: '9999', amount_fen: 1 }, { account_code: '1002', amount_fen: -1 }]])
    await expect(t.inside((s) => post(s, { ...head(`bad${JSON.stringify(bad)}`), lines: bad }))).rejects.toThrow(/assertion/)
  await expect(t.inside((s) => postSet(s, head('unbalanced'), ['1001', '1002'], sql`select '1001' as account_code, 5::bigint as amount_fen, null::uuid as community_id, null::text as subject_type, null::uuid as subject_id union all select '1002', -4, null, null, null`))).rejects.toThrow(/assertion/)
  expect(await broken()).toEqual([])
})

it('reverses exactly, and once', async () => {
  const made = await t.inside((s) => post(s, { ...head('p2'), lines: lines(700) }))
  const back = await t.inside((s) => reverseJournal(s, made.journal_id, { booked_on: '2026-07-01', kind: 'payment_reversal', source_type: 'reversal', source_id: 'r2' }))
  expect(back.posted).toBe(true)
  expect(await t.inside((s) => reverseJournal(s, made.journal_id, { booked_on: '2026-07-02', kind: 'payment_reversal', source_type: 'reversal', source_id: 'r3' }))).toEqual({ posted: false, journal_id: back.journal_id })
  const j = await t.as('finance')(ledger.journal, { journal_id: made.journal_id })
  expect(j.reversed_by).toBe(back.journal_id)
  expect(await broken()).toEqual([])
})

it('is only ever added to', async () => {
  for (const statement of [sql`update ledger.posting set amount_fen = 1`, sql`delete from ledger.posting`, sql`update ledger.journal set kind = 'x'`, sql`delete from ledger.journal`]) await expect(t.inside((s) => statement.execute(s.db))).rejects.toThrow(/permission denied/)
})

it('books into a month that has no partition yet', async () => {
  expect((await t.inside((s) => post(s, { ...head('far', { booked_on: '2031-03-31' }), lines: lines(1) }))).posted).toBe(true)
})

it('shows figures that open their lines, of this company only', async () => {
  const f = { from_on: '2026-06-01', to_on: '2026-07-01' }
  const b = await t.as('finance')(ledger.trialBalance, f)
  expect(b.balanced).toBe(true)
  for (const r of b.rows) {
    const e = await t.as('finance')(ledger.entries, { ...f, account_code: r.code, page_size: 200 })
    expect([e.debit_fen, e.credit_fen]).toEqual([r.debit_fen, r.credit_fen])
    expect(e.rows).toHaveLength(e.total)
  }
  expect((await t.as('finance')(ledger.entries, { subject_type: 'house', subject_id: house })).total).toBeGreaterThan(3)
  expect((await t.as('finance')(ledger.entries, { source_type: 'payment', source_id: 'p1' })).total).toBe(2)
  expect((await t.as('finance')(ledger.trialBalance, { from_on: '2026-07-01', to_on: '2026-08-01' })).rows.find((r) => r.code === '1001')).toMatchObject({ opening_fen: 5800, closing_fen: 5100 })
  expect((await t.as('other_admin')(ledger.trialBalance, f)).rows).toEqual([])
  await expectRefused(t.as('cashier')(ledger.trialBalance, f), 'kernel.forbidden')
  await expectRefused(t.as('finance')(ledger.trialBalance, { from_on: '2026-07-01', to_on: '2026-07-01' }), 'ledger.range_too_long')
  const file = (await t.as('finance')(ledger.trialBalanceExcel, f)) as unknown as { body: Buffer }
  const [head, ...body] = (await readSheets(file.body, '科目余额表.xlsx')).sheets[0]!.rows.slice(1).map((r) => r.cells.map((c) => c.text))
  expect(head).toEqual(['科目代码', '科目名称', '期初借方', '期初贷方', '本期借方', '本期贷方', '期末借方', '期末贷方'])
  // Each balance stands on one side, and both sides of all three pairs are equal.
  const last = body.at(-1)!.map(Number)
  expect([last[2], last[4], last[6]]).toEqual([last[3], last[5], last[7]])
  expect(last[6]).toBeGreaterThan(0)
  expect(await t.as('finance')(ledger.sweep, {})).toMatchObject({ ok: true })
})

it('finds a planted fault', async () => {
  // Past the one function: the application role may insert, so the sweep must see it.
  await t.inside((s) => sql`insert into ledger.posting (company_id, booked_on, journal_id, line_no, book, account_code, amount_fen) values (${s.company_id}, '2026-06-05', ${someId()}, 1, 'company', '1001', 5)`.execute(s.db))
  expect(await broken()).toEqual(['L2', 'L3'])
  await t.inside((s) => sql`insert into ledger.posting (company_id, booked_on, journal_id, line_no, book, account_code, amount_fen) values (${s.company_id}, '2026-06-05', ${someId()}, 1, 'company', '300104', -5)`.execute(s.db))
  expect(await broken()).toEqual(['L3', 'L7'])
})
