// A total from scores and weights in hundredths, rounded half up once, and the grade that it reaches. Whole numbers only. Pure.
import type { Scheme } from '../../contract.ts'

/** '86.50': weights are of a hundred, scores whole: the sum of products is the total in hundredths. */
export function totalOf(items: readonly { weight: number; score: number }[]): string {
  const n = items.reduce((sum, i) => sum + i.weight * i.score, 0)
  return `${Math.floor(n / 100)}.${String(n % 100).padStart(2, '0')}`
}
export function gradeOf(total: string, grades: Scheme['grades']): string {
  const [whole, part] = total.split('.') as [string, string]
  const hundredths = Number.parseInt(whole, 10) * 100 + Number.parseInt(part, 10)
  return grades.toSorted((a, b) => b.from_score - a.from_score).find((g) => hundredths >= g.from_score * 100)?.name ?? grades.at(-1)!.name
}
