// Nothing disappears in a reconciliation: each line of a channel's bill is paired or an item, and the totals are the bill's own.
import { sql } from 'kysely'
import type { Finding } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { check } from '../../ledger/server/index.ts'

export async function sweepRecon(scope: Scope): Promise<Finding[]> {
  const c = scope.company_id
  return [
    await check(scope, 'C5', '已对账的渠道账单每一行都已配对或立为差异', sql`
      select l.channel_bill_id::text || ':' || l.line_no as what from closing.recon_day d
      join payment.channel_bill b on b.company_id = ${c} and b.channel_id = d.channel_id and b.kind = 'trade' and b.bill_on = d.business_day and b.fetched_at <= d.run_at
      join payment.channel_bill_line l on l.company_id = ${c} and l.channel_bill_id = b.channel_bill_id and l.kind in ('pay','refund')
      where d.company_id = ${c} and not exists (select from closing.recon_pair p where p.company_id = ${c} and p.their_key = 'c:' || l.channel_bill_id || ':' || l.line_no)
        and not exists (select from closing.recon_item i where i.company_id = ${c} and i.their_key = 'c:' || l.channel_bill_id || ':' || l.line_no)`),
    await check(scope, 'P10', '渠道成功的支付都在我方到账或在差异中', sql`
      select l.provider_txn as what from closing.recon_day d join payment.channel_bill_line l on l.company_id = ${c} and l.channel_id = d.channel_id and l.bill_on = d.business_day and l.kind = 'pay'
      join payment.channel_bill b on b.company_id = ${c} and b.channel_bill_id = l.channel_bill_id and b.kind = 'trade' and b.fetched_at <= d.run_at
      where d.company_id = ${c} and not exists (select from payment.settlement s where s.company_id = ${c} and s.channel_id = l.channel_id and s.provider_txn = l.provider_txn)
        and not exists (select from closing.recon_item i where i.company_id = ${c} and i.their_key = 'c:' || l.channel_bill_id || ':' || l.line_no)`),
  ]
}
