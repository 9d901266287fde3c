// The doors as they are now, their alarms, and how far the lists are.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { mayDo, type Scope } from '../../../kernel/scope.ts'
import { doors, type DoorRow } from '../contract.ts'
import { disposeOf } from '../../iot/server/index.ts'
import { doorToRead, doorsSeenBy, onlineSql } from './access.ts'
import { commandState } from './commands.ts'
import { reached } from './lists.ts'
import { whoSql } from './passages.ts'
import { strayPorts } from './strays.ts'

const DOORS_MAX = 500
const RECENT = sql`interval '10 minutes'`
async function doorRows(scope: Scope, community_id: string | undefined): Promise<DoorRow[]> {
  const c = scope.company_id
  const { rows } = await sql<DoorRow>`select d.door_id, d.controller_id, k.name as controller_name, d.port_no, d.community_id, m.name as community_name, d.building_id, coalesce(b.name || coalesce(d.unit_no || '单元', ''), m.name) as place, d.unit_no, d.name, d.kind, d.fire_release, d.held_s, false as retired, ${onlineSql(scope)} as online, s.heard_at, t.state, t.lock, l.left_count, l.deny_left_count,
      (select jsonb_build_object('at', p.at, 'what', p.what, 'way', p.way, 'who', ${whoSql(scope)}) from doors.passage p where p.company_id = ${c} and p.door_id = d.door_id order by p.at desc, p.passage_id desc limit 1) as last,
      (select jsonb_build_object('alarm_id', a.alarm_id, 'kind', substr(a.kind, 6), 'raised_at', a.raised_at, 'over', a.cleared_at is not null) from iot.alarm a where a.company_id = ${c} and a.source in ('door:' || d.door_id, 'controller:' || d.controller_id) and a.disposed_at is null order by (a.cleared_at is null) desc, a.level = 'critical' desc, a.raised_at desc limit 1) as alarm,
      (select jsonb_build_object('what', q.what, 'state', ${commandState(scope)}, 'by_name', q.by_name, 'created_at', q.created_at, 'why', q.why) from doors.command q where q.company_id = ${c} and q.door_id = d.door_id and q.created_at > ${scope.now}::timestamptz - ${RECENT} order by q.created_at desc limit 1) as command
    from doors.door d join doors.controller k on k.company_id = ${c} and k.controller_id = d.controller_id and k.retired_at is null join property.community m on m.company_id = ${c} and m.community_id = d.community_id left join property.building b on b.company_id = ${c} and b.building_id = d.building_id
      left join doors.controller_state s on s.company_id = ${c} and s.controller_id = d.controller_id left join doors.door_state t on t.company_id = ${c} and t.door_id = d.door_id
      cross join lateral (select count(*)::int as left_count, count(*) filter (where l.deny)::int as deny_left_count from doors.list_row l where l.company_id = ${c} and l.controller_id = d.controller_id and l.acked_version is distinct from l.version) l
    where d.company_id = ${c} and d.retired_at is null and ${doorsSeenBy(scope)} and ${community_id ? sql`d.community_id = ${community_id}` : sql`true`} order by m.name, array_position(array['gate', 'garage', 'unit', 'room'], d.kind), d.name limit ${DOORS_MAX}`.execute(scope.db)
  return rows
}
const board = answer(doors.board, async (scope, f) => ({ rows: await doorRows(scope, f.community_id), reached: await reached(scope, { where: doorsSeenBy(scope), ...(f.community_id ? { community_id: f.community_id } : {}) }), strays: await strayPorts(scope, f.community_id), can_open: mayDo(scope.who, 'doors.door.open') }))

const handleAlarm = answer(doors.handleAlarm, async (scope, o) => {
  const c = scope.company_id
  // The alarm is of a door, or of a controller: then of any of its doors that he sees.
  const { rows } = await sql<{ door_id: string; kind: string }>`select d.door_id, a.kind from iot.alarm a join doors.door d on d.company_id = ${c} and a.source in ('door:' || d.door_id, 'controller:' || d.controller_id) where a.company_id = ${c} and a.alarm_id = ${o.alarm_id} and ${doorsSeenBy(scope)} order by d.port_no limit 1`.execute(scope.db)
  const a = rows[0]
  if (!a) throw scope.notFound()
  const d = await doorToRead(scope, a.door_id)
  if (!(await disposeOf(scope, o.alarm_id, o.note))) throw scope.refuse('doors.alarm_handled')
  scope.note('door_alarm', o.alarm_id, { door: d.name, kind: a.kind, note: o.note })
  return { done: true as const }
})
export const boardAnswers = [board, handleAlarm]
