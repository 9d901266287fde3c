// Lists of payments: one filter for screen, sums and Excel, so that the three cannot differ.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { z } from 'zod'
import { minuteText } from '../../../kernel/clock.ts'
import { answer, answerFile } from '../../../kernel/app.ts'
import { dayStart } from '../../../kernel/days.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { payment, type Method, type PaymentFilter, type PaymentRow } from '../contract.ts'
import { words } from '../words.ts'
import { paymentToRead, seen } from './access.ts'
import { linesByKey } from './bills.ts'
import { reversalsOf } from './reversal_rows.ts'

export type Filter = z.output<typeof PaymentFilter>
const EXCEL_MAX = 100_000

/** Which payments; alias p. */
export function paymentsWhere(scope: Scope, f: Filter): RawBuilder<SqlBool> {
  const c = scope.company_id
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`p.company_id = ${c}`, seen(scope, 'p')]
  if (f.from_on) w.push(sql<SqlBool>`p.taken_on >= ${f.from_on}`)
  if (f.to_on) w.push(sql<SqlBool>`p.taken_on <= ${f.to_on}`)
  if (f.reversed_from_on) w.push(sql<SqlBool>`p.reversed_at >= ${dayStart(f.reversed_from_on)}`)
  if (f.reversed_to_on) w.push(sql<SqlBool>`p.reversed_at < ${dayStart(f.reversed_to_on, 1)}`)
  if (f.community_id) w.push(sql<SqlBool>`p.community_id = ${f.community_id}`)
  if (f.building_id) w.push(sql<SqlBool>`p.building_id = ${f.building_id}`)
  if (f.house_id) w.push(sql<SqlBool>`p.house_id = ${f.house_id}`)
  if (f.taken_by) w.push(sql<SqlBool>`p.taken_by = ${f.taken_by}`)
  if (f.source) w.push(sql<SqlBool>`p.source = ${f.source}`)
  if (f.method) w.push(sql<SqlBool>`exists (select from payment.tender t where t.company_id = ${c} and t.payment_id = p.payment_id and t.method = ${f.method})`)
  if (f.fee_item_id)
    w.push(sql<SqlBool>`exists (select from payment.allocation a join billing.bill b on b.company_id = ${c} and b.period_on = a.period_on and b.bill_id = a.bill_id
      where a.company_id = ${c} and a.payment_id = p.payment_id and b.fee_item_id = ${f.fee_item_id})`)
  if (f.state === 'live') w.push(sql<SqlBool>`p.reversed_at is null`)
  if (f.state === 'reversed') w.push(sql<SqlBool>`p.reversed_at is not null`)
  if (f.state === 'reversal_asked') w.push(sql<SqlBool>`p.payment_id in (select r.payment_id from payment.reversal r where r.company_id = ${c} and r.state = 'asked')`)
  if (f.merge_id) w.push(sql<SqlBool>`p.merge_id = ${f.merge_id}`)
  if (f.deduct_run_id) w.push(sql<SqlBool>`p.deduct_run_id = ${f.deduct_run_id}`)
  if (f.q) {
    const to = `${f.q}\uffff`
    // Ranges, not like: under row-level security only these may use an index.
    w.push(sql<SqlBool>`(p.receipt_no >= ${f.q} and p.receipt_no < ${to} or p.payer_name >= ${f.q} and p.payer_name < ${to}
      or p.house_id in (select h.house_id from property.house h where h.company_id = ${c} and h.label >= ${f.q} and h.label < ${to} limit 2000))`)
  }
  return sql.join(w, sql` and `) as RawBuilder<SqlBool>
}

interface Read extends Omit<PaymentRow, 'taken_by_name' | 'reversal_asked' | 'can'> {
  building_id: string
  asked: boolean
}

export async function readPayments(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset: number): Promise<Omit<PaymentRow, 'can'>[]> {
  const c = scope.company_id
  const r = await sql<Read>`
    with page as materialized (select p.* from payment.payment p where ${where} order by p.taken_at desc, p.payment_id desc limit ${limit} offset ${offset})
    select p.payment_id, p.receipt_no, p.taken_at, p.taken_on, p.community_id, m.name as community_name, p.house_id, h.label as house_label, p.payer_name, p.source,
      p.total_fen, p.applied_fen, p.prepaid_fen, p.change_fen, p.taken_by, p.remark, p.reversed_at, p.refunded_fen, p.refunding_fen, p.merge_id, e.print_count, t.tenders, t.wallet_used_fen,
      exists (select from payment.reversal r where r.company_id = ${c} and r.payment_id = p.payment_id and r.state = 'asked') as asked
    from page p
    join property.community m on m.company_id = ${c} and m.community_id = p.community_id
    join property.house h on h.company_id = ${c} and h.house_id = p.house_id
    join payment.receipt e on e.company_id = ${c} and e.payment_id = p.payment_id
    cross join lateral (select jsonb_agg(jsonb_build_object('method', t.method, 'amount_fen', t.amount_fen, 'reference', t.reference) order by t.line_no) as tenders,
      coalesce(sum(t.amount_fen) filter (where t.method = 'wallet'), 0)::bigint as wallet_used_fen
      from payment.tender t where t.company_id = ${c} and t.payment_id = p.payment_id) t
    order by p.taken_at desc, p.payment_id desc`.execute(scope.db)
  const names = await memberNames(scope, r.rows.map((x) => x.taken_by))
  return r.rows.map(({ asked, ...x }) => ({ ...x, taken_by_name: x.taken_by ? (names.get(x.taken_by) ?? '') : (words.states!['source']![x.source] ?? ''), reversal_asked: asked }))
}

