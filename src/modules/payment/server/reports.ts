// What a finance officer asks for at night: 收费员日报/日结单 by collector and method, and collection by item, building, collector, period.
// Taken is counted on the day of taking, reversals on the day of approval, refunds on the day they were paid: yesterday's report never changes afterwards.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { z } from 'zod'
import { minuteText } from '../../../kernel/clock.ts'
import { answer, answerFile } from '../../../kernel/app.ts'
import { dayStart } from '../../../kernel/days.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { payment, type DailyRow } from '../contract.ts'
import { words } from '../words.ts'
import { seen } from './access.ts'

type DailyFilter = z.output<typeof payment.daily.takes>
type CollectionFilter = z.output<typeof payment.collection.takes>
const ROWS_MAX = 5000

/** Payments taken in the range (sign 1) and payments whose reversal was approved in it (sign −1); alias p. */
function both(scope: Scope, f: { from_on: string; to_on: string; community_id?: string | undefined; building_id?: string | undefined; taken_by?: string | undefined }) {
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`p.company_id = ${scope.company_id}`, seen(scope, 'p')]
  if (f.community_id) w.push(sql<SqlBool>`p.community_id = ${f.community_id}`)
  if (f.building_id) w.push(sql<SqlBool>`p.building_id = ${f.building_id}`)
  if (f.taken_by) w.push(sql<SqlBool>`p.taken_by = ${f.taken_by}`)
  const where = sql.join(w, sql` and `)
  return sql`(select 1 as sign, p.* from payment.payment p where ${where} and p.taken_on >= ${f.from_on} and p.taken_on <= ${f.to_on}
    union all select -1, p.* from payment.payment p where ${where} and p.reversed_at >= ${dayStart(f.from_on)} and p.reversed_at < ${dayStart(f.to_on, 1)})`
}

/** Money that no collector took. */
const DESKLESS: Partial<Record<DailyRow['source'], string>> = { auto: '自动抵扣', import: '银行来款自动入账' }
type DailySums = Omit<DailyRow, 'taken_by_name' | 'received_fen' | 'net_fen'>
const METHOD_COLUMNS = ['cash', 'card', 'transfer', 'wechat', 'alipay', 'other', 'wallet'] as const
const SUMMED = [...METHOD_COLUMNS.map((m) => `${m}_fen` as const), 'prepaid_fen', 'reversed_cash_fen', 'reversed_fen', 'refunded_cash_fen', 'refunded_fen'] as const
const COUNTED = ['payment_count', 'reversed_count', 'refunded_count'] as const
/** Refunds paid in the range; alias r. Deposits are no receipts: they come and go beside this report. */
function refundedIn(scope: Scope, f: DailyFilter) {
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`r.company_id = ${scope.company_id} and r.state = 'done' and r.source <> 'deposit' and r.paid_on >= ${f.from_on} and r.paid_on <= ${f.to_on}`, seen(scope, 'r')]
  if (f.community_id) w.push(sql<SqlBool>`r.community_id = ${f.community_id}`)
  if (f.taken_by) w.push(sql<SqlBool>`r.paid_by = ${f.taken_by} and r.method <> 'original'`)
  return sql.join(w, sql` and `)
}

