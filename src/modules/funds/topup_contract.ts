// What is due and paid (缴存明细) and the top-up (续筹). Part of the contract, apart for length.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Needed, Paging, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { Vote, VoteIn } from './use_contract.ts'

export const DueState = z.enum(['paid', 'part', 'unpaid', 'none']).meta({ zh: '缴存状态' })
export const DueRow = z.object({
  house_id: Id,
  community_name: z.string().meta({ zh: '小区' }),
  building_name: z.string().meta({ zh: '楼栋' }),
  house_label: z.string().meta({ zh: '房号' }),
  owner_names: z.string().meta({ zh: '业主' }),
  house_kind: z.string().meta({ zh: '房产类别' }),
  built_area_m2: z.string().meta({ zh: '建筑面积' }),
  standard_name: z.string().nullable().meta({ zh: '适用标准' }),
  unit_price: z.string().nullable().meta({ zh: '标准(元/㎡)' }),
  /** By the standard in force on the day the account was opened, or today. */
  due_fen: FenShape.meta({ zh: '应缴' }),
  first_fen: FenShape.meta({ zh: '已缴' }),
  missing_fen: FenShape.meta({ zh: '欠缴' }),
  state: DueState,
  paid_on: Day.nullable().meta({ zh: '首次缴存日' }),
})
export type DueRow = z.output<typeof DueRow>
export const DueFilter = z.object({ community_id: Id.optional(), building_id: Id.optional(), state: DueState.optional(), q: Text(40).optional() })
export type DueFilter = z.output<typeof DueFilter>

export const TopupState = z.enum(['draft', 'passed', 'failed', 'issued', 'closed', 'cancelled']).meta({ zh: '状态' })
export const TopupWay = z.enum(['vote', 'covenant']).meta({ zh: '依据方式' })
export const TopupRow = z.object({
  plan_id: Id,
  plan_no: z.string().meta({ zh: '方案号' }),
  community_id: Id,
  community_name: z.string().meta({ zh: '小区' }),
  title: z.string().meta({ zh: '名称' }),
  way: TopupWay,
  target_bp: z.int().meta({ zh: '补足到首次缴存的(万分之)' }),
  threshold_bp: z.int().meta({ zh: '续筹线(万分之)' }),
  basis: z.string().meta({ zh: '依据' }),
  state: TopupState,
  due_on: Day.nullable().meta({ zh: '缴款期限' }),
  house_count: z.int().meta({ zh: '户数' }),
  total_fen: FenShape.meta({ zh: '应补合计' }),
  paid_fen: FenShape.meta({ zh: '已补' }),
  open_fen: FenShape.meta({ zh: '未补' }),
  created_by_name: z.string().meta({ zh: '拟定人' }),
  created_at: Instant.meta({ zh: '拟定时间' }),
})
export type TopupRow = z.output<typeof TopupRow>
export const TopupDetail = TopupRow.extend({ vote: Vote.nullable(), voted_on: Day.nullable(), issued_by_name: z.string().nullable(), issued_at: Instant.nullable(), closed_at: Instant.nullable(), end_note: z.string().nullable(), told_count: z.int(), can: Can('vote', 'issue', 'cancel', 'close') })
export const TopupLine = z.object({
  house_id: Id,
  line_no: z.int().meta({ zh: '序号' }),
  house_label: z.string().meta({ zh: '房号' }),
  owner_names: z.string().meta({ zh: '业主' }),
  built_area_m2: z.string().meta({ zh: '建筑面积' }),
  first_fen: FenShape.meta({ zh: '首次缴存' }),
  balance_fen: FenShape.meta({ zh: '当时余额' }),
  due_fen: FenShape.meta({ zh: '应补' }),
  paid_fen: FenShape.meta({ zh: '已补' }),
  open_fen: FenShape.meta({ zh: '未补' }),
  told_count: z.int().meta({ zh: '已通知业主' }),
})
export type TopupLine = z.output<typeof TopupLine>
const TopupFilter = { community_id: Id.optional(), state: TopupState.optional() }
const LineFilter = z.object({ plan_id: Id, open: z.boolean().optional().meta({ zh: '只看未补' }), q: Text(40).optional() })
const TopupIn = z.object({
  community_id: Id.meta({ zh: '小区' }),
  building_ids: z.array(Id).max(200).optional().meta({ zh: '楼栋(不选为全小区)' }),
  target_bp: z.int().min(1, '应大于 0').max(20_000).optional().meta({ zh: '补足到首次缴存的(万分之)' }),
})
const done = z.object({ plan_id: Id, state: TopupState })
const state = ['funds.topup_state'] as const

