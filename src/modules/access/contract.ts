import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Can, Day, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

export const VISIT_STATES = ['waiting', 'arrived', 'left', 'cancelled'] as const
export const VisitState = z.enum(VISIT_STATES).meta({ zh: '状态' })
const Source = z.enum(['app', 'desk']).meta({ zh: '来源' })
const Phone = z.string().trim().regex(/^1\d{10}$/, '应为 11 位手机号').meta({ zh: '电话' })
const Plate = z.string().trim().min(5, '车牌至少 5 位').max(12).meta({ zh: '车牌' })
const IdNumber = z.string().trim().min(5, '证件号至少 5 位').max(30).meta({ zh: '证件号' })
const People = z.int().min(1, '至少 1 人').max(50, '最多 50 人').meta({ zh: '人数' })
export const VisitRow = z.object({
  visit_id: Id, community_name: z.string().meta({ zh: '小区' }), house_label: z.string().meta({ zh: '受访房号' }), host_name: z.string().meta({ zh: '受访人' }), source: Source,
  visitor_name: z.string().meta({ zh: '访客' }), visitor_phone_masked: z.string().nullable().meta({ zh: '电话' }), id_masked: z.string().nullable().meta({ zh: '证件' }), plate: z.string().nullable().meta({ zh: '车牌' }), people_count: People, purpose: z.string().nullable().meta({ zh: '事由' }),
  from_at: Instant.meta({ zh: '起' }), to_at: Instant.meta({ zh: '止' }), state: VisitState,
  /** Awaited and not come; inside longer than he was announced for. */
  late: z.boolean(), overstayed: z.boolean().meta({ zh: '超时未离' }),
  /** Why this visitor may not be let in, where he is on the black list. */
  barred_reason: z.string().nullable(),
  arrived_at: Instant.nullable().meta({ zh: '到访' }), arrived_by: z.string().nullable().meta({ zh: '核验人' }), left_at: Instant.nullable().meta({ zh: '离开' }), left_by: z.string().nullable(), created_at: Instant.meta({ zh: '登记时间' }), can: Can('arrive', 'leave'),
})
export type VisitRow = z.output<typeof VisitRow>
export const VisitFilter = z.object({ state: VisitState.optional(), source: Source.optional(), overstayed: z.boolean().optional(), community_id: Id.optional(), q: Text(40).optional(), from_on: Day.optional(), to_on: Day.optional() })
export type VisitFilter = z.output<typeof VisitFilter>
export const Policy = z.object({
  from_on: Day.meta({ zh: '生效日' }), keep_days: z.int().min(1, '1 至 365 天').max(365, '1 至 365 天').meta({ zh: '访客记录保存(天)' }), max_hours: z.int().min(1).max(720).meta({ zh: '邀请最长有效(小时)' }), max_open: z.int().min(1).max(50).meta({ zh: '每户同时有效邀请' }), early_minutes: z.int().min(0).max(240).meta({ zh: '可提前到达(分钟)' }),
})
export const MyVisit = z.object({ visit_id: Id, house_label: z.string(), visitor_name: z.string(), plate: z.string().nullable(), people_count: z.int(), code: z.string(), token: z.string(), from_at: Instant, to_at: Instant, state: VisitState, over: z.boolean(), arrived_at: Instant.nullable(), can: Can('cancel') })
export type MyVisit = z.output<typeof MyVisit>
export const BarredRow = z.object({
  barred_id: Id, community_name: z.string().meta({ zh: '小区' }), name: z.string().meta({ zh: '姓名' }), phone_masked: z.string().nullable().meta({ zh: '电话' }), plate: z.string().nullable().meta({ zh: '车牌' }), id_masked: z.string().nullable().meta({ zh: '证件' }), reason: z.string().meta({ zh: '原因' }),
  from_on: Day.meta({ zh: '起' }), to_on: Day.meta({ zh: '止(不含)' }), state: z.enum(['now', 'lifted', 'over']).meta({ zh: '状态' }), lifted_by: z.string().nullable(), lifted_reason: z.string().nullable(), created_name: z.string().meta({ zh: '登记人' }), created_at: Instant.meta({ zh: '登记时间' }), can: Can('lift'),
})
export type BarredRow = z.output<typeof BarredRow>
const Token = z.string().regex(/^[1-9]\d{0,14}\.[A-Za-z0-9_-]{38}$/, '链接不完整')
const One = Repeatable.extend({ visit_id: Id })
const Moved = z.object({ visit_id: Id, state: VisitState })

