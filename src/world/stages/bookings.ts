// Shared places of 花园小区: a badminton court, a meeting room, a party room, card tables, places for guests' cars; a fortnight of use and what is booked now.
import { sql } from 'kysely'
import { addDays } from '../../kernel/clock.ts'
import { bookings } from '../../modules/bookings/contract.ts'
import { RESIDENT_PHONE } from '../accounts.ts'
import { at, inside, type Person } from '../caller.ts'
import { instantAt } from '../plan/calendar.ts'
import { must, type Town } from '../town.ts'

interface Home { house_id: string; phone: string; name: string }
const HOMES = 12
const homes = (t: Town): Promise<Home[]> =>
  inside(t.app, t.company_id, async (s) => (await sql<Home>`select h.house_id, p.phone, p.name from property.house h join people.ownership o on o.company_id = ${t.company_id} and o.house_id = h.house_id and o.to_on is null
    join people.person p on p.company_id = ${t.company_id} and p.person_id = o.person_id and p.kind = 'natural' and p.phone ~ '^1[0-9]{10}$'
    where h.company_id = ${t.company_id} and h.community_id = ${t.ids.community.get('garden')!} and h.kind = 'dwelling' and h.state = 'lived_in' order by p.phone <> ${RESIDENT_PHONE}, md5(h.label || 'booking') limit ${HOMES}`.execute(s.db)).rows)
const residentOf = (t: Town, h: Home): Person => ({ company_id: t.company_id, who: { kind: 'resident', account_id: null, name: h.name, phone: h.phone, face: 'resident', ip: null, agent: '样例装载', session: null, grants: [] } })

const DAILY = [1, 2, 3, 4, 5, 6, 7]
const BASIS = '业主大会 2025 年第 1 次会议决议,公共场地收费公示'
const RULE = { slot_min: 60, min_slots: 1, max_slots: 2, max_units: 1, ahead_days: 7, live_max: 2, cancel_hours: 12, late_keep_percent: 0, approval: false, who: ['owner', 'tenant', 'household'] as ('owner' | 'tenant' | 'household')[], pay_within_min: 0, remind_hours: 2, basis: BASIS }
const PLACES = [
  { key: 'court', name: '羽毛球场', kind: 'court', place: '东区广场北侧', unit_count: 2, unit_word: '片', belongs_to: 'public_income', note: '请穿软底鞋;雨天地滑时停用。', hours: [{ days: DAILY, from: '06:00', to: '22:00' }], rule: { late_keep_percent: 50 }, price: { slot_fen: 1000, bands: [{ days: DAILY, from: '18:00', to: '22:00', slot_fen: 2000 }, { days: [6, 7], from: '08:00', to: '18:00', slot_fen: 1500 }] } },
  { key: 'meeting', name: '社区会议室', kind: 'meeting', place: '物业服务中心二层', unit_count: 1, unit_word: '间', belongs_to: 'public_income', note: '可坐 20 人,有投影;用后请关灯、带走垃圾。', hours: [{ days: DAILY, from: '09:00', to: '21:00' }], rule: { approval: true, ahead_days: 14, max_slots: 4 }, price: { slot_fen: 3000, bands: [] } },
  { key: 'party', name: '亲子活动室', kind: 'party', place: '西区 12 栋架空层', unit_count: 1, unit_word: '间', belongs_to: 'public_income', note: '生日会请提前布置,不得使用明火。', hours: [{ days: [1, 2, 3, 4, 5], from: '14:00', to: '20:00' }, { days: [6, 7], from: '09:00', to: '21:00' }], rule: { max_slots: 3, pay_within_min: 120 }, price: { slot_fen: 2500, bands: [] } },
  { key: 'cards', name: '老年棋牌室', kind: 'seat', place: '东区 5 栋一层', unit_count: 8, unit_word: '桌', belongs_to: 'public_income', note: null, hours: [{ days: DAILY, from: '08:00', to: '12:00' }, { days: DAILY, from: '14:00', to: '18:00' }], rule: { slot_min: 120, max_units: 2 }, price: null },
  { key: 'guests', name: '访客临时车位', kind: 'parking', place: '西区南门内 1–6 号', unit_count: 6, unit_word: '位', belongs_to: 'public_income', note: '请在备注写车牌;过夜请约两段。', hours: [{ days: DAILY, from: '00:00', to: '24:00' }], rule: { slot_min: 720, live_max: 3, who: ['owner', 'tenant'] as ('owner' | 'tenant' | 'household')[] }, price: { slot_fen: 500, bands: [] } },
] as const
const coming = (day: string, time: string): string => new Date(`${day}T${time}+08:00`).toISOString()
type Key = (typeof PLACES)[number]['key']
/** Days from today, hour; which household; how many on end. */
const USED: readonly [key: Key, days_ago: number, time: string, home: number, slots: number, came: boolean][] = [['cards', 9, '08:00:00', 2, 1, true], ['cards', 6, '14:00:00', 3, 2, true], ['cards', 4, '14:00:00', 4, 1, false], ['cards', 2, '08:00:00', 5, 1, true], ['cards', 1, '16:00:00', 6, 1, true]]
const AHEAD: readonly [key: Key, days: number, time: string, home: number, slots: number, note?: string][] = [['court', 1, '19:00:00', 0, 1], ['court', 1, '19:00:00', 1, 2], ['court', 2, '20:00:00', 2, 1], ['court', 3, '07:00:00', 3, 1], ['meeting', 2, '19:00:00', 4, 2, '楼栋加装电梯意见征集会'], ['meeting', 4, '14:00:00', 5, 3, '业余合唱队排练'], ['cards', 1, '08:00:00', 2, 1], ['cards', 1, '08:00:00', 6, 1], ['cards', 1, '14:00:00', 3, 1], ['guests', 1, '12:00:00', 7, 1, '陕C8K231'], ['party', 3, '16:00:00', 8, 2, '六岁生日会']]

