// Rules of a community in force on a day; where none was set, what the law says.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communityToChange, communitiesSeenBy } from '../../property/server/index.ts'
import { votes, type MatterRule, type Rule } from '../contract.ts'
import { said } from '../shown.ts'
import { mayOrganise } from './access.ts'
import { SHIPPED } from './rules/defaults.ts'
import { belowLaw } from './rules/tally.ts'

const COLUMNS = sql.raw('from_on, matters, counted_kinds, proxy_max, staff_barred, notice_days, notice_days_extra, vote_days_min, vote_days_max, publish_days, posting_days, basis')
async function kept(scope: Scope, community_id: string): Promise<Rule | undefined> {
  const { rows } = await sql<Rule>`select ${COLUMNS} from votes.rule where company_id = ${scope.company_id} and community_id = ${community_id} and from_on <= ${scope.today}::date order by from_on desc, created_at desc, rule_id desc limit 1`.execute(scope.db)
  return rows[0]
}
export const ruleOf = async (scope: Scope, community_id: string): Promise<Rule> => (await kept(scope, community_id)) ?? SHIPPED
export const matterRule = (rule: Rule, matter: string): MatterRule => rule.matters.find((m) => m.matter === matter)!

export const ruleAnswers = [
  answer(votes.rules, async (scope, { community_id }) => {
    const { rows: seen } = await sql`select from property.community c where c.company_id = ${scope.company_id} and c.community_id = ${community_id} and ${communitiesSeenBy(scope)}`.execute(scope.db)
    if (seen.length === 0) throw scope.notFound()
    const { rows } = await sql<Rule>`select ${COLUMNS} from votes.rule where company_id = ${scope.company_id} and community_id = ${community_id} and from_on > ${scope.today}::date order by from_on, created_at desc limit 1`.execute(scope.db)
    const own = await kept(scope, community_id)
    return { now: own ?? SHIPPED, next: rows[0] ?? null, own: own !== undefined, can_write: mayOrganise(scope, community_id, 'votes.rule.write') }
  }),
  answer(votes.saveRule, async (scope, { request_id: _r, dry_run: _d, community_id, ...o }) => {
    await communityToChange(scope, community_id)
    if (o.from_on < scope.today) throw scope.refuse('votes.from_past', { today: scope.today })
    if (o.vote_days_max < o.vote_days_min) throw scope.refuse('votes.days_order')
    if (new Set(o.matters.map((m) => m.matter)).size !== o.matters.length) throw scope.refuse('votes.matter_twice')
    const low = o.matters.find(belowLaw)
    if (low) throw scope.refuse('votes.below_law', { matter: said('matter', low.matter) })
    await scope.db.insertInto('votes.rule').values({ company_id: scope.company_id, rule_id: uuidv7(), community_id, ...o, matters: JSON.stringify(o.matters), created_by: scope.who.account_id, created_by_name: scope.who.name, created_at: scope.now }).execute()
    scope.note('vote_rule', community_id, { from_on: o.from_on, basis: o.basis })
    return { from_on: o.from_on }
  }),
]
