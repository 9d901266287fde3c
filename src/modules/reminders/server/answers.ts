// What people said and promised, and pauses. A promise holds reminders back until its day; whether it was kept is seen from the payments.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { houseToChange, housesSeenBy } from '../../property/server/index.ts'
import { reminders } from '../contract.ts'
import { reminderToChange } from './access.ts'

const ENDED = 'reminders.ended'

async function promise(scope: Scope, o: { house_id: string; payer_id: string; amount_fen: number; promised_on: string; note: string | null }): Promise<string> {
  if (o.promised_on < scope.today) throw scope.refuse('reminders.promise_past', { today: scope.today })
  const c = scope.company_id
  const open = await sql<{ n: number }>`select count(*)::int as n from (select from billing.bill b where b.company_id = ${c} and b.house_id = ${o.house_id} and b.payer_id = ${o.payer_id} and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen limit 1) x`.execute(scope.db)
  if (open.rows[0]!.n === 0) throw scope.refuse('reminders.nothing_open')
  // A newer promise takes the place of the one before.
  await sql`update reminders.promise set state = 'withdrawn', ended_at = ${scope.now} where company_id = ${c} and house_id = ${o.house_id} and payer_id = ${o.payer_id} and state = 'open'`.execute(scope.db)
  const promise_id = uuidv7()
  await scope.db.insertInto('reminders.promise').values({ company_id: c, promise_id, ...o, state: 'open', taken_by: scope.who.account_id!, taken_by_name: scope.who.name, taken_at: scope.now, ended_at: null }).execute()
  scope.note('promise', promise_id, { house_id: o.house_id, amount_fen: o.amount_fen, promised_on: o.promised_on })
  return promise_id
}

const recordAnswer = answer(reminders.recordAnswer, async (scope, o) => {
  const r = await reminderToChange(scope, o.reminder_id)
  if (r.state !== 'waiting') throw scope.refuse(ENDED)
  const some = o.promise_fen ?? o.promised_on
  if (some && !(o.promise_fen && o.promised_on)) throw scope.refuse('reminders.promise_incomplete')
  await scope.db
    .updateTable('reminders.reminder')
    .set({ state: 'done', answer: o.answer, answer_note: o.note ?? null, handled_by: scope.who.account_id, handled_by_name: scope.who.name, ended_at: scope.now })
    .where('company_id', '=', scope.company_id)
    .where('reminder_id', '=', o.reminder_id)
    .execute()
  if (o.promise_fen && o.promised_on) await promise(scope, { house_id: r.house_id, payer_id: r.payer_id, amount_fen: o.promise_fen, promised_on: o.promised_on, note: o.note ?? null })
  scope.note('reminder', o.reminder_id, { answer: o.answer })
  return { reminder_id: o.reminder_id }
})

const withdrawReminder = answer(reminders.withdrawReminder, async (scope, { reminder_id }) => {
  const r = await reminderToChange(scope, reminder_id)
  if (r.state !== 'waiting') throw scope.refuse(ENDED)
  await sql`update reminders.reminder set state = 'cancelled', cause = 'withdrawn', handled_by = ${scope.who.account_id}, handled_by_name = ${scope.who.name}, ended_at = ${scope.now} where company_id = ${scope.company_id} and reminder_id = ${reminder_id}`.execute(scope.db)
  scope.note('reminder', reminder_id, { withdrawn: true })
  return { reminder_id }
})

/** Paid for the house from the promise on to its day; `p` is the promise. */
const paidSince = (scope: Scope) => sql`(select coalesce(sum(y.total_fen), 0)::bigint from payment.payment y where y.company_id = ${scope.company_id} and y.house_id = p.house_id and y.reversed_at is null and y.taken_at >= p.taken_at and y.taken_on <= p.promised_on)`

/** By day: open promises whose sum is paid are kept; those whose day has passed are broken. */
export async function judgePromises(scope: Scope): Promise<void> {
  await sql`with p as (select p.promise_id, p.promised_on, p.amount_fen <= ${paidSince(scope)} as kept from reminders.promise p where p.company_id = ${scope.company_id} and p.state = 'open' order by p.promised_on limit 5000)
    update reminders.promise t set state = case when p.kept then 'kept' else 'broken' end, ended_at = ${scope.now} from p
    where t.company_id = ${scope.company_id} and t.promise_id = p.promise_id and (p.kept or p.promised_on < ${scope.today}::date)`.execute(scope.db)
}

const promises = answer(reminders.promises, async (scope, f) => {
  const c = scope.company_id
  const where = sql`p.company_id = ${c} and ${housesSeenBy(scope)} ${f.community_id ? sql`and h.community_id = ${f.community_id}` : sql``} ${f.house_id ? sql`and p.house_id = ${f.house_id}` : sql``} ${f.state ? sql`and p.state = ${f.state}` : sql``}`
  const from = sql`reminders.promise p join property.house h on h.company_id = ${c} and h.house_id = p.house_id`
  const { rows: n } = await sql<{ n: number }>`select count(*)::int as n from ${from} where ${where}`.execute(scope.db)
  const { rows } = await sql<{ promise_id: string; house_id: string; house_label: string; payer_name: string; amount_fen: number; paid_fen: number; promised_on: string; note: string | null; state: 'open'; taken_by_name: string; taken_at: string }>`
    with page as materialized (select p.*, h.label as house_label from ${from} where ${where} order by p.taken_at desc, p.promise_id limit ${f.page_size} offset ${(f.page - 1) * f.page_size})
    select p.promise_id, p.house_id, p.house_label, n.name as payer_name, p.amount_fen, ${paidSince(scope)} as paid_fen, p.promised_on, p.note, p.state, p.taken_by_name, p.taken_at
    from page p join people.person n on n.company_id = ${c} and n.person_id = p.payer_id order by p.taken_at desc, p.promise_id`.execute(scope.db)
  return { rows: rows.map((r) => ({ ...r, can: { withdraw: r.state === 'open' ? (true as const) : ENDED } })), total: n[0]!.n }
})

