// 试算: the stays of some days once more, entry by entry and fee by fee, under the rules in force and under those that somebody tries. Nothing is written. Both sides are computed by the
// same engine, so that a difference is one of the rules and of nothing else; what drivers would have done otherwise nobody knows.
import { setImmediate } from 'node:timers/promises'
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays, daysBetween } from '../../../kernel/clock.ts'
import type { Out } from '../../../kernel/contract.ts'
import { fen, yuan } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { QuoteFault, quoteValues, sideOf, storedTariffs, tariffToRead, type Tariff } from '../../tariff/server/index.ts'
import { parking, type LotRule, type StayClass, type Tried, type TriedRow, type TriedStay } from '../contract.ts'
import { lotToRead, plateShown, type Lot } from './access.ts'
import { RULE_COLUMNS } from './config.ts'
import { dayBegins, localClock, localDay, localTime } from './local.ts'
import { CLASSES, decideEntry, type PermitKind, type PermitSeen, type RuleOf } from './rules/decide.ts'

const DAYS_MAX = 62
const STAYS_MAX = 20_000
const EXAMPLES = 20
const BREATH = 100

interface Stay {
  stay_id: string
  plate: string
  no_plate: boolean
  vehicle: string
  class: StayClass
  entered_at: string
  left_at: string | null
  zone_id: string | null
  no_entry: boolean
  permit_id: string | null
  overflow_until: string | null
  coupons: { kind: string; minutes: number | null; amount_fen: number | null; merchant: string }[] | null
}
interface Held {
  plate: string
  vehicle: string
  at: string
  why: string
}
type Ask = Out<typeof parking.tryRule.takes>