/** What the person may do with the row; the reason when not. */
export function canOf(scope: Scope, p: { reversed_at: string | null; reversal_asked: boolean; source: string; refunded_fen: number; refunding_fen: number; total_fen: number; wallet_used_fen: number }): PaymentRow['can'] {
  const may = (permission: string): true | string => (scope.who.grants.some((g) => g.permissions.includes(permission) || g.permissions.includes('*')) ? true : 'kernel.forbidden')
  const state = p.reversed_at ? 'payment.already_reversed' : p.reversal_asked ? 'payment.reversal_pending' : p.source === 'online' ? 'payment.online_not_reversible' : p.refunded_fen + p.refunding_fen > 0 ? 'payment.refund_exists' : true
  const back = p.reversed_at ? 'payment.already_reversed' : p.reversal_asked ? 'payment.reversal_pending' : p.total_fen - p.wallet_used_fen - p.refunded_fen - p.refunding_fen <= 0 ? 'payment.refund_all' : true
  return { ask_reversal: may('payment.reversal.ask') === true ? state : 'kernel.forbidden', ask_refund: may('payment.refund.ask') === true ? back : 'kernel.forbidden', print: may('payment.receipt.print') }
}

async function sums(scope: Scope, where: RawBuilder<SqlBool>) {
  const c = scope.company_id
  const r = await sql<{ total: number; total_fen_sum: number; applied_fen_sum: number; prepaid_fen_sum: number; wallet_used_fen_sum: number; reversed_fen_sum: number }>`
    with found as materialized (select p.payment_id, p.total_fen, p.applied_fen, p.prepaid_fen, p.reversed_at from payment.payment p where ${where})
    select count(*)::int as total, coalesce(sum(total_fen), 0)::bigint as total_fen_sum, coalesce(sum(applied_fen), 0)::bigint as applied_fen_sum, coalesce(sum(prepaid_fen), 0)::bigint as prepaid_fen_sum,
      coalesce(sum(total_fen) filter (where reversed_at is not null), 0)::bigint as reversed_fen_sum,
      coalesce((select sum(t.amount_fen) from payment.tender t where t.company_id = ${c} and t.method = 'wallet' and t.payment_id in (select payment_id from found)), 0)::bigint as wallet_used_fen_sum
    from found`.execute(scope.db)
  return r.rows[0]!
}

export const payments = answer(payment.payments, async (scope, { page, page_size, ...f }) => {
  const where = paymentsWhere(scope, f)
  const totals = await sums(scope, where)
  const rows = await readPayments(scope, where, page_size, (page - 1) * page_size)
  return { ...totals, rows: rows.map((p) => ({ ...p, can: canOf(scope, p) })) }
})

const methodsText = (tenders: readonly { method: Method; amount_fen: number }[]): string => tenders.map((t) => `${words.states!['method']![t.method] ?? t.method} ${yuanGrouped(fen(t.amount_fen))}`).join('、')
const stateText = (p: { reversed_at: string | null; reversal_asked: boolean }): string => words.states!['payment_state']![p.reversed_at ? 'reversed' : p.reversal_asked ? 'reversal_asked' : 'live']!

export const paymentsExcel = answerFile(payment.paymentsExcel, async (scope, f) => {
  const where = paymentsWhere(scope, f)
  const totals = await sums(scope, where)
  if (totals.total > EXCEL_MAX) throw scope.refuse('payment.payments_too_many', { count: totals.total, max: EXCEL_MAX })
  const rows = await readPayments(scope, where, EXCEL_MAX, 0)
  const body = await writeSheet({
    sheets: [
      {
        name: '收款',
        columns: [
          { title: '收据号', kind: 'text' }, { title: '收款时间', kind: 'text' }, { title: '收款日', kind: 'day' }, { title: '小区', kind: 'text' }, { title: '房号', kind: 'text' }, { title: '缴款人', kind: 'text' }, { title: '收款方式', kind: 'text' },
          { title: '实收', kind: 'money_fen' }, { title: '冲抵账单', kind: 'money_fen' }, { title: '转入预存', kind: 'money_fen' }, { title: '预存抵扣', kind: 'money_fen' }, { title: '找零', kind: 'money_fen' },
          { title: '收费员', kind: 'text' }, { title: '来源', kind: 'text' }, { title: '备注', kind: 'text' }, { title: '状态', kind: 'text' }, { title: '冲销时间', kind: 'text' },
        ],
        rows: rows.map((p) => [
          p.receipt_no, minuteText(p.taken_at), p.taken_on, p.community_name, p.house_label, p.payer_name, methodsText(p.tenders), p.total_fen, p.applied_fen, p.prepaid_fen, p.wallet_used_fen, p.change_fen,
          p.taken_by_name, words.states!['source']![p.source], p.remark, stateText(p), minuteText(p.reversed_at),
        ]),
        totals: ['合计', `${totals.total} 笔`, null, null, null, null, null, totals.total_fen_sum, totals.applied_fen_sum, totals.prepaid_fen_sum, totals.wallet_used_fen_sum],
      },
    ],
  })
  return { name: `收款列表_${f.from_on ? `${f.from_on}_` : ''}${f.to_on ?? scope.today}.xlsx`, type: XLSX, body }
})

