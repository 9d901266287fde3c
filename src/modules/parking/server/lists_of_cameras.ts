// White lists on the cameras, so that a lane works while nobody can be asked. What the camera has is kept row by row; what it should have follows
// from the permits of today. Each beat carries one piece of the difference, removals first; every right carries its last day to the camera, so that
// it ends there too when the removal never arrives. An emptied list is not a thing this can say (H9: see the types of dialect.ts).
import { sql } from 'kysely'
import { addDays } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { CameraSeen } from './facts.ts'
import { holdsOn, paidTo } from './permit_now.ts'
import { plateFor, type ListAdd, type ListDelta, type Plate } from './dialect.ts'

/** At most five plates a push in the vendor's protocol. */
const PIECE = 5
const CHECK_EVERY_S = 60
/** Rights without an end are renewed on the camera before this runs out. */
const HOLDS_DAYS = 30
const RENEW_BEFORE_DAYS = 7

type Camera = Pick<CameraSeen, 'camera_id' | 'lot_id'>
interface Row {
  plate: string
  until_on: string
}
async function difference(scope: Scope, k: Camera): Promise<{ remove: Row[]; add: Row[]; left: number }> {
  const c = scope.company_id
  const horizon = addDays(scope.today, HOLDS_DAYS)
  const { rows } = await sql<Row & { what: 'remove' | 'add' }>`
    with wanted as (select pp.plate, max(least(coalesce(pm.to_on, ${horizon}::date), coalesce(case when pm.kind = 'monthly' then ${paidTo(scope)} end, ${horizon}::date), coalesce(pp.to_on, ${horizon}::date), ${horizon}::date)) as until_on from parking.permit_plate pp join parking.permit pm on pm.company_id = ${c} and pm.permit_id = pp.permit_id
      where pp.company_id = ${c} and pp.lot_id = ${k.lot_id} and pp.from_on <= ${scope.today}::date and (pp.to_on is null or pp.to_on > ${scope.today}::date) and ${holdsOn(scope, scope.today)}
      group by pp.plate having bool_and(pm.kind <> 'black')),
    has as (select plate, until_on from parking.camera_list where company_id = ${c} and camera_id = ${k.camera_id})
    select 'remove' as what, h.plate, h.until_on from has h where not exists (select from wanted w where w.plate = h.plate)
    union all select 'add', w.plate, w.until_on from wanted w left join has h on h.plate = w.plate where h.plate is null or h.until_on > w.until_on or (h.until_on < w.until_on and h.until_on < ${addDays(scope.today, RENEW_BEFORE_DAYS)}::date)
    order by 1 desc, 2`.execute(scope.db)
  return { remove: rows.filter((r) => r.what === 'remove'), add: rows.filter((r) => r.what === 'add'), left: rows.length }
}
const isPlate = (p: Plate | null): p is Plate => p !== null
/** What is known of its list: so many not on it yet, looked at then (null: to be looked at), and why it did not go on. */
export const noteLists = (scope: Scope, k: Camera, o: { left: number; at: string | null; fault?: string }) =>
  sql`update parking.camera_state set list_left = ${o.left}, list_at = ${o.at}::timestamptz, list_fault = ${o.fault ?? null} where company_id = ${scope.company_id} and camera_id = ${k.camera_id}`.execute(scope.db).then(() => {})

export interface Piece {
  delta: ListDelta
  rows: Row[]
  /** Before it. */
  left: number
}
/** One piece of what the camera lacks; null, and noted, when that is nothing. */
export async function nextPiece(scope: Scope, k: Camera): Promise<Piece | null> {
  const d = await difference(scope, k)
  const gone = d.remove.slice(0, PIECE)
  const [first, ...rest] = gone.map((r) => plateFor(r.plate)).filter(isPlate)
  if (first) return { delta: { remove: [first, ...rest] }, rows: gone, left: d.left }
  const rows = d.add.slice(0, PIECE)
  const [one, ...more] = rows.flatMap((r): ListAdd[] => { const plate = plateFor(r.plate); return plate ? [{ plate, from: `${scope.today} 00:00:00`, to: `${r.until_on} 00:00:00` }] : [] })
  if (one) return { delta: { add: [one, ...more] }, rows, left: d.left }
  await noteLists(scope, k, { left: d.left, at: scope.now })
  return null
}
/** The camera has it, or will as soon as it hears its answer. */
export async function pieceTaken(scope: Scope, k: Camera, p: Piece): Promise<void> {
  const c = scope.company_id
  if ('remove' in p.delta) await sql`delete from parking.camera_list where company_id = ${c} and camera_id = ${k.camera_id} and plate = any(${p.rows.map((r) => r.plate)}::text[])`.execute(scope.db)
  else
    await sql`insert into parking.camera_list (company_id, camera_id, plate, until_on, sent_at) select ${c}, ${k.camera_id}, x.plate, x.until_on, ${scope.now} from jsonb_to_recordset(${JSON.stringify(p.rows)}::jsonb) as x(plate text, until_on date)
      on conflict (company_id, camera_id, plate) do update set until_on = excluded.until_on, sent_at = excluded.sent_at`.execute(scope.db)
  const left = p.left - p.rows.length
  await noteLists(scope, k, { left, at: left === 0 && 'add' in p.delta ? scope.now : null })
}
/** For a camera that takes it with the answer to its beat: marked as sent; undefined when there is nothing to say now. */
export async function listDelta(scope: Scope, k: CameraSeen): Promise<ListDelta | undefined> {
  const due = await sql`select from parking.camera_state where company_id = ${scope.company_id} and camera_id = ${k.camera_id} and (list_at is null or list_at < ${scope.now}::timestamptz - make_interval(secs => ${CHECK_EVERY_S}))`.execute(scope.db)
  const piece = due.rows.length > 0 ? await nextPiece(scope, k) : null
  if (piece) await pieceTaken(scope, k, piece)
  return piece?.delta
}
