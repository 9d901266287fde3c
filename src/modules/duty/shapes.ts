// What rooms, rosters, handovers and logs are, on every face.
import { z } from 'zod'
import { Day, Id, Instant, Needed, Text } from '../../kernel/shapes.ts'

export const KINDS = ['fire_control', 'power', 'pump', 'monitor', 'gate', 'other'] as const
export const RoomKind = z.enum(KINDS).meta({ zh: '种类' })
export type RoomKind = z.output<typeof RoomKind>
export const Clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, '应为 HH:MM')
export const RuleShape = {
  min_persons: z.int().min(1, '至少 1 人').max(20).meta({ zh: '每班最少人数' }), min_certified: z.int().min(0).max(20).meta({ zh: '其中持证' }), cert_kind_id: Id.nullable().meta({ zh: '须持证件' }),
  max_hours: z.int().min(1).max(24).meta({ zh: '一班最长' }), handover_minutes: z.int().min(5).max(240).meta({ zh: '交接宽限' }), source: Needed(200).meta({ zh: '依据' }),
}
export const DutyRule = z.object({ kind: RoomKind, room_id: Id.nullable(), room_name: z.string().nullable().meta({ zh: '值班室' }), from_on: Day.meta({ zh: '生效日' }), ...RuleShape, cert_name: z.string().nullable().meta({ zh: '须持证件' }), shipped: z.boolean() })
export type DutyRule = z.output<typeof DutyRule>
export const Shift = z.object({ shift_id: Id, name: Needed(10).meta({ zh: '班次' }), from_time: Clock.meta({ zh: '开始' }), to_time: Clock.meta({ zh: '结束' }) })
export type Shift = z.output<typeof Shift>
export const Thing = z.object({ thing_id: z.string().regex(/^[a-z0-9]{1,12}$/), name: Needed(20).meta({ zh: '物品' }), count: z.int().min(1).max(999).meta({ zh: '数量' }) })
export type Thing = z.output<typeof Thing>
export const Inventory = z.array(Thing).max(40, '最多 40 项').meta({ zh: '交接清点' })
/** Each group walks the same cycle, so many days after the first; null is a day off. */
export const Pattern = z.object({
  cycle: z.array(Id.nullable()).min(1, '至少一天').max(31, '最多 31 天').meta({ zh: '一个周期' }),
  groups: z.array(z.object({ account_ids: z.array(Id).min(1, '每组至少一人').max(10, '每组最多 10 人'), offset: z.int().min(0).max(30) })).min(1, '至少一组').max(12, '最多 12 组').meta({ zh: '分组' }),
  anchor_on: Day.meta({ zh: '周期从哪天起' }),
})
export type Pattern = z.output<typeof Pattern>
export const LogPlan = z.object({ plan_id: Id, name: z.string().meta({ zh: '运行记录' }), rule_zh: z.string().meta({ zh: '时间规律' }), checklist_id: Id.nullable(), checklist_name: z.string().nullable().meta({ zh: '表格' }), state: z.enum(['draft', 'active', 'stopped']) })
export const Room = z.object({
  room_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), building_id: Id.nullable(), building_name: z.string().nullable().meta({ zh: '楼栋' }), name: z.string().meta({ zh: '值班室' }), kind: RoomKind, place: z.string().meta({ zh: '位置' }),
  inventory: z.array(Thing), pattern: Pattern.nullable(), retired: z.boolean().meta({ zh: '停用' }), shifts: z.array(Shift), logs: z.array(LogPlan), rule: DutyRule, can: z.object({ write: z.union([z.literal(true), z.string()]), roster: z.union([z.literal(true), z.string()]) }),
})
export type Room = z.output<typeof Room>

