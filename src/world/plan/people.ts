// The people of each community. 花园小区: 3,742 owners and residents of today ("业主 3700 余人").
import type { Calendar } from './calendar.ts'
import { fillTo, settleHomes } from './homes.ts'
import { housesIn } from './houses.ts'
import { settleShops, settleSmall, settleVehicles } from './others.ts'
import { communityOf } from './places.ts'
import { Register } from './register.ts'
import type { CommunityKey, PlanHouse, PlanPeople } from './shapes.ts'

export const HEAD_COUNT = 3742
const CARS_BESIDE: Record<CommunityKey, number> = { garden: 260, heshun: 90, huixin: 9 }
/** The dwelling of the resident among the sample accounts: a family at home whose water the company reads. */
export const sampleHome = (): PlanHouse => housesIn('garden').find((h) => h.building_no === '3' && h.kind === 'dwelling' && h.state === 'lived_in' && h.floor_no > 1)!

/** Everybody with a tie of today, companies and the developer left out. */
export function headCount(p: PlanPeople, c: Calendar): number {
  const natural = new Set(p.persons.filter((x) => x.kind === 'natural').map((x) => x.key))
  const today = (t: { from_on?: string | undefined; to_on?: string | null | undefined }): boolean => (t.from_on ?? '') <= c.today && (t.to_on === null || t.to_on === undefined || t.to_on > c.today)
  return new Set([...p.owners, ...p.tenancies, ...p.residents].filter((t) => natural.has(t.person) && today(t as { from_on?: string; to_on?: string | null })).map((t) => t.person)).size
}

export function peopleOf(community: CommunityKey, c: Calendar): PlanPeople {
  const r = new Register(community)
  const list = housesIn(community)
  const of = (...kinds: string[]): PlanHouse[] => list.filter((h) => kinds.includes(h.kind))
  const developer = r.person(`${community}/developer`, communityOf(community).developer, { kind: 'developer' })
  settleHomes(r, of('dwelling'), c, developer)
  if (community === 'garden') r.giveFirstPhone(`garden/${sampleHome().label}/owner`)
  const owner_of = new Map(r.owners.filter((o) => o.is_primary && o.person !== developer).map((o) => [o.label, o.person]))
  settleShops(r, of('shop'), [...owner_of.values()], c, developer)
  settleSmall(r, of('garage', 'storage'), owner_of, developer)
  const bays = of('bay')
  if (bays.length) {
    // Marked spaces on common ground belong to all owners and are let by the month.
    const all = r.person(`${community}/all_owners`, `${communityOf(community).name}全体业主`, { kind: 'org', phone: false })
    for (const b of bays) r.owners.push({ label: b.label, person: all, share_num: 1, share_den: 1, is_primary: true, from_on: b.delivered_on! })
  }
  const tenant_of = new Map(r.tenancies.map((t) => [t.label, t.person]))
  const homes = of('dwelling').filter((h) => h.state === 'lived_in' || h.state === 'let').map((h) => ({ label: h.label, person: tenant_of.get(h.label) ?? owner_of.get(h.label)!, first: community === 'garden' && h.label === sampleHome().label }))
  settleVehicles(r, bays, homes, c, CARS_BESIDE[community])
  if (community === 'garden') fillTo(r, of('dwelling'), HEAD_COUNT, headCount(r, c))
  return r
}
