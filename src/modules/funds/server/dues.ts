// What is due and paid (缴存明细): the standard of each house, what its first deposit should be, what came in, what is missing.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { ownerNames } from '../../people/server/index.ts'
import { housesLike, housesSeenBy } from '../../property/server/index.ts'
import { funds } from '../contract.ts'
import type { DueFilter, DueRow } from '../topup_contract.ts'
import { words } from '../words.ts'

const EXCEL_MAX = 20_000

/** The standard of a house on a day, the narrowest one; needs the aliases h and b of house and building. */
export const standardOn = (scope: Scope, day: RawBuilder<unknown>): RawBuilder<unknown> => sql`(select s.name, s.unit_price from funds.standard s where s.company_id = ${scope.company_id} and s.community_id = h.community_id and s.from_on <= ${day} and h.kind = any(s.house_kinds) and (s.has_lift is null or s.has_lift = b.has_lift)
  and b.floors_above >= s.floors_min and (s.floors_max is null or b.floors_above <= s.floors_max) order by s.has_lift nulls last, s.floors_min desc, s.from_on desc, s.created_at desc limit 1)`
/** What the first deposit should be, to the fen; null without a standard. */
export const DUE = sql`round(h.built_area_m2 * s.unit_price * 100)`
const MISSING = sql`case when x.closed_on is null then greatest(coalesce(x.due, 0) - x.first_fen, 0) else 0 end`
const STATE = sql`case when x.due is null and x.first_fen = 0 then 'none' when x.first_fen = 0 and x.closed_on is null then 'unpaid' when ${MISSING} > 0 then 'part' else 'paid' end`

function from(scope: Scope, f: DueFilter): RawBuilder<unknown> {
  const w = [sql`h.company_id = ${scope.company_id}`, housesSeenBy(scope), sql`h.state <> 'disabled'`]
  if (f.community_id) w.push(sql`h.community_id = ${f.community_id}`)
  if (f.building_id) w.push(sql`h.building_id = ${f.building_id}`)
  if (f.q) w.push(housesLike(f.q))
  const rows = sql`select h.house_id, h.community_id, h.sort_no, h.label, h.built_area_m2, h.kind, m.name as community_name, b.name as building_name, s.name as standard_name, s.unit_price, ${DUE} as due, coalesce(a.first_fen, 0) as first_fen, a.closed_on,
      case when a.first_fen > 0 then a.opened_on end as paid_on
    from property.house h join property.building b on b.company_id = h.company_id and b.building_id = h.building_id join property.community m on m.company_id = h.company_id and m.community_id = h.community_id
    left join funds.house_account a on a.company_id = h.company_id and a.house_id = h.house_id left join lateral ${standardOn(scope, sql`coalesce(a.opened_on, ${scope.today}::date)`)} s on true where ${sql.join(w, sql` and `)}`
  return sql`from (${rows}) x ${f.state ? sql`where ${STATE} = ${f.state}` : sql``}`
}
async function rowsOf(scope: Scope, f: DueFilter, limit: number, offset: number): Promise<DueRow[]> {
  const { rows } = await sql<Omit<DueRow, 'owner_names'>>`select x.house_id, x.community_name, x.building_name, x.label as house_label, x.kind as house_kind, x.built_area_m2, x.standard_name, x.unit_price, coalesce(x.due, 0)::bigint as due_fen, x.first_fen, (${MISSING})::bigint as missing_fen, ${STATE} as state, x.paid_on
    ${from(scope, f)} order by x.community_id, x.sort_no, x.label limit ${limit} offset ${offset}`.execute(scope.db)
  const names = await ownerNames(scope, rows.map((r) => r.house_id))
  return rows.map((r) => ({ ...r, owner_names: names.get(r.house_id) ?? '' }))
}

export const dueAnswers = [
  answer(funds.dues, async (scope, { page, page_size, ...f }) => {
    const { rows } = await sql<{ total: number; due_fen: number; first_fen: number; missing_fen: number; unpaid_count: number }>`select count(*)::int as total, coalesce(sum(x.due), 0)::bigint as due_fen, coalesce(sum(x.first_fen), 0)::bigint as first_fen, coalesce(sum(${MISSING}), 0)::bigint as missing_fen,
      (count(*) filter (where ${MISSING} > 0))::int as unpaid_count ${from(scope, f)}`.execute(scope.db)
    return { rows: await rowsOf(scope, f, page_size, (page - 1) * page_size), ...rows[0]! }
  }),
  answerFile(funds.duesExcel, async (scope, f) => {
    const rows = await rowsOf(scope, f, EXCEL_MAX, 0)
    const sum = (k: 'due_fen' | 'first_fen' | 'missing_fen') => rows.reduce((n, r) => n + r[k], 0)
    const text = (title: string) => ({ title, kind: 'text' as const })
    const body = await writeSheet({
      sheets: [{
        name: '缴存明细', title_rows: [`住宅专项维修资金缴存明细 ${scope.today}`],
        columns: [...['小区', '楼栋', '房号', '业主', '房产类别'].map(text), { title: '建筑面积', kind: 'number' }, text('适用标准'), { title: '标准(元/㎡)', kind: 'number' }, ...['应缴', '已缴', '欠缴'].map((title) => ({ title, kind: 'money_fen' as const })), text('状态'), { title: '首次缴存日', kind: 'day' }],
        rows: rows.map((r) => [r.community_name, r.building_name, r.house_label, r.owner_names, words.states!['house_kind']![r.house_kind] ?? r.house_kind, r.built_area_m2, r.standard_name, r.unit_price, r.due_fen, r.first_fen, r.missing_fen, words.states!['due']![r.state]!, r.paid_on]),
        totals: ['合计', '', '', '', '', '', '', '', sum('due_fen'), sum('first_fen'), sum('missing_fen'), '', ''],
      }],
    })
    return { name: `维修资金缴存明细_${scope.today}.xlsx`, type: XLSX, body }
  }),
]
