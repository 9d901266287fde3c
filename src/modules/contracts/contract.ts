// The ledger of contracts (合同台账, REG-05): kinds with dated rules, contracts with parties, houses and papers by version, signatures house by house.
import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

export const SIGNED_BY = ['parties', 'all_houses', 'some_houses'] as const
export const STATES = ['draft', 'asked', 'signing', 'active', 'renewed', 'terminated', 'void'] as const
/** What is shown: a contract in force past its last day that nothing followed is expired. */
export const SHOWN = ['draft', 'asked', 'signing', 'active', 'expired', 'renewed', 'terminated', 'void'] as const
export const ROLES = ['text', 'signed', 'annex', 'end'] as const
export const SIDES = ['a', 'b', 'c'] as const
export const HOUSE_KINDS = ['dwelling', 'shop', 'office', 'garage', 'storage', 'bay'] as const
export const HOUSES_MAX = 200
export const PARTIES_MAX = 10
export const RENEWS_WITHIN = [30, 60, 90] as const
const Shown = z.enum(SHOWN).meta({ zh: '状态' })

const RuleFields = {
  from_on: Day.meta({ zh: '生效日' }), ladder: z.array(z.int().min(1, '1 至 999 天').max(999, '1 至 999 天')).min(1, '至少一级').max(10, '最多 10 级').meta({ zh: '到期前几天提醒' }), needs_approval: z.boolean().meta({ zh: '送签前须审批' }), needs_paper: z.boolean().meta({ zh: '生效须有签署件' }),
  house_kinds: z.array(z.enum(HOUSE_KINDS)).min(1, '至少一类').max(6).meta({ zh: '逐户签署计入' }), basis: Needed(200).meta({ zh: '依据' }),
}
export const KindRule = z.object(RuleFields)
export type KindRule = z.output<typeof KindRule>
export const Kind = z.object({ kind_id: Id, code: z.string(), name: z.string().meta({ zh: '种类' }), signed_by: z.enum(SIGNED_BY).meta({ zh: '签署方式' }), is_public: z.boolean().meta({ zh: '向业主公示' }), sort_no: z.int().meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }), rule: KindRule, next: KindRule.nullable() })
export type Kind = z.output<typeof Kind>

export const Party = z.object({ side: z.enum(SIDES).meta({ zh: '哪一方' }), name: z.string().meta({ zh: '名称' }), person_id: Id.nullable() })
export type Party = z.output<typeof Party>
export const ContractRow = z.object({
  contract_id: Id, no: z.string().meta({ zh: '合同编号' }), kind_id: Id, kind_name: z.string().meta({ zh: '种类' }), signed_by: z.enum(SIGNED_BY), community_id: Id.nullable(), community_name: z.string().nullable().meta({ zh: '小区' }), title: z.string().meta({ zh: '名称' }), parties: z.array(Party), state: Shown, from_on: Day.meta({ zh: '起' }), to_on: Day.nullable().meta({ zh: '止' }), days_left: z.int().nullable().meta({ zh: '剩余天数' }),
  signed_on: Day.nullable().meta({ zh: '签署日' }), amount_fen: FenShape.nullable().meta({ zh: '金额' }), pay_terms: z.string().nullable().meta({ zh: '付款方式' }), keeper_name: z.string().meta({ zh: '责任人' }), house_count: z.int().meta({ zh: '所涉房产' }), paper_count: z.int().meta({ zh: '文件' }), signed_count: z.int().meta({ zh: '已签户数' }), posted: z.boolean().meta({ zh: '已公示' }), created_at: Instant.meta({ zh: '建立时间' }),
})
export type ContractRow = z.output<typeof ContractRow>
export const Filter = z.object({ community_id: Id.optional(), kind_id: Id.optional(), state: Shown.optional(), within_days: z.int().min(1).max(999).optional().meta({ zh: '几天内到期' }), keeper_id: Id.optional(), mine: z.boolean().optional(), house_id: Id.optional(), q: Text(40).optional(), from_on: Day.optional(), to_on: Day.optional(), contract_ids: z.array(Id).max(50).optional() })
export type Filter = z.output<typeof Filter>
export const Paper = z.object({ paper_id: Id, role: z.enum(ROLES).meta({ zh: '类别' }), title: z.string().meta({ zh: '名称' }), version_no: z.int().meta({ zh: '版本' }), newest: z.boolean(), file_name: z.string().meta({ zh: '文件' }), made_by_name: z.string().meta({ zh: '上传人' }), made_at: Instant.meta({ zh: '上传时间' }), posted_at: Instant.nullable(), posted_by_name: z.string().nullable(), post_note: z.string().nullable(), withdrawn: z.string().nullable(), can: Can('post', 'withdraw') })
export type Paper = z.output<typeof Paper>
const Step = z.object({ kind: z.string(), text: z.string(), by_name: z.string(), at: Instant })
export const ContractFull = ContractRow.extend({
  note: z.string().nullable(), keeper_id: Id, created_by_name: z.string(), ended_on: Day.nullable(), end_reason: z.string().nullable(), approval_id: Id.nullable(), rule: KindRule, is_public: z.boolean(), renews: z.object({ contract_id: Id, no: z.string() }).nullable(), renewed_by: z.object({ contract_id: Id, no: z.string() }).nullable(),
  houses: z.array(z.object({ house_id: Id, label: z.string() })), papers: z.array(Paper), steps: z.array(Step), told: z.array(z.object({ step: z.string(), days_left: z.int(), told_count: z.int(), told_at: Instant })), can: Can('edit', 'submit', 'back', 'sign', 'end', 'void', 'renew', 'keep', 'paper', 'house_sign'),
})
export type ContractFull = z.output<typeof ContractFull>

