// How a resident hears of his order: by what he chose for it, really sent, and told to the desk with how it went.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { bindWechat, startMp, useMp, type MpStage } from '../../../../tests/mp.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { today } from '../../../kernel/clock.ts'
import { messages } from '../../messages/contract.ts'
import { orders, type TellBy } from '../contract.ts'

let t: TestApp
let w: TinyWorld
let mp: MpStage
let zhang: Caller
let li: Awaited<ReturnType<TestApp['hire']>>
let category_id: string
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  mp = await startMp(t)
  zhang = await t.resident(PHONES.张三)
  li = await t.hire('repairer', { scope_kind: 'community', scope_ids: [w.community_id] })
  category_id = (await t.as('service')(orders.categories, {})).rows.find((k) => k.name === '水龙头、洁具')!.category_id
}, 120_000)
afterAll(() => mp.stop())

const report = (tell_by?: TellBy) => zhang(orders.report, { house_id: w.houses['1-1-101']!, category_id, words: '滴水', ...(tell_by ? { tell_by } : {}) })
/** Taken by the repairer; what the desk sees of the message about it. */
async function taken(order_id: string) {
  await li(orders.takeOrder, { order_id })
  await t.drain()
  await mp.mp.settled()
  return (await t.as('service')(orders.told, { order_id })).rows.find((m) => m.body.includes('接单'))!
}

test('SMS is offered only where the company pays for it', async () => {
  expect(await zhang(orders.tellWays, {})).toEqual({ sms: false, wechat: 'none', tell_by: [] })
  await expectRefused(report(['sms']), 'orders.no_sms')
  const { now } = await t.as('admin')(orders.policy, {})
  await t.as('admin')(orders.savePolicy, { ...now, from_on: today(), progress_sms: true })
  expect(await zhang(orders.tellWays, {})).toMatchObject({ sms: true, wechat: 'none' })
})

test('what he chose goes out, and nothing else', async () => {
  const { order_id } = await report(['sms'])
  expect(await taken(order_id)).toMatchObject({ sms: { state: 'sent' }, wechat: null, read_at: null })
  const { order_id: quiet } = await report([])
  expect(await taken(quiet)).toMatchObject({ sms: null, wechat: null })
  // Whoever chose nothing has the message in the app, as before.
  const { order_id: unsaid } = await report()
  expect(await taken(unsaid)).toMatchObject({ sms: null, wechat: null })
  expect((await t.as('service')(orders.told, { order_id: unsaid })).tell_by).toBeNull()
})

test('the official account, by choice for one order or by what he has set', async () => {
  await useMp(t, mp, today(), { order_progress: { thing1: '{category}', thing2: '{place}', thing3: '{what}' } })
  expect((await zhang(orders.tellWays, {})).wechat).toBe('unbound')
  await bindWechat(mp, zhang, 'oSimZhang')
  expect(await zhang(orders.tellWays, {})).toMatchObject({ wechat: 'ready', tell_by: ['wechat'] })
  const { order_id } = await report()
  expect(await taken(order_id)).toMatchObject({ sms: null, wechat: { state: 'delivered' } })
  await zhang(messages.savePreference, { wechat_off: ['work'] })
  expect((await zhang(orders.tellWays, {})).tell_by).toEqual([])
  const { order_id: off } = await report()
  expect(await taken(off)).toMatchObject({ sms: null, wechat: null })
  // For this one he wants both after all: his choice for the order goes before what he has set.
  const { order_id: both } = await report([])
  await zhang(orders.tellMine, { order_id: both, tell_by: ['wechat', 'sms'] })
  expect(await taken(both)).toMatchObject({ sms: { state: 'sent' }, wechat: { state: 'delivered' } })
  expect(await zhang(orders.tellWays, { order_id: both })).toMatchObject({ tell_by: ['wechat', 'sms'] })
})

test('nobody else chooses or looks', async () => {
  const { order_id } = await report()
  const other = await t.resident(PHONES.李四)
  await expectRefused(other(orders.tellMine, { order_id, tell_by: [] }), 'kernel.not_found')
  await expectRefused(other(orders.tellWays, { order_id }), 'kernel.not_found')
  await expectRefused(zhang(orders.told, { order_id }), 'kernel.not_found')
})
