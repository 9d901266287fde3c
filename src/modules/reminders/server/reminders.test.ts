// Reminders as cashiers and payers meet them: the ladder by the clock, once a bill, step and channel, stopped by payment, pause and promise.
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { addDays, setClock } from '../../../kernel/clock.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { expectRefused, rid, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { seedMoney, type Seed } from '../../../../tests/seed_money.ts'
import { messages } from '../../messages/contract.ts'
import { payment } from '../../payment/contract.ts'
import { reminders, type Step } from '../contract.ts'
import { periodText } from './rules/period.ts'

let t: TestApp
let seed: Seed
let due: string
let plan_id: string
const at = (day: string, hour = 10): void => setClock(`${day}T${String(hour - 8).padStart(2, '0')}:00:00Z`)
const plan = async (day: string, hour?: number): Promise<void> => {
  at(day, hour)
  for (const s of t.app.modules.find((m) => m.name === 'reminders')!.schedules!) await runSchedule(t.app, s)
  await t.drain()
}
const STEPS: Step[] = [
  { name: '到期前', anchor: 'due', offset_days: -3, channels: ['app'], tone: 'before_due' },
  { name: '逾期一周', anchor: 'due', offset_days: 7, channels: ['app', 'sms'], tone: 'overdue' },
  { name: '催缴单', anchor: 'due', offset_days: 30, channels: ['letter', 'call'], tone: 'final' },
]
const listed = async (f: object = {}): Promise<[string, string, string, string | null][]> => (await t.as('cashier')(reminders.reminders, f)).rows.map((r) => [r.house_label, r.channel, r.state, r.cause])
const pay = async (house: number, bill_id: string, amount_fen: number): Promise<void> => {
  await t.as('cashier')(payment.takePayment, { request_id: rid(), house_id: seed.houses[house]!.house_id, lines: [{ bill_id, period_on: '2026-03-01', amount_fen }], tenders: [{ method: 'cash', amount_fen }] } as never)
  await t.drain()
}
let bill0: string
let bill1: string

beforeAll(async () => {
  t = await testApp()
  at('2026-03-01')
  seed = await t.inside((s) => seedMoney(s, { houses: 4 }))
  const bills = await t.inside(async (s) => [await seed.bill(s, 0, '2026-03'), await seed.bill(s, 1, '2026-03'), await seed.bill(s, 2, '2026-03')])
  bill0 = bills[0]!.bill_id
  bill1 = bills[1]!.bill_id
  due = (await t.inside((s) => s.db.selectFrom('billing.bill').select('due_on').where('company_id', '=', t.company_id).where('bill_id', '=', bill0).executeTakeFirstOrThrow())).due_on
})
afterEach(() => setClock(undefined))

describe('a plan', () => {
  test('is tried before it is put in force, and nothing is sent by that', async () => {
    at(addDays(due, -3))
    const as = t.as('manager')
    const made = await as(reminders.savePlan, { community_id: seed.community_id, name: '标准催缴', from_on: addDays(due, -3), min_open_fen: 100, fee_item_ids: [], steps: STEPS })
    plan_id = made.plan_id
    expect(await as(reminders.previewPlan, { plan_id })).toEqual({ rows: [{ step_no: 1, step_name: '到期前', channel: 'app', reminder_count: 3, open_fen: 3 * 11_820 }], reminder_count: 3 })
    expect(await listed()).toEqual([])
    await plan(addDays(due, -3))
    expect(await listed()).toEqual([]) // a draft does nothing
    at(addDays(due, -3))
    await as(reminders.activatePlan, { plan_id })
    await expectRefused(as(reminders.savePlan, { plan_id, community_id: seed.community_id, name: 'x', from_on: due, min_open_fen: 0, fee_item_ids: [], steps: STEPS }), 'reminders.plan_not_draft')
  })
  test('has one step a day', async () => {
    await expectRefused(t.as('manager')(reminders.savePlan, { community_id: null, name: '两步同日', from_on: '2026-05-01', min_open_fen: 0, fee_item_ids: [], steps: [STEPS[0]!, { ...STEPS[0]!, name: '又一步' }] }), 'reminders.steps_same')
  })
  test('of another company, or by a visitor, cannot be touched', async () => {
    await expectRefused(t.as('other_admin')(reminders.previewPlan, { plan_id }), 'kernel.not_found')
    await expectRefused(t.as('visitor')(reminders.endPlan, { plan_id }), 'kernel.forbidden')
  })
})

