// The ladder: whoever answers for a contract is told before it ends, at each step of the rule of its kind, once; whoever has left gives way to those who write contracts there.
import { sql } from 'kysely'
import { daysBetween } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { staffAt } from '../../identity/server/index.ts'
import { notify } from '../../messages/server/index.ts'
import { kindsOf } from './config.ts'
import { stepOf } from './rules/ladder.ts'

const AT_ONCE = 2000
interface Due { contract_id: string; kind_id: string; community_id: string | null; place: string; no: string; title: string; keeper_id: string; keeper_here: boolean; to_on: string; told: string[] }
export async function tellDue(scope: Scope): Promise<number> {
  const c = scope.company_id
  const ladders = new Map((await kindsOf(scope)).map((k) => [k.kind_id, k.rule.ladder]))
  const far = Math.max(1, ...[...ladders.values()].flat())
  // What the next contract follows already, signed or being made, still ends: it is told until the next is in force, when the old one is 'renewed'.
  const { rows } = await sql<Due>`select t.contract_id, t.kind_id, t.community_id, coalesce(m.name, '全公司') as place, t.no, t.title, t.keeper_id, coalesce(a.disabled_at is null and a.account_id is not null, false) as keeper_here, t.to_on, array(select x.step from contracts.told x where x.company_id = ${c} and x.contract_id = t.contract_id) as told
    from (select * from contracts.contract t where t.company_id = ${c} and t.state = 'active' and t.to_on <= ${scope.today}::date + ${far}::int and not exists (select from contracts.told x where x.company_id = ${c} and x.contract_id = t.contract_id and x.step = 'over') order by t.to_on, t.contract_id limit ${AT_ONCE}) t
    left join property.community m on m.company_id = ${c} and m.community_id = t.community_id left join identity.member a on a.company_id = ${c} and a.account_id = t.keeper_id order by t.to_on, t.contract_id`.execute(scope.db)
  const due = rows.flatMap((r) => {
    const step = stepOf(r.to_on, scope.today, ladders.get(r.kind_id) ?? [])
    return step && !r.told.includes(step) ? [{ ...r, step, left: daysBetween(scope.today, r.to_on) }] : []
  })
  // One question a community, of which a company has few whose keeper has left.
  const heads = new Map<string | null, string[]>()
  for (const place of new Set(due.filter((d) => !d.keeper_here).map((d) => d.community_id))) heads.set(place, place === null ? [] : await staffAt(scope, 'contracts.contract.write', { community_id: place, building_id: null }))
  const notices = due.map((d) => ({ d, to: d.keeper_here ? [d.keeper_id] : (heads.get(d.community_id) ?? []) }))
  await sql`insert into contracts.told (company_id, contract_id, step, days_left, told_count, told_at) select ${c}, x.contract_id, x.step, x.days_left, x.told_count, ${scope.now} from jsonb_to_recordset(${JSON.stringify(notices.map((n) => ({ contract_id: n.d.contract_id, step: n.d.step, days_left: n.d.left, told_count: n.to.length })))}::jsonb) as x(contract_id uuid, step text, days_left int, told_count int) on conflict do nothing`.execute(scope.db)
  await notify(scope, notices.flatMap(({ d, to }) => to.map((account_id) => ({ to: { account_id }, template: d.left < 0 ? 'contract_over' : 'contract_due', params: { no: d.no, title: d.title, place: d.place, day: d.to_on, days: String(Math.abs(d.left)) }, link: `/contracts/list/${d.contract_id}`, dedupe_key: `contract ${d.contract_id} ${d.step} ${account_id}` }))))
  return due.length
}
export async function followMerged(scope: Scope, keep_id: string, drop_id: string): Promise<void> {
  await sql`update contracts.party set person_id = ${keep_id} where company_id = ${scope.company_id} and person_id = ${drop_id}`.execute(scope.db)
}
