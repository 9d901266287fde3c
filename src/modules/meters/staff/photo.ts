// The photo of a dial: made small on the phone, kept there until there is network, sent before the reading it belongs to.
import { Refused, asRefused } from '../../../ui/api.ts'
import type { Entry } from '../../../ui/phone/outbox.ts'
import { keep, kept } from '../../../ui/phone/phone_store.ts'
import { newRequestId } from '../../../ui/request_id.ts'

const SIDE_MAX = 1280
const QUALITY = 0.72

interface Photo {
  blob?: Blob
  /** Once it is on the server: a second try must send the same reading, not another file. */
  file_id?: string
}
export const newPhotoKey = (owner: string): string => `photo ${owner} ${newRequestId()}`

/** A JPEG of at most 1280 pixels a side: some 150 KB, and the digits stay readable. */
export async function shrink(file: Blob): Promise<Blob> {
  const image = await createImageBitmap(file)
  const scale = Math.min(1, SIDE_MAX / Math.max(image.width, image.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(image.width * scale)
  canvas.height = Math.round(image.height * scale)
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  image.close()
  return new Promise((done, fail) => canvas.toBlob((b) => (b ? done(b) : fail(new Error('no picture'))), 'image/jpeg', QUALITY))
}
export const keepPhoto = (key: string, blob: Blob): Promise<void> => keep(key, { blob } satisfies Photo)
export const keptPhoto = async (key: string): Promise<Blob | undefined> => (await kept<Photo>(key))?.value.blob

async function upload(blob: Blob): Promise<string> {
  const r = await fetch('/up/photo', { method: 'POST', headers: { 'content-type': 'application/octet-stream', 'x-face': 'staff', 'x-file-name': 'dial.jpg' }, body: blob })
  const answer = (await r.json().catch(() => ({ error: 'kernel.fault', message: `照片没有上传成功 (${r.status})` }))) as { file_id?: string; error?: string; message?: string }
  if (r.ok && answer.file_id) return answer.file_id
  throw new Refused(r.status, { error: answer.error ?? 'kernel.fault', message: answer.message ?? '照片没有上传成功' })
}

/** The input of an entry with the id of its photo. A photo that the phone has lost does not hold up its reading. */
export async function withPhoto(entry: Entry): Promise<Record<string, unknown>> {
  const key = entry.about['photo_key']
  const photo = key ? (await kept<Photo>(key))?.value : undefined
  if (!key || !photo) return entry.input
  if (photo.file_id) return { ...entry.input, photo_file_id: photo.file_id }
  if (!photo.blob) return entry.input
  try {
    const photo_file_id = await upload(photo.blob)
    await keep(key, { ...photo, file_id: photo_file_id } satisfies Photo)
    return { ...entry.input, photo_file_id }
  } catch (error) {
    throw asRefused(error)
  }
}
