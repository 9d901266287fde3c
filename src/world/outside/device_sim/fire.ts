// A user information transmission device (用户信息传输装置) of a fire panel, written from GB/T 26875.3-2011, chapters 7 and 8, not from our codec: connects, says each
// minute that it is there, reports parts, waits ten seconds for the confirmation and sends again, three times (6.4). It can misbehave: cut frames, send twice.
import { connect, type Socket } from 'node:net'

export interface FirePart {
  /** 1: the fire alarm system. */
  system: number
  system_no: number
  /** 40 smoke, 23 manual call point, 30 heat. */
  kind: number
  address: string
  note: string
}
export interface FireSim {
  /** Resolves when it is confirmed. State bits: 1 normal, 2 fire, 4 fault, 8 shielded. */
  report(part: FirePart, bits: number, o?: { at?: Date; twice?: boolean; pieces?: boolean }): Promise<'confirmed' | 'denied' | 'lost'>
  stop(): void
}
const RETRIES = 3
const BEAT_MS = 60_000
const le = (n: number, bytes: number): number[] => Array.from({ length: bytes }, (_, i) => (n >> (8 * i)) & 0xff)
const hexLe = (text: string, bytes: number): number[] => text.padStart(bytes * 2, '0').match(/../g)!.map((x) => Number.parseInt(x, 16)).reverse()
/** Second to year, on the wall of Beijing. */
const clock = (d: Date): number[] => {
  const w = new Date(d.getTime() + 8 * 3_600_000)
  return [w.getUTCSeconds(), w.getUTCMinutes(), w.getUTCHours(), w.getUTCDate(), w.getUTCMonth() + 1, w.getUTCFullYear() % 100]
}
/** Notes are 31 bytes of GB 18030; the sample's are of digits and a few characters whose codes stand here. */
const GB: Record<string, number[]> = { 栋: [0xb6, 0xb0], 层: [0xb2, 0xe3], 室: [0xca, 0xd2], 单: [0xb5, 0xa5], 元: [0xd4, 0xaa], 走: [0xd7, 0xdf], 廊: [0xc0, 0xc8] }
const noteBytes = (text: string): number[] => {
  const b = [...text].flatMap((c) => GB[c] ?? (c.charCodeAt(0) < 128 ? [c.charCodeAt(0)] : []))
  return [...b.slice(0, 31), ...Array<number>(Math.max(0, 31 - b.length)).fill(0)]
}

export function startFireSim(o: { port: number; address: string; wait_ms?: number; beat_ms?: number }): FireSim {
  let socket: Socket | undefined
  let serial = 0
  let stopped = false
  const waiting = new Map<number, (how: 'confirmed' | 'denied') => void>()
  const frame = (n: number, unit: number[], at = new Date()): Buffer => {
    const body = [...le(n, 2), 1, 1, ...clock(at), ...hexLe(o.address, 6), 0, 0, 0, 0, 0, 0, ...le(unit.length, 2), 2, ...unit]
    return Buffer.from([0x40, 0x40, ...body, body.reduce((t, x) => (t + x) & 0xff, 0), 0x23, 0x23])
  }
  const open = (): void => {
    if (stopped) return
    let left = Buffer.alloc(0)
    const s = connect(o.port, '127.0.0.1')
    socket = s
    s.on('error', () => {})
    s.on('close', () => void (stopped ? undefined : setTimeout(open, 1000).unref()))
    s.on('data', (chunk) => {
      left = Buffer.concat([left, chunk])
      while (left.length >= 30) {
        const end = 30 + left.readUInt16LE(24)
        if (left.length < end) return
        const [n, command] = [left.readUInt16LE(2), left[26]!]
        if (command === 3 || command === 6) waiting.get(n)?.(command === 3 ? 'confirmed' : 'denied')
        left = left.subarray(end)
      }
    })
  }
  open()
  const put = (bytes: Buffer, pieces: boolean): void => {
    if (!socket || socket.destroyed) return
    if (!pieces) return void socket.write(bytes)
    // Somewhere in the middle, and with noise before it.
    socket.write(Buffer.concat([Buffer.from([0x40, 0x00, 0x23]), bytes.subarray(0, 11)]))
    setImmediate(() => socket?.write(bytes.subarray(11)))
  }
  const send = async (unit: number[], at: Date | undefined, twice: boolean, pieces: boolean): Promise<'confirmed' | 'denied' | 'lost'> => {
    serial = (serial + 1) & 0xffff
    const n = serial
    const bytes = frame(n, unit, at)
    for (let i = 0; i < RETRIES && !stopped; i++) {
      const how = await new Promise<'confirmed' | 'denied' | null>((done) => {
        const timer = setTimeout(() => done(null), o.wait_ms ?? 10_000)
        waiting.set(n, (x) => (clearTimeout(timer), done(x)))
        put(bytes, pieces)
        if (twice) setTimeout(() => put(bytes, false), 50)
      })
      waiting.delete(n)
      if (how) return how
    }
    return 'lost'
  }
  // 21: the state of the device itself, normal.
  const beat = setInterval(() => void send([21, 1, 1, ...clock(new Date())], undefined, false, false), o.beat_ms ?? BEAT_MS)
  return {
    report: (p, bits, x = {}) => send([2, 1, p.system, p.system_no, p.kind, ...hexLe(p.address, 4), ...le(bits, 2), ...noteBytes(p.note), ...clock(x.at ?? new Date())], x.at, x.twice ?? false, x.pieces ?? false),
    stop() {
      stopped = true
      clearInterval(beat)
      socket?.destroy()
    },
  }
}