describe('the ladder', () => {
  test('reminds once a bill, step and channel, however often it is planned', async () => {
    for (let n = 0; n < 3; n++) await plan(addDays(due, -3))
    await plan(addDays(due, -2))
    expect((await listed()).map((r) => r.slice(0, 3)).sort()).toEqual([['1-1-101', 'app', 'sent'], ['1-1-102', 'app', 'sent'], ['1-1-103', 'app', 'sent']])
    const resident = await t.resident(seed.houses[0]!.phone)
    const inbox = await resident(messages.inbox, {})
    expect(inbox.rows).toHaveLength(1)
    expect(inbox.rows[0]!.body).toContain('118.20 元即将到期')
  })
  test('waits for the morning in quiet hours, and is silent when paid in the night', async () => {
    at(addDays(due, 6))
    await t.as('admin')(messages.saveQuietHours, { from_on: addDays(due, 6), quiet_from: '21:00', quiet_to: '08:00' })
    await plan(addDays(due, 7), 23)
    expect((await listed({ state: 'waiting' })).length).toBe(6) // app and sms of three houses
    // Whoever asks is told when they go: at eight, Beijing time.
    at(addDays(due, 7), 23)
    const morning = `${addDays(due, 8)}T00:00:00.000Z`
    const waiting = await t.as('cashier')(reminders.reminders, { state: 'waiting', channel: 'sms' })
    expect((await t.as('cashier')(reminders.reminder, { reminder_id: waiting.rows[0]!.reminder_id })).sends_at).toBe(morning)
    const tried = (channel: 'sms' | 'letter') => t.as('cashier')(reminders.remindNow, { house_ids: [seed.houses[0]!.house_id], channel, tone: 'overdue', dry_run: true })
    expect([(await tried('sms')).sends_at, (await tried('letter')).sends_at]).toEqual([morning, null])
    await pay(1, bill1, 11_820)
    expect((await listed({ state: 'cancelled' })).sort()).toEqual([['1-1-102', 'app', 'cancelled', 'paid'], ['1-1-102', 'sms', 'cancelled', 'paid']])
    await plan(addDays(due, 8), 9)
    const sms = await t.inside((s) => s.db.selectFrom('messages.sms').select(['phone', 'body']).where('company_id', '=', t.company_id).where('template', '=', 'reminder_overdue').execute())
    expect(sms.map((x) => x.phone).sort()).toEqual([seed.houses[0]!.phone, seed.houses[2]!.phone].sort())
    expect(sms[0]!.body).toMatch(/^【.+】.+2026年3月 的 1 笔账单共 118.20 元已逾期/)
    // One message for the app and the SMS of a step.
    expect((await (await t.resident(seed.houses[0]!.phone))(messages.inbox, {})).total).toBe(2)
  })
  test('is held by a pause and by a promise, and goes on when the promise is broken', async () => {
    at(addDays(due, 29))
    const as = t.as('cashier')
    const pause = await as(reminders.pauseHouse, { house_id: seed.houses[2]!.house_id, reason: '投诉未结' })
    await as(reminders.savePromise, { house_id: seed.houses[0]!.house_id, payer_id: seed.houses[0]!.person_id, amount_fen: 11_820, promised_on: addDays(due, 31) })
    await plan(addDays(due, 30))
    expect(await listed({ channel: 'letter' })).toEqual([])
    await plan(addDays(due, 32))
    expect((await as(reminders.promises, {})).rows.map((p) => p.state)).toEqual(['broken'])
    expect((await listed({ channel: 'letter' })).map((r) => r[0])).toEqual(['1-1-101'])
    await as(reminders.endPause, { pause_id: pause.pause_id })
    await plan(addDays(due, 33))
    expect((await listed({ channel: 'letter' })).map((r) => r[0]).sort()).toEqual(['1-1-101', '1-1-103'])
  })
})

