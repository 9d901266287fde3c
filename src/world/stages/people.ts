// Owners, tenants, families and vehicles.
import { several } from '../caller.ts'
import { housesIn } from '../plan/houses.ts'
import { houseId, must, personIds, planPeople, type Town } from '../town.ts'
import type { CommunityKey } from '../plan/shapes.ts'
import { people } from '../../modules/people/contract.ts'
import { createPeopleForHouses, type HousePeopleIn, type PersonIn } from '../../modules/people/server/index.ts'

const BATCH = 1000
const clerk = (t: Town) => must(t, t.company.key === 'anju' ? 'kefu' : t.company.admin_login)

function rowsOf(t: Town, community: CommunityKey): HousePeopleIn[] {
  const plan = planPeople(t, community)
  const person = new Map(plan.persons.map((p): [string, PersonIn] => [p.key, { name: p.name, kind: p.kind, phone: p.phone }]))
  const owners = Map.groupBy(plan.owners, (o) => o.label)
  const members = Map.groupBy(plan.residents, (r) => r.label)
  const tenants = new Map(plan.tenancies.map((x) => [x.label, { ...person.get(x.person)!, pays: x.pays, from_on: x.from_on, to_on: x.to_on, contract_no: x.contract_no }]))
  // A leased space is a house that the family rents whole from all owners.
  for (const l of plan.leases) tenants.set(l.bay, { ...person.get(l.person)!, pays: 'all', from_on: l.from_on, to_on: l.to_on, contract_no: null })
  return housesIn(community).map((h) => {
    const own = owners.get(h.label) ?? []
    return {
      house_id: houseId(t, community, h.label),
      from_on: own[0]?.from_on ?? null,
      owners: own.map((o) => ({ ...person.get(o.person)!, share_num: o.share_num, share_den: o.share_den, is_primary: o.is_primary })),
      tenant: tenants.get(h.label) ?? null,
      members: (members.get(h.label) ?? []).map((m) => ({ ...person.get(m.person)!, relation: m.relation })),
    }
  })
}

export async function settlePeople(t: Town): Promise<void> {
  for (const community of t.community_keys) {
    // The first rows hold everybody whom later rows name again, with the same name and phone: the register finds them.
    const rows = rowsOf(t, community)
    for (let i = 0; i < rows.length; i += BATCH)
      await t.road.step(clerk(t), ['people', community, i], 'people.house.write', async (scope) => {
        const done = await createPeopleForHouses(scope, rows.slice(i, i + BATCH), { first_on: t.calendar.today })
        scope.note('community', t.ids.community.get(community)!, { houses: done.length, how: '住户建档导入' })
        return done.length
      })
  }
}

export async function registerVehicles(t: Town): Promise<void> {
  for (const community of t.community_keys) {
    const plan = planPeople(t, community)
    const left = plan.vehicles.filter((v) => !t.road.has('vehicle', v.plate))
    if (left.length === 0) continue
    const name_of = new Map(plan.persons.map((p) => [p.key, p.name]))
    const ids = await personIds(t, community)
    await several(left, (v) =>
      t.road.call(clerk(t), ['vehicle', v.plate], people.saveVehicle, { plate: v.plate, kind: v.kind, brand: v.brand, house_id: houseId(t, community, v.label), person_id: ids.get(`${v.label} ${name_of.get(v.person)!}`) ?? null }))
  }
}
