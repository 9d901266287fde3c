// Batches of coupons (优惠券): issued to houses or as codes by one person, above the limit of the rule agreed by another; what is issued is never changed,
// only stopped. The state of the batch decides for its coupons.
import { randomInt } from 'node:crypto'
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { z } from 'zod'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { bookOn, type BelongsTo } from '../../ledger/server/index.ts'
import { notify } from '../../messages/server/index.ts'
import { communitiesSeenBy, communityToChange, parseHouseText } from '../../property/server/index.ts'
import { approvalKind, askApproval, type ApprovalKind } from '../../system/server/index.ts'
import { payment } from '../contract.ts'
import { BATCH_MAX, type CouponBatch } from '../contract_coupon.ts'
import { words } from '../words.ts'
import { ruleOf } from './rule.ts'
import { couponText } from './rules/coupon.ts'

/** Without what is read as something else: I, O, 0, 1. */
const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const CODE_LENGTH = 10
const newCode = (): string => Array.from({ length: CODE_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')
const NAMED_MAX = 10

type Ask = z.output<typeof payment.issueCoupons.takes>

function checkShape(scope: Scope, o: Ask): void {
  const bad = (detail: string) => scope.refuse('payment.coupon_shape', { name: o.name, detail })
  if (o.min_fen <= o.amount_fen) throw bad('满额应大于面额,用券后总要付一点钱')
  if (o.to_on < o.from_on) throw bad('有效期止早于起')
  if (o.to_on < scope.today) throw bad('有效期已经过了')
  if (o.way === 'code' && !o.count) throw bad('请填张数')
}
async function itemName(scope: Scope, o: Ask): Promise<string | null> {
  if (o.fee_item_id === null) return null
  const item = await scope.db.selectFrom('billing.fee_item').select(['name', 'community_id', 'belongs_to']).where('company_id', '=', scope.company_id).where('fee_item_id', '=', o.fee_item_id).executeTakeFirst()
  if (!item || item.community_id !== o.community_id || (await bookOn(scope, o.community_id, scope.today))(item.belongs_to as BelongsTo) !== 'company') throw scope.refuse('payment.coupon_item', { item: item?.name ?? '' })
  return item.name
}

/** The houses that are meant: rooms named, else buildings and kinds; with a present owner or tenant. */
async function housesFor(scope: Scope, o: Ask): Promise<string[]> {
  const c = scope.company_id
  const labels = [...new Set(o.rooms.map((r) => parseHouseText(r)?.label ?? r))]
  const w: RawBuilder<unknown>[] = [sql`h.company_id = ${c} and h.community_id = ${o.community_id}`]
  if (labels.length > 0) w.push(sql`h.label = any(${labels}::text[])`)
  else {
    w.push(sql`exists (select from people.ownership x where x.company_id = ${c} and x.house_id = h.house_id and x.from_on <= ${scope.today}::date and (x.to_on is null or x.to_on > ${scope.today}::date))`)
    if (o.building_ids.length > 0) w.push(sql`h.building_id = any(${o.building_ids}::uuid[])`)
    if (o.house_kinds.length > 0) w.push(sql`h.kind = any(${o.house_kinds}::text[])`)
  }
  if (o.paid_up) w.push(sql`not exists (select from billing.bill b where b.company_id = ${c} and b.community_id = h.community_id and b.house_id = h.house_id and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen and b.due_on < ${scope.today}::date)`)
  const { rows } = await sql<{ house_id: string; label: string }>`select h.house_id, h.label from property.house h where ${sql.join(w, sql` and `)} order by h.sort_no, h.label, h.house_id limit ${BATCH_MAX + 1}`.execute(scope.db)
  if (labels.length > 0 && !o.paid_up) {
    const have = new Set(rows.map((r) => r.label))
    const missing = labels.filter((l) => !have.has(l))
    if (missing.length > 0) throw scope.refuse('payment.coupon_rooms', { rooms: `${missing.slice(0, NAMED_MAX).join('、')}${missing.length > NAMED_MAX ? ` 等 ${missing.length} 个` : ''}` })
  }
  if (rows.length === 0) throw scope.refuse('payment.coupon_nobody')
  if (rows.length > BATCH_MAX) throw scope.refuse('payment.coupon_many', { count: rows.length, max: BATCH_MAX })
  return rows.map((r) => r.house_id)
}

/** Told in one call at most so many. */
const TOLD_AT_ONCE = 5000
/** The present owners of the houses, in the app and by WeChat where it is bound; a code has no house yet. Once, however often. */
async function tellOwners(scope: Scope, batch_id: string): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql<{ house_id: string; label: string; phone: string; community: string; name: string; amount_fen: number; min_fen: number; item: string | null; to_on: string }>`select distinct h.house_id, h.label, n.phone, m.name as community, b.name, b.amount_fen, b.min_fen, f.name as item, b.to_on
    from payment.coupon_batch b join payment.coupon k on k.company_id = ${c} and k.batch_id = b.batch_id join property.house h on h.company_id = ${c} and h.house_id = k.house_id join property.community m on m.company_id = ${c} and m.community_id = h.community_id
    join people.ownership o on o.company_id = ${c} and o.house_id = h.house_id and o.from_on <= ${scope.today}::date and (o.to_on is null or o.to_on > ${scope.today}::date) join people.person n on n.company_id = ${c} and n.person_id = o.person_id
    left join billing.fee_item f on f.company_id = ${c} and f.fee_item_id = b.fee_item_id where b.company_id = ${c} and b.batch_id = ${batch_id} and n.phone is not null order by h.label, n.phone`.execute(scope.db)
  const notices = rows.map((r) => ({
    to: { phone: r.phone }, template: 'coupon_issued', params: { community: r.community, house: r.label, coupon: r.name, rule: couponText({ ...r, fee_item_name: r.item }), until: r.to_on }, link: '/coupons', house_id: r.house_id, dedupe_key: `coupon:${batch_id}:${r.house_id}:${r.phone}`,
  }))
  for (let at = 0; at < notices.length; at += TOLD_AT_ONCE) await notify(scope, notices.slice(at, at + TOLD_AT_ONCE))
}

const issue = answer(payment.issueCoupons, async (scope, o) => {
  const c = scope.company_id
  await communityToChange(scope, o.community_id)
  checkShape(scope, o)
  const fee_item_name = await itemName(scope, o)
  const houses: (string | null)[] = o.way === 'house' ? await housesFor(scope, o) : Array.from({ length: o.count! }, () => null)
  const batch_id = uuidv7()
  const face_fen = houses.length * o.amount_fen
  const { limit_fen } = await ruleOf(scope, 'coupon', o.community_id)
  const asks = face_fen > limit_fen
  await scope.db
    .insertInto('payment.coupon_batch')
    .values({ company_id: c, batch_id, community_id: o.community_id, name: o.name, way: o.way, fee_item_id: o.fee_item_id, amount_fen: o.amount_fen, min_fen: o.min_fen, from_on: o.from_on, to_on: o.to_on, refund_rule: o.refund_rule, count: houses.length, basis: o.basis, state: asks ? 'asked' : 'live', issued_by: scope.who.account_id!, issued_at: scope.now })
    .execute()
  const rows = houses.map((house_id) => ({ coupon_id: uuidv7(), code: newCode(), house_id }))
  await sql`insert into payment.coupon (company_id, coupon_id, batch_id, community_id, code, house_id, state) select ${c}::bigint, x.coupon_id, ${batch_id}::uuid, ${o.community_id}::uuid, x.code, x.house_id, 'live'
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(coupon_id uuid, code text, house_id uuid)`.execute(scope.db)
  const text = couponText({ ...o, fee_item_name })
  scope.note('coupon_batch', batch_id, { name: o.name, rule: text, count: rows.length, face_fen })
  if (!asks) {
    await tellOwners(scope, batch_id)
    return { batch_id, count: rows.length, approval_id: null }
  }
  const asked = await askApproval(scope, issueApproval, { subject_type: 'coupon_batch', subject_id: batch_id, community_id: o.community_id, amount_fen: face_fen, payload: {}, reason: o.basis, title: `发放优惠券「${o.name}」${text},${rows.length} 张` })
  await scope.db.updateTable('payment.coupon_batch').set({ approval_id: asked.approval_id }).where('company_id', '=', c).where('batch_id', '=', batch_id).execute()
  return { batch_id, count: rows.length, approval_id: asked.approval_id }
})

const issueApproval: ApprovalKind<Record<string, never>> = {
  kind: 'payment.coupon',
  zh: '发放优惠券',
  may: 'payment.coupon.approve',
  has_amount: true,
  payload: z.object({}) as unknown as z.ZodType<Record<string, never>>,
  page: (a) => `/payment/coupons/${a.subject_id}`,
  facts: async (scope, a) => {
    const b = await scope.db.selectFrom('payment.coupon_batch as b').leftJoin('billing.fee_item as f', (j) => j.onRef('f.company_id', '=', 'b.company_id').onRef('f.fee_item_id', '=', 'b.fee_item_id')).selectAll('b').select('f.name as item').where('b.company_id', '=', scope.company_id).where('b.batch_id', '=', a.subject_id).executeTakeFirst()
    if (!b) return []
    return [
      ['优惠券', b.name], ['办法', couponText({ ...b, fee_item_name: b.item })], ['发放方式', words.states!['coupon_way']![b.way]!], ['张数', `${b.count} 张,共 ${yuanGrouped(fen(b.count * b.amount_fen))} 元`], ['有效期', `${b.from_on} 至 ${b.to_on}`],
      ['冲销与退款时', words.states!['coupon_rule']![b.refund_rule]!], ['依据', b.basis],
    ].map(([label, value]) => ({ label: label!, value: value! }))
  },
  agreed: async (scope, a) => {
    await scope.db.updateTable('payment.coupon_batch').set({ state: 'live', approved_by: scope.who.account_id, approved_at: scope.now }).where('company_id', '=', scope.company_id).where('batch_id', '=', a.subject_id).where('state', '=', 'asked').returning('batch_id').executeTakeFirstOrThrow()
    await tellOwners(scope, a.subject_id)
  },
  dropped: async (scope, a) => void (await scope.db.updateTable('payment.coupon_batch').set({ state: 'refused' }).where('company_id', '=', scope.company_id).where('batch_id', '=', a.subject_id).where('state', '=', 'asked').execute()),
}
export const couponApprovals = [approvalKind(issueApproval)]

const end = answer(payment.endCoupons, async (scope, { batch_id, reason }) => {
  const c = scope.company_id
  const b = await scope.db.selectFrom('payment.coupon_batch as b').selectAll('b').where('b.company_id', '=', c).where('b.batch_id', '=', batch_id).where(communitiesSeenBy(scope, { alias: 'b' })).forUpdate().executeTakeFirst()
  if (!b) throw scope.notFound()
  await communityToChange(scope, b.community_id)
  if (b.state !== 'live') throw scope.refuse('payment.coupon_state', { name: b.name, state: words.states!['coupon_batch']![b.state] ?? b.state })
  await scope.db.updateTable('payment.coupon_batch').set({ state: 'ended', ended_by: scope.who.account_id, ended_at: scope.now, end_reason: reason }).where('company_id', '=', c).where('batch_id', '=', batch_id).execute()
  scope.note('coupon_batch', batch_id, { name: b.name, ended: reason })
  return { state: 'ended' as const }
})

/** Batches with what became of their coupons, counted for the page alone. */
async function batchRows(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset: number): Promise<CouponBatch[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<CouponBatch, 'rule_text' | 'issued_by_name' | 'approved_by_name' | 'can'> & { issued_by: string; approved_by: string | null }>`
    with page as materialized (select b.* from payment.coupon_batch b where ${where} order by b.issued_at desc, b.batch_id desc limit ${limit} offset ${offset})
    select b.batch_id, b.community_id, m.name as community_name, b.name, b.way, b.fee_item_id, f.name as fee_item_name, b.amount_fen, b.min_fen, b.from_on, b.to_on, b.refund_rule, b.basis, b.state, b.count, b.count * b.amount_fen as face_fen, b.approval_id, b.issued_by, b.issued_at, b.approved_by, b.ended_at, b.end_reason,
      k.redeemed_count, k.used_count, k.used_count * b.amount_fen as used_fen, k.forfeited_count, case when b.to_on < ${scope.today}::date then k.live_count else 0 end as expired_count
    from page b join property.community m on m.company_id = ${c} and m.community_id = b.community_id left join billing.fee_item f on f.company_id = ${c} and f.fee_item_id = b.fee_item_id
    cross join lateral (select count(*) filter (where x.house_id is not null)::int as redeemed_count, count(*) filter (where x.state = 'used')::int as used_count, count(*) filter (where x.state = 'forfeited')::int as forfeited_count, count(*) filter (where x.state = 'live')::int as live_count
      from payment.coupon x where x.company_id = ${c} and x.batch_id = b.batch_id) k order by b.issued_at desc, b.batch_id desc`.execute(scope.db)
  const names = await memberNames(scope, rows.flatMap((r) => [r.issued_by, r.approved_by]))
  const may = scope.who.grants.some((g) => g.permissions.includes('payment.coupon.write') || g.permissions.includes('*'))
  return rows.map(({ issued_by, approved_by, ...r }) => ({
    ...r, rule_text: couponText(r), issued_by_name: names.get(issued_by) ?? '', approved_by_name: approved_by ? (names.get(approved_by) ?? '') : null,
    can: { end: !may ? 'kernel.forbidden' : r.state === 'live' ? (true as const) : 'payment.coupon_state' },
  }))
}
const seenBatches = (scope: Scope): RawBuilder<SqlBool> => sql<SqlBool>`b.company_id = ${scope.company_id} and ${communitiesSeenBy(scope, { alias: 'b' })}`

const batches = answer(payment.couponBatches, async (scope, { page, page_size, community_id, state }) => {
  const w: RawBuilder<SqlBool>[] = [seenBatches(scope)]
  if (community_id) w.push(sql<SqlBool>`b.community_id = ${community_id}`)
  if (state) w.push(sql<SqlBool>`b.state = ${state}`)
  const where = sql.join(w, sql` and `) as RawBuilder<SqlBool>
  const c = scope.company_id
  const { rows } = await sql<{ total: number; count_sum: number; used_count_sum: number; used_fen_sum: number; forfeited_count_sum: number }>`select count(*)::int as total, coalesce(sum(b.count), 0)::int as count_sum, coalesce(sum(k.used), 0)::int as used_count_sum, coalesce(sum(k.used * b.amount_fen), 0)::bigint as used_fen_sum, coalesce(sum(k.gone), 0)::int as forfeited_count_sum
    from payment.coupon_batch b left join lateral (select count(*) filter (where x.state = 'used') as used, count(*) filter (where x.state = 'forfeited') as gone from payment.coupon x where x.company_id = ${c} and x.batch_id = b.batch_id) k on true where ${where}`.execute(scope.db)
  return { rows: await batchRows(scope, where, page_size, (page - 1) * page_size), ...rows[0]! }
})

const batch = answer(payment.couponBatch, async (scope, { batch_id }) => {
  const [row] = await batchRows(scope, sql<SqlBool>`b.batch_id = ${batch_id} and ${seenBatches(scope)}`, 1, 0)
  if (!row) throw scope.notFound()
  return row
})

export const couponAnswers = [issue, end, batches, batch]
