// SIP (RFC 3261) as far as GB/T 28181 speaks it: a message read and written, nothing kept. Whatever came from outside is bounded and may be wrong in every byte.
export interface Sip {
  /** Empty for an answer. */
  method: string
  uri: string
  /** 0 for a request. */
  status: number
  reason: string
  /** By lower-case long name, in the order they came. */
  headers: Map<string, string[]>
  body: Buffer
}
const HEAD_MAX = 16 * 1024
export const BODY_MAX = 256 * 1024
const LINES_MAX = 80
const LINE_MAX = 4096
/** Short forms of RFC 3261 7.3.3 and RFC 6665. */
const LONG: Record<string, string> = { v: 'via', f: 'from', t: 'to', i: 'call-id', m: 'contact', l: 'content-length', c: 'content-type', e: 'content-encoding', s: 'subject', k: 'supported', o: 'event' }
const METHOD = /^([A-Z]{3,16}) (\S{1,300}) SIP\/2\.0$/
const STATUS = /^SIP\/2\.0 ([1-6]\d\d)(?: (.{0,200}))?$/

export const header = (m: Sip, name: string): string | undefined => m.headers.get(name)?.[0]
/** Where the head ends; -1: not yet, -2: never, this is no SIP. */
function endOfHead(b: Buffer): number {
  const end = b.indexOf('\r\n\r\n')
  if (end > HEAD_MAX) return -2
  if (end >= 0) return end
  return b.length > HEAD_MAX ? -2 : -1
}
function readHead(text: string): Omit<Sip, 'body'> | null {
  const raw = text.split('\r\n')
  if (raw.length > LINES_MAX + 1 || raw.some((l) => l.length > LINE_MAX)) return null
  const first = raw[0]!
  const [request, answer] = [METHOD.exec(first), STATUS.exec(first)]
  if (!request && !answer) return null
  const lines: string[] = []
  // A line that begins with a space goes on with the one before.
  for (const l of raw.slice(1)) {
    if (/^[ \t]/.test(l) && lines.length > 0) lines[lines.length - 1] += ` ${l.trim()}`
    else lines.push(l)
  }
  const headers = new Map<string, string[]>()
  for (const l of lines) {
    const at = l.indexOf(':')
    if (at <= 0) return null
    const short = l.slice(0, at).trim().toLowerCase()
    if (!/^[a-z0-9-]{1,40}$/.test(short)) return null
    const name = LONG[short] ?? short
    const value = l.slice(at + 1).trim()
    headers.set(name, [...(headers.get(name) ?? []), ...(name === 'via' ? value.split(/,(?=\s*SIP\/2\.0)/i).map((v) => v.trim()) : [value])])
  }
  return { method: request?.[1] ?? '', uri: request?.[2] ?? '', status: answer ? Number(answer[1]) : 0, reason: answer?.[2] ?? '', headers }
}
const NEEDED = ['via', 'from', 'to', 'call-id', 'cseq'] as const
function complete(m: Omit<Sip, 'body'>): boolean {
  if (!NEEDED.every((n) => (m.headers.get(n)?.[0] ?? '') !== '')) return false
  const seq = /^(\d{1,10})\s+([A-Z]{3,16})$/.exec(m.headers.get('cseq')![0]!)
  return seq !== null && Number(seq[1]) < 2 ** 32 && (m.method === '' || m.method === seq[2])
}
/** One datagram is one message; null for what is none. */
export function readDatagram(b: Buffer): Sip | null {
  const end = endOfHead(b)
  if (end < 0) return null
  const head = readHead(b.toString('latin1', 0, end))
  if (!head || !complete(head)) return null
  const said = head.headers.get('content-length')?.[0]
  const n = said === undefined ? b.length - end - 4 : Number(said)
  // What says that it is longer than it is was cut off on the way.
  if (!Number.isInteger(n) || n < 0 || n > BODY_MAX || end + 4 + n > b.length) return null
  return { ...head, body: b.subarray(end + 4, end + 4 + n) }
}
/** Messages on a connection: by their length, which is then a must (RFC 3261 18.3). */
export class SipStream {
  private buffer: Buffer = Buffer.alloc(0)
  /** Nothing can be read any more: the connection has to go. */
  broken = false
  take(d: Buffer): Sip[] {
    if (this.broken) return []
    this.buffer = this.buffer.length === 0 ? d : Buffer.concat([this.buffer, d])
    const out: Sip[] = []
    for (;;) {
      // Line ends between messages keep a connection open.
      let from = 0
      while (this.buffer[from] === 13 || this.buffer[from] === 10) from++
      if (from > 0) this.buffer = this.buffer.subarray(from)
      if (this.buffer.length === 0) return out
      const end = endOfHead(this.buffer)
      if (end === -1) return out
      const head = end === -2 ? null : readHead(this.buffer.toString('latin1', 0, end))
      const n = Number(head?.headers.get('content-length')?.[0] ?? NaN)
      if (!head || !complete(head) || !Number.isInteger(n) || n < 0 || n > BODY_MAX) {
        this.broken = true
        this.buffer = Buffer.alloc(0)
        return out
      }
      if (this.buffer.length < end + 4 + n) return out
      out.push({ ...head, body: Buffer.from(this.buffer.subarray(end + 4, end + 4 + n)) })
      this.buffer = this.buffer.subarray(end + 4 + n)
    }
  }
}
const NAMES: Record<string, string> = { 'call-id': 'Call-ID', cseq: 'CSeq', 'www-authenticate': 'WWW-Authenticate', 'x-gb-ver': 'X-GB-Ver' }
const nameOf = (n: string): string => NAMES[n] ?? n.replace(/(^|-)[a-z]/g, (c) => c.toUpperCase())
/** Line ends in a value would be a header of somebody else's making. */
const clean = (v: string): string => v.replace(/[\r\n]+/g, ' ')
export function writeSip(m: { method?: string; uri?: string; status?: number; reason?: string; headers: readonly (readonly [string, string])[]; body?: Buffer }): Buffer {
  const body = m.body ?? Buffer.alloc(0)
  const first = m.status ? `SIP/2.0 ${m.status} ${m.reason ?? REASONS[m.status] ?? ''}` : `${m.method} ${clean(m.uri ?? '')} SIP/2.0`
  const lines = m.headers.map(([n, v]) => `${nameOf(n)}: ${clean(v)}`)
  return Buffer.concat([Buffer.from(`${first}\r\n${lines.join('\r\n')}\r\nContent-Length: ${body.length}\r\n\r\n`, 'latin1'), body])
}
const REASONS: Record<number, string> = { 100: 'Trying', 200: 'OK', 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 408: 'Request Timeout', 423: 'Interval Too Brief', 481: 'Call/Transaction Does Not Exist', 486: 'Busy Here', 488: 'Not Acceptable Here', 500: 'Server Internal Error', 503: 'Service Unavailable' }
/** The part before @ of the address in a From, To, Contact or request line. */
export const userOf = (v: string | undefined): string => /sips?:([^@;>\s]{1,64})@/i.exec(v ?? '')?.[1] ?? ''
/** sip:…@… without name and brackets. */
export const addressOf = (v: string | undefined): string => /<([^>]{1,300})>/.exec(v ?? '')?.[1] ?? (v ?? '').split(';')[0]!.trim()
export const parameter = (v: string | undefined, name: string): string | undefined => new RegExp(`;\\s*${name}=("?)([^;,"\\s]+)\\1`, 'i').exec(v ?? '')?.[2]
export const cseqOf = (m: Sip): { no: number; method: string } => {
  const [, no, method] = /^(\d+)\s+(\S+)/.exec(header(m, 'cseq') ?? '') ?? []
  return { no: Number(no ?? 0), method: method ?? '' }
}
/** What proves a password (RFC 2617, 7616), as it stands in Authorization. */
export function readAuthorization(v: string | undefined): Map<string, string> | null {
  if (!v || v.length > 2048 || !/^\s*digest\s/i.test(v)) return null
  return new Map([...v.matchAll(/([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s,]+))/g)].map((m) => [m[1]!.toLowerCase(), m[2] ?? m[3] ?? '']))
}
