import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { ROLES } from './shapes.ts'

export const ACTIVITY_KINDS = ['activity', 'volunteer'] as const
/** `over` is told by the clock: its end is past. */
export const ACTIVITY_STATES = ['draft', 'open', 'over', 'cancelled'] as const
export const SIGNUP_STATES = ['in', 'waiting', 'cancelled'] as const
export const PARTY_MAX = 20
export const REPORT_PHOTOS_MAX = 12
const Moment = z.iso.datetime()
const Phone = z.string().trim().regex(/^1\d{10}$/, '应为 11 位手机号').meta({ zh: '电话' })
const Roles = z.array(z.enum(ROLES)).min(1, '至少选一种').max(3).meta({ zh: '谁可以报名' })
const Kind = z.enum(ACTIVITY_KINDS).meta({ zh: '种类' })
const ActivityShape = {
  community_id: Id.meta({ zh: '小区' }), kind: Kind, title: Needed(30).meta({ zh: '名称' }), body: Needed(4000).meta({ zh: '说明' }), place: Needed(60).meta({ zh: '地点' }), from_at: Moment.meta({ zh: '开始' }), to_at: Moment.meta({ zh: '结束' }), sign_until_at: Moment.meta({ zh: '报名截止' }),
  capacity: z.int().min(1, '1 至 5000 人').max(5000, '1 至 5000 人').nullable().meta({ zh: '名额(人)' }), party_max: z.int().min(1).max(PARTY_MAX, `最多 ${PARTY_MAX} 人`).meta({ zh: '一次最多几人' }), roles: Roles,
}
export const ActivityRow = z.object({
  activity_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), kind: Kind, title: z.string().meta({ zh: '名称' }), place: z.string().meta({ zh: '地点' }), from_at: Instant.meta({ zh: '开始' }), to_at: Instant.meta({ zh: '结束' }), sign_until_at: Instant.meta({ zh: '报名截止' }), state: z.enum(ACTIVITY_STATES).meta({ zh: '状态' }),
  capacity: z.int().nullable().meta({ zh: '名额' }), taken_count: z.int().meta({ zh: '已报名(人)' }), waiting_count: z.int().meta({ zh: '候补(人)' }), came_count: z.int().meta({ zh: '已签到(人)' }), made_by_name: z.string().meta({ zh: '发起人' }), can: Can('edit', 'open', 'cancel', 'sign', 'report'),
})
export type ActivityRow = z.output<typeof ActivityRow>
export const ActivityDetail = ActivityRow.extend({ body: z.string(), party_max: z.int(), roles: z.array(z.enum(ROLES)), ended_reason: z.string().nullable(), report: z.string().nullable(), report_at: Instant.nullable(), report_by_name: z.string().nullable(), photo_ids: z.array(Id) })
export type ActivityDetail = z.output<typeof ActivityDetail>
export const SignupRow = z.object({
  signup_id: Id, no: z.int().meta({ zh: '序号' }), house_id: Id, house_label: z.string().meta({ zh: '房号' }), contact_name: z.string().meta({ zh: '姓名' }), contact_phone_masked: z.string().nullable().meta({ zh: '电话' }), people_count: z.int().meta({ zh: '人数' }), state: z.enum(SIGNUP_STATES).meta({ zh: '状态' }), source: z.enum(['app', 'desk']).meta({ zh: '来源' }), code: z.string().meta({ zh: '签到码' }),
  came_at: Instant.nullable().meta({ zh: '签到时间' }), ended_reason: z.string().nullable().meta({ zh: '取消原因' }), made_at: Instant.meta({ zh: '报名时间' }), minutes: z.int().nullable().meta({ zh: '时长(分钟)' }), minutes_by_name: z.string().nullable().meta({ zh: '登记人' }), confirmed_by_name: z.string().nullable().meta({ zh: '确认人' }), can: Can('cancel', 'check_in', 'minutes', 'confirm'),
})
export type SignupRow = z.output<typeof SignupRow>
const One = Repeatable.extend({ activity_id: Id })
const OneSignup = Repeatable.extend({ signup_id: Id })
const Gone = z.object({ signup_id: Id, state: z.enum(SIGNUP_STATES) })
const SIGN = ['community.sign_closed', 'community.party_size', 'community.signed_already', 'community.activity_state'] as const
export const MyActivity = z.object({
  activity_id: Id, kind: Kind, title: z.string(), community_name: z.string(), place: z.string(), from_at: Instant, to_at: Instant, sign_until_at: Instant, state: z.enum(ACTIVITY_STATES), capacity: z.int().nullable(), free_count: z.int().nullable(), party_max: z.int(), has_report: z.boolean(),
  mine: z.object({ signup_id: Id, state: z.enum(SIGNUP_STATES), people_count: z.int(), code: z.string(), came: z.boolean(), before_me: z.int(), minutes: z.int().nullable(), confirmed: z.boolean() }).nullable(), can: Can('sign', 'cancel'),
})
export type MyActivity = z.output<typeof MyActivity>
const SignupFilter = z.object({ activity_id: Id, state: z.enum(SIGNUP_STATES).optional(), q: Text(40).optional() })
const VolunteerFilter = z.object({ community_id: Id.optional(), from_on: Day.optional(), to_on: Day.optional(), q: Text(40).optional() })
export type VolunteerFilter = z.output<typeof VolunteerFilter>
export const VolunteerRow = z.object({ person_id: Id, name: z.string().meta({ zh: '姓名' }), phone_masked: z.string().nullable().meta({ zh: '电话' }), house_label: z.string().meta({ zh: '房号' }), times: z.int().meta({ zh: '次数' }), minutes: z.int().meta({ zh: '已确认(分钟)' }), open_minutes: z.int().meta({ zh: '待确认(分钟)' }), last_at: Instant.meta({ zh: '最近一次' }) })
export type VolunteerRow = z.output<typeof VolunteerRow>