export const paymentDetail = answer(payment.payment, async (scope, { payment_id }) => {
  await paymentToRead(scope, payment_id)
  const c = scope.company_id
  const [row] = await readPayments(scope, sql<SqlBool>`p.company_id = ${c} and p.payment_id = ${payment_id}`, 1, 0)
  const allocations = await scope.db.selectFrom('payment.allocation').select(['bill_id', 'period_on', 'amount_fen']).where('company_id', '=', c).where('payment_id', '=', payment_id).execute()
  const lines = await linesByKey(scope, allocations)
  const prints = await scope.db.selectFrom('payment.receipt_print').select(['print_no', 'form', 'printed_by', 'printed_at']).where('company_id', '=', c).where('payment_id', '=', payment_id).orderBy('print_no', 'desc').limit(100).execute()
  const names = await memberNames(scope, prints.map((p) => p.printed_by))
  const settled = await scope.db
    .selectFrom('payment.settlement as s')
    .innerJoin('payment.channel as h', (j) => j.onRef('h.company_id', '=', 's.company_id').onRef('h.channel_id', '=', 's.channel_id'))
    .innerJoin('payment.intent as i', (j) => j.onRef('i.company_id', '=', 's.company_id').onRef('i.intent_id', '=', 's.intent_id'))
    .select(['h.name as channel_name', 's.provider_txn', 'i.out_trade_no', 's.captured_fen', 's.paid_at'])
    .where('s.company_id', '=', c)
    .where('s.payment_id', '=', payment_id)
    .executeTakeFirst()
  return {
    ...row!,
    can: canOf(scope, row!),
    lines: allocations
      .map((a) => ({ a, l: lines.get(a.bill_id)! }))
      .sort((x, y) => x.l.from_on.localeCompare(y.l.from_on) || x.l.fee_item_name.localeCompare(y.l.fee_item_name))
      .map(({ a, l }) => ({ bill_id: a.bill_id, period_on: a.period_on, fee_item_name: l.fee_item_name, from_on: l.from_on, to_on: l.to_on, explanation: l.explanation, bill_amount_fen: l.amount_fen, amount_fen: a.amount_fen })),
    prints: prints.map((p) => ({ print_no: p.print_no, form: p.form as 'a5', printed_by_name: p.printed_by ? (names.get(p.printed_by) ?? null) : null, printed_at: p.printed_at })),
    reversals: await reversalsOf(scope, sql<SqlBool>`r.payment_id = ${payment_id}`, 20, 0),
    settlement: settled ?? null,
    merged: row!.merge_id ? await mergedWith(scope, row!.merge_id, payment_id) : [],
  }
})

/** What was paid for other houses in the same act, within reach. */
async function mergedWith(scope: Scope, merge_id: string, payment_id: string) {
  const c = scope.company_id
  const r = await sql<{ payment_id: string; receipt_no: string; house_label: string; total_fen: number; reversed_at: string | null }>`select p.payment_id, p.receipt_no, h.label as house_label, p.total_fen, p.reversed_at from payment.payment p join property.house h on h.company_id = ${c} and h.house_id = p.house_id
    where p.company_id = ${c} and p.merge_id = ${merge_id} and p.payment_id <> ${payment_id} and ${seen(scope, 'p')} order by p.receipt_no limit 100`.execute(scope.db)
  return r.rows
}

export const collectors = answer(payment.collectors, async (scope) => {
  // A loose index scan: one step for each collector, not one for each payment.
  const c = scope.company_id
  const r = await sql<{ account_id: string }>`
    select m.account_id from identity.member m where m.company_id = ${c}
      and exists (select from payment.payment p where p.company_id = ${c} and p.taken_by = m.account_id and p.taken_on >= ${scope.today}::date - 400 and ${seen(scope, 'p')})
    limit 500`.execute(scope.db)
  const names = await memberNames(scope, r.rows.map((x) => x.account_id))
  return { rows: [...names].map(([account_id, name]) => ({ account_id, name })).sort((a, b) => a.name.localeCompare(b.name, 'zh')) }
})
