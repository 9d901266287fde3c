// Paid service (有偿服务): quoted on the spot, signed by the customer before the work, billed when the order is finished. Nothing is billed without
// a signature, a changed quote is a new one and asks for a new signature, and what was billed is taken back by a second person only.
import { sql } from 'kysely'
import { z } from 'zod'
import { answer } from '../../../kernel/app.ts'
import { dayOf } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { compareDecimal, fen, trimDecimal, yuanGrouped } from '../../../kernel/money.ts'
import { Id } from '../../../kernel/shapes.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { billOneOff, voidOneOff } from '../../billing/server/index.ts'
import { payersAt } from '../../people/server/index.ts'
import { askApproval, type ApprovalKind } from '../../system/server/index.ts'
import { orders, type LineIn, type Quote, type QuoteLine, type QuoteState } from '../contract.ts'
import { words } from '../words.ts'
import { actorsOf, orderToChange, orderToRead, reaches, type Order } from './access.ts'
import { policyNow } from './config.ts'
import { doneAt } from './done_at.ts'
import { photosToAttach } from './photos.ts'
import { QUOTE_MOVES, billNote, contentHash, priced, type Priced, type QuoteAction } from './rules/quote.ts'
import { itemsOn } from './service_items.ts'
import { hourText, noted, notify, progress } from './tell.ts'

/** The item that paid service is billed under; renamed and accounted in 收费项目 as a company likes. */
export const SERVICE_ITEM = { code: 'YCFW', name: '有偿服务费', account_code: '6051', belongs_to: 'company' } as const
const QUOTES_MAX = 50

export interface Row {
  quote_id: string
  no: string
  order_id: string
  community_id: string
  building_id: string
  house_id: string
  round_no: number
  payer_id: string
  payer_name: string
  state: QuoteState
  amount_fen: number
  note: string | null
  content_hash: string
  made_by: string
  made_by_name: string
  made_at: string
  signer_name: string | null
  signed_on: 'own_phone' | 'staff_phone' | null
  signed_at: string | null
  signature_file_id: string | null
  made_received_at: string | null
  signed_received_at: string | null
  end_reason: string | null
  bill_id: string | null
  billed_at: string | null
  void_asked: boolean
  lines: QuoteLine[]
}
const ROW = (c: number) => sql`select q.quote_id, q.no, q.order_id, q.community_id, q.building_id, q.house_id, q.round_no, q.payer_id, p.name as payer_name, q.state, q.amount_fen, q.note, q.content_hash, q.made_by, q.made_by_name, q.made_at, q.signer_name, q.signed_on, q.signed_at, q.signature_file_id, q.made_received_at, q.signed_received_at, q.end_reason, q.bill_id, q.billed_at,
    q.state = 'billed' and q.approval_id is not null as void_asked,
    (select jsonb_agg(jsonb_build_object('line_no', l.line_no, 'item_id', l.item_id, 'kind', l.kind, 'name', l.name, 'unit', l.unit, 'quantity', l.quantity::text, 'unit_price', l.unit_price::text, 'amount_fen', l.amount_fen) order by l.line_no) from orders.quote_line l where l.company_id = ${c} and l.quote_id = q.quote_id) as lines
  from orders.quote q join people.person p on p.company_id = ${c} and p.person_id = q.payer_id`

