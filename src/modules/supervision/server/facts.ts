// What holds of a place, indicator by indicator: what its company reports, else what the authority entered, and where it comes from. The one place that decides a
// numerator and a denominator; lists, rates and the paper read the same rows.
import { sql, type RawBuilder } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { CODES, type Target } from '../contract.ts'
import { LIVE } from './access.ts'

/** Who manages place `p` today. */
export const TENURE = (scope: Scope): RawBuilder<unknown> => sql`left join lateral (select t.tenure_id, t.kind, t.firm_id, coalesce(f.name, t.holder) as holder, t.until_on, t.from_on, t.basis, t.made_by_name, t.made_at from supervision.tenure t left join supervision.firm f on f.company_id = ${scope.company_id} and f.firm_id = t.firm_id
    where t.company_id = ${scope.company_id} and t.place_id = p.place_id and t.from_on <= ${scope.today}::date and (t.to_on is null or t.to_on >= ${scope.today}::date) limit 1) t on true`
/** The last report of place `p` while its link lives: who has left, or was sent back, reports nothing. */
export const REPORT = (scope: Scope): RawBuilder<unknown> => sql`left join lateral (select r.company_id, r.report_id, r.sent_on, r.sent_at, r.company_name from supervision.report r where r.to_company_id = ${scope.company_id} and r.company_id = p.reporter_id and r.community_id = p.reporter_community_id and ${LIVE('r')} order by r.sent_at desc, r.report_id desc limit 1) r on true`
/** The class of place `p` by the last survey that saw it. */
export const CLASS = (scope: Scope): RawBuilder<unknown> => sql`left join lateral (select s.class from supervision.surveyed s where s.company_id = ${scope.company_id} and s.place_id = p.place_id order by s.made_at desc, s.surveyed_id desc limit 1) s on true`
const counted = (targets: readonly Target[]): string[] => targets.find((t) => t.code === 'managed')?.counted ?? []
/**
 * Over `p` with TENURE and REPORT: a row an indicator. That the authority holds an indicator to be not applicable goes before a report. Unknown counts as not reached where the
 * indicator applies; a manager's certificate is asked of communities under a company only.
 */
export const FACTS = (scope: Scope, targets: readonly Target[]): RawBuilder<unknown> => sql`(select k.code, k.no, a.answer, a.source, case when a.answer = 'na' then 0 when a.source = 'report' then rf.numerator_count when a.answer = 'yes' then 1 else 0 end as numerator_count, case when a.answer = 'na' then 0 when a.source = 'report' then rf.denominator_count else 1 end as denominator_count,
      case a.source when 'report' then rf.said when 'hand' then h.said when 'tenure' then t.basis end as said, case a.source when 'report' then r.sent_at when 'hand' then h.made_at when 'tenure' then t.made_at end as at, case a.source when 'report' then r.company_name when 'hand' then h.made_by_name when 'tenure' then t.made_by_name end as by_name
    from unnest(${[...CODES]}::text[]) with ordinality as k(code, no)
      left join supervision.report_fact rf on rf.to_company_id = ${scope.company_id} and rf.company_id = r.company_id and rf.report_id = r.report_id and rf.code = k.code and rf.answer <> 'unknown' and k.code <> 'managed'
      left join lateral (select x.answer, x.said, x.made_at, x.made_by_name from supervision.fact x where x.company_id = ${scope.company_id} and x.place_id = p.place_id and x.code = k.code order by x.made_at desc, x.fact_id desc limit 1) h on true
      cross join lateral (select case when k.code = 'managed' then case when not p.fit then 'na' when t.kind = any(${counted(targets)}::text[]) then 'yes' else 'no' end when h.answer = 'na' then 'na' else coalesce(rf.answer, h.answer, case when k.code = 'manager' and t.kind is distinct from 'company' then 'na' else 'unknown' end) end as answer,
        case when k.code = 'managed' then case when t.kind is null then 'none' else 'tenure' end when h.answer = 'na' then 'hand' when rf.code is not null then 'report' when h.answer is not null then 'hand' else 'none' end as source) a)`
