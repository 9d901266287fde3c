// Visitors of 花园小区: a fortnight of them at the gate and by invitation, one inside too long, some awaited today, one whom the gate turns away.
import { sql } from 'kysely'
import { addDays } from '../../kernel/clock.ts'
import { access } from '../../modules/access/contract.ts'
import { RESIDENT_PHONE } from '../accounts.ts'
import { at, inside, type Person } from '../caller.ts'
import { instantAt } from '../plan/calendar.ts'
import { must, type Town } from '../town.ts'

interface Home {
  house_id: string
  phone: string
  name: string
}
const HOMES = 16
async function homes(t: Town): Promise<Home[]> {
  return inside(t.app, t.company_id, async (s) => (await sql<Home>`select h.house_id, p.phone, p.name from property.house h join people.ownership o on o.company_id = ${t.company_id} and o.house_id = h.house_id and o.to_on is null
    join people.person p on p.company_id = ${t.company_id} and p.person_id = o.person_id and p.kind = 'natural' and p.phone ~ '^1[0-9]{10}$'
    where h.company_id = ${t.company_id} and h.community_id = ${t.ids.community.get('garden')!} and h.kind = 'dwelling' and h.state = 'lived_in' order by p.phone <> ${RESIDENT_PHONE}, md5(h.label || 'visit') limit ${HOMES}`.execute(s.db)).rows)
}
const residentOf = (t: Town, h: Home): Person => ({ company_id: t.company_id, who: { kind: 'resident', account_id: null, name: h.name, phone: h.phone, face: 'resident', ip: null, agent: '样例装载', session: null, grants: [] } })

type Desk = readonly [days_ago: number, time: string, visitor_name: string, purpose: string, people_count: number, stay_minutes: number, plate?: string]
const DESK: readonly Desk[] = [
  [13, '09:12:00', '李建国', '探访', 2, 150], [11, '10:40:00', '送水师傅', '送货', 1, 20, '陕C3T219'], [9, '14:05:00', '王师傅', '维修', 1, 95], [8, '16:30:00', '赵敏', '探访', 3, 180], [6, '09:50:00', '家政小张', '家政', 1, 130],
  [4, '11:15:00', '搬家公司', '送货', 4, 210, '陕C77A12'], [2, '15:20:00', '中介小刘', '看房', 2, 40], [1, '09:10:00', '送水师傅', '送货', 1, 15, '陕C3T219'], [1, '13:30:00', '空调安装', '维修', 2, 170],
]
const MINUTE_MS = 60_000
const SHIFT_HOURS = 4
export async function receive(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  if (!community_id) return
  const list = await homes(t)
  if (list.length < DESK.length) return
  const [guard, head] = [must(t, 'zhixuyuan1'), must(t, 'zhixu')]
  const { today, until } = t.calendar
  const later = (iso: string, minutes: number): string => new Date(Date.parse(iso) + minutes * MINUTE_MS).toISOString()
  for (const [n, [days_ago, time, visitor_name, purpose, people_count, stay, plate]] of DESK.entries()) {
    const iso = instantAt(t.calendar, addDays(today, -days_ago), time)
    const { visit_id } = await at(iso, () => t.road.call(guard, ['visit desk', n], access.registerVisit, { house_id: list[n + 1]!.house_id, host_name: list[n + 1]!.name, visitor_name, visitor_phone: null, id_number: null, plate: plate ?? null, people_count, purpose, hours: SHIFT_HOURS }))
    await at(later(iso, stay), () => t.road.call(guard, ['visit desk left', n], access.leaveVisit, { visit_id }))
  }
  // Registered for two hours this day, and still inside when they were over.
  const long = later(until, -200)
  await at(long, () => t.road.call(guard, ['visit long'], access.registerVisit, { house_id: list[10]!.house_id, host_name: list[10]!.name, visitor_name: '推销保健品', visitor_phone: null, id_number: null, plate: null, people_count: 1, purpose: '探访', hours: 2 }))
  const invited = [['老同学一家', 4, '陕C9D660', 60, 6], ['表弟', 1, null, -30, 8], ['钢琴老师', 1, null, 26 * 60, 2]] as const
  for (const [n, [visitor_name, people_count, plate, from, hours]] of invited.entries())
    await at(later(until, -90), () => t.road.call(residentOf(t, list[n === 1 ? 3 : 0]!), ['visit invited', n], access.invite, { house_id: list[n === 1 ? 3 : 0]!.house_id, visitor_name, people_count, from_at: later(until, from), hours, ...(plate ? { plate } : {}) }))
  await at(instantAt(t.calendar, addDays(today, -20), '17:00:00'), () => t.road.call(head, ['visit barred'], access.bar, { community_id, name: '收旧电瓶的男子', phone: null, plate: '陕C0K517', id_number: null, reason: '两次撬电动车电瓶被监控拍到,已报警', to_on: addDays(today, 160) }))
}
