// BACnet/IP devices, written from ASHRAE 135 (clauses 6, 15, 16, 20 and annex J), not from our driver or its library. They can misbehave: be dead, answer late, twice,
// cut short, for another object, or from another address; know no ReadPropertyMultiple; report an object in fault.
import { createSocket, type Socket } from 'node:dgram'

export interface SimObject {
  /** Numbers of clause 21: 0 analog-input, 1 analog-output, 2 analog-value, 3 binary-input, 4 binary-output, 5 binary-value, 19 multi-state-value. */
  type: number
  instance: number
  name: string
  value: number
  units?: number
  fault?: boolean
}
export type BacnetFault = 'dead' | 'double' | 'cut' | 'other_object' | 'other_address' | { late_ms: number }
export interface SimDevice {
  instance: number
  name: string
  objects: SimObject[]
  no_multiple?: boolean
  /** Knows no subscriptions to changes. */
  no_cov?: boolean
  /** Who wants to be told of which object, until when. */
  subscribers: { process: number; type: number; instance: number; until_ms: number; port: number; address: string }[]
  /** One question each, in order. */
  faults: BacnetFault[]
  /** Told after each write. */
  onWritten?: (o: SimObject) => void
  /** What was written: object, value, priority. */
  written: { type: number; instance: number; value: number; priority: number | null }[]
  asked: number
}
export interface BacnetSim {
  port: number
  device: SimDevice
  /** Its value or flags have changed: whoever subscribed is told (clause 13.1), from another address if `stray`. */
  tell(o: SimObject, from_elsewhere?: boolean): void
  stop(): Promise<void>
}
const ANALOG = new Set([0, 1, 2])
const BINARY = new Set([3, 4, 5])
const oid = (type: number, instance: number): number[] => { const n = type * 0x400000 + instance; return [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255] }
const uint = (n: number): number[] => (n < 256 ? [n] : n < 65_536 ? [n >> 8, n & 255] : [(n >> 16) & 255, (n >> 8) & 255, n & 255])
/** Clause 20.2.1: application tag, length, content. */
const app = (tag: number, content: readonly number[]): number[] => [(tag << 4) | (content.length < 5 ? content.length : 5), ...(content.length < 5 ? [] : [content.length]), ...content]
const real = (v: number): number[] => { const b = Buffer.alloc(4); b.writeFloatBE(v); return [...b] }
const text = (s: string): number[] => app(7, [0, ...Buffer.from(s, 'utf8')])
const context = (tag: number, content: readonly number[]): number[] => [(tag << 4) | 8 | content.length, ...content]
function valueOf(o: SimObject): number[] {
  return ANALOG.has(o.type) ? app(4, real(o.value)) : BINARY.has(o.type) ? app(9, [o.value]) : app(2, uint(o.value))
}
/** Bit string: four unused bits, then in-alarm, fault, overridden, out-of-service. */
const flags = (o: SimObject): number[] => app(8, [4, o.fault ? 0x40 : 0])
function property(d: SimDevice, type: number, instance: number, id: number): number[] | null {
  if (type === 8) {
    if (instance !== d.instance && instance !== 4_194_303) return null
    if (id === 75) return app(12, oid(8, d.instance))
    if (id === 77) return text(d.name)
    return id === 76 ? [...app(12, oid(8, d.instance)), ...d.objects.flatMap((o) => app(12, oid(o.type, o.instance)))] : null
  }
  const o = d.objects.find((x) => x.type === type && x.instance === instance)
  if (!o) return null
  if (id === 85) return valueOf(o)
  if (id === 77) return text(o.name)
  if (id === 111) return flags(o)
  return id === 117 && ANALOG.has(type) ? app(9, [o.units ?? 95]) : null
}
/** The parameters of a request as (context tag, bytes); opening and closing tags as empty ones. */
function tags(b: readonly number[]): { tag: number; data: number[]; is: 'open' | 'close' | 'value'; own: boolean }[] {
  const out: ReturnType<typeof tags> = []
  for (let i = 0; i < b.length; ) {
    const head = b[i++]!
    const own = (head & 8) !== 0
    const low = head & 7
    if (own && low === 6) { out.push({ tag: head >> 4, data: [], is: 'open', own }); continue }
    if (own && low === 7) { out.push({ tag: head >> 4, data: [], is: 'close', own }); continue }
    const n = low === 5 ? b[i++]! : low
    out.push({ tag: head >> 4, data: b.slice(i, i + n), is: 'value', own })
    i += n
  }
  return out
}
const numberIn = (data: readonly number[]): number => data.reduce((n, x) => n * 256 + x, 0)
const idIn = (data: readonly number[]): [type: number, instance: number] => { const n = numberIn(data); return [Math.floor(n / 0x400000), n % 0x400000] }

