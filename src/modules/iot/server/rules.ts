// Rules (IOT-06) as data: kept, tried on what was measured, and told why they fired.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { iot, type GroupTrigger, type Model, type OneTrigger, type RuleBody, type RuleRow, type ScheduleTrigger } from '../contract.ts'
import { factsText, thenText, whenText } from '../shown.ts'
import { devicesSeenBy, tellGateway, wholeCompany } from './access.ts'
import { actsOf, checkTargets } from './linkage.ts'
import { fresh, step, type Memory } from './rules/engine.ts'
import { freshGroup, stepGroup } from './rules/group.ts'
import { clockOf, dryClock, slotAnswers } from './rule_clock.ts'
import { checkOthers, commandFault, mayGive } from './rule_others.ts'
import { DEVICES_MAX, SCOPED, namesOf, othersOf, type Others, type RuleIn } from './rule_scope.ts'

const MAX = 500
const SAMPLES_MAX = 300_000
const FIRES_SHOWN = 200
function triggerFault(t: OneTrigger, model: Model): string | null {
  if ((t.kind === 'threshold' || t.kind === 'change') && !model.points.some((p) => p.key === t.point)) return '产品没有这个点位'
  if (t.kind === 'event' && !model.events.some((e) => e.key === t.event)) return '产品没有这个事件'
  if (t.kind === 'threshold' && (t.op === 'above' ? t.back > t.limit : t.back < t.limit)) return t.op === 'above' ? '恢复值不能高于限值' : '恢复值不能低于限值'
  return null
}
async function clockFaults(scope: Scope, o: RuleIn, t: ScheduleTrigger, model: Model, others: Others): Promise<(string | null)[]> {
  const n = (await sql<{ n: number }>`select count(*)::int as n from iot.device d where ${SCOPED(scope, o)}`.execute(scope.db)).rows[0]!.n
  return [
    t.days === 'week' && t.weekdays.length === 0 ? '按星期要至少选一天' : null, t.to_on !== null && t.to_on < t.from_on ? '止日早于起日' : null,
    o.body.hours || o.body.cool_down_s > 0 ? '按时刻的规则每个时刻判断一次,不用再填生效时段和间隔' : null, o.body.back_command || o.body.doors?.back || (o.body.others ?? []).some((x) => x.back) ? '时刻没有结束,请另建一条到时恢复的规则' : null,
    n > DEVICES_MAX ? `按时刻的规则一次最多管 ${DEVICES_MAX} 台,现有 ${n} 台,请选定小区或设备` : null,
    ...t.terms.map((x) => (x.on.kind === 'is' && !(x.device_id === null ? model : others.get(x.device_id)!.model).points.some((p) => p.key === (x.on.kind === 'is' ? x.on.point : '')) ? '产品没有这个点位' : null)),
  ]
}
async function checkCommand(scope: Scope, model: Model, body: RuleBody, command: RuleBody['command'], communities: readonly string[]): Promise<string | null> {
  if (!command) return null
  if (body.trigger.kind === 'group' && command.device_id === null) return '多台设备的规则要选明控制哪台'
  const c = scope.company_id
  const target = command.device_id === null ? { model, category: '', at: null } : (await sql<{ model: Model; category: string; at: string }>`select p.model, p.category, d.community_id as at from iot.device d join iot.product p on p.company_id = ${c} and p.product_id = d.product_id where d.company_id = ${c} and d.device_id = ${command.device_id}`.execute(scope.db)).rows[0]
  if (!target) return '要控制的设备没有这个命令'
  // What shuts off a meter is decided by a person.
  const fault = target.category === 'meter' ? '表计只能由人按事由操作' : commandFault(target.model, command)
  if (!fault) mayGive(scope, target.model, command.command, target.at ? [target.at] : communities)
  return fault
}
/** Where the rule can fire, when that is known: its community, or those of its devices. */
async function communitiesOf(scope: Scope, o: RuleIn, others: Others): Promise<string[]> {
  if (o.body.trigger.kind === 'group') return [...new Set([...others.values()].map((x) => x.community_id))]
  if (o.community_id) return [o.community_id]
  if (!o.device_id) return []
  return (await sql<{ community_id: string }>`select community_id from iot.device where company_id = ${scope.company_id} and device_id = ${o.device_id}`.execute(scope.db)).rows.map((r) => r.community_id)
}
async function checked(scope: Scope, o: RuleIn): Promise<{ model: Model; others: Others }> {
  const c = scope.company_id
  const product = (await sql<{ model: Model }>`select model from iot.product where company_id = ${c} and product_id = ${o.product_id} and retired_at is null`.execute(scope.db)).rows[0]
  if (!product) throw scope.refuse('iot.product_gone')
  const { model } = product
  const { body } = o
  const t = body.trigger
  const others = await othersOf(scope, [body])
  if ((t.kind === 'group' || t.kind === 'schedule') && t.terms.some((x) => x.device_id !== null && !others.has(x.device_id))) throw scope.refuse('iot.elsewhere')
  if (t.kind === 'group' && t.terms.every((x) => x.not)) throw scope.refuse('iot.rule_wrong', { why: '不能每个条件都是「没有」' })
  const nothing = body.level === null && body.order_category_id === null && body.command === null && (body.others ?? []).length === 0 && body.scene_id === null && body.notify === null && !body.webhook && !body.doors && !body.still && !body.clip
  const faults = t.kind === 'group' ? t.terms.map((x) => triggerFault(x.on, others.get(x.device_id)!.model)) : t.kind === 'schedule' ? await clockFaults(scope, o, t, model, others) : [triggerFault(t, model)]
  const communities = await communitiesOf(scope, o, others)
  const gives_back = body.back_command !== null || body.doors?.back === true || (body.others ?? []).some((x) => x.back)
  const why = [...faults, nothing ? '至少要有一个动作' : null, body.back_command && !body.command ? '有恢复时的命令,也要有触发时的命令' : null, gives_back && t.kind === 'event' && !t.over_s ? '事件自己没有结束,请填写多少秒没有再收到算恢复(设备报告结束时会提前恢复)' : null, await checkCommand(scope, model, body, body.command, communities), await checkCommand(scope, model, body, body.back_command, communities), await checkOthers(scope, body, communities)].find((x) => x !== null)
  if (why) throw scope.refuse('iot.rule_wrong', { why })
  const place = (await sql<{ ok: boolean }>`select (${o.community_id}::uuid is null or exists (select from property.community where company_id = ${c} and community_id = ${o.community_id}::uuid)) and (${o.device_id}::uuid is null or exists (select from iot.device where company_id = ${c} and device_id = ${o.device_id}::uuid and product_id = ${o.product_id})) and (${body.scene_id}::uuid is null or exists (select from iot.scene where company_id = ${c} and scene_id = ${body.scene_id}::uuid)) as ok`.execute(scope.db)).rows[0]!
  if (!place.ok) throw scope.refuse('iot.elsewhere')
  const wrong = await checkTargets(scope, body, communities)
  if (wrong) throw scope.refuse('iot.rule_wrong', { why: wrong })
  return { model, others }
}
interface Past {
  device_id: string
  name: string
  at: string
  point: string
  /** Null: an event. */
  v: string | null
  /** Of an event: it has come, not gone. */
  active?: boolean
}
interface Fired {
  device_name: string
  at: string
  facts: string
}
const tried = (fires: Fired[], list: readonly Past[]) => ({ rows: fires.slice(-FIRES_SHOWN).reverse(), fire_count: fires.length, sample_count: Math.min(list.length, SAMPLES_MAX), cut: list.length > SAMPLES_MAX })
const factsLine = (facts: Record<string, unknown>, model: Model): string => factsText(facts, model).map((f) => `${f.name} ${f.text}`).join(',')

