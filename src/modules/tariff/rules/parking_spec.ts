// Temporary parking as data. Upper bounds are included: exactly 30 minutes is free when 30 minutes are free.
import { z } from 'zod'
import { Above0, Clock, Count, Day, Name, Percent, Plain, When } from './shared.ts'

const Minutes = Count(60 * 24 * 366)
const Above0Minutes = Minutes.refine((v) => v > 0, '应大于 0')
/** Of a step or a band: in minutes or in hours. */
const upTo = { to_minutes: Minutes.optional(), to_hours: Above0.optional() }
const Step = z.strictObject({ ...upTo, unit_minutes: Above0Minutes, unit_price: Plain })
const Band = z.strictObject({ ...upTo, price: Plain })

const rate = {
  unit_minutes: Above0Minutes.optional(),
  unit_price: Plain.optional(),
  /** A part unit counts whole or not at all. */
  unit_rounding: z.enum(['up', 'down'], '应为 up(不足一个单位按一个)或 down(不足不计)').optional(),
  /** A last part unit of up to so many minutes is not counted. */
  ignore_minutes: Minutes.optional(),
  first: z.strictObject({ minutes: Above0Minutes, price: Plain }).optional(),
  /** Unit prices by elapsed time: the first hour at one, then another. */
  steps: z.array(Step).min(1).max(20).optional(),
  /** One price by the whole length. */
  bands: z.array(Band).min(1).max(30).optional(),
  /** Beyond the last band that has an end. */
  then: z.strictObject({ unit_minutes: Above0Minutes, unit_price: Plain }).optional(),
  /** For each time, however long. */
  per_time: Plain.optional(),
}
const Days = z.array(z.union([Count(7).refine((v) => v >= 1, '应为 1(周一)至 7(周日)'), z.enum(['workday', 'restday'])])).min(1).max(9)
const Window = z.strictObject({ name: Name, from: Clock, to: Clock, days: Days.optional(), ...rate, cap: Plain.optional() })
const Free = z.strictObject({
  minutes: Minutes,
  /** lost: a longer stay pays from entry; deducted: the first minutes never count; in_first: they are part of the first block. */
  rule: z.enum(['lost', 'deducted', 'in_first'], '应为 lost(超过不减免)、deducted(始终扣除)或 in_first(含在首段内)').default('lost'),
  when: When.optional(),
})
const Cap = z
  .strictObject({
    per: z.enum(['24h', 'calendar_day', 'rolling_24h', 'stay'], '应为 24h(入场起每24小时)、calendar_day(自然日)、rolling_24h(多次进出24小时合计)或 stay(整次)'),
    amount: Plain.optional(),
    /** The first day, the second, …; the last one goes on. */
    by_day: z.array(Plain).min(1).max(60).optional(),
    /** By the length of the whole stay. */
    by_stay: z.array(z.strictObject({ ...upTo, to_days: Count(400).optional(), amount: Plain })).min(1).max(30).optional(),
  })
  .refine((c) => [c.amount, c.by_day, c.by_stay].filter((x) => x !== undefined).length === 1, '封顶写 amount(固定)、by_day(逐日)或 by_stay(按停放总时长)之一')

const whole = {
  ...rate,
  windows: z.array(Window).min(1).max(12).optional(),
  free: z.union([Free.transform((f) => [f]), z.array(Free).max(10)]).optional(),
  caps: z.array(Cap).max(4).optional(),
}
const PassHours = z.strictObject({ from: Clock, to: Clock, days: Days.optional() })

