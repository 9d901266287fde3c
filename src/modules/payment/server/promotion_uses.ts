// A promotion used: what a house is offered, the use written with its payment, the list of uses. The row of the promotion is the lock: the update
// that would exceed its number or its budget changes nothing, so of two payments for the last one only one is given.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { z } from 'zod'
import { answer, answerFile } from '../../../kernel/app.ts'
import { dayOf, minuteText } from '../../../kernel/clock.ts'
import { sentence } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { post } from '../../ledger/server/index.ts'
import { houseToRead } from '../../property/server/index.ts'
import { payment } from '../contract.ts'
import type { Offer, PromotionUse, RefundRule } from '../contract_promotion.ts'
import { words } from '../words.ts'
import { myHouses, myPaymentsWhere, seen } from './access.ts'
import { changePurses, writeEntries } from './purses.ts'
import type { HouseOf } from './record.ts'
import { reckon, ruleText, type Terms } from './rules/promotion.ts'

interface Open extends Terms {
  promotion_id: string
  house_id: string
  name: string
  fee_item_id: string
  fee_item_name: string
  account_code: string
  from_on: string
  to_on: string
  house_kinds: string[]
  per_house: number
  used_here: number
  left: boolean
  budget_left_fen: number | null
  alone: boolean
  other: string | null
  refund_rule: RefundRule
  basis: string
  live: boolean
  house_kind: string
  house_label: string
  /** What the newest bill of the item says a month costs; null without a bill. */
  monthly_fen: number | null
}
/** Promotions of the communities of these houses, each with what decides whether the house may use it; four looks at most, whatever the number of houses. */
async function openFor(scope: Scope, houses: readonly { house_id: string }[], only?: string, since?: string): Promise<Open[]> {
  const c = scope.company_id
  const day = since ? dayOf(since) : scope.today
  // What was offered when an order was placed is kept, though the promotion ended while it was being paid.
  const state = since ? sql`(p.state = 'live' or p.state = 'ended' and p.published_at is not null and p.ended_at >= ${since}::timestamptz)` : sql`p.state = 'live'`
  const r = await sql<Open>`
    select h.house_id, h.kind as house_kind, h.label as house_label, p.promotion_id, p.name, p.fee_item_id, f.name as fee_item_name, f.account_code, p.kind, p.from_on, p.to_on, p.pay_months, p.gift_months, p.percent_bp, p.min_fen, p.gift_fen, p.house_kinds, p.per_house, p.alone, p.refund_rule, p.basis,
      ${state} and ${day}::date between p.from_on and p.to_on as live, (p.max_uses is null or p.used_count < p.max_uses) as left, p.budget_fen - p.given_fen as budget_left_fen, u.used_here, u.other, b.monthly_fen
    from property.house h join payment.promotion p on p.company_id = ${c} and p.community_id = h.community_id and ${only ? sql`p.promotion_id = ${only}` : sql`p.state = 'live' and ${scope.today}::date between p.from_on and p.to_on`}
    join billing.fee_item f on f.company_id = ${c} and f.fee_item_id = p.fee_item_id
    cross join lateral (select count(*) filter (where x.promotion_id = p.promotion_id)::int as used_here, min(o.name) filter (where x.promotion_id <> p.promotion_id and (p.alone or o.alone) and o.to_on >= p.from_on) as other
      from payment.promotion_use x join payment.promotion o on o.company_id = ${c} and o.promotion_id = x.promotion_id where x.company_id = ${c} and x.house_id = h.house_id and x.fee_item_id = p.fee_item_id and x.reversed_at is null) u
    left join lateral (select round(b.amount_fen / nullif(b.months, 0))::bigint as monthly_fen from billing.bill b where b.company_id = ${c} and b.community_id = h.community_id and b.house_id = h.house_id and b.fee_item_id = p.fee_item_id and b.voided_at is null and b.of_bill_id is null and b.months > 0
      order by b.from_on desc, b.bill_id limit 1) b on true
    where h.company_id = ${c} and h.house_id = any(${houses.map((h) => h.house_id)}::uuid[]) order by p.to_on, p.name, p.promotion_id limit 200`.execute(scope.db)
  return r.rows
}

