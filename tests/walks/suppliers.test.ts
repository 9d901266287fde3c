// A supplier as people press it: registered with a code that is checked, given work, done, accepted by another with a score, evaluated, barred.
import { beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { suppliers } from '../../src/modules/suppliers/contract.ts'
import type { Hand } from '../contracts_kit.ts'
import { expectAccessible, stage, type Stage } from './stage.ts'

let s: Stage
let boss: Hand
let fore: Hand
beforeAll(async () => {
  s = await stage({ at: '2026-03-05T02:00:00.000Z' })
  boss = await s.t.hire('manager')
  fore = await s.t.hire('foreman', { scope_kind: 'community', scope_ids: [s.w.community_id] })
  await s.t.app.d.pool.query('update identity.account set must_change = false')
}, 240_000)
const fits = async (page: Page): Promise<void> => expect(await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThan(2)

test('registered, given work, accepted by another, evaluated and barred', async () => {
  const page = await s.window({ width: 1440, token: boss.token })
  await page.goto(`${s.base}/admin/suppliers/list`)
  await page.getByRole('button', { name: '新增供应商' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('名称').fill('陕西迅安电梯工程有限公司')
  await form.getByLabel('统一社会信用代码').fill('91350100M000100Y44')
  await form.getByLabel('供应类别').fill('电梯维保')
  await page.keyboard.press('Enter')
  await form.getByRole('button', { name: '保存' }).click()
  await page.getByText('91350100M000100Y44 的校验位不对').waitFor()
  await form.getByLabel('统一社会信用代码').fill('91350100M000100Y43')
  await form.getByRole('button', { name: '保存' }).click()
  await page.getByRole('heading', { name: '陕西迅安电梯工程有限公司' }).waitFor()
  await page.getByRole('tab', { name: '承接工作' }).click()
  await page.getByRole('button', { name: '委托工作' }).click()
  await page.getByRole('dialog').getByLabel('事项').fill('门机更换')
  await page.getByRole('dialog').getByLabel('应完成日').fill('2026-03-10')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: '委托' }).click()
  await page.getByRole('row', { name: /门机更换/ }).getByRole('button', { name: '完工' }).click()
  await page.getByRole('dialog').getByLabel('完工说明').fill('已更换')
  await page.getByRole('dialog').getByRole('button', { name: '登记完工' }).click()
  // Who ordered it does not accept it, and is told so at the button.
  await page.getByRole('row', { name: /门机更换/ }).getByRole('button', { name: '验收' }).focus()
  await page.getByText('验收由委托人以外的人办理').first().waitFor()
  const other = await s.window({ width: 1440, token: fore.token })
  await other.goto(`${s.base}/admin/suppliers/works`)
  await other.getByRole('row', { name: /门机更换/ }).getByRole('button', { name: '验收' }).click()
  await other.getByRole('dialog').getByLabel('评分').fill('88')
  await other.getByRole('dialog').getByLabel('验收意见').fill('合格')
  await other.getByRole('dialog').getByRole('button', { name: '验收', exact: true }).click()
  await other.getByRole('row', { name: /门机更换/ }).getByText('已验收').waitFor()
  await fits(other)
  await page.reload()
  await page.getByRole('tab', { name: '年度评价' }).click()
  await page.getByRole('button', { name: '年度评价' }).click()
  for (const name of ['服务质量', '响应及时', '安全文明', '价格合理', '资料与配合']) await page.getByRole('dialog').getByRole('spinbutton', { name: `${name}得分` }).fill('90')
  await page.getByRole('dialog').getByLabel('评语').fill('好')
  await page.getByRole('dialog').getByRole('button', { name: '评价', exact: true }).click()
  await page.getByRole('row', { name: /2026/ }).getByText('优秀').waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: '列入黑名单' }).click()
  await page.getByRole('dialog').getByLabel('原因').fill('擅自转包')
  await page.getByRole('dialog').getByRole('button', { name: '列入', exact: true }).click()
  await page.getByText('在黑名单内,不能再委托').waitFor()
  await fits(page)
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${s.base}/admin/suppliers/list?state=banned`)
  await page.getByText('陕西迅安电梯工程有限公司').first().waitFor()
  await fits(page)
  expect((await boss(suppliers.suppliers, {})).rows).toMatchObject([{ score: '88.0', grade: '2026 优秀', banned: true }])
})
