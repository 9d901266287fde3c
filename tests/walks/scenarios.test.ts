// Days that go wrong, as the people in them live them. The clock stands where the story is.
import { beforeAll, describe, expect, test } from 'vitest'
import type { Locator } from 'playwright-core'
import { addDays, today } from '../../src/kernel/clock.ts'
import { runSchedule } from '../../src/kernel/worker.ts'
import { messages } from '../../src/modules/messages/contract.ts'
import { orders } from '../../src/modules/orders/contract.ts'
import { system } from '../../src/modules/system/contract.ts'
import type { Caller } from '../harness.ts'
import { PHONES } from '../tiny_world.ts'
import { expectAccessible, stage, type Stage } from './stage.ts'

type Hired = Awaited<ReturnType<Stage['t']['hire']>>
const titles = async (who: Caller): Promise<string[]> => (await who(messages.inbox, {})).rows.map((m) => m.title)

describe('a burst pipe at 23:40 on the first of October', () => {
  let s: Stage
  let day: Hired
  let night: Hired
  /** The hour moves for everybody, and what is due by then is done. */
  async function itIs(at: string): Promise<void> {
    await s.itIs(at)
    const schedules = s.t.app.modules.find((m) => m.name === 'orders')!.schedules!
    await runSchedule(s.t.app, schedules.find((x) => x.name === 'orders.escalate')!)
    await s.t.drain()
  }
  beforeAll(async () => {
    s = await stage({ at: '2026-10-01T15:40:00Z' })
    const at = { scope_kind: 'community' as const, scope_ids: [s.w.community_id] }
    day = await s.t.hire('repairer', at)
    night = await s.t.hire('repairer', at)
    await s.t.app.d.pool.query('update identity.account set must_change = false')
    const admin = s.t.as('admin')
    // On this night 02:00 is the end of the late shift; the other one works by day.
    const worker = { skills: ['水暖'], building_ids: [], weekdays: [1, 2, 3, 4, 5, 6, 7], open_max: 5 }
    await admin(orders.saveWorker, { ...worker, account_id: day.account_id, duty_from: '08:00', duty_to: '18:00' })
    await admin(orders.saveWorker, { ...worker, account_id: night.account_id, duty_from: '18:00', duty_to: '02:00' })
    const { now } = await admin(orders.policy, {})
    await admin(orders.savePolicy, { ...now, from_on: '2026-10-01', auto_assign: true })
  }, 240_000)

  test('reported on the phone, given by rule to the night shift, late, escalated, repaired, rated, counted as late', async () => {
    const zhang = await s.t.resident(PHONES.张三)
    const phone = await s.window({ width: 390, height: 844, face: 'resident', token: zhang.token })
    await phone.goto(`${s.base}/resident/orders`)
    await phone.getByRole('button', { name: '我要报修' }).click()
    await phone.getByRole('button', { name: '水管漏水、爆管' }).click()
    await phone.getByLabel('哪里坏了').fill('卫生间水管爆了,水已漫到客厅')
    await phone.getByRole('button', { name: '提交报修' }).click()
    await phone.getByText('已受理,等待派单').waitFor()
    await itIs('2026-10-01T15:41:00Z')
    const { rows } = await s.t.as('service')(orders.orders, {})
    const order_id = rows[0]!.order_id
    // Thirty minutes on the clock of the wall, however late it is and whatever holiday.
    expect(rows[0]).toMatchObject({ urgent: true, state: 'assigned' })
    expect((await s.t.as('service')(orders.order, { order_id })).respond_due_at).toBe('2026-10-01T16:10:00.000Z')
    expect(await titles(night)).toEqual([expect.stringContaining('1-1-101') as string])
    expect(await titles(day)).toEqual([])

    // He sleeps. A quarter of an hour before the limit he is told again, after it the dispatchers too.
    await itIs('2026-10-01T15:56:00Z')
    await itIs('2026-10-01T16:11:00Z')
    expect((await titles(night)).filter((x) => x.startsWith('到场'))).toEqual([expect.stringContaining('到场已超时') as string, expect.stringContaining('到场即将超时') as string])
    expect(await titles(s.t.as('service'))).toEqual(expect.arrayContaining([expect.stringContaining('到场已超时') as string]))

    // The page shows a step before the server has it; the hour may move only after.
    const arrived = (state: string) => expect.poll(async () => (await s.t.as('service')(orders.order, { order_id })).state, { timeout: 120_000 }).toBe(state)
    const staff = await s.window({ width: 390, height: 844, face: 'staff', token: night.token })
    await staff.goto(`${s.base}/staff/messages`)
    await staff.getByText(/到场已超时/).first().click()
    await staff.getByRole('button', { name: '接单' }).click()
    await arrived('accepted')
    await itIs('2026-10-01T16:20:00Z')
    await staff.getByRole('button', { name: '我已到场' }).click()
    await staff.getByRole('button', { name: '确认到场' }).click()
    await arrived('working')
    await itIs('2026-10-01T17:05:00Z')
    await staff.getByRole('button', { name: '完工', exact: true }).click()
    await staff.getByLabel('怎样修好的').fill('关总阀,更换爆裂的软管,试水不漏')
    await staff.getByRole('button', { name: '确认完工' }).click()
    await arrived('finished')

    await itIs('2026-10-02T01:00:00Z')
    await phone.goto(`${s.base}/resident/orders/${order_id}`)
    await phone.getByText('关总阀,更换爆裂的软管,试水不漏').waitFor()
    await phone.getByText('10-02 00:20').first().waitFor()
    await expectAccessible(phone)
    await phone.getByRole('button', { name: '评价', exact: true }).click()
    await phone.getByRole('radio', { name: '3 分,一般' }).click()
    await phone.getByRole('button', { name: '提交评价' }).click()
    await phone.getByText('★★★☆☆').waitFor()

    const desk = await s.window({ width: 1440, token: s.t.tokens.get('service')! })
    await desk.goto(`${s.base}/admin/orders/list/${order_id}`)
    await desk.getByText('2026-10-02 00:20', { exact: true }).first().waitFor()
    expect(await desk.getByText('补传').count()).toBe(0)
    await expectAccessible(desk)
    // The figure of late arrivals opens this order, those in time do not.
    const days = { from_on: '2026-10-01', to_on: '2026-10-01' }
    expect((await s.t.as('service')(orders.stats, { by: 'worker', ...days })).all.counts).toMatchObject({ respond_late: 1, finish_in_time: 1, rated: 1, satisfied: 0 })
    await desk.goto(`${s.base}/admin/orders/list?fact=respond_late&from_on=${days.from_on}&to_on=${days.to_on}`)
    await desk.getByRole('link', { name: /^WX/ }).waitFor()
    expect(await desk.getByRole('link', { name: /^WX/ }).count()).toBe(1)
    expect((await s.t.as('service')(orders.orders, { fact: 'respond_in_time', ...days })).total).toBe(0)
  }, 400_000)
})

