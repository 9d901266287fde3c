// Satisfaction surveys (满意度调查): questions as data, households drawn with a seed, results by question and building.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Day, Id, Needed, Paging, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

export const QUESTION_KINDS = ['scale', 'choice', 'text'] as const
export const QUESTIONS_MAX = 30
export const Question = z.object({ key: z.string().regex(/^[a-z][a-z0-9_]{0,29}$/).meta({ zh: '代码' }), zh: Needed(60).meta({ zh: '问题' }), kind: z.enum(QUESTION_KINDS).meta({ zh: '类型' }), options: z.array(Needed(40)).max(12).meta({ zh: '选项' }), needed: z.boolean().meta({ zh: '必答' }) })
export type Question = z.output<typeof Question>
export const SurveyState = z.enum(['draft', 'open', 'closed']).meta({ zh: '状态' })
export const ReplyWay = z.enum(['app', 'phone', 'paper']).meta({ zh: '方式' })
const Shape = {
  title: Needed(40).meta({ zh: '名称' }), intro: Text(300).meta({ zh: '说明' }), questions: z.array(Question).min(1, '至少一个问题').max(QUESTIONS_MAX).meta({ zh: '问题' }), unnamed: z.boolean().meta({ zh: '匿名' }), goal_percent: z.int().min(0).max(100).meta({ zh: '满意率目标' }),
  building_ids: z.array(Id).max(500).meta({ zh: '抽样楼栋' }), sample_way: z.enum(['percent', 'number']).meta({ zh: '抽样方式' }), sample_size: z.int().min(1).max(10_000).meta({ zh: '比例或每栋户数' }), opens_on: Day.meta({ zh: '开始日' }), closes_on: Day.meta({ zh: '截止日' }), previous_id: Id.nullable().meta({ zh: '与哪次比较' }),
}
const Bp = z.int().nullable()
export const SurveyRow = z.object({ survey_id: Id, title: z.string().meta({ zh: '名称' }), community_id: Id, community_name: z.string().meta({ zh: '小区' }), state: SurveyState, unnamed: z.boolean().meta({ zh: '匿名' }), opens_on: Day.meta({ zh: '开始日' }), closes_on: Day.meta({ zh: '截止日' }), goal_percent: z.int().meta({ zh: '目标' }), sampled_count: z.int().meta({ zh: '抽样户数' }), reply_count: z.int().meta({ zh: '答卷数' }), response_bp: Bp.meta({ zh: '回收率' }), satisfied_bp: Bp.meta({ zh: '满意率' }) })
export type SurveyRow = z.output<typeof SurveyRow>
export const SurveyFull = SurveyRow.extend({ ...Shape, seed: z.string().meta({ zh: '抽样种子' }), previous_title: z.string().nullable() })
export type SurveyFull = z.output<typeof SurveyFull>
export const QuestionResult = z.object({ key: z.string(), zh: z.string(), kind: z.enum(QUESTION_KINDS), answered_count: z.int(), satisfied_bp: Bp, average_tenths: z.int().nullable(), previous_bp: Bp, options: z.array(z.object({ value: z.string(), label: z.string(), count: z.int() })) })
export type QuestionResult = z.output<typeof QuestionResult>
/** `hidden`: an anonymous survey that runs, or so few replies that somebody could be recognised. */
export const BuildingResult = z.object({ building_id: Id, name: z.string().meta({ zh: '楼栋' }), sampled_count: z.int().meta({ zh: '抽样户数' }), reply_count: z.int().meta({ zh: '答卷数' }), response_bp: Bp.meta({ zh: '回收率' }), satisfied_bp: Bp.meta({ zh: '满意率' }), hidden: z.boolean() })
export type BuildingResult = z.output<typeof BuildingResult>
export const Reply = z.object({ reply_id: Id, building: z.string().meta({ zh: '楼栋' }), label: z.string().nullable().meta({ zh: '房号' }), way: ReplyWay, replied_on: Day.meta({ zh: '答卷日' }), answers: z.array(z.object({ zh: z.string(), value: z.string() })) })
export type Reply = z.output<typeof Reply>
export const HouseToAsk = z.object({ house_id: Id, building: z.string().meta({ zh: '楼栋' }), label: z.string().meta({ zh: '房号' }), name: z.string().nullable().meta({ zh: '住户' }), phone_masked: z.string().nullable().meta({ zh: '电话' }), answered: z.boolean().meta({ zh: '已答' }), call_count: z.int().meta({ zh: '联系次数' }), last_call: z.enum(['no_answer', 'later', 'refused']).nullable().meta({ zh: '上次联系' }) })
export type HouseToAsk = z.output<typeof HouseToAsk>
const One = Repeatable.extend({ survey_id: Id })
const Answers = z.array(z.object({ key: Text(40), value: Text(500) })).max(QUESTIONS_MAX).meta({ zh: '回答' })
const REPLY = ['care.survey_closed', 'care.survey_answered', 'care.survey_question', 'care.survey_kind'] as const
const ReplyFilter = z.object({ survey_id: Id, building_id: Id.optional(), key: Text(40).optional(), value: Text(60).optional(), satisfied: z.boolean().optional() })
export type ReplyFilter = z.output<typeof ReplyFilter>
export const surveyCalls = {
  surveys: read({ zh: '满意度调查列表', may: 'care.survey.read', takes: Paging.extend({ community_id: Id.optional() }), gives: pageOf(SurveyRow) }),
  survey: read({ zh: '满意度调查', may: 'care.survey.read', takes: z.object({ survey_id: Id }), gives: SurveyFull }),
  saveSurvey: write({ zh: '保存满意度调查', may: 'care.survey.write', takes: Repeatable.extend({ survey_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), ...Shape }), gives: z.object({ survey_id: Id }), refuses: ['care.survey_begun', 'care.days_reversed', 'care.form_fields', 'care.survey_sample'] }),
  openSurvey: write({ zh: '抽样并发布调查', may: 'care.survey.write', takes: One, gives: z.object({ survey_id: Id, sampled_count: z.int() }), refuses: ['care.survey_begun', 'care.survey_nobody'] }),
  /** Only a draft; what was answered stays. */
  removeSurvey: write({ zh: '删除调查草稿', may: 'care.survey.write', takes: One, gives: z.object({ survey_id: Id }), refuses: ['care.survey_begun', 'care.survey_compared'] }),
  /** Drawn and not answered yet: told once more, once a day. */
  remindSurvey: write({ zh: '提醒未答的抽样户', may: 'care.survey.write', takes: One, gives: z.object({ told_count: z.int() }), refuses: ['care.survey_closed'] }),
  closeSurvey: write({ zh: '结束调查', may: 'care.survey.write', takes: One, gives: z.object({ survey_id: Id }), refuses: ['care.survey_closed'] }),
  surveyResult: read({ zh: '调查结果', may: 'care.survey.read', takes: z.object({ survey_id: Id }), gives: z.object({ sampled_count: z.int(), reply_count: z.int(), response_bp: Bp, hidden: z.boolean(), satisfied_bp: Bp, previous_bp: Bp, goal_percent: z.int(), ways: z.object({ app: z.int(), phone: z.int(), paper: z.int() }), questions: z.array(QuestionResult), buildings: z.array(BuildingResult) }) }),
  surveyReplies: read({ zh: '答卷', may: 'care.survey.read', takes: Paging.extend(ReplyFilter.shape), gives: pageOf(Reply) }),
  surveyRepliesExcel: download({ zh: '导出答卷', may: 'care.survey.export', takes: ReplyFilter }),
  surveyHouses: read({ zh: '调查电话名单', may: 'care.survey.ask', takes: Paging.extend({ survey_id: Id, open_only: z.boolean().optional(), building_id: Id.optional() }), gives: pageOf(HouseToAsk) }),
  surveyHousesExcel: download({ zh: '导出调查电话名单', may: 'care.survey.ask', takes: z.object({ survey_id: Id, open_only: z.boolean().optional(), building_id: Id.optional() }) }),
  /** A write, because who looked at whose number is kept in the audit. */
  revealSurveyPhone: write({ zh: '查看抽样户电话', may: 'care.reporter.reveal', takes: z.object({ survey_id: Id, house_id: Id }), gives: z.object({ phone: z.string().nullable() }) }),
  noteSurveyCall: write({ zh: '记录调查电话', may: 'care.survey.ask', takes: One.extend({ house_id: Id, last_call: z.enum(['no_answer', 'later', 'refused']).meta({ zh: '结果' }) }), gives: z.object({ survey_id: Id }), refuses: ['care.survey_closed', 'care.survey_answered'] }),
  saveReply: write({ zh: '录入答卷', may: 'care.survey.ask', takes: One.extend({ house_id: Id, way: z.enum(['phone', 'paper']).meta({ zh: '方式' }), answers: Answers }), gives: z.object({ survey_id: Id }), refuses: REPLY }),
  /** Of an anonymous survey: what is kept of the call names neither house nor who entered it. */
  saveReplyUnnamed: write({ zh: '录入匿名答卷', may: 'care.survey.ask', unnamed: true, takes: One.extend({ house_id: Id, way: z.enum(['phone', 'paper']).meta({ zh: '方式' }), answers: Answers }), gives: z.object({ survey_id: Id }), refuses: REPLY }),
  mySurveys: read({ zh: '我的调查问卷', may: 'resident', takes: z.object({}), gives: z.object({ rows: z.array(z.object({ survey_id: Id, title: z.string(), intro: z.string(), unnamed: z.boolean(), closes_on: Day, house_id: Id, label: z.string(), questions: z.array(Question) })) }) }),
  answerSurvey: write({ zh: '业主答卷', may: 'resident', takes: One.extend({ house_id: Id, answers: Answers }), gives: z.object({ survey_id: Id }), refuses: REPLY }),
  answerSurveyUnnamed: write({ zh: '业主匿名答卷', may: 'resident', unnamed: true, takes: One.extend({ house_id: Id, answers: Answers }), gives: z.object({ survey_id: Id }), refuses: REPLY }),
}
