// Roll-ups: each quarter of an hour that has got values is added up once it is over, and again when something comes late. A day is the sum of its quarters.
import { sql } from 'kysely'
import { dayOf } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'

export const ROLL_AT_ONCE = 5000
/** The gateway repeats its mark each minute while values come; a mark older than this belongs to a quarter in which nothing is under way. */
const SETTLED_S = 120

/** Gives how many quarters were done. */
export async function rollUp(scope: Scope): Promise<number> {
  const c = scope.company_id
  const { rows } = await sql<{ device_id: string; from_at: string }>`delete from iot.dirty where company_id = ${c} and (device_id, from_at) in (
      select x.device_id, x.from_at from iot.dirty x where x.company_id = ${c} and x.marked_at < ${scope.now}::timestamptz - make_interval(secs => ${SETTLED_S}) and x.from_at < ${scope.now}::timestamptz - interval '15 minutes' order by x.marked_at limit ${ROLL_AT_ONCE} for update skip locked)
    returning device_id, from_at`.execute(scope.db)
  if (rows.length === 0) return 0
  const ask = JSON.stringify(rows)
  const marks = rows.map((r) => r.from_at).sort()
  const days = [...new Set(marks.map(dayOf))]
  await sql`select kernel.ensure_part('iot.rollup_quarter', x.d, 'month') from unnest(${[...new Set(days.map((d) => `${d.slice(0, 7)}-01`))]}::date[]) as x(d)`.execute(scope.db)
  await sql`select kernel.ensure_part('iot.rollup_day', x.d, 'year') from unnest(${[...new Set(days.map((d) => `${d.slice(0, 4)}-01-01`))]}::date[]) as x(d)`.execute(scope.db)
  // The bounds stand as values of their own: with them the planner leaves out all other days.
  const [from, to] = [marks[0]!, marks.at(-1)!]
  await sql`insert into iot.rollup_quarter (company_id, device_id, point, from_at, n_count, low, high, total, first_v, last_v)
    select ${c}::bigint, q.device_id, s.point, q.from_at, count(*)::int, min(s.v), max(s.v), sum(s.v), (array_agg(s.v order by s.at))[1], (array_agg(s.v order by s.at desc))[1]
    from jsonb_to_recordset(${ask}::jsonb) as q(device_id uuid, from_at timestamptz) join iot.device v on v.company_id = ${c} and v.device_id = q.device_id join iot.product p on p.company_id = ${c} and p.product_id = v.product_id cross join lateral (select e->>'key' as point from jsonb_array_elements(p.model->'points') e) k
      join iot.sample s on s.company_id = ${c} and s.device_id = q.device_id and s.point = k.point and s.at >= q.from_at and s.at < q.from_at + interval '15 minutes' and s.at >= ${from}::timestamptz and s.at < ${to}::timestamptz + interval '15 minutes' and s.q in ('good','substituted')
    group by q.device_id, s.point, q.from_at
    on conflict (company_id, device_id, point, from_at) do update set n_count = excluded.n_count, low = excluded.low, high = excluded.high, total = excluded.total, first_v = excluded.first_v, last_v = excluded.last_v`.execute(scope.db)
  await sql`insert into iot.rollup_day (company_id, device_id, point, from_at, n_count, low, high, total, first_v, last_v)
    select ${c}::bigint, d.device_id, r.point, d.day_at, sum(r.n_count)::int, min(r.low), max(r.high), sum(r.total), (array_agg(r.first_v order by r.from_at))[1], (array_agg(r.last_v order by r.from_at desc))[1]
    from (select distinct q.device_id, date_trunc('day', q.from_at at time zone 'Asia/Shanghai') at time zone 'Asia/Shanghai' as day_at from jsonb_to_recordset(${ask}::jsonb) as q(device_id uuid, from_at timestamptz)) d
      join iot.rollup_quarter r on r.company_id = ${c} and r.device_id = d.device_id and r.from_at >= d.day_at and r.from_at < d.day_at + interval '1 day'
    group by d.device_id, r.point, d.day_at
    on conflict (company_id, device_id, point, from_at) do update set n_count = excluded.n_count, low = excluded.low, high = excluded.high, total = excluded.total, first_v = excluded.first_v, last_v = excluded.last_v`.execute(scope.db)
  return rows.length
}
