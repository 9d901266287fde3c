// Bills for staff: list, detail, the house's desk, void.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { dayOf } from '../../../kernel/clock.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { bookOfBill, post } from '../../ledger/server/index.ts'
import type { BookName } from '../../ledger/contract.ts'
import { releaseReadings } from '../../meters/server/index.ts'
import { houseToRead } from '../../property/server/index.ts'
import { billing, type BillFilter, type BillRow } from '../contract.ts'
import { billToRead, billsSeenBy, type Bill } from './access.ts'
import { billPage, billRows, billWhere, totalsOf, totalsUpTo } from './bill_rows.ts'
import { billsBook } from './excel.ts'
import { reductionsOf } from './reduce.ts'
import { reworksOf } from './rework_calls.ts'
import { madeOrVoided } from './sums.ts'

const COUNT_MAX = 10_000
const DESK_MAX = 500
export const EXPORT_MAX = 200_000

const list = answer(billing.bills, async (scope, { page, page_size, with_totals, ...f }) => {
  const where = await billWhere(scope, f, billsSeenBy(scope))
  const { rows, made } = await billPage(scope, f, where, { limit: page_size, offset: (page - 1) * page_size })
  // Voids are few: runs that made twice as many leave no doubt, and nothing need be counted.
  if (!with_totals && made !== null && made > 2 * COUNT_MAX) return { rows, total: COUNT_MAX, totals: null }
  const totals = with_totals ? await totalsOf(scope, where) : await totalsUpTo(scope, where, COUNT_MAX)
  if (!with_totals && totals.count > COUNT_MAX) return { rows, total: COUNT_MAX, totals: null }
  return { rows, total: totals.count, totals: with_totals === false ? null : totals }
}, { plan_once: true })

const ROWS_AT_ONCE = 1_000
/** Page by page from the newest, each after the last row of the one before: what is in memory does not depend on how many there are. */
async function* paged(scope: Scope, where: RawBuilder<unknown>): AsyncGenerator<BillRow> {
  let after = sql``
  for (let n = 0; n < EXPORT_MAX; n += ROWS_AT_ONCE) {
    const rows = await billRows(scope, sql`${where} ${after}`, { limit: ROWS_AT_ONCE })
    yield* rows
    const last = rows.at(-1)
    if (!last || rows.length < ROWS_AT_ONCE) return
    rows.length = 0
    after = sql`and (b.period_on, b.bill_id) < (${last.period_on}::date, ${last.bill_id}::uuid)`
  }
}

const excel = answerFile(billing.billsExcel, async (scope, f: BillFilter) => {
  const where = await billWhere(scope, f, billsSeenBy(scope))
  const totals = await totalsOf(scope, where)
  if (totals.count > EXPORT_MAX) throw scope.refuse('billing.export_too_large', { count: totals.count, max: EXPORT_MAX })
  return billsBook(paged(scope, where), totals, f, scope.today)
})

async function priceOf(scope: Scope, bill_id: string, period_on: string) {
  const { rows } = await sql<{ price_id: string; unit_price: string; from_on: string; to_on: string | null; basis: string | null }>`select pr.price_id, pr.unit_price::text as unit_price, pr.from_on, pr.to_on, pr.basis from billing.bill b
    join billing.price pr on pr.company_id = ${scope.company_id} and pr.price_id = b.price_id where b.company_id = ${scope.company_id} and b.period_on = ${period_on}::date and b.bill_id = ${bill_id}`.execute(scope.db)
  return rows[0] ?? null
}

/** The house's receivable and the item's income of the chunk that holds the bill, its void, and the journals of its payments. */
async function postingsOf(scope: Scope, bill: Bill) {
  const c = scope.company_id
  const { rows } = await sql<{ journal_id: string; kind: string; booked_on: string; account_code: string; account_name: string; amount_fen: number }>`
    select j.journal_id, j.kind, j.booked_on, p.account_code, coalesce(a.name, p.account_code) as account_name, p.amount_fen
    from ledger.posting p join ledger.journal j on j.company_id = ${c} and j.journal_id = p.journal_id left join ledger.account a on a.company_id = ${c} and a.book = p.book and a.code = p.account_code
    where p.company_id = ${c} and p.subject_type = 'house' and p.subject_id = ${bill.house_id}
      and ((j.source_type = 'run' and j.source_id like ${`${bill.run_id}:%`}) or (j.source_type = 'bill' and j.source_id = ${bill.bill_id}) or (j.source_type = 'share' and j.source_id = ${bill.reading_id}::text)
        or (j.source_type in ('rework', 'rework_undo') and j.source_id in (select n.rework_id::text from billing.rework_bill n where n.company_id = ${c} and n.bill_id = ${bill.bill_id}))
        or (j.source_type = 'waiver' and j.source_id in (select n.waiver_id::text from billing.reduction n where n.company_id = ${c} and n.bill_id = ${bill.bill_id}))
        or (j.source_type = 'coupon_use' and j.source_id in (select n.coupon_use_id::text from billing.reduction n where n.company_id = ${c} and n.bill_id = ${bill.bill_id})))
    order by j.posted_at, p.line_no limit 100`.execute(scope.db)
  return rows
}

