// The roster, its sheet and its paper, and one file whole.
import { sql, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, minuteText } from '../../../kernel/clock.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { masked } from '../../people/server/index.ts'
import { staff, type AssignmentRow, type ContractRow, type EmployeeDetail, type EmployeeFilter, type EmployeeRow, type Policy } from '../contract.ts'
import { said } from '../shown.ts'
import { employeeToRead, ownFile, reachesPlace, type Employee } from './access.ts'
import { certsOf } from './certs.ts'
import { policyNow } from './config.ts'
import { leavingOf } from './leaving.ts'
import { countOf, employeeRows, employeeWhere } from './rows.ts'

const EXCEL_MAX = 20_000
const PRINT_MAX = 1000
const HISTORY_MAX = 200
async function assignmentsOf(scope: Scope, e: Employee): Promise<AssignmentRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<AssignmentRow, 'to_on' | 'now' | 'can'>>`select a.assignment_id, a.from_on, a.kind, t.name as post_name, d.name as department_name, coalesce(m.name, '公司本部') as community_name, a.reason, a.made_by_name, a.made_at, case when a.voided_at is not null then a.voided_by_name || ':' || a.voided_reason end as voided
    from staff.assignment a join staff.post t on t.company_id = ${c} and t.post_id = a.post_id join lateral (select x.name from staff.department_version x where x.company_id = ${c} and x.department_id = a.department_id order by x.from_on <= a.from_on desc, abs(x.from_on - a.from_on) limit 1) d on true
      left join property.community m on m.company_id = ${c} and m.community_id = a.community_id where a.company_id = ${c} and a.employee_id = ${e.employee_id} order by a.from_on desc, a.made_at desc limit ${HISTORY_MAX}`.execute(scope.db)
  const live = rows.filter((r) => r.voided === null)
  const now = live.find((r) => r.from_on <= scope.today) ?? live.at(-1)
  return rows.map((r) => {
    const next = live[live.indexOf(r) - 1]
    return { ...r, to_on: r.voided !== null ? null : next ? addDays(next.from_on, -1) : e.left_on, now: r === now, can: { void: r.kind === 'entry' ? 'staff.entry_stays' : r.voided !== null ? 'staff.voided_already' : true } }
  })
}
async function contractsOf(scope: Scope, employee_id: string): Promise<ContractRow[]> {
  const { rows } = await sql<Omit<ContractRow, 'now'>>`select contract_id, kind, from_on, to_on, signed_on, note, file_id is not null as has_file, ended_on, end_reason, made_by_name from staff.labour_contract where company_id = ${scope.company_id} and employee_id = ${employee_id} order by from_on desc, made_at desc limit ${HISTORY_MAX}`.execute(scope.db)
  return rows.map((r) => ({ ...r, now: r.from_on <= scope.today && (r.to_on === null || r.to_on >= scope.today) && (r.ended_on === null || r.ended_on >= scope.today) }))
}
/** One file whole; who may see it was asked before. */
export async function detailOf(scope: Scope, policy: Policy, e: Employee, row: EmployeeRow): Promise<EmployeeDetail> {
  const c = scope.company_id
  const { rows: more } = await sql<{ created_by_name: string; created_at: string; forgotten_at: string | null; duties: string; account_name: string | null; account_login: string | null }>`select x.created_by_name, x.created_at, x.forgotten_at, t.duties, m.name as account_name, a.login as account_login from staff.employee x join staff.post t on t.company_id = ${c} and t.post_id = ${e.post_id} left join identity.member m on m.company_id = ${c} and m.account_id = x.account_id left join identity.account a on a.account_id = m.account_id where x.company_id = ${c} and x.employee_id = ${e.employee_id}`.execute(scope.db)
  const contracts = await contractsOf(scope, e.employee_id)
  const may = (permission: string, after = false): true | string => (!reachesPlace(scope, e.community_id, permission) ? 'kernel.forbidden' : e.left_at !== null && !after ? 'staff.has_left' : true)
  const leave = may('staff.file.write')
  return {
    ...row, ...more[0]!, id_kind: e.id_kind, id_tail: e.id_number_tail, emergency_name: e.emergency_name, emergency_phone_masked: masked(e.emergency_phone), account_id: e.account_id, note: e.note,
    forget_on: e.left_on && more[0]!.forgotten_at === null ? addDays(e.left_on, policy.keep_days) : null, fixed_count: contracts.filter((k) => k.kind === 'fixed').length, sign_late: row.state !== 'left' && contracts.length === 0 && addDays(e.entered_on, policy.sign_days) < scope.today,
    assignments: await assignmentsOf(scope, e), contracts, certs: await certsOf(scope, policy, e.employee_id), leaving: await leavingOf(scope, e.employee_id),
    can: { write: may('staff.file.write'), cert: may('staff.cert.write'), reveal: may('staff.file.reveal', true), transfer: may('staff.file.write'), leave: leave !== true ? leave : e.left_on !== null ? 'staff.leaving_already' : e.account_id !== null && e.account_id === scope.who.account_id ? 'staff.own_leaving' : true },
  }
}
async function everyRow(scope: Scope, f: EmployeeFilter, max: number): Promise<EmployeeRow[]> {
  const policy = await policyNow(scope)
  const rows = await employeeRows(scope, policy, employeeWhere(scope, policy, f), { limit: max + 1 })
  if (rows.length > max) throw scope.refuse('staff.too_many_rows', { max })
  return rows
}
const certText = (r: EmployeeRow): string => (r.needed_count === 0 ? '' : `${r.held_count}/${r.needed_count}`)
const contractText = (r: EmployeeRow): string => (r.contract_kind ? `${said('contract', r.contract_kind)}${r.contract_to_on ? ` 至 ${r.contract_to_on}` : ''}` : '未签')
const SOURCE = `#import "/lib.typ": *
#let doc = docs.at(0)
#set page(width: 297mm, height: 210mm, margin: (x: 12mm, y: 12mm), footer: context align(center, text(size: 8pt)[#doc.foot 第 #counter(page).display() 页]))
#show: form.with(size: 9pt)
#align(center, text(size: 16pt, weight: "bold", doc.title))
#v(2mm)
#doc.subtitle
#v(1mm)
#table(columns: (8mm, 20mm, 22mm, 30mm, 32mm, 30mm, 28mm, 22mm, 1fr, 16mm, 16mm), stroke: thin, inset: 3pt, table.header(..doc.columns.map(x => text(weight: "bold", x))), ..doc.rows.flatten())
`
export const employeeAnswers = [
  answer(staff.employees, async (scope, { page, page_size, ...f }) => {
    const policy = await policyNow(scope)
    const where = employeeWhere(scope, policy, f)
    return { rows: await employeeRows(scope, policy, where, { limit: page_size, offset: (page - 1) * page_size }), total: await countOf(scope, where) }
  }),
  answerFile(staff.employeesExcel, async (scope, f) => {
    const rows = await everyRow(scope, f, EXCEL_MAX)
    const text = (title: string) => ({ title, kind: 'text' as const })
    const day = (title: string) => ({ title, kind: 'day' as const })
    const body = await writeSheet({ sheets: [{ name: '员工名册', columns: [text('工号'), text('姓名'), text('状态'), text('小区'), text('部门'), text('岗位'), text('手机'), day('入职日'), day('试用期至'), text('合同'), day('合同到期'), text('证书'), text('账号'), day('最后工作日')], rows: rows.map((r) => [r.no, r.name, said('state', r.state), r.community_name, r.department_name, r.post_name, r.phone_masked, r.entered_on, r.probation_to_on, r.contract_kind ? said('contract', r.contract_kind) : '未签', r.contract_to_on, certText(r), r.has_account ? '有' : '', r.left_on]) }] })
    return { name: `员工名册-${scope.today}.xlsx`, type: XLSX, body }
  }),
  answerFile(staff.rosterPdf, async (scope, f) => {
    const rows = await everyRow(scope, f, PRINT_MAX)
    if (rows.length === 0) throw scope.refuse('staff.nothing_to_print')
    const places = [...new Set(rows.map((r) => r.community_name))]
    const doc = { title: '员工名册', subtitle: `${places.slice(0, 3).join('、')}${places.length > 3 ? ' 等' : ''}  共 ${rows.length} 人`, foot: `${scope.who.name} ${minuteText(scope.now)} 打印`, columns: ['序', '工号', '姓名', '小区', '部门', '岗位', '手机', '入职日', '劳动合同', '证书', '状态'], rows: rows.map((r, i) => [String(i + 1), r.no, r.name, r.community_name, r.department_name, r.post_name, r.phone_masked ?? '', r.entered_on, contractText(r), certText(r), said('state', r.state)]) }
    return { name: `员工名册-${scope.today}.pdf`, type: 'application/pdf', body: await renderPdf({ source: SOURCE }, doc), inline: true }
  }),
  answer(staff.employee, async (scope, { employee_id }) => {
    const e = await employeeToRead(scope, employee_id)
    const policy = await policyNow(scope)
    const [row] = await employeeRows(scope, policy, sql<SqlBool>`e.company_id = ${scope.company_id} and e.employee_id = ${employee_id}`, { limit: 1 })
    return detailOf(scope, policy, e, row!)
  }),
  /** Of whoever has no file nothing is shown; the file says so. Only what an employee may know of himself goes out. */
  answer(staff.mine, async (scope) => {
    const e = await ownFile(scope)
    if (!e) return { file: null }
    const policy = await policyNow(scope)
    const [row] = await employeeRows(scope, policy, sql<SqlBool>`e.company_id = ${scope.company_id} and e.employee_id = ${e.employee_id}`, { limit: 1 })
    const { can: _c, note: _n, account_id: _a, leaving: _l, created_by_name: _b, forget_on: _f, ...file } = await detailOf(scope, policy, e, row!)
    return { file }
  }),
]
