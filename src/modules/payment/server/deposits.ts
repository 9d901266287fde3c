// Deposits: taken at the desk into the trust book, refunded through the one refund table, forfeited by approval, moved to prepayment or bills.
// The counters of the row are the sub-ledger; constraints keep amount = held + refunded + forfeited + moved, and what is under way within held.
import { z } from 'zod'
import { answer, type App } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { post, type PostingLine } from '../../ledger/server/index.ts'
import { ownerNames } from '../../people/server/index.ts'
import { communityToChange, houseToRead } from '../../property/server/index.ts'
import { approvalKind, askApproval, type ApprovalKind } from '../../system/server/index.ts'
import { payment } from '../contract.ts'
import { depositReads, depositSeen } from './deposit_rows.ts'
import { enterDrawer, myDrawer } from './drawer.ts'
import { drawNumber } from './numbers.ts'
import { changePurses, lockPurses, writeEntries } from './purses.ts'
import { recordPayment } from './record.ts'
import { writeRefund } from './refunds.ts'
import { DEPOSITS, MONEY_ACCOUNT } from './rules/till.ts'
import { lockLines } from './take.ts'

const saveDepositKind = answer(payment.saveDepositKind, async (scope, o) => {
  const c = scope.company_id
  await communityToChange(scope, o.community_id)
  if (o.max_fen !== null && o.amount_fen > o.max_fen) throw scope.refuse('payment.deposit_kind_max', { amount: yuanGrouped(fen(o.amount_fen)), max: yuanGrouped(fen(o.max_fen)) })
  const values = { name: o.name, amount_fen: o.amount_fen, max_fen: o.max_fen, return_days: o.return_days, basis: o.basis || null, disabled_at: o.disabled ? scope.now : null }
  const kind_id = o.kind_id ?? uuidv7()
  const same = await scope.db.selectFrom('payment.deposit_kind').select('kind_id').where('company_id', '=', c).where('community_id', '=', o.community_id).where('name', '=', o.name).where('kind_id', '<>', kind_id).executeTakeFirst()
  if (same) throw scope.refuse('payment.deposit_kind_exists', { name: o.name })
  if (o.kind_id) {
    const done = await scope.db.updateTable('payment.deposit_kind').set(values).where('company_id', '=', c).where('kind_id', '=', kind_id).where('community_id', '=', o.community_id).returning('kind_id').executeTakeFirst()
    if (!done) throw scope.notFound()
  } else {
    const made = await scope.db.insertInto('payment.deposit_kind').values({ company_id: c, kind_id, community_id: o.community_id, ...values, created_by: scope.who.account_id!, created_at: scope.now }).onConflict((x) => x.columns(['company_id', 'community_id', 'name']).doNothing()).returning('kind_id').executeTakeFirst()
    if (!made) throw scope.refuse('payment.deposit_kind_exists', { name: o.name })
  }
  scope.note('deposit_kind', kind_id, values)
  return { kind_id }
})

