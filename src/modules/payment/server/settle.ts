// The one way money from a channel comes into the books, whoever brings the word: notice, query job, or the payer's own look. The unique
// key on (channel, provider's transaction) decides; everything else is done by the one whose row went in. Words come in bursts, so they
// are settled many at a time with as many statements as one.
import { sql } from 'kysely'
import { crashpoint } from '../../../kernel/crashpoint.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import { assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { lockOpen, type LockedBill } from '../../billing/server/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { lockedLine } from './bills.ts'
import { couponRemark, takeOrderedCoupons, writeCouponUses, type CouponUsed } from './coupon_uses.ts'
import { drawerOfCashier, enterDrawer } from './drawer.ts'
import { takeOrdered, writeUse, type Taken } from './promotion_uses.ts'
import { recordPayments, type NewPayment, type PaidLine, type Recorded } from './record.ts'

export interface Captured {
  channel_id: string
  out_trade_no: string
  provider_txn: string
  captured_fen: number
  paid_at: string
}
export type Settled = { kind: 'settled' | 'replay'; payment_id: string } | { kind: 'mismatch'; why: string }

interface IntentRead {
  intent_id: string
  out_trade_no: string
  channel_id: string
  amount_fen: number
  state: string
  channel_kind: string
  source: 'online' | 'desk' | 'link'
  account_id: string | null
  promotion_id: string | null
  created_at: string
  bills: { bill_id: string; period_on: string; amount_fen: number }[]
  /** What coupons take off which bill, beside the money. */
  coupons: { coupon_id: string; house_id: string; bill_id: string; period_on: string; amount_fen: number }[]
  /** One for each house that the order pays for: each becomes a payment with a receipt of its own. */
  parts: Part[]
}
interface Part {
  part_no: number
  house_id: string
  community_id: string
  building_id: string
  label: string
  payer_name: string
  amount_fen: number
}
interface Item {
  word: Captured
  intent: IntentRead
  part: Part
}

export async function settle(scope: Scope, word: Captured): Promise<Settled> {
  return (await settleMany(scope, [word]))[0]!
}

/** Answers in the order of the words. */
export async function settleMany(scope: Scope, words: readonly Captured[]): Promise<Settled[]> {
  const intents = await lockIntents(scope, words)
  const known = new Map<string, Settled>()
  const rounds: { houses: Set<string>; items: Item[] }[] = []
  const seen = new Set<string>()
  for (const word of words) {
    const intent = intents.get(word.out_trade_no)
    const why = strange(word, intent)
    const key = keyOf(word)
    if (why !== null || !intent) {
      known.set(key, { kind: 'mismatch', why: why ?? '' })
      continue
    }
    if (seen.has(key)) continue
    seen.add(key)
    // A house once a round: a second payment must find what the first has left.
    const round = rounds.find((r) => !intent.parts.some((part) => r.houses.has(part.house_id))) ?? rounds[rounds.push({ houses: new Set(), items: [] }) - 1]!
    for (const part of intent.parts) {
      round.houses.add(part.house_id)
      round.items.push({ word, intent, part })
    }
  }
  for (const round of rounds) for (const [key, done] of await settleRound(scope, round.items)) known.set(key, done)
  const told = new Set<string>()
  return words.map((word) => {
    const key = keyOf(word)
    const done = known.get(key)!
    const again = told.has(key)
    told.add(key)
    return done.kind === 'settled' && again ? { ...done, kind: 'replay' as const } : done
  })
}

const keyOf = (w: Captured): string => `${w.channel_id} ${w.provider_txn} ${w.out_trade_no} ${w.captured_fen}`
const partOf = (w: Captured, part: { part_no: number }): string => `${txnOf(w)} ${part.part_no}`
const txnOf = (w: { channel_id: string; provider_txn: string }): string => `${w.channel_id} ${w.provider_txn}`

function strange(word: Captured, intent: IntentRead | undefined): string | null {
  if (!intent) return '没有这个商户订单号'
  if (intent.channel_id !== word.channel_id) return '订单属于另一支付渠道'
  if (intent.amount_fen !== word.captured_fen) return `金额不符:订单 ${yuanGrouped(fen(intent.amount_fen))} 元,通知 ${yuanGrouped(fen(word.captured_fen))} 元`
  return null
}

