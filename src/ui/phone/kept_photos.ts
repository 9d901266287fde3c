// Photos that wait on the phone: made small, kept beside the outbox, sent before the entry they belong to. Once one is on the server its id is
// kept instead, so that a second try sends the same entry and not another file.
import { Refused, asRefused, faceName } from '../api.ts'
import { newRequestId } from '../request_id.ts'
import type { Entry } from './outbox.ts'
import { dropKept, keep, kept } from './phone_store.ts'

export interface Shape {
  side_max: number
  quality: number
}
/** Some 250 KB a photo. */
export const USUAL: Shape = { side_max: 1600, quality: 0.75 }
interface Photo {
  blob?: Blob
  file_id?: string
}

/** A JPEG, no side longer than said. */
export async function shrink(file: Blob, { side_max, quality }: Shape = USUAL): Promise<Blob> {
  const image = await createImageBitmap(file)
  const scale = Math.min(1, side_max / Math.max(image.width, image.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(image.width * scale))
  canvas.height = Math.max(1, Math.round(image.height * scale))
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  image.close()
  return new Promise((done, fail) => canvas.toBlob((b) => (b ? done(b) : fail(new Error('照片打不开,请重新拍'))), 'image/jpeg', quality))
}
/** `unnamed_photo`: nothing on the server says who sent it. */
export type PhotoPurpose = 'photo' | 'unnamed_photo' | 'proof'
export const uploadPhoto = (blob: Blob, purpose: PhotoPurpose = 'photo'): Promise<string> => upload(blob, purpose, 'photo.jpg', '照片')
export const uploadClip = (blob: Blob, kind: 'voice' | 'video'): Promise<string> => upload(blob, kind, kind, kind === 'voice' ? '语音' : '视频')
async function upload(blob: Blob, purpose: string, name: string, zh: string): Promise<string> {
  let r: Response
  try {
    r = await fetch(`/up/${purpose}`, { method: 'POST', headers: { 'content-type': 'application/octet-stream', 'x-face': faceName(), 'x-file-name': name }, body: blob })
  } catch {
    throw new Refused(0, { error: 'kernel.offline', message: `网络不通,${zh}没有上传` })
  }
  const answer = (await r.json().catch(() => ({}))) as { file_id?: string; error?: string; message?: string }
  if (r.ok && answer.file_id) return answer.file_id
  throw new Refused(r.status, { error: answer.error ?? 'kernel.fault', message: answer.message ?? `${zh}没有上传成功,请重试` })
}

export const newPhotoKey = (owner: string): string => `photo ${owner} ${newRequestId()}`
export const keepPhoto = (key: string, blob: Blob): Promise<void> => keep(key, { blob } satisfies Photo)
export const keptPhoto = async (key: string): Promise<Blob | undefined> => (await kept<Photo>(key))?.value.blob
/** Its id on the server, sent now if it was not yet; undefined when the phone has lost it: that does not hold up its entry. */
export async function sentPhoto(key: string): Promise<string | undefined> {
  const photo = (await kept<Photo>(key))?.value
  if (!photo) return undefined
  if (photo.file_id) return photo.file_id
  if (!photo.blob) return undefined
  try {
    const file_id = await uploadPhoto(photo.blob)
    await keep(key, { ...photo, file_id } satisfies Photo)
    return file_id
  } catch (error) {
    throw asRefused(error)
  }
}
export async function dropPhotos(keys: readonly string[]): Promise<void> {
  for (const key of keys) await dropKept(key).catch(() => undefined)
}
/** The input of an entry with the ids of its photos. */
export async function withPhotoIds(entry: Entry): Promise<Record<string, unknown>> {
  const ids: string[] = []
  for (const key of entry.photo_keys ?? []) {
    const id = await sentPhoto(key)
    if (id) ids.push(id)
  }
  return ids.length > 0 ? { ...entry.input, photo_ids: ids } : entry.input
}
