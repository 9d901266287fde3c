// The fund statement of a community and period (维修资金收支表), from the entries; the bank's side from the fund book of the ledger.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { daysBetween } from '../../../kernel/clock.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { fundMoney } from '../../ledger/server/index.ts'
import { communityToChange } from '../../property/server/index.ts'
import { funds } from '../contract.ts'
import type { StatementLine } from '../shapes.ts'

const DAYS_MAX = 5 * 366
type Sums = Omit<StatementLine, 'building_id' | 'building_name'>

export async function statementOf(scope: Scope, f: { community_id: string; from_on: string; to_on: string }) {
  const days = daysBetween(f.from_on, f.to_on)
  if (days < 0 || days > DAYS_MAX) throw scope.refuse('funds.dates_reversed')
  const inside = sql`e.booked_on >= ${f.from_on}::date`
  const { rows } = await sql<StatementLine>`select b.building_id, b.name as building_name, (select count(*)::int from funds.house_account a where a.company_id = b.company_id and a.building_id = b.building_id) as house_count,
      coalesce(sum(e.amount_fen) filter (where not ${inside}), 0)::bigint as opening_fen,
      coalesce(sum(e.amount_fen) filter (where ${inside} and e.kind in ('first','topup','opening','reversal')), 0)::bigint as deposit_fen,
      coalesce(sum(e.amount_fen) filter (where ${inside} and e.kind = 'interest'), 0)::bigint as interest_fen,
      coalesce(sum(e.amount_fen) filter (where ${inside} and e.kind = 'use'), 0)::bigint as use_fen,
      coalesce(sum(e.amount_fen) filter (where ${inside} and e.kind = 'refund'), 0)::bigint as refund_fen,
      coalesce(sum(e.amount_fen), 0)::bigint as closing_fen
    from property.building b join funds.entry e on e.company_id = b.company_id and e.building_id = b.building_id and e.community_id = b.community_id and e.booked_on <= ${f.to_on}::date
    where b.company_id = ${scope.company_id} and b.community_id = ${f.community_id} group by b.company_id, b.building_id, b.name, b.sort_no order by b.sort_no, b.name`.execute(scope.db)
  const sum = (k: keyof Sums) => rows.reduce((s, r) => s + r[k], 0)
  const total: Sums = { house_count: sum('house_count'), opening_fen: sum('opening_fen'), deposit_fen: sum('deposit_fen'), interest_fen: sum('interest_fen'), use_fen: sum('use_fen'), refund_fen: sum('refund_fen'), closing_fen: sum('closing_fen') }
  const bank = await sql<{ fen: number }>`select coalesce(sum(amount_fen), 0)::bigint as fen from ledger.posting where company_id = ${scope.company_id} and book = 'fund' and ${fundMoney(sql`account_code`)} and community_id = ${f.community_id} and booked_on <= ${f.to_on}::date`.execute(scope.db)
  return { rows, total, bank_fen: bank.rows[0]!.fen }
}

export const statementAnswers = [
  answer(funds.statement, async (scope, f) => {
    await communityToChange(scope, f.community_id)
    return statementOf(scope, f)
  }),
  answerFile(funds.statementExcel, async (scope, f) => {
    const place = await communityToChange(scope, f.community_id)
    const s = await statementOf(scope, f)
    const line = (r: Sums) => [r.house_count, r.opening_fen, r.deposit_fen, r.interest_fen, r.use_fen, r.refund_fen, r.closing_fen]
    const body = await writeSheet({
      sheets: [{
        name: '维修资金收支表', title_rows: [`${place.name} 住宅专项维修资金收支表 ${f.from_on} 至 ${f.to_on}`],
        columns: [{ title: '楼栋', kind: 'text' }, { title: '户数', kind: 'int' }, ...['期初余额', '缴存', '利息', '使用', '退还', '期末余额'].map((title) => ({ title, kind: 'money_fen' as const }))],
        rows: s.rows.map((r) => [r.building_name, ...line(r)]), totals: ['合计', ...line(s.total)],
      }],
    })
    return { name: `维修资金收支表_${place.name}_${f.to_on}.xlsx`, type: XLSX, body }
  }),
]
