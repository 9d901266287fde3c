// A tariff and a case give an amount with its components and their explanation. Pure: no clock, no database, no randomness.
import { addDays, addMonths, daysBetween } from '../../../kernel/clock.ts'
import { divideLargestRemainder, fen, type Fen } from '../../../kernel/money.ts'
import { attributesOfTariff, readCase, type Case } from './cases.ts'
import { computeCharge } from './charge.ts'
import { exact, fenOf, least, minus, ofFen, percent, ratio, roundTo, times, total, type Q } from './exact.ts'
import { computeFormula } from './formula.ts'
import { lateFee, type LateFeeSpec } from './late_fee.ts'
import { computeMetered, cutAt, cycleStart, meteringOf, type Metering, type Stretch as MeterStretch } from './metered.ts'
import type { MeteredSpec } from './metered_spec.ts'
import { computeParking } from './parking.ts'
import { Parts, settled, settledTogether, type Amount, type Line } from './parts.ts'
import { QuoteFault, holds, need, optional, type Rounding, type Values } from './shared.ts'
import type { Component, Tariff, Version } from './spec.ts'

export interface PayerShare {
  payer: string
  amount_fen: number
}
export interface ComponentResult {
  code: string
  name: string
  account_code: string | null
  income_owner: string
  amount_fen: number
  lines: Line[]
  payers: PayerShare[] | null
}
export interface Quote {
  amount_fen: number
  components: ComponentResult[]
  /** All rows; they add up to amount_fen. */
  lines: (Line & { component: string })[]
}

interface Span {
  version: Version
  values: Values
  /** Of a bill over a change of version: the days of this one. */
  cut: { from_on: string; to_on: string } | null
}

const dayOfCase = (v: Values): string | null => (v['from_on'] ?? (v['period'] === undefined ? undefined : `${String(v['period'])}-01`) ?? v['on'] ?? (v['entered_at'] === undefined ? undefined : String(v['entered_at']).slice(0, 10)) ?? v['due_on'] ?? null) as string | null

function versionOn(t: Tariff, day: string | null): Version {
  if (day === null) return t.versions.at(-1)!
  const found = t.versions.findLast((v) => v.from_on === null || v.from_on <= day)
  if (!found) throw new QuoteFault('from_on', `${day} 早于价目的生效日 ${t.versions[0]!.from_on}`)
  return found
}

/** The versions a bill runs through. */
function spansOf(t: Tariff, values: Values): Span[] {
  if (t.versions.length === 1 && t.versions[0]!.from_on === null) return [{ version: t.versions[0]!, values, cut: null }]
  const day = dayOfCase(values)
  const period = values['period'] as string | undefined
  const from_on = (values['from_on'] as string | undefined) ?? (period === undefined ? undefined : `${period}-01`)
  const to_on = (values['to_on'] as string | undefined) ?? (values['from_on'] === undefined && period !== undefined ? `${addMonths(period, 1)}-01` : undefined)
  if (!from_on || !to_on || values['entered_at'] !== undefined || values['due_on'] !== undefined) return [{ version: versionOn(t, day), values, cut: null }]
  const inside = t.versions.filter((v) => v.from_on !== null && v.from_on > from_on && v.from_on < to_on)
  if (inside.length === 0 || t.version_change === 'next_bill') return [{ version: versionOn(t, from_on), values, cut: null }]
  if (t.version_change === 'at_end') return [{ version: versionOn(t, addDays(to_on, -1)), values, cut: null }]
  const cuts = [from_on, ...inside.map((v) => v.from_on!), to_on]
  return cuts.slice(0, -1).map((a, i) => {
    const b = cuts[i + 1]!
    const { months: _m, days: _d, ...rest } = values
    const segments = (values['segments'] as Values[] | undefined)?.flatMap((s) => {
      const [f, e] = [String(s['from_on']), String(s['to_on'])]
      return f < b && e > a ? [{ ...s, from_on: f > a ? f : a, to_on: e < b ? e : b }] : []
    })
    return { version: versionOn(t, a), values: { ...rest, from_on: a, to_on: b, ...(segments ? { segments } : {}) }, cut: { from_on: a, to_on: b } }
  })
}

