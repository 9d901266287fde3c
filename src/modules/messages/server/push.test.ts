// Push to the lock screen, against a browser and push service written from the RFCs.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { expectRefused, rid, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { nowMs, setClock } from '../../../kernel/clock.ts'
import { runSchedule } from '../../../kernel/worker.ts'
import { writeTrail } from '../../../kernel/serve.ts'
import { startPushSim, type PushSim } from '../../../world/outside/push_sim.ts'
import { messages } from '../contract.ts'
import { notify, type Notice } from './notify.ts'
import { serviceOf } from './outside/web_push.ts'
import { declareTemplates } from './templates.ts'

const PHONES = ['13812360001', '13812360002'] as const
let t: TestApp
let sim: PushSim
let zhang: Caller
let li: Caller
beforeAll(async () => {
  const texts = { title: '{house} 有新账单', app_text: '{house} 新账单 {amount} 元', sms_text: '【{sign}】{house} 新账单 {amount} 元', params: [{ key: 'house', zh: '房号', example: '1-2-301' }, { key: 'amount', zh: '金额', example: '118.20' }] }
  declareTemplates([{ code: 'test_push', zh: '账单通知', category: 'fee', ...texts }, { code: 'test_alarm', zh: '报警', category: 'security', ...texts }])
  t = await testApp()
  sim = await startPushSim()
  await t.inside(async (s) => void (await s.db.insertInto('identity.resident_phone').values(PHONES.map((phone) => ({ phone, company_id: t.company_id }))).execute()))
  zhang = await t.resident(PHONES[0])
  li = await t.resident(PHONES[1])
})
afterAll(() => sim.stop())
afterEach(() => setClock(undefined))

async function switchOn(who: Caller, name: string, show_text: boolean): Promise<string> {
  const { public_key } = await who(messages.pushKey, {})
  const { device_id } = await who(messages.addPushDevice, { ...sim.subscribe(name, public_key), browser: 'Edge · Android', show_text })
  await t.drain()
  return device_id
}
const tell = (o: Partial<Notice> & Pick<Notice, 'to'>): Promise<void> =>
  t.inside(async (scope) => {
    await notify(scope, [{ template: 'test_push', params: { house: '1-1-101', amount: '118.20' }, link: '/bills?state=open', ...o }])
    await writeTrail(t.app, scope, 'test.notify', 'done', null, {})
  })
const textOf = (name: string) => sim.got.filter((g) => g.browser === name).map((g) => JSON.parse(g.text) as { id: string; title: string; body: string; link: string })
const due = () => t.app.d.pool.query(`update kernel.job set run_at = now() - interval '1 minute' where name = 'messages.push' and state = 'waiting'`)
const records = async () => (await t.as('admin')(messages.pushSends, {})).rows

describe('switched on by its user', () => {
  test('a trial comes at once; then the kind of a message, or its words, as he wished', async () => {
    await switchOn(zhang, 'zhang', false)
    await switchOn(li, 'li', true)
    expect(textOf('zhang')).toEqual([{ id: expect.any(String) as string, title: '消息推送已开启', body: expect.stringContaining('的新消息会显示在这里') as string, link: '/messages' }])
    for (const phone of PHONES) {
      await tell({ to: { phone } })
      await t.drain()
    }
    expect(textOf('zhang')[1]).toMatchObject({ body: '您有一条新消息,点开查看', link: '/bills?state=open' })
    expect(textOf('zhang')[1]!.title).toMatch(/ 费用消息$/)
    expect(JSON.stringify(textOf('zhang'))).not.toContain('118.20')
    expect(textOf('li')[1]).toMatchObject({ title: '1-1-101 有新账单', body: '1-1-101 新账单 118.20 元' })
    expect(sim.refused).toEqual([])
    expect(sim.got[0]).toMatchObject({ ttl: '86400', urgency: 'normal' })
    expect((await records()).map((r) => [r.person, r.title, r.state])).toEqual([['138****0002', '1-1-101 有新账单', 'sent'], ['138****0001', '1-1-101 有新账单', 'sent'], ['138****0002', '试推送', 'sent'], ['138****0001', '试推送', 'sent']])
  })
  test('staff too; whoever has left the company hears nothing more', async () => {
    const worker = await t.hire('repairer')
    await switchOn(worker, 'worker', true)
    await tell({ to: { account_id: worker.account_id }, template: 'test_alarm', urgent: true })
    await t.drain()
    expect(sim.got.at(-1)).toMatchObject({ browser: 'worker', urgency: 'high' })
    await t.inside((s) => s.client.query('update identity.member set disabled_at = now() where company_id = $1 and account_id = $2', [s.company_id, worker.account_id]))
    await tell({ to: { account_id: worker.account_id } })
    await t.drain()
    expect(textOf('worker')).toHaveLength(2)
  })
  test('the wish is changed and ended by nobody else', async () => {
    const { rows } = await zhang(messages.myPushDevices, {})
    expect(rows).toHaveLength(1)
    const { device_id } = rows[0]!
    await expectRefused(li(messages.setPushDevice, { device_id, show_text: true }), 'kernel.not_found')
    await expectRefused(li(messages.endPushDevice, { device_id }), 'kernel.not_found')
    await zhang(messages.setPushDevice, { device_id, show_text: true })
    expect((await zhang(messages.myPushDevices, {})).rows[0]).toMatchObject({ show_text: true, last_sent_at: expect.any(String) as string })
  })
  test('somebody else in the same browser takes it over', async () => {
    const { public_key } = await zhang(messages.pushKey, {})
    const address = sim.subscribe('shared', public_key)
    const of = { ...address, browser: 'Safari · iOS', show_text: false }
    await zhang(messages.addPushDevice, of)
    await li(messages.addPushDevice, of)
    await t.drain()
    const before = textOf('shared').length
    await tell({ to: { phone: PHONES[0] } })
    await t.drain()
    expect(textOf('shared')).toHaveLength(before)
    await tell({ to: { phone: PHONES[1] } })
    await t.drain()
    expect(textOf('shared')).toHaveLength(before + 1)
  })
})

