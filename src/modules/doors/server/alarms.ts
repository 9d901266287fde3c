// What alarms at a door goes where every alarm goes: one of a source and kind, told to whoever is on duty, escalated, disposed of with words (iot). A record that was
// kept through an outage alarms nobody.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { clearAlarm, raiseAlarm } from '../../iot/server/index.ts'
import { policyOf } from './policy.ts'

export const doorSource = (door_id: string): string => `door:${door_id}`
export const controllerSource = (controller_id: string): string => `controller:${controller_id}`
interface Live {
  door_id: string
  door_name: string
  building_id: string | null
  what: string
  at: string
}
interface At {
  controller_id: string
  community_id: string
  name: string
}
const TITLE: Record<string, string> = { forced: '被强行打开', held: '开着超时未关' }
export async function raiseDoorAlarms(scope: Scope, k: At, list: readonly Live[]): Promise<void> {
  for (const p of list) {
    const facts = { data: { 门: p.door_name, 控制器: k.name } }
    if (p.what === 'forced' || p.what === 'held') await raiseAlarm(scope, { community_id: k.community_id, building_id: p.building_id, device_id: null, source: doorSource(p.door_id), kind: `door_${p.what}`, title: `${p.door_name}${TITLE[p.what]!}`, level: p.what === 'forced' ? 'critical' : 'major', rule_id: null, facts, place: p.door_name })
    else if (p.what === 'tamper') await raiseAlarm(scope, { community_id: k.community_id, building_id: p.building_id, device_id: null, source: controllerSource(k.controller_id), kind: 'door_tamper', title: `门禁控制器「${k.name}」防拆报警`, level: 'critical', rule_id: null, facts, place: k.name })
    else if (p.what === 'closed') for (const kind of ['door_forced', 'door_held']) await clearAlarm(scope, doorSource(p.door_id), kind)
    else if (p.what === 'mended') await clearAlarm(scope, controllerSource(k.controller_id), 'door_tamper')
  }
}
const AT_ONCE = 200
/** Looked at less often than this, the platform itself was not running. */
const AWAY_MIN = 5
/** Each minute: controllers that have not been heard too long, once each; over when they are heard again. One that never spoke is not yet at work, and while the platform
 * itself stood still nobody could be heard. */
export async function watchControllers(scope: Scope): Promise<void> {
  const c = scope.company_id
  const { offline_alarm_min } = await policyOf(scope)
  const { rows: seen } = await sql<{ since_at: string }>`insert into doors.watch as w (company_id, seen_at, since_at) values (${c}, ${scope.now}, ${scope.now}) on conflict (company_id) do update set seen_at = excluded.seen_at, since_at = case when w.seen_at < ${scope.now}::timestamptz - make_interval(mins => ${AWAY_MIN}) then excluded.since_at else w.since_at end returning since_at`.execute(scope.db)
  const silent = sql`(greatest(s.heard_at, ${seen[0]!.since_at}::timestamptz) < ${scope.now}::timestamptz - make_interval(mins => ${offline_alarm_min}) and k.retired_at is null)`
  const { rows } = await sql<At & { heard_at: string; silent: boolean; told: boolean }>`select * from (select k.controller_id, k.community_id, k.name, s.heard_at, ${silent} as silent, s.heard_at > ${scope.now}::timestamptz - make_interval(mins => ${offline_alarm_min}) or k.retired_at is not null as back,
        exists (select from iot.alarm a where a.company_id = ${c} and a.source = 'controller:' || k.controller_id and a.kind = 'door_offline' and a.disposed_at is null and a.cleared_at is null) as told,
        -- Disposed of and still silent: one alarm an outage, not one a minute.
        exists (select from iot.alarm b where b.company_id = ${c} and b.source = 'controller:' || k.controller_id and b.kind = 'door_offline' and b.disposed_at is not null and b.raised_at > s.heard_at) as known
      from doors.controller k join doors.controller_state s on s.company_id = ${c} and s.controller_id = k.controller_id and s.heard_at is not null where k.company_id = ${c}) x
    where (x.silent and not x.told and not x.known) or (x.told and x.back) order by x.controller_id limit ${AT_ONCE}`.execute(scope.db)
  for (const k of rows) {
    if (k.silent) await raiseAlarm(scope, { community_id: k.community_id, building_id: null, device_id: null, source: controllerSource(k.controller_id), kind: 'door_offline', title: `门禁控制器「${k.name}」离线超过 ${offline_alarm_min} 分钟`, level: 'major', rule_id: null, facts: { silent_s: Math.round((Date.parse(scope.now) - Date.parse(k.heard_at)) / 1000), data: { 控制器: k.name } }, place: k.name })
    else await clearAlarm(scope, controllerSource(k.controller_id), 'door_offline')
  }
}
