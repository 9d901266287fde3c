// Bank lines that a payment channel sent: its payout of a day, no resident's money. The reconciliation above finds which; here they leave the work list.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { leaveSuspense } from './bank.ts'

/** What banks show as the sender: 财付通支付科技有限公司 for WeChat Pay, 支付宝(中国)网络技术有限公司 or 蚂蚁… for Alipay. */
const SENDERS = { wechat: '财付通|微信支付', alipay: '支付宝|蚂蚁' } as const
/** The line (alias l) names the channel (alias n, with its kind) as its sender. */
export const sentBy = (line = 'l', channel = 'n'): RawBuilder<SqlBool> =>
  sql<SqlBool>`concat_ws(' ', ${sql.ref(`${line}.counter_name`)}, ${sql.ref(`${line}.memo`)}) ~ case ${sql.ref(`${channel}.kind`)} when 'wechat' then ${SENDERS.wechat} when 'alipay' then ${SENDERS.alipay} else '^$' end`
/** Sent by whichever channel. */
export const sentByChannel = (line = 'l'): RawBuilder<SqlBool> => sql<SqlBool>`concat_ws(' ', ${sql.ref(`${line}.counter_name`)}, ${sql.ref(`${line}.memo`)}) ~ ${Object.values(SENDERS).join('|')}`

/** These lines are held to the end of the transaction, in id order; what somebody else has decided meanwhile is not among them. */
export async function holdChannelLines(scope: Scope): Promise<string[]> {
  const r = await sql<{ line_id: string }>`select l.line_id from payment.bank_line l where l.company_id = ${scope.company_id} and l.state in ('new','suspense') and l.amount_fen > 0 and ${sentByChannel('l')}
    order by l.line_id limit 5000 for update`.execute(scope.db)
  return r.rows.map((x) => x.line_id)
}

/** Held before: they are the channel's payouts; what stood in suspense leaves it. */
export async function settleChannelLines(scope: Scope, lines: readonly { line_id: string; note: string }[]): Promise<void> {
  if (lines.length === 0) return
  const c = scope.company_id
  const suspended = await scope.db.selectFrom('payment.bank_line').select(['line_id', 'state']).where('company_id', '=', c).where('line_id', 'in', lines.map((l) => l.line_id)).where('state', '=', 'suspense').orderBy('line_id').execute()
  for (const l of suspended) await leaveSuspense(scope, l)
  await sql`update payment.bank_line l set state = 'channel', note = k.note, decided_by = ${scope.who.account_id}::uuid, decided_at = ${scope.now}::timestamptz from unnest(${lines.map((l) => l.line_id)}::uuid[], ${lines.map((l) => l.note)}::text[]) as k(line_id, note)
    where l.company_id = ${c} and l.line_id = k.line_id and l.state in ('new','suspense')`.execute(scope.db)
}
