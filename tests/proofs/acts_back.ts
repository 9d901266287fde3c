// Money that goes back, and money that is held: refunds of payments and of prepayment, deposits.
import fc from 'fast-check'
import { payment } from '../../src/modules/payment/contract.ts'
import { act, house, part, pick, share, which, type Act } from './act.ts'
import type { Deposit, Model, Refund } from './model.ts'
import { decide, expected, today, type Real } from './real.ts'

const payee = { method: 'cash' as const, payee_name: '业主', reason: '重复缴费' }

/** Asked for: the amount is reserved where it came from. */
function asked(m: Model, r: Omit<Refund, 'state' | 'approved_on'>): void {
  m.refunds.push({ ...r, state: 'asked', approved_on: null })
  const p = m.payments.find((x) => x.payment_id === r.payment_id)
  if (p) p.refunding += r.amount
  const d = m.deposits.find((x) => x.deposit_id === r.deposit_id)
  if (d) d.pending += r.amount
}
function released(m: Model, r: Refund, done: boolean): void {
  const p = m.payments.find((x) => x.payment_id === r.payment_id)
  if (p) p.refunding -= r.amount
  if (p && done) p.refunded += r.amount
  const d = m.deposits.find((x) => x.deposit_id === r.deposit_id)
  if (!d) return
  d.pending -= r.amount
  if (!done) return
  d.held -= r.amount
  d.refunded += r.amount
}

const askRefund = act('askRefund', fc.record({ n: which, percents: fc.array(fc.constantFrom(0, 30, 100, 101), { minLength: 1, maxLength: 3 }), wallet: fc.constantFrom(0, 0, 50, 100, 101) }), (m) => m.payments.some((p) => !p.reversed), async (m, r, o) => {
  const p = pick(m.payments.filter((x) => !x.reversed), o.n)
  const lines = p.lines.flatMap((l, i) => {
    const percent = o.percents[i % o.percents.length]!
    return percent > 0 ? [{ bill_id: l.bill_id, fen: share(m.leftOfLine(p, l.bill_id), percent) }] : []
  })
  const waiting = m.refunds.filter((x) => x.house === p.house && x.state === 'asked' && x.wallet > 0 && x.item === p.prepay_item).reduce((n, x) => n + x.wallet, 0)
  const has = Math.max(0, Math.min(p.prepaid - m.refundsOf(p.payment_id).reduce((n, x) => n + x.wallet, 0), m.purse(p.house, p.prepay_item) - waiting))
  const wallet = o.wallet > 0 ? share(has, o.wallet) : 0
  const amount = lines.reduce((n, l) => n + l.fen, wallet)
  const over = lines.some((l) => l.fen > m.leftOfLine(p, l.bill_id))
  const refusal = amount === 0 ? 'payment.refund_nothing' : m.leftOf(p) <= 0 ? 'payment.refund_all' : over ? 'payment.refund_line' : wallet > has ? 'payment.refund_wallet' : amount > m.leftOf(p) ? 'payment.refund_too_much' : null
  const done = await expected(r, 'ask refund', r.t.as('cashier')(payment.askRefund, { ...payee, payment_id: p.payment_id, lines: lines.map((l) => ({ bill_id: l.bill_id, period_on: m.bill(l.bill_id).period_on, amount_fen: l.fen })), wallet_fen: wallet }), refusal)
  if (done) asked(m, { refund_id: done.refund_id, house: p.house, payment_id: p.payment_id, deposit_id: null, item: wallet > 0 ? p.prepay_item : null, lines, wallet, amount })
})

const askWalletRefund = act('askWalletRefund', fc.record({ h: house, item: fc.constantFrom(null, 'fee' as const), percent: part }), (m, o) => m.purse(o.h, o.item && m.estate[o.item]) > 0, async (m, r, o) => {
  const item = o.item && m.estate[o.item]
  const has = m.purse(o.h, item) - m.refunds.filter((x) => x.house === o.h && x.state === 'asked' && x.item === item).reduce((n, x) => n + x.wallet, 0)
  const amount = share(Math.max(0, has), o.percent)
  const done = await expected(r, 'ask refund of prepayment', r.t.as('cashier')(payment.askWalletRefund, { ...payee, house_id: m.estate.houses[o.h]!.house_id, fee_item_id: item, amount_fen: amount }), has < amount ? 'payment.wallet_short' : null)
  if (done) asked(m, { refund_id: done.refund_id, house: o.h, payment_id: null, deposit_id: null, item, lines: [], wallet: amount, amount })
})

