// 补录: values of a time in which nothing was heard — from a paper log, or from the system before this one. They are told from what was measured (替代, 人工), fill curves
// and sums, and never make a reading that is billed: that is a reading by hand, with its own right. Nothing acts on them, for they do not come by the gateway.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { dayOf, minuteText } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { iot, type Model, type PointSpec } from '../contract.ts'
import { valueText } from '../shown.ts'
import { deviceOf } from './access.ts'
import { keptFrom, retentionOf } from './retention.ts'

interface Row {
  /** As it stood in what was given. */
  row: number
  at: string
  v: number
}
function wrongOf(p: PointSpec, r: Row, now: string, from_on: string): string | null {
  if (r.at > now) return '时间晚于现在'
  if (dayOf(r.at) < from_on) return `早于原始数据的保留期限(自 ${from_on})`
  if ((p.low !== null && r.v < p.low) || (p.high !== null && r.v > p.high)) return `值超出量程(${p.low ?? ''} 至 ${p.high ?? ''})`
  return p.kind === 'state' && p.labels.length > 0 && !p.labels.some((l) => l.value === r.v) ? `取值只能是 ${p.labels.map((l) => `${l.value} ${l.name}`).join('、')}` : null
}
/** Of a counter: the first that lies below what stood before it, or ran faster than it can. A change of the meter between the two parts them. */
async function againstNeighbours(scope: Scope, device_id: string, p: PointSpec, rows: readonly Row[]): Promise<{ row: number; why: string } | null> {
  const [first, last] = [rows[0]!.at, rows.at(-1)!.at]
  const good = sql`s.company_id = ${scope.company_id} and s.device_id = ${device_id} and s.point = ${p.key} and s.q in ('good','substituted')`
  const { rows: found } = await sql<{ row: number | null; at: string; before_row: number | null; before_v: string; before_at: string; v: string; fast: boolean }>`with x as (
      select r.row, r.at, r.v from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(row int, at timestamptz, v numeric)
      union all select null, s.at, s.v from iot.sample s where ${good} and s.at >= ${first}::timestamptz and s.at <= ${last}::timestamptz and s.at <> all (${rows.map((r) => r.at)}::timestamptz[])
      union all (select null, s.at, s.v from iot.sample s where ${good} and s.at < ${first}::timestamptz order by s.at desc limit 1) union all (select null, s.at, s.v from iot.sample s where ${good} and s.at > ${last}::timestamptz order by s.at limit 1)),
    y as (select x.*, lag(row) over w as before_row, lag(v) over w as before_v, lag(at) over w as before_at from x window w as (order by at)),
    z as (select y.*, v > before_v and ${p.max_per_h}::numeric is not null and v - before_v > ${p.max_per_h}::numeric * greatest(extract(epoch from at - before_at), 60) / 3600 + power(10::numeric, ${-p.places}) as fast from y)
    select z.row, z.at, z.before_row, z.before_v::text as before_v, z.before_at, z.v::text as v, z.fast from z join iot.device d on d.company_id = ${scope.company_id} and d.device_id = ${device_id}
      where (z.row is not null or z.before_row is not null) and (z.v < z.before_v or z.fast) and (d.settled_at is null or not (z.before_at < d.settled_at and z.at >= d.settled_at)) order by z.at limit 1`.execute(scope.db)
  const f = found[0]
  if (!f) return null
  const text = (v: string): string => valueText(p, Number(v))
  const why = f.fast ? `比 ${minuteText(f.before_at)} 的 ${text(f.before_v)} 变化过快(每小时至多 ${text(String(p.max_per_h))})` : f.row === null ? `大于 ${minuteText(f.at)} 已有的 ${text(f.v)}` : `小于 ${minuteText(f.before_at)} 的 ${text(f.before_v)},累计值不会变小`
  return { row: (f.row ?? f.before_row)!, why }
}
export const recordAnswers = [
  answer(iot.recordSamples, async (scope, o) => {
    const c = scope.company_id
    const d = await deviceOf(scope, o.device_id, { lock: true })
    if (d.life === 'retired') throw scope.refuse('iot.retired', { name: d.name })
    const { rows: m } = await sql<{ model: Model }>`select model from iot.product where company_id = ${c} and product_id = ${d.product_id}`.execute(scope.db)
    const p = m[0]!.model.points.find((x) => x.key === o.point)
    if (!p) throw scope.refuse('iot.record_point', { name: d.name })
    const wrong = (row: number, why: string): never => { throw scope.refuse('iot.record_wrong', { row: row + 1, why }) }
    const rows = o.rows.map((r, row): Row => ({ row, at: new Date(r.at).toISOString(), v: r.v })).sort((a, b) => (a.at < b.at ? -1 : 1))
    const { raw_from } = keptFrom(await retentionOf(scope.db, c, scope.today), scope.today)
    for (const [i, r] of rows.entries()) {
      const why = wrongOf(p, r, scope.now, raw_from) ?? (i > 0 && rows[i - 1]!.at === r.at ? '同一时间给了两个值' : null)
      if (why) wrong(r.row, why)
    }
    const off = p.kind === 'counter' ? await againstNeighbours(scope, d.device_id, p, rows) : null
    if (off) wrong(off.row, off.why)
    await sql`select kernel.ensure_part('iot.sample', x.d, 'day') from unnest(${[...new Set(rows.map((r) => dayOf(r.at)))]}::date[]) as x(d)`.execute(scope.db)
    const { rows: stored } = await sql<{ at: string }>`insert into iot.sample (company_id, device_id, point, at, v, q, why, src, received_at) select ${c}::bigint, ${d.device_id}::uuid, ${p.key}, r.at, r.v, 'substituted', ${o.reason}, 'manual', ${scope.now}::timestamptz
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(at timestamptz, v numeric) on conflict do nothing returning at`.execute(scope.db)
    // Nothing more is under way in these quarters: they are added up with the next round.
    await sql`insert into iot.dirty (company_id, device_id, from_at, marked_at) select distinct ${c}::bigint, ${d.device_id}::uuid, date_bin('15 minutes', r.at, 'epoch'::timestamptz), ${scope.now}::timestamptz - interval '1 hour' from unnest(${stored.map((r) => r.at)}::timestamptz[]) as r(at) on conflict do nothing`.execute(scope.db)
    scope.note('device', d.device_id, { no: d.no, point: p.name, recorded: stored.length, from_at: rows[0]!.at, to_at: rows.at(-1)!.at, reason: o.reason })
    return { stored_count: stored.length, known_count: rows.length - stored.length }
  }),
]
