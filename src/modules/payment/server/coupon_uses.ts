// Coupons used: what a house has against the bills it is about to pay, the use written with its payment, and its end. The row of the coupon is the
// lock; the bills are locked before it. What a coupon takes off is a reduction of the bill (billing), the payment is what was really paid.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { dayOf } from '../../../kernel/clock.ts'
import { sentence } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { lockOpen, reduceByCoupons, unreduceCoupons, type LockedBill } from '../../billing/server/index.ts'
import { houseToRead } from '../../property/server/index.ts'
import { payment } from '../contract.ts'
import type { CouponRule } from '../contract_coupon.ts'
import { words } from '../words.ts'
import { myHouses } from './access.ts'
import { linesByKey, type BillKey } from './bills.ts'
import type { HouseOf } from './record.ts'
import { couponText, spread, workingOf, type CouponLine, type CouponPart, type CouponTerms } from './rules/coupon.ts'

type Asked = BillKey & { amount_fen: number }
interface Held extends CouponTerms {
  batch_id: string
  code: string
  name: string
  fee_item_name: string | null
  from_on: string
  to_on: string
  refund_rule: CouponRule
  house_id: string | null
  state: string
  batch_state: string
  ended_at: string | null
}
const SHOWN_MAX = 50

async function held(scope: Scope, cond: ReturnType<typeof sql>): Promise<Held[]> {
  const c = scope.company_id
  const { rows } = await sql<Held>`select k.coupon_id, k.batch_id, k.code, k.house_id, k.state, b.name, b.amount_fen, b.min_fen, b.fee_item_id, f.name as fee_item_name, b.from_on, b.to_on, b.refund_rule, b.state as batch_state, b.ended_at
    from payment.coupon k join payment.coupon_batch b on b.company_id = ${c} and b.batch_id = k.batch_id left join billing.fee_item f on f.company_id = ${c} and f.fee_item_id = b.fee_item_id where k.company_id = ${c} and ${cond}`.execute(scope.db)
  return rows
}
const usableOf = (scope: Scope, house_id: string): Promise<Held[]> =>
  held(scope, sql`k.house_id = ${house_id} and k.state = 'live' and b.state = 'live' and ${scope.today}::date between b.from_on and b.to_on order by b.to_on, b.amount_fen desc, k.coupon_id limit ${SHOWN_MAX}`)

type Why = { code: string; params: Record<string, string> }
const shortOf = (k: Held, room_fen: number): Why => ({ code: 'payment.coupon_min', params: { name: k.name, min: yuanGrouped(fen(k.min_fen)), now: yuanGrouped(fen(room_fen)) } })
const worded = (w: Why): string => sentence(words.refusals[w.code] ?? w.code, w.params)

/** Oldest first, as bills are paid. */
const linesOf = (asked: readonly Asked[], bills: ReadonlyMap<string, { fee_item_id: string; fee_item_name: string; book: string; from_on: string }>): CouponLine[] =>
  asked
    .toSorted((a, b) => (a.period_on + (bills.get(a.bill_id)?.from_on ?? '') + a.bill_id < b.period_on + (bills.get(b.bill_id)?.from_on ?? '') + b.bill_id ? -1 : 1))
    .flatMap((a) => {
      const b = bills.get(a.bill_id)
      return b ? [{ bill_id: a.bill_id, fee_item_id: b.fee_item_id, fee_item_name: b.fee_item_name, own: b.book === 'company', amount_fen: a.amount_fen }] : []
    })
const periodsOf = (asked: readonly Asked[]) => new Map(asked.map((a) => [a.bill_id, a.period_on]))

