// House board (房态图, REG-08): every house of a building with its state and what it owes.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { buildingToRead, covers } from '../../property/server/index.ts'
import { activeOn } from '../../people/server/index.ts'
import { analytics, type BoardCell } from '../contract.ts'
import type { z } from 'zod'

const CELLS_MAX = 5000
type Cell = z.output<typeof BoardCell>

export const houseBoard = answer(analytics.houseBoard, async (scope, { building_id }) => {
  const b = await buildingToRead(scope, building_id)
  const c = scope.company_id
  const { rows } = await sql<Omit<Cell, 'arrears_fen' | 'arrears_count'>>`with page as materialized (select h.* from property.house h where h.company_id = ${c} and h.building_id = ${building_id} order by h.floor_no, h.sort_no limit ${CELLS_MAX})
    select h.house_id, u.no as unit_no, h.floor_no, h.room_no, h.label, h.kind, h.state, coalesce(o.names, '') as owner_names from page h
    left join property.unit u on u.company_id = ${c} and u.unit_id = h.unit_id
    left join (select o.house_id, string_agg(p.name, '、' order by o.is_primary desc, o.ownership_id) as names from people.ownership o join people.person p on p.company_id = ${c} and p.person_id = o.person_id
      where o.company_id = ${c} and o.house_id in (select house_id from page) and ${activeOn('o', scope.today)} group by 1) o on o.house_id = h.house_id
    order by h.floor_no desc, h.sort_no, h.label`.execute(scope.db)
  const shows_money = covers(scope.reach('billing.bill.read'), b)
  const owed = new Map<string, { arrears_fen: number; arrears_count: number }>()
  if (shows_money) {
    // By community and house, as the index of open bills is ordered: no partition is read whole.
    const sums = await sql<{ house_id: string; arrears_fen: number; arrears_count: number }>`select b.house_id, sum(b.amount_fen - b.paid_fen - b.reduced_fen)::bigint as arrears_fen, count(*)::int as arrears_count from billing.bill b
      where b.company_id = ${c} and b.community_id = ${b.community_id} and b.house_id = any(${rows.map((r) => r.house_id)}::uuid[]) and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen group by 1`.execute(scope.db)
    for (const { house_id, ...s } of sums.rows) owed.set(house_id, s)
  }
  return { building_name: b.name, shows_money, cells: rows.map((r) => ({ ...r, ...(owed.get(r.house_id) ?? { arrears_fen: 0, arrears_count: 0 }) })) }
})
