// The job 'reminders.send' { reminder_ids }: looks again before it speaks. Paid meanwhile: cancelled. Paused or promised meanwhile: cancelled and
// its bills freed, so that the step can come again after the pause. The message's key is the reminder's, so a job that runs again tells nothing twice.
import { sql } from 'kysely'
import type { JobKind } from '../../../kernel/app.ts'
import { fen, yuan } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { notify, type Notice } from '../../messages/server/index.ts'
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
  channel: 'app' | 'sms'
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

async function waiting(scope: Scope, ids: readonly string[]): Promise<Waiting[]> {
  const c = scope.company_id
  const { rows } = await sql<Waiting>`
    with r as materialized (select * from reminders.reminder where company_id = ${c} and reminder_id = any(${ids}::uuid[]) and state = 'waiting' and channel in ('app','sms') order by reminder_id for update),
    o as (select rb.reminder_id, min(rb.step_key) as step_key, count(*) filter (where b.paid_fen + b.reduced_fen < b.amount_fen)::int as bill_count, sum(b.amount_fen - b.paid_fen - b.reduced_fen)::bigint as open_fen,
        min(b.period_on) filter (where b.paid_fen + b.reduced_fen < b.amount_fen) as period_from_on, max(b.period_on) filter (where b.paid_fen + b.reduced_fen < b.amount_fen) as period_to_on
      from r join reminders.reminder_bill rb on rb.company_id = ${c} and rb.reminder_id = r.reminder_id
      join billing.bill b on b.company_id = ${c} and b.period_on = rb.period_on and b.bill_id = rb.bill_id and b.voided_at is null group by 1)
    select r.reminder_id, r.house_id, r.payer_id, o.step_key, r.tone, r.channel, coalesce(o.bill_count, 0) as bill_count, coalesce(o.open_fen, 0)::bigint as open_fen, o.period_from_on, o.period_to_on,
      not (${notHeld(scope, sql`r.house_id`, sql`r.payer_id`)}) as held, n.name, n.phone, h.label as house, cm.name as community, cm.service_phone
    from r left join o on o.reminder_id = r.reminder_id join people.person n on n.company_id = ${c} and n.person_id = r.payer_id
    join property.house h on h.company_id = ${c} and h.house_id = r.house_id join property.community cm on cm.company_id = ${c} and cm.community_id = h.community_id order by r.house_id, r.payer_id, r.reminder_id`.execute(scope.db)
  return rows
}

const end = (scope: Scope, rows: readonly Waiting[], state: 'cancelled' | 'failed', cause: string) =>
  rows.length ? sql`update reminders.reminder set state = ${state}, cause = ${cause}, ended_at = ${scope.now} where company_id = ${scope.company_id} and reminder_id = any(${rows.map((r) => r.reminder_id)}::uuid[])`.execute(scope.db) : null

function noticeOf(w: Waiting, sms: boolean): Notice {
  return {
    to: { phone: w.phone! }, template: templateCode(w.tone), sms, link: '/bills?state=open', house_id: w.house_id, dedupe_key: `reminder:${w.step_key}:${w.house_id}:${w.payer_id}:${w.reminder_id}`,
    params: { name: w.name, community: w.community, house: w.house, count: w.bill_count, amount: yuan(fen(w.open_fen)), period: periodText(w.period_from_on, w.period_to_on), phone: w.service_phone ?? '物业服务中心' },
  }
}

export async function sendReminders(scope: Scope, ids: readonly string[]): Promise<{ sent: number }> {
  const rows = await waiting(scope, ids)
  const paid = rows.filter((r) => r.bill_count === 0)
  const held = rows.filter((r) => r.bill_count > 0 && r.held)
  const mute = rows.filter((r) => r.bill_count > 0 && !r.held && !r.phone)
  const go = rows.filter((r) => r.bill_count > 0 && !r.held && r.phone)
  await end(scope, paid, 'cancelled', 'paid')
  await end(scope, held, 'cancelled', 'paused')
  if (held.length) await sql`delete from reminders.reminder_bill where company_id = ${scope.company_id} and reminder_id = any(${held.map((r) => r.reminder_id)}::uuid[])`.execute(scope.db)
  await end(scope, mute, 'failed', 'no_phone')
  // The app message and the SMS of one step are one message.
  const groups = [...Map.groupBy(go, (r) => `${r.step_key} ${r.house_id} ${r.payer_id}`).values()]
  const messages = await notify(scope, groups.map((g) => noticeOf(g[0]!, g.some((r) => r.channel === 'sms'))))
  const pairs = groups.flatMap((g, i) => g.map((r) => ({ reminder_id: r.reminder_id, message_id: messages[i] ?? null })))
  if (pairs.length)
    await sql`update reminders.reminder r set state = 'sent', message_id = coalesce(x.message_id, r.message_id), ended_at = ${scope.now}
      from jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb) as x(reminder_id uuid, message_id uuid) where r.company_id = ${scope.company_id} and r.reminder_id = x.reminder_id`.execute(scope.db)
  return { sent: pairs.length }
}

export const sendJob: JobKind = {
  name: 'reminders.send',
  run: async (work) => {
    const ids = work.payload['reminder_ids'] as string[]
    return await work.tx((scope) => sendReminders(scope, ids))
  },
}
