// What people do with a task besides walking it: let off, pass, reject, have it done again, cancel.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { dayOf, daysBetween, minuteText } from '../../../kernel/clock.ts'
import { rounds } from '../contract.ts'
import { act } from './act.ts'

const MOVE_DAYS = 30
export const actionAnswers = [
  answer(rounds.skipTask, (scope, o) => act(scope, o, 'skip', { note: o.reason, change: { done_by: sql`${scope.who.account_id}::uuid`, ended_at: sql`${scope.now}::timestamptz` } })),
  answer(rounds.passTask, (scope, o) => act(scope, o, 'pass', { note: o.note })),
  answer(rounds.rejectTask, (scope, o) => act(scope, o, 'reject', { note: o.reason })),
  answer(rounds.cancelTask, (scope, o) => act(scope, o, 'cancel', { note: o.reason, change: { ended_at: sql`${scope.now}::timestamptz` } })),
  answer(rounds.moveTask, async (scope, o) => {
    const starts_at = new Date(o.starts_at).toISOString()
    const due_at = new Date(o.due_at).toISOString()
    if (starts_at < scope.now || due_at <= starts_at) throw scope.refuse('rounds.move_past')
    // The day it was planned for stays its day; phones and lists look a month ahead of that.
    if (Math.abs(daysBetween(o.on_day, dayOf(starts_at))) > MOVE_DAYS) throw scope.refuse('rounds.move_far', { days: MOVE_DAYS })
    return act(scope, o, 'move', { note: `${minuteText(starts_at)} 至 ${minuteText(due_at)}:${o.reason}`, change: { starts_at: sql`${starts_at}::timestamptz`, due_at: sql`${due_at}::timestamptz`, miss_at: sql`${due_at}::timestamptz + (miss_at - due_at)`, late_told_at: sql`null`, notice_told_at: sql`null` } })
  }),
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
