// What is done to an estate while the processes die, and what must be true of it afterwards. The model of the random histories (plain arithmetic, no
// look at the product) says what the tables and the books must hold after each deed; the gateways say what money really moved.
import fc from 'fast-check'
import { expect } from 'vitest'
import { sql } from 'kysely'
import { addDays, addMonths, dayOf, nowMs, setClock } from '../../src/kernel/clock.ts'
import { uuidv7 } from '../../src/kernel/ids.ts'
import { billing } from '../../src/modules/billing/contract.ts'
import { closing } from '../../src/modules/closing/contract.ts'
import { handover } from '../../src/modules/handover/contract.ts'
import { messages } from '../../src/modules/messages/contract.ts'
import { payment } from '../../src/modules/payment/contract.ts'
import { property } from '../../src/modules/property/contract.ts'
import { applied, table } from '../import_kit.ts'
import type { Act } from '../proofs/act.ts'
import { sameDay } from '../proofs/acts.ts'
import type { Model, Paid } from '../proofs/model.ts'
import { agree, decide, newBills } from '../proofs/real.ts'
import { PATIENCE_MS, type Field } from './field.ts'
import { until } from './place.ts'

export type Deed = (f: Field, seed: number, struck: () => boolean) => Promise<void>
const MOST = 150
const today = (): string => dayOf(nowMs())
const none = { prepaid: 0, prepay_item: null, used: [], reversed: false, refunded: 0, refunding: 0 }

async function act(one: fc.Arbitrary<Act>, m: Model, f: Field, seed: number): Promise<boolean> {
  const [a] = fc.sample(one, { seed, numRuns: 1 })
  if (!a!.check(m)) return false
  await a!.run(m, f.real)
  return true
}
/** An estate may be paid up before the act that is wanted could be done; then another one is taken. */
const ESTATES = 6
/** Acts of the random histories on an estate of their own, until the process has died and two more have been done. */
export const history = (...of: readonly fc.Arbitrary<Act>[]): Deed => async (f, seed, struck) => {
  for (let k = 0; k < ESTATES && (k === 0 || !struck()); k++) {
    const m = await f.newEstate()
    const from = seed + k * MOST
    await act(sameDay.publish, m, f, from)
    let after = 0
    for (let n = 1; n < MOST && after < 2; n++) if ((await act(fc.oneof(...of), m, f, from + n)) && struck()) after++
  }
}

async function billed(f: Field, seed: number): Promise<Model> {
  const m = await f.newEstate()
  await act(fc.constant(null).chain(() => sameDay.publish), m, f, seed)
  if (m.open(0).length === 0) await act(sameDay.publish, m, f, seed + 1)
  return m
}
/** A bill paid by the code that the desk shows; the channel's word brings it in. */
async function paidByCode(f: Field, m: Model, house: number, kind: 'wechat' | 'alipay'): Promise<Paid> {
  const bill = m.open(house)[0]!
  const fen = m.openOf(bill)
  const as = f.over.as('cashier')
  const { intent_id } = await as(payment.startDeskOrder, { house_id: m.estate.houses[house]!.house_id, channel_id: f.channel[kind], way: 'native', lines: [{ bill_id: bill.bill_id, period_on: bill.period_on, amount_fen: fen }] })
  const { out_trade_no } = await as(payment.sendDeskOrder, { intent_id })
  f[kind].control.pay(out_trade_no)
  const state = async () => (await f.t.inside((s) => sql<{ state: string; payment_id: string | null }>`select i.state, (select payment_id from payment.settlement where company_id = ${s.company_id} and intent_id = i.intent_id) as payment_id from payment.intent i where i.company_id = ${s.company_id} and i.intent_id = ${intent_id}`.execute(s.db))).rows[0]!
  await until(`the money of ${out_trade_no}`, async () => (await state()).state === 'succeeded', PATIENCE_MS, 30)
  const { payment_id } = await state()
  const p: Paid = { payment_id: payment_id!, house, on: today(), lines: [{ bill_id: bill.bill_id, fen }], ...none }
  m.pay(p)
  await agree(f.real, m)
  return p
}
export const order = (kind: 'wechat' | 'alipay'): Deed => async (f, seed) => {
  const m = await billed(f, seed)
  await paidByCode(f, m, 0, kind)
}

