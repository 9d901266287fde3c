// A notice as people meet it: written at the desk with its numbers before it goes out, read on the phone from the first page, confirmed, and seen by the desk who has not.
import { beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { community } from '../../src/modules/community/contract.ts'
import { NOW } from '../bookings_kit.ts'
import { PHONES } from '../tiny_world.ts'
import { lasting } from '../votes_kit.ts'
import { expectAccessible, stage, type Stage } from './stage.ts'

let s: Stage
const phones: Record<string, string> = {}
beforeAll(async () => {
  s = await stage({ at: NOW })
  await s.t.as('admin')(community.addUsualKinds, {})
  for (const name of ['张三', '周八'] as const) phones[name] = (await s.t.resident(PHONES[name])).token
  await lasting(s.t)
}, 240_000)
const fits = async (page: Page): Promise<void> => expect(await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThan(2)
const phone = (name: string) => s.window({ width: 390, height: 844, face: 'resident', token: phones[name]! })

test('written and counted at the desk, read and confirmed on the phone, the unread are named', async () => {
  const page = await s.window({ width: 1440, token: s.t.tokens.get('service')! })
  await page.goto(`${s.base}/admin/community/notices`)
  await page.getByRole('button', { name: '拟写公告' }).click()
  const drawer = page.getByRole('dialog', { name: '拟写公告' })
  await drawer.getByText('将发给 5 栋 7 户 7 人').waitFor()
  await drawer.getByText('其中 1 人没有登记手机号').waitFor()
  await drawer.getByLabel('类别').click()
  await page.locator('.ant-select-item-option:visible').filter({ hasText: '安全提醒' }).click()
  await drawer.getByLabel('标题').fill('一栋消防演练')
  await drawer.getByRole('textbox', { name: /^正文/ }).fill('# 时间\n明天 10:00\n- 听到警铃请走**楼梯**')
  await drawer.getByRole('region', { name: '正文预览' }).getByText('听到警铃请走').waitFor()
  // Another place: 1栋 instead of all.
  await drawer.getByLabel('范围').press('Backspace')
  await drawer.getByText('选好范围和身份后显示').waitFor()
  await drawer.getByLabel('范围').click()
  await drawer.getByLabel('范围').fill('1栋')
  await page.locator('.ant-select-tree-node-content-wrapper:visible, .ant-select-tree-title:visible').filter({ hasText: /^1栋$/ }).first().click()
  await page.keyboard.press('Escape')
  await drawer.getByText('将发给 1 栋 3 户 5 人').waitFor()
  await expectAccessible(page)
  await drawer.getByRole('button', { name: '保存草稿' }).click()
  await page.getByRole('heading', { name: '一栋消防演练' }).waitFor()
  await page.getByRole('button', { name: '发布' }).click()
  await page.getByRole('dialog').getByText('将发给 1 栋 3 户 5 人').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: /确\s*定/ }).click()
  await page.getByText('已发布,正在发送').waitFor()
  await s.t.drain()

  const zhang = await phone('张三')
  await zhang.goto(`${s.base}/resident/`)
  const home = zhang.getByRole('region', { name: '公告' })
  await home.getByRole('img', { name: '未读' }).waitFor()
  await fits(zhang)
  await home.getByText('一栋消防演练').click()
  await zhang.getByRole('article', { name: '一栋消防演练' }).getByText('楼梯').waitFor()
  await expectAccessible(zhang)
  await zhang.getByRole('button', { name: '我已知晓' }).click()
  await zhang.getByText('您已确认知晓').waitFor()
  await fits(zhang)
  await zhang.goto(`${s.base}/resident/notices`)
  await zhang.getByText('一栋消防演练').waitFor()
  expect(await zhang.getByRole('img', { name: '未读' }).count()).toBe(0)
  await expectAccessible(zhang)
  // It is not for the other building.
  const zhou = await phone('周八')
  await zhou.goto(`${s.base}/resident/notices`)
  await zhou.getByText('现在没有有效的公告').waitFor()

  await page.reload()
  await page.getByText('1 户 1 人').waitFor()
  await page.getByRole('tab', { name: '阅读情况' }).click()
  await page.getByRole('cell', { name: '138****0101' }).waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: '提醒未读' }).click()
  await page.getByRole('dialog').getByRole('button', { name: /确\s*定/ }).click()
  await page.getByText('正在提醒 4 人').waitFor()
  // Taken back with a word: the phone says it.
  await page.getByRole('button', { name: '撤回' }).click()
  await page.getByRole('dialog').getByLabel('原因').fill('演练改期')
  await page.getByRole('dialog').getByRole('button', { name: '撤回' }).click()
  await page.getByText('已撤回').first().waitFor()
  await zhang.getByText('全部', { exact: true }).click()
  await zhang.getByText('一栋消防演练').click()
  await zhang.getByText('原因:演练改期').waitFor()
  expect(await zhang.getByText('听到警铃').count()).toBe(0)
}, 240_000)

test('staff read on their phones what residents have been told', async () => {
  const { kind_id } = (await s.t.as('service')(community.kinds, {})).rows.find((k) => k.name === '通知')!
  const { notice_id } = await s.t.as('service')(community.saveNotice, { community_id: s.w.community_id, targets: [{ scope: 'community', target_id: s.w.community_id }], roles: ['owner'], house_kinds: [], kind_id, title: '办公时间调整', body: '周六上午照常办公。', urgent: false, by_sms: false, must_confirm: false, pinned: false, publish_at: null, valid_until_on: null, picture_ids: [], file_ids: [] })
  await s.t.as('service')(community.publishNotice, { notice_id })
  const guard = await s.t.hire('guard', { scope_kind: 'community', scope_ids: [s.w.community_id] })
  await s.t.app.d.pool.query('update identity.account set must_change = false')
  const page = await s.window({ width: 390, height: 844, face: 'staff', token: guard.token })
  await page.goto(`${s.base}/staff/`)
  await page.getByText('小区公告').click()
  await page.getByText('办公时间调整').click()
  await page.getByText('周六上午照常办公').waitFor()
  await fits(page)
  await expectAccessible(page)
}, 120_000)
