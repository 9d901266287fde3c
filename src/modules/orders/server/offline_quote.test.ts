// A whole paid repair in the basement: arrival, material, quote with the resident's signature, finish with photos, sent later in one batch. Each once,
// at the hour at which it was done; what is not as the customer was shown is a person's to settle, and what builds on it waits.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { expectRefused, rid, someId, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { serveBatch, type Outcome } from '../../../kernel/batch.ts'
import { addDays, setClock, today } from '../../../kernel/clock.ts'
import { billing } from '../../billing/contract.ts'
import { orders } from '../contract.ts'

type Hired = Awaited<ReturnType<TestApp['hire']>>
let t: TestApp
let w: TinyWorld
let zhang: Caller
let desk: Caller
let li: Hired
let kind: string
let tap: string
let valve: string
beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  zhang = await t.resident(PHONES.张三)
  desk = t.as('service')
  li = await t.hire('repairer', { scope_kind: 'community', scope_ids: [w.community_id] })
  kind = (await desk(orders.categories, {})).rows.find((k) => k.name === '水龙头、洁具')!.category_id
  const admin = t.as('admin')
  tap = (await admin(orders.saveServiceItem, { kind: 'material', name: '水龙头', unit: '个', note: null, sort_no: 1, retired: false })).item_id
  await admin(orders.publishServicePrice, { item_id: tap, community_id: null, from_on: today(), unit_price: '35.5' })
  valve = (await admin(orders.saveStockItem, { community_id: w.community_id, name: '三角阀', spec: '4 分', unit: '个', reorder_level: '0', retired: false })).item_id
  await admin(orders.stockIn, { item_id: valve, quantity: '3', cost_fen: 3600, paper: 'CG-1' })
}, 120_000)

const photo = async (): Promise<string> => {
  const file_id = someId()
  await t.inside((s) => sql`insert into kernel.file (company_id, file_id, sha256, name, type, size_bytes, purpose, created_by, created_at, expires_at) values (${s.company_id}, ${file_id}, ${'0'.repeat(64)}, 'a.png', 'image/png', 10, 'photo', ${li.account_id}, ${s.now}, ${s.now})`.execute(s.db))
  return file_id
}
async function accepted(): Promise<string> {
  const { order_id } = await zhang(orders.report, { house_id: w.houses['1-1-101']!, category_id: kind, words: '水龙头要换' })
  await desk(orders.assignOrder, { order_id, account_id: li.account_id })
  await li(orders.acceptOrder, { order_id })
  return order_id
}
interface Entry { call: string; input: Record<string, unknown>; chain: string }
const entry = (order_id: string, call: { name: string }, input: object): Entry => ({ call: call.name, input: { request_id: rid(), order_id, ...input }, chain: order_id })
async function send(entries: Entry[]): Promise<Outcome[]> {
  const known = await t.app.whoIs(li.token, { ip: '127.0.0.1', agent: null, face: 'staff' })
  return (await serveBatch(t.app, known!, { entries })).outcomes
}
const codes = (outcomes: Outcome[]): string[] => outcomes.map((o) => ('held' in o ? 'held' : 'problem' in o ? o.problem.error : 'done'))
const LINE = () => ({ item_id: tap, quantity: '2', unit_price: '35.5' })

test('arrival, material, quote and signature, finish: each once, at its hour', async () => {
  const order_id = await accepted()
  const begun = Date.now()
  const at = (minutes: number): string => new Date(begun + minutes * 60_000).toISOString()
  setClock(at(100))
  const [before, signature, after] = [await photo(), await photo(), await photo()]
  const shift = [
    entry(order_id, orders.arriveOrder, { photo_ids: [before], done_at: at(20) }),
    entry(order_id, orders.saveQuote, { lines: [LINE()], signer_name: '张三', photo_ids: [signature], done_at: at(30) }),
    entry(order_id, orders.useStock, { item_id: valve, quantity: '1', done_at: at(40) }),
    entry(order_id, orders.addMaterial, { name: '生料带', unit: '卷', quantity: '1', cost_fen: 300, done_at: at(41) }),
    entry(order_id, orders.finishOrder, { note: '已更换', photo_ids: [after], done_at: at(60) }),
  ]
  expect(codes(await send(shift))).toEqual(['done', 'done', 'done', 'done', 'done'])
  expect(codes(await send(shift))).toEqual(['done', 'done', 'done', 'done', 'done'])
  const { rows } = await li(orders.orderQuotes, { order_id })
  expect(rows).toMatchObject([{ state: 'billed', amount_fen: 7100, made_at: at(30), signed_at: at(30), made_received_at: at(100), signed_received_at: at(100), signed_on: 'staff_phone' }])
  const costs = await li(orders.orderCosts, { order_id })
  expect(costs.lines.map((l) => [l.name, l.cost_fen, l.at, l.received_at])).toEqual([['三角阀 4 分', 1200, at(40), at(100)], ['生料带', 300, at(41), at(100)]])
  expect((await desk(orders.order, { order_id })).steps.map((s) => [s.action, s.photo_ids.length])).toEqual([['report', 0], ['assign', 0], ['accept', 0], ['arrive', 1], ['finish', 1]])
  const bill = await t.as('admin')(billing.bill, { bill_id: rows[0]!.bill_id! })
  expect(bill.amount_fen).toBe(7100)
  setClock(undefined)
})

