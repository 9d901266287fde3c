// The roll (表决名册): who may vote with which area on a day. One owner with several houses is one head with all the area; the same co-owners are one head; the developer's unsold
// and undelivered houses together are one head (最高法区分所有权解释 8, 9). Frozen at the opening, with the line each figure comes from.
import { sql, type RawBuilder } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { activeOn } from '../../people/server/index.ts'
import type { Rule } from '../contract.ts'
import { said } from '../shown.ts'

/** Houses of one vote at most. */
export const HOUSES_MAX = 50_000
interface Area {
  community_id: string
  building_ids: readonly string[]
}
/** A line a house: `key` says whose head it is. */
const lines = (scope: Scope, v: Area, rule: Rule): RawBuilder<unknown> => {
  const c = scope.company_id
  return sql`(with held as (select o.house_id, array_agg(distinct o.person_id) as ids, string_agg(distinct q.name, '、') as names, bool_and(q.kind = 'developer') as dev, min(o.from_on) as since_on from people.ownership o join people.person q on q.company_id = ${c} and q.person_id = o.person_id
      where o.company_id = ${c} and ${activeOn('o', scope.today)} group by o.house_id),
    built as (select distinct on (y.house_id) y.house_id, y.person_id, q.name from people.payer y join people.person q on q.company_id = ${c} and q.person_id = y.person_id where y.company_id = ${c} and y.fee_class = 'property' and y.role = 'developer' and ${activeOn('y', scope.today)} order by y.house_id, y.person_id)
    select h.house_id, h.community_id, h.building_id, b.name as building_name, b.sort_no as building_sort, b.no as building_no, h.label, h.kind, h.built_area_m2 as area_m2, h.sort_no,
      case when h.state = 'unsold' or x.dev or d.person_id is not null then 'developer' when x.ids is null then 'unknown' else 'owner' end as who,
      case when h.state = 'unsold' or x.dev or d.person_id is not null then 'D ' || coalesce(d.person_id, case when x.dev then x.ids[1] end)::text when x.ids is null then 'U ' || h.house_id else 'O ' || array_to_string(x.ids, ' ') end as key,
      case when h.state = 'unsold' or x.dev or d.person_id is not null then coalesce(d.name, case when x.dev then x.names end) else x.names end as names,
      case when h.state = 'unsold' or x.dev or d.person_id is not null then coalesce(array[d.person_id], case when x.dev then x.ids end) else x.ids end as ids,
      case when h.state = 'unsold' then '未售,计开发商' when x.dev then '登记在开发商名下' when d.person_id is not null then '未交付,计开发商' when x.ids is null then '没有登记业主' else '产权登记,' || to_char(x.since_on, 'YYYY-MM-DD') || ' 起' end as source
    from property.house h join property.building b on b.company_id = ${c} and b.building_id = h.building_id left join held x on x.house_id = h.house_id left join built d on d.house_id = h.house_id
    where h.company_id = ${c} and h.community_id = ${v.community_id} and (cardinality(${[...v.building_ids]}::uuid[]) = 0 or h.building_id = any(${[...v.building_ids]}::uuid[])) and h.kind = any(${rule.counted_kinds}::text[]) and h.state <> 'disabled')`
}
/** Houses marked unsold without a developer in the register have no key of their own: they are the developer's, where the community has one; else together one head, too. */
const KEY = sql.raw(`coalesce(l.key, case when min(l.key) filter (where l.who = 'developer') over () = max(l.key) filter (where l.who = 'developer') over () then min(l.key) filter (where l.who = 'developer') over () end, 'D ?')`)

export async function preview(scope: Scope, v: Area, rule: Rule) {
  const { rows } = await sql<{ eligible_count: number; eligible_m2: string; house_count: number; developer_houses: number; unknown_houses: number; zero_area_houses: number; shared_count: number; many_count: number }>`with l as materialized (select * from ${lines(scope, v, rule)} l),
      g as (select k, min(who) as who, count(*) as n, max(cardinality(ids)) as persons from (select l.*, ${KEY} as k from l) l group by 1)
    select (select count(*)::int from g) as eligible_count, (select coalesce(sum(area_m2), 0)::numeric(16,2)::text from l) as eligible_m2, (select count(*)::int from l) as house_count, (select count(*)::int from l where who = 'developer') as developer_houses, (select count(*)::int from l where who = 'unknown') as unknown_houses,
      (select count(*)::int from l where area_m2 = 0) as zero_area_houses, (select count(*)::int from g where who = 'owner' and persons > 1) as shared_count, (select count(*)::int from g where who = 'owner' and n > 1) as many_count`.execute(scope.db)
  return rows[0]!
}

