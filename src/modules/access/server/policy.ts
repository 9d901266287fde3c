// Rules of visits in force on a day. Ninety days: custom keeps visitors' records 30 to 180 days, the law asks for the shortest time needed (个人信息保护法 19).
import { sql, type RawBuilder } from 'kysely'
import type { z } from 'zod'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { access, type Policy } from '../contract.ts'

type Rule = z.output<typeof Policy>
/** In force where a company has said nothing. */
const SHIPPED: Rule = { from_on: '2000-01-01', keep_days: 90, max_hours: 72, max_open: 10, early_minutes: 60 }
export async function policyOf(scope: Scope): Promise<Rule> {
  const { rows } = await sql<Rule>`select from_on, keep_days, max_hours, max_open, early_minutes from access.policy where company_id = ${scope.company_id} and from_on <= ${scope.today}::date order by from_on desc, created_at desc, policy_id desc limit 1`.execute(scope.db)
  return rows[0] ?? SHIPPED
}
/** A subselect: by how many minutes before its time a visitor is let in. */
export const earlyMinutes = (scope: Scope): RawBuilder<number> => sql<number>`coalesce((select q.early_minutes from access.policy q where q.company_id = ${scope.company_id} and q.from_on <= ${scope.today}::date order by q.from_on desc, q.created_at desc, q.policy_id desc limit 1), ${SHIPPED.early_minutes}::int)`
export const policyAnswers = [
  answer(access.policy, async (scope) => {
    const { rows } = await sql<{ from_on: string }>`select from_on from access.policy where company_id = ${scope.company_id} and from_on > ${scope.today}::date order by from_on limit 1`.execute(scope.db)
    return { now: await policyOf(scope), next_from_on: rows[0]?.from_on ?? null }
  }),
  answer(access.savePolicy, async (scope, { request_id: _r, dry_run: _d, ...o }) => {
    if (!scope.reach().all) throw scope.notFound()
    if (o.from_on < scope.today) throw scope.refuse('access.from_past', { today: scope.today })
    await scope.db.insertInto('access.policy').values({ company_id: scope.company_id, policy_id: uuidv7(), ...o, created_by: scope.who.account_id, created_at: scope.now }).execute()
    scope.note('access_policy', o.from_on, o)
    return { from_on: o.from_on }
  }),
]
