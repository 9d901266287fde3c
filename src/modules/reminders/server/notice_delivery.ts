// Delivery of notices: what reached a door becomes a reminder by letter with the bills that are open still, once a notice. That is what is
// shown when somebody says he was never asked (民法典 195: a demand interrupts the three years).
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidOf } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { reminders } from '../contract.ts'
import { batchSeen, noticeNo } from './notices.ts'

interface Marked {
  seq: number
  community_id: string
  building_id: string
  house_id: string
  payer_id: string
  bills: { bill_id: string; period_on: string; open_fen: number; due: boolean }[] | null
}
const COUNTS = new Set(['delivered', 'posted', 'refused'])

async function toReminders(scope: Scope, b: { batch_id: string; batch_no: string; created_at: string; created_by_name: string }, rows: readonly Marked[], o: { delivery: string; note: string | null }): Promise<number> {
  const c = scope.company_id
  const open = rows.filter((r) => r.bills !== null)
  if (open.length === 0 || !COUNTS.has(o.delivery)) return 0
  const list = open.map((r) => {
    const periods = r.bills!.map((x) => x.period_on).toSorted()
    return { ...r, reminder_id: uuidOf('notice_reminder', c, b.batch_id, r.seq), letter_no: noticeNo(b.batch_no, r.seq), bill_count: r.bills!.length, open_fen: r.bills!.reduce((n, x) => n + x.open_fen, 0), from_on: periods[0], to_on: periods.at(-1), tone: r.bills!.some((x) => x.due) ? 'overdue' : 'issued' }
  })
  await sql`insert into reminders.reminder (company_id, reminder_id, community_id, building_id, house_id, payer_id, step_name, tone, channel, state, bill_count, open_fen, period_from_on, period_to_on, letter_no, printed_at, printed_by_name, answer, answer_note, handled_by, handled_by_name, created_by, created_by_name, created_at, ended_at)
    select ${c}, x.reminder_id, x.community_id, x.building_id, x.house_id, x.payer_id, '缴费通知单', x.tone, 'letter', 'done', x.bill_count, x.open_fen, x.from_on, x.to_on, x.letter_no, ${b.created_at}::timestamptz, ${b.created_by_name}, ${o.delivery}, ${o.note}, ${scope.who.account_id}::uuid, ${scope.who.name}, ${scope.who.account_id}::uuid, ${scope.who.name}, ${scope.now}, ${scope.now}
    from jsonb_to_recordset(${JSON.stringify(list)}::jsonb) as x(reminder_id uuid, community_id uuid, building_id uuid, house_id uuid, payer_id uuid, tone text, bill_count int, open_fen bigint, from_on date, to_on date, letter_no text)`.execute(scope.db)
  const bills = list.flatMap((r) => r.bills!.map((x) => ({ reminder_id: r.reminder_id, bill_id: x.bill_id, period_on: x.period_on, open_fen: x.open_fen })))
  await sql`insert into reminders.reminder_bill (company_id, reminder_id, bill_id, step_key, channel, period_on, open_fen)
    select ${c}, x.reminder_id, x.bill_id, ${`notice:${b.batch_id}`}, 'letter', x.period_on, x.open_fen from jsonb_to_recordset(${JSON.stringify(bills)}::jsonb) as x(reminder_id uuid, bill_id uuid, period_on date, open_fen bigint)`.execute(scope.db)
  await sql`update reminders.notice n set reminder_id = x.reminder_id from jsonb_to_recordset(${JSON.stringify(list.map((r) => ({ seq: r.seq, reminder_id: r.reminder_id })))}::jsonb) as x(seq int, reminder_id uuid)
    where n.company_id = ${c} and n.batch_id = ${b.batch_id} and n.seq = x.seq`.execute(scope.db)
  return list.length
}

export const deliverNotices = answer(reminders.deliverNotices, async (scope, o) => {
  const b = await batchSeen(scope, o.batch_id)
  if (b.state !== 'ready') throw scope.refuse('reminders.notices_not_ready')
  const c = scope.company_id
  const { rows } = await sql<Marked>`
    with n as materialized (select n.seq, n.community_id, n.building_id, n.house_id, n.payer_id, n.link_id from reminders.notice n where n.company_id = ${c} and n.batch_id = ${o.batch_id} and n.delivery is null ${o.seqs ? sql`and n.seq = any(${o.seqs}::int[])` : sql``} order by n.seq for update)
    select n.seq, n.community_id, n.building_id, n.house_id, n.payer_id, (select jsonb_agg(jsonb_build_object('bill_id', b.bill_id, 'period_on', b.period_on, 'open_fen', b.amount_fen - b.paid_fen - b.reduced_fen, 'due', b.due_on <= ${scope.today}::date))
      from payment.pay_link_bill x join billing.bill b on b.company_id = ${c} and b.period_on = x.period_on and b.bill_id = x.bill_id where x.company_id = ${c} and x.link_id = n.link_id and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen) as bills
    from n order by n.seq`.execute(scope.db)
  if (rows.length === 0 || (o.seqs && rows.length !== new Set(o.seqs).size)) throw scope.refuse('reminders.notices_marked')
  const note = o.note || null
  await sql`update reminders.notice set delivery = ${o.delivery}, delivery_note = ${note}, delivered_at = ${scope.now}, delivered_by_name = ${scope.who.name} where company_id = ${c} and batch_id = ${o.batch_id} and seq = any(${rows.map((r) => r.seq)}::int[])`.execute(scope.db)
  const reminder_count = await toReminders(scope, b, rows, { delivery: o.delivery, note })
  scope.note('notice_batch', o.batch_id, { delivery: o.delivery, marked: rows.length, reminder_count })
  return { marked_count: rows.length, reminder_count }
})
