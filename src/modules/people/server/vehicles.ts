// Vehicles of the houses. One plate stands once in a company; a plate that was signed off may be registered again.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Out } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { housesLike, housesSeenBy, houseToChange, parseHouseText } from '../../property/server/index.ts'
import { people } from '../contract.ts'
import { personToRead } from './access.ts'
import { normalisePlate } from './rules/texts.ts'

type Row = Out<typeof people.vehicles.gives>['rows'][number]
const TOP = '\u{10ffff}'
const LIST_MAX = 200

/** Vehicles as shown, for files of a person or a house. `v` is people.vehicle. */
export async function vehicleRows(scope: Scope, where: RawBuilder<SqlBool>, page: { limit: number; offset: number } = { limit: LIST_MAX, offset: 0 }): Promise<Row[]> {
  const { rows } = await sql<Row>`with page as materialized (select v.* from people.vehicle v where v.company_id = ${scope.company_id} and ${where} order by v.plate limit ${page.limit} offset ${page.offset})
    select v.vehicle_id, v.plate, v.kind, v.brand, v.house_id, h.label as house_label, v.person_id, p.name as person_name, v.to_on from page v
    left join property.house h on h.company_id = ${scope.company_id} and h.house_id = v.house_id left join people.person p on p.company_id = ${scope.company_id} and p.person_id = v.person_id order by v.plate`.execute(scope.db)
  return rows
}

export const vehicles = answer(people.vehicles, async (scope, f) => {
  const c = scope.company_id
  const of = [housesSeenBy(scope)]
  if (f.community_id) of.push(sql<SqlBool>`h.community_id = ${f.community_id}`)
  if (f.house_id) of.push(sql<SqlBool>`h.house_id = ${f.house_id}`)
  const parts: RawBuilder<SqlBool>[] = []
  if (!scope.reach().all || of.length > 1) parts.push(sql<SqlBool>`v.house_id in (select h.house_id from property.house h where h.company_id = ${c} and ${sql.join(of, sql` and `)})`)
  if (!f.with_ended) parts.push(sql<SqlBool>`(v.to_on is null or v.to_on > ${scope.today}::date)`)
  if (f.q) {
    const q = f.q.normalize('NFKC').toUpperCase().replace(/[\s·•.-]/g, '')
    const house = parseHouseText(f.q) ? sql<SqlBool>`or v.house_id in (select h.house_id from property.house h where h.company_id = ${c} and ${housesLike(f.q)})` : sql``
    parts.push(sql<SqlBool>`(v.plate_tail = ${q} or (v.plate >= ${q} and v.plate < ${q + TOP}) ${house})`)
  }
  const where = parts.length ? sql<SqlBool>`${sql.join(parts, sql` and `)}` : sql<SqlBool>`true`
  const { total } = (await sql<{ total: number }>`select count(*)::int as total from people.vehicle v where v.company_id = ${c} and ${where}`.execute(scope.db)).rows[0]!
  return { rows: await vehicleRows(scope, where, { limit: f.page_size, offset: (f.page - 1) * f.page_size }), total }
})

export const saveVehicle = answer(people.saveVehicle, async (scope, o) => {
  const c = scope.company_id
  const house = await houseToChange(scope, o.house_id)
  if (o.person_id) await personToRead(scope, o.person_id)
  const plate = normalisePlate(o.plate, o.kind)
  if (plate === null) throw scope.refuse('people.bad_plate', { plate: o.plate })
  const same = await scope.db.selectFrom('people.vehicle').select(['vehicle_id', 'house_id', 'to_on']).where('company_id', '=', c).where('plate', '=', plate).forUpdate().executeTakeFirst()
  const ended = same && same.to_on !== null && same.to_on <= scope.today
  if (same && !ended && same.vehicle_id !== o.vehicle_id) {
    const at = same.house_id ? await scope.db.selectFrom('property.house').select('label').where('company_id', '=', c).where('house_id', '=', same.house_id).executeTakeFirst() : undefined
    throw scope.refuse('people.plate_taken', { plate, label: at?.label ?? '其他房产' })
  }
  if (o.vehicle_id) {
    const mine = await scope.db.selectFrom('people.vehicle').select('house_id').where('company_id', '=', c).where('vehicle_id', '=', o.vehicle_id).executeTakeFirst()
    if (!mine) throw scope.notFound()
    if (mine.house_id && mine.house_id !== o.house_id) await houseToChange(scope, mine.house_id)
    if (same && same.vehicle_id !== o.vehicle_id) throw scope.refuse('people.plate_taken', { plate, label: '已注销的登记' })
  }
  const vehicle_id = o.vehicle_id ?? same?.vehicle_id ?? uuidv7()
  const values = { plate, plate_tail: plate.slice(-4), kind: o.kind, house_id: o.house_id, to_on: null, ...(o.brand !== undefined ? { brand: o.brand } : {}), ...(o.person_id !== undefined ? { person_id: o.person_id } : {}) }
  if (o.vehicle_id || same) await scope.db.updateTable('people.vehicle').set(values).where('company_id', '=', c).where('vehicle_id', '=', vehicle_id).execute()
  else {
    // Two clerks at once: the unique plate decides, the other one is told.
    const made = await scope.db.insertInto('people.vehicle').values({ company_id: c, vehicle_id, person_id: null, brand: null, ...values, created_at: scope.now }).onConflict((x) => x.columns(['company_id', 'plate']).doNothing()).returning('vehicle_id').executeTakeFirst()
    if (!made) throw scope.refuse('people.plate_taken', { plate, label: '其他房产' })
  }
  scope.note('vehicle', vehicle_id, { plate, label: house.label })
  return { vehicle_id }
})

export const endVehicle = answer(people.endVehicle, async (scope, { vehicle_id, to_on }) => {
  const v = await scope.db.selectFrom('people.vehicle').select(['house_id', 'plate']).where('company_id', '=', scope.company_id).where('vehicle_id', '=', vehicle_id).forUpdate().executeTakeFirst()
  if (!v || (v.house_id === null && !scope.reach().all)) throw scope.notFound()
  if (v.house_id) await houseToChange(scope, v.house_id)
  await scope.db.updateTable('people.vehicle').set({ to_on: to_on ?? scope.today }).where('company_id', '=', scope.company_id).where('vehicle_id', '=', vehicle_id).execute()
  scope.note('vehicle', vehicle_id, { plate: v.plate, to_on: to_on ?? scope.today })
  return { done: true as const }
})
