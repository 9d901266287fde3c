// Rules and prices of a place in force on a day: the newest of those that began.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { Price, Rule } from '../contract.ts'

const RULE = sql.raw('x.rule_id, x.from_on, x.hours, x.slot_min, x.min_slots, x.max_slots, x.max_units, x.ahead_days, x.live_max, x.cancel_hours, x.late_keep_percent, x.approval, x.who, x.pay_within_min, x.remind_hours, x.keep_phone_days, x.basis, x.made_by, x.made_at')
const PRICE = sql.raw('x.price_id, x.from_on, x.slot_fen::int as slot_fen, x.bands, x.basis, x.made_by, x.made_at')
const NEWEST = (id: 'rule_id' | 'price_id') => sql`x.from_on desc, x.made_at desc, ${sql.ref(`x.${id}`)} desc`
const HISTORY_MAX = 100

export async function ruleOf(scope: Scope, resource_id: string, day: string): Promise<Omit<Rule, 'state'> | null> {
  const { rows } = await sql<Omit<Rule, 'state'>>`select ${RULE} from bookings.rule x where x.company_id = ${scope.company_id} and x.resource_id = ${resource_id} and x.from_on <= ${day}::date order by ${NEWEST('rule_id')} limit 1`.execute(scope.db)
  return rows[0] ?? null
}
export async function priceOf(scope: Scope, resource_id: string, day: string): Promise<Omit<Price, 'state'> | null> {
  const { rows } = await sql<Omit<Price, 'state'>>`select ${PRICE} from bookings.price x where x.company_id = ${scope.company_id} and x.resource_id = ${resource_id} and x.from_on <= ${day}::date order by ${NEWEST('price_id')} limit 1`.execute(scope.db)
  return rows[0] ?? null
}
function withState<T extends { from_on: string }>(rows: readonly T[], today: string): (T & { state: 'now' | 'future' | 'past' })[] {
  const now = rows.find((r) => r.from_on <= today)
  return rows.map((r) => ({ ...r, state: r === now ? 'now' : r.from_on > today ? 'future' : 'past' }))
}
export async function rulesOf(scope: Scope, resource_ids: readonly string[]): Promise<Map<string, Rule[]>> {
  const { rows } = await sql<Omit<Rule, 'state'> & { resource_id: string }>`select x.resource_id, ${RULE} from bookings.rule x where x.company_id = ${scope.company_id} and x.resource_id = any(${[...resource_ids]}::uuid[]) order by x.resource_id, ${NEWEST('rule_id')} limit ${HISTORY_MAX * Math.max(1, resource_ids.length)}`.execute(scope.db)
  return new Map([...Map.groupBy(rows, (r) => r.resource_id)].map(([id, of]) => [id, withState(of.slice(0, HISTORY_MAX), scope.today).map(({ resource_id: _r, ...r }) => r)]))
}
export async function pricesOf(scope: Scope, resource_ids: readonly string[]): Promise<Map<string, Price[]>> {
  const { rows } = await sql<Omit<Price, 'state'> & { resource_id: string }>`select x.resource_id, ${PRICE} from bookings.price x where x.company_id = ${scope.company_id} and x.resource_id = any(${[...resource_ids]}::uuid[]) order by x.resource_id, ${NEWEST('price_id')} limit ${HISTORY_MAX * Math.max(1, resource_ids.length)}`.execute(scope.db)
  return new Map([...Map.groupBy(rows, (r) => r.resource_id)].map(([id, of]) => [id, withState(of.slice(0, HISTORY_MAX), scope.today).map(({ resource_id: _r, ...r }) => r)]))
}
/** What residents are told of a rule. */
export const termsOf = (r: Omit<Rule, 'state'>) => ({ slot_min: r.slot_min, min_slots: r.min_slots, max_slots: r.max_slots, max_units: r.max_units, ahead_days: r.ahead_days, live_max: r.live_max, cancel_hours: r.cancel_hours, late_keep_percent: r.late_keep_percent, approval: r.approval, pay_within_min: r.pay_within_min, hours: r.hours })
