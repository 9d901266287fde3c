// Discounts by status (空置折扣): rules as dated data, houses with proof and dates, decided by another; the charge run takes them off and says so.
import { sql, type RawBuilder } from 'kysely'
import { z } from 'zod'
import { answer, answerFile } from '../../../kernel/app.ts'
import type { Out } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { Id } from '../../../kernel/shapes.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { bookOn, postSet } from '../../ledger/server/index.ts'
import { housesOfResident } from '../../people/server/index.ts'
import { communitiesSeenBy, communityToChange, covers, houseToChange, houseToRead, housesSeenBy } from '../../property/server/index.ts'
import { askApproval, type ApprovalKind } from '../../system/server/index.ts'
import { billing } from '../contract.ts'
import type { DiscountRule, HouseDiscountRow } from '../waiver_contract.ts'
import { words } from '../words.ts'
import { LIST_MAX, listBook } from './excel.ts'
import type { Plan } from './plan.ts'
import { percentText } from './rules/reduction.ts'

const Payload = z.object({ discount_id: Id })
export const discountApproval: ApprovalKind<z.output<typeof Payload>> = {
  kind: 'billing.discount', zh: '空置等折扣', may: 'billing.waiver.decide', has_amount: false, payload: Payload,
  page: () => '/billing/discounts',
  facts: async (scope, a) => {
    const { rows } = await sql<{ label: string; name: string; pay_bp: number; from_on: string; to_on: string | null }>`select h.label, r.name, r.pay_bp, d.from_on, d.to_on from billing.house_discount d join property.house h on h.company_id = d.company_id and h.house_id = d.house_id
      join billing.discount_rule r on r.company_id = d.company_id and r.rule_id = d.rule_id where d.company_id = ${scope.company_id} and d.discount_id = ${a.payload.discount_id}`.execute(scope.db)
    const d = rows[0]
    return d ? [{ label: '房号', value: d.label }, { label: '折扣', value: `${d.name},按 ${percentText(d.pay_bp)} 缴纳` }, { label: '期间', value: `${d.from_on} 起${d.to_on ? `,${d.to_on} 前` : ''}` }] : []
  },
  agreed: async (scope, a) => void (await scope.db.updateTable('billing.house_discount').set({ state: 'active', done_by: scope.who.account_id, done_at: scope.now }).where('company_id', '=', scope.company_id).where('discount_id', '=', a.payload.discount_id).execute()),
  dropped: async (scope, a, how) => void (await scope.db.updateTable('billing.house_discount').set({ state: how }).where('company_id', '=', scope.company_id).where('discount_id', '=', a.payload.discount_id).execute()),
}

/**
 * What the discounts take off the bills `l` (alias, columns of billing.bill) of a chunk: the bill's amount × the part not to be paid × its
 * days under the discount, rounded half up once a line.
 */
const REDUCED = sql`round(l.amount_fen * (10000 - r.pay_bp)::numeric * (least(l.to_on, coalesce(d.to_on, l.to_on)) - greatest(l.from_on, d.from_on)) / (10000 * (l.to_on - l.from_on)))::bigint`
const JOINED = (scope: Scope) => sql`join billing.house_discount d on d.company_id = ${scope.company_id} and d.house_id = l.house_id and d.state = 'active' and d.from_on < l.to_on and (d.to_on is null or d.to_on > l.from_on)
    join billing.discount_rule r on r.company_id = ${scope.company_id} and r.rule_id = d.rule_id and l.fee_item_id = any(r.fee_item_ids)`

export async function hasDiscounts(scope: Scope, plan: Plan): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`select exists (select from billing.house_discount where company_id = ${scope.company_id} and community_id = ${plan.community_id} and state = 'active') as has`.execute(scope.db)
  return rows[0]!.has
}

/** Lines and sum that the discounts take off, and the sum by building; `lines` is a relation aliased l with building_id, house_id, fee_item_id, from_on, to_on, amount_fen. */
export async function discountSum(scope: Scope, withs: RawBuilder<unknown>, lines: RawBuilder<unknown>): Promise<{ count: number; fen: number; of: ReadonlyMap<string, number> }> {
  const { rows } = await sql<{ building_id: string; count: number; fen: number }>`with ${withs} select l.building_id, count(*)::int as count, coalesce(sum(${REDUCED}), 0)::bigint as fen from ${lines} ${JOINED(scope)} group by 1`.execute(scope.db)
  return { count: rows.reduce((n, r) => n + r.count, 0), fen: rows.reduce((n, r) => n + r.fen, 0), of: new Map(rows.map((r) => [r.building_id, r.fen])) }
}

