// Receipts (收据): content frozen when issued, every print logged, a void one keeps its number and says 作废.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile, type App, type FileAnswer } from '../../../kernel/app.ts'
import { addDays, minuteText } from '../../../kernel/clock.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import { renderPdf, type ReceiptData } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { blindIndex } from '../../../kernel/seal.ts'
import { soleForm } from '../../forms/server/index.ts'
import { settingOn } from '../../system/server/index.ts'
import { payment, type Method, type ReceiptForm } from '../contract.ts'
import type { z } from '../../../kernel/contract.ts'
import { words } from '../words.ts'
import { myHouses, myPaymentsWhere, paymentToRead, seen } from './access.ts'
import type { ReceiptContent } from './record.ts'
import { count, listSheet, money, text } from './list_sheet.ts'
import { receiptFooter, receiptTitle } from './settings.ts'

type Form = z.output<typeof ReceiptForm>
export const TEMPLATE = { a5: 'receipt_a5', '80mm': 'receipt_80mm', three_copy: 'receipt_three_copy', two_copy: 'receipt_two_copy', a4: 'receipt_a4' } as const
export const PAPER = { a5: 'a5', '80mm': 'roll', three_copy: 'third', two_copy: 'half', a4: 'a4' } as const
const methodName = (m: Method): string => words.states!['method']![m] ?? m

/** Never printed; alias p. */
export const unprinted = (scope: Scope): RawBuilder<SqlBool> => sql<SqlBool>`exists (select from payment.receipt x where x.company_id = ${scope.company_id} and x.payment_id = p.payment_id and x.print_count = 0)`

type Filter = z.output<typeof payment.receiptsExcel.takes>
function receiptsWhere(scope: Scope, f: Filter): RawBuilder<SqlBool> {
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`p.company_id = ${scope.company_id}`, seen(scope, 'p')]
  if (f.from_on) w.push(sql<SqlBool>`p.taken_on >= ${f.from_on}`)
  if (f.to_on) w.push(sql<SqlBool>`p.taken_on <= ${f.to_on}`)
  if (f.community_id) w.push(sql<SqlBool>`p.community_id = ${f.community_id}`)
  if (f.building_id) w.push(sql<SqlBool>`p.building_id = ${f.building_id}`)
  if (f.taken_by) w.push(sql<SqlBool>`p.taken_by = ${f.taken_by}`)
  if (f.unprinted) w.push(unprinted(scope))
  if (f.house_id) w.push(sql<SqlBool>`p.house_id = ${f.house_id}`)
  // A receipt is void exactly when its payment is reversed.
  if (f.voided !== undefined) w.push(f.voided ? sql<SqlBool>`p.reversed_at is not null` : sql<SqlBool>`p.reversed_at is null`)
  if (f.q) w.push(sql<SqlBool>`p.receipt_no >= ${f.q} and p.receipt_no < ${`${f.q}\uffff`}`)
  return sql.join(w, sql` and `) as RawBuilder<SqlBool>
}
const countOf = async (scope: Scope, where: RawBuilder<SqlBool>): Promise<number> => (await sql<{ total: number }>`select count(*)::int as total from payment.payment p where ${where}`.execute(scope.db)).rows[0]!.total
async function readReceipts(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset: number) {
  const c = scope.company_id
  const r = await sql<{ payment_id: string; receipt_no: string; series: string; issued_at: string; house_id: string; house_label: string; community_name: string; payer_name: string; total_fen: number; print_count: number; voided_at: string | null }>`
    with page as materialized (select p.* from payment.payment p where ${where} order by p.taken_at desc, p.payment_id desc limit ${limit} offset ${offset})
    select p.payment_id, e.receipt_no, e.series, p.taken_at as issued_at, p.house_id, h.label as house_label, m.name as community_name, p.payer_name, e.total_fen, e.print_count, e.voided_at
    from page p join payment.receipt e on e.company_id = ${c} and e.payment_id = p.payment_id
    join property.house h on h.company_id = ${c} and h.house_id = p.house_id join property.community m on m.company_id = ${c} and m.community_id = p.community_id
    order by p.taken_at desc, p.payment_id desc`.execute(scope.db)
  return r.rows
}
export const receipts = answer(payment.receipts, async (scope, { page, page_size, ...f }) => {
  const where = receiptsWhere(scope, f)
  return { total: await countOf(scope, where), rows: await readReceipts(scope, where, page_size, (page - 1) * page_size) }
})
export const receiptsExcel = answerFile(payment.receiptsExcel, async (scope, f) => {
  const where = receiptsWhere(scope, f)
  return listSheet(scope, {
    name: '收据', total: await countOf(scope, where), days: f,
    columns: [text('收据号'), text('开具时间'), text('小区'), text('房号'), text('缴款人'), money('金额'), count('打印次数'), text('状态'), text('作废时间')],
    rows: async (limit) => (await readReceipts(scope, where, limit, 0)).map((r) => [r.receipt_no, minuteText(r.issued_at), r.community_name, r.house_label, r.payer_name, r.total_fen, r.print_count, r.voided_at ? '作废' : '有效', minuteText(r.voided_at)]),
  })
})

export const printReceipt = answer(payment.printReceipt, async (scope, { payment_id, form }) => {
  await paymentToRead(scope, payment_id)
  const c = scope.company_id
  const { print_count: print_no } = await scope.db
    .updateTable('payment.receipt')
    .set((e) => ({ print_count: e('print_count', '+', 1) }))
    .where('company_id', '=', c)
    .where('payment_id', '=', payment_id)
    .returning('print_count')
    .executeTakeFirstOrThrow()
  await scope.db.insertInto('payment.receipt_print').values({ company_id: c, payment_id, print_no, form, printed_by: scope.who.account_id, printed_at: scope.now }).execute()
  scope.note('payment', payment_id, { print_no, form })
  return { print_no, input: { payment_id, form, print_no } }
})

