// Which steps an amount takes, and whether a table of tiers is one. Pure.
import type { ApprovalStep, ApprovalTiers } from '../../approval_shapes.ts'

/** The steps of the first tier whose limit holds the amount. Without an amount: those of the last tier, the strictest. */
export function stepsFor(tiers: ApprovalTiers, amount_fen: number | null): ApprovalStep[] {
  const last = tiers[tiers.length - 1]!
  if (amount_fen === null) return last.steps
  const size = Math.abs(amount_fen)
  return (tiers.find((t) => t.up_to_fen === null || size <= t.up_to_fen) ?? last).steps
}

/** What is wrong with the tiers, in Chinese; null: nothing. */
export function tiersProblem(tiers: ApprovalTiers, has_amount: boolean): string | null {
  if (!has_amount && tiers.length > 1) return '该事项没有金额,只能设一档'
  for (const [i, t] of tiers.entries()) {
    const last = i === tiers.length - 1
    if (last !== (t.up_to_fen === null)) return last ? '最后一档应为「以上不限」,否则更大的金额没有人审批' : `第 ${i + 1} 档没有上限,后面的档永远用不到`
    const before = i > 0 ? tiers[i - 1]!.up_to_fen! : 0
    if (t.up_to_fen !== null && t.up_to_fen <= before) return `第 ${i + 1} 档的上限应大于第 ${i} 档`
    const keys = t.steps.map((s) => `${s.by}:${s.code}`)
    const twice = keys.findIndex((k, n) => keys.indexOf(k) !== n)
    // The same post may stand twice (two different people of it are needed), but not more often than people can be told apart by the reader.
    if (twice !== -1 && keys.filter((k) => k === keys[twice]).length > 2) return `第 ${i + 1} 档同一审批人出现多于两次`
  }
  return null
}

export type Decided = 'asked' | 'agreed' | 'refused'
/** Where a decision leads: the next step, or the end. */
export function afterDecision(o: { step_no: number; step_count: number; decision: 'agree' | 'refuse' }): { state: Decided; step_no: number } {
  if (o.decision === 'refuse') return { state: 'refused', step_no: o.step_no }
  return o.step_no >= o.step_count ? { state: 'agreed', step_no: o.step_no } : { state: 'asked', step_no: o.step_no + 1 }
}
