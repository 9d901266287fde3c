import type { Words } from '../../kernel/contract.ts'

export const words: Words = {
  refusals: {},
  permissions: {},
  states: {
    found_kind: { house: '房产', person: '业户', vehicle: '车辆', bill: '账单', receipt: '收据' },
    todo: { approval_mine: '待我审批', run_draft: '待发布出账批次', reversal_asked: '待审批冲销', import_previewed: '导入待确认', houses_in_arrears: '欠费户数', reading_suspect: '存疑读数' },
    figure: { receivable_month: '本月应收', received_month: '本月实收', rate_month: '本月账单收缴率', received_today: '今日收款', house_count: '总户数' },
  },
}
