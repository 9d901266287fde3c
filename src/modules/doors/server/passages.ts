// Passages as records: who came through which door, by what, and what was refused.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, minuteText } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { doors, type PassageFilter, type PassageRow } from '../contract.ts'
import { said } from '../shown.ts'
import { doorsSeenBy } from './access.ts'

const EXCEL_MAX = 50_000
/** The name behind passage `p`: a person, a member of staff, a visitor, whoever pressed. */
export const whoSql = (scope: Scope) => {
  const c = scope.company_id
  return sql<string | null>`coalesce((select coalesce(n.name, s.name, '编外 ' || e.name) from doors.holder x left join people.person n on n.company_id = ${c} and n.person_id = x.person_id left join identity.member s on s.company_id = ${c} and s.account_id = x.account_id left join doors.helper e on e.company_id = ${c} and e.helper_id = x.helper_id where x.company_id = ${c} and x.holder_id = p.holder_id), (select '访客 ' || v.visitor_name from access.visit v where v.company_id = ${c} and v.visit_id = p.visit_id), (select q.by_name from doors.command q where q.company_id = ${c} and q.command_id = p.command_id))`
}
function passageWhere(scope: Scope, f: PassageFilter): RawBuilder<SqlBool> {
  const c = scope.company_id
  const p: RawBuilder<unknown>[] = [sql`p.company_id = ${c}`, doorsSeenBy(scope, 'p')]
  if (f.community_id) p.push(sql`p.community_id = ${f.community_id}`)
  if (f.door_id) p.push(sql`p.door_id = ${f.door_id}`)
  if (f.what) p.push(sql`p.what = ${f.what}`)
  if (f.way) p.push(sql`p.way = ${f.way}`)
  if (f.replay !== undefined) p.push(sql`p.replay = ${f.replay}`)
  if (f.from_on) p.push(sql`p.at >= ${`${f.from_on}T00:00:00+08:00`}::timestamptz`)
  if (f.to_on) p.push(sql`p.at < ${`${addDays(f.to_on, 1)}T00:00:00+08:00`}::timestamptz`)
  if (f.q) p.push(sql`(p.card_tail = ${f.q} or p.holder_id in (select x.holder_id from doors.holder x left join people.person n on n.company_id = ${c} and n.person_id = x.person_id left join identity.member s on s.company_id = ${c} and s.account_id = x.account_id left join doors.helper e on e.company_id = ${c} and e.helper_id = x.helper_id where x.company_id = ${c} and position(${f.q} in coalesce(n.name, s.name, e.name)) > 0) or p.card_id in (select k.card_id from doors.card k join property.house h on h.company_id = ${c} and h.house_id = k.house_id where k.company_id = ${c} and h.label = ${f.q}))`)
  return sql<SqlBool>`${sql.join(p, sql` and `)}`
}
async function passageRows(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset = 0): Promise<PassageRow[]> {
  const c = scope.company_id
  const { rows } = await sql<PassageRow>`with page as materialized (select p.* from doors.passage p where ${where} order by p.at desc, p.passage_id desc limit ${limit} offset ${offset})
    select p.passage_id, p.door_id, m.name as community_name, d.name as door_name, p.what, p.way, ${whoSql(scope)} as who, h.label as house_label, p.card_tail, p.why, p.at, p.received_at, p.replay
    from page p join property.community m on m.company_id = ${c} and m.community_id = p.community_id join doors.door d on d.company_id = ${c} and d.door_id = p.door_id left join doors.card k on k.company_id = ${c} and k.card_id = p.card_id left join access.visit v on v.company_id = ${c} and v.visit_id = p.visit_id left join property.house h on h.company_id = ${c} and h.house_id = coalesce(k.house_id, v.house_id) order by p.at desc, p.passage_id desc`.execute(scope.db)
  return rows
}
const passages = answer(doors.passages, async (scope, f) => {
  const where = passageWhere(scope, f)
  const rows = await passageRows(scope, where, f.page_size, (f.page - 1) * f.page_size)
  const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from doors.passage p where ${where}`.execute(scope.db)
  return { rows, total: n[0]!.total }
})
const passagesExcel = answerFile(doors.passagesExcel, async (scope, f) => {
  const rows = await passageRows(scope, passageWhere(scope, f), EXCEL_MAX + 1)
  if (rows.length > EXCEL_MAX) throw scope.refuse('doors.too_many_rows', { max: EXCEL_MAX })
  const text = (title: string) => ({ title, kind: 'text' as const })
  const body = await writeSheet({
    sheets: [{ name: '通行记录', columns: [text('时间'), text('小区'), text('门'), text('事件'), text('方式'), text('人员'), text('房号'), text('卡尾号'), text('原因'), text('补传')], rows: rows.map((r) => [minuteText(r.at), r.community_name, r.door_name, said('what', r.what), said('way', r.way), r.who, r.house_label, r.card_tail, said('why', r.why), r.replay ? '是' : '']) }],
  })
  return { name: `通行记录-${scope.today}.xlsx`, type: XLSX, body }
})

/** For presence and muster: who was let through doors of a community since an instant, the newest of each. */
export async function lastPassages(scope: Scope, o: { community_id: string; since: string; limit: number }): Promise<{ holder_id: string | null; visit_id: string | null; person_id: string | null; account_id: string | null; helper_id: string | null; door_id: string; at: string }[]> {
  const c = scope.company_id
  const { rows } = await sql<{ holder_id: string | null; visit_id: string | null; person_id: string | null; account_id: string | null; helper_id: string | null; door_id: string; at: string }>`select distinct on (coalesce(p.holder_id, p.visit_id)) p.holder_id, p.visit_id, x.person_id, x.account_id, x.helper_id, p.door_id, p.at from doors.passage p left join doors.holder x on x.company_id = ${c} and x.holder_id = p.holder_id where p.company_id = ${c} and p.community_id = ${o.community_id} and p.what = 'open' and p.at >= ${o.since}::timestamptz and (p.holder_id is not null or p.visit_id is not null) order by coalesce(p.holder_id, p.visit_id), p.at desc, p.received_at desc, p.seq desc limit ${o.limit}`.execute(scope.db)
  return rows
}
export const passageAnswers = [passages, passagesExcel]