/** Takes the discounts off the bills of a chunk just published, in the same transaction, with its own journal. Gives the sum. */
export async function takeOffDiscounts(scope: Scope, plan: Plan, no: number, chunk: RawBuilder<unknown>): Promise<number> {
  const c = scope.company_id
  const accounts = JSON.stringify(plan.items.map((i) => ({ fee_item_id: i.fee_item_id, code: i.account_code })))
  const made = await sql`insert into billing.reduction (company_id, reduction_id, period_on, bill_id, community_id, house_id, fee_item_id, kind, amount_fen, account_code, discount_id, explanation, booked_on, created_by, created_at)
    select ${c}::bigint, l.bill_id, l.period_on, l.bill_id, l.community_id, l.house_id, l.fee_item_id, 'vacancy', x.fen, a.code, d.discount_id,
      r.name || ',按 ' || trim_scale(r.pay_bp / 100.0) || '% 缴纳' || case when d.from_on > l.from_on or d.to_on < l.to_on then ',' || (least(l.to_on, coalesce(d.to_on, l.to_on)) - greatest(l.from_on, d.from_on)) || '/' || (l.to_on - l.from_on) || ' 天' else '' end, ${scope.today}::date, ${scope.who.account_id}::uuid, ${scope.now}::timestamptz
    from (select * from ${chunk}) l ${JOINED(scope)} join jsonb_to_recordset(${accounts}::jsonb) as a(fee_item_id uuid, code text) on a.fee_item_id = l.fee_item_id
    cross join lateral (select ${REDUCED} as fen) x where x.fen > 0`.execute(scope.db)
  if (!made.numAffectedRows) return 0
  const mine = sql`(select n.* from (select * from ${chunk}) l join billing.reduction n on n.company_id = ${c} and n.bill_id = l.bill_id and n.kind = 'vacancy' and n.reverses is null)`
  await sql`update billing.bill b set reduced_fen = x.fen from (select bill_id, sum(amount_fen)::bigint as fen from ${mine} n group by 1) x where b.company_id = ${c} and b.period_on = ${plan.period_on}::date and b.bill_id = x.bill_id`.execute(scope.db)
  const bookOf = await bookOn(scope, plan.community_id, scope.today)
  const { rows: reduced } = await sql<{ fee_item_id: string }>`select n.fee_item_id from ${mine} n group by 1`.execute(scope.db)
  const has = new Set(reduced.map((r) => r.fee_item_id))
  for (const [book, items] of Map.groupBy(plan.items.filter((i) => has.has(i.fee_item_id)), (i) => bookOf(i.belongs_to))) {
    const its = sql`n.fee_item_id = any(${items.map((i) => i.fee_item_id)}::uuid[])`
    await postSet(scope, { book, booked_on: scope.today, kind: 'charge_discount', source_type: 'run', source_id: `${plan.run_id}:${no}` }, ['1122', ...new Set(items.map((i) => i.account_code))],
      sql`select '1122' as account_code, -sum(n.amount_fen)::bigint as amount_fen, ${plan.community_id}::uuid as community_id, 'house' as subject_type, n.house_id as subject_id from ${mine} n where ${its} group by n.house_id
        union all select n.account_code, sum(n.amount_fen)::bigint, ${plan.community_id}::uuid, 'fee_item', n.fee_item_id from ${mine} n where ${its} group by n.account_code, n.fee_item_id`)
  }
  const { rows } = await sql<{ fen: number }>`select coalesce(sum(n.amount_fen), 0)::bigint as fen from ${mine} n`.execute(scope.db)
  return rows[0]!.fen
}

async function ruleRows(scope: Scope, community_id: string | undefined): Promise<DiscountRule[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<DiscountRule, 'fee_items'> & { fee_items: DiscountRule['fee_items'] | null }>`select r.rule_id, r.community_id, m.name as community_name, r.name, r.pay_bp, r.from_on, r.to_on, r.basis,
      (select jsonb_agg(jsonb_build_object('fee_item_id', i.fee_item_id, 'name', i.name) order by i.sort_no, i.code) from billing.fee_item i where i.company_id = ${c} and i.fee_item_id = any(r.fee_item_ids)) as fee_items,
      (select count(*)::int from billing.house_discount d where d.company_id = ${c} and d.rule_id = r.rule_id and d.state = 'active' and (d.to_on is null or d.to_on > ${scope.today}::date)) as house_count
    from billing.discount_rule r join property.community m on m.company_id = ${c} and m.community_id = r.community_id
    where r.company_id = ${c} and ${communitiesSeenBy(scope, { alias: 'r' })} ${community_id ? sql`and r.community_id = ${community_id}` : sql``} order by m.name, r.from_on desc, r.rule_id limit 200`.execute(scope.db)
  return rows.map((r) => ({ ...r, fee_items: r.fee_items ?? [] }))
}

