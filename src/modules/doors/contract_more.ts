// Calls of doors beyond cards and rights: the face as one way among others, people barred from doors, helpers outside the register.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { Reached, Times } from './shapes.ts'

export const HELPER_KINDS = ['nanny', 'worker', 'courier', 'nurse', 'other'] as const
/** Fixed: what is not one of these bars nobody. Money owed is none of them. */
export const BAR_REASONS = ['identity', 'violence', 'theft', 'safety', 'left', 'duty_over', 'court'] as const
const Phone = z.string().trim().regex(/^1\d{10}$/, '应为 11 位手机号').meta({ zh: '电话' })
const PHOTO_MAX = 280_000
/** A JPEG as base64, made small on the device that took it. */
const Photo = z.base64('照片没有读到,请重新选择').min(1_000, '照片太小,请重新拍摄').max(PHOTO_MAX, '照片太大,应在 200 KB 以内').meta({ zh: '正面照片' })

export const FaceRow = z.object({
  face_id: Id, community_name: z.string().meta({ zh: '小区' }), holder_name: z.string().meta({ zh: '姓名' }), house_label: z.string().meta({ zh: '房号' }), way: z.enum(['app', 'paper']).meta({ zh: '同意方式' }), text_no: z.int().meta({ zh: '告知书版本' }), under_14: z.boolean().meta({ zh: '不满十四周岁' }), guardian: z.string().nullable().meta({ zh: '监护人' }),
  state: z.enum(['live', 'withdrawn', 'expired', 'closed']).meta({ zh: '状态' }), from_on: Day.meta({ zh: '起' }), to_on: Day.meta({ zh: '止(不含)' }), consented_by: z.string().meta({ zh: '同意人' }), consented_at: Instant.meta({ zh: '同意时间' }), ended_at: Instant.nullable().meta({ zh: '结束' }), ended_by: z.string().nullable(), ended_reason: z.string().nullable().meta({ zh: '原因' }),
  has_paper: z.boolean(), only_face: z.boolean(), spot_count: z.int(), left_count: z.int().meta({ zh: '未生效控制器' }), left_names: z.array(z.string()), can: Can('end'),
})
export type FaceRow = z.output<typeof FaceRow>
const MyFace = FaceRow.pick({ face_id: true, holder_name: true, under_14: true, state: true, to_on: true, consented_at: true, ended_at: true, ended_reason: true, spot_count: true, left_count: true, only_face: true }).extend({ mine: z.boolean() })
const FaceRuleFields = {
  from_on: Day.meta({ zh: '生效日' }), enabled: z.boolean().meta({ zh: '开放人脸开门' }), purpose: Needed(100).meta({ zh: '处理目的' }), consent_text: z.string().trim().min(50, '告知同意书至少 50 字').max(4000).meta({ zh: '告知同意书' }), months: z.int().min(1, '1 至 36 个月').max(36, '1 至 36 个月').meta({ zh: '一次同意有效(月)' }),
  assessed_on: Day.nullable().meta({ zh: '影响评估日期' }), assessor: Text(40).nullable().meta({ zh: '评估人' }), basis: Needed(200).meta({ zh: '依据' }),
}
export const FaceRuleRow = z.object({ community_id: Id, community_name: z.string().meta({ zh: '小区' }), enabled: z.boolean().meta({ zh: '人脸开门' }), from_on: Day.nullable().meta({ zh: '生效日' }), text_no: z.int().nullable().meta({ zh: '告知书版本' }), purpose: z.string().nullable().meta({ zh: '目的' }), consent_text: z.string().nullable(), months: z.int().nullable().meta({ zh: '有效(月)' }), assessed_on: Day.nullable().meta({ zh: '影响评估' }), assessor: z.string().nullable(), basis: z.string().nullable(), next_from_on: Day.nullable(), next_enabled: z.boolean().nullable(), face_count: z.int().meta({ zh: '在用人脸' }) })
export type FaceRuleRow = z.output<typeof FaceRuleRow>

