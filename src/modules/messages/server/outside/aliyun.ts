// 阿里云短信 (Dysmsapi 2017-05-25, SendSms). The wording is the provider's approved template: our params fill it. `OutId` is our own number, so that the
// provider's report names our row. What is not an answer of the provider is unknown, never failed: the worker asks again.
import { randomBytes } from 'node:crypto'
import { queryOf, signed } from './aliyun_sign.ts'
import type { Sent, Sms, SmsProvider } from './provider.ts'

export interface AliyunConfig {
  access_key_id: string
  access_key_secret: string
  sign_name: string
  /** https://dysmsapi.aliyuncs.com; another only for the simulator. */
  endpoint: string
  /** Our template → the provider's SMS_154950909. */
  template_codes: Readonly<Record<string, string>>
}
const TIMEOUT_MS = 8000
const ANSWER_MAX = 20_000
/** A value of a template variable: the provider refuses longer ones. */
const VALUE_MAX = 35
/** The provider's word that the same message may be tried later. */
const AGAIN = new Set(['isp.SYSTEM_ERROR', 'ServiceUnavailable', 'Throttling', 'Throttling.User', 'InternalError'])
const WORDS: Record<string, string> = {
  'isv.BUSINESS_LIMIT_CONTROL': '同一号码发送过于频繁', 'isv.MOBILE_NUMBER_ILLEGAL': '号码格式不正确', 'isv.AMOUNT_NOT_ENOUGH': '短信账户余额不足', 'isv.SMS_TEMPLATE_ILLEGAL': '通道模板号不正确或未通过审核',
  'isv.SMS_SIGNATURE_ILLEGAL': '短信签名不正确或未通过审核', 'isv.TEMPLATE_MISSING_PARAMETERS': '通道模板缺少变量', 'isv.OUT_OF_SERVICE': '短信账户已停机', 'InvalidAccessKeyId.NotFound': '访问密钥不存在', SignatureDoesNotMatch: '访问密钥不正确',
}

export const aliyun = (c: AliyunConfig, around: { now: () => Date }): SmsProvider => ({
  name: '阿里云短信',
  send: async (sms) => {
    const TemplateCode = c.template_codes[sms.template]
    if (!TemplateCode) return { kind: 'failed', detail: '没有填写这个模板的通道模板号' }
    const query = { PhoneNumbers: sms.phone, SignName: c.sign_name, TemplateCode, TemplateParam: JSON.stringify(paramsOf(sms)), OutId: sms.sms_id }
    const url = new URL(c.endpoint)
    const date = around.now().toISOString().replace(/\.\d{3}Z$/, 'Z')
    const headers = signed({ host: url.host, action: 'SendSms', version: '2017-05-25', date, nonce: randomBytes(16).toString('hex'), query }, { id: c.access_key_id, secret: c.access_key_secret })
    try {
      const res = await fetch(`${url.origin}/?${queryOf(query)}`, { method: 'POST', headers, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) })
      return read(await res.text())
    } catch (error) {
      return { kind: 'unknown', cause: error instanceof Error ? error.message : String(error) }
    }
  },
})

const paramsOf = (sms: Sms): Record<string, string> => Object.fromEntries(Object.entries(sms.params).map(([k, v]) => [k, String(v).slice(0, VALUE_MAX)]))

function read(text: string): Sent {
  let answer: { Code?: unknown; Message?: unknown; BizId?: unknown }
  try {
    answer = JSON.parse(text.slice(0, ANSWER_MAX)) as typeof answer
  } catch {
    return { kind: 'unknown', cause: '通道的答复无法识别' }
  }
  if (answer.Code === 'OK' && typeof answer.BizId === 'string') return { kind: 'ok', ref: answer.BizId.slice(0, 60) }
  if (typeof answer.Code !== 'string') return { kind: 'unknown', cause: '通道的答复没有结果' }
  if (AGAIN.has(answer.Code)) return { kind: 'unknown', cause: answer.Code }
  return { kind: 'failed', detail: WORDS[answer.Code] ?? `${answer.Code} ${typeof answer.Message === 'string' ? answer.Message.slice(0, 80) : ''}`.trim() }
}
