// Notices as rows of the desk, with what may be done with each.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { NoticeRow, Target } from '../contract.ts'
import { said } from '../shown.ts'
import { allWithin } from './access.ts'

/** As screens say it: what is published and whose last day is over is 已过期. */
export const STATE = (scope: Scope) => sql`case when n.state = 'published' and n.valid_until_on < ${scope.today}::date then 'expired' else n.state end`
interface Names {
  scope: Target['scope']
  target_id: string
  name: string
}
/** Names of what a notice goes to; `t` has scope and target_id. */
const NAME = (c: number) => sql`case t.scope when 'community' then '整个小区' when 'zone' then (select z.name from property.zone z where z.company_id = ${c} and z.zone_id = t.target_id) when 'building' then (select b.name from property.building b where b.company_id = ${c} and b.building_id = t.target_id)
    when 'unit' then (select b.name || u.no || '单元' from property.unit u join property.building b on b.company_id = ${c} and b.building_id = u.building_id where u.company_id = ${c} and u.unit_id = t.target_id) else (select h.label from property.house h where h.company_id = ${c} and h.house_id = t.target_id) end`
export async function targetNames(scope: Scope, notice_id: string): Promise<Names[]> {
  const { rows } = await sql<Names>`select t.scope, t.target_id, coalesce(${NAME(scope.company_id)}, '') as name from community.notice_target t where t.company_id = ${scope.company_id} and t.notice_id = ${notice_id} order by 1, 3 limit 200`.execute(scope.db)
  return rows
}
type Raw = Omit<NoticeRow, 'can' | 'to_text'> & { within: boolean; reminded_on: string | null; sent_at: string | null; names: string[]; target_count: number; roles: string[] }
const NAMES_SHOWN = 4
export async function noticeRows(scope: Scope, cond: RawBuilder<SqlBool>, o: { limit: number; offset?: number }): Promise<NoticeRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Raw>`with page as materialized (select n.* from community.notice n where ${cond} order by n.made_at desc, n.notice_id desc limit ${o.limit} offset ${o.offset ?? 0})
    select n.notice_id, n.no, n.community_id, m.name as community_name, n.kind_id, k.name as kind_name, n.title, ${STATE(scope)} as state, n.urgent, n.pinned, n.must_confirm, n.publish_at, n.published_at, n.valid_until_on, n.made_by_name, n.published_by_name, n.roles, n.reminded_on, n.sent_at,
      coalesce((n.kept_counts->>'person_count')::int, r.person_count) as person_count, coalesce((n.kept_counts->>'read_count')::int, r.read_count) as read_count, coalesce((n.kept_counts->>'confirmed_count')::int, r.confirmed_count) as confirmed_count, ${allWithin(scope)} as within,
      array(select coalesce(${NAME(c)}, '') from community.notice_target t where t.company_id = ${c} and t.notice_id = n.notice_id order by t.scope, 1 limit ${NAMES_SHOWN}) as names, (select count(*)::int from community.notice_target t where t.company_id = ${c} and t.notice_id = n.notice_id) as target_count
    from page n join property.community m on m.company_id = ${c} and m.community_id = n.community_id join community.kind k on k.company_id = ${c} and k.kind_id = n.kind_id
      left join lateral (select count(distinct r.person_id)::int as person_count, count(distinct r.person_id) filter (where r.read_at is not null)::int as read_count, count(distinct r.person_id) filter (where r.confirmed_at is not null)::int as confirmed_count from community.notice_reader r where r.company_id = ${c} and r.notice_id = n.notice_id) r on true
    order by n.made_at desc, n.notice_id desc`.execute(scope.db)
  return rows.map(({ within, reminded_on, sent_at, names, target_count, roles, ...r }) => ({ ...r, to_text: `${names.join('、')}${target_count > names.length ? ` 等 ${target_count} 处` : ''}${roles.length < 3 ? `(${roles.map((x) => said('role', x)).join('、')})` : ''}`, can: canOf(scope, { ...r, within, reminded_on, sent_at }) }))
}
export function canOf(scope: Scope, n: Pick<Raw, 'state' | 'within' | 'reminded_on' | 'sent_at' | 'person_count' | 'read_count'>): NoticeRow['can'] {
  const given = (ok: boolean): true | string => (!n.within ? 'community.not_all_yours' : ok ? true : 'community.wrong_state')
  const live = n.state === 'published'
  const remind = given(live)
  return {
    edit: given(n.state === 'draft'), publish: given(n.state === 'draft'), take_back: given(n.state === 'scheduled'), withdraw: given(live || n.state === 'expired'), correct: given(live || n.state === 'expired'), pin: given(live),
    remind: remind !== true ? remind : n.sent_at === null ? 'community.still_sending' : n.read_count >= n.person_count ? 'community.all_read' : n.reminded_on === scope.today ? 'community.reminded_today' : true,
  }
}
