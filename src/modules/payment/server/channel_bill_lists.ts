// What staff read of the channels' bills: the list, one bill, its lines beside our own payments.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { z } from 'zod'
import { minuteText } from '../../../kernel/clock.ts'
import { answer, answerFile } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import type { ChannelBillLine, ChannelBillRow } from '../contract_channel_bills.ts'
import { payment } from '../contract.ts'
import { words } from '../words.ts'
import { wholeCompany } from './access.ts'

const all = (w: RawBuilder<SqlBool>[]) => sql.join(w, sql` and `) as RawBuilder<SqlBool>
/** One day's lines of a busy merchant. */
const EXCEL_MAX = 100_000

const BILL = sql`b.channel_bill_id, b.channel_id, n.name as channel_name, b.kind, b.bill_on, b.state, b.line_count, b.in_count, b.in_fen, b.out_count, b.out_fen, b.fee_fen, b.tries,
  case when b.state = 'waiting' then b.next_try_at end as next_try_at, b.failure, b.fetched_at`
const withCan = (scope: Scope, r: Omit<ChannelBillRow, 'can'>): ChannelBillRow => ({ ...r, can: { fetch: r.state === 'fetched' ? 'payment.bill_fetched' : scope.reach('payment.channel.write').all ? true : 'kernel.forbidden' } })

const channelBills = answer(payment.channelBills, async (scope, f) => {
  wholeCompany(scope)
  const c = scope.company_id
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`b.company_id = ${c}`]
  if (f.channel_id) w.push(sql<SqlBool>`b.channel_id = ${f.channel_id}`)
  if (f.kind) w.push(sql<SqlBool>`b.kind = ${f.kind}`)
  if (f.state) w.push(sql<SqlBool>`b.state = ${f.state}`)
  if (f.from_on) w.push(sql<SqlBool>`b.bill_on >= ${f.from_on}`)
  if (f.to_on) w.push(sql<SqlBool>`b.bill_on <= ${f.to_on}`)
  const count = await sql<{ total: number; in_fen_sum: number; out_fen_sum: number; fee_fen_sum: number }>`
    select count(*)::int as total, coalesce(sum(in_fen), 0)::bigint as in_fen_sum, coalesce(sum(out_fen), 0)::bigint as out_fen_sum, coalesce(sum(fee_fen), 0)::bigint as fee_fen_sum from payment.channel_bill b where ${all(w)}`.execute(scope.db)
  const r = await sql<Omit<ChannelBillRow, 'can'>>`
    with page as materialized (select b.* from payment.channel_bill b where ${all(w)} order by b.bill_on desc, b.channel_id, b.kind limit ${f.page_size} offset ${(f.page - 1) * f.page_size})
    select ${BILL} from page b join payment.channel n on n.company_id = ${c} and n.channel_id = b.channel_id order by b.bill_on desc, n.name, b.kind desc`.execute(scope.db)
  return { rows: r.rows.map((x) => withCan(scope, x)), ...count.rows[0]! }
})

async function oneBill(scope: Scope, channel_bill_id: string): Promise<ChannelBillRow> {
  wholeCompany(scope)
  const c = scope.company_id
  const r = await sql<Omit<ChannelBillRow, 'can'>>`select ${BILL} from payment.channel_bill b join payment.channel n on n.company_id = ${c} and n.channel_id = b.channel_id where b.company_id = ${c} and b.channel_bill_id = ${channel_bill_id}`.execute(scope.db)
  if (!r.rows[0]) throw scope.notFound()
  return withCan(scope, r.rows[0])
}
const channelBill = answer(payment.channelBill, (scope, { channel_bill_id }) => oneBill(scope, channel_bill_id))