type Why = { code: string; params: Record<string, string | number> } | null
function whyNot(o: Open): Why {
  if (!o.live) return { code: 'payment.promotion_over', params: { name: o.name, from_on: o.from_on, to_on: o.to_on } }
  if (o.house_kinds.length > 0 && !o.house_kinds.includes(o.house_kind)) return { code: 'payment.promotion_house', params: { name: o.name, house: o.house_label } }
  if (o.used_here >= o.per_house) return { code: 'payment.promotion_times', params: { house: o.house_label, name: o.name, count: o.used_here, max: o.per_house } }
  if (o.other !== null) return { code: 'payment.promotion_alone', params: { house: o.house_label, other: o.other, name: o.name } }
  if (!o.left) return { code: 'payment.promotion_used_up', params: { name: o.name } }
  const sum = reckon(o, o.monthly_fen)
  if (!sum) return { code: 'payment.promotion_no_bill', params: { house: o.house_label, item: o.fee_item_name } }
  if (o.budget_left_fen !== null && sum.gift_fen > o.budget_left_fen) return { code: 'payment.promotion_used_up', params: { name: o.name } }
  return null
}
function shown(o: Open): Offer {
  const sum = reckon(o, o.monthly_fen) ?? { pay_fen: 0, gift_fen: 0, working: '' }
  const why = whyNot(o)
  return {
    promotion_id: o.promotion_id, name: o.name, rule_text: ruleText(o), fee_item_id: o.fee_item_id, fee_item_name: o.fee_item_name, to_on: o.to_on, pay_fen: sum.pay_fen, gift_fen: sum.gift_fen, wallet_fen: sum.pay_fen + sum.gift_fen, at_least: o.kind === 'amount',
    working: sum.working, refund_text: words.states!['refund_rule']![o.refund_rule]!, basis: o.basis, can: why?.code ?? true, why_not: why ? sentence(words.refusals[why.code]!, why.params) : null,
  }
}

const offers = answer(payment.offers, async (scope, { house_id }) => {
  const house = await houseToRead(scope, house_id)
  return { rows: (await openFor(scope, [house])).map(shown) }
})
const myOffers = answer(payment.myOffers, async (scope) => {
  const houses = await myHouses(scope)
  const by = Map.groupBy(houses.length > 0 ? await openFor(scope, houses) : [], (o) => o.house_id)
  return { houses: houses.flatMap((h) => {
    const rows = (by.get(h.house_id) ?? []).map(shown).filter((o) => o.can === true)
    return rows.length > 0 ? [{ house_id: h.house_id, house_label: h.label, community_name: h.community_name, rows }] : []
  }) }
})

