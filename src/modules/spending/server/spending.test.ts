import { beforeAll, expect, it } from 'vitest'
import { setClock } from '../../../kernel/clock.ts'
import type { Call } from '../../../kernel/contract.ts'
import { fen, yuan } from '../../../kernel/money.ts'
import { readSheets } from '../../../kernel/sheet/index.ts'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { seedMoney, type Seed } from '../../../../tests/seed_money.ts'
import { ledger } from '../../ledger/contract.ts'
import { system } from '../../system/contract.ts'
import { SPENT_FROM, spending } from '../contract.ts'

let t: TestApp
let s: Seed
const ask = (o: { amount_fen?: number; supplier_name?: string } = {}) => t.as('manager')(spending.askSpending, { community_id: s.community_id, book: 'public_income', account_code: '640203', title: '门禁维修', supplier_name: '永安工程', amount_fen: 30_000, reason: '单元门禁损坏', ...o })
const balance = async (book: 'company' | 'public_income', code: string) => (await t.as('finance')(ledger.trialBalance, { book, from_on: '2026-01-01', to_on: '2027-01-01' })).rows.find((r) => r.code === code)?.closing_fen ?? 0

beforeAll(async () => {
  setClock('2026-03-11T02:00:00Z')
  t = await testApp()
  s = await t.inside((x) => seedMoney(x))
})

it('asks, flags, decides by another, pays by a third, into the book whose money it is', async () => {
  await expectRefused(t.as('manager')(spending.askSpending, { community_id: s.community_id, book: 'public_income', account_code: '600101', title: '错', supplier_name: '某', amount_fen: 1, reason: '科目不对' }), 'spending.account_unfit')
  await expectRefused(t.as('manager')(spending.askSpending, { community_id: s.community_id, book: 'fund', account_code: '640301', title: '屋面', supplier_name: '某', amount_fen: 1, reason: '不走维修资金程序' }), 'spending.fund_book')
  await t.as('finance')(spending.setBudget, { community_id: s.community_id, book: 'public_income', account_code: '640203', year: 2026, amount_fen: 50_000 })
  const one = await ask()
  expect(one.flags).toEqual([])
  const two = await ask({ amount_fen: 20_001 })
  expect(two.flags.map((f) => f.code)).toEqual(['over_budget', 'same_supplier_day'])
  await expectRefused(t.as('finance')(spending.paySpending, { spending_id: one.spending_id }), 'spending.not_approved')
  const rows = (await t.as('finance')(spending.requests, {})).rows
  const approval_id = rows.find((r) => r.spending_id === one.spending_id)!.approval_id!
  await t.as('finance')(system.decideApproval, { approval_id, decision: 'agree', step_no: 1 })
  const { journal_id } = await t.as('finance')(spending.paySpending, { spending_id: one.spending_id, reference: 'ZF001' })
  expect((await t.as('finance')(ledger.journal, { journal_id })).rows[0]!.book).toBe('public_income')
  expect([await balance('public_income', '640203'), await balance('public_income', '300101'), await balance('company', '1002'), await balance('company', '300102')]).toEqual([30_000, -30_000, -30_000, 30_000])
  await expectRefused(t.as('finance')(spending.paySpending, { spending_id: one.spending_id }), 'spending.not_approved')
  const [b] = (await t.as('finance')(spending.budgets, { community_id: s.community_id, year: 2026 })).rows
  expect(b).toMatchObject({ amount_fen: 50_000, used_fen: 30_000, waiting_fen: 20_001, left_fen: -1 })
  const refused = rows.find((r) => r.spending_id === two.spending_id)!.approval_id!
  await t.as('finance')(system.decideApproval, { approval_id: refused, decision: 'refuse', step_no: 1, note: '超预算' })
  expect((await t.as('finance')(spending.requests, { flagged: true })).rows.map((r) => r.state)).toEqual(['refused'])
  expect((await t.as('finance')(ledger.sweep, {})).ok).toBe(true)
  expect((await t.as('other_admin')(spending.requests, {})).rows).toEqual([])
  await expectRefused(t.as('cashier')(spending.askSpending, { community_id: s.community_id, book: 'company', account_code: '640107', title: 'x', supplier_name: 'x', amount_fen: 1, reason: '没有权限' }), 'kernel.forbidden')
})

it('every book that the form offers can be spent from, the maintenance fund is none of them', async () => {
  expect(SPENT_FROM).not.toContain('fund')
  for (const book of SPENT_FROM) {
    const account = (await t.as('manager')(ledger.accounts, { book })).rows.find((a) => a.kind === 'expense' && !a.disabled)
    await t.as('manager')(spending.askSpending, { community_id: s.community_id, book, account_code: account!.code, title: '试一笔', supplier_name: `供应商${book}`, amount_fen: 101, reason: '每个账簿各一笔' })
  }
})

it('takes rules as data', async () => {
  await t.as('finance')(spending.setFlagRule, { code: 'same_supplier_day', enabled: false })
  await t.as('finance')(spending.setFlagRule, { code: 'round_sum', enabled: true, limit_fen: 1000 })
  const f = await t.as('manager')(spending.checkSpending, { community_id: s.community_id, book: 'public_income', account_code: '640203', supplier_name: '永安工程', amount_fen: 3000 })
  expect(f.flags.map((x) => x.code)).toEqual(['round_sum'])
})

