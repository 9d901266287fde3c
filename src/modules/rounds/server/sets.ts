// Ready standard sets (现成标准): service grades and the manual of a real estate as data files. Looked at before they are loaded; loaded as drafts, so that
// nothing runs before somebody has read it. What is there under the same name is used, not made a second time.
import { readFileSync } from 'node:fs'
import { sql } from 'kysely'
import { z } from 'zod'
import { answer } from '../../../kernel/app.ts'
import { labelCode, uuidv7 } from '../../../kernel/ids.ts'
import { sealText } from '../../../kernel/seal.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communityToChange } from '../../property/server/index.ts'
import { Item, Rule, rounds, type SetPlan } from '../contract.ts'
import { ruleText } from '../shown.ts'
import { kindIdOf, kindsOf, writeShipped } from './config.ts'
import { keyOfRule } from './planning.ts'
import { newSecret } from './rules/rotating.ts'
import { checklistsOf, writeChecklist } from './setup.ts'

export const StandardSet = z.object({
  code: z.string(), name: z.string().max(60), source: z.string().max(200),
  checklists: z.array(z.object({ name: z.string().max(40), kind: z.string(), items: z.array(Item) })),
  /** `places`: a point each; `per` building: a point at each residential building; neither: one thing without a place. */
  plans: z.array(z.object({ name: z.string().max(60), kind: z.string(), rule: Rule, places: z.array(z.string().max(30)), per: z.enum(['building']).nullable(), checklist: z.string().nullable(), grace_minutes: z.int(), ordered: z.boolean(), photo: z.boolean() })),
})
export type StandardSet = z.output<typeof StandardSet>
export const SETS = ['meixian', 'grade_low', 'grade_mid', 'grade_high'] as const
const read = new Map<string, StandardSet>()
/** Read once; a file that breaks its own shape is a fault of the product, and its test is red before. */
export function setOf(code: (typeof SETS)[number]): StandardSet {
  let s = read.get(code)
  if (!s) read.set(code, (s = StandardSet.parse(JSON.parse(readFileSync(new URL(`../sets/${code}.json`, import.meta.url), 'utf8')))))
  return s
}
/** Seconds from one point to the next, until somebody has walked it. */
const WAY_S = 60

interface Drawn {
  set: StandardSet
  /** By name: the id of what is there. */
  points: Map<string, string>
  lists: Map<string, string>
  buildings: { building_id: string; name: string }[]
  taken: Set<string>
}
async function draw(scope: Scope, code: (typeof SETS)[number], community_id: string): Promise<Drawn> {
  const c = scope.company_id
  const set = setOf(code)
  const [points, plans, routes, buildings, lists] = await Promise.all([
    sql<{ point_id: string; name: string }>`select point_id, name from rounds.point where company_id = ${c} and community_id = ${community_id} and retired_at is null`.execute(scope.db),
    sql<{ name: string }>`select name from rounds.plan where company_id = ${c} and community_id = ${community_id} and state <> 'stopped'`.execute(scope.db),
    sql<{ name: string }>`select name from rounds.route where company_id = ${c} and community_id = ${community_id}`.execute(scope.db),
    sql<{ building_id: string; name: string }>`select building_id, name from property.building where company_id = ${c} and community_id = ${community_id} and kind = 'residential' order by length(no), no limit 300`.execute(scope.db),
    checklistsOf(scope),
  ])
  return { set, points: new Map(points.rows.map((p) => [p.name, p.point_id])), lists: new Map(lists.filter((l) => !l.retired).map((l) => [l.name, l.checklist_id])), buildings: buildings.rows, taken: new Set([...plans.rows, ...routes.rows].map((r) => r.name)) }
}
const placesOf = (d: Drawn, p: StandardSet['plans'][number]): { name: string; building_id: string | null }[] => (p.per ? d.buildings.map((b) => ({ name: `${b.name}楼道`, building_id: b.building_id })) : p.places.map((name) => ({ name, building_id: null })))

async function rowsOf(scope: Scope, d: Drawn): Promise<{ plans: SetPlan[]; checklists: { name: string; item_count: number; there: boolean }[]; point_count: number }> {
  const kinds = new Map((await kindsOf(scope)).map((k) => [k.kind_id, k]))
  const places = new Set<string>()
  const plans = d.set.plans.map((p): SetPlan => {
    const at = placesOf(d, p)
    const kind = kinds.get(kindIdOf(scope.company_id, p.kind))
    const there = d.taken.has(p.name)
    if (!there) for (const x of at) if (!d.points.has(x.name)) places.add(x.name)
    return { name: p.name, kind_name: kind?.name ?? p.kind, department: kind?.department ?? '', rule_zh: ruleText(p.rule), places: at.map((x) => x.name), checklist: p.checklist, there }
  })
  return { plans, checklists: d.set.checklists.map((l) => ({ name: l.name, item_count: l.items.length, there: d.lists.has(l.name) })), point_count: places.size }
}

