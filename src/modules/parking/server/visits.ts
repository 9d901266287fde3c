// Whether a visitor was announced with this plate. Visits belong to access (rank 19), which stands below.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { visitorByPlate } from '../../access/server/index.ts'

export async function visitOf(scope: Scope, lot_id: string, plate: string, at: string): Promise<string | null> {
  const { rows } = await sql<{ community_id: string }>`select community_id from parking.lot where company_id = ${scope.company_id} and lot_id = ${lot_id}`.execute(scope.db)
  return rows[0] ? visitorByPlate(scope, { community_id: rows[0].community_id, plate, at }) : null
}
