// The inputs of a case: known ones are checked here, others must be attributes that the tariff asks about.
import { z } from 'zod'
import { addDays } from '../../../kernel/clock.ts'
import { MoneyError, parseYuan } from '../../../kernel/money.ts'
import { boundsOf } from './metered_spec.ts'
import { Count, Day, LocalTime, Plain, QuoteFault, priceKeys, whenKeys, type Values, type When } from './shared.ts'
import { faultsOf, type Component, type Tariff } from './spec.ts'

const Month = z.string().trim().regex(/^\d{4}-(0[1-9]|1[0-2])$/, '应为年-月,如 2026-07')
const UsageShape = z.union([Plain, z.record(z.string(), Plain)])
const Register = z.object({ previous: Plain, reading: Plain, digits: Count(12).optional() })
const Coupon = z.strictObject({ kind: z.enum(['minutes', 'amount', 'percent', 'free_until', 'free'], '应为 minutes、amount、percent、free_until 或 free'), minutes: Plain.optional(), amount: Plain.optional(), percent: Plain.optional(), until: LocalTime.optional(), merchant: z.string().max(60).optional() })
const yes = z.preprocess((v) => (v === '是' || v === 'true' || v === 1 ? true : v === '否' || v === 'false' || v === 0 ? false : v), z.boolean('应为 true 或 false'))

const KNOWN = {
  from_on: Day, to_on: Day, last_on: Day, on: Day, period: Month, months: Plain, days: Plain,
  built_area_m2: Plain, inner_area_m2: Plain, heated_area_m2: Plain, people: Plain, count: Plain, item_no: Plain, height_m: Plain, chosen_price: Plain,
  stop_applied_on: Day, prepay_months: Plain, used_months: Plain, segments: z.array(z.looseObject({ from_on: Day, to_on: Day.optional(), last_on: Day.optional() })).min(1).max(60),
  usage: UsageShape, previous: Plain, reading: Plain, digits: Count(12), multiplier: Plain, readings: z.record(z.string(), Register), usage_to_date: UsageShape, usage_by_month: z.record(Month, UsageShape),
  readings_on: z.array(z.strictObject({ on: Day, reading: Plain.optional(), readings: z.record(z.string(), Plain).optional(), usage: UsageShape.optional() })).max(20), moved_in_on: Day, year_months: Plain, quota: Plain,
  entered_at: LocalTime, left_at: LocalTime, vehicle: z.string().trim().max(30), paid_at: LocalTime, paid: Plain, lost_ticket: yes, overflow: yes, pass: z.string().trim().max(30), coupons: z.array(Coupon).max(20),
  earlier: z.array(z.strictObject({ entered_at: LocalTime, left_at: LocalTime, paid: Plain.optional() })).max(50),
  principal: Plain, principal_fen: Count(Number.MAX_SAFE_INTEGER), due_on: Day, as_of: Day, lpr_percent: Plain, payments: z.array(z.strictObject({ on: Day, amount: Plain })).max(200), holidays: z.array(Day).max(400), workdays: z.array(Day).max(200),
  status: z.string().trim().max(30),
} as const
export const INPUT_NAMES = Object.keys(KNOWN)

/** Other words for the same input; the product's own name is on the right. */
const ALIASES: Record<string, string> = {
  编号: 'id', 面积: 'built_area_m2', 建筑面积: 'built_area_m2', area: 'built_area_m2', area_m2: 'built_area_m2', built_area: 'built_area_m2', 套内面积: 'inner_area_m2', inner_area: 'inner_area_m2', 供热面积: 'heated_area_m2', heated_area: 'heated_area_m2',
  人数: 'people', persons: 'people', household_size: 'people', 数量: 'count', quantity: 'count', 月数: 'months', 天数: 'days', 账期: 'period', month: 'period', 状态: 'status', 层高: 'height_m', height: 'height_m',
  用量: 'usage', consumption: 'usage', 累计用量: 'usage_to_date', consumption_to_date: 'usage_to_date', used_to_date: 'usage_to_date', cumulative_usage: 'usage_to_date', 上次读数: 'previous', previous_reading: 'previous', 本次读数: 'reading', current_reading: 'reading', 倍率: 'multiplier', 定额: 'quota',
  入场时间: 'entered_at', entry_at: 'entered_at', enter_at: 'entered_at', in_at: 'entered_at', 离场时间: 'left_at', exit_at: 'left_at', leave_at: 'left_at', exited_at: 'left_at', out_at: 'left_at', 车型: 'vehicle', vehicle_class: 'vehicle', 本金: 'principal', 到期日: 'due_on', 截止日: 'as_of', paid_on: 'as_of', 备注: 'note', 期望金额: 'expect', expected: 'expect', expected_amount: 'expect', amount: 'expect', expected_fen: 'expect_fen', expect_amount_fen: 'expect_fen', amount_fen: 'expect_fen',
}
const MINE = ['id', 'note', 'expect', 'expect_fen', 'name', 'title', 'source']

