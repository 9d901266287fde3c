// The end of a device: changed for another in one act, or taken out of use. What it ran since its last reading is recorded and billed.
import { answer } from '../../../kernel/app.ts'
import { addMonths } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { compareDecimal } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { meters } from '../contract.ts'
import { metersToChange, type SeenMeter } from './access.ts'
import { refuseTaken } from './devices.ts'
import type { PartValue } from './facts.ts'
import { recordReadings } from './record.ts'

/** The last reading of a device, if it ran at all since the one before; gives what is still carried. */
async function endDevice(scope: Scope, old: SeenMeter, o: { on_day: string; last_reading: string; last_rolled?: boolean | undefined; last_parts?: readonly PartValue[] | undefined; note: string }): Promise<{ reading_id: string | null; carried: string }> {
  const about = { house: old.house_label, no: old.no }
  if (old.removed_on) throw scope.refuse('meters.removed', { ...about, removed_on: old.removed_on })
  const of = scope.db.selectFrom('meters.reading').where('company_id', '=', scope.company_id).where('meter_id', '=', old.meter_id)
  const last = await of.select(['reading', 'read_on', 'period_on', 'carried_out', 'source']).orderBy('period_on', 'desc').limit(1).executeTakeFirst()
  const lastOn = last?.read_on ?? old.installed_on
  if (o.on_day < lastOn || o.on_day > scope.today) throw scope.refuse('meters.before_last', { read_on: lastOn })
  const previous = last?.reading ?? old.start_reading
  let reading_id: string | null = null
  // An estimate before it must be settled even when the dial has not moved.
  if (previous === null || compareDecimal(o.last_reading, previous) !== 0 || o.last_rolled || last?.source === 'estimate') {
    // It belongs to the month of the change, or to the next when that month is read already.
    const month = o.on_day.slice(0, 7)
    const period = last && last.period_on.slice(0, 7) >= month ? addMonths(last.period_on.slice(0, 7), 1) : month
    const [done] = await recordReadings(scope, [{ meter_id: old.meter_id, period_on: `${period}-01`, read_on: o.on_day, reading: o.last_reading, rolled: o.last_rolled, parts: o.last_parts, note: o.note }])
    reading_id = done!.reading_id
  }
  const carried = (await of.select('carried_out').orderBy('period_on', 'desc').limit(1).executeTakeFirst())?.carried_out ?? old.start_carried
  await scope.db.updateTable('meters.meter').set({ removed_on: o.on_day }).where('company_id', '=', scope.company_id).where('meter_id', '=', old.meter_id).execute()
  return { reading_id, carried }
}

const replace = answer(meters.replaceMeter, async (scope, o) => {
  const old = (await metersToChange(scope, [o.meter_id])).get(o.meter_id)!
  await refuseTaken(scope, old.kind, o.new_no, null)
  const { reading_id, carried } = await endDevice(scope, old, { ...o, note: o.note ?? '换表,旧表止数' })
  const meter_id = uuidv7()
  await scope.db
    .insertInto('meters.meter')
    .values({
      company_id: scope.company_id, meter_id, point_id: old.point_id, parent_point_id: old.parent_point_id, house_id: old.house_id, community_id: old.community_id, building_id: old.building_id, name: old.name, kind: old.kind, no: o.new_no,
      multiplier: o.new_multiplier ?? old.multiplier, whole_digits: o.new_whole_digits === undefined ? old.whole_digits : o.new_whole_digits, start_reading: o.new_start_reading, start_carried: carried, installed_on: o.on_day, removed_on: null,
    })
    .execute()
  const starts = new Map((o.new_parts ?? []).map((p) => [p.register as string, p.reading]))
  const registers = new Set([...old.registers.map((r) => r.register), ...starts.keys()])
  if (registers.size) await scope.db.insertInto('meters.register').values([...registers].map((register) => ({ company_id: scope.company_id, meter_id, register, start_reading: starts.get(register) ?? '0' }))).execute()
  scope.note('meter', o.meter_id, { replaced_by: meter_id, on_day: o.on_day, last_reading: o.last_reading })
  return { meter_id, reading_id }
})

const remove = answer(meters.removeMeter, async (scope, o) => {
  const old = (await metersToChange(scope, [o.meter_id])).get(o.meter_id)!
  const { reading_id } = await endDevice(scope, old, { ...o, note: `拆表止数:${o.reason}`.slice(0, 100) })
  scope.note('meter', o.meter_id, { removed_on: o.on_day, last_reading: o.last_reading, reason: o.reason })
  return { meter_id: o.meter_id, reading_id }
})

export const replaceAnswers = [replace, remove]
