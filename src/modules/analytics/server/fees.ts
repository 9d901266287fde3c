// 收费统计 (FEE-08): from the sums that billing keeps, never from 12 million lines. One statement for the rows, one for the trend; totals are the sum of
// the rows, so that screen, Excel and totals cannot differ.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, addMonths } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { type ColumnSpec, writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { percentText } from '../../../kernel/percent.ts'
import { LATE_CODE, NOBODY, sumsOf } from '../../billing/server/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { NO_STEWARD, housesSeenBy, inChargeOf, stewardOn } from '../../property/server/index.ts'
import { analytics, type FeeSums, type FeesFilter } from '../contract.ts'
import { words } from '../words.ts'
import { reaches, seen } from './access.ts'

const ROWS_MAX = 5000
const TREND_MONTHS = 12
const first = (month: string) => sql`${`${month}-01`}::date`

/** The sums of the filter, as relation x; by building only where building matters, else a tenth of the rows. */
function of(scope: Scope, f: FeesFilter, months: RawBuilder<unknown>): RawBuilder<unknown> {
  const reach = scope.reach()
  const by_building = f.by === 'building' || f.by === 'steward' || f.steward_id || f.building_id || (!reach.all && reach.building_ids.length > 0)
  const w: RawBuilder<unknown>[] = [housesSeenBy(scope, { alias: 's' }), months]
  if (f.community_id) w.push(sql`s.community_id = ${f.community_id}`)
  if (f.building_id) w.push(sql`s.building_id = ${f.building_id}`)
  if (f.fee_item_id) w.push(sql`s.fee_item_id = ${f.fee_item_id}`)
  if (f.steward_id) w.push(inChargeOf(scope, 's', f.steward_id, chargeDay(scope, f)))
  if (f.as_of) w.push(sql`s.month_on <= ${first(f.as_of)}`)
  return sumsOf(scope, by_building ? 'building' : 'community', sql.join(w, sql` and `))
}

/** Whose buildings they are: at the end of the last month, or today while it is not over. */
function chargeDay(scope: Scope, f: FeesFilter): string {
  const end = addDays(`${addMonths(f.as_of ?? f.to, 1)}-01`, -1)
  return end < scope.today ? end : scope.today
}

type Raw = Omit<FeeSums, 'open_fen' | 'rate_bp' | 'old_open_fen' | 'old_rate_bp' | 'taken_fen'>
const FIELDS = ['bill_count', 'receivable_fen', 'reduced_fen', 'moved_fen', 'received_fen', 'old_due_fen', 'old_received_fen', 'taken_current_fen', 'taken_ahead_fen', 'late_fen', 'late_received_fen'] as const satisfies readonly (keyof Raw)[]
function columns(scope: Scope, f: FeesFilter): RawBuilder<unknown> {
  const [from, to] = [first(f.from), first(f.to)]
  const now = sql`x.period_on >= ${from} and x.period_on <= ${to}`
  const within = sql`x.month_on >= ${from} and x.month_on <= ${to}`
  const late = sql`x.fee_item_id in (select i.fee_item_id from billing.fee_item i where i.company_id = ${scope.company_id} and i.code = ${LATE_CODE})`
  const sum = (what: RawBuilder<unknown>, when: RawBuilder<unknown>) => sql`coalesce(sum(${what}) filter (where ${when}), 0)::bigint`
  return sql`${sum(sql`x.bill_count`, now)} as bill_count, ${sum(sql`x.amount_fen`, now)} as receivable_fen, ${sum(sql`x.reduced_fen - x.moved_fen`, now)} as reduced_fen, ${sum(sql`x.moved_fen`, now)} as moved_fen, ${sum(sql`x.paid_fen`, now)} as received_fen,
    ${sum(sql`x.amount_fen - x.reduced_fen - case when x.month_on < ${from} then x.paid_fen else 0 end`, sql`x.period_on < ${from} and x.month_on <= ${to}`)} as old_due_fen, ${sum(sql`x.paid_fen`, sql`x.period_on < ${from} and ${within}`)} as old_received_fen,
    ${sum(sql`x.paid_fen`, sql`${now} and ${within}`)} as taken_current_fen, ${sum(sql`x.paid_fen`, sql`x.period_on > ${to} and ${within}`)} as taken_ahead_fen,
    ${sum(sql`x.amount_fen`, sql`${now} and ${late}`)} as late_fen, ${sum(sql`x.paid_fen`, sql`${now} and ${late}`)} as late_received_fen`
}
/** Rounded down: 99.999 % is not yet all. */
const rate = (part: number, whole: number): number | null => (whole <= 0 ? null : Number((BigInt(part) * 10_000n) / BigInt(whole)))
function finished<T extends Raw>(r: T): T & FeeSums {
  const due = r.receivable_fen - r.reduced_fen - r.moved_fen
  return { ...r, open_fen: due - r.received_fen, rate_bp: rate(r.received_fen, due), old_open_fen: r.old_due_fen - r.old_received_fen, old_rate_bp: rate(r.old_received_fen, r.old_due_fen), taken_fen: r.taken_current_fen + r.old_received_fen + r.taken_ahead_fen }
}

