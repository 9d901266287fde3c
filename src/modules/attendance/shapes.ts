import { z } from 'zod'
import { Can, Day, Id, Instant, Needed, Text } from '../../kernel/shapes.ts'

export const HOURS = ['standard', 'comprehensive', 'flexible'] as const
export const DAY_KINDS = ['holiday', 'rest', 'work', 'plain'] as const
export const WHICH = ['in', 'out'] as const
export const FIX_STATES = ['asked', 'agreed', 'refused', 'withdrawn'] as const
export const MONTH_STATES = ['open', 'issued', 'closed'] as const
/** What a day was; a day may have several: late and early. */
export const TAGS = ['normal', 'late', 'early', 'absent', 'missing', 'leave', 'overtime', 'rest', 'holiday', 'away', 'unset', 'planned', 'off_books'] as const
export const ITEMS = ['work_minutes', 'late_minutes', 'early_minutes', 'absent_halves', 'overtime_work', 'overtime_rest', 'overtime_holiday'] as const
export const Time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, '应为 时:分,如 08:00')
const Basis = Needed(200).meta({ zh: '依据' })
const Made = { made_by_name: z.string().meta({ zh: '登记人' }), made_at: Instant.meta({ zh: '登记时间' }) }
const VState = { state: z.enum(['now', 'future', 'past']).meta({ zh: '状态' }) }
const From = { from_on: Day.meta({ zh: '生效日' }) }
const Minutes = (zh: string, max: number, min = 0) => z.int().min(min, `${min} 至 ${max}`).max(max, `${min} 至 ${max}`).meta({ zh })
const Place = { community_id: Id.nullable(), community_name: z.string().meta({ zh: '小区' }) }

export const PolicyShape = {
  ...From, early_open_minutes: Minutes('上班前几分钟起可打卡', 720), late_open_minutes: Minutes('下班后几分钟内可打卡', 720), fix_month_max: Minutes('每月补卡次数上限', 62), fix_back_days: Minutes('可补几天内的卡', 62), skew_minutes: Minutes('手机时间误差(分钟)', 60, 1), offline_days: Minutes('断网打卡几天内可上传', 31),
  out_counts: z.boolean().meta({ zh: '范围外的打卡算数' }), missing_counts: z.boolean().meta({ zh: '缺卡日照计工时' }), accuracy_max_m: z.int().min(10).max(5000).meta({ zh: '定位误差超过几米不判断' }), overtime_max_minutes: Minutes('每月加班上限(分钟)', 20_000), day_minutes: Minutes('标准日工时(分钟)', 1440, 60), run_max_days: Minutes('最多连续上班天数', 31, 1), position_keep_days: Minutes('定位和照片保留(天)', 366, 1), basis: Basis,
}
export const Policy = z.object(PolicyShape)
export type Policy = z.output<typeof Policy>
export const PolicyVersion = Policy.extend({ ...Made, ...VState })
export type PolicyVersion = z.output<typeof PolicyVersion>

export const ShiftTimes = { name: Needed(20).meta({ zh: '名称' }), from_time: Time.meta({ zh: '上班' }), to_time: Time.meta({ zh: '下班' }), break_from: Time.nullable().meta({ zh: '休息起' }), break_to: Time.nullable().meta({ zh: '休息止' }), late_grace_minutes: Minutes('迟到宽限(分钟)', 240), early_grace_minutes: Minutes('早退宽限(分钟)', 240), absent_after_minutes: Minutes('超过几分钟算旷工半天', 720, 1).nullable() }
export const ShiftShape = { code: Needed(4).meta({ zh: '简称' }), sort_no: z.int().min(0).max(9999).meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }), ...From, ...ShiftTimes, basis: Basis }
export const ShiftVersion = z.object({ version_id: Id, ...From, ...ShiftTimes, basis: z.string(), ...Made, ...VState })
export const Shift = z.object({ shift_id: Id, code: z.string(), sort_no: z.int(), retired: z.boolean(), ...ShiftTimes, from_on: Day, minutes: z.int().meta({ zh: '工时(分钟)' }), versions: z.array(ShiftVersion) })
export type Shift = z.output<typeof Shift>

