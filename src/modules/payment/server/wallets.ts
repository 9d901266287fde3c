// Prepayment (预存) by house, and a house's statement of account (对账单).
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { z } from 'zod'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet } from '../../../kernel/sheet/index.ts'
import { ownerNames } from '../../people/server/index.ts'
import { houseToRead } from '../../property/server/index.ts'
import { payment, type StatementRow } from '../contract.ts'
import { words } from '../words.ts'
import { seen } from './access.ts'
import { XLSX, minuteText } from './payments.ts'

type WalletFilter = Omit<z.output<typeof payment.wallets.takes>, 'page' | 'page_size'>
const EXCEL_MAX = 100_000
const STATEMENT_MAX = 2000

function walletsWhere(scope: Scope, f: WalletFilter): RawBuilder<SqlBool> {
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`w.company_id = ${scope.company_id}`, seen(scope, 'h')]
  if (f.community_id) w.push(sql<SqlBool>`h.community_id = ${f.community_id}`)
  if (!f.all) w.push(sql<SqlBool>`w.balance_fen > 0`)
  if (f.q) w.push(sql<SqlBool>`h.label >= ${f.q} and h.label < ${`${f.q}\uffff`}`)
  return sql.join(w, sql` and `) as RawBuilder<SqlBool>
}
interface WalletRead {
  house_id: string
  house_label: string
  community_name: string
  balance_fen: number
  changed_at: string | null
}
async function readWallets(scope: Scope, f: WalletFilter, limit: number, offset: number) {
  const c = scope.company_id
  const r = await sql<WalletRead>`
    with page as materialized (
      select w.house_id, w.balance_fen, h.label, h.community_id from payment.wallet w join property.house h on h.company_id = ${c} and h.house_id = w.house_id
      where ${walletsWhere(scope, f)} order by w.balance_fen desc, w.house_id limit ${limit} offset ${offset}
    )
    select p.house_id, p.label as house_label, m.name as community_name, p.balance_fen, (select max(e.at) from payment.wallet_entry e where e.company_id = ${c} and e.house_id = p.house_id) as changed_at
    from page p join property.community m on m.company_id = ${c} and m.community_id = p.community_id order by p.balance_fen desc, p.house_id`.execute(scope.db)
  const names = await ownerNames(scope, r.rows.map((x) => x.house_id))
  return r.rows.map((x) => ({ ...x, owner_names: names.get(x.house_id) ?? '' }))
}
async function walletSums(scope: Scope, f: WalletFilter): Promise<{ total: number; balance_fen_sum: number }> {
  const r = await sql<{ total: number; balance_fen_sum: number }>`select count(*)::int as total, coalesce(sum(w.balance_fen), 0)::bigint as balance_fen_sum
    from payment.wallet w join property.house h on h.company_id = ${scope.company_id} and h.house_id = w.house_id where ${walletsWhere(scope, f)}`.execute(scope.db)
  return r.rows[0]!
}

export const wallets = answer(payment.wallets, async (scope, { page, page_size, ...f }) => ({ ...(await walletSums(scope, f)), rows: await readWallets(scope, f, page_size, (page - 1) * page_size) }))

export const walletsExcel = answerFile(payment.walletsExcel, async (scope, f) => {
  const sums = await walletSums(scope, f)
  const rows = await readWallets(scope, f, EXCEL_MAX, 0)
  const body = await writeSheet({
    sheets: [
      {
        name: '预存账户',
        columns: [{ title: '小区', kind: 'text' }, { title: '房号', kind: 'text' }, { title: '业主', kind: 'text' }, { title: '余额', kind: 'money_fen' }, { title: '最近变动', kind: 'text' }],
        rows: rows.map((w) => [w.community_name, w.house_label, w.owner_names, w.balance_fen, minuteText(w.changed_at)]),
        totals: ['合计', `${sums.total} 户`, null, sums.balance_fen_sum],
      },
    ],
  })
  return { name: `预存账户_${scope.today}.xlsx`, type: XLSX, body }
})

export const walletEntries = answer(payment.walletEntries, async (scope, { house_id, page, page_size }) => {
  await houseToRead(scope, house_id)
  const c = scope.company_id
  const head = await sql<{ total: number; balance_fen: number }>`select (select count(*)::int from payment.wallet_entry where company_id = ${c} and house_id = ${house_id}) as total,
    coalesce((select balance_fen from payment.wallet where company_id = ${c} and house_id = ${house_id}), 0)::bigint as balance_fen`.execute(scope.db)
  const r = await sql<{ entry_id: string; at: string; cause: 'prepay' | 'use' | 'reversal'; amount_fen: number; balance_fen: number; payment_id: string | null; receipt_no: string | null }>`
    with running as (select entry_id, at, cause, amount_fen, payment_id, sum(amount_fen) over (order by at, entry_id)::bigint as balance_fen from payment.wallet_entry where company_id = ${c} and house_id = ${house_id}),
    page as materialized (select * from running order by at desc, entry_id desc limit ${page_size} offset ${(page - 1) * page_size})
    select g.*, p.receipt_no from page g left join payment.payment p on p.company_id = ${c} and p.payment_id = g.payment_id order by g.at desc, g.entry_id desc`.execute(scope.db)
  return { ...head.rows[0]!, rows: r.rows }
})

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
  union all select (e.at at time zone 'Asia/Shanghai')::date, 4, case e.cause when 'reversal' then 'prepay_reversal' else e.cause end, coalesce(p.receipt_no, ''), '', 0, 0, e.amount_fen, null, e.payment_id
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
