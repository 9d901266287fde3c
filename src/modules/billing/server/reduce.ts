// The one place that reduces bills and raises them again. A line a bill and act, append only; the journal takes the receivable of each house
// back against the item's income (a waiver was never earned) or, for a bad debt, against 6711 营业外支出 (坏账损失, 小企业会计准则 第十条).
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { BookName } from '../../ledger/contract.ts'
import { bookOfBill, post, postMany } from '../../ledger/server/index.ts'
import type { ReductionRow } from '../waiver_contract.ts'
import { LIVE, billsByKey, lockOpen, type BillKey, type OpenBill } from './settle.ts'
import { moved } from './sums.ts'

export const BAD_DEBT = '6711'

export interface Reduction {
  bill: OpenBill
  amount_fen: number
  account_code: string
  explanation: string
}
interface Head {
  kind: ReductionRow['kind']
  waiver_id: string
  /** Of the journal. */
  journal_kind: 'waiver' | 'waiver_reversal'
}

/** Income accounts of the items of these bills. */
export async function incomeAccounts(scope: Scope, fee_item_ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await scope.db.selectFrom('billing.fee_item').select(['fee_item_id', 'account_code']).where('company_id', '=', scope.company_id).where('fee_item_id', 'in', [...new Set(fee_item_ids)]).execute()
  return new Map(rows.map((r) => [r.fee_item_id, r.account_code]))
}

/** Moves reduced_fen of locked bills by these amounts (signed), all or none. */
async function moveBills(scope: Scope, lines: readonly (BillKey & { amount_fen: number })[]): Promise<void> {
  const { rows } = await sql<{ n: number }>`with done as (
    update billing.bill b set reduced_fen = b.reduced_fen + k.amount_fen
    from unnest(${lines.map((l) => l.period_on)}::date[], ${lines.map((l) => l.bill_id)}::uuid[], ${lines.map((l) => l.amount_fen)}::bigint[]) as k(period_on, bill_id, amount_fen)
    where b.company_id = ${scope.company_id} and ${billsByKey(lines)} and b.period_on = k.period_on and b.bill_id = k.bill_id and ${LIVE}
      and b.reduced_fen + k.amount_fen >= 0 and b.paid_fen + b.reduced_fen + k.amount_fen <= b.amount_fen
    returning b.community_id, b.building_id, b.fee_item_id, b.period_on, k.amount_fen as moved_fen
  ), told as (${moved(scope, sql`done`, { reduced_fen: sql`x.moved_fen` })}) select count(*)::int as n from done`.execute(scope.db)
  if (rows[0]!.n !== lines.length) throw scope.refuse('billing.bill_changed')
}

/** Sums of a journal: the receivable by house, the other side by account and item, each in the book of its bill. */
function journalLines(list: readonly { book: BookName; community_id: string; house_id: string; fee_item_id: string; account_code: string; amount_fen: number }[]) {
  const sums = new Map<string, { book: BookName; account_code: string; amount_fen: number; community_id: string; subject_type: string; subject_id: string }>()
  const add = (book: BookName, account_code: string, amount_fen: number, community_id: string, subject_type: string, subject_id: string) => {
    const key = `${book} ${account_code} ${subject_id}`
    const was = sums.get(key)
    sums.set(key, { book, account_code, amount_fen: (was?.amount_fen ?? 0) + amount_fen, community_id, subject_type, subject_id })
  }
  for (const l of list) {
    add(l.book, '1122', -l.amount_fen, l.community_id, 'house', l.house_id)
    add(l.book, l.account_code, l.amount_fen, l.community_id, 'fee_item', l.fee_item_id)
  }
  return [...sums.values()].filter((l) => l.amount_fen !== 0)
}

export async function reduceBills(scope: Scope, head: Head, list: readonly Reduction[]): Promise<void> {
  await moveBills(scope, list.map((r) => ({ bill_id: r.bill.bill_id, period_on: r.bill.period_on, amount_fen: r.amount_fen })))
  await scope.db
    .insertInto('billing.reduction')
    .values(list.map((r) => ({
      company_id: scope.company_id, reduction_id: uuidv7(), period_on: r.bill.period_on, bill_id: r.bill.bill_id, community_id: r.bill.community_id, house_id: r.bill.house_id, fee_item_id: r.bill.fee_item_id, kind: head.kind,
      amount_fen: r.amount_fen, account_code: r.account_code, waiver_id: head.waiver_id, discount_id: null, reverses: null, explanation: r.explanation, booked_on: scope.today, created_by: scope.who.account_id, created_at: scope.now,
    })))
    .execute()
  await post(scope, { book: 'company', booked_on: scope.today, kind: head.journal_kind, source_type: 'waiver', source_id: head.waiver_id, lines: journalLines(list.map((r) => ({ ...r.bill, account_code: r.account_code, amount_fen: r.amount_fen }))) })
}

