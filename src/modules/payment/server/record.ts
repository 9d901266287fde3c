// Writes payments, whoever took them: bills, wallets, journals, then payments with tenders, allocations and receipts in one statement, so that
// the row of the number series is locked last and briefly. One from the desk, up to a batch from the channel: the number of statements is
// the same. The caller has locked the bills and checked the sums.
import { sql } from 'kysely'
import { crashpoint } from '../../../kernel/crashpoint.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { applyPayment } from '../../billing/server/index.ts'
import { postMany } from '../../ledger/server/index.ts'
import type { Method, OpenLine } from '../contract.ts'
import { changePurses } from './purses.ts'
import type { Used } from './rules/deduct.ts'
import { journalOf, type Tender } from './rules/till.ts'

export interface HouseOf {
  house_id: string
  community_id: string
  building_id: string
  label: string
}
export interface PaidLine {
  line: OpenLine
  /** What the line owed before. */
  due_fen: number
  amount_fen: number
}
export interface NewPayment {
  /** Given when the number is needed before the payment is written. */
  payment_id?: string
  house: HouseOf
  payer_name: string
  source: 'desk' | 'online' | 'import' | 'auto'
  taken_by: string | null
  cashier_name: string
  tenders: readonly Tender[]
  lines: readonly PaidLine[]
  prepaid_fen: number
  /** What is prepaid is bound to this item. */
  prepay_item_id?: string | null
  /** Which purses the prepayment used comes from; the general one when left out. Locked and checked by the caller. */
  used?: readonly Used[]
  deduct_run_id?: string | null
  /** Joins the payments of one handing over of money. */
  merge_id?: string | null
  change_fen: number
  remark: string | null
}
export interface Recorded {
  payment_id: string
  receipt_no: string
  taken_at: string
  total_fen: number
  applied_fen: number
  prepaid_fen: number
  change_fen: number
  wallet_balance_fen: number
  arrears_fen: number
}

/** What a receipt says, frozen when it is issued. */
export interface ReceiptContent {
  company_name: string
  community_name: string
  house_name: string
  payer_name: string
  received_on: string
  cashier_name: string
  lines: { item: string; from_on: string; to_on: string; working: string; due_fen: number; paid_fen: number }[]
  tenders: { method: Method; amount_fen: number }[]
  change_fen: number
  prepaid_used_fen: number
  prepaid_added_fen: number
  prepaid_balance_fen: number
  arrears_fen: number
  remark: string | null
}

interface Facts {
  house_id: string
  company_name: string
  community_name: string
  wallet_fen: number
  arrears_fen: number
}

/** After bills and wallets have been changed: names, balances and what is still owed, for the receipts. */
async function factsOf(scope: Scope, houses: readonly HouseOf[]): Promise<Map<string, Facts>> {
  const c = scope.company_id
  const r = await sql<Facts>`select h.house_id, (select name from identity.company where company_id = ${c}) as company_name, m.name as community_name,
      (coalesce((select w.balance_fen from payment.wallet w where w.company_id = ${c} and w.house_id = h.house_id), 0)
        + coalesce((select sum(w.balance_fen) from payment.bound_wallet w where w.company_id = ${c} and w.house_id = h.house_id), 0))::bigint as wallet_fen,
      coalesce((select sum(b.amount_fen - b.paid_fen - b.reduced_fen) from billing.bill b where b.company_id = ${c} and b.community_id = h.community_id and b.house_id = h.house_id
        and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen), 0)::bigint as arrears_fen
    from unnest(${houses.map((h) => h.house_id)}::uuid[], ${houses.map((h) => h.community_id)}::uuid[]) as h(house_id, community_id)
    join property.community m on m.company_id = ${c} and m.community_id = h.community_id`.execute(scope.db)
  return new Map(r.rows.map((f) => [f.house_id, f]))
}

export async function walletBalance(scope: Scope, house_id: string): Promise<number> {
  const r = await scope.db.selectFrom('payment.wallet').select('balance_fen').where('company_id', '=', scope.company_id).where('house_id', '=', house_id).executeTakeFirst()
  return r?.balance_fen ?? 0
}

/** Counter and phone have number series of their own, so that neither waits for the other. */
const SERIES = { desk: { name: '收据', prefix: 'SJ' }, import: { name: '收据', prefix: 'SJ' }, online: { name: '电子收据', prefix: 'DZ' }, auto: { name: '抵扣单', prefix: 'DK' } } as const

const walletUse = (p: NewPayment): number => p.tenders.reduce((n, t) => n + (t.method === 'wallet' ? t.amount_fen : 0), 0)
const sumOf = (list: readonly { amount_fen: number }[]): number => list.reduce((n, x) => n + x.amount_fen, 0)

export async function recordPayment(scope: Scope, p: NewPayment): Promise<Recorded> {
  return (await recordPayments(scope, [p]))[0]!
}