export const SigningRow = z.object({ house_id: Id, label: z.string().meta({ zh: '房号' }), owners: z.string().nullable().meta({ zh: '业主' }), signature_id: Id.nullable(), signed_on: Day.nullable().meta({ zh: '签署日' }), signer_name: z.string().nullable().meta({ zh: '签署人' }), has_file: z.boolean().meta({ zh: '扫描件' }), note: z.string().nullable().meta({ zh: '说明' }), made_by_name: z.string().nullable().meta({ zh: '登记人' }) })
export type SigningRow = z.output<typeof SigningRow>
const Counts = { house_count: z.int().meta({ zh: '应签户数' }), signed_count: z.int().meta({ zh: '已签' }), rate_bp: z.int().nullable().meta({ zh: '签约率' }) }
export const RateRow = z.object({ contract_id: Id, no: z.string().meta({ zh: '合同编号' }), title: z.string().meta({ zh: '名称' }), kind_name: z.string().meta({ zh: '种类' }), community_name: z.string().meta({ zh: '小区' }), ...Counts, unsigned_count: z.int().meta({ zh: '未签' }) })
export type RateRow = z.output<typeof RateRow>
const Coverage = z.object({ kind_id: Id, name: z.string(), community_count: z.int(), covered_count: z.int(), missing: z.array(z.string()) })
const SigningAsk = { contract_id: Id, state: z.enum(['signed', 'unsigned']).optional(), building_id: Id.optional(), q: Text(40).optional() }
export const SigningFilter = z.object(SigningAsk)
export type SigningFilter = z.output<typeof SigningFilter>

const Fields = {
  kind_id: Id.meta({ zh: '种类' }), community_id: Id.nullable().default(null).meta({ zh: '小区' }), title: Needed(80).meta({ zh: '名称' }), from_on: Day.meta({ zh: '起' }), to_on: Day.nullable().default(null).meta({ zh: '止(含当天)' }), amount_fen: z.int('应为整数分').min(0, '不能为负').max(1e13, '金额过大').nullable().default(null).meta({ zh: '金额' }), pay_terms: Text(300).nullable().default(null).meta({ zh: '付款方式' }),
  keeper_id: Id.meta({ zh: '责任人' }), note: Text(500).nullable().default(null).meta({ zh: '备注' }), parties: z.array(z.object({ side: z.enum(SIDES), name: Text(80).default(''), person_id: Id.nullable().default(null) })).min(1, '至少一方').max(PARTIES_MAX, '最多 10 方').meta({ zh: '当事人' }), house_ids: z.array(Id).max(HOUSES_MAX, '最多 200 套').default([]).meta({ zh: '所涉房产' }),
}
const One = Repeatable.extend({ contract_id: Id })
const Moved = z.object({ contract_id: Id, state: z.enum(STATES) })
const FileId = Id.meta({ zh: '文件' })
const READ = 'contracts.contract.read'
const WRITE = 'contracts.contract.write'
const SAVES = ['contracts.kind_gone', 'contracts.keeper_gone', 'contracts.party_nameless', 'contracts.person_gone', 'contracts.days_crossed', 'contracts.place_needed', 'contracts.house_elsewhere'] as const

