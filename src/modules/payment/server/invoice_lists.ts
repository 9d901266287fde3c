// Electronic invoices as they are read: by staff with sums and Excel, by residents their own, and the papers.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { z } from 'zod'
import { minuteText } from '../../../kernel/clock.ts'
import { answer, answerFile, type App, type FileAnswer } from '../../../kernel/app.ts'
import { dayStart } from '../../../kernel/days.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import type { InvoiceRow } from '../contract_invoices.ts'
import { payment } from '../contract.ts'
import { words } from '../words.ts'
import { myHouses, myPaymentsWhere, seen, wholeCompany } from './access.ts'
import { toInvoice } from './invoiceable.ts'
import { boundList, LIST_MAX } from './list_sheet.ts'
import { simulationAllowed } from './channels.ts'

type Filter = z.output<typeof payment.invoicesExcel.takes>
type Bare = Omit<InvoiceRow, 'can'>
const all = (w: RawBuilder<SqlBool>[]) => sql.join(w, sql` and `) as RawBuilder<SqlBool>

function where(scope: Scope, f: Filter): RawBuilder<SqlBool> {
  const c = scope.company_id
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`i.company_id = ${c}`, seen(scope, 'i')]
  if (f.state) w.push(sql<SqlBool>`i.state = ${f.state}`)
  if (f.kind) w.push(sql<SqlBool>`i.kind = ${f.kind}`)
  if (f.community_id) w.push(sql<SqlBool>`i.community_id = ${f.community_id}`)
  if (f.house_id) w.push(sql<SqlBool>`i.house_id = ${f.house_id}`)
  if (f.from_on) w.push(sql<SqlBool>`i.asked_at >= ${dayStart(f.from_on)}`)
  if (f.to_on) w.push(sql<SqlBool>`i.asked_at < ${dayStart(f.to_on, 1)}`)
  if (f.q) w.push(sql<SqlBool>`(i.invoice_no = ${f.q} or starts_with(i.title, ${f.q}) or i.house_id in (select h.house_id from property.house h where h.company_id = ${c} and h.label >= ${f.q} and h.label < ${`${f.q}\uffff`} limit 2000))`)
  return all(w)
}

async function rowsOf(scope: Scope, w: RawBuilder<SqlBool>, limit: number, offset: number): Promise<Bare[]> {
  const c = scope.company_id
  const r = await sql<Bare>`
    with page as materialized (select i.* from payment.invoice i where ${w} order by i.asked_at desc, i.invoice_id desc limit ${limit} offset ${offset})
    select i.invoice_id, i.kind, i.state, i.invoice_no, m.name as community_name, i.house_id, h.label as house_label, i.title_kind, i.title, i.amount_fen, i.tax_fen, i.asked_at, i.issued_at, i.delivered_at, i.reason, i.failure, i.red_of,
      (select o.invoice_no from payment.invoice o where o.company_id = ${c} and o.invoice_id = i.red_of) as red_of_no,
      coalesce((select jsonb_agg(jsonb_build_object('payment_id', x.payment_id, 'receipt_no', p.receipt_no, 'amount_fen', x.amount_fen) order by p.receipt_no) from payment.invoice_payment x join payment.payment p on p.company_id = ${c} and p.payment_id = x.payment_id where x.company_id = ${c} and x.invoice_id = coalesce(i.red_of, i.invoice_id)), '[]') as receipts,
      exists (select from payment.invoice_file f where f.company_id = ${c} and f.invoice_id = i.invoice_id) as has_pdf
    from page i join property.community m on m.company_id = ${c} and m.community_id = i.community_id join property.house h on h.company_id = ${c} and h.house_id = i.house_id order by i.asked_at desc, i.invoice_id desc`.execute(scope.db)
  return r.rows
}
function withCan(scope: Scope, r: Bare): InvoiceRow {
  const writes = scope.who.grants.some((g) => g.permissions.includes('payment.invoice.write') || g.permissions.includes('*'))
  const can = (ok: boolean): true | string => (!ok ? 'payment.invoice_state' : writes ? true : 'kernel.forbidden')
  return { ...r, can: { red: can(r.kind === 'blue' && r.state === 'issued'), retry: can(r.state === 'failed' || r.state === 'issuing'), cancel: can(r.kind === 'blue' && (r.state === 'asked' || r.state === 'failed')) } }
}
/** Blue counts up, red counts down; only what was issued is money on paper. */
async function sums(scope: Scope, w: RawBuilder<SqlBool>) {
  const sign = sql`case when i.state not in ('issued','red') then 0 when i.kind = 'red' then -1 else 1 end`
  const r = await sql<{ total: number; amount_fen_sum: number; tax_fen_sum: number }>`select count(*)::int as total, coalesce(sum(i.amount_fen * ${sign}), 0)::bigint as amount_fen_sum, coalesce(sum(i.tax_fen * ${sign}), 0)::bigint as tax_fen_sum from payment.invoice i where ${w}`.execute(scope.db)
  return r.rows[0]!
}

