// What people do with a task besides walking it: let off, pass, reject, have it done again, cancel.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { rounds } from '../contract.ts'
import { act } from './act.ts'

export const actionAnswers = [
  answer(rounds.skipTask, (scope, o) => act(scope, o, 'skip', { note: o.reason, change: { done_by: sql`${scope.who.account_id}::uuid`, ended_at: sql`${scope.now}::timestamptz` } })),
  answer(rounds.passTask, (scope, o) => act(scope, o, 'pass', { note: o.note })),
  answer(rounds.rejectTask, (scope, o) => act(scope, o, 'reject', { note: o.reason })),
  answer(rounds.cancelTask, (scope, o) => act(scope, o, 'cancel', { note: o.reason, change: { ended_at: sql`${scope.now}::timestamptz` } })),
  answer(rounds.redoTask, async (scope, o) => {
    const due_at = new Date(o.due_at).toISOString()
    if (due_at <= scope.now) throw scope.refuse('rounds.due_past')
    // A new round: the records of the one before stay, and do not count.
    return act(scope, o, 'redo', {
      note: o.reason,
      change: { starts_at: sql`${scope.now}::timestamptz`, due_at: sql`${due_at}::timestamptz`, miss_at: sql`${due_at}::timestamptz`, round_no: sql`round_no + 1`, route_version: sql`null`, started_at: sql`null`, ended_at: sql`null`, done_by: sql`null`, in_time: sql`null`, checked_count: sql`0`, abnormal_count: sql`0`, skip_count: sql`0`, flags: sql`'{}'`, score_got: sql`0`, score_max: sql`0`, late_told_at: sql`null` },
    })
  }),
]