export const receiptPdf = (app: () => App) => answerFile(payment.receiptPdf, async (scope, { payment_id, form, print_no }) => {
  await paymentToRead(scope, payment_id)
  const print = await scope.db.selectFrom('payment.receipt_print').select('print_no').where('company_id', '=', scope.company_id).where('payment_id', '=', payment_id).where('print_no', '=', print_no).where('form', '=', form).executeTakeFirst()
  if (!print) throw scope.notFound()
  return render(app(), scope, payment_id, form, print_no - 1)
})

/** The resident's own copy: not paper out of the company's printer, so it is not logged as a print. */
export const myReceiptPdf = (app: () => App) => answerFile(payment.myReceiptPdf, async (scope, { payment_id, form }) => {
  const houses = await myHouses(scope)
  const mine = await sql`select from payment.payment p where p.company_id = ${scope.company_id} and p.payment_id = ${payment_id} and ${myPaymentsWhere(scope, houses)}`.execute(scope.db)
  if (mine.rows.length === 0) throw scope.notFound()
  return render(app(), scope, payment_id, form, 0)
})

/** What stands on a receipt, whatever its layout. */
export async function receiptOf(scope: Scope, payment_id: string, reprint_count: number): Promise<{ data: ReceiptData; community_id: string; taken_on: string; taken_at: string }> {
  const c = scope.company_id
  const r = await scope.db
    .selectFrom('payment.receipt as r')
    .innerJoin('payment.payment as p', (j) => j.onRef('p.company_id', '=', 'r.company_id').onRef('p.payment_id', '=', 'r.payment_id'))
    .select(['r.receipt_no', 'r.total_fen', 'r.lines', 'r.voided_at', 'p.community_id', 'p.taken_on', 'p.taken_at'])
    .where('r.company_id', '=', c)
    .where('p.company_id', '=', c)
    .where('r.payment_id', '=', payment_id)
    .executeTakeFirstOrThrow()
  const worded = { title: await settingOn(scope, receiptTitle, r.community_id, r.taken_on), footer: await settingOn(scope, receiptFooter, r.community_id, r.taken_on) }
  return { data: receiptData(c, r.receipt_no, r.total_fen, r.lines as ReceiptContent, { reprint_count, voided: r.voided_at !== null, ...worded }), community_id: r.community_id, taken_on: r.taken_on, taken_at: r.taken_at }
}

/** With the layout of the moment the money was taken: a reprint of years later looks as the first print did. */
async function render(app: App, scope: Scope, payment_id: string, form: Form, reprint_count: number): Promise<FileAnswer> {
  const r = await receiptOf(scope, payment_id, reprint_count)
  const own = await soleForm(app, scope, { kind: 'payment.receipt', paper: PAPER[form], community_id: r.community_id, on: r.taken_on, at: r.taken_at })
  const body = await renderPdf(TEMPLATE[form], r.data, own ? { design: own.print } : {})
  return { name: `收据_${r.data.receipt_no}.pdf`, type: 'application/pdf', body, inline: true }
}

/** Whoever holds the paper can have it checked at the service centre: the code cannot be made without the installation's key. */
export const verificationText = (company_id: number, receipt_no: string, total_fen: number): string =>
  `收据 ${receipt_no} 金额 ${yuanGrouped(fen(total_fen))} 元 校验码 ${blindIndex(`receipt:${company_id}:${receipt_no}:${total_fen}`).replace(/[^A-Za-z0-9]/g, '').slice(0, 10).toUpperCase()}`

export function receiptData(company_id: number, receipt_no: string, total_fen: number, c: ReceiptContent, o: { reprint_count: number; voided: boolean; title?: string; footer?: string }): ReceiptData {
  const change = c.change_fen > 0 ? `现金实收 ${yuanGrouped(fen((c.tenders.find((t) => t.method === 'cash')?.amount_fen ?? 0) + c.change_fen))} 元,找零 ${yuanGrouped(fen(c.change_fen))} 元` : ''
  return {
    company_name: c.company_name,
    community_name: c.community_name,
    receipt_no,
    received_on: c.received_on,
    payer_name: c.payer_name,
    house_name: c.house_name,
    lines: c.lines.map((l) => ({ item: l.item, period: { first_on: l.from_on, last_on: addDays(l.to_on, -1) }, working: l.working, due_fen: fen(l.due_fen), paid_fen: fen(l.paid_fen) })),
    tenders: c.tenders.map((t) => ({ name: methodName(t.method), amount_fen: fen(t.amount_fen) })),
    prepaid_used_fen: fen(c.prepaid_used_fen),
    prepaid_added_fen: fen(c.prepaid_added_fen),
    prepaid_balance_fen: c.prepaid_used_fen || c.prepaid_added_fen || c.prepaid_balance_fen ? fen(c.prepaid_balance_fen) : null,
    arrears_fen: fen(c.arrears_fen),
    cashier_name: c.cashier_name,
    remark: [c.remark, change].filter(Boolean).join(';') || null,
    qr_text: verificationText(company_id, receipt_no, total_fen),
    reprint_count: o.reprint_count,
    voided: o.voided,
    title: o.title ?? null,
    footer: o.footer ?? null,
  }
}
