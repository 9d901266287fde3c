// Lines beside each other: devices or places, now against before. Always from the roll-ups; a counter is what ran through in a step, a gauge its mean.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, addMonths, daysBetween } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { iot, type CompareAsk, type Compared, type ComparedLine, type Model } from '../contract.ts'
import { said } from '../shown.ts'
import { devicesSeenBy } from './access.ts'
import { keptFrom, retentionOf } from './retention.ts'

const DAYS_MAX = 1100
const QUARTER_DAYS = 32
const DEVICES_MAX = 2000
const midnight = (day: string): string => `${day}T00:00:00+08:00`
const lastOf = (month: string): string => addDays(`${addMonths(month, 1)}-01`, -1)
interface Span {
  from_on: string
  to_on: string
}
/** A whole month is held against the whole month before, whatever its days; else as many days before. 29 February against the 28th. */
export function spanBefore(s: Span, against: 'before' | 'last_year'): Span {
  const whole = s.from_on.endsWith('-01') && s.to_on === lastOf(s.to_on.slice(0, 7))
  const months = (Number(s.to_on.slice(0, 4)) - Number(s.from_on.slice(0, 4))) * 12 + Number(s.to_on.slice(5, 7)) - Number(s.from_on.slice(5, 7)) + 1
  if (against === 'before' && !whole) {
    // The month that is under way: the same days of the month before.
    if (s.from_on.endsWith('-01') && months === 1) return shifted(s, -1)
    const days = daysBetween(s.from_on, s.to_on) + 1
    return { from_on: addDays(s.from_on, -days), to_on: addDays(s.to_on, -days) }
  }
  const by = against === 'before' ? -months : -12
  return whole ? { from_on: `${addMonths(s.from_on.slice(0, 7), by)}-01`, to_on: lastOf(addMonths(s.to_on.slice(0, 7), by)) } : shifted(s, by)
}
function shifted(s: Span, by: number): Span {
  const one = (day: string): string => { const m = addMonths(day.slice(0, 7), by); const same = `${m}-${day.slice(8)}`; return same > lastOf(m) ? lastOf(m) : same }
  return { from_on: one(s.from_on), to_on: one(s.to_on) }
}
/**
 * What ran through a counter from step to step, from the roll-ups of `table`: the last value less the last one before. Where the counter began anew (its
 * last value is below the one before), or was silent for more than a week, only what it ran within the step counts, whatever span is asked for. `which` narrows alias `r`; the step before `from` is read for its end.
 */
export const increments = (table: 'iot.rollup_quarter' | 'iot.rollup_day', which: RawBuilder<unknown>, from: string, to: string): RawBuilder<unknown> => sql`select y.device_id, y.point, y.from_at, greatest(case when y.before is null or y.last_v < y.before or y.before_at < y.from_at - interval '7 days' then y.last_v - y.first_v else y.last_v - y.before end, 0) as v from (
    select r.device_id, r.point, r.from_at, r.first_v, r.last_v, lag(r.last_v) over (partition by r.device_id, r.point order by r.from_at) as before, lag(r.from_at) over (partition by r.device_id, r.point order by r.from_at) as before_at from ${sql.table(table)} r where ${which} and r.from_at >= ${from}::timestamptz - interval '7 days' and r.from_at < ${to}::timestamptz) y where y.from_at >= ${from}::timestamptz`

