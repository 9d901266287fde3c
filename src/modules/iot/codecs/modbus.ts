// Modbus (Application Protocol V1.1b3): RTU with its CRC, or TCP with its header, told apart by the frame. Registers have no names here: what
// they mean is the product's point list.
import { BadFrame, byteHex, decoding, hex, type Decoded, type DecodedItem } from './bytes.ts'

export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff
  for (const b of bytes) {
    crc ^= b
    for (let n = 0; n < 8; n++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1
  }
  return crc
}
const EXCEPTIONS: Record<number, string> = { 1: '不支持的功能码', 2: '寄存器地址不存在', 3: '数据值不对', 4: '从站故障', 5: '已接受,处理中', 6: '从站忙', 8: '存储奇偶校验错', 10: '网关路径不可用', 11: '网关的目标设备没有应答' }
const word = (b: Uint8Array, at: number): number => (b[at]! << 8) | b[at + 1]!
const wordHex = (n: number): string => n.toString(16).toUpperCase().padStart(4, '0')
const AREAS: Record<number, string> = { 1: '线圈', 2: '离散输入', 3: '保持寄存器', 4: '输入寄存器' }

/** `pdu` without unit and check. Answers to reads carry no register address: they are counted from 0000. */
function itemsOf(pdu: Uint8Array): { reason: string | null; items: DecodedItem[] } {
  const code = pdu[0]!
  const item = (id: number, name: string, value: number | string | null): DecodedItem => ({ id: wordHex(id), name, value, unit: '' })
  if (code & 0x80) {
    if (pdu.length !== 2) throw new BadFrame('异常应答应有 1 字节异常码')
    return { reason: `从站拒绝:${EXCEPTIONS[pdu[1]!] ?? `异常码 ${byteHex(pdu[1]!)}`}`, items: [] }
  }
  const area = AREAS[code]
  if (area) {
    const count = pdu[1]!
    if (pdu.length === 2 + count && count > 0 && (code < 3 || count % 2 === 0)) {
      if (code < 3) return { reason: null, items: Array.from({ length: count * 8 }, (_, n) => item(n, `${area}+${n}`, (pdu[2 + (n >> 3)]! >> (n & 7)) & 1)) }
      return { reason: null, items: Array.from({ length: count / 2 }, (_, n) => item(n, `${area}+${n}`, word(pdu, 2 + n * 2))) }
    }
    if (pdu.length === 5) return { reason: null, items: [item(word(pdu, 1), `读${area},个数`, word(pdu, 3))] }
    throw new BadFrame(`功能码 ${byteHex(code)} 的长度不对:${pdu.length} 字节`)
  }
  if (code === 5 || code === 6) {
    if (pdu.length !== 5) throw new BadFrame(`功能码 ${byteHex(code)} 应有 5 字节,帧内有 ${pdu.length} 字节`)
    const value = word(pdu, 3)
    if (code === 5 && value !== 0 && value !== 0xff00) throw new BadFrame(`写线圈的值应是 FF00 或 0000,帧内是 ${wordHex(value)}`)
    return { reason: null, items: [item(word(pdu, 1), code === 5 ? '写线圈' : '写保持寄存器', code === 5 ? (value ? 1 : 0) : value)] }
  }
  if (code === 15 || code === 16) {
    if (pdu.length === 5) return { reason: null, items: [item(word(pdu, 1), code === 15 ? '已写线圈,个数' : '已写保持寄存器,个数', word(pdu, 3))] }
    const count = pdu[5]
    if (pdu.length < 7 || count !== pdu.length - 6) throw new BadFrame(`功能码 ${byteHex(code)} 的长度不对:${pdu.length} 字节`)
    const first = word(pdu, 1)
    const of = word(pdu, 3)
    if (code === 16) {
      if (count !== of * 2) throw new BadFrame(`写 ${of} 个寄存器应有 ${of * 2} 字节,帧内有 ${count} 字节`)
      return { reason: null, items: Array.from({ length: of }, (_, n) => item(first + n, '写保持寄存器', word(pdu, 6 + n * 2))) }
    }
    if (count !== Math.ceil(of / 8)) throw new BadFrame(`写 ${of} 个线圈应有 ${Math.ceil(of / 8)} 字节,帧内有 ${count} 字节`)
    return { reason: null, items: Array.from({ length: of }, (_, n) => item(first + n, '写线圈', (pdu[6 + (n >> 3)]! >> (n & 7)) & 1)) }
  }
  return { reason: null, items: [{ id: byteHex(code), name: '', value: hex(pdu.subarray(1)), unit: '' }] }
}

export const decodeModbus = (f: Uint8Array): Decoded =>
  decoding(() => {
    if (f.length < 4) throw new BadFrame(`帧不完整:只有 ${f.length} 字节`)
    const tcp = f.length >= 8 && word(f, 2) === 0 && word(f, 4) === f.length - 6
    const body = f.subarray(0, f.length - 2)
    const said = f[f.length - 2]! | (f[f.length - 1]! << 8)
    const right = crc16(body)
    if (!tcp && said !== right) throw new BadFrame(`CRC 不对:帧内 ${hex(f.subarray(-2))},应为 ${byteHex(right & 0xff)}${byteHex(right >> 8)}`)
    const adu = tcp && said !== right ? f.subarray(6) : body
    return { address: String(adu[0]!), control: byteHex(adu[1]!), ...itemsOf(adu.subarray(1)) }
  })
