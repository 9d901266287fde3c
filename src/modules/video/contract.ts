import { z } from 'zod'
import { contract, read, write } from '../../kernel/contract.ts'
import { gbCalls } from './contract_gb.ts'
import { Can, Day, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

export * from './contract_gb.ts'
export const MODES = ['none', 'event', 'always'] as const
/** What a camera may look at. */
export const LOOKS = ['door', 'device', 'lane'] as const
export const LEVELS = ['notice', 'minor', 'major', 'critical'] as const
/** As many pictures as one wall shows. */
export const TILES_MAX = 16
export const CLIP_MAX_S = 600
const Stream = z.enum(['main', 'sub']).meta({ zh: '码流' })
const Source = z.enum(['rtsp', 'onvif', 'gb']).meta({ zh: '接入方式' })
const RtspUrl = z.string().trim().max(500).regex(/^rtsp:\/\/[^\s@/?#]+(\/\S*)?$/i, '应为 rtsp:// 开头的地址,账号和口令填在下面,不写在地址里')
const HttpUrl = z.string().trim().max(500).regex(/^http:\/\/[^\s@/?#]+(\/\S*)?$/i, '应为 http:// 开头的地址,账号和口令填在下面')
/** What a camera is reached by. The password is never given back. */
export const AddressShape = {
  source: Source,
  main_url: RtspUrl.nullable().default(null).meta({ zh: '主码流地址' }),
  sub_url: RtspUrl.nullable().default(null).meta({ zh: '子码流地址' }),
  playback_url: RtspUrl.nullable().default(null).meta({ zh: '录像机回放地址' }),
  onvif_url: HttpUrl.nullable().default(null).meta({ zh: 'ONVIF 地址' }),
  gb_channel_id: Id.nullable().default(null).meta({ zh: '国标通道' }),
  user: Text(60).meta({ zh: '账号' }),
  password: z.string().max(100).optional().meta({ zh: '口令' }),
}
const State = z.object({ online: z.boolean().nullable(), checked_at: Instant.nullable(), seen_at: Instant.nullable(), fault: z.string().nullable(), codec: z.string().nullable(), width: z.int().nullable(), height: z.int().nullable(), fps: z.number().nullable(), recording: z.boolean(), viewer_count: z.int() })
export const CameraRow = z.object({
  camera_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), building_id: Id.nullable(), building_name: z.string().nullable(), no: z.int().meta({ zh: '机位号' }), name: z.string().meta({ zh: '名称' }), place: z.string().meta({ zh: '位置' }), source: Source, host: z.string().nullable().meta({ zh: '主机' }), has_ptz: z.boolean(), retired: z.boolean(),
  mode: z.enum(MODES).meta({ zh: '录像方式' }), stream: Stream, looks_at: z.array(z.object({ kind: z.enum(LOOKS), subject_id: Id, name: z.string() })), state: State, can: Can('watch', 'ptz', 'playback', 'keep', 'change'),
})
export type CameraRow = z.output<typeof CameraRow>
const Token = z.object({ camera_id: Id, view_id: Id, token: z.string() })
const Result = z.object({
  ok: z.boolean(), fault: z.string().nullable(), detail: z.string().nullable(), ms: z.int().nullable(),
  streams: z.array(z.object({ stream: Stream, ok: z.boolean(), fault: z.string().nullable(), codec: z.string().nullable(), width: z.int().nullable(), height: z.int().nullable(), first_picture_ms: z.int().nullable() })),
  device: z.object({ maker: z.string(), model: z.string(), firmware: z.string() }).nullable(), has_ptz: z.boolean().nullable(),
  found: z.array(z.object({ name: z.string(), url: z.string(), codec: z.string(), width: z.int(), height: z.int() })),
})
export type ProbeResult = z.output<typeof Result>
export const ClipRow = z.object({
  clip_id: Id, camera_id: Id, camera_name: z.string().meta({ zh: '摄像机' }), community_name: z.string().meta({ zh: '小区' }), kind: z.enum(['clip', 'picture', 'still']).meta({ zh: '种类' }), why: z.enum(['alarm', 'passage', 'rule', 'hand']).meta({ zh: '缘由' }), source_id: Id.nullable(), alarm_id: Id.nullable(), title: z.string().meta({ zh: '事由' }), from_at: Instant.meta({ zh: '起' }), to_at: Instant.meta({ zh: '止' }), state: z.enum(['waiting', 'kept', 'failed', 'deleted']).meta({ zh: '状态' }), fault: z.string().nullable(), size_bytes: z.int().nullable(), seconds: z.int().nullable().meta({ zh: '时长' }), held: z.boolean(), held_reason: z.string().nullable(), expires_at: Instant.meta({ zh: '保存到' }), by_name: z.string().meta({ zh: '留存人' }), created_at: Instant, can: Can('watch', 'hold'),
})
export type ClipRow = z.output<typeof ClipRow>
export const ViewRow = z.object({
  view_id: Id, camera_name: z.string().meta({ zh: '摄像机' }), community_name: z.string().meta({ zh: '小区' }), what: z.enum(['live', 'playback', 'clip']).meta({ zh: '看什么' }), from_at: Instant.nullable().meta({ zh: '回放从' }), clip_title: z.string().nullable().meta({ zh: '片段' }), name: z.string().meta({ zh: '观看人' }), ip: z.string().nullable().meta({ zh: '来自' }), asked_at: Instant.meta({ zh: '时间' }), seconds: z.int().nullable().meta({ zh: '看了多久' }), watching: z.boolean(), way: z.string().nullable().meta({ zh: '方式' }), fault: z.string().nullable(),
})
export type ViewRow = z.output<typeof ViewRow>
export const PolicyShape = {
  from_on: Day.meta({ zh: '生效日' }), keep_days: z.int().min(30, '30 至 365 天').max(365, '30 至 365 天').meta({ zh: '录像保存(天)' }), clip_days: z.int().min(30, '30 至 1095 天').max(1095, '30 至 1095 天').meta({ zh: '留存片段保存(天)' }), view_days: z.int().min(180, '180 至 1095 天').max(1095, '180 至 1095 天').meta({ zh: '观看记录保存(天)' }),
  before_s: z.int().min(0, '0 至 60 秒').max(60, '0 至 60 秒').meta({ zh: '片段从事件前(秒)' }), after_s: z.int().min(5, '5 至 300 秒').max(300, '5 至 300 秒').meta({ zh: '到事件后(秒)' }), alarm_level: z.enum(LEVELS).meta({ zh: '自动留片段的报警级别' }), passages: z.boolean().meta({ zh: '强行开门、超时、被拒绝、人工开闸自动留片段' }), basis: Needed(200).meta({ zh: '依据' }),
}
export const Policy = z.object(PolicyShape)
export type Policy = z.output<typeof Policy>
const Span = z.object({ from_at: Instant, to_at: Instant })

const cameras = {
  cameras: read({ zh: '摄像机', may: 'video.camera.read', takes: z.object({ community_id: Id.optional(), with_retired: z.boolean().optional() }), gives: z.object({ rows: z.array(CameraRow), service_at: Instant.nullable() }) }),
  camera: read({ zh: '摄像机设置', may: 'video.camera.change', takes: z.object({ camera_id: Id }), gives: z.object(AddressShape).omit({ password: true }).extend({ has_password: z.boolean() }) }),
  saveCamera: write({
    zh: '保存摄像机', may: 'video.camera.change',
    takes: Repeatable.extend({ camera_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), building_id: Id.nullable().meta({ zh: '楼栋' }), no: z.int().min(1).max(9999).meta({ zh: '机位号' }), name: Needed(40).meta({ zh: '名称' }), place: Needed(60).meta({ zh: '安装位置' }), ...AddressShape, has_ptz: z.boolean().meta({ zh: '能转动' }), looks_at: z.array(z.object({ kind: z.enum(LOOKS), subject_id: Id })).max(50).meta({ zh: '对着的门、设备和车道' }), retired: z.boolean().meta({ zh: '停用' }) }),
    gives: z.object({ camera_id: Id }), refuses: ['video.no_taken', 'video.address_missing', 'video.subject_elsewhere', 'video.gb_channel_taken'],
  }),
  setRecording: write({ zh: '设定录像方式', may: 'video.camera.change', takes: Repeatable.extend({ camera_id: Id, from_on: Day.meta({ zh: '生效日' }), mode: z.enum(MODES).meta({ zh: '录像方式' }), stream: Stream }), gives: z.object({ camera_id: Id }), refuses: ['video.from_past'] }),
  testCamera: write({ zh: '测试摄像机连接', may: 'video.camera.change', takes: Repeatable.extend({ camera_id: Id.optional(), community_id: Id, ...AddressShape }), gives: z.object({ probe_id: Id }), refuses: ['video.address_missing'] }),
  probe: read({ zh: '连接测试结果', may: 'video.camera.change', takes: z.object({ probe_id: Id }), gives: z.object({ state: z.enum(['waiting', 'running', 'done', 'no_service']), result: Result.nullable() }) }),
  policy: read({ zh: '视频规则', may: 'video.camera.read', takes: z.object({}), gives: z.object({ now: Policy, next_from_on: Day.nullable() }) }),
  savePolicy: write({ zh: '设定视频规则', may: 'video.policy.write', takes: Repeatable.extend(PolicyShape), gives: z.object({ from_on: Day }), refuses: ['video.from_past'] }),
}
const watching = {
  /** A token a picture, good once and for a minute; the view is on record from here. */
  watch: write({ zh: '观看实时画面', may: 'video.camera.watch', takes: Repeatable.extend({ camera_ids: z.array(Id).min(1).max(TILES_MAX), stream: Stream }), gives: z.object({ rows: z.array(Token) }) }),
  footage: read({ zh: '有录像的时间', may: 'video.playback.watch', takes: z.object({ camera_id: Id, day: Day }), gives: z.object({ spans: z.array(Span), clips: z.array(Span.extend({ clip_id: Id, title: z.string() })), recorder: z.boolean(), gb: z.object({ state: z.enum(['none', 'asked', 'done']), fault: z.string().nullable(), spans: z.array(Span) }).nullable(), mode: z.enum(MODES) }) }),
  playback: write({ zh: '回放录像', may: 'video.playback.watch', takes: Repeatable.extend({ camera_id: Id, from_at: z.iso.datetime() }), gives: Token, refuses: ['video.no_footage'] }),
  /** Which cameras look at a door, a device or a lane. */
  /** Cameras that look at a lane, for whoever watches them live. */
  laneCameras: read({ zh: '看着通道的摄像机', may: 'video.camera.watch', takes: z.object({ lane_id: Id }), gives: z.object({ rows: z.array(z.object({ camera_id: Id, name: z.string() })) }) }),
  camerasAt: read({ zh: '相关摄像机', may: 'video.playback.watch', takes: z.object({ door_id: Id.optional(), device_id: Id.optional(), lane_id: Id.optional() }), gives: z.object({ rows: z.array(z.object({ camera_id: Id, name: z.string() })) }) }),
}
const kept = {
  clips: read({ zh: '留存片段', may: 'video.clip.read', takes: Paging.extend({ community_id: Id.optional(), camera_id: Id.optional(), why: z.enum(['alarm', 'passage', 'rule', 'hand']).optional(), state: z.enum(['waiting', 'kept', 'failed', 'deleted']).optional(), source_id: Id.optional(), alarm_id: Id.optional(), held: z.boolean().optional(), q: Text(40).optional(), from_on: Day.optional(), to_on: Day.optional() }), gives: pageOf(ClipRow) }),
  keepClip: write({ zh: '留存片段', may: 'video.clip.keep', takes: Repeatable.extend({ camera_id: Id, from_at: z.iso.datetime().meta({ zh: '起' }), to_at: z.iso.datetime().meta({ zh: '止' }), reason: Reason }), gives: z.object({ clip_id: Id }), refuses: ['video.clip_span'] }),
  keepPicture: write({ zh: '留存截图', may: 'video.clip.keep', takes: Repeatable.extend({ camera_id: Id, at: z.iso.datetime(), jpeg_base64: z.base64().max(900_000), reason: Reason }), gives: z.object({ clip_id: Id }), refuses: ['video.not_a_picture'] }),
  holdClip: write({ zh: '保全或解除片段', may: 'video.clip.keep', takes: Repeatable.extend({ clip_id: Id, held: z.boolean().meta({ zh: '长期保全' }), reason: Reason }), gives: z.object({ clip_id: Id }), refuses: ['video.clip_gone'] }),
  watchClip: write({ zh: '观看留存片段', may: 'video.clip.watch', takes: Repeatable.extend({ clip_id: Id }), gives: z.object({ path: z.string(), name: z.string(), kind: z.enum(['clip', 'picture', 'still']) }), refuses: ['video.clip_gone'] }),
  views: read({ zh: '观看记录', may: 'video.view.read', takes: Paging.extend({ community_id: Id.optional(), camera_id: Id.optional(), what: z.enum(['live', 'playback', 'clip']).optional(), q: Text(40).optional(), from_on: Day.optional(), to_on: Day.optional() }), gives: pageOf(ViewRow) }),
}
export const video = contract('video', { ...cameras, ...watching, ...kept, ...gbCalls })
