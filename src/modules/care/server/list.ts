// Lists of complaints: for whoever manages, for whoever handles, for the resident. A page is cut before names are joined; two statements.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { dayStart } from '../../../kernel/days.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { housesLike } from '../../property/server/index.ts'
import { care, type ComplaintFilter, type ComplaintRow, type MyRow, type State } from '../contract.ts'
import { words } from '../words.ts'
import { complaintsSeenBy, isMember, ownComplaints } from './access.ts'
import { LATE, facts } from './facts.ts'

/** Counting stops here: nobody pages further. */
const COUNT_MAX = 10_000
const WORDS_SHOWN = 40
export const and = (parts: readonly RawBuilder<unknown>[]): RawBuilder<SqlBool> => sql<SqlBool>`${sql.join(parts, sql` and `)}`

export function conditions(scope: Scope, f: Omit<ComplaintFilter, 'state' | 'late'>): RawBuilder<unknown>[] {
  const p: RawBuilder<unknown>[] = []
  if (f.community_id) p.push(sql`o.community_id = ${f.community_id}`)
  if (f.building_id) p.push(sql`o.building_id = ${f.building_id}`)
  if (f.house_id) p.push(sql`o.house_id = ${f.house_id}`)
  if (f.kind_id) p.push(sql`o.kind_id = ${f.kind_id}`)
  if (f.nature) p.push(sql`o.kind_id in (select k.kind_id from care.kind k where k.company_id = ${scope.company_id} and k.nature = ${f.nature})`)
  if (f.cause_id) p.push(sql`o.cause_id = ${f.cause_id}`)
  if (f.source) p.push(sql`o.source = ${f.source}`)
  if (f.assignee_id) p.push(sql`o.assignee_id = ${f.assignee_id}`)
  if (f.department_id) p.push(sql`o.department_id = ${f.department_id}`)
  if (f.fact) p.push(facts(scope)[f.fact])
  if (f.from_on) p.push(sql`o.created_at >= ${dayStart(f.from_on)}`)
  if (f.to_on) p.push(sql`o.created_at < ${dayStart(f.to_on, 1)}`)
  if (f.q) p.push(found(scope, f.q))
  return p
}
function found(scope: Scope, q: string): RawBuilder<SqlBool> {
  const t = q.normalize('NFKC').trim()
  if (/^TS\d{4}-?\d+$/i.test(t)) return sql<SqlBool>`o.no like ${`${t.toUpperCase()}%`}`
  if (/^1\d{10}$/.test(t)) return sql<SqlBool>`o.reporter_phone = ${t}`
  return sql<SqlBool>`(o.words like ${`%${t}%`} or o.place like ${`%${t}%`} or o.reporter_name like ${`${t}%`} or o.house_id in (select h.house_id from property.house h where h.company_id = ${scope.company_id} and ${housesLike(t)})
    or exists (select from care.outside t where t.company_id = ${scope.company_id} and t.complaint_id = o.complaint_id and t.outside_no = ${t}))`
}

const NEWEST = sql`o.created_at desc, o.complaint_id`
/** What is due first. */
const DUE = sql`case when o.state in ('new','assigned') then o.accept_due_at when o.state = 'handling' then o.answer_due_at else coalesce(o.visit_due_at, o.answer_due_at) end, o.complaint_id`
const FIELDS = (scope: Scope, length: number) => sql`o.complaint_id, o.no, c.name as community_name, k.nature, k.name as kind, o.source, o.unnamed, o.place, left(o.words, ${length}::int) as words, o.reporter_name, o.state, d.name as department_name, m.name as assignee_name, o.created_at,
  case when o.state in ('new','assigned') then o.accept_due_at when o.state = 'handling' then o.answer_due_at when o.state = 'answered' and o.visit_wanted and o.visited_at is null then o.visit_due_at end as due_at, ${LATE(scope)} as late,
  (select t.due_at from care.outside t where t.company_id = ${scope.company_id} and t.complaint_id = o.complaint_id and t.replied_at is null) as outside_due_at, o.satisfaction, o.round_no`
const NAMES = (scope: Scope) => sql`join property.community c on c.company_id = ${scope.company_id} and c.community_id = o.community_id join care.kind k on k.company_id = ${scope.company_id} and k.kind_id = o.kind_id
  left join care.department d on d.company_id = ${scope.company_id} and d.department_id = o.department_id left join identity.member m on m.company_id = ${scope.company_id} and m.account_id = o.assignee_id`
async function rowsOf(scope: Scope, where: RawBuilder<SqlBool>, order: RawBuilder<unknown>, p: { page: number; page_size: number }): Promise<ComplaintRow[]> {
  const { rows } = await sql<ComplaintRow>`with page as materialized (select o.* from care.complaint o where o.company_id = ${scope.company_id} and ${where} order by ${order} limit ${p.page_size} offset ${(p.page - 1) * p.page_size})
    select ${FIELDS(scope, WORDS_SHOWN)} from page o ${NAMES(scope)} order by ${order}`.execute(scope.db)
  return rows
}
const whole = (scope: Scope, f: ComplaintFilter): RawBuilder<SqlBool> => and([complaintsSeenBy(scope), ...conditions(scope, f), ...(f.state ? [sql`o.state = ${f.state}`] : []), ...(f.late ? [LATE(scope)] : [])])

