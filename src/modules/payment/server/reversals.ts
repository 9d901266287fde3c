// Reversal (冲销): one asks with a reason, another decides. Approval undoes bills, prepayment, journal and voids the receipt, whose
// number stays. A payment is reversed at most once: the unique index on live reversals decides a race.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuan } from '../../../kernel/money.ts'
import { assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { applyPayment, lockOpen } from '../../billing/server/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { reverseJournal } from '../../ledger/server/index.ts'
import { payment, type Method } from '../contract.ts'
import { paymentToRead, seen } from './access.ts'
import { drawerOfCashier, enterDrawer } from './drawer.ts'
import { changePurses, lockPurses, writeEntries } from './purses.ts'
import { reversalsOf } from './reversal_rows.ts'
import { releaseBank } from './slips.ts'

type Payment = Awaited<ReturnType<typeof paymentToRead>>

export const askReversal = answer(payment.askReversal, async (scope, { payment_id, reason }) => {
  const p = await paymentToRead(scope, payment_id, true)
  if (p.reversed_at) throw scope.refuse('payment.already_reversed', { receipt_no: p.receipt_no })
  // The money that a channel captured is at the provider: it must go back there first, or the books would say it never came.
  const captured = await scope.db.selectFrom('payment.settlement').select('settlement_id').where('company_id', '=', scope.company_id).where('payment_id', '=', payment_id).executeTakeFirst()
  if (captured) throw scope.refuse('payment.online_not_reversible', { receipt_no: p.receipt_no })
  refuseRefunded(scope, p)
  const reversal_id = uuidv7()
  const made = await sql`insert into payment.reversal (company_id, reversal_id, payment_id, reason, state, asked_by, asked_at)
    values (${scope.company_id}, ${reversal_id}, ${payment_id}, ${reason}, 'asked', ${scope.who.account_id}, ${scope.now})
    on conflict (company_id, payment_id) where state <> 'refused' do nothing returning reversal_id`.execute(scope.db)
  if (made.rows.length === 0) throw scope.refuse('payment.reversal_pending', { receipt_no: p.receipt_no })
  scope.note('payment', payment_id, { receipt_no: p.receipt_no, reversal_id, reason })
  return { reversal_id }
})

export const decideReversal = answer(payment.decideReversal, async (scope, { reversal_id, decision, note }) => {
  const c = scope.company_id
  const known = await scope.db.selectFrom('payment.reversal').select('payment_id').where('company_id', '=', c).where('reversal_id', '=', reversal_id).executeTakeFirst()
  if (!known) throw scope.notFound()
  // The payment first, as askReversal does: the other order would be a deadlock with it.
  const p = await paymentToRead(scope, known.payment_id, true)
  const r = await scope.db.selectFrom('payment.reversal').selectAll().where('company_id', '=', c).where('reversal_id', '=', reversal_id).forUpdate().executeTakeFirstOrThrow()
  if (r.state !== 'asked') throw scope.refuse('payment.already_decided', { name: (await memberNames(scope, [r.decided_by])).get(r.decided_by ?? '') ?? '他人' })
  if (r.asked_by === scope.who.account_id) throw scope.refuse('payment.same_person')
  const state = decision === 'approve' ? ('approved' as const) : ('refused' as const)
  await scope.db.updateTable('payment.reversal').set({ state, decided_by: scope.who.account_id, decided_at: scope.now, decide_note: note ?? null }).where('company_id', '=', c).where('reversal_id', '=', reversal_id).execute()
  if (state === 'approved') await undo(scope, p, reversal_id)
  scope.note('payment', p.payment_id, { receipt_no: p.receipt_no, reversal_id, decision })
  return { state }
})

/** What has gone back in parts cannot go back whole. */
function refuseRefunded(scope: Scope, p: Payment): void {
  if (p.refunded_fen + p.refunding_fen > 0) throw scope.refuse('payment.refund_exists', { receipt_no: p.receipt_no, done: yuan(fen(p.refunded_fen)), going: yuan(fen(p.refunding_fen)) })
}

async function undo(scope: Scope, p: Payment, reversal_id: string): Promise<void> {
  const c = scope.company_id
  if (p.reversed_at) throw scope.refuse('payment.already_reversed', { receipt_no: p.receipt_no })
  refuseRefunded(scope, p)
  const shift_id = await drawerOfCashier(scope, p.taken_by)
  const tenders = await scope.db.selectFrom('payment.tender').select(['method', 'amount_fen']).where('company_id', '=', c).where('payment_id', '=', p.payment_id).execute()
  const lines = await scope.db.selectFrom('payment.allocation').select(['bill_id', 'period_on', 'amount_fen']).where('company_id', '=', c).where('payment_id', '=', p.payment_id).execute()
  if (lines.length > 0) {
    await lockOpen(scope, lines)
    await applyPayment(scope, lines, -1)
  }
  await undoWallet(scope, p)
  await undoJournal(scope, p)
  await releaseBank(scope, p.payment_id)
  await enterDrawer(scope, shift_id, { source_type: 'reversal', source_id: reversal_id, sums: tenders.map((t) => ({ method: t.method as Method, amount_fen: -t.amount_fen })) })
  await scope.db.updateTable('payment.payment').set({ reversed_at: scope.now }).where('company_id', '=', c).where('payment_id', '=', p.payment_id).execute()
  await scope.db.updateTable('payment.receipt').set({ voided_at: scope.now }).where('company_id', '=', c).where('payment_id', '=', p.payment_id).execute()
  scope.emit('payment.reversed', p.payment_id, { payment_id: p.payment_id, community_id: p.community_id, house_id: p.house_id, total_fen: p.total_fen, receipt_no: p.receipt_no })
}

/** Entries of the opposite sign, by purse. Prepayment already spent cannot be taken back: the payment that spent it comes first. */
async function undoWallet(scope: Scope, p: Payment): Promise<void> {
  const entries = await scope.db.selectFrom('payment.wallet_entry').select(['fee_item_id', 'amount_fen']).where('company_id', '=', scope.company_id).where('payment_id', '=', p.payment_id).where('cause', '<>', 'reversal').execute()
  if (entries.length === 0) return
  const back = [...Map.groupBy(entries, (e) => e.fee_item_id)].map(([fee_item_id, list]) => ({ house_id: p.house_id, fee_item_id, amount_fen: -list.reduce((n, e) => n + e.amount_fen, 0) })).filter((x) => x.amount_fen !== 0)
  const purse = (await lockPurses(scope, [p.house_id])).get(p.house_id)!
  if (!(await changePurses(scope, back))) {
    const missing = back.reduce((n, x) => n + Math.max(0, -x.amount_fen - (x.fee_item_id ? (purse.bound.get(x.fee_item_id) ?? 0) : purse.general_fen)), 0)
    throw scope.refuse('payment.prepaid_used', { amount: yuan(fen(missing)) })
  }
  await writeEntries(scope, back.map((x) => ({ ...x, cause: 'reversal', payment_id: p.payment_id })))
}

async function undoJournal(scope: Scope, p: Payment): Promise<void> {
  const c = scope.company_id
  const journal = await scope.db.selectFrom('ledger.journal').select('journal_id').where('company_id', '=', c).where('source_type', '=', 'payment').where('source_id', '=', p.payment_id).where('kind', '=', 'payment').executeTakeFirst()
  assert(journal, `payment ${p.payment_id} has its journal`)
  await reverseJournal(scope, journal.journal_id, { booked_on: scope.today, kind: 'payment_reversal', source_type: 'payment', source_id: p.payment_id })
}

export const reversals = answer(payment.reversals, async (scope, { page, page_size, state, community_id }) => {
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`true`]
  if (state) w.push(sql<SqlBool>`r.state = ${state}`)
  if (community_id) w.push(sql<SqlBool>`p.community_id = ${community_id}`)
  const where = sql.join(w, sql` and `) as RawBuilder<SqlBool>
  const c = scope.company_id
  const count = await sql<{ total: number }>`select count(*)::int as total from payment.reversal r join payment.payment p on p.company_id = ${c} and p.payment_id = r.payment_id where r.company_id = ${c} and ${seen(scope, 'p')} and ${where}`.execute(scope.db)
  return { rows: await reversalsOf(scope, where, page_size, (page - 1) * page_size), total: count.rows[0]!.total }
})
