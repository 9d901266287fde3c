// Push to the lock screen (Web Push): part of the contract of this module.
import { z } from 'zod'
import { read, write } from '../../kernel/contract.ts'
import { Day, Id, Instant, Paging, Repeatable, pageOf } from '../../kernel/shapes.ts'

/** `sent`: the browser's push service took it; what the phone does with it nobody reports. */
export const PushState = z.enum(['sending', 'sent', 'failed', 'gone', 'unknown']).meta({ zh: '状态' })
export const PUSH_DEVICES_MAX = 10
const base64url = (bytes: string, length: number) => z.string().regex(/^[A-Za-z0-9_-]+$/, bytes).length(length, bytes)

const PushDevice = z.object({
  device_id: Id,
  browser: z.string().meta({ zh: '浏览器' }),
  show_text: z.boolean().meta({ zh: '锁屏显示内容' }),
  created_at: Instant.meta({ zh: '开启时间' }),
  last_sent_at: Instant.nullable().meta({ zh: '最近一次推送' }),
})
export type PushDevice = z.output<typeof PushDevice>
export const PushSend = z.object({
  send_id: Id,
  created_at: Instant.meta({ zh: '时间' }),
  person: z.string().meta({ zh: '接收人' }),
  title: z.string().meta({ zh: '消息' }),
  browser: z.string().meta({ zh: '浏览器' }),
  service: z.string().meta({ zh: '推送服务' }),
  state: PushState,
  failure: z.string().nullable().meta({ zh: '原因' }),
  ended_at: Instant.nullable().meta({ zh: '应答时间' }),
})
export type PushSend = z.output<typeof PushSend>

export const pushCalls = {
  /** The company's public key (base64url, 65 bytes), made at the first wish. */
  pushKey: write({ zh: '消息推送公钥', may: 'signed_in', takes: Repeatable, gives: z.object({ public_key: z.string() }) }),
  myPushDevices: read({ zh: '接收推送的浏览器', may: 'signed_in', takes: z.object({}), gives: z.object({ rows: z.array(PushDevice) }) }),
  /** What the browser's PushManager gave. A test is pushed at once. The same browser again replaces what was there, whoever's it was. */
  addPushDevice: write({
    zh: '开启消息推送',
    may: 'signed_in',
    takes: Repeatable.extend({
      endpoint: z.url({ protocol: /^https?$/ }).max(1000).meta({ zh: '推送地址' }),
      p256dh: base64url('应为浏览器给出的公钥', 87).meta({ zh: '浏览器公钥' }),
      auth: base64url('应为浏览器给出的口令', 22).meta({ zh: '浏览器口令' }),
      browser: z.string().trim().min(1).max(60).meta({ zh: '浏览器' }),
      show_text: z.boolean().meta({ zh: '锁屏显示内容' }),
    }),
    gives: z.object({ device_id: Id }),
    refuses: ['messages.push_service', 'messages.push_many'],
  }),
  setPushDevice: write({ zh: '推送内容设置', may: 'signed_in', takes: Repeatable.extend({ device_id: Id, show_text: z.boolean().meta({ zh: '锁屏显示内容' }) }), gives: z.object({ device_id: Id }) }),
  endPushDevice: write({ zh: '停用消息推送', may: 'signed_in', takes: Repeatable.extend({ device_id: Id }), gives: z.object({ device_id: Id }) }),
  pushSends: read({ zh: '推送记录', may: 'messages.delivery.read', takes: Paging.extend({ state: PushState.optional(), from_on: Day.optional(), to_on: Day.optional() }), gives: pageOf(PushSend) }),
}
