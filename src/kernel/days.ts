// The instants at which business days begin, as SQL: for conditions on `_at` columns by day. China has one zone and no summer time.
import { sql } from 'kysely'

/** 00:00 in Shanghai of the day, `plus` days later: `r.created_at >= ${dayStart(from_on)} and r.created_at < ${dayStart(to_on, 1)}`. */
export const dayStart = (day: string, plus = 0) => sql<string>`((${day}::date + ${plus}::int)::timestamp at time zone 'Asia/Shanghai')`
