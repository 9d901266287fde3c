// The company's WeChat official account (微信公众号): part of the contract of this module.
import { z } from 'zod'
import { read, write } from '../../kernel/contract.ts'
import { Can, Day, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

const Phone = z.string().regex(/^1[3-9]\d{9}$/, '应为 11 位手机号').meta({ zh: '手机号' })
export const WechatState = z.enum(['sending', 'sent', 'delivered', 'undeliverable', 'failed', 'unknown']).meta({ zh: '状态' })
export const PushMode = z.enum(['plain', 'aes']).meta({ zh: '推送方式' })
const Fields = z.record(z.string().regex(/^[A-Za-z_]{1,30}\d{0,3}$/, '字段名只能是字母、下划线与数字,如 thing1'), z.string().trim().min(1).max(200)).meta({ zh: '字段' })
const Mapped = z.object({ from_on: Day.meta({ zh: '生效日' }), template_id: z.string().nullable().meta({ zh: '微信模板编号' }), fields: Fields, created_by_name: z.string(), now: z.boolean() })
const Account = z.object({ name: z.string(), appid: z.string(), push_mode: PushMode, web_origin: z.string().nullable(), simulated: z.boolean(), enabled: z.boolean(), changed_by_name: z.string(), changed_at: Instant })

const Binding = z.object({
  binding_id: Id,
  phone_masked: z.string().meta({ zh: '手机号' }),
  openid_masked: z.string().meta({ zh: '微信标识' }),
  follows: z.boolean().nullable().meta({ zh: '关注' }),
  bound_at: Instant.meta({ zh: '绑定时间' }),
  unbound_at: Instant.nullable().meta({ zh: '解绑时间' }),
  unbound_by_name: z.string().nullable().meta({ zh: '解绑人' }),
  unbind_reason: z.string().nullable().meta({ zh: '原因' }),
  can: Can('unbind'),
})
export type Binding = z.output<typeof Binding>
export const WechatSend = z.object({
  send_id: Id,
  created_at: Instant.meta({ zh: '时间' }),
  phone_masked: z.string().meta({ zh: '手机号' }),
  template_zh: z.string().meta({ zh: '模板' }),
  state: WechatState,
  failure: z.string().nullable().meta({ zh: '原因' }),
  msgid: z.string().nullable().meta({ zh: '微信消息编号' }),
  report: z.string().nullable().meta({ zh: '送达回执' }),
  sent_at: Instant.nullable().meta({ zh: '受理时间' }),
  ended_at: Instant.nullable().meta({ zh: '回执时间' }),
})
export type WechatSend = z.output<typeof WechatSend>

export const wechatCalls = {
  /** Secrets never come back. `push_path` is what is typed into the account's server settings, after the public address. */
  wechatAccount: read({
    zh: '微信公众号',
    may: 'messages.wechat.read',
    takes: z.object({}),
    gives: z.object({
      account: Account.nullable(),
      push_path: z.string(),
      token: z.object({ expires_at: Instant.nullable(), quota_until: Instant.nullable() }).nullable(),
      bound_count: z.int(),
      templates: z.array(z.object({ code: z.string(), zh: z.string(), params: z.array(z.object({ key: z.string(), zh: z.string() })), versions: z.array(Mapped) })),
    }),
  }),
  saveWechat: write({
    zh: '保存微信公众号',
    may: 'messages.wechat.write',
    takes: Repeatable.extend({
      name: Needed(40).meta({ zh: '公众号名称' }),
      appid: z.string().regex(/^wx[0-9a-zA-Z]{14,18}$/, '应形如 wx 加 16 位字母、数字').meta({ zh: 'AppID' }),
      /** Left out: the one that is kept. */
      app_secret: z.string().regex(/^[0-9a-zA-Z]{16,64}$/, '应为 32 位字母、数字').optional().meta({ zh: 'AppSecret' }),
      push_token: z.string().regex(/^[0-9a-zA-Z]{3,32}$/, '应为 3 到 32 位字母、数字').optional().meta({ zh: '令牌(Token)' }),
      push_mode: PushMode,
      aes_key: z.string().regex(/^[0-9a-zA-Z]{43}$/, '应为 43 位字母、数字').optional().meta({ zh: '消息加解密密钥(EncodingAESKey)' }),
      web_origin: z.url().max(120).nullable().meta({ zh: '业主端公网网址' }),
      api_base: z.string().max(80).optional(),
    }),
    gives: z.object({ done: z.literal(true) }),
    refuses: ['messages.secret_needed', 'messages.wechat_token_needed', 'messages.wechat_aes_needed', 'messages.wrong_endpoint', 'messages.wechat_origin_bad', 'messages.wechat_enabled'],
  }),
  setWechat: write({ zh: '启用或停用微信公众号', may: 'messages.wechat.write', takes: Repeatable.extend({ enabled: z.boolean() }), gives: z.object({ done: z.literal(true) }), refuses: ['messages.wrong_endpoint', 'messages.wechat_origin_bad'] }),
  /** Fetches a token: shows whether AppID, secret and the list of addresses are right. */
  checkWechat: write({ zh: '检测公众号配置', may: 'messages.wechat.write', takes: Repeatable, gives: z.object({ expires_at: Instant }), refuses: ['messages.wechat_refused', 'messages.wechat_silent'] }),
  /** From a day on; without template_id no longer sent. */
  saveWechatTemplate: write({
    zh: '设置微信模板',
    may: 'messages.wechat.write',
    takes: Repeatable.extend({ template: z.string().max(60), from_on: Day.meta({ zh: '生效日' }), template_id: z.string().regex(/^[\w-]{20,60}$/, '应为公众号后台的模板 ID,约 43 位').nullable().meta({ zh: '微信模板编号' }), fields: Fields }),
    gives: z.object({ from_on: Day }),
    refuses: ['messages.from_past', 'messages.unknown_param', 'messages.wechat_fields_none', 'messages.wechat_fields_many'],
  }),
  wechatBindings: read({ zh: '微信绑定', may: 'messages.wechat.read', takes: Paging.extend({ phone: Phone.optional(), live_only: z.boolean().optional() }), gives: pageOf(Binding) }),
  unbindWechatOf: write({ zh: '解除业主的微信绑定', may: 'messages.wechat.write', takes: Repeatable.extend({ binding_id: Id, reason: Reason }), gives: z.object({ binding_id: Id }), refuses: ['messages.wechat_unbound'] }),
  wechatSends: read({ zh: '微信消息记录', may: 'messages.delivery.read', takes: Paging.extend({ state: WechatState.optional(), template: z.string().max(60).optional(), phone: Phone.optional(), from_on: Day.optional(), to_on: Day.optional() }), gives: pageOf(WechatSend).extend({ templates: z.array(z.object({ code: z.string(), zh: z.string() })) }) }),

  /** `offered`: the company has an account that is on. */
  myWechat: read({ zh: '我的微信绑定', may: 'resident', takes: z.object({}), gives: z.object({ offered: z.boolean(), name: z.string().nullable(), bound_at: Instant.nullable(), follows: z.boolean().nullable() }) }),
  beginWechat: write({ zh: '开始绑定微信', may: 'resident', takes: Repeatable.extend({ origin: z.url().max(200) }), gives: z.object({ authorize_url: z.string() }), refuses: ['messages.wechat_off', 'messages.wechat_bound', 'messages.wechat_often'] }),
  bindWechat: write({
    zh: '绑定微信',
    may: 'resident',
    takes: Repeatable.extend({ code: Text(200).min(1), state: z.string().regex(/^[0-9a-zA-Z]{20,128}$/) }),
    gives: z.object({ follows: z.boolean().nullable() }),
    refuses: ['messages.wechat_off', 'messages.wechat_state_bad', 'messages.wechat_refused', 'messages.wechat_silent', 'messages.wechat_snapshot', 'messages.wechat_taken', 'messages.wechat_bound'],
  }),
  unbindWechat: write({ zh: '解除微信绑定', may: 'resident', takes: Repeatable, gives: z.object({ done: z.literal(true) }), refuses: ['messages.wechat_unbound'] }),
}
export const wechatEvents = {
  /** The end of a WeChat message as far as it will be known: delivered, or the next channel's turn. */
  'messages.wechat_ended': z.object({ send_id: Id, message_id: Id.nullable(), state: WechatState }),
}
