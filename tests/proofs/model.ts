// What the money of an estate should be, in plain arithmetic and without a look at the product: bills, purses, deposits, payments and refunds
// in memory. Whole fen; prices and rates as BigInt.
import { addDays } from '../../src/kernel/clock.ts'
import { CAP_BP, DAILY, FIXED, PRICE, type Estate } from './estate.ts'

export interface Bill {
  bill_id: string
  house: number
  period_on: string
  item: 'fee' | 'waste' | 'late'
  amount: number
  paid: number
  reduced: number
  due_on: string
  void: boolean
  /** The principal of a late fee. */
  of: string | null
  /** What made it smaller or larger again by waivers, by day. */
  reductions: { on: string; fen: number }[]
}
export interface Paid {
  payment_id: string
  house: number
  on: string
  lines: { bill_id: string; fen: number }[]
  prepaid: number
  prepay_item: string | null
  used: { item: string | null; fen: number }[]
  reversed: boolean
  refunded: number
  refunding: number
}
export interface Refund {
  refund_id: string
  house: number
  payment_id: string | null
  deposit_id: string | null
  item: string | null
  lines: { bill_id: string; fen: number }[]
  wallet: number
  amount: number
  state: 'asked' | 'approved' | 'done' | 'refused' | 'cancelled'
  approved_on: string | null
}
export interface Deposit {
  deposit_id: string
  house: number
  held: number
  pending: number
  refunded: number
  forfeited: number
  moved: number
}
export interface Waiver {
  waiver_id: string
  lines: { bill_id: string; fen: number }[]
  reversed: boolean
}

/** decimal × decimal in fen, half up. */
export function product(a: string, b: string): number {
  const whole = (x: string): [bigint, number] => [BigInt(x.replace('.', '')), x.split('.')[1]?.length ?? 0]
  const [[m, i], [n, k]] = [whole(a), whole(b)]
  const scale = 10n ** BigInt(i + k)
  return Number((m * n * 200n + scale) / (2n * scale))
}