export const BarredRow = z.object({
  barred_id: Id, community_name: z.string().meta({ zh: '小区' }), holder_name: z.string().meta({ zh: '姓名' }), holder_kind: z.enum(['person', 'staff', 'helper']), houses: z.string().meta({ zh: '房号' }), cards: z.string().meta({ zh: '卡号尾' }), group_name: z.string().nullable().meta({ zh: '限制的门' }), reason: z.enum(BAR_REASONS).meta({ zh: '原因' }), detail: z.string().meta({ zh: '经过' }), from_on: Day.meta({ zh: '起' }), to_on: Day.meta({ zh: '止(不含)' }),
  state: z.enum(['asked', 'on', 'refused', 'lifted', 'over']).meta({ zh: '状态' }), asked_name: z.string().meta({ zh: '提出人' }), asked_at: Instant.meta({ zh: '提出时间' }), decided_name: z.string().nullable().meta({ zh: '批准人' }), decided_at: Instant.nullable(), decided_note: z.string().nullable(), lifted_name: z.string().nullable(), lifted_at: Instant.nullable(), lifted_reason: z.string().nullable(), left_doors: z.int().meta({ zh: '未生效门数' }), can: Can('decide', 'lift'),
})
export type BarredRow = z.output<typeof BarredRow>
export const HelperRow = z.object({
  helper_id: Id, community_name: z.string().meta({ zh: '小区' }), name: z.string().meta({ zh: '姓名' }), kind: z.enum(HELPER_KINDS).meta({ zh: '身份' }), phone_masked: z.string().meta({ zh: '电话' }), employer: z.string().nullable().meta({ zh: '单位' }), house_label: z.string().nullable().meta({ zh: '房号' }), vouch_name: z.string().meta({ zh: '担保人' }), group_name: z.string().meta({ zh: '门组' }), times: Times, code: z.string().nullable().meta({ zh: '开门密码' }), cards: z.string().meta({ zh: '卡号尾' }), from_on: Day.meta({ zh: '起' }), to_on: Day.meta({ zh: '止(不含)' }), state: z.enum(['now', 'future', 'over', 'ended']).meta({ zh: '状态' }), created_name: z.string().meta({ zh: '登记人' }), created_at: Instant, ended_by: z.string().nullable(), ended_reason: z.string().nullable(), left_doors: z.int().meta({ zh: '未生效门数' }), can: Can('end', 'card'),
})
export type HelperRow = z.output<typeof HelperRow>
const House = z.object({ house_id: Id })
const Q = Text(40).optional()

