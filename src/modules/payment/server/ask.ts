// Asking the channel what became of an order: for notices that never come, for orders whose creation nobody could confirm, and for
// closing what ran out. Unknown stays unknown until the channel says paid or closed.
import { sql } from 'kysely'
import type { App, Schedule } from '../../../kernel/app.ts'
import { nowIso, nowMs } from '../../../kernel/clock.ts'
import { crashpoint } from '../../../kernel/crashpoint.ts'
import { inTransaction } from '../../../kernel/db.ts'
import { log } from '../../../kernel/log.ts'
import { asSystem } from '../../../kernel/worker.ts'
import { channelRow, openChannel, type ChannelRow } from './channels.ts'
import type { QueryResult } from './outside/channel.ts'
import { settle } from './settle.ts'

/** Nobody asks about one order more often than this. */
const PAUSE_S = 3
const FIRST_S = 5
const LONGEST_S = 3600
/** About eight days; then the order stays 确认中 in the list for a person to look at. */
const CHECKS_MAX = 200
const AT_ONCE = 4
const ROUND_MAX = 50

interface Claimed {
  intent_id: string
  channel_id: string
  out_trade_no: string
  state: string
  way: string
  expires_at: string
}

/** Takes the right to ask now, for this process alone. */
async function claim(app: App, company_id: number, intent_id: string): Promise<{ intent: Claimed; row: ChannelRow } | null> {
  return inTransaction(app.d, { company_id }, async ({ db }) => {
    const now = nowIso()
    const r = await sql<Claimed>`update payment.intent set checked_at = ${now}, checks = checks + 1,
        next_check_at = case when checks >= ${CHECKS_MAX} then 'infinity'::timestamptz else ${now}::timestamptz + least(${LONGEST_S}, ${FIRST_S} * power(2, least(checks, 12))) * interval '1 second' end
      where company_id = ${company_id} and intent_id = ${intent_id} and state in ('created','pending','unknown') and (checked_at is null or checked_at <= ${now}::timestamptz - ${PAUSE_S} * interval '1 second')
      returning intent_id, channel_id, out_trade_no, state, way, expires_at`.execute(db)
    const intent = r.rows[0]
    if (!intent) return null
    const row = await channelRow({ db, company_id }, intent.channel_id)
    return row ? { intent, row } : null
  })
}

async function end(app: App, company_id: number, intent_id: string, state: 'closed' | 'pending' | 'unknown', failure: string | null): Promise<void> {
  // Forward only: what has succeeded meanwhile is left alone.
  await inTransaction(app.d, { company_id }, ({ db }) =>
    db.updateTable('payment.intent').set({ state, failure }).where('company_id', '=', company_id).where('intent_id', '=', intent_id).where('state', 'in', ['created', 'pending', 'unknown']).execute(),
  )
}

const settled = (app: App, company_id: number, o: { channel_id: string; out_trade_no: string }, q: Extract<QueryResult, { provider_txn: string }>) =>
  asSystem(app, company_id, 'payment.settle', (scope) => settle(scope, { channel_id: o.channel_id, out_trade_no: o.out_trade_no, provider_txn: q.provider_txn, captured_fen: q.amount_fen, paid_at: q.paid_at.toISOString() }))

/** One look at one order, with everything that follows from the answer. */
export async function lookAtChannel(app: App, company_id: number, intent_id: string): Promise<void> {
  const claimed = await claim(app, company_id, intent_id)
  if (!claimed) return
  const { intent, row } = claimed
  const { channel } = openChannel(app, row)
  const q = await channel.query(intent.out_trade_no)
  crashpoint('order.told', q.state)
  if (q.state === 'paid' || q.state === 'refunded') {
    const done = await settled(app, company_id, intent, q)
    if (done.kind === 'mismatch') await end(app, company_id, intent_id, 'unknown', done.why)
    return
  }
  if (q.state === 'closed') return end(app, company_id, intent_id, 'closed', null)
  if (q.state === 'unknown') return
  const expired = Date.parse(intent.expires_at) <= nowMs()
  if (!expired) {
    if (q.state === 'notpay' && intent.state === 'unknown') await end(app, company_id, intent_id, 'pending', null)
    return
  }
  // Out of time: closed at the channel first, so that nobody can still pay what we have given up.
  // A payer's code is never closed, it is taken back: money that came in the same moment returns to him.
  const c = await (intent.way === 'code' ? channel.cancel(intent.out_trade_no) : channel.close(intent.out_trade_no))
  if (c.kind === 'ok' || c.kind === 'absent') return end(app, company_id, intent_id, 'closed', '超时未支付')
  if (c.kind === 'paid') {
    const again = await channel.query(intent.out_trade_no)
    if (again.state === 'paid' || again.state === 'refunded') await settled(app, company_id, intent, again)
  }
}

// Looks that a payer's polling set off. They run beside the answer, never inside its transaction.
const looking = new Set<Promise<void>>()
const LOOKING_MAX = 32
export function lookInBackground(app: App, company_id: number, intent_id: string): void {
  if (looking.size >= LOOKING_MAX) return
  const p: Promise<void> = lookAtChannel(app, company_id, intent_id)
    .catch((error: unknown) => log('warn', 'asking the channel failed', { intent_id, cause: String(error) }))
    .finally(() => looking.delete(p))
  looking.add(p)
}
/** For tests and an orderly stop. */
export const backgroundDone = async (): Promise<void> => void (await Promise.all(looking))

/** Due orders of one company. */
export async function askDue(app: App, company_id: number): Promise<number> {
  const due = await inTransaction(app.d, { company_id, readOnly: true }, ({ db }) =>
    db
      .selectFrom('payment.intent')
      .select('intent_id')
      .where('company_id', '=', company_id)
      .where('state', 'in', ['created', 'pending', 'unknown'])
      .where('next_check_at', '<=', nowIso())
      .orderBy('next_check_at')
      .limit(ROUND_MAX)
      .execute(),
  )
  const todo = due.map((d) => d.intent_id)
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let id = todo.shift(); id !== undefined; id = todo.shift()) await lookAtChannel(app, company_id, id).catch((error: unknown) => log('warn', 'asking the channel failed', { intent_id: id, cause: String(error) }))
    }),
  )
  return due.length
}

export const askSchedule = (app: () => App): Schedule => ({ name: 'payment.ask', every_s: 10, of: 'company', run: async (w) => void (await askDue(app(), w.company_id)) })
