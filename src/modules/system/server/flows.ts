// Flows of approvals as dated data: who decides what, up to which amount, from which day on.
import { answer, type App } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { ApprovalTiers, type ApprovalStep } from '../approval_shapes.ts'
import { system } from '../contract.ts'
import { flowsWithinReach } from './access.ts'
import type { ApprovalKind, ApprovalKinds } from './approval_kinds.ts'
import { decidersOf, defaultStep, stepWords, stepsInForce } from './approval_steps.ts'
import { stepsFor, tiersProblem } from './rules/approval.ts'

async function checked(app: App, scope: Scope, kinds: ApprovalKinds, kind_code: string, tiers: ApprovalTiers | undefined): Promise<ApprovalKind> {
  const kind = kinds.get(kind_code)
  if (!kind) throw scope.refuse('system.flow_kind_unknown')
  if (!tiers) return kind
  const detail = tiersProblem(tiers, kind.has_amount)
  if (detail) throw scope.refuse('system.flow_tiers_bad', { detail })
  const roles = new Set((await scope.db.selectFrom('identity.role').select('code').where('company_id', '=', scope.company_id).limit(500).execute()).map((r) => r.code))
  const known = (s: ApprovalStep) => (s.by === 'role' ? roles.has(s.code) : app.permissionWords.has(s.code))
  const bad = tiers.flatMap((t) => t.steps).find((s) => !known(s))
  if (bad) throw scope.refuse('system.flow_role_unknown', { code: bad.code })
  return kind
}

export const flowAnswers = (app: () => App, kinds: ApprovalKinds) => [
  answer(system.approvalFlows, async (scope, { community_id }) => {
    flowsWithinReach(scope, community_id ?? null)
    const zh = await stepWords(app(), scope)
    let q = scope.db.selectFrom('system.approval_flow').selectAll().where('company_id', '=', scope.company_id)
    q = community_id ? q.where('community_id', '=', community_id) : q.where('community_id', 'is', null)
    const rows = await q.orderBy('from_on', 'desc').orderBy('created_at', 'desc').limit(500).execute()
    const people = await memberNames(scope, rows.map((r) => r.created_by))
    const roles = await scope.db.selectFrom('identity.role').select(['code', 'name']).where('company_id', '=', scope.company_id).orderBy('built_in', 'desc').orderBy('created_at').limit(500).execute()
    return {
      roles,
      rows: [...kinds.values()].map((k) => {
        const mine = rows.filter((r) => r.kind === k.kind)
        const now = mine.find((r) => r.from_on <= scope.today)
        return {
          kind: k.kind, kind_zh: k.zh, has_amount: k.has_amount, default_step: { ...defaultStep(k), zh: zh(defaultStep(k)) },
          versions: mine.map((r) => ({
            flow_id: r.flow_id, community_id: r.community_id, from_on: r.from_on, note: r.note, created_at: r.created_at, created_by_name: people.get(r.created_by) ?? '',
            state: r === now ? ('now' as const) : r.from_on > scope.today ? ('future' as const) : ('past' as const),
            tiers: ApprovalTiers.parse(r.tiers).map((t) => ({ ...t, steps: t.steps.map((s) => ({ ...s, zh: zh(s) })) })),
          })),
        }
      }),
    }
  }),
  answer(system.previewApprovalFlow, async (scope, o) => {
    flowsWithinReach(scope, o.community_id ?? null)
    const kind = await checked(app(), scope, kinds, o.kind, o.tiers)
    const amount_fen = kind.has_amount ? (o.amount_fen ?? null) : null
    const steps = o.tiers ? stepsFor(o.tiers, amount_fen) : (await stepsInForce(scope, kind, o.community_id ?? null, amount_fen)).steps
    const zh = await stepWords(app(), scope)
    const people = await decidersOf(scope, steps.map((step) => ({ step, community_id: o.community_id ?? null, not: null })))
    return { steps: steps.map((s, i) => ({ ...s, zh: zh(s), ...people[i]! })) }
  }),
  answer(system.saveApprovalFlow, async (scope, o) => {
    flowsWithinReach(scope, o.community_id)
    const kind = await checked(app(), scope, kinds, o.kind, o.tiers)
    if (o.from_on < scope.today) throw scope.refuse('system.flow_past', { from_on: o.from_on })
    const flow_id = uuidv7()
    await scope.db.insertInto('system.approval_flow').values({ company_id: scope.company_id, flow_id, kind: kind.kind, community_id: o.community_id, from_on: o.from_on, tiers: JSON.stringify(o.tiers), note: o.note ?? null, created_by: scope.who.account_id!, created_at: scope.now }).execute()
    scope.note('approval_flow', flow_id, { kind: kind.kind, community_id: o.community_id, from_on: o.from_on, tiers: o.tiers })
    return { flow_id }
  }),
]