describe('a leak under warranty that the builder refuses', () => {
  let s: Stage
  beforeAll(async () => {
    s = await stage()
    await s.t.app.d.pool.query('update identity.account set must_change = false')
  }, 240_000)

  test('claimed with a printed notice, refused, repaired at the own cost, drawn from the deposit by a second person', async () => {
    const at = { scope_kind: 'community' as const, scope_ids: [s.w.community_id] }
    const foreman = await s.t.hire('foreman', at)
    const { builder_id } = await s.t.as('service')(orders.saveBuilder, { community_id: s.w.community_id, building_ids: [], name: '眉县建工有限公司', contact_name: '赵经理', contact_phone: '0917-5550000', accepted_on: addDays(today(), -400), answer_days: 7, repair_days: 30, note: null, retired: false })
    await foreman(orders.addBuilderMove, { builder_id, kind: 'paid_in', amount_fen: 500_000, done_on: today(), paper: '保函 2025-18' })
    const category_id = (await s.t.as('service')(orders.categories, {})).rows.find((g) => g.name === '渗水、返潮')!.category_id
    const { order_id } = await s.t.as('service')(orders.createOrder, { source: 'desk', community_id: s.w.community_id, house_id: s.w.houses['1-1-101']!, category_id, words: '外墙渗水,主卧起泡', reporter_name: '张三', reporter_phone: PHONES.张三 })
    await s.t.app.d.pool.query('update identity.account set must_change = false')

    const desk = await s.window({ width: 1440, token: foreman.token })
    await desk.goto(`${s.base}/admin/orders/list/${order_id}`)
    const card = desk.getByRole('region', { name: '保修', exact: true })
    await card.getByText('在保修期内').waitFor()
    await card.getByRole('button', { name: '通知建设单位保修' }).click()
    await desk.getByRole('dialog').getByRole('button', { name: '生成通知书' }).click()
    await card.getByText(/^BX\d{4}-000001$/).waitFor()
    const paper = await desk.context().request.get(new URL((await card.getByRole('link', { name: '打印通知书' }).getAttribute('href'))!, s.base).href)
    expect((await paper.body()).subarray(0, 4).toString()).toBe('%PDF')
    const step = async (button: string, fill: (d: Locator) => Promise<void>): Promise<void> => {
      await card.getByRole('button', { name: button, exact: true }).click()
      const d = desk.getByRole('dialog')
      await fill(d)
      await d.getByRole('button', { name: /^确\s?定$/ }).click()
      await d.waitFor({ state: 'hidden' })
    }
    await step('拒修', (d) => d.getByLabel('说明').fill('称业主装修破坏,不予维修'))
    await step('自行维修', async (d) => {
      await d.getByLabel('费用').fill('1260')
      await d.getByLabel('维修单位与内容').fill('外墙打胶、铲除重刷')
    })
    await step('申请扣保修金', (d) => d.getByLabel('原因').fill('建设单位拒修,自行维修'))
    await card.getByText(' · 扣除 1,260.00 元').waitFor()
    await expectAccessible(desk)

    // Not by the one who asks.
    const manager = await s.window({ width: 1440, token: s.t.tokens.get('manager')! })
    await manager.goto(`${s.base}/admin/system/approvals`)
    await manager.getByText('建设单位').first().waitFor()
    const { rows } = await s.t.as('manager')(system.approvals, { box: 'todo' })
    expect((await s.t.as('manager')(orders.builders, {})).rows[0]!.balance_fen).toBe(500_000)
    await s.t.as('manager')(system.decideApproval, { approval_id: rows[0]!.approval_id, step_no: 1, decision: 'agree' })
    await manager.goto(`${s.base}/admin/orders/list/${order_id}`)
    await manager.getByText(' · 扣除 1,260.00 元').waitFor()
    expect((await s.t.as('manager')(orders.builders, {})).rows[0]).toMatchObject({ balance_fen: 374_000 })
  }, 400_000)
})
