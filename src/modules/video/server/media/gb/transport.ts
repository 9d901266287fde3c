// Where SIP comes in and goes out: one port, by UDP and by TCP. Counts what a stranger sends, so that a flood costs a look at its address and no more.
import { createSocket, type Socket as Udp } from 'node:dgram'
import { createServer, type Server, type Socket } from 'node:net'
import { steadyMs } from '../../../../../kernel/clock.ts'
import { readDatagram, SipStream, type Sip } from '../../codecs/sip.ts'

export interface Peer {
  kind: 'udp' | 'tcp'
  host: string
  port: number
}
export const peerText = (p: Peer): string => `${p.kind} ${p.host}:${p.port}`
export function readPeer(s: string | null): Peer | null {
  const m = /^(udp|tcp) (\S+):(\d{1,5})$/.exec(s ?? '')
  return m ? { kind: m[1] as Peer['kind'], host: m[2]!, port: Number(m[3]) } : null
}
const CONNECTIONS_MAX = 500
const IDLE_MS = 600_000
/** A stranger may say so much in ten seconds. */
const STRANGER_MAX = 60
const STRANGERS_MAX = 5_000
const WINDOW_MS = 10_000

export class SipPort {
  /** Messages of strangers that were not read, and bytes that were no SIP. */
  dropped_count = 0
  port = 0
  private udp: Udp | undefined
  private server: Server | undefined
  private readonly connections = new Map<string, Socket>()
  private strangers = new Map<string, number>()
  private window_ms = 0
  private readonly onMessage: (m: Sip, from: Peer) => void
  private readonly isKnown: (host: string) => boolean
  constructor(onMessage: (m: Sip, from: Peer) => void, isKnown: (host: string) => boolean) {
    this.onMessage = onMessage
    this.isKnown = isKnown
  }
  async listen(port: number, host: string): Promise<this> {
    const server = createServer((s) => this.connected(s))
    await new Promise<void>((done, fail) => server.once('error', fail).listen(port, host, done))
    this.server = server
    this.port = (server.address() as { port: number }).port
    const udp = createSocket({ type: 'udp4' })
    try {
      await new Promise<void>((done, fail) => udp.once('error', fail).bind(this.port, host, done))
    } catch (error) {
      udp.close()
      await new Promise<void>((done) => server.close(() => done()))
      throw error
    }
    udp.removeAllListeners('error').on('error', () => {})
    udp.on('message', (b, from) => this.datagram(b, { kind: 'udp', host: from.address, port: from.port }))
    this.udp = udp
    return this
  }
  private mayCome(host: string): boolean {
    if (this.isKnown(host)) return true
    const now = steadyMs()
    if (now - this.window_ms > WINDOW_MS) {
      this.window_ms = now
      this.strangers = new Map()
    }
    const n = (this.strangers.get(host) ?? 0) + 1
    if (n <= STRANGER_MAX && (n > 1 || this.strangers.size < STRANGERS_MAX)) {
      this.strangers.set(host, n)
      return true
    }
    this.dropped_count++
    return false
  }
  private datagram(b: Buffer, from: Peer): void {
    // Four zeros or a line end keep an address translation open.
    if (b.length < 20 || !this.mayCome(from.host)) return
    const m = readDatagram(b)
    if (m) this.onMessage(m, from)
    else this.dropped_count++
  }
  private connected(s: Socket): void {
    const from: Peer = { kind: 'tcp', host: (s.remoteAddress ?? '').replace(/^::ffff:/, ''), port: s.remotePort ?? 0 }
    const key = peerText(from)
    if (this.connections.size >= CONNECTIONS_MAX || !this.mayCome(from.host)) return void s.destroy()
    this.connections.set(key, s)
    const stream = new SipStream()
    s.setNoDelay(true)
    s.setTimeout(IDLE_MS, () => s.destroy())
    s.on('data', (d) => {
      if (!this.mayCome(from.host)) return void s.destroy()
      for (const m of stream.take(d)) this.onMessage(m, from)
      if (stream.broken) {
        this.dropped_count++
        s.destroy()
      }
    })
    s.on('error', () => {})
    s.on('close', () => this.connections.delete(key))
  }
  /** False where it cannot go out: the connection is gone. */
  send(to: Peer, b: Buffer): boolean {
    if (to.kind === 'udp') {
      this.udp?.send(b, to.port, to.host, () => {})
      return this.udp !== undefined
    }
    const s = this.connections.get(peerText(to))
    if (!s || s.destroyed || s.writableLength > 1_000_000) return false
    s.write(b)
    return true
  }
  async close(): Promise<void> {
    this.udp?.close()
    this.udp = undefined
    for (const s of this.connections.values()) s.destroy()
    const server = this.server
    this.server = undefined
    if (server) await new Promise<void>((done) => server.close(() => done()))
  }
}
