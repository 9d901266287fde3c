// The roll and the published list: on the screen, in Excel, to the owners.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet, type SheetSpec } from '../../../kernel/sheet/index.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import { votes, type Listed, type VoterRow } from '../contract.ts'
import { codeOf, said } from '../shown.ts'
import { pollToRead, pollWhere, residentSees, type Poll } from './access.ts'
import { motionsOf } from './polls.ts'
import { preview } from './roll.ts'
import { ruleOf } from './rule.ts'

interface Filter {
  q?: string | undefined
  voted?: boolean | undefined
  building_id?: string | undefined
}
const EXCEL_MAX = 50_000
/** Heads of which a house is within reach; speaks of `n`. */
const wanted = (scope: Scope, poll_id: string, f: Filter): RawBuilder<SqlBool> => sql<SqlBool>`n.company_id = ${scope.company_id} and n.poll_id = ${poll_id} and exists (select from votes.voter_house vh where vh.company_id = ${scope.company_id} and vh.poll_id = n.poll_id and vh.voter_id = n.voter_id and ${housesSeenBy(scope, { alias: 'vh' })} and ${f.building_id ? sql`vh.building_id = ${f.building_id}` : sql`true`})
  and ${f.q ? sql`(n.voter_no::text = ${f.q} or strpos(n.name, ${f.q}) > 0 or exists (select from votes.voter_house vh where vh.company_id = ${scope.company_id} and vh.poll_id = n.poll_id and vh.voter_id = n.voter_id and starts_with(vh.label, ${f.q})))` : sql`true`}
  and ${f.voted === undefined ? sql`true` : sql`exists (select from votes.ballot b where b.company_id = ${scope.company_id} and b.poll_id = n.poll_id and b.voter_id = n.voter_id) = ${f.voted}`}`
export async function votersOf(scope: Scope, poll_id: string, f: Filter, page: { limit: number; offset: number }): Promise<VoterRow[]> {
  const c = scope.company_id
  const { rows } = await sql<VoterRow>`with page as materialized (select n.* from votes.voter n where ${wanted(scope, poll_id, f)} order by n.voter_no limit ${page.limit} offset ${page.offset})
    select n.voter_id, n.voter_no, n.kind, n.name, h.houses, n.house_count, n.area_m2::text as area_m2, b.way as voted_way, b.cast_at as voted_at, coalesce(b.round_no, 0) as rounds, (select y.name from votes.spokesman s join votes.voter_person y on y.company_id = ${c} and y.poll_id = s.poll_id and y.voter_id = s.voter_id and y.person_id = s.person_id where s.company_id = ${c} and s.poll_id = n.poll_id and s.voter_id = n.voter_id) as spokesman,
      (select count(*)::int from votes.voter_person y where y.company_id = ${c} and y.poll_id = n.poll_id and y.voter_id = n.voter_id) as person_count
    from page n left join lateral (select string_agg(vh.label, '、' order by vh.sort_no, vh.label) as houses from votes.voter_house vh where vh.company_id = ${c} and vh.poll_id = n.poll_id and vh.voter_id = n.voter_id) h on true
    left join lateral (select b.way, b.cast_at, b.round_no from votes.ballot b where b.company_id = ${c} and b.poll_id = n.poll_id and b.voter_id = n.voter_id order by b.round_no desc limit 1) b on true order by n.voter_no`.execute(scope.db)
  return rows
}
export function hasRoll(scope: Scope, v: Poll): void {
  if (v.roll_hash === null) throw scope.refuse('votes.no_roll')
}
const listWhere = (scope: Scope, poll_id: string, code?: string): RawBuilder<SqlBool> => sql<SqlBool>`company_id = ${scope.company_id} and poll_id = ${poll_id} and ${code ? sql`starts_with(receipt_code, ${codeOf(code)})` : sql`true`}`
async function listOf(scope: Scope, f: { poll_id: string; code?: string | undefined; page: number; page_size: number }): Promise<{ rows: Listed[]; total: number }> {
  const where = listWhere(scope, f.poll_id, f.code)
  const { rows } = await sql<Listed>`select receipt_code, area_m2::text as area_m2, choices from votes.listed where ${where} order by receipt_code limit ${f.page_size} offset ${(f.page - 1) * f.page_size}`.execute(scope.db)
  const counted = await sql<{ n: number }>`select count(*)::int as n from votes.listed where ${where}`.execute(scope.db)
  return { rows, total: counted.rows[0]!.n }
}
/** With the sums below, so that whoever has it can count it again with a pencil. */
async function listExcel(scope: Scope, v: Poll) {
  if (v.state !== 'published') throw scope.refuse('votes.not_published')
  const motions = await motionsOf(scope, v)
  const { rows } = await sql<Listed>`select receipt_code, area_m2::text as area_m2, choices from votes.listed where ${listWhere(scope, v.poll_id)} order by receipt_code limit ${EXCEL_MAX}`.execute(scope.db)
  const sheets: SheetSpec[] = [
    { name: '公布名单', columns: [{ title: '回执码', kind: 'text', width: 28 }, { title: '面积', kind: 'number' }, ...motions.map((m) => ({ title: `${m.motion_no}. ${m.title}`.slice(0, 40), kind: 'text' as const }))], rows: rows.map((r) => [r.receipt_code, r.area_m2, ...motions.map((m) => (r.choices[m.motion_no] ? said('choice', r.choices[m.motion_no]!) : '未表决'))]) },
    { name: '说明', columns: [{ title: '项目', kind: 'text', width: 18 }, { title: '内容', kind: 'text', width: 90 }], rows: [['表决', v.title], ['名单', `每行一个表决权人,共 ${rows.length} 行;面积为其专有部分合计`], ['怎样核对', '按列把「同意」「反对」「弃权」的行数和面积相加,应与结果公告相同;用自己的回执码找到自己的一行'], ['名单摘要', v.list_hash ?? '']] },
  ]
  return { name: `${v.title}_公布名单.xlsx`, type: XLSX, body: await writeSheet({ sheets }) }
}

