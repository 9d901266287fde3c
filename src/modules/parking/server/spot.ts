// Where a driver left his car (寻车), in his own words; gone when the car goes.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'

export async function notePlace(scope: Scope, stay_id: string, place: string): Promise<{ place: string }> {
  const { rows } = await sql`insert into parking.spot (company_id, stay_id, place, noted_by, noted_at) select ${scope.company_id}, t.stay_id, ${place}, ${scope.who.account_id}::uuid, ${scope.now} from parking.stay t where t.company_id = ${scope.company_id} and t.stay_id = ${stay_id} and t.state = 'in' on conflict (company_id, stay_id) do update set place = excluded.place, noted_by = excluded.noted_by, noted_at = excluded.noted_at returning stay_id`.execute(scope.db)
  if (rows.length === 0) throw scope.refuse('parking.not_inside')
  return { place }
}
