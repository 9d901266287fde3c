// Who pays for a house on each day (缴费责任), as intervals. Pure: no database, no clock.
// The developer pays until delivery, by the community's rule through that day's eve or through that month (domain facts 3.2);
// then the owner named as contact; a tenant who pays takes the days of the tenancy, for use fees only or for all.

export type StartRule = 'delivery_day' | 'next_month'
export interface OwnedFor {
  person_id: string
  developer: boolean
  is_primary: boolean
  share_num: number
  share_den: number
  from_on: string
  to_on: string | null
}
export interface RentedFor {
  person_id: string
  pays: 'none' | 'use' | 'all'
  from_on: string
  to_on: string | null
}
export interface HouseForPayers {
  delivered_on: string | null
  start_rule: StartRule
  ownerships: readonly OwnedFor[]
  tenancies: readonly RentedFor[]
}
export interface PayerInterval {
  fee_class: 'property' | 'use'
  person_id: string
  role: 'developer' | 'owner' | 'tenant'
  from_on: string
  to_on: string | null
}

/** The first day that the first owner after the developer pays. */
export function ownerStart(delivered_on: string, rule: StartRule): string {
  if (rule === 'delivery_day') return delivered_on
  const [y, m] = delivered_on.split('-').map(Number) as [number, number]
  return m === 12 ? `${y + 1}-01-01` : `${y}-${String(m + 1).padStart(2, '0')}-01`
}

const on = (day: string, x: { from_on: string; to_on: string | null }): boolean => x.from_on <= day && (x.to_on === null || day < x.to_on)

/** Of several co-owners one pays and settles inside: the contact, then the greater share, then the older registration. */
function ahead(a: OwnedFor, b: OwnedFor): number {
  if (a.is_primary !== b.is_primary) return a.is_primary ? -1 : 1
  const share = b.share_num * a.share_den - a.share_num * b.share_den
  return share || (a.from_on < b.from_on ? -1 : a.from_on > b.from_on ? 1 : a.person_id < b.person_id ? -1 : 1)
}

type Base = { person_id: string; role: 'developer' | 'owner' }

function baseOn(day: string, h: HouseForPayers, developer: OwnedFor | undefined): Base | undefined {
  const owner = h.ownerships.filter((o) => on(day, o)).sort(ahead)[0]
  if (developer && (owner === undefined || !owner.developer)) {
    // Sold but not delivered, or delivered in a month that the developer still pays.
    const start = h.delivered_on === null ? null : ownerStart(h.delivered_on, h.start_rule)
    if (start === null || day < start) return { person_id: developer.person_id, role: 'developer' }
  }
  return owner && { person_id: owner.person_id, role: owner.developer ? 'developer' : 'owner' }
}

/**
 * Intervals from the first day of an ownership on, for both fee classes: no gap, no overlap, the last one open. Where nobody owned
 * (an end without a successor) the last payer goes on. A house without any ownership has no payer.
 */
export function payersOf(h: HouseForPayers): PayerInterval[] {
  const owned = h.ownerships.filter((o) => o.to_on === null || o.from_on < o.to_on)
  if (owned.length === 0) return []
  const first = owned.reduce((a, o) => (o.from_on < a ? o.from_on : a), owned[0]!.from_on)
  const developer = owned.filter((o) => o.developer).sort((a, b) => (a.from_on < b.from_on ? 1 : -1))[0]
  const days = new Set<string>([first])
  for (const x of [...owned, ...h.tenancies]) {
    days.add(x.from_on)
    if (x.to_on !== null) days.add(x.to_on)
  }
  if (developer && h.delivered_on !== null) days.add(ownerStart(h.delivered_on, h.start_rule))
  const cuts = [...days].filter((d) => d >= first).sort()
  const out: PayerInterval[] = []
  for (const fee_class of ['property', 'use'] as const) {
    let base: Base | undefined
    let open: PayerInterval | undefined
    for (const day of cuts) {
      base = baseOn(day, { ...h, ownerships: owned }, developer) ?? base
      const tenant = h.tenancies.filter((t) => (t.pays === 'all' || (t.pays === 'use' && fee_class === 'use')) && on(day, t)).sort((a, b) => (a.from_on < b.from_on ? 1 : a.from_on > b.from_on ? -1 : a.person_id < b.person_id ? -1 : 1))[0]
      const now = tenant ? { person_id: tenant.person_id, role: 'tenant' as const } : base!
      if (open && open.person_id === now.person_id && open.role === now.role) continue
      if (open) open.to_on = day
      open = { fee_class, ...now, from_on: day, to_on: null }
      out.push(open)
    }
  }
  return out
}
