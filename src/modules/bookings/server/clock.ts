// What the clock and payments do: bookings that were paid become firm, holds that were not paid are set free, residents are reminded.
import { sql, type SqlBool, type RawBuilder } from 'kysely'
import { minuteText } from '../../../kernel/clock.ts'
import type { Work } from '../../../kernel/app.ts'
import { Refusal } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { notify } from '../../messages/server/index.ts'
import { bookingHeld } from './access.ts'
import { addStep, endBooking, setState } from './make.ts'
import { billsNow } from './money.ts'
import { soon, tellResident } from './tell.ts'

const AT_ONCE = 100
const everything = sql<SqlBool>`true`
async function dueOf(scope: Scope, where: RawBuilder<SqlBool>): Promise<string[]> {
  const { rows } = await sql<{ booking_id: string }>`select b.booking_id from bookings.booking b where b.company_id = ${scope.company_id} and ${where} order by b.from_at, b.booking_id limit ${AT_ONCE}`.execute(scope.db)
  return rows.map((r) => r.booking_id)
}
/** Paid in full, the booking is firm. Gives whether it was. */
async function confirmIfPaid(scope: Scope, booking_id: string): Promise<boolean> {
  const { b, p } = await bookingHeld(scope, booking_id, everything)
  if (b.state !== 'held') return true
  const bills = (await billsNow(scope, [booking_id])).filter((x) => !x.voided)
  if (bills.some((x) => x.open_fen > 0)) return false
  await setState(scope, booking_id, { state: 'confirmed' })
  await addStep(scope, booking_id, 'paid', '费用已付清,预约生效')
  await tellResident(scope, b, p, '已付款,预约成功')
  return true
}
export async function paid(scope: Scope, house_id: string): Promise<void> {
  for (const id of await dueOf(scope, sql<SqlBool>`b.state = 'held' and b.house_id = ${house_id}`)) await confirmIfPaid(scope, id)
}
/** A hold that nobody paid gives the place back; one that is being paid at this moment waits for the answer of the channel, one that is paid in part stays and owes the rest. */
async function freeUnpaid(scope: Scope, id: string): Promise<void> {
  if (await confirmIfPaid(scope, id)) return
  const { b, p } = await bookingHeld(scope, id, everything)
  const bills = await billsNow(scope, [id])
  if (bills.some((x) => x.going)) return
  if (bills.some((x) => x.paid_fen > 0)) {
    await setState(scope, id, { state: 'confirmed' })
    await addStep(scope, id, 'paid', '已付一部分,余款按账单收取')
    return
  }
  await endBooking(scope, p, b, { state: 'expired', late: false, reason: `${minuteText(b.hold_until)} 前没有付款`, what: '未付款,已释放' })
}
/** Nobody decided before it began. */
async function refuseUndecided(scope: Scope, id: string): Promise<void> {
  const { b, p } = await bookingHeld(scope, id, everything)
  if (b.state === 'asked') await endBooking(scope, p, b, { state: 'refused', late: false, reason: '到开始时间没有审核', what: '未通过' })
}
/** One booking a transaction: what billing refuses for one keeps none of the others. It stays as it is and is tried again. */
export async function work(w: Work): Promise<void> {
  const each = async (where: (scope: Scope) => RawBuilder<SqlBool>, act: (scope: Scope, id: string) => Promise<void>): Promise<void> => {
    for (const id of await w.tx((scope) => dueOf(scope, where(scope)))) {
      try {
        await w.tx((scope) => act(scope, id))
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
      }
    }
  }
  await each((s) => sql<SqlBool>`b.state = 'held' and b.hold_until <= ${s.now}::timestamptz`, freeUnpaid)
  await each((s) => sql<SqlBool>`b.state = 'asked' and b.from_at <= ${s.now}::timestamptz`, refuseUndecided)
  await w.tx(remind)
}
interface Soon {
  booking_id: string
  no: string
  from_at: string
  house_id: string
  contact_phone: string
  name: string
}
async function remind(scope: Scope): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql<Soon>`with due as materialized (select b.booking_id from bookings.booking b join bookings.rule x on x.company_id = ${c} and x.rule_id = b.rule_id where b.company_id = ${c} and b.state = 'confirmed' and b.reminded_at is null and b.contact_phone is not null and b.from_at > ${scope.now}::timestamptz and x.remind_hours > 0 and b.from_at - make_interval(hours => x.remind_hours) <= ${scope.now}::timestamptz and b.created_at < b.from_at - make_interval(hours => x.remind_hours) order by b.from_at limit ${AT_ONCE}),
    done as (update bookings.booking b set reminded_at = ${scope.now} from due where b.company_id = ${c} and b.booking_id = due.booking_id returning b.booking_id, b.no, b.from_at, b.house_id, b.contact_phone, b.resource_id)
    select d.booking_id, d.no, d.from_at, d.house_id, d.contact_phone, r.name from done d join bookings.resource r on r.company_id = ${c} and r.resource_id = d.resource_id`.execute(scope.db)
  await notify(scope, rows.map((r) => soon(r, r)))
}
const FORGET_MAX = 5000
/** A phone that nobody needs to ring any more is deleted after the days of the rule it was booked by; the audit says how many. */
export async function forgetPhones(scope: Scope): Promise<void> {
  const c = scope.company_id
  const r = await sql`update bookings.booking set contact_phone = null where company_id = ${c} and booking_id in (select b.booking_id from bookings.booking b join bookings.rule x on x.company_id = ${c} and x.rule_id = b.rule_id where b.company_id = ${c} and b.contact_phone is not null and b.to_at < ${scope.now}::timestamptz - make_interval(days => x.keep_phone_days) order by b.to_at limit ${FORGET_MAX})`.execute(scope.db)
  const deleted = Number(r.numAffectedRows ?? 0n)
  if (deleted > 0) scope.note('booking', 'old', { phones_deleted: deleted })
}
/** Two entries of the register that were one person: what he booked follows him. */
export async function followMerged(scope: Scope, keep_id: string, drop_id: string): Promise<void> {
  await sql`update bookings.booking set person_id = ${keep_id} where company_id = ${scope.company_id} and person_id = ${drop_id}`.execute(scope.db)
}
