// What goes the other way: a deposit booked wrongly is reversed by another person; a house that is lost gets its balance back (F-09).
import { sql } from 'kysely'
import { z } from 'zod'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { Id } from '../../../kernel/shapes.ts'
import { askApproval, type ApprovalKind } from '../../system/server/index.ts'
import { funds } from '../contract.ts'
import { accountToChange } from './access.ts'
import { bookEntries, lockAccounts, postEntries, type EntryIn } from './book.ts'

const DEPOSITS: readonly string[] = ['first', 'topup', 'opening']

const reverse = answer(funds.reverseEntry, async (scope, { entry_id, reason }) => {
  const e = await scope.db.selectFrom('funds.entry').select(['house_id', 'kind', 'amount_fen', 'first_fen', 'value_on', 'voucher_no', 'created_by']).where('company_id', '=', scope.company_id).where('entry_id', '=', entry_id).executeTakeFirst()
  if (!e) throw scope.notFound()
  const a = await accountToChange(scope, e.house_id)
  if (!DEPOSITS.includes(e.kind)) throw scope.refuse('funds.not_deposit')
  if (e.created_by === scope.who.account_id) throw scope.refuse('funds.own_entry')
  if (a.closed_on) throw scope.refuse('funds.closed', { house: a.house_label, day: a.closed_on })
  const done = await scope.db.selectFrom('funds.entry').select('entry_id').where('company_id', '=', scope.company_id).where('reverses', '=', entry_id).executeTakeFirst()
  if (done) throw scope.refuse('funds.reversed')
  await reverseEntries(scope, { source_type: 'entry', source_id: entry_id }, [{ entry_id, ...e }], reason)
  scope.note('fund_entry', entry_id, { reversed: true, reason, amount_fen: e.amount_fen })
  return { entry_id }
})

/** The opposite of these entries, on the same value day, so that no interest is left behind. */
export async function reverseEntries(scope: Scope, source: { source_type: 'entry' | 'import'; source_id: string }, list: readonly { entry_id: string; house_id: string; amount_fen: number; first_fen: number; value_on: string; voucher_no: string | null }[], reason: string): Promise<void> {
  await lockAccounts(scope, list.map((e) => e.house_id))
  await bookEntries(scope, source, list.map((e): EntryIn => ({ house_id: e.house_id, kind: 'reversal', amount_fen: -e.amount_fen, first_fen: -e.first_fen, value_on: e.value_on, voucher_no: e.voucher_no, note: reason, reverses: e.entry_id })))
  await postEntries(scope, source)
}

const Payload = z.object({ refund_id: Id })
export const refundApproval: ApprovalKind<z.output<typeof Payload>> = {
  kind: 'funds.refund', zh: '维修资金退还', may: 'funds.refund.decide', has_amount: true, payload: Payload,
  facts: async (scope, a) => {
    const { rows } = await sql<{ label: string; payee_name: string; payee_account: string; voucher_no: string }>`select h.label, r.payee_name, r.payee_account, r.voucher_no from funds.refund r join property.house h on h.company_id = r.company_id and h.house_id = r.house_id
      where r.company_id = ${scope.company_id} and r.refund_id = ${a.payload.refund_id}`.execute(scope.db)
    const r = rows[0]
    return r ? [{ label: '房号', value: r.label }, { label: '收款人', value: `${r.payee_name} ${r.payee_account}` }, { label: '付款凭证号', value: r.voucher_no }] : []
  },
  agreed: async (scope, a) => {
    const c = scope.company_id
    const r = await scope.db.selectFrom('funds.refund').selectAll().where('company_id', '=', c).where('refund_id', '=', a.payload.refund_id).forUpdate().executeTakeFirstOrThrow()
    const label = (await scope.db.selectFrom('property.house').select('label').where('company_id', '=', c).where('house_id', '=', r.house_id).executeTakeFirstOrThrow()).label
    const account = (await lockAccounts(scope, [r.house_id])).get(r.house_id)
    if (!account || account.closed_on) throw scope.refuse('funds.closed', { house: label, day: account?.closed_on ?? '' })
    // What stands there now must be what was asked for: a use booked meanwhile took its part.
    if (account.balance_fen !== r.amount_fen) throw scope.refuse('funds.changed', { now: yuanGrouped(fen(account.balance_fen)), seen: yuanGrouped(fen(r.amount_fen)) })
    const source = { source_type: 'refund', source_id: r.refund_id } as const
    await bookEntries(scope, source, [{ house_id: r.house_id, kind: 'refund', amount_fen: -r.amount_fen, value_on: scope.today, voucher_no: r.voucher_no, payer_name: r.payee_name, note: r.reason }])
    await postEntries(scope, source)
    await scope.db.updateTable('funds.house_account').set({ closed_on: scope.today }).where('company_id', '=', c).where('house_id', '=', r.house_id).execute()
    await setRefund(scope, r.refund_id, { state: 'done', done_by: scope.who.account_id, done_at: scope.now })
    scope.note('fund_refund', r.refund_id, { amount_fen: r.amount_fen })
  },
  dropped: (scope, a, how) => setRefund(scope, a.payload.refund_id, { state: how }),
}
async function setRefund(scope: Scope, refund_id: string, set: { state: string; done_by?: string | null; done_at?: string }): Promise<void> {
  await scope.db.updateTable('funds.refund').set(set).where('company_id', '=', scope.company_id).where('refund_id', '=', refund_id).execute()
}

const askRefund = answer(funds.askRefund, async (scope, o) => {
  const a = await accountToChange(scope, o.house_id)
  if (a.closed_on) throw scope.refuse('funds.closed', { house: a.house_label, day: a.closed_on })
  if (a.balance_fen === 0) throw scope.refuse('funds.empty', { house: a.house_label })
  const refund_id = uuidv7()
  const { approval_id } = await askApproval(scope, refundApproval, { subject_type: 'fund_account', subject_id: o.house_id, community_id: a.community_id, title: `维修资金退还 ${a.house_label} ${yuanGrouped(fen(a.balance_fen))} 元`, amount_fen: a.balance_fen, payload: { refund_id }, reason: o.reason, attachments: o.attachments ?? [] })
  await scope.db.insertInto('funds.refund').values({ company_id: scope.company_id, refund_id, house_id: o.house_id, amount_fen: a.balance_fen, payee_name: o.payee_name, payee_account: o.payee_account, voucher_no: o.voucher_no, reason: o.reason, approval_id, asked_by: scope.who.account_id!, asked_at: scope.now }).execute()
  return { refund_id, approval_id }
})

export const correctionAnswers = [reverse, askRefund]