/** Usage up to the day of a change, from a reading of that day. */
function usageUntil(values: Values, on: string): Q {
  const row = ((values['readings_on'] ?? []) as Values[]).find((r) => r['on'] === on)
  if (!row) throw new QuoteFault('readings_on', `价目 ${on} 变更,按读数分段要有当日读数:readings_on: [{ "on": "${on}", "reading": … }]`)
  if (row['usage'] !== undefined) return need(row, 'usage', '用量')
  return times(minus(need(row, 'reading', '读数'), need(values, 'previous', '上次读数')), optional(values, 'multiplier', '倍率') ?? exact('1'))
}

/** One version's part of a metered bill; what came before counts towards the limits. */
function meteredSpan(t: Tariff, c: Component, span: Span, all: Values, parts: Parts): void {
  const spec = c.spec as MeteredSpec
  const m = meteringOf(spec, span.cut ? { ...all, from_on: all['from_on'] ?? `${String(all['period'])}-01`, to_on: all['to_on'] ?? `${addMonths(String(all['period']), 1)}-01` } : span.values)
  if (!span.cut) return computeMetered(spec, m, span.values, parts)
  const done: MeterStretch[] = []
  let rest = m.stretches[0]!
  const days = daysBetween(rest.from_on!, rest.to_on!)
  const byReading = (on: string) => (t.version_change === 'by_reading' ? new Map([['', minus(usageUntil(all, on), total(done.flatMap((s) => [...s.usage.values()])))]]) : undefined)
  if (span.cut.from_on > rest.from_on!) {
    const [before, after] = cutAt(rest, span.cut.from_on, byReading(span.cut.from_on))
    done.push(before)
    rest = after
  }
  const mine = span.cut.to_on < rest.to_on! ? cutAt(rest, span.cut.to_on, byReading(span.cut.to_on))[0] : rest
  const share = ratio(daysBetween(mine.from_on!, mine.to_on!), days)
  const own: Metering = { ...m, stretches: [...done, mine], months: times(m.months, share) }
  computeMetered(spec, own, span.values, parts, done.length)
}

function late(c: Component, values: Values, rounding: Rounding): Amount {
  const spec = c.spec as LateFeeSpec
  const principal_fen = values['principal_fen'] === undefined ? Number(fenOf(roundTo(need(values, 'principal', '本金'), { n: 1n, d: 100n }, 'half_up'))) : Number(values['principal_fen'])
  for (const key of ['due_on', 'as_of']) if (typeof values[key] !== 'string') throw new QuoteFault(key, key === 'due_on' ? '缺少到期日' : '缺少计算截止日')
  const payments = ((values['payments'] ?? []) as Values[]).map((p) => ({ on: String(p['on']), amount_fen: Number(fenOf(roundTo(need(p, 'amount', '金额'), { n: 1n, d: 100n }, 'half_up'))) }))
  const calendar = { holidays: [...spec.holidays, ...((values['holidays'] ?? []) as string[])], workdays: [...spec.workdays, ...((values['workdays'] ?? []) as string[])] }
  const out = lateFee({ ...spec, ...calendar }, { principal_fen, due_on: String(values['due_on']), as_of: String(values['as_of']), payments, lpr_percent: values['lpr_percent'] as string | undefined }, spec.rounding ?? rounding)
  return { amount_fen: fen(out.amount_fen), exact: ofFen(out.amount_fen), lines: out.lines }
}

interface Work {
  component: Component
  parts: Parts
  rounding: Rounding
  amount: Amount | null
}

/** Adds one component of one version to its parts. */
function compute(t: Tariff, w: Work, span: Span, all: Values): void {
  const c = w.component
  const s = c.spec
  if (s.shape === 'charge') computeCharge(s, span.values, { proration: span.version.proration, rounding: w.rounding }, w.parts)
  else if (s.shape === 'metered') meteredSpan(t, c, span, all, w.parts)
  else if (s.shape === 'parking') computeParking(s, span.values, w.parts)
  else if (s.shape === 'formula') computeFormula(s, span.values, w.parts)
  else if (s.shape === 'late_fee') w.amount = late(c, span.values, w.rounding)
}

