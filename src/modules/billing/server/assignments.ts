// What a single house deviates in: its quantity of an item, or that the item does not apply, between two days.
import { sql, type RawBuilder } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { covers, houseToChange, housesSeenBy, housesToChange } from '../../property/server/index.ts'
import { billing } from '../contract.ts'
import { itemToChange } from './access.ts'

interface Row {
  assignment_id: string
  fee_item_id: string
  fee_item_name: string
  house_id: string
  house_label: string
  community_id: string
  building_id: string
  quantity: string
  from_on: string
  to_on: string | null
  note: string | null
  billed: boolean
}
const list = answer(billing.assignments, async (scope, f) => {
  const c = scope.company_id
  const where: RawBuilder<unknown>[] = [sql`a.company_id = ${c}`, housesSeenBy(scope)]
  if (f.fee_item_id) where.push(sql`a.fee_item_id = ${f.fee_item_id}`)
  if (f.house_id) where.push(sql`a.house_id = ${f.house_id}`)
  if (f.community_id) where.push(sql`h.community_id = ${f.community_id}`)
  if (f.current_only) where.push(sql`(a.to_on is null or a.to_on > ${scope.today}::date)`)
  const from = sql`from billing.assignment a join property.house h on h.company_id = ${c} and h.house_id = a.house_id where ${sql.join(where, sql` and `)}`
  const total = (await sql<{ n: number }>`select count(*)::int as n ${from}`.execute(scope.db)).rows[0]!.n
  const { rows } = await sql<Row>`with page as materialized (select a.*, h.label as house_label, h.community_id, h.building_id, h.sort_no ${from} order by h.community_id, h.sort_no, h.label, a.from_on desc limit ${f.page_size} offset ${(f.page - 1) * f.page_size})
    select p.assignment_id, p.fee_item_id, i.name as fee_item_name, p.house_id, p.house_label, p.community_id, p.building_id, p.quantity, p.from_on, p.to_on, p.note,
      exists (select from billing.bill b where b.company_id = ${c} and b.house_id = p.house_id and b.fee_item_id = p.fee_item_id and b.to_on > p.from_on and (p.to_on is null or b.from_on < p.to_on) and b.voided_at is null) as billed
    from page p join billing.fee_item i on i.company_id = ${c} and i.fee_item_id = p.fee_item_id order by p.community_id, p.sort_no, p.house_label, p.from_on desc`.execute(scope.db)
  const reach = scope.reach('billing.item.write')
  return {
    rows: rows.map(({ billed, community_id, building_id, ...r }) => {
      const write = covers(reach, { community_id, building_id }) ? (true as const) : 'kernel.forbidden'
      return { ...r, can: { write, remove: write !== true ? write : billed ? 'billing.assignment_billed' : (true as const) } }
    }),
    total,
  }
})

const assign = answer(billing.assignHouses, async (scope, o) => {
  const c = scope.company_id
  const to_on = o.to_on ?? null
  if (to_on !== null && to_on <= o.from_on) throw scope.refuse('billing.dates_reversed', { from_on: o.from_on, to_on })
  const item = await itemToChange(scope, o.fee_item_id)
  const houses = await housesToChange(scope, o.house_ids)
  const strange = houses.find((h) => h.community_id !== item.community_id || !item.house_kinds.includes(h.kind))
  if (strange) throw scope.refuse('billing.house_not_fitting', { house: strange.label })
  // What began before and is still on ends on the day the new one begins; one that begins on the day or later is in the way.
  const ids = houses.map((h) => h.house_id)
  await sql`update billing.assignment set to_on = ${o.from_on}::date where company_id = ${c} and fee_item_id = ${o.fee_item_id} and house_id = any(${ids}::uuid[]) and from_on < ${o.from_on}::date and to_on is null`.execute(scope.db)
  const { rows: inWay } = await sql<{ label: string; from_on: string }>`select h.label, a.from_on from billing.assignment a join property.house h on h.company_id = ${c} and h.house_id = a.house_id
    where a.company_id = ${c} and a.fee_item_id = ${o.fee_item_id} and a.house_id = any(${ids}::uuid[]) and (a.to_on is null or a.to_on > ${o.from_on}::date) and (${to_on}::date is null or a.from_on < ${to_on}::date) limit 1`.execute(scope.db)
  if (inWay[0]) throw scope.refuse('billing.assignment_overlap', { house: inWay[0].label, from_on: inWay[0].from_on })
  await scope.db
    .insertInto('billing.assignment')
    .values(houses.map((h) => ({ company_id: c, assignment_id: uuidv7(), fee_item_id: o.fee_item_id, house_id: h.house_id, quantity: o.quantity, from_on: o.from_on, to_on, note: o.note ?? null })))
    .execute()
  scope.note('fee_item', o.fee_item_id, { assigned: houses.length, quantity: o.quantity, from_on: o.from_on, to_on })
  return { count: houses.length }
})

async function assignmentToChange(scope: Scope, assignment_id: string) {
  const row = await scope.db.selectFrom('billing.assignment').selectAll().where('company_id', '=', scope.company_id).where('assignment_id', '=', assignment_id).forUpdate().executeTakeFirst()
  if (!row) throw scope.notFound()
  const house = await houseToChange(scope, row.house_id)
  return { row, house }
}

const end = answer(billing.endAssignment, async (scope, { assignment_id, to_on }) => {
  const { row } = await assignmentToChange(scope, assignment_id)
  if (to_on <= row.from_on) throw scope.refuse('billing.dates_reversed', { from_on: row.from_on, to_on })
  if (row.to_on !== null && to_on > row.to_on) throw scope.refuse('billing.dates_reversed', { from_on: row.to_on, to_on })
  await scope.db.updateTable('billing.assignment').set({ to_on }).where('company_id', '=', scope.company_id).where('assignment_id', '=', assignment_id).execute()
  scope.note('assignment', assignment_id, { before: row.to_on, after: to_on })
  return { assignment_id }
})

const remove = answer(billing.removeAssignment, async (scope, { assignment_id }) => {
  const { row, house } = await assignmentToChange(scope, assignment_id)
  const { rows } = await sql<{ p: string | null }>`select max(b.period_on) as p from billing.bill b where b.company_id = ${scope.company_id} and b.house_id = ${row.house_id} and b.fee_item_id = ${row.fee_item_id} and b.voided_at is null
    and b.to_on > ${row.from_on}::date and (${row.to_on}::date is null or b.from_on < ${row.to_on}::date)`.execute(scope.db)
  if (rows[0]!.p) throw scope.refuse('billing.assignment_billed', { house: house.label, period: rows[0]!.p.slice(0, 7) })
  await scope.db.deleteFrom('billing.assignment').where('company_id', '=', scope.company_id).where('assignment_id', '=', assignment_id).execute()
  scope.note('assignment', assignment_id, { before: row })
  return { done: true as const }
})

export const assignmentAnswers = [list, assign, end, remove]
