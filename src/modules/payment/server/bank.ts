// What a person does with a bank line: takes it for houses, links it to a payment of the desk, keeps it in suspense, gives it back. The line is
// locked first; its state decides a race.
import { sql } from 'kysely'
import { z } from 'zod'
import { answer, type Schedule } from '../../../kernel/app.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { post, reverseJournal } from '../../ledger/server/index.ts'
import { ownerNames } from '../../people/server/index.ts'
import { communitiesSeenBy, communityToChange, houseToRead } from '../../property/server/index.ts'
import { approvalKind, askApproval, type ApprovalKind } from '../../system/server/index.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { payment } from '../contract.ts'
import type { BankAccount } from '../contract_bank.ts'
import { words } from '../words.ts'
import { paymentToRead } from './access.ts'
import { bankLineReads } from './bank_lines.ts'
import { openLines } from './bills.ts'
import { houseCodes } from './codes.ts'
import { recordPayments, type NewPayment } from './record.ts'
import { rulesOfAll } from './rule.ts'
import { takeSlips } from './slips.ts'
import { lockLines } from './take.ts'

const bankAccounts = answer(payment.bankAccounts, async (scope, { community_id }) => {
  const c = scope.company_id
  const r = await sql<BankAccount>`select a.account_id, a.community_id, m.name as community_name, a.name, a.bank, a.account_no, a.disabled_at, (select count(*)::int from payment.bank_line l where l.company_id = ${c} and l.account_id = a.account_id) as line_count,
      (select max(l.booked_on) from payment.bank_line l where l.company_id = ${c} and l.account_id = a.account_id) as last_on
    from payment.bank_account a join property.community m on m.company_id = ${c} and m.community_id = a.community_id where a.company_id = ${c} and ${communitiesSeenBy(scope, { alias: 'a' })} and (${community_id ?? null}::uuid is null or a.community_id = ${community_id ?? null}::uuid) order by m.name, a.bank limit 500`.execute(scope.db)
  return { rows: r.rows }
})
const saveBankAccount = answer(payment.saveBankAccount, async (scope, o) => {
  const c = scope.company_id
  await communityToChange(scope, o.community_id)
  const account_id = o.account_id ?? uuidv7()
  const same = await sql<{ name: string }>`select m.name from payment.bank_account a join property.community m on m.company_id = ${c} and m.community_id = a.community_id where a.company_id = ${c} and a.account_no = ${o.account_no} and a.account_id <> ${account_id}`.execute(scope.db)
  if (same.rows[0]) throw scope.refuse('payment.bank_account_exists', { account_no: o.account_no, community: same.rows[0].name })
  const values = { name: o.name, bank: o.bank, account_no: o.account_no, disabled_at: o.disabled ? scope.now : null }
  if (o.account_id) {
    if (!(await scope.db.updateTable('payment.bank_account').set(values).where('company_id', '=', c).where('account_id', '=', account_id).where('community_id', '=', o.community_id).returning('account_id').executeTakeFirst())) throw scope.notFound()
  } else await scope.db.insertInto('payment.bank_account').values({ company_id: c, account_id, community_id: o.community_id, ...values, created_at: scope.now }).execute()
  scope.note('bank_account', account_id, { bank: o.bank, account_no: o.account_no })
  return { account_id }
})

type Line = Awaited<ReturnType<typeof lockLine>>
export async function lockLine(scope: Scope, line_id: string, states: readonly string[]) {
  const [l] = await lockMany(scope, [line_id], states)
  return l!
}
async function lockMany(scope: Scope, line_ids: readonly string[], states: readonly string[]) {
  const ids = [...new Set(line_ids)]
  const rows = await scope.db.selectFrom('payment.bank_line as l').selectAll('l').where('l.company_id', '=', scope.company_id).where('l.line_id', 'in', ids).where(communitiesSeenBy(scope, { alias: 'l' })).orderBy('l.line_id').forUpdate().execute()
  if (rows.length !== ids.length) throw scope.notFound()
  const bad = rows.find((l) => !states.includes(l.state) || l.amount_fen < 0)
  if (bad) throw scope.refuse('payment.bank_state', { booked_on: bad.booked_on, amount: yuanGrouped(fen(bad.amount_fen)), state: words.states!['bank']![bad.state] ?? bad.state })
  return rows
}
const end = (scope: Scope, l: { line_id: string }, change: Record<string, unknown>) => scope.db.updateTable('payment.bank_line').set({ decided_by: scope.who.account_id, decided_at: scope.now, ...change }).where('company_id', '=', scope.company_id).where('line_id', '=', l.line_id).execute()

