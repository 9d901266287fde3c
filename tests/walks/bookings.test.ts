// Shared places as people press them: a resident books and pays on the phone and is let in by his code, one does not come, one cancels too late and sees what
// he still owes, the desk books for a household, and the day's board is printed. The stage has its own hour.
import { beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { bookings } from '../../src/modules/bookings/contract.ts'
import { FRIDAY, NOW, hour, placeOf } from '../bookings_kit.ts'
import { pdfText } from '../pdf_text.ts'
import { PHONES } from '../tiny_world.ts'
import { until } from '../until.ts'
import { lasting } from '../votes_kit.ts'
import { expectAccessible, stage, type Stage } from './stage.ts'

let s: Stage
let guard: Awaited<ReturnType<Stage['t']['hire']>>
const phones: Record<string, string> = {}
beforeAll(async () => {
  s = await stage({ at: NOW })
  guard = await s.t.hire('guard', { scope_kind: 'community', scope_ids: [s.w.community_id] })
  await s.t.app.d.pool.query('update identity.account set must_change = false')
  await placeOf(s.t, s.w.community_id, { name: '羽毛球馆', unit_count: 2, slot_fen: 2000 })
  await placeOf(s.t, s.w.community_id, { name: '会议室', slot_fen: 3000, pay_within_min: 30 })
  for (const name of ['张三', '王五', '孙七'] as const) phones[name] = (await s.t.resident(PHONES[name])).token
  await lasting(s.t)
}, 240_000)
const fits = async (page: Page): Promise<void> => expect(await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThan(2)
const desk = (width = 1440) => s.window({ width, token: s.t.tokens.get('service')! })
/** The hours of Friday at a place, on the phone of a household. */
async function hoursOf(name: string, place: string): Promise<Page> {
  const page = await s.window({ width: 390, height: 844, face: 'resident', token: phones[name]! })
  // A slow network: what is pressed at once after another day was chosen is of that day.
  await page.route('**/api/bookings/placeDay', async (r) => { await new Promise((done) => setTimeout(done, 1500)); await r.continue() })
  await page.goto(`${s.base}/resident/bookings`)
  await page.getByText(place).click()
  await page.getByRole('group', { name: '日期' }).getByRole('button', { name: /明天/ }).click()
  await page.getByRole('group', { name: '时段' }).getByRole('button').first().waitFor()
  return page
}
async function book(name: string, place: string, time: string): Promise<Page> {
  const page = await hoursOf(name, place)
  await page.getByRole('group', { name: '时段' }).getByRole('button', { name: new RegExp(`^${time}`) }).click()
  await page.getByText('合计').waitFor()
  await fits(page)
  await page.getByRole('button', { name: `预约 ${time}` }).click()
  await page.getByRole('region', { name: new RegExp(`^${place}`) }).waitFor()
  return page
}
const rowsOf = async (q: string) => (await s.t.as('service')(bookings.bookings, { q })).rows

test('a resident books by phone, pays, and only then has the room', async () => {
  const page = await book('张三', '会议室', '19:00')
  const mine = page.getByRole('region', { name: /^会议室/ })
  await mine.getByText('待付款').waitFor()
  await mine.getByText(/2026-03-06 19:00 至/).waitFor()
  await mine.getByText('最迟付款').waitFor()
  await fits(page)
  await expectAccessible(page)
  // Who would have the same hour meanwhile sees that it is taken.
  expect(await (await hoursOf('王五', '会议室')).getByRole('button', { name: /^19:00.*约满/ }).isDisabled()).toBe(true)
  await mine.getByRole('button', { name: '去付款' }).click()
  await page.getByText('30.00').first().waitFor()
  await page.getByRole('button', { name: /确认支付/ }).click()
  await page.getByRole('button', { name: '确认支付' }).click() // on the page of the simulated gateway
  await page.getByText('支付成功').first().waitFor()
  await s.t.drain()
  await page.getByText('返回我的预约').click()
  await mine.getByText('已预约').waitFor()
  await mine.getByText('签到码').waitFor()
  expect(await mine.getByRole('button', { name: '去付款' }).count()).toBe(0)
}, 240_000)

test('the desk books for a household from the board and sees what it costs before', async () => {
  for (const name of ['王五', '孙七']) await book(name, '羽毛球馆', name === '王五' ? '19:00' : '20:00')
  const page = await desk()
  await page.goto(`${s.base}/admin/bookings/board`)
  await page.getByRole('button', { name: '后一天' }).click()
  await page.getByText(`${FRIDAY} 星期五`).waitFor()
  await page.getByRole('button', { name: /^羽毛球馆 19:00 余 1/ }).click()
  const drawer = page.getByRole('dialog', { name: '代业户预约' })
  await drawer.getByText('费用 20.00 元').waitFor()
  expect(await drawer.getByRole('button', { name: '预约', exact: true }).isDisabled()).toBe(true)
  await drawer.getByLabel('房产').fill('2-1-101')
  await page.locator('.ant-select-item-option:visible').filter({ hasText: '2-1-101' }).click()
  await drawer.getByLabel('联系人').fill('周八')
  await expectAccessible(page)
  await drawer.getByRole('button', { name: '预约', exact: true }).click()
  await page.getByText(/已预约,.*账单已出/).waitFor()
  await drawer.waitFor({ state: 'detached' })
  await page.getByRole('link', { name: '2-1-101' }).waitFor()
  // Both units are gone now.
  await page.getByRole('button', { name: /^羽毛球馆 19:00 约满/ }).waitFor()
  await expectAccessible(page)
}, 240_000)

test('who cancels too late reads before what it costs, and afterwards what remains to be paid', async () => {
  await s.itIs(hour(FRIDAY, 10))
  const page = await s.window({ width: 390, height: 844, face: 'resident', token: phones['孙七']! })
  await page.goto(`${s.base}/resident/bookings/mine`)
  const mine = page.getByRole('region', { name: /^羽毛球馆/ })
  await mine.getByText('20.00', { exact: false }).first().waitFor()
  await mine.getByRole('button', { name: '取消预约' }).click()
  const ask = page.getByRole('dialog')
  await ask.getByText(/已过免费取消时间,将收取 ¥?10\.00/).waitFor()
  await ask.getByRole('button', { name: '取消预约' }).click()
  await mine.getByText('已取消').waitFor()
  await mine.getByText('待缴').waitFor()
  await mine.getByText(/^¥?10\.00$/).waitFor()
  await fits(page)
  await expectAccessible(page)
  // And pays that.
  await mine.getByRole('button', { name: '去付款' }).click()
  await page.getByText('¥10.00').first().waitFor()
  await page.getByRole('button', { name: /确认支付/ }).click()
  await page.getByRole('button', { name: '确认支付' }).click()
  await page.getByText('支付成功').first().waitFor()
  await s.t.drain()
  expect((await rowsOf('1-1-201'))[0]).toMatchObject({ state: 'cancelled', paid_fen: 1000, open_fen: 0 })
}, 240_000)

test('the board of the day is printed with rooms and no names', async () => {
  const page = await desk()
  await page.goto(`${s.base}/admin/bookings/board`)
  const href = await page.getByRole('link', { name: '打印张贴' }).getAttribute('href')
  const file = await page.context().request.get(new URL(href!, s.base).href)
  expect([file.status(), file.headers()['content-type']]).toEqual([200, 'application/pdf'])
  const text = pdfText(await file.body())
  for (const x of ['会议室', '羽毛球馆', '19:00', '1-1-101', '1-1-102', '2-1-101']) expect(text).toContain(x)
  for (const x of ['张三', '王五', '周八', '1-1-201', PHONES.张三]) expect(text).not.toContain(x)
}, 120_000)

test('one is let in by his code at the door, one by his code at the desk, and who does not come is written down', async () => {
  const at = hour(FRIDAY, 18)
  await s.itIs(at)
  const codeOf = async (house: string): Promise<string> => (await s.t.as('service')(bookings.booking, { booking_id: (await rowsOf(house))[0]!.booking_id })).code!
  const door = await s.window({ width: 390, height: 844, face: 'staff', token: guard.token })
  await door.goto(`${s.base}/staff/`)
  await door.getByText('预约签到').click()
  await door.getByLabel('签到码、预约号或房号').fill(await codeOf('1-1-101'))
  await door.getByRole('button', { name: '查找' }).click()
  const found = door.getByRole('region', { name: (await rowsOf('1-1-101'))[0]!.no })
  // An hour before it is too early, and the button says so.
  expect(await found.getByRole('button', { name: /从 2026-03-06 19:00 开始,现在还早/ }).isDisabled()).toBe(true)
  await s.itIs('2026-03-06T10:40:00.000Z')
  await door.reload()
  await door.getByLabel('签到码、预约号或房号').fill(await codeOf('1-1-101'))
  await door.getByRole('button', { name: '查找' }).click()
  await fits(door)
  await expectAccessible(door)
  await found.getByRole('button', { name: '签到' }).click()
  await found.getByText('已签到').waitFor()

  await s.itIs('2026-03-06T11:10:00.000Z')
  const page = await desk(390)
  await page.goto(`${s.base}/admin/bookings/list?q=${await codeOf('2-1-101')}`)
  await page.getByRole('link', { name: (await rowsOf('2-1-101'))[0]!.no }).click()
  await page.getByRole('button', { name: '签到' }).click()
  await page.getByText('已签到').first().waitFor()
  await fits(page)
  await page.goto(`${s.base}/admin/bookings/list/${(await rowsOf('1-1-102'))[0]!.booking_id}`)
  await page.getByRole('button', { name: '登记未到' }).click()
  await page.getByRole('dialog').getByLabel('说明').fill('到时没有人')
  await page.getByRole('dialog').getByRole('button', { name: '确定' }).click()
  await page.getByText('未到', { exact: true }).first().waitFor()
  await page.getByRole('tab', { name: '经过' }).click()
  await page.getByText('到时没有人').first().waitFor()
  await expectAccessible(page)
  await until(async () => (await rowsOf('1-1-102'))[0]?.state === 'no_show')
  // The fee of who did not come stays owed; the books of bookings agree.
  expect((await rowsOf('1-1-102'))[0]).toMatchObject({ state: 'no_show', open_fen: 2000 })
  expect((await rowsOf('2-1-101'))[0]).toMatchObject({ state: 'used' })
}, 240_000)
