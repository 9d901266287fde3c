// Charges by area, house, person, thing: price × quantity × time, with the factors, bands and campaigns of price documents. Heating too.
import { z } from 'zod'
import { compare, exact, floorOf, ceiling, isZero, least, minus, most, negated, over, percent, plus, roundTo, show, times, whole, ONE, ZERO, type Q } from './exact.ts'
import { overTiers } from './metered.ts'
import type { Parts } from './parts.ts'
import { Above0, Code, Count, Day, MonthDay, Name, Percent, Plain, PriceFields, QuoteFault, When, holds, need, optional, priceOf, type Rounding, type Values } from './shared.ts'
import { Per, Proration, Season, monthShares, seasonAround, timeOf, type Days, type Span } from './time.ts'

const ALIASES: Record<string, string> = { area: 'built_area_m2', built_area: 'built_area_m2', inner_area: 'inner_area_m2', heated_area: 'heated_area_m2', household: 'house', unit: 'house', person: 'people', head: 'people', bay: 'count', card: 'count', item: 'count', piece: 'count', quantity: 'count', 面积: 'built_area_m2', 户: 'house', 人: 'people', 个: 'count' }
const BY = ['built_area_m2', 'inner_area_m2', 'heated_area_m2', 'house', 'people', 'count'] as const
const By = z.preprocess((v) => (typeof v === 'string' ? (ALIASES[v] ?? v) : v), z.enum(BY, '应为 built_area_m2(建筑面积)、inner_area_m2(套内)、heated_area_m2(供热)、house(户)、people(人)、count(个)'))
export const UNITS: Record<string, string> = { built_area_m2: 'm²', inner_area_m2: 'm²', heated_area_m2: 'm²', house: '户', people: '人', count: '个' }
export const ZH: Record<string, string> = { built_area_m2: '建筑面积', inner_area_m2: '套内面积', heated_area_m2: '供热面积', house: '户', people: '人数', count: '数量' }

const Factor = z
  .strictObject({ name: Name, when: When.optional(), percent: Percent.optional(), times: Plain.optional(), /** A coefficient that the case gives. */ input: Code.optional() })
  .refine((f) => [f.percent, f.times, f.input].filter((x) => x !== undefined).length === 1, '写 percent(百分之几)、times(倍数)或 input(由案例给出的系数)之一')
const Guide = z.strictObject({ ...PriceFields, up_percent: Percent.default('0'), down_percent: Percent.default('0'), /** Absolute bounds. */ ceiling: Plain.optional(), floor: Plain.optional() })

