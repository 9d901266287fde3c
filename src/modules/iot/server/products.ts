// Products as versioned data. What was measured under a point stays readable: a point that has values keeps its key and its kind.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { iot, type Model, type ProductRow } from '../contract.ts'
import { said } from '../shown.ts'
import { tellGateway, wholeCompany } from './access.ts'
import { READY } from './ready.ts'
import { meterPlace, registerOf, settingOf } from './bus/dialect.ts'
import { controlOf, valveOf } from './bus/switching.ts'

const MAX = 500
const ROW = (c: number) => sql`p.product_id, p.code, p.name, p.category, p.link, p.version_no, jsonb_array_length(p.model->'points') as point_count, jsonb_array_length(p.model->'commands') as command_count, (p.model->>'period_s')::int as period_s, (p.model->>'offline_after_s')::int as offline_after_s, p.retired_at is not null as retired,
  (select count(*)::int from iot.device d where d.company_id = ${c} and d.product_id = p.product_id and d.life <> 'retired') as device_count`

/** What a model says of itself must hold together. */
export function modelFault(m: Model): string | null {
  const twice = (list: readonly { key: string; name: string }[], what: string) => list.map((x) => x.key).filter((k, i, all) => all.indexOf(k) !== i).map((k) => `${what}代号 ${k} 重复`)[0] ?? null
  const dup = twice(m.points, '点位') ?? twice(m.commands, '命令') ?? twice(m.events, '事件')
  if (dup) return dup
  for (const p of m.points) if (p.low !== null && p.high !== null && p.low >= p.high) return `点位「${p.name}」的量程下限应小于上限`
  for (const c of m.commands) {
    if (c.confirm && !m.points.some((p) => p.key === c.confirm!.point)) return `命令「${c.name}」回读的点位 ${c.confirm.point} 不存在`
    if (c.arg && c.arg.low >= c.arg.high) return `命令「${c.name}」的参数下限应小于上限`
  }
  return m.offline_after_s <= m.period_s ? '离线判定应长于上报周期' : null
}
const BACNET = /^(ai|ao|av|bi|bo|bv|mi|mo|mv):\d{1,7}(:\d{1,4})?(@\d{1,2})?$/i
const METERED = new Set(['dlt645_2007', 'dlt645_1997', 'cjt188'])
/** What switches a meter is a meter's command and endangers people: so no rule, scene or platform gives it, and a reason is asked for. An answer of the meter says nothing, so it is read back. */
function meterFault(link: string, category: string, m: Model): string | null {
  const odd = m.points.find((p) => p.where !== null && !meterPlace(link, p.where))
  if (odd) return `点位「${odd.name}」的数据标识「${odd.where!}」写法不对,${link === 'cjt188' ? '水表写 901F,阀门 901F.valve,电池 901F.battery' : link === 'dlt645_2007' ? '如 00010000,状态字的一位如 04000503.4' : '如 9010'}`
  for (const c of m.commands) {
    if (link === 'dlt645_1997') return `DL/T 645-1997 没有跳合闸命令,「${c.name}」不能设;要远程通断请用 2007 版的电表`
    if (link === 'dlt645_2007' ? controlOf(c.where ?? '') === null : valveOf(c.where ?? '') === null) return `命令「${c.name}」的写法「${c.where ?? ''}」不对,${link === 'dlt645_2007' ? '跳闸 1C:1A、合闸允许 1C:1B、直接合闸 1C:1C、保电 1C:3A、保电解除 1C:3B' : '开阀 A017:55、关阀 A017:99,厂家码 66、77;表类型和字节序接在后面,如 A017:77:20:hi'}`
    if (category !== 'meter' || c.safety !== 'life') return `命令「${c.name}」通断表计:产品类别应为表计,安全级别应为涉及安全`
    if (!c.confirm || c.confirm.equals === null || c.arg) return `命令「${c.name}」要有回读的点位和回读值:表计应答不表示已经动作`
  }
  return null
}
/** On a bus what has no place is never asked and cannot be set. */
function placeFault(link: string, category: string, m: Model): string | null {
  if (METERED.has(link)) return meterFault(link, category, m)
  if (link !== 'bacnet' && link !== 'modbus') return null
  const lost = m.commands.find((c) => !c.where)
  if (lost) return `命令「${lost.name}」没有填写到哪里`
  if (link === 'modbus') {
    const odd = m.points.find((p) => p.where !== null && !registerOf(p.where)) ?? m.commands.find((c) => !settingOf(c.where ?? ''))
    return odd ? `「${odd.name}」的寄存器「${odd.where ?? ''}」写法不对,点位如 hr:0:u16:0.1、hr:2:f32,命令如 hr:2、co:3` : null
  }
  const odd = [...m.points, ...m.commands].find((x) => !BACNET.test(x.where ?? ''))
  if (odd) return `「${odd.name}」的对象「${odd.where ?? ''}」写法不对,如 ai:1、bo:2@8`
  const input = m.commands.find((c) => /^(ai|bi|mi):/i.test(c.where ?? ''))
  return input ? `命令「${input.name}」写的是输入对象,输入对象不能写` : null
}
async function keepVersion(scope: Scope, product_id: string, version_no: number, model: Model): Promise<void> {
  await sql`insert into iot.product_version (company_id, product_id, version_no, model, made_by, made_at) values (${scope.company_id}, ${product_id}, ${version_no}, ${JSON.stringify(model)}::jsonb, ${scope.who.account_id}::uuid, ${scope.now})`.execute(scope.db)
}
/** A point that has values keeps its key and its kind. */
async function checkUsed(scope: Scope, product_id: string, before: Model, after: Model): Promise<void> {
  const lost = before.points.filter((p) => after.points.find((n) => n.key === p.key)?.kind !== p.kind)
  if (lost.length === 0) return
  const { rows } = await sql<{ point: string }>`select k.point from unnest(${lost.map((p) => p.key)}::text[]) as k(point) where exists (select from iot.device d join iot.rollup_day r on r.company_id = ${scope.company_id} and r.device_id = d.device_id and r.point = k.point where d.company_id = ${scope.company_id} and d.product_id = ${product_id})
    or exists (select from iot.device d join iot.device_state s on s.company_id = ${scope.company_id} and s.device_id = d.device_id and s.latest ? k.point where d.company_id = ${scope.company_id} and d.product_id = ${product_id}) limit 1`.execute(scope.db)
  if (rows[0]) throw scope.refuse('iot.point_used', { name: lost.find((p) => p.key === rows[0]!.point)!.name })
}