export interface Taken {
  promotion_id: string
  fee_item_id: string
  account_code: string
  name: string
  gift_fen: number
  working: string
}
/** The offer as it stands for the house, or why not. Without a lock: for asking. */
function judge(o: Open, prepay_fen: number): Why {
  const why = whyNot(o)
  if (why) return why
  const sum = reckon(o, o.monthly_fen)!
  const fits = o.kind === 'amount' ? prepay_fen >= sum.pay_fen : prepay_fen === sum.pay_fen
  return fits ? null : { code: 'payment.promotion_amount', params: { name: o.name, pay: yuanGrouped(fen(sum.pay_fen)), working: sum.working, given: yuanGrouped(fen(prepay_fen)) } }
}
export async function checkOffer(scope: Scope, house: { house_id: string }, promotion_id: string, prepay_fen: number): Promise<void> {
  const [o] = await openFor(scope, [house], promotion_id)
  if (!o) throw scope.notFound()
  const why = judge(o, prepay_fen)
  if (why) throw scope.refuse(why.code, why.params)
}
/** Counts the use, or says why not. Call with the bills locked and before the purses: the promotion's row is held to the end. `since`: when the order was placed. */
async function tryOffer(scope: Scope, house: HouseOf, promotion_id: string, prepay_fen: number, since?: string): Promise<Taken | NonNullable<Why>> {
  const c = scope.company_id
  await scope.db.selectFrom('payment.promotion').select('promotion_id').where('company_id', '=', c).where('promotion_id', '=', promotion_id).forUpdate().executeTakeFirst()
  const [o] = await openFor(scope, [house], promotion_id, since)
  if (!o) throw scope.notFound()
  const why = judge(o, prepay_fen)
  if (why) return why
  const sum = reckon(o, o.monthly_fen)!
  await sql`update payment.promotion set used_count = used_count + 1, given_fen = given_fen + ${sum.gift_fen} where company_id = ${c} and promotion_id = ${promotion_id}`.execute(scope.db)
  // The gift stands in the purse before the receipt says what is there.
  await changePurses(scope, [{ house_id: house.house_id, fee_item_id: o.fee_item_id, amount_fen: sum.gift_fen }])
  return { promotion_id, fee_item_id: o.fee_item_id, account_code: o.account_code, name: o.name, gift_fen: sum.gift_fen, working: sum.working }
}
export async function takeOffer(scope: Scope, house: HouseOf, promotion_id: string, prepay_fen: number): Promise<Taken> {
  const done = await tryOffer(scope, house, promotion_id, prepay_fen)
  if ('code' in done) throw scope.refuse(done.code, done.params)
  return done
}
/** Of an order that was paid: the gift, or in words why there is none. The money is there either way. */
export async function takeOrdered(scope: Scope, house: HouseOf, o: { promotion_id: string; intent_id: string; created_at: string }, prepay_fen: number): Promise<Taken | string> {
  const done = await tryOffer(scope, house, o.promotion_id, prepay_fen, o.created_at)
  if (!('code' in done)) return done
  const missed = sentence(words.refusals![done.code] ?? done.code, done.params)
  await sql`update payment.intent set promotion_missed = ${missed.slice(0, 200)} where company_id = ${scope.company_id} and intent_id = ${o.intent_id}`.execute(scope.db)
  return missed
}
/** After the payment: the use, the movement and the journal. The gift is income that the company does not get. */
export async function writeUse(scope: Scope, house: HouseOf, payment_id: string, paid_fen: number, t: Taken): Promise<void> {
  const use_id = uuidv7()
  await scope.db.insertInto('payment.promotion_use').values({ company_id: scope.company_id, use_id, promotion_id: t.promotion_id, community_id: house.community_id, building_id: house.building_id, house_id: house.house_id, fee_item_id: t.fee_item_id, payment_id, paid_fen, gift_fen: t.gift_fen, working: t.working, used_by: scope.who.account_id, used_at: scope.now, used_on: scope.today }).execute()
  await writeEntries(scope, [{ house_id: house.house_id, fee_item_id: t.fee_item_id, amount_fen: t.gift_fen, cause: 'gift', payment_id, note: `活动「${t.name}」:${t.working}`.slice(0, 200) }])
  await post(scope, {
    book: 'company', booked_on: scope.today, kind: 'promotion', source_type: 'payment', source_id: payment_id,
    lines: [{ account_code: t.account_code, amount_fen: t.gift_fen, community_id: house.community_id, subject_type: 'fee_item', subject_id: t.fee_item_id }, { account_code: '2203', amount_fen: -t.gift_fen, community_id: house.community_id, subject_type: 'house', subject_id: house.house_id }],
  })
}
/** Payments are undone: their uses no longer count. The purse and the journals are undone with the payment's own. */
export async function undoUses(scope: Scope, payment_ids: readonly string[]): Promise<string[]> {
  const c = scope.company_id
  const r = await sql<{ payment_id: string; promotion_id: string; gift_fen: number }>`update payment.promotion_use set reversed_at = ${scope.now} where company_id = ${c} and payment_id = any(${[...payment_ids]}::uuid[]) and reversed_at is null returning payment_id, promotion_id, gift_fen`.execute(scope.db)
  if (r.rows.length === 0) return []
  await sql`with k as (select promotion_id, count(*)::int as n, sum(gift_fen)::bigint as fen from unnest(${r.rows.map((x) => x.promotion_id)}::uuid[], ${r.rows.map((x) => x.gift_fen)}::bigint[]) as x(promotion_id, gift_fen) group by 1)
    update payment.promotion p set used_count = p.used_count - k.n, given_fen = p.given_fen - k.fen from k where p.company_id = ${c} and p.promotion_id = k.promotion_id`.execute(scope.db)
  return r.rows.map((x) => x.payment_id)
}

