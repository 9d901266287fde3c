// Leave and overtime: asked for by whoever takes it or by the office for somebody without an account, decided by others, held against the year's allowance.
import { sql } from 'kysely'
import { z } from 'zod'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, dayOf, minuteText } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { askApproval, type ApprovalKind } from '../../system/server/index.ts'
import { staff, type AbsenceFilter, type AbsenceRow, type Balance } from '../contract.ts'
import { endText, said } from '../shown.ts'
import { employeeToChange, employeeToRead, ownFile, reachesPlace, type Employee } from './access.ts'
import { leaveKindsOf, writeLeaveKinds } from './leave_config.ts'
import { absenceRows, absenceWhere, sumsOf } from './leave_rows.ts'
import { allowanceOf, daysText, restHalves, spanOf, yearsAt, type Span } from './rules/halves.ts'

const EXCEL_MAX = 20_000
/** Written down afterwards: a sick day is known on the day, not before. */
const BACK_DAYS = 31
const AHEAD_DAYS = 366
const MINE_MAX = 100

/** What somebody may take of each kind in a year, has taken, has asked for. A leave counts in the year in which it begins. */
export async function balancesOf(scope: Scope, e: Employee, year: number): Promise<Balance[]> {
  const c = scope.company_id
  const kinds = await leaveKindsOf(scope, false, `${year}-12-31`)
  const [from, to] = [`${year}-01-01T00:00:00+08:00`, `${year + 1}-01-01T00:00:00+08:00`]
  const { rows } = await sql<{ kind_id: string; used: number; asked: number }>`select kind_id, coalesce(sum(half_days) filter (where state = 'agreed'), 0)::int as used, coalesce(sum(half_days) filter (where state = 'asked'), 0)::int as asked from staff.absence where company_id = ${c} and employee_id = ${e.employee_id} and what = 'leave' and from_at >= ${from}::timestamptz and from_at < ${to}::timestamptz group by 1`.execute(scope.db)
  const { rows: grants } = await sql<{ kind_id: string; half: number }>`select kind_id, sum(half_days)::int as half from staff.leave_grant where company_id = ${c} and employee_id = ${e.employee_id} and year = ${year} group by 1`.execute(scope.db)
  const { rows: over } = await sql<{ minutes: number }>`select coalesce(sum(minutes), 0)::int as minutes from staff.absence where company_id = ${c} and employee_id = ${e.employee_id} and what = 'overtime' and pay = 'rest' and state = 'agreed' and from_at >= ${from}::timestamptz and from_at < ${to}::timestamptz`.execute(scope.db)
  return kinds.map((k) => {
    const by = rows.find((r) => r.kind_id === k.kind_id)
    const more = grants.find((g) => g.kind_id === k.kind_id)?.half ?? 0
    const base = k.rule.from_rest ? restHalves(over[0]!.minutes) : allowanceOf(k.rule.tiers, yearsAt(e.entered_on, year))
    const allowed = base === null ? null : Math.max(0, base + more)
    const [used, asked] = [by?.used ?? 0, by?.asked ?? 0]
    return { kind_id: k.kind_id, kind_name: k.name, paid: k.rule.paid, proof: k.rule.proof, allowed_half: allowed, used_half: used, asked_half: asked, left_half: allowed === null ? null : allowed - used - asked }
  })
}

