// Sub-accounts and their entries: lists, one account, Excel.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { ownerNames } from '../../people/server/index.ts'
import { houseToRead, housesLike, housesSeenBy } from '../../property/server/index.ts'
import { funds } from '../contract.ts'
import type { AccountFilter, AccountRow, EntryFilter, EntryRow } from '../shapes.ts'
import { words } from '../words.ts'

const EXCEL_MAX = 20_000
const ENTRIES_SHOWN = 200
export const KINDS = words.states!['entry_kind']!

/** Per community the threshold of its rules in force; a community without rules has none. */
export const THRESHOLDS = (scope: Scope) => sql`(select m.community_id, (select (p.data->>'threshold_bp')::int from funds.policy p where p.company_id = m.company_id and (p.community_id = m.community_id or p.community_id is null) and p.from_on <= ${scope.today}::date
    order by p.community_id nulls last, p.from_on desc, p.created_at desc limit 1) as bp from property.community m where m.company_id = ${scope.company_id})`
export const LOW = sql`coalesce(a.closed_on is null and a.first_fen > 0 and 10000 * a.balance_fen < t.bp * a.first_fen, false)`

function from(scope: Scope, f: AccountFilter): RawBuilder<unknown> {
  const w = [sql`h.company_id = ${scope.company_id}`, housesSeenBy(scope), sql`h.state <> 'disabled'`]
  if (f.community_id) w.push(sql`h.community_id = ${f.community_id}`)
  if (f.building_id) w.push(sql`h.building_id = ${f.building_id}`)
  if (f.q) w.push(housesLike(f.q))
  if (f.state === 'none') w.push(sql`a.house_id is null`)
  else if (f.state === 'closed') w.push(sql`a.closed_on is not null`)
  else if (f.state === 'low') w.push(LOW)
  else if (f.state === 'open') w.push(sql`a.house_id is not null and a.closed_on is null`)
  return sql`from property.house h left join funds.house_account a on a.company_id = h.company_id and a.house_id = h.house_id left join ${THRESHOLDS(scope)} t on t.community_id = h.community_id where ${sql.join(w, sql` and `)}`
}
async function rowsOf(scope: Scope, f: AccountFilter, limit: number, offset: number): Promise<AccountRow[]> {
  const { rows } = await sql<Omit<AccountRow, 'owner_names'>>`select h.house_id, h.community_id, m.name as community_name, b.name as building_name, h.label as house_label, h.built_area_m2, coalesce(a.first_fen, 0) as first_fen, coalesce(a.balance_fen, 0) as balance_fen, a.low, a.opened_on, a.closed_on
    from (select h.house_id, a.first_fen, a.balance_fen, a.opened_on, a.closed_on, ${LOW} as low ${from(scope, f)} order by h.community_id, h.sort_no, h.label limit ${limit} offset ${offset}) a
    join property.house h on h.company_id = ${scope.company_id} and h.house_id = a.house_id join property.community m on m.company_id = ${scope.company_id} and m.community_id = h.community_id join property.building b on b.company_id = ${scope.company_id} and b.building_id = h.building_id
    order by h.community_id, h.sort_no, h.label`.execute(scope.db)
  const names = await ownerNames(scope, rows.map((r) => r.house_id))
  return rows.map((r) => ({ ...r, owner_names: names.get(r.house_id) ?? '' }))
}

function entriesWhere(scope: Scope, f: EntryFilter): RawBuilder<unknown> {
  const w = [sql`e.company_id = ${scope.company_id}`, housesSeenBy(scope, { alias: 'e' })]
  if (f.community_id) w.push(sql`e.community_id = ${f.community_id}`)
  if (f.house_id) w.push(sql`e.house_id = ${f.house_id}`)
  if (f.kind) w.push(sql`e.kind = ${f.kind}`)
  if (f.voucher_no) w.push(sql`e.voucher_no = ${f.voucher_no}`)
  if (f.from_on) w.push(sql`e.booked_on >= ${f.from_on}::date`)
  if (f.to_on) w.push(sql`e.booked_on <= ${f.to_on}::date`)
  return sql.join(w, sql` and `)
}
type Raw = Omit<EntryRow, 'created_by_name' | 'can' | 'use_id'> & { created_by: string | null; source_type: string; source_id: string; reversed: boolean }
async function entriesOf(scope: Scope, f: EntryFilter, limit: number, offset: number): Promise<EntryRow[]> {
  const { rows } = await sql<Raw>`with e as materialized (select e.* from funds.entry e where ${entriesWhere(scope, f)} order by e.booked_on desc, e.created_at desc, e.entry_id desc limit ${limit} offset ${offset})
    select e.entry_id, e.house_id, h.label as house_label, m.name as community_name, e.kind, e.amount_fen, e.balance_fen, e.value_on, e.booked_on, e.voucher_no, e.payer_name, e.note, e.created_by, e.created_at, e.source_type, e.source_id,
      exists (select from funds.entry r where r.company_id = e.company_id and r.reverses = e.entry_id) as reversed
    from e join property.house h on h.company_id = e.company_id and h.house_id = e.house_id join property.community m on m.company_id = e.company_id and m.community_id = e.community_id order by e.booked_on desc, e.created_at desc, e.entry_id desc`.execute(scope.db)
  const names = await memberNames(scope, rows.map((r) => r.created_by))
  return rows.map(({ created_by, source_type, source_id, reversed, ...r }) => ({
    ...r, use_id: source_type === 'use' ? source_id : null, created_by_name: (created_by && names.get(created_by)) || null,
    can: { reverse: !['first', 'topup', 'opening'].includes(r.kind) ? 'funds.not_deposit' : reversed ? 'funds.reversed' : created_by === scope.who.account_id ? 'funds.own_entry' : true, receipt: ['first', 'topup'].includes(r.kind) && !reversed ? true : 'funds.no_receipt' },
  }))
}

