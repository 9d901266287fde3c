// Reports as they were sent, for whoever wrote them and whoever got them: the policy of the table lets nobody else see a row.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { ReportRow } from '../contract.ts'

export async function reportsOf(scope: Scope, cond: RawBuilder<SqlBool>, limit: number, offset = 0): Promise<ReportRow[]> {
  const { rows } = await sql<ReportRow>`with page as materialized (select r.* from supervision.report r where ${cond} order by r.sent_at desc, r.report_id desc limit ${limit} offset ${offset})
    select r.report_id, r.report_no, r.sent_on, r.sent_at, r.sent_by_name, r.company_name, r.credit_code, r.company_phone, r.community_name, r.address, r.built_area_m2::text as built_area_m2, r.household_count, r.building_count,
      (select coalesce(jsonb_agg(jsonb_build_object('code', x.code, 'answer', x.answer, 'numerator_count', x.numerator_count, 'denominator_count', x.denominator_count, 'said', x.said) order by array_position(array['tender','preliminary','covenant','manager','managed','committee'], x.code)), '[]'::jsonb) from supervision.report_fact x where x.company_id = r.company_id and x.report_id = r.report_id) as facts
    from page r order by r.sent_at desc, r.report_id desc`.execute(scope.db)
  return rows
}