/** The intents, locked in id order: two words about one order stand in line here. */
async function lockIntents(scope: Scope, words: readonly Captured[]): Promise<Map<string, IntentRead>> {
  const c = scope.company_id
  const r = await sql<IntentRead>`
    with locked as materialized (select i.* from payment.intent i where i.company_id = ${c} and i.out_trade_no = any(${[...new Set(words.map((w) => w.out_trade_no))]}::text[]) order by i.intent_id for update)
    select i.intent_id, i.out_trade_no, i.channel_id, i.amount_fen, i.state, i.source, i.account_id, i.promotion_id, i.created_at, n.kind as channel_kind,
      coalesce((select jsonb_agg(jsonb_build_object('part_no', p.part_no, 'house_id', p.house_id, 'community_id', p.community_id, 'building_id', g.building_id, 'label', g.label, 'payer_name', p.payer_name, 'amount_fen', p.amount_fen) order by p.part_no)
        from payment.intent_part p join property.house g on g.company_id = ${c} and g.house_id = p.house_id where p.company_id = ${c} and p.intent_id = i.intent_id),
        jsonb_build_array(jsonb_build_object('part_no', 1, 'house_id', i.house_id, 'community_id', i.community_id, 'building_id', h.building_id, 'label', h.label, 'payer_name', i.payer_name, 'amount_fen', i.amount_fen))) as parts,
      coalesce((select jsonb_agg(jsonb_build_object('bill_id', b.bill_id, 'period_on', b.period_on, 'amount_fen', b.amount_fen)) from payment.intent_bill b where b.company_id = ${c} and b.intent_id = i.intent_id), '[]') as bills,
      coalesce((select jsonb_agg(jsonb_build_object('coupon_id', k.coupon_id, 'house_id', (select q.house_id from payment.coupon q where q.company_id = ${c} and q.coupon_id = k.coupon_id), 'bill_id', k.bill_id, 'period_on', k.period_on, 'amount_fen', k.amount_fen) order by k.coupon_id, k.bill_id) from payment.intent_coupon k where k.company_id = ${c} and k.intent_id = i.intent_id), '[]') as coupons
    from locked i join property.house h on h.company_id = ${c} and h.house_id = i.house_id join payment.channel n on n.company_id = ${c} and n.channel_id = i.channel_id`.execute(scope.db)
  return new Map(r.rows.map((i) => [i.out_trade_no, i]))
}

async function settleRound(scope: Scope, items: readonly Item[]): Promise<Map<string, Settled>> {
  const c = scope.company_id
  const asked = items.map(({ word, intent, part }) => ({ settlement_id: uuidv7(), payment_id: uuidv7(), channel_id: word.channel_id, provider_txn: word.provider_txn, part_no: part.part_no, intent_id: intent.intent_id, captured_fen: part.amount_fen, paid_at: word.paid_at }))
  // The bills are locked with the row that decides, in one message; not where every order was settled before, as of a word that comes again.
  const bills = [...new Set(items.map(({ intent }) => intent))].flatMap((intent) => [...intent.bills, ...intent.coupons])
  const lock = () => lockOpen(scope, bills.map(({ bill_id, period_on }) => ({ bill_id, period_on })))
  const insert = sql<{ channel_id: string; provider_txn: string; part_no: number; payment_id: string }>`
    insert into payment.settlement (company_id, settlement_id, channel_id, provider_txn, part_no, intent_id, captured_fen, paid_at, payment_id, settled_at)
    select ${c}::bigint, s.settlement_id, s.channel_id, s.provider_txn, s.part_no, s.intent_id, s.captured_fen, s.paid_at, s.payment_id, ${scope.now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as s(settlement_id uuid, channel_id uuid, provider_txn text, part_no int, intent_id uuid, captured_fen bigint, paid_at timestamptz, payment_id uuid) order by s.channel_id, s.provider_txn, s.part_no
    on conflict (company_id, channel_id, provider_txn, part_no) do nothing returning channel_id, provider_txn, part_no, payment_id`.execute(scope.db)
  const [r, early] = await Promise.all([insert, items.every(({ intent }) => intent.state === 'succeeded') ? null : lock()])
  crashpoint('settle.inserted')
  const mine = new Map(r.rows.map((x) => [`${txnOf(x)} ${x.part_no}`, x.payment_id]))
  // Two orders that claim one transaction in one round: the row names the payment of the one that went in.
  const fresh = items.filter(({ word, part }, i) => mine.get(partOf(word, part)) === asked[i]!.payment_id)
  for (const { word } of fresh) assert(mine.has(partOf(word, { part_no: 1 })), 'all parts of an order go in, or none')
  const done = new Map<string, Settled>()
  for (const { word, part } of fresh) if (part.part_no === 1) done.set(keyOf(word), { kind: 'settled', payment_id: mine.get(partOf(word, part))! })
  if (fresh.length > 0) await book(scope, fresh, mine, early ?? (await lock()))
  const old = items.filter(({ word }) => !done.has(keyOf(word)))
  if (old.length > 0) await already(scope, old, done)
  return done
}

