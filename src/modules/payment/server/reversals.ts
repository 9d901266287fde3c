// Reversal (冲销): one asks with a reason, another decides. Approval undoes bills, prepayment, journal and voids the receipt, whose
// number stays. A payment is reversed at most once: the unique index on live reversals decides a race.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { crashpoint } from '../../../kernel/crashpoint.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import { assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { applyPayment, lockOpen } from '../../billing/server/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { reverseJournal } from '../../ledger/server/index.ts'
import { payment, type Method } from '../contract.ts'
import { paymentToRead, seen } from './access.ts'
import { drawerOfCashier, enterDrawer } from './drawer.ts'
import { endCouponUses } from './coupon_uses.ts'
import { undoUses } from './promotion_uses.ts'
import { changePurses, lockPurses, writeEntries } from './purses.ts'
import { releaseBank } from './slips.ts'

type Payment = Awaited<ReturnType<typeof paymentToRead>>

/** This payment alone, or every one of its merged payment that still stands; locked in id order. */
async function toReverse(scope: Scope, payment_id: string, whole: boolean): Promise<Payment[]> {
  const c = scope.company_id
  const first = await paymentToRead(scope, payment_id, !whole)
  if (!whole || first.merge_id === null) return [whole ? await paymentToRead(scope, payment_id, true) : first]
  const all = await scope.db.selectFrom('payment.payment as p').selectAll('p').where('p.company_id', '=', c).where('p.merge_id', '=', first.merge_id).where(seen(scope, 'p')).orderBy('p.payment_id').forUpdate().execute()
  const count = await scope.db.selectFrom('payment.payment').select((e) => e.fn.countAll<string>().as('n')).where('company_id', '=', c).where('merge_id', '=', first.merge_id).executeTakeFirstOrThrow()
  // A part that this person may not see cannot be undone by him.
  if (all.length !== Number(count.n)) throw scope.notFound()
  const live = all.filter((p) => p.reversed_at === null)
  if (live.length === 0) throw scope.refuse('payment.already_reversed', { receipt_no: first.receipt_no })
  return live
}

export const askReversal = answer(payment.askReversal, async (scope, { payment_id, reason, whole }) => {
  const c = scope.company_id
  const ps = await toReverse(scope, payment_id, whole)
  const reversed = ps.find((p) => p.reversed_at)
  if (reversed) throw scope.refuse('payment.already_reversed', { receipt_no: reversed.receipt_no })
  // The money that a channel captured is at the provider: it must go back there first, or the books would say it never came.
  const captured = await scope.db.selectFrom('payment.settlement').select('payment_id').where('company_id', '=', c).where('payment_id', 'in', ps.map((p) => p.payment_id)).executeTakeFirst()
  if (captured) throw scope.refuse('payment.online_not_reversible', { receipt_no: ps.find((p) => p.payment_id === captured.payment_id)!.receipt_no })
  await refuseRefunded(scope, ps)
  await refuseShared(scope, ps)
  const merge_id = ps.length > 1 ? ps[0]!.merge_id : null
  const rows = ps.map((p) => ({ payment_id: p.payment_id, reversal_id: uuidv7() }))
  const made = await sql<{ payment_id: string }>`insert into payment.reversal (company_id, reversal_id, payment_id, reason, state, asked_by, asked_at, merge_id)
    select ${c}::bigint, k.reversal_id, k.payment_id, ${reason}, 'asked', ${scope.who.account_id}::uuid, ${scope.now}::timestamptz, ${merge_id}::uuid from unnest(${rows.map((r) => r.reversal_id)}::uuid[], ${rows.map((r) => r.payment_id)}::uuid[]) as k(reversal_id, payment_id)
    on conflict (company_id, payment_id) where state <> 'refused' do nothing returning payment_id`.execute(scope.db)
  const pending = ps.find((p) => !made.rows.some((m) => m.payment_id === p.payment_id))
  if (pending) throw scope.refuse('payment.reversal_pending', { receipt_no: pending.receipt_no })
  const reversal_id = (rows.find((r) => r.payment_id === payment_id) ?? rows[0]!).reversal_id
  scope.note('payment', payment_id, { receipts: ps.map((p) => p.receipt_no), reversal_id, reason })
  return { reversal_id, count: ps.length }
})

