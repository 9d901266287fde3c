// Names and phones of who signed up are deleted some days after the activity; hours of volunteers stay with the person, as they are what he has earned.
import { sql } from 'kysely'
import { addDays } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { settingOn } from '../../system/server/index.ts'
import { signupsKept } from './settings.ts'

const FORGET_MAX = 5000
export async function forgetSignups(scope: Scope): Promise<void> {
  const c = scope.company_id
  const days = Number.parseInt(await settingOn(scope, signupsKept, null, scope.today), 10)
  const before = `${addDays(scope.today, -days)}T00:00:00+08:00`
  const r = await sql`update community.signup s set contact_phone = null, contact_name = '已删除', person_id = case when s.confirmed_at is null then null else s.person_id end, made_by_name = case when s.source = 'app' then '已删除' else s.made_by_name end, ended_by_name = case when s.source = 'app' and s.ended_by_name is not null then '已删除' else s.ended_by_name end
    where s.company_id = ${c} and s.signup_id in (select x.signup_id from community.activity a join community.signup x on x.company_id = ${c} and x.activity_id = a.activity_id where a.company_id = ${c} and a.to_at < ${before}::timestamptz and x.contact_name <> '已删除' order by a.to_at limit ${FORGET_MAX})`.execute(scope.db)
  const deleted = Number(r.numAffectedRows ?? 0n)
  if (deleted > 0) scope.note('signup', 'old', { names_deleted: deleted })
}
/** Two entries of the register that were one person: where both had signed up, the dropped one keeps its row without a name in the register. */
export async function followMergedSignups(scope: Scope, keep_id: string, drop_id: string): Promise<void> {
  const c = scope.company_id
  await sql`update community.signup s set person_id = case when s.state <> 'cancelled' and exists (select from community.signup k where k.company_id = ${c} and k.activity_id = s.activity_id and k.person_id = ${keep_id} and k.state <> 'cancelled') then null else ${keep_id}::uuid end where s.company_id = ${c} and s.person_id = ${drop_id}`.execute(scope.db)
}
