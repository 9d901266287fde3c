import { answer } from '../../../kernel/app.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { lockOpen } from '../../billing/server/index.ts'
import { ownerNames } from '../../people/server/index.ts'
import { houseToRead } from '../../property/server/index.ts'
import { payment } from '../contract.ts'
import { linesByKey, lockedLine, tooMuch, type BillKey } from './bills.ts'
import { couponRemark, cutNow, writeCouponUses } from './coupon_uses.ts'
import { enterDrawer, myDrawer } from './drawer.ts'
import { takeOffer, writeUse } from './promotion_uses.ts'
import { itemOf, lockPurses } from './purses.ts'
import { recordPayment, type PaidLine } from './record.ts'
import { deduct } from './rules/deduct.ts'
import { settleTill } from './rules/till.ts'
import { takeSlips } from './slips.ts'

/** The asked lines, locked and held against what each bill owes now. The amount comes from the screen, the worth from the bill. */
export async function lockLines(scope: Scope, house_id: string, asked: readonly (BillKey & { amount_fen: number })[]): Promise<PaidLine[]> {
  return (await lockParts(scope, [{ house_id, lines: asked }])).get(house_id)!
}

/** The same for several houses: all bills are locked in one go, so that two such payments take their locks in one order. */
export async function lockParts(scope: Scope, parts: readonly { house_id: string; lines: readonly (BillKey & { amount_fen: number })[] }[]): Promise<Map<string, PaidLine[]>> {
  const asked = parts.flatMap((p) => p.lines.map((l) => ({ ...l, house_id: p.house_id })))
  if (asked.length === 0) return new Map(parts.map((p) => [p.house_id, []]))
  if (new Set(asked.map((l) => l.bill_id)).size !== asked.length) throw scope.refuse('payment.same_bill_twice')
  const locked = new Map((await lockOpen(scope, asked.map(({ bill_id, period_on }) => ({ bill_id, period_on })))).map((b) => [b.bill_id, b]))
  const gone = await linesByKey(scope, asked.filter((a) => !locked.has(a.bill_id)))
  const paid = asked.map((a) => {
    const bill = locked.get(a.bill_id)
    const line = bill ? lockedLine(scope, bill) : gone.get(a.bill_id)
    // A bill of another house is as good as none.
    if (!line || (bill ?? gone.get(a.bill_id))?.house_id !== a.house_id) throw scope.notFound()
    const due_fen = bill?.open_fen ?? 0
    if (a.amount_fen > due_fen) throw tooMuch(scope, line, a.amount_fen, due_fen)
    return { house_id: a.house_id, paid: { line, due_fen, amount_fen: a.amount_fen } }
  })
  const by = Map.groupBy(paid, (x) => x.house_id)
  return new Map(parts.map((p) => [p.house_id, (by.get(p.house_id) ?? []).map((x) => x.paid)]))
}

/** The drawer before the bills, as without coupons; the bills are held against what was asked, then lose what the coupons take off. */
async function cutFor(scope: Scope, house: { house_id: string; community_id: string }, ask: { lines: readonly (BillKey & { amount_fen: number })[]; coupon_ids: readonly string[]; tenders: readonly { method: string }[] }) {
  await myDrawer(scope, { community_id: house.community_id, cash: ask.tenders.some((t) => t.method === 'cash') })
  await lockLines(scope, house.house_id, ask.lines)
  return cutNow(scope, house.house_id, ask.coupon_ids, ask.lines)
}

export const takePayment = answer(payment.takePayment, async (scope, ask) => {
  const house = await houseToRead(scope, ask.house_id)
  const cut = ask.coupon_ids.length > 0 ? await cutFor(scope, house, ask) : null
  const asked = cut?.lines ?? ask.lines
  const till = settleTill({ lines: asked.map((l) => l.amount_fen), prepay_fen: ask.prepay_fen, tenders: ask.tenders, change_fen: ask.change_fen })
  if ('code' in till) throw scope.refuse(till.code, till.params)
  const [shift_id, lines, owners] = await Promise.all([
    myDrawer(scope, { community_id: house.community_id, cash: till.tenders.some((t) => t.method === 'cash') }),
    lockLines(scope, house.house_id, asked),
    ask.payer_name ? null : ownerNames(scope, [house.house_id]),
    ask.prepay_item_id ? itemOf(scope, house, ask.prepay_item_id) : null,
  ])
  // What is bound to an item pays only its lines, and goes first.
  const used = till.wallet_used_fen > 0 ? deduct(lines.map((l) => ({ ...l.line, open_fen: l.amount_fen })), (await lockPurses(scope, [house.house_id])).get(house.house_id)!, till.wallet_used_fen) : null
  if (used && used.total_fen < till.wallet_used_fen) throw scope.refuse('payment.wallet_short', { balance: yuanGrouped(fen(used.total_fen)), asked: yuanGrouped(till.wallet_used_fen) })
  if (ask.promotion_id && used) throw scope.refuse('payment.promotion_wallet')
  const gift = ask.promotion_id ? await takeOffer(scope, house, ask.promotion_id, till.prepaid_fen) : null
  const done = await recordPayment(scope, {
    house,
    payer_name: ask.payer_name || (owners?.get(house.house_id) ?? '住户'),
    source: 'desk',
    taken_by: scope.who.account_id,
    cashier_name: scope.who.name,
    tenders: till.tenders,
    // What a bill owed before its coupon.
    lines: cut ? lines.map((l) => ({ ...l, due_fen: l.due_fen + (cut.off.get(l.line.bill_id) ?? 0) })) : lines,
    prepaid_fen: till.prepaid_fen,
    prepay_item_id: gift?.fee_item_id ?? ask.prepay_item_id ?? null,
    used: used?.used ?? [],
    change_fen: till.change_fen,
    remark: [ask.remark, cut ? couponRemark(cut.uses) : '', gift ? `活动「${gift.name}」另赠预存 ${yuanGrouped(fen(gift.gift_fen))} 元` : ''].filter(Boolean).join(';') || null,
  })
  if (cut) await writeCouponUses(scope, house, done.payment_id, cut.uses, scope.who.account_id)
  if (gift) await writeUse(scope, house, done.payment_id, till.prepaid_fen, gift)
  // Behind the number, which others wait for: both in one message.
  await Promise.all([takeSlips(scope, till.tenders, done.payment_id), enterDrawer(scope, shift_id, { source_type: 'payment', source_id: done.payment_id, sums: till.tenders })])
  scope.note('payment', done.payment_id, { receipt_no: done.receipt_no, house: house.label, total_fen: done.total_fen })
  return done
}, { by_key: true })
