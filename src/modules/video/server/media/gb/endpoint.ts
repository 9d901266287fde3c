// Requests and their answers (RFC 3261 17): what goes out is sent again until it is answered, what comes in twice is answered twice and done once.
import { randomBytes } from 'node:crypto'
import { steadyMs } from '../../../../../kernel/clock.ts'
import { cseqOf, header, parameter, writeSip, type Sip } from '../../codecs/sip.ts'
import { peerText, SipPort, type Peer } from './transport.ts'

const AGAIN_MS = 500
const AGAIN_MAX_MS = 4_000
/** What was answered is known for so long, and so many (RFC 3261: 64 × T1). */
const KEPT_MS = 32_000
const KEPT_MAX = 4_000
export const token = (): string => randomBytes(8).toString('hex')

export interface Request {
  method: string
  uri: string
  from: string
  to: string
  call_id: string
  cseq: number
  headers?: readonly (readonly [string, string])[]
  body?: Buffer
}
export class NoAnswer extends Error {}
type Reply = (status: number, headers?: readonly (readonly [string, string])[], body?: Buffer) => void

export class Endpoint {
  readonly port: SipPort
  /** Ours, as it stands in Via and Contact. */
  host = '127.0.0.1'
  private readonly waiting = new Map<string, { answered: (m: Sip) => void }>()
  private readonly served = new Map<string, { answer: Buffer | null; at_ms: number }>()
  private readonly onRequest: (m: Sip, from: Peer, reply: Reply) => void
  private readonly onStray: (m: Sip, from: Peer) => void
  constructor(o: { onRequest: (m: Sip, from: Peer, reply: Reply) => void; onStray: (m: Sip, from: Peer) => void; isKnown: (host: string) => boolean }) {
    this.onRequest = o.onRequest
    this.onStray = o.onStray
    this.port = new SipPort((m, from) => (m.status > 0 ? this.answered(m, from) : this.asked(m, from)), o.isKnown)
  }
  private bytes(r: Request, branch: string, to: Peer): Buffer {
    return writeSip({ method: r.method, uri: r.uri, headers: [['via', `SIP/2.0/${to.kind.toUpperCase()} ${this.host}:${this.port.port};rport;branch=${branch}`], ['from', r.from], ['to', r.to], ['call-id', r.call_id], ['cseq', `${r.cseq} ${r.method}`], ['max-forwards', '70'], ['user-agent', 'Heyuan'], ...(r.headers ?? [])], ...(r.body ? { body: r.body } : {}) })
  }
  /** Sent once, for what is never answered (ACK) or not waited for. */
  tell(to: Peer, r: Request, branch = `z9hG4bK${token()}`): void {
    this.port.send(to, this.bytes(r, branch, to))
  }
  /** The final answer, whatever it is; NoAnswer when there was none in time. */
  ask(to: Peer, r: Request, limit_ms: number): Promise<Sip> {
    const branch = `z9hG4bK${token()}`
    const key = `${branch} ${r.method}`
    const bytes = this.bytes(r, branch, to)
    return new Promise((done, fail) => {
      let again: NodeJS.Timeout | undefined
      let heard = false
      const over = (): void => {
        clearTimeout(again)
        clearTimeout(late)
        this.waiting.delete(key)
      }
      const late = setTimeout(() => {
        over()
        // Who rang and did not come to the phone is told that nobody waits any more; his late yes is met by onStray.
        if (r.method === 'INVITE' && heard) this.tell(to, { ...r, method: 'CANCEL', headers: [], body: Buffer.alloc(0) }, branch)
        fail(new NoAnswer(`${r.method} ${peerText(to)}`))
      }, limit_ms)
      this.waiting.set(key, {
        answered: (m) => {
          if (m.status < 200) {
            heard = true
            // A request that is being worked on is not sent again (17.1.1.2).
            if (r.method === 'INVITE') clearTimeout(again)
            return
          }
          over()
          if (r.method === 'INVITE' && m.status >= 300) this.tell(to, { ...r, method: 'ACK', to: header(m, 'to') ?? r.to, headers: [], body: Buffer.alloc(0) }, branch)
          done(m)
        },
      })
      const send = (wait: number): void => {
        if (!this.port.send(to, bytes)) {
          over()
          return fail(new NoAnswer(`no connection to ${peerText(to)}`))
        }
        if (to.kind === 'udp') again = setTimeout(() => send(Math.min(wait * 2, AGAIN_MAX_MS)), wait)
      }
      send(AGAIN_MS)
    })
  }
  private answered(m: Sip, from: Peer): void {
    const w = this.waiting.get(`${parameter(header(m, 'via'), 'branch') ?? ''} ${cseqOf(m).method}`)
    if (w) w.answered(m)
    else this.onStray(m, from)
  }
  private asked(m: Sip, from: Peer): void {
    if (m.method === 'ACK') return
    const key = `${parameter(header(m, 'via'), 'branch') ?? ''} ${header(m, 'call-id')} ${header(m, 'cseq')} ${peerText(from)}`
    const before = this.served.get(key)
    if (before) {
      if (before.answer) this.port.send(from, before.answer)
      return
    }
    this.forget()
    const mine: { answer: Buffer | null; at_ms: number } = { answer: null, at_ms: steadyMs() }
    this.served.set(key, mine)
    const [top = '', ...others] = m.headers.get('via')!
    const via = `${top.replace(/;\s*rport(=\d*)?(?=;|$)/i, '').replace(/;\s*received=[^;]*/i, '')};rport=${from.port};received=${from.host}`
    const to = header(m, 'to')!
    this.onRequest(m, from, (status, headers = [], body) => {
      if (mine.answer) return
      mine.answer = writeSip({ status, headers: [['via', via], ...others.map((v) => ['via', v] as const), ['from', header(m, 'from')!], ['to', /;\s*tag=/i.test(to) ? to : `${to};tag=${token()}`], ['call-id', header(m, 'call-id')!], ['cseq', header(m, 'cseq')!], ['user-agent', 'Heyuan'], ...headers], ...(body ? { body } : {}) })
      this.port.send(from, mine.answer)
    })
  }
  private forget(): void {
    const now = steadyMs()
    for (const [key, s] of this.served) {
      if (now - s.at_ms < KEPT_MS && this.served.size < KEPT_MAX) return
      this.served.delete(key)
    }
  }
  async close(): Promise<void> {
    await this.port.close()
  }
}
export type { Reply }
