// A month of a place: judged, sent to its people for confirmation, closed, opened again with a reason, corrected by entries. Whoever closes holds the month alone.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { notify } from '../../messages/server/index.ts'
import { employeeToRead, reachesPlace, staffOn, staffSeen } from '../../staff/server/index.ts'
import { attendance, type MonthRow } from '../contract.ts'
import { lastOf, monthHeld, monthsOpen, placeToUse, type MonthKey } from './access.ts'
import { calendarOf, kindOn } from './places.ts'
import { daysOfMonth } from './rules/roster.ts'
import { inMonth, sheetCount, sheetRows, sheetWhere } from './sheet.ts'

const CLOSE_MAX = 2000
const NOTICES_AT_ONCE = 500
const PLACES_MAX = 200
/** Of each place in reach that has people in the month: where it stands. */
export async function monthRows(scope: Scope, month: string, o: { community_id?: string | undefined; hq?: boolean | undefined }): Promise<MonthRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<MonthRow, 'can' | 'events'> & { month_id: string | null }>`select q.community_id, coalesce(y.name, '公司本部') as community_name, ${month}::text as month, coalesce(m.state, 'open') as state, m.month_id, q.people_count, q.confirmed_count, q.objected_count, q.fix_count from (
      select p.community_id, count(*)::int as people_count, count(*) filter (where k.state = 'confirmed')::int as confirmed_count, count(*) filter (where k.state = 'objected')::int as objected_count, coalesce(sum(f.n), 0)::int as fix_count
      from ${staffOn(scope, lastOf(month))} left join lateral (select x.state from attendance.confirmation x where x.company_id = ${c} and x.employee_id = e.employee_id and x.month = ${month} order by x.at desc, x.confirmation_id desc limit 1) k on true
        left join lateral (select count(*) as n from attendance.fix x where x.company_id = ${c} and x.employee_id = e.employee_id and x.state = 'asked' and x.on_day between ${`${month}-01`}::date and ${lastOf(month)}::date) f on true
      where ${inMonth(scope, month)} and ${staffSeen(scope)} and ${o.community_id ? sql`p.community_id = ${o.community_id}` : o.hq ? sql`p.community_id is null` : sql`true`} group by p.community_id) q
    left join property.community y on y.company_id = ${c} and y.community_id = q.community_id left join attendance.month m on m.company_id = ${c} and m.month = ${month} and m.community_id is not distinct from q.community_id order by y.name nulls first limit ${PLACES_MAX}`.execute(scope.db)
  const { rows: events } = await sql<MonthRow['events'][number] & { month_id: string }>`select month_id, what, note, people_count, unconfirmed_count, made_by_name, made_at from attendance.month_event where company_id = ${c} and month_id = any(${rows.flatMap((r) => (r.month_id ? [r.month_id] : []))}::uuid[]) order by made_at desc, event_id desc limit 500`.execute(scope.db)
  const running = scope.today <= lastOf(month) ? 'attendance.month_running' : true
  return rows.map(({ month_id, ...r }) => {
    const may = (permission: string): boolean => reachesPlace(scope, r.community_id, permission)
    const open = !may('attendance.month.write') ? 'kernel.forbidden' : r.state === 'closed' ? 'attendance.month_closed' : true
    return { ...r, events: events.filter((e) => e.month_id === month_id).map(({ month_id: _m, ...e }) => e), can: { issue: open === true ? running : open, close: open === true ? (running === true && r.fix_count > 0 ? 'attendance.fixes_open' : running) : open, adjust: open, reopen: !may('attendance.month.reopen') ? 'kernel.forbidden' : r.state === 'closed' ? true : 'attendance.month_open' } }
  })
}
async function event(scope: Scope, m: MonthKey & { place: string }, what: 'issued' | 'closed' | 'reopened', o: { note: string | null; people: number; unconfirmed: number }): Promise<{ month: string; people_count: number }> {
  const state = what === 'reopened' ? 'open' : what
  await sql`update attendance.month set state = ${state}, close_no = close_no + ${what === 'closed' ? 1 : 0}::int, changed_at = ${scope.now} where company_id = ${scope.company_id} and month_id = ${m.month_id}`.execute(scope.db)
  await scope.db.insertInto('attendance.month_event').values({ company_id: scope.company_id, event_id: uuidv7(), month_id: m.month_id, what, note: o.note, people_count: o.people, unconfirmed_count: o.unconfirmed, made_by: scope.who.account_id, made_by_name: scope.who.name, made_at: scope.now }).execute()
  scope.note('attendance_month', m.month_id, { place: m.place, month: m.month, what, people: o.people, unconfirmed: o.unconfirmed, ...(o.note ? { note: o.note } : {}) })
  return { month: m.month, people_count: o.people }
}
const ended = (scope: Scope, month: string): void => {
  if (scope.today <= lastOf(month)) throw scope.refuse('attendance.month_running', { month, day: lastOf(month) })
}
const stillOpen = (scope: Scope, m: MonthKey & { place: string }): void => {
  if (m.state === 'closed') throw scope.refuse('attendance.month_closed', { place: m.place, month: m.month })
}
const placeFilter = (o: { community_id: string | null; month: string }) => ({ month: o.month, ...(o.community_id === null ? { hq: true } : { community_id: o.community_id }) })
export const monthAnswers = [
  answer(attendance.sheet, async (scope, { page, page_size, ...f }) => {
    const where = sheetWhere(scope, f)
    const calendar = await calendarOf(scope, `${f.month}-01`, lastOf(f.month))
    return { rows: await sheetRows(scope, f.month, where, { limit: page_size, offset: (page - 1) * page_size }), total: await sheetCount(scope, f.month, where), days: daysOfMonth(f.month).map((on_day) => ({ on_day, ...kindOn(calendar, on_day) })), months: await monthRows(scope, f.month, f) }
  }),
  answer(attendance.issueMonth, async (scope, o) => {
    await placeToUse(scope, o.community_id)
    ended(scope, o.month)
    const m = await monthHeld(scope, o.community_id, o.month)
    stillOpen(scope, m)
    const where = sheetWhere(scope, placeFilter(o))
    const { rows } = await sql<{ account_id: string | null }>`select e.account_id from ${staffOn(scope, lastOf(o.month))} where ${where} order by e.no limit ${CLOSE_MAX}`.execute(scope.db)
    const to = rows.flatMap((r) => (r.account_id ? [r.account_id] : []))
    for (let i = 0; i < to.length; i += NOTICES_AT_ONCE)
      await notify(scope, to.slice(i, i + NOTICES_AT_ONCE).map((account_id) => ({ to: { account_id }, template: 'attendance_issued', params: { month: o.month }, link: `/attendance/month?month=${o.month}`, dedupe_key: `attendance.issued ${m.month_id} ${scope.now} ${account_id}` })))
    return event(scope, m, 'issued', { note: null, people: rows.length, unconfirmed: rows.length })
  }),
  answer(attendance.closeMonth, async (scope, o) => {
    const c = scope.company_id
    await placeToUse(scope, o.community_id)
    ended(scope, o.month)
    const m = await monthHeld(scope, o.community_id, o.month)
    stillOpen(scope, m)
    const [before] = await monthRows(scope, o.month, placeFilter(o))
    if (before && before.fix_count > 0) throw scope.refuse('attendance.fixes_open', { count: before.fix_count })
    const rows = await sheetRows(scope, o.month, sheetWhere(scope, placeFilter(o)), { limit: CLOSE_MAX + 1 })
    if (rows.length > CLOSE_MAX) throw scope.refuse('attendance.too_many_rows', { max: CLOSE_MAX })
    const unconfirmed = rows.filter((r) => r.confirm !== 'confirmed').length
    if (unconfirmed > 0 && !o.note) throw scope.refuse('attendance.unconfirmed', { count: unconfirmed })
    await sql`insert into attendance.month_row (company_id, month_id, close_no, employee_id, row, digest) select ${c}, ${m.month_id}, ${m.close_no + 1}::int, x.employee_id, x.row, x.digest from jsonb_to_recordset(${JSON.stringify(rows.map((row) => ({ employee_id: row.employee_id, digest: row.digest, row: { ...row, closed: true } })))}::jsonb) as x(employee_id uuid, row jsonb, digest text)`.execute(scope.db)
    scope.emit('attendance.month_closed', m.month_id, { month_id: m.month_id, community_id: m.community_id, month: m.month, close_no: m.close_no + 1 })
    return event(scope, m, 'closed', { note: o.note || null, people: rows.length, unconfirmed })
  }),
  answer(attendance.reopenMonth, async (scope, o) => {
    await placeToUse(scope, o.community_id)
    const m = await monthHeld(scope, o.community_id, o.month)
    if (m.state !== 'closed') throw scope.refuse('attendance.month_open', { month: o.month })
    const people = await sheetCount(scope, o.month, sheetWhere(scope, placeFilter(o)))
    scope.emit('attendance.month_reopened', m.month_id, { month_id: m.month_id, community_id: m.community_id, month: m.month })
    return event(scope, m, 'reopened', { note: o.reason, people, unconfirmed: 0 })
  }),
  answer(attendance.adjust, async (scope, o) => {
    const e = await employeeToRead(scope, o.employee_id)
    if (o.change === 0) throw scope.refuse('attendance.adjust_zero')
    if (o.of_day > lastOf(o.month)) throw scope.refuse('attendance.adjust_later', { day: o.of_day, month: o.month })
    await monthsOpen(scope, [o.employee_id], [lastOf(o.month)])
    const { rows } = await sql`select from ${staffOn(scope, lastOf(o.month))} where ${inMonth(scope, o.month)} and e.employee_id = ${o.employee_id}`.execute(scope.db)
    if (rows.length === 0) throw scope.refuse('attendance.no_team', { name: e.name })
    const adjustment_id = uuidv7()
    await scope.db.insertInto('attendance.adjustment').values({ company_id: scope.company_id, adjustment_id, employee_id: o.employee_id, month: o.month, of_day: o.of_day, item: o.item, change: o.change, reason: o.reason, made_by: scope.who.account_id, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('adjustment', adjustment_id, { name: e.name, month: o.month, of_day: o.of_day, item: o.item, change: o.change, reason: o.reason })
    return { adjustment_id }
  }),
]
