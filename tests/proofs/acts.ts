// What may happen to the money of an estate, as people do it at the desk and in the office: each act is done or refused as the model says, and
// then everything is compared. Numbers are resolved against the model when the act runs, so that a shorter history still makes sense.
import fc from 'fast-check'
import { billing } from '../../src/modules/billing/contract.ts'
import { payment } from '../../src/modules/payment/contract.ts'
import type { Model, Paid } from './model.ts'
import { act, house, pick, share, which, type Act } from './act.ts'
import { decide, deskAgrees, expected, forward, newBills, today } from './real.ts'
import { refundActs } from './acts_back.ts'
import { closeMonth } from './acts_close.ts'

const key = (m: Model, l: { bill_id: string; fen: number }) => ({ bill_id: l.bill_id, period_on: m.bill(l.bill_id).period_on, amount_fen: l.fen })
const sum = (list: readonly { fen: number }[]): number => list.reduce((n, x) => n + x.fen, 0)
const METHODS = ['cash', 'card', 'wechat', 'transfer'] as const
/** Of each open bill a part, or nothing of it. */
const parts = fc.array(fc.oneof(fc.constant(0), fc.constant(100), fc.integer({ min: 1, max: 99 })), { minLength: 1, maxLength: 4 })
const chosen = (m: Model, h: number, percents: readonly number[]) => m.open(h).flatMap((bill, i) => (percents[i % percents.length]! > 0 ? [{ bill, bill_id: bill.bill_id, fen: share(m.openOf(bill), percents[i % percents.length]!) }] : []))

export const publish = act('publish', fc.constantFrom(['fee'] as const, ['waste'] as const, ['fee', 'waste'] as const), () => true, async (m, r, items) => {
  const run = await r.t.as('cashier')(billing.createRun, { community_id: m.estate.community_id, period: today().slice(0, 7), fee_item_ids: items.map((i) => m.estate[i]) })
  await expected(r, 'publish by its maker', r.t.as('cashier')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash }), 'kernel.forbidden')
  const period_on = `${today().slice(0, 7)}-01`
  const due = m.estate.houses.flatMap((_, h) => items.filter((i) => !m.billed(h, i, period_on)).map((i) => ({ house: h, item: i, amount: m.charge(h, i) })))
  const done = await expected(r, due.length ? 'publish' : 'publish again', r.t.as('finance')(billing.publishRun, { run_id: run.run_id, input_hash: run.input_hash }), null)
  const made = await newBills(r, m)
  const plain = made.map((b) => `${m.estate.houses.findIndex((x) => x.house_id === b.house_id)} ${b.fee_item_id} ${b.period_on} ${b.amount_fen}`).sort().join()
  if (plain !== due.map((d) => `${d.house} ${m.estate[d.item]} ${period_on} ${d.amount}`).sort().join() || done!.published_count !== due.length) throw new Error(`billed ${plain}`)
  for (const b of made) m.bills.push({ bill_id: b.bill_id, house: m.estate.houses.findIndex((x) => x.house_id === b.house_id), period_on, item: b.fee_item_id === m.estate.fee ? 'fee' : 'waste', amount: b.amount_fen, paid: 0, reduced: 0, due_on: b.due_on, void: false, of: null, reductions: [] })
})

/** Any number of bills, in part or whole, by up to three tenders, with change, the rest prepaid. */
const pay = act('pay', fc.record({ h: house, percents: parts, prepay: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20_000 })), bound: fc.option(fc.constantFrom('fee', 'waste'), { nil: null }), methods: fc.uniqueArray(fc.constantFrom(...METHODS), { minLength: 1, maxLength: 3 }), change: fc.nat(500), over: fc.integer({ min: 0, max: 9 }) }),
  (m, p) => chosen(m, p.h, p.percents).length > 0 || p.prepay > 0,
  async (m, r, p) => {
    const lines = chosen(m, p.h, p.percents)
    const over = p.over === 0 && lines.length > 0 ? m.openOf(lines[0]!.bill) + 1 - lines[0]!.fen : 0
    const asked = lines.map((l, i) => ({ ...l, fen: l.fen + (i === 0 ? over : 0) }))
    const due = sum(asked) + p.prepay
    const each = Math.floor(due / p.methods.length)
    const tenders = p.methods.map((method, i) => ({ method, amount_fen: i === 0 ? due - each * (p.methods.length - 1) : each })).filter((x) => x.amount_fen > 0)
    const cash = tenders.find((x) => x.method === 'cash')
    const change = cash ? p.change : 0
    if (cash) cash.amount_fen += change
    const item = p.prepay > 0 && p.bound ? m.estate[p.bound] : null
    const house_id = m.estate.houses[p.h]!.house_id
    const done = await expected(r, 'pay', r.t.as('cashier')(payment.takePayment, { house_id, lines: asked.map((l) => key(m, l)), prepay_fen: p.prepay, prepay_item_id: item, tenders, change_fen: change }), over ? 'payment.more_than_open' : null)
    if (done) m.pay({ payment_id: done.payment_id, house: p.h, on: today(), lines: lines.map(({ bill_id, fen }) => ({ bill_id, fen })), prepaid: p.prepay, prepay_item: item, used: [], reversed: false, refunded: 0, refunding: 0 })
    await deskAgrees(r, m, p.h)
  })