export const accountAnswers = [
  answer(funds.accounts, async (scope, { page, page_size, ...f }) => {
    const { rows } = await sql<{ total: number; balance_fen: number; first_fen: number }>`select count(*)::int as total, coalesce(sum(a.balance_fen), 0)::bigint as balance_fen, coalesce(sum(a.first_fen), 0)::bigint as first_fen ${from(scope, f)}`.execute(scope.db)
    return { rows: await rowsOf(scope, f, page_size, (page - 1) * page_size), ...rows[0]! }
  }),
  answerFile(funds.accountsExcel, async (scope, f) => {
    const rows = await rowsOf(scope, f, EXCEL_MAX, 0)
    const body = await writeSheet({
      sheets: [{
        name: '维修资金分户账', title_rows: [`维修资金分户账 ${scope.today}`],
        columns: [{ title: '小区', kind: 'text' }, { title: '楼栋', kind: 'text' }, { title: '房号', kind: 'text' }, { title: '业主', kind: 'text' }, { title: '建筑面积', kind: 'number' }, { title: '首次缴存', kind: 'money_fen' }, { title: '余额', kind: 'money_fen' }, { title: '低于续筹线', kind: 'text' }, { title: '立户日', kind: 'day' }],
        rows: rows.map((r) => [r.community_name, r.building_name, r.house_label, r.owner_names, r.built_area_m2, r.first_fen, r.balance_fen, r.low ? '是' : '', r.opened_on]),
        totals: ['合计', '', '', '', '', rows.reduce((s, r) => s + r.first_fen, 0), rows.reduce((s, r) => s + r.balance_fen, 0), '', ''],
      }],
    })
    return { name: `维修资金分户账_${scope.today}.xlsx`, type: XLSX, body }
  }),
  answer(funds.account, async (scope, { house_id }) => {
    const h = await houseToRead(scope, house_id)
    const c = scope.company_id
    const [place, a, entries, names] = [
      await sql<{ community_name: string; building_name: string }>`select m.name as community_name, b.name as building_name from property.building b join property.community m on m.company_id = b.company_id and m.community_id = b.community_id where b.company_id = ${c} and b.building_id = ${h.building_id}`.execute(scope.db),
      await sql<{ first_fen: number; balance_fen: number; low: boolean; opened_on: string; closed_on: string | null; bank_name: string; account_no: string }>`select a.first_fen, a.balance_fen, ${LOW} as low, a.opened_on, a.closed_on, b.bank_name, b.account_no from funds.house_account a join funds.bank b on b.company_id = a.company_id and b.bank_id = a.bank_id
        left join ${THRESHOLDS(scope)} t on t.community_id = a.community_id where a.company_id = ${c} and a.house_id = ${house_id}`.execute(scope.db),
      await entriesOf(scope, { house_id }, ENTRIES_SHOWN, 0),
      await ownerNames(scope, [house_id]),
    ]
    const none = { first_fen: 0, balance_fen: 0, low: false, opened_on: null, closed_on: null, bank_name: null, account_no: null }
    return { house_id, community_id: h.community_id, ...place.rows[0]!, house_label: h.label, owner_names: names.get(house_id) ?? '', built_area_m2: h.built_area_m2, ...(a.rows[0] ?? none), entries }
  }),
  answer(funds.entries, async (scope, { page, page_size, ...f }) => {
    const { rows } = await sql<{ total: number; amount_fen: number }>`select count(*)::int as total, coalesce(sum(e.amount_fen), 0)::bigint as amount_fen from funds.entry e where ${entriesWhere(scope, f)}`.execute(scope.db)
    return { rows: await entriesOf(scope, f, page_size, (page - 1) * page_size), ...rows[0]! }
  }),
  answerFile(funds.entriesExcel, async (scope, f) => {
    const rows = await entriesOf(scope, f, EXCEL_MAX, 0)
    const body = await writeSheet({
      sheets: [{
        name: '维修资金明细', title_rows: [`维修资金明细 ${f.from_on ?? '最早'} 至 ${f.to_on ?? scope.today}`],
        columns: [{ title: '小区', kind: 'text' }, { title: '房号', kind: 'text' }, { title: '类别', kind: 'text' }, { title: '金额', kind: 'money_fen' }, { title: '余额', kind: 'money_fen' }, { title: '缴存日', kind: 'day' }, { title: '记账日', kind: 'day' }, { title: '凭证号', kind: 'text' }, { title: '交款人', kind: 'text' }, { title: '说明', kind: 'text' }, { title: '经办人', kind: 'text' }],
        rows: rows.map((r) => [r.community_name, r.house_label, KINDS[r.kind] ?? r.kind, r.amount_fen, r.balance_fen, r.value_on, r.booked_on, r.voucher_no, r.payer_name, r.note, r.created_by_name]),
        totals: ['合计', '', '', rows.reduce((s, r) => s + r.amount_fen, 0), '', '', '', '', '', '', ''],
      }],
    })
    return { name: `维修资金明细_${scope.today}.xlsx`, type: XLSX, body }
  }),
]
