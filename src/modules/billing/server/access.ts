// Who may see and change what in billing. Bills: by the house's community and building. Runs, items and prices belong to a community as a
// whole: a grant over a building shows none of them but the run of one of its houses. Residents: bills of own houses, see mine.ts.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { communityToChange, housesSeenBy } from '../../property/server/index.ts'
import { firstBillId, lastBillId } from './lines.ts'

/** Condition on a bill. */
export const billsSeenBy = (scope: Scope, alias = 'b'): RawBuilder<SqlBool> => housesSeenBy(scope, { alias })

/** Condition on `r`, a run. */
export function runsSeenBy(scope: Scope, permission?: string): RawBuilder<SqlBool> {
  const reach = scope.reach(permission)
  if (reach.all) return sql<SqlBool>`true`
  return sql<SqlBool>`(r.community_id = any(${reach.community_ids}::uuid[]) or (r.house_id is not null and exists (select from property.house rh where rh.company_id = ${scope.company_id} and rh.house_id = r.house_id and rh.building_id = any(${reach.building_ids}::uuid[]))))`
}

export interface Run {
  run_id: string
  community_id: string
  period_on: string
  fee_item_ids: string[]
  house_id: string | null
  state: 'draft' | 'publishing' | 'published' | 'cancelled'
  input_hash: string | null
  line_count: number | null
  amount_fen: number | null
  created_by: string
  published_by: string | null
}
const RUN = sql.raw('r.run_id, r.community_id, r.period_on, r.fee_item_ids, r.house_id, r.state, r.input_hash, r.line_count, r.amount_fen, r.created_by, r.published_by')

export async function runToRead(scope: Scope, run_id: string): Promise<Run> {
  const { rows } = await sql<Run>`select ${RUN} from billing.run r where r.company_id = ${scope.company_id} and r.run_id = ${run_id} and ${runsSeenBy(scope)}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
export async function runToChange(scope: Scope, run_id: string): Promise<Run> {
  const { rows } = await sql<Run>`select ${RUN} from billing.run r where r.company_id = ${scope.company_id} and r.run_id = ${run_id} and ${runsSeenBy(scope)} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}

/** A fee item whose community is within reach as a whole. */
export async function itemToChange(scope: Scope, fee_item_id: string) {
  const row = await scope.db.selectFrom('billing.fee_item').selectAll().where('company_id', '=', scope.company_id).where('fee_item_id', '=', fee_item_id).forUpdate().executeTakeFirst()
  if (!row) throw scope.notFound()
  await communityToChange(scope, row.community_id)
  return row
}

export interface Bill {
  bill_id: string
  period_on: string
  community_id: string
  building_id: string
  house_id: string
  fee_item_id: string
  payer_id: string
  run_id: string
  reading_id: string | null
  shape: string
  amount_fen: number
  paid_fen: number
  reduced_fen: number
  voided_at: string | null
}
/** A bill by its id alone: the id names the run, the run the period, and so one partition. */
export async function billToRead(scope: Scope, bill_id: string, seen: RawBuilder<SqlBool>, lock = false): Promise<Bill> {
  const id = sql`${bill_id}::uuid`
  const { rows } = await sql<Bill>`select b.bill_id, b.period_on, b.community_id, b.building_id, b.house_id, b.fee_item_id, b.payer_id, b.run_id, b.reading_id, b.shape, b.amount_fen, b.paid_fen, b.reduced_fen, b.voided_at
    from billing.bill b where b.company_id = ${scope.company_id} and b.bill_id = ${id} and b.period_on = any(array(select r.period_on from billing.run r where r.company_id = ${scope.company_id} and r.run_id >= ${firstBillId(id)} and r.run_id <= ${lastBillId(id)})) and ${seen} ${lock ? sql`for update` : sql``}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
