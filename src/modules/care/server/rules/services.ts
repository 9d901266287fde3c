// What a company begins with (features of the trade, CS-02): move-out permit checked at the gate, keys, certificates, care for plants.
import { uuidOf } from '../../../../kernel/ids.ts'
import type { FormField, FormStep } from '../../contract.ts'

type Row = readonly [zh: string, kind: FormField['kind'], needed: boolean, more?: { options?: string[]; hint?: string }]
interface Shipped {
  name: string
  intro: string
  rows: readonly Row[]
  step: string
  permit: boolean
}
const SERVICES: readonly Shipped[] = [
  { name: '搬出放行条', intro: '搬出家具、大件物品时出示,门岗核验后放行。欠费不影响办理。', permit: true, step: '客服核对', rows: [['物品清单', 'long', true, { hint: '如:沙发 1、洗衣机 1' }], ['搬出日期', 'day', true], ['车牌号', 'vehicle', false], ['搬运人', 'person', false], ['物品照片', 'photo', false]] },
  { name: '钥匙领取', intro: '到前台出示身份证领取。', permit: false, step: '客服核对', rows: [['钥匙', 'choice', true, { options: ['单元门', '信报箱', '储藏间', '其他'] }], ['数量', 'number', true], ['领取人', 'person', true], ['用途', 'text', false]] },
  { name: '证明开具', intro: '居住、缴费等证明,盖章后到前台领取。', permit: false, step: '客服开具', rows: [['证明种类', 'choice', true, { options: ['居住证明', '缴费证明', '车位证明', '其他'] }], ['用途', 'text', true], ['份数', 'number', true]] },
  { name: '绿植代养', intro: '外出期间由物业代为浇水,送到前台登记。', permit: false, step: '客服安排', rows: [['盆数', 'number', true], ['开始日期', 'day', true], ['结束日期', 'day', true], ['养护要求', 'long', false], ['绿植照片', 'photo', false]] },
]
const fieldsOf = (rows: readonly Row[]): FormField[] => rows.map(([zh, kind, needed, more], i) => ({ key: `f${i + 1}`, zh, kind, options: more?.options ?? [], needed, hint: more?.hint ?? '' }))
export const shippedServices = (company_id: number) =>
  SERVICES.map((s, i) => ({ service_id: uuidOf('care.service', company_id, s.name), version_id: uuidOf('care.service_version', company_id, s.name), name: s.name, sort_no: (i + 1) * 10, intro: s.intro, fields: fieldsOf(s.rows), steps: [{ name: s.step, department_id: null, days: 1 }] satisfies FormStep[], permit: s.permit, permit_hours: 72, show_arrears: s.permit }))
