// A booking from the first wish to its end. Everything that changes one holds its place; the database refuses a unit that is given away twice.
import { randomInt } from 'node:crypto'
import { sql } from 'kysely'
import { minuteText } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { said } from '../shown.ts'
import type { Booking, Place } from './access.ts'
import { offer, taken, type Ask, type Offer } from './free.ts'
import { backText, billFee, billsNow, giveBack } from './money.ts'
import { laterBy, type Span } from './rules/slots.ts'
import { tellResident, type Told } from './tell.ts'

/** What keeps its units. */
export const LIVE = ['asked', 'held', 'confirmed', 'used'] as const
/** What can still be moved, cancelled, used. */
const OPEN = ['asked', 'held', 'confirmed']
const DRAWS_MAX = 50
export const wrongState = (scope: Scope, b: Pick<Booking, 'no' | 'state'>) => scope.refuse('bookings.wrong_state', { no: b.no, state: said('booking', b.state) })

async function drawCode(scope: Scope): Promise<string> {
  const codes = Array.from({ length: DRAWS_MAX }, () => String(randomInt(1_000_000)).padStart(6, '0'))
  const { rows } = await sql<{ code: string }>`select code from bookings.booking where company_id = ${scope.company_id} and code = any(${codes}::text[]) and state in ('asked', 'held', 'confirmed')`.execute(scope.db)
  const known = new Set(rows.map((r) => r.code))
  const free = codes.find((x) => !known.has(x))
  if (!free) throw scope.refuse('kernel.busy')
  return free
}
async function drawNo(scope: Scope): Promise<string> {
  const year = scope.today.slice(0, 4)
  const drawn = await sql<{ last_no: number }>`insert into bookings.series (company_id, series, last_no) values (${scope.company_id}, ${`CD-${year}`}, 1) on conflict (company_id, series) do update set last_no = series.last_no + 1 returning last_no`.execute(scope.db)
  return `CD${year}-${String(drawn.rows[0]!.last_no).padStart(6, '0')}`
}
export async function addStep(scope: Scope, booking_id: string, kind: string, text: string): Promise<void> {
  await scope.db.insertInto('bookings.step').values({ company_id: scope.company_id, step_id: uuidv7(), booking_id, kind, text: text.slice(0, 500), by_name: scope.who.name, at: scope.now }).execute()
}
/** The constraint is asked by the insert itself: what slipped by the lock of the place is refused, not doubled. */
async function takeUnits(scope: Scope, p: Place, booking_id: string, s: Span, unit_nos: readonly number[]): Promise<void> {
  try {
    await sql`insert into bookings.booking_unit (company_id, booking_id, resource_id, unit_no, from_at, to_at, live) select ${scope.company_id}, ${booking_id}, ${p.resource_id}, n, ${s.from_at}, ${s.to_at}, true from unnest(${[...unit_nos]}::int[]) as n`.execute(scope.db)
  } catch (error) {
    if ((error as { constraint?: string }).constraint !== 'booking_unit_once') throw error
    throw taken(scope, p, s, 0)
  }
}
const moneyText = (amount_fen: number): string => (amount_fen === 0 ? '免费' : `费用 ${yuanGrouped(fen(amount_fen))} 元`)

