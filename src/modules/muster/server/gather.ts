// One stream of presence, put together only here and only for a roll: doors, patrol scans, beacons, visitors inside, who stands duty. The newest of each person counts; where it
// comes from and whether it can be believed travels with it. Nothing else in the system reads who is where.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { lastPassages } from '../../doors/server/index.ts'
import { ruleOf } from './rule.ts'

const PASSAGES_MAX = 20_000
/** Writes who is known into the roll; who has a mark already keeps the place he had. Gives how many stand on it. */
export async function gather(scope: Scope, roll: { roll_id: string; community_id: string; started_at: string }): Promise<number> {
  const c = scope.company_id
  const { seen_hours } = await ruleOf(scope)
  const since = new Date(Date.parse(roll.started_at) - seen_hours * 3_600_000).toISOString()
  const through = JSON.stringify(await lastPassages(scope, { community_id: roll.community_id, since, limit: PASSAGES_MAX }))
  const here = roll.community_id
  await sql`with door as materialized (select x.*, d.name as zone, d.kind = 'gate' as gate from jsonb_to_recordset(${through}::jsonb) as x(person_id uuid, account_id uuid, helper_id uuid, visit_id uuid, door_id uuid, at timestamptz) join doors.door d on d.company_id = ${c} and d.door_id = x.door_id),
    staff_seen as (
      select account_id, zone, at, 'passage' as source, gate, true as sure from door where account_id is not null
      union all select r.account_id, p.name, r.done_at, 'patrol', false, r.proof_ok from rounds.record r join rounds.point p on p.company_id = ${c} and p.point_id = r.point_id and p.community_id = ${here} where r.company_id = ${c} and r.on_day >= (${since}::timestamptz at time zone 'Asia/Shanghai')::date - 1 and r.done_at >= ${since}::timestamptz
      union all select s.account_id, s.zone, s.at, 'beacon', false, true from muster.sighting s where s.company_id = ${c} and s.community_id = ${here} and s.at >= ${since}::timestamptz),
    duty_now as (select distinct on (r.account_id) r.account_id, m.name as zone, r.starts_at as at from duty.roster r join duty.room m on m.company_id = ${c} and m.room_id = r.room_id and m.community_id = ${here} and m.retired_at is null where r.company_id = ${c} and r.starts_at <= ${scope.now}::timestamptz and r.ends_at > ${scope.now}::timestamptz order by r.account_id, r.starts_at desc),
    staff as (select distinct on (account_id) * from (select * from staff_seen union all select account_id, zone, at, 'duty', false, false from duty_now) z order by account_id, at desc),
    want as (
      select 'a:' || s.account_id as key, 'staff' as kind, m.name, (select string_agg(distinct q.name, '、') from identity.access_grant g join identity.role q on q.company_id = ${c} and q.role_id = g.role_id where g.company_id = ${c} and g.account_id = s.account_id) as about, s.zone, s.at, s.source, s.gate, s.sure from staff s join identity.member m on m.company_id = ${c} and m.account_id = s.account_id and m.disabled_at is null
      union all select 'v:' || v.visit_id, 'visitor', v.visitor_name || case when v.people_count > 1 then '等 ' || v.people_count || ' 人' else '' end, '受访 ' || h.label, coalesce(d.zone, h.label), greatest(d.at, v.arrived_at), case when d.at is not null then 'passage' else 'visit' end, false, v.to_at > ${scope.now}::timestamptz
        from access.visit v join property.house h on h.company_id = ${c} and h.house_id = v.house_id left join door d on d.visit_id = v.visit_id where v.company_id = ${c} and v.community_id = ${here} and v.state = 'arrived'
      union all select 'p:' || d.person_id, 'resident', p.name, (select string_agg(distinct k.label, '、') from (select o.house_id from people.ownership o where o.company_id = ${c} and o.person_id = d.person_id and o.to_on is null union select t.house_id from people.tenancy t where t.company_id = ${c} and t.person_id = d.person_id and t.to_on is null union select x.house_id from people.household x where x.company_id = ${c} and x.person_id = d.person_id and x.to_on is null) y join property.house k on k.company_id = ${c} and k.house_id = y.house_id and k.community_id = ${here} and k.kind = 'dwelling'), d.zone, d.at, 'passage', d.gate, true from door d join people.person p on p.company_id = ${c} and p.person_id = d.person_id
      union all select 'h:' || e.helper_id, 'helper', e.name, e.vouch_name || ' 担保', d.zone, d.at, 'passage', d.gate, true from door d join doors.helper e on e.company_id = ${c} and e.helper_id = d.helper_id)
    insert into muster.entry as t (company_id, roll_id, entry_id, key, kind, name, about, zone, at, source, gate, sure) select ${c}, ${roll.roll_id}, gen_random_uuid(), w.key, w.kind, w.name, w.about, w.zone, w.at, w.source, w.gate, w.sure from want w
    on conflict (company_id, roll_id, key) do update set zone = excluded.zone, at = excluded.at, source = excluded.source, gate = excluded.gate, sure = excluded.sure where t.mark is null and (t.at is null or excluded.at > t.at)`.execute(scope.db)
  return count(scope, roll.roll_id)
}
/** Counts stand on the roll: lists need no name for them. */
export async function count(scope: Scope, roll_id: string): Promise<number> {
  const { rows } = await sql<{ total_count: number }>`update muster.roll r set total_count = x.total, safe_count = x.safe, help_count = x.help from (select count(*)::int as total, count(*) filter (where mark in ('safe', 'found'))::int as safe, count(*) filter (where mark = 'help')::int as help from muster.entry where company_id = ${scope.company_id} and roll_id = ${roll_id}) x where r.company_id = ${scope.company_id} and r.roll_id = ${roll_id} returning r.total_count`.execute(scope.db)
  return rows[0]!.total_count
}
const OPEN_MAX = 50
/** Each minute: open rolls learn who was seen since. */
export async function refreshOpen(scope: Scope): Promise<void> {
  const { rows } = await sql<{ roll_id: string; community_id: string; started_at: string }>`select roll_id, community_id, started_at from muster.roll where company_id = ${scope.company_id} and state = 'open' order by started_at limit ${OPEN_MAX}`.execute(scope.db)
  for (const r of rows) await gather(scope, r)
}
/** One roll a cause; while one is open in a community another joins it. */
export async function openRoll(scope: Scope, o: { community_id: string; cause: 'drill' | 'emergency' | 'fire'; subject_id: string | null; title: string; by_name: string }): Promise<{ roll_id: string; total_count: number } | null> {
  const c = scope.company_id
  await sql`select pg_advisory_xact_lock(hashtextextended(${`muster:${c}:${o.community_id}`}, 0))`.execute(scope.db)
  const open = await sql`select from muster.roll where company_id = ${c} and ((community_id = ${o.community_id} and state = 'open') or subject_id = ${o.subject_id}::uuid) limit 1`.execute(scope.db)
  if (open.rows.length > 0) return null
  const roll_id = uuidv7()
  await scope.db.insertInto('muster.roll').values({ company_id: c, roll_id, community_id: o.community_id, cause: o.cause, subject_id: o.subject_id, title: o.title.slice(0, 100), state: 'open', started_name: o.by_name, started_at: scope.now }).execute()
  const total_count = await gather(scope, { roll_id, community_id: o.community_id, started_at: scope.now })
  scope.note('muster_roll', roll_id, { title: o.title, cause: o.cause, total_count })
  return { roll_id, total_count }
}
