// The staff office as people press it: somebody is hired, gets a certificate, the rate goes from red to full, moves and leaves; the person sees the own file on the phone.
import { beforeAll, expect, test } from 'vitest'
import { staff } from '../../src/modules/staff/contract.ts'
import { NOW, hire, orgOf, type Org } from '../staff_kit.ts'
import { expectAccessible, stage, type Stage } from './stage.ts'

let s: Stage
let org: Org
let guard: Awaited<ReturnType<Stage['t']['hire']>>
beforeAll(async () => {
  s = await stage({ at: NOW })
  org = await orgOf(s.t, s.w.community_id)
  guard = await s.t.hire('guard', { scope_kind: 'community', scope_ids: [s.w.community_id] })
  await s.t.app.d.pool.query('update identity.account set must_change = false')
  await hire(s.t.as('admin'), org, s.w.community_id, { name: '陈保安', account_id: guard.account_id, phone: '13812340000' })
}, 240_000)

test('the office hires somebody, sees that he lacks his certificate, and registers it', async () => {
  const page = await s.window({ width: 1440, token: s.t.tokens.get('admin')! })
  await page.goto(`${s.base}/admin/staff/employees`)
  await page.getByRole('button', { name: '新增员工' }).click()
  const drawer = page.getByRole('dialog', { name: '新增员工' })
  await drawer.getByLabel(/^姓名/).fill('刘新来')
  await drawer.getByLabel(/^手机/).fill('13911119999')
  const choose = async (label: string, option: string): Promise<void> => {
    await drawer.getByLabel(new RegExp(`^${label}`)).click()
    await page.locator('.ant-select-dropdown:visible').getByText(option, { exact: false }).first().click()
  }
  await choose('部门', '秩序部')
  await choose('岗位', '秩序员')
  await drawer.getByRole('button', { name: '保存' }).click()
  await page.getByRole('heading', { name: /刘新来 YG/ }).waitFor()
  await page.getByText('139****9999').waitFor()
  await page.getByText('缺证书').waitFor()
  await page.getByRole('button', { name: '查看完整号码' }).click()
  await page.getByText('13911119999').waitFor()
  await page.goto(`${s.base}/admin/staff/posts`)
  const line = page.getByRole('row', { name: /秩序员/ })
  await line.getByText('0%').click()
  await page.getByText('刘新来').waitFor()
  await page.getByText('陈保安').waitFor()
  await page.getByText('刘新来').click()
  await page.getByRole('tab', { name: /证书/ }).click()
  await page.getByRole('button', { name: '登记', exact: true }).click()
  const cert = page.getByRole('dialog', { name: /登记 刘新来 的证书/ })
  await cert.getByLabel(/^发证机关/).fill('眉县公安局')
  await cert.getByRole('button', { name: '保存' }).click()
  await page.getByRole('row', { name: /保安员证.*有效/ }).waitFor()
  const rows = (await s.t.as('admin')(staff.staffing, {})).rows
  expect(rows.find((r) => r.post_name === '秩序员')).toMatchObject({ people_count: 2, certified_count: 1, rate_bp: 5000 })
  await expectAccessible(page)
}, 240_000)

test('leaving lists what is to be handed over, and the page fits a phone', async () => {
  const { rows } = await s.t.as('admin')(staff.employees, { q: '刘新来' })
  const page = await s.window({ width: 390, height: 844, token: s.t.tokens.get('manager')! })
  await page.goto(`${s.base}/admin/staff/employees/${rows[0]!.employee_id}`)
  await page.getByRole('button', { name: '办理离职' }).click()
  const drawer = page.getByRole('dialog', { name: /办理 刘新来 离职/ })
  await drawer.getByLabel(/^原因/).fill('个人原因')
  await drawer.getByRole('button', { name: '办理离职' }).click()
  await page.getByText('办理离职').first().waitFor()
  await page.getByRole('tab', { name: /离职交接/ }).click()
  await page.getByText('工作服、工牌').waitFor()
  await page.getByRole('checkbox', { name: '工作服、工牌' }).click()
  await expect.poll(async () => (await s.t.as('admin')(staff.employee, { employee_id: rows[0]!.employee_id })).leaving!.items.filter((i) => i.done_at).length).toBe(1)
  expect(await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThan(2)
}, 240_000)

test('a member of staff reads the own file on the phone, masked', async () => {
  const page = await s.window({ width: 390, height: 844, face: 'staff', token: guard.token })
  await page.goto(`${s.base}/staff/mine`)
  await page.getByText('我的档案').click()
  await page.getByText('138****0000').waitFor()
  await page.getByText('保安员证').waitFor()
  await page.getByText('缺少').waitFor()
  await expectAccessible(page)
}, 240_000)

test('leave is asked for on the phone and decided at the desk', async () => {
  const page = await s.window({ width: 390, height: 844, face: 'staff', token: guard.token })
  await page.goto(`${s.base}/staff/staff/leave`)
  await page.getByRole('button', { name: '请假', exact: true }).click()
  const form = page.getByRole('form', { name: '请假' })
  await form.getByRole('button', { name: /^事假/ }).click()
  await form.getByLabel('事由').fill('孩子家长会')
  await form.getByRole('button', { name: '提交' }).click()
  await page.getByRole('region', { name: /^事假/ }).getByText('待批').waitFor()
  await expectAccessible(page)
  const desk = await s.window({ width: 1440, token: s.t.tokens.get('manager')! })
  await desk.goto(`${s.base}/admin/staff/absences`)
  await desk.getByRole('row', { name: /陈保安.*事假.*待批/ }).getByText('查看').click()
  await desk.getByText('孩子家长会').first().waitFor()
  await desk.getByRole('button', { name: '同意' }).click()
  await desk.getByRole('dialog').getByRole('button', { name: '同意' }).click()
  await expect.poll(async () => (await s.t.as('admin')(staff.absences, {})).rows[0]!.state).toBe('agreed')
}, 240_000)
