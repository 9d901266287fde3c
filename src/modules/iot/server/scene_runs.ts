// A scene carried out: each device's command is judged and given for itself, and what was not given says why. What came of it is read from the commands.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communitiesSeenBy } from '../../property/server/index.ts'
import { iot, type RunItem, type RunRow, type SceneStep } from '../contract.ts'
import { words } from '../words.ts'
import { giveCommands, type CommandIn } from './commands.ts'

/** Of one scene; a community with more lamps has several circuits behind one controller. */
export const DEVICES_MAX = 300
export interface SceneKey {
  scene_id: string
  community_id: string
  name: string
  body: SceneStep[]
  version_no: number
  stopped: boolean
}
export interface RunAsk {
  source: 'hand' | 'schedule' | 'rule'
  reason: string | null
  schedule_id?: string | null
  slot_at?: string | null
  missed?: boolean
  rule_id?: string | null
}
export async function sceneOf(scope: Scope, scene_id: string, lock = false): Promise<SceneKey> {
  const { rows } = await sql<SceneKey>`select x.scene_id, x.community_id, x.name, x.body, x.version_no, x.stopped_at is not null as stopped from iot.scene x where x.company_id = ${scope.company_id} and x.scene_id = ${scene_id} and ${communitiesSeenBy(scope, { alias: 'x' })} ${lock ? sql`for update of x` : sql``}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
interface Planned {
  step_no: number
  device_id: string
  command: string
  arg: number | null
}
/** The devices of each step as they are now, retired ones left out. */
export async function plannedOf(scope: Scope, community_id: string, body: readonly SceneStep[]): Promise<Planned[]> {
  const { rows } = await sql<Planned & { arg: string | null }>`select b.ord::int as step_no, d.device_id, b.x->>'command' as command, (b.x->>'arg')::numeric::text as arg
    from jsonb_array_elements(${JSON.stringify(body)}::jsonb) with ordinality as b(x, ord) join iot.device d on d.company_id = ${scope.company_id} and d.product_id = (b.x->>'product_id')::uuid and d.community_id = ${community_id} and d.life <> 'retired'
      and (jsonb_array_length(b.x->'device_ids') = 0 or b.x->'device_ids' ? d.device_id::text) order by b.ord, d.name collate iot.natural, d.device_id limit ${DEVICES_MAX + 1}`.execute(scope.db)
  if (rows.length > DEVICES_MAX) throw scope.refuse('iot.scene_large', { max: DEVICES_MAX })
  return rows.map((r) => ({ ...r, arg: r.arg === null ? null : Number(r.arg) }))
}
/** In words, of a refusal that stands in the record instead of being answered. */
export const WHY: Record<string, string> = { 'iot.not_online': '设备不在线', 'iot.in_maintenance': '设备检修中', 'iot.command_gone': '产品没有这个命令', 'iot.arg_out': '参数超出范围', 'iot.no_right_for': '没有该命令的权限', 'iot.command_open': '同一命令还在执行', 'iot.reason_needed': '没有写明原因', 'iot.meter_reason': '表计通断只能由人按事由操作', 'kernel.not_found': '不在可管理的范围' }
/** The row first: its unique key decides that a slot is run once. Gives null when it was. */
export async function startRun(scope: Scope, scene: SceneKey, o: RunAsk): Promise<{ run_id: string; sent_count: number; not_sent_count: number } | null> {
  const c = scope.company_id
  const run_id = uuidv7()
  const made = await sql`insert into iot.scene_run (company_id, run_id, scene_id, version_no, source, schedule_id, slot_at, missed, rule_id, reason, asked_by, asked_by_name, at)
    values (${c}, ${run_id}, ${scene.scene_id}, ${scene.version_no}, ${o.source}, ${o.schedule_id ?? null}::uuid, ${o.slot_at ?? null}::timestamptz, ${o.missed ?? false}, ${o.rule_id ?? null}::uuid, ${o.reason}, ${scope.who.account_id}::uuid, ${scope.who.name}, ${scope.now}) on conflict (company_id, schedule_id, slot_at) do nothing returning run_id`.execute(scope.db)
  if (made.rows.length === 0) return null
  if (o.missed) return { run_id, sent_count: 0, not_sent_count: 0 }
  const planned = await plannedOf(scope, scene.community_id, scene.body)
  const reason = o.reason ? `场景「${scene.name}」:${o.reason}` : `场景「${scene.name}」`
  const given = await giveCommands(scope, planned.map((p): CommandIn => ({ device_id: p.device_id, command: p.command, arg: p.arg, reason_code: 'operation', reason, source: 'scene', rule_id: o.rule_id ?? null })))
  const items = given.map((g, i) => ({ item_no: i + 1, device_id: g.device_id, name: g.spec?.name ?? planned[i]!.command, arg: g.spec?.arg ? planned[i]!.arg : null, command_id: g.command_id, why: g.refused ? (WHY[g.refused.code] ?? words.refusals[g.refused.code] ?? g.refused.code) : null }))
  await sql`insert into iot.scene_item (company_id, run_id, item_no, device_id, name, arg, command_id, why) select ${c}::bigint, ${run_id}::uuid, x.item_no, x.device_id, x.name, x.arg, x.command_id, x.why from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as x(item_no int, device_id uuid, name text, arg numeric, command_id uuid, why text)`.execute(scope.db)
  const sent_count = given.filter((g) => g.command_id !== null).length
  scope.note('scene', scene.scene_id, { name: scene.name, source: o.source, sent: sent_count, not_sent: given.length - sent_count })
  return { run_id, sent_count, not_sent_count: given.length - sent_count }
}

const COUNTS = (c: number) => sql`select count(*)::int as total_count, count(*) filter (where m.state = 'confirmed')::int as confirmed_count, count(*) filter (where m.state = 'accepted')::int as accepted_count, count(*) filter (where m.state in ('queued','sent'))::int as waiting_count, count(*) filter (where m.state = 'unknown')::int as unknown_count, count(*) filter (where m.state in ('failed','expired'))::int as failed_count, count(*) filter (where i.command_id is null)::int as not_sent_count
  from iot.scene_item i left join iot.command m on m.company_id = ${c} and m.command_id = i.command_id where i.company_id = ${c} and i.run_id = r.run_id`
export async function runsOf(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset = 0): Promise<RunRow[]> {
  const c = scope.company_id
  return (await sql<RunRow>`select r.run_id, r.scene_id, x.name as scene_name, r.at, r.source, r.asked_by_name, r.reason, r.missed, n.* from (select * from iot.scene_run r where r.company_id = ${c} and ${where} order by r.at desc, r.run_id limit ${limit} offset ${offset}) r
    join iot.scene x on x.company_id = ${c} and x.scene_id = r.scene_id cross join lateral (${COUNTS(c)}) n order by r.at desc, r.run_id`.execute(scope.db)).rows
}
export const sceneRunAnswers = [
  answer(iot.runScene, async (scope, o) => {
    const scene = await sceneOf(scope, o.scene_id)
    if (scene.stopped) throw scope.refuse('iot.scene_stopped', { name: scene.name })
    if (!o.reason && (await needReason(scope, scene.body)).length > 0) throw scope.refuse('iot.reason_needed', { command: scene.name })
    const done = (await startRun(scope, scene, { source: 'hand', reason: o.reason || null }))!
    if (done.sent_count + done.not_sent_count === 0) throw scope.refuse('iot.scene_empty', { name: scene.name })
    return done
  }),
  answer(iot.sceneRuns, async (scope, o) => {
    const scene = await sceneOf(scope, o.scene_id)
    const [rows, n] = await Promise.all([runsOf(scope, sql<SqlBool>`r.scene_id = ${scene.scene_id}`, o.page_size, (o.page - 1) * o.page_size), sql<{ n: number }>`select count(*)::int as n from iot.scene_run where company_id = ${scope.company_id} and scene_id = ${scene.scene_id}`.execute(scope.db)])
    return { rows, total: n.rows[0]!.n }
  }),
  answer(iot.sceneRun, async (scope, o) => {
    const c = scope.company_id
    const run = (await runsOf(scope, sql<SqlBool>`r.run_id = ${o.run_id}`, 1))[0]
    if (!run) throw scope.notFound()
    await sceneOf(scope, run.scene_id)
    const { rows } = await sql<RunItem>`select i.item_no, i.device_id, d.name as device_name, d.place, i.name, trim_scale(i.arg)::text as arg, coalesce(m.state, 'not_sent') as state, coalesce(m.why, i.why) as why, m.answer, trim_scale(m.seen_v)::text as seen_v, m.state_at
      from iot.scene_item i join iot.device d on d.company_id = ${c} and d.device_id = i.device_id left join iot.command m on m.company_id = ${c} and m.command_id = i.command_id where i.company_id = ${c} and i.run_id = ${o.run_id} order by i.item_no limit ${DEVICES_MAX}`.execute(scope.db)
    return { ...run, items: rows }
  }),
]
/** Names of the commands in it that let people pass: they want a reason. */
export async function needReason(scope: Scope, body: readonly SceneStep[]): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select k->>'name' as name from jsonb_array_elements(${JSON.stringify(body)}::jsonb) as b(x) join iot.product p on p.company_id = ${scope.company_id} and p.product_id = (b.x->>'product_id')::uuid cross join lateral jsonb_array_elements(p.model->'commands') k where k->>'key' = b.x->>'command' and k->>'safety' = 'access' limit 20`.execute(scope.db)
  return rows.map((r) => r.name)
}