/** What a group is, and its name in the order of the register; `months` name themselves. */
function grouped(scope: Scope, f: FeesFilter): { key: RawBuilder<unknown>; name: RawBuilder<unknown>; join: RawBuilder<unknown>; order: RawBuilder<unknown> } {
  const { by } = f
  const c = scope.company_id
  const cm = sql`join property.community cm on cm.company_id = ${c} and cm.community_id =`
  const plain = { name: sql`s.key`, join: sql``, order: sql`s.key` }
  if (by === 'community') return { key: sql`x.community_id::text`, name: sql`cm.name`, join: sql`${cm} s.key::uuid`, order: sql`cm.name` }
  if (by === 'building') return { key: sql`x.building_id::text`, name: sql`cm.name || ' ' || y.name`, join: sql`join property.building y on y.company_id = ${c} and y.building_id = s.key::uuid ${cm} y.community_id`, order: sql`cm.name, y.sort_no, y.name` }
  if (by === 'fee_item') return { key: sql`x.fee_item_id::text`, name: sql`cm.name || ' ' || y.name`, join: sql`join billing.fee_item y on y.company_id = ${c} and y.fee_item_id = s.key::uuid ${cm} y.community_id`, order: sql`cm.name, y.sort_no, y.name` }
  if (by === 'steward') return { ...plain, key: sql`coalesce(${stewardOn(scope, 'x', chargeDay(scope, f))}::text, ${NO_STEWARD})` }
  if (by === 'collector') return { ...plain, key: sql`x.taken_by::text` }
  return { ...plain, key: by === 'month' ? sql`to_char(x.period_on, 'YYYY-MM')` : by === 'quarter' ? sql`to_char(x.period_on, 'YYYY"-Q"Q')` : sql`to_char(x.period_on, 'YYYY')` }
}

/** Periods up to the last of the filter, and what came in within it for later ones. By period only the periods themselves are rows. */
function wanted(f: FeesFilter): RawBuilder<unknown> {
  const [from, to] = [first(f.from), first(f.to)]
  if (f.by === 'month' || f.by === 'quarter' || f.by === 'year') return sql`s.period_on >= ${from} and s.period_on <= ${to}`
  if (f.by === 'collector') return sql`s.paid_fen <> 0 and s.month_on >= ${from} and s.month_on <= ${to}`
  return sql`(s.period_on <= ${to} or (s.month_on >= ${from} and s.month_on <= ${to}))`
}

type Row = FeeSums & { key: string; name: string }
async function rowsOf(scope: Scope, f: FeesFilter): Promise<Row[]> {
  const g = grouped(scope, f)
  const { rows } = await sql<Raw & { key: string; name: string }>`with s as materialized (select ${g.key} as key, ${columns(scope, f)} from ${of(scope, f, wanted(f))} x group by 1)
    select s.*, ${g.name} as name from s ${g.join} order by ${g.order} limit ${ROWS_MAX}`.execute(scope.db)
  const shown = rows.filter((r) => FIELDS.some((k) => r[k] !== 0))
  if (f.by !== 'collector' && f.by !== 'steward') return shown.map(finished)
  const names = await memberNames(scope, shown.map((r) => (r.key === NOBODY ? null : r.key)))
  const nobody = words.states![f.by]!['nobody']!
  return shown.map((r) => finished({ ...r, name: r.key === NOBODY ? nobody : (names.get(r.key) ?? '') }))
}
const addUp = (rows: readonly Row[]): FeeSums => finished(Object.fromEntries(FIELDS.map((k) => [k, rows.reduce((n, r) => n + r[k], 0)])) as Raw)

async function trendOf(scope: Scope, f: FeesFilter) {
  const from = addMonths(f.to, 1 - TREND_MONTHS)
  const months = Array.from({ length: TREND_MONTHS }, (_, i) => addMonths(from, i))
  const period = sql`x.period_on >= ${first(from)} and x.period_on <= ${first(f.to)}`
  const month = sql`x.month_on >= ${first(from)} and x.month_on <= ${first(f.to)}`
  const { rows } = await sql<{ month: string; receivable_fen: number; received_fen: number; taken_fen: number }>`
    with x as materialized (select period_on, month_on, sum(amount_fen - reduced_fen) as due_fen, sum(paid_fen) as paid_fen from ${of(scope, { ...f, by: 'month' }, sql`((s.period_on >= ${first(from)} and s.period_on <= ${first(f.to)}) or (s.month_on >= ${first(from)} and s.month_on <= ${first(f.to)}))`)} y group by 1, 2)
    select to_char(m, 'YYYY-MM') as month, sum(due_fen)::bigint as receivable_fen, sum(received_fen)::bigint as received_fen, sum(taken_fen)::bigint as taken_fen from (
      select x.period_on as m, x.due_fen, x.paid_fen as received_fen, 0 as taken_fen from x where ${period} union all select x.month_on, 0, 0, x.paid_fen from x where ${month}) z group by 1`.execute(scope.db)
  const by = new Map(rows.map((r) => [r.month, r]))
  return months.map((m) => {
    const r = by.get(m) ?? { receivable_fen: 0, received_fen: 0, taken_fen: 0 }
    return { month: m, receivable_fen: r.receivable_fen, received_fen: r.received_fen, taken_fen: r.taken_fen, rate_bp: rate(r.received_fen, r.receivable_fen) }
  })
}

