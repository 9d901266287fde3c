import type { Words } from '../../kernel/contract.ts'

export const words: Words = {
  subjects: { visit: '访客登记', access_policy: '访客规则', barred: '访客黑名单' },
  doings: { 'access.pass': '查看访客通行证', 'access.merged': '合并人员后更新访客', 'job.access.forget': '删除过期访客记录' },
  refusals: {
    'access.bad_plate': '「{plate}」不像车牌,请核对(省份简称加 5 至 7 位字母数字)',
    'access.bad_id_number': '证件号不对:{reason};请对照证件重新输入',
    'access.wrong_state': '{visitor} 现在是「{state}」,不能这样办理;请刷新查看',
    'access.too_early': '{visitor} 的到访时间从 {from} 开始,现在还早;请联系受访业主',
    'access.over': '{visitor} 的通行证已于 {to} 过期,请受访业主重新邀请,或在门岗登记',
    'access.barred': '{visitor} 在访客黑名单中({reason}),不能放入;确需放入请由保安队长先解除',
    'access.not_received': '{visitor} 暂不能作为访客接待,请联系物业服务中心',
    'access.barred_by_what': '电话、车牌、证件号至少填写一项,门岗靠它认人',
    'access.barred_days': '截止日应晚于今天({today}),最长一年',
    'access.lifted': '这条黑名单已经解除或到期,请刷新查看',
    'access.from_past': '生效日不能早于今天({today})',
    'access.too_long': '邀请最长有效 {max} 小时,请缩短',
    'access.too_far': '最早只能提前 {max} 天邀请,请改到访时间',
    'access.too_many': '这套房产已有 {max} 份有效邀请,请先取消用不到的',
    'access.past': '到访时间已经过去,请重新选择',
    'access.too_many_rows': '符合条件的超过 {max} 条,请缩小日期范围',
  },
  permissions: {
    'access.visit.read': '查看访客记录',
    'access.visit.write': '门岗登记访客',
    'access.visit.check': '核验访客、放入与离开',
    'access.visit.export': '导出访客记录',
    'access.barred.read': '查看访客黑名单',
    'access.barred.write': '列入和解除访客黑名单',
    'access.policy.write': '设定访客规则与保存期',
  },
  states: {
    visit: { waiting: '待到访', arrived: '在访', left: '已离开', cancelled: '已取消' },
    source: { app: '业主邀请', desk: '门岗登记' },
    barred: { now: '生效中', lifted: '已解除', over: '已到期' },
  },
}
