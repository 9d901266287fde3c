// Where the pictures of one call arrive: a port of its own, by UDP or by the device's one connection. On UDP only what bears the number of this stream is taken: a device that
// still sends to a port of yesterday would else show its picture under another camera's name.
import { createSocket, type Socket as Udp } from 'node:dgram'
import { createServer, type Server, type Socket } from 'node:net'
import { CameraFault } from '../rtsp.ts'

const TRIES = 50
const RECEIVE_BYTES = 2 * 1024 * 1024
const TCP_MAX = 256 * 1024
/** Ports of media, by number: even ones, one after the other, so that none is used again soon. */
export class Ports {
  private next: number
  private readonly from: number
  private readonly to: number
  private readonly used = new Set<number>()
  constructor(from: number, to: number) {
    this.from = from + (from % 2)
    this.to = to
    this.next = this.from + 2 * Math.floor(Math.random() * Math.max(1, Math.floor((to - from) / 2)))
  }
  take(): number | null {
    for (let i = 0; i <= (this.to - this.from) / 2; i++) {
      const p = this.next
      this.next = this.next + 2 > this.to ? this.from : this.next + 2
      if (this.used.has(p)) continue
      this.used.add(p)
      return p
    }
    return null
  }
  give(p: number): void {
    this.used.delete(p)
  }
}
export class Receiver {
  readonly port: number
  /** Packets of other streams. */
  foreign_count = 0
  ssrc: number
  /** Where it may come from; null: anywhere. */
  hosts = new Set<string>()
  private readonly release: () => void
  private readonly parts: { udp?: Udp; server?: Server; socket?: Socket }
  private constructor(port: number, ssrc: number, parts: { udp?: Udp; server?: Server }, release: () => void) {
    this.port = port
    this.ssrc = ssrc
    this.parts = parts
    this.release = release
  }
  static async open(ports: Ports, o: { tcp: boolean; ssrc: number; bind: string; onPacket: (b: Buffer) => void; onClosed: () => void }): Promise<Receiver> {
    for (let i = 0; i < TRIES; i++) {
      const port = ports.take()
      if (port === null) break
      try {
        return o.tcp ? await Receiver.tcp(port, ports, o) : await Receiver.udp(port, ports, o)
      } catch {
        ports.give(port)
      }
    }
    throw new CameraFault('busy', 'no port for media')
  }
  private static async udp(port: number, ports: Ports, o: { ssrc: number; bind: string; onPacket: (b: Buffer) => void }): Promise<Receiver> {
    const udp = createSocket({ type: 'udp4' })
    try {
      await new Promise<void>((done, fail) => udp.once('error', fail).bind(port, o.bind, done))
    } catch (error) {
      udp.close()
      throw error
    }
    udp.removeAllListeners('error').on('error', () => {})
    try {
      udp.setRecvBufferSize(RECEIVE_BYTES)
    } catch {
      // The system allows less: then it is less.
    }
    const r = new Receiver(port, o.ssrc, { udp }, () => ports.give(port))
    udp.on('message', (b, from) => {
      if (b.length < 12 || b[0]! >> 6 !== 2) return
      if (b.readUInt32BE(8) !== r.ssrc || (r.hosts.size > 0 && !r.hosts.has(from.address))) return void r.foreign_count++
      o.onPacket(b)
    })
    return r
  }
  private static async tcp(port: number, ports: Ports, o: { ssrc: number; bind: string; onPacket: (b: Buffer) => void; onClosed: () => void }): Promise<Receiver> {
    const server = createServer({ noDelay: true })
    await new Promise<void>((done, fail) => server.once('error', fail).listen(port, o.bind, done))
    const r = new Receiver(port, o.ssrc, { server }, () => ports.give(port))
    server.on('connection', (s) => {
      const host = (s.remoteAddress ?? '').replace(/^::ffff:/, '')
      if (r.parts.socket || (r.hosts.size > 0 && !r.hosts.has(host))) {
        r.foreign_count++
        return void s.destroy()
      }
      r.parts.socket = s
      let held: Buffer = Buffer.alloc(0)
      s.on('data', (d) => {
        held = held.length === 0 ? d : Buffer.concat([held, d])
        // RFC 4571: two bytes of length before each packet.
        while (held.length >= 2) {
          const n = held.readUInt16BE(0)
          if (held.length < 2 + n) break
          if (n >= 12) o.onPacket(held.subarray(2, 2 + n))
          held = held.subarray(2 + n)
        }
        if (held.length > TCP_MAX) s.destroy()
      })
      s.on('error', () => {})
      s.on('close', () => o.onClosed())
    })
    return r
  }
  close(): void {
    this.parts.udp?.close()
    this.parts.socket?.destroy()
    this.parts.server?.close()
    this.parts.udp = this.parts.server = this.parts.socket = undefined as never
    this.release()
  }
}