interface Asked {
  id: string
  name: string
  device_ids: string[]
}
async function askedLines(scope: Scope, o: CompareAsk): Promise<Asked[]> {
  const c = scope.company_id
  const of = o.by === 'device' ? sql`d.device_id` : o.by === 'building' ? sql`d.building_id` : sql`d.community_id`
  const { rows } = await sql<{ id: string; name: string; device_id: string }>`select ${of} as id, case ${o.by} when 'device' then d.name when 'building' then b.name else k.name end as name, d.device_id from iot.device d join property.community k on k.company_id = ${c} and k.community_id = d.community_id left join property.building b on b.company_id = ${c} and b.building_id = d.building_id
    where d.company_id = ${c} and d.product_id = ${o.product_id} and ${of} = any(${o.ids}::uuid[]) and ${devicesSeenBy(scope)} ${o.community_id ? sql`and d.community_id = ${o.community_id}` : sql``} order by d.device_id limit ${DEVICES_MAX}`.execute(scope.db)
  return o.ids.map((id) => { const mine = rows.filter((r) => r.id === id); return { id, name: mine[0]?.name ?? '', device_ids: mine.map((r) => r.device_id) } }).filter((l) => l.device_ids.length > 0)
}
const STEP_S = { quarter: 900, hour: 3600, day: 86_400 } as const
async function compared(scope: Scope, o: CompareAsk): Promise<Compared> {
  const days = daysBetween(o.from_on, o.to_on) + 1
  if (days < 1 || days > DAYS_MAX) throw scope.refuse('iot.span_long', { days: DAYS_MAX })
  const c = scope.company_id
  const product = (await sql<{ model: Model }>`select model from iot.product where company_id = ${c} and product_id = ${o.product_id}`.execute(scope.db)).rows[0]
  if (!product) throw scope.refuse('iot.elsewhere')
  const p = product.model.points.find((x) => x.key === o.point)
  if (!p || p.kind === 'state') throw scope.refuse('iot.compare_point', { name: p?.name ?? o.point })
  const asked = await askedLines(scope, o)
  if (asked.length === 0) throw scope.refuse('iot.elsewhere')
  const spans: (Span & { then: boolean })[] = [{ from_on: o.from_on, to_on: o.to_on, then: false }, ...(o.against === 'none' ? [] : [{ ...spanBefore(o, o.against), then: true }])]
  const kept = keptFrom(await retentionOf(scope.db, c, scope.today), scope.today)
  const fine = days <= QUARTER_DAYS && spans.every((s) => s.from_on >= kept.quarter_from)
  const step = !fine ? 'day' : days <= 2 ? 'quarter' : days <= 7 ? 'hour' : 'day'
  const bin_s = STEP_S[step]
  const bins = Math.ceil((days * 86_400) / bin_s)
  const table = step === 'day' ? 'iot.rollup_day' : 'iot.rollup_quarter'
  const lines: ComparedLine[] = []
  for (const l of asked) for (const s of spans) {
    const [from, to] = [midnight(s.from_on), midnight(addDays(s.to_on, 1))]
    const which = sql`r.company_id = ${c} and r.device_id = any(${l.device_ids}::uuid[]) and r.point = ${o.point}`
    const no = (at: string) => sql`floor(extract(epoch from ${sql.ref(at)} - ${from}::timestamptz) / ${bin_s})::int`
    const { rows } = await (p.kind === 'counter'
      ? sql<{ n: number; v: string; low: string; high: string }>`select ${no('x.from_at')} as n, sum(x.v)::text as v, sum(x.v)::text as low, sum(x.v)::text as high from (${increments(table, which, from, to)}) x group by 1 order by 1`
      : sql<{ n: number; v: string; low: string; high: string }>`select ${no('r.from_at')} as n, round(sum(r.total) / sum(r.n_count), 4)::text as v, min(r.low)::text as low, max(r.high)::text as high from ${sql.table(table)} r where ${which} and r.from_at >= ${from}::timestamptz and r.from_at < ${to}::timestamptz group by 1 order by 1`).execute(scope.db)
    const v = Array<number | null>(bins).fill(null)
    for (const r of rows) if (r.n < bins) v[r.n] = Number(r.v)
    const there = v.filter((x) => x !== null)
    const sum = there.length && p.kind === 'counter' ? there.reduce((a, b) => a + b, 0) : null
    lines.push({ id: l.id, name: l.name, then: s.then, from_on: s.from_on, to_on: s.to_on, device_count: l.device_ids.length, v, sum, mean: there.length ? there.reduce((a, b) => a + b, 0) / there.length : null, low: rows.length ? Math.min(...rows.map((r) => Number(r.low))) : null, high: rows.length ? Math.max(...rows.map((r) => Number(r.high))) : null, change_percent: null })
  }
  for (const l of lines) {
    const then = l.then ? undefined : lines.find((x) => x.then && x.id === l.id)
    const [a, b] = p.kind === 'counter' ? [l.sum, then?.sum ?? null] : [l.mean, then?.mean ?? null]
    if (a !== null && b !== null && b !== 0) l.change_percent = Math.round(((a - b) / Math.abs(b)) * 1000) / 10
  }
  const label = (i: number): string => { const s = i * bin_s; const day = addDays(o.from_on, Math.floor(s / 86_400)); return step === 'day' ? day.slice(5) : `${days > 1 ? `${day.slice(5)} ` : ''}${String(Math.floor((s % 86_400) / 3600)).padStart(2, '0')}:${String(Math.floor((s % 3600) / 60)).padStart(2, '0')}` }
  return { step, kind: p.kind, unit: p.unit, places: p.places, x: Array.from({ length: bins }, (_, i) => label(i)), lines }
}

export const compareAnswers = [
  answer(iot.compare, compared),
  answerFile(iot.compareSheet, async (scope, o) => {
    const r = await compared(scope, o)
    const title = (l: ComparedLine): string => `${l.name}${l.then ? `(${said('against', o.against).slice(1, -1)} ${l.from_on} 至 ${l.to_on})` : ''}`
    const body = await writeSheet({ sheets: [{ name: '数据对比', columns: [{ title: '时间', kind: 'text' as const }, ...r.lines.map((l) => ({ title: title(l), kind: 'number' as const }))], rows: r.x.map((x, i) => [x, ...r.lines.map((l) => l.v[i] ?? null)]) }] })
    return { name: `数据对比-${o.from_on}至${o.to_on}.xlsx`, type: XLSX, body }
  }),
]
