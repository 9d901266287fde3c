// 我的值班: the shifts of the person that run now or about now, with everything the phone keeps for hours without network.
import { sql, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import { duty, type Handover, type MyShift, type Shift } from '../contract.ts'
import { hourOf } from '../hour.ts'
import { SHIFTS, type RoomKey } from './access.ts'
import { ruleOn, rulesOf, type Rules } from './config.ts'
import { EARLY_MINUTES } from './handover.ts'
import { handoversOf } from './list.ts'
import { opensOf } from './opens.ts'
import { entriesOf, type Placed } from './roster.ts'
import { nextOf, previousOf, type At } from './rules/roster.ts'

const MINUTE = 60_000
const SHIFTS_MAX = 6
const AHEAD_MAX = 20
type Room = RoomKey & { community_name: string; place: string }
interface LogRow { room_id: string; task_id: string; on_day: string; name: string; starts_at: string; due_at: string; miss_at: string; state: string; round_no: number; done_at: string | null; by_name: string | null }

async function rooms(scope: Scope, ids: readonly string[]): Promise<Map<string, Room>> {
  const c = scope.company_id
  const { rows } = await sql<Room>`select r.room_id, r.community_id, r.building_id, r.name, r.kind, r.crew_id, r.inventory, r.place, k.name as community_name, ${SHIFTS(c, 'r')} as shifts from duty.room r join property.community k on k.company_id = ${c} and k.community_id = r.community_id where r.company_id = ${c} and r.room_id = any(${[...ids]}::uuid[]) and r.retired_at is null and ${housesSeenBy(scope, { alias: 'r' })}`.execute(scope.db)
  return new Map(rows.map((r) => [r.room_id, r]))
}
async function logs(scope: Scope, room_ids: readonly string[]): Promise<LogRow[]> {
  const c = scope.company_id
  const { rows } = await sql<LogRow>`select l.room_id, t.task_id, t.on_day, p.name, t.starts_at, t.due_at, t.miss_at, t.state, t.round_no, r.done_at, r.by_name from duty.log l join rounds.plan p on p.company_id = ${c} and p.plan_id = l.plan_id and p.state = 'active' join rounds.task t on t.company_id = ${c} and t.plan_id = l.plan_id and t.on_day between ${scope.today}::date - 3 and ${scope.today}::date + 2
      left join rounds.record r on r.company_id = ${c} and r.on_day = t.on_day and r.task_id = t.task_id and r.round_no = t.round_no and r.stop_no = 1
    where l.company_id = ${c} and l.room_id = any(${[...room_ids]}::uuid[]) and t.starts_at < ${scope.now}::timestamptz + interval '26 hours' and t.miss_at > ${scope.now}::timestamptz - interval '26 hours' order by t.starts_at, p.name limit 600`.execute(scope.db)
  return rows
}

interface Around { rules: Rules; entries: Placed[]; past: Handover[] }
function canBegin(scope: Scope, room: Room, s: Shift, e: Placed, x: Around & { before: At | undefined; taken: boolean; open: boolean }): true | string {
  if (x.taken) return 'duty.handed'
  if (x.open) return 'duty.offered_already'
  const now = Date.parse(scope.now)
  if (now < Date.parse(e.starts_at) - EARLY_MINUTES * MINUTE) return 'duty.too_early'
  if (e.ends_at <= scope.now) return 'duty.not_on'
  const manned = x.before && x.entries.some((y) => y.room_id === room.room_id && y.on_day === x.before!.on_day && y.shift_id === x.before!.shift_id)
  return manned && now <= Date.parse(e.starts_at) + ruleOn(x.rules, room, e.on_day).handover_minutes * MINUTE ? 'duty.before_there' : true
}
function shiftOf(scope: Scope, room: Room, s: Shift, e: Placed, x: Around & { logs: LogRow[]; opens: Awaited<ReturnType<typeof opensOf>> }): MyShift {
  const next = nextOf(e.on_day, s, room.shifts)
  const at = (a: { on_day: string; shift_id: string } | undefined) => (a ? x.entries.filter((y) => y.room_id === room.room_id && y.on_day === a.on_day && y.shift_id === a.shift_id) : [])
  const here = x.past.filter((h) => h.room_id === room.room_id)
  const taken = here.find((h) => h.state === 'taken' && h.to_day === e.on_day && h.to_shift_name === s.name)
  const open = here.find((h) => h.state === 'offered')
  const handed = next && here.find((h) => h.state === 'taken' && h.to_day === next.on_day && h.to_shift_name === next.name)
  const early = Date.parse(scope.now) < Date.parse(e.ends_at) - EARLY_MINUTES * MINUTE
  return {
    room_id: room.room_id, room_name: room.name, community_name: room.community_name, place: room.place, kind: room.kind, on_day: e.on_day, shift_id: s.shift_id, shift_name: s.name, starts_at: e.starts_at, ends_at: e.ends_at, with_names: at(e).filter((y) => y.account_id !== scope.who.account_id).map((y) => y.name),
    next_day: next?.on_day ?? null, next_name: next?.name ?? null, next_names: at(next).map((y) => y.name), inventory: room.inventory, opens: x.opens.filter((y) => y.room_id === room.room_id).map(({ room_id: _r, ...y }) => y),
    taken_at: taken?.in_at ?? null, offered: open && open.on_day === e.on_day && open.shift_name === s.name ? open : null, handed_at: handed?.in_at ?? null,
    can: { begin: canBegin(scope, room, s, e, { ...x, before: previousOf(e.on_day, s, room.shifts), taken: taken !== undefined, open: open !== undefined }), offer: !taken ? 'duty.not_taken' : handed ? 'duty.handed' : open ? 'duty.offered_already' : early ? 'duty.too_early' : at(next).length === 0 ? 'duty.no_successor' : at(next).every((y) => y.account_id === scope.who.account_id) ? 'duty.only_yourself' : true },
    logs: x.logs.filter((l) => l.room_id === room.room_id && ((l.starts_at < e.ends_at && l.due_at > e.starts_at) || hourOf(l, scope.now) === 'owing')).map((l) => ({ task_id: l.task_id, on_day: l.on_day, name: l.name, starts_at: l.starts_at, due_at: l.due_at, miss_at: l.miss_at, hour: hourOf(l, scope.now), by_name: l.by_name })),
  }
}
export const myDuty = answer(duty.myDuty, async (scope) => {
  const c = scope.company_id
  const me = scope.who.account_id
  const { rows: own } = await sql<Placed>`select e.room_id, e.on_day, e.shift_id, e.account_id, '' as name, e.starts_at, e.ends_at from duty.roster e where e.company_id = ${c} and e.account_id = ${me}::uuid and e.starts_at < ${scope.now}::timestamptz + interval '15 days' and e.ends_at > ${scope.now}::timestamptz - interval '4 hours' order by e.starts_at limit ${AHEAD_MAX}`.execute(scope.db)
  const list = await rooms(scope, own.map((e) => e.room_id))
  const seen = own.filter((e) => list.get(e.room_id)?.shifts.some((s) => s.shift_id === e.shift_id))
  const soon = seen.filter((e) => Date.parse(e.starts_at) < Date.parse(scope.now) + 2 * EARLY_MINUTES * MINUTE).slice(0, SHIFTS_MAX)
  const ids = [...new Set(soon.map((e) => e.room_id))]
  const where = sql<SqlBool>`h.room_id = any(${ids}::uuid[]) and (h.state = 'offered' or h.state = 'taken' and h.to_day >= ${scope.today}::date - 2)`
  const [rules, entries, past, rows, opens, to_take] = await Promise.all([
    rulesOf(scope), entriesOf(scope, ids, addDays(scope.today, -3), addDays(scope.today, 3)), ids.length ? handoversOf(scope, where, 200) : [], ids.length ? logs(scope, ids) : [], ids.length ? opensOf(scope, ids) : [],
    handoversOf(scope, sql<SqlBool>`h.state = 'offered' and h.out_account is distinct from ${me}::uuid and ${housesSeenBy(scope, { alias: 'r' })} and exists (select from duty.roster y where y.company_id = ${c} and y.room_id = h.room_id and y.on_day = h.to_day and y.shift_id = h.to_shift_id and y.account_id = ${me}::uuid)`, 10),
  ])
  return {
    now: scope.now, to_take,
    shifts: soon.map((e) => { const room = list.get(e.room_id)!; return shiftOf(scope, room, room.shifts.find((s) => s.shift_id === e.shift_id)!, e, { rules, entries, past, logs: rows, opens }) }),
    ahead: seen.filter((e) => !soon.includes(e)).map((e) => ({ room_name: list.get(e.room_id)!.name, shift_name: list.get(e.room_id)!.shifts.find((s) => s.shift_id === e.shift_id)!.name, starts_at: e.starts_at, ends_at: e.ends_at })),
  }
})
