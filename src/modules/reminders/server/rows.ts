// Reminders as people see them: one filter, one page, one dressing.
import { sql, type RawBuilder } from 'kysely'
import { minuteText } from '../../../kernel/clock.ts'
import { answer, answerFile } from '../../../kernel/app.ts'
import { dayStart } from '../../../kernel/days.ts'
import { writeSheet, type ColumnSpec } from '../../../kernel/sheet/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { maskMobile } from '../../../kernel/mask.ts'
import { housesLike } from '../../property/server/index.ts'
import { reminders, type ReminderRow } from '../contract.ts'
import { words } from '../words.ts'
import { remindersSeenBy } from './access.ts'
import { byHand, sendsAt } from './make.ts'

const COUNT_MAX = 10_000
const EXPORT_MAX = 100_000
interface Filter {
  community_id?: string | undefined
  building_id?: string | undefined
  house_id?: string | undefined
  channel?: string | undefined
  state?: string | undefined
  from_on?: string | undefined
  to_on?: string | undefined
  printed?: boolean | undefined
  q?: string | undefined
}

function whereOf(scope: Scope, f: Filter): RawBuilder<unknown> {
  const c = scope.company_id
  const w: RawBuilder<unknown>[] = [sql`r.company_id = ${c}`, remindersSeenBy(scope)]
  if (f.community_id) w.push(sql`r.community_id = ${f.community_id}`)
  if (f.building_id) w.push(sql`r.building_id = ${f.building_id}`)
  if (f.house_id) w.push(sql`r.house_id = ${f.house_id}`)
  if (f.channel) w.push(sql`r.channel = ${f.channel}`)
  if (f.state) w.push(sql`r.state = ${f.state}`)
  if (f.from_on) w.push(sql`r.created_at >= ${dayStart(f.from_on)}`)
  if (f.to_on) w.push(sql`r.created_at < ${dayStart(f.to_on, 1)}`)
  if (f.printed !== undefined) w.push(f.printed ? sql`r.printed_at is not null` : sql`r.printed_at is null`)
  if (f.q)
    w.push(sql`(r.house_id in (select h.house_id from property.house h where h.company_id = ${c} and ${housesLike(f.q)} limit 500)
      or r.payer_id in (select n.person_id from people.person n where n.company_id = ${c} and n.name >= ${f.q} and n.name < ${`${f.q}\u{10ffff}`} limit 500))`)
  return sql.join(w, sql` and `)
}

type Raw = Omit<ReminderRow, 'can' | 'period_from' | 'period_to'> & { period_from_on: string; period_to_on: string; community_id: string; building_id: string }
async function rowsOf(scope: Scope, where: RawBuilder<unknown>, o: { limit: number; offset?: number }): Promise<ReminderRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Raw>`
    with page as materialized (select r.* from reminders.reminder r where ${where} order by r.created_at desc, r.reminder_id desc limit ${o.limit} offset ${o.offset ?? 0}),
    now as (select rb.reminder_id, sum(b.amount_fen - b.paid_fen - b.reduced_fen)::bigint as open_fen from page p join reminders.reminder_bill rb on rb.company_id = ${c} and rb.reminder_id = p.reminder_id
      join billing.bill b on b.company_id = ${c} and b.period_on = rb.period_on and b.bill_id = rb.bill_id and b.voided_at is null group by 1)
    select p.reminder_id, p.community_id, p.building_id, p.house_id, p.payer_id, p.step_name, p.channel, p.state, p.cause, p.bill_count, p.open_fen, p.period_from_on, p.period_to_on, p.letter_no, p.printed_at, p.answer, p.answer_note,
      p.handled_by_name, p.created_by_name, p.created_at, p.ended_at, cm.name as community_name, h.label as house_label, n.name as payer_name, coalesce(now.open_fen, 0)::bigint as open_now_fen
    from page p left join now on now.reminder_id = p.reminder_id join property.house h on h.company_id = ${c} and h.house_id = p.house_id join property.community cm on cm.company_id = ${c} and cm.community_id = p.community_id
    join people.person n on n.company_id = ${c} and n.person_id = p.payer_id order by p.created_at desc, p.reminder_id desc`.execute(scope.db)
  const reach = scope.reach('reminders.reminder.write')
  return rows.map(({ period_from_on, period_to_on, community_id, building_id, ...r }) => {
    const writes = reach.all || reach.community_ids.includes(community_id) || reach.building_ids.includes(building_id) ? true : ('kernel.forbidden' as const)
    const open = writes === true && r.state !== 'waiting' ? 'reminders.ended' : writes
    const byHand = r.channel === 'letter' || r.channel === 'call' || r.channel === 'visit'
    return { ...r, period_from: period_from_on.slice(0, 7), period_to: period_to_on.slice(0, 7), can: { handle: byHand ? open : 'reminders.ended', withdraw: open } }
  })
}

