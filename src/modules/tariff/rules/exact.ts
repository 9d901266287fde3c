// Exact arithmetic of tariffs: fractions of BigInt. A third of a month, or a clock class's share of a tier, has no finite decimal, and a
// rounding in between gives other fen. Rounding happens where the tariff says, by the functions at the end. Runs in the browser too.
import { MoneyError, fen, type Fen } from '../../../kernel/money.ts'

/** n / d with d > 0. */
export interface Q {
  readonly n: bigint
  readonly d: bigint
}

export const ZERO: Q = { n: 0n, d: 1n }
export const ONE: Q = { n: 1n, d: 1n }
export const HUNDRED: Q = { n: 100n, d: 1n }

/** Fractions are shortened only when they have grown: most never do. */
const BIG = 10n ** 24n

function gcd(a: bigint, b: bigint): bigint {
  let x = a < 0n ? -a : a
  let y = b
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

function made(n: bigint, d: bigint): Q {
  if (d === 0n) throw new MoneyError('divide_by_zero', 'division by zero')
  const [top, bottom] = d < 0n ? [-n, -d] : [n, d]
  if (bottom < BIG) return { n: top, d: bottom }
  const by = gcd(top, bottom)
  return { n: top / by, d: bottom / by }
}

export const whole = (value: number): Q => ({ n: BigInt(value), d: 1n })
/** A decimal as text, '2.80'. */
export function exact(text: string): Q {
  const dot = text.indexOf('.')
  if (dot < 0) return { n: BigInt(text), d: 1n }
  return { n: BigInt(text.slice(0, dot) + text.slice(dot + 1)), d: 10n ** BigInt(text.length - dot - 1) }
}
export const ratio = (n: number, d: number): Q => made(BigInt(n), BigInt(d))
export const ofFen = (amount: number): Q => ({ n: BigInt(amount), d: 100n })

export const plus = (a: Q, b: Q): Q => (a.d === b.d ? { n: a.n + b.n, d: a.d } : made(a.n * b.d + b.n * a.d, a.d * b.d))
export const minus = (a: Q, b: Q): Q => plus(a, negated(b))
export const times = (a: Q, b: Q): Q => made(a.n * b.n, a.d * b.d)
export const over = (a: Q, b: Q): Q => made(a.n * b.d, a.d * b.n)
export const negated = (a: Q): Q => ({ n: -a.n, d: a.d })
export const percent = (a: Q): Q => made(a.n, a.d * 100n)

export function compare(a: Q, b: Q): -1 | 0 | 1 {
  const left = a.n * b.d
  const right = b.n * a.d
  return left < right ? -1 : left > right ? 1 : 0
}
export const isZero = (a: Q): boolean => a.n === 0n
export const isNegative = (a: Q): boolean => a.n < 0n
export const least = (a: Q, b: Q): Q => (compare(a, b) <= 0 ? a : b)
export const most = (a: Q, b: Q): Q => (compare(a, b) >= 0 ? a : b)
export const total = (list: readonly Q[]): Q => list.reduce(plus, ZERO)

export type RoundingMode = 'half_up' | 'half_even' | 'up' | 'down'

/** A whole number by the mode; up and half_up go away from zero, so that a credit mirrors its charge. */
function wholeBy(a: Q, mode: RoundingMode): bigint {
  const negative = a.n < 0n
  const n = negative ? -a.n : a.n
  const floor = n / a.d
  const rest = n % a.d
  let add = 0n
  if (mode === 'up') add = rest > 0n ? 1n : 0n
  else if (mode === 'half_up') add = rest * 2n >= a.d ? 1n : 0n
  else if (mode === 'half_even') add = rest * 2n > a.d || (rest * 2n === a.d && floor % 2n === 1n) ? 1n : 0n
  return negative ? -(floor + add) : floor + add
}

/** To the nearest multiple of `step`: 0.01, 0.5, 1. */
export const roundTo = (a: Q, step: Q, mode: RoundingMode): Q => times({ n: wholeBy(over(a, step), mode), d: 1n }, step)
export const ceiling = (a: Q): bigint => {
  const floor = a.n / a.d
  return a.n > 0n && a.n % a.d !== 0n ? floor + 1n : floor
}
export const floorOf = (a: Q): bigint => {
  const cut = a.n / a.d
  return a.n < 0n && a.n % a.d !== 0n ? cut - 1n : cut
}

/** Only of an amount that is a whole number of fen already. */
export function fenOf(a: Q): Fen {
  const cents = a.n * 100n
  if (cents % a.d !== 0n) throw new Error('not a whole number of fen')
  const value = cents / a.d
  if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < -BigInt(Number.MAX_SAFE_INTEGER)) throw new MoneyError('out_of_range', `fen beyond 2^53: ${value}`)
  return fen(Number(value))
}

/** Whole fen for exact parts that add up to `sum_fen`: each its floor, the rest to the largest remainders, ties to the earlier part. */
export function spread(parts: readonly Q[], sum_fen: Fen): Fen[] {
  const cents = parts.map((p) => ({ floor: floorOf({ n: p.n * 100n, d: p.d }), rest: ZERO }))
  let left = BigInt(sum_fen) - cents.reduce((n, c) => n + c.floor, 0n)
  // Most amounts are whole fen already.
  if (left === 0n) return cents.map((c) => fen(Number(c.floor)))
  for (const [i, c] of cents.entries()) c.rest = minus({ n: parts[i]!.n * 100n, d: parts[i]!.d }, { n: c.floor, d: 1n })
  const order = cents.map((_, i) => i).toSorted((a, b) => compare(cents[b]!.rest, cents[a]!.rest) || a - b)
  const out = cents.map((c) => c.floor)
  // A rounding mode may take away more than the remainders give: then the smallest remainders pay.
  for (let i = 0; left > 0n && order.length > 0; i = (i + 1) % order.length, left -= 1n) out[order[i]!]! += 1n
  for (let i = order.length - 1; left < 0n && order.length > 0; i = i === 0 ? order.length - 1 : i - 1, left += 1n) out[order[i]!]! -= 1n
  return out.map((n) => fen(Number(n)))
}

/** The decimal when there is a finite one of at most `places`, else rounded, which `≈` says. */
export function show(a: Q, places = 6): string {
  const scale = 10n ** BigInt(places)
  const units = wholeBy({ n: a.n * scale, d: a.d }, 'half_up')
  const approx = units * a.d !== a.n * scale
  const digits = String(units < 0n ? -units : units).padStart(places + 1, '0')
  const tail = digits.slice(digits.length - places).replace(/0+$/, '')
  return `${approx ? '≈' : ''}${units < 0n ? '-' : ''}${digits.slice(0, digits.length - places)}${tail === '' ? '' : `.${tail}`}`
}
