// The paper of an issued invoice that was not there when the invoice was: asked for again, hourly, for about two days. A missing paper is not a
// missing invoice, so nothing else waits for it.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { App } from '../../../kernel/app.ts'
import { nowIso, nowMs } from '../../../kernel/clock.ts'
import { inTransaction } from '../../../kernel/db.ts'
import { log } from '../../../kernel/log.ts'
import { asSystem } from '../../../kernel/worker.ts'
import { placed, simulationAllowed } from './channels.ts'
import { openIssuerConfig } from './invoices.ts'
import { httpIssuer } from './outside/invoice_port.ts'

export const PDF_MAX = 2 * 1024 * 1024
const TRIES_MAX = 48
const ROUND_MAX = 20

interface Due {
  invoice_id: string
  request_no: string
  simulated: boolean
  config_sealed: string
}

export async function keepPaper(db: Parameters<Parameters<typeof asSystem>[3]>[0]['db'], company_id: number, invoice_id: string, pdf: Buffer): Promise<void> {
  await sql`insert into payment.invoice_file (company_id, invoice_id, sha256, body) values (${company_id}, ${invoice_id}, ${createHash('sha256').update(pdf).digest('hex')}, ${pdf}) on conflict do nothing`.execute(db)
}

async function fetchPaper(app: App, company_id: number, d: Due): Promise<void> {
  if (d.simulated && !simulationAllowed(app.mode)) return
  const issuer = httpIssuer(placed(openIssuerConfig(d.config_sealed), d.simulated, 'invoice'), { now: () => new Date(nowMs()) })
  let pdf: Buffer | null = null
  try {
    pdf = await issuer.pdf(d.request_no)
  } finally {
    issuer.end()
  }
  await asSystem(app, company_id, 'payment.invoice', async (scope) => {
    const here = pdf !== null && pdf.length <= PDF_MAX
    if (here) {
      await keepPaper(scope.db, company_id, d.invoice_id, pdf!)
      scope.note('invoice', d.invoice_id, { paper: true })
    }
    await sql`update payment.invoice set tries = tries + 1, next_try_at = case when ${here} then null else ${scope.now}::timestamptz + interval '1 hour' end where company_id = ${company_id} and invoice_id = ${d.invoice_id}`.execute(scope.db)
  })
}

/** Issued invoices of one company whose paper is still to come. */
export async function papersDue(app: App, company_id: number): Promise<number> {
  const { rows } = await inTransaction(app.d, { company_id, readOnly: true }, ({ db }) =>
    sql<Due>`select i.invoice_id, i.request_no, s.simulated, s.config_sealed from payment.invoice i join payment.invoice_issuer s on s.company_id = ${company_id} and s.issuer_id = i.issuer_id
      where i.company_id = ${company_id} and i.state in ('issued','red') and i.next_try_at <= ${nowIso()}::timestamptz and i.tries < ${TRIES_MAX} order by i.next_try_at limit ${ROUND_MAX}`.execute(db),
  )
  for (const d of rows) await fetchPaper(app, company_id, d).catch((error: unknown) => log('warn', 'the paper of an invoice could not be fetched', { invoice_id: d.invoice_id, cause: String(error) }))
  return rows.length
}
