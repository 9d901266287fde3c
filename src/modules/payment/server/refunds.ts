// Refunds from the desk: what can go back, asking, paying out, cancelling. Deciding is the approval's (system); moving money is refund_state.ts.
import { sql } from 'kysely'
import { z } from 'zod'
import { answer, type App } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { sealText } from '../../../kernel/seal.ts'
import { houseToRead } from '../../property/server/index.ts'
import { approvalKind, askApproval, type ApprovalKind } from '../../system/server/index.ts'
import { payment, type RefundMethod } from '../contract.ts'
import { words } from '../words.ts'
import { paymentToRead, seen } from './access.ts'
import { linesByKey, periodText } from './bills.ts'
import { enterDrawer, myDrawer } from './drawer.ts'
import { drawNumber } from './numbers.ts'
import { backOf, giftOf, mostOf, reserveBack } from './promotion_back.ts'
import { itemOf, lockPurses } from './purses.ts'
import { approveRefund, cancelApproved, dropRefund, lockRefund, reserve, settleRefund, wrongState } from './refund_state.ts'
import { refundReads } from './refund_rows.ts'

/** Paid out by a person. What came through a channel goes back through it first of all: `original` leads there (refund_channel.ts carries it out). */
const MANUAL: readonly RefundMethod[] = ['cash', 'transfer', 'card', 'wechat', 'alipay', 'other']

/** Lines and prepayment of a payment that are still there to go back. Call with the payment locked when it is acted upon. */
export async function leftOf(scope: Scope, p: { payment_id: string; house_id: string; total_fen: number; prepaid_fen: number; prepay_item_id: string | null; refunded_fen: number; refunding_fen: number }) {
  const c = scope.company_id
  const live = sql`f.company_id = ${c} and f.payment_id = ${p.payment_id} and f.state <> 'refused' and not (f.state = 'cancelled' and f.decided_at is null)`
  const r = await sql<{ bill_id: string; period_on: string; amount_fen: number; refunded_fen: number }>`
    select a.bill_id, a.period_on, a.amount_fen, coalesce((select sum(l.amount_fen) from payment.refund_line l join payment.refund f on f.refund_id = l.refund_id and ${live} where l.company_id = ${c} and l.bill_id = a.bill_id), 0)::bigint as refunded_fen
    from payment.allocation a where a.company_id = ${c} and a.payment_id = ${p.payment_id}`.execute(scope.db)
  const sums = await sql<{ wallet_fen: number; used_fen: number; settlement_id: string | null }>`select
    coalesce((select sum(f.wallet_fen) from payment.refund f where ${live} and f.source = 'payment'), 0)::bigint as wallet_fen,
    coalesce((select sum(t.amount_fen) from payment.tender t where t.company_id = ${c} and t.payment_id = ${p.payment_id} and t.method = 'wallet'), 0)::bigint as used_fen,
    (select s.settlement_id from payment.settlement s where s.company_id = ${c} and s.payment_id = ${p.payment_id} limit 1) as settlement_id`.execute(scope.db)
  const s = sums.rows[0]!
  return {
    lines: r.rows,
    settlement_id: s.settlement_id,
    // What others have asked back of the purse already counts as gone.
    wallet_left_fen: Math.max(0, Math.min(p.prepaid_fen - s.wallet_fen, await mostOf(scope, { house_id: p.house_id, fee_item_id: p.prepay_item_id, payment_id: p.payment_id }))),
    // Prepayment that this payment used came with another payment: it is no money of this one.
    left_fen: p.total_fen - s.used_fen - p.refunded_fen - p.refunding_fen,
  }
}

const refundable = answer(payment.refundable, async (scope, { payment_id }) => {
  const p = await paymentToRead(scope, payment_id)
  const left = await leftOf(scope, p)
  const shown = await linesByKey(scope, left.lines)
  const dead = p.reversed_at !== null
  return {
    payment_id, house_id: p.house_id, prepay_item_id: p.prepay_item_id, receipt_no: p.receipt_no, payer_name: p.payer_name,
    lines: left.lines.map((l) => ({ bill_id: l.bill_id, period_on: l.period_on, fee_item_name: shown.get(l.bill_id)!.fee_item_name, paid_fen: l.amount_fen, refunded_fen: l.refunded_fen, left_fen: dead ? 0 : l.amount_fen - l.refunded_fen })).sort((a, b) => a.period_on.localeCompare(b.period_on)),
    wallet_left_fen: dead ? 0 : left.wallet_left_fen, left_fen: dead ? 0 : left.left_fen, methods: [...(left.settlement_id ? (['original'] as const) : []), ...MANUAL],
  }
})

