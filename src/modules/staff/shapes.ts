import { z } from 'zod'
import { Can, Day, Id, Instant, Needed, Reason, Text } from '../../kernel/shapes.ts'

export const FAMILIES = ['management', 'service', 'engineering', 'security', 'cleaning', 'greening', 'other'] as const
export const CONTRACT_KINDS = ['fixed', 'open', 'task', 'service'] as const
export const LEAVING_KINDS = ['resign', 'expire', 'dismiss', 'retire', 'other'] as const
export const STATES = ['coming', 'probation', 'regular', 'leaving', 'left'] as const
export const LIGHTS = ['expired', 'missing', 'soon', 'good'] as const
export const ID_KINDS = ['id_card', 'passport', 'other'] as const
/** What somebody looks for in the roster, besides the state. */
export const FACTS = ['uncertified', 'cert_due', 'contract_due', 'no_contract', 'probation_due', 'leaving', 'no_account'] as const

export const Phone = z.string().trim().regex(/^1[3-9]\d{9}$/, '应为 11 位手机号')
const Ladder = (zh: string) => z.array(z.int().min(1, '1 至 365 天').max(365, '1 至 365 天')).min(1, '至少一步').max(8, '最多 8 步').meta({ zh })
const Made = { made_by_name: z.string().meta({ zh: '设定人' }), made_at: Instant.meta({ zh: '设定时间' }), state: z.enum(['now', 'future', 'past']).meta({ zh: '状态' }) }
const Basis = Needed(200).meta({ zh: '依据' })
const Place = { community_id: Id.nullable(), community_name: z.string().meta({ zh: '小区' }) }

export const PolicyShape = {
  from_on: Day.meta({ zh: '生效日' }), no_prefix: z.string().regex(/^[A-Z]{1,4}$/, '1 至 4 个大写字母').meta({ zh: '工号前缀' }), cert_ladder: Ladder('证书到期前几天提醒'), contract_ladder: Ladder('合同到期前几天提醒'), probation_ladder: Ladder('试用期满前几天提醒'),
  sign_days: z.int().min(0).max(90, '最多 90 天').meta({ zh: '入职后几天内签书面合同' }), bar_percent: z.int().min(0).max(100).meta({ zh: '持证率应达到(%)' }), keep_days: z.int().min(365, '至少 365 天').max(36500).meta({ zh: '离职后个人信息保留(天)' }), handover_items: z.array(Needed(60)).max(30, '最多 30 项').meta({ zh: '离职交接事项' }), basis: Basis,
}
export const Policy = z.object(PolicyShape)
export type Policy = z.output<typeof Policy>
export const PolicyVersion = Policy.extend(Made)
export type PolicyVersion = z.output<typeof PolicyVersion>

export const DepartmentShape = { name: Needed(30).meta({ zh: '名称' }), parent_id: Id.nullable().meta({ zh: '上级部门' }), community_id: Id.nullable().meta({ zh: '小区' }), from_on: Day.meta({ zh: '生效日' }), sort_no: z.int().min(0).max(9999).meta({ zh: '排序' }), basis: Basis }
export const DepartmentRow = z.object({ department_id: Id, name: z.string().meta({ zh: '部门' }), parent_id: Id.nullable(), parent_name: z.string().nullable(), depth: z.int(), ...Place, from_on: Day, next_on: Day.nullable(), people_count: z.int().meta({ zh: '人数' }), sort_no: z.int(), retired: z.boolean(), can: Can('write') })
export type DepartmentRow = z.output<typeof DepartmentRow>
export const DepartmentVersion = z.object({ version_id: Id, from_on: Day, name: z.string(), parent_name: z.string().nullable(), community_name: z.string(), basis: z.string(), ...Made })

