// Cars that were not let in (拒入), with the reason: too high, too heavy, dangerous goods, and what a guard refuses else. Written once, by a guard, with or without a look of the camera.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { addDays, minuteText } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { parking, type TurnedFilter, type TurnedRow } from '../contract.ts'
import { said } from '../shown.ts'
import { lotsSeenBy, lotToRead, plateShown } from './access.ts'
import { dayBegins } from './local.ts'
import { readPlate } from './rules/plates.ts'

const EXCEL_MAX = 20_000
interface Turned {
  lot_id: string
  lane_id: string | null
  look_id: string | null
  plate: string | null
  kind: TurnedRow['kind']
  detail: string | null
}
export async function turnedOf(scope: Scope, o: Turned): Promise<string> {
  const turned_id = uuidv7()
  await scope.db.insertInto('parking.turned_away').values({ company_id: scope.company_id, turned_id, ...o, by_id: scope.who.account_id!, by_name: scope.who.name, at: scope.now }).execute()
  scope.note('lot', o.lot_id, { turned_away: o.kind })
  return turned_id
}
const turnAway = answer(parking.turnAway, async (scope, o) => {
  await lotToRead(scope, o.lot_id)
  if (o.lane_id) {
    const lane = await sql`select from parking.lane where company_id = ${scope.company_id} and lane_id = ${o.lane_id} and lot_id = ${o.lot_id}`.execute(scope.db)
    if (lane.rows.length === 0) throw scope.notFound()
  }
  const plate = o.plate ? readPlate(o.plate) : null
  if (o.plate && plate === null) throw scope.refuse('parking.bad_plate', { plate: o.plate })
  if (o.kind === 'other' && !o.detail) throw scope.refuse('parking.detail_needed')
  return { turned_id: await turnedOf(scope, { lot_id: o.lot_id, lane_id: o.lane_id, look_id: null, plate, kind: o.kind, detail: o.detail || null }) }
})
function where(scope: Scope, f: TurnedFilter): RawBuilder<SqlBool> {
  const c = scope.company_id
  const p: RawBuilder<unknown>[] = [sql`x.company_id = ${c}`, sql`exists (select from parking.lot l where l.company_id = ${c} and l.lot_id = x.lot_id and ${lotsSeenBy(scope)} ${f.community_id ? sql`and l.community_id = ${f.community_id}` : sql``})`]
  if (f.lot_id) p.push(sql`x.lot_id = ${f.lot_id}`)
  if (f.kind) p.push(sql`x.kind = ${f.kind}`)
  if (f.from_on) p.push(sql`x.at >= ${dayBegins(f.from_on)}`)
  if (f.to_on) p.push(sql`x.at < ${dayBegins(addDays(f.to_on, 1))}`)
  return sql<SqlBool>`${sql.join(p, sql` and `)}`
}
async function rowsOf(scope: Scope, f: TurnedFilter, limit: number, offset = 0): Promise<TurnedRow[]> {
  const c = scope.company_id
  const shown = plateShown(scope)
  const { rows } = await sql<TurnedRow>`with page as materialized (select x.* from parking.turned_away x where ${where(scope, f)} order by x.at desc, x.turned_id desc limit ${limit} offset ${offset})
    select x.turned_id, x.at, x.lot_id, l.name as lot_name, n.name as lane_name, x.plate, x.kind, x.detail, x.by_name, x.look_id from page x join parking.lot l on l.company_id = ${c} and l.lot_id = x.lot_id left join parking.lane n on n.company_id = ${c} and n.lane_id = x.lane_id order by x.at desc, x.turned_id desc`.execute(scope.db)
  return rows.map((r) => ({ ...r, plate: r.plate ? shown(r.plate) : null }))
}
const turnedAway = answer(parking.turnedAway, async (scope, f) => {
  const rows = await rowsOf(scope, f, f.page_size, (f.page - 1) * f.page_size)
  const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from parking.turned_away x where ${where(scope, f)}`.execute(scope.db)
  return { rows, total: n[0]!.total }
})
const turnedAwayExcel = answerFile(parking.turnedAwayExcel, async (scope, f) => {
  const rows = await rowsOf(scope, f, EXCEL_MAX + 1)
  if (rows.length > EXCEL_MAX) throw scope.refuse('parking.too_many_rows', { max: EXCEL_MAX })
  const text = (title: string) => ({ title, kind: 'text' as const })
  const body = await writeSheet({ sheets: [{ name: '拒入记录', columns: [text('时间'), text('车场'), text('通道'), text('车牌'), text('原因'), text('说明'), text('登记人')], rows: rows.map((r) => [minuteText(r.at), r.lot_name, r.lane_name, r.plate, said('turned', r.kind), r.detail, r.by_name]) }] })
  return { name: `拒入记录-${scope.today}.xlsx`, type: XLSX, body }
})
export const turnedAnswers = [turnAway, turnedAway, turnedAwayExcel]