/** Out of suspense: the journal that put it there is taken back; what the money really was is booked by the payment. */
export async function leaveSuspense(scope: Scope, l: Pick<Line, 'line_id' | 'state'>): Promise<void> {
  if (l.state !== 'suspense') return
  const j = await sql<{ journal_id: string }>`select j.journal_id from ledger.journal j where j.company_id = ${scope.company_id} and j.source_type = 'bank_line' and j.source_id like ${`${l.line_id}%`} and j.kind = 'suspense' and not exists (select from ledger.journal r where r.company_id = ${scope.company_id} and r.reverses = j.journal_id)`.execute(scope.db)
  for (const { journal_id } of j.rows) await reverseJournal(scope, journal_id, { booked_on: scope.today, kind: 'suspense_end', source_type: 'bank_line', source_id: `${l.line_id}:${journal_id}` })
}

interface Claim {
  shares: readonly { house_id: string; amount_fen: number; prepay_fen: number; lines: readonly { bill_id: string; period_on: string; amount_fen: number }[] }[]
  note?: string | undefined
}
const matchLine = answer(payment.matchLine, async (scope, ask) => claimLine(scope, await lockLine(scope, ask.line_id, ['new', 'suspense']), ask))

/** Takes a locked line for these houses: by a person, or by itself (bank_auto.ts). */
export async function claimLine(scope: Scope, l: Line, ask: Claim) {
  const given = ask.shares.reduce((n, s) => n + s.amount_fen, 0)
  if (given !== l.amount_fen) throw scope.refuse('payment.bank_sum', { given: yuanGrouped(fen(given)), amount: yuanGrouped(fen(l.amount_fen)), difference: yuanGrouped(fen(given - l.amount_fen)) })
  if (new Set(ask.shares.map((s) => s.house_id)).size !== ask.shares.length) throw scope.refuse('payment.house_twice')
  const payments = await shared(scope, l, ask)
  await leaveSuspense(scope, l)
  const done = await recordPayments(scope, payments)
  if (l.reference) await takeSlips(scope, [{ method: 'transfer', reference: l.reference }], done[0]!.payment_id)
  await scope.db.insertInto('payment.bank_match').values(done.map((d) => ({ company_id: scope.company_id, line_id: l.line_id, payment_id: d.payment_id, amount_fen: d.total_fen, at: scope.now }))).execute()
  await end(scope, l, { state: 'matched', note: ask.note || null })
  scope.note('bank_line', l.line_id, { amount_fen: l.amount_fen, payments: done.map((d) => d.receipt_no) })
  return { payments: done.map((d, i) => ({ payment_id: d.payment_id, receipt_no: d.receipt_no, house_label: payments[i]!.house.label, total_fen: d.total_fen })) }
}

/** Each house's part as a payment: the lines named, else its oldest bills and the rest kept. All bills are locked in one go, in id order. */
async function shared(scope: Scope, l: Line, ask: Claim): Promise<NewPayment[]> {
  const houses = []
  for (const s of ask.shares) houses.push({ s, house: await houseToRead(scope, s.house_id) })
  const open = Map.groupBy(await openLines(scope, houses.map((h) => h.house)), (x) => x.house_id)
  const names = await ownerNames(scope, houses.map((h) => h.house.house_id))
  const out: NewPayment[] = []
  const merge_id = houses.length > 1 ? uuidv7() : null
  for (const { s, house } of houses.sort((a, b) => (a.house.house_id < b.house.house_id ? -1 : 1))) {
    let left = s.amount_fen
    const wanted = s.lines.length > 0 || s.prepay_fen > 0 ? s.lines : (open.get(house.house_id) ?? []).flatMap((x) => {
      const amount_fen = Math.min(left, x.open_fen)
      left -= amount_fen
      return amount_fen > 0 ? [{ bill_id: x.bill_id, period_on: x.period_on, amount_fen }] : []
    })
    const lines = await lockLines(scope, house.house_id, wanted)
    const bills_fen = lines.reduce((n, x) => n + x.amount_fen, 0)
    const named = s.lines.length > 0 || s.prepay_fen > 0
    if (named && bills_fen + s.prepay_fen !== s.amount_fen) throw scope.refuse('payment.bank_share', { house: house.label, amount: yuanGrouped(fen(s.amount_fen)), given: yuanGrouped(fen(bills_fen + s.prepay_fen)) })
    out.push({
      payment_id: uuidv7(), house, payer_name: l.counter_name || (names.get(house.house_id) ?? '住户'), source: 'import', taken_by: scope.who.account_id, cashier_name: scope.who.account_id ? scope.who.name : '自动入账',
      tenders: [{ method: 'transfer', amount_fen: fen(s.amount_fen), reference: l.reference }], lines, prepaid_fen: s.amount_fen - bills_fen, change_fen: 0, remark: [`银行来款 ${l.booked_on}`, ask.note].filter(Boolean).join(' '), merge_id,
    })
  }
  return out
}

