// What was: raw values of a day, quarters of a month, days of years. The step follows from the span, so that a chart has at most some thousand points, and from
// what is still kept: of a day two years ago only its sum is left.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, daysBetween, minuteText } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { HISTORY_DAYS_MAX, LEVELS, iot, type Level, type Model, type SampleRow } from '../contract.ts'
import { said, valueText } from '../shown.ts'
import { deviceOf } from './access.ts'
import { keptFrom, retentionOf, type Kept } from './retention.ts'

const RAW_DAYS = 2
const QUARTER_DAYS = 32
const EXCEL_MAX = 50_000
const midnight = (day: string): string => `${day}T00:00:00+08:00`
type Step = 'raw' | 'quarter' | 'day'

async function modelOf(scope: Scope, product_id: string): Promise<Model> {
  const { rows } = await sql<{ model: Model }>`select model from iot.product where company_id = ${scope.company_id} and product_id = ${product_id}`.execute(scope.db)
  return rows[0]!.model
}
interface Drawn {
  point: string
  at: string[]
  v: string[]
  low: string[]
  high: string[]
}
/** A line has at most some 750 values: each stands for so many seconds, with the extremes in them. */
const binOf = (step: Step, days: number): number => (step === 'raw' ? days * 240 : step === 'quarter' ? (days <= 7 ? 900 : 3600) : days <= 750 ? 86_400 : 7 * 86_400)
const stepOf = (days: number, from_on: string, kept: Kept): Step => (days <= RAW_DAYS && from_on >= kept.raw_from ? 'raw' : days <= QUARTER_DAYS && from_on >= kept.quarter_from ? 'quarter' : 'day')
/** Of a gauge the mean is shown, of a counter or a state the last value: the mean of open and shut is nothing. */
async function lines(scope: Scope, device_id: string, points: readonly { key: string; kind: string }[], step: Step, bin_s: number, from: string, to: string): Promise<Drawn[]> {
  const c = scope.company_id
  const bin = (col: string) => sql`date_bin(make_interval(secs => ${bin_s}), ${sql.ref(col)}, ${from}::timestamptz)`
  const source = step === 'raw'
    ? sql`select ${bin('s.at')} as b, case when k.kind = 'gauge' then round(avg(s.v), 4) else (array_agg(s.v order by s.at desc))[1] end as v, min(s.v) as low, max(s.v) as high from iot.sample s where s.company_id = ${c} and s.device_id = ${device_id} and s.point = k.point and s.at >= ${from}::timestamptz and s.at < ${to}::timestamptz and s.q in ('good','substituted') group by 1`
    : sql`select ${bin('r.from_at')} as b, case when k.kind = 'gauge' then round(sum(r.total) / sum(r.n_count), 4) else (array_agg(r.last_v order by r.from_at desc))[1] end as v, min(r.low) as low, max(r.high) as high from ${sql.table(step === 'quarter' ? 'iot.rollup_quarter' : 'iot.rollup_day')} r where r.company_id = ${c} and r.device_id = ${device_id} and r.point = k.point and r.from_at >= ${from}::timestamptz and r.from_at < ${to}::timestamptz group by 1`
  const { rows } = await sql<Drawn>`select k.point, coalesce(x.at, '{}') as at, coalesce(x.v, '{}') as v, coalesce(x.low, '{}') as low, coalesce(x.high, '{}') as high from unnest(${points.map((p) => p.key)}::text[], ${points.map((p) => p.kind)}::text[]) as k(point, kind)
    left join lateral (select array_agg(to_char(y.b at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') order by y.b) as at, array_agg(y.v::text order by y.b) as v, array_agg(y.low::text order by y.b) as low, array_agg(y.high::text order by y.b) as high from (${source}) y) x on true`.execute(scope.db)
  return rows
}

