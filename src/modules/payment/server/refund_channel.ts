// The channel as the one who pays a refund out (原路退款). A refund is submitted with its one number for ever; an answer in doubt is asked about,
// never taken for a failure; what the channel refuses waits as failed and is tried again with the same number, until a person cancels it.
import { sql } from 'kysely'
import type { App, Schedule } from '../../../kernel/app.ts'
import { nowIso, nowMs } from '../../../kernel/clock.ts'
import { crashpoint } from '../../../kernel/crashpoint.ts'
import { inTransaction } from '../../../kernel/db.ts'
import { log } from '../../../kernel/log.ts'
import { asSystem } from '../../../kernel/worker.ts'
import { channelRow, openChannel, type ChannelRow } from './channels.ts'
import type { PayChannel, RefundQueryResult, RefundResult } from './outside/channel.ts'
import { failRefund, settleRefund } from './refund_state.ts'

/** WeChat takes the parts of one order at least a minute apart, and six refused refunds a second from one merchant. */
const FIRST_S = 60
const LONGEST_S = 6 * 3600
/** About a month at the longest pause; then it stays for a person. */
const TRIES_MAX = 120
const ROUND_MAX = 20

interface Claimed {
  refund_id: string
  refund_no: string
  out_refund_no: string
  amount_fen: number
  reason: string
  state: string
  tries: number
  out_trade_no: string
  /** Of the order, all houses of it. */
  total_fen: number
  channel_id: string
}

/** approved | failed → paying, and the right to speak to the channel about it for this process alone. */
async function claim(app: App, company_id: number, which: { refund_id?: string; out_refund_no?: string }): Promise<{ refund: Claimed; row: ChannelRow } | null> {
  return inTransaction(app.d, { company_id }, async ({ db }) => {
    const now = nowIso()
    // A notice is rare and signed: it may ask at once. The schedule keeps to its pauses.
    const mine = which.refund_id ? sql`f.refund_id = ${which.refund_id} and (f.next_try_at is null or f.next_try_at <= ${now}::timestamptz)` : sql`f.out_refund_no = ${which.out_refund_no}`
    const r = await sql<Claimed>`
      with held as materialized (select f.* from payment.refund f where f.company_id = ${company_id} and ${mine} and f.method = 'original' and f.state in ('approved','paying','failed') and f.tries < ${TRIES_MAX} for update skip locked),
      taken as (update payment.refund f set state = 'paying', tries = f.tries + 1, next_try_at = ${now}::timestamptz + least(${LONGEST_S}, ${FIRST_S} * power(2, least(f.tries, 12))) * interval '1 second'
        from held where f.company_id = ${company_id} and f.refund_id = held.refund_id returning f.refund_id)
      select h.refund_id, h.refund_no, h.out_refund_no, h.amount_fen, h.reason, h.state, h.tries, i.out_trade_no, i.amount_fen as total_fen, s.channel_id
      from held h join taken t on t.refund_id = h.refund_id join payment.settlement s on s.company_id = ${company_id} and s.settlement_id = h.settlement_id join payment.intent i on i.company_id = ${company_id} and i.intent_id = s.intent_id`.execute(db)
    const refund = r.rows[0]
    const row = refund ? await channelRow({ db, company_id }, refund.channel_id) : undefined
    return refund && row ? { refund, row } : null
  })
}

/** Before anything is sent again the channel is asked what became of the last time. */
async function ask(channel: PayChannel, notify_url: string, r: Claimed): Promise<RefundQueryResult | RefundResult> {
  if (r.tries > 0) {
    const q = await channel.queryRefund(r.out_refund_no, r.out_trade_no)
    if (q.state !== 'absent' && q.state !== 'closed') return q
  }
  return channel.refund({ out_trade_no: r.out_trade_no, out_refund_no: r.out_refund_no, refund_fen: r.amount_fen, total_fen: r.total_fen, reason: r.reason, notify_url })
}

