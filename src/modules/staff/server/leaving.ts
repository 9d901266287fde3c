// Leaving: said beforehand with the last day and what is to be handed over; takes effect by the clock the day after.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, minuteText } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { renderPdf } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { staff, type EmployeeDetail } from '../contract.ts'
import { said } from '../shown.ts'
import { employeeToChange, employeeToRead } from './access.ts'
import { policyNow } from './config.ts'

const AHEAD_DAYS = 366
const BACK_DAYS = 31
type Leaving = NonNullable<EmployeeDetail['leaving']>
export async function leavingOf(scope: Scope, employee_id: string): Promise<Leaving | null> {
  const c = scope.company_id
  const { rows } = await sql<Omit<Leaving, 'items'>>`select leaving_id, kind, last_on, reason, made_by_name, made_at, done_at, account_words from staff.leaving where company_id = ${c} and employee_id = ${employee_id} and cancelled_at is null`.execute(scope.db)
  if (!rows[0]) return null
  const { rows: items } = await sql<Leaving['items'][number]>`select item_id, item_no, text, done_at, done_by_name, note from staff.handover_item where company_id = ${c} and leaving_id = ${rows[0].leaving_id} order by item_no limit 60`.execute(scope.db)
  return { ...rows[0], items }
}
/** Somebody with rights over the whole company is not ended by whoever has one community. */
async function refuseBeyond(scope: Scope, account_id: string | null): Promise<void> {
  if (!account_id || scope.reach().all) return
  const { rows } = await sql`select from identity.access_grant where company_id = ${scope.company_id} and account_id = ${account_id} and scope_kind = 'company' limit 1`.execute(scope.db)
  if (rows.length > 0) throw scope.refuse('staff.account_hq')
}
const SOURCE = `#import "/lib.typ": *
#let doc = docs.at(0)
#set page(width: 210mm, height: 297mm, margin: (x: 16mm, y: 16mm))
#show: form.with(size: 10pt)
#align(center, text(size: 18pt, weight: "bold")[离职交接单])
#v(3mm)
#table(columns: (auto, 1fr, auto, 1fr), stroke: thin, inset: 5pt, ..doc.facts.flatten())
#v(3mm)
#table(columns: (10mm, 1fr, 35mm, 30mm, 40mm), stroke: thin, inset: 6pt, table.header(..("序", "交接事项", "交接时间", "接收人", "说明").map(x => text(weight: "bold", x))), ..doc.items.flatten())
#v(8mm)
离职人签名:#h(50mm) 部门负责人签名:
#v(6mm)
人事签名:#h(54mm) 日期:
#v(4mm)
#text(size: 8pt, doc.foot)
`
export const leavingAnswers = [
  answer(staff.startLeaving, async (scope, o) => {
    const c = scope.company_id
    const e = await employeeToChange(scope, o.employee_id)
    if (e.left_on) throw scope.refuse('staff.leaving_already', { name: e.name, day: e.left_on })
    if (e.account_id !== null && e.account_id === scope.who.account_id) throw scope.refuse('staff.own_leaving')
    const first = [e.entered_on, addDays(scope.today, -BACK_DAYS)].toSorted().at(-1)!
    const last = addDays(scope.today, AHEAD_DAYS)
    if (o.last_on < first || o.last_on > last) throw scope.refuse('staff.last_day', { from: first, to: last })
    await refuseBeyond(scope, e.account_id)
    const leaving_id = uuidv7()
    await scope.db.insertInto('staff.leaving').values({ company_id: c, leaving_id, employee_id: e.employee_id, kind: o.kind, last_on: o.last_on, reason: o.reason, made_by: scope.who.account_id, made_by_name: scope.who.name, made_at: scope.now }).execute()
    const texts = [...(await policyNow(scope)).handover_items, ...(o.more_items ?? [])]
    if (texts.length > 0) await scope.db.insertInto('staff.handover_item').values(texts.map((text, i) => ({ company_id: c, item_id: uuidv7(), leaving_id, item_no: i + 1, text }))).execute()
    await scope.db.updateTable('staff.employee').set({ left_on: o.last_on, changed_at: scope.now }).where('company_id', '=', c).where('employee_id', '=', e.employee_id).execute()
    scope.note('leaving', e.employee_id, { name: e.name, kind: o.kind, last_on: o.last_on, reason: o.reason })
    return { leaving_id }
  }),
  answer(staff.cancelLeaving, async (scope, o) => {
    const c = scope.company_id
    const e = await employeeToChange(scope, o.employee_id)
    const done = await sql`update staff.leaving set cancelled_at = ${scope.now}, cancelled_by_name = ${scope.who.name}, cancelled_reason = ${o.reason} where company_id = ${c} and employee_id = ${e.employee_id} and cancelled_at is null and done_at is null`.execute(scope.db)
    if (Number(done.numAffectedRows ?? 0n) === 0) throw scope.refuse('staff.not_leaving')
    await scope.db.updateTable('staff.employee').set({ left_on: null, changed_at: scope.now }).where('company_id', '=', c).where('employee_id', '=', e.employee_id).execute()
    scope.note('leaving', e.employee_id, { name: e.name, cancelled: o.reason, last_on: e.left_on })
    return { employee_id: e.employee_id }
  }),
  /** Also after the last day: what was not handed over then may come later. */
  answer(staff.doItem, async (scope, o) => {
    const c = scope.company_id
    const e = await employeeToChange(scope, o.employee_id, { after_leaving: true })
    const done = await sql<{ text: string }>`update staff.handover_item i set done_at = ${o.done ? scope.now : null}::timestamptz, done_by_name = ${o.done ? scope.who.name : null}, note = ${o.note || null} from staff.leaving l where i.company_id = ${c} and i.item_id = ${o.item_id} and l.company_id = ${c} and l.leaving_id = i.leaving_id and l.employee_id = ${e.employee_id} and l.cancelled_at is null returning i.text`.execute(scope.db)
    if (!done.rows[0]) throw scope.refuse('staff.not_leaving')
    scope.note('leaving', e.employee_id, { name: e.name, item: done.rows[0].text, done: o.done })
    return { employee_id: e.employee_id }
  }),
  answerFile(staff.handoverPdf, async (scope, { employee_id }) => {
    const e = await employeeToRead(scope, employee_id)
    const l = await leavingOf(scope, employee_id)
    if (!l) throw scope.refuse('staff.not_leaving')
    const { rows } = await sql<{ post: string; place: string }>`select t.name as post, coalesce(m.name, '公司本部') as place from staff.post t left join property.community m on m.company_id = ${scope.company_id} and m.community_id = ${e.community_id}::uuid where t.company_id = ${scope.company_id} and t.post_id = ${e.post_id}`.execute(scope.db)
    const doc = { facts: [['姓名', e.name, '工号', e.no], ['岗位', rows[0]?.post ?? '', '小区', rows[0]?.place ?? ''], ['入职日', e.entered_on, '最后工作日', l.last_on], ['离职种类', said('leaving', l.kind), '原因', l.reason]], items: l.items.map((i) => [String(i.item_no), i.text, minuteText(i.done_at), i.done_by_name ?? '', i.note ?? '']), foot: `${scope.who.name} ${minuteText(scope.now)} 打印` }
    return { name: `离职交接单-${e.name}.pdf`, type: 'application/pdf', body: await renderPdf({ source: SOURCE }, doc), inline: true }
  }),
]
