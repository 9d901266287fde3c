// The workshop's server half: houses as cases, two versions over a whole community, attributes of houses.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { communityToChange, covers, housesLike, housesSeenBy, housesToChange } from '../../property/server/index.ts'
import { tariff } from '../contract.ts'
import { QuoteFault, quoteRemembered, quoteValues, type Quote, type Tariff, type Values } from '../rules/index.ts'
import { tariffToRead } from './access.ts'
import { houseInputs, type HouseInputs } from './houses.ts'
import { sideOf, storedTariffs } from './stored.ts'

const HOUSES_MAX = 20_000
type Priced = { quote: Quote; fault: null } | { quote: null; fault: string }
export function priced(t: Tariff, values: Values, quote = (v: Values): Quote => quoteValues(t, v)): Priced {
  try {
    return { quote: quote(values), fault: null }
  } catch (error) {
    if (error instanceof QuoteFault) return { quote: null, fault: `${error.field} ${error.reason}` }
    throw error
  }
}

const houseCases = answer(tariff.houseCases, async (scope, { tariff_id, period, q, page, page_size }) => {
  const head = await tariffToRead(scope, tariff_id)
  await communityToChange(scope, head.community_id)
  const known = (await storedTariffs(scope, [tariff_id])).get(tariff_id)?.tariff ?? (await sideOf(scope, head, 'draft'))
  const where = sql`h.company_id = ${scope.company_id} and h.community_id = ${head.community_id} and h.state <> 'disabled' and ${housesSeenBy(scope)} ${q ? sql`and ${housesLike(q)}` : sql``}`
  const total = (await sql<{ n: number }>`select count(*)::int as n from property.house h where ${where}`.execute(scope.db)).rows[0]!.n
  const { rows: ids } = await sql<{ house_id: string }>`select h.house_id from property.house h where ${where} order by h.sort_no, h.label limit ${page_size} offset ${(page - 1) * page_size}`.execute(scope.db)
  const found = await houseInputs(scope, { community_id: head.community_id, period, tariff: known, meter_kind: head.meter_kind, house_ids: ids.map((x) => x.house_id), limit: page_size })
  return { rows: found.map((h) => ({ house_id: h.house_id, house_label: h.label, values: h.values })), total }
})

interface Compared {
  h: HouseInputs
  a: Priced
  b: Priced
  diff_fen: number
}
const compare = answer(tariff.compare, async (scope, o) => {
  const head = await tariffToRead(scope, o.tariff_id)
  await communityToChange(scope, head.community_id)
  const [a, b] = [await sideOf(scope, head, o.a), await sideOf(scope, head, o.b)]
  const count = (await sql<{ n: number }>`select count(*)::int as n from property.house h where h.company_id = ${scope.company_id} and h.community_id = ${head.community_id} and h.state <> 'disabled'`.execute(scope.db)).rows[0]!.n
  if (count > HOUSES_MAX) throw scope.refuse('tariff.too_many_houses', { count, max: HOUSES_MAX })
  const houses = await houseInputs(scope, { community_id: head.community_id, period: o.period, tariff: b, meter_kind: head.meter_kind, limit: HOUSES_MAX })
  const [of_a, of_b] = [quoteRemembered(a), quoteRemembered(b)]
  const all = houses.map((h): Compared => {
    const [x, y] = [priced(a, h.values, of_a), priced(b, h.values, of_b)]
    return { h, a: x, b: y, diff_fen: x.quote && y.quote ? y.quote.amount_fen - x.quote.amount_fen : 0 }
  })
  const good = all.filter((r) => r.a.quote && r.b.quote)
  const rows = all.toSorted((x, y) => Number(y.b.fault !== null) - Number(x.b.fault !== null) || Math.abs(y.diff_fen) - Math.abs(x.diff_fen)).slice((o.page - 1) * o.page_size, o.page * o.page_size)
  return {
    rows: rows.map((r) => ({ house_id: r.h.house_id, house_label: r.h.label, a_fen: r.a.quote?.amount_fen ?? null, b_fen: r.b.quote?.amount_fen ?? null, diff_fen: r.diff_fen, fault: r.b.fault ?? r.a.fault, explanation: r.b.quote?.lines.map((l) => l.text).join(';') ?? '' })),
    total: all.length, house_count: all.length, a_fen: good.reduce((n, r) => n + r.a.quote!.amount_fen, 0), b_fen: good.reduce((n, r) => n + r.b.quote!.amount_fen, 0),
    higher_count: good.filter((r) => r.diff_fen > 0).length, lower_count: good.filter((r) => r.diff_fen < 0).length, fault_count: all.length - good.length,
  }
})

