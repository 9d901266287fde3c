// A house's statement of account (对账单): everything that changed what it owes or has prepaid.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet } from '../../../kernel/sheet/index.ts'
import { houseToRead } from '../../property/server/index.ts'
import { payment, type StatementRow } from '../contract.ts'
import { words } from '../words.ts'
import { XLSX } from './payments.ts'

const STATEMENT_MAX = 2000

interface Move {
  on_day: string
  kind: StatementRow['kind']
  title: string
  detail: string
  charge_fen: number
  paid_fen: number
  wallet_fen: number
  bill_id: string | null
  payment_id: string | null
}
/** Everything that ever changed what the house owes or has prepaid. Sums over it are the balances: charge − paid, and wallet. */
const moves = (c: number, h: { house_id: string; community_id: string }) => sql`(
  select b.issued_on as on_day, 1 as rank, 'bill' as kind, f.name as title, b.from_on::text || ' 至 ' || (b.to_on - 1)::text as detail, b.amount_fen - b.reduced_fen as charge_fen, 0::bigint as paid_fen, 0::bigint as wallet_fen, b.bill_id, null::uuid as payment_id
    from billing.bill b join billing.fee_item f on f.company_id = ${c} and f.fee_item_id = b.fee_item_id where b.company_id = ${c} and b.house_id = ${h.house_id}
  union all select (b.voided_at at time zone 'Asia/Shanghai')::date, 2, 'void', f.name, coalesce(b.void_reason, ''), -(b.amount_fen - b.reduced_fen), 0, 0, b.bill_id, null
    from billing.bill b join billing.fee_item f on f.company_id = ${c} and f.fee_item_id = b.fee_item_id where b.company_id = ${c} and b.house_id = ${h.house_id} and b.voided_at is not null
  union all select p.taken_on, 3, 'payment', p.receipt_no, p.payer_name, 0, p.applied_fen, 0, null, p.payment_id from payment.payment p where p.company_id = ${c} and p.house_id = ${h.house_id} and p.applied_fen > 0
  union all select (p.reversed_at at time zone 'Asia/Shanghai')::date, 5, 'reversal', p.receipt_no, p.payer_name, 0, -p.applied_fen, 0, null, p.payment_id from payment.payment p where p.company_id = ${c} and p.house_id = ${h.house_id} and p.reversed_at is not null and p.applied_fen > 0
  union all select (f.decided_at at time zone 'Asia/Shanghai')::date, 6, 'refund', f.refund_no, f.reason, 0, -x.sum, 0, null, f.payment_id from payment.refund f
    join (select l.refund_id, sum(l.amount_fen)::bigint as sum from payment.refund_line l where l.company_id = ${c} group by 1) x on x.refund_id = f.refund_id where f.company_id = ${c} and f.house_id = ${h.house_id} and f.decided_at is not null and f.state <> 'refused'
  union all select (e.at at time zone 'Asia/Shanghai')::date, 4, case when e.cause = 'reversal' then 'prepay_reversal' when e.cause in ('prepay', 'use') then e.cause else 'wallet_move' end, coalesce(p.receipt_no, e.note, ''), '', 0, 0, e.amount_fen, null, e.payment_id
    from payment.wallet_entry e left join payment.payment p on p.company_id = ${c} and p.payment_id = e.payment_id where e.company_id = ${c} and e.house_id = ${h.house_id})`

async function readStatement(scope: Scope, f: { house_id: string; from_on: string; to_on: string }) {
  const house = await houseToRead(scope, f.house_id)
  const c = scope.company_id
  const open = await sql<{ owed_fen: number; wallet_fen: number }>`select coalesce(sum(charge_fen - paid_fen), 0)::bigint as owed_fen, coalesce(sum(wallet_fen), 0)::bigint as wallet_fen from ${moves(c, house)} m where on_day < ${f.from_on}`.execute(scope.db)
  const r = await sql<Move>`select on_day, kind, title, detail, charge_fen, paid_fen, wallet_fen, bill_id, payment_id from ${moves(c, house)} m
    where on_day >= ${f.from_on} and on_day < ${addDays(f.to_on, 1)} order by on_day, rank, title, detail limit ${STATEMENT_MAX + 1}`.execute(scope.db)
  if (r.rows.length > STATEMENT_MAX) throw scope.refuse('payment.statement_too_long', { max: STATEMENT_MAX })
  const { owed_fen: opening_fen, wallet_fen: opening_wallet_fen } = open.rows[0]!
  let balance_fen = opening_fen
  let wallet_fen = opening_wallet_fen
  const rows: StatementRow[] = r.rows.map((m) => {
    balance_fen += m.charge_fen - m.paid_fen
    wallet_fen += m.wallet_fen
    return { ...m, balance_fen, wallet_fen, detail: m.wallet_fen === 0 ? m.detail : `${m.wallet_fen > 0 ? '+' : '−'}预存` }
  })
  return {
    house_label: house.label, opening_fen, opening_wallet_fen, closing_fen: balance_fen, closing_wallet_fen: wallet_fen,
    charge_fen_sum: rows.reduce((n, x) => n + x.charge_fen, 0), paid_fen_sum: rows.reduce((n, x) => n + x.paid_fen, 0), rows,
  }
}

export const statement = answer(payment.statement, readStatement)
export const statementExcel = answerFile(payment.statementExcel, async (scope, f) => {
  const s = await readStatement(scope, f)
  const body = await writeSheet({
    sheets: [
      {
        name: '对账单',
        title_rows: [`住户对账单 ${s.house_label}`, `${f.from_on} 至 ${f.to_on}`],
        columns: [
          { title: '日期', kind: 'day' }, { title: '类别', kind: 'text' }, { title: '摘要', kind: 'text' }, { title: '说明', kind: 'text' },
          { title: '应收', kind: 'money_fen' }, { title: '实收', kind: 'money_fen' }, { title: '欠款余额', kind: 'money_fen' }, { title: '预存余额', kind: 'money_fen' },
        ],
        rows: [
          [f.from_on, '期初', null, null, null, null, s.opening_fen, s.opening_wallet_fen],
          ...s.rows.map((x) => [x.on_day, words.states!['statement']![x.kind], x.title, x.detail, x.charge_fen, x.paid_fen, x.balance_fen, x.wallet_fen]),
        ],
        totals: ['合计', null, null, null, s.charge_fen_sum, s.paid_fen_sum, s.closing_fen, s.closing_wallet_fen],
      },
    ],
  })
  return { name: `对账单_${s.house_label}_${f.from_on}_${f.to_on}.xlsx`, type: XLSX, body }
})
