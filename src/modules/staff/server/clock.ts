// What the clock does: leavings take effect, certificates, contracts and probations are reminded of step by step, personal data of those who left is deleted.
import { sql } from 'kysely'
import type { Work } from '../../../kernel/app.ts'
import { daysBetween } from '../../../kernel/clock.ts'
import { Refusal } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { endMember, staffAt } from '../../identity/server/index.ts'
import { notify, type Template } from '../../messages/server/index.ts'
import { FROM } from './access.ts'
import { policyNow } from './config.ts'
import { LAST_CONTRACT, onBooks } from './rows.ts'
import { far, stepOf } from './rules/steps.ts'

const AT_ONCE = 500
const FORGET_MAX = 2000
export const staffTemplates: readonly Template[] = [
  { code: 'staff_due', zh: '人事到期提醒', category: 'work', title: '{name}:{what}', app_text: '{name}({no},{post})的{what},{day}{left}。请尽快办理。', sms_text: '【{sign}】{name}的{what},{day}{left}。', params: [{ key: 'name', zh: '姓名', example: '李建国' }, { key: 'no', zh: '工号', example: 'YG0012' }, { key: 'post', zh: '岗位', example: '消防控制室值班员' }, { key: 'what', zh: '事项', example: '消防设施操作员证到期' }, { key: 'day', zh: '日期', example: '2026-12-31' }, { key: 'left', zh: '剩余', example: '(还有 30 天)' }] },
  { code: 'staff_left', zh: '员工离职生效', category: 'work', title: '{name} 已离职', app_text: '{name}({no})的最后工作日 {day} 已过,{account}。还有 {open} 项未交接。', sms_text: '【{sign}】{name} 已离职。', params: [{ key: 'name', zh: '姓名', example: '李建国' }, { key: 'no', zh: '工号', example: 'YG0012' }, { key: 'day', zh: '最后工作日', example: '2026-11-30' }, { key: 'account', zh: '账号', example: '登录账号已停用' }, { key: 'open', zh: '未交接', example: '2' }] },
]
/** Who is told about a file: whoever keeps files at its place, for headquarters those of the whole company. */
async function keepers(scope: Scope, places: readonly (string | null)[]): Promise<Map<string | null, string[]>> {
  const out = new Map<string | null, string[]>()
  // One question a community, of which a company has few with something due on one day.
  for (const p of new Set(places)) out.set(p, await staffAt(scope, 'staff.file.write', { community_id: p ?? '00000000-0000-0000-0000-000000000000', building_id: null }))
  return out
}

interface Gone { leaving_id: string; employee_id: string; name: string; no: string; account_id: string | null; last_on: string; community_id: string | null; open: number }
/** The day after the last one: the account is closed, the file too, and whoever keeps other registers hears of it. */
async function leave(scope: Scope, leaving_id: string): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql<Gone>`select l.leaving_id, e.employee_id, e.name, e.no, e.account_id, l.last_on, p.community_id, (select count(*)::int from staff.handover_item i where i.company_id = ${c} and i.leaving_id = l.leaving_id and i.done_at is null) as open from ${FROM(scope)} join staff.leaving l on l.company_id = ${c} and l.employee_id = e.employee_id where e.company_id = ${c} and l.leaving_id = ${leaving_id} and l.done_at is null and l.cancelled_at is null and l.last_on < ${scope.today}::date for update of e, l`.execute(scope.db)
  const g = rows[0]
  if (!g) return
  const ended = g.account_id ? await endMember(scope, g.account_id) : 'none'
  const words = ended === 'none' ? '没有登录账号' : ended === 'last_admin' ? '是唯一的系统管理员,账号没有停用,请先交给别人' : '登录账号已停用'
  await sql`update staff.leaving set done_at = ${scope.now}, account_words = ${words} where company_id = ${c} and leaving_id = ${g.leaving_id}`.execute(scope.db)
  await sql`update staff.employee set left_at = ${scope.now}, changed_at = ${scope.now} where company_id = ${c} and employee_id = ${g.employee_id}`.execute(scope.db)
  await sql`update staff.labour_contract set ended_on = ${g.last_on}::date, end_reason = '离职' where company_id = ${c} and employee_id = ${g.employee_id} and ended_on is null and from_on <= ${g.last_on}::date and (to_on is null or to_on > ${g.last_on}::date)`.execute(scope.db)
  scope.note('leaving', g.employee_id, { name: g.name, last_on: g.last_on, account: words })
  scope.emit('staff.left', g.employee_id, { employee_id: g.employee_id, account_id: g.account_id, community_id: g.community_id, last_on: g.last_on })
  const to = (await keepers(scope, [g.community_id])).get(g.community_id) ?? []
  await notify(scope, to.map((account_id) => ({ to: { account_id }, template: 'staff_left', params: { name: g.name, no: g.no, day: g.last_on, account: words, open: String(g.open) }, link: `/staff/employees/${g.employee_id}?tab=leaving`, dedupe_key: `staff.left ${g.leaving_id} ${account_id}` })))
}
export async function clock(w: Work): Promise<void> {
  const due = await w.tx(async (scope) => (await sql<{ leaving_id: string }>`select leaving_id from staff.leaving where company_id = ${scope.company_id} and done_at is null and cancelled_at is null and last_on < ${scope.today}::date order by last_on, leaving_id limit ${AT_ONCE}`.execute(scope.db)).rows)
  // One leaving a transaction: what is refused for one keeps none of the others.
  for (const { leaving_id } of due) {
    try {
      await w.tx((scope) => leave(scope, leaving_id))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
    }
  }
}

