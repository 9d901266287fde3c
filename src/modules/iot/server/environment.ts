// Environment held by control (IOT-04): a range is two rules underneath, one above and one below, each with its hysteresis and what it switches; they run in the gateway
// like every rule, and stand in the list of rules. What is shown here is read from them.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Out } from '../../../kernel/contract.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { iot, type EnvRow, type EnvValue, type Model, type PointSpec, type RuleBody, type State } from '../contract.ts'
import { shownOf, valueText, type Latest } from '../shown.ts'
import { deviceOf, devicesSeenBy, reaches, tellGateway } from './access.ts'
import { JOINED, STATE } from './list.ts'
import { keepRule } from './rules.ts'

const MAX = 300
interface HeldRule {
  rule_id: string
  device_id: string
  body: RuleBody
}
type Held = NonNullable<EnvValue['held']>
const heldRules = async (scope: Scope, ids: readonly string[]): Promise<HeldRule[]> =>
  (await sql<HeldRule>`select rule_id, device_id, body from iot.rule where company_id = ${scope.company_id} and device_id = any(${[...ids]}::uuid[]) and stopped_at is null and (body->>'held')::boolean`.execute(scope.db)).rows
function heldOf(rules: readonly HeldRule[], device_id: string, point: string): Held | null {
  const of = (op: 'above' | 'below') => rules.find((r) => r.device_id === device_id && r.body.trigger.kind === 'threshold' && r.body.trigger.point === point && r.body.trigger.op === op)?.body
  const [high, low] = [of('above'), of('below')]
  const any = high ?? low
  if (!any) return null
  const t = (b: RuleBody | undefined) => (b?.trigger.kind === 'threshold' ? b.trigger : null)
  return { high: t(high)?.limit ?? null, high_back: t(high)?.back ?? null, low: t(low)?.limit ?? null, low_back: t(low)?.back ?? null, for_s: t(any)!.for_s, level: any.level, actor_id: high?.command?.device_id ?? low?.command?.device_id ?? (any.command ? device_id : null), high_on: high?.command?.command ?? null, high_off: high?.back_command?.command ?? null, low_on: low?.command?.command ?? null, low_off: low?.back_command?.command ?? null }
}
function textOf(h: Held, p: PointSpec): string {
  const v = (n: number): string => valueText(p, n)
  return [h.low !== null && h.high !== null ? `${v(h.low)} 至 ${v(h.high)}` : h.high !== null ? `不高于 ${v(h.high)}` : `不低于 ${v(h.low!)}`, h.high_on || h.low_on ? '自动调节' : h.level ? '只报警' : ''].filter(Boolean).join(',')
}
/** What a place is like: gauges of sensors of the environment and of what ventilates and heats. */
async function rowsOf(scope: Scope, community_id: string | undefined): Promise<EnvRow[]> {
  const c = scope.company_id
  const { rows } = await sql<{ device_id: string; name: string; place: string; community_id: string; building_id: string | null; community_name: string; state: State; model: Model; latest: Latest | null }>`select d.device_id, d.name, d.place, d.community_id, d.building_id, k.name as community_name, ${STATE} as state, p.model, s.latest from ${JOINED(c)} join iot.product p on p.company_id = ${c} and p.product_id = d.product_id and p.category in ('environment','hvac') join property.community k on k.company_id = ${c} and k.community_id = d.community_id
    where d.company_id = ${c} and d.life <> 'retired' and ${devicesSeenBy(scope)} ${community_id ? sql`and d.community_id = ${community_id}` : sql``} and exists (select from jsonb_array_elements(p.model->'points') e where e->>'kind' = 'gauge' and e->>'key' <> 'battery') order by k.name, d.place collate iot.natural, d.name collate iot.natural limit ${MAX}`.execute(scope.db)
  const rules = await heldRules(scope, rows.map((r) => r.device_id))
  return rows.map((r) => ({
    device_id: r.device_id, name: r.name, place: r.place, community_name: r.community_name, state: r.state, may_hold: reaches(scope, 'iot.rule.write', r),
    values: shownOf(r.model, r.latest ?? {}).filter((v) => v.kind === 'gauge' && v.point !== 'battery').map((v): EnvValue => {
      const held = heldOf(rules, r.device_id, v.point)
      const over = held && v.v !== null && v.q === 'good' ? (held.high !== null && v.v > held.high ? 'high' : held.low !== null && v.v < held.low ? 'low' : null) : null
      return { point: v.point, name: v.name, unit: v.unit, text: v.text, at: v.at, q: v.q, over, held, held_text: held ? textOf(held, r.model.points.find((p) => p.key === v.point)!) : null }
    }),
  }))
}
type In = Out<(typeof iot.saveHeld)['takes']>
async function hold(scope: Scope, o: In): Promise<number> {
  const d = await deviceOf(scope, o.device_id, { lock: true })
  const p = (await sql<{ model: Model }>`select model from iot.product where company_id = ${scope.company_id} and product_id = ${d.product_id}`.execute(scope.db)).rows[0]!.model.points.find((x) => x.key === o.point && x.kind === 'gauge')
  if (!p) throw scope.refuse('iot.rule_wrong', { why: '产品没有这个点位' })
  if (o.high !== null && o.low !== null && o.low >= o.high) throw scope.refuse('iot.rule_wrong', { why: '下限应低于上限' })
  if (o.actor_id) await deviceOf(scope, o.actor_id)
  const before = (await heldRules(scope, [d.device_id])).filter((r) => r.body.trigger.kind === 'threshold' && r.body.trigger.point === o.point)
  let count = 0
  for (const [op, limit, back, on, off] of [['above', o.high, o.high_back, o.high_on, o.high_off], ['below', o.low, o.low_back, o.low_on, o.low_off]] as const) {
    const old = before.find((r) => r.body.trigger.kind === 'threshold' && r.body.trigger.op === op)
    if (limit === null) {
      if (old) await sql`update iot.rule set stopped_at = ${scope.now}, changed_by = ${scope.who.account_id}::uuid, changed_at = ${scope.now} where company_id = ${scope.company_id} and rule_id = ${old.rule_id}`.execute(scope.db)
      continue
    }
    const command = (key: string | null) => (key && o.actor_id ? { device_id: o.actor_id, command: key, arg: null } : null)
    const body: RuleBody = { trigger: { kind: 'threshold', point: o.point, op, limit, back: back ?? limit, for_s: o.for_s }, hours: null, cool_down_s: 0, level: o.level, order_category_id: null, command: command(on), back_command: command(off), scene_id: null, notify: null, webhook: false, held: true }
    // Numbered where a stopped one of the same name lies.
    await keepRule(scope, { rule_id: old?.rule_id, name: old ? null : `保持 ${d.name} ${p.name} ${op === 'above' ? '上限' : '下限'}`.slice(0, 32), product_id: d.product_id, community_id: d.community_id, device_id: d.device_id, body }, uuidv7().slice(-4))
    count++
  }
  scope.note('rule', d.device_id, { held: o.point, high: o.high, low: o.low })
  tellGateway(scope, 'rules')
  return count
}
export const environmentAnswers = [
  answer(iot.environment, async (scope, o) => ({ rows: await rowsOf(scope, o.community_id) })),
  answer(iot.actors, async (scope, o) => {
    const c = scope.company_id
    const d = await deviceOf(scope, o.device_id)
    const { rows } = await sql<{ device_id: string; name: string; model: Model }>`select d.device_id, d.name, p.model from iot.device d join iot.product p on p.company_id = ${c} and p.product_id = d.product_id and p.category not in ('meter','fire','lift') where d.company_id = ${c} and d.community_id = ${d.community_id} and d.life <> 'retired' and ${devicesSeenBy(scope)} and jsonb_array_length(p.model->'commands') > 0 order by (d.device_id = ${o.device_id}) desc, d.name collate iot.natural limit ${MAX}`.execute(scope.db)
    return { rows: rows.map((r) => ({ device_id: r.device_id, name: r.name, commands: r.model.commands.filter((x) => x.arg === null && (x.safety === 'comfort' || x.safety === 'info')).map((x) => ({ key: x.key, name: x.name })) })).filter((r) => r.commands.length > 0) }
  }),
  answer(iot.saveHeld, async (scope, o) => ({ rule_count: await hold(scope, o) })),
]
