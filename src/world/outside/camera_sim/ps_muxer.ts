// A program stream as cameras make it (ITU-T H.222.0, 2.5.3 and 2.4.3.6): a pack for each picture, before a key picture the system header and the map, the picture in PES packets.
const PES_MAX = 65_000
const STREAM = { h264: 0x1b, h265: 0x24, g711a: 0x90 } as const
const marked = (v: number, head: number): Buffer => Buffer.from([head | (Math.floor(v / 2 ** 30) << 1) | 1, (v >>> 22) & 0xff, ((v >>> 14) & 0xfe) | 1, (v >>> 7) & 0xff, ((v << 1) & 0xfe) | 1])
function crc32(b: Buffer): number {
  let c = 0xffffffff
  for (const x of b) {
    c ^= x << 24
    for (let i = 0; i < 8; i++) c = c & 0x80000000 ? (c << 1) ^ 0x04c11db7 : c << 1
  }
  return c >>> 0
}
function packHeader(scr: number): Buffer {
  const b = Buffer.alloc(14)
  b.writeUInt32BE(0x1ba)
  const [high, middle, low] = [Math.floor(scr / 2 ** 30) & 7, Math.floor(scr / 2 ** 15) & 0x7fff, scr & 0x7fff]
  b[4] = 0x44 | (high << 3) | (middle >> 13)
  b[5] = (middle >> 5) & 0xff
  b[6] = ((middle & 0x1f) << 3) | 4 | (low >> 13)
  b[7] = (low >> 5) & 0xff
  b[8] = ((low & 0x1f) << 3) | 4
  b[9] = 1
  // 5 Mbit/s in units of 50 bytes, two marker bits; no stuffing.
  b.writeUIntBE((12_500 << 2) | 3, 10, 3)
  b[13] = 0xf8
  return b
}
function systemHeader(): Buffer {
  return Buffer.from([0, 0, 1, 0xbb, 0, 12, 0x80, 0xc3, 0x51, 0x04, 0xe1, 0x7f, 0xe0, 0xe0, 0x80, 0xc0, 0xc0, 0x08])
}
function streamMap(video: number): Buffer {
  const body = Buffer.concat([Buffer.from([0xe1, 0xff, 0, 0, 0, 8, video, 0xe0, 0, 0, STREAM.g711a, 0xc0, 0, 0])])
  const head = Buffer.from([0, 0, 1, 0xbc, 0, body.length + 4])
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(Buffer.concat([head, body])))
  return Buffer.concat([head, body, sum])
}
function pes(id: number, data: Buffer, pts: number | null): Buffer {
  const head = Buffer.from([0, 0, 1, id, 0, 0, 0x88, pts === null ? 0 : 0x80, pts === null ? 0 : 5])
  const whole = Buffer.concat([head, ...(pts === null ? [] : [marked(pts, 0x20)]), data])
  whole.writeUInt16BE(whole.length - 6, 4)
  return whole
}
/** One picture, or one piece of sound, ready for RTP. `unbounded` leaves the length of the picture's packet out, as some firmware does. */
export function packPicture(nals: readonly Buffer[], o: { pts: number; key: boolean; h265?: boolean; unbounded?: boolean }): Buffer {
  const es = Buffer.concat(nals.flatMap((n) => [Buffer.from([0, 0, 0, 1]), n]))
  const parts: Buffer[] = [packHeader(o.pts)]
  if (o.key) parts.push(systemHeader(), streamMap(o.h265 ? STREAM.h265 : STREAM.h264))
  for (let at = 0; at < es.length; at += PES_MAX) parts.push(pes(0xe0, es.subarray(at, at + PES_MAX), at === 0 ? o.pts : null))
  if (o.unbounded && es.length <= PES_MAX) parts.at(-1)!.writeUInt16BE(0, 4)
  return Buffer.concat(parts)
}
/** Sound and what makers put beside it, which nobody asked for. */
export const packSound = (pts: number): Buffer => Buffer.concat([pes(0xc0, Buffer.alloc(160, 0xd5), pts), Buffer.from([0, 0, 1, 0xbd, 0, 6, 0x80, 0, 0, 1, 2, 3])])
