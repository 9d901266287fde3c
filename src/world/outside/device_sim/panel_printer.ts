// The printer line of a GST9000 over a serial server that connects as a TCP client, written from the published capture: registration packet, heartbeat, records in GBK.
import { connect, type Socket } from 'node:net'

export interface PrinterSim {
  /** Bytes as they stand on the line. */
  raw(bytes: Uint8Array): void
  record(o: { at: Date; address?: string; state: 'fire' | 'fire_next' | 'fault' | 'reset'; manual?: boolean }): void
  open(): boolean
  stop(): void
}
// GB 2312 of the words it prints; nothing here knows our decoder.
const WORDS = { fire: [0xca, 0xd7, 0xb4, 0xce, 0xbb, 0xf0, 0xbe, 0xaf], fire_next: [0xbb, 0xf0, 0xbe, 0xaf, 0xba, 0xf3, 0xd0, 0xf8], fault: [0xb9, 0xca, 0xd5, 0xcf], reset: [0xcf, 0xb5, 0xcd, 0xb3, 0xb8, 0xb4, 0xce, 0xbb] }
const SMOKE = [0xb8, 0xd0, 0xd1, 0xcc, 0xcc, 0xbd, 0xb2, 0xe2, 0xc6, 0xf7]
const CALL_POINT = [0xca, 0xd6, 0xb6, 0xaf, 0xb0, 0xb4, 0xc5, 0xa5]
const PLACE = [0xc8, 0xb9, 0xc2, 0xa5, 0xd2, 0xbb, 0xb2, 0xe3]
const two = (n: number): string => String(n).padStart(2, '0')
const ascii = (text: string): number[] => [...Buffer.from(text, 'latin1')]
export function startPrinterSim(o: { port: number; token: string; beat_ms?: number }): PrinterSim {
  let socket: Socket | undefined
  let stopped = false
  const open = (): void => {
    if (stopped) return
    const s = connect(o.port, '127.0.0.1', () => s.write(`${o.token}\r\n`))
    socket = s
    s.on('error', () => {})
    s.on('close', () => void (stopped ? undefined : setTimeout(open, 1000).unref()))
  }
  open()
  const beat = setInterval(() => void (socket?.writable ? socket.write(`${o.token}\r\n`) : undefined), o.beat_ms ?? 60_000)
  return {
    raw: (bytes) => void socket?.write(bytes),
    record({ at, address, state, manual }) {
      const w = new Date(at.getTime() + 8 * 3_600_000)
      const head = `${two(w.getUTCFullYear() % 100)}/${two(w.getUTCMonth() + 1)}/${two(w.getUTCDate())}  ${two(w.getUTCHours())}:${two(w.getUTCMinutes())}\n  ${address ?? ''}\n`
      socket?.write(Uint8Array.from([0x1b, 0x36, ...ascii(head), 0x1b, 0x39, ...WORDS[state], 0x0a, ...(address ? [...PLACE, 0x0a, ...(manual ? CALL_POINT : SMOKE), 0x0a] : []), 0x0a]))
    },
    open: () => socket !== undefined && !socket.destroyed && socket.readyState === 'open',
    stop() {
      stopped = true
      clearInterval(beat)
      socket?.destroy()
    },
  }
}
