// Usage by clock class, from the registers of a meter: what a tariff with classes prices. The registers are read each by itself, so that they may
// differ from the whole by their last digits, or by what a correction carries over: the whole counts, and the difference goes by shares.
import { compare, exact, isZero, minus, over, plus, roundTo, show, times, total, ZERO, type Q } from '../rules/exact.ts'
import type { Tariff } from '../rules/index.ts'

/** Registers that are clock classes; what is fed back is none. */
export const CLASS_REGISTERS = ['sharp', 'peak', 'flat', 'valley', 'deep'] as const
export type Parts = Record<string, string>

const meteredOf = (t: Tariff) => t.versions.flatMap((v) => v.components.flatMap((c) => (c.spec.shape === 'metered' && c.spec.classes ? [c.spec] : [])))
export const hasClasses = (t: Tariff): boolean => meteredOf(t).length > 0
export const classCodes = (t: Tariff): string[] => [...new Set(meteredOf(t).flatMap((s) => s.classes!.map((c) => c.class)))]
/** Only then it matters of which class the usage before was. */
export const hasOwnLimits = (t: Tariff): boolean => meteredOf(t).some((s) => s.class_split === 'own_limits')

const STEP: Q = { n: 1n, d: 10_000n }
const text = (q: Q): string => show(q, 4)

/** The whole usage by classes; null when the registers say nothing about it. */
export function byClass(usage: string, parts: Parts | null): Parts | null {
  const list = Object.entries(parts ?? {}).sort(([a], [b]) => a.localeCompare(b))
  if (list.length === 0) return null
  const whole = exact(usage)
  const sum = total(list.map(([, v]) => exact(v)))
  if (isZero(minus(whole, sum))) return Object.fromEntries(list.map(([k, v]) => [k, text(exact(v))]))
  if (isZero(sum)) return null
  const shares = list.map(([k, v]): [string, Q] => [k, roundTo(times(whole, over(exact(v), sum)), STEP, 'down')])
  const most = shares.reduce((a, b) => (compare(b[1], a[1]) > 0 ? b : a))[0]
  const rest = minus(whole, total(shares.map(([, q]) => q)))
  return Object.fromEntries(shares.map(([k, q]) => [k, text(k === most ? plus(q, rest) : q)]))
}

export const sumText = (a: string, b: string): string => text(plus(exact(a), exact(b)))
export const sumParts = (a: Parts, b: Parts): Parts => Object.fromEntries([...new Set([...Object.keys(a), ...Object.keys(b)])].map((k) => [k, text(plus(a[k] === undefined ? ZERO : exact(a[k]), b[k] === undefined ? ZERO : exact(b[k])))]))