export const topupCalls = {
  dues: read({ zh: '缴存明细', may: 'funds.fund.read', takes: Paging.extend(DueFilter.shape), gives: pageOf(DueRow).extend({ due_fen: FenShape, first_fen: FenShape, missing_fen: FenShape, unpaid_count: z.int() }) }),
  duesExcel: download({ zh: '导出缴存明细', may: 'funds.fund.export', takes: DueFilter }),

  /** The houses under the threshold and what they would pay; houses of another plan that is being paid are left out. */
  previewTopup: read({ zh: '续筹试算', may: 'funds.fund.read', takes: TopupIn, gives: z.object({ rows: z.array(TopupLine.omit({ line_no: true, paid_fen: true, open_fen: true, told_count: true })), total_fen: FenShape, target_bp: z.int(), threshold_bp: z.int() }), refuses: ['funds.no_policy', 'funds.many'] }),
  draftTopup: write({
    zh: '拟定续筹方案', may: 'funds.topup.write',
    takes: Repeatable.extend({ ...TopupIn.shape, title: Needed(60).meta({ zh: '名称' }), way: TopupWay, basis: Needed(200).meta({ zh: '依据' }), /** What the person saw. */ total_fen: FenShape.min(1) }),
    gives: done.extend({ house_count: z.int() }), refuses: ['funds.no_policy', 'funds.topup_none', 'funds.changed', 'funds.many'],
  }),
  recordTopupVote: write({ zh: '登记续筹表决', may: 'funds.topup.write', takes: Repeatable.extend({ plan_id: Id, on_day: Day.meta({ zh: '表决日' }), ...VoteIn }), gives: done.extend({ passed: z.boolean(), rule: z.string() }), refuses: [...state, 'funds.future', 'funds.vote_numbers', 'funds.no_policy'] }),
  /** Tells every owner in the app (and by SMS) what is due until when; from now on deposits of the kind 续筹 count for the plan. */
  issueTopup: write({ zh: '发出续筹通知', may: 'funds.topup.write', takes: Repeatable.extend({ plan_id: Id, sms: z.boolean().optional().meta({ zh: '同时发短信' }) }), gives: done.extend({ told_count: z.int(), due_on: Day }), refuses: [...state, 'funds.no_policy', 'funds.topup_open'] }),
  closeTopup: write({ zh: '结束续筹', may: 'funds.topup.write', takes: Repeatable.extend({ plan_id: Id, end_note: Needed(200).meta({ zh: '说明' }) }), gives: done, refuses: [...state] }),
  cancelTopup: write({ zh: '取消续筹方案', may: 'funds.topup.write', takes: Repeatable.extend({ plan_id: Id, end_note: Needed(200).meta({ zh: '说明' }) }), gives: done, refuses: [...state] }),
  topups: read({ zh: '续筹方案', may: 'funds.fund.read', takes: Paging.extend(TopupFilter), gives: pageOf(TopupRow) }),
  topupsExcel: download({ zh: '导出续筹方案', may: 'funds.fund.export', takes: z.object(TopupFilter), refuses: ['funds.export_many'] }),
  topup: read({ zh: '续筹方案', may: 'funds.fund.read', takes: z.object({ plan_id: Id }), gives: TopupDetail }),
  topupLines: read({ zh: '续筹明细', may: 'funds.fund.read', takes: Paging.extend(LineFilter.shape), gives: pageOf(TopupLine).extend({ due_fen: FenShape, paid_fen: FenShape, open_fen: FenShape }) }),
  topupExcel: download({ zh: '导出续筹明细', may: 'funds.fund.export', takes: LineFilter, refuses: ['funds.export_many'] }),
  /** One notice a house with what is still open, with a slip to sign. */
  topupNotices: download({ zh: '打印续筹通知', may: 'funds.topup.write', takes: z.object({ plan_id: Id, house_ids: z.array(Id).max(500).optional() }), refuses: [...state, 'funds.many'] }),
}
