// Rules (IOT-06) as data: kept, tried on what was measured, and told why they fired.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { iot, type Model, type RuleBody, type RuleRow } from '../contract.ts'
import { factsText, thenText, whenText } from '../shown.ts'
import { devicesSeenBy, tellGateway, wholeCompany } from './access.ts'
import { fresh, step, type Memory } from './rules/engine.ts'

const MAX = 500
const SAMPLES_MAX = 300_000
const FIRES_SHOWN = 200
type RuleIn = { product_id: string; community_id: string | null; device_id: string | null; body: RuleBody }

async function checked(scope: Scope, o: RuleIn): Promise<Model> {
  const c = scope.company_id
  const product = (await sql<{ model: Model }>`select model from iot.product where company_id = ${c} and product_id = ${o.product_id} and retired_at is null`.execute(scope.db)).rows[0]
  if (!product) throw scope.refuse('iot.product_gone')
  const { model } = product
  const wrong = (why: string) => scope.refuse('iot.rule_wrong', { why })
  const t = o.body.trigger
  if ((t.kind === 'threshold' || t.kind === 'change') && !model.points.some((p) => p.key === t.point)) throw wrong('产品没有这个点位')
  if (t.kind === 'event' && !model.events.some((e) => e.key === t.event)) throw wrong('产品没有这个事件')
  if (t.kind === 'threshold' && (t.op === 'above' ? t.back > t.limit : t.back < t.limit)) throw wrong(t.op === 'above' ? '恢复值不能高于限值' : '恢复值不能低于限值')
  if (o.body.level === null && o.body.order_category_id === null && o.body.command === null) throw wrong('至少要有一个动作:报警、工单或命令')
  const place = (await sql<{ ok: boolean }>`select (${o.community_id}::uuid is null or exists (select from property.community where company_id = ${c} and community_id = ${o.community_id}::uuid)) and (${o.device_id}::uuid is null or exists (select from iot.device where company_id = ${c} and device_id = ${o.device_id}::uuid and product_id = ${o.product_id})) as ok`.execute(scope.db)).rows[0]!
  if (!place.ok) throw scope.refuse('iot.elsewhere')
  const { command } = o.body
  if (!command) return model
  const target = command.device_id === null ? { model, category: '' } : (await sql<{ model: Model; category: string }>`select p.model, p.category from iot.device d join iot.product p on p.company_id = ${c} and p.product_id = d.product_id where d.company_id = ${c} and d.device_id = ${command.device_id}`.execute(scope.db)).rows[0]
  const spec = target?.model.commands.find((x) => x.key === command.command)
  if (!spec) throw wrong('要控制的设备没有这个命令')
  // What endangers somebody, or shuts off a meter, is decided by a person.
  if (spec.safety === 'life' || target?.category === 'meter') throw wrong(`「${spec.name}」涉及安全,只能由人操作`)
  return model
}
/** Devices a rule is for: of its product, its place. `d` is the device. */
const SCOPED = (scope: Scope, o: RuleIn) => sql`d.company_id = ${scope.company_id} and d.product_id = ${o.product_id} and d.life = 'active' ${o.community_id ? sql`and d.community_id = ${o.community_id}` : sql``} ${o.device_id ? sql`and d.device_id = ${o.device_id}` : sql``}`

async function dryRun(scope: Scope, o: RuleIn, model: Model, days: number) {
  const c = scope.company_id
  const t = o.body.trigger
  const from = new Date(Date.parse(scope.now) - days * 86_400_000).toISOString()
  const list = t.kind === 'event'
    ? (await sql<{ device_id: string; name: string; at: string; v: string | null }>`select e.device_id, d.name, e.at, null as v from iot.device d join iot.event e on e.company_id = ${c} and e.device_id = d.device_id and e.kind = ${t.event} and e.at >= ${from}::timestamptz where ${SCOPED(scope, o)} order by e.device_id, e.at limit ${SAMPLES_MAX + 1}`.execute(scope.db)).rows
    : (await sql<{ device_id: string; name: string; at: string; v: string | null }>`select s.device_id, d.name, s.at, s.v::text as v from iot.device d join iot.sample s on s.company_id = ${c} and s.device_id = d.device_id and s.point = ${t.kind === 'no_data' ? model.points[0]!.key : t.point} and s.at >= ${from}::timestamptz and s.q in ('good','substituted') where ${SCOPED(scope, o)} order by s.device_id, s.at limit ${SAMPLES_MAX + 1}`.execute(scope.db)).rows
  const fires: { device_name: string; at: string; facts: string }[] = []
  let memory: Memory = fresh()
  let last: { id: string; ms: number } | undefined
  const put = (name: string, v: ReturnType<typeof step>, ms: number): void => {
    if (v.does === 'fire') fires.push({ device_name: name, at: new Date(ms).toISOString(), facts: factsText(v.facts, model).map((f) => `${f.name} ${f.text}`).join(',') })
  }
  for (const r of list.slice(0, SAMPLES_MAX)) {
    const ms = Date.parse(r.at)
    if (last?.id !== r.device_id) memory = fresh()
    else if (t.kind === 'no_data' && ms - last.ms > t.for_s * 1000) put(r.name, step(o.body, memory, { kind: 'silence', silent_s: t.for_s, at_ms: last.ms + t.for_s * 1000 }), last.ms + t.for_s * 1000)
    put(r.name, step(o.body, memory, t.kind === 'event' ? { kind: 'event', event: t.event, at_ms: ms } : { kind: 'value', point: t.kind === 'no_data' ? '' : t.point, v: Number(r.v), at_ms: ms }), ms)
    last = { id: r.device_id, ms }
  }
  return { rows: fires.slice(-FIRES_SHOWN).reverse(), fire_count: fires.length, sample_count: Math.min(list.length, SAMPLES_MAX), cut: list.length > SAMPLES_MAX }
}