/** The transfers that one bank line may prove: this payment's own, or those of all houses paid together with one number. */
async function transfersOf(scope: Scope, p: { payment_id: string; merge_id: string | null }, amount_fen: number): Promise<{ payment_id: string; amount_fen: number }[]> {
  const c = scope.company_id
  const r = await sql<{ payment_id: string; amount_fen: number; reference: string | null }>`select t.payment_id, t.amount_fen, t.reference from payment.payment x join payment.tender t on t.company_id = ${c} and t.payment_id = x.payment_id and t.method = 'transfer'
    where x.company_id = ${c} and x.reversed_at is null and (x.payment_id = ${p.payment_id} or x.merge_id = ${p.merge_id}::uuid) order by t.payment_id, t.line_no`.execute(scope.db)
  const own = r.rows.find((t) => t.payment_id === p.payment_id && t.amount_fen === amount_fen)
  if (own) return [own]
  const group = [...Map.groupBy(r.rows, (t) => t.reference ?? '').values()].find((g) => g.some((t) => t.payment_id === p.payment_id) && g.reduce((n, t) => n + t.amount_fen, 0) === amount_fen)
  return group ?? []
}

const linkLine = answer(payment.linkLine, async (scope, { line_id, payment_id }) => linkTo(scope, line_id, payment_id))

/** The line only proves what the desk took before. */
export async function linkTo(scope: Scope, line_id: string, payment_id: string) {
  const c = scope.company_id
  const p = await paymentToRead(scope, payment_id, true)
  const l = await lockLine(scope, line_id, ['new', 'suspense'])
  const transfers = p.reversed_at ? [] : await transfersOf(scope, p, l.amount_fen)
  if (transfers.length === 0) throw scope.refuse('payment.bank_not_same', { receipt_no: p.receipt_no, total: yuanGrouped(fen(p.total_fen)), amount: yuanGrouped(fen(l.amount_fen)) })
  const other = await scope.db.selectFrom('payment.bank_match').select('line_id').where('company_id', '=', c).where('payment_id', 'in', transfers.map((t) => t.payment_id)).executeTakeFirst()
  if (other) throw scope.refuse('payment.bank_linked', { receipt_no: p.receipt_no })
  await leaveSuspense(scope, l)
  await scope.db.insertInto('payment.bank_match').values(transfers.map((t) => ({ company_id: c, line_id, payment_id: t.payment_id, amount_fen: t.amount_fen, at: scope.now }))).execute()
  await end(scope, l, { state: 'linked', note: null })
  scope.note('bank_line', line_id, { linked: p.receipt_no, payments: transfers.length })
  return { state: 'linked' as const }
}

