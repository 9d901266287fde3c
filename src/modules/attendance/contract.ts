import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Day, Id, Instant, Month, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { CalendarDay, Cell, DAY_KINDS, DayResult, FIX_STATES, FixRow, ITEMS, Member, MonthRow, PlaceRow, PlaceShape, PolicyShape, PolicyVersion, PunchRow, Roster, SheetRow, Shift, ShiftShape, TeamRow, TeamShape, TeamVersion, Time, WHICH } from './shapes.ts'

export { DAY_KINDS, HOURS, ITEMS, TAGS, type CalendarDay, type DayResult, type FixRow, type Member, type MonthRow, type PlaceRow, type Policy, type PolicyVersion, type PunchRow, type Roster, type SheetRow, type Shift, type TeamRow, type Totals } from './shapes.ts'

const Where = { community_id: Id.optional(), hq: z.boolean().optional(), team_id: Id.optional(), q: Text(30).optional() }
export const SheetFilter = z.object({ month: Month, ...Where })
export type SheetFilter = z.output<typeof SheetFilter>
export const PunchFilter = z.object({ community_id: Id.optional(), employee_id: Id.optional(), way: z.enum(['phone', 'door']).optional(), place_state: z.enum(['in', 'out', 'unknown', 'free', 'door']).optional(), doubt: z.boolean().optional(), from_on: Day.optional(), to_on: Day.optional(), q: Text(30).optional() })
export type PunchFilter = z.output<typeof PunchFilter>
export const FixFilter = z.object({ community_id: Id.optional(), state: z.enum(FIX_STATES).optional(), from_on: Day.optional(), to_on: Day.optional(), q: Text(30).optional() })
export type FixFilter = z.output<typeof FixFilter>
const Device = z.object({ boot: Id, mono_ms: z.int().min(0), seq: z.int().min(1), went_back: z.boolean(), sync: z.object({ server_at: z.iso.datetime(), device_at: z.iso.datetime(), boot: Id, mono_ms: z.int().min(0) }).nullable() })
const Degrees = z.string().regex(/^-?\d{1,3}(\.\d{1,6})?$/, '应为度数')
export const PositionIn = z.discriminatedUnion('state', [z.object({ state: z.literal('given'), lat: Degrees, lon: Degrees, accuracy_m: z.int().min(0).max(100_000) }), z.object({ state: z.enum(['refused', 'failed']) })])
export type PositionIn = z.output<typeof PositionIn>
export type DeviceIn = z.output<typeof Device>
const FixAsk = { on_day: Day.meta({ zh: '哪天的班' }), which: z.enum(WHICH).meta({ zh: '上班还是下班' }), on: Day.meta({ zh: '实际日期' }), time: Time.meta({ zh: '实际时间' }), reason: Reason }
const Asked = z.object({ fix_id: Id, approval_id: Id })
const FIXES = ['attendance.no_shift', 'attendance.fix_days', 'attendance.fix_time', 'attendance.fix_limit', 'attendance.fix_same', 'attendance.month_closed', 'system.approval_pending', 'system.approval_nobody'] as const
const OfMonth = { community_id: Id.nullable().meta({ zh: '小区' }), month: Month.meta({ zh: '月份' }) }
const Done = z.object({ month: z.string(), people_count: z.int() })
const Span = { from_on: Day.meta({ zh: '从' }), to_on: Day.meta({ zh: '到' }) }
const ROSTER = ['attendance.roster_past', 'attendance.not_member', 'attendance.month_closed', 'attendance.shift_retired', 'attendance.span'] as const
const Rostered = z.object({ cell_count: z.int() })

