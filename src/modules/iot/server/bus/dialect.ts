// What a protocol asks and how it knows its answer. The scheduler sends and waits; here is no clock and no port.
import { ask188, ask645, modbusPdu, modbusRtu, modbusTcp } from '../../codecs/encode.ts'
import { decode, type Protocol } from '../../codecs/index.ts'
import { cut188, cut645, cutModbusRtu, cutModbusTcp, type Cut } from '../../codecs/stream.ts'
import type { BusProtocol } from '../../contract.ts'

/** Those that are a line of bytes; BACnet/IP is datagrams (bacnet.ts). */
export type LineProtocol = Exclude<BusProtocol, 'bacnet_ip'>

export interface Question {
  bytes: Uint8Array
  cut: (buffer: Uint8Array) => Cut
  /** Null: this frame answers something else (another address, another identifier, an earlier question). */
  read: (frame: Uint8Array) => { ok: true; v: number | null } | { ok: false; why: string } | null
}
/** `serial` grows with every question of a bus. */
export type Ask = (address: string, where: string, serial: number, preamble: number) => Question

function read645(protocol: Protocol, address: string, id: string): Question['read'] {
  return (frame) => {
    const d = decode(protocol, frame)
    if (!d.ok) return { ok: false, why: d.reason ?? '帧有误' }
    if (d.address !== address.padStart(12, '0')) return null
    if (d.reason) return { ok: false, why: d.reason }
    const item = d.items.find((i) => i.id === id)
    if (!item) return null
    return typeof item.value === 'number' || item.value === null ? { ok: true, v: item.value } : { ok: false, why: `数据标识 ${id} 不是数值` }
  }
}
function modbus(where: string): { code: number; at: number; scale: number; signed: boolean } {
  const [area, at, type, scale] = where.split(':')
  return { code: { co: 1, di: 2, hr: 3, ir: 4 }[area ?? ''] ?? 3, at: Number(at ?? 0), scale: Number(scale ?? 1) || 1, signed: type === 's16' }
}
function readModbus(slave: string, code: number, scale: number, signed: boolean, transaction: number | null): Question['read'] {
  return (frame) => {
    if (transaction !== null && ((frame[0]! << 8) | frame[1]!) !== transaction) return null
    const d = decode('modbus', frame)
    if (!d.ok) return { ok: false, why: d.reason ?? '帧有误' }
    if (d.address !== slave || (Number.parseInt(d.control!, 16) & 0x7f) !== code) return null
    if (d.reason) return { ok: false, why: d.reason }
    const raw = d.items[0]?.value
    if (typeof raw !== 'number') return { ok: false, why: '没有数值' }
    return { ok: true, v: Math.round((signed && raw > 0x7fff ? raw - 0x1_0000 : raw) * scale * 1e6) / 1e6 }
  }
}
const dialects: Record<LineProtocol, Ask> = {
  dlt645_2007: (address, where, _s, preamble) => ({ bytes: ask645(address, 0x11, where, preamble), cut: cut645, read: read645('dlt645-2007', address, where) }),
  dlt645_1997: (address, where, _s, preamble) => ({ bytes: ask645(address, 0x01, where, preamble), cut: cut645, read: read645('dlt645-1997', address, where) }),
  cjt188: (address, where, serial, preamble) => ({
    bytes: ask188(address, where, serial, 0xaa, preamble), cut: cut188,
    read: (frame) => {
      const d = decode('cjt188', frame)
      if (!d.ok) return { ok: false, why: d.reason ?? '帧有误' }
      if (d.address !== address.padStart(14, '0')) return null
      if (d.reason) return { ok: false, why: d.reason }
      const item = d.items.find((i) => i.name === '当前累积流量' || i.name === '当前热量')
      if (!item) return null
      if (item.value === null) return { ok: true, v: null }
      // Meters tell litres or cubic metres; the product's unit is the cubic metre.
      return typeof item.value === 'number' ? { ok: true, v: item.unit === 'L' ? item.value / 1000 : item.value } : { ok: false, why: '没有数值' }
    },
  }),
  modbus_tcp: (address, where, serial) => { const m = modbus(where); const t = serial & 0xffff; return { bytes: modbusTcp(modbusPdu(Number(address), m.code, m.at, 1), t), cut: cutModbusTcp, read: readModbus(address, m.code, m.scale, m.signed, t) } },
  modbus_rtu: (address, where) => { const m = modbus(where); return { bytes: modbusRtu(modbusPdu(Number(address), m.code, m.at, 1)), cut: (b) => cutModbusRtu(b, Number(address), m.code), read: readModbus(address, m.code, m.scale, m.signed, null) } },
}
export const askOf = (protocol: LineProtocol): Ask => dialects[protocol]
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
/** To set one register or coil: `hr:2` or `hr:1:0.1` (scaled). Only Modbus writes; meters are never switched over a bus from here. */
export function writeOf(protocol: LineProtocol, address: string, where: string, value: number, serial: number): Question | null {
  if (protocol !== 'modbus_tcp' && protocol !== 'modbus_rtu') return null
  const [area, at, scale] = where.split(':')
  const code = area === 'co' ? 5 : 6
  const pdu = modbusPdu(Number(address), code, Number(at ?? 0), code === 6 ? Math.round(value / (Number(scale ?? 1) || 1)) : value)
  const transaction = protocol === 'modbus_tcp' ? serial & 0xffff : null
  return { bytes: transaction === null ? modbusRtu(pdu) : modbusTcp(pdu, transaction), cut: transaction === null ? (b) => cutModbusRtu(b, Number(address), code) : cutModbusTcp, read: readModbus(address, code, 1, false, transaction) }
}
/** Without a number in the answer a late one cannot be told from the next (H1). */
export const isNumbered = (protocol: LineProtocol): boolean => protocol === 'modbus_tcp'
