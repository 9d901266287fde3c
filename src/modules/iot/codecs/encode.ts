// Questions to field devices, as frames: the other half of the codecs. Pure.
import { sum8 } from './bytes.ts'
import { CONTROL, controlData, type Control645 } from './dlt645_control.ts'
import { crc16 } from './modbus.ts'

const reversed = (digits: string): number[] => digits.match(/../g)!.map((x) => Number.parseInt(x, 16)).reverse()
const closed = (body: readonly number[]): number[] => [...body, sum8(Uint8Array.from(body)), 0x16]
/** DL/T 645: `control` 11H with four bytes of identifier (2007), 01H with two (1997). The line adds 33H to each data byte. */
const frame645 = (address: string, control: number, data: readonly number[], preamble: number): Uint8Array =>
  Uint8Array.from([...Array<number>(preamble).fill(0xfe), ...closed([0x68, ...reversed(address.padStart(12, '0')), 0x68, control, data.length, ...data.map((b) => (b + 0x33) & 0xff)])])
export const ask645 = (address: string, control: number, id: string, preamble = 4): Uint8Array => frame645(address, control, reversed(id), preamble)
/** Trip, permit, close: with who says so and until when it holds. */
export const control645 = (address: string, c: Control645, preamble = 4): Uint8Array => frame645(address, CONTROL, controlData(c), preamble)
/** Where the data of a frame of DL/T 645 begin, behind its preamble. */
export const DATA_645 = 10
/** CJ/T 188: read data (01H). `kind` 10H is cold water, AAH any. */
export function ask188(address: string, id: string, serial: number, kind = 0x10, preamble = 2): Uint8Array {
  const a = reversed(address.padStart(14, '0'))
  const [high, low] = [Number.parseInt(id.slice(0, 2), 16), Number.parseInt(id.slice(2, 4), 16)]
  return Uint8Array.from([...Array<number>(preamble).fill(0xfe), ...closed([0x68, kind, ...a, 0x01, 0x03, low, high, serial & 0xff])])
}
/** CJ/T 188: write data (04H). Makers differ in the order of the identifier here too, and not always as in their answers. */
export function write188(address: string, id: string, data: readonly number[], serial: number, o: { kind?: number; high_first?: boolean; preamble?: number } = {}): Uint8Array {
  const di = [Number.parseInt(id.slice(2, 4), 16), Number.parseInt(id.slice(0, 2), 16)]
  const body = [...(o.high_first ? di.toReversed() : di), serial & 0xff, ...data]
  return Uint8Array.from([...Array<number>(o.preamble ?? 2).fill(0xfe), ...closed([0x68, o.kind ?? 0x10, ...reversed(address.padStart(14, '0')), 0x04, body.length, ...body])])
}
const word = (n: number): number[] => [(n >> 8) & 0xff, n & 0xff]
/** Read registers or coils (1–4), or write one (5, 6): the part that RTU and TCP share. */
export const modbusPdu = (slave: number, code: number, at: number, value: number): number[] => [slave, code, ...word(at), ...word(code === 5 ? (value ? 0xff00 : 0) : value)]
export function modbusRtu(pdu: readonly number[]): Uint8Array {
  const crc = crc16(Uint8Array.from(pdu))
  return Uint8Array.from([...pdu, crc & 0xff, crc >> 8])
}
export const modbusTcp = (pdu: readonly number[], transaction: number): Uint8Array => Uint8Array.from([...word(transaction), 0, 0, ...word(pdu.length), ...pdu])
