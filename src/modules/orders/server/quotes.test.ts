// Paid service as named people: quoted from the list, signed on either phone, billed when done, paid as any bill, taken back by two.
import fc from 'fast-check'
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { expectRefused, someId, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { PHONES, tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { addDays, today } from '../../../kernel/clock.ts'
import { billing } from '../../billing/contract.ts'
import { payment } from '../../payment/contract.ts'
import { system } from '../../system/contract.ts'
import { orders, type QuoteState } from '../contract.ts'
import { QUOTE_MOVES, contentHash, priced, type QuoteAction } from './rules/quote.ts'

type Hired = Awaited<ReturnType<TestApp['hire']>>
let t: TestApp
let w: TinyWorld
let zhang: Caller
let wang: Caller
let desk: Caller
let li: Hired
let kinds: Record<string, string>
let tap: string
let hour: string

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  zhang = await t.resident(PHONES.张三)
  wang = await t.resident(PHONES.王五)
  desk = t.as('service')
  li = await t.hire('repairer', { scope_kind: 'community', scope_ids: [w.community_id] })
  kinds = Object.fromEntries((await desk(orders.categories, {})).rows.map((g) => [g.name, g.category_id]))
  const admin = t.as('admin')
  tap = (await admin(orders.saveServiceItem, { kind: 'material', name: '水龙头(铜,4 分)', unit: '个', note: null, sort_no: 1, retired: false })).item_id
  hour = (await admin(orders.saveServiceItem, { kind: 'labour', name: '上门维修', unit: '小时', note: '不含材料', sort_no: 1, retired: false })).item_id
  await admin(orders.publishServicePrice, { item_id: tap, community_id: null, from_on: today(), unit_price: '35.5' })
  await admin(orders.publishServicePrice, { item_id: hour, community_id: null, from_on: today(), unit_price: '40' })
}, 120_000)

const photoBy = async (account_id: string): Promise<string> => {
  const file_id = someId()
  await t.inside((s) => sql`insert into kernel.file (company_id, file_id, sha256, name, type, size_bytes, purpose, created_by, created_at, expires_at) values (${s.company_id}, ${file_id}, ${'0'.repeat(64)}, 'a.png', 'image/png', 10, 'photo', ${account_id}, ${s.now}, ${s.now})`.execute(s.db))
  return file_id
}
async function accepted(): Promise<string> {
  const { order_id } = await zhang(orders.report, { house_id: w.houses['1-1-101']!, category_id: kinds['水龙头、洁具']!, words: '水龙头要换' })
  await desk(orders.assignOrder, { order_id, account_id: li.account_id })
  await li(orders.acceptOrder, { order_id })
  return order_id
}
const LINES = () => [{ item_id: tap, quantity: '2' }, { item_id: hour, quantity: '1.5' }, { kind: 'material' as const, name: '生料带', unit: '卷', quantity: '1', unit_price: '3' }]
const newest = async (order_id: string) => (await li(orders.orderQuotes, { order_id })).rows[0]!
async function finish(order_id: string) {
  await li(orders.arriveOrder, { order_id })
  return li(orders.finishOrder, { order_id, note: '已更换' })
}

