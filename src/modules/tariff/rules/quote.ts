// A tariff and a case give an amount with its components and their explanation. Pure: no clock, no database, no randomness.
import { addDays, addMonths, daysBetween } from '../../../kernel/clock.ts'
import { divideLargestRemainder, fen, yuan, type Fen } from '../../../kernel/money.ts'
import { attributesOfTariff, readCase, type Case } from './cases.ts'
import { computeCharge } from './charge.ts'
import { compare, exact, fenOf, isZero, least, minus, ofFen, over, percent, roundTo, show, times, total, ZERO, type Q } from './exact.ts'
import { computeFormula } from './formula.ts'
import { lateFeeOver, type LateFeeSpec } from './late_fee.ts'
import { computeMetered } from './metered.ts'
import { cutAt, cycleStart, fromReadings, meteringOf, newTally, usageFrom, type Stretch as MeterStretch, type Tally, type Usage } from './metering.ts'
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
  /** Of a bill over a change of version: the days of this one, and of the whole bill. */
  cut: { from_on: string; to_on: string; first: boolean; last: boolean; bill: { from_on: string; to_on: string } } | null
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
    return { version: versionOn(t, a), values: { ...rest, from_on: a, to_on: b, ...(segments ? { segments } : {}) }, cut: { from_on: a, to_on: b, first: i === 0, last: b === to_on, bill: { from_on, to_on } } }
  })
}

/** Usage up to the day of a change, from a reading of that day: by clock class where the bill has classes. */
function usageUntil(spec: MeteredSpec, values: Values, on: string, bill: Usage, done: Usage): Usage {
  const row = ((values['readings_on'] ?? []) as Values[]).find((r) => r['on'] === on)
  if (!row) throw new QuoteFault('readings_on', `价目 ${on} 变更,按读数分段要有当日读数:readings_on: [{ "on": "${on}", "reading": … }]`)
  const until = readUntil(spec, values, row)
  if ([...bill.keys()].some((k) => !until.has(k)) || until.size !== bill.size) throw new QuoteFault('readings_on', `${on} 的读数要按时段给出:${[...bill.keys()].join('、') || '一个数'}`)
  for (const [k, q] of until) if (compare(q, done.get(k) ?? ZERO) < 0 || compare(q, bill.get(k)!) > 0) throw new QuoteFault('readings_on', `${on} 的读数应在上次与本次读数之间`)
  return until
}
function readUntil(spec: MeteredSpec, values: Values, row: Values): Usage {
  const multiplier = optional(values, 'multiplier', '倍率') ?? exact('1')
  if (row['usage'] !== undefined) return usageFrom(row['usage'], 'readings_on', spec.classes?.map((c) => c.class) ?? [])
  const read = (from: Values, reading: unknown): Q => {
    try {
      return fromReadings({ previous: from['previous'], digits: from['digits'], reading }, multiplier)
    } catch (error) {
      if (error instanceof QuoteFault) throw new QuoteFault('readings_on', error.reason)
      throw error
    }
  }
  const registers = values['readings'] as Record<string, Values> | undefined
  if (row['readings'] === undefined || !registers) return new Map([['', read(values, row['reading'])]])
  return new Map(Object.entries(row['readings'] as Values).map(([k, v]) => [k, read(registers[k] ?? {}, v)]))
}

/** One version's part of a metered bill; what came before counts towards the limits. */
function meteredSpan(t: Tariff, c: Component, span: Span, all: Values, parts: Parts, tally: Tally): void {
  const spec = c.spec as MeteredSpec
  const m = meteringOf(spec, span.cut ? { ...all, from_on: all['from_on'] ?? `${String(all['period'])}-01`, to_on: all['to_on'] ?? `${addMonths(String(all['period']), 1)}-01` } : span.values)
  if (!span.cut) return computeMetered(spec, m, span.values, parts)
  const done: MeterStretch[] = []
  let rest = m.stretches[0]!
  const byReading = (on: string): Usage | undefined => {
    if (t.version_change !== 'by_reading') return undefined
    const before: Usage = new Map([...m.total.keys()].map((k) => [k, total(done.map((s) => s.usage.get(k) ?? ZERO))]))
    return new Map([...usageUntil(spec, all, on, m.total, before)].map(([k, q]) => [k, minus(q, before.get(k) ?? ZERO)]))
  }
  if (span.cut.from_on > rest.from_on!) {
    // Each change before this one, in order: a reading of its day may say what was used until then.
    for (const v of t.versions) {
      if (v.from_on === null || v.from_on <= rest.from_on! || v.from_on > span.cut.from_on) continue
      const [before, after] = cutAt(rest, v.from_on, byReading(v.from_on))
      done.push(before)
      rest = after
    }
  }
  const mine = span.cut.to_on < rest.to_on! ? cutAt(rest, span.cut.to_on, byReading(span.cut.to_on))[0] : rest
  computeMetered(spec, { ...m, stretches: [...done, mine], tally, last: span.cut.last }, span.values, parts, done.length)
}