async function quoted(scope: Scope, house_id: string, asked: readonly Asked[], chosen: readonly string[]) {
  const [mine, bills] = [await usableOf(scope, house_id), await linesByKey(scope, asked)]
  if (asked.some((a) => bills.get(a.bill_id)?.house_id !== house_id)) throw scope.notFound()
  const lines = linesOf(asked, bills)
  const picked = chosen.flatMap((id) => mine.filter((k) => k.coupon_id === id))
  const taken = new Map(spread(picked, lines).map((s) => [s.coupon_id, s]))
  const rows = mine.map((k) => {
    const s = taken.get(k.coupon_id) ?? spread([...picked.filter((p) => taken.get(p.coupon_id)!.fits), k], lines).at(-1)!
    const on = taken.get(k.coupon_id)?.fits === true
    return {
      coupon_id: k.coupon_id, name: k.name, code: k.code, rule_text: couponText(k), amount_fen: k.amount_fen, to_on: k.to_on, refund_text: words.states!['coupon_rule']![k.refund_rule]!,
      chosen: on, off_fen: on ? k.amount_fen : 0, working: on ? workingOf(k, s.parts, lines, periodsOf(asked)) : '', why_not: s.fits ? null : sentence(words.states!['coupon_why']!['min']!, shortOf(k, s.room_fen).params),
    }
  })
  const gross_fen = asked.reduce((n, a) => n + a.amount_fen, 0)
  const off_fen = rows.reduce((n, r) => n + r.off_fen, 0)
  return { rows, gross_fen, off_fen, net_fen: gross_fen - off_fen }
}
const quote = answer(payment.couponQuote, async (scope, { house_id, lines, coupon_ids }) => {
  await houseToRead(scope, house_id)
  return quoted(scope, house_id, lines, coupon_ids)
})
/** Prepayment and coupons are the owner's side. */
async function ownHouse(scope: Scope, house_id: string) {
  const [h] = await myHouses(scope, house_id)
  if (!h || h.role === 'tenant') throw scope.notFound()
  return h
}
const myQuote = answer(payment.myCouponQuote, async (scope, { house_id, lines, coupon_ids }) => {
  const [h] = await myHouses(scope, house_id)
  const gross_fen = lines.reduce((n, l) => n + l.amount_fen, 0)
  return h?.role === 'tenant' ? { rows: [], gross_fen, off_fen: 0, net_fen: gross_fen } : quoted(scope, house_id, lines, coupon_ids)
})

/** A code becomes this house's; the second one who types it is told so. */
async function redeem(scope: Scope, house: { house_id: string; community_id: string; label: string }, code: string) {
  const c = scope.company_id
  const [k] = await held(scope, sql`k.code = ${code} and k.community_id = ${house.community_id} and b.state in ('live','ended') for update of k`)
  if (!k) throw scope.refuse('payment.coupon_unknown', { code })
  if (k.house_id === null ? k.state !== 'live' : k.house_id !== house.house_id || k.state !== 'live') throw scope.refuse('payment.coupon_taken', { code })
  if (k.batch_state !== 'live' || scope.today > k.to_on) throw scope.refuse('payment.coupon_over', { name: k.name, from_on: k.from_on, to_on: k.to_on })
  if (k.house_id === null) await scope.db.updateTable('payment.coupon').set({ house_id: house.house_id, redeemed_by: scope.who.account_id, redeemed_at: scope.now }).where('company_id', '=', c).where('coupon_id', '=', k.coupon_id).execute()
  scope.note('coupon', k.coupon_id, { code, house: house.label })
  return { coupon_id: k.coupon_id, name: k.name, rule_text: couponText(k) }
}
const redeemCoupon = answer(payment.redeemCoupon, async (scope, { house_id, code }) => redeem(scope, await houseToRead(scope, house_id), code))
const redeemMine = answer(payment.redeemMyCoupon, async (scope, { house_id, code }) => redeem(scope, await ownHouse(scope, house_id), code))