test('quoted from the list, signed by the customer on the repairer’s phone, billed when done, paid at the desk', async () => {
  const order_id = await accepted()
  expect((await li(orders.orderQuotes, { order_id })).can.quote).toBe(true)
  await li(orders.saveQuote, { order_id, lines: LINES(), note: '旧件归业户' })
  const q = await newest(order_id)
  expect(q).toMatchObject({ state: 'offered', amount_fen: 7100 + 6000 + 300, payer_name: '张三' })
  await li(orders.arriveOrder, { order_id })
  await expectRefused(li(orders.finishOrder, { order_id, note: '好了' }), 'orders.quote_open')
  await expectRefused(li(orders.signQuote, { quote_id: q.quote_id, content_hash: '0'.repeat(32), signer_name: '张三', photo_ids: [await photoBy(li.account_id)] }), 'orders.quote_changed')
  await expectRefused(li(orders.signQuote, { quote_id: q.quote_id, content_hash: q.content_hash, signer_name: '张三', photo_ids: [someId()] }), 'orders.no_signature')
  await li(orders.signQuote, { quote_id: q.quote_id, content_hash: q.content_hash, signer_name: '张三', photo_ids: [await photoBy(li.account_id)] })
  const { rows: before } = await t.as('cashier')(billing.houseBills, { house_id: w.houses['1-1-101']!, state: 'open' })
  expect(before.filter((b) => b.fee_item_name === '有偿服务费')).toEqual([])
  await li(orders.finishOrder, { order_id, note: '换好了' })
  const { rows } = await t.as('cashier')(billing.houseBills, { house_id: w.houses['1-1-101']!, state: 'open' })
  const bill = rows.find((b) => b.fee_item_name === '有偿服务费')!
  expect(bill).toMatchObject({ amount_fen: 13_400, payer_name: '张三' })
  expect(bill.explanation).toContain('水龙头(铜,4 分) 2 个 × 35.5 元 + 上门维修 1.5 小时 × 40 元 + 生料带 1 卷 × 3 元 = 134.00 元;张三')
  expect(await newest(order_id)).toMatchObject({ state: 'billed', bill_id: bill.bill_id })
  // A resident finds it among his bills, with the same sentence.
  expect((await zhang(billing.myBills, {})).rows.find((b) => b.bill_id === bill.bill_id)?.explanation).toContain('134.00')
  await t.as('cashier')(payment.takePayment, { house_id: w.houses['1-1-101']!, lines: [{ bill_id: bill.bill_id, period_on: bill.period_on, amount_fen: 13_400 }], tenders: [{ method: 'cash', amount_fen: 13_400 }] })
  expect((await desk(orders.quotes, { q: q.no })).rows[0]).toMatchObject({ paid_fen: 13_400, labour_fen: 6000, material_fen: 7400 })
  await expectRefused(desk(orders.askQuoteVoid, { quote_id: q.quote_id, reason: '收错了' }), 'billing.already_paid')
})

test('a changed quote is a new one and asks for a new signature; what was refused stops nothing', async () => {
  const order_id = await accepted()
  await li(orders.saveQuote, { order_id, lines: [{ item_id: hour, quantity: '1' }], signer_name: '张三', photo_ids: [await photoBy(li.account_id)] })
  expect(await newest(order_id)).toMatchObject({ state: 'consented', amount_fen: 4000 })
  await li(orders.saveQuote, { order_id, lines: [{ item_id: hour, quantity: '2' }] })
  const { rows } = await li(orders.orderQuotes, { order_id })
  expect(rows.map((q) => [q.state, q.amount_fen])).toEqual([['offered', 8000], ['replaced', 4000]])
  await li(orders.arriveOrder, { order_id })
  await expectRefused(li(orders.finishOrder, { order_id, note: '好了' }), 'orders.quote_open')
  const own = (await zhang(orders.myQuotes, { order_id })).rows[0]!
  await zhang(orders.refuseMyQuote, { quote_id: own.quote_id, reason: '太贵了' })
  await expectRefused(zhang(orders.signMyQuote, { quote_id: own.quote_id, content_hash: own.content_hash, photo_ids: [someId()] }), 'orders.no_signature')
  await li(orders.finishOrder, { order_id, note: '只做检查,不收费' })
  expect((await t.as('cashier')(billing.houseBills, { house_id: w.houses['1-1-101']!, state: 'open' })).rows.filter((b) => b.explanation.includes(own.no))).toEqual([])
})