/**
 * Back to where it came from, in two parts; the gateway must have been asked for each once. The notice of the channel and the question of the worker
 * race; when the notices won and the worker had no word to write down, it is done once more with the notices lost.
 */
export const channelRefund: Deed = async (f, seed, struck) => {
  await refunded(f, seed, async () => {})
  if (struck()) return
  f.wechat.control.notifyFault({ kind: 'drop', of: 'refund', times: 10_000 })
  await refunded(f, seed + 500, () => f.t.inside((s) => sql`update payment.refund set next_try_at = now() where company_id = ${s.company_id} and state in ('paying','failed') and method = 'original' and next_try_at > now()`.execute(s.db)))
  f.wechat.control.clear()
}
async function refunded(f: Field, seed: number, hurry: () => Promise<unknown>): Promise<void> {
  const m = await billed(f, seed)
  const p = await paidByCode(f, m, 1, 'wechat')
  const line = p.lines[0]!
  for (const fen of [1 + (seed % (line.fen - 1)), line.fen - 1 - (seed % (line.fen - 1))].filter((n) => n > 0)) {
    const { refund_id } = await f.over.as('cashier')(payment.askRefund, { payment_id: p.payment_id, lines: [{ bill_id: line.bill_id, period_on: m.bill(line.bill_id).period_on, amount_fen: fen }], method: 'original', payee_name: '业主', reason: '重复缴费' })
    await decide(f.real, refund_id, 'agree')
    const at = async () => (await f.t.inside((s) => sql<{ state: string; no: string }>`select state, out_refund_no as no from payment.refund where company_id = ${s.company_id} and refund_id = ${refund_id}`.execute(s.db))).rows[0]!
    await until('the refund done', async () => (await hurry(), (await at()).state === 'done'), PATIENCE_MS, 30)
    const { no } = await at()
    expect(f.wechat.control.state().refunds.filter((r) => r.out_refund_no === no).map((r) => r.refund)).toEqual([fen])
    p.refunded += fen
    m.bill(line.bill_id).paid -= fen
    m.refunds.push({ refund_id, house: 1, payment_id: p.payment_id, deposit_id: null, item: null, lines: [{ bill_id: line.bill_id, fen }], wallet: 0, amount: fen, state: 'done', approved_on: today() })
    await agree(f.real, m)
  }
}

/** Estates with money on a day and in a month that are over: made before anything dies, because the processes know no other clock than the machine's. */
export interface Past {
  days: { m: Model; day: string }[]
  months: { m: Model; month: string }[]
}
export async function past(f: Field, count: number): Promise<Past> {
  const made: Past = { days: [], months: [] }
  const prepaid = async (m: Model, day: string): Promise<Model> => {
    setClock(`${day}T02:00:00Z`)
    const done = await f.t.as('cashier')(payment.takePayment, { house_id: m.estate.houses[0]!.house_id, prepay_fen: 4321, tenders: [{ method: 'cash', amount_fen: 4321 }] })
    m.pay({ ...none, payment_id: done.payment_id, house: 0, on: day, lines: [], prepaid: 4321 })
    setClock(undefined)
    return m
  }
  for (let n = 0; n < count; n++) {
    const month = addMonths(today().slice(0, 7), n - count - 2)
    made.months.push({ month, m: await prepaid(await f.newEstate(), `${month}-20`) })
    const day = addDays(today(), -1)
    made.days.push({ day, m: await prepaid(await f.newEstate(), day) })
  }
  return made
}
export const closeDay = (of: () => Past['days'][number]): Deed => async (f) => {
  const { m, day } = of()
  await f.over.as('finance')(closing.closeDay, { community_id: m.estate.community_id, business_day: day })
  const kept = await f.t.inside((s) => sql<{ n: number; fen: number }>`select count(*)::int as n, sum(received_fen)::bigint as fen from closing.day_close where company_id = ${s.company_id} and community_id = ${m.estate.community_id}`.execute(s.db))
  expect(kept.rows).toEqual([{ n: 1, fen: 4321 }])
  await agree(f.real, m)
}
export const closeMonth = (of: () => Past['months'][number]): Deed => async (f) => {
  const { m, month } = of()
  const as = f.over.as('finance')
  await as(closing.closeDays, { community_id: m.estate.community_id, to_day: `${month}-28` })
  const { closing_id } = await as(closing.closePeriod, { book: 'company', month })
  const kept = await f.t.inside((s) => sql<{ closing_id: string; state: string; n: number }>`select p.closing_id, p.state, (select count(*)::int from ledger.closing k where k.company_id = ${s.company_id} and k.book = 'company' and k.period_on = p.period_on) as n from ledger.period p where p.company_id = ${s.company_id} and p.book = 'company' and p.period_on = ${`${month}-01`}`.execute(s.db))
  expect(kept.rows).toEqual([{ closing_id, state: 'closed', n: 1 }])
  await agree(f.real, m)
}

