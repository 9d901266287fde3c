// Who must read the version, who has, and who has not in time; the list goes to Excel, the rest are reminded, once a day.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, dayOf, minuteText } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { office, type ReaderFilter, type ReaderRow } from '../contract.ts'
import { said } from '../shown.ts'
import { DONE, DUE, PEOPLE, departmentTree, docToChange, mustReadV, type Tree } from './access.ts'
import { policyNow } from './config.ts'
import { versionToRead, versionsOf } from './list.ts'
import { tellRules } from './tell.ts'

const EXCEL_MAX = 20_000
const REMIND_MAX = 500
interface Asked { scope: Scope; tree: Tree; read_days: number; f: ReaderFilter }
/** Over `v`, `d`, `x`, `r`. */
function condition({ scope, tree, read_days, f }: Asked): RawBuilder<SqlBool> {
  const late = sql<SqlBool>`(not ${DONE} and ${DUE(read_days)} < ${scope.today}::date)`
  const of: Record<NonNullable<ReaderFilter['state']>, RawBuilder<SqlBool>> = { unread: sql<SqlBool>`not ${DONE}`, read: sql<SqlBool>`r.read_at is not null and r.confirmed_at is null`, confirmed: sql<SqlBool>`r.confirmed_at is not null`, late }
  const p: RawBuilder<unknown>[] = [mustReadV(scope, tree)]
  if (f.state) p.push(of[f.state])
  if (f.q) p.push(sql`(position(${f.q} in x.name) > 0 or exists (select from staff.post p where p.company_id = ${scope.company_id} and p.post_id = x.post_id and position(${f.q} in p.name) > 0))`)
  return sql<SqlBool>`${sql.join(p, sql` and `)}`
}
const FROM = ({ scope, f }: Asked) => sql`office.rule_version v join office.rule_doc d on d.company_id = ${scope.company_id} and d.doc_id = v.doc_id cross join ${PEOPLE(scope)} x left join office.rule_reading r on r.company_id = ${scope.company_id} and r.version_id = v.version_id and r.account_id = x.account_id where v.company_id = ${scope.company_id} and v.version_id = ${f.version_id}`
async function readerRows(a: Asked, o: { limit: number; offset: number }): Promise<ReaderRow[]> {
  const { scope } = a
  const c = scope.company_id
  const { rows } = await sql<ReaderRow & { finished: boolean }>`with page as materialized (select x.*, r.told_at, r.read_at, r.confirmed_at, r.reminded_at, ${DUE(a.read_days)} as due_on, ${DONE} as finished from ${FROM(a)} and ${condition(a)} order by ${DONE}, x.name, x.account_id limit ${o.limit} offset ${o.offset})
    select p.account_id, p.name, s.name as post_name, (select t.name from staff.department_version t where t.company_id = ${c} and t.department_id = p.department_id and t.from_on <= ${scope.today}::date order by t.from_on desc, t.made_at desc limit 1) as department_name, case when m.name is not null then m.name when p.filed then '公司本部' else '—' end as place_name, p.told_at, p.read_at, p.confirmed_at, p.reminded_at, p.due_on, p.finished
    from page p left join staff.post s on s.company_id = ${c} and s.post_id = p.post_id left join property.community m on m.company_id = ${c} and m.community_id = p.community_id order by p.finished, p.name, p.account_id`.execute(scope.db)
  return rows.map(({ finished, ...r }) => ({ ...r, late: !finished && r.due_on !== null && r.due_on < scope.today }))
}
const asked = async (scope: Scope, f: ReaderFilter): Promise<Asked> => ({ scope, f, tree: await departmentTree(scope), read_days: (await policyNow(scope)).read_days })
const readers = answer(office.readers, async (scope, f) => {
  await versionToRead(scope, f.version_id)
  const a = await asked(scope, f)
  const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from ${FROM(a)} and ${condition(a)}`.execute(scope.db)
  return { rows: await readerRows(a, { limit: f.page_size, offset: (f.page - 1) * f.page_size }), total: n[0]!.total }
})
const excel = answerFile(office.readersExcel, async (scope, f) => {
  const v = await versionToRead(scope, f.version_id)
  const rows = await readerRows(await asked(scope, f), { limit: EXCEL_MAX + 1, offset: 0 })
  if (rows.length > EXCEL_MAX) throw scope.refuse('office.too_many_rows', { max: EXCEL_MAX })
  const text = (title: string) => ({ title, kind: 'text' as const })
  const body = await writeSheet({ sheets: [{ name: '阅读情况', columns: ['姓名', '岗位', '部门', '工作地点', '告知时间', '应读完', '阅读时间', '确认时间', '提醒时间', '逾期'].map(text), rows: rows.map((r) => [r.name, r.post_name, r.department_name, r.place_name, minuteText(r.told_at), r.due_on, minuteText(r.read_at), minuteText(r.confirmed_at), minuteText(r.reminded_at), r.late ? '是' : '']) }] })
  return { name: `${v.no} ${v.title} 第${v.version_no}版 ${f.state ? said('read', f.state) : '阅读情况'}.xlsx`, type: XLSX, body }
})
const remind = answer(office.remindUnread, async (scope, { doc_id }) => {
  const d = await docToChange(scope, doc_id)
  const v = (await versionsOf(scope, doc_id)).find((x) => x.state === 'in_force')
  if (!v) throw scope.refuse('office.wrong_state', { title: d.no, state: '没有现行版本' })
  const a = await asked(scope, { version_id: v.version_id, state: 'unread' })
  const rows = await readerRows(a, { limit: REMIND_MAX, offset: 0 })
  if (rows.length === 0) throw scope.refuse('office.all_read')
  const list = rows.filter((r) => [r.told_at, r.reminded_at].every((at) => at === null || dayOf(at) < scope.today))
  if (list.length === 0) throw scope.refuse('office.reminded_today')
  await tellRules(scope, list.map((r) => ({ account_id: r.account_id, doc_id, version_id: v.version_id, no: d.no, title: v.title, version_no: v.version_no, from_on: v.from_on, due_on: r.due_on ?? addDays(scope.today, a.read_days) })), 'office_rule_remind')
  scope.note('rule_doc', doc_id, { title: v.title, version_no: v.version_no, reminded: list.length })
  return { person_count: list.length }
})
export const readerAnswers = [readers, excel, remind]