export const productAnswers = [
  answer(iot.products, async (scope, o) => {
    const c = scope.company_id
    const { rows } = await sql<ProductRow>`select ${ROW(c)} from iot.product p where p.company_id = ${c} ${o.with_retired ? sql`` : sql`and p.retired_at is null`} order by p.category, p.name limit ${MAX}`.execute(scope.db)
    const have = new Set((await sql<{ code: string }>`select code from iot.product where company_id = ${c} limit ${MAX}`.execute(scope.db)).rows.map((r) => r.code))
    return { rows, ready_count: READY.filter((r) => !have.has(r.code)).length }
  }),
  answer(iot.product, async (scope, o) => {
    const c = scope.company_id
    const { rows } = await sql<ProductRow & { model: Model }>`select ${ROW(c)}, p.model from iot.product p where p.company_id = ${c} and p.product_id = ${o.product_id}`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    return rows[0]
  }),
  answer(iot.saveProduct, async (scope, o) => {
    wholeCompany(scope)
    const c = scope.company_id
    const why = modelFault(o.model) ?? placeFault(o.link, o.category, o.model)
    if (why) throw scope.refuse('iot.model_wrong', { why })
    const taken = await sql<{ name: string }>`select name from iot.product where company_id = ${c} and (code = ${o.code} or name = ${o.name}) and product_id is distinct from ${o.product_id ?? null}::uuid`.execute(scope.db)
    if (taken.rows[0]) throw scope.refuse('iot.name_taken', { name: taken.rows[0].name })
    const before = o.product_id ? (await sql<{ link: string; model: Model; version_no: number; used: number; name: string }>`select p.link, p.model, p.version_no, p.name, (select count(*)::int from iot.device d where d.company_id = ${c} and d.product_id = p.product_id) as used from iot.product p where p.company_id = ${c} and p.product_id = ${o.product_id} for update of p`.execute(scope.db)).rows[0] : undefined
    if (o.product_id && !before) throw scope.notFound()
    if (before && before.link !== o.link && before.used > 0) throw scope.refuse('iot.link_fixed', { name: before.name, count: before.used })
    if (before) await checkUsed(scope, o.product_id!, before.model, o.model)
    const product_id = o.product_id ?? uuidv7()
    const version_no = (before?.version_no ?? 0) + 1
    const values = { code: o.code, name: o.name, category: o.category, link: o.link, version_no, model: JSON.stringify(o.model), changed_by: scope.who.account_id, changed_at: scope.now }
    if (before) await scope.db.updateTable('iot.product').set(values).where('company_id', '=', c).where('product_id', '=', product_id).execute()
    else await scope.db.insertInto('iot.product').values({ company_id: c, product_id, ...values }).execute()
    await keepVersion(scope, product_id, version_no, o.model)
    scope.note('product', product_id, { code: o.code, name: o.name, version_no })
    tellGateway(scope, 'registry')
    return { product_id, version_no }
  }),
  answer(iot.loadProducts, async (scope) => {
    wholeCompany(scope)
    const c = scope.company_id
    const rows = READY.map((r) => ({ product_id: uuidv7(), ...r }))
    const made = await sql<{ product_id: string }>`insert into iot.product (company_id, product_id, code, name, category, link, version_no, model, changed_by, changed_at)
      select ${c}::bigint, x.product_id, x.code, x.name, x.category, x.link, 1, x.model, ${scope.who.account_id}::uuid, ${scope.now}::timestamptz from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(product_id uuid, code text, name text, category text, link text, model jsonb)
      where not exists (select from iot.product p where p.company_id = ${c} and (p.code = x.code or p.name = x.name)) returning product_id`.execute(scope.db)
    const ids = made.rows.map((r) => r.product_id)
    await sql`insert into iot.product_version (company_id, product_id, version_no, model, made_by, made_at) select company_id, product_id, 1, model, changed_by, changed_at from iot.product where company_id = ${c} and product_id = any(${ids}::uuid[])`.execute(scope.db)
    scope.note('product', 'ready', { added: ids.length })
    return { added_count: ids.length }
  }),
  answer(iot.retireProduct, async (scope, o) => {
    wholeCompany(scope)
    const c = scope.company_id
    const { rows } = await sql<{ name: string; used: number }>`select p.name, (select count(*)::int from iot.device d where d.company_id = ${c} and d.product_id = p.product_id and d.life <> 'retired') as used from iot.product p where p.company_id = ${c} and p.product_id = ${o.product_id} for update of p`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    if (o.retired && rows[0].used > 0) throw scope.refuse('iot.product_used', { name: rows[0].name, count: rows[0].used })
    await scope.db.updateTable('iot.product').set({ retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }).where('company_id', '=', c).where('product_id', '=', o.product_id).execute()
    scope.note('product', o.product_id, { name: rows[0].name, retired: o.retired })
    return { product_id: o.product_id }
  }),
]
export const linkText = (link: string): string => said('link', link)
