// Orders by phone and by code as staff read them: the list with its sums, and its Excel.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { z } from 'zod'
import { answer, answerFile } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { dayStart } from '../../../kernel/days.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { payment } from '../contract.ts'
import { words } from '../words.ts'
import { seen } from './access.ts'
import { count, listSheet, money, text } from './list_sheet.ts'

type Filter = z.output<typeof payment.ordersExcel.takes>
type Row = z.output<typeof payment.orders.gives>['rows'][number]
const word = (group: string, v: string): string => words.states![group]![v] ?? v

function fromWhere(scope: Scope, f: Filter): RawBuilder<unknown> {
  const c = scope.company_id
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`i.company_id = ${c}`, seen(scope, 'h')]
  if (f.state) w.push(sql<SqlBool>`i.state = ${f.state}`)
  if (f.community_id) w.push(sql<SqlBool>`i.community_id = ${f.community_id}`)
  if (f.house_id) w.push(sql<SqlBool>`i.house_id = ${f.house_id}`)
  if (f.from_on) w.push(sql<SqlBool>`i.created_at >= ${dayStart(f.from_on)}`)
  if (f.to_on) w.push(sql<SqlBool>`i.created_at < ${dayStart(f.to_on, 1)}`)
  if (f.q) w.push(sql<SqlBool>`(i.out_trade_no = ${f.q} or h.label >= ${f.q} and h.label < ${`${f.q}\uffff`})`)
  return sql`from payment.intent i join property.house h on h.company_id = ${c} and h.house_id = i.house_id where ${sql.join(w, sql` and `)}`
}
async function sums(scope: Scope, f: Filter) {
  const r = await sql<{ total: number; amount_fen_sum: number; paid_fen_sum: number }>`select count(*)::int as total, coalesce(sum(i.amount_fen), 0)::bigint as amount_fen_sum, coalesce(sum(i.amount_fen) filter (where i.state = 'succeeded'), 0)::bigint as paid_fen_sum ${fromWhere(scope, f)}`.execute(scope.db)
  return r.rows[0]!
}
async function read(scope: Scope, f: Filter, limit: number, offset: number): Promise<Row[]> {
  const c = scope.company_id
  const r = await sql<Row>`
    with page as materialized (select i.*, h.label ${fromWhere(scope, f)} order by i.created_at desc, i.intent_id desc limit ${limit} offset ${offset})
    select i.intent_id, i.out_trade_no, i.state, i.amount_fen, i.house_id, i.label as house_label, i.pay_url, i.failure, i.created_at, i.expires_at, i.checked_at, i.checks, i.source, i.way,
      n.name as channel_name, m.name as community_name, s.payment_id, p.receipt_no
    from page i join payment.channel n on n.company_id = ${c} and n.channel_id = i.channel_id join property.community m on m.company_id = ${c} and m.community_id = i.community_id
    left join lateral (select payment_id from payment.settlement s where s.company_id = ${c} and s.intent_id = i.intent_id order by s.settled_at limit 1) s on true
    left join payment.payment p on p.company_id = ${c} and p.payment_id = s.payment_id order by i.created_at desc, i.intent_id desc`.execute(scope.db)
  return r.rows
}

const orders = answer(payment.orders, async (scope, { page, page_size, ...f }) => ({ ...(await sums(scope, f)), rows: await read(scope, f, page_size, (page - 1) * page_size) }))
const ordersExcel = answerFile(payment.ordersExcel, async (scope, f) => {
  const s = await sums(scope, f)
  return listSheet(scope, {
    name: '线上订单', total: s.total, days: f,
    columns: [text('商户订单号'), text('渠道'), text('来源'), text('方式'), text('小区'), text('房号'), money('金额'), text('状态'), text('收据号'), text('说明'), text('发起时间'), text('过期时间'), text('最近查单'), count('查单次数')],
    rows: async (limit) => (await read(scope, f, limit, 0)).map((r) => [r.out_trade_no, r.channel_name, word('source', r.source), word('way', r.way), r.community_name, r.house_label, r.amount_fen, word('intent', r.state), r.receipt_no, r.failure, minuteText(r.created_at), minuteText(r.expires_at), minuteText(r.checked_at), r.checks]),
    totals: ['合计(已支付)', `共 ${s.total} 笔`, null, null, null, null, s.paid_fen_sum],
  })
})

export const orderListAnswers = [orders, ordersExcel]
