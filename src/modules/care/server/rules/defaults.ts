// What a company begins with: complaints accepted within half a working day and answered within 2 working days (domain-facts 5.1: three-star and
// early-stage grade 1), questions on fees within 5 (Liaocheng 3, Rizhao 7), all complaints asked about within 3 days after (5.2). Ids are computed.
import { uuidOf } from '../../../../kernel/ids.ts'

type Unit = 'minute' | 'hour' | 'day'
export interface ShippedRule {
  accept_n: number
  accept_unit: Unit
  answer_n: number
  answer_unit: Unit
  clock: 'calendar' | 'working'
  visit: boolean
}
export interface ShippedKind {
  kind_id: string
  nature: 'complaint' | 'suggestion' | 'praise'
  name: string
  pauses: boolean
  sort_no: number
  rule: ShippedRule
}
const PLAIN: ShippedRule = { accept_n: 4, accept_unit: 'hour', answer_n: 2, answer_unit: 'day', clock: 'working', visit: true }
const FEES: ShippedRule = { ...PLAIN, answer_n: 5 }
const SAFETY: ShippedRule = { ...PLAIN, accept_n: 1, answer_n: 1, clock: 'calendar' }
const IDEA: ShippedRule = { ...PLAIN, accept_n: 1, accept_unit: 'day', answer_n: 7, visit: false }
const KINDS: readonly (readonly [nature: ShippedKind['nature'], name: string, rule: ShippedRule, pauses?: true])[] = [
  ['complaint', '收费与账单', FEES, true], ['complaint', '服务态度', PLAIN], ['complaint', '维修质量与时效', PLAIN], ['complaint', '环境卫生', PLAIN], ['complaint', '绿化养护', PLAIN], ['complaint', '安全秩序', SAFETY], ['complaint', '停车管理', PLAIN],
  ['complaint', '电梯与设施设备', PLAIN], ['complaint', '噪音扰民', PLAIN], ['complaint', '邻里纠纷', PLAIN], ['complaint', '其他投诉', PLAIN],
  ['suggestion', '服务建议', IDEA], ['suggestion', '设施改进建议', IDEA], ['praise', '表扬', { ...IDEA, answer_n: 3 }],
]
export const shippedKinds = (company_id: number): ShippedKind[] => KINDS.map(([nature, name, rule, pauses], i) => ({ kind_id: uuidOf('care.kind', company_id, name), nature, name, pauses: pauses === true, sort_no: (i + 1) * 10, rule }))

const CAUSES = ['服务态度', '处理不及时', '维修质量', '沟通解释不到位', '收费有误', '标准或制度', '设施老化', '开发遗留', '外单位', '业户之间', '不属实', '其他'] as const
export const shippedCauses = (company_id: number) => CAUSES.map((name, i) => ({ cause_id: uuidOf('care.cause', company_id, name), name, from_on: '2000-01-01', to_on: null, sort_no: (i + 1) * 10 }))

const DEPARTMENTS = ['客服部', '工程部', '秩序部', '环境部'] as const
export const shippedDepartments = (company_id: number) => DEPARTMENTS.map((name, i) => ({ department_id: uuidOf('care.department', company_id, name), name, sort_no: (i + 1) * 10 }))

/** In force where a company has said nothing. 90 % is the goal of the early-stage grade 1 (domain-facts 5.2). */
export const POLICY = { from_on: '2000-01-01', warn_hours: 4, visit_days: 3, visit_tries: 3, reopen_days: 15, satisfied_from: 4, goal_percent: 90, unnamed_open: true }
