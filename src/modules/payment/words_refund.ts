import type { Words } from '../../kernel/contract.ts'

export const refundWords: Words = {
  refusals: {
    'payment.refund_all': '这笔收款没有可退的钱了:已全部退款、正在退款,或是用预存支付的;进度见「退款」',
    'payment.refund_nothing': '没有要退的款项:请填写退哪笔账单、退多少,或退多少预存',
    'payment.refund_line': '「{item} {period}」由这笔收款冲抵、还可退 {left} 元,填写了 {asked} 元,请减少',
    'payment.refund_wallet': '这笔收款转入的预存现在可退 {left} 元,填写了 {asked} 元;已被抵扣的预存请先冲销那笔抵扣',
    'payment.refund_too_much': '收据 {receipt_no} 实收 {total} 元,已退和退款中 {gone} 元,最多还可退 {left} 元',
    'payment.refund_no_channel': '收据 {receipt_no} 不是线上收款,不能原渠道退回,请选择现金、转账或其他方式',
    'payment.refund_payee': '转账退款要填写开户行和收款账号,请补全',
    'payment.refund_state': '退款单 {refund_no} 现在是「{state}」,不能这样操作,请刷新列表',
    'payment.refund_by_channel': '退款单 {refund_no} 由支付渠道退回,系统会自动提交并查询结果,不需要手工付出;要改用现金请先取消再重新申请',
    'payment.refund_reference': '转账、刷卡和扫码退款要填写付款凭证号,请填银行或渠道的流水号',
    'payment.refund_exists': '收据 {receipt_no} 已有退款(已退 {done} 元,退款中 {going} 元,取消后留作预存 {kept} 元),不能冲销;请先取消退款,或对余下部分继续退款',
  },
  permissions: {
    'payment.refund.read': '查看退款',
    'payment.refund.export': '导出退款',
    'payment.refund.ask': '申请退款',
    'payment.refund.approve': '审批退款',
    'payment.refund.pay': '退款付出',
    'payment.refund.cancel': '取消退款',
  },
  states: {
    refund: { asked: '待审批', approved: '待付出', paying: '付款中', done: '已退', failed: '失败待重试', refused: '已驳回', cancelled: '已取消' },
    refund_source: { payment: '收款', wallet: '预存', deposit: '押金' },
    refund_method: { cash: '现金', transfer: '转账', card: '退回银行卡', wechat: '微信转账', alipay: '支付宝转账', other: '其他', original: '原渠道退回' },
  },
}
