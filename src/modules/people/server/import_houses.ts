// The import of houses with their owners, tenants and plates (房产与业主): houses go through property's front door, people and
// vehicles through this module. See import_houses_row.ts for what cells may hold, import_houses_undo.ts for taking back.
import { sql } from 'kysely'
import { openText } from '../../../kernel/seal.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { createHouses, type HouseUndo } from '../../property/server/index.ts'
import { importKind, type Checked, type ImportBatchOf, type ImportKind, type Problem } from '../../system/server/index.ts'
import { checkPeopleForHouses, createPeopleForHouses, type PeopleUndo } from './bulk.ts'
import { sealId } from './identity_numbers.ts'
import { HOUSE_FIELDS } from './import_houses_fields.ts'
import { contactChanges, houseChanges, houseIn, housesNow, peopleIn, platesNow, type ContactChange, type HouseNow, type HouseRows } from './import_houses_look.ts'
import { parseHouseRow, type HouseData } from './import_houses_row.ts'
import { statesOf, undoHouseRows, type HousesInUse } from './import_houses_undo.ts'
import { phonesChanged } from './persons.ts'
import { tailOf } from './rules/texts.ts'

/** Owners of houses without a delivery day own from here on: whole months of this year can be billed to them. */
const firstOn = (scope: Scope): string => `${scope.today.slice(0, 4)}-01-01`
/** Fields of checkPeopleForHouses as this file calls them. */
const FIELD: Record<string, string> = { id_number: 'owner_id', share: 'share', owner: 'owner', tenant: 'tenant', tenant_to_on: 'tenant', from_on: 'delivered_on' }

type Rows = ImportBatchOf<HouseData>

async function check(scope: Scope, { community_id, rows }: Rows): Promise<Map<number, Checked>> {
  const houses = await housesNow(scope, community_id!, rows)
  const plates = await platesNow(scope, rows)
  const unitless = await withUnit(scope, community_id!, rows)
  const people = await checkPeopleForHouses(scope, rows.map((r) => peopleIn(scope, houses.get(r.data.label)?.house_id, r.data)), { first_on: firstOn(scope) })
  return new Map(rows.map((r, i): [number, Checked] => {
    const d = r.data
    const now = houses.get(d.label)
    const problems: Problem[] = people[i]!.problems.map((p) => ({ field: FIELD[p.field] ?? 'owner', reason: p.field === 'owner' && now?.owners.length ? `${d.label} 已有业主 ${names(now.owners)}:换了业主请办理过户;是同一人请把姓名改成与系统里的一样` : p.reason }))
    const kind = d.kind ?? now?.kind ?? 'dwelling'
    const area = d.built_area_m2 ?? now?.built_area_m2
    if (kind !== 'bay' && (area === undefined || /^0(\.0+)?$/.test(area))) problems.push({ field: 'built_area_m2', reason: `${d.label} 没有建筑面积:除车位外都要填大于 0 的数,按面积计费以此为准` })
    for (const plate of d.plates) {
      const v = plates.get(plate)
      if (v && !v.ended && v.house_id !== now?.house_id) problems.push({ field: 'plates', reason: `${plate} 已登记在 ${v.label ?? '其他业户名下'},请核对;如已转让请先在车辆里注销` })
    }
    const likely = now ? undefined : unitless.get(d.label)
    if (likely) problems.push({ field: 'room', reason: `没有写单元,系统里已有 ${likely.join('、')}:是同一户请写上单元,确是另一户请先在房产里核对` })
    const contact = now ? contactChanges(now, d) : { changes: [], problems: [], set: [] }
    problems.push(...contact.problems)
    if (!now) return [r.row_no, { problems, effect: 'new' }]
    const changes = [...houseChanges(now, d), ...contact.changes, ...addedPeople(now, d, people[i]!.effect), ...d.plates.filter((p) => plates.get(p)?.house_id !== now.house_id || plates.get(p)?.ended).map((p) => ({ zh: '车牌', before: '空', after: p }))]
    return [r.row_no, { problems, effect: changes.length ? 'change' : 'same', changes }]
  }))
}

