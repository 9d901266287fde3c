// Commands of a rule to other devices than the one that set it off: named ones, or all of a product in its community or building.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { FireAct, Model, OtherCommand, RuleBody } from '../contract.ts'
import { otherText, type RuleNames } from '../shown.ts'
import { RIGHT, giveCommands } from './commands.ts'
import { WHY } from './scene_runs.ts'
import type { Placed } from './gateway/deeds.ts'

/** Of one line of a rule: what moves more at once is a scene. */
const OTHERS_MAX = 100
type Specs = Pick<Model, 'commands'>
export const commandFault = (model: Specs, c: { command: string; arg: number | null }): string | null => {
  const spec = model.commands.find((x) => x.key === c.command)
  if (!spec) return '要控制的设备没有这个命令'
  // What endangers somebody is decided by a person.
  if (spec.safety === 'life') return `「${spec.name}」涉及安全,只能由人操作`
  const { arg } = spec
  return arg && (c.arg === null || c.arg < arg.low || c.arg > arg.high) ? `「${spec.name}」的${arg.name}应在 ${arg.low} 至 ${arg.high} ${arg.unit}之间` : null
}
/** Nobody gives by a rule a command that he may not give by hand, anywhere the rule can act. */
export function mayGive(scope: Scope, model: Specs, command: string, communities: readonly string[]): void {
  const spec = model.commands.find((x) => x.key === command)
  if (!spec) return
  const r = scope.reach(RIGHT[spec.safety])
  if (!r.all && (communities.length === 0 || !communities.every((id) => r.community_ids.includes(id)))) throw scope.refuse('iot.no_right_target', { name: spec.name })
}
export async function checkOthers(scope: Scope, body: RuleBody, communities: readonly string[]): Promise<string | null> {
  const others = body.others ?? []
  if (others.length === 0) return null
  const c = scope.company_id
  const [products, devices] = await Promise.all([
    sql<{ product_id: string; name: string; category: string; model: Model; most: number }>`select p.product_id, p.name, p.category, p.model, coalesce((select max(n.n)::int from (select count(*) as n from iot.device d where d.company_id = ${c} and d.product_id = p.product_id and d.life <> 'retired' group by d.community_id) n), 0) as most from iot.product p where p.company_id = ${c} and p.product_id = any(${others.map((o) => o.product_id)}::uuid[]) and p.retired_at is null`.execute(scope.db),
    sql<{ device_id: string; name: string; product_id: string; community_id: string }>`select device_id, name, product_id, community_id from iot.device where company_id = ${c} and device_id = any(${others.flatMap((o) => o.device_ids)}::uuid[]) and life <> 'retired'`.execute(scope.db),
  ])
  const product = new Map(products.rows.map((p) => [p.product_id, p]))
  const device = new Map(devices.rows.map((d) => [d.device_id, d]))
  for (const o of others) {
    const p = product.get(o.product_id)
    if (!p) return '要控制的产品不存在或已停用,请重新选择'
    if (p.category === 'meter') return `「${p.name}」是表计,只能由人按事由操作`
    const fault = commandFault(p.model, o) ?? (o.back ? commandFault(p.model, o.back) : null)
    if (fault) return fault
    for (const id of o.device_ids) {
      const d = device.get(id)
      if (!d || d.product_id !== o.product_id) return '要控制的设备已停用,或不是这个产品,请重新选择'
      if (communities.length > 0 && !communities.includes(d.community_id)) return `「${d.name}」不在规则的小区`
    }
    if (o.device_ids.length === 0 && p.most > OTHERS_MAX) return `一个小区有 ${p.most} 台${p.name},一次最多控制 ${OTHERS_MAX} 台,请选定设备,或改用场景`
    for (const command of [o.command, ...(o.back ? [o.back.command] : [])]) mayGive(scope, p.model, command, o.device_ids.length > 0 ? [...new Set(o.device_ids.map((id) => device.get(id)!.community_id))] : communities)
  }
  return null
}
type Made = Pick<FireAct, 'kind' | 'what'> & { state: 'sent' | 'failed'; told?: string | null; items?: { device_id: string; command_id: string | null; why: string | null }[] }
/** Each device for itself: who is not there does not hold up the rest. */
export async function commandOthers(scope: Scope, d: Placed, r: { rule_id: string; name: string }, o: OtherCommand, names: RuleNames, back = false): Promise<Made> {
  const c = scope.company_id
  const give = back && o.back ? o.back : o
  const what = `命令:${otherText(o, names, give)}`
  if (o.device_ids.length === 0 && o.where === 'building' && d.building_id === null) return { kind: 'command', what, state: 'failed', told: '触发的设备没有登记在楼栋里' }
  const { rows } = await sql<{ device_id: string }>`select device_id from iot.device where company_id = ${c} and product_id = ${o.product_id} and life <> 'retired' and ${o.device_ids.length > 0 ? sql`device_id = any(${o.device_ids}::uuid[])` : o.where === 'building' ? sql`building_id = ${d.building_id}` : sql`community_id = ${d.community_id}`} order by name collate iot.natural, device_id limit ${OTHERS_MAX}`.execute(scope.db)
  if (rows.length === 0) return { kind: 'command', what, state: 'failed', told: '那里没有这种设备' }
  const given = await giveCommands(scope, rows.map((x) => ({ device_id: x.device_id, command: give.command, arg: give.arg, reason_code: 'operation', reason: `联动:${r.name}`, source: 'rule', rule_id: r.rule_id })))
  return { kind: 'command', what, state: 'sent', items: given.map((g) => ({ device_id: g.device_id, command_id: g.command_id, why: g.refused ? (WHY[g.refused.code] ?? '不满足条件') : null })) }
}
