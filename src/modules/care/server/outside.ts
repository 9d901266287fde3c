// What came by the city hotline (12345) or the street: whose paper, its number, its own clock, what was replied, what the caller said. A deadline
// is moved only with a paper that says so; the first one is kept.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { care } from '../contract.ts'
import { actorsOf, complaintToChange, reaches, type Complaint } from './access.ts'
import { photosToAttach } from './photos.ts'

export interface OutsideIn {
  channel: 'city_hotline' | 'street' | 'other'
  outside_no: string
  sender: string
  sent_at: string
  due_at: string
}
const iso = (at: string): string => new Date(at).toISOString()

export async function writeOutside(scope: Scope, complaint_id: string, o: OutsideIn): Promise<void> {
  if (iso(o.due_at) <= iso(o.sent_at)) throw scope.refuse('care.due_past')
  const { rows } = await sql`insert into care.outside (company_id, complaint_id, channel, outside_no, sender, sent_at, due_at, first_due_at, changed_by, changed_at)
    values (${scope.company_id}, ${complaint_id}, ${o.channel}, ${o.outside_no}, ${o.sender}, ${iso(o.sent_at)}, ${iso(o.due_at)}, ${iso(o.due_at)}, ${scope.who.account_id}, ${scope.now}) on conflict (company_id, channel, outside_no) do nothing returning 1`.execute(scope.db)
  if (rows.length === 0) throw await taken(scope, o)
}
async function taken(scope: Scope, o: OutsideIn) {
  const { rows } = await sql<{ no: string }>`select x.no from care.outside t join care.complaint x on x.company_id = ${scope.company_id} and x.complaint_id = t.complaint_id where t.company_id = ${scope.company_id} and t.channel = ${o.channel} and t.outside_no = ${o.outside_no}`.execute(scope.db)
  return scope.refuse('care.outside_taken', { outside_no: o.outside_no, no: rows[0]?.no ?? '' })
}
const of = (scope: Scope, complaint_id: string) => scope.db.selectFrom('care.outside').selectAll().where('company_id', '=', scope.company_id).where('complaint_id', '=', complaint_id).executeTakeFirst()
async function managed(scope: Scope, complaint_id: string): Promise<Complaint> {
  const o = await complaintToChange(scope, complaint_id)
  if (!reaches(scope, 'care.complaint.manage', o)) throw scope.notFound()
  return o
}

export const outsideAnswers = [
  answer(care.saveOutside, async (scope, i) => {
    const o = await managed(scope, i.complaint_id)
    const before = await of(scope, i.complaint_id)
    if (!before) await writeOutside(scope, i.complaint_id, i)
    else {
      if (before.replied_at) throw scope.refuse('care.outside_replied', { no: o.no })
      if (iso(i.due_at) <= iso(i.sent_at)) throw scope.refuse('care.due_past')
      if (iso(i.due_at) > before.due_at && !i.extend_paper) throw scope.refuse('care.extend_paper')
      const { rows } = await sql`select 1 from care.outside t where t.company_id = ${scope.company_id} and t.channel = ${i.channel} and t.outside_no = ${i.outside_no} and t.complaint_id <> ${i.complaint_id}`.execute(scope.db)
      if (rows.length) throw await taken(scope, i)
      await sql`update care.outside set channel = ${i.channel}, outside_no = ${i.outside_no}, sender = ${i.sender}, sent_at = ${iso(i.sent_at)}, due_at = ${iso(i.due_at)}, extend_paper = coalesce(${i.extend_paper || null}, extend_paper), changed_by = ${scope.who.account_id}, changed_at = ${scope.now} where company_id = ${scope.company_id} and complaint_id = ${i.complaint_id}`.execute(scope.db)
    }
    scope.note('complaint', i.complaint_id, { no: o.no, outside_no: i.outside_no, due_at: i.due_at, ...(i.extend_paper ? { extend_paper: i.extend_paper } : {}) })
    return { complaint_id: i.complaint_id }
  }),
  answer(care.replyOutside, async (scope, i) => {
    const o = await complaintToChange(scope, i.complaint_id)
    if (!actorsOf(scope, o).some((a) => a === 'assignee' || a === 'manager')) throw scope.notFound()
    const x = await of(scope, i.complaint_id)
    if (!x) throw scope.refuse('care.no_outside', { no: o.no })
    if (x.replied_at) throw scope.refuse('care.outside_replied', { no: o.no })
    if (i.contacted_at && (iso(i.contacted_at) < x.sent_at || iso(i.contacted_at) > scope.now)) throw scope.refuse('care.contact_before')
    const photos = await photosToAttach(scope, i.photo_ids)
    await sql`with told as (update care.outside set reply = ${i.reply}, replied_at = ${scope.now}, replied_by = ${scope.who.account_id}, contacted_at = ${i.contacted_at ? iso(i.contacted_at) : null}::timestamptz, changed_by = ${scope.who.account_id}, changed_at = ${scope.now} where company_id = ${scope.company_id} and complaint_id = ${i.complaint_id}),
      n as (update care.complaint set step_no = step_no + 1 where company_id = ${scope.company_id} and complaint_id = ${i.complaint_id} returning step_no),
      seen as (insert into care.photo (company_id, complaint_id, file_id, step_no) select ${scope.company_id}, ${i.complaint_id}, f, n.step_no from n, unnest(${photos}::uuid[]) f on conflict do nothing)
      insert into care.step (company_id, complaint_id, step_no, action, from_state, to_state, by_kind, by_account, by_name, note, at) select ${scope.company_id}, ${i.complaint_id}, n.step_no, 'reply_outside', ${o.state}, ${o.state}, 'staff', ${scope.who.account_id}::uuid, ${scope.who.name}, ${i.reply}, ${scope.now} from n`.execute(scope.db)
    scope.note('complaint', i.complaint_id, { no: o.no, outside_no: x.outside_no, replied: true })
    return { complaint_id: i.complaint_id }
  }),
  answer(care.rateOutside, async (scope, i) => {
    const o = await managed(scope, i.complaint_id)
    const x = await of(scope, i.complaint_id)
    if (!x) throw scope.refuse('care.no_outside', { no: o.no })
    if (!x.replied_at) throw scope.refuse('care.not_replied', { no: o.no })
    await sql`update care.outside set caller_satisfied = ${i.caller_satisfied}, caller_solved = ${i.caller_solved}, changed_by = ${scope.who.account_id}, changed_at = ${scope.now} where company_id = ${scope.company_id} and complaint_id = ${i.complaint_id}`.execute(scope.db)
    scope.note('complaint', i.complaint_id, { no: o.no, caller_satisfied: i.caller_satisfied, caller_solved: i.caller_solved })
    return { complaint_id: i.complaint_id }
  }),
]
