import type { Words } from '../../kernel/contract.ts'

export const depositWords: Words = {
  refusals: {
    'payment.deposit_kind_exists': '本小区已有押金种类「{name}」,请直接修改那一个',
    'payment.deposit_kind_max': '通常金额 {amount} 元高于上限 {max} 元,请更正其中一个',
    'payment.deposit_kind_off': '押金种类「{name}」已停用或不属于本小区,请选择其他种类',
    'payment.deposit_over_max': '「{name}」每次最多收 {max} 元,填写了 {asked} 元,请减少(上限在「押金种类」中设定)',
    'payment.deposit_short': '押金 {deposit_no} 在押 {held} 元,其中办理中 {pending} 元,可用 {left} 元,不够 {asked} 元,请减少金额',
    'payment.deposit_lines': '抵账单合计 {lines} 元多于转出的押金 {amount} 元,请减少账单金额;少于的部分转入预存',
  },
  permissions: {
    'payment.deposit.read': '查看押金',
    'payment.deposit.export': '导出押金',
    'payment.deposit.setup': '设定押金种类',
    'payment.deposit.move': '押金转预存或抵账单',
    'payment.deposit.forfeit': '申请罚没押金',
    'payment.deposit.approve': '审批罚没押金',
  },
  states: {
    deposit: { held: '在押', partly: '部分在押', settled: '已结清' },
    deposit_move: { refund: '退还', forfeit: '罚没', to_wallet: '转预存', to_bills: '抵账单' },
    deposit_age: { d90: '90 天内', d180: '91–180 天', d365: '181–365 天', more: '一年以上' },
  },
}
