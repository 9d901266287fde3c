// Bills of residents. An owner sees the house's bills from the day the ownership began; a tenant, and the household of either, those of
// the tie's time that they are asked to pay: a tenant where he is the payer, household members what the house owes.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { housesOfResident } from '../../people/server/index.ts'
import { billing } from '../contract.ts'
import { billToRead } from './access.ts'
import { billRows, billWhere, totalsOf } from './bill_rows.ts'
import { reductionsOf } from './reduce.ts'

/** Bills of a run that is still being published: nobody pays them before all of it is. Few runs, so asked once for all rows. */
const notYet = (c: number) => sql`not b.run_id = any(array(select r.run_id from billing.run r where r.company_id = ${c} and r.state = 'publishing'))`

/**
 * The condition on a bill `b`: own houses of today. Bills that end before an ownership began are somebody else's; what an earlier owner
 * still owes is not the new one's either, unless the bill names him.
 */
export async function own(scope: Scope, house_id?: string): Promise<RawBuilder<SqlBool>> {
  const houses = (await housesOfResident(scope)).filter((h) => !house_id || h.house_id === house_id)
  if (house_id && houses.length === 0) throw scope.notFound()
  const c = scope.company_id
  const ids = (roles: string[]) => houses.filter((h) => roles.includes(h.role)).map((h) => h.house_id)
  const payers = [...new Set(houses.filter((h) => h.role !== 'household').map((h) => h.person_id))]
  return sql<SqlBool>`(b.house_id = any(${houses.map((h) => h.house_id)}::uuid[]) and ${notYet(c)} and (b.payer_id = any(${payers}::uuid[])
    or (b.house_id = any(${ids(['owner'])}::uuid[]) and b.to_on > (select min(o.from_on) from people.ownership o where o.company_id = ${c} and o.house_id = b.house_id and (o.to_on is null or o.to_on > ${scope.today}::date) and o.from_on <= ${scope.today}::date))
    or (b.house_id = any(${ids(['household'])}::uuid[]) and b.to_on > (select max(m.from_on) from people.household m where m.company_id = ${c} and m.house_id = b.house_id and m.person_id = any(${houses.map((h) => h.person_id)}::uuid[])))))`
}

export const mineAnswers = [
  answer(billing.myBills, async (scope, { page, page_size, house_id, state }) => {
    const seen = await own(scope, house_id)
    const where = await billWhere(scope, { ...(house_id ? { house_id } : {}), state: state === 'open' ? 'unpaid' : state === 'paid' ? 'paid' : 'live' }, seen)
    const totals = await totalsOf(scope, where)
    return { rows: await billRows(scope, where, { limit: page_size, offset: (page - 1) * page_size, order: state === 'open' ? 'oldest' : 'newest' }), total: totals.count, totals }
  }),
  answer(billing.myBill, async (scope, { bill_id }) => {
    const bill = await billToRead(scope, bill_id, await own(scope))
    const [row] = await billRows(scope, sql`b.company_id = ${scope.company_id} and b.period_on = ${bill.period_on}::date and b.bill_id = ${bill_id}`, { limit: 1 })
    return { ...row!, reductions: await reductionsOf(scope, bill_id) }
  }),
]
