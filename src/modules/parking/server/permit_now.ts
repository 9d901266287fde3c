// Whether a permit holds on a day. A monthly pass holds by its terms, and a term once its bill is settled; the others by their own days.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

/** Terms of `pm` that count: nothing to pay, or paid. `tm` is the term. */
const PAID = (scope: Scope) => sql`(tm.bill_id is null or exists (select from billing.bill tb where tb.company_id = ${scope.company_id} and tb.period_on = tm.period_on and tb.bill_id = tm.bill_id and tb.voided_at is null and tb.paid_fen + tb.reduced_fen >= tb.amount_fen))`
/** The day on which the paid terms of `pm` end, null for none. */
export const paidTo = (scope: Scope): RawBuilder<string | null> => sql<string | null>`(select max(tm.to_on) from parking.term tm where tm.company_id = ${scope.company_id} and tm.permit_id = pm.permit_id and ${PAID(scope)})`
/** A condition on `pm`: in force by its own days. Of a monthly pass that says nothing yet. */
export const daysHold = (day: string): RawBuilder<SqlBool> => sql<SqlBool>`(pm.state = 'live' and pm.from_on <= ${day}::date and (pm.to_on is null or pm.to_on > ${day}::date))`
/** A condition on `pm` (parking.permit): in force on the day. A statement with it opens every month of bills, which costs several milliseconds whatever is found. */
export const holdsOn = (scope: Scope, day: string): RawBuilder<SqlBool> => sql<SqlBool>`(${daysHold(day)} and (pm.kind <> 'monthly' or exists (select from parking.term tm where tm.company_id = ${scope.company_id} and tm.permit_id = pm.permit_id and tm.from_on <= ${day}::date and tm.to_on > ${day}::date and ${PAID(scope)})))`
/** Of these monthly passes, the ones that are paid for on the day. */
export async function passesPaid(scope: Scope, permit_ids: readonly string[], day: string): Promise<Set<string>> {
  if (permit_ids.length === 0) return new Set()
  const { rows } = await sql<{ permit_id: string }>`select pm.permit_id from parking.permit pm where pm.company_id = ${scope.company_id} and pm.permit_id = any(${[...permit_ids]}::uuid[]) and ${holdsOn(scope, day)}`.execute(scope.db)
  return new Set(rows.map((r) => r.permit_id))
}

export async function permitNow(scope: Scope, permit_id: string, day: string): Promise<{ covers: boolean; until: string | null } | null> {
  const { rows: own } = await sql<{ kind: string; covers: boolean; until: string | null }>`select pm.kind, ${daysHold(day)} as covers, least(pm.to_on, (pm.ended_at at time zone 'Asia/Shanghai')::date) as until from parking.permit pm where pm.company_id = ${scope.company_id} and pm.permit_id = ${permit_id}`.execute(scope.db)
  if (own[0]?.kind !== 'monthly') return own[0] ? { covers: own[0].covers, until: own[0].until } : null
  const { rows } = await sql<{ covers: boolean; until: string | null }>`select ${holdsOn(scope, day)} as covers, least(pm.to_on, (pm.ended_at at time zone 'Asia/Shanghai')::date, case when pm.kind = 'monthly' then coalesce(${paidTo(scope)}, pm.from_on) end) as until from parking.permit pm where pm.company_id = ${scope.company_id} and pm.permit_id = ${permit_id}`.execute(scope.db)
  return rows[0] ?? null
}
