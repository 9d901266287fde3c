// What a phone shows of an order while its steps wait: the same as the server will say.
import { expect, test } from 'vitest'
import type { Entry } from '../../../ui/phone/outbox.ts'
import { orders, type OrderFull } from '../contract.ts'
import { LATER, chainOf, type LaterAction } from './outbox.ts'
import { withQueued } from './queued.ts'

const ID = '018f0000-0000-7000-8000-000000000001'
const order = { order_id: ID, state: 'assigned', before: null, mine: true, arrived_at: null, finished_at: null, can: { accept: true, transfer: true } } as unknown as OrderFull
const entry = (seq: number, action: LaterAction, state: Entry['state'] = 'waiting'): Entry => ({ request_id: `r${seq}`, seq, owner: 'o', call: LATER[action].name, subject: `s${seq}`, chain: chainOf(ID), input: { order_id: ID }, about: {}, queued_at: `2026-11-26T08:0${seq}:00Z`, tries: 0, state, refusal: null })

test('each step leads on, and the next button follows', () => {
  const shown = withQueued(order, [entry(1, 'accept'), entry(2, 'arrive'), entry(3, 'suspend')])
  expect(shown).toMatchObject({ state: 'suspended', before: 'working', arrived_at: '2026-11-26T08:02:00Z', refused: false })
  expect(shown.can).toMatchObject({ resume: true, finish: 'orders.wrong_state', transfer: 'orders.wrong_state' })
  expect(withQueued(order, [entry(1, 'accept'), entry(2, 'arrive'), entry(3, 'suspend'), entry(4, 'resume'), entry(5, 'finish')])).toMatchObject({ state: 'finished', finished_at: '2026-11-26T08:05:00Z' })
})
test('what was refused changes nothing and asks for a person; others orders are left alone', () => {
  const shown = withQueued(order, [entry(1, 'accept', 'refused'), { ...entry(2, 'arrive'), chain: chainOf('another') }])
  expect(shown).toMatchObject({ state: 'assigned', refused: true, queued: [{ seq: 1 }] })
  expect(withQueued(order, []).can).toEqual(order.can)
})
test('only steps that need nobody else may wait', () => {
  expect(Object.values(LATER).map((c) => c.name)).not.toEqual(expect.arrayContaining([orders.takeOrder.name]))
})