interface Line {
  house_id: string
  community_id: string
  building_id: string
  building_name: string
  label: string
  kind: string
  area_m2: string
  sort_no: number
  who: 'owner' | 'developer' | 'unknown'
  k: string
  names: string | null
  ids: string[] | null
  source: string
}
/** What the roll says, in one figure: number, house, area, line by line. Also what the sweep works out again. */
export const ROLL_HASH = (scope: Scope, poll_id: RawBuilder<unknown>): RawBuilder<unknown> => sql`(select encode(sha256(convert_to(coalesce(string_agg(n.voter_no || '|' || vh.house_id || '|' || vh.area_m2, E'\n' order by n.voter_no, vh.house_id), ''), 'UTF8')), 'hex') from votes.voter_house vh join votes.voter n on n.company_id = vh.company_id and n.poll_id = vh.poll_id and n.voter_id = vh.voter_id where vh.company_id = ${scope.company_id} and vh.poll_id = ${poll_id})`

export async function freeze(scope: Scope, v: Area & { poll_id: string }, rule: Rule): Promise<{ eligible_count: number; eligible_m2: string; roll_hash: string }> {
  const c = scope.company_id
  const { rows } = await sql<Line>`select l.*, ${KEY} as k from ${lines(scope, v, rule)} l order by l.building_sort, l.building_no, l.sort_no, l.label limit ${HOUSES_MAX + 1}`.execute(scope.db)
  if (rows.length === 0) throw scope.refuse('votes.nobody')
  if (rows.length > HOUSES_MAX) throw scope.refuse('kernel.too_large', { max: `${HOUSES_MAX} 套房产` })
  const voters = new Map<string, { voter_id: string; voter_no: number; kind: string; name: string; ids: Set<string> }>()
  for (const l of rows) {
    const before = voters.get(l.k)
    if (!before) voters.set(l.k, { voter_id: uuidv7(), voter_no: voters.size + 1, kind: l.who, name: l.names ?? (l.who === 'developer' ? said('voter', 'developer') : said('voter', 'unknown')), ids: new Set(l.ids ?? []) })
    else {
      for (const id of l.ids ?? []) before.ids.add(id)
      if (l.names && before.kind === 'developer') before.name = l.names
    }
  }
  const houses = rows.map((l) => ({ house_id: l.house_id, voter_id: voters.get(l.k)!.voter_id, community_id: l.community_id, building_id: l.building_id, building_name: l.building_name, label: l.label, kind: l.kind, area_m2: l.area_m2, source: l.source, sort_no: l.sort_no }))
  const list = [...voters.values()].map(({ ids: _i, ...x }) => x)
  const persons = [...voters.values()].flatMap((x) => [...x.ids].map((person_id) => ({ voter_id: x.voter_id, person_id })))
  await sql`insert into votes.voter (company_id, poll_id, voter_id, voter_no, kind, name, area_m2, house_count)
    select ${c}, ${v.poll_id}, n.voter_id, n.voter_no, n.kind, n.name, h.area_m2, h.house_count from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as n(voter_id uuid, voter_no int, kind text, name text)
    join (select h.voter_id, sum(h.area_m2) as area_m2, count(*)::int as house_count from jsonb_to_recordset(${JSON.stringify(houses)}::jsonb) as h(voter_id uuid, area_m2 numeric) group by 1) h on h.voter_id = n.voter_id`.execute(scope.db)
  await sql`insert into votes.voter_house (company_id, poll_id, house_id, voter_id, community_id, building_id, building_name, label, kind, area_m2, source, sort_no)
    select ${c}, ${v.poll_id}, h.house_id, h.voter_id, h.community_id, h.building_id, h.building_name, h.label, h.kind, h.area_m2, h.source, h.sort_no from jsonb_to_recordset(${JSON.stringify(houses)}::jsonb) as h(house_id uuid, voter_id uuid, community_id uuid, building_id uuid, building_name text, label text, kind text, area_m2 numeric, source text, sort_no int)`.execute(scope.db)
  await sql`insert into votes.voter_person (company_id, poll_id, voter_id, person_id, name) select ${c}, ${v.poll_id}, x.voter_id, x.person_id, q.name from jsonb_to_recordset(${JSON.stringify(persons)}::jsonb) as x(voter_id uuid, person_id uuid) join people.person q on q.company_id = ${c} and q.person_id = x.person_id`.execute(scope.db)
  const { rows: sums } = await sql<{ eligible_count: number; eligible_m2: string; roll_hash: string }>`select count(*)::int as eligible_count, sum(n.area_m2)::numeric(16,2)::text as eligible_m2, ${ROLL_HASH(scope, sql`${v.poll_id}::uuid`)} as roll_hash from votes.voter n where n.company_id = ${c} and n.poll_id = ${v.poll_id}`.execute(scope.db)
  return sums[0]!
}
