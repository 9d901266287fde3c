// What a promotion takes back when prepayment goes back: reckoned when the refund is asked for and shown before, reserved with it, set free when
// the refund is dropped or cancelled. Purses by last in, still there: the newest money is what is left, the oldest was spent first.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { PostingLine } from '../../ledger/server/index.ts'
import { houseToRead } from '../../property/server/index.ts'
import { payment } from '../contract.ts'
import type { RefundRule } from '../contract_promotion.ts'
import { heldOf, mostBack, takeBack, type Back, type Held } from './rules/promotion.ts'

/** More inflows than this into one purse: the oldest have long been spent. */
const INFLOWS = 200

/** The uses that still stand in this purse, newest first, and what is there; refunds that wait count as gone. */
async function purseOf(scope: Scope, house_id: string, fee_item_id: string | null): Promise<{ held: (Held & { payment_id: string })[]; balance_fen: number }> {
  const c = scope.company_id
  const b = await sql<{ balance_fen: number }>`select (coalesce(${fee_item_id ? sql`(select balance_fen from payment.bound_wallet where company_id = ${c} and house_id = ${house_id} and fee_item_id = ${fee_item_id})` : sql`(select balance_fen from payment.wallet where company_id = ${c} and house_id = ${house_id})`}, 0)
    - coalesce((select sum(wallet_fen + gift_back_fen) from payment.refund where company_id = ${c} and house_id = ${house_id} and state = 'asked' and wallet_fen > 0 and fee_item_id is not distinct from ${fee_item_id}::uuid), 0))::bigint as balance_fen`.execute(scope.db)
  const balance_fen = b.rows[0]!.balance_fen
  if (fee_item_id === null) return { held: [], balance_fen }
  const r = await sql<{ key: string; amount_fen: number; use_id: string | null; payment_id: string; refund_rule: RefundRule; paid_fen: number; gift_fen: number }>`
    select coalesce(e.payment_id::text, e.entry_id::text) as key, sum(e.amount_fen)::bigint as amount_fen, u.use_id, u.payment_id, p.refund_rule, u.paid_fen - u.refunded_fen as paid_fen, u.gift_fen - u.taken_fen as gift_fen from payment.wallet_entry e
    left join payment.promotion_use u on u.company_id = ${c} and u.payment_id = e.payment_id and e.payment_id is not null left join payment.promotion p on p.company_id = ${c} and p.promotion_id = u.promotion_id
    left join payment.payment y on y.company_id = ${c} and y.payment_id = e.payment_id
    where e.company_id = ${c} and e.house_id = ${house_id} and e.fee_item_id = ${fee_item_id} and e.amount_fen > 0 and e.cause <> 'reversal' and y.reversed_at is null
    group by 1, 3, 4, 5, 6, 7 order by max(e.at) desc, 1 limit ${INFLOWS}`.execute(scope.db)
  const parts = heldOf(r.rows.map((x) => ({ key: x.key, amount_fen: x.use_id ? x.paid_fen + x.gift_fen : x.amount_fen })), balance_fen)
  const held = r.rows.flatMap((x) => {
    const part = parts.get(x.key) ?? 0
    if (!x.use_id || part === 0) return []
    const gift_fen = Math.min(x.gift_fen, part)
    return [{ use_id: x.use_id, payment_id: x.payment_id, refund_rule: x.refund_rule, gift_fen, paid_fen: part - gift_fen }]
  })
  return { held, balance_fen }
}

