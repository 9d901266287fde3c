// Owners hear when a vote is posted, when it begins, when its result is out: each once.
import { sql } from 'kysely'
import { minuteText } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { notify } from '../../messages/server/index.ts'
import { activeOn } from '../../people/server/index.ts'
import type { Rule } from '../contract.ts'
import type { Poll } from './access.ts'

const AT_ONCE = 2000
export type Told = 'announced' | 'opened' | 'extended' | 'published' | 'cancelled'
const WORDS: Record<Told, (v: Poll) => [what: string, more: string]> = {
  announced: (v) => ['已公示', `${minuteText(v.opens_at)} 开始投票,请先看议题`],
  opened: (v) => ['已开始投票', `请在 ${minuteText(v.closes_at)} 前投票`],
  extended: (v) => ['已延长', `请在 ${minuteText(v.closes_at)} 前投票`],
  published: () => ['结果已公布', '可查结果,并用回执码核对自己的票'],
  cancelled: (v) => ['已取消', v.cancel_reason ?? ''],
}
/** By the roll once it stands, else by the owners of today. */
export async function tellOwners(scope: Scope, v: Poll, what: Told, rule: Rule): Promise<void> {
  const c = scope.company_id
  const [says, more] = WORDS[what](v)
  const persons = v.roll_hash
    ? sql`select x.person_id from votes.voter_person x where x.company_id = ${c} and x.poll_id = ${v.poll_id}`
    : sql`select o.person_id from people.ownership o join property.house h on h.company_id = ${c} and h.house_id = o.house_id where o.company_id = ${c} and ${activeOn('o', scope.today)} and h.community_id = ${v.community_id} and (cardinality(${v.building_ids}::uuid[]) = 0 or h.building_id = any(${v.building_ids}::uuid[])) and h.kind = any(${rule.counted_kinds}::text[])`
  for (let after = ''; ; ) {
    const { rows } = await sql<{ phone: string }>`select distinct q.phone from people.person q where q.company_id = ${c} and q.person_id in (${persons}) and q.kind <> 'developer' and q.phone ~ '^1[0-9]{10}$' and q.phone > ${after} order by 1 limit ${AT_ONCE}`.execute(scope.db)
    await notify(scope, rows.map((r) => ({ to: { phone: r.phone }, template: 'votes_told', params: { title: v.title, what: says, more }, link: `/votes/${v.poll_id}`, dedupe_key: `vote ${v.poll_id} ${what} ${what === 'extended' ? v.closes_at : ''} ${r.phone}` })))
    if (rows.length < AT_ONCE) return
    after = rows.at(-1)!.phone
  }
}
