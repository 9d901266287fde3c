// Who hears of what: whoever manages there, the department, the one it is given to, the resident who brought it. An unnamed one is told nothing:
// nobody knows where he is.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { notify, type Notice } from '../../messages/server/index.ts'
import { staffAt } from '../../orders/server/index.ts'
import type { Complaint } from './access.ts'

const clock = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hour12: false })
/** '11-26 10:30' */
export const hourText = (at: string): string => clock.format(new Date(at)).replace('/', '-')
type Of = Pick<Complaint, 'complaint_id' | 'no' | 'kind'>
export const linkOf = (complaint_id: string): string => `/care/complaints/${complaint_id}`
export const noted = (o: Of, account_id: string, what: string, words: string, due: string | null): Notice => ({ to: { account_id }, template: 'care_noted', params: { no: o.no, kind: o.kind, what, words: words.slice(0, 80), due: due ? hourText(due) : '—' }, link: linkOf(o.complaint_id) })
export const progress = (o: Of & Pick<Complaint, 'reporter_phone' | 'house_id' | 'unnamed'>, what: string): Notice[] =>
  !o.unnamed && o.reporter_phone && /^1\d{10}$/.test(o.reporter_phone) ? [{ to: { phone: o.reporter_phone }, template: 'care_progress', params: { no: o.no, kind: o.kind, what }, link: `/care/${o.complaint_id}`, house_id: o.house_id }] : []

export async function membersOf(scope: Scope, department_id: string | null): Promise<string[]> {
  if (!department_id) return []
  const { rows } = await sql<{ account_id: string }>`select m.account_id from care.department d join identity.member m on m.company_id = ${scope.company_id} and m.account_id = any(d.account_ids) and m.disabled_at is null where d.company_id = ${scope.company_id} and d.department_id = ${department_id} order by 1 limit 50`.execute(scope.db)
  return rows.map((r) => r.account_id)
}
/** The one who handles it, else the department, else whoever manages there. */
export async function concerned(scope: Scope, o: Pick<Complaint, 'assignee_id' | 'department_id' | 'community_id' | 'building_id'>): Promise<string[]> {
  if (o.assignee_id) return [o.assignee_id]
  const members = await membersOf(scope, o.department_id)
  return members.length ? members : staffAt(scope, 'care.complaint.manage', o)
}
export async function tellConcerned(scope: Scope, o: Complaint, what: string, words: string): Promise<void> {
  await notify(scope, (await concerned(scope, o)).filter((a) => a !== scope.who.account_id).map((a) => noted(o, a, what, words, o.answer_due_at)))
}
export { notify }
