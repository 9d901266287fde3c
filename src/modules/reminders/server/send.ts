// The job 'reminders.send' { reminder_ids }: looks again before it speaks. Paid meanwhile: cancelled. Paused or promised meanwhile: cancelled and
// its bills freed, so that the step can come again after the pause. The message's key is the reminder's, so a job that runs again tells nothing twice.
// A step by WeChat and SMS sends WeChat first; the SMS waits for its end ('messages.wechat_ended') and goes out when WeChat could not deliver.
import { sql } from 'kysely'
import type { JobKind, Listener } from '../../../kernel/app.ts'
import { fen, yuan } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { notify, smsOf, wechatReach, type Notice } from '../../messages/server/index.ts'
import type { Tone } from '../contract.ts'
import { notHeld } from './plan_due.ts'
import { periodText } from './rules/period.ts'
import { templateCode } from './templates.ts'

interface Waiting {
  reminder_id: string
  house_id: string
  payer_id: string
  step_key: string
  tone: Tone
  channel: 'app' | 'wechat' | 'sms'
  message_id: string | null
  bill_count: number
  open_fen: number
  held: boolean
  period_from_on: string
  period_to_on: string
  name: string
  phone: string | null
  house: string
  community: string
  service_phone: string | null
}

/** `told`: those that wait for the end of their WeChat message; the others have not been told yet. */
async function waiting(scope: Scope, which: { ids: readonly string[] } | { told: string }): Promise<Waiting[]> {
  const c = scope.company_id
  const some = 'ids' in which ? sql`reminder_id = any(${which.ids}::uuid[]) and message_id is null` : sql`message_id = ${which.told}`
  const { rows } = await sql<Waiting>`
    with r as materialized (select * from reminders.reminder where company_id = ${c} and ${some} and state = 'waiting' and channel in ('app','wechat','sms') order by reminder_id for update),
    o as (select rb.reminder_id, min(rb.step_key) as step_key, count(*) filter (where b.paid_fen + b.reduced_fen < b.amount_fen)::int as bill_count, sum(b.amount_fen - b.paid_fen - b.reduced_fen)::bigint as open_fen,
        min(b.period_on) filter (where b.paid_fen + b.reduced_fen < b.amount_fen) as period_from_on, max(b.period_on) filter (where b.paid_fen + b.reduced_fen < b.amount_fen) as period_to_on
      from r join reminders.reminder_bill rb on rb.company_id = ${c} and rb.reminder_id = r.reminder_id
      join billing.bill b on b.company_id = ${c} and b.period_on = rb.period_on and b.bill_id = rb.bill_id and b.voided_at is null group by 1)
    select r.reminder_id, r.house_id, r.payer_id, o.step_key, r.tone, r.channel, r.message_id, coalesce(o.bill_count, 0) as bill_count, coalesce(o.open_fen, 0)::bigint as open_fen, o.period_from_on, o.period_to_on,
      not (${notHeld(scope, sql`r.house_id`, sql`r.payer_id`)}) as held, n.name, n.phone, h.label as house, cm.name as community, cm.service_phone
    from r left join o on o.reminder_id = r.reminder_id join people.person n on n.company_id = ${c} and n.person_id = r.payer_id
    join property.house h on h.company_id = ${c} and h.house_id = r.house_id join property.community cm on cm.company_id = ${c} and cm.community_id = h.community_id order by r.house_id, r.payer_id, r.reminder_id`.execute(scope.db)
  return rows
}

const end = (scope: Scope, rows: readonly Waiting[], state: 'cancelled' | 'failed', cause: string) =>
  rows.length ? sql`update reminders.reminder set state = ${state}, cause = ${cause}, ended_at = ${scope.now} where company_id = ${scope.company_id} and reminder_id = any(${rows.map((r) => r.reminder_id)}::uuid[])`.execute(scope.db) : null

function noticeOf(w: Waiting, sms: boolean, wechat = false): Notice {
  return {
    to: { phone: w.phone! }, template: templateCode(w.tone), sms, wechat, link: '/bills?state=open', house_id: w.house_id, dedupe_key: `reminder:${w.step_key}:${w.house_id}:${w.payer_id}:${w.reminder_id}`,
    params: { name: w.name, community: w.community, house: w.house, count: w.bill_count, amount: yuan(fen(w.open_fen)), period: periodText(w.period_from_on, w.period_to_on), phone: w.service_phone ?? '物业服务中心' },
  }
}