interface Payee {
  method: RefundMethod
  payee_name: string
  payee_bank?: string | undefined
  payee_account?: string | undefined
  reason: string
}
interface Subject {
  house: { house_id: string; community_id: string; building_id: string; label: string }
  source: 'payment' | 'wallet' | 'deposit'
  payment_id: string | null
  deposit_id: string | null
  fee_item_id: string | null
  settlement_id: string | null
  wallet_fen: number
  amount_fen: number
  /** What is refunded, in words, for whoever decides. */
  what: string
}
/** Writes the refund, reserves its amount and asks for approval. Everything else has been checked. */
export async function writeRefund(scope: Scope, s: Subject, payee: Payee, lines: readonly { bill_id: string; period_on: string; amount_fen: number }[]) {
  if (payee.method === 'transfer' && (!payee.payee_account || !payee.payee_bank)) throw scope.refuse('payment.refund_payee')
  const c = scope.company_id
  const refund_id = uuidv7()
  const back = s.wallet_fen > 0 ? await backOf(scope, { house_id: s.house.house_id, fee_item_id: s.fee_item_id, payment_id: s.payment_id, amount_fen: s.wallet_fen }) : []
  await reserve(scope, s)
  const refund_no = await drawNumber(scope, 'refund')
  await scope.db
    .insertInto('payment.refund')
    .values({
      company_id: c, refund_id, refund_no, community_id: s.house.community_id, building_id: s.house.building_id, house_id: s.house.house_id, source: s.source, payment_id: s.payment_id, deposit_id: s.deposit_id, fee_item_id: s.fee_item_id,
      amount_fen: s.amount_fen, wallet_fen: s.wallet_fen, gift_back_fen: giftOf(back), method: payee.method, settlement_id: payee.method === 'original' ? s.settlement_id : null, payee_name: payee.payee_name, payee_bank: payee.payee_bank || null,
      payee_account_sealed: payee.payee_account ? sealText(payee.payee_account) : null, payee_account_tail: payee.payee_account?.slice(-4) ?? null, reason: payee.reason, state: 'asked', asked_by: scope.who.account_id!, asked_at: scope.now,
    })
    .execute()
  if (lines.length > 0) await scope.db.insertInto('payment.refund_line').values(lines.map((l) => ({ company_id: c, refund_id, bill_id: l.bill_id, period_on: l.period_on, amount_fen: l.amount_fen }))).execute()
  await reserveBack(scope, refund_id, back)
  await askApproval(scope, refundApproval, { subject_type: 'refund', subject_id: refund_id, community_id: s.house.community_id, amount_fen: s.amount_fen, payload: {}, reason: payee.reason, title: `退款 ${s.house.label} ${s.what} ${yuanGrouped(fen(s.amount_fen))} 元` })
  scope.note('refund', refund_id, { refund_no, house: s.house.label, amount_fen: s.amount_fen, method: payee.method })
  return { refund_id, refund_no, amount_fen: s.amount_fen }
}

