// The metered families: usage laid over tiers that count by month, by several months or by a year that begins in any month.
// Σ of the tiers is the usage, and how usage is cut into readings changes nothing before the last rounding (B10).
import { addDays, addMonths, daysBetween } from '../../../kernel/clock.ts'
import { compare, exact, isZero, least, minus, most, over, percent, plus, ratio, roundTo, show, times, total, whole, ZERO, type Q } from './exact.ts'
import { bordered, cycleStart, isSuspended, joined, partKey, partShare, scaled, seasonOf, sumOf, type Metering, type Stretch, type Usage } from './metering.ts'
import { boundsOf, monthsOf, tableOr, tierPrice, type MeteredSpec, type TableSpec, type TierSpec } from './metered_spec.ts'
import type { Parts } from './parts.ts'
import { QuoteFault, holds, need, optional, type Values } from './shared.ts'

/** Quantity that is priced: percentage, loss, rounding. */
function quantityOf(spec: MeteredSpec, usage: Usage): Usage {
  const by = times(spec.quantity_percent === undefined ? exact('1') : percent(exact(spec.quantity_percent)), spec.loss_percent === undefined ? exact('1') : plus(exact('1'), percent(exact(spec.loss_percent))))
  const out = scaled(usage, by)
  return spec.quantity_to === undefined ? out : new Map([...out].map(([k, v]) => [k, roundTo(v, exact(spec.quantity_to!), spec.quantity_mode)]))
}

function usedBefore(spec: MeteredSpec, m: Metering, done: readonly Stretch[], month: string): Usage {
  const cycle = month === '' ? '' : cycleStart(spec, month)
  const sameCycle = (other: string) => other === '' || month === '' || cycleStart(spec, other) === cycle
  let out: Usage = new Map()
  const first = m.stretches[0]!.month
  // A bill is one cycle of a short one, however its months and versions lie in it; seasons keep apart.
  const short = monthsOf(spec.cycle) < 6
  const together = (other: string) => (short ? partKey(spec, other) === partKey(spec, month) : sameCycle(other))
  if (m.to_date) out = together(first) ? m.to_date : out
  else for (const [k, u] of m.history) if (k < (short ? first : month) && (short ? together(first) && cycleStart(spec, k) === cycleStart(spec, first) : sameCycle(k)) && !isSuspended(spec, k)) out = joined(out, u)
  for (const s of done) if (together(s.month) && !isSuspended(spec, s.month)) out = joined(out, s.usage)
  return quantityOf(spec, out)
}

const addsFor = (adds: readonly string[], i: number): Q => exact(adds[i] ?? adds.at(-1)!)
/** What people and add-on volumes lift limit `i` by, with the words for it. */
function lifts(spec: MeteredSpec, values: Values, i: number): { add: Q; said: string[] } {
  let add = ZERO
  const said: string[] = []
  const months = (per: 'cycle' | 'month') => whole(per === 'month' ? monthsOf(spec.cycle) : 1)
  const p = spec.people
  if (p && holds(p.when, values) && values['people'] !== undefined) {
    const people = need(values, 'people', '人数')
    const counted = p.max_people === undefined ? people : least(people, whole(p.max_people))
    if (p.over !== undefined && p.each_adds && compare(counted, whole(p.over)) > 0) {
      const more = minus(counted, whole(p.over))
      add = plus(add, times(times(more, addsFor(p.each_adds, i)), months(p.per)))
      said.push(`${show(counted)} 人,超 ${p.over} 人每人加 ${show(times(addsFor(p.each_adds, i), months(p.per)))}`)
    }
    const step = p.steps?.filter((s) => compare(people, whole(s.people)) >= 0).toSorted((a, b) => b.people - a.people)[0]
    if (step) {
      add = plus(add, times(addsFor(step.adds, i), months(p.per)))
      said.push(`${show(people)} 人加 ${show(times(addsFor(step.adds, i), months(p.per)))}`)
    }
  }
  for (const a of spec.additions ?? []) {
    if (!holds(a.when, values)) continue
    add = plus(add, times(addsFor(a.adds, i), months(a.per)))
    said.push(`${a.name}加 ${show(times(addsFor(a.adds, i), months(a.per)))}`)
  }
  return { add, said }
}

