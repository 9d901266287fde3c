// One alarm a source and kind until it is disposed of. Raised again it is counted, not repeated; who is on duty is told once, and in a storm once for all.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { staffAt } from '../../identity/server/index.ts'
import { notify } from '../../messages/server/index.ts'
import { LEVELS, POLICY_DEFAULTS, type AlarmPolicy, type Level } from '../contract.ts'

export interface AlarmIn {
  community_id: string
  building_id: string | null
  device_id: string | null
  source: string
  kind: string
  title: string
  level: Level
  rule_id: string | null
  facts: Record<string, unknown>
  place: string
  /** Another than the one that is open under the same name: confirmed or shelved, it is nobody's yet. */
  anew?: boolean
  /** It has grown since it was raised: said, and not told again. */
  grows?: boolean
  /** Told however small it is. */
  tells_always?: boolean
}
const STORM_MIN = 10
export async function policyOf(scope: Scope): Promise<AlarmPolicy & { from_on: string | null }> {
  const { rows } = await sql<AlarmPolicy & { from_on: string }>`select from_on, major_min, critical_min, storm_count from iot.alarm_policy where company_id = ${scope.company_id} and from_on <= ${scope.today}::date order by from_on desc limit 1`.execute(scope.db)
  return rows[0] ?? { ...POLICY_DEFAULTS, from_on: null }
}
export async function addStep(scope: Scope, alarm_id: string, action: string, note: string | null): Promise<void> {
  await sql`insert into iot.alarm_step (company_id, alarm_id, step_no, action, by_account, by_name, note, at) select ${scope.company_id}::bigint, ${alarm_id}::uuid, coalesce(max(step_no), 0) + 1, ${action}, ${scope.who.account_id}::uuid, ${scope.who.name}, ${note}, ${scope.now}::timestamptz from iot.alarm_step where company_id = ${scope.company_id} and alarm_id = ${alarm_id}`.execute(scope.db)
}
const worse = (a: Level, b: Level): Level => (LEVELS.indexOf(a) >= LEVELS.indexOf(b) ? a : b)

