// Prepayment (预存) by house: balances in general and bound, and every movement with its balance.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { z } from 'zod'
import { minuteText } from '../../../kernel/clock.ts'
import { answer, answerFile } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { memberNames } from '../../identity/server/index.ts'
import { activeOn, ownerNames } from '../../people/server/index.ts'
import { houseToRead } from '../../property/server/index.ts'
import { payment } from '../contract.ts'
import { words } from '../words.ts'
import { seen } from './access.ts'
import { boundOf } from './purses.ts'

type WalletFilter = Omit<z.output<typeof payment.wallets.takes>, 'page' | 'page_size'>
const EXCEL_MAX = 100_000

/** One row a house: both purses summed; alias w, joined to its house h. */
function from(scope: Scope, f: WalletFilter): RawBuilder<unknown> {
  const c = scope.company_id
  const w: RawBuilder<SqlBool>[] = [seen(scope, 'h')]
  if (f.community_id) w.push(sql<SqlBool>`h.community_id = ${f.community_id}`)
  if (!f.all) w.push(f.fee_item_id ? sql<SqlBool>`w.item_fen > 0` : sql<SqlBool>`w.general_fen + w.bound_fen > 0`)
  if (f.q) w.push(sql<SqlBool>`h.label >= ${f.q} and h.label < ${`${f.q}\uffff`}`)
  return sql`(select x.house_id, sum(x.general_fen)::bigint as general_fen, sum(x.bound_fen)::bigint as bound_fen, sum(x.bound_fen) filter (where x.fee_item_id = ${f.fee_item_id ?? null}::uuid) as item_fen from (
      select house_id, null::uuid as fee_item_id, balance_fen as general_fen, 0::bigint as bound_fen from payment.wallet where company_id = ${c}
      union all select house_id, fee_item_id, 0, balance_fen from payment.bound_wallet where company_id = ${c}) x group by 1) w
    join property.house h on h.company_id = ${c} and h.house_id = w.house_id where ${sql.join(w, sql` and `)}`
}
interface WalletRead {
  house_id: string
  house_label: string
  community_name: string
  balance_fen: number
  general_fen: number
  bound_fen: number
  changed_at: string | null
}
async function readWallets(scope: Scope, f: WalletFilter, limit: number, offset: number) {
  const c = scope.company_id
  const r = await sql<WalletRead>`
    with page as materialized (select w.house_id, w.general_fen, w.bound_fen, h.label, h.community_id from ${from(scope, f)} order by w.general_fen + w.bound_fen desc, w.house_id limit ${limit} offset ${offset})
    select p.house_id, p.label as house_label, m.name as community_name, p.general_fen + p.bound_fen as balance_fen, p.general_fen, p.bound_fen, (select max(e.at) from payment.wallet_entry e where e.company_id = ${c} and e.house_id = p.house_id) as changed_at
    from page p join property.community m on m.company_id = ${c} and m.community_id = p.community_id order by p.general_fen + p.bound_fen desc, p.house_id`.execute(scope.db)
  const names = await ownerNames(scope, r.rows.map((x) => x.house_id))
  return r.rows.map((x) => ({ ...x, owner_names: names.get(x.house_id) ?? '' }))
}
async function walletSums(scope: Scope, f: WalletFilter) {
  const r = await sql<{ total: number; balance_fen_sum: number; general_fen_sum: number; bound_fen_sum: number }>`select count(*)::int as total, coalesce(sum(w.general_fen + w.bound_fen), 0)::bigint as balance_fen_sum,
    coalesce(sum(w.general_fen), 0)::bigint as general_fen_sum, coalesce(sum(w.bound_fen), 0)::bigint as bound_fen_sum from ${from(scope, f)}`.execute(scope.db)
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
        columns: [{ title: '小区', kind: 'text' }, { title: '房号', kind: 'text' }, { title: '业主', kind: 'text' }, { title: '余额', kind: 'money_fen' }, { title: '通用预存', kind: 'money_fen' }, { title: '专项预存', kind: 'money_fen' }, { title: '最近变动', kind: 'text' }],
        rows: rows.map((w) => [w.community_name, w.house_label, w.owner_names, w.balance_fen, w.general_fen, w.bound_fen, minuteText(w.changed_at)]),
        totals: ['合计', `${sums.total} 户`, null, sums.balance_fen_sum, sums.general_fen_sum, sums.bound_fen_sum],
      },
    ],
  })
  return { name: `预存账户_${scope.today}.xlsx`, type: XLSX, body }
})

