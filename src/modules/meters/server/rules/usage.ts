// Usage from readings, exact. Pure.
//
// The quantity of a dial at reading R is Q(R) = R × multiplier, rounded half up to 4 decimals; a usage is a difference of such
// quantities, so that any series of readings adds up to the whole: rounding each product of a difference would drift.
// A dial of n whole digits runs over at 10^n. What was billed too much (estimates, readings corrected after their bill) is carried and
// taken off the next usage, what was billed too little is added to it; a usage billed is never negative.
const SCALE = 4
const ONE = 10n ** BigInt(SCALE)

export function units(text: string): bigint {
  const [, minus = '', whole = '', decimals = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  if (whole === '') throw new Error(`not a decimal: ${text}`)
  const n = BigInt(whole + decimals.padEnd(SCALE, '0').slice(0, SCALE))
  return minus ? -n : n
}
export function decimal(n: bigint): string {
  const digits = String(n < 0n ? -n : n).padStart(SCALE + 1, '0')
  const tail = digits.slice(-SCALE).replace(/0+$/, '')
  return `${n < 0n ? '-' : ''}${digits.slice(0, -SCALE)}${tail ? `.${tail}` : ''}`
}
/** Half up, away from zero, at 4 decimals: what round(numeric, 4) does. */
function times(a: bigint, b: bigint): bigint {
  const product = a * b
  const up = (2n * (product < 0n ? -product : product) + ONE) / (2n * ONE)
  return product < 0n ? -up : up
}

export interface Dial {
  previous: string
  reading: string
  multiplier: string
  /** Null: this dial does not run over. */
  whole_digits: number | null
  rolled: boolean
  /** Billed too much before (positive) or too little (negative). */
  carried_in: string
}
export interface Used {
  /** What ran through the meter, before what was carried. */
  ran: string
  /** To be billed. */
  usage: string
  carried_out: string
}

export function usageOf(d: Dial): Used {
  const q = (reading: string) => times(units(reading), units(d.multiplier))
  const round = d.rolled && d.whole_digits !== null ? q(`1${'0'.repeat(d.whole_digits)}`) : 0n
  const ran = q(d.reading) + round - q(d.previous)
  const due = ran - units(d.carried_in)
  return { ran: decimal(ran), usage: decimal(due > 0n ? due : 0n), carried_out: decimal(due < 0n ? -due : 0n) }
}

/** A reading put right after its bill: the bill stands, the difference is carried to the next reading. */
export function settledOf(d: Dial, billed_usage: string): { ran: string; carried_out: string } {
  const q = usageOf(d)
  return { ran: q.ran, carried_out: decimal(units(billed_usage) - (units(q.ran) - units(d.carried_in))) }
}

/** The reading that gives about this usage: previous + usage ÷ multiplier, at the decimals that people read. */
export function readingAfter(previous: string, usage: string, multiplier: string, whole_digits: number | null): { reading: string; rolled: boolean } {
  const step = 10n // a thousandth: three decimals are read
  const m = units(multiplier)
  const n = (2n * units(usage) * ONE + m) / (2n * m)
  const reading = units(previous) + (n / step) * step
  const round = whole_digits === null ? null : units(`1${'0'.repeat(whole_digits)}`)
  return round !== null && reading >= round ? { reading: decimal(reading - round), rolled: true } : { reading: decimal(reading), rolled: false }
}
