// Barred from doors: proposed by one, agreed to by another, for one of a few reasons (money owed is none of them), until a day. Who lives here keeps the way to his home: gates
// and unit doors are closed to him by a court's or the police's paper alone.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { activeOn, ties } from '../../people/server/index.ts'
import { communityToChange } from '../../property/server/index.ts'
import { doors, type BarredRow } from '../contract.ts'
import { said } from '../shown.ts'
import { placesSeenBy } from './access.ts'
import { reached, refreshLists } from './lists.ts'
import { refuseDebt } from './reasons.ts'

const YEAR_DAYS = 366
const stateSql = (scope: Scope) => sql<BarredRow['state']>`case when b.state in ('asked', 'on') and b.to_on <= ${scope.today}::date then 'over' else b.state end`
export const holderName = (scope: Scope) => sql<string>`coalesce((select p.name from people.person p where p.company_id = ${scope.company_id} and p.person_id = h.person_id), (select m.name from identity.member m where m.company_id = ${scope.company_id} and m.account_id = h.account_id), (select x.name from doors.helper x where x.company_id = ${scope.company_id} and x.helper_id = h.helper_id), '')`
const holderKind = sql<'person' | 'staff' | 'helper'>`case when h.person_id is not null then 'person' when h.account_id is not null then 'staff' else 'helper' end`
const houses = (scope: Scope) => sql<string>`coalesce((select string_agg(distinct ph.label, '、') from ${ties(scope)} t join property.house ph on ph.company_id = ${scope.company_id} and ph.house_id = t.house_id where t.person_id = h.person_id and ${activeOn('t', scope.today)}), '')`
export const cardTails = (scope: Scope) => sql<string>`coalesce((select string_agg(right(k.card_no, 4), '、' order by k.issued_at desc) from doors.card k where k.company_id = ${scope.company_id} and k.holder_id = h.holder_id and k.state = 'live'), '')`