/** Attributes a component asks about. */
function attributesOf(c: Component): string[] {
  const w = (x: When | When[] | undefined) => (x === undefined ? [] : [x].flat().flatMap(whenKeys))
  const s = c.spec
  const own = w(c.when)
  switch (s.shape) {
    case 'charge':
      return [...own, ...priceKeys(s), ...(s.guide ? priceKeys(s.guide) : []), ...(s.factors ?? []).flatMap((f) => [...w(f.when), ...(f.input ? [f.input] : [])]), ...w(s.stop?.when), ...(s.refunds ?? []).map((r) => r.input)]
    case 'metered':
      for (const t of [s, ...(s.seasons ?? []), ...(s.groups ?? [])]) if (t.tiers) boundsOf(t.tiers)
      return [...own, ...(s.groups ?? []).flatMap((g) => w(g.when)), ...w(s.people?.when), ...(s.additions ?? []).flatMap((a) => w(a.when)), ...w(s.free_when), ...w(s.free_quantity?.when), ...(s.fixed ?? []).flatMap((f) => w(f.when))]
    case 'parking':
      return [...own, ...(s.classes ?? []).flatMap((x) => [...w(x.when), ...(x.free ?? []).flatMap((f) => w(f.when))]), ...(s.free ?? []).flatMap((f) => w(f.when)), ...(s.discounts ?? []).flatMap((d) => w(d.when))]
    case 'formula':
      return [...own, ...s.inputs.map((i) => i.name)]
    case 'percent':
      return [...own, ...w(s.free_when)]
    default:
      return own
  }
}
export const attributesOfTariff = (t: Tariff): string[] => [...new Set(t.versions.flatMap((v) => v.components.flatMap(attributesOf)))]

export interface Case {
  id: string
  values: Values
  expect_fen: number | null
}

function renamed(raw: Record<string, unknown>, attributes: ReadonlySet<string>): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [k, v] of Object.entries(raw)) {
    if (v === null || v === '' || v === undefined) continue
    const key = !attributes.has(k) && !Object.hasOwn(KNOWN, k) && !MINE.includes(k) ? (ALIASES[k] ?? k) : k
    if (Object.hasOwn(out, key)) throw new QuoteFault(k, `与 ${key} 是同一项,只写一个`)
    out[key] = v
  }
  return out
}

/** `last_on` is the last day, `to_on` the day after it. */
function halfOpen(v: Record<string, unknown>): void {
  if (v['last_on'] === undefined) return
  if (v['to_on'] !== undefined) throw new QuoteFault('last_on', 'to_on(不含)与 last_on(含)只写一个')
  v['to_on'] = addDays(v['last_on'] as string, 1)
  delete v['last_on']
}

function expected(v: Record<string, unknown>): number | null {
  if (v['expect_fen'] !== undefined) {
    const fens = Number(v['expect_fen'])
    if (!Number.isSafeInteger(fens)) throw new QuoteFault('expect_fen', '期望金额(分)应为整数')
    return fens
  }
  if (v['expect'] === undefined) return null
  try {
    return parseYuan(String(v['expect']), 'signed')
  } catch (error) {
    if (error instanceof MoneyError) throw new QuoteFault('expect', '期望金额应为元,最多两位小数')
    throw error
  }
}

/** Names that were probably meant: one contains the other, or at most two letters differ. */
function near(name: string, names: readonly string[]): string[] {
  const distance = (a: string, b: string): number => {
    let row = Array.from({ length: b.length + 1 }, (_, i) => i)
    for (let i = 1; i <= a.length; i++) row = b.split('').reduce((next, c, j) => [...next, Math.min(row[j]! + (a[i - 1] === c ? 0 : 1), row[j + 1]! + 1, next[j]! + 1)], [i])
    return row[b.length]!
  }
  return name.length > 40 ? [] : names.filter((n) => (name.length > 3 && (n.includes(name) || name.includes(n))) || distance(name, n) <= 2).slice(0, 3)
}

function checkAttribute(key: string, value: unknown, attributes: ReadonlySet<string>): void {
  if (!attributes.has(key)) throw new QuoteFault(key, `不认识的字段${near(key, [...INPUT_NAMES, ...attributes]).map((n) => `,是否应为 ${n}`).join('')};本价目另外用到:${[...attributes].join('、') || '无'},通用字段见 docs/tariffs.md`)
  if (typeof value === 'object') throw new QuoteFault(key, '应为文本、数字或 true/false')
}

/** One case as the tariff can use it; throws QuoteFault with field and reason. */
export function readCase(raw: unknown, n: number, attributes: ReadonlySet<string>): Case {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw new QuoteFault('(整个案例)', '应为一个对象')
  const { input, inputs, ...rest } = raw as Record<string, unknown>
  const nested = input ?? inputs
  const flat = renamed({ ...(typeof nested === 'object' && nested !== null && !attributes.has('input') ? (nested as Record<string, unknown>) : {}), ...rest }, attributes)
  const id = flat['id'] === undefined ? String(n + 1) : String(flat['id'])
  const values: Record<string, unknown> = {}
  for (const [k, v] of Object.entries(flat)) {
    if (MINE.includes(k) && !attributes.has(k)) continue
    if (!Object.hasOwn(KNOWN, k) || attributes.has(k)) {
      if (!Object.hasOwn(KNOWN, k)) checkAttribute(k, v, attributes)
    }
    if (!Object.hasOwn(KNOWN, k)) values[k] = v
    else {
      const r = KNOWN[k as keyof typeof KNOWN].safeParse(v)
      const fault = r.success ? undefined : faultsOf(r.error.issues, [k])[0]
      if (fault) throw new QuoteFault(fault.field, fault.reason)
      values[k] = r.data
    }
  }
  halfOpen(values)
  for (const s of (values['segments'] ?? []) as Record<string, unknown>[]) {
    halfOpen(s)
    for (const k of Object.keys(s)) if (!Object.hasOwn(KNOWN, k)) checkAttribute(`segments.${k}`.slice(9), s[k], attributes)
    if (s['to_on'] === undefined || String(s['to_on']) <= String(s['from_on'])) throw new QuoteFault('segments', '每段要有 from_on 与 to_on(不含)或 last_on(含),止晚于起')
  }
  if (values['from_on'] !== undefined && values['to_on'] !== undefined && String(values['to_on']) <= String(values['from_on'])) throw new QuoteFault('to_on', '计费止(不含)应晚于计费起')
  return { id, values, expect_fen: expected(flat) }
}
