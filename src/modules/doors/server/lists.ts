// The lists on the controllers. What a controller should have follows from rights, cards and visitors of now, in one statement; each row carries a version, what was
// sent and what was confirmed. What tightens (a deletion, a changed row) goes before what is new. Every right carries its last moment to the controller, so that
// it ends there too when the deletion never arrives. Rights follow from who lives where and who works here: no bill is asked, and no path leads from a debt to a door.
import { sql, type RawBuilder } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { activeOn, ties } from '../../people/server/index.ts'
import { policyOf } from './policy.ts'

export interface Part {
  /** Only these holders; visitors only; both left out: everything. */
  holder_ids?: readonly string[]
  visits?: boolean
}
/** Rights without an end are renewed on the controllers each month and run two months ahead. */
const horizon = (scope: Scope) => sql`(date_trunc('month', ${scope.today}::date) + interval '2 months')::date`
const epoch = (day: RawBuilder<unknown>) => sql`extract(epoch from (${day})::timestamp at time zone 'Asia/Shanghai')::bigint`

/** A unit's door opens for those of that unit, however wide the right is; every other door of the group as the right says. */
const ownUnit = sql`(d.kind <> 'unit' or d.building_id is null or x.who not in ('building', 'community') or (d.building_id = x.building_id and (d.unit_no is null or d.unit_no = x.unit_no)))`

function granted(scope: Scope, part: Part): RawBuilder<unknown> {
  const c = scope.company_id
  const some = part.holder_ids ? sql`and h.holder_id = any(${[...part.holder_ids]}::uuid[])` : sql``
  const now = sql`r.company_id = ${c} and r.ended_at is null and r.from_on <= ${scope.today}::date and (r.to_on is null or r.to_on > ${scope.today}::date)`
  return sql`hold as materialized (select h.holder_id, h.user_no, h.person_id, h.account_id, h.helper_id from doors.holder h where h.company_id = ${c} ${some}),
    tie as materialized (select x.person_id, x.house_id, x.to_on, ph.building_id, ph.community_id, u.no as unit_no from ${ties(scope)} x join property.house ph on ph.company_id = ${c} and ph.house_id = x.house_id left join property.unit u on u.company_id = ${c} and u.unit_id = ph.unit_id
      where ${activeOn('x', scope.today)} and x.person_id in (select person_id from hold where person_id is not null)),
    granted as (
      select h.holder_id, r.right_id, r.group_id, r.times, r.to_on, r.who, null::uuid as building_id, null::text as unit_no from hold h join doors.entry_right r on ${now} and ((r.who = 'person' and r.person_id = h.person_id) or (r.who = 'staff' and r.account_id = h.account_id))
      union all select h.holder_id, r.right_id, r.group_id, r.times, least(r.to_on, t.to_on), r.who, t.building_id, t.unit_no from hold h join tie t on t.person_id = h.person_id join doors.entry_right r on ${now} and ((r.who = 'house' and r.house_id = t.house_id) or (r.who = 'building' and r.building_id = t.building_id) or (r.who = 'community' and r.community_id = t.community_id))
      union all select h.holder_id, r.right_id, r.group_id, r.times, r.to_on, r.who, null, null from hold h join identity.member m on m.company_id = ${c} and m.account_id = h.account_id and m.disabled_at is null join identity.access_grant g on g.company_id = ${c} and g.account_id = h.account_id
        join doors.entry_right r on ${now} and r.who = 'role' and r.role_id = g.role_id and (g.scope_kind = 'company' or r.community_id = any(g.scope_ids) or exists (select from property.building b where b.company_id = ${c} and b.community_id = r.community_id and b.building_id = any(g.scope_ids)))
      -- Who helps in a house opens the door of its unit alone, whatever the group has besides.
      union all select h.holder_id, null::uuid, e.group_id, e.times, e.to_on, case when e.house_id is null then 'helper' else 'building' end, ph.building_id, u.no from hold h join doors.helper e on e.company_id = ${c} and e.helper_id = h.helper_id and e.ended_at is null and e.from_on <= ${scope.today}::date and e.to_on > ${scope.today}::date left join property.house ph on ph.company_id = ${c} and ph.house_id = e.house_id left join property.unit u on u.company_id = ${c} and u.unit_id = ph.unit_id),
    opens as (select distinct x.holder_id, x.right_id, x.who, d.door_id, d.controller_id, d.port_no, x.times, least(x.to_on, ${horizon(scope)}) as to_on from granted x join doors.group_door gd on gd.company_id = ${c} and gd.group_id = x.group_id join doors.door d on d.company_id = ${c} and d.door_id = gd.door_id and d.retired_at is null and ${ownUnit}
      join doors.controller k on k.company_id = ${c} and k.controller_id = d.controller_id and k.retired_at is null
      where not exists (select from doors.barred b where b.company_id = ${c} and b.holder_id = x.holder_id and b.state = 'on' and b.community_id = d.community_id and b.from_on <= ${scope.today}::date and b.to_on > ${scope.today}::date and (b.group_id is null or exists (select from doors.group_door bg where bg.company_id = ${c} and bg.group_id = b.group_id and bg.door_id = d.door_id))))`
}
/** For the screen "why can he enter": doors with the rights that open them, of one holder. */
export const opensOf = (scope: Scope, holder_id: string): RawBuilder<unknown> => granted(scope, { holder_ids: [holder_id] })

