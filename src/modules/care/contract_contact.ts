// Calls and visits (来电来访): who it is, what is known of him, what he wanted, what came of it.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Needed, Paging, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { MoneyMethod, RefundMethod } from '../payment/methods.ts'
import { Moment, Phone } from './contract_complaint.ts'

export const ContactWay = z.enum(['phone', 'counter', 'wechat', 'other']).meta({ zh: '方式' })
export const Topic = z.enum(['consult', 'fee', 'repair', 'complaint', 'suggestion', 'request', 'help', 'lodge', 'borrow', 'other']).meta({ zh: '事由' })
export const Outcome = z.enum(['answered', 'order', 'complaint', 'callback', 'lodged', 'passed']).meta({ zh: '结果' })
export const ContactRow = z.object({
  contact_id: Id, no: z.string().meta({ zh: '登记号' }), way: ContactWay, topic: Topic, community_name: z.string().meta({ zh: '小区' }), label: z.string().nullable().meta({ zh: '房号' }), house_id: Id.nullable(), caller_name: z.string().nullable().meta({ zh: '姓名' }), caller_phone_masked: z.string().nullable().meta({ zh: '电话' }),
  words: z.string().meta({ zh: '内容' }), outcome: Outcome, answer: z.string().nullable().meta({ zh: '答复' }), order_id: Id.nullable(), order_no: z.string().nullable().meta({ zh: '工单号' }), complaint_id: Id.nullable(), complaint_no: z.string().nullable().meta({ zh: '投诉编号' }),
  item: z.string().nullable().meta({ zh: '物品' }), due_on: Day.nullable().meta({ zh: '应取回' }), call_back_at: Instant.nullable().meta({ zh: '约定回电' }), done_at: Instant.nullable().meta({ zh: '办结时间' }), done_by_name: z.string().nullable().meta({ zh: '经办人' }), done_note: z.string().nullable().meta({ zh: '说明' }),
  seconds: z.int().nullable().meta({ zh: '用时(秒)' }), created_by_name: z.string().nullable().meta({ zh: '登记人' }), created_at: Instant.meta({ zh: '时间' }), late: z.boolean(),
  deposit: z.object({ deposit_id: Id, deposit_no: z.string(), amount_fen: FenShape, left_fen: FenShape }).nullable().meta({ zh: '押金' }), can: Can('finish'),
})
export type ContactRow = z.output<typeof ContactRow>
export const ContactFilter = z.object({ way: ContactWay.optional(), topic: Topic.optional(), outcome: Outcome.optional(), open: z.boolean().optional(), community_id: Id.optional(), house_id: Id.optional(), created_by: Id.optional(), from_on: Day.optional(), to_on: Day.optional(), q: Text(40).optional() })
export type ContactFilter = z.output<typeof ContactFilter>
const Brief = z.object({ id: Id, no: z.string(), kind: z.string(), words: z.string(), state: z.string(), at: Instant })
/** What may be seen of each part follows from one's own rights: null where there is none. */
export const CallerHouse = z.object({
  house_id: Id, label: z.string(), community_id: Id, community_name: z.string(), area: z.string().nullable(),
  people: z.array(z.object({ person_id: Id, name: z.string(), role: z.string(), phone_masked: z.string().nullable() })),
  arrears: z.object({ open_fen: FenShape, overdue_fen: FenShape, overdue_count: z.int() }).nullable(),
  orders: z.array(Brief).nullable(), complaints: z.array(Brief).nullable(), contacts: z.array(Brief).nullable(),
})
export type CallerHouse = z.output<typeof CallerHouse>
export const ContactStatsFilter = z.object({ by: z.enum(['day', 'topic', 'way', 'outcome', 'person', 'community']), from_on: Day.meta({ zh: '登记日起' }), to_on: Day.meta({ zh: '登记日止' }), community_id: Id.optional() })
export type ContactStatsFilter = z.output<typeof ContactStatsFilter>
export const ContactStat = z.object({ key: z.string().nullable(), name: z.string().meta({ zh: '分组' }), all_count: z.int().meta({ zh: '件数' }), phone_count: z.int().meta({ zh: '来电' }), counter_count: z.int().meta({ zh: '来访' }), answered_count: z.int().meta({ zh: '当场答复' }), order_count: z.int().meta({ zh: '转工单' }), complaint_count: z.int().meta({ zh: '转投诉' }), callback_count: z.int().meta({ zh: '待回电' }), lodged_count: z.int().meta({ zh: '寄存借用' }), open_count: z.int().meta({ zh: '未了' }), answered_bp: z.int().nullable().meta({ zh: '当场答复率' }) })
export type ContactStat = z.output<typeof ContactStat>

