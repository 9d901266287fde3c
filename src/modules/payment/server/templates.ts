// What payment tells residents; a company words it anew under 系统设置 → 消息模板.
import type { Template } from '../../messages/server/index.ts'

const text = '{community} {house} 收到优惠券「{coupon}」:{rule},{until} 前缴费时可选用。'
export const paymentTemplates: readonly Template[] = [
  {
    code: 'coupon_issued', zh: '优惠券到账', category: 'notice', title: '收到优惠券「{coupon}」', app_text: text, sms_text: `【{sign}】${text}`,
    params: [
      { key: 'community', zh: '小区', example: '花园小区' }, { key: 'house', zh: '房号', example: '1-2-301' }, { key: 'coupon', zh: '优惠券', example: '迎新券' }, { key: 'rule', zh: '办法', example: '满 100.00 减 30.00 元' }, { key: 'until', zh: '有效期止', example: '2026-12-31' },
    ],
  },
]
