// The one state machine of refunds, for whoever pays out. The row is locked before it is looked at; the payment's counters keep the cap by a
// constraint; each step books what it changes, once (source, kind). The channel's executor calls claimRefund, settleRefund and failRefund.
import { crashpoint } from '../../../kernel/crashpoint.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { applyPayment, lockOpen } from '../../billing/server/index.ts'
import type { BookName } from '../../ledger/contract.ts'
import { post, type PostingLine } from '../../ledger/server/index.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import { words } from '../words.ts'
import type { RefundMethod } from '../contract.ts'
import { DEPOSITS } from './rules/till.ts'
import { endIfRefunded } from './coupon_uses.ts'
import { freeBack, giftLines } from './promotion_back.ts'
import { changePurses, lockPurses, writeEntries } from './purses.ts'

export type Refund = Awaited<ReturnType<typeof lockRefund>>

export async function lockRefund(scope: Scope, refund_id: string) {
  const row = await scope.db.selectFrom('payment.refund').selectAll().where('company_id', '=', scope.company_id).where('refund_id', '=', refund_id).forUpdate().executeTakeFirst()
  if (!row) throw scope.notFound()
  return row
}
export const wrongState = (scope: Scope, r: { refund_no: string; state: string }) => scope.refuse('payment.refund_state', { refund_no: r.refund_no, state: words.states!['refund']![r.state] ?? r.state })

/** The payment first, as everything that changes one does. Gives who took it. */
async function lockPayment(scope: Scope, payment_id: string | null): Promise<string | null> {
  if (!payment_id) return null
  const p = await scope.db.selectFrom('payment.payment').select('taken_by').where('company_id', '=', scope.company_id).where('payment_id', '=', payment_id).forUpdate().executeTakeFirst()
  return p?.taken_by ?? null
}
async function count(scope: Scope, r: Pick<Refund, 'payment_id' | 'deposit_id' | 'amount_fen'>, going: 1 | -1, done: 1 | 0): Promise<void> {
  if (r.deposit_id)
    await scope.db
      .updateTable('payment.deposit')
      .set((e) => ({ pending_fen: e('pending_fen', '+', going * r.amount_fen), held_fen: e('held_fen', '-', done * r.amount_fen), refunded_fen: e('refunded_fen', '+', done * r.amount_fen) }))
      .where('company_id', '=', scope.company_id)
      .where('deposit_id', '=', r.deposit_id)
      .execute()
  if (!r.payment_id) return
  await scope.db
    .updateTable('payment.payment')
    .set((e) => ({ refunding_fen: e('refunding_fen', '+', going * r.amount_fen), refunded_fen: e('refunded_fen', '+', done * r.amount_fen) }))
    .where('company_id', '=', scope.company_id)
    .where('payment_id', '=', r.payment_id)
    .execute()
}
const set = (scope: Scope, refund_id: string, change: Record<string, unknown>) => scope.db.updateTable('payment.refund').set(change).where('company_id', '=', scope.company_id).where('refund_id', '=', refund_id).execute()

/** Adds the asked amount to what is going back; the constraint refuses what would exceed the payment. */
export const reserve = (scope: Scope, r: Pick<Refund, 'payment_id' | 'deposit_id' | 'amount_fen'>) => count(scope, r, 1, 0)

const houseLine = (r: Refund, account_code: string, amount_fen: number): PostingLine => ({ account_code, amount_fen, community_id: r.community_id, subject_type: 'house', subject_id: r.house_id })
const owedLine = (r: Refund, amount_fen: number): PostingLine => ({ account_code: '2241', amount_fen, community_id: r.community_id, subject_type: 'refund', subject_id: r.refund_id })
const head = (scope: Scope, r: Refund, kind: string) => ({ book: 'company' as const, booked_on: scope.today, kind, source_type: 'refund', source_id: r.refund_id })

