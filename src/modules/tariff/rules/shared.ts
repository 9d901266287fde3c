// What every family of tariffs is written with: decimals, days, conditions, prices by table, rounding. Tolerant where it does no harm
// (a number instead of a text, 70% instead of 70), strict where money could change.
import { z } from 'zod'
import { Day } from '../../../kernel/shapes.ts'
import { compare, exact, type Q } from './exact.ts'

const NUMBER = /^-?\d{1,15}(\.\d{1,10})?$/
/** '2.80'; 2.8 is taken as well, as it was written. */
const asText = (v: unknown): unknown => (typeof v === 'number' ? String(v) : typeof v === 'string' ? v.trim() : v)
export const Dec = z.preprocess(asText, z.string('应为数字,写成文本,如 "2.80"').regex(NUMBER, '应为数字,如 "2.80"(不带单位、逗号)'))
/** Zero or more. */
export const Plain = Dec.refine((v) => !v.startsWith('-'), '不能为负数')
export const Above0 = Plain.refine((v) => Number(v) > 0, '应大于 0')
/** '70' or '70%'. */
export const Percent = z.preprocess((v) => (typeof v === 'string' ? v.trim().replace(/[%%]$/, '') : v), Plain)
export const Count = (max: number) => z.preprocess((v) => (typeof v === 'string' && /^\d{1,9}$/.test(v.trim()) ? Number(v) : v), z.int('应为整数').min(0, '不能为负数').max(max, `不能超过 ${max}`))
export const Name = z.string().trim().min(1, '不能为空').max(60, '最多 60 字')
export const Code = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, '应为小写字母、数字、下划线,如 base_fee')
export { Day }
export const MonthNo = Count(12).refine((v) => v >= 1, '应为 1 至 12')
/** MM-DD. */
export const MonthDay = z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, '应为 月-日,如 11-15')
/** '08:00'; 24:00 is the end of a day. */
export const Clock = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, '应为 时:分,如 08:00')
/** '2026-03-01T08:10', with a blank or a T, seconds optional, local time. */
export const LocalTime = z
  .string('应为时间,如 2026-03-01T08:10')
  .trim()
  .regex(/^\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, '应为当地时间,如 2026-03-01T08:10(不带时区)')
  .refine((v) => Day.safeParse(v.slice(0, 10)).success, '没有这一天')

const Scalar = z.union([z.string().trim().max(60), z.boolean(), z.number()])
const Range = z.strictObject({ min: Dec.optional(), max: Dec.optional(), above: Dec.optional(), below: Dec.optional() }).refine((r) => Object.keys(r).length > 0, '写 min、max(含)或 above、below(不含)')
/** {"status": "vacant"}, {"status": ["vacant", "unsold"]}, {"people": {"min": 5}}; all of them must hold. */
export const When = z.record(z.string().max(40), z.union([Scalar, z.array(Scalar).min(1).max(50), Range])).refine((w) => Object.keys(w).length <= 10, '最多 10 个条件')
export type When = z.output<typeof When>

export const Rounding = z.strictObject({
  mode: z.enum(['half_up', 'half_even', 'up', 'down'], '应为 half_up(四舍五入)、half_even(四舍六入五成双)、up(进一)、down(舍去)').default('half_up'),
  /** Smallest step of the amount: 0.01, 0.1, 0.5, 1. */
  to: Above0.default('0.01').refine((v) => Number.isInteger(Math.round(Number(v) * 1e6) / 1e4), '应为 0.01 的整数倍'),
  place: z.enum(['price', 'step', 'month', 'line', 'total'], '应为 price(单价)、step(每档每段)、month(每月)、line(每个费项)、total(合计)').default('line'),
  /** With place price: to how much of a yuan the price is rounded. */
  price_to: Above0.default('0.01'),
})
export type Rounding = z.output<typeof Rounding>
export const EXACT_FEN: Rounding = { mode: 'half_up', to: '0.01', place: 'line', price_to: '0.01' }

const PriceRow = z.strictObject({ when: When.optional(), price: Plain })
export const PriceTable = z.strictObject({
  rows: Name,
  columns: Name.optional(),
  /** prices[row][column], or prices[row] when there are no columns. */
  prices: z.record(z.string().max(60), z.union([Plain, z.record(z.string().max(60), Plain)])),
})
/** One price, a list whose first fitting row counts, or a matrix. */
export const PriceFields = {
  price: Plain.optional(),
  prices: z.array(PriceRow).min(1).max(200).optional(),
  matrix: PriceTable.optional(),
}

