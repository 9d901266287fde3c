// Suppliers (供应商, OPS-01): the file with masked contacts and a sealed account, qualifications that run out, work with acceptance and score, yearly evaluation by dated weights, the blacklist.
import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

export const WORK_STATES = ['open', 'done', 'rework', 'accepted', 'void'] as const
/** Begun with; a company writes its own. */
export const CATEGORIES = ['电梯维保', '消防维保', '工程维修', '保洁', '绿化', '秩序维护', '垃圾清运', '材料设备', '检测检验', '软件服务', '其他'] as const
export const CONTACTS_MAX = 20
const Code = z.string().trim().toUpperCase().regex(/^[0-9A-HJ-NPQRTUWXY]{18}$/, '应为 18 位统一社会信用代码').nullable().default(null).meta({ zh: '统一社会信用代码' })
const Phone = z.string().trim().regex(/^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})$/, '应为 11 位手机号,或带区号的座机').meta({ zh: '电话' })
const Categories = z.array(Needed(12)).min(1, '至少一类').max(5, '最多 5 类').meta({ zh: '供应类别' })
const Scored = z.object({ name: z.string(), weight: z.int(), score: z.int() })
const Ban = z.object({ ban_id: Id, from_on: Day, to_on: Day.nullable(), reason: z.string(), made_by_name: z.string(), made_at: Instant, lifted: z.string().nullable(), live: z.boolean() })
export const Item = z.object({ name: Needed(20).meta({ zh: '项目' }), weight: z.int().min(1).max(100).meta({ zh: '权重' }) })
export const Grade = z.object({ name: Needed(10).meta({ zh: '等级' }), from_score: z.int().min(0).max(100).meta({ zh: '最低分' }) })
const SchemeFields = { from_on: Day.meta({ zh: '生效日' }), items: z.array(Item).min(1, '至少一项').max(12, '最多 12 项').meta({ zh: '评价项目' }), grades: z.array(Grade).min(2, '至少两级').max(6, '最多 6 级').meta({ zh: '等级' }), ladder: z.array(z.int().min(1).max(999)).min(1, '至少一级').max(10).meta({ zh: '资质到期前几天提醒' }), basis: Needed(200).meta({ zh: '依据' }) }
export const Scheme = z.object(SchemeFields)
export type Scheme = z.output<typeof Scheme>
export const SupplierRow = z.object({
  supplier_id: Id, name: z.string().meta({ zh: '名称' }), credit_code: z.string().nullable().meta({ zh: '统一社会信用代码' }), categories: z.array(z.string()).meta({ zh: '供应类别' }), retired: z.boolean().meta({ zh: '停用' }), banned: z.boolean().meta({ zh: '黑名单' }), ban_to_on: Day.nullable(), ban_reason: z.string().nullable(), contact: z.string().nullable().meta({ zh: '联系人' }), keeper_name: z.string().nullable().meta({ zh: '对接人' }),
  paper_count: z.int().meta({ zh: '资质' }), next_to_on: Day.nullable().meta({ zh: '最近到期' }), papers_over: z.int().meta({ zh: '过期资质' }), contract_count: z.int().meta({ zh: '合同' }), work_count: z.int().meta({ zh: '承接' }), score: z.string().nullable().meta({ zh: '平均验收分' }), grade: z.string().nullable().meta({ zh: '最近评价' }),
})
export type SupplierRow = z.output<typeof SupplierRow>
export const SupplierFilter = z.object({ q: Text(40).optional(), category: Text(12).optional(), state: z.enum(['live', 'banned', 'retired']).optional(), due_days: z.int().min(1).max(999).optional(), supplier_ids: z.array(Id).max(50).optional() })
export type SupplierFilter = z.output<typeof SupplierFilter>
const Contact = z.object({ contact_id: Id, name: z.string(), phone_masked: z.string().nullable(), post: z.string().nullable() })
export const Paper = z.object({ paper_id: Id, name: z.string(), no: z.string().nullable(), issuer: z.string().nullable(), valid_from_on: Day, valid_to_on: Day.nullable(), days_left: z.int().nullable(), made_by_name: z.string(), ended: z.string().nullable(), told_count: z.int() })
export type Paper = z.output<typeof Paper>
export const Evaluation = z.object({ evaluation_id: Id, year: z.int(), items: z.array(Scored), total: z.string(), grade: z.string(), words: z.string(), made_by_name: z.string(), made_at: Instant, voided: z.string().nullable() })
export type Evaluation = z.output<typeof Evaluation>
const Linked = z.object({ contract_id: Id, no: z.string(), title: z.string(), state: z.string(), from_on: Day, to_on: Day.nullable(), amount_fen: FenShape.nullable() })
export const SupplierFull = SupplierRow.extend({ address: z.string().nullable(), bank_name: z.string().nullable(), bank_account_tail: z.string().nullable(), keeper_id: Id.nullable(), note: z.string().nullable(), contacts: z.array(Contact), papers: z.array(Paper), contracts: z.array(Linked), evaluations: z.array(Evaluation), bans: z.array(Ban) })
export type SupplierFull = z.output<typeof SupplierFull>
export const WorkRow = z.object({ work_id: Id, no: z.string().meta({ zh: '单号' }), supplier_id: Id, supplier_name: z.string().meta({ zh: '供应商' }), community_name: z.string().meta({ zh: '小区' }), contract_no: z.string().nullable().meta({ zh: '合同' }), title: z.string().meta({ zh: '事项' }), asked_on: Day.meta({ zh: '委托日' }), due_on: Day.meta({ zh: '应完成日' }), amount_fen: FenShape.nullable().meta({ zh: '金额' }), state: z.enum(WORK_STATES).meta({ zh: '状态' }), late: z.boolean(), done_on: Day.nullable().meta({ zh: '完工日' }), done_words: z.string().nullable(), accepted_on: Day.nullable().meta({ zh: '验收日' }), score: z.int().nullable().meta({ zh: '验收分' }), words: z.string().nullable().meta({ zh: '意见' }), made_by_name: z.string().meta({ zh: '委托人' }), decided_by_name: z.string().nullable().meta({ zh: '验收人' }), has_file: z.boolean(), can: Can('finish', 'accept', 'drop') })
export type WorkRow = z.output<typeof WorkRow>
export const WorkFilter = z.object({ supplier_id: Id.optional(), community_id: Id.optional(), state: z.enum(WORK_STATES).optional(), late: z.boolean().optional(), q: Text(40).optional(), from_on: Day.optional(), to_on: Day.optional() })
export type WorkFilter = z.output<typeof WorkFilter>
const READ = 'suppliers.supplier.read'
const WRITE = 'suppliers.supplier.write'
const WORK = 'suppliers.work.write'
const One = Repeatable.extend({ supplier_id: Id })
const Job = Repeatable.extend({ work_id: Id })

