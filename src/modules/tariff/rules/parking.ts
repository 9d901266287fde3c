// The price of a stay: portions by window and day, caps in the order of time, then coupons, discounts, minimum. Pure; the clock is the case's.
import { compare, exact, isZero, least, minus, negated, percent, times, ZERO, type Q } from './exact.ts'
import { micro, microText, minutesText, ofMicro, pricePortion, rateOf, unitText, unitsOf, type Rate } from './parking_rate.ts'
import { boundMinutes, given, hasRate, ratesOf, type CapSpec, type ParkingSpec, type RateBody } from './parking_spec.ts'
import { DAY, edgesOf, hoursOf, lengthOf, outside, portionAt, secondsOf, timeText, without, type Calendar, type Clocked, type Interval, type Portion } from './parking_time.ts'
import type { Parts } from './parts.ts'
import { QuoteFault, holds, need, optional, type Values } from './shared.ts'

interface Body {
  spec: RateBody
  windows: Clocked['windows']
  base: Rate
  edges: number[]
  calendar: Calendar
  name: string
  exempt: boolean
  factor: string | undefined
}

const compiled = new WeakMap<ParkingSpec, Map<number, Body>>()
/** Rates of a vehicle class (or of the general case, -1), ready for pricing; made once a spec. */
function bodyOf(s: ParkingSpec, at: number): Body {
  const made = compiled.get(s) ?? new Map<number, Body>()
  compiled.set(s, made)
  const found = made.get(at)
  if (found) return found
  const c = s.classes?.[at]
  const spec: RateBody = c ? { ...ratesOf(s), ...given(c) } : ratesOf(s)
  const windows = (spec.windows ?? []).map((w) => ({ name: w.name, cap: w.cap === undefined ? null : micro(w.cap, c?.times), rate: rateOf(w, c?.times), hours: hoursOf(w) }))
  const body: Body = {
    spec, windows, base: hasRate(spec) ? rateOf(spec, c?.times) : rateOf({ per_time: '0' }), edges: edgesOf(windows.map((w) => w.hours)),
    calendar: { holidays: new Set(s.holidays), workdays: new Set(s.workdays) }, name: c?.name ?? '', exempt: c?.exempt ?? false, factor: c?.times,
  }
  made.set(at, body)
  return body
}

function classOf(s: ParkingSpec, values: Values): Body {
  const at = (s.classes ?? []).findIndex((c) => (!c.vehicle || (values['vehicle'] !== undefined && c.vehicle.includes(String(values['vehicle'])))) && holds(c.when, values))
  if (at < 0 && s.classes?.length && !hasRate(s) && !s.windows) throw new QuoteFault('vehicle', `没有适用的车型,可用:${s.classes.flatMap((c) => c.vehicle ?? [c.name]).join('、')}`)
  return bodyOf(s, at)
}

export interface Stay {
  from: number
  to: number
}
function stayOf(s: ParkingSpec, v: Values, where = ''): Stay {
  const at = (key: string) => {
    if (typeof v[key] !== 'string') throw new QuoteFault(`${where}${key}`, key === 'entered_at' ? '缺少入场时间' : '缺少离场时间')
    return secondsOf(v[key])
  }
  const raw = { from: at('entered_at'), to: at('left_at') }
  if (raw.to < raw.from) throw new QuoteFault(`${where}left_at`, '离场时间早于入场时间')
  if (raw.to - raw.from > 400 * DAY) throw new QuoteFault(`${where}left_at`, '停放超过 400 天')
  if (s.seconds === 'exact') return raw
  const cut = (t: number) => Math.floor(t / 60) * 60
  return { from: cut(raw.from), to: s.seconds === 'up' ? Math.ceil(raw.to / 60) * 60 : cut(raw.to) }
}

/** Days for caps: from entry, of the calendar, or rolling over several entries. */
function blocksOf(s: ParkingSpec, body: Body, stays: readonly Stay[]): (t: number) => { no: number; end: number } {
  const kind = body.spec.caps?.find((c) => c.per !== 'stay')?.per ?? (s.bands_restart === '24h' ? '24h' : null)
  const entry = stays.at(-1)!.from
  if (kind === null) return () => ({ no: 0, end: Infinity })
  if (kind === 'calendar_day') {
    const first = Math.floor(entry / DAY)
    return (t) => ({ no: Math.floor(t / DAY) - first, end: (Math.floor(t / DAY) + 1) * DAY })
  }
  if (kind === '24h') {
    return (t) => {
      const no = Math.floor((t - entry) / DAY)
      return { no, end: entry + (no + 1) * DAY }
    }
  }
  const starts: number[] = []
  for (const x of stays) {
    if (starts.length === 0 || x.from >= starts.at(-1)! + DAY) starts.push(x.from)
    while (starts.at(-1)! + DAY < x.to) starts.push(starts.at(-1)! + DAY)
  }
  return (t) => {
    let no = starts.length - 1
    while (no > 0 && starts[no]! > t) no -= 1
    return { no, end: starts[no]! + DAY }
  }
}

