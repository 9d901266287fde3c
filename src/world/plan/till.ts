// How an amount is handed over at the desk.
import { dice, type Dice } from './random.ts'
import type { Group } from './groups.ts'
import type { Method } from './habits.ts'

export interface PlanTender {
  method: Method | 'wallet'
  amount_fen: number
  reference?: string
}
export interface Till {
  tenders: PlanTender[]
  change_fen: number
}

const digits = (d: Dice, n: number): string => Array.from({ length: n }, () => String(d.int(0, 9))).join('')
function reference(d: Dice, method: Method): string | undefined {
  if (method === 'wechat') return `4200${digits(d, 24)}`
  if (method === 'alipay') return `2026${digits(d, 24)}`
  if (method === 'card') return `POS${digits(d, 12)}`
  return method === 'transfer' ? `HD${digits(d, 14)}` : undefined
}
const one = (slip: Dice, method: Method, amount_fen: number): PlanTender => {
  const ref = reference(slip, method)
  return { method, amount_fen, ...(ref === undefined ? {} : { reference: ref }) }
}

/** Notes that cover the amount: a family with 386.20 hands over 390 or 400. */
function notes(d: Dice, amount_fen: number): number {
  const step = amount_fen < 10_000 ? d.pick([1000, 5000]) : d.pick([1000, 5000, 10_000])
  return Math.ceil(amount_fen / step) * step
}

/** `wallet_fen` is what the prepayment covers of it. */
export function tillOf(m: Pick<Group, 'community' | 'group' | 'method'>, month: string, label: string, amount_fen: number, wallet_fen: number): Till {
  const d = dice('till', m.group, month, label)
  // Two communities have a flat of the same number: a slip's number is of one payment alone, and the desk takes it once.
  const slip = dice('slip', m.community, m.group, month, label)
  const wallet: PlanTender[] = wallet_fen > 0 ? [{ method: 'wallet', amount_fen: wallet_fen }] : []
  const rest = amount_fen - wallet_fen
  if (rest === 0) return { tenders: wallet, change_fen: 0 }
  // Now and then somebody pays otherwise than usual.
  const method = m.method !== 'transfer' && d.chance(0.08) ? 'cash' : m.method
  if (method === 'mixed' && rest >= 20_000) {
    const cash = Math.floor(rest / 20_000) * 10_000
    return { tenders: [...wallet, one(slip, 'cash', cash), one(slip, 'wechat', rest - cash)], change_fen: 0 }
  }
  if (method === 'cash' || method === 'mixed') {
    const given = notes(d, rest)
    return { tenders: [...wallet, one(slip, 'cash', given)], change_fen: given - rest }
  }
  return { tenders: [...wallet, one(slip, method, rest)], change_fen: 0 }
}