export const suppliers = contract('suppliers', {
  suppliers: read({ zh: '供应商', may: READ, takes: Paging.extend(SupplierFilter.shape), gives: pageOf(SupplierRow).extend({ categories: z.array(z.string()) }) }),
  suppliersExcel: download({ zh: '导出供应商', may: 'suppliers.supplier.export', takes: SupplierFilter, refuses: ['suppliers.too_many_rows'] }),
  supplier: read({ zh: '供应商档案', may: READ, takes: z.object({ supplier_id: Id }), gives: SupplierFull }),
  people: read({ zh: '供应商对接人', may: READ, takes: z.object({}), gives: z.object({ rows: z.array(z.object({ account_id: Id, name: z.string(), post: z.string().nullable() })) }) }),
  saveSupplier: write({
    zh: '保存供应商', may: WRITE,
    takes: Repeatable.extend({ supplier_id: Id.optional(), name: Needed(80).meta({ zh: '名称' }), credit_code: Code, categories: Categories, address: Text(100).nullable().default(null).meta({ zh: '地址' }), bank_name: Text(60).nullable().default(null).meta({ zh: '开户行' }), /** Left out: stays as it is. */ bank_account: z.string().trim().regex(/^\d{8,30}$/, '应为 8 至 30 位数字').nullable().optional().meta({ zh: '银行账号' }), keeper_id: Id.nullable().default(null).meta({ zh: '对接人' }), note: Text(300).nullable().default(null).meta({ zh: '备注' }), retired: z.boolean().default(false).meta({ zh: '停用' }) }),
    gives: z.object({ supplier_id: Id }), refuses: ['suppliers.name_taken', 'suppliers.code_taken', 'suppliers.code_wrong', 'suppliers.keeper_gone'],
  }),
  /** Takes no request_id: the answer of a write that carries one is kept, and this one must lie nowhere in the open. */
  revealBank: write({ zh: '查看完整银行账号', may: 'suppliers.bank.reveal', takes: z.object({ supplier_id: Id }), gives: z.object({ bank_account: z.string().nullable() }) }),
  saveContact: write({ zh: '保存供应商联系人', may: WRITE, takes: One.extend({ contact_id: Id.optional(), name: Needed(30).meta({ zh: '姓名' }), phone: Phone.optional(), post: Text(30).nullable().default(null).meta({ zh: '职务' }) }), gives: z.object({ contact_id: Id }), refuses: ['suppliers.phone_needed', 'suppliers.too_many_contacts'] }),
  dropContact: write({ zh: '删去供应商联系人', may: WRITE, takes: Repeatable.extend({ contact_id: Id, reason: Reason }), gives: z.object({ contact_id: Id }) }),
  revealContact: write({ zh: '查看联系人完整电话', may: 'suppliers.contact.reveal', takes: z.object({ contact_id: Id }), gives: z.object({ phone: z.string() }) }),
  addPaper: write({ zh: '登记供应商资质', may: WRITE, takes: One.extend({ name: Needed(60).meta({ zh: '名称' }), no: Text(60).nullable().default(null).meta({ zh: '证号' }), issuer: Text(60).nullable().default(null).meta({ zh: '发证机关' }), valid_from_on: Day.meta({ zh: '有效期起' }), valid_to_on: Day.nullable().default(null).meta({ zh: '有效期止(含当天)' }), file_id: Id.meta({ zh: '证照' }) }), gives: z.object({ paper_id: Id }), refuses: ['suppliers.no_file', 'suppliers.days_crossed'] }),
  endPaper: write({ zh: '作废供应商资质', may: WRITE, takes: Repeatable.extend({ paper_id: Id, reason: Reason }), gives: z.object({ paper_id: Id }), refuses: ['suppliers.paper_over'] }),
  paperFile: download({ zh: '查看供应商资质', may: READ, takes: z.object({ paper_id: Id }) }),
  linkContract: write({ zh: '关联供应商合同', may: WRITE, takes: One.extend({ contract_id: Id.meta({ zh: '合同' }), linked: z.boolean().default(true).meta({ zh: '关联' }) }), gives: z.object({ contract_id: Id }) }),

  works: read({ zh: '供应商承接工作', may: READ, takes: Paging.extend(WorkFilter.shape), gives: pageOf(WorkRow).extend({ amount_fen_sum: FenShape }) }),
  worksExcel: download({ zh: '导出供应商承接工作', may: 'suppliers.supplier.export', takes: WorkFilter, refuses: ['suppliers.too_many_rows'] }),
  orderWork: write({ zh: '委托供应商', may: WORK, takes: One.extend({ community_id: Id.meta({ zh: '小区' }), contract_id: Id.nullable().default(null).meta({ zh: '依据合同' }), title: Needed(80).meta({ zh: '事项' }), asked_on: Day.meta({ zh: '委托日' }), due_on: Day.meta({ zh: '应完成日' }), amount_fen: z.int().min(0).max(1e13).nullable().default(null).meta({ zh: '金额' }) }), gives: z.object({ work_id: Id, no: z.string() }), refuses: ['suppliers.banned', 'suppliers.retired', 'suppliers.days_crossed', 'suppliers.day_future', 'suppliers.not_its_contract'] }),
  finishWork: write({ zh: '登记供应商完工', may: WORK, takes: Job.extend({ done_on: Day.meta({ zh: '完工日' }), done_words: Needed(300).meta({ zh: '完工说明' }) }), gives: z.object({ work_id: Id }), refuses: ['suppliers.wrong_state', 'suppliers.day_future', 'suppliers.days_crossed'] }),
  acceptWork: write({ zh: '验收供应商工作', may: WORK, takes: Job.extend({ passed: z.boolean().meta({ zh: '验收合格' }), score: z.int().min(1, '1 至 100 分').max(100, '1 至 100 分').nullable().default(null).meta({ zh: '评分' }), words: Needed(300).meta({ zh: '验收意见' }), file_id: Id.nullable().default(null).meta({ zh: '验收单' }) }), gives: z.object({ work_id: Id, state: z.enum(WORK_STATES) }), refuses: ['suppliers.wrong_state', 'suppliers.same_person', 'suppliers.score_needed', 'suppliers.no_file'] }),
  dropWork: write({ zh: '作废供应商委托', may: WORK, takes: Job.extend({ reason: Reason }), gives: z.object({ work_id: Id }), refuses: ['suppliers.wrong_state'] }),
  workFile: download({ zh: '查看验收单', may: READ, takes: z.object({ work_id: Id }) }),

  scheme: read({ zh: '供应商评价办法', may: READ, takes: z.object({}), gives: z.object({ now: Scheme, next_from_on: Day.nullable() }) }),
  publishScheme: write({ zh: '发布供应商评价办法', may: 'suppliers.setup.write', takes: Repeatable.extend(SchemeFields), gives: z.object({ scheme_id: Id }), refuses: ['suppliers.from_past', 'suppliers.weights', 'suppliers.grades'] }),
  evaluate: write({ zh: '评价供应商', may: 'suppliers.evaluation.write', takes: One.extend({ year: z.int().min(2000).max(2100).meta({ zh: '年度' }), scores: z.array(z.int().min(0, '0 至 100 分').max(100, '0 至 100 分')).min(1).max(12).meta({ zh: '各项得分' }), words: Needed(300).meta({ zh: '评语' }) }), gives: z.object({ evaluation_id: Id, total: z.string(), grade: z.string() }), refuses: ['suppliers.evaluated', 'suppliers.year_future', 'suppliers.scores_count'] }),
  voidEvaluation: write({ zh: '作废供应商评价', may: 'suppliers.evaluation.write', takes: Repeatable.extend({ evaluation_id: Id, reason: Reason }), gives: z.object({ evaluation_id: Id }), refuses: ['suppliers.evaluation_over'] }),
  banSupplier: write({ zh: '列入供应商黑名单', may: 'suppliers.evaluation.write', takes: One.extend({ to_on: Day.nullable().default(null).meta({ zh: '止(含当天)' }), reason: Reason }), gives: z.object({ ban_id: Id }), refuses: ['suppliers.banned', 'suppliers.ban_past'] }),
  liftBan: write({ zh: '解除供应商黑名单', may: 'suppliers.evaluation.write', takes: One.extend({ reason: Reason }), gives: z.object({ ban_id: Id }), refuses: ['suppliers.not_banned'] }),
})
export const events = {}
