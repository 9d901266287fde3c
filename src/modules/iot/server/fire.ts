// Fire linkage (消防联动), built in: no rule, setting or right switches it off. The first signal alarms and tells those on duty; two independent signals, a manual
// call point (GB 50116-2013, 4.1.6), or a person confirm it, and then lifts are called home, air is stopped, doors are released, and the modules above are told.
// The hard-wired linkage of the panel stays the primary one; here it stands what was asked and what each device answered. Nothing is locked again by itself.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { staffAt } from '../../identity/server/index.ts'
import { notify } from '../../messages/server/index.ts'
import type { FireObject } from '../codecs/gb26875.ts'
import { giveCommands, type CommandIn } from './commands.ts'
import { clearAlarm, onDutyAt, raiseAlarm } from './raise.ts'
import { WHY } from './scene_runs.ts'

export interface Panel {
  device_id: string
  community_id: string
  building_id: string | null
  name: string
  place: string
  life: string
}
/** Which command of a device is what in a fire; a product that has one takes part. */
const ACTS = [['lifts', 'fire_home'], ['air', 'fire_stop'], ['doors', 'fire_release']] as const
const DEVICES_MAX = 300
/** A transmission device that keeps reports while the line is down sends them afterwards: older than this nothing is moved before somebody has looked. */
const OLD_MS = 10 * 60_000
/** A confirmed fire of which nothing more was heard for so long: what comes now is another. */
const QUIET_MS = 30 * 60_000
const sourceOf = (p: Panel): string => `device:${p.device_id}`

async function addAct(scope: Scope, fire_id: string, act: string, state: 'done' | 'sent' | 'none' | 'failed', detail: string): Promise<void> {
  await sql`insert into iot.fire_act (company_id, fire_id, act_no, act, state, detail, at) select ${scope.company_id}::bigint, ${fire_id}::uuid, coalesce(max(act_no), 0) + 1, ${act}, ${state}, ${detail}, ${scope.now}::timestamptz from iot.fire_act where company_id = ${scope.company_id} and fire_id = ${fire_id}`.execute(scope.db)
}
/** Those who handle alarms, those who are above them, and whoever stands duty in the fire control room now. */
async function tellFire(scope: Scope, p: Panel, fire_id: string, template: 'iot_fire' | 'iot_fire_confirmed', what: string): Promise<number> {
  const to = new Set([...await onDutyAt(scope, p.community_id), ...await staffAt(scope, 'iot.alarm.handle', p), ...await staffAt(scope, 'iot.alarm.escalated', p)])
  await notify(scope, [...to].map((account_id) => ({ to: { account_id }, template, params: { what, place: p.place }, link: `/iot/fires/${fire_id}`, urgent: true, dedupe_key: `${template} ${fire_id} ${account_id}` })))
  return to.size
}
/** The open fire that the report belongs to, or a new one. A live report belongs to none that waits for a person because it is old, and to none that was confirmed and has been quiet since: what nobody
 * has ended (the test of last month, yesterday's reports sent afterwards) would keep the next fire from being told and acted on. */
