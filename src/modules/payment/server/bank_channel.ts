// Bank lines that a payment channel sent: its payout of a day, no resident's money. The reconciliation above finds which; here they leave the work list.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { settingOn } from '../../system/server/index.ts'
import { leaveSuspense } from './bank.ts'
import { alipaySenders, wechatSenders } from './settings.ts'

/** What a bank line says of who sent it, by kind of channel: names in the setting of the company in force today, ready for LIKE. */
export interface Senders {
  wechat: string[]
  alipay: string[]
}
const patterns = (value: string): string[] => value.split(/[、,,;;\s]+/).filter(Boolean).map((name) => `%${name.replaceAll(/[\\%_]/g, (c) => `\\${c}`)}%`)
export async function channelSenders(scope: Scope): Promise<Senders> {
  return { wechat: patterns(await settingOn(scope, wechatSenders, null, scope.today)), alipay: patterns(await settingOn(scope, alipaySenders, null, scope.today)) }
}
const text = (line: string) => sql`concat_ws(' ', ${sql.ref(`${line}.counter_name`)}, ${sql.ref(`${line}.memo`)})`
/** The line (alias l) names the channel (alias n, with its kind) as its sender. */
export const sentBy = (by: Senders, line = 'l', channel = 'n'): RawBuilder<SqlBool> =>
  sql<SqlBool>`${text(line)} like any(case ${sql.ref(`${channel}.kind`)} when 'wechat' then ${by.wechat}::text[] when 'alipay' then ${by.alipay}::text[] end)`
/** Sent by whichever channel. */
export const sentByChannel = (by: Senders, line = 'l'): RawBuilder<SqlBool> => sql<SqlBool>`${text(line)} like any(${[...by.wechat, ...by.alipay]}::text[])`

/** These lines are held to the end of the transaction, in id order; what somebody else has decided meanwhile is not among them. */
export async function holdChannelLines(scope: Scope, by: Senders): Promise<string[]> {
  const r = await sql<{ line_id: string }>`select l.line_id from payment.bank_line l where l.company_id = ${scope.company_id} and l.state in ('new','suspense') and l.amount_fen > 0 and ${sentByChannel(by, 'l')}
    order by l.line_id limit 5000 for update`.execute(scope.db)
  return r.rows.map((x) => x.line_id)
}

/** It was no payout after all: to be claimed again. */
export async function unsettleChannelLine(scope: Scope, line_id: string, note: string): Promise<void> {
  await scope.db.updateTable('payment.bank_line').set({ state: 'new', note: note.slice(0, 200), decided_by: scope.who.account_id, decided_at: scope.now }).where('company_id', '=', scope.company_id).where('line_id', '=', line_id).where('state', '=', 'channel').execute()
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
