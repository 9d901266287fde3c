// The size of a PNG or JPEG from its own bytes (PNG: IHDR, ISO/IEC 15948 11.2.1; JPEG: the frame header, ITU-T T.81 B.2.2). Nothing else is taken as a plan: a drawing that can
// hold scripts or addresses (SVG) is drawn anew as PNG in the browser before it is sent.
import { open } from 'node:fs/promises'

const HEAD = 256 * 1024
export const SIDE_LOW = 200
export const SIDE_HIGH = 8000
export function sizeOf(b: Buffer): { width_px: number; height_px: number } | null {
  if (b.length >= 33 && b.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) && b.toString('latin1', 12, 16) === 'IHDR') return { width_px: b.readUInt32BE(16), height_px: b.readUInt32BE(20) }
  if (b.length < 4 || b.readUInt16BE(0) !== 0xffd8) return null
  for (let at = 2; at + 9 < b.length;) {
    if (b[at] !== 0xff) return null
    const marker = b[at + 1]!
    if (marker === 0xff) { at += 1; continue }
    const frame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (frame) return { width_px: b.readUInt16BE(at + 7), height_px: b.readUInt16BE(at + 5) }
    const length = b.readUInt16BE(at + 2)
    if (length < 2) return null
    at += 2 + length
  }
  return null
}
export async function sizeOfFile(path: string): Promise<{ width_px: number; height_px: number } | null> {
  const h = await open(path)
  try {
    const b = Buffer.alloc(HEAD)
    const { bytesRead } = await h.read(b, 0, HEAD, 0)
    const size = sizeOf(b.subarray(0, bytesRead))
    return size && [size.width_px, size.height_px].every((n) => n >= SIDE_LOW && n <= SIDE_HIGH) ? size : null
  } finally {
    await h.close()
  }
}
