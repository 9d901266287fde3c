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
/** Fifty records of a day. */
const ANSWER_MAX = 100_000
/** A value of a template variable: the provider refuses longer ones. */
const VALUE_MAX = 35
/** The provider's word that the same message may be tried later. */
const AGAIN = new Set(['isp.SYSTEM_ERROR', 'ServiceUnavailable', 'Throttling', 'Throttling.User', 'InternalError'])
const WORDS: Record<string, string> = {
  'isv.BUSINESS_LIMIT_CONTROL': '同一号码发送过于频繁', 'isv.MOBILE_NUMBER_ILLEGAL': '号码格式不正确', 'isv.AMOUNT_NOT_ENOUGH': '短信账户余额不足', 'isv.SMS_TEMPLATE_ILLEGAL': '通道模板号不正确或未通过审核',
  'isv.SMS_SIGNATURE_ILLEGAL': '短信签名不正确或未通过审核', 'isv.TEMPLATE_MISSING_PARAMETERS': '通道模板缺少变量', 'isv.OUT_OF_SERVICE': '短信账户已停机', 'InvalidAccessKeyId.NotFound': '访问密钥不存在', SignatureDoesNotMatch: '访问密钥不正确',
}

type Said = { Code?: unknown; Message?: unknown; BizId?: unknown; SmsSendDetailDTOs?: { SmsSendDetailDTO?: unknown } }

export function aliyun(c: AliyunConfig, around: { now: () => Date }): SmsProvider {
  const ask = async (action: 'SendSms' | 'QuerySendDetails', query: Record<string, string>): Promise<Said | { unknown: string }> => {
    const url = new URL(c.endpoint)
    const date = around.now().toISOString().replace(/\.\d{3}Z$/, 'Z')
    const headers = signed({ host: url.host, action, version: '2017-05-25', date, nonce: randomBytes(16).toString('hex'), query }, { id: c.access_key_id, secret: c.access_key_secret })
    try {
      const res = await fetch(`${url.origin}/?${queryOf(query)}`, { method: 'POST', headers, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) })
      const text = await res.text()
      return text.length > ANSWER_MAX ? { unknown: '通道的答复过长' } : (JSON.parse(text) as Said)
    } catch (error) {
      return { unknown: error instanceof SyntaxError ? '通道的答复无法识别' : error instanceof Error ? error.message : String(error) }
    }
  }
  return {
    name: '阿里云短信',
    send: async (sms) => {
      const TemplateCode = c.template_codes[sms.template]
      if (!TemplateCode) return { kind: 'failed', detail: '没有填写这个模板的通道模板号' }
      const said = await ask('SendSms', { PhoneNumbers: sms.phone, SignName: c.sign_name, TemplateCode, TemplateParam: JSON.stringify(paramsOf(sms)), OutId: sms.sms_id })
      if ('unknown' in said) return { kind: 'unknown', cause: said.unknown }
      if (said.Code === 'OK' && typeof said.BizId === 'string') return { kind: 'ok', ref: said.BizId.slice(0, 60) }
      return refusal(said)
    },
    // Sending knows no number of ours that it would send once (document of SendSms), but its records show it: asked before a message is sent again.
    // A phone is sent at most some forty a day, so one page holds them.
    find: async (sms, days) => {
      for (const day of days) {
        const said = await ask('QuerySendDetails', { PhoneNumber: sms.phone, SendDate: day.replaceAll('-', ''), PageSize: '50', CurrentPage: '1' })
        if ('unknown' in said) return { kind: 'unknown', cause: said.unknown }
        if (said.Code !== 'OK') return refusal(said)
        const list = said.SmsSendDetailDTOs?.SmsSendDetailDTO
        const found = (Array.isArray(list) ? list : []).find((x: { OutId?: unknown }) => x.OutId === sms.sms_id) as { SendStatus?: unknown; ErrCode?: unknown } | undefined
        if (found) return found.SendStatus === 2 ? { kind: 'failed', detail: `通道发送失败 ${String(found.ErrCode ?? '').slice(0, 40)}`.trim() } : { kind: 'ok', ref: `OutId ${sms.sms_id}` }
      }
      return null
    },
  }
}

const paramsOf = (sms: Sms): Record<string, string> => Object.fromEntries(Object.entries(sms.params).map(([k, v]) => [k, String(v).slice(0, VALUE_MAX)]))

function refusal(said: Said): Sent {
  if (typeof said.Code !== 'string') return { kind: 'unknown', cause: '通道的答复没有结果' }
  if (AGAIN.has(said.Code)) return { kind: 'unknown', cause: said.Code }
  return { kind: 'failed', detail: WORDS[said.Code] ?? `${said.Code} ${typeof said.Message === 'string' ? said.Message.slice(0, 80) : ''}`.trim() }
}
