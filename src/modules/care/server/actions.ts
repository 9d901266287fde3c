// The calls that move a complaint: each names its action; the table of machine.ts decides.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { care } from '../contract.ts'
import { isOpen } from '../machine.ts'
import { byToken, complaintToChange, complaintToRead, mayReveal, type Complaint } from './access.ts'
import { STEPS_MAX, judged, limitsAgain, move, prepare, type Prepared } from './act.ts'
import { kindFor } from './config.ts'
import { departmentFor, handlerAt } from './people.ts'

const URGE_MS = 30 * 60_000
const minutes = (at: string): string => new Date(at).toISOString()

async function causeOf(scope: Scope, cause_id: string): Promise<string> {
  const { rows } = await sql<{ cause_id: string }>`select cause_id from care.cause where company_id = ${scope.company_id} and cause_id = ${cause_id} and from_on <= ${scope.today}::date and (to_on is null or to_on > ${scope.today}::date)`.execute(scope.db)
  if (!rows[0]) throw scope.refuse('care.cause_unknown')
  return cause_id
}

const managing = [
  answer(care.assignComplaint, async (scope, i) => {
    const p = await prepare(scope, i.complaint_id, 'assign')
    if (!i.account_id && !i.department_id) throw scope.refuse('care.assign_whom')
    const [department, person] = [i.department_id ? await departmentFor(scope, i.department_id) : null, i.account_id ? await handlerAt(scope, p.o, i.account_id, i.department_id ?? p.o.department_id) : null]
    return move(scope, p, 'assign', { to: { account_id: person?.account_id ?? null, department_id: department?.department_id ?? null, name: [department?.name, person?.name].filter(Boolean).join(' ') }, note: i.note })
  }),
  answer(care.closeComplaint, async (scope, i) => move(scope, await prepare(scope, i.complaint_id, 'close'), 'close', { cause_id: i.cause_id ? await causeOf(scope, i.cause_id) : undefined, note: i.note })),
  answer(care.reopenComplaint, async (scope, i) => reopen(scope, await prepare(scope, i.complaint_id, 'reopen'), i.reason)),
  answer(care.rejectComplaint, async (scope, i) => move(scope, await prepare(scope, i.complaint_id, 'reject'), 'reject', { note: i.reason })),
  answer(care.withdrawComplaint, async (scope, i) => move(scope, await prepare(scope, i.complaint_id, 'withdraw'), 'withdraw', { note: i.reason })),
  answer(care.extendComplaint, async (scope, i) => {
    const p = await prepare(scope, i.complaint_id, 'extend')
    const due_at = minutes(i.due_at)
    if (due_at <= scope.now) throw scope.refuse('care.due_past')
    if (due_at <= p.o.answer_due_at) throw scope.refuse('care.due_earlier')
    return move(scope, p, 'extend', { due_at, note: i.reason, detail: { from: p.o.answer_due_at, to: due_at } })
  }),
  answer(care.mergeComplaint, async (scope, i) => {
    if (i.into_id === i.complaint_id) throw scope.refuse('care.merge_self')
    // Both in id order: two people who merge a pair crosswise must not wait for each other.
    const locked = new Map<string, Complaint>()
    for (const id of [i.complaint_id, i.into_id].toSorted()) locked.set(id, await complaintToChange(scope, id))
    const into = locked.get(i.into_id)!
    const p = await judged(scope, locked.get(i.complaint_id)!, 'merge')
    if (!isOpen(into.state)) throw scope.refuse('care.merge_over', { no: into.no })
    await sql`update care.complaint set merged_into_id = ${i.into_id} where company_id = ${scope.company_id} and merged_into_id = ${i.complaint_id}`.execute(scope.db)
    return move(scope, p, 'merge', { into_id: i.into_id, note: `并入 ${into.no}:${i.reason}` })
  }),
  answer(care.revealComplainer, async (scope, { complaint_id }) => {
    const o = await complaintToRead(scope, complaint_id)
    if (!mayReveal(scope, o)) throw scope.notFound()
    scope.note('complaint', complaint_id, { no: o.no, revealed: 'phone' })
    return { phone: o.reporter_phone }
  }),
]
async function reopen(scope: Scope, p: Prepared, reason: string) {
  return move(scope, p, 'reopen', { note: reason, limits: await limitsAgain(scope, p.o), detail: { answer: p.o.answer, satisfaction: p.o.satisfaction } })
}

