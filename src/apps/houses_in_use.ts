// What stands on houses, over all modules: asked before an import of houses is taken back. Only the composition root sees so far.
import { sql } from 'kysely'
import type { Scope } from '../kernel/scope.ts'

/**
 * Reasons by house. `since` null: anything at all (the house itself would be deleted). Else what came after that instant: bills were
 * computed from the areas and owners that the import wrote.
 */
export async function housesInUse(scope: Scope, o: { house_ids: readonly string[]; since: string | null }): Promise<Map<string, string>> {
  if (o.house_ids.length === 0) return new Map()
  const c = scope.company_id
  const ids = sql`${[...o.house_ids]}::uuid[]`
  const whole = o.since === null
  const after = o.since ?? '1970-01-01T00:00:00Z'
  const { rows } = await sql<{ house_id: string; reason: string }>`
    select b.house_id, '已有账单' as reason from billing.bill b join billing.run r on r.company_id = ${c} and r.run_id = b.run_id
      where b.company_id = ${c} and b.house_id = any(${ids}) and b.voided_at is null and coalesce(r.published_at, r.created_at) >= ${after}::timestamptz
    union all select b.house_id, '已有账单(已作废)' from billing.bill b where ${whole} and b.company_id = ${c} and b.house_id = any(${ids}) and b.voided_at is not null
    union all select p.house_id, '已有收款' from payment.payment p where p.company_id = ${c} and p.house_id = any(${ids}) and p.taken_at >= ${after}::timestamptz
    union all select w.house_id, '已有预存款' from payment.wallet w where ${whole} and w.company_id = ${c} and w.house_id = any(${ids})
    union all select f.house_id, '已有维修资金分户账' from funds.house_account f where ${whole} and f.company_id = ${c} and f.house_id = any(${ids})
    union all select m.house_id, '已登记水电表' from meters.meter m where ${whole} and m.company_id = ${c} and m.house_id = any(${ids})
    union all select a.house_id, '已设置收费项目' from billing.assignment a where ${whole} and a.company_id = ${c} and a.house_id = any(${ids})`.execute(scope.db)
  const out = new Map<string, string>()
  for (const r of rows) if (!out.has(r.house_id)) out.set(r.house_id, r.reason)
  return out
}
