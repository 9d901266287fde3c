// For modules above that take money for bills of their own at a place of their own (the booth of a car park): the same drawer, bills, receipt and
// journal as at the desk. Whether the person may take it is the caller's to have asked.
import { sql } from 'kysely'
import { fen } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { MoneyMethod } from '../contract.ts'
import type { BillKey } from './bills.ts'
import { enterDrawer, myDrawer } from './drawer.ts'
import { recordPayment, type HouseOf, type Recorded } from './record.ts'
import { lockLines } from './take.ts'
import { takeSlips } from './slips.ts'

export interface TakeFor {
  house_id: string
  payer_name: string
  lines: readonly (BillKey & { amount_fen: number })[]
  method: MoneyMethod
  reference?: string | null
  remark?: string | null
}
export async function takeFor(scope: Scope, o: TakeFor): Promise<Recorded> {
  const { rows } = await sql<HouseOf>`select house_id, community_id, building_id, label from property.house where company_id = ${scope.company_id} and house_id = ${o.house_id}`.execute(scope.db)
  const house = rows[0]
  if (!house) throw scope.notFound()
  const total = fen(o.lines.reduce((n, l) => n + l.amount_fen, 0))
  if (total === 0) throw scope.refuse('payment.nothing_to_pay')
  const shift_id = await myDrawer(scope, { community_id: house.community_id, cash: o.method === 'cash' })
  const lines = await lockLines(scope, o.house_id, o.lines)
  const tenders = [{ method: o.method, amount_fen: total, reference: o.reference || null }]
  const done = await recordPayment(scope, { house, payer_name: o.payer_name, source: 'desk', taken_by: scope.who.account_id, cashier_name: scope.who.name, tenders, lines, prepaid_fen: 0, change_fen: 0, remark: o.remark ?? null })
  await takeSlips(scope, tenders, done.payment_id)
  await enterDrawer(scope, shift_id, { source_type: 'payment', source_id: done.payment_id, sums: tenders })
  return done
}