interface Due { subject_id: string; kind: 'cert' | 'contract' | 'probation'; employee_id: string; account_id: string | null; name: string; no: string; post: string; community_id: string | null; what: string; day: string; told: string[] }
/** Each step once, to whoever keeps the files and, for a certificate, to its holder. */
export async function tell(scope: Scope): Promise<number> {
  const c = scope.company_id
  const p = await policyNow(scope)
  const ladders = { cert: p.cert_ladder, contract: p.contract_ladder, probation: p.probation_ladder }
  const { rows } = await sql<Due>`with who as materialized (select e.employee_id, e.account_id, e.name, e.no, e.probation_to_on, p.community_id, p.post_id from ${FROM(scope)} where e.company_id = ${c} and ${onBooks(scope)}),
    due as (select x.cert_id as subject_id, 'cert' as kind, w.*, k.name || '到期' as what, x.valid_to_on as day from (select distinct on (x.employee_id, x.kind_id) x.* from staff.cert x where x.company_id = ${c} and x.ended_at is null order by x.employee_id, x.kind_id, x.valid_to_on desc nulls first, x.issued_on desc) x join who w on w.employee_id = x.employee_id join staff.cert_kind k on k.company_id = ${c} and k.kind_id = x.kind_id where x.valid_to_on <= ${scope.today}::date + ${far(p.cert_ladder)}::int
      union all select k.contract_id, 'contract', w.*, '劳动合同到期', k.to_on from who w cross join lateral (select q.* from staff.employee e cross join lateral ${LAST_CONTRACT(scope)} q where e.company_id = ${c} and e.employee_id = w.employee_id) k where k.to_on <= ${scope.today}::date + ${far(p.contract_ladder)}::int
      union all select w.employee_id, 'probation', w.*, '试用期满', w.probation_to_on from who w where w.probation_to_on between ${scope.today}::date and ${scope.today}::date + ${far(p.probation_ladder)}::int)
    select d.subject_id, d.kind, d.employee_id, d.account_id, d.name, d.no, t.name as post, d.community_id, d.what, d.day, array(select o.step from staff.told o where o.company_id = ${c} and o.subject_id = d.subject_id) as told from due d join staff.post t on t.company_id = ${c} and t.post_id = d.post_id order by d.day, d.subject_id limit ${AT_ONCE}`.execute(scope.db)
  const due = rows.flatMap((r) => {
    const step = stepOf(r.day, scope.today, ladders[r.kind])
    const key = step && `${r.kind} ${step}`
    return key && !r.told.includes(key) ? [{ ...r, step: key }] : []
  })
  if (due.length === 0) return 0
  const at = await keepers(scope, due.map((d) => d.community_id))
  const list = due.map((d) => ({ d, to: [...new Set([...(at.get(d.community_id) ?? []), ...(d.kind === 'cert' && d.account_id ? [d.account_id] : [])])] }))
  await sql`insert into staff.told (company_id, subject_id, step, told_count, told_at) select ${c}, x.subject_id, x.step, x.told_count, ${scope.now} from jsonb_to_recordset(${JSON.stringify(list.map((x) => ({ subject_id: x.d.subject_id, step: x.d.step, told_count: x.to.length })))}::jsonb) as x(subject_id uuid, step text, told_count int) on conflict do nothing`.execute(scope.db)
  await notify(scope, list.flatMap(({ d, to }) => to.map((account_id) => {
    const left = daysBetween(scope.today, d.day)
    return { to: { account_id }, template: 'staff_due', params: { name: d.name, no: d.no, post: d.post, what: d.what, day: d.day, left: left < 0 ? `(已过 ${-left} 天)` : left === 0 ? '(今天)' : `(还有 ${left} 天)` }, link: account_id === d.account_id && d.kind === 'cert' ? '/staff/mine' : `/staff/employees/${d.employee_id}`, urgent: left < 0, dedupe_key: `staff.due ${d.subject_id} ${d.step} ${account_id}` }
  })))
  return due.length
}
/** 个人信息保护法 19, 47: numbers, contacts, notes and scans go after the days of the rule; name, number of the file and history of posts stay, for other papers name them. */
export async function forget(scope: Scope): Promise<void> {
  const c = scope.company_id
  const { keep_days } = await policyNow(scope)
  const { rows } = await sql<{ employee_id: string }>`update staff.employee set phone = null, phone_tail = '', id_kind = null, id_number_sealed = null, id_number_hash = null, id_number_tail = null, emergency_name = null, emergency_phone = null, note = null, forgotten_at = ${scope.now} where company_id = ${c} and employee_id in (select employee_id from staff.employee where company_id = ${c} and left_at is not null and forgotten_at is null and left_on < ${scope.today}::date - ${keep_days}::int order by left_on limit ${FORGET_MAX}) returning employee_id`.execute(scope.db)
  if (rows.length === 0) return
  const ids = rows.map((r) => r.employee_id)
  await sql`update staff.labour_contract set file_id = null, note = null where company_id = ${c} and employee_id = any(${ids}::uuid[])`.execute(scope.db)
  await sql`update staff.cert set no = null, file_id = null where company_id = ${c} and employee_id = any(${ids}::uuid[])`.execute(scope.db)
  scope.note('employee', 'old', { forgotten: ids.length, keep_days })
}
