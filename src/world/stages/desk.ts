// The cashiers' desks of one day: who comes, what is open, what is handed over.
import { sql } from 'kysely'
import { at, inside, isRefusal, several } from '../caller.ts'
import { isPast, instantAt } from '../plan/calendar.ts'
import { dice } from '../plan/random.ts'
import { tillOf } from '../plan/till.ts'
import type { Visit } from '../plan/habits.ts'
import type { Group } from '../plan/groups.ts'
import { houseId, must, type Town } from '../town.ts'
import { payment } from '../../modules/payment/contract.ts'

export interface Visiting {
  group: Group
  visit: Visit
}
interface Open {
  house_id: string
  bill_id: string
  period_on: string
  code: string
  amount_fen: number
  open_fen: number
}
interface Ask {
  login: string
  label: string
  input: Parameters<typeof payment.takePayment.takes.parse>[0] & object
}
/** So many customers at once: two desks, and the next one already waiting at each. */
const AT_ONCE = 4
/** Places of the queue that share an instant. */
const PLACES = 12
const LINES_MAX = 200

async function openBills(t: Town, house_ids: string[]): Promise<Map<string, Open[]>> {
  const communities = t.community_keys.map((k) => t.ids.community.get(k)!)
  const { rows } = await inside(t.app, t.company_id, (s) => sql<Open>`with b as materialized (select * from billing.bill b
      where b.company_id = ${t.company_id} and b.community_id = any(${communities}::uuid[]) and b.house_id = any(${house_ids}::uuid[]) and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen)
    select b.house_id, b.bill_id, b.period_on, f.code, b.amount_fen, b.amount_fen - b.paid_fen - b.reduced_fen as open_fen
    from b join billing.fee_item f on f.company_id = b.company_id and f.fee_item_id = b.fee_item_id
    order by b.house_id, b.period_on, f.sort_no, b.from_on, b.bill_id`.execute(s.db))
  return Map.groupBy(rows, (r) => r.house_id)
}
async function wallets(t: Town, house_ids: string[]): Promise<Map<string, number>> {
  const { rows } = await inside(t.app, t.company_id, (s) => sql<{ house_id: string; balance_fen: number }>`select house_id, balance_fen from payment.wallet where company_id = ${t.company_id} and house_id = any(${house_ids}::uuid[]) and balance_fen > 0`.execute(s.db))
  return new Map(rows.map((r) => [r.house_id, r.balance_fen]))
}

/** East of 花园小区 at the first desk, the rest at the second; each has a day off. */
export function cashierOf(t: Town, g: Group, day: string): string {
  if (t.company.key === 'huixin') return 'huixin-shoufei'
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  if (weekday === 1) return 'shoufei1'
  if (weekday === 3) return 'shoufei2'
  return g.zone === '东' ? 'shoufei1' : 'shoufei2'
}

const YUAN_50 = 5000
/** A year of the property fee, rounded up to fifty yuan. */
function yearAhead(lines: readonly Open[]): number {
  const last = lines.findLast((l) => l.code === 'WY')
  return last ? Math.ceil((last.amount_fen * 12) / YUAN_50) * YUAN_50 : 0
}

/** What is paid for one house on a visit; null: nothing to pay. */
function askFor(v: Visiting, label: string, house_id: string, month: string, open: readonly Open[], wallet_fen: number): Ask['input'] | null {
  const { group: g, visit } = v
  const wanted = open.filter((b) => (visit.what === 'heat' ? b.code === 'NF' : visit.what === 'old' ? b.period_on.slice(0, 7) < month : true)).slice(0, LINES_MAX)
  if (wanted.length === 0) return null
  const total = wanted.reduce((sum, b) => sum + b.open_fen, 0)
  // Some of the late payers bring a round sum and leave the rest open.
  const part = visit.what === 'old' && total > 30_000 && dice('part', g.group, month, label).chance(0.2) ? Math.floor(total / 2 / 10_000) * 10_000 : total
  let left = part
  const lines = wanted.flatMap((b) => {
    const amount_fen = Math.min(left, b.open_fen)
    left -= amount_fen
    return amount_fen > 0 ? [{ bill_id: b.bill_id, period_on: b.period_on, amount_fen }] : []
  })
  const prepay_fen = visit.prepay && label === g.labels[0] ? yearAhead(wanted) : 0
  const used = prepay_fen === 0 ? Math.min(wallet_fen, part) : 0
  const till = tillOf(g, month, label, part + prepay_fen, used)
  return { house_id, lines, prepay_fen, tenders: till.tenders, change_fen: till.change_fen, ...(part < total ? { remark: '先交一部分' } : {}) }
}

/** Minutes after 08:40, through the lunch break, to 17:40. */
function timeOf(n: number, of: number): string {
  const minute = Math.floor((n / Math.max(1, of)) * 450)
  const m = 8 * 60 + 40 + minute + (minute > 190 ? 90 : 0)
  return `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}:${String((n * 7) % 60).padStart(2, '0')}`
}

/** Whoever tries the sample while it is loaded may have taken the money already. */
const TAKEN = ['billing.bill_changed', 'payment.more_than_open', 'payment.line_changed', 'payment.wallet_short']
async function take(t: Town, month: string, a: Ask & { community: string }): Promise<void> {
  try {
    await t.road.call(must(t, a.login), ['pay', a.community, month, a.label], payment.takePayment, a.input as never)
  } catch (error) {
    if (!TAKEN.some((code) => isRefusal(error, code))) throw error
  }
}

/** Takes the payments of a day; gives how many. The time of a payment follows from the family's place in the queue, so that it is the same after a stop. */
export async function openDesks(t: Town, month: string, day: string, visiting: readonly Visiting[]): Promise<number> {
  const queue = visiting.flatMap((v) => v.group.labels.map((label) => ({ v, label, house_id: houseId(t, v.group.community, label) })))
  const waiting = queue.filter((x) => !t.road.has('pay', x.v.group.community, month, x.label))
  if (waiting.length === 0) return 0
  const ids = waiting.map((x) => x.house_id)
  const [open, purse] = await Promise.all([openBills(t, ids), wallets(t, ids)])
  let count = 0
  for (let i = 0; i < queue.length; i += PLACES) {
    const time = timeOf(i, queue.length)
    if (!isPast(t.calendar, day, time)) break
    const asks = queue.slice(i, i + PLACES).flatMap((x): (Ask & { community: string })[] => {
      const input = waiting.includes(x) ? askFor(x.v, x.label, x.house_id, month, open.get(x.house_id) ?? [], purse.get(x.house_id) ?? 0) : null
      return input ? [{ login: cashierOf(t, x.v.group, day), label: x.label, community: x.v.group.community, input }] : []
    })
    if (asks.length > 0) await at(instantAt(t.calendar, day, time), () => several(asks, (a) => take(t, month, a), AT_ONCE))
    count += asks.length
  }
  return count
}