export async function readDaily(scope: Scope, f: DailyFilter): Promise<{ rows: DailyRow[]; total: DailyRow }> {
  const c = scope.company_id
  const r = await sql<DailySums>`
    with moved as materialized (select sign, payment_id, taken_by, source, prepaid_fen, receipt_no from ${both(scope, f)} p),
    sums as (
      select v.taken_by, v.source,
        ${sql.join(METHOD_COLUMNS.map((m) => sql`coalesce(sum(t.amount_fen) filter (where v.sign = 1 and t.method = ${m}), 0)::bigint as ${sql.ref(`${m}_fen`)}`))},
        coalesce(sum(t.amount_fen) filter (where v.sign = -1 and t.method = 'cash'), 0)::bigint as reversed_cash_fen,
        coalesce(sum(t.amount_fen) filter (where v.sign = -1 and t.method <> 'wallet'), 0)::bigint as reversed_fen
      from moved v join payment.tender t on t.company_id = ${c} and t.payment_id = v.payment_id group by 1, 2
    ), heads as (
      select taken_by, source, count(*) filter (where sign = 1)::int as payment_count, count(*) filter (where sign = -1)::int as reversed_count,
        coalesce(sum(prepaid_fen) filter (where sign = 1), 0)::bigint as prepaid_fen,
        min(receipt_no) filter (where sign = 1) as first_receipt_no, max(receipt_no) filter (where sign = 1) as last_receipt_no
      from moved group by 1, 2
    ), back as (
      select case r.method when 'original' then null else r.paid_by end as taken_by, case r.method when 'original' then 'online' else 'desk' end as source, count(*)::int as refunded_count,
        coalesce(sum(r.amount_fen) filter (where r.method = 'cash'), 0)::bigint as refunded_cash_fen, sum(r.amount_fen)::bigint as refunded_fen
      from payment.refund r where ${refundedIn(scope, f)} group by 1, 2
    ), keys as (select taken_by, source from heads union select taken_by, source from back)
    select k.taken_by, k.source, ${sql.join(SUMMED.map((n) => sql`coalesce(${sql.ref(n)}, 0)::bigint as ${sql.ref(n)}`))}, ${sql.join(COUNTED.map((n) => sql`coalesce(${sql.ref(n)}, 0)::int as ${sql.ref(n)}`))}, h.first_receipt_no, h.last_receipt_no
    from keys k left join heads h on h.source = k.source and h.taken_by is not distinct from k.taken_by left join sums s on s.source = k.source and s.taken_by is not distinct from k.taken_by
    left join back b on b.source = k.source and b.taken_by is not distinct from k.taken_by order by k.source, h.first_receipt_no nulls last, k.taken_by limit ${ROWS_MAX}`.execute(scope.db)
  const names = await memberNames(scope, r.rows.map((x) => x.taken_by))
  const rows = r.rows.map((x) => finished(x, x.taken_by ? (names.get(x.taken_by) ?? '') : (DESKLESS[x.source] ?? '线上支付')))
  return { rows, total: rows.reduce(add, finished(EMPTY, '合计')) }
}
const EMPTY = {
  taken_by: null, source: 'desk', payment_count: 0, cash_fen: 0, card_fen: 0, transfer_fen: 0, wechat_fen: 0, alipay_fen: 0, other_fen: 0, wallet_fen: 0, prepaid_fen: 0,
  reversed_count: 0, reversed_cash_fen: 0, reversed_fen: 0, refunded_count: 0, refunded_cash_fen: 0, refunded_fen: 0, first_receipt_no: null, last_receipt_no: null,
} satisfies DailySums
function finished(x: DailySums, taken_by_name: string): DailyRow {
  const received_fen = x.cash_fen + x.card_fen + x.transfer_fen + x.wechat_fen + x.alipay_fen + x.other_fen
  return { ...x, taken_by_name, received_fen, net_fen: received_fen - x.reversed_fen - x.refunded_fen }
}
const NUMBERS = ['payment_count', 'cash_fen', 'card_fen', 'transfer_fen', 'wechat_fen', 'alipay_fen', 'other_fen', 'wallet_fen', 'received_fen', 'prepaid_fen', 'reversed_count', 'reversed_cash_fen', 'reversed_fen', 'refunded_count', 'refunded_cash_fen', 'refunded_fen', 'net_fen'] as const
function add(total: DailyRow, row: DailyRow): DailyRow {
  const sum = { ...total }
  for (const k of NUMBERS) sum[k] += row[k]
  return sum
}

export const daily = answer(payment.daily, readDaily)