/** Approved: bills owe again what goes back, prepayment leaves its purse; from now on the company owes it to the payee. */
export async function approveRefund(scope: Scope, refund_id: string, decided_by: string | null, note: string | null): Promise<void> {
  const c = scope.company_id
  const known = await scope.db.selectFrom('payment.refund').select('payment_id').where('company_id', '=', c).where('refund_id', '=', refund_id).executeTakeFirstOrThrow()
  const taken_by = await lockPayment(scope, known.payment_id)
  const r = await lockRefund(scope, refund_id)
  if (r.state !== 'asked') throw wrongState(scope, r)
  const lines = await scope.db.selectFrom('payment.refund_line').select(['bill_id', 'period_on', 'amount_fen']).where('company_id', '=', c).where('refund_id', '=', refund_id).execute()
  const books = new Map<BookName, number>()
  if (lines.length > 0) {
    const of = new Map((await lockOpen(scope, lines)).map((b) => [b.bill_id, b.book]))
    for (const l of lines) books.set(of.get(l.bill_id) ?? 'company', (books.get(of.get(l.bill_id) ?? 'company') ?? 0) + l.amount_fen)
    await applyPayment(scope, lines.map((l) => ({ ...l, taken_by })), -1)
  }
  if (r.wallet_fen > 0) await takeFromPurse(scope, r)
  crashpoint('refund.taken')
  const bills_fen = lines.reduce((n, l) => n + l.amount_fen, 0)
  if (r.source !== 'deposit') {
    assert(bills_fen + r.wallet_fen === r.amount_fen, `refund ${r.refund_no} is its lines and its prepayment`)
    const gift = await giftLines(scope, r, 1)
    await post(scope, { ...head(scope, r, 'refund'), lines: [...(gift?.lines ?? []), ...[...books].map(([book, amount_fen]): PostingLine => ({ ...houseLine(r, '1122', amount_fen), book })), ...(r.wallet_fen ? [houseLine(r, '2203', r.wallet_fen)] : []), owedLine(r, -r.amount_fen)] })
  }
  await set(scope, refund_id, { state: 'approved', decided_by, decided_at: scope.now, decide_note: note, ...(r.method === 'original' ? { out_refund_no: r.out_refund_no ?? refund_id.replaceAll('-', ''), next_try_at: scope.now } : {}) })
  if (r.payment_id) await endIfRefunded(scope, r.payment_id)
  scope.emit('payment.refund_approved', refund_id, { refund_id, payment_id: r.payment_id, house_id: r.house_id, community_id: r.community_id, amount_fen: r.amount_fen, method: r.method })
}

async function takeFromPurse(scope: Scope, r: Refund): Promise<void> {
  const purse = (await lockPurses(scope, [r.house_id])).get(r.house_id)!
  const has = r.fee_item_id ? (purse.bound.get(r.fee_item_id) ?? 0) : purse.general_fen
  const change = { house_id: r.house_id, fee_item_id: r.fee_item_id, amount_fen: -(r.wallet_fen + r.gift_back_fen) }
  if (has < r.wallet_fen + r.gift_back_fen || !(await changePurses(scope, [change]))) throw scope.refuse('payment.wallet_short', { balance: yuanGrouped(fen(has)), asked: yuanGrouped(fen(r.wallet_fen + r.gift_back_fen)) })
  const entry = { house_id: r.house_id, fee_item_id: r.fee_item_id, refund_id: r.refund_id, payment_id: null, note: r.refund_no }
  await writeEntries(scope, [{ ...entry, amount_fen: -r.wallet_fen, cause: 'refund' }, ...(r.gift_back_fen > 0 ? [{ ...entry, amount_fen: -r.gift_back_fen, cause: 'gift_back' }] : [])])
}

/** Refused or withdrawn before it was approved: nothing had moved but the reservation. */
export async function dropRefund(scope: Scope, refund_id: string, how: 'refused' | 'cancelled', by: string | null, note: string | null): Promise<void> {
  const known = await scope.db.selectFrom('payment.refund').select('payment_id').where('company_id', '=', scope.company_id).where('refund_id', '=', refund_id).executeTakeFirstOrThrow()
  await lockPayment(scope, known.payment_id)
  const r = await lockRefund(scope, refund_id)
  if (r.state !== 'asked') throw wrongState(scope, r)
  await count(scope, r, -1, 0)
  await freeBack(scope, refund_id)
  await set(scope, refund_id, how === 'refused' ? { state: 'refused', decided_by: by, decided_at: scope.now, decide_note: note } : { state: 'cancelled', failure: note })
}

