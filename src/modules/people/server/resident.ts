// What a resident sees of himself: own houses of today, own persons, vehicles of own houses.
import { sql, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { people } from '../contract.ts'
import { housesOfResident } from './access.ts'
import { masked } from './rules/texts.ts'
import { vehicleRows } from './vehicles.ts'

export const myHouses = answer(people.myHouses, async (scope) => {
  const own = await housesOfResident(scope)
  if (own.length === 0) return { rows: [] }
  const { rows } = await sql<{ house_id: string; label: string; community_id: string; community_name: string; address: string | null; built_area_m2: string; service_phone: string | null }>`
    select h.house_id, h.label, h.community_id, c.name as community_name, c.address, h.built_area_m2, c.service_phone from property.house h join property.community c on c.company_id = ${scope.company_id} and c.community_id = h.community_id
    where h.company_id = ${scope.company_id} and h.house_id = any(${own.map((o) => o.house_id)}::uuid[]) order by c.name, h.sort_no, h.label`.execute(scope.db)
  const role = new Map(own.map((o) => [o.house_id, o.role]))
  return { rows: rows.map((r) => ({ ...r, role: role.get(r.house_id)! })) }
})

export const myProfile = answer(people.myProfile, async (scope) => {
  const own = await housesOfResident(scope)
  const ids = [...new Set(own.map((o) => o.person_id))]
  const persons = ids.length ? await scope.db.selectFrom('people.person').select(['person_id', 'name', 'kind', 'id_number_tail']).where('company_id', '=', scope.company_id).where('person_id', 'in', ids).orderBy('created_at').execute() : []
  // A vehicle of the house may be a co-tenant's: only those of the resident's own persons, or of houses the resident owns.
  const owned = own.filter((o) => o.role === 'owner').map((o) => o.house_id)
  const vehicles = own.length ? await vehicleRows(scope, sql<SqlBool>`(v.to_on is null or v.to_on > ${scope.today}::date) and (v.person_id = any(${ids}::uuid[]) or v.house_id = any(${owned}::uuid[]))`) : []
  return { name: persons[0]?.name ?? scope.who.name, phone: masked(scope.who.phone), persons: persons.map((p) => ({ ...p, kind: p.kind as 'natural' })), vehicles }
})
