import type { Words } from '../../kernel/contract.ts'
import { wechatRefusals } from './words_wechat.ts'

export const words: Words = {
  subjects: { push_device: '接收推送的浏览器', quiet_hours: '免打扰时段', sms_provider: '短信通道', wechat: '微信公众号', wechat_binding: '微信绑定', wechat_template: '微信模板', template: '消息模板' },
  doings: { 'job.messages.send_sms': '发送短信', 'job.messages.send_wechat': '发送微信消息', 'job.messages.push': '推送消息', 'job.messages.push_late': '推送超时处理', 'job.messages.forget': '清理过期消息', 'job.messages.wechat_late': '微信消息超时处理', 'job.messages.forget_platform': '清理过期短信', 'messages.wechat_push': '微信回执' },
  refusals: {
    'messages.sample_only': '只有样例环境可以在网页上查看短信,请查看您的手机',
    'messages.no_provider': '尚未配置短信通道,短信没有发出;请联系系统管理员开通短信服务',
    'messages.provider_refused': '短信通道拒绝发送:{detail}',
    'messages.unknown_param': '{field}中的「{{param}}」不是这个模板的内容;可用的有:{known}',
    'messages.lacks_sign': '短信正文须以【{sign}】开头:运营商要求每条短信带签名;请在开头写上 【{sign}】',
    'messages.secret_needed': '请填写访问密钥(AccessKey Secret):第一次配置或更换服务地址时必须重新填写',
    'messages.wrong_endpoint': '短信通道的服务地址不正确;请不填,使用阿里云的地址',
    'messages.sign_in_template_needed': '请先填写「登录验证码」的通道模板号,否则业主收不到验证码,不能登录',
    ...wechatRefusals,
    'messages.push_service': '这个浏览器的推送服务({host})不在支持之列;请换用系统自带浏览器、Edge、Firefox 或 Chrome 再开启',
    'messages.push_many': '最多在 {max} 个浏览器上接收推送;请先停用不再使用的',
    'messages.from_past': '生效日不能早于今天({today});请改为今天或以后',
  },
  permissions: {
    'messages.delivery.read': '查看短信发送记录',
    'messages.template.read': '查看消息模板与免打扰时段',
    'messages.template.write': '修改消息模板与免打扰时段',
    'messages.provider.read': '查看短信通道',
    'messages.provider.write': '配置、启用短信通道',
    'messages.wechat.read': '查看微信公众号与绑定',
    'messages.wechat.write': '配置、启用微信公众号,解除绑定',
  },
  states: {
    state: { sending: '发送中', sent: '已发出', failed: '失败', cancelled: '已撤回' },
    wechat: { sending: '发送中', sent: '微信已受理', delivered: '已送达', undeliverable: '送不到', failed: '失败', unknown: '没有回执' },
    push: { sending: '推送中', sent: '推送服务已收', failed: '失败', gone: '已失效', unknown: '没有应答' },
    push_mode: { plain: '明文模式', aes: '安全模式(加密)' },
    category: { fee: '费用', work: '工单', notice: '通知', security: '安全', system: '系统' },
  },
}
