// The lines of a run: computed while it is a draft, its bills once it is published. And what the preview points at.
import { sql, type RawBuilder } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import type { How } from '../../meters/explain.ts'
import { howColumn } from '../../meters/server/index.ts'
import { billing } from '../contract.ts'
import { explain } from '../explain.ts'
import { runToRead, type Run } from './access.ts'
import { firstBillId, forMass, lastBillId, lineCtes, type Part } from './lines.ts'
import { CUR, amountCondition, bothCte, dueCtes, dueSet, isByAmount, lastCte } from './outliers.ts'
import { planOf, type Plan } from './plan.ts'
import { refusingHugeAmounts } from './preview.ts'
import { tariffTexts, type TariffBill } from './tariff_explain.ts'

interface LineRow {
  house_id: string
  house_label: string
  building_id: string
  fee_item_id: string
  payer_id: string
  payer_name: string
  from_on: string
  to_on: string
  amount_fen: number
  last_fen: number | null
  bill_id: string | null
  shape: string
  quantity: string
  unit_price: string
  months: string
  days: number
  days_of: number
  how: How | null
  price_id: string
  used_before: string | null
  inputs: TariffBill['inputs']
}
interface Page {
  limit: number
  offset: number
}

/** Names, last period and readings, for the page's lines only. `page` has the columns of a line. */
const lookedUp = (scope: Scope, plan: Plan): RawBuilder<unknown> => {
  const c = scope.company_id
  const last = JSON.stringify(plan.items.map((i) => ({ fee_item_id: i.fee_item_id, last_on: i.last_on })))
  return sql`select l.house_id, h.label as house_label, l.building_id, l.fee_item_id, l.payer_id, p.name as payer_name, l.from_on, l.to_on, l.amount_fen, l.bill_id, l.shape, l.quantity::text as quantity, l.unit_price::text as unit_price,
      l.months::text as months, l.days, l.days_of, ${howColumn(scope, 'l')}, l.price_id, l.used_before::text as used_before, l.inputs,
      (select sum(b.amount_fen)::bigint from billing.bill b where b.company_id = ${c} and b.house_id = l.house_id and b.fee_item_id = l.fee_item_id and b.period_on = y.last_on and b.voided_at is null) as last_fen
    from page l join property.house h on h.company_id = ${c} and h.house_id = l.house_id join people.person p on p.company_id = ${c} and p.person_id = l.payer_id
    left join jsonb_to_recordset(${last}::jsonb) as y(fee_item_id uuid, last_on date) on y.fee_item_id = l.fee_item_id
    order by l.row_no`
}

async function draftLines(scope: Scope, plan: Plan, part: Part, page: Page) {
  await forMass(scope, plan)
  const { rows } = await sql<LineRow>`with ${lineCtes(scope, plan, part)},
    page as materialized (select l.*, null::uuid as bill_id, row_number() over (order by l.sort_no, l.label, l.item_no, l.from_on) as row_no from line l order by l.sort_no, l.label, l.item_no, l.from_on limit ${page.limit} offset ${page.offset})
    ${lookedUp(scope, plan)}`.execute(scope.db)
  const { rows: sums } = await sql<{ total: number; amount_fen: number }>`with ${lineCtes(scope, plan, part)} select count(*)::int as total, coalesce(sum(l.amount_fen), 0)::bigint as amount_fen from line l`.execute(scope.db)
  return { rows, ...sums[0]! }
}

async function publishedLines(scope: Scope, run: Run, plan: Plan, part: Part, page: Page) {
  const id = sql`${run.run_id}::uuid`
  const from = sql`billing.bill b where b.company_id = ${scope.company_id} and b.period_on = ${run.period_on}::date and b.bill_id >= ${firstBillId(id)} and b.bill_id <= ${lastBillId(id)} and b.voided_at is null
    ${part.fee_item_id ? sql`and b.fee_item_id = ${part.fee_item_id}` : sql``} ${part.house_id ? sql`and b.house_id = ${part.house_id}` : sql``} ${part.building_ids ? sql`and b.building_id = any(${[...part.building_ids]}::uuid[])` : sql``}`
  const { rows } = await sql<LineRow>`with page as materialized (select b.*, row_number() over (order by b.bill_id) as row_no from ${from} order by b.bill_id limit ${page.limit} offset ${page.offset}) ${lookedUp(scope, plan)}`.execute(scope.db)
  const { rows: sums } = await sql<{ total: number; amount_fen: number }>`select count(*)::int as total, coalesce(sum(b.amount_fen), 0)::bigint as amount_fen from ${from}`.execute(scope.db)
  return { rows, ...sums[0]! }
}

