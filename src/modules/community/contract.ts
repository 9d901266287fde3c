import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Can, Day, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { activityCalls } from './contract_activities.ts'
import { Audience, Counts, FILES_MAX, HOUSE_KINDS, NoticeShape, PICTURES_MAX, ROLES, STATES, Target } from './shapes.ts'

export { ACTIVITY_KINDS, ACTIVITY_STATES, REPORT_PHOTOS_MAX, SIGNUP_STATES, type ActivityDetail, type ActivityRow, type MyActivity, type SignupRow, type VolunteerFilter, type VolunteerRow } from './contract_activities.ts'
export { type Audience, type Counts, HOUSE_KINDS, ROLES, SCOPES, STATES, type Target } from './shapes.ts'
const State = z.enum(STATES).meta({ zh: '状态' })
export const Kind = z.object({
  kind_id: Id, name: Needed(12).meta({ zh: '类别' }), urgent: z.boolean().meta({ zh: '默认紧急' }), must_confirm: z.boolean().meta({ zh: '默认要求确认' }),
  valid_days: z.int().min(1, '1 至 366 天').max(366, '1 至 366 天').nullable().meta({ zh: '默认有效天数' }), sort_no: z.int().min(0).max(9999).meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }),
})
export type Kind = z.output<typeof Kind>
export const NoticeRow = z.object({
  notice_id: Id, no: z.string().nullable().meta({ zh: '公告号' }), community_id: Id, community_name: z.string().meta({ zh: '小区' }), kind_id: Id, kind_name: z.string().meta({ zh: '类别' }), title: z.string().meta({ zh: '标题' }), state: State, to_text: z.string().meta({ zh: '发给' }),
  urgent: z.boolean().meta({ zh: '紧急' }), pinned: z.boolean().meta({ zh: '置顶' }), must_confirm: z.boolean().meta({ zh: '要求确认' }), publish_at: Instant.nullable(), published_at: Instant.nullable().meta({ zh: '发布时间' }), valid_until_on: Day.nullable().meta({ zh: '有效至' }), made_by_name: z.string().meta({ zh: '拟稿人' }), published_by_name: z.string().nullable().meta({ zh: '发布人' }),
  person_count: z.int().meta({ zh: '人数' }), read_count: z.int().meta({ zh: '已读' }), confirmed_count: z.int().meta({ zh: '已确认' }), can: Can('edit', 'publish', 'take_back', 'withdraw', 'correct', 'remind', 'pin'),
})
export type NoticeRow = z.output<typeof NoticeRow>
export const FileRow = z.object({ file_id: Id, name: z.string(), picture: z.boolean() })
const Replacing = z.object({ notice_id: Id, no: z.string().nullable(), title: z.string() }).nullable()
export const NoticeDetail = NoticeRow.extend({
  body: z.string(), roles: z.array(z.enum(ROLES)), house_kinds: z.array(z.enum(HOUSE_KINDS)), targets: z.array(Target.extend({ name: z.string() })), by_sms: z.boolean(), files: z.array(FileRow), replaces: Replacing, replaced_by: Replacing, approval_id: Id.nullable(),
  ended_at: Instant.nullable(), ended_by_name: z.string().nullable(), ended_reason: z.string().nullable(), sent_at: Instant.nullable(), reminded_on: Day.nullable(), house_count: z.int(), read_house_count: z.int(), unreachable_count: z.int(), kept: z.boolean(), second_person: z.boolean(), made_at: Instant,
})
export type NoticeDetail = z.output<typeof NoticeDetail>
export const ReaderRow = z.object({ key: z.string(), house_id: Id, house_label: z.string().meta({ zh: '房号' }), name: z.string().meta({ zh: '姓名' }), phone_masked: z.string().nullable().meta({ zh: '电话' }), role: z.enum(ROLES).meta({ zh: '身份' }), sent_at: Instant.nullable().meta({ zh: '发送时间' }), read_at: Instant.nullable().meta({ zh: '阅读时间' }), confirmed_at: Instant.nullable().meta({ zh: '确认时间' }), reminded_at: Instant.nullable().meta({ zh: '提醒时间' }) })
export type ReaderRow = z.output<typeof ReaderRow>
export const READS = ['unread', 'read', 'confirmed', 'unconfirmed', 'unreachable', 'late'] as const
const ReaderFilter = z.object({ notice_id: Id, state: z.enum(READS).optional(), q: Text(40).optional() })
export type ReaderFilter = z.output<typeof ReaderFilter>
const One = Repeatable.extend({ notice_id: Id })
const Told = z.object({ notice_id: Id, state: State })
const AUDIENCE = ['community.target_unknown', 'community.nobody'] as const
const WRONG = ['community.wrong_state', 'community.not_all_yours'] as const

export const MyNotice = z.object({
  notice_id: Id, no: z.string().nullable(), title: z.string(), kind_name: z.string(), community_name: z.string(), lead: z.string(), published_at: Instant, valid_until_on: Day.nullable(), state: State, pinned: z.boolean(), urgent: z.boolean(), must_confirm: z.boolean(), read: z.boolean(), confirmed: z.boolean(),
})
export type MyNotice = z.output<typeof MyNotice>

