// Duty rooms (值班室, EQ-06): rooms and what the law wants of them, rosters, handovers signed by both, hourly logs (made by the engine of rounds).
import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Day, Id, Instant, Month, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { Clock, DutyRule, Handover, HandoverState, Hour, Inventory, Open, Pattern, Room, RoomKind, Roster, RuleShape, Sheet, Shift, Thing } from './shapes.ts'

export * from './shapes.ts'
const At = Repeatable.extend({ room_id: Id })
const Signature = z.array(Id).length(1, '请签字').meta({ zh: '签名' })
const One = Repeatable.extend({ handover_id: Id })
const Moved = z.object({ handover_id: Id, state: HandoverState })
const CELLS_MAX = 400

const setup = {
  rooms: read({ zh: '值班室列表', may: 'duty.room.read', takes: z.object({ community_id: Id.optional(), retired: z.boolean().optional() }), gives: z.object({ rows: z.array(Room) }) }),
  saveRoom: write({
    zh: '保存值班室', may: 'duty.room.write',
    takes: Repeatable.extend({ room_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), building_id: Id.nullable().meta({ zh: '楼栋' }), name: Needed(30).meta({ zh: '名称' }), kind: RoomKind, place: Text(60).meta({ zh: '位置' }), inventory: Inventory, retired: z.boolean().meta({ zh: '停用' }) }),
    gives: z.object({ room_id: Id }), refuses: ['duty.name_taken', 'rounds.name_taken'],
  }),
  /** What is left out is retired; the roster of the past keeps it. */
  saveShifts: write({ zh: '保存班次', may: 'duty.room.write', takes: At.extend({ shifts: z.array(Shift.omit({ shift_id: true }).extend({ shift_id: Id.optional() })).min(1, '至少一个班次').max(8, '最多 8 个班次').meta({ zh: '班次' }) }), gives: z.object({ room_id: Id }), refuses: ['duty.shift_twice', 'duty.shift_long', 'duty.shift_rostered'] }),
  rules: read({ zh: '值班要求', may: 'duty.room.read', takes: z.object({}), gives: z.object({ rows: z.array(DutyRule) }) }),
  /** For a kind, or for one room where its province or its remote link allows something else; from a day on. */
  publishRule: write({ zh: '设定值班要求', may: 'duty.room.write', takes: Repeatable.extend({ kind: RoomKind, room_id: Id.nullable().meta({ zh: '只对值班室' }), from_on: Day.meta({ zh: '生效日' }), ...RuleShape }), gives: z.object({ rule_id: Id }), refuses: ['duty.from_past', 'duty.rule_cert', 'duty.rule_certified'] }),
  saveLog: write({
    zh: '设定运行记录', may: 'duty.room.write',
    takes: At.extend({ name: Needed(40).meta({ zh: '名称' }), checklist_id: Id.meta({ zh: '表格(检查表)' }), every_minutes: z.int().min(30, '至少 30 分钟').max(720, '最多 12 小时').meta({ zh: '每隔' }), from: Clock.meta({ zh: '从' }), to: Clock.meta({ zh: '到' }), catch_up_minutes: z.int().min(0).max(1440).meta({ zh: '可补记' }), from_on: Day.meta({ zh: '起' }) }),
    gives: z.object({ plan_id: Id, task_count: z.int() }), refuses: ['duty.from_past', 'rounds.name_taken', 'rounds.elsewhere'],
  }),
  stopLog: write({ zh: '停用运行记录', may: 'duty.room.write', takes: At.extend({ plan_id: Id, reason: Reason }), gives: z.object({ task_count: z.int() }), refuses: ['rounds.plan_over'] }),
}
const roster = {
  roster: read({ zh: '排班表', may: 'duty.room.read', takes: z.object({ room_id: Id, month: Month }), gives: Roster }),
  /** Each cell is set to exactly these persons. */
  setRoster: write({ zh: '排班', may: 'duty.roster.write', takes: At.extend({ cells: z.array(z.object({ on_day: Day, shift_id: Id, account_ids: z.array(Id).max(10, '一班最多 10 人') })).min(1).max(CELLS_MAX) }), gives: z.object({ entry_count: z.int(), hole_count: z.int() }), refuses: ['duty.over', 'duty.no_worker', 'duty.shift_gone', 'duty.handed'] }),
  applyPattern: write({ zh: '按规律排班', may: 'duty.roster.write', takes: At.extend({ from_on: Day.meta({ zh: '从' }), to_on: Day.meta({ zh: '到' }), pattern: Pattern }), gives: z.object({ entry_count: z.int(), hole_count: z.int() }), refuses: ['duty.over', 'duty.no_worker', 'duty.shift_gone', 'duty.span', 'duty.handed'] }),
  /** By the day of the month, or by the day of the week. Days that are over stay. */
  copyRoster: write({ zh: '复制上月排班', may: 'duty.roster.write', takes: At.extend({ month: Month, by: z.enum(['day', 'weekday']).meta({ zh: '对应' }) }), gives: z.object({ entry_count: z.int(), hole_count: z.int() }), refuses: ['duty.nothing_to_copy', 'duty.no_worker'] }),
  rosterBook: download({ zh: '导出排班表', may: 'duty.room.export', takes: z.object({ room_id: Id, month: Month }) }),
  rosterPaper: download({ zh: '打印排班表', may: 'duty.room.read', takes: z.object({ room_id: Id, month: Month }) }),
}
/** Everything a person on duty needs, kept on the phone. */
export const MyShift = z.object({
  room_id: Id, room_name: z.string(), community_name: z.string(), place: z.string(), kind: RoomKind, on_day: Day, shift_id: Id, shift_name: z.string(), starts_at: Instant, ends_at: Instant, with_names: z.array(z.string()),
  next_day: Day.nullable(), next_name: z.string().nullable(), next_names: z.array(z.string()), inventory: z.array(Thing), opens: z.array(Open),
  taken_at: Instant.nullable(), offered: Handover.nullable(), handed_at: Instant.nullable(), can: z.object({ begin: z.union([z.literal(true), z.string()]), offer: z.union([z.literal(true), z.string()]) }),
  logs: z.array(z.object({ task_id: Id, on_day: Day, name: z.string(), starts_at: Instant, due_at: Instant, miss_at: Instant, hour: Hour, by_name: z.string().nullable() })),
})
export type MyShift = z.output<typeof MyShift>
const handover = {
  myDuty: read({ zh: '我的值班', may: 'duty.watch.work', takes: z.object({}), gives: z.object({ now: Instant, shifts: z.array(MyShift), to_take: z.array(Handover), ahead: z.array(z.object({ room_name: z.string(), shift_name: z.string(), starts_at: Instant, ends_at: Instant })) }) }),
  offerHandover: write({
    zh: '交班', may: 'duty.watch.work',
    takes: At.extend({ on_day: Day, shift_id: Id, counts: z.array(z.object({ thing_id: z.string().max(12), found: z.int().min(0).max(999), note: Text(60).nullable() })).max(40).meta({ zh: '清点' }), note: Text(500).nullable().meta({ zh: '交班说明' }), photo_ids: Signature }),
    gives: Moved, refuses: ['duty.not_on', 'duty.no_successor', 'duty.only_yourself', 'duty.offered_already', 'duty.handed', 'duty.count_missing', 'duty.count_why', 'duty.no_signature', 'duty.not_taken', 'duty.too_early'],
  }),
  takeHandover: write({ zh: '接班', may: 'duty.watch.work', takes: One.extend({ note: Text(500).nullable().meta({ zh: '接班说明' }), photo_ids: Signature }), gives: Moved, refuses: ['duty.wrong_state', 'duty.not_successor', 'duty.own_handover', 'duty.no_signature'] }),
  declineHandover: write({ zh: '不接班', may: 'duty.watch.work', takes: One.extend({ reason: Reason }), gives: Moved, refuses: ['duty.wrong_state', 'duty.not_successor', 'duty.own_handover'] }),
  withdrawHandover: write({ zh: '撤回交班', may: 'duty.watch.work', takes: One.extend({ reason: Reason }), gives: Moved, refuses: ['duty.wrong_state', 'duty.not_yours'] }),
  /** Where nobody of the shift before was rostered: signed by the one who begins. */
  beginDuty: write({ zh: '上岗', may: 'duty.watch.work', takes: At.extend({ on_day: Day, shift_id: Id, note: Text(500).nullable().meta({ zh: '说明' }), photo_ids: Signature }), gives: Moved, refuses: ['duty.not_on', 'duty.handed', 'duty.before_there', 'duty.no_signature', 'duty.offered_already', 'duty.too_early'] }),
  handovers: read({ zh: '交接班记录', may: 'duty.room.read', takes: Paging.extend({ community_id: Id.optional(), room_id: Id.optional(), state: HandoverState.optional(), from_on: Day.optional(), to_on: Day.optional() }), gives: pageOf(Handover) }),
  handoversExcel: download({ zh: '导出交接班记录', may: 'duty.room.export', takes: z.object({ community_id: Id.optional(), room_id: Id.optional(), state: HandoverState.optional(), from_on: Day.optional(), to_on: Day.optional() }), refuses: ['duty.too_many_rows'] }),
  handoverSignature: download({ zh: '交接签名', may: 'duty.room.read', takes: z.object({ handover_id: Id, of: z.enum(['out', 'in']) }) }),
}
export const BoardRow = z.object({
  room_id: Id, name: z.string().meta({ zh: '值班室' }), kind: RoomKind, community_name: z.string().meta({ zh: '小区' }),
  shift_name: z.string().nullable().meta({ zh: '班次' }), starts_at: Instant.nullable(), ends_at: Instant.nullable(), persons: z.array(z.object({ name: z.string(), certified: z.boolean() })), want: z.int(), want_certified: z.int(), short: z.boolean().meta({ zh: '缺人' }), taken_at: Instant.nullable().meta({ zh: '接班时间' }), taken_by: z.string().nullable(), untaken: z.boolean().meta({ zh: '未交接' }), next: z.array(z.string()).meta({ zh: '下一班' }),
  logs: z.array(z.object({ plan_id: Id, name: z.string(), last_at: Instant.nullable(), last_by: z.string().nullable(), owing: z.int(), missed: z.int(), caught_up: z.int(), bad: z.int() })).meta({ zh: '运行记录' }), holes: z.int().meta({ zh: '未来 7 天空班' }),
})
export type BoardRow = z.output<typeof BoardRow>
const board = {
  board: read({ zh: '值班总览', may: 'duty.room.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ at: Instant, rows: z.array(BoardRow), counts: z.object({ rooms: z.int(), short: z.int(), untaken: z.int(), owing: z.int(), missed: z.int(), holes: z.int() }) }) }),
  daySheet: read({ zh: '值班运行记录', may: 'duty.room.read', takes: z.object({ room_id: Id, on_day: Day }), gives: z.object({ room_name: z.string(), community_name: z.string(), shifts: z.array(z.object({ name: z.string(), persons: z.string() })), handovers: z.array(Handover), sheets: z.array(Sheet) }) }),
  daySheetBook: download({ zh: '导出值班运行记录', may: 'duty.room.export', takes: z.object({ room_id: Id, on_day: Day }) }),
  daySheetPaper: download({ zh: '打印值班运行记录', may: 'duty.room.read', takes: z.object({ room_id: Id, plan_id: Id, on_day: Day }) }),
}
export const duty = contract('duty', { ...setup, ...roster, ...handover, ...board })