test('the price has changed since the phone last heard of it: refused with both prices, the finish waits', async () => {
  const order_id = await accepted()
  const shift = [
    entry(order_id, orders.arriveOrder, {}),
    entry(order_id, orders.saveQuote, { lines: [{ ...LINE(), unit_price: '30' }], signer_name: '张三', photo_ids: [await photo()] }),
    entry(order_id, orders.finishOrder, { note: '已更换' }),
  ]
  const out = await send(shift)
  expect(codes(out)).toEqual(['done', 'orders.quote_price', 'held'])
  expect('problem' in out[1]! ? out[1].problem.message : '').toMatch(/给业户看的单价是 30 元\/个,当天的价目是 35\.5 元\/个/)
  // The day on which it was shown counts, not the day on which it comes.
  const { from_on: _, ...policy } = (await t.as('admin')(orders.policy, {})).now
  await t.as('admin')(orders.savePolicy, { ...policy, from_on: today(), offline_hours: 48 })
  await t.inside((s) => sql`insert into orders.service_price (company_id, price_id, item_id, community_id, from_on, unit_price, created_at) values (${s.company_id}, ${someId()}, ${tap}, null, ${addDays(today(), -1)}, 30, ${s.now})`.execute(s.db))
  const yesterday = Date.now() - 24 * 3_600_000
  setClock(new Date(yesterday).toISOString())
  const earlier = await accepted()
  setClock(undefined)
  const done_at = new Date(yesterday + 600_000).toISOString()
  const quote = (unit_price: string, photo_ids: string[]) => entry(earlier, orders.saveQuote, { lines: [{ ...LINE(), unit_price }], signer_name: '张三', photo_ids, done_at })
  expect(codes(await send([quote('35.5', [await photo()])]))).toEqual(['orders.quote_price'])
  expect(codes(await send([quote('30', [await photo()])]))).toEqual(['done'])
  expect((await li(orders.orderQuotes, { order_id: earlier })).rows).toMatchObject([{ state: 'consented', amount_fen: 6000, signed_at: done_at }])
})

test('a store that was emptied meanwhile, and a quote that was replaced at the desk', async () => {
  const order_id = await accepted()
  await li(orders.saveQuote, { order_id, lines: [{ kind: 'labour', name: '人工', unit: '次', quantity: '1', unit_price: '40' }] })
  const old = (await li(orders.orderQuotes, { order_id })).rows[0]!
  await desk(orders.saveQuote, { order_id, lines: [{ kind: 'labour', name: '人工', unit: '次', quantity: '1', unit_price: '50' }] })
  expect(codes(await send([entry(order_id, orders.signQuote, { quote_id: old.quote_id, content_hash: old.content_hash, signer_name: '张三', photo_ids: [await photo()] }), entry(order_id, orders.arriveOrder, {})]))).toEqual(['orders.quote_state', 'held'])
  expect(codes(await send([entry(order_id, orders.useStock, { item_id: valve, quantity: '30' })]))).toEqual(['orders.stock_short'])
})

test('what the phone keeps for it: his orders, the list of their community, what is in the store; nothing for a colleague', async () => {
  const order_id = await accepted()
  const kit = await li(orders.kit, {})
  expect(kit.orders.find((o) => o.order_id === order_id)).toMatchObject({ can: { quote: true, use: true }, rows: [], lines: [], cost_fen: 0, payers: [{ name: '张三' }, { name: '李四' }] })
  expect(kit.items.map((i) => [i.community_id, i.rows.map((r) => [r.name, r.price?.unit_price])])).toEqual([[w.community_id, [['水龙头', '35.5']]]])
  expect(kit.stock).toMatchObject([{ community_id: w.community_id, rows: [{ name: '三角阀', on_hand: '2' }] }])
  const chen = await t.hire('repairer', { scope_kind: 'community', scope_ids: [w.community_id] })
  expect(await chen(orders.kit, {})).toEqual({ orders: [], items: [], stock: [] })
  await expectRefused(zhang(orders.kit, {}), 'kernel.forbidden')
})
