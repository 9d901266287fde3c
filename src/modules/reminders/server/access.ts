// Who may see reminders: staff by the house within reach. Plans: those of communities within reach, and the company's own for everybody who may read plans.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { communitiesSeenBy, communityToChange, housesSeenBy } from '../../property/server/index.ts'

/** Condition on `r`, a reminder. */
export const remindersSeenBy = (scope: Scope): RawBuilder<SqlBool> => housesSeenBy(scope, { alias: 'r' })

export interface Reminder {
  reminder_id: string
  house_id: string
  payer_id: string
  channel: string
  state: string
}
/** One reminder, locked, or 404. */
export async function reminderToChange(scope: Scope, reminder_id: string): Promise<Reminder> {
  const { rows } = await sql<Reminder>`select r.reminder_id, r.house_id, r.payer_id, r.channel, r.state from reminders.reminder r where r.company_id = ${scope.company_id} and r.reminder_id = ${reminder_id} and ${remindersSeenBy(scope)} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** Condition on `p`, a plan. */
export const plansSeenBy = (scope: Scope): RawBuilder<SqlBool> => sql<SqlBool>`(p.community_id is null or ${communitiesSeenBy(scope, { alias: 'p' })})`

/** To write a plan: the whole community within reach, or the whole company for the company's. */
export async function mayPlanFor(scope: Scope, community_id: string | null): Promise<void> {
  if (community_id) await communityToChange(scope, community_id)
  else if (!scope.reach().all) throw scope.notFound()
}
