// The owner's own sub-account. Tenants and household members do not see it: it belongs to the house's owners.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { houseOfResident } from '../../people/server/index.ts'
import { funds } from '../contract.ts'
import { LOW, THRESHOLDS } from './accounts.ts'
import { PAID } from './topup.ts'

const SHOWN = 100

export const mineAnswers = [
  answer(funds.myFund, async (scope, { house_id }) => {
    const own = await houseOfResident(scope, house_id)
    if (own.role !== 'owner') throw scope.notFound()
    const c = scope.company_id
    const { rows } = await sql<{ house_label: string; balance_fen: number; first_fen: number; bank_name: string | null; low: boolean }>`select h.label as house_label, coalesce(a.balance_fen, 0)::bigint as balance_fen, coalesce(a.first_fen, 0)::bigint as first_fen, b.bank_name, ${LOW} as low
      from property.house h left join funds.house_account a on a.company_id = h.company_id and a.house_id = h.house_id left join funds.bank b on b.company_id = a.company_id and b.bank_id = a.bank_id left join ${THRESHOLDS(scope)} t on t.community_id = h.community_id where h.company_id = ${c} and h.house_id = ${house_id}`.execute(scope.db)
    const topups = await sql<{ plan_id: string; title: string; basis: string; due_fen: number; paid_fen: number; due_on: string }>`select p.plan_id, p.title, p.basis, l.due_fen, (${PAID})::bigint as paid_fen, p.due_on from funds.topup_line l join funds.topup_plan p on p.company_id = l.company_id and p.plan_id = l.plan_id and p.state = 'issued'
      where l.company_id = ${c} and l.house_id = ${house_id} order by p.issued_at desc, p.plan_id limit ${SHOWN}`.execute(scope.db)
    const entries = await scope.db.selectFrom('funds.entry').select(['entry_id', 'kind', 'amount_fen', 'balance_fen', 'booked_on', 'value_on', 'note']).where('company_id', '=', c).where('house_id', '=', house_id).orderBy('created_at', 'desc').orderBy('entry_id', 'desc').limit(SHOWN).execute()
    return { ...rows[0]!, topups: topups.rows.map((p) => ({ ...p, open_fen: p.due_fen - p.paid_fen })), entries: entries.map((e) => ({ ...e, kind: e.kind as 'first' })) }
  }),
]
