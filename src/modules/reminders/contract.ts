import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Month, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { noticeCalls } from './notice_contract.ts'

export const CHANNELS = ['app', 'wechat', 'sms', 'letter', 'call', 'visit'] as const
export const Channel = z.enum(CHANNELS).meta({ zh: '方式' })
export type Channel = z.output<typeof Channel>
/** Decides the words: new bill, not yet due, due today, overdue, last before legal steps. */
export const Tone = z.enum(['issued', 'before_due', 'due', 'overdue', 'final']).meta({ zh: '用语' })
export type Tone = z.output<typeof Tone>
export const ReminderState = z.enum(['waiting', 'sent', 'done', 'failed', 'cancelled']).meta({ zh: '状态' })
export const Cause = z.enum(['paid', 'paused', 'promised', 'no_phone', 'withdrawn', 'undeliverable', 'told']).meta({ zh: '原因' })
export const Answered = z.enum(['delivered', 'posted', 'refused', 'reached', 'no_answer', 'wrong_number', 'other']).meta({ zh: '结果' })
export const PauseKind = z.enum(['complaint', 'instalment', 'legal', 'manual']).meta({ zh: '类别' })
export const PromiseState = z.enum(['open', 'kept', 'broken', 'withdrawn']).meta({ zh: '状态' })
export const PlanState = z.enum(['draft', 'active', 'ended']).meta({ zh: '状态' })

export const Step = z.object({
  name: Needed(30).meta({ zh: '步骤' }),
  /** The day counted from: of issue, or the due day. */
  anchor: z.enum(['issued', 'due']).meta({ zh: '起算' }),
  /** Days after the anchor; negative: before. */
  offset_days: z.int().min(-60).max(1095).meta({ zh: '第几天' }),
  channels: z.array(Channel).min(1, '至少选一种方式').max(6).meta({ zh: '方式' }),
  tone: Tone,
})
export type Step = z.output<typeof Step>
/** The usual ladder (domain: first reminder in the week after the due day, then phone, letter, visit); a start to be changed. */
export const USUAL_STEPS: readonly Step[] = [
  { name: '新账单', anchor: 'issued', offset_days: 0, channels: ['app', 'wechat'], tone: 'issued' },
  { name: '到期前 3 天', anchor: 'due', offset_days: -3, channels: ['app'], tone: 'before_due' },
  { name: '逾期一周', anchor: 'due', offset_days: 7, channels: ['app', 'wechat', 'sms'], tone: 'overdue' },
  { name: '逾期一月', anchor: 'due', offset_days: 30, channels: ['sms', 'call'], tone: 'overdue' },
  { name: '催缴单', anchor: 'due', offset_days: 60, channels: ['letter'], tone: 'final' },
  { name: '上门', anchor: 'due', offset_days: 90, channels: ['visit'], tone: 'final' },
]
const PlanFields = {
  community_id: Id.nullable().meta({ zh: '小区' }),
  name: Needed(40).meta({ zh: '名称' }),
  from_on: Day.meta({ zh: '生效日' }),
  min_open_fen: z.int().min(0).max(100_000_000).meta({ zh: '低于此数不催(元)' }),
  fee_item_ids: z.array(Id).max(50).meta({ zh: '只催这些项目' }),
  steps: z.array(Step).min(1, '至少一步').max(20).meta({ zh: '步骤' }),
}
export const PlanRow = z.object({
  plan_id: Id,
  ...PlanFields,
  community_name: z.string().nullable(),
  to_on: Day.nullable().meta({ zh: '失效日(不含)' }),
  state: PlanState,
  created_by_name: z.string().meta({ zh: '制定人' }),
  created_at: Instant,
  activated_by_name: z.string().nullable().meta({ zh: '启用人' }),
  activated_at: Instant.nullable(),
  can: Can('change', 'activate', 'end'),
})
export type PlanRow = z.output<typeof PlanRow>

const Count = z.object({ step_no: z.int().nullable(), step_name: z.string(), channel: Channel, reminder_count: z.int(), open_fen: FenShape })
export const Planned = z.object({ rows: z.array(Count), reminder_count: z.int() })

