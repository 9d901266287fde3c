// The split of a cost over houses by area (F-10), and who passed a vote (民法典 278). Exact: whole fen, whole fractions.
import { divideLargestRemainder, fen } from '../../../../kernel/money.ts'
import type { PolicyData } from '../../shapes.ts'
import type { Vote } from '../../use_contract.ts'

export interface SplitHouse {
  house_id: string
  area_m2: string
}
/** Sums to the cost exactly and does not depend on the order of the houses: fen left over go by largest remainder, then by house id. */
export function splitByArea(cost_fen: number, houses: readonly SplitHouse[]): Map<string, number> {
  const list = [...houses].sort((a, b) => (a.house_id < b.house_id ? -1 : a.house_id > b.house_id ? 1 : 0))
  const shares = divideLargestRemainder(fen(cost_fen), list.map((h) => h.area_m2))
  return new Map(list.map((h, i) => [h.house_id, shares[i]!]))
}

/** What of a share the sub-account pays and what the owner pays in addition (F-09). */
export const drawOf = (share_fen: number, balance_fen: number): { drawn_fen: number; owed_fen: number } => {
  const drawn_fen = Math.min(share_fen, balance_fen)
  return { drawn_fen, owed_fen: share_fen - drawn_fen }
}

const cents = (m2: string): bigint => {
  const [whole = '0', part = ''] = m2.split('.')
  return BigInt(whole) * 1_000_000n + BigInt(part.padEnd(6, '0').slice(0, 6))
}
type Numbers = Omit<Vote, 'passed' | 'rule'>
/** Numbers that cannot be: more joined than there are, more yes and no than joined. */
export function voteProblem(v: Numbers): boolean {
  const people = v.joined_count > v.base_count || v.yes_count + v.objected_count > v.joined_count
  const area = cents(v.joined_m2) > cents(v.base_m2) || cents(v.yes_m2) + cents(v.objected_m2) > cents(v.joined_m2)
  return people || area
}
/** Both heads and area decide. Majority: at least the quorum of all, more than the part of those who joined. Objection: silence is consent. */
export function judgeVote(p: PolicyData, v: Numbers): { passed: boolean; rule: string } {
  const both = (f: (base: bigint, joined: bigint, yes: bigint, no: bigint) => boolean) =>
    f(BigInt(v.base_count), BigInt(v.joined_count), BigInt(v.yes_count), BigInt(v.objected_count)) && f(cents(v.base_m2), cents(v.joined_m2), cents(v.yes_m2), cents(v.objected_m2))
  if (p.vote_method === 'objection') return { passed: both((base, _j, _y, no) => no * BigInt(p.objection_den) < base * BigInt(p.objection_num)), rule: `异议人数和面积均低于全体的 ${p.objection_num}/${p.objection_den}` }
  return {
    passed: both((base, joined, yes) => joined * BigInt(p.quorum_den) >= base * BigInt(p.quorum_num) && yes * BigInt(p.pass_den) > joined * BigInt(p.pass_num)),
    rule: `人数和面积均须参加不低于全体的 ${p.quorum_num}/${p.quorum_den}、同意超过参加的 ${p.pass_num}/${p.pass_den}`,
  }
}
/** Raising (续筹): at least the quorum of all, at least the part of those who joined; exactly the part is enough (1259). */
export function judgeRaise(p: PolicyData, v: Numbers): { passed: boolean; rule: string } {
  const enough = (base: bigint, joined: bigint, yes: bigint) => joined > 0n && joined * BigInt(p.raise_quorum_den) >= base * BigInt(p.raise_quorum_num) && yes * BigInt(p.raise_den) >= joined * BigInt(p.raise_num)
  return {
    passed: enough(BigInt(v.base_count), BigInt(v.joined_count), BigInt(v.yes_count)) && enough(cents(v.base_m2), cents(v.joined_m2), cents(v.yes_m2)),
    rule: `人数和面积均须参加不低于全体的 ${p.raise_quorum_num}/${p.raise_quorum_den}、同意不低于参加的 ${p.raise_num}/${p.raise_den}`,
  }
}
/** What a house pays so that its balance reaches the part of its first deposit; a part of a fen is asked for as a whole one. */
export function topupOf(first_fen: number, balance_fen: number, target_bp: number): number {
  const target = (BigInt(first_fen) * BigInt(target_bp) + 9_999n) / 10_000n
  return Math.max(Number(target) - balance_fen, 0)
}
/** The most that may be spent without a new application. */
export const mostOf = (budget_fen: number, over_budget_bp: number): number => Number((BigInt(budget_fen) * BigInt(10_000 + over_budget_bp)) / 10_000n)
