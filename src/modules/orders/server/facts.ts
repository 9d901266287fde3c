// What is counted of orders, each as a condition on `o`: statistics sum them, the list filters by the same, so that a figure opens its orders.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { Fact } from '../contract.ts'

/** From here on a resident is satisfied. */
export const SATISFIED = 4
export function facts(scope: Scope): Record<Fact, RawBuilder<SqlBool>> {
  const now = sql`${scope.now}::timestamptz`
  return {
    counted: sql<SqlBool>`(o.state not in ('cancelled','declined'))`,
    // Due: has happened, or should have by now. What has time left is neither in time nor late.
    respond_due: sql<SqlBool>`(o.state not in ('cancelled','declined') and (o.arrived_at is not null or o.respond_due_at < ${now}))`,
    respond_in_time: sql<SqlBool>`(o.arrived_at <= o.respond_due_at)`,
    respond_late: sql<SqlBool>`(o.state not in ('cancelled','declined') and coalesce(o.arrived_at, ${now}) > o.respond_due_at)`,
    finish_due: sql<SqlBool>`(o.state not in ('cancelled','declined') and (o.finished_at is not null or o.finish_due_at < ${now}))`,
    finish_in_time: sql<SqlBool>`(o.finished_at <= o.finish_due_at)`,
    finish_late: sql<SqlBool>`(o.state not in ('cancelled','declined') and coalesce(o.finished_at, ${now}) > o.finish_due_at)`,
    finished: sql<SqlBool>`(o.finished_at is not null)`,
    ever_finished: sql<SqlBool>`((o.finished_at is not null or o.round_no > 1) and o.state not in ('cancelled','declined'))`,
    reworked: sql<SqlBool>`(o.round_no > 1 and o.state not in ('cancelled','declined'))`,
    visit_wanted: sql<SqlBool>`(o.visit_wanted)`,
    visited: sql<SqlBool>`(o.visited_at is not null)`,
    rated: sql<SqlBool>`(o.rating is not null)`,
    satisfied: sql<SqlBool>`(o.rating >= ${SATISFIED})`,
    unsatisfied: sql<SqlBool>`(o.rating < ${SATISFIED})`,
    device_stopped: sql<SqlBool>`(o.equipment_stopped and o.state not in ('cancelled','declined'))`,
    device_repaired: sql<SqlBool>`(o.equipment_stopped and o.finished_at is not null and o.state not in ('cancelled','declined'))`,
  }
}
