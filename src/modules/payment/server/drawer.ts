// What money does to a cashier's drawer. Every act that takes or gives money at a desk enters it into the open shift of its cashier, once
// (unique key). An advisory lock per cashier, shared by those acts and held alone by counting and closing, freezes what was counted.
import { sql } from 'kysely'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { MoneyMethod } from '../contract.ts'
import { ruleOf } from './rule.ts'

const lockKey = (scope: Scope, account_id: string) => sql`hashtextextended(${`payment.drawer:${scope.company_id}:${account_id}`}, 0)`
const shareDrawer = (scope: Scope, account_id: string) => sql`select pg_advisory_xact_lock_shared(${lockKey(scope, account_id)})`.execute(scope.db)
/** Nobody else takes or gives money at this drawer until the transaction ends. */
export const holdDrawer = (scope: Scope, account_id: string) => sql`select pg_advisory_xact_lock(${lockKey(scope, account_id)})`.execute(scope.db)

interface Drawer {
  shift_id: string | null
  shift_no: string | null
  opened_at: string | null
  day_closed: boolean
}
/** After the lock: the cashier's open shift, and whether his day is closed. */
export async function drawerOf(scope: Scope, account_id: string): Promise<Drawer> {
  const c = scope.company_id
  const r = await sql<Drawer>`select s.shift_id, s.shift_no, s.opened_at, exists (select from payment.day_close d where d.company_id = ${c} and d.cashier_id = ${account_id} and d.on_day = ${scope.today}::date and d.reopened_at is null) as day_closed
    from (select 1) one left join payment.shift s on s.company_id = ${c} and s.cashier_id = ${account_id} and s.state = 'open'`.execute(scope.db)
  return r.rows[0]!
}

/** For money that the person who calls takes or gives now: his open shift or null. Refuses when his day is closed, or cash needs a shift and none is open. */
export async function myDrawer(scope: Scope, o: { community_id: string | readonly string[]; cash: boolean }): Promise<string | null> {
  const me = scope.who.account_id
  if (me === null) return null
  await shareDrawer(scope, me)
  const d = await drawerOf(scope, me)
  if (d.day_closed) throw scope.refuse('payment.day_closed', { on_day: scope.today })
  if (!o.cash || d.shift_id !== null) return d.shift_id
  const rules = await Promise.all([...new Set([o.community_id].flat())].map((id) => ruleOf(scope, 'desk', id)))
  if (rules.some((r) => r.cash_needs_shift)) throw scope.refuse('payment.shift_needed')
  return d.shift_id
}

/** The open shift of somebody whose money is changed by another: a reversal that was approved. Null: it comes out of the safe. */
export async function drawerOfCashier(scope: Scope, account_id: string | null): Promise<string | null> {
  if (account_id === null) return null
  await shareDrawer(scope, account_id)
  return (await drawerOf(scope, account_id)).shift_id
}

export interface Entry {
  source_type: 'payment' | 'reversal' | 'refund' | 'deposit'
  source_id: string
  book?: 'company' | 'trust'
  /** In positive, out negative; prepayment used is no money in the drawer. */
  sums: readonly { method: MoneyMethod | 'wallet'; amount_fen: number }[]
}
export async function enterDrawer(scope: Scope, shift_id: string | null, of: Entry | readonly Entry[]): Promise<void> {
  if (shift_id === null) return
  const rows = [of].flat().flatMap((e: Entry) => {
    const by = new Map<string, number>()
    for (const s of e.sums) if (s.method !== 'wallet') by.set(s.method, (by.get(s.method) ?? 0) + s.amount_fen)
    return [...by].filter(([, amount_fen]) => amount_fen !== 0).map(([method, amount_fen]) => ({ e, method, amount_fen }))
  })
  if (rows.length === 0) return
  await scope.db
    .insertInto('payment.shift_entry')
    .values(rows.map(({ e, method, amount_fen }) => ({ company_id: scope.company_id, entry_id: uuidv7(), shift_id, source_type: e.source_type, source_id: e.source_id, method, book: e.book ?? 'company', amount_fen, at: scope.now })))
    .execute()
}
