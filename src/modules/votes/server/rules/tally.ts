// The count by 民法典 278, in whole numbers: area in hundredths of a square metre, fractions compared crosswise. No float decides a vote.
import type { MatterRule, Side } from '../../contract.ts'
import { fraction } from '../../rule_text.ts'

export interface Counts {
  eligible: Side
  agree: Side
  oppose: Side
  abstain: Side
}
/** '98.5' → 9850n: a numeric of two places as the database gives it. */
export function centi(m2: string): bigint {
  const [whole, part = ''] = m2.split('.')
  return BigInt(whole!) * 100n + BigInt(part.padEnd(2, '0').slice(0, 2) || '0')
}
export const ofCenti = (n: bigint): string => `${n / 100n}.${String(n % 100n).padStart(2, '0')}`
const atLeast = (part: bigint, whole: bigint, num: number, den: number): boolean => part * BigInt(den) >= whole * BigInt(num)
const moreThan = (part: bigint, whole: bigint, num: number, den: number): boolean => part * BigInt(den) > whole * BigInt(num)
const atMost = (part: bigint, whole: bigint, num: number, den: number): boolean => part * BigInt(den) <= whole * BigInt(num)

/** Hundredths of a percent, rounded down: what is shown as 66.66 % has not reached two thirds. */
export function percentOf(part: bigint, whole: bigint): string {
  if (whole === 0n) return '0.00%'
  const bp = (part * 10_000n) / whole
  return `${bp / 100n}.${String(bp % 100n).padStart(2, '0')}%`
}
const grouped = (m2: string): string => m2.replace(/^\d+/, (w) => w.replace(/\B(?=(?:\d{3})+$)/g, ','))
const both = (s: { count: bigint; m2: bigint }, of: { count: bigint; m2: bigint }): string => `${s.count} 人(${percentOf(s.count, of.count)})、${grouped(ofCenti(s.m2))} ㎡(${percentOf(s.m2, of.m2)})`
const sum = (...list: Side[]): { count: bigint; m2: bigint } => ({ count: list.reduce((n, s) => n + BigInt(s.count), 0n), m2: list.reduce((n, s) => n + centi(s.m2), 0n) })

export const quorumOf = (r: MatterRule, eligible: Side, joined: Side): boolean => atLeast(BigInt(joined.count), BigInt(eligible.count), r.quorum_num, r.quorum_den) && atLeast(centi(joined.m2), centi(eligible.m2), r.quorum_num, r.quorum_den)

/** Both measures, each against its own base: the quorum of all, the majority of participants; who abstains takes part. */
export function judge(r: MatterRule, c: Counts): { quorum_met: boolean; passed: boolean; sentence: string } {
  const [all, joined, yes, no] = [sum(c.eligible), sum(c.agree, c.oppose, c.abstain), sum(c.agree), sum(c.oppose)]
  const head = `应参加 ${all.count} 人、${grouped(ofCenti(all.m2))} ㎡;参加 ${both(joined, all)}`
  if (r.method === 'objection') {
    const passed = all.count > 0n && atMost(no.count, all.count, r.pass_num, r.pass_den) && atMost(no.m2, all.m2, r.pass_num, r.pass_den)
    return { quorum_met: true, passed, sentence: `${head};反对 ${both(no, all)},${passed ? '都不超过' : '有一项超过'}全体的${fraction(r.pass_num, r.pass_den)}:${passed ? '通过' : '未通过'}。` }
  }
  const met = joined.count > 0n && atLeast(joined.count, all.count, r.quorum_num, r.quorum_den) && atLeast(joined.m2, all.m2, r.quorum_num, r.quorum_den)
  const reach = r.inclusive ? atLeast : moreThan
  const agreed = reach(yes.count, joined.count, r.pass_num, r.pass_den) && reach(yes.m2, joined.m2, r.pass_num, r.pass_den)
  const passed = met && agreed
  const quorum = `${met ? '都达到' : '未都达到'}${fraction(r.quorum_num, r.quorum_den)}`
  const goal = r.inclusive ? `${agreed ? '都达到' : '未都达到'}参与者的${fraction(r.pass_num, r.pass_den)}` : `${agreed ? '都超过' : '未都超过'}参与者的${fraction(r.pass_num, r.pass_den)}`
  return { quorum_met: met, passed, sentence: `${head},${quorum};同意 ${both(yes, joined)},${goal};反对 ${no.count} 人,弃权 ${c.abstain.count} 人:${passed ? '通过' : met ? '未通过' : '参与不足,未通过'}。` }
}

/** Below what the law demands no rule of a community may go. */
export function belowLaw(r: MatterRule): boolean {
  if (r.method === 'objection') return r.matter !== 'fund_use' || r.pass_num * 3 > r.pass_den
  if (r.quorum_num > r.quorum_den || r.pass_num > r.pass_den || r.quorum_num * 3 < r.quorum_den * 2) return true
  const heavy = r.matter === 'fund_raise' || r.matter === 'rebuild' || r.matter === 'change_use'
  if (heavy) return r.pass_num * 4 < r.pass_den * 3
  return r.inclusive ? r.pass_num * 2 <= r.pass_den : r.pass_num * 2 < r.pass_den
}