const STATE = (today: string) => sql`case when d.state = 'active' and d.to_on <= ${today}::date then 'ended' else d.state end`
function whereOf(scope: Scope, f: Out<typeof billing.houseDiscountsExcel.takes>): RawBuilder<unknown> {
  const w: RawBuilder<unknown>[] = [sql`d.company_id = ${scope.company_id}`, housesSeenBy(scope, { alias: 'd' })]
  if (f.community_id) w.push(sql`d.community_id = ${f.community_id}`)
  if (f.house_id) w.push(sql`d.house_id = ${f.house_id}`)
  if (f.state) w.push(sql`${STATE(scope.today)} = ${f.state}`)
  return sql.join(w, sql` and `)
}
async function rowsOf(scope: Scope, where: RawBuilder<unknown>, limit: number, offset: number): Promise<HouseDiscountRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<HouseDiscountRow, 'asked_by_name' | 'done_by_name' | 'can'> & { asked_by: string; done_by: string | null; community_id: string; building_id: string }>`
    with page as materialized (select d.* from billing.house_discount d where ${where} order by d.from_on desc, d.discount_id limit ${limit} offset ${offset})
    select d.discount_id, d.house_id, h.label as house_label, m.name as community_name, d.community_id, d.building_id, d.rule_id, r.name as rule_name, r.pay_bp, d.from_on, d.to_on, d.proof, ${STATE(scope.today)} as state, d.approval_id, d.asked_by, d.done_by, d.end_reason,
      (select coalesce(sum(x.amount_fen), 0)::bigint from billing.reduction x where x.company_id = ${c} and x.discount_id = d.discount_id) as reduced_fen
    from page d join property.house h on h.company_id = ${c} and h.house_id = d.house_id join property.community m on m.company_id = ${c} and m.community_id = d.community_id join billing.discount_rule r on r.company_id = ${c} and r.rule_id = d.rule_id
    order by d.from_on desc, d.discount_id`.execute(scope.db)
  const names = await memberNames(scope, rows.flatMap((r) => [r.asked_by, r.done_by]))
  const may = scope.reach('billing.waiver.ask')
  return rows.map(({ asked_by, done_by, community_id, building_id, ...r }) => ({ ...r, asked_by_name: names.get(asked_by) ?? '', done_by_name: done_by ? (names.get(done_by) ?? '') : null, can: { end: !covers(may, { community_id, building_id }) ? 'kernel.forbidden' : r.state === 'active' ? (true as const) : 'billing.discount_not_active' } }))
}
const list = answer(billing.houseDiscounts, async (scope, { page, page_size, ...f }) => {
  const where = whereOf(scope, f)
  const { rows } = await sql<{ total: number }>`select count(*)::int as total from billing.house_discount d where ${where}`.execute(scope.db)
  return { rows: await rowsOf(scope, where, page_size, (page - 1) * page_size), total: rows[0]!.total }
})
const excel = answerFile(billing.houseDiscountsExcel, async (scope, f) => {
  const rows = await rowsOf(scope, whereOf(scope, f), LIST_MAX + 1, 0)
  return listBook(scope, { name: '空置与折扣', count_word: '户次' }, rows, [
    ['小区', 'text', (r) => r.community_name], ['房号', 'text', (r) => r.house_label], ['折扣', 'text', (r) => r.rule_name], ['缴纳比例', 'text', (r) => percentText(r.pay_bp)], ['起', 'day', (r) => r.from_on], ['止(不含)', 'day', (r) => r.to_on], ['证明与查验', 'text', (r) => r.proof],
    ['状态', 'text', (r) => words.states!['discount']![r.state]], ['累计折扣', 'money_fen', (r) => r.reduced_fen], ['申请人', 'text', (r) => r.asked_by_name], ['审批人', 'text', (r) => r.done_by_name], ['结束原因', 'text', (r) => r.end_reason],
  ])
})

const ask = answer(billing.askHouseDiscount, async (scope, o) => {
  const c = scope.company_id
  const house = await houseToChange(scope, o.house_id)
  const to_on = o.to_on ?? null
  if (to_on && to_on <= o.from_on) throw scope.refuse('billing.dates_reversed', { from_on: o.from_on, to_on })
  const rule = await scope.db.selectFrom('billing.discount_rule').selectAll().where('company_id', '=', c).where('rule_id', '=', o.rule_id).where('community_id', '=', house.community_id).executeTakeFirst()
  if (!rule) throw scope.notFound()
  if (o.from_on < rule.from_on || (rule.to_on && (!to_on || to_on > rule.to_on))) throw scope.refuse('billing.discount_outside', { from_on: rule.from_on, to_on: rule.to_on ?? '长期' })
  // The house is locked, so what is found here is what the exclusion constraint would find.
  const { rows } = await sql<{ from_on: string }>`select from_on from billing.house_discount where company_id = ${c} and house_id = ${o.house_id} and state in ('asked','active') and daterange(from_on, to_on) && daterange(${o.from_on}::date, ${to_on}::date) limit 1`.execute(scope.db)
  if (rows[0]) throw scope.refuse('billing.discount_overlap', { house: house.label, from_on: rows[0].from_on })
  const discount_id = uuidv7()
  const { approval_id } = await askApproval(scope, discountApproval, { subject_type: 'house_discount', subject_id: discount_id, community_id: house.community_id, title: `${rule.name} ${house.label} 自 ${o.from_on}`, amount_fen: null, payload: { discount_id }, reason: o.proof, attachments: o.attachments ?? [] })
  await scope.db.insertInto('billing.house_discount').values({ company_id: c, discount_id, community_id: house.community_id, building_id: house.building_id, house_id: o.house_id, rule_id: o.rule_id, from_on: o.from_on, to_on, proof: o.proof, approval_id, asked_by: scope.who.account_id!, asked_at: scope.now }).execute()
  scope.note('house_discount', discount_id, { house: house.label, from_on: o.from_on, to_on })
  return { discount_id, approval_id }
})