const mine = answer(payment.myCoupons, async (scope) => {
  const houses = (await myHouses(scope)).filter((h) => h.role !== 'tenant')
  if (houses.length === 0) return { houses: [] }
  // Those used last stay in sight for a while.
  const all = await held(scope, sql`k.house_id = any(${houses.map((h) => h.house_id)}::uuid[]) and b.state in ('live','ended') and b.to_on >= ${scope.today}::date - 90 order by (k.state = 'live' and b.state = 'live') desc, b.to_on, k.coupon_id limit 200`)
  const by = Map.groupBy(all, (k) => k.house_id)
  return {
    houses: houses.flatMap((h) => {
      const rows = (by.get(h.house_id) ?? []).map((k) => ({
        coupon_id: k.coupon_id, name: k.name, code: k.code, rule_text: couponText(k), amount_fen: k.amount_fen, from_on: k.from_on, to_on: k.to_on, refund_text: words.states!['coupon_rule']![k.refund_rule]!,
        state: (k.state !== 'live' ? k.state : k.batch_state !== 'live' || k.to_on < scope.today ? 'expired' : 'live') as 'live' | 'used' | 'forfeited' | 'expired',
      }))
      return rows.length > 0 ? [{ house_id: h.house_id, house_label: h.label, community_name: h.community_name, rows }] : []
    }),
  }
})

export interface CouponUsed {
  use_id: string
  coupon_id: string
  batch_id: string
  name: string
  code: string
  amount_fen: number
  working: string
  parts: CouponPart[]
}
/** These coupons of the house, in the order given, on these locked bills; or why not. Of an order: when it was placed, whose terms are kept, and what each coupon was to take off which bill. */
async function plan(scope: Scope, house_id: string, coupon_ids: readonly string[], asked: readonly Asked[], bills: ReadonlyMap<string, LockedBill>, o: { lock: boolean; since?: string; parts?: ReadonlyMap<string, CouponPart[]> }): Promise<CouponUsed[] | Why> {
  if (new Set(coupon_ids).size !== coupon_ids.length) return { code: 'payment.coupon_twice', params: {} }
  const found = new Map((await held(scope, sql`k.coupon_id = any(${[...coupon_ids]}::uuid[]) order by k.coupon_id ${o.lock ? sql`for update of k` : sql``}`)).map((k) => [k.coupon_id, k]))
  const day = o.since ? dayOf(o.since) : scope.today
  const list: Held[] = []
  for (const id of coupon_ids) {
    const k = found.get(id)
    if (!k || k.house_id !== house_id || k.state !== 'live') return { code: 'payment.coupon_gone', params: { name: k?.house_id === house_id ? k.name : '', code: k?.house_id === house_id ? k.code : '' } }
    const kept = k.batch_state === 'live' || (o.since !== undefined && k.ended_at !== null && k.ended_at >= o.since)
    if (!kept || day < k.from_on || day > k.to_on) return { code: 'payment.coupon_over', params: { name: k.name, from_on: k.from_on, to_on: k.to_on } }
    list.push(k)
  }
  const lines = linesOf(asked, bills)
  const out: CouponUsed[] = []
  const ordered = o.parts
  const spreads = ordered ? list.map((k) => ({ parts: ordered.get(k.coupon_id) ?? [], room_fen: 0, fits: true })) : spread(list, lines)
  for (const [i, s] of spreads.entries()) {
    const k = list[i]!
    if (!s.fits) return shortOf(k, s.room_fen)
    out.push({ use_id: uuidv7(), coupon_id: k.coupon_id, batch_id: k.batch_id, name: k.name, code: k.code, amount_fen: k.amount_fen, working: workingOf(k, s.parts, lines, periodsOf(asked)), parts: s.parts })
  }
  return out
}

export interface Cut {
  uses: CouponUsed[]
  off_fen: number
  /** What each bill loses. */
  off: Map<string, number>
  /** What is left to pay, without bills that are covered. */
  lines: Asked[]
}
const NOTHING: Cut = { uses: [], off_fen: 0, off: new Map(), lines: [] }
function cutOf(uses: CouponUsed[], asked: readonly Asked[]): Cut {
  const off = new Map<string, number>()
  for (const p of uses.flatMap((u) => u.parts)) off.set(p.bill_id, (off.get(p.bill_id) ?? 0) + p.amount_fen)
  const lines = asked.map((a) => ({ ...a, amount_fen: a.amount_fen - (off.get(a.bill_id) ?? 0) })).filter((a) => a.amount_fen > 0)
  return { uses, off_fen: uses.reduce((n, u) => n + u.amount_fen, 0), off, lines }
}
const locked = async (scope: Scope, asked: readonly Asked[], lock: boolean) => new Map((await lockOpen(scope, asked, lock)).map((b) => [b.bill_id, b]))

