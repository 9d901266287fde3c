import { z } from 'zod'
import { Can, Day, Id, Instant, Needed } from '../../kernel/shapes.ts'

export const ABSENCES = ['leave', 'overtime'] as const
export const ABSENCE_STATES = ['asked', 'agreed', 'refused', 'withdrawn', 'cancelled'] as const
export const PAYS = ['money', 'rest'] as const
export const HALVES = ['am', 'pm'] as const
/** From so many whole years at the company on: so many half days a year. None: no limit. */
export const Tier = z.object({ years: z.int().min(0, '0 至 60 年').max(60, '0 至 60 年').meta({ zh: '满几年' }), half_days: z.int().min(0).max(730, '最多 730 个半天').meta({ zh: '半天数' }) })
export type Tier = z.output<typeof Tier>
export const LeaveRuleShape = { from_on: Day.meta({ zh: '生效日' }), paid: z.boolean().meta({ zh: '带薪' }), proof: z.boolean().meta({ zh: '须附证明' }), tiers: z.array(Tier).max(10, '最多 10 档').meta({ zh: '每年额度' }), from_rest: z.boolean().meta({ zh: '额度来自调休加班' }), basis: Needed(200).meta({ zh: '依据' }) }
export const LeaveKindShape = { name: Needed(20).meta({ zh: '名称' }), sort_no: z.int().min(0).max(9999).meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }) }
export const LeaveKind = z.object({ kind_id: Id, code: z.string(), ...LeaveKindShape, rule: z.object(LeaveRuleShape), next_on: Day.nullable() })
export type LeaveKind = z.output<typeof LeaveKind>
export const Balance = z.object({ kind_id: Id, kind_name: z.string(), paid: z.boolean(), proof: z.boolean(), allowed_half: z.int().nullable(), used_half: z.int(), asked_half: z.int(), left_half: z.int().nullable() })
export type Balance = z.output<typeof Balance>
export const AbsenceRow = z.object({
  absence_id: Id, employee_id: Id, employee_no: z.string().meta({ zh: '工号' }), employee_name: z.string().meta({ zh: '姓名' }), post_name: z.string().meta({ zh: '岗位' }), community_name: z.string().meta({ zh: '小区' }), what: z.enum(ABSENCES).meta({ zh: '种类' }), kind_name: z.string().nullable().meta({ zh: '假期' }), paid: z.boolean().nullable(), from_at: Instant.meta({ zh: '起' }), to_at: Instant.meta({ zh: '止' }), half_days: z.int().nullable(), minutes: z.int().nullable(), pay: z.enum(PAYS).nullable().meta({ zh: '补偿' }),
  reason: z.string().meta({ zh: '事由' }), state: z.enum(ABSENCE_STATES).meta({ zh: '状态' }), approval_id: Id, asked_by_name: z.string().meta({ zh: '申请人' }), asked_at: Instant.meta({ zh: '申请时间' }), cancelled: z.string().nullable(), can: Can('cancel', 'withdraw'),
})
export type AbsenceRow = z.output<typeof AbsenceRow>
export const LeaveAsk = { kind_id: Id.meta({ zh: '假期' }), from_on: Day.meta({ zh: '从' }), from_half: z.enum(HALVES).meta({ zh: '从上午还是下午' }), to_on: Day.meta({ zh: '到' }), to_half: z.enum(HALVES).meta({ zh: '到上午还是下午' }), half_days: z.int().min(1, '至少半天').max(730).meta({ zh: '半天数' }), file_ids: z.array(Id).max(6, '最多 6 份').optional().meta({ zh: '证明' }) }
export const OvertimeAsk = { on_day: Day.meta({ zh: '日期' }), from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, '应为 时:分,如 18:00').meta({ zh: '从' }), minutes: z.int().min(30, '30 至 1440 分钟').max(1440, '30 至 1440 分钟').meta({ zh: '分钟' }), pay: z.enum(PAYS).meta({ zh: '补偿' }) }