const Payload = z.object({ absence_id: z.uuid() })
type Payload = z.output<typeof Payload>
async function settle(scope: Scope, absence_id: string, state: 'agreed' | 'refused' | 'withdrawn'): Promise<void> {
  const { rows } = await sql<{ employee_id: string; community_id: string | null; what: string; from_at: string; to_at: string }>`update staff.absence set state = ${state}, decided_at = ${scope.now} where company_id = ${scope.company_id} and absence_id = ${absence_id} and state = 'asked' returning employee_id, community_id, what, from_at, to_at`.execute(scope.db)
  if (rows[0] && state === 'agreed') scope.emit('staff.absence_agreed', rows[0].employee_id, { absence_id, ...rows[0] })
}
const facts: ApprovalKind<Payload>['facts'] = async (scope, a) => {
  const [r] = await absenceRows(scope, sql`o.company_id = ${scope.company_id} and o.absence_id = ${a.payload.absence_id}`, { limit: 1 })
  if (!r) return []
  const list = [{ label: '员工', value: `${r.employee_name}(${r.employee_no})${r.post_name}` }, { label: '时间', value: `${minuteText(r.from_at)} 至 ${endText(minuteText(r.to_at))}` }]
  if (r.what === 'overtime') return [...list, { label: '时长', value: `${r.minutes} 分钟` }, { label: '补偿', value: said('pay', r.pay) }]
  const { rows } = await sql<Pick<Employee, 'employee_id' | 'entered_on'>>`select employee_id, entered_on from staff.employee where company_id = ${scope.company_id} and employee_id = ${r.employee_id}`.execute(scope.db)
  const b = (await balancesOf(scope, rows[0] as Employee, Number(dayOf(r.from_at).slice(0, 4)))).find((x) => x.kind_name === r.kind_name)
  return [...list, { label: '天数', value: `${r.kind_name} ${daysText(r.half_days)} 天` }, { label: '当年余额(含本次)', value: b?.left_half === null || !b ? '不限' : `${daysText(b.left_half)} 天` }]
}
const approval = (kind: string, zh: string): ApprovalKind<Payload> => ({
  kind, zh, may: 'staff.leave.decide', has_amount: false, payload: Payload, page: () => '/staff/absences', facts,
  agreed: (scope, a) => settle(scope, a.payload.absence_id, 'agreed'), dropped: (scope, a, how) => settle(scope, a.payload.absence_id, how),
})
export const leaveApproval = approval('staff.leave', '请假')
export const overtimeApproval = approval('staff.overtime', '加班')

