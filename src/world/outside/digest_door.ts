// How a camera checks who asks it (RFC 2617 Digest, MD5, qop auth), of its own: nothing of our client is in here. It can misbehave: call a nonce stale, forget all of them.
import { createHash, randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

const md5 = (s: string): string => createHash('md5').update(s).digest('hex')
/** An account is locked after so many wrong passwords, as these cameras do. */
const WRONG_MAX = 7
const NONCES = 8
export class DigestDoor {
  private readonly user: string
  private readonly password: string
  private readonly realm: string
  /** Each with the highest count it was used with. */
  private nonces = new Map<string, number>()
  /** So many of the next signed questions are told that their nonce is stale. */
  stale = 0
  /** Wrong passwords so far. */
  wrong = 0
  /** Old firmware: Basic and nothing else. */
  basic_only = false
  /** Passwords that were sent in clear. */
  heard_plain: string[] = []
  constructor(o: { user: string; password: string; realm: string }) {
    this.user = o.user
    this.password = o.password
    this.realm = o.realm
  }
  /** All nonces are of yesterday: after a reboot. */
  forget(): void {
    this.nonces.clear()
  }
  private fresh(stale: boolean): string {
    const nonce = randomBytes(12).toString('hex')
    if (this.nonces.size >= NONCES) this.nonces.delete(this.nonces.keys().next().value!)
    this.nonces.set(nonce, 0)
    return `Digest realm="${this.realm}", nonce="${nonce}", qop="auth", algorithm=MD5${stale ? ', stale=true' : ''}`
  }
  /** What to answer with 401, or null: whoever asks may. */
  refuse(req: Pick<IncomingMessage, 'headers' | 'method' | 'url'>): string | null {
    const h = req.headers.authorization ?? ''
    if (this.basic_only) {
      const [user, password] = Buffer.from(/^Basic (.+)$/.exec(h)?.[1] ?? '', 'base64').toString('utf8').split(':')
      if (password) this.heard_plain.push(password)
      return user === this.user && password === this.password ? null : 'Basic realm="Device_CGI"'
    }
    if (!h.startsWith('Digest ')) return this.fresh(false)
    const part = (k: string): string => new RegExp(`(?:^|[ ,])${k}="?([^",]+)"?`).exec(h)?.[1] ?? ''
    const used = this.nonces.get(part('nonce'))
    if (used === undefined) return this.fresh(true)
    if (this.stale > 0) {
      this.stale--
      return this.fresh(true)
    }
    const ha1 = md5(`${this.user}:${this.realm}:${this.password}`)
    const want = md5(`${ha1}:${part('nonce')}:${part('nc')}:${part('cnonce')}:auth:${md5(`${req.method ?? ''}:${req.url ?? ''}`)}`)
    const count = Number.parseInt(part('nc'), 16)
    const right = this.wrong < WRONG_MAX && part('username') === this.user && part('uri') === req.url && part('response') === want && count > used
    if (!right) {
      this.wrong++
      return this.fresh(false)
    }
    this.nonces.set(part('nonce'), count)
    return null
  }
}
