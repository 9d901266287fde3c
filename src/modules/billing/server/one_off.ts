// One-off charges (一次性收费): a bill for something another module did for a house, explained by its note. The item is made when a community first
// needs it and is assigned to nobody, so no charge run bills it. One live bill a source: the live key of bills holds the source as `reading_id`.
import { sql } from 'kysely'
import { addDays } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuan } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { bookOn, post, type BelongsTo } from '../../ledger/server/index.ts'
import { billToRead } from './access.ts'
import { voidOne } from './bills.ts'
import { madeOrVoided } from './sums.ts'

export interface OneOffItem {
  /** Of the fee item in its community. */
  code: string
  name: string
  account_code: string
  belongs_to: BelongsTo
}
export interface OneOff {
  house: { house_id: string; community_id: string; building_id: string }
  payer_id: string
  source_id: string
  item: OneOffItem
  amount_fen: number
  /** The whole sentence that staff and residents read. */
  note: string
}

async function itemOf(scope: Scope, community_id: string, item: OneOffItem): Promise<{ fee_item_id: string; account_code: string; belongs_to: BelongsTo; due_days: number }> {
  const c = scope.company_id
  const find = () => scope.db.selectFrom('billing.fee_item').select(['fee_item_id', 'account_code', 'belongs_to', 'due_days']).where('company_id', '=', c).where('community_id', '=', community_id).where('code', '=', item.code).executeTakeFirst()
  const known = await find()
  if (known) return known as never
  await sql`insert into billing.fee_item (company_id, fee_item_id, community_id, code, name, shape, unit_name, house_kinds, applies, fee_class, cycle, proration, bill_unsold, due_days, account_code, belongs_to, sort_no, created_at)
    values (${c}, ${uuidv7()}, ${community_id}, ${item.code}, ${item.name}, 'fixed', '元/笔', array['dwelling','shop','office','garage','storage','bay'], 'assigned', 'use', 'month', 'whole_month', false, 7, ${item.account_code}, ${item.belongs_to}, 9010, ${scope.now}) on conflict do nothing`.execute(scope.db)
  return (await find())! as never
}

/** Makes the bill with its journal, due in the days its item says; the run that holds it is the source's own. */
export async function billOneOff(scope: Scope, o: OneOff): Promise<{ bill_id: string; period_on: string }> {
  const c = scope.company_id
  const { house, amount_fen } = o
  const item = await itemOf(scope, house.community_id, o.item)
  const period_on = `${scope.today.slice(0, 7)}-01`
  const run_id = uuidv7()
  const bill_id = `${run_id.slice(0, 28)}00000000`
  await sql`select kernel.ensure_month('billing.bill', ${period_on}::date)`.execute(scope.db)
  await sql`insert into billing.run (company_id, run_id, community_id, period_on, fee_item_ids, house_id, state, line_count, amount_fen, created_by, created_at, published_at)
    values (${c}, ${run_id}, ${house.community_id}, ${period_on}, ${[item.fee_item_id]}::uuid[], ${house.house_id}, 'published', 1, ${amount_fen}, ${scope.who.account_id}, ${scope.now}, ${scope.now})`.execute(scope.db)
  await sql`with made as (insert into billing.bill (company_id, period_on, bill_id, community_id, building_id, house_id, fee_item_id, payer_id, run_id, from_on, to_on, price_id, shape, quantity, unit_price, reading_id, amount_fen, issued_on, due_on, note)
    values (${c}::bigint, ${period_on}::date, ${bill_id}::uuid, ${house.community_id}::uuid, ${house.building_id}::uuid, ${house.house_id}::uuid, ${item.fee_item_id}::uuid, ${o.payer_id}::uuid, ${run_id}::uuid, ${scope.today}::date, ${addDays(scope.today, 1)}::date, ${run_id}::uuid, 'one_off', 1, ${yuan(fen(amount_fen))}::numeric, ${o.source_id}::uuid, ${amount_fen}::bigint, ${scope.today}::date, ${addDays(scope.today, item.due_days)}::date, ${o.note}) returning *) ${madeOrVoided(scope, sql`made`, 1)}`.execute(scope.db)
  const book = (await bookOn(scope, house.community_id, scope.today))(item.belongs_to)
  await post(scope, {
    book, booked_on: scope.today, kind: 'charge', source_type: 'run', source_id: `${run_id}:0`,
    lines: [{ account_code: '1122', amount_fen, community_id: house.community_id, subject_type: 'house', subject_id: house.house_id }, { account_code: item.account_code, amount_fen: -amount_fen, community_id: house.community_id, subject_type: 'fee_item', subject_id: item.fee_item_id }],
  })
  return { bill_id, period_on }
}

/** Void, by whoever the source says may; refused when paid or when it went on into other bills. */
export async function voidOneOff(scope: Scope, bill_id: string, reason: string): Promise<void> {
  await voidOne(scope, await billToRead(scope, bill_id, sql`true`, true), reason)
}
