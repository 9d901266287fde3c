// Scenes (场景): what is told to which devices of a community, together. Nothing that endangers anybody and no meter is in one: those are told one by one, by a person.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { iot, type Model, type RunRow, type SceneOne, type SceneRow, type SceneStep } from '../contract.ts'
import { reaches, tellGateway } from './access.ts'
import { plannedOf, runsOf, sceneOf, sceneRunAnswers } from './scene_runs.ts'
import { scheduleAnswers, schedulesOf } from './schedules.ts'

const MAX = 200
interface Raw {
  scene_id: string
  community_id: string
  community_name: string
  name: string
  body: SceneStep[]
  version_no: number
  stopped: boolean
  schedule_count: number
}
interface Names {
  products: Map<string, { name: string; model: Model; category: string; by_community: Record<string, number> }>
  devices: Map<string, string>
}
async function namesOf(scope: Scope, bodies: readonly SceneStep[][]): Promise<Names> {
  const c = scope.company_id
  const steps = bodies.flat()
  const [p, d] = await Promise.all([
    sql<{ product_id: string; name: string; model: Model; category: string; by_community: Record<string, number> }>`select p.product_id, p.name, p.model, p.category, coalesce((select jsonb_object_agg(n.community_id, n.n) from (select d.community_id, count(*)::int as n from iot.device d where d.company_id = ${c} and d.product_id = p.product_id and d.life <> 'retired' group by 1) n), '{}') as by_community from iot.product p where p.company_id = ${c} and p.product_id = any(${[...new Set(steps.map((s) => s.product_id))]}::uuid[])`.execute(scope.db),
    sql<{ device_id: string; name: string }>`select device_id, name from iot.device where company_id = ${c} and device_id = any(${[...new Set(steps.flatMap((s) => s.device_ids))]}::uuid[]) and life <> 'retired'`.execute(scope.db),
  ])
  return { products: new Map(p.rows.map((r) => [r.product_id, r])), devices: new Map(d.rows.map((r) => [r.device_id, r.name])) }
}
function stepsOf(n: Names, community_id: string, body: readonly SceneStep[]): (SceneOne['steps'][number] & { count: number; safety: string | undefined })[] {
  return body.map((s, i) => {
    const p = n.products.get(s.product_id)
    const spec = p?.model.commands.find((x) => x.key === s.command)
    const count = s.device_ids.length === 0 ? (p?.by_community[community_id] ?? 0) : s.device_ids.filter((x) => n.devices.has(x)).length
    const devices_text = s.device_ids.length === 0 ? `全部 ${count} 台` : s.device_ids.map((x) => n.devices.get(x) ?? '已停用').join('、')
    return { step_no: i + 1, product_name: p?.name ?? '—', devices_text, command_name: spec?.name ?? s.command, arg_text: spec?.arg && s.arg !== null ? `${s.arg} ${spec.arg.unit}` : null, count, safety: spec?.safety }
  })
}
async function rowsOf(scope: Scope, list: readonly Raw[]): Promise<SceneRow[]> {
  const [names, runs] = await Promise.all([
    namesOf(scope, list.map((r) => r.body)),
    runsOf(scope, sql<never>`r.run_id = any(select (select y.run_id from iot.scene_run y where y.company_id = ${scope.company_id} and y.scene_id = z.id order by y.at desc, y.run_id limit 1) from unnest(${list.map((r) => r.scene_id)}::uuid[]) as z(id))`, MAX),
  ])
  const last = new Map<string, RunRow>(runs.map((r) => [r.scene_id, r]))
  return list.map(({ body, ...r }) => {
    const steps = stepsOf(names, r.community_id, body)
    const at = { community_id: r.community_id, building_id: null }
    return {
      ...r, what_text: steps.map((s) => `${s.product_name}(${s.devices_text}):${s.command_name}${s.arg_text ? ` ${s.arg_text}` : ''}`).join(';'), device_count: steps.reduce((n, s) => n + s.count, 0), needs_reason: steps.some((s) => s.safety === 'access'), last_run: last.get(r.scene_id) ?? null,
      can: { write: reaches(scope, 'iot.scene.write', at) ? true : 'kernel.forbidden', run: !reaches(scope, 'iot.command.comfort', at) ? 'kernel.forbidden' : r.stopped ? 'iot.scene_stopped' : true },
    }
  })
}
const FIELDS = (c: number) => sql`x.scene_id, x.community_id, k.name as community_name, x.name, x.body, x.version_no, x.stopped_at is not null as stopped, (select count(*)::int from iot.schedule s where s.company_id = ${c} and s.scene_id = x.scene_id and s.stopped_at is null) as schedule_count`

