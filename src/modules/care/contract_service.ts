// Service requests (服务申请): what may be applied for, with forms and steps as data by version.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Can, Day, FenShape, Id, Instant, Needed, Paging, Reason, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { Phone, Photos } from './contract_complaint.ts'
import { APPLICATION_ACTIONS, APPLICATION_STATES } from './service_machine.ts'

export const FIELD_KINDS = ['text', 'long', 'choice', 'day', 'number', 'person', 'vehicle', 'photo'] as const
export const FIELDS_MAX = 20
const Key = z.string().regex(/^[a-z][a-z0-9_]{0,29}$/, '栏目代码为小写字母开头的字母数字')
export const FormField = z.object({ key: Key.meta({ zh: '代码' }), zh: Needed(30).meta({ zh: '名称' }), kind: z.enum(FIELD_KINDS).meta({ zh: '类型' }), options: z.array(Needed(40)).max(30).meta({ zh: '选项' }), needed: z.boolean().meta({ zh: '必填' }), hint: Text(60).default('').meta({ zh: '提示' }) })
export type FormField = z.output<typeof FormField>
export const FormStep = z.object({ name: Needed(30).meta({ zh: '步骤' }), department_id: Id.nullable().meta({ zh: '部门' }), days: z.int().min(1).max(60).meta({ zh: '工作日' }) })
export type FormStep = z.output<typeof FormStep>
const VersionShape = {
  intro: Text(500).meta({ zh: '办理说明' }), fields: z.array(FormField).max(FIELDS_MAX).meta({ zh: '表单栏目' }), steps: z.array(FormStep).min(1, '至少一个步骤').max(5).meta({ zh: '审批步骤' }), permit: z.boolean().meta({ zh: '批准后出具放行凭条' }), permit_hours: z.int().min(1).max(720).meta({ zh: '凭条有效(小时)' }), show_arrears: z.boolean().meta({ zh: '审批时显示欠费(只显示,不限制)' }),
}
export const Service = z.object({ service_id: Id, name: z.string().meta({ zh: '事项' }), sort_no: z.int().meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }), version: z.object({ ...VersionShape, version_id: Id, version_no: z.int(), from_on: Day }).nullable(), next_from_on: Day.nullable() })
export type Service = z.output<typeof Service>
export const ApplicationState = z.enum(APPLICATION_STATES).meta({ zh: '状态' })
export const ApplicationRow = z.object({
  application_id: Id, no: z.string().meta({ zh: '申请号' }), service: z.string().meta({ zh: '事项' }), community_name: z.string().meta({ zh: '小区' }), label: z.string().meta({ zh: '房号' }), applicant_name: z.string().meta({ zh: '申请人' }), source: z.enum(['app', 'desk']).meta({ zh: '来源' }), state: ApplicationState,
  step_name: z.string().nullable().meta({ zh: '当前步骤' }), department_name: z.string().nullable().meta({ zh: '审批部门' }), due_at: Instant.nullable().meta({ zh: '时限' }), late: z.boolean().meta({ zh: '超时' }), created_at: Instant.meta({ zh: '申请时间' }), decided_at: Instant.nullable().meta({ zh: '审批时间' }), ended_at: Instant.nullable().meta({ zh: '结束时间' }),
})
export type ApplicationRow = z.output<typeof ApplicationRow>
export const ApplicationStep = z.object({ step_no: z.int(), action: z.string(), to_state: ApplicationState, step_name: z.string().nullable(), by_kind: z.enum(['staff', 'resident', 'system']), by_name: z.string(), note: z.string().nullable(), at: Instant })
export type ApplicationStep = z.output<typeof ApplicationStep>
const Filled = z.object({ key: z.string(), zh: z.string(), kind: z.enum(FIELD_KINDS), value: z.string() })
export const ApplicationFull = ApplicationRow.extend({
  community_id: Id, house_id: Id, applicant_phone_masked: z.string().nullable().meta({ zh: '电话' }), answers: z.array(Filled), photo_ids: z.array(Id), permit: z.boolean(), permit_code: z.string().nullable(), permit_until: Instant.nullable().meta({ zh: '凭条有效至' }), steps: z.array(ApplicationStep), step_names: z.array(z.string()),
  /** Shown to who decides, never a reason to refuse; null without the right to bills or where the form does not ask for it. */
  arrears: z.object({ overdue_fen: FenShape, overdue_count: z.int() }).nullable(), can: Can(...APPLICATION_ACTIONS),
})
export type ApplicationFull = z.output<typeof ApplicationFull>
export const MyApplication = ApplicationFull.omit({ applicant_phone_masked: true, arrears: true, can: true, department_name: true, community_id: true }).extend({ service_phone: z.string().nullable(), can: Can('cancel') })
export type MyApplication = z.output<typeof MyApplication>
export const ApplicationFilter = z.object({ state: ApplicationState.optional(), service_id: Id.optional(), community_id: Id.optional(), house_id: Id.optional(), late: z.boolean().optional(), mine: z.boolean().optional(), from_on: Day.optional(), to_on: Day.optional(), q: Text(40).optional() })
export type ApplicationFilter = z.output<typeof ApplicationFilter>