/** By what limits shrink or grow: months of a long bill, part years, pauses. */
function limitFactor(spec: MeteredSpec, m: Metering, values: Values, month: string): { by: Q; said: string[] } {
  const said: string[] = []
  let by = exact('1')
  const length = monthsOf(spec.cycle)
  if (m.months_given && spec.multi_month === 'multiply' && compare(m.months, whole(length)) > 0 && length < 6) {
    by = over(m.months, whole(length))
    said.push(`${show(m.months)} 个月用量,限额 × ${show(by)}`)
  }
  const share = partShare(spec, m, month)
  if (share && share.days < share.of) {
    by = times(by, ratio(share.days, share.of))
    said.push(`账期 ${share.of} 天中占 ${share.days} 天,限额 × ${share.days}/${share.of}`)
  }
  if (spec.suspended?.limits === 'prorate' && spec.cycle === 'year') {
    const left = 12 - new Set(spec.suspended.months).size
    by = times(by, ratio(left, 12))
    said.push(`暂停 ${12 - left} 个月,限额 × ${left}/12`)
  }
  const part = partYear(spec, values, month)
  if (part) {
    by = times(by, part.by)
    said.push(part.said)
  }
  return { by, said }
}
function partYear(spec: MeteredSpec, values: Values, month: string): { by: Q; said: string } | null {
  if (spec.part_year === 'full' || spec.cycle !== 'year') return null
  const given = optional(values, 'year_months', '本年度用水用电月数')
  const moved = values['moved_in_on'] as string | undefined
  let months = given
  if (!months && moved) {
    const start = cycleStart(spec, month === '' ? moved.slice(0, 7) : month)
    const end = `${addMonths(start, 12)}-01`
    if (moved <= `${start}-01`) return null
    if (moved >= end) throw new QuoteFault('moved_in_on', '入住日在该阶梯年度之后')
    if (spec.part_year === 'by_day') {
      const [a, b] = [daysBetween(moved, end), daysBetween(`${start}-01`, end)]
      return { by: ratio(a, b), said: `${moved} 入住,限额 × ${a}/${b} 天` }
    }
    months = whole((Number(end.slice(0, 4)) - Number(moved.slice(0, 4))) * 12 + Number(end.slice(5, 7)) - Number(moved.slice(5, 7)))
  }
  if (!months) return null
  if (spec.part_year === 'half_year') return compare(months, whole(6)) <= 0 ? { by: ratio(1, 2), said: '不满半年,限额减半' } : null
  return { by: over(months, whole(12)), said: `${show(months)} 个月,限额 × ${show(months)}/12` }
}

interface Limit {
  to: Q | null
}
function limitsOf(spec: MeteredSpec, t: TableSpec, m: Metering, values: Values, month: string, clock: string): { limits: Limit[]; said: string[] } {
  const { by, said } = limitFactor(spec, m, values, month)
  const words = new Set(said)
  const limits = boundsOf(t.tiers!).map(({ bound, per_person }, i): Limit => {
    const text = typeof bound === 'object' ? bound[clock] : bound
    if (bound !== undefined && text === undefined) throw new QuoteFault('tiers', `缺少时段 ${clock} 的限额`)
    if (text === undefined) return { to: null }
    const base = per_person ? times(exact(text), need(values, 'people', '人数')) : exact(text)
    const lift = lifts(spec, values, i)
    for (const w of lift.said) words.add(`第${i + 1}档${w}`)
    const to = times(plus(base, lift.add), by)
    return { to: spec.limit_to === undefined ? to : roundTo(to, exact(spec.limit_to), 'half_up') }
  })
  return { limits, said: [...words] }
}

/** Quantities of each tier for usage [before, before + q], whole or moved by the rule for the crossing month. */
export function overTiers(limits: readonly Limit[], before: Q, q: Q, crossing: MeteredSpec['crossing']): Q[] {
  let low = ZERO
  const cut = limits.map(({ to }) => {
    const from = most(before, low)
    const end = plus(before, q)
    const top = to === null ? end : least(end, to)
    if (to !== null) low = most(low, to)
    return most(ZERO, minus(top, from))
  })
  const hit = cut.flatMap((x, i) => (isZero(x) ? [] : [i]))
  if (crossing === 'split' || hit.length < 2) return cut
  const whole_at = crossing === 'lower' ? hit[0]! : hit.at(-1)!
  return cut.map((_, i) => (i === whole_at ? q : ZERO))
}

interface Group {
  table: TableSpec
  percent: string | undefined
  name: string
}
function groupOf(spec: MeteredSpec, values: Values, month: string): Group {
  const season = month === '' ? undefined : seasonOf(spec, month)
  const general = season ? tableOr(season, spec) : spec
  const g = spec.groups?.find((x) => holds(x.when, values))
  return { table: g ? tableOr(g, general) : general, percent: g?.percent, name: [season?.name, g?.name].filter(Boolean).join('、') }
}

