// Writes one payment, whoever took it: wallet, bills, journal, then payment with tenders, allocations and receipt in one statement, so
// that the row of the number series is locked last and for two round trips only. The caller has locked the bills and checked the sums.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import { assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { applyPayment } from '../../billing/server/index.ts'
import { post } from '../../ledger/server/index.ts'
import type { Method, OpenLine } from '../contract.ts'
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
  source: 'desk' | 'online'
  taken_by: string | null
  cashier_name: string
  tenders: readonly Tender[]
  lines: readonly PaidLine[]
  prepaid_fen: number
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
  company_name: string
  community_name: string
  wallet_fen: number
  arrears_fen: number
}

/** After bills and wallet have been changed: names, balance and what is still owed, for the receipt. */
async function factsOf(scope: Scope, h: HouseOf): Promise<Facts> {
  const c = scope.company_id
  const r = await sql<Facts>`select (select name from identity.company where company_id = ${c}) as company_name,
      (select name from property.community where company_id = ${c} and community_id = ${h.community_id}) as community_name,
      coalesce((select balance_fen from payment.wallet where company_id = ${c} and house_id = ${h.house_id}), 0)::bigint as wallet_fen,
      coalesce((select sum(amount_fen - paid_fen - reduced_fen) from billing.bill where company_id = ${c} and community_id = ${h.community_id} and house_id = ${h.house_id}
        and voided_at is null and paid_fen + reduced_fen < amount_fen), 0)::bigint as arrears_fen`.execute(scope.db)
  return r.rows[0]!
}

/** Balance after the change, or null when there is too little; the row is locked by the update itself. */
export async function changeWallet(scope: Scope, house_id: string, change_fen: number): Promise<number | null> {
  const r =
    change_fen > 0
      ? await sql<{ balance_fen: number }>`insert into payment.wallet (company_id, house_id, balance_fen) values (${scope.company_id}, ${house_id}, ${change_fen})
          on conflict (company_id, house_id) do update set balance_fen = wallet.balance_fen + excluded.balance_fen returning balance_fen`.execute(scope.db)
      : await sql<{ balance_fen: number }>`update payment.wallet set balance_fen = balance_fen + ${change_fen} where company_id = ${scope.company_id} and house_id = ${house_id}
          and balance_fen + ${change_fen} >= 0 returning balance_fen`.execute(scope.db)
  return r.rows[0]?.balance_fen ?? null
}
export async function walletBalance(scope: Scope, house_id: string): Promise<number> {
  const r = await scope.db.selectFrom('payment.wallet').select('balance_fen').where('company_id', '=', scope.company_id).where('house_id', '=', house_id).executeTakeFirst()
  return r?.balance_fen ?? 0
}

/** Counter and phone have number series of their own, so that neither waits for the other. */
const SERIES = { desk: { name: '收据', prefix: 'SJ' }, online: { name: '电子收据', prefix: 'DZ' } } as const

export async function recordPayment(scope: Scope, p: NewPayment): Promise<Recorded> {
  const payment_id = p.payment_id ?? uuidv7()
  const applied_fen = p.lines.reduce((n, l) => n + l.amount_fen, 0)
  const used_fen = p.tenders.reduce((n, t) => n + (t.method === 'wallet' ? t.amount_fen : 0), 0)
  const total_fen = p.tenders.reduce((n, t) => n + t.amount_fen, 0)
  assert(total_fen === applied_fen + p.prepaid_fen && total_fen > 0, 'tenders equal lines and prepayment')

  if (p.lines.length > 0) await applyPayment(scope, p.lines.map((l) => ({ bill_id: l.line.bill_id, period_on: l.line.period_on, amount_fen: l.amount_fen })), 1)
  if (p.prepaid_fen !== used_fen) {
    const balance = await changeWallet(scope, p.house.house_id, p.prepaid_fen - used_fen)
    assert(balance !== null, 'the wallet was locked and checked')
  }
  const facts = await factsOf(scope, p.house)
  await post(scope, {
    book: 'company', booked_on: scope.today, kind: 'payment', source_type: 'payment', source_id: payment_id,
    lines: journalOf({ tenders: p.tenders, applied_fen, prepaid_fen: p.prepaid_fen, house_id: p.house.house_id, community_id: p.house.community_id }),
  })
  const content = contentOf(scope, p, facts)
  const receipt_no = await insertAll(scope, { payment_id, p, total_fen, applied_fen, used_fen, content })
  scope.emit('payment.received', payment_id, { payment_id, community_id: p.house.community_id, house_id: p.house.house_id, total_fen, applied_fen, prepaid_fen: p.prepaid_fen, source: p.source, receipt_no })
  return { payment_id, receipt_no, taken_at: scope.now, total_fen, applied_fen, prepaid_fen: p.prepaid_fen, change_fen: p.change_fen, wallet_balance_fen: facts.wallet_fen, arrears_fen: facts.arrears_fen }
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
    prepaid_used_fen: p.tenders.reduce((n, t) => n + (t.method === 'wallet' ? t.amount_fen : 0), 0),
    prepaid_added_fen: p.prepaid_fen,
    prepaid_balance_fen: facts.wallet_fen,
    arrears_fen: facts.arrears_fen,
    remark: p.remark,
  }
}

