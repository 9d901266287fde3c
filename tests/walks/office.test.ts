// A rule as people meet it: written at the desk with its readers counted, agreed by the manager, linked to the work, opened by the fitter from his order on the phone, confirmed, and seen by the desk.
import { beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { office } from '../../src/modules/office/contract.ts'
import { orders } from '../../src/modules/orders/contract.ts'
import { system } from '../../src/modules/system/contract.ts'
import { agree, classOf, draftOf } from '../office_kit.ts'
import { NOW, hire, orgOf, type Org } from '../staff_kit.ts'
import { lasting } from '../votes_kit.ts'
import { expectAccessible, stage, type Stage } from './stage.ts'

let s: Stage
let org: Org
let fitter: Awaited<ReturnType<Stage['t']['hire']>>
let order_id: string
beforeAll(async () => {
  s = await stage({ at: NOW })
  await classOf(s.t)
  org = await orgOf(s.t, s.w.community_id)
  fitter = await s.t.hire('repairer', { scope_kind: 'community', scope_ids: [s.w.community_id] })
  await hire(s.t.as('admin'), org, s.w.community_id, { name: '王电工', post: '电工', account_id: fitter.account_id })
  const boss = s.t.as('admin')
  const kind = (await boss(orders.categories, {})).rows.find((k) => k.name === '水龙头、洁具')!
  order_id = (await boss(orders.createOrder, { source: 'desk', community_id: s.w.community_id, house_id: s.w.houses['1-1-101']!, category_id: kind.category_id, words: '龙头漏水' })).order_id
  await boss(orders.assignOrder, { order_id, account_id: fitter.account_id })
  await s.t.app.d.pool.query('update identity.account set must_change = false')
  await lasting(s.t)
}, 240_000)
const fits = async (page: Page): Promise<void> => expect(await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThan(2)

test('written, agreed, linked at the desk; opened from the order and confirmed on the phone', async () => {
  const page = await s.window({ width: 1440, token: s.t.tokens.get('admin')! })
  await page.goto(`${s.base}/admin/office/rules`)
  await page.getByRole('button', { name: '起草制度' }).click()
  const drawer = page.getByRole('dialog', { name: '起草制度' })
  const choose = async (label: string, option: string): Promise<void> => {
    await drawer.getByLabel(new RegExp(`^${label}`)).click()
    await page.locator('.ant-select-item-option:visible').filter({ hasText: option }).first().click()
  }
  await drawer.getByLabel(/^名称/).fill('水龙头更换规程')
  await choose('分类', '工程维修规程')
  await drawer.getByRole('textbox', { name: /^正文/ }).fill('# 准备\n先关总阀,再拆旧件\n# 收尾\n试压十分钟')
  // It begins with everybody: taken away before it stands there, it would come back.
  await drawer.getByText(/现在有 \d+ 人要读/).waitFor()
  await drawer.getByLabel(/^谁必须读/).press('Backspace')
  await drawer.getByText(/现在有 \d+ 人要读/).waitFor({ state: 'hidden' })
  await choose('谁必须读', '岗位:电工')
  await page.keyboard.press('Escape')
  await drawer.getByText('现在有 1 人要读').waitFor()
  await drawer.getByLabel(/^修订说明/).fill('首次制定')
  await expectAccessible(page)
  await drawer.getByRole('button', { name: '保存草稿' }).click()
  await page.getByRole('heading', { name: '水龙头更换规程' }).waitFor()
  await page.getByRole('tab', { name: /用于工作/ }).click()
  await page.getByRole('button', { name: '设定用于哪些工作' }).click()
  const links = page.getByRole('dialog', { name: '用于哪些工作' })
  await links.getByLabel(/^用于哪些工作/).click()
  await links.getByLabel(/^用于哪些工作/).fill('水龙头')
  await page.locator('.ant-select-item-option:visible').filter({ hasText: '水龙头、洁具' }).first().click()
  await page.keyboard.press('Escape')
  await links.getByRole('button', { name: '保存' }).click()
  await links.waitFor({ state: 'hidden' })
  await page.getByRole('cell', { name: /水龙头、洁具/ }).waitFor()
  await page.getByRole('button', { name: '提交审批' }).click()
  await page.getByRole('dialog', { name: /提交/ }).getByRole('button', { name: /确\s*定/ }).click()
  await page.getByText('待批准').first().waitFor()

  const boss = await s.window({ width: 1440, token: s.t.tokens.get('manager')! })
  const approval = (await s.t.as('manager')(system.approvals, { box: 'todo' })).rows.find((a) => a.title.includes('水龙头更换规程'))!
  await boss.goto(`${s.base}/admin/system/approvals/${approval.approval_id}`)
  await boss.getByText('先关总阀').first().waitFor()
  await boss.getByRole('button', { name: '同意' }).click()
  await boss.getByRole('dialog').getByRole('button', { name: '同意' }).click()
  await expect.poll(async () => (await s.t.as('admin')(office.rules, { q: '水龙头' })).rows[0]!.state).toBe('in_force')

  const phone = await s.window({ width: 390, height: 844, face: 'staff', token: fitter.token })
  await phone.goto(`${s.base}/staff/orders/${order_id}`)
  await phone.getByRole('region', { name: '作业规程' }).getByText('水龙头更换规程').click()
  await phone.getByRole('article', { name: '水龙头更换规程' }).getByText('试压十分钟').waitFor()
  await expectAccessible(phone)
  await fits(phone)
  await phone.getByRole('button', { name: '已读并遵守' }).click()
  await phone.getByText(/您已于 .* 确认/).waitFor()
  await phone.goto(`${s.base}/staff/office/mine`)
  await phone.getByLabel('查找制度').fill('试压')
  await phone.getByText('试压十分钟').waitFor()
  await phone.getByText('已确认').waitFor()
  await fits(phone)

  await page.reload()
  await page.getByRole('tab', { name: '阅读情况' }).click()
  await page.getByRole('row', { name: /王电工/ }).waitFor()
  await expectAccessible(page)
}, 240_000)

test('two versions side by side, and the register fits a phone', async () => {
  const boss = s.t.as('admin')
  const class_id = await classOf(s.t)
  const { doc_id } = await boss(office.saveDraft, draftOf(class_id, { title: '门岗值守规程', body: '甲\n乙' }))
  await agree(boss, s.t.as('manager'), doc_id)
  await boss(office.saveDraft, draftOf(class_id, { doc_id, title: '门岗值守规程', body: '甲\n丙', change_note: '改乙为丙' }))
  const page = await s.window({ width: 390, height: 844, token: s.t.tokens.get('manager')! })
  await page.goto(`${s.base}/admin/office/rules/${doc_id}?tab=versions`)
  await page.getByText('与第 1 版比').click()
  const table = page.getByRole('table', { name: '正文对比' })
  await table.getByRole('row', { name: /删去 乙/ }).waitFor()
  await table.getByRole('row', { name: /新增 丙/ }).waitFor()
  await fits(page)
  await page.goto(`${s.base}/admin/office/rules`)
  await page.getByText('门岗值守规程').first().waitFor()
  await fits(page)
}, 240_000)
