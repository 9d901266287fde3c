// Issuing: asked → issuing → issued, or failed and tried again with the same number. An answer in doubt is asked about before anything is sent
// again, so one number is one invoice. The paper is fetched when it is there; a red note ends the invoice it is of.
import { sql } from 'kysely'
import type { App, JobKind, Schedule } from '../../../kernel/app.ts'
import { nowIso, nowMs } from '../../../kernel/clock.ts'
import { inTransaction } from '../../../kernel/db.ts'
import { log } from '../../../kernel/log.ts'
import { fen, yuan } from '../../../kernel/money.ts'
import { asSystem } from '../../../kernel/worker.ts'
import { placed, simulationAllowed } from './channels.ts'
import { PDF_MAX, keepPaper, papersDue } from './invoice_paper.ts'
import { makeRed, openIssuerConfig } from './invoices.ts'
import { httpIssuer, type InvoiceFact, type InvoiceIssuer, type InvoiceOrder, type InvoiceQuery, type IssueResult } from './outside/invoice_port.ts'

const FIRST_S = 20
const LONGEST_S = 6 * 3600
/** About two weeks at the longest pause; then it stays for a person. */
const TRIES_MAX = 60
const ROUND_MAX = 20

interface Claimed extends Omit<InvoiceOrder, 'amount' | 'tax' | 'lines'> {
  invoice_id: string
  red_of: string | null
  amount_fen: number
  tax_fen: number
  tries: number
  reason: string | null
  simulated: boolean
  config_sealed: string
  lines: { goods_code: string; goods_name: string; detail: string; amount_fen: number; tax_rate: string; tax_fen: number }[]
}

/** Takes the right to speak to the issuer about this invoice, for this process alone. */
async function claim(app: App, company_id: number, invoice_id: string): Promise<Claimed | null> {
  return inTransaction(app.d, { company_id }, async ({ db }) => {
    const now = nowIso()
    const r = await sql<Claimed>`
      with held as materialized (select i.* from payment.invoice i where i.company_id = ${company_id} and i.invoice_id = ${invoice_id} and i.state in ('asked','issuing','failed') and i.next_try_at <= ${now}::timestamptz and i.tries < ${TRIES_MAX} for update skip locked),
      taken as (update payment.invoice i set state = 'issuing', tries = i.tries + 1, next_try_at = ${now}::timestamptz + least(${LONGEST_S}, ${FIRST_S} * power(2, least(i.tries, 12))) * interval '1 second'
        from held where i.company_id = ${company_id} and i.invoice_id = held.invoice_id returning i.invoice_id)
      select h.invoice_id, h.request_no, h.kind, h.red_of, h.title_kind, h.title, h.tax_no, h.email, h.phone, h.amount_fen, h.tax_fen, h.tries, h.reason, o.invoice_no as red_of_no, s.seller_name, s.seller_tax_no, s.simulated, s.config_sealed,
        (select jsonb_agg(jsonb_build_object('goods_code', l.goods_code, 'goods_name', l.goods_name, 'detail', l.detail, 'amount_fen', l.amount_fen, 'tax_rate', l.tax_rate::text, 'tax_fen', l.tax_fen) order by l.line_no) from payment.invoice_line l where l.company_id = ${company_id} and l.invoice_id = h.invoice_id) as lines
      from held h join taken t on t.invoice_id = h.invoice_id join payment.invoice_issuer s on s.company_id = ${company_id} and s.issuer_id = h.issuer_id left join payment.invoice o on o.company_id = ${company_id} and o.invoice_id = h.red_of`.execute(db)
    return r.rows[0] ?? null
  })
}

const orderOf = (i: Claimed): InvoiceOrder => ({
  request_no: i.request_no, kind: i.kind, seller_name: i.seller_name, seller_tax_no: i.seller_tax_no, title_kind: i.title_kind, title: i.title, tax_no: i.tax_no, email: i.email, phone: i.phone,
  amount: yuan(fen(i.amount_fen)), tax: yuan(fen(i.tax_fen)), red_of_no: i.red_of_no, reason: i.kind === 'red' ? i.reason : null,
  lines: i.lines.map((l) => ({ goods_code: l.goods_code, name: l.goods_name, detail: l.detail, amount: yuan(fen(l.amount_fen)), tax_rate: l.tax_rate, tax: yuan(fen(l.tax_fen)) })),
})

/** Asked about first when it was sent before; only what the issuer does not know is sent. */
async function speak(issuer: InvoiceIssuer, i: Claimed): Promise<IssueResult | InvoiceQuery> {
  if (i.tries > 0) {
    const q = await issuer.query(i.request_no)
    if (q.state !== 'absent' && q.state !== 'failed') return q
  }
  return issuer.issue(orderOf(i))
}