export const community = contract('community', {
  kinds: read({ zh: '公告类别', may: 'community.notice.read', takes: z.object({ with_retired: z.boolean().optional() }), gives: z.object({ rows: z.array(Kind) }) }),
  saveKind: write({ zh: '保存公告类别', may: 'community.kind.write', takes: Repeatable.extend({ ...Kind.partial({ kind_id: true }).shape }), gives: z.object({ kind_id: Id }), refuses: ['community.kind_taken', 'community.kinds_full'] }),
  /** 停水停电, 通知, 活动 …: those that are not there yet. */
  addUsualKinds: write({ zh: '加入常用公告类别', may: 'community.kind.write', takes: Repeatable, gives: z.object({ count: z.int() }) }),

  /** How many houses and persons it would go to, before anybody is told. */
  audience: read({ zh: '公告发送人数', may: 'community.notice.write', takes: Audience, gives: Counts, refuses: ['community.target_unknown'] }),
  notices: read({ zh: '公告', may: 'community.notice.read', takes: Paging.extend({ community_id: Id.optional(), kind_id: Id.optional(), state: State.optional(), q: Text(40).optional(), from_on: Day.optional(), to_on: Day.optional() }), gives: pageOf(NoticeRow) }),
  notice: read({ zh: '公告内容', may: 'community.notice.read', takes: z.object({ notice_id: Id }), gives: NoticeDetail }),
  saveNotice: write({ zh: '保存公告草稿', may: 'community.notice.write', takes: Repeatable.extend({ notice_id: Id.optional(), ...NoticeShape }), gives: z.object({ notice_id: Id }), refuses: [...WRONG, ...AUDIENCE, 'community.kind_gone', 'community.no_file', 'community.sms_urgent', 'community.valid_over', 'community.publish_past'] }),
  dropNotice: write({ zh: '删除公告草稿', may: 'community.notice.write', takes: One, gives: z.object({ notice_id: Id }), refuses: [...WRONG] }),
  publishNotice: write({ zh: '发布公告', may: 'community.notice.write', takes: One.extend({ reason: Text(200).optional().meta({ zh: '说明' }) }), gives: Told.extend({ approval_id: Id.nullable() }), refuses: [...WRONG, ...AUDIENCE, 'community.valid_over', 'community.replaced_already', 'system.approval_pending', 'system.approval_nobody'] }),
  takeBackNotice: write({ zh: '取消定时发布', may: 'community.notice.write', takes: One, gives: Told, refuses: [...WRONG] }),
  withdrawNotice: write({ zh: '撤回公告', may: 'community.notice.write', takes: One.extend({ reason: Reason }), gives: Told, refuses: [...WRONG] }),
  /** A draft with the same words that replaces this one once it is published. */
  correctNotice: write({ zh: '更正公告', may: 'community.notice.write', takes: One, gives: z.object({ notice_id: Id }), refuses: [...WRONG, 'community.corrected_already'] }),
  pinNotice: write({ zh: '置顶公告', may: 'community.notice.write', takes: One.extend({ pinned: z.boolean() }), gives: z.object({ notice_id: Id }), refuses: [...WRONG] }),
  remindUnread: write({ zh: '提醒未读公告的业户', may: 'community.notice.write', takes: One, gives: z.object({ person_count: z.int() }), refuses: [...WRONG, 'community.reminded_today', 'community.all_read', 'community.still_sending'] }),
  readers: read({ zh: '公告阅读情况', may: 'community.reader.read', takes: Paging.extend(ReaderFilter.shape), gives: pageOf(ReaderRow) }),
  readersExcel: download({ zh: '导出公告阅读情况', may: 'community.reader.export', takes: ReaderFilter, refuses: ['community.too_many_rows'] }),
  noticePdf: download({ zh: '打印公告', may: 'community.notice.read', takes: z.object({ notice_id: Id }) }),
  noticeFile: download({ zh: '公告图片和附件', may: 'signed_in', takes: z.object({ notice_id: Id, file_id: Id }) }),

  myNotices: read({ zh: '我的公告', may: 'resident', takes: Paging.extend({ house_id: Id.optional(), with_past: z.boolean().optional() }), gives: pageOf(MyNotice).extend({ unread_count: z.int() }) }),
  myNotice: read({ zh: '公告', may: 'resident', takes: z.object({ notice_id: Id }), gives: MyNotice.extend({ body: z.string(), files: z.array(FileRow), company_name: z.string(), replaces: Replacing, replaced_by: Replacing, ended_at: Instant.nullable(), ended_reason: z.string().nullable(), can: Can('confirm') }) }),
  /** Written when the page is opened; again it changes nothing. */
  seeNotice: write({ zh: '阅读公告', may: 'resident', takes: One.extend({ confirm: z.boolean().optional() }), gives: z.object({ notice_id: Id }), refuses: ['community.not_to_confirm'] }),
  ...activityCalls,
})
export { FILES_MAX, PICTURES_MAX }
