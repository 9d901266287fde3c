// What of a place is free, and what one asks for: within the rules of its day, on slots, not closed, with units that nobody has.
import { sql } from 'kysely'
import { addDays, dayOf, minuteText } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { FeeLine, Price, Rule, Slot } from '../contract.ts'
import type { Place } from './access.ts'
import { priceOf, ruleOf } from './config.ts'
import { feeOf, freeUntil, lateFen, overlaps, runOf, slotFen, slotsOf, type Span } from './rules/slots.ts'

const midnight = (day: string): string => `${day}T00:00:00+08:00`
export interface Closed extends Span {
  reason: string
}
interface Taken extends Span {
  unit_no: number
}
export const closuresOn = async (scope: Scope, resource_ids: readonly string[], s: Span): Promise<(Closed & { resource_id: string })[]> =>
  (await sql<Closed & { resource_id: string }>`select k.resource_id, k.from_at, k.to_at, k.reason from bookings.closure k where k.company_id = ${scope.company_id} and k.resource_id = any(${[...resource_ids]}::uuid[]) and k.lifted_at is null and k.from_at < ${s.to_at}::timestamptz and k.to_at > ${s.from_at}::timestamptz order by k.from_at`.execute(scope.db)).rows
const takenOn = async (scope: Scope, resource_ids: readonly string[], s: Span, but: string | null): Promise<(Taken & { resource_id: string })[]> =>
  (await sql<Taken & { resource_id: string }>`select u.resource_id, u.unit_no, u.from_at, u.to_at from bookings.booking_unit u where u.company_id = ${scope.company_id} and u.resource_id = any(${[...resource_ids]}::uuid[]) and u.live and tstzrange(u.from_at, u.to_at) && tstzrange(${s.from_at}::timestamptz, ${s.to_at}::timestamptz) and u.booking_id is distinct from ${but}::uuid`.execute(scope.db)).rows

export interface DayOf {
  resource_id: string
  unit_count: number
  rule: Omit<Rule, 'state'> | null
  price: Omit<Price, 'state'> | null
}
export type DaySlots = { resource_id: string; slots: Slot[]; closures: Closed[] }
/** The slots of places on one day. The desk may give what has begun. `last_on`: no slot later than that day may be asked for; `but`: a booking that gives its own units up. */
export async function slotsOn(scope: Scope, places: readonly DayOf[], day: string, o: { by: 'resident' | 'desk'; last_on?: (p: DayOf) => string; but?: string | null }): Promise<DaySlots[]> {
  const ids = places.map((p) => p.resource_id)
  const whole = { from_at: midnight(day), to_at: midnight(addDays(day, 1)) }
  const closed = Map.groupBy(await closuresOn(scope, ids, whole), (k) => k.resource_id)
  const taken = Map.groupBy(await takenOn(scope, ids, whole, o.but ?? null), (u) => u.resource_id)
  return places.map((p) => {
    const closures = closed.get(p.resource_id) ?? []
    const slots = p.rule ? slotsOf(p.rule, day) : []
    const far = o.last_on !== undefined && day > o.last_on(p)
    return {
      resource_id: p.resource_id, closures: closures.map((k) => ({ from_at: k.from_at, to_at: k.to_at, reason: k.reason })),
      slots: slots.map((s): Slot => {
        const shut = closures.find((k) => overlaps(k, s))
        const free_count = Math.max(0, p.unit_count - new Set((taken.get(p.resource_id) ?? []).filter((u) => overlaps(u, s)).map((u) => u.unit_no)).size)
        return { ...s, free_count, slot_fen: slotFen(p.price, day, s.from_at), why: (o.by === 'desk' ? s.to_at : s.from_at) <= scope.now ? 'past' : far ? 'far' : shut ? 'closed' : free_count === 0 ? 'full' : null, reason: shut?.reason ?? null }
      }),
    }
  })
}

export interface Ask {
  resource_id: string
  from_at: string
  slot_count: number
  unit_count: number
}
export interface Offer extends Span {
  rule: Omit<Rule, 'state'>
  price_id: string | null
  lines: FeeLine[]
  amount_fen: number
  kept_fen: number
  free_until: string
  unit_nos: number[]
}
/** Everything about an ask but who asks; refused with the reason. The desk may book what has begun and further ahead. */
export async function offer(scope: Scope, p: Place, ask: Ask, o: { by: 'resident' | 'desk'; but?: string }): Promise<Offer> {
  const c = scope.company_id
  const from_at = new Date(Date.parse(ask.from_at)).toISOString()
  const day = dayOf(from_at)
  if (p.retired_at) throw scope.refuse('bookings.retired', { place: p.name })
  const [rule, price] = [await ruleOf(scope, p.resource_id, day), await priceOf(scope, p.resource_id, day)]
  if (!rule) throw scope.refuse('bookings.no_rule', { place: p.name, day })
  const slots = slotsOf(rule, day)
  if (!slots.some((s) => s.from_at === from_at)) throw scope.refuse('bookings.not_a_slot', { place: p.name, from: minuteText(from_at) })
  const run = runOf(slots, from_at, ask.slot_count)
  if (!run || ask.slot_count < rule.min_slots || ask.slot_count > rule.max_slots) throw scope.refuse('bookings.length', { place: p.name, min: rule.min_slots, max: rule.max_slots, minutes: rule.slot_min })
  const max_units = Math.min(rule.max_units, p.unit_count)
  if (ask.unit_count > max_units) throw scope.refuse('bookings.units', { place: p.name, max: max_units, unit: p.unit_word })
  const to_at = run.at(-1)!.to_at
  if ((o.by === 'desk' ? to_at : from_at) <= scope.now) throw scope.refuse('bookings.past', { from: minuteText(from_at) })
  if (o.by === 'resident' && day > addDays(scope.today, rule.ahead_days)) throw scope.refuse('bookings.too_far', { place: p.name, days: rule.ahead_days })
  const shut = (await closuresOn(scope, [p.resource_id], { from_at, to_at }))[0]
  if (shut) throw scope.refuse('bookings.closed', { place: p.name, from: minuteText(shut.from_at), to: minuteText(shut.to_at), reason: shut.reason })
  const { rows: free } = await sql<{ unit_no: number }>`select n.unit_no from bookings.unit n where n.company_id = ${c} and n.resource_id = ${p.resource_id} and n.retired_at is null
    and not exists (select from bookings.booking_unit u where u.company_id = ${c} and u.resource_id = n.resource_id and u.unit_no = n.unit_no and u.live and tstzrange(u.from_at, u.to_at) && tstzrange(${from_at}::timestamptz, ${to_at}::timestamptz) and u.booking_id is distinct from ${o.but ?? null}::uuid) order by n.unit_no limit ${ask.unit_count}`.execute(scope.db)
  if (free.length < ask.unit_count) throw taken(scope, p, { from_at, to_at }, free.length)
  const { lines, amount_fen } = feeOf(price, day, run, ask.unit_count, p.unit_word)
  return { rule, price_id: price?.price_id ?? null, from_at, to_at, lines, amount_fen, kept_fen: lateFen(amount_fen, rule.late_keep_percent), free_until: freeUntil(from_at, rule.cancel_hours), unit_nos: free.map((u) => u.unit_no) }
}
export const taken = (scope: Scope, p: Pick<Place, 'name' | 'unit_word'>, s: Span, free: number) => scope.refuse('bookings.taken', { place: p.name, from: minuteText(s.from_at), to: minuteText(s.to_at), free, unit: p.unit_word })