/** Rooms written without their unit that are there with one: '1栋301' beside 1-2-301 would become a second house. */
async function withUnit(scope: Scope, community_id: string, rows: HouseRows): Promise<Map<string, string[]>> {
  const bare = rows.filter((r) => r.data.unit_no === null)
  if (bare.length === 0) return new Map()
  const { rows: found } = await sql<{ label: string; like: string[] }>`select x.label, array_agg(h.label order by h.label) as like from unnest(${bare.map((r) => r.data.label)}::text[], ${bare.map((r) => r.data.building_no)}::text[], ${bare.map((r) => r.data.room_no)}::text[]) as x(label, building_no, room_no)
    join property.building b on b.company_id = ${scope.company_id} and b.community_id = ${community_id} and b.no = x.building_no
    join property.house h on h.company_id = ${scope.company_id} and h.building_id = b.building_id and h.room_no = x.room_no and h.unit_id is not null group by 1`.execute(scope.db)
  return new Map(found.map((f) => [f.label, f.like]))
}

const names = (list: readonly { name: string }[]): string => list.map((p) => p.name).join('、') || '空'
function addedPeople(now: HouseNow, d: HouseData, effect: string): { zh: string; before: string; after: string }[] {
  if (effect === 'same') return []
  const others = (given: readonly { name: string }[], have: readonly { name: string }[]) => given.some((p) => !have.some((h) => h.name === p.name))
  const out = []
  if (others(d.owners, now.owners)) out.push({ zh: '业主', before: names(now.owners), after: names(d.owners) })
  if (others(d.tenants, now.tenants)) out.push({ zh: '租户', before: names(now.tenants), after: names(d.tenants) })
  return out.length ? out : [{ zh: '住户', before: '—', after: names([...d.owners, ...d.tenants]) }]
}

export interface RowUndo {
  house: HouseUndo
  people: PeopleUndo | null
  vehicles: { vehicle_id: string; before: unknown }[]
  contacts: { person_id: string; before: unknown; phones: (string | null)[] }[]
  /** What the house and its people look like when the import is through: anything else later is somebody's change. */
  left: string
}

async function apply(scope: Scope, { community_id, rows }: Rows): Promise<Map<number, unknown>> {
  const before = await housesNow(scope, community_id!, rows)
  const houses = await createHouses(scope, rows.map((r) => houseIn(community_id!, r.data, before.get(r.data.label))))
  const peopled = rows.map((r, i) => ({ r, house_id: houses[i]!.house_id })).filter(({ r }) => r.data.owners.length + r.data.tenants.length > 0)
  const people = await createPeopleForHouses(scope, peopled.map(({ r, house_id }) => peopleIn(scope, house_id, r.data)), { first_on: firstOn(scope) })
  const byHouse = new Map(people.map((p) => [p.house_id, p]))
  const contacts = await writeContacts(scope, rows, before)
  const vehicles = await writeVehicles(scope, rows, houses.map((h) => h.house_id))
  const left = await statesOf(scope, houses.map((h) => h.house_id))
  return new Map(rows.map((r, i) => {
    const house = houses[i]!
    const p = byHouse.get(house.house_id)
    const undo: RowUndo = { house: house.undo, people: p && p.effect !== 'same' ? p.undo : null, vehicles: vehicles.get(i) ?? [], contacts: contacts.get(r.row_no) ?? [], left: left.get(house.house_id) ?? '' }
    return [r.row_no, undo]
  }))
}

