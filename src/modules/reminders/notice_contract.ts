// Notices in batch (缴费通知单): printed by building in walking order, a code to pay on each. Part of the contract of this module.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Day, FenShape, Id, Instant, Month, Paging, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

export const NOTICES_MAX = 5000
export const NoticePaper = z.enum(['a4', 'a5', 'half', 'roll']).meta({ zh: '纸张' })
export const Delivery = z.enum(['delivered', 'posted', 'refused', 'other']).meta({ zh: '送达结果' })
const BatchState = z.enum(['drawing', 'ready', 'failed']).meta({ zh: '状态' })

export const NoticeBatch = z.object({
  batch_id: Id,
  batch_no: z.string().meta({ zh: '批次号' }),
  community_id: Id,
  community_name: z.string().meta({ zh: '小区' }),
  buildings: z.string().meta({ zh: '楼栋' }),
  overdue_only: z.boolean(),
  period_from: Month.nullable(),
  period_to: Month.nullable(),
  due_by_on: Day.nullable().meta({ zh: '缴清期限' }),
  paper: NoticePaper,
  template_name: z.string().nullable().meta({ zh: '模板' }),
  template_version: z.int().nullable(),
  link_days: z.int(),
  with_code: z.boolean(),
  notice_count: z.int().meta({ zh: '份数' }),
  delivered_count: z.int().meta({ zh: '已送达' }),
  open_fen: FenShape.meta({ zh: '欠费合计' }),
  done_count: z.int(),
  state: BatchState,
  failure: z.string().nullable(),
  files: z.array(z.object({ no: z.int(), first: z.int(), last: z.int() })),
  printed_count: z.int().meta({ zh: '打印次数' }),
  created_by_name: z.string().meta({ zh: '打印人' }),
  created_at: Instant.meta({ zh: '时间' }),
})
export type NoticeBatch = z.output<typeof NoticeBatch>

export const NoticeRow = z.object({
  seq: z.int().meta({ zh: '序号' }),
  notice_no: z.string().meta({ zh: '通知单号' }),
  house_id: Id,
  house_label: z.string().meta({ zh: '房号' }),
  payer_name: z.string().meta({ zh: '缴费人' }),
  bill_count: z.int().meta({ zh: '账单数' }),
  open_fen: FenShape.meta({ zh: '打印时欠费' }),
  open_now_fen: FenShape.meta({ zh: '现欠' }),
  opened_count: z.int().meta({ zh: '扫码次数' }),
  delivery: Delivery.nullable(),
  delivery_note: z.string().nullable().meta({ zh: '说明' }),
  delivered_at: Instant.nullable().meta({ zh: '登记时间' }),
  delivered_by_name: z.string().nullable().meta({ zh: '登记人' }),
  reminder_id: Id.nullable(),
})
export type NoticeRow = z.output<typeof NoticeRow>

const Which = {
  community_id: Id.meta({ zh: '小区' }),
  building_ids: z.array(Id).max(200).default([]).meta({ zh: '楼栋' }),
  overdue_only: z.boolean().default(true).meta({ zh: '只打印已到期的' }),
  period_from: Month.optional().meta({ zh: '账期起' }),
  period_to: Month.optional().meta({ zh: '账期止' }),
  min_open_fen: z.int().min(0).max(100_000_000).default(0).meta({ zh: '低于此数不打印(元)' }),
}
export const noticeCalls = {
  noticeTemplates: read({ zh: '可用的通知单模板', may: 'reminders.reminder.read', takes: z.object({ community_id: Id }), gives: z.object({ rows: z.array(z.object({ template_id: Id, name: z.string(), paper: NoticePaper, version_no: z.int() })) }) }),
  /** dry_run counts. The pages are drawn in the background. */
  startNotices: write({
    zh: '批量打印缴费通知单',
    may: 'reminders.reminder.write',
    takes: Repeatable.extend({
      ...Which,
      template_id: Id.nullable().default(null).meta({ zh: '模板' }),
      paper: NoticePaper.default('a4'),
      due_by_on: Day.nullable().default(null).meta({ zh: '请于此日前缴清' }),
      link_days: z.int().min(1).max(90).default(30).meta({ zh: '二维码有效天数' }),
      /** Where the resident face is reached from outside; without it no code is printed. */
      origin: z.url({ protocol: /^https?$/ }).max(200).nullable().default(null).meta({ zh: '二维码网址' }),
    }),
    gives: z.object({ batch_id: Id, batch_no: z.string(), notice_count: z.int(), house_count: z.int(), open_fen: FenShape }),
    refuses: ['reminders.notices_none', 'reminders.notices_many', 'reminders.template_gone', 'reminders.due_by_past'],
  }),
  noticeBatches: read({ zh: '缴费通知单', may: 'reminders.reminder.read', takes: Paging.extend({ community_id: Id.optional() }), gives: pageOf(NoticeBatch) }),
  noticeBatch: read({ zh: '缴费通知单批次', may: 'reminders.reminder.read', takes: z.object({ batch_id: Id }), gives: NoticeBatch }),
  notices: read({ zh: '一批通知单', may: 'reminders.reminder.read', takes: Paging.extend({ batch_id: Id, q: Text(40).optional(), delivered: z.boolean().optional() }), gives: pageOf(NoticeRow) }),
  noticesPdf: download({ zh: '取出通知单文件', may: 'reminders.reminder.write', takes: z.object({ batch_id: Id, no: z.int().min(1).max(1000) }) }),
  /** Logged before the file is opened: who took it to the printer, and how often. */
  printNotices: write({ zh: '打印通知单', may: 'reminders.reminder.write', takes: Repeatable.extend({ batch_id: Id, no: z.int().min(1).max(1000) }), gives: z.object({ printed_count: z.int() }) }),
  /** Draws the pages again after a failure. */
  retryNotices: write({ zh: '重新生成通知单', may: 'reminders.reminder.write', takes: Repeatable.extend({ batch_id: Id }), gives: z.object({ batch_id: Id }), refuses: ['reminders.notices_not_failed'] }),
  /** Delivered ones become reminders by letter, with their bills: proof of demand. Without numbers: all that are not marked yet. */
  deliverNotices: write({
    zh: '登记通知单送达',
    may: 'reminders.reminder.write',
    takes: Repeatable.extend({ batch_id: Id, seqs: z.array(z.int().min(1)).max(500).optional(), delivery: Delivery, note: Text(200).nullable().optional().meta({ zh: '说明' }) }),
    gives: z.object({ marked_count: z.int(), reminder_count: z.int() }),
    refuses: ['reminders.notices_not_ready', 'reminders.notices_marked'],
  }),
}