/** Gives the alarm, and whether it was not there (or was over) before. */
export async function raiseAlarm(scope: Scope, a: AlarmIn): Promise<{ alarm_id: string; fresh: boolean }> {
  const c = scope.company_id
  const before = (await sql<{ alarm_id: string; level: Level; cleared: boolean; shelved: boolean }>`select alarm_id, level, cleared_at is not null as cleared, shelved_until > ${scope.now}::timestamptz as shelved from iot.alarm where company_id = ${c} and source = ${a.source} and kind = ${a.kind} and disposed_at is null for update`.execute(scope.db)).rows[0]
  if (before && a.grows && !before.cleared) {
    await sql`update iot.alarm set last_at = ${scope.now}, title = ${a.title}, facts = ${JSON.stringify(a.facts)}::jsonb where company_id = ${c} and alarm_id = ${before.alarm_id}`.execute(scope.db)
    return { alarm_id: before.alarm_id, fresh: false }
  }
  if (before) {
    // Graver than what was told: it is anew for everybody, also where somebody has confirmed or shelved the lesser one.
    const graver = a.anew === true || LEVELS.indexOf(a.level) > LEVELS.indexOf(before.level)
    const kept = sql`(cleared_at is null and not ${graver}::boolean)`
    await sql`update iot.alarm set times_count = times_count + 1, last_at = ${scope.now}, level = ${worse(before.level, a.level)}, title = ${a.title}, facts = ${JSON.stringify(a.facts)}::jsonb, cleared_at = null, acked_at = case when ${kept} then acked_at end, acked_by = case when ${kept} then acked_by end, acked_by_name = case when ${kept} then acked_by_name end, shelved_until = case when not ${graver}::boolean then shelved_until end, escalated_at = case when ${kept} then escalated_at end where company_id = ${c} and alarm_id = ${before.alarm_id}`.execute(scope.db)
    if (before.cleared || graver) await addStep(scope, before.alarm_id, graver && !a.anew ? 'graver' : 'again', null)
    if (graver || (before.cleared && !before.shelved)) await tell(scope, before.alarm_id, a, 'iot.alarm.handle', 'iot_alarm')
    return { alarm_id: before.alarm_id, fresh: before.cleared }
  }
  const alarm_id = uuidv7()
  await scope.db.insertInto('iot.alarm').values({ company_id: c, alarm_id, community_id: a.community_id, building_id: a.building_id, device_id: a.device_id, source: a.source, kind: a.kind, title: a.title, level: a.level, place: a.place || null, rule_id: a.rule_id, facts: JSON.stringify(a.facts), raised_at: scope.now, last_at: scope.now, times_count: 1 }).execute()
  await addStep(scope, alarm_id, 'raise', null)
  scope.emit('iot.alarm_raised', alarm_id, { alarm_id, community_id: a.community_id, device_id: a.device_id, kind: a.kind, title: a.title, level: a.level, place: a.place, at: scope.now })
  await tell(scope, alarm_id, a, 'iot.alarm.handle', 'iot_alarm')
  return { alarm_id, fresh: true }
}
/** It is over by itself. What is small closes with that; what is not waits for somebody's record. */
export async function clearAlarm(scope: Scope, source: string, kind: string): Promise<void> {
  const { rows } = await sql<{ alarm_id: string; level: Level }>`update iot.alarm set cleared_at = ${scope.now}, disposed_at = case when level in ('notice','minor') then ${scope.now}::timestamptz end, disposed_by_name = case when level in ('notice','minor') then ${scope.who.name} end, disposal = case when level in ('notice','minor') then '自动恢复' end
    where company_id = ${scope.company_id} and source = ${source} and kind = ${kind} and disposed_at is null and cleared_at is null returning alarm_id, level`.execute(scope.db)
  for (const r of rows) await addStep(scope, r.alarm_id, 'clear', null)
}
/** They turned out to be part of something larger, which is told instead. */
export async function foldAlarms(scope: Scope, sources: readonly string[], kind: string, into: string): Promise<void> {
  const { rows } = await sql<{ alarm_id: string }>`update iot.alarm set disposed_at = ${scope.now}, disposed_by_name = ${scope.who.name}, disposal = ${`并入「${into}」`} where company_id = ${scope.company_id} and source = any(${sources}::text[]) and kind = ${kind} and disposed_at is null returning alarm_id`.execute(scope.db)
  for (const r of rows) await addStep(scope, r.alarm_id, 'dispose', `并入「${into}」`)
}
/** Whoever stands duty now where alarms are watched, by the rosters of the duty rooms. */
export async function onDutyAt(scope: Scope, community_id: string): Promise<string[]> {
  const c = scope.company_id
  const { rows } = await sql<{ account_id: string }>`select distinct r.account_id from duty.roster r join duty.room m on m.company_id = ${c} and m.room_id = r.room_id and m.retired_at is null and m.kind in ('fire_control','monitor') where r.company_id = ${c} and m.community_id = ${community_id} and r.starts_at <= ${scope.now}::timestamptz and r.ends_at > ${scope.now}::timestamptz order by r.account_id limit 20`.execute(scope.db)
  return rows.map((r) => r.account_id)
}
type Told = Pick<AlarmIn, 'community_id' | 'building_id' | 'title' | 'level' | 'place' | 'tells_always'> & { kind?: string }
async function tell(scope: Scope, alarm_id: string, a: Told, permission: string, template: 'iot_alarm' | 'iot_alarm_late'): Promise<void> {
  // A fire tells by its own messages, whatever else alarms.
  if (((a.level === 'notice' || a.level === 'minor') && !a.tells_always) || a.kind === 'fire') return
  const c = scope.company_id
  const [policy, near] = [await policyOf(scope), (await sql<{ n: number }>`select count(*)::int as n from iot.alarm where company_id = ${c} and community_id = ${a.community_id} and level = any(${LEVELS.slice(LEVELS.indexOf(a.level))}::text[]) and raised_at > ${scope.now}::timestamptz - make_interval(mins => ${STORM_MIN})`.execute(scope.db)).rows[0]!.n]
  // What is lesser does not hide what is graver: each counts among its own and those above, and the message of the lesser is another one.
  const storm = template === 'iot_alarm' && near > policy.storm_count
  const bucket = Math.floor(Date.parse(scope.now) / (STORM_MIN * 60_000))
  const to = [...new Set([...(template === 'iot_alarm' ? await onDutyAt(scope, a.community_id) : []), ...await staffAt(scope, permission, { community_id: a.community_id, building_id: a.building_id })])]
  const urgent = a.level === 'critical'
  await notify(scope, to.map((account_id) => storm
    ? { to: { account_id }, template: 'iot_storm', params: { count: String(near), minutes: String(STORM_MIN) }, link: '/iot/alarms?open=1', urgent: true, dedupe_key: `storm ${a.community_id} ${a.level} ${bucket} ${account_id}` }
    : { to: { account_id }, template, params: { title: a.title, place: a.place }, link: `/iot/alarms/${alarm_id}`, urgent, dedupe_key: `${template} ${alarm_id} ${a.level} ${scope.now} ${account_id}` }))
}
const AT_ONCE = 200
/** Each minute: whom nobody has confirmed within its time goes to those above, once. */
export async function escalate(scope: Scope): Promise<void> {
  const c = scope.company_id
  const policy = await policyOf(scope)
  const { rows } = await sql<Told & { alarm_id: string }>`update iot.alarm a set escalated_at = ${scope.now} where a.company_id = ${c} and a.alarm_id in (select x.alarm_id from iot.alarm x where x.company_id = ${c} and x.disposed_at is null and x.cleared_at is null and x.acked_at is null and x.escalated_at is null and (x.shelved_until is null or x.shelved_until < ${scope.now}::timestamptz)
      and x.level in ('major','critical') and greatest(x.raised_at, (select max(st.at) from iot.alarm_step st where st.company_id = ${c} and st.alarm_id = x.alarm_id and st.action in ('again','graver'))) < ${scope.now}::timestamptz - make_interval(mins => case when x.level = 'critical' then ${policy.critical_min}::int else ${policy.major_min}::int end) order by x.alarm_id limit ${AT_ONCE} for update skip locked)
    returning a.alarm_id, a.community_id, a.building_id, a.title, a.level, coalesce(a.place, (select d.place from iot.device d where d.company_id = ${c} and d.device_id = a.device_id), '') as place`.execute(scope.db)
  for (const r of rows) {
    await addStep(scope, r.alarm_id, 'escalate', null)
    await tell(scope, r.alarm_id, r, 'iot.alarm.escalated', 'iot_alarm_late')
  }
}