const One = Repeatable.extend({ application_id: Id })
const Moved = z.object({ application_id: Id, state: ApplicationState })
const Answers = z.array(z.object({ key: Key, value: Text(1000) })).max(FIELDS_MAX).meta({ zh: '填写内容' })
const FORM = ['care.service_unknown', 'care.form_changed', 'care.field', 'care.no_photo'] as const
const WRONG = ['care.application_state'] as const
const Code = z.string().trim().toUpperCase().regex(/^[2-9A-HJ-NP-Z]{12}$/, '凭条码是 12 位字母和数字').meta({ zh: '凭条码' })
export const serviceCalls = {
  services: read({ zh: '服务申请事项', may: 'signed_in', takes: z.object({}), gives: z.object({ rows: z.array(Service) }) }),
  saveService: write({ zh: '保存申请事项', may: 'care.setup.write', takes: Repeatable.extend({ service_id: Id.optional(), name: Needed(30).meta({ zh: '事项名称' }), sort_no: z.int().min(0).max(9999).meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }) }), gives: z.object({ service_id: Id }), refuses: ['care.name_taken'] }),
  /** Only one that has never had a form. */
  removeService: write({ zh: '删除未发布的事项', may: 'care.setup.write', takes: Repeatable.extend({ service_id: Id }), gives: z.object({ service_id: Id }), refuses: ['care.service_used'] }),
  /** From a day on; what was applied for before keeps its form and its steps. */
  publishService: write({ zh: '发布事项表单', may: 'care.setup.write', takes: Repeatable.extend({ service_id: Id, from_on: Day.meta({ zh: '生效日' }), ...VersionShape }), gives: z.object({ version_id: Id, version_no: z.int() }), refuses: ['care.from_past', 'care.form_fields', 'care.department_unknown'] }),
  applications: read({ zh: '服务申请列表', may: 'care.application.read', takes: Paging.extend(ApplicationFilter.shape), gives: pageOf(ApplicationRow).extend({ counts: z.partialRecord(z.union([ApplicationState, z.enum(['late', 'mine'])]), z.int()) }) }),
  applicationsExcel: download({ zh: '导出服务申请', may: 'care.application.export', takes: ApplicationFilter, refuses: ['care.too_many_rows'] }),
  application: read({ zh: '服务申请详情', may: 'care.application.read', takes: z.object({ application_id: Id }), gives: ApplicationFull }),
  applicationPhoto: download({ zh: '服务申请照片', may: 'signed_in', takes: z.object({ application_id: Id, file_id: Id }) }),
  createApplication: write({ zh: '代办服务申请', may: 'care.application.create', takes: Repeatable.extend({ service_id: Id.meta({ zh: '事项' }), version_id: Id, house_id: Id.meta({ zh: '房号' }), person_id: Id.nullable().optional(), applicant_name: Needed(30).meta({ zh: '申请人' }), applicant_phone: Phone.nullable().optional(), answers: Answers, photo_ids: Photos.optional() }), gives: z.object({ application_id: Id, no: z.string() }), refuses: FORM }),
  approveApplication: write({ zh: '批准服务申请', may: 'care.application.decide', takes: One.extend({ note: Text(200).optional().meta({ zh: '意见' }) }), gives: Moved, refuses: WRONG }),
  rejectApplication: write({ zh: '不批准服务申请', may: 'care.application.decide', takes: One.extend({ reason: Reason }), gives: Moved, refuses: [...WRONG, 'care.arrears_reason'] }),
  cancelApplication: write({ zh: '取消服务申请', may: 'care.application.create', takes: One.extend({ reason: Reason }), gives: Moved, refuses: WRONG }),
  /** Keys handed over, a certificate given out. */
  finishApplication: write({ zh: '办结服务申请', may: 'care.application.create', takes: One.extend({ note: Text(200).optional().meta({ zh: '说明' }) }), gives: Moved, refuses: WRONG }),
  permitPaper: download({ zh: '打印凭条', may: 'signed_in', takes: z.object({ application_id: Id }), refuses: ['care.no_permit'] }),
  checkPermit: read({ zh: '核验放行凭条', may: 'care.gate.check', takes: z.object({ permit_code: Code }), gives: z.object({ application_id: Id, no: z.string(), service: z.string(), community_name: z.string(), label: z.string(), applicant_name: z.string(), answers: z.array(Filled), photo_ids: z.array(Id), state: ApplicationState, permit_until: Instant, ended_at: Instant.nullable(), ended_by_name: z.string().nullable(), can: Can('use') }) }),
  usePermit: write({ zh: '放行并注销凭条', may: 'care.gate.check', takes: Repeatable.extend({ permit_code: Code, note: Text(200).optional().meta({ zh: '说明' }) }), gives: Moved, refuses: [...WRONG, 'care.permit_used', 'care.permit_over', 'care.no_permit'] }),
  apply: write({ zh: '业主服务申请', may: 'resident', takes: Repeatable.extend({ service_id: Id.meta({ zh: '事项' }), version_id: Id, house_id: Id.meta({ zh: '房产' }), answers: Answers, photo_ids: Photos.optional() }), gives: z.object({ application_id: Id, no: z.string() }), refuses: [...FORM, 'care.too_often'] }),
  myApplications: read({ zh: '我的服务申请', may: 'resident', takes: Paging, gives: pageOf(ApplicationRow.pick({ application_id: true, no: true, service: true, label: true, state: true, step_name: true, created_at: true })) }),
  myApplication: read({ zh: '我的申请详情', may: 'resident', takes: z.object({ application_id: Id }), gives: MyApplication }),
  cancelMyApplication: write({ zh: '取消我的申请', may: 'resident', takes: One, gives: Moved, refuses: WRONG }),
}
