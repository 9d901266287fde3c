import type { Words } from '../../kernel/contract.ts'

export const promotionWords: Words = {
  refusals: {
    'payment.promotion_shape': '活动「{name}」的办法没有填完整:{detail}',
    'payment.promotion_state': '活动「{name}」现在是「{state}」,不能这样处理,请刷新列表',
    'payment.promotion_item': '「{item}」不能做预存优惠:只能选本小区按月收取、不按表计的公司收费项目',
    'payment.promotion_over': '活动「{name}」不在有效期内或已停止({from_on} 至 {to_on}),请去掉优惠后再收',
    'payment.promotion_house': '活动「{name}」不适用于 {house} 这类房产',
    'payment.promotion_times': '{house} 已享受「{name}」{count} 次,每户最多 {max} 次',
    'payment.promotion_used_up': '活动「{name}」的名额或赠送总额已用完,请去掉优惠后再收',
    'payment.promotion_alone': '{house} 已享受「{other}」,「{name}」不能与其同享',
    'payment.promotion_no_bill': '{house} 还没有「{item}」的账单,算不出每月金额;请先出一期账单',
    'payment.promotion_amount': '「{name}」应实缴预存 {pay} 元({working}),现在是 {given} 元,请按应缴金额收取',
    'payment.promotion_bills': '优惠预存须单独支付,请先去掉账单',
    'payment.gift_stays': '预存 {balance} 元中有活动赠送,最多可划转或退 {most} 元',
    'payment.promotion_wallet': '享受优惠的预存不能用预存抵扣支付,请改为现金、刷卡或转账',
  },
  permissions: { 'payment.promotion.read': '查看优惠活动', 'payment.promotion.write': '制定优惠活动', 'payment.promotion.approve': '审批优惠活动', 'payment.promotion.export': '导出优惠活动' },
  states: {
    promotion: { draft: '草稿', asked: '待审批', live: '已发布', ended: '已停止' },
    promotion_kind: { months: '预存几月赠几月', percent: '预存几月打折', amount: '满额赠送' },
    refund_rule: { gift_first: '先收回全部赠送', pro_rata: '按退款比例收回赠送', keep: '不收回赠送' },
  },
}
