// The main job in a browser: a draft run by one person, published by another, paid at the desk by keyboard alone, and by phone.
import { beforeAll, expect, test } from 'vitest'
import { billing } from '../../src/modules/billing/contract.ts'
import { ledger } from '../../src/modules/ledger/contract.ts'
import { payment } from '../../src/modules/payment/contract.ts'
import { PHONES } from '../tiny_world.ts'
import { codeSentTo, expectAccessible, stage, tariff, type Stage } from './stage.ts'

let s: Stage
beforeAll(async () => {
  s = await stage()
  await tariff(s)
}, 240_000)

test('a fee item is made on the screen, its rare fields closed and its code left to the product', async () => {
  const page = await s.window({ width: 1440, token: s.t.tokens.get('finance')! })
  await page.goto(`${s.base}/admin/billing/items`)
  await page.getByRole('button', { name: '新增收费项目' }).first().click()
  const drawer = page.getByRole('dialog')
  await drawer.getByLabel('名称').fill('车位服务费')
  expect(await drawer.getByLabel('代码').isVisible()).toBe(false)
  await drawer.getByLabel('计价方式').click()
  await page.getByTitle('按数量').click()
  // The unit follows the way of pricing.
  expect(await drawer.getByLabel('单价单位').inputValue()).toBe('元/个·月')
  await expectAccessible(page)
  await drawer.getByText('更多设置').click()
  // What is wrong in the closed part opens it.
  await drawer.getByLabel('到期天数').fill('')
  await drawer.getByText('更多设置').click()
  await drawer.getByRole('button', { name: '保存' }).click()
  await drawer.getByText('必填').waitFor()
  await drawer.getByLabel('到期天数').fill('15')
  await drawer.getByRole('button', { name: '保存' }).click()
  // Its own page follows, where it gets its price.
  await page.getByRole('heading', { name: '车位服务费' }).waitFor()
  const { rows } = await s.t.as('finance')(billing.feeItems, {})
  const made = rows.find((r) => r.name === '车位服务费')!
  expect(made).toMatchObject({ code: 'CWFWF', shape: 'quantity', unit_name: '元/个·月', due_days: 15, area_kind: null, season_from: null })
  await s.t.as('finance')(billing.setFeeItemDisabled, { fee_item_id: made.fee_item_id, disabled: true })
}, 120_000)

test('a run is drafted by the cashier and published by the manager', async () => {
  const page = await s.window({ width: 1440, token: s.t.tokens.get('finance')! })
  await page.goto(`${s.base}/admin/billing/runs`)
  await page.getByRole('button', { name: '新建出账' }).first().click()
  const drawer = page.getByRole('dialog')
  await drawer.getByText('物业服务费').first().waitFor()
  await drawer.getByRole('button', { name: '试算' }).click()
  await page.getByRole('heading', { name: /出账/ }).waitFor()
  await page.getByText('物业服务费').first().waitFor()
  // The one who drafted cannot publish, and the screen says why.
  expect(await page.getByRole('button', { name: '发布' }).isDisabled()).toBe(true)
  const second = await s.window({ width: 1440, token: s.t.tokens.get('manager')! })
  await second.goto(page.url())
  await second.getByRole('button', { name: '发布' }).click()
  await second.getByRole('dialog').getByRole('button', { name: '发布' }).click()
  await second.getByText('已发布').first().waitFor()
  const { totals } = await s.t.as('manager')(billing.bills, { page: 1, with_totals: true })
  expect(totals?.count).toBeGreaterThan(5)
  await expectAccessible(second)
}, 120_000)

test('houses paid together are found by keyboard, from the empty page on', async () => {
  const page = await s.window({ width: 1440, token: s.t.tokens.get('cashier')! })
  await page.goto(`${s.base}/admin/payment/merge`)
  await page.getByRole('heading', { name: '合并收款' }).waitFor()
  for (const [i, house] of ['1-1-101', '1-1-102'].entries()) {
    await page.keyboard.press('F2')
    await page.keyboard.type(house)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: '移出' }).nth(i).waitFor()
  }
  await expectAccessible(page)
}, 120_000)

test('the cashier takes cash by keyboard alone, and the receipt follows', async () => {
  const page = await s.window({ width: 1440, token: s.t.tokens.get('cashier')! })
  await page.goto(`${s.base}/admin/payment/desk`)
  await page.getByRole('heading', { name: '收费台' }).waitFor()
  await page.keyboard.press('F2')
  // Quicker than the answer: what stands in the box when Enter is pressed is opened, never what was found for the letters before.
  await page.keyboard.type('1-1-102')
  await page.getByText('王五').first().waitFor()
  await page.keyboard.press('Backspace')
  await page.keyboard.type('1')
  await page.keyboard.press('Enter')
  await page.getByText('98.50').first().waitFor()
  await page.getByText('= 118.20 元').first().waitFor()
  // The hand is at the first line: unticked and ticked again by the space bar.
  await page.keyboard.press('Space')
  await page.getByText('请勾选账单').waitFor()
  await page.keyboard.press('Space')
  await page.keyboard.press('F4')
  await page.keyboard.type('200')
  await page.getByText('81.80').first().waitFor() // change due: 200.00 − 118.20
  await expectAccessible(page)
  await page.keyboard.press('F9')
  await page.getByText(/已收款,收据/).waitFor()
  const { rows } = await s.t.as('manager')(payment.payments, { page: 1, house_id: s.w.houses['1-1-101']! })
  expect(rows).toHaveLength(1)
  expect(rows[0]).toMatchObject({ total_fen: 11_820, change_fen: 8_180, applied_fen: 11_820 })
}, 120_000)

test('a resident pays by phone in three taps and sees the receipt', async () => {
  const page = await s.window({ width: 390, height: 844, face: 'resident' })
  await page.goto(`${s.base}/resident/`)
  await page.getByLabel('手机号').fill(PHONES.王五)
  await page.getByRole('button', { name: /获取验证码/ }).click()
  const code = await codeSentTo(s.t, PHONES.王五)
  await page.getByLabel('验证码').fill(code)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await page.getByText('91.44').first().waitFor() // 76.20 m² × 1.2
  await expectAccessible(page)
  await page.getByText('去缴费').first().click()
  await page.getByRole('button', { name: /确认支付/ }).click()
  await page.getByRole('button', { name: '确认支付' }).click() // on the page of the simulated gateway
  await page.getByText('支付成功').first().waitFor()
  const { rows } = await s.t.as('manager')(payment.payments, { page: 1, house_id: s.w.houses['1-1-102']! })
  expect(rows[0]).toMatchObject({ total_fen: 9_144, source: 'online' })
}, 180_000)

test('afterwards the books agree', async () => {
  const l = await s.t.as('finance')(ledger.sweep, {})
  const b = await s.t.as('finance')(billing.sweep, {})
  expect([...l.checks, ...b.checks].filter((c) => !c.ok)).toEqual([])
})
