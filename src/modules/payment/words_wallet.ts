import type { Words } from '../../kernel/contract.ts'

export const walletWords: Words = {
  refusals: {
    'payment.transfer_nowhere': '转出与转入是同一个预存,请选择另一房产或另一专项',
    'payment.transfer_other_owner': '{from} 与 {to} 今天没有共同的业主,预存不能划转;请为 {from} 办理预存退款,再收入 {to}',
    'payment.item_elsewhere': '收费项目不属于 {house} 所在的小区,请选择该小区的收费项目',
    'payment.deduct_off': '本小区没有启用自动抵扣,请先在「收款规则」中设定抵扣时机',
    'payment.deduct_running': '本小区正在抵扣,请等它结束(刷新可看进度)',
  },
  permissions: { 'payment.wallet.transfer': '预存划转', 'payment.wallet.deduct': '发起自动抵扣' },
  states: {
    cause: { prepay: '转入预存', use: '抵扣账单', reversal: '冲销', transfer_in: '划转入', transfer_out: '划转出', refund: '退款', refund_back: '退款取消退回', deposit: '押金转入', gift: '活动赠送', gift_back: '收回赠送' },
    deduct_run: { running: '抵扣中', done: '已完成' },
    deduct_when: { off: '不自动抵扣', issued: '出账后即抵扣', due: '到应缴日抵扣' },
  },
}
