// What a protocol asks and how it knows its answer. The scheduler sends and waits; here is no clock and no port.
import { ask188, ask645, modbusPdu, modbusRtu, modbusTcp } from '../../codecs/encode.ts'
import { decode, type Protocol } from '../../codecs/index.ts'
import { cut188, cut645, cutModbusRtu, cutModbusTcp, type Cut } from '../../codecs/stream.ts'
import type { BusProtocol } from '../../contract.ts'
import { switchOf, type WriteWith } from './switching.ts'

/** Those that are a line of bytes; BACnet/IP is datagrams (bacnet.ts). */
export type LineProtocol = Exclude<BusProtocol, 'bacnet_ip'>

export interface Question {
  bytes: Uint8Array
  cut: (buffer: Uint8Array) => Cut
  /** Null: this frame answers something else (another address, another identifier, an earlier question). */
  read: (frame: Uint8Array) => { ok: true; v: number | null } | { ok: false; why: string } | null
  /** It cannot be asked: why. */
  wrong?: string
  /** Bytes from and to (without) that no log shows. */
  hidden?: readonly [number, number]
}
/** `serial` grows with every question of a bus. */
export type Ask = (address: string, where: string, serial: number, preamble: number) => Question

const isAnswer = (control: string | null): boolean => (Number.parseInt(control ?? '0', 16) & 0x80) !== 0
/** `04000503.4`: one bit of a word. */
const bitPlace = (where: string): { id: string; bit: number | null } => { const [id = '', bit] = where.trim().toUpperCase().split('.'); return { id, bit: bit === undefined ? null : Number(bit) } }
/** What a point of a meter may be called. */
export const meterPlace = (link: string, where: string): boolean => (link === 'dlt645_2007' ? /^[0-9A-F]{8}(\.(\d|1[0-5]))?$/i : link === 'dlt645_1997' ? /^[0-9A-F]{4}(\.[0-7])?$/i : /^901F(\.(valve|battery))?$/i).test(where.trim())
/** The bit of a word that is given as hex; filled: the meter has none. */
const bitOf = (word: unknown, bit: number): number | null | undefined => (typeof word !== 'string' || !/^([0-9A-F]{2}){1,2}$/.test(word) ? undefined : /^F+$/.test(word) ? null : (Number.parseInt(word, 16) >> bit) & 1)
function read645(protocol: Protocol, address: string, where: string): Question['read'] {
  const { id, bit } = bitPlace(where)
  return (frame) => {
    const d = decode(protocol, frame)
    if (!d.ok) return { ok: false, why: d.reason ?? '帧有误' }
    // Some adapters give back what is sent: our own question is nobody's answer.
    if (d.address !== address.padStart(12, '0') || !isAnswer(d.control)) return null
    if (d.reason) return { ok: false, why: d.reason }
    const item = d.items.find((i) => i.id === id)
    if (!item) return null
    const value = bit === null ? item.value : bitOf(item.value, bit)
    return typeof value === 'number' || value === null ? { ok: true, v: value } : { ok: false, why: `数据标识 ${id} 不是数值` }
  }
}
interface Register {
  code: number
  at: number
  count: number
  scale: number
  value: (words: readonly number[]) => number
}
const two = (w: readonly number[]): number => w[0]! * 0x1_0000 + w[1]!
const real = (w: readonly number[]): number => new DataView(Uint16Array.of(w[1]!, w[0]!).buffer).getFloat32(0, true)
const swapped = (f: (w: readonly number[]) => number) => (w: readonly number[]): number => f([w[1]!, w[0]!])
/** High word first; with `s` behind it the low one (makers differ, and the standard says nothing). */
const TYPES: Record<string, Pick<Register, 'count' | 'value'>> = {
  u16: { count: 1, value: (w) => w[0]! }, s16: { count: 1, value: (w) => (w[0]! << 16) >> 16 }, u32: { count: 2, value: two }, s32: { count: 2, value: (w) => two(w) | 0 }, f32: { count: 2, value: real },
  u32s: { count: 2, value: swapped(two) }, s32s: { count: 2, value: swapped((w) => two(w) | 0) }, f32s: { count: 2, value: swapped(real) },
}
const AREA: Record<string, number> = { co: 1, di: 2, hr: 3, ir: 4 }
/** `hr:0:f32:0.1`: area, number, type, factor; `co:2`. Null: it says no place, and nothing is asked rather than another register. */
export function registerOf(where: string): Register | null {
  const m = /^(co|di|hr|ir):(\d{1,5})(?::([a-z]\d\ds?)(?::(-?\d+(?:\.\d+)?))?)?$/.exec(where.trim())
  const type = m && TYPES[m[3] ?? 'u16']
  if (!m || !type || Number(m[2]) + type.count > 0x1_0000 || (AREA[m[1]!]! < 3 && type.count > 1)) return null
  return { code: AREA[m[1]!]!, at: Number(m[2]), ...type, scale: Number(m[4] ?? 1) || 1 }
}
/** What is set: `hr:2`, `hr:1:0.1` (factor), `co:3`. */
export function settingOf(where: string): { code: 5 | 6; at: number; scale: number } | null {
  const m = /^(co|hr):(\d{1,5})(?::(\d+(?:\.\d+)?))?$/.exec(where.trim())
  return m && Number(m[2]) <= 0xffff ? { code: m[1] === 'co' ? 5 : 6, at: Number(m[2]), scale: Number(m[3] ?? 1) || 1 } : null
}
function readModbus(slave: string, code: number, transaction: number | null, m: Pick<Register, 'count' | 'value' | 'scale'>): Question['read'] {
  return (frame) => {
    if (transaction !== null && ((frame[0]! << 8) | frame[1]!) !== transaction) return null
    const d = decode('modbus', frame)
    if (!d.ok) return { ok: false, why: d.reason ?? '帧有误' }
    if (d.address !== slave || (Number.parseInt(d.control!, 16) & 0x7f) !== code) return null
    if (d.reason) return { ok: false, why: d.reason }
    // As many bytes as were asked for; a question of ours that an adapter gives back has the high byte of its register there.
    if (code <= 4 && frame[transaction === null ? 2 : 8] !== (code >= 3 ? m.count * 2 : 1)) return null
    const words = d.items.slice(0, m.count).map((i) => i.value)
    // Of registers as many as were asked for; coils come in whole bytes.
    if (!words.every((x) => typeof x === 'number') || words.length < m.count || ((code === 3 || code === 4) && d.items.length !== m.count)) return { ok: false, why: '个数不对' }
    const v = m.value(words as number[])
    return Number.isFinite(v) ? { ok: true, v: Math.round(v * m.scale * 1e6) / 1e6 } : { ok: false, why: '不是有效的浮点数' }
  }
}
/** Where nothing can be asked, nothing is sent. */
const NOWHERE: Question = { bytes: new Uint8Array(0), cut: (rest) => ({ frame: null, rest }), read: () => null, wrong: '寄存器写法不对,如 hr:0:u16、hr:2:f32' }
const dialects: Record<LineProtocol, Ask> = {
  dlt645_2007: (address, where, _s, preamble) => ({ bytes: ask645(address, 0x11, bitPlace(where).id, preamble), cut: cut645, read: read645('dlt645-2007', address, where) }),
  dlt645_1997: (address, where, _s, preamble) => ({ bytes: ask645(address, 0x01, bitPlace(where).id, preamble), cut: cut645, read: read645('dlt645-1997', address, where) }),
  cjt188: (address, where, serial, preamble) => ({
    bytes: ask188(address, where.slice(0, 4), serial, 0xaa, preamble), cut: cut188,
    read: (frame) => {
      const d = decode('cjt188', frame)
      if (!d.ok) return { ok: false, why: d.reason ?? '帧有误' }
      if (d.address !== address.padStart(14, '0') || !isAnswer(d.control)) return null
      if (d.reason) return { ok: false, why: d.reason }
      const part = /^901F\.(valve|battery)$/i.exec(where.trim())?.[0]
      const item = d.items.find((i) => (part ? i.id.toLowerCase() === part.toLowerCase() : i.name === '当前累积流量' || i.name === '当前热量'))
      // Small meters answer without a status word: they have no valve to tell of.
      if (!item) return part && d.items.length > 0 && d.items[0]!.id === '901F' ? { ok: false, why: '应答里没有状态字' } : null
      if (item.value === null) return { ok: true, v: null }
      // Meters tell litres or cubic metres; the product's unit is the cubic metre.
      return typeof item.value === 'number' ? { ok: true, v: item.unit === 'L' ? item.value / 1000 : item.value } : { ok: false, why: '没有数值' }
    },
  }),
  modbus_tcp: (address, where, serial) => { const m = registerOf(where); const t = serial & 0xffff; return m ? { bytes: modbusTcp(modbusPdu(Number(address), m.code, m.at, m.count), t), cut: cutModbusTcp, read: readModbus(address, m.code, t, m) } : NOWHERE },
  modbus_rtu: (address, where) => { const m = registerOf(where); return m ? { bytes: modbusRtu(modbusPdu(Number(address), m.code, m.at, m.count)), cut: (b) => cutModbusRtu(b, Number(address), m.code, m.code < 3 ? 1 : m.count * 2), read: readModbus(address, m.code, null, m) } : NOWHERE },
}
/** Null: this names one slave of such a bus. Slave 0 is everybody on the line, and what is no number would become it. */
export function addressFault(protocol: BusProtocol, address: string): string | null {
  const n = /^\d{1,14}$/.test(address) ? Number(address) : -1
  switch (protocol) {
    case 'modbus_rtu': return n >= 1 && n <= 247 ? null : '站号应为 1 至 247'
    case 'modbus_tcp': return (n >= 1 && n <= 247) || n === 255 ? null : '站号应为 1 至 247,或 255(直连设备)'
    case 'bacnet_ip': return n >= 0 && n <= 4_194_302 ? null : '设备实例号应为 0 至 4194302'
    case 'cjt188': return n >= 0 ? null : '表号应为不超过 14 位的数字'
    case 'dlt645_2007': case 'dlt645_1997': return n >= 0 && address.length <= 12 ? null : '表号应为不超过 12 位的数字'
  }
}
/** A read may leave digits of a meter open (AA). */
export const askOf = (protocol: LineProtocol): Ask => (address, where, serial, preamble) => {
  const why = addressFault(protocol, protocol.startsWith('modbus') ? address : address.replaceAll(/AA/gi, '00'))
  return why === null ? dialects[protocol](address, where, serial, preamble) : { ...NOWHERE, wrong: why }
}
/** Points that one answer tells together: their places by what is asked for; null: each is an answer of its own. */
export function togetherOf(protocol: LineProtocol, wheres: readonly string[]): string[][] | null {
  if (protocol === 'modbus_tcp' || protocol === 'modbus_rtu') return null
  const groups = [...Map.groupBy(wheres, (w) => (protocol === 'cjt188' ? w.slice(0, 4) : bitPlace(w).id)).values()]
  return groups.length < wheres.length ? groups : null
}
export const PREAMBLE = 0xfe
/** How a line is asked who is there: with open digits, one byte after the other or all at once; null: each number for itself. */
export function openOf(protocol: LineProtocol): { bytes: number; narrows: boolean; where: string } | null {
  if (protocol === 'modbus_tcp' || protocol === 'modbus_rtu') return null
  return protocol === 'cjt188' ? { bytes: 7, narrows: false, where: '901F' } : { bytes: 6, narrows: true, where: protocol === 'dlt645_2007' ? '00010000' : '9010' }
}
/** Who answers by a frame that is right to the last byte, a refusal too; null: nobody. */
export function answererOf(protocol: LineProtocol, frame: Uint8Array): string | null {
  const d = decode(protocol === 'cjt188' ? 'cjt188' : protocol === 'dlt645_1997' ? 'dlt645-1997' : 'dlt645-2007', frame)
  return d.ok && d.address !== null && (Number.parseInt(d.control ?? '0', 16) & 0x80) !== 0 ? d.address : null
}
/** To set one register or coil: `hr:2` or `hr:1:0.1` (scaled); to switch a meter: `1C:1A`, `A017:99`. */
export function writeOf(protocol: LineProtocol, address: string, where: string, value: number, serial: number, preamble: number, o?: WriteWith): Question | null {
  const why = addressFault(protocol, address)
  if (why) return { ...NOWHERE, wrong: why }
  if (protocol !== 'modbus_tcp' && protocol !== 'modbus_rtu') return switchOf(protocol, address, where, serial, preamble, o)
  const m = settingOf(where)
  if (!m) return NOWHERE
  const raw = m.code === 6 ? Math.round(value / m.scale) : value
  // A register takes sixteen bits; more would become another value without a word.
  if (m.code === 6 && (raw < -0x8000 || raw > 0xffff)) return { ...NOWHERE, wrong: `${value} 超出一个寄存器的范围` }
  const pdu = modbusPdu(Number(address), m.code, m.at, m.code === 6 ? raw & 0xffff : raw)
  const transaction = protocol === 'modbus_tcp' ? serial & 0xffff : null
  return { bytes: transaction === null ? modbusRtu(pdu) : modbusTcp(pdu, transaction), cut: transaction === null ? (b) => cutModbusRtu(b, Number(address), m.code) : cutModbusTcp, read: readModbus(address, m.code, transaction, { count: 1, scale: 1, value: (w) => w[0]! }) }
}
/** Without a number in the answer a late one cannot be told from the next (H1). */
export const isNumbered = (protocol: LineProtocol): boolean => protocol === 'modbus_tcp'