const payFromPurse = act('payFromPurse', fc.record({ h: house, percents: parts }), (m, p) => chosen(m, p.h, p.percents).length > 0, async (m, r, p) => {
  const lines = chosen(m, p.h, p.percents)
  const d = m.deduct(p.h, lines)
  const due = sum(lines)
  const done = await expected(r, 'pay from prepayment', r.t.as('cashier')(payment.takePayment, { house_id: m.estate.houses[p.h]!.house_id, lines: lines.map((l) => key(m, l)), tenders: [{ method: 'wallet', amount_fen: due }] }), d.total < due ? 'payment.wallet_short' : null)
  if (done) m.pay({ payment_id: done.payment_id, house: p.h, on: today(), lines: d.lines, prepaid: 0, prepay_item: null, used: d.used, reversed: false, refunded: 0, refunding: 0 })
})

const deductAll = act('deduct', fc.constant(null), (m) => m.estate.houses.some((_, h) => m.deduct(h, m.open(h).map((bill) => ({ bill, fen: m.openOf(bill) }))).total > 0), async (m, r) => {
  const plans = m.estate.houses.map((_, h) => m.deduct(h, m.open(h).map((bill) => ({ bill, fen: m.openOf(bill) }))))
  await expected(r, 'deduct', r.t.as('finance')(payment.startDeduct, { community_id: m.estate.community_id }), null)
  await r.t.drain()
  for (const [h, plan] of plans.entries()) {
    if (plan.total === 0) continue
    const found = (await r.t.as('finance')(payment.payments, { house_id: m.estate.houses[h]!.house_id, source: 'auto', page_size: 200 })).rows.filter((x) => !m.payments.some((p) => p.payment_id === x.payment_id))
    if (found.length !== 1) throw new Error(`${found.length} deductions of house ${h}`)
    m.pay({ payment_id: found[0]!.payment_id, house: h, on: today(), lines: plan.lines, prepaid: 0, prepay_item: null, used: plan.used, reversed: false, refunded: 0, refunding: 0 })
  }
})

const reverse = act('reverse', fc.record({ n: which, refuse: fc.integer({ min: 0, max: 5 }) }), (m) => m.payments.length > 0, async (m, r, { n, refuse }) => {
  const p: Paid = pick(m.payments, n)
  const gone = p.refunded + p.refunding > 0 || m.refunds.some((x) => x.payment_id === p.payment_id && x.state === 'cancelled' && x.approved_on !== null)
  const asked = await expected(r, 'ask reversal', r.t.as('finance')(payment.askReversal, { payment_id: p.payment_id, reason: '收错了户' }), p.reversed ? 'payment.already_reversed' : gone ? 'payment.refund_exists' : null)
  if (!asked) return
  const spent = p.prepaid > m.purse(p.house, p.prepay_item)
  const decision = spent || refuse === 0 ? 'refuse' : 'approve'
  if (spent) await expected(r, 'reverse', r.t.as('finance2')(payment.decideReversal, { reversal_id: asked.reversal_id, decision: 'approve' }), 'payment.prepaid_used')
  await expected(r, decision === 'approve' ? 'reverse' : 'refuse reversal', r.t.as('finance2')(payment.decideReversal, { reversal_id: asked.reversal_id, decision }), null)
  if (decision === 'refuse') return
  p.reversed = true
  for (const l of p.lines) m.bill(l.bill_id).paid -= l.fen
  if (p.prepaid > 0) m.addToPurse(p.house, p.prepay_item, -p.prepaid)
  for (const u of p.used) m.addToPurse(p.house, u.item, u.fen)
})

