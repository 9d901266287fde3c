// Steps in words and the people who could decide them; flows in force.
import { sql } from 'kysely'
import type { App } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { ApprovalTiers, type ApprovalStep } from '../approval_shapes.ts'
import type { ApprovalKind } from './approval_kinds.ts'
import { stepsFor } from './rules/approval.ts'

export const defaultStep = (kind: Pick<ApprovalKind, 'may'>): ApprovalStep => ({ by: 'permission', code: kind.may })

/** The flow in force today: the community's own goes before the company's; the newest version of a day counts. */
export async function stepsInForce(scope: Scope, kind: ApprovalKind<never> | ApprovalKind, community_id: string | null, amount_fen: number | null): Promise<{ flow_id: string | null; steps: ApprovalStep[] }> {
  const { rows } = await sql<{ flow_id: string; tiers: unknown }>`select flow_id, tiers from system.approval_flow
    where company_id = ${scope.company_id} and kind = ${kind.kind} and (community_id is null or community_id = ${community_id}::uuid) and from_on <= ${scope.today}::date
    order by (community_id is not null) desc, from_on desc, created_at desc limit 1`.execute(scope.db)
  const flow = rows[0]
  return flow ? { flow_id: flow.flow_id, steps: stepsFor(ApprovalTiers.parse(flow.tiers), amount_fen) } : { flow_id: null, steps: [defaultStep(kind)] }
}

export interface Asked {
  step: ApprovalStep
  community_id: string | null
  /** The person who asked cannot decide. */
  not: string | null
}
/** Staff who could decide each of these steps now: at most five names, and how many there are. One statement for all. */
export async function decidersOf(scope: Scope, asked: readonly Asked[]): Promise<{ names: string[]; count: number }[]> {
  if (asked.length === 0) return []
  const { rows } = await sql<{ n: number; names: string[] | null; count: number }>`
    select a.n::int as n, d.names[1:5] as names, coalesce(d.count, 0)::int as count
    from unnest(${asked.map((_, i) => i)}::int[], ${asked.map((x) => x.step.by)}::text[], ${asked.map((x) => x.step.code)}::text[], ${asked.map((x) => x.community_id)}::uuid[], ${asked.map((x) => x.not)}::uuid[]) as a(n, by, code, community_id, not_id)
    left join lateral (
      select array_agg(x.name order by x.name) as names, count(*) as count from (
        select distinct m.account_id, m.name from identity.access_grant g
          join identity.role r on r.company_id = ${scope.company_id} and r.role_id = g.role_id
          join identity.member m on m.company_id = ${scope.company_id} and m.account_id = g.account_id and m.disabled_at is null
        where g.company_id = ${scope.company_id} and m.account_id is distinct from a.not_id
          and case a.by when 'role' then r.code = a.code else a.code = any(r.permissions) or '*' = any(r.permissions) end
          and (g.scope_kind = 'company' or (g.scope_kind = 'community' and a.community_id = any(g.scope_ids)))
      ) x
    ) d on true order by a.n`.execute(scope.db)
  return rows.map((r) => ({ names: r.names ?? [], count: r.count }))
}

/** Chinese names of steps: of the permission, or of the role. */
export async function stepWords(app: App, scope: Scope): Promise<(s: ApprovalStep) => string> {
  const roles = await scope.db.selectFrom('identity.role').select(['code', 'name']).where('company_id', '=', scope.company_id).limit(500).execute()
  const names = new Map(roles.map((r) => [r.code, r.name]))
  return (s) => (s.by === 'role' ? (names.get(s.code) ?? s.code) : `有「${app.permissionWords.get(s.code) ?? s.code}」权限的人`)
}
