// BACnet/IP (ASHRAE 135, annex J) as a bus: @bacnet-js/client builds and reads the frames, over a transport of our own (ADR 0472), so that raw frames are kept and an
// answer counts only from the address that was asked. A device is known by its instance number and found by Who-Is; points are read together by ReadPropertyMultiple.
// Each answer is held against what was asked: the library knows it by an invoke id of one byte alone (H1).
import { createSocket, type Socket } from 'node:dgram'
import { EventEmitter } from 'node:events'
import bacnet, { ApplicationTag, ObjectType, PropertyIdentifier, type BACNetObjectID } from '@bacnet-js/client'
import { steadyMs } from '../../../../kernel/clock.ts'
import type { BusSettings } from '../../contract.ts'
import { BusQueue, pause, type Asked, type Found, type Outcome, type Priority, type SlaveFigures } from './queue.ts'
import type { Scanned } from './scan.ts'

/** A CommonJS module: Node gives its exports as the default, a bundler its class. */
const Client = bacnet.default ?? (bacnet as unknown as typeof bacnet.default)
type Client = InstanceType<typeof bacnet.default>
const PORT = 47_808
const TYPES: Record<string, { type: ObjectType; tag: ApplicationTag | null }> = {
  ai: { type: ObjectType.ANALOG_INPUT, tag: null }, ao: { type: ObjectType.ANALOG_OUTPUT, tag: ApplicationTag.REAL }, av: { type: ObjectType.ANALOG_VALUE, tag: ApplicationTag.REAL },
  bi: { type: ObjectType.BINARY_INPUT, tag: null }, bo: { type: ObjectType.BINARY_OUTPUT, tag: ApplicationTag.ENUMERATED }, bv: { type: ObjectType.BINARY_VALUE, tag: ApplicationTag.ENUMERATED },
  mi: { type: ObjectType.MULTI_STATE_INPUT, tag: null }, mo: { type: ObjectType.MULTI_STATE_OUTPUT, tag: ApplicationTag.UNSIGNED_INTEGER }, mv: { type: ObjectType.MULTI_STATE_VALUE, tag: ApplicationTag.UNSIGNED_INTEGER },
}
/** 8 is what a person's hand has in clause 19; the plant's own safeties are above it. */
const PRIORITY = 8
/** A subscription to changes (clause 13.14) ends by itself after so long; it is asked for anew when half of that is over, and kept alive by nothing else. */
const COV_S = 600
const COV_PROCESS = 0x4859
/** Who knows no subscriptions, or has no room for one, is asked again after so long. */
const COV_AGAIN_MS = 3_600_000
const DEVICES_MAX = 200
const OBJECTS_MAX = 200
const AT_ONCE = 20
/** Of the status flags: in-alarm, fault, overridden, out-of-service (clause 12). A value of the second or fourth is not what is measured. */
const FAULT = 1
const OUT_OF_SERVICE = 3
const UNITS: Record<number, string> = { 62: '℃', 64: '℉', 98: '%', 29: '%', 96: 'ppm', 53: 'Pa', 54: 'kPa', 55: 'bar', 48: 'kW', 47: 'W', 19: 'kWh', 18: 'Wh', 5: 'V', 3: 'A', 27: 'Hz', 80: 'm³', 82: 'L', 135: 'm³/h', 87: 'L/s', 88: 'L/min', 71: 'h', 72: 'min', 73: 's', 31: 'm', 37: 'lx' }

export interface Where {
  object: BACNetObjectID
  property: number
  priority: number
  tag: ApplicationTag | null
}
/** `ai:1`, `av:3:85` (another property), `ao:2@8` (priority of writing). */
export function whereOf(text: string): Where | null {
  const m = /^(ai|ao|av|bi|bo|bv|mi|mo|mv):(\d{1,7})(?::(\d{1,4}))?(?:@(\d{1,2}))?$/.exec(text.trim().toLowerCase())
  if (!m) return null
  const { type, tag } = TYPES[m[1]!]!
  const [instance, priority] = [Number(m[2]), Number(m[4] ?? PRIORITY)]
  if (instance > 4_194_302 || priority < 1 || priority > 16) return null
  return { object: { type, instance }, property: Number(m[3] ?? PropertyIdentifier.PRESENT_VALUE), priority, tag }
}
const nameOf = (o: BACNetObjectID): string | null => {
  const at = Object.entries(TYPES).find(([, t]) => t.type === o.type)
  return at ? `${at[0]}:${o.instance}` : null
}
const numberOf = (v: unknown): number | null => (typeof v === 'boolean' ? Number(v) : typeof v === 'number' && Number.isFinite(v) ? Math.round(v * 1e6) / 1e6 : null)
interface Told {
  type?: number
  value?: unknown
}
interface Notified {
  header?: { sender?: { address?: string } }
  payload: { subscriberProcessId: number; initiatingDeviceId: number | { instance: number }; monitoredObjectId: BACNetObjectID; values: { property: { id: number }; value: unknown }[] }
}
const first = (list: unknown): Told | undefined => (Array.isArray(list) ? (list as Told[])[0] : undefined)
/** Bits come as numbers of eight; the first flag is the lowest bit there. */
function flagged(v: unknown, bit: number): boolean {
  const bytes = (v as { value?: unknown } | undefined)?.value
  return Array.isArray(bytes) && typeof bytes[0] === 'number' && ((bytes[0] >> bit) & 1) === 1
}

