// Before a qualification runs out whoever keeps the supplier is told at each step, once; contacts of a supplier that was retired long ago are forgotten.
import { sql } from 'kysely'
import { daysBetween } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { notify } from '../../messages/server/index.ts'
import { stepOf } from '../../contracts/server/index.ts'
import { schemeNow } from './evaluate.ts'

const AT_ONCE = 2000
/** As long as a claim from the last work can be brought (民法典 188). */
const KEEP_DAYS = 3 * 366
interface Due { paper_id: string; supplier_id: string; supplier: string; name: string; keeper_id: string | null; valid_to_on: string; told: string[] }
export async function tellPapers(scope: Scope): Promise<number> {
  const c = scope.company_id
  const { ladder } = await schemeNow(scope)
  const { rows } = await sql<Due>`select p.paper_id, p.supplier_id, s.name as supplier, p.name, case when a.disabled_at is null then a.account_id end as keeper_id, p.valid_to_on, array(select x.step from suppliers.told x where x.company_id = ${c} and x.paper_id = p.paper_id) as told
    from (select * from suppliers.paper p where p.company_id = ${c} and p.ended_at is null and p.valid_to_on <= ${scope.today}::date + ${Math.max(...ladder)}::int and not exists (select from suppliers.told x where x.company_id = ${c} and x.paper_id = p.paper_id and x.step = 'over') order by p.valid_to_on, p.paper_id limit ${AT_ONCE}) p
    join suppliers.supplier s on s.company_id = ${c} and s.supplier_id = p.supplier_id and s.retired_at is null left join identity.member a on a.company_id = ${c} and a.account_id = s.keeper_id order by p.valid_to_on, p.paper_id`.execute(scope.db)
  const due = rows.flatMap((r) => {
    const step = stepOf(r.valid_to_on, scope.today, ladder)
    return step && r.keeper_id && !r.told.includes(step) ? [{ ...r, keeper_id: r.keeper_id, step, left: daysBetween(scope.today, r.valid_to_on) }] : []
  })
  await sql`insert into suppliers.told (company_id, paper_id, step, told_count, told_at) select ${c}, x.paper_id, x.step, 1, ${scope.now} from jsonb_to_recordset(${JSON.stringify(due.map((d) => ({ paper_id: d.paper_id, step: d.step })))}::jsonb) as x(paper_id uuid, step text) on conflict do nothing`.execute(scope.db)
  await notify(scope, due.map((d) => ({ to: { account_id: d.keeper_id }, template: d.left < 0 ? 'supplier_paper_over' : 'supplier_paper_due', params: { supplier: d.supplier, name: d.name, day: d.valid_to_on, days: String(Math.abs(d.left)) }, link: `/suppliers/list/${d.supplier_id}`, dedupe_key: `supplier paper ${d.paper_id} ${d.step}` })))
  return due.length
}
export async function forgetContacts(scope: Scope): Promise<void> {
  const c = scope.company_id
  const r = await sql`delete from suppliers.contact k using suppliers.supplier s where k.company_id = ${c} and s.company_id = ${c} and s.supplier_id = k.supplier_id and s.retired_at < ${scope.now}::timestamptz - make_interval(days => ${KEEP_DAYS})`.execute(scope.db)
  const deleted = Number(r.numAffectedRows ?? 0n)
  if (deleted > 0) scope.note('supplier_contact', 'old', { contacts_deleted: deleted })
}