const Degrees = (zh: string, max: number) => z.string().regex(/^-?\d{1,3}(\.\d{1,6})?$/, '应为度数,如 34.272000').refine((v) => Math.abs(Number(v)) <= max, `应在 ±${max} 之间`).meta({ zh })
export const PlaceShape = { name: Needed(40).meta({ zh: '名称' }), community_id: Id.nullable().meta({ zh: '小区' }), lat: Degrees('纬度', 90), lon: Degrees('经度', 180), radius_m: z.int().min(20, '20 至 5000 米').max(5000, '20 至 5000 米').meta({ zh: '范围(米)' }), retired: z.boolean().meta({ zh: '停用' }) }
export const PlaceRow = z.object({ place_id: Id, ...PlaceShape, community_name: z.string().meta({ zh: '小区' }), changed_by_name: z.string(), changed_at: Instant })
export type PlaceRow = z.output<typeof PlaceRow>

export const TeamShape = { ...From, name: Needed(30).meta({ zh: '名称' }), hours: z.enum(HOURS).meta({ zh: '工时制' }), permit: Text(80).nullable().meta({ zh: '批准文号' }), place_ids: z.array(Id).max(20, '最多 20 处').meta({ zh: '打卡地点' }), doors: z.boolean().meta({ zh: '门禁通行算打卡' }), photo: z.boolean().meta({ zh: '打卡须拍照' }), basis: Basis }
export const TeamVersion = z.object({ version_id: Id, from_on: Day, name: z.string(), hours: z.enum(HOURS), permit: z.string().nullable(), place_names: z.array(z.string()), doors: z.boolean(), photo: z.boolean(), basis: z.string(), ...Made, ...VState })
export const TeamRow = z.object({ team_id: Id, ...Place, name: z.string().meta({ zh: '考勤组' }), hours: z.enum(HOURS).meta({ zh: '工时制' }), permit: z.string().nullable(), place_ids: z.array(Id), place_names: z.array(z.string()).meta({ zh: '打卡地点' }), doors: z.boolean(), photo: z.boolean(), people_count: z.int().meta({ zh: '人数' }), sort_no: z.int(), retired: z.boolean(), can: Can('write', 'people') })
export type TeamRow = z.output<typeof TeamRow>
export const Member = z.object({ member_id: Id, employee_id: Id, no: z.string().meta({ zh: '工号' }), name: z.string().meta({ zh: '姓名' }), post_name: z.string().meta({ zh: '岗位' }), from_on: Day.meta({ zh: '起' }), to_on: Day.nullable().meta({ zh: '止' }), now: z.boolean(), has_account: z.boolean(), made_by_name: z.string() })
export type Member = z.output<typeof Member>

export const CalendarDay = z.object({ on_day: Day, kind: z.enum(DAY_KINDS), name: z.string(), basis: z.string(), made_by_name: z.string() })
export type CalendarDay = z.output<typeof CalendarDay>

export const Cell = z.object({ employee_id: Id, on_day: Day, shift_id: Id.nullable(), clear: z.boolean().optional() })
export const RosterCell = z.object({ employee_id: Id, on_day: Day, shift_id: Id.nullable() })
export const RosterPerson = z.object({ employee_id: Id, no: z.string(), name: z.string(), post_name: z.string(), from_on: Day, to_on: Day.nullable(), minutes: z.int(), shift_count: z.int(), run_days: z.int(), warn: z.string().nullable() })
export const Roster = z.object({ team_id: Id, name: z.string(), month: z.string(), hours: z.enum(HOURS), days: z.array(z.object({ on_day: Day, kind: z.enum(['holiday', 'rest', 'work', 'weekend', 'plain']), name: z.string().nullable(), closed: z.boolean() })), shifts: z.array(Shift.omit({ versions: true })), people: z.array(RosterPerson), cells: z.array(RosterCell), standard_minutes: z.int(), can: z.union([z.literal(true), z.string()]) })
export type Roster = z.output<typeof Roster>

