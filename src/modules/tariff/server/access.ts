// Who may see and change tariffs: those of communities within reach as a whole. Attributes belong to houses.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'

export interface TariffHead {
  tariff_id: string
  community_id: string
  name: string
  meter_kind: string | null
  version_change: 'by_days' | 'by_reading' | 'next_bill' | 'at_end'
}
const HEAD = sql.raw('t.tariff_id, t.community_id, t.name, t.meter_kind, t.version_change')

export async function tariffToRead(scope: Scope, tariff_id: string): Promise<TariffHead> {
  const { rows } = await sql<TariffHead>`select ${HEAD} from tariff.tariff t where t.company_id = ${scope.company_id} and t.tariff_id = ${tariff_id} and ${communitiesSeenBy(scope, { alias: 't' })}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** Locked: two who write take turns. */
export async function tariffToChange(scope: Scope, tariff_id: string): Promise<TariffHead> {
  const { rows } = await sql<TariffHead>`select ${HEAD} from tariff.tariff t where t.company_id = ${scope.company_id} and t.tariff_id = ${tariff_id} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  await communityToChange(scope, rows[0].community_id)
  return rows[0]
}