const invoices = answer(payment.invoices, async (scope, { page, page_size, ...f }) => {
  const w = where(scope, f)
  return { ...(await sums(scope, w)), rows: (await rowsOf(scope, w, page_size, (page - 1) * page_size)).map((r) => withCan(scope, r)) }
})
const invoicesExcel = answerFile(payment.invoicesExcel, async (scope, f) => {
  const w = where(scope, f)
  const total = await sums(scope, w)
  boundList(scope, '电子发票', total.total)
  const rows = await rowsOf(scope, w, LIST_MAX, 0)
  const word = (group: string, v: string) => words.states![group]![v] ?? v
  const text = (title: string) => ({ title, kind: 'text' as const })
  const body = await writeSheet({
    sheets: [
      {
        name: '电子发票',
        columns: [text('发票号码'), text('种类'), text('状态'), text('小区'), text('房号'), text('抬头'), { title: '价税合计', kind: 'money_fen' }, { title: '税额', kind: 'money_fen' }, text('收据'), text('申请时间'), text('开具时间'), text('原发票号码'), text('说明')],
        rows: rows.map((r) => [r.invoice_no, word('invoice_kind', r.kind), word('invoice', r.state), r.community_name, r.house_label, r.title, r.kind === 'red' ? -r.amount_fen : r.amount_fen, r.kind === 'red' ? -r.tax_fen : r.tax_fen, r.receipts.map((x) => x.receipt_no).join('、'), minuteText(r.asked_at), minuteText(r.issued_at), r.red_of_no, r.failure ?? r.reason]),
        totals: ['已开具合计(红票为负)', null, null, null, null, null, total.amount_fen_sum, total.tax_fen_sum],
      },
    ],
  })
  return { name: `电子发票_${scope.today}.xlsx`, type: XLSX, body }
})

async function paper(scope: Scope, invoice_id: string, mine: RawBuilder<SqlBool>): Promise<FileAnswer> {
  const c = scope.company_id
  const r = await sql<{ body: Buffer; invoice_no: string }>`select f.body, i.invoice_no from payment.invoice i join payment.invoice_file f on f.company_id = ${c} and f.invoice_id = i.invoice_id where i.company_id = ${c} and i.invoice_id = ${invoice_id} and ${mine}`.execute(scope.db)
  if (!r.rows[0]) throw scope.notFound()
  return { name: `电子发票_${r.rows[0].invoice_no}.pdf`, type: 'application/pdf', body: r.rows[0].body, inline: true }
}
const invoicePdf = answerFile(payment.invoicePdf, (scope, { invoice_id }) => paper(scope, invoice_id, seen(scope, 'i')))