export const PunchRow = z.object({ punch_id: Id, employee_id: Id, no: z.string().meta({ zh: '工号' }), name: z.string().meta({ zh: '姓名' }), ...Place, at: Instant.meta({ zh: '时间' }), way: z.enum(['phone', 'door']).meta({ zh: '方式' }), which: z.enum(WHICH).nullable().meta({ zh: '上下班' }), device_at: Instant.nullable().meta({ zh: '手机时间' }), received_at: Instant.meta({ zh: '收到时间' }), clock: z.enum(['server', 'moved', 'doubt', 'door']).meta({ zh: '时间依据' }), place_state: z.enum(['in', 'out', 'unknown', 'free', 'door']).meta({ zh: '位置' }), place_name: z.string().nullable().meta({ zh: '地点' }), accuracy_m: z.int().nullable().meta({ zh: '误差(米)' }), distance_m: z.int().nullable().meta({ zh: '距离(米)' }), lat: z.string().nullable(), lon: z.string().nullable(), has_photo: z.boolean() })
export type PunchRow = z.output<typeof PunchRow>
export const FixRow = z.object({ fix_id: Id, employee_id: Id, no: z.string().meta({ zh: '工号' }), name: z.string().meta({ zh: '姓名' }), ...Place, on_day: Day.meta({ zh: '哪天的班' }), which: z.enum(WHICH).meta({ zh: '上下班' }), at: Instant.meta({ zh: '实际时间' }), reason: z.string().meta({ zh: '原因' }), state: z.enum(FIX_STATES).meta({ zh: '状态' }), approval_id: Id, asked_by_name: z.string().meta({ zh: '申请人' }), asked_at: Instant.meta({ zh: '申请时间' }), can: Can('withdraw') })
export type FixRow = z.output<typeof FixRow>

/** A day judged, with the rule said in words. */
export const DayResult = z.object({
  on_day: Day, tags: z.array(z.enum(TAGS)), shift_id: Id.nullable(), shift_code: z.string().nullable(), shift_text: z.string().nullable(), in_at: Instant.nullable(), out_at: Instant.nullable(), planned_minutes: z.int(), work_minutes: z.int(), late_minutes: z.int(), late_count: z.int(), early_minutes: z.int(), early_count: z.int(), absent_halves: z.int(), missing_count: z.int(), away_count: z.int(), fix_count: z.int(), leave_halves: z.int(), unpaid_halves: z.int(), leave_names: z.array(z.string()), overtime_work: z.int(), overtime_rest: z.int(), overtime_holiday: z.int(), overtime_in_lieu: z.int(), holiday_work_minutes: z.int(), worked: z.boolean(), why: z.array(z.string()),
})
export type DayResult = z.output<typeof DayResult>
export const Totals = z.object({ planned_minutes: z.int(), work_minutes: z.int(), worked_days: z.int(), late_count: z.int(), late_minutes: z.int(), early_count: z.int(), early_minutes: z.int(), absent_halves: z.int(), missing_count: z.int(), away_count: z.int(), fix_count: z.int(), leave_halves: z.int(), unpaid_halves: z.int(), overtime_work: z.int(), overtime_rest: z.int(), overtime_holiday: z.int(), overtime_in_lieu: z.int(), holiday_work_minutes: z.int(), standard_minutes: z.int(), over_minutes: z.int() })
export type Totals = z.output<typeof Totals>
export const Adjustment = z.object({ adjustment_id: Id, of_day: Day, item: z.enum(ITEMS), change: z.int(), reason: z.string(), made_by_name: z.string(), made_at: Instant })
export const SheetRow = z.object({ employee_id: Id, no: z.string(), name: z.string(), post_name: z.string(), ...Place, team_id: Id, team_name: z.string(), hours: z.enum(HOURS), days: z.array(DayResult), totals: Totals, adjustments: z.array(Adjustment), over_limit: z.boolean(), digest: z.string(), confirm: z.enum(['none', 'confirmed', 'objected', 'changed']), confirm_words: z.string().nullable(), confirm_at: Instant.nullable(), closed: z.boolean() })
export type SheetRow = z.output<typeof SheetRow>
export const MonthRow = z.object({ community_id: Id.nullable(), community_name: z.string().meta({ zh: '小区' }), month: z.string(), state: z.enum(MONTH_STATES), people_count: z.int(), confirmed_count: z.int(), objected_count: z.int(), fix_count: z.int(), can: Can('issue', 'close', 'reopen', 'adjust'), events: z.array(z.object({ what: z.enum(['issued', 'closed', 'reopened']), note: z.string().nullable(), people_count: z.int(), unconfirmed_count: z.int(), made_by_name: z.string(), made_at: Instant })) })
export type MonthRow = z.output<typeof MonthRow>
