// The meters themselves: list, entry, change of the device.
import { sql, type RawBuilder } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addMonths } from '../../../kernel/clock.ts'
import { compareDecimal } from '../../../kernel/money.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { covers, houseToChange, housesLike, housesSeenBy } from '../../property/server/index.ts'
import { meters, type MeterRow } from '../contract.ts'
import { metersToChange } from './access.ts'
import { recordReadings } from './record.ts'

async function refuseTaken(scope: Scope, kind: string, no: string, own: string | null): Promise<void> {
  const { rows } = await sql<{ label: string }>`select h.label from meters.meter m join property.house h on h.company_id = ${scope.company_id} and h.house_id = m.house_id
    where m.company_id = ${scope.company_id} and m.kind = ${kind} and m.no = ${no} and m.meter_id is distinct from ${own}::uuid`.execute(scope.db)
  if (rows[0]) throw scope.refuse('meters.no_taken', { no, house: rows[0].label })
}

const list = answer(meters.meters, async (scope, f) => {
  const c = scope.company_id
  const where: RawBuilder<unknown>[] = [sql`m.company_id = ${c}`, housesSeenBy(scope)]
  if (f.community_id) where.push(sql`h.community_id = ${f.community_id}`)
  if (f.building_id) where.push(sql`h.building_id = ${f.building_id}`)
  if (f.house_id) where.push(sql`m.house_id = ${f.house_id}`)
  if (f.kind) where.push(sql`m.kind = ${f.kind}`)
  if (f.removed !== undefined) where.push(f.removed ? sql`m.removed_on is not null` : sql`m.removed_on is null`)
  if (f.q) where.push(sql`(m.no = ${f.q} or ${housesLike(f.q)})`)
  const from = sql`from meters.meter m join property.house h on h.company_id = ${c} and h.house_id = m.house_id where ${sql.join(where, sql` and `)}`
  const total = (await sql<{ n: number }>`select count(*)::int as n ${from}`.execute(scope.db)).rows[0]!.n
  const { rows } = await sql<Omit<MeterRow, 'can'>>`
    with page as materialized (select m.*, h.community_id, h.building_id, h.label as house_label, h.sort_no ${from} order by h.community_id, h.sort_no, h.label, m.kind, m.no limit ${f.page_size} offset ${(f.page - 1) * f.page_size})
    select p.meter_id, p.house_id, p.kind, p.no, p.multiplier, p.start_reading, p.installed_on, p.removed_on, p.community_id, cm.name as community_name, p.building_id, b.name as building_name, p.house_label,
      l.reading as last_reading, l.read_on as last_read_on
    from page p join property.community cm on cm.company_id = ${c} and cm.community_id = p.community_id join property.building b on b.company_id = ${c} and b.building_id = p.building_id
    left join lateral (select r.reading, r.read_on from meters.reading r where r.company_id = ${c} and r.meter_id = p.meter_id order by r.period_on desc limit 1) l on true
    order by p.community_id, p.sort_no, p.house_label, p.kind, p.no`.execute(scope.db)
  const write = scope.reach('meters.meter.write')
  return {
    rows: rows.map((r) => {
      const mine = covers(write, r) ? null : 'kernel.forbidden'
      return { ...r, can: { write: mine ?? (true as const), replace: mine ?? (r.removed_on ? 'meters.removed' : (true as const)) } }
    }),
    total,
  }
})

const save = answer(meters.saveMeter, async (scope, o) => {
  await houseToChange(scope, o.house_id)
  const { request_id: _r, dry_run: _d, meter_id: asked, ...fields } = o
  await refuseTaken(scope, o.kind, o.no, asked ?? null)
  if (!asked) {
    const meter_id = uuidv7()
    await scope.db.insertInto('meters.meter').values({ company_id: scope.company_id, meter_id, ...fields, removed_on: null }).execute()
    scope.note('meter', meter_id, { after: fields })
    return { meter_id }
  }
  const before = (await metersToChange(scope, [asked])).get(asked)!
  const touches = before.kind !== o.kind || before.house_id !== o.house_id || compareDecimal(before.multiplier, o.multiplier) !== 0 || compareDecimal(before.start_reading, o.start_reading) !== 0
  const read = await scope.db.selectFrom('meters.reading').select('reading_id').where('company_id', '=', scope.company_id).where('meter_id', '=', asked).limit(1).executeTakeFirst()
  if (touches && read) throw scope.refuse('meters.has_readings', { no: before.no })
  await scope.db.updateTable('meters.meter').set(fields).where('company_id', '=', scope.company_id).where('meter_id', '=', asked).execute()
  scope.note('meter', asked, { before, after: fields })
  return { meter_id: asked }
})