interface Kept {
  reduction_id: string
  period_on: string
  bill_id: string
  community_id: string
  house_id: string
  fee_item_id: string
  kind: ReductionRow['kind']
  amount_fen: number
  account_code: string
  explanation: string
}
async function booksOf(scope: Scope, bills: readonly BillKey[]): Promise<Map<string, BookName>> {
  const { rows } = await sql<{ bill_id: string; book: BookName }>`select b.bill_id, ${bookOfBill()} as book from billing.bill b join billing.fee_item f on f.company_id = b.company_id and f.fee_item_id = b.fee_item_id
    where b.company_id = ${scope.company_id} and b.period_on = any(${[...new Set(bills.map((b) => b.period_on))]}::date[]) and b.bill_id = any(${bills.map((b) => b.bill_id)}::uuid[])`.execute(scope.db)
  return new Map(rows.map((r) => [r.bill_id, r.book]))
}
/** Takes a waiver's lines back, whole. The bills are locked by the caller, none is void. */
export async function unreduce(scope: Scope, waiver_id: string, reason: string): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql<Kept>`select reduction_id, period_on, bill_id, community_id, house_id, fee_item_id, kind, amount_fen, account_code, explanation from billing.reduction where company_id = ${c} and waiver_id = ${waiver_id} and reverses is null order by bill_id`.execute(scope.db)
  const books = await booksOf(scope, rows)
  await moveBills(scope, rows.map((r) => ({ ...r, amount_fen: -r.amount_fen })))
  await scope.db
    .insertInto('billing.reduction')
    .values(rows.map((r) => ({ ...r, company_id: c, reduction_id: uuidv7(), amount_fen: -r.amount_fen, waiver_id, discount_id: null, reverses: r.reduction_id, explanation: `撤销:${reason}`, booked_on: scope.today, created_by: scope.who.account_id, created_at: scope.now })))
    .execute()
  await post(scope, { book: 'company', booked_on: scope.today, kind: 'waiver_reversal', source_type: 'waiver', source_id: waiver_id, lines: journalLines(rows.map((r) => ({ ...r, book: books.get(r.bill_id)!, amount_fen: -r.amount_fen }))) })
}

/** What a coupon takes off a bill when it is paid (优惠券, of the module above); several coupons may share a bill. */
export interface CouponOff {
  use_id: string
  bill: OpenBill
  amount_fen: number
  explanation: string
}
const perBill = <T extends BillKey & { amount_fen: number }>(list: readonly T[]): (BillKey & { amount_fen: number })[] =>
  [...Map.groupBy(list, (x) => x.bill_id).values()].map((same) => ({ bill_id: same[0]!.bill_id, period_on: same[0]!.period_on, amount_fen: same.reduce((n, x) => n + x.amount_fen, 0) }))

/** The bills are locked by the caller. Income that the company does not get, as a waiver is; one journal a use. */
export async function reduceByCoupons(scope: Scope, list: readonly CouponOff[]): Promise<void> {
  const income = await incomeAccounts(scope, list.map((x) => x.bill.fee_item_id))
  const account = (x: CouponOff): string => income.get(x.bill.fee_item_id)!
  await moveBills(scope, perBill(list.map((x) => ({ bill_id: x.bill.bill_id, period_on: x.bill.period_on, amount_fen: x.amount_fen }))))
  await scope.db
    .insertInto('billing.reduction')
    .values(list.map((x) => ({
      company_id: scope.company_id, reduction_id: uuidv7(), period_on: x.bill.period_on, bill_id: x.bill.bill_id, community_id: x.bill.community_id, house_id: x.bill.house_id, fee_item_id: x.bill.fee_item_id, kind: 'coupon',
      amount_fen: x.amount_fen, account_code: account(x), coupon_use_id: x.use_id, explanation: x.explanation, booked_on: scope.today, created_by: scope.who.account_id, created_at: scope.now,
    })))
    .execute()
  await postMany(scope, { book: 'company', booked_on: scope.today }, [...Map.groupBy(list, (x) => x.use_id)].map(([use_id, of]) => ({ kind: 'coupon', source_type: 'coupon_use', source_id: use_id, lines: journalLines(of.map((x) => ({ ...x.bill, account_code: account(x), amount_fen: x.amount_fen }))) })))
}

/** Takes back what these uses took off, of bills that still live: a void one owes nobody anything. Locks the bills in id order. */
export async function unreduceCoupons(scope: Scope, use_ids: readonly string[], reason: string): Promise<void> {
  const c = scope.company_id
  const { rows: all } = await sql<Kept & { use_id: string }>`select reduction_id, period_on, bill_id, community_id, house_id, fee_item_id, kind, amount_fen, account_code, explanation, coupon_use_id as use_id from billing.reduction where company_id = ${c} and coupon_use_id = any(${[...use_ids]}::uuid[]) and reverses is null order by bill_id, reduction_id`.execute(scope.db)
  const live = new Set((await lockOpen(scope, all)).map((b) => b.bill_id))
  const rows = all.filter((r) => live.has(r.bill_id))
  if (rows.length === 0) return
  const books = await booksOf(scope, rows)
  await moveBills(scope, perBill(rows.map((r) => ({ ...r, amount_fen: -r.amount_fen }))))
  await scope.db
    .insertInto('billing.reduction')
    .values(rows.map(({ use_id, ...r }) => ({ ...r, company_id: c, reduction_id: uuidv7(), amount_fen: -r.amount_fen, coupon_use_id: use_id, reverses: r.reduction_id, explanation: `撤销:${reason}`, booked_on: scope.today, created_by: scope.who.account_id, created_at: scope.now })))
    .execute()
  await postMany(scope, { book: 'company', booked_on: scope.today }, [...Map.groupBy(rows, (r) => r.use_id)].map(([use_id, of]) => ({ kind: 'coupon_reversal', source_type: 'coupon_use', source_id: use_id, lines: journalLines(of.map((r) => ({ ...r, book: books.get(r.bill_id)!, amount_fen: -r.amount_fen }))) })))
}

/** What reduced a bill, newest first. */
export async function reductionsOf(scope: Scope, bill_id: string): Promise<ReductionRow[]> {
  const rows = await scope.db.selectFrom('billing.reduction').select(['reduction_id', 'kind', 'amount_fen', 'explanation', 'booked_on', 'waiver_id', 'discount_id']).where('company_id', '=', scope.company_id).where('bill_id', '=', bill_id).orderBy('created_at', 'desc').orderBy('amount_fen').orderBy('reduction_id').limit(100).execute()
  return rows as ReductionRow[]
}
