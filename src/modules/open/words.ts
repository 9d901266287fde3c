import type { Words } from '../../kernel/contract.ts'

export const words: Words = {
  subjects: { api_key: '接口密钥', hook: '事件推送' },
  doings: { 'job.open.deliver': '事件推送' },
  refusals: {
    'open.name_taken': '名称「{name}」已被使用,请换一个',
    'open.right_barred': '「{permission}」不能授予接口:账号、角色、审批和密钥只能由人办理',
    'open.right_lacking': '您自己没有「{permission}」权限,不能授予接口',
    'open.expiry': '到期日应在明天至 {max} 之间',
    'open.elsewhere': '小区不存在,请重新选择',
    'open.revoked': '该密钥已吊销',
    'open.url_barred': '不能推送到该地址:{why}',
    'open.hooks_many': '最多 {max} 条事件推送,请先停用后修改原有的',
    'open.hook_stopped': '「{name}」已停用,请先启用',
    'open.delivered': '这条已经送达,不需要重新推送',
  },
  permissions: { 'open.key.write': '开具与吊销接口密钥', 'open.hook.write': '维护事件推送' },
  states: {
    key: { live: '有效', expired: '已到期', revoked: '已吊销' },
    delivery: { waiting: '待送', done: '已送达', failed: '未送达' },
    event: { 'payment.received': '收到款项', 'payment.reversed': '收款冲销', 'payment.refunded': '退款', 'billing.run_published': '账单发布', 'orders.reported': '工单新建', 'orders.ended': '工单结束', 'iot.alarm_raised': '设备报警', 'iot.rule_fired': '联动规则推送', 'iot.fire_reported': '火警待核实', 'iot.fire_confirmed': '火警已确认', ping: '测试' },
  },
}
