// The provider of the sample installation and of tests: it takes every well-formed message, as a real one would, and no phone
// rings. What it took is read from messages.sms (`sampleInbox`).
import type { SmsProvider } from './provider.ts'

const BODY_MAX = 500
/** A number that this provider refuses, so that a failure can be seen. */
const DEAD = '19999999999'

export const simulated: SmsProvider = {
  name: '模拟短信',
  send: async ({ phone, body, sms_id }) => {
    if (!/^1[3-9]\d{9}$/.test(phone)) return { kind: 'failed', detail: '号码格式不正确' }
    if (phone === DEAD) return { kind: 'failed', detail: '空号' }
    if (body.length > BODY_MAX) return { kind: 'failed', detail: '内容过长' }
    return { kind: 'ok', ref: `sim-${sms_id}` }
  },
}
