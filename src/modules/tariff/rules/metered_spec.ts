// Metered tariffs as data: tier tables in every way price documents write them, brought to one form. Upper bounds are included.
import { z } from 'zod'
import { compare, exact, plus, times, type Q } from './exact.ts'
import { Above0, Count, Dec, MonthNo, Name, Percent, Plain, QuoteFault, When } from './shared.ts'

const ClassCode = z.string().trim().min(1).max(20)
const PerClass = z.record(ClassCode, Plain)
/** One limit, or one for each clock class. `null`, '' and '以上' are the open end. */
const Bound = z.preprocess((v) => (v === null || v === '' || v === '以上' || v === '∞' ? undefined : v), z.union([Plain, PerClass]).optional())
const Tier = z.strictObject({
  name: Name.optional(),
  /** Upper bound, included; absent in the last tier. */
  to: Bound,
  /** Other ways to write it: more than this; from–to as printed (181–260). */
  above: Plain.optional(),
  from: Plain.optional(),
  /** The limit is people × this. */
  to_per_person: Plain.optional(),
  price: Plain.optional(),
  /** A price for each clock class. */
  prices: PerClass.optional(),
  /** Times the first price. */
  ratio: Plain.optional(),
  /** Over the base price. */
  add: Dec.optional(),
})
export type TierSpec = z.output<typeof Tier>

const table = {
  /** A flat price. */
  price: Plain.optional(),
  tiers: z.array(Tier).min(1, '至少一档').max(20, '最多 20 档').optional(),
  /** With `ratio`. */
  first_price: Plain.optional(),
  /** With `add`. */
  base_price: Plain.optional(),
}
/** One figure for every limit, or a list: for the first limit, the second, … */
const Adds = z.union([Plain.transform((v) => [v]), z.array(Plain).min(1).max(20)])
const CYCLES = { month: 1, two_months: 2, quarter: 3, half_year: 6, year: 12 } as const
export type TierCycle = keyof typeof CYCLES
export const monthsOf = (cycle: TierCycle): number => CYCLES[cycle]