describe('letters and calls', () => {
  let letters: string[]
  test('are numbered when printed, once, and the file holds what is open', async () => {
    at(addDays(due, 34))
    const as = t.as('cashier')
    letters = (await as(reminders.reminders, { channel: 'letter', state: 'waiting' })).rows.map((r) => r.reminder_id)
    await expectRefused(as(reminders.lettersPdf, { reminder_ids: letters }), 'reminders.not_printed')
    expect(await as(reminders.printLetters, { reminder_ids: letters })).toEqual({ count: 2, skipped_paid: 0 })
    const numbers = async (): Promise<(string | null)[]> => (await as(reminders.reminders, { channel: 'letter' })).rows.map((r) => r.letter_no).sort()
    const first = await numbers()
    expect(first).toEqual([`CJ${addDays(due, 34).replaceAll('-', '')}-00001`, `CJ${addDays(due, 34).replaceAll('-', '')}-00002`])
    await as(reminders.printLetters, { reminder_ids: letters })
    expect(await numbers()).toEqual(first)
    const file = (await as(reminders.lettersPdf as never, { reminder_ids: letters } as never)) as { body: Buffer; name: string }
    expect(file.body.subarray(0, 5).toString()).toBe('%PDF-')
    expect(file.name).toContain('2份')
  })
  test('end with what was said; a promise beside it is complete or refused', async () => {
    at(addDays(due, 34))
    const as = t.as('cashier')
    await expectRefused(as(reminders.recordAnswer, { reminder_id: letters[0]!, answer: 'delivered', promise_fen: 100 }), 'reminders.promise_incomplete')
    await as(reminders.recordAnswer, { reminder_id: letters[0]!, answer: 'delivered', note: '本人签收' })
    await expectRefused(as(reminders.recordAnswer, { reminder_id: letters[0]!, answer: 'posted' }), 'reminders.ended')
    const calls = (await as(reminders.reminders, { channel: 'call', state: 'waiting' })).rows
    await as(reminders.recordAnswer, { reminder_id: calls.find((c) => c.house_label === '1-1-101')!.reminder_id, answer: 'reached', promise_fen: 11_820, promised_on: addDays(due, 36) })
    await pay(0, bill0, 11_820)
    await plan(addDays(due, 36))
    expect((await as(reminders.promises, { house_id: seed.houses[0]!.house_id })).rows.map((p) => p.state)).toEqual(['kept', 'broken'])
  })
})

describe('by hand', () => {
  test('once a day and channel; what is paused or owes nothing is counted apart', async () => {
    at(addDays(due, 40))
    const as = t.as('cashier')
    const house_ids = seed.houses.map((h) => h.house_id)
    expect(await as(reminders.remindNow, { house_ids, channel: 'sms', tone: 'overdue', dry_run: true })).toEqual({ reminder_count: 1, open_fen: 11_820, paused_count: 0, nothing_count: 3, sends_at: null })
    const both = await Promise.all([1, 2].map(() => as(reminders.remindNow, { house_ids, channel: 'sms', tone: 'overdue' }).catch((e: unknown) => e)))
    expect(both.filter((x) => (x as { reminder_count?: number }).reminder_count === 1)).toHaveLength(1)
    expect((await as(reminders.remindNow, { house_ids, channel: 'sms', tone: 'overdue' })).reminder_count).toBe(0)
  })
  test('a house out of reach is not found, and nobody is reminded', async () => {
    const elsewhere: Caller = await t.hire('cashier', { scope_kind: 'community', scope_ids: [rid()] })
    await expectRefused(elsewhere(reminders.remindNow, { house_ids: [seed.houses[2]!.house_id], channel: 'sms', tone: 'overdue' }), 'kernel.not_found')
    expect((await elsewhere(reminders.reminders, {})).total).toBe(0)
  })
})

test.each([['2026-03-01', '2026-03-01', '2026年3月'], ['2026-03-01', '2026-11-01', '2026年3月至11月'], ['2025-12-01', '2026-02-01', '2025年12月至2026年2月']])('periods %s–%s read %s', (a, b, text) => expect(periodText(a, b)).toBe(text))