/** For an order: what the coupons would take off; nothing is written. The bills were looked at by the caller. */
export async function cutOrder(scope: Scope, house_id: string, coupon_ids: readonly string[], asked: readonly Asked[]): Promise<Cut> {
  if (coupon_ids.length === 0) return { ...NOTHING, lines: [...asked] }
  const uses = await plan(scope, house_id, coupon_ids, asked, await locked(scope, asked, false), { lock: false })
  if ('code' in uses) throw scope.refuse(uses.code, uses.params)
  return cutOf(uses, asked)
}
/** For a link, made some days ago: what its coupons take off now, or in words why nothing. */
export async function cutIfStill(scope: Scope, house_id: string, coupon_ids: readonly string[], asked: readonly Asked[]): Promise<Cut & { missed: string | null }> {
  const nothing = { ...NOTHING, lines: [...asked] }
  if (coupon_ids.length === 0 || asked.length === 0) return { ...nothing, missed: null }
  const uses = await plan(scope, house_id, coupon_ids, asked, await locked(scope, asked, false), { lock: false })
  return 'code' in uses ? { ...nothing, missed: worded(uses) } : { ...cutOf(uses, asked), missed: null }
}
/** For an order over several houses, each with its own coupons: by house. */
export async function cutHouses(scope: Scope, parts: readonly { house_id: string; lines: readonly Asked[]; coupon_ids: readonly string[] }[]): Promise<Map<string, Cut>> {
  const cuts = new Map<string, Cut>()
  for (const p of parts) cuts.set(p.house_id, await cutOrder(scope, p.house_id, p.coupon_ids, p.lines))
  return cuts
}
export async function noteOrderCoupons(scope: Scope, intent_id: string, cut: Cut, asked: readonly Asked[]): Promise<void> {
  if (cut.uses.length === 0) return
  const period = periodsOf(asked)
  await scope.db.insertInto('payment.intent_coupon').values(cut.uses.flatMap((u) => u.parts.map((p) => ({ company_id: scope.company_id, intent_id, coupon_id: u.coupon_id, bill_id: p.bill_id, period_on: period.get(p.bill_id)!, amount_fen: p.amount_fen })))).execute()
}

async function take(scope: Scope, uses: readonly CouponUsed[], bills: ReadonlyMap<string, LockedBill>): Promise<void> {
  await reduceByCoupons(scope, uses.flatMap((u) => u.parts.map((p) => ({ use_id: u.use_id, bill: bills.get(p.bill_id)!, amount_fen: p.amount_fen, explanation: `优惠券「${u.name}」${u.code}` }))))
  await scope.db.updateTable('payment.coupon').set({ state: 'used' }).where('company_id', '=', scope.company_id).where('coupon_id', 'in', uses.map((u) => u.coupon_id)).execute()
}
/** At the desk: the bills lose it now; the uses are written behind the payment. The bills were locked by the caller. */
export async function cutNow(scope: Scope, house_id: string, coupon_ids: readonly string[], asked: readonly Asked[]): Promise<Cut> {
  const bills = await locked(scope, asked, true)
  const uses = await plan(scope, house_id, coupon_ids, asked, bills, { lock: true })
  if ('code' in uses) throw scope.refuse(uses.code, uses.params)
  await take(scope, uses, bills)
  return cutOf(uses, asked)
}

/**
 * Of an order that was paid: the coupons it was placed with, where they still stand and every bill still owes as much; else in words why not, and
 * the money pays what it was meant for. `bills` are locked and lose what is taken.
 */