async function dryRun(scope: Scope, o: RuleIn, t: OneTrigger, model: Model, from: string) {
  const c = scope.company_id
  const list = t.kind === 'event'
    ? (await sql<Past>`select e.device_id, d.name, e.at, e.kind as point, null as v, (e.payload->'active') is distinct from 'false'::jsonb as active from iot.device d join iot.event e on e.company_id = ${c} and e.device_id = d.device_id and e.kind = ${t.event} and e.at >= ${from}::timestamptz where ${SCOPED(scope, o)} order by e.device_id, e.at limit ${SAMPLES_MAX + 1}`.execute(scope.db)).rows
    : (await sql<Past>`select s.device_id, d.name, s.at, s.point, s.v::text as v from iot.device d join iot.sample s on s.company_id = ${c} and s.device_id = d.device_id and s.point = ${t.kind === 'no_data' ? model.points[0]!.key : t.point} and s.at >= ${from}::timestamptz and s.q in ('good','substituted') where ${SCOPED(scope, o)} order by s.device_id, s.at limit ${SAMPLES_MAX + 1}`.execute(scope.db)).rows
  const fires: Fired[] = []
  let memory: Memory = fresh()
  let last: { id: string; ms: number } | undefined
  const put = (name: string, v: ReturnType<typeof step>, ms: number): void => {
    if (v.does === 'fire') fires.push({ device_name: name, at: new Date(ms).toISOString(), facts: factsLine(v.facts, model) })
  }
  for (const r of list.slice(0, SAMPLES_MAX)) {
    const ms = Date.parse(r.at)
    if (last?.id !== r.device_id) memory = fresh()
    else if (t.kind === 'no_data' && ms - last.ms > t.for_s * 1000) put(r.name, step(o.body, memory, { kind: 'silence', silent_s: t.for_s, at_ms: last.ms + t.for_s * 1000 }), last.ms + t.for_s * 1000)
    // What would have been over by the clock in between is over.
    if (t.kind === 'event') put(r.name, step(o.body, memory, { kind: 'tick', at_ms: ms }), ms)
    put(r.name, step(o.body, memory, t.kind === 'event' ? { kind: 'event', event: t.event, at_ms: ms, active: r.active !== false } : { kind: 'value', point: t.kind === 'no_data' ? '' : t.point, v: Number(r.v), at_ms: ms }), ms)
    last = { id: r.device_id, ms }
  }
  return tried(fires, list)
}
/** Everything the devices of the rule said, in its order; silence is not played. */
async function dryGroup(scope: Scope, o: RuleIn, t: GroupTrigger, others: Others, from: string) {
  const c = scope.company_id
  const ids = [...others.keys()]
  const points = t.terms.flatMap((x) => (x.on.kind === 'threshold' || x.on.kind === 'change' ? [x.on.point] : []))
  const { rows: list } = await sql<Past>`select * from (select s.device_id, '' as name, s.at, s.point, s.v::text as v, true as active from iot.sample s where s.company_id = ${c} and s.device_id = any(${ids}::uuid[]) and s.point = any(${points}::text[]) and s.at >= ${from}::timestamptz and s.q in ('good','substituted')
    union all select e.device_id, '' as name, e.at, e.kind as point, null as v, (e.payload->'active') is distinct from 'false'::jsonb as active from iot.event e where e.company_id = ${c} and e.device_id = any(${ids}::uuid[]) and e.at >= ${from}::timestamptz) x order by x.at, x.device_id limit ${SAMPLES_MAX + 1}`.execute(scope.db)
  const fires: Fired[] = []
  const memory = freshGroup(t)
  for (const r of list.slice(0, SAMPLES_MAX)) {
    const at_ms = Date.parse(r.at)
    const v = stepGroup(o.body, t, memory, r.device_id, r.v === null ? { kind: 'event', event: r.point, at_ms, active: r.active !== false } : { kind: 'value', point: r.point, v: Number(r.v), at_ms })
    if (v.does === 'fire') fires.push({ device_name: others.get(r.device_id)!.name, at: r.at, facts: v.met.map((m) => `${others.get(t.terms[m.term]!.device_id)!.name} ${factsLine(m.facts, others.get(t.terms[m.term]!.device_id)!.model)}`).join(';') })
  }
  return tried(fires, list)
}

