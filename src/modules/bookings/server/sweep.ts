// V4 again, from the rows: no unit is given away twice at one time, a live booking has as many units as it says, of those the place has, at its own time.
import { sql } from 'kysely'
import type { Finding } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'

const EXAMPLES = 20
export async function sweepBookings(scope: Scope): Promise<Finding[]> {
  const c = scope.company_id
  const { rows } = await sql<{ n: number; examples: string[] }>`with live as materialized (select b.booking_id, b.no, b.resource_id, b.from_at, b.to_at, b.unit_count from bookings.booking b where b.company_id = ${c} and b.state in ('asked', 'held', 'confirmed', 'used')),
      bad as (
        select l.no || ':占用的号数或时间与预约不符' as what from live l where (select count(*) from bookings.booking_unit u where u.company_id = ${c} and u.booking_id = l.booking_id and u.live and u.resource_id = l.resource_id and u.from_at = l.from_at and u.to_at = l.to_at) <> l.unit_count
        union all select b.no || ':已结束的预约仍占用场地' from bookings.booking_unit u join bookings.booking b on b.company_id = ${c} and b.booking_id = u.booking_id where u.company_id = ${c} and u.live and b.state not in ('asked', 'held', 'confirmed', 'used')
        union all select x.booking_id::text || ' ' || y.booking_id::text || ':同一号同时给了两个预约' from bookings.booking_unit x join bookings.booking_unit y on y.company_id = ${c} and y.resource_id = x.resource_id and y.unit_no = x.unit_no and y.booking_id > x.booking_id and y.live and tstzrange(y.from_at, y.to_at) && tstzrange(x.from_at, x.to_at) where x.company_id = ${c} and x.live)
    select (select count(*)::int from bad) as n, array(select what from bad order by 1 limit ${EXAMPLES}) as examples`.execute(scope.db)
  const r = rows[0]!
  return [{ code: 'V4', zh: '场地预约不超过场地的数量', ok: r.n === 0, broken_count: r.n, examples: r.examples }]
}
