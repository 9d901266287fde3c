// Which spending wants a second look. Pure: what is known of the request and its neighbours, and the rules as data; amounts in fen.
import { fen, yuanGrouped } from '../../../../kernel/money.ts'
import type { Flag } from '../../contract.ts'

export interface FlagRule {
  code: Flag['code']
  enabled: boolean
  limit_fen: number | null
  days: number | null
}
/** In force until a company sets its own. */
export const DEFAULT_RULES: readonly FlagRule[] = [
  { code: 'over_budget', enabled: true, limit_fen: null, days: null },
  { code: 'no_budget', enabled: true, limit_fen: null, days: null },
  { code: 'split', enabled: true, limit_fen: 1_000_000, days: 30 },
  { code: 'same_supplier_day', enabled: true, limit_fen: null, days: null },
  { code: 'weekend', enabled: false, limit_fen: null, days: null },
  { code: 'round_sum', enabled: true, limit_fen: 1_000_000, days: null },
]
export interface Facts {
  amount_fen: number
  asked_on: string
  /** null: no budget for the account. */
  budget_fen: number | null
  /** Spent and asked for before, of the same budget. */
  used_fen: number
  /** Requests to the same supplier in the days of the split rule, without this one. */
  near: readonly { amount_fen: number; asked_on: string }[]
}
const money = (n: number): string => yuanGrouped(fen(n))

export function flagsOf(f: Facts, rules: readonly FlagRule[]): Flag[] {
  const out: Flag[] = []
  for (const r of rules) {
    if (!r.enabled) continue
    const detail = FINDERS[r.code](f, r)
    if (detail !== null) out.push({ code: r.code, detail })
  }
  return out
}
const FINDERS: Record<Flag['code'], (f: Facts, r: FlagRule) => string | null> = {
  over_budget: (f) => (f.budget_fen !== null && f.used_fen + f.amount_fen > f.budget_fen ? `预算 ${money(f.budget_fen)},已用与申请中 ${money(f.used_fen)},本次 ${money(f.amount_fen)}` : null),
  no_budget: (f) => (f.budget_fen === null ? '该科目没有预算' : null),
  // Each below the limit, together above it.
  split: (f, r) => {
    if (r.limit_fen === null || f.amount_fen > r.limit_fen) return null
    const small = f.near.filter((n) => n.amount_fen <= r.limit_fen!)
    const sum = small.reduce((n, x) => n + x.amount_fen, f.amount_fen)
    return small.length > 0 && sum > r.limit_fen ? `${r.days ?? 30} 天内同一收款单位 ${small.length + 1} 笔,合计 ${money(sum)},每笔不超过 ${money(r.limit_fen)}` : null
  },
  same_supplier_day: (f) => {
    const same = f.near.filter((n) => n.asked_on === f.asked_on).length
    return same > 0 ? `当天另有 ${same} 笔付给同一收款单位` : null
  },
  weekend: (f) => ([0, 6].includes(new Date(`${f.asked_on}T00:00:00Z`).getUTCDay()) ? '周末申请' : null),
  round_sum: (f, r) => (r.limit_fen !== null && f.amount_fen >= r.limit_fen && f.amount_fen % r.limit_fen === 0 ? `${money(r.limit_fen)} 的整数倍` : null),
}