export class Model {
  bills: Bill[] = []
  purses: { general: number; bound: Map<string, number> }[]
  payments: Paid[] = []
  refunds: Refund[] = []
  deposits: Deposit[] = []
  waivers: Waiver[] = []
  readonly estate: Estate
  constructor(estate: Estate) {
    this.estate = estate
    this.purses = estate.houses.map(() => ({ general: 0, bound: new Map() }))
  }
  bill(bill_id: string): Bill {
    return this.bills.find((b) => b.bill_id === bill_id)!
  }
  openOf(b: Bill): number {
    return b.void ? 0 : b.amount - b.paid - b.reduced
  }
  /** Oldest first, as the rule of deduction wants them. */
  open(house: number): Bill[] {
    return this.bills.filter((b) => b.house === house && this.openOf(b) > 0).sort((a, b) => (a.period_on + a.due_on + a.bill_id < b.period_on + b.due_on + b.bill_id ? -1 : 1))
  }
  itemId(b: Bill): string | null {
    return b.item === 'late' ? null : this.estate[b.item]
  }
  purse(house: number, item: string | null): number {
    return item === null ? this.purses[house]!.general : (this.purses[house]!.bound.get(item) ?? 0)
  }
  addToPurse(house: number, item: string | null, fen: number): void {
    if (item === null) this.purses[house]!.general += fen
    else this.purses[house]!.bound.set(item, this.purse(house, item) + fen)
  }
  charge(house: number, item: 'fee' | 'waste'): number {
    return item === 'fee' ? product(this.estate.houses[house]!.area, PRICE) : product('1', FIXED)
  }
  billed(house: number, item: 'fee' | 'waste', period_on: string): boolean {
    return this.bills.some((b) => !b.void && b.house === house && b.item === item && b.period_on === period_on)
  }
  pay(p: Paid): void {
    this.payments.push(p)
    for (const l of p.lines) this.bill(l.bill_id).paid += l.fen
    if (p.prepaid > 0) this.addToPurse(p.house, p.prepay_item, p.prepaid)
    for (const u of p.used) this.addToPurse(p.house, u.item, -u.fen)
  }
  /** Bound money pays its own item first, oldest first; then the general purse, oldest first. */
  deduct(house: number, wanted: readonly { bill: Bill; fen: number }[], cap = Number.MAX_SAFE_INTEGER): { lines: { bill_id: string; fen: number }[]; used: { item: string | null; fen: number }[]; total: number } {
    const left = new Map<string | null, number>([[null, this.purses[house]!.general], ...this.purses[house]!.bound])
    const lines = new Map<string, number>()
    const used = new Map<string | null, number>()
    let rest = cap
    for (const own of [true, false])
      for (const { bill, fen } of wanted) {
        const key = own ? this.itemId(bill) : null
        if (own && key === null) continue
        const n = Math.min(fen - (lines.get(bill.bill_id) ?? 0), left.get(key) ?? 0, rest)
        if (n <= 0) continue
        left.set(key, left.get(key)! - n)
        lines.set(bill.bill_id, (lines.get(bill.bill_id) ?? 0) + n)
        used.set(key, (used.get(key) ?? 0) + n)
        rest -= n
      }
    const list = [...lines].map(([bill_id, fen]) => ({ bill_id, fen }))
    return { lines: list, used: [...used].map(([item, fen]) => ({ item, fen })), total: list.reduce((n, l) => n + l.fen, 0) }
  }
  /** Refunds of a payment that count against its lines: all but the refused and those withdrawn before approval. */
  refundsOf(payment_id: string): Refund[] {
    return this.refunds.filter((r) => r.payment_id === payment_id && r.state !== 'refused' && !(r.state === 'cancelled' && r.approved_on === null))
  }
  leftOfLine(p: Paid, bill_id: string): number {
    const paid = p.lines.find((l) => l.bill_id === bill_id)!.fen
    // A refund names a bill once, whichever payment it comes from; lines of other payments' refunds are not this one's.
    return paid - this.refundsOf(p.payment_id).reduce((n, r) => n + (r.lines.find((l) => l.bill_id === bill_id)?.fen ?? 0), 0)
  }
  total(p: Paid): number {
    return p.lines.reduce((n, l) => n + l.fen, 0) + p.prepaid
  }
  /** Money that came with this payment and is still there to go back. */
  leftOf(p: Paid): number {
    return this.total(p) - p.used.reduce((n, u) => n + u.fen, 0) - p.refunded - p.refunding
  }
  /** Day by day over what was open in the morning; the cap; one rounding. */
  lateFee(b: Bill, as_of: string): number {
    const moves = [
      ...b.reductions,
      ...this.payments.filter((p) => !p.reversed).flatMap((p) => p.lines.filter((l) => l.bill_id === b.bill_id).map((l) => ({ on: p.on, fen: l.fen }))),
      ...this.refunds.filter((r) => r.approved_on !== null).flatMap((r) => r.lines.filter((l) => l.bill_id === b.bill_id).map((l) => ({ on: r.approved_on!, fen: -l.fen }))),
    ]
    let sum = 0n
    for (let day = addDays(b.due_on, 1); day <= as_of; day = addDays(day, 1)) {
      const base = b.amount - moves.reduce((n, m) => n + (m.on < day ? m.fen : 0), 0)
      if (base > 0) sum += BigInt(base)
    }
    // The rate has four decimals, the cap hundredths of a percent: both in ten-thousandths. Not a fen above the cap, so it is cut, not rounded.
    const rounded = (sum * BigInt(DAILY.split('.')[1]!) * 2n + 10_000n) / 20_000n
    const cap = (BigInt(b.amount) * BigInt(CAP_BP)) / 10_000n
    return Number(rounded < cap ? rounded : cap)
  }
  lateRest(b: Bill, as_of: string): number {
    const billed = this.bills.reduce((n, x) => n + (x.of === b.bill_id && !x.void ? x.amount : 0), 0)
    return Math.max(0, this.lateFee(b, as_of) - billed)
  }
}
