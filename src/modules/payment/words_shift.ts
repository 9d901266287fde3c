import type { Words } from '../../kernel/contract.ts'

export const shiftWords: Words = {
  refusals: {
    'payment.shift_open_already': '您已有班次 {shift_no} 在当班(开于 {opened}),请先到「我的班次」交班再开新班',
    'payment.shift_needed': '本小区规定收现金须先开班:请到「我的班次」开班后再收,或改用其他收款方式',
    'payment.shift_not_open': '班次 {shift_no} 已经点钞,不能再次点钞;如点错请等差额审批驳回后重新点钞',
    'payment.shift_incomplete': '还有 {count} 处要补:{detail}',
    'payment.shift_reason_needed': '应有现金 {expected} 元,实点 {counted} 元,相差 {difference} 元,请填写差额原因后再交班',
    'payment.hand_in_too_much': '交款合计 {handed} 元,多于实点现金 {counted} 元,请更正交款金额',
    'payment.slip_needed': '存银行的 {amount} 元没有凭条号,请填写银行回单或凭条上的号码',
    'payment.face_twice': '面额 {face} 元填了两次,请合并',
    'payment.day_closed': '您 {on_day} 已经日结,当天不能再收款;确需补收请有「重开日结」权限的同事重开',
    'payment.day_shift_open': '班次 {shift_no} 还没有交班,请先在「我的班次」点钞交班再日结',
    'payment.day_empty': '您 {on_day} 没有收款,不需要日结',
    'payment.day_open_already': '{name} {on_day} 的日结已经重开,请刷新列表',
    'payment.day_own': '自己的日结要由另一位有权限的同事重开',
    'payment.rule_past': '生效日 {from_on} 已过,规则不能改变已经发生的收款,请填写 {today} 或以后的日期',
  },
  permissions: {
    'payment.shift.read': '查看班次与日结',
    'payment.shift.export': '导出班次',
    'payment.shift.approve': '审批长短款',
    'payment.shift.reopen': '重开日结',
    'payment.rule.read': '查看收款规则',
    'payment.rule.write': '设定收款规则',
  },
  states: {
    shift: { open: '当班', counted: '差额待审批', recount: '待重新点钞', closed: '已交班' },
    hand_in: { safe: '交财务入库', bank: '存银行' },
    shift_source: { payment: '收款', reversal: '冲销', refund: '退款', deposit: '押金' },
    rule_state: { now: '执行中', future: '待生效', past: '已过' },
  },
}
