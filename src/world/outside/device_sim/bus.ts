// A bus of meters behind a serial server, written from the standards (DL/T 645-2007 chapter 7, CJ/T 188-2004 chapter 6, Modbus Application Protocol V1.1b3),
// not from our codecs. Asked with open digits (缩位寻址) by several, it answers as a line does: one over the other. It can misbehave: answer late, twice, with a broken byte, in pieces, in the name of another, or not at all.
import { createServer, type Server, type Socket } from 'node:net'
import { controlRelay, controlValve, stateWord3, valveStatus, type SimRelay, type SimValve } from './switches.ts'

export interface SimMeter {
  protocol: 'dlt645_2007' | 'dlt645_1997' | 'cjt188' | 'modbus_tcp' | 'modbus_rtu'
  address: string
  /** What it shows for an identifier or register, in the units of the frame's last digit (hundredths of a kWh; the raw register). */
  value: (id: string) => number | null
  set?: (register: number, value: number) => void
  relay?: SimRelay
  valve?: SimValve
}
/** echo: the adapter gives back what was sent, before the answer. behind: so late that it comes with the answer to the next question, before it. */
export type Fault = 'dead' | 'corrupt' | 'double' | 'pieces' | 'foreign' | 'behind' | 'echo' | { late_ms: number }
export interface BusSim {
  port: number
  meters: Map<string, SimMeter>
  /** One answer each, taken in order, by address. */
  faults: Map<string, Fault[]>
  questions: { address: string; id: string }[]
  stop(): Promise<void>
}
const bcd = (n: number, bytes: number): number[] => String(Math.round(n)).padStart(bytes * 2, '0').match(/../g)!.map((x) => Number.parseInt(x, 16)).reverse()
const sum = (b: readonly number[]): number => b.reduce((t, x) => (t + x) % 256, 0)
function crc(b: readonly number[]): number {
  let c = 0xffff
  for (const x of b) {
    c ^= x
    for (let i = 0; i < 8; i++) c = (c & 1) === 1 ? (c >>> 1) ^ 0xa001 : c >>> 1
  }
  return c
}
const hex = (b: Iterable<number>): string => [...b].map((x) => x.toString(16).toUpperCase().padStart(2, '0')).join('')
/** 645: bytes of the value by identifier, and how many. */
const WIDTH: Record<string, number> = { '00010000': 4, '02010100': 2, '02030000': 3, '9010': 4 }

