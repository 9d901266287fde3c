// What a batch of rows means beside what is registered: read once for the preview and once more before writing.
import { sql } from 'kysely'
import { openText } from '../../../kernel/seal.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { compareDecimals } from '../../../kernel/sheet/index.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { HouseIn } from '../../property/server/index.ts'
import { words as property } from '../../property/words.ts'
import type { ParsedRow, Problem } from '../../system/server/index.ts'
import type { HousePeopleIn, PersonIn } from './bulk.ts'
import type { HouseData, RowPerson } from './import_houses_row.ts'
import { masked } from './rules/texts.ts'

export type HouseRows = readonly ParsedRow<HouseData>[]
export interface Contact {
  person_id: string
  name: string
  phone: string | null
  phone2: string | null
  id_hash: string | null
  id_tail: string | null
}
export interface HouseNow {
  house_id: string
  label: string
  kind: HouseIn['kind']
  floor_no: number
  built_area_m2: string
  inner_area_m2: string | null
  heated_area_m2: string | null
  state: string
  delivered_on: string | null
  note: string | null
  owners: Contact[]
  tenants: Contact[]
}

const contacts = (table: 'ownership' | 'tenancy') => sql`(select jsonb_agg(jsonb_build_object('person_id', p.person_id, 'name', p.name, 'phone', p.phone, 'phone2', p.phone2, 'id_hash', p.id_number_hash, 'id_tail', p.id_number_tail) order by p.person_id) from ${sql.table(`people.${table}`)} o
  join people.person p on p.company_id = o.company_id and p.person_id = o.person_id where o.company_id = h.company_id and o.house_id = h.house_id and o.to_on is null)`

export async function housesNow(scope: Scope, community_id: string, rows: HouseRows): Promise<Map<string, HouseNow>> {
  const { rows: found } = await sql<HouseNow>`select h.house_id, h.label, h.kind, h.floor_no, h.built_area_m2, h.inner_area_m2, h.heated_area_m2, h.state, h.delivered_on, h.note, coalesce(${contacts('ownership')}, '[]') as owners, coalesce(${contacts('tenancy')}, '[]') as tenants
    from unnest(${rows.map((r) => r.data.label)}::text[]) as x(label) join property.house h on h.company_id = ${scope.company_id} and h.community_id = ${community_id} and h.label = x.label`.execute(scope.db)
  return new Map(found.map((h) => [h.label, h]))
}

/** Vehicles with the plates of the rows; a plate that was signed off is free again. */
export async function platesNow(scope: Scope, rows: HouseRows): Promise<Map<string, { vehicle_id: string; house_id: string | null; label: string | null; ended: boolean; row: unknown }>> {
  const plates = rows.flatMap((r) => r.data.plates)
  if (plates.length === 0) return new Map()
  const { rows: found } = await sql<{ plate: string; vehicle_id: string; house_id: string | null; label: string | null; ended: boolean; row: unknown }>`with v as materialized (select plate, vehicle_id, house_id, person_id, to_on from people.vehicle where company_id = ${scope.company_id} and plate = any(${plates}::text[]))
    select v.plate, v.vehicle_id, v.house_id, h.label, coalesce(v.to_on <= ${scope.today}::date, false) as ended, jsonb_build_object('house_id', v.house_id, 'person_id', v.person_id, 'to_on', v.to_on) as row
    from v left join lateral (select label from property.house where company_id = ${scope.company_id} and house_id = v.house_id limit 1) h on true`.execute(scope.db)
  return new Map(found.map((v) => [v.plate, v]))
}

/** As createHouses takes it. Blank cells leave what is there; a new house gets what follows from its people. */
export function houseIn(community_id: string, d: HouseData, now: HouseNow | undefined): HouseIn {
  const state = d.state ?? (now ? undefined : d.tenants.length ? 'let' : d.owners.length ? 'lived_in' : 'vacant')
  return {
    community_id, building_no: d.building_no, unit_no: d.unit_no, room_no: d.room_no, kind: (d.kind ?? now?.kind ?? 'dwelling') as HouseIn['kind'],
    ...(d.floor_no === undefined ? {} : { floor_no: d.floor_no }), ...(d.built_area_m2 === undefined ? {} : { built_area_m2: d.built_area_m2 }),
    ...(d.inner_area_m2 === undefined ? {} : { inner_area_m2: d.inner_area_m2 }), ...(d.heated_area_m2 === undefined ? {} : { heated_area_m2: d.heated_area_m2 }),
    ...(state === undefined ? {} : { state: state as NonNullable<HouseIn['state']> }), ...(d.delivered_on === undefined ? {} : { delivered_on: d.delivered_on }), ...(d.note === undefined ? {} : { note: d.note }),
  }
}

