// What a module gives to have one of its things decided by others (审批). The mechanism keeps requests, flows and decisions; the kind
// does the thing after the final yes. Kinds are handed to system by the composition root (src/apps/modules.ts).
import type { z } from 'zod'
import type { Scope } from '../../../kernel/scope.ts'

export interface ApprovalOf<P> {
  approval_id: string
  subject_type: string
  subject_id: string
  community_id: string | null
  amount_fen: number | null
  reason: string
  payload: P
  asked_by: string
  asked_at: string
}
export interface ApprovalKind<P = unknown> {
  /** 'billing.waiver' */
  kind: string
  zh: string
  /** Who decides while no flow is set: everybody with this permission over the community. Also sees every request of the kind. */
  may: string
  /** False: flows of this kind have no limits by amount. */
  has_amount: boolean
  payload: z.ZodType<P>
  /** Page of the thing in the admin face. */
  page?: (a: ApprovalOf<P>) => string | null
  /** What a decider should know besides title, amount and reason; read when the request is opened. */
  facts?: (scope: Scope, a: ApprovalOf<P>) => Promise<{ label: string; value: string }[]>
  /** The final yes: does the thing in the transaction of the decision, as the person who decided. A refusal thrown here undoes the decision. */
  agreed: (scope: Scope, a: ApprovalOf<P>) => Promise<void>
  /** Refused or withdrawn: sets the thing free again. */
  dropped?: (scope: Scope, a: ApprovalOf<P>, how: 'refused' | 'withdrawn') => Promise<void>
}
/** A kind of any payload, for the list that system is given. */
export const approvalKind = <P>(k: ApprovalKind<P>): ApprovalKind => k as unknown as ApprovalKind
export type ApprovalKinds = ReadonlyMap<string, ApprovalKind>
