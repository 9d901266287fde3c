// Which houses a family pays for: its flat or shop, with garage, storeroom and leased space.
import { housesIn } from './houses.ts'
import { mannerOf, type Manner } from './habits.ts'
import { sampleHome } from './people.ts'
import type { CommunityKey, PlanPeople } from './shapes.ts'

export interface Group extends Manner {
  community: CommunityKey
  /** Main house first. */
  labels: string[]
  zone: '东' | '西'
  /** Not seen in the current month, so that something is left to pay. */
  stays_away: boolean
}

export function groupsOf(community: CommunityKey, people: PlanPeople): Group[] {
  const kind_of = new Map(people.persons.map((p) => [p.key, p.kind]))
  const owner_of = new Map(people.owners.filter((o) => o.is_primary).map((o) => [o.label, o.person]))
  const tenant_of = new Map(people.tenancies.filter((x) => x.pays === 'all').map((x) => [x.label, x.person]))
  const lease_of = new Map(people.leases.map((l) => [l.bay, l.label]))
  const list = housesIn(community)
  const home_of = new Map<string, string>()
  for (const h of list) if (h.kind === 'dwelling' && h.state !== 'unsold') home_of.set(owner_of.get(h.label)!, h.label)
  const groups = new Map<string, Group>()
  for (const h of list) {
    const owner = owner_of.get(h.label)!
    const developer = kind_of.get(owner) === 'developer'
    const main = developer ? 'developer' : h.kind === 'garage' || h.kind === 'storage' ? home_of.get(owner)! : h.kind === 'bay' ? (lease_of.get(h.label) ?? null) : h.label
    if (main === null) continue
    const have = groups.get(main)
    if (have) have.labels.push(h.label)
    else {
      const organisation = developer || kind_of.get(tenant_of.get(h.label) ?? owner) === 'org'
      const manner = mannerOf(community, main, developer ? 'unsold' : h.state, organisation)
      const building = Number(h.building_no)
      const sample = community === 'garden' && main === sampleHome().label
      groups.set(main, { ...manner, ...(sample ? { habit: 'quarterly' as const } : {}), community, labels: [h.label], stays_away: sample, zone: community === 'garden' && (building <= 24 || ['S1', 'G1'].includes(h.building_no)) ? '东' : '西' })
    }
  }
  return [...groups.values()]
}
