// The list of shares: what it would be by today's houses and balances, or what was posted or booked. On screen, in Excel, on paper.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { ownerNames } from '../../people/server/index.ts'
import { communitiesSeenBy, housesSeenBy } from '../../property/server/index.ts'
import { funds } from '../contract.ts'
import type { ShareRow } from '../use_contract.ts'
import { words } from '../words.ts'
import { drawOf, splitByArea } from './rules/split.ts'

const HOUSES_MAX = 5_000

export interface Houses {
  house_id: string
  building_id: string
  area_m2: string
}
interface Scoped {
  community_id: string
  scope_kind: string
  scope_ids: string[]
}
/** The houses of a scope that bear a share: with an area, in use. */
export async function housesInScope(scope: Scope, u: Scoped): Promise<Houses[]> {
  const ids = sql`${u.scope_ids}::uuid[]`
  const within = { building: sql`h.building_id = any(${ids})`, unit: sql`h.unit_id = any(${ids})`, houses: sql`h.house_id = any(${ids})` }[u.scope_kind] ?? sql`true`
  const { rows } = await sql<Houses>`select h.house_id, h.building_id, h.built_area_m2 as area_m2 from property.house h where h.company_id = ${scope.company_id} and h.community_id = ${u.community_id} and h.state <> 'disabled' and h.built_area_m2 > 0 and ${within}
    order by h.house_id limit ${HOUSES_MAX + 1}`.execute(scope.db)
  if (rows.length === 0) throw scope.refuse('funds.no_houses')
  if (rows.length > HOUSES_MAX) throw scope.refuse('funds.many', { max: HOUSES_MAX })
  return rows
}

type Shown = Omit<ShareRow, 'owner_names' | 'drawn_fen' | 'owed_fen'> & { drawn_fen: number | null; owed_fen: number | null }
async function sharesOf(scope: Scope, use_id: string) {
  const c = scope.company_id
  const u = await scope.db.selectFrom('funds.use').selectAll().where('company_id', '=', c).where('use_id', '=', use_id).where(communitiesSeenBy(scope, { alias: 'use' })).executeTakeFirst()
  if (!u) throw scope.notFound()
  if (u.state === 'cancelled') throw scope.refuse('funds.use_state', { state: words.states!['use']![u.state]! })
  const kept = u.state === 'shared' || u.state === 'booked'
  // Before the settlement the split of the contract or the budget is shown.
  const cost_fen = u.invoice_fen ?? u.contract_fen ?? u.budget_fen
  const split = kept ? null : [...splitByArea(cost_fen, await housesInScope(scope, u))].map(([house_id, share_fen]) => ({ house_id, share_fen }))
  const from = split
    ? sql`(select x.house_id, x.share_fen, h0.community_id, h0.building_id, h0.built_area_m2 as area_m2, null::bigint as drawn_fen, null::bigint as owed_fen, 0::bigint as paid_fen from jsonb_to_recordset(${JSON.stringify(split)}::jsonb) as x(house_id uuid, share_fen bigint) join property.house h0 on h0.company_id = ${c} and h0.house_id = x.house_id)`
    : sql`(select house_id, share_fen, community_id, building_id, area_m2, drawn_fen, owed_fen, paid_fen from funds.use_share where company_id = ${c} and use_id = ${use_id})`
  const { rows } = await sql<Shown>`select s.house_id, h.label as house_label, s.area_m2, s.share_fen, coalesce(a.balance_fen, 0)::bigint as balance_fen, s.drawn_fen, s.owed_fen, s.paid_fen from ${from} s join property.house h on h.company_id = ${c} and h.house_id = s.house_id
    left join funds.house_account a on a.company_id = ${c} and a.house_id = s.house_id where ${housesSeenBy(scope, { alias: 's' })} order by h.sort_no, h.label`.execute(scope.db)
  const names = await ownerNames(scope, rows.map((r) => r.house_id))
  const list = rows.map((r): ShareRow => ({ ...r, owner_names: names.get(r.house_id) ?? '', ...(r.drawn_fen === null || r.owed_fen === null ? drawOf(r.share_fen, r.balance_fen) : { drawn_fen: r.drawn_fen, owed_fen: r.owed_fen }) }))
  const sum = (k: 'share_fen' | 'drawn_fen' | 'owed_fen' | 'paid_fen') => list.reduce((x, r) => x + r[k], 0)
  return { u, kept, rows: list, totals: { share_fen: sum('share_fen'), drawn_fen: sum('drawn_fen'), owed_fen: sum('owed_fen'), paid_fen: sum('paid_fen') } }
}

export const shareAnswers = [
  answer(funds.shares, async (scope, { use_id }) => {
    const s = await sharesOf(scope, use_id)
    return { rows: s.rows, ...s.totals }
  }),
  answerFile(funds.sharesExcel, async (scope, { use_id }) => {
    const s = await sharesOf(scope, use_id)
    const t = s.totals
    const body = await writeSheet({
      sheets: [{
        name: '分摊清单', title_rows: [`${s.u.title} 分摊清单${s.kept ? '' : '(试算)'}`],
        columns: [{ title: '房号', kind: 'text' }, { title: '业主', kind: 'text' }, { title: '建筑面积', kind: 'number' }, ...['分摊金额', '从分户账支出', '业主补交', '已补交'].map((title) => ({ title, kind: 'money_fen' as const }))],
        rows: s.rows.map((r) => [r.house_label, r.owner_names, r.area_m2, r.share_fen, r.drawn_fen, r.owed_fen, r.paid_fen]), totals: ['合计', '', '', t.share_fen, t.drawn_fen, t.owed_fen, t.paid_fen],
      }],
    })
    return { name: `分摊清单_${s.u.title}.xlsx`, type: XLSX, body }
  }),
  answerFile(funds.sharesPdf, async (scope, { use_id }) => {
    const s = await sharesOf(scope, use_id)
    const company = await scope.db.selectFrom('identity.company').select('name').where('company_id', '=', scope.company_id).executeTakeFirst()
    const body = await renderPdf('table_a4', {
      company_name: company?.name ?? null, title: `维修资金分摊清单公示${s.kept ? '' : '(试算)'}`,
      filters: [`项目:${s.u.title}`, `范围:${s.u.scope_text}`, `公示日:${s.u.shares_posted_on ?? '未公示'}`, '按建筑面积分摊'],
      columns: [{ title: '房号', kind: 'text' }, { title: '建筑面积', kind: 'text' }, { title: '分摊金额', kind: 'fen' }, { title: '从分户账支出', kind: 'fen' }, { title: '业主补交', kind: 'fen' }],
      rows: s.rows.map((r) => [r.house_label, r.area_m2, r.share_fen, r.drawn_fen, r.owed_fen]), totals: ['合计', null, s.totals.share_fen, s.totals.drawn_fen, s.totals.owed_fen],
      printed_by: scope.who.name, printed_at: scope.today,
    })
    return { name: `分摊公示_${s.u.title}.pdf`, type: 'application/pdf', body, inline: true }
  }),
]
