// Houses in mass, for imports and for the sample community: set-based, a batch at a time, with what is needed to undo each row.
import { sql, type SqlBool } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import { assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { HouseRow } from '../contract.ts'
import { FOLLOWED, differs, keepHistory, text, type Change } from './houses.ts'
import { buildingKind, buildingName } from './rules/building.ts'
import { buildLabel, floorOf, isNumber, normaliseNo, normaliseRoom, parseHouseText, sortNo } from './rules/label.ts'

export const BATCH_MAX = 5000
/** A field that is absent keeps what an existing house has; null clears it. */
export interface HouseIn {
  community_id: string
  zone_name?: string | null
  building_no: string
  building_name?: string
  building_kind?: 'residential' | 'commercial' | 'mixed' | 'car_park' | 'service'
  unit_no: string | null
  room_no: string
  kind: HouseRow['kind']
  floor_no?: number
  built_area_m2?: string
  inner_area_m2?: string | null
  heated_area_m2?: string | null
  state?: HouseRow['state']
  delivered_on?: string | null
  usage?: string | null
  note?: string | null
}
export type Effect = 'new' | 'change' | 'same'
export interface HouseUndo {
  house_id: string
  /** The fields as they were; null when the row made the house. */
  before: Record<string, unknown> | null
  made_building_id?: string
  made_unit_id?: string
}
export interface HouseDone {
  house_id: string
  label: string
  effect: Effect
  undo: HouseUndo
}

const FIELDS = ['kind', 'floor_no', 'built_area_m2', 'inner_area_m2', 'heated_area_m2', 'state', 'delivered_on', 'usage', 'note'] as const
type Field = (typeof FIELDS)[number]
type Known = { house_id: string; community_id: string; label: string } & Record<Field, unknown>

const clean = (r: HouseIn) => {
  const building_no = normaliseNo(r.building_no)
  const unit_no = r.unit_no === null || r.unit_no === '' ? null : normaliseNo(r.unit_no)
  const room_no = normaliseRoom(r.room_no)
  assert([building_no, unit_no ?? '1', room_no].every((n) => isNumber(n)), `not a house number: ${r.building_no} ${r.unit_no ?? ''} ${r.room_no}`)
  return { ...r, building_no, unit_no, room_no, label: buildLabel(building_no, unit_no, room_no) }
}
type Clean = ReturnType<typeof clean>
const key = (...parts: (string | null)[]): string => parts.join('\u0000')

async function known(scope: Scope, rows: readonly { community_id: string; label: string }[]): Promise<Map<string, Known>> {
  const { rows: found } = await sql<Known>`select h.house_id, h.community_id, h.label, h.kind, h.floor_no, h.built_area_m2, h.inner_area_m2, h.heated_area_m2, h.state, h.delivered_on, h.usage, h.note
    from property.house h where h.company_id = ${scope.company_id} and h.community_id = any(${[...new Set(rows.map((r) => r.community_id))]}::uuid[]) and h.label = any(${[...new Set(rows.map((r) => r.label))]}::text[])`.execute(scope.db)
  return new Map(found.map((h) => [key(h.community_id, h.label), h]))
}
const changesOf = (h: Known, r: Clean): Field[] => FIELDS.filter((f) => r[f] !== undefined && differs(f, h[f], r[f]))

export interface HouseChecked {
  house_id: string | null
  label: string
  effect: Effect
  /** For 'change': what will be another. */
  changes: { field: string; before: string | null; after: string | null }[]
}
/** What createHouses would do, row by row; nothing is written. */
export async function checkHouses(scope: Scope, rows: readonly HouseIn[]): Promise<HouseChecked[]> {
  assert(rows.length <= BATCH_MAX, 'a batch of houses is bounded')
  const list = rows.map(clean)
  const have = await known(scope, list)
  return list.map((r) => {
    const h = have.get(key(r.community_id, r.label))
    const changes = h ? changesOf(h, r).map((field) => ({ field, before: text(h[field]), after: text(r[field]) })) : []
    return { house_id: h?.house_id ?? null, label: r.label, effect: !h ? 'new' : changes.length ? 'change' : 'same', changes }
  })
}

async function withinReach(scope: Scope, rows: readonly Clean[], permission: string): Promise<void> {
  const ids = [...new Set(rows.map((r) => r.community_id))]
  const reach = scope.reach(permission)
  if (!reach.all && ids.some((id) => !reach.community_ids.includes(id))) throw scope.notFound()
  const have = await scope.db.selectFrom('property.community').select('community_id').where('company_id', '=', scope.company_id).where(sql<SqlBool>`community_id = any(${ids}::uuid[])`).execute()
  if (have.length !== ids.length) throw scope.notFound()
}

/** Zones, buildings and units that the rows need, made where they are missing. */
async function parentsOf(scope: Scope, rows: readonly Clean[]) {
  const c = scope.company_id
  const zones = new Map(rows.filter((r) => r.zone_name).map((r) => [key(r.community_id, r.zone_name!), r]))
  if (zones.size) {
    await sql`insert into property.zone (company_id, zone_id, community_id, name) select ${c}, * from unnest(${[...zones].map(() => uuidv7())}::uuid[], ${[...zones.values()].map((r) => r.community_id)}::uuid[], ${[...zones.values()].map((r) => r.zone_name!)}::text[])
      on conflict (company_id, community_id, name) do nothing`.execute(scope.db)
  }
  const communities = [...new Set(rows.map((r) => r.community_id))]
  const zone_ids = new Map((zones.size ? await scope.db.selectFrom('property.zone').select(['zone_id', 'community_id', 'name']).where('company_id', '=', c).where('community_id', 'in', communities).execute() : []).map((z) => [key(z.community_id, z.name), z.zone_id]))
  const wanted = new Map(rows.map((r) => [key(r.community_id, r.building_no), r]))
  const kinds = new Map<string, Set<string>>()
  for (const r of rows) {
    const k = key(r.community_id, r.building_no)
    const have = kinds.get(k) ?? new Set()
    kinds.set(k, have.add(r.kind))
  }
  const made = await sql<{ building_id: string; community_id: string; no: string }>`insert into property.building (company_id, building_id, community_id, zone_id, no, name, kind, floors_above, sort_no)
    select ${c}, x.* from jsonb_to_recordset(${JSON.stringify([...wanted.values()].map((r) => ({ building_id: uuidv7(), community_id: r.community_id, zone_id: r.zone_name ? zone_ids.get(key(r.community_id, r.zone_name)) : null, no: r.building_no, name: r.building_name ?? buildingName(r.building_no, kinds.get(key(r.community_id, r.building_no))!), kind: r.building_kind ?? buildingKind(kinds.get(key(r.community_id, r.building_no))!), floors_above: 1, sort_no: Math.floor(sortNo(r.building_no, null, '0') / 1_000_000) })))}::jsonb)
      as x(building_id uuid, community_id uuid, zone_id uuid, no text, name text, kind text, floors_above int, sort_no int)
    on conflict (company_id, community_id, no) do nothing returning building_id, community_id, no`.execute(scope.db)
  const buildings = new Map((await scope.db.selectFrom('property.building').select(['building_id', 'community_id', 'no']).where('company_id', '=', c).where('community_id', 'in', communities).execute()).map((b) => [key(b.community_id, b.no), b.building_id]))
  const unit_list = [...new Map(rows.filter((r) => r.unit_no !== null).map((r) => [key(buildings.get(key(r.community_id, r.building_no))!, r.unit_no), { building_id: buildings.get(key(r.community_id, r.building_no))!, no: r.unit_no! }])).values()]
  const made_units = unit_list.length
    ? await sql<{ unit_id: string; building_id: string; no: string }>`insert into property.unit (company_id, unit_id, building_id, no, sort_no)
        select ${c}, * from unnest(${unit_list.map(() => uuidv7())}::uuid[], ${unit_list.map((u) => u.building_id)}::uuid[], ${unit_list.map((u) => u.no)}::text[], ${unit_list.map((u) => Math.floor(sortNo('0', u.no, '0') / 100_000))}::int[])
        on conflict (company_id, building_id, no) do nothing returning unit_id, building_id, no`.execute(scope.db)
    : { rows: [] }
  const units = new Map((unit_list.length ? await scope.db.selectFrom('property.unit').select(['unit_id', 'building_id', 'no']).where('company_id', '=', c).where(sql<SqlBool>`building_id = any(${[...new Set(unit_list.map((u) => u.building_id))]}::uuid[])`).execute() : []).map((u) => [key(u.building_id, u.no), u.unit_id]))
  return {
    building: (r: Clean) => buildings.get(key(r.community_id, r.building_no))!,
    unit: (r: Clean) => (r.unit_no === null ? null : units.get(key(buildings.get(key(r.community_id, r.building_no))!, r.unit_no))!),
    made_buildings: new Map(made.rows.map((b) => [b.building_id, true])),
    made_units: new Map(made_units.rows.map((u) => [u.unit_id, true])),
  }
}

/**
 * New houses and changed ones, from a batch of at most 5,000 rows whose labels differ. The rows of an import are already checked;
 * reach is asked of `permission` over whole communities. Only changed delivery days are told, in one event for the batch.
 */
export async function createHouses(scope: Scope, rows: readonly HouseIn[], o: { permission?: string; reason?: string } = {}): Promise<HouseDone[]> {
  assert(rows.length <= BATCH_MAX, 'a batch of houses is bounded')
  if (rows.length === 0) return []
  const list = rows.map(clean)
  await withinReach(scope, list, o.permission ?? 'property.house.write')
  const parents = await parentsOf(scope, list)
  const have = await known(scope, list)
  const fresh: Record<string, unknown>[] = []
  const changed: Record<string, unknown>[] = []
  const history: Change[] = []
  const done = list.map((r): HouseDone => {
    const h = have.get(key(r.community_id, r.label))
    const building_id = parents.building(r)
    const unit_id = parents.unit(r)
    if (h) {
      const fields = changesOf(h, r)
      if (fields.length === 0) return { house_id: h.house_id, label: r.label, effect: 'same', undo: { house_id: h.house_id, before: {} } }
      changed.push({ ...h, ...Object.fromEntries(fields.map((f) => [f, r[f]])) })
      history.push(...fields.filter((f) => (FOLLOWED as readonly string[]).includes(f)).map((field) => ({ house_id: h.house_id, field, before: text(h[field]), after: text(r[field]) })))
      return { house_id: h.house_id, label: r.label, effect: 'change', undo: { house_id: h.house_id, before: Object.fromEntries(fields.map((f) => [f, h[f]])) } }
    }
    const house_id = uuidv7()
    fresh.push({ house_id, community_id: r.community_id, building_id, unit_id, kind: r.kind, room_no: r.room_no, floor_no: r.floor_no ?? floorOf(r.room_no), label: r.label, built_area_m2: r.built_area_m2 ?? '0', inner_area_m2: r.inner_area_m2 ?? null, heated_area_m2: r.heated_area_m2 ?? null, state: r.state ?? 'vacant', delivered_on: r.delivered_on ?? null, usage: r.usage ?? null, note: r.note ?? null, sort_no: sortNo(r.building_no, r.unit_no, r.room_no) })
    const undo: HouseUndo = { house_id, before: null }
    if (parents.made_buildings.delete(building_id)) undo.made_building_id = building_id
    if (unit_id && parents.made_units.delete(unit_id)) undo.made_unit_id = unit_id
    return { house_id, label: r.label, effect: 'new', undo }
  })
  if (fresh.length) {
    await sql`insert into property.house (company_id, house_id, community_id, building_id, unit_id, kind, room_no, floor_no, label, built_area_m2, inner_area_m2, heated_area_m2, state, delivered_on, usage, note, sort_no, created_at)
      select ${scope.company_id}, x.*, ${scope.now}::timestamptz from jsonb_to_recordset(${JSON.stringify(fresh)}::jsonb) as x(house_id uuid, community_id uuid, building_id uuid, unit_id uuid, kind text, room_no text, floor_no int, label text,
        built_area_m2 numeric, inner_area_m2 numeric, heated_area_m2 numeric, state text, delivered_on date, usage text, note text, sort_no int)`.execute(scope.db)
  }
  await writeFields(scope, changed)
  tellDeliveries(scope, history)
  await keepHistory(scope, history, o.reason ?? '批量导入')
  return done
}

/** Who pays hangs on the delivery day; one event for the batch, or an import would write an event and a job for each house. */
function tellDeliveries(scope: Scope, changes: readonly { house_id: string; field: string }[]): void {
  const house_ids = [...new Set(changes.filter((c) => c.field === 'delivered_on').map((c) => c.house_id))]
  if (house_ids[0]) scope.emit('property.deliveries_changed', house_ids[0], { house_ids })
}

async function writeFields(scope: Scope, rows: readonly Record<string, unknown>[]): Promise<void> {
  if (rows.length === 0) return
  await sql`update property.house h set kind = x.kind, floor_no = x.floor_no, built_area_m2 = x.built_area_m2, inner_area_m2 = x.inner_area_m2, heated_area_m2 = x.heated_area_m2, state = x.state, delivered_on = x.delivered_on, usage = x.usage, note = x.note
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(house_id uuid, kind text, floor_no int, built_area_m2 numeric, inner_area_m2 numeric, heated_area_m2 numeric, state text, delivered_on date, usage text, note text)
    where h.company_id = ${scope.company_id} and h.house_id = x.house_id`.execute(scope.db)
}

/**
 * Takes back what createHouses did, newest batch first. `inUse` names the houses on which bills, payments or readings stand (only
 * modules above can know): they refuse the undo. Buildings and units that the batch made go with their last house.
 */
export async function undoHouses(scope: Scope, undos: readonly HouseUndo[], inUse: (scope: Scope, house_ids: readonly string[]) => Promise<readonly string[]>): Promise<void> {
  assert(undos.length <= BATCH_MAX, 'a batch of houses is bounded')
  const c = scope.company_id
  const made = undos.filter((u) => u.before === null).map((u) => u.house_id)
  const refuse = async (ids: readonly string[]) => {
    const rows = await scope.db.selectFrom('property.house').select('label').where('company_id', '=', c).where(sql<SqlBool>`house_id = any(${ids}::uuid[])`).orderBy('label').limit(5).execute()
    return scope.refuse('property.house_in_use', { labels: rows.map((r) => r.label).join('、'), count: ids.length })
  }
  const used = made.length ? await inUse(scope, made) : []
  if (used.length) throw await refuse(used)
  const back = undos.filter((u) => u.before !== null && Object.keys(u.before).length > 0)
  if (back.length) {
    const now = new Map((await sql<Known>`select h.house_id, h.community_id, h.label, h.kind, h.floor_no, h.built_area_m2, h.inner_area_m2, h.heated_area_m2, h.state, h.delivered_on, h.usage, h.note from property.house h where h.company_id = ${c} and h.house_id = any(${back.map((u) => u.house_id)}::uuid[]) order by h.house_id for update`.execute(scope.db)).rows.map((h) => [h.house_id, h]))
    const rows = back.filter((u) => now.has(u.house_id))
    await writeFields(scope, rows.map((u) => ({ ...now.get(u.house_id)!, ...u.before })))
    tellDeliveries(scope, rows.flatMap((u) => Object.keys(u.before!).map((field) => ({ house_id: u.house_id, field }))))
    await keepHistory(scope, rows.flatMap((u) => Object.keys(u.before!).filter((f) => (FOLLOWED as readonly string[]).includes(f)).map((field) => ({ house_id: u.house_id, field, before: text(now.get(u.house_id)![field as Field]), after: text(u.before![field]) }))), '撤销导入')
  }
  if (made.length === 0) return
  try {
    await sql`delete from property.house where company_id = ${c} and house_id = any(${made}::uuid[])`.execute(scope.db)
  } catch (error) {
    // Something refers to a house that the caller's `inUse` did not name. The transaction is lost, so the labels cannot be read any more.
    if ((error as { code?: string }).code === '23503') throw scope.refuse('property.house_in_use', { labels: `${made.length} 户中的若干户` })
    throw error
  }
  const units = undos.flatMap((u) => u.made_unit_id ?? [])
  const buildings = undos.flatMap((u) => u.made_building_id ?? [])
  if (units.length) await sql`delete from property.unit u where u.company_id = ${c} and u.unit_id = any(${units}::uuid[]) and not exists (select from property.house h where h.company_id = ${c} and h.unit_id = u.unit_id)`.execute(scope.db)
  if (buildings.length) await sql`delete from property.building b where b.company_id = ${c} and b.building_id = any(${buildings}::uuid[]) and not exists (select from property.house h where h.company_id = ${c} and h.building_id = b.building_id) and not exists (select from property.unit u where u.company_id = ${c} and u.building_id = b.building_id)`.execute(scope.db)
}

export type HouseFound = { house_id: string; label: string } | 'unknown' | 'unclear' | 'unreadable'
/**
 * Houses named by texts in any spelling, for imports of people, readings, payments. 'unknown': no such house; 'unclear': the unit was
 * left out and several units have the room; 'unreadable': not a house number.
 */
export async function findHouses(scope: Scope, community_id: string, texts: readonly string[]): Promise<Map<string, HouseFound>> {
  assert(texts.length <= BATCH_MAX, 'a batch of houses is bounded')
  const parsed = new Map([...new Set(texts)].map((t) => [t, parseHouseText(t)]))
  const good = [...parsed].flatMap(([t, p]) => (p ? [{ t, label: p.label, building_no: p.unit_no === null ? p.building_no : null, room_no: p.room_no }] : []))
  const { rows } = await sql<{ t: string; house_id: string; label: string; exact: boolean }>`
    with x as (select * from jsonb_to_recordset(${JSON.stringify(good)}::jsonb) as x(t text, label text, building_no text, room_no text))
    select x.t, h.house_id, h.label, true as exact from x join property.house h on h.company_id = ${scope.company_id} and h.community_id = ${community_id} and h.label = x.label
    union all
    select x.t, h.house_id, h.label, false from x join property.building b on b.company_id = ${scope.company_id} and b.community_id = ${community_id} and b.no = x.building_no
      join property.house h on h.company_id = ${scope.company_id} and h.building_id = b.building_id and h.room_no = x.room_no where x.building_no is not null`.execute(scope.db)
  const hits = Map.groupBy(rows, (r) => r.t)
  return new Map([...parsed].map(([t, p]): [string, HouseFound] => {
    if (!p) return [t, 'unreadable']
    const all = hits.get(t) ?? []
    const exact = all.find((r) => r.exact)
    if (exact) return [t, { house_id: exact.house_id, label: exact.label }]
    return [t, all.length === 0 ? 'unknown' : all.length > 1 ? 'unclear' : { house_id: all[0]!.house_id, label: all[0]!.label }]
  }))
}
