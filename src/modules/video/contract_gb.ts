// GB/T 28181: this product as a platform, devices that register with it, their channels, who was refused.
import { z } from 'zod'
import { read, write } from '../../kernel/contract.ts'
import { Can, Day, Id, Instant, Needed, Repeatable } from '../../kernel/shapes.ts'

export const Code = z.string().trim().regex(/^\d{20}$/, '应为 20 位数字')
/** As many as one recorder has; more are picked in a second go. */
export const PICK_MAX = 128
const Host = z.string().trim().regex(/^\d{1,3}(\.\d{1,3}){3}$/, '应为 IP 地址,例如 192.168.1.10')
const Media = z.enum(['udp', 'tcp']).meta({ zh: '取流方式' })
const CHANGE = 'video.camera.change'
export const GbDeviceRow = z.object({
  gb_device_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), code: z.string().meta({ zh: '国标编号' }), name: z.string().meta({ zh: '名称' }), media: Media, keep_s: z.int(), alarms: z.boolean(), retired: z.boolean(),
  online: z.boolean().nullable(), peer: z.string().nullable().meta({ zh: '来自' }), registered_at: Instant.nullable(), heard_at: Instant.nullable().meta({ zh: '最近听到' }), maker: z.string().nullable(), model: z.string().nullable(), firmware: z.string().nullable(), catalog_at: Instant.nullable(), catalog_fault: z.string().nullable(), channel_count: z.int(), picked_count: z.int(), can: Can('change', 'catalog'),
})
export type GbDeviceRow = z.output<typeof GbDeviceRow>
export const GbChannelRow = z.object({ gb_channel_id: Id, code: z.string().meta({ zh: '通道编号' }), name: z.string().meta({ zh: '名称' }), maker: z.string(), model: z.string(), has_ptz: z.boolean(), is_on: z.boolean(), gone: z.boolean(), camera_id: Id.nullable(), camera_name: z.string().nullable() })
export type GbChannelRow = z.output<typeof GbChannelRow>
const Setting = z.object({ server_code: z.string(), host: z.string(), domain: z.string(), port: z.int().nullable(), fault: z.string().nullable() })

export const gbCalls = {
  gbDevices: read({
    zh: '国标设备', may: CHANGE, takes: z.object({ community_id: Id.optional(), with_retired: z.boolean().optional() }),
    gives: z.object({ setting: Setting.nullable(), suggested_code: z.string(), may_set: z.boolean(), service_at: Instant.nullable(), rows: z.array(GbDeviceRow), refusals: z.array(z.object({ code: z.string(), host: z.string(), reason: z.string(), first_at: Instant, last_at: Instant, times_count: z.int() })) }),
  }),
  gbChannels: read({ zh: '国标通道', may: CHANGE, takes: z.object({ gb_device_id: Id }), gives: z.object({ rows: z.array(GbChannelRow) }) }),
  saveGbSetting: write({ zh: '设定国标接入', may: CHANGE, takes: Repeatable.extend({ server_code: Code.meta({ zh: 'SIP 服务器编号' }), host: Host.meta({ zh: '本机 IP 地址' }) }), gives: z.object({ server_code: z.string() }), refuses: ['video.gb_server_kind'] }),
  saveGbDevice: write({
    zh: '保存国标设备', may: CHANGE,
    takes: Repeatable.extend({ gb_device_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), code: Code.meta({ zh: '国标编号' }), name: Needed(40).meta({ zh: '名称' }), password: z.string().min(8, '至少 8 位').max(64).regex(/^[\x21-\x7e]+$/, '只用字母、数字和符号').optional().meta({ zh: '注册口令' }), media: Media, keep_s: z.int().min(5, '5 至 300 秒').max(300, '5 至 300 秒').meta({ zh: '心跳周期(秒)' }), alarms: z.boolean().meta({ zh: '接收报警' }), retired: z.boolean().meta({ zh: '停用' }) }),
    gives: z.object({ gb_device_id: Id }), refuses: ['video.gb_not_set', 'video.gb_code_taken', 'video.address_missing', 'video.gb_has_cameras'],
  }),
  fetchCatalog: write({ zh: '取国标目录', may: CHANGE, takes: Repeatable.extend({ gb_device_id: Id }), gives: z.object({ task_id: Id }), refuses: ['video.gb_offline'] }),
  gbTask: read({ zh: '取国标目录的进展', may: CHANGE, takes: z.object({ task_id: Id }), gives: z.object({ state: z.enum(['waiting', 'running', 'done', 'no_service']), fault: z.string().nullable() }) }),
  pickChannels: write({
    zh: '国标通道选入摄像机', may: CHANGE,
    takes: Repeatable.extend({ gb_device_id: Id, channels: z.array(z.object({ gb_channel_id: Id, name: Needed(40).meta({ zh: '名称' }), place: Needed(60).meta({ zh: '安装位置' }), building_id: Id.nullable().default(null).meta({ zh: '楼栋' }) })).min(1).max(PICK_MAX) }),
    gives: z.object({ camera_ids: z.array(Id) }), refuses: ['video.gb_channel_taken', 'video.no_left'],
  }),
  /** What the device has recorded of a day is asked by the video service; `footage` then shows it. */
  askRecords: write({ zh: '查询设备录像', may: 'video.playback.watch', takes: Repeatable.extend({ camera_id: Id, day: Day }), gives: z.object({ task_id: Id }), refuses: ['video.not_gb'] }),
}