interface Seen {
  way: 'out' | 'in'
  bytes: Uint8Array
}
/** UDP with an ear of ours. Frames of an address that was not asked go nowhere, but for I-Am. */
class Wire extends EventEmitter {
  expected: string | null = null
  private readonly socket: Socket
  private readonly port: number
  private readonly onFrame: (f: Seen) => void
  constructor(port: number, onFrame: (f: Seen) => void) {
    super()
    this.port = port
    this.onFrame = onFrame
    this.socket = createSocket({ type: 'udp4', reuseAddr: port !== 0 })
    this.socket.on('error', (e) => this.emit('error', e))
    this.socket.on('message', (bytes, from) => {
      const address = from.port === PORT ? from.address : `${from.address}:${from.port}`
      const confirmed = apduOf(bytes)
      if (confirmed === null) return
      // An answer to a question: only of who was asked.
      if (confirmed && address !== this.expected) return
      this.onFrame({ way: 'in', bytes })
      this.emit('message', bytes, address)
    })
  }
  getBroadcastAddress(): string {
    return '255.255.255.255'
  }
  getMaxPayload(): number {
    return 1482
  }
  send(buffer: Buffer, offset: number, receiver?: string): void {
    const [host, port] = (receiver ?? this.getBroadcastAddress()).split(':')
    const bytes = Buffer.from(buffer.subarray(0, offset))
    this.onFrame({ way: 'out', bytes })
    this.socket.send(bytes, Number(port ?? PORT), host, () => {})
  }
  open(): void {
    this.socket.bind(this.port, () => {
      this.socket.setBroadcast(true)
      this.emit('listening')
    })
  }
  close(): void {
    this.socket.close()
  }
}
/** Null: not a frame. True: an answer (acknowledgement, error, reject, abort, segment). False: something unasked, such as I-Am. */
function apduOf(b: Uint8Array): boolean | null {
  if (b.length < 6 || b[0] !== 0x81) return null
  if (((b[2]! << 8) | b[3]!) !== b.length) return null
  let at = b[1] === 0x04 ? 10 : 4
  if (b[at] !== 0x01) return null
  const control = b[at + 1]!
  at += 2
  if (control & 0x20) at += 3 + (b[at + 2] ?? 0)
  if (control & 0x08) at += 3 + (b[at + 2] ?? 0)
  if (control & 0x20) at += 1
  if (control & 0x80 || at >= b.length) return null
  const pdu = b[at]! >> 4
  return pdu >= 2 && pdu <= 7
}

interface Ask extends Asked {
  run: (to: { address: string }) => Promise<number | null>
  /** Answered already while the queue was waited for. */
  took?: { rtt_ms: number }
}
class Wrong extends Error {
  readonly kind: 'refused' | 'bad'
  constructor(why: string, kind: 'refused' | 'bad') {
    super(why)
    this.kind = kind
  }
}
const CODES: Record<string, string> = { '1-31': '对方没有这个对象', '2-32': '对方没有这个属性', '2-37': '值超出对方允许的范围', '2-40': '对方不允许写入', '5-29': '对方不支持这种读写' }
function refusalOf(message: string): Wrong | null {
  const error = /Class:(\d+) - Code:(\d+)/.exec(message)
  if (error) return new Wrong(`对方拒绝:${CODES[`${error[1]}-${error[2]}`] ?? `错误 ${error[1]}-${error[2]}`}`, 'refused')
  const abort = /BacnetAbort - Reason:(\d+)/.exec(message)
  return abort ? new Wrong(`对方拒绝:中止或不支持(${abort[1]})`, 'refused') : null
}