/** Into the drawer of whoever takes it; also for what is lent at the desk (care). */
export async function takeDepositAt(scope: Scope, o: { house_id: string; kind_id: string; amount_fen: number; method: keyof typeof MONEY_ACCOUNT; reference?: string | undefined; payer_name?: string | undefined; return_on?: string | undefined; note?: string | undefined }): Promise<{ deposit_id: string; deposit_no: string; amount_fen: number }> {
  const c = scope.company_id
  const house = await houseToRead(scope, o.house_id)
  const kind = await scope.db.selectFrom('payment.deposit_kind').selectAll().where('company_id', '=', c).where('kind_id', '=', o.kind_id).where('community_id', '=', house.community_id).executeTakeFirst()
  if (!kind || kind.disabled_at) throw scope.refuse('payment.deposit_kind_off', { name: kind?.name ?? '' })
  if (kind.max_fen !== null && o.amount_fen > kind.max_fen) throw scope.refuse('payment.deposit_over_max', { name: kind.name, max: yuanGrouped(fen(kind.max_fen)), asked: yuanGrouped(fen(o.amount_fen)) })
  const shift_id = await myDrawer(scope, { community_id: house.community_id, cash: o.method === 'cash' })
  const payer_name = o.payer_name || ((await ownerNames(scope, [house.house_id])).get(house.house_id) ?? '住户')
  const deposit_id = uuidv7()
  await post(scope, {
    book: 'trust', booked_on: scope.today, kind: 'deposit', source_type: 'deposit', source_id: deposit_id,
    lines: [{ account_code: MONEY_ACCOUNT[o.method], amount_fen: o.amount_fen, community_id: house.community_id }, held(house.community_id, deposit_id, -o.amount_fen)],
  })
  const deposit_no = await drawNumber(scope, 'deposit')
  await scope.db
    .insertInto('payment.deposit')
    .values({
      company_id: c, deposit_id, deposit_no, community_id: house.community_id, building_id: house.building_id, house_id: house.house_id, kind_id: o.kind_id, payer_name, amount_fen: o.amount_fen, held_fen: o.amount_fen, method: o.method, reference: o.reference || null,
      taken_by: scope.who.account_id!, taken_at: scope.now, taken_on: scope.today, return_on: o.return_on ?? (kind.return_days ? addDays(scope.today, kind.return_days) : null), note: o.note || null,
    })
    .execute()
  await enterDrawer(scope, shift_id, { source_type: 'deposit', source_id: deposit_id, book: 'trust', sums: [{ method: o.method, amount_fen: o.amount_fen }] })
  scope.note('deposit', deposit_id, { deposit_no, house: house.label, kind: kind.name, amount_fen: o.amount_fen })
  return { deposit_id, deposit_no, amount_fen: o.amount_fen }
}
const takeDeposit = answer(payment.takeDeposit, takeDepositAt)

const held = (community_id: string, deposit_id: string, amount_fen: number): PostingLine => ({ account_code: DEPOSITS, amount_fen, community_id, subject_type: 'deposit', subject_id: deposit_id })

/** Within reach and locked, with enough that is not under way. */
async function depositWith(scope: Scope, deposit_id: string, amount_fen: number) {
  await depositSeen(scope, deposit_id)
  const d = await scope.db.selectFrom('payment.deposit').selectAll().where('company_id', '=', scope.company_id).where('deposit_id', '=', deposit_id).forUpdate().executeTakeFirstOrThrow()
  const left = d.held_fen - d.pending_fen
  if (left < amount_fen) throw scope.refuse('payment.deposit_short', { deposit_no: d.deposit_no, held: yuanGrouped(fen(d.held_fen)), pending: yuanGrouped(fen(d.pending_fen)), left: yuanGrouped(fen(left)), asked: yuanGrouped(fen(amount_fen)) })
  return d
}
const move = (scope: Scope, d: { deposit_id: string }, m: { kind: string; amount_fen: number; reason: string; payment_id?: string; refund_id?: string; approval_id?: string }) =>
  scope.db.insertInto('payment.deposit_move').values({ company_id: scope.company_id, move_id: uuidv7(), deposit_id: d.deposit_id, kind: m.kind, amount_fen: m.amount_fen, reason: m.reason, payment_id: m.payment_id ?? null, refund_id: m.refund_id ?? null, approval_id: m.approval_id ?? null, by_id: scope.who.account_id, at: scope.now }).execute()

type DepositRefundAsk = Parameters<typeof writeRefund>[2] & { deposit_id: string; amount_fen: number }
/** Asks for a deposit back; also of whoever leaves a house (handover). */
export async function refundDeposit(scope: Scope, ask: DepositRefundAsk) {
  const d = await depositWith(scope, ask.deposit_id, ask.amount_fen)
  if (ask.method === 'original') throw scope.refuse('payment.refund_no_channel', { receipt_no: d.deposit_no })
  const house = await houseToRead(scope, d.house_id)
  return writeRefund(scope, { house, source: 'deposit', payment_id: null, deposit_id: d.deposit_id, fee_item_id: null, settlement_id: null, wallet_fen: 0, amount_fen: ask.amount_fen, what: `押金 ${d.deposit_no}` }, ask, [])
}
const askDepositRefund = answer(payment.askDepositRefund, refundDeposit)