const EXCEL_MAX = 20_000
interface ExcelRow extends ComplaintRow {
  accept_due_at: string
  accepted_at: string | null
  answer_due_at: string
  answered_at: string | null
  answer: string | null
  cause: string | null
}
const excel = answerFile(care.complaintsExcel, async (scope, f) => {
  const { rows } = await sql<ExcelRow>`select ${FIELDS(scope, 1000)}, o.accept_due_at, o.accepted_at, o.answer_due_at, o.answered_at, o.answer, (select x.name from care.cause x where x.company_id = ${scope.company_id} and x.cause_id = o.cause_id) as cause
    from care.complaint o ${NAMES(scope)} where o.company_id = ${scope.company_id} and ${whole(scope, f)} order by ${NEWEST} limit ${EXCEL_MAX + 1}`.execute(scope.db)
  if (rows.length > EXCEL_MAX) throw scope.refuse('care.too_many_rows', { max: EXCEL_MAX })
  const said = (of: string, code: string): string => words.states![of]![code] ?? code
  const text = (title: string) => ({ title, kind: 'text' as const })
  const body = await writeSheet({
    sheets: [{
      name: '投诉建议',
      columns: [...['受理编号', '小区', '性质', '类别', '来源', '位置', '内容', '反映人', '状态', '责任部门', '处理人', '登记时间', '受理时限', '受理时间', '答复时限', '答复时间', '答复', '原因'].map(text), { title: '满意程度', kind: 'int' }, { title: '轮次', kind: 'int' }],
      rows: rows.map((r) => [r.no, r.community_name, said('nature', r.nature), r.kind, said('source', r.source), r.place, r.words, r.unnamed ? '匿名' : r.reporter_name, said('state', r.state), r.department_name, r.assignee_name, minuteText(r.created_at), minuteText(r.accept_due_at), minuteText(r.accepted_at), minuteText(r.answer_due_at), minuteText(r.answered_at), r.answer, r.cause, r.satisfaction, r.round_no]),
    }],
  })
  return { name: `投诉建议_${scope.today}.xlsx`, type: XLSX, body }
})

const complaints = answer(care.complaints, async (scope, f) => {
  const base = and([complaintsSeenBy(scope), ...conditions(scope, f)])
  const where = whole(scope, f)
  const waiting = facts(scope).visit_waiting
  const n = (name: string, w: RawBuilder<SqlBool>) => sql`select ${name} as state, count(*)::int as n from (select 1 from care.complaint o where o.company_id = ${scope.company_id} and ${w} limit ${COUNT_MAX}) x`
  const [rows, counted] = await Promise.all([
    rowsOf(scope, where, f.fact === 'visit_waiting' ? DUE : NEWEST, f),
    sql<{ state: State | 'late' | 'visit_waiting' | 'total'; n: number }>`select o.state, count(*)::int as n from care.complaint o where o.company_id = ${scope.company_id} and o.state in ('new','assigned','handling','answered') and ${base} group by 1
      union all ${n('late', and([LATE(scope), base]))} union all ${n('visit_waiting', and([waiting, base]))} union all ${n('total', where)}`.execute(scope.db),
  ])
  const counts = Object.fromEntries(counted.rows.filter((r) => r.state !== 'total').map((r) => [r.state, r.n]))
  return { rows, total: counted.rows.find((r) => r.state === 'total')!.n, counts }
})

const BOX = {
  mine: (scope: Scope) => sql<SqlBool>`(o.state in ('assigned','handling') and o.assignee_id = ${scope.who.account_id}::uuid)`,
  open: (scope: Scope) => sql<SqlBool>`((o.state = 'new' and ${complaintsSeenBy(scope)}) or (o.state = 'assigned' and o.assignee_id is null and ${isMember(scope)}))`,
  done: (scope: Scope) => sql<SqlBool>`(o.state in ('answered','closed') and o.assignee_id = ${scope.who.account_id}::uuid)`,
}
const myCases = answer(care.myCases, async (scope, f) => {
  const n = (w: RawBuilder<SqlBool>) => sql`(select count(*)::int from (select 1 from care.complaint o where o.company_id = ${scope.company_id} and ${w} limit ${COUNT_MAX}) x)`
  const [rows, counted] = await Promise.all([
    rowsOf(scope, BOX[f.box](scope), f.box === 'done' ? NEWEST : DUE, f),
    sql<{ mine: number; open: number; late: number; total: number }>`select ${n(BOX.mine(scope))} as mine, ${n(BOX.open(scope))} as open, ${n(sql<SqlBool>`(${BOX.mine(scope)} and ${LATE(scope)})`)} as late, ${n(BOX[f.box](scope))} as total`.execute(scope.db),
  ])
  const { total, ...counts } = counted.rows[0]!
  return { rows, total, counts }
})

const myComplaints = answer(care.myComplaints, async (scope, f) => {
  const own = ownComplaints(scope)
  const [{ rows }, counted] = await Promise.all([
    sql<MyRow>`select o.complaint_id, o.no, k.name as kind, k.nature, left(o.words, ${WORDS_SHOWN}::int) as words, o.state, o.created_at, o.place from care.complaint o join care.kind k on k.company_id = ${scope.company_id} and k.kind_id = o.kind_id
      where o.company_id = ${scope.company_id} and ${own} order by ${NEWEST} limit ${f.page_size} offset ${(f.page - 1) * f.page_size}`.execute(scope.db),
    sql<{ n: number }>`select count(*)::int as n from care.complaint o where o.company_id = ${scope.company_id} and ${own}`.execute(scope.db),
  ])
  return { rows, total: counted.rows[0]!.n }
})
export const listAnswers = [complaints, excel, myCases, myComplaints]