export const ReminderRow = z.object({
  reminder_id: Id,
  community_name: z.string().meta({ zh: '小区' }),
  house_id: Id,
  house_label: z.string().meta({ zh: '房号' }),
  payer_id: Id,
  payer_name: z.string().meta({ zh: '缴费人' }),
  step_name: z.string().meta({ zh: '步骤' }),
  channel: Channel,
  state: ReminderState,
  cause: Cause.nullable(),
  bill_count: z.int().meta({ zh: '账单数' }),
  /** When it was made. */
  open_fen: FenShape.meta({ zh: '当时欠费' }),
  /** Of the same bills, now. */
  open_now_fen: FenShape.meta({ zh: '现欠' }),
  period_from: Month,
  period_to: Month,
  letter_no: z.string().nullable().meta({ zh: '催缴单号' }),
  printed_at: Instant.nullable().meta({ zh: '打印时间' }),
  answer: Answered.nullable(),
  answer_note: z.string().nullable().meta({ zh: '结果说明' }),
  handled_by_name: z.string().nullable().meta({ zh: '办理人' }),
  /** null: by plan. */
  created_by_name: z.string().nullable().meta({ zh: '发起人' }),
  created_at: Instant.meta({ zh: '时间' }),
  ended_at: Instant.nullable().meta({ zh: '完成时间' }),
  can: Can('handle', 'withdraw'),
})
export type ReminderRow = z.output<typeof ReminderRow>
export const ReminderFilter = z.object({
  community_id: Id.optional(),
  building_id: Id.optional(),
  house_id: Id.optional(),
  channel: Channel.optional(),
  state: ReminderState.optional(),
  from_on: Day.optional(),
  to_on: Day.optional(),
  printed: z.boolean().optional().meta({ zh: '已打印' }),
  /** House label or payer's name; beginnings match. */
  q: Text(40).optional(),
})
export const PromiseRow = z.object({
  promise_id: Id,
  house_id: Id,
  house_label: z.string().meta({ zh: '房号' }),
  payer_name: z.string().meta({ zh: '承诺人' }),
  amount_fen: FenShape.meta({ zh: '承诺金额' }),
  /** Paid for the house from the promise on, reversed payments left out. */
  paid_fen: FenShape.meta({ zh: '其后已缴' }),
  promised_on: Day.meta({ zh: '承诺日' }),
  note: z.string().nullable().meta({ zh: '说明' }),
  state: PromiseState,
  taken_by_name: z.string().meta({ zh: '登记人' }),
  taken_at: Instant.meta({ zh: '登记时间' }),
  can: Can('withdraw'),
})
export const PauseRow = z.object({
  pause_id: Id,
  house_id: Id,
  house_label: z.string().meta({ zh: '房号' }),
  kind: PauseKind,
  reason: z.string().meta({ zh: '原因' }),
  from_on: Day.meta({ zh: '起' }),
  until_on: Day.nullable().meta({ zh: '止(不含)' }),
  created_by_name: z.string().meta({ zh: '登记人' }),
  ended_at: Instant.nullable().meta({ zh: '解除时间' }),
  ended_by_name: z.string().nullable().meta({ zh: '解除人' }),
  can: Can('end'),
})

