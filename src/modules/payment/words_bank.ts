import type { Words } from '../../kernel/contract.ts'

export const bankWords: Words = {
  refusals: {
    'payment.bank_account_exists': '账号 {account_no} 已登记在 {community},请直接修改那一个',
    'payment.bank_state': '这笔 {booked_on} {amount} 元的流水现在是「{state}」,不能这样处理,请刷新列表',
    'payment.bank_sum': '各户合计 {given} 元,流水是 {amount} 元,相差 {difference} 元,请调整',
    'payment.bank_share': '{house} 填写 {amount} 元,账单加预存是 {given} 元,请核对',
    'payment.house_twice': '同一房产填了两次,请合并',
    'payment.bank_not_same': '收据 {receipt_no} 的转账金额是 {total} 元,与流水 {amount} 元不同,请选择其他收款,或认领入账',
    'payment.bank_linked': '收据 {receipt_no} 已与另一笔流水对上,请选择其他收款',
    'payment.slip_taken': '{method}流水号 {reference} 已用于收据 {receipt_no},请核对是否重复收款;确是另一笔请填写正确的流水号',
  },
  permissions: { 'payment.bank.read': '查看银行流水', 'payment.bank.export': '导出银行流水', 'payment.bank.match': '认领银行流水', 'payment.bank.setup': '设定收款银行账户', 'payment.bank.import': '导入银行流水', 'payment.bank.approve': '审批退回来款' },
  states: {
    bank: { new: '待认领', suspense: '暂收', matched: '已入账', linked: '已对上', returning: '退回审批中', returned: '已退回', ignored: '无需认领', channel: '渠道结算款' },
    bank_sure: { certain: '确定', likely: '很可能', maybe: '可能' },
    bank_why: { code: '缴费码', room: '附言房号', name: '户名', amount: '金额' },
  },
}
