// The one place where bills become other bills: split, merged, taken over by another payer, and the way back. What is open leaves the old bill
// (void when nothing of it is paid, else a reduction of kind 'moved', so that the paid part stays paid) and stands in new ones; both sides are
// booked, so a change of books (包干制 to 酬金制) between them is seen. The old line's key stays taken: no charge run bills it a second time.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, sumFen, yuan, yuanGrouped } from '../../../kernel/money.ts'
import { assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { bookOn, post, type BelongsTo } from '../../ledger/server/index.ts'
import type { BookName } from '../../ledger/contract.ts'
import { LIVE, billsByKey, lockOpen, type BillKey, type LockedBill } from './settle.ts'
import { madeOrVoided, moved } from './sums.ts'

export interface Source extends LockedBill {
  reading_id: string | null
  of_bill_id: string | null
  part_no: number
  price_id: string
  account_code: string
  belongs_to: BelongsTo
}
export interface NewPart {
  source: Source
  /** Number among the parts of its source, from 1. */
  no: number
  period_on: string
  payer_id: string
  from_on: string
  to_on: string
  due_on: string
  amount_fen: number
  note: string
}
interface Made extends BillKey {
  amount_fen: number
}
type Extra = Pick<Source, 'bill_id' | 'period_on' | 'reading_id' | 'of_bill_id' | 'part_no' | 'price_id' | 'account_code' | 'belongs_to'>

/** Live bills as sources, locked in id order (a look that changes nothing locks nothing); undefined when one is not there any more. */
export async function lockSources(scope: Scope, keys: readonly BillKey[], lock = true): Promise<Source[] | undefined> {
  const unique = [...new Map(keys.map((k) => [k.bill_id, k])).values()]
  const locked = await lockOpen(scope, unique, lock)
  if (locked.length !== unique.length) return undefined
  const { rows } = await sql<Extra>`select b.bill_id, b.period_on, b.reading_id, b.of_bill_id, b.part_no, b.price_id, f.account_code, f.belongs_to from billing.bill b
    join billing.fee_item f on f.company_id = b.company_id and f.fee_item_id = b.fee_item_id where b.company_id = ${scope.company_id} and ${billsByKey(unique)}`.execute(scope.db)
  const extra = new Map(rows.map((r) => [r.bill_id, r]))
  return locked.map((b) => ({ ...b, ...extra.get(b.bill_id)! }))
}

const idsOf = (list: readonly BillKey[]) => list.map((b) => b.bill_id)
const nameOf = (b: Pick<Source, 'period_on' | 'fee_item_name'>) => `${b.period_on.slice(0, 7)} ${b.fee_item_name}`

/** Bills that an instalment plan in force or an open legal case names stay as they are. */
export async function refuseHeld(scope: Scope, bills: readonly Source[]): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql<{ bill_id: string; plan: string | null }>`select x.bill_id, p.no as plan from billing.plan_bill x join billing.plan p on p.company_id = ${c} and p.plan_id = x.plan_id where x.company_id = ${c} and x.live and x.bill_id = any(${idsOf(bills)}::uuid[])
    union all select l.bill_id, null from billing.legal_bill l join billing.legal_case k on k.company_id = ${c} and k.case_id = l.case_id and k.state = 'open' where l.company_id = ${c} and l.bill_id = any(${idsOf(bills)}::uuid[]) limit 1`.execute(scope.db)
  const held = rows[0]
  if (!held) return
  const bill = nameOf(bills.find((b) => b.bill_id === held.bill_id)!)
  throw held.plan ? scope.refuse('billing.rework_in_plan', { bill, plan: held.plan }) : scope.refuse('billing.rework_in_case', { bill })
}

interface LateBill extends BillKey {
  of_bill_id: string
  paid_fen: number
}
/** Late fees charged on these bills, live, locked. */
export async function lateFeesOf(scope: Scope, bills: readonly Source[], lock = true): Promise<LateBill[]> {
  const principal = bills.filter((b) => b.shape !== 'late_fee')
  if (principal.length === 0) return []
  const { rows } = await sql<LateBill>`select b.bill_id, b.period_on, b.of_bill_id, b.paid_fen from billing.bill b where b.company_id = ${scope.company_id} and b.house_id = ${principal[0]!.house_id} and b.shape = 'late_fee' and b.voided_at is null
    and b.of_bill_id = any(${idsOf(principal)}::uuid[]) order by b.bill_id ${lock ? sql`for update of b` : sql``}`.execute(scope.db)
  return rows
}

