// What a stay owes at an instant: the lot's tariff in the version in force at entry, less what was paid, coupons taken off, nothing for those who
// have a place. The bills of a stay say what was paid; nothing of money is kept twice.
import { sql } from 'kysely'
import { minuteText } from '../../../kernel/clock.ts'
import { fen, yuan, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { quoteValues, QuoteFault, storedTariffs } from '../../tariff/server/index.ts'
import type { LotRule, StayClass } from '../contract.ts'
import { dayBegins, localDay, localTime } from './local.ts'
import { ruleOf } from './config.ts'
import { permitNow } from './permit_now.ts'

export const STAY_COLUMNS = sql.raw('t.stay_id, t.lot_id, t.plate, t.vehicle, t.class, t.permit_id, t.entered_at, t.no_entry, t.left_at, t.state, t.overflow_until')
export interface StayRow {
  stay_id: string
  lot_id: string
  plate: string
  vehicle: string
  class: StayClass
  permit_id: string | null
  entered_at: string
  no_entry: boolean
  left_at: string | null
  state: 'in' | 'left' | 'void'
  /** It came in beyond the places of its household and has had one since then. */
  overflow_until: string | null
}
export interface Priced {
  /** Whole price so far, before what was paid. */
  total_fen: number
  paid_fen: number
  due_fen: number
  lines: { text: string; amount_fen: number }[]
  open_bills: { bill_id: string; period_on: string; open_fen: number }[]
}
interface Money {
  paid_fen: number
  paid_at: string | null
  open: { bill_id: string; period_on: string; open_fen: number }[] | null
}
/** Nothing was billed: the usual case, and no month of bills has to be opened for it. */
const NOTHING: Money = { paid_fen: 0, paid_at: null, open: null }
async function moneyOf(scope: Scope, stay_id: string): Promise<Money> {
  const c = scope.company_id
  const { rows: billed } = await sql`select from parking.stay_bill where company_id = ${c} and stay_id = ${stay_id} limit 1`.execute(scope.db)
  if (billed.length === 0) return NOTHING
  const { rows } = await sql<Money>`select coalesce(sum(b.paid_fen + b.reduced_fen), 0)::bigint as paid_fen,
      (select max(p.taken_at) from parking.stay_bill x join payment.allocation a on a.company_id = ${c} and a.bill_id = x.bill_id join payment.payment p on p.company_id = ${c} and p.payment_id = a.payment_id where x.company_id = ${c} and x.stay_id = ${stay_id} and p.reversed_at is null) as paid_at,
      jsonb_agg(jsonb_build_object('bill_id', b.bill_id, 'period_on', b.period_on, 'open_fen', b.amount_fen - b.paid_fen - b.reduced_fen - b.moved_fen) order by b.bill_id) filter (where b.amount_fen > b.paid_fen + b.reduced_fen + b.moved_fen) as open
    from parking.stay_bill s join billing.bill b on b.company_id = ${c} and b.period_on = s.period_on and b.bill_id = s.bill_id where s.company_id = ${c} and s.stay_id = ${stay_id} and b.voided_at is null`.execute(scope.db)
  return rows[0]!
}

/** Coupons of shops that were given to the stay, as the engine takes them. */
async function couponsOf(scope: Scope, stay_id: string): Promise<Record<string, unknown>[]> {
  const c = scope.company_id
  const { rows } = await sql<{ kind: 'minutes' | 'amount' | 'free'; minutes: number | null; amount_fen: number | null; merchant: string }>`select k.kind, k.minutes, k.amount_fen, k.shop_name as merchant from parking.coupon_use u join parking.coupon_pack k on k.company_id = ${c} and k.pack_id = u.pack_id where u.company_id = ${c} and u.stay_id = ${stay_id} order by u.given_at, u.pack_id limit 20`.execute(scope.db)
  return rows.map((k) => ({ kind: k.kind, merchant: k.merchant, ...(k.minutes !== null ? { minutes: String(k.minutes) } : {}), ...(k.amount_fen !== null ? { amount: yuan(fen(k.amount_fen)) } : {}) }))
}

const ownPlace = (s: StayRow): boolean => s.class !== 'temporary' && s.class !== 'visitor' && s.class !== 'overflow'
interface Span {
  from: string
  to: string
  overflow: boolean
}
const earlier = (a: string, b: string): string => (a < b ? a : b)
const later = (a: string, b: string): string => (a > b ? a : b)
/** What of the stay is charged by the time: all of it, or what lies outside somebody's place: before one was free, and after a pass ran out meanwhile. */
function spansOf(s: StayRow, p: { covers: boolean; until: string | null } | null, at: string): Span[] {
  const before: Span[] = s.overflow_until ? [{ from: s.entered_at, to: earlier(s.overflow_until, at), overflow: true }] : []
  const since = s.overflow_until ?? s.entered_at
  if (p?.covers) return before
  const over = p?.until ? later(dayBegins(p.until), since) : since
  return [...before, { from: over, to: later(at, over), overflow: s.class === 'overflow' }]
}

/** Throws QuoteFault where the tariff cannot price the case. */
export async function priceStay(scope: Scope, s: StayRow, at: string, rule?: LotRule | null): Promise<Priced> {
  const day = localDay(at)
  // None waits for another's rows: they travel in one message.
  const [money, permit, coupons, now_rule, entry_rule] = await Promise.all([moneyOf(scope, s.stay_id), ownPlace(s) && s.permit_id ? permitNow(scope, s.permit_id, day) : null, couponsOf(scope, s.stay_id), rule === undefined || rule === null ? ruleOf(scope, s.lot_id, day) : rule, ruleOf(scope, s.lot_id, localDay(s.entered_at))])
  const open_bills = money.open ?? []
  const nothing = (text: string): Priced => ({ total_fen: 0, paid_fen: money.paid_fen, due_fen: 0, lines: [{ text, amount_fen: 0 }], open_bills })
  if (s.class === 'free' && !s.permit_id) return nothing('本次免费')
  const spans = spansOf(s, permit, at)
  if (spans.length === 0) return nothing('车位有效期内,不收临停费')
  if (s.no_entry) {
    const fixed = now_rule?.no_entry_fen ?? 0
    return { total_fen: fixed, paid_fen: money.paid_fen, due_fen: Math.max(0, fixed - money.paid_fen), lines: [{ text: `没有入场记录,按规则收 ${yuanGrouped(fen(fixed))} 元`, amount_fen: fixed }], open_bills }
  }
  const lines: Priced['lines'] = []
  let [total_fen, due_fen, paid_fen] = [0, 0, money.paid_fen]
  for (const [i, span] of spans.entries()) {
    // The tariff of the rule in force when the span began, and of it the version of that day.
    const then = (span.from === s.entered_at ? entry_rule : await ruleOf(scope, s.lot_id, localDay(span.from))) ?? now_rule
    if (!then?.tariff_id) {
      if (spans.length === 1) return nothing('车场没有临停收费')
      continue
    }
    const stored = (await storedTariffs(scope, [then.tariff_id])).get(then.tariff_id)
    if (!stored) throw new QuoteFault('tariff', '临停价目没有发布的版本')
    const values = { entered_at: localTime(span.from), left_at: localTime(span.to), vehicle: s.vehicle, ...(span.overflow ? { overflow: true } : {}), visitor: s.class === 'visitor', ...(i === 0 && coupons.length ? { coupons } : {}) }
    // A span that is over has its price; time to drive out after paying belongs to the one that runs.
    const running = span.to === at && i === spans.length - 1
    const paying = running && paid_fen > 0 && money.paid_at ? { paid_at: localTime(later(money.paid_at, span.from)), paid: yuan(fen(paid_fen)) } : {}
    const q = quoteValues(stored.tariff, { ...values, ...paying })
    const whole = running ? q.amount_fen + paid_fen : q.amount_fen
    total_fen += whole
    due_fen += Math.max(0, running ? q.amount_fen : whole - paid_fen)
    paid_fen = Math.max(0, paid_fen - whole)
    lines.push(...q.lines.map((l) => ({ text: l.text, amount_fen: l.amount_fen })))
    if (span.overflow && s.overflow_until) lines.push({ text: `${minuteText(s.overflow_until)} 起占用同户空出的车位,不再计临停费`, amount_fen: 0 })
  }
  return { total_fen, paid_fen: money.paid_fen, due_fen, lines, open_bills }
}