export const contactCalls = {
  /** One house on one screen while talking. */
  callerHouse: read({ zh: '来电资料', may: 'care.contact.write', takes: z.object({ house_id: Id }), gives: CallerHouse }),
  findCaller: read({ zh: '来电识别', may: 'care.contact.write', takes: z.object({ q: Needed(40) }), gives: z.object({ rows: z.array(z.object({ person_id: Id.nullable(), name: z.string().nullable(), phone_masked: z.string().nullable(), role: z.string().nullable(), house_id: Id, label: z.string(), community_id: Id, community_name: z.string() })) }) }),
  saveContact: write({
    zh: '登记来电来访', may: 'care.contact.write',
    takes: Repeatable.extend({
      way: ContactWay, topic: Topic, community_id: Id.meta({ zh: '小区' }), house_id: Id.nullable().meta({ zh: '房号' }), person_id: Id.nullable().optional(), caller_name: Text(30).nullable().optional().meta({ zh: '姓名' }), caller_phone: Phone.nullable().optional(), words: Needed(500).meta({ zh: '内容' }), outcome: Outcome, answer: Text(500).optional().meta({ zh: '答复' }), seconds: z.int().min(0).max(86_400).optional().meta({ zh: '用时(秒)' }),
      order: z.object({ category_id: Id.meta({ zh: '报修分类' }), place: Text(60).optional().meta({ zh: '具体位置' }) }).optional().meta({ zh: '工单' }), kind_id: Id.optional().meta({ zh: '投诉类别' }), call_back_at: Moment.optional().meta({ zh: '约定回电' }), item: Text(100).optional().meta({ zh: '物品' }), due_on: Day.optional().meta({ zh: '应取回' }),
      /** For a thing that is lent: booked as every deposit, in the drawer of whoever takes it. */
      deposit: z.object({ kind_id: Id.meta({ zh: '押金种类' }), amount_fen: FenShape.min(1).meta({ zh: '押金' }), method: MoneyMethod }).optional().meta({ zh: '押金' }),
    }),
    gives: z.object({ contact_id: Id, no: z.string(), order_id: Id.nullable(), complaint_id: Id.nullable() }),
    refuses: ['care.outcome_parts', 'care.no_order_right', 'care.no_complaint_right', 'care.kind_unknown', 'care.due_past', 'care.no_deposit_right', 'care.deposit_house', 'payment.deposit_over_max', 'payment.deposit_kind_off', 'payment.shift_needed', 'payment.day_closed', 'orders.category_unknown', 'orders.place_needed', 'orders.house_needed'],
  }),
  contacts: read({ zh: '来电来访列表', may: 'care.contact.read', takes: Paging.extend(ContactFilter.shape), gives: pageOf(ContactRow).extend({ open_count: z.int(), late_count: z.int() }) }),
  contactsExcel: download({ zh: '导出来电来访', may: 'care.contact.export', takes: ContactFilter, refuses: ['care.too_many_rows'] }),
  /** Called back, taken away, brought back. */
  finishContact: write({ zh: '办结来电来访', may: 'care.contact.write', takes: Repeatable.extend({ contact_id: Id, note: Needed(200).meta({ zh: '说明' }), refund: z.object({ method: RefundMethod, payee_name: Needed(40).meta({ zh: '收款人' }) }).optional().meta({ zh: '退押金' }) }), gives: z.object({ contact_id: Id }), refuses: ['care.contact_done', 'care.no_deposit_right', 'payment.deposit_short', 'payment.refund_payee', 'payment.refund_no_channel', 'system.approval_pending', 'system.approval_nobody'] }),
  contactStats: read({ zh: '来电来访统计', may: 'care.contact.read', takes: ContactStatsFilter, gives: z.object({ rows: z.array(ContactStat), all: ContactStat }) }),
  contactStatsExcel: download({ zh: '导出来电来访统计', may: 'care.contact.export', takes: ContactStatsFilter }),
}