const savePromise = answer(reminders.savePromise, async (scope, { request_id: _r, dry_run: _d, note, ...o }) => {
  await houseToChange(scope, o.house_id)
  return { promise_id: await promise(scope, { ...o, note: note ?? null }) }
})

const withdrawPromise = answer(reminders.withdrawPromise, async (scope, { promise_id }) => {
  const c = scope.company_id
  const { rows } = await sql<{ state: string }>`select p.state from reminders.promise p join property.house h on h.company_id = ${c} and h.house_id = p.house_id where p.company_id = ${c} and p.promise_id = ${promise_id} and ${housesSeenBy(scope)} for update of p`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  if (rows[0].state !== 'open') throw scope.refuse(ENDED)
  await sql`update reminders.promise set state = 'withdrawn', ended_at = ${scope.now} where company_id = ${c} and promise_id = ${promise_id}`.execute(scope.db)
  scope.note('promise', promise_id, { withdrawn: true })
  return { promise_id }
})

const pauses = answer(reminders.pauses, async (scope, f) => {
  const c = scope.company_id
  const where = sql`x.company_id = ${c} and ${housesSeenBy(scope)} ${f.community_id ? sql`and h.community_id = ${f.community_id}` : sql``} ${f.house_id ? sql`and x.house_id = ${f.house_id}` : sql``} ${f.live_only ? sql`and x.ended_at is null and (x.until_on is null or x.until_on > ${scope.today}::date)` : sql``}`
  const from = sql`reminders.pause x join property.house h on h.company_id = ${c} and h.house_id = x.house_id`
  const { rows: n } = await sql<{ n: number }>`select count(*)::int as n from ${from} where ${where}`.execute(scope.db)
  const { rows } = await sql<{ pause_id: string; house_id: string; house_label: string; kind: 'manual'; reason: string; from_on: string; until_on: string | null; created_by_name: string; ended_at: string | null; ended_by_name: string | null }>`
    select x.pause_id, x.house_id, h.label as house_label, x.kind, x.reason, x.from_on, x.until_on, x.created_by_name, x.ended_at, x.ended_by_name from ${from} where ${where} order by x.created_at desc, x.pause_id limit ${f.page_size} offset ${(f.page - 1) * f.page_size}`.execute(scope.db)
  return { rows: rows.map((r) => ({ ...r, can: { end: r.ended_at === null ? (true as const) : ENDED } })), total: n[0]!.n }
})

/** For other modules: a complaint, an instalment plan, a lawsuit holds reminders of a house back. `source` once at a time. */
export async function pauseReminders(scope: Scope, o: { house_id: string; kind: 'complaint' | 'instalment' | 'legal' | 'manual'; reason: string; source?: string; until_on?: string | null }): Promise<string> {
  const pause_id = uuidv7()
  await sql`insert into reminders.pause (company_id, pause_id, house_id, kind, reason, source, from_on, until_on, created_by, created_by_name, created_at)
    values (${scope.company_id}, ${pause_id}, ${o.house_id}, ${o.kind}, ${o.reason}, ${o.source ?? null}, ${scope.today}::date, ${o.until_on ?? null}::date, ${scope.who.account_id}, ${scope.who.name}, ${scope.now})
    on conflict (company_id, source) where source is not null and ended_at is null do nothing`.execute(scope.db)
  return pause_id
}
export async function resumeReminders(scope: Scope, sources: string | readonly string[]): Promise<void> {
  await sql`update reminders.pause set ended_at = ${scope.now}, ended_by_name = ${scope.who.name} where company_id = ${scope.company_id} and source = any(${typeof sources === 'string' ? [sources] : [...sources]}::text[]) and ended_at is null`.execute(scope.db)
}

const pauseHouse = answer(reminders.pauseHouse, async (scope, { house_id, reason, until_on }) => {
  await houseToChange(scope, house_id)
  if (until_on && until_on <= scope.today) throw scope.refuse('reminders.until_past', { today: scope.today })
  const pause_id = await pauseReminders(scope, { house_id, kind: 'manual', reason, until_on: until_on ?? null })
  scope.note('pause', pause_id, { house_id, reason })
  return { pause_id }
})

const endPause = answer(reminders.endPause, async (scope, { pause_id }) => {
  const c = scope.company_id
  const { rows } = await sql<{ ended_at: string | null }>`select x.ended_at from reminders.pause x join property.house h on h.company_id = ${c} and h.house_id = x.house_id where x.company_id = ${c} and x.pause_id = ${pause_id} and ${housesSeenBy(scope)} for update of x`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  if (rows[0].ended_at) throw scope.refuse(ENDED)
  await sql`update reminders.pause set ended_at = ${scope.now}, ended_by_name = ${scope.who.name} where company_id = ${c} and pause_id = ${pause_id}`.execute(scope.db)
  scope.note('pause', pause_id, { ended: true })
  return { pause_id }
})

export const personalAnswers = [recordAnswer, withdrawReminder, promises, savePromise, withdrawPromise, pauses, pauseHouse, endPause]
