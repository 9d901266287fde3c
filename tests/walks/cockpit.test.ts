// The board as a manager uses it: a number opens the orders it counts, a target turns a row red, a community stands alone, the wall shows it.
import { beforeAll, expect, test } from 'vitest'
import { orders } from '../../src/modules/orders/contract.ts'
import { expectAccessible, stage, type Stage } from './stage.ts'

let s: Stage
beforeAll(async () => {
  s = await stage({ at: '2026-06-15T02:00:00.000Z' })
  const { rows } = await s.t.as('service')(orders.categories, {})
  for (const words of ['灯不亮', '水管漏水']) await s.t.as('service')(orders.createOrder, { source: 'desk', community_id: s.w.community_id, house_id: s.w.houses['1-1-101']!, category_id: rows.find((c) => c.name === '水龙头、洁具')!.category_id, words })
}, 240_000)

test('a number opens its rows; a target turns the row red and stands in the list above', async () => {
  const page = await s.window({ width: 1440, token: s.t.tokens.get('manager')! })
  await page.goto(`${s.base}/admin/analytics/cockpit`)
  const line = page.getByRole('row', { name: /^完工率 报修/ })
  await line.getByText('0.00%').first().waitFor()
  await line.getByRole('link', { name: '2', exact: true }).click()
  await page.getByRole('heading', { name: '报修工单' }).waitFor()
  await page.getByText('共 2 条').waitFor()
  await page.goBack()
  await page.getByRole('button', { name: '完工率的目标', exact: true }).click()
  const drawer = page.getByRole('dialog', { name: '完工率的目标' })
  await drawer.getByLabel(/^目标/).fill('95')
  await drawer.getByLabel(/^预警线/).fill('98')
  await drawer.getByLabel(/^原因/).fill('年度责任书')
  await drawer.getByRole('button', { name: '保存' }).click()
  await drawer.getByText('预警线应不高于目标').first().waitFor()
  await drawer.getByLabel(/^预警线/).fill('80.5')
  await drawer.getByRole('button', { name: '保存' }).click()
  await page.getByText('1 项越过预警线').waitFor()
  await page.getByText('完工率 0.00%,预警线 80.50%').waitFor()
  await page.getByRole('row', { name: /^完工率 报修/ }).getByText('预警', { exact: true }).waitFor()
  await expectAccessible(page)
  await page.getByRole('row', { name: /^完工率 报修/ }).getByRole('button', { name: '走势' }).click()
  await page.getByRole('dialog', { name: '完工率 · 全部小区' }).getByRole('row', { name: /2026-06/ }).first().waitFor()
  expect(page.url()).toContain('code=order_done')
}, 240_000)
test('the wall and a phone', async () => {
  const wall = await s.window({ width: 1920, height: 1080, token: s.t.tokens.get('manager')! })
  await wall.goto(`${s.base}/admin/analytics/wall`)
  await wall.getByText('在办工单').first().waitFor()
  await wall.getByText('目标 95.00%').waitFor()
  await expectAccessible(wall)
  const phone = await s.window({ width: 390, height: 844, token: s.t.tokens.get('manager')! })
  await phone.goto(`${s.base}/admin/analytics/cockpit`)
  await phone.getByText('1 项越过预警线').waitFor()
  await expectAccessible(phone)
}, 240_000)