/** Prepayment and deposits held today: balances, not of the months. */
async function held(scope: Scope, f: FeesFilter): Promise<{ prepaid_fen: number | null; deposit_fen: number | null }> {
  const c = scope.company_id
  const apart = f.building_id || f.fee_item_id || f.steward_id
  const [wallets, deposits] = [!apart && reaches(scope, 'payment.wallet.read'), !apart && reaches(scope, 'payment.deposit.read')]
  if (!wallets && !deposits) return { prepaid_fen: null, deposit_fen: null }
  const purse = (table: RawBuilder<unknown>) => sql`(select coalesce(sum(w.balance_fen), 0) from ${table} w join property.house h on h.company_id = ${c} and h.house_id = w.house_id where w.company_id = ${c} and w.balance_fen > 0 and ${seen(scope, 'h', 'payment.wallet.read', f.community_id)})`
  const { rows } = await sql<{ prepaid_fen: number | null; deposit_fen: number | null }>`select
    (${wallets ? sql`${purse(sql`payment.wallet`)} + ${purse(sql`payment.bound_wallet`)}` : sql`null`})::bigint as prepaid_fen,
    ${deposits ? sql`(select coalesce(sum(d.held_fen), 0) from payment.deposit d where d.company_id = ${c} and d.held_fen > 0 and ${seen(scope, 'd', 'payment.deposit.read', f.community_id)})` : sql`null`}::bigint as deposit_fen`.execute(scope.db)
  return rows[0]!
}

export const fees = answer(analytics.fees, async (scope, f) => {
  const rows = await rowsOf(scope, f)
  return { rows, totals: addUp(rows), trend: await trendOf(scope, f), ...(await held(scope, f)) }
})

type Of = keyof FeeSums
const COLUMNS: readonly { key: Of; title: string; kind: 'int' | 'money_fen' | 'text' }[] = [
  { key: 'bill_count', title: '账单数', kind: 'int' }, { key: 'receivable_fen', title: '应收', kind: 'money_fen' }, { key: 'reduced_fen', title: '减免', kind: 'money_fen' }, { key: 'moved_fen', title: '拆并转出', kind: 'money_fen' }, { key: 'received_fen', title: '实收', kind: 'money_fen' },
  { key: 'open_fen', title: '欠收', kind: 'money_fen' }, { key: 'rate_bp', title: '收缴率', kind: 'text' }, { key: 'old_due_fen', title: '往期应清', kind: 'money_fen' }, { key: 'old_received_fen', title: '清欠', kind: 'money_fen' },
  { key: 'old_open_fen', title: '往期未清', kind: 'money_fen' }, { key: 'old_rate_bp', title: '清欠率', kind: 'text' }, { key: 'taken_fen', title: '期内收款', kind: 'money_fen' }, { key: 'taken_current_fen', title: '收本期', kind: 'money_fen' },
  { key: 'taken_ahead_fen', title: '收以后', kind: 'money_fen' }, { key: 'late_fen', title: '违约金应收', kind: 'money_fen' }, { key: 'late_received_fen', title: '违约金实收', kind: 'money_fen' },
]
/** By period there are no earlier arrears, and no receipts of other periods; a collector has only what he took. */
export const columnsOf = (by: FeesFilter['by']): readonly Of[] => {
  const taken: Of[] = ['taken_fen', 'taken_current_fen', 'old_received_fen', 'taken_ahead_fen']
  if (by === 'collector') return taken
  return COLUMNS.map((k) => k.key).filter((k) => !['month', 'quarter', 'year'].includes(by) || (!k.startsWith('old_') && !k.startsWith('taken')))
}
/** 9350 → '93.50%' */
const percent = (bp: number | null): string => percentText(bp) ?? ''

export const feesExcel = answerFile(analytics.feesExcel, async (scope, f) => {
  const rows = await rowsOf(scope, f)
  const show = columnsOf(f.by)
  const columns = COLUMNS.filter((k) => show.includes(k.key))
  const cells = (r: FeeSums) => columns.map((k) => (k.kind === 'text' ? percent(r[k.key]) : r[k.key]))
  const specs: ColumnSpec[] = [{ title: words.states!['fees_by']![f.by]!, kind: 'text' }, ...columns.map(({ title, kind }) => ({ title, kind }))]
  const title = `收费统计 账期 ${f.from} 至 ${f.to} 截至 ${f.as_of ? `${f.as_of} 月末` : scope.today}`
  const body = await writeSheet({ sheets: [{ name: '收费统计', title_rows: [title], columns: specs, rows: rows.map((r) => [r.name, ...cells(r)]), totals: ['合计', ...cells(addUp(rows))] }] })
  return { name: `收费统计_${f.from}_${f.to}.xlsx`, type: XLSX, body }
})
