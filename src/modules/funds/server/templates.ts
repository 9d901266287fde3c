// What the fund tells owners; a company words it anew under 系统设置 → 消息模板.
import type { Template } from '../../messages/server/index.ts'

const text = '{name},{community} {house} 的维修资金余额已低于续筹线,应补存 {amount} 元,请于 {due} 前存入维修资金专户并到物业登记。依据:{basis}。咨询 {phone}。'
export const fundTemplates: readonly Template[] = [
  {
    code: 'fund_topup', zh: '维修资金:续筹通知', category: 'fee', title: '维修资金续筹 {amount} 元', app_text: text, sms_text: `【{sign}】${text}`,
    params: [
      { key: 'name', zh: '业主', example: '张三' }, { key: 'community', zh: '小区', example: '花园小区' }, { key: 'house', zh: '房号', example: '1-2-301' }, { key: 'amount', zh: '应补金额(元)', example: '3120.00' }, { key: 'due', zh: '缴款期限', example: '2026-07-31' },
      { key: 'basis', zh: '依据', example: '业主大会 2026 年第 1 号决定' }, { key: 'phone', zh: '物业电话', example: '0917-5550000' },
    ],
  },
]