export const activityCalls = {
  activities: read({ zh: '社区活动', may: 'community.activity.read', takes: Paging.extend({ community_id: Id.optional(), kind: z.enum(ACTIVITY_KINDS).optional(), state: z.enum(ACTIVITY_STATES).optional(), q: Text(40).optional(), from_on: Day.optional(), to_on: Day.optional() }), gives: pageOf(ActivityRow) }),
  activity: read({ zh: '活动详情', may: 'community.activity.read', takes: z.object({ activity_id: Id }), gives: ActivityDetail }),
  saveActivity: write({ zh: '保存活动', may: 'community.activity.write', takes: Repeatable.extend({ activity_id: Id.optional(), ...ActivityShape }), gives: z.object({ activity_id: Id, moved_up: z.int() }), refuses: ['community.activity_state', 'community.activity_times', 'community.capacity_taken', 'community.volunteer_one'] }),
  openActivity: write({ zh: '发布活动', may: 'community.activity.write', takes: One, gives: z.object({ activity_id: Id }), refuses: ['community.activity_state', 'community.activity_times'] }),
  cancelActivity: write({ zh: '取消活动', may: 'community.activity.write', takes: One.extend({ reason: Reason }), gives: z.object({ activity_id: Id, told: z.int() }), refuses: ['community.activity_state'] }),
  saveReport: write({ zh: '活动回顾', may: 'community.activity.write', takes: One.extend({ report: Needed(4000).meta({ zh: '回顾' }), photo_ids: z.array(Id).max(REPORT_PHOTOS_MAX, `最多 ${REPORT_PHOTOS_MAX} 张`).meta({ zh: '照片' }) }), gives: z.object({ activity_id: Id }), refuses: ['community.activity_state', 'community.no_file'] }),
  activityPhoto: download({ zh: '活动照片', may: 'signed_in', takes: z.object({ activity_id: Id, file_id: Id }) }),

  signups: read({ zh: '报名名单', may: 'community.activity.read', takes: Paging.extend(SignupFilter.shape), gives: pageOf(SignupRow) }),
  signupsExcel: download({ zh: '导出报名名单', may: 'community.activity.export', takes: SignupFilter, refuses: ['community.too_many_rows'] }),
  signUpFor: write({ zh: '代业户报名', may: 'community.activity.write', takes: One.extend({ house_id: Id.meta({ zh: '房产' }), contact_name: Needed(30).meta({ zh: '姓名' }), contact_phone: Phone.nullable(), people_count: z.int().min(1).max(PARTY_MAX).meta({ zh: '人数' }) }), gives: Gone, refuses: [...SIGN, 'community.elsewhere'] }),
  cancelSignup: write({ zh: '取消报名', may: 'community.activity.write', takes: OneSignup.extend({ reason: Reason }), gives: Gone, refuses: ['community.signup_state'] }),
  findSignups: read({ zh: '核对报名', may: 'community.activity.check', takes: z.object({ q: Text(16).optional() }), gives: z.object({ rows: z.array(SignupRow.extend({ activity_title: z.string(), from_at: Instant, to_at: Instant })) }) }),
  checkIn: write({ zh: '活动签到', may: 'community.activity.check', takes: OneSignup, gives: Gone, refuses: ['community.signup_state', 'community.check_time'] }),

  /** Of those who came; again while nobody has confirmed. */
  saveMinutes: write({ zh: '登记志愿时长', may: 'community.activity.write', takes: OneSignup.extend({ minutes: z.int().min(1, '1 至 1440 分钟').max(1440, '1 至 1440 分钟').meta({ zh: '时长(分钟)' }) }), gives: z.object({ signup_id: Id }), refuses: ['community.not_volunteer', 'community.signup_state', 'community.hours_confirmed', 'community.hours_early'] }),
  confirmMinutes: write({ zh: '确认志愿时长', may: 'community.hours.confirm', takes: OneSignup, gives: z.object({ signup_id: Id }), refuses: ['community.hours_own', 'community.hours_missing', 'community.hours_confirmed'] }),
  volunteers: read({ zh: '志愿者', may: 'community.activity.read', takes: Paging.extend(VolunteerFilter.shape), gives: pageOf(VolunteerRow) }),
  volunteersExcel: download({ zh: '导出志愿者', may: 'community.activity.export', takes: VolunteerFilter, refuses: ['community.too_many_rows'] }),

  myActivities: read({ zh: '社区活动', may: 'resident', takes: z.object({ past: z.boolean().optional() }), gives: z.object({ rows: z.array(MyActivity), volunteer_minutes: z.int() }) }),
  myActivity: read({ zh: '活动', may: 'resident', takes: z.object({ activity_id: Id }), gives: MyActivity.extend({ body: z.string(), ended_reason: z.string().nullable(), report: z.string().nullable(), photo_ids: z.array(Id), houses: z.array(z.object({ house_id: Id, label: z.string() })) }) }),
  signUp: write({ zh: '报名活动', may: 'resident', takes: One.extend({ house_id: Id.meta({ zh: '房产' }), people_count: z.int().min(1).max(PARTY_MAX).meta({ zh: '人数' }) }), gives: Gone, refuses: [...SIGN] }),
  cancelMySignup: write({ zh: '取消我的报名', may: 'resident', takes: OneSignup, gives: Gone, refuses: ['community.signup_state', 'community.started'] }),
}