test('signed on the resident’s own phone; another resident and another repairer find nothing', async () => {
  const order_id = await accepted()
  await li(orders.saveQuote, { order_id, lines: [{ item_id: tap, quantity: '1' }] })
  const q = (await zhang(orders.myQuotes, { order_id })).rows[0]!
  const account_id = (await t.app.d.pool.query<{ account_id: string }>(`select account_id from identity.account where phone = $1`, [PHONES.张三])).rows[0]!.account_id
  await expectRefused(wang(orders.signMyQuote, { quote_id: q.quote_id, content_hash: q.content_hash, photo_ids: [await photoBy(account_id)] }), 'kernel.not_found')
  await expectRefused(wang(orders.myQuotes, { order_id }), 'kernel.not_found')
  await expectRefused(zhang(orders.saveQuote, { order_id, lines: LINES() }), 'kernel.not_found')
  await expectRefused(zhang(orders.signQuote, { quote_id: q.quote_id, content_hash: q.content_hash, signer_name: '张三', photo_ids: [await photoBy(account_id)] }), 'kernel.not_found')
  const other = await t.hire('repairer', { scope_kind: 'community', scope_ids: [w.community_id] })
  await expectRefused(other(orders.withdrawQuote, { quote_id: q.quote_id, reason: '不关我事' }), 'kernel.not_found')
  await expectRefused(other(orders.quotePaper, { quote_id: q.quote_id }), 'kernel.not_found')
  await zhang(orders.signMyQuote, { quote_id: q.quote_id, content_hash: q.content_hash, photo_ids: [await photoBy(account_id)] })
  expect(await newest(order_id)).toMatchObject({ state: 'consented', signed_on: 'own_phone', signer_name: '张三' })
  await finish(order_id)
  const paper = await li(orders.quotePaper, { quote_id: q.quote_id }) as unknown as { body: Buffer }
  expect(paper.body.subarray(0, 4).toString()).toBe('%PDF')
})

test('taken back: asked by one, decided by another, void by a journal; then a new quote may be made', async () => {
  const order_id = await accepted()
  await li(orders.saveQuote, { order_id, lines: [{ item_id: tap, quantity: '1' }], signer_name: '张三', photo_ids: [await photoBy(li.account_id)] })
  await finish(order_id)
  const q = await newest(order_id)
  await expectRefused(t.as('finance')(billing.voidBill, { bill_id: q.bill_id!, reason: '想直接作废' }), 'billing.one_off')
  await expectRefused(li(orders.askQuoteVoid, { quote_id: q.quote_id, reason: '收错了' }), 'kernel.forbidden')
  const { approval_id } = await desk(orders.askQuoteVoid, { quote_id: q.quote_id, reason: '配件是保修的' })
  await expectRefused(desk(orders.askQuoteVoid, { quote_id: q.quote_id, reason: '再来一次' }), 'orders.quote_void_asked')
  await expectRefused(desk(system.decideApproval, { approval_id, step_no: 1, decision: 'agree' }), 'system.approval_own')
  await t.as('finance')(system.decideApproval, { approval_id, step_no: 1, decision: 'agree' })
  expect(await newest(order_id)).toMatchObject({ state: 'voided', end_reason: '配件是保修的' })
  expect((await t.as('finance')(billing.bill, { bill_id: q.bill_id! })).voided_at).not.toBeNull()
  const { checks } = await t.as('admin')(billing.sweep, {})
  expect(checks.filter((c) => !c.ok).map((c) => c.code)).toEqual([])
})

test('list prices are the list’s: a later price leaves signed quotes alone, and nobody quotes another', async () => {
  const order_id = await accepted()
  await expectRefused(li(orders.saveQuote, { order_id, lines: [{ item_id: tap, quantity: '1', unit_price: '1' }] }), 'orders.quote_price')
  await li(orders.saveQuote, { order_id, lines: [{ item_id: tap, quantity: '1', unit_price: '35.50' }] })
  expect((await newest(order_id)).lines[0]).toMatchObject({ unit_price: '35.5000', amount_fen: 3550 })
  await t.as('admin')(orders.publishServicePrice, { item_id: tap, community_id: w.community_id, from_on: today(), unit_price: '30' })
  await t.as('admin')(orders.publishServicePrice, { item_id: tap, community_id: null, from_on: addDays(today(), 5), unit_price: '99' })
  expect((await newest(order_id)).amount_fen).toBe(3550)
  const listed = (await zhang(orders.serviceItems, { community_id: w.community_id })).rows.find((i) => i.item_id === tap)!
  expect(listed).toMatchObject({ price: { unit_price: '30', own: true }, next: { unit_price: '99' } })
  await expectRefused(t.as('admin')(orders.publishServicePrice, { item_id: tap, community_id: null, from_on: addDays(today(), -1), unit_price: '1' }), 'orders.from_past')
  await expectRefused(li(orders.publishServicePrice, { item_id: tap, community_id: null, from_on: today(), unit_price: '1' }), 'kernel.forbidden')
  await expectRefused(li(orders.saveQuote, { order_id, lines: [{ quantity: '1', unit_price: '5' }] }), 'orders.quote_line')
  await expectRefused(li(orders.saveQuote, { order_id, lines: [{ kind: 'labour', name: '免费', unit: '次', quantity: '1', unit_price: '0' }] }), 'orders.quote_nothing')
})