it('a budget\'s waiting sum is what its link lists: asked and approved of that book, account and time', async () => {
  const fin = t.as('finance')
  await fin(spending.setBudget, { community_id: s.community_id, book: 'public_income', account_code: '640203', year: 2026, amount_fen: 1_000_000 })
  await ask({ amount_fen: 12_345, supplier_name: '新工程队' })
  const [b] = (await fin(spending.budgets, { community_id: s.community_id, year: 2026 })).rows.filter((r) => r.account_code === '640203' && r.month_no === 0)
  const listed = await fin(spending.requests, { community_id: s.community_id, book: 'public_income', account_code: '640203', waiting: true, from_on: '2026-01-01', to_on: '2026-12-31' })
  expect(b!.waiting_fen).toBeGreaterThan(0)
  expect(listed.amount_fen_sum).toBe(b!.waiting_fen)
  expect((await fin(spending.requests, { community_id: s.community_id, account_code: '640203' })).amount_fen_sum).toBeGreaterThan(b!.waiting_fen)
})

it('records the common income with the agreed share, discloses what the books say, and keeps it', async () => {
  const i = await t.as('finance')(spending.recordIncome, { community_id: s.community_id, account_code: '600102', payer_name: '楼宇传媒', contract_no: 'GG-01', covers: '2026 年', amount_fen: 100_001, share_bp: 3000 })
  expect(i.share_fen).toBe(30_000)
  expect([await balance('public_income', '600102'), await balance('public_income', '640202'), await balance('company', '6051')]).toEqual([-100_001, 30_000, -30_000])
  const ask_for = { community_id: s.community_id, from_month: '2026-03', to_month: '2026-03' }
  const st = await t.as('finance')(spending.statement, ask_for)
  expect(st).toMatchObject({ opening_fen: 0, income_fen: 100_001, expense_fen: 60_000, closing_fen: 40_001 })
  await expectRefused(t.as('finance')(spending.publishStatement, ask_for), 'spending.month_not_over')
  await expectRefused(t.as('finance')(spending.reverseIncome, { income_id: i.income_id, reason: '录错金额' }), 'spending.same_person')
  setClock('2026-04-01T02:00:00Z')
  await t.app.d.pool.query(`update identity.session set seen_at = '2026-04-01T02:00:00Z', expires_at = '2026-04-02T02:00:00Z'`)
  await t.as('finance')(spending.publishStatement, { ...ask_for, note: '一季度' })
  await t.as('finance2')(spending.reverseIncome, { income_id: i.income_id, reason: '录错金额' })
  expect((await t.as('finance')(spending.statement, { ...ask_for, to_month: '2026-04' })).closing_fen).toBe(-30_000)
  const mine = await (await t.resident(s.houses[0]!.phone))(spending.myDisclosures, {})
  expect(mine.rows.map((d) => [d.from_month, d.figures.closing_fen, d.note])).toEqual([['2026-03', 40_001, '一季度']])
  // On paper, in Excel and on the screen the same figures.
  const sheet = async (call: Call, input: object): Promise<string[][]> => (await readSheets(((await (t.as('finance') as unknown as (c: Call, i: object) => Promise<unknown>)(call, input)) as { body: Buffer }).body, 'a.xlsx')).sheets[0]!.rows.map((r) => r.cells.map((c) => c.text))
  const paper = await sheet(spending.statementExcel, ask_for)
  expect(paper.slice(-5).map((r) => r.join('|').replace(/\|+$/, ''))).toEqual(['期初结余|||0', '广告收入|1000.01', '物业公司分成||300', '公共部位维修||300', '合计与期末结余|1000.01|600|400.01'])
  const income = await sheet(spending.incomesExcel, { community_id: s.community_id })
  expect([income.at(-2)!.slice(6, 11), income.at(-1)!.slice(6, 9)]).toEqual([['1000.01', '300', '700.01', expect.any(String), '已冲销'], ['0', '0', '0']])
  await expectRefused(t.as('other_admin')(spending.statementExcel, ask_for), 'kernel.not_found')
  const pdf = (await t.as('finance')(spending.statementPdf, ask_for)) as unknown as { body: Buffer }
  expect(pdf.body.subarray(0, 4).toString()).toBe('%PDF')
  expect((await t.as('finance')(ledger.sweep, {})).ok).toBe(true)
})

it('says what a book holds beside what is to go out of it: money it has or the company keeps for it, less what waits', async () => {
  const held = (book: 'company' | 'public_income') => t.as('manager')(spending.bookHeld, { community_id: s.community_id, book })
  const before = await held('public_income')
  const company = await held('company')
  await t.as('finance')(spending.recordIncome, { community_id: s.community_id, account_code: '600102', payer_name: '广告公司', amount_fen: 100_000, share_bp: 3000 })
  expect((await held('public_income')).held_fen).toBe(before.held_fen + 70_000)
  // What came in for the owners lies in the company's account, and is not the company's; its share is.
  expect((await held('company')).held_fen).toBe(company.held_fen + 30_000)
  const asked = await ask({ amount_fen: before.held_fen + 80_000, supplier_name: '超出公司' })
  expect((await held('public_income')).waiting_fen).toBe(before.waiting_fen + before.held_fen + 80_000)
  const approval_id = (await t.as('finance')(spending.requests, {})).rows.find((r) => r.spending_id === asked.spending_id)!.approval_id!
  expect((await t.as('finance')(system.approval, { approval_id })).facts).toContainEqual({ label: '账簿可用资金', value: `${yuan(fen(before.held_fen + 70_000))} 元,不足 100.00 元` })
  await expectRefused(t.as('other_admin')(spending.bookHeld, { community_id: s.community_id, book: 'company' }), 'kernel.not_found')
})