/** By agreement of both the deposit goes on to whoever takes the house over: from now on it is his to get back. Nothing may be under way. */
export async function passDeposit(scope: Scope, o: { deposit_id: string; to_name: string; why: string }): Promise<void> {
  const d = await depositWith(scope, o.deposit_id, 0)
  if (d.held_fen === 0 || d.pending_fen > 0) throw scope.refuse('payment.deposit_short', { deposit_no: d.deposit_no, held: yuanGrouped(fen(d.held_fen)), pending: yuanGrouped(fen(d.pending_fen)), left: yuanGrouped(fen(d.held_fen - d.pending_fen)), asked: yuanGrouped(fen(d.held_fen)) })
  const note = `${d.note ? `${d.note};` : ''}${scope.today} 由 ${d.payer_name} 转给 ${o.to_name}(${o.why})`
  await scope.db.updateTable('payment.deposit').set({ payer_name: o.to_name, note }).where('company_id', '=', scope.company_id).where('deposit_id', '=', d.deposit_id).execute()
  scope.note('deposit', d.deposit_id, { deposit_no: d.deposit_no, passed_from: d.payer_name, passed_to: o.to_name, why: o.why })
}

const forfeitApproval: ApprovalKind<{ amount_fen: number }> = {
  kind: 'payment.deposit_forfeit',
  zh: '罚没押金',
  may: 'payment.deposit.approve',
  has_amount: true,
  payload: z.object({ amount_fen: z.int() }),
  page: (a) => `/payment/deposits/${a.subject_id}`,
  facts: async (scope, a) => {
    const d = await scope.db.selectFrom('payment.deposit').select(['deposit_no', 'payer_name', 'amount_fen', 'held_fen']).where('company_id', '=', scope.company_id).where('deposit_id', '=', a.subject_id).executeTakeFirst()
    return d ? [['押金收据号', d.deposit_no], ['交款人', d.payer_name], ['收取', yuanGrouped(fen(d.amount_fen))], ['在押', yuanGrouped(fen(d.held_fen))]].map(([label, value]) => ({ label: label!, value: value! })) : []
  },
  agreed: async (scope, a) => {
    const d = await scope.db.updateTable('payment.deposit').set((e) => ({ held_fen: e('held_fen', '-', a.payload.amount_fen), pending_fen: e('pending_fen', '-', a.payload.amount_fen), forfeited_fen: e('forfeited_fen', '+', a.payload.amount_fen) })).where('company_id', '=', scope.company_id).where('deposit_id', '=', a.subject_id).returning(['deposit_id', 'community_id', 'deposit_no']).executeTakeFirstOrThrow()
    await move(scope, d, { kind: 'forfeit', amount_fen: a.payload.amount_fen, reason: a.reason, approval_id: a.approval_id })
    await leaveTrust(scope, d, a.payload.amount_fen, 'deposit_forfeit', a.approval_id, { account_code: '6301', amount_fen: -a.payload.amount_fen, community_id: d.community_id })
    scope.note('deposit', d.deposit_id, { deposit_no: d.deposit_no, forfeited_fen: a.payload.amount_fen, reason: a.reason })
  },
  dropped: async (scope, a) => void (await scope.db.updateTable('payment.deposit').set((e) => ({ pending_fen: e('pending_fen', '-', a.payload.amount_fen) })).where('company_id', '=', scope.company_id).where('deposit_id', '=', a.subject_id).execute()),
}
export const depositApprovals = [approvalKind(forfeitApproval)]

