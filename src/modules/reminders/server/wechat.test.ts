// The ladder by WeChat: WeChat first, the SMS of the step only where WeChat did not deliver, and never to who has paid meanwhile.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { addDays, setClock } from '../../../kernel/clock.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { expectRefused, rid, testApp, type TestApp } from '../../../../tests/harness.ts'
import { bindWechat, startMp, useMp, type MpStage } from '../../../../tests/mp.ts'
import { seedMoney, type Seed } from '../../../../tests/seed_money.ts'
import { payment } from '../../payment/contract.ts'
import { reminders, type Step } from '../contract.ts'

let t: TestApp
let seed: Seed
let stage: MpStage
let due: string
let bills: { bill_id: string }[]
const at = (day: string): void => setClock(`${day}T02:00:00Z`)
const STEP: Step = { name: '逾期一周', anchor: 'due', offset_days: 7, channels: ['app', 'wechat', 'sms'], tone: 'overdue' }
const plan = async (day: string): Promise<void> => {
  at(day)
  await runSchedule(t.app, t.app.modules.find((m) => m.name === 'reminders')!.schedules!.find((s) => s.name === 'reminders.plan')!)
  await t.drain()
  await stage.mp.settled()
  await t.drain()
}
const states = async (): Promise<string[]> => (await t.as('cashier')(reminders.reminders, { page_size: 100 })).rows.map((r) => `${r.house_label} ${r.channel} ${r.state}${r.cause ? ` ${r.cause}` : ''}`).sort()
const smsTo = async (): Promise<string[]> => (await t.inside((s) => s.db.selectFrom('messages.sms').select('phone').where('company_id', '=', t.company_id).where('template', '=', 'reminder_overdue').orderBy('phone').execute())).map((r) => r.phone)

beforeAll(async () => {
  t = await testApp()
  at('2026-03-01')
  stage = await startMp(t)
  seed = await t.inside((s) => seedMoney(s, { houses: 5 }))
  bills = await t.inside(async (s) => { const b = []; for (const i of [0, 1, 2, 3, 4]) b.push(await seed.bill(s, i, '2026-03')); return b })
  due = (await t.inside((s) => s.db.selectFrom('billing.bill').select('due_on').where('company_id', '=', t.company_id).where('bill_id', '=', bills[0]!.bill_id).executeTakeFirstOrThrow())).due_on
  const as = t.as('manager')
  const { plan_id } = await as(reminders.savePlan, { community_id: seed.community_id, name: '微信优先', from_on: '2026-03-01', min_open_fen: 100, fee_item_ids: [], steps: [STEP] })
  await as(reminders.activatePlan, { plan_id })
})
afterEach(() => setClock(undefined))
afterAll(() => stage.stop())

describe('a step by app, WeChat and SMS', () => {
  test('without an official account is app and SMS, and by hand WeChat is refused', async () => {
    at(addDays(due, 7))
    await expectRefused(t.as('cashier')(reminders.remindNow, { house_ids: [seed.houses[4]!.house_id], channel: 'wechat', tone: 'overdue' }), 'reminders.wechat_off')
    const shown = (await t.as('manager')(reminders.previewPlan, { plan_id: (await t.as('manager')(reminders.plans, {})).rows[0]!.plan_id })).rows.map((r) => [r.channel, r.reminder_count])
    expect(shown.sort()).toEqual([['app', 5], ['sms', 5]])
  })
  test('SMS goes to those whom WeChat did not reach', async () => {
    at(addDays(due, 7))
    await useMp(t, stage, addDays(due, 7), { reminder_overdue: { thing1: '{house}', amount2: '{amount}元' } })
    const openids = ['oSimMute001', 'oSimRefuse1', 'oSimBlk001', null, 'oSimFifth1']
    for (const [i, openid] of openids.entries()) if (openid) await bindWechat(stage, await t.resident(seed.houses[i]!.phone), openid)
    await plan(addDays(due, 7))
    expect(await states()).toEqual([
      '1-1-101 app sent', '1-1-101 sms waiting', '1-1-101 wechat sent',
      '1-1-102 app sent', '1-1-102 sms sent', '1-1-102 wechat failed undeliverable',
      '1-1-103 app sent', '1-1-103 sms sent', '1-1-103 wechat failed undeliverable',
      '1-1-104 app sent', '1-1-104 sms sent', '1-1-104 wechat failed undeliverable',
      '1-1-105 app sent', '1-1-105 sms cancelled told', '1-1-105 wechat sent',
    ])
    expect(await smsTo()).toEqual([1, 2, 3].map((i) => seed.houses[i]!.phone).sort())
    const row = (await t.as('cashier')(reminders.reminders, { house_id: seed.houses[4]!.house_id, channel: 'wechat' })).rows[0]!
    expect((await t.as('cashier')(reminders.reminder, { reminder_id: row.reminder_id })).wechat).toMatchObject({ state: 'delivered', report: 'success', msgid: expect.stringMatching(/^2\d{8}$/) })
  })
  test('planned again it says nothing new', async () => {
    const before = stage.mp.sent.length
    await plan(addDays(due, 8))
    expect(stage.mp.sent.length).toBe(before)
    expect(await states()).toHaveLength(15)
  })
  test('the SMS that waited is not sent to who paid meanwhile', async () => {
    at(addDays(due, 8))
    await t.as('cashier')(payment.takePayment, { request_id: rid(), house_id: seed.houses[0]!.house_id, lines: [{ bill_id: bills[0]!.bill_id, period_on: '2026-03-01', amount_fen: 11_820 }], tenders: [{ method: 'cash', amount_fen: 11_820 }] } as never)
    const late = t.app.modules.find((m) => m.name === 'messages')!.schedules!.find((s) => s.name === 'messages.wechat_late')!
    await runSchedule(t.app, late)
    await t.drain()
    const sms = await smsTo()
    expect(sms).not.toContain(seed.houses[0]!.phone)
    expect((await states()).filter((x) => x.startsWith('1-1-101')).sort()).toEqual(['1-1-101 app sent', '1-1-101 sms cancelled paid', expect.stringMatching(/^1-1-101 wechat/)])
  })
})