export const MARKS = ['double', 'no_cert', 'cert_over', 'cert_soon', 'too_long'] as const
export type Mark = (typeof MARKS)[number]
export const Entry = z.object({ on_day: Day, shift_id: Id, account_id: Id, name: z.string(), marks: z.array(z.enum(MARKS)), why: z.array(z.string()) })
export type Entry = z.output<typeof Entry>
export const Hole = z.object({ on_day: Day, shift_id: Id, have: z.int(), want: z.int(), have_certified: z.int(), want_certified: z.int() })
export type Hole = z.output<typeof Hole>
export const Person = z.object({ account_id: Id, name: z.string().meta({ zh: '姓名' }), post: z.string().nullable().meta({ zh: '岗位' }), cert_to_on: Day.nullable().meta({ zh: '证件有效期至' }), hours: z.string().meta({ zh: '本月小时' }), shift_count: z.int().meta({ zh: '班数' }) })
export type Person = z.output<typeof Person>
export const Roster = z.object({ room_id: Id, name: z.string(), month: z.string(), days: z.array(Day), shifts: z.array(Shift), entries: z.array(Entry), holes: z.array(Hole), people: z.array(Person), rule: DutyRule, can: z.union([z.literal(true), z.string()]) })
export type Roster = z.output<typeof Roster>

export const STATES = ['offered', 'taken', 'declined', 'withdrawn'] as const
export const HandoverState = z.enum(STATES).meta({ zh: '状态' })
export type HandoverState = z.output<typeof HandoverState>
export const ACTIONS = ['take', 'decline', 'withdraw'] as const
export type Action = (typeof ACTIONS)[number]
export const Count = Thing.extend({ found: z.int().min(0).max(999).meta({ zh: '实有' }), note: Text(60).nullable().meta({ zh: '说明' }) })
export type Count = z.output<typeof Count>
export const Open = z.object({ kind: z.enum(['order', 'finding', 'log']), id: z.string(), text: z.string() })
export type Open = z.output<typeof Open>
export const Handover = z.object({
  handover_id: Id, room_id: Id, room_name: z.string().meta({ zh: '值班室' }), community_name: z.string().meta({ zh: '小区' }), on_day: Day.nullable().meta({ zh: '交班日' }), shift_name: z.string().nullable().meta({ zh: '交班班次' }), to_day: Day.meta({ zh: '接班日' }), to_shift_name: z.string().meta({ zh: '接班班次' }),
  state: HandoverState, counts: z.array(Count), short: z.boolean().meta({ zh: '清点不符' }), opens: z.array(Open), note: z.string().nullable().meta({ zh: '交班说明' }), out_name: z.string().nullable().meta({ zh: '交班人' }), out_at: Instant.nullable().meta({ zh: '交班时间' }), in_name: z.string().nullable().meta({ zh: '接班人' }), in_at: Instant.nullable().meta({ zh: '接班时间' }), in_note: z.string().nullable().meta({ zh: '接班说明' }), end_reason: z.string().nullable().meta({ zh: '原因' }), late_minutes: z.int().nullable().meta({ zh: '迟交' }),
})
export type Handover = z.output<typeof Handover>

/** How an hour of a log stands; the same words on screen, paper and in Excel. */
export const HOURS = ['in_time', 'caught_up', 'missed', 'owing', 'now', 'let_off'] as const
export const Hour = z.enum(HOURS).meta({ zh: '记录' })
export type Hour = z.output<typeof Hour>
export const HourRow = z.object({ on_day: Day, task_id: Id, starts_at: Instant.meta({ zh: '时段' }), due_at: Instant, hour: Hour, by_name: z.string().nullable().meta({ zh: '记录人' }), done_at: Instant.nullable().meta({ zh: '记录时间' }), values: z.record(z.string(), z.string()), bad: z.array(z.string()) })
export type HourRow = z.output<typeof HourRow>
export const Sheet = z.object({ plan_id: Id, name: z.string(), columns: z.array(z.object({ key: z.string(), title: z.string() })), rows: z.array(HourRow), counts: z.record(Hour, z.int()) })
export type Sheet = z.output<typeof Sheet>