async function checkBody(scope: Scope, community_id: string, body: readonly SceneStep[]): Promise<void> {
  const n = await namesOf(scope, [[...body]])
  const at = new Set((await sql<{ device_id: string; product_id: string }>`select device_id, product_id from iot.device where company_id = ${scope.company_id} and community_id = ${community_id} and device_id = any(${[...new Set(body.flatMap((s) => s.device_ids))]}::uuid[])`.execute(scope.db)).rows.map((r) => `${r.device_id} ${r.product_id}`))
  body.forEach((s, i) => {
    const wrong = (why: string) => scope.refuse('iot.scene_wrong', { step: i + 1, why })
    const p = n.products.get(s.product_id)
    const spec = p?.model.commands.find((x) => x.key === s.command)
    if (!p || !spec) throw wrong('产品没有这个命令')
    if (spec.safety === 'life' || p.category === 'meter') throw wrong(`「${spec.name}」涉及安全,只能由人逐台操作`)
    if (spec.arg && (s.arg === null || s.arg < spec.arg.low || s.arg > spec.arg.high)) throw wrong(`${spec.arg.name}应在 ${spec.arg.low} 至 ${spec.arg.high} ${spec.arg.unit}之间`)
    if (s.device_ids.some((d) => !at.has(`${d} ${s.product_id}`))) throw wrong('有设备不在该小区,或不是这个产品')
  })
  await plannedOf(scope, community_id, body)
}

const saveAnswers = [
  answer(iot.saveScene, async (scope, o) => {
    const c = scope.company_id
    await communityToChange(scope, o.community_id)
    const before = o.scene_id ? await sceneOf(scope, o.scene_id, true) : null
    if (before && before.community_id !== o.community_id) throw scope.notFound()
    const same = await sql`select 1 from iot.scene where company_id = ${c} and community_id = ${o.community_id} and name = ${o.name} and scene_id is distinct from ${o.scene_id ?? null}::uuid`.execute(scope.db)
    if (same.rows.length) throw scope.refuse('iot.scene_taken', { name: o.name })
    await checkBody(scope, o.community_id, o.body)
    const scene_id = o.scene_id ?? uuidv7()
    const version_no = (before?.version_no ?? 0) + 1
    const values = { name: o.name, body: JSON.stringify(o.body), version_no, changed_by: scope.who.account_id, changed_at: scope.now }
    if (before) await scope.db.updateTable('iot.scene').set(values).where('company_id', '=', c).where('scene_id', '=', scene_id).execute()
    else await scope.db.insertInto('iot.scene').values({ company_id: c, scene_id, community_id: o.community_id, ...values }).execute()
    scope.note('scene', scene_id, { name: o.name, version_no, body: o.body })
    return { scene_id, version_no }
  }),
  answer(iot.stopScene, async (scope, o) => {
    const before = await sceneOf(scope, o.scene_id, true)
    await communityToChange(scope, before.community_id)
    await scope.db.updateTable('iot.scene').set({ stopped_at: o.stopped ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }).where('company_id', '=', scope.company_id).where('scene_id', '=', o.scene_id).execute()
    scope.note('scene', o.scene_id, { name: before.name, stopped: o.stopped })
    tellGateway(scope, 'rules')
    return { scene_id: o.scene_id }
  }),
]
export const sceneAnswers = [
  answer(iot.scenes, async (scope, o) => {
    const c = scope.company_id
    const { rows } = await sql<Raw>`select ${FIELDS(c)} from iot.scene x join property.community k on k.company_id = ${c} and k.community_id = x.community_id where x.company_id = ${c} and ${communitiesSeenBy(scope, { alias: 'x' })} ${o.community_id ? sql`and x.community_id = ${o.community_id}` : sql``} order by (x.stopped_at is not null), k.name, x.name limit ${MAX}`.execute(scope.db)
    return { rows: await rowsOf(scope, rows) }
  }),
  answer(iot.scene, async (scope, o): Promise<SceneOne> => {
    const c = scope.company_id
    const { rows } = await sql<Raw>`select ${FIELDS(c)} from iot.scene x join property.community k on k.company_id = ${c} and k.community_id = x.community_id where x.company_id = ${c} and x.scene_id = ${o.scene_id} and ${communitiesSeenBy(scope, { alias: 'x' })}`.execute(scope.db)
    const raw = rows[0]
    if (!raw) throw scope.notFound()
    const [row, schedules, names] = await Promise.all([rowsOf(scope, [raw]), schedulesOf(scope, raw.scene_id), namesOf(scope, [raw.body])])
    return { ...row[0]!, body: raw.body, steps: stepsOf(names, raw.community_id, raw.body).map(({ count: _, safety: _s, ...s }) => s), schedules }
  }),
  ...saveAnswers, ...sceneRunAnswers, ...scheduleAnswers,
]