interface Entry extends Omit<Portion, 'rate'> {
  amount: bigint
  how: string
}
const PORTIONS_MAX = 200_000

/** Portions of the chargeable time with their prices, before caps. */
function entriesOf(s: ParkingSpec, c: Clocked, intervals: readonly Interval[]): Entry[] {
  const out: Entry[] = []
  const elapsed = new Map<string, number>()
  const charged = new Set<string>()
  const counter = (p: Portion) => (s.first_per === 'stay' ? 's' : s.first_per === 'day' ? `d${p.block}` : p.key || `d${p.block}`)
  for (const i of intervals) {
    for (let t = i.from; t < i.to && out.length < PORTIONS_MAX; ) {
      const p = portionAt(c, t)
      const run = elapsed.get(counter(p)) ?? 0
      if (s.border === 'unit_start' && p.rate.steps) {
        t = oneUnit(p, i, run, out)
        elapsed.set(counter(p), run + t - p.from)
        continue
      }
      const end = Math.min(p.to, i.to)
      const once = p.key || `b${p.block}`
      const priced = pricePortion(p.rate, end - t, run, charged.has(once))
      charged.add(once)
      out.push({ from: t, to: end, name: p.name, cap: p.cap, key: p.key, block: p.block, amount: priced.amount, how: `${minutesText(end - t)} ${priced.how}` })
      elapsed.set(counter(p), run + end - t)
      t = end
    }
  }
  return out
}
/** A unit at the price of the window it begins in; equal neighbours are one entry. */
function oneUnit(p: Portion, i: Interval, run: number, out: Entry[]): number {
  const step = p.rate.steps!.find((x) => run < x.to)!
  const end = p.from + step.unit
  const inside = Math.min(end, i.to)
  const counts = inside === end || step.once ? 1 : unitsOf(inside - p.from, step.unit, p.rate)
  const before = out.at(-1)
  const amount = BigInt(counts) * step.price
  const how = `每${unitText(step.unit)} ${step.price_text} 元`
  if (before && before.key === p.key && before.block === p.block && before.how === how && before.to === p.from) {
    before.to = inside
    before.amount += amount
  } else out.push({ from: p.from, to: inside, name: p.name, cap: p.cap, key: p.key, block: p.block, amount, how })
  return end
}

function capOf(cap: CapSpec, no: number, minutes: number, factor: string | undefined): bigint {
  if (cap.amount !== undefined) return micro(cap.amount, factor)
  if (cap.by_day) return micro(cap.by_day[Math.min(no, cap.by_day.length - 1)]!, factor)
  const row = cap.by_stay!.find((b) => minutes <= (boundMinutes(b) ?? Infinity)) ?? cap.by_stay!.at(-1)!
  return micro(row.amount, factor)
}

interface Capped {
  entry: Entry
  less: { how: string; amount: bigint }[]
}
/** Caps are used up in the order of time: window, day, stay. `used` holds what earlier stays took of a rolling day. */
function capped(entries: readonly Entry[], body: Body, seconds: number, used: Map<string, bigint>): Capped[] {
  const daily = body.spec.caps?.find((c) => c.per !== 'stay')
  const whole = body.spec.caps?.find((c) => c.per === 'stay')
  const minutes = Math.ceil(seconds / 60)
  return entries.map((entry) => {
    const less: Capped['less'] = []
    let amount = entry.amount
    const under = (key: string, cap: bigint, how: string) => {
      const room = cap - (used.get(key) ?? 0n)
      const kept = room < 0n ? 0n : room
      if (amount > kept) {
        less.push({ how: `${how}封顶 ${microText(cap)} 元`, amount: kept - amount })
        amount = kept
      }
      return () => used.set(key, (used.get(key) ?? 0n) + amount)
    }
    const takes = [
      ...(entry.cap === null ? [] : [under(`w${entry.key}`, entry.cap, entry.name)]),
      ...(daily ? [under(`d${entry.block}`, capOf(daily, entry.block, minutes, body.factor), daily.per === 'calendar_day' ? `${timeText(entry.from).slice(0, 5)} 当日` : `第 ${entry.block + 1} 个24小时`)] : []),
      ...(whole ? [under('s', capOf(whole, 0, minutes, body.factor), '整次')] : []),
    ]
    for (const take of takes) take()
    return { entry, less }
  })
}

