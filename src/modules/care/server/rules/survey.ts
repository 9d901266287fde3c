// Drawing and counting, pure: the same seed draws the same households, and an answer fits its question.
import { createHash } from 'node:crypto'
import type { Question } from '../../contract.ts'

/** From 4 on somebody is satisfied. */
export const SATISFIED = 4
/** Fewer replies of a building than this would show who said what. */
export const FEW = 3
/**
 * Which buildings of an anonymous survey are not shown: those with few replies, and where these together are few the next smallest too, or the total less what
 * is shown would say what they answered.
 */
export function tooFew(replies: readonly number[]): boolean[] {
  const hidden = replies.map((n) => n > 0 && n < FEW)
  for (;;) {
    const sum = replies.reduce((s, n, i) => (hidden[i] ? s + n : s), 0)
    if (sum === 0 || sum >= FEW) return hidden
    const next = replies.map((n, i) => ({ n, i })).filter((x) => x.n > 0 && !hidden[x.i]).toSorted((a, b) => a.n - b.n)[0]
    if (!next) return hidden
    hidden[next.i] = true
  }
}
const rank = (seed: string, id: string): string => createHash('sha256').update(`${seed} ${id}`).digest('hex')
/** Of each building a share (rounded up) or a number, by the order of a keyed hash: nobody picks, and anybody can draw again. */
export function drawn(houses: readonly { house_id: string; building_id: string }[], plan: { seed: string; way: 'percent' | 'number'; size: number }): string[] {
  const by = Map.groupBy(houses, (h) => h.building_id)
  return [...by.values()].flatMap((list) => {
    const n = plan.way === 'percent' ? Math.ceil((list.length * Math.min(plan.size, 100)) / 100) : Math.min(plan.size, list.length)
    return list.map((h) => [rank(plan.seed, h.house_id), h.house_id] as const).toSorted((a, b) => (a[0] < b[0] ? -1 : 1)).slice(0, n).map(([, id]) => id)
  })
}
export function checkReply(questions: readonly Question[], answers: readonly { key: string; value: string }[]): { filled: Record<string, string> } | { wrong: { zh: string; why: string } } {
  const given = new Map(answers.map((a) => [a.key, a.value.trim()]))
  const filled: Record<string, string> = {}
  for (const q of questions) {
    const value = given.get(q.key) ?? ''
    if (value === '') {
      if (q.needed) return { wrong: { zh: q.zh, why: '必答' } }
      continue
    }
    if (q.kind === 'scale' && !/^[1-5]$/.test(value)) return { wrong: { zh: q.zh, why: '请选 1 到 5 分' } }
    if (q.kind === 'choice' && !q.options.includes(value)) return { wrong: { zh: q.zh, why: '请从选项中选择' } }
    filled[q.key] = value
  }
  return { filled }
}
export function questionFault(questions: readonly Question[]): string | undefined {
  if (new Set(questions.map((q) => q.key)).size !== questions.length) return '问题代码不能重复'
  if (new Set(questions.map((q) => q.zh)).size !== questions.length) return '问题不能重复'
  const choice = questions.find((q) => q.kind === 'choice' && q.options.length < 2)
  return choice ? `「${choice.zh}」至少要有两个选项` : undefined
}
