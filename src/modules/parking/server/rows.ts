// Looks and stays as rows of screens and sheets: the page is cut before names are joined, plates are masked for whoever may not see them.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import type { LookFilter, LookRow, StayFilter, StayRow } from '../contract.ts'
import { lotsSeenBy, plateShown, seesPlates } from './access.ts'
import { dayBegins } from './local.ts'
import { addDays } from '../../../kernel/clock.ts'

const from = (day: string): string => dayBegins(day)
const to = (day: string): string => dayBegins(addDays(day, 1))
const seenLots = (scope: Scope, alias: string, community_id?: string) => sql`exists (select from parking.lot l where l.company_id = ${scope.company_id} and l.lot_id = ${sql.ref(`${alias}.lot_id`)} and ${lotsSeenBy(scope)} ${community_id ? sql`and l.community_id = ${community_id}` : sql``})`
const plain = (q: string): string => q.normalize('NFKC').toUpperCase().replace(/[\s·•.-]/g, '')
/** By the beginning, or the last four; whoever sees no plates whole finds by the whole plate only. */
function plateLike(scope: Scope, alias: string, q: string): RawBuilder<unknown> {
  const p = plain(q)
  const col = sql.ref(`${alias}.plate`)
  return seesPlates(scope) ? sql`(${col} like ${`${p.replace(/[%_]/g, '')}%`} or right(${col}, 4) = ${p})` : sql`${col} = ${p}`
}

export function stayWhere(scope: Scope, f: StayFilter): RawBuilder<SqlBool> {
  const p: RawBuilder<unknown>[] = [sql`s.company_id = ${scope.company_id}`, seenLots(scope, 's', f.community_id)]
  if (f.lot_id) p.push(sql`s.lot_id = ${f.lot_id}`)
  if (f.state) p.push(sql`s.state = ${f.state}`)
  if (f.class) p.push(sql`s.class = ${f.class}`)
  if (f.debt) p.push(sql`s.debt and exists (select from parking.stay_bill x join billing.bill b on b.company_id = ${scope.company_id} and b.period_on = x.period_on and b.bill_id = x.bill_id where x.company_id = ${scope.company_id} and x.stay_id = s.stay_id and b.voided_at is null and b.amount_fen > b.paid_fen + b.reduced_fen + b.moved_fen)`)
  if (f.q) p.push(plateLike(scope, 's', f.q))
  if (f.from_on) p.push(sql`s.entered_at >= ${from(f.from_on)}`)
  if (f.to_on) p.push(sql`s.entered_at < ${to(f.to_on)}`)
  if (f.left_from_on) p.push(sql`s.left_at >= ${from(f.left_from_on)}`)
  if (f.left_to_on) p.push(sql`s.left_at < ${to(f.left_to_on)}`)
  return sql<SqlBool>`${sql.join(p, sql` and `)}`
}
export async function stayRows(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset = 0): Promise<StayRow[]> {
  const c = scope.company_id
  const shown = plateShown(scope)
  const { rows } = await sql<StayRow>`with page as materialized (select s.* from parking.stay s where ${where} order by s.entered_at desc, s.stay_id limit ${limit} offset ${offset})
    select s.stay_id, s.lot_id, l.name as lot_name, s.plate, s.no_plate, s.vehicle, s.class, s.entered_at, a.name as entry_lane, s.no_entry, s.left_at, z.name as exit_lane, (extract(epoch from coalesce(s.left_at, ${scope.now}::timestamptz) - s.entered_at) / 60)::int as minutes, s.state, s.due_fen, coalesce(p.paid_fen, 0) as paid_fen, s.debt and coalesce(p.open_fen, 0) > 0 as debt
    from page s join parking.lot l on l.company_id = ${c} and l.lot_id = s.lot_id left join parking.lane a on a.company_id = ${c} and a.lane_id = s.entry_lane_id left join parking.lane z on z.company_id = ${c} and z.lane_id = s.exit_lane_id
      left join lateral (select sum(b.paid_fen)::bigint as paid_fen, sum(b.amount_fen - b.paid_fen - b.reduced_fen - b.moved_fen)::bigint as open_fen from parking.stay_bill x join billing.bill b on b.company_id = ${c} and b.period_on = x.period_on and b.bill_id = x.bill_id where x.company_id = ${c} and x.stay_id = s.stay_id and b.voided_at is null) p on true
    order by s.entered_at desc, s.stay_id`.execute(scope.db)
  return rows.map((r) => ({ ...r, plate: shown(r.plate, r.no_plate) }))
}

export function lookWhere(scope: Scope, f: LookFilter): RawBuilder<SqlBool> {
  const p: RawBuilder<unknown>[] = [sql`k.company_id = ${scope.company_id}`, seenLots(scope, 'k', f.community_id)]
  if (f.lot_id) p.push(sql`k.lot_id = ${f.lot_id}`)
  if (f.lane_id) p.push(sql`k.lane_id = ${f.lane_id}`)
  if (f.decision) p.push(sql`k.decision = ${f.decision}`)
  if (f.replay !== undefined) p.push(sql`k.replay = ${f.replay}`)
  if (f.q) p.push(plateLike(scope, 'k', f.q))
  if (f.from_on) p.push(sql`k.received_at >= ${from(f.from_on)}`)
  if (f.to_on) p.push(sql`k.received_at < ${to(f.to_on)}`)
  return sql<SqlBool>`${sql.join(p, sql` and `)}`
}
export async function lookRows(scope: Scope, where: RawBuilder<SqlBool>, limit: number, offset = 0): Promise<LookRow[]> {
  const c = scope.company_id
  const shown = plateShown(scope)
  const { rows } = await sql<LookRow>`with page as materialized (select k.* from parking.look k where ${where} order by k.received_at desc, k.look_id desc limit ${limit} offset ${offset})
    select k.look_id, k.lot_id, l.name as lot_name, k.lane_id, n.name as lane_name, k.direction, k.plate, k.no_plate, k.vehicle, k.confidence, k.device_at, k.received_at, k.replay, k.by_camera, k.decision, k.why, k.class, k.stay_id, k.amount_fen, k.picture is not null as has_picture,
      case when d.look_id is not null then jsonb_build_object('what', d.what, 'by_name', d.by_name, 'at', d.at, 'reason', d.reason) end as done
    from page k join parking.lot l on l.company_id = ${c} and l.lot_id = k.lot_id join parking.lane n on n.company_id = ${c} and n.lane_id = k.lane_id left join parking.look_done d on d.company_id = ${c} and d.look_id = k.look_id order by k.received_at desc, k.look_id desc`.execute(scope.db)
  return rows.map((r) => ({ ...r, plate: shown(r.plate, r.no_plate) }))
}