/** A transfer booked for several houses is one line of the bank: it is undone for all of them, or the line would be paid in part. */
async function refuseShared(scope: Scope, ps: readonly Payment[]): Promise<void> {
  const c = scope.company_id
  const r = await sql<{ payment_id: string; count: number }>`select m.payment_id, (select count(*)::int from payment.bank_match x where x.company_id = ${c} and x.line_id = m.line_id) as count from payment.bank_match m
    where m.company_id = ${c} and m.payment_id = any(${ps.map((p) => p.payment_id)}::uuid[]) and exists (select from payment.bank_match x where x.company_id = ${c} and x.line_id = m.line_id and x.payment_id <> all(${ps.map((p) => p.payment_id)}::uuid[])) limit 1`.execute(scope.db)
  const bad = r.rows[0]
  if (bad) throw scope.refuse('payment.bank_shared', { receipt_no: ps.find((p) => p.payment_id === bad.payment_id)!.receipt_no, count: bad.count })
}

export const decideReversal = answer(payment.decideReversal, async (scope, { reversal_id, decision, note }) => {
  const c = scope.company_id
  const known = await scope.db.selectFrom('payment.reversal').select(['payment_id', 'merge_id']).where('company_id', '=', c).where('reversal_id', '=', reversal_id).executeTakeFirst()
  if (!known) throw scope.notFound()
  // The payments first, as askReversal does: the other order would be a deadlock with it.
  const ps = await toReverse(scope, known.payment_id, known.merge_id !== null)
  const rs = await scope.db.selectFrom('payment.reversal').selectAll().where('company_id', '=', c).where((e) => (known.merge_id === null ? e('reversal_id', '=', reversal_id) : e.and([e('merge_id', '=', known.merge_id), e('state', '=', 'asked')]))).orderBy('reversal_id').forUpdate().execute()
  const decided = rs.find((r) => r.state !== 'asked')
  if (decided) throw scope.refuse('payment.already_decided', { name: (await memberNames(scope, [decided.decided_by])).get(decided.decided_by ?? '') ?? '他人' })
  if (rs.length === 0) throw scope.refuse('payment.already_decided', { name: '他人' })
  if (rs.some((r) => r.asked_by === scope.who.account_id)) throw scope.refuse('payment.same_person')
  const state = decision === 'approve' ? ('approved' as const) : ('refused' as const)
  await scope.db.updateTable('payment.reversal').set({ state, decided_by: scope.who.account_id, decided_at: scope.now, decide_note: note ?? null }).where('company_id', '=', c).where('reversal_id', 'in', rs.map((r) => r.reversal_id)).execute()
  const of = new Map(rs.map((r) => [r.payment_id, r.reversal_id]))
  if (state === 'approved') await undo(scope, ps.flatMap((p) => (of.has(p.payment_id) ? [{ p, reversal_id: of.get(p.payment_id)! }] : [])))
  scope.note('payment', known.payment_id, { receipts: ps.map((p) => p.receipt_no), reversal_id, decision })
  return { state, count: rs.length }
})

/** What has gone back in parts cannot go back whole; nor what was given back and, unpaid, kept as prepayment. */
async function refuseRefunded(scope: Scope, ps: readonly Payment[]): Promise<void> {
  const r = await sql<{ payment_id: string; kept_fen: number }>`select payment_id, sum(amount_fen)::bigint as kept_fen from payment.refund where company_id = ${scope.company_id} and payment_id = any(${ps.map((p) => p.payment_id)}::uuid[]) and state = 'cancelled' and decided_at is not null group by 1`.execute(scope.db)
  const kept = new Map(r.rows.map((x) => [x.payment_id, x.kept_fen]))
  const p = ps.find((x) => x.refunded_fen + x.refunding_fen + (kept.get(x.payment_id) ?? 0) > 0)
  if (p) throw scope.refuse('payment.refund_exists', { receipt_no: p.receipt_no, done: yuanGrouped(fen(p.refunded_fen)), going: yuanGrouped(fen(p.refunding_fen)), kept: yuanGrouped(fen(kept.get(p.payment_id) ?? 0)) })
}

