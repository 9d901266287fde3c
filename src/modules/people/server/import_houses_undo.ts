// Taking an import of houses back. Nothing is removed on which something stands: bills, payments, meters, or any later change.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { undoHouses } from '../../property/server/index.ts'
import { UndoBlocked } from '../../system/server/index.ts'
import { undoPeople } from './bulk.ts'
import type { RowUndo } from './import_houses.ts'
import { phonesChanged } from './persons.ts'

/**
 * Why these houses cannot be taken back, by house. `since` null: anything at all stands on them; else only what came after that
 * instant counts, for houses that the import merely changed.
 */
export type HousesInUse = (scope: Scope, o: { house_ids: readonly string[]; since: string | null }) => Promise<Map<string, string>>

const TIES = {
  ownership: sql`t.ownership_id, t.person_id, t.share_num, t.share_den, t.is_primary, t.from_on, t.to_on`,
  tenancy: sql`t.tenancy_id, t.person_id, t.pays, t.from_on, t.to_on, t.contract_no`,
  household: sql`t.household_id, t.person_id, t.relation, t.from_on, t.to_on`,
  vehicle: sql`t.vehicle_id, t.person_id, t.plate, t.kind, t.brand, t.to_on`,
}
/** A fingerprint of a house, its owners, tenants, members and vehicles, with the people's own data. Columns are named, so that one added by a later version is no change. */
export async function statesOf(scope: Scope, house_ids: readonly string[]): Promise<Map<string, string>> {
  if (house_ids.length === 0) return new Map()
  const c = scope.company_id
  const part = (table: keyof typeof TIES) => sql`(select string_agg(row(${TIES[table]}, p.name, p.kind, p.phone, p.phone2, p.id_number_hash, p.note)::text, ';' order by t.${sql.ref(`${table}_id`)}) from ${sql.table(`people.${table}`)} t
    left join people.person p on p.company_id = ${c} and p.person_id = t.person_id where t.company_id = ${c} and t.house_id = h.house_id)`
  const { rows } = await sql<{ house_id: string; state: string }>`select h.house_id, md5(concat_ws('|', row(h.building_id, h.unit_id, h.kind, h.room_no, h.floor_no, h.label, h.built_area_m2, h.inner_area_m2, h.heated_area_m2, h.state, h.delivered_on, h.usage, h.note)::text,
      ${part('ownership')}, ${part('tenancy')}, ${part('household')}, ${part('vehicle')})) as state
    from property.house h where h.company_id = ${c} and h.house_id = any(${[...house_ids]}::uuid[])`.execute(scope.db)
  return new Map(rows.map((r) => [r.house_id, r.state]))
}

const none = async (): Promise<string[]> => []

export async function undoHouseRows(scope: Scope, inUse: HousesInUse, applied_at: string, rows: readonly { row_no: number; undo: RowUndo }[]): Promise<void> {
  const c = scope.company_id
  const ids = rows.map((r) => r.undo.house.house_id)
  const { rows: locked } = await sql<{ house_id: string; label: string }>`select house_id, label from property.house where company_id = ${c} and house_id = any(${ids}::uuid[]) order by house_id for update`.execute(scope.db)
  const labels = new Map(locked.map((h) => [h.house_id, h.label]))
  const now = await statesOf(scope, ids)
  const made = rows.filter((r) => r.undo.house.before === null).map((r) => r.undo.house.house_id)
  const used = new Map([...(await inUse(scope, { house_ids: made, since: null })), ...(await inUse(scope, { house_ids: ids.filter((id) => !made.includes(id)), since: applied_at }))])
  for (const r of rows) {
    const id = r.undo.house.house_id
    const reason = used.get(id) ?? (!labels.has(id) ? '已被删除' : now.get(id) !== r.undo.left ? '入库后房产、业主、租户或车辆又有改动' : undefined)
    if (reason) throw new UndoBlocked(r.row_no, labels.get(id) ?? '', reason)
  }
  await vehiclesBack(scope, rows.flatMap((r) => r.undo.vehicles))
  await contactsBack(scope, rows.flatMap((r) => r.undo.contacts))
  await undoPeople(scope, rows.flatMap((r) => r.undo.people ?? []), none)
  await undoHouses(scope, rows.map((r) => r.undo.house), none)
}

async function vehiclesBack(scope: Scope, list: RowUndo['vehicles']): Promise<void> {
  const c = scope.company_id
  const made = list.filter((v) => v.before === null).map((v) => v.vehicle_id)
  const back = list.filter((v) => v.before !== null).map((v) => ({ vehicle_id: v.vehicle_id, ...(v.before as object) }))
  if (made.length) await sql`delete from people.vehicle where company_id = ${c} and vehicle_id = any(${made}::uuid[])`.execute(scope.db)
  if (back.length) await sql`update people.vehicle v set house_id = x.house_id, person_id = x.person_id, to_on = x.to_on from jsonb_to_recordset(${JSON.stringify(back)}::jsonb) as x(vehicle_id uuid, house_id uuid, person_id uuid, to_on date) where v.company_id = ${c} and v.vehicle_id = x.vehicle_id`.execute(scope.db)
}

async function contactsBack(scope: Scope, list: RowUndo['contacts']): Promise<void> {
  if (list.length === 0) return
  const values = JSON.stringify(list.map((p) => ({ person_id: p.person_id, ...(p.before as object) })))
  await sql`update people.person p set phone = x.phone, phone_tail = x.phone_tail, id_kind = x.id_kind, id_number_sealed = x.id_number_sealed, id_number_hash = x.id_number_hash, id_number_tail = x.id_number_tail
    from jsonb_to_recordset(${values}::jsonb) as x(person_id uuid, phone text, phone_tail text, id_kind text, id_number_sealed text, id_number_hash text, id_number_tail text) where p.company_id = ${scope.company_id} and p.person_id = x.person_id`.execute(scope.db)
  const phones = list.filter((p) => p.phones.length === 2)
  await phonesChanged(scope, phones.map((p) => p.phones[1]), phones.map((p) => p.phones[0]))
}
