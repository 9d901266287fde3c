import { z } from 'zod'
import { contract, download, read, write } from '../../kernel/contract.ts'
import { Day, Id, Needed, Paging, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { ABSENCES, ABSENCE_STATES, AbsenceRow, Balance, LeaveAsk, LeaveKind, LeaveKindShape, LeaveRuleShape, OvertimeAsk } from './shapes_leave.ts'
import { CertKind, CertKindShape, CertRow, CertShape, ContractShape, DepartmentRow, DepartmentShape, DepartmentVersion, EmployeeDetail, EmployeeRow, FACTS, HeadcountVersion, ID_KINDS, LEAVING_KINDS, LIGHTS, MyFile, NeedVersion, PersonShape, PolicyShape, PolicyVersion, PostRow, PostShape, Reason, STATES, SeatShape, StaffingRow } from './shapes.ts'

export { CONTRACT_KINDS, FACTS, FAMILIES, ID_KINDS, LEAVING_KINDS, LIGHTS, STATES, type AssignmentRow, type CertKind, type CertRow, type ContractRow, type DepartmentRow, type EmployeeDetail, type EmployeeRow, type MyFile, type Policy, type PolicyVersion, type PostRow, type StaffingRow } from './shapes.ts'

export { ABSENCE_STATES, ABSENCES, type AbsenceRow, type Balance, type LeaveKind } from './shapes_leave.ts'

export const AbsenceFilter = z.object({ community_id: Id.optional(), employee_id: Id.optional(), what: z.enum(ABSENCES).optional(), kind_id: Id.optional(), state: z.enum(ABSENCE_STATES).optional(), from_on: Day.optional(), to_on: Day.optional(), q: Text(30).optional() })
export type AbsenceFilter = z.output<typeof AbsenceFilter>
export const EmployeeFilter = z.object({ community_id: Id.optional(), hq: z.boolean().optional(), department_id: Id.optional(), post_id: Id.optional(), state: z.enum(STATES).optional(), fact: z.enum(FACTS).optional(), q: Text(30).optional() })
export type EmployeeFilter = z.output<typeof EmployeeFilter>
export const CertFilter = z.object({ community_id: Id.optional(), kind_id: Id.optional(), light: z.enum(LIGHTS).optional(), needed: z.boolean().optional(), employee_id: Id.optional(), q: Text(30).optional() })
export type CertFilter = z.output<typeof CertFilter>
const One = Repeatable.extend({ employee_id: Id })
const Made = z.object({ employee_id: Id })
const Where = z.object({ community_id: Id.optional() })
const PERSON = ['staff.bad_id_number', 'staff.id_taken'] as const
const SEAT = ['staff.post_retired', 'staff.department_retired', 'staff.department_later'] as const
const Asked = z.object({ absence_id: Id, approval_id: Id })
const ASKS = ['staff.absence_days', 'staff.absence_employed', 'staff.absence_overlap', 'system.approval_pending', 'system.approval_nobody'] as const
const LEAVES = ['staff.has_left', 'staff.absence_span', 'staff.proof_needed', 'staff.no_balance', ...ASKS] as const
const OVERTIMES = ['staff.has_left', ...ASKS] as const
const ACCOUNT = ['staff.account_taken', 'staff.account_hq', 'staff.account_unknown'] as const

export const staff = contract('staff', {
  departments: read({ zh: '部门', may: 'staff.org.read', takes: z.object({ with_retired: z.boolean().optional() }), gives: z.object({ rows: z.array(DepartmentRow) }) }),
  departmentVersions: read({ zh: '部门沿革', may: 'staff.org.read', takes: z.object({ department_id: Id }), gives: z.object({ rows: z.array(DepartmentVersion) }) }),
  saveDepartment: write({ zh: '设置部门', may: 'staff.org.write', takes: Repeatable.extend({ department_id: Id.optional(), ...DepartmentShape }), gives: z.object({ department_id: Id }), refuses: ['staff.from_past', 'staff.department_cycle', 'staff.department_name', 'staff.department_retired', 'staff.too_many'] }),
  retireDepartment: write({ zh: '撤销或恢复部门', may: 'staff.org.write', takes: Repeatable.extend({ department_id: Id, retired: z.boolean(), reason: Reason }), gives: z.object({ department_id: Id }), refuses: ['staff.department_used'] }),

  posts: read({ zh: '岗位', may: 'staff.org.read', takes: Where.extend({ with_retired: z.boolean().optional() }), gives: z.object({ rows: z.array(PostRow) }) }),
  post: read({ zh: '岗位的编制与证书要求', may: 'staff.org.read', takes: z.object({ post_id: Id }), gives: PostRow.extend({ headcounts: z.array(HeadcountVersion), needs: z.array(NeedVersion) }) }),
  savePost: write({ zh: '设置岗位', may: 'staff.org.write', takes: Repeatable.extend({ post_id: Id.optional(), ...PostShape }), gives: z.object({ post_id: Id }), refuses: ['staff.name_taken', 'staff.post_used', 'staff.too_many'] }),
  setHeadcount: write({ zh: '设定编制', may: 'staff.org.write', takes: Repeatable.extend({ post_id: Id, community_id: Id.nullable().meta({ zh: '小区' }), from_on: Day.meta({ zh: '生效日' }), people_count: z.int().min(0).max(9999).meta({ zh: '人数' }), basis: Needed(200).meta({ zh: '依据' }) }), gives: z.object({ headcount_id: Id }), refuses: ['staff.from_past', 'staff.post_retired'] }),
  setNeeds: write({ zh: '设定岗位要求的证书', may: 'staff.org.write', takes: Repeatable.extend({ post_id: Id, from_on: Day.meta({ zh: '生效日' }), kind_ids: z.array(Id).max(20, '最多 20 种').meta({ zh: '要求的证书' }), basis: Needed(200).meta({ zh: '依据' }) }), gives: z.object({ need_id: Id }), refuses: ['staff.from_past', 'staff.post_retired'] }),
  staffing: read({ zh: '编制与持证率', may: 'staff.org.read', takes: Where.extend({ post_id: Id.optional() }), gives: z.object({ rows: z.array(StaffingRow), bar_percent: z.int(), headcount_sum: z.int(), people_sum: z.int(), needing_sum: z.int(), certified_sum: z.int() }) }),
  staffingExcel: download({ zh: '导出编制与持证率', may: 'staff.file.export', takes: Where.extend({ post_id: Id.optional() }) }),

  certKinds: read({ zh: '员工证书种类', may: 'staff.org.read', takes: z.object({ with_retired: z.boolean().optional() }), gives: z.object({ rows: z.array(CertKind) }) }),
  saveCertKind: write({ zh: '设置员工证书种类', may: 'staff.org.write', takes: Repeatable.extend({ kind_id: Id.optional(), ...CertKindShape }), gives: z.object({ kind_id: Id }), refuses: ['staff.name_taken', 'staff.too_many'] }),
  policy: read({ zh: '人事规则', may: 'staff.org.read', takes: z.object({}), gives: z.object({ now: PolicyVersion, rows: z.array(PolicyVersion) }) }),
  savePolicy: write({ zh: '设定人事规则', may: 'staff.org.write', takes: Repeatable.extend(PolicyShape), gives: z.object({ from_on: Day }), refuses: ['staff.from_past'] }),

  employees: read({ zh: '员工名册', may: 'staff.file.view', takes: Paging.extend(EmployeeFilter.shape), gives: pageOf(EmployeeRow) }),
  employeesExcel: download({ zh: '导出员工名册', may: 'staff.file.export', takes: EmployeeFilter, refuses: ['staff.too_many_rows'] }),
  rosterPdf: download({ zh: '打印员工名册', may: 'staff.file.view', takes: EmployeeFilter, refuses: ['staff.too_many_rows', 'staff.nothing_to_print'] }),
  employee: read({ zh: '员工档案', may: 'staff.file.view', takes: z.object({ employee_id: Id }), gives: EmployeeDetail }),
  accounts: read({ zh: '可关联的登录账号', may: 'staff.file.write', takes: Paging.extend({ q: Text(30).optional() }), gives: pageOf(z.object({ account_id: Id, name: z.string(), login: z.string(), post: z.string().nullable() })) }),
  hire: write({ zh: '员工入职', may: 'staff.file.write', takes: Repeatable.extend({ no: Text(20).regex(/^[0-9A-Za-z-]*$/, '工号只能是字母、数字和横线').nullable().optional().meta({ zh: '工号' }), ...PersonShape, ...SeatShape, account_id: Id.nullable().optional().meta({ zh: '登录账号' }), entered_on: Day.meta({ zh: '入职日' }), probation_to_on: Day.nullable().optional().meta({ zh: '试用期至' }) }), gives: Made.extend({ no: z.string() }), refuses: ['staff.no_taken', 'staff.probation_order', ...PERSON, ...SEAT, ...ACCOUNT] }),
  saveEmployee: write({ zh: '修改员工档案', may: 'staff.file.write', takes: One.extend({ ...PersonShape, account_id: Id.nullable().optional().meta({ zh: '登录账号' }), probation_to_on: Day.nullable().optional().meta({ zh: '试用期至' }) }), gives: Made, refuses: ['staff.has_left', 'staff.probation_order', ...PERSON, ...ACCOUNT] }),
  reveal: write({ zh: '查看员工完整号码', may: 'staff.file.reveal', takes: z.object({ employee_id: Id }), gives: z.object({ phone: z.string().nullable(), id_kind: z.enum(ID_KINDS).nullable(), id_number: z.string().nullable(), emergency_phone: z.string().nullable() }) }),
  transfer: write({ zh: '员工调动', may: 'staff.file.write', takes: One.extend({ ...SeatShape, from_on: Day.meta({ zh: '从哪天起' }), reason: Reason }), gives: Made, refuses: ['staff.has_left', 'staff.before_entry', 'staff.after_leaving', 'staff.same_day', 'staff.transfer_old', ...SEAT] }),
  voidTransfer: write({ zh: '撤销调动', may: 'staff.file.write', takes: One.extend({ assignment_id: Id, reason: Reason }), gives: Made, refuses: ['staff.has_left', 'staff.entry_stays', 'staff.voided_already'] }),
  addContract: write({ zh: '登记劳动合同', may: 'staff.file.write', takes: One.extend(ContractShape), gives: z.object({ contract_id: Id }), refuses: ['staff.contract_term', 'staff.contract_overlap', 'staff.no_file', 'staff.has_left'] }),
  endContract: write({ zh: '提前终止劳动合同', may: 'staff.file.write', takes: One.extend({ contract_id: Id, ended_on: Day.meta({ zh: '终止日' }), reason: Reason }), gives: z.object({ contract_id: Id }), refuses: ['staff.contract_ended', 'staff.contract_term'] }),
  contractFile: download({ zh: '查看劳动合同扫描件', may: 'staff.file.reveal', takes: z.object({ employee_id: Id, contract_id: Id }) }),

  certs: read({ zh: '员工证书', may: 'staff.file.view', takes: Paging.extend(CertFilter.shape), gives: pageOf(CertRow).extend({ counts: z.record(z.enum(LIGHTS), z.int()) }) }),
  certsExcel: download({ zh: '导出员工证书', may: 'staff.file.export', takes: CertFilter, refuses: ['staff.too_many_rows'] }),
  addCert: write({ zh: '登记员工证书', may: 'staff.cert.write', takes: One.extend(CertShape), gives: z.object({ cert_id: Id }), refuses: ['staff.cert_days', 'staff.no_file', 'staff.has_left', 'staff.kind_retired', 'staff.cert_same'] }),
  endCert: write({ zh: '作废员工证书', may: 'staff.cert.write', takes: One.extend({ cert_id: Id, reason: Reason }), gives: z.object({ cert_id: Id }), refuses: ['staff.cert_ended'] }),
  certFile: download({ zh: '查看员工证书扫描件', may: 'staff.file.view', takes: z.object({ employee_id: Id, cert_id: Id }) }),

  startLeaving: write({ zh: '办理离职', may: 'staff.file.write', takes: One.extend({ kind: z.enum(LEAVING_KINDS).meta({ zh: '离职种类' }), last_on: Day.meta({ zh: '最后工作日' }), reason: Reason, more_items: z.array(Needed(60)).max(20, '最多 20 项').optional().meta({ zh: '另外的交接事项' }) }), gives: z.object({ leaving_id: Id }), refuses: ['staff.leaving_already', 'staff.has_left', 'staff.last_day', 'staff.account_hq', 'staff.own_leaving'] }),
  cancelLeaving: write({ zh: '撤销离职', may: 'staff.file.write', takes: One.extend({ reason: Reason }), gives: Made, refuses: ['staff.has_left', 'staff.not_leaving'] }),
  doItem: write({ zh: '离职交接', may: 'staff.file.write', takes: One.extend({ item_id: Id, done: z.boolean(), note: Text(200).nullable().optional().meta({ zh: '说明' }) }), gives: Made, refuses: ['staff.not_leaving'] }),
  handoverPdf: download({ zh: '打印离职交接单', may: 'staff.file.view', takes: z.object({ employee_id: Id }), refuses: ['staff.not_leaving'] }),

  leaveKinds: read({ zh: '假期种类', may: 'staff.org.read', takes: z.object({ with_retired: z.boolean().optional() }), gives: z.object({ rows: z.array(LeaveKind) }) }),
  saveLeaveKind: write({ zh: '设置假期种类和规则', may: 'staff.org.write', takes: Repeatable.extend({ kind_id: Id.optional(), ...LeaveKindShape, ...LeaveRuleShape }), gives: z.object({ kind_id: Id }), refuses: ['staff.from_past', 'staff.name_taken', 'staff.too_many', 'staff.tiers'] }),
  absences: read({ zh: '请假与加班', may: 'staff.leave.view', takes: Paging.extend(AbsenceFilter.shape), gives: pageOf(AbsenceRow).extend({ half_days_sum: z.int(), minutes_sum: z.int() }) }),
  absencesExcel: download({ zh: '导出请假与加班', may: 'staff.file.export', takes: AbsenceFilter, refuses: ['staff.too_many_rows'] }),
  balances: read({ zh: '员工假期余额', may: 'staff.leave.view', takes: z.object({ employee_id: Id, year: z.int().min(2000).max(2100).optional() }), gives: z.object({ year: z.int(), rows: z.array(Balance) }) }),
  grantLeave: write({ zh: '增减假期额度', may: 'staff.leave.write', takes: One.extend({ kind_id: Id.meta({ zh: '假期' }), year: z.int().min(2000).max(2100).meta({ zh: '年份' }), half_days: z.int().min(-730).max(730).meta({ zh: '增减的半天数' }), reason: Reason }), gives: Made, refuses: ['staff.has_left', 'staff.grant_zero'] }),
  askLeaveFor: write({ zh: '代员工请假', may: 'staff.leave.write', takes: One.extend({ ...LeaveAsk, reason: Reason }), gives: Asked, refuses: [...LEAVES] }),
  askOvertimeFor: write({ zh: '代员工申请加班', may: 'staff.leave.write', takes: One.extend({ ...OvertimeAsk, reason: Reason }), gives: Asked, refuses: [...OVERTIMES] }),
  cancelAbsence: write({ zh: '销假或撤销加班', may: 'staff.leave.write', takes: Repeatable.extend({ absence_id: Id, reason: Reason }), gives: z.object({ absence_id: Id }), refuses: ['staff.absence_state'] }),
  myAbsences: read({ zh: '我的请假与加班', may: 'signed_in', takes: z.object({}), gives: z.object({ has_file: z.boolean(), year: z.int(), balances: z.array(Balance), rows: z.array(AbsenceRow) }) }),
  askLeave: write({ zh: '请假', may: 'signed_in', takes: Repeatable.extend({ ...LeaveAsk, reason: Reason }), gives: Asked, refuses: ['staff.no_own_file', ...LEAVES] }),
  askOvertime: write({ zh: '申请加班', may: 'signed_in', takes: Repeatable.extend({ ...OvertimeAsk, reason: Reason }), gives: Asked, refuses: ['staff.no_own_file', ...OVERTIMES] }),

  /** One's own file, whoever has one. */
  mine: read({ zh: '我的档案', may: 'signed_in', takes: z.object({}), gives: MyFile }),
})