type LineFilter = z.output<typeof payment.channelBillExcel.takes>
function linesWhere(scope: Scope, f: LineFilter): RawBuilder<unknown> {
  const c = scope.company_id
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`l.company_id = ${c}`, sql<SqlBool>`l.channel_bill_id = ${f.channel_bill_id}`]
  if (f.line_kind) w.push(sql<SqlBool>`l.kind = ${f.line_kind}`)
  if (f.ours) w.push(f.ours === 'with' ? sql<SqlBool>`s.payment_id is not null` : sql<SqlBool>`s.payment_id is null`)
  if (f.q) w.push(sql<SqlBool>`(l.provider_txn = ${f.q} or l.out_trade_no = ${f.q} or l.out_refund_no = ${f.q} or l.provider_refund = ${f.q})`)
  return sql`from payment.channel_bill_line l left join payment.settlement s on s.company_id = ${c} and s.channel_id = l.channel_id and s.provider_txn = l.provider_txn and s.part_no = 1 where ${all(w)}`
}
const linesOf = (scope: Scope, f: LineFilter, limit: number, offset: number) =>
  sql<ChannelBillLine>`with page as materialized (select l.line_no, l.kind, l.at, l.provider_txn, l.out_trade_no, l.out_refund_no, l.amount_fen, l.fee_fen, l.balance_fen, l.business, s.payment_id ${linesWhere(scope, f)} order by l.line_no limit ${limit} offset ${offset})
    select l.*, p.receipt_no from page l left join payment.payment p on p.company_id = ${scope.company_id} and p.payment_id = l.payment_id order by l.line_no`.execute(scope.db)

const channelBillLines = answer(payment.channelBillLines, async (scope, f) => {
  wholeCompany(scope)
  const count = await sql<{ total: number; amount_fen_sum: number; fee_fen_sum: number }>`select count(*)::int as total, coalesce(sum(l.amount_fen), 0)::bigint as amount_fen_sum, coalesce(sum(l.fee_fen), 0)::bigint as fee_fen_sum ${linesWhere(scope, f)}`.execute(scope.db)
  const r = await linesOf(scope, f, f.page_size, (f.page - 1) * f.page_size)
  return { rows: r.rows, ...count.rows[0]! }
})

const channelBillExcel = answerFile(payment.channelBillExcel, async (scope, f) => {
  const bill = await oneBill(scope, f.channel_bill_id)
  const r = await linesOf(scope, f, EXCEL_MAX, 0)
  const kind = (k: string): string => words.states!['channel_line']![k] ?? k
  const title = `${bill.channel_name} ${words.states!['channel_bill_kind']![bill.kind]} ${bill.bill_on}`
  const body = await writeSheet({
    sheets: [
      {
        name: '渠道账单',
        title_rows: [title],
        columns: [{ title: '行', kind: 'int' }, { title: '类别', kind: 'text' }, { title: '渠道时间', kind: 'text' }, { title: '渠道流水号', kind: 'text' }, { title: '商户订单号', kind: 'text' }, { title: '商户退款号', kind: 'text' }, { title: '金额', kind: 'money_fen' }, { title: '手续费', kind: 'money_fen' }, { title: '账户余额', kind: 'money_fen' }, { title: '渠道说明', kind: 'text' }, { title: '我方收据', kind: 'text' }],
        rows: r.rows.map((l) => [l.line_no, kind(l.kind), minuteText(l.at), l.provider_txn, l.out_trade_no, l.out_refund_no, l.amount_fen, l.fee_fen, l.balance_fen, l.business, l.receipt_no]),
        totals: ['合计', null, null, null, null, null, r.rows.reduce((n, l) => n + l.amount_fen, 0), r.rows.reduce((n, l) => n + l.fee_fen, 0), null, null, null],
      },
    ],
  })
  return { name: `${title}.xlsx`, type: XLSX, body }
})

const fetchChannelBill = answer(payment.fetchChannelBill, async (scope, { channel_bill_id }) => {
  const bill = await oneBill(scope, channel_bill_id)
  if (bill.state === 'fetched') throw scope.refuse('payment.bill_fetched')
  await sql`update payment.channel_bill set state = 'waiting', next_try_at = ${scope.now}::timestamptz where company_id = ${scope.company_id} and channel_bill_id = ${channel_bill_id} and state <> 'fetched'`.execute(scope.db)
  scope.later({ name: 'payment.fetch_bill', payload: { channel_bill_id }, lane: `bill:${channel_bill_id}` })
  scope.note('channel_bill', channel_bill_id, { asked: true })
  return { state: 'waiting' as const }
})

export const channelBillAnswers = [channelBills, channelBill, channelBillLines, channelBillExcel, fetchChannelBill]
