// Codes at the desk: 收款码 (the payer scans ours) and 付款码 (we scan his). The same orders, settlement and questions as by phone, only begun by
// a cashier: the payment is hers, with a receipt of the desk's series.
import { sql } from 'kysely'
import { answer, type App } from '../../../kernel/app.ts'
import { nowMs } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { ownerNames } from '../../people/server/index.ts'
import { houseToRead } from '../../property/server/index.ts'
import type { DeskOrder } from '../contract_desk_orders.ts'
import { payment } from '../contract.ts'
import { lookInBackground } from './ask.ts'
import { cutHouses, cutOrder, noteOrderCoupons } from './coupon_uses.ts'
import { channelRow, enabledChannels, openChannel, simulationAllowed } from './channels.ts'
import { gated, liveOn, noteOrder } from './intents.ts'
import { housesOf } from './merge_desk.ts'
import { settle } from './settle.ts'
import { lockLines, lockParts } from './take.ts'

/** A payer at the counter waits no longer; the provider's own limit for a payer's code is about the same. */
const LIFE_MINUTES = { native: 10, code: 2 } as const
const OPEN = ['created', 'pending', 'unknown']

interface Own extends DeskOrder {
  channel_id: string
  house_label: string
}
/** The cashier's own order; a colleague's is nobody's business here. */
async function ownOrder(scope: Scope, intent_id: string): Promise<Own> {
  const c = scope.company_id
  const r = await sql<Own>`
    select i.intent_id, i.out_trade_no, i.channel_id, n.name as channel_name, i.way, i.state, i.amount_fen, i.pay_url as code_url, i.failure, i.expires_at, h.label || coalesce((select ' 等 ' || count(*) || ' 户' from payment.intent_part t where t.company_id = ${c} and t.intent_id = i.intent_id having count(*) > 1), '') as house_label, s.payment_id, p.receipt_no, p.merge_id,
      coalesce((select jsonb_agg(jsonb_build_object('payment_id', y.payment_id, 'receipt_no', y.receipt_no, 'house_label', g.label, 'total_fen', y.total_fen) order by x.part_no) from payment.settlement x join payment.payment y on y.company_id = ${c} and y.payment_id = x.payment_id
        join property.house g on g.company_id = ${c} and g.house_id = y.house_id where x.company_id = ${c} and x.intent_id = i.intent_id), '[]') as payments
    from payment.intent i join payment.channel n on n.company_id = ${c} and n.channel_id = i.channel_id join property.house h on h.company_id = ${c} and h.house_id = i.house_id
    left join lateral (select payment_id from payment.settlement s where s.company_id = ${c} and s.intent_id = i.intent_id order by s.settled_at, s.part_no limit 1) s on true
    left join payment.payment p on p.company_id = ${c} and p.payment_id = s.payment_id
    where i.company_id = ${c} and i.intent_id = ${intent_id} and i.source = 'desk' and i.account_id = ${scope.who.account_id}`.execute(scope.db)
  if (!r.rows[0]) throw scope.notFound()
  return r.rows[0]
}
const shown = ({ channel_id: _c, house_label: _h, ...o }: Own): DeskOrder => o

const deskChannels = (app: () => App) => answer(payment.deskChannels, async (scope) => ({ rows: await enabledChannels(app(), scope) }))

const startDeskOrder = (app: () => App) =>
  answer(payment.startDeskOrder, async (scope, o) => {
    const house = await houseToRead(scope, o.house_id)
    if (!(await enabledChannels(app(), scope)).some((x) => x.channel_id === o.channel_id)) throw scope.refuse('payment.channel_off')
    const gross_fen = o.lines.reduce((n, l) => n + l.amount_fen, o.prepay_fen)
    if (gross_fen === 0) throw scope.refuse('payment.nothing_to_pay')
    await lockLines(scope, o.house_id, o.lines)
    const cut = await cutOrder(scope, o.house_id, o.coupon_ids, o.lines)
    const amount_fen = gross_fen - cut.off_fen
    await refuseLive(scope, o.lines.map((l) => l.bill_id))
    const payer_name = (await ownerNames(scope, [o.house_id])).get(o.house_id) ?? '住户'
    const made = await insertOrder(scope, { channel_id: o.channel_id, way: o.way, amount_fen, prepay_fen: o.prepay_fen, parts: [{ house_id: o.house_id, community_id: house.community_id, payer_name, amount_fen }], bills: cut.lines })
    await noteOrderCoupons(scope, made.intent_id, cut, o.lines)
    scope.note('intent', made.intent_id, { house: house.label, amount_fen, way: o.way })
    return made
  })