const end = answer(billing.endHouseDiscount, async (scope, o) => {
  const c = scope.company_id
  const d = await scope.db.selectFrom('billing.house_discount').selectAll().where('company_id', '=', c).where('discount_id', '=', o.discount_id).forUpdate().executeTakeFirst()
  if (!d) throw scope.notFound()
  await houseToRead(scope, d.house_id)
  if (d.state !== 'active' || (d.to_on && d.to_on <= o.to_on)) throw scope.refuse('billing.discount_not_active')
  if (o.to_on <= d.from_on) throw scope.refuse('billing.dates_reversed', { from_on: d.from_on, to_on: o.to_on })
  await scope.db.updateTable('billing.house_discount').set({ to_on: o.to_on, ended_by: scope.who.account_id, end_reason: o.reason }).where('company_id', '=', c).where('discount_id', '=', o.discount_id).execute()
  scope.note('house_discount', o.discount_id, { to_on: o.to_on, reason: o.reason })
  return { discount_id: o.discount_id }
})

export const discountAnswers = [
  answer(billing.discountRules, async (scope, { community_id }) => ({ rows: await ruleRows(scope, community_id) })),
  answer(billing.saveDiscountRule, async (scope, o) => {
    await communityToChange(scope, o.community_id)
    if (o.to_on && o.to_on <= o.from_on) throw scope.refuse('billing.dates_reversed', { from_on: o.from_on, to_on: o.to_on })
    const known = await scope.db.selectFrom('billing.fee_item').select('fee_item_id').where('company_id', '=', scope.company_id).where('community_id', '=', o.community_id).where('fee_item_id', 'in', o.fee_item_ids).execute()
    if (known.length !== new Set(o.fee_item_ids).size) throw scope.notFound()
    const rule_id = uuidv7()
    await scope.db.insertInto('billing.discount_rule').values({ company_id: scope.company_id, rule_id, community_id: o.community_id, name: o.name, fee_item_ids: o.fee_item_ids, pay_bp: o.pay_bp, from_on: o.from_on, to_on: o.to_on ?? null, basis: o.basis, created_by: scope.who.account_id!, created_at: scope.now }).execute()
    scope.note('discount_rule', rule_id, { name: o.name, pay_bp: o.pay_bp, from_on: o.from_on })
    return { rule_id }
  }),
  answer(billing.endDiscountRule, async (scope, o) => {
    const rule = await scope.db.selectFrom('billing.discount_rule').selectAll().where('company_id', '=', scope.company_id).where('rule_id', '=', o.rule_id).forUpdate().executeTakeFirst()
    if (!rule) throw scope.notFound()
    await communityToChange(scope, rule.community_id)
    if (o.to_on <= rule.from_on) throw scope.refuse('billing.dates_reversed', { from_on: rule.from_on, to_on: o.to_on })
    await scope.db.updateTable('billing.discount_rule').set({ to_on: o.to_on }).where('company_id', '=', scope.company_id).where('rule_id', '=', o.rule_id).execute()
    scope.note('discount_rule', o.rule_id, { to_on: o.to_on })
    return { rule_id: o.rule_id }
  }),
  list, excel, ask, end,
  answer(billing.myDiscounts, async (scope, { house_id }) => {
    if (!(await housesOfResident(scope)).some((h) => h.house_id === house_id)) throw scope.notFound()
    const { rows } = await sql<{ name: string; pay_bp: number; from_on: string; to_on: string | null; state: HouseDiscountRow['state'] }>`select r.name, r.pay_bp, d.from_on, d.to_on, ${STATE(scope.today)} as state from billing.house_discount d join billing.discount_rule r on r.company_id = d.company_id and r.rule_id = d.rule_id
      where d.company_id = ${scope.company_id} and d.house_id = ${house_id} and d.state = 'active' order by d.from_on desc limit 20`.execute(scope.db)
    return { rows }
  }),
]