const mergedAtDesk = (i: IntentRead): boolean => i.source === 'desk' && i.parts.length > 1

/** Those whose row went in: pay what is still open, keep the rest for the house. */
async function book(scope: Scope, items: readonly Item[], payments: ReadonlyMap<string, string>, bills: readonly LockedBill[]): Promise<void> {
  const locked = new Map(bills.map((b) => [b.bill_id, b]))
  const cashiers = items.flatMap(({ intent }) => (intent.source === 'desk' ? [intent.account_id] : []))
  const names = cashiers.length > 0 ? await memberNames(scope, cashiers) : new Map<string, string>()
  const gifts = await giftsOf(scope, items)
  const coupons = await couponsOf(scope, items, locked)
  const made = items.map(({ word, intent, part }): NewPayment => {
    const paid = stillOpen(scope, intent, part, locked)
    const gift = gifts.get(intent.intent_id)
    const cut = coupons.get(cutKey(intent, part))
    return {
      payment_id: payments.get(partOf(word, part))!,
      house: part,
      payer_name: part.payer_name,
      source: intent.source === 'desk' ? 'desk' : 'online',
      taken_by: intent.source === 'desk' ? intent.account_id : null,
      cashier_name: intent.source === 'desk' ? (names.get(intent.account_id ?? '') ?? '') : '线上支付',
      tenders: [{ method: intent.channel_kind === 'wechat' || intent.channel_kind === 'alipay' ? intent.channel_kind : 'other', amount_fen: fen(part.amount_fen), reference: word.provider_txn }],
      lines: paid,
      // Paid too late, or the bill was paid elsewhere meanwhile: the money is real and is kept for the house.
      prepaid_fen: part.amount_fen - paid.reduce((n, l) => n + l.amount_fen, 0),
      ...(gift && typeof gift !== 'string' ? { prepay_item_id: gift.fee_item_id } : {}),
      // Several houses at the desk are one handing over of money, as in cash.
      ...(mergedAtDesk(intent) ? { merge_id: intent.intent_id } : {}),
      change_fen: 0,
      remark: mergedAtDesk(intent) || cut ? [cut ? (typeof cut === 'string' ? `优惠券没有用上:${cut}` : couponRemark(cut)) : '', mergedAtDesk(intent) ? `合并收款 ${intent.parts.length} 户共 ${yuanGrouped(fen(intent.amount_fen))} 元` : ''].filter(Boolean).join(';').slice(0, 200) : !gift ? null : typeof gift === 'string' ? `没有赠送:${gift}。款项已转入预存` : `活动「${gift.name}」另赠预存 ${yuanGrouped(fen(gift.gift_fen))} 元`,
    }
  })
  const succeeded = sql`update payment.intent set state = 'succeeded', failure = null where company_id = ${scope.company_id} and intent_id = any(${[...new Set(items.map((i) => i.intent.intent_id))]}::uuid[])`.execute(scope.db)
  const [recorded] = await Promise.all([recordBySource(scope, made), succeeded])
  for (const { word, intent, part } of items) {
    const gift = gifts.get(intent.intent_id)
    if (gift && typeof gift !== 'string') await writeUse(scope, part, payments.get(partOf(word, part))!, part.amount_fen, gift)
    const cut = coupons.get(cutKey(intent, part))
    if (cut && typeof cut !== 'string') await writeCouponUses(scope, part, payments.get(partOf(word, part))!, cut, intent.source === 'desk' ? intent.account_id : null)
  }
  // Taken at a desk by code: it belongs to the shift of the cashier who asked for it.
  for (const p of made) if (p.source === 'desk') await enterDrawer(scope, await drawerOfCashier(scope, p.taken_by), { source_type: 'payment', source_id: p.payment_id!, sums: p.tenders })
  for (const { word, intent, part } of items) {
    const done = recorded.get(payments.get(partOf(word, part))!)!
    scope.note('payment', done.payment_id, { receipt_no: done.receipt_no, intent_id: intent.intent_id, provider_txn: word.provider_txn, total_fen: part.amount_fen })
  }
}

