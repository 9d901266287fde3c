// What orders say to staff and to residents; a company words them anew under 系统设置 → 消息模板.
import type { Template } from '../../messages/server/index.ts'

const ORDER = [{ key: 'no', zh: '工单号', example: 'WX2026-000123' }, { key: 'place', zh: '位置', example: '1-2-301 厨房' }, { key: 'category', zh: '分类', example: '水管漏水、爆管' }] as const
const make = (code: string, zh: string, title: string, text: string, more: Template['params']): Template => ({ code, zh, category: 'work', title, app_text: text, sms_text: `【{sign}】${text}`, params: [...ORDER, ...more] })

export const orderTemplates: readonly Template[] = [
  make('order_given', '工单:派给员工', '{what}:{place}', '{category} · {place}:{words}。工单 {no},请在 {due} 前到场。', [{ key: 'what', zh: '事项', example: '新派工单' }, { key: 'words', zh: '内容', example: '厨房水管一直滴水' }, { key: 'due', zh: '到场时限', example: '11-26 10:30' }]),
  make('order_urgent', '工单:紧急报修', '紧急报修:{place}', '{category} · {place}:{words}。工单 {no},请立即派单,{due} 前到场。', [{ key: 'words', zh: '内容', example: '水管爆裂' }, { key: 'due', zh: '到场时限', example: '11-26 10:30' }]),
  make('order_limit', '工单:时限提醒', '{what}:{place}', '工单 {no}({category} · {place}){what},时限 {due},处理人 {worker}。', [{ key: 'what', zh: '提醒', example: '到场即将超时' }, { key: 'due', zh: '时限', example: '11-26 10:30' }, { key: 'worker', zh: '处理人', example: '李师傅' }]),
  make('order_noted', '工单:业户动态', '{what}:{place}', '工单 {no}({category} · {place}):{what}。{words}', [{ key: 'what', zh: '动态', example: '业户催单' }, { key: 'words', zh: '文字', example: '' }]),
  make('order_progress', '工单:告知业户进度', '报修进度:{what}', '您报修的「{category}」({place},工单 {no}){what}。', [{ key: 'what', zh: '进度', example: '已由李师傅接单' }]),
  { code: 'stock_low', zh: '备件:低于补货线', category: 'work', title: '要补货:{name}', app_text: '备件「{name}」只剩 {on_hand} {unit},低于补货线,请安排采购。', sms_text: '【{sign}】备件「{name}」只剩 {on_hand} {unit},低于补货线,请安排采购。', params: [{ key: 'name', zh: '备件', example: '三角阀 4 分 铜' }, { key: 'on_hand', zh: '结存', example: '3' }, { key: 'unit', zh: '单位', example: '个' }] },
]
