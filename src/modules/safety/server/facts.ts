// What is counted of incidents, each as a condition on `o`: statistics sum them, the list filters by the same, so that a figure opens its rows.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { Fact } from '../contract.ts'

/** False alarms are not counted. */
const COUNTED = sql<SqlBool>`o.state <> 'void'`
const OPEN = sql<SqlBool>`o.state in ('reported','handling','review')`
export const REPORT_LATE = (scope: Scope): RawBuilder<SqlBool> => sql<SqlBool>`(${COUNTED} and o.report_due_at is not null and coalesce(o.reported_at, ${scope.now}::timestamptz) > o.report_due_at)`
export const CLOSE_LATE = (scope: Scope): RawBuilder<SqlBool> => sql<SqlBool>`(${COUNTED} and coalesce(o.closed_at, ${scope.now}::timestamptz) > o.close_due_at)`
/** Something runs out of time now. */
export const LATE = (scope: Scope): RawBuilder<SqlBool> => sql<SqlBool>`((${OPEN} and o.close_due_at < ${scope.now}::timestamptz) or (${COUNTED} and o.reported_at is null and o.report_due_at is not null and o.report_due_at < ${scope.now}::timestamptz))`

export function facts(scope: Scope): Record<Fact, RawBuilder<SqlBool>> {
  const measure = (rest: RawBuilder<SqlBool>) => sql<SqlBool>`exists (select from safety.measure ms where ms.company_id = ${scope.company_id} and ms.incident_id = o.incident_id and ms.done_at is null and ms.removed_at is null and ${rest})`
  return {
    counted: sql<SqlBool>`(${COUNTED})`,
    open: OPEN,
    closed: sql<SqlBool>`(o.state = 'closed')`,
    close_late: CLOSE_LATE(scope),
    // Due: was reported, or should have been by now.
    report_due: sql<SqlBool>`(${COUNTED} and o.report_due_at is not null and (o.reported_at is not null or o.report_due_at < ${scope.now}::timestamptz))`,
    report_in_time: sql<SqlBool>`(${COUNTED} and o.reported_at <= o.report_due_at)`,
    report_late: REPORT_LATE(scope),
    with_hurt: sql<SqlBool>`(${COUNTED} and o.dead_count + o.badly_count + o.hurt_count > 0)`,
    measure_open: sql<SqlBool>`(${COUNTED} and ${measure(sql<SqlBool>`true`)})`,
    measure_late: sql<SqlBool>`(${COUNTED} and ${measure(sql<SqlBool>`ms.due_on < ${scope.today}::date`)})`,
  }
}