type Filter = Omit<z.output<typeof payment.promotionUses.takes>, 'page' | 'page_size'>
function usesWhere(scope: Scope, f: Filter): RawBuilder<SqlBool> {
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`u.company_id = ${scope.company_id}`, seen(scope, 'u')]
  if (f.promotion_id) w.push(sql<SqlBool>`u.promotion_id = ${f.promotion_id}`)
  if (f.community_id) w.push(sql<SqlBool>`u.community_id = ${f.community_id}`)
  if (f.house_id) w.push(sql<SqlBool>`u.house_id = ${f.house_id}`)
  if (f.from_on) w.push(sql<SqlBool>`u.used_on >= ${f.from_on}`)
  if (f.to_on) w.push(sql<SqlBool>`u.used_on <= ${f.to_on}`)
  if (f.live) w.push(sql<SqlBool>`u.reversed_at is null`)
  return sql.join(w, sql` and `) as RawBuilder<SqlBool>
}
async function usesRead(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset: number): Promise<PromotionUse[]> {
  const c = scope.company_id
  const r = await sql<Omit<PromotionUse, 'used_by_name'> & { used_by: string | null }>`with page as materialized (select u.* from payment.promotion_use u where ${where} order by u.used_at desc, u.use_id desc limit ${limit} offset ${offset})
    select u.use_id, u.community_id, m.name as community_name, u.house_id, h.label as house_label, u.promotion_id, p.name as promotion_name, u.payment_id, y.receipt_no, u.used_at, u.paid_fen, u.gift_fen, u.refunded_fen, u.taken_fen, u.working, u.used_by, u.reversed_at
    from page u join property.community m on m.company_id = ${c} and m.community_id = u.community_id join property.house h on h.company_id = ${c} and h.house_id = u.house_id join payment.promotion p on p.company_id = ${c} and p.promotion_id = u.promotion_id
    join payment.payment y on y.company_id = ${c} and y.payment_id = u.payment_id order by u.used_at desc, u.use_id desc`.execute(scope.db)
  const names = await memberNames(scope, r.rows.map((x) => x.used_by))
  return r.rows.map(({ used_by, ...x }) => ({ ...x, used_by_name: used_by ? (names.get(used_by) ?? '') : '线上' }))
}
async function usesSums(scope: Scope, where: RawBuilder<SqlBool>) {
  const r = await sql<{ total: number; paid_fen_sum: number; gift_fen_sum: number; refunded_fen_sum: number; taken_fen_sum: number }>`select count(*)::int as total, coalesce(sum(u.paid_fen) filter (where u.reversed_at is null), 0)::bigint as paid_fen_sum, coalesce(sum(u.gift_fen) filter (where u.reversed_at is null), 0)::bigint as gift_fen_sum,
    coalesce(sum(u.refunded_fen) filter (where u.reversed_at is null), 0)::bigint as refunded_fen_sum, coalesce(sum(u.taken_fen) filter (where u.reversed_at is null), 0)::bigint as taken_fen_sum from payment.promotion_use u where ${where}`.execute(scope.db)
  return r.rows[0]!
}
const uses = answer(payment.promotionUses, async (scope, { page, page_size, ...f }) => {
  const where = usesWhere(scope, f)
  return { ...(await usesSums(scope, where)), rows: await usesRead(scope, where, page_size, (page - 1) * page_size) }
})
const EXCEL_MAX = 50_000
const usesExcel = answerFile(payment.promotionUsesExcel, async (scope, f) => {
  const where = usesWhere(scope, f)
  const total = await usesSums(scope, where)
  const rows = await usesRead(scope, where, EXCEL_MAX, 0)
  const text = (title: string) => ({ title, kind: 'text' as const })
  const money = (title: string) => ({ title, kind: 'money_fen' as const })
  const body = await writeSheet({ sheets: [{
    name: '优惠享受明细', columns: [text('时间'), text('小区'), text('房号'), text('活动'), text('收据号'), money('实缴预存'), money('赠送'), money('已退'), money('已收回'), text('计算过程'), text('经办人'), text('冲销时间')],
    rows: rows.map((r) => [minuteText(r.used_at), r.community_name, r.house_label, r.promotion_name, r.receipt_no, r.paid_fen, r.gift_fen, r.refunded_fen, r.taken_fen, r.working, r.used_by_name, minuteText(r.reversed_at)]),
    totals: ['有效合计', null, null, null, `${total.total} 笔`, total.paid_fen_sum, total.gift_fen_sum, total.refunded_fen_sum, total.taken_fen_sum],
  }] })
  return { name: `优惠享受明细_${scope.today}.xlsx`, type: XLSX, body }
})
/** Of own houses, from the day the present owners came: prepayment is the owner's side, as in `myPayable`. */
const myUses = answer(payment.myPromotionUses, async (scope, { page, page_size }) => {
  const houses = (await myHouses(scope)).filter((h) => h.role !== 'tenant')
  if (houses.length === 0) return { rows: [], total: 0 }
  const c = scope.company_id
  const where = sql<SqlBool>`u.company_id = ${c} and u.house_id = any(${houses.map((h) => h.house_id)}::uuid[]) and exists (select from payment.payment p where p.company_id = ${c} and p.payment_id = u.payment_id and ${myPaymentsWhere(scope, houses)})`
  const n = await sql<{ total: number }>`select count(*)::int as total from payment.promotion_use u where ${where}`.execute(scope.db)
  const rows = await usesRead(scope, where, page_size, (page - 1) * page_size)
  return { total: n.rows[0]!.total, rows: rows.map(({ use_id, house_id, house_label, promotion_name, receipt_no, used_at, paid_fen, gift_fen, refunded_fen, taken_fen, working, reversed_at }) => ({ use_id, house_id, house_label, promotion_name, receipt_no, used_at, paid_fen, gift_fen, refunded_fen, taken_fen, working, reversed_at })) }
})
export const promotionUseAnswers = [offers, myOffers, myUses, uses, usesExcel]