/** Adds the parts of a metered component. The first `priced` stretches were priced by another version: they only count. */
export function computeMetered(spec: MeteredSpec, m: Metering, values: Values, parts: Parts, priced = 0): void {
  const free = spec.free_when === undefined ? [] : [spec.free_when].flat()
  if (free.some((w) => holds(w, values))) parts.note('符合免收条件')
  else {
    const done: Stretch[] = m.stretches.slice(0, priced).flatMap((x) => bordered(spec, x))
    const start = parts.list.length
    const share = shareOf(m, m.stretches.slice(priced))
    m.tally.free = plus(m.tally.free, times(exact(freeOf(spec, values)?.quantity ?? '0'), times(m.months, share)))
    for (const s of m.stretches.slice(priced).flatMap((x) => bordered(spec, x))) {
      priceStretch(spec, m, s, done, values, parts)
      done.push(s)
    }
    minimumAndFixed(spec, m, share, values, parts, start)
  }
  const short = minus(m.tally.floor, m.tally.counted)
  if (m.last && compare(short, ZERO) > 0) parts.add(`不足最低消费 ${show(m.tally.floor)} 元,补足`, short)
}
/** By days, the part of the bill that some stretches are. */
const shareOf = (m: Metering, list: readonly Stretch[]): Q => (m.bill && list.every((s) => s.from_on && s.to_on) ? ratio(list.reduce((n, s) => n + daysBetween(s.from_on!, s.to_on!), 0), daysBetween(m.bill.from_on, m.bill.to_on)) : exact('1'))

function priceStretch(spec: MeteredSpec, m: Metering, s: Stretch, done: readonly Stretch[], values: Values, parts: Parts): void {
  const g = groupOf(spec, values, s.month)
  const quantity = withMinimum(spec, m, s, quantityOf(spec, s.usage))
  const span = s.from_on && s.to_on && done.length + m.stretches.length > 1 ? `${s.from_on} 至 ${addDays(s.to_on, -1)} ` : ''
  const lead = `${span}${g.name ? `${g.name} ` : ''}`
  const q = sumOf(quantity)
  const scale = g.percent === undefined ? null : { by: percent(exact(g.percent)), said: ` × ${g.percent}%` }
  const unit = spec.unit
  const start = parts.list.length
  const add = (name: string, amount: Q, price: Q) => {
    const one = parts.unitPrice(times(price, scale?.by ?? exact('1')))
    const shown = one.rounded ? `${show(one.price)} 元/${unit}` : `${show(price)} 元/${unit}${scale?.said ?? ''}`
    if (!isZero(amount)) parts.add(`${lead}${name}${show(amount)} ${unit} × ${shown}`, times(amount, one.price))
  }
  if (isZero(q)) parts.note(`${lead}用量 0 ${unit}`)
  const clocks = clocksOf(spec, quantity)
  const paused = isSuspended(spec, s.month)
  if (paused) for (const c of clocks) add(`${c.name}暂停阶梯 `, c.q, pausedPrice(spec, g.table, c.clock))
  else if (spec.over_quota) overQuota(spec, g.table, values, q, add)
  else if (!g.table.tiers) for (const c of clocks) add(c.name, c.q, c.clock?.price !== undefined ? exact(c.clock.price) : tierPrice(g.table, { price: g.table.price ?? '0' } as TierSpec, c.clock))
  else tiered(spec, g.table, m, s, done, values, clocks, q, add, (text) => parts.note(`${lead}${text}`))
  freeQuantity(spec, m, values, q, parts, start, times(paused ? pausedPrice(spec, g.table, spec.classes?.[0]) : firstPrice(g.table, spec.classes?.[0]), scale?.by ?? exact('1')))
}
const firstPrice = (t: TableSpec, clock: ClockPart['clock']): Q => tierPrice(t, t.tiers?.[0] ?? ({ price: t.price ?? '0' } as TierSpec), clock)
const pausedPrice = (spec: MeteredSpec, t: TableSpec, clock: ClockPart['clock']): Q => (spec.suspended!.price !== undefined ? exact(spec.suspended!.price) : firstPrice(t, clock))

interface ClockPart {
  name: string
  q: Q
  clock: { class: string; add?: string | undefined; percent?: string | undefined; price?: string | undefined } | undefined
}
function clocksOf(spec: MeteredSpec, quantity: Usage): ClockPart[] {
  return [...quantity].map(([k, q]) => {
    const clock = spec.classes?.find((c) => c.class === k)
    return { name: clock ? `${clock.name} ` : '', q, clock }
  })
}

