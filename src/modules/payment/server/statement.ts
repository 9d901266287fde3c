// A house's statement of account (对账单): everything that changed what it owes or has prepaid, in order, with what was owed after each. Money is
// counted where it paid a bill (allocations), so that a resident's statement of the bills he may see is as exact as the whole.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, minuteText } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { renderMany } from '../../../kernel/print/index.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { ownBills } from '../../billing/server/index.ts'
import { ownerNames } from '../../people/server/index.ts'
import { houseToRead } from '../../property/server/index.ts'
import { payment, type StatementRow } from '../contract.ts'
import { words } from '../words.ts'
import { myHouses, seen } from './access.ts'

const ROWS_MAX = 2000
const BATCH_ROWS = 20_000
const BATCH_HOUSES = 500
const KINDS = words.states!['statement']!

interface Move extends Omit<StatementRow, 'balance_fen' | 'wallet_fen'> {
  house_id: string
  wallet_fen: number
}
interface Of {
  house_ids: readonly string[]
  /** Condition on a bill `b`; staff see all of a house within reach. */
  bills: RawBuilder<SqlBool>
  /** Prepayment is the owner's side's. */
  wallet: boolean
}

/** Everything that ever changed what these houses owe or have prepaid. Sums over it are the balances: charge − paid, and wallet. */
function moves(c: number, o: Of): RawBuilder<unknown> {
  const day = (at: string) => sql`(${sql.ref(at)} at time zone 'Asia/Shanghai')::date`
  const mine = sql`b.company_id = ${c} and b.house_id = any(${[...o.house_ids]}::uuid[]) and ${o.bills}`
  const item = sql`join billing.fee_item f on f.company_id = ${c} and f.fee_item_id = b.fee_item_id`
  const none = sql`null::uuid as waiver_id, null::uuid as refund_id`
  const applied = sql`payment.payment p join payment.allocation a on a.company_id = ${c} and a.payment_id = p.payment_id join billing.bill b on b.company_id = ${c} and b.period_on = a.period_on and b.bill_id = a.bill_id and ${mine}
      where p.company_id = ${c} and p.house_id = any(${[...o.house_ids]}::uuid[])`
  return sql`(
    select b.house_id, b.issued_on as on_day, 1 as rank, case when b.shape = 'late_fee' then 'late_fee' else 'bill' end as kind, f.name as title, to_char(b.period_on, 'YYYY-MM') || ',' || b.from_on || ' 至 ' || (b.to_on - 1) as detail, b.amount_fen as charge_fen, 0::bigint as paid_fen, 0::bigint as wallet_fen, b.bill_id, null::uuid as payment_id, ${none}
      from billing.bill b ${item} where ${mine}
    union all select b.house_id, n.booked_on, 2, case when n.reverses is not null then 'reduction_back' when n.kind = 'moved' then 'rework' else 'reduction' end, f.name, to_char(b.period_on, 'YYYY-MM') || ',' || n.explanation, -n.amount_fen, 0, 0, b.bill_id, null, n.waiver_id, null
      from billing.bill b ${item} join billing.reduction n on n.company_id = ${c} and n.bill_id = b.bill_id where ${mine}
    union all select b.house_id, ${day('b.voided_at')}, 3, case when exists (select from billing.rework_bill k where k.company_id = ${c} and k.bill_id = b.bill_id and k.side = 'from') then 'rework' else 'void' end, f.name, to_char(b.period_on, 'YYYY-MM') || ',' || coalesce(b.void_reason, ''), -(b.amount_fen - b.reduced_fen), 0, 0, b.bill_id, null, ${none}
      from billing.bill b ${item} where ${mine} and b.voided_at is not null
    union all select p.house_id, p.taken_on, 4, 'payment', p.receipt_no, min(p.payer_name), 0, sum(a.amount_fen)::bigint, 0, null, p.payment_id, ${none} from ${applied} group by p.house_id, p.payment_id, p.taken_on, p.receipt_no
    union all select p.house_id, ${day('p.reversed_at')}, 6, 'reversal', p.receipt_no, min(p.payer_name), 0, -sum(a.amount_fen)::bigint, 0, null, p.payment_id, ${none} from ${applied} and p.reversed_at is not null group by p.house_id, p.payment_id, p.reversed_at, p.receipt_no
    union all select r.house_id, ${day('r.decided_at')}, 7, 'refund', r.refund_no, r.reason, 0, -sum(l.amount_fen)::bigint, 0, null, r.payment_id, null, r.refund_id from payment.refund r join payment.refund_line l on l.company_id = ${c} and l.refund_id = r.refund_id
      join billing.bill b on b.company_id = ${c} and b.period_on = l.period_on and b.bill_id = l.bill_id and ${mine} where r.company_id = ${c} and r.house_id = any(${[...o.house_ids]}::uuid[]) and r.decided_at is not null and r.state <> 'refused' group by r.house_id, r.refund_id, r.decided_at, r.refund_no, r.reason, r.payment_id
    ${o.wallet ? sql`union all select e.house_id, ${day('e.at')}, 5, case when e.cause = 'reversal' then 'prepay_reversal' when e.cause in ('prepay', 'use') then e.cause else 'wallet_move' end, coalesce(p.receipt_no, e.note, ''), '', 0, 0, e.amount_fen, null, e.payment_id, null, e.refund_id
      from payment.wallet_entry e left join payment.payment p on p.company_id = ${c} and p.payment_id = e.payment_id where e.company_id = ${c} and e.house_id = any(${[...o.house_ids]}::uuid[])` : sql``})`
}

