// Notices in batch: what is open is gathered and numbered in one transaction, in the order of a walk; the pages are drawn by a job, so that
// 1,240 houses hold nobody up.
import { sql, type RawBuilder } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { addMonths } from '../../../kernel/clock.ts'
import { openFile } from '../../../kernel/files.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { choosable, namedForm } from '../../forms/server/index.ts'
import { makeNoticeLinks } from '../../payment/server/index.ts'
import { housesLike, housesSeenBy } from '../../property/server/index.ts'
import { reminders } from '../contract.ts'
import { NOTICES_MAX, type NoticeBatch, type NoticeRow } from '../notice_contract.ts'
import { NOTICE } from './notice_data.ts'
import { notHeld } from './plan_due.ts'

const BILLS_MAX = 200

interface Due {
  community_id: string
  building_id: string
  house_id: string
  payer_id: string
  bill_ids: string[]
  periods: string[]
  open_fen: number
}
interface Which {
  community_id: string
  building_ids: string[]
  overdue_only: boolean
  period_from?: string | undefined
  period_to?: string | undefined
  min_open_fen: number
}

/** Payers who owe, in the order in which somebody walks: building, staircase, floor, door. Houses that are paused or promised are left out. */
async function dueNow(scope: Scope, w: Which): Promise<Due[]> {
  const c = scope.company_id
  const { rows } = await sql<Due>`
    with open as materialized (select b.building_id, b.house_id, b.payer_id, b.bill_id, b.period_on, b.amount_fen - b.paid_fen - b.reduced_fen as open_fen from billing.bill b
      where b.company_id = ${c} and b.community_id = ${w.community_id} and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen
        ${w.building_ids.length ? sql`and b.building_id = any(${w.building_ids}::uuid[])` : sql``} ${w.overdue_only ? sql`and b.due_on <= ${scope.today}::date` : sql``}
        ${w.period_from ? sql`and b.period_on >= ${`${w.period_from}-01`}::date` : sql``} ${w.period_to ? sql`and b.period_on < ${`${addMonths(w.period_to, 1)}-01`}::date` : sql``}),
    due as (select house_id, payer_id, (array_agg(bill_id::text order by period_on, bill_id))[1:${BILLS_MAX}] as bill_ids, (array_agg(period_on::text order by period_on, bill_id))[1:${BILLS_MAX}] as periods, sum(open_fen)::bigint as open_fen
      from open group by 1, 2 having sum(open_fen) >= ${w.min_open_fen})
    select h.community_id, h.building_id, d.* from due d join property.house h on h.company_id = ${c} and h.house_id = d.house_id join property.building g on g.company_id = ${c} and g.building_id = h.building_id
      left join property.unit u on u.company_id = ${c} and u.unit_id = h.unit_id
    where ${housesSeenBy(scope)} and ${notHeld(scope, sql`d.house_id`, sql`d.payer_id`)}
    order by g.sort_no, length(g.no), g.no, u.sort_no nulls first, length(u.no), u.no, h.floor_no, h.sort_no, length(h.room_no), h.room_no, d.house_id, d.payer_id limit ${NOTICES_MAX + 1}`.execute(scope.db)
  return rows
}

