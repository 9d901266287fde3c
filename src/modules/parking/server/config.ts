// Rules of a lot in force on a day: the newest of those that began.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { LotRule } from '../contract.ts'

export const RULE_COLUMNS = sql.raw('r.rule_id, r.from_on, r.capacity, r.reserved, r.tariff_id, r.closed, r.visitors_when_closed, r.full_stop, r.overflow, r.refused_kinds, r.window_s, r.no_entry_fen, r.lost_card_fen, r.remind_days, r.keep_days, r.max_height_cm, r.max_weight_kg, r.note')
/** A subselect of one row, the rule of `lot` on a day. */
export const ruleOn = (scope: Scope, lot: string, day: string) => sql`(select ${RULE_COLUMNS} from parking.rule r where r.company_id = ${scope.company_id} and r.lot_id = ${sql.ref(lot)} and r.from_on <= ${day}::date order by r.from_on desc, r.created_at desc, r.rule_id desc limit 1)`
export async function ruleOf(scope: Scope, lot_id: string, day: string = scope.today): Promise<LotRule | null> {
  const { rows } = await sql<LotRule>`select ${RULE_COLUMNS} from parking.rule r where r.company_id = ${scope.company_id} and r.lot_id = ${lot_id} and r.from_on <= ${day}::date order by r.from_on desc, r.created_at desc, r.rule_id desc limit 1`.execute(scope.db)
  return rows[0] ?? null
}
