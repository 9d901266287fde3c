// Which houses carry something that must not vanish under them. Asked by the undo of imports, which stands in lower modules and
// cannot read bills; handed to it by the composition of the application.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

/** Of these houses, those with a bill (also a voided one), a payment or a meter. */
export async function housesInUse(scope: Scope, house_ids: readonly string[]): Promise<string[]> {
  if (house_ids.length === 0) return []
  const c = scope.company_id
  const ids = [...house_ids]
  const { rows } = await sql<{ house_id: string }>`select x.house_id from unnest(${ids}::uuid[]) as x(house_id)
    where exists (select from billing.bill b where b.company_id = ${c} and b.house_id = x.house_id)
       or exists (select from payment.payment p where p.company_id = ${c} and p.house_id = x.house_id)
       or exists (select from meters.meter m where m.company_id = ${c} and m.house_id = x.house_id) order by 1`.execute(scope.db)
  return rows.map((r) => r.house_id)
}
