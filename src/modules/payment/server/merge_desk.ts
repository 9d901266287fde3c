// One payment for several houses of a person or company (合并收款): a payment and a receipt a house, one handing over of money. All bills are
// locked in one go, in id order; the tenders are laid over the houses in the order given.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { ownerNames } from '../../people/server/index.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import { payment } from '../contract.ts'
import { LINES_SHOWN, openLines, type BillKey } from './bills.ts'
import { couponRemark, cutNow, writeCouponUses, type Cut } from './coupon_uses.ts'
import { developersAmong, relatedOf } from './desk.ts'
import { enterDrawer, myDrawer } from './drawer.ts'
import { recordPayments, type HouseOf, type NewPayment } from './record.ts'
import { splitTenders } from './rules/split.ts'
import { settleTill } from './rules/till.ts'
import { takeSlips } from './slips.ts'
import { lockParts } from './take.ts'

type Found = HouseOf & { community_name: string }
export async function housesOf(scope: Scope, ids: readonly string[]): Promise<Found[]> {
  const c = scope.company_id
  const r = await sql<Found>`select h.house_id, h.community_id, h.building_id, h.label, m.name as community_name from property.house h join property.community m on m.company_id = ${c} and m.community_id = h.community_id
    where h.company_id = ${c} and h.house_id = any(${[...ids]}::uuid[]) and ${housesSeenBy(scope)} order by m.name, h.sort_no, h.label`.execute(scope.db)
  if (r.rows.length !== new Set(ids).size) throw scope.notFound()
  return r.rows
}

/** Owners and tenants of today; the developer owns everything unsold, and his other houses are no help. */
async function personsOf(scope: Scope, house_ids: readonly string[]): Promise<string[]> {
  const { company_id: c, today } = scope
  const r = await sql<{ person_id: string }>`select person_id from people.ownership where company_id = ${c} and house_id = any(${[...house_ids]}::uuid[]) and from_on <= ${today} and (to_on is null or to_on > ${today})
    union select person_id from people.tenancy where company_id = ${c} and house_id = any(${[...house_ids]}::uuid[]) and from_on <= ${today} and (to_on is null or to_on > ${today}) limit 500`.execute(scope.db)
  const all = r.rows.map((x) => x.person_id)
  const developers = await developersAmong(scope, all)
  return all.filter((id) => !developers.has(id))
}

const mergeDesk = answer(payment.mergeDesk, async (scope, { house_ids }) => {
  const houses = await housesOf(scope, house_ids)
  const ids = houses.map((h) => h.house_id)
  const all = await openLines(scope, houses)
  const lines = Map.groupBy(all, (l) => l.house_id)
  const related = await relatedOf(scope, ids, await personsOf(scope, ids))
  const names = await ownerNames(scope, [...ids, ...related.map((r) => r.house_id)])
  const order = new Map(house_ids.map((id, i) => [id, i]))
  return {
    houses: houses
      .sort((a, b) => order.get(a.house_id)! - order.get(b.house_id)!)
      .map((h) => {
        const own = lines.get(h.house_id) ?? []
        return {
          house_id: h.house_id, house_label: h.label, community_id: h.community_id, community_name: h.community_name, owner_names: names.get(h.house_id) ?? '', open_fen: own.reduce((n, l) => n + l.open_fen, 0),
          lines: own.map(({ bill_id, period_on, fee_item_name, explanation, payer_name, due_on, overdue_days, open_fen, being_paid }) => ({ bill_id, period_on, fee_item_name, explanation, payer_name, due_on, overdue_days, open_fen, being_paid })),
        }
      }),
    cut: all.length >= LINES_SHOWN * Math.min(houses.length, 5),
    related: related.map((r) => ({ house_id: r.house_id, house_label: r.label, community_name: r.community_name, open_fen: r.open_fen, owner_names: names.get(r.house_id) ?? '' })),
  }
})