/** A sale in the middle of the month; the money held stays with the house. */
export const sale: Deed = async (f, seed) => {
  const m = await f.newEstate()
  const { house_id, person_id } = m.estate.houses[2]!
  await f.t.inside((s) => s.db.updateTable('property.house').set({ delivered_on: '2020-01-01' }).where('company_id', '=', s.company_id).where('house_id', '=', house_id).execute())
  await act(sameDay.publish, m, f, seed)
  const as = f.over.as('finance')
  const { sheet_id } = await as(handover.openSheet, { house_id, kind: 'transfer', on_day: today() })
  await learn(f, m)
  const bills = m.open(2).map((b) => ({ bill_id: b.bill_id, to: 'stay' as const }))
  const name = `新业主${seed}-${sheet_id.slice(-6)}`
  await as(handover.completeSheet, { sheet_id, owners: [{ person: { name, phone: `137${sheet_id.replaceAll(/\D/g, '').padStart(8, '0').slice(-8)}` }, share_num: 1, share_den: 1 }], reason: '房屋买卖', bills, agreement: '双方约定:预存随房' })
  const { rows } = await f.t.inside((s) => sql<{ name: string; from_on: string; to_on: string | null }>`select p.name, o.from_on, o.to_on from people.ownership o join people.person p on p.company_id = ${s.company_id} and p.person_id = o.person_id where o.company_id = ${s.company_id} and o.house_id = ${house_id} order by o.from_on`.execute(s.db))
  const old = await f.t.inside((s) => s.db.selectFrom('people.person').select('name').where('company_id', '=', s.company_id).where('person_id', '=', person_id).executeTakeFirstOrThrow())
  expect(rows).toEqual([{ name: old.name, from_on: '2020-01-01', to_on: today() }, { name, from_on: today(), to_on: null }])
  const parts = await f.t.inside((s) => sql<{ fen: number; whole: number }>`select coalesce(sum(amount_fen - reduced_fen), 0)::bigint as fen, ${m.bills.filter((b) => b.house === 2 && !b.void).reduce((n, b) => n + b.amount, 0)}::bigint as whole from billing.bill where company_id = ${s.company_id} and house_id = ${house_id} and voided_at is null`.execute(s.db))
  expect(parts.rows[0]!.fen).toBe(parts.rows[0]!.whole)
}
/** Bills that a settlement has made to its day: their amounts are the handover's own tests' concern. */
async function learn(f: Field, m: Model): Promise<void> {
  for (const b of await newBills(f.real, m)) m.bills.push({ bill_id: b.bill_id, house: m.estate.houses.findIndex((x) => x.house_id === b.house_id), period_on: b.period_on, item: b.fee_item_id === m.estate.fee ? 'fee' : 'waste', amount: b.amount_fen, paid: 0, reduced: 0, due_on: b.due_on, void: false, of: null, reductions: [] })
}