const detail = answer(billing.bill, async (scope, { bill_id }) => {
  const c = scope.company_id
  const bill = await billToRead(scope, bill_id, billsSeenBy(scope))
  const [row] = await billRows(scope, sql`b.company_id = ${c} and b.period_on = ${bill.period_on}::date and b.bill_id = ${bill_id}`, { limit: 1 })
  const { rows: more } = await sql<{ created_by: string | null; published_by: string | null; published_at: string | null; voided_by: string | null; voided_at: string | null; void_reason: string | null }>`
    select r.created_by, r.published_by, r.published_at, b.voided_by, b.voided_at, b.void_reason from billing.bill b left join billing.run r on r.company_id = ${c} and r.run_id = b.run_id
    where b.company_id = ${c} and b.period_on = ${bill.period_on}::date and b.bill_id = ${bill_id}`.execute(scope.db)
  const m = more[0]!
  const { rows: siblings } = await sql<{ bill_id: string; amount_fen: number; voided: boolean }>`select s.bill_id, s.amount_fen, s.voided_at is not null as voided from billing.bill s join billing.bill b on b.company_id = ${c} and b.period_on = ${bill.period_on}::date and b.bill_id = ${bill_id}
    where s.company_id = ${c} and s.period_on = ${bill.period_on}::date and s.house_id = ${bill.house_id} and s.fee_item_id = ${bill.fee_item_id} and s.from_on < b.to_on and s.to_on > b.from_on and s.bill_id <> b.bill_id
      and s.of_bill_id is not distinct from b.of_bill_id and (s.voided_at is not null or b.voided_at is not null) order by s.bill_id limit 50`.execute(scope.db)
  const { rows: principal } = await sql<{ bill_id: string; period_on: string }>`select o.bill_id, o.period_on from billing.bill b join billing.bill o on o.company_id = ${c} and o.bill_id = b.of_bill_id and o.period_on <= b.period_on
    where b.company_id = ${c} and b.period_on = ${bill.period_on}::date and b.bill_id = ${bill_id} and b.shape = 'late_fee'`.execute(scope.db)
  const names = await memberNames(scope, [m.created_by, m.published_by, m.voided_by])
  const name = (id: string | null) => (id && names.get(id)) || null
  return {
    ...row!,
    price: await priceOf(scope, bill_id, bill.period_on),
    run: { run_id: bill.run_id, created_by_name: name(m.created_by), published_by_name: name(m.published_by), published_at: m.published_at },
    siblings,
    late_of: principal[0] ? { bill_id: principal[0].bill_id, period: principal[0].period_on.slice(0, 7) } : null,
    reductions: await reductionsOf(scope, bill_id),
    reworks: await reworksOf(scope, bill),
    voided_by_name: name(m.voided_by),
    voided_at: m.voided_at,
    void_reason: m.void_reason,
    postings: await postingsOf(scope, bill),
  }
})

const ofHouse = answer(billing.houseBills, async (scope, { house_id, state }) => {
  await houseToRead(scope, house_id)
  const where = await billWhere(scope, { house_id, state: state === 'open' ? 'unpaid' : 'live' }, sql`true`)
  // The desk pays from the oldest; the file shows the newest first.
  const rows = await billRows(scope, where, { limit: DESK_MAX, order: state === 'open' ? 'oldest' : 'newest' })
  const open = await totalsOf(scope, await billWhere(scope, { house_id, state: 'unpaid' }, sql`true`))
  return { rows, open_fen: open.open_fen, open_count: open.count }
})

