// A picture as text in a call, for what must never be a file: small, JPEG, base64.
import { shrink } from './phone/kept_photos.ts'

const SHAPE = { side_max: 640, quality: 0.85 }
const CHUNK = 0x80_00
export async function photoText(file: Blob): Promise<{ base64: string; url: string }> {
  const blob = await shrink(file, SHAPE)
  const bytes = new Uint8Array(await blob.arrayBuffer())
  let text = ''
  for (let i = 0; i < bytes.length; i += CHUNK) text += String.fromCharCode(...bytes.subarray(i, i + CHUNK))
  return { base64: btoa(text), url: URL.createObjectURL(blob) }
}
