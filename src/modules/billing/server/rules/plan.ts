// How payments cover the parts of a plan: oldest part first. Pure.
export interface Part {
  part_no: number
  due_on: string
  amount_fen: number
}
export interface CoveredPart extends Part {
  settled_fen: number
  state: 'paid' | 'partly' | 'open' | 'late'
}
export function coverParts(parts: readonly Part[], settled_fen: number, today: string): { parts: CoveredPart[]; behind_fen: number; next_on: string | null; oldest_late_on: string | null } {
  let left = settled_fen
  const covered = parts.map((p): CoveredPart => {
    const mine = Math.max(0, Math.min(left, p.amount_fen))
    left -= mine
    return { ...p, settled_fen: mine, state: mine === p.amount_fen ? 'paid' : p.due_on < today ? 'late' : mine > 0 ? 'partly' : 'open' }
  })
  const late = covered.filter((p) => p.state === 'late')
  return { parts: covered, behind_fen: late.reduce((n, p) => n + p.amount_fen - p.settled_fen, 0), next_on: covered.find((p) => p.state !== 'paid')?.due_on ?? null, oldest_late_on: late[0]?.due_on ?? null }
}

/** The sum in equal parts, a month apart; the fen left over go to the first. */
export function equalParts(total_fen: number, count: number): number[] {
  const each = Math.floor(total_fen / count)
  return Array.from({ length: count }, (_, i) => (i === 0 ? total_fen - each * (count - 1) : each))
}