/** Ends what must not be said any more; gives what may. */
async function stillToTell(scope: Scope, rows: readonly Waiting[]): Promise<Waiting[]> {
  const paid = rows.filter((r) => r.bill_count === 0)
  const held = rows.filter((r) => r.bill_count > 0 && r.held)
  const mute = rows.filter((r) => r.bill_count > 0 && !r.held && !r.phone)
  await end(scope, paid, 'cancelled', 'paid')
  await end(scope, held, 'cancelled', 'paused')
  if (held.length) await sql`delete from reminders.reminder_bill where company_id = ${scope.company_id} and reminder_id = any(${held.map((r) => r.reminder_id)}::uuid[])`.execute(scope.db)
  await end(scope, mute, 'failed', 'no_phone')
  return rows.filter((r) => r.bill_count > 0 && !r.held && r.phone)
}

export async function sendReminders(scope: Scope, ids: readonly string[]): Promise<{ sent: number }> {
  const go = await stillToTell(scope, await waiting(scope, { ids }))
  const reach = await wechatReach(scope, go.filter((r) => r.channel === 'wechat').map((r) => ({ template: templateCode(r.tone), phone: r.phone! })))
  const reached = (r: Waiting): boolean => reach.has(`${templateCode(r.tone)} ${r.phone!}`)
  await end(scope, go.filter((r) => r.channel === 'wechat' && !reached(r)), 'failed', 'undeliverable')
  // App, WeChat and SMS of one step are one message; one that only WeChat would have carried and cannot is none.
  const groups = [...Map.groupBy(go.filter((r) => r.channel !== 'wechat' || reached(r)), (r) => `${r.step_key} ${r.house_id} ${r.payer_id}`).values()]
  const first = (g: readonly Waiting[]): boolean => g.some((r) => r.channel === 'wechat')
  const messages = await notify(scope, groups.map((g) => noticeOf(g[0]!, !first(g) && g.some((r) => r.channel === 'sms'), first(g))))
  const pairs = groups.flatMap((g, i) => g.map((r) => ({ reminder_id: r.reminder_id, message_id: messages[i] ?? null, waits: first(g) && r.channel === 'sms' })))
  if (pairs.length)
    await sql`update reminders.reminder r set state = case when x.waits then 'waiting' else 'sent' end, message_id = coalesce(x.message_id, r.message_id), ended_at = case when x.waits then null else ${scope.now}::timestamptz end
      from jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb) as x(reminder_id uuid, message_id uuid, waits boolean) where r.company_id = ${scope.company_id} and r.reminder_id = x.reminder_id`.execute(scope.db)
  return { sent: pairs.filter((p) => !p.waits).length }
}

export const sendJob: JobKind = {
  name: 'reminders.send',
  run: async (work) => {
    const ids = work.payload['reminder_ids'] as string[]
    return await work.tx((scope) => sendReminders(scope, ids))
  },
}

/** WeChat is done with a message: delivered, its SMS is not needed; else the SMS goes out, looked at anew. */
export const afterWechat: Listener = {
  name: 'reminders.after_wechat',
  event: 'messages.wechat_ended',
  run: async (scope, { message_id, state }) => {
    const c = scope.company_id
    if (typeof message_id !== 'string') return
    if (state === 'delivered') {
      await sql`update reminders.reminder set state = 'cancelled', cause = 'told', ended_at = ${scope.now} where company_id = ${c} and message_id = ${message_id} and channel = 'sms' and state = 'waiting'`.execute(scope.db)
      return
    }
    await sql`update reminders.reminder set state = 'failed', cause = 'undeliverable', ended_at = ${scope.now} where company_id = ${c} and message_id = ${message_id} and channel = 'wechat' and state = 'sent'`.execute(scope.db)
    const go = await stillToTell(scope, await waiting(scope, { told: message_id }))
    await smsOf(scope, go.map((r) => ({ notice: noticeOf(r, true), phone: r.phone!, message_id })))
    if (go.length) await sql`update reminders.reminder set state = 'sent', ended_at = ${scope.now} where company_id = ${c} and reminder_id = any(${go.map((r) => r.reminder_id)}::uuid[])`.execute(scope.db)
  },
}
