// Lists of coupons and of their uses, on screen and in Excel.
import { minuteText } from '../../../kernel/clock.ts'
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { z } from 'zod'
import { answer, answerFile } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { ownerNames } from '../../people/server/index.ts'
import { communitiesSeenBy, housesSeenBy } from '../../property/server/index.ts'
import { payment } from '../contract.ts'
import type { Coupon, CouponUse } from '../contract_coupon.ts'
import { words } from '../words.ts'
import { seen } from './access.ts'

const EXCEL_MAX = 50_000
type CouponFilter = z.output<typeof payment.couponsExcel.takes>
async function batchOf(scope: Scope, batch_id: string): Promise<{ name: string; to_on: string }> {
  const b = await scope.db.selectFrom('payment.coupon_batch as b').select(['b.name', 'b.to_on']).where('b.company_id', '=', scope.company_id).where('b.batch_id', '=', batch_id).where(communitiesSeenBy(scope, { alias: 'b' })).executeTakeFirst()
  if (!b) throw scope.notFound()
  return b
}
/** A coupon of a house is seen with the house; a code that nobody has, with the batch. */
function couponsWhere(scope: Scope, f: CouponFilter, to_on: string): RawBuilder<SqlBool> {
  const c = scope.company_id
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`k.company_id = ${c} and k.batch_id = ${f.batch_id} and (k.house_id is null or exists (select from property.house h where h.company_id = ${c} and h.house_id = k.house_id and ${housesSeenBy(scope)}))`]
  const over = to_on < scope.today
  if (f.state === 'expired') w.push(over ? sql<SqlBool>`k.state = 'live'` : sql<SqlBool>`false`)
  else if (f.state === 'live') w.push(over ? sql<SqlBool>`false` : sql<SqlBool>`k.state = 'live'`)
  else if (f.state) w.push(sql<SqlBool>`k.state = ${f.state}`)
  if (f.q) w.push(sql<SqlBool>`(k.code = ${f.q.toUpperCase()} or exists (select from property.house h where h.company_id = ${c} and h.house_id = k.house_id and strpos(h.label, ${f.q}) > 0))`)
  return sql.join(w, sql` and `) as RawBuilder<SqlBool>
}
async function couponRows(scope: Scope, where: RawBuilder<SqlBool>, to_on: string, limit: number, offset: number): Promise<Coupon[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<Coupon, 'owner_names'>>`with page as materialized (select k.*, g.sort_no, g.label from payment.coupon k left join property.house g on g.company_id = ${c} and g.house_id = k.house_id where ${where} order by g.sort_no, g.label, k.code limit ${limit} offset ${offset})
    select k.coupon_id, k.batch_id, k.code, b.amount_fen, k.house_id, k.label as house_label, case when k.state = 'live' and ${to_on < scope.today} then 'expired' else k.state end as state, k.redeemed_at, u.payment_id, p.receipt_no, u.used_at
    from page k join payment.coupon_batch b on b.company_id = ${c} and b.batch_id = k.batch_id left join payment.coupon_use u on u.company_id = ${c} and u.coupon_id = k.coupon_id and u.ended_at is null
    left join payment.payment p on p.company_id = ${c} and p.payment_id = u.payment_id order by k.sort_no, k.label, k.code`.execute(scope.db)
  const owners = await ownerNames(scope, [...new Set(rows.flatMap((r) => r.house_id ?? []))])
  // A code that nobody has is money for whoever reads it: whole only for those who issue.
  const issues = scope.who.grants.some((g) => g.permissions.includes('payment.coupon.write') || g.permissions.includes('*'))
  return rows.map((r) => ({ ...r, code: r.house_id || issues ? r.code : `••••••${r.code.slice(-4)}`, owner_names: r.house_id ? (owners.get(r.house_id) ?? '') : '' }))
}
const coupons = answer(payment.coupons, async (scope, { page, page_size, ...f }) => {
  const { to_on } = await batchOf(scope, f.batch_id)
  const where = couponsWhere(scope, f, to_on)
  const n = await sql<{ total: number }>`select count(*)::int as total from payment.coupon k where ${where}`.execute(scope.db)
  return { total: n.rows[0]!.total, rows: await couponRows(scope, where, to_on, page_size, (page - 1) * page_size) }
})
const text = (title: string) => ({ title, kind: 'text' as const })
const couponsExcel = answerFile(payment.couponsExcel, async (scope, f) => {
  const { name, to_on } = await batchOf(scope, f.batch_id)
  const rows = await couponRows(scope, couponsWhere(scope, f, to_on), to_on, EXCEL_MAX, 0)
  const body = await writeSheet({ sheets: [{
    name: '优惠券', columns: [text('券码'), { title: '面额', kind: 'money_fen' }, text('房号'), text('业主'), text('状态'), text('兑换时间'), text('收据号'), text('使用时间')],
    rows: rows.map((r) => [r.code, r.amount_fen, r.house_label, r.owner_names, words.states!['coupon']![r.state]!, minuteText(r.redeemed_at), r.receipt_no, minuteText(r.used_at)]), totals: [`合计 ${rows.length} 张`, rows.reduce((n, r) => n + r.amount_fen, 0)],
  }] })
  return { name: `优惠券_${name}_${scope.today}.xlsx`, type: XLSX, body }
})

