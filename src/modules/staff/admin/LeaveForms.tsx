// Forms of leave and overtime at the desk, and what somebody has left.
import { Button } from 'antd'
import { useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { SearchSelect } from '../../../ui/SearchSelect.tsx'
import { StateTag } from '../../../ui/bits.tsx'
import { useMay } from '../../../ui/session.ts'
import { ErrorBlock } from '../../../ui/states.tsx'
import { Upload } from '../../../ui/Upload.tsx'
import { staff, type Balance, type EmployeeDetail, type EmployeeRow } from '../contract.ts'
import { ABSENCE_TONES, endText, lengthText, said } from '../shown.ts'
import { words } from '../words.ts'

const WhoInput = (c: Control) => <SearchSelect {...c} label="员工" placeholder="姓名、工号" call={staff.employees} input={{}} option={(e: EmployeeRow) => ({ value: e.employee_id, label: `${e.name}(${e.no})${e.post_name}` })} />
function FilesInput({ value, onChange }: Control) {
  const ids = (value as string[] | undefined) ?? []
  const [names, setNames] = useState<Record<string, string>>({})
  return <div>{ids.length < 6 ? <Upload purpose="proof" accept="application/pdf,image/jpeg,image/png" label="选择证明" hint="PDF、PNG 或 JPEG" onDone={(f) => { setNames((n) => ({ ...n, [f.file_id]: f.name })); onChange?.([...ids, f.file_id]) }} /> : null}{ids.map((id) => <div key={id} className="hy-line"><span>{names[id]}</span><Button size="small" type="link" onClick={() => onChange?.(ids.filter((x) => x !== id))}>删除</Button></div>)}</div>
}
const HALF = { from_half: words.states!['half'], to_half: words.states!['half'], pay: words.states!['pay'] }
export function LeaveForDrawer({ close }: { close: () => void }) {
  const kinds = useRead(staff.leaveKinds, {}, { stale_ms: 60_000 })
  const save = useWrite(staff.askLeaveFor, { in_form: true, done: '已提交审批' })
  return <FormDrawer open onClose={close} columns={2} title="代员工请假" submit="提交审批" call={staff.askLeaveFor} loading={save.running} submitError={save.error} words={HALF} fields={[{ name: 'employee_id', label: '员工', wide: true, control: (c) => <WhoInput {...c} /> }, { name: 'kind_id', kind: 'select', options: (kinds.data?.rows ?? []).map((k) => ({ value: k.kind_id, label: `${k.name}${k.rule.proof ? '(须证明)' : ''}` })) }, { name: 'half_days', help: '一天为 2 个半天;中间的休息日不计' }, 'from_on', 'from_half', 'to_on', 'to_half', { name: 'reason', wide: true }, { name: 'file_ids', wide: true, control: (c) => <FilesInput {...c} /> }]} initial={{ from_on: today(), from_half: 'am', to_on: today(), to_half: 'pm', half_days: 2, reason: '', file_ids: [] }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
export function OvertimeForDrawer({ close }: { close: () => void }) {
  const save = useWrite(staff.askOvertimeFor, { in_form: true, done: '已提交审批' })
  return <FormDrawer open onClose={close} title="代员工申请加班" submit="提交审批" call={staff.askOvertimeFor} loading={save.running} submitError={save.error} words={HALF} fields={[{ name: 'employee_id', label: '员工', control: (c) => <WhoInput {...c} /> }, 'on_day', { name: 'from', placeholder: '如 18:00' }, { name: 'minutes', help: '30 至 1440' }, { name: 'pay', help: '调休的批准后计入调休余额,每 4 小时半天' }, 'reason']} initial={{ on_day: today(), from: '18:00', minutes: 120, pay: 'money', reason: '' }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
export const BalancesTable = ({ rows }: { rows: readonly Balance[] }) => <RowsTable<Balance> cards label="假期余额" rows={rows} row_key="kind_id" empty="没有假期种类" columns={[{ key: 'kind_name', title: '假期', width: 110 }, { key: 'allowed', title: '当年额度(天)', width: 110, align: 'right', show: (r) => (r.allowed_half === null ? '不限' : r.allowed_half / 2) }, { key: 'used', title: '已休', width: 80, align: 'right', show: (r) => r.used_half / 2 }, { key: 'asked', title: '待批', width: 80, align: 'right', show: (r) => r.asked_half / 2 }, { key: 'left', title: '余额', width: 90, align: 'right', show: (r) => (r.left_half === null ? '不限' : r.left_half / 2) }, { key: 'paid', title: '带薪', width: 70, show: (r) => (r.paid ? '是' : '否') }]} />
/** In the file of an employee. */
export function LeaveTab({ e }: { e: EmployeeDetail }) {
  const [granting, setGranting] = useState(false)
  const may = useMay()
  const q = useRead(staff.balances, { employee_id: e.employee_id })
  const list = useRead(staff.absences, { employee_id: e.employee_id, page_size: 50 })
  const grant = useWrite(staff.grantLeave, { in_form: true, done: '已登记' })
  if (q.error) return <ErrorBlock error={q.error} retry={q.retry} />
  const year = q.data?.year ?? Number(today().slice(0, 4))
  return (
    <div className="hy-stack">
      <div className="hy-line"><strong>{year} 年假期余额</strong>{may('staff.leave.write') && e.state !== 'left' ? <Button size="small" onClick={() => setGranting(true)}>增减额度</Button> : null}</div>
      <BalancesTable rows={q.data?.rows ?? []} />
      <RowsTable cards label="请假与加班" rows={list.data?.rows ?? []} row_key="absence_id" empty="没有请假和加班" columns={[{ key: 'from_at', title: '起', width: 140, show: (r) => instant(r.from_at) }, { key: 'to_at', title: '止', width: 140, show: (r) => endText(instant(r.to_at)) }, { key: 'what', title: '种类', width: 100, show: (r) => r.kind_name ?? said('what', r.what) }, { key: 'length', title: '时长', width: 110, show: lengthText }, { key: 'state', title: '状态', width: 85, show: (r) => <StateTag value={r.state} words={words.states!['absence']} tones={ABSENCE_TONES} /> }, { key: 'reason', title: '事由', width: 240 }]} />
      {granting ? <FormDrawer open onClose={() => setGranting(false)} title={`${e.name} 增减假期额度`} call={staff.grantLeave} loading={grant.running} submitError={grant.error} fixed={{ employee_id: e.employee_id }} fields={[{ name: 'kind_id', kind: 'select', options: (q.data?.rows ?? []).filter((b) => b.allowed_half !== null).map((b) => ({ value: b.kind_id, label: b.kind_name })) }, 'year', { name: 'half_days', help: '增加为正,减少为负;一天为 2 个半天' }, { name: 'reason', placeholder: '如:以前单位工龄 8 年' }]} initial={{ year, half_days: 2, reason: '' }} onSubmit={async (i) => { if (await grant.run(i)) setGranting(false) }} /> : null}
    </div>
  )
}