/** One step of one refund, with everything that follows from the channel's word. */
export async function lookAtRefund(app: App, company_id: number, which: { refund_id?: string; out_refund_no?: string }): Promise<void> {
  const claimed = await claim(app, company_id, which)
  if (!claimed) return
  const { refund, row } = claimed
  const { channel, notify_url } = openChannel(app, row)
  crashpoint('refund.claimed')
  const said = await ask(channel, notify_url, refund)
  crashpoint('refund.told')
  if ('kind' in said && said.kind === 'unknown') return
  if ('kind' in said && said.kind === 'failed') return fails(app, company_id, refund.refund_id, `${said.message}(${said.code})`)
  const state = 'state' in said ? said.state : 'unknown'
  if (state === 'success' && 'refund_fen' in said) {
    // The channel gave back another amount than was approved: a person must look before the books say anything.
    if (said.refund_fen !== refund.amount_fen) return fails(app, company_id, refund.refund_id, '渠道退回的金额与申请不符,请核对')
    const reference = said.provider_refund
    await asSystem(app, company_id, 'payment.refund', async (scope) => {
      if (await settleRefund(scope, refund.refund_id, { reference, paid_by: null })) scope.note('refund', refund.refund_id, { refund_no: refund.refund_no, reference, amount_fen: refund.amount_fen })
    })
  } else if (state === 'closed') await fails(app, company_id, refund.refund_id, '渠道关闭了这笔退款,将以同一单号重试')
  else if (state === 'abnormal') await fails(app, company_id, refund.refund_id, '退款异常:业主的原支付账户已不能收款,请到商户平台处理,或取消后改用转账')
  // processing and unknown stay 付款中 until the next look.
}

async function fails(app: App, company_id: number, refund_id: string, why: string): Promise<void> {
  await asSystem(app, company_id, 'payment.refund', async (scope) => {
    const next = await sql<{ next_try_at: string | null }>`select next_try_at from payment.refund where company_id = ${company_id} and refund_id = ${refund_id}`.execute(scope.db)
    await failRefund(scope, refund_id, why, next.rows[0]?.next_try_at ?? null)
    scope.note('refund', refund_id, { failure: why.slice(0, 200) })
  })
}

const looking = new Set<Promise<void>>()
const LOOKING_MAX = 32
/** A notice spoke of this refund: the channel is asked beside the answer. */
export function refundInBackground(app: App, company_id: number, out_refund_no: string): void {
  if (looking.size >= LOOKING_MAX) return
  const p: Promise<void> = lookAtRefund(app, company_id, { out_refund_no })
    .catch((error: unknown) => log('warn', 'a refund could not be followed', { out_refund_no, cause: String(error) }))
    .finally(() => looking.delete(p))
  looking.add(p)
}
/** For tests and an orderly stop. */
export const refundsDone = async (): Promise<void> => void (await Promise.all(looking))

/** Due refunds of one company, one after the other: the provider counts refused ones by the second. */
export async function refundDue(app: App, company_id: number): Promise<number> {
  const due = await inTransaction(app.d, { company_id, readOnly: true }, ({ db }) =>
    db.selectFrom('payment.refund').select('refund_id').where('company_id', '=', company_id).where('method', '=', 'original').where('state', 'in', ['approved', 'paying', 'failed']).where('next_try_at', '<=', new Date(nowMs()).toISOString()).where('tries', '<', TRIES_MAX).orderBy('next_try_at').limit(ROUND_MAX).execute(),
  )
  for (const { refund_id } of due) await lookAtRefund(app, company_id, { refund_id }).catch((error: unknown) => log('warn', 'a refund could not be sent', { refund_id, cause: String(error) }))
  return due.length
}

export const refundSchedule = (app: () => App): Schedule => ({ name: 'payment.refund_channel', every_s: 15, of: 'company', run: async (w) => void (await refundDue(app(), w.company_id)) })