const personIn = (p: RowPerson): PersonIn & { share_num?: number; share_den?: number } => ({
  name: p.name, kind: p.kind, phone: p.phone, ...(p.id_sealed === null ? {} : { id_kind: p.id_kind, id_number: openText(p.id_sealed) }),
  ...(p.share_num === undefined ? {} : { share_num: p.share_num }), ...(p.share_den === undefined ? {} : { share_den: p.share_den }),
})
/** The first tenant rents, the others live with them. Who pays is decided when the lease is registered, not by a list of names. */
export function peopleIn(scope: Scope, house_id: string | undefined, d: HouseData): HousePeopleIn {
  const [tenant, ...others] = d.tenants
  return {
    house_id: house_id ?? uuidv7(),
    owners: d.owners.map(personIn),
    tenant: tenant ? { ...personIn(tenant), pays: 'none', from_on: scope.today, to_on: null } : null,
    members: others.map((p) => ({ ...personIn(p), relation: '合租' })),
  }
}

const ZH: Record<string, string> = { kind: '房产类别', built_area_m2: '建筑面积', inner_area_m2: '套内面积', heated_area_m2: '供热面积', floor_no: '楼层', state: '状态', delivered_on: '交付日期', note: '备注' }
const worded = (field: string, v: unknown): string => (v === null || v === undefined ? '空' : field === 'kind' ? (property.states!['house_kind']![v as string] ?? String(v as string)) : field === 'state' ? (property.states!['house_state']![v as string] ?? String(v as string)) : String(v as string | number))

export function houseChanges(now: HouseNow, d: HouseData): { zh: string; before: string; after: string }[] {
  return Object.keys(ZH).flatMap((f) => {
    const before = now[f as keyof HouseNow] as string | number | null
    const after = d[f as keyof HouseData] as string | number | undefined
    if (after === undefined || after === before || (f.endsWith('_m2') && before !== null && compareDecimals(String(before), String(after)) === 0)) return []
    return [{ zh: ZH[f]!, before: worded(f, before), after: worded(f, after) }]
  })
}

export interface ContactChange {
  person_id: string
  phone?: string
  id?: RowPerson
}
/** People of the house that the row names again: their phones follow the file, a missing identity number is added. */
export function contactChanges(now: HouseNow, d: HouseData): { changes: { zh: string; before: string; after: string }[]; problems: Problem[]; set: ContactChange[] } {
  const out: ReturnType<typeof contactChanges> = { changes: [], problems: [], set: [] }
  const lists = [[d.owners, now.owners, 'owner_id'], [d.tenants, now.tenants, 'tenant']] as const
  for (const [given, have, field] of lists) {
    for (const p of given) {
      const same = have.filter((h) => h.name === p.name)
      const h = same.length === 1 ? same[0]! : undefined
      if (!h) continue
      const set: ContactChange = { person_id: h.person_id }
      if (p.phone !== null && p.phone !== h.phone && p.phone !== h.phone2) {
        set.phone = p.phone
        out.changes.push({ zh: `${p.name} 电话`, before: masked(h.phone) ?? '空', after: p.phone })
      }
      if (p.id_hash !== null && h.id_hash === null) {
        set.id = p
        out.changes.push({ zh: `${p.name} 证件号`, before: '空', after: `末四位 ${p.id_tail}` })
      } else if (p.id_hash !== null && p.id_hash !== h.id_hash) out.problems.push({ field, reason: `${p.name} 已登记的证件号末四位是 ${h.id_tail ?? ''},与文件不同,请核对;确要更改请到业户资料里修改` })
      if (set.phone !== undefined || set.id) out.set.push(set)
    }
  }
  return out
}