interface Line {
  book: BookName
  account_code: string
  amount_fen: number
  community_id: string
  subject_type: string
  subject_id: string
}
interface Moved {
  book: BookName
  community_id: string
  house_id: string
  fee_item_id: string
  account_code: string
  amount_fen: number
}
/** Receivable of the house against income of the item, summed. */
function lines(list: readonly Moved[], sign: 1 | -1): Line[] {
  const sums = new Map<string, Line>()
  const add = (l: Line) => {
    const key = `${l.book} ${l.account_code} ${l.subject_id}`
    sums.set(key, { ...l, amount_fen: (sums.get(key)?.amount_fen ?? 0) + l.amount_fen })
  }
  for (const m of list) {
    add({ book: m.book, account_code: '1122', amount_fen: sign * m.amount_fen, community_id: m.community_id, subject_type: 'house', subject_id: m.house_id })
    add({ book: m.book, account_code: m.account_code, amount_fen: -sign * m.amount_fen, community_id: m.community_id, subject_type: 'fee_item', subject_id: m.fee_item_id })
  }
  return [...sums.values()].filter((l) => l.amount_fen !== 0)
}

/** Takes what is open off these bills: void, or 'moved' where something is paid. */
async function takeOff(scope: Scope, sources: readonly Source[], rework_id: string, why: string): Promise<void> {
  const c = scope.company_id
  const whole = sources.filter((s) => s.paid_fen === 0)
  const partly = sources.filter((s) => s.paid_fen > 0)
  await voidRows(scope, whole, why)
  if (partly.length > 0) {
    await raise(scope, partly.map((s) => ({ ...s, amount_fen: s.open_fen })))
    await scope.db.insertInto('billing.reduction').values(partly.map((s) => ({
      company_id: c, reduction_id: uuidv7(), period_on: s.period_on, bill_id: s.bill_id, community_id: s.community_id, house_id: s.house_id, fee_item_id: s.fee_item_id, kind: 'moved', amount_fen: s.open_fen, account_code: s.account_code,
      rework_id, explanation: why, booked_on: scope.today, created_by: scope.who.account_id, created_at: scope.now,
    }))).execute()
  }
}
async function voidRows(scope: Scope, bills: readonly BillKey[], why: string): Promise<void> {
  if (bills.length === 0) return
  const { rows } = await sql<{ n: number }>`with done as (update billing.bill b set voided_at = ${scope.now}::timestamptz, voided_by = ${scope.who.account_id}::uuid, void_reason = ${why} where b.company_id = ${scope.company_id} and ${billsByKey(bills)} and ${LIVE} and b.paid_fen = 0 returning *),
    told as (${madeOrVoided(scope, sql`done`, -1)}) select count(*)::int as n from done`.execute(scope.db)
  if (rows[0]!.n !== bills.length) throw scope.refuse('billing.bill_changed')
}
/** Moves what went over to other bills by signed amounts, all or none. */
async function raise(scope: Scope, list: readonly (BillKey & { amount_fen: number })[]): Promise<void> {
  const { rows } = await sql<{ n: number }>`with done as (update billing.bill b set reduced_fen = b.reduced_fen + k.fen, moved_fen = b.moved_fen + k.fen from unnest(${idsOf(list)}::uuid[], ${list.map((l) => l.amount_fen)}::bigint[]) as k(bill_id, fen)
    where b.company_id = ${scope.company_id} and ${billsByKey(list)} and b.bill_id = k.bill_id and ${LIVE} and b.reduced_fen + k.fen >= 0 and b.paid_fen + b.reduced_fen + k.fen <= b.amount_fen
      returning b.community_id, b.building_id, b.fee_item_id, b.period_on, k.fen as by_fen), told as (${moved(scope, sql`done`, { reduced_fen: sql`x.by_fen`, moved_fen: sql`x.by_fen` })}) select count(*)::int as n from done`.execute(scope.db)
  if (rows[0]!.n !== list.length) throw scope.refuse('billing.bill_changed')
}

/** Unpaid late fees whose principal is another bill now are void; they are counted anew on the new bills. */
export async function voidLateFees(scope: Scope, late: readonly LateBill[], rework_id: string): Promise<void> {
  if (late.length === 0) return
  const c = scope.company_id
  const { rows } = await sql<Moved & BillKey>`select b.bill_id, b.period_on, b.community_id, b.house_id, b.fee_item_id, f.account_code, 'company' as book, b.amount_fen - b.reduced_fen as amount_fen from billing.bill b join billing.fee_item f on f.company_id = b.company_id and f.fee_item_id = b.fee_item_id
    where b.company_id = ${c} and ${billsByKey(late)}`.execute(scope.db)
  await voidRows(scope, late, '本金账单已拆分,违约金按新账单重新计算')
  const gone = lines(rows, -1)
  if (gone.length > 0) await post(scope, { book: 'company', booked_on: scope.today, kind: 'charge_void', source_type: 'rework_late', source_id: rework_id, lines: gone })
}