interface Answer {
  address: string
  id: string
  bytes: number[] | null
}
/** Whoever fits an address with open digits; and what is heard when several speak at once: the line is low where one of them pulls it low. */
const openTo = (mask: string, meters: Map<string, SimMeter>): string[] => [...meters.keys()].filter((a) => [...mask].every((c, i) => c === 'A' || c === a.padStart(mask.length, '0')[i]))
function together(list: readonly (Answer | null)[], address: string, id: string): Answer {
  const said = list.flatMap((a) => (a?.bytes ? [a.bytes] : []))
  const bytes = said.length < 2 ? (said[0] ?? null) : Array.from({ length: Math.max(...said.map((x) => x.length)) }, (_, i) => said.reduce((n, x) => n & (x[i] ?? 0xff), 0xff))
  return { address: said.length === 1 ? list[0]!.address : address, id, bytes }
}
const bytesOf = (digits: string, n: number): number[] => digits.padStart(n * 2, '0').match(/../g)!.map((x) => Number.parseInt(x, 16)).reverse()
const CONTROL = 0x1c
function answer645(b: readonly number[], meters: Map<string, SimMeter>): Answer | null {
  const address = hex(b.slice(1, 7).reverse())
  // Open digits are for reading alone: nobody is told to do something by half an address.
  if (address.includes('AA') && b[8] === CONTROL) return null
  if (address.includes('AA')) return together(openTo(address, meters).map((a) => answer645([b[0]!, ...bytesOf(a, 6), ...b.slice(7)], meters)), address, '')
  const m = meters.get(address.replace(/^0+(?=.)/, '')) ?? meters.get(address)
  const data = b.slice(10, 10 + b[9]!).map((x) => (x + 256 - 0x33) % 256)
  const closed = (said: readonly number[]): number[] => { const frame = [0x68, ...b.slice(1, 7), 0x68, ...said]; return [0xfe, 0xfe, ...frame, sum(frame), 0x16] }
  if (b[8] === CONTROL) {
    const error = m?.protocol === 'dlt645_2007' && m.relay ? controlRelay(m.relay, data) : 2
    return m ? { address: m.address, id: '1C', bytes: closed(error === null ? [0x9c, 0] : [0xdc, 1, (0x33 + error) % 256]) } : { address, id: '1C', bytes: null }
  }
  const id = hex(data.reverse())
  if (!m || !m.protocol.startsWith('dlt645')) return { address, id, bytes: null }
  if (id === '04000503' && m.relay) { const d = [0x03, 0x05, 0x00, 0x04, ...stateWord3(m.relay)]; return { address: m.address, id, bytes: closed([b[8]! | 0x80, d.length, ...d.map((x) => (x + 0x33) % 256)]) } }
  const v = m.value(id)
  const said = v === null ? [b[8]! | 0xc0, 1, 0x33 + 2] : (() => { const d = [...(id.match(/../g)!.map((x) => Number.parseInt(x, 16)).reverse()), ...bcd(v, WIDTH[id] ?? 4)]; return [b[8]! | 0x80, d.length, ...d.map((x) => (x + 0x33) % 256)] })()
  return { address: m.address, id, bytes: closed(said) }
}
function answer188(b: readonly number[], meters: Map<string, SimMeter>): Answer | null {
  const address = hex(b.slice(2, 9).reverse())
  if (address.includes('AA') && b[9] === 0x04) return null
  if (address.includes('AA')) return together(openTo(address, meters).map((a) => answer188([b[0]!, b[1]!, ...bytesOf(a, 7), ...b.slice(9)], meters)), address, '')
  const m = meters.get(address.replace(/^0+(?=.)/, '')) ?? meters.get(address)
  const id = hex(b.slice(11, 13))
  if (!m || m.protocol !== 'cjt188') return { address, id, bytes: null }
  if (b[9] === 0x04) {
    const done = m.valve ? controlValve(m.valve, b[1]!, b.slice(11, 11 + b[10]!)) : null
    const said = done ? [0x84, done.length, ...done] : [0xc4, 3, b[13]!, ...(m.valve ? valveStatus(m.valve) : [0, 0])]
    const frame = [0x68, b[1]!, ...b.slice(2, 9), ...said]
    return { address: m.address, id, bytes: [0xfe, 0xfe, ...frame, sum(frame), 0x16] }
  }
  const v = m.value(id) ?? 0
  const data = [b[11]!, b[12]!, b[13]!, ...bcd(v, 4), 0x2c, ...bcd(0, 4), 0x2c, ...[0x00, 0x00, 0x12, 0x26, 0x11, 0x26, 0x20], ...(m.valve ? valveStatus(m.valve) : [0, 0])]
  const frame = [0x68, m.valve?.kind ?? 0x10, ...b.slice(2, 9), 0x81, data.length, ...data]
  return { address: m.address, id, bytes: [0xfe, 0xfe, ...frame, sum(frame), 0x16] }
}
function answerModbus(pdu: readonly number[], meters: Map<string, SimMeter>): { address: string; id: string; pdu: number[] | null } {
  const address = String(pdu[0])
  const m = meters.get(address)
  const register = pdu[2]! * 256 + pdu[3]!
  const id = String(register)
  if (!m) return { address, id, pdu: null }
  if (pdu[1] === 6 || pdu[1] === 5) {
    m.set?.(register, pdu[1] === 5 ? (pdu[4] === 0xff ? 1 : 0) : pdu[4]! * 256 + pdu[5]!)
    return { address, id, pdu: [...pdu] }
  }
  const asked = Array.from({ length: pdu[1]! >= 3 ? pdu[4]! * 256 + pdu[5]! : 1 }, (_, n) => m.value(String(register + n)))
  if (pdu[1]! < 3 && asked[0] !== null) return { address, id, pdu: [pdu[0]!, pdu[1]!, 1, asked[0]! === 0 ? 0 : 1] }
  return { address, id, pdu: asked.some((v) => v === null) ? [pdu[0]!, pdu[1]! | 0x80, 2] : [pdu[0]!, pdu[1]!, asked.length * 2, ...asked.flatMap((v) => [(v! >> 8) & 255, v! & 255])] }
}
/** The question at the front of what has come, and how many bytes it takes. */
function next(kind: SimMeter['protocol'], b: number[], meters: Map<string, SimMeter>): { used: number; answer: Answer | null } | null {
  if (kind === 'modbus_tcp') {
    if (b.length < 12) return null
    const n = 6 + b[4]! * 256 + b[5]!
    const a = answerModbus(b.slice(6, n), meters)
    return { used: n, answer: { ...a, bytes: a.pdu ? [b[0]!, b[1]!, 0, 0, 0, a.pdu.length, ...a.pdu] : null } }
  }
  if (kind === 'modbus_rtu') {
    if (b.length < 8) return null
    const a = answerModbus(b.slice(0, 6), meters)
    return { used: 8, answer: { ...a, bytes: a.pdu ? [...a.pdu, crc(a.pdu) & 255, crc(a.pdu) >> 8] : null } }
  }
  const at = b.indexOf(0x68)
  if (at < 0) return b.length ? { used: b.length, answer: null } : null
  const head = kind === 'cjt188' ? 11 : 10
  if (b.length < at + head) return null
  const n = head + b[at + head - 1]! + 2
  if (b.length < at + n) return null
  return { used: at + n, answer: kind === 'cjt188' ? answer188(b.slice(at), meters) : answer645(b.slice(at), meters) }
}

