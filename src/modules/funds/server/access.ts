// Who sees which sub-accounts: those of houses within reach; rules, bank accounts and statements with the community.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { housesSeenBy } from '../../property/server/index.ts'

export interface Account {
  house_id: string
  community_id: string
  building_id: string
  bank_id: string
  first_fen: number
  balance_fen: number
  closed_on: string | null
  house_label: string
}

/** One sub-account within reach, locked; 404 when there is none. */
export async function accountToChange(scope: Scope, house_id: string): Promise<Account> {
  const { rows } = await sql<Account>`select a.house_id, a.community_id, a.building_id, a.bank_id, a.first_fen, a.balance_fen, a.closed_on, h.label as house_label
    from funds.house_account a join property.house h on h.company_id = a.company_id and h.house_id = a.house_id
    where a.company_id = ${scope.company_id} and a.house_id = ${house_id} and ${housesSeenBy(scope, { alias: 'a' })} for update of a`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