export const ChargeSpec = z
  .strictObject({
    shape: z.literal('charge'),
    by: By.default('built_area_m2'),
    unit: z.string().trim().max(10).optional(),
    ...PriceFields,
    /** First and further things at different prices, over the quantity. */
    tiers: z.array(z.strictObject({ to: z.preprocess((v) => v ?? undefined, Plain.optional()), price: Plain })).min(1).max(20).optional(),
    /** Government guide price; without a price of its own the case says `chosen_price`. */
    guide: Guide.optional(),
    per: Per.default('month'),
    season: Season.optional(),
    proration: Proration.optional(),
    quantity_percent: Percent.optional(),
    quantity_min: Plain.optional(),
    quantity_max: Plain.optional(),
    factors: z.array(Factor).max(40).optional(),
    combine: z.enum(['multiply', 'first', 'lowest', 'highest']).default('multiply'),
    /** Height over `over` metres: a percentage for each started or full step, in proportion, or height ÷ over. */
    height: z.strictObject({ over: Above0, step: Above0.default('0.1'), percent: Plain.default('0'), method: z.enum(['stepped', 'linear', 'ratio']).default('stepped'), partial: z.enum(['up', 'down']).default('up'), max_percent: Percent.optional() }).optional(),
    /** Service stopped: the base fee in percent; asked for after the deadline (month-day before the season) it does not count. */
    stop: z.strictObject({ percent: Percent, when: When.default({ status: 'stopped' }), deadline: MonthDay.optional() }).optional(),
    /** Money back by days: what `input` says, of the daily amount. */
    refunds: z.array(z.strictObject({ name: Name, input: Code, percent: Percent.default('100'), over_days: Count(366).default(0) })).max(10).optional(),
    minimum: Plain.optional(),
    maximum: Plain.optional(),
    prepay: z
      .strictObject({ offers: z.array(z.strictObject({ months: Count(60).refine((v) => v > 0, '应大于 0'), pay_months: Plain.optional(), percent: Percent.optional(), gift: Name.optional(), gift_value: Plain.optional() })).min(1).max(20), repeat: z.boolean().default(false), refund: z.enum(['full_price', 'pro_rata', 'none']).default('full_price') })
      .optional(),
  })
  .superRefine((s, ctx) => {
    const given = [s.price, s.prices, s.matrix, s.tiers].filter((x) => x !== undefined).length
    const at = (path: string, message: string) => ctx.addIssue({ code: 'custom', path: [path], message })
    if (given > 1) at('price', 'price、prices、matrix、tiers 只写一种')
    if (given === 0 && !s.guide) at('price', '缺少单价:写 price、prices(按条件)、matrix(表)或 tiers(首个与后续)')
    if (s.tiers?.some((t, i, list) => (i < list.length - 1 ? t.to === undefined : t.to !== undefined))) at('tiers', '除最后一档外都要写 to(含),最后一档不写')
    for (const [i, t] of (s.tiers ?? []).entries()) if (i > 0 && t.to !== undefined && compare(exact(t.to), exact(s.tiers![i - 1]!.to ?? '0')) <= 0) at('tiers', `第 ${i + 1} 档的上限 ${t.to} 应大于上一档的 ${s.tiers![i - 1]!.to}`)
    if (s.per === 'season' && s.refunds?.length && !s.season) at('season', '按天退费要写 season(起止或 days)')
    if (s.guide && s.guide.price !== undefined && s.price !== undefined) {
      const fault = bandFault(s.guide, s.price, exact(s.guide.price))
      if (fault) at('price', fault)
    }
  })
export type ChargeSpec = z.output<typeof ChargeSpec>
type GuideSpec = z.output<typeof Guide>

export function guideBand(g: GuideSpec, guide: Q): { low: Q; high: Q } {
  const low = times(guide, minus(ONE, percent(exact(g.down_percent))))
  const high = times(guide, plus(ONE, percent(exact(g.up_percent))))
  return { low: g.floor === undefined ? low : most(low, exact(g.floor)), high: g.ceiling === undefined ? high : least(high, exact(g.ceiling)) }
}
function bandFault(g: GuideSpec, price: string, guide: Q): string | null {
  const { low, high } = guideBand(g, guide)
  return compare(exact(price), low) < 0 || compare(exact(price), high) > 0 ? `单价 ${price} 元不在政府指导价 ${show(guide)} 元的浮动范围 ${show(low)}–${show(high)} 元内` : null
}

function unitPrice(s: ChargeSpec, values: Values): { price: Q; said: string } {
  const chosen = values['chosen_price'] === undefined ? priceOf(s, values) : { text: show(need(values, 'chosen_price', '选定单价')), label: '' }
  if (!chosen) throw new QuoteFault('chosen_price', '价目只有指导价,请写选定单价 chosen_price')
  if (s.guide) {
    const guide = priceOf({ price: s.guide.price, prices: s.guide.prices, matrix: s.guide.matrix }, values)
    const fault = guide ? bandFault(s.guide, chosen.text, exact(guide.text)) : null
    if (fault) throw new QuoteFault('chosen_price', fault)
  }
  return { price: exact(chosen.text), said: chosen.label }
}