/** What may go back of this purse, or of what one payment put there. */
export async function mostOf(scope: Scope, o: { house_id: string; fee_item_id: string | null; payment_id?: string | null | undefined }): Promise<number> {
  const { held, balance_fen } = await purseOf(scope, o.house_id, o.fee_item_id)
  const own = o.payment_id ? held.find((h) => h.payment_id === o.payment_id) : undefined
  return own ? own.paid_fen : mostBack(held, balance_fen)
}
/** The gifts that go back with this refund; refuses when so much cannot go back. The purses are locked by the caller when it is meant. */
export async function backOf(scope: Scope, o: { house_id: string; fee_item_id: string | null; payment_id?: string | null | undefined; amount_fen: number }): Promise<Back[]> {
  const { held, balance_fen } = await purseOf(scope, o.house_id, o.fee_item_id)
  const own = o.payment_id ? held.find((h) => h.payment_id === o.payment_id) : undefined
  const most = own ? own.paid_fen : mostBack(held, balance_fen)
  const back = own ? takeBack([own], own.paid_fen + own.gift_fen, o.amount_fen) : takeBack(held, balance_fen, o.amount_fen)
  if (back === null || o.amount_fen > most) throw scope.refuse('payment.gift_stays', { balance: yuanGrouped(fen(Math.max(0, balance_fen))), most: yuanGrouped(fen(most)) })
  return back
}
export const giftOf = (back: readonly Back[]): number => back.reduce((n, b) => n + b.gift_fen, 0)

const giftBack = answer(payment.giftBack, async (scope, o) => {
  await houseToRead(scope, o.house_id)
  const most_fen = await mostOf(scope, o)
  const back = await backOf(scope, { ...o, amount_fen: Math.min(o.amount_fen, most_fen) })
  return { gift_fen: giftOf(back), most_fen, workings: back.map((b) => b.working) }
})

/** Adds to (or, with -1, sets free) what the uses have given back. */
async function countBack(scope: Scope, refund_id: string, sign: 1 | -1): Promise<void> {
  await sql`update payment.promotion_use u set refunded_fen = u.refunded_fen + ${sign}::int * b.refund_fen, taken_fen = u.taken_fen + ${sign}::int * b.gift_fen from payment.promotion_back b
    where u.company_id = ${scope.company_id} and b.company_id = ${scope.company_id} and b.refund_id = ${refund_id} and u.use_id = b.use_id`.execute(scope.db)
}
export async function reserveBack(scope: Scope, refund_id: string, back: readonly Back[]): Promise<void> {
  if (back.length === 0) return
  await scope.db.insertInto('payment.promotion_back').values(back.map((b) => ({ company_id: scope.company_id, refund_id, use_id: b.use_id, refund_fen: b.refund_fen, gift_fen: b.gift_fen, working: b.working }))).execute()
  await countBack(scope, refund_id, 1)
}
export const freeBack = (scope: Scope, refund_id: string): Promise<void> => countBack(scope, refund_id, -1)

interface Gone {
  refund_id: string
  house_id: string
  community_id: string
  gift_back_fen: number
}
/** The gift's item and the lines of its journal: prepayment less, income of the company again; `sign` -1 gives it anew. */
export async function giftLines(scope: Scope, r: Gone, sign: 1 | -1): Promise<{ fee_item_id: string; lines: PostingLine[] } | null> {
  if (r.gift_back_fen === 0) return null
  const c = scope.company_id
  const of = await sql<{ fee_item_id: string; account_code: string }>`select distinct u.fee_item_id, f.account_code from payment.promotion_back b join payment.promotion_use u on u.company_id = ${c} and u.use_id = b.use_id join billing.fee_item f on f.company_id = ${c} and f.fee_item_id = u.fee_item_id where b.company_id = ${c} and b.refund_id = ${r.refund_id}`.execute(scope.db)
  const { fee_item_id, account_code } = of.rows[0]!
  return {
    fee_item_id,
    lines: [
      { account_code: '2203', amount_fen: sign * r.gift_back_fen, community_id: r.community_id, subject_type: 'house', subject_id: r.house_id },
      { account_code, amount_fen: -sign * r.gift_back_fen, community_id: r.community_id, subject_type: 'fee_item', subject_id: fee_item_id },
    ],
  }
}
export const promotionBackAnswers = [giftBack]