/** An order of a cashier: written before the channel hears of it. */
async function insertOrder(scope: Scope, o: { channel_id: string; way: 'native' | 'code'; amount_fen: number; prepay_fen: number; parts: readonly { house_id: string; community_id: string; payer_name: string; amount_fen: number }[]; bills: readonly { bill_id: string; period_on: string; amount_fen: number }[] }) {
  const c = scope.company_id
  const intent_id = uuidv7()
  const expires_at = new Date(Date.parse(scope.now) + LIFE_MINUTES[o.way] * 60_000).toISOString()
  const first = o.parts[0]!
  await scope.db
    .insertInto('payment.intent')
    .values({
      company_id: c, intent_id, out_trade_no: intent_id.replaceAll('-', ''), channel_id: o.channel_id, community_id: first.community_id, house_id: first.house_id, account_id: scope.who.account_id!, payer_name: first.payer_name,
      amount_fen: o.amount_fen, prepay_fen: o.prepay_fen, state: 'created', way: o.way, source: 'desk', created_at: scope.now, expires_at, next_check_at: new Date(Date.parse(scope.now) + 10_000).toISOString(),
    })
    .execute()
  if (o.parts.length > 1) await scope.db.insertInto('payment.intent_part').values(o.parts.map((p, i) => ({ company_id: c, intent_id, part_no: i + 1, ...p }))).execute()
  if (o.bills.length > 0) await scope.db.insertInto('payment.intent_bill').values(o.bills.map((b) => ({ company_id: c, intent_id, bill_id: b.bill_id, period_on: b.period_on, amount_fen: b.amount_fen }))).execute()
  return { intent_id, amount_fen: o.amount_fen, expires_at }
}
async function refuseLive(scope: Scope, bill_ids: readonly string[]): Promise<void> {
  const live = await liveOn(scope, bill_ids)
  if (live[0]) throw scope.refuse('payment.being_paid', { minutes: Math.max(1, Math.ceil((Date.parse(live[0].expires_at) - nowMs()) / 60_000)) })
}

const startDeskMerged = (app: () => App) =>
  answer(payment.startDeskMerged, async (scope, o) => {
    if (new Set(o.parts.map((p) => p.house_id)).size !== o.parts.length) throw scope.refuse('payment.house_twice')
    const houses = new Map((await housesOf(scope, o.parts.map((p) => p.house_id))).map((h) => [h.house_id, h]))
    if (!(await enabledChannels(app(), scope)).some((x) => x.channel_id === o.channel_id)) throw scope.refuse('payment.channel_off')
    await lockParts(scope, o.parts)
    const bills = o.parts.flatMap((p) => p.lines)
    await refuseLive(scope, bills.map((b) => b.bill_id))
    const names = await ownerNames(scope, o.parts.map((p) => p.house_id))
    const payer = o.payer_name || names.get(o.parts[0]!.house_id) || '住户'
    const sum = (list: readonly { amount_fen: number }[]): number => list.reduce((n, b) => n + b.amount_fen, 0)
    const cuts = await cutHouses(scope, o.parts)
    const parts = o.parts.map((p) => ({ house_id: p.house_id, community_id: houses.get(p.house_id)!.community_id, payer_name: payer, amount_fen: sum(cuts.get(p.house_id)!.lines) }))
    const net = [...cuts.values()].flatMap((x) => x.lines)
    const made = await insertOrder(scope, { channel_id: o.channel_id, way: o.way, amount_fen: sum(net), prepay_fen: 0, parts, bills: net })
    for (const p of o.parts) await noteOrderCoupons(scope, made.intent_id, cuts.get(p.house_id)!, p.lines)
    scope.note('intent', made.intent_id, { houses: o.parts.map((p) => houses.get(p.house_id)!.label), amount_fen: made.amount_fen, way: o.way })
    return made
  })

