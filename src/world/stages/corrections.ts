// Payments taken back: two approved, one refused while the months are played; one asked for and left to whoever tries the sample.
import { sql } from 'kysely'
import { addMonths } from '../../kernel/clock.ts'
import { at, inside } from '../caller.ts'
import { lastDayOf } from '../plan/calendar.ts'
import { must, type Town } from '../town.ts'
import type { Event } from './runs.ts'
import { payment } from '../../modules/payment/contract.ts'

const PLAYED = [
  { months_back: 7, decision: 'approve', reason: '房号选错,款项应记入另一户', note: '核对转账附言属实,同意' },
  { months_back: 5, decision: 'refuse', reason: '业主称已重复缴费', note: '核对微信流水,没有重复,不予冲销' },
  { months_back: 3, decision: 'approve', reason: '刷卡未成功,误确认收款', note: 'POS 对账无此笔,同意' },
] as const

/** A plain payment of the month, taken at the first desk. */
async function somePayment(t: Town, month: string | null, login: string): Promise<string | undefined> {
  const taken_by = must(t, login).who.account_id
  const { rows } = await inside(t.app, t.company_id, (s) => sql<{ payment_id: string }>`select p.payment_id from payment.payment p join property.house h on h.company_id = p.company_id and h.house_id = p.house_id
    where p.company_id = ${t.company_id} and p.taken_by = ${taken_by} and p.prepaid_fen = 0 and p.reversed_at is null and p.total_fen < 60000
      and (${month}::text is null or (p.taken_on >= (${month ?? '2000-01'} || '-01')::date and p.taken_on < (${addMonths(month ?? '2000-01', 1)} || '-01')::date))
      and not exists (select from payment.reversal r where r.company_id = p.company_id and r.payment_id = p.payment_id)
      and not exists (select from payment.tender x where x.company_id = p.company_id and x.payment_id = p.payment_id and x.method = 'wallet')
    order by p.taken_on desc, h.label, p.total_fen limit 1`.execute(s.db))
  return rows[0]?.payment_id
}

export function reversalEvents(t: Town, month: string): Event[] {
  const plan = PLAYED.find((x) => addMonths(t.calendar.current, -x.months_back) === month)
  if (!plan) return []
  const run = async (): Promise<void> => {
    const payment_id = await somePayment(t, month, 'shoufei1')
    if (!payment_id && !t.road.has('ask reversal', month)) return
    const { reversal_id } = await t.road.call(must(t, 'shoufei1'), ['ask reversal', month], payment.askReversal, { payment_id: payment_id!, reason: plan.reason })
    await t.road.call(must(t, 'caiwu'), ['decide reversal', month], payment.decideReversal, { reversal_id, decision: plan.decision, note: plan.note })
  }
  return [{ key: `reversal ${month}`, day: lastDayOf(month), time: '17:58:00', run }]
}

/** The last thing before the sample is handed over. */
export async function leaveOneOpen(t: Town): Promise<void> {
  if (t.road.has('ask reversal', 'open')) return
  const payment_id = await somePayment(t, null, 'shoufei2')
  if (payment_id) await at(t.calendar.until, () => t.road.call(must(t, 'shoufei2'), ['ask reversal', 'open'], payment.askReversal, { payment_id, reason: '业主用家人手机重复转账,申请退回其中一笔' }))
}
