// What reminders say, by tone; a company words them anew under 系统设置 → 消息模板.
import type { Template } from '../../messages/server/index.ts'
import type { Tone } from '../contract.ts'

const PARAMS = [
  { key: 'name', zh: '缴费人', example: '张三' }, { key: 'community', zh: '小区', example: '花园小区' }, { key: 'house', zh: '房号', example: '1-2-301' }, { key: 'count', zh: '账单笔数', example: '3' },
  { key: 'amount', zh: '欠费金额(元)', example: '354.60' }, { key: 'period', zh: '账期', example: '2026年9月至11月' }, { key: 'phone', zh: '物业电话', example: '0917-5550000' },
] as const
const make = (tone: Tone, zh: string, title: string, text: string): Template => ({ code: templateCode(tone), zh, category: 'fee', title, app_text: text, sms_text: `【{sign}】${text}`, params: PARAMS })
export const templateCode = (tone: Tone): string => `reminder_${tone}`

export const reminderTemplates: readonly Template[] = [
  make('issued', '催缴:新账单', '新账单 {amount} 元', '{name},{community} {house} {period} 账单 {count} 笔共 {amount} 元已出,可在手机上查看计算过程并缴费。'),
  make('before_due', '催缴:到期前', '账单即将到期', '{name},{community} {house} {period} 的 {count} 笔账单共 {amount} 元即将到期,请及时缴费。如已缴请忽略。'),
  make('due', '催缴:到期日', '账单今日到期', '{name},{community} {house} {period} 的 {count} 笔账单共 {amount} 元今日到期。如已缴请忽略,疑问请致电 {phone}。'),
  make('overdue', '催缴:逾期', '您有逾期账单', '{name},{community} {house} {period} 的 {count} 笔账单共 {amount} 元已逾期,请尽快缴纳。如有困难或疑问请致电 {phone}。'),
  make('final', '催缴:最后催告', '逾期账单催告', '{name},{community} {house} {period} 的 {count} 笔账单共 {amount} 元逾期较久,请收到后尽快缴纳或与我们协商({phone})。逾期不缴,我们将依法主张权利。'),
]
