// Shifts as they are shown: one query for lists, Excel and one shift.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import type { MoneyMethod } from '../contract.ts'
import type { ShiftDetail, ShiftRow } from '../contract_shift.ts'

interface Read extends Omit<ShiftRow, 'cashier_name' | 'expected_fen' | 'handed_fen'> {
  expected_fen: number | null
  pieces: { face_fen: number; pieces: number }[] | null
  hand_ins: { to: 'safe' | 'bank'; amount_fen: number; slip_no?: string }[] | null
  decided_by: string | null
}
export type ShiftRead = Read

export async function readShifts(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset: number): Promise<Read[]> {
  const c = scope.company_id
  const r = await sql<Read>`
    with page as materialized (select s.* from payment.shift s where s.company_id = ${c} and ${where} order by s.opened_at desc, s.shift_id desc limit ${limit} offset ${offset})
    select s.shift_id, s.shift_no, s.community_id, m.name as community_name, s.cashier_id, s.state, s.opened_at, s.closed_at, s.float_fen, e.cash_fen, e.other_fen, e.entry_count,
      s.expected_fen, s.counted_fen, s.difference_fen, s.difference_reason, s.kept_fen, s.pieces, s.hand_ins, s.decided_by
    from page s join property.community m on m.company_id = ${c} and m.community_id = s.community_id
    cross join lateral (select coalesce(sum(x.amount_fen) filter (where x.method = 'cash'), 0)::bigint as cash_fen, coalesce(sum(x.amount_fen) filter (where x.method <> 'cash'), 0)::bigint as other_fen,
      count(distinct x.source_id)::int as entry_count from payment.shift_entry x where x.company_id = ${c} and x.shift_id = s.shift_id) e
    order by s.opened_at desc, s.shift_id desc`.execute(scope.db)
  return r.rows
}

const handed = (r: Read): number | null => (r.hand_ins === null ? null : r.hand_ins.reduce((n, h) => n + h.amount_fen, 0))

export async function shiftsShown(scope: Scope, rows: readonly Read[]): Promise<ShiftRow[]> {
  const names = await memberNames(scope, rows.map((r) => r.cashier_id))
  return rows.map(({ pieces: _p, hand_ins: _h, decided_by: _d, ...r }, i) => ({ ...r, cashier_name: names.get(r.cashier_id) ?? '', expected_fen: r.expected_fen ?? r.float_fen + r.cash_fen, handed_fen: handed(rows[i]!) }))
}

export async function shiftDetail(scope: Scope, read: Read): Promise<ShiftDetail> {
  const [row] = await shiftsShown(scope, [read])
  const r = await sql<{ method: MoneyMethod; in_fen: number; out_fen: number; net_fen: number; count: number }>`
    select method, coalesce(sum(amount_fen) filter (where amount_fen > 0), 0)::bigint as in_fen, coalesce(-sum(amount_fen) filter (where amount_fen < 0), 0)::bigint as out_fen, sum(amount_fen)::bigint as net_fen, count(*)::int as count
    from payment.shift_entry where company_id = ${scope.company_id} and shift_id = ${read.shift_id} group by method order by array_position(array['cash','card','transfer','wechat','alipay','other'], method)`.execute(scope.db)
  const mine = read.cashier_id === scope.who.account_id
  return {
    ...row!,
    by_method: r.rows,
    pieces: read.pieces ?? [],
    hand_ins: (read.hand_ins ?? []).map((h) => ({ to: h.to, amount_fen: h.amount_fen, slip_no: h.slip_no ?? null })),
    decided_by_name: read.decided_by ? ((await memberNames(scope, [read.decided_by])).get(read.decided_by) ?? '') : null,
    can: { count: !mine ? 'kernel.forbidden' : read.state === 'open' || read.state === 'recount' ? true : 'payment.shift_not_open', print: true },
  }
}