const [BUILDINGS, FLATS, ITEMS] = [8, 900, 3]
/** A charge run of more lines than one chunk holds, which the worker publishes. What was committed before the death is not written again. */
export const bigRun: Deed = async (f, seed) => {
  const id = (what: string) => sql`md5(${`${seed} ${what} `} || n)::uuid`
  const community_id = uuidv7()
  const items = Array.from({ length: ITEMS }, () => uuidv7())
  await f.t.inside(async (s) => {
    const c = s.company_id
    const all = sql`generate_series(1, ${BUILDINGS * FLATS}::int) n`
    await sql`insert into property.community (company_id, community_id, name, created_at) values (${c}, ${community_id}, ${`大区${seed}`}, ${s.now})`.execute(s.db)
    await sql`insert into property.building (company_id, building_id, community_id, no, name) select ${c}, ${id('b')}, ${community_id}, n::text, n || '栋' from generate_series(0, ${BUILDINGS - 1}::int) n`.execute(s.db)
    await sql`insert into property.house (company_id, house_id, community_id, building_id, kind, room_no, label, built_area_m2, sort_no, created_at) select ${c}, ${id('h')}, ${community_id}, md5(${`${seed} b `} || n % ${BUILDINGS}::int)::uuid, 'dwelling', n::text, '大-' || n, 50 + n % 90, n, ${s.now} from ${all}`.execute(s.db)
    await sql`insert into people.person (company_id, person_id, name, created_at) select ${c}, ${id('p')}, '住户' || n, ${s.now} from ${all}`.execute(s.db)
    await sql`insert into people.payer (company_id, payer_id, house_id, fee_class, person_id, role, from_on) select ${c}, ${id('y')}, ${id('h')}, 'property', ${id('p')}, 'owner', '2020-01-01' from ${all}`.execute(s.db)
    await sql`insert into billing.fee_item (company_id, fee_item_id, community_id, code, name, shape, area_kind, house_kinds, created_at) select ${c}, i.id, ${community_id}, 'F' || i.no, '项目' || i.no, 'area', 'built', '{dwelling}', ${s.now} from unnest(${items}::uuid[]) with ordinality i(id, no)`.execute(s.db)
    await sql`insert into billing.price (company_id, price_id, fee_item_id, unit_price, from_on, created_at) select ${c}, gen_random_uuid(), i.id, 1.2, '2020-01-01', ${s.now} from unnest(${items}::uuid[]) i(id)`.execute(s.db)
  })
  const { run_id, input_hash, preview } = await f.over.as('cashier')(billing.createRun, { community_id, period: today().slice(0, 7), fee_item_ids: items })
  expect(preview.line_count).toBe(BUILDINGS * FLATS * ITEMS)
  expect(await f.over.as('finance')(billing.publishRun, { run_id, input_hash })).toMatchObject({ state: 'publishing' })
  const run = () => f.over.as('finance')(billing.run, { run_id })
  await until('the large run published', async () => (await run()).state === 'published', PATIENCE_MS, 50)
  expect(await run()).toMatchObject({ line_count: preview.line_count, amount_fen: preview.amount_fen, left_out: [] })
  const { rows } = await f.t.inside((s) => sql<{ n: number; different: number; fen: number }>`select count(*)::int as n, count(distinct (house_id, fee_item_id))::int as different, sum(amount_fen)::bigint as fen from billing.bill where company_id = ${s.company_id} and community_id = ${community_id}`.execute(s.db))
  expect(rows[0]).toEqual({ n: preview.line_count, different: preview.line_count, fen: preview.amount_fen })
}

const ROWS = 230
export const importAreas: Deed = async (f, seed) => {
  const m = await f.newEstate()
  const { community_id } = m.estate
  const rows = Array.from({ length: ROWS }, (_, n) => ['绿化', `草坪 ${seed}-${n}`, String(n + 1), '片'])
  const d = await applied(f.over, { kind: 'property.areas', community_id, bytes: await table(['类别', '名称', '数量', '单位'], rows) })
  expect(d.view.state).toBe('applied')
  const { total } = await f.over.as('admin')(property.publicAreas, { community_id })
  expect(total).toBe(ROWS)
  const sum = await f.t.inside((s) => sql<{ n: number }>`select sum(quantity)::int as n from property.public_area where company_id = ${s.company_id} and community_id = ${community_id}`.execute(s.db))
  expect(sum.rows[0]!.n).toBe((ROWS * (ROWS + 1)) / 2)
}

/** One message, however often its job is run. */
export const text: Deed = async (f, seed) => {
  const phone = `136${String(10_000_000 + (seed % 80_000_000))}`
  await f.t.as('admin')(messages.trySms, { phone })
  await f.over.drain()
  const { rows } = await f.t.inside((s) => sql<{ state: string; sms_id: string }>`select state, sms_id from messages.sms where company_id = ${s.company_id} and phone = ${phone}`.execute(s.db))
  expect(rows).toMatchObject([{ state: 'sent' }])
  expect(f.sms.taken.filter((x) => x.phone === phone).map((x) => x.out_id)).toEqual([rows[0]!.sms_id])
}