export const MeteredSpec = z
  .strictObject({
    shape: z.literal('metered'),
    unit: z.string().trim().max(10).default('m³'),
    ...table,
    /** What the limits count: usage of the month, of two months, of the year from `year_start`. */
    cycle: z.enum(['month', 'two_months', 'quarter', 'half_year', 'year'], '应为 month、two_months、quarter、half_year 或 year').default('month'),
    year_start: MonthNo.default(1),
    /** A bill over more months than the cycle: limits times the months, or once. */
    multi_month: z.enum(['multiply', 'once']).default('multiply'),
    /** The month in which a limit is crossed: split at the limit, or whole at the lower or the higher price. */
    crossing: z.enum(['split', 'lower', 'higher']).default('split'),
    /** A bill over the border of a tier year, a season or a pause: usage by days, or all to the side of its first or last day. */
    border: z.enum(['by_days', 'to_start', 'to_end']).default('by_days'),
    /** Moved in within the year: limits whole, by months left (with the month of moving in), by half years, by days. */
    part_year: z.enum(['full', 'by_month', 'half_year', 'by_day']).default('full'),
    seasons: z.array(z.strictObject({ name: Name, months: z.array(MonthNo).min(1).max(12), ...table })).max(6).optional(),
    groups: z.array(z.strictObject({ name: Name, when: When, ...table, /** Of the usual price. */ percent: Percent.optional(), free_quantity: Plain.optional() })).max(30).optional(),
    classes: z.array(z.strictObject({ class: ClassCode, name: Name, price: Plain.optional(), /** On top of the tier's price. */ add: Dec.optional(), /** Of the tier's price. */ percent: Percent.optional() })).min(2).max(6).optional(),
    class_split: z.enum(['ratio', 'own_limits']).default('ratio'),
    people: z
      .strictObject({ over: Count(50).optional(), each_adds: Adds.optional(), max_people: Count(50).optional(), steps: z.array(z.strictObject({ people: Count(50), adds: Adds })).max(20).optional(), per: z.enum(['cycle', 'month']).default('cycle'), when: When.optional() })
      .refine((p) => (p.over !== undefined && p.each_adds !== undefined) || p.steps !== undefined, '写 over 与 each_adds(超过几人,每人加多少),或 steps(达到几人,共加多少)')
      .optional(),
    additions: z.array(z.strictObject({ name: Name, when: When, adds: Adds, per: z.enum(['cycle', 'month']).default('cycle') })).max(20).optional(),
    /** Months without tiers, their usage at `price` or the first price and outside the count; limits of the rest in proportion or whole. */
    suspended: z.strictObject({ months: z.array(MonthNo).min(1).max(11), price: Plain.optional(), limits: z.enum(['prorate', 'full']).default('prorate') }).optional(),
    /** Limits after all adjustments are rounded to this, half up. */
    limit_to: Above0.optional(),
    /** Of the quantity: sewage on 80 % of the water. */
    quantity_percent: Percent.optional(),
    /** Loss on top of the quantity. */
    loss_percent: Percent.optional(),
    quantity_to: Above0.optional(),
    quantity_mode: z.enum(['half_up', 'half_even', 'up', 'down']).default('half_up'),
    free_when: z.union([When, z.array(When).max(10)]).optional(),
    /** A month's quantity at no price. */
    free_quantity: z.strictObject({ quantity: Plain, when: When.optional(), name: Name.default('免费用量') }).optional(),
    /** Above the `quota` of the case: each band times the usual price; `to_percent` is how far over the quota. */
    over_quota: z.array(z.strictObject({ to_percent: Percent.optional(), times: Above0 })).min(1).max(10).optional(),
    minimum: z.strictObject({ amount: Plain.optional(), usage: Plain.optional(), per: z.enum(['month', 'bill']).default('month') }).optional(),
    fixed: z.array(z.strictObject({ name: Name, price: Plain, per: z.enum(['month', 'bill']).default('month'), when: When.optional() })).max(10).optional(),
  })
  .superRefine((s, ctx) => {
    for (const [path, t] of tablesOf(s)) for (const fault of tableFaults(t, s)) ctx.addIssue({ code: 'custom', path: [...path, ...fault.path], message: fault.message })
    const months = (s.seasons ?? []).flatMap((x) => x.months)
    if (new Set(months).size !== months.length) ctx.addIssue({ code: 'custom', path: ['seasons'], message: '同一个月出现在两个季节里' })
    const general = hasTable(s) || s.classes?.every((c) => c.price !== undefined)
    const unnamed = Array.from({ length: 12 }, (_, i) => i + 1).filter((n) => !months.includes(n))
    if (s.seasons?.length && !general && unnamed.length) ctx.addIssue({ code: 'custom', path: ['seasons'], message: `${unnamed.join('、')} 月没有价格:季节要覆盖全年,或在外层另写通用的 price 或 tiers` })
    if (s.over_quota && s.over_quota.slice(0, -1).some((b, i, list) => b.to_percent === undefined || (i > 0 && compare(exact(b.to_percent), exact(list[i - 1]!.to_percent ?? '0')) <= 0))) ctx.addIssue({ code: 'custom', path: ['over_quota'], message: '各段 to_percent 应递增,只有最后一段可以不写' })
  })
export type MeteredSpec = z.output<typeof MeteredSpec>

export interface TableSpec {
  price?: string | undefined
  tiers?: TierSpec[] | undefined
  first_price?: string | undefined
  base_price?: string | undefined
}
const hasTable = (t: TableSpec): boolean => t.price !== undefined || t.tiers !== undefined
export const tableOr = (own: TableSpec, general: TableSpec): TableSpec => (hasTable(own) ? { ...own, first_price: own.first_price ?? general.first_price, base_price: own.base_price ?? general.base_price } : general)

function tablesOf(s: MeteredSpec): [PropertyKey[], TableSpec][] {
  const out: [PropertyKey[], TableSpec][] = []
  const flatClasses = s.classes?.every((c) => c.price !== undefined)
  if (!s.seasons?.length && !flatClasses) out.push([[], s])
  else if (hasTable(s)) out.push([[], s])
  for (const [i, x] of (s.seasons ?? []).entries()) out.push([['seasons', i], tableOr(x, s)])
  for (const [i, g] of (s.groups ?? []).entries()) if (hasTable(g)) out.push([['groups', i], tableOr(g, s)])
  return out
}

