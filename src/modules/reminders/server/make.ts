// Writes reminders and their bills, and queues what a machine sends. The primary key of reminder_bill decides when two plan at once.
import { sql } from 'kysely'
import { uuidOf } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { mayDisturbAt } from '../../messages/server/index.ts'
import type { Due } from './plan_due.ts'

/** Jobs carry this many reminders each, so that one that fails holds up few. */
const JOB_MAX = 200

export interface Wanted extends Omit<Due, 'plan_id' | 'step_no'> {
  plan_id: string | null
  step_no: number | null
}

/** Gives those that are new. `wanted` is grouped by payer: the app message and the SMS of one step go out together. */
export async function makeReminders(scope: Scope, wanted: readonly Wanted[]): Promise<Wanted[]> {
  if (wanted.length === 0) return []
  const c = scope.company_id
  const rows = wanted.map((w) => {
    const sorted = w.periods.toSorted()
    return { ...w, reminder_id: uuidOf('reminder', c, w.step_key, w.channel, w.house_id, w.payer_id, scope.today), bill_count: w.bill_ids.length, period_from_on: sorted[0]!, period_to_on: sorted.at(-1)! }
  })
  const by = scope.who.kind === 'system' ? null : { account_id: scope.who.account_id, name: scope.who.name }
  const made = await sql<{ reminder_id: string }>`insert into reminders.reminder (company_id, reminder_id, community_id, building_id, house_id, payer_id, plan_id, step_no, step_name, tone, channel, state, bill_count, open_fen, period_from_on, period_to_on, created_by, created_by_name, created_at)
    select ${c}, x.reminder_id, x.community_id, x.building_id, x.house_id, x.payer_id, x.plan_id, x.step_no, x.step_name, x.tone, x.channel, 'waiting', x.bill_count, x.open_fen, x.period_from_on, x.period_to_on, ${by?.account_id ?? null}::uuid, ${by?.name ?? null}, ${scope.now}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(reminder_id uuid, community_id uuid, building_id uuid, house_id uuid, payer_id uuid, plan_id uuid, step_no int, step_name text, tone text, channel text, bill_count int, open_fen bigint, period_from_on date, period_to_on date)
    on conflict do nothing returning reminder_id`.execute(scope.db)
  const ids = new Set(made.rows.map((r) => r.reminder_id))
  const fresh = rows.filter((r) => ids.has(r.reminder_id))
  const bills = fresh.flatMap((r) => r.bill_ids.map((bill_id, i) => ({ reminder_id: r.reminder_id, bill_id, step_key: r.step_key, channel: r.channel, period_on: r.periods[i]!, open_fen: r.opens[i]! })))
  // A bill that another reminder took a moment ago fails the whole: the planner comes again, and sees it then.
  await sql`insert into reminders.reminder_bill (company_id, reminder_id, bill_id, step_key, channel, period_on, open_fen)
    select ${c}, x.reminder_id, x.bill_id, x.step_key, x.channel, x.period_on, x.open_fen from jsonb_to_recordset(${JSON.stringify(bills)}::jsonb) as x(reminder_id uuid, bill_id uuid, step_key text, channel text, period_on date, open_fen bigint)`.execute(scope.db)
  await queue(scope, fresh)
  return fresh
}

/** People do these; the others are sent by a machine. */
export const byHand = (channel: string): boolean => channel === 'letter' || channel === 'call' || channel === 'visit'
/** The end of the quiet hours when it is quiet now; null: at once. */
export async function sendsAt(scope: Scope): Promise<string | null> {
  const at = await mayDisturbAt(scope)
  return Date.parse(at) > Date.parse(scope.now) ? at : null
}

async function queue(scope: Scope, fresh: readonly { reminder_id: string; channel: string }[]): Promise<void> {
  const ids = fresh.filter((r) => !byHand(r.channel)).map((r) => r.reminder_id)
  if (ids.length === 0) return
  const run_at = await mayDisturbAt(scope)
  for (let i = 0; i < ids.length; i += JOB_MAX) scope.later({ name: 'reminders.send', payload: { reminder_ids: ids.slice(i, i + JOB_MAX) }, run_at })
}