async function openFire(scope: Scope, p: Panel, o: FireObject): Promise<{ fire_id: string; fresh: boolean; others: boolean }> {
  const c = scope.company_id
  const said_ms = o.at_text ? Date.parse(`${o.at_text.replace(' ', 'T')}+08:00`) : Number.NaN
  const old = Number.isFinite(said_ms) && Math.abs(Date.parse(scope.now) - said_ms) > OLD_MS
  const held_why = p.life !== 'active' ? '传输装置在检修中' : old ? `装置报的时间是 ${o.at_text},可能是补传或时钟不准` : null
  await sql`select pg_advisory_xact_lock(hashtextextended(${`iot.fire:${c}:${p.device_id}`}, 0))`.execute(scope.db)
  const { rows } = await sql<{ fire_id: string; held: boolean; over: boolean }>`select f.fire_id, f.held_why is not null as held, f.confirmed_at is not null and greatest(f.confirmed_at, (select max(x.heard_at) from iot.fire_part x where x.company_id = ${c} and x.fire_id = f.fire_id)) < ${scope.now}::timestamptz - make_interval(secs => ${QUIET_MS / 1000}) as over
    from iot.fire f where f.company_id = ${c} and f.device_id = ${p.device_id} and f.ended_at is null order by f.begun_at desc for update`.execute(scope.db)
  const open = rows.find((f) => f.held === (held_why !== null) && !f.over)
  if (open) return { fire_id: open.fire_id, fresh: false, others: false }
  const fire_id = uuidv7()
  await scope.db.insertInto('iot.fire').values({ company_id: c, fire_id, community_id: p.community_id, building_id: p.building_id, device_id: p.device_id, begun_at: scope.now, held_why }).execute()
  return { fire_id, fresh: true, others: rows.length > 0 }
}
/** One report of a part, before it is acknowledged. The same report sent again changes nothing. */
export async function fireReported(scope: Scope, p: Panel, o: FireObject, event_key: string): Promise<void> {
  const c = scope.company_id
  const about = { community_id: p.community_id, building_id: p.building_id, device_id: p.device_id, source: sourceOf(p), rule_id: null, place: p.place }
  if (o.says.includes('fault') || o.says.includes('power') || o.says.includes('shield')) {
    const level = o.says.includes('fault') || o.says.includes('power') ? 'major' as const : 'minor' as const
    await raiseAlarm(scope, { ...about, kind: `fire_fault:${o.key}`.slice(0, 100), title: `消防${o.says.includes('shield') ? '屏蔽' : '故障'}:${o.text}`, level, facts: { points: o.text } })
  }
  if (o.says.includes('normal')) await clearAlarm(scope, sourceOf(p), `fire_fault:${o.key}`.slice(0, 100))
  if (!o.says.includes('fire')) return
  const before = await sql`select 1 from iot.fire_part where company_id = ${c} and device_id = ${p.device_id} and event_key = ${event_key}`.execute(scope.db)
  if (before.rows.length > 0) return
  const { fire_id, fresh, others } = await openFire(scope, p, o)
  await sql`insert into iot.fire_part (company_id, fire_id, part_key, event_key, device_id, part_text, manual, said_at, heard_at) values (${c}, ${fire_id}, ${o.key}, ${event_key}, ${p.device_id}, ${o.text}, ${o.manual}, ${o.at_text}, ${scope.now}) on conflict do nothing`.execute(scope.db)
  await raiseAlarm(scope, { ...about, kind: 'fire', title: `火警:${o.text}`, level: 'critical', facts: { points: o.text }, anew: fresh && others })
  if (fresh) {
    const told = await tellFire(scope, p, fire_id, 'iot_fire', o.text)
    await addAct(scope, fire_id, 'tell', told > 0 ? 'done' : 'failed', told > 0 ? `已通知 ${told} 人` : '没有可通知的人,请设置处置报警的岗位')
    scope.emit('iot.fire_reported', fire_id, { fire_id, community_id: p.community_id, building_id: p.building_id, device_id: p.device_id, part: o.text, at: scope.now })
  }
  const now = (await sql<{ n: number; manual: boolean; confirmed: boolean; held: boolean }>`select count(*)::int as n, bool_or(x.manual) as manual, bool_or(f.confirmed_at is not null) as confirmed, bool_or(f.held_why is not null) as held from iot.fire f join iot.fire_part x on x.company_id = ${c} and x.fire_id = f.fire_id where f.company_id = ${c} and f.fire_id = ${fire_id}`.execute(scope.db)).rows[0]!
  if (now.confirmed || now.held || (!now.manual && now.n < 2)) return
  await confirmed(scope, p, fire_id, now.manual ? `手动报警:${o.text}` : `${now.n} 个独立的报警信号`)
}
/** It is a fire: everything that is built in, in its order. */
export async function confirmed(scope: Scope, p: Panel, fire_id: string, why: string): Promise<void> {
  const c = scope.company_id
  const by_person = scope.who.kind === 'staff'
  await sql`update iot.fire set confirmed_at = ${scope.now}, confirmed_why = ${why}, confirmed_by = ${scope.who.account_id}::uuid, confirmed_by_name = ${by_person ? scope.who.name : '系统'} where company_id = ${c} and fire_id = ${fire_id}`.execute(scope.db)
  const told = await tellFire(scope, p, fire_id, 'iot_fire_confirmed', why)
  await addAct(scope, fire_id, 'tell', told > 0 ? 'done' : 'failed', `火警已确认(${why}),已通知 ${told} 人`)
  for (const [act, command] of ACTS) await linked(scope, p, fire_id, act, command)
  // Modules above (doors, cameras, emergencies) do their part and write it here by `reportFireAct`.
  scope.emit('iot.fire_confirmed', fire_id, { fire_id, community_id: p.community_id, building_id: p.building_id, device_id: p.device_id, why, at: scope.now })
  scope.note('fire', fire_id, { place: p.place, why })
}
async function linked(scope: Scope, p: Panel, fire_id: string, act: string, command: string): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql<{ device_id: string }>`select d.device_id from iot.device d join iot.product r on r.company_id = ${c} and r.product_id = d.product_id and r.model->'commands' @> ${JSON.stringify([{ key: command }])}::jsonb
    where d.company_id = ${c} and d.community_id = ${p.community_id} and d.life <> 'retired' ${p.building_id ? sql`and (d.building_id is null or d.building_id = ${p.building_id})` : sql``} order by d.name, d.device_id limit ${DEVICES_MAX}`.execute(scope.db)
  if (rows.length === 0) return addAct(scope, fire_id, act, 'none', '没有可控制的设备;以消防主机的硬线联动为准')
  const given = await giveCommands(scope, rows.map((r): CommandIn => ({ device_id: r.device_id, command, arg: null, reason_code: 'safety', reason: '消防联动', source: 'fire', rule_id: null })))
  const items = given.map((g) => ({ device_id: g.device_id, command_id: g.command_id, why: g.refused ? (WHY[g.refused.code] ?? g.refused.code) : null }))
  await sql`insert into iot.fire_item (company_id, fire_id, act, device_id, command_id, why) select ${c}::bigint, ${fire_id}::uuid, ${act}, x.device_id, x.command_id, x.why from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as x(device_id uuid, command_id uuid, why text) on conflict do nothing`.execute(scope.db)
  const sent = items.filter((i) => i.command_id !== null).length
  await addAct(scope, fire_id, act, sent > 0 ? 'sent' : 'failed', `发出 ${sent} 台${sent < items.length ? `,未发出 ${items.length - sent} 台` : ''}`)
}
/** For modules above: what they did when they heard of `iot.fire_confirmed`. */
export async function reportFireAct(scope: Scope, fire_id: string, act: string, ok: boolean, detail: string): Promise<void> {
  await addAct(scope, fire_id, act, ok ? 'done' : 'failed', detail.slice(0, 300))
}