/** Houses with coupons lose them now: drawer, all bills, then the coupons house by house in the order of their ids. */
async function cutParts(scope: Scope, by: ReadonlyMap<string, Found>, parts: readonly { house_id: string; lines: readonly (BillKey & { amount_fen: number })[]; coupon_ids: readonly string[] }[], cash: boolean): Promise<Map<string, Cut>> {
  const with_own = parts.filter((p) => p.coupon_ids.length > 0).toSorted((a, b) => (a.house_id < b.house_id ? -1 : 1))
  const cuts = new Map<string, Cut>()
  if (with_own.length === 0) return cuts
  await myDrawer(scope, { community_id: parts.map((p) => by.get(p.house_id)!.community_id), cash })
  await lockParts(scope, parts)
  for (const p of with_own) cuts.set(p.house_id, await cutNow(scope, p.house_id, p.coupon_ids, p.lines))
  return cuts
}

const takeMerged = answer(payment.takeMerged, async (scope, ask) => {
  if (new Set(ask.parts.map((p) => p.house_id)).size !== ask.parts.length) throw scope.refuse('payment.house_twice')
  const parts = ask.parts.filter((p) => p.lines.length > 0 || p.prepay_fen > 0)
  const by = new Map((await housesOf(scope, ask.parts.map((p) => p.house_id))).map((h) => [h.house_id, h]))
  const cuts = await cutParts(scope, by, parts, ask.tenders.some((t) => t.method === 'cash'))
  const net = parts.map((p) => ({ ...p, lines: cuts.get(p.house_id)?.lines ?? p.lines }))
  const till = settleTill({ lines: net.flatMap((p) => p.lines.map((l) => l.amount_fen)), prepay_fen: parts.reduce((n, p) => n + p.prepay_fen, 0), tenders: ask.tenders, change_fen: ask.change_fen })
  if ('code' in till) throw scope.refuse(till.code, till.params)
  const shift_id = await myDrawer(scope, { community_id: parts.map((p) => by.get(p.house_id)!.community_id), cash: till.tenders.some((t) => t.method === 'cash') })
  const locked = await lockParts(scope, net)
  const names = await ownerNames(scope, parts.map((p) => p.house_id))
  const tenders = splitTenders(till.tenders, net.map((p) => p.lines.reduce((n, l) => n + l.amount_fen, p.prepay_fen)))
  const payer_name = ask.payer_name || names.get(parts[0]!.house_id) || '住户'
  const merge_id = uuidv7()
  // The change is one act, not a house's: every receipt tells the whole of it.
  const whole = parts.length > 1 ? `合并收款 ${parts.length} 户共 ${yuanGrouped(till.total_fen)} 元${till.change_fen > 0 ? `,找零 ${yuanGrouped(till.change_fen)} 元` : ''}` : ''
  const remark = (p: { house_id: string }) => [ask.remark, cuts.has(p.house_id) ? couponRemark(cuts.get(p.house_id)!.uses) : '', whole].filter(Boolean).join(';').slice(0, 200) || null
  const made = parts.map((p, i): NewPayment & { payment_id: string } => ({
    payment_id: uuidv7(), house: by.get(p.house_id)!, payer_name, source: 'desk', taken_by: scope.who.account_id, cashier_name: scope.who.name, tenders: tenders[i]!,
    // What a bill owed before its coupon.
    lines: locked.get(p.house_id)!.map((l) => ({ ...l, due_fen: l.due_fen + (cuts.get(p.house_id)?.off.get(l.line.bill_id) ?? 0) })), prepaid_fen: p.prepay_fen, change_fen: parts.length > 1 ? 0 : till.change_fen, remark: remark(p), merge_id: parts.length > 1 ? merge_id : null,
  }))
  const done = await recordPayments(scope, made)
  for (const p of made) if (cuts.has(p.house.house_id)) await writeCouponUses(scope, p.house, p.payment_id, cuts.get(p.house.house_id)!.uses, scope.who.account_id)
  await takeSlips(scope, till.tenders, made[0]!.payment_id)
  await enterDrawer(scope, shift_id, made.map((p) => ({ source_type: 'payment' as const, source_id: p.payment_id, sums: p.tenders })))
  scope.note('payment', made[0]!.payment_id, { merge_id, receipts: done.map((d) => d.receipt_no), total_fen: till.total_fen })
  return {
    merge_id, total_fen: till.total_fen, change_fen: till.change_fen,
    payments: done.map((d, i) => ({ payment_id: d.payment_id, receipt_no: d.receipt_no, house_label: made[i]!.house.label, total_fen: d.total_fen, arrears_fen: d.arrears_fen })),
  }
})
export const mergeAnswers = [mergeDesk, takeMerged]
