// A vote of the owners' assembly as people press it: drafted and posted at the desk, cast and changed on a phone, entered from paper and by proxy, closed by the
// hour, published, and one's own ballot found in the list. Who has no right reads why. Weeks pass in it: the stage has its own hour.
import { beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { runSchedule } from '../../src/kernel/worker.ts'
import { people } from '../../src/modules/people/contract.ts'
import { votes } from '../../src/modules/votes/contract.ts'
import { PHONES } from '../tiny_world.ts'
import { lasting } from '../votes_kit.ts'
import { expectAccessible, stage, type Stage } from './stage.ts'

let s: Stage
let poll_id: string
const phones: Partial<Record<keyof typeof PHONES, string>> = {}
beforeAll(async () => {
  s = await stage({ at: '2026-03-01T01:00:00Z' })
  const as = s.t.as('admin')
  const own = (label: string, name: string) => as(people.moveIn, { house_id: s.w.houses[label]!, delivered_on: '2025-01-01', state: 'vacant', owners: [{ person: { person_id: s.w.persons[name]! }, share_num: 1, share_den: 1 }] })
  // Every house has an owner: six heads, so that the phone, the paper and the proxy of four decide.
  for (const label of ['1-1-202', '1-1-301', '1-1-302', '1-2-101', '1-2-102', '1-2-201', '1-2-202', '1-2-301']) await own(label, '孙七')
  await own('2-1-102', '周八')
  for (const name of ['张三', '李四', '王五'] as const) phones[name] = (await s.t.resident(PHONES[name])).token
  await lasting(s.t)
}, 240_000)
const tick = (): Promise<void> => runSchedule(s.t.app, s.t.app.modules.find((m) => m.name === 'votes')!.schedules!.find((x) => x.name === 'votes.clock')!)
const fits = async (page: Page): Promise<void> => expect(await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThan(2)
const phone = (name: '张三' | '李四' | '王五') => s.window({ width: 390, height: 844, face: 'resident', token: phones[name]! })
const scan = (name: string) => ({ name, mimeType: 'image/png', buffer: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64') })

test('a vote is drafted, corrected where the form says so, and posted', async () => {
  const page = await s.window({ width: 1440, token: s.t.tokens.get('manager')! })
  await page.goto(`${s.base}/admin/votes`)
  await page.getByRole('button', { name: '起草表决' }).click()
  const drawer = page.getByRole('dialog', { name: '起草表决' })
  await drawer.getByLabel('名称', { exact: true }).fill('续聘物业')
  await drawer.getByLabel('可改投').click()
  const motion = drawer.getByRole('group', { name: '议题 1' })
  await motion.getByLabel('事项').click()
  await page.locator('.ant-select-dropdown:visible').getByTitle('选聘和解聘物业服务企业').click()
  await motion.getByLabel('议题', { exact: true }).fill('续聘安居物业三年')
  await motion.getByLabel('议题内容').fill('收费标准不变')
  await drawer.getByRole('button', { name: '保存草稿' }).click()
  // The organiser's name is missing: said at its field.
  await drawer.locator('.ant-form-item').filter({ hasText: '组织者名称' }).getByText('必填').waitFor()
  await drawer.getByLabel('组织者名称').fill('花园小区业主委员会')
  await expectAccessible(page)
  await drawer.getByRole('button', { name: '保存草稿' }).click()
  await page.getByRole('heading', { name: '续聘物业' }).waitFor()
  poll_id = page.url().split('/').pop()!.split('?')[0]!
  await page.getByRole('tab', { name: '核对名册' }).click()
  await page.getByText('表决权人').first().waitFor()
  await page.getByRole('button', { name: '公示', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: '公示', exact: true }).click()
  await page.getByText('公示中').first().waitFor()
  expect(await page.getByRole('button', { name: '开启' }).count()).toBe(0)
  await expectAccessible(page)
}, 240_000)

test('an owner votes on the phone and changes his vote; who has no right reads why', async () => {
  await s.itIs('2026-03-17T00:00:00Z')
  await tick()
  const page = await phone('张三')
  await page.goto(`${s.base}/resident/`)
  await page.getByText(/「续聘物业」正在表决,您还没有投票/).click()
  const mine = page.getByRole('region', { name: /号票$/ })
  await mine.getByRole('button', { name: '投票', exact: true }).click()
  await mine.getByText('请对第 1 项作出选择').waitFor()
  await mine.getByRole('button', { name: '反对' }).click()
  await fits(page)
  await expectAccessible(page)
  const send = async (): Promise<void> => {
    await mine.getByRole('button', { name: '投票', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: '投票', exact: true }).click()
  }
  await send()
  await mine.getByText('1. 反对').waitFor()
  const code = (await mine.getByText(/^[0-9A-F]{4}(-[0-9A-F]{4}){4}$/).innerText())
  await s.itIs('2026-03-18T00:00:00Z')
  await mine.getByRole('button', { name: '改投' }).click()
  await mine.getByRole('button', { name: '同意' }).click()
  await send()
  await mine.getByText('1. 同意').waitFor()
  expect(await mine.getByText(code).count()).toBe(0)
  await fits(page)
  await expectAccessible(page)
  // The tenant of that house sees the vote and why he has no ballot.
  const tenant = await phone('李四')
  await tenant.goto(`${s.base}/resident/votes/${poll_id}`)
  await tenant.getByText(/名册中没有您的手机号对应的业主/).waitFor()
  expect(await tenant.getByRole('button', { name: '投票' }).count()).toBe(0)
  // Nobody at the desk sees what was chosen, nor may enter a paper for who voted by phone.
  const desk = await s.window({ width: 1440, token: s.t.tokens.get('manager')! })
  await desk.goto(`${s.base}/admin/votes/${poll_id}?tab=roll`)
  const row = desk.getByRole('row').filter({ hasText: '张三' })
  await row.getByText('手机,第 2 张').waitFor()
  expect(await row.getByRole('button', { name: /录票|更正/ }).count()).toBe(0)
  await desk.getByRole('tab', { name: '投票进度' }).click()
  await desk.getByText('截止前密封:只显示谁投了,不显示怎么投').waitFor()
}, 240_000)

test('a ballot on paper and one by proxy are entered with their pictures', async () => {
  const page = await s.window({ width: 1440, token: s.t.tokens.get('service')! })
  await page.goto(`${s.base}/admin/votes/${poll_id}?tab=roll`)
  const enter = async (name: string): Promise<ReturnType<Page['getByRole']>> => {
    await page.getByPlaceholder('票号、姓名或房号').fill(name)
    await page.getByPlaceholder('票号、姓名或房号').press('Enter')
    await page.getByRole('row').filter({ hasText: name }).getByRole('button', { name: '录票' }).click()
    return page.getByRole('dialog', { name: /^录入 \d+ 号票$/ })
  }
  const paper = await enter('孙七')
  await paper.getByRole('group', { name: '续聘安居物业三年' }).getByText('同意', { exact: true }).click()
  await paper.getByLabel('身份核对').fill('本人到场,核对身份证')
  await paper.getByRole('button', { name: '保存选票' }).click()
  await paper.getByRole('alert').getByText('请上传选票照片或扫描件').waitFor()
  await paper.locator('input[type=file]').setInputFiles(scan('票.png'))
  await paper.getByText('已上传 票.png').waitFor()
  await expectAccessible(page)
  await paper.getByRole('button', { name: '保存选票' }).click()
  await page.getByText(/号已录入,回执码/).waitFor()
  await paper.waitFor({ state: 'detached' })
  await page.getByRole('row').filter({ hasText: '孙七' }).getByText('纸质', { exact: true }).waitFor()
  const proxy = await enter('周八')
  await proxy.getByText('受托人投票').click()
  await proxy.getByRole('group', { name: '续聘安居物业三年' }).getByText('弃权', { exact: true }).click()
  await proxy.locator('input[type=file]').first().setInputFiles(scan('票.png'))
  await proxy.getByText('已上传 票.png').waitFor()
  await proxy.getByLabel('身份核对').fill('受托人身份证')
  await proxy.getByRole('button', { name: '保存选票' }).click()
  await proxy.getByRole('alert').getByText(/委托投票要填受托人姓名/).waitFor()
  await proxy.getByLabel('受托人', { exact: true }).fill('钱九')
  await proxy.getByLabel('受托人手机号').fill('13900000001')
  await proxy.locator('input[type=file]').last().setInputFiles(scan('委托书.png'))
  await proxy.getByText('已上传 委托书.png').waitFor()
  await proxy.getByRole('button', { name: '保存选票' }).click()
  await proxy.waitFor({ state: 'detached' })
  await page.getByRole('row').filter({ hasText: '周八' }).getByText('委托', { exact: true }).waitFor()
}, 240_000)

test('the hour closes it, for who is late too; the result and the list are seen, and everybody finds his own ballot', async () => {
  // A co-owner votes in time, the other says yes; another one is still choosing when the hour strikes.
  const late = await phone('张三')
  await late.goto(`${s.base}/resident/votes/${poll_id}`)
  await late.getByRole('button', { name: '改投' }).click()
  const shared = await phone('王五')
  await shared.goto(`${s.base}/resident/votes/${poll_id}`)
  await shared.getByRole('button', { name: '同意' }).click()
  await shared.getByRole('button', { name: '投票', exact: true }).click()
  await shared.getByText('请先确认其他共有人同意由您投票').waitFor()
  await shared.getByLabel('房产为共有,其他共有人同意由我投票').check()
  await shared.getByRole('button', { name: '投票', exact: true }).click()
  await shared.getByRole('dialog').getByRole('button', { name: '投票', exact: true }).click()
  // Not by the choice: the dialog says that too, and the hour would strike while the ballot is on its way.
  await shared.getByText('已投票(手机').waitFor()
  await s.itIs('2026-03-31T10:00:00Z')
  await late.getByRole('button', { name: '反对' }).click()
  await late.getByRole('button', { name: '投票', exact: true }).click()
  await late.getByRole('dialog').getByRole('button', { name: '投票', exact: true }).click()
  await late.getByRole('alert').getByText('不在表决期内,不能投票或录入').waitFor()
  await tick()
  const page = await s.window({ width: 1440, token: s.t.tokens.get('manager')! })
  await page.goto(`${s.base}/admin/votes/${poll_id}?tab=tally`)
  const count = page.getByRole('region', { name: '议题 1 计票' })
  await count.getByText('通过', { exact: true }).waitFor()
  await page.getByRole('button', { name: '公布结果' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '公布', exact: true }).click()
  await page.getByText('已公布').first().waitFor()
  await page.getByRole('tab', { name: '公布名单' }).click()
  const list = page.getByRole('region', { name: '公布名单' })
  await expect.poll(() => list.getByRole('row').count()).toBeGreaterThanOrEqual(5)
  // Nobody's name, and as many for each side as were pressed.
  expect(await list.innerText()).not.toMatch(/张三|孙七|周八|王五/)
  expect([await list.getByText('同意', { exact: true }).count(), await list.getByText('弃权', { exact: true }).count(), await list.getByText('反对', { exact: true }).count()]).toEqual([3, 1, 0])
  await expectAccessible(page)

  await late.goto(`${s.base}/resident/votes/${poll_id}`)
  await late.getByRole('region', { name: '议题 1 结果' }).getByText('通过', { exact: true }).waitFor()
  const code = await late.getByLabel('回执', { exact: true }).getByText(/^[0-9A-F]{4}(-[0-9A-F]{4}){4}$/).innerText()
  const found = late.getByRole('list', { name: '名单' })
  await found.getByText(code).waitFor()
  await found.getByText(/1\. 同意/).waitFor()
  expect(await found.getByRole('listitem').count()).toBe(1)
  await fits(late)
  await expectAccessible(late)
  const { rows } = await s.t.as('manager')(votes.results, { poll_id })
  expect(rows[0]).toMatchObject({ passed: true, agree: { count: 3 }, oppose: { count: 0 }, abstain: { count: 1 } })
}, 240_000)