export async function takeOrderedCoupons(scope: Scope, house_id: string, o: { intent_id: string; created_at: string; parts: ReadonlyMap<string, CouponPart[]>; gross: readonly Asked[] }, bills: Map<string, LockedBill>): Promise<CouponUsed[] | string> {
  const changed = o.gross.find((g) => (bills.get(g.bill_id)?.open_fen ?? 0) < g.amount_fen)
  const uses = changed ? ({ code: 'payment.coupon_bill_paid', params: {} } satisfies Why) : await plan(scope, house_id, [...o.parts.keys()], o.gross, bills, { lock: true, since: o.created_at, parts: o.parts })
  if ('code' in uses) {
    const missed = worded(uses)
    await sql`update payment.intent set coupon_missed = left(concat_ws(';', coupon_missed, ${missed}::text), 200) where company_id = ${scope.company_id} and intent_id = ${o.intent_id}`.execute(scope.db)
    return missed
  }
  await take(scope, uses, bills)
  for (const p of uses.flatMap((u) => u.parts)) {
    const b = bills.get(p.bill_id)!
    bills.set(p.bill_id, { ...b, open_fen: b.open_fen - p.amount_fen, reduced_fen: b.reduced_fen + p.amount_fen })
  }
  return uses
}

export const couponRemark = (uses: readonly CouponUsed[]): string => uses.map((u) => `优惠券「${u.name}」抵减 ${yuanGrouped(fen(u.amount_fen))} 元`).join(';')

/** Behind the payment. */
export async function writeCouponUses(scope: Scope, house: HouseOf, payment_id: string, uses: readonly CouponUsed[], used_by: string | null): Promise<void> {
  if (uses.length === 0) return
  await scope.db
    .insertInto('payment.coupon_use')
    .values(uses.map((u) => ({ company_id: scope.company_id, use_id: u.use_id, coupon_id: u.coupon_id, batch_id: u.batch_id, community_id: house.community_id, building_id: house.building_id, house_id: house.house_id, payment_id, amount_fen: u.amount_fen, working: u.working, used_by, used_at: scope.now, used_on: scope.today })))
    .execute()
}

/** The payments are undone, or all their money for bills went back: the bills owe again what was taken off; the coupon is returned or forfeited by its rule. */
export async function endCouponUses(scope: Scope, payment_ids: readonly string[], how: 'reversal' | 'refund'): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql<{ use_id: string; coupon_id: string; refund_rule: CouponRule }>`select u.use_id, u.coupon_id, b.refund_rule from payment.coupon_use u join payment.coupon_batch b on b.company_id = ${c} and b.batch_id = u.batch_id
    where u.company_id = ${c} and u.payment_id = any(${[...payment_ids]}::uuid[]) and u.ended_at is null order by u.coupon_id for update of u`.execute(scope.db)
  if (rows.length === 0) return
  await unreduceCoupons(scope, rows.map((r) => r.use_id), words.states!['coupon_end']![how]!)
  const back = rows.filter((r) => r.refund_rule === 'return' || (r.refund_rule === 'return_reversal' && how === 'reversal'))
  const ids = back.map((r) => r.coupon_id)
  await sql`update payment.coupon_use set ended_at = ${scope.now}::timestamptz, end_how = ${how}, returned = coupon_id = any(${ids}::uuid[]) where company_id = ${c} and use_id = any(${rows.map((r) => r.use_id)}::uuid[])`.execute(scope.db)
  await sql`update payment.coupon set state = case when coupon_id = any(${ids}::uuid[]) then 'live' else 'forfeited' end where company_id = ${c} and coupon_id = any(${rows.map((r) => r.coupon_id)}::uuid[])`.execute(scope.db)
}
/** A refund was approved: of these payments, those whose bills have no money left. */
export async function endIfRefunded(scope: Scope, payment_id: string): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql`select from payment.coupon_use u where u.company_id = ${c} and u.payment_id = ${payment_id} and u.ended_at is null
    and (select coalesce(sum(a.amount_fen), 0) from payment.allocation a where a.company_id = ${c} and a.payment_id = ${payment_id})
      <= (select coalesce(sum(l.amount_fen), 0) from payment.refund_line l join payment.refund f on f.company_id = ${c} and f.refund_id = l.refund_id and f.payment_id = ${payment_id} and f.decided_at is not null and f.state <> 'refused' where l.company_id = ${c}) limit 1`.execute(scope.db)
  if (rows.length > 0) await endCouponUses(scope, [payment_id], 'refund')
}

export const couponUseAnswers = [quote, myQuote, redeemCoupon, redeemMine, mine]
