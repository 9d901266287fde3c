import type { Words } from '../../kernel/contract.ts'

export const words: Words = {
  refusals: {
    'messages.sample_only': '只有样例环境可以在网页上查看短信,请查看您的手机',
    'messages.no_provider': '尚未配置短信通道,短信没有发出;请联系系统管理员开通短信服务',
    'messages.provider_refused': '短信通道拒绝发送:{detail}',
  },
  permissions: { 'messages.delivery.read': '查看短信发送记录' },
  states: { state: { sending: '发送中', sent: '已发出', failed: '失败' } },
}