const askRefund = answer(payment.askRefund, async (scope, ask) => {
  const p = await paymentToRead(scope, ask.payment_id, true)
  if (p.reversed_at) throw scope.refuse('payment.already_reversed', { receipt_no: p.receipt_no })
  const pending = await scope.db.selectFrom('payment.reversal').select('reversal_id').where('company_id', '=', scope.company_id).where('payment_id', '=', p.payment_id).where('state', '=', 'asked').executeTakeFirst()
  if (pending) throw scope.refuse('payment.reversal_pending', { receipt_no: p.receipt_no })
  if (new Set(ask.lines.map((l) => l.bill_id)).size !== ask.lines.length) throw scope.refuse('payment.same_bill_twice')
  const amount_fen = ask.lines.reduce((n, l) => n + l.amount_fen, ask.wallet_fen)
  if (amount_fen === 0) throw scope.refuse('payment.refund_nothing')
  const left = await leftOf(scope, p)
  if (left.left_fen <= 0) throw scope.refuse('payment.refund_all')
  const by = new Map(left.lines.map((l) => [l.bill_id, l.amount_fen - l.refunded_fen]))
  const over = ask.lines.find((l) => l.amount_fen > (by.get(l.bill_id) ?? 0))
  if (over) {
    const line = (await linesByKey(scope, [over])).get(over.bill_id)
    if (!by.has(over.bill_id)) throw scope.notFound()
    throw scope.refuse('payment.refund_line', { item: line?.fee_item_name ?? '账单', period: line ? periodText(line) : '', left: yuanGrouped(fen(by.get(over.bill_id) ?? 0)), asked: yuanGrouped(fen(over.amount_fen)) })
  }
  if (ask.wallet_fen > left.wallet_left_fen) throw scope.refuse('payment.refund_wallet', { left: yuanGrouped(fen(left.wallet_left_fen)), asked: yuanGrouped(fen(ask.wallet_fen)) })
  if (amount_fen > left.left_fen) throw scope.refuse('payment.refund_too_much', { receipt_no: p.receipt_no, total: yuanGrouped(fen(p.total_fen)), gone: yuanGrouped(fen(p.refunded_fen + p.refunding_fen)), left: yuanGrouped(fen(Math.max(0, left.left_fen))) })
  if (ask.method === 'original' && !left.settlement_id) throw scope.refuse('payment.refund_no_channel', { receipt_no: p.receipt_no })
  const house = await houseToRead(scope, p.house_id)
  if (ask.wallet_fen > 0) await lockPurses(scope, [p.house_id])
  return writeRefund(scope, { house, source: 'payment', payment_id: p.payment_id, deposit_id: null, fee_item_id: ask.wallet_fen > 0 ? p.prepay_item_id : null, settlement_id: left.settlement_id, wallet_fen: ask.wallet_fen, amount_fen, what: `收据 ${p.receipt_no}` }, ask, ask.lines)
})

export interface WalletRefundAsk extends Payee {
  house_id: string
  fee_item_id: string | null
  amount_fen: number
}
/** Asks for prepayment back; also of whoever leaves a house (handover). */
export async function refundWallet(scope: Scope, ask: WalletRefundAsk) {
  const house = await houseToRead(scope, ask.house_id)
  const item = ask.fee_item_id ? await itemOf(scope, house, ask.fee_item_id) : null
  if (ask.method === 'original') throw scope.refuse('payment.refund_no_channel', { receipt_no: '' })
  const purse = (await lockPurses(scope, [house.house_id])).get(house.house_id)!
  const going = await sql<{ n: number }>`select coalesce(sum(wallet_fen + gift_back_fen), 0)::bigint as n from payment.refund where company_id = ${scope.company_id} and house_id = ${house.house_id} and state = 'asked' and fee_item_id is not distinct from ${ask.fee_item_id}::uuid`.execute(scope.db)
  const has = (item ? (purse.bound.get(item.fee_item_id) ?? 0) : purse.general_fen) - going.rows[0]!.n
  if (has < ask.amount_fen) throw scope.refuse('payment.wallet_short', { balance: yuanGrouped(fen(Math.max(0, has))), asked: yuanGrouped(fen(ask.amount_fen)) })
  return writeRefund(scope, { house, source: 'wallet', payment_id: null, deposit_id: null, fee_item_id: ask.fee_item_id, settlement_id: null, wallet_fen: ask.amount_fen, amount_fen: ask.amount_fen, what: item ? `${item.name}专项预存` : '通用预存' }, ask, [])
}
const askWalletRefund = answer(payment.askWalletRefund, refundWallet)