describe('what goes wrong', () => {
  test('a browser that is gone is left alone from then on', async () => {
    await switchOn(li, 'gone', true)
    sim.unsubscribe('gone')
    await tell({ to: { phone: PHONES[1] } })
    await t.drain()
    expect((await records()).find((r) => r.state === 'gone')).toMatchObject({ failure: '浏览器已取消订阅或已卸载' })
    const count = (await t.as('admin')(messages.pushSends, {})).total
    await tell({ to: { phone: PHONES[1] } })
    await t.drain()
    // To the two that are left.
    expect((await t.as('admin')(messages.pushSends, {})).total).toBe(count + 2)
  })
  test('a service that is busy is asked again, one message rings once', async () => {
    const before = textOf('zhang').length
    sim.answer(503)
    await tell({ to: { phone: PHONES[0] } })
    await t.drain()
    expect(textOf('zhang')).toHaveLength(before)
    await due()
    await t.drain()
    expect(textOf('zhang')).toHaveLength(before + 1)
    await t.app.d.pool.query(`update kernel.job set state = 'waiting', run_at = now() - interval '1 minute' where name = 'messages.push'`)
    await t.drain()
    expect(textOf('zhang')).toHaveLength(before + 1)
  })
  test('a refusal says which; an hour without answer ends it', async () => {
    sim.answer(403)
    await tell({ to: { phone: PHONES[0] } })
    await t.drain()
    expect((await records())[0]).toMatchObject({ state: 'failed', failure: expect.stringContaining('重新开启推送') as string })
    sim.answer(503)
    await tell({ to: { phone: PHONES[0] } })
    await t.drain()
    expect((await records())[0]).toMatchObject({ state: 'sending' })
    setClock(new Date(nowMs() + 2 * 3600_000).toISOString())
    await runSchedule(t.app, t.app.modules.flatMap((m) => m.schedules ?? []).find((s) => s.name === 'messages.push_late')!)
    expect((await records())[0]).toMatchObject({ state: 'unknown', failure: '推送服务一直没有应答' })
  })
  test('what was read in the app meanwhile does not ring', async () => {
    const before = textOf('zhang').length
    await tell({ to: { phone: PHONES[0] } })
    await zhang(messages.markRead, {})
    await t.drain()
    expect(textOf('zhang')).toHaveLength(before)
  })
  test('the server calls push services and nothing else', async () => {
    for (const endpoint of ['https://fcm.googleapis.com/fcm/send/a', 'https://updates.push.services.mozilla.com/wpush/v2/a', 'https://web.push.apple.com/a', 'https://db5p.notify.windows.com/w/?token=a']) expect(serviceOf(endpoint, 'empty')).not.toBeNull()
    for (const endpoint of ['https://evil.cn/a', 'https://fcm.googleapis.com.evil.cn/a', 'https://fcm.googleapis.com:8443/a', 'https://u@fcm.googleapis.com/a', 'http://fcm.googleapis.com/a', 'https://169.254.169.254/a', 'http://127.0.0.1:5432/a']) expect(serviceOf(endpoint, 'empty')).toBeNull()
    expect(serviceOf('http://127.0.0.1:5432/a', 'sample')).toBe('模拟推送')
    const { public_key } = await zhang(messages.pushKey, {})
    const bad = { ...sim.subscribe('bad', public_key), endpoint: 'https://wuye.example.cn/hook', browser: '某浏览器', show_text: false }
    await expectRefused(zhang(messages.addPushDevice, bad), 'messages.push_service')
  })
  test('ten browsers and no more, at once or one after the other', async () => {
    const { public_key } = await li(messages.pushKey, {})
    const asked = await Promise.allSettled(Array.from({ length: 14 }, (_, i) => li(messages.addPushDevice, { ...sim.subscribe(`many ${i}`, public_key), browser: '浏览器', show_text: false, request_id: rid() })))
    expect(asked.filter((a) => a.status === 'rejected').every((a) => (a as { reason: { code: string } }).reason.code === 'messages.push_many')).toBe(true)
    expect((await li(messages.myPushDevices, {})).rows).toHaveLength(10)
  })
})