const error = (invoke: number, service: number, cls: number, code: number): number[] => [0x50, invoke, service, ...app(9, [cls]), ...app(9, [code])]
function answerOf(d: SimDevice, invoke: number, service: number, b: number[], wrong: boolean): number[] {
  const t = tags(b)
  const shift = wrong ? 1 : 0
  if (service === 12) {
    const [type, instance] = idIn(t[0]!.data)
    const id = numberIn(t[1]!.data)
    const v = property(d, type, instance, id)
    if (!v) return error(invoke, service, d.objects.some((x) => x.type === type && x.instance === instance) || type === 8 ? 2 : 1, d.objects.some((x) => x.type === type && x.instance === instance) ? 32 : 31)
    return [0x30, invoke, service, ...context(0, oid(type, instance + shift)), ...context(1, uint(id)), 0x3e, ...v, 0x3f]
  }
  if (service === 14) {
    if (d.no_multiple) return [0x60, invoke, 9]
    const out: number[] = []
    let at: [number, number] = [0, 0]
    for (const x of t) {
      if (x.is === 'value' && x.tag === 0 && x.data.length === 4) {
        at = idIn(x.data)
        out.push(...context(0, oid(at[0], at[1] + shift)))
      } else if (x.is === 'open') out.push(0x1e)
      else if (x.is === 'close') out.push(0x1f)
      else if (x.tag === 0) {
        const id = numberIn(x.data)
        const v = property(d, at[0], at[1], id)
        out.push(...context(2, uint(id)), ...(v ? [0x4e, ...v, 0x4f] : [0x5e, ...app(9, [2]), ...app(9, [32]), 0x5f]))
      }
    }
    return [0x30, invoke, service, ...out]
  }
  if (service === 15) {
    const [type, instance] = idIn(t[0]!.data)
    const target = d.objects.find((x) => x.type === type && x.instance === instance)
    if (!target) return error(invoke, service, 1, 31)
    if (type === 0 || type === 3) return error(invoke, service, 2, 40)
    const value = t.find((x) => x.is === 'value' && !x.own)!
    target.value = ANALOG.has(type) ? Buffer.from(value.data).readFloatBE(0) : numberIn(value.data)
    const priority = t.at(-1)!
    d.onWritten?.(target)
    d.written.push({ type, instance, value: target.value, priority: priority.tag === 4 && priority.is === 'value' ? numberIn(priority.data) : null })
    return [0x20, invoke, service]
  }
  return [0x60, invoke, 9]
}

