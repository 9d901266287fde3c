// How a usage came about, as people read it on a bill or a chart. Pure: screens and billing import it.
import { compareDecimal, fen, subtractDecimal, trimDecimal, yuanGrouped } from '../../kernel/money.ts'

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

/** A part of a shared amount: what there was to share, by what rule, and how much of it is this house's. */
export interface ExplainableShare {
  /** Name of the group. */
  share: string
  kind: string
  method: string
  area_kind: string | null
  quantity: string | null
  unit_price: string | null
  total_fen: number
  weight_sum: string
  house_count: number
  base: string
  floor_coefficient: string
  coefficient: string
  percent: string
  weight: string
}
export type How = ExplainableReading | ExplainableShare
export const isShare = (h: How): h is ExplainableShare => 'share' in h

const SHARE_UNITS: Record<string, string> = { water: ' m³', electricity: ' 度', gas: ' m³', heat: ' kWh', other: '' }
const METHODS: Record<string, string> = { area: '按面积分摊', household: '按户分摊', usage: '按用量分摊', weight: '按权重分摊' }
const AREAS: Record<string, string> = { built: '按建筑面积分摊', inner: '按套内面积分摊', heated: '按供热面积分摊' }

/** "1栋楼梯照明 823 度 × 1.5 元 = 1234.50 元,按建筑面积分摊,36 户合计 3210.4". */
export function explainRule(s: Omit<ExplainableShare, 'base' | 'floor_coefficient' | 'coefficient' | 'percent' | 'weight'>): string {
  const total = `${yuanGrouped(fen(s.total_fen))} 元`
  const from = s.quantity !== null && s.unit_price !== null ? `${trimDecimal(s.quantity)}${SHARE_UNITS[s.kind] ?? ''} × ${trimDecimal(s.unit_price)} 元 = ${total}` : `${total}(供应商账单)`
  return `${s.share} ${from},${(s.method === 'area' ? AREAS[s.area_kind ?? ''] : undefined) ?? METHODS[s.method] ?? s.method},${s.house_count} 户合计 ${short(s.weight_sum)}`
}
/** At most 4 decimals: what is shown, not what is computed with. */
const short = (v: string): string => trimDecimal(v.replace(/(\.\d{4})\d+$/, '$1'))

/** The rule, and "本户 98.5 × 楼层系数 1.2 = 118.2,应摊 45.45 元". */
export function explainShare(s: ExplainableShare, amount_fen: number): string {
  const factors = [
    s.method === 'area' ? `${trimDecimal(s.base)} m²` : trimDecimal(s.base),
    ...(compareDecimal(s.floor_coefficient, '1') === 0 ? [] : [`楼层系数 ${trimDecimal(s.floor_coefficient)}`]),
    ...(compareDecimal(s.coefficient, '1') === 0 ? [] : [`本户系数 ${trimDecimal(s.coefficient)}`]),
    ...(compareDecimal(s.percent, '100') === 0 ? [] : [`${trimDecimal(s.percent)}%`]),
  ]
  return `${explainRule(s)};本户 ${factors.join(' × ')}${factors.length > 1 ? ` = ${short(s.weight)}` : ''},应摊 ${yuanGrouped(fen(amount_fen))} 元`
}
