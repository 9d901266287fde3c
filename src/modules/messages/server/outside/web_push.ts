// Web Push: one message to one browser's push service (RFC 8030), encrypted for that browser (RFC 8291, aes128gcm), signed as from us (RFC 8292, VAPID).
// The library writes the request; sending is ours, so that it has a bound and follows no redirect. It keeps no state.
import { hostname } from 'node:os'
import webPush from 'web-push'

export interface PushAddress {
  endpoint: string
  p256dh: string
  auth: string
}
export interface PushKeys {
  public_key: string
  private_key: string
}
export interface Push {
  /** Becomes the body, at most 3,993 bytes (RFC 8291 part 4). */
  text: string
  ttl_s: number
  urgent: boolean
}
export type Pushed =
  | { kind: 'sent'; status: number }
  /** The subscription is over for good. */
  | { kind: 'gone'; status: number }
  | { kind: 'failed'; status: number; detail: string }
  /** No answer, or one that means "later". */
  | { kind: 'unknown'; status: number | null; cause: string }

const TIMEOUT_MS = 8000
/** The push services of the browsers. Anything else could make the server call whatever a visitor names. */
const SERVICES: readonly { host: RegExp; zh: string }[] = [
  { host: /^(fcm|android)\.googleapis\.com$/, zh: 'Chrome' },
  { host: /(^|\.)push\.services\.mozilla\.com$/, zh: 'Firefox' },
  { host: /(^|\.)push\.apple\.com$/, zh: 'Safari' },
  { host: /(^|\.)notify\.windows\.com$/, zh: 'Edge' },
]
/** Whose service an address belongs to; null: none that is known. A simulator on this machine only where nothing is real. */
export function serviceOf(endpoint: string, mode: 'sample' | 'empty' | 'test'): string | null {
  const url = new URL(endpoint)
  if (url.protocol === 'http:') return mode !== 'empty' && url.hostname === '127.0.0.1' ? '模拟推送' : null
  if (url.port !== '' || url.username !== '') return null
  return SERVICES.find((s) => s.host.test(url.hostname))?.zh ?? null
}

export function newKeys(): PushKeys {
  const { publicKey, privateKey } = webPush.generateVAPIDKeys()
  return { public_key: publicKey, private_key: privateKey }
}

/** Who a push service turns to when something is wrong with our messages. */
const contact = (): string => {
  const own = process.env['HEYUAN_PUBLIC_URL']
  return own?.startsWith('https://') ? own : `mailto:push@${hostname().replace(/[^\w.-]/g, '') || 'heyuan'}.invalid`
}

export async function pushTo(to: PushAddress, keys: PushKeys, p: Push): Promise<Pushed> {
  const { endpoint, headers, body } = webPush.generateRequestDetails({ endpoint: to.endpoint, keys: { p256dh: to.p256dh, auth: to.auth } }, p.text, {
    vapidDetails: { subject: contact(), publicKey: keys.public_key, privateKey: keys.private_key },
    TTL: p.ttl_s,
    urgency: p.urgent ? 'high' : 'normal',
    contentEncoding: 'aes128gcm',
  })
  let res: Response
  try {
    res = await fetch(endpoint, { method: 'POST', headers: headers as Record<string, string>, body: new Uint8Array(body), redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) })
    await res.body?.cancel()
  } catch (error) {
    return { kind: 'unknown', status: null, cause: error instanceof Error ? error.message : String(error) }
  }
  const { status } = res
  if (status >= 200 && status < 300) return { kind: 'sent', status }
  if (status === 404 || status === 410) return { kind: 'gone', status }
  if (status === 429 || status >= 500) return { kind: 'unknown', status, cause: `推送服务应答 ${status}` }
  return { kind: 'failed', status, detail: WORDS[status] ?? `推送服务不接受(${status})` }
}
const WORDS: Record<number, string> = { 400: '推送服务认为请求不正确(400)', 401: '推送服务不认可本系统的签名(401)', 403: '推送服务不认可本系统的密钥(403),请在手机上关闭后重新开启推送', 413: '消息过长(413)' }
