// What the platform asks a plate camera by HTTP on its local network: one question after the other, signed by Digest (RFC 7616), each within a deadline. The password goes
// out in clear (Basic) only over https with a certificate that holds, or where somebody allowed it for this camera. A wrong one is tried once a question: cameras lock accounts.
// https is taken with any certificate, since cameras make their own: Digest shows the password to nobody.
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as TlsAgent, request as httpsRequest } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { authorization, readChallenge, type Challenge } from '../../../kernel/digest.ts'

export interface Reach {
  address: string
  user: string
  password: string
  /** Basic without TLS: old firmware knows nothing else. */
  plain_ok?: boolean
}
const WAIT_MS = 5_000
const BODY_MAX = 2_000_000
export const WRONG_PASSWORD = '账号或密码不对'
/** Why a camera did not answer, in words for people. `untouched`: nothing can have happened on it. */
export class ReachFault extends Error {
  readonly untouched: boolean
  constructor(message: string, untouched = false) {
    super(message)
    this.untouched = untouched
  }
}
/** What a status that is no success says. */
export const notDone = (status: number): string => (status === 403 ? '相机不许这个账号这样做' : `相机答复 ${status}`)
export interface Ask {
  method: 'GET' | 'PUT' | 'POST'
  /** With its query, as it is signed. */
  path: string
  type?: string
  body?: string
  /** All of it, challenge and answer. */
  ms?: number
}
export interface Told {
  status: number
  body: Buffer
}
interface Got extends Told {
  challenges: string[]
  /** TLS whose certificate holds. */
  trusted: boolean
}
// A connection of its own for each: an idle one may be gone, and then nobody knows whether the camera heard.
const plain = new Agent({ keepAlive: false, maxSockets: 4 })
const sealed = new TlsAgent({ keepAlive: false, maxSockets: 4, rejectUnauthorized: false })

function once(address: string, o: Ask, auth: string | null, signal: AbortSignal): Promise<Got> {
  const url = new URL(address)
  const body = o.body === undefined ? null : Buffer.from(o.body, 'utf8')
  const headers = { host: url.host, connection: 'close', ...(body ? { 'content-type': o.type ?? 'application/xml', 'content-length': body.length } : {}), ...(auth ? { authorization: auth } : {}) }
  const tls = url.protocol === 'https:'
  return new Promise((resolve, reject) => {
    let connected = false
    const lost = (): void => reject(signal.aborted ? new ReachFault('相机没有应答', !connected) : new ReachFault('连不上相机', !connected))
    const take = (res: IncomingMessage): void => {
      const chunks: Buffer[] = []
      let size = 0
      res.on('data', (c: Buffer) => {
        size += c.length
        if (size > BODY_MAX) {
          reject(new ReachFault('答复过长'))
          res.destroy()
        } else chunks.push(c)
      })
      res.on('error', lost)
      res.on('end', () => resolve({ status: res.statusCode ?? 0, body: Buffer.concat(chunks), challenges: res.headersDistinct['www-authenticate'] ?? [], trusted: tls && (res.socket as TLSSocket).authorized }))
    }
    const options = { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port || (tls ? 443 : 80), method: o.method, path: o.path, headers, signal }
    const req = tls ? httpsRequest({ ...options, agent: sealed }, take) : httpRequest({ ...options, agent: plain }, take)
    req.on('socket', (s) => s.once(tls ? 'secureConnect' : 'connect', () => (connected = true)))
    req.on('error', lost)
    req.end(body ?? undefined)
  })
}

export class CameraHttp {
  private readonly r: Reach
  private challenge: Challenge | null = null
  private count = 0
  constructor(r: Reach) {
    this.r = { ...r, user: r.user.replaceAll('"', '') }
  }
  private signed(o: Ask): string | null {
    return this.challenge ? authorization(this.challenge, { user: this.r.user, password: this.r.password, method: o.method, uri: o.path, count: ++this.count }) : null
  }
  /** The answer to a question that was signed where the camera wanted it; a refusal of the account is a fault. */
  async ask(o: Ask): Promise<Told> {
    const signal = AbortSignal.timeout(o.ms ?? WAIT_MS)
    let fresh = false
    // Unsigned or by an old nonce, by the new one, and once more where the camera says that it was stale again.
    for (let i = 0; i < 3; i++) {
      const got = await once(this.r.address, o, this.signed(o), signal)
      if (got.status !== 401) return got
      const c = readChallenge(got.challenges)
      if (!c) throw new ReachFault(got.challenges.length > 0 ? '相机的登录方式不认识' : WRONG_PASSWORD, true)
      if (fresh && !c.stale) break
      if (c.scheme === 'basic' && !got.trusted && !this.r.plain_ok) throw new ReachFault('相机要求明文传密码,没有发送;确认网络可信后可勾选「允许明文密码」', true)
      this.challenge = c
      this.count = 0
      fresh = true
    }
    this.challenge = null
    throw new ReachFault(WRONG_PASSWORD, true)
  }
}
