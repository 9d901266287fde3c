import type { Words } from '../../kernel/contract.ts'

export const words: Words = {
  refusals: {
    'ledger.range_too_long': '查询区间 {from_on} 至 {to_on} 不正确:结束日须晚于开始日,且不超过 5 年',
  },
  permissions: {
    'ledger.posting.read': '查看总账',
    'ledger.posting.export': '导出总账',
  },
  states: {
    book: { company: '公司账', public_income: '公共收益', fund: '维修资金', trust: '代管资金' },
    kind: { charge: '出账', charge_void: '账单作废', payment: '收款', payment_reversal: '收款冲销', wallet: '预存', reduction: '减免' },
    subject_type: { house: '房产', run: '出账批次', fee_item: '收费项目', payment: '收款' },
  },
}
