// The split of a shared amount. Pure: the same houses give the same parts in whatever order they come, and the parts are the whole.
import { divideLargestRemainder, fen, type Fen } from '../../../../kernel/money.ts'

export interface FloorBand {
  from_floor: number
  to_floor: number
  /** At most 4 decimals. */
  coefficient: string
}
export interface ShareHouse {
  house_id: string
  label: string
  floor_no: number
  state: string
  /** Area, 1, usage or weight of its own; at most 4 decimals. */
  base: string
  /** Of the house; 0 = takes no part. */
  coefficient: string
}
export interface SharePart extends ShareHouse {
  floor_coefficient: string
  percent: string
  /** base × floor × own × percent, exact. */
  weight: string
  amount_fen: Fen
}

/** Exact product of decimals, without needless zeros. */
export function product(...factors: string[]): string {
  let n = 1n
  let scale = 0
  for (const f of factors) {
    const [whole, decimals = ''] = f.split('.')
    n *= BigInt(whole + decimals)
    scale += decimals.length
  }
  const text = String(n).padStart(scale + 1, '0')
  const tail = scale ? text.slice(-scale).replace(/0+$/, '') : ''
  return `${scale ? text.slice(0, -scale) : text}${tail ? `.${tail}` : ''}`
}

/** A floor that no band names counts 1. */
export const floorCoefficient = (bands: readonly FloorBand[], floor_no: number): string => bands.find((b) => b.from_floor <= floor_no && floor_no <= b.to_floor)?.coefficient ?? '1'

const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export type SplitResult = { ok: true; parts: SharePart[] } | { ok: false; why: 'no_weight' }

/** Parts in the order of house numbers: at equal remainders the fen left over fall to the earlier number, however the houses were read. */
export function splitShare(total_fen: number, houses: readonly ShareHouse[], rule: { floors: readonly FloorBand[]; vacant_percent: string; unsold_percent: string }): SplitResult {
  const weighed = [...houses]
    .sort((a, b) => (inOrder(a.label, b.label) || inOrder(a.house_id, b.house_id)))
    .map((h) => {
      const floor_coefficient = floorCoefficient(rule.floors, h.floor_no)
      const percent = h.state === 'vacant' ? rule.vacant_percent : h.state === 'unsold' ? rule.unsold_percent : '100'
      return { ...h, floor_coefficient, percent, weight: product(h.base, floor_coefficient, h.coefficient, percent, '0.01') }
    })
  if (!weighed.some((w) => /[1-9]/.test(w.weight))) return { ok: false, why: 'no_weight' }
  const amounts = divideLargestRemainder(fen(total_fen), weighed.map((w) => w.weight))
  return { ok: true, parts: weighed.map((w, i) => ({ ...w, amount_fen: amounts[i]! })) }
}
