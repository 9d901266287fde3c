// The work that a rule is for, and the other way round: the versions in force for an order, a round or a device that somebody stands before.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { In, Out } from '../../../kernel/contract.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { deviceToRead } from '../../equipment/server/index.ts'
import { orderToRead } from '../../orders/server/index.ts'
import { taskToRead } from '../../rounds/server/index.ts'
import { office, type Link, type RuleDetail } from '../contract.ts'
import { said } from '../shown.ts'
import { FIRST, docToChange, docsSeenBy, staffOnly, worksIn } from './access.ts'
import { lastOf } from './versions.ts'

const CHOICES_MAX = 1000
const SOPS_MAX = 20
type Kind = Link['at']
/** Where the things of a kind stand, as `x`; parents name what their children are for too. */
const NAMES: Record<Kind, (c: number) => RawBuilder<unknown>> = {
  order_category: (c) => sql`select x.category_id as id, coalesce((select p.name || ' / ' from orders.category p where p.company_id = ${c} and p.category_id = x.parent_id), '') || x.name as name, x.retired_at is null as live, null::uuid as community_id from orders.category x where x.company_id = ${c}`,
  round_kind: (c) => sql`select x.kind_id, x.name, x.retired_at is null, null::uuid from rounds.kind x where x.company_id = ${c}`,
  round_plan: (c) => sql`select x.plan_id, x.name, x.state <> 'stopped', x.community_id from rounds.plan x where x.company_id = ${c}`,
  equipment_category: (c) => sql`select x.category_id, coalesce((select p.name || ' / ' from equipment.category p where p.company_id = ${c} and p.category_id = x.parent_id), '') || x.name, x.retired_at is null, null::uuid from equipment.category x where x.company_id = ${c}`,
}
const KINDS = Object.keys(NAMES) as Kind[]
const ALL = (c: number) => sql.join(KINDS.map((k) => sql`select ${k}::text as at, y.* from (${NAMES[k](c)}) as y(target_id, name, live, community_id)`), sql` union all `)
export async function linkNames(scope: Scope, doc_id: string): Promise<RuleDetail['links']> {
  const { rows } = await sql<RuleDetail['links'][number]>`select l.at, l.target_id, coalesce(a.name, '') as name from office.rule_link l left join (${ALL(scope.company_id)}) a on a.at = l.at and a.target_id = l.target_id where l.company_id = ${scope.company_id} and l.doc_id = ${doc_id} order by l.at, a.name`.execute(scope.db)
  return rows
}
const saveLinks = answer(office.saveLinks, async (scope, { doc_id, links }) => {
  const c = scope.company_id
  const d = await docToChange(scope, doc_id)
  if (d.ended_on) throw scope.refuse('office.wrong_state', { title: (await lastOf(scope, doc_id))?.title ?? d.no, state: said('rule', 'withdrawn') })
  const before = await linkNames(scope, doc_id)
  const had = new Set(before.map((l) => `${l.at} ${l.target_id}`))
  const list = [...new Map(links.map((l) => [`${l.at} ${l.target_id}`, l])).values()]
  const rows = sql`jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as j(at text, target_id uuid)`
  // What is retired stays linked where it was: the list is sent whole.
  const { rows: known } = await sql<{ at: string; target_id: string; live: boolean }>`select j.at, j.target_id, a.live from ${rows} join (${ALL(c)}) a on a.at = j.at and a.target_id = j.target_id where a.community_id is null or ${d.community_id}::uuid is null or a.community_id = ${d.community_id}::uuid`.execute(scope.db)
  const good = known.filter((k) => k.live || had.has(`${k.at} ${k.target_id}`))
  if (good.length < list.length) throw scope.refuse('office.link_unknown', { count: list.length - good.length })
  await sql`delete from office.rule_link where company_id = ${c} and doc_id = ${doc_id}`.execute(scope.db)
  await sql`insert into office.rule_link (company_id, doc_id, at, target_id, made_by_name, made_at) select ${c}::bigint, ${doc_id}::uuid, j.at, j.target_id, ${scope.who.name}, ${scope.now}::timestamptz from ${rows}`.execute(scope.db)
  scope.note('rule_doc', doc_id, { no: d.no, links: (await linkNames(scope, doc_id)).map((l) => l.name), before: before.map((l) => l.name) })
  return { doc_id }
})
type Choices = Out<typeof office.choices.gives>
/** What the editor chooses from: posts, departments, roles, and the work that rules are for. */
const choices = answer(office.choices, async (scope, { community_id }): Promise<Choices> => {
  const c = scope.company_id
  const { rows: who } = await sql<Choices['targets'][number]>`(select 'post' as kind, p.post_id as target_id, p.name from staff.post p where p.company_id = ${c} and p.retired_at is null order by p.sort_no, p.name limit ${CHOICES_MAX})
    union all (select 'department', d.department_id, v.name from staff.department d join lateral (select x.name from staff.department_version x where x.company_id = ${c} and x.department_id = d.department_id order by x.from_on <= ${scope.today}::date desc, x.from_on desc, x.made_at desc limit 1) v on true where d.company_id = ${c} and d.retired_at is null order by d.sort_no limit ${CHOICES_MAX})
    union all (select 'community', m.community_id, m.name from property.community m where m.company_id = ${c} and m.disabled_at is null order by m.name limit ${CHOICES_MAX}) union all (select 'role', r.role_id, r.name from identity.role r where r.company_id = ${c} order by r.created_at, r.name limit ${CHOICES_MAX})`.execute(scope.db)
  const { rows: links } = await sql<Choices['links'][number]>`select a.at, a.target_id, a.name from (${ALL(c)}) a where a.live and (a.community_id is null or ${community_id}::uuid is null or a.community_id = ${community_id}::uuid) order by a.at, a.name limit ${CHOICES_MAX}`.execute(scope.db)
  return { targets: who, links }
})
/** Pairs that lead from the thing to rules; the door of the thing's own module says whether whoever asks may see it. */
async function pairsOf(scope: Scope, o: In<typeof office.sops.takes>): Promise<{ pairs: RawBuilder<unknown>; community_id: string }> {
  const c = scope.company_id
  if (o.at === 'order') {
    const r = await orderToRead(scope, o.id)
    return { community_id: r.community_id, pairs: sql`select 'order_category' as at, x.category_id as target_id from orders.category x where x.company_id = ${c} and (x.category_id = ${r.category_id} or x.category_id = (select y.parent_id from orders.category y where y.company_id = ${c} and y.category_id = ${r.category_id}))
      union all ${deviceCategories(c, sql`e.equipment_id = ${r.equipment_id}::uuid`)}` }
  }
  if (o.at === 'device') {
    const r = await deviceToRead(scope, o.id, 'equipment.device.read')
    return { community_id: r.community_id, pairs: deviceCategories(c, sql`e.equipment_id = ${o.id}`) }
  }
  const t = await taskToRead(scope, { on_day: o.on_day ?? scope.today, task_id: o.id })
  return { community_id: t.community_id, pairs: sql`select 'round_kind' as at, ${t.kind_id}::uuid as target_id union all select 'round_plan', ${t.plan_id}::uuid union all ${deviceCategories(c, sql`e.equipment_id in (select n.equipment_id from rounds.plan p join rounds.route_stop s on s.company_id = ${c} and s.route_id = p.route_id join rounds.point n on n.company_id = ${c} and n.point_id = s.point_id where p.company_id = ${c} and p.plan_id = ${t.plan_id})`)}` }
}
const deviceCategories = (c: number, which: RawBuilder<unknown>) => sql`select 'equipment_category' as at, k.category_id as target_id from equipment.device e join equipment.category own on own.company_id = ${c} and own.category_id = e.category_id join equipment.category k on k.company_id = ${c} and (k.category_id = own.category_id or k.category_id = own.parent_id) where e.company_id = ${c} and ${which}`
const sops = answer(office.sops, async (scope, o) => {
  staffOnly(scope)
  const c = scope.company_id
  const { pairs, community_id } = await pairsOf(scope, o)
  const { rows } = await sql<Omit<Out<typeof office.sops.gives>['rows'][number], 'why'> & { at: Kind; name: string }>`with asked as materialized (${pairs})
    select distinct on (k.sort_no, d.no) d.doc_id, v.version_id, d.no, v.title, k.name as class_name, v.version_no, v.from_on, l.at, a.name from asked q join office.rule_link l on l.company_id = ${c} and l.at = q.at and l.target_id = q.target_id join office.rule_doc d on d.company_id = ${c} and d.doc_id = l.doc_id and (d.community_id is null or d.community_id = ${community_id}::uuid)
      join office.rule_class k on k.company_id = ${c} and k.class_id = d.class_id join ${FIRST(scope, sql<SqlBool>`v.state = 'agreed'`)} v on v.shown_state = 'in_force' left join (${ALL(c)}) a on a.at = l.at and a.target_id = l.target_id order by k.sort_no, d.no limit ${SOPS_MAX}`.execute(scope.db)
  return { rows: rows.map(({ at, name, ...r }) => ({ ...r, why: `${said('link', at)}:${name}` })) }
})
/** Whether the person may open it for its work alone: it is for some work, and holds where he works. */
export const forWork = (scope: Scope): RawBuilder<SqlBool> => sql<SqlBool>`(exists (select from office.rule_link l where l.company_id = ${scope.company_id} and l.doc_id = d.doc_id) and (d.community_id is null or ${worksIn(scope, sql`d.community_id`)} or ${docsSeenBy(scope)}))`
export const linkAnswers = [saveLinks, choices, sops]
