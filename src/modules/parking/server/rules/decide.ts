// May this car come in, may it go out? Pure: what is known in, the decision and its reason out. The reason is a code of words.states.why.
export const CLASSES = ['owner_bay', 'lease', 'monthly', 'free', 'visitor', 'temporary', 'overflow'] as const
export type VehicleClass = (typeof CLASSES)[number]
export const PERMIT_KINDS = ['owner_bay', 'lease', 'monthly', 'free', 'black'] as const
export type PermitKind = (typeof PERMIT_KINDS)[number]
export interface RuleOf {
  capacity: number
  reserved: number
  closed: readonly { from: string; to: string }[]
  visitors_when_closed: boolean
  full_stop: boolean
  overflow: 'temporary' | 'until_free' | 'refuse'
  refused_kinds: readonly string[]
}
export interface PermitSeen {
  permit_id: string
  kind: PermitKind
  places: number
  /** Cars of this permit that stand on its places now. */
  inside: number
}
export interface EntryFacts {
  rule: RuleOf
  vehicle: string
  no_plate?: boolean
  permits: readonly PermitSeen[]
  visit_id: string | null
  /** Cars inside: all, and those that stand on places of permits. */
  inside: number
  residents: number
  zone: { capacity: number; inside: number } | null
  /** HH:MM of the lot. */
  clock: string
}
export type EntryDecision = { open: true; class: VehicleClass; permit_id: string | null; visit_id: string | null; why: string } | { open: false; why: string }

/** Is the clock inside the window? 19:00 to 08:00 goes over midnight; the end is not in it. */
export const within = (clock: string, w: { from: string; to: string }): boolean => (w.from <= w.to ? clock >= w.from && clock < w.to : clock >= w.from || clock < w.to)

const ORDER: readonly PermitKind[] = ['free', 'owner_bay', 'lease', 'monthly']
/** Whose permit the car comes in by: the best one with a place left. */
function placeOf(permits: readonly PermitSeen[]): { permit: PermitSeen; free: boolean } | null {
  const ordered = ORDER.flatMap((kind) => permits.filter((p) => p.kind === kind))
  const first = ordered.find((p) => p.kind === 'free' || p.inside < p.places)
  if (first) return { permit: first, free: true }
  return ordered[0] ? { permit: ordered[0], free: false } : null
}

export function decideEntry(f: EntryFacts): EntryDecision {
  if (f.permits.some((p) => p.kind === 'black')) return { open: false, why: 'black' }
  if (f.rule.refused_kinds.includes(f.vehicle)) return { open: false, why: 'kind_refused' }
  if (f.no_plate && f.rule.refused_kinds.includes('no_plate')) return { open: false, why: 'no_plate_refused' }
  const place = placeOf(f.permits)
  // Who has a place of his own comes in at every hour and when the lot is full: the place is his.
  if (place?.free) return { open: true, class: place.permit.kind as VehicleClass, permit_id: place.permit.permit_id, visit_id: null, why: place.permit.kind }
  if (place && f.rule.overflow === 'refuse') return { open: false, why: 'no_place_left' }
  const outside = place === null
  const closed = f.rule.closed.some((w) => within(f.clock, w))
  if (closed && outside && !(f.visit_id && f.rule.visitors_when_closed)) return { open: false, why: 'closed_hours' }
  if (f.rule.full_stop) {
    // Places of residents who are out are kept for them.
    const kept = Math.max(0, f.rule.reserved - f.residents)
    if (f.inside + (outside ? kept : 0) >= f.rule.capacity) return { open: false, why: outside && f.inside < f.rule.capacity ? 'kept_for_residents' : 'full' }
    if (f.zone && f.zone.inside >= f.zone.capacity) return { open: false, why: 'zone_full' }
  }
  if (place) return { open: true, class: 'overflow', permit_id: place.permit.permit_id, visit_id: null, why: 'overflow' }
  if (f.visit_id) return { open: true, class: 'visitor', permit_id: null, visit_id: f.visit_id, why: 'visitor' }
  return { open: true, class: 'temporary', permit_id: null, visit_id: null, why: 'temporary' }
}

export type ExitDecision = { open: boolean; why: string }
/** `due_fen` null: the price could not be said. */
export function decideExit(f: { stay: { class: VehicleClass } | null; near_count: number; due_fen: number | null; paid_fen: number }): ExitDecision {
  if (!f.stay) return { open: false, why: f.near_count > 0 ? 'look_again' : 'no_entry' }
  if (f.due_fen === null) return { open: false, why: 'no_price' }
  if (f.due_fen > 0) return { open: false, why: f.paid_fen > 0 ? 'more_to_pay' : 'unpaid' }
  return { open: true, why: f.paid_fen > 0 ? 'paid' : f.stay.class === 'temporary' || f.stay.class === 'visitor' || f.stay.class === 'overflow' ? 'nothing_due' : f.stay.class }
}