/** One step of one invoice, with everything that follows from the issuer's word. */
export async function lookAtInvoice(app: App, company_id: number, invoice_id: string): Promise<void> {
  const i = await claim(app, company_id, invoice_id)
  if (!i || (i.simulated && !simulationAllowed(app.mode))) return
  const issuer = httpIssuer(placed(openIssuerConfig(i.config_sealed), i.simulated, 'invoice'), { now: () => new Date(nowMs()) })
  try {
    const said = await speak(issuer, i)
    if ('kind' in said && said.kind === 'failed') return await fails(app, company_id, i, `${said.message}(${said.code})`)
    if (!('state' in said) || said.state === 'unknown' || said.state === 'absent' || said.state === 'issuing') return
    if (said.state === 'failed') return await fails(app, company_id, i, said.message)
    const pdf = await issuer.pdf(i.request_no)
    await issued(app, company_id, i, said, pdf && pdf.length <= PDF_MAX ? pdf : null)
  } finally {
    issuer.end()
  }
}

async function fails(app: App, company_id: number, i: Claimed, why: string): Promise<void> {
  await asSystem(app, company_id, 'payment.invoice', async (scope) => {
    await scope.db.updateTable('payment.invoice').set({ state: 'failed', failure: why.slice(0, 200) }).where('company_id', '=', company_id).where('invoice_id', '=', i.invoice_id).where('state', '=', 'issuing').execute()
    scope.note('invoice', i.invoice_id, { failure: why.slice(0, 200) })
  })
}

async function issued(app: App, company_id: number, i: Claimed, f: Extract<InvoiceFact, { state: 'issued' }>, pdf: Buffer | null): Promise<void> {
  await asSystem(app, company_id, 'payment.invoice', async (scope) => {
    // A missing paper is not a missing invoice: it stays due until the paper is here.
    const r = await sql<{ reason: string | null }>`update payment.invoice set state = 'issued', invoice_no = ${f.invoice_no}, issued_at = ${f.issued_at}::timestamptz, delivered_at = case when ${f.delivered} then coalesce(delivered_at, ${scope.now}::timestamptz) else delivered_at end, failure = null, tries = 0, next_try_at = ${pdf ? null : scope.now}::timestamptz + interval '10 minutes'
      where company_id = ${company_id} and invoice_id = ${i.invoice_id} and state = 'issuing' returning reason`.execute(scope.db)
    if (!r.rows[0]) return
    if (pdf) await keepPaper(scope.db, company_id, i.invoice_id, pdf)
    if (i.red_of) {
      await scope.db.updateTable('payment.invoice').set({ state: 'red' }).where('company_id', '=', company_id).where('invoice_id', '=', i.red_of).execute()
      await scope.db.updateTable('payment.invoice_payment').set({ live: false }).where('company_id', '=', company_id).where('invoice_id', '=', i.red_of).execute()
    }
    scope.note('invoice', i.invoice_id, { invoice_no: f.invoice_no, kind: i.kind })
    scope.emit('payment.invoice_issued', i.invoice_id, { invoice_id: i.invoice_id, kind: i.kind, invoice_no: f.invoice_no, amount_fen: i.amount_fen, tax_fen: i.tax_fen })
    // The money had gone back while it was being issued.
    if (i.kind === 'blue' && r.rows[0].reason) await makeRed(scope, i.invoice_id, r.rows[0].reason)
  })
}

/** Due invoices of one company. */
export async function invoicesDue(app: App, company_id: number): Promise<number> {
  const due = await inTransaction(app.d, { company_id, readOnly: true }, ({ db }) =>
    db.selectFrom('payment.invoice').select('invoice_id').where('company_id', '=', company_id).where('state', 'in', ['asked', 'issuing', 'failed']).where('next_try_at', '<=', nowIso()).where('tries', '<', TRIES_MAX).orderBy('next_try_at').limit(ROUND_MAX).execute(),
  )
  for (const { invoice_id } of due) await lookAtInvoice(app, company_id, invoice_id).catch((error: unknown) => log('warn', 'an invoice could not be issued', { invoice_id, cause: String(error) }))
  return due.length + (await papersDue(app, company_id))
}
export const invoiceSchedule = (app: () => App): Schedule => ({ name: 'payment.invoices', every_s: 20, of: 'company', run: async (w) => void (await invoicesDue(app(), w.company_id)) })
export const invoiceJob = (app: () => App): JobKind => ({ name: 'payment.issue_invoice', run: async (w) => lookAtInvoice(app(), w.company_id, String(w.payload['invoice_id'])) })
