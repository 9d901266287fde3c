// Rows of imports hold what a company's file held, people's phones among it: they go after 90 days, the batch stays in the list.
import type { Schedule } from '../../../kernel/app.ts'
import { sql } from 'kysely'
import { forgetEnds } from '../../../kernel/forget.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { KEPT_DAYS } from './view.ts'

const AT_ONCE = 20

export async function purgeImports(scope: Scope): Promise<number> {
  const { rows } = await sql<{ import_id: string }>`select import_id from system.import_batch where company_id = ${scope.company_id} and purged_at is null and created_at < ${scope.now}::timestamptz - make_interval(days => ${KEPT_DAYS}) and state not in ('reading', 'applying', 'undoing') order by created_at limit ${AT_ONCE} for update skip locked`.execute(scope.db)
  if (rows.length === 0) return 0
  const ids = rows.map((r) => r.import_id)
  await sql`delete from system.import_row where company_id = ${scope.company_id} and import_id = any(${ids}::uuid[])`.execute(scope.db)
  await sql`update system.import_batch set purged_at = ${scope.now}::timestamptz, layout = '{"sheets":[],"sheet_name":"","header_row":1,"header_found":false,"columns":[]}', state = case when state in ('uploaded', 'previewed', 'failed') then 'cancelled' else state end
    where company_id = ${scope.company_id} and import_id = any(${ids}::uuid[])`.execute(scope.db)
  return ids.length
}

export const purgeSchedule: Schedule = {
  name: 'system.import_purge',
  every_s: 6 * 3600,
  of: 'company',
  run: async (work) => {
    while ((await work.tx(purgeImports)) === AT_ONCE);
  },
}

export const forgetSchedule: Schedule = {
  name: 'system.forget',
  every_s: 6 * 3600,
  of: 'company',
  run: async (work) => {
    while (await work.tx(forgetEnds));
  },
}
