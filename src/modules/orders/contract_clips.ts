// A voice note and a short video with a report; and the label of a device that a resident scans. Part of the contract, apart for length.
import { z } from 'zod'
import { download, read } from '../../kernel/contract.ts'
import { Id, Needed } from '../../kernel/shapes.ts'

export const VOICE_SECONDS = 60
export const VIDEO_SECONDS = 30
export const ClipKind = z.enum(['voice', 'video']).meta({ zh: '类别' })
export const Clip = z.object({ file_id: Id, kind: ClipKind, seconds: z.int().meta({ zh: '秒' }) })
export type Clip = z.output<typeof Clip>
export const ClipIn = z.object({ file_id: Id, seconds: z.int().min(1).max(VOICE_SECONDS) })
export const Clips = z.array(ClipIn).max(2, '最多一段语音、一段视频').meta({ zh: '语音与视频' })
export type Clips = z.output<typeof Clips>

export const clipCalls = {
  clip: download({ zh: '报修语音与视频', may: 'signed_in', takes: z.object({ order_id: Id, file_id: Id }) }),
  /** The label of a device in the resident's own community: where it stands, and nothing else of the ledger. */
  scanned: read({ zh: '扫设备码报修', may: 'resident', takes: z.object({ house_id: Id, code: Needed(80).meta({ zh: '设备码' }) }), gives: z.object({ equipment_id: Id, place: z.string() }), refuses: ['equipment.code_unknown'] }),
} as const