const DAILY_COLUMNS: { key: keyof DailyRow; title: string; kind: 'text' | 'count' | 'fen' }[] = [
  { key: 'taken_by_name', title: '收费员', kind: 'text' }, { key: 'source', title: '来源', kind: 'text' }, { key: 'payment_count', title: '笔数', kind: 'count' }, { key: 'cash_fen', title: '现金', kind: 'fen' },
  { key: 'card_fen', title: '刷卡', kind: 'fen' }, { key: 'transfer_fen', title: '转账', kind: 'fen' }, { key: 'wechat_fen', title: '微信', kind: 'fen' }, { key: 'alipay_fen', title: '支付宝', kind: 'fen' },
  { key: 'other_fen', title: '其他', kind: 'fen' }, { key: 'wallet_fen', title: '预存抵扣', kind: 'fen' }, { key: 'received_fen', title: '实收小计', kind: 'fen' }, { key: 'prepaid_fen', title: '其中转入预存', kind: 'fen' },
  { key: 'reversed_count', title: '冲销笔数', kind: 'count' }, { key: 'reversed_cash_fen', title: '冲销现金', kind: 'fen' }, { key: 'reversed_fen', title: '冲销', kind: 'fen' }, { key: 'refunded_count', title: '退款笔数', kind: 'count' }, { key: 'refunded_cash_fen', title: '退款现金', kind: 'fen' }, { key: 'refunded_fen', title: '退款', kind: 'fen' }, { key: 'net_fen', title: '净收', kind: 'fen' },
  { key: 'first_receipt_no', title: '起始收据号', kind: 'text' }, { key: 'last_receipt_no', title: '截止收据号', kind: 'text' },
]
const sourceText = (s: string): string => words.states!['source']![s] ?? s
const dailyCells = (r: DailyRow) => DAILY_COLUMNS.map(({ key }) => (key === 'source' ? sourceText(r.source) : (r[key] as string | number | null)))
const totalCells = (r: DailyRow) => DAILY_COLUMNS.map(({ key }, i) => (i === 0 ? '合计' : NUMBERS.includes(key as never) ? (r[key] as number) : null))

export const dailyExcel = answerFile(payment.dailyExcel, async (scope, f) => {
  const { rows, total } = await readDaily(scope, f)
  const kinds = { text: 'text', count: 'int', fen: 'money_fen' } as const
  const body = await writeSheet({
    sheets: [{ name: '收费员日报', title_rows: [`收费员日报 ${f.from_on} 至 ${f.to_on}`], columns: DAILY_COLUMNS.map((k) => ({ title: k.title, kind: kinds[k.kind] })), rows: rows.map(dailyCells), totals: totalCells(total) }],
  })
  return { name: `收费员日报_${f.from_on}_${f.to_on}.xlsx`, type: XLSX, body }
})

export const dailyPdf = answerFile(payment.dailyPdf, async (scope, f) => {
  const { rows, total } = await readDaily(scope, f)
  const company = await scope.db.selectFrom('identity.company').select('name').where('company_id', '=', scope.company_id).executeTakeFirst()
  const body = await renderPdf('table_a4', {
    company_name: company?.name ?? null,
    title: '日结单',
    filters: [`日期:${f.from_on} 至 ${f.to_on}`],
    columns: DAILY_COLUMNS.map((k) => ({ title: k.title, kind: k.key.endsWith('receipt_no') ? ('code' as const) : k.kind })),
    rows: rows.map(dailyCells),
    totals: totalCells(total),
    printed_by: scope.who.name,
    printed_at: minuteText(scope.now),
  })
  return { name: `日结单_${f.from_on}.pdf`, type: 'application/pdf', body, inline: true }
})