/** From the trust book to the company's: the ledger joins them by what one owes the other until the money itself is moved. */
async function leaveTrust(scope: Scope, d: { deposit_id: string; community_id: string }, amount_fen: number, kind: string, source_id: string, to: PostingLine): Promise<void> {
  await post(scope, { booked_on: scope.today, kind, source_type: 'deposit_move', source_id, book: 'trust', lines: [held(d.community_id, d.deposit_id, amount_fen), { ...to, book: 'company' }] })
}

const askForfeit = answer(payment.askForfeit, async (scope, ask) => {
  const d = await depositWith(scope, ask.deposit_id, ask.amount_fen)
  await scope.db.updateTable('payment.deposit').set((e) => ({ pending_fen: e('pending_fen', '+', ask.amount_fen) })).where('company_id', '=', scope.company_id).where('deposit_id', '=', d.deposit_id).execute()
  scope.note('deposit', d.deposit_id, { deposit_no: d.deposit_no, forfeit_asked_fen: ask.amount_fen, reason: ask.reason })
  return askApproval(scope, forfeitApproval, { subject_type: 'deposit', subject_id: d.deposit_id, community_id: d.community_id, amount_fen: ask.amount_fen, payload: { amount_fen: ask.amount_fen }, reason: ask.reason, attachments: ask.attachments, title: `罚没押金 ${d.deposit_no} ${d.payer_name} ${yuanGrouped(fen(ask.amount_fen))} 元` })
})

const moveDeposit = answer(payment.moveDeposit, async (scope, ask) => {
  const c = scope.company_id
  const lines_fen = ask.lines.reduce((n, l) => n + l.amount_fen, 0)
  if (lines_fen > ask.amount_fen) throw scope.refuse('payment.deposit_lines', { lines: yuanGrouped(fen(lines_fen)), amount: yuanGrouped(fen(ask.amount_fen)) })
  const d = await depositWith(scope, ask.deposit_id, ask.amount_fen)
  const house = await houseToRead(scope, d.house_id)
  const lines = await lockLines(scope, house.house_id, ask.lines)
  await scope.db.updateTable('payment.deposit').set((e) => ({ held_fen: e('held_fen', '-', ask.amount_fen), moved_fen: e('moved_fen', '+', ask.amount_fen) })).where('company_id', '=', c).where('deposit_id', '=', d.deposit_id).execute()
  // Into prepayment first; the bills are then paid from it, so that the money has one road.
  await lockPurses(scope, [house.house_id])
  const into = { house_id: house.house_id, fee_item_id: null, amount_fen: ask.amount_fen }
  await changePurses(scope, [into])
  await writeEntries(scope, [{ ...into, cause: 'deposit', note: `押金 ${d.deposit_no}:${ask.reason}` }])
  await leaveTrust(scope, d, ask.amount_fen, 'deposit_move', uuidv7(), { account_code: '2203', amount_fen: -ask.amount_fen, community_id: d.community_id, subject_type: 'house', subject_id: house.house_id })
  const paid = lines.length
    ? await recordPayment(scope, { house, payer_name: d.payer_name, source: 'desk', taken_by: scope.who.account_id, cashier_name: scope.who.name, tenders: [{ method: 'wallet', amount_fen: fen(lines_fen), reference: d.deposit_no }], lines, prepaid_fen: 0, change_fen: 0, remark: `押金 ${d.deposit_no} 抵账单:${ask.reason}` })
    : null
  await move(scope, d, { kind: paid ? 'to_bills' : 'to_wallet', amount_fen: ask.amount_fen, reason: ask.reason, ...(paid ? { payment_id: paid.payment_id } : {}) })
  scope.note('deposit', d.deposit_id, { deposit_no: d.deposit_no, moved_fen: ask.amount_fen, bills_fen: lines_fen, reason: ask.reason })
  return { held_fen: d.held_fen - ask.amount_fen, payment_id: paid?.payment_id ?? null, receipt_no: paid?.receipt_no ?? null }
})

export const depositAnswers = (app: () => App) => [saveDepositKind, takeDeposit, askDepositRefund, askForfeit, moveDeposit, ...depositReads(app)]
