// Shapes of fires: what a transmission device reported, and what was done about it.
import { z } from 'zod'
import { Can, Id, Instant, Needed } from '../../kernel/shapes.ts'
import { ItemState } from './shapes_scene.ts'

const FireState = z.enum(['reported', 'confirmed', 'ended']).meta({ zh: '状态' })
export const Verdict = z.enum(['real', 'false', 'test']).meta({ zh: '结论' })
export const FireCaseRow = z.object({
  fire_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), device_id: Id, device_name: z.string().meta({ zh: '传输装置' }), place: z.string().meta({ zh: '位置' }), state: FireState, begun_at: Instant.meta({ zh: '首个火警' }), part_count: z.int().meta({ zh: '报警部件' }), first_part: z.string().nullable().meta({ zh: '首个部件' }),
  confirmed_at: Instant.nullable().meta({ zh: '确认时间' }), confirmed_why: z.string().nullable().meta({ zh: '确认依据' }), confirmed_by_name: z.string().nullable().meta({ zh: '确认人' }), held_why: z.string().nullable().meta({ zh: '没有自动联动的原因' }), ended_at: Instant.nullable().meta({ zh: '结束时间' }), ended_by_name: z.string().nullable().meta({ zh: '结束人' }), verdict: Verdict.nullable(), note: z.string().nullable().meta({ zh: '处置情况' }), can: Can('confirm', 'end'),
})
export type FireCaseRow = z.output<typeof FireCaseRow>
const FireDevice = z.object({ act: z.string(), device_id: Id, device_name: z.string().meta({ zh: '设备' }), place: z.string().meta({ zh: '安装位置' }), name: z.string().nullable().meta({ zh: '命令' }), state: ItemState, why: z.string().nullable().meta({ zh: '说明' }), state_at: Instant.nullable().meta({ zh: '状态时间' }) })
export const FireOne = FireCaseRow.extend({
  alarm_id: Id.nullable(),
  parts: z.array(z.object({ part_key: z.string(), part_text: z.string().meta({ zh: '部件' }), manual: z.boolean().meta({ zh: '手动报警' }), said_at: z.string().nullable().meta({ zh: '装置时间' }), heard_at: Instant.meta({ zh: '收到时间' }) })),
  acts: z.array(z.object({ act_no: z.int(), act: z.string().meta({ zh: '动作' }), state: z.enum(['done', 'sent', 'none', 'failed']).meta({ zh: '结果' }), detail: z.string().meta({ zh: '说明' }), at: Instant.meta({ zh: '时间' }) })),
  devices: z.array(FireDevice),
})
export type FireOne = z.output<typeof FireOne>
export const FireNote = Needed(300)