const replace = answer(meters.replaceMeter, async (scope, o) => {
  const old = (await metersToChange(scope, [o.meter_id])).get(o.meter_id)!
  const about = { house: old.house_label, no: old.no }
  if (old.removed_on) throw scope.refuse('meters.removed', { ...about, removed_on: old.removed_on })
  await refuseTaken(scope, old.kind, o.new_no, null)
  const last = await scope.db.selectFrom('meters.reading').select(['reading', 'read_on', 'period_on']).where('company_id', '=', scope.company_id).where('meter_id', '=', o.meter_id).orderBy('period_on', 'desc').limit(1).executeTakeFirst()
  const lastOn = last?.read_on ?? old.installed_on
  if (o.on_day < lastOn || o.on_day > scope.today) throw scope.refuse('meters.before_last', { read_on: lastOn })
  const previous = last?.reading ?? old.start_reading
  if (compareDecimal(o.last_reading, previous) < 0) throw scope.refuse('meters.reading_back', { ...about, reading: o.last_reading, previous })
  // What the old meter ran since its last reading belongs to the month of the change, or to the next when that month is read already.
  const month = o.on_day.slice(0, 7)
  const period = last && last.period_on.slice(0, 7) >= month ? addMonths(last.period_on.slice(0, 7), 1) : month
  let reading_id: string | null = null
  if (compareDecimal(o.last_reading, previous) > 0) {
    const [done] = await recordReadings(scope, [{ meter_id: o.meter_id, period_on: `${period}-01`, read_on: o.on_day, reading: o.last_reading, note: o.note ?? '换表,旧表止数' }])
    reading_id = done!.reading_id
  }
  await scope.db.updateTable('meters.meter').set({ removed_on: o.on_day }).where('company_id', '=', scope.company_id).where('meter_id', '=', o.meter_id).execute()
  const meter_id = uuidv7()
  await scope.db
    .insertInto('meters.meter')
    .values({ company_id: scope.company_id, meter_id, house_id: old.house_id, kind: old.kind, no: o.new_no, multiplier: o.new_multiplier ?? old.multiplier, start_reading: o.new_start_reading, installed_on: o.on_day, removed_on: null })
    .execute()
  scope.note('meter', o.meter_id, { replaced_by: meter_id, on_day: o.on_day, last_reading: o.last_reading })
  return { meter_id, reading_id }
})

export const deviceAnswers = [list, save, replace]

export interface MeterIn {
  house_id: string
  kind: 'water' | 'electricity' | 'gas' | 'heat'
  no: string
  multiplier?: string
  start_reading?: string
  installed_on: string
}
/** Makes meters in bulk, for imports and sample data; gives their ids in the order asked. The caller has checked numbers and houses. */
export async function createMeters(scope: Scope, rows: readonly MeterIn[]): Promise<string[]> {
  const made = rows.map((r) => ({ meter_id: uuidv7(), multiplier: '1', start_reading: '0', ...r }))
  await sql`insert into meters.meter (company_id, meter_id, house_id, kind, no, multiplier, start_reading, installed_on)
    select ${scope.company_id}::bigint, x.* from jsonb_to_recordset(${JSON.stringify(made)}::jsonb) as x(meter_id uuid, house_id uuid, kind text, no text, multiplier numeric, start_reading numeric, installed_on date)`.execute(scope.db)
  return made.map((m) => m.meter_id)
}
