// Coupons of shops: bought in packs with a bill on the shop's house, given to cars by whoever has the pack's link (the shop's own phone). A coupon is
// one stay's: the tariff engine takes it off when the stay is priced. The link's secret comes from the installation's key and is kept nowhere.
import { sql } from 'kysely'
import { answer, type App } from '../../../kernel/app.ts'
import { nowMs } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import { notFound } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { asSystem } from '../../../kernel/worker.ts'
import { houseToRead } from '../../property/server/index.ts'
import { parking, type CouponPack } from '../contract.ts'
import { holdLot, lotsSeenBy, lotToRead } from './access.ts'
import { lotMoney } from './money.ts'
import { billHouse } from './permits.ts'
import { readPlate } from './rules/plates.ts'
import { addStep } from './stays.ts'
import { readToken, tokenOf } from './tokens.ts'

const PAID = (scope: Scope) => sql`(k.bill_id is null or exists (select from billing.bill b where b.company_id = ${scope.company_id} and b.period_on = k.period_on and b.bill_id = k.bill_id and b.voided_at is null and b.paid_fen + b.reduced_fen >= b.amount_fen))`

const couponPacks = answer(parking.couponPacks, async (scope, f) => {
  const c = scope.company_id
  const where = sql`k.company_id = ${c} and ${f.lot_id ? sql`k.lot_id = ${f.lot_id}` : sql`true`} and exists (select from parking.lot l where l.company_id = ${c} and l.lot_id = k.lot_id and ${lotsSeenBy(scope)} ${f.community_id ? sql`and l.community_id = ${f.community_id}` : sql``})`
  const { rows } = await sql<CouponPack>`with page as materialized (select k.* from parking.coupon_pack k where ${where} order by k.bought_at desc, k.pack_id limit ${f.page_size} offset ${(f.page - 1) * f.page_size})
    select k.pack_id, k.lot_id, l.name as lot_name, k.shop_name, h.label as house_label, k.kind, k.minutes, k.amount_fen, k.count, (select count(*)::int from parking.coupon_use u where u.company_id = ${c} and u.pack_id = k.pack_id) as given_count, k.price_fen, ${PAID(scope)} as paid, k.until_on, k.bought_at, null as token
    from page k join parking.lot l on l.company_id = ${c} and l.lot_id = k.lot_id left join property.house h on h.company_id = ${c} and h.house_id = k.house_id order by k.bought_at desc, k.pack_id`.execute(scope.db)
  const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from parking.coupon_pack k where ${where}`.execute(scope.db)
  const r = scope.reach('parking.permit.write')
  const writes = r.all || r.community_ids.length > 0 || r.building_ids.length > 0
  return { rows: rows.map((k) => ({ ...k, token: writes ? tokenOf('pack', { company_id: c, id: k.pack_id }) : null })), total: n[0]!.total }
})
const sellCoupons = answer(parking.sellCoupons, async (scope, o) => {
  const c = scope.company_id
  await lotToRead(scope, o.lot_id)
  await houseToRead(scope, o.house_id)
  if ((o.kind === 'minutes') !== (o.minutes !== null) || (o.kind === 'amount') !== (o.amount_fen !== null)) throw scope.refuse('parking.coupon_value')
  if (o.until_on < scope.today) throw scope.refuse('parking.from_past', { today: scope.today })
  const l = await lotMoney(scope, o.lot_id)
  const each = o.kind === 'minutes' ? `减 ${o.minutes} 分钟` : o.kind === 'amount' ? `减 ${yuanGrouped(fen(o.amount_fen!))} 元` : '全免'
  const bill = o.price_fen > 0 ? await billHouse(scope, l, o.house_id, { code: `TCQ_${l.belongs_to.toUpperCase()}`, name: '商户停车券款', account_code: l.belongs_to === 'public_income' ? '600101' : '6051', belongs_to: l.belongs_to, amount_fen: o.price_fen, note: `${l.name} 停车券(${each})${o.count} 张,${o.shop_name}` }) : null
  const pack_id = uuidv7()
  await scope.db.insertInto('parking.coupon_pack').values({ company_id: c, pack_id, lot_id: o.lot_id, house_id: o.house_id, shop_name: o.shop_name, kind: o.kind, minutes: o.minutes, amount_fen: o.amount_fen, count: o.count, price_fen: o.price_fen, until_on: o.until_on, bill_id: bill?.bill_id ?? null, period_on: bill?.period_on ?? null, sold_by: scope.who.account_id, bought_at: scope.now }).execute()
  scope.note('lot', o.lot_id, { coupons: o.count, shop: o.shop_name, price_fen: o.price_fen })
  return { pack_id }
})

interface Pack {
  pack_id: string
  lot_id: string
  lot_name: string
  shop_name: string
  kind: 'minutes' | 'amount' | 'free'
  minutes: number | null
  amount_fen: number | null
  left_count: number
  until_on: string
  paid: boolean
}
async function packOf(scope: Scope, pack_id: string): Promise<Pack> {
  const c = scope.company_id
  const { rows } = await sql<Pack>`select k.pack_id, k.lot_id, l.name as lot_name, k.shop_name, k.kind, k.minutes, k.amount_fen, k.count - (select count(*)::int from parking.coupon_use u where u.company_id = ${c} and u.pack_id = k.pack_id) as left_count, k.until_on, ${PAID(scope)} as paid from parking.coupon_pack k join parking.lot l on l.company_id = ${c} and l.lot_id = k.lot_id where k.company_id = ${c} and k.pack_id = ${pack_id}`.execute(scope.db)
  if (!rows[0]) throw notFound()
  return rows[0]
}
const shopView = (app: () => App) => answer(parking.shopView, async (_outer, { token }) => {
  const at = readToken('pack', token)
  if (!at) throw notFound()
  return asSystem(app(), at.company_id, 'parking.shop', async (scope) => {
    const { pack_id: _p, lot_id: _l, ...k } = await packOf(scope, at.id)
    return k
  })
})
const GIVEN_A_MINUTE = 30
const given = new Map<string, { minute: number; count: number }>()
const giveCoupon = (app: () => App) => answer(parking.giveCoupon, async (outer, { token, plate }) => {
  const at = readToken('pack', token)
  if (!at) throw notFound()
  const minute = Math.trunc(nowMs() / 60_000)
  const g = given.get(at.id)
  if (g?.minute === minute && ++g.count > GIVEN_A_MINUTE) throw outer.refuse('parking.too_often')
  if (g?.minute !== minute) {
    if (given.size > 5000) given.clear()
    given.set(at.id, { minute, count: 1 })
  }
  return asSystem(app(), at.company_id, 'parking.shop', async (scope) => {
    const c = scope.company_id
    const first = await packOf(scope, at.id)
    await holdLot(scope, first.lot_id)
    const k = await packOf(scope, at.id)
    if (!k.paid) throw outer.refuse('parking.coupon_unpaid')
    if (k.until_on < scope.today) throw outer.refuse('parking.coupon_over', { until: k.until_on })
    if (k.left_count <= 0) throw outer.refuse('parking.coupon_none_left')
    const p = readPlate(plate) ?? plate.trim()
    const { rows } = await sql<{ stay_id: string }>`select stay_id from parking.stay where company_id = ${c} and lot_id = ${k.lot_id} and plate = ${p} and state = 'in'`.execute(scope.db)
    if (!rows[0]) throw outer.refuse('parking.not_inside')
    const made = await sql`insert into parking.coupon_use (company_id, pack_id, stay_id, given_at) values (${c}, ${k.pack_id}, ${rows[0].stay_id}, ${scope.now}) on conflict do nothing returning pack_id`.execute(scope.db)
    if (made.rows.length === 0) throw outer.refuse('parking.coupon_given')
    await addStep(scope, rows[0].stay_id, { kind: 'coupon', reason: `${k.shop_name} 发停车券`, detail: { kind: k.kind, minutes: k.minutes, amount_fen: k.amount_fen } })
    scope.note('stay', rows[0].stay_id, { coupon_of: k.shop_name })
    return { left_count: k.left_count - 1 }
  })
})

export const couponAnswers = (app: () => App) => [couponPacks, sellCoupons, shopView(app), giveCoupon(app)]
