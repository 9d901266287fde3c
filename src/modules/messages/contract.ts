import { z } from 'zod'
import { contract, read, write } from '../../kernel/contract.ts'
import { pushCalls } from './contract_push.ts'
import { wechatCalls, wechatEvents } from './contract_wechat.ts'
import { Day, Id, Instant, Needed, Paging, Repeatable, pageOf } from '../../kernel/shapes.ts'

const Phone = z.string().regex(/^1[3-9]\d{9}$/, '应为 11 位手机号').meta({ zh: '手机号' })
const Clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, '格式应为 HH:MM,如 21:00')
export const SmsState = z.enum(['sending', 'sent', 'failed', 'cancelled']).meta({ zh: '状态' })
export const Category = z.enum(['fee', 'work', 'notice', 'security', 'system']).meta({ zh: '类别' })
export type Category = z.output<typeof Category>
/** What a resident may not switch off: his sign-in code and alarms. */
export const OPTIONAL = ['fee', 'work', 'notice'] as const

export const Delivery = z.object({
  sms_id: Id,
  created_at: Instant.meta({ zh: '时间' }),
  phone_masked: z.string().meta({ zh: '手机号' }),
  template: z.string(),
  template_zh: z.string().meta({ zh: '模板' }),
  /** null when it holds a code, or after its seven days. */
  body: z.string().nullable().meta({ zh: '正文' }),
  provider: z.string().nullable().meta({ zh: '通道' }),
  state: SmsState,
  failure: z.string().nullable().meta({ zh: '失败原因' }),
  sent_at: Instant.nullable().meta({ zh: '发出时间' }),
})
export type Delivery = z.output<typeof Delivery>

export const Message = z.object({
  message_id: Id,
  category: Category,
  title: z.string().meta({ zh: '标题' }),
  body: z.string().meta({ zh: '正文' }),
  /** Address inside the reader's face: '/bills?state=open'. */
  link: z.string().nullable(),
  created_at: Instant.meta({ zh: '时间' }),
  read_at: Instant.nullable().meta({ zh: '阅读时间' }),
})
export type Message = z.output<typeof Message>

const Off = z.array(z.enum(OPTIONAL)).max(3)
const Preference = z.object({ sms_off: z.array(Category), wechat_off: z.array(Category) })

const Texts = {
  title: Needed(40).meta({ zh: '标题' }),
  app_text: Needed(500).meta({ zh: '站内正文' }),
  sms_text: Needed(300).meta({ zh: '短信正文' }),
}
export const TemplateRow = z.object({
  template: z.string(),
  zh: z.string().meta({ zh: '模板' }),
  category: Category,
  ...Texts,
  /** What may stand in braces, with an example of each. */
  params: z.array(z.object({ key: z.string(), zh: z.string(), example: z.string() })),
  /** The company's own words; false: the system's. */
  own: z.boolean().meta({ zh: '公司文字' }),
  from_at: Instant.nullable().meta({ zh: '启用时间' }),
  created_by_name: z.string().nullable().meta({ zh: '修改人' }),
  preview: z.object({ title: z.string(), app_text: z.string(), sms_text: z.string(), sms_parts: z.int() }),
})
export type TemplateRow = z.output<typeof TemplateRow>