/** TZ20261125-03: the day and a running number of the company on that day; the lock makes the numbers of a day a queue. */
async function nextNumber(scope: Scope): Promise<string> {
  await sql`select pg_advisory_xact_lock(hashtext('reminders.notice_no'), ${scope.company_id}::int)`.execute(scope.db)
  const head = `TZ${scope.today.replaceAll('-', '')}-`
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from reminders.notice_batch where company_id = ${scope.company_id} and batch_no >= ${head} and batch_no < ${`${head}~`}`.execute(scope.db)
  return `${head}${String(rows[0]!.n + 1).padStart(2, '0')}`
}
export const noticeNo = (batch_no: string, seq: number): string => `${batch_no}-${String(seq).padStart(4, '0')}`

/** The whole community within reach, or every building that is asked for. */
function mayPrintFor(scope: Scope, o: { community_id: string; building_ids: string[] }): void {
  const r = scope.reach()
  if (!r.all && !r.community_ids.includes(o.community_id) && !(o.building_ids.length > 0 && o.building_ids.every((b) => r.building_ids.includes(b)))) throw scope.notFound()
}

const startNotices = (app: () => App) =>
  answer(reminders.startNotices, async (scope, o) => {
    mayPrintFor(scope, o)
    if (o.due_by_on && o.due_by_on < scope.today) throw scope.refuse('reminders.due_by_past', { today: scope.today })
    const form = o.template_id ? await namedForm(app(), scope, o.template_id, { on: scope.today, at: scope.now }) : null
    const listed = o.template_id ? await choosable(scope, { kind: NOTICE, community_id: o.community_id, on: scope.today, at: scope.now }) : []
    if (o.template_id && (!form || !listed.some((t) => t.template_id === o.template_id))) throw scope.refuse('reminders.template_gone')
    const due = await dueNow(scope, o)
    if (due.length === 0) throw scope.refuse('reminders.notices_none')
    if (due.length > NOTICES_MAX) throw scope.refuse('reminders.notices_many', { max: NOTICES_MAX })
    const c = scope.company_id
    const [batch_id, batch_no] = [uuidv7(), await nextNumber(scope)]
    const open_fen = due.reduce((n, d) => n + d.open_fen, 0)
    await scope.db
      .insertInto('reminders.notice_batch')
      .values({
        company_id: c, batch_id, batch_no, community_id: o.community_id, building_ids: o.building_ids, overdue_only: o.overdue_only, period_from_on: o.period_from ? `${o.period_from}-01` : null, period_to_on: o.period_to ? `${o.period_to}-01` : null, min_open_fen: o.min_open_fen, due_by_on: o.due_by_on,
        paper: form?.paper ?? o.paper, template_id: o.template_id, template_name: form?.name ?? null, template_version: form?.version_no ?? null, origin: o.origin ? new URL(o.origin).origin : null, link_days: o.link_days, notice_count: due.length, open_fen, state: 'drawing', created_by: scope.who.account_id!, created_by_name: scope.who.name, created_at: scope.now,
      })
      .execute()
    const links = await makeNoticeLinks(scope, due.map((d, i) => ({ name: `${batch_id}:${i + 1}`, community_id: d.community_id, house_id: d.house_id, amount_fen: d.open_fen, bills: d.bill_ids.map((bill_id, k) => ({ bill_id, period_on: d.periods[k]! })) })), o.link_days)
    const rows = due.map((d, i) => ({ seq: i + 1, building_id: d.building_id, house_id: d.house_id, payer_id: d.payer_id, link_id: links[i], bill_count: d.bill_ids.length, open_fen: d.open_fen }))
    await sql`insert into reminders.notice (company_id, batch_id, seq, community_id, building_id, house_id, payer_id, link_id, bill_count, open_fen)
      select ${c}, ${batch_id}, x.seq, ${o.community_id}, x.building_id, x.house_id, x.payer_id, x.link_id, x.bill_count, x.open_fen from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(seq int, building_id uuid, house_id uuid, payer_id uuid, link_id uuid, bill_count int, open_fen bigint)`.execute(scope.db)
    scope.later({ name: 'reminders.draw_notices', payload: { batch_id }, lane: `notices:${c}`, total_count: due.length })
    scope.note('notice_batch', batch_id, { batch_no, notice_count: due.length, open_fen })
    return { batch_id, batch_no, notice_count: due.length, house_count: new Set(due.map((d) => d.house_id)).size, open_fen }
  })

const batchesSeen = (scope: Scope) => {
  const r = scope.reach()
  // A batch is of one community; who reaches a building of it sees only batches of nothing but that building.
  return r.all ? sql`true` : sql`(t.community_id = any(${r.community_ids}::uuid[]) or (t.building_ids <> '{}' and t.building_ids <@ ${r.building_ids}::uuid[]))`
}
type Batch = Omit<NoticeBatch, 'files'> & { files: { file_id: string; first: number; last: number }[] }
async function batches(scope: Scope, where: RawBuilder<unknown>, page: { limit: number; offset: number }): Promise<Batch[]> {
  const c = scope.company_id
  const { rows } = await sql<Batch>`
    with page as materialized (select t.* from reminders.notice_batch t where ${where} order by t.created_at desc, t.batch_id limit ${page.limit} offset ${page.offset})
    select t.batch_id, t.batch_no, t.community_id, m.name as community_name, coalesce((select string_agg(g.name, '、' order by g.sort_no, length(g.no), g.no) from property.building g where g.company_id = ${c} and g.building_id = any(t.building_ids)), '全部楼栋') as buildings,
      t.overdue_only, to_char(t.period_from_on, 'YYYY-MM') as period_from, to_char(t.period_to_on, 'YYYY-MM') as period_to, t.due_by_on, t.paper, t.template_name, t.template_version, t.link_days, t.origin is not null as with_code, t.notice_count,
      (select count(*)::int from reminders.notice n where n.company_id = ${c} and n.batch_id = t.batch_id and n.delivery is not null) as delivered_count, t.open_fen, t.done_count, t.state, t.failure, t.files, t.printed_count, t.created_by_name, t.created_at
    from page t join property.community m on m.company_id = ${c} and m.community_id = t.community_id order by t.created_at desc, t.batch_id`.execute(scope.db)
  return rows
}
const shown = ({ files, ...b }: Batch): NoticeBatch => ({ ...b, files: files.map((f, i) => ({ no: i + 1, first: f.first, last: f.last })) })

export async function batchSeen(scope: Scope, batch_id: string): Promise<Batch> {
  const [b] = await batches(scope, sql`t.company_id = ${scope.company_id} and t.batch_id = ${batch_id} and ${batchesSeen(scope)}`, { limit: 1, offset: 0 })
  if (!b) throw scope.notFound()
  return b
}

const noticeBatches = answer(reminders.noticeBatches, async (scope, f) => {
  const where = sql`t.company_id = ${scope.company_id} and ${batchesSeen(scope)} ${f.community_id ? sql`and t.community_id = ${f.community_id}` : sql``}`
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from reminders.notice_batch t where ${where}`.execute(scope.db)
  return { rows: (await batches(scope, where, { limit: f.page_size, offset: (f.page - 1) * f.page_size })).map(shown), total: rows[0]!.n }
})

