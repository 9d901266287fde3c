// Deposits (缴存): named houses, or by the dated standard for every house that has none yet (the developer pays up front, F-01).
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, mulRoundHalfUp, sumFen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communityToChange, housesSeenBy } from '../../property/server/index.ts'
import { funds } from '../contract.ts'
import type { DepositIn, DepositLine } from '../shapes.ts'
import { bookEntries, lockAccounts, openAccounts, postEntries } from './book.ts'
import { standardOn } from './dues.ts'

const HOUSES_MAX = 5_000

interface Found {
  house_id: string
  house_label: string
  area_m2: string
  unit_price: string | null
  first_fen: number
  closed_on: string | null
}

/** Houses with the standard of their building in force on the day; the narrowest one wins. */
async function housesOf(scope: Scope, o: DepositIn): Promise<Found[]> {
  const c = scope.company_id
  const which = o.lines ? sql`h.house_id = any(${o.lines.map((l) => l.house_id)}::uuid[])` : sql`h.state <> 'disabled' and (a.house_id is null or (a.first_fen = 0 and a.closed_on is null)) and s.unit_price is not null ${o.building_id ? sql`and h.building_id = ${o.building_id}` : sql``}`
  const { rows } = await sql<Found>`select h.house_id, h.label as house_label, h.built_area_m2 as area_m2, s.unit_price, coalesce(a.first_fen, 0)::bigint as first_fen, a.closed_on
    from property.house h join property.building b on b.company_id = h.company_id and b.building_id = h.building_id
    left join funds.house_account a on a.company_id = h.company_id and a.house_id = h.house_id
    left join lateral ${standardOn(scope, sql`coalesce(a.opened_on, ${o.paid_on}::date)`)} s on true
    where h.company_id = ${c} and h.community_id = ${o.community_id} and ${housesSeenBy(scope)} and ${which} order by h.sort_no, h.label limit ${HOUSES_MAX + 1}`.execute(scope.db)
  return rows
}

/** The lines of a deposit, checked; refuses what cannot be booked. */
async function planned(scope: Scope, o: DepositIn): Promise<DepositLine[]> {
  if (o.paid_on > scope.today) throw scope.refuse('funds.future', { day: o.paid_on })
  // All houses of a community are paid for by somebody who may act for the community.
  if (!o.lines) await communityToChange(scope, o.community_id)
  const used = await sql<{ booked_on: string }>`select e.booked_on from funds.entry e where e.company_id = ${scope.company_id} and e.community_id = ${o.community_id} and e.voucher_no = ${o.voucher_no} and e.kind in ('first','topup','opening')
    and not exists (select from funds.entry r where r.company_id = e.company_id and r.reverses = e.entry_id) limit 1`.execute(scope.db)
  if (used.rows[0]) throw scope.refuse('funds.voucher_used', { no: o.voucher_no, day: used.rows[0].booked_on })
  const found = await housesOf(scope, o)
  if (found.length > HOUSES_MAX) throw scope.refuse('funds.many', { max: HOUSES_MAX })
  if (o.lines && found.length !== new Set(o.lines.map((l) => l.house_id)).size) throw scope.refuse('funds.elsewhere')
  if (found.length === 0) throw scope.refuse('funds.nothing')
  const wanted = new Map(o.lines?.map((l) => [l.house_id, l.amount_fen]))
  return found.map((h) => {
    if (h.closed_on) throw scope.refuse('funds.closed', { house: h.house_label, day: h.closed_on })
    const given = wanted.get(h.house_id)
    // What is missing of the first deposit may still be paid as such; more than that is a top-up.
    if (h.first_fen > 0 && o.kind === 'first' && (given ?? 0) > missingOf(h)) throw scope.refuse('funds.first_paid', { house: h.house_label })
    const line = { house_id: h.house_id, house_label: h.house_label, area_m2: h.area_m2, unit_price: h.unit_price }
    if (given !== undefined) return { ...line, amount_fen: given }
    if (h.unit_price === null) throw scope.refuse('funds.no_standard', { house: h.house_label, day: o.paid_on })
    const amount_fen = mulRoundHalfUp(h.area_m2, h.unit_price)
    if (amount_fen <= 0) throw scope.refuse('funds.no_area', { house: h.house_label })
    return { ...line, amount_fen }
  })
}
const missingOf = (h: Found): number => (h.unit_price === null ? 0 : Math.max(mulRoundHalfUp(h.area_m2, h.unit_price) - h.first_fen, 0))
const total = (lines: readonly DepositLine[]): number => sumFen(lines.map((l) => fen(l.amount_fen)))

const preview = answer(funds.previewDeposit, async (scope, o) => {
  const lines = await planned(scope, o)
  return { lines, amount_fen: total(lines) }
})

const take = answer(funds.takeDeposit, async (scope, o) => {
  // Two people who book the same community at once come one after the other, so that the second sees what the first did.
  await sql`select from property.community where company_id = ${scope.company_id} and community_id = ${o.community_id} for no key update`.execute(scope.db)
  const lines = await planned(scope, o)
  const amount_fen = total(lines)
  if (amount_fen !== o.amount_fen) throw scope.refuse('funds.changed', { now: yuanGrouped(fen(amount_fen)), seen: yuanGrouped(fen(o.amount_fen)) })
  const ids = lines.map((l) => l.house_id)
  const without = await openAccounts(scope, ids, o.paid_on)
  if (without) throw scope.refuse('funds.no_bank', { house: without })
  await lockAccounts(scope, ids)
  const source = { source_type: 'deposit', source_id: uuidv7() } as const
  await bookEntries(scope, source, lines.map((l) => ({ house_id: l.house_id, kind: o.kind, amount_fen: l.amount_fen, first_fen: o.kind === 'topup' ? 0 : l.amount_fen, value_on: o.paid_on, voucher_no: o.voucher_no, payer_name: o.payer_name || null, note: o.note || (l.unit_price && !o.lines ? `${l.area_m2} m² × ${l.unit_price} 元` : null) })))
  await postEntries(scope, source)
  scope.note('fund_deposit', source.source_id, { kind: o.kind, voucher_no: o.voucher_no, house_count: lines.length, amount_fen })
  scope.emit('funds.deposited', source.source_id, { source_id: source.source_id, community_id: o.community_id, kind: o.kind, amount_fen })
  return { source_id: source.source_id, house_count: lines.length, amount_fen }
})

export const depositAnswers = [preview, take]