const attributes = answer(tariff.attributes, async (scope, f) => {
  const c = scope.company_id
  const where = sql`a.company_id = ${c} and h.community_id = ${f.community_id} and ${housesSeenBy(scope)} ${f.name ? sql`and a.name = ${f.name}` : sql``} ${f.q ? sql`and ${housesLike(f.q)}` : sql``}
    ${f.current_only ? sql`and a.from_on <= ${scope.today}::date and (a.to_on is null or a.to_on > ${scope.today}::date)` : sql``}`
  const from = sql`tariff.house_attribute a join property.house h on h.company_id = ${c} and h.house_id = a.house_id where ${where}`
  const total = (await sql<{ n: number }>`select count(*)::int as n from ${from}`.execute(scope.db)).rows[0]!.n
  const { rows } = await sql<{ attribute_id: string; house_id: string; house_label: string; community_id: string; building_id: string; name: string; value: string; from_on: string; to_on: string | null; note: string | null }>`
    select a.attribute_id, a.house_id, h.label as house_label, h.community_id, h.building_id, a.name, a.value, a.from_on, a.to_on, a.note from ${from} order by h.sort_no, h.label, a.name, a.from_on desc limit ${f.page_size} offset ${(f.page - 1) * f.page_size}`.execute(scope.db)
  const may = scope.reach('tariff.tariff.write')
  return { rows: rows.map(({ community_id, building_id, ...r }) => ({ ...r, can: { write: covers(may, { community_id, building_id }) ? (true as const) : 'kernel.forbidden' } })), total }
})

const setAttributes = answer(tariff.setAttributes, async (scope, o) => {
  if (o.to_on && o.to_on <= o.from_on) throw scope.refuse('tariff.dates_reversed', { from_on: o.from_on, to_on: o.to_on })
  const ids = [...new Set(o.house_ids)].sort()
  const houses = await housesToChange(scope, ids)
  const { rows } = await sql<{ label: string; from_on: string }>`select h.label, a.from_on from tariff.house_attribute a join property.house h on h.company_id = ${scope.company_id} and h.house_id = a.house_id
    where a.company_id = ${scope.company_id} and a.house_id = any(${ids}::uuid[]) and a.name = ${o.name} and daterange(a.from_on, a.to_on) && daterange(${o.from_on}::date, ${o.to_on ?? null}::date) order by h.label limit 1`.execute(scope.db)
  if (rows[0]) throw scope.refuse('tariff.attribute_overlap', { house: rows[0].label, from_on: rows[0].from_on, name: o.name })
  await scope.db.insertInto('tariff.house_attribute').values(houses.map((h) => ({ company_id: scope.company_id, attribute_id: uuidv7(), house_id: h.house_id, name: o.name, value: o.value, from_on: o.from_on, to_on: o.to_on ?? null, note: o.note ?? null, saved_by: scope.who.account_id!, saved_at: scope.now }))).execute()
  scope.note('house_attribute', o.name, { house_ids: ids, value: o.value, from_on: o.from_on, to_on: o.to_on ?? null })
  return { count: houses.length }
})

const endAttribute = answer(tariff.endAttribute, async (scope, { attribute_id, to_on }) => {
  const row = await scope.db.selectFrom('tariff.house_attribute').selectAll().where('company_id', '=', scope.company_id).where('attribute_id', '=', attribute_id).forUpdate().executeTakeFirst()
  if (!row) throw scope.notFound()
  await housesToChange(scope, [row.house_id])
  if (to_on <= row.from_on || (row.to_on !== null && to_on > row.to_on)) throw scope.refuse('tariff.dates_reversed', { from_on: row.from_on, to_on })
  await scope.db.updateTable('tariff.house_attribute').set({ to_on }).where('company_id', '=', scope.company_id).where('attribute_id', '=', attribute_id).execute()
  scope.note('house_attribute', attribute_id, { before: row.to_on, after: to_on })
  return { attribute_id }
})

export const workshopAnswers = [houseCases, compare, attributes, setAttributes, endAttribute]
