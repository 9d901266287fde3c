// One car inside, and what it owes, or the refusal that says why not.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { QuoteFault } from '../../tariff/server/index.ts'
import { STAY_COLUMNS, priceStay, type Priced, type StayRow } from './price.ts'

/** One car inside this lot; the lot is held by the caller. */
export async function insideCar(scope: Scope, lot_id: string, stay_id: string): Promise<StayRow> {
  const { rows } = await sql<StayRow>`select ${STAY_COLUMNS} from parking.stay t where t.company_id = ${scope.company_id} and t.lot_id = ${lot_id} and t.stay_id = ${stay_id} and t.state = 'in'`.execute(scope.db)
  if (!rows[0]) throw scope.refuse('parking.not_inside')
  return rows[0]
}
export async function pricedOrRefused(scope: Scope, stay: StayRow): Promise<Priced> {
  try {
    return await priceStay(scope, stay, scope.now)
  } catch (error) {
    if (error instanceof QuoteFault) throw scope.refuse('parking.no_price', { reason: error.reason })
    throw error
  }
}
