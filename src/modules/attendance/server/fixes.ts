// Forgotten punches (补卡): asked for with a reason, decided by another, so many a month by the rule.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { z } from 'zod'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, minuteText } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { employeeToRead, type Employee } from '../../staff/server/index.ts'
import { askApproval, type ApprovalKind } from '../../system/server/index.ts'
import { attendance, type FixFilter, type FixRow } from '../contract.ts'
import { said } from '../shown.ts'
import { lastOf, monthsOpen, mySelf, placesSeen } from './access.ts'
import { policiesOf, policyOn, shiftOn, shiftsOf } from './config.ts'
import { windowOf } from './rules/day.ts'
import { spanOf } from './rules/span.ts'

const EXCEL_MAX = 20_000
export function fixWhere(scope: Scope, f: FixFilter, permission?: string): RawBuilder<SqlBool> {
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`o.company_id = ${scope.company_id}`, placesSeen(scope, 'o', permission)]
  if (f.community_id) w.push(sql<SqlBool>`o.community_id = ${f.community_id}`)
  if (f.state) w.push(sql<SqlBool>`o.state = ${f.state}`)
  if (f.from_on) w.push(sql<SqlBool>`o.on_day >= ${f.from_on}::date`)
  if (f.to_on) w.push(sql<SqlBool>`o.on_day <= ${f.to_on}::date`)
  if (f.q) w.push(sql<SqlBool>`exists (select from staff.employee e where e.company_id = ${scope.company_id} and e.employee_id = o.employee_id and (position(${f.q} in e.name) > 0 or e.no = upper(${f.q})))`)
  return sql<SqlBool>`${sql.join(w, sql` and `)}`
}
const ORDER = sql`o.on_day desc, o.fix_id`
export async function fixRows(scope: Scope, where: RawBuilder<SqlBool>, o: { limit: number; offset?: number }): Promise<FixRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<FixRow, 'can'> & { asked_by: string }>`with o as materialized (select o.* from attendance.fix o where ${where} order by ${ORDER} limit ${o.limit} offset ${o.offset ?? 0}) select o.fix_id, o.employee_id, e.no, e.name, o.community_id, coalesce(m.name, '公司本部') as community_name, o.on_day, o.which, o.at, o.reason, o.state, o.approval_id, o.asked_by, o.asked_by_name, o.asked_at from o join staff.employee e on e.company_id = ${c} and e.employee_id = o.employee_id left join property.community m on m.company_id = ${c} and m.community_id = o.community_id order by ${ORDER}`.execute(scope.db)
  return rows.map(({ asked_by, ...r }) => ({ ...r, can: { withdraw: r.state === 'asked' && asked_by === scope.who.account_id ? true : 'attendance.fix_state' } }))
}
const Payload = z.object({ fix_id: z.uuid() })
const settle = (scope: Scope, fix_id: string, state: 'agreed' | 'refused' | 'withdrawn'): Promise<unknown> => sql`update attendance.fix set state = ${state}, decided_at = ${scope.now} where company_id = ${scope.company_id} and fix_id = ${fix_id} and state = 'asked'`.execute(scope.db)
/** A month with open requests is not closed, so a yes never comes after it. */
export const fixApproval: ApprovalKind<z.output<typeof Payload>> = {
  kind: 'attendance.fix', zh: '补卡', may: 'attendance.fix.decide', has_amount: false, payload: Payload, page: () => '/attendance/fixes',
  facts: async (scope, a) => {
    const [r] = await fixRows(scope, sql<SqlBool>`o.company_id = ${scope.company_id} and o.fix_id = ${a.payload.fix_id}`, { limit: 1 })
    if (!r) return []
    const used = await usedOf(scope, r.employee_id, r.on_day.slice(0, 7))
    const { fix_month_max } = policyOn(await policiesOf(scope), r.on_day)
    return [{ label: '员工', value: `${r.name}(${r.no})` }, { label: '班次', value: `${r.on_day} ${said('which', r.which)}` }, { label: '实际时间', value: minuteText(r.at) }, { label: '本月补卡(含本次)', value: `${used} 次,最多 ${fix_month_max} 次` }]
  },
  agreed: async (scope, a) => void (await settle(scope, a.payload.fix_id, 'agreed')),
  dropped: async (scope, a, how) => void (await settle(scope, a.payload.fix_id, how)),
}
export async function usedOf(scope: Scope, employee_id: string, month: string): Promise<number> {
  return (await sql<{ n: number }>`select count(*)::int as n from attendance.fix where company_id = ${scope.company_id} and employee_id = ${employee_id} and state in ('asked', 'agreed') and on_day between ${`${month}-01`}::date and ${lastOf(month)}::date`.execute(scope.db)).rows[0]!.n
}
interface Ask { on_day: string; which: 'in' | 'out'; on: string; time: string; reason: string }
async function ask(scope: Scope, e: Pick<Employee, 'employee_id' | 'name' | 'no' | 'community_id'>, o: Ask): Promise<{ fix_id: string; approval_id: string }> {
  const c = scope.company_id
  const policy = policyOn(await policiesOf(scope), o.on_day)
  const from = addDays(scope.today, -policy.fix_back_days)
  if (o.on_day < from || o.on_day > scope.today) throw scope.refuse('attendance.fix_days', { from, to: scope.today })
  const { rows } = await sql<{ on_day: string; shift_id: string | null }>`select on_day, shift_id from attendance.roster where company_id = ${c} and employee_id = ${e.employee_id} and on_day between ${addDays(o.on_day, -1)}::date and ${addDays(o.on_day, 1)}::date`.execute(scope.db)
  const shifts = await shiftsOf(scope, true)
  const spanAt = (day: string) => {
    const id = rows.find((r) => r.on_day === day)?.shift_id
    return id ? spanOf(day, shiftOn(shifts, id, day)) : null
  }
  const span = spanAt(o.on_day)
  if (!span) throw scope.refuse('attendance.no_shift', { day: o.on_day })
  const w = windowOf(span, { policy, prev_end: spanAt(addDays(o.on_day, -1))?.end ?? null, next_start: spanAt(addDays(o.on_day, 1))?.start ?? null })
  const at = Date.parse(`${o.on}T${o.time}:00+08:00`)
  if (at < w.from || at > w.to || at > Date.parse(scope.now)) throw scope.refuse('attendance.fix_time', { from: minuteText(new Date(w.from).toISOString()), to: minuteText(new Date(w.to).toISOString()) })
  await monthsOpen(scope, [e.employee_id], [o.on_day])
  const month = o.on_day.slice(0, 7)
  const count = await usedOf(scope, e.employee_id, month)
  if (count >= policy.fix_month_max) throw scope.refuse('attendance.fix_limit', { month, count, max: policy.fix_month_max })
  const { rows: same } = await sql`select from attendance.fix where company_id = ${c} and employee_id = ${e.employee_id} and on_day = ${o.on_day}::date and which = ${o.which} and state in ('asked', 'agreed')`.execute(scope.db)
  if (same.length > 0) throw scope.refuse('attendance.fix_same', { day: o.on_day, which: said('which', o.which) })
  const fix_id = uuidv7()
  const at_iso = new Date(at).toISOString()
  const { approval_id } = await askApproval(scope, fixApproval, { subject_type: 'attendance_fix', subject_id: fix_id, community_id: e.community_id, title: `${e.name} 补 ${o.on_day} ${said('which', o.which)}卡 ${minuteText(at_iso)}`, amount_fen: null, payload: { fix_id }, reason: o.reason, attachments: [] })
  await scope.db.insertInto('attendance.fix').values({ company_id: c, fix_id, employee_id: e.employee_id, community_id: e.community_id, on_day: o.on_day, which: o.which, at: at_iso, reason: o.reason, state: 'asked', approval_id, asked_by: scope.who.account_id!, asked_by_name: scope.who.name, asked_at: scope.now }).execute()
  scope.note('attendance_fix', fix_id, { name: e.name, on_day: o.on_day, which: o.which, at: at_iso })
  return { fix_id, approval_id }
}
export const fixAnswers = [
  answer(attendance.fixes, async (scope, { page, page_size, ...f }) => {
    const where = fixWhere(scope, f)
    const { rows: n } = await sql<{ n: number }>`select count(*)::int as n from attendance.fix o where ${where}`.execute(scope.db)
    return { rows: await fixRows(scope, where, { limit: page_size, offset: (page - 1) * page_size }), total: n[0]!.n }
  }),
  answerFile(attendance.fixesExcel, async (scope, f) => {
    const rows = await fixRows(scope, fixWhere(scope, f, 'attendance.sheet.view'), { limit: EXCEL_MAX + 1 })
    if (rows.length > EXCEL_MAX) throw scope.refuse('attendance.too_many_rows', { max: EXCEL_MAX })
    const text = (title: string) => ({ title, kind: 'text' as const })
    const body = await writeSheet({ sheets: [{ name: '补卡', columns: [text('工号'), text('姓名'), text('小区'), { title: '哪天的班', kind: 'day' }, text('上下班'), text('实际时间'), text('原因'), text('状态'), text('申请人'), text('申请时间')], rows: rows.map((r) => [r.no, r.name, r.community_name, r.on_day, said('which', r.which), minuteText(r.at), r.reason, said('fix', r.state), r.asked_by_name, minuteText(r.asked_at)]) }] })
    return { name: `补卡-${scope.today}.xlsx`, type: XLSX, body }
  }),
  answer(attendance.askFixFor, async (scope, o) => {
    const e = await employeeToRead(scope, o.employee_id)
    await sql`select from staff.employee where company_id = ${scope.company_id} and employee_id = ${e.employee_id} for update`.execute(scope.db)
    return ask(scope, e, o)
  }),
  /** The own file is held: two requests at once do not both take the last one of the month. */
  answer(attendance.askFix, async (scope, o) => ask(scope, await mySelf(scope, { lock: true }), o)),
]
