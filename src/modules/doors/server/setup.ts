// Controllers, the doors on them, groups of doors.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communityToChange } from '../../property/server/index.ts'
import { doors, type ControllerRow, type GroupRow } from '../contract.ts'
import { onlineSql, placesSeenBy } from './access.ts'
import { controllerPath } from './address.ts'
import { refreshLists } from './lists.ts'
import { adoptStrays } from './strays.ts'

const ROWS_MAX = 500
/** A unique index decides; its name says what stands in the way. */
async function unlessTaken<T>(scope: Scope, run: () => Promise<T>, taken: Record<string, () => Promise<Error> | Error>): Promise<T> {
  await sql`savepoint named`.execute(scope.db)
  try {
    return await run()
  } catch (error) {
    const e = error as { code?: string; constraint?: string }
    const refuse = e.code === '23505' && e.constraint ? taken[e.constraint] : undefined
    if (!refuse) throw error
    await sql`rollback to savepoint named`.execute(scope.db)
    throw await refuse()
  }
}

const controllers = answer(doors.controllers, async (scope, f) => {
  const c = scope.company_id
  const where = sql`k.company_id = ${c} and ${placesSeenBy(scope, 'k')} and ${f.community_id ? sql`k.community_id = ${f.community_id}` : sql`true`} and ${f.with_retired ? sql`true` : sql`k.retired_at is null`}`
  const { rows } = await sql<Omit<ControllerRow, 'doors'>>`select k.controller_id, k.community_id, m.name as community_name, k.name, k.serial_no, k.retired_at is not null as retired, ${onlineSql(scope)} as online, s.heard_at, s.clock_off_s, l.n as list_count, l.left_n as left_count, s.verified_at, coalesce(s.batch_tries, 0) as batch_tries, coalesce(s.mismatch_count, 0) as mismatch_count
    from doors.controller k join property.community m on m.company_id = ${c} and m.community_id = k.community_id left join doors.controller_state s on s.company_id = ${c} and s.controller_id = k.controller_id
      cross join lateral (select count(*) filter (where not l.gone)::int as n, count(*) filter (where l.acked_version is distinct from l.version)::int as left_n from doors.list_row l where l.company_id = ${c} and l.controller_id = k.controller_id) l
    where ${where} order by m.name, k.name limit ${ROWS_MAX}`.execute(scope.db)
  const { rows: list } = await sql<ControllerRow['doors'][number] & { controller_id: string }>`select d.controller_id, d.door_id, d.port_no, d.community_id, d.building_id, d.unit_no, d.name, d.kind, coalesce(b.name || coalesce(d.unit_no || '单元', ''), m.name) as place, d.fire_release, d.held_s, d.retired_at is not null as retired from doors.door d join property.community m on m.company_id = ${c} and m.community_id = d.community_id left join property.building b on b.company_id = ${c} and b.building_id = d.building_id
    where d.company_id = ${c} and d.controller_id = any(${rows.map((r) => r.controller_id)}::uuid[]) and ${f.with_retired ? sql`true` : sql`d.retired_at is null`} order by d.port_no`.execute(scope.db)
  const of = Map.groupBy(list, (d) => d.controller_id)
  return { rows: rows.map((r) => ({ ...r, doors: (of.get(r.controller_id) ?? []).map(({ controller_id: _, ...d }) => d) })) }
})

