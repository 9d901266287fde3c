// The split of a group's month, computed: quantity from the meters, amount by price or invoice, weights of the houses, parts by largest
// remainder. Used alike for a draft and, before publishing, to see that nothing has changed since.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { addDays, addMonths } from '../../../../kernel/clock.ts'
import { compareDecimal, productFen, subtractDecimal, addDecimal } from '../../../../kernel/money.ts'
import type { Scope } from '../../../../kernel/scope.ts'
import type { ShareRuleRow } from '../../contract.ts'
import { splitShare, type ShareHouse, type SharePart } from '../rules/split.ts'
import { usageWithParts, type PointUsage } from '../usage_of.ts'
import { housesOf, rulesOf, say, type Group } from './groups.ts'

const HOUSES_MAX = 20_000
const NAMED = 5

export interface Computed {
  rule: ShareRuleRow
  on_day: string
  quantity: string | null
  unit_price: string | null
  total_fen: number
  weight_sum: string
  parts: SharePart[]
  parts_hash: string
  usage: { point_id: string; name: string; take: 'usage' | 'less' | 'loss'; usage: string | null; less: string | null; counted: string | null }[]
}

/** The last day of the month, or today while the month runs: whose the houses are, and who pays, is asked of that day. */
export function dayOfSplit(scope: Scope, period: string): string {
  const last = addDays(`${addMonths(period, 1)}-01`, -1)
  return last > scope.today ? scope.today : last
}

const sumOf = (list: readonly (string | null)[]): string => list.reduce<string>((n, v) => addDecimal(n, v ?? '0'), '0')

/** Quantity of the sources; `unread` names the meters that are not read or in doubt. */
export async function quantityOf(scope: Scope, rule: Pick<ShareRuleRow, 'sources'>, period: string): Promise<{ quantity: string | null; unread: string[]; usage: Computed['usage'] }> {
  if (rule.sources.length === 0) return { quantity: null, unread: [], usage: [] }
  const { of, below } = await usageWithParts(scope, period, rule.sources.map((s) => s.point_id))
  const open = (u: PointUsage | undefined) => !u || u.missing_count > 0 || u.suspect_count > 0 || u.usage === null
  const unread: string[] = []
  let quantity = '0'
  const usage = rule.sources.map((s) => {
    const u = of.get(s.point_id)
    const parts = s.take === 'loss' ? (below.get(s.point_id) ?? []) : []
    if (open(u)) unread.push(s.name)
    const shut = parts.filter(open)
    if (shut.length) unread.push(`${s.name}的分表(${shut.length} 块,如 ${shut[0]!.name})`)
    const less = s.take === 'loss' ? sumOf(parts.map((p) => p.usage)) : null
    const own = u?.usage ?? null
    const counted = own === null ? null : s.take === 'usage' ? own : s.take === 'less' ? subtractDecimal('0', own) : subtractDecimal(own, less!)
    if (counted !== null) quantity = addDecimal(quantity, counted)
    return { point_id: s.point_id, name: s.name, take: s.take, usage: own, less, counted }
  })
  return { quantity, unread, usage }
}