/** Each version stands in the audit whole. Without a name a rule keeps its own; `suffix` follows a name that is taken, where nobody typed it. */
export async function keepRule(scope: Scope, o: RuleIn & { rule_id?: string | undefined; name: string | null }, suffix?: string): Promise<{ rule_id: string; version_no: number }> {
  const c = scope.company_id
  await checked(scope, o)
  const before = o.rule_id ? (await sql<{ version_no: number; name: string }>`select version_no, name from iot.rule where company_id = ${c} and rule_id = ${o.rule_id} for update`.execute(scope.db)).rows[0] : undefined
  if (o.rule_id && !before) throw scope.notFound()
  let name = o.name ?? before?.name ?? ''
  const same = await sql`select 1 from iot.rule where company_id = ${c} and name = ${name} and rule_id is distinct from ${o.rule_id ?? null}::uuid`.execute(scope.db)
  if (same.rows.length && !suffix) throw scope.refuse('iot.name_taken', { name })
  if (same.rows.length) name = `${name} ${suffix}`
  const rule_id = o.rule_id ?? uuidv7()
  const version_no = (before?.version_no ?? 0) + 1
  const values = { name, product_id: o.product_id, community_id: o.community_id, device_id: o.device_id, body: JSON.stringify(o.body), version_no, changed_by: scope.who.account_id, changed_at: scope.now }
  if (before) await scope.db.updateTable('iot.rule').set(values).where('company_id', '=', c).where('rule_id', '=', rule_id).execute()
  else await scope.db.insertInto('iot.rule').values({ company_id: c, rule_id, ...values }).execute()
  scope.note('rule', rule_id, { name, version_no, body: o.body })
  tellGateway(scope, 'rules')
  return { rule_id, version_no }
}
export const ruleAnswers = [
  answer(iot.rules, async (scope, o) => {
    const c = scope.company_id
    const { rows } = await sql<Omit<RuleRow, 'when_text' | 'then_text' | 'next_at' | 'missed_count'> & { model: Model; scene_name: string | null }>`select r.rule_id, r.name, r.product_id, p.name as product_name, r.community_id, k.name as community_name, r.device_id, d.name as device_name, r.body, r.version_no, r.stopped_at is not null as stopped, p.model, (select x.name from iot.scene x where x.company_id = ${c} and x.scene_id = (r.body->>'scene_id')::uuid) as scene_name,
        (select count(*)::int from iot.rule_fire f where f.company_id = ${c} and f.rule_id = r.rule_id and f.at > ${scope.now}::timestamptz - interval '7 days') as fire_count, (select max(f.at) from iot.rule_fire f where f.company_id = ${c} and f.rule_id = r.rule_id) as last_at
      from iot.rule r join iot.product p on p.company_id = ${c} and p.product_id = r.product_id left join property.community k on k.company_id = ${c} and k.community_id = r.community_id left join iot.device d on d.company_id = ${c} and d.device_id = r.device_id
      where r.company_id = ${c} ${o.product_id ? sql`and r.product_id = ${o.product_id}` : sql``} order by p.name, r.name limit ${MAX}`.execute(scope.db)
    const others = await othersOf(scope, rows.map((r) => r.body))
    const clock = await clockOf(scope, rows)
    const names = await namesOf(scope, rows.map((r) => r.body))
    return { rows: rows.map(({ model, scene_name, ...r }) => ({ ...r, ...clock(r), when_text: whenText(r.body, model, others), then_text: thenText(r.body, model, { ...names, scene: scene_name }) })) }
  }),
  answer(iot.saveRule, async (scope, o) => {
    wholeCompany(scope)
    return keepRule(scope, o)
  }),
  answer(iot.stopRule, async (scope, o) => {
    wholeCompany(scope)
    // To let it act again is to make it act: the same rights.
    const rule = (await sql<RuleIn>`select product_id, community_id, device_id, body from iot.rule where company_id = ${scope.company_id} and rule_id = ${o.rule_id}`.execute(scope.db)).rows[0]
    if (rule && !o.stopped) {
      const communities = await communitiesOf(scope, rule, await othersOf(scope, [rule.body]))
      await checkTargets(scope, rule.body, communities)
      await checkOthers(scope, rule.body, communities)
    }
    const { rows } = await sql<{ name: string }>`update iot.rule set stopped_at = ${o.stopped ? scope.now : null}::timestamptz, changed_by = ${scope.who.account_id}::uuid, changed_at = ${scope.now} where company_id = ${scope.company_id} and rule_id = ${o.rule_id} returning name`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    scope.note('rule', o.rule_id, { name: rows[0].name, stopped: o.stopped })
    tellGateway(scope, 'rules')
    return { rule_id: o.rule_id }
  }),
  answer(iot.tryRule, async (scope, o) => {
    wholeCompany(scope)
    const { model, others } = await checked(scope, o)
    const from = new Date(Date.parse(scope.now) - o.days * 86_400_000).toISOString()
    const t = o.body.trigger
    const scene = o.body.scene_id ? (await sql<{ name: string }>`select name from iot.scene where company_id = ${scope.company_id} and scene_id = ${o.body.scene_id}`.execute(scope.db)).rows[0]?.name : null
    const would = thenText(o.body, model, { ...(await namesOf(scope, [o.body])), scene: scene ?? null })
    return { ...(t.kind === 'group' ? await dryGroup(scope, o, t, others, from) : t.kind === 'schedule' ? await dryClock(scope, o, { t, model, others, from }) : await dryRun(scope, o, t, model, from)), would }
  }),
  ...slotAnswers,
  answer(iot.ruleFires, async (scope, o) => {
    const c = scope.company_id
    const [page, n] = await Promise.all([
      sql<{ fire_id: string; at: string; device_id: string; device_name: string; facts: Record<string, unknown>; did: string; model: Model }>`select f.fire_id, f.at, f.device_id, d.name as device_name, f.facts, f.did, p.model from iot.rule_fire f join iot.device d on d.company_id = ${c} and d.device_id = f.device_id join iot.product p on p.company_id = ${c} and p.product_id = d.product_id
        where f.company_id = ${c} and f.rule_id = ${o.rule_id} and ${devicesSeenBy(scope)} order by f.at desc, f.fire_id limit ${o.page_size} offset ${(o.page - 1) * o.page_size}`.execute(scope.db),
      sql<{ n: number }>`select count(*)::int as n from iot.rule_fire f join iot.device d on d.company_id = ${c} and d.device_id = f.device_id where f.company_id = ${c} and f.rule_id = ${o.rule_id} and ${devicesSeenBy(scope)}`.execute(scope.db),
    ])
    const acts = await actsOf(scope, page.rows.map((r) => r.fire_id))
    return { total: n.rows[0]!.n, rows: page.rows.map(({ model, ...r }) => ({ ...r, acts: acts.get(r.fire_id) ?? [], facts: factsText(r.facts, model).map((x) => `${x.name} ${x.text}`).join(',') })) }
  }),
]