function quantityOf(s: ChargeSpec, values: Values): Q {
  let q = s.by === 'house' ? ONE : s.by === 'count' ? (optional(values, 'count', '数量') ?? ONE) : need(values, s.by, ZH[s.by]!)
  if (s.quantity_percent !== undefined) q = times(q, percent(exact(s.quantity_percent)))
  if (s.quantity_min !== undefined) q = most(q, exact(s.quantity_min))
  return s.quantity_max === undefined ? q : least(q, exact(s.quantity_max))
}

interface Multiplier {
  by: Q
  said: string
}
function heightFactor(h: NonNullable<ChargeSpec['height']>, values: Values): Multiplier | null {
  const height = optional(values, 'height_m', '层高')
  if (!height || compare(height, exact(h.over)) <= 0) return null
  if (h.method === 'ratio') return { by: over(height, exact(h.over)), said: `层高 ${show(height)} m ÷ ${h.over} m` }
  const steps = over(minus(height, exact(h.over)), exact(h.step))
  const counted = h.method === 'linear' ? steps : { n: h.partial === 'up' ? ceiling(steps) : floorOf(steps), d: 1n }
  let add = times(counted, exact(h.percent))
  if (h.max_percent !== undefined) add = least(add, exact(h.max_percent))
  return isZero(add) ? null : { by: plus(ONE, percent(add)), said: `(1 + 超高 ${show(add)}%)` }
}

function stopFactor(s: ChargeSpec, values: Values, notes: string[]): Multiplier | null {
  if (!s.stop || !holds(s.stop.when, values)) return null
  const asked = values['stop_applied_on'] as string | undefined
  if (s.stop.deadline !== undefined) {
    if (asked === undefined || !Day.safeParse(asked).success) throw new QuoteFault('stop_applied_on', '报停要写申请日期(stop_applied_on)')
    const day = (values['from_on'] ?? values['on'] ?? asked) as string
    const around = s.season ? seasonAround(s.season, day) : null
    const year = Number((around?.from_on || day).slice(0, 4)) - (s.season && s.stop.deadline > s.season.from ? 1 : 0)
    const deadline = `${year}-${s.stop.deadline}`
    if (asked > deadline) {
      notes.push(`报停申请 ${asked} 晚于 ${deadline},按全额计`)
      return null
    }
  }
  return { by: percent(exact(s.stop.percent)), said: `报停 ${s.stop.percent}%` }
}

function multipliers(s: ChargeSpec, values: Values, notes: string[]): Multiplier[] {
  const found = (s.factors ?? []).flatMap((f): Multiplier[] => {
    if (!holds(f.when, values)) return []
    if (f.input) {
      const given = optional(values, f.input, f.name)
      return given ? [{ by: given, said: `${f.name} ${show(given)}` }] : []
    }
    return f.percent !== undefined ? [{ by: percent(exact(f.percent)), said: `${f.name} ${f.percent}%` }] : [{ by: exact(f.times!), said: `${f.name} ${f.times}` }]
  })
  const sorted = found.toSorted((a, b) => compare(a.by, b.by))
  const chosen = s.combine === 'multiply' || found.length < 2 ? found : s.combine === 'first' ? [found[0]!] : s.combine === 'lowest' ? [sorted[0]!] : [sorted.at(-1)!]
  const height = s.height ? heightFactor(s.height, values) : null
  const stop = stopFactor(s, values, notes)
  return [...chosen, ...(height ? [height] : []), ...(stop ? [stop] : [])]
}

export interface ChargeSettings {
  proration: Proration
  rounding: Rounding
  /** The whole bill, of which this is a part. */
  bill: Days | null
  /** By what money goes back for days; null where a later version of the bill settles it. */
  refunds: Values | null
}

