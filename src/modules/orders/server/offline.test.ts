// What was done without network comes later, many at once: each step judged by the same table, counted from when it was done, and never twice.
import { beforeAll, expect, test } from 'vitest'
import { expectRefused, rid, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { serveBatch, type Outcome } from '../../../kernel/batch.ts'
import { setClock, today } from '../../../kernel/clock.ts'
import { identity } from '../../identity/contract.ts'
import { STATES, orders, type State } from '../contract.ts'
import { judge } from '../machine.ts'

type Hired = Awaited<ReturnType<TestApp['hire']>>
let t: TestApp
let w: TinyWorld
let zhang: Caller
let desk: Caller
let li: Hired
let chen: Hired
let kind: string
const LATER = { accept: orders.acceptOrder, arrive: orders.arriveOrder, finish: orders.finishOrder, suspend: orders.suspendOrder, resume: orders.resumeOrder, give_back: orders.giveBackOrder } as const
type Later = keyof typeof LATER
const SAID: Record<Later, object> = { accept: {}, arrive: {}, finish: { note: '修好了' }, suspend: { cause: 'parts' }, resume: {}, give_back: { reason: '不是我的工种' } }

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  zhang = await t.resident(PHONES.张三)
  desk = t.as('service')
  const here = { scope_kind: 'community' as const, scope_ids: [w.community_id] }
  li = await t.hire('repairer', here)
  chen = await t.hire('repairer', here)
  kind = (await desk(orders.categories, {})).rows.find((k) => k.name === '水龙头、洁具')!.category_id
}, 120_000)

const fresh = async (): Promise<string> => (await desk(orders.createOrder, { source: 'desk', community_id: w.community_id, house_id: w.houses['1-1-101']!, category_id: kind, words: '水龙头关不紧', reporter_name: '张三', reporter_phone: PHONES.张三 })).order_id
const given = async (): Promise<string> => {
  const order_id = await fresh()
  await desk(orders.assignOrder, { order_id, account_id: li.account_id })
  return order_id
}
interface Entry { call: string; input: Record<string, unknown>; chain: string }
const entry = (order_id: string, action: Later, more: object = {}): Entry => ({ call: LATER[action].name, input: { request_id: rid(), order_id, ...SAID[action], ...more }, chain: order_id })
async function send(who: Hired, entries: Entry[]): Promise<Outcome[]> {
  const known = await t.app.whoIs(who.token, { ip: '127.0.0.1', agent: null, face: 'staff' })
  return (await serveBatch(t.app, known!, { entries })).outcomes
}
const codes = (outcomes: Outcome[]): string[] => outcomes.map((o) => ('held' in o ? 'held' : 'problem' in o ? o.problem.error : (o.answer as { state: string }).state))

test('a job in the basement: counted from when it was done, told when it came', async () => {
  const order_id = await given()
  const begun = Date.now()
  setClock(new Date(begun + 100 * 60_000).toISOString())
  const at = (minutes: number) => ({ done_at: new Date(begun + minutes * 60_000).toISOString() })
  const steps = [entry(order_id, 'accept', at(10)), entry(order_id, 'arrive', at(30)), entry(order_id, 'finish', at(90))]
  expect(codes(await send(li, steps))).toEqual(['accepted', 'working', 'finished'])
  const o = await desk(orders.order, { order_id })
  expect([o.accepted_at, o.arrived_at, o.finished_at]).toEqual([10, 30, 90].map((m) => at(m).done_at))
  expect(o.steps.slice(2).map((s) => [s.action, s.at, s.received_at !== null])).toEqual([['accept', at(10).done_at, true], ['arrive', at(30).done_at, true], ['finish', at(90).done_at, true]])
  // Sent again: the same answers, nothing more.
  expect(codes(await send(li, steps))).toEqual(['accepted', 'working', 'finished'])
  expect((await desk(orders.order, { order_id })).steps).toHaveLength(5)
  setClock(undefined)
})

test('a clock that was set back gains nothing, and what is too old counts from when it came', async () => {
  const order_id = await given()
  const early = new Date(Date.now() - 3_600_000).toISOString()
  await send(li, [entry(order_id, 'accept', { done_at: early })])
  const begun = Date.now()
  expect(Math.abs(Date.parse((await desk(orders.order, { order_id })).accepted_at!) - begun)).toBeLessThan(60_000)
  const { from_on: _, ...policy } = (await t.as('admin')(orders.policy, {})).now
  await t.as('admin')(orders.savePolicy, { ...policy, from_on: today(), offline_hours: 1 })
  setClock(new Date(begun + 100 * 60_000).toISOString())
  await send(li, [entry(order_id, 'arrive', { done_at: new Date(begun + 600_000).toISOString() })])
  expect(Date.parse((await desk(orders.order, { order_id })).arrived_at!) - begun).toBeGreaterThan(99 * 60_000)
  await send(li, [entry(order_id, 'finish', { done_at: new Date(begun + 90 * 3_600_000).toISOString() })])
  expect(Date.parse((await desk(orders.order, { order_id })).finished_at!) - begun).toBeLessThan(101 * 60_000)
  setClock(undefined)
})

