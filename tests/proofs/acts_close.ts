// The end of a month: days are closed, then the books in order; nothing goes into them afterwards, and the balances stand.
import fc from 'fast-check'
import { expect } from 'vitest'
import { sql } from 'kysely'
import { addDays } from '../../src/kernel/clock.ts'
import { closing } from '../../src/modules/closing/contract.ts'
import { ledger } from '../../src/modules/ledger/contract.ts'
import { act, type Act } from './act.ts'
import { expected, happened, today, type Real } from './real.ts'

/** Closes every month that is over, of the books that have money here; gives the last one of the company's book. */
export async function closeMonths(r: Real): Promise<string | null> {
  const first = `${today().slice(0, 7)}-01`
  for (const [community_id, last] of r.busy) {
    const days = await r.t.as('finance')(closing.closeDays, { community_id, to_day: addDays(first, -1) })
    expect(days.left_count).toBe(0)
    if (last < first) r.busy.delete(community_id)
  }
  const { rows } = await r.t.inside((s) => sql<{ book: 'company' | 'trust'; month: string }>`select book, to_char(period_on, 'YYYY-MM') as month from ledger.period where company_id = ${s.company_id} and book in ('company', 'trust') and state = 'open' and period_on < ${first}::date order by book, period_on`.execute(s.db))
  for (const p of rows) {
    await expected(r, 'close month', r.t.as('finance')(closing.closePeriod, p), null)
    if (p.month.endsWith('-12')) happened(r, 'close year')
  }
  return rows.filter((p) => p.book === 'company').at(-1)?.month ?? null
}
export const closeMonth: fc.Arbitrary<Act> = act('closeMonth', fc.constant(null), () => true, async (m, r) => {
  const month = await closeMonths(r)
  if (month === null) return
  const booked_on = `${month}-28`
  await expected(r, 'write into a closed month', r.t.as('finance')(ledger.draftEntry, { book: 'company', booked_on, note: '迟到', lines: [{ account_code: '6602', debit_fen: 1, community_id: m.estate.community_id }, { account_code: '1002', credit_fen: 1, community_id: m.estate.community_id }] }), 'ledger.period_closed')
})
