// The parts of an amount: exact while they are gathered, whole fen that add up at the end. An explanation is the list of them.
import { fen, type Fen, yuanGrouped } from '../../../kernel/money.ts'
import { exact, fenOf, isZero, minus, roundTo, show, spread, total, ZERO, type Q } from './exact.ts'
import type { Rounding } from './shared.ts'

/** One row of an explanation: the rows of a component add up to its amount. */
export interface Line {
  text: string
  amount_fen: number
}

interface Part {
  /** Without the result: "180 m³ × 2.07 元/m³". */
  how: string
  amount: Q
  /** A remark: no amount of its own. */
  remark?: true
}

const FEN: Q = { n: 1n, d: 100n }

export class Parts {
  readonly list: Part[] = []
  private readonly rounding: Rounding
  constructor(rounding: Rounding) {
    this.rounding = rounding
  }
  /** Adds a step; with place 'step' it is rounded here. */
  add(how: string, amount: Q): Q {
    const kept = this.rounding.place === 'step' ? roundTo(amount, exact(this.rounding.to), this.rounding.mode) : amount
    this.list.push({ how, amount: kept })
    return kept
  }
  /** A price as it is charged; with place 'price' it is rounded before the quantity meets it. */
  unitPrice(price: Q): { price: Q; rounded: boolean } {
    if (this.rounding.place !== 'price') return { price, rounded: false }
    return { price: roundTo(price, exact(this.rounding.price_to), this.rounding.mode), rounded: true }
  }
  note(text: string): void {
    this.list.push({ how: text, amount: ZERO, remark: true })
  }
  get sum(): Q {
    return total(this.list.map((p) => p.amount))
  }
}

export interface Amount {
  amount_fen: Fen
  exact: Q
  lines: Line[]
}

/** Rounds the sum once, gives each part its fen, and says what rounding to more than a fen did. */
export function settled(parts: Parts, rounding: Rounding): Amount {
  const sum = parts.sum
  const to = exact(rounding.to)
  const fen_sum = roundTo(sum, FEN, rounding.mode)
  const coarse = roundTo(sum, to, rounding.mode)
  // Steps coarser than a fen are a row of their own; the fen themselves go to the parts with the largest remainders.
  const plain = isZero(minus(to, FEN)) ? coarse : fen_sum
  const fens = spreadOver(parts.list, fenOf(plain))
  const lines = parts.list.map((p, i) => lineOf(p, fens[i]!))
  if (lines.length === 0) lines.push({ text: '没有计费内容,0.00 元', amount_fen: 0 })
  const cut = minus(coarse, plain)
  if (!isZero(cut)) lines.push({ text: `${MODES[rounding.mode]}到 ${rounding.to} 元:${signed(cut)} 元`, amount_fen: fenOf(cut) })
  return { amount_fen: fenOf(coarse), exact: sum, lines }
}

const MODES = { half_up: '四舍五入', half_even: '四舍六入五成双', up: '进一', down: '舍去尾数' } as const
const signed = (a: Q): string => `${a.n < 0n ? '' : '+'}${show(a, 4)}`

function lineOf(p: Part, fens: Fen): Line {
  if (p.remark) return { text: p.how, amount_fen: 0 }
  const whole_fen = isZero(minus(p.amount, { n: BigInt(fens), d: 100n }))
  const shown = show(p.amount)
  const result = whole_fen ? `= ${yuanGrouped(fens)} 元` : `${shown.startsWith('≈') ? `≈ ${shown.slice(1)}` : `= ${shown}`} 元,计 ${yuanGrouped(fens)} 元`
  return { text: `${p.how} ${result}`, amount_fen: fens }
}

/** The sum rounded over several components at once (place 'total'): each gets its share by largest remainder. */
export function settledTogether(list: readonly Parts[], rounding: Rounding): Amount[] {
  const sums = list.map((p) => p.sum)
  const shares = spread(sums, fenOf(roundTo(total(sums), exact(rounding.to), rounding.mode)))
  return list.map((parts, i) => {
    const share = shares[i]!
    const fens = spreadOver(parts.list, share)
    return { amount_fen: share, exact: parts.list.length ? sums[i]! : ZERO, lines: parts.list.map((p, j) => lineOf(p, fens[j]!)) }
  })
}

/** Remarks carry nothing; a rounding that has no part to land on does not occur: without parts the sum is nought. */
function spreadOver(list: readonly Part[], sum: Fen): Fen[] {
  const real = list.filter((p) => !p.remark)
  const shares = spread(real.map((p) => p.amount), sum)
  let next = 0
  return list.map((p) => (p.remark ? fen(0) : shares[next++]!))
}
