// The clock: before a limit whoever handles it hears of it, after it whoever manages there too; each limit once a round. What was answered and
// wants nothing more is closed when the days to open it again are over.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { resumeReminders } from '../../reminders/server/index.ts'
import { staffAt } from '../../orders/server/index.ts'
import { TRANSITIONS } from '../machine.ts'
import { pauseSource } from './act.ts'
import { policyNow } from './config.ts'
import { hourText, linkOf, membersOf, notify } from './tell.ts'

const AT_ONCE = 200
type LimitKind = 'accept' | 'answer' | 'visit' | 'outside'
interface Due {
  complaint_id: string
  no: string
  kind: string
  community_id: string
  building_id: string | null
  department_id: string | null
  assignee_id: string | null
  assignee_name: string | null
  limit_kind: LimitKind
  stage: 'before' | 'after'
  due_at: string
  round_no: number
}
const WHAT: Record<LimitKind, string> = { accept: '受理', answer: '答复', visit: '回访', outside: '来文回复' }
export async function escalate(scope: Scope): Promise<number> {
  const c = scope.company_id
  const { warn_hours } = await policyNow(scope)
  // The row of the escalation decides a race of two workers; only those that were new are told. A moved deadline is told anew.
  const { rows } = await sql<Due>`with open as (
      select o.complaint_id, o.round_no, l.limit_kind, l.due_at from care.complaint o, lateral (values ('accept', o.accept_due_at), ('answer', o.answer_due_at)) as l(limit_kind, due_at)
        where o.company_id = ${c} and o.state in ('new','assigned','handling') and (l.limit_kind = 'answer' or o.accepted_at is null)
      union all select o.complaint_id, o.round_no, 'visit', o.visit_due_at from care.complaint o where o.company_id = ${c} and o.state = 'answered' and o.visit_wanted and o.visited_at is null and o.visit_due_at is not null
      union all select t.complaint_id, o.round_no, 'outside', t.due_at from care.outside t join care.complaint o on o.company_id = ${c} and o.complaint_id = t.complaint_id where t.company_id = ${c} and t.replied_at is null and o.state not in ('withdrawn','rejected','merged')),
    due as (select d.*, case when d.due_at <= ${scope.now}::timestamptz then 'after' else 'before' end as stage from open d where d.due_at <= ${scope.now}::timestamptz + make_interval(hours => ${warn_hours}::int)),
    fresh as (insert into care.escalation (company_id, complaint_id, round_no, limit_kind, stage, due_at, told_at)
      select ${c}, d.complaint_id, d.round_no, d.limit_kind, d.stage, d.due_at, ${scope.now} from due d
      where not exists (select from care.escalation e where e.company_id = ${c} and e.complaint_id = d.complaint_id and e.round_no = d.round_no and e.limit_kind = d.limit_kind and e.stage = d.stage and e.due_at = d.due_at)
      order by d.due_at, d.complaint_id limit ${AT_ONCE} on conflict do nothing returning complaint_id, round_no, limit_kind, stage, due_at)
    select f.*, o.no, k.name as kind, o.community_id, o.building_id, o.department_id, o.assignee_id, m.name as assignee_name from fresh f join care.complaint o on o.company_id = ${c} and o.complaint_id = f.complaint_id
      join care.kind k on k.company_id = ${c} and k.kind_id = o.kind_id left join identity.member m on m.company_id = ${c} and m.account_id = o.assignee_id`.execute(scope.db)
  if (rows.length === 0) return 0
  // Who manages and who belongs to a department is asked once a place and once a department.
  const places = new Map(rows.map((r) => [`${r.community_id} ${r.building_id ?? ''}`, r]))
  const heads = new Map(await Promise.all([...places].map(async ([key, r]) => [key, await staffAt(scope, 'care.complaint.manage', r)] as const)))
  const departments = [...new Set(rows.flatMap((r) => (r.department_id && !r.assignee_id ? [r.department_id] : [])))]
  const members = new Map(await Promise.all(departments.map(async (d) => [d, await membersOf(scope, d)] as const)))
  await notify(scope, rows.flatMap((r) => {
    const nobody = r.assignee_id === null && !(r.department_id && members.get(r.department_id)?.length)
    // To ask afterwards is not the business of the one who handled it.
    const first = r.limit_kind === 'visit' ? [] : r.assignee_id ? [r.assignee_id] : r.department_id ? (members.get(r.department_id) ?? []) : []
    const bosses = r.stage === 'after' || nobody || r.limit_kind === 'visit' ? (heads.get(`${r.community_id} ${r.building_id ?? ''}`) ?? []) : []
    return [...new Set([...first, ...bosses])].map((account_id) => ({
      to: { account_id }, template: 'care_limit', params: { no: r.no, kind: r.kind, what: `${WHAT[r.limit_kind]}${r.stage === 'before' ? '即将超时' : '已超时'}`, due: hourText(r.due_at), worker: r.assignee_name ?? '未分派' }, link: linkOf(r.complaint_id), urgent: r.stage === 'after',
      dedupe_key: `care ${r.complaint_id} ${r.round_no} ${r.limit_kind} ${r.stage} ${r.due_at} ${account_id}`,
    }))
  }))
  return rows.length
}

/** Set-based; the states come from the table of transitions, and what somebody must still be asked about waits. */
export async function closeOld(scope: Scope): Promise<number> {
  const c = scope.company_id
  const { reopen_days, visit_tries } = await policyNow(scope)
  const { from, to } = TRANSITIONS.close
  const { rows } = await sql<{ complaint_id: string }>`with old as (select complaint_id, state, step_no from care.complaint where company_id = ${c} and state = any(${[...from]}::text[]) and answered_at < ${scope.now}::timestamptz - make_interval(days => ${reopen_days}::int)
      and not (visit_wanted and visited_at is null and visit_tries < ${visit_tries}::int) order by complaint_id limit ${AT_ONCE} for update skip locked),
    moved as (update care.complaint o set state = ${to}, closed_at = ${scope.now}, step_no = old.step_no + 1 from old where o.company_id = ${c} and o.complaint_id = old.complaint_id)
    insert into care.step (company_id, complaint_id, step_no, action, from_state, to_state, by_kind, by_account, by_name, note, at)
    select ${c}, old.complaint_id, old.step_no + 1, 'close', old.state, ${to}, 'system', null, '系统', '超过可重开期限,自动办结', ${scope.now} from old returning complaint_id`.execute(scope.db)
  if (rows.length === 0) return 0
  const merged = await sql<{ complaint_id: string }>`select complaint_id from care.complaint where company_id = ${c} and merged_into_id = any(${rows.map((r) => r.complaint_id)}::uuid[])`.execute(scope.db)
  await resumeReminders(scope, [...rows, ...merged.rows].map((r) => pauseSource(r.complaint_id)))
  return rows.length
}
