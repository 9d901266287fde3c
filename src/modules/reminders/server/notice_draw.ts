// The job 'reminders.draw_notices': the pages of a batch, in files of at most 1,500 notices, so that neither the compiler nor this process holds
// a large company whole. Running it again draws the same pages with the same codes.
import { Readable } from 'node:stream'
import { sql } from 'kysely'
import type { App, JobKind, Work } from '../../../kernel/app.ts'
import { dayOf } from '../../../kernel/clock.ts'
import { saveUpload } from '../../../kernel/files.ts'
import { PrintError, type NoticeData } from '../../../kernel/print/index.ts'
import { system, type Scope } from '../../../kernel/scope.ts'
import type { BillRow } from '../../billing/contract.ts'
import { billRows } from '../../billing/server/index.ts'
import { namedForm, type DrawnDesign } from '../../forms/server/index.ts'
import { noticeToken } from '../../payment/server/index.ts'
import { drawNotices, noticeOf, type Head, type NoticePaper } from './notice_data.ts'
import { noticeNo } from './notices.ts'

const FILE_MAX = 1500
// On a machine at its limit 1,120 pages took over five minutes: smaller files come through.
const STEP = 200
const BILLS_STEP = 40_000
const TIME_MS = 300_000

interface Batch {
  batch_no: string
  paper: NoticePaper
  template_id: string | null
  origin: string | null
  due_by_on: string | null
  created_at: string
  notice_count: number
  state: string
}
interface Notice extends Head {
  seq: number
  link_id: string
}

async function pageData(scope: Scope, batch_id: string, b: Batch, form: DrawnDesign | null, from: number): Promise<NoticeData[]> {
  const c = scope.company_id
  const { rows } = await sql<Notice>`select n.seq, n.link_id, co.name as company, m.name as community, m.service_phone, h.label as house, h.built_area_m2 as area_m2, p.name
    from reminders.notice n join property.house h on h.company_id = ${c} and h.house_id = n.house_id join property.community m on m.company_id = ${c} and m.community_id = n.community_id join people.person p on p.company_id = ${c} and p.person_id = n.payer_id
    join identity.company co on co.company_id = ${c} where n.company_id = ${c} and n.batch_id = ${batch_id} and n.seq >= ${from} order by n.seq limit ${STEP}`.execute(scope.db)
  const of = await sql<{ link_id: string; bill_id: string; period_on: string }>`select link_id, bill_id, period_on from payment.pay_link_bill where company_id = ${c} and link_id = any(${rows.map((r) => r.link_id)}::uuid[])`.execute(scope.db)
  const periods = [...new Set(of.rows.map((r) => r.period_on))]
  const bills = await billRows(scope, sql`b.company_id = ${c} and b.period_on = any(${periods}::date[]) and b.bill_id = any(${of.rows.map((r) => r.bill_id)}::uuid[])`, { limit: BILLS_STEP, order: 'oldest' })
  const link = new Map(of.rows.map((r) => [r.bill_id, r.link_id]))
  const byLink = Map.groupBy(bills, (x: BillRow) => link.get(x.bill_id)!)
  return rows.map((n) => noticeOf(n, { no: noticeNo(b.batch_no, n.seq), noticed_on: dayOf(b.created_at), due_by_on: b.due_by_on, url: b.origin ? `${b.origin}/resident/link/${noticeToken(c, `${batch_id}:${n.seq}`)}` : null }, byLink.get(n.link_id) ?? [], form))
}

/** In halves when the pages are too many for one file, or take too long: a house with years of arrears takes several. */
async function drawn(list: readonly NoticeData[], first: number, b: Batch, form: DrawnDesign | null): Promise<{ first: number; last: number; pdf: Buffer }[]> {
  try {
    return [{ first, last: first + list.length - 1, pdf: await drawNotices(list, b.paper, form, { time_ms: TIME_MS }) }]
  } catch (error) {
    if (!(error instanceof PrintError) || !['too_large', 'timeout'].includes(error.code) || list.length === 1) throw error
    const half = Math.ceil(list.length / 2)
    return [...(await drawn(list.slice(0, half), first, b, form)), ...(await drawn(list.slice(half), first + half, b, form))]
  }
}

async function draw(app: App, work: Work, batch_id: string): Promise<void> {
  const c = work.company_id
  const b = await work.tx(async (s) => (await sql<Batch>`select batch_no, paper, template_id, origin, due_by_on, created_at, notice_count, state from reminders.notice_batch where company_id = ${c} and batch_id = ${batch_id}`.execute(s.db)).rows[0])
  if (!b || b.state !== 'drawing') return
  const form = b.template_id ? await work.tx((s) => namedForm(app, s, b.template_id!, { on: dayOf(b.created_at), at: b.created_at })) : null
  const files: { file_id: string; first: number; last: number }[] = []
  let list: NoticeData[] = []
  for (let from = 1; from <= b.notice_count; from += STEP) {
    if (await work.stopped()) return
    list.push(...(await work.tx((s) => pageData(s, batch_id, b, form, from))))
    const done = Math.min(from + STEP - 1, b.notice_count)
    if (list.length + STEP > FILE_MAX || done === b.notice_count) {
      for (const part of await drawn(list, done - list.length + 1, b, form)) {
        const saved = await saveUpload(app, { who: { ...system, account_id: work.account_id }, company_id: c }, { purpose: 'notices', name: `${b.batch_no}.pdf`, body: Readable.from([part.pdf]) })
        files.push({ file_id: saved.file_id, first: part.first, last: part.last })
      }
      list = []
    }
    await work.progress(done, b.notice_count)
    await work.tx((s) => sql`update reminders.notice_batch set done_count = ${done} where company_id = ${c} and batch_id = ${batch_id} and state = 'drawing'`.execute(s.db))
  }
  await work.tx((s) => sql`update reminders.notice_batch set state = 'ready', files = ${JSON.stringify(files)}::jsonb, finished_at = ${s.now} where company_id = ${c} and batch_id = ${batch_id} and state = 'drawing'`.execute(s.db))
}

export const drawJob = (app: () => App): JobKind => ({
  name: 'reminders.draw_notices',
  run: async (work) => {
    const batch_id = work.payload['batch_id'] as string
    try {
      await draw(app(), work, batch_id)
    } catch (error) {
      // A page that cannot be drawn cannot be drawn tomorrow either: said on the batch, for a person to change the layout. The rest is tried again.
      if (!(error instanceof PrintError) || ['busy', 'closed', 'crashed'].includes(error.code)) throw error
      const failure = error.code === 'timeout' ? '排版用时过长,请按楼栋分批打印' : '这个版式排不出来,请检查单据模板'
      await work.tx((s) => sql`update reminders.notice_batch set state = 'failed', failure = ${failure} where company_id = ${work.company_id} and batch_id = ${batch_id}`.execute(s.db))
    }
  },
})
