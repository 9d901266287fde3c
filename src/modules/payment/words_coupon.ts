import type { Words } from '../../kernel/contract.ts'

export const couponWords: Words = {
  subjects: { coupon: '优惠券', coupon_batch: '优惠券批次' },
  refusals: {
    'payment.coupon_shape': '优惠券「{name}」没有填对:{detail}',
    'payment.coupon_item': '「{item}」不能用优惠券:只能抵本小区、收入归公司的收费项目,请换一个项目',
    'payment.coupon_rooms': '本小区没有这些房号:{rooms},请更正后再发放',
    'payment.coupon_nobody': '按这些条件没有可发放的房产,请放宽楼栋、类型或去掉「只发给没有逾期欠费的」',
    'payment.coupon_many': '按这些条件有 {count} 户,一批最多 {max} 张,请分楼栋发放',
    'payment.coupon_state': '优惠券「{name}」现在是「{state}」,不能这样处理,请刷新列表',
    'payment.coupon_unknown': '没有券码 {code},请核对后重新输入(不含字母 I、O 和数字 0、1)',
    'payment.coupon_taken': '券码 {code} 已兑换给其他房产或已使用,请核对是否输错',
    'payment.coupon_over': '优惠券「{name}」不在有效期内或已停用({from_on} 至 {to_on}),请去掉后再收',
    'payment.coupon_gone': '优惠券「{name}」({code})刚被使用或不属于这套房产,请刷新后重新选择',
    'payment.coupon_min': '优惠券「{name}」要满 {min} 元才能用,可用的账单只有 {now} 元,请多选账单或去掉这张券',
    'payment.coupon_bill_paid': '账单在付款期间已由他人缴了一部分,优惠券没有用上,仍可下次使用',
    'payment.coupon_twice': '同一张优惠券选了两次,请刷新后重新选择',
  },
  permissions: { 'payment.coupon.read': '查看优惠券', 'payment.coupon.write': '发放优惠券', 'payment.coupon.approve': '审批发放优惠券', 'payment.coupon.export': '导出优惠券' },
  states: {
    coupon_batch: { asked: '待审批', live: '可用', refused: '未批准', ended: '已停用' },
    coupon: { live: '未使用', used: '已使用', forfeited: '已作废', expired: '已过期' },
    coupon_way: { house: '直接发给房产', code: '生成券码' },
    coupon_rule: { return: '冲销、退款都退回', return_reversal: '冲销退回,退款作废', forfeit: '冲销、退款都作废' },
    coupon_why: { min: '要满 {min} 元才能用,已选账单中可用的是 {now} 元' },
    coupon_end: { reversal: '收款冲销', refund: '收款退款' },
  },
}
