// Environment (IOT-04): what is measured at each place, and the range in which a device holds it.
import { z } from 'zod'
import { read, write } from '../../kernel/contract.ts'
import { Id, Instant, Repeatable } from '../../kernel/shapes.ts'
import { Key, Level, Quality, State } from './shapes.ts'

const Num = z.number().min(-1e9).max(1e9)
const Limit = Num.nullable()
export const HeldFields = {
  high: Limit.meta({ zh: '上限' }), high_back: Limit.meta({ zh: '降到多少算恢复' }), low: Limit.meta({ zh: '下限' }), low_back: Limit.meta({ zh: '升到多少算恢复' }), for_s: z.int().min(0).max(86_400).meta({ zh: '持续多少秒才动作' }), level: Level.nullable().meta({ zh: '同时报警' }),
  actor_id: Id.nullable().meta({ zh: '由哪台设备控制' }), high_on: Key.nullable().meta({ zh: '超上限时' }), high_off: Key.nullable().meta({ zh: '上限恢复时' }), low_on: Key.nullable().meta({ zh: '低于下限时' }), low_off: Key.nullable().meta({ zh: '下限恢复时' }),
}
export const EnvValue = z.object({ point: z.string(), name: z.string().meta({ zh: '点位' }), unit: z.string(), text: z.string().meta({ zh: '当前值' }), at: Instant.nullable(), q: Quality.nullable(), over: z.enum(['high', 'low']).nullable(), held: z.object(HeldFields).nullable(), held_text: z.string().nullable().meta({ zh: '保持范围' }) })
export type EnvValue = z.output<typeof EnvValue>
export const EnvRow = z.object({ device_id: Id, name: z.string().meta({ zh: '设备' }), place: z.string().meta({ zh: '安装位置' }), community_name: z.string().meta({ zh: '小区' }), state: State, values: z.array(EnvValue), may_hold: z.boolean() })
export type EnvRow = z.output<typeof EnvRow>
export const Actor = z.object({ device_id: Id, name: z.string(), commands: z.array(z.object({ key: Key, name: z.string() })) })
export const envCalls = {
  environment: read({ zh: '环境监测', may: 'iot.device.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(EnvRow) }) }),
  /** Devices of the community with commands that need no argument and endanger nobody. */
  actors: read({ zh: '可用于调节的设备', may: 'iot.device.read', takes: z.object({ device_id: Id }), gives: z.object({ rows: z.array(Actor) }) }),
  saveHeld: write({ zh: '设定保持范围', may: 'iot.rule.write', takes: Repeatable.extend({ device_id: Id, point: Key, ...HeldFields }), gives: z.object({ rule_count: z.int() }), refuses: ['iot.rule_wrong', 'iot.name_taken', 'iot.product_gone', 'iot.elsewhere', 'iot.no_right_target'] }),
}
