// Meter rounds: read on the 12th, questions settled on the 14th, billed on the 15th. The last bill run that is due is left as a draft,
// with doors that stayed shut and readings in question, so that the work bench has something to do.
import { sql } from 'kysely'
import { inside } from '../caller.ts'
import { isPast } from '../plan/calendar.ts'
import { meteredHouses } from '../plan/fees.ts'
import { meterNo, nobodyHome, readingsOf } from '../plan/water.ts'
import type { PlanHouse } from '../plan/shapes.ts'
import { houseId, keyOf, must, planPeople, type Town } from '../town.ts'
import { sampleHome } from '../plan/people.ts'
import { bill, publisher, type Event } from './runs.ts'
import { billing } from '../../modules/billing/contract.ts'
import { meters } from '../../modules/meters/contract.ts'

const READ = '12'
const ASKED = '14'
const BILLED = '15'
const PUT_RIGHT = '18'
/** A slip of the pen, in tenths of a cubic metre. */
const SLIP = 180

const billed = (t: Town): string[] => t.calendar.months.filter((m) => isPast(t.calendar, `${m}-${BILLED}`, '09:10:00'))
/** The month whose run waits for publication. */
const waiting = (t: Town): string | undefined => billed(t).at(-1)
/** One bill of this month is wrong, is voided and issued again. */
const wrongMonth = (t: Town): string | undefined => billed(t).slice(0, -1).filter((m) => isPast(t.calendar, `${m}-${PUT_RIGHT}`, '11:00:00')).at(-2) ?? billed(t).slice(0, -1).at(-1)
export const wrongHouse = (): PlanHouse => meteredHouses().find((h) => h.building_no === '7' && h.state === 'lived_in')!

function heads(t: Town): Map<string, number> {
  const plan = planPeople(t, 'garden')
  const let_to = new Set(plan.tenancies.map((x) => x.label))
  const count = new Map<string, number>()
  for (const o of plan.owners) if (!let_to.has(o.label)) count.set(o.label, (count.get(o.label) ?? 0) + 1)
  for (const x of [...plan.tenancies, ...plan.residents]) count.set(x.label, (count.get(x.label) ?? 0) + 1)
  return count
}

async function meterIds(t: Town): Promise<Map<string, string>> {
  const rows = await inside(t.app, t.company_id, (s) => s.db.selectFrom('meters.meter').select(['meter_id', 'no']).where('company_id', '=', t.company_id).execute())
  return new Map(rows.map((r) => [r.no, r.meter_id]))
}

const plus = (reading: string, tenths: number): string => {
  const n = Number(reading.replace('.', '')) + tenths
  return `${Math.trunc(n / 10)}.${n % 10}`
}
/** What stands on the sheet of a round. */
function sheet(t: Town, month: string): { h: PlanHouse; reading: string; right: string }[] {
  const count = heads(t)
  const nth = t.calendar.months.indexOf(month)
  return meteredHouses()
    .filter((h) => month !== waiting(t) || h.label === sampleHome().label || !nobodyHome(h, month))
    .map((h) => {
      const right = readingsOf(h, count.get(h.label) ?? 1, t.calendar.months)[nth]!
      return { h, right, reading: month === wrongMonth(t) && h.label === wrongHouse().label ? plus(right, SLIP) : right }
    })
}

async function read(t: Town, month: string): Promise<void> {
  const ids = await meterIds(t)
  const rows = sheet(t, month).map((x) => ({ meter_id: ids.get(meterNo(x.h))!, reading: x.reading }))
  await t.road.call(must(t, 'shoufei1'), ['readings', month], meters.saveReadings, { period: month, read_on: `${month}-${READ}`, rows })
}

async function settleQuestions(t: Town, month: string): Promise<void> {
  const { rows } = await inside(t.app, t.company_id, (s) => sql<{ reading_id: string }>`select r.reading_id from meters.reading r join meters.meter m on m.company_id = r.company_id and m.meter_id = r.meter_id
    where r.company_id = ${t.company_id} and r.period_on = ${`${month}-01`}::date and r.state = 'suspect' order by m.no`.execute(s.db))
  for (const r of rows) await t.road.call(must(t, 'jingli'), ['confirm', r.reading_id], meters.confirmReading, { reading_id: r.reading_id, note: '已入户核实,用水量属实' })
}

async function putRight(t: Town, month: string): Promise<void> {
  const house = wrongHouse()
  const house_id = houseId(t, 'garden', house.label)
  const { rows } = await inside(t.app, t.company_id, (s) => sql<{ bill_id: string; reading_id: string }>`select b.bill_id, b.reading_id from billing.bill b
    where b.company_id = ${t.company_id} and b.house_id = ${house_id} and b.period_on = ${`${month}-01`}::date and b.fee_item_id = ${t.ids.fee.get(keyOf('garden', 'SF'))!} order by b.voided_at nulls last, b.bill_id limit 1`.execute(s.db))
  const wrong = rows[0]!
  await t.road.call(publisher(t), ['void', month], billing.voidBill, { bill_id: wrong.bill_id, reason: '业主反映水量偏大,复核为抄表笔误' })
  const right = sheet(t, month).find((x) => x.h.label === house.label)!.right
  await t.road.call(must(t, 'jingli'), ['correct', month], meters.correctReading, { reading_id: wrong.reading_id, reading: right, reason: '抄表笔误,现场复核' })
  await bill(t, 'garden', month, 'water again', ['SF'], { house_id })
}

export function meterEvents(t: Town, month: string): Event[] {
  const draft_only = month === waiting(t)
  const out: Event[] = [{ key: `readings ${month}`, day: `${month}-${READ}`, time: '17:55:00', run: () => read(t, month) }]
  if (!draft_only) out.push({ key: `questions ${month}`, day: `${month}-${ASKED}`, time: '17:55:00', run: () => settleQuestions(t, month) })
  out.push({ key: `water ${month}`, day: `${month}-${BILLED}`, time: '08:10:00', run: () => bill(t, 'garden', month, 'water', ['SF'], { draft_only }) })
  if (month === wrongMonth(t)) out.push({ key: `put right ${month}`, day: `${month}-${PUT_RIGHT}`, time: '08:30:00', run: () => putRight(t, month) })
  return out
}