export interface For {
  house: { house_id: string; community_id: string; building_id: string; label: string }
  person_id: string | null
  contact_name: string
  contact_phone: string | null
  note: string | null
  source: 'app' | 'desk'
}
/** Confirmed, or held until it is paid; the fee is billed at once. */
async function settle(scope: Scope, p: Place, b: Parameters<typeof billFee>[2], o: Pick<Offer, 'lines' | 'rule'>): Promise<{ state: 'held' | 'confirmed'; hold_until: string | null }> {
  await billFee(scope, p, b, o.lines)
  return b.amount_fen > 0 && o.rule.pay_within_min > 0 ? { state: 'held', hold_until: laterBy(scope.now, o.rule.pay_within_min) } : { state: 'confirmed', hold_until: null }
}
/** The place is held by the caller. */
export async function makeBooking(scope: Scope, p: Place, ask: Ask, x: For): Promise<{ booking_id: string; no: string; state: Booking['state']; amount_fen: number }> {
  const c = scope.company_id
  const o = await offer(scope, p, ask, { by: x.source === 'app' ? 'resident' : 'desk' })
  const mine = await sql<{ n: number }>`select count(*)::int as n from bookings.booking where company_id = ${c} and resource_id = ${p.resource_id} and house_id = ${x.house.house_id} and state in ('asked', 'held', 'confirmed') and to_at > ${scope.now}::timestamptz`.execute(scope.db)
  if (mine.rows[0]!.n >= o.rule.live_max) throw scope.refuse('bookings.limit', { house: x.house.label, place: p.name, max: o.rule.live_max })
  const booking_id = uuidv7()
  const no = await drawNo(scope)
  const asked = o.rule.approval && x.source === 'app'
  const b = { booking_id, no, house_id: x.house.house_id, person_id: x.person_id, from_at: o.from_at, to_at: o.to_at, amount_fen: o.amount_fen, kept_fen: o.kept_fen }
  await scope.db.insertInto('bookings.booking').values({
    company_id: c, ...b, resource_id: p.resource_id, community_id: x.house.community_id, building_id: x.house.building_id, contact_name: x.contact_name, contact_phone: x.contact_phone, source: x.source, slot_count: ask.slot_count, unit_count: ask.unit_count, note: x.note,
    state: asked ? 'asked' : 'confirmed', code: await drawCode(scope), rule_id: o.rule.rule_id, price_id: o.price_id, lines: JSON.stringify(o.lines), created_by: scope.who.name, created_at: scope.now,
  }).execute()
  await takeUnits(scope, p, booking_id, o, o.unit_nos)
  const now = asked ? { state: 'asked' as const, hold_until: null } : await settle(scope, p, b, o)
  if (now.state === 'held') await setState(scope, booking_id, now)
  await addStep(scope, booking_id, 'booked', `${minuteText(o.from_at)} 至 ${minuteText(o.to_at)},${moneyText(o.amount_fen)}`)
  scope.note('booking', booking_id, { no, place: p.name, house: x.house.label, from_at: o.from_at, amount_fen: o.amount_fen })
  await tellResident(scope, { ...b, contact_phone: x.contact_phone }, p, asked ? '已提交,等待审核' : now.state === 'held' ? `请在 ${minuteText(now.hold_until)} 前付款 ${yuanGrouped(fen(o.amount_fen))} 元,逾时自动释放` : '预约成功')
  return { booking_id, no, state: now.state, amount_fen: o.amount_fen }
}
export async function setState(scope: Scope, booking_id: string, set: Record<string, unknown> & { state: Booking['state'] }): Promise<void> {
  const c = scope.company_id
  await scope.db.updateTable('bookings.booking').set({ ...set, ...(set.state === 'held' ? {} : { hold_until: null }) }).where('company_id', '=', c).where('booking_id', '=', booking_id).execute()
  if (!(LIVE as readonly string[]).includes(set.state)) await sql`update bookings.booking_unit set live = false where company_id = ${c} and booking_id = ${booking_id} and live`.execute(scope.db)
}

