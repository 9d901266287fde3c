// What billing needs of a split: to lock it, to see that it still holds, to mark it published or void. The bills are billing's.
import { sql } from 'kysely'
import { addMonths } from '../../../../kernel/clock.ts'
import type { Scope } from '../../../../kernel/scope.ts'
import { communitiesSeenBy } from '../../../property/server/index.ts'
import { releaseReadings } from '../closing.ts'
import { computeSplit } from './compute.ts'
import { groupToChange } from './groups.ts'

export interface SplitToPublish {
  split_id: string
  group_id: string
  group_name: string
  community_id: string
  rule_id: string
  period_on: string
  on_day: string
  state: 'draft' | 'published' | 'void'
  total_fen: number
  weight_sum: string
  parts_hash: string
  created_by: string
}
/** A split of a community within reach of the call's permission, locked with its group. */
export async function splitToChange(scope: Scope, split_id: string): Promise<SplitToPublish> {
  const found = await scope.db.selectFrom('meters.share_split').select('group_id').where('company_id', '=', scope.company_id).where('split_id', '=', split_id).executeTakeFirst()
  if (!found) throw scope.notFound()
  const g = await groupToChange(scope, found.group_id)
  const { rows } = await sql<Omit<SplitToPublish, 'group_name' | 'community_id'>>`select split_id, group_id, rule_id, period_on, on_day, state, total_fen, trim_scale(weight_sum)::text as weight_sum, parts_hash, created_by from meters.share_split where company_id = ${scope.company_id} and split_id = ${split_id} for update`.execute(scope.db)
  return { ...rows[0]!, group_name: g.name, community_id: g.community_id }
}

/** The same to look at, without a lock. */
export async function splitToSee(scope: Scope, split_id: string): Promise<SplitToPublish> {
  const { rows } = await sql<SplitToPublish>`select s.split_id, s.group_id, g.name as group_name, g.community_id, s.rule_id, s.period_on, s.on_day, s.state, s.total_fen, trim_scale(s.weight_sum)::text as weight_sum, s.parts_hash, s.created_by
    from meters.share_split s join meters.share_group g on g.company_id = ${scope.company_id} and g.group_id = s.group_id where s.company_id = ${scope.company_id} and s.split_id = ${split_id} and ${communitiesSeenBy(scope, { alias: 'g' })}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}

/** Whether the readings, areas, rules and houses still give the parts that were seen. */
export async function splitStillHolds(scope: Scope, s: SplitToPublish): Promise<boolean> {
  const g = await groupToChange(scope, s.group_id)
  const period = s.period_on.slice(0, 7)
  return (await computeSplit(scope, g, period, s.total_fen)).parts_hash === s.parts_hash
}

/** Main and shared meters whose readings a split was made from; a house's own are closed with its own bills. */
async function readingsBehind(scope: Scope, s: SplitToPublish): Promise<{ reading_id: string; meter_id: string; kind: string }[]> {
  const c = scope.company_id
  const { rows } = await sql<{ reading_id: string; meter_id: string; kind: string }>`select r.reading_id, m.meter_id, m.kind from meters.share_source x
    join meters.meter m on m.company_id = ${c} and m.house_id is null and (m.point_id = x.point_id or (x.take = 'loss' and m.parent_point_id = x.point_id))
    join meters.reading r on r.company_id = ${c} and r.meter_id = m.meter_id and r.period_on = ${s.period_on}::date where x.company_id = ${c} and x.rule_id = ${s.rule_id}`.execute(scope.db)
  return rows
}

export async function markPublished(scope: Scope, s: SplitToPublish): Promise<void> {
  await scope.db.updateTable('meters.share_split').set({ state: 'published', published_by: scope.who.account_id, published_at: scope.now }).where('company_id', '=', scope.company_id).where('split_id', '=', s.split_id).where('state', '=', 'draft').execute()
  const behind = await readingsBehind(scope, s)
  await sql`insert into meters.closing (company_id, scope_id, kind, period_on, closed_at)
    select distinct ${scope.company_id}::bigint, x.meter_id, x.kind, ${s.period_on}::date, ${scope.now}::timestamptz from jsonb_to_recordset(${JSON.stringify(behind)}::jsonb) as x(meter_id uuid, kind text)
    on conflict (company_id, scope_id, kind, period_on) do update set closed_at = excluded.closed_at`.execute(scope.db)
}

/** Void: the month may be split anew. Readings that another published split stands on stay closed. */
export async function markVoid(scope: Scope, s: SplitToPublish, reason: string): Promise<void> {
  const c = scope.company_id
  await scope.db.updateTable('meters.share_split').set({ state: 'void', voided_by: scope.who.account_id, voided_at: scope.now, void_reason: reason }).where('company_id', '=', c).where('split_id', '=', s.split_id).execute()
  const behind = await readingsBehind(scope, s)
  const { rows: held } = await sql<{ meter_id: string }>`select m.meter_id from meters.share_split o join meters.share_source x on x.company_id = ${c} and x.rule_id = o.rule_id join meters.meter m on m.company_id = ${c} and (m.point_id = x.point_id or (x.take = 'loss' and m.parent_point_id = x.point_id))
    where o.company_id = ${c} and o.period_on = ${s.period_on}::date and o.state = 'published' and o.split_id <> ${s.split_id} and m.meter_id = any(${behind.map((b) => b.meter_id)}::uuid[])`.execute(scope.db)
  const keep = new Set(held.map((h) => h.meter_id))
  await releaseReadings(scope, behind.filter((b) => !keep.has(b.meter_id)).map((b) => b.reading_id))
}

/** First day after the split's month: the end of what its bills are for. */
export const endOf = (s: Pick<SplitToPublish, 'period_on'>): string => `${addMonths(s.period_on.slice(0, 7), 1)}-01`
