// A repair from the resident's phone to his stars: reported, dispatched at the desk, done on the repairer's phone, rated.
import { beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { today } from '../../src/kernel/clock.ts'
import { orders } from '../../src/modules/orders/contract.ts'
import { PHONES } from '../tiny_world.ts'
import { codeSentTo, expectAccessible, sign, stage, type Stage } from './stage.ts'

let s: Stage
let worker: Awaited<ReturnType<Stage['t']['hire']>>
beforeAll(async () => {
  s = await stage()
  worker = await s.t.hire('repairer', { scope_kind: 'community', scope_ids: [s.w.community_id] })
  await s.t.app.d.pool.query('update identity.account set must_change = false')
}, 240_000)

const fits = async (page: Page): Promise<void> => expect(await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThan(2)

/** Accepts over a slow network: between the answer and the order read again the page must not fall back to before the step. */
async function stepHolds(staff: Page): Promise<void> {
  const url = '**/api/orders/order'
  await staff.route(url, async (route) => {
    await new Promise((done) => setTimeout(done, 1000))
    await route.continue()
  })
  let read_again = false
  await staff.getByRole('button', { name: '接单' }).click()
  await staff.getByRole('button', { name: '我已到场' }).waitFor()
  const answer = staff.waitForResponse((r) => r.url().endsWith('/api/orders/order')).then(() => (read_again = true))
  while (!read_again) expect(await staff.getByRole('button', { name: '接单' }).count()).toBe(0)
  await answer
  await staff.unroute(url)
}

test('reported by phone, given at the desk, done on the phone, rated', async () => {
  const phone = await s.window({ width: 390, height: 844, face: 'resident' })
  await phone.goto(`${s.base}/resident/`)
  await phone.getByLabel('手机号').fill(PHONES.张三)
  await phone.getByRole('button', { name: /获取验证码/ }).click()
  await phone.getByLabel('验证码').fill(await codeSentTo(s.t, PHONES.张三))
  await phone.getByRole('button', { name: '登录', exact: true }).click()
  await phone.getByRole('link', { name: '报修' }).click()
  await phone.getByRole('button', { name: '我要报修' }).click()
  await phone.getByRole('button', { name: '水龙头、洁具' }).click()
  await phone.getByLabel('哪里坏了').fill('厨房水龙头一直滴水')
  await fits(phone)
  await expectAccessible(phone)
  await phone.getByRole('button', { name: '提交报修' }).click()
  await phone.getByText('已受理,等待派单').waitFor()
  await expectAccessible(phone)

  const desk = await s.window({ width: 1440, token: s.t.tokens.get('service')! })
  await desk.goto(`${s.base}/admin/orders/list`)
  await desk.getByRole('link', { name: /^WX/ }).click()
  await desk.getByRole('button', { name: '派单' }).click()
  const order_id = /list\/([\w-]+)/.exec(desk.url())![1]!
  const { rows: people } = await s.t.as('service')(orders.candidates, { order_id })
  await desk.getByRole('dialog').getByText(people.find((x) => x.account_id === worker.account_id)!.name, { exact: true }).click()
  await desk.getByRole('dialog').getByRole('button', { name: /^派给/ }).click()
  await desk.getByText('待接单').first().waitFor()
  await expectAccessible(desk)

  const staff = await s.window({ width: 390, height: 844, face: 'staff', token: worker.token })
  await staff.goto(`${s.base}/staff/orders`)
  await staff.getByText('厨房水龙头一直滴水').click()
  await stepHolds(staff)
  await staff.getByRole('button', { name: '我已到场' }).click()
  await staff.getByRole('button', { name: '确认到场' }).click()
  await staff.getByRole('button', { name: '完工', exact: true }).click()
  await staff.getByLabel('怎样修好的').fill('更换阀芯')
  await staff.getByLabel('完工照片', { exact: true }).setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: PIXEL })
  await staff.getByAltText('照片 1').waitFor()
  await fits(staff)
  await expectAccessible(staff)
  await staff.getByRole('button', { name: '确认完工' }).click()
  await staff.getByText('待评价').first().waitFor()

  await phone.reload()
  await phone.getByText('更换阀芯').waitFor()
  await phone.getByRole('button', { name: '评价', exact: true }).click()
  await phone.getByRole('radio', { name: '4 分,满意' }).click()
  await phone.getByRole('button', { name: '提交评价' }).click()
  await phone.getByText('★★★★☆').waitFor()
  // The stars stand in the form too, before the answer.
  await expect.poll(async () => (await s.t.as('service')(orders.order, { order_id })).state, { timeout: 120_000 }).toBe('closed')
  const { steps, ...done } = await s.t.as('service')(orders.order, { order_id })
  expect(done).toMatchObject({ state: 'closed', rating: 4 })
  expect(steps.find((x) => x.action === 'finish')?.photo_ids).toHaveLength(1)
}, 400_000)

