// What makes a reading suspect and a loss an alarm: dated data of a community, or of the company.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { memberNames } from '../../identity/server/index.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { meters } from '../contract.ts'

/** In force where nobody has written a rule: three times the mean of six months, and a tenth lost between a main meter and its parts. A rise by
 * half that stays for two months is how a leak looks in monthly readings; a doubling against last year is worth a question. */
export const CHECK_FALLBACK = { high_factor: '3', mean_of: 6, high_over: '0', zero_periods: 3, loss_limit_bp: 1000, leak_factor: '1.5', doubled_factor: '2' }
const ROWS_MAX = 500

export const checkRuleAnswers = [
  answer(meters.checkRules, async (scope, f) => {
    const { rows } = await sql<{ rule_id: string; community_id: string | null; community_name: string | null; kind: 'water'; from_on: string; high_factor: string; mean_of: number; high_over: string; max_per_day: string | null; zero_periods: number; loss_limit_bp: number; leak_factor: string; doubled_factor: string; created_by: string | null; created_at: string }>`
      select k.rule_id, k.community_id, c.name as community_name, k.kind, k.from_on, trim_scale(k.high_factor)::text as high_factor, k.mean_of, trim_scale(k.high_over)::text as high_over, trim_scale(k.max_per_day)::text as max_per_day,
        k.zero_periods, k.loss_limit_bp, trim_scale(k.leak_factor)::text as leak_factor, trim_scale(k.doubled_factor)::text as doubled_factor, k.created_by, k.created_at from meters.check_rule k left join property.community c on c.company_id = ${scope.company_id} and c.community_id = k.community_id
      where k.company_id = ${scope.company_id} and (k.community_id is null or ${communitiesSeenBy(scope, { alias: 'k' })}) ${f.community_id ? sql`and (k.community_id is null or k.community_id = ${f.community_id})` : sql``}
      order by c.name nulls first, k.kind, k.from_on desc limit ${ROWS_MAX}`.execute(scope.db)
    const names = await memberNames(scope, rows.map((r) => r.created_by))
    return { rows: rows.map(({ created_by, ...r }) => ({ ...r, created_by_name: (created_by && names.get(created_by)) || null })), fallback: CHECK_FALLBACK }
  }),
  answer(meters.saveCheckRule, async (scope, { request_id: _r, dry_run: _d, ...o }) => {
    if (o.community_id) await communityToChange(scope, o.community_id)
    else if (!scope.reach().all) throw scope.notFound()
    const { rows } = await sql<{ rule_id: string; from_on: string }>`select rule_id, from_on from meters.check_rule where company_id = ${scope.company_id} and community_id is not distinct from ${o.community_id}::uuid and kind = ${o.kind} and from_on >= ${o.from_on}::date order by from_on desc limit 1`.execute(scope.db)
    const later = rows[0]
    // A version of the same day is put right; one that a later version has followed stands.
    if (later && later.from_on > o.from_on) throw scope.refuse('meters.rule_past', { from_on: later.from_on })
    const rule_id = later?.rule_id ?? uuidv7()
    const fields = { ...o, max_per_day: o.max_per_day ?? null, created_by: scope.who.account_id, created_at: scope.now }
    if (later) await scope.db.updateTable('meters.check_rule').set(fields).where('company_id', '=', scope.company_id).where('rule_id', '=', rule_id).execute()
    else await scope.db.insertInto('meters.check_rule').values({ company_id: scope.company_id, rule_id, ...fields }).execute()
    scope.note('check_rule', rule_id, { after: o })
    return { rule_id }
  }),
]