async function writeContacts(scope: Scope, rows: HouseRows, before: Map<string, HouseNow>): Promise<Map<number, RowUndo['contacts']>> {
  const wanted = new Map<string, ContactChange & { row_no: number }>()
  for (const r of rows) {
    const now = before.get(r.data.label)
    // Somebody with several houses in the file: the first row that says otherwise decides.
    if (now) for (const set of contactChanges(now, r.data).set) if (!wanted.has(set.person_id)) wanted.set(set.person_id, { ...set, row_no: r.row_no })
  }
  if (wanted.size === 0) return new Map()
  const c = scope.company_id
  const { rows: had } = await sql<{ person_id: string; phone: string | null; before: unknown }>`select person_id, phone, jsonb_build_object('phone', phone, 'phone_tail', phone_tail, 'id_kind', id_kind, 'id_number_sealed', id_number_sealed, 'id_number_hash', id_number_hash, 'id_number_tail', id_number_tail) as before
    from people.person where company_id = ${c} and person_id = any(${[...wanted.keys()]}::uuid[]) order by person_id for update`.execute(scope.db)
  const values = [...wanted.values()].map((w) => {
    const id = w.id?.id_sealed ? sealId(w.id.id_kind ?? 'id_card', openText(w.id.id_sealed)) : null
    return { person_id: w.person_id, phone: w.phone ?? null, phone_tail: w.phone ? tailOf(w.phone) : null, ...(id ?? {}) }
  })
  await sql`update people.person p set phone = coalesce(x.phone, p.phone), phone_tail = coalesce(x.phone_tail, p.phone_tail), id_kind = coalesce(x.id_kind, p.id_kind), id_number_sealed = coalesce(x.id_number_sealed, p.id_number_sealed),
      id_number_hash = coalesce(x.id_number_hash, p.id_number_hash), id_number_tail = coalesce(x.id_number_tail, p.id_number_tail)
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as x(person_id uuid, phone text, phone_tail text, id_kind text, id_number_sealed text, id_number_hash text, id_number_tail text) where p.company_id = ${c} and p.person_id = x.person_id`.execute(scope.db)
  const changed = had.filter((h) => wanted.get(h.person_id)!.phone !== undefined)
  await phonesChanged(scope, changed.map((h) => h.phone), changed.map((h) => wanted.get(h.person_id)!.phone!))
  const out = new Map<number, RowUndo['contacts']>()
  for (const h of had) {
    const w = wanted.get(h.person_id)!
    const list = out.get(w.row_no) ?? []
    out.set(w.row_no, [...list, { person_id: h.person_id, before: h.before, phones: w.phone === undefined ? [] : [h.phone, w.phone] }])
  }
  return out
}

/** By index of the row: vehicles made, and those signed off that came back. */
async function writeVehicles(scope: Scope, rows: HouseRows, house_ids: readonly string[]): Promise<Map<number, RowUndo['vehicles']>> {
  const have = await platesNow(scope, rows)
  const out = new Map<number, RowUndo['vehicles']>()
  const fresh: Record<string, unknown>[] = []
  const back: Record<string, unknown>[] = []
  for (const [i, r] of rows.entries()) {
    for (const plate of r.data.plates) {
      const v = have.get(plate)
      if (v && !v.ended) continue
      const vehicle_id = v?.vehicle_id ?? uuidv7()
      if (v) back.push({ vehicle_id, house_id: house_ids[i] })
      else fresh.push({ vehicle_id, house_id: house_ids[i], plate, plate_tail: plate.slice(-4), kind: plate.length === 8 ? 'new_energy' : 'small', created_at: scope.now })
      out.set(i, [...(out.get(i) ?? []), { vehicle_id, before: v?.row ?? null }])
    }
  }
  const c = scope.company_id
  if (fresh.length) await sql`insert into people.vehicle (company_id, vehicle_id, house_id, plate, plate_tail, kind, created_at) select ${c}, * from jsonb_to_recordset(${JSON.stringify(fresh)}::jsonb) as x(vehicle_id uuid, house_id uuid, plate text, plate_tail text, kind text, created_at timestamptz)`.execute(scope.db)
  if (back.length) await sql`update people.vehicle v set house_id = x.house_id, person_id = null, to_on = null from jsonb_to_recordset(${JSON.stringify(back)}::jsonb) as x(vehicle_id uuid, house_id uuid) where v.company_id = ${c} and v.vehicle_id = x.vehicle_id`.execute(scope.db)
  return out
}