/** Free minutes: the longest that applies. */
function freed(body: Body, intervals: Interval[], values: Values): { intervals: Interval[]; said: string | null } {
  const free = (body.spec.free ?? []).filter((f) => holds(f.when, values)).toSorted((a, b) => b.minutes - a.minutes)[0]
  const length = lengthOf(intervals)
  if (!free) return { intervals, said: null }
  if (length <= free.minutes * 60) return { intervals: [], said: `停放 ${minutesText(length)},${free.minutes} 分钟以内免费` }
  return free.rule === 'deducted' ? { intervals: without(intervals, free.minutes * 60), said: `扣除免费 ${free.minutes} 分钟` } : { intervals, said: null }
}

interface Coupon extends Values {
  kind?: unknown
}
const COUPONS = ['minutes', 'amount', 'percent', 'free_until', 'free']
function couponsOf(s: ParkingSpec, values: Values): Coupon[] {
  const list = (values['coupons'] ?? []) as Coupon[]
  for (const c of list) if (!COUPONS.includes(String(c.kind))) throw new QuoteFault('coupons', `优惠券 kind 应为 ${COUPONS.join('、')}`)
  if (list.length > s.max_coupons) throw new QuoteFault('coupons', `每次最多用 ${s.max_coupons} 张券,给了 ${list.length} 张`)
  return list
}

/** Time that is paid for: outside the pass's hours, after coupons of time. */
function chargeable(s: ParkingSpec, body: Body, stay: Stay, values: Values, notes: string[]): Interval[] {
  let list: Interval[] = stay.from < stay.to ? [{ ...stay }] : []
  const pass = values['pass'] === undefined ? null : s.passes?.find((p) => p.pass === values['pass'])
  if (pass === undefined) throw new QuoteFault('pass', `没有“${String(values['pass'])}”这种月卡,可用:${(s.passes ?? []).map((p) => p.pass).join('、') || '无'}`)
  if (pass && values['overflow'] === true) notes.push(`${pass.name}:本户车位已满,按临时停放计`)
  else if (pass) {
    list = pass.hours ? list.flatMap((i) => outside(i, pass.hours!.map(hoursOf), body.calendar)) : []
    notes.push(pass.hours ? `${pass.name}有效时段不计费` : `${pass.name},不计费`)
  }
  for (const c of couponsOf(s, values)) {
    if (c.kind === 'minutes') {
      const minutes = need(c, 'minutes', '减免分钟数')
      list = without(list, Number((minutes.n * 60n) / minutes.d))
      notes.push(`时长券减 ${String(c['minutes'])} 分钟`)
    } else if (c.kind === 'free_until') {
      if (typeof c['until'] !== 'string') throw new QuoteFault('coupons', 'free_until 要写 until(免费至)')
      const until = secondsOf(c['until'])
      list = list.flatMap((i) => (i.to <= until ? [] : [{ from: Math.max(i.from, until), to: i.to }]))
      notes.push(`券免费至 ${timeText(until)}`)
    }
  }
  return list
}

/** Adds a stay's portions; free minutes do not apply to a stay that goes on after paying. */
function addStay(s: ParkingSpec, body: Body, stay: Stay, stays: readonly Stay[], used: Map<string, bigint>, values: Values, parts: Parts, o: { free: boolean }): void {
  const notes: string[] = []
  const open = chargeable(s, body, stay, values, notes)
  for (const n of notes) parts.note(n)
  const { intervals, said } = o.free ? freed(body, open, values) : { intervals: open, said: null }
  if (said) parts.note(said)
  const clocked: Clocked = { windows: body.windows, base: body.base, edges: body.edges, calendar: body.calendar, blockOf: blocksOf(s, body, stays) }
  for (const { entry, less } of capped(entriesOf(s, clocked, intervals), body, stay.to - stay.from, used)) {
    parts.add(`${timeText(entry.from)}–${timeText(entry.to)}${entry.name ? ` ${entry.name}` : ''} ${entry.how}`, ofMicro(entry.amount))
    for (const l of less) parts.add(l.how, ofMicro(l.amount))
  }
}