interface All {
  payment_id: string
  p: NewPayment
  total_fen: number
  applied_fen: number
  used_fen: number
  content: ReceiptContent
}
async function insertAll(scope: Scope, { payment_id, p, total_fen, applied_fen, used_fen, content }: All): Promise<string> {
  const c = scope.company_id
  const year = scope.today.slice(0, 4)
  const series = SERIES[p.source]
  const entries = [...(p.prepaid_fen ? [{ entry_id: uuidv7(), amount_fen: p.prepaid_fen, cause: 'prepay' }] : []), ...(used_fen ? [{ entry_id: uuidv7(), amount_fen: -used_fen, cause: 'use' }] : [])]
  const r = await sql<{ receipt_no: string }>`
    with n as (
      insert into payment.series (company_id, series, last_no) values (${c}, ${`${series.name}-${year}`}, 1)
      on conflict (company_id, series) do update set last_no = series.last_no + excluded.last_no returning series, last_no
    ), numbered as (
      select series, last_no, ${`${series.prefix}${year}-`}::text || lpad(last_no::text, greatest(6, length(last_no::text)), '0') as receipt_no from n
    ), paid as (
      insert into payment.payment (company_id, payment_id, community_id, building_id, house_id, payer_name, source, total_fen, applied_fen, prepaid_fen, change_fen, taken_by, taken_at, taken_on, receipt_no, remark)
      select ${c}::bigint, ${payment_id}::uuid, ${p.house.community_id}::uuid, ${p.house.building_id}::uuid, ${p.house.house_id}::uuid, ${p.payer_name}, ${p.source}, ${total_fen}::bigint, ${applied_fen}::bigint, ${p.prepaid_fen}::bigint,
        ${p.change_fen}::bigint, ${p.taken_by}::uuid, ${scope.now}::timestamptz, ${scope.today}::date, receipt_no, ${p.remark} from numbered
    ), tendered as (
      insert into payment.tender (company_id, payment_id, line_no, method, amount_fen, reference)
      select ${c}::bigint, ${payment_id}::uuid, line_no, method, amount_fen, reference
      from unnest(${p.tenders.map((t) => t.method)}::text[], ${p.tenders.map((t) => t.amount_fen)}::bigint[], ${p.tenders.map((t) => t.reference)}::text[]) with ordinality as t(method, amount_fen, reference, line_no)
    ), allocated as (
      insert into payment.allocation (company_id, payment_id, bill_id, period_on, amount_fen)
      select ${c}::bigint, ${payment_id}::uuid, a.bill_id, a.period_on, a.amount_fen
      from unnest(${p.lines.map((l) => l.line.bill_id)}::uuid[], ${p.lines.map((l) => l.line.period_on)}::date[], ${p.lines.map((l) => l.amount_fen)}::bigint[]) as a(bill_id, period_on, amount_fen)
    ), entered as (
      insert into payment.wallet_entry (company_id, entry_id, house_id, amount_fen, cause, payment_id, at)
      select ${c}::bigint, e.entry_id, ${p.house.house_id}::uuid, e.amount_fen, e.cause, ${payment_id}::uuid, ${scope.now}::timestamptz
      from unnest(${entries.map((e) => e.entry_id)}::uuid[], ${entries.map((e) => e.amount_fen)}::bigint[], ${entries.map((e) => e.cause)}::text[]) as e(entry_id, amount_fen, cause)
    )
    insert into payment.receipt (company_id, payment_id, series, no, receipt_no, total_fen, lines)
    select ${c}::bigint, ${payment_id}::uuid, series, last_no, receipt_no, ${total_fen}::bigint, ${JSON.stringify(content)}::jsonb from numbered
    returning receipt_no`.execute(scope.db)
  return r.rows[0]!.receipt_no
}