export const PostShape = { name: Needed(30).meta({ zh: '岗位' }), family: z.enum(FAMILIES).meta({ zh: '序列' }), duties: Needed(2000).meta({ zh: '职责' }), sort_no: z.int().min(0).max(9999).meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }) }
export const PostRow = z.object({ post_id: Id, ...PostShape, kind_ids: z.array(Id), kind_names: z.array(z.string()), people_count: z.int().meta({ zh: '在岗' }), headcount: z.int().meta({ zh: '编制' }) })
export type PostRow = z.output<typeof PostRow>
export const HeadcountVersion = z.object({ headcount_id: Id, ...Place, from_on: Day, people_count: z.int().meta({ zh: '人数' }), basis: z.string(), ...Made })
export const NeedVersion = z.object({ need_id: Id, from_on: Day, kind_names: z.array(z.string()), basis: z.string(), ...Made })
export const CertKindShape = { name: Needed(40).meta({ zh: '名称' }), law: Needed(200).meta({ zh: '依据' }), sort_no: z.int().min(0).max(9999).meta({ zh: '排序' }), retired: z.boolean().meta({ zh: '停用' }) }
export const CertKind = z.object({ kind_id: Id, code: z.string(), ...CertKindShape })
export type CertKind = z.output<typeof CertKind>

/** One post at one place: how many there should be, are, must have certificates and have them. */
export const StaffingRow = z.object({ key: z.string(), post_id: Id, post_name: z.string().meta({ zh: '岗位' }), family: z.enum(FAMILIES), ...Place, headcount: z.int().nullable().meta({ zh: '编制' }), people_count: z.int().meta({ zh: '在岗' }), gap_count: z.int().nullable().meta({ zh: '缺员' }), kind_names: z.array(z.string()), needing_count: z.int().meta({ zh: '须持证' }), certified_count: z.int().meta({ zh: '已持证' }), rate_bp: z.int().nullable().meta({ zh: '持证率' }), below: z.boolean() })
export type StaffingRow = z.output<typeof StaffingRow>