const voidBill = act('voidBill', which, (m) => m.bills.length > 0, async (m, r, n) => {
  const b = pick(m.bills, n)
  const done = await expected(r, 'void', r.t.as('finance')(billing.voidBill, { bill_id: b.bill_id, reason: '录入有误' }), b.void ? 'billing.already_void' : b.paid > 0 ? 'billing.already_paid' : null)
  if (done) b.void = true
})

const waive = act('waive', fc.record({ n: which, percent: fc.integer({ min: 1, max: 100 }), kind: fc.constantFrom('waiver', 'write_off'), refuse: fc.integer({ min: 0, max: 4 }) }), (m) => m.bills.some((b) => m.openOf(b) > 0), async (m, r, p) => {
  const b = pick(m.bills.filter((x) => m.openOf(x) > 0), p.n)
  const fen = share(m.openOf(b), p.percent)
  const asked = await expected(r, 'ask waiver', r.t.as('cashier')(billing.askWaiver, { bills: [{ bill_id: b.bill_id, period_on: b.period_on }], kind: p.kind as 'waiver', how: 'sum', sum_fen: fen, amount_fen: fen, reason: '服务瑕疵' }), null)
  await decide(r, asked!.approval_id, p.refuse === 0 ? 'refuse' : 'agree')
  if (p.refuse === 0) return
  b.reduced += fen
  b.reductions.push({ on: today(), fen })
  m.waivers.push({ waiver_id: asked!.waiver_id, lines: [{ bill_id: b.bill_id, fen }], reversed: false })
})
const unwaive = act('unwaive', which, (m) => m.waivers.length > 0, async (m, r, n) => {
  const w = pick(m.waivers, n)
  const gone = w.lines.some((l) => m.bill(l.bill_id).void)
  const done = await expected(r, 'take a waiver back', r.t.as('finance')(billing.reverseWaiver, { waiver_id: w.waiver_id, reason: '依据不实' }), w.reversed ? 'billing.waiver_not_done' : gone ? 'billing.waiver_voided' : null)
  if (!done) return
  w.reversed = true
  for (const l of w.lines) {
    m.bill(l.bill_id).reduced -= l.fen
    m.bill(l.bill_id).reductions.push({ on: today(), fen: -l.fen })
  }
})

const lateFee = act('lateFee', house, (m, h) => m.bills.some((b) => b.house === h), async (m, r, h) => {
  const due = m.bills.filter((b) => b.house === h && b.item === 'fee' && !b.void).map((b) => ({ b, rest: m.lateRest(b, today()) })).filter((x) => x.rest > 0)
  const done = await expected(r, 'charge late fees', r.t.as('cashier')(billing.billLateFees, { house_id: m.estate.houses[h]!.house_id }), due.length === 0 ? 'billing.late_nothing' : null)
  if (!done) return
  const made = await newBills(r, m)
  const plain = (list: { of: string | null; fen: number }[]): string => list.map((x) => `${x.of} ${x.fen}`).sort().join()
  if (plain(made.map((x) => ({ of: x.of_bill_id, fen: x.amount_fen }))) !== plain(due.map((x) => ({ of: x.b.bill_id, fen: x.rest })))) throw new Error(`late fees ${plain(made.map((x) => ({ of: x.of_bill_id, fen: x.amount_fen })))}, not ${plain(due.map((x) => ({ of: x.b.bill_id, fen: x.rest })))}`)
  for (const x of made) m.bills.push({ bill_id: x.bill_id, house: h, period_on: x.period_on, item: 'late', amount: x.amount_fen, paid: 0, reduced: 0, due_on: x.due_on, void: false, of: x.of_bill_id, reductions: [] })
})

const wait = act('wait', fc.integer({ min: 1, max: 25 }), () => true, async (_m, _r, days) => forward(days))

const common = [publish, publish, pay, pay, pay, payFromPurse, deductAll, reverse, voidBill, waive, unwaive, lateFee]
export const acts: fc.Arbitrary<Act>[] = [...common, wait, wait, closeMonth, ...refundActs]
/** Those that need no other day. */
export const sameDay = { publish, pay, deduct: deductAll, reverse, all: [...common, ...refundActs], refunds: refundActs }