function tiered(spec: MeteredSpec, t: TableSpec, m: Metering, s: Stretch, done: readonly Stretch[], values: Values, clocks: readonly ClockPart[], q: Q, add: (name: string, amount: Q, price: Q) => void, note: (text: string) => void): void {
  const before = usedBefore(spec, m, done, s.month)
  const own = spec.class_split === 'own_limits' && spec.classes !== undefined
  const tierName = (i: number) => t.tiers![i]!.name ?? `第${i + 1}档`
  for (const c of own ? clocks : [null]) {
    const { limits, said } = limitsOf(spec, t, m, values, s.month, c?.clock?.class ?? '')
    if (said.length) note(`限额 ${limits.map((l) => (l.to ? show(l.to) : '以上')).join('、')} ${spec.unit}(${said.join(';')})`)
    const used = c ? (before.get(c.clock?.class ?? '') ?? ZERO) : sumOf(before)
    if (!isZero(used)) note(`${c?.name ?? ''}本周期此前已用 ${show(used)} ${spec.unit}`)
    const amount = c ? c.q : q
    const cut = overTiers(limits, used, amount, spec.crossing)
    for (const [i, x] of cut.entries()) {
      if (isZero(x)) continue
      if (c) add(`${tierName(i)} ${c.name}`, x, tierPrice(t, t.tiers![i]!, c.clock))
      // One limit over the sum: each class has the same share of every tier.
      else for (const k of clocks) add(`${tierName(i)} ${k.name}`, times(x, over(k.q, q)), tierPrice(t, t.tiers![i]!, k.clock))
    }
  }
}

/** The bands above a quota, each at a multiple of the price. */
function overQuota(spec: MeteredSpec, t: TableSpec, values: Values, q: Q, add: (name: string, amount: Q, price: Q) => void): void {
  const quota = need(values, 'quota', '定额')
  const price = tierPrice(t, t.tiers?.[0] ?? ({ price: t.price ?? '0' } as TierSpec))
  add('定额内 ', least(q, quota), price)
  let low = quota
  for (const b of spec.over_quota!) {
    const top = b.to_percent === undefined ? q : least(q, times(quota, plus(exact('1'), percent(exact(b.to_percent)))))
    add(`超定额${b.to_percent === undefined ? '' : ` ${b.to_percent}% 以内`} ${b.times} 倍 `, most(ZERO, minus(top, low)), times(price, exact(b.times)))
    low = most(low, top)
  }
  if (compare(low, q) < 0) throw new QuoteFault('usage', `用量超出定额 ${show(quota)} 的最后一段,价目没有写以上部分(over_quota 最后一段不写 to_percent)`)
}

function freeOf(spec: MeteredSpec, values: Values): { quantity: string; name: string } | null {
  if (spec.free_quantity && holds(spec.free_quantity.when, values)) return spec.free_quantity
  const own = spec.groups?.find((x) => holds(x.when, values))?.free_quantity
  return own === undefined ? null : { quantity: own, name: '免费用量' }
}
/** At the first price, never more than the stretch came to; what is left serves the next stretch of the bill. */
function freeQuantity(spec: MeteredSpec, m: Metering, values: Values, q: Q, parts: Parts, start: number, price: Q): void {
  const f = freeOf(spec, values)
  if (!f) return
  const amount = least(q, m.tally.free)
  m.tally.free = minus(m.tally.free, amount)
  const one = parts.unitPrice(price).price
  const worth = least(times(amount, one), total(parts.list.slice(start).map((p) => p.amount)))
  if (!isZero(amount)) parts.add(`${f.name} −${show(amount)} ${spec.unit} × ${show(one)} 元/${spec.unit}`, minus(ZERO, worth))
}

/** The usage that a minimum adds to the bill, by days to its stretches. */
function withMinimum(spec: MeteredSpec, m: Metering, s: Stretch, quantity: Usage): Usage {
  const least_usage = spec.minimum?.usage
  if (least_usage === undefined) return quantity
  const short = minus(times(exact(least_usage), spec.minimum!.per === 'month' ? m.months : exact('1')), sumOf(quantityOf(spec, m.total)))
  return compare(short, ZERO) <= 0 ? quantity : joined(quantity, new Map([[[...quantity.keys()][0] ?? '', times(short, shareOf(m, [s]))]]))
}

function minimumAndFixed(spec: MeteredSpec, m: Metering, share: Q, values: Values, parts: Parts, start: number): void {
  const months = times(m.months, share)
  if (spec.minimum?.amount !== undefined) {
    m.tally.floor = plus(m.tally.floor, times(exact(spec.minimum.amount), spec.minimum.per === 'month' ? months : share))
    m.tally.counted = plus(m.tally.counted, total(parts.list.slice(start).map((p) => p.amount)))
  }
  for (const f of spec.fixed ?? []) {
    if (!holds(f.when, values)) continue
    const part = isZero(minus(share, exact('1'))) ? '' : ` × ${show(share)}`
    parts.add(f.per === 'bill' ? `${f.name} ${f.price} 元${part}` : `${f.name} ${f.price} 元/月 × ${show(months)} 月`, times(exact(f.price), f.per === 'bill' ? share : months))
  }
}
