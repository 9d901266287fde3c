// Which bills are due for which step today: one statement over the open bills of the communities that a plan covers. Nothing is sent from here.
import { sql, type RawBuilder } from 'kysely'
import { addDays } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { wechatOn } from '../../messages/server/index.ts'
import type { Channel, Tone } from '../contract.ts'

/** A worker that was down catches up on steps of the last days, and no further: a new plan must not remind of a year at once. */
const CATCH_UP_DAYS = 3
export const BATCH = 2000

export interface Due {
  community_id: string
  building_id: string
  house_id: string
  payer_id: string
  plan_id: string
  step_no: number
  step_name: string
  tone: Tone
  channel: Channel
  step_key: string
  bill_ids: string[]
  periods: string[]
  opens: number[]
  open_fen: number
}

const OPEN = sql`(b.amount_fen - b.paid_fen - b.reduced_fen)`

/** No reminder goes to a house that is paused, or whose payer has promised for a day that has not passed. */
export const notHeld = (scope: Scope, house: RawBuilder<unknown>, payer: RawBuilder<unknown>) => sql`
  not exists (select from reminders.pause x where x.company_id = ${scope.company_id} and x.house_id = ${house} and x.ended_at is null and x.from_on <= ${scope.today}::date and (x.until_on is null or x.until_on > ${scope.today}::date))
  and not exists (select from reminders.promise x where x.company_id = ${scope.company_id} and x.house_id = ${house} and x.payer_id = ${payer} and x.state = 'open' and x.promised_on >= ${scope.today}::date)`

/** Steps that fall due, grouped by payer and house. Of several steps of a bill in the catch-up window only the latest counts. `plan_id`: this plan, whatever its state. */
export async function dueToday(scope: Scope, o: { plan_id?: string; limit: number }): Promise<Due[]> {
  const c = scope.company_id
  const live = sql`p.state = 'active' and p.from_on <= ${scope.today}::date and (p.to_on is null or p.to_on > ${scope.today}::date) and (p.community_id = cm.community_id or p.community_id is null)`
  const one = o.plan_id ? sql`p.plan_id = ${o.plan_id} and (p.community_id = cm.community_id or p.community_id is null)` : live
  // A company without an official account does not fail at it for every house.
  const usable = (await wechatOn(scope)) ? sql`true` : sql`ch.channel <> 'wechat'`
  const { rows } = await sql<Due>`
    with plans as (
      select cm.community_id, q.plan_id, q.min_open_fen, q.fee_item_ids from property.community cm
      join lateral (select p.plan_id, p.min_open_fen, p.fee_item_ids from reminders.plan p where p.company_id = ${c} and ${one} order by p.community_id nulls last limit 1) q on true
      where cm.company_id = ${c}),
    hit as materialized (
      select b.community_id, b.building_id, b.house_id, b.payer_id, b.bill_id, b.period_on, ${OPEN} as open_fen, p.plan_id, p.min_open_fen, s.step_no, s.name as step_name, s.tone, s.channels
      from plans p join billing.bill b on b.company_id = ${c} and b.community_id = p.community_id and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen
        and (p.fee_item_ids = '{}' or b.fee_item_id = any(p.fee_item_ids))
      join lateral (select s.*, case s.anchor when 'issued' then b.issued_on else b.due_on end + s.offset_days as fall_on from reminders.step s where s.company_id = ${c} and s.plan_id = p.plan_id
        and case s.anchor when 'issued' then b.issued_on else b.due_on end + s.offset_days between ${addDays(scope.today, -CATCH_UP_DAYS)}::date and ${scope.today}::date order by fall_on desc, s.step_no desc limit 1) s on true
      where ${notHeld(scope, sql`b.house_id`, sql`b.payer_id`)}),
    fresh as (
      select h.*, ch.channel, h.plan_id || ':' || h.step_no as step_key from hit h cross join lateral unnest(h.channels) as ch(channel)
      where ${usable} and not exists (select from reminders.reminder_bill r where r.company_id = ${c} and r.bill_id = h.bill_id and r.step_key = h.plan_id || ':' || h.step_no and r.channel = ch.channel))
    select community_id, building_id, house_id, payer_id, plan_id, step_no, step_name, tone, channel, step_key,
      array_agg(bill_id::text order by bill_id) as bill_ids, array_agg(period_on::text order by bill_id) as periods, array_agg(open_fen order by bill_id) as opens, sum(open_fen)::bigint as open_fen
    from fresh group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, min_open_fen having sum(open_fen) >= min_open_fen
    order by community_id, house_id, payer_id, step_no, channel limit ${o.limit}`.execute(scope.db)
  return rows
}
