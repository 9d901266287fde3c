// The company's commission under 酬金制: computed from the owners' book by the agreed rule, moved once a month from the owners' money to the
// company's income. The rule leaves nothing to decide, so one person may take it; anybody can compute it again.
import { sql, type RawBuilder } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays, addMonths } from '../../../kernel/clock.ts'
import { fen, productFen, yuan, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communityToChange } from '../../property/server/index.ts'
import { ledger } from '../contract.ts'
import { words } from '../words.ts'
import { modelOn, type ModelRow } from './models.ts'
import { post } from './post.ts'

const CONDITION: Record<'receivable' | 'received' | 'cost', { where: RawBuilder<unknown>; sign: 1 | -1 }> = {
  receivable: { where: sql`p.account_code = '6001' and p.subject_type is distinct from 'carry_forward'`, sign: -1 },
  received: { where: sql`p.account_code = '1122' and exists (select from ledger.journal j where j.company_id = p.company_id and j.journal_id = p.journal_id and j.kind in ('payment','payment_reversal'))`, sign: -1 },
  cost: { where: sql`p.account_code like '6401%' and p.account_code <> '640190' and p.subject_type is distinct from 'carry_forward'`, sign: 1 },
}

async function figure(scope: Scope, community_id: string, month: string) {
  const first = `${month}-01`
  const next = `${addMonths(month, 1)}-01`
  const m = await modelOn(scope, community_id, first)
  if (m?.model !== 'commission' || !m.commission_base) throw scope.refuse('ledger.not_commission', { month })
  const base = m.commission_base
  const name = words.states!['commission_base']![base]!
  const { rows: made } = await sql<{ journal_id: string }>`select journal_id from ledger.journal where company_id = ${scope.company_id} and source_type = 'commission' and source_id = ${`${community_id}:${month}`} and kind = 'commission' and book = 'owners'`.execute(scope.db)
  const journal_id = made[0]?.journal_id ?? null
  if (base === 'fixed') return { base, base_fen: m.commission_fen!, rate: null, amount_fen: m.commission_fen!, explanation: `${name} ${yuanGrouped(fen(m.commission_fen!))} 元`, journal_id, month_end: addDays(next, -1) }
  const c = CONDITION[base]
  const { rows } = await sql<{ fen: number }>`select coalesce(sum(p.amount_fen), 0)::bigint as fen from ledger.posting p where p.company_id = ${scope.company_id} and p.book = 'owners' and p.community_id = ${community_id}
    and p.booked_on >= ${first}::date and p.booked_on < ${next}::date and ${c.where}`.execute(scope.db)
  const base_fen = c.sign * rows[0]!.fen
  const amount_fen = base_fen > 0 ? share(base_fen, m) : 0
  return { base, base_fen, rate: m.commission_rate, amount_fen, explanation: `${month} ${name} ${yuanGrouped(fen(base_fen))} 元 × ${m.commission_rate} = ${yuanGrouped(fen(amount_fen))} 元`, journal_id, month_end: addDays(next, -1) }
}
/** Half up to a fen, in decimal text: 0.01 of a yuan is a fen. */
const share = (base_fen: number, m: ModelRow): number => productFen([yuan(fen(base_fen)), m.commission_rate!])

export const commissionAnswers = [
  answer(ledger.commission, async (scope, { community_id, month }) => {
    await communityToChange(scope, community_id)
    const { month_end: _, ...f } = await figure(scope, community_id, month)
    return f
  }),
  answer(ledger.takeCommission, async (scope, { community_id, month }) => {
    await communityToChange(scope, community_id)
    const { month_end, ...f } = await figure(scope, community_id, month)
    if (f.journal_id) throw scope.refuse('ledger.commission_taken', { month })
    if (month_end >= scope.today) throw scope.refuse('ledger.month_not_over', { month })
    if (f.amount_fen === 0) throw scope.refuse('ledger.commission_zero', { month })
    const done = await post(scope, {
      book: 'owners', booked_on: month_end, kind: 'commission', source_type: 'commission', source_id: `${community_id}:${month}`, note: `计提物业酬金 ${f.explanation}`,
      lines: [{ account_code: '640190', amount_fen: f.amount_fen, community_id }, { book: 'company', account_code: '600190', amount_fen: -f.amount_fen, community_id }],
    })
    if (!done.posted) throw scope.refuse('ledger.commission_taken', { month })
    scope.note('journal', done.journal_id, { commission: f.explanation })
    return { ...f, journal_id: done.journal_id }
  }),
]
