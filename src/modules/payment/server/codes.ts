// Payment codes of houses, given out when first asked for: on notices, at the desk.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import { payment } from '../contract.ts'
import { codeOf } from './rules/code.ts'

/** The series row is locked while codes are given out: two callers never take one number. */
export async function codesOf(scope: Scope, house_ids: readonly string[]): Promise<Map<string, string>> {
  const c = scope.company_id
  const known = async () => new Map((await sql<{ house_id: string; code: string }>`select house_id, code from payment.house_code where company_id = ${c} and house_id = any(${[...house_ids]}::uuid[])`.execute(scope.db)).rows.map((r) => [r.house_id, r.code]))
  const have = await known()
  const missing = [...new Set(house_ids)].filter((id) => !have.has(id)).sort()
  if (missing.length === 0) return have
  const r = await sql<{ last_no: number }>`insert into payment.series (company_id, series, last_no) values (${c}, '缴费码', ${missing.length}) on conflict (company_id, series) do update set last_no = series.last_no + ${missing.length} returning last_no`.execute(scope.db)
  const first = r.rows[0]!.last_no - missing.length + 1
  await sql`insert into payment.house_code (company_id, house_id, code) select ${c}::bigint, x.house_id, x.code from unnest(${missing}::uuid[], ${missing.map((_, i) => codeOf(first + i))}::text[]) as x(house_id, code) on conflict (company_id, house_id) do nothing`.execute(scope.db)
  return known()
}

export const houseCodes = answer(payment.houseCodes, async (scope, { house_ids }) => {
  const seen = await sql<{ house_id: string }>`select h.house_id from property.house h where h.company_id = ${scope.company_id} and h.house_id = any(${house_ids}::uuid[]) and ${housesSeenBy(scope)}`.execute(scope.db)
  if (seen.rows.length !== new Set(house_ids).size) throw scope.notFound()
  const codes = await codesOf(scope, house_ids)
  return { rows: [...codes].map(([house_id, code]) => ({ house_id, code })) }
})