/** Counter and phone draw their numbers from series of their own. */
async function recordBySource(scope: Scope, made: readonly NewPayment[]): Promise<Map<string, Recorded>> {
  const recorded = new Map<string, Recorded>()
  for (const source of ['online', 'desk'] as const) {
    const of = made.filter((p) => p.source === source)
    if (of.length > 0) for (const r of await recordPayments(scope, of)) recorded.set(r.payment_id, r)
  }
  return recorded
}

/** Of orders under a promotion the gift, or in words why there is none; the promotions' rows are locked in one order. */
async function giftsOf(scope: Scope, items: readonly Item[]): Promise<Map<string, Taken | string>> {
  const out = new Map<string, Taken | string>()
  for (const { intent, part } of items.filter((i) => i.intent.promotion_id !== null).toSorted((a, b) => a.intent.promotion_id!.localeCompare(b.intent.promotion_id!)))
    out.set(intent.intent_id, await takeOrdered(scope, part, { promotion_id: intent.promotion_id!, intent_id: intent.intent_id, created_at: intent.created_at }, part.amount_fen))
  return out
}

/** Of an order for several houses each house has its own coupons. */
const cutKey = (intent: IntentRead, part: Part): string => `${intent.intent_id} ${part.part_no}`
/** Of orders with coupons what was taken off, or in words why nothing was; in the order of the coupons, so that locks are taken in one. */
async function couponsOf(scope: Scope, items: readonly Item[], locked: Map<string, LockedBill>): Promise<Map<string, CouponUsed[] | string>> {
  const out = new Map<string, CouponUsed[] | string>()
  const with_own = items.flatMap((i) => {
    const own = i.intent.coupons.filter((k) => i.intent.parts.length === 1 || k.house_id === i.part.house_id)
    return own.length > 0 ? [{ ...i, own }] : []
  })
  for (const { intent, part, own } of with_own.toSorted((a, b) => a.own[0]!.coupon_id.localeCompare(b.own[0]!.coupon_id))) {
    const off = Map.groupBy(own, (k) => k.bill_id)
    const net = new Map(intent.bills.filter((b) => intent.parts.length === 1 || off.has(b.bill_id) || locked.get(b.bill_id)?.house_id === part.house_id).map((b) => [b.bill_id, b]))
    const gross = [...new Set([...net.keys(), ...off.keys()])].map((bill_id) => ({ bill_id, period_on: (net.get(bill_id) ?? off.get(bill_id)![0]!).period_on, amount_fen: (off.get(bill_id) ?? []).reduce((n, k) => n + k.amount_fen, net.get(bill_id)?.amount_fen ?? 0) }))
    out.set(cutKey(intent, part), await takeOrderedCoupons(scope, part.house_id, { intent_id: intent.intent_id, created_at: intent.created_at, parts: Map.groupBy(own, (k) => k.coupon_id), gross }, locked))
  }
  return out
}

/** Of each bill as much as it still owes of what was meant for it. */
function stillOpen(scope: Scope, intent: IntentRead, part: Part, locked: ReadonlyMap<string, LockedBill>): PaidLine[] {
  return intent.bills.flatMap((b) => {
    const bill = locked.get(b.bill_id)
    if (bill?.house_id !== part.house_id) return []
    const due_fen = bill.open_fen
    const amount_fen = Math.min(due_fen, b.amount_fen)
    return amount_fen > 0 ? [{ line: lockedLine(scope, bill), due_fen, amount_fen }] : []
  })
}

async function already(scope: Scope, items: readonly Item[], done: Map<string, Settled>): Promise<void> {
  const r = await sql<{ channel_id: string; provider_txn: string; payment_id: string; intent_id: string }>`
    select s.channel_id, s.provider_txn, s.payment_id, s.intent_id from payment.settlement s
    join unnest(${items.map((i) => i.word.channel_id)}::uuid[], ${items.map((i) => i.word.provider_txn)}::text[]) as w(channel_id, provider_txn) on w.channel_id = s.channel_id and w.provider_txn = s.provider_txn
    where s.company_id = ${scope.company_id} and s.part_no = 1`.execute(scope.db)
  const found = new Map(r.rows.map((x) => [txnOf(x), x]))
  for (const { word, intent } of items) {
    const s = found.get(txnOf(word))
    assert(s, 'a conflict has its row')
    done.set(keyOf(word), s.intent_id === intent.intent_id ? { kind: 'replay', payment_id: s.payment_id } : { kind: 'mismatch', why: '该渠道流水号已用于另一订单' })
  }
}
