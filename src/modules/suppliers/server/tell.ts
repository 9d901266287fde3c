// What suppliers say to whoever keeps them; a company words it anew under 系统设置 → 消息模板.
import type { Template } from '../../messages/server/index.ts'

const PAPER = [{ key: 'supplier', zh: '供应商', example: '陕西迅安电梯工程有限公司' }, { key: 'name', zh: '资质', example: '特种设备生产许可证' }, { key: 'day', zh: '到期日', example: '2026-12-31' }, { key: 'days', zh: '天数', example: '30' }] as const
export const supplierTemplates: readonly Template[] = [
  { code: 'supplier_paper_due', zh: '供应商资质:即将到期', category: 'work', title: '供应商资质还有 {days} 天到期:{supplier}', app_text: '「{supplier}」的{name}于 {day} 到期,还有 {days} 天,请索取新的资质。', sms_text: '【{sign}】「{supplier}」的{name}于 {day} 到期,请索取新的资质。', params: PAPER },
  { code: 'supplier_paper_over', zh: '供应商资质:已过期', category: 'work', title: '供应商资质已过期:{supplier}', app_text: '「{supplier}」的{name}已于 {day} 过期,请索取新的资质或停止委托。', sms_text: '【{sign}】「{supplier}」的{name}已于 {day} 过期,请处理。', params: PAPER },
]
