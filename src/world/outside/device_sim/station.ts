// An air station written from HJ 212-2017: real-time data (2011) each period with a flag that wants an answer (9014), sent again until it comes.
import { connect, type Socket } from 'node:net'

export interface StationSim {
  /** Resolves with whether it was acknowledged. Marks stand at a factor's code: N measured, C calibration, D broken. */
  send(values: Record<string, number>, o?: { at?: Date; flags?: Record<string, string>; cn?: string }): Promise<boolean>
  stop(): void
}
const two = (n: number): string => String(n).padStart(2, '0')
const stamp = (d: Date): string => {
  const w = new Date(d.getTime() + 8 * 3_600_000)
  return `${w.getUTCFullYear()}${two(w.getUTCMonth() + 1)}${two(w.getUTCDate())}${two(w.getUTCHours())}${two(w.getUTCMinutes())}${two(w.getUTCSeconds())}`
}
/** Annex A of the standard. */
function crc(text: string): string {
  let c = 0xffff
  for (let i = 0; i < text.length; i++) {
    c = (c >>> 8) ^ text.charCodeAt(i)
    for (let k = 0; k < 8; k++) {
      const odd = c & 1
      c >>>= 1
      if (odd) c ^= 0xa001
    }
  }
  return c.toString(16).toUpperCase().padStart(4, '0')
}
export function startStationSim(o: { port: number; mn: string; wait_ms?: number; every_ms?: number; values?: (at_ms: number) => Record<string, number> }): StationSim {
  let socket: Socket | undefined
  let stopped = false
  const waiting = new Map<string, () => void>()
  const open = (): void => {
    if (stopped) return
    const s = connect(o.port, '127.0.0.1')
    socket = s
    let left = ''
    s.on('error', () => {})
    s.on('close', () => void (stopped ? undefined : setTimeout(open, 1000).unref()))
    s.on('data', (chunk) => {
      left += chunk.toString('latin1')
      for (const m of left.matchAll(/##\d{4}QN=(\d+);ST=91;CN=9014;/g)) waiting.get(m[1]!)?.()
      left = left.slice(-600)
    })
  }
  open()
  let n = 0
  const send: StationSim['send'] = async (values, x = {}) => {
    const qn = `${stamp(new Date())}${String(n++ % 1000).padStart(3, '0')}`
    const cp = [`DataTime=${stamp(x.at ?? new Date())}`, ...Object.entries(values).map(([code, v]) => `${code}-Rtd=${v},${code}-Flag=${x.flags?.[code] ?? 'N'}`)].join(';')
    const segment = `QN=${qn};ST=22;CN=${x.cn ?? '2011'};PW=123456;MN=${o.mn};Flag=5;CP=&&${cp}&&`
    const text = `##${String(segment.length).padStart(4, '0')}${segment}${crc(segment)}\r\n`
    for (let i = 0; i < 3 && !stopped; i++) {
      const ok = await new Promise<boolean>((done) => {
        const timer = setTimeout(() => done(false), o.wait_ms ?? 10_000)
        waiting.set(qn, () => (clearTimeout(timer), done(true)))
        if (socket && !socket.destroyed) socket.write(text, 'latin1')
      })
      waiting.delete(qn)
      if (ok) return true
    }
    return false
  }
  const timer = o.values ? setInterval(() => void send(o.values!(Date.now())), o.every_ms ?? 60_000) : undefined
  return {
    send,
    stop() {
      stopped = true
      clearInterval(timer)
      socket?.destroy()
    },
  }
}