function payersOf(c: Component, amount_fen: Fen): PayerShare[] | null {
  if (!c.payers) return null
  let left: Q = ofFen(amount_fen)
  const fixed = c.payers.map((p) => {
    if (p.amount === undefined) return null
    const part = least(exact(p.amount), left)
    left = minus(left, part)
    return fenOf(roundTo(part, { n: 1n, d: 100n }, 'half_up'))
  })
  const rest_fen = fen(amount_fen - fixed.reduce<number>((n, f) => n + (f ?? 0), 0))
  const open = c.payers.filter((p) => p.amount === undefined)
  const named = open.reduce((n, p) => n + Number(p.percent ?? 0), 0)
  const shares = divideLargestRemainder(rest_fen, open.map((p) => (p.rest ? String(Math.max(0, Math.round((100 - named) * 1e6) / 1e6)) : p.percent!)))
  return c.payers.map((p, i) => ({ payer: p.payer, amount_fen: fixed[i] ?? shares[open.indexOf(p)]! }))
}

/** Percentages of what other components came to, as they are posted. */
function percentages(works: Work[], values: Values): void {
  for (const w of works) {
    const s = w.component.spec
    if (s.shape !== 'percent') continue
    const base = works.filter((x) => s.of.includes(x.component.code)).reduce((n, x) => n + (x.amount?.amount_fen ?? 0), 0)
    if (s.free_when && holds(s.free_when, values)) w.parts.note('符合免收条件')
    else w.parts.add(`${works.filter((x) => s.of.includes(x.component.code)).map((x) => x.component.name).join('、')} ${Number(base) / 100} 元 × ${s.percent}%`, times(ofFen(base), percent(exact(s.percent))))
    w.amount = settled(w.parts, w.rounding)
  }
}

export function quoteValues(t: Tariff, values: Values): Quote {
  const works = new Map<string, Work>()
  const spans = spansOf(t, values)
  for (const span of spans) {
    for (const component of span.version.components) {
      const rounding = component.rounding ?? span.version.rounding
      if (!holds(component.when, span.values)) continue
      const w = works.get(component.code) ?? { component, parts: new Parts(rounding), rounding, amount: null }
      works.set(component.code, { ...w, component, rounding })
      compute(t, works.get(component.code)!, span, values)
    }
  }
  const list = [...works.values()]
  const open = list.filter((w) => w.amount === null && w.component.spec.shape !== 'percent')
  const together = open.filter((w) => w.rounding.place === 'total')
  for (const [i, amount] of (together.length ? settledTogether(together.map((w) => w.parts), together[0]!.rounding) : []).entries()) together[i]!.amount = amount
  for (const w of open) w.amount ??= settled(w.parts, w.rounding)
  percentages(list, values)
  const components = list.map((w): ComponentResult => {
    const c = w.component
    const amount = w.amount!
    return { code: c.code, name: c.name, account_code: c.account_code ?? null, income_owner: c.income_owner, amount_fen: amount.amount_fen, lines: amount.lines, payers: payersOf(c, amount.amount_fen) }
  })
  if (components.length === 0) return { amount_fen: 0, components, lines: [{ component: '', text: '没有适用的费项', amount_fen: 0 }] }
  return { amount_fen: components.reduce((n, c) => fen(n + c.amount_fen), 0), components, lines: components.flatMap((c) => c.lines.map((l) => ({ component: c.name, ...l }))) }
}

export type CaseResult = { id: string; amount_fen: number; quote: Quote; expect_fen: number | null } | { id: string; error: { field: string; reason: string } }

/** All cases against a tariff; one wrong case does not stop the others. */
export function quoteCases(t: Tariff, cases: readonly unknown[]): CaseResult[] {
  const attributes = new Set(attributesOfTariff(t))
  return cases.map((raw, n): CaseResult => {
    const named = typeof raw === 'object' && raw !== null ? ((raw as Values)['id'] ?? (raw as Values)['编号']) : undefined
    try {
      const c: Case = readCase(raw, n, attributes)
      const quote = quoteValues(t, c.values)
      return { id: c.id, amount_fen: quote.amount_fen, quote, expect_fen: c.expect_fen }
    } catch (error) {
      if (error instanceof QuoteFault) return { id: named === undefined ? String(n + 1) : String(named), error: { field: error.field, reason: error.reason } }
      if (error instanceof RangeError) return { id: named === undefined ? String(n + 1) : String(named), error: { field: '(金额)', reason: '数值太大,超出可以计算的范围' } }
      throw error
    }
  })
}

/** First month (YYYY-MM) of the tier year that a month lies in; the month itself where nothing is counted over months. */
export function cycleStartOf(t: Tariff, month: string): string {
  const starts = t.versions.flatMap((v) => v.components).flatMap((c) => (c.spec.shape === 'metered' ? [cycleStart(c.spec, month)] : []))
  return starts.length ? starts.sort()[0]! : month
}
