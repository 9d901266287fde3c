// What billing tells meters: which readings are in bills now, and which are free again.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

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
