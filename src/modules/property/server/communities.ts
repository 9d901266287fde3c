// Communities, zones, buildings, units: the tree above the houses.
import { sql, type SqlBool } from 'kysely'
import type { z } from 'zod'
import { answer } from '../../../kernel/app.ts'
import type { In } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { property, type Tree } from '../contract.ts'
import { buildingToRead, communitiesSeenBy, communityToChange, housesSeenBy } from './access.ts'
import { buildLabel, isNumber, normaliseNo, sortNo } from './rules/label.ts'
import { orTaken } from './taken.ts'

export const communities = answer(property.communities, async (scope) => {
  const c = scope.company_id
  const { rows } = await sql<In<typeof property.communities.gives>['rows'][number]>`
    select c.community_id, c.name, c.kind, c.address, c.district, c.land_mu, c.built_area_m2, c.green_area_m2, c.service_phone, c.start_rule,
      coalesce(h.house_count, 0)::int as house_count, coalesce(b.building_count, 0)::int as building_count, coalesce(h.area_sum_m2, 0)::text as area_sum_m2
    from property.community c
    left join (select h.community_id, count(*) as house_count, sum(h.built_area_m2) as area_sum_m2 from property.house h where h.company_id = ${c} and ${housesSeenBy(scope)} group by 1) h on h.community_id = c.community_id
    left join (select b.community_id, count(*) as building_count from property.building b where b.company_id = ${c} and ${housesSeenBy(scope, { alias: 'b' })} group by 1) b on b.community_id = c.community_id
    where c.company_id = ${c} and c.disabled_at is null and ${communitiesSeenBy(scope)} order by c.created_at, c.community_id limit 1000`.execute(scope.db)
  return { rows }
})

export const saveCommunity = answer(property.saveCommunity, async (scope, { community_id, request_id: _r, dry_run: _d, ...o }) => {
  const taken = () => scope.refuse('property.name_taken', { name: o.name })
  if (community_id) {
    const before = await communityToChange(scope, community_id)
    await orTaken(scope.db.updateTable('property.community').set(o).where('company_id', '=', scope.company_id).where('community_id', '=', community_id).execute(), taken)
    if (before.start_rule !== o.start_rule) scope.emit('property.start_rule_changed', community_id, { community_id })
    scope.note('community', community_id, { before: { name: before.name, start_rule: before.start_rule }, after: { name: o.name, start_rule: o.start_rule } })
    return { community_id }
  }
  // A new community is nobody's yet: only somebody over the whole company may add one.
  if (!scope.reach().all) throw scope.notFound()
  const id = uuidv7()
  await orTaken(scope.db.insertInto('property.community').values({ company_id: scope.company_id, community_id: id, ...o, created_at: scope.now }).execute(), taken)
  scope.note('community', id, { name: o.name })
  return { community_id: id }
})

export const tree = answer(property.tree, async (scope, { community_id }) => {
  const c = scope.company_id
  const only = community_id ? sql<SqlBool>`c.community_id = ${community_id}` : sql<SqlBool>`true`
  const within = community_id ? sql<SqlBool>`h.community_id = ${community_id}` : sql<SqlBool>`true`
  const { rows } = await sql<z.input<typeof Tree>[number]>`
    with n as materialized (select h.building_id, h.unit_id, count(*)::int as n from property.house h where h.company_id = ${c} and ${within} and ${housesSeenBy(scope)} group by 1, 2)
    select c.community_id, c.name,
      coalesce((select jsonb_agg(jsonb_build_object('zone_id', z.zone_id, 'name', z.name) order by z.sort_no, z.name) from property.zone z where z.company_id = ${c} and z.community_id = c.community_id), '[]') as zones,
      coalesce(b.buildings, '[]') as buildings
    from property.community c left join (
      select b.community_id, jsonb_agg(jsonb_build_object('building_id', b.building_id, 'zone_id', b.zone_id, 'no', b.no, 'name', b.name, 'kind', b.kind, 'floors_above', b.floors_above, 'floors_below', b.floors_below, 'has_lift', b.has_lift, 'house_count', coalesce(h.n, 0), 'units', coalesce(u.units, '[]')) order by b.sort_no, b.no) as buildings
      from property.building b
      left join (select building_id, sum(n)::int as n from n group by 1) h on h.building_id = b.building_id
      left join (select u.building_id, jsonb_agg(jsonb_build_object('unit_id', u.unit_id, 'no', u.no, 'house_count', coalesce(n.n, 0)) order by u.sort_no, u.no) as units
        from property.unit u left join n on n.unit_id = u.unit_id where u.company_id = ${c} group by 1) u on u.building_id = b.building_id
      where b.company_id = ${c} and ${housesSeenBy(scope, { alias: 'b' })} group by 1) b on b.community_id = c.community_id
    where c.company_id = ${c} and c.disabled_at is null and ${only} and ${communitiesSeenBy(scope)} order by c.created_at, c.community_id limit 1000`.execute(scope.db)
  return { communities: rows }
})

export const saveZone = answer(property.saveZone, async (scope, { zone_id, community_id, name }) => {
  await communityToChange(scope, community_id)
  const taken = () => scope.refuse('property.name_taken', { name })
  if (zone_id) {
    const done = await orTaken(scope.db.updateTable('property.zone').set({ name }).where('company_id', '=', scope.company_id).where('zone_id', '=', zone_id).where('community_id', '=', community_id).returning('zone_id').executeTakeFirst(), taken)
    if (!done) throw scope.notFound()
  }
  const id = zone_id ?? uuidv7()
  if (!zone_id) await orTaken(scope.db.insertInto('property.zone').values({ company_id: scope.company_id, zone_id: id, community_id, name }).execute(), taken)
  scope.note('zone', id, { name })
  return { zone_id: id }
})

