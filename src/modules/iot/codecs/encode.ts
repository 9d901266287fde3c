// Questions to field devices, as frames: the other half of the codecs. Pure.
import { crc16 } from './modbus.ts'
import { sum8 } from './bytes.ts'

const reversed = (digits: string): number[] => digits.match(/../g)!.map((x) => Number.parseInt(x, 16)).reverse()
const closed = (body: readonly number[]): number[] => [...body, sum8(Uint8Array.from(body)), 0x16]
/** DL/T 645: `control` 11H with four bytes of identifier (2007), 01H with two (1997). The line adds 33H to each data byte. */
export function ask645(address: string, control: number, id: string, preamble = 4): Uint8Array {
  const data = reversed(id).map((b) => (b + 0x33) & 0xff)
  return Uint8Array.from([...Array<number>(preamble).fill(0xfe), ...closed([0x68, ...reversed(address.padStart(12, '0')), 0x68, control, data.length, ...data])])
}
/** CJ/T 188: read data (01H). `kind` 10H is cold water, AAH any. */
export function ask188(address: string, id: string, serial: number, kind = 0x10, preamble = 2): Uint8Array {
  const a = reversed(address.padStart(14, '0'))
  const [high, low] = [Number.parseInt(id.slice(0, 2), 16), Number.parseInt(id.slice(2, 4), 16)]
  return Uint8Array.from([...Array<number>(preamble).fill(0xfe), ...closed([0x68, kind, ...a, 0x01, 0x03, low, high, serial & 0xff])])
}
const word = (n: number): number[] => [(n >> 8) & 0xff, n & 0xff]
/** Read registers or coils (1–4), or write one (5, 6): the part that RTU and TCP share. */
export const modbusPdu = (slave: number, code: number, at: number, value: number): number[] => [slave, code, ...word(at), ...word(code === 5 ? (value ? 0xff00 : 0) : value)]
export function modbusRtu(pdu: readonly number[]): Uint8Array {
  const crc = crc16(Uint8Array.from(pdu))
  return Uint8Array.from([...pdu, crc & 0xff, crc >> 8])
}
export const modbusTcp = (pdu: readonly number[], transaction: number): Uint8Array => Uint8Array.from([...word(transaction), 0, 0, ...word(pdu.length), ...pdu])