test('taken away while he was below: his first step is refused, the rest of it held, his other order goes on', async () => {
  const [a, b] = [await given(), await given()]
  await desk(orders.assignOrder, { order_id: a, account_id: chen.account_id })
  expect(codes(await send(li, [entry(a, 'accept'), entry(b, 'accept'), entry(a, 'arrive'), entry(b, 'arrive'), entry(a, 'finish')]))).toEqual(['kernel.not_found', 'accepted', 'held', 'working', 'held'])
  expect((await desk(orders.order, { order_id: a })).state).toBe('assigned')
})

test('each state × each step that may wait × his own and a colleague: the table decides, in a batch as anywhere', async () => {
  const make = async (state: State): Promise<string> => {
    const order_id = state === 'waiting' || state === 'declined' ? await fresh() : await given()
    const path: Partial<Record<State, Later[]>> = { accepted: ['accept'], working: ['accept', 'arrive'], suspended: ['accept', 'arrive', 'suspend'], finished: ['accept', 'arrive', 'finish'], closed: ['accept', 'arrive', 'finish'] }
    if (path[state]) await send(li, path[state].map((a) => entry(order_id, a)))
    if (state === 'closed') await desk(orders.closeOrder, { order_id })
    if (state === 'cancelled') await desk(orders.cancelOrder, { order_id, reason: '不修了' })
    if (state === 'declined') await desk(orders.declineOrder, { order_id, reason: '不归我们' })
    expect((await desk(orders.order, { order_id })).state).toBe(state)
    return order_id
  }
  for (const state of STATES) {
    const order_id = await make(state)
    const his = state !== 'waiting' && state !== 'declined'
    for (const action of Object.keys(LATER) as Later[]) {
      const v = judge({ state, before: state === 'suspended' ? 'working' : null, rated: false, reopenable: true, hall: true }, action, his ? ['assignee'] : [])
      const dry = (who: Hired) => send(who, [{ ...entry(order_id, action, { dry_run: true }) }])
      expect(codes(await dry(li)), `${state} ${action}`).toEqual([v.ok ? v.to : v.code === 'kernel.forbidden' ? 'kernel.not_found' : v.code])
      expect(codes(await dry(chen)), `${state} ${action} by a colleague`).toEqual(['kernel.not_found'])
    }
    expect((await desk(orders.order, { order_id })).state).toBe(state)
  }
}, 120_000)

test('two hundred records, the tab killed twice, then the same queue sent by two tabs: each once', async () => {
  // Ten at a time: how long the last of fifty waits for a connection is not what is tested.
  const ids: string[] = []
  while (ids.length < 50) ids.push(...(await Promise.all(Array.from({ length: 10 }, given))))
  const queue = ids.flatMap((id) => (['accept', 'arrive', 'suspend', 'resume'] as const).map((a) => entry(id, a)))
  const batches = Array.from({ length: 4 }, (_, n) => queue.slice(n * 50, (n + 1) * 50))
  // Killed after the first batch was written and its answer lost; and once more in the middle of the second.
  await send(li, batches[0]!)
  await Promise.allSettled([send(li, batches[0]!), send(li, batches[1]!.slice(0, 20))])
  const tab = async () => {
    for (const b of batches) expect(codes(await send(li, b)).filter((c) => c.includes('.') || c === 'held')).toEqual([])
  }
  await Promise.all([tab(), tab()])
  for (const order_id of ids) {
    const o = await desk(orders.order, { order_id })
    expect(o.steps.map((s) => s.action)).toEqual(['report', 'assign', 'accept', 'arrive', 'suspend', 'resume'])
  }
}, 120_000)

test('a batch takes only writes that can be asked again, and nobody without a session', async () => {
  const order_id = await given()
  const out = await send(li, [{ call: orders.acceptOrder.name, input: { order_id }, chain: 'a' }, { call: orders.order.name, input: { request_id: rid(), order_id }, chain: 'b' }, { call: 'orders.nothing', input: { request_id: rid() }, chain: 'c' }, { call: identity.signIn.name, input: { request_id: rid(), login: 'x', password: 'Zhi-Hui-9-Yuan' }, chain: 'd' }])
  expect(codes(out)).toEqual(['kernel.not_found', 'kernel.not_found', 'kernel.not_found', 'kernel.not_found'])
  const nobody = { company_id: 0, who: { kind: 'anonymous', account_id: null, name: '', phone: null, face: 'staff', ip: '', agent: null, session: null, grants: [] } } as never
  await expect(serveBatch(t.app, nobody, { entries: [entry(order_id, 'accept')] })).rejects.toMatchObject({ code: 'kernel.not_signed_in' })
  await expect(send(li, Array.from({ length: 51 }, () => entry(order_id, 'accept')))).rejects.toMatchObject({ code: 'kernel.invalid' })
  expect((await desk(orders.order, { order_id })).state).toBe('assigned')
})

test('what the phone keeps: his orders whole, the hall, and no more for a colleague', async () => {
  const [own, hall] = [await given(), await fresh()]
  const kept = await li(orders.shift, {})
  expect(kept.mine.find((o) => o.order_id === own)).toMatchObject({ mine: true, state: 'assigned', can: { accept: true } })
  expect(kept.hall.map((o) => o.order_id)).toContain(hall)
  expect((await chen(orders.shift, {})).mine.map((o) => o.order_id)).not.toContain(own)
  await expectRefused(zhang(orders.shift, {}), 'kernel.forbidden')
})
