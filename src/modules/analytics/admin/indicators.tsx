// How an indicator is written and typed: rates as percent, money in yuan, counts as they are.
import { InputNumber } from 'antd'
import { count, money, percent } from '../../../ui/format.ts'
import type { Control } from '../../../ui/fields.tsx'
import type { Tone } from '../../../ui/bits.tsx'
import { specOf, type Indicator, type Standing } from '../contract_cockpit.ts'
import { words } from '../words.ts'

export const named = (code: Indicator): string => words.states!['indicator']![code]!
export const howOf = (code: Indicator): string => words.states!['indicator_how']![code]!
export const TONES: Record<Standing, Tone> = { good: 'good', short: 'warn', warned: 'bad', none: 'plain' }
export function valueText(code: Indicator, v: number | null): string {
  if (v === null) return '—'
  const { unit } = specOf(code)
  return unit === 'rate' ? percent(v) : unit === 'fen' ? money(v) : count(v)
}
/** 93.50% against 91.20%: ↑ 2.30 个点; money and counts by their difference. */
export function changeText(code: Indicator, v: number | null, before: number | null): string {
  if (v === null || before === null) return ''
  const d = v - before
  if (d === 0) return '持平'
  const size = Math.abs(d)
  return `${d > 0 ? '↑' : '↓'} ${specOf(code).unit === 'rate' ? `${percent(size).slice(0, -1)} 个点` : valueText(code, size)}`
}
const HUNDREDTHS = { rate: 100, fen: 100, count: 1 } as const
/** Stored in ten-thousandths, fen or pieces; typed in percent, yuan or pieces. Both are whole hundredths, so that nothing is lost on the way. */
export function GoalInput({ id, value, onChange, code }: Control & { code: Indicator }) {
  const { unit } = specOf(code)
  const by = HUNDREDTHS[unit]
  return <InputNumber id={id ?? ''} style={{ width: 200 }} min={0} {...(unit === 'rate' ? { max: 100 } : {})} precision={unit === 'count' ? 0 : 2} suffix={unit === 'rate' ? '%' : unit === 'fen' ? '元' : '件'} value={typeof value === 'number' ? value / by : null} onChange={(v) => onChange?.(v === null ? null : Math.round(Number(v) * by))} />
}
