// How a usage came about, as people read it on a bill or a chart. Pure: screens and billing import it.
import { compareDecimal, subtractDecimal, trimDecimal } from '../../kernel/money.ts'

export interface ExplainableReading {
  previous: string
  reading: string
  multiplier: string
  rolled: boolean
  /** Billed too much before (positive) or too little (negative). */
  carried_in: string
  source: string
}

/** "上次 120 → 本次 152", "上次 99990 → 过零 → 本次 12,× 倍率 30,扣上期多计 5". */
export function explainReading(r: ExplainableReading): string {
  const parts = [`上次 ${trimDecimal(r.previous)} → ${r.rolled ? '过零 → ' : ''}${r.source === 'estimate' ? '估抄' : '本次'} ${trimDecimal(r.reading)}`]
  if (compareDecimal(r.multiplier, '1') !== 0) parts.push(`× 倍率 ${trimDecimal(r.multiplier)}`)
  const carried = compareDecimal(r.carried_in, '0')
  if (carried > 0) parts.push(`扣上期多计 ${trimDecimal(r.carried_in)}`)
  if (carried < 0) parts.push(`加上期少计 ${trimDecimal(subtractDecimal('0', r.carried_in))}`)
  return parts.join(',')
}