/** The rules of a late fee in the order of their days; a change counts from its day, or not for what was due before it. */
function lateRules(t: Tariff, c: Component, values: Values): { spec: LateFeeSpec; from_on: string | null }[] {
  const found = t.versions.flatMap((v) => v.components.flatMap((x) => (x.code === c.code && x.spec.shape === 'late_fee' ? [{ spec: x.spec, from_on: v.from_on }] : [])))
  const first = found.findLastIndex((r) => r.from_on === null || r.from_on <= String(values['due_on']))
  if (t.version_change === 'next_bill' || found.length < 2) return [{ spec: c.spec as LateFeeSpec, from_on: null }]
  if (t.version_change === 'at_end') return [found.findLast((r) => r.from_on === null || r.from_on <= String(values['as_of']))!]
  return found.slice(Math.max(0, first))
}
function late(t: Tariff, c: Component, values: Values, rounding: Rounding): Amount {
  const principal_fen = values['principal_fen'] === undefined ? Number(fenOf(roundTo(need(values, 'principal', '本金'), { n: 1n, d: 100n }, 'half_up'))) : Number(values['principal_fen'])
  for (const key of ['due_on', 'as_of']) if (typeof values[key] !== 'string') throw new QuoteFault(key, key === 'due_on' ? '缺少到期日' : '缺少计算截止日')
  const payments = ((values['payments'] ?? []) as Values[]).map((p) => ({ on: String(p['on']), amount_fen: Number(fenOf(roundTo(need(p, 'amount', '金额'), { n: 1n, d: 100n }, 'half_up'))) }))
  const rules = lateRules(t, c, values).map(({ spec, from_on }) => ({ from_on, spec: { ...spec, holidays: [...spec.holidays, ...((values['holidays'] ?? []) as string[])], workdays: [...spec.workdays, ...((values['workdays'] ?? []) as string[])] } }))
  const out = lateFeeOver(rules, { principal_fen, due_on: String(values['due_on']), as_of: String(values['as_of']), payments, lpr_percent: values['lpr_percent'] as string | undefined }, rules.at(-1)!.spec.rounding ?? rounding)
  return { amount_fen: fen(out.amount_fen), exact: ofFen(out.amount_fen), lines: out.lines }
}

interface Work {
  component: Component
  parts: Parts
  rounding: Rounding
  amount: Amount | null
  tally: Tally
  /** What each version added, by its place among the spans; a percentage has its own there. */
  by_span: Map<number, Q>
  rates: Map<number, Component>
}

/** Adds one component of one version to its parts. */
function compute(t: Tariff, w: Work, span: Span, all: Values): void {
  const c = w.component
  const s = c.spec
  const days = span.cut ? { by: daysBetween(span.cut.from_on, span.cut.to_on), of: daysBetween(span.cut.bill.from_on, span.cut.bill.to_on) } : null
  if (s.shape === 'charge') {
    // What is charged once, or paid ahead, is priced on the first day.
    const once = s.per === 'once' || (s.prepay !== undefined && all['prepay_months'] !== undefined)
    if (!span.cut || !once) computeCharge(s, span.values, { proration: span.version.proration, rounding: w.rounding, bill: span.cut?.bill ?? null, refunds: !span.cut ? span.values : span.cut.last ? { ...all, ...span.cut.bill } : null }, w.parts)
    else if (span.cut.first) computeCharge(s, all, { proration: span.version.proration, rounding: w.rounding, bill: null, refunds: all }, w.parts)
  } else if (s.shape === 'metered') meteredSpan(t, c, span, all, w.parts, w.tally)
  else if (s.shape === 'parking') computeParking(s, span.values, w.parts)
  else if (s.shape === 'formula') computeFormula(s, all, w.parts, days)
  else if (s.shape === 'late_fee') w.amount = late(t, c, span.values, w.rounding)
}