interface CollectionRow {
  key: string | null
  name: string
  community_name: string | null
  bill_count: number
  amount_fen: number
  reversed_fen: number
  net_fen: number
}
const GROUP = {
  fee_item: { key: sql`b.fee_item_id::text`, name: sql`(select f.name from billing.fee_item f where f.company_id = x.company_id and f.fee_item_id = x.key::uuid)`, community: true },
  building: { key: sql`b.building_id::text`, name: sql`(select g.name from property.building g where g.company_id = x.company_id and g.building_id = x.key::uuid)`, community: true },
  collector: { key: sql`v.taken_by::text`, name: sql`coalesce((select m.name from identity.member m where m.company_id = x.company_id and m.account_id = x.key::uuid), '线上支付')`, community: false },
  period: { key: sql`to_char(b.period_on, 'YYYY-MM')`, name: sql`x.key`, community: false },
}

async function readCollection(scope: Scope, f: CollectionFilter) {
  const c = scope.company_id
  const g = GROUP[f.by]
  const item = f.fee_item_id ? sql<SqlBool>`b.fee_item_id = ${f.fee_item_id}` : sql<SqlBool>`true`
  const r = await sql<CollectionRow>`
    with moved as materialized (select sign, payment_id, taken_by, community_id from ${both(scope, f)} p),
    x as (
      select ${c}::bigint as company_id, ${g.key} as key, ${g.community ? sql`b.community_id` : sql`null::uuid`} as community_id, count(distinct a.bill_id) filter (where v.sign = 1)::int as bill_count,
        coalesce(sum(a.amount_fen) filter (where v.sign = 1), 0)::bigint as amount_fen, coalesce(sum(a.amount_fen) filter (where v.sign = -1), 0)::bigint as reversed_fen
      from moved v join payment.allocation a on a.company_id = ${c} and a.payment_id = v.payment_id
      join billing.bill b on b.company_id = ${c} and b.period_on = a.period_on and b.bill_id = a.bill_id and ${item} group by 1, 2, 3
    )
    select x.key, ${g.name} as name, (select m.name from property.community m where m.company_id = x.company_id and m.community_id = x.community_id) as community_name,
      x.bill_count, x.amount_fen, x.reversed_fen, x.amount_fen - x.reversed_fen as net_fen
    from x order by ${f.by === 'period' ? sql`x.key desc` : sql`x.amount_fen desc, x.key`} limit ${ROWS_MAX}`.execute(scope.db)
  const prepaid = f.fee_item_id ? 0 : (await sql<{ n: number }>`select coalesce(sum(sign * prepaid_fen), 0)::bigint as n from ${both(scope, f)} p`.execute(scope.db)).rows[0]!.n
  const sum = (k: 'bill_count' | 'amount_fen' | 'reversed_fen' | 'net_fen') => r.rows.reduce((n, x) => n + x[k], 0)
  return { rows: r.rows, total: { key: null, name: '合计', community_name: null, bill_count: sum('bill_count'), amount_fen: sum('amount_fen'), reversed_fen: sum('reversed_fen'), net_fen: sum('net_fen') }, prepaid_fen: prepaid }
}

export const collection = answer(payment.collection, readCollection)
export const collectionExcel = answerFile(payment.collectionExcel, async (scope, f) => {
  const { rows, total } = await readCollection(scope, f)
  const by = words.states!['collection_by']![f.by]!
  const body = await writeSheet({
    sheets: [
      {
        name: '收缴汇总',
        title_rows: [`收缴汇总(按${by}) ${f.from_on} 至 ${f.to_on}`],
        columns: [{ title: by, kind: 'text' }, { title: '小区', kind: 'text' }, { title: '账单数', kind: 'int' }, { title: '收缴', kind: 'money_fen' }, { title: '冲销', kind: 'money_fen' }, { title: '净额', kind: 'money_fen' }],
        rows: rows.map((x) => [x.name, x.community_name, x.bill_count, x.amount_fen, x.reversed_fen, x.net_fen]),
        totals: ['合计', null, total.bill_count, total.amount_fen, total.reversed_fen, total.net_fen],
      },
    ],
  })
  return { name: `收缴汇总_${f.from_on}_${f.to_on}.xlsx`, type: XLSX, body }
})
