// Who may see and change settlement sheets: by the house, as bills and payments are.
import { sql, type RawBuilder } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import type { Outcome, SheetBody } from '../contract.ts'

export interface SheetRead {
  sheet_id: string
  no: string
  kind: 'transfer' | 'move_out'
  community_id: string
  building_id: string
  house_id: string
  community_name: string
  company_name: string
  house_label: string
  tenancy_id: string | null
  on_day: string
  state: 'draft' | 'done' | 'cancelled'
  leavers: { person_id: string; name: string }[]
  note: string | null
  created_by: string
  created_at: string
  done_by: string | null
  done_at: string | null
  frozen: SheetBody | null
  outcome: Outcome | null
  cancel_reason: string | null
}
/** `heavy`: with what was frozen; lists do without it. */
export async function sheetRows(scope: Scope, where: RawBuilder<unknown>, o: { limit: number; offset?: number; heavy?: boolean }): Promise<SheetRead[]> {
  const c = scope.company_id
  const { rows } = await sql<SheetRead>`
    with page as materialized (select s.* from handover.sheet s where s.company_id = ${c} and ${where} order by s.created_at desc, s.sheet_id limit ${o.limit} offset ${o.offset ?? 0})
    select s.sheet_id, s.no, s.kind, s.community_id, s.building_id, s.house_id, m.name as community_name, co.name as company_name, h.label as house_label, s.tenancy_id, s.on_day, s.state, s.note, s.created_by, s.created_at, s.done_by, s.done_at, ${o.heavy ? sql`s.frozen` : sql`null::jsonb`} as frozen, s.outcome, s.cancel_reason,
      (select jsonb_agg(jsonb_build_object('person_id', p.person_id, 'name', p.name) order by array_position(s.leaver_ids, p.person_id)) from people.person p where p.company_id = ${c} and p.person_id = any(s.leaver_ids)) as leavers
    from page s join property.community m on m.company_id = ${c} and m.community_id = s.community_id join property.house h on h.company_id = ${c} and h.house_id = s.house_id join identity.company co on co.company_id = ${c}
    order by s.created_at desc, s.sheet_id`.execute(scope.db)
  return rows
}
export const sheetsSeenBy = (scope: Scope) => housesSeenBy(scope, { alias: 's' })

export async function sheetToRead(scope: Scope, sheet_id: string): Promise<SheetRead> {
  const [s] = await sheetRows(scope, sql`s.sheet_id = ${sheet_id} and ${sheetsSeenBy(scope)}`, { limit: 1, heavy: true })
  if (!s) throw scope.notFound()
  return s
}