test('a quote for a public place, for a finished or a cancelled order: refused, or taken back with the order', async () => {
  const { order_id: open } = await desk(orders.createOrder, { source: 'desk', community_id: w.community_id, house_id: null, category_id: kinds['楼道、路灯不亮']!, place: '1 栋楼道', words: '灯不亮' })
  await li(orders.takeOrder, { order_id: open })
  await expectRefused(li(orders.saveQuote, { order_id: open, lines: LINES() }), 'orders.quote_house')
  const order_id = await accepted()
  await li(orders.saveQuote, { order_id, lines: LINES() })
  await desk(orders.cancelOrder, { order_id, reason: '业户不修了' })
  expect(await newest(order_id)).toMatchObject({ state: 'withdrawn', end_reason: '工单已取消' })
  await expectRefused(desk(orders.saveQuote, { order_id, lines: LINES() }), 'orders.quote_over')
})

test('finished by two phones at once, billed once', async () => {
  const order_id = await accepted()
  await li(orders.saveQuote, { order_id, lines: LINES(), signer_name: '张三', photo_ids: [await photoBy(li.account_id)] })
  await li(orders.arriveOrder, { order_id })
  const done = await Promise.allSettled(Array.from({ length: 5 }, () => li(orders.finishOrder, { order_id, note: '好了' })))
  expect(done.filter((d) => d.status === 'fulfilled')).toHaveLength(1)
  const q = await newest(order_id)
  const { rows } = await t.inside((s) => sql<{ n: number }>`select count(*)::int as n from billing.bill where company_id = ${s.company_id} and reading_id = ${q.quote_id}::uuid`.execute(s.db))
  expect(rows[0]!.n).toBe(1)
})

test('without consent nothing leads to a bill; each line is rounded once and the digest sees every digit', () => {
  const reach = (from: QuoteState, seen: QuoteState[] = []): QuoteState[][] => [seen, ...(Object.keys(QUOTE_MOVES) as QuoteAction[]).filter((a) => QUOTE_MOVES[a].from.includes(from) && !seen.includes(QUOTE_MOVES[a].to)).flatMap((a) => reach(QUOTE_MOVES[a].to, [...seen, QUOTE_MOVES[a].to]))]
  for (const path of reach('offered', ['offered'])) if (path.includes('billed')) expect(path.indexOf('consented')).toBeLessThan(path.indexOf('billed'))
  const cents = fc.integer({ min: 0, max: 100_000_000 }).map((n) => `${Math.trunc(n / 10_000)}.${String(n % 10_000).padStart(4, '0')}`)
  fc.assert(fc.property(fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 99_999 }).map((n) => `${Math.trunc(n / 1000)}.${String(n % 1000).padStart(3, '0')}`), unit_price: cents }), { minLength: 1, maxLength: 10 }), (list) => {
    const { lines, amount_fen } = priced(list.map((l) => ({ item_id: null, kind: 'labour', name: 'a', unit: '次', ...l })))
    // In ten-thousandths of a thousandth of a yuan, by whole numbers.
    const exact = (q: string, p: string) => BigInt(q.replace('.', '')) * BigInt(p.replace('.', ''))
    for (const l of lines) expect(BigInt(l.amount_fen)).toBe((exact(l.quantity, l.unit_price) + 50_000n) / 100_000n)
    expect(amount_fen).toBe(lines.reduce((n, l) => n + l.amount_fen, 0))
    const hash = contentHash({ no: 'YC', payer_id: 'p', note: null, lines })
    expect(contentHash({ no: 'YC', payer_id: 'p', note: null, lines: [{ ...lines[0]!, amount_fen: lines[0]!.amount_fen + 1 }, ...lines.slice(1)] })).not.toBe(hash)
  }))
})
