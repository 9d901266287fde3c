// A guard's night round underground: the phone in flight mode, three stops, one of them wet; the tab is killed half way. In the morning everything goes
// up once, the leak is a repair order with its photo, and whoever is in charge sees who stood where when.
import { beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { orders } from '../../src/modules/orders/contract.ts'
import { rounds } from '../../src/modules/rounds/contract.ts'
import { expectAccessible, stage, type Stage } from './stage.ts'

let s: Stage
let guard: Awaited<ReturnType<Stage['t']['hire']>>
let head: typeof guard
let codes: string[]
const DAY = '2026-11-26'
const PLACES = ['车库东口', '配电间', '水泵房']
beforeAll(async () => {
  // In the middle of a day: a round that is walked across midnight is another day's.
  s = await stage({ at: `${DAY}T02:00:00Z` })
  const { community_id } = s.w
  const here = { scope_kind: 'community' as const, scope_ids: [community_id] }
  guard = await s.t.hire('guard', here)
  head = await s.t.hire('guard_head', here)
  await s.t.app.d.pool.query('update identity.account set must_change = false')
  const admin = s.t.as('admin')
  const kind_id = (await admin(rounds.kinds, {})).rows.find((k) => k.code === 'patrol')!.kind_id
  const { checklist_id } = await admin(rounds.saveChecklist, { kind_id, name: '夜巡', retired: false, items: [{ item_id: 'dry', text: '无渗漏积水', answer: 'tick', choices: [], low: null, high: null, unit: null, photo: 'bad', points: 5 }, { item_id: 'level', text: '水位', answer: 'number', choices: [], low: '0', high: '30', unit: 'cm', photo: 'no', points: 5 }] })
  const points = []
  for (const name of PLACES) points.push(await head(rounds.savePoint, { community_id, building_id: null, name, place: '负一层', proof: 'scan', nfc_id: null, retired: false }))
  codes = points.map((p) => p.code)
  const { route_id } = await head(rounds.saveRoute, { community_id, name: '地下夜巡线', ordered: true, retired: false, stops: points.map((p) => ({ point_id: p.point_id, checklist_id, travel_seconds: 0 })) })
  const { crew_id } = await head(rounds.saveCrew, { community_id, name: '夜班', account_ids: [guard.account_id], retired: false })
  const { plan_id } = await head(rounds.savePlan, { community_id, kind_id, name: '地下车库夜巡', route_id, checklist_id: null, crew_id, rule: { kind: 'daily', windows: [{ from: '00:00', to: '24:00' }] }, from_on: DAY, to_on: null, grace_minutes: 30, photo: false })
  await head(rounds.activatePlans, { plan_ids: [plan_id] })
}, 240_000)

const fits = async (page: Page): Promise<void> => expect(await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThan(2)
async function stop(page: Page, code: string, tick: '正常' | '异常', level: string): Promise<void> {
  await page.getByLabel('点位码').fill(code)
  await page.getByRole('button', { name: '确定' }).click()
  await page.getByText(/已到位/).waitFor()
  await page.getByRole('group', { name: '无渗漏积水' }).getByRole('button', { name: tick }).click()
  await page.getByLabel('水位').fill(level)
}

test('a night round underground in flight mode', async () => {
  const first = await s.window({ width: 390, height: 844, face: 'staff', token: guard.token })
  const context = first.context()
  await first.goto(`${s.base}/staff/rounds`)
  await first.getByText('地下车库夜巡').first().waitFor()
  await fits(first)
  await expectAccessible(first)
  await first.evaluate('navigator.serviceWorker.ready.then(() => null)')
  // The list of repair kinds is on the phone too, once a finding was begun with network.
  await first.getByText('地下车库夜巡').first().click()
  await first.getByRole('button', { name: '到点:车库东口' }).click()
  await first.getByRole('button', { name: '发现其他问题' }).click()
  await first.getByLabel('报修分类').locator('option').nth(3).waitFor({ state: 'attached' })
  await expectAccessible(first)
  await context.setOffline(true)

  await first.getByRole('button', { name: '发现其他问题' }).click()
  // The label of another place is seen at once, without network.
  await first.getByLabel('点位码').fill(codes[1]!)
  await first.getByRole('button', { name: '确定' }).click()
  await first.getByText('这不是「车库东口」的码').waitFor()
  await stop(first, codes[0]!, '正常', '5')
  await first.getByRole('button', { name: '保存,下一个' }).click()
  await first.getByRole('dialog', { name: '2. 配电间' }).waitFor()
  // The tab dies; without network the page opens again and goes on with the second stop.
  await first.close()
  const second = await context.newPage()
  await second.goto(`${s.base}/staff/rounds`)
  await second.getByText(/没有网络,可以照常做/).waitFor()
  await second.getByText('1/3').waitFor()
  await second.getByText('地下车库夜巡').first().click()
  await second.getByRole('button', { name: '到点:配电间' }).click()
  await stop(second, codes[1]!, '正常', '3')
  await second.getByRole('button', { name: '保存,下一个' }).click()
  await second.getByRole('dialog', { name: '3. 水泵房' }).waitFor()
  await stop(second, codes[2]!, '异常', '46')
  await second.getByLabel('什么问题').fill('集水坑溢水,泵没有启动')
  await second.getByLabel('报修分类').selectOption({ label: '排水、污水外溢' })
  await second.getByRole('button', { name: '保存,下一个' }).click()
  await second.getByText('「无渗漏积水」要拍照').waitFor()
  await second.getByLabel('问题照片', { exact: true }).setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: PIXEL })
  await second.getByAltText('照片 1').waitFor()
  await fits(second)
  await second.getByRole('button', { name: '保存,下一个' }).click()
  await second.getByText('3 条记录存在手机上').waitFor()
  expect((await head(rounds.tasks, { from_on: DAY, to_on: DAY })).rows[0]).toMatchObject({ state: 'waiting', checked_count: 0 })

  await context.setOffline(false)
  await expect.poll(async () => (await head(rounds.tasks, { from_on: DAY, to_on: DAY })).rows[0]?.state, { timeout: 120_000 }).toBe('done')
  const row = (await head(rounds.tasks, { from_on: DAY, to_on: DAY })).rows[0]!
  const task = await head(rounds.task, { on_day: row.on_day, task_id: row.task_id })
  expect(task).toMatchObject({ state: 'done', in_time: true, checked_count: 3, abnormal_count: 1, flags: [] })
  expect(task.stops[2]!.record).toMatchObject({ proof: 'typed', proof_ok: true, photos: [{ part: 'before' }], finding: { way: 'order' } })
  const list = await s.t.as('service')(orders.orders, { q: task.stops[2]!.record!.finding!.order_no! })
  expect(list.rows[0]).toMatchObject({ place: '水泵房 负一层', words: '集水坑溢水,泵没有启动', urgent: true })

  const desk = await s.window({ width: 1440, token: head.token })
  await desk.goto(`${s.base}/admin/rounds/tasks/${row.on_day}/${row.task_id}`)
  await desk.getByText('3. 水泵房').waitFor()
  await desk.getByAltText('水泵房照片 1').waitFor()
  await expectAccessible(desk)

  // The supervisor looks at the same on his phone and does not let it pass.
  const boss = await s.window({ width: 390, height: 844, face: 'staff', token: head.token })
  await boss.goto(`${s.base}/staff/rounds/review/${row.on_day}/${row.task_id}`)
  await boss.getByText('3. 水泵房').waitFor()
  await boss.getByRole('img', { name: '水泵房 1' }).waitFor()
  await fits(boss)
  await expectAccessible(boss)
  await boss.getByRole('button', { name: '判不合格' }).click()
  await boss.getByRole('dialog').getByLabel('原因').fill('水泵没有启动,没有先报值班室')
  await boss.getByRole('dialog').getByRole('button', { name: '判不合格' }).click()
  await boss.getByRole('button', { name: '责令补做' }).waitFor()
  expect((await head(rounds.task, { on_day: row.on_day, task_id: row.task_id })).state).toBe('rejected')
}, 400_000)

/** One pixel. */
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

test('at the desk a form asks for what its choice needs before it is sent', async () => {
  const desk = await s.window({ width: 1440, height: 900, face: 'admin', token: head.token })
  await desk.goto(`${s.base}/admin/rounds/public`)
  const form = desk.getByRole('dialog', { name: '登记秩序问题' })
  await desk.getByRole('button', { name: '登记' }).first().click()
  const choose = async (label: string, option: string | RegExp): Promise<void> => {
    await form.getByLabel(new RegExp(`^${label}`)).click()
    await desk.locator('.ant-select-dropdown:visible .ant-select-item-option').filter({ hasText: option }).first().click()
  }
  await choose('种类', /./)
  await form.getByLabel('地点').fill('东门外人行道')
  await choose('处理', '转报修工单')
  await form.getByRole('button', { name: '登记' }).click()
  await form.locator('.ant-form-item').filter({ hasText: '报修分类' }).getByText('请选择').last().waitFor()
  await choose('报修分类', /./)
  await form.getByRole('button', { name: '登记' }).click()
  await desk.getByText(/已登记,工单/).waitFor()
}, 120_000)