export const EmployeeRow = z.object({
  employee_id: Id, no: z.string().meta({ zh: '工号' }), name: z.string().meta({ zh: '姓名' }), state: z.enum(STATES).meta({ zh: '状态' }), ...Place, department_id: Id, department_name: z.string().meta({ zh: '部门' }), post_id: Id, post_name: z.string().meta({ zh: '岗位' }), phone_masked: z.string().nullable().meta({ zh: '手机' }), entered_on: Day.meta({ zh: '入职日' }), probation_to_on: Day.nullable().meta({ zh: '试用期至' }), left_on: Day.nullable().meta({ zh: '最后工作日' }),
  contract_kind: z.enum(CONTRACT_KINDS).nullable().meta({ zh: '合同' }), contract_to_on: Day.nullable().meta({ zh: '合同到期' }), needed_count: z.int(), held_count: z.int(), cert_light: z.enum(LIGHTS).nullable().meta({ zh: '证书' }), has_account: z.boolean().meta({ zh: '账号' }),
})
export type EmployeeRow = z.output<typeof EmployeeRow>
export const AssignmentRow = z.object({ assignment_id: Id, from_on: Day, to_on: Day.nullable(), kind: z.enum(['entry', 'transfer']), post_name: z.string(), department_name: z.string(), community_name: z.string(), reason: z.string(), made_by_name: z.string(), made_at: Instant, voided: z.string().nullable(), now: z.boolean(), can: Can('void') })
export type AssignmentRow = z.output<typeof AssignmentRow>
export const ContractRow = z.object({ contract_id: Id, kind: z.enum(CONTRACT_KINDS), from_on: Day, to_on: Day.nullable(), signed_on: Day, note: z.string().nullable(), has_file: z.boolean(), ended_on: Day.nullable(), end_reason: z.string().nullable(), made_by_name: z.string(), now: z.boolean() })
export type ContractRow = z.output<typeof ContractRow>
export const CertRow = z.object({ cert_id: Id.nullable(), key: z.string(), employee_id: Id, employee_no: z.string().meta({ zh: '工号' }), employee_name: z.string().meta({ zh: '姓名' }), post_name: z.string().meta({ zh: '岗位' }), community_name: z.string().meta({ zh: '小区' }), kind_id: Id, kind_name: z.string().meta({ zh: '证书' }), no: z.string().nullable().meta({ zh: '编号' }), class: z.string().nullable().meta({ zh: '等级或类别' }), issuer: z.string().nullable().meta({ zh: '发证机关' }), issued_on: Day.nullable().meta({ zh: '发证日' }), valid_to_on: Day.nullable().meta({ zh: '有效期至' }), days_left: z.int().nullable(), light: z.enum(LIGHTS).meta({ zh: '状态' }), needed: z.boolean().meta({ zh: '岗位要求' }), has_file: z.boolean() })
export type CertRow = z.output<typeof CertRow>
export const HandoverItem = z.object({ item_id: Id, item_no: z.int(), text: z.string(), done_at: Instant.nullable(), done_by_name: z.string().nullable(), note: z.string().nullable() })
export const Leaving = z.object({ leaving_id: Id, kind: z.enum(LEAVING_KINDS), last_on: Day, reason: z.string(), made_by_name: z.string(), made_at: Instant, done_at: Instant.nullable(), account_words: z.string().nullable(), items: z.array(HandoverItem) })
export const EmployeeDetail = EmployeeRow.extend({
  id_kind: z.enum(ID_KINDS).nullable(), id_tail: z.string().nullable(), emergency_name: z.string().nullable(), emergency_phone_masked: z.string().nullable(), account_name: z.string().nullable(), account_login: z.string().nullable(), account_id: Id.nullable(), note: z.string().nullable(), created_by_name: z.string(), created_at: Instant, forgotten_at: Instant.nullable(), forget_on: Day.nullable(), duties: z.string(), fixed_count: z.int(), sign_late: z.boolean(),
  assignments: z.array(AssignmentRow), contracts: z.array(ContractRow), certs: z.array(CertRow), leaving: Leaving.nullable(), can: Can('write', 'cert', 'reveal', 'leave', 'transfer'),
})
export type EmployeeDetail = z.output<typeof EmployeeDetail>
/** One's own file on the phone. */
export const MyFile = z.object({ file: EmployeeDetail.omit({ can: true, note: true, account_id: true, leaving: true, created_by_name: true, forget_on: true }).nullable() })
export type MyFile = z.output<typeof MyFile>
export const PersonShape = { name: Needed(30).meta({ zh: '姓名' }), phone: Phone.nullable().optional().meta({ zh: '手机' }), id_kind: z.enum(ID_KINDS).nullable().optional().meta({ zh: '证件种类' }), id_number: Text(30).nullable().optional().meta({ zh: '证件号' }), emergency_name: Text(30).nullable().optional().meta({ zh: '紧急联系人' }), emergency_phone: Phone.nullable().optional().meta({ zh: '紧急联系人电话' }), note: Text(500).nullable().optional().meta({ zh: '备注' }) }
export const SeatShape = { post_id: Id.meta({ zh: '岗位' }), department_id: Id.meta({ zh: '部门' }), community_id: Id.nullable().meta({ zh: '小区' }) }
export const ContractShape = { kind: z.enum(CONTRACT_KINDS).meta({ zh: '合同种类' }), from_on: Day.meta({ zh: '起' }), to_on: Day.nullable().meta({ zh: '止' }), signed_on: Day.meta({ zh: '签订日' }), note: Text(200).nullable().optional().meta({ zh: '备注' }), file_id: Id.nullable().optional().meta({ zh: '扫描件' }) }
export const CertShape = { kind_id: Id.meta({ zh: '证书' }), no: Text(60).nullable().optional().meta({ zh: '证书编号' }), class: Text(40).nullable().optional().meta({ zh: '等级或类别' }), issuer: Needed(60).meta({ zh: '发证机关' }), issued_on: Day.meta({ zh: '发证或复审日' }), valid_to_on: Day.nullable().meta({ zh: '有效期至' }), file_id: Id.nullable().optional().meta({ zh: '扫描件' }) }
export { Reason }
