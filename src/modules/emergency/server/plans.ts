// Plans by version: a draft is written, handed in, and published by somebody else; what was published before is kept.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communityToChange } from '../../property/server/index.ts'
import { emergency, type Content, type PlanAction, type PlanFull, type PlanRow, type Version, type VersionState } from '../contract.ts'
import { membersHere, reaches, refusal, seen } from './access.ts'
import { kindsOf, writeShipped } from './config.ts'
import { PLAN, canOf, judge, type PLAN_ACTORS } from './rules/machines.ts'

type Actor = (typeof PLAN_ACTORS)[number]
const VERSIONS_MAX = 50
export interface PlanKey {
  plan_id: string
  community_id: string
  kind_id: string
  name: string
  live_no: number | null
  retired: boolean
  open_no: number | null
  open_state: VersionState | null
  submitted_by: string | null
  next_no: number
}
export async function planOf(scope: Scope, plan_id: string, lock: boolean): Promise<PlanKey> {
  const c = scope.company_id
  // Locked first: what is read beside the row must be of after the lock.
  if (lock) await sql`select 1 from emergency.plan p where p.company_id = ${c} and p.plan_id = ${plan_id} for update`.execute(scope.db)
  const { rows } = await sql<PlanKey>`select p.plan_id, p.community_id, p.kind_id, p.name, p.live_no, p.retired_at is not null as retired, v.version_no as open_no, v.state as open_state, v.submitted_by, (select coalesce(max(x.version_no), 0)::int + 1 from emergency.version x where x.company_id = ${c} and x.plan_id = p.plan_id) as next_no
    from emergency.plan p left join emergency.version v on v.company_id = ${c} and v.plan_id = p.plan_id and v.state in ('draft','submitted') where p.company_id = ${c} and p.plan_id = ${plan_id} and ${seen(scope, 'p')}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
function actorsOf(scope: Scope, p: PlanKey): Actor[] {
  const out: Actor[] = []
  if (reaches(scope, 'emergency.plan.write', p.community_id)) out.push('writer')
  if (reaches(scope, 'emergency.plan.publish', p.community_id)) out.push('publisher')
  if (p.submitted_by !== null && p.submitted_by === scope.who.account_id) out.push('submitter')
  return out
}
async function act(scope: Scope, plan_id: string, action: Exclude<PlanAction, 'edit'>, reason: string | null = null): Promise<{ plan_id: string; version_no: number; state: VersionState }> {
  const c = scope.company_id
  const p = await planOf(scope, plan_id, true)
  const state = p.open_state ?? 'published'
  const v = judge(PLAN, state, action, actorsOf(scope, p))
  if (!v.ok) throw refusal(scope, v.code, { name: p.name, of: 'version', state, action, actions: 'plan_action' })
  const no = p.open_no!
  if (action === 'submit') await sql`update emergency.version set state = 'submitted', submitted_by = ${scope.who.account_id}::uuid, submitted_at = ${scope.now}, reason = null where company_id = ${c} and plan_id = ${plan_id} and version_no = ${no}`.execute(scope.db)
  if (action === 'back') await sql`update emergency.version set state = 'draft', reason = ${reason}, decided_by_name = ${scope.who.name}, decided_at = ${scope.now} where company_id = ${c} and plan_id = ${plan_id} and version_no = ${no}`.execute(scope.db)
  if (action === 'publish') {
    await sql`update emergency.version set state = 'replaced' where company_id = ${c} and plan_id = ${plan_id} and state = 'published'`.execute(scope.db)
    await sql`with v as (update emergency.version set state = 'published', decided_by_name = ${scope.who.name}, decided_at = ${scope.now} where company_id = ${c} and plan_id = ${plan_id} and version_no = ${no}) update emergency.plan set live_no = ${no}, changed_by = ${scope.who.account_id}::uuid, changed_at = ${scope.now} where company_id = ${c} and plan_id = ${plan_id}`.execute(scope.db)
  }
  scope.note('emergency_plan', plan_id, { name: p.name, version_no: no, action, ...(reason ? { reason } : {}) })
  return { plan_id, version_no: no, state: v.to }
}
async function checkContent(scope: Scope, c: Content): Promise<void> {
  const steps = new Set<string>()
  for (const [i, s] of c.steps.entries()) {
    if (steps.has(s.step_id)) throw scope.refuse('emergency.content_wrong', { part: '步骤', row_no: i + 1, why: '编号重复' })
    steps.add(s.step_id)
  }
  for (const [i, p] of c.people.entries()) {
    if (p.account_id === null && p.phone === '') throw scope.refuse('emergency.content_wrong', { part: '人员', row_no: i + 1, why: '不是员工的请写电话' })
    if (p.calls.some((n) => n >= c.people.length || n === i)) throw scope.refuse('emergency.content_wrong', { part: '人员', row_no: i + 1, why: '电话树指向的人不在名单里' })
  }
  const ids = c.people.flatMap((p) => (p.account_id ? [p.account_id] : []))
  if (ids.length) await membersHere(scope, ids)
}
const ROW = (c: number) => sql`select p.plan_id, p.community_id, k.name as community_name, p.kind_id, g.name as kind_name, p.name, p.live_no, o.state as open_state, v.decided_at as published_at, coalesce(jsonb_array_length(v.content->'steps'), 0) as step_count, coalesce(jsonb_array_length(v.content->'people'), 0) as people_count, p.retired_at is not null as retired,
    (select max((d.held_at at time zone 'Asia/Shanghai')::date) from emergency.drill d where d.company_id = ${c} and d.plan_id = p.plan_id) as last_drill_on
  from emergency.plan p join property.community k on k.company_id = ${c} and k.community_id = p.community_id join emergency.kind g on g.company_id = ${c} and g.kind_id = p.kind_id left join emergency.version v on v.company_id = ${c} and v.plan_id = p.plan_id and v.state = 'published' left join emergency.version o on o.company_id = ${c} and o.plan_id = p.plan_id and o.state in ('draft','submitted')`
async function rowsOf(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset = 0): Promise<PlanRow[]> {
  return (await sql<PlanRow>`${ROW(scope.company_id)} where p.company_id = ${scope.company_id} and ${where} order by p.retired_at is not null, g.sort_no, k.name, p.name limit ${limit} offset ${offset}`.execute(scope.db)).rows
}
async function fullOf(scope: Scope, plan_id: string): Promise<PlanFull> {
  const c = scope.company_id
  const p = await planOf(scope, plan_id, false)
  const [[row], { rows: versions }] = await Promise.all([
    rowsOf(scope, sql<SqlBool>`p.plan_id = ${plan_id}`, 1),
    sql<Version>`select version_no, state, content, made_by_name, made_at, submitted_at, decided_by_name, decided_at, reason from emergency.version where company_id = ${c} and plan_id = ${plan_id} order by version_no desc limit ${VERSIONS_MAX}`.execute(scope.db),
  ])
  const actors = actorsOf(scope, p)
  const can = canOf(PLAN, p.open_state ?? 'published', actors)
  // What is published is changed by a new draft.
  const edit = p.retired ? 'emergency.plan_retired' : p.open_state === null ? (actors.includes('writer') ? true : 'kernel.forbidden') : can.edit
  return { ...row!, versions, can: { ...can, edit, retire: p.retired ? 'emergency.plan_retired' : actors.includes('publisher') ? true : 'kernel.forbidden', start: p.live_no === null || p.retired ? 'emergency.not_published' : reaches(scope, 'emergency.incident.work', p.community_id) ? true : 'kernel.forbidden' } }
}

export const planAnswers = [
  answer(emergency.kinds, async (scope) => ({ rows: await kindsOf(scope) })),
  answer(emergency.saveKind, async (scope, o) => {
    if (!scope.reach().all) throw scope.notFound()
    await writeShipped(scope)
    const c = scope.company_id
    const all = await kindsOf(scope)
    const before = all.find((k) => k.kind_id === o.kind_id)
    if (o.kind_id && !before) throw scope.notFound()
    if (all.some((k) => k.kind_id !== o.kind_id && k.name === o.name)) throw scope.refuse('emergency.name_taken', { name: o.name })
    const kind_id = o.kind_id ?? uuidv7()
    const values = { name: o.name, sort_no: o.sort_no, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
    await scope.db.insertInto('emergency.kind').values({ company_id: c, kind_id, code: before?.code ?? kind_id, ...values }).onConflict((x) => x.columns(['company_id', 'kind_id']).doUpdateSet(values)).execute()
    if (!before || before.per_year !== o.per_year || before.source !== o.source) {
      if (before && o.from_on < scope.today) throw scope.refuse('emergency.from_past', { today: scope.today })
      await scope.db.insertInto('emergency.drill_rule').values({ company_id: c, rule_id: uuidv7(), kind_id, from_on: before ? o.from_on : '2000-01-01', per_year: o.per_year, source: o.source, created_by: scope.who.account_id, created_at: scope.now }).execute()
    }
    scope.note('emergency_kind', kind_id, { name: o.name, per_year: o.per_year })
    return { kind_id }
  }),
  answer(emergency.plans, async (scope, f) => {
    const where = sql<SqlBool>`${sql.join([seen(scope, 'p'), ...(f.retired ? [] : [sql`p.retired_at is null`]), ...(f.community_id ? [sql`p.community_id = ${f.community_id}`] : []), ...(f.kind_id ? [sql`p.kind_id = ${f.kind_id}`] : []), ...(f.open ? [sql`o.state = 'submitted'`] : []), ...(f.q ? [sql`position(lower(${f.q}) in lower(p.name)) > 0`] : [])], sql` and `)}`
    const [rows, n] = await Promise.all([rowsOf(scope, where, f.page_size, (f.page - 1) * f.page_size), sql<{ n: number }>`select count(*)::int as n from emergency.plan p left join emergency.version o on o.company_id = ${scope.company_id} and o.plan_id = p.plan_id and o.state in ('draft','submitted') where p.company_id = ${scope.company_id} and ${where}`.execute(scope.db)])
    return { rows, total: n.rows[0]!.n }
  }),
  answer(emergency.plan, (scope, o) => fullOf(scope, o.plan_id)),
  answer(emergency.savePlan, async (scope, o) => {
    const c = scope.company_id
    await communityToChange(scope, o.community_id)
    await writeShipped(scope)
    if (!(await kindsOf(scope)).some((k) => k.kind_id === o.kind_id && !k.retired)) throw scope.refuse('emergency.kind_gone')
    const p = o.plan_id ? await planOf(scope, o.plan_id, true) : null
    if (p && (p.community_id !== o.community_id || p.retired)) throw scope.notFound()
    if (p?.open_state === 'submitted') throw refusal(scope, 'emergency.wrong_state', { name: p.name, of: 'version', state: 'submitted', action: 'edit', actions: 'plan_action' })
    await checkContent(scope, o.content)
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from emergency.plan where company_id = ${c} and community_id = ${o.community_id} and name = ${o.name} and retired_at is null and plan_id is distinct from ${o.plan_id ?? null}::uuid`.execute(scope.db)
    if (rows[0]!.n > 0) throw scope.refuse('emergency.name_taken', { name: o.name })
    const plan_id = o.plan_id ?? uuidv7()
    const version_no = p?.open_no ?? p?.next_no ?? 1
    const values = { kind_id: o.kind_id, name: o.name, changed_by: scope.who.account_id!, changed_at: scope.now }
    await scope.db.insertInto('emergency.plan').values({ company_id: c, plan_id, community_id: o.community_id, live_no: null, ...values }).onConflict((x) => x.columns(['company_id', 'plan_id']).doUpdateSet(values)).execute()
    const draft = { content: JSON.stringify(o.content), made_by: scope.who.account_id!, made_by_name: scope.who.name, made_at: scope.now }
    await scope.db.insertInto('emergency.version').values({ company_id: c, plan_id, version_no, state: 'draft', ...draft }).onConflict((x) => x.columns(['company_id', 'plan_id', 'version_no']).doUpdateSet(draft)).execute()
    scope.note('emergency_plan', plan_id, { name: o.name, version_no, steps: o.content.steps.length })
    return { plan_id, version_no, state: 'draft' as const }
  }),
  answer(emergency.submitPlan, (scope, o) => act(scope, o.plan_id, 'submit')),
  answer(emergency.publishPlan, (scope, o) => act(scope, o.plan_id, 'publish')),
  answer(emergency.backPlan, (scope, o) => act(scope, o.plan_id, 'back', o.reason)),
  answer(emergency.retirePlan, async (scope, o) => {
    const c = scope.company_id
    const p = await planOf(scope, o.plan_id, true)
    if (p.retired) throw scope.refuse('emergency.plan_retired', { name: p.name })
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from emergency.incident where company_id = ${c} and plan_id = ${o.plan_id} and state = 'running'`.execute(scope.db)
    if (rows[0]!.n > 0) throw scope.refuse('emergency.plan_used', { name: p.name })
    await sql`update emergency.plan set retired_at = ${scope.now}, changed_by = ${scope.who.account_id}::uuid, changed_at = ${scope.now} where company_id = ${c} and plan_id = ${o.plan_id}`.execute(scope.db)
    scope.note('emergency_plan', o.plan_id, { name: p.name, retired: o.reason })
    return { plan_id: o.plan_id }
  }),
]
