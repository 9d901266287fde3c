// Paying by phone, the resident's side. The intent is committed before the channel hears of it: a crash in between leaves a row that
// `ask.ts` resolves. Sending is a call of its own and may be repeated, because the channel takes one number once.
import { sql } from 'kysely'
import { answer, type App } from '../../../kernel/app.ts'
import { nowMs } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { openidOf } from '../../messages/server/index.ts'
import { payment } from '../contract.ts'
import type { MyIntent } from '../contract_online.ts'
import { myBillsWhere, myHouses, type MyHouse } from './access.ts'
import { lookInBackground } from './ask.ts'
import { linesByKey, openLines, tooMuch, type BillKey } from './bills.ts'
import { cutOrder, noteOrderCoupons } from './coupon_uses.ts'
import { channelRow, enabledChannels, openChannel, simulationAllowed, type ChannelRow, type OpenChannel } from './channels.ts'
import type { CreateResult, Way } from './outside/channel.ts'
import { checkOffer } from './promotion_uses.ts'
import { settle } from './settle.ts'
import { lockLines } from './take.ts'

export const LIFE_MINUTES = 15
const INTENTS_MAX = 20
const INTENTS_MINUTES = 10

/** Calls to a channel that hold a connection: more would starve everything else of this process. */
const AT_ONCE = 4
let sending = 0
export async function gated<T>(scope: Scope, run: () => Promise<T>): Promise<T> {
  if (sending >= AT_ONCE) throw scope.refuse('payment.channel_busy')
  sending++
  try {
    return await run()
  } finally {
    sending--
  }
}

interface Mine extends MyIntent {
  channel_id: string
  checked_at: string | null
  community_id: string
}
async function myIntent(scope: Scope, intent_id: string): Promise<Mine> {
  const c = scope.company_id
  const r = await sql<Mine>`
    select i.intent_id, i.out_trade_no, i.state, i.amount_fen, i.house_id,
      h.label || coalesce((select ' 等 ' || count(*) || ' 套' from payment.intent_part t where t.company_id = ${c} and t.intent_id = i.intent_id having count(*) > 1), '') as house_label, i.pay_url, i.way, i.failure, i.created_at, i.expires_at, i.channel_id, i.checked_at, i.community_id, s.payment_id, p.receipt_no,
      case when i.promotion_id is not null then jsonb_build_object('name', o.name, 'gift_fen', u.gift_fen, 'missed', i.promotion_missed) end as promotion,
      (select jsonb_build_object('off_fen', case when i.state = 'succeeded' then coalesce((select sum(k.amount_fen) from payment.coupon_use k join payment.settlement y on y.company_id = ${c} and y.payment_id = k.payment_id where k.company_id = ${c} and y.intent_id = i.intent_id), 0) else sum(q.amount_fen) end, 'missed', i.coupon_missed)
        from payment.intent_coupon q where q.company_id = ${c} and q.intent_id = i.intent_id having count(*) > 0) as coupon,
      (select coalesce(jsonb_agg(jsonb_build_object('payment_id', y.payment_id, 'receipt_no', y.receipt_no, 'house_label', yh.label, 'total_fen', y.total_fen, 'prepaid_fen', y.prepaid_fen) order by y.receipt_no), '[]'::jsonb)
        from payment.settlement x join payment.payment y on y.company_id = ${c} and y.payment_id = x.payment_id join property.house yh on yh.company_id = ${c} and yh.house_id = y.house_id where x.company_id = ${c} and x.intent_id = i.intent_id) as receipts
    from payment.intent i join property.house h on h.company_id = ${c} and h.house_id = i.house_id
    left join lateral (select payment_id from payment.settlement s where s.company_id = ${c} and s.intent_id = i.intent_id order by s.settled_at limit 1) s on true
    left join payment.payment p on p.company_id = ${c} and p.payment_id = s.payment_id
    left join payment.promotion o on o.company_id = ${c} and o.promotion_id = i.promotion_id left join payment.promotion_use u on u.company_id = ${c} and u.payment_id = s.payment_id
    where i.company_id = ${c} and i.intent_id = ${intent_id} and i.account_id = ${scope.who.account_id}`.execute(scope.db)
  if (!r.rows[0]) throw scope.notFound()
  return r.rows[0]
}
const shown = ({ channel_id: _c, checked_at: _k, community_id: _m, ...i }: Mine): MyIntent => i