const doorsBarred = answer(doors.doorsBarred, async (scope, f) => {
  const c = scope.company_id
  const base: RawBuilder<unknown>[] = [sql`b.company_id = ${c}`, placesSeenBy(scope, 'b')]
  if (f.community_id) base.push(sql`b.community_id = ${f.community_id}`)
  const p = [...base]
  if (f.state) p.push(sql`${stateSql(scope)} = ${f.state}`)
  if (f.q) p.push(sql`exists (select from doors.holder h where h.company_id = ${c} and h.holder_id = b.holder_id and (position(${f.q} in ${holderName(scope)}) > 0 or exists (select from doors.card k where k.company_id = ${c} and k.holder_id = h.holder_id and k.card_no = ${f.q})))`)
  const where = sql<SqlBool>`${sql.join(p, sql` and `)}`
  const { rows } = await sql<Omit<BarredRow, 'can'> & { asked_by: string | null }>`with page as materialized (select b.* from doors.barred b where ${where} order by b.asked_at desc, b.barred_id limit ${f.page_size} offset ${(f.page - 1) * f.page_size})
    select b.barred_id, m.name as community_name, ${holderName(scope)} as holder_name, ${holderKind} as holder_kind, ${houses(scope)} as houses, ${cardTails(scope)} as cards, g.name as group_name, b.reason, b.detail, b.from_on, b.to_on, ${stateSql(scope)} as state, b.asked_by, b.asked_name, b.asked_at, b.decided_name, b.decided_at, b.decided_note, b.lifted_name, b.lifted_at, b.lifted_reason,
      case when b.state = 'on' then (select count(distinct l.controller_id)::int from doors.list_row l where l.company_id = ${c} and l.holder_id = b.holder_id and l.deny and l.acked_version is distinct from l.version) else 0 end as left_doors
    from page b join property.community m on m.company_id = ${c} and m.community_id = b.community_id join doors.holder h on h.company_id = ${c} and h.holder_id = b.holder_id left join doors.door_group g on g.company_id = ${c} and g.group_id = b.group_id order by b.asked_at desc, b.barred_id`.execute(scope.db)
  const { rows: n } = await sql<{ total: number; asked_count: number }>`select (select count(*)::int from doors.barred b where ${where}) as total, (select count(*)::int from doors.barred b where ${sql.join(base, sql` and `)} and ${stateSql(scope)} = 'asked') as asked_count`.execute(scope.db)
  return {
    ...n[0]!,
    rows: rows.map(({ asked_by, ...r }) => ({ ...r, can: { decide: r.state !== 'asked' ? 'doors.bar_decided' : asked_by === scope.who.account_id ? 'doors.same_person' : (true as const), lift: r.state === 'on' || r.state === 'asked' ? (true as const) : 'doors.bar_over' } })),
  }
})
const FOUND_MAX = 20
const findHolders = answer(doors.findHolders, async (scope, { q, community_id }) => {
  const c = scope.company_id
  await communityToChange(scope, community_id)
  const { rows } = await sql<{ holder_id: string; name: string; kind: 'person' | 'staff' | 'helper'; houses: string; cards: string }>`with found as materialized (
      select k.holder_id from doors.card k where k.company_id = ${c} and k.community_id = ${community_id} and (k.card_no = ${q} or exists (select from property.house ph where ph.company_id = ${c} and ph.house_id = k.house_id and ph.label = ${q}))
      union select h.holder_id from doors.holder h join people.person p on p.company_id = ${c} and p.person_id = h.person_id and position(${q} in p.name) > 0 where h.company_id = ${c} and exists (select from ${ties(scope)} t join property.house ph on ph.company_id = ${c} and ph.house_id = t.house_id and ph.community_id = ${community_id} where t.person_id = h.person_id)
      union select h.holder_id from doors.holder h join identity.member m on m.company_id = ${c} and m.account_id = h.account_id and position(${q} in m.name) > 0 where h.company_id = ${c}
      union select h.holder_id from doors.holder h join doors.helper x on x.company_id = ${c} and x.helper_id = h.helper_id and x.community_id = ${community_id} and (position(${q} in x.name) > 0 or x.phone = ${q}) where h.company_id = ${c} limit ${FOUND_MAX})
    select h.holder_id, ${holderName(scope)} as name, ${holderKind} as kind, ${houses(scope)} as houses, ${cardTails(scope)} as cards from found f join doors.holder h on h.company_id = ${c} and h.holder_id = f.holder_id order by 2`.execute(scope.db)
  return { rows }
})
/** Gates and the unit's door are the way home of those who live here. */
async function keepWayHome(scope: Scope, b: { community_id: string; holder_id: string; group_id: string | null; reason: string }): Promise<void> {
  if (b.reason === 'court') return
  const c = scope.company_id
  const { rows } = await sql<{ name: string }>`select p.name from doors.holder h join people.person p on p.company_id = ${c} and p.person_id = h.person_id where h.company_id = ${c} and h.holder_id = ${b.holder_id}
      and exists (select from ${ties(scope)} t join property.house ph on ph.company_id = ${c} and ph.house_id = t.house_id and ph.community_id = ${b.community_id} where t.person_id = h.person_id and ${activeOn('t', scope.today)})
      and ${b.group_id === null ? sql`true` : sql`exists (select from doors.group_door gd join doors.door d on d.company_id = ${c} and d.door_id = gd.door_id and d.kind in ('gate', 'unit') where gd.company_id = ${c} and gd.group_id = ${b.group_id})`}`.execute(scope.db)
  if (rows[0]) throw scope.refuse('doors.way_home', { name: rows[0].name })
}
const askBar = answer(doors.askBar, async (scope, { request_id: _r, dry_run: _d, ...o }) => {
  const c = scope.company_id
  await communityToChange(scope, o.community_id)
  if (o.from_on < scope.today) throw scope.refuse('doors.from_past', { today: scope.today })
  if (o.to_on <= o.from_on) throw scope.refuse('doors.days_crossed')
  if (o.to_on > addDays(o.from_on, YEAR_DAYS)) throw scope.refuse('doors.bar_too_long')
  refuseDebt(scope, o.detail)
  const { rows } = await sql<{ name: string }>`select ${holderName(scope)} as name from doors.holder h where h.company_id = ${c} and h.holder_id = ${o.holder_id}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  if (o.group_id) {
    const g = await sql`select from doors.door_group where company_id = ${c} and group_id = ${o.group_id} and community_id = ${o.community_id}`.execute(scope.db)
    if (g.rows.length === 0) throw scope.notFound()
  }
  const same = await sql`select from doors.barred b where b.company_id = ${c} and b.holder_id = ${o.holder_id} and b.community_id = ${o.community_id} and b.state in ('asked', 'on') and b.to_on > ${scope.today}::date and b.group_id is not distinct from ${o.group_id}::uuid`.execute(scope.db)
  if (same.rows.length > 0) throw scope.refuse('doors.barred_already', { name: rows[0].name })
  await keepWayHome(scope, o)
  const barred_id = uuidv7()
  await scope.db.insertInto('doors.barred').values({ company_id: c, barred_id, ...o, state: 'asked', asked_by: scope.who.account_id, asked_name: scope.who.name, asked_at: scope.now }).execute()
  scope.note('door_barred', barred_id, { name: rows[0].name, reason: o.reason, detail: o.detail, to_on: o.to_on })
  return { barred_id }
})
interface Bar {
  barred_id: string
  community_id: string
  holder_id: string
  group_id: string | null
  reason: string
  state: BarredRow['state']
  asked_by: string | null
}
async function barToChange(scope: Scope, barred_id: string): Promise<Bar> {
  const { rows } = await sql<Bar>`select b.barred_id, b.community_id, b.holder_id, b.group_id, b.reason, ${stateSql(scope)} as state, b.asked_by from doors.barred b where b.company_id = ${scope.company_id} and b.barred_id = ${barred_id} and ${placesSeenBy(scope, 'b')} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  await communityToChange(scope, rows[0].community_id)
  return rows[0]
}
const decideBar = answer(doors.decideBar, async (scope, o) => {
  const b = await barToChange(scope, o.barred_id)
  if (b.state !== 'asked') throw scope.refuse('doors.bar_decided', { state: said('barred', b.state) })
  if (b.asked_by === scope.who.account_id) throw scope.refuse('doors.same_person')
  if (o.agree) await keepWayHome(scope, b)
  const state = o.agree ? 'on' : 'refused'
  await sql`update doors.barred set state = ${state}, decided_by = ${scope.who.account_id}, decided_name = ${scope.who.name}, decided_at = ${scope.now}, decided_note = ${o.note} where company_id = ${scope.company_id} and barred_id = ${o.barred_id}`.execute(scope.db)
  scope.note('door_barred', o.barred_id, { state, note: o.note })
  await refreshLists(scope, { holder_ids: [b.holder_id] })
  return { state, reached: await reached(scope, { holder_id: b.holder_id }) }
})
const liftBar = answer(doors.liftBar, async (scope, o) => {
  const b = await barToChange(scope, o.barred_id)
  if (b.state !== 'on' && b.state !== 'asked') throw scope.refuse('doors.bar_over', { state: said('barred', b.state) })
  await sql`update doors.barred set state = 'lifted', lifted_name = ${scope.who.name}, lifted_at = ${scope.now}, lifted_reason = ${o.reason} where company_id = ${scope.company_id} and barred_id = ${o.barred_id}`.execute(scope.db)
  scope.note('door_barred', o.barred_id, { lifted: o.reason })
  await refreshLists(scope, { holder_ids: [b.holder_id] })
  return { reached: await reached(scope, { holder_id: b.holder_id }) }
})
export const barAnswers = [doorsBarred, findHolders, askBar, decideBar, liftBar]
