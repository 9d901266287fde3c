// 请假与加班: every request with its state; entered for whoever has no phone, taken back with a reason.
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { instant } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { staff, type AbsenceRow } from '../contract.ts'
import { ABSENCE_TONES, endText, lengthText, said } from '../shown.ts'
import { words } from '../words.ts'
import { LeaveForDrawer, OvertimeForDrawer } from './LeaveForms.tsx'

export default function AbsencesPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const kinds = useRead(staff.leaveKinds, { with_retired: true }, { stale_ms: 60_000 })
  const cancel = useWrite(staff.cancelAbsence, { in_form: true, done: '已办理' })
  const [open, setOpen] = useState<'leave' | 'overtime'>()
  const [row, setRow] = useState<AbsenceRow>()
  const filters = useMemo((): readonly Filter[] => [
    { kind: 'text', name: 'q', label: '员工', placeholder: '姓名、工号' }, { kind: 'select', name: 'what', label: '种类', options: optionsOf(words.states!['what']) }, { kind: 'select', name: 'kind_id', label: '假期', options: (kinds.data?.rows ?? []).map((k) => ({ value: k.kind_id, label: k.name })) }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['absence']) }, { kind: 'days', names: ['from_on', 'to_on'], label: '日期' },
  ], [kinds.data])
  const list = useList(staff.absences, { filters, fixed: place_id ? { community_id: place_id } : {} })
  const writes = may('staff.leave.write')
  const close = (): void => { setRow(undefined); cancel.reset() }
  const columns: readonly Column<AbsenceRow>[] = [
    { key: 'employee_name', title: '姓名', width: 100, always: true, show: (r) => <Go to={`/staff/employees/${r.employee_id}?tab=leave`}>{r.employee_name}</Go> }, { key: 'what', title: '种类', width: 100, show: (r) => r.kind_name ?? said('what', r.what) }, { key: 'state', title: '状态', width: 85, show: (r) => <StateTag value={r.state} words={words.states!['absence']} tones={ABSENCE_TONES} /> }, { key: 'from_at', title: '起', width: 140 }, { key: 'to_at', title: '止', width: 140, show: (r) => endText(instant(r.to_at)) }, { key: 'length', title: '时长', width: 120, show: lengthText }, { key: 'paid', title: '带薪或补偿', width: 95, show: (r) => (r.pay ? said('pay', r.pay) : r.paid ? '带薪' : '不带薪') }, { key: 'reason', title: '事由', width: 200, show: (r) => (r.cancelled ? `${r.reason}(${r.cancelled})` : r.reason) },
    { key: 'post_name', title: '岗位', width: 110 }, { key: 'community_name', title: '小区', width: 100 }, { key: 'asked_at', title: '申请', width: 190, hidden: true, show: (r) => `${r.asked_by_name} ${instant(r.asked_at)}` }, { key: 'approval', title: '审批', width: 60, show: (r) => <Go to={`/system/approvals/${r.approval_id}`}>查看</Go> },
    ...(writes ? [{ key: 'act', title: '操作', width: 80, show: (r: AbsenceRow) => (r.can.cancel === true ? <Button size="small" onClick={() => setRow(r)}>{r.what === 'leave' ? '销假' : '撤销'}</Button> : null) }] : []),
  ]
  return (
    <>
      <ListPage {...list} title="请假与加班" name="staff.absences" columns={columns} row_key="absence_id" excel={may('staff.file.export') ? staff.absencesExcel : undefined} totals={(d) => ({ length: `假 ${d.half_days_sum / 2} 天,班 ${d.minutes_sum} 分` })} actions={writes ? <><Button onClick={() => setOpen('overtime')}>代申请加班</Button><Button type="primary" onClick={() => setOpen('leave')}>代员工请假</Button></> : null} empty={{ text: '没有符合条件的请假和加班' }} />
      {open === 'leave' ? <LeaveForDrawer close={() => setOpen(undefined)} /> : null}
      {open === 'overtime' ? <OvertimeForDrawer close={() => setOpen(undefined)} /> : null}
      {row ? <ReasonModal open title={`${row.employee_name} ${row.what === 'leave' ? '销假' : '撤销加班'}`} suggestions={['提前返岗', '没有休', '登记错误']} loading={cancel.running} submitError={cancel.error} onClose={close} onConfirm={async (reason) => { if (await cancel.run({ absence_id: row.absence_id, reason })) close() }}><p className="hy-muted">销假后这次不再计入余额,记录保留;只休了一部分的请另行登记。</p></ReasonModal> : null}
    </>
  )
}