export const reminders = contract('reminders', {
  ...noticeCalls,
  plans: read({ zh: '催缴方案', may: 'reminders.plan.read', takes: z.object({ community_id: Id.optional(), with_ended: z.boolean().optional() }), gives: z.object({ rows: z.array(PlanRow) }) }),
  savePlan: write({ zh: '保存催缴方案', may: 'reminders.plan.write', takes: Repeatable.extend({ plan_id: Id.optional(), ...PlanFields }), gives: z.object({ plan_id: Id }), refuses: ['reminders.plan_not_draft', 'reminders.steps_same'] }),
  /** What a plan would send today, as it stands: nothing is sent. */
  previewPlan: read({ zh: '试算催缴方案', may: 'reminders.plan.read', takes: z.object({ plan_id: Id }), gives: Planned }),
  /** The plan in force before for the same place ends on the day this one begins. */
  activatePlan: write({ zh: '启用催缴方案', may: 'reminders.plan.write', takes: Repeatable.extend({ plan_id: Id }), gives: z.object({ plan_id: Id, ended_count: z.int() }), refuses: ['reminders.plan_not_draft', 'reminders.plan_past'] }),
  endPlan: write({ zh: '停用催缴方案', may: 'reminders.plan.write', takes: Repeatable.extend({ plan_id: Id }), gives: z.object({ plan_id: Id }), refuses: ['reminders.plan_not_active'] }),

  reminders: read({ zh: '催缴记录', may: 'reminders.reminder.read', takes: Paging.extend(ReminderFilter.shape), gives: pageOf(ReminderRow).extend({ open_fen: FenShape }) }),
  remindersExcel: download({ zh: '导出催缴记录', may: 'reminders.reminder.export', takes: ReminderFilter }),
  reminder: read({
    zh: '催缴详情',
    may: 'reminders.reminder.read',
    takes: z.object({ reminder_id: Id }),
    gives: ReminderRow.extend({
      /** Waits for the end of the quiet hours, until then. */
      sends_at: Instant.nullable(),
      bills: z.array(z.object({ bill_id: Id, period: Month, fee_item_name: z.string(), then_fen: FenShape, open_fen: FenShape })),
      message: z.object({ title: z.string(), body: z.string(), read_at: Instant.nullable() }).nullable(),
      /** What WeChat said of the template message; `report` is its pushed proof. */
      wechat: z.object({ state: z.string(), msgid: z.string().nullable(), report: z.string().nullable(), failure: z.string().nullable(), sent_at: Instant.nullable(), ended_at: Instant.nullable() }).nullable(),
      /** What the operator's channel said of the SMS. */
      sms: z.object({ state: z.string(), phone_masked: z.string(), provider_ref: z.string().nullable(), failure: z.string().nullable(), sent_at: Instant.nullable() }).nullable(),
    }),
  }),
  /** Reminds the payers of these houses now, of everything overdue (or open, before it is due). Once a day and channel; dry_run counts. */
  remindNow: write({
    zh: '人工催缴',
    may: 'reminders.reminder.write',
    takes: Repeatable.extend({ house_ids: z.array(Id).min(1).max(500), channel: Channel, tone: Tone }),
    gives: z.object({ reminder_count: z.int(), open_fen: FenShape, paused_count: z.int(), nothing_count: z.int(), /** It is quiet now: they go out then. */ sends_at: Instant.nullable() }),
    refuses: ['reminders.wechat_off'],
  }),
  /** Numbers them and marks them printed; the file is `lettersPdf`. */
  printLetters: write({ zh: '打印催缴单', may: 'reminders.reminder.write', takes: Repeatable.extend({ reminder_ids: z.array(Id).min(1).max(200) }), gives: z.object({ count: z.int(), skipped_paid: z.int() }), refuses: ['reminders.not_letter'] }),
  lettersPdf: download({ zh: '催缴单', may: 'reminders.reminder.write', takes: z.object({ reminder_ids: z.array(Id).min(1).max(200) }), refuses: ['reminders.not_printed'] }),
  recordAnswer: write({
    zh: '登记催缴结果',
    may: 'reminders.reminder.write',
    takes: Repeatable.extend({ reminder_id: Id, answer: Answered, note: Text(300).nullable().optional().meta({ zh: '说明' }), promise_fen: z.int().min(1).max(10_000_000_000).nullable().optional().meta({ zh: '承诺金额(元)' }), promised_on: Day.nullable().optional().meta({ zh: '承诺日' }) }),
    gives: z.object({ reminder_id: Id }),
    refuses: ['reminders.ended', 'reminders.promise_incomplete', 'reminders.promise_past'],
  }),
  withdrawReminder: write({ zh: '撤回催缴', may: 'reminders.reminder.write', takes: Repeatable.extend({ reminder_id: Id }), gives: z.object({ reminder_id: Id }), refuses: ['reminders.ended'] }),

  promises: read({ zh: '承诺缴费', may: 'reminders.reminder.read', takes: Paging.extend({ community_id: Id.optional(), house_id: Id.optional(), state: PromiseState.optional() }), gives: pageOf(PromiseRow) }),
  savePromise: write({
    zh: '登记承诺缴费',
    may: 'reminders.reminder.write',
    takes: Repeatable.extend({ house_id: Id, payer_id: Id, amount_fen: z.int().min(1).max(10_000_000_000).meta({ zh: '承诺金额(元)' }), promised_on: Day.meta({ zh: '承诺日' }), note: Text(200).nullable().optional().meta({ zh: '说明' }) }),
    gives: z.object({ promise_id: Id }),
    refuses: ['reminders.promise_past', 'reminders.nothing_open'],
  }),
  withdrawPromise: write({ zh: '撤回承诺', may: 'reminders.reminder.write', takes: Repeatable.extend({ promise_id: Id }), gives: z.object({ promise_id: Id }), refuses: ['reminders.ended'] }),

  pauses: read({ zh: '暂停催缴', may: 'reminders.reminder.read', takes: Paging.extend({ community_id: Id.optional(), house_id: Id.optional(), live_only: z.boolean().optional() }), gives: pageOf(PauseRow) }),
  pauseHouse: write({ zh: '暂停一户的催缴', may: 'reminders.reminder.write', takes: Repeatable.extend({ house_id: Id, reason: Reason, until_on: Day.nullable().optional().meta({ zh: '止(不含)' }) }), gives: z.object({ pause_id: Id }), refuses: ['reminders.until_past'] }),
  endPause: write({ zh: '解除暂停', may: 'reminders.reminder.write', takes: Repeatable.extend({ pause_id: Id }), gives: z.object({ pause_id: Id }), refuses: ['reminders.ended'] }),
})
