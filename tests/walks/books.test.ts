// The books as an accountant and the second person press them: a month closed, opened again by two, an agreement in parts with one of two payers,
// a spending request that says beforehand what the approver will read. Nothing here depends on the hour: the stage has its own.
import { beforeAll, expect, test } from 'vitest'
import { billing } from '../../src/modules/billing/contract.ts'
import { closing } from '../../src/modules/closing/contract.ts'
import { ledger } from '../../src/modules/ledger/contract.ts'
import { spending } from '../../src/modules/spending/contract.ts'
import { expectAccessible, stage, tariff, type Stage } from './stage.ts'

let s: Stage
beforeAll(async () => {
  s = await stage({ at: '2026-05-20T02:00:00Z' })
  await s.t.app.d.pool.query(`update identity.session set expires_at = '2099-01-01'`)
  await tariff(s)
  const runs = async (period: string) => {
    const run = await s.t.as('cashier')(billing.createRun, { community_id: s.w.community_id, period, fee_item_ids: (await s.t.as('finance')(billing.feeItems, {})).rows.map((i) => i.fee_item_id) })
    await s.t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash })
  }
  await runs('2026-05')
  await s.itIs('2026-06-10T02:00:00Z')
}, 240_000)
const as = (who: string, width = 1440) => s.window({ width, token: s.t.tokens.get(who)! })

test('a closed month is opened again by two people, who see whose turn it is', async () => {
  const month = `${s.base}/admin/closing/periods/company/2026-05`
  const page = await as('finance')
  await page.goto(month)
  await page.getByRole('button', { name: '结账', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: '结账', exact: true }).click()
  await page.getByRole('button', { name: '申请反结账' }).click()
  const ask = page.getByRole('dialog')
  expect(await ask.getByRole('button', { name: '提交申请' }).isDisabled()).toBe(true)
  await ask.getByLabel('原因').fill('五月一笔收入记错科目')
  await ask.getByRole('button', { name: '提交申请' }).click()
  await page.getByText('待批准').waitFor()
  expect(await page.getByRole('button', { name: '批准', exact: true }).isDisabled()).toBe(true)
  const second = await as('finance2')
  await second.goto(`${s.base}/admin/`)
  await second.getByRole('link', { name: /待批准反结账/ }).click()
  await second.getByRole('link', { name: /公司账 2026-05/ }).click()
  // Refused with a word, asked again, approved after the consequence is read.
  await second.getByRole('button', { name: '驳回' }).click()
  await second.getByRole('dialog').getByLabel('驳回意见').fill('请附更正分录')
  await second.getByRole('dialog').getByRole('button', { name: '驳回' }).click()
  await second.getByText('请附更正分录').waitFor()
  const { closing: closed } = await s.t.as('finance')(closing.period, { book: 'company', month: '2026-05' })
  await s.t.as('finance')(closing.askReopening, { closing_id: closed!.closing_id, reason: '已附更正分录' })
  await second.reload()
  await second.getByRole('button', { name: '批准', exact: true }).click()
  await expectAccessible(second)
  await second.getByRole('dialog').getByRole('button', { name: '批准', exact: true }).click()
  await second.getByText('已重开').first().waitFor()
  expect((await s.t.as('finance')(ledger.closings, { book: 'company' })).rows.map((r) => r.live)).toEqual([false])
}, 180_000)

test('an agreement in parts is signed with one of the two who owe, and says what is left', async () => {
  const house_id = s.w.houses['1-1-101']!
  const { rows } = await s.t.as('finance')(billing.houseBills, { house_id, state: 'open' })
  const { bill_id, payer_id } = rows[0]!
  // A part of the bill goes over to the tenant: two people owe for one house.
  await s.t.as('finance')(billing.splitBill, { bill_id, by: 'share', parts: [{ payer_id, share: 2 }, { payer_id: s.w.persons['李四']!, share: 1 }], reason: '租户承担三分之一' })
  const page = await as('service', 390)
  await page.goto(`${s.base}/admin/property/houses/${house_id}?tab=bills`)
  await page.getByRole('button', { name: '签订分期' }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByLabel('与谁签订').waitFor()
  await drawer.getByRole('button', { name: '签订', exact: true }).click()
  await page.getByRole('heading', { name: /分期协议 分期-2026-0001/ }).waitFor()
  await page.getByText('还剩').waitFor()
  expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(true)
  expect((await s.t.as('finance')(billing.plans, {})).rows).toMatchObject([{ payer_name: '张三', settled_fen: 0 }])
}, 120_000)

test('a spending request offers no fund, shows the budget while it is written, and drops what it said of a field once that is filled', async () => {
  await s.t.as('finance')(spending.setBudget, { community_id: s.w.community_id, book: 'public_income', account_code: '640203', year: 2026, amount_fen: 100_000 })
  const page = await as('manager')
  await page.goto(`${s.base}/admin/spending/requests?book=company`)
  await page.getByRole('button', { name: '申请支出' }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('link', { name: '维修资金使用' }).waitFor()
  await drawer.getByRole('button', { name: '提交审批' }).click()
  await drawer.getByText('必填').first().waitFor()
  const wrong = await drawer.locator('.ant-form-item-explain-error').count()
  await drawer.getByLabel('事项').fill('单元门更换')
  await expect.poll(() => drawer.locator('.ant-form-item-explain-error').count()).toBe(wrong - 1)
  await drawer.getByLabel('用钱的账簿').click()
  const options = page.locator('.ant-select-dropdown:visible .ant-select-item-option')
  await options.filter({ hasText: '公共收益' }).waitFor()
  expect(await options.filter({ hasText: '维修资金' }).count()).toBe(0)
  await options.filter({ hasText: '公共收益' }).click()
  await drawer.getByLabel('科目').click()
  await options.filter({ hasText: '640203' }).click()
  await drawer.getByLabel('收款单位').fill('永安工程')
  await drawer.getByLabel('金额').fill('1500')
  await drawer.getByText(/将标为异常,提交后审批人可见:超预算/).waitFor()
  await drawer.getByLabel('理由').fill('三单元门锁损坏')
  await drawer.getByRole('button', { name: '提交审批' }).click()
  await drawer.waitFor({ state: 'hidden' })
  // The list behind kept its filter: the book of the form is another thing.
  expect(new URL(page.url()).searchParams.get('book')).toBe('company')
  expect((await s.t.as('finance')(spending.requests, {})).rows).toMatchObject([{ book: 'public_income', state: 'asked' }])
}, 120_000)