interface Live {
  intent_id: string
  account_id: string | null
  channel_id: string
  house_id: string
  amount_fen: number
  expires_at: string
  bill_ids: string[]
}
/** Orders still open on any of these bills. */
export async function liveOn(scope: Scope, bill_ids: readonly string[]): Promise<Live[]> {
  if (bill_ids.length === 0) return []
  const c = scope.company_id
  const r = await sql<Live>`
    select i.intent_id, i.account_id, i.channel_id, i.house_id, i.amount_fen, i.expires_at, (select array_agg(b.bill_id::text) from payment.intent_bill b where b.company_id = ${c} and b.intent_id = i.intent_id) as bill_ids
    from payment.intent i where i.company_id = ${c} and i.state in ('created','pending','unknown') and i.expires_at > ${scope.now}
      and i.intent_id in (select ib.intent_id from payment.intent_bill ib where ib.company_id = ${c} and ib.bill_id = any(${[...bill_ids]}::uuid[])) order by i.created_at limit 50`.execute(scope.db)
  return r.rows
}

type Asked = BillKey & { amount_fen: number }
/** Only bills of the resident's own side, and locked, so that a desk or a second phone stands in line. */
async function checkBills(scope: Scope, house: MyHouse, bills: readonly Asked[]): Promise<void> {
  const mine = new Map((await openLines(scope, [house], myBillsWhere(scope, [house]))).map((l) => [l.bill_id, l]))
  const strange = bills.filter((b) => !mine.has(b.bill_id))
  if (strange.length > 0) {
    const any = await linesByKey(scope, strange)
    for (const b of strange) {
      const line = any.get(b.bill_id)
      if (!line || line.house_id !== house.house_id || line.open_fen > 0) throw scope.notFound()
      throw tooMuch(scope, line, b.amount_fen, 0)
    }
  }
  await lockLines(scope, house.house_id, bills)
}

export async function refuseTooMany(scope: Scope): Promise<void> {
  const since = new Date(Date.parse(scope.now) - INTENTS_MINUTES * 60_000).toISOString()
  const r = await sql<{ n: number }>`select count(*)::int as n from payment.intent where company_id = ${scope.company_id} and account_id = ${scope.who.account_id} and created_at > ${since}`.execute(scope.db)
  if (r.rows[0]!.n >= INTENTS_MAX) throw scope.refuse('payment.too_many_intents', { minutes: INTENTS_MINUTES })
}

const startPayment = (app: () => App) =>
  answer(payment.startPayment, async (scope, o) => {
    const [house] = await myHouses(scope, o.house_id)
    const channel = (await enabledChannels(app(), scope)).find((x) => x.channel_id === o.channel_id)
    if (!channel) throw scope.refuse('payment.channel_off')
    const gross_fen = o.bills.reduce((n, b) => n + b.amount_fen, o.prepay_fen)
    if (gross_fen === 0) throw scope.refuse('payment.nothing_to_pay')
    if (o.coupon_ids.length > 0 && house!.role === 'tenant') throw scope.notFound()
    if (o.promotion_id) await checkPromotion(scope, house!, { ...o, promotion_id: o.promotion_id })
    await checkBills(scope, house!, o.bills)
    const cut = await cutOrder(scope, house!.house_id, o.coupon_ids, o.bills)
    const amount_fen = gross_fen - cut.off_fen
    const bill_ids = o.bills.map((b) => b.bill_id)
    const live = await liveOn(scope, bill_ids)
    const same = live.find((l) => l.account_id === scope.who.account_id && l.channel_id === o.channel_id && l.amount_fen === amount_fen && l.bill_ids.length === cut.lines.length && cut.lines.every((b) => l.bill_ids.includes(b.bill_id)))
    if (same) return { intent_id: same.intent_id, amount_fen: same.amount_fen, expires_at: same.expires_at }
    if (live[0]) throw scope.refuse('payment.being_paid', { minutes: Math.max(1, Math.ceil((Date.parse(live[0].expires_at) - nowMs()) / 60_000)) })
    await refuseTooMany(scope)
    const expires_at = new Date(Date.parse(scope.now) + LIFE_MINUTES * 60_000).toISOString()
    const intent_id = await insertIntent(scope, { house: house!, channel_id: o.channel_id, amount_fen, prepay_fen: o.prepay_fen, expires_at, bills: cut.lines, promotion_id: o.promotion_id ?? null })
    await noteOrderCoupons(scope, intent_id, cut, o.bills)
    scope.note('intent', intent_id, { house: house!.label, amount_fen, bill_count: o.bills.length })
    return { intent_id, amount_fen, expires_at }
  })

