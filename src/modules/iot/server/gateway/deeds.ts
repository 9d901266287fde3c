// What a rule does when it fires, in one transaction: alarm, command, order, scene, message, webhook. What cannot be given does not take the rest with it, and stands in the record.
import { sql } from 'kysely'
import { uuidv7 } from '../../../../kernel/ids.ts'
import { Refusal } from '../../../../kernel/refuse.ts'
import type { Scope } from '../../../../kernel/scope.ts'
import { staffAt } from '../../../identity/server/index.ts'
import { notify } from '../../../messages/server/index.ts'
import { openFound } from '../../../orders/server/index.ts'
import type { RuleBody } from '../../contract.ts'
import { factsText, thenText } from '../../shown.ts'
import { queueCommand } from '../commands.ts'
import { raiseAlarm } from '../raise.ts'
import { sceneOf, startRun } from '../scene_runs.ts'
import type { Rule } from './actor.ts'
import type { Known } from './registry.ts'

interface Firing {
  d: Known
  r: Rule
  source: string
  facts: Record<string, number | string>
}
export const placeOf = (d: Known) => ({ community_id: d.community_id, building_id: d.building_id, device_id: d.device_id, place: d.place })

export async function carryOut(scope: Scope, { d, r, source, facts }: Firing): Promise<void> {
  const { body } = r
  const did: string[] = []
  const fire_id = uuidv7()
  let alarm_id: string | null = null
  if (body.level) {
    alarm_id = (await raiseAlarm(scope, { ...placeOf(d), source, kind: `rule:${r.rule_id}`, title: `${d.name}:${r.name}`, level: body.level, rule_id: r.rule_id, facts })).alarm_id
    did.push('报警')
  }
  if (body.command) did.push(await commanded(scope, d, r, body.command))
  if (body.scene_id) did.push(await played(scope, r, body.scene_id))
  if (body.order_category_id) {
    const o = await openFound(scope, { community_id: d.community_id, building_id: d.building_id, place: d.place, category_id: body.order_category_id, words: `${d.name}:${r.name}`, photo_ids: [], equipment_id: d.equipment_id })
    if (alarm_id) await sql`update iot.alarm set order_id = ${o.order_id}::uuid where company_id = ${scope.company_id} and alarm_id = ${alarm_id}`.execute(scope.db)
    did.push(`工单 ${o.no}`)
  }
  const said = factsText(facts, d.model).map((f) => `${f.name} ${f.text}`).join(',')
  if (body.notify) {
    const to = await staffAt(scope, body.notify === 'handle' ? 'iot.alarm.handle' : 'iot.alarm.escalated', placeOf(d))
    await notify(scope, to.map((account_id) => ({ to: { account_id }, template: 'iot_rule', params: { rule: r.name, place: d.place, device: d.name, facts: said, did: did.join('、') || '仅通知' }, link: alarm_id ? `/iot/alarms/${alarm_id}` : '/iot/alarms', urgent: body.level === 'critical', dedupe_key: `iot_rule ${fire_id} ${account_id}` })))
    did.push(to.length > 0 ? `通知 ${to.length} 人` : '没有可通知的人')
  }
  if (body.webhook) {
    scope.emit('iot.rule_fired', fire_id, { fire_id, rule_id: r.rule_id, rule: r.name, community_id: d.community_id, device_id: d.device_id, device: d.name, place: d.place, facts: said, at: scope.now })
    did.push('推送')
  }
  await record(scope, fire_id, d, r, facts, did.join('、') || thenText(body, d.model))
}
/** The limit is behind us again: what the rule switched on is switched off. */
export async function giveBack(scope: Scope, d: Known, r: Rule, facts: Firing['facts']): Promise<void> {
  await record(scope, uuidv7(), d, r, { back: 0, ...facts }, `恢复:${await commanded(scope, d, r, r.body.back_command!)}`)
}
async function record(scope: Scope, fire_id: string, d: Known, r: Rule, facts: Firing['facts'], did: string): Promise<void> {
  await sql`insert into iot.rule_fire (company_id, fire_id, rule_id, version_no, device_id, at, facts, did) values (${scope.company_id}, ${fire_id}, ${r.rule_id}, ${r.version_no}, ${d.device_id}, ${scope.now}, ${JSON.stringify(facts)}::jsonb, ${did})`.execute(scope.db)
}
async function commanded(scope: Scope, d: Known, r: Rule, c: NonNullable<RuleBody['command']>): Promise<string> {
  try {
    await queueCommand(scope, { device_id: c.device_id ?? d.device_id, command: c.command, arg: c.arg, reason_code: 'operation', reason: `联动:${r.name}`, source: 'rule', rule_id: r.rule_id })
    return '命令'
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return `命令未发出(${error.code === 'iot.not_online' ? '设备不在线' : error.code === 'iot.in_maintenance' ? '设备检修中' : '不满足条件'})`
  }
}
async function played(scope: Scope, r: Rule, scene_id: string): Promise<string> {
  const scene = await sceneOf(scope, scene_id)
  if (scene.stopped) return `场景「${scene.name}」已停用,没有执行`
  const run = await startRun(scope, scene, { source: 'rule', reason: `联动:${r.name}`, rule_id: r.rule_id })
  return `场景「${scene.name}」发出 ${run!.sent_count} 台${run!.not_sent_count > 0 ? `,未发出 ${run!.not_sent_count} 台` : ''}`
}
