// HTTP Digest (RFC 7616) and Basic (RFC 7617) as a client: what cameras ask for, by RTSP and by HTTP. One header may hold several challenges.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

export interface Challenge {
  scheme: 'digest' | 'basic'
  realm: string
  nonce: string
  opaque: string | undefined
  qop: boolean
  algorithm: 'MD5' | 'SHA-256'
  stale: boolean
}
const HEADER_MAX = 2048
/** The best challenge among the headers; null when none can be met. */
export function readChallenge(headers: readonly string[]): Challenge | null {
  const found: Challenge[] = []
  for (const h of headers.flatMap((x) => x.slice(0, HEADER_MAX * 2).split(/,\s*(?=(?:digest|basic)\s)/i)).slice(0, 8)) {
    const scheme = /^\s*(digest|basic)\b/i.exec(h)?.[1]?.toLowerCase()
    if (!scheme || h.length > HEADER_MAX) continue
    const given = new Map([...h.matchAll(/(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]+))/g)].map((m) => [m[1]!.toLowerCase(), m[2] ?? m[3] ?? '']))
    const algorithm = (given.get('algorithm') ?? 'MD5').toUpperCase()
    if (scheme === 'digest' && algorithm !== 'MD5' && algorithm !== 'SHA-256') continue
    found.push({ scheme: scheme as Challenge['scheme'], realm: given.get('realm') ?? '', nonce: given.get('nonce') ?? '', opaque: given.get('opaque'), qop: (given.get('qop') ?? '').split(',').some((q) => q.trim() === 'auth'), algorithm: algorithm as Challenge['algorithm'], stale: given.get('stale')?.toLowerCase() === 'true' })
  }
  const rank = (c: Challenge): number => (c.scheme === 'basic' ? 2 : c.algorithm === 'SHA-256' ? 0 : 1)
  return found.toSorted((a, b) => rank(a) - rank(b))[0] ?? null
}
export function authorization(c: Challenge, o: { user: string; password: string; method: string; uri: string; count: number; cnonce?: string }): string {
  if (c.scheme === 'basic') return `Basic ${Buffer.from(`${o.user}:${o.password}`).toString('base64')}`
  const h = (s: string): string => createHash(c.algorithm === 'MD5' ? 'md5' : 'sha256').update(s).digest('hex')
  const [one, two] = [h(`${o.user}:${c.realm}:${o.password}`), h(`${o.method}:${o.uri}`)]
  const nc = o.count.toString(16).padStart(8, '0')
  const cnonce = o.cnonce ?? randomBytes(8).toString('hex')
  const response = c.qop ? h(`${one}:${c.nonce}:${nc}:${cnonce}:auth:${two}`) : h(`${one}:${c.nonce}:${two}`)
  const parts = [`username="${o.user}"`, `realm="${c.realm}"`, `nonce="${c.nonce}"`, `uri="${o.uri}"`, `response="${response}"`, ...(c.algorithm === 'SHA-256' ? ['algorithm=SHA-256'] : []), ...(c.opaque === undefined ? [] : [`opaque="${c.opaque}"`]), ...(c.qop ? ['qop=auth', `nc=${nc}`, `cnonce="${cnonce}"`] : [])]
  return `Digest ${parts.join(', ')}`
}
/** Devices of 2022 may answer by a stronger one than they were asked for. */
const HASHES: Readonly<Record<string, readonly [name: string, digits: number]>> = { MD5: ['md5', 32], 'SHA-256': ['sha256', 64], SM3: ['sm3', 64] }
/** The other side: does this Authorization prove the password? (RFC 2617 and 7616; devices of GB/T 28181 mostly leave qop out.) */
export function proves(given: ReadonlyMap<string, string>, o: { user: string; password: string; method: string }): boolean {
  const get = (k: string): string => given.get(k) ?? ''
  const [name, digits] = HASHES[(given.get('algorithm') ?? 'MD5').toUpperCase()] ?? []
  if (name === undefined || get('username') !== o.user || get('response').length !== digits || !/^[0-9a-f]+$/i.test(get('response'))) return false
  const h = (s: string): string => createHash(name).update(s).digest('hex')
  const [one, two] = [h(`${o.user}:${get('realm')}:${o.password}`), h(`${o.method}:${get('uri')}`)]
  const want = get('qop') ? h(`${one}:${get('nonce')}:${get('nc')}:${get('cnonce')}:${get('qop')}:${two}`) : h(`${one}:${get('nonce')}:${two}`)
  return timingSafeEqual(Buffer.from(want), Buffer.from(get('response').toLowerCase()))
}