const wantUsers = (scope: Scope): RawBuilder<unknown> => sql`
  select o.controller_id, 'u:' || h.user_no as key, o.holder_id, null::uuid as card_id, null::uuid as visit_id, null::uuid as face_id, jsonb_build_object('doors', o.doors) as body
    from (select p.controller_id, p.holder_id, jsonb_agg(p.door order by p.door) as doors from (select distinct controller_id, holder_id, jsonb_build_object('port', port_no, 'times', times, 'to', ${epoch(sql`to_on`)}) as door from opens) p group by 1, 2) o join hold h on h.holder_id = o.holder_id
  union all select o.controller_id, 'c:' || k.card_no, k.holder_id, k.card_id, null, null, jsonb_build_object('user', h.user_no, 'to', ${epoch(sql`least(k.to_on, ${horizon(scope)})`)})
    from doors.card k join hold h on h.holder_id = k.holder_id join (select distinct controller_id, holder_id from opens) o on o.holder_id = k.holder_id
    where k.company_id = ${scope.company_id} and k.state = 'live' and k.from_on <= ${scope.today}::date and (k.to_on is null or k.to_on > ${scope.today}::date)
  union all select o.controller_id, 'f:' || f.face_no, f.holder_id, null, null, f.face_id, jsonb_build_object('user', h.user_no, 'to', ${epoch(sql`least(f.to_on, ${horizon(scope)})`)}, 'photo', f.face_id, 'sha256', f.photo_sha)
    from doors.face f join hold h on h.holder_id = f.holder_id join (select distinct controller_id, holder_id from opens) o on o.holder_id = f.holder_id where f.company_id = ${scope.company_id} and f.state = 'live' and f.to_on > ${scope.today}::date
  union all select p.controller_id, 'p:' || e.code, h.holder_id, null, null, null, jsonb_build_object('doors', jsonb_agg(distinct jsonb_build_object('port', p.port_no, 'times', p.times, 'to', ${epoch(sql`p.to_on`)})), 'from', ${epoch(sql`e.from_on`)})
    from doors.helper e join hold h on h.helper_id = e.helper_id join opens p on p.holder_id = h.holder_id where e.company_id = ${scope.company_id} and e.code is not null and e.ended_at is null group by p.controller_id, e.code, h.holder_id, e.from_on`

/** A visitor's six digits open the gates of the community and the door of the unit he goes to, from the guard's minutes before to the end. */
const wantVisits = (scope: Scope): RawBuilder<unknown> => sql`
  select p.controller_id, 'p:' || v.code as key, null::uuid as holder_id, null::uuid as card_id, v.visit_id, null::uuid as face_id, jsonb_build_object('doors', jsonb_agg(jsonb_build_object('port', p.port_no, 'times', '[]'::jsonb, 'to', extract(epoch from v.to_at)::bigint) order by p.port_no), 'from', (extract(epoch from v.from_at)::bigint - v.early_s)) as body
    from (select v.visit_id, v.code, v.from_at, v.to_at, v.community_id, ph.building_id, u.no as unit_no, coalesce((select q.early_minutes from access.policy q where q.company_id = ${scope.company_id} and q.from_on <= ${scope.today}::date order by q.from_on desc, q.created_at desc limit 1), 60) * 60 as early_s
        from access.visit v join property.house ph on ph.company_id = ${scope.company_id} and ph.house_id = v.house_id left join property.unit u on u.company_id = ${scope.company_id} and u.unit_id = ph.unit_id
        where v.company_id = ${scope.company_id} and v.state in ('waiting', 'arrived') and v.to_at > ${scope.now}::timestamptz and v.from_at < ${scope.now}::timestamptz + interval '2 days'
          and not exists (select from access.barred b where b.company_id = ${scope.company_id} and b.community_id = v.community_id and b.lifted_at is null and b.from_on <= ${scope.today}::date and b.to_on > ${scope.today}::date and (b.phone = v.visitor_phone or b.plate = v.plate or b.id_index = v.id_index))) v
      join doors.door p on p.company_id = ${scope.company_id} and p.community_id = v.community_id and p.retired_at is null and (p.kind = 'gate' or (p.kind = 'unit' and p.building_id = v.building_id and (p.unit_no is null or p.unit_no = v.unit_no)))
      join doors.controller k on k.company_id = ${scope.company_id} and k.controller_id = p.controller_id and k.retired_at is null
    group by p.controller_id, v.visit_id, v.code, v.from_at, v.to_at, v.early_s`

const holdLists = (scope: Scope) => sql`select pg_advisory_xact_lock(hashtextextended(${`doors.lists:${scope.company_id}`}, 0))`.execute(scope.db)