/** A number in its one spelling, or the refusal. */
export function cleanNo(scope: Scope, no: string): string {
  const n = normaliseNo(no)
  if (!isNumber(n, 10)) throw scope.refuse('property.bad_number', { no })
  return n
}

/** Units of a building by number; missing ones are made. */
export async function unitsOf(scope: Scope, building_id: string, nos: readonly string[]): Promise<Map<string, string>> {
  const list = [...new Set(nos)]
  if (list.length === 0) return new Map()
  await sql`insert into property.unit (company_id, unit_id, building_id, no, sort_no) select ${scope.company_id}, x.id, ${building_id}, x.no, x.sort_no
    from unnest(${list.map(() => uuidv7())}::uuid[], ${list}::text[], ${list.map((n) => Math.floor(sortNo('0', n, '0') / 100_000))}::int[]) as x(id, no, sort_no) on conflict (company_id, building_id, no) do nothing`.execute(scope.db)
  const rows = await scope.db.selectFrom('property.unit').select(['no', 'unit_id']).where('company_id', '=', scope.company_id).where('building_id', '=', building_id).where('no', 'in', list).execute()
  return new Map(rows.map((r) => [r.no, r.unit_id]))
}

export const saveBuilding = answer(property.saveBuilding, async (scope, { building_id, unit_nos, request_id: _r, dry_run: _d, ...o }) => {
  const no = cleanNo(scope, o.no)
  const taken = () => scope.refuse('property.name_taken', { name: o.no })
  if (o.zone_id) {
    const zone = await scope.db.selectFrom('property.zone').select('zone_id').where('company_id', '=', scope.company_id).where('zone_id', '=', o.zone_id).where('community_id', '=', o.community_id).executeTakeFirst()
    if (!zone) throw scope.notFound()
  }
  const values = { ...o, no, sort_no: Math.floor(sortNo(no, null, '0') / 1_000_000) }
  let id = building_id
  if (id) {
    const before = await buildingToRead(scope, id)
    if (before.community_id !== o.community_id) throw scope.notFound()
    await orTaken(scope.db.updateTable('property.building').set(values).where('company_id', '=', scope.company_id).where('building_id', '=', id).execute(), taken)
    if (before.no !== no) await relabel(scope, id, no, taken)
    scope.note('building', id, { before: { no: before.no, name: before.name }, after: { no, name: o.name } })
  } else {
    await communityToChange(scope, o.community_id)
    id = uuidv7()
    await orTaken(scope.db.insertInto('property.building').values({ company_id: scope.company_id, building_id: id, ...values }).execute(), taken)
    scope.note('building', id, { no, name: o.name })
  }
  if (unit_nos) await unitsOf(scope, id, unit_nos.map((n) => cleanNo(scope, n)))
  return { building_id: id }
})

/** A building with a new number gives its houses new labels; each is kept in the history of the house. */
async function relabel(scope: Scope, building_id: string, no: string, taken: () => Error): Promise<void> {
  const houses = (await sql<{ house_id: string; label: string; room_no: string; unit_no: string | null }>`select h.house_id, h.label, h.room_no, u.no as unit_no from property.house h left join property.unit u on u.company_id = h.company_id and u.unit_id = h.unit_id
    where h.company_id = ${scope.company_id} and h.building_id = ${building_id} order by h.house_id for update of h`.execute(scope.db)).rows
  if (houses.length === 0) return
  const next = houses.map((h) => ({ house_id: h.house_id, before: h.label, label: buildLabel(no, h.unit_no, h.room_no), sort_no: sortNo(no, h.unit_no, h.room_no), change_id: uuidv7() }))
  const list = JSON.stringify(next)
  await orTaken(sql`update property.house h set label = x.label, sort_no = x.sort_no from jsonb_to_recordset(${list}::jsonb) as x(house_id uuid, label text, sort_no int)
    where h.company_id = ${scope.company_id} and h.house_id = x.house_id`.execute(scope.db), taken as never)
  await sql`insert into property.house_change (company_id, change_id, house_id, field, before, after, on_day, reason, changed_by, changed_at)
    select ${scope.company_id}, x.change_id, x.house_id, 'label', x.before, x.label, ${scope.today}, '楼栋改号', ${scope.who.account_id}, ${scope.now}
    from jsonb_to_recordset(${list}::jsonb) as x(house_id uuid, label text, before text, change_id uuid)`.execute(scope.db)
}

export const removeBuilding = answer(property.removeBuilding, async (scope, { building_id }) => {
  const b = await buildingToRead(scope, building_id)
  const { count } = await scope.db.selectFrom('property.house').select((e) => e.fn.countAll<number>().as('count')).where('company_id', '=', scope.company_id).where('building_id', '=', building_id).executeTakeFirstOrThrow()
  if (count > 0) throw scope.refuse('property.building_has_houses', { name: b.name, count })
  await scope.db.deleteFrom('property.unit').where('company_id', '=', scope.company_id).where('building_id', '=', building_id).execute()
  await scope.db.deleteFrom('property.building').where('company_id', '=', scope.company_id).where('building_id', '=', building_id).execute()
  scope.note('building', building_id, { no: b.no, name: b.name })
  return { done: true as const }
})
