import { z } from 'zod'
import { contract, read } from '../../kernel/contract.ts'
import { Day, Id, Instant, Paging, pageOf } from '../../kernel/shapes.ts'

const Phone = z.string().regex(/^1[3-9]\d{9}$/, '应为 11 位手机号').meta({ zh: '手机号' })
export const SmsState = z.enum(['sending', 'sent', 'failed']).meta({ zh: '状态' })

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

export const messages = contract('messages', {
  /** Sample installation only: what was sent to a phone, so that one can sign in without a phone. Refused everywhere else. */
  sampleInbox: read({ zh: '样例短信箱', may: 'public', takes: z.object({ phone: Phone }), gives: z.object({ rows: z.array(z.object({ at: Instant, body: z.string() })) }), refuses: ['messages.sample_only'] }),
  deliveries: read({
    zh: '短信发送记录',
    may: 'messages.delivery.read',
    takes: Paging.extend({ state: SmsState.optional(), template: z.string().max(60).optional(), phone: Phone.optional(), from_on: Day.optional(), to_on: Day.optional() }),
    gives: pageOf(Delivery).extend({ provider: z.string().nullable(), templates: z.array(z.object({ code: z.string(), zh: z.string() })) }),
  }),
})
export const events = {}
