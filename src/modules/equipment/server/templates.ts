// What equipment says to staff; a company words them anew under 系统设置 → 消息模板.
import type { Template } from '../../messages/server/index.ts'

const PARAMS: Template['params'] = [{ key: 'place', zh: '小区', example: '和顺苑' }, { key: 'name', zh: '种类', example: '电梯定期检验' }, { key: 'about', zh: '对象', example: 'KTT-0001 15栋1单元客梯' }, { key: 'day', zh: '有效期至', example: '2026-12-31' }, { key: 'days', zh: '天数', example: '30' }, { key: 'stop', zh: '要求', example: '在取得新证明前须停用。' }]
export const equipmentTemplates: readonly Template[] = [
  { code: 'cert_due', zh: '设备:证件将到期', category: 'work', title: '{name}还有 {days} 天到期', app_text: '{place} {about} 的{name}有效期至 {day},还有 {days} 天,请安排办理。', sms_text: '【{sign}】{place} {about} 的{name}有效期至 {day},还有 {days} 天。', params: PARAMS },
  { code: 'cert_over', zh: '设备:证件已过期', category: 'work', title: '{name}已过期 {days} 天', app_text: '{place} {about} 的{name}已于 {day} 到期,过期 {days} 天。{stop}', sms_text: '【{sign}】{place} {about} 的{name}已于 {day} 到期。{stop}', params: PARAMS },
]
