// Notices on the resident's phone: what goes to his houses today, what he has read, and 我已知晓.
import { sql, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { community, type MyNotice } from '../contract.ts'
import { leadOf } from '../text.ts'
import { mineOf, toMine, type Mine } from './access.ts'
import { FILES, REPLACED_BY, REPLACES } from './notices.ts'
import { STATE } from './rows.ts'

const UNREAD_MAX = 100
/** A line and a half of a phone. */
const LEAD_SHOWN = 28
const LIVE = (scope: Scope) => sql<SqlBool>`(n.state = 'published' and (n.valid_until_on is null or n.valid_until_on >= ${scope.today}::date))`
const OUT = sql<SqlBool>`n.state in ('published', 'replaced', 'withdrawn')`
const seenBy = (scope: Scope, m: Mine, what: 'read_at' | 'confirmed_at') => sql`exists (select from community.notice_reader r join unnest(${m.own.map((h) => h.house_id)}::uuid[], ${m.own.map((h) => h.person_id)}::uuid[]) as z(house_id, person_id) on z.house_id = r.house_id and z.person_id = r.person_id where r.company_id = ${scope.company_id} and r.notice_id = n.notice_id and ${sql.ref(`r.${what}`)} is not null)`
const COLUMNS = (scope: Scope, m: Mine) => sql`n.notice_id, n.no, n.title, k.name as kind_name, c.name as community_name, n.body, n.published_at, n.valid_until_on, ${STATE(scope)} as state, n.pinned, n.urgent, n.must_confirm, ${seenBy(scope, m, 'read_at')} as read, ${seenBy(scope, m, 'confirmed_at')} as confirmed`
const JOINS = (scope: Scope) => sql`join community.kind k on k.company_id = ${scope.company_id} and k.kind_id = n.kind_id join property.community c on c.company_id = ${scope.company_id} and c.community_id = n.community_id`
const HERE = (m: Mine) => sql<SqlBool>`n.community_id in (select h.community_id from ${m.from})`
type Raw = Omit<MyNotice, 'lead'> & { body: string }
/** What was withdrawn leaves its title and its reason, not its words. */
const wordsOf = (n: Raw): string => (n.state === 'withdrawn' ? '' : n.body)

const myNotices = answer(community.myNotices, async (scope, f) => {
  const m = await mineOf(scope, f.house_id)
  if (m.own.length === 0) return { rows: [], total: 0, unread_count: 0 }
  const cond = sql<SqlBool>`n.company_id = ${scope.company_id} and ${HERE(m)} and ${f.with_past ? OUT : LIVE(scope)} and ${toMine(scope, m)}`
  const { rows } = await sql<Raw>`with page as materialized (select n.* from community.notice n where ${cond} order by n.pinned desc, n.published_at desc, n.notice_id limit ${f.page_size} offset ${(f.page - 1) * f.page_size}) select ${COLUMNS(scope, m)} from page n ${JOINS(scope)} order by n.pinned desc, n.published_at desc, n.notice_id`.execute(scope.db)
  const { rows: count } = await sql<{ total: number; unread_count: number }>`select (select count(*)::int from community.notice n where ${cond}) as total, (select count(*)::int from (select from community.notice n where n.company_id = ${scope.company_id} and ${HERE(m)} and ${LIVE(scope)} and ${toMine(scope, m)} and not ${seenBy(scope, m, 'read_at')} limit ${UNREAD_MAX}) x) as unread_count`.execute(scope.db)
  return { rows: rows.map(({ body, ...n }) => ({ ...n, lead: leadOf(wordsOf({ ...n, body }), LEAD_SHOWN) })), ...count[0]! }
})
interface More extends Raw {
  files: { file_id: string; name: string; picture: boolean }[]
  company_name: string
  replaces: { notice_id: string; no: string | null; title: string } | null
  replaced_by: { notice_id: string; no: string | null; title: string } | null
  ended_at: string | null
  ended_reason: string | null
}
async function mineToRead(scope: Scope, m: Mine, notice_id: string): Promise<More> {
  const c = scope.company_id
  const { rows } = await sql<More>`select ${COLUMNS(scope, m)}, ${FILES(c)} as files, (select p.name from identity.company p where p.company_id = ${c}) as company_name, ${REPLACES(c)} as replaces, ${REPLACED_BY(c)} as replaced_by, n.ended_at, n.ended_reason from community.notice n ${JOINS(scope)} where n.company_id = ${c} and n.notice_id = ${notice_id} and ${OUT} and ${toMine(scope, m)}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
const canConfirm = (n: Raw): true | string => (n.must_confirm && n.state === 'published' ? true : 'community.not_to_confirm')
const myNotice = answer(community.myNotice, async (scope, { notice_id }) => {
  const n = await mineToRead(scope, await mineOf(scope), notice_id)
  return { ...n, body: wordsOf(n), files: n.state === 'withdrawn' ? [] : n.files, lead: leadOf(wordsOf(n)), can: { confirm: canConfirm(n) } }
})
/** For each of his houses that it goes to, and for whoever shares his phone there: they all read it on it. */
const see = answer(community.seeNotice, async (scope, { notice_id, confirm }) => {
  const c = scope.company_id
  const m = await mineOf(scope)
  const n = await mineToRead(scope, m, notice_id)
  const can = canConfirm(n)
  if (confirm && can !== true) throw scope.refuse(can)
  const confirmed_at = confirm ? scope.now : null
  const { rows } = await sql<{ fresh: boolean }>`with phones as materialized (select p.person_id from people.person p where p.company_id = ${c} and (p.phone = ${scope.who.phone} or p.phone2 = ${scope.who.phone})),
      shared as (select r.house_id, r.person_id, r.role from community.notice_reader r join phones p on p.person_id = r.person_id where r.company_id = ${c} and r.notice_id = ${notice_id} and r.house_id = any(${m.own.map((h) => h.house_id)}::uuid[])),
      own as (select o.house_id, o.person_id, o.role from community.notice n, ${m.from} where n.company_id = ${c} and n.notice_id = ${notice_id} and h.community_id = n.community_id and o.role = any(n.roles) and (cardinality(n.house_kinds) = 0 or h.kind = any(n.house_kinds)) and exists (select from community.notice_target t where t.company_id = ${c} and t.notice_id = n.notice_id and (t.scope = 'community' or (t.scope = 'zone' and t.target_id = b.zone_id) or (t.scope = 'building' and t.target_id = h.building_id) or (t.scope = 'unit' and t.target_id = h.unit_id) or (t.scope = 'house' and t.target_id = h.house_id)))),
      who as (select * from own union select * from shared s where not exists (select from own where own.house_id = s.house_id and own.person_id = s.person_id))
    insert into community.notice_reader (company_id, notice_id, house_id, person_id, role, read_at, confirmed_at) select ${c}::bigint, ${notice_id}::uuid, w.house_id, w.person_id, w.role, ${scope.now}::timestamptz, ${confirmed_at}::timestamptz from who w
    on conflict (company_id, notice_id, house_id, person_id) do update set read_at = coalesce(notice_reader.read_at, excluded.read_at), confirmed_at = coalesce(notice_reader.confirmed_at, excluded.confirmed_at)
    where notice_reader.read_at is null or (notice_reader.confirmed_at is null and excluded.confirmed_at is not null) returning true as fresh`.execute(scope.db)
  if (confirm && rows.length) scope.note('notice', notice_id, { title: n.title, confirmed: true })
  return { notice_id }
})
export const mineAnswers = [myNotices, myNotice, see]