/** Fixed amounts go first, then percentages of the whole; who has the rest has the rest. */
function payersOf(c: Component, amount_fen: Fen): PayerShare[] | null {
  if (!c.payers) return null
  if (!c.payers.some((p) => p.rest)) {
    const shares = divideLargestRemainder(amount_fen, c.payers.map((p) => p.percent!))
    return c.payers.map((p, i) => ({ payer: p.payer, amount_fen: shares[i]! }))
  }
  let left: Q = ofFen(amount_fen)
  const take = (wanted: Q): Fen => {
    const part = fenOf(roundTo(least(wanted, left), { n: 1n, d: 100n }, 'half_up'))
    left = minus(left, ofFen(part))
    return part
  }
  const fixed = c.payers.map((p) => (p.amount === undefined ? null : take(exact(p.amount))))
  const taken = c.payers.map((p, i) => (p.percent === undefined ? fixed[i]! : take(times(ofFen(amount_fen), percent(exact(p.percent))))))
  const rest = fenOf(left)
  const at = c.payers.findIndex((p) => p.rest)
  return c.payers.map((p, i) => ({ payer: p.payer, amount_fen: i === at ? rest : (taken[i] ?? 0) }))
}

/** A percentage of what other components came to: in each version its own, of what they came to there. */
function addPercentages(works: readonly Work[], w: Work, spans: readonly Span[]): void {
  const known = works.map((x) => ({ code: x.component.code, name: x.component.name, sum: x.amount ? ofFen(x.amount.amount_fen) : x.parts.sum, by_span: x.by_span, added: total([...x.by_span.values()]) }))
  for (const [at, c] of w.rates) {
    if (c.spec.shape !== 'percent') continue
    const { of, percent: rate, free_when } = c.spec
    const base = known.filter((x) => of.includes(x.code))
    // By what each version added; what came without parts goes to the last.
    const share = (x: (typeof known)[number]): Q => (spans.length === 1 ? x.sum : isZero(x.added) ? (at === spans.length - 1 ? x.sum : ZERO) : times(x.sum, over(x.by_span.get(at) ?? ZERO, x.added)))
    const sum = total(base.map(share))
    const before = w.parts.sum
    if (free_when && holds(free_when, spans[at]!.values)) w.parts.note('符合免收条件')
    else w.parts.add(`${base.map((x) => x.name).join('、')} ${isZero(minus(sum, roundTo(sum, { n: 1n, d: 100n }, 'down'))) ? yuan(fenOf(sum)) : show(sum)} 元 × ${rate}%`, times(sum, percent(exact(rate))))
    w.by_span.set(at, minus(w.parts.sum, before))
  }
}

/** Rounds what was gathered: by itself, or with place 'total' once for all of them. */
function settle(works: readonly Work[], spans: readonly Span[]): void {
  const isPercent = (w: Work) => w.component.spec.shape === 'percent'
  for (const w of works) if (!isPercent(w) && w.rounding.place !== 'total') w.amount ??= settled(w.parts, w.rounding)
  for (const w of works) if (isPercent(w) && w.rounding.place === 'total') addPercentages(works, w, spans)
  const together = works.filter((w) => w.amount === null && w.rounding.place === 'total')
  for (const [i, amount] of (together.length ? settledTogether(together.map((w) => w.parts), together[0]!.rounding) : []).entries()) together[i]!.amount = amount
  for (const w of works) {
    if (w.amount) continue
    addPercentages(works, w, spans)
    w.amount = settled(w.parts, w.rounding)
  }
}

export function quoteValues(t: Tariff, values: Values): Quote {
  const works = new Map<string, Work>()
  const spans = spansOf(t, values)
  for (const [at, span] of spans.entries()) {
    for (const component of span.version.components) {
      const rounding = component.rounding ?? span.version.rounding
      if (!holds(component.when, span.values)) continue
      const w = works.get(component.code) ?? { component, parts: new Parts(rounding), rounding, amount: null, tally: newTally(), by_span: new Map(), rates: new Map() }
      works.set(component.code, { ...w, component, rounding })
      const before = spans.length > 1 ? w.parts.sum : ZERO
      compute(t, works.get(component.code)!, span, values)
      w.rates.set(at, component)
      if (spans.length > 1 && component.spec.shape !== 'percent') w.by_span.set(at, minus(w.parts.sum, before))
    }
  }
  const list = [...works.values()]
  settle(list, spans)
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
  const seen = new Map<string, number>()
  return cases.map((raw, n): CaseResult => {
    const named = typeof raw === 'object' && raw !== null ? ((raw as Values)['id'] ?? (raw as Values)['编号']) : undefined
    try {
      const c: Case = readCase(raw, n, attributes)
      const twin = seen.get(c.id)
      if (twin !== undefined) throw new QuoteFault('id', `与第 ${twin + 1} 个案例的 id 相同,请改成不同的 id`)
      seen.set(c.id, n)
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