/** The next step of a refund: decided, paid out, or cancelled; a step that is not its own is refused. */
const moveRefund = act('moveRefund', fc.record({ n: which, how: fc.constantFrom('agree', 'agree', 'refuse', 'pay', 'pay', 'cancel') }), (m) => m.refunds.length > 0, async (m, r, o) => {
  const open = m.refunds.filter((x) => x.state === 'asked' || x.state === 'approved')
  const x = pick(open.length > 0 && o.n % 5 > 0 ? open : m.refunds, o.n)
  // What is decided already takes its own next step, so that each of them is met in every long run.
  const how = x.state !== 'approved' ? o.how : o.how === 'agree' ? 'pay' : o.how === 'refuse' ? 'cancel' : o.how
  if (how === 'pay' || how === 'cancel') await paidOrCancelled(m, r, x, how)
  else if (x.state === 'asked') await decided(m, r, x, how)
})
async function decided(m: Model, r: Real, x: Refund, how: 'agree' | 'refuse'): Promise<void> {
  const short = how === 'agree' && x.wallet > 0 && x.wallet > m.purse(x.house, x.item)
  if (!(await decide(r, x.refund_id, how, short ? 'payment.wallet_short' : null))) return
  if (how === 'refuse') {
    x.state = 'refused'
    return released(m, x, false)
  }
  x.state = 'approved'
  x.approved_on = today()
  for (const l of x.lines) m.bill(l.bill_id).paid -= l.fen
  if (x.wallet > 0) m.addToPurse(x.house, x.item, -x.wallet)
}
async function paidOrCancelled(m: Model, r: Real, x: Refund, how: 'pay' | 'cancel'): Promise<void> {
  const refusal = x.state === 'approved' ? null : 'payment.refund_state'
  const call = how === 'pay' ? r.t.as('cashier')(payment.payRefund, { refund_id: x.refund_id }) : r.t.as('finance')(payment.cancelRefund, { refund_id: x.refund_id, reason: '改为抵扣' })
  if (!(await expected(r, `${how} refund`, call as Promise<unknown>, refusal))) return
  x.state = how === 'pay' ? 'done' : 'cancelled'
  released(m, x, how === 'pay')
  // Cancelled after approval: bills stay open, the money is prepayment again; bound only where it was asked from that purse alone.
  if (how === 'cancel' && x.deposit_id === null) m.addToPurse(x.house, x.payment_id === null ? x.item : null, x.amount)
}

const takeDeposit = act('takeDeposit', fc.record({ h: house, fen: fc.integer({ min: 1, max: 50_000 }), method: fc.constantFrom('cash', 'wechat') }), () => true, async (m, r, o) => {
  const done = await expected(r, 'take deposit', r.t.as('cashier')(payment.takeDeposit, { house_id: m.estate.houses[o.h]!.house_id, kind_id: m.estate.deposit_kind, amount_fen: o.fen, method: o.method as 'cash' }), null)
  m.deposits.push({ deposit_id: done!.deposit_id, house: o.h, held: o.fen, pending: 0, refunded: 0, forfeited: 0, moved: 0 })
})
const free = (d: Deposit): number => d.held - d.pending

const useDeposit = act('useDeposit', fc.record({ n: which, percent: part, how: fc.constantFrom('refund', 'forfeit', 'move', 'bills') }), (m) => m.deposits.length > 0, async (m, r, o) => {
  const d = pick(m.deposits, o.n)
  const amount = share(free(d), o.percent)
  const refusal = amount > free(d) ? 'payment.deposit_short' : null
  const one = { deposit_id: d.deposit_id, amount_fen: amount, reason: '验收合格' }
  if (o.how === 'refund') {
    const done = await expected(r, 'ask refund of a deposit', r.t.as('cashier')(payment.askDepositRefund, { ...one, ...payee }), refusal)
    if (done) asked(m, { refund_id: done.refund_id, house: d.house, payment_id: null, deposit_id: d.deposit_id, item: null, lines: [], wallet: 0, amount })
  } else if (o.how === 'forfeit') {
    const done = await expected(r, 'forfeit', r.t.as('finance')(payment.askForfeit, one), refusal)
    if (!done) return
    const agreed = o.n % 3 > 0
    await decide(r, done.approval_id, agreed ? 'agree' : 'refuse')
    d.held -= agreed ? amount : 0
    d.forfeited += agreed ? amount : 0
  } else await moved(m, r, d, amount, one, refusal, o.how === 'bills')
})
async function moved(m: Model, r: Real, d: Deposit, amount: number, one: { deposit_id: string; amount_fen: number; reason: string }, refusal: string | null, to_bills: boolean): Promise<void> {
  const bill = to_bills ? m.open(d.house)[0] : undefined
  const fen = bill ? Math.min(m.openOf(bill), amount) : 0
  const done = await expected(r, bill ? 'deposit to bills' : 'deposit to prepayment', r.t.as('finance')(payment.moveDeposit, { ...one, lines: bill ? [{ bill_id: bill.bill_id, period_on: bill.period_on, amount_fen: fen }] : [] }), refusal)
  if (!done) return
  d.held -= amount
  d.moved += amount
  m.addToPurse(d.house, null, amount)
  if (bill) m.pay({ payment_id: done.payment_id!, house: d.house, on: today(), lines: [{ bill_id: bill.bill_id, fen }], prepaid: 0, prepay_item: null, used: [{ item: null, fen }], reversed: false, refunded: 0, refunding: 0 })
}

export const refundActs: fc.Arbitrary<Act>[] = [askRefund, askRefund, askWalletRefund, moveRefund, moveRefund, moveRefund, takeDeposit, useDeposit]