/** Own are those that the resident asked for, and the red notes of these. */
const mineWhere = (scope: Scope): RawBuilder<SqlBool> => sql<SqlBool>`(i.asked_by = ${scope.who.account_id} or i.red_of in (select o.invoice_id from payment.invoice o where o.company_id = ${scope.company_id} and o.asked_by = ${scope.who.account_id}))`
const myInvoices = answer(payment.myInvoices, async (scope, { page, page_size }) => {
  const w = all([sql<SqlBool>`i.company_id = ${scope.company_id}`, mineWhere(scope)])
  return { rows: await rowsOf(scope, w, page_size, (page - 1) * page_size), total: (await sums(scope, w)).total }
})
const myInvoicePdf = answerFile(payment.myInvoicePdf, (scope, { invoice_id }) => paper(scope, invoice_id, mineWhere(scope)))

const myInvoiceable = answer(payment.myInvoiceable, async (scope, { from_month, to_month }) => {
  const c = scope.company_id
  const houses = await myHouses(scope)
  const open = (await scope.db.selectFrom('payment.invoice_issuer').select('issuer_id').where('company_id', '=', c).where('enabled_at', 'is not', null).executeTakeFirst()) !== undefined
  if (houses.length === 0) return { rows: [], open }
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`p.company_id = ${c}`, myPaymentsWhere(scope, houses), sql<SqlBool>`p.reversed_at is null and ${toInvoice(scope)} > 0`, sql<SqlBool>`not exists (select from payment.invoice_payment x where x.company_id = ${c} and x.payment_id = p.payment_id and x.live)`]
  if (from_month) w.push(sql<SqlBool>`p.taken_on >= ${`${from_month}-01`}::date`)
  if (to_month) w.push(sql<SqlBool>`p.taken_on < (${`${to_month}-01`}::date + interval '1 month')`)
  const r = await sql<{ payment_id: string; receipt_no: string; taken_on: string; house_id: string; house_label: string; amount_fen: number }>`
    with page as materialized (select p.payment_id, p.receipt_no, p.taken_on, p.house_id, ${toInvoice(scope)} as amount_fen from payment.payment p where ${all(w)} order by p.taken_on desc, p.payment_id limit 200)
    select p.payment_id, p.receipt_no, p.taken_on, p.house_id, h.label as house_label, p.amount_fen from page p join property.house h on h.company_id = ${c} and h.house_id = p.house_id order by p.taken_on desc, p.payment_id`.execute(scope.db)
  return { rows: r.rows, open }
})

const taxItems = answer(payment.taxItems, async (scope, { community_id }) => {
  wholeCompany(scope)
  const c = scope.company_id
  const r = await sql<{ fee_item_id: string; fee_item_name: string; community_name: string | null; goods_code: string | null; goods_name: string | null; tax_rate: string | null; from_on: string | null }>`
    with page as materialized (select i.fee_item_id, i.name, i.community_id, i.sort_no from billing.fee_item i where i.company_id = ${c} and ${community_id ? sql<SqlBool>`i.community_id = ${community_id}` : sql<SqlBool>`true`} order by i.community_id, i.sort_no, i.name limit 500)
    select i.fee_item_id, i.name as fee_item_name, m.name as community_name, t.goods_code, t.goods_name, t.tax_rate::text as tax_rate, t.from_on from page i left join property.community m on m.company_id = ${c} and m.community_id = i.community_id
    left join lateral (select x.* from payment.tax_item x where x.company_id = ${c} and x.fee_item_id = i.fee_item_id and x.from_on <= ${scope.today} order by x.from_on desc limit 1) t on true order by m.name, i.sort_no, i.name`.execute(scope.db)
  return { rows: r.rows }
})
const issuers = (app: () => App) =>
  answer(payment.issuers, async (scope) => {
    wholeCompany(scope)
    const rows = await scope.db.selectFrom('payment.invoice_issuer').select(['issuer_id', 'name', 'seller_name', 'seller_tax_no', 'simulated', 'enabled_at']).where('company_id', '=', scope.company_id).orderBy('created_at', 'desc').limit(50).execute()
    return { rows, simulation_allowed: simulationAllowed(app().mode) }
  })

export const invoiceReads = (app: () => App) => [invoices, invoicesExcel, invoicePdf, myInvoices, myInvoicePdf, myInvoiceable, taxItems, issuers(app)]
