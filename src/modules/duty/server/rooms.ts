// Rooms with their shifts and what the law wants of them; their hourly logs are plans of rounds.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeCertKinds } from '../../equipment/server/index.ts'
import { communityToChange, buildingToRead, housesSeenBy } from '../../property/server/index.ts'
import { crewOf, ruleText, startLog, stopLog } from '../../rounds/server/index.ts'
import { duty, type Room, type Shift } from '../contract.ts'
import { SHIFTS, reaches, roomToChange } from './access.ts'
import { ruleOn, rulesOf } from './config.ts'
import { lengthOf } from './rules/roster.ts'

const ROOMS_MAX = 500
type Raw = Omit<Room, 'rule' | 'can' | 'logs'> & { logs: (Omit<Room['logs'][number], 'rule_zh'> & { rule: Parameters<typeof ruleText>[0] })[] }
export async function roomsOf(scope: Scope, f: { community_id?: string | undefined; retired?: boolean | undefined }): Promise<Room[]> {
  const c = scope.company_id
  const [{ rows }, rules] = await Promise.all([
    sql<Raw>`select r.room_id, r.community_id, k.name as community_name, r.building_id, b.name as building_name, r.name, r.kind, r.place, r.inventory, r.pattern, r.retired_at is not null as retired, ${SHIFTS(c, 'r')} as shifts,
        coalesce((select jsonb_agg(jsonb_build_object('plan_id', p.plan_id, 'name', p.name, 'rule', p.rule, 'checklist_id', p.checklist_id, 'checklist_name', x.name, 'state', p.state) order by p.state, p.name) from duty.log l join rounds.plan p on p.company_id = ${c} and p.plan_id = l.plan_id left join rounds.checklist x on x.company_id = ${c} and x.checklist_id = p.checklist_id where l.company_id = ${c} and l.room_id = r.room_id), '[]') as logs
      from duty.room r join property.community k on k.company_id = ${c} and k.community_id = r.community_id left join property.building b on b.company_id = ${c} and b.building_id = r.building_id
      where r.company_id = ${c} and ${housesSeenBy(scope, { alias: 'r' })} ${f.community_id ? sql`and r.community_id = ${f.community_id}` : sql``} ${f.retired ? sql`` : sql`and r.retired_at is null`} order by k.name, r.kind, r.name limit ${ROOMS_MAX}`.execute(scope.db),
    rulesOf(scope),
  ])
  return rows.map((r) => ({ ...r, logs: r.logs.map(({ rule, ...l }) => ({ ...l, rule_zh: ruleText(rule) })), rule: ruleOn(rules, r, scope.today), can: { write: reaches(scope, 'duty.room.write', r), roster: reaches(scope, 'duty.roster.write', r) } }))
}

/** A changed or dropped shift may have nobody on its roster from now on. */
async function checkRostered(scope: Scope, room_id: string, before: readonly Shift[], kept: readonly { shift_id?: string | undefined; from_time: string; to_time: string }[]): Promise<void> {
  const moved = before.filter((s) => !kept.some((k) => k.shift_id === s.shift_id && k.from_time === s.from_time && k.to_time === s.to_time))
  if (moved.length === 0) return
  const { rows } = await sql<{ shift_id: string; on_day: string }>`select shift_id, min(on_day) as on_day from duty.roster where company_id = ${scope.company_id} and room_id = ${room_id} and shift_id = any(${moved.map((s) => s.shift_id)}::uuid[]) and ends_at > ${scope.now}::timestamptz group by 1 order by 2 limit 1`.execute(scope.db)
  if (rows[0]) throw scope.refuse('duty.shift_rostered', { name: moved.find((s) => s.shift_id === rows[0]!.shift_id)!.name, on_day: rows[0].on_day })
}