/** One payment a house at most: each receipt says what its house owes and has prepaid after it. */
export async function recordPayments(scope: Scope, ps: readonly NewPayment[]): Promise<Recorded[]> {
  const all = ps.map((p) => ({ ...p, payment_id: p.payment_id ?? uuidv7(), applied_fen: sumOf(p.lines), used_fen: walletUse(p), total_fen: sumOf(p.tenders) }))
  assert(new Set(all.map((p) => p.house.house_id)).size === all.length, 'one payment a house')
  for (const p of all) assert(p.total_fen === p.applied_fen + p.prepaid_fen && p.total_fen > 0, 'tenders equal lines and prepayment')

  // Names and balances are read behind the changes: in the same message, unless purses change, which takes messages of its own.
  const purses = all.some((p) => p.prepaid_fen > 0 || p.used_fen > 0)
  const ask = () => factsOf(scope, all.map((p) => p.house))
  const [, , , early] = await Promise.all([
    applyPayment(scope, all.flatMap((p) => p.lines.map((l) => ({ bill_id: l.line.bill_id, period_on: l.line.period_on, amount_fen: l.amount_fen, taken_by: p.taken_by }))), 1),
    moveWallets(scope, all),
    postMany(scope, { book: 'company', booked_on: scope.today }, all.map((p) => ({ kind: 'payment', source_type: 'payment', source_id: p.payment_id, lines: journalOf({ ...p, house_id: p.house.house_id, community_id: p.house.community_id }) }))),
    purses ? null : ask(),
  ])
  crashpoint('payment.booked')
  const facts = early ?? (await ask())
  const numbers = await insertAll(scope, all.map((p) => ({ ...p, content: contentOf(scope, p, facts.get(p.house.house_id)!) })))
  crashpoint('payment.numbered')
  return all.map((p) => {
    const receipt_no = numbers.get(p.payment_id)!
    const { payment_id, total_fen, applied_fen, prepaid_fen, change_fen, source } = p
    scope.emit('payment.received', payment_id, { payment_id, community_id: p.house.community_id, house_id: p.house.house_id, total_fen, applied_fen, prepaid_fen, source, receipt_no })
    const f = facts.get(p.house.house_id)!
    return { payment_id, receipt_no, taken_at: scope.now, total_fen, applied_fen, prepaid_fen, change_fen, wallet_balance_fen: f.wallet_fen, arrears_fen: f.arrears_fen }
  })
}

type Summed = NewPayment & { payment_id: string; applied_fen: number; used_fen: number; total_fen: number }

const usedOf = (p: Summed): readonly Used[] => p.used ?? (p.used_fen > 0 ? [{ fee_item_id: null, amount_fen: p.used_fen }] : [])

/** Purses in house order: what is prepaid goes in, what was used comes out. */
async function moveWallets(scope: Scope, all: readonly Summed[]): Promise<void> {
  for (const p of all) assert(usedOf(p).reduce((n, u) => n + u.amount_fen, 0) === p.used_fen, 'the purses used are the prepayment used')
  const changes = all.flatMap((p) => [
    ...(p.prepaid_fen > 0 ? [{ house_id: p.house.house_id, fee_item_id: p.prepay_item_id ?? null, amount_fen: p.prepaid_fen }] : []),
    ...usedOf(p).map((u) => ({ house_id: p.house.house_id, fee_item_id: u.fee_item_id, amount_fen: -u.amount_fen })),
  ])
  if (changes.length > 0) assert(await changePurses(scope, changes), 'the purses were locked and checked')
}

function contentOf(scope: Scope, p: NewPayment, facts: Facts): ReceiptContent {
  return {
    company_name: facts.company_name,
    community_name: facts.community_name,
    house_name: p.house.label,
    payer_name: p.payer_name,
    received_on: scope.today,
    cashier_name: p.cashier_name,
    lines: p.lines.map((l) => ({ item: l.line.fee_item_name, from_on: l.line.from_on, to_on: l.line.to_on, working: l.line.explanation, due_fen: l.due_fen, paid_fen: l.amount_fen })),
    tenders: p.tenders.filter((t) => t.method !== 'wallet').map(({ method, amount_fen }) => ({ method, amount_fen })),
    change_fen: p.change_fen,
    prepaid_used_fen: walletUse(p),
    prepaid_added_fen: p.prepaid_fen,
    prepaid_balance_fen: facts.wallet_fen,
    arrears_fen: facts.arrears_fen,
    remark: p.remark,
  }
}