async function quotesOf(scope: Scope, order_id: string): Promise<Row[]> {
  return quotesOfAll(scope, [order_id], QUOTES_MAX)
}
async function quotesOfAll(scope: Scope, order_ids: readonly string[], max: number): Promise<Row[]> {
  const { rows } = await sql<Row>`${ROW(scope.company_id)} where q.company_id = ${scope.company_id} and q.order_id = any(${[...order_ids]}::uuid[]) order by q.made_at desc, q.no desc limit ${max}`.execute(scope.db)
  return rows
}
/** A quote and its order; what the caller may not see of the order is not there. */
export async function quoteToRead(scope: Scope, quote_id: string): Promise<{ q: Row; o: Order }> {
  const { rows } = await sql<Row>`${ROW(scope.company_id)} where q.company_id = ${scope.company_id} and q.quote_id = ${quote_id}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return { q: rows[0], o: await orderToRead(scope, rows[0].order_id) }
}
/** The order is locked first, always: whoever quotes, signs or finishes at once comes one after the other. */
async function quoteToChange(scope: Scope, quote_id: string): Promise<{ q: Row; o: Order }> {
  const found = await scope.db.selectFrom('orders.quote').select('order_id').where('company_id', '=', scope.company_id).where('quote_id', '=', quote_id).executeTakeFirst()
  if (!found) throw scope.notFound()
  const o = await orderToChange(scope, found.order_id)
  return { q: (await quoteToRead(scope, quote_id)).q, o }
}

const said = (state: QuoteState): string => words.states!['quote']![state]!
function refused(scope: Scope, q: Row, action: QuoteAction) {
  return scope.refuse('orders.quote_state', { no: q.no, state: said(q.state), action: words.states!['quote_action']![action]! })
}
/** Whoever works on the order or dispatches there. */
const mayQuote = (scope: Scope, o: Order): boolean => actorsOf(scope, o).some((a) => a === 'assignee' || a === 'dispatcher') || o.helps
const OPEN = ['accepted', 'working', 'suspended']

async function moveQuote(scope: Scope, q: Row, action: QuoteAction, set: Record<string, unknown> = {}): Promise<{ quote_id: string; state: QuoteState }> {
  const m = QUOTE_MOVES[action]
  if (!m.from.includes(q.state)) throw refused(scope, q, action)
  const done = await scope.db.updateTable('orders.quote').set({ state: m.to, ...set } as never).where('company_id', '=', scope.company_id).where('quote_id', '=', q.quote_id).where('state', '=', q.state).executeTakeFirst()
  if (Number(done.numUpdatedRows) !== 1) throw refused(scope, q, action)
  scope.note('quote', q.quote_id, { no: q.no, action, amount_fen: q.amount_fen })
  return { quote_id: q.quote_id, state: m.to }
}
const ended = (scope: Scope, reason: string) => ({ end_reason: reason, ended_at: scope.now })

/** Prices of the list are taken from the list; what is not on it says its own. */
async function linesOf(scope: Scope, o: Order, asked: readonly LineIn[], day: string): Promise<(Priced & { price_id: string | null })[]> {
  const ids = asked.flatMap((l) => (l.item_id ? [l.item_id] : []))
  const items = new Map(ids.length ? (await itemsOn(scope, { community_id: o.community_id, item_ids: ids, day })).map((i) => [i.item_id, i]) : [])
  return asked.map((l, n) => {
    const bad = (what: string) => scope.refuse('orders.quote_line', { n: n + 1, what })
    if (l.item_id) {
      const i = items.get(l.item_id)
      if (!i) throw bad('价目项目不存在或已停用,请重新选择')
      if (!i.price) throw bad(`「${i.name}」今天没有单价,请先在价目里设定,或按临时项目填写`)
      // What was shown on a phone that knew an older list was not agreed to at this price.
      if (l.unit_price !== undefined && compareDecimal(l.unit_price, i.price.unit_price) !== 0) throw scope.refuse('orders.quote_price', { name: i.name, shown: trimDecimal(l.unit_price), now: i.price.unit_price, unit: i.unit })
      return { item_id: i.item_id, price_id: i.price.price_id, kind: i.kind, name: i.name, unit: i.unit, quantity: l.quantity, unit_price: i.price.unit_price }
    }
    if (!l.name || !l.unit || !l.kind || l.unit_price === undefined) throw bad('临时项目请写明类别、名称、单位和单价')
    return { item_id: null, price_id: null, kind: l.kind, name: l.name, unit: l.unit, quantity: l.quantity, unit_price: l.unit_price }
  })
}

async function payerOf(scope: Scope, o: Order, asked: string | undefined): Promise<string> {
  const payers = await payersAt(scope, [o.house_id!], scope.today)
  // Who asked for it, if he pays anything there; else whoever uses the flat, and where nobody else does, the owner.
  const who = asked ? payers.find((p) => p.person_id === asked) : (payers.find((p) => p.person_id === o.person_id) ?? payers.find((p) => p.fee_class === 'use') ?? payers[0])
  if (!who) throw scope.refuse('orders.quote_payer')
  return who.person_id
}

interface Draft { lines: readonly LineIn[]; note?: string | undefined; payer_id?: string | undefined }
async function writeQuote(scope: Scope, o: Order, d: Draft, done: Done): Promise<Row> {
  const c = scope.company_id
  const house_id = o.house_id
  if (!house_id || !o.building_id) throw scope.refuse('orders.quote_house')
  const wanted = await linesOf(scope, o, d.lines, dayOf(done.at))
  const { lines, amount_fen } = priced(wanted)
  if (amount_fen <= 0) throw scope.refuse('orders.quote_nothing')
  const payer_id = await payerOf(scope, o, d.payer_id)
  for (const q of await quotesOf(scope, o.order_id)) {
    if (q.round_no !== o.round_no) continue
    if (q.state === 'billed') throw scope.refuse('orders.quote_billed', { no: q.no })
    if (q.state === 'offered' || q.state === 'consented') await moveQuote(scope, q, 'replace', ended(scope, '改了报价'))
  }
  const quote_id = uuidv7()
  const year = scope.today.slice(0, 4)
  const drawn = await sql<{ last_no: number }>`insert into orders.series (company_id, series, last_no) values (${c}, ${`YC-${year}`}, 1) on conflict (company_id, series) do update set last_no = series.last_no + 1 returning last_no`.execute(scope.db)
  const no = `YC${year}-${String(drawn.rows[0]!.last_no).padStart(6, '0')}`
  const note = d.note?.trim() || null
  await scope.db.insertInto('orders.quote').values({
    company_id: c, quote_id, no, order_id: o.order_id, community_id: o.community_id, building_id: o.building_id, house_id, round_no: o.round_no, payer_id, state: 'offered', amount_fen, note,
    content_hash: contentHash({ no, payer_id, note, lines }), made_by: scope.who.account_id!, made_by_name: scope.who.name, made_at: done.at, made_received_at: done.late ? scope.now : null,
  }).execute()
  await scope.db.insertInto('orders.quote_line').values(lines.map((l, i) => ({ company_id: c, quote_id, line_no: l.line_no, item_id: l.item_id, price_id: wanted[i]!.price_id, kind: l.kind, name: l.name, unit: l.unit, quantity: l.quantity, unit_price: l.unit_price, amount_fen: l.amount_fen }))).execute()
  scope.note('quote', quote_id, { no, order_no: o.no, amount_fen, lines: lines.length })
  return (await quoteToRead(scope, quote_id)).q
}

interface Done { at: string; late: boolean }
interface Hand { signer_name: string; photo_ids: readonly string[]; signed_on: 'own_phone' | 'staff_phone' }
async function sign(scope: Scope, q: Row, h: Hand, done: Done): Promise<{ quote_id: string; state: QuoteState }> {
  const [signature_file_id] = await photosToAttach(scope, h.photo_ids).catch(() => { throw scope.refuse('orders.no_signature') })
  return moveQuote(scope, q, 'sign', { signer_name: h.signer_name, signed_on: h.signed_on, signed_at: done.at, signed_received_at: done.late ? scope.now : null, signature_file_id })
}
function sameContent(scope: Scope, q: Row, content_hash: string): void {
  if (q.content_hash !== content_hash) throw scope.refuse('orders.quote_changed', { no: q.no })
}

/** Called when an order is finished: what was agreed is billed, what was not agreed stops it. */
export async function billConsented(scope: Scope, o: Order): Promise<void> {
  const q = (await quotesOf(scope, o.order_id)).find((x) => x.round_no === o.round_no && (x.state === 'offered' || x.state === 'consented'))
  if (!q) return
  if (q.state === 'offered') throw scope.refuse('orders.quote_open', { no: q.no, amount: yuanGrouped(fen(q.amount_fen)) })
  const bill = await billOneOff(scope, {
    house: q, payer_id: q.payer_id, source_id: q.quote_id, item: SERVICE_ITEM, amount_fen: q.amount_fen,
    note: billNote({ no: q.no, order_no: o.no, amount_fen: q.amount_fen, signer_name: q.signer_name!, signed: hourText(q.signed_at!) }, q.lines),
  })
  await moveQuote(scope, q, 'bill', { bill_id: bill.bill_id, bill_period_on: bill.period_on, billed_at: scope.now })
}
/** Called when an order ends without being done. */
export async function dropQuotes(scope: Scope, o: Order, reason: string): Promise<void> {
  for (const q of await quotesOf(scope, o.order_id)) if (q.state === 'offered' || q.state === 'consented') await moveQuote(scope, q, 'withdraw', ended(scope, reason))
}

const Payload = z.object({ quote_id: Id })
export const quoteVoidApproval: ApprovalKind<z.output<typeof Payload>> = {
  kind: 'orders.quote_void', zh: '作废有偿服务', may: 'orders.quote.decide', has_amount: true, payload: Payload,
  facts: async (scope, a) => {
    const { rows } = await sql<Row & { order_no: string; place: string }>`select q.no, w.no as order_no, w.place, q.signer_name from orders.quote q join orders.work_order w on w.company_id = ${scope.company_id} and w.order_id = q.order_id where q.company_id = ${scope.company_id} and q.quote_id = ${a.payload.quote_id}`.execute(scope.db)
    const q = rows[0]
    return q ? [{ label: '报价单', value: q.no }, { label: '工单', value: `${q.order_no} ${q.place}` }, { label: '签字人', value: q.signer_name ?? '' }] : []
  },
  agreed: async (scope, a) => {
    const { rows } = await sql<Row>`${ROW(scope.company_id)} where q.company_id = ${scope.company_id} and q.quote_id = ${a.payload.quote_id} for update of q`.execute(scope.db)
    const q = rows[0]!
    await voidOneOff(scope, q.bill_id!, `有偿服务 ${q.no} 作废:${a.reason}`)
    await moveQuote(scope, q, 'void', ended(scope, a.reason))
  },
  dropped: async (scope, a) => void (await scope.db.updateTable('orders.quote').set({ approval_id: null }).where('company_id', '=', scope.company_id).where('quote_id', '=', a.payload.quote_id).execute()),
}

function shown(scope: Scope, q: Row, o: Order): Quote {
  const mine = mayQuote(scope, o)
  const may = (action: QuoteAction): true | string => (!mine ? 'kernel.forbidden' : QUOTE_MOVES[action].from.includes(q.state) ? true : 'orders.quote_state')
  const voids: true | string = !reaches(scope, 'orders.quote.void', o) ? 'kernel.forbidden' : q.state !== 'billed' ? 'orders.quote_state' : q.void_asked ? 'orders.quote_void_asked' : true
  const { order_id: _o, community_id: _c, building_id: _b, house_id: _h, payer_id: _p, made_by: _m, signature_file_id: _s, ...rest } = q
  return { ...rest, can: { sign: may('sign'), withdraw: may('withdraw'), void: voids } }
}

export interface QuotesHere { rows: Quote[]; can: { quote: true | string }; payers: { person_id: string; name: string; role: string }[] }
/** Of some orders at once: their quotes, whether one may quote, who may pay. */
export async function quotesHere(scope: Scope, list: readonly Order[]): Promise<Map<string, QuotesHere>> {
  const houses = list.flatMap((o) => (o.house_id ? [o.house_id] : []))
  const [all, payers] = await Promise.all([quotesOfAll(scope, list.map((o) => o.order_id), QUOTES_MAX * Math.max(1, list.length)), houses.length ? payersAt(scope, houses, scope.today) : []])
  return new Map(list.map((o) => {
    const rows = all.filter((q) => q.order_id === o.order_id)
    const billed = rows.some((q) => q.round_no === o.round_no && q.state === 'billed')
    const quote: true | string = !mayQuote(scope, o) ? 'kernel.forbidden' : !o.house_id ? 'orders.quote_house' : billed ? 'orders.quote_billed' : OPEN.includes(o.state) ? true : 'orders.quote_over'
    const here = payers.filter((p) => p.house_id === o.house_id).map((p) => [p.person_id, { person_id: p.person_id, name: p.name, role: p.role }] as const)
    return [o.order_id, { rows: rows.map((q) => shown(scope, q, o)), can: { quote }, payers: [...new Map(here).values()] }]
  }))
}

const staff = [
  answer(orders.orderQuotes, async (scope, { order_id }) => {
    if (scope.who.kind === 'resident') throw scope.notFound()
    const o = await orderToRead(scope, order_id)
    return (await quotesHere(scope, [o])).get(order_id)!
  }),
  answer(orders.saveQuote, async (scope, i) => {
    if (scope.who.kind === 'resident') throw scope.notFound()
    const o = await orderToChange(scope, i.order_id)
    if (!mayQuote(scope, o)) throw scope.notFound()
    if (!OPEN.includes(o.state)) throw scope.refuse('orders.quote_over', { no: o.no, state: words.states!['state']![o.state]! })
    const done = await doneAt(scope, o, await policyNow(scope), i.done_at)
    const q = await writeQuote(scope, o, i, done)
    if (i.photo_ids && i.signer_name) return sign(scope, q, { signer_name: i.signer_name, photo_ids: i.photo_ids, signed_on: 'staff_phone' }, done)
    await notify(scope, progress(o, `师傅报价 ${yuanGrouped(fen(q.amount_fen))} 元,请查看并签字同意`))
    return { quote_id: q.quote_id, state: q.state }
  }),
  answer(orders.signQuote, async (scope, i) => {
    const { q, o } = await quoteToChange(scope, i.quote_id)
    if (scope.who.kind === 'resident' || !mayQuote(scope, o)) throw scope.notFound()
    sameContent(scope, q, i.content_hash)
    return sign(scope, q, { ...i, signed_on: 'staff_phone' }, await doneAt(scope, o, await policyNow(scope), i.done_at))
  }),
  answer(orders.refuseQuote, async (scope, i) => {
    const { q, o } = await quoteToChange(scope, i.quote_id)
    if (scope.who.kind === 'resident' || !mayQuote(scope, o)) throw scope.notFound()
    return moveQuote(scope, q, 'refuse', ended(scope, i.reason))
  }),
  answer(orders.withdrawQuote, async (scope, i) => {
    const { q, o } = await quoteToChange(scope, i.quote_id)
    if (scope.who.kind === 'resident' || !mayQuote(scope, o)) throw scope.notFound()
    return moveQuote(scope, q, 'withdraw', ended(scope, i.reason))
  }),
  answer(orders.askQuoteVoid, async (scope, i) => {
    const { q, o } = await quoteToChange(scope, i.quote_id)
    if (!reaches(scope, 'orders.quote.void', o)) throw scope.notFound()
    if (q.state !== 'billed') throw refused(scope, q, 'void')
    if (q.void_asked) throw scope.refuse('orders.quote_void_asked', { no: q.no })
    const { rows } = await sql<{ paid_fen: number }>`select b.paid_fen from orders.quote q join billing.bill b on b.company_id = ${scope.company_id} and b.period_on = q.bill_period_on and b.bill_id = q.bill_id where q.company_id = ${scope.company_id} and q.quote_id = ${q.quote_id}`.execute(scope.db)
    if ((rows[0]?.paid_fen ?? 0) > 0) throw scope.refuse('billing.already_paid', { paid: yuanGrouped(fen(rows[0]!.paid_fen)) })
    const { approval_id } = await askApproval(scope, quoteVoidApproval, { subject_type: 'quote', subject_id: q.quote_id, community_id: o.community_id, title: `作废有偿服务 ${q.no} ${o.place} ${yuanGrouped(fen(q.amount_fen))} 元`, amount_fen: q.amount_fen, payload: { quote_id: q.quote_id }, reason: i.reason, attachments: [] })
    await scope.db.updateTable('orders.quote').set({ approval_id }).where('company_id', '=', scope.company_id).where('quote_id', '=', q.quote_id).execute()
    scope.note('quote', q.quote_id, { no: q.no, void_asked: true })
    return { approval_id }
  }),
]

const resident = [
  answer(orders.myQuotes, async (scope, { order_id }) => {
    const o = await orderToRead(scope, order_id)
    const rows = await quotesOf(scope, order_id)
    return { rows: rows.map((q) => { const { void_asked: _, can: _c, ...rest } = shown(scope, q, o); return { ...rest, can: { sign: q.state === 'offered' ? (true as const) : 'orders.quote_state' } } }) }
  }),
  answer(orders.signMyQuote, async (scope, i) => {
    const { q, o } = await quoteToChange(scope, i.quote_id)
    sameContent(scope, q, i.content_hash)
    const done = await sign(scope, q, { photo_ids: i.photo_ids, signer_name: o.reporter_name ?? '业户', signed_on: 'own_phone' }, { at: scope.now, late: false })
    if (o.assignee_id) await notify(scope, [noted(o, o.assignee_id, `业户已签字同意报价 ${yuanGrouped(fen(q.amount_fen))} 元`, '')])
    return done
  }),
  answer(orders.refuseMyQuote, async (scope, i) => {
    const { q, o } = await quoteToChange(scope, i.quote_id)
    const done = await moveQuote(scope, q, 'refuse', ended(scope, i.reason))
    if (o.assignee_id) await notify(scope, [noted(o, o.assignee_id, '业户不同意报价', i.reason)])
    return done
  }),
]
export const quoteAnswers = [...staff, ...resident]