async function facts(scope: Scope, l: Lot, from: string, to: string): Promise<{ stays: Stay[]; held: Held[]; rules: LotRule[]; zones: Map<string, number> }> {
  const c = scope.company_id
  const [stays, held, rules, zones] = await Promise.all([
    sql<Stay>`select t.stay_id, t.plate, t.no_plate, t.vehicle, t.class, t.entered_at, t.left_at, t.zone_id, t.no_entry, t.permit_id, t.overflow_until, (select jsonb_agg(jsonb_build_object('kind', k.kind, 'minutes', k.minutes, 'amount_fen', k.amount_fen, 'merchant', k.shop_name)) from parking.coupon_use u join parking.coupon_pack k on k.company_id = ${c} and k.pack_id = u.pack_id where u.company_id = ${c} and u.stay_id = t.stay_id) as coupons
      from parking.stay t where t.company_id = ${c} and t.lot_id = ${l.lot_id} and t.state <> 'void' and t.entered_at < ${to} and (t.left_at is null or t.left_at >= ${from}) order by t.entered_at, t.stay_id limit ${STAYS_MAX + 1}`.execute(scope.db),
    // Whom the rules in force did not let in, and nobody let in by hand either: once a plate and hour.
    sql<Held>`select distinct on (k.plate, date_trunc('hour', k.received_at)) k.plate, k.vehicle, k.received_at as at, k.why from parking.look k where k.company_id = ${c} and k.lot_id = ${l.lot_id} and k.direction = 'in' and k.decision = 'hold' and not k.no_plate and k.received_at >= ${from} and k.received_at < ${to} and k.why in ('closed_hours', 'full', 'kept_for_residents', 'zone_full', 'kind_refused', 'no_place_left')
      and not exists (select from parking.look_done d where d.company_id = ${c} and d.look_id = k.look_id and d.what = 'admit') order by k.plate, date_trunc('hour', k.received_at), k.received_at limit ${STAYS_MAX}`.execute(scope.db),
    sql<LotRule>`select ${RULE_COLUMNS} from parking.rule r where r.company_id = ${c} and r.lot_id = ${l.lot_id} order by r.from_on desc, r.created_at desc, r.rule_id desc limit 500`.execute(scope.db),
    sql<{ zone_id: string; capacity: number }>`select zone_id, capacity from parking.zone where company_id = ${c} and lot_id = ${l.lot_id} and retired_at is null`.execute(scope.db),
  ])
  if (stays.rows.length > STAYS_MAX) throw scope.refuse('parking.too_many_rows', { max: STAYS_MAX })
  return { stays: stays.rows, held: held.rows.toSorted((a, b) => (a.at < b.at ? -1 : 1)), rules: rules.rows, zones: new Map(zones.rows.map((z) => [z.zone_id, z.capacity])) }
}
const PAYS: readonly StayClass[] = ['temporary', 'visitor', 'overflow']
/** It came in beyond the places of its household, whatever became of it. */
const cameOver = (s: Stay): boolean => s.class === 'overflow' || s.overflow_until !== null
/** What a stay costs by a tariff; those who have a place of their own pay nothing by any, nor does one since it has one. */
function feeOf(s: Stay, tariff: Tariff | null, no_entry_fen: number, overflow_until: string | null): number {
  const over = cameOver(s)
  if (!over && !PAYS.includes(s.class)) return 0
  if (s.no_entry) return no_entry_fen
  if (!tariff) return 0
  const coupons = (s.coupons ?? []).map((k) => ({ kind: k.kind, merchant: k.merchant, ...(k.minutes !== null ? { minutes: String(k.minutes) } : {}), ...(k.amount_fen !== null ? { amount: yuan(fen(k.amount_fen)) } : {}) }))
  return Math.max(0, quoteValues(tariff, { entered_at: localTime(s.entered_at), left_at: localTime(over && overflow_until && overflow_until < s.left_at! ? overflow_until : s.left_at!), vehicle: s.vehicle, ...(over ? { overflow: true } : {}), visitor: s.class === 'visitor', ...(coupons.length ? { coupons } : {}) }).amount_fen)
}
/** When cars beyond the places of their household would have had one, if whoever has waited longest takes what is free. */
function placesFree(stays: readonly Stay[]): Map<string, string> {
  const out = new Map<string, string>()
  const waiting = new Map<string, Stay[]>()
  const moves = stays.filter((s) => s.permit_id !== null).flatMap((s) => [{ at: s.entered_at, s, leaves: false }, ...(s.left_at ? [{ at: s.left_at, s, leaves: true }] : [])]).toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : Number(b.leaves) - Number(a.leaves)))
  for (const { at, s, leaves } of moves) {
    const list = waiting.get(s.permit_id!) ?? []
    if (!leaves) {
      if (cameOver(s)) waiting.set(s.permit_id!, [...list, s])
    } else if (list.includes(s)) waiting.set(s.permit_id!, list.filter((x) => x !== s))
    else if (list[0]) {
      out.set(list[0].stay_id, at)
      waiting.set(s.permit_id!, list.slice(1))
    }
  }
  return out
}
/** By what it came in: what the decision has to know of its permits is in its class. */
function comingAs(c: StayClass, over = c === 'overflow'): { permits: PermitSeen[]; visit_id: string | null } {
  if (c === 'temporary') return { permits: [], visit_id: null }
  if (c === 'visitor') return { permits: [], visit_id: 'announced' }
  const kind: PermitKind = c === 'overflow' ? 'lease' : c
  return { permits: [{ permit_id: 'own', kind, places: 1, inside: over ? 1 : 0 }], visit_id: null }
}
const isResident = (c: StayClass): boolean => c === 'owner_bay' || c === 'lease' || c === 'monthly'
/** Who is inside as the hours pass, by rules that are tried. */
class Inside {
  private readonly in_now = new Set<string>()
  private residents = 0
  private readonly zones = new Map<string, number>()
  peak = 0
  peak_at: string | null = null
  put(s: Stay): void {
    this.in_now.add(s.stay_id)
    this.move(1, s)
    if (this.in_now.size > this.peak) [this.peak, this.peak_at] = [this.in_now.size, s.entered_at]
  }
  take(s: Stay): void {
    if (this.in_now.delete(s.stay_id)) this.move(-1, s)
  }
  private move(by: 1 | -1, s: Stay): void {
    if (isResident(s.class) && !cameOver(s)) this.residents += by
    if (s.zone_id) this.zones.set(s.zone_id, (this.zones.get(s.zone_id) ?? 0) + by)
  }
  decide(rule: RuleOf, s: { vehicle: string; zone_id: string | null; no_plate?: boolean }, as: ReturnType<typeof comingAs>, at: string, zones: Map<string, number>) {
    const capacity = s.zone_id ? zones.get(s.zone_id) : undefined
    return decideEntry({ rule, vehicle: s.vehicle, no_plate: s.no_plate ?? false, ...as, inside: this.in_now.size, residents: this.residents, zone: s.zone_id && capacity !== undefined ? { capacity, inside: this.zones.get(s.zone_id) ?? 0 } : null, clock: localClock(at) })
  }
}
type Passing = { at: string; out: Stay } | { at: string; in: Stay } | { at: string; held: Held }
/** What happened at the lanes, in its order; at one instant who goes makes room first. */
function passing(f: { stays: readonly Stay[]; held: readonly Held[] }): Passing[] {
  const list: Passing[] = [...f.stays.flatMap((s): Passing[] => (s.left_at ? [{ at: s.left_at, out: s }] : [])), ...f.stays.map((s): Passing => ({ at: s.entered_at, in: s })), ...f.held.map((h): Passing => ({ at: h.at, held: h }))]
  return list.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

const tryRule = answer(parking.tryRule, async (scope, o): Promise<Tried> => {
  if (o.days_to_on < o.days_from_on || daysBetween(o.days_from_on, o.days_to_on) >= DAYS_MAX) throw scope.refuse('parking.range_long', { max: DAYS_MAX })
  if (o.reserved > o.capacity) throw scope.refuse('parking.reserved_too_many', { reserved: o.reserved, capacity: o.capacity })
  const l = await lotToRead(scope, o.lot_id)
  const [from, to] = [dayBegins(o.days_from_on), dayBegins(addDays(o.days_to_on, 1))]
  const then_tariff = await triedTariff(scope, l, o)
  const f = await facts(scope, l, from, to)
  const stored = await storedTariffs(scope, [...new Set(f.rules.flatMap((r) => r.tariff_id ?? []))])
  const ruleOn = (day: string): LotRule | undefined => f.rules.find((r) => r.from_on <= day)
  const rows = new Map<StayClass, TriedRow>(CLASSES.map((c) => [c, { class: c, stay_count: 0, was_fen: 0, then_fen: 0, more_count: 0, less_count: 0, refused_count: 0, admitted_count: 0 }]))
  const days = new Map<string, Tried['by_day'][number]>()
  for (let d = o.days_from_on; d <= o.days_to_on; d = addDays(d, 1)) days.set(d, { on_day: d, was_fen: 0, then_fen: 0, refused_count: 0 })
  const refused = new Map<string, number>()
  const priced: (TriedStay & { no_plate: boolean })[] = []
  const inside = new Inside()
  const free_at = placesFree(f.stays)
  let unpriced_count = 0
  let n = 0
  for (const p of passing(f)) {
    if (++n % BREATH === 0) await setImmediate()
    if ('out' in p) {
      inside.take(p.out)
      continue
    }
    const { at } = p
    if ('held' in p) {
      const c: StayClass = p.held.why === 'no_place_left' ? 'overflow' : 'temporary'
      if (inside.decide(o, { vehicle: p.held.vehicle, zone_id: null }, comingAs(c), at, f.zones).open) rows.get(c)!.admitted_count++
      continue
    }
    const s = p.in
    const row = rows.get(cameOver(s) ? 'overflow' : s.class)!
    const d = at >= from && !s.no_entry ? inside.decide(o, s, comingAs(s.class, cameOver(s)), at, f.zones) : null
    const why = d && !d.open ? d.why : null
    if (why) {
      row.refused_count++
      refused.set(why, (refused.get(why) ?? 0) + 1)
      days.get(localDay(at))!.refused_count++
    } else inside.put(s)
    if (!s.left_at || s.left_at >= to) continue
    try {
      const then_rule = ruleOn(localDay(s.entered_at))
      const was_fen = feeOf(s, then_rule?.tariff_id ? (stored.get(then_rule.tariff_id)?.tariff ?? null) : null, then_rule?.no_entry_fen ?? 0, s.overflow_until)
      const then_fen = why ? 0 : feeOf(s, then_tariff, o.no_entry_fen, o.overflow === 'until_free' ? (free_at.get(s.stay_id) ?? null) : null)
      row.stay_count++
      row.was_fen += was_fen
      row.then_fen += then_fen
      if (then_fen > was_fen) row.more_count++
      if (then_fen < was_fen) row.less_count++
      const day = days.get(localDay(s.left_at))!
      day.was_fen += was_fen
      day.then_fen += then_fen
      if (then_fen !== was_fen) priced.push({ stay_id: s.stay_id, plate: s.plate, no_plate: s.no_plate, class: s.class, entered_at: s.entered_at, left_at: s.left_at, was_fen, then_fen, why })
    } catch (error) {
      if (!(error instanceof QuoteFault)) throw error
      unpriced_count++
    }
  }
  const shown = plateShown(scope)
  const list = [...rows.values()].filter((r) => r.stay_count > 0 || r.refused_count > 0 || r.admitted_count > 0)
  const sum = (k: 'stay_count' | 'was_fen' | 'then_fen'): number => list.reduce((a, r) => a + r[k], 0)
  return {
    stay_count: sum('stay_count'), was_fen: sum('was_fen'), then_fen: sum('then_fen'), rows: list, refused: [...refused].map(([why, count]) => ({ why, count })).toSorted((a, b) => b.count - a.count), full_peak: inside.peak, full_at: inside.peak_at, by_day: [...days.values()], unpriced_count,
    examples: priced.toSorted((a, b) => Math.abs(b.then_fen - b.was_fen) - Math.abs(a.then_fen - a.was_fen) || (a.left_at < b.left_at ? 1 : -1)).slice(0, EXAMPLES).map(({ no_plate, ...s }) => ({ ...s, plate: shown(s.plate, no_plate) })),
  }
})
async function triedTariff(scope: Scope, l: Lot, o: Ask): Promise<Tariff | null> {
  if (!o.tariff_id) return null
  const head = await tariffToRead(scope, o.tariff_id)
  const t = o.draft ? await sideOf(scope, head, 'draft') : ((await storedTariffs(scope, [o.tariff_id])).get(o.tariff_id)?.tariff ?? null)
  if (head.community_id !== l.community_id || !t?.versions.some((v) => v.components.some((x) => x.spec.shape === 'parking'))) throw scope.refuse('parking.no_such_tariff')
  return t
}
export const tryAnswers = [tryRule]