/** Everything that names the receipt number, in one statement. Payments of one source; gives the numbers by payment. */
async function insertAll(scope: Scope, all: readonly (Summed & { content: ReceiptContent })[]): Promise<Map<string, string>> {
  const c = scope.company_id
  const year = scope.today.slice(0, 4)
  const series = SERIES[all[0]!.source]
  assert(all.every((p) => p.source === all[0]!.source), 'one source, one series')
  const heads = all.map((p, i) => ({
    ord: i + 1, payment_id: p.payment_id, community_id: p.house.community_id, building_id: p.house.building_id, house_id: p.house.house_id, payer_name: p.payer_name, total_fen: p.total_fen,
    applied_fen: p.applied_fen, prepaid_fen: p.prepaid_fen, change_fen: p.change_fen, taken_by: p.taken_by, remark: p.remark, prepay_item_id: p.prepay_item_id ?? null, deduct_run_id: p.deduct_run_id ?? null, merge_id: p.merge_id ?? null, lines: p.content,
  }))
  const tenders = all.flatMap((p) => p.tenders.map((t, i) => ({ payment_id: p.payment_id, line_no: i + 1, ...t })))
  const allocations = all.flatMap((p) => p.lines.map((l) => ({ payment_id: p.payment_id, bill_id: l.line.bill_id, period_on: l.line.period_on, fee_item_id: l.line.fee_item_id, amount_fen: l.amount_fen })))
  const entry = (p: Summed, fee_item_id: string | null, amount_fen: number, cause: string) => (amount_fen === 0 ? [] : [{ entry_id: uuidv7(), payment_id: p.payment_id, house_id: p.house.house_id, fee_item_id, amount_fen, cause }])
  const entries = all.flatMap((p) => [...entry(p, p.prepay_item_id ?? null, p.prepaid_fen, 'prepay'), ...usedOf(p).flatMap((u) => entry(p, u.fee_item_id, -u.amount_fen, 'use'))])
  const r = await sql<{ payment_id: string; receipt_no: string }>`
    with n as (
      insert into payment.series (company_id, series, last_no) values (${c}, ${`${series.name}-${year}`}, ${all.length})
      on conflict (company_id, series) do update set last_no = series.last_no + excluded.last_no returning series, last_no - ${all.length}::bigint as before
    ), numbered as (
      select h.*, n.series, n.before + h.ord as no, ${`${series.prefix}${year}-`}::text || lpad((n.before + h.ord)::text, greatest(6, length((n.before + h.ord)::text)), '0') as receipt_no
      from n, jsonb_to_recordset(${JSON.stringify(heads)}::jsonb) as h(ord int, payment_id uuid, community_id uuid, building_id uuid, house_id uuid, payer_name text, total_fen bigint, applied_fen bigint, prepaid_fen bigint, change_fen bigint, taken_by uuid, remark text, prepay_item_id uuid, deduct_run_id uuid, merge_id uuid, lines jsonb)
    ), paid as (
      insert into payment.payment (company_id, payment_id, community_id, building_id, house_id, payer_name, source, total_fen, applied_fen, prepaid_fen, change_fen, taken_by, taken_at, taken_on, receipt_no, remark, prepay_item_id, deduct_run_id, merge_id)
      select ${c}::bigint, payment_id, community_id, building_id, house_id, payer_name, ${all[0]!.source}, total_fen, applied_fen, prepaid_fen, change_fen, taken_by, ${scope.now}::timestamptz, ${scope.today}::date, receipt_no, remark, prepay_item_id, deduct_run_id, merge_id from numbered
    ), tendered as (
      insert into payment.tender (company_id, payment_id, line_no, method, amount_fen, reference)
      select ${c}::bigint, t.* from jsonb_to_recordset(${JSON.stringify(tenders)}::jsonb) as t(payment_id uuid, line_no int, method text, amount_fen bigint, reference text)
    ), allocated as (
      insert into payment.allocation (company_id, payment_id, bill_id, period_on, fee_item_id, amount_fen)
      select ${c}::bigint, a.* from jsonb_to_recordset(${JSON.stringify(allocations)}::jsonb) as a(payment_id uuid, bill_id uuid, period_on date, fee_item_id uuid, amount_fen bigint)
    ), entered as (
      insert into payment.wallet_entry (company_id, entry_id, house_id, fee_item_id, amount_fen, cause, payment_id, by_id, at)
      select ${c}::bigint, e.entry_id, e.house_id, e.fee_item_id, e.amount_fen, e.cause, e.payment_id, ${scope.who.account_id}::uuid, ${scope.now}::timestamptz from jsonb_to_recordset(${JSON.stringify(entries)}::jsonb) as e(entry_id uuid, payment_id uuid, house_id uuid, fee_item_id uuid, amount_fen bigint, cause text)
    )
    insert into payment.receipt (company_id, payment_id, series, no, receipt_no, total_fen, lines)
    select ${c}::bigint, payment_id, series, no, receipt_no, total_fen, lines from numbered
    returning payment_id, receipt_no`.execute(scope.db)
  return new Map(r.rows.map((x) => [x.payment_id, x.receipt_no]))
}
