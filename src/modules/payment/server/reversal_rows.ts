import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import type { ReversalRow } from '../contract.ts'
import { seen } from './access.ts'

interface Read extends Omit<ReversalRow, 'asked_by_name' | 'decided_by_name' | 'can'> {
  asked_by: string
  decided_by: string | null
}

/** Reversals within reach; alias r, and p for their payments. */
export async function reversalsOf(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset: number): Promise<ReversalRow[]> {
  const c = scope.company_id
  const r = await sql<Read>`
    with page as materialized (
      select r.*, p.receipt_no, p.house_id, p.community_id, p.total_fen from payment.reversal r join payment.payment p on p.company_id = ${c} and p.payment_id = r.payment_id
      where r.company_id = ${c} and ${seen(scope, 'p')} and ${where} order by r.asked_at desc, r.reversal_id desc limit ${limit} offset ${offset}
    )
    select x.reversal_id, x.payment_id, x.receipt_no, x.house_id, h.label as house_label, m.name as community_name, x.total_fen, x.reason, x.state, x.asked_by, x.asked_at, x.decided_by, x.decided_at, x.decide_note, x.merge_id
    from page x join property.house h on h.company_id = ${c} and h.house_id = x.house_id join property.community m on m.company_id = ${c} and m.community_id = x.community_id
    order by x.asked_at desc, x.reversal_id desc`.execute(scope.db)
  const names = await memberNames(scope, r.rows.flatMap((x) => [x.asked_by, x.decided_by]))
  const may = scope.who.grants.some((g) => g.permissions.includes('payment.reversal.decide') || g.permissions.includes('*'))
  return r.rows.map(({ asked_by, decided_by, ...x }) => ({
    ...x,
    asked_by_name: names.get(asked_by) ?? '',
    decided_by_name: decided_by ? (names.get(decided_by) ?? '') : null,
    can: { decide: x.state !== 'asked' ? 'payment.already_decided' : !may ? 'kernel.forbidden' : asked_by === scope.who.account_id ? 'payment.same_person' : true },
  }))
}