const list = answer(reminders.reminders, async (scope, { page, page_size, ...f }) => {
  const where = whereOf(scope, f)
  const { rows: sums } = await sql<{ n: number; fen: number }>`select count(*)::int as n, coalesce(sum(open_fen), 0)::bigint as fen from (select r.open_fen from reminders.reminder r where ${where} limit ${COUNT_MAX}) x`.execute(scope.db)
  return { rows: await rowsOf(scope, where, { limit: page_size, offset: (page - 1) * page_size }), total: sums[0]!.n, open_fen: sums[0]!.fen }
})

const detail = answer(reminders.reminder, async (scope, { reminder_id }) => {
  const c = scope.company_id
  const [row] = await rowsOf(scope, sql`r.company_id = ${c} and r.reminder_id = ${reminder_id} and ${remindersSeenBy(scope)}`, { limit: 1 })
  if (!row) throw scope.notFound()
  const bills = await sql<{ bill_id: string; period: string; fee_item_name: string; then_fen: number; open_fen: number }>`select rb.bill_id, to_char(rb.period_on, 'YYYY-MM') as period, i.name as fee_item_name, rb.open_fen as then_fen,
      case when b.voided_at is null then b.amount_fen - b.paid_fen - b.reduced_fen else 0 end as open_fen
    from reminders.reminder_bill rb join billing.bill b on b.company_id = ${c} and b.period_on = rb.period_on and b.bill_id = rb.bill_id join billing.fee_item i on i.company_id = ${c} and i.fee_item_id = b.fee_item_id
    where rb.company_id = ${c} and rb.reminder_id = ${reminder_id} order by rb.period_on, i.name limit 2000`.execute(scope.db)
  const message = await sql<{ title: string; body: string; read_at: string | null; message_id: string }>`select m.title, m.body, m.read_at, m.message_id from reminders.reminder r join messages.message m on m.company_id = ${c} and m.message_id = r.message_id where r.company_id = ${c} and r.reminder_id = ${reminder_id}`.execute(scope.db)
  const m = message.rows[0]
  const sms = m && row.channel === 'sms' ? await sql<{ state: string; phone: string; provider_ref: string | null; failure: string | null; sent_at: string | null }>`select state, phone, provider_ref, failure, sent_at from messages.sms where company_id = ${c} and message_id = ${m.message_id} order by created_at desc limit 1`.execute(scope.db) : null
  const s = sms?.rows[0]
  const wechat = m && row.channel === 'wechat' ? await sql<{ state: string; msgid: string | null; report: string | null; failure: string | null; sent_at: string | null; ended_at: string | null }>`select state, msgid, report, failure, sent_at, ended_at from messages.wechat_send where company_id = ${c} and message_id = ${m.message_id} order by created_at desc limit 1`.execute(scope.db) : null
  return {
    ...row, bills: bills.rows, sends_at: row.state === 'waiting' && !byHand(row.channel) ? await sendsAt(scope) : null, message: m ? { title: m.title, body: m.body, read_at: m.read_at } : null, wechat: wechat?.rows[0] ?? null,
    sms: s ? { state: s.state, phone_masked: maskMobile(s.phone), provider_ref: s.provider_ref, failure: s.failure, sent_at: s.sent_at } : null,
  }
})

const excel = answerFile(reminders.remindersExcel, async (scope, f) => {
  const rows = await rowsOf(scope, whereOf(scope, f), { limit: EXPORT_MAX })
  const of = (kind: string, v: string | null) => (v ? (words.states![kind]![v] ?? v) : '')
  const text = (title: string): ColumnSpec => ({ title, kind: 'text' })
  const columns = [text('时间'), text('小区'), text('房号'), text('缴费人'), text('步骤'), text('方式'), text('状态'), { title: '账单数', kind: 'int' as const }, { title: '当时欠费', kind: 'money_fen' as const }, { title: '现欠', kind: 'money_fen' as const }, text('结果'), text('办理人')]
  const cells = rows.map((r) => [minuteText(r.created_at), r.community_name, r.house_label, r.payer_name, r.step_name, of('channel', r.channel), of('state', r.state), r.bill_count, r.open_fen, r.open_now_fen, [of('answer', r.answer), r.answer_note].filter(Boolean).join(':'), r.handled_by_name ?? ''])
  const body = await writeSheet({ sheets: [{ name: '催缴记录', title_rows: [`催缴记录 共 ${rows.length} 条`], columns, rows: cells }] })
  return { name: `催缴记录_${scope.today}.xlsx`, type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', body }
})

export const rowAnswers = [list, detail, excel]
