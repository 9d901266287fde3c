// Legal steps (法务催收): shapes and calls, part of the contract, apart for length.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'

export const StepKind = z.enum(['contact', 'demand', 'lawyer', 'acknowledged', 'payment_order', 'suit', 'mediation', 'judgment', 'enforcement']).meta({ zh: '步骤' })
const Delivery = z.enum(['in_person', 'post', 'posted', 'electronic', 'court', 'refused']).meta({ zh: '送达方式' })
const Outcome = z.enum(['paid', 'settled', 'withdrawn', 'uncollectable']).meta({ zh: '结果' })
export const LegalRow = z.object({
  case_id: Id,
  house_id: Id,
  house_label: z.string().meta({ zh: '房号' }),
  community_name: z.string().meta({ zh: '小区' }),
  payer_name: z.string().meta({ zh: '欠费人' }),
  bill_count: z.int().meta({ zh: '账单数' }),
  open_fen: FenShape.meta({ zh: '现在未收' }),
  claimed_fen: FenShape.meta({ zh: '立案时未收' }),
  opened_on: Day.meta({ zh: '立案日' }),
  state: z.enum(['open', 'closed']).meta({ zh: '状态' }),
  outcome: Outcome.nullable(),
  last_step: StepKind.nullable().meta({ zh: '最近一步' }),
  last_on: Day.nullable().meta({ zh: '日期' }),
  /** The first day on which one of its open claims may be refused for time (民法典 188). */
  expires_on: Day.nullable().meta({ zh: '时效届满日' }),
  can: Can('write'),
})
export type LegalRow = z.output<typeof LegalRow>
export const LegalStep = z.object({
  step_id: Id,
  kind: StepKind,
  done_on: Day,
  person: z.string(),
  document_no: z.string().nullable(),
  office: z.string().nullable(),
  delivery: Delivery.nullable(),
  delivered_on: Day.nullable(),
  note: z.string().nullable(),
  files: z.array(z.object({ file_id: Id, name: z.string() })),
  /** Restarts the limitation of the claims (民法典 195). */
  restarts: z.boolean(),
  created_by_name: z.string(),
  created_at: Instant,
  voided: z.boolean(),
  void_reason: z.string().nullable(),
})
export type LegalStep = z.output<typeof LegalStep>
export const LegalClaim = z.object({ bill_id: Id, period_on: Day, fee_item_name: z.string(), amount_fen: FenShape, open_fen: FenShape, late_fen: FenShape, due_on: Day, expires_on: Day })
export type LegalClaim = z.output<typeof LegalClaim>
export const LegalDetail = LegalRow.extend({ note: z.string().nullable(), closed_on: Day.nullable(), close_note: z.string().nullable(), created_by_name: z.string(), steps: z.array(LegalStep), claims: z.array(LegalClaim), late_fen: FenShape })
export type LegalDetail = z.output<typeof LegalDetail>

const CaseFilter = z.object({ community_id: Id.optional(), house_id: Id.optional(), state: z.enum(['open', 'closed']).optional() })

export const legalCalls = {
  legalCasesExcel: download({ zh: '导出法务催收', may: 'billing.legal.read', takes: CaseFilter, refuses: ['billing.export_too_large'] }),
  legalCases: read({ zh: '法务催收', may: 'billing.legal.read', takes: Paging.extend(CaseFilter.shape), gives: pageOf(LegalRow).extend({ open_fen: FenShape }) }),
  legalCase: read({ zh: '法务催收案', may: 'billing.legal.read', takes: z.object({ case_id: Id }), gives: LegalDetail }),
  /** Over everything overdue that one payer owes for the house. */
  openLegalCase: write({ zh: '法务立案', may: 'billing.legal.write', takes: Repeatable.extend({ house_id: Id, payer_id: Id, note: Text(200).nullable().optional().meta({ zh: '说明' }) }), gives: z.object({ case_id: Id }), refuses: ['billing.legal_nothing', 'billing.legal_open'] }),
  addLegalStep: write({
    zh: '登记法务步骤',
    may: 'billing.legal.write',
    takes: Repeatable.extend({
      case_id: Id,
      kind: StepKind,
      done_on: Day.meta({ zh: '日期' }),
      person: Needed(40).meta({ zh: '经办人或律师' }),
      document_no: Text(60).nullable().optional().meta({ zh: '文书号、案号' }),
      office: Text(60).nullable().optional().meta({ zh: '律所、法院' }),
      delivery: Delivery.nullable().optional(),
      delivered_on: Day.nullable().optional().meta({ zh: '送达日' }),
      note: Text(200).nullable().optional().meta({ zh: '说明' }),
      attachments: z.array(Id).max(10).optional(),
    }),
    gives: z.object({ step_id: Id }),
    refuses: ['billing.legal_closed', 'billing.legal_delivery', 'billing.legal_future'],
  }),
  voidLegalStep: write({ zh: '作废法务步骤', may: 'billing.legal.write', takes: Repeatable.extend({ step_id: Id, reason: Reason }), gives: z.object({ step_id: Id }), refuses: ['billing.legal_closed', 'billing.already_void'] }),
  closeLegalCase: write({ zh: '结案', may: 'billing.legal.write', takes: Repeatable.extend({ case_id: Id, outcome: Outcome, note: Text(200).nullable().optional().meta({ zh: '说明' }) }), gives: z.object({ case_id: Id }), refuses: ['billing.legal_closed', 'billing.legal_unpaid'] }),
  /** demand: letter before steps (催缴函); lawyer: what the lawyer sends (律师函); claims: list of what is claimed, for the court. */
  legalPaper: download({ zh: '打印法务文书', may: 'billing.legal.read', takes: z.object({ case_id: Id, paper: z.enum(['demand', 'lawyer', 'claims']), within_days: z.int().min(1).max(90).default(15) }) }),
  legalFile: download({ zh: '法务证明材料', may: 'billing.legal.read', takes: z.object({ case_id: Id, file_id: Id }) }),
}
