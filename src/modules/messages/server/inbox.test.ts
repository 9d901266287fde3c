// Messages in the app, their SMS, quiet hours, preferences and own texts, as the people who read and write them.
import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { setClock } from '../../../kernel/clock.ts'
import { writeTrail } from '../../../kernel/serve.ts'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { messages } from '../contract.ts'
import { notify, type Notice } from './notify.ts'
import { declareTemplates } from './templates.ts'

const PHONE = '13812340001'
const OTHER = '13812340002'
let t: TestApp
let resident: Caller
let neighbour: Caller

/** As a module would in its own call: the jobs are written with the change. */
const tell = (...notices: Notice[]) =>
  t.inside(async (scope) => {
    const ids = await notify(scope, notices)
    await writeTrail(t.app, scope, 'test.notify', 'done', null, {})
    return ids
  })
const notice = (o: Partial<Notice> = {}): Notice => ({ to: { phone: PHONE }, template: 'test_bill', params: { house: '1-1-101', amount: '118.20' }, ...o })
const smsOf = async (phone: string): Promise<{ body: string | null; state: string; run_at: string }[]> => (await t.app.d.pool.query(`select payload->>'phone' as phone, run_at, state from kernel.job where name = 'messages.send_sms' and payload->>'phone' = $1 and payload->>'template' = 'test_bill' order by job_id`, [phone])).rows

beforeAll(async () => {
  declareTemplates([{ code: 'test_bill', zh: '账单通知', category: 'fee', title: '{house} 有新账单', app_text: '{house} 新账单 {amount} 元', sms_text: '【{sign}】{house} 新账单 {amount} 元', params: [{ key: 'house', zh: '房号', example: '1-2-301' }, { key: 'amount', zh: '金额', example: '118.20' }] }])
  t = await testApp()
  await t.inside(async (s) => void (await s.db.insertInto('identity.resident_phone').values([PHONE, OTHER].map((phone) => ({ phone, company_id: t.company_id }))).execute()))
  resident = await t.resident(PHONE)
  neighbour = await t.resident(OTHER)
})

describe('the box of a resident', () => {
  test('shows own messages only, counts unread, marks read', async () => {
    await tell(notice({ link: '/bills' }), notice({ to: { phone: OTHER }, params: { house: '1-1-102', amount: '1.00' } }))
    const mine = await resident(messages.inbox, {})
    expect(mine.rows.map((m) => [m.title, m.body, m.link, m.read_at])).toEqual([['1-1-101 有新账单', '1-1-101 新账单 118.20 元', '/bills', null]])
    expect(mine.unread_count).toBe(1)
    // Somebody else's id is nobody's message here.
    expect((await neighbour(messages.markRead, { message_ids: [mine.rows[0]!.message_id] })).count).toBe(0)
    expect((await resident(messages.unread, {})).count).toBe(1)
    expect((await resident(messages.markRead, {})).count).toBe(1)
    expect((await resident(messages.inbox, { unread_only: true })).total).toBe(0)
    expect((await neighbour(messages.unread, {})).count).toBe(1)
  })
  test('of staff is found by account', async () => {
    const person = await t.hire('service')
    await tell(notice({ to: { account_id: person.account_id } }))
    expect((await person(messages.inbox, {})).total).toBe(1)
    expect((await t.as('service')(messages.inbox, {})).total).toBe(0)
  })
  test('another company sees nothing', async () => {
    expect((await t.as('other_admin')(messages.inbox, {})).total).toBe(0)
  })
})

describe('the same thing is told once', () => {
  test('also when two tell it at once', async () => {
    const key = randomUUID()
    const answers = await Promise.all([1, 2, 3].map(() => tell(notice({ dedupe_key: key, sms: true }))))
    expect(answers.flat().filter((x) => x !== null)).toHaveLength(1)
    expect(await smsOf(PHONE)).toHaveLength(1)
  })
})

describe('SMS', () => {
  test('waits for the end of the quiet hours; what is urgent does not', async () => {
    await t.as('admin')(messages.saveQuietHours, { from_on: new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10), quiet_from: '21:00', quiet_to: '08:00' })
    setClock('2027-03-01T14:00:00Z') // 22:00 in China
    await tell(notice({ to: { phone: OTHER }, sms: true }), notice({ to: { phone: OTHER }, sms: true, urgent: true }))
    setClock(undefined)
    expect((await smsOf(OTHER)).map((j) => new Date(j.run_at).toISOString())).toEqual(['2027-03-02T00:00:00.000Z', '2027-03-01T14:00:00.000Z'])
  })
  test('is not sent where the resident does not want it, and the message is there all the same', async () => {
    const before = (await smsOf(OTHER)).length
    expect(await neighbour(messages.savePreference, { sms_off: ['fee'] })).toEqual({ sms_off: ['fee'], wechat_off: [] })
    const had = (await neighbour(messages.inbox, {})).total
    await tell(notice({ to: { phone: OTHER }, sms: true }))
    expect((await smsOf(OTHER)).length).toBe(before)
    expect((await neighbour(messages.inbox, {})).total).toBe(had + 1)
  })
  test('carries the number of its message', async () => {
    const [id] = await tell(notice({ sms: true, urgent: true }))
    await t.drain()
    const sent = await t.inside((s) => s.db.selectFrom('messages.sms').select(['state', 'body']).where('company_id', '=', t.company_id).where('message_id', '=', id!).executeTakeFirstOrThrow())
    expect(sent.state).toBe('sent')
    expect(sent.body).toMatch(/^【.+】1-1-101 新账单 118.20 元$/)
  })
})

describe('own texts', () => {
  const texts = { title: '账单', app_text: '{house}:{amount} 元', sms_text: '【{sign}】{house} 应缴 {amount} 元' }
  test('are used from the next message on, with history', async () => {
    await t.as('admin')(messages.saveTemplate, { template: 'test_bill', ...texts })
    await tell(notice())
    expect((await resident(messages.inbox, {})).rows[0]).toMatchObject({ title: '账单', body: '1-1-101:118.20 元' })
    expect((await t.as('admin')(messages.templateVersions, { template: 'test_bill' })).rows).toHaveLength(1)
    const row = (await t.as('admin')(messages.templates, {})).rows.find((r) => r.template === 'test_bill')!
    expect(row).toMatchObject({ own: true, preview: { sms_parts: 1 } })
  })
  test('with an unknown word, or an SMS without signature, are refused when written', async () => {
    const wrong = await expectRefused(t.as('admin')(messages.saveTemplate, { template: 'test_bill', ...texts, app_text: '{hause}' }), 'messages.unknown_param')
    expect(wrong.message).toContain('{hause}')
    await expectRefused(t.as('admin')(messages.saveTemplate, { template: 'test_bill', ...texts, sms_text: '{house}' }), 'messages.lacks_sign')
  })
  test('of the sign-in code cannot be reworded, and a visitor cannot write', async () => {
    await expectRefused(t.as('admin')(messages.saveTemplate, { template: 'sign_in_code', ...texts }), 'kernel.not_found')
    await expectRefused(t.as('visitor')(messages.saveTemplate, { template: 'test_bill', ...texts }), 'kernel.forbidden')
    await expectRefused(t.as('admin')(messages.saveQuietHours, { from_on: '2020-01-01', quiet_from: '21:00', quiet_to: '08:00' }), 'messages.from_past')
  })
})
