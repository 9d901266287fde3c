// How the quantity of a bill line came about, for the sentence on it. Billing puts the column into its pages; explain.ts makes words of it.
import { sql, type RawBuilder } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

/** One column, of a bill or draft line under `alias` (shape, reading_id, house_id, quantity): meters/explain.ts How, or null. */
export function howColumn(scope: Scope, alias: 'b' | 'l'): RawBuilder<unknown> {
  const c = scope.company_id
  const of = (name: string) => sql.ref(`${alias}.${name}`)
  // A reading corrected after its bill says what it was when it was billed.
  return sql`case ${of('shape')} when 'meter' then (select jsonb_build_object('previous', trim_scale(hr.previous)::text, 'reading', trim_scale(coalesce(hr.billed_reading, hr.reading))::text, 'multiplier', trim_scale(hm.multiplier)::text, 'rolled', hr.rolled, 'carried_in', trim_scale(hr.carried_in)::text, 'source', hr.source)
    from meters.reading hr join meters.meter hm on hm.company_id = ${c} and hm.meter_id = hr.meter_id where hr.company_id = ${c} and hr.reading_id = ${of('reading_id')} and hr.usage = ${of('quantity')}) end as how`
}