/** Money of nobody known: in the bank and owed to whoever it belongs to. Each stay has a journal of its own. */
async function suspend(scope: Scope, lines: readonly Line[]): Promise<void> {
  for (const l of lines)
    await post(scope, {
      book: 'company', booked_on: scope.today, kind: 'suspense', source_type: 'bank_line', source_id: `${l.line_id}:${scope.now}`,
      lines: [{ account_code: '1002', amount_fen: l.amount_fen, community_id: l.community_id }, { account_code: '2241', amount_fen: -l.amount_fen, community_id: l.community_id, subject_type: 'bank_line', subject_id: l.line_id }],
    })
  await scope.db.updateTable('payment.bank_line').set({ state: 'suspense', suspended_on: scope.today, decided_by: scope.who.account_id, decided_at: scope.now }).where('company_id', '=', scope.company_id).where('line_id', 'in', lines.map((l) => l.line_id)).execute()
}
const suspendLines = answer(payment.suspendLines, async (scope, { line_ids }) => {
  const lines = await lockMany(scope, line_ids, ['new'])
  await suspend(scope, lines)
  const amount_fen = lines.reduce((n, l) => n + l.amount_fen, 0)
  scope.note('bank_line', lines[0]!.line_id, { suspended: lines.length, amount_fen })
  return { count: lines.length, amount_fen }
})
const SUSPEND_AT_ONCE = 500
/** The bank's balance must be in the books: what nobody claimed within the days of the rule goes into suspense by itself. */
export const suspenseSchedule: Schedule = {
  name: 'payment.suspense',
  every_s: 3600,
  of: 'company',
  run: (w) => w.tx(async (s) => {
    for (const [community_id, rule] of await rulesOfAll(s, 'bank')) {
      if (rule.suspense_days === 0) continue
      const r = await s.db.selectFrom('payment.bank_line as l').selectAll('l').where('l.company_id', '=', s.company_id).where('l.community_id', '=', community_id).where('l.state', '=', 'new').where('l.amount_fen', '>', 0).where(sql<boolean>`l.booked_on + ${rule.suspense_days}::int <= ${s.today}::date`).orderBy('l.line_id').limit(SUSPEND_AT_ONCE).forUpdate().skipLocked().execute()
      if (r.length > 0) await suspend(s, r)
    }
  }),
}

const ignoreLine = answer(payment.ignoreLine, async (scope, { line_id, reason }) => {
  const l = await lockLine(scope, line_id, ['new'])
  await end(scope, l, { state: 'ignored', note: reason })
  scope.note('bank_line', line_id, { ignored: reason })
  return { state: 'ignored' as const }
})

const returnApproval: ApprovalKind<Record<string, never>> = {
  kind: 'payment.bank_return',
  zh: '退回来款',
  may: 'payment.bank.approve',
  has_amount: true,
  payload: z.object({}) as unknown as z.ZodType<Record<string, never>>,
  page: () => '/payment/bank?state=returning',
  facts: async (scope, a) => {
    const l = await scope.db.selectFrom('payment.bank_line').select(['booked_on', 'amount_fen', 'counter_name', 'counter_tail', 'memo', 'reference']).where('company_id', '=', scope.company_id).where('line_id', '=', a.subject_id).executeTakeFirst()
    return l ? [['交易日', l.booked_on], ['金额', yuanGrouped(fen(l.amount_fen))], ['对方户名', l.counter_name ?? ''], ['对方账号末四位', l.counter_tail ?? ''], ['附言', l.memo ?? ''], ['流水号', l.reference ?? '']].map(([label, value]) => ({ label: label!, value: value! })) : []
  },
  agreed: async (scope, a) => {
    const l = await scope.db.updateTable('payment.bank_line').set({ state: 'returned', note: a.reason, decided_by: scope.who.account_id, decided_at: scope.now }).where('company_id', '=', scope.company_id).where('line_id', '=', a.subject_id).where('state', '=', 'returning').returningAll().executeTakeFirstOrThrow()
    await post(scope, {
      book: 'company', booked_on: scope.today, kind: 'suspense_return', source_type: 'bank_line', source_id: l.line_id,
      lines: [{ account_code: '2241', amount_fen: l.amount_fen, community_id: l.community_id, subject_type: 'bank_line', subject_id: l.line_id }, { account_code: '1002', amount_fen: -l.amount_fen, community_id: l.community_id }],
    })
  },
  dropped: async (scope, a) => void (await scope.db.updateTable('payment.bank_line').set({ state: 'suspense' }).where('company_id', '=', scope.company_id).where('line_id', '=', a.subject_id).where('state', '=', 'returning').execute()),
}
export const bankApprovals = [approvalKind(returnApproval)]
const askReturnLine = answer(payment.askReturnLine, async (scope, { line_id, reason }) => {
  const l = await lockLine(scope, line_id, ['suspense'])
  await end(scope, l, { state: 'returning', note: reason })
  return askApproval(scope, returnApproval, { subject_type: 'bank_line', subject_id: line_id, community_id: l.community_id, amount_fen: l.amount_fen, payload: {}, reason, title: `退回来款 ${l.booked_on} ${l.counter_name ?? '未知'} ${yuanGrouped(fen(l.amount_fen))} 元` })
})

export const bankAnswers = [bankAccounts, saveBankAccount, matchLine, linkLine, suspendLines, ignoreLine, askReturnLine, houseCodes, ...bankLineReads]
