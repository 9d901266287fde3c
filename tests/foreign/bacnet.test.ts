// BACnet/IP with another stack: our bus asks a device made of node-bacnet, and node-bacnet asks our simulated device. Of the same old line as the library that we build on, but of other
// hands for years; nmap's own reader, where it is installed, is of no such line.
import { createRequire } from 'node:module'
import type { EventEmitter } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { BUS_DEFAULTS } from '../../src/modules/iot/contract.ts'
import { BacnetBus } from '../../src/modules/iot/server/bus/bacnet.ts'
import { startBacnetSim, type BacnetSim, type SimObject } from '../../src/world/outside/device_sim/bacnet.ts'
import { freePort } from '../free_port.ts'
import { until } from '../until.ts'
import { installed, ran } from './programs.ts'

interface Id { type: number; instance: number }
interface Value { type: number; value: unknown }
interface Heard { header: { sender: { address: string } }; invokeId: number; payload: { objectId: Id; property: { id: number; index: number }; value: { property: { id: number }; value: Value[]; priority: number }; properties: { objectId: Id; properties: { id: number; index: number }[] }[]; monitoredObjectId: Id; subscriberProcessId: number; cancellationRequest: boolean; lifetime: number; issueConfirmedNotifications: boolean; lowLimit?: number; highLimit?: number; deviceId: number; values: { property: { id: number }; value: Value[] }[] } }
type Told<T> = (error: (Error & { bacnetErrorClass?: number; bacnetErrorCode?: number }) | null, value: T) => void
interface Stack extends EventEmitter {
  readPropertyResponse(to: object, invokeId: number, o: Id, property: object, values: Value[]): void
  readPropertyMultipleResponse(to: object, invokeId: number, values: object[]): void
  iAmResponse(to: object, instance: number, segmentation: number, vendor: number): void
  simpleAckResponse(to: object, service: number, invokeId: number): void
  errorResponse(to: object, service: number, invokeId: number, c: number, code: number): void
  unconfirmedCOVNotification(to: string, process: number, device: number, o: Id, left: number, values: object[]): void
  whoIs(to: object): void
  readProperty(to: object, o: Id, property: number, told: Told<{ values: Value[] }>): void
  writeProperty(to: object, o: Id, property: number, values: Value[], options: object, told: Told<unknown>): void
  subscribeCov(to: object, o: Id, process: number, cancel: boolean, confirmed: boolean, lifetime: number, options: object, told: Told<unknown>): void
  close(): void
}
const Bacnet = createRequire(import.meta.url)('node-bacnet') as new (o: object) => Stack
const [READ, READ_MANY, WRITE, SUBSCRIBE] = [12, 14, 15, 5]
const [PRESENT, FLAGS, NAME, LIST, ID, UNITS] = [85, 111, 77, 76, 75, 117]
const [REAL, TEXT, BITS, ENUM, OBJECT] = [4, 7, 8, 9, 12]
const DEVICE = 8

