// What bookings say to residents and to who decides; a company words them anew under 系统设置 → 消息模板.
import { minuteText } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { staffAt } from '../../identity/server/index.ts'
import { notify, type Template } from '../../messages/server/index.ts'
import type { Place } from './access.ts'

const BOOKING = [{ key: 'no', zh: '预约号', example: 'CD2026-000012' }, { key: 'place', zh: '场地', example: '羽毛球场' }, { key: 'time', zh: '时间', example: '2026-11-28 19:00' }] as const
export const bookingTemplates: readonly Template[] = [
  { code: 'booking_told', zh: '场地预约:告知业户', category: 'work', title: '{place}预约:{time}', app_text: '您预约的「{place}」({time},{no}):{what}。', sms_text: '【{sign}】您预约的「{place}」({time},{no}):{what}。', params: [...BOOKING, { key: 'what', zh: '事项', example: '预约成功' }] },
  { code: 'booking_soon', zh: '场地预约:开始前提醒', category: 'work', title: '{place} {time} 开始', app_text: '您预约的「{place}」{time} 开始({no}),请按时到场;不用请提前取消。', sms_text: '【{sign}】您预约的「{place}」{time} 开始({no}),请按时到场。', params: BOOKING },
  { code: 'booking_asked', zh: '场地预约:待审核', category: 'work', title: '场地预约待审核:{place}', app_text: '{house} 预约「{place}」{time}({no}),请审核。', sms_text: '【{sign}】{house} 预约「{place}」{time}({no}),请审核。', params: [...BOOKING, { key: 'house', zh: '房号', example: '1-2-301' }] },
]
export interface Told {
  booking_id: string
  no: string
  from_at: string
  house_id: string
  contact_phone: string | null
}
const params = (b: Told, p: Pick<Place, 'name'>) => ({ no: b.no, place: p.name, time: minuteText(b.from_at) })
/** To the phone it was booked from; whoever gave no phone hears it at the desk. */
export async function tellResident(scope: Scope, b: Told, p: Pick<Place, 'name'>, what: string): Promise<void> {
  if (b.contact_phone) await notify(scope, [{ to: { phone: b.contact_phone }, template: 'booking_told', params: { ...params(b, p), what }, link: '/bookings/mine', house_id: b.house_id }])
}
export const soon = (b: Told, p: Pick<Place, 'name'>) => ({ to: { phone: b.contact_phone! }, template: 'booking_soon', params: params(b, p), link: '/bookings/mine', house_id: b.house_id, dedupe_key: `bookings.soon:${b.booking_id}:${b.from_at}` })
export async function tellDeciders(scope: Scope, b: Told & { house_label: string }, p: Pick<Place, 'name'>, at: { community_id: string; building_id: string }): Promise<void> {
  const to = await staffAt(scope, 'bookings.booking.write', at)
  await notify(scope, to.map((account_id) => ({ to: { account_id }, template: 'booking_asked', params: { ...params(b, p), house: b.house_label }, link: `/bookings/list/${b.booking_id}` })))
}