/** Book and income account of a bill, as it was charged. */
async function bookedTo(scope: Scope, bill: Pick<Bill, 'bill_id' | 'period_on'>): Promise<{ book: BookName; account_code: string }> {
  const { rows } = await sql<{ book: BookName; account_code: string }>`select ${bookOfBill()} as book, f.account_code from billing.bill b join billing.fee_item f on f.company_id = b.company_id and f.fee_item_id = b.fee_item_id
    where b.company_id = ${scope.company_id} and b.period_on = ${bill.period_on}::date and b.bill_id = ${bill.bill_id}`.execute(scope.db)
  return rows[0]!
}

const voidBill = answer(billing.voidBill, async (scope, { bill_id, reason }) => {
  const bill = await billToRead(scope, bill_id, billsSeenBy(scope), true)
  // What it is for was signed by the customer: taking it back is asked for there, and another person decides.
  if (bill.shape === 'one_off') throw scope.refuse('billing.one_off')
  await voidOne(scope, bill, reason)
  return { bill_id }
})

/** Voids a locked bill with its journal. */
export async function voidOne(scope: Scope, bill: Bill, reason: string): Promise<void> {
  const c = scope.company_id
  const { bill_id } = bill
  if (bill.voided_at) throw scope.refuse('billing.already_void', { at: dayOf(bill.voided_at) })
  if (bill.paid_fen > 0) throw scope.refuse('billing.already_paid', { paid: yuanGrouped(fen(bill.paid_fen)) })
  // Its line is taken by the split or merge it came from: void alone, the line would be billed by nobody.
  const { rows: part } = await sql`select from billing.rework_bill where company_id = ${c} and bill_id = ${bill_id} and side = 'to' and live`.execute(scope.db)
  if (part.length > 0) throw scope.refuse('billing.rework_bill')
  const { rows: done } = await sql<{ n: number }>`with done as (update billing.bill set voided_at = ${scope.now}::timestamptz, voided_by = ${scope.who.account_id}::uuid, void_reason = ${reason}
    where company_id = ${c} and period_on = ${bill.period_on}::date and bill_id = ${bill_id} and voided_at is null and paid_fen = 0 returning *), told as (${madeOrVoided(scope, sql`done`, -1)}) select count(*)::int as n from done`.execute(scope.db)
  if (done[0]!.n !== 1) throw scope.refuse('billing.already_void', { at: scope.today })
  const owed = bill.amount_fen - bill.reduced_fen
  const item = await bookedTo(scope, bill)
  // What was waived against another account than the item's income comes back from there: a bad debt of a bill that never was is none.
  const { rows: elsewhere } = await sql<{ account_code: string; fen: number }>`select account_code, sum(amount_fen)::bigint as fen from billing.reduction where company_id = ${c} and bill_id = ${bill_id} and account_code <> ${item.account_code} group by 1 having sum(amount_fen) <> 0`.execute(scope.db)
  const from_income = owed + elsewhere.reduce((n, r) => n + r.fen, 0)
  const of_item = { community_id: bill.community_id, subject_type: 'fee_item', subject_id: bill.fee_item_id }
  const lines = [
    { account_code: '1122', amount_fen: -owed, community_id: bill.community_id, subject_type: 'house', subject_id: bill.house_id },
    { account_code: item.account_code, amount_fen: from_income, ...of_item },
    ...elsewhere.map((r) => ({ account_code: r.account_code, amount_fen: -r.fen, ...of_item })),
  ].filter((l) => l.amount_fen !== 0)
  if (lines.length) await post(scope, { book: item.book, booked_on: scope.today, kind: 'charge_void', source_type: 'bill', source_id: bill_id, lines })
  if (bill.reading_id && bill.shape !== 'one_off') {
    // The same reading may be in the bill of another item (water and sewage): it is free only when no live bill has it.
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from billing.bill b where b.company_id = ${c} and b.period_on = ${bill.period_on}::date and b.house_id = ${bill.house_id} and b.reading_id = ${bill.reading_id} and b.voided_at is null`.execute(scope.db)
    if (rows[0]!.n === 0) await releaseReadings(scope, [bill.reading_id])
  }
  scope.note('bill', bill_id, { amount_fen: bill.amount_fen, reason })
  scope.emit('billing.bill_voided', bill_id, { bill_id, period_on: bill.period_on, house_id: bill.house_id, amount_fen: bill.amount_fen })
}

export const billAnswers = [list, excel, detail, ofHouse, voidBill]
