// How the quantity of a bill line came about, for the sentence on it. Billing puts the column into its pages; explain.ts makes words of it.
import { sql, type RawBuilder } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

/** One column, of a bill or draft line under `alias` (shape, reading_id, house_id, quantity): meters/explain.ts How, or null. */
export function howColumn(scope: Scope, alias: 'b' | 'l'): RawBuilder<unknown> {
  const c = scope.company_id
  const of = (name: string) => sql.ref(`${alias}.${name}`)
  // A reading corrected after its bill says what it was when it was billed.
  return sql`case ${of('shape')} when 'meter' then (select jsonb_build_object('previous', trim_scale(hr.previous)::text, 'reading', trim_scale(coalesce(hr.billed_reading, hr.reading))::text, 'multiplier', trim_scale(hm.multiplier)::text, 'rolled', hr.rolled, 'carried_in', trim_scale(hr.carried_in)::text, 'source', hr.source)
    from meters.reading hr join meters.meter hm on hm.company_id = ${c} and hm.meter_id = hr.meter_id where hr.company_id = ${c} and hr.reading_id = ${of('reading_id')} and hr.usage = ${of('quantity')})
    when 'share' then (select jsonb_build_object('share', hg.name, 'kind', hg.kind, 'method', hu.method, 'area_kind', hu.area_kind, 'quantity', trim_scale(hs.quantity)::text, 'unit_price', trim_scale(hs.unit_price)::text, 'total_fen', hs.total_fen, 'weight_sum', trim_scale(hs.weight_sum)::text, 'house_count', hs.house_count,
      'base', trim_scale(hp.base)::text, 'floor_coefficient', trim_scale(hp.floor_coefficient)::text, 'coefficient', trim_scale(hp.coefficient)::text, 'percent', trim_scale(hp.percent)::text, 'weight', trim_scale(hp.weight)::text)
      from meters.share_part hp join meters.share_split hs on hs.company_id = ${c} and hs.split_id = hp.split_id join meters.share_group hg on hg.company_id = ${c} and hg.group_id = hs.group_id join meters.share_rule hu on hu.company_id = ${c} and hu.rule_id = hs.rule_id
      where hp.company_id = ${c} and hp.split_id = ${of('reading_id')} and hp.house_id = ${of('house_id')}) end as how`
}