export const messages = contract('messages', {
  /** Sample installation only: what was sent to a phone, so that one can sign in without a phone. Refused everywhere else. */
  sampleInbox: read({ zh: '样例短信箱', may: 'public', takes: z.object({ phone: Phone }), gives: z.object({ rows: z.array(z.object({ at: Instant, body: z.string() })) }), refuses: ['messages.sample_only'] }),
  /** Whether a sign-in code can reach a phone at all. It says nothing about any phone or company. */
  smsReady: read({ zh: '短信是否开通', may: 'public', takes: z.object({}), gives: z.object({ ready: z.boolean() }) }),
  deliveries: read({
    zh: '短信发送记录',
    may: 'messages.delivery.read',
    takes: Paging.extend({ state: SmsState.optional(), template: z.string().max(60).optional(), phone: Phone.optional(), from_on: Day.optional(), to_on: Day.optional() }),
    gives: pageOf(Delivery).extend({ provider: z.string().nullable(), templates: z.array(z.object({ code: z.string(), zh: z.string() })) }),
  }),

  /** The messages of whoever asks: a resident's by phone, a member of staff's by account. */
  inbox: read({ zh: '我的消息', may: 'signed_in', takes: Paging.extend({ category: Category.optional(), unread_only: z.boolean().optional() }), gives: pageOf(Message).extend({ unread_count: z.int() }) }),
  unread: read({ zh: '未读消息数', may: 'signed_in', takes: z.object({}), gives: z.object({ count: z.int() }) }),
  /** Without ids: everything up to now. */
  markRead: write({ zh: '消息已读', may: 'signed_in', takes: Repeatable.extend({ message_ids: z.array(Id).min(1).max(200).optional() }), gives: z.object({ count: z.int() }) }),
  myPreference: read({ zh: '我的接收设置', may: 'resident', takes: z.object({}), gives: Preference }),
  /** What is left out stays as it is. */
  savePreference: write({ zh: '修改接收设置', may: 'resident', takes: Repeatable.extend({ sms_off: Off.optional(), wechat_off: Off.optional() }), gives: Preference }),

  templates: read({ zh: '消息模板', may: 'messages.template.read', takes: z.object({}), gives: z.object({ rows: z.array(TemplateRow) }) }),
  /** The texts as they would be sent, with the examples; a write as dry run would do the same. */
  previewTemplate: read({ zh: '预览模板', may: 'messages.template.read', takes: z.object({ template: z.string().max(60), ...Texts }), gives: TemplateRow.shape.preview, refuses: ['messages.unknown_param', 'messages.lacks_sign'] }),
  saveTemplate: write({ zh: '修改消息模板', may: 'messages.template.write', takes: Repeatable.extend({ template: z.string().max(60), ...Texts }), gives: z.object({ template: z.string() }), refuses: ['messages.unknown_param', 'messages.lacks_sign'] }),
  templateVersions: read({
    zh: '模板历史',
    may: 'messages.template.read',
    takes: z.object({ template: z.string().max(60) }),
    gives: z.object({ rows: z.array(z.object({ ...Texts, from_at: Instant.meta({ zh: '启用时间' }), created_by_name: z.string().meta({ zh: '修改人' }) })) }),
  }),

  /** The secret never comes back. `simulated`: without a provider the sample's simulated one carries SMS. */
  smsProvider: read({
    zh: '短信通道',
    may: 'messages.provider.read',
    takes: z.object({}),
    gives: z.object({
      provider: z.object({ sign_name: z.string().meta({ zh: '短信签名' }), access_key_id: z.string(), template_codes: z.record(z.string(), z.string()), enabled: z.boolean(), changed_by_name: z.string(), changed_at: Instant }).nullable(),
      templates: z.array(z.object({ code: z.string(), zh: z.string(), params: z.array(z.object({ key: z.string(), zh: z.string() })) })),
      simulated: z.boolean(),
    }),
  }),
  saveSmsProvider: write({
    zh: '保存短信通道',
    may: 'messages.provider.write',
    takes: Repeatable.extend({
      sign_name: Needed(20).meta({ zh: '短信签名' }),
      access_key_id: z.string().regex(/^[A-Za-z0-9]{10,40}$/, '应为 10 到 40 位字母、数字').meta({ zh: '访问密钥编号(AccessKey ID)' }),
      /** Left out: the one that is kept. */
      access_key_secret: z.string().min(10).max(80).optional().meta({ zh: '访问密钥(AccessKey Secret)' }),
      template_codes: z.record(z.string().max(60), z.string().regex(/^SMS_\d{4,20}$/, '应形如 SMS_154950909')).meta({ zh: '通道模板号' }),
      endpoint: z.string().max(80).optional(),
    }),
    gives: z.object({ done: z.literal(true) }),
    refuses: ['messages.secret_needed', 'messages.wrong_endpoint'],
  }),
  setSmsProvider: write({ zh: '启用或停用短信通道', may: 'messages.provider.write', takes: Repeatable.extend({ enabled: z.boolean() }), gives: z.object({ done: z.literal(true) }), refuses: ['messages.sign_in_template_needed'] }),
  /** Sends a sign-in code of zeros that opens nothing; the outcome is in the record of SMS. */
  trySms: write({ zh: '试发短信', may: 'messages.provider.write', takes: Repeatable.extend({ phone: Phone }), gives: z.object({ done: z.literal(true) }) }),

  quietHours: read({ zh: '免打扰时段', may: 'messages.template.read', takes: z.object({}), gives: z.object({ rows: z.array(z.object({ from_on: Day.meta({ zh: '生效日' }), quiet_from: Clock, quiet_to: Clock, now: z.boolean() })) }) }),
  /** From a day on; today or later. Equal clocks: no quiet hours. */
  saveQuietHours: write({
    zh: '设置免打扰时段',
    may: 'messages.template.write',
    takes: Repeatable.extend({ from_on: Day.meta({ zh: '生效日' }), quiet_from: Clock.meta({ zh: '免打扰起' }), quiet_to: Clock.meta({ zh: '免打扰止' }) }),
    gives: z.object({ from_on: Day }),
    refuses: ['messages.from_past'],
  }),
  ...wechatCalls,
  ...pushCalls,
})
export const events = { ...wechatEvents }