export const setAnswers = [
  answer(rounds.sets, async () => ({ rows: SETS.map((code) => { const s = setOf(code); return { code, name: s.name, source: s.source, plan_count: s.plans.length, checklist_count: s.checklists.length } }) })),
  answer(rounds.previewSet, async (scope, o) => {
    await communityToChange(scope, o.community_id)
    return rowsOf(scope, await draw(scope, o.code, o.community_id))
  }),
  answer(rounds.loadSet, async (scope, o) => {
    await communityToChange(scope, o.community_id)
    await writeShipped(scope)
    const c = scope.company_id
    const d = await draw(scope, o.code, o.community_id)
    // Checklists are the company's: whoever may not make them uses those that are there.
    const may_lists = scope.reach('rounds.setup.write').all
    const missing = d.set.checklists.filter((l) => !d.lists.has(l.name))
    if (missing.length && !may_lists) throw scope.refuse('rounds.lists_missing', { names: missing.map((l) => l.name).join('、') })
    for (const l of missing) {
      const checklist_id = uuidv7()
      await writeChecklist(scope, { checklist_id, kind_id: kindIdOf(c, l.kind), name: l.name, items: l.items, retired: false })
      d.lists.set(l.name, checklist_id)
    }
    const plans = d.set.plans.filter((p) => !d.taken.has(p.name)).map((p) => ({ ...p, at: placesOf(d, p), plan_id: uuidv7(), route_id: uuidv7() }))
    const fresh = new Map(plans.flatMap((p) => p.at.filter((x) => !d.points.has(x.name)).map((x) => [x.name, { ...x, point_id: uuidv7(), code: labelCode(), secret: sealText(newSecret()) }] as const)))
    for (const [name, p] of fresh) d.points.set(name, p.point_id)
    const me = scope.who.account_id
    await sql`insert into rounds.point (company_id, point_id, community_id, building_id, name, place, code, proof, secret, changed_by, changed_at) select ${c}, x.point_id, ${o.community_id}, x.building_id, x.name, '', x.code, 'scan', x.secret, ${me}::uuid, ${scope.now} from jsonb_to_recordset(${JSON.stringify([...fresh.values()])}::jsonb) as x(point_id uuid, building_id uuid, name text, code text, secret text)`.execute(scope.db)
    const routes = plans.filter((p) => p.at.length > 0)
    await sql`insert into rounds.route (company_id, route_id, community_id, name, ordered, version_no, changed_by, changed_at) select ${c}, x.route_id, ${o.community_id}, x.name, x.ordered, 1, ${me}::uuid, ${scope.now} from jsonb_to_recordset(${JSON.stringify(routes.map(({ route_id, name, ordered }) => ({ route_id, name, ordered })))}::jsonb) as x(route_id uuid, name text, ordered boolean)`.execute(scope.db)
    const stops = routes.flatMap((p) => p.at.map((x, i) => ({ route_id: p.route_id, stop_no: i + 1, point_id: d.points.get(x.name)!, checklist_id: p.checklist ? (d.lists.get(p.checklist) ?? null) : null, travel_seconds: i === 0 ? 0 : WAY_S })))
    await sql`insert into rounds.route_stop (company_id, route_id, version_no, stop_no, point_id, checklist_id, travel_seconds) select ${c}, x.route_id, 1, x.stop_no, x.point_id, x.checklist_id, x.travel_seconds from jsonb_to_recordset(${JSON.stringify(stops)}::jsonb) as x(route_id uuid, stop_no int, point_id uuid, checklist_id uuid, travel_seconds int)`.execute(scope.db)
    const rows = plans.map((p) => ({ plan_id: p.plan_id, kind_id: kindIdOf(c, p.kind), name: p.name, route_id: p.at.length ? p.route_id : null, checklist_id: p.at.length === 0 && p.checklist ? (d.lists.get(p.checklist) ?? null) : null, rule: p.rule, rule_key: keyOfRule(p.rule), grace_minutes: p.grace_minutes, photo: p.photo }))
    await sql`insert into rounds.plan (company_id, plan_id, community_id, kind_id, name, route_id, checklist_id, rule, rule_key, from_on, grace_minutes, photo, state, source, changed_by, changed_at)
      select ${c}, x.plan_id, ${o.community_id}, x.kind_id, x.name, x.route_id, x.checklist_id, x.rule, x.rule_key, ${scope.today}::date, x.grace_minutes, x.photo, 'draft', ${d.set.name}, ${me}::uuid, ${scope.now}
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(plan_id uuid, kind_id uuid, name text, route_id uuid, checklist_id uuid, rule jsonb, rule_key text, grace_minutes int, photo boolean)`.execute(scope.db)
    scope.note('standard_set', o.community_id, { set: d.set.name, plans: rows.length, points: fresh.size, checklists: missing.length })
    return { plan_count: rows.length, point_count: fresh.size, checklist_count: missing.length }
  }),
]
