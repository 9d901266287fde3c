// What contracts say to whoever answers for them; a company words it anew under 系统设置 → 消息模板.
import type { Template } from '../../messages/server/index.ts'

const CONTRACT = [{ key: 'no', zh: '合同编号', example: 'HT2026-000012' }, { key: 'title', zh: '合同名称', example: '电梯维保合同' }, { key: 'place', zh: '小区', example: '花园小区' }, { key: 'day', zh: '到期日', example: '2026-12-31' }, { key: 'days', zh: '天数', example: '30' }] as const
export const contractTemplates: readonly Template[] = [
  { code: 'contract_due', zh: '合同:即将到期', category: 'work', title: '合同还有 {days} 天到期:{title}', app_text: '{place}「{title}」({no})于 {day} 到期,还有 {days} 天,请办理续签或终止。', sms_text: '【{sign}】{place}「{title}」({no})于 {day} 到期,还有 {days} 天,请办理。', params: CONTRACT },
  { code: 'contract_over', zh: '合同:已到期未续', category: 'work', title: '合同已到期:{title}', app_text: '{place}「{title}」({no})已于 {day} 到期,没有续签,请办理续签或终止。', sms_text: '【{sign}】{place}「{title}」({no})已于 {day} 到期,没有续签,请办理。', params: CONTRACT },
]