const hex = (n: number) => n.toString(16).padStart(8, '0')
/** A run for each period, for a bill's id names its run and the run its period. */
async function makeRuns(scope: Scope, house: { house_id: string; community_id: string }, rework_id: string, rows: readonly { period_on: string; fee_item_id: string; amount_fen: number }[]): Promise<Map<string, string>> {
  const runs = [...Map.groupBy(rows, (r) => r.period_on)].map(([period_on, list]) => ({ run_id: uuidv7(), period_on, items: [...new Set(list.map((r) => r.fee_item_id))], n: list.length, fen: sumFen(list.map((r) => fen(r.amount_fen))) }))
  await sql`insert into billing.run (company_id, run_id, community_id, period_on, fee_item_ids, house_id, state, line_count, amount_fen, created_by, created_at, published_at, rework_id)
    select ${scope.company_id}::bigint, x.run_id, ${house.community_id}::uuid, x.period_on, array(select jsonb_array_elements_text(x.items))::uuid[], ${house.house_id}::uuid, 'published', x.n, x.fen, ${scope.who.account_id}::uuid, ${scope.now}::timestamptz, ${scope.now}::timestamptz, ${rework_id}::uuid
    from jsonb_to_recordset(${JSON.stringify(runs)}::jsonb) as x(run_id uuid, period_on date, items jsonb, n int, fen bigint)`.execute(scope.db)
  return new Map(runs.map((r) => [r.period_on, r.run_id]))
}

async function issueParts(scope: Scope, house: { house_id: string; community_id: string }, rework_id: string, parts: readonly NewPart[]): Promise<Made[]> {
  const runs = await makeRuns(scope, house, rework_id, parts.map((p) => ({ ...p, fee_item_id: p.source.fee_item_id })))
  const rows = parts.map((p, i) => {
    const late = p.source.shape === 'late_fee'
    const run_id = runs.get(p.period_on)!
    return {
      run_id, bill_id: `${run_id.slice(0, 28)}${hex(i)}`, period_on: p.period_on, building_id: p.source.building_id, fee_item_id: p.source.fee_item_id, payer_id: p.payer_id, from_on: p.from_on, to_on: p.to_on, price_id: p.source.price_id, shape: late ? 'late_fee' : 'part',
      unit_price: yuan(fen(p.amount_fen)), reading_id: p.source.reading_id, amount_fen: p.amount_fen, due_on: p.due_on, note: p.note,
      // A late fee stays that of its principal. Up to 20 parts each: numbers never meet however often a part is split again.
      of_bill_id: late ? p.source.of_bill_id : p.source.bill_id, part_no: late ? p.source.part_no * 20 + p.no : p.no,
    }
  })
  await sql`with made as (insert into billing.bill (company_id, period_on, bill_id, community_id, building_id, house_id, fee_item_id, payer_id, run_id, from_on, to_on, price_id, shape, quantity, unit_price, reading_id, amount_fen, issued_on, due_on, note, of_bill_id, part_no)
    select ${scope.company_id}::bigint, x.period_on, x.bill_id, ${house.community_id}::uuid, x.building_id, ${house.house_id}::uuid, x.fee_item_id, x.payer_id, x.run_id, x.from_on, x.to_on, x.price_id, x.shape, 1, x.unit_price, x.reading_id, x.amount_fen, ${scope.today}::date, x.due_on, x.note, x.of_bill_id, x.part_no
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(run_id uuid, bill_id uuid, period_on date, building_id uuid, fee_item_id uuid, payer_id uuid, from_on date, to_on date, price_id uuid, shape text, unit_price numeric, reading_id uuid, amount_fen bigint, due_on date, note text, of_bill_id uuid, part_no int) returning *) ${madeOrVoided(scope, sql`made`, 1)}`.execute(scope.db)
  return rows.map(({ bill_id, period_on, amount_fen }) => ({ bill_id, period_on, amount_fen }))
}

const movedOf = (s: Source, book: BookName, amount_fen: number): Moved => ({ book, community_id: s.community_id, house_id: s.house_id, fee_item_id: s.fee_item_id, account_code: s.account_code, amount_fen })