function reduced(s: ParkingSpec, values: Values, parts: Parts): void {
  const found = (s.discounts ?? []).filter((d) => holds(d.when, values)).map((d) => ({ d, left: (sum: Q) => (d.free ? ZERO : minus(d.percent === undefined ? sum : times(sum, percent(exact(d.percent))), exact(d.minus ?? '0'))) }))
  const sum = parts.sum
  const best = found.toSorted((a, b) => compare(a.left(sum), b.left(sum)))
  const chosen = s.discount_combine === 'multiply' ? found : s.discount_combine === 'best' ? best.slice(0, 1) : found.slice(0, 1)
  const down = (how: string, to: Q) => {
    const now = parts.sum
    const kept = compare(to, ZERO) < 0 ? ZERO : least(to, now)
    if (!isZero(minus(now, kept))) parts.add(how, minus(kept, now))
  }
  for (const { d, left } of chosen) down(`${d.name}${d.percent === undefined ? '' : ` ${d.percent}%`}`, left(parts.sum))
  for (const c of couponsOf(s, values)) if (c.kind === 'free') down('免费券', ZERO)
  for (const c of couponsOf(s, values)) if (c.kind === 'percent') down(`折扣券 付 ${String(c['percent'])}%`, times(parts.sum, percent(need(c, 'percent', '折扣'))))
  for (const c of couponsOf(s, values)) if (c.kind === 'amount') down(`金额券 ${String(c['amount'])} 元`, minus(parts.sum, need(c, 'amount', '券额')))
}

/** Adds the parts of a parking case. */
export function computeParking(s: ParkingSpec, values: Values, parts: Parts): void {
  const body = classOf(s, values)
  if (body.exempt) {
    parts.note(`${body.name},免费`)
    return
  }
  if (values['lost_ticket'] === true) {
    if (!s.lost_ticket) throw new QuoteFault('lost_ticket', '价目没有写遗失票卡的价格(lost_ticket)')
    parts.add('遗失票卡', exact(s.lost_ticket.amount))
    if (!s.lost_ticket.plus_time) return
  }
  const paidAt = values['paid_at'] === undefined ? null : secondsOf(String(values['paid_at']))
  const stay = stayOf(s, values)
  if (paidAt !== null && (paidAt < secondsOf(String(values['entered_at'])) || paidAt > secondsOf(String(values['left_at'])))) throw new QuoteFault('paid_at', '缴费时间应在入场与离场之间')
  const inGrace = paidAt !== null && stay.to <= paidAt + s.exit_grace_minutes * 60
  const paid: Stay | null = paidAt === null ? null : stayOf(s, { ...values, left_at: values['paid_at'] })
  const used = new Map<string, bigint>()
  const earlier = earlierStays(s, body, values, used)
  const first = inGrace || (paid && s.after_grace === 'new_stay') ? paid! : stay
  addStay(s, body, first, [...earlier, first], used, values, parts, { free: true })
  if (inGrace) parts.note(`缴费后 ${s.exit_grace_minutes} 分钟内离场,不再计费`)
  else if (paid && first === paid) {
    const { coupons: _c, ...plain } = values
    addStay(s, body, { from: paid.to, to: stay.to }, [{ from: paid.to, to: stay.to }], new Map(), plain, parts, { free: false })
  }
  reduced(s, values, parts)
  if (s.minimum !== undefined && compare(parts.sum, ZERO) > 0 && compare(parts.sum, exact(s.minimum)) < 0) parts.add(`不足最低 ${s.minimum} 元,补足`, minus(exact(s.minimum), parts.sum))
  const before = optional(values, 'paid', '已缴金额')
  if (before) parts.add('减已缴', negated(least(before, parts.sum)))
}

/** Earlier entries of the same car use up a rolling day: by what was paid, or by what they come to. */
function earlierStays(s: ParkingSpec, body: Body, values: Values, used: Map<string, bigint>): Stay[] {
  if (!body.spec.caps?.some((c) => c.per === 'rolling_24h')) return []
  const list = ((values['earlier'] ?? []) as Values[]).map((v, i) => ({ v, stay: stayOf(s, v, `earlier[${i}].`) })).toSorted((a, b) => a.stay.from - b.stay.from)
  const stays = list.map((x) => x.stay)
  for (const [i, { v, stay }] of list.entries()) {
    const known = stays.slice(0, i + 1)
    const blockOf = blocksOf(s, body, known)
    const paid = optional(v, 'paid', '已缴金额')
    if (paid) used.set(`d${blockOf(stay.from).no}`, (used.get(`d${blockOf(stay.from).no}`) ?? 0n) + (paid.n * 1_000_000n) / paid.d)
    else capped(entriesOf(s, { windows: body.windows, base: body.base, edges: body.edges, calendar: body.calendar, blockOf }, freed(body, [{ ...stay }], values).intervals), body, stay.to - stay.from, used)
  }
  // A window's or stay's cap is of one entry only.
  for (const k of used.keys()) if (!k.startsWith('d')) used.delete(k)
  return stays
}