export async function startBacnetSim(o: { port?: number; host?: string; instance: number; name: string; objects: SimObject[]; no_multiple?: boolean; no_cov?: boolean }): Promise<BacnetSim> {
  const d: SimDevice = { instance: o.instance, name: o.name, objects: o.objects, ...(o.no_multiple ? { no_multiple: true } : {}), ...(o.no_cov ? { no_cov: true } : {}), subscribers: [], faults: [], written: [], asked: 0 }
  const socket = createSocket('udp4')
  const stray = createSocket('udp4')
  const timers = new Set<NodeJS.Timeout>()
  const say = (from: Socket, to: { port: number; address: string }, apdu: readonly number[], cut = 0): void => {
    const npdu = [0x01, 0x00, ...apdu]
    const n = npdu.length + 4
    const frame = Buffer.from([0x81, 0x0a, n >> 8, n & 255, ...npdu])
    from.send(frame.subarray(0, frame.length - cut), to.port, to.address, () => {})
  }
  const tell = (t: SimObject, elsewhere = false): void => {
    for (const s of d.subscribers.filter((x) => x.type === t.type && x.instance === t.instance && x.until_ms > Date.now())) {
      const left = Math.round((s.until_ms - Date.now()) / 1000)
      say(elsewhere ? stray : socket, s, [0x10, 2, ...context(0, uint(s.process)), ...context(1, oid(8, d.instance)), ...context(2, oid(t.type, t.instance)), ...context(3, uint(left)), 0x4e, ...context(0, [85]), 0x2e, ...valueOf(t), 0x2f, ...context(0, [111]), 0x2e, ...flags(t), 0x2f, 0x4f])
    }
  }
  socket.on('message', (m, from) => {
    const b = [...m]
    if (b[0] !== 0x81) return
    let at = 4
    const control = b[at + 1]!
    at += 2
    if (control & 0x20) at += 3 + b[at + 2]! + 1
    const pdu = b[at]! >> 4
    if (pdu === 1 && b[at + 1] === 8) {
      const t = tags(b.slice(at + 2))
      const [low, high] = t.length === 2 ? [numberIn(t[0]!.data), numberIn(t[1]!.data)] : [0, 4_194_303]
      if (d.faults[0] === 'dead') { d.faults.shift(); return }
      if (d.instance >= low && d.instance <= high) say(socket, from, [0x10, 0, ...app(12, oid(8, d.instance)), ...app(2, uint(1476)), ...app(9, [3]), ...app(2, uint(260))])
      return
    }
    if (pdu !== 0) return
    d.asked++
    // Clause 13.14: subscriber process, object, whether confirmed, for how long; the first notification follows at once.
    if (b[at + 3] === 5 && !d.no_cov && d.faults.length === 0) {
      const t = tags(b.slice(at + 4))
      const [process, [type, instance], seconds] = [numberIn(t[0]!.data), idIn(t[1]!.data), numberIn(t[3]?.data ?? [0])]
      const target = d.objects.find((x) => x.type === type && x.instance === instance)
      if (!target) return say(socket, from, error(b[at + 2]!, 5, 1, 31))
      d.subscribers = [...d.subscribers.filter((x) => x.process !== process || x.type !== type || x.instance !== instance || x.port !== from.port), { process, type, instance, until_ms: Date.now() + seconds * 1000, port: from.port, address: from.address }]
      say(socket, from, [0x20, b[at + 2]!, 5])
      return tell(target)
    }
    const fault = d.faults.shift()
    if (fault === 'dead') return
    const reply = answerOf(d, b[at + 2]!, b[at + 3]!, b.slice(at + 4), fault === 'other_object')
    if (typeof fault === 'object') {
      const timer = setTimeout(() => { timers.delete(timer); say(socket, from, reply) }, fault.late_ms)
      timers.add(timer)
      return
    }
    if (fault === 'other_address') return say(stray, from, reply)
    say(socket, from, reply, fault === 'cut' ? 3 : 0)
    if (fault === 'double') say(socket, from, reply)
  })
  d.onWritten = (t) => tell(t)
  await new Promise<void>((done, failed) => { socket.once('error', failed); socket.bind(o.port ?? 0, o.host ?? '127.0.0.1', () => done()) })
  await new Promise<void>((done) => { stray.bind(0, '127.0.0.1', () => done()) })
  return {
    port: socket.address().port, device: d, tell,
    async stop() {
      for (const t of timers) clearTimeout(t)
      await new Promise<void>((done) => socket.close(() => done()))
      await new Promise<void>((done) => stray.close(() => done()))
    },
  }
}