export const listAnswers = [
  answer(votes.rollPreview, async (scope, { poll_id }) => {
    const v = await pollToRead(scope, poll_id)
    return preview(scope, v, v.rule ?? (await ruleOf(scope, v.community_id)))
  }),
  answer(votes.roll, async (scope, { poll_id, page, page_size, ...f }) => {
    await pollToRead(scope, poll_id)
    const rows = await votersOf(scope, poll_id, f, { limit: page_size, offset: (page - 1) * page_size })
    const counted = await sql<{ n: number }>`select count(*)::int as n from votes.voter n where ${wanted(scope, poll_id, f)}`.execute(scope.db)
    return { rows, total: counted.rows[0]!.n }
  }),
  answerFile(votes.rollExcel, async (scope, { poll_id }) => {
    const v = await pollToRead(scope, poll_id)
    hasRoll(scope, v)
    const rows = await votersOf(scope, poll_id, {}, { limit: EXCEL_MAX, offset: 0 })
    const { rows: lines } = await sql<{ voter_no: number; building_name: string; label: string; kind: string; area_m2: string; source: string }>`select n.voter_no, vh.building_name, vh.label, vh.kind, vh.area_m2::text as area_m2, vh.source from votes.voter_house vh join votes.voter n on n.company_id = ${scope.company_id} and n.poll_id = vh.poll_id and n.voter_id = vh.voter_id where vh.company_id = ${scope.company_id} and vh.poll_id = ${poll_id} and ${housesSeenBy(scope, { alias: 'vh' })} order by n.voter_no, vh.sort_no limit ${EXCEL_MAX}`.execute(scope.db)
    const text = (title: string, width?: number) => ({ title, kind: 'text' as const, ...(width ? { width } : {}) })
    const body = await writeSheet({ sheets: [
      { name: '名册', columns: [{ title: '票号', kind: 'int' }, text('性质'), text('表决权人', 24), text('房号', 30), { title: '套数', kind: 'int' }, { title: '面积', kind: 'number' }, text('投票'), text('投票时间', 18)], rows: rows.map((r) => [r.voter_no, said('voter', r.kind), r.name, r.houses, r.house_count, r.area_m2, r.voted_way ? said('way', r.voted_way) : '未投', minuteText(r.voted_at)]) },
      { name: '来源', columns: [{ title: '票号', kind: 'int' }, text('楼栋'), text('房号'), text('类别'), { title: '建筑面积', kind: 'number' }, text('来源', 30)], rows: lines.map((r) => [r.voter_no, r.building_name, r.label, said('house', r.kind), r.area_m2, r.source]) },
    ] })
    return { name: `${v.title}_表决名册.xlsx`, type: XLSX, body }
  }),
  answer(votes.list, async (scope, f) => (await pollToRead(scope, f.poll_id), listOf(scope, f))),
  answer(votes.publicList, async (scope, f) => (await pollWhere(scope, f.poll_id, await residentSees(scope)), listOf(scope, f))),
  answerFile(votes.listExcel, async (scope, { poll_id }) => listExcel(scope, await pollToRead(scope, poll_id))),
  answerFile(votes.publicListExcel, async (scope, { poll_id }) => listExcel(scope, await pollWhere(scope, poll_id, await residentSees(scope)))),
]
