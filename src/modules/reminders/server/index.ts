// The front door of reminders: answers, and what other modules may call.
import { sql } from 'kysely'
import type { App, Listener, Module } from '../../../kernel/app.ts'
import { reminders } from '../contract.ts'
import { words } from '../words.ts'
import { judgePromises, personalAnswers } from './answers.ts'
import { letterAnswers } from './letters.ts'
import { remindNow } from './manual.ts'
import { deliverNotices } from './notice_delivery.ts'
import { drawJob } from './notice_draw.ts'
import { noticeAnswers } from './notices.ts'
import { planReminders } from './planner.ts'
import { planAnswers } from './plans.ts'
import { rowAnswers } from './rows.ts'
import { afterWechat, sendJob } from './send.ts'

export { pauseReminders, resumeReminders } from './answers.ts'
export { reminderForms } from './notice_data.ts'
export { reminderTemplates } from './templates.ts'

/** What waits for a person or for the morning stops when its bills are paid. */
const stopWhenPaid: Listener = {
  name: 'reminders.stop_when_paid',
  event: 'payment.received',
  run: async (scope, { house_id }) => {
    const c = scope.company_id
    await sql`update reminders.reminder r set state = 'cancelled', cause = 'paid', ended_at = ${scope.now} where r.company_id = ${c} and r.house_id = ${house_id as string} and r.state = 'waiting'
      and not exists (select from reminders.reminder_bill rb join billing.bill b on b.company_id = ${c} and b.period_on = rb.period_on and b.bill_id = rb.bill_id where rb.company_id = ${c} and rb.reminder_id = r.reminder_id and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen)`.execute(scope.db)
  },
}

export const remindersModule = (app: () => App): Module => ({
  name: 'reminders',
  contract: reminders,
  words,
  answers: [...planAnswers, ...rowAnswers, remindNow, ...letterAnswers(app), ...noticeAnswers(app), deliverNotices, ...personalAnswers],
  jobs: [sendJob, drawJob(app)],
  listeners: [stopWhenPaid, afterWechat],
  schedules: [
    { name: 'reminders.plan', every_s: 600, of: 'company', run: planReminders },
    { name: 'reminders.judge', every_s: 3600, of: 'company', run: (w) => w.tx(judgePromises) },
  ],
})
