// The only writer of sub-accounts: entries and balances change together, in house order, and the fund's own book in the ledger
// (book 'fund': 1002 bank, 4001 what belongs to the houses, 1221 what owners still owe, 2202 what firms are owed) is told the same.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import { assert } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { postSet } from '../../ledger/server/index.ts'

export type Kind = 'first' | 'topup' | 'opening' | 'interest' | 'use' | 'refund' | 'reversal'
export interface EntryIn {
  house_id: string
  amount_fen: number
  /** How much of it counts as first deposit; the threshold of the top-up is measured against it. */
  first_fen?: number
  kind: Kind
  value_on: string
  voucher_no?: string | null
  payer_name?: string | null
  note?: string | null
  reverses?: string
}
export interface Source {
  source_type: 'deposit' | 'import' | 'use' | 'interest' | 'refund' | 'entry'
  source_id: string
}
interface After {
  house_id: string
  balance_fen: number
  label: string
}

/** Locks the accounts of these houses in house order. */
export async function lockAccounts(scope: Scope, house_ids: readonly string[]): Promise<Map<string, { balance_fen: number; closed_on: string | null }>> {
  const { rows } = await sql<{ house_id: string; balance_fen: number; closed_on: string | null }>`select house_id, balance_fen, closed_on from funds.house_account where company_id = ${scope.company_id} and house_id = any(${[...house_ids]}::uuid[]) order by house_id for update`.execute(scope.db)
  return new Map(rows.map((r) => [r.house_id, r]))
}

/**
 * Books entries of one source, at most one a house and kind, with the balances after them. The accounts must be locked by the caller.
 * A balance that would fall below zero is refused with the house named.
 */
export async function bookEntries(scope: Scope, s: Source, rows: readonly EntryIn[]): Promise<void> {
  if (rows.length === 0) return
  const c = scope.company_id
  const data = rows.map((r) => ({ ...r, entry_id: uuidv7(), first_fen: r.first_fen ?? 0 }))
  const json = JSON.stringify(data)
  const short = await sql<After>`select a.house_id, a.balance_fen, h.label from funds.house_account a join property.house h on h.company_id = a.company_id and h.house_id = a.house_id
    join (select x.house_id, sum(x.amount_fen) as fen from jsonb_to_recordset(${json}::jsonb) as x(house_id uuid, amount_fen bigint) group by 1) x on x.house_id = a.house_id
    where a.company_id = ${c} and a.balance_fen + x.fen < 0 order by h.label limit 1`.execute(scope.db)
  if (short.rows[0]) throw scope.refuse('funds.short', { house: short.rows[0].label, balance: yuanGrouped(fen(short.rows[0].balance_fen)), amount: yuanGrouped(fen(Math.abs(data.find((d) => d.house_id === short.rows[0]!.house_id)!.amount_fen))) })
  const made = await sql`with x as (select * from jsonb_to_recordset(${json}::jsonb) as x(entry_id uuid, house_id uuid, kind text, amount_fen bigint, first_fen bigint, value_on date, voucher_no text, payer_name text, note text, reverses uuid)),
    upd as (update funds.house_account a set balance_fen = a.balance_fen + t.fen, first_fen = a.first_fen + t.first from (select house_id, sum(amount_fen)::bigint as fen, sum(first_fen)::bigint as first from x group by 1) t
      where a.company_id = ${c} and a.house_id = t.house_id and a.closed_on is null returning a.house_id, a.community_id, a.building_id, a.bank_id, a.balance_fen - t.fen as before_fen)
    insert into funds.entry (company_id, entry_id, house_id, community_id, building_id, bank_id, kind, amount_fen, first_fen, balance_fen, value_on, booked_on, voucher_no, payer_name, note, source_type, source_id, reverses, created_by, created_at)
    select ${c}::bigint, x.entry_id, x.house_id, u.community_id, u.building_id, u.bank_id, x.kind, x.amount_fen, x.first_fen, u.before_fen + sum(x.amount_fen) over (partition by x.house_id order by x.entry_id), x.value_on, ${scope.today}::date,
      x.voucher_no, x.payer_name, x.note, ${s.source_type}, ${s.source_id}::uuid, x.reverses, ${scope.who.account_id}::uuid, ${scope.now}::timestamptz from x join upd u on u.house_id = x.house_id`.execute(scope.db)
  assert(Number(made.numAffectedRows) === rows.length, `${Number(made.numAffectedRows)} of ${rows.length} fund entries were booked: an account is missing or closed`)
}

/** The journal of a source: the houses' side from its entries, the bank's side their sum. */
export async function postEntries(scope: Scope, s: Source): Promise<void> {
  const c = scope.company_id
  const of = sql`from funds.entry e where e.company_id = ${c} and e.source_type = ${s.source_type} and e.source_id = ${s.source_id}::uuid`
  await postSet(scope, { book: 'fund', booked_on: scope.today, kind: 'fund', source_type: `fund_${s.source_type}`, source_id: s.source_id }, ['1002', '4001'], sql`
    select '4001' as account_code, -sum(e.amount_fen)::bigint as amount_fen, e.community_id, 'house' as subject_type, e.house_id as subject_id ${of} group by e.community_id, e.house_id
    union all select '1002', sum(e.amount_fen)::bigint, e.community_id, null, null ${of} group by e.community_id`)
}

/** Opens the accounts that are missing, with the special bank account of the building or of the community. Gives a house without one. */
export async function openAccounts(scope: Scope, house_ids: readonly string[], opened_on: string): Promise<string | null> {
  const c = scope.company_id
  const ids = [...house_ids]
  await sql`insert into funds.house_account (company_id, house_id, community_id, building_id, bank_id, opened_on)
    select h.company_id, h.house_id, h.community_id, h.building_id, b.bank_id, ${opened_on}::date from property.house h
    cross join lateral (select bank_id from funds.bank b where b.company_id = h.company_id and b.community_id = h.community_id and (b.building_id = h.building_id or b.building_id is null) order by b.building_id nulls last limit 1) b
    where h.company_id = ${c} and h.house_id = any(${ids}::uuid[]) order by h.house_id on conflict do nothing`.execute(scope.db)
  const { rows } = await sql<{ label: string }>`select h.label from property.house h where h.company_id = ${c} and h.house_id = any(${ids}::uuid[]) and not exists (select from funds.house_account a where a.company_id = ${c} and a.house_id = h.house_id) order by h.label limit 1`.execute(scope.db)
  return rows[0]?.label ?? null
}