interface DayAsk {
  device_id: string
  point?: string | undefined
  on_day: string
}
async function rawRows(scope: Scope, o: DayAsk, limit: number, offset: number): Promise<{ rows: SampleRow[]; where: ReturnType<typeof sql> }> {
  const d = await deviceOf(scope, o.device_id)
  const model = await modelOf(scope, d.product_id)
  const points = o.point ? [o.point] : model.points.map((p) => p.key)
  const where = sql`s.company_id = ${scope.company_id} and s.device_id = ${o.device_id} and s.point = any(${points}::text[]) and s.at >= ${midnight(o.on_day)}::timestamptz and s.at < ${midnight(addDays(o.on_day, 1))}::timestamptz`
  const { rows } = await sql<Omit<SampleRow, 'name' | 'text'> & { v: string }>`select s.point, s.at, s.v::text as v, s.q, s.why, s.src, s.received_at from iot.sample s where ${where} order by s.at desc, s.point limit ${limit} offset ${offset}`.execute(scope.db)
  const spec = new Map(model.points.map((p) => [p.key, p]))
  return { where, rows: rows.map(({ v, ...r }) => ({ ...r, name: spec.get(r.point)?.name ?? r.point, text: spec.has(r.point) ? valueText(spec.get(r.point)!, Number(v)) : v })) }
}

export const historyAnswers = [
  answer(iot.history, async (scope, o) => {
    const d = await deviceOf(scope, o.device_id)
    const days = daysBetween(o.from_on, o.to_on) + 1
    if (days < 1 || days > HISTORY_DAYS_MAX) throw scope.refuse('iot.span_long', { days: HISTORY_DAYS_MAX })
    const [model, kept] = await Promise.all([modelOf(scope, d.product_id), retentionOf(scope.db, scope.company_id, scope.today)])
    const step = stepOf(days, o.from_on, keptFrom(kept, scope.today))
    const asked = model.points.filter((p) => o.points.includes(p.key))
    const drawn = await lines(scope, d.device_id, asked, step, binOf(step, days), midnight(o.from_on), midnight(addDays(o.to_on, 1)))
    const numbers = (list: readonly string[]) => list.map(Number)
    return { step, lines: asked.map((p) => { const x = drawn.find((y) => y.point === p.key)!; return { point: p.key, name: p.name, unit: p.unit, kind: p.kind, at: x.at, v: numbers(x.v), low: numbers(x.low), high: numbers(x.high) } }) }
  }),
  answer(iot.samples, async (scope, o) => {
    const { rows, where } = await rawRows(scope, o, o.page_size, (o.page - 1) * o.page_size)
    return { rows, total: (await sql<{ n: number }>`select count(*)::int as n from iot.sample s where ${where}`.execute(scope.db)).rows[0]!.n }
  }),
  answerFile(iot.samplesExcel, async (scope, o) => {
    const { rows } = await rawRows(scope, o, EXCEL_MAX + 1, 0)
    if (rows.length > EXCEL_MAX) throw scope.refuse('iot.too_many_rows', { max: EXCEL_MAX })
    const body = await writeSheet({ sheets: [{ name: '原始数据', columns: ['时间', '点位', '值', '质量', '说明', '来源', '收到'].map((title) => ({ title, kind: 'text' as const })), rows: rows.map((r) => [minuteText(r.at), r.name, r.text, said('quality', r.q), r.why, said('src', r.src), minuteText(r.received_at)]) }] })
    return { name: `设备原始数据-${o.on_day}.xlsx`, type: XLSX, body }
  }),
  answer(iot.events, async (scope, o) => {
    const d = await deviceOf(scope, o.device_id)
    const [model, page, n] = await Promise.all([
      modelOf(scope, d.product_id),
      sql<{ key: string; at: string; kind: string; payload: Record<string, unknown>; src: 'live' | 'replay' | 'undated'; received_at: string }>`select e.key, e.at, e.kind, e.payload, e.src, e.received_at from iot.event e where e.company_id = ${scope.company_id} and e.device_id = ${d.device_id} order by e.at desc, e.key limit ${o.page_size} offset ${(o.page - 1) * o.page_size}`.execute(scope.db),
      sql<{ n: number }>`select count(*)::int as n from iot.event e where e.company_id = ${scope.company_id} and e.device_id = ${d.device_id}`.execute(scope.db),
    ])
    const spec = new Map(model.events.map((e) => [e.key, e]))
    const level = (k: string): Level | null => LEVELS.find((l) => l === spec.get(k)?.level) ?? null
    return { total: n.rows[0]!.n, rows: page.rows.map((e) => ({ key: e.key, at: e.at, kind: e.kind, name: spec.get(e.kind)?.name ?? e.kind, level: level(e.kind), detail: Object.entries(e.payload).slice(0, 12).map(([k, v]) => `${k} ${typeof v === 'string' || typeof v === 'number' ? v : JSON.stringify(v)}`).join(','), src: e.src, received_at: e.received_at })) }
  }),
]