export class BacnetBus extends BusQueue<Ask> {
  private readonly to: { host: string; port: number }
  private readonly wire: Wire
  private readonly client: Client
  /** Where each instance was last heard. */
  private readonly at = new Map<number, string>()
  /** Points that are followed, by device and object: from when it is to be asked for anew. */
  private readonly followed = new Map<string, { renew_ms: number; refused: boolean }>()
  cov_s = COV_S
  /** Devices that know no ReadPropertyMultiple. */
  private readonly single = new Set<string>()
  private ready: Promise<boolean>
  constructor(to: { host: string; port: number }, settings: BusSettings) {
    super(settings)
    this.to = to
    // Where answers may come as a broadcast they come to the port of the bus; asked one by one they come back to whatever port asked.
    this.wire = new Wire(to.host.endsWith('.255') ? to.port : 0, (f) => this.keep(f.way, f.bytes))
    this.ready = new Promise((done) => {
      this.wire.once('listening', () => {
        this.line = 'open'
        this.line_why = null
        done(true)
      })
      this.wire.on('error', (e: NodeJS.ErrnoException) => {
        this.line = 'closed'
        this.line_why = e.code === 'EADDRINUSE' ? `本机的 UDP ${to.port} 端口被占用` : `端口打不开(${e.code ?? e.message})`
        done(false)
      })
    })
    this.client = new Client({ transport: this.wire, apduTimeout: settings.timeout_ms })
    this.client.on('error', () => {})
    this.client.on('iAm', (m: { header?: { sender?: { address?: string } }; payload: { deviceId: number } }) => {
      const address = m.header?.sender?.address
      if (address && this.at.size < DEVICES_MAX * 5) this.at.set(m.payload.deviceId, address)
    })
    this.client.on('covNotifyUnconfirmed', (m) => this.told(m as unknown as Notified))
  }
  read(address: string, where: string, priority: Priority): Promise<Outcome> {
    const w = whereOf(where)
    if (!w) return Promise.resolve({ ok: false, why: `位置「${where}」写法不对,如 ai:1`, kind: 'refused' })
    return this.add({ address, priority, once: false, run: async (to) => (await this.valuesOf(to, address, [w]))[0]! })
  }
  override async readMany(address: string, wheres: readonly string[]): Promise<Outcome[] | null> {
    const list = wheres.map(whereOf)
    if (list.some((w) => w === null)) return null
    const out: Outcome[] = []
    for (let n = 0; n < list.length; n += AT_ONCE) {
      const part = list.slice(n, n + AT_ONCE) as Where[]
      let values: (number | null)[] = []
      const o = await this.add({ address, priority: 'poll', once: false, run: async (to) => { values = await this.valuesOf(to, address, part, true); return null } })
      if (!o.ok) return [...out, ...wheres.slice(n).map(() => o)]
      // One object in fault costs the others nothing.
      out.push(...values.map((v): Outcome => (v === null ? { ok: false, why: '对象故障、脱离服务或没有值', kind: 'bad' } : { ok: true, v, rtt_ms: o.rtt_ms })))
    }
    return out
  }
  override async follow(address: string, wheres: readonly string[]): Promise<boolean> {
    let all = true
    for (const where of wheres) {
      const w = whereOf(where)
      const name = w?.property === PropertyIdentifier.PRESENT_VALUE ? nameOf(w.object) : null
      if (!w || name === null) {
        all = false
        continue
      }
      const key = `${address} ${name}`
      const known = this.followed.get(key)
      if (!known || known.renew_ms <= steadyMs()) {
        const o = await this.add({ address, priority: 'poll', once: true, run: async (to) => { await this.client.subscribeCov(to, w.object, COV_PROCESS, false, false, this.cov_s); return null } })
        // Silent, or resting: what was promised before is not relied upon.
        if (!o.ok && o.kind !== 'refused') {
          this.followed.delete(key)
          return false
        }
        this.followed.set(key, { renew_ms: steadyMs() + (o.ok ? this.cov_s * 500 : COV_AGAIN_MS), refused: !o.ok })
      }
      if (this.followed.get(key)!.refused) all = false
    }
    return all
  }
  /** Only of a device that we know at this very address, of an object that we follow, and a value that is measured. */
  private told(m: Notified): void {
    const { payload: p } = m
    const instance = typeof p.initiatingDeviceId === 'number' ? p.initiatingDeviceId : p.initiatingDeviceId.instance
    const name = nameOf(p.monitoredObjectId)
    if (p.subscriberProcessId !== COV_PROCESS || name === null || !this.at.has(instance) || this.at.get(instance) !== m.header?.sender?.address) return
    if (this.followed.get(`${instance} ${name}`)?.refused !== false) return
    const of = (id: number): unknown => first(p.values.find((v) => Number(v.property.id) === id)?.value)?.value
    const [v, flags] = [numberOf(of(PropertyIdentifier.PRESENT_VALUE)), of(PropertyIdentifier.STATUS_FLAGS)]
    if (v !== null && !flagged(flags, FAULT) && !flagged(flags, OUT_OF_SERVICE)) this.onChange?.(String(instance), name, v)
  }
  write(address: string, where: string, value: number): Promise<Outcome> {
    const w = whereOf(where)
    if (!w || w.tag === null) return Promise.resolve({ ok: false, why: w ? '输入对象不能写' : `位置「${where}」写法不对,如 ao:1@8`, kind: 'refused' })
    const { tag } = w
    return this.add({ address, priority: 'write', once: true, run: async (to) => { await this.client.writeProperty(to, w.object, w.property, [{ type: tag, value }], { priority: w.priority }); return null } })
  }
  /** Who is there: all that answer within twice the time of an answer, each by its name. */
  async scan(): Promise<Scanned | null> {
    if (!(await this.ready)) return null
    const before = new Map(this.at)
    this.at.clear()
    this.client.whoIs({ address: this.target })
    await pause(Math.max(2 * this.s.timeout_ms, 1000))
    const found = [...this.at].sort(([a], [b]) => a - b).slice(0, DEVICES_MAX)
    for (const [id, address] of before) if (!this.at.has(id)) this.at.set(id, address)
    const out: Found[] = []
    for (const [instance] of found) {
      let name = ''
      await this.add({ address: String(instance), priority: 'asked', once: true, run: async (to) => { name = String(first((await this.property(to, { type: ObjectType.DEVICE, instance }, PropertyIdentifier.OBJECT_NAME)))?.value ?? ''); return null } })
      out.push({ address: String(instance), name: name.slice(0, 60), where: null, unit: null, value: null })
    }
    return { found: out, note: null }
  }
  /** What a device holds, as points may be made of it. */
  override async objects(address: string): Promise<Found[] | { why: string }> {
    const found: Found[] = []
    let list: BACNetObjectID[] = []
    const o = await this.add({ address, priority: 'asked', once: false, run: async (to) => {
      const told = await this.property(to, { type: ObjectType.DEVICE, instance: Number(address) }, PropertyIdentifier.OBJECT_LIST)
      list = (told as { value?: BACNetObjectID }[]).flatMap((t) => (t.value && nameOf(t.value) ? [t.value] : [])).slice(0, OBJECTS_MAX)
      return null
    } })
    if (!o.ok) return { why: o.why }
    for (const object of list) {
      const found_one: Found = { address, name: '', where: nameOf(object), unit: null, value: null }
      const one = await this.add({ address, priority: 'asked', once: false, run: async (to) => {
        found_one.name = String(first(await this.property(to, object, PropertyIdentifier.OBJECT_NAME))?.value ?? '').slice(0, 60)
        found_one.value = numberOf(first(await this.property(to, object, PropertyIdentifier.PRESENT_VALUE))?.value)
        if (found_one.where!.startsWith('a')) found_one.unit = UNITS[Number(first(await this.property(to, object, PropertyIdentifier.UNITS))?.value)] ?? ''
        return null
      } })
      if (!one.ok && one.kind === 'timeout') return { why: one.why }
      found.push(found_one)
    }
    return found
  }
  private get target(): string {
    return this.to.port === PORT ? this.to.host : `${this.to.host}:${this.to.port}`
  }
  protected async once(a: Ask, f: SlaveFigures): Promise<Outcome> {
    if (!(await this.ready)) return { ok: false, why: this.line_why ?? '端口打不开', kind: 'line' }
    const begun = steadyMs()
    const address = await this.find(Number(a.address))
    if (!address) {
      f.timeouts++
      return { ok: false, why: '没有找到这台设备(Who-Is 没有应答)', kind: 'timeout' }
    }
    f.asked++
    this.wire.expected = address
    try {
      const v = await a.run({ address })
      this.answered(f, Math.round(steadyMs() - begun))
      return { ok: true, v, rtt_ms: Math.round(steadyMs() - begun) }
    } catch (error) {
      return this.failed(a, f, error as Error)
    } finally {
      this.wire.expected = null
    }
  }
  private failed(a: Ask, f: SlaveFigures, error: Error): Outcome {
    const wrong = error instanceof Wrong ? error : refusalOf(error.message)
    if (wrong) {
      f[wrong.kind]++
      return { ok: false, why: wrong.message, kind: wrong.kind }
    }
    if (error.message.includes('TIMEOUT')) {
      f.timeouts++
      // It may have got another address: asked for anew next time.
      this.at.delete(Number(a.address))
      return { ok: false, why: '没有应答', kind: 'timeout' }
    }
    f.bad++
    return { ok: false, why: '应答读不懂', kind: 'bad' }
  }
  /** By what it told of itself; asked for by its number; at last at the address of the bus itself, if that is one device and says that it is this one. */
  private async find(instance: number): Promise<string | null> {
    if (!Number.isInteger(instance)) return null
    const known = this.at.get(instance)
    if (known) return known
    this.client.whoIs({ address: this.target }, { lowLimit: instance, highLimit: instance })
    const until = steadyMs() + this.s.timeout_ms
    while (steadyMs() < until && !this.stopped) {
      const told = this.at.get(instance)
      if (told) return told
      await pause(10)
    }
    if (this.to.host.endsWith('.255') || this.stopped) return null
    this.wire.expected = this.target
    const id = await this.client.readProperty({ address: this.target }, { type: ObjectType.DEVICE, instance }, PropertyIdentifier.OBJECT_IDENTIFIER).catch(() => null)
    const said = first(id?.values)?.value as BACNetObjectID | undefined
    if (said?.instance !== instance) return null
    this.at.set(instance, this.target)
    return this.target
  }
  private async property(to: { address: string }, object: BACNetObjectID, property: number): Promise<unknown[]> {
    const r = await this.client.readProperty(to, object, property)
    if (!r || r.objectId.type !== object.type || r.objectId.instance !== object.instance || Number(r.property.id) !== property) throw new Wrong('应答的不是所问的对象', 'bad')
    return r.values
  }
  /** `lenient`: an object in fault is null, and the others count. */
  private async valuesOf(to: { address: string }, address: string, list: readonly Where[], lenient = false): Promise<(number | null)[]> {
    if (this.single.has(address)) return this.oneByOne(to, list, lenient)
    let r: Awaited<ReturnType<Client['readPropertyMultiple']>>
    try {
      r = await this.client.readPropertyMultiple(to, list.map((w) => ({ objectId: w.object, properties: [{ id: w.property, index: 0xffffffff }, { id: PropertyIdentifier.STATUS_FLAGS, index: 0xffffffff }] })))
    } catch (error) {
      // Rejected as a service that is not known: a small device that is asked point by point.
      if (!/BacnetAbort - Reason:9|Class:5 - Code:29/.test((error as Error).message)) throw error
      this.single.add(address)
      return this.oneByOne(to, list, lenient)
    }
    if (!r || r.values.length !== list.length) throw new Wrong('应答的对象数与所问的不同', 'bad')
    return list.map((w, i) => {
      const v = r.values[i]!
      if (v.objectId.type !== w.object.type || v.objectId.instance !== w.object.instance) throw new Wrong('应答的不是所问的对象', 'bad')
      const said = first(v.values.find((p) => Number(p.id) === w.property)?.value)
      const flags = first(v.values.find((p) => Number(p.id) === PropertyIdentifier.STATUS_FLAGS)?.value)?.value
      const n = numberOf(said?.value)
      const doubted = flagged(flags, FAULT) || flagged(flags, OUT_OF_SERVICE)
      if (n !== null && !doubted) return n
      if (lenient) return null
      throw doubted ? new Wrong('对象故障或脱离服务', 'bad') : new Wrong('对方拒绝:没有这个对象,或不是数值', 'refused')
    })
  }
  private async oneByOne(to: { address: string }, list: readonly Where[], lenient: boolean): Promise<(number | null)[]> {
    const out: (number | null)[] = []
    for (const w of list) {
      const n = await this.property(to, w.object, w.property).then((v) => numberOf(first(v)?.value), (error: Error) => { if (lenient && refusalOf(error.message)) return null; throw error })
      if (n === null && !lenient) throw new Wrong('对方拒绝:不是数值', 'refused')
      out.push(n)
    }
    return out
  }
  override stop(): void {
    if (this.stopped) return
    super.stop()
    this.ready = Promise.resolve(false)
    this.client.close()
  }
}
