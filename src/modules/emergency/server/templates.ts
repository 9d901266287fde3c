// What emergencies say to staff; a company words them anew under 系统设置 → 消息模板.
import type { Template } from '../../messages/server/index.ts'

const make = (code: string, zh: string, title: string, text: string, params: Template['params']): Template => ({ code, zh, category: 'work', title, app_text: text, sms_text: `【{sign}】${text}`, params })
const NAME = { key: 'name', zh: '预案或事项', example: '水管爆裂预案' }
export const emergencyTemplates: readonly Template[] = [
  make('emergency_started', '应急:预案启动', '应急启动:{name} {place}', '{who} 在「{place}」启动了「{name}」:{words}。您的职责:{role}。请立即到位并回复收到。', [NAME, { key: 'place', zh: '地点', example: '3 栋负一层' }, { key: 'words', zh: '情况', example: '供水主管爆裂' }, { key: 'role', zh: '职责', example: '抢修组' }, { key: 'who', zh: '启动人', example: '张强' }]),
  make('emergency_task', '应急:改进事项', '改进事项:{words}', '{about}后请您改进:{words},{day} 前完成。', [{ key: 'about', zh: '来自', example: '火灾预案演练' }, { key: 'words', zh: '事项', example: '补齐 2 个应急灯' }, { key: 'day', zh: '期限', example: '2026-12-31' }]),
  make('drill_late', '应急:演练逾期', '演练逾期:{name}', '{place}「{name}」应在 {day} 前演练,已经逾期,请尽快组织或改期。', [NAME, { key: 'place', zh: '小区', example: '花园小区' }, { key: 'day', zh: '日期', example: '2026-12-31' }]),
  make('emergency_late', '应急:改进超期', '改进超期:{name}', '{place} 的改进事项「{name}」应在 {day} 前完成,已经超期。', [NAME, { key: 'place', zh: '小区', example: '花园小区' }, { key: 'day', zh: '日期', example: '2026-12-31' }]),
]