/** Alone, by the owner's side, with the amount that the server reckons; one order at a time, or the second would be paid and not be given. */
async function checkPromotion(scope: Scope, house: MyHouse, o: { promotion_id: string; bills: readonly unknown[]; prepay_fen: number }): Promise<void> {
  if (house.role === 'tenant') throw scope.notFound()
  if (o.bills.length > 0) throw scope.refuse('payment.promotion_bills')
  await checkOffer(scope, house, o.promotion_id, o.prepay_fen)
  const { rows } = await sql<{ expires_at: string }>`select expires_at from payment.intent where company_id = ${scope.company_id} and house_id = ${house.house_id} and promotion_id = ${o.promotion_id} and state in ('created','pending','unknown') and expires_at > ${scope.now} limit 1`.execute(scope.db)
  if (rows[0]) throw scope.refuse('payment.being_paid', { minutes: Math.max(1, Math.ceil((Date.parse(rows[0].expires_at) - nowMs()) / 60_000)) })
}

async function insertIntent(scope: Scope, o: { house: MyHouse; channel_id: string; amount_fen: number; prepay_fen: number; expires_at: string; bills: readonly Asked[]; promotion_id: string | null }): Promise<string> {
  const c = scope.company_id
  const intent_id = uuidv7()
  const person = await scope.db.selectFrom('people.person').select('name').where('company_id', '=', c).where('person_id', '=', o.house.person_id).executeTakeFirstOrThrow()
  await scope.db
    .insertInto('payment.intent')
    .values({
      company_id: c, intent_id, out_trade_no: intent_id.replaceAll('-', ''), channel_id: o.channel_id, community_id: o.house.community_id, house_id: o.house.house_id, account_id: scope.who.account_id!, payer_name: person.name,
      amount_fen: o.amount_fen, prepay_fen: o.prepay_fen, promotion_id: o.promotion_id, state: 'created', pay_url: null, failure: null, created_at: scope.now, expires_at: o.expires_at, checked_at: null,
      next_check_at: new Date(Date.parse(scope.now) + 10_000).toISOString(),
    })
    .execute()
  if (o.bills.length > 0) await scope.db.insertInto('payment.intent_bill').values(o.bills.map((b) => ({ company_id: c, intent_id, bill_id: b.bill_id, period_on: b.period_on, amount_fen: b.amount_fen }))).execute()
  return intent_id
}

/** Only a web address: where the payer's browser is brought back to. */
export function webOrigin(origin: string | undefined): string | null {
  const url = origin && URL.canParse(origin) ? new URL(origin) : null
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url.origin : null
}
function returnOf(origin: string | undefined, intent_id: string): { return_url?: string } {
  const from = webOrigin(origin)
  return from ? { return_url: `${from}/resident/pay/${intent_id}?back=1` } : {}
}

/** Inside WeChat the payer who has bound his WeChat pays without leaving it; the openid must be of the account that the merchant number belongs to. Else a page or a code. */
async function wayFor(scope: Scope, i: { way: string; state: string }, row: ChannelRow, config: OpenChannel['config'], in_wechat: boolean): Promise<{ way: Exclude<Way, 'code'>; payer_openid?: string }> {
  const begun = i.state !== 'created' && i.way === 'jsapi'
  const openid = in_wechat && row.kind === 'wechat' ? await openidOf(scope, scope.who.account_id!, config.app_id) : null
  if (openid && (begun || i.state === 'created')) return { way: 'jsapi', payer_openid: openid }
  // The same number with other content would be refused by WeChat.
  if (begun) throw scope.refuse('payment.wechat_only')
  return { way: config.way }
}