interface Asked { from_at: string; to_at: string; kind_id: string | null; half_days: number | null; minutes: number | null; pay: 'money' | 'rest' | null; reason: string; title: string; file_ids: readonly string[] }
async function ask(scope: Scope, e: Employee, what: 'leave' | 'overtime', o: Asked): Promise<{ absence_id: string; approval_id: string }> {
  const c = scope.company_id
  const [first, last] = [dayOf(o.from_at), dayOf(new Date(Date.parse(o.to_at) - 1).toISOString())]
  if (first < addDays(scope.today, -BACK_DAYS) || last > addDays(scope.today, AHEAD_DAYS)) throw scope.refuse('staff.absence_days', { back: BACK_DAYS, ahead: AHEAD_DAYS })
  if (first < e.entered_on || (e.left_on !== null && last > e.left_on)) throw scope.refuse('staff.absence_employed', { name: e.name, from: e.entered_on, to: e.left_on ?? '今后' })
  const { rows: over } = await sql<{ from_at: string; to_at: string }>`select from_at, to_at from staff.absence where company_id = ${c} and employee_id = ${e.employee_id} and what = ${what} and state in ('asked', 'agreed') and tstzrange(from_at, to_at) && tstzrange(${o.from_at}::timestamptz, ${o.to_at}::timestamptz) order by from_at limit 1`.execute(scope.db)
  if (over[0]) throw scope.refuse('staff.absence_overlap', { from: minuteText(over[0].from_at), to: minuteText(over[0].to_at) })
  const absence_id = uuidv7()
  const { approval_id } = await askApproval(scope, what === 'leave' ? leaveApproval : overtimeApproval, { subject_type: 'absence', subject_id: absence_id, community_id: e.community_id, title: o.title, amount_fen: null, payload: { absence_id }, reason: o.reason, attachments: o.file_ids })
  await scope.db.insertInto('staff.absence').values({ company_id: c, absence_id, employee_id: e.employee_id, community_id: e.community_id, what, kind_id: o.kind_id, from_at: o.from_at, to_at: o.to_at, half_days: o.half_days, minutes: o.minutes, pay: o.pay, reason: o.reason, state: 'asked', approval_id, asked_by: scope.who.account_id!, asked_by_name: scope.who.name, asked_at: scope.now }).execute()
  scope.note('absence', absence_id, { name: e.name, what, from_at: o.from_at, to_at: o.to_at })
  return { absence_id, approval_id }
}
interface LeaveIn extends Span { kind_id: string; half_days: number; reason: string; file_ids?: string[] | undefined }
async function askForLeave(scope: Scope, e: Employee, o: LeaveIn): Promise<{ absence_id: string; approval_id: string }> {
  await writeLeaveKinds(scope)
  const kind = (await leaveKindsOf(scope, false, o.from_on)).find((k) => k.kind_id === o.kind_id)
  if (!kind) throw scope.notFound()
  const s = spanOf(o)
  if (!s || o.half_days > s.halves) throw scope.refuse('staff.absence_span', { max: daysText(Math.max(0, s?.halves ?? 0)) })
  const file_ids = o.file_ids ?? []
  if (kind.rule.proof && file_ids.length === 0) throw scope.refuse('staff.proof_needed', { kind: kind.name })
  const b = (await balancesOf(scope, e, Number(o.from_on.slice(0, 4)))).find((x) => x.kind_id === o.kind_id)!
  if (b.left_half !== null && o.half_days > b.left_half) throw scope.refuse('staff.no_balance', { kind: kind.name, left: daysText(Math.max(0, b.left_half)), days: daysText(o.half_days) })
  return ask(scope, e, 'leave', { ...s, kind_id: o.kind_id, half_days: o.half_days, minutes: null, pay: null, reason: o.reason, title: `${e.name} ${kind.name} ${o.from_on} 至 ${o.to_on} ${daysText(o.half_days)} 天`, file_ids })
}
interface OvertimeIn { on_day: string; from: string; minutes: number; pay: 'money' | 'rest'; reason: string }
const askForOvertime = (scope: Scope, e: Employee, o: OvertimeIn) => {
  const from = Date.parse(`${o.on_day}T${o.from}:00+08:00`)
  return ask(scope, e, 'overtime', { from_at: new Date(from).toISOString(), to_at: new Date(from + o.minutes * 60_000).toISOString(), kind_id: null, half_days: null, minutes: o.minutes, pay: o.pay, reason: o.reason, title: `${e.name} 加班 ${o.on_day} ${o.from} 起 ${o.minutes} 分钟(${said('pay', o.pay)})`, file_ids: [] })
}
/** The own file, locked: two requests at once do not both take the last day. */
async function mySelf(scope: Scope): Promise<Employee> {
  const e = await ownFile(scope)
  if (!e) throw scope.refuse('staff.no_own_file')
  await sql`select from staff.employee where company_id = ${scope.company_id} and employee_id = ${e.employee_id} for update`.execute(scope.db)
  return e
}
const MAX_YEAR = 2100
export const leaveAnswers = [
  answer(staff.absences, async (scope, { page, page_size, ...f }) => {
    const where = absenceWhere(scope, f)
    return { rows: await absenceRows(scope, where, { limit: page_size, offset: (page - 1) * page_size }), ...(await sumsOf(scope, where)) }
  }),
  answerFile(staff.absencesExcel, async (scope, f: AbsenceFilter) => {
    const rows = await absenceRows(scope, absenceWhere(scope, f, 'staff.leave.view'), { limit: EXCEL_MAX + 1 })
    if (rows.length > EXCEL_MAX) throw scope.refuse('staff.too_many_rows', { max: EXCEL_MAX })
    const text = (title: string) => ({ title, kind: 'text' as const })
    const body = await writeSheet({ sheets: [{ name: '请假与加班', columns: [text('工号'), text('姓名'), text('岗位'), text('小区'), text('种类'), text('假期'), text('带薪'), text('起'), text('止'), { title: '半天数', kind: 'int' }, { title: '加班分钟', kind: 'int' }, text('补偿'), text('事由'), text('状态'), text('申请人'), text('申请时间'), text('销假')], rows: rows.map((r: AbsenceRow) => [r.employee_no, r.employee_name, r.post_name, r.community_name, said('what', r.what), r.kind_name, r.paid === null ? '' : r.paid ? '是' : '否', minuteText(r.from_at), minuteText(r.to_at), r.half_days, r.minutes, said('pay', r.pay), r.reason, said('absence', r.state), r.asked_by_name, minuteText(r.asked_at), r.cancelled]) }] })
    return { name: `请假与加班-${scope.today}.xlsx`, type: XLSX, body }
  }),
  answer(staff.balances, async (scope, { employee_id, year }) => {
    const e = await employeeToRead(scope, employee_id)
    const of = Math.min(year ?? Number(scope.today.slice(0, 4)), MAX_YEAR)
    return { year: of, rows: await balancesOf(scope, e, of) }
  }),
  answer(staff.grantLeave, async (scope, o) => {
    const e = await employeeToChange(scope, o.employee_id)
    if (o.half_days === 0) throw scope.refuse('staff.grant_zero')
    await writeLeaveKinds(scope)
    const kind = (await leaveKindsOf(scope, false, scope.today)).find((k) => k.kind_id === o.kind_id)
    if (!kind) throw scope.notFound()
    await scope.db.insertInto('staff.leave_grant').values({ company_id: scope.company_id, grant_id: uuidv7(), employee_id: e.employee_id, kind_id: o.kind_id, year: o.year, half_days: o.half_days, reason: o.reason, made_by: scope.who.account_id, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('leave_grant', e.employee_id, { name: e.name, kind: kind.name, year: o.year, half_days: o.half_days, reason: o.reason })
    return { employee_id: e.employee_id }
  }),
  answer(staff.askLeaveFor, async (scope, o) => askForLeave(scope, await employeeToChange(scope, o.employee_id), o)),
  answer(staff.askOvertimeFor, async (scope, o) => askForOvertime(scope, await employeeToChange(scope, o.employee_id), o)),
  /** What was agreed and not taken: it no longer counts, and stays to be seen. */
  answer(staff.cancelAbsence, async (scope, o) => {
    const c = scope.company_id
    const { rows } = await sql<{ employee_id: string; state: string; community_id: string | null }>`select employee_id, state, community_id from staff.absence where company_id = ${c} and absence_id = ${o.absence_id} for update`.execute(scope.db)
    const r = rows[0]
    if (!r || !reachesPlace(scope, r.community_id)) throw scope.notFound()
    if (r.state !== 'agreed') throw scope.refuse('staff.absence_state', { state: said('absence', r.state) })
    await sql`update staff.absence set state = 'cancelled', cancelled_by_name = ${scope.who.name}, cancelled_reason = ${o.reason}, cancelled_at = ${scope.now} where company_id = ${c} and absence_id = ${o.absence_id}`.execute(scope.db)
    scope.note('absence', o.absence_id, { employee_id: r.employee_id, cancelled: o.reason })
    return { absence_id: o.absence_id }
  }),
  answer(staff.myAbsences, async (scope) => {
    const e = await ownFile(scope)
    const year = Number(scope.today.slice(0, 4))
    if (!e) return { has_file: false, year, balances: [], rows: [] }
    return { has_file: true, year, balances: await balancesOf(scope, e, year), rows: await absenceRows(scope, sql`o.company_id = ${scope.company_id} and o.employee_id = ${e.employee_id}`, { limit: MINE_MAX }) }
  }),
  answer(staff.askLeave, async (scope, o) => askForLeave(scope, await mySelf(scope), o)),
  answer(staff.askOvertime, async (scope, o) => askForOvertime(scope, await mySelf(scope), o)),
]