interface End {
  state: 'cancelled' | 'refused' | 'expired'
  /** Money that stays with the place stays. */
  late: boolean
  reason: string
  what: string
}
/** Gives the place back with its money. `b` is held. */
export async function endBooking(scope: Scope, p: Place, b: Booking, o: End): Promise<void> {
  if (!OPEN.includes(b.state)) throw wrongState(scope, b)
  const g = await giveBack(scope, p, b, { late: o.late, reason: `预约 ${b.no} ${o.what}:${o.reason}`.slice(0, 200) })
  await setState(scope, b.booking_id, { state: o.state, ended_at: scope.now, ended_by: scope.who.name, ended_reason: o.reason, refund_state: g.refund_state })
  const money = backText(g)
  await addStep(scope, b.booking_id, o.state, [o.reason, money].filter(Boolean).join(';'))
  scope.note('booking', b.booking_id, { no: b.no, [o.state]: o.reason, ...g })
  await tellResident(scope, b, p, [o.what, o.reason, money].filter(Boolean).join(','))
}
/** Past the hour until which it is free. */
export const isLate = (scope: Scope, free_until: string): boolean => scope.now > free_until
/** Given back now, a part of the fee would stay. */
export const staysLate = (scope: Scope, b: Pick<Booking, 'state' | 'kept_fen'> & { free_until: string }): boolean => b.state === 'confirmed' && b.kept_fen > 0 && isLate(scope, b.free_until)

export async function agree(scope: Scope, p: Place, b: Booking, o: Pick<Offer, 'lines' | 'rule'>): Promise<Booking['state']> {
  const now = await settle(scope, p, b, o)
  await setState(scope, b.booking_id, now)
  await addStep(scope, b.booking_id, 'agreed', moneyText(b.amount_fen))
  scope.note('booking', b.booking_id, { no: b.no, agreed: true })
  await tellResident(scope, b, p, now.state === 'held' ? `已通过,请在 ${minuteText(now.hold_until)} 前付款 ${yuanGrouped(fen(b.amount_fen))} 元` : '已通过')
  return now.state
}
/** To another time of the same place. What is unpaid is billed anew; what is paid stays only where the price is the same. */
export async function move(scope: Scope, p: Place, b: Booking, ask: Ask, reason: string): Promise<{ state: Booking['state']; amount_fen: number }> {
  if (!OPEN.includes(b.state)) throw wrongState(scope, b)
  const c = scope.company_id
  const o = await offer(scope, p, ask, { by: 'desk', but: b.booking_id })
  const bills = (await billsNow(scope, [b.booking_id])).filter((x) => !x.voided)
  const same = o.amount_fen === b.amount_fen && o.kept_fen === b.kept_fen
  if (!same && bills.some((x) => x.paid_fen > 0)) throw scope.refuse('bookings.move_price', { now: yuanGrouped(fen(o.amount_fen)), before: yuanGrouped(fen(b.amount_fen)) })
  if (!same) await giveBack(scope, p, b, { late: false, reason: `预约 ${b.no} 改期:${reason}`.slice(0, 200) })
  await sql`delete from bookings.booking_unit where company_id = ${c} and booking_id = ${b.booking_id}`.execute(scope.db)
  await takeUnits(scope, p, b.booking_id, o, o.unit_nos)
  const after = { ...b, from_at: o.from_at, to_at: o.to_at, amount_fen: o.amount_fen, kept_fen: o.kept_fen }
  await scope.db.updateTable('bookings.booking').set({ from_at: o.from_at, to_at: o.to_at, slot_count: ask.slot_count, unit_count: ask.unit_count, rule_id: o.rule.rule_id, price_id: o.price_id, lines: JSON.stringify(o.lines), amount_fen: o.amount_fen, kept_fen: o.kept_fen, reminded_at: null }).where('company_id', '=', c).where('booking_id', '=', b.booking_id).execute()
  let state = b.state
  if (!same && b.state !== 'asked') {
    const now = await settle(scope, p, after, o)
    await setState(scope, b.booking_id, now)
    state = now.state
  }
  const what = `改期:${minuteText(b.from_at)} 改为 ${minuteText(o.from_at)} 至 ${minuteText(o.to_at)}`
  await addStep(scope, b.booking_id, 'moved', `${what},${moneyText(o.amount_fen)};${reason}`)
  scope.note('booking', b.booking_id, { no: b.no, moved_to: o.from_at, reason })
  await tellResident(scope, after, p, `${what},${reason}`)
  return { state, amount_fen: o.amount_fen }
}
export type { Told }