const sendIntent = (app: () => App) =>
  answer(payment.sendIntent, async (scope, { intent_id, origin, in_wechat }) => {
    const i = await myIntent(scope, intent_id)
    const open = i.state === 'created' || i.state === 'unknown' || (i.state === 'pending' && i.pay_url === null)
    if (!open || Date.parse(i.expires_at) <= nowMs()) return { ...shown(i), jsapi: null }
    const row = await channelRow(scope, i.channel_id)
    if (!row?.enabled_at || (row.simulated && !simulationAllowed(app().mode))) throw scope.refuse('payment.channel_off')
    const { channel, config, notify_url } = openChannel(app(), row)
    const by = await wayFor(scope, i, row, config, in_wechat)
    // No row is locked here, and nothing but this connection waits for the channel.
    const made = await gated(scope, () => {
      const order = { out_trade_no: i.out_trade_no, amount_fen: i.amount_fen, description: `${i.house_label} 物业缴费`, notify_url, expires_at: new Date(i.expires_at), client_ip: scope.who.ip ?? '127.0.0.1', ...returnOf(origin, intent_id), ...(by.payer_openid ? { payer_openid: by.payer_openid } : {}) }
      return channel.create(by.way, order)
    })
    await noteOrder(scope, intent_id, made, by.way)
    scope.note('intent', intent_id, { result: made.kind, way: by.way })
    return { ...shown(await myIntent(scope, intent_id)), jsapi: made.kind === 'ok' ? (made.jsapi_params ?? null) : null }
  })

/** Forward only: a notice may have been quicker than the answer. */
export async function noteOrder(scope: Scope, intent_id: string, made: CreateResult, way?: Way): Promise<void> {
  const set =
    made.kind === 'ok'
      ? { state: 'pending', pay_url: made.pay_url ?? made.code_url ?? null, failure: null }
      : made.kind === 'failed'
        ? { state: 'failed', failure: `${made.message}(${made.code})`.slice(0, 200) }
        : { state: 'unknown', failure: '渠道没有确认下单,系统正在查询' }
  await scope.db.updateTable('payment.intent').set({ ...set, ...(way ? { way } : {}) }).where('company_id', '=', scope.company_id).where('intent_id', '=', intent_id).where('state', 'in', ['created', 'unknown', 'pending']).execute()
}

const paymentState = (app: () => App) =>
  answer(payment.paymentState, async (scope, { intent_id }) => {
    const i = await myIntent(scope, intent_id)
    if (i.state === 'created' || i.state === 'pending' || i.state === 'unknown') lookInBackground(app(), scope.company_id, intent_id)
    return shown(i)
  })

const closeIntent = (app: () => App) =>
  answer(payment.closeIntent, async (scope, { intent_id }) => {
    const i = await myIntent(scope, intent_id)
    if (i.state !== 'created' && i.state !== 'pending' && i.state !== 'unknown') return shown(i)
    const row = await channelRow(scope, i.channel_id)
    if (!row) throw scope.notFound()
    const { channel } = openChannel(app(), row)
    const closed = await gated(scope, () => channel.close(i.out_trade_no))
    if (closed.kind === 'ok' || closed.kind === 'absent') {
      await scope.db.updateTable('payment.intent').set({ state: 'closed', failure: '已取消' }).where('company_id', '=', scope.company_id).where('intent_id', '=', intent_id).where('state', 'in', ['created', 'unknown', 'pending']).execute()
    } else {
      const q = closed.kind === 'paid' ? await gated(scope, () => channel.query(i.out_trade_no)) : null
      if (q?.state !== 'paid' && q?.state !== 'refunded') throw scope.refuse('payment.channel_unclear')
      await settle(scope, { channel_id: i.channel_id, out_trade_no: i.out_trade_no, provider_txn: q.provider_txn, captured_fen: q.amount_fen, paid_at: q.paid_at.toISOString() })
    }
    scope.note('intent', intent_id, { close: closed.kind })
    return shown(await myIntent(scope, intent_id))
  })

export const intentAnswers = (app: () => App) => [startPayment(app), sendIntent(app), paymentState(app), closeIntent(app)]