export const ruleAnswers = [
  answer(iot.rules, async (scope, o) => {
    const c = scope.company_id
    const { rows } = await sql<Omit<RuleRow, 'when_text' | 'then_text'> & { model: Model }>`select r.rule_id, r.name, r.product_id, p.name as product_name, r.community_id, k.name as community_name, r.device_id, d.name as device_name, r.body, r.version_no, r.stopped_at is not null as stopped, p.model,
        (select count(*)::int from iot.rule_fire f where f.company_id = ${c} and f.rule_id = r.rule_id and f.at > ${scope.now}::timestamptz - interval '7 days') as fire_count, (select max(f.at) from iot.rule_fire f where f.company_id = ${c} and f.rule_id = r.rule_id) as last_at
      from iot.rule r join iot.product p on p.company_id = ${c} and p.product_id = r.product_id left join property.community k on k.company_id = ${c} and k.community_id = r.community_id left join iot.device d on d.company_id = ${c} and d.device_id = r.device_id
      where r.company_id = ${c} ${o.product_id ? sql`and r.product_id = ${o.product_id}` : sql``} order by p.name, r.name limit ${MAX}`.execute(scope.db)
    return { rows: rows.map(({ model, ...r }) => ({ ...r, when_text: whenText(r.body, model), then_text: thenText(r.body, model) })) }
  }),
  answer(iot.saveRule, async (scope, o) => {
    wholeCompany(scope)
    const c = scope.company_id
    await checked(scope, o)
    const same = await sql`select 1 from iot.rule where company_id = ${c} and name = ${o.name} and rule_id is distinct from ${o.rule_id ?? null}::uuid`.execute(scope.db)
    if (same.rows.length) throw scope.refuse('iot.name_taken', { name: o.name })
    const before = o.rule_id ? (await sql<{ version_no: number }>`select version_no from iot.rule where company_id = ${c} and rule_id = ${o.rule_id} for update`.execute(scope.db)).rows[0] : undefined
    if (o.rule_id && !before) throw scope.notFound()
    const rule_id = o.rule_id ?? uuidv7()
    const version_no = (before?.version_no ?? 0) + 1
    const values = { name: o.name, product_id: o.product_id, community_id: o.community_id, device_id: o.device_id, body: JSON.stringify(o.body), version_no, changed_by: scope.who.account_id, changed_at: scope.now }
    if (before) await scope.db.updateTable('iot.rule').set(values).where('company_id', '=', c).where('rule_id', '=', rule_id).execute()
    else await scope.db.insertInto('iot.rule').values({ company_id: c, rule_id, ...values }).execute()
    // Each version stands in the audit whole.
    scope.note('rule', rule_id, { name: o.name, version_no, body: o.body })
    tellGateway(scope, 'rules')
    return { rule_id, version_no }
  }),
  answer(iot.stopRule, async (scope, o) => {
    wholeCompany(scope)
    const { rows } = await sql<{ name: string }>`update iot.rule set stopped_at = ${o.stopped ? scope.now : null}::timestamptz, changed_by = ${scope.who.account_id}::uuid, changed_at = ${scope.now} where company_id = ${scope.company_id} and rule_id = ${o.rule_id} returning name`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    scope.note('rule', o.rule_id, { name: rows[0].name, stopped: o.stopped })
    tellGateway(scope, 'rules')
    return { rule_id: o.rule_id }
  }),
  answer(iot.tryRule, async (scope, o) => {
    wholeCompany(scope)
    return dryRun(scope, o, await checked(scope, o), o.days)
  }),
  answer(iot.ruleFires, async (scope, o) => {
    const c = scope.company_id
    const [page, n] = await Promise.all([
      sql<{ fire_id: string; at: string; device_id: string; device_name: string; facts: Record<string, unknown>; did: string; model: Model }>`select f.fire_id, f.at, f.device_id, d.name as device_name, f.facts, f.did, p.model from iot.rule_fire f join iot.device d on d.company_id = ${c} and d.device_id = f.device_id join iot.product p on p.company_id = ${c} and p.product_id = d.product_id
        where f.company_id = ${c} and f.rule_id = ${o.rule_id} and ${devicesSeenBy(scope)} order by f.at desc, f.fire_id limit ${o.page_size} offset ${(o.page - 1) * o.page_size}`.execute(scope.db),
      sql<{ n: number }>`select count(*)::int as n from iot.rule_fire f join iot.device d on d.company_id = ${c} and d.device_id = f.device_id where f.company_id = ${c} and f.rule_id = ${o.rule_id} and ${devicesSeenBy(scope)}`.execute(scope.db),
    ])
    return { total: n.rows[0]!.n, rows: page.rows.map(({ model, ...r }) => ({ ...r, facts: factsText(r.facts, model).map((x) => `${x.name} ${x.text}`).join(',') })) }
  }),
]