const notices = answer(reminders.notices, async (scope, f) => {
  const b = await batchSeen(scope, f.batch_id)
  const c = scope.company_id
  const where = sql`n.company_id = ${c} and n.batch_id = ${f.batch_id} ${f.delivered === undefined ? sql`` : f.delivered ? sql`and n.delivery is not null` : sql`and n.delivery is null`} ${f.q ? sql`and exists (select from property.house h where h.company_id = ${c} and h.house_id = n.house_id and ${housesLike(f.q)})` : sql``}`
  const total = await sql<{ n: number }>`select count(*)::int as n from reminders.notice n where ${where}`.execute(scope.db)
  const { rows } = await sql<Omit<NoticeRow, 'notice_no'>>`
    with page as materialized (select n.* from reminders.notice n where ${where} order by n.seq limit ${f.page_size} offset ${(f.page - 1) * f.page_size})
    select n.seq, n.house_id, h.label as house_label, p.name as payer_name, n.bill_count, n.open_fen, l.opened_count, n.delivery, n.delivery_note, n.delivered_at, n.delivered_by_name, n.reminder_id,
      (select coalesce(sum(b.amount_fen - b.paid_fen - b.reduced_fen), 0)::bigint from payment.pay_link_bill x join billing.bill b on b.company_id = ${c} and b.period_on = x.period_on and b.bill_id = x.bill_id and b.voided_at is null where x.company_id = ${c} and x.link_id = n.link_id) as open_now_fen
    from page n join property.house h on h.company_id = ${c} and h.house_id = n.house_id join people.person p on p.company_id = ${c} and p.person_id = n.payer_id join payment.pay_link l on l.company_id = ${c} and l.link_id = n.link_id order by n.seq`.execute(scope.db)
  return { rows: rows.map((r) => ({ ...r, notice_no: noticeNo(b.batch_no, r.seq) })), total: total.rows[0]!.n }
})

const noticesPdf = (app: () => App) =>
  answerFile(reminders.noticesPdf, async (scope, { batch_id, no }) => {
    const b = await batchSeen(scope, batch_id)
    const file = b.files[no - 1]
    const kept = file ? await scope.db.selectFrom('kernel.file').select(['sha256', 'type']).where('company_id', '=', scope.company_id).where('file_id', '=', file.file_id).executeTakeFirst() : undefined
    if (!file || !kept) throw scope.notFound()
    return { name: `缴费通知单_${b.batch_no}${b.files.length > 1 ? `_${file.first}-${file.last}` : ''}.pdf`, type: kept.type, body: openFile(app().data_dir, kept.sha256), inline: true }
  })

const printNotices = answer(reminders.printNotices, async (scope, { batch_id, no }) => {
  const b = await batchSeen(scope, batch_id)
  if (!b.files[no - 1]) throw scope.notFound()
  const done = await sql<{ printed_count: number }>`update reminders.notice_batch set printed_count = printed_count + 1 where company_id = ${scope.company_id} and batch_id = ${batch_id} returning printed_count`.execute(scope.db)
  scope.note('notice_batch', batch_id, { batch_no: b.batch_no, file_no: no, printed: done.rows[0]!.printed_count })
  return done.rows[0]!
})

const retryNotices = answer(reminders.retryNotices, async (scope, { batch_id }) => {
  const b = await batchSeen(scope, batch_id)
  const done = await sql`update reminders.notice_batch set state = 'drawing', failure = null, done_count = 0 where company_id = ${scope.company_id} and batch_id = ${batch_id} and state = 'failed'`.execute(scope.db)
  if (done.numAffectedRows === 0n) throw scope.refuse('reminders.notices_not_failed')
  scope.later({ name: 'reminders.draw_notices', payload: { batch_id }, lane: `notices:${scope.company_id}`, total_count: b.notice_count })
  scope.note('notice_batch', batch_id, { again: true })
  return { batch_id }
})

export const noticeAnswers = (app: () => App) => [
  answer(reminders.noticeTemplates, async (scope, { community_id }) => ({ rows: (await choosable(scope, { kind: NOTICE, community_id, on: scope.today, at: scope.now })).map((t) => ({ ...t, paper: t.paper as 'a4' })) })),
  startNotices(app), noticeBatches, answer(reminders.noticeBatch, async (scope, { batch_id }) => shown(await batchSeen(scope, batch_id))), notices, noticesPdf(app), printNotices, retryNotices,
]
