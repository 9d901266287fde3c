// Slots of a place on a day, and what they cost. Pure: what is booked and closed comes from outside. Hours are the community's clock (UTC+8, no summer time).
import type { Band, FeeLine, Hours, Price, Rule } from '../../contract.ts'
import { fen, yuanGrouped } from '../../../../kernel/money.ts'

export interface Span {
  from_at: string
  to_at: string
}
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const minutesOf = (clock: string): number => Number.parseInt(clock.slice(0, 2), 10) * 60 + Number.parseInt(clock.slice(3), 10)
const midnightMs = (day: string): number => Date.parse(`${day}T00:00:00+08:00`)
const iso = (ms: number): string => new Date(ms).toISOString()
/** 1 is Monday. */
export const weekdayOf = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay() || 7
export const overlaps = (a: Span, b: Span): boolean => Date.parse(a.from_at) < Date.parse(b.to_at) && Date.parse(b.from_at) < Date.parse(a.to_at)

/** What is wrong with opening hours or price bands; `overlap` where two lines may not speak of the same hour. */
export function hoursFault(hours: readonly Hours[], o: { slot_min?: number; overlap: boolean }): { n: number; why: string } | null {
  for (const [i, h] of hours.entries()) {
    const [from, to] = [minutesOf(h.from), minutesOf(h.to)]
    if (from >= to) return { n: i + 1, why: '结束应晚于开始,跨零点的请分两段写' }
    if (o.slot_min && to - from < o.slot_min) return { n: i + 1, why: `不足一段(${o.slot_min} 分钟)` }
    const other = o.overlap ? -1 : hours.findIndex((x, j) => j < i && x.days.some((d) => h.days.includes(d)) && minutesOf(x.from) < to && from < minutesOf(x.to))
    if (other >= 0) return { n: i + 1, why: `与第 ${other + 1} 段重叠` }
  }
  return null
}

/** Each window cut from its beginning; what is left over at its end is not offered. */
export function slotsOf(rule: Pick<Rule, 'hours' | 'slot_min'>, day: string): Span[] {
  const at = midnightMs(day)
  return rule.hours.filter((h) => h.days.includes(weekdayOf(day))).map((h) => [minutesOf(h.from), minutesOf(h.to)] as const).sort((a, b) => a[0] - b[0]).flatMap(([from, to]) =>
    Array.from({ length: Math.floor((to - from) / rule.slot_min) }, (_, i) => ({ from_at: iso(at + (from + i * rule.slot_min) * MINUTE_MS), to_at: iso(at + (from + (i + 1) * rule.slot_min) * MINUTE_MS) })))
}
/** So many slots on end from this moment; null where there is no slot, or a gap within. */
export function runOf(slots: readonly Span[], from_at: string, count: number): Span[] | null {
  const i = slots.findIndex((s) => s.from_at === from_at)
  const run = slots.slice(i, i + count)
  return i >= 0 && run.length === count && run.every((s, k) => k === 0 || run[k - 1]!.to_at === s.from_at) ? run : null
}

/** The first band that the slot begins in, else the general price. */
export function slotFen(price: Pick<Price, 'slot_fen' | 'bands'> | null, day: string, from_at: string): number {
  if (!price) return 0
  const m = (Date.parse(from_at) - midnightMs(day)) / MINUTE_MS
  return price.bands.find((b: Band) => b.days.includes(weekdayOf(day)) && minutesOf(b.from) <= m && m < minutesOf(b.to))?.slot_fen ?? price.slot_fen
}
const clockText = (ms: number, day: string): string => { const m = (ms - midnightMs(day)) / MINUTE_MS; return `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}` }
export const spanText = (s: Span, day: string): string => `${clockText(Date.parse(s.from_at), day)}–${clockText(Date.parse(s.to_at), day)}`
/** The fee of slots on end: one line for as many as stand at one price. */
export function feeOf(price: Pick<Price, 'slot_fen' | 'bands'> | null, day: string, run: readonly Span[], unit_count: number, unit_word: string): { lines: FeeLine[]; amount_fen: number } {
  const lines: (Omit<FeeLine, 'text' | 'amount_fen'> & Span)[] = []
  for (const s of run) {
    const slot_fen = slotFen(price, day, s.from_at)
    const last = lines.at(-1)
    if (last && last.slot_fen === slot_fen) { last.slot_count++; last.to_at = s.to_at } else lines.push({ ...s, slot_fen, slot_count: 1, unit_count })
  }
  const done = lines.map(({ from_at, to_at, ...l }): FeeLine => {
    const amount_fen = l.slot_fen * l.slot_count * unit_count
    return { ...l, amount_fen, text: `${spanText({ from_at, to_at }, day)} ${l.slot_fen === 0 ? '免费' : `${yuanGrouped(fen(l.slot_fen))} 元 × ${l.slot_count} 段${unit_count > 1 ? ` × ${unit_count} ${unit_word}` : ''} = ${yuanGrouped(fen(amount_fen))} 元`}` }
  })
  return { lines: done, amount_fen: done.reduce((n, l) => n + l.amount_fen, 0) }
}
/** What stays with the place when it is given back too late: half a fen up. */
export const lateFen = (amount_fen: number, percent: number): number => Math.floor((amount_fen * percent + 50) / 100)
export const freeUntil = (from_at: string, cancel_hours: number): string => iso(Date.parse(from_at) - cancel_hours * HOUR_MS)
export const laterBy = (at: string, minutes: number): string => iso(Date.parse(at) + minutes * MINUTE_MS)