const stacks: Stack[] = []
let bus: BacnetBus | undefined
let sim: BacnetSim | undefined
afterEach(async () => {
  bus?.stop()
  for (const s of stacks.splice(0)) s.close()
  await sim?.stop()
  bus = sim = undefined
})
async function stack(): Promise<{ stack: Stack; port: number }> {
  const port = await freePort()
  const s = new Bacnet({ port, interface: '127.0.0.1', broadcastAddress: '127.0.0.1', apduTimeout: 5000 })
  stacks.push(s)
  s.on('error', () => {})
  await new Promise<void>((done) => { s.once('listening', () => done()) })
  return { stack: s, port }
}
const NO = 2002
interface Held { name: string; value: number; follower?: { to: string; process: number } }
/** A device that answers as its author would: what is asked, what it does not have, changes to whoever asked for them. */
async function theirs(): Promise<{ port: number; held: Record<string, Held>; written: unknown[]; change(key: string, value: number): void }> {
  const { stack: s, port } = await stack()
  const held: Record<string, Held> = { '0:1': { name: 'Supply air', value: 18.5 }, '0:2': { name: 'Return air', value: 24.25 }, '2:1': { name: 'Setpoint', value: 22 }, '4:1': { name: 'Fan', value: 0 } }
  const written: unknown[] = []
  const of = (o: Id): Held | undefined => held[`${o.type}:${o.instance}`]
  const flags = { type: BITS, value: { bitsUsed: 4, value: [0] } }
  const present = (o: Id): Value => ({ type: o.type === 4 ? ENUM : REAL, value: of(o)!.value })
  function property(o: Id, id: number): Value[] | null {
    if (o.type === DEVICE && o.instance === NO) return id === NAME ? [{ type: TEXT, value: 'AHU of others' }] : id === ID ? [{ type: OBJECT, value: { type: DEVICE, instance: NO } }] : id === LIST ? Object.keys(held).map((k) => ({ type: OBJECT, value: { type: Number(k.split(':')[0]), instance: Number(k.split(':')[1]) } })) : null
    const h = of(o)
    if (!h) return null
    return id === PRESENT ? [present(o)] : id === NAME ? [{ type: TEXT, value: h.name }] : id === FLAGS ? [flags] : id === UNITS && o.type !== 4 ? [{ type: ENUM, value: 62 }] : null
  }
  const told = (h: Held, key: string): void => {
    const o = { type: Number(key.split(':')[0]), instance: Number(key.split(':')[1]) }
    if (h.follower) s.unconfirmedCOVNotification(h.follower.to, h.follower.process, NO, o, 300, [{ property: { id: PRESENT, index: 0xffffffff }, value: [present(o)] }, { property: { id: FLAGS, index: 0xffffffff }, value: [flags] }])
  }
  s.on('whoIs', (m: Heard) => { if ((m.payload.lowLimit ?? 0) <= NO && (m.payload.highLimit ?? NO) >= NO) s.iAmResponse(m.header.sender, NO, 3, 999) })
  s.on('readProperty', (m: Heard) => {
    const values = property(m.payload.objectId, m.payload.property.id)
    if (values) s.readPropertyResponse(m.header.sender, m.invokeId, m.payload.objectId, m.payload.property, values)
    else s.errorResponse(m.header.sender, READ, m.invokeId, 1, 31)
  })
  s.on('readPropertyMultiple', (m: Heard) => {
    const answers = m.payload.properties.map((p) => ({ objectId: p.objectId, values: p.properties.map((x) => ({ property: x, value: property(p.objectId, x.id) })) }))
    // It has no words for an error within an answer to several: it refuses the whole.
    if (answers.some((a) => a.values.some((v) => v.value === null))) return s.errorResponse(m.header.sender, READ_MANY, m.invokeId, 1, 31)
    s.readPropertyMultipleResponse(m.header.sender, m.invokeId, answers)
  })
  s.on('writeProperty', (m: Heard) => {
    const { objectId, value } = m.payload
    const h = of(objectId)
    if (!h) return s.errorResponse(m.header.sender, WRITE, m.invokeId, 1, 31)
    h.value = Number(value.value[0]!.value)
    written.push({ ...objectId, value: h.value, tag: value.value[0]!.type, priority: value.priority })
    s.simpleAckResponse(m.header.sender, WRITE, m.invokeId)
    told(h, `${objectId.type}:${objectId.instance}`)
  })
  s.on('subscribeCov', (m: Heard) => {
    const h = of(m.payload.monitoredObjectId)
    if (!h) return s.errorResponse(m.header.sender, SUBSCRIBE, m.invokeId, 1, 31)
    h.follower = { to: m.header.sender.address, process: m.payload.subscriberProcessId }
    s.simpleAckResponse(m.header.sender, SUBSCRIBE, m.invokeId)
  })
  return { port, held, written, change(key, value) { const h = held[key]!; h.value = value; told(h, key) } }
}

