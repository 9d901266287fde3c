// A browser and its push service in one, written from RFC 8030 (delivery), 8188 and 8291 (aes128gcm), 8292 (VAPID): it takes what a sender posts, holds the
// signature against the key that the browser subscribed with, and decrypts as the browser would. It can be told to answer otherwise.
import { createDecipheriv, createECDH, createHmac, createPublicKey, randomBytes, verify } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Pushed {
  browser: string
  text: string
  ttl: string | undefined
  urgency: string | undefined
}
export interface PushSim {
  base: string
  /** What was delivered, in order. */
  got: Pushed[]
  /** Requests refused by the service, with why. */
  refused: string[]
  /** A browser that has subscribed with the sender's public key: what its PushManager gives. */
  subscribe(name: string, application_server_key: string): { endpoint: string; p256dh: string; auth: string }
  unsubscribe(name: string): void
  /** The next so many requests are answered with this status and nothing is delivered. */
  answer(status: number, times?: number): void
  stop(): Promise<void>
}
interface Browser {
  key: ReturnType<typeof createECDH>
  auth: Buffer
  sender: string
  gone: boolean
}
const b64 = (b: Buffer): string => b.toString('base64url')
const hmac = (key: Buffer, data: Buffer): Buffer => createHmac('sha256', key).update(data).digest()
/** HKDF with one block of output (RFC 5869). */
const hkdf = (salt: Buffer, ikm: Buffer, info: Buffer, length: number): Buffer => hmac(hmac(salt, ikm), Buffer.concat([info, Buffer.from([1])])).subarray(0, length)

export function openMessage(body: Buffer, browser: Pick<Browser, 'key' | 'auth'>): string {
  const salt = body.subarray(0, 16)
  const size = body.readUInt32BE(16)
  const id_length = body[20]!
  const sender_key = body.subarray(21, 21 + id_length)
  const sealed = body.subarray(21 + id_length)
  if (sealed.length > size) throw new Error('more than one record: a push message is one')
  const shared = browser.key.computeSecret(sender_key)
  const ikm = hkdf(browser.auth, shared, Buffer.concat([Buffer.from('WebPush: info\0'), browser.key.getPublicKey(), sender_key]), 32)
  const key = hkdf(salt, ikm, Buffer.from('Content-Encoding: aes128gcm\0'), 16)
  const nonce = hkdf(salt, ikm, Buffer.from('Content-Encoding: nonce\0'), 12)
  const open = createDecipheriv('aes-128-gcm', key, nonce)
  open.setAuthTag(sealed.subarray(-16))
  const plain = Buffer.concat([open.update(sealed.subarray(0, -16)), open.final()])
  // The last record ends with the delimiter 2 and then zeros.
  let end = plain.length - 1
  while (plain[end] === 0) end--
  if (plain[end] !== 2) throw new Error('no delimiter of the last record')
  return plain.subarray(0, end).toString('utf8')
}

/** Why the signature is not good; undefined: it is. */
function faultOf(authorization: string | undefined, origin: string, sender: string): string | undefined {
  const m = /^vapid t=([^,\s]+),\s*k=([\w-]+)$/.exec(authorization ?? '')
  if (!m) return 'no vapid authorization'
  if (m[2] !== sender) return 'another key than the one subscribed with'
  const [head, body, signature] = m[1]!.split('.') as [string, string, string]
  const point = Buffer.from(m[2], 'base64url')
  const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: b64(point.subarray(1, 33)), y: b64(point.subarray(33, 65)) }, format: 'jwk' })
  if (!verify('sha256', Buffer.from(`${head}.${body}`), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))) return 'wrong signature'
  const said = JSON.parse(Buffer.from(body, 'base64url').toString()) as { aud?: string; exp?: number; sub?: string }
  if (said.aud !== origin) return `aud is ${said.aud}`
  const left = (said.exp ?? 0) - Date.now() / 1000
  if (left <= 0 || left > 24 * 3600) return 'exp is not within the next 24 hours'
  if (!/^(mailto:|https:)/.test(said.sub ?? '')) return 'no contact'
  return undefined
}

export async function startPushSim(): Promise<PushSim> {
  const browsers = new Map<string, Browser>()
  const got: Pushed[] = []
  const refused: string[] = []
  const answers: number[] = []
  const take = async (q: IncomingMessage, r: ServerResponse): Promise<void> => {
    const parts: Buffer[] = []
    for await (const part of q) parts.push(part as Buffer)
    const say = (status: number, why?: string): void => {
      if (why) refused.push(why)
      r.writeHead(status).end()
    }
    const told = answers.shift()
    if (told !== undefined) return say(told)
    const name = decodeURIComponent((q.url ?? '').replace('/push/', ''))
    const browser = browsers.get(name)
    if (!browser) return say(404)
    if (browser.gone) return say(410)
    if (q.headers['ttl'] === undefined) return say(400, 'no TTL')
    if (q.headers['content-encoding'] !== 'aes128gcm') return say(400, 'not aes128gcm')
    const body = Buffer.concat(parts)
    if (body.length > 4096) return say(413, 'larger than 4096')
    const fault = faultOf(q.headers.authorization, sim.base, browser.sender)
    if (fault) return say(403, fault)
    got.push({ browser: name, text: openMessage(body, browser), ttl: q.headers['ttl'] as string, urgency: q.headers['urgency'] as string | undefined })
    say(201)
  }
  const server = createServer((q, r) => void take(q, r).catch((error: unknown) => (refused.push(String(error)), r.writeHead(400).end())))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const sim: PushSim = {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    got,
    refused,
    subscribe(name, sender) {
      const key = createECDH('prime256v1')
      key.generateKeys()
      const auth = randomBytes(16)
      browsers.set(name, { key, auth, sender, gone: false })
      return { endpoint: `${sim.base}/push/${encodeURIComponent(name)}`, p256dh: b64(key.getPublicKey()), auth: b64(auth) }
    },
    unsubscribe: (name) => void (browsers.get(name)!.gone = true),
    answer: (status, times = 1) => void answers.push(...Array.from({ length: times }, () => status)),
    stop: () => new Promise((done) => server.close(() => done())),
  }
  return sim
}
