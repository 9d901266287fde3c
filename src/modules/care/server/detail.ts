// One complaint with each of its steps: for staff, and in the words of a resident.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { masked } from '../../people/server/index.ts'
import { care, type ComplaintFull, type MyComplaint, type Outside, type Step } from '../contract.ts'
import { canOf, isOpen } from '../machine.ts'
import { words } from '../words.ts'
import { actorsOf, byToken, complaintToRead, mayReveal, reaches, type Complaint } from './access.ts'
import { STEPS_MAX, factsOf, pauseSource, reopenUntil } from './act.ts'
import { policyNow } from './config.ts'

interface More {
  community_name: string
  service_phone: string | null
  department_name: string | null
  assignee_name: string | null
  cause: string | null
  outside: (Omit<Outside, 'late'> & { late?: boolean }) | null
  merged_into: ComplaintFull['merged_into']
  merged: ComplaintFull['merged']
  orders: ComplaintFull['orders']
  visits: ComplaintFull['visits']
  steps: Step[]
  paused: boolean
  rule: { accept_n: number; accept_unit: string; answer_n: number; answer_unit: string; clock: string } | null
}
const UTC = (at: ReturnType<typeof sql>) => sql`to_char(${at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
async function more(scope: Scope, complaint_id: string): Promise<More> {
  const c = scope.company_id
  const brief = (x: string) => sql`jsonb_build_object('complaint_id', ${sql.ref(`${x}.complaint_id`)}, 'no', ${sql.ref(`${x}.no`)}, 'state', ${sql.ref(`${x}.state`)}, 'words', left(${sql.ref(`${x}.words`)}, 40))`
  const { rows } = await sql<More>`select p.name as community_name, p.service_phone, d.name as department_name, m.name as assignee_name,
      (select x.name from care.cause x where x.company_id = ${c} and x.cause_id = o.cause_id) as cause,
      (select jsonb_build_object('channel', t.channel, 'outside_no', t.outside_no, 'sender', t.sender, 'sent_at', ${UTC(sql`t.sent_at`)}, 'due_at', ${UTC(sql`t.due_at`)}, 'first_due_at', ${UTC(sql`t.first_due_at`)}, 'extend_paper', t.extend_paper, 'contacted_at', ${UTC(sql`t.contacted_at`)}, 'reply', t.reply, 'replied_at', ${UTC(sql`t.replied_at`)}, 'replied_by_name', (select rm.name from identity.member rm where rm.company_id = ${c} and rm.account_id = t.replied_by), 'caller_satisfied', t.caller_satisfied, 'caller_solved', t.caller_solved) from care.outside t where t.company_id = ${c} and t.complaint_id = o.complaint_id) as outside,
      (select ${brief('x')} from care.complaint x where x.company_id = ${c} and x.complaint_id = o.merged_into_id) as merged_into,
      coalesce((select jsonb_agg(${brief('x')} order by x.no) from (select * from care.complaint y where y.company_id = ${c} and y.merged_into_id = o.complaint_id order by y.no limit 100) x), '[]') as merged,
      coalesce((select jsonb_agg(jsonb_build_object('order_id', w.order_id, 'no', w.no, 'category', g.name, 'state', w.state, 'assignee_name', wm.name, 'finished_at', ${UTC(sql`w.finished_at`)}) order by w.no) from care.complaint_order l join orders.work_order w on w.company_id = ${c} and w.order_id = l.order_id join orders.category g on g.company_id = ${c} and g.category_id = w.category_id left join identity.member wm on wm.company_id = ${c} and wm.account_id = w.assignee_id where l.company_id = ${c} and l.complaint_id = o.complaint_id), '[]') as orders,
      coalesce((select jsonb_agg(jsonb_build_object('visit_id', v.visit_id, 'way', v.way, 'reached', v.reached, 'satisfaction', v.satisfaction, 'solved', v.solved, 'words', v.words, 'visited_by_name', coalesce(vm.name, ''), 'visited_at', ${UTC(sql`v.visited_at`)}) order by v.visited_at desc) from care.visit v left join identity.member vm on vm.company_id = ${c} and vm.account_id = v.visited_by where v.company_id = ${c} and v.complaint_id = o.complaint_id), '[]') as visits,
      coalesce((select jsonb_agg(jsonb_build_object('step_no', s.step_no, 'action', s.action, 'to_state', s.to_state, 'by_kind', s.by_kind, 'by_name', s.by_name, 'to_name', s.to_name, 'note', s.note, 'at', ${UTC(sql`s.at`)}, 'photo_ids', coalesce((select jsonb_agg(f.file_id order by f.file_id) from care.photo f where f.company_id = ${c} and f.complaint_id = s.complaint_id and f.step_no = s.step_no), '[]')) order by s.step_no) from (select * from care.step y where y.company_id = ${c} and y.complaint_id = o.complaint_id order by y.step_no limit ${STEPS_MAX + 50}) s), '[]') as steps,
      exists (select from reminders.pause z where z.company_id = ${c} and z.source = ${pauseSource(complaint_id)} and z.ended_at is null) as paused,
      (select to_jsonb(x) from (select r.accept_n, r.accept_unit, r.answer_n, r.answer_unit, r.clock from care.kind_rule r where r.company_id = ${c} and r.kind_id = o.kind_id and r.from_on <= (o.created_at at time zone 'Asia/Shanghai')::date order by r.from_on desc, r.created_at desc limit 1) x) as rule
    from care.complaint o join property.community p on p.company_id = ${c} and p.community_id = o.community_id left join care.department d on d.company_id = ${c} and d.department_id = o.department_id left join identity.member m on m.company_id = ${c} and m.account_id = o.assignee_id
    where o.company_id = ${c} and o.complaint_id = ${complaint_id}`.execute(scope.db)
  return rows[0]!
}
/** '4 小时内受理,2 天内答复(工作时间)' */
function limitsText(rule: More['rule']): string {
  if (!rule) return ''
  const unit = words.states!['unit']!
  return `${rule.accept_n} ${unit[rule.accept_unit]}内受理,${rule.answer_n} ${unit[rule.answer_unit]}内答复(${words.states!['clock']![rule.clock]})`
}
const visiting = (o: Complaint): boolean => o.state === 'answered' && o.visit_wanted && o.visited_at === null
function dueOf(o: Complaint): string | null {
  if (o.state === 'new' || o.state === 'assigned') return o.accept_due_at
  if (o.state === 'handling') return o.answer_due_at
  return visiting(o) ? o.visit_due_at : null
}

const complaint = answer(care.complaint, async (scope, { complaint_id }): Promise<ComplaintFull> => {
  if (scope.who.kind === 'resident') throw scope.notFound()
  const o = await complaintToRead(scope, complaint_id)
  const [x, policy] = await Promise.all([more(scope, complaint_id), policyNow(scope)])
  const actors = actorsOf(scope, o)
  const can = canOf(factsOf(scope, o, policy), actors)
  const due_at = dueOf(o)
  const late_accept = isOpen(o.state) && o.accepted_at === null ? o.accept_due_at < scope.now : o.accepted_at !== null && o.accepted_at > o.accept_due_at
  const late_answer = isOpen(o.state) ? o.answer_due_at < scope.now : o.answered_at !== null && o.answered_at > o.answer_due_at
  const handles = actors.includes('assignee') || actors.includes('manager')
  return {
    complaint_id, no: o.no, community_name: x.community_name, nature: o.nature, kind: o.kind, source: o.source as ComplaintFull['source'], unnamed: o.unnamed, place: o.place, words: o.words, reporter_name: o.reporter_name, state: o.state, department_name: x.department_name, assignee_name: x.assignee_name, created_at: o.created_at,
    due_at, late: (due_at !== null && due_at < scope.now) || (isOpen(o.state) && late_answer), outside_due_at: x.outside && !x.outside.replied_at ? x.outside.due_at : null, satisfaction: o.satisfaction, round_no: o.round_no,
    community_id: o.community_id, house_id: o.house_id, building_id: o.building_id, kind_id: o.kind_id, department_id: o.department_id, assignee_id: o.assignee_id, pauses: o.pauses, paused: x.paused, reporter_phone_masked: masked(o.reporter_phone), accept_due_at: o.accept_due_at, answer_due_at: o.answer_due_at, visit_due_at: o.visit_due_at,
    accepted_at: o.accepted_at, answered_at: o.answered_at, closed_at: o.closed_at, answer: o.answer, cause: x.cause, cause_id: o.cause_id, limits_zh: limitsText(x.rule), late_accept, late_answer, visit_wanted: o.visit_wanted, reopen_until: reopenUntil(o, policy),
    steps: x.steps, visits: x.visits, orders: x.orders, outside: x.outside ? { ...x.outside, late: (x.outside.replied_at ?? scope.now) > x.outside.due_at } : null, merged_into: x.merged_into, merged: x.merged,
    can: {
      ...can, visit: can.visit_missed, reveal: o.reporter_phone === null ? 'kernel.not_found' : mayReveal(scope, o) ? true : 'kernel.forbidden',
      make_order: !handles ? 'kernel.forbidden' : !reaches(scope, 'orders.order.create', o) ? 'care.no_order_right' : isOpen(o.state) ? true : 'care.wrong_state', reply_outside: !x.outside ? 'care.no_outside' : !handles ? 'kernel.forbidden' : x.outside.replied_at ? 'care.outside_replied' : true,
    },
  }
})

/** Of the company's own handling a resident sees that it moves, not what colleagues wrote to each other. */
const HIDDEN = new Set(['note', 'release', 'visit_missed', 'reply_outside', 'extend'])
const SILENT = new Set(['assign', 'merge', 'visit_good', 'visit_bad', 'close'])
async function forReporter(scope: Scope, o: Complaint): Promise<MyComplaint> {
  const [x, policy] = await Promise.all([more(scope, o.complaint_id), policyNow(scope)])
  const can = canOf(factsOf(scope, o, policy), ['reporter'])
  const active = o.state === 'handling' || o.state === 'assigned'
  // What was merged is answered where it went; its reporter may rate and reopen only his own.
  const target = o.merged_into_id ? await mergedAnswer(scope, o.merged_into_id) : null
  return {
    complaint_id: o.complaint_id, no: o.no, kind: o.kind, nature: o.nature, place: o.place, words: o.words, state: o.state, created_at: o.created_at, answer_due_at: o.answer_due_at, late: isOpen(o.state) && o.answer_due_at < scope.now, answer: target?.answer ?? o.answer, answered_at: target?.answered_at ?? o.answered_at,
    assignee_name: active ? x.assignee_name : null, satisfaction: o.satisfaction, reopen_until: reopenUntil(o, policy), unnamed: o.unnamed, service_phone: x.service_phone, orders: x.orders.map((w) => ({ no: w.no, state: w.state })),
    steps: x.steps.filter((s) => !HIDDEN.has(s.action)).map((s) => (SILENT.has(s.action) ? { ...s, note: null, to_name: null } : s)),
    can: { withdraw: can.withdraw, urge: o.unnamed ? 'kernel.forbidden' : can.urge, add: can.add, rate: can.rate_bad, reopen: can.reopen },
  }
}
async function mergedAnswer(scope: Scope, complaint_id: string): Promise<{ answer: string | null; answered_at: string | null }> {
  const { rows } = await sql<{ answer: string | null; answered_at: string | null }>`select answer, answered_at from care.complaint where company_id = ${scope.company_id} and complaint_id = ${complaint_id}`.execute(scope.db)
  return rows[0]!
}
export const detailAnswers = [
  complaint,
  answer(care.myComplaint, async (scope, { complaint_id }) => forReporter(scope, await complaintToRead(scope, complaint_id))),
  answer(care.unnamedComplaint, async (scope, { query_token }) => forReporter(scope, await byToken(scope, query_token, false))),
]
