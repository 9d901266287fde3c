// Where the bytes lie: apart from the files of the product, for they come and go by the clock and are many.
import { join } from 'node:path'

const folder = (data_dir: string, company_id: number): string => join(data_dir, 'video', String(company_id))
/** A still is one key picture as the camera sent it, in MP4: nothing here decodes; the browser makes the JPEG. */
export const clipPath = (data_dir: string, company_id: number, clip_id: string, kind: 'clip' | 'picture' | 'still'): string => join(folder(data_dir, company_id), 'clips', `${clip_id}.${kind === 'picture' ? 'jpg' : 'mp4'}`)
export const segmentFolder = (data_dir: string, company_id: number, camera_id: string): string => join(folder(data_dir, company_id), 'recordings', camera_id)
export const segmentPath = (data_dir: string, company_id: number, camera_id: string, segment_id: string): string => join(segmentFolder(data_dir, company_id, camera_id), `${segment_id}.mp4`)
