// The frame that DL/T 645-1997 and -2007 share: FE… 68 A0…A5 68 C L data+33H CS 16.
import { BadFrame, byteHex, controlFits, fromStart, hexBackwards, sum8, type Head } from './bytes.ts'

export interface Frame645 {
  /** Twelve digits as on the meter; AA bytes stand for any digits. */
  address: string
  control: number
  /** From the meter, and not an error. */
  answer: boolean
  error: boolean
  /** More data follow in the next frame. */
  more: boolean
  /** Without the 33H that the line adds. */
  data: Uint8Array
}

const HEAD = 10
/** Functions of both editions: read, more, address, write, clock, freeze, speed, password, clear, relay; asked, answered, refused, with more to come. */
const FUNCTIONS = new Set([0x01, 0x02, 0x03, 0x04, 0x08, 0x0a, 0x0c, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d])
export const head645 = (b: Uint8Array): Head => ({ length: b.length < HEAD ? null : HEAD + b[9]! + 2, fits: b[7] === 0x68 && controlFits(b[8], FUNCTIONS, 0x1f, 0x60) })
export function frame645(all: Uint8Array): Frame645 {
  const f = fromStart(all, 0x68)
  if (f.length < HEAD + 2) throw new BadFrame(`帧不完整:只有 ${f.length} 字节,至少 ${HEAD + 2} 字节`)
  if (f[7] !== 0x68) throw new BadFrame('地址域后面应是第二个起始符 68H')
  const length = f[9]!
  const end = HEAD + length + 2
  if (f.length < end) throw new BadFrame(`帧不完整:数据长度 ${length},应有 ${end} 字节,只有 ${f.length} 字节`)
  if (f[end - 1] !== 0x16) throw new BadFrame('帧结束符应是 16H')
  const sum = sum8(f.subarray(0, end - 2))
  if (f[end - 2] !== sum) throw new BadFrame(`校验和不对:帧内 ${byteHex(f[end - 2]!)},应为 ${byteHex(sum)}`)
  const address = hexBackwards(f.subarray(1, 7))
  if (/[B-F]/.test(address) || /A/.test(address.replaceAll('AA', ''))) throw new BadFrame(`地址含有不是 0 到 9 的数字(${address})`)
  const control = f[8]!
  return { address, control, answer: (control & 0x80) !== 0, error: (control & 0x40) !== 0, more: (control & 0x20) !== 0, data: f.subarray(HEAD, HEAD + length).map((b) => (b - 0x33) & 0xff) }
}