/** The same answer, right in itself, with the address of another slave. */
function foreign(kind: SimMeter['protocol'], bytes: readonly number[]): number[] {
  const b = [...bytes]
  if (kind === 'modbus_tcp') return b.map((x, i) => (i === 6 ? x + 1 : x))
  if (kind === 'modbus_rtu') {
    b[0]!++
    const c = crc(b.slice(0, -2))
    return [...b.slice(0, -2), c & 255, c >> 8]
  }
  const at = b.indexOf(0x68)
  const low = at + (kind === 'cjt188' ? 2 : 1)
  b[low] = b[low] === 0x77 ? 0x78 : 0x77
  b[b.length - 2] = sum(b.slice(at, -2))
  return b
}
export async function startBusSim(o: { port?: number; protocol: SimMeter['protocol']; meters: readonly SimMeter[]; delay_ms?: number }): Promise<BusSim> {
  const meters = new Map(o.meters.map((m) => [m.address, m]))
  const faults = new Map<string, Fault[]>()
  const questions: BusSim['questions'] = []
  const sockets = new Set<Socket>()
  const timers = new Set<NodeJS.Timeout>()
  const owed: Buffer[] = []
  const after = (ms: number, f: () => void): void => {
    const t = setTimeout(() => (timers.delete(t), f()), ms)
    timers.add(t)
  }
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    let held: number[] = []
    socket.on('data', (chunk) => {
      held.push(...chunk)
      for (let n = next(o.protocol, held, meters); n; n = next(o.protocol, held, meters)) {
        const asked = held.slice(0, n.used)
        held = held.slice(n.used)
        const a = n.answer
        if (!a) continue
        questions.push({ address: a.address, id: a.id })
        if (questions.length > 5000) questions.shift()
        const fault = faults.get(a.address)?.shift()
        if (fault === 'echo') socket.write(Buffer.from(asked))
        if (a.bytes) say(socket, a.bytes, fault === 'echo' ? undefined : fault)
      }
    })
  })
  function say(socket: Socket, bytes: number[], fault: Fault | undefined): void {
    const out = Buffer.from(fault === 'foreign' ? foreign(o.protocol, bytes) : bytes)
    const write = (b: Buffer): void => void (socket.destroyed ? undefined : socket.write(b))
    if (fault === 'dead') return
    if (fault === 'behind') return void owed.push(out)
    for (const late of owed.splice(0)) write(late)
    if (fault === 'corrupt') {
      out[out.length - 4] = out[out.length - 4]! ^ 0x10
      return write(out)
    }
    if (fault === 'pieces') {
      write(out.subarray(0, 3))
      return after(20, () => write(out.subarray(3)))
    }
    if (typeof fault === 'object') return after(fault.late_ms, () => write(out))
    write(out)
    if (fault === 'double') after(5, () => write(out))
  }
  await new Promise<void>((done, failed) => server.once('error', failed).listen(o.port ?? 0, '127.0.0.1', done))
  return {
    port: (server.address() as { port: number }).port, meters, faults, questions,
    async stop() {
      for (const t of timers) clearTimeout(t)
      for (const s of sockets) s.destroy()
      await new Promise<void>((done) => server.close(() => done()))
    },
  }
}
