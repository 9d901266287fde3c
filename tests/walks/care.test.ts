// A complaint from the resident's phone to the return visit: brought, accepted and answered on the handler's phone, asked at the desk; and one that
// has no name, followed by its code.
import { beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { care } from '../../src/modules/care/contract.ts'
import { PHONES } from '../tiny_world.ts'
import { expectAccessible, stage, type Stage } from './stage.ts'

let s: Stage
let handler: Awaited<ReturnType<Stage['t']['hire']>>
let zhang: Awaited<ReturnType<Stage['t']['resident']>>
beforeAll(async () => {
  s = await stage()
  handler = await s.t.hire('foreman', { scope_kind: 'community', scope_ids: [s.w.community_id] })
  zhang = await s.t.resident(PHONES.张三)
  await s.t.app.d.pool.query('update identity.account set must_change = false')
}, 240_000)

const fits = async (page: Page): Promise<void> => expect(await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThan(2)
const row = async (no: RegExp) => (await s.t.as('service')(care.complaints, {})).rows.find((r) => no.test(r.kind))

test('brought on the phone, handled on the phone, asked at the desk', async () => {
  const phone = await s.window({ width: 390, height: 844, face: 'resident', token: zhang.token })
  await phone.goto(`${s.base}/resident/`)
  await phone.getByRole('link', { name: '投诉建议' }).click()
  await phone.getByRole('button', { name: '我要反映' }).click()
  await phone.getByRole('button', { name: '环境卫生' }).click()
  await phone.getByLabel('情况').fill('垃圾桶满了三天没有清')
  await fits(phone)
  await expectAccessible(phone)
  await phone.getByRole('button', { name: '提交', exact: true }).click()
  await phone.getByText('已提交,等待受理').waitFor()
  await expectAccessible(phone)

  const staff = await s.window({ width: 390, height: 844, face: 'staff', token: handler.token })
  await staff.goto(`${s.base}/staff/care?box=open`)
  await staff.getByText('垃圾桶满了三天没有清').waitFor()
  await fits(staff)
  await expectAccessible(staff)
  await staff.getByRole('button', { name: '受理', exact: true }).click()
  await staff.getByRole('button', { name: '答复', exact: true }).click()
  await staff.getByRole('textbox', { name: '答复' }).fill('已加派保洁,每天清两次')
  await staff.getByLabel('原因').selectOption({ label: '处理不及时' })
  await expectAccessible(staff)
  await staff.getByRole('button', { name: '答复业户' }).click()
  await staff.getByRole('region', { name: '答复业户' }).waitFor({ state: 'detached' }).catch(() => undefined)
  await expect.poll(async () => (await row(/环境卫生/))?.state, { timeout: 30_000 }).toBe('answered')

  const desk = await s.window({ width: 1440, token: s.t.tokens.get('service')! })
  await desk.goto(`${s.base}/admin/care/complaints?fact=visit_waiting`)
  await expectAccessible(desk)
  await desk.getByRole('link', { name: /^TS/ }).click()
  await desk.getByRole('region', { name: '答复' }).getByText('已加派保洁').waitFor()
  await fits(desk)
  await expectAccessible(desk)
  await desk.getByRole('button', { name: '回访', exact: true }).click()
  const form = desk.getByRole('dialog')
  await form.getByRole('combobox', { name: '满意程度' }).click()
  await desk.getByTitle('5 分 非常满意').click()
  await form.getByRole('button', { name: '保存' }).click()
  await form.waitFor({ state: 'hidden' })
  await expect.poll(async () => (await row(/环境卫生/))?.state, { timeout: 30_000 }).toBe('closed')
  await desk.getByText('已办结').first().waitFor()

  await phone.reload()
  await phone.getByRole('region', { name: '物业答复' }).getByText('已加派保洁,每天清两次').waitFor()
  await phone.getByRole('button', { name: '不满意,重新处理' }).waitFor()
}, 400_000)

test('without a name: the code is shown once, and whoever has it follows', async () => {
  const phone = await s.window({ width: 390, height: 844, face: 'resident', token: zhang.token })
  await phone.goto(`${s.base}/resident/care/new`)
  await phone.getByRole('button', { name: '服务态度' }).click()
  await phone.getByLabel('情况').fill('夜班岗亭里睡觉')
  await phone.getByRole('switch', { name: '匿名提交' }).click()
  await phone.getByRole('button', { name: '匿名提交' }).click()
  const code = phone.getByRole('region', { name: '查询码' }).locator('.cr-token')
  await code.waitFor()
  await fits(phone)
  await expectAccessible(phone)
  const query_token = (await code.innerText()).replaceAll(' ', '')
  expect(query_token).toMatch(/^[2-9A-HJ-NP-Z]{12}$/)
  const made = (await row(/服务态度/))!
  expect(made).toMatchObject({ unnamed: true, reporter_name: null })
  await s.t.as('service')(care.acceptComplaint, { complaint_id: made.complaint_id })

  await phone.goto(`${s.base}/resident/care/unnamed`)
  await phone.getByLabel('查询码').fill(query_token.toLowerCase())
  await phone.getByRole('button', { name: '查询', exact: true }).click()
  await phone.getByText('正在处理').first().waitFor()
  await expectAccessible(phone)
  await phone.getByRole('button', { name: '补充说明' }).click()
  await phone.getByRole('textbox', { name: '补充说明' }).fill('前天也是')
  await phone.getByRole('dialog').getByRole('button', { name: '提交' }).click()
  await phone.getByRole('list', { name: '进度' }).getByText('前天也是').waitFor()

  const desk = await s.window({ width: 1440, token: s.t.tokens.get('service')! })
  await desk.goto(`${s.base}/admin/care/complaints/${made.complaint_id}`)
  await desk.getByText('匿名业户').first().waitFor()
  await expect.poll(() => desk.getByText('张三').count(), { timeout: 10_000 }).toBe(0)
}, 300_000)