async function controllerToChange(scope: Scope, controller_id: string): Promise<{ community_id: string; secret_no: number; name: string }> {
  const { rows } = await sql<{ community_id: string; secret_no: number; name: string }>`select k.community_id, k.secret_no, k.name from doors.controller k where k.company_id = ${scope.company_id} and k.controller_id = ${controller_id} and ${placesSeenBy(scope, 'k')} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  await communityToChange(scope, rows[0].community_id)
  return rows[0]
}
const saveController = answer(doors.saveController, async (scope, o) => {
  const c = scope.company_id
  const before = o.controller_id ? await controllerToChange(scope, o.controller_id) : null
  if (!before) await communityToChange(scope, o.community_id)
  const controller_id = o.controller_id ?? uuidv7()
  const values = { name: o.name, serial_no: o.serial_no || null, changed_by: scope.who.account_id, changed_at: scope.now, retired_at: o.retired ? scope.now : null }
  await unlessTaken(scope, async () => {
    if (before) await scope.db.updateTable('doors.controller').set({ ...values, ...(o.new_secret ? { secret_no: before.secret_no + 1 } : {}) }).where('company_id', '=', c).where('controller_id', '=', controller_id).execute()
    else await scope.db.insertInto('doors.controller').values({ company_id: c, controller_id, community_id: o.community_id, ...values }).execute()
  }, { controller_name: () => scope.refuse('doors.name_taken', { name: o.name }) })
  if (!before) await sql`insert into doors.controller_state (company_id, controller_id) values (${c}, ${controller_id})`.execute(scope.db)
  scope.note('door_controller', controller_id, { name: o.name, retired: o.retired, new_secret: o.new_secret === true })
  if (before) await refreshLists(scope)
  return { controller_id }
})
const controllerAddress = answer(doors.controllerAddress, async (scope, { controller_id }) => {
  const { rows } = await sql<{ secret_no: number }>`select k.secret_no from doors.controller k where k.company_id = ${scope.company_id} and k.controller_id = ${controller_id} and ${placesSeenBy(scope, 'k')}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return { path: controllerPath(scope.company_id, controller_id, rows[0].secret_no) }
})
const saveDoor = answer(doors.saveDoor, async (scope, o) => {
  const c = scope.company_id
  const k = await controllerToChange(scope, o.controller_id)
  if (o.door_id) {
    const mine = await sql`select from doors.door where company_id = ${c} and door_id = ${o.door_id} and controller_id = ${o.controller_id}`.execute(scope.db)
    if (mine.rows.length === 0) throw scope.notFound()
  }
  if (o.building_id) {
    const b = await sql`select from property.building where company_id = ${c} and building_id = ${o.building_id} and community_id = ${k.community_id}`.execute(scope.db)
    if (b.rows.length === 0) throw scope.notFound()
  }
  const door_id = o.door_id ?? uuidv7()
  const values = { port_no: o.port_no, community_id: k.community_id, building_id: o.building_id, unit_no: o.unit_no || null, name: o.name, kind: o.kind, fire_release: o.fire_release, held_s: o.held_s, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
  await unlessTaken(scope, async () => {
    if (o.door_id) await scope.db.updateTable('doors.door').set(values).where('company_id', '=', c).where('door_id', '=', door_id).execute()
    else await scope.db.insertInto('doors.door').values({ company_id: c, door_id, controller_id: o.controller_id, ...values }).execute()
  }, {
    door_name: () => scope.refuse('doors.name_taken', { name: o.name }),
    door_port: async () => scope.refuse('doors.port_taken', { port_no: o.port_no, name: (await sql<{ name: string }>`select name from doors.door where company_id = ${c} and controller_id = ${o.controller_id} and port_no = ${o.port_no}`.execute(scope.db)).rows[0]?.name ?? '' }),
  })
  const adopted_count = await adoptStrays(scope, { controller_id: o.controller_id, port_no: o.port_no, door_id })
  scope.note('door', door_id, { name: o.name, controller: k.name, port_no: o.port_no, retired: o.retired, ...(adopted_count > 0 ? { adopted_count } : {}) })
  // A new door is in no group yet; where visitors go to it, the clock tells the controller within the minute.
  if (o.door_id) await refreshLists(scope)
  return { door_id, adopted_count }
})

const groups = answer(doors.groups, async (scope, f) => {
  const c = scope.company_id
  const { rows } = await sql<GroupRow>`select g.group_id, g.community_id, m.name as community_name, g.name, coalesce(x.ids, '{}') as door_ids, coalesce(x.names, '{}') as door_names, (select count(*)::int from doors.entry_right r where r.company_id = ${c} and r.group_id = g.group_id and r.ended_at is null and (r.to_on is null or r.to_on > ${scope.today}::date)) as right_count
    from doors.door_group g join property.community m on m.company_id = ${c} and m.community_id = g.community_id left join lateral (select array_agg(d.door_id order by d.name) as ids, array_agg(d.name order by d.name) as names from doors.group_door gd join doors.door d on d.company_id = ${c} and d.door_id = gd.door_id where gd.company_id = ${c} and gd.group_id = g.group_id) x on true
    where g.company_id = ${c} and ${placesSeenBy(scope, 'g')} and ${f.community_id ? sql`g.community_id = ${f.community_id}` : sql`true`} order by m.name, g.name limit ${ROWS_MAX}`.execute(scope.db)
  return { rows }
})
const saveGroup = answer(doors.saveGroup, async (scope, o) => {
  const c = scope.company_id
  if (o.group_id) {
    const { rows } = await sql<{ community_id: string }>`select g.community_id from doors.door_group g where g.company_id = ${c} and g.group_id = ${o.group_id} and g.community_id = ${o.community_id} and ${placesSeenBy(scope, 'g')} for update`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
  }
  const m = await communityToChange(scope, o.community_id)
  const ids = [...new Set(o.door_ids)]
  const { rows: n } = await sql<{ n: number }>`select count(*)::int as n from doors.door where company_id = ${c} and community_id = ${o.community_id} and door_id = any(${ids}::uuid[])`.execute(scope.db)
  if (n[0]!.n !== ids.length) throw scope.refuse('doors.door_elsewhere', { community: m.name })
  const group_id = o.group_id ?? uuidv7()
  await unlessTaken(scope, async () => {
    if (o.group_id) await scope.db.updateTable('doors.door_group').set({ name: o.name, changed_by: scope.who.account_id, changed_at: scope.now }).where('company_id', '=', c).where('group_id', '=', group_id).execute()
    else await scope.db.insertInto('doors.door_group').values({ company_id: c, group_id, community_id: o.community_id, name: o.name, changed_by: scope.who.account_id, changed_at: scope.now }).execute()
  }, { door_group_name: () => scope.refuse('doors.name_taken', { name: o.name }) })
  await sql`delete from doors.group_door where company_id = ${c} and group_id = ${group_id} and door_id <> all(${ids}::uuid[])`.execute(scope.db)
  await sql`insert into doors.group_door (company_id, group_id, door_id) select ${c}, ${group_id}, x from unnest(${ids}::uuid[]) as x on conflict do nothing`.execute(scope.db)
  scope.note('door_group', group_id, { name: o.name, doors: ids.length })
  if (o.group_id) await refreshLists(scope)
  return { group_id }
})
export const setupAnswers = [controllers, saveController, controllerAddress, saveDoor, groups, saveGroup]
