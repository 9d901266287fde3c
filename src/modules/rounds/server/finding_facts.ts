// What is counted of findings, each as a condition on `f`: statistics sum them, the list filters by the same, so that a figure opens its rows.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { FindingFact } from '../contract.ts'

export function findingFacts(scope: Scope): Record<FindingFact, RawBuilder<SqlBool>> {
  // In time is whoever put it right in time: how long the second look took is not his.
  const late = sql<SqlBool>`(coalesce(f.mended_at, f.closed_at, ${scope.now}::timestamptz) > f.due_at) is true`
  const in_time = sql<SqlBool>`(f.state = 'closed' and coalesce(f.mended_at, f.closed_at) <= f.due_at) is true`
  return {
    counted: sql<SqlBool>`true`,
    open: sql<SqlBool>`(f.state <> 'closed')`,
    closed: sql<SqlBool>`(f.state = 'closed')`,
    fixed: sql<SqlBool>`(f.way = 'fixed')`,
    handed: sql<SqlBool>`(f.order_id is not null)`,
    told: sql<SqlBool>`(f.told_at is not null)`,
    // Due: put right and closed, or over its time. What has time left, or waits for the second look, is neither in time nor late.
    due: sql<SqlBool>`(${in_time} or ${late})`,
    in_time,
    late,
    open_late: sql<SqlBool>`(f.state <> 'closed' and ${late})`,
    back: sql<SqlBool>`(f.back_count > 0)`,
  }
}
