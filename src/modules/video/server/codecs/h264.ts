// H.264 (ITU-T H.264) as far as somebody needs who does not decode: kinds of NAL units, the size and profile of an SPS, the record of MP4 files.

export const NAL = { slice: 1, idr: 5, sei: 6, sps: 7, pps: 8, aud: 9, stap_a: 24, fu_a: 28 } as const
export const nalType = (nal: Uint8Array): number => (nal[0] ?? 0) & 0x1f

export interface Sps {
  profile: number
  constraints: number
  level: number
  width: number
  height: number
}
const SPS_MAX = 512
/** Takes the emulation prevention bytes out (7.3.1). */
function rbsp(nal: Uint8Array): Uint8Array {
  const out = new Uint8Array(nal.length)
  let n = 0
  for (let i = 0; i < nal.length; i++) {
    if (i >= 2 && nal[i] === 3 && nal[i - 1] === 0 && nal[i - 2] === 0) continue
    out[n++] = nal[i]!
  }
  return out.subarray(0, n)
}
class Bits {
  private at = 0
  private readonly b: Uint8Array
  constructor(b: Uint8Array) {
    this.b = b
  }
  bit(): number {
    const byte = this.b[this.at >> 3]
    if (byte === undefined) throw new RangeError('bits over')
    return (byte >> (7 - (this.at++ & 7))) & 1
  }
  bits(n: number): number {
    let v = 0
    for (let i = 0; i < n; i++) v = v * 2 + this.bit()
    return v
  }
  ue(): number {
    let zeros = 0
    while (this.bit() === 0) if (++zeros > 31) throw new RangeError('code too long')
    return 2 ** zeros - 1 + this.bits(zeros)
  }
  se(): number {
    const k = this.ue()
    return k % 2 === 1 ? (k + 1) / 2 : -k / 2
  }
}
const HIGH = new Set([44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244])
const SIZE_MAX = 8192

function skipScaling(b: Bits, size: number): void {
  let last = 8
  let next = 8
  for (let i = 0; i < size; i++) {
    if (next !== 0) next = (last + b.se() + 256) % 256
    last = next === 0 ? last : next
  }
}
/** Of the high profiles (7.3.2.1.1): chroma format, and tables that nobody needs here. */
function readHigh(b: Bits): number {
  const chroma = b.ue()
  if (chroma === 3) b.bit()
  b.ue()
  b.ue()
  b.bit()
  if (b.bit()) for (let i = 0; i < (chroma === 3 ? 12 : 8); i++) if (b.bit()) skipScaling(b, i < 6 ? 16 : 64)
  return chroma
}
function skipOrder(b: Bits): void {
  const type = b.ue()
  if (type === 0) b.ue()
  if (type !== 1) return
  b.bit()
  b.se()
  b.se()
  const n = b.ue()
  if (n > 255) throw new RangeError('cycle too long')
  for (let i = 0; i < n; i++) b.se()
}
/** Null for what is no SPS or makes no sense: a camera's word is checked before a browser gets it. */
export function readSps(nal: Uint8Array): Sps | null {
  if (nal.length < 5 || nal.length > SPS_MAX || nalType(nal) !== NAL.sps) return null
  try {
    const b = new Bits(rbsp(nal.subarray(1)))
    const [profile, constraints, level] = [b.bits(8), b.bits(8), b.bits(8)]
    b.ue()
    const chroma = HIGH.has(profile) ? readHigh(b) : 1
    b.ue()
    skipOrder(b)
    b.ue()
    b.bit()
    const mbs_wide = b.ue() + 1
    const map_high = b.ue() + 1
    const frames_only = b.bit()
    if (!frames_only) b.bit()
    b.bit()
    const crop = b.bit() ? [b.ue(), b.ue(), b.ue(), b.ue()] : [0, 0, 0, 0]
    const [sub_w, sub_h] = [chroma === 1 || chroma === 2 ? 2 : 1, chroma === 1 ? 2 : 1]
    const width = mbs_wide * 16 - (crop[0]! + crop[1]!) * sub_w
    const height = (2 - frames_only) * map_high * 16 - (crop[2]! + crop[3]!) * sub_h * (2 - frames_only)
    if (width < 16 || height < 16 || width > SIZE_MAX || height > SIZE_MAX) return null
    return { profile, constraints, level, width, height }
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
const hex2 = (n: number): string => n.toString(16).padStart(2, '0').toUpperCase()
/** As RFC 6381 writes it: avc1.42E01E. */
export const codecName = (s: Sps): string => `avc1.${hex2(s.profile)}${hex2(s.constraints)}${hex2(s.level)}`
/** What a decoder wants to know at the head of an MP4 file (ISO/IEC 14496-15, 5.3.3.1). */
export const avcRecord = (sps: Uint8Array, pps: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([1, sps[1]!, sps[2]!, sps[3]!, 0xff, 0xe1, sps.length >> 8, sps.length & 255]), sps, Buffer.from([1, pps.length >> 8, pps.length & 255]), pps])
