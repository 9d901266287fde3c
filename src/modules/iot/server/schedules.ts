// Scenes by the clock: each instant once, and one that was missed (nothing ran then) stays missed — lamps are not lit at noon because the power came back.
import { sql } from 'kysely'
import { answer, type Work } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communityToChange } from '../../property/server/index.ts'
import { workingHours, works } from '../../orders/server/index.ts'
import { iot, type ScheduleRow } from '../contract.ts'
import { daysText } from '../shown.ts'
import { lookBack, nextSlot, unseen, type Slots } from './rules/slots.ts'
import { sceneOf, startRun } from './scene_runs.ts'

const PER_SCENE = 20
const MAX = 2000
interface Raw extends Slots {
  schedule_id: string
  scene_id: string
  changed_at: string
  stopped: boolean
}
export async function schedulesOf(scope: Scope, scene_id: string): Promise<ScheduleRow[]> {
  const c = scope.company_id
  const [{ rows }, hours] = await Promise.all([
    sql<Raw & { last_at: string | null; missed_count: number }>`select s.schedule_id, s.scene_id, s.from_on, s.to_on, s.days, s.weekdays, s.times, s.changed_at, s.stopped_at is not null as stopped, (select max(r.slot_at) from iot.scene_run r where r.company_id = ${c} and r.schedule_id = s.schedule_id and not r.missed) as last_at,
      (select count(*)::int from iot.scene_run r where r.company_id = ${c} and r.schedule_id = s.schedule_id and r.missed and r.slot_at > ${scope.now}::timestamptz - interval '7 days') as missed_count from iot.schedule s where s.company_id = ${c} and s.scene_id = ${scene_id} order by (s.stopped_at is not null), s.from_on, s.schedule_id limit ${PER_SCENE}`.execute(scope.db),
    workingHours(scope, scope.today),
  ])
  return rows.map(({ scene_id: _, changed_at: _c, weekdays, times, ...s }) => {
    const r = { ...s, weekdays: [...weekdays], times: [...times] }
    const next = r.stopped ? null : nextSlot(r, Date.parse(scope.now), (day) => works(hours, day))
    return { ...r, days_text: daysText(r), next_at: next === null ? null : new Date(next).toISOString() }
  })
}
export interface Due {
  schedule_id: string
  scene_id: string
  slot_at: string
  missed: boolean
}
/** What was due within the last day since the schedule was made or changed, and has not been seen to. */
export async function dueNow(scope: Scope): Promise<Due[]> {
  const c = scope.company_id
  const now = Date.parse(scope.now)
  const since = lookBack(now)
  const { rows } = await sql<Raw & { seen: string[] }>`select s.schedule_id, s.scene_id, s.from_on, s.to_on, s.days, s.weekdays, s.times, s.changed_at, false as stopped, coalesce((select jsonb_agg(r.slot_at) from iot.scene_run r where r.company_id = ${c} and r.schedule_id = s.schedule_id and r.slot_at >= ${since}::timestamptz), '[]') as seen
    from iot.schedule s join iot.scene x on x.company_id = ${c} and x.scene_id = s.scene_id and x.stopped_at is null where s.company_id = ${c} and s.stopped_at is null and s.from_on <= ${scope.today}::date and (s.to_on is null or s.to_on >= ${scope.today}::date - 1) order by s.schedule_id limit ${MAX}`.execute(scope.db)
  if (rows.length === 0) return []
  const hours = await workingHours(scope, since.slice(0, 10))
  return rows.flatMap((s) => unseen(s, now, (day) => works(hours, day)).map((x) => ({ schedule_id: s.schedule_id, scene_id: s.scene_id, ...x })))
}
export async function runSlot(scope: Scope, d: Due): Promise<void> {
  await startRun(scope, await sceneOf(scope, d.scene_id), { source: 'schedule', reason: `定时 ${minuteText(d.slot_at)}`, schedule_id: d.schedule_id, slot_at: d.slot_at, missed: d.missed })
}
/** One transaction each: a scene that cannot be run does not hold up the others, and is tried again until it is late. */
export async function runDue(w: Work): Promise<void> {
  for (const d of await w.tx(dueNow)) await w.tx((scope) => runSlot(scope, d))
}
export const scheduleAnswers = [
  answer(iot.saveSchedule, async (scope, o) => {
    const c = scope.company_id
    const scene = await sceneOf(scope, o.scene_id, true)
    await communityToChange(scope, scene.community_id)
    if (o.days === 'week' && o.weekdays.length === 0) throw scope.refuse('iot.schedule_wrong', { why: '按星期要至少选一天' })
    if (o.to_on !== null && o.to_on < o.from_on) throw scope.refuse('iot.schedule_wrong', { why: '止日早于起日' })
    const before = o.schedule_id ? (await sql`select 1 from iot.schedule where company_id = ${c} and schedule_id = ${o.schedule_id} and scene_id = ${o.scene_id} for update`.execute(scope.db)).rows[0] : undefined
    if (o.schedule_id && !before) throw scope.notFound()
    if (!before && o.from_on < scope.today) throw scope.refuse('iot.plan_past', { day: scope.today })
    const n = (await sql<{ n: number }>`select count(*)::int as n from iot.schedule where company_id = ${c} and scene_id = ${o.scene_id}`.execute(scope.db)).rows[0]!.n
    if (!before && n >= PER_SCENE) throw scope.refuse('iot.schedule_many', { max: PER_SCENE })
    const schedule_id = o.schedule_id ?? uuidv7()
    const values = { from_on: o.from_on, to_on: o.to_on, days: o.days, weekdays: o.days === 'week' ? [...new Set(o.weekdays)] : [], times: [...new Set(o.times)].sort(), changed_by: scope.who.account_id, changed_at: scope.now }
    if (before) await scope.db.updateTable('iot.schedule').set(values).where('company_id', '=', c).where('schedule_id', '=', schedule_id).execute()
    else await scope.db.insertInto('iot.schedule').values({ company_id: c, schedule_id, scene_id: o.scene_id, ...values }).execute()
    scope.note('scene', o.scene_id, { name: scene.name, schedule: values })
    return { schedule_id }
  }),
  answer(iot.stopSchedule, async (scope, o) => {
    const c = scope.company_id
    const at = (await sql<{ scene_id: string }>`select scene_id from iot.schedule where company_id = ${c} and schedule_id = ${o.schedule_id} for update`.execute(scope.db)).rows[0]
    if (!at) throw scope.notFound()
    const scene = await sceneOf(scope, at.scene_id)
    await communityToChange(scope, scene.community_id)
    // Taken up again it counts from now: what lay between is not caught up.
    await scope.db.updateTable('iot.schedule').set({ stopped_at: o.stopped ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }).where('company_id', '=', c).where('schedule_id', '=', o.schedule_id).execute()
    scope.note('scene', at.scene_id, { name: scene.name, schedule_stopped: o.stopped })
    return { schedule_id: o.schedule_id }
  }),
]
