// What is counted of complaints, each as a condition on `o`: statistics sum them, the list filters by the same, so that a figure opens its rows.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { Fact } from '../contract.ts'

/** Withdrawn, refused and merged ones are not counted: the one they were merged into is. */
const COUNTED = sql<SqlBool>`o.state not in ('withdrawn','rejected','merged')`
export const OPEN = sql<SqlBool>`o.state in ('new','assigned','handling')`
/** The limit that runs has passed: to accept, to answer, to ask afterwards. */
export const LATE = (scope: Scope): RawBuilder<SqlBool> =>
  sql<SqlBool>`((o.state in ('new','assigned') and o.accept_due_at < ${scope.now}::timestamptz) or (o.state in ('new','assigned','handling') and o.answer_due_at < ${scope.now}::timestamptz) or (o.state = 'answered' and o.visit_wanted and o.visited_at is null and o.visit_due_at < ${scope.now}::timestamptz))`

export function facts(scope: Scope): Record<Fact, RawBuilder<SqlBool>> {
  const now = sql`${scope.now}::timestamptz`
  const outside = (rest: RawBuilder<SqlBool>) => sql<SqlBool>`exists (select from care.outside t where t.company_id = ${scope.company_id} and t.complaint_id = o.complaint_id and ${rest})`
  return {
    counted: sql<SqlBool>`(${COUNTED})`,
    open: OPEN,
    // Due: has happened, or should have by now. What has time left is neither in time nor late.
    accept_due: sql<SqlBool>`(${COUNTED} and (o.accepted_at is not null or o.accept_due_at < ${now}))`,
    accept_in_time: sql<SqlBool>`(${COUNTED} and o.accepted_at <= o.accept_due_at)`,
    accept_late: sql<SqlBool>`(${COUNTED} and coalesce(o.accepted_at, ${now}) > o.accept_due_at)`,
    answer_due: sql<SqlBool>`(${COUNTED} and (o.answered_at is not null or o.answer_due_at < ${now}))`,
    answer_in_time: sql<SqlBool>`(${COUNTED} and o.answered_at <= o.answer_due_at)`,
    answer_late: sql<SqlBool>`(${COUNTED} and coalesce(o.answered_at, ${now}) > o.answer_due_at)`,
    answered: sql<SqlBool>`(${COUNTED} and o.answered_at is not null)`,
    closed: sql<SqlBool>`(o.state = 'closed')`,
    reopened: sql<SqlBool>`(${COUNTED} and o.round_no > 1)`,
    visit_wanted: sql<SqlBool>`(${COUNTED} and o.visit_wanted)`,
    visited: sql<SqlBool>`(${COUNTED} and o.visit_wanted and o.visited_at is not null)`,
    visit_waiting: sql<SqlBool>`(o.state = 'answered' and o.visit_wanted and o.visited_at is null)`,
    asked: sql<SqlBool>`(${COUNTED} and o.satisfied is not null)`,
    satisfied: sql<SqlBool>`(${COUNTED} and o.satisfied)`,
    unsatisfied: sql<SqlBool>`(${COUNTED} and not o.satisfied)`,
    outside: sql<SqlBool>`(${COUNTED} and ${outside(sql<SqlBool>`true`)})`,
    outside_contacted: sql<SqlBool>`(${COUNTED} and ${outside(sql<SqlBool>`t.contacted_at is not null`)})`,
    outside_in_time: sql<SqlBool>`(${COUNTED} and ${outside(sql<SqlBool>`t.replied_at <= t.due_at`)})`,
    outside_late: sql<SqlBool>`(${COUNTED} and ${outside(sql<SqlBool>`coalesce(t.replied_at, ${now}) > t.due_at`)})`,
    outside_solved: sql<SqlBool>`(${COUNTED} and ${outside(sql<SqlBool>`t.caller_solved`)})`,
    outside_satisfied: sql<SqlBool>`(${COUNTED} and ${outside(sql<SqlBool>`t.caller_satisfied in ('satisfied','basic')`)})`,
  }
}