test('paid service: quoted on the repairer’s phone, signed on the resident’s, billed when done', async () => {
  const admin = s.t.as('admin')
  const { item_id } = await admin(orders.saveServiceItem, { kind: 'material', name: '三角阀', unit: '个', note: null, sort_no: 1, retired: false })
  await admin(orders.publishServicePrice, { item_id, community_id: null, from_on: today(), unit_price: '18' })
  // He has just been sent a code by the page.
  await s.t.app.d.pool.query(`update identity.code set created_at = created_at - interval '2 minutes'`)
  const zhang = await s.t.resident(PHONES.张三)
  const category_id = (await zhang(orders.categories, {})).rows.find((k) => k.name === '水龙头、洁具')!.category_id
  const { order_id } = await zhang(orders.report, { house_id: s.w.houses['1-1-101']!, category_id, words: '三角阀锈死' })
  await s.t.as('service')(orders.assignOrder, { order_id, account_id: worker.account_id })
  await worker(orders.acceptOrder, { order_id })

  const staff = await s.window({ width: 390, height: 844, face: 'staff', token: worker.token })
  await staff.goto(`${s.base}/staff/orders/${order_id}`)
  await staff.getByRole('link', { name: '报价', exact: true }).click()
  await staff.getByRole('button', { name: '从价目选择' }).click()
  await staff.getByRole('list', { name: '价目' }).getByText('三角阀').click()
  await staff.getByRole('button', { name: '关闭' }).click()
  await staff.getByLabel('三角阀 数量').fill('2')
  await fits(staff)
  await expectAccessible(staff)
  await staff.getByRole('button', { name: '发到业户手机上签' }).click()
  await staff.getByText('待签字').waitFor()

  const phone = await s.window({ width: 390, height: 844, face: 'resident', token: zhang.token })
  await phone.goto(`${s.base}/resident/orders/${order_id}`)
  await phone.getByRole('button', { name: '同意并签字' }).click()
  await sign(phone)
  await expectAccessible(phone)
  await phone.getByRole('button', { name: '同意并提交' }).click()
  await phone.getByText('已同意', { exact: true }).waitFor()

  await staff.reload()
  await staff.getByText('已同意', { exact: true }).waitFor()
  await staff.getByRole('button', { name: '我已到场' }).click()
  await staff.getByRole('button', { name: '确认到场' }).click()
  await staff.getByRole('button', { name: '完工', exact: true }).click()
  await staff.getByLabel('怎样修好的').fill('换了两个三角阀')
  await staff.getByRole('button', { name: '确认完工' }).click()
  await staff.getByText('已出账', { exact: true }).waitFor()
  await phone.reload()
  await phone.getByRole('link', { name: '查看账单' }).click()
  await phone.getByText(/三角阀 2 个 × 18 元 = 36.00 元/).first().waitFor()

  const desk = await s.window({ width: 1440, token: s.t.tokens.get('service')! })
  await desk.goto(`${s.base}/admin/orders/list/${order_id}`)
  await desk.getByRole('region', { name: '有偿服务' }).getByText('合计 36.00 元').waitFor()
  await expectAccessible(desk)
}, 400_000)

/** One pixel. */
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
