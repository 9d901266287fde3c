// Reminders of the sample: a ladder in force, what it sends today, a promise and a pause. By the public calls, as the service desk would.
import { sql } from 'kysely'
import { USUAL_STEPS, reminders } from '../../modules/reminders/contract.ts'
import { messages } from '../../modules/messages/contract.ts'
import { addDays } from '../../kernel/clock.ts'
import { at, inside } from '../caller.ts'
import { must, type Town } from '../town.ts'
import { bindSome } from './wechat.ts'

const PROMISES = 3

/** The largest debtors that are still to be reminded, by house. */
async function debtors(t: Town, n: number): Promise<{ house_id: string; payer_id: string; open_fen: number }[]> {
  return inside(t.app, t.company_id, async (s) => (await sql<{ house_id: string; payer_id: string; open_fen: number }>`select house_id, payer_id, sum(amount_fen - paid_fen - reduced_fen)::bigint as open_fen from billing.bill
    where company_id = ${t.company_id} and voided_at is null and paid_fen + reduced_fen < amount_fen and due_on < ${t.calendar.today}::date group by 1, 2 order by 3 desc, 1 limit ${n}`.execute(s.db)).rows)
}

export const remindDebtors = (t: Town): Promise<void> => at(t.calendar.until, () => remind(t))

async function remind(t: Town): Promise<void> {
  const manager = must(t, 'anju')
  const desk = must(t, 'kefu')
  const day = t.calendar.today
  await t.road.call(must(t, 'anju'), ['quiet'], messages.saveQuietHours, { from_on: day, quiet_from: '21:00', quiet_to: '08:00' })
  const { plan_id } = await t.road.call(manager, ['reminder plan'], reminders.savePlan, { community_id: null, name: '标准催缴', from_on: day, min_open_fen: 100, fee_item_ids: [], steps: [...USUAL_STEPS] })
  await t.road.call(manager, ['reminder plan on'], reminders.activatePlan, { plan_id })
  const owing = await debtors(t, 40)
  const [paused, ...rest] = owing
  if (!paused) return
  await t.road.call(desk, ['pause'], reminders.pauseHouse, { house_id: paused.house_id, reason: '外墙渗漏投诉处理中' })
  for (const [i, d] of rest.slice(0, PROMISES).entries()) await t.road.call(desk, ['promise', String(i)], reminders.savePromise, { house_id: d.house_id, payer_id: d.payer_id, amount_fen: d.open_fen, promised_on: addDays(day, 7 + i), note: '电话中答应' })
  const bound = await bindSome(t, rest.slice(32, 38).map((d) => d.house_id))
  if (bound.length > 0) await t.road.call(desk, ['wechat'], reminders.remindNow, { house_ids: bound, channel: 'wechat', tone: 'overdue' })
  await t.road.call(desk, ['letters'], reminders.remindNow, { house_ids: rest.slice(PROMISES, 20).map((d) => d.house_id), channel: 'letter', tone: 'final' })
  await t.road.call(desk, ['calls'], reminders.remindNow, { house_ids: rest.slice(20, 32).map((d) => d.house_id), channel: 'call', tone: 'overdue' })
}