export const ParkingSpec = z
  .strictObject({
    shape: z.literal('parking'),
    ...whole,
    /** The first that fits replaces what it names of the general rates; `vehicle` is short for when.vehicle. */
    classes: z.array(z.strictObject({ name: Name, vehicle: z.union([z.string().max(30).transform((v) => [v]), z.array(z.string().max(30)).min(1)]).optional(), when: When.optional(), exempt: z.boolean().optional(), times: Above0.optional(), ...whole })).max(30).optional(),
    /** A stay over the border of two windows: cut at the clock, or each unit at the price of the window it begins in. */
    border: z.enum(['split', 'unit_start'], '应为 split(按钟点切开)或 unit_start(单位按其开始时段)').default('split'),
    /** `first` and `steps` begin once a stay, anew in every window, or anew every day. */
    first_per: z.enum(['stay', 'window', 'day']).default('stay'),
    /** Bands begin anew after every 24 hours. */
    bands_restart: z.enum(['never', '24h']).default('never'),
    /** drop: seconds do not count; up: a started minute counts; exact. */
    seconds: z.enum(['drop', 'up', 'exact']).default('drop'),
    holidays: z.array(Day).max(400).default([]),
    workdays: z.array(Day).max(200).default([]),
    discounts: z.array(z.strictObject({ name: Name, when: When, /** What is paid. */ percent: Percent.optional(), minus: Plain.optional(), free: z.boolean().optional() })).max(30).optional(),
    discount_combine: z.enum(['first', 'best', 'multiply']).default('first'),
    max_coupons: Count(20).default(20),
    passes: z.array(z.strictObject({ pass: z.string().trim().min(1).max(30), name: Name, hours: z.array(PassHours).max(10).optional() })).max(20).optional(),
    minimum: Plain.optional(),
    lost_ticket: z.union([Plain.transform((amount) => ({ amount, plus_time: false })), z.strictObject({ amount: Plain, plus_time: z.boolean().default(false) })]).optional(),
    exit_grace_minutes: Minutes.default(0),
    /** Out later than the grace: the whole stay less what was paid, or a new stay from the payment on. */
    after_grace: z.enum(['whole_stay', 'new_stay']).default('whole_stay'),
  })
  .superRefine((s, ctx) => {
    const bodies: [PropertyKey[], RateBody][] = [[[], s], ...(s.classes ?? []).map((c, i): [PropertyKey[], RateBody] => [['classes', i], { ...ratesOf(s), ...given(c) }])]
    for (const [i, c] of (s.classes ?? []).entries()) if (!c.vehicle && !c.when) ctx.addIssue({ code: 'custom', path: ['classes', i, 'vehicle'], message: '写 vehicle(车型)或 when(条件)' })
    for (const [path, body] of bodies) {
      if (path.length && (s.classes![path[1] as number]!.exempt ?? false)) continue
      if (path.length === 0 && s.classes?.length && !hasRate(s) && !s.windows) continue
      for (const [at, message] of bodyFaults(body)) ctx.addIssue({ code: 'custom', path: [...path, ...at], message })
    }
  })
export type ParkingSpec = z.output<typeof ParkingSpec>
export type WindowSpec = z.output<typeof Window>
export type CapSpec = z.output<typeof Cap>
export type FreeSpec = z.output<typeof Free>
export interface RateSpec {
  unit_minutes?: number | undefined
  unit_price?: string | undefined
  unit_rounding?: 'up' | 'down' | undefined
  ignore_minutes?: number | undefined
  first?: { minutes: number; price: string } | undefined
  steps?: { to_minutes?: number | undefined; to_hours?: string | undefined; unit_minutes: number; unit_price: string }[] | undefined
  bands?: { to_minutes?: number | undefined; to_hours?: string | undefined; price: string }[] | undefined
  then?: { unit_minutes: number; unit_price: string } | undefined
  per_time?: string | undefined
}
export interface RateBody extends RateSpec {
  windows?: WindowSpec[] | undefined
  free?: FreeSpec[] | undefined
  caps?: CapSpec[] | undefined
}

const RATE_KEYS = ['unit_minutes', 'unit_price', 'unit_rounding', 'ignore_minutes', 'first', 'steps', 'bands', 'then', 'per_time'] as const
export const hasRate = (r: RateSpec): boolean => r.unit_price !== undefined || r.steps !== undefined || r.bands !== undefined || r.per_time !== undefined
export const ratesOf = (s: RateBody): RateBody => Object.fromEntries([...RATE_KEYS, 'windows', 'free', 'caps'].flatMap((k) => ((s as Record<string, unknown>)[k] === undefined ? [] : [[k, (s as Record<string, unknown>)[k]]])))
/** What a class states itself; its own rate puts the general rate and windows out of force. */
export function given(c: RateBody): RateBody {
  const own = ratesOf(c)
  if (!hasRate(c) && !c.windows) return own
  const none = Object.fromEntries([...RATE_KEYS, 'windows'].map((k) => [k, undefined]))
  return { ...none, ...own }
}

/** Minutes of a bound in minutes or hours. */
export const boundMinutes = (b: { to_minutes?: number | undefined; to_hours?: string | undefined; to_days?: number | undefined }): number | null =>
  b.to_minutes ?? (b.to_hours === undefined ? (b.to_days === undefined ? null : b.to_days * 1440) : Math.round(Number(b.to_hours) * 60))

function rising(list: readonly { to_minutes?: number | undefined; to_hours?: string | undefined; to_days?: number | undefined }[], open: boolean): string | null {
  for (const [i, b] of list.entries()) {
    const to = boundMinutes(b)
    const last = i === list.length - 1
    if (to === null && !last) return `第 ${i + 1} 段缺少上限(to_minutes 或 to_hours),只有最后一段可以不写`
    if (to !== null && last && !open) return '最后一段不写上限,表示以上部分'
    const before = i > 0 ? boundMinutes(list[i - 1]!) : null
    if (to !== null && before !== null && to <= before) return `第 ${i + 1} 段的上限应大于上一段`
  }
  return null
}

