// Shapes of votes that screens, server and sample share.
import { z } from 'zod'
import { Day, Id, Instant, Needed, Text } from '../../kernel/shapes.ts'

/** 民法典 278 (1) to (9), in its order. */
export const MATTERS = ['rules', 'covenant', 'committee', 'company', 'fund_use', 'fund_raise', 'rebuild', 'change_use', 'other'] as const
export const Matter = z.enum(MATTERS).meta({ zh: '事项' })
export type Matter = z.output<typeof Matter>
export const METHODS = ['majority', 'objection'] as const
export const HOUSE_KINDS = ['dwelling', 'shop', 'office', 'garage', 'storage', 'bay'] as const
export const POLL_STATES = ['draft', 'announced', 'open', 'closed', 'published', 'cancelled'] as const
export type PollState = (typeof POLL_STATES)[number]
export const CHOICES = ['agree', 'oppose', 'abstain'] as const
export const Choice = z.enum(CHOICES).meta({ zh: '选择' })
export type Choice = z.output<typeof Choice>
export const Way = z.enum(['app', 'paper', 'proxy']).meta({ zh: '方式' })
const Part = z.int().min(1).max(1000)
/**
 * How one kind of matter is counted. `majority`: participants of at least quorum, of these more than (`inclusive`: at least) pass say yes. `objection` (异议表决): those
 * against hold at most `pass` of all. Both hold for area and for heads.
 */
export const MatterRule = z.object({
  matter: Matter, method: z.enum(METHODS).meta({ zh: '计票方法' }), quorum_num: Part.meta({ zh: '参与比例分子' }), quorum_den: Part.meta({ zh: '参与比例分母' }), pass_num: Part.meta({ zh: '通过比例分子' }), pass_den: Part.meta({ zh: '通过比例分母' }), inclusive: z.boolean().meta({ zh: '含本数' }),
})
export type MatterRule = z.output<typeof MatterRule>
export const RuleFields = {
  from_on: Day.meta({ zh: '生效日' }),
  matters: z.array(MatterRule).length(MATTERS.length, '九类事项都要写').meta({ zh: '各类事项' }),
  counted_kinds: z.array(z.enum(HOUSE_KINDS)).min(1, '至少一类').max(6).meta({ zh: '计入面积和人数的房产' }),
  proxy_max: z.int().min(0).max(50).meta({ zh: '一人最多受托几票' }),
  staff_barred: z.boolean().meta({ zh: '物业员工不得受托' }),
  notice_days: z.int().min(0).max(90).meta({ zh: '定期会议提前公示天数' }),
  notice_days_extra: z.int().min(0).max(90).meta({ zh: '临时会议提前公示天数' }),
  vote_days_min: z.int().min(1).max(366).meta({ zh: '表决期最短天数' }),
  vote_days_max: z.int().min(1).max(366).meta({ zh: '表决期最长天数' }),
  publish_days: z.int().min(1).max(90).meta({ zh: '截止后几天内公布' }),
  posting_days: z.int().min(1).max(366).meta({ zh: '结果至少公示天数' }),
  basis: Needed(300).meta({ zh: '依据' }),
}
export const Rule = z.object(RuleFields)
export type Rule = z.output<typeof Rule>

export const MotionIn = z.object({ matter: Matter, title: Needed(80).meta({ zh: '议题' }), body: Needed(4000).meta({ zh: '议题内容' }), file_id: Id.nullable().default(null).meta({ zh: '附件' }) })
export type MotionIn = z.output<typeof MotionIn>
export const Motion = z.object({ motion_id: Id, motion_no: z.int().meta({ zh: '序号' }), matter: Matter, title: z.string().meta({ zh: '议题' }), body: z.string().meta({ zh: '内容' }), file_id: Id.nullable(), rule_text: z.string().meta({ zh: '通过条件' }) })
export type Motion = z.output<typeof Motion>
export const PollFields = {
  title: Needed(60).meta({ zh: '名称' }), kind: z.enum(['regular', 'extra']).meta({ zh: '会议' }), organiser: z.enum(['committee', 'preparing', 'renewing', 'management', 'residents']).meta({ zh: '组织者' }), organiser_name: Needed(60).meta({ zh: '组织者名称' }), intro: Text(1000).meta({ zh: '说明' }),
  building_ids: z.array(Id).max(500).meta({ zh: '表决范围' }), opens_at: z.iso.datetime().meta({ zh: '表决开始' }), closes_at: z.iso.datetime().meta({ zh: '表决截止' }), sealed: z.boolean().meta({ zh: '截止前不显示怎么投' }), replace_allowed: z.boolean().meta({ zh: '截止前可以改投' }),
}
export const PollRow = z.object({
  poll_id: Id, community_id: Id, community_name: z.string().meta({ zh: '小区' }), title: z.string().meta({ zh: '名称' }), kind: z.enum(['regular', 'extra']).meta({ zh: '会议' }), organiser_name: z.string().meta({ zh: '组织者' }), state: z.enum(POLL_STATES).meta({ zh: '状态' }), opens_at: Instant.meta({ zh: '开始' }), closes_at: Instant.meta({ zh: '截止' }),
  motion_count: z.int().meta({ zh: '议题' }), eligible_count: z.int().nullable().meta({ zh: '应参加人数' }), voted_count: z.int().meta({ zh: '已投人数' }), publish_by: Day.nullable().meta({ zh: '应公布日' }), late: z.boolean(),
})
export type PollRow = z.output<typeof PollRow>

/** Heads and area of one side, area as decimal text. */
export const Side = z.object({ count: z.int(), m2: z.string() })
export type Side = z.output<typeof Side>
export const Result = z.object({ motion_id: Id, motion_no: z.int(), matter: Matter, title: z.string().meta({ zh: '议题' }), eligible: Side, agree: Side, oppose: Side, abstain: Side, quorum_met: z.boolean().meta({ zh: '参与达到' }), passed: z.boolean().meta({ zh: '通过' }), sentence: z.string().meta({ zh: '怎样算出' }) })
export type Result = z.output<typeof Result>
export const VOTER_KINDS = ['owner', 'developer', 'unknown'] as const
export const VoterRow = z.object({
  voter_id: Id, voter_no: z.int().meta({ zh: '票号' }), kind: z.enum(VOTER_KINDS).meta({ zh: '性质' }), name: z.string().meta({ zh: '表决权人' }), houses: z.string().meta({ zh: '房号' }), house_count: z.int().meta({ zh: '套数' }), area_m2: z.string().meta({ zh: '面积' }),
  voted_way: Way.nullable().meta({ zh: '投票' }), voted_at: Instant.nullable().meta({ zh: '投票时间' }), rounds: z.int().meta({ zh: '张数' }), spokesman: z.string().nullable().meta({ zh: '推选的投票人' }), person_count: z.int(),
})
export type VoterRow = z.output<typeof VoterRow>
export const Listed = z.object({ receipt_code: z.string().meta({ zh: '回执码' }), area_m2: z.string().meta({ zh: '面积' }), choices: z.record(z.string(), Choice).meta({ zh: '选择' }) })
export type Listed = z.output<typeof Listed>