export const roomAnswers = [
  answer(duty.rooms, async (scope, f) => ({ rows: await roomsOf(scope, f) })),
  answer(duty.saveRoom, async (scope, o) => {
    const c = scope.company_id
    await communityToChange(scope, o.community_id)
    const before = o.room_id ? await roomToChange(scope, o.room_id) : null
    if (before && before.community_id !== o.community_id) throw scope.notFound()
    if (o.building_id && (await buildingToRead(scope, o.building_id)).community_id !== o.community_id) throw scope.notFound()
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from duty.room where company_id = ${c} and community_id = ${o.community_id} and name = ${o.name} and room_id is distinct from ${o.room_id ?? null}::uuid`.execute(scope.db)
    if (rows[0]!.n > 0) throw scope.refuse('duty.name_taken', { name: o.name })
    const room_id = o.room_id ?? uuidv7()
    const crew_id = await crewOf(scope, { ...(before ? { crew_id: before.crew_id } : {}), community_id: o.community_id, name: `值班·${o.name}`.slice(0, 30) })
    const values = { building_id: o.building_id, name: o.name, kind: o.kind, place: o.place, inventory: JSON.stringify(o.inventory), retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id!, changed_at: scope.now }
    await scope.db.insertInto('duty.room').values({ company_id: c, room_id, community_id: o.community_id, crew_id, pattern: null, ...values }).onConflict((x) => x.columns(['company_id', 'room_id']).doUpdateSet(values)).execute()
    scope.note('duty_room', room_id, { name: o.name, kind: o.kind, retired: o.retired })
    return { room_id }
  }),
  answer(duty.saveShifts, async (scope, o) => {
    const room = await roomToChange(scope, o.room_id)
    const c = scope.company_id
    const rule = ruleOn(await rulesOf(scope), room, scope.today)
    for (const [i, s] of o.shifts.entries()) {
      if (o.shifts.findIndex((x) => x.name === s.name) !== i) throw scope.refuse('duty.shift_twice', { name: s.name })
      const hours = lengthOf(s) / 60
      if (hours > rule.max_hours) throw scope.refuse('duty.shift_long', { name: s.name, hours, max: rule.max_hours, source: rule.source })
      if (s.shift_id && !room.shifts.some((x) => x.shift_id === s.shift_id)) throw scope.notFound()
    }
    await checkRostered(scope, room.room_id, room.shifts, o.shifts)
    const list = o.shifts.map((s) => ({ ...s, shift_id: s.shift_id ?? uuidv7() }))
    await sql`with list as materialized (select * from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as x(shift_id uuid, name text, from_time text, to_time text)),
        gone as (update duty.shift s set retired_at = ${scope.now}, changed_by = ${scope.who.account_id}::uuid, changed_at = ${scope.now} where s.company_id = ${c} and s.room_id = ${room.room_id} and s.retired_at is null and not exists (select from list where list.shift_id = s.shift_id))
      insert into duty.shift (company_id, room_id, shift_id, name, from_time, to_time, retired_at, changed_by, changed_at) select ${c}, ${room.room_id}, shift_id, name, from_time, to_time, null, ${scope.who.account_id}::uuid, ${scope.now} from list
      on conflict (company_id, room_id, shift_id) do update set name = excluded.name, from_time = excluded.from_time, to_time = excluded.to_time, changed_by = excluded.changed_by, changed_at = excluded.changed_at`.execute(scope.db)
    scope.note('duty_room', room.room_id, { name: room.name, shifts: list.map((s) => `${s.name} ${s.from_time}-${s.to_time}`).join('、') })
    return { room_id: room.room_id }
  }),
  answer(duty.rules, async (scope) => {
    const { all } = await rulesOf(scope)
    return { rows: all.toSorted((a, b) => a.kind.localeCompare(b.kind) || b.from_on.localeCompare(a.from_on)) }
  }),
  answer(duty.publishRule, async (scope, o) => {
    // For a kind it holds in all communities of the company; for one room whoever runs it.
    if (o.room_id) {
      const room = await roomToChange(scope, o.room_id)
      if (room.kind !== o.kind) throw scope.notFound()
    } else if (!scope.reach().all) throw scope.notFound()
    if (o.from_on < scope.today) throw scope.refuse('duty.from_past', { today: scope.today })
    if (o.min_certified > o.min_persons) throw scope.refuse('duty.rule_certified')
    const { kinds } = await rulesOf(scope)
    if (o.min_certified > 0 && !kinds.some((k) => k.kind_id === o.cert_kind_id)) throw scope.refuse('duty.rule_cert')
    await writeCertKinds(scope)
    const rule_id = uuidv7()
    await scope.db.insertInto('duty.rule').values({ company_id: scope.company_id, rule_id, kind: o.kind, room_id: o.room_id, from_on: o.from_on, min_persons: o.min_persons, min_certified: o.min_certified, cert_kind_id: o.min_certified > 0 ? o.cert_kind_id : null, max_hours: o.max_hours, handover_minutes: o.handover_minutes, source: o.source, created_by: scope.who.account_id!, created_at: scope.now }).execute()
    scope.note('duty_rule', rule_id, { kind: o.kind, from_on: o.from_on, min_persons: o.min_persons, min_certified: o.min_certified, source: o.source })
    return { rule_id }
  }),
  answer(duty.saveLog, async (scope, o) => {
    const room = await roomToChange(scope, o.room_id)
    if (o.from_on < scope.today) throw scope.refuse('duty.from_past', { today: scope.today })
    const made = await startLog(scope, { community_id: room.community_id, crew_id: room.crew_id, name: o.name, checklist_id: o.checklist_id, every_minutes: o.every_minutes, from: o.from, to: o.to, grace_minutes: o.catch_up_minutes, from_on: o.from_on })
    await scope.db.insertInto('duty.log').values({ company_id: scope.company_id, room_id: room.room_id, plan_id: made.plan_id, made_by: scope.who.account_id!, made_at: scope.now }).execute()
    scope.note('duty_room', room.room_id, { name: room.name, log: o.name, every_minutes: o.every_minutes })
    return made
  }),
  answer(duty.stopLog, async (scope, o) => {
    const room = await roomToChange(scope, o.room_id)
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from duty.log where company_id = ${scope.company_id} and room_id = ${room.room_id} and plan_id = ${o.plan_id}`.execute(scope.db)
    if (rows[0]!.n === 0) throw scope.notFound()
    const task_count = await stopLog(scope, o.plan_id)
    scope.note('duty_room', room.room_id, { name: room.name, log_stopped: o.plan_id, reason: o.reason })
    return { task_count }
  }),
]