export async function openPlaces(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  if (!community_id) return
  const list = await homes(t)
  if (list.length < 9) return
  const [boss, desk] = [must(t, 'jingli'), must(t, 'kefu')]
  const { today, until } = t.calendar
  const ids = new Map<Key, string>()
  const opened = addDays(today, -30)
  for (const [n, p] of PLACES.entries())
    await at(instantAt(t.calendar, opened, '10:00:00'), async () => {
      const { resource_id } = await t.road.call(boss, ['place', p.key], bookings.saveResource, { community_id, name: p.name, kind: p.kind, place: p.place, unit_word: p.unit_word, unit_count: p.unit_count, belongs_to: p.belongs_to, note: p.note, sort_no: (n + 1) * 10, retired: false })
      ids.set(p.key, resource_id)
      await t.road.call(boss, ['place rule', p.key], bookings.publishRule, { resource_id, ...RULE, ...p.rule, who: [...(('who' in p.rule ? p.rule.who : undefined) ?? RULE.who)], hours: p.hours.map((h) => ({ ...h, days: [...h.days] })), from_on: opened })
      if (p.price) await t.road.call(boss, ['place price', p.key], bookings.publishPrice, { resource_id, from_on: opened, slot_fen: p.price.slot_fen, bands: p.price.bands.map((b) => ({ ...b, days: [...b.days] })), basis: BASIS })
    })
  const later = (iso: string, minutes: number): string => new Date(Date.parse(iso) + minutes * 60_000).toISOString()
  for (const [n, [key, days_ago, time, home, slot_count, came]] of USED.entries()) {
    const from_at = instantAt(t.calendar, addDays(today, -days_ago), time)
    const { booking_id } = await at(later(from_at, -26 * 60), () => t.road.call(residentOf(t, list[home]!), ['booking used', n], bookings.book, { resource_id: ids.get(key)!, house_id: list[home]!.house_id, from_at, slot_count, unit_count: 1 }))
    await at(later(from_at, 10), () => (came ? t.road.call(desk, ['booking came', n], bookings.checkIn, { booking_id }) : t.road.call(desk, ['booking away', n], bookings.noShow, { booking_id, reason: '到时没有人' })))
  }
  for (const [n, [key, days, time, home, slot_count, note]] of AHEAD.entries()) {
    const h = list[home]!
    await at(later(until, -60 + n), () => t.road.call(residentOf(t, h), ['booking ahead', n], bookings.book, { resource_id: ids.get(key)!, house_id: h.house_id, from_at: coming(addDays(today, days), time), slot_count, unit_count: 1, ...(note ? { note } : {}) }))
  }
  await at(later(until, -20), () => t.road.call(desk, ['booking closed'], bookings.closePlace, { resource_id: ids.get('court')!, from_at: coming(addDays(today, 5), '06:00:00'), to_at: coming(addDays(today, 5), '12:00:00'), reason: '地胶翻新', cancel: false }))
}
