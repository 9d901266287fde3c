// Kinds, rules, checklists, crews: data of the company.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { compareDecimal } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { rounds, type Checklist, type Crew, type Item } from '../contract.ts'
import { wholeCompany } from './access.ts'
import { kindsOf, policyNow, writeShipped } from './config.ts'

const ROWS_MAX = 500
const VERSIONS_MAX = 50

export async function checklistsOf(scope: Scope, kind_id?: string): Promise<Checklist[]> {
  const c = scope.company_id
  const { rows } = await sql<Checklist>`select l.checklist_id, l.name, l.kind_id, k.name as kind_name, v.version_no, v.items, l.changed_at, l.retired_at is not null as retired from rounds.checklist l join rounds.kind k on k.company_id = ${c} and k.kind_id = l.kind_id
      join lateral (select version_no, items from rounds.checklist_version v where v.company_id = ${c} and v.checklist_id = l.checklist_id order by version_no desc limit 1) v on true
    where l.company_id = ${c} ${kind_id ? sql`and l.kind_id = ${kind_id}` : sql``} order by k.sort_no, l.name limit ${ROWS_MAX}`.execute(scope.db)
  return rows
}
function checkItems(scope: Scope, items: readonly Item[]): void {
  const seen = new Set<string>()
  for (const [i, x] of items.entries()) {
    const why = seen.has(x.item_id) ? '项目编号重复' : x.answer === 'choice' && x.choices.length < 2 ? '选择项至少两个选项' : x.answer === 'number' && x.low !== null && x.high !== null && compareDecimal(x.low, x.high) > 0 ? '下限不能大于上限' : undefined
    if (why) throw scope.refuse('rounds.items_wrong', { row_no: i + 1, text: x.text, why })
    seen.add(x.item_id)
  }
}
export async function writeChecklist(scope: Scope, o: { checklist_id: string; kind_id: string; name: string; items: readonly Item[]; retired: boolean }): Promise<number> {
  const c = scope.company_id
  const values = { kind_id: o.kind_id, name: o.name, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
  await scope.db.insertInto('rounds.checklist').values({ company_id: c, checklist_id: o.checklist_id, ...values }).onConflict((x) => x.columns(['company_id', 'checklist_id']).doUpdateSet(values)).execute()
  // A version is written only when the items are others than before.
  const { rows } = await sql<{ version_no: number }>`with before as (select version_no, items from rounds.checklist_version where company_id = ${c} and checklist_id = ${o.checklist_id} order by version_no desc limit 1),
    made as (insert into rounds.checklist_version (company_id, version_id, checklist_id, version_no, items, created_by, created_at)
      select ${c}, ${uuidv7()}, ${o.checklist_id}, coalesce((select version_no from before), 0) + 1, ${JSON.stringify(o.items)}::jsonb, ${scope.who.account_id}::uuid, ${scope.now} where not exists (select from before where items = ${JSON.stringify(o.items)}::jsonb) returning version_no)
    select coalesce((select version_no from made), (select version_no from before)) as version_no`.execute(scope.db)
  return rows[0]!.version_no
}

/** Members who may walk at a community. */
async function walkersAt(scope: Scope, community_id: string | undefined): Promise<{ account_id: string; name: string; post: string | null }[]> {
  const c = scope.company_id
  const { rows } = await sql<{ account_id: string; name: string; post: string | null }>`select distinct m.account_id, m.name, m.post from identity.access_grant g join identity.role r on r.company_id = ${c} and r.role_id = g.role_id and ('rounds.task.work' = any(r.permissions))
    join identity.member m on m.company_id = ${c} and m.account_id = g.account_id and m.disabled_at is null
    where g.company_id = ${c} and (g.scope_kind = 'company' or ${community_id ?? null}::uuid is null or ${community_id ?? null}::uuid = any(g.scope_ids)) order by m.name, m.account_id limit ${ROWS_MAX}`.execute(scope.db)
  return rows
}

export const setupAnswers = [
  answer(rounds.kinds, async (scope) => ({ rows: scope.who.kind === 'staff' ? await kindsOf(scope) : [] })),
  answer(rounds.saveKind, async (scope, o) => {
    wholeCompany(scope)
    await writeShipped(scope)
    const all = await kindsOf(scope)
    const before = all.find((k) => k.kind_id === o.kind_id)
    if (o.kind_id && !before) throw scope.notFound()
    if (all.some((k) => k.kind_id !== o.kind_id && k.name === o.name)) throw scope.refuse('rounds.name_taken', { name: o.name })
    const kind_id = o.kind_id ?? uuidv7()
    const values = { name: o.name, department: o.department, sort_no: o.sort_no, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
    await scope.db.insertInto('rounds.kind').values({ company_id: scope.company_id, kind_id, code: before?.code ?? kind_id.slice(0, 8), ...values }).onConflict((x) => x.columns(['company_id', 'kind_id']).doUpdateSet(values)).execute()
    scope.note('kind', kind_id, { name: o.name, department: o.department })
    return { kind_id }
  }),
  answer(rounds.policy, async (scope) => {
    const versions = await scope.db.selectFrom('rounds.policy').select(['from_on', 'ahead_days', 'early_minutes', 'accept_days', 'skew_minutes', 'rotate_seconds', 'fix_days', 'positions', 'far_m', 'speed_kmh', 'position_days', 'created_by', 'created_at']).where('company_id', '=', scope.company_id).orderBy('from_on', 'desc').orderBy('created_at', 'desc').limit(VERSIONS_MAX).execute()
    const names = await memberNames(scope, versions.map((v) => v.created_by))
    return { now: await policyNow(scope), versions: versions.map(({ created_by, ...v }) => ({ ...v, created_by_name: (created_by && names.get(created_by)) || null })) }
  }),
  answer(rounds.savePolicy, async (scope, o) => {
    wholeCompany(scope)
    if (o.from_on < scope.today) throw scope.refuse('rounds.from_past', { today: scope.today })
    const { request_id: _r, dry_run: _d, ...p } = o
    const policy_id = uuidv7()
    await scope.db.insertInto('rounds.policy').values({ company_id: scope.company_id, policy_id, ...p, created_by: scope.who.account_id, created_at: scope.now }).execute()
    scope.note('policy', policy_id, { ...p })
    return { from_on: o.from_on }
  }),
  answer(rounds.checklists, async (scope, o) => ({ rows: await checklistsOf(scope, o.kind_id) })),
  answer(rounds.saveChecklist, async (scope, o) => {
    wholeCompany(scope)
    await writeShipped(scope)
    checkItems(scope, o.items)
    if (!(await kindsOf(scope)).some((k) => k.kind_id === o.kind_id)) throw scope.notFound()
    const all = await checklistsOf(scope)
    if (o.checklist_id && !all.some((l) => l.checklist_id === o.checklist_id)) throw scope.notFound()
    if (all.some((l) => l.checklist_id !== o.checklist_id && l.name === o.name)) throw scope.refuse('rounds.name_taken', { name: o.name })
    const checklist_id = o.checklist_id ?? uuidv7()
    const version_no = await writeChecklist(scope, { ...o, checklist_id })
    scope.note('checklist', checklist_id, { name: o.name, version_no, items: o.items.length })
    return { checklist_id, version_no }
  }),
  answer(rounds.crews, async (scope, o) => {
    const c = scope.company_id
    const { rows } = await sql<Crew>`select w.crew_id, w.community_id, k.name as community_name, w.name, w.account_ids, w.retired_at is not null as retired,
        coalesce((select string_agg(m.name, '、' order by m.name) from identity.member m where m.company_id = ${c} and m.account_id = any(w.account_ids)), '') as members
      from rounds.crew w join property.community k on k.company_id = ${c} and k.community_id = w.community_id where w.company_id = ${c} and ${communitiesSeenBy(scope, { alias: 'w' })} ${o.community_id ? sql`and w.community_id = ${o.community_id}` : sql``} order by k.name, w.name limit ${ROWS_MAX}`.execute(scope.db)
    return { rows, people: await walkersAt(scope, o.community_id) }
  }),
  answer(rounds.saveCrew, async (scope, o) => {
    await communityToChange(scope, o.community_id)
    const c = scope.company_id
    const may = new Set((await walkersAt(scope, o.community_id)).map((m) => m.account_id))
    const ids = [...new Set(o.account_ids)]
    const not = ids.filter((a) => !may.has(a)).length
    if (not) throw scope.refuse('rounds.no_worker', { count: not })
    const same = await sql<{ crew_id: string; community_id: string; name: string }>`select crew_id, community_id, name from rounds.crew where company_id = ${c} and (crew_id = ${o.crew_id ?? null}::uuid or (community_id = ${o.community_id} and name = ${o.name}))`.execute(scope.db)
    if (o.crew_id && !same.rows.some((r) => r.crew_id === o.crew_id && r.community_id === o.community_id)) throw scope.notFound()
    if (same.rows.some((r) => r.crew_id !== o.crew_id)) throw scope.refuse('rounds.name_taken', { name: o.name })
    const crew_id = o.crew_id ?? uuidv7()
    const values = { name: o.name, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
    await sql`insert into rounds.crew (company_id, crew_id, community_id, name, account_ids, retired_at, changed_by, changed_at) values (${c}, ${crew_id}, ${o.community_id}, ${values.name}, ${ids}::uuid[], ${values.retired_at}, ${values.changed_by}, ${values.changed_at})
      on conflict (company_id, crew_id) do update set name = excluded.name, account_ids = excluded.account_ids, retired_at = excluded.retired_at, changed_by = excluded.changed_by, changed_at = excluded.changed_at`.execute(scope.db)
    scope.note('crew', crew_id, { name: o.name, members: ids.length })
    return { crew_id }
  }),
]
