// Push on a repairer's phone: switched on, a message on the locked screen, off with the sign-out. The browser's own push service cannot be
// reached here, so the simulator stands for it: its address comes from `subscribe`, and what it was given is handed to the service worker by DevTools.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPushSim, type PushSim } from '../../src/world/outside/push_sim.ts'
import { messages } from '../../src/modules/messages/contract.ts'
import { orders } from '../../src/modules/orders/contract.ts'
import { hasNotifications } from '../browser.ts'
import { PHONES } from '../tiny_world.ts'
import { expectAccessible, stage, type Stage } from './stage.ts'

let s: Stage
let sim: PushSim
let worker: Awaited<ReturnType<Stage['t']['hire']>>
beforeAll(async () => {
  s = await stage()
  sim = await startPushSim()
  worker = await s.t.hire('repairer', { scope_kind: 'community', scope_ids: [s.w.community_id] })
  await s.t.app.d.pool.query('update identity.account set must_change = false')
}, 240_000)
afterAll(() => sim?.stop())

test.skipIf(!hasNotifications)('switched on, rings without words on the locked screen, silent after the sign-out', async () => {
  const { public_key } = await worker(messages.pushKey, {})
  const address = sim.subscribe('phone', public_key)
  const phone = await s.window({ width: 390, height: 844, face: 'staff', token: worker.token })
  const context = phone.context()
  await context.grantPermissions(['notifications'], { origin: s.base })
  await phone.addInitScript(`{
    const given = ${JSON.stringify(address)}
    const bytes = (t) => Uint8Array.from(atob(t.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0)).buffer
    const subscription = { endpoint: given.endpoint, getKey: (name) => bytes(given[name]), unsubscribe: () => Promise.resolve(true) }
    Object.defineProperty(PushManager.prototype, 'subscribe', { value: () => Promise.resolve(subscription) })
  }`)
  await phone.goto(`${s.base}/staff/mine`)
  // The first visit brings the service worker.
  await phone.evaluate('navigator.serviceWorker.ready.then(() => undefined)')
  await phone.getByRole('link', { name: '消息推送' }).click()
  await phone.getByRole('switch', { name: '在这部手机上推送' }).click()
  await phone.getByRole('switch', { name: '锁屏显示内容' }).waitFor()
  await expectAccessible(phone)
  await expect.poll(() => sim.got.length, { timeout: 120_000 }).toBe(1)
  expect(sim.refused).toEqual([])

  const category_id = (await s.t.as('service')(orders.categories, {})).rows.find((k) => k.name === '水龙头、洁具')!.category_id
  const { order_id } = await s.t.as('service')(orders.createOrder, { source: 'desk', community_id: s.w.community_id, house_id: s.w.houses['1-1-101']!, category_id, words: '水管漏水', reporter_phone: PHONES.张三 })
  await s.t.as('service')(orders.assignOrder, { order_id, account_id: worker.account_id })
  await expect.poll(() => sim.got.length, { timeout: 120_000 }).toBe(2)
  const text = sim.got[1]!.text
  expect(text).not.toContain('1-1-101')

  const devtools = await context.newCDPSession(phone)
  const registration = new Promise<string>((done) => devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => registrations[0] && done(registrations[0].registrationId)))
  await devtools.send('ServiceWorker.enable')
  await devtools.send('ServiceWorker.deliverPushMessage', { origin: s.base, registrationId: await registration, data: text })
  const shown = () => phone.evaluate<{ title: string; body: string; link: string }[]>('navigator.serviceWorker.ready.then((r) => r.getNotifications()).then((all) => all.map((n) => ({ title: n.title, body: n.body, link: n.data.link })))')
  await expect.poll(async () => (await shown()).length, { timeout: 120_000 }).toBe(1)
  expect((await shown())[0]).toEqual({ title: expect.stringMatching(/ 工单消息$/) as string, body: '您有一条新消息,点开查看', link: `/orders/list/${order_id}` })

  await phone.goto(`${s.base}/staff/mine`)
  await phone.getByRole('button', { name: '退出登录' }).click()
  await phone.getByRole('button', { name: '退出', exact: true }).click()
  await phone.getByRole('button', { name: '登录', exact: true }).waitFor()
  const ends = await s.t.inside(async (x) => (await x.client.query<{ ended_why: string }>('select ended_why from messages.push_device where company_id = $1', [x.company_id])).rows)
  expect(ends).toEqual([{ ended_why: '本人关闭' }])
}, 400_000)