interface Rework {
  kind: 'split' | 'merge' | 'takeover'
  house: { house_id: string; community_id: string; building_id: string }
  reason: string
  sources: readonly Source[]
  parts: readonly NewPart[]
}
/** Does it. The bills are locked (lockSources) and looked at by the caller; what comes out is what was open, to the fen. */
export async function rework(scope: Scope, o: Rework): Promise<{ rework_id: string; bills: Made[] }> {
  const c = scope.company_id
  const rework_id = uuidv7()
  const amount_fen = sumFen(o.sources.map((s) => fen(s.open_fen)))
  assert(amount_fen === sumFen(o.parts.map((p) => fen(p.amount_fen))), `rework ${rework_id}: parts are not what was open`)
  await scope.db.insertInto('billing.rework').values({ company_id: c, rework_id, kind: o.kind, community_id: o.house.community_id, building_id: o.house.building_id, house_id: o.house.house_id, amount_fen, reason: o.reason, created_by: scope.who.account_id!, created_at: scope.now }).execute()
  const word = o.kind === 'merge' ? '合并' : o.kind === 'split' ? '拆分' : '承接'
  await takeOff(scope, o.sources, rework_id, `${word}:${o.reason}`)
  await post(scope, { book: 'company', booked_on: scope.today, kind: 'charge_void', source_type: 'rework', source_id: rework_id, lines: lines(o.sources.map((s) => movedOf(s, s.book, s.open_fen)), -1) })
  const bills = await issueParts(scope, o.house, rework_id, o.parts)
  const bookFor = await bookOn(scope, o.house.community_id, scope.today)
  await post(scope, { book: 'company', booked_on: scope.today, kind: 'charge', source_type: 'rework', source_id: rework_id, lines: lines(o.parts.map((p) => movedOf(p.source, bookFor(p.source.belongs_to), p.amount_fen)), 1) })
  const key = (s: Source, from_on: string, to_on: string) => ({ company_id: c, rework_id, house_id: s.house_id, fee_item_id: s.fee_item_id, from_on, to_on, reading_id: s.reading_id })
  await scope.db.insertInto('billing.rework_bill').values([
    ...o.sources.map((s) => ({ ...key(s, s.from_on, s.to_on), bill_id: s.bill_id, period_on: s.period_on, side: 'from', amount_fen: s.open_fen })),
    ...o.parts.map((p, i) => ({ ...key(p.source, p.from_on, p.to_on), bill_id: bills[i]!.bill_id, period_on: p.period_on, side: 'to', amount_fen: p.amount_fen })),
  ]).execute()
  for (const s of o.sources) if (s.paid_fen === 0) scope.emit('billing.bill_voided', s.bill_id, { bill_id: s.bill_id, period_on: s.period_on, house_id: s.house_id, amount_fen: s.amount_fen })
  scope.note('house', o.house.house_id, { rework_id, kind: o.kind, amount_fen, from: o.sources.length, to: o.parts.length, reason: o.reason })
  return { rework_id, bills }
}

interface Side {
  bill_id: string
  period_on: string
  side: 'from' | 'to'
  amount_fen: number
}
/**
 * The way back: the new bills are void, each old one stands again. A void bill is not brought to life: the same line is issued anew, under the
 * old key; one that had been reduced comes back as what was open of it.
 */
export async function undo(scope: Scope, rework_id: string, house: Rework['house'], targets: readonly Source[], reason: string): Promise<Made[]> {
  const c = scope.company_id
  const { rows } = await sql<Side>`select bill_id, period_on, side, amount_fen from billing.rework_bill where company_id = ${c} and rework_id = ${rework_id} and side = 'from' order by bill_id`.execute(scope.db)
  await voidRows(scope, targets, `撤销拆并:${reason}`)
  await post(scope, { book: 'company', booked_on: scope.today, kind: 'charge_void', source_type: 'rework_undo', source_id: rework_id, lines: lines(targets.map((t) => movedOf(t, t.book, t.open_fen)), -1) })
  await sql`update billing.rework set undone_at = ${scope.now}::timestamptz, undone_by = ${scope.who.account_id}::uuid, undo_reason = ${reason} where company_id = ${c} and rework_id = ${rework_id}`.execute(scope.db)
  await sql`update billing.rework_bill set live = false where company_id = ${c} and rework_id = ${rework_id}`.execute(scope.db)
  const given_back = await unmove(scope, rework_id, reason)
  const back = rows.filter((r) => !given_back.has(r.bill_id))
  const bills = back.length > 0 ? await issueAgain(scope, house, rework_id, back) : []
  const all = await lockSources(scope, [...bills, ...rows.filter((r) => given_back.has(r.bill_id))])
  assert(all?.length === rows.length, `rework ${rework_id}: not everything came back`)
  const amount = (s: Source) => given_back.get(s.bill_id) ?? s.open_fen
  await post(scope, { book: 'company', booked_on: scope.today, kind: 'charge', source_type: 'rework_undo', source_id: rework_id, lines: lines(all!.map((s) => movedOf(s, s.book, amount(s))), 1) })
  scope.note('house', house.house_id, { rework_id, undone: true, reason })
  return all!.map((s) => ({ bill_id: s.bill_id, period_on: s.period_on, amount_fen: s.open_fen }))
}