/** What a case says, by name: the inputs every tariff knows and the attributes that this one asks about. */
export type Values = Readonly<Record<string, unknown>>

/** Wrong input of one case: the field and the reason, in Chinese. */
export class QuoteFault extends Error {
  readonly field: string
  readonly reason: string
  constructor(field: string, reason: string) {
    super(`${field}:${reason}`)
    this.name = 'QuoteFault'
    this.field = field
    this.reason = reason
  }
}

const numberOf = (v: unknown): Q | null => {
  const text = asText(v)
  return typeof text === 'string' && NUMBER.test(text) ? exact(text) : null
}
const same = (given: unknown, wanted: unknown): boolean => {
  if (given === wanted || String(given) === String(wanted)) return true
  const [a, b] = [numberOf(given), numberOf(wanted)]
  return a !== null && b !== null && compare(a, b) === 0
}
function inRange(key: string, given: unknown, r: z.output<typeof Range>): boolean {
  const value = numberOf(given)
  if (value === null) throw new QuoteFault(key, '应为数字')
  return !((r.min !== undefined && compare(value, exact(r.min)) < 0) || (r.max !== undefined && compare(value, exact(r.max)) > 0) || (r.above !== undefined && compare(value, exact(r.above)) <= 0) || (r.below !== undefined && compare(value, exact(r.below)) >= 0))
}

/** Do all conditions hold? An attribute that the case does not give fits only a condition of `false`. */
export function holds(when: When | undefined, values: Values): boolean {
  if (!when) return true
  return Object.entries(when).every(([key, wanted]) => {
    const given = values[key]
    if (given === undefined || given === null) return wanted === false
    if (Array.isArray(wanted)) return wanted.some((w) => same(given, w))
    if (typeof wanted === 'object') return inRange(key, given, wanted)
    return same(given, wanted)
  })
}
export const whenKeys = (when: When | undefined): string[] => Object.keys(when ?? {})

export interface Priced {
  price?: string | undefined
  prices?: { when?: When | undefined; price: string }[] | undefined
  matrix?: z.output<typeof PriceTable> | undefined
}
export const priceKeys = (p: Priced): string[] => [...(p.prices ?? []).flatMap((r) => whenKeys(r.when)), ...(p.matrix ? [p.matrix.rows, ...(p.matrix.columns ? [p.matrix.columns] : [])] : [])]

function fromMatrix(m: z.output<typeof PriceTable>, values: Values): { text: string; label: string } {
  const cell = (key: string, table: Record<string, unknown>): { value: unknown; label: string } => {
    const given = values[key]
    if (given === undefined) throw new QuoteFault(key, `价目表按 ${key} 定价,请写明(可用:${Object.keys(table).join('、')})`)
    const name = String(given)
    if (!Object.hasOwn(table, name)) throw new QuoteFault(key, `价目表里没有“${name}”,可用:${Object.keys(table).join('、')}`)
    return { value: table[name], label: name }
  }
  const row = cell(m.rows, m.prices)
  if (!m.columns) return { text: String(row.value), label: row.label }
  const column = cell(m.columns, row.value as Record<string, unknown>)
  return { text: String(column.value), label: `${row.label}、${column.label}` }
}

/** The price for these values, with what chose it; null when the spec has none. */
export function priceOf(p: Priced, values: Values): { text: string; label: string } | null {
  if (p.matrix) return fromMatrix(p.matrix, values)
  if (p.prices) {
    const row = p.prices.find((r) => holds(r.when, values))
    if (!row) throw new QuoteFault('prices', `没有一行价格适用,条件涉及:${[...new Set(priceKeys(p))].join('、')}`)
    return { text: row.price, label: Object.keys(row.when ?? {}).map((k) => String(values[k])).join('、') }
  }
  return p.price === undefined ? null : { text: p.price, label: '' }
}

/** A number that the case must give. */
export function need(values: Values, key: string, what: string): Q {
  const given = values[key]
  if (given === undefined || given === null) throw new QuoteFault(key, `缺少${what}`)
  const value = numberOf(given)
  if (value === null) throw new QuoteFault(key, `应为数字,如 "12.5"`)
  if (value.n < 0n) throw new QuoteFault(key, '不能为负数')
  return value
}
export const optional = (values: Values, key: string, what: string): Q | null => (values[key] === undefined || values[key] === null ? null : need(values, key, what))