/** One stretch of one state: quantity × price × time × factors. */
function stretch(s: ChargeSpec, values: Values, o: ChargeSettings, parts: Parts, lead: string): void {
  const notes: string[] = []
  const factors = multipliers(s, values, notes)
  for (const n of notes) parts.note(n)
  const q = quantityOf(s, values)
  const unit = s.unit ?? UNITS[s.by]!
  const span = timeOf(s.per, s.proration ?? o.proration, s.season, values, o.bill)
  const by = factors.reduce((x, f) => times(x, f.by), ONE)
  const said = [...factors.map((f) => f.said), ...(span.said ? [span.said] : [])].map((x) => ` × ${x}`).join('')
  const add = (amount: Q, price: Q, label: string) => {
    const factored = o.rounding.place === 'price' ? { price: roundTo(times(price, by), exact(o.rounding.price_to), o.rounding.mode), by: ONE } : { price, by }
    const shown = o.rounding.place === 'price' && factors.length ? `(${[show(price), ...factors.map((f) => f.said)].join(' × ')} 取整为 ${show(factored.price)})` : show(price)
    const tail = o.rounding.place === 'price' ? (span.said ? ` × ${span.said}` : '') : said
    const how = `${lead}${label}${show(amount)} ${unit} × ${shown} 元${tail}`
    const monthly = times(times(amount, factored.price), factored.by)
    addTimed(parts, how, monthly, span, o.rounding)
  }
  const from = parts.list.length
  if (s.tiers) tieredThings(s, q, values, add)
  else {
    const { price, said: label } = unitPrice(s, values)
    add(q, price, label ? `${label} ` : '')
  }
  bounds(s, parts, from, span)
}

/** With place 'month' a month's amount is rounded, then multiplied; the part month is rounded by itself. */
function addTimed(parts: Parts, how: string, monthly: Q, span: Span, rounding: Rounding): void {
  if (rounding.place !== 'month') {
    parts.add(how, times(monthly, span.by))
    return
  }
  const to = exact(rounding.to)
  const { whole: n, rest } = monthShares(span.by)
  parts.add(`${how}(每月取整)`, plus(times(roundTo(monthly, to, rounding.mode), whole(n)), roundTo(times(monthly, rest), to, rounding.mode)))
}

function tieredThings(s: ChargeSpec, q: Q, values: Values, add: (amount: Q, price: Q, label: string) => void): void {
  const nth = optional(values, 'item_no', '第几个')
  if (nth && compare(nth, ONE) < 0) throw new QuoteFault('item_no', '第几个,从 1 起')
  const before = nth ? minus(nth, ONE) : ZERO
  const cut = overTiers(s.tiers!.map((t) => ({ to: t.to === undefined ? null : exact(t.to) })), before, nth ? ONE : q, 'split')
  for (const [i, x] of cut.entries()) if (!isZero(x)) add(x, exact(s.tiers![i]!.price), `第${i + 1}档 `)
}

function bounds(s: ChargeSpec, parts: Parts, from: number, span: Span): void {
  const sum = parts.list.slice(from).reduce((x, p) => plus(x, p.amount), ZERO)
  const floor = s.minimum === undefined ? null : times(exact(s.minimum), span.by)
  const top = s.maximum === undefined ? null : times(exact(s.maximum), span.by)
  if (floor && compare(sum, floor) < 0) parts.add(`不足最低 ${s.minimum} 元,补足`, minus(floor, sum))
  else if (top && compare(sum, top) > 0) parts.add(`超过最高 ${s.maximum} 元,减至上限`, minus(top, sum))
}

function refunds(s: ChargeSpec, values: Values, parts: Parts): void {
  const sum = parts.sum
  for (const r of s.refunds ?? []) {
    const days = optional(values, r.input, r.name)
    if (!days || isZero(days) || compare(days, whole(r.over_days)) <= 0) continue
    const span = timeOf(s.per, 'real_days', s.season, values)
    const around = s.season ? seasonAround(s.season, (values['from_on'] ?? values['on']) as string | undefined) : null
    const base = s.per === 'day' ? span.by : around ? times(span.by, whole(around.days)) : null
    if (!base) throw new QuoteFault('on', '按天退费要知道季天数:价目 season 写 days,或案例写 on、from_on')
    if (compare(days, base) > 0) throw new QuoteFault(r.input, `${r.name} ${show(days)} 天,多于计费的 ${show(base)} 天`)
    parts.add(`${r.name} −${show(days)} 天 × 每天 ${show(over(sum, base))} 元${r.percent === '100' ? '' : ` × ${r.percent}%`}`, negated(times(times(over(sum, base), days), percent(exact(r.percent)))))
  }
}