export const access = contract('access', {
  visits: read({ zh: '访客记录', may: 'access.visit.read', takes: Paging.extend(VisitFilter.shape), gives: pageOf(VisitRow).extend({ overstayed_count: z.int(), waiting_count: z.int(), inside_count: z.int() }) }),
  visitsExcel: download({ zh: '导出访客记录', may: 'access.visit.export', takes: VisitFilter, refuses: ['access.too_many_rows'] }),
  registerVisit: write({
    zh: '登记访客', may: 'access.visit.write',
    takes: Repeatable.extend({
      house_id: Id.meta({ zh: '受访房号' }), host_name: Needed(30).meta({ zh: '受访人' }), visitor_name: Needed(30).meta({ zh: '访客' }), visitor_phone: Phone.nullable(), id_number: IdNumber.nullable(), plate: Plate.nullable(), people_count: People, purpose: Needed(100).meta({ zh: '事由' }), hours: z.int().min(1).max(72).meta({ zh: '停留(小时)' }),
    }),
    gives: z.object({ visit_id: Id }), refuses: ['access.bad_plate', 'access.bad_id_number', 'access.barred'],
  }),
  /** Whom the guard may ask for, by room number: a guard need not see the register of houses. */
  hosts: read({ zh: '查受访房产', may: 'access.visit.write', takes: z.object({ q: Needed(20) }), gives: z.object({ rows: z.array(z.object({ house_id: Id, community_name: z.string(), label: z.string(), names: z.array(z.string()) })) }) }),
  /** By pass code or plate: what the guard types or scans. */
  findVisit: read({ zh: '核验访客', may: 'access.visit.check', takes: z.object({ q: Needed(16) }), gives: z.object({ rows: z.array(VisitRow) }) }),
  /** What a guard should know without asking: who is inside too long, who is inside, who is awaited. */
  gate: read({ zh: '门岗访客', may: 'access.visit.check', takes: z.object({}), gives: z.object({ inside: z.array(VisitRow), awaited: z.array(VisitRow), inside_count: z.int(), overstayed_count: z.int(), awaited_count: z.int() }) }),
  arriveVisit: write({ zh: '访客放入', may: 'access.visit.check', takes: One, gives: Moved, refuses: ['access.wrong_state', 'access.too_early', 'access.over', 'access.barred'] }),
  leaveVisit: write({ zh: '访客离开', may: 'access.visit.check', takes: One, gives: Moved, refuses: ['access.wrong_state'] }),
  barred: read({ zh: '访客黑名单', may: 'access.barred.read', takes: Paging.extend({ community_id: Id.optional(), state: z.enum(['now', 'lifted', 'over']).optional(), q: Text(40).optional() }), gives: pageOf(BarredRow) }),
  bar: write({
    zh: '列入访客黑名单', may: 'access.barred.write',
    takes: Repeatable.extend({ community_id: Id.meta({ zh: '小区' }), name: Needed(30).meta({ zh: '姓名' }), phone: Phone.nullable(), plate: Plate.nullable(), id_number: IdNumber.nullable(), reason: Reason, to_on: Day.meta({ zh: '止(不含)' }) }),
    gives: z.object({ barred_id: Id }), refuses: ['access.bad_plate', 'access.bad_id_number', 'access.barred_by_what', 'access.barred_days'],
  }),
  liftBarred: write({ zh: '解除访客黑名单', may: 'access.barred.write', takes: Repeatable.extend({ barred_id: Id, reason: Reason }), gives: z.object({ barred_id: Id }), refuses: ['access.lifted'] }),
  policy: read({ zh: '访客规则', may: 'access.visit.read', takes: z.object({}), gives: z.object({ now: Policy, next_from_on: Day.nullable() }) }),
  savePolicy: write({ zh: '设定访客规则', may: 'access.policy.write', takes: Repeatable.extend(Policy.shape), gives: z.object({ from_on: Day }), refuses: ['access.from_past'] }),
  invite: write({
    zh: '邀请访客', may: 'resident',
    takes: Repeatable.extend({ house_id: Id.meta({ zh: '房产' }), visitor_name: Needed(30).meta({ zh: '访客' }), visitor_phone: Phone.optional(), plate: Plate.optional(), people_count: People, from_at: z.iso.datetime().meta({ zh: '到访时间' }), hours: z.int().min(1).max(720).meta({ zh: '有效(小时)' }) }),
    gives: z.object({ visit_id: Id, code: z.string(), token: z.string() }), refuses: ['access.bad_plate', 'access.too_long', 'access.too_many', 'access.past', 'access.too_far', 'access.not_received'],
  }),
  myVisits: read({ zh: '我的访客', may: 'resident', takes: z.object({}), gives: z.object({ rows: z.array(MyVisit), max_hours: z.int() }) }),
  cancelVisit: write({ zh: '取消邀请', may: 'resident', takes: One, gives: Moved, refuses: ['access.wrong_state'] }),
  /** The page that a visitor was sent. */
  visitPass: read({ zh: '访客通行证', may: 'public', takes: z.object({ token: Token }), gives: z.object({ community_name: z.string(), house_masked: z.string(), visitor_name: z.string(), plate: z.string().nullable(), people_count: z.int(), code: z.string().nullable(), from_at: Instant, to_at: Instant, state: VisitState, over: z.boolean() }) }),
})