type UseFilter = z.output<typeof payment.couponUsesExcel.takes>
function usesWhere(scope: Scope, f: UseFilter): RawBuilder<SqlBool> {
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`u.company_id = ${scope.company_id}`, seen(scope, 'u')]
  if (f.batch_id) w.push(sql<SqlBool>`u.batch_id = ${f.batch_id}`)
  if (f.community_id) w.push(sql<SqlBool>`u.community_id = ${f.community_id}`)
  if (f.house_id) w.push(sql<SqlBool>`u.house_id = ${f.house_id}`)
  if (f.from_on) w.push(sql<SqlBool>`u.used_on >= ${f.from_on}::date`)
  if (f.to_on) w.push(sql<SqlBool>`u.used_on <= ${f.to_on}::date`)
  if (f.live) w.push(sql<SqlBool>`u.ended_at is null`)
  return sql.join(w, sql` and `) as RawBuilder<SqlBool>
}
async function useRows(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset: number): Promise<CouponUse[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<CouponUse, 'used_by_name'> & { used_by: string | null }>`with page as materialized (select u.* from payment.coupon_use u where ${where} order by u.used_at desc, u.use_id desc limit ${limit} offset ${offset})
    select u.use_id, u.community_id, m.name as community_name, u.house_id, h.label as house_label, u.batch_id, b.name as coupon_name, k.code, u.payment_id, p.receipt_no, u.amount_fen, u.working, u.used_by, u.used_at, u.ended_at, u.end_how, u.returned
    from page u join property.community m on m.company_id = ${c} and m.community_id = u.community_id join property.house h on h.company_id = ${c} and h.house_id = u.house_id join payment.coupon_batch b on b.company_id = ${c} and b.batch_id = u.batch_id
    join payment.coupon k on k.company_id = ${c} and k.coupon_id = u.coupon_id join payment.payment p on p.company_id = ${c} and p.payment_id = u.payment_id order by u.used_at desc, u.use_id desc`.execute(scope.db)
  const names = await memberNames(scope, rows.map((r) => r.used_by))
  return rows.map(({ used_by, ...r }) => ({ ...r, used_by_name: used_by ? (names.get(used_by) ?? '') : '线上' }))
}
async function useSums(scope: Scope, where: RawBuilder<SqlBool>) {
  const { rows } = await sql<{ total: number; amount_fen_sum: number }>`select count(*)::int as total, coalesce(sum(u.amount_fen) filter (where u.ended_at is null), 0)::bigint as amount_fen_sum from payment.coupon_use u where ${where}`.execute(scope.db)
  return rows[0]!
}
const uses = answer(payment.couponUses, async (scope, { page, page_size, ...f }) => {
  const where = usesWhere(scope, f)
  return { ...(await useSums(scope, where)), rows: await useRows(scope, where, page_size, (page - 1) * page_size) }
})
const usesExcel = answerFile(payment.couponUsesExcel, async (scope, f) => {
  const where = usesWhere(scope, f)
  const [sums, rows] = [await useSums(scope, where), await useRows(scope, where, EXCEL_MAX, 0)]
  const end = words.states!['coupon_end']!
  const body = await writeSheet({ sheets: [{
    name: '优惠券使用明细', columns: [text('使用时间'), text('小区'), text('房号'), text('优惠券'), text('券码'), text('收据号'), { title: '抵减', kind: 'money_fen' }, text('计算过程'), text('经办人'), text('结束'), text('券')],
    rows: rows.map((r) => [minuteText(r.used_at), r.community_name, r.house_label, r.coupon_name, r.code, r.receipt_no, r.amount_fen, r.working, r.used_by_name, r.end_how ? `${end[r.end_how]} ${minuteText(r.ended_at)}` : '', r.returned === null ? '' : r.returned ? '已退回' : '已作废']),
    totals: ['有效合计', null, null, null, null, `${sums.total} 次`, sums.amount_fen_sum, null, null, null, null],
  }] })
  return { name: `优惠券使用明细_${scope.today}.xlsx`, type: XLSX, body }
})

export const couponListAnswers = [coupons, couponsExcel, uses, usesExcel]
