// Smart-home platforms: accounts that hear a community's devices by MQTT discovery.
import { z } from 'zod'
import { read, write } from '../../kernel/contract.ts'
import { Id, Instant, Needed, Repeatable } from '../../kernel/shapes.ts'

const FEED = 'iot.feed.write'
const Prefix = z.string().trim().regex(/^[A-Za-z0-9_-]{1,40}$/, '前缀用字母、数字、下划线和连字符,不含斜杠').refine((p) => p !== 'v1' && p !== 'heyuan', 'v1 和 heyuan 是系统自己的主题,请换一个')
export const FeedRow = z.object({ feed_id: Id, name: z.string().meta({ zh: '名称' }), community_id: Id, community_name: z.string().meta({ zh: '小区' }), prefix: z.string().meta({ zh: '主题前缀' }), may_command: z.boolean().meta({ zh: '可控制' }), device_count: z.int().meta({ zh: '设备数' }), connected_at: Instant.nullable().meta({ zh: '最近连接' }), stopped: z.boolean().meta({ zh: '停用' }), mqtt_address: z.string().nullable().meta({ zh: '连接地址' }) })
export type FeedRow = z.output<typeof FeedRow>
const One = Repeatable.extend({ feed_id: Id })
export const feedCalls = {
  feeds: read({ zh: '智能家居平台', may: FEED, takes: z.object({}), gives: z.object({ rows: z.array(FeedRow) }) }),
  saveFeed: write({ zh: '保存智能家居平台账号', may: FEED, takes: Repeatable.extend({ feed_id: Id.optional(), name: Needed(40).meta({ zh: '名称' }), community_id: Id.meta({ zh: '小区' }), prefix: Prefix.meta({ zh: '主题前缀' }), may_command: z.boolean().meta({ zh: '可以控制(一般、舒适类设备)' }) }), gives: z.object({ feed_id: Id, secret: z.string().nullable() }), refuses: ['iot.feed_taken', 'iot.feeds_many'] }),
  stopFeed: write({ zh: '停用或启用智能家居平台账号', may: FEED, takes: One.extend({ stopped: z.boolean() }), gives: z.object({ feed_id: Id }) }),
  renewFeedSecret: write({ zh: '重置智能家居平台口令', may: FEED, takes: One, gives: z.object({ feed_id: Id, secret: z.string() }) }),
}
