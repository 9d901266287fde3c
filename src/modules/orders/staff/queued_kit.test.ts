// What a phone shows of quotes and material while they wait: the same as the server will say.
import { expect, test } from 'vitest'
import type { Entry } from '../../../ui/phone/outbox.ts'
import { orders, type KitOrder, type Quote } from '../contract.ts'
import { chainOf } from './outbox.ts'
import { withQueuedKit } from './queued_kit.ts'

const ID = '018f0000-0000-7000-8000-000000000001'
const kit: KitOrder = { order_id: ID, rows: [{ quote_id: 'q1', no: 'YC2026-000001', round_no: 1, state: 'offered', amount_fen: 3500, can: { sign: true, withdraw: true, void: 'kernel.forbidden' } } as unknown as Quote], can: { quote: true, use: true }, payers: [], lines: [], cost_fen: 0 }
const entry = (seq: number, call: { name: string }, input: object, about: Record<string, string> = {}, state: Entry['state'] = 'waiting'): Entry => ({ request_id: `r${seq}`, seq, owner: 'o', call: call.name, subject: `s${seq}`, chain: chainOf(ID), input: { ...input }, about, queued_at: `2026-11-26T08:0${seq}:00Z`, tries: 0, state, refusal: null })
const WORKING = { round_no: 1, state: 'working' as const }
const LINES = JSON.stringify([{ line_no: 1, item_id: null, kind: 'labour', name: '人工', unit: '小时', quantity: '2', unit_price: '40', amount_fen: 8000 }])

test('a new quote takes the place of the one that stands; unsigned it holds up the finish, signed it does not', () => {
  const unsigned = withQueuedKit(kit, WORKING, [entry(1, orders.saveQuote, { lines: [] }, { lines: LINES })])
  expect(unsigned.rows.map((q) => [q.quote_id, q.state, q.amount_fen])).toEqual([['r1', 'offered', 8000], ['q1', 'replaced', 3500]])
  expect(unsigned.unsigned).toBe(true)
  const signed = withQueuedKit(kit, WORKING, [entry(1, orders.saveQuote, { lines: [] }, { lines: LINES }), entry(2, orders.saveQuote, { lines: [], signer_name: '张三' }, { lines: LINES })])
  expect(signed.rows.map((q) => q.state)).toEqual(['consented', 'replaced', 'replaced'])
  expect(signed.unsigned).toBe(false)
})
test('the one that stands is signed or not agreed to', () => {
  expect(withQueuedKit(kit, WORKING, []).unsigned).toBe(true)
  const signed = withQueuedKit(kit, WORKING, [entry(1, orders.signQuote, { quote_id: 'q1', signer_name: '张三' })])
  expect(signed).toMatchObject({ unsigned: false, rows: [{ state: 'consented', signer_name: '张三', can: { sign: 'orders.quote_state' } }] })
  expect(withQueuedKit(kit, WORKING, [entry(1, orders.refuseQuote, { quote_id: 'q1', reason: '自己买' })]).rows[0]!.state).toBe('refused')
})
test('material is listed as it waits; what was refused and what belongs to another order is not', () => {
  const used = entry(1, orders.useStock, { item_id: 'i', quantity: '2' }, { name: '三角阀 4 分', unit: '个' })
  const bought = entry(2, orders.addMaterial, { name: '生料带', unit: '卷', quantity: '1', cost_fen: 300 }, { name: '生料带', unit: '卷' })
  const k = withQueuedKit(kit, WORKING, [used, bought, { ...used, request_id: 'r3', chain: chainOf('another') }, { ...bought, request_id: 'r4', state: 'refused' }])
  expect(k.lines.map((l) => [l.name, l.quantity, l.cost_fen])).toEqual([['三角阀 4 分', '2', 0], ['生料带', '1', 300]])
  expect(k.cost_fen).toBe(300)
  expect([...k.unsent]).toEqual(['r1', 'r2'])
})
test('what the server refused because nobody had accepted yet may be done once it is accepted here', () => {
  const early = { ...kit, can: { quote: 'orders.quote_over', use: 'orders.order_over' } }
  expect(withQueuedKit(early, { round_no: 1, state: 'assigned' }, []).can).toEqual({ quote: 'orders.quote_over', use: 'orders.order_over' })
  expect(withQueuedKit(early, WORKING, []).can).toEqual({ quote: true, use: true })
  expect(withQueuedKit({ ...kit, can: { quote: 'orders.quote_house', use: 'kernel.forbidden' } }, WORKING, []).can).toEqual({ quote: 'orders.quote_house', use: 'kernel.forbidden' })
})
