// How the property fee of a community belongs: 包干制, the company keeps profit and loss; 酬金制, the fee is the owners' money and the company
// takes an agreed commission (物业服务收费管理办法 9, 12). By date, from a month that has not begun: a bill was booked by the model of its day
// of issue, and its payment must find the receivable where it is.
import { sql, type RawBuilder } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addMonths } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { ledger, type BookName } from '../contract.ts'

/** The book of a bill: `bill` has community_id and issued_on, `item` belongs_to. */
export const bookOfBill = (bill = 'b', item = 'f'): RawBuilder<string> => sql<string>`(case when ${sql.ref(`${item}.belongs_to`)} <> 'service' then ${sql.ref(`${item}.belongs_to`)}
  when exists (select from ledger.fee_model lm where lm.company_id = ${sql.ref(`${bill}.company_id`)} and lm.community_id = ${sql.ref(`${bill}.community_id`)} and lm.model = 'commission'
    and lm.from_on <= ${sql.ref(`${bill}.issued_on`)} and (lm.to_on is null or lm.to_on > ${sql.ref(`${bill}.issued_on`)})) then 'owners' else 'company' end)`

export type BelongsTo = 'service' | 'company' | 'public_income' | 'trust'
/** The book into which a community's charges go that are issued on a day. */
export async function bookOn(scope: Scope, community_id: string, on_day: string): Promise<(belongs_to: BelongsTo) => BookName> {
  const model = await modelOn(scope, community_id, on_day)
  return (belongs_to) => (belongs_to === 'service' ? (model?.model === 'commission' ? 'owners' : 'company') : belongs_to)
}

export interface ModelRow {
  fee_model_id: string
  community_id: string
  community_name: string
  model: 'lump' | 'commission'
  from_on: string
  to_on: string | null
  commission_base: 'receivable' | 'received' | 'cost' | 'fixed' | null
  commission_rate: string | null
  commission_fen: number | null
  basis: string
}
const COLUMNS = sql.raw('m.fee_model_id, m.community_id, c.name as community_name, m.model, m.from_on, m.to_on, m.commission_base, m.commission_rate::text as commission_rate, m.commission_fen, m.basis')

export async function modelOn(scope: Scope, community_id: string, on_day: string): Promise<ModelRow | null> {
  const { rows } = await sql<ModelRow>`select ${COLUMNS} from ledger.fee_model m join property.community c on c.company_id = m.company_id and c.community_id = m.community_id
    where m.company_id = ${scope.company_id} and m.community_id = ${community_id} and m.from_on <= ${on_day}::date and (m.to_on is null or m.to_on > ${on_day}::date)`.execute(scope.db)
  return rows[0] ?? null
}

export const modelAnswers = [
  answer(ledger.feeModels, async (scope, { community_id }) => {
    const { rows } = await sql<ModelRow>`select ${COLUMNS} from ledger.fee_model m join property.community c on c.company_id = m.company_id and c.community_id = m.community_id
      where m.company_id = ${scope.company_id} and ${communitiesSeenBy(scope, { alias: 'c' })} ${community_id ? sql`and m.community_id = ${community_id}` : sql``} order by c.name, m.from_on desc limit 500`.execute(scope.db)
    return { rows }
  }),
  answer(ledger.setFeeModel, async (scope, o) => {
    await communityToChange(scope, o.community_id)
    const first = addMonths(scope.today.slice(0, 7), 1)
    // Before the first bill anything may be agreed; afterwards only months that have not begun.
    const { rows: any } = await sql`select from ledger.posting where company_id = ${scope.company_id} and community_id = ${o.community_id} limit 1`.execute(scope.db)
    if (any.length > 0 && o.from_month < first) throw scope.refuse('ledger.model_in_past', { month: o.from_month, first })
    const commission = o.model === 'commission'
    if (commission && (!o.commission_base || (o.commission_base === 'fixed' ? o.commission_fen === null : o.commission_rate === null))) throw scope.refuse('ledger.model_incomplete')
    const c = scope.company_id
    const from_on = `${o.from_month}-01`
    const { rows: later } = await sql<{ from_on: string }>`select from_on from ledger.fee_model where company_id = ${c} and community_id = ${o.community_id} and from_on >= ${from_on}::date order by from_on for update`.execute(scope.db)
    if (later.length > 0) throw scope.refuse('ledger.model_overlaps', { month: later[0]!.from_on.slice(0, 7) })
    await sql`update ledger.fee_model set to_on = ${from_on}::date where company_id = ${c} and community_id = ${o.community_id} and (to_on is null or to_on > ${from_on}::date)`.execute(scope.db)
    const fee_model_id = uuidv7()
    await scope.db
      .insertInto('ledger.fee_model')
      .values({
        company_id: c, fee_model_id, community_id: o.community_id, model: o.model, from_on, to_on: null, commission_base: commission ? o.commission_base : null, commission_rate: commission && o.commission_base !== 'fixed' ? o.commission_rate : null,
        commission_fen: commission && o.commission_base === 'fixed' ? o.commission_fen : null, basis: o.basis, created_by: scope.who.account_id, created_at: scope.now,
      })
      .execute()
    scope.note('fee_model', fee_model_id, { community_id: o.community_id, model: o.model, from_month: o.from_month })
    return { fee_model_id }
  }),
]
