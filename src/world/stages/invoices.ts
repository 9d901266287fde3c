// Invoices that owners asked for at the desk; the simulated issuer answers when the worker runs.
import { sql } from 'kysely'
import { inside } from '../caller.ts'
import { must, type Town } from '../town.ts'
import { payment } from '../../modules/payment/contract.ts'

const COUNT = 6

export async function askInvoices(t: Town): Promise<void> {
  const { rows } = await inside(t.app, t.company_id, (s) => sql<{ payment_id: string; payer_name: string; label: string }>`select p.payment_id, p.payer_name, h.label from payment.payment p join property.house h on h.company_id = p.company_id and h.house_id = p.house_id
    where p.company_id = ${t.company_id} and p.source = 'desk' and p.reversed_at is null and p.prepaid_fen = 0 and h.kind = 'dwelling' and not exists (select from payment.reversal r where r.company_id = p.company_id and r.payment_id = p.payment_id)
    order by p.taken_on desc, h.label, p.payment_id limit ${COUNT}`.execute(s.db))
  for (const r of rows) await t.road.call(must(t, 'caiwu'), ['invoice', r.label], payment.applyInvoice, { payment_ids: [r.payment_id], title_kind: 'person', title: r.payer_name })
}
