// Reminding by hand: the payers of chosen houses, of everything that is open and due (for the tones before the due day: of everything open).
// A bill is reminded of once a day and channel by hand; what the plan does is counted apart.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { wechatOn } from '../../messages/server/index.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import { reminders, type Tone } from '../contract.ts'
import { byHand, makeReminders, sendsAt, type Wanted } from './make.ts'
import { notHeld } from './plan_due.ts'

type Found = Omit<Wanted, 'plan_id' | 'step_no' | 'step_name' | 'tone' | 'channel' | 'step_key'> & { held: boolean }

async function openOf(scope: Scope, house_ids: readonly string[], o: { tone: Tone; channel: string; step_key: string }): Promise<Found[]> {
  const c = scope.company_id
  const due = o.tone === 'issued' || o.tone === 'before_due' ? sql`true` : sql`b.due_on <= ${scope.today}::date`
  const { rows } = await sql<Found>`
    with open as materialized (select b.community_id, b.building_id, b.house_id, b.payer_id, b.bill_id, b.period_on, b.amount_fen - b.paid_fen - b.reduced_fen as open_fen
      from billing.bill b where b.company_id = ${c} and b.house_id = any(${house_ids}::uuid[]) and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen and ${due}
        and not exists (select from reminders.reminder_bill r where r.company_id = ${c} and r.bill_id = b.bill_id and r.step_key = ${o.step_key} and r.channel = ${o.channel}))
    select community_id, building_id, house_id, payer_id, array_agg(bill_id::text order by bill_id) as bill_ids, array_agg(period_on::text order by bill_id) as periods, array_agg(open_fen order by bill_id) as opens, sum(open_fen)::bigint as open_fen,
      not (${notHeld(scope, sql`open.house_id`, sql`open.payer_id`)}) as held from open group by 1, 2, 3, 4 order by house_id, payer_id`.execute(scope.db)
  return rows
}

export const remindNow = answer(reminders.remindNow, async (scope, { house_ids, channel, tone }) => {
  if (channel === 'wechat' && !(await wechatOn(scope))) throw scope.refuse('reminders.wechat_off')
  const ids = [...new Set(house_ids)]
  const seen = await sql<{ n: number }>`select count(*)::int as n from property.house h where h.company_id = ${scope.company_id} and h.house_id = any(${ids}::uuid[]) and ${housesSeenBy(scope)}`.execute(scope.db)
  if (seen.rows[0]!.n !== ids.length) throw scope.notFound()
  const step_key = `manual:${scope.today}`
  const found = await openOf(scope, ids, { tone, channel, step_key })
  const go = found.filter((f) => !f.held)
  const made = await makeReminders(scope, go.map(({ held: _, ...f }) => ({ ...f, plan_id: null, step_no: null, step_name: '人工催缴', tone, channel, step_key })))
  scope.note('reminder', step_key, { channel, tone, house_count: ids.length, reminder_count: made.length })
  const houses = new Set(found.map((f) => f.house_id))
  return { reminder_count: made.length, open_fen: made.reduce((n, m) => n + m.open_fen, 0), paused_count: found.length - go.length, nothing_count: ids.filter((h) => !houses.has(h)).length, sends_at: byHand(channel) ? null : await sendsAt(scope) }
})