export const attendance = contract('attendance', {
  policy: read({ zh: '考勤规则', may: 'attendance.setup.read', takes: z.object({}), gives: z.object({ now: PolicyVersion, rows: z.array(PolicyVersion) }) }),
  savePolicy: write({ zh: '设定考勤规则', may: 'attendance.setup.write', takes: Repeatable.extend(PolicyShape), gives: z.object({ from_on: Day }), refuses: ['attendance.from_past'] }),
  shifts: read({ zh: '班次', may: 'attendance.setup.read', takes: z.object({ with_retired: z.boolean().optional() }), gives: z.object({ rows: z.array(Shift) }) }),
  saveShift: write({ zh: '设置班次', may: 'attendance.setup.write', takes: Repeatable.extend({ shift_id: Id.optional(), ...ShiftShape }), gives: z.object({ shift_id: Id }), refuses: ['attendance.from_past', 'attendance.name_taken', 'attendance.shift_break', 'attendance.too_many'] }),
  places: read({ zh: '打卡地点', may: 'attendance.setup.read', takes: z.object({ with_retired: z.boolean().optional() }), gives: z.object({ rows: z.array(PlaceRow) }) }),
  savePlace: write({ zh: '设置打卡地点', may: 'attendance.setup.write', takes: Repeatable.extend({ place_id: Id.optional(), ...PlaceShape }), gives: z.object({ place_id: Id }), refuses: ['attendance.name_taken', 'attendance.too_many'] }),
  calendar: read({ zh: '放假安排', may: 'attendance.setup.read', takes: z.object({ year: z.int().min(2000).max(2100) }), gives: z.object({ year: z.int(), known: z.boolean(), rows: z.array(CalendarDay) }) }),
  saveCalendar: write({ zh: '登记放假安排', may: 'attendance.setup.write', takes: Repeatable.extend({ ...Span, kind: z.enum(DAY_KINDS).meta({ zh: '种类' }), name: Needed(20).meta({ zh: '名称' }), basis: Needed(200).meta({ zh: '依据' }) }), gives: z.object({ day_count: z.int() }), refuses: ['attendance.span', 'attendance.month_closed'] }),

  teams: read({ zh: '考勤组', may: 'attendance.roster.view', takes: z.object({ community_id: Id.optional(), with_retired: z.boolean().optional() }), gives: z.object({ rows: z.array(TeamRow), without_count: z.int() }) }),
  team: read({ zh: '考勤组的人员和沿革', may: 'attendance.roster.view', takes: z.object({ team_id: Id }), gives: TeamRow.extend({ members: z.array(Member), versions: z.array(TeamVersion) }) }),
  saveTeam: write({ zh: '设置考勤组', may: 'attendance.team.write', takes: Repeatable.extend({ team_id: Id.optional(), community_id: Id.nullable().meta({ zh: '小区' }), sort_no: z.int().min(0).max(9999).meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }), ...TeamShape }), gives: z.object({ team_id: Id }), refuses: ['attendance.from_past', 'attendance.permit_needed', 'attendance.team_used', 'attendance.too_many'] }),
  candidates: read({ zh: '没有考勤组的员工', may: 'attendance.team.write', takes: Paging.extend({ team_id: Id, on_day: Day, q: Text(30).optional() }), gives: pageOf(z.object({ employee_id: Id, no: z.string(), name: z.string(), post_name: z.string() })) }),
  join: write({ zh: '编入考勤组', may: 'attendance.team.write', takes: Repeatable.extend({ team_id: Id, employee_ids: z.array(Id).min(1, '至少一人').max(200, '最多 200 人').meta({ zh: '员工' }), from_on: Day.meta({ zh: '从哪天起' }) }), gives: z.object({ people_count: z.int() }), refuses: ['attendance.in_team', 'attendance.month_closed', 'attendance.team_retired'] }),
  leave: write({ zh: '移出考勤组', may: 'attendance.team.write', takes: Repeatable.extend({ member_id: Id, to_on: Day.meta({ zh: '最后一天' }), reason: Reason }), gives: z.object({ member_id: Id }), refuses: ['attendance.member_ended', 'attendance.month_closed', 'attendance.rostered_after'] }),

  roster: read({ zh: '排班表', may: 'attendance.roster.view', takes: z.object({ team_id: Id, month: Month }), gives: Roster }),
  setRoster: write({ zh: '排班', may: 'attendance.roster.write', takes: Repeatable.extend({ team_id: Id, cells: z.array(Cell).min(1).max(1000, '最多 1000 格'), reason: Text(200).nullable().optional().meta({ zh: '原因' }) }), gives: Rostered, refuses: [...ROSTER] }),
  fillRoster: write({ zh: '按规律排班', may: 'attendance.roster.write', takes: Repeatable.extend({ team_id: Id, ...Span, cycle: z.array(Id.nullable()).min(1, '至少一天').max(31, '最多 31 天').meta({ zh: '循环' }), starts: z.array(z.object({ employee_id: Id, offset: z.int().min(0).max(30) })).min(1, '至少一人').max(200).meta({ zh: '人员和起点' }), holidays: z.boolean().meta({ zh: '按放假安排' }) }), gives: Rostered, refuses: [...ROSTER] }),
  copyRoster: write({ zh: '复制排班', may: 'attendance.roster.write', takes: Repeatable.extend({ team_id: Id, ...Span, back_days: z.union([z.literal(7), z.literal(14), z.literal(28)]).meta({ zh: '复制自' }) }), gives: Rostered, refuses: [...ROSTER, 'attendance.nothing_to_copy'] }),
  rosterExcel: download({ zh: '导出排班表', may: 'attendance.sheet.export', takes: z.object({ team_id: Id, month: Month }) }),
  rosterPdf: download({ zh: '打印排班表', may: 'attendance.roster.view', takes: z.object({ team_id: Id, month: Month }) }),

  punches: read({ zh: '打卡记录', may: 'attendance.sheet.view', takes: Paging.extend(PunchFilter.shape), gives: pageOf(PunchRow) }),
  punchesExcel: download({ zh: '导出打卡记录', may: 'attendance.sheet.export', takes: PunchFilter, refuses: ['attendance.too_many_rows'] }),
  punchPhoto: download({ zh: '查看打卡照片', may: 'attendance.sheet.view', takes: z.object({ punch_id: Id }) }),
  fixes: read({ zh: '补卡', may: 'attendance.sheet.view', takes: Paging.extend(FixFilter.shape), gives: pageOf(FixRow) }),
  fixesExcel: download({ zh: '导出补卡', may: 'attendance.sheet.export', takes: FixFilter, refuses: ['attendance.too_many_rows'] }),
  askFixFor: write({ zh: '代员工补卡', may: 'attendance.roster.write', takes: Repeatable.extend({ employee_id: Id, ...FixAsk }), gives: Asked, refuses: [...FIXES] }),

  sheet: read({ zh: '考勤月表', may: 'attendance.sheet.view', takes: Paging.extend(SheetFilter.shape), gives: pageOf(SheetRow).extend({ days: z.array(z.object({ on_day: Day, kind: z.string(), name: z.string().nullable() })), months: z.array(MonthRow) }) }),
  day: read({ zh: '一天的考勤', may: 'attendance.sheet.view', takes: z.object({ employee_id: Id, on_day: Day }), gives: z.object({ name: z.string(), day: DayResult, closed: z.boolean(), punches: z.array(PunchRow), fixes: z.array(FixRow), policy: PolicyVersion.pick({ out_counts: true, missing_counts: true, early_open_minutes: true, late_open_minutes: true }) }) }),
  sheetExcel: download({ zh: '导出考勤月表', may: 'attendance.sheet.export', takes: SheetFilter, refuses: ['attendance.too_many_rows'] }),
  sheetPdf: download({ zh: '打印考勤月表', may: 'attendance.sheet.view', takes: SheetFilter.extend({ paper: z.enum(['a4', 'a3']) }), refuses: ['attendance.too_many_rows', 'attendance.nothing_to_print'] }),
  issueMonth: write({ zh: '发员工确认考勤', may: 'attendance.month.write', takes: Repeatable.extend(OfMonth), gives: Done, refuses: ['attendance.month_closed', 'attendance.month_running'] }),
  closeMonth: write({ zh: '考勤关账', may: 'attendance.month.write', takes: Repeatable.extend({ ...OfMonth, note: Text(200).nullable().optional().meta({ zh: '有人未确认仍关账的原因' }) }), gives: Done, refuses: ['attendance.month_closed', 'attendance.month_running', 'attendance.fixes_open', 'attendance.unconfirmed', 'attendance.too_many_rows'] }),
  reopenMonth: write({ zh: '重新打开考勤月份', may: 'attendance.month.reopen', takes: Repeatable.extend({ ...OfMonth, reason: Reason }), gives: Done, refuses: ['attendance.month_open'] }),
  adjust: write({ zh: '更正考勤', may: 'attendance.month.write', takes: Repeatable.extend({ employee_id: Id, month: Month.meta({ zh: '计入月份' }), of_day: Day.meta({ zh: '更正哪天' }), item: z.enum(ITEMS).meta({ zh: '项目' }), change: z.int().min(-20_000).max(20_000).meta({ zh: '增减(分钟或半天)' }), reason: Reason }), gives: z.object({ adjustment_id: Id }), refuses: ['attendance.month_closed', 'attendance.adjust_zero', 'attendance.adjust_later', 'attendance.no_team'] }),

  mine: read({
    zh: '我的打卡', may: 'signed_in', takes: z.object({}),
    gives: z.object({ now: Instant, has_file: z.boolean(), team: z.object({ name: z.string(), photo: z.boolean(), doors: z.boolean(), position_keep_days: z.int(), places: z.array(z.object({ name: z.string(), lat: z.string(), lon: z.string(), radius_m: z.int() })) }).nullable(), today: DayResult.nullable(), running: DayResult.nullable(), punches: z.array(PunchRow.pick({ punch_id: true, at: true, which: true, way: true, place_state: true, place_name: true, clock: true })), ahead: z.array(z.object({ on_day: Day, text: z.string() })), to_confirm: z.array(z.string()) }),
  }),
  punch: write({
    zh: '打卡', may: 'signed_in',
    takes: Repeatable.extend({ punch_id: Id, which: z.enum(WHICH), device_at: z.iso.datetime(), device: Device, position: PositionIn.nullable().optional(), file_id: Id.nullable().optional() }),
    gives: z.object({ punch_id: Id, at: Instant, clock: z.string(), place_state: z.enum(['in', 'out', 'unknown', 'free', 'door']), place_name: z.string().nullable(), distance_m: z.int().nullable() }), refuses: ['attendance.no_own_file', 'attendance.no_team', 'attendance.too_old', 'attendance.no_photo', 'attendance.photo_needed'],
  }),
  myMonth: read({ zh: '我的考勤', may: 'signed_in', takes: z.object({ month: Month }), gives: z.object({ month: z.string(), row: SheetRow.nullable(), state: z.enum(['open', 'issued', 'closed']), fixes: z.array(FixRow), fix_left: z.int(), fix_back_days: z.int(), can: z.object({ confirm: z.union([z.literal(true), z.string()]) }) }) }),
  askFix: write({ zh: '补卡申请', may: 'signed_in', takes: Repeatable.extend(FixAsk), gives: Asked, refuses: ['attendance.no_own_file', ...FIXES] }),
  confirmMonth: write({ zh: '确认考勤', may: 'signed_in', takes: Repeatable.extend({ month: Month, digest: Text(64), agree: z.boolean(), words: Text(300).nullable().optional().meta({ zh: '哪里不对' }) }), gives: z.object({ month: z.string() }), refuses: ['attendance.no_own_file', 'attendance.not_issued', 'attendance.month_closed', 'attendance.seen_old', 'attendance.words_needed'] }),
})
