// Uses of the fund (使用): from the proposal to the split that is booked. Part of the contract, apart for length.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, Decimal, FenShape, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

export const UsePath = z.enum(['ordinary', 'emergency']).meta({ zh: '程序' })
export const UseState = z.enum(['draft', 'posted', 'passed', 'failed', 'asked', 'approved', 'contracted', 'accepted', 'settled', 'shared', 'booked', 'cancelled']).meta({ zh: '状态' })
const ScopeKind = z.enum(['community', 'building', 'unit', 'houses']).meta({ zh: '分摊范围' })
const UseIn = z.object({
  community_id: Id.meta({ zh: '小区' }),
  path: UsePath,
  title: Needed(60).meta({ zh: '项目名称' }),
  plan: Needed(1000).meta({ zh: '维修方案' }),
  danger: Text(60).nullable().optional().meta({ zh: '应急情形' }),
  scope_kind: ScopeKind,
  scope_ids: z.array(Id).max(500).meta({ zh: '范围' }),
  budget_fen: FenShape.min(1).meta({ zh: '预算' }),
})
/** The day of the step, what proves it, and its papers. */
const Evidence = { use_id: Id, on_day: Day.meta({ zh: '日期' }), note: Text(300).optional().meta({ zh: '说明' }), attachments: z.array(Id).max(10).optional().meta({ zh: '附件' }) }
const People = z.int().min(0).max(1_000_000)
const AreaM2 = Decimal.refine((v) => !v.startsWith('-'), '不能为负')
export const VoteIn = {
  base_count: People.min(1).meta({ zh: '应参加人数' }), base_m2: AreaM2.meta({ zh: '应参加面积' }), joined_count: People.meta({ zh: '参加人数' }), joined_m2: AreaM2.meta({ zh: '参加面积' }),
  yes_count: People.meta({ zh: '同意人数' }), yes_m2: AreaM2.meta({ zh: '同意面积' }), objected_count: People.meta({ zh: '反对或异议人数' }), objected_m2: AreaM2.meta({ zh: '反对或异议面积' }),
}
export const Vote = z.object({ ...VoteIn, passed: z.boolean(), rule: z.string() })
export type Vote = z.output<typeof Vote>
export const UseCan = Can('edit', 'post', 'vote', 'ask', 'contract', 'pay', 'accept', 'settle', 'share', 'unshare', 'book', 'revise', 'reapply', 'cancel')
export const UseRow = z.object({
  use_id: Id,
  community_id: Id,
  community_name: z.string().meta({ zh: '小区' }),
  path: UsePath,
  title: z.string().meta({ zh: '项目名称' }),
  scope_text: z.string().meta({ zh: '分摊范围' }),
  budget_fen: FenShape.meta({ zh: '预算' }),
  contract_fen: FenShape.nullable().meta({ zh: '合同金额' }),
  invoice_fen: FenShape.nullable().meta({ zh: '决算金额' }),
  paid_fen: FenShape.meta({ zh: '已付' }),
  owed_fen: FenShape.meta({ zh: '业主待补交' }),
  state: UseState,
  created_by_name: z.string().meta({ zh: '立项人' }),
  created_at: Instant.meta({ zh: '立项时间' }),
})
export type UseRow = z.output<typeof UseRow>
export const UseStep = z.object({ step_id: Id, action: z.string(), on_day: Day, note: z.string().nullable(), files: z.array(z.object({ file_id: Id, name: z.string() })), created_by_name: z.string(), created_at: Instant })
export const UsePayment = z.object({ payment_id: Id, amount_fen: FenShape, paid_on: Day, voucher_no: z.string(), note: z.string().nullable() })
export const UseDetail = UseRow.extend({
  plan: z.string(), danger: z.string().nullable(), scope_kind: ScopeKind, scope_ids: z.array(Id), supplier_name: z.string().nullable(), contract_no: z.string().nullable(), invoice_no: z.string().nullable(), audit_no: z.string().nullable(),
  vote: Vote.nullable(), approval_id: Id.nullable(), shares_posted_on: Day.nullable(), house_count: z.int(), steps: z.array(UseStep), payments: z.array(UsePayment), can: UseCan,
})
export const ShareRow = z.object({
  house_id: Id, house_label: z.string().meta({ zh: '房号' }), owner_names: z.string().meta({ zh: '业主' }), area_m2: z.string().meta({ zh: '建筑面积' }), share_fen: FenShape.meta({ zh: '分摊金额' }), balance_fen: FenShape.meta({ zh: '分户余额' }),
  /** Before booking: what would be drawn and owed by today's balance. */
  drawn_fen: FenShape.meta({ zh: '从分户账支出' }), owed_fen: FenShape.meta({ zh: '业主补交' }), paid_fen: FenShape.meta({ zh: '已补交' }),
})
export type ShareRow = z.output<typeof ShareRow>
const Shares = z.object({ rows: z.array(ShareRow), share_fen: FenShape, drawn_fen: FenShape, owed_fen: FenShape, paid_fen: FenShape })
const UseFilter = { community_id: Id.optional(), state: UseState.optional(), path: UsePath.optional() }
const done = z.object({ use_id: Id, state: UseState })
const step = ['funds.use_state', 'funds.future'] as const