/** Compares what should be on the controllers with what is written for them, and wakes those that wait. Gives how many rows changed. */
export async function refreshLists(scope: Scope, part: Part = {}): Promise<number> {
  const c = scope.company_id
  await holdLists(scope)
  const visits = !part.holder_ids && (await policyOf(scope)).visitors_open
  const users = !part.visits
  const none = sql`select null::uuid as controller_id, null::text as key, null::uuid as holder_id, null::uuid as card_id, null::uuid as visit_id, null::uuid as face_id, null::jsonb as body where false`
  const mine = part.holder_ids ? sql`l.holder_id = any(${[...part.holder_ids]}::uuid[])` : part.visits ? sql`l.visit_id is not null` : sql`true`
  const { rows } = await sql<{ controller_id: string; n: number }>`with ${granted(scope, part.visits ? { holder_ids: [] } : part)},
    want as materialized (select * from (${users ? wantUsers(scope) : none}) a union all select * from (${visits ? wantVisits(scope) : none}) b),
    no as materialized (select nextval('doors.list_no') as version),
    put as (insert into doors.list_row as l (company_id, controller_id, key, holder_id, card_id, visit_id, face_id, body, version, changed_at)
      select ${c}, w.controller_id, w.key, w.holder_id, w.card_id, w.visit_id, w.face_id, w.body, no.version, ${scope.now}::timestamptz from want w cross join no left join doors.list_row h on h.company_id = ${c} and h.controller_id = w.controller_id and h.key = w.key where h.key is null or h.gone or h.body is distinct from w.body
      on conflict (company_id, controller_id, key) do update set holder_id = excluded.holder_id, card_id = excluded.card_id, visit_id = excluded.visit_id, face_id = excluded.face_id, body = excluded.body, version = excluded.version, gone = false, deny = l.sent_version is not null, changed_at = excluded.changed_at returning l.controller_id),
    cut as (update doors.list_row l set gone = true, deny = true, version = no.version, changed_at = ${scope.now}::timestamptz from no where l.company_id = ${c} and not l.gone and ${mine} and not exists (select from want w where w.controller_id = l.controller_id and w.key = l.key) returning l.controller_id, l.face_id),
    -- A face that has to go is kept in mind on each controller until reading back proves it gone.
    going as (insert into doors.face_gone (company_id, face_id, controller_id, asked_at) select ${c}, x.face_id, x.controller_id, ${scope.now}::timestamptz from cut x where x.face_id is not null on conflict (company_id, face_id, controller_id) do update set asked_at = excluded.asked_at, confirmed_at = null, verified_at = null)
    select controller_id, count(*)::int as n from (select controller_id from put union all select controller_id from cut) z group by 1`.execute(scope.db)
  if (rows.length > 0) {
    const ids = rows.map((r) => r.controller_id)
    // Something new is worth trying at once, however often the old was not confirmed.
    await sql`update doors.controller_state set batch_tries = 0 where company_id = ${c} and controller_id = any(${ids}::uuid[]) and batch_tries > 0`.execute(scope.db)
    await wake(scope, ids)
  }
  return rows.reduce((n, r) => n + r.n, 0)
}
/** Controllers that wait for an answer get it now. */
export async function wake(scope: Scope, controller_ids: readonly string[]): Promise<void> {
  await sql`select pg_notify('heyuan_door', ${`${scope.company_id}:`} || x) from unnest(${[...new Set(controller_ids)]}::text[]) as x`.execute(scope.db)
}

const pending = sql`l.acked_version is distinct from l.version`
/** How far the lists are: of a community, or of what concerns a holder (with a card of his). */
export async function reached(scope: Scope, o: { community_id?: string; holder_id?: string; where?: RawBuilder<unknown> }): Promise<{ door_count: number; left_doors: number; deny_left_doors: number }> {
  const c = scope.company_id
  const { rows } = o.holder_id
    ? await sql<{ door_count: number; left_doors: number; deny_left_doors: number }>`with mine as materialized (select distinct l.controller_id, (x.door ->> 'port')::int as port_no from doors.list_row l cross join lateral jsonb_array_elements(l.body -> 'doors') as x(door) where l.company_id = ${c} and l.holder_id = ${o.holder_id} and l.key like 'u:%'),
        left_at as materialized (select l.controller_id, bool_or(l.deny) as deny from doors.list_row l where l.company_id = ${c} and l.holder_id = ${o.holder_id} and ${pending} group by 1)
        select count(*)::int as door_count, count(z.controller_id)::int as left_doors, count(*) filter (where z.deny)::int as deny_left_doors from mine m left join left_at z on z.controller_id = m.controller_id`.execute(scope.db)
    : await sql<{ door_count: number; left_doors: number; deny_left_doors: number }>`select count(*)::int as door_count, count(z.controller_id)::int as left_doors, count(*) filter (where z.deny)::int as deny_left_doors from doors.door d
        left join (select l.controller_id, bool_or(l.deny) as deny from doors.list_row l where l.company_id = ${c} and ${pending} group by 1) z on z.controller_id = d.controller_id
        where d.company_id = ${c} and d.retired_at is null and ${o.community_id ? sql`d.community_id = ${o.community_id}` : sql`true`} and ${o.where ?? sql`true`}`.execute(scope.db)
  return rows[0]!
}
