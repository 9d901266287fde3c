// The photo of a dial: smaller than others, the digits stay readable; some 150 KB.
import { sentPhoto, shrink as shrunk } from '../../../ui/phone/kept_photos.ts'
import type { Entry } from '../../../ui/phone/outbox.ts'

export { keepPhoto, keptPhoto, newPhotoKey } from '../../../ui/phone/kept_photos.ts'
export const shrink = (file: Blob): Promise<Blob> => shrunk(file, { side_max: 1280, quality: 0.72 })

/** The input of an entry with the id of its photo. */
export async function withPhoto(entry: Entry): Promise<Record<string, unknown>> {
  const key = entry.about['photo_key']
  const photo_file_id = key ? await sentPhoto(key) : undefined
  return photo_file_id ? { ...entry.input, photo_file_id } : entry.input
}
