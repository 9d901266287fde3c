// Communities, zones, buildings, houses, public areas.
import { several } from '../caller.ts'
import { housesIn } from '../plan/houses.ts'
import { buildings } from '../plan/buildings.ts'
import { communities } from '../plan/places.ts'
import { publicAreas } from '../plan/public_areas.ts'
import { must, readIds, type Town } from '../town.ts'
import { property } from '../../modules/property/contract.ts'
import { createHouses, type HouseIn } from '../../modules/property/server/index.ts'

export async function foundCommunities(t: Town): Promise<void> {
  const admin = must(t, t.company.admin_login)
  for (const c of communities.filter((x) => x.company === t.company.key)) {
    const { community_id } = await t.road.call(admin, ['community', c.key], property.saveCommunity, {
      name: c.name, kind: 'estate', address: c.address, district: c.district, land_mu: c.land_mu, built_area_m2: c.built_area_m2, green_area_m2: c.green_area_m2, service_phone: c.service_phone, start_rule: c.start_rule,
    })
    t.ids.community.set(c.key, community_id)
    const zones = new Map<string, string>()
    for (const name of c.zones) zones.set(name, (await t.road.call(admin, ['zone', c.key, name], property.saveZone, { community_id, name })).zone_id)
    await several(buildings.filter((x) => x.community === c.key), (b) =>
      t.road.call(admin, ['building', c.key, b.no], property.saveBuilding, {
        community_id, zone_id: b.zone === null ? null : zones.get(b.zone)!, no: b.no, name: b.name, kind: b.kind, floors_above: b.floors_above, floors_below: b.floors_below, has_lift: b.has_lift, unit_nos: [...b.unit_nos],
      }))
  }
}

/** In mass, as an import does it. */
export async function buildHouses(t: Town): Promise<void> {
  const admin = must(t, t.company.admin_login)
  for (const key of t.community_keys) {
    const community_id = t.ids.community.get(key)!
    const rows = housesIn(key).map(({ community: _c, label: _l, ...h }): HouseIn => ({ community_id, ...h }))
    await t.road.step(admin, ['houses', key], 'property.house.write', async (scope) => {
      const done = await createHouses(scope, rows, { reason: '建档导入' })
      scope.note('community', community_id, { houses: done.length, how: '建档导入' })
      return done.length
    })
  }
  await readIds(t)
}

export async function registerAreas(t: Town): Promise<void> {
  const who = must(t, t.company.key === 'anju' ? 'jingli' : t.company.admin_login)
  await several(publicAreas.filter((x) => t.community_keys.includes(x.community)), ({ community, ...a }) =>
    t.road.call(who, ['area', community, a.category, a.name], property.savePublicArea, { ...a, community_id: t.ids.community.get(community)!, state: 'normal' }))
}