const lines = answer(billing.runLines, async (scope, { run_id, page, page_size, fee_item_id, building_id, house_id }) => {
  const run = await runToRead(scope, run_id)
  const plan = await planOf(scope, run)
  const part: Part = { ...(fee_item_id ? { fee_item_id } : {}), ...(building_id ? { building_ids: [building_id] } : {}), ...(house_id ? { house_id } : {}) }
  const at = { limit: page_size, offset: (page - 1) * page_size }
  // A one-house run shows that house, whatever is asked.
  if (run.house_id && house_id && house_id !== run.house_id) return { rows: [], total: 0, amount_fen: 0 }
  const found = run.state === 'draft' ? await refusingHugeAmounts(scope, () => draftLines(scope, plan, part, at)) : await publishedLines(scope, run, plan, part, at)
  const items = new Map(plan.items.map((i) => [i.fee_item_id, i]))
  const texts = await tariffTexts(scope, found.rows.map((r) => ({ ...r, period_on: run.period_on, component: items.get(r.fee_item_id)!.component })))
  const rows = found.rows.map(({ shape, quantity, unit_price, months, days, days_of, how, price_id: _p, used_before: _u, inputs: _i, ...r }, n) => {
    const item = items.get(r.fee_item_id)!
    return { ...r, fee_item_name: item.name, explanation: texts[n]?.text ?? explain({ shape, quantity, unit_price, months, days, days_of, amount_fen: r.amount_fen, cycle: item.cycle, unit_name: item.unit_name, meter_kind: item.meter_kind, how }) }
  })
  return { rows, total: found.total, amount_fen: found.amount_fen }
})

interface OutlierRow {
  house_id: string
  house_label: string
  fee_item_id: string
  amount_fen: number | null
  last_fen: number | null
  note: string | null
  total: number
}
const outliers = answer(billing.runOutliers, async (scope, { run_id, kind, fee_item_id, page, page_size }) => {
  const run = await runToRead(scope, run_id)
  if (run.state !== 'draft') return { rows: [], total: 0 }
  const plan = await planOf(scope, run)
  await forMass(scope, plan)
  const c = scope.company_id
  const set = kind === 'no_input'
    ? sql`with found as materialized (select l.house_id, l.fee_item_id, null::bigint as amount_fen, null::bigint as last_fen from billing.run_line l where l.company_id = ${c} and l.run_id = ${run_id} and l.fault is not null)`
    : isByAmount(kind)
    ? sql`with ${lineCtes(scope, plan)}, ${CUR}, ${lastCte(scope, plan)}, ${bothCte(plan)}, found as materialized (select y.house_id, y.fee_item_id, y.fen as amount_fen, y.last_fen from side y where ${amountCondition(kind)})`
    : sql`with ${dueCtes(scope, plan)}, found as materialized (select y.house_id, y.fee_item_id, null::bigint as amount_fen, null::bigint as last_fen from (${dueSet(scope, plan, kind)}) y)`
  const { rows } = await refusingHugeAmounts(scope, () =>
    sql<OutlierRow>`${set} select f.house_id, h.label as house_label, f.fee_item_id, f.amount_fen, f.last_fen, ${kind === 'no_input' ? sql`(select min(l.fault) from billing.run_line l where l.company_id = ${c} and l.run_id = ${run_id} and l.house_id = f.house_id and l.fee_item_id = f.fee_item_id)` : sql`null`} as note, (count(*) over ())::int as total from found f join property.house h on h.company_id = ${c} and h.house_id = f.house_id
      where ${fee_item_id ? sql`f.fee_item_id = ${fee_item_id}` : sql`true`} order by h.sort_no, h.label, f.fee_item_id limit ${page_size} offset ${(page - 1) * page_size}`.execute(scope.db),
  )
  const names = new Map(plan.items.map((i) => [i.fee_item_id, i.name]))
  return { rows: rows.map(({ total: _, ...r }) => ({ ...r, kind, fee_item_name: names.get(r.fee_item_id) ?? '' })), total: rows[0]?.total ?? 0 }
})

const exclusions = answer(billing.runExclusions, async (scope, { run_id, page, page_size }) => {
  await runToRead(scope, run_id)
  const c = scope.company_id
  const total = (await sql<{ n: number }>`select count(*)::int as n from billing.run_exclusion where company_id = ${c} and run_id = ${run_id}`.execute(scope.db)).rows[0]!.n
  const { rows } = await sql<{ house_id: string; house_label: string; fee_item_id: string; fee_item_name: string; reason: string; excluded_by: string; excluded_at: string }>`
    select x.house_id, h.label as house_label, x.fee_item_id, i.name as fee_item_name, x.reason, x.excluded_by, x.excluded_at from billing.run_exclusion x
    join property.house h on h.company_id = ${c} and h.house_id = x.house_id join billing.fee_item i on i.company_id = ${c} and i.fee_item_id = x.fee_item_id
    where x.company_id = ${c} and x.run_id = ${run_id} order by h.sort_no, h.label, i.sort_no, i.code limit ${page_size} offset ${(page - 1) * page_size}`.execute(scope.db)
  const names = await memberNames(scope, rows.map((r) => r.excluded_by))
  return { rows: rows.map(({ excluded_by, ...r }) => ({ ...r, excluded_by_name: names.get(excluded_by) ?? null })), total }
})

export const runLineAnswers = [lines, outliers, exclusions]