async function unmove(scope: Scope, rework_id: string, reason: string): Promise<Map<string, number>> {
  const rows = await scope.db.selectFrom('billing.reduction').selectAll().where('company_id', '=', scope.company_id).where('rework_id', '=', rework_id).where('reverses', 'is', null).execute()
  if (rows.length === 0) return new Map()
  await raise(scope, rows.map((r) => ({ bill_id: r.bill_id, period_on: r.period_on, amount_fen: -Number(r.amount_fen) })))
  await scope.db.insertInto('billing.reduction').values(rows.map((r) => ({ ...r, reduction_id: uuidv7(), amount_fen: -Number(r.amount_fen), reverses: r.reduction_id, explanation: `撤销拆并:${reason}`, booked_on: scope.today, created_by: scope.who.account_id, created_at: scope.now }))).execute()
  return new Map(rows.map((r) => [r.bill_id, Number(r.amount_fen)]))
}

async function issueAgain(scope: Scope, house: Rework['house'], rework_id: string, back: readonly Side[]): Promise<Made[]> {
  const c = scope.company_id
  const { rows: of } = await sql<{ bill_id: string; period_on: string; fee_item_id: string; amount_fen: number; reduced_fen: number }>`select b.bill_id, b.period_on, b.fee_item_id, b.amount_fen - b.reduced_fen as amount_fen, b.reduced_fen from billing.bill b where b.company_id = ${c} and ${billsByKey(back)} order by b.bill_id`.execute(scope.db)
  const runs = await makeRuns(scope, house, rework_id, of)
  const made = of.map((r, i) => ({ old_id: r.bill_id, period_on: r.period_on, run_id: runs.get(r.period_on)!, bill_id: `${runs.get(r.period_on)!.slice(0, 28)}${hex(i)}`, amount_fen: r.amount_fen,
    unit_price: yuan(fen(r.amount_fen)), note: `撤销拆并后重出:原应收 ${yuanGrouped(fen(r.amount_fen + r.reduced_fen))} 元,已减免 ${yuanGrouped(fen(r.reduced_fen))} 元` }))
  await sql`with made as (insert into billing.bill (company_id, period_on, bill_id, community_id, building_id, house_id, fee_item_id, payer_id, run_id, from_on, to_on, price_id, shape, quantity, unit_price, months, days, days_of, reading_id, amount_fen, issued_on, due_on, used_before, inputs, note, of_bill_id, part_no)
    select b.company_id, b.period_on, x.bill_id, b.community_id, b.building_id, b.house_id, b.fee_item_id, b.payer_id, x.run_id, b.from_on, b.to_on, b.price_id,
      case when b.reduced_fen = 0 then b.shape else 'part' end, case when b.reduced_fen = 0 then b.quantity else 1 end, case when b.reduced_fen = 0 then b.unit_price else x.unit_price end, case when b.reduced_fen = 0 then b.months else 1 end,
      case when b.reduced_fen = 0 then b.days else 0 end, case when b.reduced_fen = 0 then b.days_of else 0 end, b.reading_id, x.amount_fen, ${scope.today}::date, b.due_on, case when b.reduced_fen = 0 then b.used_before end, case when b.reduced_fen = 0 then b.inputs end,
      case when b.reduced_fen = 0 then b.note else x.note end, b.of_bill_id, b.part_no
    from jsonb_to_recordset(${JSON.stringify(made)}::jsonb) as x(old_id uuid, period_on date, run_id uuid, bill_id uuid, amount_fen bigint, unit_price numeric, note text) join billing.bill b on b.company_id = ${c} and b.period_on = x.period_on and b.bill_id = x.old_id returning *) ${madeOrVoided(scope, sql`made`, 1)}`.execute(scope.db)
  return made.map(({ bill_id, period_on, amount_fen }) => ({ bill_id, period_on, amount_fen }))
}
