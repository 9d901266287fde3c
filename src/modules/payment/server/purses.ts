// The purses of houses: general prepayment (payment.wallet) and what is bound to a fee item (payment.bound_wallet). Locked in house order,
// after the bills; a purse never goes below zero, because the update that would do it changes no row.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Purses } from './rules/deduct.ts'

export async function lockPurses(scope: Scope, house_ids: readonly string[]): Promise<Map<string, Purses>> {
  const c = scope.company_id
  const ids = [...new Set(house_ids)]
  const general = await sql<{ house_id: string; balance_fen: number }>`select house_id, balance_fen from payment.wallet where company_id = ${c} and house_id = any(${ids}::uuid[]) order by house_id for update`.execute(scope.db)
  const bound = await sql<{ house_id: string; fee_item_id: string; balance_fen: number }>`select house_id, fee_item_id, balance_fen from payment.bound_wallet where company_id = ${c} and house_id = any(${ids}::uuid[]) order by house_id, fee_item_id for update`.execute(scope.db)
  const by = new Map(general.rows.map((r) => [r.house_id, r.balance_fen]))
  const items = Map.groupBy(bound.rows, (r) => r.house_id)
  return new Map(ids.map((id) => [id, { general_fen: by.get(id) ?? 0, bound: new Map((items.get(id) ?? []).map((r) => [r.fee_item_id, r.balance_fen])) }]))
}

export interface PurseChange {
  house_id: string
  fee_item_id: string | null
  amount_fen: number
}
/** Adds to purses, or takes from them; gives false when one has too little, and then nothing of that sign may be kept. One change a purse. */
export async function changePurses(scope: Scope, changes: readonly PurseChange[]): Promise<boolean> {
  const c = scope.company_id
  const part = (sign: 1 | -1, bound: boolean) => changes.filter((x) => x.amount_fen * sign > 0 && (x.fee_item_id !== null) === bound)
  const cols = (list: readonly PurseChange[]) => sql`unnest(${list.map((x) => x.house_id)}::uuid[], ${list.map((x) => x.fee_item_id)}::uuid[], ${list.map((x) => x.amount_fen)}::bigint[]) as k(house_id, fee_item_id, fen)`
  const [more, more_bound, less, less_bound] = [part(1, false), part(1, true), part(-1, false), part(-1, true)]
  if (more.length > 0)
    await sql`insert into payment.wallet (company_id, house_id, balance_fen) select ${c}::bigint, k.house_id, k.fen from ${cols(more)} order by k.house_id
      on conflict (company_id, house_id) do update set balance_fen = wallet.balance_fen + excluded.balance_fen`.execute(scope.db)
  if (more_bound.length > 0)
    await sql`insert into payment.bound_wallet (company_id, house_id, fee_item_id, balance_fen) select ${c}::bigint, k.house_id, k.fee_item_id, k.fen from ${cols(more_bound)} order by k.house_id, k.fee_item_id
      on conflict (company_id, house_id, fee_item_id) do update set balance_fen = bound_wallet.balance_fen + excluded.balance_fen`.execute(scope.db)
  if (less.length > 0) {
    const done = await sql`update payment.wallet w set balance_fen = w.balance_fen + k.fen from ${cols(less)} where w.company_id = ${c} and w.house_id = k.house_id and w.balance_fen + k.fen >= 0`.execute(scope.db)
    if (Number(done.numAffectedRows ?? 0n) !== less.length) return false
  }
  if (less_bound.length > 0) {
    const done = await sql`update payment.bound_wallet w set balance_fen = w.balance_fen + k.fen from ${cols(less_bound)} where w.company_id = ${c} and w.house_id = k.house_id and w.fee_item_id = k.fee_item_id and w.balance_fen + k.fen >= 0`.execute(scope.db)
    if (Number(done.numAffectedRows ?? 0n) !== less_bound.length) return false
  }
  return true
}

export interface NewEntry extends PurseChange {
  cause: string
  payment_id?: string | null
  other_house_id?: string | null
  transfer_id?: string | null
  refund_id?: string | null
  note?: string | null
}
export async function writeEntries(scope: Scope, entries: readonly NewEntry[]): Promise<void> {
  if (entries.length === 0) return
  await scope.db
    .insertInto('payment.wallet_entry')
    .values(entries.map((e) => ({ company_id: scope.company_id, entry_id: uuidv7(), house_id: e.house_id, fee_item_id: e.fee_item_id, amount_fen: e.amount_fen, cause: e.cause, payment_id: e.payment_id ?? null, other_house_id: e.other_house_id ?? null, transfer_id: e.transfer_id ?? null, refund_id: e.refund_id ?? null, note: e.note ?? null, by_id: scope.who.account_id, at: scope.now })))
    .execute()
}

export async function boundOf(scope: Scope, house_id: string): Promise<{ fee_item_id: string; fee_item_name: string; balance_fen: number }[]> {
  const c = scope.company_id
  const r = await sql<{ fee_item_id: string; fee_item_name: string; balance_fen: number }>`select w.fee_item_id, f.name as fee_item_name, w.balance_fen from payment.bound_wallet w join billing.fee_item f on f.company_id = ${c} and f.fee_item_id = w.fee_item_id
    where w.company_id = ${c} and w.house_id = ${house_id} and w.balance_fen > 0 order by f.sort_no, f.name`.execute(scope.db)
  return r.rows
}
/** The item belongs to the community of the house. */
export async function itemOf(scope: Scope, house: { community_id: string; label: string }, fee_item_id: string): Promise<{ fee_item_id: string; name: string }> {
  const row = await scope.db.selectFrom('billing.fee_item').select(['fee_item_id', 'name']).where('company_id', '=', scope.company_id).where('fee_item_id', '=', fee_item_id).where('community_id', '=', house.community_id).executeTakeFirst()
  if (!row) throw scope.refuse('payment.item_elsewhere', { house: house.label })
  return row
}
