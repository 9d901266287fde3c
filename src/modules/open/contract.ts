import { z } from 'zod'
import { contract, read, write } from '../../kernel/contract.ts'
import { Day, Id, Instant, Needed, Paging, Repeatable, pageOf } from '../../kernel/shapes.ts'

/** What can be told to other systems: events of the modules below, by their names in the code. */
export const EVENTS = ['payment.received', 'payment.reversed', 'payment.refunded', 'billing.run_published', 'orders.reported', 'orders.ended', 'iot.alarm_raised', 'iot.rule_fired', 'iot.fire_reported', 'iot.fire_confirmed'] as const
const EventName = z.enum(EVENTS).meta({ zh: '事件' })
const Ids = z.array(Id).max(100)

export const KeyRow = z.object({ key_id: Id, name: z.string().meta({ zh: '名称' }), key_hint: z.string().meta({ zh: '末四位' }), permissions: z.array(z.string()).meta({ zh: '权限' }), community_ids: Ids, scope_text: z.string().meta({ zh: '范围' }), per_minute: z.int().meta({ zh: '每分钟最多' }), expires_at: Instant.meta({ zh: '到期' }), used_at: Instant.nullable().meta({ zh: '最近使用' }), used_ip: z.string().nullable().meta({ zh: '来源地址' }), made_by_name: z.string().meta({ zh: '开具人' }), made_at: Instant.meta({ zh: '开具时间' }), state: z.enum(['live', 'expired', 'revoked']).meta({ zh: '状态' }), revoked_by_name: z.string().nullable().meta({ zh: '吊销人' }) })
export type KeyRow = z.output<typeof KeyRow>
export const HookRow = z.object({ hook_id: Id, name: z.string().meta({ zh: '名称' }), url: z.string().meta({ zh: '地址' }), events: z.array(EventName).meta({ zh: '事件' }), community_ids: Ids, scope_text: z.string().meta({ zh: '范围' }), stopped: z.boolean().meta({ zh: '停用' }), old_until: Instant.nullable().meta({ zh: '旧密钥用到' }), done_count: z.int().meta({ zh: '近 7 天送达' }), failed_count: z.int().meta({ zh: '近 7 天未送达' }), waiting_count: z.int().meta({ zh: '待送' }), last_at: Instant.nullable().meta({ zh: '最近一次' }) })
export type HookRow = z.output<typeof HookRow>
export const DeliveryRow = z.object({ delivery_id: Id, event_id: Id, event: z.string().meta({ zh: '事件' }), payload: z.string().meta({ zh: '内容' }), made_at: Instant.meta({ zh: '事件时间' }), state: z.enum(['waiting', 'done', 'failed']).meta({ zh: '状态' }), tries_count: z.int().meta({ zh: '已试' }), tried_at: Instant.nullable().meta({ zh: '最近一次' }), status_code: z.int().nullable().meta({ zh: '应答码' }), took_ms: z.int().nullable().meta({ zh: '耗时(毫秒)' }), why: z.string().nullable().meta({ zh: '原因' }) })
export type DeliveryRow = z.output<typeof DeliveryRow>

const KEY = 'open.key.write'
const HOOK = 'open.hook.write'
const OneKey = Repeatable.extend({ key_id: Id })
const OneHook = Repeatable.extend({ hook_id: Id })
export const open = contract('open', {
  keys: read({ zh: '接口密钥', may: KEY, takes: z.object({}), gives: z.object({ rows: z.array(KeyRow) }) }),
  makeKey: write({
    zh: '开具接口密钥', may: KEY,
    takes: Repeatable.extend({ name: Needed(40).meta({ zh: '名称' }), permissions: z.array(z.string().max(60)).min(1, '至少一项权限').max(200).meta({ zh: '权限' }), community_ids: Ids.default([]).meta({ zh: '小区' }), per_minute: z.int().min(1).max(6000).meta({ zh: '每分钟最多' }), expires_on: Day.meta({ zh: '到期日' }) }),
    /** Shown once; only its digest is kept. */
    gives: z.object({ key_id: Id, key_secret: z.string() }), refuses: ['open.name_taken', 'open.right_barred', 'open.right_lacking', 'open.expiry', 'open.elsewhere'],
  }),
  revokeKey: write({ zh: '吊销接口密钥', may: KEY, takes: OneKey, gives: z.object({ key_id: Id }), refuses: ['open.revoked'] }),
  hooks: read({ zh: '事件推送', may: HOOK, takes: z.object({}), gives: z.object({ rows: z.array(HookRow) }) }),
  saveHook: write({
    zh: '保存事件推送', may: HOOK,
    takes: Repeatable.extend({ hook_id: Id.optional(), name: Needed(40).meta({ zh: '名称' }), url: z.url({ protocol: /^https?$/, error: '应为 http 或 https 地址' }).max(500).meta({ zh: '地址' }), events: z.array(EventName).min(1, '至少一种事件').max(EVENTS.length).meta({ zh: '事件' }), community_ids: Ids.default([]).meta({ zh: '小区' }) }),
    gives: z.object({ hook_id: Id, key_secret: z.string().nullable() }), refuses: ['open.name_taken', 'open.url_barred', 'open.elsewhere', 'open.hooks_many'],
  }),
  stopHook: write({ zh: '停用或启用事件推送', may: HOOK, takes: OneHook.extend({ stopped: z.boolean() }), gives: z.object({ hook_id: Id }) }),
  rotateSecret: write({ zh: '更换签名密钥', may: HOOK, takes: OneHook, gives: z.object({ hook_id: Id, key_secret: z.string(), old_until: Instant }) }),
  testHook: write({ zh: '发送测试推送', may: HOOK, takes: OneHook, gives: z.object({ delivery_id: Id }), refuses: ['open.hook_stopped'] }),
  deliveries: read({ zh: '推送记录', may: HOOK, takes: Paging.extend({ hook_id: Id, state: DeliveryRow.shape.state.optional() }), gives: pageOf(DeliveryRow) }),
  redeliver: write({ zh: '重新推送', may: HOOK, takes: Repeatable.extend({ delivery_id: Id }), gives: z.object({ delivery_id: Id }), refuses: ['open.delivered', 'open.hook_stopped'] }),
})