type Whole = { import_id: string; community_id: string | null }
/** A plate in two rows; an identity number under two names; one room once with and once without its unit. */
async function across(scope: Scope, { import_id }: Whole): Promise<(Problem & { row_no: number })[]> {
  const rowsOf = (list: 'plates' | 'owners') => sql`(select t.row_no, x.value from system.import_row t cross join lateral jsonb_array_elements(t.data->${sql.lit(list)}) as x(value) where t.company_id = ${scope.company_id} and t.import_id = ${import_id} and t.data is not null)`
  const plates = await sql<{ row_no: number; plate: string; first_no: number; label: string }>`with v as materialized ${rowsOf('plates')}, d as (select value, min(row_no) as first_no from v group by 1 having count(*) > 1)
    select v.row_no, d.value #>> '{}' as plate, d.first_no, f.data->>'label' as label from d join v on v.value = d.value and v.row_no > d.first_no
    join system.import_row f on f.company_id = ${scope.company_id} and f.import_id = ${import_id} and f.row_no = d.first_no order by 1 limit 10000`.execute(scope.db)
  const ids = await sql<{ row_no: number; name: string; other: string; first_no: number }>`with v as materialized (select row_no, value->>'name' as name, value->>'id_hash' as hash from ${rowsOf('owners')} o where value->>'id_hash' is not null),
      d as (select hash, min(row_no) as first_no from v group by 1 having count(distinct name) > 1)
    select v.row_no, v.name, f.name as other, d.first_no from d join v on v.hash = d.hash join v f on f.hash = d.hash and f.row_no = d.first_no where v.name <> f.name order by 1 limit 10000`.execute(scope.db)
  const bare = await sql<{ row_no: number; first_no: number; label: string }>`with v as materialized (select t.row_no, t.data->>'building_no' as b, t.data->>'unit_no' as u, t.data->>'room_no' as r, t.data->>'label' as label from system.import_row t where t.company_id = ${scope.company_id} and t.import_id = ${import_id} and t.data is not null)
    select v.row_no, min(w.row_no) as first_no, min(w.label) as label from v join v w on w.b = v.b and w.r = v.r and w.u is not null where v.u is null group by 1 order by 1 limit 10000`.execute(scope.db)
  return [
    ...bare.rows.map((p) => ({ row_no: p.row_no, field: 'room', reason: `没有写单元,可能与第 ${p.first_no} 行的 ${p.label} 是同一户,请写上单元` })),
    ...plates.rows.map((p) => ({ row_no: p.row_no, field: 'plates', reason: `${p.plate} 在第 ${p.first_no} 行已登记给 ${p.label},一辆车只能登记在一处,请删去一处` })),
    ...ids.rows.map((p) => ({ row_no: p.row_no, field: 'owner_id', reason: `${p.name} 的证件号与第 ${p.first_no} 行的 ${p.other} 相同,请核对姓名和证件号` })),
  ]
}

const SHOWN = 20
async function summary(scope: Scope, { import_id, community_id }: Whole): Promise<string[]> {
  const { rows } = await sql<{ no: string; count: number }>`select data->>'building_no' as no, count(*)::int as count from system.import_row t where t.company_id = ${scope.company_id} and t.import_id = ${import_id} and t.data is not null
      and not exists (select from property.building b where b.company_id = ${scope.company_id} and b.community_id = ${community_id} and b.no = t.data->>'building_no') group by 1 order by length(data->>'building_no'), 1 limit 200`.execute(scope.db)
  const { rows: none } = await sql<{ n: number }>`select count(*)::int as n from system.import_row t where t.company_id = ${scope.company_id} and t.import_id = ${import_id} and t.effect = 'new' and t.data->'owners' = '[]' and t.data->>'kind' is distinct from 'bay'`.execute(scope.db)
  const out = []
  if (rows.length) out.push(`将新建楼栋 ${rows.slice(0, SHOWN).map((b) => `${b.no}(${b.count} 户)`).join('、')}${rows.length > SHOWN ? ` 等 ${rows.length} 栋` : ''}`)
  if (none[0]!.n) out.push(`有 ${none[0]!.n} 户没有业主,入库后缴费责任为空,可以再补`)
  return out
}

/** `inUse` is asked before anything is taken back: only modules above know of bills, payments and meters. */
export const housesImport = (inUse: HousesInUse): ImportKind =>
  importKind<HouseData>({
    kind: 'people.houses',
    zh: '房产与业主',
    may: ['property.house.write', 'people.person.write', 'people.house.write', 'people.vehicle.write', 'people.phone.reveal'],
    needs_community: true,
    fields: HOUSE_FIELDS,
    notes: [
      '每套房产一行;同一套房的几位业主写在同一格,用顿号隔开,电话和证件号按同样的顺序',
      '房号可以写全(1-2-301、1栋2单元301、1号楼2单元301室),也可以把楼栋、单元、室号分成三列',
      '手机号和证件号请设为文本,否则 Excel 会改掉长数字',
      '空白的单元格不会清掉系统里已有的内容;已有业主的房产要换业主,请办理过户',
      '没有交付日期的,业主从当年 1 月 1 日起算',
    ],
    page: '/property/houses',
    grows: ['property.house', 'property.building', 'property.unit', 'people.person', 'people.ownership', 'people.payer', 'people.tenancy', 'people.household', 'people.vehicle', 'identity.resident_phone'],
    parse: parseHouseRow,
    keyOf: (d) => d.label,
    key_field: 'room',
    check,
    across,
    summary,
    apply,
    undo: (scope, b) => undoHouseRows(scope, inUse, b.applied_at, b.rows as { row_no: number; undo: RowUndo }[]),
  })
