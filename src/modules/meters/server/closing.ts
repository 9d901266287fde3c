// What billing tells meters: which readings are in bills now, and which are free again.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

/**
 * A reading that was billed stays until its bill is void. `r` is the reading, `m` its meter. A house's reading is closed with its
 * community or house, a main or shared meter's by itself, when a split is published.
 */
export const LOCKED = sql<boolean>`(r.state <> 'suspect' and exists (select from meters.closing k where k.company_id = r.company_id and k.scope_id in (m.meter_id, m.house_id, case when m.house_id is not null then m.community_id end) and k.kind = m.kind and k.period_on = r.period_on
  and k.closed_at >= r.created_at and (r.released_at is null or k.closed_at > r.released_at)))`

/** Readings of these kinds in a community (or of one house) and month are in published bills: they are corrected only after a void. */
export async function closePeriod(scope: Scope, o: { scope_id: string; kinds: readonly string[]; period_on: string }): Promise<void> {
  if (o.kinds.length === 0) return
  await sql`insert into meters.closing (company_id, scope_id, kind, period_on, closed_at)
    select ${scope.company_id}::bigint, ${o.scope_id}::uuid, k, ${o.period_on}::date, ${scope.now}::timestamptz from unnest(${[...new Set(o.kinds)]}::text[]) k
    on conflict (company_id, scope_id, kind, period_on) do update set closed_at = excluded.closed_at`.execute(scope.db)
}

/** These readings are in no live bill: they may be corrected. */
export async function releaseReadings(scope: Scope, reading_ids: readonly string[]): Promise<void> {
  if (reading_ids.length === 0) return
  await sql`update meters.reading set released_at = ${scope.now}::timestamptz where company_id = ${scope.company_id} and reading_id = any(${[...reading_ids]}::uuid[])`.execute(scope.db)
}