function prepaid(s: ChargeSpec, values: Values, o: ChargeSettings, parts: Parts): void {
  const n = need(values, 'prepay_months', '预缴月数')
  if (isZero(n)) throw new QuoteFault('prepay_months', '预缴月数应大于 0')
  const { months: _m, from_on: _f, to_on: _t, ...plain } = values
  stretch(s, { ...plain, months: show(n) }, o, parts, '')
  const offer = s.prepay!.offers.filter((x) => compare(n, whole(x.months)) >= 0).toSorted((a, b) => b.months - a.months)[0]
  if (offer) {
    const rounds = s.prepay!.repeat ? { n: n.n / n.d / BigInt(offer.months), d: 1n } : ONE
    const monthly = over(parts.sum, n)
    const free = offer.percent === undefined ? minus(whole(offer.months), exact(offer.pay_months ?? String(offer.months))) : times(whole(offer.months), minus(ONE, percent(exact(offer.percent))))
    const gift = offer.gift ? `,赠 ${offer.gift}` : ''
    parts.add(`预缴 ${offer.months} 个月${offer.percent === undefined ? `付 ${offer.pay_months ?? offer.months} 个月` : `按 ${offer.percent}%`}${gift} −${show(times(free, rounds))} 月 × ${show(monthly)} 元`, negated(times(times(free, rounds), monthly)))
  }
  const used = optional(values, 'used_months', '已用月数')
  if (!used) return
  if (compare(used, n) > 0) throw new QuoteFault('used_months', `已用 ${show(used)} 个月多于预缴的 ${show(n)} 个月`)
  const paid = parts.sum
  const full = offer ? over(parts.list[0]!.amount, n) : over(paid, n)
  const gift = offer?.gift_value === undefined ? ZERO : exact(offer.gift_value)
  const kept = s.prepay!.refund === 'none' ? paid : s.prepay!.refund === 'pro_rata' ? over(times(paid, used), n) : times(full, used)
  const back = most(ZERO, minus(minus(paid, kept), gift))
  const how = { none: '不退', pro_rata: `按已缴比例扣 ${show(used)}/${show(n)}`, full_price: `按原价扣 ${show(used)} 月 × ${show(full)} 元` }[s.prepay!.refund]
  parts.list.length = 0
  parts.add(`已缴 ${show(paid)} 元,${how}${isZero(gift) ? '' : `,扣赠品 ${show(gift)} 元`},退 ${show(back)} 元`, negated(back))
}

/** Adds the parts of a charge; `segments` of a case are stretches with their own state. */
export function computeCharge(s: ChargeSpec, values: Values, o: ChargeSettings, parts: Parts): void {
  if (values['prepay_months'] !== undefined && s.prepay) return prepaid(s, values, o, parts)
  const segments = values['segments'] as Values[] | undefined
  if (!segments) stretch(s, values, o, parts, '')
  else {
    if (s.per === 'once') throw new QuoteFault('segments', '按次收费不分段,请去掉 segments')
    const days = segments.flatMap((x) => [String(x['from_on']), String(x['to_on'])]).sort()
    const bill = o.bill ?? { from_on: days[0]!, to_on: days.at(-1)! }
    for (const x of segments) stretch(s, { ...values, months: undefined, days: undefined, ...x }, { ...o, bill }, parts, `${String(x['from_on'])} 起 `)
  }
  if (o.refunds) refunds(s, o.refunds, parts)
}
