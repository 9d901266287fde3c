// Numerators over denominators by indicator, against the targets of the day. Pure: whole numbers, exactly the target is reached.
import { CODES, type Code, type Rate } from '../../shapes.ts'

export interface Sum { code: Code; numerator_count: number; denominator_count: number; unknown_count: number; no_count: number }
export function ratesOf(sums: readonly Sum[], target_bp: (code: Code) => number): Rate[] {
  return CODES.map((code) => {
    const own = sums.filter((s) => s.code === code)
    const add = (k: Exclude<keyof Sum, 'code'>): number => own.reduce((n, s) => n + s[k], 0)
    const [n, d, target] = [add('numerator_count'), add('denominator_count'), target_bp(code)]
    return { code, numerator_count: n, denominator_count: d, rate_bp: d === 0 ? null : Math.floor((n * 10_000) / d), target_bp: target, met: d === 0 ? null : n * 10_000 >= target * d, unknown_count: add('unknown_count'), no_count: add('no_count') }
  })
}