export const contracts = contract('contracts', {
  kinds: read({ zh: '合同种类', may: READ, takes: z.object({}), gives: z.object({ rows: z.array(Kind) }) }),
  saveKind: write({ zh: '保存合同种类', may: 'contracts.kind.write', takes: Repeatable.extend({ kind_id: Id.optional(), name: Needed(30).meta({ zh: '名称' }), signed_by: z.enum(SIGNED_BY).meta({ zh: '签署方式' }), is_public: z.boolean().meta({ zh: '向业主公示' }), sort_no: z.int().min(0).max(9999).meta({ zh: '排序' }), retired: z.boolean().default(false).meta({ zh: '停用' }) }), gives: z.object({ kind_id: Id }), refuses: ['contracts.name_taken', 'contracts.signed_by_fixed'] }),
  publishKindRule: write({ zh: '发布合同规则', may: 'contracts.kind.write', takes: Repeatable.extend({ kind_id: Id, ...RuleFields }), gives: z.object({ rule_id: Id }), refuses: ['contracts.from_past'] }),
  people: read({ zh: '合同责任人', may: READ, takes: z.object({ community_id: Id.nullable().default(null) }), gives: z.object({ rows: z.array(z.object({ account_id: Id, name: z.string(), post: z.string().nullable() })) }) }),

  contracts: read({ zh: '合同台账', may: READ, takes: Paging.extend(Filter.shape), gives: pageOf(ContractRow).extend({ amount_fen_sum: FenShape, counts: z.object({ due_count: z.int(), expired_count: z.int(), signing_count: z.int(), draft_count: z.int() }) }) }),
  contractsExcel: download({ zh: '导出合同台账', may: 'contracts.contract.export', takes: Filter, refuses: ['contracts.too_many_rows'] }),
  contractsPdf: download({ zh: '打印合同台账', may: READ, takes: Filter, refuses: ['contracts.too_many_rows'] }),
  contract: read({ zh: '合同详情', may: READ, takes: z.object({ contract_id: Id }), gives: ContractFull }),
  houseContracts: read({ zh: '房产的合同', may: READ, takes: z.object({ house_id: Id }), gives: z.object({ rows: z.array(z.object({ key: z.string(), contract_id: Id, no: z.string(), kind_name: z.string(), title: z.string(), state: Shown, from_on: Day, to_on: Day.nullable(), how: z.enum(['covers', 'signed', 'unsigned']), signature_id: Id.nullable(), signed_on: Day.nullable(), signer_name: z.string().nullable(), has_file: z.boolean() })) }) }),

  saveContract: write({ zh: '保存合同', may: WRITE, takes: Repeatable.extend({ contract_id: Id.optional(), ...Fields }), gives: z.object({ contract_id: Id, no: z.string() }), refuses: ['contracts.wrong_state', ...SAVES] }),
  submitContract: write({ zh: '合同送签', may: WRITE, takes: One.extend({ reason: Text(200).default('').meta({ zh: '说明' }) }), gives: Moved, refuses: ['contracts.wrong_state', 'system.approval_pending', 'system.approval_nobody'] }),
  backToDraft: write({ zh: '合同退回草拟', may: WRITE, takes: One.extend({ reason: Reason }), gives: Moved, refuses: ['contracts.wrong_state'] }),
  signContract: write({ zh: '登记合同签署', may: WRITE, takes: One.extend({ signed_on: Day.meta({ zh: '签署日' }), file_id: FileId.nullable().default(null) }), gives: Moved, refuses: ['contracts.wrong_state', 'contracts.no_file', 'contracts.paper_needed', 'contracts.day_future', 'contracts.parties_needed'] }),
  endContract: write({ zh: '终止合同', may: WRITE, takes: One.extend({ ended_on: Day.meta({ zh: '终止日' }), reason: Reason, file_id: FileId }), gives: Moved, refuses: ['contracts.wrong_state', 'contracts.no_file', 'contracts.day_future', 'contracts.ended_before'] }),
  voidContract: write({ zh: '作废合同草稿', may: WRITE, takes: One.extend({ reason: Reason }), gives: Moved, refuses: ['contracts.wrong_state'] }),
  renewContract: write({ zh: '续签合同', may: WRITE, takes: One.extend({ from_on: Day.meta({ zh: '起' }), to_on: Day.nullable().default(null).meta({ zh: '止(含当天)' }), amount_fen: Fields.amount_fen }), gives: z.object({ contract_id: Id, no: z.string() }), refuses: ['contracts.wrong_state', 'contracts.days_crossed', 'contracts.renewed_already', 'contracts.renews_before', 'contracts.kind_gone'] }),
  setKeeper: write({ zh: '更换合同责任人', may: WRITE, takes: One.extend({ keeper_id: Id.meta({ zh: '责任人' }), note: Text(500).nullable().default(null).meta({ zh: '备注' }) }), gives: Moved, refuses: ['contracts.wrong_state', 'contracts.keeper_gone'] }),
  addPaper: write({ zh: '上传合同文件', may: WRITE, takes: One.extend({ role: z.enum(ROLES).meta({ zh: '类别' }), title: Needed(60).meta({ zh: '名称' }), file_id: FileId }), gives: z.object({ paper_id: Id, version_no: z.int() }), refuses: ['contracts.wrong_state', 'contracts.no_file', 'contracts.too_many_papers'] }),
  paperFile: download({ zh: '查看合同文件', may: READ, takes: z.object({ paper_id: Id }) }),
  postPaper: write({ zh: '公示合同文件', may: 'contracts.contract.publish', takes: Repeatable.extend({ paper_id: Id, post_note: Text(500).nullable().default(null).meta({ zh: '公示说明(如服务内容、服务标准、收费标准)' }) }), gives: z.object({ paper_id: Id }), refuses: ['contracts.not_public', 'contracts.not_in_force', 'contracts.posted_already'] }),
  withdrawPaper: write({ zh: '撤下公示的合同文件', may: 'contracts.contract.publish', takes: Repeatable.extend({ paper_id: Id, reason: Reason }), gives: z.object({ paper_id: Id }), refuses: ['contracts.not_posted'] }),

  rates: read({ zh: '签约率', may: READ, takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(RateRow), coverage: z.array(Coverage) }) }),
  ratesExcel: download({ zh: '导出签约率', may: 'contracts.contract.export', takes: z.object({ community_id: Id.optional() }) }),
  signing: read({ zh: '逐户签署', may: READ, takes: Paging.extend(SigningAsk), gives: pageOf(SigningRow).extend(Counts) }),
  signingExcel: download({ zh: '导出逐户签署', may: 'contracts.contract.export', takes: SigningFilter, refuses: ['contracts.too_many_rows'] }),
  signHouse: write({ zh: '登记一户签署', may: 'contracts.signature.write', takes: One.extend({ house_id: Id.meta({ zh: '房产' }), signed_on: Day.meta({ zh: '签署日' }), signer_name: Needed(30).meta({ zh: '签署人' }), file_id: FileId.nullable().default(null), note: Text(200).nullable().default(null).meta({ zh: '说明' }) }), gives: z.object({ signature_id: Id }), refuses: ['contracts.not_house_by_house', 'contracts.not_in_force', 'contracts.house_not_asked', 'contracts.house_elsewhere', 'contracts.signed_already', 'contracts.day_future', 'contracts.no_file', 'contracts.too_many_houses'] }),
  addSignatureFile: write({ zh: '补传签署件', may: 'contracts.signature.write', takes: Repeatable.extend({ signature_id: Id, file_id: FileId }), gives: z.object({ signature_id: Id }), refuses: ['contracts.no_file', 'contracts.signature_over', 'contracts.has_file'] }),
  voidSignature: write({ zh: '作废一户签署', may: 'contracts.signature.write', takes: Repeatable.extend({ signature_id: Id, reason: Reason }), gives: z.object({ signature_id: Id }), refuses: ['contracts.signature_over'] }),
  signatureFile: download({ zh: '查看签署件', may: READ, takes: z.object({ signature_id: Id }) }),

  /** To an owner: what was disclosed of the own communities, and what oneself signed. */
  myContracts: read({
    zh: '合同公示', may: 'resident', takes: z.object({}),
    gives: z.object({
      posted: z.array(z.object({ contract_id: Id, kind_name: z.string(), title: z.string(), no: z.string(), community_name: z.string(), from_on: Day, to_on: Day.nullable(), parties: z.array(z.string()), papers: z.array(z.object({ paper_id: Id, title: z.string(), version_no: z.int(), posted_on: Day, post_note: z.string().nullable() })) })),
      signed: z.array(z.object({ signature_id: Id, house_label: z.string(), kind_name: z.string(), title: z.string(), signed_on: Day, signer_name: z.string(), has_file: z.boolean() })),
      mine: z.array(z.object({ contract_id: Id, no: z.string(), kind_name: z.string(), title: z.string(), state: Shown, from_on: Day, to_on: Day.nullable(), papers: z.array(z.object({ paper_id: Id, title: z.string() })) })),
    }),
  }),
  myPaperFile: download({ zh: '查看公示或本人的合同文件', may: 'resident', takes: z.object({ paper_id: Id }) }),
  mySignatureFile: download({ zh: '查看本户签署件', may: 'resident', takes: z.object({ signature_id: Id }) }),
})
export const events = {}
