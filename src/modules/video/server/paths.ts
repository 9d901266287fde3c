// Where the bytes lie: apart from the files of the product, for they come and go by the clock and are many.
import { join } from 'node:path'

const folder = (data_dir: string, company_id: number): string => join(data_dir, 'video', String(company_id))
export const clipPath = (data_dir: string, company_id: number, clip_id: string, kind: 'clip' | 'picture'): string => join(folder(data_dir, company_id), 'clips', `${clip_id}.${kind === 'clip' ? 'mp4' : 'jpg'}`)
export const segmentFolder = (data_dir: string, company_id: number, camera_id: string): string => join(folder(data_dir, company_id), 'recordings', camera_id)
export const segmentPath = (data_dir: string, company_id: number, camera_id: string, segment_id: string): string => join(segmentFolder(data_dir, company_id, camera_id), `${segment_id}.mp4`)