describe('a device of node-bacnet', () => {
  it('is found, read, set and read back, told apart when it has no such object, and tells us of changes', async () => {
    const device = await theirs()
    bus = new BacnetBus({ host: '127.0.0.1', port: device.port }, { ...BUS_DEFAULTS, timeout_ms: 3000, gap_ms: 0, retries: 0 })
    expect((await bus.scan())!.found).toEqual([{ address: String(NO), name: 'AHU of others', where: null, unit: null, value: null }])
    expect(await bus.objects(String(NO))).toMatchObject([{ where: 'ai:1', name: 'Supply air', unit: '℃', value: 18.5 }, { where: 'ai:2' }, { where: 'av:1' }, { where: 'bo:1', name: 'Fan', unit: null, value: 0 }])
    const read = (where: string) => bus!.read(String(NO), where, 'asked')
    expect(await read('ai:1')).toMatchObject({ ok: true, v: 18.5 })
    expect((await bus.readMany(String(NO), ['ai:1', 'ai:2', 'av:1', 'bo:1']))!.map((o) => o.ok && o.v)).toEqual([18.5, 24.25, 22, 0])
    expect(await bus.write(String(NO), 'av:1@9', 23.5)).toMatchObject({ ok: true })
    expect(await read('av:1')).toMatchObject({ ok: true, v: 23.5 })
    expect(await bus.write(String(NO), 'bo:1', 1)).toMatchObject({ ok: true })
    expect(device.written).toEqual([{ type: 2, instance: 1, value: 23.5, tag: REAL, priority: 9 }, { type: 4, instance: 1, value: 1, tag: ENUM, priority: 8 }])
    expect(await read('ai:77')).toMatchObject({ ok: false, kind: 'refused' })
    expect(await bus.write(String(NO), 'ao:77', 1)).toMatchObject({ ok: false, kind: 'refused', why: '对方拒绝:对方没有这个对象' })
    const changes: unknown[] = []
    bus.onChange = (...c) => changes.push(c)
    expect(await bus.follow(String(NO), ['ai:1', 'bo:1'])).toBe(true)
    device.change('0:1', 19.25)
    device.change('4:1', 0)
    await until(async () => changes.length === 2)
    expect(changes).toEqual([[String(NO), 'ai:1', 19.25], [String(NO), 'bo:1', 0]])
    expect(await bus.follow(String(NO), ['ai:1', 'ai:77'])).toBe(false)
  }, 60_000)
})
const OBJECTS = (): SimObject[] => [{ type: 0, instance: 1, name: '送风温度', value: 18.5, units: 62 }, { type: 2, instance: 1, name: '温度设定', value: 22, units: 62 }, { type: 4, instance: 1, name: '风机启停', value: 0 }]
describe('our simulated device', () => {
  it('answers node-bacnet: who it is, what it measures, what it has not; is set, and tells of a change', async () => {
    sim = await startBacnetSim({ instance: 1001, name: '空调机组', objects: OBJECTS() })
    const to = { address: `127.0.0.1:${sim.port}` }
    const { stack: s } = await stack()
    const here = new Promise<number>((done) => { s.once('iAm', (m: Heard) => done(m.payload.deviceId)) })
    s.whoIs(to)
    expect(await here).toBe(1001)
    const read = (o: Id, id: number) => new Promise<unknown>((done, failed) => { s.readProperty(to, o, id, (e, v) => (e ? failed(e) : done(v.values[0]!.value))) })
    expect(await read({ type: 0, instance: 1 }, PRESENT)).toBe(18.5)
    expect(await read({ type: 0, instance: 1 }, NAME)).toBe('送风温度')
    await expect(read({ type: 0, instance: 77 }, PRESENT)).rejects.toMatchObject({ bacnetErrorClass: 1, bacnetErrorCode: 31 })
    await new Promise<void>((done, failed) => { s.writeProperty(to, { type: 2, instance: 1 }, PRESENT, [{ type: REAL, value: 25 }], { priority: 8 }, (e) => (e ? failed(e) : done())) })
    expect(await read({ type: 2, instance: 1 }, PRESENT)).toBe(25)
    await new Promise<void>((done, failed) => { s.subscribeCov(to, { type: 0, instance: 1 }, 7, false, false, 300, {}, (e) => (e ? failed(e) : done())) })
    // A subscription begins by telling how it is.
    const heard: unknown[] = []
    s.on('covNotifyUnconfirmed', (m: Heard) => heard.push(m.payload.values.find((v) => v.property.id === PRESENT)?.value[0]?.value))
    const o = sim.device.objects[0]!
    o.value = 20.5
    sim.tell(o)
    await until(async () => heard.includes(20.5))
  }, 60_000)
  it.skipIf(!installed('nmap'))('is read by nmap, which has its own frames', async () => {
    sim = await startBacnetSim({ instance: 1001, name: 'AHU-1', objects: OBJECTS() })
    const r = await ran('nmap', ['-sU', '-Pn', '-n', '--script', '+bacnet-info', '-p', String(sim.port), '127.0.0.1'])
    expect(r.out).toMatch(/Object-identifier: 1001[\s\S]*Object Name: AHU-1/)
  }, 60_000)
})