export const more = {
  faces: read({ zh: '人脸开门名册', may: 'doors.face.read', takes: Paging.extend({ community_id: Id.optional(), state: z.enum(['live', 'withdrawn', 'expired', 'closed']).optional(), left: z.boolean().optional(), q: Q }), gives: pageOf(FaceRow).extend({ live_count: z.int() }) }),
  faceRules: read({ zh: '人脸开门规则', may: 'doors.face.read', takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(FaceRuleRow), total_faces: z.int() }) }),
  saveFaceRule: write({ zh: '设定人脸开门', may: 'doors.policy.write', takes: Repeatable.extend({ community_id: Id.meta({ zh: '小区' }), ...FaceRuleFields }), gives: z.object({ text_no: z.int() }), refuses: ['doors.from_past', 'doors.face_not_assessed'] }),
  registerFace: write({
    zh: '登记人脸(纸质同意书)', may: 'doors.face.write',
    takes: Repeatable.extend({ person_id: Id.meta({ zh: '人员' }), house_id: Id.meta({ zh: '房产' }), under_14: z.boolean().meta({ zh: '不满十四周岁' }), guardian_person_id: Id.nullable().meta({ zh: '监护人' }), guardian_relation: Text(20).nullable().meta({ zh: '与监护人关系' }), paper_file_id: Id.meta({ zh: '签字同意书扫描件' }), photo: Photo }),
    gives: z.object({ face_id: Id, to_on: Day }), refuses: ['doors.face_off', 'doors.no_other_way', 'doors.face_taken', 'doors.guardian_needed', 'doors.guardian_self', 'doors.bad_photo', 'doors.no_paper', 'doors.person_elsewhere', 'doors.not_minor'],
  }),
  endFace: write({ zh: '停用人脸并删除', may: 'doors.face.write', takes: Repeatable.extend({ face_id: Id, reason: Reason }), gives: z.object({ face_id: Id, left_count: z.int() }), refuses: ['doors.face_over'] }),
  facePaper: download({ zh: '查看签字同意书', may: 'doors.face.write', takes: z.object({ face_id: Id }) }),

  doorsBarred: read({ zh: '门禁黑名单', may: 'doors.barred.read', takes: Paging.extend({ community_id: Id.optional(), state: z.enum(['asked', 'on', 'refused', 'lifted', 'over']).optional(), q: Q }), gives: pageOf(BarredRow).extend({ asked_count: z.int() }) }),
  findHolders: read({ zh: '查门禁持有人', may: 'doors.barred.write', takes: z.object({ q: Needed(40), community_id: Id }), gives: z.object({ rows: z.array(z.object({ holder_id: Id, name: z.string(), kind: z.enum(['person', 'staff', 'helper']), houses: z.string(), cards: z.string() })) }) }),
  askBar: write({
    zh: '提出列入门禁黑名单', may: 'doors.barred.write',
    takes: Repeatable.extend({ community_id: Id.meta({ zh: '小区' }), holder_id: Id.meta({ zh: '持有人' }), group_id: Id.nullable().meta({ zh: '限制的门组' }), reason: z.enum(BAR_REASONS).meta({ zh: '原因' }), detail: Needed(300).meta({ zh: '经过' }), from_on: Day.meta({ zh: '起' }), to_on: Day.meta({ zh: '止(不含)' }) }),
    gives: z.object({ barred_id: Id }), refuses: ['doors.days_crossed', 'doors.bar_too_long', 'doors.debt_is_no_reason', 'doors.way_home', 'doors.from_past', 'doors.barred_already'],
  }),
  decideBar: write({ zh: '批准列入门禁黑名单', may: 'doors.barred.decide', takes: Repeatable.extend({ barred_id: Id, agree: z.boolean().meta({ zh: '同意列入' }), note: Needed(200).meta({ zh: '意见' }) }), gives: z.object({ state: z.string(), reached: Reached }), refuses: ['doors.bar_decided', 'doors.same_person', 'doors.way_home'] }),
  liftBar: write({ zh: '解除门禁黑名单', may: 'doors.barred.write', takes: Repeatable.extend({ barred_id: Id, reason: Reason }), gives: z.object({ reached: Reached }), refuses: ['doors.bar_over'] }),

  helpers: read({ zh: '编外人员', may: 'doors.helper.read', takes: Paging.extend({ community_id: Id.optional(), kind: z.enum(HELPER_KINDS).optional(), state: z.enum(['now', 'future', 'over', 'ended']).optional(), q: Q }), gives: pageOf(HelperRow) }),
  registerHelper: write({
    zh: '登记编外人员', may: 'doors.helper.write',
    takes: Repeatable.extend({ community_id: Id.meta({ zh: '小区' }), kind: z.enum(HELPER_KINDS).meta({ zh: '身份' }), name: Needed(30).meta({ zh: '姓名' }), phone: Phone, employer: Text(60).nullable().meta({ zh: '单位' }), house_id: Id.optional().meta({ zh: '服务的房产' }), vouch_person_id: Id.optional().meta({ zh: '担保的住户' }), vouch_name: Text(30).nullable().meta({ zh: '担保人(不是住户时)' }), group_id: Id.meta({ zh: '可开的门组' }), times: Times, with_code: z.boolean().meta({ zh: '发开门密码' }), from_on: Day.meta({ zh: '起' }), to_on: Day.meta({ zh: '止(不含)' }) }),
    gives: z.object({ helper_id: Id, code: z.string().nullable(), reached: Reached }), refuses: ['doors.days_crossed', 'doors.times_crossed', 'doors.helper_too_long', 'doors.no_voucher', 'doors.helper_barred', 'doors.vouch_elsewhere', 'doors.from_past'],
  }),
  helperCard: write({ zh: '给编外人员发卡', may: 'doors.helper.write', takes: Repeatable.extend({ helper_id: Id, card_no: z.string().trim().regex(/^[0-9A-Za-z]{4,20}$/, '卡号应为 4 到 20 位数字或字母').meta({ zh: '卡号' }) }), gives: z.object({ card_id: Id, reached: Reached }), refuses: ['doors.card_taken', 'doors.helper_over'] }),
  endHelper: write({ zh: '停止编外人员', may: 'doors.helper.write', takes: Repeatable.extend({ helper_id: Id, reason: Reason }), gives: z.object({ reached: Reached }), refuses: ['doors.helper_over', 'doors.debt_is_no_reason'] }),

  myFace: read({ zh: '我的人脸开门', may: 'resident', takes: House, gives: z.object({ rule: z.object({ purpose: z.string(), consent_text: z.string(), text_no: z.int(), months: z.int() }).nullable(), other_way: z.boolean(), rows: z.array(MyFace), children: z.array(z.object({ person_id: Id, name: z.string() })) }) }),
  giveFace: write({
    zh: '同意并开通人脸开门', may: 'resident', takes: Repeatable.extend({ house_id: Id, child_id: Id.optional().meta({ zh: '未满十四周岁的家人' }), relation: Text(20).optional().meta({ zh: '与本人关系' }), text_no: z.int(), photo: Photo }),
    gives: z.object({ face_id: Id, to_on: Day }), refuses: ['doors.face_off', 'doors.text_changed', 'doors.no_other_way', 'doors.face_taken', 'doors.guardian_needed', 'doors.bad_photo', 'doors.not_minor'],
  }),
  withdrawFace: write({ zh: '撤回人脸同意并删除', may: 'resident', takes: Repeatable.extend({ face_id: Id }), gives: z.object({ left_count: z.int() }), refuses: ['doors.face_over'] }),
  myHelpers: read({ zh: '我担保的人', may: 'resident', takes: House, gives: z.object({ rows: z.array(z.object({ helper_id: Id, name: z.string(), kind: z.enum(HELPER_KINDS), from_on: Day, to_on: Day, can: Can('end') })) }) }),
  endMyHelper: write({ zh: '停止我担保的人', may: 'resident', takes: Repeatable.extend({ helper_id: Id }), gives: z.object({ done: z.literal(true) }), refuses: ['doors.helper_over'] }),
}