/** approved | failed → paying, for the one who may submit it now; null when somebody else has it or it is over. */
export async function claimRefund(scope: Scope, refund_id: string): Promise<Refund | null> {
  const r = await lockRefund(scope, refund_id)
  if (r.state !== 'approved' && r.state !== 'failed' && r.state !== 'paying') return null
  await set(scope, refund_id, { state: 'paying', tries: r.tries + 1, failure: null })
  return { ...r, state: 'paying', tries: r.tries + 1 }
}
export async function failRefund(scope: Scope, refund_id: string, failure: string, next_try_at: string | null): Promise<void> {
  const r = await lockRefund(scope, refund_id)
  if (r.state !== 'paying') return
  await set(scope, refund_id, { state: 'failed', failure: failure.slice(0, 200), next_try_at })
}

const ACCOUNT: Record<RefundMethod, string> = { cash: '1001', transfer: '1002', card: '1002', wechat: '1012', alipay: '1012', other: '1012', original: '1012' }

/** The money has left. A second word about the same refund changes nothing. */
export async function settleRefund(scope: Scope, refund_id: string, o: { reference: string | null; paid_by: string | null }): Promise<boolean> {
  const known = await scope.db.selectFrom('payment.refund').select('payment_id').where('company_id', '=', scope.company_id).where('refund_id', '=', refund_id).executeTakeFirst()
  if (!known) throw scope.notFound()
  await lockPayment(scope, known.payment_id)
  const r = await lockRefund(scope, refund_id)
  if (r.state === 'done') return false
  // Cancelled here and yet paid by the channel cannot be: cancelling is refused while it is being paid.
  if (r.state !== 'approved' && r.state !== 'paying' && r.state !== 'failed') throw wrongState(scope, r)
  await count(scope, r, -1, 1)
  const out: PostingLine = { account_code: ACCOUNT[r.method as RefundMethod], amount_fen: -r.amount_fen, community_id: r.community_id }
  await post(scope, { ...head(scope, r, 'refund_paid'), book: r.source === 'deposit' ? 'trust' : 'company', lines: [r.source === 'deposit' ? { ...owedLine(r, r.amount_fen), account_code: DEPOSITS, subject_type: 'deposit', subject_id: r.deposit_id } : owedLine(r, r.amount_fen), out] })
  if (r.deposit_id) await scope.db.insertInto('payment.deposit_move').values({ company_id: scope.company_id, move_id: uuidv7(), deposit_id: r.deposit_id, kind: 'refund', amount_fen: r.amount_fen, reason: r.reason, refund_id, by_id: o.paid_by, at: scope.now }).execute()
  crashpoint('refund.booked')
  await set(scope, refund_id, { state: 'done', reference: o.reference ?? r.reference, paid_by: o.paid_by, paid_at: scope.now, paid_on: scope.today, failure: null, next_try_at: null })
  scope.emit('payment.refunded', refund_id, { refund_id, payment_id: r.payment_id, house_id: r.house_id, community_id: r.community_id, amount_fen: r.amount_fen, method: r.method })
  return true
}

/** Approved but not paid: the money is the house's prepayment again. Bills stay as the approval left them. */
export async function cancelApproved(scope: Scope, r: Refund, reason: string): Promise<void> {
  await count(scope, r, -1, 0)
  if (r.source !== 'deposit') {
    const back = { house_id: r.house_id, fee_item_id: r.source === 'wallet' ? r.fee_item_id : null, amount_fen: r.amount_fen }
    const gift = await giftLines(scope, r, -1)
    const again = gift ? [{ house_id: r.house_id, fee_item_id: gift.fee_item_id, amount_fen: r.gift_back_fen }] : []
    await freeBack(scope, r.refund_id)
    await changePurses(scope, again.length > 0 && back.fee_item_id === again[0]!.fee_item_id ? [{ ...back, amount_fen: r.amount_fen + r.gift_back_fen }] : [back, ...again])
    const note = `${r.refund_no} 取消:${reason}`
    await writeEntries(scope, [{ ...back, cause: 'refund_back', refund_id: r.refund_id, note }, ...again.map((g) => ({ ...g, cause: 'gift', refund_id: r.refund_id, note }))])
    await post(scope, { ...head(scope, r, 'refund_cancelled'), lines: [...(gift?.lines ?? []), owedLine(r, r.amount_fen), houseLine(r, '2203', -r.amount_fen)] })
  }
  await set(scope, r.refund_id, { state: 'cancelled', failure: reason, next_try_at: null })
}