export const useCalls = {
  uses: read({ zh: '维修资金使用', may: 'funds.fund.read', takes: Paging.extend(UseFilter), gives: pageOf(UseRow) }),
  usesExcel: download({ zh: '导出维修资金使用', may: 'funds.fund.export', takes: z.object(UseFilter), refuses: ['funds.export_many'] }),
  use: read({ zh: '使用项目', may: 'funds.fund.read', takes: z.object({ use_id: Id }), gives: UseDetail }),
  useFile: download({ zh: '使用项目附件', may: 'funds.fund.read', takes: z.object({ use_id: Id, file_id: Id }) }),
  saveUse: write({ zh: '保存使用项目', may: 'funds.use.write', takes: Repeatable.extend({ ...UseIn.shape, use_id: Id.optional() }), gives: done, refuses: ['funds.use_state', 'funds.danger', 'funds.elsewhere', 'funds.no_policy'] }),
  postUse: write({ zh: '公示方案', may: 'funds.use.write', takes: Repeatable.extend(Evidence), gives: done, refuses: [...step] }),
  /** The result of a vote that was held elsewhere. */
  recordVote: write({ zh: '登记表决结果', may: 'funds.use.write', takes: Repeatable.extend({ ...Evidence, ...VoteIn }), gives: done.extend({ passed: z.boolean(), rule: z.string() }), refuses: [...step, 'funds.posting_days', 'funds.vote_numbers', 'funds.no_policy'] }),
  askUse: write({ zh: '申请使用', may: 'funds.use.write', takes: Repeatable.extend({ use_id: Id, reason: Reason, attachments: z.array(Id).max(10).optional().meta({ zh: '附件' }) }), gives: done.extend({ approval_id: Id }), refuses: ['funds.use_state', 'system.approval_pending', 'system.approval_nobody'] }),
  contractUse: write({ zh: '登记合同', may: 'funds.use.write', takes: Repeatable.extend({ ...Evidence, supplier_name: Needed(60).meta({ zh: '施工单位' }), contract_no: Needed(40).meta({ zh: '合同号' }), contract_fen: FenShape.min(1).meta({ zh: '合同金额' }) }), gives: done, refuses: [...step, 'funds.over_budget', 'funds.no_policy'] }),
  payUse: write({ zh: '登记工程付款', may: 'funds.use.pay', takes: Repeatable.extend({ use_id: Id, amount_fen: FenShape.min(1).meta({ zh: '金额' }), paid_on: Day.meta({ zh: '付款日' }), voucher_no: Needed(40).meta({ zh: '付款凭证号' }), note: Text(100).optional().meta({ zh: '说明' }) }), gives: done.extend({ payment_id: Id }), refuses: [...step, 'funds.paid_full', 'funds.paid_more', 'funds.voucher_used', 'funds.bank_short'] }),
  acceptUse: write({ zh: '登记竣工验收', may: 'funds.use.write', takes: Repeatable.extend(Evidence), gives: done, refuses: [...step] }),
  settleUse: write({ zh: '登记决算', may: 'funds.use.write', takes: Repeatable.extend({ ...Evidence, invoice_no: Needed(40).meta({ zh: '发票号' }), invoice_fen: FenShape.min(1).meta({ zh: '决算金额' }), audit_no: Text(60).optional().meta({ zh: '审计报告号' }) }), gives: done, refuses: [...step, 'funds.over_budget', 'funds.audit', 'funds.paid_more', 'funds.no_policy'] }),
  /** The split as it would be, or as it was posted or booked. */
  shares: read({ zh: '分摊清单', may: 'funds.fund.read', takes: z.object({ use_id: Id }), gives: Shares, refuses: ['funds.use_state', 'funds.no_houses', 'funds.many'] }),
  sharesExcel: download({ zh: '导出分摊清单', may: 'funds.fund.export', takes: z.object({ use_id: Id }), refuses: ['funds.use_state', 'funds.no_houses', 'funds.many'] }),
  /** For the notice board: houses and amounts, no names. */
  sharesPdf: download({ zh: '打印分摊公示', may: 'funds.fund.read', takes: z.object({ use_id: Id }), refuses: ['funds.use_state', 'funds.no_houses', 'funds.many'] }),
  postShares: write({ zh: '公示分摊清单', may: 'funds.use.write', takes: Repeatable.extend(Evidence), gives: done, refuses: [...step, 'funds.no_houses', 'funds.many'] }),
  withdrawShares: write({ zh: '撤回分摊公示', may: 'funds.use.write', takes: Repeatable.extend(Evidence), gives: done, refuses: [...step] }),
  /** By another person than who posted it, after the days of posting. */
  bookShares: write({ zh: '分摊入账', may: 'funds.use.book', takes: Repeatable.extend({ use_id: Id }), gives: done.extend({ drawn_fen: FenShape, owed_fen: FenShape }), refuses: ['funds.use_state', 'funds.posting_days', 'funds.own_shares', 'funds.no_policy'] }),
  /** What a house owes because its balance did not suffice. */
  payShare: write({ zh: '登记业主补交', may: 'funds.deposit.take', takes: Repeatable.extend({ use_id: Id, house_id: Id, amount_fen: FenShape.min(1).meta({ zh: '金额' }), paid_on: Day.meta({ zh: '缴款日' }), voucher_no: Needed(40).meta({ zh: '凭证号' }) }), gives: z.object({ open_fen: FenShape }), refuses: ['funds.future', 'funds.share_more'] }),
  reviseUse: write({ zh: '修改后重报', may: 'funds.use.write', takes: Repeatable.extend(Evidence), gives: done, refuses: [...step] }),
  /** More than the allowed part over budget: the whole road again with the new budget. */
  reapplyUse: write({ zh: '超预算重新申请', may: 'funds.use.write', takes: Repeatable.extend({ ...Evidence, budget_fen: FenShape.min(1).meta({ zh: '新预算' }) }), gives: done, refuses: [...step] }),
  cancelUse: write({ zh: '取消项目', may: 'funds.use.write', takes: Repeatable.extend(Evidence), gives: done, refuses: [...step, 'funds.use_paid'] }),
  myUses: read({ zh: '我楼栋的维修资金使用', may: 'resident', takes: z.object({ house_id: Id }), gives: z.object({ rows: z.array(UseRow.pick({ use_id: true, title: true, scope_text: true, state: true, budget_fen: true, invoice_fen: true }).extend({ share_fen: FenShape.nullable(), owed_fen: FenShape.nullable(), house_count: z.int() })) }) }),
}
