// WeChat official account (微信公众号, 服务号): access token, web authorization, template messages. developers.weixin.qq.com: 获取稳定版接口调用凭据,
// 网页授权, 模板消息. It keeps no state. What is not an answer of WeChat is unknown, never failed.
import { meaningOf, wordsOf, type Meaning } from '../rules/mp_codes.ts'

export interface MpConfig {
  appid: string
  app_secret: string
  /** https://api.weixin.qq.com; another only for the simulator. */
  api_base: string
}
export interface Unknown {
  kind: 'unknown'
  cause: string
}
export interface Refused {
  kind: 'refused'
  code: number
  meaning: Exclude<Meaning, 'ok'>
  detail: string
}
type Got<T> = ({ kind: 'ok' } & T) | Refused | Unknown
const TIMEOUT_MS = 8000
const ANSWER_MAX = 20_000

async function call(url: string, body?: object): Promise<Got<{ answer: Record<string, unknown> }>> {
  let text: string
  try {
    const res = await fetch(url, { ...(body ? { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}), redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) })
    text = (await res.text()).slice(0, ANSWER_MAX)
  } catch (error) {
    // The address holds the secret or the token: it is never repeated in a message.
    return { kind: 'unknown', cause: error instanceof Error ? error.name : 'network' }
  }
  let answer: Record<string, unknown>
  try {
    answer = JSON.parse(text) as Record<string, unknown>
  } catch {
    return { kind: 'unknown', cause: '微信的答复无法识别' }
  }
  const code = typeof answer['errcode'] === 'number' ? answer['errcode'] : 0
  const meaning = meaningOf(code)
  if (meaning === 'ok') return { kind: 'ok', answer }
  if (meaning === 'again') return { kind: 'unknown', cause: String(code) }
  return { kind: 'refused', code, meaning, detail: wordsOf(code, typeof answer['errmsg'] === 'string' ? answer['errmsg'] : '') }
}
const text = (v: unknown): string | null => (typeof v === 'string' && v.length > 0 && v.length <= 512 ? v : null)
const NONE: Unknown = { kind: 'unknown', cause: '微信的答复不完整' }

/** Where the payer's WeChat is sent to say who he is, without asking him anything (snsapi_base). `state`: letters and digits, 128 at most. */
export const authorizeUrl = (open_base: string, o: { appid: string; redirect_uri: string; state: string }): string =>
  `${open_base}/connect/oauth2/authorize?appid=${encodeURIComponent(o.appid)}&redirect_uri=${encodeURIComponent(o.redirect_uri)}&response_type=code&scope=snsapi_base&state=${o.state}#wechat_redirect`

export interface TemplateMessage {
  touser: string
  template_id: string
  url?: string
  /** The same number to the same person is sent once (within ten minutes). */
  client_msg_id: string
  data: Record<string, { value: string }>
}

export const wechatMp = (c: MpConfig) => ({
  /** Without force the same token as long as it lives; with it a new one, 20 times a day and 30 s apart at most. */
  token: async (force: boolean): Promise<Got<{ token: string; expires_in: number }>> => {
    const r = await call(`${c.api_base}/cgi-bin/stable_token`, { grant_type: 'client_credential', appid: c.appid, secret: c.app_secret, force_refresh: force })
    if (r.kind !== 'ok') return r
    const token = text(r.answer['access_token'])
    const expires_in = r.answer['expires_in']
    return token && typeof expires_in === 'number' && expires_in > 0 ? { kind: 'ok', token, expires_in: Math.min(expires_in, 7200) } : NONE
  },
  /** A code lives five minutes and works once. `snapshot`: WeChat shows a preview under a made-up account; it is nobody. */
  openidOf: async (code: string): Promise<Got<{ openid: string; snapshot: boolean }>> => {
    const r = await call(`${c.api_base}/sns/oauth2/access_token?appid=${encodeURIComponent(c.appid)}&secret=${encodeURIComponent(c.app_secret)}&code=${encodeURIComponent(code)}&grant_type=authorization_code`)
    if (r.kind !== 'ok') return r
    const openid = text(r.answer['openid'])
    return openid ? { kind: 'ok', openid, snapshot: r.answer['is_snapshotuser'] === 1 } : NONE
  },
  follows: async (token: string, openid: string): Promise<Got<{ follows: boolean }>> => {
    const r = await call(`${c.api_base}/cgi-bin/user/info?access_token=${encodeURIComponent(token)}&openid=${encodeURIComponent(openid)}&lang=zh_CN`)
    return r.kind === 'ok' ? { kind: 'ok', follows: r.answer['subscribe'] === 1 } : r
  },
  send: async (token: string, m: TemplateMessage): Promise<Got<{ msgid: string }>> => {
    const r = await call(`${c.api_base}/cgi-bin/message/template/send?access_token=${encodeURIComponent(token)}`, m)
    if (r.kind !== 'ok') return r
    const msgid = r.answer['msgid']
    // Without its number there is no proof of delivery, but sent it is.
    return { kind: 'ok', msgid: typeof msgid === 'number' || typeof msgid === 'string' ? String(msgid).slice(0, 40) : '' }
  },
})
export type Mp = ReturnType<typeof wechatMp>