async function undo(scope: Scope, list: readonly { p: Payment; reversal_id: string }[]): Promise<void> {
  const c = scope.company_id
  const ps = list.map((x) => x.p)
  const ids = ps.map((p) => p.payment_id)
  const reversed = ps.find((p) => p.reversed_at)
  if (reversed) throw scope.refuse('payment.already_reversed', { receipt_no: reversed.receipt_no })
  await refuseRefunded(scope, ps)
  await refuseShared(scope, ps)
  // Payments of one act have one cashier.
  const shift_id = await drawerOfCashier(scope, ps[0]!.taken_by)
  const tenders = await scope.db.selectFrom('payment.tender').select(['payment_id', 'method', 'amount_fen']).where('company_id', '=', c).where('payment_id', 'in', ids).execute()
  const lines = await scope.db.selectFrom('payment.allocation').select(['bill_id', 'period_on', 'amount_fen']).where('company_id', '=', c).where('payment_id', 'in', ids).execute()
  if (lines.length > 0) {
    await lockOpen(scope, lines)
    await applyPayment(scope, lines.map((l) => ({ ...l, taken_by: ps[0]!.taken_by })), -1)
  }
  await endCouponUses(scope, ids, 'reversal')
  const gifted = await undoUses(scope, ids)
  await undoWallets(scope, ps)
  await undoJournals(scope, ps)
  for (const payment_id of gifted) await undoGiftJournal(scope, payment_id)
  crashpoint('reversal.booked')
  await releaseBank(scope, ids)
  await enterDrawer(scope, shift_id, list.map(({ p, reversal_id }) => ({ source_type: 'reversal', source_id: reversal_id, sums: tenders.filter((t) => t.payment_id === p.payment_id).map((t) => ({ method: t.method as Method, amount_fen: -t.amount_fen })) })))
  await scope.db.updateTable('payment.payment').set({ reversed_at: scope.now }).where('company_id', '=', c).where('payment_id', 'in', ids).execute()
  await scope.db.updateTable('payment.receipt').set({ voided_at: scope.now }).where('company_id', '=', c).where('payment_id', 'in', ids).execute()
  for (const p of ps) scope.emit('payment.reversed', p.payment_id, { payment_id: p.payment_id, community_id: p.community_id, house_id: p.house_id, total_fen: p.total_fen, receipt_no: p.receipt_no })
}

/** Entries of the opposite sign, by purse. Prepayment already spent cannot be taken back: the payment that spent it comes first. One payment a house. */
async function undoWallets(scope: Scope, ps: readonly Payment[]): Promise<void> {
  const entries = await scope.db.selectFrom('payment.wallet_entry').select(['payment_id', 'house_id', 'fee_item_id', 'amount_fen']).where('company_id', '=', scope.company_id).where('payment_id', 'in', ps.map((p) => p.payment_id)).where('cause', '<>', 'reversal').execute()
  if (entries.length === 0) return
  const back = [...Map.groupBy(entries, (e) => `${e.payment_id} ${e.fee_item_id ?? ''}`).values()].map((list) => ({ payment_id: list[0]!.payment_id!, house_id: list[0]!.house_id, fee_item_id: list[0]!.fee_item_id, amount_fen: -list.reduce((n, e) => n + e.amount_fen, 0) })).filter((x) => x.amount_fen !== 0)
  const purses = await lockPurses(scope, ps.map((p) => p.house_id))
  if (!(await changePurses(scope, back))) {
    const missing = back.reduce((n, x) => n + Math.max(0, -x.amount_fen - (x.fee_item_id ? (purses.get(x.house_id)!.bound.get(x.fee_item_id) ?? 0) : purses.get(x.house_id)!.general_fen)), 0)
    throw scope.refuse('payment.prepaid_used', { amount: yuanGrouped(fen(missing)) })
  }
  await writeEntries(scope, back.map((x) => ({ ...x, cause: 'reversal' })))
}

async function undoJournals(scope: Scope, ps: readonly Payment[]): Promise<void> {
  const c = scope.company_id
  const journals = await scope.db.selectFrom('ledger.journal').select(['journal_id', 'source_id']).where('company_id', '=', c).where('source_type', '=', 'payment').where('source_id', 'in', ps.map((p) => p.payment_id)).where('kind', '=', 'payment').orderBy('source_id').execute()
  const by = new Map(journals.map((j) => [j.source_id, j.journal_id]))
  // At most 30 of one merged payment; the ledger takes one journal back at a time.
  for (const p of ps) {
    const journal_id = by.get(p.payment_id)
    assert(journal_id, `payment ${p.payment_id} has its journal`)
    await reverseJournal(scope, journal_id, { booked_on: scope.today, kind: 'payment_reversal', source_type: 'payment', source_id: p.payment_id })
  }
}

/** A payment has one gift at most. */
async function undoGiftJournal(scope: Scope, payment_id: string): Promise<void> {
  const j = await scope.db.selectFrom('ledger.journal').select('journal_id').where('company_id', '=', scope.company_id).where('source_type', '=', 'payment').where('source_id', '=', payment_id).where('kind', '=', 'promotion').executeTakeFirst()
  assert(j, `the gift of payment ${payment_id} has its journal`)
  await reverseJournal(scope, j.journal_id, { booked_on: scope.today, kind: 'promotion_reversal', source_type: 'payment', source_id: payment_id })
}
