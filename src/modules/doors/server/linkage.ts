// What rules of devices may do to doors (IOT-06): hold the doors of a group open, or put them under control again. The group must hold no unit door: the way to
// homes is opened by a person, or by a fire, and by nothing else. Asked late it is not done (H2), and what a fire opened only a person locks. A door that several rules
// hold stays open until the last of them is over.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { publishTargets, reportAct, type TargetIn } from '../../iot/server/index.ts'
import { onlineSql } from './access.ts'
import { commandState } from './commands.ts'
import { wake } from './lists.ts'

const RIGHT = 'doors.door.open'
/** A firing that is heard of later than this has been overtaken. */
const LATE_MS = 30_000
const LIVES_MS = 10_000
const GROUPS_MAX = 500
/** Of the rules that hold a door, as much as has room beside the rest. */
const KEPT_SHOWN = 60
/** Groups of doors, as rules may choose them. */
export async function publishGroups(scope: Scope): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql<TargetIn>`select g.group_id as target_id, g.community_id, g.name, coalesce(x.names, '没有门') as detail, ${RIGHT} as may, case when x.homes then '里有单元门,规则不能释放住户的门' when x.names is null then '里没有门' end as no_hold
    from doors.door_group g left join lateral (select left(string_agg(d.name, '、' order by d.name), 120) as names, bool_or(d.kind = 'unit') as homes from doors.group_door gd join doors.door d on d.company_id = ${c} and d.door_id = gd.door_id and d.retired_at is null where gd.company_id = ${c} and gd.group_id = g.group_id) x on true
    where g.company_id = ${c} order by g.group_id limit ${GROUPS_MAX}`.execute(scope.db)
  await publishTargets(scope, 'doors', rows)
}
interface Door {
  door_id: string
  controller_id: string
  name: string
  kind: string
  online: boolean
  /** What holds it open since it was last under control; of several the one that weighs most. */
  held_by: string | null
  /** Rules, each with its device, that hold it open and are not over. */
  kept_by: string | null
}
/** When the door was last under control. */
const sinceRestored = (scope: Scope) => sql`coalesce((select max(b.created_at) from doors.command b where b.company_id = ${scope.company_id} and b.door_id = d.door_id and b.what = 'restore' and b.state = 'confirmed'), '-infinity')`
/** A rule holds as long as its device has not given back what it asked for; a rule that was stopped or asks for something else, and a device that is gone, hold nothing. */
const keptBy = (scope: Scope) => {
  const c = scope.company_id
  return sql<string | null>`(select string_agg(distinct '「' || r.name || '」' || v.name, '、') from doors.command q join iot.rule_fire f on f.company_id = ${c} and f.fire_id = q.fire_id join iot.rule r on r.company_id = ${c} and r.rule_id = f.rule_id and r.stopped_at is null and r.body->'doors'->>'what' = 'hold' join iot.device v on v.company_id = ${c} and v.device_id = f.device_id and v.life <> 'retired'
    where q.company_id = ${c} and q.door_id = d.door_id and q.what = 'hold' and q.cause = 'rule' and q.state <> 'failed' and q.created_at > ${sinceRestored(scope)}
      and not exists (select from iot.rule_fire b where b.company_id = ${c} and b.rule_id = f.rule_id and b.device_id = f.device_id and b.facts ? 'back' and (b.at, b.fire_id) > (f.at, f.fire_id)))`
}
export async function actOnRule(scope: Scope, p: Record<string, unknown>): Promise<void> {
  const c = scope.company_id
  const [fire_id, act_no, what] = [String(p['fire_id']), Number(p['act_no']), p['what'] === 'restore' ? 'restore' as const : 'hold' as const]
  const report = (state: 'sent' | 'done' | 'failed', told: string) => reportAct(scope, { fire_id, act_no, state, told })
  if (Date.parse(scope.now) - Date.parse(String(p['at'])) > LATE_MS) return report('failed', '轮到时已超过 30 秒,没有执行')
  const { rows } = await sql<Door>`select d.door_id, d.controller_id, d.name, d.kind, ${onlineSql(scope)} as online, (select case when bool_or(q.cause = 'fire') then 'fire' when bool_or(q.cause = 'hand') then 'hand' when bool_or(q.cause = 'rule') then 'rule' end from doors.command q where q.company_id = ${c} and q.door_id = d.door_id and q.what = 'hold' and q.state in ('sent','confirmed') and q.created_at > ${sinceRestored(scope)}) as held_by, ${keptBy(scope)} as kept_by
    from doors.door d join doors.controller k on k.company_id = ${c} and k.controller_id = d.controller_id and k.retired_at is null left join doors.controller_state s on s.company_id = ${c} and s.controller_id = d.controller_id
    where d.company_id = ${c} and d.community_id = ${String(p['community_id'])} and d.retired_at is null and d.door_id in (select gd.door_id from doors.group_door gd where gd.company_id = ${c} and gd.group_id = any(${p['group_ids'] as string[]}::uuid[])) order by d.name, d.door_id`.execute(scope.db)
  const homes = what === 'hold' ? rows.filter((d) => d.kind === 'unit') : []
  const fires = what === 'restore' ? rows.filter((d) => d.held_by === 'fire') : []
  // Given back is only what a rule had opened: what a person holds open stays so.
  const others = p['back'] === true ? rows.filter((d) => d.held_by !== 'rule' && d.held_by !== 'fire') : []
  const kept = p['back'] === true ? rows.filter((d) => d.held_by === 'rule' && d.kept_by !== null) : []
  const left = new Set([...homes, ...fires, ...others, ...kept])
  const mine = rows.filter((d) => !left.has(d))
  const away = mine.filter((d) => !d.online)
  const told = mine.filter((d) => d.online)
  await sql`insert into doors.command (company_id, command_id, community_id, controller_id, door_id, what, cause, reason, by_id, by_name, created_at, expires_at, state, fire_id)
    select ${c}::bigint, x.command_id, ${String(p['community_id'])}::uuid, x.controller_id, x.door_id, ${what}, 'rule', ${String(p['reason'])}, null, '联动规则', ${scope.now}::timestamptz, ${new Date(Date.parse(scope.now) + LIVES_MS).toISOString()}::timestamptz, 'waiting', ${fire_id}::uuid
    from jsonb_to_recordset(${JSON.stringify(told.map((d) => ({ command_id: uuidv7(), door_id: d.door_id, controller_id: d.controller_id })))}::jsonb) as x(command_id uuid, door_id uuid, controller_id uuid)`.execute(scope.db)
  await wake(scope, told.map((d) => d.controller_id))
  const names = (list: readonly Door[]): string => list.map((d) => d.name).join('、')
  const said = [told.length > 0 ? `已通知 ${names(told)}` : '', away.length > 0 ? `联系不上 ${names(away)}` : '', homes.length > 0 ? `${names(homes)}是单元门,没有释放` : '', fires.length > 0 ? `${names(fires)}由消防释放,只能由人恢复` : '', ...kept.map((d) => `${d.name}仍由${d.kept_by!.length > KEPT_SHOWN ? `${d.kept_by!.slice(0, KEPT_SHOWN)}…` : d.kept_by}保持常开`), rows.length === 0 ? '门组里没有门' : ''].filter(Boolean).join(';')
  if (told.length > 0) scope.note('door', fire_id, { rule: p['reason'], what, doors: told.length, unreachable: away.length })
  await report(told.length > 0 ? 'sent' : mine.length === 0 && rows.length > 0 ? 'done' : 'failed', said || '没有要恢复的门')
}
/** By clock: of firings whose commands have all ended, what the doors said. */
export async function reportDoors(scope: Scope): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql<{ fire_id: string; act_no: number; told: string | null; name: string; state: string; why: string | null; what: string }>`select a.fire_id, a.act_no, a.told, d.name, ${commandState(scope)} as state, q.why, q.what from (select * from iot.rule_act a where a.company_id = ${c} and a.kind = 'doors' and a.state = 'sent' order by a.fire_id limit 100) a
    join doors.command q on q.company_id = ${c} and q.fire_id = a.fire_id join doors.door d on d.company_id = ${c} and d.door_id = q.door_id order by a.fire_id, d.name`.execute(scope.db)
  for (const [fire_id, list] of Map.groupBy(rows, (r) => r.fire_id)) {
    if (list.some((r) => r.state === 'waiting' || r.state === 'sent')) continue
    const done = list.filter((r) => r.state === 'confirmed')
    const not = list.filter((r) => r.state !== 'confirmed')
    const before = (list[0]!.told ?? '').split(';').filter((x) => !x.startsWith('已通知'))
    const told = [done.length > 0 ? `${done.map((r) => r.name).join('、')} 回读为${list[0]!.what === 'hold' ? '常开' : '受控'}` : '', not.length > 0 ? `${not.map((r) => `${r.name}(${r.state === 'expired' ? '没有取走命令' : r.state === 'failed' ? (r.why ?? '拒绝') : '没有回读到'})`).join('、')} 没有做成` : '', ...before].filter(Boolean).join(';')
    await reportAct(scope, { fire_id, act_no: list[0]!.act_no, state: not.length > 0 || before.some((x) => x.startsWith('联系不上')) ? 'failed' : 'done', told })
  }
}
