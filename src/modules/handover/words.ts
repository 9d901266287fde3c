import type { Words } from '../../kernel/contract.ts'

export const words: Words = {
  subjects: { handover: '过户退租结算单' },
  refusals: {
    'handover.too_many_rows': '结算单超过 {max} 张,一次导不完,请缩短结算日的范围或选一个小区',
    'handover.open_already': '{house} 已有办理中的结算单 {no},请先办结或取消它',
    'handover.day_out': '结算日应在 {first} 至 {last} 之间',
    'handover.no_owner': '{house} 没有登记业主,请先在住户档案登记',
    'handover.undelivered': '{house} 尚未交付,开发商交给首任业主请用「交付入住」',
    'handover.before_begin': '结算日应晚于 {name} 的起始日 {from_on}',
    'handover.not_draft': '该结算单{state},不能再办理;请刷新页面查看',
    'handover.undecided': '还有 {count} 笔未收账单没有收清,也没有写明由谁承担(如 {bill});请先收款,或逐笔选择由接手方承担或留给离开方',
    'handover.agreement': '有欠费、预存或押金转给接手方,请写明双方约定(日期、双方姓名)',
    'handover.owners_needed': '过户须填写新业主',
    'handover.payee': '选择了退款,请填写退款方式与收款人',
    'handover.no_taker': '{house} 在 {day} 没有登记业主,账单无人接手;请先登记业主',
    'handover.not_ready': '结算日 {day} 还没有到,到当日及以后才能办结',
  },
  permissions: {
    'handover.sheet.read': '查看交接结算单',
    'handover.sheet.export': '导出交接结算单',
    'handover.sheet.write': '开具交接结算单',
    'handover.sheet.complete': '办结过户与退租结算',
  },
  states: {
    kind: { transfer: '过户', move_out: '退租' },
    state: { draft: '办理中', done: '已办结', cancelled: '已取消' },
    place: { before: '结算日之前', spans: '跨结算日', after: '结算日之后' },
    meter_kind: { water: '水表', electricity: '电表', gas: '气表', heat: '热表' },
    to: { taker: '由接手方承担', stay: '仍由离开方承担' },
    deposit_to: { stay: '仍归原交款人', pass: '转给接手方', refund: '申请退还' },
    method: { cash: '现金', transfer: '转账', card: '刷卡', wechat: '微信', alipay: '支付宝', other: '其他' },
  },
}