const refundApproval: ApprovalKind<Record<string, never>> = {
  kind: 'payment.refund',
  zh: '退款',
  may: 'payment.refund.approve',
  has_amount: true,
  payload: z.object({}) as unknown as z.ZodType<Record<string, never>>,
  page: (a) => `/payment/refunds/${a.subject_id}`,
  facts: async (scope, a) => {
    const r = await scope.db.selectFrom('payment.refund as f').leftJoin('payment.payment as p', (j) => j.onRef('p.company_id', '=', 'f.company_id').onRef('p.payment_id', '=', 'f.payment_id')).select(['f.refund_no', 'f.source', 'f.method', 'f.payee_name', 'f.payee_bank', 'f.payee_account_tail', 'f.wallet_fen', 'f.gift_back_fen', 'p.receipt_no', 'p.total_fen']).where('f.company_id', '=', scope.company_id).where('f.refund_id', '=', a.subject_id).executeTakeFirst()
    if (!r) return []
    const w = (group: string, v: string) => words.states![group]![v] ?? v
    return [['退款单号', r.refund_no], ['来源', w('refund_source', r.source)], ...(r.receipt_no ? [['原收据', `${r.receipt_no} 实收 ${yuanGrouped(fen(r.total_fen!))} 元`]] : []), ['方式', w('refund_method', r.method)], ['收款人', [r.payee_name, r.payee_bank, r.payee_account_tail ? `尾号 ${r.payee_account_tail}` : ''].filter(Boolean).join(' ')], ...(r.wallet_fen ? [['其中退预存', yuanGrouped(fen(r.wallet_fen))]] : []), ...(r.gift_back_fen ? [['同时收回活动赠送', yuanGrouped(fen(r.gift_back_fen))]] : [])].map(([label, value]) => ({ label: label!, value: value! }))
  },
  agreed: (scope, a) => approveRefund(scope, a.subject_id, scope.who.account_id, null),
  dropped: (scope, a, how) => dropRefund(scope, a.subject_id, how === 'refused' ? 'refused' : 'cancelled', how === 'refused' ? scope.who.account_id : null, how === 'refused' ? '审批驳回' : '申请人撤回'),
}
export const refundApprovals = [approvalKind(refundApproval)]

/** Within reach, else 404. */
export async function refundSeen(scope: Scope, refund_id: string): Promise<void> {
  const r = await sql`select from payment.refund f where f.company_id = ${scope.company_id} and f.refund_id = ${refund_id} and ${seen(scope, 'f')}`.execute(scope.db)
  if (r.rows.length === 0) throw scope.notFound()
}

const payRefund = answer(payment.payRefund, async (scope, { refund_id, reference }) => {
  await refundSeen(scope, refund_id)
  const known = await scope.db.selectFrom('payment.refund').select(['method', 'community_id', 'state', 'refund_no', 'source', 'amount_fen']).where('company_id', '=', scope.company_id).where('refund_id', '=', refund_id).executeTakeFirstOrThrow()
  if (known.method === 'original') throw scope.refuse('payment.refund_by_channel', { refund_no: known.refund_no })
  if (known.method !== 'cash' && known.method !== 'other' && !reference) throw scope.refuse('payment.refund_reference')
  const shift_id = await myDrawer(scope, { community_id: known.community_id, cash: known.method === 'cash' })
  if (known.state !== 'approved' || !(await settleRefund(scope, refund_id, { reference: reference || null, paid_by: scope.who.account_id }))) throw wrongState(scope, known)
  await enterDrawer(scope, shift_id, { source_type: 'refund', source_id: refund_id, book: known.source === 'deposit' ? 'trust' : 'company', sums: [{ method: known.method as 'cash', amount_fen: -known.amount_fen }] })
  scope.note('refund', refund_id, { refund_no: known.refund_no, paid: true, reference: reference ?? null })
  return { state: 'done' as const }
})

const cancelRefund = answer(payment.cancelRefund, async (scope, { refund_id, reason }) => {
  await refundSeen(scope, refund_id)
  const known = await scope.db.selectFrom('payment.refund').select('payment_id').where('company_id', '=', scope.company_id).where('refund_id', '=', refund_id).executeTakeFirstOrThrow()
  if (known.payment_id) await paymentToRead(scope, known.payment_id, true)
  const r = await lockRefund(scope, refund_id)
  if (r.state !== 'approved' && r.state !== 'failed') throw wrongState(scope, r)
  await cancelApproved(scope, r, reason)
  scope.note('refund', refund_id, { refund_no: r.refund_no, cancelled: reason })
  return { state: 'cancelled' as const }
})

export const refundAnswers = (app: () => App) => [refundable, askRefund, askWalletRefund, payRefund, cancelRefund, ...refundReads(app, (scope, refund_id) => refundSeen(scope, refund_id))]