interface Span {
  from_on: string
  to_on: string
}
export interface Statement {
  house_label: string
  opening_fen: number
  opening_wallet_fen: number
  closing_fen: number
  closing_wallet_fen: number
  charge_fen_sum: number
  paid_fen_sum: number
  rows: StatementRow[]
}
async function read(scope: Scope, o: Of, labels: ReadonlyMap<string, string>, span: Span, max: number): Promise<Statement[]> {
  const c = scope.company_id
  const before = await sql<{ house_id: string; owed_fen: number; wallet_fen: number }>`select house_id, sum(charge_fen - paid_fen)::bigint as owed_fen, sum(wallet_fen)::bigint as wallet_fen from ${moves(c, o)} m where on_day < ${span.from_on} group by 1`.execute(scope.db)
  const found = await sql<Move>`select house_id, on_day, kind, title, detail, charge_fen, paid_fen, wallet_fen, bill_id, payment_id, waiver_id, refund_id from ${moves(c, o)} m
    where on_day >= ${span.from_on} and on_day < ${addDays(span.to_on, 1)} order by on_day, rank, title, detail, bill_id, payment_id limit ${max + 1}`.execute(scope.db)
  if (found.rows.length > max) throw scope.refuse('payment.statement_too_long', { max })
  const opening = new Map(before.rows.map((r) => [r.house_id, r]))
  const by = Map.groupBy(found.rows, (r) => r.house_id)
  return o.house_ids.map((house_id) => running(labels.get(house_id) ?? '', opening.get(house_id), by.get(house_id) ?? []))
}

function running(house_label: string, opening: { owed_fen: number; wallet_fen: number } | undefined, list: readonly Move[]): Statement {
  let balance_fen = opening?.owed_fen ?? 0
  let wallet_fen = opening?.wallet_fen ?? 0
  const rows = list.map(({ house_id: _, ...m }): StatementRow => {
    balance_fen += m.charge_fen - m.paid_fen
    wallet_fen += m.wallet_fen
    return { ...m, balance_fen, wallet_fen, detail: m.wallet_fen === 0 ? m.detail : `${m.wallet_fen > 0 ? '+' : '−'}预存` }
  })
  const sum = (of: (r: StatementRow) => number) => rows.reduce((n, r) => n + of(r), 0)
  return { house_label, opening_fen: opening?.owed_fen ?? 0, opening_wallet_fen: opening?.wallet_fen ?? 0, closing_fen: balance_fen, closing_wallet_fen: wallet_fen, charge_fen_sum: sum((r) => r.charge_fen), paid_fen_sum: sum((r) => r.paid_fen), rows }
}

const WHOLE = sql<SqlBool>`true`
async function ofHouse(scope: Scope, f: Span & { house_id: string }): Promise<Statement> {
  const house = await houseToRead(scope, f.house_id)
  return (await read(scope, { house_ids: [house.house_id], bills: WHOLE, wallet: true }, new Map([[house.house_id, house.label]]), f, ROWS_MAX))[0]!
}
/** A resident's: bills he may see; prepayment for the owner's side, from the day the present owners came. */
async function ofMine(scope: Scope, f: Span & { house_id: string }): Promise<Statement> {
  const [house] = await myHouses(scope, f.house_id)
  if (!house) throw scope.notFound()
  const tenant = house.role === 'tenant'
  const from_on = !tenant && f.from_on < house.since_on ? house.since_on : f.from_on
  return (await read(scope, { house_ids: [house.house_id], bills: await ownBills(scope, f.house_id), wallet: !tenant }, new Map([[house.house_id, house.label]]), { ...f, from_on }, ROWS_MAX))[0]!
}

const sheetRows = (s: Statement, f: Span) => [[f.from_on, '期初', null, null, null, null, s.opening_fen, s.opening_wallet_fen], ...s.rows.map((x) => [x.on_day, KINDS[x.kind] ?? x.kind, x.title, x.detail, x.charge_fen, x.paid_fen, x.balance_fen, x.wallet_fen])]
const totals = (s: Statement) => ['合计', null, null, null, s.charge_fen_sum, s.paid_fen_sum, s.closing_fen, s.closing_wallet_fen]

