// The accountant's work after each month: its days closed, its commission taken, each book closed. The month before the current one is closed
// by day only, so that a month-end is left to whoever tries the sample. And one batch of vouchers for the accounting program.
import { addMonths } from '../../kernel/clock.ts'
import { lastDayOf } from '../plan/calendar.ts'
import { must, type Town } from '../town.ts'
import type { Event } from './runs.ts'
import { BOOKS } from '../../modules/ledger/contract.ts'
import { closing } from '../../modules/closing/contract.ts'

const who = (t: Town) => must(t, 'caiwu')

async function closeMonth(t: Town, month: string, with_books: boolean): Promise<void> {
  for (const c of t.community_keys) await t.road.call(who(t), ['close days', c, month], closing.closeDays, { community_id: t.ids.community.get(c)!, to_day: lastDayOf(month) })
  if (!with_books) return
  for (const book of BOOKS) await t.road.call(who(t), ['close book', book, month], closing.closePeriod, { book, month })
}

/** Into the accounting program: the accounts there have the same numbers; one batch by day. */
async function exportVouchers(t: Town, month: string): Promise<void> {
  const { rows } = await t.road.ask(who(t), closing.voucherAccounts, { book: 'company' })
  for (const a of rows.filter((r) => r.target_code === null)) await t.road.call(who(t), ['voucher account', a.account_code], closing.saveVoucherAccount, { book: 'company', account_code: a.account_code, target_code: a.account_code, target_name: a.account_name })
  await t.road.call(who(t), ['vouchers', month], closing.makeVoucherBatch, { book: 'company', month, rule: 'day', first_no: 1 })
}

/** In the evening of the sixth, after the commission of the fifth. */
export function closingEvents(t: Town, month: string): Event[] {
  if (t.company.key !== 'anju' || month === t.calendar.months[0]) return []
  const last = addMonths(month, -1)
  const day = `${month}-06`
  const current = month === t.calendar.current
  const out: Event[] = [{ key: `close ${last}`, day, time: '18:20:00', run: () => closeMonth(t, last, !current) }]
  if (addMonths(month, 1) === t.calendar.current) out.push({ key: `vouchers ${last}`, day, time: '18:40:00', run: () => exportVouchers(t, last) })
  return out
}