interface EntryRead {
  entry_id: string
  at: string
  cause: 'prepay' | 'use' | 'reversal' | 'transfer_in' | 'transfer_out' | 'refund' | 'refund_back' | 'deposit' | 'gift' | 'gift_back'
  fee_item_name: string | null
  amount_fen: number
  balance_fen: number
  payment_id: string | null
  receipt_no: string | null
  refund_id: string | null
  note: string | null
  by_id: string | null
}
interface EntryFilter {
  house_id: string
  from_on?: string | undefined
  to_on?: string | undefined
}
/** The balance runs over everything that ever happened; the filter cuts what is shown of it. */
async function readEntries(scope: Scope, f: EntryFilter, limit: number, offset: number) {
  const c = scope.company_id
  const r = await sql<EntryRead & { total: number }>`
    with running as (select e.*, sum(e.amount_fen) over (order by e.at, e.entry_id)::bigint as balance_fen from payment.wallet_entry e where e.company_id = ${c} and e.house_id = ${f.house_id}),
    found as (select * from running g where (${f.from_on ?? null}::date is null or g.at >= (${f.from_on ?? null}::date::timestamp at time zone 'Asia/Shanghai')) and (${f.to_on ?? null}::date is null or g.at < ((${f.to_on ?? null}::date + 1)::timestamp at time zone 'Asia/Shanghai'))),
    page as materialized (select *, count(*) over ()::int as total from found order by at desc, entry_id desc limit ${limit} offset ${offset})
    select g.entry_id, g.at, g.cause, i.name as fee_item_name, g.amount_fen, g.balance_fen, g.payment_id, p.receipt_no, g.refund_id, coalesce(g.note, p.remark) as note, g.by_id, g.total
    from page g left join payment.payment p on p.company_id = ${c} and p.payment_id = g.payment_id left join billing.fee_item i on i.company_id = ${c} and i.fee_item_id = g.fee_item_id order by g.at desc, g.entry_id desc`.execute(scope.db)
  const names = await memberNames(scope, r.rows.map((x) => x.by_id))
  return { total: r.rows[0]?.total ?? 0, rows: r.rows.map(({ by_id, total: _, ...x }) => ({ ...x, by_name: by_id ? (names.get(by_id) ?? null) : null })) }
}

export const walletEntries = answer(payment.walletEntries, async (scope, { page, page_size, ...f }) => {
  await houseToRead(scope, f.house_id)
  const c = scope.company_id
  const general = await scope.db.selectFrom('payment.wallet').select('balance_fen').where('company_id', '=', c).where('house_id', '=', f.house_id).executeTakeFirst()
  const bound = await boundOf(scope, f.house_id)
  const own = await sql<{ house_id: string; label: string }>`select distinct h.house_id, h.label from people.ownership a join people.ownership b on b.company_id = ${c} and b.person_id = a.person_id and ${activeOn('b', scope.today)}
    join property.house h on h.company_id = ${c} and h.house_id = b.house_id and ${seen(scope, 'h')} where a.company_id = ${c} and a.house_id = ${f.house_id} and ${activeOn('a', scope.today)} order by h.label limit 100`.execute(scope.db)
  const general_fen = general?.balance_fen ?? 0
  return { ...(await readEntries(scope, f, page_size, (page - 1) * page_size)), general_fen, bound, balance_fen: bound.reduce((n, b) => n + b.balance_fen, general_fen), own_houses: own.rows }
})

export const walletEntriesExcel = answerFile(payment.walletEntriesExcel, async (scope, f) => {
  const house = await houseToRead(scope, f.house_id)
  const { rows } = await readEntries(scope, f, EXCEL_MAX, 0)
  const body = await writeSheet({
    sheets: [
      {
        name: '预存流水',
        title_rows: [`${house.label} 预存流水`],
        columns: [{ title: '时间', kind: 'text' }, { title: '来由', kind: 'text' }, { title: '专项', kind: 'text' }, { title: '金额', kind: 'money_fen' }, { title: '余额', kind: 'money_fen' }, { title: '收据号', kind: 'text' }, { title: '说明', kind: 'text' }, { title: '经办人', kind: 'text' }],
        rows: rows.map((e) => [minuteText(e.at), words.states!['cause']![e.cause] ?? e.cause, e.fee_item_name ?? '通用', e.amount_fen, e.balance_fen, e.receipt_no, e.note, e.by_name]),
      },
    ],
  })
  return { name: `预存流水_${house.label}.xlsx`, type: XLSX, body }
})