function rateFaults(r: RateSpec): [PropertyKey[], string][] {
  const out: [PropertyKey[], string][] = []
  const kinds = (['unit_price', 'steps', 'bands', 'per_time'] as const).filter((k) => r[k] !== undefined)
  if (kinds.length === 0) return [[['unit_price'], '缺少价格:写 unit_price(每单位)、steps(分段单价)、bands(按时长一口价)或 per_time(按次)']]
  if (kinds.length > 1) out.push([[kinds[1]!], `${kinds.join(' 与 ')} 只写一种`])
  if (r.unit_price !== undefined && r.unit_minutes === undefined) out.push([['unit_minutes'], '写 unit_minutes(计费单位,分钟),如 60'])
  if (r.first && r.unit_price === undefined) out.push([['first'], 'first(首段)与 unit_price 一起用'])
  if (r.steps) for (const f of [rising(r.steps, false)]) if (f) out.push([['steps'], f])
  if (r.bands) for (const f of [rising(r.bands, r.then !== undefined)]) if (f) out.push([['bands'], f])
  if (r.then && (!r.bands || boundMinutes(r.bands.at(-1)!) === null)) out.push([['then'], 'then 用在 bands 最后一段有上限时'])
  return out
}

const clock = (c: string): number => Number(c.slice(0, 2)) * 60 + Number(c.slice(3))
/** Are the windows apart, and is every minute of the day priced? */
function windowFaults(b: RateBody): [PropertyKey[], string][] {
  const out: [PropertyKey[], string][] = []
  const list = b.windows ?? []
  for (const [i, w] of list.entries()) for (const [at, message] of rateFaults(w)) out.push([['windows', i, ...at], message])
  const covers = (w: WindowSpec, m: number) => (clock(w.from) < clock(w.to) ? m >= clock(w.from) && m < clock(w.to) : m >= clock(w.from) || m < clock(w.to))
  const edges = [...new Set([0, ...list.flatMap((w) => [clock(w.from), clock(w.to) % 1440])])]
  for (const m of edges) {
    const on = list.filter((w) => covers(w, m))
    const text = `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`
    if (on.filter((w) => !w.days).length > 1) return [...out, [['windows'], `${text} 落在两个时段里:${on.map((w) => w.name).join('、')}`]]
    const missing = hasRate(b) ? undefined : unpriced(on, m)
    if (missing !== undefined) return [...out, [['windows'], `${missing}${text} 起没有价格:时段要覆盖全天,或另写一个通用单价(免费写 "0")`]]
  }
  return out
}

const DAYS = [1, 2, 3, 4, 5, 6, 7].flatMap((weekday) => [true, false].map((work) => ({ weekday, work })))
type DayKind = (typeof DAYS)[number]
const onKind = (w: WindowSpec, d: DayKind): boolean => !w.days || w.days.some((x) => (x === 'workday' ? d.work : x === 'restday' ? !d.work : x === d.weekday))
/** A kind of day on which none of the windows at this minute is in force; a window over midnight belongs to the day before. */
function unpriced(on: readonly WindowSpec[], m: number): string | undefined {
  if (on.length === 0) return ''
  for (const today of DAYS)
    for (const before of DAYS) {
      if (before.weekday !== ((today.weekday + 5) % 7) + 1) continue
      const wraps = (w: WindowSpec) => clock(w.to) <= clock(w.from) && m < clock(w.to)
      if (!on.some((w) => onKind(w, wraps(w) ? before : today))) return `${today.work ? '工作日' : '休息日'}(周${'一二三四五六日'[today.weekday - 1]!})`
    }
  return undefined
}

function bodyFaults(b: RateBody): [PropertyKey[], string][] {
  const out: [PropertyKey[], string][] = []
  if (!b.windows || hasRate(b)) out.push(...rateFaults(b))
  if (b.windows) out.push(...windowFaults(b))
  const daily = (b.caps ?? []).filter((c) => c.per !== 'stay')
  if (daily.length > 1) out.push([['caps'], '24h、calendar_day、rolling_24h 只能选一种(stay 可以同时用)'])
  for (const [i, c] of (b.caps ?? []).entries()) {
    const f = c.by_stay ? rising(c.by_stay, true) : null
    if (f) out.push([['caps', i, 'by_stay'], f])
  }
  if (b.free?.some((f) => f.rule === 'in_first') && !b.first && !b.steps && !b.bands && !b.windows?.some((w) => w.first)) out.push([['free'], 'in_first(含在首段内)要有 first 首段'])
  return out
}
