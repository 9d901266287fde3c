// Supervision as people press it: the authority sets up a district and hands out a code, the company joins, looks at what it would report and sends it, the authority ties it to its
// register, and the rate opens its rows. Every page of the authority opens; a company does not see them.
import { beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { supervision } from '../../src/modules/supervision/contract.ts'
import type { Hand } from '../contracts_kit.ts'
import { authority, type Authority } from '../supervision_kit.ts'
import { AUTHORITY_PAGES } from './pages.ts'
import { expectAccessible, stage, type Stage } from './stage.ts'

let s: Stage
let boss: Hand
let gov: Authority
beforeAll(async () => {
  s = await stage({ at: '2026-03-05T02:00:00.000Z' })
  boss = await s.t.hire('manager')
  gov = await authority(s.t, 'zhujian', '眉县住房和城乡建设局')
  await s.t.app.d.pool.query('update identity.account set must_change = false')
}, 240_000)
const fits = async (page: Page): Promise<void> => expect(await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThan(2)

test('a code is handed out, a company reports, the authority adopts it and the rate opens its rows', { timeout: 180_000 }, async () => {
  const bureau = await s.window({ width: 1440, token: gov.token })
  await bureau.goto(`${s.base}/admin/supervision/setup?tab=invites`)
  await bureau.getByRole('button', { name: '生成邀请码' }).click()
  await bureau.getByRole('dialog').getByLabel('辖区').fill('首善')
  await bureau.keyboard.press('Enter')
  await bureau.getByRole('dialog').getByRole('button', { name: '生成' }).click()
  const code = (await bureau.getByRole('status').locator('strong').textContent())!
  expect(code).toMatch(/^[A-Z2-9]{5}-[A-Z2-9]{5}$/)

  const page = await s.window({ width: 1440, token: boss.token })
  await page.goto(`${s.base}/admin/supervision/report`)
  await page.getByRole('button', { name: '加入报送' }).click()
  await page.getByRole('dialog').getByLabel('邀请码').fill('AAAAA-AAAAA')
  await page.getByRole('dialog').getByRole('button', { name: '核对邀请码' }).click()
  await page.getByRole('dialog').getByText('没有这个邀请码').waitFor()
  await page.getByRole('dialog').getByLabel('邀请码').fill(code)
  await page.getByRole('dialog').getByRole('button', { name: '核对邀请码' }).click()
  await page.getByRole('dialog').getByText('眉县住房和城乡建设局,眉县 首善街道').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: '加入' }).click()
  await page.getByRole('row', { name: /花园小区/ }).getByRole('button', { name: '填招投标' }).click()
  await page.getByRole('dialog').getByLabel('依据').fill('中标通知书 2024-018')
  await page.getByRole('dialog').getByRole('button', { name: '填写' }).click()
  await page.getByRole('row', { name: /花园小区/ }).getByRole('button', { name: '预览并报送' }).click()
  await page.getByRole('dialog').getByText('中标通知书 2024-018').waitFor()
  await page.getByRole('dialog').getByText('还没有填:经理持证率').waitFor()
  await expectAccessible(page)
  await page.getByRole('dialog').getByRole('button', { name: '报送' }).click()
  await page.getByText('已报送(第 1 次)').waitFor()
  await fits(page)

  await bureau.goto(`${s.base}/admin/supervision/incoming?state=waiting`)
  await bureau.getByRole('row', { name: /花园小区/ }).getByRole('button', { name: '对应' }).click()
  await bureau.getByRole('dialog').getByText('按报送在眉县 首善街道新建登记').waitFor()
  await bureau.getByRole('dialog').getByRole('button', { name: '对应' }).click()
  await bureau.getByText('已对应').first().waitFor()
  await bureau.goto(`${s.base}/admin/supervision/overview`)
  const tender = bureau.getByRole('row', { name: /招投标率/ }).first()
  await tender.getByText('100%').first().waitFor()
  await expectAccessible(bureau)
  await tender.getByRole('link', { name: '1' }).first().click()
  await bureau.getByRole('link', { name: '花园小区' }).click()
  await bureau.getByText('中标通知书 2024-018').waitFor()
  await bureau.getByText('企业报送:安居物业测试公司').first().waitFor()
  expect((await gov(supervision.overview, {})).rates.find((r) => r.code === 'managed')).toMatchObject({ numerator_count: 1, denominator_count: 1 })
})

test('the register by hand, a takeover and a survey; the pages fit a phone; a company is shown none of them', { timeout: 180_000 }, async () => {
  const page = await s.window({ width: 1440, token: gov.token })
  await page.goto(`${s.base}/admin/supervision/places`)
  await page.getByRole('button', { name: '登记小区' }).click()
  await page.getByRole('dialog').getByLabel('小区名称').fill('棉织厂家属院')
  await page.getByRole('dialog').getByLabel('辖区').fill('常兴')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByLabel('户数').fill('168')
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click()
  await page.getByRole('heading', { name: '棉织厂家属院' }).waitFor()
  await page.getByRole('tab', { name: '管理与接管' }).click()
  await page.getByRole('button', { name: '登记管理或接管' }).click()
  await page.getByRole('dialog').getByLabel('接管单位或自管组织').fill('常兴镇人民政府')
  await page.getByRole('dialog').getByLabel('依据').fill('接管通知')
  await page.getByRole('dialog').getByRole('button', { name: '登记' }).click()
  await page.getByText('街道社区接管要写明期限').waitFor()
  await page.getByRole('dialog').getByLabel('接管期限').fill('2026-08-31')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: '登记' }).click()
  await page.getByRole('row', { name: /常兴镇人民政府/ }).waitFor()
  const { survey_id } = await gov(supervision.startSurvey, { title: '2026 年排查', from_on: '2026-03-01', to_on: '2026-03-31' })
  await page.goto(`${s.base}/admin/supervision/surveys/${survey_id}`)
  await page.getByRole('row', { name: /棉织厂家属院/ }).getByRole('button', { name: '登记' }).click()
  await page.getByRole('dialog').getByLabel('分类').fill('弃管')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByLabel('情况').fill('垃圾清运由社区代管')
  await page.getByRole('dialog').getByRole('button', { name: '登记' }).click()
  await page.getByRole('row', { name: /棉织厂家属院/ }).getByText('弃管失管').waitFor()
  const pages = ['', ...AUTHORITY_PAGES, `/supervision/surveys/${survey_id}`]
  for (const width of [1440, 390])
    for (const path of pages) {
      await page.setViewportSize({ width, height: 844 })
      await page.goto(`${s.base}/admin${path}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.waitForLoadState('networkidle')
      expect([path, await page.getByText('系统出错').count()]).toEqual([path, 0])
      await fits(page)
    }
  const admin = await s.window({ width: 1440, token: s.t.tokens.get('admin')! })
  await admin.goto(`${s.base}/admin/supervision/overview`)
  await admin.getByText('您的岗位没有打开此页面的权限').waitFor()
  await admin.goto(`${s.base}/admin/supervision/report`)
  await admin.getByRole('row', { name: /花园小区/ }).waitFor()
  expect(await admin.getByRole('link', { name: '小区登记' }).count()).toBe(0)
})
