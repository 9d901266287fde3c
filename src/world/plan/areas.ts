// Areas in whole hundredths of a square metre, so that sums come out exactly.
import { fen, divideLargestRemainder } from '../../kernel/money.ts'

export const m2 = (hundredths: number): string => `${Math.trunc(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`
export const hundredths = (area_m2: string): number => {
  const [whole = '0', part = ''] = area_m2.split('.')
  return Number(whole) * 100 + Number(part.padEnd(2, '0').slice(0, 2))
}
export const sumM2 = (list: readonly (string | null)[]): string => m2(list.reduce((sum, a) => sum + (a === null ? 0 : hundredths(a)), 0))
/** Parts of a total by weight, adding up to it. */
export const parts = (total: number, weights: readonly number[]): number[] => divideLargestRemainder(fen(total), weights.map(String))
