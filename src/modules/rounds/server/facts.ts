// What is counted of tasks, each as a condition on `t`: statistics sum them, lists filter by the same, so that a figure opens its tasks.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { Fact } from '../contract.ts'

export function facts(scope: Scope): Record<Fact, RawBuilder<SqlBool>> {
  const now = sql`${scope.now}::timestamptz`
  // Off the count: cancelled, and let off by a second person.
  const counts = sql`t.state not in ('cancelled','waived')`
  return {
    counted: sql<SqlBool>`(${counts})`,
    // Due: is over one way or the other, or should be by now. What has time left is neither done nor missed.
    due: sql<SqlBool>`(${counts} and (t.state in ('done','review','missed','rejected') or t.due_at < ${now}))`,
    done: sql<SqlBool>`(t.state = 'done' or (t.state = 'review' and t.checked_count > t.skip_count))`,
    in_time: sql<SqlBool>`((t.state = 'done' or (t.state = 'review' and t.checked_count > t.skip_count)) and t.in_time)`,
    late: sql<SqlBool>`((t.state = 'done' or (t.state = 'review' and t.checked_count > t.skip_count)) and not t.in_time)`,
    missed: sql<SqlBool>`(t.state = 'missed')`,
    rejected: sql<SqlBool>`(t.state = 'rejected')`,
    review: sql<SqlBool>`(t.state = 'review')`,
    flagged: sql<SqlBool>`(t.flags <> '{}')`,
    abnormal: sql<SqlBool>`(t.abnormal_count > 0)`,
    skipped: sql<SqlBool>`(t.skip_count > 0 or t.state = 'waived')`,
    open: sql<SqlBool>`(t.state in ('waiting','doing') and t.starts_at <= ${now})`,
    open_late: sql<SqlBool>`(t.state in ('waiting','doing') and t.due_at < ${now})`,
  }
}