const handling = [
  answer(care.acceptComplaint, async (scope, i) => move(scope, await prepare(scope, i.complaint_id, 'accept'), 'accept')),
  answer(care.releaseComplaint, async (scope, i) => move(scope, await prepare(scope, i.complaint_id, 'release'), 'release', { note: i.reason })),
  answer(care.noteComplaint, async (scope, i) => move(scope, await prepare(scope, i.complaint_id, 'note'), 'note', { note: i.note, photo_ids: i.photo_ids })),
  answer(care.answerComplaint, async (scope, i) => {
    const p = await prepare(scope, i.complaint_id, 'answer')
    const [cause_id, kind] = [await causeOf(scope, i.cause_id), await kindFor(scope, p.o.kind_id, { begun: true })]
    // Without a way to reach anybody nobody can be asked.
    return move(scope, p, 'answer', { answer: i.answer, cause_id, note: i.answer, photo_ids: i.photo_ids, visit_wanted: kind.visit && !p.o.unnamed && p.o.reporter_phone !== null })
  }),
  answer(care.visitComplaint, async (scope, i) => {
    if (i.reached && (i.satisfaction === undefined || i.solved === undefined)) throw scope.refuse('care.visit_answer')
    const o = await complaintToChange(scope, i.complaint_id)
    const first = await judged(scope, o, 'visit_missed')
    const good = i.reached && i.solved === true && i.satisfaction! >= first.policy.satisfied_from
    const action = !i.reached ? 'visit_missed' : good ? 'visit_good' : 'visit_bad'
    await scope.db
      .insertInto('care.visit')
      .values({ company_id: scope.company_id, visit_id: uuidv7(), complaint_id: o.complaint_id, round_no: o.round_no, way: i.way, reached: i.reached, satisfaction: i.reached ? i.satisfaction! : null, solved: i.reached ? i.solved! : null, words: i.words || null, visited_by: scope.who.account_id!, visited_at: scope.now })
      .execute()
    const p = action === 'visit_missed' ? first : await judged(scope, o, action)
    return move(scope, p, action, { note: i.words, satisfaction: i.reached ? i.satisfaction : undefined, ...(action === 'visit_bad' ? { limits: await limitsAgain(scope, o) } : {}), detail: { way: i.way, satisfaction: i.satisfaction ?? null, answer: o.answer } })
  }),
]

type Rating = { satisfaction: number; words?: string | undefined }
async function rate(scope: Scope, o: Complaint, i: Rating) {
  const first = await judged(scope, o, 'rate_bad')
  const good = i.satisfaction >= first.policy.satisfied_from
  return move(scope, good ? await judged(scope, o, 'rate_good') : first, good ? 'rate_good' : 'rate_bad', { satisfaction: i.satisfaction, note: i.words, detail: { satisfaction: i.satisfaction } })
}
async function add(scope: Scope, o: Complaint, i: { words: string; photo_ids?: readonly string[] | undefined }) {
  const p = await judged(scope, o, 'add')
  if (o.step_no >= STEPS_MAX) throw scope.refuse('care.steps_full')
  return move(scope, p, 'add', { note: i.words, photo_ids: i.photo_ids })
}
const reporting = [
  answer(care.withdrawMine, async (scope, i) => move(scope, await prepare(scope, i.complaint_id, 'withdraw'), 'withdraw', { note: i.reason })),
  answer(care.urgeMine, async (scope, i) => {
    const p = await prepare(scope, i.complaint_id, 'urge')
    const last = await scope.db.selectFrom('care.step').select('at').where('company_id', '=', scope.company_id).where('complaint_id', '=', i.complaint_id).where('action', '=', 'urge').orderBy('step_no', 'desc').limit(1).executeTakeFirst()
    if (last && Date.parse(scope.now) - Date.parse(last.at) < URGE_MS) throw scope.refuse('care.urged')
    return move(scope, p, 'urge')
  }),
  answer(care.addMine, async (scope, i) => add(scope, await complaintToChange(scope, i.complaint_id), i)),
  answer(care.rateMine, async (scope, i) => rate(scope, await complaintToChange(scope, i.complaint_id), i)),
  answer(care.reopenMine, async (scope, i) => reopen(scope, await prepare(scope, i.complaint_id, 'reopen'), i.reason)),
]
/** The same for whoever holds the code; the answer says no more than where it stands. */
const unnamed = [
  answer(care.withdrawUnnamed, async (scope, i) => bare(move(scope, await judged(scope, await byToken(scope, i.query_token, true), 'withdraw'), 'withdraw'))),
  answer(care.addUnnamed, async (scope, i) => bare(add(scope, await byToken(scope, i.query_token, true), i))),
  answer(care.rateUnnamed, async (scope, i) => bare(rate(scope, await byToken(scope, i.query_token, true), i))),
  answer(care.reopenUnnamed, async (scope, i) => bare(reopen(scope, await judged(scope, await byToken(scope, i.query_token, true), 'reopen'), i.reason))),
]
async function bare(made: Promise<{ state: Complaint['state'] }>) {
  return { state: (await made).state }
}
export const actionAnswers = [...managing, ...handling, ...reporting, ...unnamed]