const [CHARGED, PAID] = [4, 5]
const paper = (s: Statement, f: Span, o: { company: string | null; community: string; owner: string; by: string; at: string }) => ({
  company_name: o.company, title: '对账单', filters: [`房号:${o.community} ${s.house_label}`, ...(o.owner ? [`业主:${o.owner}`] : []), `期间:${f.from_on} 至 ${f.to_on}`],
  columns: [{ title: '日期', kind: 'day' as const }, { title: '类别', kind: 'text' as const }, { title: '摘要', kind: 'text' as const }, { title: '说明', kind: 'text' as const }, { title: '应收', kind: 'fen' as const }, { title: '实收', kind: 'fen' as const }, { title: '欠款余额', kind: 'fen' as const }, { title: '预存余额', kind: 'fen' as const }],
  // As on the screen: a line is either owed or paid, the other column stays empty.
  rows: sheetRows(s, f).map((r) => r.map((v, i) => (v === 0 && (i === CHARGED || i === PAID) ? null : v))), totals: [null, ...totals(s).slice(1)], printed_by: o.by, printed_at: o.at,
})
const companyName = async (scope: Scope) => (await scope.db.selectFrom('identity.company').select('name').where('company_id', '=', scope.company_id).executeTakeFirst())?.name ?? null

export const statementAnswers = [
  answer(payment.statement, ofHouse),
  answer(payment.myStatement, ofMine),
  answerFile(payment.statementExcel, async (scope, f) => {
    const s = await ofHouse(scope, f)
    const body = await writeSheet({
      sheets: [{
        name: '对账单', title_rows: [`住户对账单 ${s.house_label}`, `${f.from_on} 至 ${f.to_on}`],
        columns: [{ title: '日期', kind: 'day' }, { title: '类别', kind: 'text' }, { title: '摘要', kind: 'text' }, { title: '说明', kind: 'text' }, { title: '应收', kind: 'money_fen' }, { title: '实收', kind: 'money_fen' }, { title: '欠款余额', kind: 'money_fen' }, { title: '预存余额', kind: 'money_fen' }],
        rows: sheetRows(s, f), totals: totals(s),
      }],
    })
    return { name: `对账单_${s.house_label}_${f.from_on}_${f.to_on}.xlsx`, type: XLSX, body }
  }),
  // One sheet a house; of a building those that have anything to say.
  answerFile(payment.statementPdf, async (scope, f) => {
    const c = scope.company_id
    if (!f.house_id && !f.building_id) throw scope.notFound()
    const { rows: houses } = await sql<{ house_id: string; label: string; community_name: string }>`select h.house_id, h.label, m.name as community_name from property.house h join property.community m on m.company_id = ${c} and m.community_id = h.community_id
      where h.company_id = ${c} and ${seen(scope, 'h')} and ${f.house_id ? sql`h.house_id = ${f.house_id}` : sql`h.building_id = ${f.building_id}`} order by h.sort_no, h.label limit ${BATCH_HOUSES + 1}`.execute(scope.db)
    if (houses.length === 0) throw scope.notFound()
    if (houses.length > BATCH_HOUSES) throw scope.refuse('payment.statement_too_long', { max: BATCH_ROWS })
    const list = await read(scope, { house_ids: houses.map((h) => h.house_id), bills: WHOLE, wallet: true }, new Map(houses.map((h) => [h.house_id, h.label])), f, BATCH_ROWS)
    const owners = await ownerNames(scope, houses.map((h) => h.house_id))
    const o = { company: await companyName(scope), by: scope.who.name, at: minuteText(scope.now) }
    const docs = list.flatMap((s, i) => (f.house_id || s.rows.length > 0 || s.opening_fen !== 0 || s.opening_wallet_fen !== 0 ? [paper(s, f, { ...o, community: houses[i]!.community_name, owner: owners.get(houses[i]!.house_id) ?? '' })] : []))
    if (docs.length === 0) throw scope.refuse('payment.statement_empty')
    return { name: `对账单_${f.house_id ? houses[0]!.label : '整栋'}_${f.from_on}_${f.to_on}.pdf`, type: 'application/pdf', body: await renderMany('table_a4', docs), inline: true }
  }),
  answerFile(payment.myStatementPdf, async (scope, f) => {
    const s = await ofMine(scope, f)
    const [house] = await myHouses(scope, f.house_id)
    return { name: `对账单_${s.house_label}.pdf`, type: 'application/pdf', body: await renderMany('table_a4', [paper(s, f, { company: await companyName(scope), community: house!.community_name, owner: '', by: scope.who.name, at: minuteText(scope.now) })]), inline: true }
  }),
]