interface HouseRow extends Omit<ShareHouse, 'base' | 'coefficient'> {
  base: string | null
  coefficient: string | null
  unread: boolean
}
async function weighed(scope: Scope, g: Group, rule: ShareRuleRow, period: string, on_day: string): Promise<HouseRow[]> {
  const c = scope.company_id
  const first = `${period}-01`
  const base = rule.method === 'area' ? (rule.area_kind === 'built' ? sql`x.built_area_m2` : rule.area_kind === 'inner' ? sql`x.inner_area_m2` : sql`x.heated_area_m2`) : rule.method === 'usage' ? sql`coalesce(u.usage, 0)` : rule.method === 'weight' ? sql`coalesce(x.coefficient, 0)` : sql`1`
  const usage = rule.method === 'usage'
    ? sql`left join lateral (select sum(r.usage) filter (where r.state <> 'suspect') as usage, bool_or(r.state = 'suspect' or (r.reading_id is null and m.removed_on is null)) as unread from meters.meter m left join meters.reading r on r.company_id = ${c} and r.meter_id = m.meter_id and r.period_on = ${first}::date
        where m.company_id = ${c} and m.house_id = x.house_id and m.kind = ${rule.usage_kind} and (r.reading_id is not null or (m.installed_on <= ${on_day}::date and (m.removed_on is null or m.removed_on > ${first}::date)))) u on true`
    : sql``
  const { rows } = await sql<HouseRow>`select x.house_id, x.label, x.floor_no, x.state, trim_scale(${base})::text as base, ${rule.method === 'weight' ? sql`'1'` : sql`trim_scale(coalesce(x.coefficient, 1))::text`} as coefficient, ${rule.method === 'usage' ? sql`coalesce(u.unread, false)` : sql`false`} as unread
    from ${housesOf(scope, g, on_day)} ${usage} order by x.sort_no, x.label limit ${HOUSES_MAX + 1}`.execute(scope.db)
  return rows
}

/** Refuses with the reason and the way out when it cannot be computed. `invoice_fen` is the supplier's amount. */
export async function computeSplit(scope: Scope, g: Group, period: string, invoice_fen: number | null): Promise<Computed> {
  const on_day = dayOfSplit(scope, period)
  const about = { name: g.name, period }
  const rule = (await rulesOf(scope, sql`r.group_id = ${g.group_id} and r.from_on <= ${on_day}::date`))[0]
  if (!rule) throw scope.refuse('meters.share_no_rule', about)
  const { quantity, unread, usage } = await quantityOf(scope, rule, period)
  if (rule.source === 'price' && unread.length) throw scope.refuse('meters.share_source_unread', { ...about, meters: unread.slice(0, NAMED).join('、') })
  if (rule.source === 'price' && compareDecimal(quantity!, '0') < 0) throw scope.refuse('meters.share_negative', { ...about, quantity })
  if (rule.source === 'invoice' && invoice_fen === null) throw scope.refuse('meters.share_no_total', about)
  const total_fen = rule.source === 'invoice' ? invoice_fen! : productFen([quantity!, rule.unit_price!])
  const houses = await weighed(scope, g, rule, period, on_day)
  if (houses.length === 0) throw scope.refuse('meters.share_no_house', about)
  if (houses.length > HOUSES_MAX) throw scope.refuse('meters.share_too_many', { ...about, count: houses.length, max: HOUSES_MAX })
  const named = (list: readonly HouseRow[]) => list.slice(0, NAMED).map((h) => h.label).join('、')
  // A house that takes no part anyway need not be known.
  const bare = houses.filter((h) => h.base === null && h.coefficient !== '0')
  if (bare.length) throw scope.refuse('meters.share_no_area', { ...about, count: bare.length, houses: named(bare), area: say('area_kind', rule.area_kind!) })
  const shut = houses.filter((h) => h.unread)
  if (shut.length) throw scope.refuse('meters.share_readings_missing', { ...about, count: shut.length, houses: named(shut) })
  const done = splitShare(total_fen, houses.map((h) => ({ house_id: h.house_id, label: h.label, floor_no: h.floor_no, state: h.state, base: h.base ?? '0', coefficient: h.coefficient ?? '1' })), rule)
  if (!done.ok) throw scope.refuse('meters.share_no_weight', about)
  const { group_id: _, ...shown } = rule
  return { rule: shown, on_day, quantity, unit_price: rule.unit_price, total_fen, weight_sum: sumOf(done.parts.map((p) => p.weight)), parts: done.parts, parts_hash: hashOf(rule.rule_id, quantity, total_fen, done.parts), usage }
}

const hashOf = (rule_id: string, quantity: string | null, total_fen: number, parts: readonly SharePart[]): string =>
  createHash('sha256').update(JSON.stringify([rule_id, quantity, total_fen, parts.map((p) => [p.house_id, p.weight, p.amount_fen])])).digest('hex').slice(0, 32)
