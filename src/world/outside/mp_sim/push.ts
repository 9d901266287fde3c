// How the simulated account pushes an event to its owner's server (消息推送), plain or in safe mode, and again when it is not answered (three times).
import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import type { MpAccount } from './account.ts'

const sha1 = (parts: string[]): string => createHash('sha1').update(parts.sort().join('')).digest('hex')
const cdata = (name: string, value: string): string => `<${name}><![CDATA[${value}]]></${name}>`

/** 16 random bytes, the length, the message, the account's number; filled to 32 bytes. */
function encrypt(account: MpAccount, xml: string): string {
  const key = Buffer.from(`${account.aes_key}=`, 'base64')
  const message = Buffer.from(xml, 'utf8')
  const length = Buffer.alloc(4)
  length.writeUInt32BE(message.length)
  const plain = Buffer.concat([randomBytes(16), length, message, Buffer.from(account.appid)])
  const fill = 32 - (plain.length % 32)
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
  return Buffer.concat([cipher.update(Buffer.concat([plain, Buffer.alloc(fill, fill)])), cipher.final()]).toString('base64')
}

export const eventXml = (openid: string, at: Date, inner: Record<string, string | number>): string =>
  `<xml>${cdata('ToUserName', 'gh_7f083739789a')}${cdata('FromUserName', openid)}<CreateTime>${Math.floor(at.getTime() / 1000)}</CreateTime>${cdata('MsgType', 'event')}${Object.entries(inner).map(([k, v]) => (typeof v === 'number' ? `<${k}>${v}</${k}>` : cdata(k, v))).join('')}</xml>`

/** One request as the document describes it: address and body. `forged`: with a signature of somebody else's token. */
export function pushRequest(account: MpAccount, url: string, xml: string, at: Date, forged = false): { url: string; body: string } {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const nonce = String(randomBytes(4).readUInt32BE())
  const token = forged ? 'somebodyelse' : account.push_token
  const query = new URLSearchParams({ signature: sha1([token, timestamp, nonce]), timestamp, nonce, openid: 'o' })
  if (account.push_mode === 'plain') return { url: `${url}?${query.toString()}`, body: xml }
  const encrypted = encrypt(account, xml)
  query.set('encrypt_type', 'aes')
  query.set('msg_signature', sha1([token, timestamp, nonce, encrypted]))
  return { url: `${url}?${query.toString()}`, body: `<xml>${cdata('ToUserName', 'gh_7f083739789a')}${cdata('Encrypt', encrypted)}</xml>` }
}

const TRIES = 3
export async function push(account: MpAccount, url: string, xml: string, at: Date): Promise<number[]> {
  const said: number[] = []
  for (let n = 0; n < TRIES; n++) {
    const r = pushRequest(account, url, xml, at)
    try {
      const res = await fetch(r.url, { method: 'POST', body: r.body, headers: { 'content-type': 'text/xml' }, signal: AbortSignal.timeout(5000) })
      said.push(res.status)
      if (res.ok && (await res.text()) === 'success') break
    } catch {
      said.push(0)
    }
  }
  return said
}