interface Fault {
  path: PropertyKey[]
  message: string
}
/** Everything wrong with a table, found without a case. */
function tableFaults(t: TableSpec, s: MeteredSpec): Fault[] {
  if (!hasTable(t)) return [{ path: ['tiers'], message: '写 price(单一价)或 tiers(分档)' }]
  if (t.price !== undefined && t.tiers) return [{ path: ['price'], message: 'price 与 tiers 只写一个;分档的价格写在各档里' }]
  const tiers = t.tiers ?? []
  const out: Fault[] = []
  const classes = s.classes?.map((c) => c.class) ?? []
  for (const [i, tier] of tiers.entries()) {
    const at = (message: string, field = 'price') => out.push({ path: ['tiers', i, field], message })
    if ([tier.price, tier.prices, tier.ratio, tier.add].filter((x) => x !== undefined).length !== 1) at('每档写一种价:price、prices(各时段)、ratio(首档的倍数)或 add(在基价上加)')
    if (tier.ratio !== undefined && t.first_price === undefined && tiers[0]?.price === undefined) at('用 ratio 时要写 first_price(首档单价)', 'ratio')
    if (tier.add !== undefined && t.base_price === undefined) at('用 add 时要写 base_price(基价)', 'add')
    if (tier.prices) {
      const missing = classes.filter((c) => tier.prices![c] === undefined)
      if (classes.length === 0) at('prices 按时段定价,要先写 classes(时段)', 'prices')
      else if (missing.length) at(`缺少时段 ${missing.join('、')} 的价格`, 'prices')
    }
  }
  try {
    boundsOf(tiers)
  } catch (error) {
    if (!(error instanceof QuoteFault)) throw error
    out.push({ path: ['tiers'], message: error.reason })
  }
  return out
}

type BoundText = string | Record<string, string> | undefined
export interface BoundOf {
  bound: BoundText
  per_person: boolean
}
/** Upper bounds in order, from whichever way they are written; the last is open. */
export function boundsOf(tiers: readonly TierSpec[]): BoundOf[] {
  const bad = (i: number, why: string): never => {
    throw new QuoteFault('tiers', `第 ${i + 1} 档:${why}`)
  }
  const out = tiers.map((t, i): BoundOf => {
    if (t.to_per_person !== undefined) return { bound: t.to_per_person, per_person: true }
    if (t.to !== undefined) return { bound: t.to, per_person: false }
    return { bound: tiers[i + 1]?.above ?? tiers[i + 1]?.from, per_person: false }
  })
  for (const [i, { bound }] of out.entries()) {
    const last = i === out.length - 1
    if (last && bound !== undefined) bad(i, '最后一档不写上限(to),表示以上部分')
    if (!last && bound === undefined) bad(i, '缺少上限 to(含),只有最后一档可以不写')
    const before = out[i - 1]?.bound
    if (typeof bound === 'string' && typeof before === 'string' && out[i]!.per_person === out[i - 1]!.per_person && compare(exact(bound), exact(before)) <= 0) bad(i, `上限 ${bound} 应大于上一档的 ${before}`)
    const start = tiers[i]!.above ?? tiers[i]!.from
    if (i === 0 && start !== undefined && compare(exact(start), exact('1')) > 0) bad(i, '第一档应从 0 开始')
    // 181–260 after 0–180, as price documents print whole units; also 180–260.
    if (i > 0 && start !== undefined && typeof before === 'string' && compare(exact(start), exact(before)) !== 0 && !(tiers[i]!.from !== undefined && compare(exact(start), plus(exact(before), exact('1'))) === 0)) bad(i, `从 ${start} 起,与上一档的上限 ${before} 不相接`)
  }
  return out
}

/** The price of a tier, for a clock class when the tariff has classes. */
export function tierPrice(t: TableSpec, tier: TierSpec, clock?: { class: string; add?: string | undefined; percent?: string | undefined; price?: string | undefined }): Q {
  if (tier.prices) {
    const own = clock ? tier.prices[clock.class] : undefined
    if (own === undefined) throw new QuoteFault('usage', '该价目按时段定价,用量要按时段给出')
    return exact(own)
  }
  if (clock?.price !== undefined) return exact(clock.price)
  const first = t.first_price ?? t.tiers?.[0]?.price ?? '0'
  const base = tier.price !== undefined ? exact(tier.price) : tier.ratio !== undefined ? times(exact(first), exact(tier.ratio)) : plus(exact(t.base_price ?? '0'), exact(tier.add ?? '0'))
  const scaled = clock?.percent === undefined ? base : times(base, times(exact(clock.percent), exact('0.01')))
  return clock?.add === undefined ? scaled : plus(scaled, exact(clock.add))
}
