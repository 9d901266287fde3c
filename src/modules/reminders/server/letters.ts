// Letters (催缴单): numbered and marked when printed, with the amounts of the day of printing; the receipt below the cut line is signed at the door.
import { sql } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { addDays, dayOf } from '../../../kernel/clock.ts'
import type { NoticeData } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { billRows } from '../../billing/server/index.ts'
import type { BillRow } from '../../billing/contract.ts'
import { soleForm, type DrawnDesign } from '../../forms/server/index.ts'
import { reminders } from '../contract.ts'
import { remindersSeenBy } from './access.ts'
import { LETTER, drawNotices, noticeOf } from './notice_data.ts'

interface Letter {
  reminder_id: string
  letter_no: string | null
  printed_at: string | null
  tone: string
  state: string
  house: string
  community: string
  service_phone: string | null
  area_m2: string | null
  name: string
  company: string
  community_id: string
  open_fen: number
}
async function lettersOf(scope: Scope, ids: readonly string[], lock: boolean): Promise<Letter[]> {
  const c = scope.company_id
  const { rows } = await sql<Letter>`
    with r as materialized (select * from reminders.reminder r where r.company_id = ${c} and r.reminder_id = any(${ids}::uuid[]) and r.channel = 'letter' and ${remindersSeenBy(scope)} order by r.reminder_id ${lock ? sql`for update` : sql``})
    select r.reminder_id, r.letter_no, r.printed_at, r.tone, r.state, h.label as house, cm.name as community, cm.service_phone, h.built_area_m2 as area_m2, n.name, co.name as company, r.community_id,
      (select coalesce(sum(b.amount_fen - b.paid_fen - b.reduced_fen), 0)::bigint from reminders.reminder_bill rb join billing.bill b on b.company_id = ${c} and b.period_on = rb.period_on and b.bill_id = rb.bill_id and b.voided_at is null where rb.company_id = ${c} and rb.reminder_id = r.reminder_id) as open_fen
    from r join property.house h on h.company_id = ${c} and h.house_id = r.house_id join property.community cm on cm.company_id = ${c} and cm.community_id = r.community_id
    join people.person n on n.company_id = ${c} and n.person_id = r.payer_id join identity.company co on co.company_id = ${c} order by h.community_id, (select g.sort_no from property.building g where g.company_id = ${c} and g.building_id = h.building_id), h.building_id, h.sort_no, h.label`.execute(scope.db)
  return rows
}

/** CJ20261125-0007: the day and a running number of the company on that day. The lock makes the numbers of one day a queue. */
async function numbersFrom(scope: Scope): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtext('reminders.letter_no'), ${scope.company_id}::int)`.execute(scope.db)
  const { rows } = await sql<{ last: string | null }>`select max(letter_no) as last from reminders.reminder where company_id = ${scope.company_id} and letter_no >= ${prefixOf(scope)} and letter_no < ${`${prefixOf(scope)}~`}`.execute(scope.db)
  return rows[0]!.last ? Number(rows[0]!.last.slice(-5)) : 0
}
const prefixOf = (scope: Scope): string => `CJ${scope.today.replaceAll('-', '')}-`

const printLetters = answer(reminders.printLetters, async (scope, { reminder_ids }) => {
  const ids = [...new Set(reminder_ids)]
  const letters = await lettersOf(scope, ids, true)
  if (letters.length !== ids.length) throw letters.length === 0 ? scope.notFound() : scope.refuse('reminders.not_letter')
  if (letters.some((l) => l.state !== 'waiting')) throw scope.refuse('reminders.not_letter')
  const c = scope.company_id
  const paid = letters.filter((l) => l.open_fen === 0)
  if (paid.length) await sql`update reminders.reminder set state = 'cancelled', cause = 'paid', ended_at = ${scope.now} where company_id = ${c} and reminder_id = any(${paid.map((l) => l.reminder_id)}::uuid[])`.execute(scope.db)
  const go = letters.filter((l) => l.open_fen > 0)
  const first = (await numbersFrom(scope)) + 1
  let n = first
  const numbers = go.map((l) => ({ reminder_id: l.reminder_id, letter_no: l.letter_no ?? `${prefixOf(scope)}${String(n++).padStart(5, '0')}` }))
  await sql`update reminders.reminder r set letter_no = x.letter_no, printed_at = ${scope.now}, printed_by_name = ${scope.who.name} from jsonb_to_recordset(${JSON.stringify(numbers)}::jsonb) as x(reminder_id uuid, letter_no text)
    where r.company_id = ${c} and r.reminder_id = x.reminder_id`.execute(scope.db)
  scope.note('reminder', numbers[0]?.letter_no ?? '', { printed: numbers.length })
  return { count: go.length, skipped_paid: paid.length }
})

const letterOf = (scope: Scope, l: Letter, bills: readonly BillRow[], own: DrawnDesign | null): NoticeData =>
  noticeOf(l, { no: l.letter_no!, noticed_on: dayOf(l.printed_at!), due_by_on: addDays(scope.today, 7), url: null, title: l.tone === 'final' ? '催缴函' : '缴费通知单' }, bills, own)

const LINES_MAX = 20_000
const lettersPdf = (app: () => App) => answerFile(reminders.lettersPdf, async (scope, { reminder_ids }) => {
  const c = scope.company_id
  const letters = await lettersOf(scope, reminder_ids, false)
  if (letters.length === 0) throw scope.notFound()
  const live = letters.filter((l) => l.state !== 'cancelled')
  if (live.some((l) => l.letter_no === null)) throw scope.refuse('reminders.not_printed')
  const of = await sql<{ reminder_id: string; bill_id: string }>`select rb.reminder_id, rb.bill_id from reminders.reminder_bill rb where rb.company_id = ${c} and rb.reminder_id = any(${live.map((l) => l.reminder_id)}::uuid[])`.execute(scope.db)
  const bills = await billRows(scope, sql`b.company_id = ${c} and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen and b.bill_id = any(${of.rows.map((r) => r.bill_id)}::uuid[])`, { limit: LINES_MAX, order: 'oldest' })
  const owner = new Map(of.rows.map((r) => [r.bill_id, r.reminder_id]))
  const byLetter = Map.groupBy(bills, (b) => owner.get(b.bill_id)!)
  const newest = live.reduce((a, l) => (l.printed_at! > a.printed_at! ? l : a), live[0] ?? letters[0]!)
  // One file is one layout: that of the newest letter in it.
  const own = newest.printed_at ? await soleForm(app(), scope, { kind: LETTER, paper: 'a4', community_id: newest.community_id, on: dayOf(newest.printed_at), at: newest.printed_at }) : null
  const data = live.filter((l) => byLetter.has(l.reminder_id)).map((l) => letterOf(scope, l, byLetter.get(l.reminder_id)!, own))
  if (data.length === 0) throw scope.notFound()
  return { name: `催缴单_${scope.today}_${data.length}份.pdf`, type: 'application/pdf', body: await drawNotices(data, 'a4', own), inline: true }
})

export const letterAnswers = (app: () => App) => [printLetters, lettersPdf(app)]
