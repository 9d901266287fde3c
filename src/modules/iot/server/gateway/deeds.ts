// What a rule does when it fires, in one transaction: alarm, command, order, scene, message, webhook. What cannot be given does not take the rest with it, and stands in the record.
import { sql } from 'kysely'
import { uuidv7 } from '../../../../kernel/ids.ts'
import { Refusal } from '../../../../kernel/refuse.ts'
import type { Scope } from '../../../../kernel/scope.ts'
import { staffAt } from '../../../identity/server/index.ts'
import { notify } from '../../../messages/server/index.ts'
import { openFound } from '../../../orders/server/index.ts'
import type { FireAct, RuleBody } from '../../contract.ts'
import { clipText, doorsText, factsText, otherText, ownText, stillText } from '../../shown.ts'
import { queueCommand } from '../commands.ts'
import { targetsOf } from '../linkage.ts'
import { raiseAlarm } from '../raise.ts'
import { commandOthers } from '../rule_others.ts'
import { namesOf } from '../rule_scope.ts'
import { WHY, sceneOf, startRun } from '../scene_runs.ts'
import type { Rule } from './actor.ts'
import type { Known } from './registry.ts'
import { takeRuleDue, type Late, type Note } from './rule_due.ts'

/** Where it fired. */
export type Placed = Pick<Known, 'device_id' | 'community_id' | 'building_id' | 'place' | 'name' | 'equipment_id' | 'model'>
type Fires = Pick<Rule, 'rule_id' | 'name' | 'version_no' | 'body'>
interface Firing {
  d: Placed
  r: Fires
  source: string
  facts: Record<string, unknown>
  /** What must not be missed, and is done by this. */
  note?: Note
  /** Several devices at the same moment: says of what is not about one device whether it is still to be done. */
  once?: (what: string) => boolean
  crowd_count?: number
  /** It was told before, when it was too late or too uncertain to move anything; it is still so, and this is certain. */
  moves_only?: boolean
}
export const movesAny = ({ body }: Fires): boolean => Boolean(body.doors || body.command || body.scene_id || (body.others ?? []).length > 0)
export const placeOf = (d: Placed) => ({ community_id: d.community_id, building_id: d.building_id, device_id: d.device_id, place: d.place })

