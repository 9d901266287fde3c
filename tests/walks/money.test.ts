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
  await s.t.as('admin')(payment.saveIssuer, { name: '模拟开票', seller_name: '安居物业', seller_tax_no: '91610000000000000X', simulated: true, config: { base_url: 'http://127.0.0.1:9', app_key: 'heyuan-sample', secret: 'not asked in this walk' } })
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
  await page.getByRole('link', { name: '查看收据(PDF)' }).waitFor()
  // An invoice of it: the sheet opens, with both kinds of title within reach.
  await page.goto(`${s.base}/resident/invoices`)
  await page.getByRole('button', { name: '申请开票' }).click()
  await page.getByLabel('抬头', { exact: true }).fill('王五')
  await page.getByRole('button', { name: '单位', exact: true }).click()
  await page.getByLabel('纳税人识别号').waitFor()
  const { rows } = await s.t.as('manager')(payment.payments, { page: 1, house_id: s.w.houses['1-1-102']! })
  expect(rows[0]).toMatchObject({ total_fen: 9_144, source: 'online' })
}, 180_000)

/** Another person decides what waits for him, from the approval centre on. */
async function agreeTo(what: RegExp): Promise<void> {
  const page = await s.window({ width: 390, height: 844, token: s.t.tokens.get('finance')! })
  await page.goto(`${s.base}/admin/system/approvals`)
  await page.getByRole('link', { name: what }).click()
  await page.getByRole('button', { name: '同意' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '同意' }).click()
  await page.getByText('已通过').first().waitFor()
}

test('a drawer that is short closes with a reason and a second person, and its entries lead to their papers', async () => {
  const page = await s.window({ width: 1440, token: s.t.tokens.get('cashier')! })
  await page.goto(`${s.base}/admin/payment/shift`)
  await page.getByLabel('备用金').fill('200')
  await page.keyboard.press('Enter')
  await page.getByLabel('100 元 张数').waitFor()
  const paid = await s.t.as('cashier')(payment.takePayment, { house_id: s.w.houses['1-1-201']!, prepay_fen: 10_000, tenders: [{ method: 'cash', amount_fen: 10_000 }] })
  await page.reload()
  await page.getByLabel('100 元 张数').fill('2')
  await page.getByLabel('50 元 张数').fill('1')
  await page.getByLabel('20 元 张数').fill('2')
  // Nothing of the sums beside the counting is cut off.
  expect(await page.locator('.sh-cols .ant-table-content, .sh-cols .ant-table-body').evaluateAll((all) => all.filter((e) => e.scrollWidth > e.clientWidth + 1).length)).toBe(0)
  const close = async () => {
    await page.getByRole('button', { name: '交班' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '交班' }).click()
    // Gone for good, or its button is taken for the one beneath.
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
  await close()
  await page.getByRole('alert').getByText('请填写差额原因后再交班').waitFor()
  await page.getByLabel('差额原因').fill('找零多付')
  await close()
  await page.getByText(/短款 10\.00 元,等待审批/).waitFor()
  await agreeTo(/短款 10\.00 元/)
  await page.getByRole('link', { name: '查看班次' }).click()
  const row = page.getByRole('row').filter({ hasText: paid.receipt_no })
  await row.getByText(/^\d{4}-\d\d-\d\d \d\d:\d\d$/).waitFor()
  await page.getByText('已交班').first().waitFor()
  await expectAccessible(page)
  await row.getByRole('link', { name: paid.receipt_no }).click()
  await page.getByRole('heading', { name: `收据 ${paid.receipt_no}` }).waitFor()
}, 120_000)

test('money goes back in parts: each agreed by another, the next bounded by what is left, nothing after the last', async () => {
  const paid = await s.t.as('cashier')(payment.takePayment, { house_id: s.w.houses['1-1-201']!, prepay_fen: 10_000, tenders: [{ method: 'card', amount_fen: 10_000 }] })
  const page = await s.window({ width: 390, height: 844, token: s.t.tokens.get('cashier')! })
  const ask = async (yuan: string) => {
    await page.goto(`${s.base}/admin/payment/payments/${paid.payment_id}`)
    await page.getByRole('button', { name: '申请退款' }).click()
    const drawer = page.getByRole('dialog')
    await drawer.getByLabel('退预存').fill(yuan)
    await drawer.getByLabel('退款原因').fill('重复缴费')
    await drawer.getByRole('button', { name: '提交申请' }).click()
    return drawer
  }
  await ask('40')
  await page.getByRole('link', { name: /已退 0\.00,退款中 40\.00/ }).waitFor()
  await agreeTo(/退款 1-1-201 .* 40\.00 元/)
  await page.getByRole('link', { name: /退款中 40\.00/ }).click()
  await page.getByRole('link', { name: /^TK/ }).click()
  await page.getByRole('button', { name: '付出' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '确认已付出' }).click()
  await page.getByText('已退', { exact: true }).first().waitFor()
  const drawer = await ask('70')
  await drawer.getByRole('alert').getByText(/60\.00/).waitFor()
  await drawer.getByLabel('退预存').fill('60')
  await drawer.getByRole('button', { name: '提交申请' }).click()
  await page.getByRole('link', { name: /已退 40\.00,退款中 60\.00/ }).waitFor()
  const none = page.getByRole('button', { name: '申请退款' })
  expect(await none.isDisabled()).toBe(true)
  expect(await none.getAttribute('aria-description')).toContain('没有可退的钱了')
}, 120_000)

test('afterwards the books agree', async () => {
  const l = await s.t.as('finance')(ledger.sweep, {})
  const b = await s.t.as('finance')(billing.sweep, {})
  expect([...l.checks, ...b.checks].filter((c) => !c.ok)).toEqual([])
})