const sendDeskOrder = (app: () => App) =>
  answer(payment.sendDeskOrder, async (scope, { intent_id, auth_code }) => {
    const i = await ownOrder(scope, intent_id)
    const open = i.state === 'created' || (i.way === 'native' && i.code_url === null && OPEN.includes(i.state))
    if (!open || Date.parse(i.expires_at) <= nowMs()) return shown(i)
    if (i.way === 'code' && !auth_code) throw scope.refuse('payment.auth_code_missing')
    const row = await channelRow(scope, i.channel_id)
    if (!row?.enabled_at || (row.simulated && !simulationAllowed(app().mode))) throw scope.refuse('payment.channel_off')
    const { channel, notify_url } = openChannel(app(), row)
    const order = { out_trade_no: i.out_trade_no, amount_fen: i.amount_fen, description: `${i.house_label} 物业缴费`, notify_url, expires_at: new Date(i.expires_at), client_ip: scope.who.ip ?? '127.0.0.1' }
    if (i.way === 'native') await noteOrder(scope, intent_id, await gated(scope, () => channel.create('native', order)))
    else {
      const r = await gated(scope, () => channel.payByCode({ ...order, auth_code: auth_code!, device: 'desk' }))
      if (r.kind === 'paid') await settle(scope, { channel_id: i.channel_id, out_trade_no: i.out_trade_no, provider_txn: r.provider_txn, captured_fen: r.amount_fen, paid_at: r.paid_at.toISOString() })
      // Waiting for a password is an order under way, like any other that was placed.
      else await noteOrder(scope, intent_id, r.kind === 'waiting' ? { kind: 'ok' } : r)
    }
    const after = await ownOrder(scope, intent_id)
    scope.note('intent', intent_id, { way: i.way, state: after.state })
    return shown(after)
  })

const deskOrder = (app: () => App) =>
  answer(payment.deskOrder, async (scope, { intent_id }) => {
    const i = await ownOrder(scope, intent_id)
    if (OPEN.includes(i.state)) lookInBackground(app(), scope.company_id, intent_id)
    return shown(i)
  })

const closeDeskOrder = (app: () => App) =>
  answer(payment.closeDeskOrder, async (scope, { intent_id }) => {
    const i = await ownOrder(scope, intent_id)
    if (!OPEN.includes(i.state)) return shown(i)
    const row = await channelRow(scope, i.channel_id)
    if (!row) throw scope.notFound()
    const { channel } = openChannel(app(), row)
    // Asked first: taking back a payer's code gives paid money back, and the cashier only meant to give up an unpaid one.
    const q = await gated(scope, () => channel.query(i.out_trade_no))
    if (q.state === 'paid' || q.state === 'refunded') await settle(scope, { channel_id: i.channel_id, out_trade_no: i.out_trade_no, provider_txn: q.provider_txn, captured_fen: q.amount_fen, paid_at: q.paid_at.toISOString() })
    else {
      const closed = await gated(scope, () => (i.way === 'code' ? channel.cancel(i.out_trade_no) : channel.close(i.out_trade_no)))
      if (closed.kind !== 'ok' && closed.kind !== 'absent') throw scope.refuse('payment.channel_unclear')
      await scope.db.updateTable('payment.intent').set({ state: 'closed', failure: '收费台已取消' }).where('company_id', '=', scope.company_id).where('intent_id', '=', intent_id).where('state', 'in', OPEN).execute()
    }
    scope.note('intent', intent_id, { close: q.state })
    return shown(await ownOrder(scope, intent_id))
  })

export const deskOrderAnswers = (app: () => App) => [deskChannels(app), startDeskOrder(app), startDeskMerged(app), sendDeskOrder(app), deskOrder(app), closeDeskOrder(app)]