type Made = Pick<FireAct, 'kind' | 'what'> & { state: 'done' | 'sent' | 'failed'; told?: string | null; command_id?: string | null; run_id?: string | null; items?: { device_id: string; command_id: string | null; why: string | null }[] }
/** `told`: it came too late to move anything. `gone`: somebody has done it before. */
export async function carryOut(scope: Scope, { d, r, source, facts: given, note, once = () => true, crowd_count = 1, moves_only = false }: Firing): Promise<'done' | 'told' | 'gone'> {
  const { body } = r
  if (moves_only) {
    const fire_id = uuidv7()
    const open = (await sql<{ alarm_id: string }>`select alarm_id from iot.alarm where company_id = ${scope.company_id} and source = ${source} and kind = ${`rule:${r.rule_id}`} and disposed_at is null`.execute(scope.db)).rows[0]
    const said = factsText(given, d.model).map((f) => `${f.name} ${f.text}`).join(',')
    await record(scope, { fire_id, d, r, facts: given, alarm_id: open?.alarm_id ?? null }, await moved(scope, { d, r, said, fire_id, once, act_no: 1 }), '仍然如此:')
    return 'done'
  }
  const taken = note ? await takeRuleDue(scope, note) : { late: null }
  if (!taken) return 'gone'
  const { late } = taken
  const acts: Made[] = []
  const fire_id = uuidv7()
  const at = late?.at ?? scope.now
  const unmoved = late ? await notMoved(scope, d, r, late) : []
  const facts = late ? { ...given, late: 1, said: [late.told, ...(unmoved.length > 0 ? [['未执行', unmoved.map((a) => a.what).join('、')]] : [])] } : given
  const said = factsText(facts, d.model).map((f) => `${f.name} ${f.text}`).join(',')
  let alarm_id: string | null = null
  if (body.level) {
    alarm_id = (await raiseAlarm(scope, { ...placeOf(d), source, kind: `rule:${r.rule_id}`, title: `${d.name}:${r.name}`, level: body.level, rule_id: r.rule_id, facts })).alarm_id
    acts.push({ kind: 'alarm', what: '报警', state: 'done' })
  }
  // First what moves something, then what is written and told.
  if (late) acts.push(...unmoved)
  else acts.push(...(await moved(scope, { d, r, said, fire_id, once, act_no: acts.length + 1 })))
  if (body.still && (body.still.camera_ids.length === 0 || once('still'))) acts.push(await pictureWanted(scope, { fire_id, act_no: acts.length + 1, d, r, said, alarm_id, at }, 'still', body.still.camera_ids, { before_s: 0, after_s: 0 }))
  if (body.clip && (body.clip.camera_ids.length === 0 || once('clip'))) acts.push(await pictureWanted(scope, { fire_id, act_no: acts.length + 1, d, r, said, alarm_id, at }, 'clip', body.clip.camera_ids, body.clip))
  if (body.order_category_id) {
    const o = await openFound(scope, { community_id: d.community_id, building_id: d.building_id, place: d.place, category_id: body.order_category_id, words: `${d.name}:${r.name}`, photo_ids: [], equipment_id: d.equipment_id })
    if (alarm_id) await sql`update iot.alarm set order_id = ${o.order_id}::uuid where company_id = ${scope.company_id} and alarm_id = ${alarm_id}`.execute(scope.db)
    acts.push({ kind: 'order', what: `工单 ${o.no}`, state: 'done' })
  }
  if (body.notify && once(`notify ${d.community_id}`)) {
    const to = await staffAt(scope, body.notify === 'handle' ? 'iot.alarm.handle' : 'iot.alarm.escalated', placeOf(d))
    const did = acts.map(textOf).join('、')
    await notify(scope, to.map((account_id) => ({ to: { account_id }, template: 'iot_rule', params: { rule: r.name, place: d.place, device: crowd_count > 1 ? `${d.name} 等 ${crowd_count} 台` : d.name, facts: said, did: did || '仅通知' }, link: alarm_id ? `/iot/alarms/${alarm_id}` : '/iot/alarms', urgent: body.level === 'critical', dedupe_key: `iot_rule ${fire_id} ${account_id}` })))
    acts.push(to.length > 0 ? { kind: 'notify', what: `通知 ${to.length} 人`, state: 'done' } : { kind: 'notify', what: '通知', state: 'failed', told: '没有可通知的人' })
  }
  if (body.webhook) {
    const act_no = acts.length + 1
    scope.emit('iot.rule_fired', fire_id, { fire_id, act_no, rule_id: r.rule_id, rule: r.name, community_id: d.community_id, device_id: d.device_id, device: d.name, place: d.place, facts: said, at })
    acts.push({ kind: 'webhook', what: '推送到外部系统', state: 'sent' })
  }
  await record(scope, { fire_id, d, r, facts, alarm_id }, acts)
  return late ? 'told' : 'done'
}
async function moved(scope: Scope, { d, r, said, fire_id, act_no, once }: Omit<Wanted, 'r'> & { r: Fires; once: (what: string) => boolean }): Promise<Made[]> {
  const { body } = r
  const acts: Made[] = []
  if (body.doors && once('doors')) acts.push(await doorsWanted(scope, { fire_id, act_no, d, r, doors: body.doors, said }))
  if (body.command && (body.command.device_id === null || once('command'))) acts.push(await commanded(scope, d, r, body.command))
  for (const [i, o] of (body.others ?? []).entries()) if (once(`others ${i} ${o.device_ids.length > 0 ? '' : o.where === 'building' ? (d.building_id ?? d.device_id) : d.community_id}`)) acts.push(await commandOthers(scope, d, r, o, await namesOf(scope, [body])))
  if (body.scene_id && once('scene')) acts.push(await played(scope, r, body.scene_id))
  return acts
}
/** What would have been moved, had it been in time: said, and not done. */
async function notMoved(scope: Scope, d: Placed, { body }: Fires, { why }: Late): Promise<Made[]> {
  const names = await namesOf(scope, [body])
  const not = (kind: Made['kind'], what: string): Made => ({ kind, what, state: 'failed', told: why })
  return [
    ...(body.doors ? [not('doors', doorsText({ ...body.doors, back: false }, await targetsOf(scope, [body])))] : []), ...(body.command ? [not('command', ownText(body.command, d.model, names))] : []),
    ...(body.others ?? []).map((o) => not('command', `命令:${otherText(o, names)}`)), ...(body.scene_id ? [not('scene', `场景「${(await sceneOf(scope, body.scene_id)).name}」`)] : []),
  ]
}
/** The limit is behind us again: what the rule switched on is switched off, and doors that it released are under control again. */
export async function giveBack(scope: Scope, d: Placed, r: Fires, facts: Firing['facts']): Promise<void> {
  const fire_id = uuidv7()
  const acts: Made[] = []
  if (r.body.doors?.back) acts.push(await doorsWanted(scope, { fire_id, act_no: 1, d, r, doors: { ...r.body.doors, what: 'restore' }, said: '已恢复' }))
  if (r.body.back_command) acts.push(await commanded(scope, d, r, r.body.back_command))
  for (const o of r.body.others ?? []) if (o.back) acts.push(await commandOthers(scope, d, r, o, await namesOf(scope, [r.body]), true))
  await record(scope, { fire_id, d, r, facts: { back: 0, ...facts }, alarm_id: null }, acts, '恢复:')
}
const textOf = (a: Made): string => (a.state === 'failed' && a.told ? `${a.what}(${a.told})` : a.what)
async function record(scope: Scope, { fire_id, d, r, facts, alarm_id }: Omit<Firing, 'source'> & { fire_id: string; alarm_id: string | null }, acts: readonly Made[], before = ''): Promise<void> {
  const c = scope.company_id
  await sql`insert into iot.rule_fire (company_id, fire_id, rule_id, version_no, device_id, alarm_id, at, facts, did) values (${c}, ${fire_id}, ${r.rule_id}, ${r.version_no}, ${d.device_id}, ${alarm_id}::uuid, ${scope.now}, ${JSON.stringify(facts)}::jsonb, ${before + (acts.map(textOf).join('、') || '同一时刻已做')})`.execute(scope.db)
  await sql`insert into iot.rule_act (company_id, fire_id, act_no, kind, what, state, told, told_at, command_id, run_id) select ${c}::bigint, ${fire_id}::uuid, x.act_no, x.kind, x.what, x.state, x.told, ${scope.now}::timestamptz, x.command_id, x.run_id
    from jsonb_to_recordset(${JSON.stringify(acts.map(({ items: _, ...a }, i) => ({ ...a, act_no: i + 1 })))}::jsonb) as x(act_no int, kind text, what text, state text, told text, command_id uuid, run_id uuid)`.execute(scope.db)
  const items = acts.flatMap((a, i) => (a.items ?? []).map((x, n) => ({ act_no: i + 1, item_no: n + 1, ...x })))
  if (items.length > 0) await sql`insert into iot.rule_act_item (company_id, fire_id, act_no, item_no, device_id, command_id, why) select ${c}::bigint, ${fire_id}::uuid, x.act_no, x.item_no, x.device_id, x.command_id, x.why from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as x(act_no int, item_no int, device_id uuid, command_id uuid, why text)`.execute(scope.db)
}
interface Wanted {
  fire_id: string
  act_no: number
  d: Placed
  r: Fires
  said: string
}
/** Told to whoever owns the doors; what came of it stands here when it is known. */
async function doorsWanted(scope: Scope, { fire_id, act_no, d, r, doors, said }: Wanted & { doors: NonNullable<RuleBody['doors']> }): Promise<Made> {
  const what = doorsText({ ...doors, back: false }, await targetsOf(scope, [r.body]))
  scope.emit('iot.doors_wanted', fire_id, { fire_id, act_no, what: doors.what, back: doors.what === 'restore' && doors.back, group_ids: doors.group_ids, community_id: d.community_id, reason: `联动「${r.name}」:${d.name} ${said}`.slice(0, 200), at: scope.now })
  return { kind: 'doors', what, state: 'sent' }
}
/** A clip around the moment, or one picture of it. */
async function pictureWanted(scope: Scope, { fire_id, act_no, d, r, said, alarm_id, at }: Wanted & { alarm_id: string | null; at: string }, kind: 'clip' | 'still', camera_ids: readonly string[], { before_s, after_s }: { before_s: number; after_s: number }): Promise<Made> {
  scope.emit('iot.clip_wanted', fire_id, { kind, fire_id, act_no, alarm_id, community_id: d.community_id, device_id: d.device_id, camera_ids, before_s, after_s, title: `联动「${r.name}」${d.name} ${said}`.slice(0, 200), at })
  const names = await targetsOf(scope, [r.body])
  return { kind, what: kind === 'still' ? stillText({ camera_ids: [...camera_ids] }, names) : clipText({ camera_ids: [...camera_ids], before_s, after_s }, names), state: 'sent' }
}
async function commanded(scope: Scope, d: Placed, r: Fires, c: NonNullable<RuleBody['command']>): Promise<Made> {
  const what = ownText(c, d.model, await namesOf(scope, [r.body]))
  try {
    return { kind: 'command', what, state: 'sent', command_id: await queueCommand(scope, { device_id: c.device_id ?? d.device_id, command: c.command, arg: c.arg, reason_code: 'operation', reason: `联动:${r.name}`, source: 'rule', rule_id: r.rule_id }) }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { kind: 'command', what, state: 'failed', told: WHY[error.code] ?? '不满足条件' }
  }
}
async function played(scope: Scope, r: Fires, scene_id: string): Promise<Made> {
  const scene = await sceneOf(scope, scene_id)
  if (scene.stopped) return { kind: 'scene', what: `场景「${scene.name}」`, state: 'failed', told: '已停用,没有执行' }
  const run = await startRun(scope, scene, { source: 'rule', reason: `联动:${r.name}`, rule_id: r.rule_id })
  return { kind: 'scene', what: `场景「${scene.name}」发出 ${run!.sent_count} 台${run!.not_sent_count > 0 ? `,未发出 ${run!.not_sent_count} 台` : ''}`, state: 'sent', run_id: run!.run_id }
}
