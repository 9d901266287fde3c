// The price of one portion of a stay. Prices are whole millionths of a yuan, so that a stay of months is added up without fractions.
import { exact, times, type Q } from './exact.ts'
import { boundMinutes, type RateSpec } from './parking_spec.ts'
import { QuoteFault } from './shared.ts'

const MICRO = 1_000_000n
export const ofMicro = (n: bigint): Q => ({ n, d: MICRO })
export function micro(text: string, by?: string): bigint {
  const value = by === undefined ? exact(text) : times(exact(text), exact(by))
  const scaled = value.n * MICRO
  if (scaled % value.d !== 0n) throw new QuoteFault('unit_price', `${text}${by === undefined ? '' : ` × ${by}`} 的小数超过 6 位`)
  return scaled / value.d
}
export function microText(n: bigint): string {
  const minus = n < 0n
  const digits = String(minus ? -n : n).padStart(7, '0')
  const tail = digits.slice(-6).replace(/0+$/, '')
  return `${minus ? '-' : ''}${digits.slice(0, -6)}${tail === '' ? '' : `.${tail}`}`
}

interface StepOf {
  /** Seconds of elapsed time at which the step ends. */
  to: number
  unit: number
  price: bigint
  price_text: string
  /** The first block: paid once, whatever it is cut into. */
  once: boolean
}
export interface Rate {
  steps: readonly StepOf[] | null
  bands: readonly { to: number; price: bigint }[] | null
  then: { unit: number; price: bigint } | null
  per_time: bigint | null
  down: boolean
  ignore: number
}

/** A rate ready for pricing, times the factor of a vehicle class. */
export function rateOf(r: RateSpec, by?: string): Rate {
  const step = (to: number, minutes: number, price: string, once: boolean): StepOf => ({ to, unit: minutes * 60, price: micro(price, by), price_text: microText(micro(price, by)), once })
  const plain = r.unit_price === undefined ? null : [...(r.first ? [step(r.first.minutes * 60, r.first.minutes, r.first.price, true)] : []), step(Infinity, r.unit_minutes ?? 60, r.unit_price, false)]
  const stepped = r.steps?.map((s) => step((boundMinutes(s) ?? Infinity) * 60, s.unit_minutes, s.unit_price, false)) ?? null
  return {
    steps: stepped ?? plain,
    bands: r.bands?.map((b) => ({ to: (boundMinutes(b) ?? Infinity) * 60, price: micro(b.price, by) })) ?? null,
    then: r.then ? { unit: r.then.unit_minutes * 60, price: micro(r.then.unit_price, by) } : null,
    per_time: r.per_time === undefined ? null : micro(r.per_time, by),
    down: r.unit_rounding === 'down',
    ignore: (r.ignore_minutes ?? 0) * 60,
  }
}

/** Units begun, or completed; a last part of up to `ignore` seconds is not counted. */
export function unitsOf(seconds: number, unit: number, rate: Rate): number {
  const n = Math.floor(seconds / unit)
  const rest = seconds - n * unit
  return rest > 0 && !rate.down && rest > rate.ignore ? n + 1 : n
}

export interface Priced {
  amount: bigint
  how: string
}
export const minutesText = (seconds: number): string => (seconds % 60 === 0 ? `${seconds / 60} 分钟` : `${Math.floor(seconds / 60)} 分 ${seconds % 60} 秒`)
export const unitText = (unit: number): string => (unit % 3600 === 0 ? `${unit / 3600 === 1 ? '' : unit / 3600}小时` : `${unit / 60}分钟`)

function bySteps(rate: Rate, seconds: number, elapsed: number): Priced {
  let low = 0
  let amount = 0n
  const how: string[] = []
  for (const s of rate.steps!) {
    const length = Math.min(elapsed + seconds, s.to) - Math.max(elapsed, low)
    if (length > 0) {
      const units = s.once ? (elapsed === 0 ? 1 : 0) : unitsOf(length, s.unit, rate)
      amount += BigInt(units) * s.price
      how.push(s.once ? (units ? `首${unitText(s.unit)} ${s.price_text} 元` : '首段已计') : `${units} 个${unitText(s.unit)} × ${s.price_text} 元`)
    }
    low = s.to
  }
  return { amount, how: how.join(' + ') }
}

function byBands(rate: Rate, seconds: number): Priced {
  const at = rate.bands!.findIndex((b) => seconds <= b.to)
  if (at >= 0) {
    const band = rate.bands![at]!
    return { amount: band.price, how: band.to === Infinity ? '最后一段一口价' : `${minutesText(band.to)}以内一口价` }
  }
  const last = rate.bands!.at(-1)!
  const then = rate.then!
  const units = unitsOf(seconds - last.to, then.unit, rate)
  return { amount: last.price + BigInt(units) * then.price, how: `${minutesText(last.to)} ${microText(last.price)} 元 + ${units} 个${unitText(then.unit)} × ${microText(then.price)} 元` }
}

/** `elapsed`: seconds that the counter of first block and steps has run already. `charged`: its per-time price is paid. */
export function pricePortion(rate: Rate, seconds: number, elapsed: number, charged: boolean): Priced {
  if (rate.per_time !== null) return { amount: charged ? 0n : rate.per_time, how: charged ? '按次已计' : '按次' }
  return rate.bands ? byBands(rate, seconds) : bySteps(rate, seconds, elapsed)
}
